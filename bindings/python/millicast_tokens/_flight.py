"""Calls that do not block, and an event loop that waits for them.

A loop watches the descriptor of each call. So no thread of the library's runs Python code (but to write a log), nothing
is left behind when a loop is closed, and a call that ends meets no lock. A loop that can't watch descriptors, or a
system that has none left, is no reason to lose what was sent: then the call is looked at from time to time.
"""

from __future__ import annotations

import asyncio
import contextlib
import weakref
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from ._connection import Connection
from ._native import handles as h
from ._native.calls import Owned, call, lib, make
from ._prepared import Prepared

T = TypeVar("T")

#: How often a call is looked at that can't be watched.
_SECONDS_BETWEEN_LOOKS = 0.01


class Preparer:
    """Makes no call, and gives what was prepared in its place.

    What the classes of calls check and copy is the same for both ways of making calls. Their methods say what comes of
    a call, and so this says so too, though it is not there yet.
    """

    def make(self, prepared: Prepared[T]) -> T:
        """The call itself."""
        return cast("T", prepared)


class AsyncConnection(Connection):
    """A client's handle for calls that do not block. They do not need it to be open once they have begun."""

    __slots__ = ("_awaited",)

    def __init__(self, client: Owned) -> None:
        """Open."""
        super().__init__(client)
        #: What stands for the end of each call under way, in the loop that waits for it. Weakly: a task whose loop was
        #: closed is to go, and its call with it.
        self._awaited: set[weakref.ref[asyncio.Future[None]]] = set()

    def start(self, prepared: Prepared[T], timeout: int | None) -> Flight[T]:
        """Starts a call, with a deadline in milliseconds or the client's."""
        options = None
        if timeout is not None:
            options = make(h.mct_call_options, lib.mct_call_options_new)
            call(lib.mct_call_options_set_timeout_ms, options.pointer, timeout)
        # Held until the call has begun, whoever closes this meanwhile.
        client = self.open()
        how = None if options is None else options.pointer
        started = make(h.mct_call, getattr(lib, f"{prepared.name}_start"), *prepared.given(client), how)
        return Flight(self, prepared, started)

    async def make_soon(self, prepared: Prepared[T], timeout: int | None) -> T:
        """Makes a call while the loop goes on. To cancel it ends this call alone."""
        flight = self.start(prepared, timeout)
        try:
            await flight.over()
            return flight.take()
        finally:
            # Now, and not with the last reference: a traceback may hold one for long.
            flight.free()

    async def calls_over(self) -> None:
        """Waits for the calls that tasks of this loop wait for."""
        loop = asyncio.get_running_loop()
        awaited = (reference() for reference in list(self._awaited))
        here = [future for future in awaited if future is not None and future.get_loop() is loop]
        if here:
            await asyncio.wait(here)


class Flight(Generic[T]):
    """A call that was started."""

    __slots__ = ("_connection", "_prepared", "_started")

    def __init__(self, connection: AsyncConnection, prepared: Prepared[T], started: Owned) -> None:
        """Made by the connection."""
        # A connection lives as long as its calls do, and its client with it.
        self._connection = connection
        self._prepared = prepared
        self._started = started

    async def over(self) -> None:
        """Waits until it is done, however it ended."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        reference = weakref.ref(done)
        stop = _watch(loop, self._started.pointer, done)
        try:
            self._connection._awaited.add(reference)
            await done
        finally:
            self._connection._awaited.discard(reference)
            stop()

    def take(self) -> T:
        """What came of it, once it is done."""
        kind, pending = self._prepared.kind, self._started.pointer
        if kind is None:
            call(lib.mct_call_take_nothing, pending)
            return self._prepared.read(None)
        take = getattr(lib, f"mct_call_take_{kind.__name__[len('mct_') :]}")
        return self._prepared.read(make(kind, take, pending))

    def cancel(self) -> None:
        """Ends it; it is done soon."""
        lib.mct_call_cancel(self._started.pointer)

    def free(self) -> None:
        """Ends it, and gives back what it holds."""
        self._started.free()


def _watch(loop: asyncio.AbstractEventLoop, pending: Any, done: asyncio.Future[None]) -> Callable[[], object]:
    """Has `done` set at the end of a call. What it answers ends that, before the call is freed."""
    descriptor = lib.mct_call_fd(pending)
    if descriptor >= 0:
        with contextlib.suppress(NotImplementedError, OSError):
            loop.add_reader(descriptor, _set, done)
            return lambda: loop.is_closed() or loop.remove_reader(descriptor)
    looking = _Looking(loop, pending, done)
    return looking.stop


def _set(done: asyncio.Future[None]) -> None:
    # A descriptor stays readable, and this is called until nobody watches it any more.
    if not done.done():
        done.set_result(None)


class _Looking:
    """Looks from time to time whether a call is done."""

    def __init__(self, loop: asyncio.AbstractEventLoop, pending: Any, done: asyncio.Future[None]) -> None:
        self._loop, self._pending, self._done = loop, pending, done
        self._next = loop.call_soon(self._look)

    def _look(self) -> None:
        if lib.mct_call_is_done(self._pending):
            _set(self._done)
        else:
            self._next = self._loop.call_later(_SECONDS_BETWEEN_LOOKS, self._look)

    def stop(self) -> None:
        """Looks no more."""
        self._next.cancel()
