"""The interface of the older Python client, over this one.

An existing node changes its import, and adds credentials: ``credentials=DIR``, or the environment variable
``ROLLCALL_CREDENTIALS``. Method names, arguments and return values are the older client's; failed requests return None
or False and do not raise, apart from :meth:`GRPCGatewayClient.discover_cluster`.
"""

import logging
import os
import threading
import time
from typing import Any, Callable, Dict, List, Optional, Tuple, TypeVar

from ._errors import CredentialsError, GatewayError
from ._model import Node, Registration
from ._session import NodeSession, SessionListener
from .client import GatewayClient

_log = logging.getLogger("rollcall.older")
_CREDENTIALS = "ROLLCALL_CREDENTIALS"
_LONGEST_PAUSE = 10.0

T = TypeVar("T")
_Failures = (GatewayError, CredentialsError, ValueError)


def _node(node: Optional[Node]) -> Optional[Dict[str, Any]]:
    if node is None:
        return None
    return {
        "node_id": node.id,
        "ip_address": node.host,
        "port": node.port,
        "capabilities": list(node.capabilities),
        "status": node.status,
        "last_seen": node.last_seen.timestamp(),
        "join_timestamp": node.joined_at.timestamp(),
        "metadata": dict(node.metadata),
    }


class GRPCGatewayClient:
    """The older client's class. Constructing it connects to nothing and reads no file."""

    def __init__(
        self,
        gateway_host: str,
        gateway_port: int,
        timeout: float = 10.0,
        max_retry_attempts: int = 3,
        credentials: Optional[str] = None,
    ) -> None:
        self.gateway_host = gateway_host
        self.gateway_port = gateway_port
        self.gateway_address = f"{gateway_host}:{gateway_port}"
        self.timeout = timeout
        self.max_retry_attempts = max_retry_attempts
        self.node_id: Optional[int] = None
        self.is_registered = False
        self.heartbeat_interval = 30.0
        self.heartbeat_running = False
        self.on_registration_success: Optional[Callable[[str], None]] = None
        self.on_registration_failure: Optional[Callable[[str], None]] = None
        self.on_heartbeat_failure: Optional[Callable[[str], None]] = None
        self.on_connection_lost: Optional[Callable[[Exception], None]] = None
        self._credentials = credentials
        self._lock = threading.Lock()
        self._client: Optional[GatewayClient] = None
        self._session: Optional[NodeSession] = None

    @property
    def last_heartbeat(self) -> float:
        """When the gateway last answered this node's session; seconds since the epoch, 0 before."""
        session = self._session
        return 0.0 if session is None else session.heard_at

    def _connected(self) -> GatewayClient:
        with self._lock:
            if self._client is None:
                directory = self._credentials or os.environ.get(_CREDENTIALS)
                if not directory:
                    raise CredentialsError(
                        f"no credentials (expected: the argument credentials=DIR, or {_CREDENTIALS}, a directory with"
                        " cert.pem, key.pem, ca.pem and token.jwt)"
                    )
                host = f"[{self.gateway_host}]" if ":" in self.gateway_host else self.gateway_host
                self._client = GatewayClient(f"{host}:{self.gateway_port}", directory, timeout=self.timeout)
            return self._client

    def _tried(self, what: str, call: Callable[[], T]) -> T:
        """Tries several times while the gateway is away, with a doubling pause. Raises the last failure."""
        pause = 1.0
        for attempt in range(max(1, self.max_retry_attempts)):
            try:
                return call()
            except _Failures as e:
                is_last = attempt + 1 >= self.max_retry_attempts or not getattr(e, "is_transient", False)
                _log.warning("%s failed%s: %s", what, "" if is_last else ", trying again", e)
                if is_last:
                    if self.on_connection_lost is not None:
                        self.on_connection_lost(e)
                    raise
            time.sleep(pause)
            pause = min(_LONGEST_PAUSE, pause * 2)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _or_none(self, what: str, call: Callable[[], T]) -> Optional[T]:
        try:
            return self._tried(what, call)
        except _Failures:
            return None  # logged, and told to on_connection_lost

    def health_check(self) -> Optional[Dict[str, Any]]:
        health = self._or_none("the health check", lambda: self._connected().health())
        return health and {
            "status": health.status,
            "timestamp": health.timestamp.timestamp(),
            "version": health.version,
        }

    def register_node(
        self,
        node_id: int,
        ip_address: str,
        port: int,
        capabilities: List[str],
        metadata: Optional[Dict[str, str]] = None,
    ) -> Optional[Dict[str, Any]]:
        try:
            registration = self._register(node_id, ip_address, port, capabilities, metadata or {})
        except _Failures as e:
            if self.on_registration_failure is not None:
                self.on_registration_failure(str(e))
            return None
        if self.on_registration_success is not None:
            self.on_registration_success(registration.message)
        return {
            "status": "registered" if registration.is_new else "updated",
            "node_id": registration.node_id,
            "is_bootstrap": registration.is_bootstrap,
            "registry_version": _version(registration.at.number),
            "message": registration.message,
            "nodes": [_node(node) for node in registration.members],
            "leader": _node(registration.leader),
        }

    def _register(
        self, node_id: int, ip_address: str, port: int, capabilities: List[str], metadata: Dict[str, str]
    ) -> Registration:
        client = self._connected()
        if client.node_id != node_id:
            raise ValueError(f"node_id: {node_id} (expected: {client.node_id}, whom the certificate names)")
        if self._session is not None and not self._session.state.is_over:
            session = self._session
            registration = self._tried(
                "the registration", lambda: session.update((ip_address, port), capabilities, metadata)
            )
        else:
            session = self._tried(
                "the registration",
                lambda: client.register(
                    ip_address, port, capabilities, metadata, listener=_Told(self), patience=self.timeout
                ),
            )
            registration = session.registration
        self._session = session
        self.node_id = node_id
        self.is_registered = True
        self.heartbeat_running = True
        self.heartbeat_interval = registration.heartbeat_interval
        return registration

    def discover_cluster(
        self,
        node_id: int,
        ip_address: str,
        port: int,
        capabilities: List[str],
        metadata: Optional[Dict[str, str]] = None,
    ) -> Tuple[bool, Dict[int, Dict[str, Any]], Optional[Dict[str, Any]], int]:
        registered = self.register_node(node_id, ip_address, port, capabilities, metadata)
        if registered is None:
            raise RuntimeError(f"node {node_id} could not register with gateway {self.gateway_address}")
        nodes = {node["node_id"]: node for node in registered["nodes"]}
        return registered["is_bootstrap"], nodes, registered["leader"], registered["registry_version"]

    def get_nodes(self, exclude_self: bool = True) -> Optional[List[Dict[str, Any]]]:
        nodes = self._or_none("the list of nodes", lambda: self._connected().nodes())
        if nodes is None:
            return None
        return [_known(node) for node in nodes if not (exclude_self and node.id == self.node_id)]

    def get_leader(self) -> Optional[Dict[str, Any]]:
        leadership = self._or_none("asking for the leader", lambda: self._connected().leader())
        return None if leadership is None else _node(leadership.leader)

    def update_leader(self, leader_id: int) -> bool:
        session = self._session
        if session is None:
            _log.warning("the leader cannot be reported: this node is not registered")
            return False
        report = self._or_none("the leader's report", lambda: session.report_leader(leader_id))
        return report is not None and report.accepted

    def heartbeat(self) -> Optional[Dict[str, Any]]:
        session = self._session
        if session is None or not self.is_registered:
            return None
        try:
            acknowledged = session.heartbeat()
        except _Failures as e:
            if self.on_heartbeat_failure is not None:
                self.on_heartbeat_failure(str(e))
            return None
        return {
            "status": "acknowledged" if acknowledged else "not_found",
            "registry_version": _version(session.registration.at.number),
        }

    def remove_node(self, node_id: int) -> bool:
        if self._session is not None and node_id == self.node_id:
            self.stop_heartbeat()
            self.is_registered = False
        return bool(self._or_none("the removal", lambda: self._connected().remove(node_id)))

    def get_stats(self) -> Optional[Dict[str, Any]]:
        stats = self._or_none("asking for statistics", lambda: self._connected().stats())
        return stats and {
            "total_nodes": stats.total_nodes,
            "active_nodes": stats.active_nodes,
            "leader_id": stats.leader_id or None,
            "registry_version": _version(stats.at.number),
            "bootstrap_initiated": stats.bootstrap_initiated,
            "uptime": stats.uptime,
        }

    def is_gateway_available(self) -> bool:
        try:
            return self._connected().health().status == "healthy"
        except _Failures:
            return False

    def stop_heartbeat(self) -> None:
        session, self._session = self._session, None
        self.heartbeat_running = False
        if session is not None:
            session.close(remove=False)

    def shutdown(self) -> None:
        """Stops the heartbeats and closes the connection; the node is not removed, its lease ends by itself."""
        self.stop_heartbeat()
        self.is_registered = False
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()


class _Told(SessionListener):
    """Keeps the older client's attributes, and calls its callbacks."""

    def __init__(self, owner: GRPCGatewayClient) -> None:
        self._owner = owner

    def connection_lost(self, why: Exception) -> None:
        if self._owner.on_heartbeat_failure is not None:
            self._owner.on_heartbeat_failure(str(why))
        if self._owner.on_connection_lost is not None:
            self._owner.on_connection_lost(why)

    def replaced(self) -> None:
        self._over("another process registered as this node")

    def removed(self) -> None:
        self._over("this node was removed")

    def _over(self, why: str) -> None:
        self._owner.is_registered = False
        self._owner.heartbeat_running = False
        if self._owner.on_heartbeat_failure is not None:
            self._owner.on_heartbeat_failure(why)


def _known(node: Node) -> Dict[str, Any]:
    told = _node(node)
    assert told is not None
    return told


def _version(revision: int) -> int:
    return min(revision, 2**31 - 1)


class GatewayDiscoveryInterface:
    """What a node class gains by :class:`GRPCGatewayDiscoveryMixin`."""

    def initialize_gateway_discovery(self, *args: Any, **kwargs: Any) -> bool:
        raise NotImplementedError

    def register_with_gateway(self, *args: Any, **kwargs: Any) -> bool:
        raise NotImplementedError

    def get_cluster_nodes(self) -> List[Dict[str, Any]]:
        raise NotImplementedError

    def get_cluster_leader(self) -> Optional[Dict[str, Any]]:
        raise NotImplementedError

    def is_bootstrap_node(self) -> bool:
        raise NotImplementedError

    def update_gateway_leader(self, leader_id: int) -> bool:
        raise NotImplementedError

    def get_discovery_info(self) -> Dict[str, Any]:
        raise NotImplementedError

    def shutdown_gateway_discovery(self) -> None:
        raise NotImplementedError


class GRPCGatewayDiscoveryMixin(GatewayDiscoveryInterface):
    """Gives a node class the discovery of the others, by inheritance."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.gateway_client: Optional[GRPCGatewayClient] = None
        self.discovery_info: Optional[Dict[str, Any]] = None

    def initialize_gateway_discovery(  # type: ignore[override]
        self,
        gateway_host: str,
        gateway_port: int,
        node_id: int,
        ip_address: str,
        port: int,
        capabilities: List[str],
        metadata: Optional[Dict[str, str]] = None,
        on_registration_success: Optional[Callable[[str], None]] = None,
        on_registration_failure: Optional[Callable[[str], None]] = None,
        credentials: Optional[str] = None,
    ) -> bool:
        client = GRPCGatewayClient(gateway_host, gateway_port, credentials=credentials)
        client.on_registration_success = on_registration_success
        client.on_registration_failure = on_registration_failure
        self.gateway_client = client
        try:
            is_bootstrap, nodes, leader, version = client.discover_cluster(
                node_id, ip_address, port, capabilities, metadata
            )
        except (RuntimeError, *_Failures) as e:
            self.discovery_info = {
                "is_bootstrap": False,
                "cluster_info": {},
                "gateway_available": False,
                "error": str(e),
            }
            return False
        self.discovery_info = {
            "is_bootstrap": is_bootstrap,
            "cluster_info": {"nodes": nodes, "leader": leader, "registry_version": version},
            "gateway_available": True,
        }
        return True

    def register_with_gateway(  # type: ignore[override]
        self,
        node_id: int,
        ip_address: str,
        port: int,
        capabilities: List[str],
        metadata: Optional[Dict[str, str]] = None,
    ) -> bool:
        client = self.gateway_client
        return client is not None and client.register_node(node_id, ip_address, port, capabilities, metadata) is not None

    def get_cluster_nodes(self) -> List[Dict[str, Any]]:
        return (self.gateway_client and self.gateway_client.get_nodes()) or []

    def get_cluster_leader(self) -> Optional[Dict[str, Any]]:
        return self.gateway_client.get_leader() if self.gateway_client else None

    def is_bootstrap_node(self) -> bool:
        return bool(self.discovery_info and self.discovery_info["is_bootstrap"])

    def update_gateway_leader(self, leader_id: int) -> bool:
        return self.gateway_client is not None and self.gateway_client.update_leader(leader_id)

    def get_discovery_info(self) -> Dict[str, Any]:
        return self.discovery_info or {}

    def shutdown_gateway_discovery(self) -> None:
        client, self.gateway_client = self.gateway_client, None
        self.discovery_info = None
        if client is not None:
            client.shutdown()
