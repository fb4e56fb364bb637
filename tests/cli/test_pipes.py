"""Output that nobody takes: closed pipes, full disks, closed descriptors; and lists of any length."""

from __future__ import annotations

import fcntl
import json
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from millicast_tokens.testing import Emulator

from running import COMMAND, Cli

MANY = 10_000


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cli]:
    """The command with an account of many tokens."""
    tokens = [{"label": f"token {number}", "streams": [{"streamName": "show"}]} for number in range(MANY)]
    with Emulator(seed={"publishTokens": tokens}, secret="the-secret-of-many") as emulator:
        yield Cli(emulator, tmp_path_factory.mktemp("many"))


def test_a_reader_that_goes_after_a_line_ends_a_long_list_quietly(many: Cli) -> None:
    done = many.shell("$CLI publish list --output json | head -1")
    assert (done.code, done.err) == (141, "")
    assert json.loads(done.out)["label"] == "token 0"


@pytest.mark.parametrize("form", ["csv", "table"])
def test_the_same_for_other_formats(many: Cli, form: str) -> None:
    done = many.shell(f"$CLI publish list --output {form} | head -1")
    assert (done.code, done.err) == (141, "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_while_its_reader_does_not_read(many: Cli, number: signal.Signals) -> None:
    with many.start("publish", "list", stdout=subprocess.PIPE) as running:
        assert running.stdout.read(1) == b"{"
        # The pipe is full when the next page has come, and what is written then waits.
        before = -1
        while (written := _waiting(running.stdout)) != before:
            before = written
            many.emulator.journal(after=many.emulator.journal().last, wait=1)
        running.send_signal(number)
        assert running.wait(10) == 128 + number


def _waiting(pipe: Any) -> int:
    counted = fcntl.ioctl(pipe.fileno(), termios.FIONREAD, bytes(4))
    return int.from_bytes(counted, sys.byteorder)


def test_a_reader_that_goes_during_the_help_is_no_matter_either(cli: Cli) -> None:
    done = cli.shell("$CLI --help | true; exit ${PIPESTATUS[0]}")
    assert done.code in (0, 141)
    assert done.err == ""


#: Runs a command and says how much memory it took. What a process is started by counts as its own, and pytest is large.
MEASURED = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
"""


def test_a_long_list_is_whole_and_takes_no_more_memory_than_a_short_one(many: Cli) -> None:
    def peak(*arguments: str) -> tuple[int, bytes]:
        command = [sys.executable, "-c", MEASURED, *COMMAND, "publish", "list", *arguments]
        done = subprocess.run(command, env=many.environ({}), capture_output=True, check=True)
        return int(done.stderr), done.stdout

    short, _ = peak("--limit", "100")
    long, out = peak()
    assert len({json.loads(line)["id"] for line in out.splitlines()}) == MANY
    assert long - short < 8 * 1024


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    "command", ["publish list", "publish list -o table", "publish list -o csv", "clusters", "--help"]
)
def test_a_full_disk_is_one_line_and_an_error(cli: Cli, command: str) -> None:
    done = cli.shell(f"$CLI {command} > /dev/full")
    assert done.code == 19
    assert done.err == "millicast-tokens: standard output can't be written to: No space left on device\n"


def test_closed_output_is_one_line_and_an_error(cli: Cli, published: Any) -> None:
    done = cli.shell(f"$CLI publish read {published.id} >&-")
    assert (done.code, done.err) == (19, "millicast-tokens: standard output is closed\n")
    assert cli.shell("$CLI publish list >&- 2>&-").code == 19
    assert cli.shell(f"$CLI publish read {published.id} <&-").code == 0


def test_nothing_is_created_where_it_could_not_be_shown(cli: Cli, emulator: Emulator, label: str) -> None:
    done = cli.shell(f"$CLI publish create --label {label} --stream show >&-")
    assert (done.code, emulator.tokens("publish", label)) == (19, [])


@pytest.mark.parametrize(("sink", "code"), [("> /dev/full", 19), ("| true; exit ${PIPESTATUS[0]}", 141)])
def test_a_token_that_was_created_and_can_not_be_shown_is_named_on_stderr(
    cli: Cli, emulator: Emulator, label: str, sink: str, code: int
) -> None:
    done = cli.shell(f"$CLI publish create --label {label} --stream show {sink}")
    (made,) = emulator.tokens("publish", label)
    assert done.code == code
    assert f"{made['id']} was created" in done.err


def test_what_was_deleted_and_can_not_be_told_is_named_on_stderr(cli: Cli, published: Any) -> None:
    done = cli.shell(f"$CLI publish delete {published.id} --yes > /dev/full")
    assert done.code == 19
    assert f"deleted, which could not be shown: {published.id}" in done.err


def test_a_plot_that_can_not_be_written_is_an_error_with_its_name(cli: Cli) -> None:
    missing = Path("missing") / "usage.svg"
    assert str(missing) in cli("usage", "--tracking-id", "x", "--plot", missing, code=19).err
