"""The client for asyncio: it does what the blocking one does, while the loop goes on."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import functools
import gc
import inspect
import operator
import os
import sys
import threading
import time
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import millicast_tokens as mct
import pytest
from millicast_tokens import _flight, _log
from millicast_tokens._native.calls import lib

import contract
import journey
from contract import NOT_USED
from proxy import ProxiedEmulator, Proxy
from servers import Answer, Asked, Recorder, Silent, failure, query, recording, silent, success
from test_library import run
from test_memory import SLACK, resident
from test_threads import in_child

T = TypeVar("T")
#: A call of either client.
Use = Callable[[Any], Any]

FOR_EVER = 2**32 - 1
DESCRIPTORS = Path("/proc/self/fd")
LIBRARY_VARIABLE = "MILLICAST_TOKENS_LIBRARY"
PACKAGES = Path(mct.__file__).parent.parent


def in_loop(main: Coroutine[Any, Any, T]) -> T:
    """Runs it in a loop of its own, which looks for mistakes."""
    return asyncio.run(main, debug=True)


@contextlib.asynccontextmanager
async def client_of(server: ProxiedEmulator | Recorder | Silent, **options: Any) -> AsyncIterator[mct.AsyncClient]:
    async with mct.AsyncClient(getattr(server, "secret", "secret"), base_url=server.url, **options) as client:
        yield client


async def asked(server: Silent, times: int = 1) -> None:
    """Waits until a silent server was asked so often."""
    for _ in range(times):
        assert await asyncio.to_thread(server.was_asked.acquire, timeout=10)


async def started(task: asyncio.Task[Any], flights: list[_flight.Flight[Any]]) -> None:
    """Lets a task come as far as its call."""
    while not flights:
        assert not task.done()
        await asyncio.sleep(0)


@pytest.fixture
def flights(monkeypatch: pytest.MonkeyPatch) -> list[_flight.Flight[Any]]:
    """The calls that are started."""
    started: list[_flight.Flight[Any]] = []
    start = _flight.AsyncConnection.start

    def noted(*arguments: Any) -> _flight.Flight[Any]:
        started.append(start(*arguments))
        return started[-1]

    monkeypatch.setattr(_flight.AsyncConnection, "start", noted)
    return started


@pytest.fixture
def descriptors() -> Iterator[None]:
    """Sees that no descriptor is left."""
    before = len(list(DESCRIPTORS.iterdir()))
    yield
    gc.collect()
    deadline = time.monotonic() + 10
    # What a server of the test's or a library's thread still closes.
    while len(list(DESCRIPTORS.iterdir())) > before and time.monotonic() < deadline:
        threading.Event().wait(0.005)
    assert len(list(DESCRIPTORS.iterdir())) <= before


KINDS = [
    (mct.PublishTokens, mct.AsyncPublishTokens),
    (mct.SubscribeTokens, mct.AsyncSubscribeTokens),
    (mct.Analytics, mct.AsyncAnalytics),
]


def public(kind: type) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_")}


@pytest.mark.parametrize(("blocking", "kind"), KINDS, ids=[kind.__name__ for _, kind in KINDS])
def test_the_calls_have_the_names_arguments_and_docstrings_of_the_blocking_ones(blocking: type, kind: type) -> None:
    assert public(kind) == public(blocking)
    for name in public(kind):
        method, other = getattr(kind, name), getattr(blocking, name)
        signature, doc = inspect.signature(other), other.__doc__
        if name == "iterate":
            signature = signature.replace(return_annotation=f"Async{signature.return_annotation}")
            doc = doc.replace("`TokenIterator`", "`AsyncTokenIterator`")
        assert inspect.signature(method) == signature
        assert method.__doc__ == doc
        assert method.__qualname__ == f"{kind.__name__}.{name}"
        assert inspect.iscoroutinefunction(method) == (name != "iterate")


def test_the_client_has_the_names_and_arguments_of_the_blocking_one() -> None:
    assert public(mct.AsyncClient) == {*public(mct.Client), "with_timeout"}
    assert inspect.signature(mct.AsyncClient) == inspect.signature(mct.Client)
    assert public(mct.AsyncOperations) | {"cancel", "close", "resume"} == public(mct.Client)
    assert public(mct.AsyncTokenIterator) == public(mct.TokenIterator)


def test_every_operation_of_the_contract_is_reached(own_emulator: tuple[ProxiedEmulator, Proxy]) -> None:
    emulator, proxy = own_emulator
    del proxy.exchanges[:]

    async def travel() -> None:
        async with client_of(emulator) as client:
            publish = await client.publish_tokens.create("label", ["MainCam"])
            subscribe = await client.subscribe_tokens.create("label", ["MainCam"])
            journeys: Any = journey.CALLS
            for name, calls in journeys.items():
                for call in calls:
                    await call(client, subscribe.id if name.startswith("Subscribe") else publish.id)
            every: list[Any] = [client.publish_tokens, client.subscribe_tokens]
            for tokens in every:
                async for token in tokens.iterate():
                    await tokens.delete(token.id)

    in_loop(travel())
    used = {(o.method, o.path) for o in contract.operations() if o.id not in NOT_USED}
    assert {(said.operation.method, said.operation.path) for said in proxy.exchanges} == used
    assert all(said.status == 200 for said in proxy.exchanges)


def use_of_7(call: Any, client: Any) -> Any:
    return call(client, 7)


USES: dict[str, Use] = {
    **{
        f"{name} {index}": functools.partial(use_of_7, call)
        for name, calls in journey.CALLS.items()
        for index, call in enumerate(calls)
    },
    "publish list_all": lambda client: client.publish_tokens.list_all(items_on_page=5, max_pages=3),
    "subscribe list_all": lambda client: client.subscribe_tokens.list_all(name="Cam"),
    "publish create_from": lambda client: client.publish_tokens.create_from(mct.PublishTokenSpec("l", ["s"])),
    "subscribe create_from": lambda client: client.subscribe_tokens.create_from(mct.SubscribeTokenSpec("l", ["s"])),
    "publish update_from": lambda client: client.publish_tokens.update_from(7, mct.PublishTokenUpdate(label="l")),
    "subscribe update_from": lambda c: c.subscribe_tokens.update_from(7, mct.SubscribeTokenUpdate(label="l")),
    "publish find_created": lambda client: client.publish_tokens.find_created("l", ["s"], since=5),
    "subscribe find_created": lambda client: client.subscribe_tokens.find_created("l", ["s"], since=5),
}

TOKEN = {"id": 7, "token": "the-token-string-of-seven", "label": "l", "streams": [{"streamName": "s"}]}
ANSWERS = {
    "a token": success(TOKEN),
    "tokens": success([{**TOKEN, "addedOn": "2024-05-06T07:08:09Z"}]),
    "true": success(True),
    "a fail": failure(400, {"message": "No publish token with id 7."}),
    "a refusal": failure(422, {"message": "No."}),
    "unauthorized": failure(401, {"message": "Who?"}),
    "too many": failure(429, {"message": "Later."}, {"Retry-After": "2"}),
    "a fault": Answer(500, b'{"status": "error", "message": "Oh."}', {"Content-Type": "application/json"}),
    "a page": Answer(200, b"<html></html>", {"Content-Type": "text/html"}),
}


def plain(value: Any) -> Any:
    """What can be compared."""
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    return (type(value), value.json) if isinstance(value, (mct.PublishToken, mct.SubscribeToken)) else value


def told(error: BaseException) -> Any:
    return type(error), str(error), getattr(error, "__dict__", {})


def blocking_end(use: Use, client: Any) -> Any:
    try:
        return plain(use(client))
    except Exception as error:
        return told(error)


async def end(use: Use, client: mct.AsyncClient) -> Any:
    try:
        return plain(await use(client))
    except Exception as error:
        return told(error)


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_requests_results_and_exceptions_are_those_of_the_blocking_calls(answer: Answer) -> None:
    def requests(recorder: Recorder) -> list[Any]:
        said = [(one.method, one.path, one.body) for one in recorder.asked]
        recorder.asked.clear()
        return said

    async def compare(recorder: Recorder, client: mct.Client) -> None:
        async with client_of(recorder, max_retries=0) as own:
            for name, use in USES.items():
                expected, sent = blocking_end(use, client), requests(recorder)
                assert await end(use, own) == expected, name
                assert requests(recorder) == sent, name
                assert sent, name

    with recording(answer) as recorder, mct.Client("secret", base_url=recorder.url, max_retries=0) as client:
        in_loop(compare(recorder, client))


WRONG: list[Use] = [
    lambda client: client.publish_tokens.create("", ["s"]),
    lambda client: client.publish_tokens.create("l", []),
    lambda client: client.publish_tokens.create("l", "s"),
    lambda client: client.publish_tokens.create("l", ["s"], record=True, clip=True),
    lambda client: client.publish_tokens.create("l", ["s", "\ud800"]),
    lambda client: client.publish_tokens.create("l"),
    lambda client: client.publish_tokens.create_from("l"),
    lambda client: client.subscribe_tokens.create("l", ["s"], expires=0),
    lambda client: client.subscribe_tokens.read(-1),
    lambda client: client.subscribe_tokens.read(True),
    lambda client: client.subscribe_tokens.delete(2**64),
    lambda client: client.subscribe_tokens.update(7),
    lambda client: client.publish_tokens.update(7, priority=2**31),
    lambda client: client.publish_tokens.list_page(name="n", cluster="c"),
    lambda client: client.publish_tokens.list_all(filter_by=mct.FilterBy.TOKEN_NAME),
    lambda client: client.publish_tokens.disable([]),
    lambda client: client.publish_tokens.active_ids("no slash"),
    lambda client: client.publish_tokens.sync_restream(1.0),
    lambda client: client.publish_tokens.find_created("l", ["s"], since=1.0),
    lambda client: client.publish_tokens.find_created("l", ["s"], since=2**63),
    lambda client: client.publish_tokens.find_created("l", ["s"], since=datetime.datetime(2024, 5, 6)),
    lambda client: client.publish_tokens.find_created_from("l", since=1),
    lambda client: client.analytics.tracking_total("2024-01-02", "2024-01-01", ["t"]),
    lambda client: client.analytics.streams_series("2024-01-01", "2024-01-02", ["s"], 7),
]


def test_wrong_arguments_are_told_as_by_the_blocking_calls_and_nothing_is_sent(
    recorder: Recorder, recorded: mct.Client
) -> None:
    async def compare() -> None:
        async with client_of(recorder) as client:
            for number, use in enumerate(WRONG):
                expected = blocking_end(use, recorded)
                assert isinstance(expected, tuple), number
                assert await end(use, client) == expected, number
            wrongs: list[Any] = [0, 2**32, "1"]
            for page in wrongs:
                refused = blocking_end(operator.methodcaller("iterate", page=page), recorded.publish_tokens)
                with pytest.raises(refused[0]) as error:
                    client.publish_tokens.iterate(page=page)
                assert told(error.value) == refused

    in_loop(compare())
    assert not recorder.asked


def test_a_client_that_is_made_wrongly_is_told_as_the_blocking_one() -> None:
    wrongs: list[dict[str, Any]] = [
        {"timeout": 0},
        {"max_retries": 101},
        {"log": 5},
        {"base_url": "http://example.com"},
    ]
    for wrong in wrongs:
        with pytest.raises((TypeError, mct.InvalidArgumentError)) as expected:
            mct.Client("secret", **wrong)
        for given in (wrong, {"log": print, **wrong}):
            with pytest.raises(type(expected.value)) as refused:
                mct.AsyncClient("secret", **given)
            assert told(refused.value) == told(expected.value)


MOMENT = 1714979289
AWARE = datetime.datetime(2024, 5, 6, 9, 8, 9, 999999, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))


@pytest.mark.parametrize("kind", ["publish_tokens", "subscribe_tokens"])
def test_what_a_create_left_is_found_by_label_streams_and_time(
    clock: ProxiedEmulator, client: mct.Client, kind: str
) -> None:
    tokens = getattr(client, kind)
    spec_of: Any = mct.PublishTokenSpec if kind == "publish_tokens" else mct.SubscribeTokenSpec
    spec = spec_of("lost", ["s", mct.Stream("t.*", is_regex=True)])

    async def look(since: Any) -> list[int]:
        async with client_of(clock) as own:
            found = await getattr(own, kind).find_created_from(spec, since=since)
            return [token.id for token in found]

    made = []
    for moment in (MOMENT, MOMENT + 60):
        clock.set_clock(moment)
        made.append(tokens.create_from(spec).id)
        made.append(tokens.create("lost", ["another"]).id)
    first, _, second, _ = made
    assert AWARE.timestamp() == MOMENT + 0.999999
    for since, expected in ((MOMENT, [second, first]), (AWARE, [second, first]), (MOMENT + 1, [second])):
        streams = ["s", mct.Stream("t.*", is_regex=True)]
        assert [token.id for token in tokens.find_created("lost", streams, since=since)] == expected
        assert in_loop(look(since)) == expected
    assert tokens.find_created_from(spec, since=MOMENT + 61) == in_loop(look(MOMENT + 61)) == []
    for token_id in made:
        tokens.delete(token_id)


def test_two_hundred_creates_at_once_share_a_few_connections(emulator: ProxiedEmulator) -> None:
    async def create_all() -> list[mct.PublishToken]:
        async with client_of(emulator, max_connections=8) as own:
            creates = (own.publish_tokens.create(f"label {number}", ["s"]) for number in range(200))
            made = await asyncio.gather(*creates)
            await asyncio.gather(*(own.publish_tokens.delete(token.id) for token in made))
            return made

    made = in_loop(create_all())
    assert [token.label for token in made] == [f"label {number}" for number in range(200)]
    assert len({token.id for token in made}) == len({token.value for token in made}) == 200


def test_no_more_calls_are_under_way_than_connections_are_allowed() -> None:
    lock, now, most = threading.Lock(), 0, 0
    several = threading.Barrier(3)

    def count(_: Asked) -> Answer:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        # Three at a time get on only together, so that there are as many.
        several.wait(10)
        with lock:
            now -= 1
        return success(TOKEN)

    async def read_all(recorder: Recorder) -> None:
        async with client_of(recorder, max_connections=3) as client:
            await asyncio.gather(*(client.publish_tokens.read(number) for number in range(60)))

    with recording(count) as recorder:
        in_loop(read_all(recorder))
    assert most == 3


@contextlib.contextmanager
def held() -> Iterator[tuple[Recorder, threading.Event]]:
    """A server that answers about token 5 only when it is let go on."""
    go = threading.Event()

    def answer(asked: Asked) -> Answer:
        if asked.path.endswith("/5"):
            assert go.wait(20)
        return success(TOKEN)

    with recording(answer) as recorder:
        try:
            yield recorder, go
        finally:
            go.set()


@pytest.mark.usefixtures("descriptors")
def test_a_task_that_is_cancelled_ends_its_own_call_and_no_other_one(flights: list[_flight.Flight[Any]]) -> None:
    async def cancel_one(recorder: Recorder) -> None:
        async with client_of(recorder) as client:
            task = asyncio.create_task(client.publish_tokens.read(5))
            other = asyncio.create_task(client.publish_tokens.delete(5))
            await started(task, flights)
            others = [asyncio.create_task(client.publish_tokens.read(number)) for number in range(10, 30)]
            await others[0]
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert not flights[0]._started.pointer, "the call was not freed"
            assert all(token.id == 7 for token in await asyncio.gather(*others))
            assert not other.done()
            go.set()
            await other
            assert (await client.publish_tokens.read(7)).id == 7

    with held() as (recorder, go):
        in_loop(cancel_one(recorder))


@pytest.mark.usefixtures("descriptors")
def test_a_task_that_is_cancelled_before_its_call_or_after_it_leaves_nothing(
    flights: list[_flight.Flight[Any]], recorder: Recorder
) -> None:
    async def cancel() -> None:
        async with client_of(recorder) as client:
            task = asyncio.create_task(client.publish_tokens.read(5))
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert not flights
            task = asyncio.create_task(client.publish_tokens.read(5))
            await started(task, flights)
            assert lib.mct_call_wait(flights[0]._started.pointer, FOR_EVER, None) == 0
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert not flights[0]._started.pointer

    in_loop(cancel())


async def waited_for(call: Awaitable[Any]) -> None:
    await asyncio.wait_for(call, 0.02)


async def in_time(call: Awaitable[Any]) -> None:
    async with asyncio.timeout(0.02):
        await call


@pytest.mark.parametrize("limit", [waited_for, *([in_time] if hasattr(asyncio, "timeout") else [])])
@pytest.mark.usefixtures("descriptors")
def test_asyncios_own_deadlines_end_a_call(limit: Callable[[Awaitable[Any]], Awaitable[None]]) -> None:
    async def wait(server: Silent) -> None:
        async with client_of(server) as client:
            with pytest.raises(asyncio.TimeoutError):
                await limit(client.publish_tokens.read(5))
            with pytest.raises(asyncio.TimeoutError):
                await limit(anext_of(client.subscribe_tokens.iterate()))

    with silent() as server:
        in_loop(wait(server))


async def anext_of(tokens: mct.AsyncTokenIterator[Any]) -> Any:
    """`anext()`, which Python 3.9 has not."""
    return await tokens.__anext__()


def test_calls_have_the_clients_deadline_or_their_own() -> None:
    async def wait(server: Silent) -> None:
        async with client_of(server, timeout=60) as client:
            hurried = client.with_timeout(0.05)
            uses: list[Use] = [
                lambda calls: calls.publish_tokens.create("l", ["s"]),
                lambda calls: calls.subscribe_tokens.list_all(),
                lambda calls: calls.analytics.tracking_total("2024-01-01", "2024-01-02", ["t"]),
                lambda calls: calls.clusters(),
                lambda calls: anext_of(calls.publish_tokens.iterate()),
            ]
            for use in uses:
                with pytest.raises(mct.CallTimeoutError) as late:
                    await use(hurried)
                assert late.value.outcome is mct.Outcome.UNKNOWN
                assert late.value.status is mct.Status.TIMEOUT
            for seconds, kind in ((0, mct.InvalidArgumentError), (1e10, mct.InvalidArgumentError), ("1", TypeError)):
                with pytest.raises(kind, match="timeout"):
                    client.with_timeout(seconds)  # type: ignore[arg-type]
        async with client_of(server, timeout=0.05) as client:
            with pytest.raises(mct.CallTimeoutError):
                await client.publish_tokens.read(5)

    with silent() as server:
        in_loop(wait(server))


@pytest.mark.usefixtures("descriptors")
def test_closing_ends_calls_with_an_error_of_ours_and_comes_back_when_they_are_over(
    flights: list[_flight.Flight[Any]],
) -> None:
    async def close(server: Silent) -> None:
        client = mct.AsyncClient("secret", base_url=server.url)
        tasks = [asyncio.create_task(client.publish_tokens.read(number)) for number in range(5)]
        walk = client.subscribe_tokens.iterate()
        tasks.append(asyncio.create_task(anext_of(walk)))
        await asked(server, 6)
        assert repr(client) == "<AsyncClient open>"
        await client.close()
        assert repr(client) == "<AsyncClient closed>"
        assert len(flights) == 6
        assert not any(flight._started.pointer for flight in flights)
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            assert type(result) is mct.CallCancelledError
        await client.close()
        async with client:
            pass
        with mct.Client("secret") as blocking:
            blocking.close()
            uses: list[Use] = [
                lambda client: client.publish_tokens.read(1),
                lambda client: client.subscribe_tokens.create("l", ["s"]),
                lambda client: client.clusters(),
            ]
            for use in uses:
                assert await end(use, client) == blocking_end(use, blocking)
                assert (await end(use, client))[0] is mct.ClosedError
        for at_once in (client.cancel, client.resume, client.publish_tokens.iterate):
            with pytest.raises(mct.ClosedError):
                at_once()
        with pytest.raises(mct.ClosedError):
            await anext_of(walk)

    with silent() as server:
        in_loop(close(server))


def test_the_client_ends_all_calls_until_it_resumes(emulator: ProxiedEmulator) -> None:
    async def cancel(server: Silent) -> None:
        async with client_of(server) as client:
            tasks = [asyncio.create_task(client.publish_tokens.read(number)) for number in range(3)]
            await asked(server, 3)
            client.cancel()
            for result in await asyncio.gather(*tasks, return_exceptions=True):
                assert type(result) is mct.CallCancelledError
            with pytest.raises(mct.CallCancelledError):
                await client.clusters()
        async with client_of(emulator) as client:
            client.cancel()
            client.resume()
            await client.clusters()

    with silent() as server:
        in_loop(cancel(server))


def test_a_walk_gives_what_the_blocking_one_does(emulator: ProxiedEmulator, client: mct.Client) -> None:
    async def walk() -> list[int]:
        async with client_of(emulator) as own:
            tokens = own.subscribe_tokens.iterate(items_on_page=7, sort_by=mct.SortBy.ADDED_ON)
            assert repr(tokens) == "<AsyncTokenIterator of SubscribeTokens, open>"
            async with tokens:
                found = [token.id async for token in tokens]
                assert repr(tokens) == "<AsyncTokenIterator of SubscribeTokens, at its end>"
                assert [token async for token in tokens] == []
            async with own.subscribe_tokens.iterate() as tokens:
                await anext_of(tokens)
            assert repr(tokens) == "<AsyncTokenIterator of SubscribeTokens, closed>"
            with pytest.raises(mct.ClosedError, match="iterator"):
                await anext_of(tokens)
            return found

    made = [client.subscribe_tokens.create(f"label {number}", ["s"]).id for number in range(30)]
    expected = client.subscribe_tokens.iterate(items_on_page=7, sort_by=mct.SortBy.ADDED_ON)
    assert in_loop(walk()) == [token.id for token in expected]
    for token_id in made:
        client.subscribe_tokens.delete(token_id)


def pages(asked: Asked) -> Answer:
    """Three tokens on one page."""
    return success([{"id": number} for number in (1, 2, 3)] if query(asked)["page"] == ["1"] else [])


def test_a_step_that_is_cancelled_loses_no_token(flights: list[_flight.Flight[Any]]) -> None:
    go = threading.Event()

    def slow(asked: Asked) -> Answer:
        assert go.wait(20)
        return pages(asked)

    async def walk(recorder: Recorder) -> None:
        async with client_of(recorder) as client, client.publish_tokens.iterate() as tokens:
            for was_over in (False, True):
                del flights[:]
                step = asyncio.create_task(anext_of(tokens))
                await started(step, flights)
                if was_over:
                    assert lib.mct_call_wait(flights[-1]._started.pointer, FOR_EVER, None) == 0
                else:
                    with pytest.raises(RuntimeError, match="another task"):
                        await anext_of(tokens)
                step.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await step
                go.set()
            assert [token.id async for token in tokens] == [1, 2, 3]

    with recording(slow) as recorder:
        in_loop(walk(recorder))


def test_a_step_that_failed_is_tried_again() -> None:
    answers = iter([failure(401, {}), success([{"id": 1}]), success([{"id": 1}])])

    async def walk(recorder: Recorder) -> None:
        async with client_of(recorder, max_retries=0) as client, client.publish_tokens.iterate() as tokens:
            with pytest.raises(mct.UnauthorizedError):
                await anext_of(tokens)
            assert [token.id async for token in tokens] == [1]

    with recording(lambda _: next(answers)) as recorder:
        in_loop(walk(recorder))


def test_two_thousand_calls_take_no_memory_and_no_descriptor() -> None:
    tokens = success([{"id": number, "token": f"{number:064}", "label": "l" * 100} for number in range(50)])

    async def turn(recorder: Recorder, client: mct.AsyncClient) -> None:
        hurried = client.with_timeout(30)
        uses = [client.subscribe_tokens.list_page(), hurried.publish_tokens.read(1), client.clusters()]
        await asyncio.gather(*uses, return_exceptions=True)
        async with client.publish_tokens.iterate() as walk:
            await anext_of(walk)
        task = asyncio.create_task(client.publish_tokens.list_page())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        # The recorder remembers what it was asked, and that is not what is measured here.
        recorder.asked.clear()

    async def grow(recorder: Recorder) -> tuple[int, int]:
        async with client_of(recorder) as client:
            for _ in range(100):
                await turn(recorder, client)
            # A call that was cancelled has a connection of the recorder's for a moment more.
            memory, open_now = resident(), len(list(DESCRIPTORS.iterdir()))
            for _ in range(400):
                await turn(recorder, client)
            return resident() - memory, len(list(DESCRIPTORS.iterdir())) - open_now

    with recording(tokens) as recorder:
        memory, more = in_loop(grow(recorder))
    assert memory < SLACK
    assert more < 20


@pytest.mark.usefixtures("descriptors")
def test_clients_leave_no_descriptor(emulator: ProxiedEmulator) -> None:
    async def live() -> None:
        for _ in range(50):
            async with mct.AsyncClient(emulator.secret, base_url=emulator.own_url, log=lambda *_: None) as client:
                await client.publish_tokens.list_page(items_on_page=1)
            # One that is not closed, and a call that outlives the last reference to its client.
            await mct.AsyncClient(emulator.secret, base_url=emulator.own_url).publish_tokens.list_page()

    in_loop(live())


def test_one_client_is_used_from_loops_in_two_threads_and_one_after_the_other(emulator: ProxiedEmulator) -> None:
    client = mct.AsyncClient(emulator.secret, base_url=emulator.url)
    begin = threading.Barrier(2)
    labels: list[str | None] = []

    async def work(name: str) -> None:
        made = await asyncio.gather(*(client.publish_tokens.create(f"{name} {n}", ["s"]) for n in range(20)))
        labels.extend(token.label for token in made)
        await asyncio.gather(*(client.publish_tokens.delete(token.id) for token in made))

    def run_loop(name: str) -> None:
        begin.wait(10)
        in_loop(work(name))

    threads = [threading.Thread(target=run_loop, args=[name]) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    in_loop(work("three"))
    in_loop(client.close())
    assert sorted(labels, key=str) == sorted(f"{name} {n}" for name in ("one", "two", "three") for n in range(20))


def test_closing_ends_the_calls_of_other_loops_too() -> None:
    with silent() as server:
        client = mct.AsyncClient("secret", base_url=server.url)
        results: list[Any] = []
        thread = threading.Thread(target=lambda: results.append(in_loop(end(lambda c: c.clusters(), client))))
        thread.start()
        in_loop(asked(server))
        in_loop(client.close())
        thread.join(10)
        assert results[0][0] is mct.CallCancelledError


def test_a_client_may_be_closed_while_another_loop_starts_calls(recorder: Recorder) -> None:
    async def call_on(client: mct.AsyncClient, begin: threading.Barrier) -> None:
        begin.wait(10)
        while True:
            await asyncio.gather(client.subscribe_tokens.read(7), client.publish_tokens.read(7))

    for _ in range(20):
        client, begin = mct.AsyncClient("secret", base_url=recorder.url), threading.Barrier(2)
        ends: list[Any] = []

        def work(client: mct.AsyncClient = client, begin: Any = begin, ends: list[Any] = ends) -> None:
            with pytest.raises(mct.CallCancelledError) as ended:
                in_loop(call_on(client, begin))
            ends.append(ended.type)

        thread = threading.Thread(target=work)
        thread.start()
        begin.wait(10)
        in_loop(client.close())
        thread.join(10)
        assert len(ends) == 1


@pytest.mark.usefixtures("descriptors")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_loop_that_is_closed_with_calls_under_way_leaves_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with silent() as server:
        client = mct.AsyncClient("secret", base_url=server.url)
        loop = asyncio.new_event_loop()
        tasks = [loop.create_task(client.publish_tokens.read(5)), loop.create_task(asked(server))]
        loop.run_until_complete(tasks[1])
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
        del tasks, loop
        gc.collect()
        in_loop(client.close())
    # asyncio's own words for what the test did, and nothing else.
    assert [record.message.partition("\n")[0] for record in caplog.records] == ["Task was destroyed but it is pending!"]


class Blind(asyncio.SelectorEventLoop):
    """A loop that can't watch descriptors."""

    def add_reader(self, *_: Any) -> None:  # type: ignore[override]  # it takes nothing at all
        """As asyncio's for Windows."""
        raise NotImplementedError


@pytest.mark.parametrize("is_blind", [True, False], ids=["the loop watches none", "the system gives none"])
def test_without_descriptors_calls_are_made_all_the_same(
    emulator: ProxiedEmulator, monkeypatch: pytest.MonkeyPatch, is_blind: bool
) -> None:
    if not is_blind:
        monkeypatch.setattr(lib, "mct_call_fd", lambda _: -1)

    async def use(server: Silent) -> None:
        async with client_of(emulator) as client:
            made = await asyncio.gather(*(client.publish_tokens.create(f"{n}", ["s"]) for n in range(10)))
            await asyncio.gather(*(client.publish_tokens.delete(token.id) for token in made))
        async with client_of(server) as client:
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(client.publish_tokens.read(5), 0.02)

    loop: Any = Blind() if is_blind else asyncio.new_event_loop()
    with silent() as server, contextlib.closing(loop):
        loop.run_until_complete(use(server))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_child_gets_a_clear_error_and_its_parent_goes_on(emulator: ProxiedEmulator) -> None:
    client = mct.AsyncClient(emulator.secret, base_url=emulator.url, log=lambda *_: None)
    in_loop(client.publish_tokens.list_page(items_on_page=1))

    def child() -> None:
        async def use() -> None:
            with pytest.raises(mct.ForkedError):
                await client.publish_tokens.list_page()
            with pytest.raises(mct.ForkedError):
                await anext_of(client.publish_tokens.iterate())
            await client.close()
            async with client_of(emulator) as own:
                await own.publish_tokens.list_page(items_on_page=1)

        asyncio.run(use())

    assert in_child(child) == 0

    async def go_on() -> None:
        await client.publish_tokens.list_page(items_on_page=1)
        await client.close()

    in_loop(go_on())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_fork_while_a_call_is_under_way_is_no_hang(flights: list[_flight.Flight[Any]]) -> None:
    async def fork(server: Silent) -> None:
        async with client_of(server, log=lambda *_: None) as client:
            task = asyncio.create_task(client.publish_tokens.read(5))
            await asked(server)

            def child() -> None:
                # A call is started before it is waited for, which the parent's loop is not there for any more.
                with pytest.raises(mct.ForkedError):
                    client.clusters().send(None)
                with pytest.raises(mct.ForkedError):
                    flights[0].take()

            assert in_child(child) == 0
            assert not task.done()
            task.cancel()
            await asyncio.wait([task])

    with silent() as server:
        asyncio.run(fork(server))


def test_log_lines_come_on_a_thread_of_their_own_and_what_they_raise_reaches_no_call(
    emulator: ProxiedEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: shown.append(unraisable.exc_value))
    raised: list[BaseException] = [RuntimeError("broken"), SystemExit(5), KeyboardInterrupt()]
    waiting, threads = list(raised), set()

    class Taker:
        def __call__(self, _: int, line: str) -> None:
            """Raises one after the other."""
            assert "/api/publish_token/list" in line
            threads.add(threading.get_ident())
            raise waiting.pop(0)

    async def use(taker: Taker) -> None:
        async with client_of(emulator, log=taker) as client:
            for _ in raised:
                assert isinstance(await client.publish_tokens.list_page(items_on_page=1), list)

    before = dict(_log._takers)
    taker = Taker()
    gone = weakref.ref(taker)
    in_loop(use(taker))
    del taker
    # What was left to write is written, and then the callable is let go of.
    _log.wait_for_last_lines(time.monotonic() + 10)
    assert _log._takers == before
    assert shown == raised
    assert len(threads) == 1
    assert threading.get_ident() not in threads
    for error in raised:
        error.__traceback__ = None
    shown.clear()
    gc.collect()
    assert gone() is None


def test_a_log_callable_may_make_blocking_calls_and_gets_what_ends_them(emulator: ProxiedEmulator) -> None:
    lines: list[str] = []

    async def use() -> None:
        loop = asyncio.get_running_loop()
        came = asyncio.Event()
        with mct.Client(emulator.secret, base_url=emulator.url) as blocking:

            def take(_: int, line: str) -> None:
                lines.append(f"{line} {len(blocking.publish_tokens.list_page(items_on_page=1))}")
                loop.call_soon_threadsafe(came.set)

            async with client_of(emulator, log=take) as client:
                await client.publish_tokens.list_page(items_on_page=1)
                await asyncio.wait_for(came.wait(), 10)

    in_loop(use())
    assert len(lines) == 1


def program(body: str, tmp_path: Path, **variables: str) -> Any:
    """Runs a program whose `client` is of a server that takes requests and never answers them."""
    code = (
        "import asyncio, signal, socket, sys, threading\n"
        "import millicast_tokens as m\n"
        "listener = socket.create_server(('127.0.0.1', 0))\n"
        "url = f'http://127.0.0.1:{listener.getsockname()[1]}'\n"
        "taken = []\n"
        "def serve(then):\n"
        "    taken.append(listener.accept()[0])\n"
        "    taken[-1].recv(1)\n"
        "    then()\n"
        "def serving(then):\n"
        "    threading.Thread(target=serve, args=[then], daemon=True).start()\n"
        "client = m.AsyncClient('secret', base_url=url, log=lambda *_: None, log_level=m.LogLevel.TRACE)\n"
    )
    given = os.environ.get(LIBRARY_VARIABLE)
    if given:
        variables[LIBRARY_VARIABLE] = str(Path(given).absolute())
    began = time.monotonic()
    done = run(code + body, tmp_path, PYTHONPATH=str(PACKAGES), **variables)
    assert time.monotonic() - began < 20
    for word in ("Fatal", "Segmentation", "panicked", "never retrieved", "Exception ignored"):
        assert word not in done.stderr
    return done


def test_the_interpreter_ends_while_a_loop_that_stopped_has_a_call_under_way(tmp_path: Path) -> None:
    body = (
        "loop = asyncio.new_event_loop()\n"
        "task = loop.create_task(client.publish_tokens.read(5))\n"
        "serving(lambda: loop.call_soon_threadsafe(loop.stop))\n"
        "loop.run_forever()\n"
        "print('over')\n"
    )
    for _ in range(3):
        done = program(body, tmp_path)
        assert (done.returncode, done.stdout) == (0, "over\n")


def test_the_interpreter_ends_while_a_daemon_threads_loop_has_a_call_under_way(tmp_path: Path) -> None:
    body = (
        "threading.excepthook = lambda _: None\n"
        "was_asked = threading.Event()\n"
        "serving(was_asked.set)\n"
        "threading.Thread(target=lambda: asyncio.run(client.publish_tokens.read(5)), daemon=True).start()\n"
        "was_asked.wait(10)\n"
        "print('over')\n"
    )
    done = program(body, tmp_path)
    assert (done.returncode, done.stdout) == (0, "over\n")


def test_ctrl_c_ends_a_call(tmp_path: Path) -> None:
    # Python sees no signal that comes just before its loop begins to wait, until something else wakes the loop.
    body = (
        "def interrupt(loop):\n"
        "    signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)\n"
        "    loop.call_soon_threadsafe(lambda: None)\n"
        "async def main():\n"
        "    loop = asyncio.get_running_loop()\n"
        "    async with client:\n"
        "        serving(lambda: interrupt(loop))\n"
        "        await asyncio.gather(client.publish_tokens.create('l', ['s']), client.clusters())\n"
        "try:\n"
        "    asyncio.run(main())\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted', client)\n"
    )
    done = program(body, tmp_path)
    assert (done.returncode, done.stdout) == (0, "interrupted <AsyncClient closed>\n")
    assert done.stderr == ""


def test_development_mode_finds_nothing(tmp_path: Path) -> None:
    body = (
        "async def main():\n"
        "    was_asked = asyncio.Event()\n"
        "    loop = asyncio.get_running_loop()\n"
        "    serving(lambda: loop.call_soon_threadsafe(was_asked.set))\n"
        "    async with client, m.AsyncClient('secret', base_url='http://127.0.0.1:1', max_retries=0) as nobody:\n"
        "        tasks = [asyncio.create_task(client.publish_tokens.read(n)) for n in range(9)]\n"
        "        await was_asked.wait()\n"
        "        tasks[0].cancel()\n"
        "        walk = client.subscribe_tokens.iterate()\n"
        "        tasks.append(asyncio.create_task(walk.__anext__()))\n"
        "        tasks.append(asyncio.create_task(nobody.clusters()))\n"
        "        await asyncio.wait([tasks[0], tasks[-1]])\n"
        "        tasks[-2].cancel()\n"
        "        client.cancel()\n"
        "        ends = await asyncio.gather(*tasks, return_exceptions=True)\n"
        "    print(*sorted({type(end).__name__ for end in ends}))\n"
        "asyncio.run(main())\n"
        "listener.close()\n"
        "for one in taken: one.close()\n"
    )
    done = program(body, tmp_path, PYTHONDEVMODE="1", PYTHONWARNINGS="error")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "CallCancelledError CancelledError ConnectError\n"
