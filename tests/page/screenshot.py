"""Makes the picture of the page in the emulator's documentation: `python screenshot.py FILE`."""

from __future__ import annotations

import base64
import sys
import tempfile
from pathlib import Path

from browser import Browser
from emulator import SECRET, Emulator

NOON = 1767268800
DAY = 86400

WIDTH = 1280
HEIGHT = 1400


def publish_tokens(emulator: Emulator) -> str:
    """What a broadcaster might have to publish with; the text of one that works."""
    create = emulator.create
    main = create("publish", "Evening show", ["MainCam", "StageCam"], expires=DAY, subscribeRequiresAuth=True)
    emulator.control("publish", {"tokenId": main["id"], "streamName": "MainCam", "isLive": True})
    pattern = {"streamName": "field-[0-9]{2}", "isRegex": True}
    addresses = ["203.0.113.0/24", "127.0.0.1"]
    field = create("publish", "Field reporters", [pattern], expires=7 * DAY, allowedIpAddresses=addresses)
    emulator.control("publish", {"tokenId": field["id"], "streamName": "field-07", "isLive": True})
    create("publish", "Rehearsal", ["StageCam-test"], expires=600, bindIpsOnUsage=2, originCluster="ams-1")
    old = create("publish", "Last week's match", ["Match"], deniedCountries=["US", "CA"])
    emulator.control(f"token/publish/{old['id']}", {"isActive": False})
    return str(main["token"])


def viewers(emulator: Emulator, publish: str) -> None:
    """An encoder and some viewers, few of whom are let in."""
    create = emulator.create
    paying_from = {"allowedOrigins": ["*.example.com"], "tracking": {"trackingId": "paying"}}
    paying = create("subscribe", "Paying viewers", ["MainCam"], expires=DAY, **paying_from)
    press = create("subscribe", "Press", ["MainCam"], expires=900, bindIpsOnUsage=1)
    guests_from = {"allowedIpAddresses": ["198.51.100.0/24"], "tracking": {"trackingId": "guests"}}
    guests = create("subscribe", "Guests", ["StageCam"], **guests_from)
    emulator.send("POST", "/api/director/publish", {"streamName": "MainCam"}, {"Authorization": f"Bearer {publish}"})
    emulator.view("MainCam", paying["token"], Origin="https://tv.example.com")
    emulator.view("StageCam", guests["token"], Origin="https://tv.example.com")
    emulator.view("MainCam", paying["token"], Origin="https://example.com")
    emulator.control("clock", {"advance": 901})
    emulator.view("MainCam", press["token"])
    emulator.view("StageCam", paying["token"], Origin="https://tv.example.com")
    emulator.send("POST", f"/api/whip/BackCam?auth={publish}", "")
    emulator.view("MainCam", paying["token"], Origin="https://www.example.com")
    for tracking_id, stream, sent in (("paying", "MainCam", 48_210_332_118), ("guests", "StageCam", 904_118_000)):
        emulator.control("usage", {"streamName": stream, "trackingId": tracking_id, "bytesOut": sent})


def requests(emulator: Emulator) -> None:
    """Calls of the Token API, some of which meet a fault."""
    headers = {"Authorization": f"Bearer {SECRET}"}
    emulator.send("GET", "/api/subscribe_token/list?page=1&itemsOnPage=100", headers=headers)
    emulator.send("POST", "/api/publish_token", {"label": "", "streams": []}, headers)
    emulator.send("GET", "/api/publish_token/7", headers=headers)
    for name in ("Evening", "Field", "Rehearsal"):
        emulator.send("GET", f"/api/publish_token/list_by_name?name={name}&page=1&itemsOnPage=10", headers=headers)


def fill(emulator: Emulator) -> None:
    """Tokens, verdicts, faults and requests."""
    viewers(emulator, publish_tokens(emulator))
    overload = {"fault": "503", "operation": "publish.list*", "count": 2, "retryAfter": 1}
    lost_answer = {"fault": "reset-after", "operation": "*.create", "nth": 3}
    emulator.control("faults", {"faults": [overload, lost_answer]})
    requests(emulator)


def picture(browser: Browser) -> bytes:
    """The page from its top, as far as a picture of it is of use."""
    size = browser.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": min(size["height"], HEIGHT), "scale": 1}
    options = {"format": "png", "clip": clip, "captureBeyondViewport": True}
    return base64.b64decode(browser.driver.execute_cdp_cmd("Page.captureScreenshot", options)["data"])


def main(file: Path) -> None:
    """Fills an emulator, and takes the picture once all of it is there."""
    emulator = Emulator(clock=NOON, account_id="studio", listen="127.0.0.1:8080")
    profile = tempfile.TemporaryDirectory()
    browser = Browser(Path(profile.name))
    try:
        fill(emulator)
        with browser.width(WIDTH):
            browser.open_page(emulator.url)
            for rows in ("journal", "verdicts", "tokens", "usage"):
                browser.until(lambda rows=rows: browser.all(f"#{rows}-list > *"))
            browser.until(lambda: len(browser.all("#faults-list > li")) == 2)
            file.write_bytes(picture(browser))
    finally:
        browser.quit()
        emulator.stop()
        profile.cleanup()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
