"""A signer that knows its parent refuses what the platform would refuse, and says which rule it is."""

from __future__ import annotations

import json
import time
from typing import Any

import millicast_tokens as mct
import pytest
from millicast_tokens.testing import Emulator

HOUR = 3600


def parent(**fields: Any) -> mct.SubscribeToken:
    """A parent as the API would answer it."""
    given = {"id": 5, "token": "key", "streams": [{"streamName": "StageCam"}], "isActive": True, **fields}
    return mct.SubscribeToken.from_json(json.dumps(given))


def moment(seconds: int) -> str:
    """A time as the API writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def pattern(text: str) -> list[dict[str, Any]]:
    return [{"streamName": text, "isRegex": True}]


def soon() -> int:
    return int(time.time()) + HOUR


BROKEN: list[tuple[mct.Reason, dict[str, Any], dict[str, Any]]] = [
    (mct.Reason.PARENT_INACTIVE, {"isActive": False}, {}),
    (mct.Reason.PARENT_EXPIRED, {"expiresOn": "2024-01-01T00:00:00Z"}, {}),
    (mct.Reason.PARENT_EXPIRED, {"expiresOn": "some day"}, {}),
    (mct.Reason.PARENT_STREAM, {}, {"stream_name": "MainCam"}),
    (mct.Reason.PARENT_STREAM, {}, {"stream_name": "stagecam"}),
    (mct.Reason.PARENT_STREAM, {"streams": []}, {}),
    (mct.Reason.PARENT_STREAM, {"streams": pattern("Stage")}, {}),
    (mct.Reason.PARENT_STREAM, {"streams": pattern("Stage|Cam")}, {}),
    (mct.Reason.PARENT_PATTERN, {"streams": pattern("(?=Stage).*")}, {}),
    (mct.Reason.PARENT_PATTERN, {"streams": pattern("(Stage")}, {}),
    (mct.Reason.PARENT_TRACKING_ID, {"tracking": {"trackingId": "a"}}, {}),
    (mct.Reason.PARENT_TRACKING_ID, {"tracking": {"trackingId": "a"}}, {"tracking_id": "b"}),
    (mct.Reason.PARENT_ORIGIN_CLUSTER, {}, {"origin_cluster": "fra-1"}),
    (mct.Reason.PARENT_ORIGIN_CLUSTER, {"originCluster": "ams-1"}, {"origin_cluster": "fra-1"}),
]
KEPT: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    ({"isActive": None, "expiresOn": None}, {}),
    ({"streams": pattern("Stage.*")}, {}),
    ({"streams": pattern(".*")}, {"stream_name": "any name"}),
    ({"streams": [{"streamName": ".*"}]}, {"stream_name": "any name"}),
    ({"streams": [*pattern("(?=x)"), {"streamName": "StageCam"}]}, {}),
    ({"streams": pattern("(?=Stage).*")}, {"unchecked_stream": True}),
    ({}, {"tracking_id": "any"}),
    ({"tracking": {"trackingId": "a"}}, {"tracking_id": "a"}),
    ({"originCluster": "auto"}, {"origin_cluster": "fra-1"}),
    ({"originCluster": "fra-1"}, {"origin_cluster": "fra-1"}),
    ({"originCluster": "fra-1"}, {}),
]


def sign(token: mct.SubscribeToken, claims: dict[str, Any]) -> mct.SignedToken:
    with mct.Signer.from_token(token) as signer:
        return signer.sign(mct.Claims(**{"stream_name": "StageCam", "lifetime_seconds": 60, **claims}))


@pytest.mark.parametrize(("reason", "fields", "claims"), BROKEN)
def test_a_rule_of_the_parent_that_is_broken_is_named_before_signing(
    reason: mct.Reason, fields: dict[str, Any], claims: dict[str, Any]
) -> None:
    with pytest.raises(mct.TokenInvalidError) as refused:
        sign(parent(**fields), claims)
    assert refused.value.reason is reason
    assert refused.value.field


@pytest.mark.parametrize(("fields", "claims"), KEPT)
def test_what_the_parent_allows_is_signed(fields: dict[str, Any], claims: dict[str, Any]) -> None:
    assert sign(parent(**fields), claims).jwt


@pytest.mark.parametrize(("reason", "fields", "claims"), [row for row in BROKEN if row[2]])
def test_the_same_rules_hold_when_a_token_is_verified(
    reason: mct.Reason, fields: dict[str, Any], claims: dict[str, Any]
) -> None:
    given = {"stream_name": "StageCam", "lifetime_seconds": 60, **claims}
    jwt = mct.Signer(5, "key").sign(mct.Claims(**given)).jwt
    with pytest.raises(mct.TokenInvalidError) as refused:
        mct.Signer.from_token(parent(**fields)).verify(jwt)
    assert refused.value.reason is reason


def test_a_token_of_an_unchecked_stream_verifies_where_the_stream_is_not_checked_either() -> None:
    signer = mct.Signer.from_token(parent(streams=pattern("(?=Stage).*")))
    claims = mct.Claims("StageCam", 60, unchecked_stream=True)
    for jwt in (signer.sign(claims).jwt, *signer.sign_batch(claims, ["viewer"])):
        for options in ({}, {"unchecked_stream": False}, {"leeway": 5}):
            with pytest.raises(mct.TokenInvalidError) as refused:
                signer.verify(jwt, **options)
            assert refused.value.reason is mct.Reason.PARENT_PATTERN
        for options in ({}, {"leeway": 5}, {"now": int(time.time())}):
            assert signer.verify(jwt, unchecked_stream=True, **options).stream_name == "StageCam"
    tracked = mct.Signer.from_token(parent(tracking={"trackingId": "a"}, streams=[]))
    other = mct.Signer(5, "key").sign(mct.Claims("StageCam", 60)).jwt
    with pytest.raises(mct.TokenInvalidError) as refused:
        tracked.verify(other, unchecked_stream=True)
    assert refused.value.reason is mct.Reason.PARENT_TRACKING_ID


def test_a_token_does_not_outlive_its_parent_unless_it_is_cut_to_its_end() -> None:
    end = soon()
    token = parent(expiresOn=moment(end))
    with pytest.raises(mct.TokenInvalidError) as refused:
        sign(token, {"lifetime_seconds": 2 * HOUR})
    assert (refused.value.reason, refused.value.field) == (mct.Reason.PARENT_LIFETIME, "exp")
    cut = sign(token, {"lifetime_seconds": 2 * HOUR, "cut_to_parent": True})
    assert cut.expires_at == mct.Jwt.parse(cut.jwt).expires_at == end
    short = sign(token, {"lifetime_seconds": 60, "cut_to_parent": True})
    assert short.expires_at < end


def test_the_library_and_the_director_agree_on_a_parent_that_lives(client: mct.Client, clock: Emulator) -> None:
    made = client.subscribe_tokens.create("parent", [mct.Stream("Stage.*", True)], expires=HOUR, tracking_id="group")
    signer = mct.Signer.from_token(made)
    jwt = signer.sign(mct.Claims("StageCam", 60, tracking_id="group")).jwt
    assert clock.verdict("StageCam", jwt) == "admitted"
    clock.set_active("subscribe", made.id, False)
    assert clock.verdict("StageCam", jwt) == "parent-inactive"
    disabled = client.subscribe_tokens.read(made.id)
    assert disabled.is_active is False
    with pytest.raises(mct.TokenInvalidError) as refused:
        mct.Signer.from_token(disabled).sign(mct.Claims("StageCam", 60, tracking_id="group"))
    assert refused.value.reason is mct.Reason.PARENT_INACTIVE
    clock.set_active("subscribe", made.id, True)
    untracked = mct.Signer(made.id, made.value or "").sign(mct.Claims("StageCam", 60)).jwt
    assert clock.verdict("StageCam", untracked) == "tracking-id"
    assert made.expires_on is not None
    # The platform counts fractions of the last second, which a whole number of seconds leaves out.
    clock.set_clock(made.expires_on + 1)
    late = mct.Signer(made.id, made.value or "").sign(
        mct.Claims("StageCam", 60, tracking_id="group", issued_at=made.expires_on)
    )
    assert clock.verdict("StageCam", late.jwt) == "parent-expired"


def test_a_subscribe_token_itself_is_judged_by_the_director(client: mct.Client, emulator: Emulator) -> None:
    made = client.subscribe_tokens.create("viewers", ["StageCam"], allowed_origins=["*.example.com"])
    value = made.value or ""
    assert emulator.verdict("StageCam", value, "https://www.example.com") == "admitted"
    assert emulator.verdict("StageCam", value, "https://example.org") == "origin"
    assert emulator.verdict("MainCam", value, "https://www.example.com") == "stream"
    bound = client.subscribe_tokens.create("bound", ["StageCam"], bind_ips_on_usage=1)
    assert emulator.verdict("StageCam", bound.value or "") == "admitted"
