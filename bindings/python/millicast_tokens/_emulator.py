"""The emulator's program: where it is found, how it is started and ended."""

from __future__ import annotations

import contextlib
import os
import selectors
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

VARIABLE = "MILLICAST_EMULATOR"
SECRET_VARIABLE = "MILLICAST_EMULATOR_API_SECRET"  # noqa: S105  # The name of a variable.
NAME = "millicast-emulator"
PACKAGE = Path(__file__).resolve().parent
READY = "listening on "

#: How long it may take to end after SIGTERM. It promises half a second.
_PATIENCE_SECONDS = 10.0


class Hidden(str):
    """A text that no repr shows, neither its own nor that of what holds it: pytest shows those of local variables."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Nothing of it."""
        return "<hidden>"


class EmulatorError(RuntimeError):
    """The emulator can't be started, did not answer, or refused what a test asked of it. The message says why."""


class EmulatorNotFoundError(EmulatorError):
    """There is no program to start. The message says where it was looked for, and what to install."""


for _kind in (EmulatorError, EmulatorNotFoundError):
    # Where they are found, and not where they happen to stand.
    _kind.__module__ = "millicast_tokens.testing"


def find() -> Path:
    """The emulator's program.

    Looked at, in this order: the file that MILLICAST_EMULATOR names (nothing else, if it is set), the folder of this
    package, the build folders of the source tree that this package lies in, PATH.
    """
    given = os.environ.get(VARIABLE)
    if given:
        return named(Path(given), VARIABLE)
    files = _candidates()
    for file in files:
        if _is_program(file):
            return file
    on_path = shutil.which(NAME)
    if on_path:
        return Path(on_path)
    places = "\n".join(f"  {place}" for place in [*files, f"{NAME} on PATH"])
    raise EmulatorNotFoundError(
        f"the emulator of millicast-tokens was not found. Looked at:\n{places}\n"
        f"Install a wheel of millicast-tokens that carries it, or let {VARIABLE} name its file. In a clone: make build."
    )


def named(program: Path, by: str) -> Path:
    """A program that somebody names, as a path that no look-up on PATH can replace."""
    if not program.is_file():
        raise EmulatorNotFoundError(f"{by} names {str(program)!r}, which is no file")
    if not _is_program(program):
        raise EmulatorNotFoundError(f"{by} names {str(program)!r}, which may not be executed")
    return program.absolute()


def _candidates() -> list[Path]:
    files = [PACKAGE / NAME]
    # Only the tree that this package is a part of: another folder further up is somebody else's.
    for root in PACKAGE.parents:
        if root / "bindings" / "python" / PACKAGE.name == PACKAGE:
            files += [root / "target" / profile / NAME for profile in ("release", "debug")]
    return files


def _is_program(file: Path) -> bool:
    return file.is_file() and os.access(file, os.X_OK)


class Program:
    """The program while it runs.

    It ends at the latest with this process, in whatever way that ends, or where forked children live on, with the last
    of those.
    """

    def __init__(self, command: Sequence[str], secret: Hidden, start_timeout: float) -> None:
        """Starts it, and waits until it says where it listens."""
        __tracebackhide__ = True
        self._owner = os.getpid()
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115  # No pipe, which would have to be read all along.
        try:
            # It ends with its standard input, whose other end is held here and in every child that is forked from here.
            # The system closes it in each that ends.
            self._process = subprocess.Popen(  # noqa: S603  # The program is the one that the user names.
                [*command, "--until-eof"],
                env={**os.environ, SECRET_VARIABLE: secret},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                start_new_session=True,  # Ctrl-C is for the tests, and for whoever debugs them.
            )
        except (OSError, ValueError) as error:  # A ValueError: an argument holds what no argument can.
            self._complaints.close()
            raise EmulatorError(f"{command[0]} can't be started: {error}") from None
        try:
            self.url = self._where_it_listens(command[0], start_timeout)
        except BaseException:
            self._process.kill()
            self.stop()
            raise

    def stop(self) -> int | None:
        """Ends it and waits for that; its exit status. In a forked child it goes on, and the answer is None."""
        try:
            if os.getpid() == self._owner:
                self._process.terminate()
                try:
                    self._process.wait(_PATIENCE_SECONDS)
                except subprocess.TimeoutExpired:
                    self._process.kill()
                    self._process.wait()
        finally:
            # Ctrl-C can end the wait. The program ends nonetheless, with its standard input.
            for stream in (self._process.stdin, self._process.stdout, self._complaints):
                if stream is not None:
                    stream.close()
        return self._process.returncode

    def _where_it_listens(self, program: str, start_timeout: float) -> str:
        said = self._first_line(time.monotonic() + start_timeout)
        line = said.decode(errors="replace")
        if line.startswith(READY) and line.endswith("\n"):
            return line[len(READY) :].strip()
        if self._process.poll() is None and not line.endswith("\n"):
            raise EmulatorError(f"{program} did not say within {start_timeout:g} seconds where it listens")
        if line:
            raise EmulatorError(f"{program} did not say where it listens, but {line.strip()!r}")
        self._complaints.seek(0)
        why = self._complaints.read().decode(errors="replace").strip()
        raise EmulatorError(f"{program} ended with status {self._process.wait()}: {why or 'it did not say why'}")

    def _first_line(self, deadline: float) -> bytes:
        """What it prints up to the end of a line; less at its end, or when the time is over."""
        said = b""
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101  # It was asked for.
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            while not said.endswith(b"\n") and selector.select(max(0.0, deadline - time.monotonic())):
                more = os.read(stdout.fileno(), 4096)
                if not more:
                    # It is about to end, or should be.
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        self._process.wait(max(0.0, deadline - time.monotonic()))
                    break
                said += more
        return said
