"""Every answer to what a generator makes up from the contract's document, good requests and bad, fits that document.

Where it does not, the disagreement is in a table with its reason. One that is not there fails the tests, and so does
one that is there and no longer met.
"""

from __future__ import annotations

import collections
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from millicast_tokens.testing import Emulator, EmulatorNotFoundError

import contract
import generated
from generated import PUBLISH_IDS, SUBSCRIBE_IDS, Exchange

SECRET = "the-emulators-own-secret-77b0"
EXAMPLES = 40
JANUARY_1 = 1704067200


@dataclass(frozen=True)
class Disagreement:
    """What a check of the generator's says of some requests, and why that is as it should be."""

    check: str
    #: What is found in such an exchange, as `found` names it.
    pattern: str
    reason: str
    #: Whether there are so many such requests that some are made up whatever the document is.
    is_certain: bool = True


UNKNOWN_FIELD, NULL = "a field that is not in the document", "a null where the document has none"

DISAGREEMENTS = [
    Disagreement(
        "response_schema_conformance",
        "a fail with 401|a fail with 415",
        "The document has fails with 400 alone. The platform is known to answer a wrong secret with one, and another"
        " media type.",
    ),
    Disagreement(
        "response_schema_conformance",
        "a fail with 400",
        "For deleting, disabling and active ids the document has no fail at all. What is wrong with a request is one"
        " everywhere.",
    ),
    Disagreement(
        "response_schema_conformance",
        r"\$\.data(\[\d+\])?\.restream\b.*",
        "Version 2 of an update takes an endpoint without `url`, and such a token can be read. What reads it by the"
        " document has a `url` that is not null.",
    ),
    Disagreement("negative_data_rejection", UNKNOWN_FIELD, "The platform ignores fields that it does not know."),
    Disagreement("negative_data_rejection", NULL, "A null is the same as no field."),
    Disagreement(
        "negative_data_rejection",
        r"(sortBy|filterBy): \$ breaks anyOf of anyOf",
        "`sortBy=` says nothing, which is what the document's null is in a query.",
        is_certain=False,
    ),
    Disagreement(
        "positive_data_acceptance",
        r"tokenId: No publish token with id: -?\d+|tokenId: Invalid TokenId \(-?\d+\) for AccountId \(emulator\)",
        "There is no such token, which is a 400 and no 404.",
    ),
    Disagreement(
        "positive_data_acceptance",
        r"(tokenId|\$\.tokenIds\[\d+\]): The value is not an integer\.",
        "An id has 64 bits at the most. The document has no limit.",
        is_certain=False,
    ),
    Disagreement(
        "positive_data_acceptance",
        r"\w+Countries\[\d+\]: The entry is not a country code .*",
        "The document says text where ISO 3166-1 is meant.",
    ),
    Disagreement(
        "positive_data_acceptance",
        r"\w+IpAddresses\[\d+\]: The entry is not an IP address .*",
        "The document says text where an address or a block is meant.",
    ),
    Disagreement(
        "positive_data_acceptance",
        r"\w+Origins\[\d+\]: The entry is not a host name, .*",
        "The document says text where a host name is meant.",
    ),
    Disagreement(
        "positive_data_acceptance",
        r"\w+: The field excludes \w+\.",
        "The document has it in words alone that two fields exclude each other.",
    ),
    Disagreement(
        "positive_data_acceptance",
        "token: No properties specified to update.",
        "An update that names nothing is refused in the platform's own words. The document demands no field.",
    ),
    Disagreement(
        "positive_data_acceptance",
        r"bindIpsOnUsage: The value -?\d+ is not between .*",
        "The document has a limit on updates alone; a number of addresses is not negative on create either.",
        is_certain=False,
    ),
    Disagreement(
        "positive_data_acceptance",
        r"(originCluster|updateOriginCluster|encoderProfileId): The text is empty\."
        r"|\w+\.clusters\[\d+\]: The entry is empty\.",
        "An empty text names nothing. The document has no least length for it.",
    ),
    Disagreement(
        "positive_data_acceptance",
        r"(geoCascade|updateGeoCascade)\.clusters: At least one cluster .*",
        "A cascade that is enabled needs somewhere to go. The document does not say so as a schema.",
    ),
    Disagreement(
        "positive_data_acceptance",
        r"(cluster|name|streamId): The parameter is empty\.|streamId: The value is not an account and a stream, .*",
        "The document has text, or null, which no query can say. Something has to be looked for.",
    ),
    Disagreement(
        "positive_data_acceptance",
        r"(trackingIds|streamNames): A (tracking id|stream name) (is empty|has more than 128 characters)\.",
        "The document says text; the limits are those that it has for a tracking id and a stream name elsewhere.",
    ),
    Disagreement(
        "positive_data_acceptance",
        r"stopDate: (The date is not after startDate|A series has at most 10000 entries)\.",
        "What two dates are to each other is in the document's words alone. How long a series may be is the"
        " emulator's own.",
    ),
]


def _ignored(node: dict[str, Any], value: Any) -> tuple[Any, set[str]]:
    """A value without what is ignored in it, and what that was."""
    schema = contract.resolved(node)
    if isinstance(value, list) and "items" in schema:
        inner = [_ignored(schema["items"], entry) for entry in value]
        return [kept for kept, _ in inner], {fact for _, facts in inner for fact in facts}
    if not isinstance(value, dict) or "properties" not in schema:
        return value, set()
    kept, facts = {}, set()
    for name, entry in value.items():
        known = schema["properties"].get(name)
        if known is None:
            facts.add(UNKNOWN_FIELD)
        elif entry is None and not (known.get("nullable") or contract.resolved(known).get("nullable")):
            facts.add(NULL)
        else:
            kept[name], more = _ignored(known, entry)
            facts |= more
    return kept, facts


def _wrongly_taken(said: Exchange) -> set[str]:
    if said.operation.body is None:
        return set(contract.request_faults(said.operation, said.target, said.headers, said.body))
    kept, facts = _ignored(said.operation.body, contract.read(said.body))
    return facts | set(contract.faults(said.operation.body, kept))


def _wrongly_answered(said: Exchange) -> set[str]:
    headers = {"content-type": "application/json"}
    faults = set(contract.answer_faults(said.operation, said.status, headers, said.answer))
    return faults or {f"a {json.loads(said.answer)['status']} with {said.status}"}


def _wrongly_refused(said: Exchange) -> set[str]:
    data = json.loads(said.answer)["data"]
    named = data.get("errors", data)
    return {f"{name}: {what[0] if isinstance(what, list) else what}" for name, what in named.items()}


READERS = {
    "negative_data_rejection": _wrongly_taken,
    "response_schema_conformance": _wrongly_answered,
    "positive_data_acceptance": _wrongly_refused,
}


def found(said: Exchange) -> Iterator[tuple[str, str]]:
    """The checks that an exchange did not pass, each with what is found in it."""
    for check, words in said.failed:
        reader = READERS.get(check)
        yield from ((check, fact) for fact in (sorted(reader(said)) if reader else [words]))


def listed(check: str, fact: str) -> list[Disagreement]:
    """The reasons that there are for what was found: one, if all is well."""
    return [entry for entry in DISAGREEMENTS if entry.check == check and re.fullmatch(entry.pattern, fact, re.DOTALL)]


def _furnish(emulator: Emulator) -> None:
    """Tokens of both kinds, a live stream and traffic, so that there is something to answer."""
    bearer = {"Authorization": f"Bearer {SECRET}"}
    for kind, ids in {"publish": PUBLISH_IDS, "subscribe": SUBSCRIBE_IDS}.items():
        for number, expected in enumerate(ids):
            cluster = {"originCluster": "lon-1"} if number % 2 else {}
            token = {"label": f"label {number}", "streams": [{"streamName": "show"}], **cluster}
            status, answer = emulator.ask(f"/api/{kind}_token", token, bearer)
            assert (status, answer["data"]["id"]) == (200, expected)
    emulator.set_live(PUBLISH_IDS[1], "show", True)
    for customer in ("customer-1", "customer-2", ""):
        for kind in ("standardStream", "geoCascade"):
            emulator.add_usage("show", customer, JANUARY_1 + 7200, 10, 20, kind=kind)
        emulator.add_usage("show", customer, JANUARY_1 + 90000, 1, 2, kind="restream", duration=3)


@pytest.fixture(scope="module")
def facts(exchanges: list[Exchange]) -> dict[tuple[str, str], Exchange]:
    """What is found where a check is not passed, each with an exchange that it is found in."""
    return {pair: said for said in exchanges for pair in found(said)}


@pytest.fixture(scope="module")
def exchanges() -> Iterator[list[Exchange]]:
    """Everything that was made up and answered."""
    try:
        emulator = Emulator(secret=SECRET).start()
    except EmulatorNotFoundError as missing:
        pytest.skip(str(missing))
    with emulator:
        _furnish(emulator)
        yield list(generated.exchanges(emulator.url, SECRET, EXAMPLES))


def test_every_operation_is_carried_out_and_refused(exchanges: list[Exchange]) -> None:
    statuses = collections.defaultdict(collections.Counter)
    for said in exchanges:
        statuses[said.operation.id][said.status] += 1
    assert statuses.keys() == {operation.id for operation in contract.operations()}
    for name, counted in statuses.items():
        assert counted.keys() <= {200, 400, 401, 405, 415}, name
        assert counted[200] >= 3, name
        assert counted[401] >= 3, name
        takes_something = not name.startswith(("Cluster", "PublishTokenV1_GetAllActive"))
        assert (counted[400] >= 10) == takes_something, name


def test_there_is_something_in_the_answers(exchanges: list[Exchange]) -> None:
    told = collections.defaultdict(list)
    for said in exchanges:
        if said.status == 200:
            told[said.operation.id].append(json.loads(said.answer)["data"])
    for name, answers in told.items():
        assert any(data for data in answers), name
        if name.startswith("Analytics"):
            text = json.dumps(answers)
            assert all(f'"{named}"' in text for named in ("standardStream", "geoCascade", "restream", "duration")), name
    assert {"tokenIds": [PUBLISH_IDS[1]]} in told["PublishTokenV1_GetActiveTokenByStreamId"]


def test_where_the_document_and_the_emulator_disagree_it_is_known_why(facts: dict[tuple[str, str], Exchange]) -> None:
    unknown = [
        f"{check}: {fact}\n    {said.method} {said.target} {said.body[:999]!r}\n    {said.status} {said.answer[:999]!r}"
        for (check, fact), said in facts.items()
        if len(listed(check, fact)) != 1
    ]
    assert not unknown, "\n".join(unknown[:20])


CERTAIN = [entry for entry in DISAGREEMENTS if entry.is_certain]


@pytest.mark.parametrize("entry", CERTAIN, ids=[f"{entry.check}-{entry.pattern}" for entry in CERTAIN])
def test_every_disagreement_that_is_listed_is_still_one(
    entry: Disagreement, facts: dict[tuple[str, str], Exchange]
) -> None:
    assert entry.reason
    assert any(entry in listed(check, fact) for check, fact in facts)
