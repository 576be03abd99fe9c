"""The files with a node's credentials. They are read again when they change, so a renewal is a rename into place."""

import base64
import json
import logging
import os
import re
import ssl
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Optional, Tuple, Union

from ._certificate import Certificate, certificates
from ._errors import CredentialsError

_SPIFFE = re.compile(
    r"spiffe://(?P<domain>[A-Za-z0-9._-]+)/ns/(?P<namespace>[a-z0-9-]+)"
    r"/(?:node/(?P<node>[1-9][0-9]*)|operator/(?P<operator>[A-Za-z0-9._-]+))"
)
_log = logging.getLogger("rollcall")
_MOST_BYTES = 1 << 20
_SKEW = timedelta(seconds=30)  # as the gateway allows


@dataclass(frozen=True)
class Identity:
    """Whom a certificate names: a node of a namespace, or an operator, who has no node id."""

    uri: str
    namespace: str
    node_id: Optional[int]


@dataclass(frozen=True)
class Material:
    """One consistent version of the files for TLS, checked."""

    identity: Identity
    certificate: bytes
    key: bytes
    authorities: bytes
    not_after: datetime


@dataclass(frozen=True)
class Credentials:
    """Paths of certificate, key and the gateway's CAs as PEM, and of the token, a signed JWT.

    The certificate file begins with the node's own certificate; intermediates follow.
    """

    certificate: Path
    key: Path
    authorities: Path
    token: Path

    @classmethod
    def from_directory(
        cls, directory: Union[str, Path], authorities: Optional[Union[str, Path]] = None
    ) -> "Credentials":
        """Uses ``cert.pem``, ``key.pem``, ``token.jwt`` and ``ca.pem`` of a directory.

        Without ``ca.pem`` it uses ``../../gateway/ca.pem``, where ``scripts/dev-certs`` writes it.
        """
        base = Path(directory).absolute()
        if authorities is None:
            shared = base.parent.parent / "gateway" / "ca.pem"
            authorities = shared if shared.exists() and not (base / "ca.pem").exists() else base / "ca.pem"
        return cls(base / "cert.pem", base / "key.pem", Path(authorities), base / "token.jwt")

    def read(self) -> Material:
        """Reads the files for TLS. Raises CredentialsError that names the file and what was expected."""
        certificate, key, authorities = (_read(path) for path in (self.certificate, self.key, self.authorities))
        own = self._certificates(self.certificate, certificate)[0]
        _require_valid_now(self.certificate, own)
        self._certificates(self.authorities, authorities)
        try:
            # The only check of the pair that Python's own library has. It reads the files.
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(self.certificate, self.key, no_password)
        except (ssl.SSLError, OSError, ValueError) as e:
            raise CredentialsError(
                f"{self.key} is not the key of {self.certificate} (expected: its private key, PEM, not encrypted)"
            ) from e
        return Material(_identity(self.certificate, own), certificate, key, authorities, own.not_after)

    @staticmethod
    def _certificates(path: Path, pem: bytes) -> "list[Certificate]":
        try:
            found = certificates(pem.decode("ascii", "replace"))
        except ValueError as e:
            raise CredentialsError(f"{path} has a certificate that cannot be read: {e}") from e
        if not found:
            raise CredentialsError(f"{path} has no certificate (expected: PEM, -----BEGIN CERTIFICATE-----)")
        return found

    def stamp(self) -> Tuple[Tuple[int, int, int, int], ...]:
        """Changes when one of the files for TLS is replaced or written."""
        return tuple(_stamp(path) for path in (self.certificate, self.key, self.authorities))

    def stamp_of_all(self) -> Tuple[Tuple[int, int, int, int], ...]:
        """Changes when any of the files is replaced or written."""
        return (*self.stamp(), _stamp(self.token))


class Token:
    """The token's file, read again when it changes. Any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._stamp: Optional[Tuple[int, int, int, int]] = None
        self._text = ""
        self._ends: Optional[datetime] = None

    @property
    def path(self) -> Path:
        return self._path

    def header(self) -> Tuple[str, str]:
        """Returns the metadata of a call. Raises CredentialsError if there is no token, or if it has ended."""
        with self._lock:
            stamp = _stamp(self._path)
            if stamp != self._stamp or not self._text:
                self._stamp = stamp
                self._read()
            if self._ends is not None and datetime.now(timezone.utc) > self._ends + _SKEW:
                raise CredentialsError(
                    f"{self._path} ended at {self._ends:%Y-%m-%d %H:%M:%S} UTC; write a new token there"
                )
            return "authorization", "Bearer " + self._text

    def _read(self) -> None:
        try:
            # A line break at the end would fail each call, in grpcio with the token in the error's text.
            text = _jwt(self._path, _read(self._path))
        except CredentialsError as e:
            if not self._text:
                raise
            _log.warning("The token before is kept: %s", e)
            return
        self._text = text
        self._ends = _expiry(text)

    @property
    def ends(self) -> Optional[datetime]:
        """When the token that was used last ends; None if it does not say."""
        return self._ends


def _expiry(jwt: str) -> Optional[datetime]:
    exp = _claims(jwt).get("exp")
    try:
        return datetime.fromtimestamp(float(exp), timezone.utc)
    except (TypeError, ValueError, OverflowError, OSError):
        return None  # the gateway says what is wrong with it


def _jwt(path: Path, content: bytes) -> str:
    text = content.decode("ascii", "replace").strip()
    if not re.fullmatch(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", text):
        raise CredentialsError(f"{path} has no token (expected: a signed JWT, three parts with dots between)")
    return text


def _claims(jwt: str) -> dict:
    payload = jwt.split(".")[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except ValueError:
        return {}  # the gateway says what is wrong with it
    return claims if isinstance(claims, dict) else {}


def _identity(path: Path, certificate: Certificate) -> Identity:
    for uri in certificate.uris:
        named = _SPIFFE.fullmatch(uri)
        if named:
            return Identity(uri, named["namespace"], int(named["node"]) if named["node"] else None)
    raise CredentialsError(
        f"{path} names {', '.join(certificate.uris) or 'nobody'}"
        " (expected: a URI spiffe://DOMAIN/ns/NAMESPACE/node/ID or .../operator/NAME)"
    )


def _require_valid_now(path: Path, certificate: Certificate) -> None:
    now = datetime.now(timezone.utc)
    if now > certificate.not_after:
        raise CredentialsError(f"{path} ended at {certificate.not_after:%Y-%m-%d %H:%M:%S} UTC; write a new one there")
    if now < certificate.not_before:
        raise CredentialsError(
            f"{path} begins at {certificate.not_before:%Y-%m-%d %H:%M:%S} UTC; is this machine's clock right?"
        )


def _read(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as e:
        raise CredentialsError(f"cannot read {path}: {e.strerror}") from e
    if len(content) > _MOST_BYTES:
        raise CredentialsError(f"{path} has more than {_MOST_BYTES} bytes, which no credential has")
    return content


def _stamp(path: Path) -> Tuple[int, int, int, int]:
    try:
        status = os.stat(path)
    except OSError:
        return (0, 0, 0, 0)  # reading it names the fault
    return (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)


def no_password() -> str:
    raise ValueError("the key is encrypted")
