"""What the client raises. No message holds a credential."""

from typing import Optional

import grpc

from .v1 import refusal_pb2

_TRANSIENT = {"UNAVAILABLE", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "ABORTED"}
# What only new files, another address or an administrator can mend.
_FOREVER = {"UNAUTHENTICATED", "PERMISSION_DENIED", "INVALID_ARGUMENT", "UNIMPLEMENTED", "UNAVAILABLE"}
_LONGEST_RETRY_SECONDS = 86_400.0
_DETAILS = "grpc-status-details-bin"
_PUSHBACK = "grpc-retry-pushback-ms"


class CredentialsError(Exception):
    """A credential's file cannot be used. The message names the file and what was expected."""


class GatewayError(Exception):
    """The gateway refused a call, or was not reached.

    ``code`` is the name of the gRPC code, ``reason`` the gateway's stable reason (``google.rpc.ErrorInfo``) if it gave
    one, ``retry_after`` the seconds that it asks to wait. ``is_transient`` tells whether the same call may succeed later
    without a change of files, addresses or permissions.
    """

    def __init__(
        self,
        message: str,
        code: str,
        reason: Optional[str] = None,
        retry_after: Optional[float] = None,
        is_transient: Optional[bool] = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.retry_after = retry_after
        self.is_transient = code in _TRANSIENT if is_transient is None else is_transient

    @property
    def needs_mending(self) -> bool:
        """Whether only new files, another address or an administrator can help."""
        return not self.is_transient and self.code in _FOREVER

    @classmethod
    def of(cls, error: grpc.RpcError, target: str) -> "GatewayError":
        """Describes a failed call to that address."""
        code = error.code().name
        text = next(iter((error.details() or "").splitlines()), "")
        reason = _reason(error)
        named = f"{code} ({reason})" if reason else code
        return cls(f"gateway {target}: {named}{': ' if text else ''}{text}", code, reason, _retry_after(error))


def _trailers(error: grpc.RpcError) -> dict:
    return {key: value for key, value in error.trailing_metadata() or ()}


def _retry_after(error: grpc.RpcError) -> Optional[float]:
    try:
        millis = int(_trailers(error)[_PUSHBACK])
    except (KeyError, ValueError):
        return None
    return None if millis < 0 else min(_LONGEST_RETRY_SECONDS, millis / 1000)


def _reason(error: grpc.RpcError) -> Optional[str]:
    details = _trailers(error).get(_DETAILS)
    if not isinstance(details, bytes):
        return None
    try:
        for detail in refusal_pb2.Status.FromString(details).details:
            if detail.type_url.endswith("/google.rpc.ErrorInfo"):
                return refusal_pb2.ErrorInfo.FromString(detail.value).reason or None
    except ValueError:  # protobuf's DecodeError is one; code and message still say what is wrong
        return None
    return None
