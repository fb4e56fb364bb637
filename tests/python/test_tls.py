"""What a server has to show before it gets the secret, and what is said when it does not."""

from __future__ import annotations

import inspect
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import millicast_tokens as mct
import pytest

import header
from certificates import YEAR, Authority, certificate_in, self_signed
from servers import Recorder, success
from tls_servers import abandon, context_of, hanging_up, peer, saying, shaking_hands, silent, tls_recording

TOKEN = success({"id": 7, "token": "the-token-string-of-seven"})
SECRET = "the-api-secret-that-stays-here"
ROOT_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
#: What a deadline may be late.
LATE = 0.1


def read(client: mct.Client) -> object:
    return client.publish_tokens.read(7)


def create(client: mct.Client) -> object:
    return client.publish_tokens.create("label", ["s"])


CALLS: tuple[Callable[[mct.Client], object], ...] = (read, create)


def only(context: ssl.SSLContext, version: ssl.TLSVersion) -> ssl.SSLContext:
    """Lets it speak one version alone, if need be with the ciphers of that version's time."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    if version == ssl.TLSVersion.TLSv1_1:
        context.set_ciphers("ALL:@SECLEVEL=0")
    return context


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_server_that_speaks_tls_1_2_or_1_3_alone_is_spoken_to(
    authority: Authority, leaf: Path, version: ssl.TLSVersion, host: str
) -> None:
    with tls_recording(TOKEN, only(context_of(leaf), version)) as server:
        with mct.Client(SECRET, base_url=f"https://{host}:{server.port}", ca_pem=authority.pem) as client:
            assert client.publish_tokens.read(7).id == 7
            assert client.publish_tokens.create("label", ["s"]).id == 7
        assert server.handshake().replace("v", "_v").replace(".", "_") == f"TLS_v{version.name[4:]}"
    assert [asked.headers["authorization"] for asked in server.asked] == [f"Bearer {SECRET}"] * 2


def test_a_server_that_speaks_tls_1_1_alone_is_not(authority: Authority, leaf: Path) -> None:
    with tls_recording(TOKEN, only(context_of(leaf), ssl.TLSVersion.TLSv1_1)) as server:
        with mct.Client(SECRET, base_url=server.url, ca_pem=authority.pem) as client:
            for call in CALLS:
                with pytest.raises(mct.TlsError, match=r"(?i)version") as failed:
                    call(client)
                assert failed.value.outcome is mct.Outcome.NOT_SENT
        assert server.accepted == 2
        # That it is the version, and no fault of the server's, shows who accepts such an old one.
        lenient = only(ssl.create_default_context(cadata=authority.pem), ssl.TLSVersion.TLSv1_1)
        bare = socket.create_connection(("127.0.0.1", server.port), 10)
        with lenient.wrap_socket(bare, server_hostname="127.0.0.1") as shaken:
            assert shaken.version() == "TLSv1.1"
    assert server.asked == []


UNFIT: dict[str, tuple[dict[str, Any], str]] = {
    "expired an hour ago": ({"begins": -YEAR, "ends": timedelta(hours=-1)}, "expired"),
    "expired years ago": ({"begins": -11 * YEAR, "ends": -10 * YEAR}, "expired"),
    "valid in an hour": ({"begins": timedelta(hours=1), "ends": YEAR}, "not valid yet"),
    "valid in years": ({"begins": 10 * YEAR, "ends": 11 * YEAR}, "not valid yet"),
    "of another name": ({"names": "DNS:example.com, DNS:*.localhost"}, "another host"),
    "of another address": ({"names": "IP:127.0.0.2, DNS:127.0.0.1"}, "another host"),
    "of no name but a common one": ({"names": None, "common_name": "127.0.0.1"}, "another host"),
}


def assert_is_refused(certificate: Path, roots: str | tuple[()], expected: str, **options: Any) -> str:
    """Every call is refused with such a text, one handshake each, and the server is asked for nothing."""
    lines: list[str] = []

    def keep(_: int, line: str) -> None:
        lines.append(line)

    options = {"log": keep, "log_level": mct.LogLevel.TRACE, **options}
    with tls_recording(TOKEN, context_of(certificate)) as server:
        with mct.Client(SECRET, base_url=server.url, ca_pem=roots, **options) as client:
            for call in CALLS:
                with pytest.raises(mct.TlsError, match=expected) as failed:
                    call(client)
                error = failed.value
                assert (error.status, error.outcome, error.http_status) == (mct.Status.TLS, mct.Outcome.NOT_SENT, 0)
                assert "alert" in server.handshake()
        assert (server.accepted, server.asked) == (2, [])
    assert len(lines) > len(CALLS)
    assert not [line for line in lines if "retry" in line or SECRET in line]
    return str(error)


@pytest.mark.parametrize(("certificate", "expected"), UNFIT.values(), ids=UNFIT)
def test_a_certificate_that_is_unfit_is_refused_once_and_the_text_says_why(
    authority: Authority, certificate: dict[str, Any], expected: str
) -> None:
    text = assert_is_refused(authority.leaf(**certificate), authority.pem, expected)
    others = {reason for _, reason in UNFIT.values()} - {expected}
    assert not [reason for reason in others if reason in text]
    assert ("clock" in text) == (expected != "another host"), "a wrong clock makes good certificates look like this"


def test_a_certificate_of_an_unknown_issuer_is_refused_once(leaf: Path, tmp_path: Path) -> None:
    assert_is_refused(leaf, Authority(tmp_path / "other").pem, "unknown issuer")
    # A root of the right name that has another key is not the right one.
    assert_is_refused(leaf, Authority(tmp_path / "authority").pem, "BadSignature|issuer")


def test_a_certificate_that_is_its_own_issuer_is_refused_unless_it_was_given_as_a_root(tmp_path: Path) -> None:
    own = self_signed(tmp_path / "own")
    assert_is_refused(own, (), "unknown issuer")
    with (
        tls_recording(TOKEN, context_of(own)) as server,
        mct.Client(SECRET, base_url=server.url, ca_pem=certificate_in(own)) as client,
    ):
        read(client)
    assert len(server.asked) == 1


def test_a_root_that_stands_in_for_a_servers_certificate_is_refused(tmp_path: Path) -> None:
    own = self_signed(tmp_path / "own", is_root=True)
    assert_is_refused(own, (), "certificate")
    assert_is_refused(own, certificate_in(own), "certificate")


def test_the_text_says_that_a_root_stands_in_for_a_servers_certificate(tmp_path: Path) -> None:
    own = self_signed(tmp_path / "own", is_root=True)
    assert_is_refused(own, (), "self-signed|authority")


def test_what_lets_http_be_used_does_not_let_a_certificate_pass(authority: Authority, leaf: Path) -> None:
    assert_is_refused(leaf, (), "unknown issuer", allow_insecure_http=True)
    expired = authority.leaf(begins=-2 * YEAR, ends=-YEAR)
    assert_is_refused(expired, authority.pem, "expired", allow_insecure_http=True)


def test_nothing_turns_verification_off() -> None:
    telling = re.compile(r"verif|insecure|danger|unsafe|trust|invalid|accept|check|skip|hostname|tls|ssl|cert", re.I)
    names = {name for name in header.functions() if name.startswith("mct_client")}
    assert {name for name in names if telling.search(name)} == {"mct_client_config_set_allow_insecure_http"}
    of_the_config = {name for name in names if name.startswith("mct_client_config_")}
    assert len(of_the_config) > 10
    arguments = set(inspect.signature(mct.Client).parameters)
    assert {name for name in arguments if telling.search(name)} == {"allow_insecure_http"}


# Where roots come from

IN_A_PROCESS_OF_ITS_OWN = """
import json, sys
import millicast_tokens as mct

plain, behind_tls = sys.argv[1:]
said = {"signed": mct.Signer(5, "key").sign(mct.Claims("s", 60)).jwt.count(".")}
with mct.Client("secret", base_url=plain) as client:
    said["plain"] = client.publish_tokens.read(7).id
with mct.Client("secret", base_url=behind_tls) as client:
    try:
        said["tls"] = client.publish_tokens.read(7).id
    except mct.TlsError as error:
        said["error"] = str(error)
        said["outcome"] = error.outcome
print(json.dumps(said))
"""


def calls_with(plain: str, behind_tls: str, **roots: Path) -> dict[str, Any]:
    """What a program does that looks for roots there."""
    kept = {name: value for name, value in os.environ.items() if name not in ROOT_VARIABLES}
    package = str(Path(mct.__file__).parents[1])
    environment = {**kept, "PYTHONPATH": package, **{name: str(path) for name, path in roots.items()}}
    command = [sys.executable, "-c", IN_A_PROCESS_OF_ITS_OWN, plain, behind_tls]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    said: dict[str, Any] = json.loads(done.stdout)
    assert (said.pop("signed"), said.pop("plain")) == (2, 7)
    return said


@pytest.mark.parametrize("variable", ROOT_VARIABLES)
def test_the_environment_can_name_a_root(
    authority: Authority, leaf: Path, recorder: Recorder, tmp_path: Path, variable: str
) -> None:
    (tmp_path / "a name that is no hash.pem").write_text(authority.pem)
    path = authority.file if variable == "SSL_CERT_FILE" else tmp_path
    with tls_recording(TOKEN, context_of(leaf)) as server:
        assert calls_with(recorder.url, server.url, **{variable: path}) == {"tls": 7}


def place_without_roots(kind: str, folder: Path) -> dict[str, Path]:
    """An environment that names such a place."""
    place = folder / "roots"
    if kind == "an empty folder":
        place.mkdir()
    elif kind == "an empty file":
        place.touch()
    elif kind == "a file of something else":
        place.write_text("These are no certificates.\n")
    return {"SSL_CERT_DIR" if "folder" in kind else "SSL_CERT_FILE": place}


ROOTLESS = ["an empty file", "a missing file", "a file of something else", "an empty folder", "a missing folder"]


@pytest.mark.parametrize("kind", ROOTLESS)
def test_without_roots_all_works_but_tls_whose_error_says_what_to_do(
    leaf: Path, recorder: Recorder, tmp_path: Path, kind: str
) -> None:
    with tls_recording(TOKEN, context_of(leaf)) as server:
        said = calls_with(recorder.url, server.url, **place_without_roots(kind, tmp_path))
        assert server.asked == []
    assert said["outcome"] == mct.Outcome.NOT_SENT
    for part in ("no root certificates", "looked", *ROOT_VARIABLES, "ca-certificates", "ca_pem"):
        assert part in said["error"]
    if "missing" in kind:
        assert str(tmp_path / "roots") in said["error"]


@pytest.mark.parametrize("kind", ROOTLESS)
def test_the_error_without_roots_names_the_place_that_was_looked_at_and_no_other(
    leaf: Path, recorder: Recorder, tmp_path: Path, kind: str
) -> None:
    with tls_recording(TOKEN, context_of(leaf)) as server:
        error = calls_with(recorder.url, server.url, **place_without_roots(kind, tmp_path))["error"]
    assert str(tmp_path / "roots") in error
    assert "usual places" not in error


def test_a_root_that_was_given_does_without_those_of_the_environment(
    authority: Authority, leaf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing"))
    with tls_recording(TOKEN, context_of(leaf)) as server:
        with mct.Client(SECRET, base_url=server.url, ca_pem=authority.pem) as client:
            read(client)
        with mct.Client(SECRET, base_url=server.url) as client, pytest.raises(mct.TlsError, match="no root"):
            read(client)


# Servers that ask for a certificate of the client's


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_server_that_would_like_a_certificate_of_the_clients_does_without(
    authority: Authority, leaf: Path, version: ssl.TLSVersion
) -> None:
    context = only(context_of(leaf), version)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_verify_locations(cadata=authority.pem)
    with (
        tls_recording(TOKEN, context) as server,
        mct.Client(SECRET, base_url=server.url, ca_pem=authority.pem) as client,
    ):
        for call in CALLS:
            call(client)
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("version", "expected"),
    # The server's own words: one of TLS 1.2 has none for this.
    [(ssl.TLSVersion.TLSv1_2, "(?i)handshake"), (ssl.TLSVersion.TLSv1_3, "(?i)certificate")],
)
def test_a_server_that_needs_a_certificate_of_the_clients_is_a_tls_error(
    authority: Authority, leaf: Path, version: ssl.TLSVersion, expected: str
) -> None:
    context = only(context_of(leaf), version)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=authority.pem)
    with tls_recording(TOKEN, context) as server:
        with mct.Client(SECRET, base_url=server.url, ca_pem=authority.pem) as client:
            for call in CALLS:
                with pytest.raises(mct.TlsError, match=expected) as failed:
                    call(client)
                # With TLS 1.3 the client has sent its request when it hears of this.
                allowed = {mct.Outcome.NOT_SENT}
                if version == ssl.TLSVersion.TLSv1_3:
                    allowed.add(mct.Outcome.UNKNOWN)
                assert failed.value.outcome in allowed
                assert "certificate" in server.handshake()
        assert (server.accepted, server.asked) == (2, [])


# Servers that do not speak TLS

NO_TLS = {
    "a web server": b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    "a shell": b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
    "a mail server": b"220 mail.example.com ESMTP\r\n",
    "garbage": bytes(range(256)) * 16,
    "zeros": bytes(1000),
    "a record of garbage": b"\x16\x03\x03\x00\x05\xff\xff\xff\xff\xff",
}


@pytest.mark.parametrize("words", NO_TLS.values(), ids=NO_TLS)
def test_a_server_that_speaks_something_else_is_a_tls_error_that_says_so(words: bytes) -> None:
    with peer(saying(words)) as server:
        for turn, call in enumerate(CALLS, 1):
            client = mct.Client(SECRET, base_url=f"https://{server.address}")
            with client, pytest.raises(mct.TlsError, match="not TLS") as failed:
                call(client)
            assert failed.value.outcome is mct.Outcome.NOT_SENT
            assert server.accepted == turn


@pytest.mark.parametrize(("alert", "name"), [(40, "HandshakeFailure"), (70, "ProtocolVersion"), (112, "Name")])
def test_a_server_that_refuses_the_handshake_is_a_tls_error_that_is_not_tried_again(alert: int, name: str) -> None:
    with peer(saying(b"\x15\x03\x03\x00\x02\x02" + bytes([alert]))) as server:
        client = mct.Client(SECRET, base_url=f"https://{server.address}")
        with client, pytest.raises(mct.TlsError, match=name) as failed:
            create(client)
        assert (failed.value.outcome, server.accepted) == (mct.Outcome.NOT_SENT, 1)


@pytest.mark.parametrize("behaviour", [hanging_up, saying(b"\x16\x03\x03\x40\x00\x02")], ids=["at once", "half-way"])
def test_a_server_that_closes_during_the_handshake_was_not_reached(behaviour: Callable[[socket.socket], None]) -> None:
    with peer(behaviour) as server:
        client = mct.Client(SECRET, base_url=f"https://{server.address}", max_retries=1)
        with client, pytest.raises(mct.ConnectError, match=server.address) as failed:
            create(client)
        # It may have been about to end, so it is worth another try, and no more than were asked for.
        assert (failed.value.outcome, server.accepted) == (mct.Outcome.NOT_SENT, 2)


@pytest.mark.parametrize("call", CALLS)
def test_a_server_that_is_silent_in_the_handshake_costs_the_timeout_and_no_more(
    call: Callable[[mct.Client], object],
) -> None:
    limits: list[tuple[dict[str, Any], type[mct.MillicastError], str]] = [
        ({"timeout": 0.3, "max_retries": 100}, mct.CallTimeoutError, "300 ms"),
        ({"connect_timeout": 0.3, "max_retries": 0}, mct.ConnectError, "connect timeout"),
    ]
    with peer(silent) as server:
        for options, kind, text in limits:
            with mct.Client(SECRET, base_url=f"https://{server.address}", **options) as client:
                started = time.monotonic()
                with pytest.raises(kind, match=text) as failed:
                    call(client)
                took = time.monotonic() - started
            assert 0.3 <= took < 0.3 + LATE
            assert call is read or failed.value.outcome is mct.Outcome.NOT_SENT
        assert server.accepted == 2


# What can happen after the handshake

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
WHOLE = HEAD + b"Content-Length: %d\r\n\r\n%b" % (len(TOKEN.body), TOKEN.body)
#: Its end is where the connection ends.
ENDLESS = HEAD + b"Connection: close\r\n\r\n" + TOKEN.body
A_RECORD_OF_NO_KEY = b"\x17\x03\x03\x00\x20" + bytes(32)


def answering(answer: bytes, *, says_farewell: bool, last_words: bytes = b"") -> Callable[[ssl.SSLSocket], None]:
    def act(shaken: ssl.SSLSocket) -> None:
        if answer:
            shaken.sendall(answer)
        if says_farewell:
            shaken.unwrap()
        else:
            abandon(shaken, last_words)

    return act


@pytest.mark.parametrize(
    "act",
    [
        answering(WHOLE, says_farewell=True),
        answering(WHOLE, says_farewell=False),
        answering(ENDLESS, says_farewell=True),
    ],
    ids=["a length and a farewell", "a length", "a farewell"],
)
def test_an_answer_is_whole_when_its_length_or_tls_itself_says_so(
    authority: Authority, leaf: Path, act: Callable[[ssl.SSLSocket], None]
) -> None:
    with peer(shaking_hands(context_of(leaf), act)) as server:
        for call in CALLS:
            with mct.Client(
                SECRET, base_url=f"https://{server.address}", ca_pem=authority.pem, max_retries=0
            ) as client:
                call(client)


LOST = {
    "no answer": answering(b"", says_farewell=False),
    "no answer but a farewell": answering(b"", says_farewell=True),
    # Anyone on the way can end a connection, and what came so far is good JSON.
    "an answer that anyone may have cut off": answering(ENDLESS, says_farewell=False),
}
TAMPERED = {
    "a record of another key": answering(b"", says_farewell=False, last_words=A_RECORD_OF_NO_KEY),
    "no record": answering(b"", says_farewell=False, last_words=b"This is not TLS." * 20),
    "half an answer": answering(WHOLE[:-5], says_farewell=False, last_words=A_RECORD_OF_NO_KEY),
}


def failure_of_a_create(authority: Authority, leaf: Path, act: Callable[[ssl.SSLSocket], None]) -> mct.MillicastError:
    """A create goes out once, and nobody can know what came of it."""
    with peer(shaking_hands(context_of(leaf), act)) as server:
        client = mct.Client(SECRET, base_url=f"https://{server.address}", ca_pem=authority.pem)
        with client, pytest.raises(mct.MillicastError) as failed:
            create(client)
        assert (failed.value.outcome, server.accepted) == (mct.Outcome.UNKNOWN, 1)
    return failed.value


@pytest.mark.parametrize("act", LOST.values(), ids=LOST)
def test_a_connection_that_ends_too_early_leaves_a_create_unknown(
    authority: Authority, leaf: Path, act: Callable[[ssl.SSLSocket], None]
) -> None:
    assert isinstance(failure_of_a_create(authority, leaf, act), mct.ConnectError)


@pytest.mark.parametrize("act", TAMPERED.values(), ids=TAMPERED)
def test_an_answer_that_was_tampered_with_leaves_a_create_unknown(
    authority: Authority, leaf: Path, act: Callable[[ssl.SSLSocket], None]
) -> None:
    assert isinstance(failure_of_a_create(authority, leaf, act), mct.TlsError)


@pytest.mark.parametrize("act", TAMPERED.values(), ids=TAMPERED)
def test_an_error_after_the_handshake_is_not_told_as_one_of_the_handshake(
    authority: Authority, leaf: Path, act: Callable[[ssl.SSLSocket], None]
) -> None:
    assert "handshake" not in str(failure_of_a_create(authority, leaf, act))


def test_a_connection_without_a_farewell_is_told_in_words_of_this_library(authority: Authority, leaf: Path) -> None:
    error = failure_of_a_create(authority, leaf, LOST["no answer"])
    assert "://" not in str(error)
    assert "rustls" not in str(error)


def test_one_root_among_several_is_enough(authority: Authority, leaf: Path, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other")
    with tls_recording(TOKEN, context_of(leaf)) as server:
        for roots in ([other.pem, authority.pem], other.pem + "between\n" + authority.pem):
            with mct.Client(SECRET, base_url=server.url, ca_pem=roots) as client:
                read(client)
    assert len(server.asked) == 2
