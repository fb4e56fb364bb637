"""Runs every code block of the documentation, two pages at a time: run_blocks.py [PAGE...]

From the environment: LIBDIR, the folder of the library and the emulator; BUILD, a folder to work in; HOSTS and CLIENTS,
where the packages for Node are.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import running
from blocks import ROOT, Block, BlockError, blocks, check, pages
from running import FailedError

WORKERS = 2


def run_page(page: Path) -> tuple[list[str], list[str]]:
    """What was run, and what failed. Blocks lean on those above, but a page is run to its end."""
    done: list[str] = []
    failed: list[str] = []
    found = blocks(page)
    with running.running(page.relative_to(ROOT).as_posix()) as run:
        for block in found:
            began = time.monotonic()
            try:
                how = _run(run, block)
            except (FailedError, BlockError) as error:
                failed.append(f"FAIL {block.where} {block.language}: {error}\n")
            else:
                done.append(f"ok   {block.where} {block.language}{how} ({time.monotonic() - began:.1f} s)")
    return done, failed


def _run(run: running.Page, block: Block) -> str:
    """Runs one, unless another test does."""
    if test := block.mark("run by"):
        return f", run by {test}"
    run.run(block)
    return ""


def main() -> None:
    """All pages, or those that are named. The longest begin."""
    wanted = [Path(name).resolve() for name in sys.argv[1:]] or pages()
    wrong: list[str] = []
    for page in wanted:
        for block in blocks(page):
            try:
                check(block)
            except BlockError as error:
                wrong.append(f"FAIL {error}")
    running.prepare()
    done: list[str] = []
    with ThreadPoolExecutor(WORKERS) as pool:
        for ran, failed in pool.map(run_page, sorted(wanted, key=lambda page: -len(blocks(page)))):
            done += ran
            wrong += failed
    print("\n".join([*done, *wrong]))
    print(f"{len(done)} passed, {len(wrong)} failed")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
