"""Workers that a program forks after it has made a client: gunicorn's way, and multiprocessing's."""

from __future__ import annotations

import contextlib
import functools
import gc
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import millicast_tokens as mct
import pytest

import children
from certificates import Authority
from servers import Recorder, recording, success
from tls_servers import TlsRecorder, context_of, tls_recording

TOKEN = success({"id": 7, "token": "the-token-string-of-seven"})
WORKERS = 4
READS = 5

# A test's servers have threads.
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")


@dataclass(frozen=True)
class Serving:
    """A server, and how its clients are made."""

    server: Recorder
    client: Callable[[], mct.Client]


@pytest.fixture(params=["http", "https"])
def serving(request: pytest.FixtureRequest, authority: Authority, leaf: Path) -> Iterator[Serving]:
    """A server that answers every request with a token, with TLS and without."""
    with contextlib.ExitStack() as stack:
        if request.param == "http":
            server = stack.enter_context(recording(TOKEN))
        else:
            server = stack.enter_context(tls_recording(TOKEN, context_of(leaf)))
        yield Serving(server, lambda: mct.Client("secret", base_url=server.url, ca_pem=authority.pem, max_retries=0))


def assert_is_the_parents(client: mct.Client) -> None:
    """Every call is refused at once."""
    calls: list[Callable[[], object]] = [
        lambda: client.publish_tokens.read(7),
        lambda: client.publish_tokens.create("label", ["s"]),
        lambda: client.subscribe_tokens.delete(7),
        lambda: next(iter(client.publish_tokens.iterate())),
        client.clusters,
    ]
    for call in calls:
        started = time.monotonic()
        with pytest.raises(mct.ForkedError, match="fork") as forked:
            call()
        assert time.monotonic() - started < 0.1
        assert forked.value.outcome is mct.Outcome.NOT_SENT


def assert_signs(signer: mct.Signer) -> None:
    jwt = signer.sign(mct.Claims("s", 60, custom_viewer_data=str(os.getpid()))).jwt
    assert signer.verify(jwt).custom_viewer_data == str(os.getpid())


def test_workers_that_are_forked_after_a_call_make_clients_of_their_own(serving: Serving) -> None:
    client, signer = serving.client(), mct.Signer(5, "the-key")
    client.publish_tokens.read(7)
    assert_signs(signer)
    held = [client]

    def work(number: int) -> None:
        assert_is_the_parents(client)
        if number % 2:
            client.close()
            client.close()
            with pytest.raises(mct.ClosedError):
                client.publish_tokens.read(7)
        held.clear()
        gc.collect()
        assert_signs(signer)
        with serving.client() as own:
            for _ in range(READS):
                assert own.publish_tokens.read(7).id == 7
            assert own.publish_tokens.create("label", ["s"]).id == 7
            grandchild = children.begin(lambda: assert_is_the_parents(own))
            assert grandchild.end() == ""
            assert own.publish_tokens.read(7).id == 7

    workers = [children.begin(functools.partial(work, number)) for number in range(WORKERS)]
    for worker in workers:
        assert client.publish_tokens.read(7).id == 7
        assert_signs(signer)
        assert worker.end() == ""
    assert client.publish_tokens.read(7).id == 7
    client.close()
    of_workers, of_parent = WORKERS * (READS + 2), WORKERS + 2
    assert len(serving.server.asked) == of_workers + of_parent
    if isinstance(serving.server, TlsRecorder):
        # One connection for a client's reads, also for the parent's, which no worker closed, and one for a create.
        assert serving.server.accepted == WORKERS * 2 + 1


def test_a_worker_whose_client_goes_with_its_last_name_takes_nothing_from_its_parent(serving: Serving) -> None:
    held = [serving.client()]
    held[0].publish_tokens.read(7)

    def work() -> None:
        held.pop()
        gc.collect()
        with serving.client() as own:
            own.publish_tokens.read(7)

    for _ in range(2):
        assert children.begin(work).end() == ""
        held[0].publish_tokens.read(7)
    held.pop().close()
    assert len(serving.server.asked) == 5
    if isinstance(serving.server, TlsRecorder):
        assert serving.server.accepted == 3


# What multiprocessing's workers find.
_held: dict[str, mct.Client] = {}
_signers = [mct.Signer(5, "the-key")]


def _use_the_parents(_: int) -> int:
    return _held["the parent's"].publish_tokens.read(7).id


def _use_own(serving_client: int) -> tuple[int, str | None]:
    """A worker's own client, which it makes when it first needs it."""
    if "own" not in _held:
        _held["own"] = _make[0]()
    jwt = _signers[0].sign(mct.Claims(str(serving_client), 60)).jwt
    return _held["own"].publish_tokens.read(7).id, _signers[0].verify(jwt).stream_name


def _close_the_parents(_: int) -> str:
    _held["the parent's"].close()
    return repr(_held["the parent's"])


_make: list[Callable[[], mct.Client]] = []


@pytest.fixture
def prepared(serving: Serving) -> Iterator[Serving]:
    """A parent that holds a client that it has used."""
    _make.append(serving.client)
    with serving.client() as client:
        client.publish_tokens.read(7)
        _held["the parent's"] = client
        yield serving
    _make.clear()
    _held.clear()


def test_workers_of_multiprocessing_get_a_clear_error_that_reaches_the_parent(prepared: Serving) -> None:
    with multiprocessing.get_context("fork").Pool(2) as pool:
        with pytest.raises(mct.ForkedError, match="make a new one in the child") as forked:
            pool.map(_use_the_parents, range(4), chunksize=1)
        assert forked.value.outcome is mct.Outcome.NOT_SENT
        assert pool.map(_use_own, range(8), chunksize=1) == [(7, str(number)) for number in range(8)]
        assert pool.map(_close_the_parents, range(4), chunksize=1) == ["<Client closed>"] * 4
        assert pool.map(_use_own, range(4)) == [(7, str(number)) for number in range(4)]
        pool.close()
        pool.join()
    assert _use_the_parents(0) == 7
    assert len(prepared.server.asked) == 1 + 8 + 4 + 1


def test_workers_of_an_executor_get_the_same(prepared: Serving) -> None:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
        assert isinstance(pool.submit(_use_the_parents, 0).exception(20), mct.ForkedError)
        assert list(pool.map(_use_own, range(6))) == [(7, str(number)) for number in range(6)]
        assert _use_the_parents(0) == 7
    assert _use_the_parents(0) == 7
    assert len(prepared.server.asked) == 1 + 6 + 2
