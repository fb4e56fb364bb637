"""Signing and verifying: the public vector, keys of all lengths, every claim, and the director's word on it."""

from __future__ import annotations

import array
import base64
import hashlib
import hmac
import json
import time
from typing import Any

import millicast_tokens as mct
import pytest
from millicast_tokens._native.calls import lib
from millicast_tokens.testing import Emulator

KEY = "d2e166fdda89824a6c493d8a2af7a0754199eff9e38c579cba8783767a44039c"
VECTOR = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdHJlYW1pbmciOnsidG9rZW5JZCI6MTIzNDUsInRva2VuVHlwZSI6IlN1YnNjcmliZSIsInN0"
    "cmVhbU5hbWUiOiJteVN0cmVhbU5hbWUiLCJ0cmFja2luZyI6eyJ0cmFja2luZ0lkIjoiZ3JvdXBBYmMifSwiY3VzdG9tVmlld2VyRGF0YSI6InVzZX"
    "I9dXNlcjEyMzthcHBWZXJzaW9uPXgueS54In0sImlhdCI6MTc1MDgxMzI3MSwiZXhwIjoxNzUwODEzODcxfQ"
    ".pP5Kg6fCJfTaCc_OaV1FV5votZjy8x1gfJ2F7tQXj7c"
)
HASHES = {
    mct.Algorithm.HS256: hashlib.sha256,
    mct.Algorithm.HS384: hashlib.sha384,
    mct.Algorithm.HS512: hashlib.sha512,
}
NAMES = ["plain", "Zoë 東京 🎥", 'a "quoted" \\name\\', "a\u2028b\u2029c", "\x01\x1f\x7f", " blank ", "é", "e\u0301"]


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def decoded(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def signed_by_hand(payload: Any, key: str = "key", header: str = '{"alg":"HS256","typ":"JWT"}') -> str:
    """A token that the library did not make."""
    text = payload if isinstance(payload, str) else json.dumps(payload)
    message = f"{encoded(header.encode())}.{encoded(text.encode())}"
    return f"{message}.{encoded(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest())}"


def payload_with(**claims: Any) -> dict[str, Any]:
    streaming = {"tokenId": 5, "tokenType": "Subscribe", "streamName": "s"}
    return {"streaming": streaming, "exp": 2000000000, **claims}


def test_the_vendors_own_token_verifies_and_tells_its_claims() -> None:
    jwt = mct.Signer(12345, KEY).verify(VECTOR, now=1750813300)
    assert jwt == mct.Jwt.parse(VECTOR)
    assert jwt.algorithm is mct.Algorithm.HS256
    assert (jwt.token_id, jwt.token_type, jwt.stream_name) == (12345, "Subscribe", "myStreamName")
    assert (jwt.tracking_id, jwt.custom_viewer_data) == ("groupAbc", "user=user123;appVersion=x.y.x")
    assert (jwt.issued_at, jwt.not_before, jwt.expires_at) == (1750813271, None, 1750813871)
    assert (jwt.allowed_origins, jwt.allowed_ip_addresses, jwt.origin_cluster) == ((), (), None)
    header, payload, _ = VECTOR.split(".")
    assert (json.loads(jwt.header_json), json.loads(jwt.json)) == (decoded(header), decoded(payload))


def test_the_vendors_claims_are_signed_to_an_equal_header_and_payload() -> None:
    claims = mct.Claims(
        "myStreamName",
        600,
        tracking_id="groupAbc",
        custom_viewer_data="user=user123;appVersion=x.y.x",
        issued_at=1750813271,
    )
    signed = mct.Signer(12345, KEY).sign(claims)
    assert signed.expires_at == 1750813871
    ours, theirs = signed.jwt.split("."), VECTOR.split(".")
    assert [decoded(part) for part in ours[:2]] == [decoded(part) for part in theirs[:2]]
    assert ours[2] == encoded(hmac.new(KEY.encode(), ".".join(ours[:2]).encode(), hashlib.sha256).digest())


@pytest.mark.parametrize("algorithm", HASHES)
@pytest.mark.parametrize("length", [1, 32, 63, 64, 65, 127, 128, 129, 1000])
@pytest.mark.parametrize("letters", ["0123456789abcdef", "0123456789ABCDEF", "Zoë"], ids=["hex", "HEX", "text"])
def test_the_key_is_the_text_as_it_stands_whatever_its_length_and_look(
    algorithm: mct.Algorithm, length: int, letters: str
) -> None:
    key = (letters * length)[:length]
    signer = mct.Signer(5, key, algorithm)
    jwt = signer.sign(mct.Claims("s", 60)).jwt
    message, _, signature = jwt.rpartition(".")
    assert signature == encoded(hmac.new(key.encode(), message.encode(), HASHES[algorithm]).digest())
    assert decoded(message.split(".")[0]) == {"alg": algorithm.name, "typ": "JWT"}
    assert signer.verify(jwt).algorithm is algorithm


def test_every_claim_comes_back_as_it_was_set() -> None:
    claims = mct.Claims(
        "stream",
        60,
        tracking_id="group",
        custom_viewer_data="viewer",
        origin_cluster="fra-1",
        allowed_origins=["example.com", "*.example.org:8443"],
        allowed_ip_addresses=["192.0.2.0/24", "2001:db8::1"],
        issued_at=1750813271,
    )
    signed = mct.Signer(2**64 - 1, "key", mct.Algorithm.HS512).sign(claims)
    jwt = mct.Jwt.parse(signed.jwt)
    assert (jwt.token_id, jwt.stream_name, jwt.tracking_id) == (2**64 - 1, "stream", "group")
    assert (jwt.custom_viewer_data, jwt.origin_cluster) == ("viewer", "fra-1")
    assert jwt.allowed_origins == ("example.com", "*.example.org:8443")
    assert jwt.allowed_ip_addresses == ("192.0.2.0/24", "2001:db8::1")
    assert (jwt.issued_at, jwt.expires_at) == (1750813271, signed.expires_at) == (1750813271, 1750813331)
    assert repr(claims) == "Claims(stream_name='stream', lifetime_seconds=60)"


def test_what_was_not_set_is_left_out_and_the_tracking_id_is_nested() -> None:
    signer = mct.Signer(5, "key")
    bare = decoded(signer.sign(mct.Claims("s", 60, issued_at=100)).jwt.split(".")[1])
    assert bare == {
        "streaming": {"tokenId": 5, "tokenType": "Subscribe", "streamName": "s"},
        "iat": 100,
        "exp": 160,
    }
    full = decoded(signer.sign(mct.Claims("s", 60, tracking_id="t")).jwt.split(".")[1])
    assert full["streaming"]["tracking"] == {"trackingId": "t"}
    assert "trackingID" not in json.dumps(full)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_any_letters_is_signed_verified_and_admitted(
    client: mct.Client, emulator: Emulator, name: str
) -> None:
    parent = client.subscribe_tokens.create("parent", [name])
    assert parent.streams == (mct.Stream(name),)
    signer = mct.Signer.from_token(parent)
    jwt = signer.sign(mct.Claims(name, 60, custom_viewer_data=name)).jwt
    verified = signer.verify(jwt)
    assert (verified.stream_name, verified.custom_viewer_data) == (name, name)
    assert json.loads(verified.json)["streaming"]["streamName"] == name
    assert emulator.verdict(name, jwt) == "admitted"


def test_each_token_is_new_and_is_admitted_where_the_one_before_has_expired(
    client: mct.Client, clock: Emulator
) -> None:
    parent = client.subscribe_tokens.create("parent", ["StageCam"])
    signer, now = mct.Signer.from_token(parent), int(time.time())
    first = signer.sign(mct.Claims("StageCam", 10, issued_at=now))
    assert clock.verdict("StageCam", first.jwt) == "admitted"
    clock.set_clock(now + 11)
    assert clock.verdict("StageCam", first.jwt) == "expired"
    again = signer.sign(mct.Claims("StageCam", 10, issued_at=now + 11))
    assert again.expires_at == now + 21
    assert clock.verdict("StageCam", again.jwt) == "admitted"
    claims = mct.Claims("StageCam", 10)
    assert abs(signer.sign(claims).expires_at - (time.time() + 10)) < 5


def test_the_director_refuses_what_the_library_refuses_to_verify(client: mct.Client, emulator: Emulator) -> None:
    parent = client.subscribe_tokens.create("parent", ["StageCam"])
    unknowing = mct.Signer(parent.id, parent.value or "")
    other = unknowing.sign(mct.Claims("MainCam", 60)).jwt
    assert emulator.verdict("MainCam", other) == "stream"
    forged = mct.Signer(parent.id, "another key").sign(mct.Claims("StageCam", 60)).jwt
    assert emulator.verdict("StageCam", forged) == "signature"
    good = unknowing.sign(mct.Claims("StageCam", 60)).jwt
    assert emulator.verdict("StageCam", good) == "admitted"
    client.subscribe_tokens.delete(parent.id)
    assert emulator.verdict("StageCam", good) == "parent-unknown"


VERIFY: list[tuple[mct.Reason, Any]] = [
    (mct.Reason.MALFORMED, ""),
    (mct.Reason.MALFORMED, "a.b"),
    (mct.Reason.MALFORMED, "a.b.c.d"),
    (mct.Reason.MALFORMED, signed_by_hand(payload_with()) + "="),
    (mct.Reason.MALFORMED, signed_by_hand(json.dumps(payload_with())[:-1] + ',"exp":9}')),
    (mct.Reason.MALFORMED, signed_by_hand(payload_with(), header='{"alg":"HS256","alg":"HS256"}')),
    (mct.Reason.MALFORMED, "x" * 65537),
    (mct.Reason.ALGORITHM, signed_by_hand(payload_with(), header='{"alg":"none"}')),
    (mct.Reason.ALGORITHM, signed_by_hand(payload_with(), header='{"alg":"RS256"}')),
    (mct.Reason.ALGORITHM, mct.Signer(5, "key", mct.Algorithm.HS384).sign(mct.Claims("s", 60)).jwt),
    (mct.Reason.SIGNATURE, signed_by_hand(payload_with(), key="another")),
    (mct.Reason.EXPIRED, signed_by_hand(payload_with(exp=1))),
    (mct.Reason.EXPIRED, signed_by_hand(payload_with(exp=1000))),
    (mct.Reason.NOT_YET_VALID, signed_by_hand(payload_with(nbf=1001))),
    (mct.Reason.TOKEN_TYPE, signed_by_hand({**payload_with(), "streaming": {"tokenId": 5, "tokenType": "Publish"}})),
    (mct.Reason.CLAIM, signed_by_hand({"streaming": payload_with()["streaming"]})),
    (mct.Reason.PARENT_TOKEN_ID, mct.Signer(6, "key").sign(mct.Claims("s", 60)).jwt),
]


@pytest.mark.parametrize(("reason", "jwt"), VERIFY)
def test_a_token_that_does_not_verify_is_refused_with_its_reason(reason: mct.Reason, jwt: str) -> None:
    with pytest.raises(mct.TokenInvalidError) as refused:
        mct.Signer(5, "key").verify(jwt, now=1000)
    assert refused.value.reason is reason
    assert refused.value.status is mct.Status.TOKEN_INVALID


@pytest.mark.parametrize("exp", ["1.5", "1e400", "9223372036854775808", '"1750813871"', "null", "-1", "1750813871000"])
def test_an_end_that_is_no_moment_is_refused(exp: str) -> None:
    jwt = signed_by_hand(json.dumps(payload_with()).replace("2000000000", exp))
    with pytest.raises(mct.TokenInvalidError) as refused:
        mct.Signer(5, "key").verify(jwt, now=1000)
    assert refused.value.reason in (mct.Reason.MALFORMED, mct.Reason.CLAIM, mct.Reason.EXPIRED)


def test_leeway_takes_a_token_a_little_before_and_after_its_time() -> None:
    signer = mct.Signer(5, "key")
    late, early = signed_by_hand(payload_with(exp=990)), signed_by_hand(payload_with(nbf=1010))
    for jwt in (late, early):
        with pytest.raises(mct.TokenInvalidError):
            signer.verify(jwt, now=1000, leeway=5)
        assert signer.verify(jwt, now=1000, leeway=20).stream_name == "s"
    assert signer.verify(early, now=1000, leeway=2**32 - 1).not_before == 1010
    with pytest.raises(mct.InvalidArgumentError) as refused:
        signer.verify(late, now=-1)
    assert refused.value.field == "now"
    with pytest.raises(mct.TokenInvalidError):
        signer.verify(VECTOR)


def test_to_parse_verifies_nothing() -> None:
    jwt = mct.Jwt.parse(signed_by_hand({"streaming": {"tokenType": "Other"}, "unknown": [1]}, key="whatever"))
    assert (jwt.token_id, jwt.token_type, jwt.stream_name, jwt.expires_at) == (None, "Other", None, None)
    assert json.loads(jwt.json)["unknown"] == [1]
    with pytest.raises(mct.TokenInvalidError):
        mct.Jwt.parse("no token")


def test_a_token_is_written_into_a_buffer_of_the_callers() -> None:
    signer, claims = mct.Signer(5, "key"), mct.Claims("s", 60, issued_at=1750813271)
    signed = signer.sign(claims)
    size = len(signed.jwt) + 1
    buffers: list[Any] = [bytearray(size), memoryview(bytearray(size + 100)), array.array("I", [0] * 1000)]
    for buffer in buffers:
        written = signer.sign_into(claims, buffer)
        assert written == (len(signed.jwt), signed.expires_at)
        memory = memoryview(buffer).cast("B")
        assert bytes(memory[: written.length]).decode() == signed.jwt
        assert memory[written.length] == 0


def test_a_buffer_that_is_too_small_says_what_is_enough_and_is_left_alone() -> None:
    signer, claims = mct.Signer(5, "key"), mct.Claims("s", 60)
    size = len(signer.sign(claims).jwt) + 1
    buffer = bytearray(b"\xa5" * (size - 1))
    for given in (buffer, bytearray()):
        with pytest.raises(mct.BufferTooSmallError) as refused:
            signer.sign_into(claims, given)
        assert refused.value.needed == size
    assert buffer == b"\xa5" * (size - 1)
    # The exception is still there, and must not hold the memory.
    buffer.extend(bytes(refused.value.needed - len(buffer)))
    assert signer.sign_into(claims, buffer).length == size - 1


@pytest.mark.parametrize("buffer", [b"bytes", "text", 5, memoryview(b"read only"), memoryview(bytearray(4096))[::2]])
def test_a_buffer_that_cannot_be_written_to_is_a_type_error(buffer: Any) -> None:
    with pytest.raises(TypeError):
        mct.Signer(5, "key").sign_into(mct.Claims("s", 60), buffer)


def test_a_closed_signer_signs_nothing() -> None:
    with mct.Signer(5, "key") as signer:
        jwt = signer.sign(mct.Claims("s", 60)).jwt
    uses: list[Any] = [
        lambda: signer.sign(mct.Claims("s", 60)),
        lambda: signer.sign_into(mct.Claims("s", 60), bytearray(999)),
        lambda: signer.verify(jwt),
    ]
    for use in uses:
        with pytest.raises(mct.ClosedError, match="closed"):
            use()
    signer.close()
    assert repr(signer) == "<Signer closed>"


def test_a_token_longer_than_most_is_signed_whole() -> None:
    signer = mct.Signer(5, "key")
    for length in range(400, 800):
        viewer = "v" * length
        signed = signer.sign(mct.Claims("s", 60, custom_viewer_data=viewer))
        jwt = signer.verify(signed.jwt)
        assert (jwt.custom_viewer_data, jwt.expires_at) == (viewer, signed.expires_at)


def test_a_signer_that_met_a_fault_of_the_library_is_not_called_again(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(lib, "mct_signer_sign_into", lambda *_: calls.append("into") or mct.Status.PANIC)
    monkeypatch.setattr(lib, "mct_signer_sign", lambda *_: calls.append("sign") or mct.Status.OK)
    with pytest.raises(mct.PanicError):
        mct.Signer(5, "key").sign(mct.Claims("s", 60))
    assert calls == ["into"]


def test_a_key_that_is_empty_or_missing_is_refused() -> None:
    with pytest.raises(mct.InvalidArgumentError) as refused:
        mct.Signer(5, "")
    assert refused.value.field == "token"
    with pytest.raises(mct.InvalidArgumentError) as refused:
        mct.Signer.from_token(mct.SubscribeToken.from_json('{"id": 5}'))
    assert refused.value.field == "token"
