"""The calls that both kinds of token have."""

from __future__ import annotations

from typing import Generic, TypeVar

from . import _check, tokens
from ._connection import Connection
from ._native.calls import Owned
from .listing import TokenIterator
from .tokens import Token

T = TypeVar("T", bound=Token)


class TokenCalls(Generic[T]):
    """What `PublishTokens` and `SubscribeTokens` share. Any thread may make the calls."""

    __slots__ = ("_connection",)

    _TOKEN: type[T]

    def __init__(self, connection: Connection) -> None:
        """Made by the client."""
        self._connection = connection

    def read(self, token_id: int) -> T:
        """Reads the token with this id, 0 to 2**64-1. Raises NotFoundError when there is none."""
        number = _check.integer("token_id", token_id, _check.U64)
        with self._connection.calling() as client:
            return tokens.read(self._TOKEN, client, number)

    def delete(self, token_id: int) -> None:
        """Deletes the token with this id, 0 to 2**64-1. The live streams of a publish token end at once.

        Raises NotFoundError when there is none. A delete that had to be sent again and then finds nothing is a success:
        the first one did it.
        """
        number = _check.integer("token_id", token_id, _check.U64)
        with self._connection.calling() as client:
            tokens.delete(self._TOKEN, client, number)

    def _create(self, spec: Owned) -> T:
        with self._connection.calling() as client:
            return tokens.created(self._TOKEN, client, spec)

    def _update(self, token_id: int, update: Owned) -> T:
        number = _check.integer("token_id", token_id, _check.U64)
        with self._connection.calling() as client:
            return tokens.updated(self._TOKEN, client, number, update)

    def _list(self, what: str, options: Owned | None) -> list[T]:
        with self._connection.calling() as client:
            return tokens.listed(self._TOKEN, what, client, options)

    def _iterate(self, options: Owned | None) -> TokenIterator[T]:
        with self._connection.calling() as client:
            walk = tokens.walk_of(self._TOKEN, client, options)
        return TokenIterator(self._TOKEN, self._connection, walk)
