"""For each field of a request, values of every kind: what is good, what nearly is, and what is not at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import millicast_tokens as mct
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

#: What C can hold: no lone surrogate, and no U+0000, which ends a text there.
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")


def texts(most: int) -> SearchStrategy[str]:
    """Texts around a limit, some of characters that are two UTF-16 units."""
    near = st.sampled_from([0, 1, most - 1, most, most + 1, most // 2, most // 2 + 1])
    repeated = st.builds(lambda unit, count: unit * count, st.sampled_from(["a", "é", "日", "🎥"]), near)
    return st.one_of(st.text(CHARACTERS, max_size=40), repeated)


#: The emulator takes a text of blanks for an empty one, where the library asks for one that is not empty.
NOT_BLANK = texts(128).filter(lambda text: not text or bool(text.strip()))

GOOD_ORIGINS = ["example.com", "*.example.org", "localhost:8080", "a-b.c_d.example:65535", "bücher.example"]
BAD_ORIGINS = ["", "*", "*.", "https://example.com", "example.com/", "a..b", ".a", "a.", "a:0", "a:65536", "a:", "a b"]
_ANY_ORIGINS = st.one_of(
    st.sampled_from([*GOOD_ORIGINS, *BAD_ORIGINS, "192.0.2.1", "[::1]", "a." * 127]),
    st.text("aZ0.-_*:/ü 5", max_size=12),
    st.builds("{}:{}".format, st.sampled_from(["a.example", "*.b", "c"]), st.text("0123456789+-", max_size=6)),
    st.builds(lambda letter, count: letter * count, st.sampled_from(["a", "ü", "𐐀"]), st.integers(30, 64)),
    texts(253),
)
#: The emulator refuses a port that begins with 0, and counts a label in UTF-16 units where the library counts letters.
#: What the platform does is not known.
ORIGINS = _ANY_ORIGINS.filter(
    lambda origin: not re.search(":0[0-9]", origin) and max(origin, default="a") < "\U00010000"
)
GOOD_ADDRESSES = ["192.0.2.1", "192.0.2.0/24", "0.0.0.0/0", "192.0.2.1/32", "2001:db8::1", "::ffff:192.0.2.1"]
BAD_ADDRESSES = ["", "192.0.2.1/24", "2001:db8::/32", "192.0.2.*", "192.0.2.01", "192.0.2.1-5", "fe80::1%1", "[::1]"]
ADDRESSES = st.one_of(
    st.sampled_from([*GOOD_ADDRESSES, *BAD_ADDRESSES]),
    st.ip_addresses().map(str),
    st.builds("{}/{}".format, st.ip_addresses(v=4), st.integers(-1, 40)),
    st.text("0123456789./:afg", max_size=20),
)
COUNTRIES = st.sampled_from(["PL", "ZA", "XX", "pl", "POL", "", "P1", "ÅÄ"]) | st.text(CHARACTERS, max_size=3)
STREAMS = st.builds(mct.Stream, texts(128), st.booleans())
KEYS = st.sampled_from(["1234", "12345"]) | texts(512)
ENDPOINTS = st.builds(mct.Restream, texts(2048), KEYS, texts(2048), st.booleans())
MANY_ENDPOINTS = st.integers(9, 12).map(lambda count: [mct.Restream("u", "12345")] * count)
CASCADES = st.builds(mct.GeoCascade, st.booleans(), st.lists(NOT_BLANK, max_size=3))


def around(*limits: int) -> SearchStrategy[int]:
    """Whole numbers at limits, next to them and anywhere."""
    return st.sampled_from([limit + step for limit in limits for step in (-1, 0, 1)]) | st.integers()


@dataclass(frozen=True)
class Field:
    """A field, or two of them with a rule in between: values by the contract's names, and what Python makes of them."""

    names: tuple[str, ...]
    values: tuple[SearchStrategy[Any], ...]

    def __str__(self) -> str:
        return "-".join(self.names)

    @property
    def given(self) -> SearchStrategy[dict[str, Any]]:
        """Values for all of its names."""
        return st.fixed_dictionaries(dict(zip(self.names, self.values)))


def field(name: str, values: SearchStrategy[Any]) -> Field:
    """One field."""
    return Field((name,), (values,))


SOME_ADDRESSES = st.lists(st.sampled_from(GOOD_ADDRESSES), max_size=2)
SOME_COUNTRIES = st.lists(st.sampled_from(["PL", "ZA"]), max_size=2)
PLACES = around(0, 2**31, 2**32, 2**63, 2**64)

BOTH = [
    field("label", texts(128)),
    field("allowedOrigins", st.lists(ORIGINS, max_size=3)),
    field("allowedIpAddresses", st.lists(ADDRESSES, max_size=3)),
    field("bindIpsOnUsage", PLACES),
    field("originCluster", NOT_BLANK),
    field("allowedCountries", st.lists(COUNTRIES, max_size=3)),
    field("deniedCountries", st.lists(COUNTRIES, max_size=3)),
    Field(("allowedIpAddresses", "bindIpsOnUsage"), (SOME_ADDRESSES, st.integers(0, 2))),
    Field(("allowedCountries", "deniedCountries"), (SOME_COUNTRIES, SOME_COUNTRIES)),
]
OF_PUBLISH = [
    Field(("record", "clip"), (st.booleans(), st.booleans())),
    field("priority", around(-(2**31), 0, 2**31 - 1)),
    field("encoderProfileId", NOT_BLANK),
    field("geoCascade", CASCADES),
    field("restream", st.lists(ENDPOINTS, max_size=3) | MANY_ENDPOINTS),
    *(
        field(name, st.booleans())
        for name in (
            "subscribeRequiresAuth",
            "multisource",
            "enableThumbnails",
            "displaySrtPassphrase",
            "lowLatencyRtmp",
            "enableUTCInsertion",
            "drm",
        )
    ),
]
OF_A_CREATE = [field("streams", st.lists(STREAMS, max_size=3)), field("expires", around(0, 1, 2**31 - 1, 2**32, 2**64))]
TRACKING = field("tracking", texts(128))
OF_AN_UPDATE = [
    field("isActive", st.booleans()),
    field("addTokenStreams", st.lists(STREAMS, max_size=3)),
    field("removeTokenStreams", st.lists(texts(128), max_size=3)),
    field("refreshToken", st.just(True)),
]
TO_CLEAR = [field(name, st.none()) for name in ("priority", "encoderProfileId", "enableUTCInsertion")]

CREATES = {"publish": [*BOTH, *OF_A_CREATE, *OF_PUBLISH], "subscribe": [*BOTH, *OF_A_CREATE, TRACKING]}
UPDATES = {"publish": [*BOTH, *OF_AN_UPDATE, *OF_PUBLISH, *TO_CLEAR], "subscribe": [*BOTH, *OF_AN_UPDATE]}

#: For several fields at once: what is good more often than not, so that many pass together.
_TOGETHER = [
    field("label", st.text(CHARACTERS, min_size=1, max_size=64)),
    field("allowedOrigins", st.lists(st.sampled_from(GOOD_ORIGINS), max_size=3)),
    field("allowedIpAddresses", SOME_ADDRESSES),
    field("bindIpsOnUsage", st.integers(0, 2)),
    field("originCluster", NOT_BLANK.filter(bool)),
    field("allowedCountries", SOME_COUNTRIES),
    field("deniedCountries", SOME_COUNTRIES),
]
_FILLED = [field(name, st.text(CHARACTERS, min_size=1, max_size=64)) for name in ("tracking", "encoderProfileId")]
_PUBLISHED = [*OF_PUBLISH, Field(("record", "clip"), (st.booleans(), st.just(False)))]
TOGETHER = {"publish": [*_TOGETHER, *_PUBLISHED], "subscribe": [*_TOGETHER, _FILLED[0]]}
CHANGED_TOGETHER = {
    "publish": [*_TOGETHER, *OF_AN_UPDATE, *TO_CLEAR, *_PUBLISHED],
    "subscribe": [*_TOGETHER, *OF_AN_UPDATE],
}

#: What arguments are called where it is not the field's name in words.
ARGUMENTS = {"tracking": "tracking_id", "addTokenStreams": "add_streams", "removeTokenStreams": "remove_streams"}


def raw(name: str, value: Any) -> Any:
    """A value as JSON has it, written down without the library."""
    one: dict[type, Callable[[Any], Any]] = {
        mct.Stream: lambda stream: {"streamName": stream.name, "isRegex": stream.is_regex},
        mct.Restream: lambda end: {"url": end.url, "key": end.key, "label": end.label, "enabled": end.enabled},
        mct.GeoCascade: lambda cascade: {
            "isEnabled": cascade.is_enabled,
            **({"clusters": list(cascade.clusters)} if cascade.clusters else {}),
        },
    }
    if name == "tracking":
        return {"trackingId": value}
    if isinstance(value, list):
        return [raw("", entry) for entry in value]
    return one[type(value)](value) if type(value) in one else value
