"""The calls for subscribe tokens."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from . import listing
from .calls import TokenCalls
from .enums import FilterBy, SortBy
from .listing import TokenIterator
from .request import handle_of
from .specs import SubscribeTokenSpec
from .tokens import SubscribeToken, TokenList
from .updates import SubscribeTokenUpdate
from .values import UNSET, Stream, Unset


class SubscribeTokens(TokenCalls[SubscribeToken]):
    """The calls for subscribe tokens: `client.subscribe_tokens`. Any thread may make them; see `Client` for errors."""

    __slots__ = ()

    _TOKEN = SubscribeToken

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
        return self._create(handle_of("spec", spec, SubscribeTokenSpec))

    def find_created(
        self, label: str, streams: Iterable[Stream | str], *, since: int | datetime.datetime
    ) -> TokenList[SubscribeToken]:
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
        return self.find_created_from(SubscribeTokenSpec(label, streams), since=since)

    def find_created_from(
        self, spec: SubscribeTokenSpec, *, since: int | datetime.datetime
    ) -> TokenList[SubscribeToken]:
        """Looks for what a create of this spec left; see `find_created()`. Label and streams are what counts."""
        return self._find(handle_of("spec", spec, SubscribeTokenSpec), since)

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
        merge_json: Mapping[str, Any] | str | None = None,
    ) -> SubscribeToken:
        """Changes the subscribe token with this id and answers it as it is then. What is not named stays as it is.

        A list that is given replaces the whole list, and an empty one clears it.

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
            merge_json: more fields for the request, as in `create()`.

        Raises InvalidArgumentError before anything is sent, also for an update that changes nothing, and NotFoundError
        when there is no such token.
        """
        update = SubscribeTokenUpdate(
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
            merge_json=merge_json,
        )
        return self.update_from(token_id, update)

    def update_from(self, token_id: int, update: SubscribeTokenUpdate) -> SubscribeToken:
        """Changes the subscribe token with this id as a prepared update says; see `update()`."""
        return self._update(token_id, handle_of("update", update, SubscribeTokenUpdate))

    def list_page(
        self,
        *,
        page: int | None = None,
        items_on_page: int | None = None,
        sort_by: SortBy | None = None,
        descending: bool | None = None,
        name: str | None = None,
        filter_by: FilterBy | None = None,
    ) -> TokenList[SubscribeToken]:
        """Reads one page of the account's subscribe tokens. Past the end it is empty.

        Args:
            page: the page, 1 to 2147483647. None: the first.
            items_on_page: how many tokens a page has, 1 to 100. None: 100.
            sort_by: what to sort by. None: the API's default, by name.
            descending: turn the sorting round? None: the API's default, no.
            name: lists tokens by a name, not empty. The platform leaves out tokens whose stream is a pattern.
            filter_by: where the name is looked for. None: `FilterBy.TOKEN_OR_STREAM_NAME`.
        """
        options = listing.options(
            page=page,
            items_on_page=items_on_page,
            sort_by=sort_by,
            descending=descending,
            name=name,
            filter_by=filter_by,
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
        max_pages: int | None = None,
    ) -> TokenList[SubscribeToken]:
        """Reads the whole list, in order, each token once, even when tokens are created and deleted meanwhile.

        All pages share the client's `timeout`; for a large account take `iterate()`.

        Args:
            page: the page to begin with, 1 to 2147483647. None: the first.
            items_on_page: how many tokens a page has at the most, 1 to 100. None: 100.
            sort_by: what to sort by. None: the API's default, by name.
            descending: turn the sorting round? None: the API's default, no.
            name: lists tokens by a name, not empty. The platform leaves out tokens whose stream is a pattern.
            filter_by: where the name is looked for. None: `FilterBy.TOKEN_OR_STREAM_NAME`.
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
        max_pages: int | None = None,
    ) -> TokenIterator[SubscribeToken]:
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
            max_pages=max_pages,
        )
        return self._iterate(options)
