"""What takes something away, by programs; on a terminal see test_terminal.py."""

from __future__ import annotations

from typing import Any

import pytest
from millicast_tokens.testing import Emulator, fault

from running import Cli, exit_code


@pytest.mark.parametrize(
    "arguments",
    [
        ["delete"],
        ["disable"],
        ["update", "--inactive"],
        ["update", "--refresh-token"],
        ["update", "--remove-stream", "x"],
    ],
)
def test_without_a_terminal_and_without_yes_nothing_is_done(
    cli: Cli, emulator: Emulator, published: Any, arguments: list[str]
) -> None:
    before = emulator.journal().last
    action, *more = arguments
    refused = cli("publish", action, published.id, *more, code=17, stdin="y\n")
    assert "--yes" in refused.err
    assert emulator.journal(after=before).entries == []


def test_a_dry_run_shows_and_does_nothing(cli: Cli, emulator: Emulator, published: Any) -> None:
    emulator.set_live(published.id, "show")
    for action, more in (
        ("delete", ()),
        ("disable", ()),
        ("update", ("--refresh-token",)),
        ("update", ("--label", "x")),
    ):
        row = cli("publish", action, published.id, *more, "--dry-run").row
        assert (row["id"], row["label"], row["isLive"], row["would"]) == (published.id, published.label, True, action)
        assert "token" not in row
    with emulator.client() as client:
        token = client.publish_tokens.read(published.id)
    assert (token.value, token.is_active, token.label) == (published.value, True, published.label)


def test_several_are_dealt_with_and_what_fails_is_told(cli: Cli, emulator: Emulator, label: str) -> None:
    with emulator.client() as client:
        one, two = (client.publish_tokens.create(label, ["show"]).id for _ in range(2))
    partly = cli("publish", "delete", one, 999_999, two, "--yes", code=14)
    assert partly.rows[:2] == [{"id": one, "result": "deleted"}, {"id": two, "result": "deleted"}]
    assert (partly.rows[2]["id"], partly.rows[2]["result"], partly.rows[2]["exitCode"]) == (999_999, "failed", 5)
    assert "999999: not found" in partly.err
    assert cli("publish", "delete", one, two, "--yes", code=5).rows[0]["result"] == "failed"


def test_a_delete_that_fails_in_between_does_not_keep_the_next_from_being_done(
    cli: Cli, emulator: Emulator, label: str
) -> None:
    with emulator.client() as client:
        ids = [client.subscribe_tokens.create(label, ["show"]).id for _ in range(3)]
    emulator.set_faults(fault("400", "subscribe.delete", nth=2))
    partly = cli("subscribe", "delete", *ids, "--yes", code=14)
    emulator.clear_faults()
    assert [row["result"] for row in sorted(partly.rows, key=lambda row: row["id"])] == ["deleted", "failed", "deleted"]
    assert [token["id"] for token in emulator.tokens("subscribe", label)] == [ids[1]]


def test_publish_tokens_are_disabled_in_one_call(cli: Cli, emulator: Emulator, label: str) -> None:
    with emulator.client() as client:
        ids = [client.publish_tokens.create(label, ["show"]).id for _ in range(2)]
        before = emulator.journal().last
        assert [row["result"] for row in cli("publish", "disable", *ids, "--yes").rows] == ["disabled"] * 2
        asked = [entry["operation"] for entry in emulator.journal(after=before).entries]
        assert asked.count("publish.disable") == 1
        assert [client.publish_tokens.read(token_id).is_active for token_id in ids] == [False, False]
    assert cli("publish", "update", ids[0], "--active").row["isActive"] is True


def test_a_token_that_is_not_there_does_not_keep_others_from_being_disabled(cli: Cli, published: Any) -> None:
    partly = cli("publish", "disable", 999_999, published.id, "--yes", code=14)
    assert [(row["id"], row["result"]) for row in partly.rows] == [(published.id, "disabled"), (999_999, "failed")]


def test_what_the_platform_does_not_disable_is_told_with_its_words(cli: Cli, emulator: Emulator, label: str) -> None:
    with emulator.client() as client:
        one, two = (client.publish_tokens.create(label, ["show"]).id for _ in range(2))
    # The second goes between being shown and being asked for.
    held = cli.terminal("publish", "disable", one, two)
    held.expect_exact("[y/N] ")
    cli("publish", "delete", two, "--yes")
    held.sendline("y")
    assert exit_code(held) == 14
    assert f"No publish token with id: {two}".encode() in (held.before or b"")


@pytest.mark.parametrize("action", ["delete", "disable"])
def test_what_may_have_been_carried_out_nonetheless_is_told(
    cli: Cli, emulator: Emulator, published: Any, action: str
) -> None:
    emulator.set_faults(fault("reset-after", f"publish.{action}"))
    lost = cli("publish", action, 999_999, published.id, "--yes", "--max-retries", 0, code=13)
    emulator.clear_faults()
    assert f"{published.id}: " in lost.err
    assert "may have been carried out" in lost.err
    assert {row["id"]: row["exitCode"] for row in lost.rows} == {999_999: 5, published.id: 13}


def test_a_refreshed_tokens_new_string_can_be_shown_at_once(cli: Cli, published: Any) -> None:
    row = cli("publish", "update", published.id, "--refresh-token", "--yes", "--show-token").row
    assert row["token"] != published.value


def test_nothing_is_deleted_without_an_id(cli: Cli, emulator: Emulator, published: Any) -> None:
    cli("publish", "delete", "--yes", code=2)
    cli("publish", "delete", published.label, "--yes", code=2)
    assert [token["id"] for token in emulator.tokens("publish", published.label)] == [published.id]


def test_an_update_that_takes_nothing_away_needs_no_yes(cli: Cli, published: Any) -> None:
    assert cli("publish", "update", published.id, "--add-stream", "more").row["streams"][1]["streamName"] == "more"


def test_an_update_of_nothing_is_refused_before_anything_is_sent(cli: Cli, published: Any) -> None:
    cli("publish", "update", published.id, code=3)
