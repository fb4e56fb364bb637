"""The code blocks of the documentation, and what the comments above them say of how they are run.

A comment stands alone on a line above its block:

    <!-- setup: NAME -->     the block is a fragment: it runs inside of the file NAME of setups/
    <!-- file: NAME -->      the block is left in the page's folder under this name, for the blocks that follow
    <!-- in: clone -->       the block runs in a copy of the source tree
    <!-- shows: TEXT -->     what it prints has this in it; repeatable
    <!-- run by: PATH -->    another test runs it: each of its lines stands in that file
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETUPS = Path(__file__).parent / "setups"

#: Every page whose blocks are run.
PAGES = ("README.md", "docs/**/*.md", "bindings/python/README.md", "tests/emulator/README.md", "examples/*/README.md")

#: What is checked by being read, and what by being run.
READ = frozenset({"ini", "json", "toml"})
RUN = frozenset({"c", "cmake", "console", "cpp", "csharp", "go", "js", "lua", "meson", "python", "sh"})
#: Needs a build that only another test has.
RUN_ELSEWHERE = frozenset({"rust"})

MARKS = ("setup", "file", "in", "shows", "run by")
PLACES = ("clone",)

_FENCE = re.compile(r"^(?P<indent> *)(?P<fence>`{3,}|~{3,})(?P<info>[^`]*)$")
_MARK = re.compile(r"^<!--\s*(?P<name>[a-z ]+):\s*(?P<value>.*?)\s*-->$")


class BlockError(Exception):
    """What is wrong with a block, and where it is."""


@dataclass(frozen=True)
class Block:
    """A fenced block."""

    page: str
    line: int
    language: str
    text: str
    marks: dict[str, list[str]] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """The place, as editors read it."""
        return f"{self.page}:{self.line}"

    def mark(self, name: str) -> str | None:
        """What the one mark of this name says."""
        return self.marks[name][0] if name in self.marks else None

    @property
    def lines(self) -> list[str]:
        """The lines of a block that do something, without the comments behind them."""
        found = (re.sub(r"(^|\s+)(#|//) .*$", "", line).strip() for line in self.text.splitlines())
        return [line.removeprefix("$ ") for line in found if line]


def pages(root: Path = ROOT) -> list[Path]:
    """The pages that there are."""
    return sorted({page for pattern in PAGES for page in root.glob(pattern)})


def blocks(page: Path, root: Path = ROOT) -> list[Block]:
    """The blocks of a page, in its order. Directives of Sphinx's, such as {toctree}, are none."""
    found: list[Block] = []
    marks: dict[str, list[str]] = {}
    opened: tuple[int, str, str, str] | None = None
    body: list[str] = []
    name = page.relative_to(root).as_posix()
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        fence = _FENCE.match(line)
        if opened is None and fence:
            opened, body = (number, fence["fence"], fence["info"].strip(), fence["indent"]), []
        elif opened is not None and fence and fence["fence"].startswith(opened[1]) and not fence["info"].strip():
            if not opened[2].startswith("{"):
                found.append(Block(name, opened[0], opened[2], "".join(f"{one}\n" for one in body), marks))
            opened, marks = None, {}
        elif opened is not None:
            body.append(line.removeprefix(opened[3]))
        elif mark := _MARK.match(line.strip()):
            marks = {**marks, mark["name"]: [*marks.get(mark["name"], []), mark["value"]]}
        elif line.strip():
            marks = {}
    if opened is not None:
        raise BlockError(f"{name}:{opened[0]}: the block does not end")
    return found


def check(block: Block, root: Path = ROOT, setups: Path = SETUPS) -> None:
    """Raises BlockError for a block that nobody could run, or that nobody runs."""
    if not block.language:
        raise BlockError(f"{block.where}: the block has no language")
    if block.language not in READ | RUN | RUN_ELSEWHERE:
        raise BlockError(f"{block.where}: nobody knows how to run {block.language}")
    for name in block.marks:
        if name not in MARKS:
            raise BlockError(f"{block.where}: there is no mark '{name}'")
    setup, place, test = block.mark("setup"), block.mark("in"), block.mark("run by")
    if setup is not None and not (setups / setup).is_file():
        raise BlockError(f"{block.where}: there is no setup {setup}")
    if place is not None and place not in PLACES:
        raise BlockError(f"{block.where}: there is no place {place}")
    is_test = block.language == "python" and re.search(r"^(async )?def test_", block.text, re.MULTILINE)
    if is_test and not (block.mark("file") or "").startswith("test_"):
        raise BlockError(f"{block.where}: a test needs a mark 'file: test_....py', or nobody runs it")
    if test is None and block.language in RUN_ELSEWHERE:
        raise BlockError(f"{block.where}: no mark says who runs it")
    if test is not None:
        _check_test(block, root / test, test)


def _check_test(block: Block, test: Path, name: str) -> None:
    """A test that is said to run a block has each of its lines."""
    if not test.is_file():
        raise BlockError(f"{block.where}: there is no {name}, which is said to run it")
    if not block.lines:
        raise BlockError(f"{block.where}: there is nothing to run")
    text = " ".join(test.read_text(encoding="utf-8").split())
    for line in block.lines:
        if " ".join(line.split()) not in text:
            raise BlockError(f"{block.where}: {name} is said to run it, and does not have: {line}")


def whole(block: Block, setups: Path = SETUPS) -> str:
    """The program that a block is, or is a part of: in its setup it stands in place of the line that says BLOCK."""
    setup = block.mark("setup")
    if setup is None:
        return block.text
    around = (setups / setup).read_text(encoding="utf-8")
    hole = re.search(r"^([ \t]*)[^\w\n]*\bBLOCK\b[^\w\n]*$", around, re.MULTILINE)
    if hole is None:
        raise BlockError(f"{setup} has no line that says BLOCK")
    text = "\n".join(f"{hole[1]}{line}" if line else "" for line in block.text.splitlines())
    return around[: hole.start()] + text + around[hole.end() :]
