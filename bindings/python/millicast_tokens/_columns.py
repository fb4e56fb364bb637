"""Columns in memory that C reads, and the memory that it writes tokens to: what a batch is made of."""

from __future__ import annotations

import ctypes
from array import array
from typing import Any, Protocol

VIEWER_DATA = "customViewerData"
ADDRESSES = "allowedIpAddresses"
LIFETIMES = "lifetime_seconds"

#: The shortest lifetime and the longest one.
SECONDS = (1, 2**32 - 1)


class Texts:
    """A column of texts: text i is bytes[offsets[i]] up to bytes[offsets[i + 1]].

    Whatever holds the memory is kept as long as this is.
    """

    __slots__ = ("_kept", "bytes", "count", "offsets")

    def __init__(self, count: int, start: Any, offsets: int, *kept: Any) -> None:
        """`offsets` is an address within what is kept; `start` is one too, or bytes."""
        self.count = count
        self.bytes = ctypes.c_char_p(start)
        self.offsets = ctypes.cast(offsets, ctypes.POINTER(ctypes.c_int64))
        self._kept = kept


class Numbers:
    """A column of lifetimes. Whatever holds the memory is kept as long as this is."""

    __slots__ = ("_kept", "count", "pointer")

    def __init__(self, count: int, start: int, kept: Any) -> None:
        """`start` is an address within what is kept."""
        self.count = count
        self.pointer = ctypes.cast(start, ctypes.POINTER(ctypes.c_uint32))
        self._kept = kept


class Tokens:
    """Where the tokens of a batch go: bytes, and the offsets that tell where each of them begins and ends."""

    def __init__(self, count: int) -> None:
        """Room for the offsets."""
        self.count = count
        self._ends = array("q", bytes(8 * (count + 1)))

    @property
    def offsets(self) -> Any:
        """Where the offsets go."""
        return ctypes.cast(self._ends.buffer_info()[0], ctypes.POINTER(ctypes.c_int64))

    def room(self, size: int) -> int:
        """The address of new memory for the tokens."""
        raise NotImplementedError

    def result(self) -> Any:
        """The tokens, as the caller gets them."""
        raise NotImplementedError


class Kind(Protocol):
    """What columns are given as, and tokens come back as: lists, numpy arrays, Arrow arrays. Modules are these."""

    def takes(self, values: Any) -> bool:
        """Are the values of this kind?"""

    def texts(self, field: str, values: Any) -> Texts:
        """A column of texts."""

    def numbers(self, field: str, values: Any) -> Numbers:
        """A column of lifetimes."""

    def tokens(self, count: int) -> Tokens:
        """Where tokens go."""
