"""Pages of other origins neither read nor change anything: tried from real ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from browser import FOREIGN_NAME, Browser
from emulator import Emulator
from servers import another_origin

NOON = 1767268800
READABLE = ["/", *(f"/_emulator/{name}" for name in ("page.js", "status", "journal", "clock", "usage", "faults"))]
PUBLISH = "/_emulator/tokens?kind=publish&page=1&itemsOnPage=10"

FETCH = """fetch(arguments[0], arguments[1]).then(
    async (r) => r.type === 'opaque' ? 'opaque' : `${r.status} ${await r.text()}`, (e) => 'refused')"""


def elsewhere(name: str, emulator: Emulator, other: str) -> str:
    """The address of a page of another origin."""
    port = emulator.address.rsplit(":", 1)[1]
    return {
        "another port": other,
        "another name": other.replace("127.0.0.1", "localhost"),
        "a foreign name": other.replace("127.0.0.1", FOREIGN_NAME),
        # The name leads to the emulator itself, as one does that was made to lead elsewhere while its page is
        # shown. What is shown there has no policy that would keep this test from trying.
        "a foreign name for the emulator": f"http://{FOREIGN_NAME}:{port}/api",
    }[name]


@pytest.fixture(params=["another port", "another name", "a foreign name", "a foreign name for the emulator"])
def foreign(request: pytest.FixtureRequest, browser: Browser, emulator: Emulator) -> Iterator[Browser]:
    """The browser at a page of another origin."""
    with another_origin() as other:
        browser.open(elsewhere(request.param, emulator, other))
        assert browser.script("return location.origin") != emulator.url
        yield browser


def unchanged(emulator: Emulator) -> bool:
    """Whether the clock stands where it stood."""
    return bool(emulator.control("clock") == {"now": NOON, "stands": True})


def test_a_foreign_page_reads_nothing(foreign: Browser, emulator: Emulator) -> None:
    emulator.create("publish", "Evening show", ["MainCam"])
    for path in [*READABLE, PUBLISH]:
        for mode in ("cors", "no-cors"):
            got = foreign.promise(FETCH, emulator.url + path, {"mode": mode, "credentials": "include"})
            assert got in ("refused", "opaque"), (path, mode, got)


def test_a_foreign_page_changes_nothing_by_a_request(foreign: Browser, emulator: Emulator) -> None:
    token = emulator.create("publish", "Evening show", ["MainCam"])["id"]
    for path, body in [
        ("clock", '{"now":5}'),
        (f"token/publish/{token}", '{"isActive":false}'),
        ("publish", f'{{"tokenId":{token},"streamName":"MainCam","isLive":true}}'),
        ("usage", '{"streamName":"a","trackingId":"b","bytesIn":1}'),
        ("faults", '{"faults":[{"fault":"503"}]}'),
    ]:
        # As a simple request, which a browser sends without asking, and as one that it asks for.
        for kind in ("text/plain", "application/json"):
            for mode in ("cors", "no-cors"):
                options = {"method": "POST", "body": body, "mode": mode, "headers": {"Content-Type": kind}}
                assert foreign.promise(FETCH, f"{emulator.url}/_emulator/{path}", options) in ("refused", "opaque")
        foreign.promise("Promise.resolve(navigator.sendBeacon(...arguments))", f"{emulator.url}/_emulator/{path}", body)
    assert foreign.promise(FETCH, f"{emulator.url}/_emulator/faults", {"method": "DELETE"}) == "refused"
    assert unchanged(emulator)
    assert emulator.read("publish", token)["isActive"] is True
    assert emulator.control(PUBLISH.removeprefix("/_emulator/"))["tokens"][0]["live"] == []
    assert emulator.control("usage") == []


def test_a_foreign_page_changes_nothing_by_a_form(foreign: Browser, emulator: Emulator) -> None:
    foreign.script(
        """const form = document.createElement('form');
        Object.assign(form, { method: 'POST', enctype: 'text/plain', action: arguments[0] + '/_emulator/clock' });
        const input = document.createElement('input');
        Object.assign(input, { name: '{"now":5,"x":"', value: '"}' });
        form.append(input);
        document.documentElement.append(form);
        form.submit();""",
        emulator.url,
    )
    foreign.until(lambda: "Only the emulator's own page controls it" in foreign.text("body"))
    assert unchanged(emulator)


def test_a_foreign_page_shows_the_emulator_in_no_frame(foreign: Browser, emulator: Emulator) -> None:
    foreign.promise(
        """new Promise((resolve) => {
            const frame = document.createElement('iframe');
            frame.onload = resolve;
            frame.src = arguments[0];
            document.documentElement.append(frame);
        })""",
        f"{emulator.url}/",
    )
    foreign.driver.switch_to.frame(foreign.one("iframe"))
    try:
        assert foreign.all("#clock-go, #connection") == []
    finally:
        foreign.driver.switch_to.default_content()


def test_a_foreign_page_runs_and_measures_none_of_its_files(foreign: Browser, emulator: Emulator) -> None:
    for path in ("/_emulator/page.js", "/_emulator/status", "/_emulator/journal"):
        outcome = foreign.promise(
            """new Promise((resolve) => {
                const script = document.createElement('script');
                script.onload = () => resolve('loaded');
                script.onerror = () => resolve('refused');
                script.src = arguments[0];
                document.documentElement.append(script);
            })""",
            emulator.url + path,
        )
        assert outcome == "refused", path


def test_a_page_that_a_foreign_one_opens_is_not_in_its_hands(foreign: Browser, emulator: Emulator) -> None:
    first = foreign.driver.current_window_handle
    foreign.script("window.opened = window.open(arguments[0] + '/')", emulator.url)
    foreign.until(lambda: len(foreign.driver.window_handles) == 2)
    other = next(handle for handle in foreign.driver.window_handles if handle != first)
    foreign.driver.switch_to.window(other)
    foreign.until(lambda: foreign.text("body") != "")
    assert foreign.all("#clock-go") == []
    foreign.driver.close()
    foreign.driver.switch_to.window(first)
    assert unchanged(emulator)


def test_the_same_emulator_by_a_foreign_name_shows_and_takes_nothing(browser: Browser, emulator: Emulator) -> None:
    port = emulator.address.rsplit(":", 1)[1]
    browser.open(f"http://{FOREIGN_NAME}:{port}/")
    assert "The emulator is controlled by the name localhost or by an address" in browser.text("body")
    for path, options in [
        ("/_emulator/status", {}),
        ("/_emulator/clock", {"method": "POST", "body": '{"now":5}'}),
        ("/_emulator/page.js", {}),
    ]:
        assert browser.promise(FETCH, path, options).startswith("403 ")
    assert unchanged(emulator)


def test_the_page_works_by_the_name_localhost(browser: Browser, emulator: Emulator) -> None:
    browser.open_page(emulator.url.replace("127.0.0.1", "localhost"))
    browser.one(".advance[value='60']").click()
    browser.until_text("#clock-now", "12:01:00")
    assert emulator.control("clock")["now"] == NOON + 60
