"""Bandwidth by tracking id."""

from __future__ import annotations

import datetime
import json

import millicast_tokens as mct
import pytest

from emulator import Emulator
from servers import Answer, Asked, Recorder, success

NOON = 1675339200  # 2023-02-02T12:00:00Z


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


def test_a_report_is_a_value() -> None:
    row = mct.BandwidthRow("t", "s", None, mct.Traffic.ALL, 1, 2, None)
    assert row == mct.BandwidthRow("t", "s", None, mct.Traffic.ALL, 1, 2, None)
    with pytest.raises(AttributeError):
        row.bytes_in = 5  # type: ignore[misc]  # what the test is about
