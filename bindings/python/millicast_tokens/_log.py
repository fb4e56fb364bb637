"""The library's log lines, on their way to a callable or to a logger."""

from __future__ import annotations

import itertools
import logging
import threading
import weakref
from collections.abc import Callable
from typing import Any, Union

from . import _check
from ._native import handles as h
from ._native.calls import Owned, call, lib, make
from ._native.signatures import FREE_FUNCTION, LOG_FUNCTION
from .enums import LogLevel, named

#: What takes a log line: a callable of level and message, or a logger of the standard library.
Log = Union[Callable[[int, str], object], logging.Logger]

_LOGGING_LEVELS: dict[int, int] = {
    LogLevel.ERROR: logging.ERROR,
    LogLevel.WARN: logging.WARNING,
    LogLevel.INFO: logging.INFO,
    LogLevel.DEBUG: logging.DEBUG,
    LogLevel.TRACE: logging.DEBUG - 5,
}

#: The callables by the number that C knows them by. They live here until the client is gone that has lines for them. C
#: is not asked to call when it is: that call could come when the interpreter has ended.
_takers: dict[int, Callable[[int, str], object]] = {}
_numbers = itertools.count(1)
_thread = threading.local()


@LOG_FUNCTION  # type: ignore[untyped-decorator]  # ctypes' own decorator has no types
def _line(number: int, level: int, message: bytes) -> None:
    """Called by C on the thread that makes the call.

    An Exception of the host's callable is its own affair: ctypes shows it as one that was ignored. What ends a program
    (Ctrl-C) is not to be lost, and can't pass through C: it is raised when the call is over.
    """
    try:
        _takers[number](named(LogLevel, level), message.decode())
    except Exception:
        raise
    except BaseException as ending:
        _thread.ending = ending


def raise_what_ended_the_log() -> None:
    """After a call: raises what a log callable of this thread raised to end the program."""
    ending: BaseException | None = getattr(_thread, "ending", None)
    if ending is not None:
        _thread.ending = None
        raise ending


def client_with_log(config: Owned, log: Log, level: LogLevel) -> Owned:
    """A client of this configuration, whose lines are sent to `log`."""
    taker = _logger_taker(log) if isinstance(log, logging.Logger) else log
    if not callable(taker):
        raise TypeError(f"log: must be a callable or a logging.Logger, given is a {type(log).__name__}")
    number = next(_numbers)
    _takers[number] = taker
    try:
        most_detailed = _check.integer("log_level", level, _check.I32)
        call(lib.mct_client_config_set_log, config.pointer, most_detailed, _line, number, FREE_FUNCTION())
        client = make(h.mct_client, lib.mct_client_new, config.pointer)
        # Who is in a call holds the client, so there is no line after this. At the interpreter's end they all stay.
        weakref.finalize(client, _takers.pop, number, None).atexit = False
    except BaseException:
        _takers.pop(number, None)
        raise
    return client


def _logger_taker(logger: logging.Logger) -> Callable[[int, str], Any]:
    def take(level: int, message: str) -> None:
        # As an argument: a percent sign in the line is no directive.
        logger.log(_LOGGING_LEVELS.get(level, logging.DEBUG), "%s", message)

    return take
