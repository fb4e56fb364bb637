"""The log: lines, levels, callbacks that call back, and what a callback raises."""

from __future__ import annotations

import gc
import logging
import sys
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import millicast_tokens as mct
import pytest
from millicast_tokens import _log
from millicast_tokens.testing import Emulator

from servers import unused_port


def client_with(emulator: Emulator, **options: Any) -> mct.Client:
    return mct.Client(emulator.secret, base_url=emulator.url, **options)


def test_lines_come_up_to_the_level_that_was_asked_for(emulator: Emulator) -> None:
    levels = {}
    for most_detailed in mct.LogLevel:
        lines: list[tuple[int, str]] = []

        def keep(level: int, line: str, lines: list[tuple[int, str]] = lines) -> None:
            lines.append((level, line))

        with client_with(emulator, log=keep, log_level=most_detailed) as client:
            client.publish_tokens.list_page()
        assert all(level <= most_detailed for level, _ in lines)
        assert all(isinstance(level, mct.LogLevel) for level, _ in lines)
        levels[most_detailed] = len(lines)
    assert levels[mct.LogLevel.ERROR] == levels[mct.LogLevel.WARN] == 0
    assert 0 < levels[mct.LogLevel.INFO] < levels[mct.LogLevel.DEBUG] <= levels[mct.LogLevel.TRACE]


def test_a_line_says_method_path_status_and_time(emulator: Emulator) -> None:
    lines: list[str] = []
    with client_with(emulator, log=lambda _, line: lines.append(line)) as client:
        client.publish_tokens.list_page()
    assert len(lines) == 1
    for part in ("GET", "/api/publish_token/list", "200", "ms", "bytes"):
        assert part in lines[0]


def test_a_logger_of_the_standard_library_takes_lines_with_its_own_levels(
    emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger("the-host's")
    with caplog.at_level(1, logger.name):
        with client_with(emulator, log=logger, log_level=mct.LogLevel.TRACE) as client:
            client.publish_tokens.list_page()
        address = f"http://127.0.0.1:{unused_port()}"
        client = mct.Client("secret", base_url=address, max_retries=1, log=logger)
        with client, pytest.raises(mct.ConnectError):
            client.publish_tokens.list_page()
    levels = {record.levelno for record in caplog.records}
    assert levels >= {logging.INFO, logging.DEBUG, logging.WARNING}
    assert levels <= {5, logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR}
    assert all(record.name == logger.name for record in caplog.records)


def test_a_callback_may_call_back_into_the_library(emulator: Emulator) -> None:
    made: list[int] = []
    depths: list[int] = []
    inner = client_with(emulator)

    def create(_: int, __: str) -> None:
        depths.append(len(depths))
        mct.Signer(1, "key").sign(mct.Claims("s", 60))
        # The calls below log as well, and so come here again.
        if len(depths) < 4:
            made.append(outer.subscribe_tokens.create("from a callback", ["s"]).id)
            made.append(inner.subscribe_tokens.create("from a callback", ["s"]).id)

    with inner, client_with(emulator, log=create) as outer:
        outer.publish_tokens.list_page()
        assert len(depths) == 4
        assert len(made) == len(set(made)) == 6
        for token_id in made:
            outer.subscribe_tokens.delete(token_id)


def test_a_callback_may_close_its_own_client(emulator: Emulator) -> None:
    clients: list[mct.Client] = []
    client = client_with(emulator, log=lambda *_: clients[0].close())
    clients.append(client)
    client.publish_tokens.list_page()
    with pytest.raises(mct.ClosedError):
        client.publish_tokens.list_page()


def test_an_exception_of_a_callback_is_shown_and_does_not_fail_the_call(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: shown.append(unraisable.exc_value))

    def broken(_: int, __: str) -> None:
        raise RuntimeError("the host's log is broken")

    with client_with(emulator, log=broken) as client:
        assert isinstance(client.publish_tokens.list_page(), list)
    assert [str(exception) for exception in shown] == ["the host's log is broken"]


def test_what_ends_a_program_is_raised_after_the_call_and_not_lost(emulator: Emulator) -> None:
    def interrupted(_: int, __: str) -> None:
        raise KeyboardInterrupt

    with client_with(emulator, log=interrupted) as client:
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                client.publish_tokens.list_page()
            with pytest.raises(KeyboardInterrupt):
                client.analytics.tracking_total("2024-01-01", "2024-01-02", ["t"])
    with client_with(emulator) as client:
        client.publish_tokens.list_page()


def test_lines_of_several_threads_come_on_the_threads_that_call(emulator: Emulator) -> None:
    lines: list[str] = []
    with client_with(emulator, log=lambda _, line: lines.append(line)) as client, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: client.publish_tokens.list_page(items_on_page=1), range(80)))
    assert len(lines) == 80


def test_a_callback_is_let_go_of_after_its_last_line(emulator: Emulator) -> None:
    class Taker:
        def __call__(self, level: int, line: str) -> None:
            """Takes a line."""

    before = dict(_log._takers)
    taker = Taker()
    gone = weakref.ref(taker)
    client = client_with(emulator, log=taker)
    client.publish_tokens.list_page()
    del taker
    assert gone() is not None
    client.close()
    gc.collect()
    assert gone() is None
    wrong: Any = 6
    with pytest.raises(mct.InvalidArgumentError):
        client_with(emulator, log=Taker(), log_level=wrong)
    with pytest.raises(mct.InvalidArgumentError):
        client_with(emulator, log=Taker(), user_agent_suffix="")
    assert _log._takers == before
