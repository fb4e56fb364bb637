"""The platform's contract as a document: its operations, its schemas, and whether a value fits one of them.

The document has names, types and limits alone. It is read as JSON Schema by a library that knows nothing of this
project; the one thing of OpenAPI's own in it, `nullable`, is written out as the schema of null before that.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jsonschema import (  # type: ignore[import-untyped, unused-ignore]
    Draft202012Validator,
    FormatChecker,
    ValidationError,
    validators,
)
from referencing import Registry
from referencing.jsonschema import DRAFT202012

FOLDER = Path(__file__).resolve().parents[1] / "contract"
DOCUMENT: dict[str, Any] = json.loads((FOLDER / "token-api-schema.json").read_text(encoding="utf-8"))
URI = "urn:token-api"

#: The operations that the library has no use for: version 2 of the same is what it uses.
NOT_USED = {"PublishTokenV1_UpdateToken", "SubscribeTokenV1_UpdateToken"}

#: Where a name leads inside a value: names of properties, `[]` for the entries of a list, `{}` for the values of a map.
Path_ = tuple[str, ...]


@dataclass(frozen=True)
class Operation:
    """An operation of the document."""

    id: str
    method: str
    path: str
    node: dict[str, Any]

    @functools.cached_property
    def pattern(self) -> re.Pattern[str]:
        """What the paths of its requests look like."""
        return re.compile(re.sub(r"\{\w+\}", "([^/]+)", self.path))

    @property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """The parameters of its query by their names."""
        return {found["name"]: found for found in self.node.get("parameters", []) if found["in"] == "query"}

    @property
    def body(self) -> dict[str, Any] | None:
        """The schema of its request's body, if it has one."""
        content: dict[str, Any] = self.node.get("requestBody", {}).get("content", {})
        schema: dict[str, Any] | None = content.get("application/json", {}).get("schema")
        return schema

    @property
    def data(self) -> dict[str, Any]:
        """The schema of the `data` that it answers with."""
        envelope = resolved(self.node["responses"]["200"]["content"]["application/json"]["schema"])
        data: dict[str, Any] = envelope["properties"]["data"]
        return data


def operations() -> list[Operation]:
    """Every operation of the document, in its order."""
    return [
        Operation(node["operationId"], method.upper(), path, node)
        for path, methods in DOCUMENT["paths"].items()
        for method, node in methods.items()
    ]


def operation_of(method: str, path: str) -> Operation | None:
    """The operation that a request is for. A path without a parameter goes before one with."""
    fitting = [found for found in operations() if found.method == method and found.pattern.fullmatch(path)]
    return min(fitting, key=lambda found: found.path.count("{"), default=None)


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """A schema itself, where one refers to it: by name, or as the one choice of what may be null."""
    if "oneOf" in node:
        (only,) = node["oneOf"]
        return resolved(only)
    if "$ref" not in node:
        return node
    found: dict[str, Any] = DOCUMENT["components"]["schemas"][node["$ref"].rpartition("/")[2]]
    return found


def properties(node: dict[str, Any], place: Path_ = ()) -> Iterator[tuple[Path_, dict[str, Any]]]:
    """Every property below a schema, however deep, with its own schema."""
    whole = resolved(node)
    for name, inner in whole.get("properties", {}).items():
        yield (*place, name), resolved(inner)
        yield from properties(inner, (*place, name))
    if "items" in whole:
        yield from properties(whole["items"], (*place, "[]"))
    if isinstance(whole.get("additionalProperties"), dict):
        yield from properties(whole["additionalProperties"], (*place, "{}"))


def present(value: Any, place: Path_ = ()) -> Iterator[Path_]:
    """Every property that a value has, however deep."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*place, name)
            yield from present(inner, (*place, name))
    elif isinstance(value, list):
        for inner in value:
            yield from present(inner, (*place, "[]"))


def _plain(node: Any) -> Any:
    """The document without `nullable`."""
    if isinstance(node, list):
        return [_plain(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    plain = {name: _plain(inner) for name, inner in node.items() if name != "nullable"}
    return {"anyOf": [plain, {"type": "null"}]} if node.get("nullable") is True else plain


def _units(text: str) -> int:
    """The length of a text in UTF-16 units, as the platform counts it; JSON Schema counts characters."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _at_least(_: Any, least: int, value: Any, __: Any) -> Iterator[ValidationError]:
    if isinstance(value, str) and _units(value) < least:
        yield ValidationError("too short")


def _at_most(_: Any, most: int, value: Any, __: Any) -> Iterator[ValidationError]:
    if isinstance(value, str) and _units(value) > most:
        yield ValidationError("too long")


_extend: Any = validators.extend
Validator = _extend(Draft202012Validator, {"minLength": _at_least, "maxLength": _at_most})
FORMATS = FormatChecker(["date", "date-time"])


def _is_int32(value: Any) -> bool:
    return not isinstance(value, int) or -(2**31) <= value < 2**31


FORMATS.checks("int32")(_is_int32)


def _is_int64(value: Any) -> bool:
    return not isinstance(value, int) or -(2**63) <= value < 2**63


FORMATS.checks("int64")(_is_int64)


_REGISTRY: Registry[Any] = Registry().with_resource(URI, DRAFT202012.create_resource(_plain(DOCUMENT)))


@functools.cache
def _validator(written: str) -> Any:
    schema = json.loads(written.replace('"#/', f'"{URI}#/'))
    return Validator(_plain(schema), registry=_REGISTRY, format_checker=FORMATS)


def faults(node: dict[str, Any], value: Any) -> list[str]:
    """Where a value does not fit a schema. A text of the value's is not repeated: it may be a secret."""
    found = _validator(json.dumps(node)).iter_errors(value)
    return [f"{error.json_path} breaks {error.validator} of {'/'.join(map(str, error.schema_path))}" for error in found]


def read(body: bytes) -> Any:
    """JSON in which no name comes twice in one object."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        named = dict(pairs)
        if len(named) != len(pairs):
            raise ValueError("a name comes twice")
        return named

    return json.loads(body, object_pairs_hook=once)


def _value(node: dict[str, Any], texts: list[str]) -> Any:
    """What the texts of a query say by their schema; the text itself where it says nothing of the kind."""
    whole = resolved(node)
    if whole.get("type") == "array":
        return texts
    (text,) = texts
    if whole.get("type") == "integer":
        return int(text) if re.fullmatch(r"-?[0-9]+", text) else text
    if whole.get("type") == "boolean":
        return {"true": True, "false": False}.get(text, text)
    return text


def query_of(target: str) -> dict[str, list[str]]:
    """The query of a request's target: each name with its values."""
    found: dict[str, list[str]] = {}
    for name, text in parse_qsl(urlsplit(target).query, keep_blank_values=True, strict_parsing=False):
        found.setdefault(name, []).append(text)
    return found


def request_faults(operation: Operation, target: str, headers: dict[str, str], body: bytes) -> Iterator[str]:
    """What in a request does not fit its operation."""
    match = operation.pattern.fullmatch(urlsplit(target).path)
    for text in match.groups() if match else ():
        if not re.fullmatch(r"[0-9]+", text):
            yield f"the id in the path is {text!r}"
    query, known = query_of(target), operation.parameters
    yield from (f"there is no parameter {name}" for name in query if name not in known)
    yield from (f"{name} is missing" for name, node in known.items() if node.get("required") and name not in query)
    for name in query.keys() & known.keys():
        schema = known[name]["schema"]
        if len(query[name]) > 1 and resolved(schema).get("type") != "array":
            yield f"{name} comes more than once"
        else:
            yield from (f"{name}: {fault}" for fault in faults(schema, _value(schema, query[name])))
    if not headers.get("authorization", "").startswith("Bearer "):
        yield "there is no bearer"
    yield from _body_faults(operation.body, headers, body)


def _body_faults(schema: dict[str, Any] | None, headers: dict[str, str], body: bytes) -> Iterator[str]:
    if schema is None:
        if body:
            yield "there is a body, and the operation has none"
        return
    if headers.get("content-type", "").partition(";")[0] != "application/json":
        yield f"the body is of type {headers.get('content-type')}"
    try:
        yield from faults(schema, read(body))
    except ValueError as error:
        yield f"the body is no JSON: {error}"


def answer_faults(operation: Operation, status: int, headers: dict[str, str], body: bytes) -> Iterator[str]:
    """What in an answer does not fit its operation."""
    if headers.get("content-type", "").partition(";")[0] != "application/json":
        yield f"the answer is of type {headers.get('content-type')}"
    try:
        answer = read(body)
    except ValueError as error:
        yield f"the answer is no JSON: {error}"
        return
    said = answer.get("status") if isinstance(answer, dict) else None
    responses = operation.node["responses"]
    documented = responses.get(str(status), responses["default"])["content"]["application/json"]["schema"]
    schemas = [found.schema for found in DISAGREEMENTS if found.applies(operation, status, said)]
    yield from faults(schemas[0] if schemas else documented, answer)
    if said not in ({"success"} if status == 200 else {"fail", "error"}):
        yield f"HTTP {status} comes with the envelope {said!r}"


@dataclass(frozen=True)
class Disagreement:
    """Where the document and what is known of the platform differ, and what is read instead."""

    what: str
    reason: str
    #: Of an operation, an HTTP status and an envelope: is this one met?
    applies: Callable[[Operation, int, Any], bool]
    schema: dict[str, Any]


DISAGREEMENTS = [
    Disagreement(
        what="a fail that the document does not have for its operation or its HTTP status",
        reason=(
            "The document has the fail with 400 alone, and not at all for deleting, disabling, active ids and clusters."
            " But a wrong secret is a fail with 401 everywhere, and what is wrong with a request is one everywhere."
        ),
        applies=lambda operation, status, said: said == "fail" and str(status) not in operation.node["responses"],
        schema={"$ref": "#/components/schemas/FailResponse"},
    ),
]
