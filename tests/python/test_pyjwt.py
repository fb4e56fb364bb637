"""Another implementation signs the same bytes and verifies what this one signs: PyJWT, over 100,000 random claims."""

from __future__ import annotations

import ipaddress
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import jwt
import millicast_tokens as mct
import pytest

# Keys of any length are the point here.
pytestmark = pytest.mark.filterwarnings("ignore:The HMAC key:jwt.warnings.InsecureKeyLengthWarning")

SEED = 2024
#: Of each algorithm, so that all of them together are 100,000.
SINGLE, BATCHES, VIEWERS = 30_000, 35, 100
#: How many texts are chosen from. Each is as long as chance has it; some are at the limit.
POOL = 4000
ALPHABETS = [
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.",
    "".join(map(chr, range(0x20, 0x7F))),
    '"\\/\b\f\n\r\t',
    "".join(map(chr, range(1, 0x20))) + "\x7f",
    "áéíóúñçßøåÆŒğışłżąčřůőű",
    "東京大阪名古屋日本語中文한국어العربيةעבריתहिन्दी",
    "\u0080\u07ff\u0800\u200b\u200d\u2028\u2029\ufeff\ufffd\uffff",
    "🎥🎬😀👩\U00010000\U0010ffff",
]
ORIGINS = ["example.com", "*.example.com", "localhost:8080", "münchen.example:1", "a_b.example:65535", "東京.example"]


class Unescaped(json.JSONEncoder):
    """Writes letters as they are, as this library does."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "ensure_ascii": False})


@dataclass
class Chance:
    """Random claims, the same ones for the same seed."""

    of: random.Random
    texts: dict[int, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.texts = {limit: [self._text(limit) for _ in range(POOL)] for limit in (128, 1024)}

    def _text(self, limit: int) -> str:
        """A text of 1 to `limit` UTF-16 units."""
        letters = self.of.choice([*ALPHABETS, "".join(ALPHABETS)])
        wanted = limit if self.of.random() < 0.05 else self.of.randint(1, min(limit, 60))
        text = "".join(self.of.choices(letters, k=wanted))
        while len(text.encode("utf-16-le")) > 2 * limit:
            text = text[:-1]
        return text

    def text(self, limit: int) -> str:
        return self.of.choice(self.texts[limit])

    def maybe(self, value: Any) -> Any:
        return value if self.of.random() < 0.5 else None

    def key(self) -> str:
        """A key of 1 to 200 characters, which often looks like hex and is none."""
        letters = self.of.choice(["0123456789abcdef", "0123456789ABCDEF", *ALPHABETS])
        length = self.of.choice([1, 31, 32, 33, 63, 64, 65, 127, 128, 129, self.of.randint(1, 200)])
        return "".join(self.of.choices(letters, k=length))

    def address(self) -> str:
        bits = self.of.getrandbits
        kinds = [
            lambda: str(ipaddress.IPv4Address(bits(32))),
            lambda: str(ipaddress.IPv6Address(bits(128))),
            lambda: str(ipaddress.IPv4Network((bits(32), self.of.randint(0, 32)), strict=False)),
        ]
        return self.of.choice(kinds)()

    def several(self, make: Any) -> list[str]:
        return [make() for _ in range(self.of.choice([0, 0, 1, 1, 2, 5]))]

    def lifetime(self) -> int:
        return self.of.choice([1, 60, 2**32 - 1, self.of.randint(1, 10**6)])

    def claims(self) -> dict[str, Any]:
        """Arguments of `mct.Claims`, with what is not given left out."""
        given = {
            # One with an asterisk is a pattern, and refused.
            "stream_name": self.text(128).replace("*", "+"),
            "lifetime_seconds": self.lifetime(),
            "tracking_id": self.maybe(self.text(128)),
            # One that is blank is refused.
            "origin_cluster": self.maybe("c" + self.text(128)),
            "allowed_origins": self.several(lambda: self.of.choice(ORIGINS)),
            "allowed_ip_addresses": self.several(self.address),
            "custom_viewer_data": self.maybe(self.text(1024)),
            "issued_at": self.of.choice([0, int(time.time()), self.of.randint(0, 2**31)]),
        }
        return {name: value for name, value in given.items() if value not in (None, [])}


def streaming(given: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The claims that are Millicast's own, in this library's order."""
    tracking_id = given.get("tracking_id")
    claims = {
        "tokenType": "Subscribe",
        "streamName": given["stream_name"],
        "tracking": None if tracking_id is None else {"trackingId": tracking_id},
        "originCluster": given.get("origin_cluster"),
        "allowedOrigins": given.get("allowed_origins"),
        "allowedIpAddresses": given.get("allowed_ip_addresses"),
        "customViewerData": given.get("custom_viewer_data"),
        **more,
    }
    return {name: value for name, value in claims.items() if value is not None}


def theirs(payload: dict[str, Any], key: str, algorithm: mct.Algorithm) -> str:
    """PyJWT's token, of the header and the JSON that this library writes."""
    return jwt.encode(payload, key, algorithm.name, json_encoder=Unescaped, sort_headers=True)


def read_by_pyjwt(token: str, key: str, algorithm: mct.Algorithm) -> dict[str, Any]:
    """What PyJWT reads after it has compared the signature. Times are random here."""
    options: Any = {"verify_exp": False, "verify_iat": False}
    payload: dict[str, Any] = jwt.decode(token, key, [algorithm.name], options=options)
    return payload


def read_by_us(signer: mct.Signer, token: str, payload: dict[str, Any]) -> None:
    """Verifies at the moment of signing, and compares what is read with what was signed."""
    read = signer.verify(token, now=payload["iat"])
    said = payload["streaming"]
    assert (read.stream_name, read.token_id, read.token_type) == (said["streamName"], said["tokenId"], "Subscribe")
    assert read.tracking_id == said.get("tracking", {}).get("trackingId")
    assert (read.custom_viewer_data, read.origin_cluster) == (said.get("customViewerData"), said.get("originCluster"))
    assert list(read.allowed_origins) == said.get("allowedOrigins", [])
    assert list(read.allowed_ip_addresses) == said.get("allowedIpAddresses", [])
    assert (read.issued_at, read.expires_at) == (payload["iat"], payload["exp"])


def chance(algorithm: mct.Algorithm) -> Chance:
    return Chance(random.Random(SEED + algorithm))  # noqa: S311  # the same claims in every run


def signers(chance: Chance, algorithm: mct.Algorithm, each: int) -> Iterator[tuple[int, str, mct.Signer]]:
    """A new key after so many tokens."""
    while True:
        token_id, key = chance.of.choice([0, 2**53 + 1, 2**64 - 1, chance.of.getrandbits(32)]), chance.key()
        with mct.Signer(token_id, key, algorithm) as signer:
            for _ in range(each):
                yield token_id, key, signer


@pytest.mark.parametrize("algorithm", mct.Algorithm)
def test_single_tokens_are_the_bytes_that_pyjwt_signs_and_each_verifies_the_others(algorithm: mct.Algorithm) -> None:
    random_claims = chance(algorithm)
    for (token_id, key, signer), _ in zip(signers(random_claims, algorithm, 10), range(SINGLE)):
        given = random_claims.claims()
        signed = signer.sign(mct.Claims(**given))
        issued_at: int = given["issued_at"]
        payload = {
            "streaming": streaming(given, tokenId=token_id),
            "iat": issued_at,
            "exp": issued_at + given["lifetime_seconds"],
        }
        other = theirs(payload, key, algorithm)
        # Header, payload and signature at once: base64url has one spelling for each.
        assert signed.jwt == other
        assert signed.expires_at == payload["exp"]
        assert read_by_pyjwt(signed.jwt, key, algorithm) == payload
        read_by_us(signer, other, payload)


@pytest.mark.parametrize("algorithm", mct.Algorithm)
def test_batches_are_the_bytes_that_pyjwt_signs_and_each_verifies_the_others(algorithm: mct.Algorithm) -> None:
    random_claims = chance(algorithm)
    for (token_id, key, signer), _ in zip(signers(random_claims, algorithm, 1), range(BATCHES)):
        given = random_claims.claims()
        viewers = [random_claims.maybe(random_claims.text(1024)) or "" for _ in range(VIEWERS)]
        addresses = [random_claims.address() for _ in range(VIEWERS)]
        lifetimes = [random_claims.lifetime() for _ in range(VIEWERS)]
        tokens = signer.sign_batch(
            mct.Claims(**given), viewers, allowed_ip_addresses=addresses, lifetimes=lifetimes, threads=0
        )
        shared = {**given, "allowed_ip_addresses": None, "custom_viewer_data": None}
        assert len(tokens) == VIEWERS
        for token, viewer, address, lifetime in zip(tokens, viewers, addresses, lifetimes):
            differs = {"allowedIpAddresses": [address], "customViewerData": viewer or None}
            own = streaming(shared)
            own.update({"tokenId": token_id, **{name: value for name, value in differs.items() if value is not None}})
            payload = {"iat": given["issued_at"], "streaming": own, "exp": given["issued_at"] + lifetime}
            assert token == theirs(payload, key, algorithm)
            assert read_by_pyjwt(token, key, algorithm) == payload
            read_by_us(signer, token, payload)


@pytest.mark.parametrize("algorithm", mct.Algorithm)
def test_what_pyjwt_signs_in_its_own_way_verifies(algorithm: mct.Algorithm) -> None:
    random_claims = chance(algorithm)
    for (token_id, key, signer), _ in zip(signers(random_claims, algorithm, 1), range(500)):
        given = random_claims.claims()
        issued_at: int = given["issued_at"]
        payload = {"exp": issued_at + 9, "streaming": streaming(given, tokenId=token_id), "iat": issued_at, "more": {}}
        # Letters escaped, the header in another order and with more in it.
        token = jwt.encode(payload, key, algorithm.name, headers={"kid": "é"})
        read_by_us(signer, token, payload)
        with pytest.raises(mct.TokenInvalidError) as refused:
            mct.Signer(token_id, f"{key} ", algorithm).verify(token, now=issued_at)
        assert refused.value.reason is mct.Reason.SIGNATURE
