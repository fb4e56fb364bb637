"""The fields of tokens as options: one table for each kind, for creating and for updating."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import click

from .. import GeoCascade, Restream, Stream
from . import credentials
from .exits import INVALID, CommandError
from .options import FILE_PATH, Duration, one_from_stdin

TEXT, NUMBER, SECONDS, FLAG, LIST = "text", "number", "seconds", "flag", "list"


@dataclass(frozen=True)
class Field:
    """A field that is an option: named as in Python, with dashes."""

    name: str
    kind: str
    help: str
    #: The option of a list, which names one entry.
    one: str = ""
    metavar: str = ""
    #: Can it be set when a token is made, and changed afterwards?
    creates: bool = True
    updates: bool = True
    #: Does an update have a way to take it away again?
    clears: bool = False

    @property
    def option(self) -> str:
        """Without the dashes before it."""
        return (self.one or self.name).replace("_", "-")

    def parameters(self, *, update: bool) -> list[click.Option]:
        """The options of it."""
        made = [self._parameter()]
        if update and (self.clears or self.kind == LIST):
            words = "Take the list away." if self.kind == LIST else "Take it away."
            made.append(
                click.Option([f"--clear-{self.name.replace('_', '-')}", f"clear_{self.name}"], is_flag=True, help=words)
            )
        return made

    def _parameter(self) -> click.Option:
        option = f"--{self.option}"
        if self.kind == FLAG:
            return click.Option([f"{option}/--no-{self.option}", self.name], default=None, help=self.help)
        if self.kind == LIST:
            return click.Option(
                [option, self.name], multiple=True, metavar=self.metavar, help=f"{self.help} Repeatable."
            )
        kinds: dict[str, Any] = {TEXT: str, NUMBER: int, SECONDS: Duration()}
        return click.Option(
            [option, self.name], type=kinds[self.kind], default=None, metavar=self.metavar, help=self.help
        )


RULES = (
    Field(
        "expires",
        SECONDS,
        "When it expires: seconds, or 15m, 12h, 30d. Never, if not given.",
        metavar="DURATION",
        updates=False,
    ),
    Field("allowed_origins", LIST, "A domain that may use it, *.example.com included.", "allowed_origin", "DOMAIN"),
    Field("allowed_ip_addresses", LIST, "An address or IPv4 block that may use it.", "allowed_ip_address", "ADDRESS"),
    Field("bind_ips_on_usage", NUMBER, "Bind it to the first N addresses that use it; 0 for none.", metavar="N"),
    Field("origin_cluster", TEXT, "The cluster that streams are routed to.", metavar="ID"),
    Field("allowed_countries", LIST, "A country that viewers may be in, such as PL.", "allowed_country", "CC"),
    Field("denied_countries", LIST, "A country that viewers may not be in.", "denied_country", "CC"),
)

SUBSCRIBE = (
    *RULES,
    Field("tracking_id", TEXT, "The id that usage is counted under.", metavar="ID", updates=False),
)

PUBLISH = (
    *RULES,
    Field("subscribe_requires_auth", FLAG, "Do viewers need a subscribe token?"),
    Field("record", FLAG, "May streams be recorded? Excludes --clip."),
    Field("clip", FLAG, "Is live clipping on? Excludes --record."),
    Field("multisource", FLAG, "May a stream have several sources?"),
    Field("enable_thumbnails", FLAG, "Are webhooks sent for thumbnails?"),
    Field("display_srt_passphrase", FLAG, "Is the SRT passphrase shown in the dashboard and answered?"),
    Field("low_latency_rtmp", FLAG, "Is RTMP taken with low latency?"),
    Field("enable_utc_insertion", FLAG, "Are UTC timestamps inserted into the stream?", clears=True),
    Field("drm", FLAG, "Are the streams DRM streams?"),
    Field("priority", NUMBER, "The default priority of streams; the highest wins.", metavar="N", clears=True),
    Field("encoder_profile_id", TEXT, "The id of an encoder profile.", metavar="ID", clears=True),
)

#: What has a form of its own.
CASCADE = (
    click.Option(
        ["--geo-cascade/--no-geo-cascade", "geo_cascade"], default=None, help="Cascade streams to other clusters?"
    ),
    click.Option(
        ["--geo-cascade-cluster", "geo_cascade_clusters"],
        multiple=True,
        metavar="ID",
        help="A cluster to cascade to, with --geo-cascade. Repeatable; without one the platform takes all.",
    ),
)
RESTREAM = click.Option(
    ["--restream-file"],
    metavar="FILE",
    type=FILE_PATH,
    help="Endpoints that streams are sent on to: a JSON array of objects with url, key, label, enabled; - for stdin. "
    "Keys are secrets, so there is no option for them.",
)
CLEAR_RESTREAM = click.Option(["--clear-restream"], is_flag=True, help="Take all endpoints away.")
MERGE = click.Option(
    ["--merge-json-file"],
    metavar="FILE",
    type=FILE_PATH,
    help="A JSON object of fields that the platform has and this program does not know; - for stdin.",
)


def parameters(fields: Sequence[Field], *, publish: bool, update: bool) -> list[click.Parameter]:
    """All options of a kind's fields."""
    made: list[click.Parameter] = []
    for field in fields:
        if field.updates if update else field.creates:
            made += field.parameters(update=update)
    if publish:
        made += [*CASCADE, RESTREAM, *([CLEAR_RESTREAM] if update else [])]
    return [*made, MERGE]


def values(fields: Sequence[Field], given: dict[str, Any], *, update: bool) -> dict[str, Any]:
    """The keywords of a spec or an update that the options say; what was not given is left out."""
    one_from_stdin(given.get("restream_file"), given.get("merge_json_file"))
    keywords: dict[str, Any] = {}
    for field in fields:
        value = given.get(field.name)
        value = list(value) if field.kind == LIST and value else value
        if value not in (None, (), []):
            keywords[field.name] = value
        if update and given.get(f"clear_{field.name}"):
            if field.name in keywords:
                raise click.UsageError(
                    f"--{field.option} and --clear-{field.name.replace('_', '-')} exclude each other"
                )
            keywords[field.name] = [] if field.kind == LIST else None
    keywords.update(_cascade(given))
    keywords.update(_restream(given))
    if given.get("merge_json_file"):
        keywords["merge_json"] = str(credentials.read_text(given["merge_json_file"], "--merge-json-file", lasts=False))
    return keywords


def streams(names: Sequence[str], patterns: Sequence[str]) -> list[Stream | str]:
    """Names and patterns, as a token has them."""
    return [*names, *(Stream(pattern, is_regex=True) for pattern in patterns)]


def _cascade(given: dict[str, Any]) -> dict[str, Any]:
    is_on, clusters = given.get("geo_cascade"), given.get("geo_cascade_clusters")
    if is_on is None and clusters:
        raise click.UsageError("--geo-cascade-cluster goes with --geo-cascade")
    return {} if is_on is None else {"geo_cascade": GeoCascade(is_on, list(clusters or ()))}


def _restream(given: dict[str, Any]) -> dict[str, Any]:
    file = given.get("restream_file")
    if given.get("clear_restream"):
        if file:
            raise click.UsageError("--restream-file and --clear-restream exclude each other")
        return {"restream": []}
    if not file:
        return {}
    try:
        entries = json.loads(credentials.read_text(file, "--restream-file"))
        return {"restream": [_endpoint(entry) for entry in entries]}
    except (ValueError, TypeError, RecursionError):
        # Nothing of it is quoted, since it holds keys.
        raise CommandError(
            INVALID, "--restream-file is no JSON array of objects with url and key, and maybe label and enabled"
        ) from None


def _endpoint(entry: dict[str, Any]) -> Restream:
    endpoint = Restream(**entry)
    kinds = ((endpoint.url, str), (endpoint.key, str), (endpoint.label, (str, type(None))), (endpoint.enabled, bool))
    if not all(isinstance(value, kind) for value, kind in kinds):
        raise TypeError
    return endpoint
