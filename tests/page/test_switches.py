"""The clock and the faults, switched from the page."""

from __future__ import annotations

import json

import pytest

from browser import Browser
from emulator import Emulator
from servers import in_front_of

NOON = 1767268800
RULES = "#faults-list > li"


#: A fault with the fields that the form shows for it.
WHAT_GOES_WITH = """const [fault, values] = arguments, choice = document.querySelector('#fault');
    choice.value = fault;
    choice.dispatchEvent(new Event('change'));
    const shown = ([name]) => !document.querySelector(`#fault-${name}`).parentElement.hidden;
    return { fault, ...Object.fromEntries(Object.entries(values).filter(shown)) };"""


def now(emulator: Emulator) -> int:
    """The emulator's time."""
    return int(emulator.control("clock")["now"])


def test_the_clock_is_stopped_advanced_and_let_go(page: Browser, emulator: Emulator) -> None:
    page.script("document.querySelector('#clock-at').value = '2027-03-04T05:06:07'")
    page.one("#clock-stop button").click()
    page.until_text("#clock-now", "2027-03-04 05:06:07 UTC")
    assert emulator.control("clock") == {"now": 1804136767, "stands": True}
    for button, seconds in (("60", 60), ("3600", 3660), ("86400", 90060)):
        page.one(f".advance[value='{button}']").click()
        page.until(lambda wanted=1804136767 + seconds: now(emulator) == wanted)
    page.fill("#clock-count", "2")
    page.choose("#clock-unit", "minutes")
    page.one("#clock-advance button").click()
    page.until(lambda: now(emulator) == 1804136767 + 90180)
    page.until_text("#clock-now", "2027-03-05 06:09:07 UTC")
    page.one("#clock-go").click()
    page.until_text("#clock-how", "goes with the system's")
    assert emulator.control("clock")["stands"] is False
    assert not page.one("#clock-go").is_enabled()


def test_a_clock_that_a_program_moves_shows_where_it_is(page: Browser, emulator: Emulator) -> None:
    emulator.control("clock", {"advance": 61})
    page.until_text("#clock-now", "2026-01-01 12:01:01 UTC")


def test_what_the_emulator_refuses_is_said_in_words_where_it_was_asked(browser: Browser, emulator: Emulator) -> None:
    browser.open_page(emulator.url)
    browser.fill("#clock-count", "999999999")
    browser.choose("#clock-unit", "days")
    browser.one("#clock-advance button").click()
    browser.until_text("#clock-problem", "advance: ")
    token = emulator.create("publish", "Show", ["MainCam", {"streamName": "cam-[0-9]+", "isRegex": True}])["id"]
    browser.until(lambda: browser.all("form.live input"))
    browser.fill("form.live input", "another")
    browser.one("form.live button").click()
    browser.until_text("#tokens-problem", "streamName: The token is for other streams.")
    assert browser.one("form.live input").get_attribute("value") == "another", "what was typed is still there"
    browser.click(f"live {token} MainCam")
    browser.until(lambda: not browser.one("#tokens-problem").is_displayed())


def test_a_fault_is_added_counted_and_removed(page: Browser, emulator: Emulator) -> None:
    page.choose("#fault", "503")
    page.fill("#fault-operation", "publish.*")
    page.fill("#fault-count", "2")
    page.fill("#fault-retryAfter", "7")
    page.one("#faults-add button").click()
    page.until(lambda: len(page.all(RULES)) == 1)
    rule = emulator.control("faults")["faults"][0]
    assert [rule[name] for name in ("fault", "operation", "count", "retryAfter")] == ["503", "publish.*", 2, 7]
    for _ in range(3):
        emulator.send("GET", "/api/publish_token/list")
    page.until_text(RULES, "asked 3, done 2")
    page.choose("#journal-which", "with a fault")
    page.until(lambda: len(page.all("#journal-list tr")) == 2)
    assert "fault 503" in page.text("#journal-list tr")
    page.click("remove 0")
    page.until(lambda: page.all(RULES) == [])
    assert emulator.control("faults")["faults"] == []


def test_a_request_that_a_fault_leaves_without_an_answer_is_in_the_journal(page: Browser, emulator: Emulator) -> None:
    emulator.control("faults", {"faults": [{"fault": "close-before", "operation": "clusters"}]})
    with pytest.raises(ConnectionResetError):
        emulator.send("GET", "/api/cluster")
    page.until(lambda: len(page.all("#journal-list tr")) == 1)
    row = page.text("#journal-list tr")
    assert "clusters" in row
    assert "nonefault close-before" in row, "no status, and why"


def test_a_fault_more_leaves_the_others_on(page: Browser, emulator: Emulator) -> None:
    emulator.control("faults", {"seed": 5, "faults": [{"fault": "html", "operation": "clusters", "probability": 0.5}]})
    page.until(lambda: len(page.all(RULES)) == 1)
    page.choose("#faults-preset", "A slow line")
    page.one("#faults-add button").click()
    page.until(lambda: len(page.all(RULES)) == 2)
    answer = emulator.control("faults")
    assert [rule["fault"] for rule in answer["faults"]] == ["html", "slow"]
    assert answer["faults"][0]["probability"] == 0.5
    assert answer["seed"] == 5
    page.one("#faults-clear").click()
    page.until(lambda: page.all(RULES) == [])
    assert emulator.control("faults")["faults"] == []


def test_every_preset_is_one_that_the_emulator_takes(page: Browser) -> None:
    presets = page.script("return [...document.querySelector('#faults-preset').options].slice(1).map((o) => o.text)")
    for preset in presets:
        page.choose("#faults-preset", preset)
        # One that keeps the page itself out for a while is none to try here.
        if page.script("return document.querySelector('#fault').value") == "refuse":
            continue
        page.one("#faults-add button").click()
        page.until(lambda: len(page.all(RULES)) == 1)
        page.one("#faults-clear").click()
        page.until(lambda: page.all(RULES) == [])
    assert len(presets) > 5


def test_every_fault_that_is_offered_is_one_that_the_emulator_takes(page: Browser, emulator: Emulator) -> None:
    faults = page.script("return [...document.querySelector('#fault').options].map((option) => option.value)")
    for fault in faults:
        fields = {"ms": 5, "bytes": 5, "retryAfter": 1, "location": "/elsewhere", "operation": "clusters"}
        # One that never comes: some would come over this test's own requests.
        rule = {**page.script(WHAT_GOES_WITH, fault, fields), "probability": 0}
        status, answer = emulator.send("POST", "/_emulator/faults", {"faults": [rule]})
        if fault.startswith("tls-"):
            assert "--tls" in answer["data"]["faults[0].fault"], "this emulator serves none"
        else:
            assert status == 200, (rule, answer)
    assert len(faults) > 30


def test_an_emulator_without_faults_to_switch_is_named_as_such(browser: Browser, emulator: Emulator) -> None:
    missing = json.dumps({"status": "error", "message": "Not Found", "code": 404, "data": None})
    instead = {("GET", "/_emulator/faults"): (404, "application/json", missing)}
    with in_front_of(emulator.url, lambda *asked: instead.get(asked)) as url:
        browser.open_page(url)
        browser.until_text("#faults-none", "/_emulator/faults answers with 404")
        assert not browser.one("#faults-add").is_displayed()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"status":"error","message":"The state could not be written","code":500,"data":{"reason":"disk full"}}',
         "The state could not be written: disk full"),
        ('{"status":"fail","data":{"errors":{"now":["Too late.","And more."]},"message":"Validation errors"}}',
         "now: Too late. And more."),
        ("<html>a balancer</html>", "The emulator answered with 500, and with nothing that can be read here."),
    ],
)  # fmt: skip
def test_whatever_an_error_looks_like_there_are_words_for_it(
    browser: Browser, emulator: Emulator, text: str, words: str
) -> None:
    instead = {("POST", "/_emulator/clock"): (500, "application/json", text)}
    with in_front_of(emulator.url, lambda *asked: instead.get(asked)) as url:
        browser.open_page(url)
        browser.one(".advance[value='60']").click()
        browser.until_text("#clock-problem", words)
