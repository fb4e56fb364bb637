"""What the tests of the page stand on: an emulator each, and one browser for all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from browser import Browser
from emulator import Emulator


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """An emulator whose clock stands at noon."""
    emulator = Emulator(clock=1767268800, account_id="studio")
    try:
        yield emulator
    finally:
        emulator.stop()


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The browser, with a new profile."""
    browser = Browser(tmp_path_factory.mktemp("profile"))
    try:
        yield browser
    finally:
        browser.quit()


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """The browser, which has said nothing yet and is on no page."""
    chromium.open("about:blank")
    chromium.complaints()
    chromium.requests()
    yield chromium
    # A page that stays would follow the next emulator's journal.
    chromium.open("about:blank")


@pytest.fixture
def page(browser: Browser, emulator: Emulator) -> Iterator[Browser]:
    """The browser at the emulator's page. What went wrong unseen, or went elsewhere, fails the test."""
    browser.open_page(emulator.url)
    yield browser
    assert browser.complaints() == []
    elsewhere = [url for url in browser.requests() if not url.startswith((f"{emulator.url}/", "data:"))]
    assert elsewhere == []
