"""The small values that specs and updates are made of and tokens answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final


class Unset(Enum):
    """The type of `UNSET`."""

    UNSET = "UNSET"

    def __repr__(self) -> str:
        """As a program writes it."""
        return "UNSET"


#: What an update does not name, and so leaves as it is. Not None, which clears what can be cleared.
UNSET: Final = Unset.UNSET


@dataclass(frozen=True)
class Stream:
    """A stream that a token is for.

    Attributes:
        name: its name or, with `is_regex`, a pattern; 1 to 128 UTF-16 units. The platform's dialect of patterns is
            not documented beyond ".*", which is any name.
        is_regex: is it a pattern?
    """

    name: str
    is_regex: bool = False


@dataclass(frozen=True)
class GeoCascade:
    """Whether streams are cascaded to other clusters, and to which.

    Attributes:
        is_enabled: are they?
        clusters: ids, none of them empty. None at all: the list is not sent, and the platform takes all clusters.
    """

    is_enabled: bool
    clusters: Sequence[str] = ()


@dataclass(frozen=True)
class Restream:
    """An endpoint that streams of a token shall be sent on to. Its key is in no repr.

    Attributes:
        url: its address, 1 to 2048 UTF-16 units.
        key: its secret (for SRT the stream id), 5 to 512 UTF-16 units.
        label: at most 2048 UTF-16 units, or None.
        enabled: is it used?
    """

    url: str
    key: str = field(repr=False)
    label: str | None = None
    enabled: bool = True


@dataclass(frozen=True)
class RestreamEntry:
    """An endpoint as the API answered it; None is what it did not send. Its key is in no repr.

    Attributes:
        url: its address.
        key: its secret (for SRT the stream id).
        label: its label.
        enabled: is it used?
    """

    url: str | None
    key: str | None = field(repr=False)
    label: str | None
    enabled: bool | None
