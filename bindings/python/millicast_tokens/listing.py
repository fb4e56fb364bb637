"""What a list asks for, and the iterator that reads on as it goes."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Generic, TypeVar

from . import _check, tokens
from ._native import handles as h
from ._native.calls import Owned, call, lib, make
from ._prepared import Maker
from .enums import FilterBy, SortBy
from .errors import ClosedError, InvalidArgumentError
from .tokens import Token

T = TypeVar("T", bound=Token)


def options(
    *,
    page: int | None,
    items_on_page: int | None,
    sort_by: SortBy | None,
    descending: bool | None,
    name: str | None,
    filter_by: FilterBy | None,
    cluster: str | None = None,
    max_pages: int | None = None,
) -> Owned | None:
    """The options of a list; None when nothing was given."""
    if filter_by is not None and name is None:
        raise InvalidArgumentError("filterBy: says where a name is looked for, and none is given", field="filterBy")
    given = (page, items_on_page, sort_by, descending, name, cluster, max_pages)
    if all(value is None for value in given):
        return None
    made = make(h.mct_list_options, lib.mct_list_options_new)
    for setter, field, number in (
        (lib.mct_list_options_set_page, "page", page),
        (lib.mct_list_options_set_items_on_page, "itemsOnPage", items_on_page),
        (lib.mct_list_options_set_max_pages, "max_pages", max_pages),
    ):
        if number is not None:
            call(setter, made.pointer, _check.integer(field, number, _check.U32))
    if sort_by is not None:
        call(lib.mct_list_options_set_sort_by, made.pointer, _check.integer("sortBy", sort_by, _check.I32))
    if descending is not None:
        call(lib.mct_list_options_set_descending, made.pointer, _check.flag("isDescending", descending))
    if name is not None:
        where = FilterBy.TOKEN_OR_STREAM_NAME if filter_by is None else filter_by
        number = _check.integer("filterBy", where, _check.I32)
        call(lib.mct_list_options_set_name, made.pointer, _check.text("name", name), number)
    if cluster is not None:
        call(lib.mct_list_options_set_cluster, made.pointer, _check.text("cluster", cluster))
    return made


class TokenIterator(Iterator[T], Generic[T]):
    """Walks a list of tokens, one page in memory at a time: `client.publish_tokens.iterate()` makes one.

    The tokens come in the list's order, each once, even when tokens are created, deleted and renamed meanwhile: one
    that is there all the time and keeps its place comes; one that is created in a place that was passed, or renamed
    into it, may not. Of each token that came 24 bytes or so are kept, by which it is known when it comes again. Pages
    are read as they are needed; each has a deadline of its own, and is a call like any other (see `Client` for
    errors). After an error the next step tries again. It belongs to one thread at a time: a step while another
    thread is in one is a RuntimeError.

    As a context manager it is closed at the end. After `close()`, or once its client is closed, a step that has not
    come to the end raises ClosedError.
    """

    __slots__ = ("__weakref__", "_connection", "_idle", "_is_closed", "_is_over", "_kind")

    def __init__(self, kind: type[T], connection: Maker, walk: Owned) -> None:
        """Made by `iterate()`."""
        self._kind = kind
        self._connection = connection
        #: The handle, unless a thread is in a step with it. To take it and to give it back are single steps.
        self._idle = [walk]
        self._is_closed = False
        self._is_over = False

    def __iter__(self) -> TokenIterator[T]:
        """Itself."""
        return self

    def __next__(self) -> T:
        """The next token."""
        if self._is_over:
            raise StopIteration
        if self._is_closed:
            raise ClosedError("the iterator is closed")
        try:
            walk = self._idle.pop()
        except IndexError:
            raise RuntimeError("another thread is in a step of this iterator") from None
        try:
            token = self._connection.make(tokens.next_of(self._kind, walk))
            self._is_over = token is None
        finally:
            if not (self._is_over or self._is_closed):
                self._idle.append(walk)
        if token is None:
            raise StopIteration
        return token

    def close(self) -> None:
        """Frees what the iterator holds. Again is no matter, and so is the end."""
        self._is_closed = True
        self._idle.clear()

    def __enter__(self) -> TokenIterator[T]:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Closes it."""
        self.close()

    def __repr__(self) -> str:
        """What it walks, and whether it still does."""
        state = "at its end" if self._is_over else "closed" if self._is_closed else "open"
        return f"<{type(self).__name__} of {self._kind.__name__}s, {state}>"
