"""Calls to a server on loopback, for this library and for others, in one run: turns, medians, ratios first.

    run.py LIBDIR INCLUDE BUILD [ROUNDS]

Everything is measured twice. With the server and the contestants on one processor a call takes as long as the work of
both. Where the system may put them on several, each call also has to wake one that sleeps, for all contestants alike;
on a virtual machine that takes longer than the work.

What can't be measured is left out, and the exit status is 1 then. A target that is missed is a figure, no failure.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent

#: Behind the name of what was measured on one processor.
ALONE = "@1"

#: What is compared: (the ratio in words, the slower one, the quicker one, at least, at most).
RATIOS = [
    ("C: a call / libcurl, which parses nothing", "c_ours", "c_libcurl", None, 1.15),
    ("C: a call / a socket alone", "c_ours", "c_socket", None, None),
    ("C: libcurl / a socket alone", "c_libcurl", "c_socket", None, None),
    ("Python: calls a second / those of requests", "python_requests", "python_ours", 5, None),
    ("  / those of requests without the environment", "python_requests_alone", "python_ours", None, None),
]

#: What an idle client takes: (words, name, at most).
FIGURES = [
    ("threads of the process, with 101 idle clients", "idle_threads", 1),
    ("KiB an idle client, its connection kept", "idle_kib", None),
    ("descriptors an idle client, its connection kept", "idle_descriptors", None),
    ("threads of the process, with 101 for https://", "idle_https_threads", 1),
    ("KiB an idle client for https://, never connected", "idle_https_kib", None),
    ("descriptors of such a client", "idle_https_descriptors", None),
]


def compiled(source: str, build: Path, include: Path, *libraries: str) -> list[str]:
    """The command of a program in C, or none where something that it needs is not installed."""
    program = build / Path(source).stem
    flags = ["-O2", "-std=c99", "-Wall", "-Wextra", "-Wpedantic", f"-I{include}"]
    command = [os.environ.get("CC", "cc"), *flags, str(HERE / source), "-o", str(program), *libraries]
    built = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    if not built.returncode:
        return [str(program)]
    if "curl/curl.h" in built.stderr:
        print(
            f"{source} needs libcurl's headers, which are not installed: apt-get install libcurl4-openssl-dev",
            file=sys.stderr,
        )
    else:
        print(f"{source} can't be built here:\n{built.stderr}", file=sys.stderr)
    return []


@dataclass(frozen=True)
class Program:
    """What prints a name and a number, a line for each."""

    command: tuple[str, ...]
    is_alone: bool = False


@contextmanager
def one_processor() -> Iterator[None]:
    """What is started in this block runs on one processor, the same for all."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def served(command: list[str], *, is_alone: bool) -> Iterator[str]:
    """The base URL of a server that runs until the end of the block: it ends with its standard input."""
    with one_processor() if is_alone else nullcontext():
        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with server:
        if server.stdout is None or not (port := server.stdout.readline().strip()):
            raise SystemExit("the server did not start")
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.communicate()
    if server.returncode:
        raise SystemExit(f"the server ended with {server.returncode}")


def lines_of(program: Program, base_url: str, environment: dict[str, str]) -> list[str] | None:
    """What a program prints. None: it failed."""
    with one_processor() if program.is_alone else nullcontext():
        run = [*program.command, base_url]
        done = subprocess.run(run, stdout=subprocess.PIPE, text=True, check=False, env=environment)
    if not done.returncode:
        return done.stdout.splitlines()
    print(f"{Path(program.command[-1]).name} ended with {done.returncode}", file=sys.stderr)
    return None


def measured(programs: list[Program], rounds: int, server: list[str], environment: dict[str, str]) -> dict[str, float]:
    """The median of each name. A program that fails is not run again, and what it measured does not count."""
    values: dict[Program, dict[str, list[float]]] = {program: defaultdict(list) for program in programs}
    with served(server, is_alone=False) as anywhere, served(server, is_alone=True) as alone:
        for _ in range(rounds):
            for program in (program for program in programs if program in values):
                lines = lines_of(program, alone if program.is_alone else anywhere, environment)
                if lines is None:
                    del values[program]
                    continue
                for line in lines:
                    name, value = line.split()
                    values[program][name + ALONE * program.is_alone].append(float(value))
    return {name: statistics.median(several) for of_one in values.values() for name, several in of_one.items()}


def verdict(value: float, least: float | None, most: float | None) -> str:
    """What was to be reached, and whether it was."""
    if least is None and most is None:
        return ""
    wanted, is_met = (
        (f"at least {least}", value >= least) if least is not None else (f"at most {most}", value <= (most or 0))
    )
    return f"{wanted}: {'met' if is_met else 'MISSED'}"


def row(value: float | None, words: str, least: float | None, most: float | None) -> bool:
    """A line of the table. Was there something to print?"""
    if value is None:
        print(f"       -  {words:<50} not measured")
        return False
    print(f"{value:8.2f}  {words:<50} {verdict(value, least, most)}".rstrip())
    return True


def report(medians: dict[str, float], rounds: int) -> bool:
    """The table. Is it whole?"""
    print(f"medians of {rounds} rounds, each of several turns")
    whole = True
    for where, suffix in (("server and contestants on one processor", ALONE), ("where the system puts them", "")):
        print(f"\n{where}:")
        for words, slower, quicker, least, most in RATIOS:
            pair = [medians.get(name + suffix) for name in (slower, quicker)]
            ratio = pair[0] / pair[1] if pair[0] is not None and pair[1] is not None else None
            whole &= row(ratio, words, least, most)
    print("\nidle:")
    for words, name, most in FIGURES:
        whole &= row(medians.get(name), words, None, most)
    print("\n          one processor        any processor")
    print("      us     calls a s      us     calls a s")
    for name in (name for name in medians if not name.startswith("idle") and not name.endswith(ALONE)):
        both = [medians.get(name + suffix) for suffix in (ALONE, "")]
        print(*(f"{t / 1000:8.1f}{1e9 / t:14.0f}" if t else f"{'-':>8}{'-':>14}" for t in both), name, sep="  ")
    return whole


def main() -> None:
    """Builds, measures, reports."""
    libdir, include, build = (Path(argument).resolve() for argument in sys.argv[1:4])
    rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 9
    build.mkdir(parents=True, exist_ok=True)
    ours = [f"-L{libdir}", f"-Wl,-rpath,{libdir}", "-lmillicast_tokens"]
    server = compiled("server.c", build, include)
    if not server:
        raise SystemExit("without a server nothing can be measured")
    calls = compiled("calls.c", build, include, *ours, "-lcurl")
    calls_python = [sys.executable, str(HERE / "calls_python.py")]
    programs = [
        Program(tuple(calls), is_alone=True),
        Program(tuple(calls)),
        Program(tuple(calls_python), is_alone=True),
        Program(tuple(calls_python)),
        Program(tuple(compiled("idle.c", build, include, *ours))),
    ]
    environment = {**os.environ, "MILLICAST_TOKENS_LIBRARY": str(libdir / "libmillicast_tokens.so")}
    medians = measured([program for program in programs if program.command], rounds, server, environment)
    if not report(medians, rounds):
        raise SystemExit("\nnot everything could be measured")


if __name__ == "__main__":
    main()
