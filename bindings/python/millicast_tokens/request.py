"""What a create and an update have in common: a handle of C's that is filled once."""

from __future__ import annotations

import ctypes
import json
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from . import _check
from ._native.calls import Owned, call, lib, make
from .errors import InvalidArgumentError
from .values import GeoCascade, Restream, Stream


class Request:
    """What is sent. It is immutable once it is made."""

    __slots__ = ("__weakref__", "_owned")

    _KIND: ClassVar[type[ctypes.Structure]]
    _NAME: ClassVar[str]

    def __init__(self, *arguments: Any) -> None:
        """Of what C wants for a new one."""
        self._owned: Owned = make(self._KIND, getattr(lib, f"{self._NAME}_new"), *arguments)

    def _set(self, setter: str, *values: Any) -> None:
        call(getattr(lib, f"{self._NAME}_{setter}"), self._owned.pointer, *values)

    def _streams(self, field: str, streams: Iterable[Stream | str]) -> None:
        _check.each(self._stream, ((stream,) for stream in _check.several(field, streams)))

    def _stream(self, stream: Stream | str) -> None:
        name, is_regex = (stream.name, stream.is_regex) if isinstance(stream, Stream) else (stream, False)
        self._set("add_stream", _check.text("streamName", name), _check.flag("isRegex", is_regex))

    def _cascade(self, cascade: GeoCascade) -> None:
        if not isinstance(cascade, GeoCascade):
            raise TypeError(f"geoCascade: must be a GeoCascade, given is a {type(cascade).__name__}")
        is_enabled = _check.flag("geoCascade.isEnabled", cascade.is_enabled)
        clusters = _check.texts("geoCascade.clusters", cascade.clusters)
        self._set("set_geo_cascade", is_enabled, text_array(clusters), len(clusters))

    def _merge(self, fields: Mapping[str, Any] | str | None) -> None:
        if fields is not None:
            self._set("merge_json", _check.text("json", fields if isinstance(fields, str) else _written(fields)))


def handle_of(name: str, request: Request, kind: type[Request]) -> Owned:
    """The handle of a request of this kind, which is an argument of this name."""
    if not isinstance(request, kind):
        raise TypeError(f"{name}: must be a {kind.__name__}, given is a {type(request).__name__}")
    return request._owned


def text_array(texts: Iterable[bytes | None]) -> Any:
    """Texts as C takes a list of them."""
    given = list(texts)
    return (ctypes.c_char_p * len(given))(*given)


def endpoints(restream: Iterable[Restream]) -> list[tuple[bytes, bytes, bytes | None, bool]]:
    """Address, key, label and whether it is enabled, of each endpoint."""
    made: list[tuple[bytes, bytes, bytes | None, bool]] = []
    _check.each(
        lambda entry: made.append(_endpoint(entry)), ((entry,) for entry in _check.several("restream", restream))
    )
    return made


def _endpoint(entry: Restream) -> tuple[bytes, bytes, bytes | None, bool]:
    if not isinstance(entry, Restream):
        raise TypeError(f"restream: must be Restream entries, given is a {type(entry).__name__}")
    label = None if entry.label is None else _check.text("restream.label", entry.label)
    return (
        _check.text("restream.url", entry.url),
        _check.text("restream.key", entry.key),
        label,
        _check.flag("restream.enabled", entry.enabled),
    )


def _written(fields: Mapping[str, Any]) -> str:
    if not isinstance(fields, Mapping):
        raise TypeError(f"merge_json: must be a mapping or a str, given is a {type(fields).__name__}")
    try:
        return json.dumps(dict(fields), allow_nan=False)
    except ValueError as error:
        raise InvalidArgumentError(f"json: can't be written: {error}", field="json") from None
