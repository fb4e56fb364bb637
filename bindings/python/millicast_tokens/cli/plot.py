"""Pictures of bandwidth, in files that need no network to be looked at."""

from __future__ import annotations

import datetime
import html
import io
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import dates
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from .. import BandwidthRow
from . import text
from .exits import INVALID, CommandError
from .files import written

_ENDINGS = (".png", ".svg", ".html")

#: More names than these are one line together: nobody tells more colours apart.
_MOST_NAMES = 10

#: So many days have a tick each. Of more than these matplotlib chooses some, and nothing shorter than a day.
_MOST_DAY_TICKS = 14

_UTC = datetime.timezone.utc

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title>
<style>body {{ margin: 2rem; background: #fff; }} svg {{ width: 100%; height: auto; }}</style></head>
<body>
{picture}
</body>
</html>
"""


def check(file: str) -> None:
    """Says what is wrong before the platform is asked."""
    if Path(file).suffix.lower() not in _ENDINGS:
        raise CommandError(INVALID, f"{file} does not end with one of {', '.join(_ENDINGS)}")


def write(file: str, rows: Sequence[BandwidthRow], title: str, by: str | None, *, force: bool) -> None:
    """Writes the picture."""
    ending = Path(file).suffix.lower()
    content = _picture(rows, title, by, "png" if ending == ".png" else "svg")
    if ending == ".html":
        svg = content.decode()
        content = _PAGE.format(title=html.escape(title), picture=svg[svg.index("<svg") :]).encode()
    with written(file, force=force, private=False) as stream:
        stream.write(content)


def _picture(rows: Sequence[BandwidthRow], title: str, by: str | None, form: str) -> bytes:
    drawn = io.BytesIO()
    # Text stays text: a name is no formula, it is searchable, and a browser has letters that no font here has.
    settings: Any = {"text.parse_math": False, "svg.fonttype": "none", "svg.hashsalt": "millicast-tokens"}
    with mpl.rc_context(settings), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Letters that the font does not have.
        figure = Figure(figsize=(11, 6), layout="constrained")
        axes: Any = figure.add_subplot()
        axes.set_title(title)
        axes.spines[["top", "right"]].set_visible(False)
        if by is None:
            _totals(axes, rows)
        else:
            _series(axes, rows, by)
        metadata = (
            {"Date": None, "Creator": None, "Format": None, "Type": None} if form == "svg" else {"Software": None}
        )
        figure.savefig(drawn, format=form, metadata=metadata)
    return drawn.getvalue()


def _totals(axes: Any, rows: Sequence[BandwidthRow]) -> None:
    ordered = sorted(rows, key=lambda row: row.bytes_out)
    places = range(len(ordered))
    axes.barh(places, [row.bytes_out for row in ordered])
    axes.set_yticks(places, [_name(row) for row in ordered])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda size, _: text.size(int(size))))


def _series(axes: Any, rows: Sequence[BandwidthRow], by: str) -> None:
    groups: dict[str, dict[int, int]] = {}
    for row in rows:
        times = groups.setdefault(_name(row), {})
        times[row.time or 0] = times.get(row.time or 0, 0) + row.bytes_out
    ordered = sorted(groups.items(), key=lambda group: -sum(group[1].values()))
    shown = [*ordered[:_MOST_NAMES]]
    if len(ordered) > _MOST_NAMES:
        rest: dict[int, int] = {}
        for _, times in ordered[_MOST_NAMES:]:
            for moment, size in times.items():
                rest[moment] = rest.get(moment, 0) + size
        shown.append((f"{len(ordered) - _MOST_NAMES} others", rest))
    lines = []
    for _, times in shown:
        moments = sorted(times)
        days = [datetime.datetime.fromtimestamp(moment, _UTC) for moment in moments]
        lines += axes.plot(days, [times[moment] for moment in moments], marker=".")
    locator = _locator(by, {row.time or 0 for row in rows})
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator, tz=_UTC))  # type: ignore[no-untyped-call]
    axes.set_xlabel("time (UTC)")
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda size, _: text.size(int(size))))
    if lines:
        axes.figure.legend(lines, [name for name, _ in shown], loc="outside lower center", ncols=3, frameon=False)


def _locator(by: str, moments: set[int]) -> Any:
    """Where the ticks are. Days have none between them; of many days some have one."""
    if by == "day" and (not moments or max(moments) - min(moments) <= _MOST_DAY_TICKS * 86400):
        return dates.DayLocator(tz=_UTC)  # type: ignore[no-untyped-call]
    return dates.AutoDateLocator(tz=_UTC)  # type: ignore[no-untyped-call]


def _name(row: BandwidthRow) -> str:
    return text.plain(f"{row.tracking_id or '(none)'} / {row.stream_name or '(none)'}")
