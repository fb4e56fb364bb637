"""Docstrings that are written for help(): what is indented below a paragraph is code, and an asterisk is one."""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

SECTION = re.compile(r"(Args|Attributes|Returns|Raises|Yields):$")


def prose(line: str) -> str:
    """A line without what would be markup. The form of an address is none, and no link."""
    line = re.sub(r"(?<![\w`])\*(?=[\w.])", r"\\*", line)
    return re.sub(r"(?<![\w`])http://(\[\S*\w)?(?![\w\[])", r"``\g<0>``", line)


def mend(app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]) -> None:
    """Turns each indented block that no section owns into a block of code."""
    result: list[str] = []
    in_section = in_code = False
    for line in lines:
        is_indented = line.startswith("    ")
        if line and not is_indented:
            in_section, in_code = bool(SECTION.match(line)), False
        elif is_indented and not in_section and not in_code and (not result or not result[-1]):
            result += [
                ".. code-block:: text" if "[pytest]" in line else ".. code-block:: python",
                "",
            ]
            in_code = True
        result.append(line if in_code else prose(line))
    lines[:] = result


def setup(app: Sphinx) -> dict[str, Any]:
    """Before napoleon reads the sections."""
    app.connect("autodoc-process-docstring", mend, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
