"""What a new token shall be.

Each value is checked when the spec is made, so a spec that exists breaks no limit. Rules between fields are checked
when it is used, before anything is sent. What is not given is not sent, and the platform's own default applies.
"""

from __future__ import annotations

import ctypes
import json
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from . import _check
from ._native import handles as h
from ._native.calls import Owned, call, lib, make
from .errors import InvalidArgumentError
from .values import GeoCascade, Restream, Stream


class _Spec:
    """What both kinds share. A spec is immutable once it is made, and is used for any number of creates."""

    __slots__ = ("__weakref__", "_owned", "label")

    _KIND: ClassVar[type[ctypes.Structure]]
    _NAME: ClassVar[str]

    def __init__(self, label: str, streams: Iterable[Stream | str]) -> None:
        self.label = label
        self._owned: Owned = make(self._KIND, getattr(lib, f"{self._NAME}_new"), _check.text("label", label))
        for stream in _check.several("streams", streams):
            name, is_regex = (stream.name, stream.is_regex) if isinstance(stream, Stream) else (stream, False)
            self._set("add_stream", _check.text("streamName", name), _check.flag("isRegex", is_regex))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(label={self.label!r})"

    def _set(self, setter: str, *values: Any) -> None:
        call(getattr(lib, f"{self._NAME}_{setter}"), self._owned.pointer, *values)

    def _texts(self, setter: str, field: str, values: Iterable[str]) -> None:
        for value in _check.texts(field, values):
            self._set(setter, value)

    def _text(self, setter: str, field: str, value: str | None) -> None:
        if value is not None:
            self._set(setter, _check.text(field, value))

    def _flag(self, setter: str, field: str, value: bool | None) -> None:
        if value is not None:
            self._set(setter, _check.flag(field, value))

    def _integer(self, setter: str, field: str, value: int | None, limits: tuple[int, int]) -> None:
        if value is not None:
            self._set(setter, _check.integer(field, value, limits))

    def _merge(self, fields: Mapping[str, Any] | str | None) -> None:
        if fields is not None:
            self._set("merge_json", _check.text("json", fields if isinstance(fields, str) else _written(fields)))


def _written(fields: Mapping[str, Any]) -> str:
    if not isinstance(fields, Mapping):
        raise TypeError(f"merge_json: must be a mapping or a str, given is a {type(fields).__name__}")
    try:
        return json.dumps(dict(fields), allow_nan=False)
    except ValueError as error:
        raise InvalidArgumentError(f"json: can't be written: {error}", field="json") from None


class SubscribeTokenSpec(_Spec):
    """What a new subscribe token shall be. Immutable; any number of creates can use it, from any thread."""

    __slots__ = ()

    _KIND = h.mct_subscribe_token_spec
    _NAME = "mct_subscribe_token_spec"

    def __init__(
        self,
        label: str,
        streams: Iterable[Stream | str],
        *,
        expires: int | None = None,
        allowed_origins: Iterable[str] = (),
        allowed_ip_addresses: Iterable[str] = (),
        bind_ips_on_usage: int | None = None,
        origin_cluster: str | None = None,
        allowed_countries: Iterable[str] = (),
        denied_countries: Iterable[str] = (),
        tracking_id: str | None = None,
        merge_json: Mapping[str, Any] | str | None = None,
    ) -> None:
        """See `SubscribeTokens.create()`, which takes the same."""
        super().__init__(label, streams)
        self._integer("set_expires", "expires", expires, _check.U32)
        self._texts("add_allowed_origin", "allowedOrigins", allowed_origins)
        self._texts("add_allowed_ip_address", "allowedIpAddresses", allowed_ip_addresses)
        self._integer("set_bind_ips_on_usage", "bindIpsOnUsage", bind_ips_on_usage, _check.U32)
        self._text("set_origin_cluster", "originCluster", origin_cluster)
        self._texts("add_allowed_country", "allowedCountries", allowed_countries)
        self._texts("add_denied_country", "deniedCountries", denied_countries)
        self._text("set_tracking_id", "trackingId", tracking_id)
        self._merge(merge_json)


class PublishTokenSpec(_Spec):
    """What a new publish token shall be. Immutable; any number of creates can use it, from any thread."""

    __slots__ = ()

    _KIND = h.mct_publish_token_spec
    _NAME = "mct_publish_token_spec"

    def __init__(
        self,
        label: str,
        streams: Iterable[Stream | str],
        *,
        expires: int | None = None,
        allowed_origins: Iterable[str] = (),
        allowed_ip_addresses: Iterable[str] = (),
        bind_ips_on_usage: int | None = None,
        origin_cluster: str | None = None,
        allowed_countries: Iterable[str] = (),
        denied_countries: Iterable[str] = (),
        subscribe_requires_auth: bool | None = None,
        record: bool | None = None,
        clip: bool | None = None,
        multisource: bool | None = None,
        enable_thumbnails: bool | None = None,
        display_srt_passphrase: bool | None = None,
        low_latency_rtmp: bool | None = None,
        enable_utc_insertion: bool | None = None,
        drm: bool | None = None,
        priority: int | None = None,
        encoder_profile_id: str | None = None,
        geo_cascade: GeoCascade | None = None,
        restream: Iterable[Restream] = (),
        merge_json: Mapping[str, Any] | str | None = None,
    ) -> None:
        """See `PublishTokens.create()`, which takes the same."""
        super().__init__(label, streams)
        self._integer("set_expires", "expires", expires, _check.U32)
        self._texts("add_allowed_origin", "allowedOrigins", allowed_origins)
        self._texts("add_allowed_ip_address", "allowedIpAddresses", allowed_ip_addresses)
        self._integer("set_bind_ips_on_usage", "bindIpsOnUsage", bind_ips_on_usage, _check.U32)
        self._text("set_origin_cluster", "originCluster", origin_cluster)
        self._texts("add_allowed_country", "allowedCountries", allowed_countries)
        self._texts("add_denied_country", "deniedCountries", denied_countries)
        self._flag("set_subscribe_requires_auth", "subscribeRequiresAuth", subscribe_requires_auth)
        self._flag("set_record", "record", record)
        self._flag("set_clip", "clip", clip)
        self._flag("set_multisource", "multisource", multisource)
        self._flag("set_enable_thumbnails", "enableThumbnails", enable_thumbnails)
        self._flag("set_display_srt_passphrase", "displaySrtPassphrase", display_srt_passphrase)
        self._flag("set_low_latency_rtmp", "lowLatencyRtmp", low_latency_rtmp)
        self._flag("set_enable_utc_insertion", "enableUTCInsertion", enable_utc_insertion)
        self._flag("set_drm", "drm", drm)
        self._integer("set_priority", "priority", priority, _check.I32)
        self._text("set_encoder_profile_id", "encoderProfileId", encoder_profile_id)
        if geo_cascade is not None:
            self._cascade(geo_cascade)
        for endpoint in _check.several("restream", restream):
            self._restream(endpoint)
        self._merge(merge_json)

    def _cascade(self, cascade: GeoCascade) -> None:
        if not isinstance(cascade, GeoCascade):
            raise TypeError(f"geoCascade: must be a GeoCascade, given is a {type(cascade).__name__}")
        is_enabled = _check.flag("geoCascade.isEnabled", cascade.is_enabled)
        clusters = _check.texts("geoCascade.clusters", cascade.clusters)
        self._set("set_geo_cascade", is_enabled, (ctypes.c_char_p * len(clusters))(*clusters), len(clusters))

    def _restream(self, endpoint: Restream) -> None:
        if not isinstance(endpoint, Restream):
            raise TypeError(f"restream: must be Restream entries, given is a {type(endpoint).__name__}")
        label = None if endpoint.label is None else _check.text("restream.label", endpoint.label)
        self._set(
            "add_restream",
            _check.text("restream.url", endpoint.url),
            _check.text("restream.key", endpoint.key),
            label,
            _check.flag("restream.enabled", endpoint.enabled),
        )


def handle_of(spec: _Spec, kind: type[_Spec]) -> Owned:
    """The handle of a spec of this kind."""
    if not isinstance(spec, kind):
        raise TypeError(f"spec: must be a {kind.__name__}, given is a {type(spec).__name__}")
    return spec._owned
