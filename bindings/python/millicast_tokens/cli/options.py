"""What the commands' options are made of, and how a command shows its help."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, TypeVar

import click

from . import credentials, exits, manual
from .config import names, read
from .output import FORMATS
from .settings import current

F = TypeVar("F", bound=Callable[..., Any])

if TYPE_CHECKING:
    IntType = click.ParamType[int]
    DayType = click.ParamType[datetime.date]
else:  # Older versions of click have no parameter here.
    IntType = DayType = click.ParamType

#: A command of the help: what it does, and how it is typed.
Example = tuple[str, str]


class Command(click.Command):
    """A command whose help ends with examples, and whose errors repeat no argument that it did not expect."""

    def __init__(self, *args: Any, examples: Sequence[Example] = (), **kwargs: Any) -> None:
        """See click. `examples` are for the help and the manual page."""
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)
        self.allow_extra_args = True

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """What is left over may be a secret that was put there by mistake."""
        rest = _parsed(super().parse_args, self, ctx, args)
        if ctx.args and not ctx.resilient_parsing:
            ctx.fail(f"{len(ctx.args)} argument(s) too many (not repeated here: they might be secret)")
        return rest

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples."""
        super().format_epilog(ctx, formatter)
        write_examples(formatter, self.examples)


def write_examples(formatter: click.HelpFormatter, examples: Sequence[Example]) -> None:
    """A section of examples."""
    if examples:
        with formatter.section("Examples"):
            for what, line in examples:
                formatter.write(f"{'':{formatter.current_indent}}# {what}\n{'':{formatter.current_indent}}{line}\n")


class Group(click.Group):
    """A group of commands."""

    command_class = Command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As for a command."""
        return _parsed(super().parse_args, self, ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A command that there is not is repeated only where it looks like one: a secret may have slipped there."""
        word = args[0]
        if self.get_command(ctx, word) is None and not re.fullmatch(r"-.*|[a-z-]{1,20}", word):
            ctx.fail("there is no such command (it is not repeated here: it might be secret)")
        return super().resolve_command(ctx, args)


class Root(Group):
    """The whole, whose help has the exit codes too."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The configuration, the environment and the table of exit codes."""
        super().format_epilog(ctx, formatter)
        with formatter.section("Configuration"):
            for paragraph in manual.CONFIGURATION_TEXT:
                formatter.write_paragraph()
                formatter.write_text(paragraph)
        with formatter.section("Environment"):
            formatter.write_dl(manual.ENVIRONMENT)
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(way.code), way.meaning) for way in exits.TABLE])


def remembered(*declarations: str, **attributes: Any) -> Callable[[F], F]:
    """An option that goes to the settings, from whichever level of the command line it stands on."""

    def remember(_: click.Context, option: click.Parameter, value: Any) -> None:
        if value is not None and option.name is not None:
            current().given[option.name] = value

    return click.option(*declarations, callback=remember, expose_value=False, **{"default": None, **attributes})


class _Refused(click.Option):
    def __init__(self, *args: Any, refusal: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refusal = refusal


def _refuse(context: click.Context, option: click.Parameter, value: Any) -> None:
    if value is not None and not context.resilient_parsing and isinstance(option, _Refused):
        raise click.UsageError(option.refusal, context)


def never(*declarations: str, message: str) -> Callable[[F], F]:
    """An option that is there to be refused, without a word of what it was given."""
    attributes: dict[str, Any] = {"hidden": True, "default": None, "expose_value": False, "callback": _refuse}
    return click.option(*declarations, cls=_Refused, refusal=message, **attributes)


def _parsed(
    parse: Callable[[click.Context, list[str]], list[str]], command: click.Command, ctx: click.Context, args: list[str]
) -> list[str]:
    """Parses. Whoever mistypes an option that is refused is told why, and not that it is meant."""
    try:
        return parse(ctx, args)
    except click.NoSuchOption as error:
        refused = {
            name: option.refusal
            for option in command.get_params(ctx)
            if isinstance(option, _Refused)
            for name in option.opts
        }
        near = list(error.possibilities or ())
        # Without its space, a secret is a part of the option.
        meant = near[:1] or [name for name in refused if error.option_name.startswith(name)]
        if meant and meant[0] in refused:
            raise click.UsageError(refused[meant[0]], ctx) from None
        shown = [name for name in near if name not in refused]
        raise click.NoSuchOption(error.option_name, possibilities=shown, ctx=ctx) from None


def _no_credentials(_: click.Context, option: click.Parameter, value: str | None) -> None:
    if value is None:
        return
    if "@" in value:
        raise click.UsageError(
            "a proxy's password is not taken from the command line, which every user of this machine can read: "
            f"set {credentials.PROXY_VARIABLE}, or name the proxy in a profile"
        )
    current().given[str(option.name)] = value


def _profiles(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    file = context.obj.get("config") if context.obj else None
    try:
        known = names(read(Path(file) if file else None, os.environ))
    except exits.CommandError:
        return []
    return [name for name in known if name.startswith(incomplete)]


_CONNECTION = (
    remembered("--profile", metavar="NAME", shell_complete=_profiles, help="The profile of the configuration to use."),
    remembered(
        "--config", type=click.Path(), metavar="FILE", help="The configuration file, in place of the usual one."
    ),
    remembered(
        "--api-secret-file", type=click.Path(), metavar="FILE", help="A file that holds the API secret; - for stdin."
    ),
    remembered(
        "--api-secret-keyring", metavar="NAME", help="The entry of the system's keyring that is the API secret."
    ),
    never("--api-secret", "--secret", message=credentials.REFUSED),
    remembered("--base-url", metavar="URL", help="The platform's address.  [default: https://api.millicast.com]"),
    remembered("--timeout", type=float, metavar="SECONDS", help="The deadline of each call.  [default: 30]"),
    remembered(
        "--connect-timeout", type=float, metavar="SECONDS", help="For a connection to come about.  [default: 5]"
    ),
    remembered("--max-retries", type=int, metavar="N", help="How often a request is sent again.  [default: 3]"),
    click.option(
        "--proxy",
        metavar="URL",
        default=None,
        expose_value=False,
        callback=_no_credentials,
        help="An HTTP proxy, without a password.",
    ),
    remembered("--ca-file", type=click.Path(), metavar="FILE", help="More root certificates to trust, as PEM."),
    remembered("--allow-insecure-http", is_flag=True, help="Let http:// be used for other hosts than this one."),
    remembered("--verbose", "-v", is_flag=True, help="Tell on stderr what is sent; no secret is in it."),
)

_OUTPUT = (
    remembered(
        "--output",
        "-o",
        type=click.Choice(FORMATS),
        help="How to show it.  [default: table on a terminal, json (a line each) elsewhere]",
    ),
)


def _all(options: Sequence[Callable[[Any], Any]]) -> Callable[[F], F]:
    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def connection(function: F) -> F:
    """The options of commands that call the platform."""
    return _all(_CONNECTION)(function)


def output(function: F) -> F:
    """The options of commands that show records."""
    return _all(_OUTPUT)(function)


def both(function: F) -> F:
    """Both kinds."""
    return output(connection(function))


class Duration(IntType):
    """Seconds, as a number or with a unit: 90, 90s, 15m, 12h, 30d."""

    name = "duration"
    _UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}  # noqa: RUF012

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The seconds. How many there may be the library knows."""
        if isinstance(value, int):
            return value
        matched = re.fullmatch(r"([0-9]{1,18})([smhdw]?)", str(value))
        if matched is None:
            self.fail("is no duration such as 90, 15m, 12h or 30d", param, ctx)
        return int(matched[1]) * self._UNITS[matched[2]]


class Day(DayType):
    """A day: YYYY-MM-DD, today, or yesterday, by UTC."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime.date:
        """The day."""
        if isinstance(value, datetime.date):
            return value
        today = datetime.datetime.now(datetime.timezone.utc).date()
        words = {"yesterday": -1, "today": 0, "tomorrow": 1}
        if value in words:
            return today + datetime.timedelta(days=words[value])
        try:
            return datetime.datetime.strptime(str(value), "%Y-%m-%d").date()
        except ValueError:
            self.fail("is no day such as 2024-05-31, today or yesterday", param, ctx)


class TokenId(IntType):
    """The id of a token."""

    name = "id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """What is no id may be a token that was taken for one, and is not repeated."""
        if isinstance(value, int):
            return value
        if not re.fullmatch("[0-9]{1,20}", str(value)) or int(value) >= 2**64:
            self.fail("is no token's id, which is a number (what was given is not repeated here)", param, ctx)
        return int(value)


TOKEN_ID = TokenId()

#: A file, which shells complete the name of.
FILE_PATH = click.Path()


def one_from_stdin(*files: str | None) -> None:
    """Refuses to read several things from standard input, of which the API secret may be one."""
    if [*files, current().get("api_secret_file")].count("-") > 1:
        raise click.UsageError("standard input holds one thing only: name files for the others")


show_token = click.option(
    "--show-token", is_flag=True, help="Show what is secret too: token string, SRT passphrase, restream keys."
)
