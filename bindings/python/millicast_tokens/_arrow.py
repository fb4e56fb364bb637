"""Batches in Arrow's arrays. pyarrow is never imported here: who hands over an array of its has done so."""

from __future__ import annotations

import sys
from array import array
from typing import Any

from . import _check
from ._columns import SECONDS, VIEWER_DATA, Numbers, Texts, Tokens
from .errors import InvalidArgumentError


def takes(values: Any) -> bool:
    """Are the values of this kind?"""
    # Another thread may be in the middle of importing it, and then this is none of its arrays.
    arrow = sys.modules.get("pyarrow")
    return isinstance(values, (getattr(arrow, "Array", ()), getattr(arrow, "ChunkedArray", ())))


def texts(field: str, values: Any) -> Texts:
    """A column of texts: the array's own memory where it is one large_string, else what that is cast to."""
    arrow = _arrow()
    if not _is_text(values.type):
        raise TypeError(f"{field}: must be an array of strings, given is one of {values.type}")
    column = _whole(values.cast(arrow.large_string()))
    if column.null_count > 0:
        if field != VIEWER_DATA:
            raise _null(field, column)
        column = column.fill_null("")
    _, offsets, data = column.buffers()
    if len(column) == 0:
        # Its buffers may be missing.
        none = array("q", [0])
        return Texts(0, None, none.buffer_info()[0], none)
    address = offsets.address + column.offset * 8
    if address % 8 == 0:
        return Texts(len(column), _start_of(data), address, column)
    # Memory that comes from elsewhere (a mapped file) may lie at any address, and C reads whole numbers.
    moved = array("q", memoryview(offsets)[column.offset * 8 :][: len(column) * 8 + 8].tobytes())
    return Texts(len(column), _start_of(data), moved.buffer_info()[0], column, moved)


def _start_of(data: Any) -> int | None:
    """Where a column's texts begin; None, and no memory at all, where each of them is empty."""
    return None if data is None else int(data.address)


def numbers(field: str, values: Any) -> Numbers:
    """A column of lifetimes."""
    arrow = _arrow()
    if not arrow.types.is_integer(values.type):
        raise TypeError(f"{field}: must be an array of integers, given is one of {values.type}")
    column = _whole(values)
    if column.null_count > 0:
        raise _null(field, column)
    if column.type != arrow.uint32():
        column = _narrowed(field, column)
    if len(column) == 0:
        return Numbers(0, 0, None)
    seconds = column.buffers()[1]
    address = seconds.address + column.offset * 4
    if address % 4 == 0:
        return Numbers(len(column), address, column)
    moved = array("I", memoryview(seconds)[column.offset * 4 :][: len(column) * 4].tobytes())
    return Numbers(len(column), moved.buffer_info()[0], moved)


def _narrowed(field: str, column: Any) -> Any:
    try:
        return column.cast(_arrow().uint32())
    except _arrow().ArrowInvalid:
        narrowed = None
    # One is out of range, and this says which.
    _check.integers(field, column.to_pylist(), SECONDS)
    return narrowed


def _arrow() -> Any:
    return sys.modules["pyarrow"]


def _is_text(kind: Any) -> bool:
    types = _arrow().types
    if types.is_dictionary(kind):
        return _is_text(kind.value_type)
    is_view = getattr(types, "is_string_view", lambda _: False)
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_null(kind) or is_view(kind))


def _whole(column: Any) -> Any:
    """One array; a single chunk is taken as it is."""
    if not isinstance(column, _arrow().ChunkedArray):
        return column
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _null(field: str, column: Any) -> InvalidArgumentError:
    index = column.is_null().index(True).as_py()
    return InvalidArgumentError(f"{field}[{index}]: must not be null", field=field, index=index)


class ArrowTokens(Tokens):
    """Tokens that stay where they were written."""

    _memory: Any = None

    def room(self, size: int) -> int:
        """Memory of Arrow's, which it does not clear before."""
        self._memory = _arrow().allocate_buffer(size)
        address: int = self._memory.address
        return address

    def result(self) -> Any:
        """An array over the memory itself."""
        arrow = _arrow()
        memory = arrow.py_buffer(b"") if self._memory is None else self._memory
        return arrow.LargeStringArray.from_buffers(self.count, arrow.py_buffer(self._ends), memory)


def tokens(count: int) -> ArrowTokens:
    """Where tokens go."""
    return ArrowTokens(count)
