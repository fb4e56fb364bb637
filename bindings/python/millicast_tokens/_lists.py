"""Batches of Python's own: any iterable in, a list out."""

from __future__ import annotations

import contextlib
import ctypes
import mmap
from array import array
from collections.abc import Iterable
from itertools import accumulate
from typing import Any

from . import _check
from ._columns import SECONDS, Numbers, Texts, Tokens
from .errors import InvalidUtf8Error

#: How many tokens are decoded at once: few enough to stay in the processor's cache.
_BLOCK = 256
#: From how many bytes on memory is better had from the system than from Python.
_LARGE = 1 << 20


def takes(values: Any) -> bool:
    """Are the values of this kind? A str is a list of its letters to Python, which nobody means."""
    return isinstance(values, Iterable) and not isinstance(values, (str, bytes, bytearray, memoryview))


def texts(field: str, values: Iterable[str]) -> Texts:
    """A column of texts. They are joined, and counted by what Python has in C: a loop takes as long as signing."""
    given = list(values)
    joined = _joined(given)
    if joined is None:
        wrong, kind = next((index, type(text)) for index, text in enumerate(given) if not isinstance(text, str))
        raise TypeError(f"{field}[{wrong}]: must be a str, given is a {kind.__name__}")
    encoded = _check.utf8(joined)
    if encoded is None:
        wrong = next(index for index, text in enumerate(given) if _check.utf8(text) is None)
        raise not_utf8(field, wrong)
    lengths = map(len, given) if joined.isascii() else map(len, map(str.encode, given))
    offsets = array("q", accumulate(lengths, initial=0))
    # A subclass of str can say anything of its length, and C would read as far.
    if offsets[-1] != len(encoded):
        raise TypeError(f"{field}: the length of a text is not what it says")
    return Texts(len(given), encoded, offsets.buffer_info()[0], offsets)


def not_utf8(field: str, index: int) -> InvalidUtf8Error:
    """What is wrong with a text that holds a lone surrogate."""
    return InvalidUtf8Error(f"{field}[{index}]: is not UTF-8: it holds a lone surrogate", field=field, index=index)


def _joined(given: list[str]) -> str | None:
    # Outside of the handler, so that the exception that is raised then has no other one behind it.
    try:
        return "".join(given)
    except TypeError:
        return None


def numbers(field: str, values: Iterable[int]) -> Numbers:
    """A column of lifetimes."""
    column = array("I", _check.integers(field, values, SECONDS))
    return Numbers(len(column), column.buffer_info()[0], column)


class ListTokens(Tokens):
    """Tokens that become a list."""

    _memory: bytearray | mmap.mmap = bytearray()

    def room(self, size: int) -> int:
        """Memory that is this object's own."""
        self._memory = _memory(size)
        return ctypes.addressof(ctypes.c_char.from_buffer(self._memory))

    def result(self) -> list[str]:
        """A str for each token."""
        listed: list[str] = []
        with memoryview(self._memory) as memory:
            for start in range(0, self.count, _BLOCK):
                ends = self._ends[start : start + _BLOCK + 1].tolist()
                first = ends[0]
                block = str(memory[first : ends[-1]], "ascii")
                listed += [block[begin - first : end - first] for begin, end in zip(ends, ends[1:])]
        return listed


def _memory(size: int) -> bytearray | mmap.mmap:
    """New memory. A bytearray is cleared first, which for many tokens takes half as long as signing them."""
    if size < _LARGE or not hasattr(mmap, "MAP_ANONYMOUS"):
        return bytearray(size)
    try:
        memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    except OSError:
        # Then there will be no bytearray either, and Python says so as it does elsewhere.
        return bytearray(size)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        with contextlib.suppress(OSError):
            memory.madvise(mmap.MADV_HUGEPAGE)
    return memory


def tokens(count: int) -> ListTokens:
    """Where tokens go."""
    return ListTokens(count)
