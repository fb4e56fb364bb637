"""The handle of a client, shared by all that make calls with it."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from typing import TypeVar

from . import _log
from ._native.calls import Owned, call, lib, make
from ._prepared import Prepared
from .errors import ClosedError

T = TypeVar("T")


class Connection:
    """A client's handle until it is closed.

    Who makes a call holds the handle meanwhile, so a close frees it when the last call is over, and no call can begin
    with a handle that is gone. That needs no lock: none that a fork could leave locked, none that a signal handler
    could wait for while its own thread holds it.
    """

    __slots__ = ("__weakref__", "_calls", "_client", "_process")

    def __init__(self, client: Owned) -> None:
        """Open."""
        self._client: Owned | None = client
        #: One entry for each call under way. To append and to pop are single steps, which a number's += is not.
        self._calls: list[None] = []
        self._process = os.getpid()

    @property
    def is_closed(self) -> bool:
        """Was it closed?"""
        return self._client is None

    def open(self) -> Owned:
        """The handle, for who needs it now. ClosedError: there is none any more."""
        client = self._client
        if client is None:
            raise ClosedError("the client is closed")
        return client

    def close(self) -> None:
        """Ends the calls that other threads are in; the last one frees the handle."""
        client, self._client = self._client, None
        if client is not None:
            lib.mct_client_cancel(client.pointer)

    @contextlib.contextmanager
    def calling(self) -> Iterator[Owned]:
        """The handle for one call, which may write log lines: see `_log.raise_what_ended_the_log()`."""
        # Counted first: who has closed this and then sees no call under way can be sure that none begins.
        self._calls.append(None)
        _log.enter_a_call()
        try:
            yield self.open()
        finally:
            _log.leave_a_call()
            self._calls.pop()
            _log.raise_what_ended_the_log()

    def make(self, prepared: Prepared[T]) -> T:
        """Makes a call and waits for what comes of it."""
        function = getattr(lib, prepared.name)
        with self.calling() as client:
            if prepared.kind is None:
                call(function, *prepared.given(client))
                return prepared.read(None)
            return prepared.read(make(prepared.kind, function, *prepared.given(client)))

    def wait(self, deadline: float) -> None:
        """Waits for the calls that are under way, until a moment of `time.monotonic()`."""
        # The calls that a forked child remembers are its parent's.
        while self._calls and self._process == os.getpid() and time.monotonic() < deadline:
            time.sleep(0.001)
