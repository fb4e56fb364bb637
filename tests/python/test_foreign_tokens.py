"""Tokens that others made: numbers that are no moments, names that come twice, letters in every spelling, base64."""

from __future__ import annotations

import hashlib
import hmac
import json
import string
from typing import Any

import millicast_tokens as mct
import pytest

from test_signing import HASHES, KEY, VECTOR, encoded, payload_with, signed_by_hand

STREAMING = '"tokenId":5,"tokenType":"Subscribe","streamName":"s"'
END = '"exp":2000000000'
MALFORMED, CLAIM, EXPIRED = mct.Reason.MALFORMED, mct.Reason.CLAIM, mct.Reason.EXPIRED


def refusal(jwt: str, signer: mct.Signer | None = None) -> mct.Reason | int:
    """Why a token is refused."""
    with pytest.raises(mct.TokenInvalidError) as refused:
        (signer or mct.Signer(5, "key")).verify(jwt, now=1000)
    return refused.value.reason


def signed_bytes(payload: bytes, header: bytes = b'{"alg":"HS256","typ":"JWT"}') -> str:
    """A token of any bytes."""
    message = f"{encoded(header)}.{encoded(payload)}"
    return f"{message}.{encoded(hmac.new(b'key', message.encode(), hashlib.sha256).digest())}"


MOMENTS: list[tuple[str, mct.Reason]] = [
    *((exp, EXPIRED) for exp in ("1", "0", "-1", "999", "1000", "-9223372036854775808")),
    *((exp, CLAIM) for exp in ("1750813871000", "253402300800", "9223372036854775807", "null")),
    *((exp, MALFORMED) for exp in ("1.5", "2000000000.0", "2e9", "1e400", "-1e400", "NaN", "Infinity")),
    *((exp, MALFORMED) for exp in ("9223372036854775808", "18446744073709551616", "-9223372036854775809")),
    *((exp, MALFORMED) for exp in ('"1750813871"', "true", "[2000000000]", "{}", "02000000000", "+2000000000")),
]


@pytest.mark.parametrize(("exp", "reason"), MOMENTS, ids=[exp for exp, _ in MOMENTS])
def test_an_end_is_a_whole_number_of_seconds_that_is_yet_to_come(exp: str, reason: mct.Reason) -> None:
    assert refusal(signed_bytes(f'{{"streaming":{{{STREAMING}}},"exp":{exp}}}'.encode())) is reason


def test_a_token_without_an_end_is_refused_and_the_last_second_of_the_year_9999_is_one() -> None:
    assert refusal(signed_bytes(f'{{"streaming":{{{STREAMING}}}}}'.encode())) is CLAIM
    last = signed_bytes(f'{{"streaming":{{{STREAMING}}},"exp":253402300799}}'.encode())
    assert mct.Signer(5, "key").verify(last, now=1000).expires_at == 253402300799


@pytest.mark.parametrize("name", ["iat", "nbf"])
@pytest.mark.parametrize("moment", ["1.5", "1e400", "9223372036854775808", '"5"', "true", "[]"])
def test_the_other_moments_are_whole_numbers_too(name: str, moment: str) -> None:
    assert refusal(signed_bytes(f'{{"streaming":{{{STREAMING}}},{END},"{name}":{moment}}}'.encode())) is MALFORMED


TWICE = {
    "exp": f'{{"streaming":{{{STREAMING}}},{END},{END}}}',
    "exp in another spelling": f'{{"streaming":{{{STREAMING}}},{END},"e\\u0078p":1}}',
    "streaming": f'{{"streaming":{{{STREAMING}}},"streaming":{{{STREAMING}}},{END}}}',
    "a claim": f'{{"streaming":{{{STREAMING},"streamName":"s"}},{END}}}',
    "a nested claim": f'{{"streaming":{{{STREAMING},"tracking":{{"trackingId":"a","trackingId":"a"}}}},{END}}}',
    "a claim that is not known": f'{{"streaming":{{{STREAMING}}},{END},"iss":"a","iss":"b"}}',
    "deep in one": f'{{"streaming":{{{STREAMING}}},{END},"x":[[1,{{"y":{{"z":1,"z":1}}}}]]}}',
    "deep in streaming": f'{{"streaming":{{{STREAMING},"x":{{"y":[{{"z":1,"\\u007a":2}}]}}}},{END}}}',
    "the empty name": f'{{"streaming":{{{STREAMING}}},{END},"":1,"":1}}',
}


@pytest.mark.parametrize("payload", TWICE.values(), ids=TWICE)
def test_a_name_that_comes_twice_is_refused_at_any_depth(payload: str) -> None:
    assert refusal(signed_bytes(payload.encode())) is MALFORMED
    with pytest.raises(mct.TokenInvalidError):
        mct.Jwt.parse(signed_bytes(payload.encode()))


def test_a_name_that_comes_twice_in_a_header_or_in_a_kept_token_is_refused() -> None:
    payload = json.dumps(payload_with()).encode()
    for header in (b'{"typ":"JWT","alg":"HS256","alg":"HS256"}', b'{"alg":"HS256","typ":"JWT","x":{"y":1,"y":1}}'):
        assert refusal(signed_bytes(payload, header)) is MALFORMED
    for twice in ('{"id":5,"token":"a","token":"b"}', '{"id":5,"id":5}', '{"id":5,"x":{"y":[{"z":1,"z":1}]}}'):
        for kind in (mct.SubscribeToken, mct.PublishToken):
            with pytest.raises(mct.InvalidArgumentError):
                kind.from_json(twice)


def test_names_that_only_look_alike_are_two() -> None:
    payload = f'{{"streaming":{{{STREAMING}}},{END},"\u00e9":1,"e\u0301":2,"Exp":3,"exp ":4}}'
    assert mct.Signer(5, "key").verify(signed_bytes(payload.encode()), now=1000).expires_at == 2000000000


SPELLINGS = ["Zoë 東京 🎥", 'q"\\/', "\b\f\n\r\t\x01\x1f\x7f", "\u2028\u2029", "\U0010ffff", "é", "e\u0301", "\ufeff"]


@pytest.mark.parametrize("text", SPELLINGS)
def test_a_claim_reads_the_same_however_its_letters_are_spelled(text: str) -> None:
    claims = payload_with()
    claims["streaming"]["customViewerData"] = text
    escaped_all = "".join(f"\\u{unit:04X}" for unit in memoryview(text.encode("utf-16-le")).cast("H"))
    wide = json.dumps(claims, ensure_ascii=False, indent="\t")
    spelled = [json.dumps(claims), json.dumps(claims, ensure_ascii=False), wide.replace(":", " :\r\n")]
    spelled.append(json.dumps(claims).replace(json.dumps(text), f'"{escaped_all}"'))
    for payload in spelled:
        jwt = mct.Signer(5, "key").verify(signed_bytes(payload.encode()), now=1000)
        assert jwt.custom_viewer_data == text
        # Of the bytes that were signed, not of what could be made of them.
        assert jwt.json == payload


BROKEN_TEXTS = {
    "a byte that is no UTF-8": b'"\xff"',
    "Latin-1": b'"\xe9"',
    "U+0000 in two bytes": b'"\xc0\x80"',
    "a surrogate in three bytes": b'"\xed\xa0\xbc"',
    "half of a pair": b'"\\ud83c"',
    "the other half": b'"\\udfa5"',
    "a pair the wrong way round": b'"\\udfa5\\ud83c"',
    "a control character as it is": b'"a\nb"',
    "an escape that there is not": b'"\\x41"',
    "a text without its end": b'"a',
}


@pytest.mark.parametrize("text", BROKEN_TEXTS.values(), ids=BROKEN_TEXTS)
@pytest.mark.parametrize("name", ["customViewerData", "unknown"])
def test_a_broken_text_is_refused_and_not_replaced(text: bytes, name: str) -> None:
    payload = f'{{"streaming":{{{STREAMING},"{name}":'.encode() + text + f"}},{END}}}".encode()
    assert refusal(signed_bytes(payload)) is MALFORMED


def test_a_claim_that_holds_u_0000_verifies_and_its_json_keeps_it() -> None:
    payload = f'{{"streaming":{{{STREAMING},"customViewerData":"a\\u0000b"}},{END}}}'
    jwt = mct.Signer(5, "key").verify(signed_bytes(payload.encode()), now=1000)
    assert jwt.custom_viewer_data == "a\ufffdb"
    assert json.loads(jwt.json)["streaming"]["customViewerData"] == "a\x00b"


NO_PAYLOADS = ["", "null", "[]", '"text"', "5", f'{{"streaming":{{{STREAMING}}},{END}}} x', f"{{{STREAMING},{END},}}"]
NO_PAYLOADS += [f'\ufeff{{"streaming":{{{STREAMING}}},{END}}}', f'{{"streaming":[{{{STREAMING}}}],{END}}}']
NO_PAYLOADS += [f'{{"streaming":{{{STREAMING},"tracking":"flat"}},{END}}}', "[" * 1000 + "]" * 1000]
NO_PAYLOADS += [f'{{"streaming":{{{STREAMING}}},{END},"x":{"[" * 1000}{"]" * 1000}}}']


@pytest.mark.parametrize("payload", NO_PAYLOADS, ids=range(len(NO_PAYLOADS)))
def test_what_is_not_json_of_the_right_shape_is_refused(payload: str) -> None:
    assert refusal(signed_bytes(payload.encode())) is MALFORMED


def test_claims_outside_of_streaming_are_none_and_a_flat_tracking_id_is_none_either() -> None:
    assert refusal(signed_bytes(f"{{{STREAMING},{END}}}".encode())) is mct.Reason.TOKEN_TYPE
    flat = signed_bytes(f'{{"streaming":{{{STREAMING},"trackingID":"t","trackingId":"t"}},{END}}}'.encode())
    assert mct.Signer(5, "key").verify(flat, now=1000).tracking_id is None
    parent = '{"id":5,"token":"key","streams":[{"streamName":"s"}],"tracking":{"trackingId":"t"}}'
    knowing = mct.Signer.from_token(mct.SubscribeToken.from_json(parent))
    assert refusal(flat, knowing) is mct.Reason.PARENT_TRACKING_ID


LETTERS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"


def other_spelling(part: str) -> str:
    """The same bytes with other bits behind the last one; the part must not be a multiple of three bytes long."""
    return part[:-1] + LETTERS[LETTERS.index(part[-1]) ^ 1]


def test_base64_has_one_spelling_and_every_other_one_is_refused() -> None:
    # Every part ends within a letter, and none has only letters that both alphabets have.
    payload = json.dumps(payload_with(x="~~~???>>>")).encode()
    header = b'{"alg":"HS256","typ":"JWT","x":"???>>>~~"}'
    payload += b" " * (len(payload) % 3 == 0)
    header += b" " * (len(header) % 3 == 0)
    good = signed_bytes(payload, header)
    assert mct.Signer(5, "key").verify(good, now=1000).expires_at == 2000000000
    assert set("-_") & set(good)
    parts = good.split(".")
    others = [f"{good}=", f" {good}", f"{good}\n", f"{good}.", good.replace("-", "+").replace("_", "/"), f".{good}"]
    for place, part in enumerate(parts):
        for other in (other_spelling(part), f"{part}=", f"{part}==", f"{part}\n", f"{part} ", f"{part}A", part[:-1]):
            others.append(".".join([*parts[:place], other, *parts[place + 1 :]]))
        others.append(".".join([*parts[:place], f"{part[:4]}\r\n{part[4:]}", *parts[place + 1 :]]))
    for other in others:
        assert refusal(other) in (MALFORMED, mct.Reason.SIGNATURE), other


def test_bits_behind_the_last_byte_are_malformed_even_where_the_signature_is_of_them() -> None:
    header, payload, _ = signed_by_hand(payload_with(x="12")).split(".")
    assert len(payload) % 4 != 0
    message = f"{header}.{other_spelling(payload)}"
    jwt = f"{message}.{encoded(hmac.new(b'key', message.encode(), hashlib.sha256).digest())}"
    assert refusal(jwt) is MALFORMED


@pytest.mark.parametrize("algorithm", HASHES)
@pytest.mark.parametrize("letters", [string.hexdigits[:16], string.hexdigits[:16].upper()], ids=["lower", "upper"])
def test_a_key_that_looks_like_hex_is_its_letters_at_every_length(algorithm: mct.Algorithm, letters: str) -> None:
    for length in range(1, 140):
        key = (letters * 9)[:length]
        signer = mct.Signer(5, key, algorithm)
        for jwt in (signer.sign(mct.Claims("s", 60)).jwt, *signer.sign_batch(mct.Claims("s", 60), ["v"])):
            message, _, signature = jwt.rpartition(".")
            assert signature == encoded(hmac.new(key.encode(), message.encode(), HASHES[algorithm]).digest())
            if length % 2 == 0:
                decoded_key = hmac.new(bytes.fromhex(key), message.encode(), HASHES[algorithm]).digest()
                assert signature != encoded(decoded_key)


def test_the_vendors_token_verifies_with_the_vendors_key_and_with_nothing_like_it() -> None:
    assert mct.Signer(12345, KEY).verify(VECTOR, now=1750813300).stream_name == "myStreamName"
    others: list[Any] = [KEY[:-1], KEY.upper(), f"{KEY} ", f"0x{KEY}", bytes.fromhex(KEY).decode("latin-1")]
    for other in others:
        with pytest.raises(mct.MillicastError) as refused:
            mct.Signer(12345, other).verify(VECTOR, now=1750813300)
        assert refused.value.reason is mct.Reason.SIGNATURE


def test_a_lifetime_counted_in_milliseconds_from_a_moment_in_milliseconds_is_refused() -> None:
    wrongs: list[dict[str, Any]] = [{"issued_at": 1750813871000}, {"issued_at": 253402300799, "lifetime_seconds": 1}]
    for arguments in wrongs:
        with pytest.raises(mct.InvalidArgumentError) as refused:
            mct.Signer(5, "key").sign(mct.Claims(**{"stream_name": "s", "lifetime_seconds": 60, **arguments}))
        assert refused.value.field in ("iat", "exp")
    no_lifetimes: list[Any] = [float("nan"), float("inf"), 60.0, "60"]
    for lifetime in no_lifetimes:
        with pytest.raises(TypeError):
            mct.Claims("s", lifetime)
