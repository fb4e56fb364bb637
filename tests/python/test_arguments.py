"""What ctypes would cut, mix up or end too early is refused before it sees it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import millicast_tokens as mct
import pytest

from servers import Answer, Asked, Recorder, failure, recording, success

NO_NUMBERS = [True, False, 5.0, "5", None, b"5", [5]]


def platform(asked: Asked) -> Answer:
    """Has one token, 5, and loses it when it is deleted."""
    token_id = int(asked.path.rsplit("/", 1)[1])
    return success({"id": 5}) if token_id == 5 else failure(400, {"message": f"No publish token with id {token_id}."})


@pytest.mark.parametrize("kind", ["publish", "subscribe"])
@pytest.mark.parametrize("token_id", [2**32 + 5, 2**53 + 5, 2**63, 2**64 - 1, 2**32, 0])
def test_a_large_id_is_asked_for_whole_and_token_5_stays_untouched(kind: str, token_id: int) -> None:
    with recording(platform) as recorder, mct.Client("secret", base_url=recorder.url) as client:
        calls = getattr(client, f"{kind}_tokens")
        for call in (calls.read, calls.delete):
            with pytest.raises(mct.NotFoundError):
                call(token_id)
    path = f"/api/{kind}_token/{token_id}"
    assert [(asked.method, asked.path) for asked in recorder.asked] == [("GET", path), ("DELETE", path)]


@pytest.mark.parametrize("token_id", NO_NUMBERS)
def test_an_id_that_is_no_int_is_a_type_error_and_nothing_is_sent(
    recorded: mct.Client, recorder: Recorder, token_id: Any
) -> None:
    for calls in (recorded.publish_tokens, recorded.subscribe_tokens):
        for call in (calls.read, calls.delete):
            with pytest.raises(TypeError, match="token_id"):
                call(token_id)
    with pytest.raises(TypeError, match="token_id"):
        mct.Signer(token_id, "key")
    assert not recorder.asked


@pytest.mark.parametrize("token_id", [-1, 2**64, 10**5000], ids=["minus one", "2 to the 64", "5001 digits"])
def test_an_id_out_of_range_is_refused_by_its_name_and_nothing_is_sent(
    recorded: mct.Client, recorder: Recorder, token_id: int
) -> None:
    for call in (recorded.publish_tokens.read, recorded.subscribe_tokens.delete, lambda n: mct.Signer(n, "key")):
        with pytest.raises(mct.InvalidArgumentError) as refused:
            call(token_id)
        assert refused.value.field == "token_id"
    assert not recorder.asked


def test_a_signer_takes_every_id_there_is() -> None:
    for token_id in (0, 2**32 + 5, 2**64 - 1):
        signed = mct.Signer(token_id, "key").sign(mct.Claims("s", 60))
        assert mct.Jwt.parse(signed.jwt).token_id == token_id


INTEGERS: list[tuple[str, Callable[[Any], object]]] = [
    ("expires", lambda n: mct.PublishTokenSpec("l", ["s"], expires=n)),
    ("bindIpsOnUsage", lambda n: mct.SubscribeTokenSpec("l", ["s"], bind_ips_on_usage=n)),
    ("priority", lambda n: mct.PublishTokenSpec("l", ["s"], priority=n)),
    ("lifetime_seconds", lambda n: mct.Claims("s", n)),
    ("iat", lambda n: mct.Claims("s", 1, issued_at=n)),
    ("algorithm", lambda n: mct.Signer(1, "key", n)),
    ("now", lambda n: mct.Signer(1, "key").verify("j", now=n)),
    ("leeway", lambda n: mct.Signer(1, "key").verify("j", leeway=n)),
    ("count", lambda n: mct.Signer(1, "key").sign_batch(mct.Claims("s", 1), count=n)),
    ("threads", lambda n: mct.Signer(1, "key").sign_batch(mct.Claims("s", 1), ["v"], threads=n)),
    ("lifetime_seconds", lambda n: mct.Signer(1, "key").sign_batch(mct.Claims("s", 1), lifetimes=[n])),
    ("bindIpsOnUsage", lambda n: mct.PublishTokenUpdate(bind_ips_on_usage=n)),
    ("priority", lambda n: mct.PublishTokenUpdate(priority=n)),
    ("page", lambda n: mct.Client("secret").publish_tokens.iterate(page=n)),
    ("max_pages", lambda n: mct.Client("secret").subscribe_tokens.list_all(max_pages=n)),
    ("tokenIds", lambda n: mct.Client("secret").publish_tokens.disable([n])),
    ("token_id", mct.Client("secret").publish_tokens.sync_restream),
    ("token_id", lambda n: mct.Client("secret").subscribe_tokens.update(n, label="l")),
    ("max_retries", lambda n: mct.Client("secret", max_retries=n)),
    ("max_connections", lambda n: mct.Client("secret", max_connections=n)),
    ("max_answer_bytes", lambda n: mct.Client("secret", max_answer_bytes=n)),
    ("requests_per_second", lambda n: mct.Client("secret", requests_per_second=n)),
    ("log_level", lambda n: mct.Client("secret", log=print, log_level=n)),
]


@pytest.mark.parametrize(("field", "use"), INTEGERS, ids=[field for field, _ in INTEGERS])
def test_a_number_is_an_int_that_fits(field: str, use: Callable[[Any], object]) -> None:
    no_ints: list[Any] = [True, 1.0, "1", b"1", 1j]
    for wrong in no_ints:
        with pytest.raises(TypeError, match=field):
            use(wrong)
    for beyond in (2**64, -(2**64), 10**5000):
        with pytest.raises(mct.InvalidArgumentError) as refused:
            use(beyond)
        assert refused.value.field == field


def test_a_list_takes_ints_and_bools_only_where_they_belong(recorded: mct.Client, recorder: Recorder) -> None:
    wrongs: list[dict[str, Any]] = [{"page": True}, {"items_on_page": 1.0}, {"sort_by": "AddedOn"}, {"descending": 1}]
    for wrong in wrongs:
        with pytest.raises(TypeError):
            recorded.publish_tokens.list_page(**wrong)
    for name in ("page", "items_on_page"):
        with pytest.raises(mct.InvalidArgumentError):
            recorded.subscribe_tokens.list_page(**{name: 2**32 + 1})  # type: ignore[arg-type]  # by its name
    assert not recorder.asked


FLAGS: list[Callable[[Any], object]] = [
    lambda flag: mct.PublishTokenSpec("l", ["s"], record=flag),
    lambda flag: mct.PublishTokenSpec("l", [mct.Stream("s", flag)]),
    lambda flag: mct.PublishTokenSpec("l", ["s"], geo_cascade=mct.GeoCascade(flag)),
    lambda flag: mct.PublishTokenSpec("l", ["s"], restream=[mct.Restream("u", "12345", enabled=flag)]),
    lambda flag: mct.PublishTokenUpdate(restream=[mct.Restream("u", "12345", enabled=flag)]),
    lambda flag: mct.PublishTokenUpdate(drm=flag),
    lambda flag: mct.SubscribeTokenUpdate(is_active=flag),
    lambda flag: mct.SubscribeTokenUpdate(refresh_token=flag),
    lambda flag: mct.Client("secret").publish_tokens.list_all(descending=flag),
    lambda flag: mct.Claims("s", 1, cut_to_parent=flag),
    lambda flag: mct.Claims("s", 1, unchecked_stream=flag),
    lambda flag: mct.Signer(1, "key").verify("j", unchecked_stream=flag),
    lambda flag: mct.Client("secret", allow_insecure_http=flag),
]


@pytest.mark.parametrize("use", FLAGS)
def test_a_flag_is_a_bool_and_nothing_that_counts_as_one(use: Callable[[Any], object]) -> None:
    no_bools: list[Any] = [1, 0, "true", 256, []]
    for wrong in no_bools:
        with pytest.raises(TypeError, match="bool"):
            use(wrong)


TEXTS: list[tuple[str, Callable[[Any], object]]] = [
    ("label", lambda text: mct.PublishTokenSpec(text, ["s"])),
    ("label", lambda text: mct.SubscribeTokenSpec(text, ["s"])),
    ("streamName", lambda text: mct.PublishTokenSpec("l", [text])),
    ("streamName", lambda text: mct.SubscribeTokenSpec("l", [mct.Stream(text)])),
    ("allowedOrigins", lambda text: mct.PublishTokenSpec("l", ["s"], allowed_origins=[text])),
    ("allowedIpAddresses", lambda text: mct.PublishTokenSpec("l", ["s"], allowed_ip_addresses=[text])),
    ("originCluster", lambda text: mct.SubscribeTokenSpec("l", ["s"], origin_cluster=text)),
    ("allowedCountries", lambda text: mct.SubscribeTokenSpec("l", ["s"], allowed_countries=[text])),
    ("deniedCountries", lambda text: mct.SubscribeTokenSpec("l", ["s"], denied_countries=[text])),
    ("trackingId", lambda text: mct.SubscribeTokenSpec("l", ["s"], tracking_id=text)),
    ("encoderProfileId", lambda text: mct.PublishTokenSpec("l", ["s"], encoder_profile_id=text)),
    ("geoCascade.clusters", lambda text: mct.PublishTokenSpec("l", ["s"], geo_cascade=mct.GeoCascade(True, [text]))),
    ("restream.url", lambda text: mct.PublishTokenSpec("l", ["s"], restream=[mct.Restream(text, "12345")])),
    ("restream.key", lambda text: mct.PublishTokenSpec("l", ["s"], restream=[mct.Restream("u", text)])),
    ("restream.label", lambda text: mct.PublishTokenSpec("l", ["s"], restream=[mct.Restream("u", "12345", text)])),
    ("json", lambda text: mct.PublishTokenSpec("l", ["s"], merge_json=text)),
    ("json", lambda text: mct.SubscribeTokenUpdate(merge_json=text)),
    ("label", lambda text: mct.PublishTokenUpdate(label=text)),
    ("streamName", lambda text: mct.PublishTokenUpdate(add_streams=[text])),
    ("removeTokenStreams", lambda text: mct.SubscribeTokenUpdate(remove_streams=[text])),
    ("allowedOrigins", lambda text: mct.SubscribeTokenUpdate(allowed_origins=[text])),
    ("originCluster", lambda text: mct.SubscribeTokenUpdate(origin_cluster=text)),
    ("encoderProfileId", lambda text: mct.PublishTokenUpdate(encoder_profile_id=text)),
    ("restream.key", lambda text: mct.PublishTokenUpdate(restream=[mct.Restream("u", text)])),
    ("name", lambda text: mct.Client("secret").publish_tokens.list_page(name=text)),
    ("cluster", lambda text: mct.Client("secret").publish_tokens.iterate(cluster=text)),
    ("streamId", mct.Client("secret").publish_tokens.active_ids),
    ("trackingIds", lambda text: mct.Client("secret").analytics.tracking_total("2024-01-01", "2024-01-02", [text])),
    ("streamNames", lambda text: mct.Client("secret").analytics.streams_total("2024-01-01", "2024-01-02", [text])),
    ("json", mct.PublishToken.from_json),
    ("json", mct.SubscribeToken.from_json),
    ("streamName", lambda text: mct.Claims(text, 1)),
    ("trackingId", lambda text: mct.Claims("s", 1, tracking_id=text)),
    ("customViewerData", lambda text: mct.Claims("s", 1, custom_viewer_data=text)),
    ("originCluster", lambda text: mct.Claims("s", 1, origin_cluster=text)),
    ("allowedOrigins", lambda text: mct.Claims("s", 1, allowed_origins=[text])),
    ("allowedIpAddresses", lambda text: mct.Claims("s", 1, allowed_ip_addresses=[text])),
    ("token", lambda text: mct.Signer(1, text)),
    ("jwt", lambda text: mct.Signer(1, "key").verify(text)),
    ("jwt", mct.Jwt.parse),
    ("api_secret", mct.Client),
    ("base_url", lambda text: mct.Client("secret", base_url=text)),
    ("proxy", lambda text: mct.Client("secret", proxy=text)),
    ("ca_pem", lambda text: mct.Client("secret", ca_pem=[text])),
    ("user_agent_suffix", lambda text: mct.Client("secret", user_agent_suffix=text)),
]


@pytest.mark.parametrize(("field", "use"), TEXTS)
def test_a_text_is_a_str_that_c_can_hold_whole(field: str, use: Callable[[Any], object]) -> None:
    for wrong in (b"bytes", 5, ["list"]):
        with pytest.raises(TypeError):
            use(wrong)
    with pytest.raises(mct.InvalidUtf8Error) as surrogate:
        use("before \ud83c after")
    with pytest.raises(mct.InvalidArgumentError) as nul:
        use("before\x00after")
    for refused in (surrogate, nul):
        assert refused.value.field == field
        assert "after" not in str(refused.value)
        assert isinstance(refused.value, ValueError)
        assert refused.value.__context__ is None, "the encoder's own exception holds the whole text"


LISTS: list[Callable[[Any], object]] = [
    lambda texts: mct.PublishTokenSpec("l", texts),
    lambda texts: mct.SubscribeTokenSpec("l", ["s"], allowed_origins=texts),
    lambda texts: mct.SubscribeTokenSpec("l", ["s"], allowed_countries=texts),
    lambda texts: mct.PublishTokenSpec("l", ["s"], geo_cascade=mct.GeoCascade(True, texts)),
    lambda texts: mct.PublishTokenSpec("l", ["s"], restream=texts),
    lambda texts: mct.PublishTokenUpdate(restream=texts),
    lambda texts: mct.SubscribeTokenUpdate(denied_countries=texts),
    lambda texts: mct.SubscribeTokenUpdate(add_streams=texts),
    lambda texts: mct.Claims("s", 1, allowed_ip_addresses=texts),
]


@pytest.mark.parametrize("use", LISTS)
def test_a_str_is_no_list_of_its_letters(use: Callable[[Any], object]) -> None:
    for wrong in ("PL", b"PL", 5):
        with pytest.raises(TypeError, match="list"):
            use(wrong)


def test_a_list_may_be_any_iterable() -> None:
    claims = mct.Claims("s", 60, allowed_origins=(f"{name}.example" for name in "ab"), allowed_ip_addresses={"::1"})
    jwt = mct.Jwt.parse(mct.Signer(1, "key").sign(claims).jwt)
    assert (jwt.allowed_origins, jwt.allowed_ip_addresses) == (("a.example", "b.example"), ("::1",))


def test_a_day_is_a_date_or_a_text_and_no_moment(recorder: Recorder) -> None:
    recorder.answer = success({})
    with mct.Client("secret", base_url=recorder.url) as client:
        days = datetime.date(2023, 2, 2), datetime.date(2023, 7, 27)
        client.analytics.tracking_total(*days, ["Tracking_ID_1"])
        client.analytics.tracking_total("2023-02-02", "2023-07-27", ["Tracking_ID_1"])
        assert recorder.asked[0].path == recorder.asked[1].path
        assert set(recorder.asked[0].path.partition("?")[2].split("&")) == {
            "trackingIds=Tracking_ID_1",
            "startDate=2023-02-02",
            "stopDate=2023-07-27",
        }
        moment = datetime.datetime(2023, 2, 2, tzinfo=datetime.timezone.utc)
        for wrong in (moment, 20230202, None):
            with pytest.raises(TypeError, match="start_date"):
                client.analytics.tracking_total(wrong, days[1], ["t"])  # type: ignore[arg-type]  # the test's point
    assert len(recorder.asked) == 2


def test_what_is_no_claims_no_token_and_no_entry_is_a_type_error() -> None:
    signer, anything = mct.Signer(1, "key"), object()
    wrong: Any = anything
    with pytest.raises(TypeError, match="Claims"):
        signer.sign(wrong)
    with pytest.raises(TypeError, match="Claims"):
        signer.sign_into(wrong, bytearray(9))
    with pytest.raises(TypeError, match="SubscribeToken"):
        mct.Signer.from_token(wrong)
    with pytest.raises(TypeError, match="SubscribeToken"):
        mct.Signer.from_token(mct.PublishToken.from_json('{"id": 1}'))  # type: ignore[arg-type]  # the test's point
    with pytest.raises(TypeError, match="Restream"):
        mct.PublishTokenSpec("l", ["s"], restream=[wrong])
    with pytest.raises(TypeError, match="GeoCascade"):
        mct.PublishTokenSpec("l", ["s"], geo_cascade=wrong)
    with pytest.raises(TypeError, match="merge_json"):
        mct.PublishTokenSpec("l", ["s"], merge_json=wrong)
    with pytest.raises(TypeError, match="log"):
        mct.Client("secret", log=wrong)
    for seconds in (True, "5", None, 1j):
        given: Any = seconds
        if given is not None:
            with pytest.raises(TypeError, match="timeout"):
                mct.Client("secret", timeout=given)


def test_an_algorithm_or_a_level_that_the_library_does_not_know_is_refused() -> None:
    wrong: Any = 1
    with pytest.raises(mct.InvalidArgumentError) as refused:
        mct.Signer(1, "key", wrong)
    assert refused.value.field == "algorithm"
    for level in (0, 6):
        wrong = level
        with pytest.raises(mct.InvalidArgumentError):
            mct.Client("secret", log=print, log_level=wrong)
