"""For every parameter of every function something that it takes, so that one at a time can be made NULL."""

from __future__ import annotations

import ctypes
from ctypes import byref
from pathlib import Path
from typing import Any

from millicast_tokens._native import handles as h
from millicast_tokens._native.calls import Owned, lib, make
from millicast_tokens._native.kinds import FREE_FUNCTION
from millicast_tokens._native.signatures import LOG_FUNCTION

import header

TOKEN = b'{"id": 5, "token": "d2e1", "streams": [{"streamName": "s"}]}'
PEM = Path(__file__).with_name("ca.pem").read_bytes()

TEXTS = {
    "json": b"{}",
    "label": b"label",
    "name": b"stream",
    "stream_name": b"stream",
    "origin": b"example.com",
    "address": b"192.0.2.1",
    "cluster": b"cluster",
    "country": b"PL",
    "tracking_id": b"tracking",
    "viewer": b"viewer",
    # One viewer's column: identifier and address at once.
    "viewer_data": b"192.0.2.1",
    "bytes": b"192.0.2.1",
    "id": b"id",
    "url": b"rtmp://example.com/live",
    "key": b"12345",
    "token": b"token",
    "api_secret": b"secret",
    "base_url": b"https://example.com",
    "proxy": b"http://example.com:8080",
    "ca_pem": PEM,
    "suffix": b"suffix",
    "start_date": b"2024-01-01",
    "stop_date_exclusive": b"2024-01-02",
    "stream_id": b"account/stream",
}

#: Lists of texts, each of one entry that its parameter takes.
TEXT_LISTS = {
    "clusters": b"cluster",
    "allowed_origins": b"example.com",
    "allowed_ip_addresses": b"192.0.2.1",
    "allowed_countries": b"PL",
    "denied_countries": b"PL",
    "urls": b"rtmp://example.com/live",
    "keys": b"12345",
    "labels": b"label",
}

#: What is sent, and has to be filled before that.
FILLED = [f"mct_{kind}_token_{request}" for kind in ("publish", "subscribe") for request in ("spec", "update")]
#: What a function that takes it as `const` gets a new one of.
FRESH = {*FILLED, "mct_list_options", "mct_bandwidth_query", "mct_call_options"}
LISTING = ("list_page", "list_all", "iter_new")
#: What a call without blocking leaves in use, so that each function gets a new one.
WALKS = [f"mct_{kind}_token_iter" for kind in ("publish", "subscribe")]
STARTS = [name for name in header.functions() if name.endswith("_start")]
#: For each function that takes a result, one that starts a call that has such a result.
STARTED = {
    **{f"mct_call_take_{kind}_token": f"mct_{kind}_token_iter_next_start" for kind in ("publish", "subscribe")},
    **{f"mct_call_take_{kind}_token_list": f"mct_{kind}_token_list_page_start" for kind in ("publish", "subscribe")},
    "mct_call_take_disable_result": "mct_publish_token_disable_start",
    "mct_call_take_id_list": "mct_publish_token_active_ids_start",
    "mct_call_take_clusters": "mct_cluster_list_start",
    "mct_call_take_bandwidth_report": "mct_analytics_tracking_total_start",
    "mct_call_take_nothing": "mct_publish_token_delete_start",
}
FOR_EVER = 2**32 - 1

#: What may be NULL while everything else is given. An error may be NULL everywhere.
NULLABLE = {
    ("mct_signer_sign", "expires_at"),
    ("mct_signer_sign_into", "expires_at"),
    ("mct_signer_verify", "options"),
    ("mct_signer_verify", "out"),
    ("mct_publish_token_spec_add_restream", "label"),
    ("mct_publish_token_update_set_restream", "labels"),
    ("mct_publish_token_update_set_restream", "enabled"),
    ("mct_publish_token_active_ids", "stream_id"),
    *((f"mct_{kind}_token_{call}", "options") for kind in ("publish", "subscribe") for call in LISTING),
    ("mct_client_config_set_log", "user"),
    ("mct_client_config_set_log", "free_user"),
    *((name, "options") for name in STARTS),
    *((name, "list") for name in STARTS),
    ("mct_publish_token_active_ids_start", "stream_id"),
    ("mct_call_options_set_done", "user"),
    ("mct_call_options_set_done", "free_user"),
}


def ended(pending: Owned) -> Owned:
    """The call, once it is done."""
    assert lib.mct_call_wait(pending.pointer, FOR_EVER, None) == 0
    return pending


@LOG_FUNCTION  # type: ignore[untyped-decorator]  # ctypes' own decorator has no types
def _no_log(*_: Any) -> None:
    pass


@FREE_FUNCTION  # type: ignore[untyped-decorator]  # ctypes' own decorator has no types
def _no_free(_: Any) -> None:
    pass


class Samples:
    """Handles of every kind, and values for everything else."""

    def __init__(self, url: str, secret: str) -> None:
        config = make(h.mct_client_config, lib.mct_client_config_new, secret.encode())
        status = lib.mct_client_config_set_base_url(config.pointer, url.encode(), None)
        assert status == 0
        client = make(h.mct_client, lib.mct_client_new, config.pointer)
        claims = make(h.mct_claims, lib.mct_claims_new, b"stream", 60)
        signer = make(h.mct_signer, lib.mct_signer_new, 5, b"key", 256)
        query = self._query("mct_analytics_tracking_total")
        error = Owned(h.mct_error)
        assert lib.mct_signer_new(5, b"", 256, None, byref(error.pointer)) != 0
        self.jwt = self._signed(signer, claims)
        self.owned: dict[str, Owned] = {
            "mct_error": error,
            "mct_client_config": config,
            "mct_client": client,
            "mct_claims": claims,
            "mct_signer": signer,
            "mct_viewers": make(h.mct_viewers, lib.mct_viewers_new, 1),
            "mct_bandwidth_query": query,
            "mct_jwt": make(h.mct_jwt, lib.mct_jwt_parse, self.jwt),
            "mct_verify_options": make(h.mct_verify_options, lib.mct_verify_options_new),
            "mct_list_options": make(h.mct_list_options, lib.mct_list_options_new),
            "mct_publish_token": make(h.mct_publish_token, lib.mct_publish_token_from_json, TOKEN),
            "mct_subscribe_token": make(h.mct_subscribe_token, lib.mct_subscribe_token_from_json, TOKEN),
            "mct_publish_token_list": make(
                h.mct_publish_token_list, lib.mct_publish_token_list_page, client.pointer, None
            ),
            "mct_subscribe_token_list": make(
                h.mct_subscribe_token_list, lib.mct_subscribe_token_list_page, client.pointer, None
            ),
            "mct_bandwidth_report": make(
                h.mct_bandwidth_report, lib.mct_analytics_tracking_total, client.pointer, query.pointer
            ),
            "mct_publish_token_iter": make(
                h.mct_publish_token_iter, lib.mct_publish_token_iter_new, client.pointer, None
            ),
            "mct_subscribe_token_iter": make(
                h.mct_subscribe_token_iter, lib.mct_subscribe_token_iter_new, client.pointer, None
            ),
            "mct_clusters": make(h.mct_clusters, lib.mct_cluster_list, client.pointer),
            "mct_id_list": make(h.mct_id_list, lib.mct_publish_token_active_ids, client.pointer, None),
            "mct_disable_result": make(
                h.mct_disable_result, lib.mct_publish_token_disable, client.pointer, (ctypes.c_uint64 * 1)(424242), 1
            ),
            **{kind: self._filled(kind) for kind in FILLED},
            "mct_call_options": make(h.mct_call_options, lib.mct_call_options_new),
            "mct_call": ended(make(h.mct_call, lib.mct_cluster_list_start, client.pointer, None)),
        }
        self.buffer = ctypes.create_string_buffer(4096)
        # Lent, so they live as long as the handles do.
        column, room = (ctypes.c_int64 * 2)(0, len(TEXTS["bytes"])), (ctypes.c_int64 * 2)()
        self.lists: dict[str, Any] = {
            "viewer_offsets": column,
            "offsets": column,
            "out_offsets": room,
            "seconds": (ctypes.c_uint32 * 1)(60),
        }

    @staticmethod
    def _signed(signer: Owned, claims: Owned) -> bytes:
        buffer, length = ctypes.create_string_buffer(4096), ctypes.c_size_t()
        assert lib.mct_signer_sign_into(signer.pointer, claims.pointer, buffer, 4096, byref(length), None, None) == 0
        return buffer.value

    @staticmethod
    def _query(function: str) -> Owned:
        """A query that this operation takes."""
        query = make(h.mct_bandwidth_query, lib.mct_bandwidth_query_new, b"2024-01-01", b"2024-01-02")
        asked_by = "stream_name" if "_streams_" in function else "tracking_id"
        assert getattr(lib, f"mct_bandwidth_query_add_{asked_by}")(query.pointer, b"asked by", None) == 0
        if "_series" in function:
            assert lib.mct_bandwidth_query_set_resolution(query.pointer, 1, None) == 0
        return query

    @staticmethod
    def _filled(kind: str) -> Owned:
        """A spec or an update that can be sent."""
        request = getattr(h, kind)
        if kind.endswith("_update"):
            update = make(request, getattr(lib, f"{kind}_new"))
            assert getattr(lib, f"{kind}_set_label")(update.pointer, b"label", None) == 0
            return update
        spec = make(request, getattr(lib, f"{kind}_new"), b"label")
        assert getattr(lib, f"{kind}_add_stream")(spec.pointer, b"stream", False, None) == 0
        return spec

    def of(self, function: header.Function, parameter: header.Parameter) -> tuple[Any, Any]:
        """A value for a parameter, and what has to be kept until after the call, or freed."""
        declared = parameter.type.replace("const ", "")
        pointed = declared.rstrip("*").strip()
        if not parameter.is_pointer:
            return number(parameter), None
        if declared in ("char *", "char * *", "void *") or "(*)" in declared:
            return self._plain(function, parameter), None
        if declared == "char **":
            text = ctypes.c_void_p()
            return byref(text), text
        if declared.endswith("**"):
            owned = Owned(getattr(h, pointed))
            return byref(owned.pointer), owned
        fresh = self._fresh(function, parameter, pointed)
        return (self._pointer(parameter, pointed), None) if fresh is None else (fresh.pointer, fresh)

    def _started(self, function: header.Function) -> Owned:
        """A call that is done, and was started by this function."""
        given = [self.of(function, parameter) for parameter in function.parameters[:-2]]
        return ended(make(h.mct_call, getattr(lib, function.name), *(value for value, _ in given)))

    def _fresh(self, function: header.Function, parameter: header.Parameter, kind: str) -> Owned | None:
        """A new handle of a kind that is used up by what other functions do with it."""
        if kind in WALKS:
            return make(getattr(h, kind), getattr(lib, f"{kind}_new"), self.owned["mct_client"].pointer, None)
        if kind == "mct_call" and function.name in STARTED:
            return self._started(header.functions()[STARTED[function.name]])
        # The setters fill the other ones with what can't be together.
        if not parameter.type.startswith("const ") or kind not in FRESH:
            return None
        if kind.endswith("_options"):
            return make(getattr(h, kind), getattr(lib, f"{kind}_new"))
        return self._query(function.name) if kind == "mct_bandwidth_query" else self._filled(kind)

    def _plain(self, function: header.Function, parameter: header.Parameter) -> Any:
        """What is no handle: texts, lists of them, memory, callbacks."""
        if "(*)" in parameter.type:
            return _no_log if parameter.name == "log" else _no_free
        if parameter.type == "const char * const *":
            return (ctypes.c_char_p * 1)(TEXT_LISTS[parameter.name])
        if parameter.type == "void *":
            return 1
        if parameter.name in ("buffer", "out"):
            return self.buffer
        if function.name.endswith("_from_json"):
            return TOKEN
        return self.jwt if parameter.name == "jwt" else TEXTS[parameter.name]

    def _pointer(self, parameter: header.Parameter, pointed: str) -> Any:
        if pointed in self.owned:
            return self.owned[pointed].pointer
        if parameter.name in self.lists:
            return ctypes.cast(self.lists[parameter.name], ctypes.POINTER(_NUMBERS[pointed]))
        return byref(_NUMBERS[pointed](424242 if parameter.name == "ids" else 0))


_NUMBERS: dict[str, Any] = {
    "bool": ctypes.c_bool,
    "size_t": ctypes.c_size_t,
    "int32_t": ctypes.c_int32,
    "uint32_t": ctypes.c_uint32,
    "int64_t": ctypes.c_int64,
    "uint64_t": ctypes.c_uint64,
}


def number(parameter: header.Parameter) -> Any:
    """A number that the parameter takes."""
    if parameter.type == "bool":
        return True
    special = {"capacity": 4096, "count": 1, "algorithm": 256, "index": 0, "id": 424242}
    return special.get(parameter.name, 1)


def null_of(parameter: header.Parameter) -> Any:
    """NULL, as ctypes takes it."""
    if parameter.name == "log":
        return LOG_FUNCTION()
    return FREE_FUNCTION() if "(*)" in parameter.type else None
