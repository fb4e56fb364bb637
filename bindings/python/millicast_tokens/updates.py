"""What shall change in a token.

What is not named stays as it is and is not sent: the default of every argument is `UNSET`. Each value is checked when
the update is made; rules between fields, and that anything changes at all, when it is applied, before anything is sent.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Mapping
from typing import Any

from . import _check
from ._native import handles as h
from .request import Request, endpoints, text_array
from .values import UNSET, GeoCascade, Restream, Stream, Unset


class TokenUpdate(Request):
    """What both kinds share. An update is immutable once it is made, and is applied any number of times."""

    __slots__ = ("_names",)

    def __init__(self) -> None:
        """Of nothing yet."""
        super().__init__()
        self._names: list[str] = []

    def __repr__(self) -> str:
        """The names alone: a restream's key is a secret."""
        return f"<{type(self).__name__} of {', '.join(self._names) or 'nothing'}>"

    def _change(self, field: str, setter: str, *values: Any) -> None:
        self._set(setter, *values)
        self._names.append(field)

    def _text(self, name: str, field: str, value: str | Unset) -> None:
        if value is not UNSET:
            self._change(field, f"set_{name}", _check.text(field, value))

    def _flag(self, name: str, field: str, value: bool | Unset) -> None:
        if value is not UNSET:
            self._change(field, f"set_{name}", _check.flag(field, value))

    def _integer(self, name: str, field: str, value: int | Unset, limits: tuple[int, int]) -> None:
        if value is not UNSET:
            self._change(field, f"set_{name}", _check.integer(field, value, limits))

    def _texts(self, name: str, field: str, values: Iterable[str] | Unset) -> None:
        if values is not UNSET:
            texts = _check.texts(field, values)
            self._change(field, f"set_{name}", text_array(texts), len(texts))

    def _clear(self, name: str, field: str) -> None:
        self._change(field, f"clear_{name}")

    def _common(
        self,
        label: str | Unset,
        is_active: bool | Unset,
        add_streams: Iterable[Stream | str],
        remove_streams: Iterable[str],
        refresh_token: bool,
    ) -> None:
        self._text("label", "label", label)
        self._flag("is_active", "isActive", is_active)
        added = _check.several("addTokenStreams", add_streams)
        self._streams("addTokenStreams", added)
        removed = _check.texts("removeTokenStreams", remove_streams)
        _check.each(self._set, (("remove_stream", name) for name in removed))
        self._names += ["addTokenStreams"] * bool(added) + ["removeTokenStreams"] * bool(removed)
        if _check.flag("refreshToken", refresh_token):
            self._change("refreshToken", "refresh_token")

    def _rules(
        self,
        *,
        allowed_origins: Iterable[str] | Unset,
        allowed_ip_addresses: Iterable[str] | Unset,
        bind_ips_on_usage: int | Unset,
        origin_cluster: str | Unset,
        allowed_countries: Iterable[str] | Unset,
        denied_countries: Iterable[str] | Unset,
    ) -> None:
        self._texts("allowed_origins", "allowedOrigins", allowed_origins)
        self._texts("allowed_ip_addresses", "allowedIpAddresses", allowed_ip_addresses)
        self._integer("bind_ips_on_usage", "bindIpsOnUsage", bind_ips_on_usage, _check.U32)
        self._text("origin_cluster", "originCluster", origin_cluster)
        self._texts("allowed_countries", "allowedCountries", allowed_countries)
        self._texts("denied_countries", "deniedCountries", denied_countries)

    def _more(self, merge_json: Mapping[str, Any] | str | None) -> None:
        if merge_json is not None:
            self._merge(merge_json)
            self._names.append("fields unknown here")


class SubscribeTokenUpdate(TokenUpdate):
    """What shall change in a subscribe token. Immutable; it can be applied any number of times, to any token."""

    __slots__ = ()

    _KIND = h.mct_subscribe_token_update
    _NAME = "mct_subscribe_token_update"

    def __init__(
        self,
        *,
        label: str | Unset = UNSET,
        is_active: bool | Unset = UNSET,
        add_streams: Iterable[Stream | str] = (),
        remove_streams: Iterable[str] = (),
        refresh_token: bool = False,
        allowed_origins: Iterable[str] | Unset = UNSET,
        allowed_ip_addresses: Iterable[str] | Unset = UNSET,
        bind_ips_on_usage: int | Unset = UNSET,
        origin_cluster: str | Unset = UNSET,
        allowed_countries: Iterable[str] | Unset = UNSET,
        denied_countries: Iterable[str] | Unset = UNSET,
        merge_json: Mapping[str, Any] | str | None = None,
    ) -> None:
        """See `SubscribeTokens.update()`, which takes the same."""
        super().__init__()
        self._common(label, is_active, add_streams, remove_streams, refresh_token)
        self._rules(
            allowed_origins=allowed_origins,
            allowed_ip_addresses=allowed_ip_addresses,
            bind_ips_on_usage=bind_ips_on_usage,
            origin_cluster=origin_cluster,
            allowed_countries=allowed_countries,
            denied_countries=denied_countries,
        )
        self._more(merge_json)


class PublishTokenUpdate(TokenUpdate):
    """What shall change in a publish token. Immutable; it can be applied any number of times, to any token."""

    __slots__ = ()

    _KIND = h.mct_publish_token_update
    _NAME = "mct_publish_token_update"

    def __init__(
        self,
        *,
        label: str | Unset = UNSET,
        is_active: bool | Unset = UNSET,
        add_streams: Iterable[Stream | str] = (),
        remove_streams: Iterable[str] = (),
        refresh_token: bool = False,
        allowed_origins: Iterable[str] | Unset = UNSET,
        allowed_ip_addresses: Iterable[str] | Unset = UNSET,
        bind_ips_on_usage: int | Unset = UNSET,
        origin_cluster: str | Unset = UNSET,
        allowed_countries: Iterable[str] | Unset = UNSET,
        denied_countries: Iterable[str] | Unset = UNSET,
        subscribe_requires_auth: bool | Unset = UNSET,
        record: bool | Unset = UNSET,
        clip: bool | Unset = UNSET,
        multisource: bool | Unset = UNSET,
        enable_thumbnails: bool | Unset = UNSET,
        display_srt_passphrase: bool | Unset = UNSET,
        low_latency_rtmp: bool | Unset = UNSET,
        enable_utc_insertion: bool | Unset | None = UNSET,
        drm: bool | Unset = UNSET,
        priority: int | Unset | None = UNSET,
        encoder_profile_id: str | Unset | None = UNSET,
        geo_cascade: GeoCascade | Unset = UNSET,
        restream: Iterable[Restream] | Unset = UNSET,
        merge_json: Mapping[str, Any] | str | None = None,
    ) -> None:
        """See `PublishTokens.update()`, which takes the same."""
        super().__init__()
        self._common(label, is_active, add_streams, remove_streams, refresh_token)
        self._rules(
            allowed_origins=allowed_origins,
            allowed_ip_addresses=allowed_ip_addresses,
            bind_ips_on_usage=bind_ips_on_usage,
            origin_cluster=origin_cluster,
            allowed_countries=allowed_countries,
            denied_countries=denied_countries,
        )
        self._flag("subscribe_requires_auth", "subscribeRequiresAuth", subscribe_requires_auth)
        self._flag("record", "record", record)
        self._flag("clip", "clip", clip)
        self._flag("multisource", "multisource", multisource)
        self._flag("enable_thumbnails", "enableThumbnails", enable_thumbnails)
        self._flag("display_srt_passphrase", "displaySrtPassphrase", display_srt_passphrase)
        self._flag("low_latency_rtmp", "lowLatencyRtmp", low_latency_rtmp)
        self._flag("drm", "drm", drm)
        if enable_utc_insertion is None:
            self._clear("enable_utc_insertion", "enableUTCInsertion")
        else:
            self._flag("enable_utc_insertion", "enableUTCInsertion", enable_utc_insertion)
        if priority is None:
            self._clear("priority", "priority")
        else:
            self._integer("priority", "priority", priority, _check.I32)
        if encoder_profile_id is None:
            self._clear("encoder_profile_id", "encoderProfileId")
        else:
            self._text("encoder_profile_id", "encoderProfileId", encoder_profile_id)
        if geo_cascade is not UNSET:
            self._cascade(geo_cascade)
            self._names.append("geoCascade")
        if restream is not UNSET:
            self._restream(restream)
        self._more(merge_json)

    def _restream(self, restream: Iterable[Restream]) -> None:
        entries = endpoints(restream)
        urls = text_array(url for url, _, _, _ in entries)
        keys = text_array(key for _, key, _, _ in entries)
        labels = text_array(label for _, _, label, _ in entries)
        enabled = (ctypes.c_bool * len(entries))(*(is_enabled for _, _, _, is_enabled in entries))
        self._change("restream", "set_restream", urls, keys, labels, enabled, len(entries))
