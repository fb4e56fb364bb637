"""What the page shows of the emulator."""

from __future__ import annotations

from browser import Browser
from emulator import SECRET, Emulator

JOURNAL = "#journal-list tr"
VERDICTS = "#verdicts-list > li"
TOKENS = "#tokens-list tr"


def test_the_status_line_tells_how_the_emulator_is_set_up(page: Browser, emulator: Emulator) -> None:
    status = page.text("#status")
    for part in (emulator.url, "studio", "in memory", "every stream"):
        assert part in status, status
    assert page.text("#clock-now") == "2026-01-01 12:00:00 UTC"
    assert page.text("#version") == emulator.control("status")["version"]


def test_tokens_of_both_kinds_are_listed_with_what_they_are_for(page: Browser, emulator: Emulator) -> None:
    emulator.create("publish", "Evening show", ["MainCam", {"streamName": "cam-[0-9]+", "isRegex": True}], expires=3600)
    emulator.create(
        "subscribe", "Viewers", ["MainCam"], tracking={"trackingId": "group-a"}, allowedOrigins=["*.example.com"]
    )
    page.until(lambda: len(page.all(TOKENS)) == 1)
    row = page.text(TOKENS)
    for part in ("Evening show", "id 1000", "MainCam", "cam-[0-9]+ regex", "active", "until 2026-01-01 13:00:00"):
        assert part in row, row
    page.script("document.querySelector('input[value=subscribe]').click()")
    page.until_text(TOKENS, "Viewers")
    row = page.text(TOKENS)
    for part in ("id 1001", "group-a", "*.example.com", "never expires"):
        assert part in row, row


def test_a_token_that_has_expired_is_shown_so_once_the_clock_is_there(page: Browser, emulator: Emulator) -> None:
    emulator.create("publish", "Evening show", ["MainCam"], expires=60)
    page.until_text(TOKENS, "active")
    page.one(".advance[value='3600']").click()
    page.until_text(TOKENS, "expired 2026-01-01 12:01:00")


def test_tokens_are_paged_sorted_and_found_by_a_part_of_a_name(page: Browser, emulator: Emulator) -> None:
    for number in range(25):
        emulator.create("publish", f"show {number:02}", [f"stream-{number}"])
    page.until(lambda: len(page.all(TOKENS)) == 10)
    page.one("#tokens-on").click()
    page.until(lambda: page.texts(".label")[:1] == ["show 10"])
    page.one("#tokens-on").click()
    page.until(lambda: page.texts(".label") == [f"show {number}" for number in range(20, 25)])
    assert not page.one("#tokens-on").is_enabled()
    page.choose("#tokens-sort", "newest first")
    page.until(lambda: page.texts(".label")[:2] == ["show 24", "show 23"])
    page.fill("#tokens-name", "STREAM-7")
    page.until(lambda: page.texts(".label") == ["show 07"])
    page.fill("#tokens-name", "nowhere")
    page.until_text("#tokens-none", "No publish token has this")


def test_a_token_is_disabled_and_enabled_again(page: Browser, emulator: Emulator) -> None:
    token = emulator.create("publish", "Evening show", ["MainCam"])["id"]
    page.click(f"switch {token}")
    page.until_text(TOKENS, "disabled")
    assert emulator.read("publish", token)["isActive"] is False
    page.click(f"switch {token}")
    page.until_text(TOKENS, "active")
    assert emulator.read("publish", token)["isActive"] is True


def test_a_stream_is_declared_live_by_its_name_or_under_a_pattern(page: Browser, emulator: Emulator) -> None:
    token = emulator.create("publish", "Show", ["MainCam", {"streamName": "cam-[0-9]+", "isRegex": True}])["id"]
    live = lambda: emulator.control("tokens?kind=publish&page=1&itemsOnPage=1")["tokens"][0]["live"]  # noqa: E731
    page.click(f"live {token} MainCam")
    page.until_text(f"{TOKENS} .streams", "MainCam live")
    page.fill("form.live input", "cam-7")
    page.one("form.live button").click()
    page.until_text(f"{TOKENS} .streams", "cam-7 live")
    assert live() == ["MainCam", "cam-7"]
    page.click(f"live {token} cam-7")
    page.until(lambda: "cam-7" not in page.text(f"{TOKENS} .streams"))
    assert live() == ["MainCam"]


def test_the_journal_shows_each_request_as_it_comes(page: Browser, emulator: Emulator) -> None:
    emulator.create("publish", "Evening show", ["MainCam"])
    emulator.send("POST", "/api/subscribe_token", {}, {"Authorization": f"Bearer {SECRET}"})
    page.until(lambda: len(page.all(JOURNAL)) == 2)
    newest, oldest = page.texts(JOURNAL)
    assert "subscribe.create" in newest
    assert "label: " in newest, "what was wrong stands there"
    assert "publish.create" in oldest
    assert "200" in oldest


def test_the_journal_is_filtered_and_paused(page: Browser, emulator: Emulator) -> None:
    emulator.create("publish", "Evening show", ["MainCam"])
    emulator.send("GET", "/api/cluster")
    emulator.view("MainCam", "0123")
    page.until(lambda: len(page.all(JOURNAL)) == 3)
    page.choose("#journal-which", "refused")
    page.until(lambda: len(page.all(JOURNAL)) == 2)
    page.choose("#journal-operation", "director.subscribe")
    page.until(lambda: len(page.all(JOURNAL)) == 1)
    page.choose("#journal-operation", "every one")
    page.choose("#journal-which", "all")
    page.fill("#journal-text", "TOKEN-unknown")
    page.until(lambda: len(page.all(JOURNAL)) == 1)
    page.fill("#journal-text", "no such thing")
    page.until(lambda: page.all(JOURNAL) == [])
    page.script("document.querySelector('#journal-text').value = ''")
    page.one("#journal-pause").click()
    page.until(lambda: len(page.all(JOURNAL)) == 3)
    emulator.send("GET", "/api/cluster")
    page.until_text("#journal-summary", "1 newer ones wait")
    assert len(page.all(JOURNAL)) == 3
    page.one("#journal-pause").click()
    page.until(lambda: len(page.all(JOURNAL)) == 4)


def test_a_refusal_says_which_rule_decided_and_what_was_asked(page: Browser, emulator: Emulator) -> None:
    token = emulator.create("subscribe", "Viewers", ["MainCam"], allowedOrigins=["example.com"])["token"]
    assert emulator.view("MainCam", token, Origin="https://elsewhere.org") == 401
    page.until(lambda: len(page.all(VERDICTS)) == 1)
    verdict = page.text(VERDICTS)
    why = ["refused", "origin", "the origin is not allowed", "Unauthorized: Origin not allowed"]
    for part in [*why, "to view", "MainCam", "https://elsewhere.org", "127.0.0.1"]:
        assert part in verdict, verdict


def test_an_admission_says_for_whom_it_is_counted(page: Browser, emulator: Emulator) -> None:
    tracking = {"trackingId": "group-a"}
    token = emulator.create("subscribe", "Viewers", ["MainCam"], tracking=tracking)["token"]
    assert emulator.view("MainCam", token) == 200
    page.until(lambda: len(page.all(VERDICTS)) == 1)
    verdict = page.text(VERDICTS)
    for part in ("admitted", "group-a", "1000", "MainCam"):
        assert part in verdict, verdict
    page.until_text("#usage-list", "group-aMainCam1")
    emulator.control("usage", {"streamName": "MainCam", "trackingId": "group-a", "bytesIn": 1500, "bytesOut": 7})
    page.until_text("#usage-list", "1.5 kB7 B")


def test_verdicts_stay_when_other_requests_follow(page: Browser, emulator: Emulator) -> None:
    emulator.view("MainCam", "0123")
    emulator.create("publish", "Evening show", ["MainCam"])
    page.until(lambda: len(page.all(JOURNAL)) == 2)
    assert len(page.all(VERDICTS)) == 1
    page.choose("#verdicts-which", "admitted")
    page.until(lambda: page.all(VERDICTS) == [])


def test_no_token_and_no_secret_is_on_the_page(page: Browser, emulator: Emulator) -> None:
    restream = [{"url": "rtmp://a.example", "key": "the-key-5"}]
    publish = emulator.create("publish", "Show", ["MainCam"], displaySrtPassphrase=True, restream=restream)
    parent = emulator.create("subscribe", "Viewers", ["MainCam"])
    emulator.view("MainCam", parent["token"])
    emulator.send("POST", f"/api/whip/MainCam?auth={publish['token']}")
    page.until(lambda: len(page.all(VERDICTS)) == 2)
    secrets = [publish["token"], parent["token"], publish["srtPassphrase"], "the-key-5", SECRET]
    for kind in ("subscribe", "publish"):
        page.script(f"document.querySelector('input[value={kind}]').click()")
        page.until_text(TOKENS, "Show" if kind == "publish" else "Viewers")
        whole = page.driver.page_source
        assert [secret for secret in secrets if secret in whole] == []
