"""The vendor's client for Python, as it is published, does all that it can do with tokens against the emulator.

It goes over TLS, and has no setting for where the platform is, nor for what to trust: the name of the host is a
constant of a module of its own, and the roots are those of certifi. Both are put in place from outside; its code stays
as it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import aiohttp
import certifi
import pytest
from dolbyio_rest_apis.core import urls
from dolbyio_rest_apis.core.http_request_error import HttpRequestError
from dolbyio_rest_apis.streaming import cluster, publish_token, subscribe_token
from dolbyio_rest_apis.streaming.models.publish_token import (
    CreatePublishToken,
    PublishToken,
    PublishTokenRestream,
    TokenGeoCascade,
    TokenStreamName,
    UpdatePublishToken,
)
from dolbyio_rest_apis.streaming.models.subscribe_token import (
    CreateSubscribeToken,
    SubscribeToken,
    UpdateSubscribeToken,
)

from running import ACCOUNT, SECRET, Secured, secured


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """An emulator that the client takes for the platform."""
    with secured(tmp_path_factory.mktemp("tls")) as emulator, pytest.MonkeyPatch.context() as patch:
        patch.setattr(urls, "SAPI_URL", emulator.url.removeprefix("https://"))
        patch.setattr(certifi, "where", lambda: str(emulator.authority))
        yield emulator


def made_publish_token(label: str, *streams: str) -> PublishToken:
    token = CreatePublishToken(label)
    token.streams = [TokenStreamName(stream) for stream in streams or ("show",)]
    return asyncio.run(publish_token.create(SECRET, token))


def made_subscribe_token(label: str, *streams: str) -> SubscribeToken:
    token = CreateSubscribeToken(label)
    token.streams = [TokenStreamName(stream) for stream in streams or ("show",)]
    return asyncio.run(subscribe_token.create(SECRET, token))


#: Where the client's models have a flag and the document a text: of the text there is left whether there is one.
FLAGS = {"srtPassphrase": bool, "tracking": lambda found: {"trackingId": bool(found["trackingId"])}}
SETTINGS = ("originCluster", "allowedCountries", "deniedCountries", "geoCascade")


def agrees(token: PublishToken | SubscribeToken, held: dict[str, Any] | None) -> None:
    """Whatever the client says of a token is what the emulator holds."""
    assert held is not None
    said = {name: value for name, value in token.to_dict().items() if value is not None}
    known = {name: FLAGS[name](value) if name in FLAGS and value else value for name, value in held.items()}
    # What the client makes of fields that are not there.
    known = {"srtPassphrase": False, **known}
    known["effectiveSettings"] = {name: held["effectiveSettings"].get(name) for name in SETTINGS}
    known["restream"] = [{name: end[name] for name in ("url", "key")} for end in held.get("restream", [])]
    assert said == {name: known[name] for name in said}


def test_a_publish_token_is_created_with_everything_that_the_client_can_say(emulator: Secured) -> None:
    wanted = CreatePublishToken("made by python")
    wanted.streams = [TokenStreamName("show"), TokenStreamName("show-.*", is_regex=True)]
    wanted.allowed_origins = ["*.example.com"]
    wanted.allowed_ip_addresses = ["192.0.2.0/24"]
    wanted.allowed_countries = ["BE", "NL"]
    wanted.origin_cluster = "lon-1"
    wanted.subscribe_requires_auth = wanted.clip = wanted.multisource = True
    wanted.enable_thumbnails = wanted.display_srt_passphrase = True
    wanted.low_latency_rtmp = False
    wanted.geo_cascade = TokenGeoCascade(is_enabled=True, clusters=["lon-1", "ams-1"])
    made = asyncio.run(publish_token.create(SECRET, wanted))
    held = emulator.held("publish", made.id)
    agrees(made, held)
    assert made.token
    assert made.is_active
    assert held["srtPassphrase"]
    assert made.srt_passphrase is True
    assert held["streams"] == [{"streamName": "show", "isRegex": False}, {"streamName": "show-.*", "isRegex": True}]
    assert held["allowedOrigins"] == wanted.allowed_origins
    assert held["allowedIpAddresses"] == wanted.allowed_ip_addresses
    assert held["allowedCountries"] == wanted.allowed_countries
    assert held["geoCascade"] == {"isEnabled": True, "clusters": ["lon-1", "ams-1"]}
    said = {name: held[name] for name in ("label", "originCluster", "record", "lowLatencyRtmp")}
    assert said == {"label": "made by python", "originCluster": "lon-1", "record": False, "lowLatencyRtmp": False}
    flags = ("subscribeRequiresAuth", "clip", "multisource", "enableThumbnails", "displaySrtPassphrase")
    assert all(held[name] is True for name in flags)


def test_the_other_of_two_fields_that_exclude_each_other_is_taken_too(emulator: Secured) -> None:
    wanted = CreatePublishToken("the others")
    wanted.streams = [TokenStreamName("show")]
    wanted.bind_ips_on_usage, wanted.denied_countries, wanted.record = 3, ["FR"], True
    made = asyncio.run(publish_token.create(SECRET, wanted))
    held = emulator.held("publish", made.id)
    agrees(made, held)
    assert (held["bindIpsOnUsage"], held["deniedCountries"], held["record"]) == (3, ["FR"], True)


def test_a_publish_token_is_read(emulator: Secured) -> None:
    made = made_publish_token("to read")
    read = asyncio.run(publish_token.read(SECRET, made.id))
    assert read == made
    agrees(read, emulator.held("publish", made.id))


def test_publish_tokens_are_listed(emulator: Secured) -> None:
    ids = [made_publish_token(f"zz listed {number}").id for number in range(3)]
    listed = asyncio.run(publish_token.list_tokens(SECRET, "Name", 1, 2, is_descending=True))
    assert [token.id for token in listed] == [ids[2], ids[1]]
    for token in listed:
        agrees(token, emulator.held("publish", token.id))
    added = asyncio.run(publish_token.list_tokens(SECRET, "AddedOn", 1, 100))
    assert {token.id for token in added} >= set(ids)
    assert asyncio.run(publish_token.list_tokens(SECRET, "Name", 50, 100)) == []


def test_a_publish_token_is_updated_in_everything_that_the_client_can_say(emulator: Secured) -> None:
    made = made_publish_token("before", "show", "film")
    change = UpdatePublishToken()
    change.label, change.refresh_token, change.is_active = "after", True, False
    change.add_token_streams = [TokenStreamName("play")]
    change.remove_token_streams = [TokenStreamName("film")]
    change.update_allowed_origins, change.update_allowed_ip_addresses = ["example.org"], ["192.0.2.1"]
    change.update_denied_countries, change.update_origin_cluster = ["FR"], "lon-1"
    change.subscribe_requires_auth = change.record = change.multisource = True
    change.enable_thumbnails = change.display_srt_passphrase = True
    change.low_latency_rtmp = False
    change.update_geo_cascade = TokenGeoCascade(is_enabled=True, clusters=["ams-1"])
    change.update_restream = [PublishTokenRestream("rtmp://restream.example.com/live", "stream-key")]
    updated = asyncio.run(publish_token.update(SECRET, made.id, change))
    held = emulator.held("publish", made.id)
    agrees(updated, held)
    assert updated.token != made.token
    assert held["streams"] == [{"streamName": "show", "isRegex": False}, {"streamName": "play", "isRegex": False}]
    assert held["restream"][0]["url"] == "rtmp://restream.example.com/live"
    expected = {"label": "after", "isActive": False, "deniedCountries": ["FR"], "originCluster": "lon-1", "clip": False}
    assert {name: held[name] for name in expected} == expected
    back = UpdatePublishToken()
    back.update_allowed_ip_addresses, back.update_bind_ips_on_usage = [], 2
    back.update_denied_countries, back.update_allowed_countries = [], ["BE"]
    agrees(asyncio.run(publish_token.update(SECRET, made.id, back)), emulator.held("publish", made.id))
    held = emulator.held("publish", made.id)
    assert (held["allowedIpAddresses"], held["bindIpsOnUsage"], held["allowedCountries"]) == ([], 2, ["BE"])


def test_a_publish_token_is_deleted(emulator: Secured) -> None:
    made = made_publish_token("to delete")
    assert asyncio.run(publish_token.delete(SECRET, made.id)) is None
    assert emulator.held("publish", made.id) is None


def test_publish_tokens_are_disabled(emulator: Secured) -> None:
    made = [made_publish_token("to disable").id for _ in range(2)]
    outcome = asyncio.run(publish_token.disable(SECRET, [*made, 999_999]))
    assert outcome.successful_tokens == made
    assert [(failed.token_id, failed.error_message) for failed in outcome.failed_tokens] == [
        ("999999", "No publish token with id: 999999")
    ]
    assert [emulator.held("publish", token_id)["isActive"] for token_id in made] == [False, False]


def test_the_publish_tokens_of_live_streams_are_told(emulator: Secured) -> None:
    one, other = made_publish_token("live", "news"), made_publish_token("live too", "sport")
    emulator.set_live(one.id, "news", True)
    emulator.set_live(other.id, "sport", True)
    active = asyncio.run(publish_token.get_active_publish_token_id(SECRET, f"{ACCOUNT}/news"))
    assert active.token_ids == [one.id]
    assert asyncio.run(publish_token.get_all_active_publish_token_id(SECRET)).token_ids == [one.id, other.id]
    nothing = asyncio.run(publish_token.get_active_publish_token_id(SECRET, f"{ACCOUNT}/nothing"))
    assert nothing.token_ids == []


def test_a_subscribe_token_is_created_with_everything_that_the_client_can_say(emulator: Secured) -> None:
    wanted = CreateSubscribeToken("made by python")
    wanted.streams = [TokenStreamName("show"), TokenStreamName("show-.*", is_regex=True)]
    wanted.allowed_origins, wanted.bind_ips_on_usage = ["*.example.com"], 4
    wanted.denied_countries, wanted.origin_cluster, wanted.tracking_id = ["FR"], "lon-1", "customer-1"
    made = asyncio.run(subscribe_token.create(SECRET, wanted))
    held = emulator.held("subscribe", made.id)
    agrees(made, held)
    assert made.tracking.tracking_id is True
    assert (held["tracking"], held["bindIpsOnUsage"]) == ({"trackingId": "customer-1"}, 4)
    other = CreateSubscribeToken("the others")
    other.streams = [TokenStreamName("show")]
    other.allowed_ip_addresses, other.allowed_countries = ["192.0.2.1"], ["BE"]
    made = asyncio.run(subscribe_token.create(SECRET, other))
    agrees(made, emulator.held("subscribe", made.id))
    assert (made.allowed_ip_addresses, made.allowed_countries) == (["192.0.2.1"], ["BE"])


def test_a_subscribe_token_is_read_and_lets_a_viewer_in(emulator: Secured) -> None:
    # A stream of its own, as countries of its publish tokens hold for viewers too.
    made = made_subscribe_token("to read", "watched")
    assert asyncio.run(subscribe_token.read(SECRET, made.id)) == made
    assert emulator.verdict("watched", made.token) == "admitted"
    assert emulator.verdict("film", made.token) == "stream"


def test_subscribe_tokens_are_listed(emulator: Secured) -> None:
    ids = [made_subscribe_token(f"zz listed {number}").id for number in range(2)]
    listed = asyncio.run(subscribe_token.list_tokens(SECRET, "Name", 1, 1, is_descending=True))
    assert [token.id for token in listed] == [ids[1]]
    agrees(listed[0], emulator.held("subscribe", ids[1]))


def test_a_subscribe_token_is_updated_in_everything_that_the_client_can_say(emulator: Secured) -> None:
    made = made_subscribe_token("before", "show", "film")
    change = UpdateSubscribeToken()
    change.label, change.refresh_token, change.is_active = "after", True, False
    change.add_token_streams = [TokenStreamName("play")]
    change.remove_token_streams = [TokenStreamName("film")]
    change.update_allowed_origins, change.update_bind_ips_on_usage = ["example.org"], 2
    change.update_allowed_countries, change.update_origin_cluster = ["BE"], "lon-1"
    updated = asyncio.run(subscribe_token.update(SECRET, made.id, change))
    held = emulator.held("subscribe", made.id)
    agrees(updated, held)
    assert updated.token != made.token
    assert [stream["streamName"] for stream in held["streams"]] == ["show", "play"]
    assert (held["label"], held["isActive"], held["bindIpsOnUsage"]) == ("after", False, 2)
    back = UpdateSubscribeToken()
    back.update_bind_ips_on_usage, back.update_allowed_ip_addresses = 0, ["192.0.2.1"]
    back.update_allowed_countries, back.update_denied_countries = [], ["FR"]
    agrees(asyncio.run(subscribe_token.update(SECRET, made.id, back)), emulator.held("subscribe", made.id))
    held = emulator.held("subscribe", made.id)
    assert (held["allowedIpAddresses"], held["deniedCountries"], held["bindIpsOnUsage"]) == (
        ["192.0.2.1"],
        ["FR"],
        None,
    )


def test_a_subscribe_token_is_deleted(emulator: Secured) -> None:
    made = made_subscribe_token("to delete")
    assert asyncio.run(subscribe_token.delete(SECRET, made.id)) is None
    assert emulator.held("subscribe", made.id) is None


def test_the_clusters_are_told(emulator: Secured) -> None:
    told = asyncio.run(cluster.read(SECRET))
    bearer = {"Authorization": f"Bearer {SECRET}"}
    _, answer = emulator.ask("/api/cluster", None, bearer, method="GET")
    assert told.default_cluster == answer["data"]["defaultCluster"]
    assert [found.id for found in told.available_clusters] == [
        found["id"] for found in answer["data"]["availableClusters"]
    ]


def test_a_wrong_secret_is_told(emulator: Secured) -> None:
    with pytest.raises(HttpRequestError) as refused:
        asyncio.run(publish_token.read("another-secret", 1000))
    assert (refused.value.status_code, refused.value.error_description) == (401, "Unauthorized")
    assert emulator.url in str(refused.value.url)


def test_without_the_emulators_root_nothing_is_sent(emulator: Secured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certifi, "where", certifi.core.where)
    before = made_count(emulator)
    with pytest.raises(aiohttp.ClientConnectorCertificateError):
        made_publish_token("not made")
    assert made_count(emulator) == before


def made_count(emulator: Secured) -> int:
    """How many publish tokens there are."""
    bearer = {"Authorization": f"Bearer {SECRET}"}
    _, answer = emulator.ask("/api/publish_token/list?page=1&itemsOnPage=100", None, bearer, method="GET")
    return len(answer["data"])


def restreaming() -> Any:
    wanted = CreatePublishToken("restreamed")
    wanted.streams = [TokenStreamName("show")]
    wanted.restream = [PublishTokenRestream("rtmp://restream.example.com/live", "stream-key")]
    return publish_token.create(SECRET, wanted)


def nameless() -> Any:
    wanted = CreatePublishToken("")
    wanted.streams = [TokenStreamName("show")]
    return publish_token.create(SECRET, wanted)


#: What cannot work, with what it fails with and the reason. Of `expires_on` see the test after it.
CANNOT = {
    "a publish token with endpoints to restream to": (
        restreaming,
        KeyError,
        "message",
        "It sends `restream` as the last endpoint alone, an object; the document has a list. The refusal names the"
        " field and has no `message`, which the client needs in every refusal.",
    ),
    "a refusal that names a field": (
        nameless,
        KeyError,
        "message",
        "Refusals of fields are objects with the fields' names, in the platform's own examples too. The client reads"
        " `message`.",
    ),
    "a token that is not there": (
        lambda: subscribe_token.read(SECRET, 999_999),
        KeyError,
        "message",
        "The platform answers with `tokenId` and no `message`.",
    ),
    "another default cluster": (
        lambda: cluster.update(SECRET, "lon-1"),
        AttributeError,
        "'NoneType' object has no attribute 'items'",
        "`PUT /api/cluster` is none of the Token API's operations. An error needs no `data`, and the client does.",
    ),
}


@pytest.mark.parametrize("what", CANNOT)
def test_what_cannot_work_fails_in_the_way_that_is_known(what: str, emulator: Secured) -> None:
    call, error, message, reason = CANNOT[what]
    assert reason
    with pytest.raises(error) as raised:
        asyncio.run(call())
    assert raised.value.args == (message,)
    assert emulator.url


def test_a_token_does_not_expire_when_the_client_says_so(emulator: Secured) -> None:
    """It sends a date as `expiresOn`. The document has seconds as `expires`, and what it does not have is ignored."""
    wanted = CreateSubscribeToken("to expire")
    wanted.streams, wanted.expires_on = [TokenStreamName("show")], "2030-01-01T00:00:00.000Z"
    made = asyncio.run(subscribe_token.create(SECRET, wanted))
    assert made.expires_on is None
    assert emulator.held("subscribe", made.id)["expiresOn"] is None
