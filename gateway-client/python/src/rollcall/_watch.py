"""Follows a namespace: a view that is kept up to date, and each change."""

import logging
import random
import threading
import time
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Tuple

import grpc

from ._calls import Calls
from ._errors import CredentialsError, GatewayError
from ._model import Node, Revision, conflict_text
from .v1 import gateway_pb2 as pb

_log = logging.getLogger("rollcall")
_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 10.0
_PERMANENT_PAUSE = 300.0


@dataclass(frozen=True)
class ClusterView:
    """The namespace at one revision.

    ``leader_id``, ``founder_id`` 0: none. ``is_founded``: somebody has confirmed that the founder founded the cluster.
    ``confirmed_at`` is when the gateway last said that this is the present state.
    """

    nodes: Mapping[int, Node]
    leader_id: int
    term: int
    conflict: Optional[str]
    founder_id: int
    is_founded: bool
    at: Revision
    confirmed_at: datetime

    @property
    def leader(self) -> Optional[Node]:
        return self.nodes.get(self.leader_id)

    @property
    def age(self) -> float:
        """Seconds since the gateway last confirmed it; above 30 the gateway is most likely away."""
        return (datetime.now(timezone.utc) - self.confirmed_at).total_seconds()


@dataclass(frozen=True)
class Change:
    """What happened: ``snapshot``, ``node`` (joined or changed), ``gone``, ``leader`` or ``bootstrap``.

    ``node`` is set for ``node``, ``node_id`` for ``gone``; ``view`` is the namespace after it.
    """

    kind: str
    view: ClusterView
    node: Optional[Node] = None
    node_id: int = 0


class _Gap(Exception):
    """The stream left something out."""


class ClusterWatch:
    """Iterates over the changes of a namespace, the first of which is a snapshot.

    Iterating blocks until the next change, and goes on after an outage: with the changes since, or with a new snapshot
    if the gateway does not have them any more. One thread iterates; any thread closes, which ends the iteration.
    """

    def __init__(self, calls: Calls, when_closed: Callable[["ClusterWatch"], None]) -> None:
        self._calls = calls
        self._when_closed = when_closed
        self._view: Optional[ClusterView] = None
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._stream: Any = None
        self._trouble: Optional[str] = None

    @property
    def view(self) -> Optional[ClusterView]:
        """The latest view; None until the first snapshot. It stays readable during an outage."""
        return self._view

    @property
    def trouble(self) -> Optional[str]:
        """Why the watch has no connection now; None if it has."""
        return self._trouble

    def close(self) -> None:
        self._closed.set()
        with self._lock:
            stream = self._stream
        if stream is not None:
            stream.cancel()
        self._when_closed(self)

    def __enter__(self) -> "ClusterWatch":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[Change]:
        failures = 0
        is_trusted = True
        while not self._closed.is_set():
            pause = _LONGEST_PAUSE
            stamp = self._calls.connections.credentials.stamp_of_all()
            try:
                for change in self._follow(is_trusted):
                    failures, is_trusted, self._trouble = 0, True, None
                    if change is not None:
                        yield change
                why = "the gateway ended the stream"
            except _Gap as e:
                is_trusted = False
                why = f"the gateway left something out, the view is taken anew: {e}"
            except GatewayError as e:
                why = str(e)
                if e.needs_mending:
                    pause, failures = _PERMANENT_PAUSE, 20
                pause = max(pause, e.retry_after or 0.0)
            except CredentialsError as e:
                why, pause, failures = str(e), _PERMANENT_PAUSE, 20
            if not self._closed.is_set():
                if why != self._trouble:
                    _log.info("A watch lost the gateway and tries to go on: %s", why)
                self._trouble = why
                self._pause(min(pause, _FIRST_PAUSE * 2 ** min(failures, 20)) * random.uniform(0.5, 1.0), stamp)
                failures += 1

    def _pause(self, seconds: float, stamp: object) -> None:
        """Waits, less long if the files are not those of the stamp any more."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and not self._closed.wait(min(1.0, max(0.0, ends - time.monotonic()))):
            if self._calls.connections.credentials.stamp_of_all() != stamp:
                return

    def _follow(self, is_trusted: bool) -> Iterator[Optional[Change]]:
        """Follows one stream to its end; yields None for a message that changes nothing."""
        known = self._view if is_trusted else None
        request = pb.WatchNodesRequest()
        if known is not None:
            request.after_revision = known.at.number
            request.registry_id = known.at.registry_id
            request.branch = known.at.branch
        taken = _Taken(known)
        with self._calls.connections.preferred() as connection:
            stream = self._calls.watch(connection, request)
            with self._lock:
                self._stream = stream
            connection.hold(stream)
            try:
                if self._closed.is_set():
                    stream.cancel()
                for message in stream:
                    changes = taken.take(message)
                    self._calls.answered(connection, message)
                    if taken.view is not None:
                        self._view = taken.view
                    yield from changes or [None]
            except grpc.RpcError as e:
                if self._closed.is_set():
                    return
                raise self._calls.failed(connection, e) from e
            finally:
                stream.cancel()
                connection.release(stream)
                with self._lock:
                    self._stream = None


class _Taken:
    """Builds the view from a stream's messages, and refuses a stream with a gap."""

    def __init__(self, known: Optional[ClusterView]) -> None:
        self.view = known
        self._awaits_snapshot = known is None
        self._parts: Dict[int, Node] = {}
        self._parts_at: Optional[Revision] = None

    def take(self, message: pb.WatchNodesResponse) -> List[Change]:
        at = Revision.of(message)
        event = message.WhichOneof("event")
        if event == "resync":
            _log.info("The gateway sends a new snapshot: %s", message.resync.reason)
            self._awaits_snapshot = True
            self._parts, self._parts_at = {}, None
            return []
        if event == "snapshot":
            return self._part(message.snapshot, at)
        if event == "changes":
            return self._changes(message.changes.changes, at)
        if event == "progress":
            self._same_as(at)
            return []
        raise _Gap("a message that this client has no word for")

    def _part(self, part: pb.WatchSnapshot, at: Revision) -> List[Change]:
        if not self._awaits_snapshot:
            raise _Gap("a snapshot that was not announced")
        if self._parts_at not in (None, at):
            raise _Gap(f"a snapshot of two revisions: {self._parts_at} and {at}")
        self._parts_at = at
        self._parts.update((node.node_id, Node.of(node)) for node in part.nodes)
        if not part.complete:
            return []
        self._awaits_snapshot = False
        self.view = ClusterView(
            self._parts,
            part.leader.leader_id,
            part.leader.term,
            _conflict(part.leader),
            part.bootstrap.founder_id,
            part.bootstrap.confirmed,
            at,
            datetime.now(timezone.utc),
        )
        self._parts, self._parts_at = {}, None
        return [Change("snapshot", self.view)]

    def _changes(self, messages: Any, at: Revision) -> List[Change]:
        view = self._known()
        last = view.at.number
        found: List[Change] = []
        now = datetime.now(timezone.utc)
        for message in messages:
            last += 1
            if message.revision != last:
                raise _Gap(f"revision {message.revision} (expected: {last})")
            view, change = _applied(view, message, replace(at, number=last), now)
            found.append(change)
        if not found or at.number != last or at.registry_id != self._known().at.registry_id:
            raise _Gap(f"changes up to {last} said to be {at}")
        self.view = view
        return found

    def _same_as(self, at: Revision) -> None:
        mine = self._known().at
        is_same_branch = at.branch == mine.branch or 0 in (at.branch, mine.branch)
        if at.number != mine.number or at.registry_id != mine.registry_id or not is_same_branch:
            raise _Gap(f"nothing new at {at} (expected: {mine})")
        self.view = replace(self._known(), confirmed_at=datetime.now(timezone.utc))

    def _known(self) -> ClusterView:
        if self.view is None or self._awaits_snapshot:
            raise _Gap("a snapshot was due")
        return self.view


def _applied(view: ClusterView, message: pb.WatchChange, at: Revision, now: datetime) -> Tuple[ClusterView, Change]:
    kind = message.WhichOneof("change")
    view = replace(view, at=at, confirmed_at=now)
    if kind == "node":
        node = Node.of(message.node)
        view = replace(view, nodes={**view.nodes, node.id: node})
        return view, Change("node", view, node=node)
    if kind == "gone":
        view = replace(view, nodes={key: node for key, node in view.nodes.items() if key != message.gone})
        return view, Change("gone", view, node_id=message.gone)
    if kind == "leader":
        view = replace(
            view, leader_id=message.leader.leader_id, term=message.leader.term, conflict=_conflict(message.leader)
        )
        return view, Change("leader", view)
    if kind == "bootstrap":
        view = replace(view, founder_id=message.bootstrap.founder_id, is_founded=message.bootstrap.confirmed)
        return view, Change("bootstrap", view)
    raise _Gap("a change that this client has no word for")


def _conflict(leader: pb.LeaderState) -> Optional[str]:
    return conflict_text(leader.conflict) if leader.HasField("conflict") else None
