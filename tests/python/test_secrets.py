"""No secret in a repr, a log line or an error, at the most verbose level and on every path."""

from __future__ import annotations

import copy
import json
import pickle
import pprint
import traceback
from typing import Any

import millicast_tokens as mct
import pytest
from millicast_tokens.testing import Emulator

from servers import Answer, failure, recording, unused_port

KEY = "restream-key-that-is-secret"
URL_KEY = "srt-key-that-is-secret"


def shown(value: Any) -> str:
    """All that a value shows of itself."""
    slots = [getattr(value, name, None) for name in getattr(type(value), "__slots__", ())]
    html = value._repr_html_() if hasattr(value, "_repr_html_") else ""
    return "\n".join([repr(value), str(value), f"{value}", pprint.pformat(value), repr(slots), html])


def test_a_token_shows_none_of_its_secrets(client: mct.Client) -> None:
    publish = client.publish_tokens.create(
        "label",
        ["s"],
        display_srt_passphrase=True,
        restream=[mct.Restream("rtmp://example.com/live", KEY), mct.Restream("srt://example.com:9", URL_KEY)],
    )
    subscribe = client.subscribe_tokens.create("label", ["s"])
    secrets = [publish.value, publish.srt_passphrase, KEY, URL_KEY, subscribe.value]
    assert all(secrets)
    values: list[Any] = [publish, subscribe, publish.copy(), [publish, subscribe], {"token": publish}, publish.restream]
    values += [publish.restream[0], mct.Restream("u", KEY), client.publish_tokens.list_page(), publish.streams]
    values += [mct.TokenList([publish, subscribe]), copy.copy(subscribe), copy.deepcopy(mct.TokenList([publish]))]
    text = "\n".join(map(shown, values))
    assert not [secret for secret in secrets if secret and secret in text]
    assert publish.restream[0].key == KEY


def test_a_client_a_signer_claims_and_a_signed_token_show_no_secret() -> None:
    client, signer = mct.Client("the-api-secret"), mct.Signer(5, "the-key-of-it")
    signed = signer.sign(mct.Claims("s", 60, custom_viewer_data="a-persons-name"))
    spec = mct.PublishTokenSpec("l", ["s"], restream=[mct.Restream("u", KEY)])
    values = [client, signer, signed, spec, mct.Claims("s", 60, custom_viewer_data="a-persons-name")]
    text = "\n".join(map(shown, values))
    hidden = ["the-api-secret", "the-key-of-it", signed.jwt, signed.jwt[:40], KEY, "a-persons-name"]
    assert not [secret for secret in hidden if secret in text]
    client.close()


def test_what_holds_a_secret_is_not_pickled_by_accident(client: mct.Client) -> None:
    token = client.subscribe_tokens.create("label", ["s"])
    restream = [mct.Restream("u", KEY)]
    values: list[Any] = [token, mct.TokenList([token]), mct.Signer.from_token(token), client]
    values += [mct.PublishTokenSpec("l", ["s"], restream=restream), mct.PublishTokenUpdate(restream=restream)]
    values += [mct.Claims("s", 60, custom_viewer_data="a-persons-name")]
    for value in values:
        with pytest.raises((TypeError, ValueError)) as refused:
            pickle.dumps(value)
        assert str(token.value) not in str(refused.value)


QUOTES = [
    failure(400, {"errors": {"restream[0].key": [f"The value '{KEY}' is not good."]}, "message": KEY}),
    failure(400, {KEY: "no"}),
    Answer(500, json.dumps({"status": "error", "message": f"at {KEY}"}).encode()),
    failure(400, {"sent": [{"key": "of another request"}]}),
]


@pytest.mark.parametrize("quote", QUOTES)
def test_a_restream_key_that_a_server_quotes_is_shown_by_no_error_and_no_log_line(quote: Answer) -> None:
    told: list[str] = []

    def keep(_: int, line: str) -> None:
        told.append(line)

    restream = [mct.Restream("u", KEY)]
    with recording(quote) as recorder, mct.Client("secret", base_url=recorder.url, log=keep) as client:
        with pytest.raises(mct.MillicastError) as of_create:
            client.publish_tokens.create("label", ["s"], restream=restream)
        with pytest.raises(mct.MillicastError) as of_update:
            client.publish_tokens.update(5, restream=restream)
    for error in (of_create.value, of_update.value):
        told += [shown(error), error.details or ""]
    assert "[redacted]" in "".join(told)
    assert not [line for line in told if KEY in line or "of another request" in line]


def test_no_log_line_and_no_error_holds_a_secret_on_any_path(client: mct.Client, emulator: Emulator) -> None:
    told: list[str] = []

    def keep(level: int, line: str) -> None:
        told.append(f"{level} {line}")

    options: dict[str, Any] = {"log": keep, "log_level": mct.LogLevel.TRACE, "max_retries": 1}
    wrong = "a-wrong-secret-of-somebodys"
    proxy = f"http://somebody:proxy-password@127.0.0.1:{unused_port()}"
    publish = client.publish_tokens.create("label", ["s"], restream=[mct.Restream("u", KEY)])
    subscribe = client.subscribe_tokens.create("label", ["s"])
    jwt = mct.Signer.from_token(subscribe).sign(mct.Claims("s", 60)).jwt

    def fails(use: Any) -> None:
        with pytest.raises(mct.MillicastError) as failed:
            use()
        told.extend(traceback.format_exception(type(failed.value), failed.value, failed.value.__traceback__))
        told.append(repr(vars(failed.value)))

    with mct.Client(emulator.secret, base_url=emulator.url, **options) as verbose:
        verbose.publish_tokens.read(publish.id)
        verbose.subscribe_tokens.list_page()
        made = verbose.publish_tokens.create("label", ["s"], restream=[mct.Restream("u", KEY)])
        verbose.publish_tokens.delete(made.id)
        fails(lambda: verbose.publish_tokens.read(made.id))
        fails(lambda: verbose.publish_tokens.create("l", ["s"], geo_cascade=mct.GeoCascade(True, [" "])))
    with mct.Client(wrong, base_url=emulator.url, **options) as unauthorized:
        fails(unauthorized.publish_tokens.list_page)
        fails(lambda: unauthorized.publish_tokens.create("l", ["s"], restream=[mct.Restream("u", KEY)]))
    with mct.Client(wrong, base_url=f"http://127.0.0.1:{unused_port()}", **options) as unreachable:
        fails(unreachable.subscribe_tokens.list_page)
    with mct.Client(wrong, base_url="https://api.example", proxy=proxy, **options) as proxied:
        fails(proxied.subscribe_tokens.list_page)
    fails(lambda: mct.Client(f"{wrong} with a blank"))
    fails(lambda: mct.Client("s", proxy="socks5://somebody:proxy-password@127.0.0.1"))
    fails(lambda: mct.Client("s", base_url="https://somebody:proxy-password@example.com"))
    fails(lambda: mct.Signer(5, "another key").verify(jwt))
    fails(lambda: mct.Signer.from_token(subscribe).sign(mct.Claims("another", 60)))
    fails(lambda: mct.Signer(5, f"{subscribe.value}\x00"))
    fails(lambda: mct.SubscribeToken.from_json(json.dumps({"id": 1, "token": {"nested": subscribe.value}})))
    fails(lambda: mct.PublishTokenSpec("l", ["s"], restream=[mct.Restream("u", KEY[:4])]))
    fails(lambda: mct.PublishTokenSpec("l", ["s"], restream=[mct.Restream("u", KEY + "\ud800")]))

    assert len(told) > 30
    secrets = [emulator.secret, wrong, "proxy-password", publish.value, subscribe.value, made.value, KEY, jwt, jwt[:60]]
    # The lines of this file in the tracebacks spell some of them.
    text = "\n".join(line for line in told if __file__ not in line)
    assert not [secret for secret in secrets if secret and secret in text]
