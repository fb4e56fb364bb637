"""Labels, names and headers are whatever somebody sent. On the page they are text."""

from __future__ import annotations

import http.client
import json

import pytest

from browser import Browser
from emulator import Emulator

HOSTILE = {
    "an image that fails": '<img src=x onerror="alert(1)">',
    "an image from elsewhere": "<img src=http://203.0.113.1/x.png>",
    "the end of a script": "</script><script>alert(1)</script>",
    "quotes": "\" autofocus onfocus=alert(1) x='",
    "the other direction": "\u202egnp.exe\u202c \u200f\u2067abc",
    "emoji": "\U0001f3a5" * 64,
    "an entity": "&lt;b&gt; &amp; &#60;i>",
    "a template": "${alert(1)} {{constructor.constructor('alert(1)')()}}",
    "blanks": "  two  blanks\tand a tab ",
    "a style": "<style>*{display:none}</style>",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_is_shown_as_it_is_and_does_nothing(page: Browser, emulator: Emulator, text: str) -> None:
    tracking = {"trackingId": text}
    emulator.create("publish", text, [text])
    parent = emulator.create("subscribe", text, [text], tracking=tracking)
    emulator.control("usage", {"streamName": text, "trackingId": text, "bytesIn": 1})
    emulator.view(text, parent["token"], Origin=text.strip())
    emulator.view(text, "0123", Origin=text.strip())
    page.until(lambda: len(page.all("#verdicts-list > li")) == 2)
    for kind in ("publish", "subscribe"):
        page.script(f"document.querySelector('input[value={kind}]').click()")
        page.until(lambda: page.text("#tokens-list .label") == text)
        assert page.text("#tokens-list .stream") == text
    assert page.text("#tokens-list .facts bdi") == text
    page.until(lambda: page.text("#usage-list .label") == text)
    refused, admitted = ([*page.texts(f"#verdicts-list > li:nth-child({n}) bdi")] for n in (1, 2))
    # A header is bytes: what is no ASCII in it may be read in more than one way, so the stream stands for it.
    assert text in refused
    assert admitted.count(text) >= 2, "the stream and the tracking id"
    if text.isascii():
        assert text.strip() in refused
        assert text.strip() in admitted
    assert page.script("return document.querySelectorAll('main img, main style, main script, main b > *').length") == 0


def test_a_path_and_a_query_are_shown_as_they_came(page: Browser, emulator: Emulator) -> None:
    path = "/api/%3Cimg%20src=x%20onerror=alert(1)%3E?q=%3C/script%3E&'&amp;"
    connection = http.client.HTTPConnection(emulator.address)
    connection.request("GET", path)
    assert connection.getresponse().status == 404
    connection.close()
    page.until(lambda: len(page.all("#journal-list tr")) == 1)
    assert path in page.text("#journal-list tr")


def test_what_a_viewer_calls_itself_is_text_as_well(page: Browser, emulator: Emulator) -> None:
    body = json.dumps({"streamName": "<b>bold</b>"})
    for target in ("/api/whep/%3Cb%3E/%3Cb%3Ebold%3C%2Fb%3E", "/api/whip/%3Cb%3Ebold%3C%2Fb%3E"):
        emulator.send("POST", target, body, {"Origin": "https://<b>bold</b>"})
    page.until(lambda: len(page.all("#verdicts-list > li")) == 2)
    assert "<b>bold</b>" in page.text("#verdicts-list")
    assert page.script("return document.querySelectorAll('#verdicts b').length") == 0
