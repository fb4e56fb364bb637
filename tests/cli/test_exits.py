"""The exit codes, one by one, and that they are documented."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from millicast_tokens import Status, errors
from millicast_tokens.cli import exits
from millicast_tokens.testing import Emulator, fault

from running import ROOT, Cli


def test_each_code_stands_in_the_table_once_and_in_the_help_and_the_manual(cli: Cli) -> None:
    codes = [way.code for way in exits.TABLE]
    assert len(codes) == len(set(codes))
    constants = {value for value in vars(exits).values() if isinstance(value, exits.Exit)}
    assert constants == set(exits.TABLE)
    said = " ".join(cli("--help").out.split())
    page = (ROOT / "bindings" / "python" / "man" / "millicast-tokens.1").read_text()
    for way in exits.TABLE:
        assert f"{way.code} {way.meaning}" in said
        assert f"\\fB{way.code}\\fR\n" in page


def test_each_status_of_the_library_has_a_code_of_its_own_unless_it_is_a_fault() -> None:
    faults = {status.name for status in Status if exits.of(errors.class_of(status)("x")) is exits.FAULT}
    assert faults == {"OK", "NULL_ARGUMENT", "FORKED", "BUFFER_TOO_SMALL", "PANIC", "NOT_READY"}


@pytest.mark.parametrize(
    ("name", "code"),
    [("401", 4), ("403", 4), ("400", 6), ("429", 7), ("503", 8), ("html", 12), ("reset-before", 10)],
)
def test_what_the_platform_answers_tells_the_code(cli: Cli, emulator: Emulator, name: str, code: int) -> None:
    emulator.set_faults(fault(name, "publish.list"))
    try:
        failed = cli("publish", "list", "--max-retries", 0, code=code)
    finally:
        emulator.clear_faults()
    assert (failed.out, len(failed.err.splitlines())) == ("", 1)


def test_a_wrong_secret_a_bad_value_and_a_wrong_command_line(cli: Cli) -> None:
    cli("publish", "list", code=4, MILLICAST_API_SECRET="wrong")
    assert "expires" in cli("publish", "create", "--label", "x", "--stream", "y", "--expires", "0", code=3).err
    assert "streams" in cli("publish", "create", "--label", "x", code=3).err
    cli("publish", "frobnicate", code=2)
    cli("publish", "list", "--frobnicate", code=2)
    cli("publish", "create", "--label", "x", "--stream", "y", "--expires", "soon", code=2)
    cli("publish", "update", "7", "--allowed-origin", "example.com", "--clear-allowed-origins", code=2)


def test_nobody_listens_and_nobody_answers(cli: Cli) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        cli("publish", "list", "--base-url", url, "--max-retries", 0, code=10)
        listener.listen()
        cli("publish", "list", "--base-url", url, "--timeout", 0.2, "--max-retries", 0, code=9)


def test_a_certificate_that_is_not_trusted_and_one_that_is(cli: Cli) -> None:
    with Emulator(tls=True, secret="another-secret") as secure:
        given = {"MILLICAST_API_SECRET": "another-secret", "MILLICAST_API_URL": secure.url}
        cli("publish", "list", "--max-retries", 0, code=11, **given)
        cli("publish", "list", "--ca-file", secure.certificate, **given)
        cli("publish", "list", "--ca-file", cli.home / "missing.pem", code=19, **given)
        assert "too large" in cli("publish", "list", "--ca-file", "/dev/zero", code=19, **given).err


def test_plain_http_to_another_host_is_refused_unless_it_is_allowed(cli: Cli) -> None:
    assert "http" in cli("publish", "list", "--base-url", "http://192.0.2.1", code=3).err


def test_verbose_tells_what_is_sent_and_no_secret(cli: Cli, emulator: Emulator) -> None:
    told = cli("publish", "list", "-v").err
    assert "GET /api/publish_token/list" in told
    assert emulator.secret not in told


def test_a_fault_of_this_program_is_a_traceback_and_code_1(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import millicast_tokens.cli.clusters as c\n"
        "def broken(*_): raise RuntimeError('broken')\n"
        "c.clusters.callback = broken\n"
    )
    done = cli.shell("$CLI clusters", PYTHONPATH=f"{tmp_path}:{ROOT / 'bindings' / 'python'}")
    assert done.code == 1
    assert "RuntimeError: broken" in done.err


def test_the_same_token_twice_is_one(cli: Cli, published: Any) -> None:
    assert len(cli("publish", "delete", published.id, published.id, "--yes").rows) == 1
