"""Sends a session's heartbeats: on a stream, or as calls where no stream is served or lasts."""

import logging
import queue
import threading
from typing import Any, Callable, Iterator, Optional, Union

import grpc

from ._calls import HEARTBEAT, Calls
from ._connections import Connection
from ._errors import GatewayError
from .v1 import gateway_pb2 as pb

_log = logging.getLogger("rollcall")

# Heartbeats sent as calls before a stream is tried again, since gateways get upgraded.
_CALLS_BEFORE_THE_NEXT_STREAM = 20
# Streams in a row that broke before their second answer while calls succeeded, before calls are used instead.
_USELESS_STREAMS = 3


class BeatStream:
    """One stream, with one heartbeat in flight at a time. Once it has failed, it stays failed.

    One thread sends; a thread of the stream reads the answers, and tells the owner of an end while none is awaited.
    """

    def __init__(self, calls: Calls, connection: Connection, when_broken: Callable[["BeatStream"], None]) -> None:
        self.answers = 0
        self.failure: Optional[GatewayError] = None
        self._calls = calls
        self._connection = connection
        self._when_broken = when_broken
        self._is_left = False
        self._lock = threading.Lock()
        self._awaited: Optional["queue.SimpleQueue[Union[pb.HeartbeatResponse, GatewayError]]"] = None
        self._requests: "queue.SimpleQueue[Optional[pb.HeartbeatRequest]]" = queue.SimpleQueue()
        self._call: Any = calls.keep_alive(connection, self._sent())
        self._reader = threading.Thread(target=self._read, name="rollcall-keep-alive", daemon=True)
        self._reader.start()

    def _sent(self) -> Iterator[pb.HeartbeatRequest]:
        while True:
            request = self._requests.get()
            if request is None:
                return
            yield request

    def is_open_on(self, connection: Connection) -> bool:
        return self._connection is connection and self.failure is None and not self._is_left

    def beat(self, request: pb.HeartbeatRequest, timeout: float) -> pb.HeartbeatResponse:
        """Sends a heartbeat and waits for its answer. Raises GatewayError."""
        answer: "queue.SimpleQueue[Union[pb.HeartbeatResponse, GatewayError]]" = queue.SimpleQueue()
        with self._lock:
            if self.failure is not None:
                raise self.failure
            self._awaited = answer
        self._requests.put(request)
        try:
            got = answer.get(timeout=timeout)
        except queue.Empty:
            raise GatewayError(
                f"gateway {self._connection.target}: no answer to a heartbeat within {timeout:g} s", "DEADLINE_EXCEEDED"
            ) from None
        if isinstance(got, GatewayError):
            raise got
        return got

    def _read(self) -> None:
        self._connection.hold(self._call)
        try:
            for answer in self._call:
                self.answers += 1
                # The gateway ends the stream after any other answer.
                self._is_left |= answer.status != "acknowledged"
                self._calls.answered(self._connection, answer)
                self._tell(answer)
            end = GatewayError(f"gateway {self._connection.target} ended the stream", "UNAVAILABLE")
        except grpc.RpcError as e:
            end = GatewayError.of(e, self._connection.target) if self._is_left else self._calls.failed(self._connection, e)
        finally:
            self._connection.release(self._call)
            self._requests.put(None)
        with self._lock:
            self.failure = end
        if not self._tell(end) and not self._is_left:
            self._when_broken(self)

    def _tell(self, what: Union[pb.HeartbeatResponse, GatewayError]) -> bool:
        with self._lock:
            awaited, self._awaited = self._awaited, None
        if awaited is not None:
            awaited.put(what)
        return awaited is not None

    def leave(self) -> None:
        """Ends the stream without telling the owner."""
        self._is_left = True
        self._requests.put(None)
        self._call.cancel()
        if self._reader is not threading.current_thread():
            self._reader.join()


class Heartbeats:
    """The heartbeats of one session. The session's thread sends; any thread closes."""

    def __init__(self, calls: Calls, when_broken: Callable[[GatewayError], None]) -> None:
        self._calls = calls
        self._when_broken = when_broken
        self._stream: Optional[BeatStream] = None
        self._useless = 0
        self._calls_left = 0

    def beat(self, request: pb.HeartbeatRequest, timeout: float) -> pb.HeartbeatResponse:
        """Raises GatewayError if the gateway refused, or gave no answer."""
        if self._calls_left > 0:
            self._calls_left -= 1
            return self._call(request, timeout)
        try:
            return self._on_stream(request, timeout)
        except GatewayError as e:
            if e.code == "DEADLINE_EXCEEDED" or e.retry_after is not None:
                raise  # a call would fare no better
            failure = e
        reply = self._call(request, timeout)
        self._was_useless(for_good=failure.code == "UNIMPLEMENTED")
        return reply

    def _call(self, request: pb.HeartbeatRequest, timeout: float) -> pb.HeartbeatResponse:
        reply: pb.HeartbeatResponse = self._calls.call(HEARTBEAT, request, timeout)
        return reply

    def _on_stream(self, request: pb.HeartbeatRequest, timeout: float) -> pb.HeartbeatResponse:
        with self._calls.connections.preferred() as connection:  # looked up each time: credentials may be new
            if self._stream is None or not self._stream.is_open_on(connection):
                self.close()
                self._stream = BeatStream(self._calls, connection, self._broke)
            try:
                reply = self._stream.beat(request, timeout)
            except GatewayError as e:
                self.close()
                if e.code == "DEADLINE_EXCEEDED":
                    self._calls.missed_deadline(connection)
                raise
        if self._stream.answers > 1:
            self._useless = 0
        return reply

    def _broke(self, stream: BeatStream) -> None:
        if stream is self._stream and stream.failure is not None:
            if stream.answers < 2 and stream.failure.retry_after is None:
                self._was_useless(for_good=False)
            self._when_broken(stream.failure)

    def _was_useless(self, for_good: bool) -> None:
        self._useless += 1
        if for_good or self._useless >= _USELESS_STREAMS:
            self._useless = 0
            self._calls_left = _CALLS_BEFORE_THE_NEXT_STREAM
            _log.info("The gateway is sent heartbeats call by call: streams are not served, or do not last")

    def close(self) -> None:
        """Ends the stream, if there is one."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.leave()
