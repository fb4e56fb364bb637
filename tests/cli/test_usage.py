"""Bandwidth: records, charts and pictures."""

from __future__ import annotations

import csv
import datetime
import io
import re
from xml.etree import ElementTree as ET

import pytest
from millicast_tokens.testing import Emulator

from running import ROOT, Cli

#: A name that is a formula, a tag, markup and an escape.
HOSTILE = "$\\frac{$<script>alert(1)</script>[red]\x1b[31m& \x9b31m"


@pytest.fixture(scope="module")
def used(emulator: Emulator) -> Emulator:
    """An emulator whose streams were watched."""
    now = emulator.now()
    for hours in range(30):
        emulator.add_usage("watched", "partner", now - 3600 * hours, bytes_in=10, bytes_out=1_000_000 * (hours + 1))
    emulator.add_usage("watched", HOSTILE, now, bytes_out=5_000_000)
    emulator.add_usage("watched", "", now, bytes_out=7)
    return emulator


@pytest.mark.usefixtures("used")
def test_totals_and_series_by_tracking_id_and_by_stream(cli: Cli) -> None:
    (total,) = [row for row in cli("usage", "--tracking-id", "partner").rows if row["traffic"] == "ALL"]
    assert (total["streamName"], total["bytesOut"], total["time"]) == ("watched", 465_000_000, None)
    by_stream = cli("usage", "--stream", "watched", "--stop-date", "tomorrow").rows
    assert {row["trackingId"] for row in by_stream} == {"partner", HOSTILE, None}
    hours = cli("usage", "--tracking-id", "partner", "--by", "hour", "-o", "csv").out
    rows = [row for row in csv.DictReader(io.StringIO(hours)) if row["traffic"] == "ALL"]
    assert sum(int(row["bytesOut"]) for row in rows) == 465_000_000
    today = datetime.datetime.now(datetime.timezone.utc).date()
    days = cli("usage", "--stream", "watched", "--by", "day", "--start-date", today - datetime.timedelta(days=2)).rows
    assert {row["time"][11:] for row in days} == {"00:00:00Z"}


def test_dates_and_names_are_checked_before_anything_is_sent(cli: Cli, used: Emulator) -> None:
    before = used.journal().last
    cli("usage", code=2)
    cli("usage", "--tracking-id", "x", "--stream", "y", code=2)
    cli("usage", "--tracking-id", "x", "--start-date", "2024-02-30", code=2)
    cli("usage", "--tracking-id", "x", "--start-date", "2024-02-02", "--stop-date", "2024-02-01", code=3)
    cli("usage", "--tracking-id", "x", "--plot", "usage.jpeg", code=3)
    assert used.journal(after=before).entries == []


@pytest.mark.usefixtures("used")
def test_the_chart_has_a_bar_for_each(cli: Cli) -> None:
    chart = cli("usage", "--stream", "watched", "-o", "table").out
    (partner,) = [line for line in chart.splitlines() if "partner" in line]
    assert "465.00 MB" in partner
    assert "█" in partner
    assert "(none)" in chart
    assert "[red]" in chart
    assert not {"\x1b", "\x9b"} & {*chart}
    assert cli("usage", "--tracking-id", "nobody", "-o", "table").out == "there was no traffic\n"


@pytest.mark.usefixtures("used")
@pytest.mark.parametrize("by", [(), ("--by", "hour")])
def test_pictures_need_no_network_and_hostile_names_are_text_in_them(cli: Cli, by: tuple[str, ...]) -> None:
    asked = ("usage", "--stream", "watched", *by)
    for name in ("usage.png", "usage.svg", "usage.html"):
        cli(*asked, "--plot", name)
    assert (cli.home / "usage.png").read_bytes().startswith(b"\x89PNG\r\n")
    svg = (cli.home / "usage.svg").read_text()
    texts = [element.text or "" for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314
    assert any("<script>alert(1)</script>" in text for text in texts)
    page = (cli.home / "usage.html").read_text()
    assert "<script" not in page
    assert "\x1b" not in page
    for outside in ('href="http', "src=", "@import", "url(http"):
        assert outside not in page
    assert "--force" in cli(*asked, "--plot", "usage.svg", code=19).err
    cli(*asked, "--plot", "usage.svg", "--force")


@pytest.mark.usefixtures("used")
@pytest.mark.parametrize("by", ["hour", "day"])
def test_a_picture_begins_at_nothing_says_utc_and_has_no_ticks_between_days(cli: Cli, by: str) -> None:
    (cli.home / "matplotlibrc").write_text("timezone: Asia/Tokyo\n")
    # A process of its own, which reads this when matplotlib is imported.
    environ = {"MATPLOTLIBRC": str(cli.home), "PYTHONPATH": str(ROOT / "bindings" / "python")}
    rows = cli("usage", "--stream", "watched", "--by", by, "--plot", "usage.svg", **environ).rows
    svg = (cli.home / "usage.svg").read_text()
    texts = [element.text or "" for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314
    assert {"time (UTC)", "0 B"} <= {*texts}
    assert any(re.fullmatch(r"\d\d:\d\d", text) for text in texts) == (by == "hour")
    if by == "day":
        # What of the date all ticks share stands at the end of the axis. A month's first day is its name.
        days = {datetime.date.fromisoformat(row["time"][:10]) for row in rows}
        assert {f"{day:%b}" if day.day == 1 else f"{day:%d}" for day in days} <= {*texts}


def test_nobody_used_anything_and_a_picture_of_that(cli: Cli) -> None:
    cli("usage", "--tracking-id", "nobody", "--plot", "none.svg")
    assert (cli.home / "none.svg").exists()


@pytest.mark.usefixtures("used")
def test_no_figure_is_cut_on_a_narrow_terminal(cli: Cli) -> None:
    for columns in (20, 50, 80):
        seen = cli.on_terminal(
            "usage", "--tracking-id", "partner", "--by", "day", columns=columns, NO_COLOR="1"
        ).decode()
        figures = re.findall(r"[0-9.]+ MB", seen)
        assert sum(map(float, (figure[:-3] for figure in figures))) == pytest.approx(465)
