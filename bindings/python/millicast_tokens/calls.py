"""The calls for publish and for subscribe tokens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from . import _check, specs, tokens
from ._connection import Connection
from ._native import handles as h
from ._native.calls import Owned, call, lib, make
from .enums import SortBy
from .specs import PublishTokenSpec, SubscribeTokenSpec
from .tokens import PublishToken, SubscribeToken
from .values import GeoCascade, Restream, Stream


class SubscribeTokens:
    """The calls for subscribe tokens: `client.subscribe_tokens`. Any thread may make them; see `Client` for errors."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        """Made by the client."""
        self._connection = connection

    def create(
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
    ) -> SubscribeToken:
        """Creates a subscribe token and answers it, its secret string included. What is not given is not sent.

        Creating is not idempotent: a create is sent again only when it is certain that the server did not process it,
        and otherwise the error's `outcome` tells whether a token may have come about.

        Args:
            label: 1 to 128 UTF-16 units; it names the token in the dashboard and need not be unique.
            streams: at least one: names, or `Stream(pattern, is_regex=True)`.
            expires: seconds until the token expires, 1 to 2147483647. None: never.
            allowed_origins: domains that may use the token: "example.com", "*.example.com", with ":port" or without; no
                scheme, no path.
            allowed_ip_addresses: IPv4 or IPv6 addresses or IPv4 blocks such as "192.0.2.0/24" that may use the token.
                Not supported by the platform with RTMP. Excludes `bind_ips_on_usage` above 0.
            bind_ips_on_usage: binds the token to the first so many addresses that use it. Not supported by the platform
                with RTMP.
            origin_cluster: the id of the cluster that streams are routed to, not empty. None: the account's default.
            allowed_countries: countries that viewers may be in, ISO 3166-1 codes of two capital letters. Excludes
                denied countries.
            denied_countries: countries that viewers may not be in. Excludes allowed countries.
            tracking_id: the id that usage is counted under, 1 to 128 units. Self-signed tokens of this one must carry
                the same.
            merge_json: more fields for the request, as a mapping or as the JSON of an object: ones that the platform
                has and this library does not know yet. One that has an argument here is refused.

        Raises InvalidArgumentError (also a ValueError; `field` names the field) before anything is sent.
        """
        spec = SubscribeTokenSpec(
            label,
            streams,
            expires=expires,
            allowed_origins=allowed_origins,
            allowed_ip_addresses=allowed_ip_addresses,
            bind_ips_on_usage=bind_ips_on_usage,
            origin_cluster=origin_cluster,
            allowed_countries=allowed_countries,
            denied_countries=denied_countries,
            tracking_id=tracking_id,
            merge_json=merge_json,
        )
        return self.create_from(spec)

    def create_from(self, spec: SubscribeTokenSpec) -> SubscribeToken:
        """Creates a subscribe token as a prepared spec says; see `create()`."""
        handle = specs.handle_of(spec, SubscribeTokenSpec)
        with self._connection.calling() as client:
            return tokens.created(SubscribeToken, client, handle)

    def read(self, token_id: int) -> SubscribeToken:
        """Reads the subscribe token with this id, 0 to 2**64-1. Raises NotFoundError when there is none."""
        number = _check.integer("token_id", token_id, _check.U64)
        with self._connection.calling() as client:
            return tokens.read(SubscribeToken, client, number)

    def list_page(
        self,
        *,
        page: int | None = None,
        items_on_page: int | None = None,
        sort_by: SortBy | None = None,
        descending: bool | None = None,
    ) -> list[SubscribeToken]:
        """Reads one page of the account's subscribe tokens. Past the end it is empty.

        Args:
            page: the page, 1 to 2147483647. None: the first.
            items_on_page: how many tokens a page has, 1 to 100. None: 100.
            sort_by: what to sort by. None: the API's default, by name.
            descending: turn the sorting round? None: the API's default, no.
        """
        options = _list_options(page, items_on_page, sort_by, descending)
        with self._connection.calling() as client:
            given = None if options is None else options.pointer
            return tokens.list_page(SubscribeToken, h.mct_subscribe_token_list, client, given)

    def delete(self, token_id: int) -> None:
        """Deletes the subscribe token with this id, 0 to 2**64-1. Raises NotFoundError when there is none.

        A delete that had to be sent again and then finds nothing is a success: the first one did it.
        """
        number = _check.integer("token_id", token_id, _check.U64)
        with self._connection.calling() as client:
            tokens.delete(SubscribeToken, client, number)


class PublishTokens:
    """The calls for publish tokens: `client.publish_tokens`. Any thread may make them; see `Client` for errors."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        """Made by the client."""
        self._connection = connection

    def create(
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
    ) -> PublishToken:
        """Creates a publish token and answers it, its secret string included. What is not given is not sent.

        Creating is not idempotent: a create is sent again only when it is certain that the server did not process it,
        and otherwise the error's `outcome` tells whether a token may have come about.

        Args:
            label: 1 to 128 UTF-16 units; it names the token in the dashboard and need not be unique.
            streams: at least one: names, or `Stream(pattern, is_regex=True)`.
            expires: seconds until the token expires, 1 to 2147483647. None: never.
            allowed_origins: domains that may use the token: "example.com", "*.example.com", with ":port" or without; no
                scheme, no path.
            allowed_ip_addresses: IPv4 or IPv6 addresses or IPv4 blocks such as "192.0.2.0/24" that may use the token.
                Not supported by the platform with RTMP. Excludes `bind_ips_on_usage` above 0.
            bind_ips_on_usage: binds the token to the first so many addresses that use it. Not supported by the platform
                with RTMP.
            origin_cluster: the id of the cluster that streams are routed to, not empty. None: the account's default.
            allowed_countries: countries that viewers may be in, ISO 3166-1 codes of two capital letters. Excludes
                denied countries.
            denied_countries: countries that viewers may not be in. Excludes allowed countries.
            subscribe_requires_auth: do viewers need a subscribe token?
            record: may streams be recorded? Excludes `clip`.
            clip: is live clipping on? Excludes `record`.
            multisource: may a stream have several sources?
            enable_thumbnails: are webhooks sent for thumbnails?
            display_srt_passphrase: is the SRT passphrase shown in the dashboard and answered by the API?
            low_latency_rtmp: is RTMP taken with low latency?
            enable_utc_insertion: are UTC timestamps inserted into the stream? None: the account's setting.
            drm: are the streams DRM streams?
            priority: the default priority of streams, -2**31 to 2**31-1; the highest wins, none is the lowest.
            encoder_profile_id: the id of an encoder profile, not empty.
            geo_cascade: cascades streams to other clusters. None: the account's setting.
            restream: at most 10 endpoints that streams are sent on to.
            merge_json: more fields for the request, as a mapping or as the JSON of an object: ones that the platform
                has and this library does not know yet. One that has an argument here is refused.

        Raises InvalidArgumentError (also a ValueError; `field` names the field) before anything is sent.
        """
        spec = PublishTokenSpec(
            label,
            streams,
            expires=expires,
            allowed_origins=allowed_origins,
            allowed_ip_addresses=allowed_ip_addresses,
            bind_ips_on_usage=bind_ips_on_usage,
            origin_cluster=origin_cluster,
            allowed_countries=allowed_countries,
            denied_countries=denied_countries,
            subscribe_requires_auth=subscribe_requires_auth,
            record=record,
            clip=clip,
            multisource=multisource,
            enable_thumbnails=enable_thumbnails,
            display_srt_passphrase=display_srt_passphrase,
            low_latency_rtmp=low_latency_rtmp,
            enable_utc_insertion=enable_utc_insertion,
            drm=drm,
            priority=priority,
            encoder_profile_id=encoder_profile_id,
            geo_cascade=geo_cascade,
            restream=restream,
            merge_json=merge_json,
        )
        return self.create_from(spec)

    def create_from(self, spec: PublishTokenSpec) -> PublishToken:
        """Creates a publish token as a prepared spec says; see `create()`."""
        handle = specs.handle_of(spec, PublishTokenSpec)
        with self._connection.calling() as client:
            return tokens.created(PublishToken, client, handle)

    def read(self, token_id: int) -> PublishToken:
        """Reads the publish token with this id, 0 to 2**64-1. Raises NotFoundError when there is none."""
        number = _check.integer("token_id", token_id, _check.U64)
        with self._connection.calling() as client:
            return tokens.read(PublishToken, client, number)

    def list_page(
        self,
        *,
        page: int | None = None,
        items_on_page: int | None = None,
        sort_by: SortBy | None = None,
        descending: bool | None = None,
    ) -> list[PublishToken]:
        """Reads one page of the account's publish tokens. Past the end it is empty.

        Args:
            page: the page, 1 to 2147483647. None: the first.
            items_on_page: how many tokens a page has, 1 to 100. None: 100.
            sort_by: what to sort by. None: the API's default, by name.
            descending: turn the sorting round? None: the API's default, no.
        """
        options = _list_options(page, items_on_page, sort_by, descending)
        with self._connection.calling() as client:
            given = None if options is None else options.pointer
            return tokens.list_page(PublishToken, h.mct_publish_token_list, client, given)

    def delete(self, token_id: int) -> None:
        """Deletes the publish token with this id, 0 to 2**64-1. Its live streams end at once.

        Raises NotFoundError when there is none. A delete that had to be sent again and then finds nothing is a success:
        the first one did it.
        """
        number = _check.integer("token_id", token_id, _check.U64)
        with self._connection.calling() as client:
            tokens.delete(PublishToken, client, number)


def _list_options(
    page: int | None, items_on_page: int | None, sort_by: SortBy | None, descending: bool | None
) -> Owned | None:
    if page is None and items_on_page is None and sort_by is None and descending is None:
        return None
    options = make(h.mct_list_options, lib.mct_list_options_new)
    if page is not None:
        call(lib.mct_list_options_set_page, options.pointer, _check.integer("page", page, _check.U32))
    if items_on_page is not None:
        number = _check.integer("itemsOnPage", items_on_page, _check.U32)
        call(lib.mct_list_options_set_items_on_page, options.pointer, number)
    if sort_by is not None:
        call(lib.mct_list_options_set_sort_by, options.pointer, _check.integer("sortBy", sort_by, _check.I32))
    if descending is not None:
        call(lib.mct_list_options_set_descending, options.pointer, _check.flag("isDescending", descending))
    return options
