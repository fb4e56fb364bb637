"""Batches in numpy's arrays. numpy is never imported here: who hands over an array of its has done so."""

from __future__ import annotations

import sys
from typing import Any

from . import _check, _lists
from ._columns import SECONDS, Numbers, Texts, Tokens
from .errors import InvalidArgumentError

_LAST_CODE_POINT = 0x10FFFF


def takes(values: Any) -> bool:
    """Are the values of this kind?"""
    # Another thread may be in the middle of importing it, and then this is none of its arrays.
    return isinstance(values, getattr(sys.modules.get("numpy"), "ndarray", ()))


def texts(field: str, values: Any) -> Texts:
    """A column of texts."""
    _check_shape(field, values)
    kind = values.dtype.kind
    # numpy's StringDType shares its memory with nobody else.
    if kind in ("O", "T"):
        return _lists.texts(field, values.tolist())
    if kind == "U":
        return _of_code_points(field, values)
    if kind == "S":
        data, ends = _packed(_matrix(values, _numpy().uint8))
        return _column(data, ends)
    raise TypeError(f"{field}: must be an array of texts, given is one of {values.dtype}")


def numbers(field: str, values: Any) -> Numbers:
    """A column of lifetimes."""
    numpy = _numpy()
    _check_shape(field, values)
    if values.dtype.kind not in ("i", "u"):
        raise TypeError(f"{field}: must be an array of integers, given is one of {values.dtype}")
    beyond = (values < SECONDS[0]) | (values > SECONDS[1])
    if beyond.any():
        index = int(beyond.argmax())
        given = int(values[index])
        raise _check.out_of_range(field, given, SECONDS, index)
    # Aligned too: memory that comes from elsewhere may lie at any address, and C reads whole numbers.
    column = numpy.require(values, numpy.uint32, ["C", "A"])
    return Numbers(len(column), column.ctypes.data, column)


def _numpy() -> Any:
    return sys.modules["numpy"]


def _check_shape(field: str, values: Any) -> None:
    if values.ndim != 1:
        raise InvalidArgumentError(f"{field}: must have one dimension, given are {values.ndim}", field=field)
    # What is masked is no value, and whether it then is none at all or an error only the caller can say.
    if hasattr(values, "filled"):
        raise TypeError(f"{field}: must not be a masked array; fill it first")


def _matrix(values: Any, unit: Any) -> Any:
    """The units of fixed-width texts, a row for each."""
    native = _numpy().ascontiguousarray(values, dtype=values.dtype.newbyteorder("="))
    return native.view(unit).reshape(len(native), -1) if len(native) else native.view(unit).reshape(0, 1)


def _packed(matrix: Any) -> tuple[Any, Any]:
    """The units of all rows without the zeros that fill them up, and where each row begins and the last ends."""
    numpy = _numpy()
    count, width = matrix.shape
    lengths = _lengths(matrix)
    ends = numpy.zeros(count + 1, dtype=numpy.int64)
    numpy.cumsum(lengths, out=ends[1:])
    if ends[-1] == matrix.size:
        return matrix.reshape(-1), ends
    return matrix[numpy.arange(width) < lengths[:, None]], ends


def _lengths(matrix: Any) -> Any:
    """How many units each row has up to its last one that is not zero."""
    numpy = _numpy()
    count, width = matrix.shape
    if matrix[:, -1].all():
        return numpy.full(count, width, dtype=numpy.int64)
    is_unit = matrix != 0
    behind = is_unit[:, ::-1].argmax(axis=1)
    return numpy.where(is_unit.any(axis=1), width - behind, 0)


def _of_code_points(field: str, values: Any) -> Texts:
    """A column of texts from an array of fixed width, four bytes for each code point."""
    numpy = _numpy()
    points, ends = _packed(_matrix(values, numpy.uint32))
    if points.max(initial=0) < 0x80:
        return _column(points.astype(numpy.uint8), ends)
    wrong = (points >> 11 == 0xD800 >> 11) | (points > _LAST_CODE_POINT)
    if wrong.any():
        raise _lists.not_utf8(field, int(ends.searchsorted(wrong.argmax(), side="right")) - 1)
    # UTF-8 by Python's own codec, all texts at once, and by the same rule the bytes that each code point takes.
    encoded = points.tobytes().decode(f"utf-32-{sys.byteorder[0]}e").encode()
    sizes = numpy.zeros(len(points) + 1, dtype=numpy.int64)
    numpy.cumsum(1 + (points >= 0x80) + (points >= 0x800) + (points >= 0x10000), out=sizes[1:])
    return _column(numpy.frombuffer(encoded, dtype=numpy.uint8), sizes[ends])


def _column(data: Any, ends: Any) -> Texts:
    return Texts(len(ends) - 1, data.ctypes.data, ends.ctypes.data, data, ends)


class NumpyTokens(Tokens):
    """Tokens that become an array of fixed width."""

    _memory: Any = None

    def room(self, size: int) -> int:
        """Memory of numpy's, which it does not clear before."""
        numpy = _numpy()
        self._memory = numpy.empty(size, dtype=numpy.uint8)
        address: int = self._memory.ctypes.data
        return address

    def result(self) -> Any:
        """An array of the bytes of each token: the memory itself where all have one length."""
        numpy = _numpy()
        if self.count == 0:
            return numpy.empty(0, dtype="S1")
        ends = numpy.frombuffer(self._ends, dtype=numpy.int64)
        lengths = numpy.diff(ends)
        width = int(lengths.max())
        if lengths.min() == width:
            return self._memory[: ends[-1]].view(f"S{width}")
        return self._squared(ends[:-1], lengths, width)

    def _squared(self, starts: Any, lengths: Any, width: int) -> Any:
        """Copies the tokens of each length at once, and numpy fills them up with zeros."""
        numpy = _numpy()
        squared = numpy.empty(self.count, dtype=f"S{width}")
        order = lengths.argsort(kind="stable")
        found, firsts = numpy.unique(lengths[order], return_index=True)
        for length, rows in zip(found.tolist(), numpy.split(order, firsts[1:])):
            # The text at every place of the memory, of which those are taken that are tokens.
            places = (len(self._memory) - length + 1,)
            windows = numpy.ndarray(places, dtype=f"S{length}", buffer=self._memory, strides=(1,))
            squared[rows] = windows[starts[rows]]
        return squared


def tokens(count: int) -> NumpyTokens:
    """Where tokens go."""
    return NumpyTokens(count)
