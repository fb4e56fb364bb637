"""The guide of each host against the emulator: what it says, what it did there, and what it left."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from millicast_tokens.testing import Emulator

import balance
import hosts
import large_ids
from hosts import EXAMPLES

HERE = Path(__file__).parent

#: What a guide says, with the ids of its two tokens and of those that it lists.
SAID = r"""millicast-tokens \d+\.\d+\.\d+
a token without streams is refused: MCT_ERR_INVALID_ARGUMENT, field streams: .* must have at least 1 stream, .*
created publish token {publish}
publish tokens: {listed}
created subscribe token {subscribe}
signed a token of \d+ characters, good for (5\d|60) s
the director admits the viewer
signing for another stream is refused: MCT_ERR_TOKEN_INVALID, field streamName, reason 12: .*"BackupCam".*
the director refuses an expired token: expired, HTTP 401
deleted subscribe token {subscribe}
deleted publish token {publish}
deleting it again is refused: MCT_ERR_NOT_FOUND, HTTP 400, field tokenId: .*{words}.*
"""

#: What the emulator was asked by that: operation, HTTP status, and the rule that the director named.
ASKED = [
    ("publish.create", 200, None),
    ("publish.list", 200, None),
    ("subscribe.create", 200, None),
    ("director.subscribe", 200, None),
    ("director.subscribe", 401, "expired"),
    ("subscribe.delete", 200, None),
    ("publish.delete", 200, None),
    ("publish.delete", 400, None),
]

FIRST_ID = 2**32 + 5


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """A platform with ids that 32 bits do not hold."""
    with Emulator(first_id=FIRST_ID) as running:
        yield running


def run(guide: list[str], emulator: Emulator) -> CompletedProcess[str]:
    """Runs a guide to its end."""
    return hosts.run(guide, hosts.access(emulator.secret, emulator.url))


def assert_nothing_is_shown(ended: CompletedProcess[str], *hidden: str) -> None:
    """No secret is in what was said, nor anything that looks like a token."""
    said = ended.stdout + ended.stderr
    assert not [text for text in hidden if text in said]
    assert not re.search(r"[0-9a-fA-F]{32}|eyJ[\w-]{8}", said)


def assert_failed(ended: CompletedProcess[str], why: str) -> None:
    """It said why on standard error, in one line, and told so by its exit status."""
    assert ended.returncode == 1
    assert re.fullmatch(rf"failed: {why}[^\n]*\n", ended.stderr), ended.stderr


def test_a_guide_makes_lists_signs_and_deletes(guide: list[str], emulator: Emulator) -> None:
    ended = run(guide, emulator)
    assert (ended.returncode, ended.stderr) == (0, "")
    ids = {"publish": FIRST_ID, "listed": FIRST_ID, "subscribe": FIRST_ID + 1}
    assert re.fullmatch(SAID.format(**ids, words=f"No publish token with id: {FIRST_ID}"), ended.stdout), ended.stdout
    assert_nothing_is_shown(ended, emulator.secret)
    entries = emulator.journal().entries
    assert [(entry["operation"], entry["status"], entry.get("rule")) for entry in entries] == ASKED
    assert emulator.tokens("publish") == emulator.tokens("subscribe") == []


def test_ids_of_64_bits_and_texts_beyond_ascii_arrive_whole(guide: list[str]) -> None:
    with large_ids.Platform() as platform:
        ended = hosts.run(guide, hosts.access(platform.secret, platform.url))
    assert (ended.returncode, ended.stderr) == (0, "")
    publish, subscribe = large_ids.PUBLISH_ID, large_ids.SUBSCRIBE_ID
    ids = {"publish": publish, "listed": f"{publish} {subscribe}", "subscribe": subscribe}
    assert re.fullmatch(SAID.format(**ids, words=large_ids.WORDS), ended.stdout), ended.stdout
    assert platform.deleted == [f"/api/subscribe_token/{subscribe}", f"/api/publish_token/{publish}"]
    assert [claims["streaming"]["tokenId"] for claims in platform.claims] == [subscribe] * 2
    assert [claims["streaming"]["customViewerData"] for claims in platform.claims] == ["Zoë"] * 2
    assert_nothing_is_shown(ended, *platform.hidden)
    assert platform.shown == []


def test_a_wrong_secret_is_told(guide: list[str], emulator: Emulator) -> None:
    ended = hosts.run(guide, hosts.access("not-the-secret-c41d", emulator.url))
    assert_failed(ended, "MCT_ERR_UNAUTHORIZED, HTTP 401: ")
    assert_nothing_is_shown(ended, "not-the-secret-c41d", emulator.secret)


def test_what_is_not_in_the_environment_is_asked_for(guide: list[str], emulator: Emulator) -> None:
    variables = hosts.access(emulator.secret, emulator.url)
    for missing in variables:
        ended = hosts.run(guide, {name: value for name, value in variables.items() if name != missing})
        assert ended.returncode == 1
        assert "set MILLICAST_API_SECRET, and MILLICAST_API_URL to an emulator's address\n" in ended.stderr
    assert emulator.journal().entries == []


def test_without_a_server_the_failure_to_connect_is_told(guide: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    began = time.monotonic()
    assert_failed(hosts.run(guide, hosts.access("a-secret", url)), "MCT_ERR_CONNECT: ")
    assert time.monotonic() - began < hosts.CALL_SECONDS + 2


def test_a_server_that_is_silent_is_given_up_at_the_deadline(guides: dict[str, list[str]]) -> None:
    with Emulator(faults="silence@publish.create") as emulator:
        began = time.monotonic()
        access = hosts.access(emulator.secret, emulator.url)
        running = [hosts.start(guide, access) for guide in guides.values()]  # All at once: each takes the whole time.
        for process in running:
            assert_failed(hosts.finish(process), "MCT_ERR_TIMEOUT: ")
        assert hosts.CALL_SECONDS <= time.monotonic() - began < hosts.CALL_SECONDS + 3


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("reset-before@publish.create", "MCT_ERR_CONNECT"),
        ("400@publish.list", "MCT_ERR_REJECTED, HTTP 400"),
        ("500@director.subscribe", "the director refuses the token: .*HTTP 500"),
        ("400@subscribe.delete:count=1", "MCT_ERR_REJECTED, HTTP 400"),
    ],
)
def test_when_a_step_fails_the_tokens_are_deleted_all_the_same(guide: list[str], fault: str, why: str) -> None:
    with Emulator(faults=fault) as emulator:
        assert_failed(run(guide, emulator), f".*{why}")
        assert emulator.tokens("publish") == []
        # A token that can't be deleted stays; the one around it goes.
        assert len(emulator.tokens("subscribe")) == fault.startswith("400@subscribe.delete")


@pytest.fixture(scope="session")
def counting_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that writes down what is handed out and freed."""
    library = tmp_path_factory.mktemp("balance") / "libmillicast_tokens.so.0"
    balance.build(library)
    return library


@pytest.mark.parametrize("faults", [(), ("400@publish.list",)], ids=["to the end", "until a step fails"])
def test_all_that_was_handed_out_is_freed_once(
    guide: list[str], faults: tuple[str, ...], counting_library: Path, tmp_path: Path
) -> None:
    noted = tmp_path / "noted"
    with Emulator(faults=faults) as emulator:
        variables = hosts.access(emulator.secret, emulator.url)
        variables |= {"BALANCE_OF": str(hosts.LIBRARY), "BALANCE_FILE": str(noted)}
        assert hosts.run(guide, variables, counting_library).returncode == len(faults)
    made, wrong = balance.read(noted)
    assert wrong == []
    assert made["mct_client"] == made["mct_client_config"] == 1
    assert made["mct_error"] == (2 if faults else 3)
    assert (made["char"], made["mct_signer"], made["mct_claims"]) == ((0, 0, 0) if faults else (2, 2, 3))


def test_the_balance_tells_what_is_never_freed_and_what_is_freed_twice(tmp_path: Path) -> None:
    noted = tmp_path / "noted"
    noted.write_text("made mct_jwt 0x1\nmade char 0x2\nfreed mct_jwt 0x1\nfreed mct_jwt 0x1\n", encoding="utf-8")
    made, wrong = balance.read(noted)
    assert (made["mct_jwt"], made["char"]) == (1, 1)
    assert wrong == ["freed, and was not there: mct_jwt 0x1", "never freed: char 0x2"]


def test_nodes_event_loop_goes_on_during_a_call() -> None:
    with Emulator(latency=0.2) as emulator:
        command = ["node", str(HERE / "event_loop.js"), str(EXAMPLES / "node")]
        ended = hosts.run(command, hosts.access(emulator.secret, emulator.url))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines() == [
        "0 tokens, and the loop went on",
        "MCT_ERR_CANCELLED",
        "MCT_ERR_NULL_ARGUMENT",
    ]


def test_in_lua_a_closed_handle_is_an_error_and_no_crash() -> None:
    ended = hosts.run(["luajit", str(HERE / "closed.lua"), str(EXAMPLES / "lua")], {})
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines() == [
        "false\tMCT_ERR_NULL_ARGUMENT",
        "false\tMCT_ERR_INVALID_ARGUMENT\tapi_secret",
        "18446744073709551615\t7",
    ]


def obs(emulator: Emulator, stream: str) -> list[str]:
    """What the script for OBS did in the stand-in for it."""
    command = ["luajit", str(HERE / "obs.lua"), str(EXAMPLES / "lua"), stream]
    ended = hosts.run(command, hosts.access(emulator.secret, emulator.url))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert_nothing_is_shown(ended, emulator.secret)
    return ended.stdout.splitlines()


def test_the_script_for_obs_creates_a_token_while_a_timer_looks() -> None:
    with Emulator(latency=0.1) as emulator:
        said, service, ticks = obs(emulator, "StageCam")
        (token,) = emulator.tokens("publish")
    assert said == f"300\tpublishes with token {token['id']}"
    assert service == "whip_custom\thttps://director.millicast.com/api/whip/StageCam\t64"
    assert int(ticks.removeprefix("ticks\t")) >= 5


def test_the_script_for_obs_says_what_went_wrong() -> None:
    with Emulator(faults="500@publish.create") as emulator:
        said, ticks = obs(emulator, "StageCam")
        assert said.startswith("200\tMCT_ERR_SERVER, HTTP 500: ")
        assert int(ticks.removeprefix("ticks\t")) >= 1
        said, ticks = obs(emulator, "")
        assert said.startswith("200\tMCT_ERR_INVALID_ARGUMENT, field streamName: ")
        assert ticks == "ticks\t0"
