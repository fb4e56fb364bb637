"""Both kinds of token, as programs deal with them."""

from __future__ import annotations

import csv
import inspect
import io
import json
from typing import Any

import click
import millicast_tokens as mct
import pytest
from millicast_tokens.cli.app import root
from millicast_tokens.testing import Emulator, fault

from running import Cli

KINDS = ["publish", "subscribe"]


def options_of(*path: str) -> set[str]:
    """The names of a command's options."""
    command: click.Command = root
    for name in path:
        assert isinstance(command, click.Group)
        command = command.commands[name]
    return {str(parameter.name) for parameter in command.params}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("action", ["create", "update"])
def test_every_argument_of_the_python_calls_is_an_option(kind: str, action: str) -> None:
    calls = mct.PublishTokens if kind == "publish" else mct.SubscribeTokens
    renamed = {
        "streams": "names",
        "add_streams": "added",
        "remove_streams": "removed",
        "merge_json": "merge_json_file",
        "restream": "restream_file",
    }
    arguments = set(inspect.signature(getattr(calls, action)).parameters) - {"self"}
    assert {renamed.get(name, name) for name in arguments} <= options_of(kind, action)


@pytest.mark.parametrize("kind", KINDS)
def test_what_can_be_cleared_in_python_can_be_cleared_here(kind: str) -> None:
    update = inspect.signature((mct.PublishTokens if kind == "publish" else mct.SubscribeTokens).update)
    lists = {name for name, argument in update.parameters.items() if "Iterable" in str(argument.annotation)}
    clearable = lists - {"add_streams", "remove_streams"}
    clearable |= {name for name, argument in update.parameters.items() if "Unset | None" in str(argument.annotation)}
    assert {f"clear_{name}" for name in clearable} <= options_of(kind, "update")


@pytest.mark.parametrize("kind", KINDS)
def test_a_token_is_created_read_changed_listed_and_deleted(cli: Cli, label: str, kind: str) -> None:
    made = cli(kind, "create", "--label", label, "--stream", "show", "--stream-regex", "x.*", "--expires", "1h").row
    assert (made["label"], [stream["isRegex"] for stream in made["streams"]]) == (label, [False, True])
    assert cli(kind, "read", made["id"]).row["id"] == made["id"]
    changed = cli(kind, "update", made["id"], "--label", f"{label}-2", "--allowed-origin", "example.com").row
    assert (changed["label"], changed["allowedOrigins"]) == (f"{label}-2", ["example.com"])
    assert cli(kind, "update", made["id"], "--clear-allowed-origins").row["allowedOrigins"] == []
    (listed,) = cli(kind, "list", "--name", f"{label}-2", "--filter-by", "label").rows
    assert listed["id"] == made["id"]
    assert cli(kind, "delete", made["id"], "--yes").rows == [{"id": made["id"], "result": "deleted"}]
    assert "not found" in cli(kind, "read", made["id"], code=5).err


def test_every_field_of_a_publish_token_is_sent(cli: Cli, label: str) -> None:
    restream = [{"url": "rtmp://example.com/live", "key": "restream-key-1", "label": "there", "enabled": False}]
    (cli.home / "restream.json").write_text(json.dumps(restream))
    flags = ["subscribe-requires-auth", "record", "multisource", "enable-thumbnails", "display-srt-passphrase"]
    flags += ["low-latency-rtmp", "enable-utc-insertion", "drm", "geo-cascade"]
    made = cli(
        *("publish", "create", "--label", label, "--stream", "show", "--priority", "-3", "--no-clip"),
        *(f"--{flag}" for flag in flags),
        *("--geo-cascade-cluster", "fra", "--geo-cascade-cluster", "nyc", "--encoder-profile-id", "profile"),
        *("--origin-cluster", "fra", "--allowed-country", "PL", "--allowed-country", "ZA"),
        *("--allowed-ip-address", "192.0.2.0/24", "--restream-file", "restream.json"),
    )
    row = made.row
    names = ["subscribeRequiresAuth", "record", "multisource", "enableThumbnails", "displaySrtPassphrase"]
    names += ["lowLatencyRtmp", "enableUTCInsertion", "drm"]
    assert [row[name] for name in names] == [True] * len(names)
    assert (row["clip"], row["priority"], row["encoderProfileId"]) == (False, -3, "profile")
    assert (row["originCluster"], row["allowedCountries"]) == ("fra", ["PL", "ZA"])
    assert row["geoCascade"] == {"isEnabled": True, "clusters": ["fra", "nyc"]}
    assert row["allowedIpAddresses"] == ["192.0.2.0/24"]
    assert "restream-key-1" not in made.out
    assert "srtPassphrase" not in row
    (endpoint,) = row["restream"]
    assert endpoint["url"] == "rtmp://example.com/live"
    shown = cli("publish", "read", row["id"], "--show-token").row
    assert (shown["restream"][0]["key"], bool(shown["srtPassphrase"])) == ("restream-key-1", True)
    cleared = cli(
        *("publish", "update", row["id"], "--clear-restream", "--clear-priority", "--clear-encoder-profile-id"),
        *("--clear-enable-utc-insertion", "--no-geo-cascade", "--no-record", "--clip"),
    ).row
    assert [cleared[name] for name in ("priority", "encoderProfileId", "enableUTCInsertion")] == [None] * 3
    assert (cleared["restream"] or [], cleared["record"], cleared["clip"]) == ([], False, True)


def test_fields_that_nobody_here_knows_are_sent_from_a_file_or_standard_input(cli: Cli, label: str) -> None:
    made = ("subscribe", "create", "--label", label, "--stream", "show")
    assert cli(*made, "--merge-json-file", "-", stdin='{"somethingNew": 1}').row["label"] == label
    assert "tracking" in cli(*made, "--merge-json-file", "-", stdin='{"tracking": {}}', code=3).err


def test_a_token_that_binds_itself_and_counts_for_somebody(cli: Cli, label: str) -> None:
    made = ("subscribe", "create", "--label", label, "--stream", "show", "--bind-ips-on-usage", "2")
    row = cli(*made, "--tracking-id", "partner", "--denied-country", "ZA").row
    assert (row["bindIpsOnUsage"], row["tracking"], row["deniedCountries"]) == (2, {"trackingId": "partner"}, ["ZA"])


@pytest.mark.parametrize("kind", KINDS)
def test_a_tokens_string_is_shown_only_when_it_is_asked_for(
    cli: Cli, emulator: Emulator, label: str, kind: str
) -> None:
    made = cli(kind, "create", "--label", label, "--stream", "show")
    token_id = made.row["id"]
    with emulator.client() as client:
        tokens: Any = client.publish_tokens if kind == "publish" else client.subscribe_tokens
        value = tokens.read(token_id).value
    assert f"millicast-tokens {kind} read {token_id} --show-token" in made.err
    hidden = [("read", token_id), ("list", "--name", label), ("update", token_id, "--label", label)]
    for arguments in hidden:
        for form in ("json", "csv", "table"):
            done = cli(kind, *arguments, "--output", form)
            assert value not in made.out + made.err + done.out + done.err
    assert cli(kind, "read", token_id, "--show-token").row["token"] == value
    for form in ("json", "csv", "table"):
        assert value in cli(kind, "list", "--name", label, "--show-token", "-o", form).out


def test_an_empty_list_is_no_row_and_no_error(cli: Cli) -> None:
    assert cli("publish", "list", "--name", "nobody-has-this").out == ""
    assert "none" in cli("publish", "list", "--name", "nobody-has-this", "-o", "table").err


def test_csv_has_a_header_and_what_is_a_list_is_json_in_its_cell(cli: Cli, published: Any) -> None:
    (row,) = csv.DictReader(io.StringIO(cli("publish", "list", "--name", published.label, "-o", "csv").out))
    assert (row["id"], row["label"], row["isActive"]) == (str(published.id), published.label, "true")
    assert json.loads(row["streams"]) == [{"streamName": "show", "isRegex": False}]


def test_options_may_stand_before_the_command_or_behind_it(cli: Cli, published: Any) -> None:
    before = cli("--output", "csv", "publish", "read", published.id)
    assert before.out == cli("publish", "read", published.id, "--output", "csv").out
    assert cli("--output", "csv", "publish", "read", published.id, "-o", "json").row["id"] == published.id


def test_live_streams_are_listed_by_stream_and_all(cli: Cli, emulator: Emulator, published: Any) -> None:
    emulator.set_live(published.id, "show")
    assert {"id": published.id} in cli("publish", "active").rows
    assert {"id": published.id} in cli("publish", "active", "--stream-id", "acc/show").rows
    assert {"id": published.id} in cli("publish", "active", "--stream", "show", "--account-id", "acc").rows
    assert "--account-id" in cli("publish", "active", "--stream", "show", code=2).err
    emulator.set_live(published.id, "show", is_live=False)
    cli("publish", "sync-restream", published.id)


def test_the_clusters_and_which_is_the_default(cli: Cli) -> None:
    rows = cli("clusters").rows
    assert sum(row["isDefault"] for row in rows) == 1
    assert "rtmp" in cli("clusters", "-o", "csv").out.splitlines()[0]


def test_a_create_that_was_lost_says_how_to_find_what_it_may_have_made(
    cli: Cli, emulator: Emulator, label: str
) -> None:
    emulator.set_faults(fault("reset-after", "publish.create", count=1))
    lost = cli("publish", "create", "--label", f"{label} two", "--stream", "a b", "--stream-regex", ".*", code=13)
    assert lost.out == ""
    (line,) = [line for line in lost.err.splitlines() if line.startswith("  millicast-tokens ")]
    found = cli.shell(line.replace("millicast-tokens", "$CLI", 1))
    assert [row["label"] for row in found.rows] == [f"{label} two"]
    cli("publish", "find-created", "--label", "nobody", "--stream", "x", "--since", "2024-05-31T18:00:00Z", code=5)
    assert "zone" in cli("publish", "find-created", "--label", "x", "--since", "2024-05-31T18:00", code=2).err


def test_what_is_to_be_typed_next_asks_the_same_platform_for_the_same_account(
    cli: Cli, emulator: Emulator, label: str
) -> None:
    secret, config = cli.home / "the secret", cli.home / "the config"
    secret.write_text(str(emulator.secret))
    config.write_text(f'[profiles."far away"]\nbase_url = "{emulator.url}"\n')
    for file in (secret, config):
        file.chmod(0o600)
    nothing = {"MILLICAST_API_SECRET": None, "MILLICAST_API_URL": None}
    elsewhere = {"MILLICAST_API_SECRET": "wrong", "MILLICAST_API_URL": "http://127.0.0.1:1"}
    create = ("publish", "create", "--label", label, "--stream", "show", "--max-retries", 0)
    for whom in (
        ["--base-url", emulator.url, "--api-secret-file", secret, "--allow-insecure-http"],
        ["--config", config, "--profile", "far away", "--api-secret-file", secret],
    ):
        emulator.set_faults(fault("reset-after", "publish.create", count=1))
        lost = cli(*whom, *create, code=13, **nothing)
        (line,) = [line for line in lost.err.splitlines() if line.startswith("  millicast-tokens ")]
        assert emulator.secret not in lost.err
        found = cli.shell(line.replace("millicast-tokens", "$CLI", 1), **elsewhere)
        assert {row["label"] for row in found.rows} == {label}
        seen = cli(*whom, *create, **nothing)
        see = seen.err.partition("see it by: ")[2].strip()
        shown = cli.shell(see.replace("millicast-tokens", "$CLI", 1), **elsewhere)
        assert shown.row["id"] == seen.row["id"]


def test_a_restream_sync_that_was_lost_has_the_same_exit_code(cli: Cli, emulator: Emulator, published: Any) -> None:
    emulator.set_faults(fault("reset-after", "publish.restream_sync", count=1))
    lost = cli("publish", "sync-restream", published.id, "--max-retries", 0, code=13)
    assert "no harm to do it again" in lost.err
    emulator.clear_faults()
    cli("publish", "sync-restream", published.id)


def test_an_update_that_was_lost_has_the_same_exit_code(cli: Cli, emulator: Emulator, published: Any) -> None:
    emulator.set_faults(fault("reset-after", "publish.update", count=1))
    lost = cli("publish", "update", published.id, "--refresh-token", "--yes", code=13)
    assert f"publish read {published.id}" in lost.err
