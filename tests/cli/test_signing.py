"""Signing, verifying and reading self-signed tokens."""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any

import pytest
from millicast_tokens.testing import Emulator

from running import Cli

OFFLINE = {"MILLICAST_API_SECRET": None, "MILLICAST_API_URL": "http://127.0.0.1:1"}


def test_a_signed_token_lets_a_viewer_in_and_verifies(cli: Cli, emulator: Emulator, parent: Any) -> None:
    signed = cli("sign", parent.id, "--stream", "show", "--lifetime", "5m", "--viewer-data", "viewer-17").row
    assert emulator.verdict("show", signed["token"]) == "admitted"
    verified = cli("verify", parent.id, stdin=signed["token"] + "\n")
    assert verified.row["valid"] is True
    assert (verified.row["customViewerData"], verified.row["expiresAt"]) == ("viewer-17", signed["expiresAt"])
    assert verified.row["payload"]["streaming"]["streamName"] == "show"
    assert signed["token"] not in verified.out + verified.err


def test_as_a_table_the_token_is_alone_on_its_line(cli: Cli, parent: Any) -> None:
    done = cli("sign", parent.id, "--stream", "show", "-o", "table")
    assert done.out.count(".") == 2
    assert done.out.count("\n") == 1
    assert "good until" in done.err


def test_without_a_call_the_parent_comes_from_a_file_standard_input_or_the_environment(cli: Cli, parent: Any) -> None:
    file = cli.home / "parent"
    file.write_text(parent.json)
    file.chmod(0o600)
    sign = ("sign", parent.id, "--stream", "show")
    cli(*sign, "--token-file", file, **OFFLINE)
    cli(*sign, "--token-file", "-", stdin=parent.value, **OFFLINE)
    jwt = cli(*sign, MILLICAST_SUBSCRIBE_TOKEN=parent.value, **OFFLINE).row["token"]
    cli("verify", parent.id, "--token-file", file, stdin=jwt, **OFFLINE)
    # Its JSON tells its rules, its string alone does not.
    assert cli("sign", parent.id, "--stream", "other", "--token-file", file, code=15, **OFFLINE).out == ""
    cli("sign", parent.id, "--stream", "other", "--token-file", "-", stdin=parent.value, **OFFLINE)
    assert str(parent.id) in cli("sign", 1, "--stream", "show", "--token-file", file, code=3, **OFFLINE).err
    both = ("verify", parent.id, "--token-file", "-")
    assert "standard input" in cli(*both, code=2, **OFFLINE).err


def of_long_ago(parent: Any) -> str:
    """A token that ended at 1000000060: the library signs none."""
    streaming = {"tokenId": parent.id, "tokenType": "Subscribe", "streamName": "show"}
    payload = {"streaming": streaming, "iat": 1_000_000_000, "exp": 1_000_000_060}
    parts = [encoded(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, payload)]
    signature = hmac.digest(parent.value.encode(), ".".join(parts).encode(), "sha256")
    return ".".join([*parts, encoded(signature)])


def encoded(part: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def test_a_token_that_is_not_valid_is_told_by_reason_and_code(cli: Cli, parent: Any) -> None:
    jwt = of_long_ago(parent)
    file = cli.home / "jwt"
    file.write_text(jwt)
    verify = ("verify", parent.id, "--jwt-file", file)
    expired = cli(*verify, code=16)
    assert (expired.row["valid"], expired.row["reason"]) == (False, "expired")
    assert cli(*verify, "--now", 1_000_000_030).row["valid"] is True
    assert cli(*verify, "--now", 1_000_000_070, "--leeway", 30).row["valid"] is True
    forged = jwt[:-4] + ("AAAA" if jwt[-4:] != "AAAA" else "BBBB")
    assert cli("verify", parent.id, stdin=forged, code=15).row["reason"] == "signature"
    assert cli("verify", parent.id, "--algorithm", "HS512", stdin=jwt, code=15).row["reason"] == "algorithm"
    nonsense = cli("verify", parent.id, stdin="nonsense", code=15)
    assert (nonsense.row["reason"], "nonsense" in nonsense.out + nonsense.err) == ("malformed", False)
    cli("verify", 1, stdin=jwt, code=5)


def test_what_a_token_says_is_shown_without_verifying_it(cli: Cli, parent: Any) -> None:
    jwt = cli("sign", parent.id, "--stream", "show", "--allowed-ip-address", "192.0.2.1").row["token"]
    shown = cli("inspect", stdin=jwt, **OFFLINE)
    assert (shown.row["tokenId"], shown.row["allowedIpAddresses"]) == (parent.id, ["192.0.2.1"])
    assert jwt not in shown.out
    table = cli("inspect", "-o", "table", stdin=jwt, **OFFLINE).out
    assert "192.0.2.1" in table
    assert jwt not in table
    cli("inspect", stdin="a.b", code=15)


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_each_algorithm_signs_what_it_verifies(cli: Cli, parent: Any, algorithm: str) -> None:
    jwt = cli("sign", parent.id, "--stream", "show", "--algorithm", algorithm).row["token"]
    assert cli("verify", parent.id, "--algorithm", algorithm, stdin=jwt).row["algorithm"] == algorithm


def test_the_parents_rules_are_told_before_a_token_is_made(cli: Cli, emulator: Emulator, label: str) -> None:
    with emulator.client() as client:
        tracked = client.subscribe_tokens.create(label, ["show"], tracking_id="partner", expires=60)
    missing = cli("sign", tracked.id, "--stream", "show", "--lifetime", 1, code=15)
    assert "tracking" in missing.err.lower()
    sign = ("sign", tracked.id, "--stream", "show", "--tracking-id", "partner", "--lifetime", "1h")
    assert cli(*sign, code=15).out == ""
    assert cli(*sign, "--cut-to-parent").row["expiresAt"] <= tracked.expires_on
    assert json.loads(cli(*sign, "--cut-to-parent").out)


def test_what_sign_shows_to_programs_can_be_verified_and_inspected(cli: Cli, parent: Any) -> None:
    signed = cli("sign", parent.id, "--stream", "show", "-o", "json").out
    assert cli("verify", parent.id, stdin=signed).row["valid"] is True
    assert cli("inspect", stdin=signed).row["streamName"] == "show"
    for other in ("{}", "{", '{"token": 1}'):
        assert 'no object with one "token"' in cli("inspect", stdin=other, code=3).err
