"""The command `usage`: bandwidth as a chart, a picture or records."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

from .. import BandwidthReport, BandwidthRow, Resolution, Traffic
from . import output, text
from .interrupts import session
from .options import FILE_PATH, Command, Day, both
from .output import Column

_COLUMNS = (
    Column("trackingId", lambda row: row["trackingId"], style="cyan", shrinks=True),
    Column("streamName", lambda row: row["streamName"], shrinks=True),
    Column("time", lambda row: row["time"]),
    Column("traffic", lambda row: row["traffic"]),
    Column("bytesIn", lambda row: row["bytesIn"], right=True),
    Column("bytesOut", lambda row: row["bytesOut"], right=True),
    Column("duration", lambda row: row["duration"], right=True),
)

#: How many cells the longest bar of the chart is long at the most.
_LONGEST_BAR = 60

#: How long a name is on a terminal, at the most and at the least.
_LONGEST_NAME, _SHORTEST_NAME = 30, 8

#: How long a time is, to the minute.
_TIME = 16

#: Stands for traffic that counts for nobody, or for no stream.
_NONE = "(none)"


@click.command(
    cls=Command,
    examples=[
        ("of a partner, the last 7 days", "millicast-tokens usage --tracking-id partner-7"),
        (
            "of a stream, by day, as a picture",
            "millicast-tokens usage --stream StageCam --start-date 2024-05-01 --stop-date 2024-06-01 --by day "
            "--plot may.svg",
        ),
        ("every hour as CSV", "millicast-tokens usage --tracking-id partner-7 --by hour -o csv > usage.csv"),
    ],
)
@click.option(
    "--tracking-id", "tracking_ids", multiple=True, metavar="ID", help="Whose bandwidth, by stream. Repeatable."
)
@click.option(
    "--stream", "stream_names", multiple=True, metavar="NAME", help="Which stream's, by tracking id. Repeatable."
)
@click.option(
    "--start-date",
    type=Day(),
    metavar="DAY",
    help="The first day: YYYY-MM-DD, today, yesterday.  [default: 7 days before the stop date]",
)
@click.option("--stop-date", type=Day(), metavar="DAY", help="The day after the last one.  [default: tomorrow, by UTC]")
@click.option(
    "--by",
    type=click.Choice(["hour", "day"]),
    help="A series: hours are kept for 7 days, days for 365.  [default: totals]",
)
@click.option("--plot", metavar="FILE", type=FILE_PATH, help="Write a picture too: .png, .svg or .html, by its ending.")
@click.option("--force", "-f", is_flag=True, help="Replace the picture where it is there already.")
@both
def usage(  # noqa: PLR0917
    tracking_ids: Sequence[str],
    stream_names: Sequence[str],
    start_date: datetime.date | None,
    stop_date: datetime.date | None,
    by: str | None,
    plot: str | None,
    force: bool,
) -> None:
    """Show the bandwidth of tracking ids, or of streams: totals, or a series with --by.

    The platform's figures are updated about every 15 minutes. On a terminal it is a chart of what went out; JSON and
    CSV have a row for each tracking id, stream, time and kind of traffic, of which ALL is the sum of the others.
    """
    if bool(tracking_ids) == bool(stream_names):
        raise click.UsageError("either --tracking-id or --stream says whose bandwidth is shown")
    if plot is not None:
        from . import plot as drawing  # noqa: PLC0415

        drawing.check(plot)
    stop = stop_date or datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=1)
    start = start_date or stop - datetime.timedelta(days=7)
    report = _ask(tracking_ids, stream_names, start, stop, by)
    title = f"Bytes out, {start} to {stop - datetime.timedelta(days=1)}"
    if plot is not None:
        drawing.write(plot, _sums(report.rows), title, by, force=force)
    if output.output_format() == output.TABLE:
        _chart(_sums(report.rows), title)
    else:
        output.records((_record(row) for row in report.rows), _COLUMNS)


def _ask(
    tracking_ids: Sequence[str], stream_names: Sequence[str], start: datetime.date, stop: datetime.date, by: str | None
) -> BandwidthReport:
    with session() as running:
        analytics = running.client.analytics
        if by is None:
            if tracking_ids:
                return analytics.tracking_total(start, stop, tracking_ids)
            return analytics.streams_total(start, stop, stream_names)
        resolution = Resolution[by.upper()]
        if tracking_ids:
            return analytics.tracking_series(start, stop, tracking_ids, resolution)
        return analytics.streams_series(start, stop, stream_names, resolution)


def _record(row: BandwidthRow) -> dict[str, Any]:
    return {
        "trackingId": row.tracking_id,
        "streamName": row.stream_name,
        "time": None if row.time is None else text.moment(row.time).replace(" ", "T"),
        "traffic": getattr(row.traffic, "name", row.traffic),
        "bytesIn": row.bytes_in,
        "bytesOut": row.bytes_out,
        "duration": row.duration,
    }


def _sums(rows: Iterable[BandwidthRow]) -> list[BandwidthRow]:
    return [row for row in rows if row.traffic == Traffic.ALL]


def _chart(rows: Sequence[BandwidthRow], title: str) -> None:
    if not rows:
        output.write("there was no traffic\n")
        return
    from rich.bar import Bar  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    most = max(row.bytes_out for row in rows) or 1
    table = Table(title=Text(title), title_justify="left", box=None, pad_edge=False, header_style="bold")
    has_times = any(row.time is not None for row in rows)
    figures = [(text.size(row.bytes_in), text.size(row.bytes_out)) for row in rows]
    # Names give way on a narrow terminal. A figure that is cut would be another one.
    widest = sum(max(map(len, column)) for column in zip(("in", "out"), *figures))
    fixed = widest + _bar_width() + (_TIME + 10 if has_times else 8)
    room = (output.console().width - fixed) // 2
    longest = max(_SHORTEST_NAME, min(_LONGEST_NAME, room)) if output.is_terminal(sys.stdout) else None
    table.add_column("tracking id", style="cyan", no_wrap=True, overflow="ellipsis", max_width=longest)
    table.add_column("stream", no_wrap=True, overflow="ellipsis", max_width=longest)
    if has_times:
        table.add_column("time", no_wrap=True)
    table.add_column("in", justify="right", no_wrap=True)
    table.add_column("out", justify="right", no_wrap=True)
    table.add_column("", width=_bar_width())
    for row, sizes in zip(rows, figures):
        names = [Text(text.plain(row.tracking_id or _NONE)), Text(text.plain(row.stream_name or _NONE))]
        times = [Text(text.moment(row.time)[:_TIME])] if has_times else []
        table.add_row(*names, *times, *sizes, Bar(most, 0, row.bytes_out, color="green"))
    output.draw(table, at_least=fixed + 2 * _SHORTEST_NAME)


def _bar_width() -> int:
    return max(8, min(_LONGEST_BAR, output.console().width // 3))
