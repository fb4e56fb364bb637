"""What a new token shall be.

Each value is checked when the spec is made, so a spec that exists breaks no limit. Rules between fields are checked
when it is used, before anything is sent. What is not given is not sent, and the platform's own default applies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from . import _check
from ._native import handles as h
from .request import Request, endpoints
from .values import GeoCascade, Restream, Stream


class TokenSpec(Request):
    """What both kinds share. A spec is immutable once it is made, and is used for any number of creates."""

    __slots__ = {"label": "The label of the token to be."}

    def __init__(self, label: str, streams: Iterable[Stream | str]) -> None:
        """What every spec has to have."""
        self.label: str = label
        super().__init__(_check.text("label", label))
        self._streams("streams", streams)

    def __repr__(self) -> str:
        """The label alone: a restream's key is a secret."""
        return f"{type(self).__name__}(label={self.label!r})"

    def _texts(self, setter: str, field: str, values: Iterable[str]) -> None:
        _check.each(self._set, ((setter, value) for value in _check.texts(field, values)))

    def _text(self, setter: str, field: str, value: str | None) -> None:
        if value is not None:
            self._set(setter, _check.text(field, value))

    def _flag(self, setter: str, field: str, value: bool | None) -> None:
        if value is not None:
            self._set(setter, _check.flag(field, value))

    def _integer(self, setter: str, field: str, value: int | None, limits: tuple[int, int]) -> None:
        if value is not None:
            self._set(setter, _check.integer(field, value, limits))


class SubscribeTokenSpec(TokenSpec):
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


class PublishTokenSpec(TokenSpec):
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
        _check.each(self._set, (("add_restream", *endpoint) for endpoint in endpoints(restream)))
        self._merge(merge_json)
