"""Reads from a certificate what a client checks before it connects: whose it is, and until when it is valid."""

import ssl
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Iterator, List, Tuple

_COMMON_NAME = bytes.fromhex("550403")  # 2.5.4.3
_SUBJECT_ALTERNATIVE_NAME = bytes.fromhex("551d11")  # 2.5.29.17
_VERSION = 0xA0
_EXTENSIONS = 0xA3
_OBJECT_IDENTIFIER = 0x06
_OCTET_STRING = 0x04
_UTC_TIME = 0x17
_URI = 0x86

_BEGIN = "-----BEGIN CERTIFICATE-----"
_END = "-----END CERTIFICATE-----"


@dataclass(frozen=True)
class Certificate:
    """An X.509 certificate (RFC 5280)."""

    not_before: datetime
    not_after: datetime
    uris: Tuple[str, ...]
    issuer: str
    """The common name of the CA; empty if it has none."""


def certificates(pem: str) -> List[Certificate]:
    """Returns the certificates of a PEM text, in its order; raises ValueError if one cannot be read."""
    found = []
    at = pem.find(_BEGIN)
    while at >= 0:
        end = pem.find(_END, at)
        if end < 0:
            raise ValueError("a certificate without its end line")
        found.append(parse(ssl.PEM_cert_to_DER_cert(pem[at : end + len(_END)])))
        at = pem.find(_BEGIN, end)
    return found


def parse(der: bytes) -> Certificate:
    """Reads one certificate; raises ValueError if it is none."""
    try:
        ((_, certificate),) = _elements(der)
        (_, signed), *_ = _elements(certificate)
        fields = [element for element in _elements(signed) if element[0] != _VERSION]
        # serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo, ... (RFC 5280 §4.1)
        not_before, not_after = (_time(tag, value) for tag, value in _elements(fields[3][1]))
        uris = [uri for tag, value in fields[6:] if tag == _EXTENSIONS for uri in _uris(value)]
    except (IndexError, ValueError) as e:
        raise ValueError("no X.509 certificate") from e
    return Certificate(not_before, not_after, tuple(uris), _common_name(fields[2][1]))


def _common_name(name: bytes) -> str:
    for _, relative in _elements(name):
        for _, attribute in _elements(relative):
            (_, kind), (_, value) = _elements(attribute)
            if kind == _COMMON_NAME:
                return value.decode("utf-8", "replace")
    return ""


def _uris(extensions: bytes) -> Iterator[str]:
    ((_, sequence),) = _elements(extensions)
    for _, extension in _elements(sequence):
        parts = list(_elements(extension))
        if parts[0] == (_OBJECT_IDENTIFIER, _SUBJECT_ALTERNATIVE_NAME) and parts[-1][0] == _OCTET_STRING:
            ((_, names),) = _elements(parts[-1][1])
            for tag, name in _elements(names):
                if tag == _URI:
                    yield name.decode("ascii")


def _time(tag: int, value: bytes) -> datetime:
    text = value.decode("ascii")
    if tag == _UTC_TIME:
        text = ("19" if text[:2] >= "50" else "20") + text
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=timezone.utc)


def _elements(der: bytes) -> Iterator[Tuple[int, bytes]]:
    """Yields tag and content of the DER elements that follow each other."""
    at = 0
    while at < len(der):
        tag, length, start = der[at], der[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7F
            length, start = int.from_bytes(der[start : start + count], "big"), start + count
        if start + length > len(der):
            raise ValueError("cut off")
        yield tag, der[start : start + length]
        at = start + length
