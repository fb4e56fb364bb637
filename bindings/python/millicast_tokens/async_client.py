"""The client of the Token API for asyncio."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncIterator, Callable, Coroutine
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeVar, cast

from . import _check, account, tokens
from ._flight import AsyncConnection, Flight, Preparer
from ._native.calls import Owned, lib, make
from ._prepared import Prepared
from .account import Clusters
from .analytics import Analytics
from .client import AnyClient, opened
from .errors import CallCancelledError, ClosedError
from .listing import TokenIterator
from .publish import PublishTokens
from .subscribe import SubscribeTokens
from .tokens import Token

if TYPE_CHECKING:
    from typing_extensions import Concatenate, ParamSpec

    P = ParamSpec("P")

R = TypeVar("R")
T = TypeVar("T", bound=Token)


class AsyncTokenIterator(AsyncIterator[T], Generic[T]):
    """Walks a list of tokens with `async for`: `client.publish_tokens.iterate()` of an `AsyncClient` makes one.

    It is what `TokenIterator` is: order, errors, memory and deadlines are the same. It belongs to one task at a time: a
    step while another task is in one is a RuntimeError. A step that is cancelled loses no token: the next one goes on
    where it was.

    With `async with` it is closed at the end. After `close()`, or once its client is closed, a step that has not come
    to the end raises ClosedError.
    """

    __slots__ = ("__weakref__", "_cancelled", "_connection", "_idle", "_is_closed", "_is_over", "_kind", "_timeout")

    def __init__(self, kind: type[T], connection: AsyncConnection, walk: Owned, timeout: int | None) -> None:
        """Made by `iterate()`."""
        self._kind = kind
        self._connection = connection
        self._timeout = timeout
        #: The handle, unless a task is in a step with it.
        self._idle = [walk]
        #: The call of a step that was cancelled. It holds the walk until it is over, and may have got a token.
        self._cancelled: Flight[T | None] | None = None
        self._is_closed = False
        self._is_over = False

    def __aiter__(self) -> AsyncTokenIterator[T]:
        """Itself."""
        return self

    async def __anext__(self) -> T:
        """The next token."""
        if self._is_over:
            raise StopAsyncIteration
        if self._is_closed:
            raise ClosedError("the iterator is closed")
        self._connection.open()
        try:
            walk = self._idle.pop()
        except IndexError:
            raise RuntimeError("another task is in a step of this iterator") from None
        try:
            token = await self._step(walk)
            self._is_over = token is None
        finally:
            if not (self._is_over or self._is_closed):
                self._idle.append(walk)
        if token is None:
            raise StopAsyncIteration
        return token

    async def _step(self, walk: Owned) -> T | None:
        if self._cancelled is not None:
            flight, self._cancelled = self._cancelled, None
            # It was over before it could be cancelled, perhaps.
            try:
                return await self._end_of(flight)
            except CallCancelledError:
                pass
        return await self._end_of(self._connection.start(tokens.next_of(self._kind, walk), self._timeout))

    async def _end_of(self, flight: Flight[T | None]) -> T | None:
        try:
            await flight.over()
        except BaseException:
            if self._is_closed:
                flight.free()
            else:
                flight.cancel()
                self._cancelled = flight
            raise
        try:
            return flight.take()
        finally:
            flight.free()

    async def close(self) -> None:
        """Frees what the iterator holds. Again is no matter, and so is the end."""
        self._is_closed = True
        self._idle.clear()
        flight, self._cancelled = self._cancelled, None
        if flight is not None:
            flight.free()

    async def __aenter__(self) -> AsyncTokenIterator[T]:
        """Itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Closes it."""
        await self.close()

    def __repr__(self) -> str:
        """What it walks, and whether it still does."""
        state = "at its end" if self._is_over else "closed" if self._is_closed else "open"
        return f"<{type(self).__name__} of {self._kind.__name__}s, {state}>"


class AsyncCalls:
    """What the calls of an `AsyncClient` have in common."""

    __slots__ = ("_connection", "_timeout")

    #: The blocking calls, which check and copy the arguments.
    _PREPARES: ClassVar[Any]

    def __init__(self, connection: AsyncConnection, timeout: int | None) -> None:
        """Made by the client."""
        self._connection = connection
        self._timeout = timeout

    def __init_subclass__(cls) -> None:
        """Names the methods after this class, and not after the one that they come from."""
        for name, method in vars(cls).items():
            if hasattr(method, "__wrapped__"):
                method.__qualname__ = f"{cls.__qualname__}.{name}"


def _awaited(method: Callable[Concatenate[Any, P], R]) -> Callable[Concatenate[AsyncCalls, P], Coroutine[Any, Any, R]]:
    """A blocking call as one to await: the same arguments, the same result, the same exceptions."""

    @functools.wraps(method)
    async def awaited(self: AsyncCalls, /, *args: P.args, **kwargs: P.kwargs) -> R:
        prepared = cast("Prepared[R]", method(self._PREPARES, *args, **kwargs))
        return await self._connection.make_soon(prepared, self._timeout)

    return awaited


def _walked(
    method: Callable[Concatenate[Any, P], TokenIterator[T]],
) -> Callable[Concatenate[AsyncCalls, P], AsyncTokenIterator[T]]:
    """A walk of blocking calls as one for `async for`."""

    @functools.wraps(method)
    def walked(self: AsyncCalls, /, *args: P.args, **kwargs: P.kwargs) -> AsyncTokenIterator[T]:
        prepared = cast("Prepared[Any]", method(self._PREPARES, *args, **kwargs))
        client = self._connection.open()
        walk = make(self._PREPARES._TOKEN._ITER, getattr(lib, prepared.name), *prepared.given(client))
        return AsyncTokenIterator(self._PREPARES._TOKEN, self._connection, walk, self._timeout)

    # All as it is for the blocking one, but for what is made.
    blocking = inspect.signature(method)
    made = blocking.replace(return_annotation=f"Async{blocking.return_annotation}")
    walked.__signature__ = made  # type: ignore[attr-defined]
    walked.__doc__ = (method.__doc__ or "").replace("`TokenIterator`", "`AsyncTokenIterator`")
    return walked


class AsyncPublishTokens(AsyncCalls):
    """The calls for publish tokens: `client.publish_tokens`. They are those of `PublishTokens`, to be awaited."""

    __slots__ = ()

    _PREPARES = PublishTokens(Preparer())

    create: Final = _awaited(PublishTokens.create)
    create_from: Final = _awaited(PublishTokens.create_from)
    find_created: Final = _awaited(PublishTokens.find_created)
    find_created_from: Final = _awaited(PublishTokens.find_created_from)
    read: Final = _awaited(PublishTokens.read)
    update: Final = _awaited(PublishTokens.update)
    update_from: Final = _awaited(PublishTokens.update_from)
    delete: Final = _awaited(PublishTokens.delete)
    list_page: Final = _awaited(PublishTokens.list_page)
    list_all: Final = _awaited(PublishTokens.list_all)
    iterate: Final = _walked(PublishTokens.iterate)
    disable: Final = _awaited(PublishTokens.disable)
    active_ids: Final = _awaited(PublishTokens.active_ids)
    sync_restream: Final = _awaited(PublishTokens.sync_restream)


class AsyncSubscribeTokens(AsyncCalls):
    """The calls for subscribe tokens: `client.subscribe_tokens`. They are those of `SubscribeTokens`, to be awaited."""

    __slots__ = ()

    _PREPARES = SubscribeTokens(Preparer())

    create: Final = _awaited(SubscribeTokens.create)
    create_from: Final = _awaited(SubscribeTokens.create_from)
    find_created: Final = _awaited(SubscribeTokens.find_created)
    find_created_from: Final = _awaited(SubscribeTokens.find_created_from)
    read: Final = _awaited(SubscribeTokens.read)
    update: Final = _awaited(SubscribeTokens.update)
    update_from: Final = _awaited(SubscribeTokens.update_from)
    delete: Final = _awaited(SubscribeTokens.delete)
    list_page: Final = _awaited(SubscribeTokens.list_page)
    list_all: Final = _awaited(SubscribeTokens.list_all)
    iterate: Final = _walked(SubscribeTokens.iterate)


class AsyncAnalytics(AsyncCalls):
    """The calls for bandwidth: `client.analytics`. They are those of `Analytics`, to be awaited."""

    __slots__ = ()

    _PREPARES = Analytics(Preparer())

    tracking_total: Final = _awaited(Analytics.tracking_total)
    tracking_series: Final = _awaited(Analytics.tracking_series)
    streams_total: Final = _awaited(Analytics.streams_total)
    streams_series: Final = _awaited(Analytics.streams_series)


class AsyncOperations:
    """All calls of an `AsyncClient`, with a deadline of their own: `client.with_timeout()` makes one.

    Attributes:
        publish_tokens: the calls for publish tokens.
        subscribe_tokens: the calls for subscribe tokens.
        analytics: the calls for bandwidth.
    """

    _CALLS: ClassVar[dict[str, str]] = {
        "analytics": "The calls for bandwidth.",
        "publish_tokens": "The calls for publish tokens.",
        "subscribe_tokens": "The calls for subscribe tokens.",
    }
    __slots__ = {"_connection": "Who makes them.", "_timeout": "In milliseconds; None: the client's.", **_CALLS}

    def __init__(self, connection: AsyncConnection, timeout: int | None) -> None:
        """Made by the client."""
        self._connection = connection
        self._timeout = timeout
        self.publish_tokens: AsyncPublishTokens = AsyncPublishTokens(connection, timeout)
        self.subscribe_tokens: AsyncSubscribeTokens = AsyncSubscribeTokens(connection, timeout)
        self.analytics: AsyncAnalytics = AsyncAnalytics(connection, timeout)

    async def clusters(self) -> Clusters:
        """The clusters that the account can use, and its default."""
        return await self._connection.make_soon(account.clusters(), self._timeout)


class AsyncClient(AnyClient):
    """Makes calls to the Token API from asyncio: what `Client` does, with `await` before each call.

        async with mct.AsyncClient(api_secret) as client:
            token = await client.publish_tokens.create("Evening show", ["MainCam"])
            async for token in client.publish_tokens.iterate():
                print(token.id, token.label)

    It takes the arguments of `Client`, and its calls have the names, arguments, results and exceptions of the blocking
    ones. An argument that is wrong is told when the call is awaited, by `iterate()` at once. No call takes a thread:
    all of them share one of the library's, which lives until the client is closed. `max_connections` of them are under
    way at once, further ones wait in line.

    Cancelling: a task that is cancelled (`task.cancel()`, `asyncio.timeout()`, `asyncio.wait_for()`) ends its own call
    and no other one, and gets asyncio's CancelledError as ever. Such a call may have been carried out all the same;
    after a create `find_created()` tells. What `cancel()` and `close()` end raises CallCancelledError, a
    MillicastError, in tasks that go on.

    Deadlines: the client's `timeout`, or for single calls `await client.with_timeout(2.5).publish_tokens.read(7)`; a
    call whose deadline has passed raises CallTimeoutError, and its `outcome` tells what `asyncio.timeout()` can't.

    Loops and threads: a call belongs to the loop that it is awaited in. One client can be used from loops in several
    threads at once, and in one loop after the other (`asyncio.run()` twice). Loops watch a descriptor for each call,
    two of which are open for it. One that can't (asyncio's for Windows is one) looks every 10 ms, and so does each loop
    while the system gives no descriptor. A loop that is closed while calls are under way takes nothing with it: they
    end with their tasks, or with the client.

    Forks: in a child each call of a parent's client raises ForkedError. A loop that was running in the parent can't be
    used there; take a new one, and a new client.

    Log: a `log` is called on a thread of the library's, one line after the other, perhaps after the call that a line is
    about. Whatever it raises is shown as an ignored exception and reaches no call, what ends a program (SystemExit)
    included: it is in no call there. Ctrl-C does not come there. To get into the loop take `call_soon_threadsafe()`.

    As an asynchronous context manager it is closed at the end. A client that nobody refers to any more, no call of it
    included, closes itself.

    Attributes:
        publish_tokens: the calls for publish tokens.
        subscribe_tokens: the calls for subscribe tokens.
        analytics: the calls for bandwidth.
    """

    __slots__ = {"_operations": "What the client does without a deadline of a call's own.", **AsyncOperations._CALLS}

    _HAS_THREADS = True
    _connection: AsyncConnection

    def _begin(self, client: Owned) -> None:
        self._connection = opened(AsyncConnection(client))
        self._operations = AsyncOperations(self._connection, None)
        self.publish_tokens: AsyncPublishTokens = self._operations.publish_tokens
        self.subscribe_tokens: AsyncSubscribeTokens = self._operations.subscribe_tokens
        self.analytics: AsyncAnalytics = self._operations.analytics

    async def clusters(self) -> Clusters:
        """The clusters that the account can use, and its default."""
        return await self._operations.clusters()

    def with_timeout(self, seconds: float) -> AsyncOperations:
        """The same calls, each with this deadline in place of the client's `timeout`: 0.001 to 4294967.295 seconds.

        It covers what the client's does: waiting in line, look-up, connecting, sending, reading, retries and pauses. Of
        an iterator each step has it. What is answered can be kept and used for any number of calls. Raises
        InvalidArgumentError for seconds that are out of range.
        """
        return AsyncOperations(self._connection, _check.milliseconds("timeout", seconds))

    async def close(self) -> None:
        """Closes the client and comes back when no call of it is under way in this loop. Again is no matter.

        Calls under way end with CallCancelledError, in loops of other threads too, later ones with ClosedError.
        """
        self._connection.close()
        await self._connection.calls_over()

    async def __aenter__(self) -> AsyncClient:
        """Itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Closes it."""
        await self.close()
