"""The site in a real browser, which reaches this machine and nothing else."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

import millicast_tokens
import pytest
from browser import Browser
from servers import serving

from blocks import ROOT
from site_files import Site

FOLDER = Path(os.environ.get("SITE", ROOT / "target" / "docs"))
LOOK_AT_IMAGES = "return [...document.images].filter((i) => i.complete && i.naturalWidth === 0).map((i) => i.src)"


class Files(SimpleHTTPRequestHandler):
    """Serves the site, and writes no log."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing."""


@pytest.fixture(scope="module")
def site() -> Site:
    return Site(FOLDER)


@pytest.fixture(scope="module")
def address(site: Site) -> Iterator[str]:
    with serving(functools.partial(Files, directory=str(site.folder))) as url:  # type: ignore[arg-type]
        yield url


@pytest.fixture(scope="module")
def chromiums(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Browser]]:
    """One for each processor of a small machine."""
    with contextlib.ExitStack() as stack:
        browsers = []
        for _ in range(2):
            browsers.append(Browser(tmp_path_factory.mktemp("profile")))
            stack.callback(browsers[-1].quit)
            browsers[-1].driver.set_window_size(1400, 1000)
        yield browsers


@pytest.fixture
def browser(chromiums: list[Browser]) -> Browser:
    """A browser, which has said nothing yet."""
    return fresh(chromiums[0])


def fresh(browser: Browser) -> Browser:
    """The browser, on no page and with nothing to tell."""
    browser.open("about:blank")
    browser.complaints()
    network(browser)
    return browser


def network(browser: Browser) -> list[tuple[str, str]]:
    """What was asked for since this was asked last, as (address, what went wrong)."""
    asked: dict[str, tuple[str, str]] = {}
    for entry in browser.driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        told = message["params"]
        if message["method"] == "Network.requestWillBeSent":
            asked[told["requestId"]] = (told["request"]["url"], "")
        elif message["method"] == "Network.responseReceived" and told["response"]["status"] >= 400:
            asked[told["requestId"]] = (told["response"]["url"], f"HTTP {told['response']['status']}")
        # Who goes on to the next page gives up what the last one was still loading.
        elif message["method"] == "Network.loadingFailed" and not told.get("canceled"):
            asked[told["requestId"]] = (asked.get(told["requestId"], ("?", ""))[0], told["errorText"])
    return list(asked.values())


def wrong(browser: Browser, ours: tuple[str, ...]) -> list[str]:
    """All that is wrong with the page that the browser shows."""
    found = [f"console: {complaint}" for complaint in browser.complaints()]
    for url, why in network(browser):
        if why or not url.startswith((*ours, "data:", "about:")):
            found.append(f"request: {url} {why}")
    return found + [f"picture: {url}" for url in browser.script(LOOK_AT_IMAGES)]


def test_every_page_opens_without_a_complaint(chromiums: list[Browser], address: str, site: Site) -> None:
    def look(number: int) -> list[str]:
        browser, found = fresh(chromiums[number]), []
        for page in site.pages[number :: len(chromiums)]:
            browser.open(f"{address}/{site.name(page)}")
            found += [f"{site.name(page)}: {fault}" for fault in wrong(browser, (address,))]
        return found

    assert len(site.pages) > 100
    with ThreadPoolExecutor(len(chromiums)) as pool:
        assert [fault for found in pool.map(look, range(len(chromiums))) for fault in found] == []


def test_every_link_within_the_site_leads_somewhere(site: Site) -> None:
    assert site.broken() == []


@pytest.mark.parametrize("page", ["index.html", "python-reference.html", "c/index.html", "c/group__signer.html"])
def test_the_site_works_from_files(browser: Browser, site: Site, page: str) -> None:
    browser.open((site.folder / page).as_uri())
    assert wrong(browser, ("file://",)) == []


def test_the_search_finds_a_page_from_files(browser: Browser, site: Site) -> None:
    browser.open(f"{(site.folder / 'search.html').as_uri()}?q=reconnect")
    browser.until(lambda: "Signing for a paywall" in browser.text("#search-results"), "nothing is found")
    assert wrong(browser, ("file://",)) == []


def test_the_navigation_reaches_the_headers_and_comes_back(browser: Browser, address: str) -> None:
    browser.open(f"{address}/index.html")
    browser.one('.sidebar-tree a[href="headers-reference.html"]').click()
    browser.until(lambda: "C and C++ reference" in browser.text("h1"))
    browser.one('article a[href="c/group__signer.html"]').click()
    browser.until(lambda: "Signer" in browser.text(".title"))
    browser.until(lambda: browser.all('#main-nav a[href="../index.html"]'), "there is no way back")
    browser.one('#main-nav a[href="../index.html"]').click()
    browser.until(lambda: browser.text("h1").startswith("millicast-tokens"))


def test_everything_that_the_python_package_has_is_described(site: Site) -> None:
    text = (site.folder / "python-reference.html").read_text(encoding="utf-8")
    described = set(re.findall(r'id="millicast_tokens\.(\w+)"', text))
    assert set(millicast_tokens.__all__) - described == set()


def test_every_function_of_the_header_is_described(site: Site) -> None:
    header = (ROOT / "include" / "millicast_tokens.h").read_text(encoding="utf-8")
    declared = set(re.findall(r"^[a-z].*?\b(mct_\w+)\(", header, re.MULTILINE))
    described = "".join(page.read_text(encoding="utf-8") for page in site.folder.glob("c/group__*.html"))
    assert len(declared) > 300
    assert {name for name in declared if f">{name} <" not in described and f"{name}()" not in described} == set()


def test_a_picture_of_the_first_page_is_taken(browser: Browser, address: str) -> None:
    browser.open(f"{address}/index.html")
    assert wrong(browser, (address,)) == []
    assert browser.driver.save_screenshot(str(FOLDER / "first-page.png"))
