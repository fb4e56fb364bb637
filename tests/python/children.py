"""Forked children that say what went wrong in them."""

from __future__ import annotations

import os
import select
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass

PATIENCE = 20.0


@dataclass(frozen=True)
class Child:
    """A child that was begun."""

    process: int
    #: It writes here what went wrong; its end closes this, whatever ended it.
    problems: int

    def end(self) -> str:
        """Waits for it; what went wrong, or nothing. One that hangs is killed."""
        said = b""
        while select.select([self.problems], [], [], PATIENCE)[0]:
            more = os.read(self.problems, 65536)
            if not more:
                break
            said += more
        else:
            os.kill(self.process, signal.SIGKILL)
            said += b"it hung"
        os.close(self.problems)
        status = os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])
        return said.decode() or (f"it ended with {status}" if status else "")


def begin(work: Callable[[], None]) -> Child:
    """Does something in a forked child."""
    reader, writer = os.pipe()
    process = os.fork()
    if process:
        os.close(writer)
        return Child(process, reader)
    try:
        work()
        os._exit(0)
    except BaseException:  # No exception may leave the child: it would go on as a second parent.
        os.write(writer, traceback.format_exc().encode())
    finally:
        os._exit(1)
