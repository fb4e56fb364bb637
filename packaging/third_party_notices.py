"""Prints the notices of the crates that are linked into what is shipped.

Asks cargo, without the network, what the library and the emulator are built with, and takes the texts from the sources
of it. packaging/debian/copyright tells of these licenses in short: one that it does not name is an error.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("millicast-tokens", "millicast-emulator")
SUMMARY = ROOT / "packaging" / "debian" / "copyright"
NOTICE = re.compile(r"(LICEN[CS]E|COPYING|COPYRIGHT|NOTICE|UNLICENSE)", re.IGNORECASE)
# What runs in the compiler alone, and is in nothing that is shipped.
COMPILED_WITH = {"proc-macro2", "quote", "syn", "synstructure", "unicode-ident", "heck"}

INTRODUCTION = """\
What is shipped holds code of others, linked statically. This is generated: each crate with its version and its license,
and then each notice that came with them, once. Where a license is a choice that MIT is one of, MIT is chosen.

Besides them it holds parts of Rust's standard library, copyright The Rust Project Developers (see
https://thanks.rust-lang.org), MIT or Apache-2.0, with Unicode data (Unicode-3.0), compiler-builtins (MIT and
Apache-2.0 with the LLVM exception) and further crates under MIT or Apache-2.0; https://github.com/rust-lang/rust has
their notices. libsqlite3-sys holds SQLite, which its authors gave to the public domain.
"""


class Crate(NamedTuple):
    """A crate that is linked in."""

    name: str
    version: str
    license: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


def linked_crates(package: str) -> set[Crate]:
    """What a package is built with, without itself."""
    command = [os.environ.get("CARGO", "cargo"), "tree", "--offline", "--locked", "-p", package]
    command += ["-e", "normal", "--prefix", "none", "-f", "{p}|{l}"]
    tree = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    crates = set()
    for line in tree.splitlines():
        what, _, terms = line.removesuffix(" (*)").partition("|")
        name, version, *rest = what.split()
        if not rest and name not in COMPILED_WITH:
            crates.add(Crate(name, version.removeprefix("v"), terms.replace("/", " OR ")))
    return crates


def source_of(crate: Crate) -> Path:
    """Where cargo unpacked a crate, or `make dist` put it."""
    vendored = ROOT / "vendor" / f"{crate.name}-{crate.version}"
    if vendored.is_dir():
        return vendored
    home = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
    found = sorted(home.glob(f"registry/src/*/{crate.name}-{crate.version}"))
    if not found:
        sys.exit(f"the sources of {crate} are not below {home}/registry/src; make build fetches them")
    return found[0]


def notices_of(crate: Crate) -> list[str]:
    """The texts that come with a crate, of MIT alone where that may be chosen."""
    source = source_of(crate)
    places = [*source.iterdir(), *source.glob("third_party/**/*")]
    files = sorted(file for file in places if file.is_file() and NOTICE.match(file.name))
    if " OR " in crate.license and " AND " not in crate.license:
        files = [file for file in files if "MIT" in file.name.upper()] or files
    return [file.read_text(encoding="utf-8", errors="replace").strip() for file in files]


def check_summary(crates: list[Crate]) -> None:
    """Stops where a license is one that the summary does not name."""
    named = set(re.findall(r"[A-Za-z][\w.-]*", SUMMARY.read_text(encoding="utf-8")))
    for crate in crates:
        for term in set(re.findall(r"[A-Za-z][\w.-]*", crate.license)) - {"OR", "AND", "WITH"} - named:
            sys.exit(f"{SUMMARY} does not name {term}, the license of {crate}")


def main() -> None:
    """Prints the introduction, the list and the texts."""
    crates = sorted(set().union(*map(linked_crates, PACKAGES)))
    check_summary(crates)
    print(INTRODUCTION)
    for crate in crates:
        print(f"{crate}: {crate.license}")
    texts: dict[str, tuple[str, list[Crate]]] = {}
    for crate in crates:
        for text in notices_of(crate):
            key = hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
            texts.setdefault(key, (text, []))[1].append(crate)
    for text, owners in texts.values():
        print(f"\n{'-' * 100}\n{', '.join(map(str, owners))}\n{'-' * 100}\n\n{text}")


if __name__ == "__main__":
    main()
