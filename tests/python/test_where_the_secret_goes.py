"""The secret goes to the one server that was named, over TLS, whatever an address, an answer or a proxy says."""

from __future__ import annotations

import base64
import json
import os
import socket
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import millicast_tokens as mct
import pytest

from certificates import YEAR, Authority
from servers import Answer, Recorder, failure, recording, success
from tls_servers import Tunnels, context_of, drain, hanging_up, head_of, peer, silent, tls_recording

TOKEN = success({"id": 7, "token": "the-token-string-of-seven"})
SECRET = "the-api-secret-that-stays-here"
#: What a deadline may be late.
LATE = 0.1

ELSEWHERE = [
    "http://api.millicast.com",
    "http://192.0.2.1",
    "http://126.255.255.255",
    "http://128.0.0.1",
    "http://127.0.0.1.example.com",
    "http://127.0.0.1%2eexample.com",
    "http://localhost.example.com",
    "http://localhost-example.com",
    "http://mylocalhost",
    "http://a.localhost",
    "http://localhost.",
    "http:example.com",
    "\thttp://example.com",
    "http://example.com/127.0.0.1",
    "http://example.com\\127.0.0.1",
    "http://example.com/#@127.0.0.1",
    "http://0x80000001",
    "http://2147483649",
    "http://0.0.0.0",
    "http://0",
    "http://[::]",
    "http://[::2]",
    "http://[::127.0.0.1]",
    "http://[::ffff:127.0.0.1]",
    "http://[::ffff:192.0.2.1]",
    "http://127.0.0.1@example.com",
    "http://127.0.0.1:80@example.com",
    "http://localhost%00.example.com",
]


@pytest.mark.parametrize("url", ELSEWHERE)
def test_plain_http_to_another_machine_is_refused(url: str) -> None:
    for more in ("", ":8080", "/path"):
        with pytest.raises(mct.InvalidArgumentError) as refused:
            mct.Client(SECRET, base_url=url + more)
        assert (refused.value.field, refused.value.outcome) == ("base_url", mct.Outcome.NOT_SENT)
        with pytest.raises(mct.InvalidArgumentError):
            mct.Client(SECRET, base_url=url + more, allow_insecure_http=False)


@pytest.mark.parametrize("url", ["http://api.millicast.com", "http://192.0.2.1:8080", "http://localhost.example.com"])
def test_plain_http_to_another_machine_can_be_asked_for(url: str) -> None:
    mct.Client(SECRET, base_url=url, allow_insecure_http=True).close()


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "LocalHost",
        "0x7f000001",
        "0x7f.0.0.1",
        "2130706433",
        "0177.0.0.1",
        "127.1",
        "127.0.0.1.",
        "①②⑦.⓪.⓪.①",
        "local\thost",
    ],
)
def test_an_address_of_this_machine_is_taken_in_any_spelling_and_goes_nowhere_else(
    recorder: Recorder, host: str
) -> None:
    with mct.Client(SECRET, base_url=f"http://{host}:{urlsplit(recorder.url).port}", max_retries=0) as client:
        assert client.publish_tokens.read(7).id == 7
    name = recorder.asked[0].headers["host"].rpartition(":")[0]
    assert name in ("127.0.0.1", "localhost")


@pytest.mark.parametrize("host", ["127.0.0.0", "127.1.2.3", "127.255.255.255", "[::1]", "[0:0:0:0:0:0:0:1]"])
def test_every_loopback_address_is_taken(host: str) -> None:
    mct.Client(SECRET, base_url=f"http://{host}:1").close()


# Redirects


@pytest.mark.parametrize("status", [300, 301, 302, 303, 305, 307, 308, 399])
def test_a_redirect_is_never_followed(authority: Authority, leaf: Path, status: int) -> None:
    context = context_of(leaf)
    with (
        tls_recording(TOKEN, context) as server,
        tls_recording(TOKEN, context) as elsewhere,
        recording(TOKEN) as plain,
        mct.Client(SECRET, base_url=server.url, ca_pem=authority.pem) as client,
    ):
        port = urlsplit(plain.url).port
        targets = [elsewhere.url, f"https://localhost:{elsewhere.port}/api", f"//127.0.0.1:{elsewhere.port}/x"]
        targets += [plain.url, f"http://localhost:{port}/", f"http://user:pass@127.0.0.1:{port}"]
        targets += ["/elsewhere", "elsewhere", "?page=2", "", f"https://localhost:{server.port}/api/publish_token/7"]
        calls: list[Callable[[], object]] = [
            lambda: client.publish_tokens.read(7),
            lambda: client.publish_tokens.create("label", ["s"]),
            lambda: client.publish_tokens.delete(7),
        ]
        for target in targets:
            server.answer = Answer(status, TOKEN.body, {"Location": target, "Content-Type": "application/json"})
            for call in calls:
                with pytest.raises(mct.ProtocolError, match="redirect") as failed:
                    call()
                assert failed.value.http_status == status
                assert SECRET not in str(vars(failed.value))
        assert len(server.asked) == len(targets) * len(calls)
        assert (elsewhere.accepted, elsewhere.asked, plain.asked) == (0, [], [])
    assert {urlsplit(asked.path).path for asked in server.asked} == {"/api/publish_token", "/api/publish_token/7"}


# Proxies

USER, PASSWORD = "some@body", "pass/word:with%signs-a8f3"
CREDENTIALS = f"{USER}:{PASSWORD}"
BASE64 = base64.b64encode(CREDENTIALS.encode()).decode()
#: How the credentials could show.
SHAPES = [PASSWORD, USER, BASE64, quote(PASSWORD, safe=""), quote(USER, safe=""), SECRET]


def with_credentials(address: str) -> str:
    return f"http://{quote(USER, safe='')}:{quote(PASSWORD, safe='')}@{address}"


class Told:
    """All that a client says of itself."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def options(self) -> dict[str, Any]:
        """What lets a client say it."""
        return {"log": lambda _, line: self.lines.append(line), "log_level": mct.LogLevel.TRACE}

    def failure_of(self, client: mct.Client, kind: type[mct.MillicastError]) -> mct.MillicastError:
        """How a create fails."""
        with pytest.raises(kind) as failed:
            client.publish_tokens.create("label", ["s"])
        error = failed.value
        self.lines += [str(error), repr(error), repr(vars(error)), repr(client), repr(client._connection)]
        self.lines += traceback.format_exception_only(type(error), error)
        return error

    def assert_holds_no_secret(self) -> None:
        """Neither the credentials nor the secret."""
        assert len(self.lines) > 5
        text = "\n".join(self.lines)
        assert not [shape for shape in SHAPES if shape in text], text


def test_a_call_goes_through_a_proxy_with_credentials_and_stays_closed_to_it(authority: Authority, leaf: Path) -> None:
    told = Told()
    with tls_recording(TOKEN, context_of(leaf)) as server:
        tunnels = Tunnels(server.port)
        with peer(tunnels) as proxy:
            options: dict[str, Any] = {"proxy": with_credentials(proxy.address), "ca_pem": authority.pem}
            # A name that the proxy alone can look up.
            with mct.Client(SECRET, base_url="https://api.invalid:8443", **options, **told.options()) as client:
                error = told.failure_of(client, mct.TlsError)
                assert (error.outcome, "another host" in str(error)) == (mct.Outcome.NOT_SENT, True)
            assert len(tunnels.heads) == 1
            with mct.Client(SECRET, base_url=server.url, **options, **told.options()) as client:
                assert client.publish_tokens.read(7).id == 7
                assert client.publish_tokens.read(7).id == 7
                assert client.publish_tokens.create("label", ["s"]).id == 7
    # The reads share a tunnel.
    assert len(tunnels.heads) == 3
    assert tunnels.heads[0].startswith(b"CONNECT api.invalid:8443 HTTP/1.1\r\n")
    assert all(
        f"\r\nproxy-authorization: basic {BASE64}\r\n".lower().encode() in head.lower() for head in tunnels.heads
    )
    assert not [head for head in tunnels.heads if SECRET.encode() in head or b"publish_token" in head]
    assert SECRET.encode() not in tunnels.passed
    assert [asked.headers["authorization"] for asked in server.asked] == [f"Bearer {SECRET}"] * 3
    assert not [asked for asked in server.asked if BASE64 in str(asked) or "proxy" in str(asked.headers).lower()]
    told.assert_holds_no_secret()


def test_a_certificate_is_checked_behind_a_proxy_as_without_one(authority: Authority, leaf: Path) -> None:
    expired = authority.leaf(begins=-2 * YEAR, ends=-YEAR)
    for certificate, roots, expected in ((expired, authority.pem, "expired"), (leaf, (), "unknown issuer")):
        with tls_recording(TOKEN, context_of(certificate)) as server:
            tunnels = Tunnels(server.port)
            with peer(tunnels) as proxy:
                options: dict[str, Any] = {"proxy": f"http://{proxy.address}", "ca_pem": roots}
                client = mct.Client(SECRET, base_url=server.url, **options)
                with client, pytest.raises(mct.TlsError, match=expected) as failed:
                    client.publish_tokens.create("label", ["s"])
        assert failed.value.outcome is mct.Outcome.NOT_SENT
        assert (server.accepted, server.asked, len(tunnels.heads)) == (1, [], 1)


def echoing(status: str) -> bytes:
    """An answer that tells everywhere what a client sent."""
    body = json.dumps({"status": "fail", "data": {"message": f"{CREDENTIALS} {BASE64}", "token": f"Basic {BASE64}"}})
    head = f"HTTP/1.1 {status} {CREDENTIALS}\r\nX-Seen: Basic {BASE64}\r\nLocation: http://{CREDENTIALS}@127.0.0.1\r\n"
    return f"{head}Content-Type: text/{PASSWORD}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


ECHOES = {
    "407": (echoing("407 Proxy Authentication Required"), "through the proxy"),
    "403": (echoing("403 Forbidden"), "through the proxy"),
    "502": (echoing("502 Bad Gateway"), "through the proxy"),
    "301": (echoing("301 Moved"), "through the proxy"),
    "no HTTP": (f"{CREDENTIALS} {BASE64}\r\n\r\n".encode() * 20, "through the proxy"),
    "a head without an end": (f"HTTP/1.1 200 {CREDENTIALS}\r\n".encode() + b"X: y\r\n" * 10000, "through the proxy"),
    "half": (f"HTTP/1.1 200 OK\r\nX-Seen: {BASE64}".encode(), "through the proxy"),
}


@pytest.mark.parametrize(("echo", "expected"), ECHOES.values(), ids=ECHOES)
def test_a_proxy_that_echoes_its_credentials_is_quoted_nowhere(echo: bytes, expected: str) -> None:
    told = Told()

    def behaviour(connection: socket.socket) -> None:
        assert BASE64.encode() in head_of(connection)
        connection.sendall(echo)
        drain(connection)

    with peer(behaviour) as proxy:
        options: dict[str, Any] = {"proxy": with_credentials(proxy.address), "max_retries": 1}
        with mct.Client(SECRET, base_url="https://api.invalid", **options, **told.options()) as client:
            error = told.failure_of(client, mct.ConnectError)
        assert proxy.accepted <= 2
    assert expected in str(error)
    assert error.outcome is mct.Outcome.NOT_SENT
    told.assert_holds_no_secret()


def test_a_proxy_that_makes_a_tunnel_to_garbage_is_a_tls_error(authority: Authority) -> None:
    told = Told()
    garbage = b"HTTP/1.1 200 OK\r\n\r\n" + f"{CREDENTIALS} {BASE64}".encode() * 20

    def behaviour(connection: socket.socket) -> None:
        head_of(connection)
        connection.sendall(garbage[:19])
        connection.recv(65536)
        connection.sendall(garbage[19:])
        drain(connection)

    with peer(behaviour) as proxy:
        options: dict[str, Any] = {"proxy": with_credentials(proxy.address), "ca_pem": authority.pem}
        with mct.Client(SECRET, base_url="https://api.invalid", **options, **told.options()) as client:
            error = told.failure_of(client, mct.TlsError)
        assert (error.outcome, proxy.accepted) == (mct.Outcome.NOT_SENT, 1)
    told.assert_holds_no_secret()


@pytest.mark.parametrize(
    "echo",
    [
        failure(400, {"message": f"{CREDENTIALS} is not known"}),
        failure(400, {"seen": f"Basic {BASE64}"}),
        Answer(502, b"", {"Content-Type": f"text/{PASSWORD}"}),
    ],
    ids=["in words", "as they were sent", "in a header"],
)
def test_a_proxy_that_answers_in_the_servers_place_is_not_quoted_with_its_credentials(echo: Answer) -> None:
    told = Told()
    # Without TLS there is no tunnel, and the proxy sees the request.
    with recording(echo) as proxy:
        options: dict[str, Any] = {"proxy": with_credentials(urlsplit(proxy.url).netloc), "max_retries": 0}
        with mct.Client(SECRET, base_url="http://127.0.0.1:1", **options, **told.options()) as client:
            told.failure_of(client, mct.MillicastError)
    assert proxy.asked[0].headers["proxy-authorization"] == f"Basic {BASE64}"
    told.assert_holds_no_secret()


def tunnelling_into_silence(connection: socket.socket) -> None:
    head_of(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    silent(connection)


def trickling(connection: socket.socket) -> None:
    """Says something of a head, and never its end."""
    head_of(connection)
    connection.sendall(f"HTTP/1.1 407 {CREDENTIALS}\r\nX-Seen: {BASE64}\r\n".encode())
    silent(connection)


@pytest.mark.parametrize("behaviour", [silent, tunnelling_into_silence, trickling])
def test_a_proxy_that_hangs_costs_the_timeout_and_no_more(behaviour: Callable[[socket.socket], None]) -> None:
    told = Told()
    limits: list[tuple[dict[str, Any], type[mct.MillicastError]]] = [
        ({"timeout": 0.3, "max_retries": 100}, mct.CallTimeoutError),
        ({"connect_timeout": 0.3, "max_retries": 0}, mct.ConnectError),
    ]
    with peer(behaviour) as proxy:
        for limit, kind in limits:
            options = {**limit, "proxy": with_credentials(proxy.address), **told.options()}
            with mct.Client(SECRET, base_url="https://api.invalid", **options) as client:
                started = time.monotonic()
                error = told.failure_of(client, kind)
                took = time.monotonic() - started
            assert 0.3 <= took < 0.3 + LATE
            assert error.outcome is mct.Outcome.NOT_SENT
        assert proxy.accepted == 2
    told.assert_holds_no_secret()


def test_a_proxy_that_hangs_up_is_tried_no_more_often_than_was_asked_for() -> None:
    told = Told()
    with peer(hanging_up) as proxy:
        options: dict[str, Any] = {"proxy": with_credentials(proxy.address), "max_retries": 1, **told.options()}
        with mct.Client(SECRET, base_url="https://api.invalid", **options) as client:
            error = told.failure_of(client, mct.ConnectError)
        assert (error.outcome, proxy.accepted) == (mct.Outcome.NOT_SENT, 2)
    told.assert_holds_no_secret()


@pytest.mark.parametrize(
    "proxy",
    [
        "socks5://{}@127.0.0.1:1080",
        "https://{}@127.0.0.1:1",
        "http://{}@127.0.0.1:1/path",
        "http://{}@127.0.0.1:1?query",
        "http://{}@127.0.0.1:99999",
        "http://{}@",
        "http://{}@[::1",
        "{}@127.0.0.1:1",
    ],
)
def test_a_proxys_address_that_is_refused_is_not_quoted(proxy: str) -> None:
    given = proxy.format(f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}")
    with pytest.raises(mct.InvalidArgumentError) as refused:
        mct.Client(SECRET, proxy=given)
    assert refused.value.field == "proxy"
    said = str(vars(refused.value)) + str(refused.value)
    assert not [shape for shape in SHAPES if shape in said]


def test_the_proxies_of_the_environment_are_not_asked(
    authority: Authority, leaf: Path, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in [name for name in os.environ if name.lower() == "no_proxy"]:
        monkeypatch.delenv(variable)
    with recording(TOKEN) as proxy, tls_recording(TOKEN, context_of(leaf)) as server:
        for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "FTP_PROXY"):
            monkeypatch.setenv(variable, proxy.url)
            monkeypatch.setenv(variable.lower(), proxy.url)
        for url in (recorder.url, server.url):
            with mct.Client(SECRET, base_url=url, ca_pem=authority.pem) as client:
                assert client.publish_tokens.read(7).id == 7
                assert client.publish_tokens.create("label", ["s"]).id == 7
        assert proxy.asked == []
    assert (len(recorder.asked), len(server.asked)) == (2, 2)
