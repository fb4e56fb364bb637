"""The library's checks and the emulator's, against each other: found values of every kind, field by field.

What the library lets pass the emulator accepts; what the emulator refuses is refused by the library, for the same
field. The library may refuse more: an empty tracking id is as good as none to the platform, and a slip of its caller's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import millicast_tokens as mct
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import answers
import contract
import fields
from fields import Field
from proxy import ProxiedEmulator, Proxy

#: The same values in every run, on every machine.
SEARCH = settings(
    max_examples=200,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
GOOD = {"label": "label", "streams": [mct.Stream("s")]}

CASES = [(kind, field) for kind in ("publish", "subscribe") for field in fields.CREATES[kind]]
UPDATE_CASES = [(kind, field) for kind in ("publish", "subscribe") for field in fields.UPDATES[kind]]

#: The same with several fields at once, of which most have to be good.
WIDE_SEARCH = settings(SEARCH, max_examples=500)

#: Where the library refuses what the emulator takes.
STRICTER = {
    "trackingId",  # An empty one.
    "allowedOrigins",  # 253 are counted in bytes, of which a letter that is not ASCII has several.
    "streamName",  # A name to remove that no stream can have.
}

#: What the emulator names by where it stands, and the library by itself.
SHORTER = {
    "streams.streamName": "streamName",
    "addTokenStreams.streamName": "streamName",
    "removeTokenStreams": "streamName",
    "tracking.trackingId": "trackingId",
    "token": "update",
}


def names(cases: list[tuple[str, Field]]) -> list[str]:
    return [f"{kind}-{field}" for kind, field in cases]


def arguments(values: dict[str, Any]) -> dict[str, Any]:
    """Values by their names in the contract, as arguments of Python's."""
    return {fields.ARGUMENTS.get(name, answers.snake(name)): value for name, value in values.items()}


def refused_by_the_emulator(emulator: ProxiedEmulator, method: str, path: str, values: dict[str, Any]) -> set[str]:
    """The fields that the emulator names when it is asked without the library; none when it accepts."""
    body = {name: fields.raw(name, value) for name, value in values.items()}
    status, answer = emulator.ask(path, body, {"Authorization": f"Bearer {emulator.secret}"}, method)
    if status == 200:
        return set()
    assert (status, answer["status"]) == (400, "fail")
    found = {re.sub(r"\[\d+\]", "", name.removeprefix("$.")) for name in answer["data"]}
    return {SHORTER.get(name, name) for name in found}


@pytest.fixture(scope="module")
def asking(own_emulator: tuple[ProxiedEmulator, Proxy]) -> Iterator[mct.Client]:
    """A client of this module's emulator."""
    emulator, _ = own_emulator
    with mct.Client(emulator.secret, base_url=emulator.url) as client:
        yield client


@pytest.fixture(scope="module")
def direct(own_emulator: tuple[ProxiedEmulator, Proxy]) -> Iterator[mct.Client]:
    """A client without the proxy in between, for what only has to be there."""
    emulator, _ = own_emulator
    with mct.Client(emulator.secret, base_url=emulator.own_url) as client:
        yield client


def test_a_search_is_made_for_every_field_of_a_request() -> None:
    for pattern, kinds in (("Create{}TokenV1", fields.CREATES), ("Update{}TokenV2", fields.UPDATES)):
        for kind, found in kinds.items():
            schema = contract.DOCUMENT["components"]["schemas"][pattern.format(kind.title())]
            assert {name for field in found for name in field.names} == set(schema["properties"])


def field_at_fault(call: Callable[[], object]) -> str | None:
    """The field that the library refuses before sending; None when the emulator has accepted."""
    try:
        call()
    except mct.InvalidArgumentError as error:
        return error.field
    return None


def agree(refused: set[str], field: str | None) -> None:
    """The emulator refused these fields, the library this one."""
    if refused:
        assert field in refused
    else:
        assert field is None or field in STRICTER


@pytest.mark.parametrize(("kind", "field"), CASES, ids=names(CASES))
def test_what_the_emulator_refuses_to_create_is_refused_before_sending_for_the_same_field(
    asking: mct.Client, own_emulator: tuple[ProxiedEmulator, Proxy], kind: str, field: Field
) -> None:
    calls = getattr(asking, f"{kind}_tokens")

    @SEARCH
    @given(field.given)
    def search(values: dict[str, Any]) -> None:
        wanted = {**GOOD, **values}
        refused = refused_by_the_emulator(own_emulator[0], "POST", f"/api/{kind}_token", wanted)
        agree(refused, field_at_fault(lambda: calls.create(**arguments(wanted))))

    search()


@pytest.mark.parametrize(("kind", "field"), UPDATE_CASES, ids=names(UPDATE_CASES))
def test_what_the_emulator_refuses_to_update_is_refused_before_sending_for_the_same_field(
    asking: mct.Client, direct: mct.Client, own_emulator: tuple[ProxiedEmulator, Proxy], kind: str, field: Field
) -> None:
    calls = getattr(asking, f"{kind}_tokens")

    @SEARCH
    @given(field.given)
    def search(values: dict[str, Any]) -> None:
        # Two of the same: what is in the token and not in the update is the platform's to judge.
        tokens = [getattr(direct, f"{kind}_tokens").create("label", ["a stream that stays"]).id for _ in range(2)]
        # What has no entry is not sent, and says as little as what is not there.
        sent = {name: value for name, value in values.items() if not (name.endswith("TokenStreams") and value == [])}
        refused = refused_by_the_emulator(own_emulator[0], "PUT", f"/api/v2/{kind}_token/{tokens[0]}", sent)
        agree(refused, field_at_fault(lambda: calls.update(tokens[1], **arguments(values))))

    search()


def whole(cases: list[Field]) -> st.SearchStrategy[dict[str, Any]]:
    """Values for any of the fields together."""
    found = {name: values for field in reversed(cases) for name, values in zip(field.names, field.values)}
    return st.fixed_dictionaries({}, optional=found)


@pytest.mark.parametrize("kind", ["publish", "subscribe"])
def test_a_spec_that_passes_the_checks_is_accepted(asking: mct.Client, kind: str) -> None:
    calls, spec = getattr(asking, f"{kind}_tokens"), getattr(mct, f"{kind.title()}TokenSpec")
    accepted: list[bool] = []

    @WIDE_SEARCH
    @given(whole(fields.TOGETHER[kind]))
    def search(values: dict[str, Any]) -> None:
        # Any other error than one of the checks ends the search: the emulator did not accept.
        wanted = arguments({**GOOD, **values})
        accepted.append(field_at_fault(lambda: calls.create_from(spec(**wanted))) is None)

    search()
    assert sum(accepted) > 50, "most of what was looked at did not pass the checks"


@pytest.mark.parametrize("kind", ["publish", "subscribe"])
def test_an_update_that_passes_the_checks_is_accepted(asking: mct.Client, direct: mct.Client, kind: str) -> None:
    calls, update = getattr(asking, f"{kind}_tokens"), getattr(mct, f"{kind.title()}TokenUpdate")
    accepted: list[bool] = []

    @WIDE_SEARCH
    @given(whole(fields.CHANGED_TOGETHER[kind]))
    def search(values: dict[str, Any]) -> None:
        token = getattr(direct, f"{kind}_tokens").create("label", ["a stream that stays"])
        accepted.append(field_at_fault(lambda: calls.update_from(token.id, update(**arguments(values)))) is None)

    search()
    assert sum(accepted) > 50, "most of what was looked at did not pass the checks"
