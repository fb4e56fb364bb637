"""Ctrl-C and the other signals that ask for an end, also while a call blocks this thread."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from types import FrameType

from .. import CallCancelledError, Client, MillicastError
from . import output
from .exits import Terminated
from .settings import current

_ENDING = (signal.SIGTERM, signal.SIGHUP)


def install() -> None:
    """Makes SIGTERM and SIGHUP unwind as Ctrl-C does, so that no half file is left behind."""
    for number in _ENDING:
        if signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _raise)


def _raise(number: int, _: FrameType | None = None) -> None:
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise Terminated(number)


class Session:
    """A client, whose calls a signal ends at once.

    Python runs a signal's handler when the call is over. What Python does at once is to write the signal's number to a
    descriptor, and a thread that reads it cancels the call. The call then says itself whether it may have been
    carried out, which an exception out of a handler would hide.
    """

    def __init__(self, client: Client) -> None:
        """See `session()`."""
        self.client = client
        self._number: int | None = None

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """While this lasts, signals cancel calls."""
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        numbers = [signal.SIGINT, *_ENDING]
        handlers = {number: signal.getsignal(number) for number in numbers}
        for number, handler in handlers.items():
            if handler not in (signal.SIG_IGN, None):
                signal.signal(number, self._noted)
        thread = threading.Thread(target=self._watch, args=(reading,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            for number, handler in handlers.items():
                if handler is not None:
                    signal.signal(number, handler)
            signal.set_wakeup_fd(before)
            os.close(writing)  # The thread comes to the end of the pipe.
            thread.join()
            os.close(reading)

    @contextlib.contextmanager
    def asking(self) -> Iterator[None]:
        """While a person is asked something, signals are exceptions as usual."""
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, *_ENDING)}
        for number, handler in before.items():
            if handler == self._noted:
                signal.signal(number, _raise)
        try:
            yield
        finally:
            for number, handler in before.items():
                if handler is not None:
                    signal.signal(number, handler)

    def raise_if_ended(self) -> None:
        """Raises what the signal means, if there was one."""
        if self._number is not None:
            _raise(self._number)

    def _noted(self, number: int, _: FrameType | None) -> None:
        """The thread below has it already, and the call ends by that. Who waits for a reader is in no call."""
        if output.is_writing():
            _raise(number)

    def _watch(self, reading: int) -> None:
        # What is read are the signals' numbers, and Python may run its handlers only after the call has ended.
        while number := os.read(reading, 1):
            if number[0] not in (signal.SIGINT, *_ENDING):
                continue
            self._number = number[0]
            with contextlib.suppress(MillicastError):
                self.client.cancel()


@contextlib.contextmanager
def session() -> Iterator[Session]:
    """A client of the platform as the settings say, for the calls of one command."""
    with current().client() as client:
        running = Session(client)
        with running.watched():
            try:
                yield running
            except CallCancelledError:
                running.raise_if_ended()
                raise
