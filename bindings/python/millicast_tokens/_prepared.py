"""A call that is ready to be made. Each is made in one of two ways, blocking and not, so that both do the same."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from ._native.calls import Owned

T = TypeVar("T")


@dataclass(frozen=True)
class Prepared(Generic[T]):
    """A call whose arguments are checked.

    Attributes:
        name: the C function that blocks.
        arguments: what it takes between the client and what it gives.
        kind: the handle that it gives, or None.
        read: makes of that handle what the caller gets; of None, where there is none.
        on: the handle that it is made on, where that is not the client.
    """

    name: str
    arguments: tuple[Any, ...]
    kind: type[ctypes.Structure] | None
    read: Callable[[Any], T]
    on: Owned | None = None

    def given(self, client: Owned) -> list[Any]:
        """The arguments as ctypes takes them."""
        everything = (client if self.on is None else self.on, *self.arguments)
        return [argument.pointer if isinstance(argument, Owned) else argument for argument in everything]


class Maker(Protocol):
    """Makes prepared calls."""

    def make(self, call: Prepared[T]) -> T:
        """What comes of the call."""


def nothing(_: object) -> None:
    """What a call answers that gives nothing."""
