"""The whole of the command: its groups, and how it ends."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from typing import Any, Callable

import click

from .. import MillicastError, __version__
from . import credentials, exits, interrupts, missing_extra, text
from .bulk import sign_bulk
from .clusters import clusters
from .completion import COMPLETE_VARIABLE, completion
from .emulator import emulator
from .options import Root, both
from .output import cant_write, complain
from .settings import Settings
from .signing import inspect_, sign, verify
from .tokens import publish, subscribe
from .usage import usage

NAME = "millicast-tokens"


@click.group(cls=Root, name=NAME, context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 110})
@click.version_option(__version__, prog_name=NAME, message="%(prog)s %(version)s")
@both
def root() -> None:
    """Publish and subscribe tokens of Dolby Millicast (OptiView Real-time Streaming).

    The API secret comes from MILLICAST_API_SECRET, from a file (--api-secret-file), from the system's keyring
    (--api-secret-keyring) or from a profile of the configuration, and never from the command line. Options of the
    connection and of the output may stand here or behind the command.

    On a terminal, output is a table; elsewhere it is JSON, an object a line. Token strings are shown only with
    --show-token. CSV is for programs: texts go out as they are, and a spreadsheet takes one that begins with = + - or @
    for a formula.
    """


for command in (publish, subscribe, sign, sign_bulk, verify, inspect_, usage, clusters, emulator, completion):
    root.add_command(command)


def run(arguments: Sequence[str]) -> int:
    """Runs the command. The exit code."""
    _fill_closed_descriptors()
    interrupts.install()
    settings = Settings(credentials.take_from(os.environ), os.environ)
    try:
        code = _run(list(arguments), settings)
        _flush()
    except (KeyboardInterrupt, exits.Terminated, Exception) as error:
        for kind, ending in _ENDINGS:
            if isinstance(error, kind):
                return ending(error)
        raise
    return code


def _run(arguments: list[str], settings: Settings) -> int:
    instruction = os.environ.get(COMPLETE_VARIABLE)
    if instruction:
        from click.shell_completion import shell_complete  # noqa: PLC0415

        return shell_complete(root, {"obj": settings}, NAME, COMPLETE_VARIABLE, instruction)
    with root.make_context(NAME, arguments, obj=settings) as context:
        answer: Any = root.invoke(context)
    return answer if isinstance(answer, int) else exits.OK.code


def _fill_closed_descriptors() -> None:
    """Keeps the places of closed standard streams, so that nothing that is opened later is taken for one."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_WRONLY if number == 0 else os.O_RDONLY)


def _flush() -> None:
    if sys.stdout is not None:
        try:
            sys.stdout.flush()
        except OSError as error:
            raise cant_write(error) from None


def _flushed(ended: click.exceptions.Exit) -> int:
    try:
        _flush()
    except exits.OutputError as error:
        return _no_output(error)
    return ended.exit_code


def _no_output(error: exits.OutputError) -> int:
    """What Python still holds for standard output must not complain once more at the end."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    if error.exit is not exits.BROKEN_PIPE:
        complain(str(error))
    return error.exit.code


def _no_file(error: OSError) -> int:
    """An error without a name comes from click, which writes the help to standard output."""
    return _told(exits.FILE, f"{error.filename}: {error.strerror}") if error.filename else _no_output(cant_write(error))


def _no_extra(missing: ModuleNotFoundError) -> int:
    line = missing_extra(missing)
    if line is None:
        raise missing
    return _told(exits.NO_EXTRA, line.partition(": ")[2])


def _told(way: exits.Exit, message: str) -> int:
    with contextlib.suppress(exits.OutputError):
        _flush()
    complain(message)
    return way.code


def _usage_message(error: click.ClickException) -> str:
    message = error.format_message()
    context = getattr(error, "ctx", None)
    if context is None:
        return message
    return f"{message}\nSee: {context.command_path} --help"


#: What ends the command, and what is said of it. Anything else is a fault of this program's.
_ENDINGS: tuple[tuple[type[BaseException], Callable[[Any], int]], ...] = (
    (click.exceptions.Exit, _flushed),
    (click.Abort, lambda _: _told(exits.CANCELLED, "cancelled")),
    (click.ClickException, lambda error: _told(exits.USAGE, _usage_message(error))),
    (exits.OutputError, _no_output),
    (exits.CommandError, lambda error: _told(error.exit, str(error))),
    # The platform's own words are in the message.
    (MillicastError, lambda error: _told(exits.of(error), text.plain(error.message) or type(error).__name__)),
    (ModuleNotFoundError, _no_extra),
    (OSError, _no_file),
    (KeyboardInterrupt, lambda _: _told(exits.CANCELLED, "cancelled")),
    (exits.Terminated, lambda signalled: int(signalled.code)),
)
