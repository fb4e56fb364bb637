"""A browser that reaches this machine and nothing else, and what the tests do in it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

PATIENCE = 30

#: A name that leads to this machine, as a name in anybody's domain can.
FOREIGN_NAME = "elsewhere.example"

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Every other name fails to resolve, and every other address is behind a proxy that is not there.
    f"--host-resolver-rules=MAP {FOREIGN_NAME} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    "--proxy-server=127.0.0.1:9",
    f"--proxy-bypass-list=<-loopback>;127.0.0.1;localhost;{FOREIGN_NAME}",
]


class Browser:
    """A browser with one page."""

    def __init__(self, profile: Path) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for flag in [*FLAGS, f"--user-data-dir={profile}"]:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        options.set_capability("unhandledPromptBehavior", "ignore")
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))

    def quit(self) -> None:
        """Ends it."""
        self.driver.quit()

    def open(self, url: str) -> None:
        """Shows a page."""
        self.driver.get(url)

    def open_page(self, url: str) -> None:
        """Shows the emulator's page and waits until it has met the emulator."""
        self.open(f"{url}/")
        self.until(lambda: self.text("#connection") == "connected" and self.text("#tokens-page") != "")

    def until(self, condition: Callable[[], Any], what: str = "") -> Any:
        """What a condition gives once it is something."""
        waiting = WebDriverWait(self.driver, PATIENCE, poll_frequency=0.05)
        return waiting.until(lambda _: condition(), what)

    def script(self, script: str, *arguments: Any) -> Any:
        """What a script in the page returns."""
        return self.driver.execute_script(script, *arguments)

    def promise(self, script: str, *arguments: Any) -> Any:
        """What the promise of an expression in the page becomes."""
        whole = f"const done = arguments[arguments.length - 1]; ({script}).then(done, (e) => done('failed: ' + e));"
        return self.driver.execute_async_script(whole, *arguments)

    def all(self, selector: str) -> list[WebElement]:
        """The elements that a selector names."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str) -> WebElement:
        """The first of them."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def text(self, selector: str) -> str:
        """The text of an element, whether it is seen or not; empty where there is none."""
        return str(self.script("return document.querySelector(arguments[0])?.textContent ?? ''", selector))

    def texts(self, selector: str) -> list[str]:
        """The texts of all elements that a selector names, at one moment."""
        script = "return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent)"
        return list(self.script(script, selector))

    def until_text(self, selector: str, part: str) -> None:
        """Waits until an element says something."""
        self.until(lambda: part in self.text(selector), f"{selector} does not say {part!r}")

    def until_focus(self, selector: str) -> None:
        """Waits until an element has the focus."""
        self.until(lambda: self.script("return document.activeElement?.matches(arguments[0])", selector), selector)

    def click(self, control: str) -> None:
        """Presses the control with this `data-control`, at one moment: its row may be replaced at any."""
        script = "const e = document.querySelector(arguments[0]); e?.click(); return e !== null;"
        self.until(lambda: self.script(script, f'[data-control="{control}"]'), control)

    def choose(self, selector: str, words: str) -> None:
        """Chooses an option by what it says."""
        Select(self.one(selector)).select_by_visible_text(words)

    def fill(self, selector: str, text: str) -> None:
        """Puts a text in place of what is in a field."""
        field = self.one(selector)
        field.clear()
        field.send_keys(text)

    def press(self, *keys: str) -> None:
        """Presses keys where the focus is."""
        self.driver.switch_to.active_element.send_keys(*keys)

    def tab_to(self, selector: str, most: int = 80) -> None:
        """Goes to an element as somebody without a mouse does."""
        for _ in range(most):
            if self.script("return document.activeElement.matches(arguments[0])", selector):
                return
            self.press(Keys.TAB)
        raise AssertionError(f"{selector} is not reached with the tab key")

    def complaints(self) -> list[str]:
        """What the console has said since it was asked last."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("WARNING", "SEVERE")]

    def requests(self) -> list[str]:
        """The addresses that were asked for since this was asked last."""
        messages = (json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance"))
        return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]

    @contextlib.contextmanager
    def width(self, pixels: int) -> Iterator[None]:
        """The page in so narrow a window. A window itself does not become that narrow."""
        metrics = {"width": pixels, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        try:
            yield
        finally:
            self.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
