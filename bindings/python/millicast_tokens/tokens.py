"""Publish and subscribe tokens, as the API answers them."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from . import _check, _html
from ._native import handles as h
from ._native.calls import Owned, lib, make, sent, text, texts
from ._prepared import Prepared, nothing
from .values import RestreamEntry, Stream

T = TypeVar("T", bound="Token")
W = TypeVar("W")


class Token:
    """What publish and subscribe tokens have in common.

    Immutable, and readable from any thread. What the API did not send is None, a list that it did not send is empty.
    Secrets stay in memory that the library wipes with the last reference to the token; what a property hands out is a
    Python str, which nothing wipes. `repr()` shows no secret, nor does the table that a notebook shows. A token is not
    pickled by accident: keep its `json`.
    """

    __slots__ = ("__weakref__", "_owned")

    _KIND: ClassVar[type[ctypes.Structure]]
    _LIST: ClassVar[type[ctypes.Structure]]
    _ITER: ClassVar[type[ctypes.Structure]]
    _NAME: ClassVar[str]
    _owned: Owned

    def __init__(self) -> None:
        """Tokens come from calls, lists and `from_json()`."""
        raise TypeError(f"a {type(self).__name__} comes from a call or from {type(self).__name__}.from_json()")

    @classmethod
    def from_json(cls: type[T], json: str) -> T:
        """Reads a token from JSON, such as one that was kept from `json`. Unknown fields are kept.

        Raises InvalidArgumentError for JSON that is no token of this kind: not an object with an `id`, a field of a
        wrong type, a name that appears twice. Needs no client: a token that was kept so can sign without the network.
        """
        return cls._of(make(cls._KIND, getattr(lib, f"{cls._NAME}_from_json"), _check.text("json", json)))

    @classmethod
    def _of(cls: type[T], owned: Owned) -> T:
        token = object.__new__(cls)
        token._owned = owned
        return token

    @classmethod
    def _copy_of(cls: type[T], lent: Any) -> T:
        return cls._of(make(cls._KIND, getattr(lib, f"{cls._NAME}_copy"), lent))

    @classmethod
    def _if_any(cls: type[T], owned: Owned) -> T | None:
        return cls._of(owned) if owned.pointer else None

    @classmethod
    def _all_of(cls: type[T], tokens: Owned) -> TokenList[T]:
        """The tokens of a list, each of them copied, so that one of them does not keep all alive."""
        length, get = getattr(lib, f"{cls._NAME}_list_len"), getattr(lib, f"{cls._NAME}_list_get")
        return TokenList(cls._copy_of(get(tokens.pointer, index)) for index in range(length(tokens.pointer)))

    def copy(self: T) -> T:
        """A copy that lives by itself."""
        return self._copy_of(self._owned.pointer)

    def __copy__(self: T) -> T:
        """For the `copy` module."""
        return self.copy()

    def __deepcopy__(self: T, memo: dict[int, Any]) -> T:
        """For the `copy` module."""
        return self.copy()

    def __reduce__(self) -> tuple[Any, ...]:
        """A pickle would hold the secrets of the token."""
        raise TypeError(f"a {type(self).__name__} is not pickled, because it holds a secret; keep its json instead")

    def __repr__(self) -> str:
        """What tells tokens apart, without any secret."""
        return f"{type(self).__name__}(id={self.id}, label={self.label!r}, is_active={self.is_active})"

    def _repr_html_(self) -> str:
        """A table for notebooks: id, label, streams, state, expiry. No secret is in it."""
        return _html.table([self])

    def _text(self, field: str) -> str | None:
        return text(getattr(lib, f"{self._NAME}_{field}")(self._owned.pointer))

    def _texts(self, field: str) -> tuple[str, ...]:
        count, entry = getattr(lib, f"{self._NAME}_{field}_count"), getattr(lib, f"{self._NAME}_{field}")
        return texts(count, entry, self._owned.pointer)

    def _bool(self, field: str) -> bool | None:
        value: bool | None = sent(ctypes.c_bool, getattr(lib, f"{self._NAME}_{field}"), self._owned.pointer)
        return value

    def _int(self, field: str, kind: type[Any] = ctypes.c_int64) -> int | None:
        value: int | None = sent(kind, getattr(lib, f"{self._NAME}_{field}"), self._owned.pointer)
        return value

    @property
    def id(self) -> int:
        """The id, by which the API knows the token."""
        return int(getattr(lib, f"{self._NAME}_id")(self._owned.pointer))

    @property
    def label(self) -> str | None:
        """The label, as the dashboard shows it."""
        return self._text("label")

    @property
    def name(self) -> str | None:
        """The same as the label; the platform has deprecated it."""
        return self._text("name")

    @property
    def value(self) -> str | None:
        """The secret token string, with which an encoder publishes or a viewer subscribes. A log must not have it."""
        return self._text("value")

    @property
    def is_active(self) -> bool | None:
        """Is the token enabled?"""
        return self._bool("is_active")

    @property
    def added_on(self) -> int | None:
        """When the token was created, in Unix seconds."""
        return self._int("added_on")

    @property
    def expires_on(self) -> int | None:
        """When the token expires, in Unix seconds. None: never, or (see `json`) at a date that can't be read."""
        return self._int("expires_on")

    @property
    def streams(self) -> tuple[Stream, ...]:
        """The streams that the token is for. ".*" is a pattern always: some answers do not say so."""
        pointer = self._owned.pointer
        is_regex = getattr(lib, f"{self._NAME}_stream_is_regex")
        count, entry = getattr(lib, f"{self._NAME}_stream_count"), getattr(lib, f"{self._NAME}_stream_name")
        names = texts(count, entry, pointer)
        return tuple(Stream(name, is_regex(pointer, index)) for index, name in enumerate(names))

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        """The domains that may use the token; none means all."""
        return self._texts("allowed_origin")

    @property
    def allowed_ip_addresses(self) -> tuple[str, ...]:
        """The addresses and blocks that may use the token; none means all."""
        return self._texts("allowed_ip_address")

    @property
    def bind_ips_on_usage(self) -> int | None:
        """The number of addresses that the token binds itself to when they first use it."""
        return self._int("bind_ips_on_usage", ctypes.c_uint32)

    @property
    def origin_cluster(self) -> str | None:
        """The cluster that streams are routed to. The API sends "" or nothing where none was set."""
        return self._text("origin_cluster")

    @property
    def allowed_countries(self) -> tuple[str, ...]:
        """The countries (ISO 3166-1) that viewers may be in; none means all."""
        return self._texts("allowed_country")

    @property
    def denied_countries(self) -> tuple[str, ...]:
        """The countries (ISO 3166-1) that viewers may not be in."""
        return self._texts("denied_country")

    @property
    def effective_origin_cluster(self) -> str | None:
        """The origin cluster that applies, the account's settings included."""
        return self._text("effective_origin_cluster")

    @property
    def effective_allowed_countries(self) -> tuple[str, ...]:
        """The allowed countries that apply, the account's settings included."""
        return self._texts("effective_allowed_country")

    @property
    def effective_denied_countries(self) -> tuple[str, ...]:
        """The denied countries that apply, the account's settings included."""
        return self._texts("effective_denied_country")

    @property
    def effective_geo_cascade_is_enabled(self) -> bool | None:
        """Is geo cascading on, the account's settings included?"""
        return self._bool("effective_geo_cascade_is_enabled")

    @property
    def effective_geo_cascade_clusters(self) -> tuple[str, ...]:
        """The clusters that streams are cascaded to, the account's settings included."""
        return self._texts("effective_geo_cascade_cluster")

    @property
    def effective_enable_utc_insertion(self) -> bool | None:
        """Are UTC timestamps inserted, the account's settings included?"""
        return self._bool("effective_enable_utc_insertion")

    @property
    def json(self) -> str:
        """The whole answer as JSON, unknown fields included. It holds the token string: keep it as you keep that."""
        return self._text("json") or ""


class SubscribeToken(Token):
    """A subscribe token: its `value` is what a viewer subscribes with, and the key of self-signed tokens."""

    __slots__ = ()

    _KIND = h.mct_subscribe_token
    _LIST = h.mct_subscribe_token_list
    _ITER = h.mct_subscribe_token_iter
    _NAME = "mct_subscribe_token"

    @property
    def tracking_id(self) -> str | None:
        """The id that usage is counted under."""
        return self._text("tracking_id")


class PublishToken(Token):
    """A publish token: its `value` is what an encoder publishes with."""

    __slots__ = ()

    _KIND = h.mct_publish_token
    _LIST = h.mct_publish_token_list
    _ITER = h.mct_publish_token_iter
    _NAME = "mct_publish_token"

    @property
    def subscribe_requires_auth(self) -> bool | None:
        """Do viewers need a subscribe token?"""
        return self._bool("subscribe_requires_auth")

    @property
    def record(self) -> bool | None:
        """May streams be recorded?"""
        return self._bool("record")

    @property
    def clip(self) -> bool | None:
        """Is live clipping on?"""
        return self._bool("clip")

    @property
    def multisource(self) -> bool | None:
        """May a stream have several sources?"""
        return self._bool("multisource")

    @property
    def enable_thumbnails(self) -> bool | None:
        """Are webhooks sent for thumbnails?"""
        return self._bool("enable_thumbnails")

    @property
    def low_latency_rtmp(self) -> bool | None:
        """Is RTMP taken with low latency?"""
        return self._bool("low_latency_rtmp")

    @property
    def display_srt_passphrase(self) -> bool | None:
        """Is the SRT passphrase shown and answered?"""
        return self._bool("display_srt_passphrase")

    @property
    def drm(self) -> bool | None:
        """Are the streams DRM streams?"""
        return self._bool("drm")

    @property
    def enable_utc_insertion(self) -> bool | None:
        """Are UTC timestamps inserted into the stream?"""
        return self._bool("enable_utc_insertion")

    @property
    def integration_id(self) -> str | None:
        """The integration of the token: "None", "Maestro", "Passthru", "Internal", or one unknown today."""
        return self._text("integration_id")

    @property
    def srt_passphrase(self) -> str | None:
        """The SRT passphrase, a secret."""
        return self._text("srt_passphrase")

    @property
    def priority(self) -> int | None:
        """The default priority of streams; the highest wins."""
        return self._int("priority", ctypes.c_int32)

    @property
    def encoder_profile_id(self) -> str | None:
        """The id of the encoder profile."""
        return self._text("encoder_profile_id")

    @property
    def geo_cascade_is_enabled(self) -> bool | None:
        """Is geo cascading on for this token?"""
        return self._bool("geo_cascade_is_enabled")

    @property
    def geo_cascade_clusters(self) -> tuple[str, ...]:
        """The clusters that streams of this token are cascaded to."""
        return self._texts("geo_cascade_cluster")

    @property
    def restream(self) -> tuple[RestreamEntry, ...]:
        """The endpoints that streams are sent on to, with their secret keys."""
        count = lib.mct_publish_token_restream_count(self._owned.pointer)
        return tuple(self._restream(index) for index in range(count))

    def _restream(self, index: int) -> RestreamEntry:
        pointer = self._owned.pointer
        return RestreamEntry(
            url=text(lib.mct_publish_token_restream_url(pointer, index)),
            key=text(lib.mct_publish_token_restream_key(pointer, index)),
            label=text(lib.mct_publish_token_restream_label(pointer, index)),
            enabled=sent(ctypes.c_bool, lib.mct_publish_token_restream_enabled, pointer, index),
        )


class TokenList(list[T]):
    """A list of tokens, which notebooks show as a table: the first 50 of them, without any secret.

    In all else it is a list. Slices and sums of it are plain lists.
    """

    __slots__ = ()

    def _repr_html_(self) -> str:
        """A row for each token, the first 50 of them: id, label, streams, state, expiry. No secret is in it."""
        return _html.table(self)


def created(kind: type[T], spec: Owned) -> Prepared[T]:
    """A create."""
    return Prepared(f"{kind._NAME}_create", (spec,), kind._KIND, kind._of)


def found(kind: type[T], spec: Owned, since: int) -> Prepared[TokenList[T]]:
    """A look for what a create left."""
    return Prepared(f"{kind._NAME}_find_created", (spec, since), kind._LIST, kind._all_of)


def read(kind: type[T], token_id: int) -> Prepared[T]:
    """A read."""
    return Prepared(f"{kind._NAME}_read", (token_id,), kind._KIND, kind._of)


def updated(kind: type[T], token_id: int, update: Owned) -> Prepared[T]:
    """An update."""
    return Prepared(f"{kind._NAME}_update_apply", (token_id, update), kind._KIND, kind._of)


def deleted(kind: type[T], token_id: int) -> Prepared[None]:
    """A delete."""
    return Prepared(f"{kind._NAME}_delete", (token_id,), None, nothing)


def listed(kind: type[T], what: str, options: Owned | None) -> Prepared[TokenList[T]]:
    """A list of a "page" or of "all"."""
    return Prepared(f"{kind._NAME}_list_{what}", (options,), kind._LIST, kind._all_of)


def walk_of(kind: type[T], options: Owned | None, read: Callable[[Owned], W]) -> Prepared[W]:
    """A new walk through a list. Nothing is sent."""
    return Prepared(f"{kind._NAME}_iter_new", (options,), kind._ITER, read)


def next_of(kind: type[T], walk: Owned) -> Prepared[T | None]:
    """The next token of a walk; None at the end."""
    return Prepared(f"{kind._NAME}_iter_next", (), kind._KIND, kind._if_any, on=walk)
