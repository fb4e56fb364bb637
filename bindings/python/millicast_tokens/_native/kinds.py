"""What the tables of signatures are written with."""

from __future__ import annotations

import ctypes
from ctypes import CFUNCTYPE, POINTER, c_bool, c_char_p, c_int32, c_size_t, c_void_p
from typing import Any

from . import handles as h

#: A text that is handed in, or one that is lent and copied at once.
TEXT = c_char_p
#: A text that is handed over. ctypes turns a c_char_p into bytes and drops the pointer, so nothing could free it.
OWNED_TEXT = c_void_p
STATUS = c_int32
ERROR = POINTER(POINTER(h.mct_error))

#: What is called when nobody will use what a callback was given any more.
FREE_FUNCTION = CFUNCTYPE(None, c_void_p)

#: (result, arguments)
Signature = tuple[Any, list[Any]]


def fallible(*arguments: Any) -> Signature:
    """A function that answers a status and takes an error last."""
    return STATUS, [*arguments, ERROR]


def out(handle: type[ctypes.Structure]) -> Any:
    """Where a function puts a handle."""
    return POINTER(POINTER(handle))


def sent(handle: Any, value: Any, *index: Any) -> Signature:
    """A getter that answers whether there is a value, and writes it."""
    return c_bool, [handle, *index, POINTER(value)]


def list_getters(family: str, handle: Any, entries: dict[str, str]) -> dict[str, Signature]:
    """The count of a list of texts and its entries."""
    signatures: dict[str, Signature] = {}
    for count, entry in entries.items():
        signatures[f"{family}_{count}"] = (c_size_t, [handle])
        signatures[f"{family}_{entry}"] = (TEXT, [handle, c_size_t])
    return signatures
