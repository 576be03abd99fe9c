"""What a gateway tells of a namespace. All values are immutable."""

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, List, Mapping, Optional, Tuple

from .v1 import gateway_pb2 as pb


@dataclass(frozen=True)
class Revision:
    """The position of a reply in a registry's history. Numbers compare only within one registry_id."""

    number: int
    epoch: int
    registry_id: str
    branch: int

    @classmethod
    def of(cls, reply: Any) -> "Revision":
        return cls(reply.revision, reply.epoch, reply.registry_id, reply.branch)


@dataclass(frozen=True)
class Node:
    """A node's entry. ``status`` is active, suspected or failed."""

    id: int
    host: str
    port: int
    status: str
    capabilities: Tuple[str, ...]
    metadata: Mapping[str, str]
    last_seen: datetime
    joined_at: datetime
    incarnation: int
    revision: int

    @classmethod
    def of(cls, node: pb.NodeInfo) -> "Node":
        return cls(
            node.node_id,
            node.ip_address,
            node.port,
            node.status,
            tuple(node.capabilities),
            dict(node.metadata),
            datetime.fromtimestamp(node.last_seen, timezone.utc),
            datetime.fromtimestamp(node.join_timestamp, timezone.utc),
            node.incarnation,
            node.revision,
        )

    @classmethod
    def list_of(cls, nodes: Any) -> "List[Node]":
        return [cls.of(node) for node in nodes]

    @property
    def is_live(self) -> bool:
        """Whether the lease has not expired."""
        return self.status in ("active", "suspected", "joining", "leaving")

    @property
    def address(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Leadership:
    """The leader as reported by the members. ``term`` 0: none on record."""

    leader: Optional[Node]
    term: int
    conflict: Optional[str]
    at: Revision

    @classmethod
    def of(cls, reply: pb.GetLeaderResponse) -> "Leadership":
        return cls(
            Node.of(reply.leader) if reply.HasField("leader") else None,
            reply.term,
            conflict_text(reply.conflict) if reply.HasField("conflict") else None,
            Revision.of(reply),
        )


def conflict_text(conflict: pb.LeaderConflict) -> str:
    return (
        f"node {conflict.claimant_id} was reported as leader of term {conflict.term} by node {conflict.reported_by};"
        f" node {conflict.leader_id} is on record for it"
    )


@dataclass(frozen=True)
class LeaderReport:
    """The answer to a report: ``accepted``, and otherwise why not. ``leader_id`` 0: none on record."""

    accepted: bool
    leader_id: int
    term: int
    message: str


@dataclass(frozen=True)
class Stats:
    """Counts of the namespace. ``leader_id`` 0: none; ``uptime`` in seconds."""

    total_nodes: int
    active_nodes: int
    suspected_nodes: int
    failed_nodes: int
    leader_id: int
    term: int
    bootstrap_initiated: bool
    uptime: float
    at: Revision

    @classmethod
    def of(cls, reply: pb.GetStatsResponse) -> "Stats":
        return cls(
            reply.total_nodes,
            reply.active_nodes,
            reply.suspected_nodes,
            reply.failed_nodes,
            reply.leader_id,
            reply.term,
            reply.bootstrap_initiated,
            reply.uptime,
            Revision.of(reply),
        )


@dataclass(frozen=True)
class Health:
    """``timestamp`` is the gateway's clock."""

    status: str
    timestamp: datetime
    version: str
    at: Revision

    @classmethod
    def of(cls, reply: pb.HealthCheckResponse) -> "Health":
        return cls(
            reply.status,
            datetime.fromtimestamp(reply.timestamp, timezone.utc),
            reply.version,
            Revision.of(reply),
        )


@dataclass(frozen=True)
class Registration:
    """The gateway's answer to a registration.

    ``is_bootstrap``: this node, and no other of the epoch, is told to found the cluster; all others join. ``members``
    are the other nodes as of the registration. ``heartbeat_interval`` and ``node_timeout`` are seconds.
    """

    node_id: int
    incarnation: int
    is_bootstrap: bool
    is_new: bool
    leader: Optional[Node]
    members: Tuple[Node, ...]
    term: int
    heartbeat_interval: float
    node_timeout: float
    message: str
    at: Revision

    @classmethod
    def of(cls, incarnation: int, reply: pb.RegisterNodeResponse) -> "Registration":
        return cls(
            reply.node_id,
            incarnation,
            reply.is_bootstrap,
            reply.status == "registered",
            Node.of(reply.leader) if reply.HasField("leader") else None,
            tuple(Node.list_of(reply.nodes)),
            reply.term,
            reply.heartbeat_interval_ms / 1000 or 30.0,
            reply.node_timeout_ms / 1000 or 300.0,
            reply.message,
            Revision.of(reply),
        )
