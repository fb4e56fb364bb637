"""The calls that both kinds of token have."""

from __future__ import annotations

import datetime
from typing import Generic, TypeVar

from . import _check, tokens
from ._native.calls import Owned
from ._prepared import Maker
from .listing import TokenIterator
from .tokens import Token, TokenList

T = TypeVar("T", bound=Token)


class TokenCalls(Generic[T]):
    """What `PublishTokens` and `SubscribeTokens` share. Any thread may make the calls."""

    __slots__ = ("_connection",)

    _TOKEN: type[T]

    def __init__(self, connection: Maker) -> None:
        """Made by the client."""
        self._connection = connection

    def read(self, token_id: int) -> T:
        """Reads the token with this id, 0 to 2**64-1. Raises NotFoundError when there is none."""
        return self._connection.make(tokens.read(self._TOKEN, _id(token_id)))

    def delete(self, token_id: int) -> None:
        """Deletes the token with this id, 0 to 2**64-1. The live streams of a publish token end at once.

        Raises NotFoundError when there is none. A delete that had to be sent again and then finds nothing is a success:
        the first one did it.
        """
        return self._connection.make(tokens.deleted(self._TOKEN, _id(token_id)))

    def _create(self, spec: Owned) -> T:
        return self._connection.make(tokens.created(self._TOKEN, spec))

    def _find(self, spec: Owned, since: int | datetime.datetime) -> TokenList[T]:
        return self._connection.make(tokens.found(self._TOKEN, spec, _check.moment("since", since)))

    def _update(self, token_id: int, update: Owned) -> T:
        return self._connection.make(tokens.updated(self._TOKEN, _id(token_id), update))

    def _list(self, what: str, options: Owned | None) -> TokenList[T]:
        return self._connection.make(tokens.listed(self._TOKEN, what, options))

    def _iterate(self, options: Owned | None) -> TokenIterator[T]:
        def walk(owned: Owned) -> TokenIterator[T]:
            return TokenIterator(self._TOKEN, self._connection, owned)

        return self._connection.make(tokens.walk_of(self._TOKEN, options, walk))


def _id(token_id: int) -> int:
    return _check.integer("token_id", token_id, _check.U64)
