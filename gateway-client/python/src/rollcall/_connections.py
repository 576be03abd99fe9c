"""The connections to a gateway's addresses, one of which is preferred until it fails."""

import hashlib
import logging
import random
import threading
from datetime import datetime
from typing import Callable, Dict, List, Optional, Set, Tuple

import grpc

from ._credentials import Credentials, Identity, Material, Token
from ._errors import CredentialsError

_log = logging.getLogger("rollcall")

DEFAULT_PORT = 8090
HOME_AFTER_SECONDS = 300.0
_OPTIONS = [
    # While a call is open, so that a watch notices a dead gateway. The gateway permits a ping every 10 s.
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.http2.max_pings_without_data", 0),  # or a watch, which sends nothing, would be pinged twice only
    ("grpc.max_receive_message_length", 16 << 20),
    ("grpc.service_config_disable_resolution", 1),
    ("grpc.enable_retries", 0),
    # Otherwise two channels to one address share a connection, and one that is retired would not end.
    ("grpc.use_local_subchannel_pool", 1),
]


def address(text: str) -> Tuple[str, int]:
    """Returns host and port of ``host``, ``host:port``, ``[::1]:port``; raises ValueError."""
    host, port = text, str(DEFAULT_PORT)
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        if rest:
            port = rest[1:] if rest.startswith(":") else ""
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"target: '{text}' (expected: host:port, an IPv6 address in brackets)")
    return host, int(port)


def canonical(text: str) -> str:
    """Returns ``host:port`` of an address, an IPv6 address in brackets; raises ValueError."""
    host, port = address(text)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def preference(targets: List[str], who: str) -> List[str]:
    """Returns the targets in this node's own order, by rendezvous hashing.

    The Java client has the same order. Nodes spread over the targets without a coordinator, and the nodes of a lost target over all others.
    """
    return sorted(targets, key=lambda target: hashlib.sha256(f"{who} {target}".encode()).digest(), reverse=True)


class Connection:
    """The channel to one address with one version of the credentials. Any thread."""

    def __init__(self, target: str, channel: grpc.Channel, token: Token) -> None:
        self.target = target
        self.channel = channel
        self.has_answered = False
        self.missed_deadlines = 0
        self._token = token
        self._lock = threading.Lock()
        self._calls = 0
        self._streams: Set[grpc.Call] = set()
        self._is_retired = False

    @property
    def is_retired(self) -> bool:
        return self._is_retired

    def metadata(self, needs_token: bool) -> Tuple[Tuple[str, str], ...]:
        return (self._token.header(),) if needs_token else ()

    def begin(self) -> None:
        """Begins a call, which leaving the context ends: a retired connection is closed after its last call."""
        with self._lock:
            self._calls += 1

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._calls -= 1
            is_last = self._is_retired and self._calls == 0
        if is_last:
            self.channel.close()

    def hold(self, stream: grpc.Call) -> None:
        """Ends that stream when the connection retires."""
        with self._lock:
            self._streams.add(stream)
            retired = self._is_retired
        if retired:
            stream.cancel()

    def release(self, stream: grpc.Call) -> None:
        with self._lock:
            self._streams.discard(stream)

    def retire(self) -> None:
        """Takes no new calls. Calls in flight go on; streams, which have no end of their own, are ended."""
        with self._lock:
            self._is_retired = True
            streams = list(self._streams)
            is_idle = self._calls == 0
        for stream in streams:
            stream.cancel()
        if is_idle:
            self.channel.close()


class Connections:
    """Makes a connection when it is needed, with the files' present content. Any thread."""

    def __init__(self, targets: List[str], credentials: Credentials, server_name: Optional[str]) -> None:
        self._credentials = credentials
        self._server_name = server_name
        self._token = Token(credentials.token)
        self._token.header()
        self._stamp = credentials.stamp()
        self._material = credentials.read()
        self._targets = preference(targets, self._material.identity.uri)
        self._lock = threading.Lock()
        self._open: Dict[str, Connection] = {}
        self._preferred = 0
        self._told_of: Optional[object] = None
        self._homesick: Optional[threading.Timer] = None
        self._is_closed = False
        self._answers_at: Callable[[Connection], bool] = lambda connection: False

    @property
    def identity(self) -> Identity:
        return self._material.identity

    @property
    def credentials(self) -> Credentials:
        return self._credentials

    @property
    def server_name(self) -> Optional[str]:
        return self._server_name

    @property
    def token(self) -> Token:
        return self._token

    @property
    def certificate_ends(self) -> datetime:
        return self._material.not_after

    def go_home_if(self, answers: Callable[[Connection], bool]) -> None:
        """Sets how to find out whether a gateway serves again at an address."""
        self._answers_at = answers

    def __len__(self) -> int:
        return len(self._targets)

    def preferred(self) -> Connection:
        """Returns the connection for the next call, as a context that the call ends. Raises ValueError once closed."""
        with self._lock:
            if self._is_closed:
                raise ValueError("the client is closed")
            retired = self._renew()
            connection = self._to(self._targets[self._preferred])
            connection.begin()
        for old in retired:
            old.retire()
        return connection

    def _renew(self) -> List[Connection]:
        stamp = self._credentials.stamp()
        if stamp == self._stamp:
            return []
        try:
            material = self._credentials.read()
        except CredentialsError as e:
            # Half-written files, or bad ones: the connection that works is kept, and they are read again.
            if stamp != self._told_of:
                _log.warning("The new credentials are not used: %s", e)
                self._told_of = stamp
            return []
        if material.identity != self._material.identity:
            _log.warning(
                "The new credentials are not used: %s is %s's (expected: %s's)",
                self._credentials.certificate,
                material.identity.uri,
                self._material.identity.uri,
            )
            self._stamp = stamp
            return []
        if self._credentials.stamp() != stamp:
            return []  # written meanwhile: read again at the next call
        self._stamp = stamp
        if material == self._material:
            return []
        self._material = material
        retired = list(self._open.values())
        self._open = {}
        return retired

    def _to(self, target: str) -> Connection:
        if target not in self._open:
            self._open[target] = Connection(target, self._channel(target), self._token)
        return self._open[target]

    def _channel(self, target: str) -> grpc.Channel:
        material: Material = self._material
        options: List[Tuple[str, object]] = list(_OPTIONS)
        if self._server_name:
            options.append(("grpc.ssl_target_name_override", self._server_name))
        return grpc.secure_channel(
            target,
            grpc.ssl_channel_credentials(material.authorities, material.key, material.certificate),
            options,
        )

    def turn_away_from(self, connection: Connection, is_dead: bool) -> None:
        """Prefers the next address, unless another caller already did.

        A dead connection is not used again: grpcio 1.51 was seen to reconnect one only after many seconds, whatever the
        limits of its backoff, unless names may be resolved more often than every 30 s.
        """
        with self._lock:
            if self._open.get(self._targets[self._preferred]) is connection:
                self._preferred = (self._preferred + 1) % len(self._targets)
                self._watch_home()
            is_dead = is_dead and self._open.get(connection.target) is connection
            if is_dead:
                del self._open[connection.target]
        if is_dead:
            connection.retire()

    def _watch_home(self) -> None:
        if self._homesick is None and self._preferred != 0 and not self._is_closed:
            self._homesick = threading.Timer(HOME_AFTER_SECONDS * random.uniform(0.8, 1.2), self._try_home)
            self._homesick.daemon = True
            self._homesick.name = "rollcall-home"
            self._homesick.start()

    def _try_home(self) -> None:
        with self._lock:
            self._homesick = None
            if self._is_closed or self._preferred == 0:
                return
            home = self._to(self._targets[0])
        answers = self._answers_at(home)
        left: Optional[Connection] = None
        with self._lock:
            if answers and not self._is_closed:
                left = self._open.pop(self._targets[self._preferred], None) if self._preferred else None
                self._preferred = 0
            else:
                self._watch_home()
        if left is not None:
            left.retire()

    def close(self) -> None:
        """Ends all connections, and what is in flight on them."""
        with self._lock:
            self._is_closed = True
            timer, self._homesick = self._homesick, None
            connections, self._open = list(self._open.values()), {}
        if timer is not None:
            timer.cancel()
            if timer is not threading.current_thread():
                timer.join()
        for connection in connections:
            connection.retire()
            connection.channel.close()
