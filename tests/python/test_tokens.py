"""The calls for tokens against the emulator: each field there and back, lists, deletes."""

from __future__ import annotations

import copy
import json
import pickle
import time
from typing import Any

import millicast_tokens as mct
import pytest

from servers import Recorder, failure, recording

BOTH: dict[str, tuple[Any, Any]] = {
    "expires": (2592000, None),
    "allowed_origins": (["example.com", "*.example.org", "localhost:8080"], "allowedOrigins"),
    "allowed_ip_addresses": (["192.0.2.1", "198.51.100.0/24", "2001:db8::1"], "allowedIpAddresses"),
    "bind_ips_on_usage": (3, "bindIpsOnUsage"),
    "origin_cluster": ("phx-1", "originCluster"),
    "allowed_countries": (["PL", "ZA"], "allowedCountries"),
    "denied_countries": (["FR"], "deniedCountries"),
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


@pytest.mark.parametrize("field", BOTH)
@pytest.mark.parametrize("kind", ["publish_tokens", "subscribe_tokens"])
def test_a_field_of_both_kinds_comes_back_as_it_was_set(client: mct.Client, kind: str, field: str) -> None:
    value, name = BOTH[field]
    token = getattr(client, kind).create("label", ["stream"], **{field: value})
    again = getattr(client, kind).read(token.id)
    if name is None:
        assert again.expires_on - again.added_on == value
        return
    expected = tuple(value) if isinstance(value, list) else value
    assert getattr(token, field) == getattr(again, field) == expected
    assert json.loads(again.json)[name] == value


@pytest.mark.parametrize("value", [True, False])
@pytest.mark.parametrize("field", FLAGS)
def test_a_flag_of_a_publish_token_comes_back_as_it_was_set(client: mct.Client, field: str, value: bool) -> None:
    token = client.publish_tokens.create("label", ["stream"], **{field: value})  # type: ignore[arg-type]  # by its name
    again = client.publish_tokens.read(token.id)
    assert getattr(token, field) is getattr(again, field) is value


def test_the_other_fields_of_a_publish_token_come_back_as_they_were_set(client: mct.Client) -> None:
    made = client.publish_tokens.create(
        "label",
        ["stream"],
        priority=-7,
        encoder_profile_id="profile-1",
        geo_cascade=mct.GeoCascade(True, ["fra-1", "ams-1"]),
        restream=[
            mct.Restream("rtmp://example.com/live", "the-first-key", "first"),
            mct.Restream("srt://example.com:9000", "the-second-key", enabled=False),
        ],
        display_srt_passphrase=True,
    )
    token = client.publish_tokens.read(made.id)
    assert token.priority == -7
    assert token.encoder_profile_id == "profile-1"
    assert token.geo_cascade_is_enabled is True
    assert token.geo_cascade_clusters == ("fra-1", "ams-1")
    assert token.effective_geo_cascade_is_enabled is True
    assert token.effective_geo_cascade_clusters == ("fra-1", "ams-1")
    assert token.effective_enable_utc_insertion is False
    assert token.integration_id == "None"
    assert token.restream == (
        mct.RestreamEntry("rtmp://example.com/live", "the-first-key", "first", True),
        mct.RestreamEntry("srt://example.com:9000", "the-second-key", None, False),
    )
    assert token.srt_passphrase == json.loads(token.json)["srtPassphrase"]


def test_the_answer_for_a_token_has_every_field_that_the_platform_sent(client: mct.Client) -> None:
    before = int(time.time())
    streams: list[mct.Stream | str] = ["MainCam", mct.Stream("Cam.*", is_regex=True), mct.Stream(".*", is_regex=True)]
    token = client.subscribe_tokens.create("a label", streams, tracking_id="group", allowed_countries=["PL"])
    assert token.id > 0
    assert token.label == token.name == "a label"
    assert token.value
    assert token.is_active is True
    assert token.added_on is not None
    assert before - 1 <= token.added_on <= int(time.time()) + 1
    assert token.expires_on is None
    assert token.streams == (
        mct.Stream("MainCam", False),
        mct.Stream("Cam.*", True),
        mct.Stream(".*", True),
    )
    assert token.tracking_id == "group"
    assert token.allowed_origins == token.allowed_ip_addresses == token.denied_countries == ()
    assert token.origin_cluster == ""
    assert token.effective_origin_cluster == "auto"
    assert token.effective_allowed_countries == ("PL",)
    assert token.effective_denied_countries == ()
    assert token.effective_geo_cascade_is_enabled is None
    assert token.effective_geo_cascade_clusters == ()
    assert token.effective_enable_utc_insertion is None


def test_what_was_not_set_is_not_sent(recorded: mct.Client, recorder: Recorder) -> None:
    streams = [{"streamName": "s", "isRegex": False}]
    recorded.publish_tokens.create("p", ["s"])
    recorded.subscribe_tokens.create("s", ["s"])
    assert [asked.json for asked in recorder.asked] == [
        {"label": "p", "streams": streams},
        {"label": "s", "streams": streams},
    ]


@pytest.mark.parametrize("field", FLAGS)
def test_a_flag_has_three_states_and_false_is_sent_as_false(
    recorded: mct.Client, recorder: Recorder, field: str
) -> None:
    for value in (True, False, None):
        recorded.publish_tokens.create("p", ["s"], **{field: value})  # type: ignore[arg-type]  # by its name
    name = FLAGS[field]
    assert [asked.json.get(name, "unset") for asked in recorder.asked] == [True, False, "unset"]


def test_a_cascade_without_clusters_sends_no_list(recorded: mct.Client, recorder: Recorder) -> None:
    recorded.publish_tokens.create("p", ["s"], geo_cascade=mct.GeoCascade(True))
    recorded.publish_tokens.create("p", ["s"], geo_cascade=mct.GeoCascade(False, ("a",)))
    assert [asked.json["geoCascade"] for asked in recorder.asked] == [
        {"isEnabled": True},
        {"isEnabled": False, "clusters": ["a"]},
    ]


@pytest.mark.parametrize("given", [{"newField": {"deep": [1, None, "ü"]}}, '{"newField": {"deep": [1, null, "ü"]}}'])
def test_fields_that_the_library_does_not_know_are_sent_and_kept(
    recorded: mct.Client, recorder: Recorder, given: Any
) -> None:
    recorded.subscribe_tokens.create("s", ["s"], merge_json=given)
    assert recorder.asked[0].json["newField"] == {"deep": [1, None, "ü"]}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"label": "x"}, "label"),
        ('{"new": 1, "new": 2}', "json"),
        ("[]", "json"),
        ("{", "json"),
        ({"new": float("nan")}, "json"),
        ({"new": "\ud800"}, "json"),
    ],
)
def test_a_merge_that_is_no_object_of_new_fields_is_refused(
    recorded: mct.Client, recorder: Recorder, given: Any, field: str
) -> None:
    with pytest.raises(mct.InvalidArgumentError) as refused:
        recorded.subscribe_tokens.create("s", ["s"], merge_json=given)
    assert refused.value.field == field
    assert not recorder.asked


def test_a_spec_makes_any_number_of_tokens(client: mct.Client) -> None:
    publish = mct.PublishTokenSpec("again", ["s"], record=True)
    subscribe = mct.SubscribeTokenSpec("again", ["s"], tracking_id="t")
    assert len({client.publish_tokens.create_from(publish).id for _ in range(3)}) == 3
    assert {client.subscribe_tokens.create_from(subscribe).tracking_id for _ in range(3)} == {"t"}
    assert repr(publish) == "PublishTokenSpec(label='again')"
    with pytest.raises(TypeError):
        client.publish_tokens.create_from(subscribe)  # type: ignore[arg-type]  # what the test is about


@pytest.mark.parametrize("kind", ["publish_tokens", "subscribe_tokens"])
def test_the_newest_thirty_come_first_and_past_the_end_nothing_comes(client: mct.Client, kind: str) -> None:
    calls = getattr(client, kind)
    made = [calls.create(f"token {number}", ["s"]).id for number in range(35)]
    newest = calls.list_page(sort_by=mct.SortBy.ADDED_ON, descending=True, page=1, items_on_page=30)
    assert sorted(token.id for token in newest) == sorted(made[5:])
    oldest = calls.list_page(sort_by=mct.SortBy.ADDED_ON, descending=False, items_on_page=1)
    assert oldest[0].id not in made[5:]
    assert calls.list_page(page=2147483647) == []
    everything = calls.list_page()
    assert {token.id for token in everything} >= set(made)
    labels = [token.label for token in everything]
    assert labels == sorted(labels)
    for token_id in made:
        calls.delete(token_id)


def test_a_list_asks_for_what_was_set_and_otherwise_for_the_first_hundred(
    recorded: mct.Client, recorder: Recorder
) -> None:
    def asked(**options: Any) -> str:
        with pytest.raises(mct.ProtocolError):
            recorded.publish_tokens.list_page(**options)
        return recorder.asked[-1].path

    assert asked() == "/api/publish_token/list?page=1&itemsOnPage=100"
    path = asked(sort_by=mct.SortBy.ADDED_ON, page=1, items_on_page=30, descending=True)
    prefix, _, query = path.partition("?")
    assert prefix == "/api/publish_token/list"
    assert set(query.split("&")) == {"sortBy=AddedOn", "page=1", "itemsOnPage=30", "isDescending=true"}


@pytest.mark.parametrize("kind", ["publish_tokens", "subscribe_tokens"])
def test_a_deleted_token_is_not_found(client: mct.Client, kind: str) -> None:
    calls = getattr(client, kind)
    token = calls.create("label", ["s"])
    assert calls.read(token.id).value == token.value
    calls.delete(token.id)
    for call in (calls.read, calls.delete):
        with pytest.raises(mct.NotFoundError) as missing:
            call(token.id)
        assert missing.value.status is mct.Status.NOT_FOUND
        assert missing.value.outcome is mct.Outcome.REJECTED


def test_a_token_is_read_again_from_the_json_that_was_kept_and_signs_without_a_client(client: mct.Client) -> None:
    made = client.subscribe_tokens.create("label", ["s"], tracking_id="t")
    kept = mct.SubscribeToken.from_json(made.json)
    copies = [made.copy(), copy.copy(made), copy.deepcopy(made), kept]
    expected = (made.id, made.value, made.json, made.tracking_id)
    assert all((token.id, token.value, token.json, token.tracking_id) == expected for token in copies)
    del made
    with mct.Signer.from_token(kept) as signer:
        assert signer.verify(signer.sign(mct.Claims("s", 60, tracking_id="t")).jwt).tracking_id == "t"


def test_a_publish_token_is_read_from_json_with_unknown_and_missing_fields() -> None:
    json_text = '{"id": "18446744073709551615", "unknown": [1], "restream": [{}], "label": null}'
    token = mct.PublishToken.from_json(json_text)
    assert token.id == 2**64 - 1
    assert json.loads(token.json)["unknown"] == [1]
    assert token.restream == (mct.RestreamEntry(None, None, None, None),)
    assert token.streams == ()
    nothing = ["label", "name", "value", "is_active", "added_on", "expires_on", "bind_ips_on_usage", "origin_cluster"]
    nothing += ["effective_origin_cluster", "effective_geo_cascade_is_enabled", "effective_enable_utc_insertion"]
    nothing += [*FLAGS, "integration_id", "srt_passphrase", "priority", "encoder_profile_id", "geo_cascade_is_enabled"]
    assert {getattr(token, name) for name in nothing} == {None}


@pytest.mark.parametrize("given", ["", "[]", "{}", '{"id": -1}', '{"id": 1, "id": 2}', '{"id": 1.5}', "\x00"])
def test_json_that_is_no_token_is_refused(given: str) -> None:
    for kind in (mct.PublishToken, mct.SubscribeToken):
        with pytest.raises(mct.InvalidArgumentError) as refused:
            kind.from_json(given)
        assert refused.value.field == "json"


def test_a_nul_in_an_answer_shows_as_the_replacement_character_and_stays_in_the_json() -> None:
    token = mct.SubscribeToken.from_json('{"id": 1, "label": "a\\u0000b"}')
    assert token.label == "a\ufffdb"
    assert json.loads(token.json)["label"] == "a\x00b"


def test_a_token_is_made_by_the_api_alone_and_is_not_pickled_by_accident() -> None:
    with pytest.raises(TypeError):
        mct.PublishToken()
    with pytest.raises(TypeError, match="json"):
        pickle.dumps(mct.SubscribeToken.from_json('{"id": 1}'))
    with pytest.raises(AttributeError):
        mct.SubscribeToken.from_json('{"id": 1}').label = "x"  # type: ignore[misc]  # what the test is about


def test_a_create_that_the_api_refuses_carries_the_apis_own_words() -> None:
    refusal = {"geoCascade.clusters": "There is no cluster lon-9."}
    with (
        recording(failure(400, refusal)) as recorder,
        mct.Client("secret", base_url=recorder.url) as client,
        pytest.raises(mct.RejectedError) as refused,
    ):
        client.publish_tokens.create("label", ["s"], geo_cascade=mct.GeoCascade(True, ["lon-9"]))
    error = refused.value
    assert (error.http_status, error.outcome, error.status) == (400, mct.Outcome.REJECTED, mct.Status.REJECTED)
    assert (error.field, json.loads(error.details or "")["data"]) == ("geoCascade.clusters", refusal)
    assert "There is no cluster lon-9." in error.message
