"""The contract is walked: every operation, every field of a request, every parameter and every field of an answer.

What is looked for comes from the document and from nowhere else, so that a newer document fails here by itself.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import millicast_tokens as mct
import pytest
from millicast_tokens.testing import Emulator

import answers
import contract
import header
import journey
from contract import NOT_USED, Operation, Path_
from paths import ROOT
from proxy import Exchange, Proxy
from servers import Recorder, success

USED = [operation for operation in contract.operations() if operation.id not in NOT_USED]
WITH_BODY = [operation for operation in USED if operation.body is not None]
FUNCTIONS = header.functions()

#: A moment with seven digits of fraction, and the same in seconds.
MOMENT, SECONDS = "2024-05-06T07:08:09.1234567Z", 1714979289


def ids(operations: list[Operation]) -> list[str]:
    return [operation.id for operation in operations]


@pytest.fixture(scope="module")
def travelled(own_emulator: tuple[Emulator, Proxy]) -> list[Exchange]:
    """What was said when every call was made once."""
    emulator, proxy = own_emulator
    journey.go(emulator)
    return proxy.exchanges


def test_the_document_has_operations_and_all_of_them_are_different() -> None:
    assert len(contract.operations()) >= 24
    assert len(set(ids(contract.operations()))) == len(contract.operations())
    assert set(ids(contract.operations())) >= NOT_USED


def test_every_operation_but_the_two_old_updates_is_reached(travelled: list[Exchange]) -> None:
    expected = {(operation.method, operation.path) for operation in USED}
    assert {(said.operation.method, said.operation.path) for said in travelled} == expected
    assert all(said.status == 200 for said in travelled)


@pytest.mark.parametrize("operation", USED, ids=ids(USED))
def test_every_parameter_of_a_query_is_sent(operation: Operation, travelled: list[Exchange]) -> None:
    sent = {name for said in travelled if said.operation == operation for name in said.query}
    assert sent == set(operation.parameters)
    for name, node in operation.parameters.items():
        if contract.resolved(node["schema"]).get("type") == "array":
            assert any(len(said.query[name]) > 1 for said in travelled if said.operation == operation), name


@pytest.mark.parametrize("operation", WITH_BODY, ids=ids(WITH_BODY))
def test_every_field_of_a_request_is_sent(operation: Operation, travelled: list[Exchange]) -> None:
    assert operation.body is not None
    sent = {path for said in travelled if said.operation == operation for path in contract.present(said.body)}
    assert sent == {path for path, _ in contract.properties(operation.body)}


def test_every_field_that_a_request_can_have_is_refused_as_one_that_is_unknown() -> None:
    requests: dict[str, Any] = {
        "CreatePublishTokenV1": lambda field: mct.PublishTokenSpec("label", ["s"], merge_json=field),
        "CreateSubscribeTokenV1": lambda field: mct.SubscribeTokenSpec("label", ["s"], merge_json=field),
        "UpdatePublishTokenV2": lambda field: mct.PublishTokenUpdate(merge_json=field),
        "UpdateSubscribeTokenV2": lambda field: mct.SubscribeTokenUpdate(merge_json=field),
    }
    schemas = {operation.body["$ref"].rpartition("/")[2] for operation in WITH_BODY if operation.body}
    # The list of tokens to disable takes nothing else, in C and in Python alike.
    assert schemas == {*requests, "DisableActiveTokenModel"}
    for schema, make in requests.items():
        for name in contract.DOCUMENT["components"]["schemas"][schema]["properties"]:
            with pytest.raises(mct.InvalidArgumentError) as refused:
                make({name: None})
            assert refused.value.field == name, schema
        make({"aFieldOfTomorrow": None})


def models(node: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The named schemas that an answer is made of on the outside, behind lists and maps."""
    if "$ref" in node:
        yield node["$ref"].rpartition("/")[2], node
    whole = contract.resolved(node)
    inner = whole.get("items") if whole.get("type") == "array" else whole.get("additionalProperties")
    if isinstance(inner, dict) and "$ref" not in node:
        yield from models(inner)


def answered(operation: Operation) -> list[tuple[str, Path_, dict[str, Any]]]:
    """Every field of what an operation answers with: the family in C, and where and what it is."""
    return [
        (answers.FAMILIES[name], path, node)
        for name, model in models(operation.data)
        for path, node in contract.properties(model)
    ]


@pytest.mark.parametrize("operation", USED, ids=ids(USED))
def test_every_field_of_an_answer_has_a_getter_in_c(operation: Operation) -> None:
    fields = answered(operation)
    # Deleting and syncing answer `true`, which is what succeeding says.
    assert fields or operation.data == {"type": "boolean"}
    for family, path, node in fields:
        missing = set(answers.getters(family, path, node)) - set(FUNCTIONS)
        assert not missing, f"{'.'.join(path)} has no {missing}"


def test_an_exception_to_the_naming_rule_is_one_and_says_why() -> None:
    found = {(family, path): node for operation in USED for family, path, node in answered(operation)}
    for exception, (names, reason) in answers.C_EXCEPTIONS.items():
        family, _ = exception
        assert exception in found
        assert reason
        assert all(f"{family}_{answers.snake(name)}" in FUNCTIONS for name in names)


class Samples:
    """An answer in which every field has a value of its own, so that none can be taken for another."""

    def __init__(self) -> None:
        self.leaves: dict[tuple[str | int, ...], Any] = {}

    def of(self, node: dict[str, Any], place: tuple[str | int, ...] = ()) -> Any:
        """A value for a schema; `leaves` remembers what was put where."""
        whole = contract.resolved(node)
        if "properties" in whole:
            return {name: self.of(inner, (*place, name)) for name, inner in whole["properties"].items()}
        if whole.get("type") == "array":
            return [self.of(whole["items"], (*place, index)) for index in range(2)]
        value = self._leaf(whole, place)
        self.leaves[place] = SECONDS if value == MOMENT else value
        return value

    def _leaf(self, whole: dict[str, Any], place: tuple[str | int, ...]) -> Any:
        if whole.get("format") == "date-time":
            return MOMENT
        if whole["type"] == "boolean":
            return False
        if whole["type"] == "integer":
            return 100 + len(self.leaves)
        return whole["enum"][-1] if "enum" in whole else "-".join(map(str, place))


def put(value: Any, place: tuple[str | int, ...], new: Any) -> Any:
    """A copy of a value with something else at one place."""
    copy = json.loads(json.dumps(value))
    inner = copy
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = new
    return copy


#: Those that answer `true` have nothing more to tell.
PLAIN = [
    operation
    for operation in USED
    if "additionalProperties" not in operation.data and operation.data != {"type": "boolean"}
]


@pytest.mark.parametrize("operation", PLAIN, ids=ids(PLAIN))
def test_every_field_of_an_answer_is_an_attribute_in_python(
    operation: Operation, recorded: mct.Client, recorder: Recorder
) -> None:
    def answer_of(data: Any) -> Any:
        recorder.answer = success(data)
        assert not contract.faults(operation.data, data)
        answer = journey.CALLS[operation.id][0](recorded, 1)
        # What is one list in the contract is that list in Python.
        return SimpleNamespace(token_ids=answer) if list(data) == ["tokenIds"] else answer

    samples = Samples()
    data = samples.of(operation.data)
    answer = answer_of(data)
    for place, value in samples.leaves.items():
        found = answers.value_at(answer, place)
        assert found == value, place
        assert type(found) is type(value), place
        if value is False:
            flipped = answer_of(put(data, place, True))
            assert answers.value_at(flipped, place) is True
            others = [other for other, was in samples.leaves.items() if was is False and other != place]
            assert not any(answers.value_at(flipped, other) for other in others), place


ANALYTICS = [operation for operation in USED if "additionalProperties" in operation.data]


@pytest.mark.parametrize("operation", ANALYTICS, ids=ids(ANALYTICS))
def test_every_field_of_an_analytics_answer_is_in_a_row(
    operation: Operation, recorded: mct.Client, recorder: Recorder
) -> None:
    samples = Samples()
    ((_, model),) = models(operation.data)
    sample = samples.of(model)
    is_series = "Series" in operation.id
    recorder.answer = success({"key": {MOMENT: [sample]} if is_series else [sample]})
    report = journey.CALLS[operation.id][0](recorded, 1)
    rows = {row.traffic: row for row in report.rows}
    assert len(rows) == len(report.rows) == 4
    traffics = {"standardStream": mct.Traffic.STANDARD_STREAM, "restream": mct.Traffic.RESTREAM}
    traffics["geoCascade"] = mct.Traffic.GEO_CASCADE
    for place, value in samples.leaves.items():
        row = rows[traffics[str(place[0])] if len(place) == 2 else mct.Traffic.ALL]
        assert getattr(row, answers.snake(str(place[-1]))) == value, place
    inside, outside = ("tracking_id", "stream_name") if "ForStreams" in operation.id else ("stream_name", "tracking_id")
    for row in report.rows:
        assert getattr(row, outside) == "key"
        assert getattr(row, inside) == sample[inside.split("_")[0] + inside.split("_")[1].title()]
        assert row.time == (SECONDS if is_series else None)


def operations_table() -> Any:
    """The program that makes README.md's table."""
    specification = importlib.util.spec_from_file_location("operations", ROOT / "tests" / "tools" / "operations.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_what_the_table_of_operations_names_is_there() -> None:
    table = operations_table()
    assert table.REACHED_BY.keys() | table.NOT_USED.keys() == set(ids(contract.operations()))
    assert table.NOT_USED.keys() == NOT_USED
    with mct.Client("secret") as client:
        for functions, calls in table.REACHED_BY.values():
            assert all(f"mct_{name}" in FUNCTIONS for name in functions)
            for call in calls:
                found: Any = client
                for name in call.split("."):
                    found = getattr(found, name)
                assert callable(found)


def test_the_readme_has_a_table_of_exactly_the_operations_of_the_document() -> None:
    table = operations_table()
    section = table.section((ROOT / "README.md").read_text(encoding="utf-8"))
    assert section is not None, "README.md has no table: put the marks there and run tests/tools/operations.py --write"
    assert section == table.table(), "run tests/tools/operations.py --write"
