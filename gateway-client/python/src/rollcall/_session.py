"""Keeps one node registered, until it is closed or another process registers as this node."""

import enum
import logging
import random
import secrets
import threading
import time
from datetime import datetime, timezone
from typing import Any, Callable, List, Mapping, Optional, Sequence, Tuple, Union

from ._calls import HEARTBEAT, REGISTER_NODE, REMOVE_NODE, UPDATE_LEADER, Calls
from ._errors import CredentialsError, GatewayError
from ._heartbeats import Heartbeats
from ._model import LeaderReport, Node, Registration, Revision
from .v1 import gateway_pb2 as pb

_log = logging.getLogger("rollcall")

_LONGEST_PAUSE_OF_JOIN = 5.0
_FIRST_PAUSE = 0.25
_SHORTEST_DEADLINE = 1.0
# A fault that only new files, another address or an administrator can mend is tried again so seldom ...
_PERMANENT_PAUSE = 300.0
# ... or when the files change, which is looked at so often.
_LOOK_AT_FILES = 1.0
_ENDS_SOON = 86_400.0

Failure = Union[GatewayError, CredentialsError]


class SessionState(enum.Enum):
    """Where a session stands. REPLACED, REMOVED and CLOSED are final."""

    REGISTERED = "registered"
    REJOINING = "rejoining"
    REPLACED = "replaced"
    REMOVED = "removed"
    CLOSED = "closed"

    @property
    def is_over(self) -> bool:
        return self in (SessionState.REPLACED, SessionState.REMOVED, SessionState.CLOSED)


class SessionListener:
    """Is told what happens to a session, on its thread. Return soon, since heartbeats wait. Exceptions are logged."""

    def registered(self, registration: Registration) -> None:
        """After each registration; bootstrap, epoch and incarnation may have changed."""

    def connection_lost(self, why: Failure) -> None:
        """Once per outage, and again when its cause changes; the session keeps trying."""

    def connection_back(self) -> None:
        """The gateway answers again."""

    def credentials_end_soon(self, path: str, at: datetime) -> None:
        """That file's certificate or token ends within a day, or within a tenth of a token's last minutes."""

    def replaced(self) -> None:
        """Another process registered as this node: stop acting as it."""

    def removed(self) -> None:
        """An operator removed the node."""


class NodeSession:
    """A node's registration, kept by one background thread. A context manager; leaving it removes the node.

    All methods may be called from any thread.
    """

    def __init__(
        self,
        calls: Calls,
        node_id: int,
        address: Tuple[str, int],
        capabilities: Sequence[str],
        metadata: Mapping[str, str],
        member_of_epoch: int,
        listener: SessionListener,
        when_over: Callable[["NodeSession"], None],
    ) -> None:
        self._calls = calls
        self._node_id = node_id
        self._address = address
        self._capabilities = list(capabilities)
        self._metadata = dict(metadata)
        self._member_of_epoch = member_of_epoch
        self._listener = listener
        self._when_over = when_over
        self._heartbeats = Heartbeats(calls, self._stream_broke)
        self._incarnation = _fresh_incarnation()
        self._in_doubt = False  # whether a registration may have arrived although its answer did not
        self._registration: Optional[Registration] = None
        self._state = SessionState.REJOINING
        self._failures = 0
        self._heard_at = 0.0
        self._trouble: Optional[str] = None
        self._stamp_at_fault: Optional[object] = None  # set while only other files end the pause early
        self._lost_since: Optional[datetime] = None
        self._warned: set = set()
        self._wake = threading.Condition()
        self._next_at = 0.0
        self._quiet_until = 0.0
        self._turn = threading.RLock()  # held while the session's calls are made, by whichever thread
        self._thread = threading.Thread(target=self._run, name=f"rollcall-session-{node_id}", daemon=True)

    # --- what a caller sees ---

    @property
    def state(self) -> SessionState:
        return self._state

    @property
    def disconnected_since(self) -> Optional[datetime]:
        """When the gateway was first found unreachable; None while it answers."""
        return self._lost_since

    @property
    def heard_at(self) -> float:
        """When the gateway last answered this session; seconds since the epoch."""
        return self._heard_at

    @property
    def registration(self) -> Registration:
        """The latest registration."""
        assert self._registration is not None, "a session is made by its first registration"
        return self._registration

    @property
    def node_id(self) -> int:
        return self._node_id

    @property
    def is_bootstrap(self) -> bool:
        """Whether this node is told to found the cluster."""
        return self.registration.is_bootstrap

    @property
    def members(self) -> Tuple[Node, ...]:
        """The other nodes as of the latest registration."""
        return self.registration.members

    @property
    def leader(self) -> Optional[Node]:
        """The leader as of the latest registration."""
        return self.registration.leader

    def joined(self) -> None:
        """Says that this node has founded or joined the cluster of its epoch.

        When the session registers again, it is never told to found another one, even by a gateway that lost its state; a
        reset by an operator undoes this.
        """
        self._member_of_epoch = self.registration.at.epoch

    def report_leader(self, leader_id: int, term: Optional[int] = None) -> LeaderReport:
        """Reports who leads, with the Raft term of the election. Raises GatewayError.

        An accepted report with a term also says what :meth:`joined` does.
        """
        request = pb.UpdateLeaderRequest(leader_id=leader_id, incarnation=self._incarnation)
        if term is not None:
            request.term = term
        reply = self._calls.call(UPDATE_LEADER, request)
        report = LeaderReport(reply.status == "updated", reply.leader_id, reply.term, reply.message)
        if report.accepted and term is not None:
            self._member_of_epoch = reply.epoch
        return report

    def update(
        self,
        address: Optional[Tuple[str, int]] = None,
        capabilities: Optional[Sequence[str]] = None,
        metadata: Optional[Mapping[str, str]] = None,
    ) -> Registration:
        """Replaces what is given, and registers it.

        Raises GatewayError; after an outage the next registration has the new details, after a refusal the old ones.
        """
        with self._turn:
            self._require_open()
            before = (self._address, self._capabilities, self._metadata)
            self._address = self._address if address is None else address
            self._capabilities = self._capabilities if capabilities is None else list(capabilities)
            self._metadata = self._metadata if metadata is None else dict(metadata)
            try:
                updated = self._attempt(self._calls.timeout)
            except GatewayError as e:
                if not e.is_transient:
                    self._address, self._capabilities, self._metadata = before
                raise
            if updated.at.epoch > self.registration.at.epoch:
                self._plan(0.0)  # the next heartbeat finds the session's epoch ended
            else:
                self._registered(updated)
        return updated

    def heartbeat(self) -> bool:
        """Sends a heartbeat now; returns whether it was acknowledged. Raises GatewayError."""
        with self._turn:
            self._require_open()
            return self._beat()

    def _require_open(self) -> None:
        if self._state.is_over:
            raise ValueError(f"the session of node {self._node_id} is over: {self._state.value}")

    def close(self, remove: bool = True) -> None:
        """Ends the session and its thread; removes the node unless told otherwise. Does not raise."""
        was_open = self._become(SessionState.CLOSED)
        with self._wake:
            self._wake.notify_all()
        self._heartbeats.close()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()  # first: a registration under way would put the node back
        if was_open and remove:
            try:
                self._calls.call(
                    REMOVE_NODE, pb.RemoveNodeRequest(node_id=self._node_id, incarnation=self._incarnation)
                )
            except (GatewayError, CredentialsError, ValueError) as e:
                _log.info("Node %s could not be removed, its lease will expire: %s", self._node_id, e)
        self._when_over(self)

    def __enter__(self) -> "NodeSession":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- the session's work ---

    def join(self, patience: float) -> None:
        """Registers for the first time, on the caller's thread, and starts the session's own."""
        ends = time.monotonic() + patience
        while True:
            try:
                with self._turn:
                    self._registered(self._attempt(max(_SHORTEST_DEADLINE, min(self._calls.timeout, ends - time.monotonic()))))
                break
            except GatewayError as e:
                pause = self._pause(e, _LONGEST_PAUSE_OF_JOIN)
                if not e.is_transient or time.monotonic() + pause >= ends:
                    raise
                _log.info("Node %s is not registered yet, next attempt in %.1f s: %s", self._node_id, pause, e)
                time.sleep(pause)
        self._calls.observe(self._saw)
        self._thread.start()

    def _run(self) -> None:
        try:
            while self._wait():
                self._step()
        finally:
            self._calls.forget(self._saw)
            self._heartbeats.close()
            if self._state is not SessionState.CLOSED:
                self._when_over(self)

    def _wait(self) -> bool:
        """Returns whether the session goes on, once the next step is due."""
        with self._wake:
            while not self._state.is_over:
                left = self._next_at - time.monotonic()
                if left <= 0:
                    self._next_at = float("inf")
                    return True
                fault = self._stamp_at_fault
                self._wake.wait(left if fault is None else min(left, _LOOK_AT_FILES))
                if fault is not None and self._calls.connections.credentials.stamp_of_all() != fault:
                    return True
        return False

    def _step(self) -> None:
        """Makes one call and plans the next. Never raises, since that would silently stop the heartbeats."""
        stamp = self._calls.connections.credentials.stamp_of_all()
        self._stamp_at_fault = None
        try:
            with self._turn:
                if self._state is SessionState.REGISTERED:
                    self._beat()
                else:
                    self._registered(self._attempt(self._deadline()))
            self._warn_of_ends()
        except (GatewayError, CredentialsError) as e:
            if not self._state.is_over:
                self._troubled_by(e, stamp)
        except Exception:  # pylint: disable=broad-except
            if not self._state.is_over:
                _log.exception("A step of node %s's session failed; the session goes on", self._node_id)
                self._plan(self._interval())

    def _beat(self) -> bool:
        reply = self._heartbeats.beat(self._heartbeat_request(), self._deadline())
        self._answered()
        known = self.registration
        if reply.status != "acknowledged":
            self._ended(reply)
            return False
        if reply.epoch > known.at.epoch:
            self._anew(self._is_of_ended_epoch(Revision.of(reply)))
        else:
            self._plan(self._jittered(self._interval()))
        return True

    def _is_of_ended_epoch(self, at: Revision) -> bool:
        """Within one registry a higher epoch means that the cluster of the session's is gone, or never was."""
        known = self._registration
        return known is not None and at.registry_id == known.at.registry_id and at.epoch > known.at.epoch

    def _ended(self, reply: pb.HeartbeatResponse) -> None:
        why = reply.ended
        if why == pb.REPLACED:
            self._over(SessionState.REPLACED, self._listener.replaced)
        elif why == pb.REMOVED:
            self._over(SessionState.REMOVED, self._listener.removed)
        else:
            self._anew(why == pb.RESET or self._is_of_ended_epoch(Revision.of(reply)))

    def _over(self, state: SessionState, tell: Callable[[], None]) -> None:
        if self._become(state):
            _log.warning("Node %s's session is over: it was %s", self._node_id, state.value)
            self._tell(tell)

    def _anew(self, membership_is_void: bool) -> None:
        if membership_is_void:
            self._member_of_epoch = 0
        self._incarnation = _fresh_incarnation()
        self._in_doubt = False
        if self._become(SessionState.REJOINING):
            _log.info("Node %s's registration is over; it registers anew", self._node_id)
            self._registered(self._attempt(self._deadline()))

    def _attempt(self, timeout: float) -> Registration:
        request = pb.RegisterNodeRequest(
            node_id=self._node_id,
            ip_address=self._address[0],
            port=self._address[1],
            capabilities=self._capabilities,
            metadata=self._metadata,
            incarnation=self._incarnation,
            member_of_epoch=self._member_of_epoch,
        )
        try:
            reply = self._calls.call(REGISTER_NODE, request, timeout)
        except GatewayError as e:
            if self._in_doubt and e.code == "FAILED_PRECONDITION":
                return self._after_doubt(e, timeout)
            self._in_doubt = self._in_doubt or e.is_transient
            raise
        self._in_doubt = False
        return Registration.of(request.incarnation, reply)

    def _after_doubt(self, refusal: GatewayError, timeout: float) -> Registration:
        """An earlier attempt did arrive, and its session has ended since. A successor is not displaced."""
        reply = self._calls.call(HEARTBEAT, self._heartbeat_request(), self._deadline())
        self._in_doubt = False
        if reply.ended in (pb.REPLACED, pb.REMOVED):
            self._ended(reply)
            raise refusal
        if reply.ended == pb.RESET or self._is_of_ended_epoch(Revision.of(reply)):
            self._member_of_epoch = 0
        self._incarnation = _fresh_incarnation()
        return self._attempt(timeout)

    def _heartbeat_request(self) -> pb.HeartbeatRequest:
        return pb.HeartbeatRequest(node_id=self._node_id, incarnation=self._incarnation)

    def _registered(self, now: Registration) -> None:
        if self._member_of_epoch != 0 and self._is_of_ended_epoch(now.at):
            # Registered as a member of a cluster that was reset meanwhile: nobody would found the next one.
            self._registration = now
            self._anew(True)
            return
        self._registration = now
        if not self._become(SessionState.REGISTERED):
            return
        self._answered()
        self._tell(lambda: self._listener.registered(now))
        self._plan(self._jittered(self._interval()))

    def _saw(self, at: Revision) -> None:
        """Checks at once if any reply shows a higher epoch than the session's."""
        if self._state is SessionState.REGISTERED and at.epoch > self.registration.at.epoch:
            self._plan(0.0)

    def _stream_broke(self, why: GatewayError) -> None:
        """Beats soon, which opens the next stream. On the stream's thread."""
        if self._state is SessionState.REGISTERED:
            self._heed(why)
            self._plan(min(_FIRST_PAUSE * random.uniform(0.2, 1.0), self._interval()))

    def _troubled_by(self, why: Failure, stamp: object) -> None:
        """Keeps trying. The stamp is the files' before the failed attempt: a change since then ends a long pause."""
        if self._lost_since is None:
            self._lost_since = datetime.now(timezone.utc)
        if self._trouble != str(why):
            self._trouble = str(why)
            _log.warning("Node %s has lost its gateway and keeps trying: %s", self._node_id, why)
            self._tell(lambda: self._listener.connection_lost(why))
        if isinstance(why, GatewayError) and not why.needs_mending:
            self._heed(why)
            self._plan(self._pause(why, self._interval()))
        else:
            self._stamp_at_fault = stamp
            self._plan(_PERMANENT_PAUSE * random.uniform(0.8, 1.2))

    def _answered(self) -> None:
        self._failures = 0
        self._heard_at = time.time()
        if self._trouble is not None:
            self._trouble = None
            self._lost_since = None
            _log.info("Node %s has its gateway again", self._node_id)
            self._tell(self._listener.connection_back)

    def _warn_of_ends(self) -> None:
        connections = self._calls.connections
        ends: List[Tuple[Any, Optional[datetime], float]] = [
            (connections.credentials.certificate, connections.certificate_ends, _ENDS_SOON),
            # Tokens live minutes or hours: what counts is that nobody has renewed one in time for the next heartbeats.
            (connections.token.path, connections.token.ends, 3 * self._interval()),
        ]
        for path, at, soon in ends:
            if at is not None and (path, at) not in self._warned and time.time() > at.timestamp() - soon:
                self._warned.add((path, at))
                _log.warning("%s ends at %s", path, at.isoformat())
                self._tell(lambda path=path, at=at: self._listener.credentials_end_soon(str(path), at))

    def _tell(self, news: Callable[[], None]) -> None:
        try:
            news()
        except Exception:  # pylint: disable=broad-except
            _log.exception("A listener of node %s's session raised; the session goes on", self._node_id)

    def _become(self, state: SessionState) -> bool:
        with self._wake:
            if self._state.is_over:
                return False
            self._state = state
            return True

    def _plan(self, delay: float) -> None:
        """Plans the next step, but never sooner than the gateway asked."""
        with self._wake:
            self._next_at = max(time.monotonic() + delay, self._quiet_until)
            self._wake.notify_all()

    def _heed(self, refusal: GatewayError) -> None:
        if refusal.retry_after is not None:
            with self._wake:
                self._quiet_until = max(self._quiet_until, time.monotonic() + refusal.retry_after)

    def _pause(self, failure: GatewayError, longest: float) -> float:
        """Doubles with each failure, half of it random."""
        wait = min(longest, _FIRST_PAUSE * 2 ** min(self._failures, 20)) * random.uniform(0.5, 1.0)
        self._failures += 1
        return max(wait, failure.retry_after or 0.0)

    def _interval(self) -> float:
        return max(0.02, self.registration.heartbeat_interval)

    def _deadline(self) -> float:
        """A heartbeat that takes longer than the interval is better tried again."""
        return max(_SHORTEST_DEADLINE, self._interval())

    @staticmethod
    def _jittered(interval: float) -> float:
        """Nodes that started together drift apart."""
        return interval * random.uniform(0.9, 1.1)


def _fresh_incarnation() -> int:
    return secrets.randbelow((1 << 64) - 1) + 1
