"""A client's life: options, closing, cancelling, TLS."""

from __future__ import annotations

import gc
import ssl
import subprocess
import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import millicast_tokens as mct
import pytest
from millicast_tokens.testing import Emulator

from servers import Recorder, recording, silent, success


def test_a_context_manager_closes_its_client(emulator: Emulator) -> None:
    with mct.Client(emulator.secret, base_url=emulator.url) as client:
        client.publish_tokens.list_page()
        assert repr(client) == "<Client open>"
    assert repr(client) == "<Client closed>"
    uses: list[Callable[[], object]] = [
        client.publish_tokens.list_page,
        lambda: client.publish_tokens.create("l", ["s"]),
        lambda: client.subscribe_tokens.read(1),
        lambda: client.subscribe_tokens.delete(1),
        lambda: client.analytics.tracking_total("2024-01-01", "2024-01-02", ["t"]),
        client.cancel,
        client.resume,
    ]
    for use in uses:
        with pytest.raises(mct.ClosedError, match="closed"):
            use()


def test_to_close_again_is_no_matter(emulator: Emulator) -> None:
    client = mct.Client(emulator.secret, base_url=emulator.url)
    for _ in range(3):
        client.close()


def test_a_client_that_nobody_refers_to_is_gone_without_the_collector() -> None:
    gc.disable()
    try:
        client = mct.Client("secret")
        gone = weakref.ref(client)
        del client
        assert gone() is None
    finally:
        gc.enable()


def test_the_calls_of_a_client_work_after_its_name_is_gone(emulator: Emulator) -> None:
    calls = mct.Client(emulator.secret, base_url=emulator.url).subscribe_tokens
    assert isinstance(calls.list_page(), list)


def in_flight(call: Callable[[], object]) -> tuple[ThreadPoolExecutor, Any]:
    pool = ThreadPoolExecutor(1)
    return pool, pool.submit(call)


def test_closing_a_client_ends_the_call_that_another_thread_is_in() -> None:
    with silent() as server:
        client = mct.Client("secret", base_url=server.url, timeout=60)
        pool, future = in_flight(client.publish_tokens.list_page)
        with pool:
            assert server.was_asked.acquire(timeout=10)
            started = time.monotonic()
            client.close()
            with pytest.raises(mct.CallCancelledError) as ended:
                future.result(10)
            assert time.monotonic() - started < 2
        assert not isinstance(ended.value, mct.ClosedError)
        with pytest.raises(mct.ClosedError):
            client.publish_tokens.list_page()


def test_cancel_ends_calls_now_and_later_until_resume(emulator: Emulator) -> None:
    with silent() as server, mct.Client("secret", base_url=server.url, timeout=60) as client:
        pool, future = in_flight(lambda: client.subscribe_tokens.create("l", ["s"]))
        with pool:
            assert server.was_asked.acquire(timeout=10)
            client.cancel()
            with pytest.raises(mct.CallCancelledError) as ended:
                future.result(10)
            assert ended.value.outcome is mct.Outcome.UNKNOWN
    with mct.Client(emulator.secret, base_url=emulator.url) as client:
        client.cancel()
        for _ in range(2):
            with pytest.raises(mct.CallCancelledError) as refused:
                client.publish_tokens.list_page()
            assert refused.value.status is mct.Status.CANCELLED
        client.resume()
        client.publish_tokens.list_page()


def test_a_call_lets_the_other_threads_of_python_run() -> None:
    with silent() as server, mct.Client("secret", base_url=server.url, timeout=60) as client:
        pool, future = in_flight(client.publish_tokens.list_page)
        with pool:
            assert server.was_asked.acquire(timeout=10)
            assert not future.done()
            client.cancel()
            assert isinstance(future.exception(10), mct.CallCancelledError)


def test_a_closed_client_while_many_threads_begin_calls_is_no_crash(emulator: Emulator) -> None:
    for _ in range(20):
        client = mct.Client(emulator.secret, base_url=emulator.url)
        begin = threading.Barrier(9)

        def work(client: mct.Client = client, begin: threading.Barrier = begin) -> str:
            begin.wait(10)
            try:
                while True:
                    client.subscribe_tokens.list_page(items_on_page=1)
            except mct.CallCancelledError as ended:
                return type(ended).__name__

        with ThreadPoolExecutor(8) as pool:
            results = [pool.submit(work) for _ in range(8)]
            begin.wait(10)
            client.close()
            assert {result.result(10) for result in results} <= {"ClosedError", "CallCancelledError"}


def test_the_timeout_is_the_deadline_of_the_whole_call() -> None:
    with silent() as server, mct.Client("secret", base_url=server.url, timeout=0.25, max_retries=100) as client:
        started = time.monotonic()
        with pytest.raises(mct.CallTimeoutError, match="250 ms"):
            client.publish_tokens.read(1)
        assert 0.2 < time.monotonic() - started < 2


def test_a_request_says_who_asks_and_carries_the_secret_as_a_bearer(recorder: Recorder) -> None:
    with mct.Client("the-secret", base_url=recorder.url, user_agent_suffix="host/1.2 (test)") as client:
        client.publish_tokens.read(7)
    headers = {name.lower(): value for name, value in recorder.asked[0].headers.items()}
    assert headers["user-agent"] == f"millicast-tokens/{mct.library_version()} host/1.2 (test)"
    assert headers["authorization"] == "Bearer the-secret"
    assert headers["accept"] == "application/json"


def test_the_path_of_the_base_url_stays_in_front(recorder: Recorder) -> None:
    with mct.Client("secret", base_url=f"{recorder.url}/behind/") as client:
        client.publish_tokens.read(7)
    assert recorder.asked[0].path == "/behind/api/publish_token/7"


def test_requests_are_spread_as_asked(recorder: Recorder) -> None:
    with mct.Client("secret", base_url=recorder.url, requests_per_second=20) as client:
        started = time.monotonic()
        for _ in range(5):
            client.publish_tokens.read(7)
        assert time.monotonic() - started >= 4 / 20 - 0.01


def test_a_proxy_is_asked_to_connect_and_sees_its_own_credentials_alone() -> None:
    with recording(success([])) as proxy:
        address = proxy.url.replace("http://", "http://user:pass-word@")
        with mct.Client("the-secret", base_url="https://api.example", proxy=address, max_retries=0) as client:
            with pytest.raises(mct.MillicastError) as failed:
                client.publish_tokens.list_page()
            assert "pass-word" not in str(vars(failed.value))
    asked = proxy.asked[0]
    assert (asked.method, asked.path) == ("CONNECT", "api.example:443")
    assert "the-secret" not in str(asked)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of 127.0.0.1 that is its own root, with its key."""
    path, config = tmp_path / "both.pem", tmp_path / "openssl.cnf"
    config.write_text(
        "[req]\ndistinguished_name = name\nprompt = no\nx509_extensions = leaf\n"
        "[name]\nCN = 127.0.0.1\n"
        "[leaf]\nbasicConstraints = critical, CA:FALSE\nsubjectAltName = IP:127.0.0.1\n"
    )
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-config", str(config), "-days", "2", "-keyout", "-", "-out", "-"]
    try:
        made = subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no openssl on this machine")
    path.write_bytes(made.stdout)
    return path


def test_a_root_that_was_given_is_trusted_and_an_unknown_one_is_not(recorder: Recorder, certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    recorder.server.socket = context.wrap_socket(recorder.server.socket, server_side=True)
    url = recorder.url.replace("http:", "https:")
    pem = certificate.read_text()
    pem = pem[pem.index("-----BEGIN CERTIFICATE-----") :]
    for given in (pem, [pem]):
        with mct.Client("secret", base_url=url, ca_pem=given, max_retries=0) as client:
            assert client.publish_tokens.read(7).id == 7
    with mct.Client("secret", base_url=url, max_retries=0) as client:
        with pytest.raises(mct.TlsError) as failed:
            client.publish_tokens.create("l", ["s"])
        assert failed.value.outcome is mct.Outcome.NOT_SENT
    assert len(recorder.asked) == 2
