"""What stands between the client and the emulator sees what does not fit the contract."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import millicast_tokens as mct
import pytest

import contract
import proxy
from proxy import ProxiedEmulator, Proxy
from servers import Answer, recording, success

BEARER = {"Authorization": "Bearer the-secret", "Content-Type": "application/json"}
TOKEN = {"label": "label", "streams": [{"streamName": "s"}]}
LIST = "/api/publish_token/list"


def said(through: Proxy, method: str, path: str, body: Any, headers: dict[str, str]) -> list[str]:
    """Sends a request through a proxy, and what it has to say about it."""
    connection = http.client.HTTPConnection(urlsplit(through.url).netloc, timeout=10)
    try:
        sent = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        connection.request(method, path, sent, headers)
        connection.getresponse().read()
    finally:
        connection.close()
    return through.take_problems()


@pytest.mark.parametrize(
    ("method", "path", "body", "part"),
    [
        ("GET", "/api/nothing", None, "no such operation"),
        ("PUT", "/api/publish_token", TOKEN, "no such operation"),
        ("GET", f"{LIST}?page=1", None, "itemsOnPage is missing"),
        ("GET", f"{LIST}?page=0&itemsOnPage=5", None, "page: $ breaks minimum"),
        ("GET", f"{LIST}?page=1&itemsOnPage=101", None, "itemsOnPage: $ breaks maximum"),
        ("GET", f"{LIST}?page=x&itemsOnPage=5", None, "page: $ breaks type"),
        ("GET", f"{LIST}?page=1&itemsOnPage=5&isDescending=True", None, "isDescending: $ breaks type"),
        ("GET", f"{LIST}?page=1&itemsOnPage=5&sortBy=Size", None, "sortBy: $ breaks anyOf"),
        ("GET", f"{LIST}?page=1&page=2&itemsOnPage=5", None, "page comes more than once"),
        ("GET", f"{LIST}?page=1&itemsOnPage=5&more=1", None, "there is no parameter more"),
        ("GET", f"{LIST}?page=1&itemsOnPage=5", {}, "there is a body"),
        ("GET", "/api/publish_token/x5", None, "the id in the path is 'x5'"),
        ("POST", "/api/publish_token", {"streams": TOKEN["streams"]}, "$ breaks required"),
        ("POST", "/api/publish_token", {**TOKEN, "label": 5}, "$.label breaks type"),
        ("POST", "/api/publish_token", {**TOKEN, "label": "l" * 129}, "$.label breaks maxLength"),
        ("POST", "/api/publish_token", {**TOKEN, "streams": []}, "$.streams breaks minItems"),
        ("POST", "/api/publish_token", {**TOKEN, "streams": [{}]}, "$.streams[0] breaks required"),
        ("POST", "/api/publish_token", {**TOKEN, "priority": 2**31}, "$.priority breaks anyOf"),
        ("POST", "/api/publish_token", {**TOKEN, "tracking": {}}, "$ breaks additionalProperties"),
        ("POST", "/api/publish_token", b'{"label": "a", "label": "b"}', "a name comes twice"),
        ("POST", "/api/publish_token", b"{", "the body is no JSON"),
        ("PATCH", "/api/publish_token/disable", {"tokenIds": ["5"]}, "$.tokenIds[0] breaks type"),
        ("GET", "/api/analytics/tracking/total?trackingIds=a&startDate=2024-02-30&stopDate=2024-03-01", None, "format"),
        (
            "GET",
            f"/api/analytics/tracking/total?{'trackingIds=a&' * 11}startDate=2024-02-01&stopDate=2024-03-01",
            None,
            "trackingIds: $ breaks maxItems",
        ),
    ],
)
def test_a_request_that_does_not_fit_is_noticed(
    own_emulator: tuple[ProxiedEmulator, Proxy], method: str, path: str, body: Any, part: str
) -> None:
    noticed = said(own_emulator[1], method, path, body, BEARER)
    assert any(part in problem for problem in noticed), noticed


def test_a_request_that_fits_is_not_remarked_upon(own_emulator: tuple[ProxiedEmulator, Proxy]) -> None:
    emulator, through = own_emulator
    bearer = {**BEARER, "Authorization": f"Bearer {emulator.secret}"}
    nothing = {**TOKEN, "priority": None, "geoCascade": None, "allowedOrigins": None}
    assert said(through, "POST", "/api/publish_token", nothing, bearer) == []
    assert said(through, "GET", f"{LIST}?page=1&itemsOnPage=5&sortBy=AddedOn&isDescending=false", None, bearer) == []
    exchange = through.exchanges[-1]
    assert (exchange.operation.id, exchange.status) == ("PublishTokenV1_ListTokens", 200)
    assert exchange.query == {"page": ["1"], "itemsOnPage": ["5"], "sortBy": ["AddedOn"], "isDescending": ["false"]}


def test_a_request_without_a_bearer_or_of_another_type_is_noticed(own_emulator: tuple[ProxiedEmulator, Proxy]) -> None:
    through = own_emulator[1]
    assert "PublishTokenV1_CreateToken: there is no bearer" in said(through, "POST", "/api/publish_token", TOKEN, {})
    plain = {**BEARER, "Content-Type": "text/plain"}
    noticed = said(through, "POST", "/api/publish_token", TOKEN, plain)
    assert noticed == ["PublishTokenV1_CreateToken: the body is of type text/plain"]


@pytest.mark.parametrize(
    ("answer", "part"),
    [
        (success([{"id": "5"}]), "$.data[0].id breaks type"),
        (success([{"id": 5, "unknown": 1}]), "$.data[0] breaks additionalProperties"),
        (success([{"addedOn": "yesterday"}]), "$.data[0].addedOn breaks format"),
        (success([{"integrationId": "Other"}]), "$.data[0].integrationId breaks enum"),
        (success({"id": 5}), "$.data breaks type"),
        (Answer(200, b'{"status": "success"}', {"Content-Type": "application/json"}), "$ breaks required"),
        (Answer(200, b'{"status": "success", "data": []}', {"Content-Type": "text/plain"}), "of type text/plain"),
        (Answer(200, b"<html>", {"Content-Type": "application/json"}), "the answer is no JSON"),
        (Answer(200, b'{"status": "fail", "data": []}', {"Content-Type": "application/json"}), "the envelope 'fail'"),
        (Answer(500, b'{"status": "error"}', {"Content-Type": "application/json"}), "$ breaks required"),
        (Answer(500, b'{"status": "success", "data": []}', {"Content-Type": "application/json"}), "the envelope"),
    ],
)
def test_an_answer_that_does_not_fit_is_noticed(answer: Answer, part: str) -> None:
    with recording(answer) as recorder, proxy.proxied(recorder.url) as through:
        noticed = said(through, "GET", f"{LIST}?page=1&itemsOnPage=5", None, BEARER)
    assert any(part in problem for problem in noticed), noticed


def test_every_disagreement_with_the_document_is_met_and_has_a_reason(
    own_emulator: tuple[ProxiedEmulator, Proxy],
) -> None:
    emulator, through = own_emulator
    with mct.Client(emulator.secret, base_url=through.url) as client, pytest.raises(mct.NotFoundError):
        client.publish_tokens.delete(424242)
    with mct.Client("a-wrong-secret", base_url=through.url) as client, pytest.raises(mct.UnauthorizedError):
        client.publish_tokens.list_page()
    assert through.take_problems() == []
    met = through.exchanges[-2:]
    for disagreement in contract.DISAGREEMENTS:
        assert all(disagreement.applies(exchange.operation, exchange.status, "fail") for exchange in met)
        assert disagreement.what
        assert disagreement.reason


def test_the_proxy_stands_in_front_of_the_emulator_of_this_session(
    emulator: ProxiedEmulator, client: mct.Client
) -> None:
    client.publish_tokens.list_page(items_on_page=1)
    assert emulator.url != emulator.own_url
    (through,) = [running for running in proxy.RUNNING if running.url == emulator.url]
    assert through.exchanges[-1].query["itemsOnPage"] == ["1"]
