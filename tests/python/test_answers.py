"""Answers with odd shapes, as C, C++ and Python read them alike: `tests/contract` has them and what is expected."""

from __future__ import annotations

import ctypes
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import millicast_tokens as mct
import pytest
from millicast_tokens._native import handles as h
from millicast_tokens._native.calls import Owned, lib, make

import contract
import header
from servers import Answer, Recorder, failure, success

FOLDER = contract.FOLDER / "answers"
EXPECTED: dict[str, dict[str, Any]] = json.loads((contract.FOLDER / "expected.json").read_text(encoding="utf-8"))
FUNCTIONS = header.functions()
DAYS = ("2024-01-01", "2024-01-02")


def served(name: str) -> Answer:
    return Answer(200, (FOLDER / name).read_bytes(), {"Content-Type": "application/json"})


def ask(name: str, client: mct.Client) -> Any:
    """The call that a recorded answer is one to, and what it gives in Python."""
    family, what, _ = name.split(".")
    calls: dict[str, Callable[[], Any]] = {
        "publish_token": lambda: client.publish_tokens.read(1),
        "subscribe_token": lambda: client.subscribe_tokens.read(1),
        "clusters": client.clusters,
        "disable_result": lambda: client.publish_tokens.disable([1]),
        "id_list": client.publish_tokens.active_ids,
        "tracking_total": lambda: client.analytics.tracking_total(*DAYS, ["t"]),
        "tracking_streams_series": lambda: client.analytics.streams_series(*DAYS, ["s"], mct.Resolution.DAY),
    }
    return calls[what if family == "bandwidth_report" else family]()


def in_c(name: str, url: str) -> Owned:
    """The handle that C gives for a recorded answer."""
    config = make(h.mct_client_config, lib.mct_client_config_new, b"secret")
    assert lib.mct_client_config_set_base_url(config.pointer, url.encode(), None) == 0
    client = make(h.mct_client, lib.mct_client_new, config.pointer)
    family, what, _ = name.split(".")
    kind = getattr(h, f"mct_{family}")
    if family.endswith("_token"):
        return make(kind, getattr(lib, f"mct_{family}_read"), client.pointer, 1)
    if family == "bandwidth_report":
        query = make(h.mct_bandwidth_query, lib.mct_bandwidth_query_new, *(day.encode() for day in DAYS))
        add = "stream_name" if "_streams_" in what else "tracking_id"
        assert getattr(lib, f"mct_bandwidth_query_add_{add}")(query.pointer, b"x", None) == 0
        if what.endswith("_series"):
            assert lib.mct_bandwidth_query_set_resolution(query.pointer, 2, None) == 0
        return make(kind, getattr(lib, f"mct_analytics_{what}"), client.pointer, query.pointer)
    arguments: dict[str, tuple[Any, list[Any]]] = {
        "clusters": (lib.mct_cluster_list, []),
        "disable_result": (lib.mct_publish_token_disable, [ctypes.c_uint64(1), 1]),
        "id_list": (lib.mct_publish_token_active_ids, [None]),
    }
    function, more = arguments[family]
    return make(kind, function, client.pointer, *more)


def got(family: str, handle: Owned, key: str) -> Any:
    """What the getter says that a key names."""
    match = re.fullmatch(r"(\w+)(?:\[(\d+)\])?", key)
    assert match, key
    name = f"mct_{family}_{match[1]}"
    arguments = [] if match[2] is None else [int(match[2])]
    function = getattr(lib, name)
    if FUNCTIONS[name].parameters[-1].name == "out":
        out = function.argtypes[-1]._type_()
        return out.value if function(handle.pointer, *arguments, ctypes.byref(out)) else None
    found = function(handle.pointer, *arguments)
    return found.decode() if isinstance(found, bytes) else found


def test_every_recorded_answer_has_what_is_expected_of_it() -> None:
    assert sorted(EXPECTED) == sorted(path.name for path in FOLDER.iterdir())
    for name, expected in EXPECTED.items():
        assert Path(name).suffix == ".json"
        assert expected
        assert not any(isinstance(value, (dict, list, float)) for value in expected.values())


@pytest.mark.parametrize("name", EXPECTED)
def test_the_getters_of_c_say_what_is_expected(name: str, recorder: Recorder) -> None:
    recorder.answer = served(name)
    handle = in_c(name, recorder.url)
    family = name.partition(".")[0]
    assert {key: got(family, handle, key) for key in EXPECTED[name]} == EXPECTED[name]


#: Attributes of Python that take in more than a getter, or have another name.
LISTS = {
    "allowed_country": "allowed_countries",
    "denied_country": "denied_countries",
    "effective_allowed_country": "effective_allowed_countries",
    "effective_denied_country": "effective_denied_countries",
    "allowed_origin": "allowed_origins",
    "allowed_ip_address": "allowed_ip_addresses",
    "geo_cascade_cluster": "geo_cascade_clusters",
    "effective_geo_cascade_cluster": "effective_geo_cascade_clusters",
    "stream": "streams",
    "restream": "restream",
    "success": "successes",
    "failure": "failures",
    "row": "rows",
}


def in_python(family: str, answer: Any, key: str) -> Any:
    """The same as a getter says, from the attributes of Python's."""
    match = re.fullmatch(r"(\w+?)(?:\[(\d+)\])?", key)
    assert match, key
    name, index = match[1], match[2]
    if index is None:
        if name in ("len", "count"):
            return len(answer.clusters if family == "clusters" else answer)
        several = LISTS.get(name.removesuffix("_count"))
        return len(getattr(answer, several)) if several and name.endswith("_count") else getattr(answer, name)
    entries, part = entries_of(family, answer, name)
    # Beyond the end C says NULL, and Python has nothing.
    entry = entries[int(index)] if int(index) < len(entries) else None
    for attribute in part if entry is not None else []:
        entry = getattr(entry, attribute)
    return entry


def entries_of(family: str, answer: Any, name: str) -> tuple[Any, list[str]]:
    """The list that a getter with an index reads, and where in one of its entries."""
    if family == "id_list":
        return answer, []
    if family == "clusters":
        return answer.clusters, name.split("_", 1) if name.startswith(("location_", "features_")) else [name]
    if family == "bandwidth_report":
        return answer.rows, [name]
    if name in LISTS:
        return getattr(answer, LISTS[name]), []
    whole, _, part = name.partition("_")
    return getattr(answer, LISTS[whole]), [] if name == "success_id" else [part]


@pytest.mark.parametrize("name", EXPECTED)
def test_the_attributes_of_python_say_the_same(name: str, recorded: mct.Client, recorder: Recorder) -> None:
    recorder.answer = served(name)
    answer, family = ask(name, recorded), name.partition(".")[0]
    assert {key: in_python(family, answer, key) for key in EXPECTED[name]} == EXPECTED[name]


@pytest.mark.parametrize("name", [name for name in EXPECTED if "_token." in name])
def test_what_is_unknown_stays_in_the_json_and_the_json_is_read_again_to_the_same(
    name: str, recorded: mct.Client, recorder: Recorder
) -> None:
    recorder.answer = served(name)
    token, data = ask(name, recorded), json.loads((FOLDER / name).read_bytes())["data"]
    assert json.loads(token.json) == data
    again = type(token).from_json(token.json)
    assert again.json == token.json
    assert again.copy().json == token.json


@pytest.mark.parametrize("name", [name for name in EXPECTED if name.startswith("bandwidth_report.")])
def test_the_json_of_a_report_has_all_that_was_sent(name: str, recorded: mct.Client, recorder: Recorder) -> None:
    recorder.answer = served(name)
    assert json.loads(ask(name, recorded).json) == json.loads((FOLDER / name).read_bytes())["data"]


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2024-02-29T23:59:59", 1709251199),
        ("2024-02-29T23:59:59.1Z", 1709251199),
        ("2024-02-29T23:59:59.123456Z", 1709251199),
        ("2024-02-29T23:59:59.9999999Z", 1709251199),
        ("2024-02-29T23:59:59.999999999Z", 1709251199),
        ("2024-02-29T23:59:59+00:00", 1709251199),
        ("2024-03-01T05:29:59+05:30", 1709251199),
        ("2024-02-29T15:59:59.5-08:00", 1709251199),
        ("1969-12-31T23:59:59.5Z", -1),
        ("0001-01-01T00:00:00", -62135596800),
        ("9999-12-31T23:59:59.9999999Z", 253402300799),
        ("2024-02-30T00:00:00Z", None),
        ("tomorrow", None),
        ("", None),
        (None, None),
    ],
)
def test_a_date_is_read_with_any_fraction_and_offset(written: str | None, seconds: int | None) -> None:
    json_text = json.dumps({"id": 1, "addedOn": written, "expiresOn": written})
    for kind in (mct.PublishToken, mct.SubscribeToken):
        token = kind.from_json(json_text)
        assert (token.added_on, token.expires_on) == (seconds, seconds)


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"allowedCountries": "Only one of them."}, "allowedCountries", "allowedCountries: Only one of them."),
        ({"message": "Not today"}, None, "Not today"),
        (
            {"errors": {"label": ["Too long.", "Odd."]}, "message": "Validation errors"},
            "label",
            "label: Too long. Odd.",
        ),
        (
            {"errors": {"itemsOnPage": ["No."], "page": ["No!"]}, "message": "Validation errors"},
            "itemsOnPage",
            "itemsOnPage: No.; page: No!",
        ),
        ({"$.streams[0]": "The value is not an object."}, "$.streams[0]", "$.streams[0]: The value is not an object."),
        ("In plain words", None, "In plain words"),
        (["One.", "Two."], None, "One. Two."),
        (None, None, "HTTP 400"),
        ({}, None, "HTTP 400"),
    ],
)
def test_every_shape_of_a_refusal_becomes_words_and_a_field(
    data: Any, field: str | None, words: str, recorded: mct.Client, recorder: Recorder
) -> None:
    recorder.answer = failure(400, data)
    with pytest.raises(mct.RejectedError) as refused:
        recorded.publish_tokens.update(7, label="l")
    error = refused.value
    assert words in error.message
    assert error.field == field
    assert json.loads(error.details or "") == {"status": "fail", "data": data}
    assert (error.http_status, error.outcome) == (400, mct.Outcome.REJECTED)


def test_an_error_of_the_apis_has_its_words_and_whatever_comes_with_them(
    recorded: mct.Client, recorder: Recorder
) -> None:
    said = {"status": "error", "message": "Out of order", "code": 17, "data": {"more": 1}}
    recorder.answer = Answer(500, json.dumps(said).encode(), {"Content-Type": "application/json"})
    with pytest.raises(mct.ServerError, match="Out of order") as failed:
        recorded.clusters()
    assert json.loads(failed.value.details or "") == said
    recorder.answer = success({"id": 1})
    assert recorded.publish_tokens.read(1).id == 1
