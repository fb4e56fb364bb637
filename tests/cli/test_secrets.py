"""Where the API secret comes from, and where it never is."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from millicast_tokens.testing import Emulator, fault

from running import ROOT, Cli

HERE = Path(__file__).parent
NO_SECRET = {"MILLICAST_API_SECRET": None}


@pytest.mark.parametrize(
    "given", [["--api-secret", "abc-secret"], ["--api-secret=abc-secret"], ["--secret", "abc-secret"]]
)
@pytest.mark.parametrize("before", [True, False])
def test_a_secret_as_an_argument_is_refused_and_not_repeated(cli: Cli, given: list[str], before: bool) -> None:
    command = ["publish", "list"]
    refused = cli(*(given + command if before else command + given), code=2)
    assert "abc-secret" not in refused.out + refused.err
    for way in ("MILLICAST_API_SECRET", "--api-secret-file", "--api-secret-keyring", "--profile"):
        assert way in refused.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["verify", "7", "--token", "abc-secret"],
        ["verify", "abc-secret"],
        ["verify", "7", "abc-secret"],
        ["verify", "7", "--jwt=abc-secret"],
        ["inspect", "abc-secret"],
        ["inspect", "--token", "abc-secret"],
        ["sign", "7", "--stream", "x", "--token=abc-secret"],
        ["sign-bulk", "7", "in.csv", "out.csv", "--stream", "x", "--token", "abc-secret"],
        ["Bearer abc-secret"],
        ["emulator", "--api-secret", "abc-secret"],
        ["emulator", "--listen", "127.0.0.1:0", "--api-secret=abc-secret"],
        ["publish", "list", "--proxy", "http://user:abc-secret@127.0.0.1:1"],
        ["publish", "delete", "abc-secret"],
    ],
)
def test_a_token_or_secret_that_slipped_into_the_command_line_is_not_repeated(cli: Cli, arguments: list[str]) -> None:
    refused = cli(*arguments, code=2)
    assert "abc-secret" not in refused.out + refused.err


@pytest.mark.parametrize(
    "given", [["--api-secre", "abc"], ["--secre=abc"], ["--api-secretabc"], ["--api-secret" + "a" * 64]]
)
@pytest.mark.parametrize("before", [True, False])
def test_a_mistyped_option_for_a_secret_is_told_the_ways_that_there_are(
    cli: Cli, given: list[str], before: bool
) -> None:
    command = ["publish", "list"]
    refused = cli(*(given + command if before else command + given), code=2)
    assert "--api-secret-file" in refused.err
    assert "No such option" not in refused.err
    assert given[-1] not in refused.err


@pytest.mark.parametrize("command", [["verify", "7"], ["inspect"], ["sign", "7"]])
def test_a_mistyped_option_for_a_token_is_told_the_ways_that_there_are(cli: Cli, command: list[str]) -> None:
    refused = cli(*command, "--toke", "abc-secret", code=2).err
    assert "--jwt-file FILE" in refused
    assert "No such option" not in refused
    assert "abc-secret" not in refused


def test_what_else_is_mistyped_gets_no_option_that_is_refused_as_a_hint(cli: Cli) -> None:
    told = cli("publish", "list", "--api-secret-fil", "x", code=2).err
    assert "'--api-secret-file'" in told
    assert "'--api-secret'" not in told


def test_the_secret_comes_from_a_file_or_standard_input(cli: Cli, emulator: Emulator) -> None:
    file = cli.home / "secret"
    file.write_text(f"{emulator.secret}\n")
    file.chmod(0o600)
    assert cli("publish", "list", "--limit", 1, "--api-secret-file", file, **NO_SECRET).err == ""
    cli("publish", "list", "--limit", 1, "--api-secret-file", "-", stdin=f"{emulator.secret}\r\n", **NO_SECRET)
    cli("publish", "list", "--limit", 1, "--api-secret-file", file, MILLICAST_API_SECRET="wrong")
    file.chmod(0o644)
    assert "others can read" in cli("publish", "list", "--limit", 1, "--api-secret-file", file, **NO_SECRET).err


def test_a_file_that_is_missing_empty_or_no_text_is_an_error(cli: Cli) -> None:
    (cli.home / "empty").write_text("\n")
    (cli.home / "binary").write_bytes(b"\xff\xfe")
    for name in ("missing", "empty", "binary"):
        assert name in cli("publish", "list", "--api-secret-file", name, code=19, **NO_SECRET).err


def test_without_any_secret_all_ways_are_told(cli: Cli) -> None:
    told = cli("publish", "list", code=18, **NO_SECRET).err
    assert "MILLICAST_API_SECRET" in told
    assert "--api-secret-file" in told


def keyring_of(secret: str) -> dict[str, str | None]:
    """An environment with a keyring that has the secret."""
    return {
        **NO_SECRET,
        "PYTHONPATH": f"{ROOT / 'bindings' / 'python'}:{HERE}",
        "PYTHON_KEYRING_BACKEND": "secret_keyring.Keyring",
        "SECRET_OF_THE_KEYRING": secret,
    }


def test_the_secret_comes_from_the_systems_keyring(cli: Cli, emulator: Emulator) -> None:
    keyring = keyring_of(str(emulator.secret))
    cli("publish", "list", "--limit", 1, "--api-secret-keyring", "live", **keyring)
    missing = cli("publish", "list", "--api-secret-keyring", "other", code=18, **keyring)
    assert "keyring set millicast-tokens other" in missing.err
    locked = cli("publish", "list", "--api-secret-keyring", "locked", code=18, **keyring)
    assert "its-password-is-this" not in locked.err
    broken = cli("publish", "list", "--api-secret-keyring", "broken", code=18, **keyring)
    assert broken.err == "millicast-tokens: the keyring can't be read: OSError\n"
    nowhere = keyring | {"PYTHON_KEYRING_BACKEND": "none.Keyring"}
    gone = cli("publish", "list", "--api-secret-keyring", "live", code=18, **nowhere)
    assert gone.err == "millicast-tokens: the keyring can't be read: ModuleNotFoundError\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["sign-bulk", "7", "-", "x.csv", "--input-format=csv", "--stream=x", "--api-secret-file", "-"],
        ["sign-bulk", "7", "-", "x.csv", "--input-format=csv", "--stream=x", "--token-file", "-"],
        ["publish", "create", "--label", "x", "--merge-json-file", "-", "--restream-file", "-"],
        ["--api-secret-file", "-", "publish", "update", "7", "--merge-json-file", "-"],
        ["verify", "7", "--api-secret-file", "-"],
    ],
)
def test_standard_input_is_for_one_thing(cli: Cli, arguments: list[str]) -> None:
    assert "standard input holds one thing only" in cli(*arguments, code=2, stdin="viewer_data\n").err


@pytest.fixture(scope="module")
def slow() -> Iterator[Emulator]:
    """An emulator that takes longer than any test."""
    with Emulator(secret="the-secret-of-the-slow-one", faults="silence@publish.list") as emulator:
        yield emulator


def held(cli: Cli, emulator: Emulator, *command: str, **options: Any) -> Any:
    """A call that is under way, and never answered."""
    environ = {"MILLICAST_API_SECRET": str(emulator.secret), "MILLICAST_API_URL": emulator.url}
    running = cli.start("publish", *command, environ=environ, **options)
    while not emulator.faults()[0]["done"]:
        assert running.poll() is None
    return running


def test_no_secret_is_in_the_command_line_while_it_runs_and_ctrl_c_ends_the_call_at_once(
    cli: Cli, slow: Emulator
) -> None:
    slow.set_faults(fault("silence", "publish.list"))
    file = cli.home / "secret"
    file.write_text(str(slow.secret))
    file.chmod(0o600)
    running = held(cli, slow, "list")
    command = Path(f"/proc/{running.pid}/cmdline").read_bytes()
    assert b"millicast_tokens.cli" in command
    assert str(slow.secret).encode() not in command
    running.send_signal(signal.SIGINT)
    assert running.wait(10) == 130


def test_ctrl_c_during_a_create_says_that_a_token_may_have_been_made(cli: Cli, slow: Emulator) -> None:
    slow.set_faults(fault("silence", "publish.create"))
    running = held(cli, slow, "create", "--label", "x", "--stream", "y", stderr=-1)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=10)
    assert running.returncode == 13
    assert b"publish find-created --label x --stream y --since " in told


def test_sigterm_ends_a_call_at_once_too(cli: Cli, slow: Emulator) -> None:
    slow.set_faults(fault("silence", "publish.list"))
    running = held(cli, slow, "list")
    running.terminate()
    assert running.wait(10) == 143


PROBE = """#!/bin/sh
tr '\\0' '\\n' < /proc/self/environ
"""


def test_the_emulator_gets_its_own_secret_and_no_other(cli: Cli) -> None:
    probe = cli.home / "millicast-emulator"
    probe.write_text(PROBE)
    probe.chmod(0o755)
    secrets = {
        "MILLICAST_API_SECRET": "secret-of-the-platform",
        "MILLICAST_SUBSCRIBE_TOKEN": "token-of-a-parent",
        "MILLICAST_PROXY": "http://user:of-the-proxy@127.0.0.1:1",
        "MILLICAST_EMULATOR_API_SECRET": "secret-of-the-emulator",
        "MILLICAST_EMULATOR": str(probe),
    }
    child = cli("emulator", **secrets).out
    assert "MILLICAST_EMULATOR_API_SECRET=secret-of-the-emulator" in child
    for secret in ("secret-of-the-platform", "token-of-a-parent", "of-the-proxy"):
        assert secret not in child


def test_no_command_starts_a_program_with_the_secret_in_its_environment(cli: Cli, emulator: Emulator) -> None:
    spy = cli.home / "spy"
    spy.mkdir()
    for name in ("bash", "fc-list", "sh", "uname", "tput", "stty"):
        program = spy / name
        program.write_text(f"#!/bin/bash\ntr '\\0' '\\n' < /proc/$$/environ >> {cli.home}/seen\n")
        program.chmod(0o755)
    seen = cli.home / "seen"
    subprocess.run([spy / "stty"], env={"A": "the spy sees this", "PATH": os.environ["PATH"]}, check=True)
    assert "the spy sees this" in seen.read_text()
    path = {"PATH": f"{spy}:{os.environ['PATH']}"}
    cli("completion", "bash", **path)
    cli("usage", "--tracking-id", "x", "--plot", "x.svg", **path)
    cli("usage", "--tracking-id", "x", "-o", "table", **path)
    assert emulator.secret not in seen.read_text()
