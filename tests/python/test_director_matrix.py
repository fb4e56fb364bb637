"""The director's verdict on a self-signed token is the same whoever signed it: this library, or PyJWT.

A table has rules that do not depend on each other, each with a setting that lets the viewer in and one that does not.
Every rule is tried alone, and every two that can be set together in all four ways.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import jwt
import millicast_tokens as mct
import pytest
from millicast_tokens.testing import Emulator, EmulatorNotFoundError

from conftest import SECRET

NOW = 1767225600
BEARER = {"Authorization": f"Bearer {SECRET}"}
#: The viewer: where from, and on which page.
ADDRESS, NEIGHBOUR, BLOCK, OTHER_BLOCK = "192.0.2.7", "192.0.2.9", "192.0.2.0/24", "198.51.100.0/24"
PAGE, ORIGIN, OTHER_ORIGIN = "https://www.example.com", "www.example.com", "www.example.org"


@dataclass(frozen=True)
class Setting:
    """One way to set a rule. What it leaves out stays as it is without the rule."""

    #: What the parent is created with.
    parent: dict[str, Any] = field(default_factory=dict)
    #: Arguments of this library's claims.
    claims: dict[str, Any] = field(default_factory=dict)
    #: Claims that this library does not make, by where they are. A token with them is PyJWT's alone.
    foreign: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: The stream that is asked for.
    asked: str | None = None
    #: What happens to the parent after signing.
    happens: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """What is set so that a viewer is let in, what so that one is not, and the name of the refusal."""

    refusal: str
    allowed: Setting
    refused: Setting


def streams(name: str, is_regex: bool = False) -> Setting:
    return Setting(parent={"streams": [{"streamName": name, "isRegex": is_regex}]})


RULES = {
    "name": Rule("stream", streams("show-1"), streams("film-1")),
    "pattern": Rule("stream", streams(r"show-\d", True), streams(r"film-\d", True)),
    "claimed stream": Rule("stream", Setting(asked="show-1"), Setting(asked="show-2")),
    "active": Rule("parent-inactive", Setting(happens=("disable", "enable")), Setting(happens=("disable",))),
    "parent's end": Rule(
        "parent-expired",
        Setting(parent={"expires": 121}, happens=("two minutes",)),
        Setting(parent={"expires": 120}, happens=("two minutes",)),
    ),
    "refreshed": Rule("signature", Setting(happens=("rename",)), Setting(happens=("refresh",))),
    "deleted": Rule("parent-unknown", Setting(happens=("delete another",)), Setting(happens=("delete",))),
    "origin": Rule(
        "origin",
        Setting(claims={"allowed_origins": [OTHER_ORIGIN, ORIGIN]}),
        Setting(claims={"allowed_origins": [OTHER_ORIGIN]}),
    ),
    "wildcard origin": Rule(
        "origin",
        Setting(parent={"allowedOrigins": ["*.example.com"]}),
        Setting(parent={"allowedOrigins": ["*.www.example.com"]}),
    ),
    "address": Rule(
        "address",
        Setting(claims={"allowed_ip_addresses": [NEIGHBOUR, ADDRESS]}),
        Setting(claims={"allowed_ip_addresses": [NEIGHBOUR]}),
    ),
    "block": Rule(
        "address",
        Setting(parent={"allowedIpAddresses": [OTHER_BLOCK, BLOCK]}),
        Setting(parent={"allowedIpAddresses": [OTHER_BLOCK]}),
    ),
    "bound": Rule(
        "bound-address",
        Setting(parent={"bindIpsOnUsage": 2}, happens=("neighbour views",)),
        Setting(parent={"bindIpsOnUsage": 1}, happens=("neighbour views",)),
    ),
    "allowed country": Rule(
        "country", Setting(parent={"allowedCountries": ["FR", "BE"]}), Setting(parent={"allowedCountries": ["FR"]})
    ),
    "denied country": Rule(
        "country", Setting(parent={"deniedCountries": ["FR"]}), Setting(parent={"deniedCountries": ["FR", "BE"]})
    ),
    "tracking id": Rule(
        "tracking-id",
        Setting(parent={"tracking": {"trackingId": "customer-1"}}, claims={"tracking_id": "customer-1"}),
        Setting(parent={"tracking": {"trackingId": "customer-1"}}, claims={"tracking_id": "customer-2"}),
    ),
    "cluster": Rule(
        "origin-cluster",
        Setting(parent={"originCluster": "lon-1"}, claims={"origin_cluster": "lon-1"}),
        Setting(parent={"originCluster": "lon-1"}, claims={"origin_cluster": "ams-1"}),
    ),
    "end": Rule(
        "expired",
        Setting(claims={"issued_at": NOW, "lifetime_seconds": 3600}),
        Setting(claims={"issued_at": NOW - 3600, "lifetime_seconds": 3600}),
    ),
    "beginning": Rule(
        "not-yet-valid", Setting(foreign={"payload": {"nbf": NOW}}), Setting(foreign={"payload": {"nbf": NOW + 600}})
    ),
    "type": Rule(
        "token-type",
        Setting(foreign={"streaming": {"tokenType": "Subscribe"}}),
        Setting(foreign={"streaming": {"tokenType": "Publish"}}),
    ),
}
#: Rules that one parent cannot have both.
APART = [{"name", "pattern"}, {"block", "bound"}, {"allowed country", "denied country"}]
PAIRS = [pair for pair in itertools.combinations(RULES, 2) if set(pair) not in APART]


@pytest.fixture(scope="module")
def director() -> Iterator[Emulator]:
    """An emulator that believes what it is told about a viewer's address."""
    try:
        emulator = Emulator(secret=SECRET, trust_forwarded=True, country_of={BLOCK: "BE"}).start()
    except EmulatorNotFoundError as missing:
        pytest.skip(str(missing))
    with emulator:
        yield emulator


def created(director: Emulator, settings: list[Setting]) -> dict[str, Any]:
    """A parent with all that the settings ask of one."""
    wanted: dict[str, Any] = {"label": "parent", "streams": [{"streamName": ".*", "isRegex": True}]}
    for setting in settings:
        wanted.update(setting.parent)
    status, answer = director.ask("/api/subscribe_token", wanted, BEARER)
    assert status == 200, answer
    token: dict[str, Any] = answer["data"]
    return token


def signed(parent: dict[str, Any], settings: list[Setting]) -> dict[str, str]:
    """The token that the settings ask for, by who signed it."""
    claims: dict[str, Any] = {"stream_name": "show-1", "lifetime_seconds": 3600, "issued_at": NOW}
    foreign: dict[str, dict[str, Any]] = {"payload": {}, "streaming": {}}
    for setting in settings:
        claims.update(setting.claims)
        for place, more in setting.foreign.items():
            foreign[place].update(more)
    streaming = {
        "tokenId": parent["id"],
        "tokenType": "Subscribe",
        "streamName": claims["stream_name"],
        "tracking": {"trackingId": claims["tracking_id"]} if "tracking_id" in claims else None,
        "originCluster": claims.get("origin_cluster"),
        "allowedOrigins": claims.get("allowed_origins"),
        "allowedIpAddresses": claims.get("allowed_ip_addresses"),
        **foreign["streaming"],
    }
    payload = {
        "streaming": {name: value for name, value in streaming.items() if value is not None},
        "iat": claims["issued_at"],
        "exp": claims["issued_at"] + claims["lifetime_seconds"],
        **foreign["payload"],
    }
    tokens = {"PyJWT": jwt.encode(payload, parent["token"], "HS256")}
    if not any(setting.foreign for setting in settings):
        tokens["this library"] = mct.Signer(parent["id"], parent["token"]).sign(mct.Claims(**claims)).jwt
    return tokens


def verdict(director: Emulator, token: str, stream: str, address: str = ADDRESS) -> str:
    """What the director says to the viewer: "admitted", or the rule that is broken."""
    headers = {"Authorization": f"Bearer {token}", "Origin": PAGE, "X-Forwarded-For": address}
    status, answer = director.ask("/api/director/subscribe", {"streamName": stream}, headers)
    return "admitted" if status == 200 else str(answer["data"]["rule"])


def let_happen(director: Emulator, parent: dict[str, Any], what: str) -> None:
    """Does something to the parent, or with it."""
    path = f"/api/subscribe_token/{parent['id']}"
    update = f"/api/v2/subscribe_token/{parent['id']}"
    if what in ("disable", "enable"):
        director.set_active("subscribe", parent["id"], what == "enable")
    elif what == "two minutes":
        director.set_clock(NOW + 120)
    elif what == "neighbour views":
        # With the parent's own token, which none of the claims restricts.
        verdict(director, parent["token"], "show-1", NEIGHBOUR)
    elif what == "rename":
        assert director.ask(update, {"label": "another"}, BEARER, method="PUT")[0] == 200
    elif what == "refresh":
        assert director.ask(update, {"refreshToken": True}, BEARER, method="PUT")[0] == 200
    elif what == "delete another":
        other = created(director, [])["id"]
        assert director.ask(f"/api/subscribe_token/{other}", None, BEARER, method="DELETE")[0] == 200
    else:
        assert what == "delete"
        assert director.ask(path, None, BEARER, method="DELETE")[0] == 200


#: A viewer comes while all is well, and what is deleted last can still be disabled before that.
ORDER = ["neighbour views", "disable", "enable", "rename", "refresh", "delete another", "two minutes", "delete"]


def verdicts(director: Emulator, settings: list[Setting]) -> set[str]:
    """The verdicts on the tokens of all who sign, where all of the settings hold."""
    director.set_clock(NOW)
    parent = created(director, settings)
    tokens = signed(parent, settings)
    for what in sorted((what for setting in settings for what in setting.happens), key=ORDER.index):
        let_happen(director, parent, what)
    stream = next((setting.asked for setting in settings if setting.asked), "show-1")
    return {verdict(director, token, stream) for token in tokens.values()}


@pytest.mark.parametrize("name", RULES)
def test_each_rule_lets_a_viewer_in_or_not_whoever_signed(name: str, director: Emulator) -> None:
    rule = RULES[name]
    assert verdicts(director, [rule.allowed]) == {"admitted"}
    assert verdicts(director, [rule.refused]) == {rule.refusal}


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=[f"{one} and {other}" for one, other in PAIRS])
def test_two_rules_let_a_viewer_in_where_both_do_whoever_signed(one: str, other: str, director: Emulator) -> None:
    first, second = RULES[one], RULES[other]
    assert verdicts(director, [first.allowed, second.allowed]) == {"admitted"}
    assert verdicts(director, [first.refused, second.allowed]) == {first.refusal}
    assert verdicts(director, [first.allowed, second.refused]) == {second.refusal}
    both = verdicts(director, [first.refused, second.refused])
    assert len(both) == 1, "the signers' tokens are refused for different reasons"
    assert both <= {first.refusal, second.refusal}


def test_no_rule_of_the_table_sets_what_another_sets_unless_they_are_kept_apart() -> None:
    for one, other in PAIRS:
        for mine, others in itertools.product(
            (RULES[one].allowed, RULES[one].refused), (RULES[other].allowed, RULES[other].refused)
        ):
            assert not mine.parent.keys() & others.parent.keys()
            assert not mine.claims.keys() & others.claims.keys()
            assert not (mine.asked and others.asked)
