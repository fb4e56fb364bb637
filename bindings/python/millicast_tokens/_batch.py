"""Signing for many viewers: columns in, tokens out, in one call."""

from __future__ import annotations

import ctypes
from typing import Any, Union

from . import _arrow, _check, _lists, _numpy
from ._columns import ADDRESSES, LIFETIMES, VIEWER_DATA, Kind, Numbers, Texts, Tokens
from ._native import handles as h
from ._native.calls import Owned, call, lib, make
from .errors import BufferTooSmallError, InvalidArgumentError

Column = Union[Texts, Numbers]

#: An array is iterable too, so what takes everything is asked last.
_KINDS: tuple[Kind, ...] = (_numpy, _arrow, _lists)

_LENDERS = {
    VIEWER_DATA: lib.mct_viewers_lend_custom_viewer_data,
    ADDRESSES: lib.mct_viewers_lend_allowed_ip_address,
}


def sign(signer: Owned, claims: Owned, values: dict[str, Any], count: int | None, threads: int) -> Any:
    """Signs a token for each viewer. `values` are the columns by their names, None for one that is not given.

    The tokens are of the kind that the first column is of.
    """
    _check.integer("threads", threads, _check.U32)
    given = {field: column for field, column in values.items() if column is not None}
    kinds = {field: _kind_of(field, column) for field, column in given.items()}
    columns = {field: _read(kind, field, given[field]) for field, kind in kinds.items()}
    kind = next(iter(kinds.values()), _lists)
    tokens = kind.tokens(_count(columns, count))
    _fill(signer, claims, columns, tokens, threads)
    return tokens.result()


def _kind_of(field: str, values: Any) -> Kind:
    for kind in _KINDS:
        if kind.takes(values):
            return kind
    raise TypeError(f"{field}: must be a list, a numpy array or an Arrow array, given is a {type(values).__name__}")


def _read(kind: Kind, field: str, values: Any) -> Column:
    return kind.numbers(field, values) if field == LIFETIMES else kind.texts(field, values)


def _count(columns: dict[str, Column], count: int | None) -> int:
    """How many viewers there are: as many as each column has entries."""
    if not columns:
        if count is None:
            raise TypeError("count: must be given where no column says how many viewers there are")
        return _check.integer("count", count, _check.U32)
    if count is not None:
        raise TypeError("count: must not be given beside a column, which says how many viewers there are")
    (first, column), *others = columns.items()
    for field, other in others:
        if other.count != column.count:
            message = f"{field}: must have as many entries as {first} ({column.count}), given are {other.count}"
            raise InvalidArgumentError(message, field=field)
    return column.count


def _viewers(columns: dict[str, Column], count: int) -> Owned:
    """A description of the viewers. It reads the columns, and must be gone before they are."""
    viewers = make(h.mct_viewers, lib.mct_viewers_new, count)
    for field, column in columns.items():
        if isinstance(column, Numbers):
            call(lib.mct_viewers_lend_lifetimes, viewers.pointer, column.pointer)
        else:
            call(_LENDERS[field], viewers.pointer, column.bytes, column.offsets)
    return viewers


def _fill(signer: Owned, claims: Owned, columns: dict[str, Column], tokens: Tokens, threads: int) -> None:
    """Asks how much memory is needed, and signs into that much."""
    viewers, needed = _viewers(columns, tokens.count), ctypes.c_size_t()
    given = (lib.mct_signer_sign_viewers, signer.pointer, claims.pointer, viewers.pointer, threads)
    call(*given, None, 0, None, ctypes.byref(needed))
    is_done = tokens.count == 0
    while not is_done:
        size = needed.value
        room = ctypes.cast(tokens.room(size), ctypes.POINTER(ctypes.c_char))
        try:
            call(*given, room, size, tokens.offsets, ctypes.byref(needed))
            is_done = True
        except BufferTooSmallError:
            # Times got longer since the size was asked for. What is needed now, `needed` says.
            continue
