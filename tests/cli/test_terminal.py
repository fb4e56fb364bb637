"""As a person uses it: on a terminal."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pexpect
import pytest
from millicast_tokens.testing import Emulator

from running import ESCAPES, Cli, exit_code

#: What a label may hold that a terminal, or a library for terminals, would obey.
HOSTILE = "[red]x[/red] [link=http://e.x]:smile: \x1b[31m\x1b]0;title\x07 \x9b31m \u202eevil\u2066 \r\x08 \u2028 \x7f"


def seen(cli: Cli, *arguments: object, **options: Any) -> bytes:
    """What is seen, without colours."""
    return ESCAPES.sub(b"", cli.on_terminal(*arguments, **options))


def test_a_person_sees_a_table_in_colours(cli: Cli, published: Any) -> None:
    out = cli.on_terminal("publish", "list", "--name", published.label)
    assert ESCAPES.search(out)
    plain = ESCAPES.sub(b"", out).decode()
    assert published.label in plain
    assert "expires" in plain.splitlines()[0]
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(plain)


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colours_where_they_are_not_wanted(cli: Cli, published: Any, environ: dict[str, str | None]) -> None:
    out = cli.on_terminal("publish", "list", "--name", published.label, **environ)
    assert published.label.encode() in out
    assert b"\x1b" not in out


def test_a_program_never_gets_colours(cli: Cli, published: Any) -> None:
    done = cli("publish", "list", "--name", published.label, "-o", "table", FORCE_COLOR="1", CLICOLOR_FORCE="1")
    assert "\x1b" not in done.out


def test_a_narrow_terminal_gets_narrow_lines(cli: Cli, emulator: Emulator, label: str) -> None:
    with emulator.client() as client:
        client.publish_tokens.create(f"{label} {'long ' * 20}", ["a stream of a rather long name"])
    lines = seen(cli, "publish", "list", "--name", label, columns=80).decode().splitlines()
    assert any(label in line for line in lines)
    for line in lines:
        assert len(line.rstrip()) <= 80


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_hostile_texts_do_not_reach_a_terminal(cli: Cli, emulator: Emulator, form: str) -> None:
    with emulator.client() as client:
        token = client.publish_tokens.create(HOSTILE, [HOSTILE], allowed_origins=["example.com"])
    commands: list[tuple[object, ...]] = [
        ("list", "--sort-by", "added-on", "--descending", "--limit", 1),
        ("read", token.id),
        ("delete", token.id, "--dry-run"),
    ]
    for command in commands:
        out = ESCAPES.sub(b"", cli.on_terminal("publish", *command, "-o", form, NO_COLOR="1"))
        assert not {*b"\x1b\x07\x08\x7f"} & {*out}
        assert b"[red]x[/red]" in out
        text = out.decode()
        assert not {"\x9b", "\u202e", "\u2066", "\u2028"} & {*text}
    client_error = cli(
        "publish", "create", "--label", "x", "--stream", "y", "--allowed-country", "\x1b[31m", code=3
    ).err
    assert "\x1b" not in client_error


def test_a_person_is_asked_before_something_is_deleted(cli: Cli, emulator: Emulator, published: Any) -> None:
    emulator.set_live(published.id, "show")
    for answer, code in (("n", 17), ("", 17), ("yes please", 17)):
        child = cli.terminal("publish", "delete", published.id)
        child.expect_exact("[y/N] ")
        asked = ESCAPES.sub(b"", child.before or b"").decode()
        assert published.label in asked
        assert "live" in asked
        child.sendline(answer)
        assert exit_code(child) == code
    child = cli.terminal("publish", "delete", published.id)
    child.expect_exact("[y/N] ")
    child.sendintr()
    assert exit_code(child) == 130
    child = cli.terminal("publish", "delete", published.id)
    child.expect_exact("[y/N] ")
    child.sendeof()
    assert exit_code(child) == 17
    assert [token["id"] for token in emulator.tokens("publish", published.label)] == [published.id]
    child = cli.terminal("publish", "delete", published.id)
    child.expect_exact("[y/N] ")
    child.sendline("y")
    child.expect_exact("deleted")
    assert exit_code(child) == 0
    assert emulator.tokens("publish", published.label) == []


def test_sigterm_ends_a_question_and_nothing_is_done(cli: Cli, emulator: Emulator, published: Any) -> None:
    child = cli.terminal("publish", "delete", published.id)
    child.expect_exact("[y/N] ")
    child.kill(signal.SIGTERM)
    assert exit_code(child) == 143
    assert [token["id"] for token in emulator.tokens("publish", published.label)] == [published.id]


def test_tokens_for_many_viewers_are_not_shown_on_a_terminal(cli: Cli) -> None:
    words = ("sign-bulk", 7, "-", "-", "--input-format", "csv", "--format", "csv", "--stream", "show")
    assert b"not shown on a terminal" in cli.on_terminal(*words, code=2)


def test_a_secret_that_is_typed_is_not_shown(cli: Cli, emulator: Emulator) -> None:
    child = cli.terminal("publish", "list", "--limit", 1, "--api-secret-file", "-", MILLICAST_API_SECRET=None)
    child.expect_exact("(it is not shown): ")
    child.sendline(str(emulator.secret))
    child.expect(pexpect.EOF)
    assert str(emulator.secret).encode() not in (child.before or b"")
    child.close()
    assert child.exitstatus == 0


def many_viewers(cli: Cli, parent: Any, count: int) -> tuple[object, ...]:
    """A job that takes a while."""
    (cli.home / "viewers.csv").write_text("viewer_data\n" + "ann\n" * count)
    cli.more["MILLICAST_SUBSCRIBE_TOKEN"] = str(parent.value)
    return ("sign-bulk", parent.id, "viewers.csv", "tokens.csv", "--stream", "show")


def test_a_bar_shows_how_far_signing_is_and_only_a_person_sees_it(cli: Cli, parent: Any) -> None:
    job = many_viewers(cli, parent, 200_000)
    out = seen(cli, *job).decode()
    assert "signing" in out
    assert "100%" in out
    assert "200000 tokens signed" in out
    assert cli(*job, "--force").err == ""


def test_ctrl_c_during_signing_leaves_no_half_file(cli: Cli, parent: Any) -> None:
    job = many_viewers(cli, parent, 0)
    os.mkfifo(cli.home / "endless.csv")
    child = cli.terminal(*job[:2], "endless.csv", *job[3:])
    with (cli.home / "endless.csv").open("wb", buffering=0) as endless:
        endless.write(b"viewer_data\n" + b"ann\n" * 1_000_000)
        while not any(file.stat().st_size for file in cli.home.glob(".tokens.csv.*")):
            assert child.isalive(), child.read()
        child.sendintr()
    assert exit_code(child) == 130
    assert list(cli.home.glob("*tokens.csv*")) + list(cli.home.glob(".tokens*")) == []


def test_a_person_sees_a_chart(cli: Cli, emulator: Emulator, label: str) -> None:
    emulator.add_usage("show", label, bytes_out=3_000_000)
    out = cli.on_terminal("usage", "--tracking-id", label)
    assert "█".encode() in out
    assert ESCAPES.search(out)
    assert b"3.00 MB" in out
    assert b"\x1b" not in cli.on_terminal("usage", "--tracking-id", label, NO_COLOR="1")


def test_the_token_that_is_signed_is_whole_on_a_narrow_terminal(cli: Cli, parent: Any) -> None:
    out = seen(cli, "sign", parent.id, "--stream", "show", columns=40).decode()
    (line,) = [line for line in out.splitlines() if line.startswith("ey")]
    cli("verify", parent.id, stdin=line)


def test_the_emulator_runs_until_ctrl_c(cli: Cli) -> None:
    child = cli.terminal("emulator", "--listen", "127.0.0.1:0", MILLICAST_EMULATOR_API_SECRET="its-secret")
    child.expect(rb"listening on (http://\S+)")
    url = child.match.group(1).decode()
    cli("publish", "list", MILLICAST_API_URL=url, MILLICAST_API_SECRET="its-secret")
    assert b"its-secret" not in Path(f"/proc/{child.pid}/cmdline").read_bytes()
    child.sendintr()
    assert exit_code(child) == 0


def test_no_column_is_lost_on_a_very_narrow_terminal(cli: Cli, emulator: Emulator, published: Any) -> None:
    assert str(published.id).encode() in seen(cli, "publish", "list", "--name", published.label, columns=20)
    child = cli.terminal("publish", "delete", published.id, columns=20)
    child.expect_exact("[y/N]")
    asked = ESCAPES.sub(b"", child.before or b"")
    assert str(published.id).encode() in asked
    assert b"label" in asked
    child.sendline("n")
    assert exit_code(child) == 17
    with emulator.client() as client:
        client.publish_tokens.read(published.id)


def test_a_width_that_is_no_number_is_none(cli: Cli, published: Any) -> None:
    assert published.label.encode() in seen(cli, "publish", "list", "--name", published.label, columns=0, COLUMNS="abc")
