"""A manual page within a page of the site, by mandoc: ```{manual} millicast-tokens.1```."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class Manual(SphinxDirective):
    """One manual page."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The page, whose headings stand below those of this one."""
        name = self.arguments[0]
        source = next((page for folder in self.config.manual_pages if (page := Path(folder) / name).is_file()), None)
        if source is None:
            return [self.state_machine.reporter.warning(f"there is no manual page {name}", line=self.lineno)]
        self.env.note_dependency(str(source))
        html = subprocess.run(
            ["mandoc", "-T", "html", "-O", "fragment", str(source)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        html = re.sub(r"<(/?)h([12])\b", lambda found: f"<{found[1]}h{int(found[2]) + 1}", html)
        html = re.sub(r'<table class="(head|foot)">.*?</table>', "", html, flags=re.DOTALL)
        return [nodes.raw("", f'<div class="manual">{html}</div>', format="html")]


def setup(app: Sphinx) -> dict[str, Any]:
    """Adds it."""
    app.add_config_value("manual_pages", [], "env")
    app.add_directive("manual", Manual)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
