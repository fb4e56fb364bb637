"""One client and one signer for many threads, and for a child after a fork."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import millicast_tokens as mct
import pytest
from millicast_tokens.testing import Emulator

from servers import silent

THREADS = 16


def test_sixteen_threads_share_a_client_and_a_signer(emulator: Emulator) -> None:
    with mct.Client(emulator.secret, base_url=emulator.url) as client:
        parent = client.subscribe_tokens.create("parent", ["s"])
        signer = mct.Signer.from_token(parent)
        shared, begin = mct.Claims("s", 60), threading.Barrier(THREADS)

        def work(number: int) -> list[int]:
            begin.wait(10)
            made = []
            for turn in range(5):
                token = client.publish_tokens.create(f"{number}-{turn}", ["s"])
                assert client.publish_tokens.read(token.id).label == f"{number}-{turn}"
                for claims in (shared, mct.Claims("s", 60, custom_viewer_data=f"{number}-{turn}")):
                    verified = signer.verify(signer.sign(claims).jwt)
                    assert verified.custom_viewer_data in (None, f"{number}-{turn}")
                made.append(token.id)
            return made

        with ThreadPoolExecutor(THREADS) as pool:
            made = [token_id for ids in pool.map(work, range(THREADS)) for token_id in ids]
        assert len(set(made)) == THREADS * 5
        for token_id in made:
            client.publish_tokens.delete(token_id)


def test_a_token_is_read_by_many_threads(client: mct.Client) -> None:
    token = client.subscribe_tokens.create("label", ["a", "b"], allowed_origins=["example.com"])
    expected = (token.id, token.value, token.streams, token.allowed_origins, token.json)

    def read(_: int) -> bool:
        return (token.id, token.value, token.streams, token.allowed_origins, token.json) == expected

    with ThreadPoolExecutor(THREADS) as pool:
        assert all(pool.map(read, range(1000)))


def test_a_signer_may_be_closed_while_other_threads_sign() -> None:
    for _ in range(20):
        signer, claims, begin = mct.Signer(5, "key"), mct.Claims("s", 60), threading.Barrier(5)

        def work(signer: mct.Signer = signer, claims: mct.Claims = claims, begin: threading.Barrier = begin) -> str:
            begin.wait(10)
            try:
                while True:
                    signer.sign(claims)
            except mct.ClosedError:
                return "closed"

        with ThreadPoolExecutor(4) as pool:
            results = [pool.submit(work) for _ in range(4)]
            begin.wait(10)
            signer.close()
            assert {result.result(10) for result in results} == {"closed"}


def in_child(work: Callable[[], None]) -> int:
    """Runs in a forked child; the exit status, or minus the signal's number. One that hangs is killed."""
    child = os.fork()
    if child == 0:
        status = 99
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return -signal.SIGKILL


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_child_gets_a_clear_error_from_its_parents_client_and_works_with_its_own(emulator: Emulator) -> None:
    client = mct.Client(emulator.secret, base_url=emulator.url, log=lambda *_: None)
    token = client.subscribe_tokens.create("parent", ["s"])
    signer = mct.Signer.from_token(token)

    def child() -> None:
        for _ in range(2):
            with pytest.raises(mct.ForkedError) as forked:
                client.publish_tokens.list_page()
            assert forked.value.outcome is mct.Outcome.NOT_SENT
        client.cancel()
        client.resume()
        client.close()
        assert signer.verify(signer.sign(mct.Claims("s", 60)).jwt).stream_name == "s"
        assert token.label == "parent"
        with mct.Client(emulator.secret, base_url=emulator.url) as own:
            assert own.subscribe_tokens.read(token.id).id == token.id

    assert in_child(child) == 0
    assert client.subscribe_tokens.read(token.id).id == token.id
    client.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_fork_while_other_threads_are_in_calls_is_no_hang(emulator: Emulator) -> None:
    with silent() as server, ThreadPoolExecutor(2) as pool:
        client = mct.Client("secret", base_url=server.url, timeout=60)
        waiting = [pool.submit(client.publish_tokens.list_page) for _ in range(2)]
        for _ in waiting:
            assert server.was_asked.acquire(timeout=10)

        def child() -> None:
            with pytest.raises(mct.ForkedError):
                client.publish_tokens.list_page()
            client.close()
            with mct.Client(emulator.secret, base_url=emulator.url) as own:
                own.publish_tokens.list_page()

        assert in_child(child) == 0
        assert not any(future.done() for future in waiting), "the child ended a call of its parent"
        client.close()
        for future in waiting:
            assert isinstance(future.exception(10), mct.CallCancelledError)
