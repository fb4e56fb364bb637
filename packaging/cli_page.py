"""Writes the manual page of the command line, from what its help is made of.

    packaging/cli_page.py > bindings/python/man/millicast-tokens.1

The package `millicast_tokens` and its extra `cli` have to be importable.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator

import click
from millicast_tokens import __version__
from millicast_tokens.cli import exits, manual
from millicast_tokens.cli.app import NAME, root
from millicast_tokens.cli.options import Command

#: Said once, and not with each command.
SHARED = {option.name for option in root.params}


def escaped(text: str) -> str:
    """Text in which roff sees nothing but text."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("~", "\\(ti").replace("^", "\\(ha")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)


def paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of a docstring, each on one line."""
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(text)):
        yield " ".join(paragraph.split())


def described(text: str) -> Iterator[str]:
    """Paragraphs one below the other."""
    for index, paragraph in enumerate(paragraphs(text)):
        if index:
            yield ".PP"
        yield escaped(paragraph)


def definition(term: str, text: str) -> Iterator[str]:
    """A term and what it means."""
    yield ".TP"
    yield f"\\fB{escaped(term)}\\fR"
    yield escaped(text)


def verbatim(text: str) -> Iterator[str]:
    """Lines as they are."""
    yield from (".PP", ".RS 4", ".nf", escaped(text.rstrip("\n")), ".fi", ".RE")


def options(command: click.Command, context: click.Context, *, shared: bool) -> Iterator[str]:
    """The options of a command: its own, or those that several have."""
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record is not None and isinstance(parameter, click.Option) and (parameter.name in SHARED) == shared:
            yield from definition(record[0], " ".join(record[1].split()))


def usage(command: click.Command, path: str, context: click.Context) -> str:
    """How it is typed."""
    pieces = [piece for piece in command.collect_usage_pieces(context) if piece]
    return " ".join([path, *pieces])


def section(command: click.Command, path: str, parent: click.Context) -> Iterator[str]:
    """All there is to a command, and to those below it."""
    context = click.Context(command, info_name=command.name, parent=parent)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None  # noqa: S101  # It was just listed.
            yield from section(below, f"{path} {name}", context)
        return
    yield f".SS {escaped(usage(command, path, context))}"
    yield from described(command.help or "")
    yield from options(command, context, shared=False)
    if isinstance(command, Command):
        for what, line in command.examples:
            yield from (
                ".PP",
                f"{escaped(what[:1].upper() + what[1:])}:",
                *verbatim(line),
            )


def page() -> Iterator[str]:
    """The page, line by line."""
    context = click.Context(root, info_name=NAME)
    yield from (
        '.\\" Written by packaging/cli_page.py from the help of the commands. Do not edit.',
        f'.TH {NAME.upper()} 1 "" "{NAME} {__version__}" "User Commands"',
        ".SH NAME",
        f"{escaped(NAME)} \\- publish and subscribe tokens of Dolby Millicast",
        ".SH SYNOPSIS",
        f".B {escaped(NAME)}",
        "[\\fIOPTIONS\\fR] \\fICOMMAND\\fR [\\fIARGUMENTS\\fR]",
        ".SH DESCRIPTION",
    )
    yield from described(root.help or "")
    yield ".SH OPTIONS"
    yield from options(root, context, shared=True)
    yield ".SH COMMANDS"
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        assert command is not None  # noqa: S101  # It was just listed.
        yield from section(command, f"{NAME} {name}", context)
    yield ".SH CONFIGURATION"
    yield from described("\n\n".join(manual.CONFIGURATION_TEXT))
    yield from verbatim(manual.CONFIGURATION)
    yield ".SH ENVIRONMENT"
    for variable, text in manual.ENVIRONMENT:
        yield from definition(variable, text)
    yield ".SH EXIT STATUS"
    for way in exits.TABLE:
        yield from definition(str(way.code), way.meaning)
    yield ".SH SEE ALSO"
    yield ".BR millicast\\-emulator (1),"
    yield ".BR millicast_tokens (3)"


if __name__ == "__main__":
    sys.stdout.write("\n".join(page()) + "\n")
