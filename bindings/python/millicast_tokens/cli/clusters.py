"""The command `clusters`."""

from __future__ import annotations

import json

import click

from . import output
from .interrupts import session
from .options import Command, both
from .output import Column

_COLUMNS = (
    Column("id", lambda row: row.get("id"), style="cyan"),
    Column("name", lambda row: row.get("name"), shrinks=True),
    Column("default", lambda row: row["isDefault"]),
    Column("rtmp", lambda row: row.get("rtmp"), shrinks=True),
    Column("srt", lambda row: row.get("srt"), shrinks=True),
    Column("city", lambda row: (row.get("location") or {}).get("city")),
    Column("country", lambda row: (row.get("location") or {}).get("country")),
    Column("transcoding", lambda row: (row.get("features") or {}).get("transcoding")),
)


@click.command(
    cls=Command,
    examples=[
        ("what there is", "millicast-tokens clusters"),
        ("the id of the default", "millicast-tokens clusters -o json | jq -r 'select(.isDefault).id'"),
    ],
)
@both
def clusters() -> None:
    """List the clusters that the account can use, and which of them is its default."""
    with session() as running:
        answer = running.client.clusters()
    sent = json.loads(answer.json).get("availableClusters") or []
    output.records(({**one, "isDefault": one.get("id") == answer.default_id} for one in sent), _COLUMNS)
