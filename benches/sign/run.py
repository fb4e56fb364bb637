"""Signing and verifying against others, in one run: rounds in turn, medians, ratios first.

    run.py LIBDIR INCLUDE BUILD [ROUNDS]

Contestants that are not installed are left out, and the table says so.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent

#: What is compared: (the ratio in words, the slower one, the quicker one, at least, at most).
RATIOS = [
    ("libjwt's encode / single sign", "libjwt_encode", "single", 8, None),
    ("single sign / HMAC-SHA256 alone (OpenSSL)", "single", "hmac", None, 1.8),
    ("HS384: single sign / HMAC alone", "single_384", "hmac_384", None, 1.8),
    ("HS512: single sign / HMAC alone", "single_512", "hmac_512", None, 1.8),
    ("single sign / packed, 1 thread", "single", "packed1", 1.2, None),
    ("packed, 1 thread / 2 threads", "packed1", "packed2", 1.8, None),
    ("libjwt's decode / verify", "libjwt_decode", "verify", 5, None),
    ("PyJWT / Python, single", "pyjwt_single", "python_single", 4, None),
    ("PyJWT / Python, batch of a list", "pyjwt_single", "python_batch", 15, None),
    ("PyJWT / Python, batch of a pyarrow array", "pyjwt_single", "python_batch_arrow", 15, None),
    ("PyJWT / Python, batch of a numpy array", "pyjwt_single", "python_batch_numpy", 15, None),
    ("Node's jsonwebtoken / single sign", "node_single", "single", None, None),
]


def compiled(source: str, build: Path, include: Path, *libraries: str) -> list[str]:
    """The command of a program in C, or none where something that it needs is not installed."""
    program = build / Path(source).stem
    command = [os.environ.get("CC", "cc"), "-O2", "-std=gnu11", f"-I{include}", str(HERE / source), "-o", str(program)]
    built = subprocess.run([*command, *libraries], capture_output=True, text=True, check=False)
    if built.returncode:
        print(f"{source} can't be built here:\n{built.stderr}", file=sys.stderr)
        return []
    return [str(program)]


def contestants(libdir: Path, include: Path, build: Path) -> list[list[str]]:
    """The programs that each print a name and its nanoseconds, a line for each."""
    ours = [f"-L{libdir}", f"-Wl,-rpath,{libdir}", "-lmillicast_tokens"]
    node = shutil.which("node")
    first = compiled("first.c", build, include, "-ldl")
    commands = [
        compiled("sign.c", build, include, *ours, "-ljwt", "-lcrypto")
        or compiled("sign.c", build, include, "-DWITHOUT_LIBJWT", *ours, "-lcrypto"),
        [*first, str(libdir / "libmillicast_tokens.so")] if first else [],
        [sys.executable, str(HERE / "sign_python.py")],
        [node, str(HERE / "sign_node.js")] if node else [],
    ]
    return [command for command in commands if command]


def measured(commands: list[list[str]], rounds: int) -> dict[str, float]:
    """The median of each name."""
    times: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for command in commands:
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            for line in done.stdout.splitlines():
                name, nanoseconds = line.split()
                times[name].append(float(nanoseconds))
    return {name: statistics.median(values) for name, values in times.items()}


def verdict(ratio: float, least: float | None, most: float | None) -> str:
    """What was to be reached, and whether it was."""
    if least is None and most is None:
        return ""
    wanted, reached = (
        (f"at least {least}", ratio >= least) if least is not None else (f"at most {most}", ratio <= (most or 0))
    )
    return f"{wanted}: {'reached' if reached else 'MISSED'}"


def report(medians: dict[str, float], rounds: int) -> None:
    """The table."""
    flags = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    extensions = "has" if " sha_ni" in flags else "has no"
    print(f"medians of {rounds} rounds; the processor {extensions} SHA extensions\n")
    for words, slower, quicker, least, most in RATIOS:
        if slower in medians and quicker in medians:
            ratio = medians[slower] / medians[quicker]
            print(f"{ratio:8.2f}  {words:<45} {verdict(ratio, least, most)}")
        else:
            print(f"       -  {words:<45} not installed here")
    if "first" in medians:
        print(f"\n{medians['first'] / 1000:8.0f}  us from loading to the first signature      at most 1000")
    print("\n      ns  a token, or a verification")
    for name, nanoseconds in medians.items():
        if name != "first":
            print(f"{nanoseconds:8.0f}  {name}")


def main() -> None:
    """Builds, measures, reports."""
    libdir, include, build = (Path(argument).resolve() for argument in sys.argv[1:4])
    rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 9
    build.mkdir(parents=True, exist_ok=True)
    report(measured(contestants(libdir, include, build), rounds), rounds)


if __name__ == "__main__":
    main()
