"""The command `emulator`."""

from __future__ import annotations

import os
import sys

import click

from .. import _emulator
from . import credentials
from .exits import FILE, CommandError
from .options import Command

_REFUSED = (
    "an API secret is not taken from the command line, which every user of this machine can read: set "
    f"{_emulator.SECRET_VARIABLE}, or name a file: --api-secret-file FILE"
)

#: What no emulator needs to know, should a profile take a secret from there.
_OURS = (credentials.SECRET_VARIABLE, credentials.TOKEN_VARIABLE, credentials.PROXY_VARIABLE)


@click.command(
    cls=Command,
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    options_metavar="[OPTIONS OF THE EMULATOR]",
    examples=[
        (
            "the platform on this machine; it prints its address",
            "MILLICAST_EMULATOR_API_SECRET=my-secret millicast-tokens emulator --listen 127.0.0.1:8080",
        ),
        (
            "a call to it",
            "MILLICAST_API_SECRET=my-secret millicast-tokens publish list --base-url http://127.0.0.1:8080",
        ),
        ("all of its options", "millicast-tokens emulator --help"),
    ],
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def emulator(context: click.Context, arguments: tuple[str, ...]) -> None:
    """Run the emulator: the platform on this machine, for tests. Every option is the emulator's.

    Its API secret comes from MILLICAST_EMULATOR_API_SECRET, or from a file that --api-secret-file names. No other
    secret of this command is passed on to it.
    """
    if any(given.partition("=")[0] == "--api-secret" for given in arguments):
        raise click.UsageError(_REFUSED)
    for_help = not {"--help", "-h"}.isdisjoint(arguments)
    if for_help:
        click.echo(f"{context.get_help()}\n\nThe emulator's own help:\n")
    try:
        program = str(_emulator.find())
    except _emulator.EmulatorNotFoundError as missing:
        raise CommandError(FILE, str(missing)) from None
    environ = {name: value for name, value in os.environ.items() if name not in _OURS}
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    try:
        # It takes the place of this process, so that signals and its exit code are its own.
        os.execve(program, [program, *arguments], environ)  # noqa: S606  # No shell is wanted.
    except OSError as error:
        raise CommandError(FILE, f"{program} can't be started: {error.strerror}") from None
