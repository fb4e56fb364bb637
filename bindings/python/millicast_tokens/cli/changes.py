"""What takes something away: it is shown, asked about, done one by one, and told."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, TypeVar

import click

from .. import CallCancelledError, Client, MillicastError, NotFoundError, UnauthorizedError
from . import exits, output, records, text
from .exits import CommandError
from .interrupts import Session, session
from .output import Column

if TYPE_CHECKING:
    from .tokens import Kind

F = TypeVar("F", bound=Callable[..., Any])

#: What does something to several tokens, and tells of each: the id, and None, what it is now, or an error.
Act = Callable[[Client, Sequence[int]], Iterable[tuple[int, Any]]]


@dataclass(frozen=True)
class Change:
    """What is about to be done, in words."""

    verb: str
    done: str
    harm: str
    #: Is it one call for all of them?
    at_once: bool = False


_LIVE = Column("live", lambda row: row.get("isLive"))
_PLAN = (records.ID, records.LABEL, records.STREAMS, records.ACTIVE)
_RESULT = (
    Column("id", lambda row: row["id"], style="cyan", right=True),
    Column("result", lambda row: row["result"]),
    Column("message", lambda row: row.get("message")),
)


def changing(function: F) -> F:
    """The options of commands that take something away."""
    yes = click.option("--yes", "-y", is_flag=True, help="Do it without asking.")
    dry_run = click.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing.")
    return yes(dry_run(function))


def carry_out(
    kind: Kind, given: Sequence[int], change: Change, act: Act, *, yes: bool, dry_run: bool, show_token: bool = False
) -> int:
    """Shows the tokens, asks, does it and tells what was done. The exit code."""
    ids = list(dict.fromkeys(given))
    if not (yes or dry_run or _can_ask()):
        raise CommandError(
            exits.NOT_CONFIRMED, "nothing was done: there is no terminal to ask on; --yes does it, --dry-run shows it"
        )
    with session() as running:
        found, failed = _read_all(kind, running.client, ids)
        if dry_run:
            output.records([{**row, "would": change.verb} for row in found], _plan_columns(kind))
            return _told(failed, [])
        if found and not yes:
            _ask(kind, running, found, change)
        done = _act(running.client, [row["id"] for row in found], act, change, failed)
    if show_token and done and done[0][1] is not None:
        kind.show(done[0][1], show_token=True)
    else:
        _show_results(done, failed, change)
    return _told(failed, done)


def _can_ask() -> bool:
    return output.is_terminal(sys.stdin) and output.is_terminal(sys.stderr)


def _plan_columns(kind: Kind) -> list[Column]:
    return [*_PLAN, *([_LIVE] if kind.is_publish else [])]


def _read_all(kind: Kind, client: Client, ids: Sequence[int]) -> tuple[list[dict[str, Any]], dict[int, Exception]]:
    """What is there to be changed. Only a token that is not there is passed over."""
    found: list[dict[str, Any]] = []
    failed: dict[int, Exception] = {}
    for token_id in ids:
        try:
            found.append(records.of(kind.calls(client).read(token_id), show_token=False))
        except NotFoundError as error:
            failed[token_id] = error
    if kind.is_publish and found:
        live = set(client.publish_tokens.active_ids())
        found = [{**row, "isLive": row.get("id") in live} for row in found]
    for row, token_id in zip(found, (one for one in ids if one not in failed)):
        row["id"] = token_id  # The platform may write it as a text.
    return found, failed


def _ask(kind: Kind, running: Session, found: list[dict[str, Any]], change: Change) -> None:
    with running.asking():
        output.draw_plan(found, _plan_columns(kind))
        many = f"these {len(found)} {kind.name} tokens" if len(found) > 1 else f"this {kind.name} token"
        sys.stderr.write(f"{change.harm}\n{change.verb.capitalize()} {many}? [y/N] ")
        sys.stderr.flush()
        answer = sys.stdin.readline().strip().lower()
    if answer not in ("y", "yes"):
        raise CommandError(exits.NOT_CONFIRMED, "nothing was done")


def _act(
    client: Client, ids: Sequence[int], act: Act, change: Change, failed: dict[int, Exception]
) -> list[tuple[int, Any]]:
    """Does it to one after the other, and stops where the next would fail like the last."""
    if not ids:
        return []
    done: list[tuple[int, Any]] = []
    if change.at_once:
        return _act_at_once(client, ids, act, failed)
    for index, token_id in enumerate(ids):
        try:
            done += act(client, [token_id])
        except (CallCancelledError, UnauthorizedError) as error:
            if not (done or _is_unknown(error)):
                raise
            failed[token_id] = error
            rest = CommandError(exits.PARTIAL, "not tried")
            failed.update(dict.fromkeys(ids[index + 1 :], rest))
            break
        except (MillicastError, CommandError) as error:
            failed[token_id] = error
    return done


def _act_at_once(client: Client, ids: Sequence[int], act: Act, failed: dict[int, Exception]) -> list[tuple[int, Any]]:
    """Does it in one call for all of them."""
    try:
        answers = list(act(client, ids))
    except MillicastError as error:
        if not _is_unknown(error):
            raise
        failed.update(dict.fromkeys(ids, error))
        return []
    failed.update({token_id: answer for token_id, answer in answers if isinstance(answer, Exception)})
    return [(token_id, answer) for token_id, answer in answers if not isinstance(answer, Exception)]


def _is_unknown(error: Exception) -> bool:
    """May it have been carried out nonetheless?"""
    return _exit_of(error) is exits.UNKNOWN_OUTCOME


def _show_results(done: list[tuple[int, Any]], failed: dict[int, Exception], change: Change) -> None:
    rows: list[dict[str, Any]] = [{"id": token_id, "result": change.done} for token_id, _ in done]
    rows += [
        {"id": token_id, "result": "failed", "exitCode": _exit_of(error).code, "message": str(error)}
        for token_id, error in failed.items()
    ]
    try:
        output.records(rows, _RESULT)
    except (exits.OutputError, exits.Terminated, KeyboardInterrupt):
        ids = ", ".join(str(token_id) for token_id, _ in done)
        output.complain(f"{change.done}, which could not be shown: {ids or 'none'}")
        raise


def _exit_of(error: Exception) -> exits.Exit:
    if isinstance(error, CommandError):
        return error.exit
    return exits.of(error, changes=True) if isinstance(error, MillicastError) else exits.FAULT


def _told(failed: dict[int, Exception], done: Sequence[Any]) -> int:
    """Tells of each that failed. The exit code."""
    for token_id, error in failed.items():
        more = "; it may have been carried out nonetheless" if _is_unknown(error) else ""
        output.complain(f"{token_id}: {text.plain(str(error))}{more}")
    if not failed:
        return exits.OK.code
    if done:
        return exits.PARTIAL.code
    if any(map(_is_unknown, failed.values())):
        return exits.UNKNOWN_OUTCOME.code
    return _exit_of(next(iter(failed.values()))).code
