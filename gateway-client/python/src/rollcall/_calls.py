"""Calls of the gateway: each has a deadline, and goes to the next address where one is not reached."""

import logging
import threading
import time
from typing import Any, Callable, Iterator, List, Optional

import grpc

from ._connections import Connection, Connections, address
from ._diagnosis import diagnose
from ._errors import GatewayError
from ._model import Revision
from .v1 import gateway_pb2 as pb

_log = logging.getLogger("rollcall")
_SERVICE = "/rollcall.v1.GatewayService/"
_HEALTH_SECONDS = 2.0
_SUSPICIOUS = 2


class Method:
    """A method of the service."""

    def __init__(self, name: str, reply: Any, needs_token: bool = True) -> None:
        self.path = _SERVICE + name
        self.reply = reply
        self.needs_token = needs_token


REGISTER_NODE = Method("RegisterNode", pb.RegisterNodeResponse)
GET_NODES = Method("GetNodes", pb.GetNodesResponse)
GET_LEADER = Method("GetLeader", pb.GetLeaderResponse)
UPDATE_LEADER = Method("UpdateLeader", pb.UpdateLeaderResponse)
HEARTBEAT = Method("Heartbeat", pb.HeartbeatResponse)
HEALTH_CHECK = Method("HealthCheck", pb.HealthCheckResponse, needs_token=False)
REMOVE_NODE = Method("RemoveNode", pb.RemoveNodeResponse)
GET_STATS = Method("GetStats", pb.GetStatsResponse)
KEEP_ALIVE = Method("KeepAlive", pb.HeartbeatResponse)
WATCH_NODES = Method("WatchNodes", pb.WatchNodesResponse)
RESET_BOOTSTRAP = Method("ResetBootstrap", pb.ResetBootstrapResponse)


class Calls:
    """Makes calls over :class:`Connections`. Any thread."""

    def __init__(self, connections: Connections, timeout: float) -> None:
        self.connections = connections
        self.timeout = timeout
        self._lock = threading.Lock()
        self._registry_id = ""
        self._observers: List[Callable[[Revision], None]] = []
        connections.go_home_if(self._is_healthy)

    def observe(self, observer: Callable[[Revision], None]) -> None:
        """Calls the observer with the revision of each reply, on the thread that received it."""
        with self._lock:
            self._observers.append(observer)

    def forget(self, observer: Callable[[Revision], None]) -> None:
        with self._lock:
            self._observers.remove(observer)

    def call(self, method: Method, request: Any, timeout: Optional[float] = None) -> Any:
        """Returns the reply. Raises GatewayError; an address that is not reached is followed by the next one."""
        ends = time.monotonic() + (self.timeout if timeout is None else timeout)
        failures: List[GatewayError] = []
        while True:
            with self.connections.preferred() as connection:
                try:
                    reply = _unary(connection, method)(
                        request,
                        timeout=max(0.001, ends - time.monotonic()),
                        metadata=connection.metadata(method.needs_token),
                    )
                except grpc.RpcError as e:
                    was_retired = connection.is_retired
                    failure = self.failed(connection, e)
                    if failure.code != "UNAVAILABLE":
                        raise failure from e
                    if was_retired:
                        continue  # its end says nothing of its address
                    failures.append(failure)
                    if len(failures) >= len(self.connections):
                        raise _summed_up(failures) from e
                else:
                    self.answered(connection, reply)
                    return reply

    def _is_healthy(self, connection: Connection) -> bool:
        connection.begin()
        try:
            with connection:
                _unary(connection, HEALTH_CHECK)(pb.HealthCheckRequest(), timeout=_HEALTH_SECONDS)
        except (grpc.RpcError, ValueError):
            return False
        return True

    def keep_alive(self, connection: Connection, requests: Iterator[pb.HeartbeatRequest]) -> Any:
        """Opens a stream of heartbeats; see :class:`~rollcall._heartbeats.BeatStream`."""
        stub = connection.channel.stream_stream(
            KEEP_ALIVE.path, pb.HeartbeatRequest.SerializeToString, KEEP_ALIVE.reply.FromString
        )
        return stub(requests, metadata=connection.metadata(True))

    def watch(self, connection: Connection, request: pb.WatchNodesRequest) -> Any:
        """Opens a stream of changes."""
        stub = connection.channel.unary_stream(
            WATCH_NODES.path, pb.WatchNodesRequest.SerializeToString, WATCH_NODES.reply.FromString
        )
        return stub(request, metadata=connection.metadata(True))

    def answered(self, connection: Connection, reply: Any) -> None:
        """Records a reply."""
        connection.has_answered = True
        connection.missed_deadlines = 0
        at = Revision.of(reply)
        with self._lock:
            before, self._registry_id = self._registry_id, at.registry_id
            observers = list(self._observers)
        if before and at.registry_id and before != at.registry_id:
            _log.warning(
                "gateway %s is of registry %s, the one before of %s: the registry was replaced, or the targets are not"
                " addresses of one",
                connection.target,
                at.registry_id,
                before,
            )
        for observer in observers:
            observer(at)

    def failed(self, connection: Connection, error: grpc.RpcError) -> GatewayError:
        """Records a failed call or stream, and says why it failed."""
        failure = GatewayError.of(error, connection.target)
        if connection.is_retired:  # its end says nothing of its address
            return GatewayError(str(failure), "UNAVAILABLE", failure.reason, failure.retry_after, is_transient=True)
        if failure.code == "DEADLINE_EXCEEDED":
            self.missed_deadline(connection)
        elif failure.code == "UNAVAILABLE":
            is_of_connection = failure.reason is None
            self.connections.turn_away_from(connection, is_dead=is_of_connection)
            if is_of_connection and not connection.has_answered:
                return self._diagnosed(connection, failure)
        return failure

    def missed_deadline(self, connection: Connection) -> None:
        """A dead peer sends no reset: after some deadlines in a row the connection itself is suspected."""
        connection.missed_deadlines += 1
        self.connections.turn_away_from(connection, is_dead=connection.missed_deadlines >= _SUSPICIOUS)

    def _diagnosed(self, connection: Connection, failure: GatewayError) -> GatewayError:
        host, port = address(connection.target)
        fault = diagnose(host, port, self.connections.credentials, self.connections.server_name)
        if fault is None:
            return failure
        return GatewayError(fault.text, failure.code, None, failure.retry_after, fault.is_transient)


def _unary(connection: Connection, method: Method) -> Any:
    return connection.channel.unary_unary(
        method.path, lambda message: message.SerializeToString(), method.reply.FromString
    )


def _summed_up(failures: List[GatewayError]) -> GatewayError:
    """One address that may come back makes the whole an outage."""
    if len(failures) == 1:
        return failures[0]
    asked = [failure.retry_after for failure in failures if failure.retry_after is not None]
    return GatewayError(
        "; ".join(dict.fromkeys(str(failure) for failure in failures)),
        "UNAVAILABLE",
        failures[-1].reason,
        min(asked) if len(asked) == len(failures) else None,
        any(failure.is_transient for failure in failures),
    )
