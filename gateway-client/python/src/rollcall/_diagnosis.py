"""Finds out why a connection fails, by a TLS handshake of its own.

gRPC's texts do not tell: grpcio says "Endpoint read failed" for a missing, a refused and an expired certificate alike.
With TLS 1.3 the gateway's answer to the client's certificate comes after the handshake, as an alert that a read gets.
"""

import contextlib
import socket
import ssl
from dataclasses import dataclass
from typing import Optional

from ._certificate import parse
from ._credentials import Credentials, no_password

_CONNECT_SECONDS = 3.0
_ANSWER_SECONDS = 2.0

# X509_V_ERR_* of OpenSSL
_NOT_YET_VALID, _EXPIRED, _HOST_MISMATCH, _ADDRESS_MISMATCH = 9, 10, 62, 64


@dataclass(frozen=True)
class Fault:
    """Why a gateway was not reached, in one sentence that says what to mend."""

    text: str
    is_transient: bool


def diagnose(host: str, port: int, credentials: Credentials, server_name: Optional[str]) -> Optional[Fault]:
    """Connects once and tells what is wrong; None if TLS succeeds. Takes at most a few seconds."""
    target = f"{f'[{host}]' if ':' in host else host}:{port}"
    try:
        with socket.create_connection((host, port), _CONNECT_SECONDS) as connection:
            return _over(connection, target, server_name or host, credentials)
    except socket.gaierror:
        return Fault(f"gateway {target}: the name {host} is not known here", True)
    except ConnectionRefusedError:
        return Fault(f"gateway {target}: nothing listens there", True)
    except OSError as e:
        return Fault(f"gateway {target} is not reached: {e}", True)


def _over(connection: socket.socket, target: str, name: str, credentials: Credentials) -> Optional[Fault]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(credentials.authorities)
    context.load_cert_chain(credentials.certificate, credentials.key, no_password)
    context.set_alpn_protocols(["h2"])
    connection.settimeout(_CONNECT_SECONDS)
    try:
        with context.wrap_socket(connection, server_hostname=name) as tls:
            tls.settimeout(_ANSWER_SECONDS)
            if tls.recv(1):
                return None  # HTTP/2 has begun
            return Fault(f"gateway {target} ended the connection after the TLS handshake", True)
    except ssl.SSLCertVerificationError as e:
        return _unverified(e, target, name, credentials)
    except ssl.SSLError as e:
        return _alert(e, target, credentials)
    except socket.timeout:
        return Fault(f"gateway {target} accepts connections, and says nothing", True)


def _unverified(e: ssl.SSLCertVerificationError, target: str, name: str, credentials: Credentials) -> Fault:
    if e.verify_code in (_HOST_MISMATCH, _ADDRESS_MISMATCH):
        return Fault(
            f"gateway {target} shows a certificate for another name than {name}"
            " (expected: an address that its certificate names, or server_name)",
            False,
        )
    if e.verify_code == _EXPIRED:
        return Fault(f"gateway {target} shows a certificate that has ended; the gateway's needs renewal", False)
    if e.verify_code == _NOT_YET_VALID:
        return Fault(f"gateway {target} shows a certificate that is not valid yet; are both clocks right?", False)
    host, _, port = target.rpartition(":")
    issuer = _issuer(host.strip("[]"), int(port))
    return Fault(
        f"gateway {target} shows a certificate of CA '{issuer}'; {credentials.authorities} does not hold that CA", False
    )


def _issuer(host: str, port: int) -> str:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # only to name who signed it; nothing is sent
    with contextlib.suppress(OSError, ValueError):
        with socket.create_connection((host, port), _CONNECT_SECONDS) as connection:
            with context.wrap_socket(connection) as tls:
                shown = tls.getpeercert(binary_form=True)
                return parse(shown).issuer if shown else "unknown"
    return "unknown"


def _alert(e: ssl.SSLError, target: str, credentials: Credentials) -> Fault:
    said = (e.reason or str(e)).upper()
    if "CERTIFICATE_REQUIRED" in said:
        return Fault(f"gateway {target} asks for a client certificate, and got none", False)
    if "CERTIFICATE_EXPIRED" in said:
        return Fault(f"gateway {target} refuses {credentials.certificate}: it has ended; write a new one there", False)
    if "CERTIFICATE_REVOKED" in said:
        return Fault(f"gateway {target} refuses {credentials.certificate}: it is revoked; get a new one", False)
    if "PROTOCOL_VERSION" in said:
        return Fault(f"gateway {target} wants a later version of TLS than this Python's OpenSSL offers", False)
    if "ALERT" in said:
        return Fault(
            f"gateway {target} refuses {credentials.certificate} ({_words(said)}): its CA, its name or a revocation"
            " list does not fit; the gateway's log and console name the reason",
            False,
        )
    if "WRONG_VERSION_NUMBER" in said or "RECORD_LAYER_FAILURE" in said or "HTTP_REQUEST" in said:
        return Fault(f"gateway {target} does not speak TLS there (expected: the nodes' port, 8090 by default)", False)
    return Fault(f"gateway {target}: the TLS handshake failed ({_words(said)})", True)


def _words(reason: str) -> str:
    return reason.replace("_", " ").lower()
