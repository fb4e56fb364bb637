"""Prints the size of a stripped library, and what takes most of it; fails where that is more than it may be.

python3 packaging/size.py LIBRARY LIMIT: the limit is in bytes. Sections are the file's own. Crates are told from the
names of functions, which only a library that was not stripped still has; what was inlined counts for whom it is in.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

SHOWN = 12
#: A path of Rust begins with its crate, behind what says whose trait or type is meant.
CRATE = re.compile(r"^[<&*\[( ]*(?:(?:mut|const|dyn) )*([a-z_][a-z0-9_]*)::")


def output(*command: str) -> list[str]:
    """The lines that a program prints."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def stripped_size(library: Path) -> int:
    """The size without what only debuggers read."""
    with tempfile.TemporaryDirectory() as folder:
        stripped = Path(folder) / library.name
        output("strip", "--strip-unneeded", "-o", str(stripped), str(library))
        return stripped.stat().st_size


def sections(library: Path) -> Counter[str]:
    """Bytes by section, of those that are loaded."""
    rows = (line.split() for line in output("size", "--format=sysv", str(library)))
    return Counter({row[0]: int(row[1]) for row in rows if len(row) == 3 and row[2] != "0" and row[1].isdigit()})


def crates(library: Path) -> Counter[str]:
    """Bytes of code by the crate that it is of."""
    sizes: Counter[str] = Counter()
    for line in output("nm", "--print-size", "--demangle", str(library)):
        row = line.split(maxsplit=3)
        if len(row) == 4 and row[2] in "tTwW":
            sizes[crate_of(row[3])] += int(row[1], 16)
    return sizes


def crate_of(name: str) -> str:
    """The crate that a function is of. What is written in C or assembly has no path."""
    path = CRATE.match(name)
    if path is not None:
        return path.group(1)
    return "the C interface" if name.startswith("mct_") else "C and assembly (ring)"


def show(what: str, sizes: Counter[str]) -> None:
    """Prints the largest of a kind."""
    print(f"  {what}:")
    for name, size in sizes.most_common(SHOWN):
        print(f"    {size:>10,}  {name}")


def main() -> None:
    """Prints one library."""
    library, limit = Path(sys.argv[1]), int(sys.argv[2])
    size = stripped_size(library)
    print(f"{library.name}: {size:,} bytes stripped, of {limit:,} that it may have")
    show("sections", sections(library))
    show("code by crate", crates(library))
    if size > limit:
        sys.exit(f"{library.name} has {size - limit:,} bytes more than it may have")


if __name__ == "__main__":
    main()
