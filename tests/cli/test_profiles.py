"""Profiles in the configuration file."""

from __future__ import annotations

import os
from typing import Any

import pytest
from millicast_tokens.testing import Emulator

from running import Cli
from test_secrets import keyring_of

NOTHING = {"MILLICAST_API_SECRET": None, "MILLICAST_API_URL": None}


def configured(cli: Cli, content: str, mode: int = 0o600) -> None:
    """Writes the configuration."""
    cli.config.parent.mkdir(parents=True, exist_ok=True)
    cli.config.write_text(content)
    cli.config.chmod(mode)


def profile(name: str, url: str, secret: str) -> str:
    """A profile with a secret from somewhere."""
    return f'[profiles.{name}]\nbase_url = "{url}"\naccount_id = "acc"\ntimeout = 5\n{secret}\n'


def test_a_profile_has_the_address_and_the_secret(cli: Cli, emulator: Emulator) -> None:
    configured(cli, profile("mine", emulator.url, f'api_secret = "{emulator.secret}"'))
    cli("publish", "list", "--limit", 1, "--profile", "mine", **NOTHING)
    cli("--profile", "mine", "publish", "active", "--stream", "show", **NOTHING)
    cli("publish", "list", "--limit", 1, MILLICAST_PROFILE="mine", **NOTHING)
    assert "no API secret" in cli("publish", "list", code=18, **NOTHING).err


def test_the_secret_of_a_profile_comes_from_a_file_the_keyring_or_a_variable(cli: Cli, emulator: Emulator) -> None:
    (cli.home / "secret").write_text(str(emulator.secret))
    (cli.home / "secret").chmod(0o600)
    for secret in ('api_secret_file = "~/secret"', 'api_secret_keyring = "live"', 'api_secret_env = "MINE"'):
        configured(cli, profile("mine", emulator.url, secret))
        environ = {**keyring_of(str(emulator.secret)), "MILLICAST_API_URL": None, "MINE": str(emulator.secret)}
        cli("publish", "list", "--limit", 1, "--profile", "mine", **environ)
    assert "MINE" in cli("publish", "list", "--profile", "mine", code=18, **NOTHING).err


def test_a_named_profile_goes_before_the_environment_and_that_before_the_default_one(
    cli: Cli, emulator: Emulator
) -> None:
    good, bad = f'api_secret = "{emulator.secret}"', 'api_secret = "wrong"'
    configured(cli, profile("good", emulator.url, good) + profile("bad", emulator.url, bad))
    cli("publish", "list", "--limit", 1, "--profile", "good", MILLICAST_API_SECRET="wrong", MILLICAST_API_URL=None)
    cli("publish", "list", "--profile", "bad", code=4)
    configured(cli, 'default_profile = "bad"\n' + profile("bad", "http://127.0.0.1:1", bad))
    cli("publish", "list", "--limit", 1)
    configured(cli, 'default_profile = "good"\n' + profile("good", emulator.url, good))
    cli("publish", "list", "--limit", 1, **NOTHING)
    cli("publish", "list", "--limit", 1, "--base-url", "http://127.0.0.1:1", "--max-retries", 0, code=10, **NOTHING)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_a_configuration_that_others_can_use_is_refused(cli: Cli, emulator: Emulator, mode: int) -> None:
    configured(cli, profile("mine", emulator.url, f'api_secret = "{emulator.secret}"'), mode)
    refused = cli("publish", "list", "--profile", "mine", code=18, **NOTHING).err
    assert f"mode {mode:04o}" in refused
    assert f"chmod 600 {cli.config}" in refused


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[profiles.mine]\napi_secret = the-value-of-it\n", "line 2"),
        ("[profiles.mine]\napi_secret = 'the-value-of-it\n", "end of document"),
        ("[profiles.mine]\napi_secret = ['the-value-of-it']\n", "wrong type"),
        ("[profiles.mine]\ntimeout = true\n", "wrong type"),
        ("[profiles.mine]\napi_secrt = 'the-value-of-it'\n", "'api_secrt'"),
        ("[profiles.mine]\napi_secret = 'the-value-of-it'\napi_secret_file = 'x'\n", "several"),
        ("[profiles.other]\n", "other"),
        ("profile = 1\n", "profile"),
        ("profiles = 1\n", "no table"),
    ],
)
def test_a_configuration_that_is_wrong_is_told_without_what_may_be_secret(cli: Cli, content: str, said: str) -> None:
    configured(cli, content)
    told = cli("publish", "list", "--profile", "mine", code=18).err
    assert said in told
    assert "the-value-of-it" not in told


def test_a_flag_that_is_not_given_leaves_what_the_profile_says(cli: Cli) -> None:
    address = 'base_url = "http://far.invalid"\nproxy = "http://127.0.0.1:1"\nmax_retries = 0\napi_secret = "x"\n'
    configured(cli, f"[profiles.far]\n{address}allow_insecure_http = true\n[profiles.safe]\n{address}")
    assert cli("publish", "list", "--profile", "far", code=10, **NOTHING).err
    assert "http" in cli("publish", "list", "--profile", "safe", code=3, **NOTHING).err


def test_another_configuration_can_be_named(cli: Cli, emulator: Emulator) -> None:
    other = cli.home / "other.toml"
    other.write_text(profile("mine", emulator.url, f'api_secret = "{emulator.secret}"'))
    other.chmod(0o600)
    cli("publish", "list", "--limit", 1, "--config", other, "--profile", "mine", **NOTHING)
    cli("publish", "list", "--limit", 1, MILLICAST_CONFIG=str(other), MILLICAST_PROFILE="mine", **NOTHING)
    assert "missing.toml" in cli("publish", "list", "--config", "missing.toml", code=18).err


def test_signing_without_a_call_needs_no_configuration(cli: Cli, parent: Any) -> None:
    token = {"MILLICAST_SUBSCRIBE_TOKEN": str(parent.value)}
    assert cli("sign", parent.id, "--stream", "show", **token, **NOTHING).row["token"]


def test_what_is_no_regular_file_is_no_configuration_and_is_not_waited_for(cli: Cli) -> None:
    os.mkfifo(cli.home / "pipe", 0o600)
    for file in ("/dev/zero", "pipe"):
        assert f"{file} is no regular file" in cli("clusters", "--config", file, code=18).err
    assert "Is a directory" in cli("clusters", "--config", "/", code=18).err
    (cli.home / "long").write_text("#" * (1 << 20) + "#")
    (cli.home / "long").chmod(0o600)
    assert "too large" in cli("clusters", "--config", "long", code=18).err


def test_a_secret_may_come_from_a_pipe(cli: Cli, emulator: Emulator) -> None:
    done = cli.shell(
        '$CLI publish list --limit 1 --api-secret-file <(printf %s "$HELD")',
        **{**NOTHING, "MILLICAST_API_URL": emulator.url, "HELD": str(emulator.secret)},
    )
    assert (done.code, done.err) == (0, "")
