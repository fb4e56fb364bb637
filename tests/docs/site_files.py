"""The site as files: its pages, and where their links lead."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: Where a page says that it needs, or leads to, something.
_PLACES = {"a": "href", "img": "src", "link": "href", "script": "src", "iframe": "src", "object": "data"}


class _Reader(HTMLParser):
    """What can be linked to in a page, and what it links to."""

    def __init__(self) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.anchors.update(found[name] for name in ("id", "name") if name in found)
        if link := found.get(_PLACES.get(tag, ""), ""):
            self.links.append(link)


class Site:
    """A folder of pages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        # What Doxygen's search shows in a frame is no page.
        self.pages = sorted(page for page in self.folder.rglob("*.html") if page.parent.name != "search")
        self._read: dict[Path, _Reader] = {}

    def broken(self) -> list[str]:
        """Each link within the site that leads to no file, or to no place in it."""
        found = [(page, link) for page in self.pages for link in self._reader(page).links]
        return [f"{self.name(page)}: {link}" for page, link in found if not self._leads(page, link)]

    def name(self, page: Path) -> str:
        """A page's address below the site's."""
        return page.relative_to(self.folder).as_posix()

    def _reader(self, page: Path) -> _Reader:
        if page not in self._read:
            reader = self._read[page] = _Reader()
            reader.feed(page.read_text(encoding="utf-8"))
        return self._read[page]

    def _leads(self, page: Path, link: str) -> bool:
        try:
            where = urlsplit(link)
        except ValueError:
            return False
        if where.scheme or where.netloc:
            return where.scheme in ("https", "mailto", "data", "javascript")
        target = (page.parent / unquote(where.path)).resolve() if where.path else page
        if target.is_dir():
            target /= "index.html"
        if not target.is_file() or not target.is_relative_to(self.folder):
            return False
        fragment = unquote(where.fragment)
        return not fragment or target.suffix != ".html" or fragment in self._reader(target).anchors
