"""Tokens as they are shown: the platform's own JSON, without what is secret, and columns of it."""

from __future__ import annotations

import json
import re
from typing import Any

from ..tokens import Token
from .output import Column, Record

#: The names of secrets in what the platform answers.
_SECRETS = ("token", "srtPassphrase")


def of(token: Token, *, show_token: bool) -> dict[str, Any]:
    """The platform's answer, fields that nobody here knows included."""
    record: dict[str, Any] = json.loads(token.json)
    return record if show_token else _without_secrets(record)


def _without_secrets(record: dict[str, Any]) -> dict[str, Any]:
    for name in _SECRETS:
        record.pop(name, None)
    for endpoint in record.get("restream") or ():
        if isinstance(endpoint, dict):
            endpoint.pop("key", None)
    return record


def _streams(record: Record) -> list[str]:
    """Names; a pattern stands between slashes."""
    named = []
    for stream in record.get("streams") or ():
        name = str(stream.get("streamName"))
        named.append(f"/{name}/" if stream.get("isRegex") or name == ".*" else name)
    return named


def _when(name: str) -> Any:
    """A time of the platform's without its fraction."""
    return lambda record: re.sub(r"\.[0-9]+", "", str(record.get(name) or "")) or None


def _get(name: str) -> Any:
    return lambda record: record.get(name)


def _tracking(record: Record) -> Any:
    return (record.get("tracking") or {}).get("trackingId")


def _cascade(record: Record) -> Any:
    cascade = record.get("geoCascade") or {}
    return [*(["on"] if cascade.get("isEnabled") else []), *(cascade.get("clusters") or [])]


def _restream(record: Record) -> list[str]:
    return [str(endpoint.get("url")) for endpoint in record.get("restream") or () if isinstance(endpoint, dict)]


ID = Column("id", _get("id"), style="cyan", right=True)
LABEL = Column("label", _get("label"), shrinks=True)
STREAMS = Column("streams", _streams, shrinks=True)
ACTIVE = Column("active", _get("isActive"))
_ADDED = Column("added", _when("addedOn"))
_EXPIRES = Column("expires", _when("expiresOn"))
_TOKEN = Column("token", _get("token"), style="yellow")
_TRACKING = Column("tracking id", _tracking, shrinks=True)

_RULES = (
    ("allowed origins", "allowedOrigins"),
    ("allowed addresses", "allowedIpAddresses"),
    ("bound to first", "bindIpsOnUsage"),
    ("origin cluster", "originCluster"),
    ("allowed countries", "allowedCountries"),
    ("denied countries", "deniedCountries"),
)
_PUBLISH_ONLY = (
    ("viewers need a token", "subscribeRequiresAuth"),
    ("record", "record"),
    ("clip", "clip"),
    ("multisource", "multisource"),
    ("thumbnails", "enableThumbnails"),
    ("SRT passphrase shown", "displaySrtPassphrase"),
    ("SRT passphrase", "srtPassphrase"),
    ("low latency RTMP", "lowLatencyRtmp"),
    ("UTC insertion", "enableUTCInsertion"),
    ("DRM", "drm"),
    ("priority", "priority"),
    ("encoder profile", "encoderProfileId"),
)


def columns(*, publish: bool, show_token: bool) -> list[Column]:
    """Those of a list."""
    more = [] if publish else [_TRACKING]
    return [ID, LABEL, STREAMS, ACTIVE, _EXPIRES, _ADDED, *more, *([_TOKEN] if show_token else [])]


def details(*, publish: bool) -> list[Column]:
    """All that there is to one token, a line each."""
    rules = [Column(title, _get(name)) for title, name in (*_RULES, *(_PUBLISH_ONLY if publish else ()))]
    more = [Column("geo cascade", _cascade), Column("restream", _restream)] if publish else [_TRACKING]
    return [ID, LABEL, STREAMS, ACTIVE, _ADDED, _EXPIRES, *rules, *more, _TOKEN]


def csv_fields(*, publish: bool, show_token: bool) -> list[Column]:
    """Those of CSV, by the platform's names; what is a list or an object is JSON in its cell."""
    names = ["id", "label", "isActive", "addedOn", "expiresOn", "streams"]
    names += [name for _, name in _RULES]
    if publish:
        names += [name for _, name in _PUBLISH_ONLY if show_token or name not in _SECRETS] + ["geoCascade", "restream"]
    fields = [Column(name, _get(name)) for name in names]
    if not publish:
        fields.append(Column("trackingId", _tracking))
    return [*fields, *([Column("token", _get("token"))] if show_token else [])]
