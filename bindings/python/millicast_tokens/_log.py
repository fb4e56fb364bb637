"""The library's log lines, on their way to a callable or to a logger."""

from __future__ import annotations

import ctypes
import itertools
import logging
import os
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any, NamedTuple, Union

from . import _check
from ._native import handles as h
from ._native.calls import Owned, call, lib, make
from ._native.kinds import FREE_FUNCTION
from ._native.signatures import LOG_FUNCTION
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


class _Taker(NamedTuple):
    """A callable, and where its lines come from."""

    take: Callable[[int, str], object]
    #: Does C say when it had its last line?
    is_told_of_the_last: bool
    process: int


#: The callables by the number that C knows them by. They live here until the client is gone that has lines for them.
_takers: dict[int, _Taker] = {}
_numbers = itertools.count(1)
_thread = threading.local()


@LOG_FUNCTION  # type: ignore[untyped-decorator]  # ctypes' own decorator has no types
def _line(number: int, level: int, message: bytes) -> None:
    """Called by C on the thread that makes the call, or on one of C's own for calls that do not block.

    An Exception of the host's callable is its own affair: ctypes shows it as one that was ignored. What ends a program
    (Ctrl-C) is not to be lost, and can't pass through C: it is raised when the call is over. On a thread of C's there
    is no such call, and no Ctrl-C either: there everything is shown.
    """
    try:
        _takers[number].take(named(LogLevel, level), message.decode())
    except Exception:
        raise
    except BaseException as ending:
        if not is_in_a_call():
            raise
        _thread.ending = ending


#: What C calls after the last line of calls that do not block, on any thread. There is no Python code in it, during
#: which the thread could be held up: who sees that a callable is gone knows that the thread is through with Python.
_after_the_last_line = FREE_FUNCTION(_takers.pop)
# It outlives this module, since C may call it when the interpreter takes everything apart.
ctypes.pythonapi.Py_IncRef(ctypes.py_object(_after_the_last_line))


def enter_a_call() -> None:
    """This thread is in a call that blocks, one more than before."""
    _thread.depth = getattr(_thread, "depth", 0) + 1


def leave_a_call() -> None:
    """One less than before."""
    _thread.depth -= 1


def is_in_a_call() -> bool:
    """Is this thread in a call that blocks?"""
    return getattr(_thread, "depth", 0) > 0


def raise_what_ended_the_log() -> None:
    """After a call: raises what a log callable of this thread raised to end the program."""
    ending: BaseException | None = getattr(_thread, "ending", None)
    if ending is not None:
        _thread.ending = None
        raise ending


def wait_for_last_lines(deadline: float) -> None:
    """Waits for what C has still to write of calls that do not block, until a moment of `time.monotonic()`."""
    here = os.getpid()
    while any(taker.is_told_of_the_last and taker.process == here for taker in list(_takers.values())):
        if time.monotonic() >= deadline:
            return
        time.sleep(0.001)


def client_with_log(config: Owned, log: Log, level: LogLevel, *, has_threads: bool) -> Owned:
    """A client of this configuration, whose lines are sent to `log`. Has it threads, on which lines come late?"""
    taker = _logger_taker(log) if isinstance(log, logging.Logger) else log
    if not callable(taker):
        raise TypeError(f"log: must be a callable or a logging.Logger, given is a {type(log).__name__}")
    number = next(_numbers)
    _takers[number] = _Taker(taker, has_threads, os.getpid())
    try:
        most_detailed = _check.integer("log_level", level, _check.I32)
        # Only where it must be asked for: the call could come when the interpreter has ended.
        last = _after_the_last_line if has_threads else FREE_FUNCTION()
        call(lib.mct_client_config_set_log, config.pointer, most_detailed, _line, number, last)
    except BaseException:
        _takers.pop(number, None)
        raise
    if has_threads:
        return make(h.mct_client, lib.mct_client_new, config.pointer)
    try:
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
