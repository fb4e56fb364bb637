"""Requests that a generator makes up from the contract's document, sent to an emulator, and what its checks say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import schemathesis
from schemathesis.engine import events, from_schema

import contract
from contract import Operation

#: What the document names as a scheme of its operations and does not define.
SCHEMES = {"API_Secret": {"type": "http", "scheme": "bearer"}}

#: The tokens that there are before. The generator adds others, and deletes none of these but by chance.
PUBLISH_IDS, SUBSCRIBE_IDS, LATER_IDS = list(range(1000, 1020)), list(range(1020, 1040)), list(range(1040, 1120))

#: The document says "text" or "integer" where only some are good. Made-up ones would hardly ever be, so that nothing
#: behind the first look at a request would be reached. These are taken as often as said, by their place in a request.
OFTEN: dict[str, tuple[float, list[Any]]] = {
    "query.startDate": (0.8, ["2024-01-01", "2024-01-02"]),
    "query.stopDate": (0.8, ["2024-01-03", "2024-01-10"]),
    "query.name": (0.7, ["label", "show"]),
    "query.cluster": (0.7, ["lon-1", "auto"]),
    "query.streamId": (0.7, ["emulator/show", "emulator/nothing"]),
    "query.page": (0.7, [1, 2]),
    "body.tokenIds[*]": (0.6, PUBLISH_IDS),
}
IN_LISTS = {
    ("allowedCountries", "deniedCountries"): ["BE", "NL", "FR"],
    ("allowedOrigins",): ["example.com", "*.example.com", "example.org:8443"],
    ("allowedIpAddresses",): ["192.0.2.1", "198.51.100.0/24", "2001:db8::1"],
}
#: The same for lists in queries, and for what comes with them: what is put into the document as an example.
IN_QUERIES = {
    "trackingIds": ["customer-1", "customer-2"],
    "streamNames": ["show", "film"],
    "startDate": "2024-01-01",
    "stopDate": "2024-01-03",
}
#: The ids that paths have, by what the operation is called.
IN_PATHS = {
    "^Publish.*_(Read|Update|Sync)": PUBLISH_IDS,
    "^Subscribe.*_(Read|Update)": SUBSCRIBE_IDS,
    "_Delete": LATER_IDS,
}


def document() -> dict[str, Any]:
    """The document, what it takes to be a whole one, and examples of what is there."""
    components = {**contract.DOCUMENT["components"], "securitySchemes": SCHEMES}
    whole: dict[str, Any] = json.loads(json.dumps({**contract.DOCUMENT, "components": components}))
    for node in (node for methods in whole["paths"].values() for node in methods.values()):
        ids = [found[0] for name, found in IN_PATHS.items() if re.search(name, node["operationId"])]
        for parameter in node.get("parameters", []):
            examples = ids if parameter["in"] == "path" else [IN_QUERIES.get(parameter["name"])]
            if examples != [None]:
                (parameter["example"],) = examples
    return whole


def _often() -> dict[str, tuple[float, list[Any]]]:
    found = dict(OFTEN)
    for names, values in IN_LISTS.items():
        for name in names:
            found[f"body.{name}[*]"] = (0.9, values)
            found[f"body.update{name[0].upper()}{name[1:]}[*]"] = (0.9, values)
    return found


def _configuration(url: str, secret: str, examples: int) -> schemathesis.Config:
    often = _often()
    # What was answered is not made use of by the way: which answer came first would decide what is asked next.
    alone = {"extra-data-sources": {"responses": False}}
    return schemathesis.Config.from_dict(
        {
            "base-url": url,
            "headers": {"Authorization": f"Bearer {secret}"},
            "seed": 1,
            "continue-on-failure": True,
            "generation": {"deterministic": True, "database": "none", "max-examples": examples},
            "phases": {
                "fuzzing": {**alone, "error-feedback": {"enabled": False}},
                "coverage": alone,
                "examples": alone,
            },
            "dictionaries": {
                **{place: {"values": values} for place, (_, values) in often.items()},
                **{name: {"values": values} for name, values in IN_PATHS.items()},
            },
            "parameters": {
                place: {"dictionary": place, "probability": probability} for place, (probability, _) in often.items()
            },
            "operations": [
                {
                    "include-operation-id-regex": name,
                    "parameters": {"path.tokenId": {"dictionary": name, "probability": 0.8}},
                }
                for name in IN_PATHS
            ],
        }
    )


@dataclass(frozen=True)
class Exchange:
    """A request that was made up, and its answer."""

    operation: Operation
    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    status: int
    answer: bytes
    #: The checks that it did not pass, and what they said.
    failed: tuple[tuple[str, str], ...]


def _flat(headers: dict[str, list[str]]) -> dict[str, str]:
    return {name.lower(): values[0] for name, values in headers.items()}


def exchanges(url: str, secret: str, examples: int) -> Iterator[Exchange]:
    """Everything that is made up, as it is sent and answered."""
    schema = schemathesis.openapi.from_dict(document(), config=_configuration(url, secret, examples))
    for event in from_schema(schema).execute():
        if isinstance(event, events.FatalError | events.NonFatalError):
            raise TypeError(f"the generator itself failed: {event.info}")
        if isinstance(event, events.ScenarioFinished):
            yield from _recorded(event.recorder)


def _recorded(recorder: Any) -> Iterator[Exchange]:
    for key, said in recorder.interactions.items():
        request, response = said.request, said.response
        assert response is not None, f"{request.method} {request.uri} was not answered"
        node = recorder.cases[key].value.operation
        operation = next(found for found in contract.operations() if f"{found.method} {found.path}" == node.label)
        failed = [
            (check.name, str(check.failure_info.failure))
            for check in recorder.checks.get(key, [])
            if check.failure_info is not None
        ]
        parts = urlsplit(request.uri)
        yield Exchange(
            operation,
            request.method,
            f"{parts.path}?{parts.query}",
            _flat(request.headers),
            request.body or b"",
            response.status_code,
            response.content,
            tuple(failed),
        )
