"""The numbers of the C API with their names. Numbers never change; a newer library may answer ones not named here."""

from __future__ import annotations

from enum import IntEnum
from typing import TypeVar


class Status(IntEnum):
    """How a call ended. Each but OK has an exception class of its own."""

    OK = 0
    NULL_ARGUMENT = 1
    INVALID_UTF8 = 2
    INVALID_ARGUMENT = 3
    UNAUTHORIZED = 4
    NOT_FOUND = 5
    REJECTED = 6
    RATE_LIMITED = 7
    SERVER = 8
    TIMEOUT = 9
    CONNECT = 10
    TLS = 11
    PROTOCOL = 12
    CANCELLED = 13
    FORKED = 14
    TOKEN_INVALID = 15
    BUFFER_TOO_SMALL = 16
    PANIC = 17
    NOT_READY = 18
    SYSTEM = 19


class Outcome(IntEnum):
    """May the server have carried out a call that failed?"""

    UNKNOWN = 0
    """It may have: the request, or a part of it, was on its way when the call ended."""
    NOT_SENT = 1
    """It has not: the request was not sent whole."""
    REJECTED = 2
    """It has not: the server answered that it refuses."""


class Reason(IntEnum):
    """Why a self-signed token was refused, when it was verified or before it was signed."""

    NONE = 0
    """The error is about something else."""
    MALFORMED = 1
    """Not three parts of canonical base64url, or not the JSON that it must be."""
    ALGORITHM = 2
    """`alg` is not the signer's own, or none that the platform takes."""
    SIGNATURE = 3
    """The signature does not match."""
    EXPIRED = 4
    """`exp` has passed."""
    NOT_YET_VALID = 5
    """`nbf` is in the future."""
    CLAIM = 6
    """A claim is missing or outside its limits; the error's field names it."""
    TOKEN_TYPE = 7
    """`tokenType` is not `Subscribe`."""
    PARENT_TOKEN_ID = 8
    """`tokenId` is not the parent's id."""
    PARENT_INACTIVE = 9
    """The parent is disabled."""
    PARENT_EXPIRED = 10
    """The parent has expired."""
    PARENT_LIFETIME = 11
    """The token would outlive its parent."""
    PARENT_STREAM = 12
    """The stream is none of the parent's."""
    PARENT_PATTERN = 13
    """One of the parent's patterns can't be checked here, and nothing else matched."""
    PARENT_TRACKING_ID = 14
    """The parent has a tracking id, and the token does not carry the same."""
    PARENT_ORIGIN_CLUSTER = 15
    """The origin cluster is neither the parent's nor is the parent's `auto`."""


class Algorithm(IntEnum):
    """How self-signed tokens are signed."""

    HS256 = 256
    """HMAC with SHA-256. What the platform's own samples use."""
    HS384 = 384
    """HMAC with SHA-384."""
    HS512 = 512
    """HMAC with SHA-512."""


class SortBy(IntEnum):
    """What a list is sorted by."""

    NAME = 1
    """The token's label. The API's default."""
    ADDED_ON = 2
    """When the token was created."""


class FilterBy(IntEnum):
    """What a list by name looks at."""

    TOKEN_NAME = 1
    """The token's label."""
    STREAM_NAME = 2
    """The names of its streams."""
    TOKEN_OR_STREAM_NAME = 3
    """Either of them. The API's default."""


class Resolution(IntEnum):
    """The length of a series' steps."""

    HOUR = 1
    """Hours; the platform keeps them for 7 days."""
    DAY = 2
    """Days; the platform keeps them for 365 days."""


class Traffic(IntEnum):
    """The kind of traffic of a row of a bandwidth report."""

    ALL = 1
    """All traffic of the group (tracking id, stream, time), which has exactly one such row."""
    STANDARD_STREAM = 2
    """The part of plain streaming."""
    RESTREAM = 3
    """The part that was sent on to other endpoints."""
    GEO_CASCADE = 4
    """The part between clusters."""


class LogLevel(IntEnum):
    """How detailed a log line is."""

    ERROR = 1
    """A call ended without what was asked for."""
    WARN = 2
    """Something failed and is tried again, or is worth a look."""
    INFO = 3
    """Each answer: method, path, HTTP status, milliseconds, bytes."""
    DEBUG = 4
    """Each request: method, path, attempt."""
    TRACE = 5
    """Everything."""


E = TypeVar("E", bound=IntEnum)


def named(kind: type[E], number: int) -> E | int:
    """The member with this number, or the number itself where a newer library knows more than this module."""
    try:
        return kind(number)
    except ValueError:
        return number
