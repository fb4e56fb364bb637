"""The result and argument types of the functions that make calls, and of what they send and answer."""

from __future__ import annotations

import ctypes
from ctypes import CFUNCTYPE, POINTER, c_bool, c_int32, c_int64, c_size_t, c_uint32, c_uint64, c_void_p

from . import handles as h
from .kinds import FREE_FUNCTION, TEXT, Signature, fallible, list_getters, out, sent

_TEXTS = POINTER(TEXT)


def _spec(kind: str, handle: type[ctypes.Structure]) -> dict[str, Signature]:
    """What both kinds of new token can be given."""
    spec = POINTER(handle)
    texts = ["add_allowed_origin", "add_allowed_ip_address", "set_origin_cluster"]
    texts += ["add_allowed_country", "add_denied_country", "merge_json"]
    return {
        f"{kind}_spec_new": fallible(TEXT, out(handle)),
        f"{kind}_spec_add_stream": fallible(spec, TEXT, c_bool),
        f"{kind}_spec_set_expires": fallible(spec, c_uint32),
        f"{kind}_spec_set_bind_ips_on_usage": fallible(spec, c_uint32),
        **{f"{kind}_spec_{name}": fallible(spec, TEXT) for name in texts},
        f"{kind}_spec_free": (None, [spec]),
    }


def _update(kind: str, handle: type[ctypes.Structure], token: type[ctypes.Structure]) -> dict[str, Signature]:
    """What can change in both kinds of token."""
    update = POINTER(handle)
    texts = ["set_label", "remove_stream", "set_origin_cluster", "merge_json"]
    lists = ["allowed_origins", "allowed_ip_addresses", "allowed_countries", "denied_countries"]
    return {
        f"{kind}_update_new": fallible(out(handle)),
        **{f"{kind}_update_{name}": fallible(update, TEXT) for name in texts},
        **{f"{kind}_update_set_{name}": fallible(update, _TEXTS, c_size_t) for name in lists},
        f"{kind}_update_set_is_active": fallible(update, c_bool),
        f"{kind}_update_add_stream": fallible(update, TEXT, c_bool),
        f"{kind}_update_set_bind_ips_on_usage": fallible(update, c_uint32),
        f"{kind}_update_refresh_token": fallible(update),
        f"{kind}_update_apply": fallible(POINTER(h.mct_client), c_uint64, update, out(token)),
        f"{kind}_update_free": (None, [update]),
    }


def _publish_setters(request: str, handle: type[ctypes.Structure]) -> dict[str, Signature]:
    """What only publish tokens have, in specs and updates alike."""
    flags = [
        "subscribe_requires_auth",
        "record",
        "clip",
        "multisource",
        "enable_thumbnails",
        "display_srt_passphrase",
        "low_latency_rtmp",
        "enable_utc_insertion",
        "drm",
    ]
    setter, pointer = f"{request}_set", POINTER(handle)
    return {
        **{f"{setter}_{name}": fallible(pointer, c_bool) for name in flags},
        f"{setter}_priority": fallible(pointer, c_int32),
        f"{setter}_encoder_profile_id": fallible(pointer, TEXT),
        f"{setter}_geo_cascade": fallible(pointer, c_bool, _TEXTS, c_size_t),
    }


def _publish_token_spec() -> dict[str, Signature]:
    spec = POINTER(h.mct_publish_token_spec)
    return {
        **_spec("mct_publish_token", h.mct_publish_token_spec),
        **_publish_setters("mct_publish_token_spec", h.mct_publish_token_spec),
        "mct_publish_token_spec_add_restream": fallible(spec, TEXT, TEXT, TEXT, c_bool),
    }


def _publish_token_update() -> dict[str, Signature]:
    kind, update = "mct_publish_token_update", POINTER(h.mct_publish_token_update)
    cleared = ["priority", "encoder_profile_id", "enable_utc_insertion"]
    return {
        **_update("mct_publish_token", h.mct_publish_token_update, h.mct_publish_token),
        **_publish_setters(kind, h.mct_publish_token_update),
        **{f"{kind}_clear_{name}": fallible(update) for name in cleared},
        f"{kind}_set_restream": fallible(update, _TEXTS, _TEXTS, _TEXTS, POINTER(c_bool), c_size_t),
    }


def _subscribe_token_spec() -> dict[str, Signature]:
    spec = POINTER(h.mct_subscribe_token_spec)
    return {
        **_spec("mct_subscribe_token", h.mct_subscribe_token_spec),
        "mct_subscribe_token_spec_set_tracking_id": fallible(spec, TEXT),
    }


def _calls(
    kind: str,
    token: type[ctypes.Structure],
    spec: type[ctypes.Structure],
    tokens: type[ctypes.Structure],
    walk: type[ctypes.Structure],
) -> dict[str, Signature]:
    """The calls that both kinds of token have."""
    client, options = POINTER(h.mct_client), POINTER(h.mct_list_options)
    return {
        f"{kind}_create": fallible(client, POINTER(spec), out(token)),
        f"{kind}_find_created": fallible(client, POINTER(spec), c_int64, out(tokens)),
        f"{kind}_read": fallible(client, c_uint64, out(token)),
        f"{kind}_list_page": fallible(client, options, out(tokens)),
        f"{kind}_list_all": fallible(client, options, out(tokens)),
        f"{kind}_iter_new": fallible(client, options, out(walk)),
        f"{kind}_iter_next": fallible(POINTER(walk), out(token)),
        f"{kind}_iter_free": (None, [POINTER(walk)]),
        f"{kind}_delete": fallible(client, c_uint64),
        f"{kind}_list_len": (c_size_t, [POINTER(tokens)]),
        f"{kind}_list_get": (POINTER(token), [POINTER(tokens), c_size_t]),
        f"{kind}_list_free": (None, [POINTER(tokens)]),
    }


def _account() -> dict[str, Signature]:
    client, result, ids = POINTER(h.mct_client), POINTER(h.mct_disable_result), POINTER(h.mct_id_list)
    clusters = POINTER(h.mct_clusters)
    texts = ["name", "rtmp", "srt", "location_city", "location_region", "location_country"]
    return {
        "mct_publish_token_disable": fallible(client, POINTER(c_uint64), c_size_t, out(h.mct_disable_result)),
        "mct_disable_result_success_count": (c_size_t, [result]),
        "mct_disable_result_success_id": (c_uint64, [result, c_size_t]),
        "mct_disable_result_failure_count": (c_size_t, [result]),
        "mct_disable_result_failure_id": (c_uint64, [result, c_size_t]),
        "mct_disable_result_failure_message": (TEXT, [result, c_size_t]),
        "mct_disable_result_json": (TEXT, [result]),
        "mct_disable_result_free": (None, [result]),
        "mct_publish_token_active_ids": fallible(client, TEXT, out(h.mct_id_list)),
        "mct_id_list_len": (c_size_t, [ids]),
        "mct_id_list_get": (c_uint64, [ids, c_size_t]),
        "mct_id_list_json": (TEXT, [ids]),
        "mct_id_list_free": (None, [ids]),
        "mct_publish_token_sync_restream": fallible(client, c_uint64),
        "mct_cluster_list": fallible(client, out(h.mct_clusters)),
        "mct_clusters_default_id": (TEXT, [clusters]),
        **list_getters("mct_clusters", clusters, {"count": "id"}),
        **{f"mct_clusters_{name}": (TEXT, [clusters, c_size_t]) for name in texts},
        "mct_clusters_features_transcoding": sent(clusters, c_bool, c_size_t),
        "mct_clusters_json": (TEXT, [clusters]),
        "mct_clusters_free": (None, [clusters]),
    }


def _analytics() -> dict[str, Signature]:
    client, query, report = POINTER(h.mct_client), POINTER(h.mct_bandwidth_query), POINTER(h.mct_bandwidth_report)
    operations = ["tracking_total", "tracking_series", "tracking_streams_total", "tracking_streams_series"]
    return {
        "mct_bandwidth_query_new": fallible(TEXT, TEXT, out(h.mct_bandwidth_query)),
        "mct_bandwidth_query_add_tracking_id": fallible(query, TEXT),
        "mct_bandwidth_query_add_stream_name": fallible(query, TEXT),
        "mct_bandwidth_query_set_resolution": fallible(query, c_int32),
        "mct_bandwidth_query_free": (None, [query]),
        **{f"mct_analytics_{name}": fallible(client, query, out(h.mct_bandwidth_report)) for name in operations},
        **list_getters("mct_bandwidth_report", report, {"row_count": "tracking_id"}),
        "mct_bandwidth_report_stream_name": (TEXT, [report, c_size_t]),
        "mct_bandwidth_report_time": sent(report, c_int64, c_size_t),
        "mct_bandwidth_report_traffic": (c_int32, [report, c_size_t]),
        "mct_bandwidth_report_bytes_in": (c_int64, [report, c_size_t]),
        "mct_bandwidth_report_bytes_out": (c_int64, [report, c_size_t]),
        "mct_bandwidth_report_duration": sent(report, c_int64, c_size_t),
        "mct_bandwidth_report_json": (TEXT, [report]),
        "mct_bandwidth_report_free": (None, [report]),
    }


#: What is called at the end of a call without blocking.
DONE_FUNCTION = CFUNCTYPE(None, c_void_p)


def _without_blocking() -> dict[str, Signature]:
    pending, options = POINTER(h.mct_call), POINTER(h.mct_call_options)
    return {
        "mct_call_options_new": fallible(out(h.mct_call_options)),
        "mct_call_options_set_timeout_ms": fallible(options, c_uint32),
        "mct_call_options_set_done": fallible(options, DONE_FUNCTION, c_void_p, FREE_FUNCTION),
        "mct_call_options_free": (None, [options]),
        "mct_call_fd": (c_int32, [pending]),
        "mct_call_is_done": (c_bool, [pending]),
        "mct_call_wait": fallible(pending, c_uint32),
        "mct_call_cancel": (None, [pending]),
        "mct_call_free": (None, [pending]),
        **{f"mct_call_take_{kind.__name__[len('mct_') :]}": fallible(pending, out(kind)) for kind in TAKEN},
        "mct_call_take_nothing": fallible(pending),
    }


#: What a call without blocking can give.
TAKEN: list[type[ctypes.Structure]] = [
    h.mct_publish_token,
    h.mct_subscribe_token,
    h.mct_publish_token_list,
    h.mct_subscribe_token_list,
    h.mct_disable_result,
    h.mct_id_list,
    h.mct_clusters,
    h.mct_bandwidth_report,
]


def _start(signature: Signature) -> Signature:
    """The twin that starts a call: options and a call come in the place of what the call gives."""
    result, arguments = signature
    given = [kind for kind in arguments[:-1] if kind not in map(out, TAKEN)]
    return result, [*given, POINTER(h.mct_call_options), out(h.mct_call), arguments[-1]]


#: Those that block, and what they send and answer.
_BLOCKING: dict[str, Signature] = {
    **_publish_token_spec(),
    **_publish_token_update(),
    **_calls(
        "mct_publish_token",
        h.mct_publish_token,
        h.mct_publish_token_spec,
        h.mct_publish_token_list,
        h.mct_publish_token_iter,
    ),
    **_subscribe_token_spec(),
    **_update("mct_subscribe_token", h.mct_subscribe_token_update, h.mct_subscribe_token),
    **_calls(
        "mct_subscribe_token",
        h.mct_subscribe_token,
        h.mct_subscribe_token_spec,
        h.mct_subscribe_token_list,
        h.mct_subscribe_token_iter,
    ),
    **_account(),
    **_analytics(),
}

_SENDING = [
    *(
        f"mct_{kind}_token_{call}"
        for kind in ("publish", "subscribe")
        for call in ("create", "find_created", "read", "list_page", "list_all", "iter_next", "update_apply", "delete")
    ),
    *(f"mct_publish_token_{call}" for call in ("disable", "active_ids", "sync_restream")),
    "mct_cluster_list",
    *(name for name in _BLOCKING if name.startswith("mct_analytics_")),
]

#: Every one of them by its name.
CALLS: dict[str, Signature] = {
    **_BLOCKING,
    **{f"{name}_start": _start(_BLOCKING[name]) for name in _SENDING},
    **_without_blocking(),
}
