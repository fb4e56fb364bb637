"""Updates: what is replaced, cleared, set to null or left alone, and what is refused before it is sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import millicast_tokens as mct
import pytest
from millicast_tokens.testing import Emulator

from servers import Answer, Asked, Recorder, recording, success

KINDS = ["publish", "subscribe"]
#: For each list: what it is at first, and what takes its place.
LISTS = {
    "allowed_origins": (["example.com"], ["*.example.org", "localhost:8080"]),
    "allowed_ip_addresses": (["192.0.2.1"], ["198.51.100.0/24", "2001:db8::1"]),
    "allowed_countries": (["PL"], ["ZA", "FR"]),
    "denied_countries": (["PL"], ["ZA", "FR"]),
}
VALUES: dict[str, tuple[Any, Any]] = {
    "label": ("label", "another label"),
    "bind_ips_on_usage": (3, 5),
    "origin_cluster": ("phx-1", "ams-1"),
}
FLAGS = {
    "subscribe_requires_auth": "subscribeRequiresAuth",
    "record": "record",
    "clip": "clip",
    "multisource": "multisource",
    "enable_thumbnails": "enableThumbnails",
    "display_srt_passphrase": "displaySrtPassphrase",
    "low_latency_rtmp": "lowLatencyRtmp",
    "enable_utc_insertion": "enableUTCInsertion",
    "drm": "drm",
}
CLEARED: dict[str, tuple[str, Any]] = {
    "priority": ("priority", 7),
    "encoder_profile_id": ("encoderProfileId", "profile"),
    "enable_utc_insertion": ("enableUTCInsertion", True),
}


def without(token: mct.PublishToken | mct.SubscribeToken, *fields: str) -> dict[str, Any]:
    """All that a token says but for some fields, and `name`, which this version of the API does not answer with."""
    answer: dict[str, Any] = json.loads(token.json)
    return {name: value for name, value in answer.items() if name not in ("name", "effectiveSettings", *fields)}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("field", LISTS)
def test_a_list_replaces_the_whole_list_and_an_empty_one_clears_it(client: mct.Client, kind: str, field: str) -> None:
    calls, (first, second) = getattr(client, f"{kind}_tokens"), LISTS[field]
    made = calls.create("label", ["s"], **{field: first})
    for wanted in (second, [], first, ()):
        changed = calls.update(made.id, **{field: wanted})
        assert getattr(changed, field) == getattr(calls.read(made.id), field) == tuple(wanted)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("field", VALUES)
def test_a_value_replaces_the_one_before_and_everything_else_stays(client: mct.Client, kind: str, field: str) -> None:
    calls, (first, second) = getattr(client, f"{kind}_tokens"), VALUES[field]
    given = {"label": "label", "streams": ["s"], "expires": 60, "allowed_countries": ["PL"], field: first}
    made = calls.create(**given)
    changed = calls.update(made.id, **{field: second})
    assert getattr(changed, field) == second
    name = {"bind_ips_on_usage": "bindIpsOnUsage", "origin_cluster": "originCluster"}.get(field, field)
    assert without(changed, name) == without(made, name)


@pytest.mark.parametrize("kind", KINDS)
def test_a_binding_to_addresses_ends_with_0(client: mct.Client, kind: str) -> None:
    calls = getattr(client, f"{kind}_tokens")
    made = calls.create("label", ["s"], bind_ips_on_usage=3)
    assert not calls.update(made.id, bind_ips_on_usage=0).bind_ips_on_usage
    assert calls.update(made.id, allowed_ip_addresses=["192.0.2.1"]).allowed_ip_addresses == ("192.0.2.1",)


@pytest.mark.parametrize("field", CLEARED)
def test_none_clears_what_can_be_cleared_and_is_sent_as_null(
    client: mct.Client, recorded: mct.Client, recorder: Recorder, field: str
) -> None:
    name, value = CLEARED[field]
    made = client.publish_tokens.create("label", ["s"], **{field: value})
    assert getattr(made, field) == value
    untouched = client.publish_tokens.update(made.id, label="other")
    assert getattr(untouched, field) == value
    cleared: dict[str, Any] = {field: None}
    assert getattr(client.publish_tokens.update(made.id, **cleared), field) is None
    recorded.publish_tokens.update(7, **cleared)
    recorded.publish_tokens.update(7, **{field: value})
    assert [asked.json for asked in recorder.asked] == [{name: None}, {name: value}]


@pytest.mark.parametrize("field", FLAGS)
def test_a_flag_has_three_states_and_false_is_sent_as_false(
    recorded: mct.Client, recorder: Recorder, field: str
) -> None:
    for value in (True, False, mct.UNSET):
        recorded.publish_tokens.update(7, label="l", **{field: value})  # type: ignore[arg-type]  # by its name
    assert [asked.json.get(FLAGS[field], "unset") for asked in recorder.asked] == [True, False, "unset"]


def test_what_is_not_named_is_not_sent(recorded: mct.Client, recorder: Recorder) -> None:
    recorded.publish_tokens.update(7, drm=False)
    recorded.subscribe_tokens.update(2**64 - 1, allowed_origins=[])
    recorded.subscribe_tokens.update(7, add_streams=[], remove_streams=[], refresh_token=False, is_active=False)
    recorded.publish_tokens.update(7, restream=[mct.Restream("u", "12345")], geo_cascade=mct.GeoCascade(False))
    asked = [(asked.method, asked.path, asked.json) for asked in recorder.asked]
    assert asked == [
        ("PUT", "/api/v2/publish_token/7", {"drm": False}),
        ("PUT", "/api/v2/subscribe_token/18446744073709551615", {"allowedOrigins": []}),
        ("PUT", "/api/v2/subscribe_token/7", {"isActive": False}),
        (
            "PUT",
            "/api/v2/publish_token/7",
            {"restream": [{"url": "u", "key": "12345", "enabled": True}], "geoCascade": {"isEnabled": False}},
        ),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_an_update_of_nothing_is_refused_before_it_is_sent(recorded: mct.Client, recorder: Recorder, kind: str) -> None:
    calls = getattr(recorded, f"{kind}_tokens")
    nothings: list[dict[str, Any]] = [{}, {"add_streams": [], "remove_streams": (), "refresh_token": False}]
    for nothing in (*nothings, {"merge_json": {}}, {"label": mct.UNSET}):
        with pytest.raises(mct.InvalidArgumentError, match="at least 1 field") as refused:
            calls.update(7, **nothing)
        assert refused.value.field == "update"
        assert refused.value.outcome is mct.Outcome.NOT_SENT
    assert not recorder.asked


@pytest.mark.parametrize(
    ("fields", "at_fault"),
    [
        ({"allowed_countries": ["PL"], "denied_countries": ["ZA"]}, "deniedCountries"),
        ({"allowed_ip_addresses": ["::1"], "bind_ips_on_usage": 1}, "bindIpsOnUsage"),
        ({"label": "l" * 129}, "label"),
        ({"origin_cluster": ""}, "originCluster"),
        ({"add_streams": [""]}, "streamName"),
        ({"remove_streams": ["s" * 129]}, "streamName"),
        ({"allowed_origins": ["https://example.com"]}, "allowedOrigins"),
        ({"allowed_countries": ["pl"]}, "allowedCountries"),
        ({"bind_ips_on_usage": 2**32}, "bindIpsOnUsage"),
        ({"merge_json": {"label": "x"}}, "label"),
        ({"merge_json": {"Label": "x"}}, "Label"),
        ({"merge_json": "[]"}, "json"),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_what_breaks_a_rule_is_refused_by_its_name_before_it_is_sent(
    recorded: mct.Client, recorder: Recorder, kind: str, fields: dict[str, Any], at_fault: str
) -> None:
    with pytest.raises(mct.InvalidArgumentError) as refused:
        getattr(recorded, f"{kind}_tokens").update(7, **fields)
    assert refused.value.field == at_fault
    assert not recorder.asked


def test_record_and_clip_exclude_each_other_in_an_update_and_with_what_the_token_has(client: mct.Client) -> None:
    made = client.publish_tokens.create("label", ["s"], record=True)
    with pytest.raises(mct.InvalidArgumentError) as refused:
        client.publish_tokens.update(made.id, record=True, clip=True)
    assert refused.value.field == "clip"
    # Only the platform knows what the token has.
    with pytest.raises(mct.RejectedError) as rejected:
        client.publish_tokens.update(made.id, clip=True)
    assert rejected.value.field == "clip"
    assert client.publish_tokens.update(made.id, record=False, clip=True).clip is True


@pytest.mark.parametrize("kind", KINDS)
def test_streams_are_added_and_removed_and_the_others_stay(client: mct.Client, kind: str) -> None:
    calls = getattr(client, f"{kind}_tokens")
    made = calls.create("label", ["MainCam", "BackupCam"])
    pattern = mct.Stream("Cam.*", is_regex=True)
    changed = calls.update(made.id, add_streams=["StageCam", pattern], remove_streams=["BackupCam", "no such stream"])
    assert changed.streams == (mct.Stream("MainCam"), mct.Stream("StageCam"), pattern)
    assert calls.update(made.id, remove_streams=["Cam.*"]).streams == (mct.Stream("MainCam"), mct.Stream("StageCam"))
    with pytest.raises(mct.RejectedError) as rejected:
        calls.update(made.id, remove_streams=["MainCam", "StageCam"])
    assert rejected.value.field == "removeTokenStreams"


def test_endpoints_and_a_cascade_are_replaced_as_a_whole(client: mct.Client) -> None:
    first = [mct.Restream("rtmp://a.example/live", "first-key", "label"), mct.Restream("u", "second-key")]
    made = client.publish_tokens.create("label", ["s"], restream=first, geo_cascade=mct.GeoCascade(True, ["phx-1"]))
    second = [mct.Restream("srt://b.example:9000", "another-key", enabled=False)]
    changed = client.publish_tokens.update(made.id, restream=second, geo_cascade=mct.GeoCascade(False, ["ams-1"]))
    assert changed.restream == (mct.RestreamEntry("srt://b.example:9000", "another-key", None, False),)
    assert (changed.geo_cascade_is_enabled, changed.geo_cascade_clusters) == (False, ("ams-1",))
    assert client.publish_tokens.update(made.id, restream=[]).restream == ()
    with pytest.raises(mct.InvalidArgumentError) as refused:
        client.publish_tokens.update(made.id, restream=[mct.Restream("u", "12345")] * 11)
    assert refused.value.field == "restream"


def test_a_refresh_changes_the_string_each_time_and_ends_what_was_self_signed(
    client: mct.Client, emulator: Emulator
) -> None:
    made = client.subscribe_tokens.create("label", ["StageCam"])
    with mct.Signer.from_token(made) as signer:
        signed = signer.sign(mct.Claims("StageCam", 60)).jwt
    assert emulator.verdict("StageCam", signed) == emulator.verdict("StageCam", made.value or "") == "admitted"
    strings = {made.value}
    update = mct.SubscribeTokenUpdate(refresh_token=True)
    for _ in range(3):
        refreshed = client.subscribe_tokens.update_from(made.id, update)
        strings.add(refreshed.value)
        assert (refreshed.label, refreshed.streams) == (made.label, made.streams)
    assert len(strings) == 4
    assert emulator.verdict("StageCam", signed) == "signature"
    assert emulator.verdict("StageCam", made.value or "") == "token-unknown"
    with mct.Signer.from_token(refreshed) as signer:
        assert emulator.verdict("StageCam", signer.sign(mct.Claims("StageCam", 60)).jwt) == "admitted"


def test_a_token_that_is_disabled_lets_nobody_in_until_it_is_enabled_again(
    client: mct.Client, emulator: Emulator
) -> None:
    made = client.subscribe_tokens.create("label", ["StageCam"])
    for is_active, verdict in ((False, "token-inactive"), (True, "admitted")):
        assert client.subscribe_tokens.update(made.id, is_active=is_active).is_active is is_active
        assert emulator.verdict("StageCam", made.value or "") == verdict


@pytest.mark.parametrize("kind", KINDS)
def test_a_token_that_is_not_there_is_not_found(client: mct.Client, kind: str) -> None:
    with pytest.raises(mct.NotFoundError):
        getattr(client, f"{kind}_tokens").update(424242, label="l")


def test_fields_that_the_library_does_not_know_are_sent_beside_the_others(
    recorded: mct.Client, recorder: Recorder
) -> None:
    recorded.subscribe_tokens.update(7, label="l", merge_json={"newField": {"deep": [None]}})
    # A publish token's field is unknown to a subscribe token, and a name that only a create has is to both.
    recorded.subscribe_tokens.update(7, merge_json='{"drm": true, "tracking": {"trackingId": "t"}, "expires": 5}')
    assert [asked.json for asked in recorder.asked] == [
        {"label": "l", "newField": {"deep": [None]}},
        {"drm": True, "tracking": {"trackingId": "t"}, "expires": 5},
    ]


def test_what_may_do_more_when_sent_twice_is_sent_once_and_the_rest_again() -> None:
    def asked_for(**fields: Any) -> int:
        gateway = recording(Answer(502, b"", {}))
        with gateway as recorder, mct.Client("secret", base_url=recorder.url, max_retries=2) as client:
            with pytest.raises(mct.ServerError):
                client.subscribe_tokens.update(7, **fields)
            return len(recorder.asked)

    assert asked_for(label="l", allowed_origins=[]) == 3
    onces: list[dict[str, Any]] = [{"refresh_token": True}, {"add_streams": ["s"]}, {"remove_streams": ["s"]}]
    for once in [*onces, {"merge_json": {"n": 1}}]:
        assert asked_for(label="l", **once) == 1


def test_an_update_can_be_applied_to_any_number_of_tokens(client: mct.Client) -> None:
    update = mct.PublishTokenUpdate(label="all alike", restream=[mct.Restream("u", "a-secret-key")], priority=None)
    tokens = [client.publish_tokens.create("label", ["s"]).id for _ in range(3)]
    assert {client.publish_tokens.update_from(token, update).label for token in tokens} == {"all alike"}
    assert repr(update) == "<PublishTokenUpdate of label, priority, restream>"
    assert repr(mct.SubscribeTokenUpdate()) == "<SubscribeTokenUpdate of nothing>"
    assert repr(mct.UNSET) == "UNSET"
    with pytest.raises(TypeError, match="update: must be a SubscribeTokenUpdate"):
        client.subscribe_tokens.update_from(tokens[0], update)  # type: ignore[arg-type]  # what the test is about


def test_a_field_that_the_contract_does_not_have_for_a_kind_is_no_argument() -> None:
    neither = ["tracking_id", "expires", "streams"]
    of_publish: list[str] = [*FLAGS, "priority", "encoder_profile_id", "geo_cascade", "restream"]
    kinds: list[tuple[Any, list[str]]] = [(mct.PublishTokenUpdate, neither)]
    kinds.append((mct.SubscribeTokenUpdate, [*neither, *of_publish]))
    for kind, fields in kinds:
        for field in fields:
            with pytest.raises(TypeError, match="unexpected keyword"):
                kind(**{field: None})


WRONG: list[Callable[[Any], object]] = [
    lambda value: mct.PublishTokenUpdate(label=value),
    lambda value: mct.PublishTokenUpdate(is_active=value),
    lambda value: mct.PublishTokenUpdate(record=value),
    lambda value: mct.PublishTokenUpdate(refresh_token=value),
    lambda value: mct.PublishTokenUpdate(bind_ips_on_usage=value),
    lambda value: mct.PublishTokenUpdate(origin_cluster=value),
    lambda value: mct.PublishTokenUpdate(geo_cascade=value),
    *(lambda value, name=name: mct.SubscribeTokenUpdate(**{name: value}) for name in LISTS),
    lambda value: mct.SubscribeTokenUpdate(add_streams=value),
    lambda value: mct.SubscribeTokenUpdate(remove_streams=value),
    lambda value: mct.PublishTokenUpdate(restream=value),
]


@pytest.mark.parametrize("use", WRONG)
def test_none_or_another_type_is_a_type_error_where_nothing_can_be_cleared(use: Callable[[Any], object]) -> None:
    for wrong in (None, b"bytes", 1.5):
        with pytest.raises(TypeError):
            use(wrong)


def test_the_answer_to_an_update_may_lack_what_the_contract_lets_it_lack(recorder: Recorder) -> None:
    def answer(asked: Asked) -> Answer:
        return success({"id": int(asked.path.rpartition("/")[2]), "label": None, "token": None, "streams": None})

    recorder.answer = answer
    with mct.Client("secret", base_url=recorder.url) as client:
        token = client.publish_tokens.update(5, label="l")
    assert (token.id, token.label, token.name, token.value, token.streams) == (5, None, None, None, ())
