"""The calls for publish tokens."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from . import account, listing
from .account import DisableResult
from .calls import TokenCalls
from .enums import FilterBy, SortBy
from .listing import TokenIterator
from .request import handle_of
from .specs import PublishTokenSpec
from .tokens import PublishToken, TokenList
from .updates import PublishTokenUpdate
from .values import UNSET, GeoCascade, Restream, Stream, Unset


class PublishTokens(TokenCalls[PublishToken]):
    """The calls for publish tokens: `client.publish_tokens`. Any thread may make them; see `Client` for errors."""

    __slots__ = ()

    _TOKEN = PublishToken

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
        and otherwise the error's `outcome` tells whether a token may have come about: `find_created()` looks for it.

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
        return self._create(handle_of("spec", spec, PublishTokenSpec))

    def find_created(
        self, label: str, streams: Iterable[Stream | str], *, since: int | datetime.datetime
    ) -> TokenList[PublishToken]:
        """Looks for what a create with an unknown outcome left, the newest first. Empty: there is none.

        Tokens that somebody else created with the same label and streams are found too. A create that was only just
        lost may still be carried out; an empty list that is some seconds old is sure. The list is read by time, and no
        further back than `since`.

        Args:
            label: the label that the create was given.
            streams: the streams that it was given.
            since: what was added before is not looked at: Unix seconds, -2**63 to 2**63-1, or a `datetime.datetime`
                with a time zone, rounded down. It is compared with the API's clock: take the time before the create,
                and a minute less where this machine's clock may be ahead.
        """
        return self.find_created_from(PublishTokenSpec(label, streams), since=since)

    def find_created_from(self, spec: PublishTokenSpec, *, since: int | datetime.datetime) -> TokenList[PublishToken]:
        """Looks for what a create of this spec left; see `find_created()`. Label and streams are what counts."""
        return self._find(handle_of("spec", spec, PublishTokenSpec), since)

    def update(
        self,
        token_id: int,
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
    ) -> PublishToken:
        """Changes the publish token with this id and answers it as it is then. What is not named stays as it is.

        A list that is given replaces the whole list, and an empty one clears it. `None` clears `priority`,
        `encoder_profile_id` and `enable_utc_insertion`.

        An update that refreshes the token, adds or removes streams, or holds fields that are unknown here is sent again
        only when it is certain that the server did not process it; the error's `outcome` tells.

        Args:
            token_id: the token, 0 to 2**64-1.
            label: at most 128 UTF-16 units.
            is_active: enables or disables the token.
            add_streams: more streams: names, or `Stream(pattern, is_regex=True)`.
            remove_streams: names or patterns of streams that the token is no longer for.
            refresh_token: True gives the token a new secret string, each time. The one before stops working, and with
                it what was self-signed.
            allowed_origins: the domains that may use the token, as in `create()`; [] for all.
            allowed_ip_addresses: the addresses and IPv4 blocks that may use the token; [] for all.
            bind_ips_on_usage: binds the token to the first so many addresses that use it; 0 ends that.
            origin_cluster: the id of the cluster that streams are routed to, not empty.
            allowed_countries: the countries that viewers may be in, ISO 3166-1; [] for all.
            denied_countries: the countries that viewers may not be in; [] for none.
            subscribe_requires_auth: do viewers need a subscribe token?
            record: may streams be recorded? Excludes `clip`.
            clip: is live clipping on? Excludes `record`.
            multisource: may a stream have several sources?
            enable_thumbnails: are webhooks sent for thumbnails?
            display_srt_passphrase: is the SRT passphrase shown in the dashboard and answered by the API?
            low_latency_rtmp: is RTMP taken with low latency?
            enable_utc_insertion: are UTC timestamps inserted into the stream? None: the account's setting again.
            drm: are the streams DRM streams?
            priority: the default priority of streams, -2**31 to 2**31-1; the highest wins. None: none any more.
            encoder_profile_id: the id of an encoder profile, not empty. None: none any more.
            geo_cascade: cascades streams to other clusters.
            restream: the whole list of endpoints that streams are sent on to, 10 at most.
            merge_json: more fields for the request, as in `create()`.

        Raises InvalidArgumentError before anything is sent, also for an update that changes nothing, and NotFoundError
        when there is no such token.
        """
        update = PublishTokenUpdate(
            label=label,
            is_active=is_active,
            add_streams=add_streams,
            remove_streams=remove_streams,
            refresh_token=refresh_token,
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
        return self.update_from(token_id, update)

    def update_from(self, token_id: int, update: PublishTokenUpdate) -> PublishToken:
        """Changes the publish token with this id as a prepared update says; see `update()`."""
        return self._update(token_id, handle_of("update", update, PublishTokenUpdate))

    def list_page(
        self,
        *,
        page: int | None = None,
        items_on_page: int | None = None,
        sort_by: SortBy | None = None,
        descending: bool | None = None,
        name: str | None = None,
        filter_by: FilterBy | None = None,
        cluster: str | None = None,
    ) -> TokenList[PublishToken]:
        """Reads one page of the account's publish tokens. Past the end it is empty.

        Args:
            page: the page, 1 to 2147483647. None: the first.
            items_on_page: how many tokens a page has, 1 to 100. None: 100.
            sort_by: what to sort by. None: the API's default, by name.
            descending: turn the sorting round? None: the API's default, no.
            name: lists tokens by a name, not empty. The platform leaves out tokens whose stream is a pattern.
            filter_by: where the name is looked for. None: `FilterBy.TOKEN_OR_STREAM_NAME`.
            cluster: lists tokens by the id of their cluster, not empty. Excludes a name.
        """
        options = listing.options(
            page=page,
            items_on_page=items_on_page,
            sort_by=sort_by,
            descending=descending,
            name=name,
            filter_by=filter_by,
            cluster=cluster,
        )
        return self._list("page", options)

    def list_all(
        self,
        *,
        page: int | None = None,
        items_on_page: int | None = None,
        sort_by: SortBy | None = None,
        descending: bool | None = None,
        name: str | None = None,
        filter_by: FilterBy | None = None,
        cluster: str | None = None,
        max_pages: int | None = None,
    ) -> TokenList[PublishToken]:
        """Reads the whole list, in order, each token once, even when tokens are created and deleted meanwhile.

        All pages share the client's `timeout`; for a large account take `iterate()`.

        Args:
            page: the page to begin with, 1 to 2147483647. None: the first.
            items_on_page: how many tokens a page has at the most, 1 to 100. None: 100.
            sort_by: what to sort by. None: the API's default, by name.
            descending: turn the sorting round? None: the API's default, no.
            name: lists tokens by a name, not empty. The platform leaves out tokens whose stream is a pattern.
            filter_by: where the name is looked for. None: `FilterBy.TOKEN_OR_STREAM_NAME`.
            cluster: lists tokens by the id of their cluster, not empty. Excludes a name.
            max_pages: how many pages are read at the most, 1 to 2147483647: a guard against a server whose list never
                ends. None: 10000, enough for 800,000 tokens with 100 on a page.

        Raises ProtocolError when the list does not end within `max_pages`.
        """
        options = listing.options(
            page=page,
            items_on_page=items_on_page,
            sort_by=sort_by,
            descending=descending,
            name=name,
            filter_by=filter_by,
            cluster=cluster,
            max_pages=max_pages,
        )
        return self._list("all", options)

    def iterate(
        self,
        *,
        page: int | None = None,
        items_on_page: int | None = None,
        sort_by: SortBy | None = None,
        descending: bool | None = None,
        name: str | None = None,
        filter_by: FilterBy | None = None,
        cluster: str | None = None,
        max_pages: int | None = None,
    ) -> TokenIterator[PublishToken]:
        """Walks the list, one page in memory at a time, read as the iterator goes. Nothing is sent before that.

        It takes what `list_all()` takes; see `TokenIterator` for order, errors and threads.
        """
        options = listing.options(
            page=page,
            items_on_page=items_on_page,
            sort_by=sort_by,
            descending=descending,
            name=name,
            filter_by=filter_by,
            cluster=cluster,
            max_pages=max_pages,
        )
        return self._iterate(options)

    def disable(self, token_ids: Iterable[int]) -> DisableResult:
        """Disables publish tokens: at least 1 id, each 0 to 2**64-1. Running streams go on.

        The result tells of each token whether it was disabled; that none is raised says only that the API answered. It
        is sent again only when it is certain that the server did not process it; the error's `outcome` tells.

        Raises InvalidArgumentError for no id at all, before anything is sent.
        """
        return self._connection.make(account.disable(token_ids))

    def active_ids(self, stream_id: str | None = None) -> list[int]:
        """The ids of the publish tokens whose streams are live.

        Args:
            stream_id: asks for one stream: "account id/stream name". The account's id ends at the first slash; a name
                may hold more. None: the whole account.
        """
        return self._connection.make(account.active_ids(stream_id))

    def sync_restream(self, token_id: int) -> None:
        """Applies the restream configuration of the publish token with this id to its running streams at once.

        Raises NotFoundError when there is no such token.
        """
        return self._connection.make(account.sync_restream(token_id))
