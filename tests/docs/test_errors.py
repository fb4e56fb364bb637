"""The page about errors names what there is, and nothing else."""

from __future__ import annotations

import re

import pytest
from millicast_tokens import errors

from blocks import ROOT

PAGE = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
HEADER = (ROOT / "include" / "millicast_tokens.h").read_text(encoding="utf-8")
#: The first cells of the page's rows, and the cells behind them.
ROWS = {row[0]: row[1:] for row in re.findall(r"^\| `(MCT_\w+)` \| (?:`(\w+)` )?\|?(.*)\|$", PAGE, re.MULTILINE)}


@pytest.mark.parametrize("kind", ["MCT_ERR_", "MCT_OUTCOME_", "MCT_REASON_"])
def test_the_page_has_a_row_for_each_that_the_header_has(kind: str) -> None:
    defined = set(re.findall(rf"^#define ({kind}\w+) \d+$", HEADER, re.MULTILINE))
    assert len(defined) >= 3
    assert {name for name in ROWS if name.startswith(kind)} == defined


def test_each_failure_has_a_cause_and_an_action() -> None:
    for line in PAGE.splitlines():
        if line.startswith("| `MCT_ERR_"):
            _, _, _, cause, action, _, _ = (cell.strip() for cell in line.split("|"))
            assert cause, line
            assert action, line


def test_each_status_has_the_exception_that_python_raises() -> None:
    raised = {
        f"MCT_ERR_{kind.STATUS.name}": kind.__name__
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.MillicastError) and "STATUS" in vars(kind) and kind.STATUS
    }
    told = {name: row[0] for name, row in ROWS.items() if name.startswith("MCT_ERR_")}
    assert told == {name: raised[name] for name in told}
    assert set(told) == set(raised)
