"""Tokens as a table of HTML, which notebooks show. What the API sent is escaped, and no secret is in it."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from html import escape
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .tokens import Token

#: How many tokens of a list are shown, and how many streams of a token.
_ROWS, _STREAMS = 50, 5
_HEADS = ("id", "label", "streams", "state", "expires")
_STATES = {True: "active", False: "disabled", None: "unknown"}


def table(tokens: Sequence[Token]) -> str:
    """A row for each token, and how many there are where there are more."""
    rows = "".join(_row("td", _cells(token)) for token in islice(tokens, _ROWS))
    more = len(tokens) - _ROWS
    # Notebooks read what stands between two $ as mathematics, unless these classes tell them not to.
    shown = (
        f'<table class="tex2jax_ignore mathjax_ignore"><thead>{_row("th", _HEADS)}</thead><tbody>{rows}</tbody></table>'
    )
    return f"{shown}<p>and {more} more</p>" if more > 0 else shown


def _row(kind: str, cells: Sequence[str]) -> str:
    return f"<tr>{''.join(f'<{kind}>{escape(cell)}</{kind}>' for cell in cells)}</tr>"


def _cells(token: Token) -> tuple[str, ...]:
    streams = token.streams
    names = [f"{stream.name} (pattern)" if stream.is_regex else stream.name for stream in streams[:_STREAMS]]
    names += [f"and {len(streams) - _STREAMS} more"] if len(streams) > _STREAMS else []
    return str(token.id), token.label or "", ", ".join(names), _STATES[token.is_active], _expiry(token)


def _expiry(token: Token) -> str:
    expires_on = token.expires_on
    if expires_on is None:
        return "never" if json.loads(token.json).get("expiresOn") is None else "at a date that can't be read"
    try:
        return f"{datetime.datetime.fromtimestamp(expires_on, datetime.timezone.utc):%Y-%m-%d %H:%M:%S} UTC"
    except (ValueError, OverflowError, OSError):
        return str(expires_on)  # Beyond the years that Python knows.
