"""Files that come about whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

from .exits import BROKEN_PIPE, FILE, CommandError, OutputError


class Sink:
    """As much of a file as Arrow writes to. It takes all that it is given, or raises.

    A disk that is nearly full takes a part of a write and calls that a success, and so does a pipe when a signal
    comes; Arrow looks at neither.
    """

    closed = False

    def __init__(self, take: Callable[[memoryview], None]) -> None:
        """`take` writes everything, or raises."""
        self._take = take
        self._written = 0

    def write(self, content: Any) -> int:
        """Writes all of it."""
        view = memoryview(content).cast("B")
        self._take(view)
        self._written += len(view)
        return len(view)

    def tell(self) -> int:
        """How much was written."""
        return self._written

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Who made it closes what is below."""
        self.closed = True

    def writable(self) -> bool:
        """Yes."""
        return True

    def readable(self) -> bool:
        """No."""
        return False

    def seekable(self) -> bool:
        """No."""
        return False


@contextlib.contextmanager
def _sink(descriptor: int, target: str) -> Iterator[Sink]:
    """Writes to a descriptor, and closes it."""

    def take(view: memoryview) -> None:
        try:
            while view:
                view = view[os.write(descriptor, view) :]
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise OutputError(BROKEN_PIPE, "") from None
            raise _cant_write(target, error) from None

    try:
        yield Sink(take)
    except BaseException:
        os.close(descriptor)
        raise
    try:
        os.close(descriptor)  # Some file systems say here that there was no room.
    except OSError as error:
        raise _cant_write(target, error) from None


def _cant_write(target: str, error: OSError) -> CommandError:
    return CommandError(FILE, f"{target} can't be written: {error.strerror}")


@contextlib.contextmanager
def written(target: str, *, force: bool, private: bool = True) -> Iterator[Sink]:
    """A file to write to. It gets its name at the end, and goes again if anything is raised.

    Only its owner can read it, unless it is not `private`. One that is there is replaced with `force` alone. What is no
    file, such as a pipe or a device, is written to as it is.
    """
    path = Path(target).expanduser()
    status = _status(path)
    if status is not None and stat.S_ISDIR(status.st_mode):
        raise CommandError(FILE, f"{target} is a folder")
    if status is not None and not stat.S_ISREG(status.st_mode):
        with _sink(os.open(path, os.O_WRONLY), target) as sink:
            yield sink
        return
    if status is not None and not force:
        raise CommandError(FILE, f"{target} is there already, and is replaced with --force only")
    path = path.resolve()  # A link stays, and what it names is replaced.
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:200]}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise _cant_write(target, error) from None
    part = Path(name)
    try:
        with _sink(descriptor, target) as sink:
            yield sink
        if not private:
            part.chmod(0o666 & ~_umask())
        _name(part, path, force=force)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def _umask() -> int:
    umask = os.umask(0o077)
    os.umask(umask)
    return umask


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _name(part: Path, path: Path, *, force: bool) -> None:
    """Gives it its name. Without `force` it takes the place of nothing that came about meanwhile."""
    if force:
        part.replace(path)
        return
    try:
        os.link(part, path)
    except FileExistsError:
        raise CommandError(FILE, f"{path} came about meanwhile, and is replaced with --force only") from None
    except OSError:
        part.rename(path)  # A file system without hard links.
        return
    part.unlink()
