"""Many requests, an emulator that goes and comes, a narrow window, and no mouse."""

from __future__ import annotations

import contextlib
import http.client

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.keys import Keys

from browser import Browser
from emulator import Emulator

MOST_ROWS = 200
MOST_VERDICTS = 50
FLOOD = 5000


def flood(emulator: Emulator, count: int) -> None:
    """So many viewers with a wrong token, over one connection."""
    connection = http.client.HTTPConnection(emulator.address)
    with contextlib.closing(connection):
        for number in range(count):
            connection.request("POST", "/api/director/subscribe", f'{{"streamName":"stream-{number}"}}')
            connection.getresponse().read()


def elements(page: Browser) -> int:
    """How large the document is."""
    return int(page.script("return document.querySelectorAll('*').length"))


def test_a_flood_of_requests_leaves_the_document_bounded(page: Browser, emulator: Emulator) -> None:
    flood(emulator, MOST_ROWS + 1)
    page.until(lambda: len(page.all("#journal-list tr")) == MOST_ROWS)
    page.until(lambda: len(page.all("#verdicts-list > li")) == MOST_VERDICTS)
    full = elements(page)
    flood(emulator, FLOOD - MOST_ROWS - 1)
    page.until_text("#journal-summary", "5,000 requests")
    page.until_text("#journal-list tr", f"stream-{FLOOD - MOST_ROWS - 2}")
    assert len(page.all("#journal-list tr")) == MOST_ROWS
    assert len(page.all("#verdicts-list > li")) == MOST_VERDICTS
    assert elements(page) < full + 50


def test_the_page_is_tried_where_there_is_no_network(browser: Browser, emulator: Emulator) -> None:
    for elsewhere in ("http://example.com/", "http://203.0.113.1/"):
        with pytest.raises(WebDriverException, match=r"ERR_NAME_NOT_RESOLVED|ERR_PROXY_CONNECTION_FAILED"):
            browser.open(elsewhere)
    browser.open_page(emulator.url)


def test_what_a_page_missed_is_counted(browser: Browser, emulator: Emulator) -> None:
    flood(emulator, 1200)
    browser.open_page(emulator.url)
    browser.until_text("#journal-summary", "1,200 requests, 200 shown. 200 missed")


def test_a_page_goes_on_when_the_emulator_starts_again(browser: Browser, emulator: Emulator) -> None:
    browser.open_page(emulator.url)
    flood(emulator, 5)
    browser.until_text("#journal-summary", "5 requests")
    emulator.stop()
    browser.until_text("#connection", "no answer")
    browser.until_text("#journal-problem", "The emulator does not answer.")
    again = Emulator(clock=5, listen=emulator.address)
    try:
        browser.until_text("#connection", "connected")
        browser.until_text("#journal-summary", "has started again")
        browser.until(lambda: browser.all("#journal-list tr") == [])
        browser.until_text("#clock-now", "1970-01-01 00:00:05 UTC")
        assert not browser.one("#journal-problem").is_displayed()
        # Fewer than before: a number alone would take them for old ones.
        flood(again, 2)
        browser.until(lambda: len(browser.all("#journal-list tr")) == 2)
    finally:
        again.stop()


def test_an_emulator_that_starts_again_and_is_asked_at_once_is_told_from_the_earlier_one(
    browser: Browser, emulator: Emulator
) -> None:
    browser.open_page(emulator.url)
    flood(emulator, 3)
    browser.until(lambda: len(browser.all("#journal-list tr")) == 3)
    emulator.stop()
    again = Emulator(listen=emulator.address)
    try:
        # As many and more: their numbers are those of entries that are known.
        flood(again, 4)
        browser.until(lambda: len(browser.all("#journal-list tr")) == 4)
        browser.until_text("#journal-summary", "4 requests, 4 shown.")
    finally:
        again.stop()


def test_everything_is_reached_and_used_with_the_keyboard(page: Browser, emulator: Emulator) -> None:
    token = emulator.create("publish", "Evening show", ["MainCam"])["id"]
    page.until(lambda: page.all(f"[data-control='switch {token}']"))
    page.script("document.activeElement.blur(); window.scrollTo(0, 0)")
    page.press(Keys.TAB)
    page.until_focus(".skip")
    assert page.one(".skip").is_displayed()
    page.tab_to(f"[data-control='switch {token}']")
    page.press(Keys.ENTER)
    page.until_text("#tokens-list", "disabled")
    # The row was made anew, and the focus is where it was.
    page.until_focus(f"[data-control='switch {token}']")
    page.press(Keys.SPACE)
    page.until_text("#tokens-list", "active")
    page.tab_to("#journal-pause")
    page.press(Keys.SPACE)
    assert page.one("#journal-pause").get_attribute("aria-pressed") == "true"
    page.tab_to(".advance[value='60']")
    page.press(Keys.ENTER)
    page.until_text("#clock-now", "12:01:00")
    page.tab_to("#clock-count")
    page.press(Keys.ENTER)
    page.until_text("#clock-now", "12:01:30")


def test_everything_that_is_operated_has_a_name(page: Browser, emulator: Emulator) -> None:
    emulator.create("publish", "Show", ["MainCam", {"streamName": "cam-.*", "isRegex": True}])
    page.until(lambda: page.all("form.live input"))
    for control in page.all("button, input, select, table, ol, section"):
        if control.is_displayed():
            assert control.accessible_name, control.get_attribute("outerHTML")
    names = [button.accessible_name for button in page.all("#tokens-list button")]
    assert names == ["Go live with MainCam", "Go live", "Disable the publish token 1000"]


def test_what_changes_is_told_to_a_screen_reader_in_a_line(page: Browser, emulator: Emulator) -> None:
    summary = page.one("#journal-summary")
    assert (summary.aria_role, summary.get_attribute("aria-live")) == ("status", "polite")
    flood(emulator, 3)
    page.until_text("#journal-summary", "3 requests, 3 shown.")


def test_a_narrow_window_needs_no_scrolling_sideways(page: Browser, emulator: Emulator) -> None:
    long = "x" * 128
    emulator.create("publish", long, [long], allowedOrigins=[f"{'a' * 60}.{'b' * 60}.example.com"])
    emulator.view(long, "0123", Origin=f"https://{long}")
    emulator.control("usage", {"streamName": long, "trackingId": long, "bytesIn": 1})
    page.until(lambda: page.text("#tokens-list .label") == page.text("#usage-list .label") == long)
    page.until(lambda: page.all("#verdicts-list > li"))
    with page.width(400):
        page.until(lambda: page.script("return innerWidth") == 400)
        assert page.script("return document.documentElement.scrollWidth") <= 400
        wide = """return [...document.querySelectorAll('main *')].filter((e) => !e.closest('.unseen, thead') &&
            e.getBoundingClientRect().right > 400).map((e) => e.outerHTML.slice(0, 80))"""
        assert page.script(wide) == []
