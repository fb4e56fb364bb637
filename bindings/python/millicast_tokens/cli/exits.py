"""The exit codes: one table, which the help, the manual page and the program read."""

from __future__ import annotations

from typing import NamedTuple

from .. import errors
from ..enums import Outcome, Reason
from . import MISSING_EXTRA


class Exit(NamedTuple):
    """A way to end."""

    code: int
    meaning: str


OK = Exit(0, "everything that was asked for was done")
FAULT = Exit(1, "a fault of this program or of the native library")
USAGE = Exit(2, "the command line can't be understood")
INVALID = Exit(3, "a value breaks the platform's contract; found here, and nothing was sent or signed")
UNAUTHORIZED = Exit(4, "the API secret is wrong or may not do this")
NOT_FOUND = Exit(5, "there is no such token")
REJECTED = Exit(6, "the platform refused the request")
RATE_LIMITED = Exit(7, "the platform was asked too often")
SERVER = Exit(8, "the platform has a fault")
TIMEOUT = Exit(9, "no answer within --timeout")
UNREACHABLE = Exit(10, "the platform can't be reached, or the connection was lost")
TLS = Exit(11, "the TLS handshake failed")
PROTOCOL = Exit(12, "the answer is not the platform's (a proxy's page, broken JSON, a redirect)")
UNKNOWN_OUTCOME = Exit(13, "the call failed, and may have been carried out nonetheless; it is said how to find out")
PARTIAL = Exit(14, "some of several tokens were dealt with, and others not; it is said which")
TOKEN_INVALID = Exit(15, "the self-signed token is not valid, or its parent does not allow it")
TOKEN_EXPIRED = Exit(16, "the self-signed token or its parent has expired")
NOT_CONFIRMED = Exit(17, "nothing was done: it was not confirmed, by a person or by --yes")
CONFIGURATION = Exit(18, "the configuration, the profile or the API secret is missing or can't be used")
FILE = Exit(19, "a file, or standard output, can't be read or written")
NO_EXTRA = Exit(MISSING_EXTRA, "a library that the command needs is not installed")
SYSTEM = Exit(21, "the operating system refused a descriptor, a thread or the like")
CANCELLED = Exit(130, "Ctrl-C (143 and 129: SIGTERM and SIGHUP)")
BROKEN_PIPE = Exit(141, "who read the output has gone; nothing is said")

TABLE = (
    OK,
    FAULT,
    USAGE,
    INVALID,
    UNAUTHORIZED,
    NOT_FOUND,
    REJECTED,
    RATE_LIMITED,
    SERVER,
    TIMEOUT,
    UNREACHABLE,
    TLS,
    PROTOCOL,
    UNKNOWN_OUTCOME,
    PARTIAL,
    TOKEN_INVALID,
    TOKEN_EXPIRED,
    NOT_CONFIRMED,
    CONFIGURATION,
    FILE,
    NO_EXTRA,
    SYSTEM,
    CANCELLED,
    BROKEN_PIPE,
)

_CLASSES: dict[type[errors.MillicastError], Exit] = {
    errors.InvalidArgumentError: INVALID,
    errors.InvalidUtf8Error: INVALID,
    errors.UnauthorizedError: UNAUTHORIZED,
    errors.NotFoundError: NOT_FOUND,
    errors.RejectedError: REJECTED,
    errors.RateLimitedError: RATE_LIMITED,
    errors.ServerError: SERVER,
    errors.CallTimeoutError: TIMEOUT,
    errors.ConnectError: UNREACHABLE,
    errors.TlsError: TLS,
    errors.ProtocolError: PROTOCOL,
    errors.CallCancelledError: CANCELLED,
    errors.TokenInvalidError: TOKEN_INVALID,
    errors.OsRefusedError: SYSTEM,
}

_EXPIRED = (Reason.EXPIRED, Reason.PARENT_EXPIRED)


class CommandError(Exception):
    """What ends the program, in a line for a person."""

    def __init__(self, exit_: Exit, message: str) -> None:
        """The message names no secret."""
        super().__init__(message)
        self.exit = exit_


class OutputError(Exception):
    """Standard output can't be written to."""

    def __init__(self, exit_: Exit, message: str) -> None:
        """A broken pipe has no message."""
        super().__init__(message)
        self.exit = exit_


class Terminated(BaseException):
    """A signal asks the program to end. What is half done is taken back on the way."""

    def __init__(self, number: int) -> None:
        """The signal."""
        super().__init__(number)
        self.code = 128 + number


def of(error: errors.MillicastError, *, changes: bool = False) -> Exit:
    """The way to end for an error of the library's. `changes`: the call would have changed something."""
    if isinstance(error, errors.TokenInvalidError) and error.reason in _EXPIRED:
        return TOKEN_EXPIRED
    if changes and error.outcome == Outcome.UNKNOWN:
        return UNKNOWN_OUTCOME
    for kind in type(error).__mro__:
        if kind in _CLASSES:
            return _CLASSES[kind]
    return FAULT
