"""Tokens a second of `millicast-tokens sign-bulk` from file to file, beside those of plain `sign_batch`, in one run.

    run.py FOLDER [ROUNDS [VIEWERS]]

All of it runs on one processor and signs on one thread. What is measured of the command is the whole process, from its
start to the end of the file that it writes; of `sign_batch` it is the call alone, with its viewers in memory. The
rounds take turns, and what is shown is their median: first by the clock, then by the processor's time, which tells the
same on a machine that has nothing else to do. A target that is missed is a figure, no failure.
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path

import millicast_tokens as mct
import pyarrow as pa
from pyarrow import ipc

TARGET = 300_000
KEY = "d2e166fdda89824a6c493d8a2af7a0754199eff9e38c579cba8783767a44039c"
COMMAND = [sys.executable, "-m", "millicast_tokens.cli", "sign-bulk", "7"]
CLAIMS = ["--stream", "StageCam", "--lifetime", "1h", "--tracking-id", "partner", "--force"]
JOBS = [("csv", "csv"), ("arrow", "csv"), ("csv", "arrow"), ("parquet", "csv"), ("jsonl", "jsonl")]


def viewers_in(folder: Path, count: int) -> pa.Table:
    """The viewers, in a file of each format."""
    from pyarrow import csv, parquet  # noqa: PLC0415

    table = pa.table({"viewer_data": pa.array([f"viewer-{number:07}" for number in range(count)], pa.large_string())})
    csv.write_csv(table, folder / "viewers.csv")
    parquet.write_table(table, folder / "viewers.parquet")
    with ipc.new_file(folder / "viewers.arrow", table.schema) as writer:
        writer.write_table(table)
    names = table.column("viewer_data").to_pylist()
    (folder / "viewers.jsonl").write_text("".join(f'{{"viewer_data":"{name}"}}\n' for name in names))
    return table


def command(folder: Path, source: str, target: str) -> tuple[float, float]:
    """Seconds by the clock, and of the processor, that one run takes."""
    files = [str(folder / f"viewers.{source}"), str(folder / f"tokens.{target}")]
    environ = {**os.environ, "MILLICAST_SUBSCRIBE_TOKEN": KEY}
    began = time.perf_counter()
    process = os.posix_spawn(sys.executable, [*COMMAND, *files, *CLAIMS], environ)
    _, status, used = os.wait4(process, 0)
    took = time.perf_counter() - began
    if status:
        raise SystemExit(f"sign-bulk ended with {os.waitstatus_to_exitcode(status)}")
    return took, used.ru_utime + used.ru_stime


def plain(viewers: pa.Array) -> tuple[float, float]:
    """The same for a call with the viewers in memory."""
    claims = mct.Claims("StageCam", 3600, tracking_id="partner")
    with mct.Signer(7, KEY) as signer:
        began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
        tokens = signer.sign_batch(claims, viewers, threads=1)
        took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
    assert len(tokens) == len(viewers)  # noqa: S101
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(folder: str, rounds: str = "5", count: str = "1000000") -> None:
    """Measures, and prints."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    pa.set_cpu_count(1)
    viewers = viewers_in(place, int(count)).column("viewer_data").combine_chunks()
    seconds = defaultdict(list)
    for _ in range(int(rounds)):
        seconds["sign_batch"].append(plain(viewers))
        for source, target in JOBS:
            seconds[f"{source} to {target}"].append(command(place, source, target))
    print(f"{count} viewers, one processor, one thread, median of {rounds} rounds")
    print(f"{'':18}{'tokens/s':>12}{'of sign_batch':>15}{'tokens/s of the processor':>28}")
    rates = {
        name: [int(count) / statistics.median(each[place] for each in taken) for place in (0, 1)]
        for name, taken in seconds.items()
    }
    for name, (clock, processor) in rates.items():
        share = f"{clock / rates['sign_batch'][0]:.2f}"
        print(f"{name:18}{clock:12,.0f}{share:>15}{processor:28,.0f}")
    for name in ("csv to csv", "arrow to csv"):
        reached = "reached" if rates[name][0] >= TARGET else "missed"
        print(f"target for {name}: {TARGET:,} tokens/s, {reached}")
    for file in place.glob("*s.*"):
        file.unlink()


if __name__ == "__main__":
    main(*sys.argv[1:])
