"""Every limit: what is at it passes, what is one past it is refused by the field's name, and nothing is sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import millicast_tokens as mct
import pytest

from servers import Recorder, recording, success

#: 64 characters that are 128 UTF-16 units and 256 bytes.
CAMERAS = "🎥" * 64


def publish(**fields: Any) -> Callable[[mct.Client], object]:
    given = {"label": "label", "streams": ["s"], **fields}
    return lambda client: client.publish_tokens.create(**given)


def subscribe(**fields: Any) -> Callable[[mct.Client], object]:
    given = {"label": "label", "streams": ["s"], **fields}
    return lambda client: client.subscribe_tokens.create(**given)


def restream(**fields: Any) -> Callable[[mct.Client], object]:
    given = {"url": "rtmp://example.com", "key": "12345", **fields}
    return publish(restream=[mct.Restream(**given)])


def listed(**options: Any) -> Callable[[mct.Client], object]:
    return lambda client: client.publish_tokens.list_page(**options)


def total(*arguments: Any) -> Callable[[mct.Client], object]:
    return lambda client: client.analytics.tracking_total(*arguments)


def of_both(**fields: Any) -> list[Callable[[mct.Client], object]]:
    return [publish(**fields), subscribe(**fields)]


AT_THE_LIMIT = [
    *of_both(label="l"),
    *of_both(label="l" * 128),
    *of_both(label=CAMERAS),
    *of_both(streams=["s" * 128]),
    *of_both(streams=[mct.Stream(CAMERAS, is_regex=True)]),
    *of_both(streams=["s"] * 1000),
    *of_both(expires=1),
    *of_both(expires=2147483647),
    *of_both(allowed_origins=["*.example.com:65535", "a" * 63 + ".example"]),
    *of_both(allowed_ip_addresses=["192.0.2.1", "0.0.0.0/0", "192.0.2.1/32", "2001:db8::1"]),
    *of_both(bind_ips_on_usage=0, allowed_ip_addresses=["192.0.2.1"]),
    *of_both(bind_ips_on_usage=4294967295),
    *of_both(origin_cluster="c"),
    *of_both(allowed_countries=["PL"], denied_countries=[]),
    *of_both(denied_countries=["ZA"]),
    subscribe(tracking_id="t"),
    subscribe(tracking_id="t" * 128),
    subscribe(tracking_id=CAMERAS),
    publish(priority=-2147483648),
    publish(priority=2147483647),
    publish(encoder_profile_id="e"),
    publish(record=True, clip=False),
    publish(record=False, clip=True),
    publish(geo_cascade=mct.GeoCascade(True, ["c"] * 100)),
    publish(restream=[mct.Restream("u", "12345")] * 10),
    restream(url="u" * 2048, key="k" * 512, label="l" * 2048),
    restream(label=""),
]

PAST_IT = [
    ("label", publish(label="")),
    ("label", subscribe(label="")),
    ("label", publish(label="l" * 129)),
    ("label", subscribe(label=CAMERAS + "l")),
    ("streams", publish(streams=[])),
    ("streams", subscribe(streams=[])),
    ("streamName", publish(streams=[""])),
    ("streamName", subscribe(streams=["s" * 129])),
    ("streamName", publish(streams=[CAMERAS + "s"])),
    ("expires", publish(expires=0)),
    ("expires", subscribe(expires=2147483648)),
    ("expires", subscribe(expires=2**32)),
    ("expires", publish(expires=-1)),
    ("allowedOrigins", publish(allowed_origins=[""])),
    ("allowedOrigins", subscribe(allowed_origins=["https://example.com"])),
    ("allowedOrigins", subscribe(allowed_origins=["example.com/path"])),
    ("allowedOrigins", subscribe(allowed_origins=["example.com:65536"])),
    ("allowedOrigins", subscribe(allowed_origins=["good.example", "*"])),
    ("allowedIpAddresses", publish(allowed_ip_addresses=["192.0.2.1-192.0.2.9"])),
    ("allowedIpAddresses", subscribe(allowed_ip_addresses=["192.0.2.*"])),
    ("allowedIpAddresses", subscribe(allowed_ip_addresses=["192.0.2.1/24"])),
    ("allowedIpAddresses", subscribe(allowed_ip_addresses=["2001:db8::/32"])),
    ("allowedIpAddresses", subscribe(allowed_ip_addresses=[""])),
    ("bindIpsOnUsage", publish(bind_ips_on_usage=-1)),
    ("bindIpsOnUsage", subscribe(bind_ips_on_usage=2**32)),
    ("bindIpsOnUsage", subscribe(bind_ips_on_usage=1, allowed_ip_addresses=["192.0.2.1"])),
    ("originCluster", publish(origin_cluster="")),
    ("originCluster", subscribe(origin_cluster="")),
    ("allowedCountries", publish(allowed_countries=["pl"])),
    ("deniedCountries", subscribe(denied_countries=["POL"])),
    ("deniedCountries", subscribe(denied_countries=["PL"], allowed_countries=["ZA"])),
    ("trackingId", subscribe(tracking_id="")),
    ("trackingId", subscribe(tracking_id="t" * 129)),
    ("priority", publish(priority=2147483648)),
    ("priority", publish(priority=-2147483649)),
    ("encoderProfileId", publish(encoder_profile_id="")),
    ("clip", publish(record=True, clip=True)),
    ("geoCascade.clusters", publish(geo_cascade=mct.GeoCascade(True, ["a", ""]))),
    ("restream", publish(restream=[mct.Restream("u", "12345")] * 11)),
    ("restream.url", restream(url="")),
    ("restream.url", restream(url="u" * 2049)),
    ("restream.key", restream(key="1234")),
    ("restream.key", restream(key="k" * 513)),
    ("restream.label", restream(label="l" * 2049)),
    ("page", listed(page=0)),
    ("page", listed(page=2147483648)),
    ("itemsOnPage", listed(items_on_page=0)),
    ("itemsOnPage", listed(items_on_page=101)),
    ("sortBy", listed(sort_by=3)),
    ("trackingIds", total("2024-01-01", "2024-01-02", [])),
    ("trackingIds", total("2024-01-01", "2024-01-02", [""])),
    ("trackingIds", total("2024-01-01", "2024-01-02", ["t" * 129])),
    ("stopDate", total("2024-01-01", "2024-01-01", ["t"])),
    ("startDate", total("2024-02-30", "2024-03-01", ["t"])),
    ("stopDate", total("2024-01-01", "yesterday", ["t"])),
]


@pytest.mark.parametrize("send", AT_THE_LIMIT)
def test_what_is_at_the_limit_is_sent(
    recorded: mct.Client, recorder: Recorder, send: Callable[[mct.Client], object]
) -> None:
    send(recorded)
    assert len(recorder.asked) == 1


@pytest.mark.parametrize(("field", "send"), PAST_IT)
def test_what_is_past_the_limit_is_refused_by_its_name_and_nothing_is_sent(
    recorded: mct.Client, recorder: Recorder, field: str, send: Callable[[mct.Client], object]
) -> None:
    with pytest.raises(mct.InvalidArgumentError) as refused:
        send(recorded)
    error = refused.value
    assert error.field == field
    # Behind the field the message may tell which of several it is.
    assert re.match(rf"{re.escape(field)}(\[\d+\])?: ", str(error))
    assert (error.status, error.outcome) == (mct.Status.INVALID_ARGUMENT, mct.Outcome.NOT_SENT)
    assert isinstance(error, ValueError)
    assert not recorder.asked


@pytest.mark.parametrize("options", [{"page": 1}, {"page": 2147483647}, {"items_on_page": 1}, {"items_on_page": 100}])
def test_a_list_takes_pages_and_items_at_the_limit(options: dict[str, Any]) -> None:
    with recording(success([])) as recorder, mct.Client("secret", base_url=recorder.url) as client:
        assert client.subscribe_tokens.list_page(**options) == []
        assert len(recorder.asked) == 1


CLAIMS_PAST = [
    ("streamName", {"stream_name": ""}),
    ("streamName", {"stream_name": "s" * 129}),
    ("streamName", {"stream_name": CAMERAS + "s"}),
    ("streamName", {"stream_name": "Cam*"}),
    ("lifetime_seconds", {"lifetime_seconds": 0}),
    ("lifetime_seconds", {"lifetime_seconds": -1}),
    ("lifetime_seconds", {"lifetime_seconds": 2**32}),
    ("trackingId", {"tracking_id": ""}),
    ("trackingId", {"tracking_id": "t" * 129}),
    ("customViewerData", {"custom_viewer_data": "v" * 1025}),
    ("customViewerData", {"custom_viewer_data": "🎥" * 512 + "v"}),
    ("originCluster", {"origin_cluster": ""}),
    ("allowedOrigins", {"allowed_origins": ["https://example.com"]}),
    ("allowedIpAddresses", {"allowed_ip_addresses": ["2001:db8::/32"]}),
    ("iat", {"issued_at": -1}),
    ("iat", {"issued_at": 253402300800}),
    ("iat", {"issued_at": 1750813871000}),
]
CLAIMS_AT = [
    {"stream_name": "s"},
    {"stream_name": CAMERAS},
    {"lifetime_seconds": 1},
    {"lifetime_seconds": 2**32 - 1},
    {"tracking_id": "t" * 128},
    {"custom_viewer_data": ""},
    {"custom_viewer_data": "🎥" * 512},
    {"origin_cluster": "c"},
    {"allowed_origins": ["*.example.com"], "allowed_ip_addresses": ["192.0.2.0/24"]},
    {"issued_at": 0},
    {"issued_at": 253402300798, "lifetime_seconds": 1},
]


@pytest.mark.parametrize(("field", "claims"), CLAIMS_PAST)
def test_a_claim_past_its_limit_is_refused_by_its_name(field: str, claims: dict[str, Any]) -> None:
    with pytest.raises(mct.InvalidArgumentError) as refused:
        mct.Claims(**{"stream_name": "s", "lifetime_seconds": 60, **claims})
    assert refused.value.field == field


@pytest.mark.parametrize("claims", CLAIMS_AT)
def test_a_claim_at_its_limit_is_signed(claims: dict[str, Any]) -> None:
    signed = mct.Signer(5, "key").sign(mct.Claims(**{"stream_name": "s", "lifetime_seconds": 60, **claims}))
    assert mct.Jwt.parse(signed.jwt).expires_at == signed.expires_at


def test_an_end_past_the_year_9999_is_refused_and_never_wraps() -> None:
    claims = mct.Claims("s", 2**32 - 1, issued_at=253402300799)
    with pytest.raises(mct.InvalidArgumentError) as refused:
        mct.Signer(5, "key").sign(claims)
    assert refused.value.field == "exp"


def test_neither_claims_nor_a_token_can_do_without_a_lifetime_or_a_stream() -> None:
    incomplete: list[dict[str, Any]] = [{"stream_name": "s"}, {"lifetime_seconds": 60}, {"tracking_id": "t"}]
    for arguments in incomplete:
        with pytest.raises(TypeError):
            mct.Claims(**arguments)


CONFIG_PAST = [
    ("api_secret", {"api_secret": ""}),
    ("api_secret", {"api_secret": "two words"}),
    ("api_secret", {"api_secret": "ünïcode"}),
    ("base_url", {"base_url": "ftp://example.com"}),
    ("base_url", {"base_url": "http://example.com"}),
    ("base_url", {"base_url": "https://user:password@example.com"}),
    ("base_url", {"base_url": "https://example.com?query"}),
    ("timeout", {"timeout": 0}),
    ("timeout", {"timeout": -1.5}),
    ("timeout", {"timeout": float("nan")}),
    ("timeout", {"timeout": float("inf")}),
    ("timeout", {"timeout": 4294967.296}),
    ("connect_timeout", {"connect_timeout": 0.0}),
    ("connect_timeout", {"connect_timeout": 10**400}),
    ("idle_timeout", {"idle_timeout": 0}),
    ("max_retries", {"max_retries": 101}),
    ("max_retries", {"max_retries": -1}),
    ("max_connections", {"max_connections": 0}),
    ("max_connections", {"max_connections": 1025}),
    ("max_answer_bytes", {"max_answer_bytes": 0}),
    ("max_answer_bytes", {"max_answer_bytes": 2**32}),
    ("requests_per_second", {"requests_per_second": 1000001}),
    ("proxy", {"proxy": "socks5://127.0.0.1:1080"}),
    ("ca_pem", {"ca_pem": "no certificate"}),
    ("ca_pem", {"ca_pem": ["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]}),
    ("user_agent_suffix", {"user_agent_suffix": ""}),
    ("user_agent_suffix", {"user_agent_suffix": "a" * 257}),
    ("user_agent_suffix", {"user_agent_suffix": "line\nbreak"}),
]
CONFIG_AT: list[dict[str, Any]] = [
    {"timeout": 0.001, "connect_timeout": 4294967.295},
    {"timeout": 4294967.295, "connect_timeout": 1},
    {"timeout": 1e-9},
    {"idle_timeout": 0.001},
    {"max_retries": 0, "max_connections": 1, "max_answer_bytes": 1, "requests_per_second": 0},
    {"max_retries": 100, "max_connections": 1024, "max_answer_bytes": 2**32 - 1, "requests_per_second": 1000000},
    {"user_agent_suffix": "a" * 256, "proxy": "http://user:password@127.0.0.1:8080"},
    {"base_url": "http://example.com", "allow_insecure_http": True},
    {"base_url": "https://example.com/behind/a/path/"},
    {"base_url": "http://[::1]:8080"},
]


@pytest.mark.parametrize(("field", "options"), CONFIG_PAST)
def test_an_option_of_a_client_past_its_limit_is_refused_by_its_name(field: str, options: dict[str, Any]) -> None:
    with pytest.raises(mct.InvalidArgumentError) as refused:
        mct.Client(**{"api_secret": "secret", **options})
    assert refused.value.field == field


@pytest.mark.parametrize("options", CONFIG_AT)
def test_an_option_of_a_client_at_its_limit_is_taken(options: dict[str, Any]) -> None:
    mct.Client("secret", **options).close()
