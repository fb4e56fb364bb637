"""The exceptions, one class for each status of the C API.

No exception holds the API secret or a token string: a log may have them.
"""

from __future__ import annotations

from typing import Any, ClassVar

from .enums import Outcome, Reason, Status, named


class MillicastError(Exception):
    """A call failed. Every exception of this package's own is one of these, but for MissingFunctionError.

    Attributes:
        status: the C API's status, a `Status` or, from a newer library, a plain number.
        message: what went wrong, in English, for a person. The same as `str(error)`.
        field: the field at fault by the platform's own name (`streams`, `allowedIpAddresses`), or by the argument's
            name where the platform has none; None without one.
        http_status: the HTTP status of the answer; 0 when no answer came.
        details: the API's own JSON, as it refused, or None.
        retry_after_ms: how many milliseconds the server asked to wait before the next try, or None.
        outcome: may the server have carried the call out? After a create with `Outcome.UNKNOWN` let `find_created()`
            look for the token before creating it again: a create that is sent twice makes two tokens.
        reason: which rule a self-signed token breaks; `Reason.NONE` for other errors.
        index: the element of a list that is at fault, counted from 0, or None.
    """

    #: The status of this class; a subclass of no status of its own has its parent's.
    STATUS: ClassVar[Status | None] = None

    def __init__(
        self,
        message: str = "",
        *,
        status: int | None = None,
        field: str | None = None,
        http_status: int = 0,
        details: str | None = None,
        retry_after_ms: int | None = None,
        outcome: int = Outcome.NOT_SENT,
        reason: int = Reason.NONE,
        index: int | None = None,
    ) -> None:
        """An error as the library describes it. Programs catch these and have no need to make them."""
        super().__init__(message)
        self.message = message
        self.status: Status | int = named(Status, (self.STATUS or Status.OK) if status is None else status)
        self.field = field
        self.http_status = http_status
        self.details = details
        self.retry_after_ms = retry_after_ms
        self.outcome: Outcome | int = named(Outcome, outcome)
        self.reason: Reason | int = named(Reason, reason)
        self.index = index

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors cross processes whole (multiprocessing, concurrent.futures)."""
        return _restore, (type(self), self.__dict__.copy())


def _restore(kind: type[MillicastError], attributes: dict[str, Any]) -> MillicastError:
    error = kind(attributes.get("message", ""))
    error.__dict__.update(attributes)
    return error


class NullArgumentError(MillicastError):
    """A pointer that must not be NULL was NULL. Not to be met from Python."""

    STATUS: ClassVar[Status | None] = Status.NULL_ARGUMENT


class InvalidUtf8Error(MillicastError, ValueError):
    """A text can't be written as UTF-8: it holds a lone surrogate. Nothing was sent or signed."""

    STATUS: ClassVar[Status | None] = Status.INVALID_UTF8


class InvalidArgumentError(MillicastError, ValueError):
    """A value breaks the platform's contract; found here, before anything was sent or signed."""

    STATUS: ClassVar[Status | None] = Status.INVALID_ARGUMENT


class UnauthorizedError(MillicastError):
    """HTTP 401 or 403: the API secret is missing, wrong or not allowed to do this."""

    STATUS: ClassVar[Status | None] = Status.UNAUTHORIZED


class NotFoundError(MillicastError):
    """There is no such token."""

    STATUS: ClassVar[Status | None] = Status.NOT_FOUND


class RejectedError(MillicastError):
    """The API refused the request; `details` has its own words."""

    STATUS: ClassVar[Status | None] = Status.REJECTED


class RateLimitedError(MillicastError):
    """HTTP 429: too many requests; `retry_after_ms` tells how long to wait, if the server said so."""

    STATUS: ClassVar[Status | None] = Status.RATE_LIMITED


class ServerError(MillicastError):
    """HTTP 5xx, or the API's own error."""

    STATUS: ClassVar[Status | None] = Status.SERVER


class CallTimeoutError(MillicastError):
    """The call's deadline passed (see the client's `timeout`).

    Not the builtin TimeoutError, and not what `asyncio.timeout()` raises.
    """

    STATUS: ClassVar[Status | None] = Status.TIMEOUT


class ConnectError(MillicastError):
    """The server could not be reached, or the connection to it was lost."""

    STATUS: ClassVar[Status | None] = Status.CONNECT


class TlsError(MillicastError):
    """The TLS handshake failed; the message says why."""

    STATUS: ClassVar[Status | None] = Status.TLS


class ProtocolError(MillicastError):
    """The answer is not the API's: HTML of a proxy, broken JSON, a redirect, an answer over the limit."""

    STATUS: ClassVar[Status | None] = Status.PROTOCOL


class CallCancelledError(MillicastError):
    """`cancel()` of the client ended the call, or the client was closed during it. Not asyncio's CancelledError."""

    STATUS: ClassVar[Status | None] = Status.CANCELLED


class ClosedError(CallCancelledError):
    """The client or the signer was closed before the call began. Nothing was sent or signed."""


class ForkedError(MillicastError):
    """The client was made before a fork and is used in the child. Make a new one there."""

    STATUS: ClassVar[Status | None] = Status.FORKED


class TokenInvalidError(MillicastError):
    """A self-signed token does not verify, or breaks a rule of its parent; `reason` tells which."""

    STATUS: ClassVar[Status | None] = Status.TOKEN_INVALID


class BufferTooSmallError(MillicastError):
    """The buffer is too small; nothing was written to it. `needed` is how many bytes are enough."""

    STATUS: ClassVar[Status | None] = Status.BUFFER_TOO_SMALL

    #: How many bytes are enough, the terminating NUL included; 0 when that is not known.
    needed: int = 0


class PanicError(MillicastError):
    """A fault of the library was caught. Close the client or the signer of the call and use it no more."""

    STATUS: ClassVar[Status | None] = Status.PANIC


class NotReadyError(MillicastError):
    """A call without blocking is not done yet."""

    STATUS: ClassVar[Status | None] = Status.NOT_READY


class OsRefusedError(MillicastError):
    """The operating system refused a descriptor, a thread or the like."""

    STATUS: ClassVar[Status | None] = Status.SYSTEM


class MissingFunctionError(NotImplementedError):
    """The native library lacks a function: it was made for signing only, and there is no client in it."""


_CLASSES: dict[int, type[MillicastError]] = {
    kind.STATUS: kind for kind in MillicastError.__subclasses__() if kind.STATUS is not None
}


def class_of(status: int) -> type[MillicastError]:
    """The exception class of a status: MillicastError itself for one that is not known here."""
    return _CLASSES.get(status, MillicastError)
