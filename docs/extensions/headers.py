"""Links to what Doxygen made of the headers: {c}`mct_client_new`, and a list of the families by {families}."""

from __future__ import annotations

import xml.etree.ElementTree as ET  # The file is Doxygen's own.
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

FOLDER = "c/"


def places(tags: str) -> dict[str, str]:
    """Where each name of the headers is described. A group's description comes before a file's."""
    found: dict[str, str] = {}
    for compound in sorted(ET.parse(tags).getroot(), key=lambda one: one.get("kind") == "file"):
        name, kind = compound.findtext("name", ""), compound.get("kind")
        found.setdefault(name, page(compound.findtext("filename", "")))
        scope = f"{name}::" if kind in ("class", "struct", "namespace") else ""
        for member in compound.iter("member"):
            place = f"{member.findtext('anchorfile')}#{member.findtext('anchor')}"
            found.setdefault(scope + member.findtext("name", ""), place)
    return found


def page(name: str) -> str:
    """A page's file; a tag leaves out how some end."""
    return name if name.endswith(".html") else f"{name}.html"


class Link(SphinxRole):
    """A name of the headers, with its link."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """A name that no header has is a warning, and a warning fails the build."""
        name = self.text.removesuffix("()")
        known = places(self.config.headers_tags)
        text = nodes.literal(self.text, self.text)
        if name not in known:
            return [text], [self.inliner.reporter.warning(f"no header has {name}", line=self.lineno)]
        return [nodes.reference("", "", text, internal=False, refuri=FOLDER + known[name])], []


class Families(SphinxDirective):
    """The families of the C header, in its order."""

    def run(self) -> list[nodes.Node]:
        """A list of links."""
        items = nodes.bullet_list()
        for compound in ET.parse(self.config.headers_tags).getroot():
            if compound.get("kind") == "group":
                title = compound.findtext("title", "")
                link = nodes.reference("", title, refuri=FOLDER + page(compound.findtext("filename", "")))
                items += nodes.list_item("", nodes.paragraph("", "", link))
        return [items]


def setup(app: Sphinx) -> dict[str, Any]:
    """Adds both."""
    app.add_config_value("headers_tags", "", "env")
    app.add_role("c", Link())
    app.add_directive("families", Families)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
