"""What the emulator takes: requests a second, one question of few tokens and of many, its start, its memory.

    run.py EMULATOR BUILD [SECONDS]

Everything runs on loopback, the emulator and what asks it side by side. SECONDS is how long each question is asked, and
the load on the journal lasts twelve windows of it. What can't be measured ends the run with exit status 1. A target
that is missed is a figure, no failure.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SECRET = "a-secret-of-the-bench"

HERE = Path(__file__).resolve().parent

#: What the emulator and what asks it are given.
ENVIRONMENT = {**os.environ, "MILLICAST_EMULATOR_API_SECRET": SECRET}

WRK = shutil.which("wrk") or ""

FEW = 1_000
MANY = 100_000

#: How many tokens are in the cluster that is asked for, and are live, however many there are.
IN_CLUSTER = 100
LIVE = 100

STARTS = 20
STARTS_OF_MANY = 3

#: How long a start may take, in milliseconds.
SOON = 50

#: How many requests a second there are at least.
MANY_A_SECOND = 10_000

#: How many times as long a question may take of many tokens.
MOST_RATIO = 2

#: How many windows the load on the journal has, and how much more memory there may be after the last than after the
#: first third, in KiB.
WINDOWS = 12
MOST_GROWTH = 2048

#: What 100,000 tokens may take, in MiB.
MOST_MEMORY = 500

#: The path of a listing of publish tokens.
LISTS = "/api/publish_token"


def seed(count: int) -> dict[str, list[object]]:
    """Publish tokens whose labels and streams have much in common. The labels are not in the order of the ids."""
    tokens = [
        {
            "id": 1000 + number,
            "label": f"show {number * 7919 % count:06} of the season",
            "streams": [{"streamName": f"stream-{number:06}"}],
            **({"originCluster": "osl-1"} if number < IN_CLUSTER else {}),
        }
        for number in range(count)
    ]
    live = [{"tokenId": 1000 + number, "streamName": f"stream-{number:06}"} for number in range(LIVE)]
    return {"publishTokens": list(tokens), "live": list(live)}


def questions(count: int) -> dict[str, str]:
    """What is asked of so many tokens, by its words."""
    last = count // 10
    named = f"{LISTS}/list_by_name?itemsOnPage=10"
    return {
        "list, first page": f"{LISTS}/list?itemsOnPage=10&page=1",
        "list, last page": f"{LISTS}/list?itemsOnPage=10&page={last}",
        "list by date, last page": f"{LISTS}/list?itemsOnPage=10&page={last}&sortBy=AddedOn&isDescending=true",
        "search for what one token has": f"{named}&page=1&name=stream-000777",
        "search for what all have": f"{named}&page=1&name=season",
        "search for what all have, last page": f"{named}&page={last}&name=season",
        "search for what none has": f"{named}&page=1&name=nowhere",
        "search for what none has, of common parts": f"{named}&page=1&name=seasonshow",
        "by cluster, first page": f"{LISTS}/list_by_cluster?itemsOnPage=10&page=1&cluster=osl-1",
        "by cluster, last page": f"{LISTS}/list_by_cluster?itemsOnPage=10&page={IN_CLUSTER // 10}&cluster=osl-1",
        "active, one stream": f"{LISTS}/active?streamId=emulator/stream-000042",
        "active, all of 100": f"{LISTS}/active/all",
    }


def started(command: list[str]) -> tuple[subprocess.Popen[str], str, float]:
    """A program that has said where it listens, its base URL, and the milliseconds that it took."""
    began = time.perf_counter()
    emulator = subprocess.Popen(
        [*command, "--until-eof"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    )
    line = emulator.stdout.readline() if emulator.stdout else ""
    took = (time.perf_counter() - began) * 1000
    if not line.startswith("listening on "):
        raise SystemExit("the emulator did not start")
    return emulator, line.removeprefix("listening on ").strip(), took


@contextmanager
def served(*command: str) -> Iterator[tuple[str, int]]:
    """An emulator's base URL and process id, until the end of the block."""
    emulator, url, _ = started(list(command))
    with emulator:
        try:
            yield url, emulator.pid
        finally:
            emulator.communicate()
    if emulator.returncode:
        raise SystemExit(f"the emulator ended with {emulator.returncode}")


def start_time(*command: str, starts: int = STARTS) -> float:
    """The median of several starts, in milliseconds."""
    times = []
    for _ in range(starts):
        emulator, _, took = started(list(command))
        with emulator:
            emulator.communicate()
        times.append(took)
    return statistics.median(times)


def a_second(url: str, seconds: int, *, connections: int = 16, threads: int = 2) -> float:
    """How many requests a second wrk is answered."""
    load = [f"-t{threads}", f"-c{connections}", f"-d{seconds}s"]
    command = [WRK, *load, "-s", str(HERE / "authorize.lua"), url]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=ENVIRONMENT)
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise SystemExit(f"not every request was answered:\n{done.stdout}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    if rate is None:
        raise SystemExit(f"wrk says no figure:\n{done.stdout}")
    return float(rate[1])


def first_after_a_change(url: str, path: str) -> float:
    """How long a question takes once something has changed, in milliseconds: the median of several."""
    client = http.client.HTTPConnection(url.removeprefix("http://"))
    times = []
    for _ in range(5):
        client.request("POST", "/_emulator/token/publish/1000", b'{"isActive":true}')
        client.getresponse().read()
        began = time.perf_counter()
        client.request("GET", path, headers={"Authorization": f"Bearer {SECRET}"})
        client.getresponse().read()
        times.append((time.perf_counter() - began) * 1000)
    client.close()
    return statistics.median(times)


def resident(pid: int) -> int:
    """What a process holds in memory, in KiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) if found else 0


def row(value: float, words: str, *, least: float | None = None, most: float | None = None, digits: int = 0) -> None:
    """A line of the table, with what was to be reached."""
    wanted = ""
    if least is not None:
        wanted = f"at least {least}: {'met' if value >= least else 'MISSED'}"
    if most is not None:
        wanted = f"at most {most}: {'met' if value <= most else 'MISSED'}"
    print(f"{value:12.{digits}f}  {words:<46} {wanted}".rstrip(), flush=True)


def report_reads(emulator: str, build: Path, few: str, seconds: int) -> None:
    """Requests a second, with a journal and without."""
    listing, search = questions(FEW)["list, first page"], questions(FEW)["search for what one token has"]
    reads = {"read": f"{LISTS}/1500", "list, a page of 10": listing, "list by name, one token": search}
    for words, more in (("", []), (", with a journal", ["--journal", str(build / "journal")])):
        with served(emulator, "--seed", few, *more) as (url, _):
            for name, path in reads.items():
                row(a_second(url + path, seconds), name + words, least=MANY_A_SECOND)
        (build / "journal").unlink(missing_ok=True)


def report_many(emulator: str, few: str, many: str, seconds: int) -> None:
    """Each question asked of few tokens and of many, in turns."""
    print(f"\nmicroseconds of one connection: {FEW} tokens, {MANY} tokens; and their ratio")
    with served(emulator, "--seed", few) as (of_few, _), served(emulator, "--seed", many) as (of_many, pid):
        row(resident(pid) / 1024, f"MiB with {MANY} tokens", most=MOST_MEMORY)
        paths = zip(questions(FEW).items(), questions(MANY).values(), strict=True)
        for (words, path_of_few), path_of_many in paths:
            times: tuple[list[float], list[float]] = ([], [])
            for _ in range(3):
                for url, several in zip((of_few + path_of_few, of_many + path_of_many), times, strict=True):
                    several.append(1e6 / a_second(url, max(1, seconds // 3), connections=1, threads=1))
            short, long = (statistics.median(several) for several in times)
            row(long / short, f"{words} ({short:.0f}, {long:.0f})", most=MOST_RATIO, digits=2)
        # What it has found is remembered until then.
        deep = "search for what all have, last page"
        row(
            first_after_a_change(of_many, questions(MANY)[deep]),
            f"milliseconds: {deep}, after a change",
            digits=1,
        )


def report_starts(emulator: str, build: Path, many: str) -> None:
    """Milliseconds from the start to the line that says where it listens."""
    print("\nmilliseconds to the ready line, median of", STARTS)
    row(start_time(emulator), "alone", most=SOON, digits=1)
    tls = str(build / "tls")
    row(start_time(emulator, "--tls", tls, starts=1), "with --tls, its first start", digits=1)
    row(start_time(emulator, "--tls", tls), "with --tls", most=SOON, digits=1)
    state = str(build / "state")
    row(start_time(emulator, "--state", state), "with --state, empty", most=SOON, digits=1)
    kept = str(build / "kept")
    row(
        start_time(emulator, "--state", kept, "--seed", many, starts=1), f"with --seed of {MANY} into --state", digits=1
    )
    row(start_time(emulator, "--state", kept, starts=STARTS_OF_MANY), f"with --state of {MANY} tokens", digits=1)


def report_memory(emulator: str, build: Path, few: str, seconds: int) -> None:
    """Memory while there is load with a journal: after each window."""
    print(f"\nMiB with a journal, after each of {WINDOWS} windows of {seconds} seconds of load")
    journal = build / "journal"
    with served(emulator, "--seed", few, "--journal", str(journal)) as (url, pid):
        memory, count = [], 0.0
        for _ in range(WINDOWS):
            count += a_second(f"{url}{LISTS}/1500", seconds) * seconds
            memory.append(resident(pid))
            # It is added to at its end: what is cut off comes to nothing else than the room that it took.
            os.truncate(journal, 0)
        print("     ", *(f"{kib / 1024:.1f}" for kib in memory))
        settled = memory[WINDOWS // 3]
        row(
            (memory[-1] - settled) / 1024,
            f"MiB more over the last {count * 2 / 3 / 1e6:.1f} million requests",
            most=MOST_GROWTH / 1024,
            digits=2,
        )
    journal.unlink()


def main() -> None:
    """Measures and reports."""
    emulator, build = sys.argv[1], Path(sys.argv[2]).resolve()
    seconds = int(sys.argv[3]) if len(sys.argv) > 3 else 6
    if not WRK:
        raise SystemExit("wrk is not installed: apt-get install wrk")
    version = subprocess.run([WRK, "-v"], stdout=subprocess.PIPE, text=True, check=False).stdout.splitlines()[0]
    print(f"{version.split('Copyright')[0].strip()}, 2 threads, 16 connections where nothing else is said\n")
    build.mkdir(parents=True, exist_ok=True)
    for left in ("state", "kept", "journal"):
        for file in build.glob(f"{left}*"):
            file.unlink()
    few, many = build / "few.json", build / "many.json"
    few.write_text(json.dumps(seed(FEW)))
    many.write_text(json.dumps(seed(MANY)))
    print("requests a second")
    report_reads(emulator, build, str(few), seconds)
    report_many(emulator, str(few), str(many), seconds)
    report_starts(emulator, build, str(many))
    report_memory(emulator, build, str(few), seconds)


if __name__ == "__main__":
    main()
