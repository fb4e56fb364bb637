"""Bandwidth by tracking id."""

from __future__ import annotations

import ctypes
import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Union

from . import _check, _frames
from ._native import handles as h
from ._native.calls import Owned, call, lib, make, sent, text
from ._prepared import Maker, Prepared
from .enums import Resolution, Traffic, named

if TYPE_CHECKING:
    import pandas  # type: ignore[import-not-found, import-untyped, unused-ignore]
    import pyarrow  # type: ignore[import-not-found, import-untyped, unused-ignore]

#: A day: a `datetime.date`, or a str as YYYY-MM-DD.
Day = Union[str, datetime.date]


@dataclass(frozen=True)
class BandwidthRow:
    """A row of the table: a tracking id, a stream, a time or none, and a kind of traffic.

    Attributes:
        tracking_id: the tracking id; None for traffic without one.
        stream_name: the stream; None when the API sent none.
        time: the beginning of the hour or day, in Unix seconds; None for totals.
        traffic: the kind. Each group (tracking id, stream, time) has exactly one row of `Traffic.ALL`.
        bytes_in: the bytes that came in.
        bytes_out: the bytes that went out.
        duration: as the API sends it for what was sent on to other endpoints, or None.
    """

    tracking_id: str | None
    stream_name: str | None
    time: int | None
    traffic: Traffic | int
    bytes_in: int
    bytes_out: int
    duration: int | None


@dataclass(frozen=True)
class BandwidthReport:
    """Bandwidth, as a flat table that suits a loop, a CSV or a data frame.

    Attributes:
        rows: the rows.
        json: the API's answer, the answers of several calls joined.
    """

    rows: tuple[BandwidthRow, ...]
    json: str = field(repr=False)

    def to_pandas(self) -> pandas.DataFrame:
        """The rows as a data frame: a column for each attribute of a row.

        `time` is a moment in UTC, `traffic` the kind's name ("ALL"), and what a row has not is the frame's own missing
        value. ImportError: pandas is not installed.
        """
        frame: pandas.DataFrame = _frames.to_pandas(self.rows)
        return frame

    def to_arrow(self) -> pyarrow.Table:
        """The rows as a table: a column for each attribute of a row.

        `time` is a timestamp of seconds in UTC, `traffic` the kind's name ("ALL"), and what a row has not is null.
        ImportError: pyarrow is not installed.
        """
        table: pyarrow.Table = _frames.to_arrow(self.rows)
        return table


class Analytics:
    """The analytics calls of a client: `client.analytics`. Any thread may make them."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Maker) -> None:
        """Made by the client."""
        self._connection = connection

    def tracking_total(self, start_date: Day, stop_date: Day, tracking_ids: Iterable[str]) -> BandwidthReport:
        """The total bandwidth of each tracking id by stream. The platform's figures are updated every 15 minutes.

        Args:
            start_date: the first day, as `datetime.date` or "YYYY-MM-DD".
            stop_date: the day after the last one; later than the first.
            tracking_ids: at least one; 1 to 128 UTF-16 units each. One that is there twice is not asked for twice. The
                API takes 10 in one call; more are asked for in several, within one deadline, and joined.

        Raises InvalidArgumentError before anything is sent, else what every call raises (see `Client`).
        """
        return self._ask("tracking_total", start_date, stop_date, tracking_ids=tracking_ids)

    def tracking_series(
        self, start_date: Day, stop_date: Day, tracking_ids: Iterable[str], resolution: Resolution
    ) -> BandwidthReport:
        """The bandwidth of each tracking id over time, by stream.

        Args:
            start_date: the first day, as `datetime.date` or "YYYY-MM-DD".
            stop_date: the day after the last one; later than the first.
            tracking_ids: at least one; 1 to 128 UTF-16 units each. One that is there twice is not asked for twice. The
                API takes 10 in one call; more are asked for in several, within one deadline, and joined.
            resolution: hours, which the platform keeps for 7 days, or days, which it keeps for 365.

        Raises InvalidArgumentError before anything is sent, else what every call raises (see `Client`).
        """
        return self._ask("tracking_series", start_date, stop_date, tracking_ids=tracking_ids, resolution=resolution)

    def streams_total(self, start_date: Day, stop_date: Day, stream_names: Iterable[str]) -> BandwidthReport:
        """The total bandwidth of each stream by tracking id.

        Args:
            start_date: the first day, as `datetime.date` or "YYYY-MM-DD".
            stop_date: the day after the last one; later than the first.
            stream_names: at least one; 1 to 128 UTF-16 units each. One that is there twice is not asked for twice. The
                API takes 10 in one call; more are asked for in several, within one deadline, and joined.

        Raises InvalidArgumentError before anything is sent, else what every call raises (see `Client`).
        """
        return self._ask("tracking_streams_total", start_date, stop_date, stream_names=stream_names)

    def streams_series(
        self, start_date: Day, stop_date: Day, stream_names: Iterable[str], resolution: Resolution
    ) -> BandwidthReport:
        """The bandwidth of each stream over time, by tracking id.

        Args:
            start_date: the first day, as `datetime.date` or "YYYY-MM-DD".
            stop_date: the day after the last one; later than the first.
            stream_names: at least one; 1 to 128 UTF-16 units each. One that is there twice is not asked for twice. The
                API takes 10 in one call; more are asked for in several, within one deadline, and joined.
            resolution: hours, which the platform keeps for 7 days, or days, which it keeps for 365.

        Raises InvalidArgumentError before anything is sent, else what every call raises (see `Client`).
        """
        return self._ask(
            "tracking_streams_series", start_date, stop_date, stream_names=stream_names, resolution=resolution
        )

    def _ask(
        self,
        operation: str,
        start_date: Day,
        stop_date: Day,
        *,
        tracking_ids: Iterable[str] = (),
        stream_names: Iterable[str] = (),
        resolution: Resolution | None = None,
    ) -> BandwidthReport:
        days = _day("start_date", start_date), _day("stop_date", stop_date)
        query = make(h.mct_bandwidth_query, lib.mct_bandwidth_query_new, *days)
        for add, names in (
            (lib.mct_bandwidth_query_add_tracking_id, _check.texts("trackingIds", tracking_ids)),
            (lib.mct_bandwidth_query_add_stream_name, _check.texts("streamNames", stream_names)),
        ):
            _check.each(call, ((add, query.pointer, name) for name in names))
        if resolution is not None:
            number = _check.integer("resolution", resolution, _check.I32)
            call(lib.mct_bandwidth_query_set_resolution, query.pointer, number)
        return self._connection.make(Prepared(f"mct_analytics_{operation}", (query,), h.mct_bandwidth_report, _read))


def _day(field_name: str, day: Day) -> bytes:
    if isinstance(day, datetime.datetime):
        raise TypeError(f"{field_name}: must be a day, given is a moment; which day it is depends on the time zone")
    return _check.text(field_name, day.isoformat() if isinstance(day, datetime.date) else day)


def _read(report: Owned) -> BandwidthReport:
    pointer = report.pointer
    rows = tuple(
        BandwidthRow(
            tracking_id=text(lib.mct_bandwidth_report_tracking_id(pointer, index)),
            stream_name=text(lib.mct_bandwidth_report_stream_name(pointer, index)),
            time=sent(ctypes.c_int64, lib.mct_bandwidth_report_time, pointer, index),
            traffic=named(Traffic, lib.mct_bandwidth_report_traffic(pointer, index)),
            bytes_in=lib.mct_bandwidth_report_bytes_in(pointer, index),
            bytes_out=lib.mct_bandwidth_report_bytes_out(pointer, index),
            duration=sent(ctypes.c_int64, lib.mct_bandwidth_report_duration, pointer, index),
        )
        for index in range(lib.mct_bandwidth_report_row_count(pointer))
    )
    return BandwidthReport(rows, text(lib.mct_bandwidth_report_json(pointer)) or "")
