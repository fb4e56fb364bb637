"""The emulator as users' own tests have it: how it starts, what can be done to it, and that nothing of it is left."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import stat
import subprocess
import sys
import time
import unittest
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import millicast_tokens as mct
import pytest
from millicast_tokens import _emulator
from millicast_tokens.testing import Emulator, EmulatorError, EmulatorNotFoundError, fault

import children
from servers import Answer, Asked, failure, recording

VARIABLE = "MILLICAST_EMULATOR"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """One of this test's own."""
    with Emulator() as emulator:
        yield emulator


def program_that(folder: Path, *lines: str) -> Path:
    """A program in place of the emulator."""
    program = folder / "program"
    program.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    program.chmod(0o755)
    return program


def is_running(process: int) -> bool:
    """Is there such a process, other than as a zombie?"""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return False


def process_of(emulator: Emulator) -> int:
    """The id of an emulator's process."""
    assert emulator._running is not None
    return emulator._running._process.pid


def wait_for_the_end_of(process: int) -> None:
    """Returns when a process is gone that need not be a child of this one."""
    try:
        descriptor = os.pidfd_open(process)
    except ProcessLookupError:
        return
    try:
        assert select.select([descriptor], [], [], 20)[0], "it goes on"
    finally:
        os.close(descriptor)


# Starting and stopping


def test_it_starts_stops_and_starts_again_with_the_same_secret(emulator: Emulator) -> None:
    first, secret = process_of(emulator), emulator.secret
    with emulator.client() as client:
        client.publish_tokens.create("a", ["s"])
    assert emulator.stop() == 0
    assert not is_running(first)
    assert emulator.stop() is None
    with emulator.start().client() as client:
        assert len(client.publish_tokens.list_page()) == 0
    assert emulator.secret == secret


def test_it_is_not_started_twice(emulator: Emulator) -> None:
    with pytest.raises(EmulatorError, match="runs already"):
        emulator.start()
    with emulator as same:
        assert same is emulator


def test_what_does_not_run_says_so() -> None:
    emulator = Emulator()
    for use in (lambda: emulator.url, emulator.status, emulator.client):
        with pytest.raises(EmulatorError, match="does not run"):
            use()
    assert repr(emulator) == "<Emulator stopped>"
    assert emulator.certificate is None


def test_what_has_died_says_so(emulator: Emulator) -> None:
    os.kill(process_of(emulator), signal.SIGKILL)
    wait_for_the_end_of(process_of(emulator))
    with pytest.raises(EmulatorError, match="was not answered"):
        emulator.now()
    assert emulator.stop() == -signal.SIGKILL


def test_each_has_a_secret_of_its_own_that_is_shown_nowhere(emulator: Emulator) -> None:
    with Emulator() as other:
        assert other.secret != emulator.secret
    with Emulator(secret="my-own-secret") as own, mct.Client("my-own-secret", base_url=own.url) as client:
        client.publish_tokens.list_page()
        assert "my-own-secret" not in repr(own) + Path(f"/proc/{process_of(own)}/cmdline").read_text()


def test_it_ends_when_the_process_that_started_it_is_killed(tmp_path: Path) -> None:
    code = (
        "import os, signal\nfrom millicast_tokens.testing import Emulator\n"
        "emulator = Emulator().start()\nprint(emulator._running._process.pid, flush=True)\nsignal.pause()\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=tmp_path) as starter:
        assert starter.stdout is not None
        process = int(starter.stdout.readline())
        assert is_running(process)
        starter.kill()
    wait_for_the_end_of(process)


def test_a_forked_child_that_lives_on_holds_it_until_the_child_ends(tmp_path: Path) -> None:
    code = (
        "import os, signal\nfrom millicast_tokens.testing import Emulator\n"
        "emulator = Emulator().start()\nchild = os.fork()\n"
        "if child:\n    print(emulator._running._process.pid, child, flush=True)\nsignal.pause()\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=tmp_path) as starter:
        assert starter.stdout is not None
        process, child = map(int, starter.stdout.readline().split())
        try:
            starter.kill()
            starter.wait()
            # Long enough for it to end, if it were to.
            time.sleep(1)
            assert is_running(process)
        finally:
            os.kill(child, signal.SIGKILL)
    wait_for_the_end_of(process)


def test_what_cannot_be_stopped_leaves_no_folder_and_can_be_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    emulator = Emulator(tls=True).start()
    assert emulator._running is not None
    process = emulator._running._process

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(process, "terminate", interrupted)
        with pytest.raises(KeyboardInterrupt):
            emulator.stop()
    assert (repr(emulator), emulator.certificate, list(tmp_path.iterdir())) == ("<Emulator stopped>", None, [])
    # Nobody has told it to end, but its standard input is closed.
    assert process.wait(20) == 0
    with emulator:
        assert emulator.status()["publishTokens"] == 0


def test_ctrl_c_in_the_terminal_is_not_for_it(emulator: Emulator) -> None:
    assert os.getsid(process_of(emulator)) != os.getsid(0)


def test_a_forked_child_uses_it_and_leaves_it_running() -> None:
    with Emulator(tls=True) as emulator:

        def work() -> None:
            with emulator:
                assert emulator.ask("/api/cluster", method="GET")[0] == 401
            emulator.stop()

        assert children.begin(work).end() == ""
        assert emulator.ask("/api/cluster", method="GET")[0] == 401
        assert emulator.certificate is not None
        assert emulator.certificate.is_file()


def test_it_leaves_no_folder_and_others_cannot_look_into_the_one_that_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Emulator(seed={}, tls=True):
        (folder,) = tmp_path.iterdir()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(tmp_path.iterdir()) == []


def test_it_leaves_neither_descriptors_nor_threads(tmp_path: Path) -> None:
    # In a process of its own: in this one other tests' are still on their way out.
    code = (
        "import os, threading\nfrom millicast_tokens.testing import Emulator\n"
        "def left():\n    return sorted(os.listdir('/proc/self/fd')), threading.active_count()\n"
        "def turn():\n    with Emulator(seed={}, tls=True) as emulator:\n        emulator.status()\n"
        "turn()\nbefore = left()\nfor _ in range(5):\n    turn()\nassert left() == before, (before, left())\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["exit 3"], "ended with status 3: it did not say why"),
        (["echo no port is free >&2", "exit 1"], "ended with status 1: no port is free"),
        (["echo hello", "exec sleep 60"], "did not say where it listens, but 'hello'"),
        (["exec sleep 60"], "did not say within 0.2 seconds where it listens"),
        (["printf 'listening on http'", "exec sleep 60"], "did not say within 0.2 seconds"),
        (["exec >&-", "exec sleep 60"], "did not say within 0.2 seconds"),
    ],
)
def test_a_program_that_does_not_come_up_is_an_error_that_says_why(tmp_path: Path, lines: list[str], said: str) -> None:
    emulator = Emulator(program=program_that(tmp_path, *lines), secret="hidden-secret", start_timeout=0.2)
    with pytest.raises(EmulatorError) as refused:
        emulator.start()
    assert said in str(refused.value)
    assert "hidden-secret" not in str(refused.value)
    assert emulator.stop() is None


def test_what_the_program_refuses_is_told_in_its_own_words() -> None:
    with pytest.raises(EmulatorError, match="nowhere"):
        Emulator(listen="nowhere").start()


def test_a_program_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_emulator, "_PATIENCE_SECONDS", 0.1)
    deaf = program_that(tmp_path, "trap '' TERM", "echo listening on http://127.0.0.1:1", "while :; do sleep 0.1; done")
    assert Emulator(program=deaf).start().stop() == -signal.SIGKILL


# Where it is found


def test_the_program_that_the_environment_names_is_taken_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = program_that(tmp_path)
    monkeypatch.setenv(VARIABLE, str(program))
    assert _emulator.find() == program
    monkeypatch.setenv(VARIABLE, str(tmp_path / "missing"))
    with pytest.raises(EmulatorNotFoundError, match=r"MILLICAST_EMULATOR names '.*missing', which is no file"):
        Emulator().start()
    program.chmod(0o644)
    monkeypatch.setenv(VARIABLE, str(program))
    with pytest.raises(EmulatorNotFoundError, match="may not be executed"):
        Emulator().start()


def test_the_one_that_the_package_carries_goes_before_that_of_the_tree_and_of_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "tree" / "bindings" / "python" / "millicast_tokens"
    package.mkdir(parents=True)
    release = tmp_path / "tree" / "target" / "release"
    release.mkdir(parents=True)
    on_path = tmp_path / "path"
    on_path.mkdir()
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(on_path))
    monkeypatch.setattr(_emulator, "PACKAGE", package)
    for folder in (on_path, release, package):
        program = program_that(folder).rename(folder / "millicast-emulator")
        assert _emulator.find() == program


def test_without_a_program_it_says_where_it_looked_and_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(_emulator, "PACKAGE", tmp_path / "millicast_tokens")
    with pytest.raises(EmulatorNotFoundError) as missing:
        Emulator().start()
    for part in (str(tmp_path / "millicast_tokens" / "millicast-emulator"), "on PATH", "wheel", VARIABLE):
        assert part in str(missing.value)


# What it is started with


def test_an_option_that_is_not_known_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="colour"):
        Emulator(colour="red")  # type: ignore[call-arg]


@pytest.mark.parametrize("secret", ["", "hid den", "hidden\n", "hid\0den", "hid\u00e4den", "hid\x7fden"])
def test_a_secret_that_no_header_can_carry_is_refused_and_not_shown(secret: str) -> None:
    with pytest.raises(ValueError, match=r"secret .* printable ASCII without blanks, not empty") as refused:
        Emulator(secret=secret)
    assert "hid" not in str(refused.value)


def test_a_secret_that_is_no_text_is_a_type_error_that_does_not_show_it() -> None:
    with pytest.raises(TypeError, match=r"secret .* int: .* printable ASCII without blanks, not empty") as refused:
        Emulator(secret=12345)  # type: ignore[arg-type]
    assert "12345" not in str(refused.value)


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("only_live", "True", "only_live has to be true or false, and is 'True'"),
        ("trust_forwarded", 1, "trust_forwarded has to be true or false, and is 1"),
        ("tls", 1, "tls has to be true, false or the path of a folder, and is 1"),
        ("tls", None, "tls has to be true, false or the path of a folder, and is None"),
        (
            "country_of",
            "203.0.113.0/24=PL",
            """country_of has to be a mapping such as {"203.0.113.0/24": "PL"}, and is '203.0.113.0/24=PL'""",
        ),
        ("latency", "long", "latency has to be a number of seconds, and is 'long'"),
        ("start_timeout", True, "start_timeout has to be a number of seconds, and is True"),
        ("seed", ["hidden"], "seed has to be a path or a mapping, and is of type list"),
        ("program", 5, "program has to be a path, and is 5"),
        ("secret_files", ["a", 5], "secret_files has to be a path, or several, and is 5"),
        ("faults", 503, """faults has to be a text such as "503@publish.list", or several, and is 503"""),
        (
            "faults",
            fault("503"),
            """faults has to be a text such as "503@publish.list", or several, and is of type dict""",
        ),
    ],
)
def test_an_option_of_a_wrong_type_is_told_with_what_is_expected(option: str, value: Any, said: str) -> None:
    options: dict[str, Any] = {option: value}
    with pytest.raises(TypeError) as refused:
        Emulator(**options)
    assert str(refused.value) == said


def test_an_argument_that_no_program_can_be_given_is_an_error_that_says_why() -> None:
    with pytest.raises(EmulatorError, match="can't be started: embedded null byte"):
        Emulator(account_id="a\0b").start()


def test_one_file_of_a_secret_needs_no_list(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("another-secret")
    for file in (tmp_path / "secret", str(tmp_path / "secret")):
        with Emulator(secret_files=file) as emulator, mct.Client("another-secret", base_url=emulator.url) as client:
            client.publish_tokens.list_page()


def test_accounts_ids_countries_and_addresses_are_as_they_were_set(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("another-secret")
    options: dict[str, Any] = {"account_id": "mine", "first_id": 7, "country_of": {"203.0.113.0/24": "PL"}}
    with Emulator(**options, trust_forwarded=True, secret_files=[tmp_path / "secret"]) as emulator:
        with mct.Client("another-secret", base_url=emulator.url) as client:
            token = client.subscribe_tokens.create("a", ["s"], allowed_countries=["PL"])
        assert token.id == 7
        headers = {"Authorization": f"Bearer {token.value}"}
        for address, status in (("203.0.113.9", 200), ("198.51.100.1", 401)):
            asked = {**headers, "X-Forwarded-For": address}
            assert emulator.ask("/api/director/subscribe", {"streamName": "s"}, asked)[0] == status
        assert emulator.verdict("s", token.value or "") == "country"


def test_what_a_seed_names_is_there_from_the_start(tmp_path: Path) -> None:
    seed = {
        "publishTokens": [{"label": "a", "streams": [{"streamName": "show"}], "id": 70, "token": "of-seventy"}],
        "subscribeTokens": [{"label": "b", "streams": [{"streamName": "show"}], "id": 80, "token": "of-eighty"}],
        "usage": [{"streamName": "show", "trackingId": "t", "bytesOut": 5}],
        "live": [{"tokenId": 70, "streamName": "show"}],
    }
    file = tmp_path / "seed.json"
    file.write_text(json.dumps(seed))
    for given in (seed, file, str(file)):
        with Emulator(seed=given, only_live=True) as emulator, emulator.client() as client:
            assert client.publish_tokens.read(70).value == "of-seventy"
            assert emulator.verdict("show", "of-eighty") == "admitted"
            emulator.set_live(70, "show", False)
            assert emulator.verdict("show", "of-eighty") == "not-published"
            assert [row["bytesOut"] for row in emulator.usage()] == [5]


def test_what_is_kept_in_a_file_is_there_at_the_next_start(tmp_path: Path) -> None:
    emulator = Emulator(state=tmp_path / "state")
    with emulator, emulator.client() as client:
        token = client.publish_tokens.create("a", ["s"])
    with emulator, emulator.client() as client:
        assert client.publish_tokens.read(token.id).value == token.value


def test_clients_of_an_emulator_with_tls_trust_it_and_others_do_not(tmp_path: Path) -> None:
    for tls in (True, tmp_path / "kept"):
        with Emulator(tls=tls) as emulator:
            assert emulator.url.startswith("https://127.0.0.1:")
            assert emulator.certificate is not None
            with emulator.client() as client:
                assert client.publish_tokens.create("a", ["s"]).id == 1000
            with mct.Client(emulator.secret, base_url=emulator.url) as client, pytest.raises(mct.TlsError):
                client.publish_tokens.list_page()
            assert emulator.status()["publishTokens"] == 1
        assert emulator.certificate is None
    assert (tmp_path / "kept" / "ca.pem").is_file()


def test_a_clock_a_limit_a_latency_and_a_journal_are_as_they_were_set(tmp_path: Path) -> None:
    with Emulator(clock=1000, rate_limit=1, latency=0.001, journal=tmp_path / "journal") as emulator:
        assert emulator.now() == 1000
        asked = {emulator.ask("/api/cluster", method="GET")[0] for _ in range(5)}
        assert 429 in asked
    entries = [json.loads(line) for line in (tmp_path / "journal").read_text().splitlines()]
    assert [entry["operation"] for entry in entries if "operation" in entry] == ["clusters"] * 5


def test_faults_that_it_is_started_with_happen() -> None:
    with Emulator(faults="503@publish.list:count=1") as emulator, emulator.client(max_retries=0) as client:
        with pytest.raises(mct.ServerError):
            client.publish_tokens.list_page()
        client.publish_tokens.list_page()
    with Emulator(faults=["503@clusters", "500@subscribe.read"]) as emulator:
        assert len(emulator.faults()) == 2


# What is done to it


def test_the_clock_is_set_advanced_and_let_go(emulator: Emulator) -> None:
    with emulator.client() as client:
        token = client.subscribe_tokens.create("a", ["s"], expires=60).value or ""
    assert emulator.verdict("s", token) == "admitted"
    stopped = emulator.set_clock(emulator.now() + 30)
    assert emulator.verdict("s", token) == "admitted"
    assert emulator.advance_clock(40) == stopped + 40
    assert emulator.verdict("s", token) == "token-expired"
    assert emulator.set_clock(None) < stopped
    assert emulator.verdict("s", token) == "admitted"


def test_a_token_is_signed_for_the_time_of_the_emulator() -> None:
    with Emulator(clock=1767225600) as emulator, emulator.client() as client:
        parent = client.subscribe_tokens.create("a", ["s"], expires=600)
        with mct.Signer.from_token(parent) as knowing, pytest.raises(mct.TokenInvalidError):
            knowing.sign(mct.Claims("s", 60, issued_at=emulator.now()))
        with mct.Signer(parent.id, parent.value or "") as signer:
            signed = signer.sign(mct.Claims("s", 60, issued_at=emulator.now()))
        assert emulator.verdict("s", signed.jwt) == "admitted"
        emulator.advance_clock(61)
        assert emulator.verdict("s", signed.jwt) == "expired"


def test_faults_after_which_a_call_is_sent_again_and_one_after_which_it_is_not(emulator: Emulator) -> None:
    emulator.set_faults(fault("503", "publish.list", count=1), fault("429", "publish.create", count=1, retry_after=0))
    with emulator.client() as client:
        client.publish_tokens.create("a", ["s"])
        assert len(client.publish_tokens.list_page()) == 1
        emulator.set_faults(fault("503", "publish.create", count=1))
        with pytest.raises(mct.ServerError) as lost:
            client.publish_tokens.create("a", ["s"])
    assert lost.value.outcome is mct.Outcome.UNKNOWN


def test_usage_is_added_reported_and_counted(emulator: Emulator) -> None:
    emulator.add_usage("s", "t", 1675339200, 3, 5)
    emulator.add_usage("s", "t", 1675339200, bytes_out=1, kind="restream", duration=7)
    emulator.add_usage("s")
    emulator.set_form("totals")
    with emulator.client() as client:
        report = client.analytics.tracking_total("2023-02-02", "2023-02-03", ["t"])
    assert [(row.stream_name, row.bytes_in, row.bytes_out) for row in report.rows] == [("s", 3, 6)]
    rows = {(row["trackingId"] or "", row["streamName"]): row for row in emulator.usage()}
    assert rows["t", "s"]["bytesOut"] == 6


def test_tokens_are_told_without_what_is_secret_over_several_pages(emulator: Emulator) -> None:
    with emulator.client() as client:
        publish = client.publish_tokens.create("the one", ["s"])
        made = [client.publish_tokens.create(f"number {number}", ["s"]).id for number in range(101)]
        subscribe = client.subscribe_tokens.create("a", ["s"])
    emulator.set_live(publish.id, "s")
    told = emulator.tokens("publish")
    assert sorted(token["id"] for token in told) == [publish.id, *made]
    (one,) = emulator.tokens("publish", "the one")
    assert (one["id"], one["live"]) == (publish.id, ["s"])
    (viewer,) = emulator.tokens("subscribe")
    assert (viewer["id"], viewer["bound"]) == (subscribe.id, [])
    assert (publish.value or "-") not in json.dumps(told)
    assert (subscribe.value or "-") not in json.dumps(viewer)


def test_a_token_is_disabled_and_enabled(emulator: Emulator) -> None:
    with emulator.client() as client:
        token = client.subscribe_tokens.create("a", ["s"])
    emulator.set_active("subscribe", token.id, False)
    assert emulator.verdict("s", token.value or "") == "token-inactive"
    emulator.set_active("subscribe", token.id, True)
    assert emulator.verdict("s", token.value or "") == "admitted"


def test_faults_are_set_counted_and_cleared(emulator: Emulator) -> None:
    emulator.set_faults(fault("503", "publish.*", count=1), fault("429", "clusters", retry_after=7), seed=5)
    with emulator.client(max_retries=0) as client:
        with pytest.raises(mct.ServerError):
            client.publish_tokens.list_page()
        client.publish_tokens.list_page()
        with pytest.raises(mct.RateLimitedError) as limited:
            client.clusters()
        assert limited.value.retry_after_ms == 7000
        assert [(rule["fault"], rule["done"]) for rule in emulator.faults()] == [("503", 1), ("429", 1)]
        emulator.clear_faults()
        client.clusters()
    assert emulator.faults() == []


def test_the_journal_tells_what_was_asked_and_waits_for_what_is_not_yet(emulator: Emulator) -> None:
    before = emulator.journal()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(emulator.journal, before.last, 20)
        assert emulator.verdict("s", "no-such-token") == "token-unknown"
        told = waiting.result()
    (entry,) = told.entries
    assert (entry["operation"], entry["verdict"], entry["rule"]) == ("director.subscribe", "refused", "token-unknown")
    assert (told.last, told.missed) == (entry["seq"], 0)
    assert emulator.journal(told.last).entries == []
    assert "no-such-token" not in json.dumps(told)


def test_the_director_judges_pages_accounts_and_broadcasters(emulator: Emulator) -> None:
    with emulator.client() as client:
        viewer = client.subscribe_tokens.create("a", ["s"], allowed_origins=["example.com"]).value or ""
        sender = client.publish_tokens.create("a", ["s"]).value or ""
    assert emulator.verdict("s", viewer, "https://example.com") == "admitted"
    assert emulator.verdict("s", viewer, origin="https://example.org", account_id="emulator") == "origin"
    assert emulator.publish_verdict("s", sender) == "admitted"
    assert emulator.publish_verdict("t", sender) == "stream"
    assert emulator.publish_verdict("s", viewer) == "token-unknown"


def test_who_shows_no_token_gets_streams_that_require_none_of_an_account_that_is_named(emulator: Emulator) -> None:
    with emulator.client() as client:
        client.publish_tokens.create("open", ["s"])
        client.publish_tokens.create("closed", ["t"], subscribe_requires_auth=True)
    assert emulator.verdict("s", None) == "no-token"
    assert emulator.verdict("s", None, account_id="a") == "admitted"
    assert emulator.verdict("t", None, account_id="a") == "subscribe-requires-auth"
    assert emulator.verdict("no-such-stream", None, account_id="a") == "no-token"
    assert emulator.publish_verdict("s", None) == "no-token"


def test_who_shows_no_token_sends_no_header_for_one(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    with recording(Answer(200, b"{}")) as other:
        monkeypatch.setattr(emulator, "_own_url", lambda: other.url)
        emulator.verdict("s", None)
        emulator.publish_verdict("s", None)
    assert [asked.headers.get("Authorization") for asked in other.asked] == [None, None]


def test_any_body_is_sent_text_and_bytes_as_they_are(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    def echo(asked: Asked) -> Answer:
        return Answer(200, json.dumps([asked.headers.get("Content-Type"), asked.body.decode()]).encode())

    sdp = {"content-type": "application/sdp"}
    with recording(echo) as other:
        monkeypatch.setattr(emulator, "_own_url", lambda: other.url)
        # http.client itself would take a text for Latin-1.
        assert emulator.ask("/", "v=0 \u0142", sdp) == (200, [None, "v=0 \u0142"])
        assert [asked.headers["content-type"] for asked in other.asked] == ["application/sdp"]
        assert emulator.ask("/", b"v=0") == (200, [None, "v=0"])
        assert emulator.ask("/", {"a": 1}) == (200, ["application/json", '{"a": 1}'])
        assert emulator.ask("/") == (200, ["application/json", ""])
        assert emulator.ask("/", [], {"CONTENT-TYPE": "text/json"})[0] == 200
        assert [name.lower() for name in other.asked[-1].headers].count("content-type") == 1


def test_an_offer_of_whip_and_of_whep_is_made_and_its_plain_answer_read(emulator: Emulator) -> None:
    with emulator.client() as client:
        sender = client.publish_tokens.create("a", ["s"]).value or ""
        viewer = client.subscribe_tokens.create("a", ["s"]).value or ""
    for path, token in (("/api/whip/s", sender), ("/api/whep/emulator/s", viewer)):
        offer = {"Authorization": f"Bearer {token}", "Content-Type": "application/sdp"}
        for body in ("v=0\r\n", b"v=0\r\n"):
            status, text = emulator.ask(path, body, offer)
            assert (status, text[:15]) == (501, "Not Implemented")
        status, text = emulator.ask(path, "no offer", offer)
        assert (status, text) == (400, "the body is no SDP: it does not begin with v=0")


def test_a_request_that_http_cannot_carry_is_an_error_that_names_what_is_wrong_and_shows_nothing(
    emulator: Emulator,
) -> None:
    bad_values = ["hidden\n", "hidden\r\nX: y", "hidden\0", "hidden\u0142", 12345, b"hidden", None]
    for value in bad_values:
        with pytest.raises(EmulatorError, match="the header 'X-Mine' of the request") as refused:
            emulator.ask("/api/cluster", headers={"X-Mine": value}, method="GET")  # type: ignore[dict-item]
        assert "hidden" not in str(refused.value)
    for ask in (
        lambda: emulator.verdict("s", "hidden\n"),
        lambda: emulator.publish_verdict("s", "hidden\n"),
        lambda: emulator.ask("/api/cluster", headers={"Authorization": f"Bearer {emulator.secret}\n"}, method="GET"),
    ):
        with pytest.raises(EmulatorError, match="the header 'Authorization' of the request") as refused:
            ask()
        assert "hidden" not in str(refused.value)
        assert emulator.secret not in str(refused.value)
    with pytest.raises(EmulatorError, match="the header 'Origin' of the request"):
        emulator.verdict("s", "token", "https://example.com\n")
    for path in ("/api/whip/s?auth=hidden\n", "/api/whip/hidden token", "/api/whip/hidden\u0142", ""):
        with pytest.raises(EmulatorError, match="the path of the request") as refused:
            emulator.ask(path)
        assert "hidden" not in str(refused.value)
    for name in ("hidden\n", "hid den", "hidden:", ""):
        with pytest.raises(EmulatorError, match="a header of the request has a name") as refused:
            emulator.ask("/api/cluster", headers={name: "x"})
        assert "hid" not in str(refused.value)
    with pytest.raises(EmulatorError, match="the method of the request") as refused:
        emulator.ask("/api/cluster", method="hidden\n")
    assert "hidden" not in str(refused.value)


def test_what_is_not_answered_shows_no_query(emulator: Emulator) -> None:
    os.kill(process_of(emulator), signal.SIGKILL)
    wait_for_the_end_of(process_of(emulator))
    with pytest.raises(EmulatorError, match="POST /api/whip/s was not answered") as failed:
        emulator.ask("/api/whip/s?auth=hidden")
    assert "hidden" not in str(failed.value)


def test_what_answers_otherwise_than_the_emulator_is_an_error(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for body in (b"hello", b"[]", b"{}"):
        with recording(Answer(200, body)) as other:
            monkeypatch.setattr(emulator, "_own_url", lambda url=other.url: url)
            with pytest.raises(EmulatorError, match="not answered as the emulator answers"):
                emulator.status()


def test_what_is_refused_is_an_error_with_the_answer(emulator: Emulator) -> None:
    with pytest.raises(EmulatorError, match="POST /_emulator/analytics was refused with HTTP 400"):
        emulator.set_form("sideways")
    with pytest.raises(EmulatorError, match="/_emulator/publish"):
        emulator.set_live(424242, "s")


def test_an_answer_of_the_director_without_a_rule_is_an_error(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    with recording(failure(429, "slow down")) as other:
        monkeypatch.setattr(emulator, "_own_url", lambda: other.url)
        with pytest.raises(EmulatorError, match="HTTP 429 and named no rule"):
            emulator.verdict("s", "token")


def test_it_is_used_on_many_threads_at_once(emulator: Emulator) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: emulator.verdict("s", "x"), range(64))) == {"token-unknown"}


def test_a_proxy_in_the_environment_is_not_asked(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert emulator.verdict("s", "x") == "token-unknown"


def test_it_gives_clients_for_asyncio_and_with_options(emulator: Emulator) -> None:
    async def create() -> int:
        async with emulator.async_client(max_retries=0) as client:
            return (await client.publish_tokens.create("a", ["s"])).id

    assert asyncio.run(create()) == 1000
    lines: list[str] = []
    with emulator.client(log=lambda _, line: lines.append(line), log_level=mct.LogLevel.TRACE) as client:
        client.publish_tokens.list_page()
    assert lines


def test_it_serves_a_plain_unittest() -> None:
    class Case(unittest.TestCase):
        def setUp(self) -> None:
            self.emulator = Emulator().start()
            self.addCleanup(self.emulator.stop)

        def test(self) -> None:
            assert self.emulator.verdict("s", "x") == "token-unknown"

    result = unittest.TestResult()
    Case("test").run(result)
    assert (result.testsRun, result.errors, result.failures) == (1, [], [])
