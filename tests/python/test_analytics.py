"""Bandwidth by tracking id and by stream."""

from __future__ import annotations

import dataclasses
import datetime
import json
import sys
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import millicast_tokens as mct
import pytest
from millicast_tokens.testing import Emulator

from servers import Answer, Asked, Recorder, query, success

NOON = 1675339200  # 2023-02-02T12:00:00Z
#: A tracking id with a total and a part, and traffic that counts for nobody.
SERIES = {
    "s": {
        "2024-01-01T00:00:00Z": [
            {
                "trackingId": "t",
                "bytesIn": 2**53 + 1,
                "bytesOut": 2,
                "restream": {"bytesIn": 1, "bytesOut": 3, "duration": 60},
            },
            {"trackingId": "", "bytesIn": 5, "bytesOut": 6},
        ],
        "2024-01-02T00:00:00Z": [],
    }
}


def test_the_bandwidth_of_a_tracking_id_comes_by_stream(client: mct.Client, emulator: Emulator) -> None:
    emulator.add_usage("StageCam", "Tracking_ID_1", NOON, 100, 2000)
    emulator.add_usage("StageCam", "Tracking_ID_1", NOON + 60, 1, 2)
    emulator.add_usage("MainCam", "Tracking_ID_1", NOON, 7, 2**53)
    emulator.add_usage("MainCam", "Another", NOON, 5, 6)
    emulator.add_usage("MainCam", "Tracking_ID_1", NOON + 365 * 86400, 8, 8)
    report = client.analytics.tracking_total("2023-02-02", datetime.date(2023, 7, 27), ["Tracking_ID_1"])
    rows = {row.stream_name: row for row in report.rows if row.traffic is mct.Traffic.ALL}
    assert set(rows) == {"StageCam", "MainCam"}
    assert (rows["StageCam"].bytes_in, rows["StageCam"].bytes_out) == (101, 2002)
    assert (rows["MainCam"].bytes_in, rows["MainCam"].bytes_out) == (7, 2**53)
    assert all(row.tracking_id == "Tracking_ID_1" for row in report.rows)
    assert all(row.time is None and row.duration is None for row in report.rows)
    assert "Tracking_ID_1" in json.loads(report.json)
    both = client.analytics.tracking_total("2023-02-02", "2023-02-03", ["Another", "Tracking_ID_1", "Another"])
    assert {row.tracking_id for row in both.rows} == {"Another", "Tracking_ID_1"}
    assert client.analytics.tracking_total("2023-02-03", "2023-02-04", ["Tracking_ID_1"]).rows == ()


def test_the_parts_of_the_traffic_are_rows_of_their_own(recorded: mct.Client, recorder: Recorder) -> None:
    part = {"bytesIn": 1, "bytesOut": 2}
    recorder.answer = success(
        {
            "t": [
                {
                    "streamName": "s",
                    "standardStream": part,
                    "restream": {**part, "duration": 60},
                    "geoCascade": part,
                }
            ]
        }
    )
    report = recorded.analytics.tracking_total("2024-01-01", "2024-01-02", ["t"])
    rows = {row.traffic: row for row in report.rows}
    assert set(rows) == set(mct.Traffic)
    assert rows[mct.Traffic.ALL] == mct.BandwidthRow("t", "s", None, mct.Traffic.ALL, 3, 6, None)
    assert rows[mct.Traffic.RESTREAM].duration == 60
    assert rows[mct.Traffic.STANDARD_STREAM].duration is None


def test_more_than_ten_tracking_ids_are_asked_for_in_several_calls_and_joined(
    recorded: mct.Client, recorder: Recorder
) -> None:
    def answer(asked: Asked) -> Answer:
        ids = [part.partition("=")[2] for part in asked.path.partition("?")[2].split("&") if "trackingIds" in part]
        assert len(ids) <= 10
        return success({tracking_id: [{"streamName": "s", "bytesIn": 1, "bytesOut": 2}] for tracking_id in ids})

    recorder.answer = answer
    wanted = [f"id{number}" for number in range(25)]
    report = recorded.analytics.tracking_total("2024-01-01", "2024-01-02", wanted)
    assert len(recorder.asked) == 3
    assert [row.tracking_id for row in report.rows] == wanted
    assert list(json.loads(report.json)) == wanted


@pytest.fixture
def form(emulator: Emulator) -> Iterator[Emulator]:
    """The emulator, whose analytics have their first form again afterwards."""
    yield emulator
    emulator.set_form("both")


#: For each form: the kinds that have a row. The figures of what has none are in those of all traffic.
FORMS = {
    "totals": {mct.Traffic.ALL},
    "breakdown": {mct.Traffic.ALL, mct.Traffic.STANDARD_STREAM, mct.Traffic.RESTREAM, mct.Traffic.GEO_CASCADE},
    "both": {mct.Traffic.ALL, mct.Traffic.RESTREAM, mct.Traffic.GEO_CASCADE},
}


@pytest.mark.parametrize("name", FORMS)
def test_all_forms_of_an_answer_are_read_and_each_group_has_one_row_of_all_traffic(
    client: mct.Client, form: Emulator, name: str
) -> None:
    mark = uuid.uuid4().hex
    form.add_usage(f"{mark} cam", mark, NOON, 1, 20)
    form.add_usage(f"{mark} cam", mark, NOON + 60, 300, 4000, kind="restream", duration=60)
    form.add_usage(f"{mark} cam", mark, NOON + 3600, 50000, 600000, kind="geoCascade")
    form.add_usage(f"{mark} other", mark, NOON + 86400, 7, 8)
    form.set_form(name)
    total = client.analytics.tracking_total("2023-02-02", "2023-02-03", [mark])
    rows = {row.traffic: row for row in total.rows}
    assert len(rows) == len(total.rows)
    assert set(rows) >= FORMS[name]
    everything = rows[mct.Traffic.ALL]
    assert (everything.tracking_id, everything.stream_name) == (mark, f"{mark} cam")
    assert (everything.bytes_in, everything.bytes_out, everything.time) == (50301, 604020, None)
    if name != "totals":
        assert (rows[mct.Traffic.RESTREAM].bytes_in, rows[mct.Traffic.RESTREAM].duration) == (300, 60)
        assert rows[mct.Traffic.GEO_CASCADE].bytes_out == 600000
    same = client.analytics.streams_total("2023-02-02", "2023-02-03", [f"{mark} cam"])
    assert same.rows == total.rows


@pytest.mark.parametrize("name", FORMS)
def test_a_series_has_the_beginning_of_each_step_that_has_traffic(
    client: mct.Client, form: Emulator, name: str
) -> None:
    mark = uuid.uuid4().hex
    for moment in (NOON, NOON + 60, NOON + 7200, NOON + 86400):
        form.add_usage(mark, mark, moment, 1, 2)
    form.set_form(name)
    days = "2023-02-02", datetime.date(2023, 2, 5)
    for series in (client.analytics.tracking_series, client.analytics.streams_series):
        hours = [row for row in series(*days, [mark], mct.Resolution.HOUR).rows if row.traffic is mct.Traffic.ALL]
        assert [(row.time, row.bytes_in) for row in hours] == [(NOON, 2), (NOON + 7200, 1), (NOON + 86400, 1)]
        daily = [row for row in series(*days, [mark], mct.Resolution.DAY).rows if row.traffic is mct.Traffic.ALL]
        assert [(row.time, row.bytes_out) for row in daily] == [(NOON - 43200, 6), (NOON + 43200, 2)]
        assert {(row.tracking_id, row.stream_name) for row in [*hours, *daily]} == {(mark, mark)}


def test_traffic_that_counts_for_nobody_has_no_tracking_id(client: mct.Client, form: Emulator) -> None:
    mark = uuid.uuid4().hex
    form.add_usage(mark, "", NOON, 5, 6)
    form.add_usage(mark, "somebody", NOON, 7, 8)
    days = "2023-02-02", "2023-02-03"
    total = client.analytics.streams_total(*days, [mark])
    series = client.analytics.streams_series(*days, [mark], mct.Resolution.DAY)
    for report in (total, series):
        found = {row.tracking_id: row.bytes_in for row in report.rows if row.traffic is mct.Traffic.ALL}
        assert found == {None: 5, "somebody": 7}
        assert {row.stream_name for row in report.rows} == {mark}


def test_a_query_asks_for_what_was_given_and_repeats_the_names(recorded: mct.Client, recorder: Recorder) -> None:
    recorder.answer = success({})
    days = datetime.date(2024, 2, 28), "2024-02-29"
    asked_for: list[tuple[Callable[[], mct.BandwidthReport], str, dict[str, list[str]]]] = [
        (lambda: recorded.analytics.tracking_total(*days, ["a&b", "c"]), "total", {"trackingIds": ["a&b", "c"]}),
        (lambda: recorded.analytics.streams_total(*days, ["ü", "ü"]), "streams/total", {"streamNames": ["ü"]}),
        (
            lambda: recorded.analytics.tracking_series(*days, ["a"], mct.Resolution.HOUR),
            "series",
            {"trackingIds": ["a"], "resolution": ["Hour"]},
        ),
        (
            lambda: recorded.analytics.streams_series(*days, ["s"], mct.Resolution.DAY),
            "streams/series",
            {"streamNames": ["s"], "resolution": ["Day"]},
        ),
    ]
    for call, path, parameters in asked_for:
        assert call().rows == ()
        asked = recorder.asked[-1]
        assert asked.path.partition("?")[0] == f"/api/analytics/tracking/{path}"
        assert query(asked) == {"startDate": ["2024-02-28"], "stopDate": ["2024-02-29"], **parameters}


@pytest.mark.parametrize(
    ("field", "arguments"),
    [
        ("startDate", ("2023-02-30", "2023-03-01", ["t"])),
        ("stopDate", ("2023-02-01", "2023-2-2", ["t"])),
        ("stopDate", ("2023-02-02", "2023-02-02", ["t"])),
        ("stopDate", ("2023-02-02", "2023-02-01", ["t"])),
        ("{}", ("2023-02-01", "2023-02-02", [])),
        ("{}", ("2023-02-01", "2023-02-02", [""])),
        ("{}", ("2023-02-01", "2023-02-02", ["t" * 129])),
    ],
)
def test_a_query_that_is_none_is_refused_by_its_field_before_it_is_sent(
    recorded: mct.Client, recorder: Recorder, field: str, arguments: tuple[Any, ...]
) -> None:
    analytics: Any = recorded.analytics
    hour = mct.Resolution.HOUR
    calls: list[tuple[str, Callable[[], object]]] = [
        ("trackingIds", lambda: analytics.tracking_total(*arguments)),
        ("trackingIds", lambda: analytics.tracking_series(*arguments, hour)),
        ("streamNames", lambda: analytics.streams_total(*arguments)),
        ("streamNames", lambda: analytics.streams_series(*arguments, hour)),
    ]
    for asked_by, call in calls:
        with pytest.raises(mct.InvalidArgumentError) as refused:
            call()
        assert refused.value.field == field.format(asked_by)
    assert not recorder.asked


def test_a_series_needs_a_resolution_that_there_is(recorded: mct.Client, recorder: Recorder) -> None:
    wrongs: list[Any] = [0, 3, None, "Day", True]
    for series in (recorded.analytics.tracking_series, recorded.analytics.streams_series):
        for wrong in wrongs:
            with pytest.raises((ValueError, TypeError), match="resolution"):
                series("2024-01-01", "2024-01-02", ["t"], wrong)
    assert not recorder.asked


def test_a_report_becomes_a_data_frame(recorded: mct.Client, recorder: Recorder) -> None:
    recorder.answer = success(SERIES)
    report = recorded.analytics.streams_series("2024-01-01", "2024-01-02", ["s"], mct.Resolution.DAY)
    frame = report.to_pandas()
    assert list(frame.columns) == [field.name for field in dataclasses.fields(mct.BandwidthRow)]
    assert len(frame) == len(report.rows) == 3
    first, restream, second = frame.to_dict("records")
    assert (first["tracking_id"], first["stream_name"], first["traffic"]) == ("t", "s", "ALL")
    assert (first["bytes_in"], first["bytes_out"]) == (2**53 + 1, 2)
    assert first["time"].isoformat() == "2024-01-01T00:00:00+00:00"
    assert (restream["traffic"], restream["duration"]) == ("RESTREAM", 60)
    assert frame["tracking_id"].isna().tolist() == [False, False, True]
    assert frame["duration"].isna().tolist() == [True, False, True]
    assert second["bytes_in"] == 5
    assert frame["bytes_out"].sum() == 11
    empty = mct.BandwidthReport((), "{}").to_pandas()
    assert list(empty.columns) == list(frame.columns)
    assert empty.dtypes.tolist() == frame.dtypes.tolist()
    totals = mct.BandwidthReport((mct.BandwidthRow(None, None, None, 9, 1, 2, None),), "{}").to_pandas()
    assert totals["time"].isna().tolist() == [True]
    assert totals["traffic"].tolist() == ["9"]


def test_a_report_becomes_an_arrow_table(recorded: mct.Client, recorder: Recorder) -> None:
    recorder.answer = success(SERIES)
    report = recorded.analytics.streams_series("2024-01-01", "2024-01-02", ["s"], mct.Resolution.DAY)
    table = report.to_arrow()
    assert table.column_names == [field.name for field in dataclasses.fields(mct.BandwidthRow)]
    assert [str(column.type) for column in table.columns] == [
        "string",
        "string",
        "timestamp[s, tz=UTC]",
        "string",
        "int64",
        "int64",
        "int64",
    ]
    assert table["bytes_in"].to_pylist() == [2**53 + 1, 1, 5]
    assert table["duration"].to_pylist() == [None, 60, None]
    assert table["tracking_id"].to_pylist() == ["t", "t", None]
    assert table.to_pandas()["time"].tolist() == report.to_pandas()["time"].tolist()
    assert mct.BandwidthReport((), "{}").to_arrow().schema == table.schema


@pytest.mark.parametrize(("method", "module"), [("to_pandas", "pandas"), ("to_arrow", "pyarrow")])
def test_without_what_it_takes_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, method: str, module: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=f"pip install {module}") as missing:
        getattr(mct.BandwidthReport((), "{}"), method)()
    assert missing.value.name == module


def test_a_report_is_a_value() -> None:
    row = mct.BandwidthRow("t", "s", None, mct.Traffic.ALL, 1, 2, None)
    assert row == mct.BandwidthRow("t", "s", None, mct.Traffic.ALL, 1, 2, None)
    with pytest.raises(AttributeError):
        row.bytes_in = 5  # type: ignore[misc]  # what the test is about
