"""The client of a gateway."""

import threading
from pathlib import Path
from typing import Any, List, Mapping, Optional, Sequence, Union

from ._calls import (
    GET_LEADER,
    GET_NODES,
    GET_STATS,
    HEALTH_CHECK,
    REMOVE_NODE,
    RESET_BOOTSTRAP,
    Calls,
)
from ._connections import Connections, canonical
from ._credentials import Credentials
from ._model import Health, Leadership, Node, Revision, Stats
from ._session import NodeSession, SessionListener
from ._watch import ClusterWatch
from .v1 import gateway_pb2 as pb

_DEADLINE_SECONDS = 10.0
_PATIENCE_SECONDS = 30.0


class GatewayClient:
    """A client of a gateway, identified by its certificate. A context manager; leaving it ends its sessions.

    ``targets`` are one or more addresses ``host:port`` of one gateway or registry; each node prefers its own order, goes
    to the next address when one fails, and goes back after five minutes if its first one serves again. ``credentials``
    is a directory with ``cert.pem``, ``key.pem``, ``ca.pem`` and ``token.jwt``, or :class:`Credentials`; the files are
    read again when they change. ``server_name`` is the name in the gateway's certificate if it is not the target's host.
    ``timeout`` is the deadline of each call in seconds, with all addresses tried.

    All methods may be called from any thread. Those that call the gateway raise :class:`GatewayError` when it refuses or
    is not reached, and :class:`CredentialsError` when a file cannot be used.
    """

    def __init__(
        self,
        targets: Union[str, Sequence[str]],
        credentials: Union[str, Path, Credentials],
        server_name: Optional[str] = None,
        timeout: float = _DEADLINE_SECONDS,
    ) -> None:
        named = [targets] if isinstance(targets, str) else targets
        listed = list(dict.fromkeys(canonical(target) for target in named))
        if not listed:
            raise ValueError("no target (expected: at least one host:port)")
        if not 0.1 <= timeout <= 300:
            raise ValueError(f"timeout: {timeout} (expected: 0.1 to 300 seconds)")
        files = credentials if isinstance(credentials, Credentials) else Credentials.from_directory(credentials)
        self._connections = Connections(listed, files, server_name)
        self._calls = Calls(self._connections, timeout)
        self._lock = threading.Lock()
        self._open: List[Any] = []
        self._is_closed = False

    @property
    def namespace(self) -> str:
        """The namespace in the certificate."""
        return self._connections.identity.namespace

    @property
    def node_id(self) -> Optional[int]:
        """The node id in the certificate; None for an operator."""
        return self._connections.identity.node_id

    def register(
        self,
        host: str,
        port: int,
        capabilities: Sequence[str] = (),
        metadata: Optional[Mapping[str, str]] = None,
        member_of_epoch: int = 0,
        listener: Optional[SessionListener] = None,
        patience: float = _PATIENCE_SECONDS,
    ) -> NodeSession:
        """Registers the node that the certificate names under ``host:port``, and keeps it registered.

        The latest registration of a node wins: an older session of it ends. ``member_of_epoch`` other than 0: the node
        belongs to the cluster founded in that epoch, and is never told to found one. A refusal, or a fault that only new
        files or another address can mend, raises at once; an outage does after ``patience`` seconds.
        """
        node_id = self.node_id
        if node_id is None:
            raise ValueError(f"{self._connections.identity.uri} is no node (expected: a node's certificate, to register)")
        session = NodeSession(
            self._calls,
            node_id,
            (host, port),
            capabilities,
            metadata or {},
            member_of_epoch,
            listener or SessionListener(),
            self._forget,
        )
        session.join(patience)
        with self._lock:
            is_closed = self._is_closed
            if not is_closed:
                self._open.append(session)
        if is_closed:
            session.close()
            raise ValueError("the client is closed")
        return session

    def watch(self) -> ClusterWatch:
        """Returns an iterator over the namespace's changes; see :class:`ClusterWatch`."""
        watch = ClusterWatch(self._calls, self._forget)
        with self._lock:
            self._open.append(watch)
        return watch

    def nodes(self) -> List[Node]:
        """Returns the nodes of the namespace whose lease has not expired, with the caller, ordered by id."""
        return Node.list_of(self._calls.call(GET_NODES, pb.GetNodesRequest()).nodes)

    def leader(self) -> Leadership:
        """Returns the leader, as reported by the members."""
        return Leadership.of(self._calls.call(GET_LEADER, pb.GetLeaderRequest()))

    def stats(self) -> Stats:
        """Returns the namespace's counts."""
        return Stats.of(self._calls.call(GET_STATS, pb.GetStatsRequest()))

    def health(self) -> Health:
        """Returns the gateway's health; needs no token."""
        return Health.of(self._calls.call(HEALTH_CHECK, pb.HealthCheckRequest()))

    def remove(self, node_id: int) -> bool:
        """Removes a node, whatever its session: a node itself, an operator any. Returns whether it was there."""
        reply = self._calls.call(REMOVE_NODE, pb.RemoveNodeRequest(node_id=node_id))
        return bool(reply.status == "removed")

    def reset_bootstrap(self, reason: str, force: bool = False, epoch: int = 0) -> Revision:
        """Lets the cluster be founded again, in the next epoch. For operators.

        ``force``: also while members live. ``epoch``: the one to end, so that a repeated call does not end two; 0: the
        present one.
        """
        request = pb.ResetBootstrapRequest(reason=reason, force=force, epoch=epoch)
        return Revision.of(self._calls.call(RESET_BOOTSTRAP, request))

    def _forget(self, ended: Any) -> None:
        with self._lock:
            if ended in self._open:
                self._open.remove(ended)

    def close(self) -> None:
        """Ends watches and sessions, then the connections. Sessions remove their nodes. Does not raise."""
        with self._lock:
            self._is_closed = True
            ended, self._open = self._open, []
        for one in ended:
            one.close()
        self._connections.close()

    def __enter__(self) -> "GatewayClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
