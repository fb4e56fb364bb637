"""The commands `publish` and `subscribe`: siblings, which share all but what the platform has for one kind alone."""

from __future__ import annotations

import datetime
import shlex
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Callable

import click

from .. import (
    Client,
    FilterBy,
    MillicastError,
    PublishTokenSpec,
    PublishTokenUpdate,
    SortBy,
    SubscribeTokenSpec,
    SubscribeTokenUpdate,
)
from ..tokens import Token
from . import exits, fields, output, records, text
from .changes import Change, carry_out, changing
from .exits import CommandError
from .interrupts import session
from .options import TOKEN_ID, Command, Example, Group, IntType, both, connection, show_token
from .output import Column
from .settings import current

#: How far the platform's clock may be behind this machine's, when a lost create is looked for.
_CLOCKS_APART = 60

_SORTS = {"name": SortBy.NAME, "added-on": SortBy.ADDED_ON}
_FILTERS = {
    "label": FilterBy.TOKEN_NAME,
    "stream": FilterBy.STREAM_NAME,
    "label-or-stream": FilterBy.TOKEN_OR_STREAM_NAME,
}


@dataclass(frozen=True)
class Kind:
    """What differs between the two kinds."""

    name: str
    calls: Callable[[Client], Any]
    spec: Callable[..., Any]
    update: Callable[..., Any]
    fields: Sequence[fields.Field]

    @property
    def is_publish(self) -> bool:
        """Is it the kind that the platform can do more with?"""
        return self.name == "publish"

    def show(self, token: Token, *, show_token: bool) -> None:
        """Shows one token, and says how to see what is not shown."""
        row = records.of(token, show_token=show_token)
        output.record(
            row,
            records.details(publish=self.is_publish),
            records.csv_fields(publish=self.is_publish, show_token=show_token),
        )

    def show_all(self, tokens: Iterable[Token], *, show_token: bool) -> None:
        """Shows tokens as they come."""
        output.records(
            (records.of(token, show_token=show_token) for token in tokens),
            records.columns(publish=self.is_publish, show_token=show_token),
            records.csv_fields(publish=self.is_publish, show_token=show_token),
        )

    def command(self, *words: object) -> str:
        """A command of this program's, as it is typed."""
        return shlex.join(["millicast-tokens", self.name, *map(str, words)])

    def next_command(self, *words: object) -> str:
        """A command to type after the one that runs, which asks the same platform."""
        return self.command(*words, *current().whom())


PUBLISH = Kind("publish", lambda client: client.publish_tokens, PublishTokenSpec, PublishTokenUpdate, fields.PUBLISH)
SUBSCRIBE = Kind(
    "subscribe", lambda client: client.subscribe_tokens, SubscribeTokenSpec, SubscribeTokenUpdate, fields.SUBSCRIBE
)


def _create(kind: Kind) -> click.Command:
    @both
    @click.option("--label", required=True, help="What it is called.")
    @click.option("--stream", "names", multiple=True, metavar="NAME", help="A stream that it is for. Repeatable.")
    @click.option(
        "--stream-regex", "patterns", multiple=True, metavar="PATTERN", help="The same as a pattern, such as .*"
    )
    @show_token
    def create(label: str, names: Sequence[str], patterns: Sequence[str], show_token: bool, **given: Any) -> None:
        output.require()
        streams = fields.streams(names, patterns)
        spec = kind.spec(label, streams, **fields.values(kind.fields, given, update=False))
        since = int(time.time()) - _CLOCKS_APART
        with session() as running:
            try:
                token = kind.calls(running.client).create_from(spec)
            except MillicastError as error:
                raise _lost(kind, error, label, names, patterns, since) from None
        _show_created(kind, token, show_token=show_token)

    create.__doc__ = f"""Create a {kind.name} token.

    What is not given is not sent, and the platform's default applies. The new token's string is shown only with
    --show-token; later it can be read by "{kind.name} read ID --show-token". A create that was lost on the way is not
    sent again, since a second one would make a second token: the exit code is {exits.UNKNOWN_OUTCOME.code} then, and it
    is said how to look for it.
    """
    return _made(
        create,
        fields.parameters(kind.fields, publish=kind.is_publish, update=False),
        [
            (
                "good for a day",
                kind.command("create", "--label", "Evening show", "--stream", "MainCam", "--expires", "1d"),
            ),
            (
                "keep its string",
                f"(umask 077; {kind.command('create', '--label', 'x', '--stream', 'x', '--show-token')} > token.json)",
            ),
        ],
    )


def _lost(  # noqa: PLR0917
    kind: Kind, error: MillicastError, label: str, names: Sequence[str], patterns: Sequence[str], since: int
) -> Exception:
    """What a create that failed means: the error itself, unless a token may have come about."""
    words: list[object] = ["find-created", "--label", label]
    words += [word for name in names for word in ("--stream", name)]
    words += [word for pattern in patterns for word in ("--stream-regex", pattern)]
    look = kind.next_command(*words, "--since", since)
    advice = "The token may have been created. Before creating it again, look for it in some seconds:"
    return _unless_unknown(error, f"{advice}\n  {look}")


def _unless_unknown(error: MillicastError, advice: str) -> Exception:
    """The error itself, but for a change that may have been carried out: that one with what to do about it."""
    if exits.of(error, changes=True) is not exits.UNKNOWN_OUTCOME:
        return error
    return CommandError(exits.UNKNOWN_OUTCOME, f"{text.plain(error.message)}\n{advice}")


def _show_created(kind: Kind, token: Token, *, show_token: bool) -> None:
    see = kind.next_command("read", token.id, "--show-token")
    try:
        kind.show(token, show_token=show_token)
    except (exits.OutputError, exits.Terminated, KeyboardInterrupt):
        output.complain(f"the {kind.name} token {token.id} was created, and could not be shown; see it by: {see}")
        raise
    if not show_token:
        output.complain(f"the token's string is not shown; see it by: {see}")


def _made(function: Callable[..., Any], more: Sequence[click.Parameter], examples: Sequence[Example]) -> click.Command:
    """A command of a function, with options from the table between its own and those of the connection."""
    made: Command = click.command(cls=Command, name=function.__name__.replace("_", "-"), examples=examples)(function)
    own = [parameter for parameter in made.params if _is_own(parameter)]
    shared = [parameter for parameter in made.params if not _is_own(parameter)]
    made.params = [*own, *more, *shared]
    return made


def _is_own(parameter: click.Parameter) -> bool:
    return parameter.expose_value


def _read(kind: Kind) -> click.Command:
    @both
    @click.argument("token_id", type=TOKEN_ID)
    @show_token
    def read(token_id: int, show_token: bool) -> None:
        with session() as running:
            token = kind.calls(running.client).read(token_id)
        kind.show(token, show_token=show_token)

    read.__doc__ = f"""Read the {kind.name} token with the id TOKEN_ID. Its string is shown only with --show-token."""
    return _made(
        read,
        [],
        [
            ("all about it", kind.command("read", 1234)),
            ("its string alone", f"{kind.command('read', 1234, '--show-token', '-o', 'json')} | jq -r .token"),
        ],
    )


def _list(kind: Kind) -> click.Command:
    def cluster(function: Any) -> Any:
        option = click.option("--cluster", metavar="ID", help="Those of this cluster. Excludes --name.")
        return option(function) if kind.is_publish else function

    @both
    @cluster
    @click.option("--name", metavar="TEXT", help="Those whose label or stream holds this.")
    @click.option("--filter-by", type=click.Choice(list(_FILTERS)), help="Where --name is looked for.")
    @click.option("--sort-by", type=click.Choice(list(_SORTS)), help="The order.  [default: name]")
    @click.option("--descending", is_flag=True, default=None, help="Turn the order round.")
    @click.option("--page", type=int, metavar="N", help="The page to begin with.  [default: 1]")
    @click.option("--items-on-page", type=int, metavar="N", help="How many are asked for at once.  [default: 100]")
    @click.option("--max-pages", type=int, metavar="N", help="Give up after so many pages.  [default: 10000]")
    @click.option("--limit", type=click.IntRange(min=1), metavar="N", help="End after so many tokens.")
    @show_token
    def list_(filter_by: str | None, sort_by: str | None, limit: int | None, show_token: bool, **given: Any) -> None:
        asked = {
            **given,
            "filter_by": _FILTERS[filter_by] if filter_by else None,
            "sort_by": _SORTS[sort_by] if sort_by else None,
        }
        with session() as running, kind.calls(running.client).iterate(**asked) as tokens:
            kind.show_all(islice(tokens, limit), show_token=show_token)

    list_.__doc__ = f"""List the account's {kind.name} tokens, however many there are.

    They are read page by page and shown as they come. The platform leaves out tokens whose streams are all patterns
    when it lists by --name.
    """
    list_.__name__ = "list"
    return _made(
        list_,
        [],
        [
            ("the 30 newest", kind.command("list", "--sort-by", "added-on", "--descending", "--limit", 30)),
            ("the ids of a stream's", f"{kind.command('list', '--name', 'StageCam', '-o', 'json')} | jq .id"),
            ("all of them as CSV", f"{kind.command('list', '-o', 'csv')} > tokens.csv"),
        ],
    )


def _update(kind: Kind) -> click.Command:
    @both
    @click.argument("token_id", type=TOKEN_ID)
    @click.option("--label", metavar="TEXT", help="What it is called.")
    @click.option("--active/--inactive", "is_active", default=None, help="Enable it, or disable it.")
    @click.option("--add-stream", "added", multiple=True, metavar="NAME", help="One more stream. Repeatable.")
    @click.option("--add-stream-regex", "added_patterns", multiple=True, metavar="PATTERN", help="One more pattern.")
    @click.option(
        "--remove-stream", "removed", multiple=True, metavar="NAME", help="A stream or pattern less. Repeatable."
    )
    @click.option("--refresh-token", is_flag=True, help="Give it a new string; the one before stops working.")
    @changing
    @show_token
    def update(  # noqa: PLR0917
        token_id: int,
        label: str | None,
        is_active: bool | None,
        added: Sequence[str],
        added_patterns: Sequence[str],
        removed: Sequence[str],
        refresh_token: bool,
        yes: bool,
        dry_run: bool,
        show_token: bool,
        **given: Any,
    ) -> int:
        keywords = fields.values(kind.fields, given, update=True)
        plain = {"label": label, "is_active": is_active}
        keywords.update({name: value for name, value in plain.items() if value is not None})
        change = kind.update(
            **keywords,
            add_streams=fields.streams(added, added_patterns),
            remove_streams=list(removed),
            refresh_token=refresh_token,
        )
        harms = _harms(kind, is_active, removed, refresh_token)
        if not (harms or dry_run):
            with session() as running:
                token = _updated(kind, running.client, token_id, change)
            kind.show(token, show_token=show_token)
            return exits.OK.code
        names = sorted({*keywords, *_given(added=added or added_patterns, removed=removed, refreshed=refresh_token)})
        return carry_out(
            kind,
            [token_id],
            Change("update", "updated", f"Changes: {', '.join(names)}. {harms}".strip()),
            lambda client, ids: ((one, _updated(kind, client, one, change)) for one in ids),
            yes=yes,
            dry_run=dry_run,
            show_token=show_token,
        )

    update.__doc__ = f"""Change the {kind.name} token with the id TOKEN_ID. What is not named stays as it is.

    A list that is given replaces the whole list. What can stop a stream or a viewer (--inactive, --remove-stream,
    --refresh-token) is asked about first, or takes --yes.
    """
    return _made(
        update,
        fields.parameters(kind.fields, publish=kind.is_publish, update=True),
        [
            ("another label", kind.command("update", 1234, "--label", "Late show")),
            ("all origins again", kind.command("update", 1234, "--clear-allowed-origins")),
            ("disable it, from a script", kind.command("update", 1234, "--inactive", "--yes")),
            ("a new string", kind.command("update", 1234, "--refresh-token", "--yes")),
        ],
    )


def _given(**values: Any) -> list[str]:
    return [name for name, value in values.items() if value]


def _harms(kind: Kind, is_active: bool | None, removed: Sequence[str], refresh_token: bool) -> str:
    """What people lose by an update; nothing for one that takes nothing away."""
    harms = []
    who = "encoders" if kind.is_publish else "viewers"
    if is_active is False:
        harms.append(f"New {who} are turned away.")
    if removed:
        harms.append(f"New {who} of the removed streams are turned away.")
    if refresh_token:
        more = "" if kind.is_publish else ", and so does what was self-signed with it"
        harms.append(f"The token's string stops working{more}.")
    return " ".join(harms)


def _updated(kind: Kind, client: Client, token_id: int, change: Any) -> Token:
    try:
        token: Token = kind.calls(client).update_from(token_id, change)
    except MillicastError as error:
        look = kind.next_command("read", token_id)
        raise _unless_unknown(error, f"The update may have been carried out; look by: {look}") from None
    return token


def _delete(kind: Kind) -> click.Command:
    @both
    @click.argument("token_ids", type=TOKEN_ID, nargs=-1, required=True)
    @changing
    def delete(token_ids: Sequence[int], yes: bool, dry_run: bool) -> int:
        harm = "Their live streams end at once." if kind.is_publish else "What was self-signed with them stops working."
        return carry_out(
            kind,
            token_ids,
            Change("delete", "deleted", f"This can't be undone. {harm}"),
            lambda client, ids: ((one, kind.calls(client).delete(one)) for one in ids),
            yes=yes,
            dry_run=dry_run,
        )

    delete.__doc__ = f"""Delete the {kind.name} tokens with these ids. Nothing is deleted by label or all at once.

    Each is read and shown first. On a terminal it is asked whether to go on; elsewhere nothing is done without --yes.
    """
    return _made(
        delete,
        [],
        [
            ("see what would go", kind.command("delete", 1234, 1235, "--dry-run")),
            ("from a script", kind.command("delete", 1234, "--yes")),
        ],
    )


def _disable() -> click.Command:
    @both
    @click.argument("token_ids", type=TOKEN_ID, nargs=-1, required=True)
    @changing
    def disable(token_ids: Sequence[int], yes: bool, dry_run: bool) -> int:
        """Disable the publish tokens with these ids, in one call. New encoders are turned away.

        Each is read and shown first. On a terminal it is asked whether to go on; elsewhere nothing is done without
        --yes. Subscribe tokens are disabled by "subscribe update ID --inactive".
        """
        return carry_out(
            PUBLISH,
            token_ids,
            Change("disable", "disabled", "New encoders are turned away; streams that are live go on.", at_once=True),
            _disabled,
            yes=yes,
            dry_run=dry_run,
        )

    return _made(
        disable,
        [],
        [
            ("two of them", PUBLISH.command("disable", 1234, 1235)),
            ("enable one again", PUBLISH.command("update", 1234, "--active")),
        ],
    )


def _disabled(client: Client, token_ids: Sequence[int]) -> Iterator[tuple[int, Any]]:
    result = client.publish_tokens.disable(token_ids)
    for token_id in result.successes:
        yield token_id, None
    for failure in result.failures:
        yield failure.id, CommandError(exits.REJECTED, failure.message or "the platform did not say why")


_IDS = (Column("id", lambda row: row["id"], style="cyan", right=True),)


@both
@click.option("--stream-id", metavar="ACCOUNT/STREAM", help="Those of one live stream.")
@click.option("--stream", metavar="NAME", help="The same, of the account of --account-id or of the profile.")
@click.option("--account-id", metavar="ID", help="The account of --stream.")
def active(stream_id: str | None, stream: str | None, account_id: str | None) -> None:
    """List the ids of the publish tokens whose streams are live now."""
    if stream is not None:
        account = account_id or current().account_id()
        if stream_id is not None or account is None:
            raise click.UsageError("--stream goes without --stream-id, and with --account-id or a profile that has one")
        stream_id = f"{account}/{stream}"
    with session() as running:
        ids = running.client.publish_tokens.active_ids(stream_id)
    output.records(({"id": token_id} for token_id in ids), _IDS)


@connection
@click.argument("token_id", type=TOKEN_ID)
def sync_restream(token_id: int) -> None:
    """Apply the restream configuration of the publish token TOKEN_ID to its running streams."""
    try:
        with session() as running:
            running.client.publish_tokens.sync_restream(token_id)
    except MillicastError as error:
        raise _unless_unknown(error, "It may have been carried out; it does no harm to do it again.") from None


class _Moment(IntType):
    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return int(value)
        except ValueError:
            pass
        try:
            moment = datetime.datetime.fromisoformat(str(value).replace("Z", "+00:00"))
        except ValueError:
            self.fail("is no time: Unix seconds, or such as 2024-05-31T18:00:00Z", param, ctx)
        if moment.tzinfo is None:
            self.fail("names no time zone, such as the Z in 2024-05-31T18:00:00Z", param, ctx)
        return int(moment.timestamp())


def _find_created(kind: Kind) -> click.Command:
    @both
    @click.option("--label", required=True, help="The label that the create was given.")
    @click.option("--stream", "names", multiple=True, metavar="NAME", help="A stream that it was given. Repeatable.")
    @click.option("--stream-regex", "patterns", multiple=True, metavar="PATTERN", help="The same as a pattern.")
    @click.option("--since", type=_Moment(), required=True, help="Look no further back: Unix seconds or ISO 8601.")
    @show_token
    def find_created(label: str, names: Sequence[str], patterns: Sequence[str], since: int, show_token: bool) -> int:
        with session() as running:
            found = kind.calls(running.client).find_created(label, fields.streams(names, patterns), since=since)
        kind.show_all(found, show_token=show_token)
        return exits.OK.code if found else exits.NOT_FOUND.code

    find_created.__doc__ = f"""Look for what a "{kind.name} create" left that was lost on the way, the newest first.

    The exit code is {exits.NOT_FOUND.code} where there is none; that is sure some seconds after the create only.
    """
    example = kind.command("find-created", "--label", "show", "--stream", "MainCam", "--since", "2024-05-31T18:00:00Z")
    return _made(find_created, [], [("after exit code 13", example)])


def _group(kind: Kind, *more: click.Command) -> click.Group:
    group = Group(name=kind.name, help=f"Create, read, list, update and delete {kind.name} tokens.")
    for command in (
        _create(kind),
        _read(kind),
        _list(kind),
        _update(kind),
        *more,
        _delete(kind),
        _find_created(kind),
    ):
        group.add_command(command)
    return group


publish = _group(
    PUBLISH,
    _disable(),
    _made(
        active,
        [],
        [
            ("of all streams", PUBLISH.command("active")),
            ("of one", PUBLISH.command("active", "--stream-id", "account/MainCam")),
        ],
    ),
    _made(sync_restream, [], [("after an update", PUBLISH.command("sync-restream", 1234))]),
)
subscribe = _group(SUBSCRIBE)
