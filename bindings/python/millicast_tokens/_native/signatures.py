"""The result and argument types of every function of the C header.

ctypes checks nothing by itself and cuts what it does not know to an int, so a function that is not here is not called.
"""

from __future__ import annotations

import ctypes
from ctypes import (
    CFUNCTYPE,
    POINTER,
    c_bool,
    c_char,
    c_char_p,
    c_int,
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
)
from typing import Any

from . import handles as h

#: A text that is handed in, or one that is lent and copied at once.
TEXT = c_char_p
#: A text that is handed over. ctypes turns a c_char_p into bytes and drops the pointer, so nothing could free it.
OWNED_TEXT = c_void_p
STATUS = c_int32
ERROR = POINTER(POINTER(h.mct_error))

LOG_FUNCTION = CFUNCTYPE(None, c_void_p, c_int32, c_char_p)
FREE_FUNCTION = CFUNCTYPE(None, c_void_p)

#: (result, arguments)
Signature = tuple[Any, list[Any]]


def _fallible(*arguments: Any) -> Signature:
    return STATUS, [*arguments, ERROR]


def _out(handle: type[ctypes.Structure]) -> Any:
    return POINTER(POINTER(handle))


def _sent(handle: Any, value: Any, *index: Any) -> Signature:
    """A getter that answers whether there is a value, and writes it."""
    return c_bool, [handle, *index, POINTER(value)]


def _list_getters(family: str, handle: Any, entries: dict[str, str]) -> dict[str, Signature]:
    """The count of a list of texts and its entries."""
    signatures: dict[str, Signature] = {}
    for count, entry in entries.items():
        signatures[f"{family}_{count}"] = (c_size_t, [handle])
        signatures[f"{family}_{entry}"] = (TEXT, [handle, c_size_t])
    return signatures


def _library() -> dict[str, Signature]:
    error = POINTER(h.mct_error)
    return {
        "mct_version_number": (c_uint32, []),
        "mct_version_string": (TEXT, []),
        "mct_string_free": (None, [OWNED_TEXT]),
        "mct_status_name": (TEXT, [STATUS]),
        "mct_error_status": (STATUS, [error]),
        "mct_error_message": (TEXT, [error]),
        "mct_error_field": (TEXT, [error]),
        "mct_error_http_status": (c_int, [error]),
        "mct_error_details": (TEXT, [error]),
        "mct_error_retry_after_ms": (c_int64, [error]),
        "mct_error_outcome": (c_int32, [error]),
        "mct_error_reason": (c_int32, [error]),
        "mct_error_index": (c_int64, [error]),
        "mct_error_free": (None, [error]),
    }


def _token(kind: str, handle: type[ctypes.Structure]) -> dict[str, Signature]:
    """What both kinds of token have, as the API answered them."""
    token = POINTER(handle)
    texts = ["label", "name", "value", "origin_cluster", "effective_origin_cluster", "json"]
    flags = ["is_active", "effective_geo_cascade_is_enabled", "effective_enable_utc_insertion"]
    return {
        f"{kind}_from_json": _fallible(TEXT, _out(handle)),
        f"{kind}_copy": _fallible(token, _out(handle)),
        f"{kind}_id": (c_uint64, [token]),
        **{f"{kind}_{name}": (TEXT, [token]) for name in texts},
        **{f"{kind}_{name}": _sent(token, c_bool) for name in flags},
        f"{kind}_added_on": _sent(token, c_int64),
        f"{kind}_expires_on": _sent(token, c_int64),
        f"{kind}_bind_ips_on_usage": _sent(token, c_uint32),
        f"{kind}_stream_is_regex": (c_bool, [token, c_size_t]),
        **_list_getters(
            kind,
            token,
            {
                "stream_count": "stream_name",
                "allowed_origin_count": "allowed_origin",
                "allowed_ip_address_count": "allowed_ip_address",
                "allowed_country_count": "allowed_country",
                "denied_country_count": "denied_country",
                "effective_allowed_country_count": "effective_allowed_country",
                "effective_denied_country_count": "effective_denied_country",
                "effective_geo_cascade_cluster_count": "effective_geo_cascade_cluster",
            },
        ),
        f"{kind}_free": (None, [token]),
    }


def _publish_token() -> dict[str, Signature]:
    kind, token = "mct_publish_token", POINTER(h.mct_publish_token)
    texts = ["integration_id", "srt_passphrase", "encoder_profile_id"]
    flags = [
        "subscribe_requires_auth",
        "record",
        "clip",
        "multisource",
        "enable_thumbnails",
        "low_latency_rtmp",
        "display_srt_passphrase",
        "drm",
        "enable_utc_insertion",
        "geo_cascade_is_enabled",
    ]
    return {
        **_token(kind, h.mct_publish_token),
        **{f"{kind}_{name}": (TEXT, [token]) for name in texts},
        **{f"{kind}_{name}": _sent(token, c_bool) for name in flags},
        f"{kind}_priority": _sent(token, c_int32),
        **_list_getters(
            kind, token, {"geo_cascade_cluster_count": "geo_cascade_cluster", "restream_count": "restream_url"}
        ),
        f"{kind}_restream_key": (TEXT, [token, c_size_t]),
        f"{kind}_restream_label": (TEXT, [token, c_size_t]),
        f"{kind}_restream_enabled": _sent(token, c_bool, c_size_t),
    }


def _subscribe_token() -> dict[str, Signature]:
    kind, token = "mct_subscribe_token", POINTER(h.mct_subscribe_token)
    return {**_token(kind, h.mct_subscribe_token), f"{kind}_tracking_id": (TEXT, [token])}


def _signing() -> dict[str, Signature]:
    claims, signer, jwt = POINTER(h.mct_claims), POINTER(h.mct_signer), POINTER(h.mct_jwt)
    options = POINTER(h.mct_verify_options)
    claim_texts = ["set_tracking_id", "set_custom_viewer_data", "set_origin_cluster"]
    claim_texts += ["add_allowed_origin", "add_allowed_ip_address"]
    jwt_texts = ["token_type", "stream_name", "tracking_id", "custom_viewer_data", "origin_cluster"]
    jwt_texts += ["header_json", "json"]
    return {
        "mct_claims_new": _fallible(TEXT, c_uint32, _out(h.mct_claims)),
        **{f"mct_claims_{name}": _fallible(claims, TEXT) for name in claim_texts},
        "mct_claims_set_issued_at": _fallible(claims, c_int64),
        "mct_claims_set_cut_to_parent": _fallible(claims, c_bool),
        "mct_claims_set_unchecked_stream": _fallible(claims, c_bool),
        "mct_claims_free": (None, [claims]),
        "mct_signer_new": _fallible(c_uint64, TEXT, c_int32, _out(h.mct_signer)),
        "mct_signer_from_token": _fallible(POINTER(h.mct_subscribe_token), c_int32, _out(h.mct_signer)),
        "mct_signer_sign": _fallible(signer, claims, POINTER(OWNED_TEXT), POINTER(c_int64)),
        "mct_signer_sign_into": _fallible(
            signer, claims, POINTER(c_char), c_size_t, POINTER(c_size_t), POINTER(c_int64)
        ),
        "mct_signer_verify": _fallible(signer, TEXT, options, _out(h.mct_jwt)),
        "mct_signer_free": (None, [signer]),
        "mct_verify_options_new": _fallible(_out(h.mct_verify_options)),
        "mct_verify_options_set_now": _fallible(options, c_int64),
        "mct_verify_options_set_leeway": _fallible(options, c_uint32),
        "mct_verify_options_free": (None, [options]),
        "mct_jwt_parse": _fallible(TEXT, _out(h.mct_jwt)),
        "mct_jwt_algorithm": (c_int32, [jwt]),
        "mct_jwt_token_id": _sent(jwt, c_uint64),
        **{f"mct_jwt_{name}": (TEXT, [jwt]) for name in jwt_texts},
        **{f"mct_jwt_{name}": _sent(jwt, c_int64) for name in ["issued_at", "not_before", "expires_at"]},
        **_list_getters(
            "mct_jwt",
            jwt,
            {"allowed_origin_count": "allowed_origin", "allowed_ip_address_count": "allowed_ip_address"},
        ),
        "mct_jwt_free": (None, [jwt]),
    }


def _client() -> dict[str, Signature]:
    config, client, options = POINTER(h.mct_client_config), POINTER(h.mct_client), POINTER(h.mct_list_options)
    texts = ["set_base_url", "set_proxy", "add_ca_pem", "set_user_agent_suffix"]
    numbers = ["connect_timeout_ms", "timeout_ms", "max_retries", "max_connections"]
    numbers += ["max_answer_bytes", "requests_per_second"]
    return {
        "mct_client_config_new": _fallible(TEXT, _out(h.mct_client_config)),
        **{f"mct_client_config_{name}": _fallible(config, TEXT) for name in texts},
        **{f"mct_client_config_set_{name}": _fallible(config, c_uint32) for name in numbers},
        "mct_client_config_set_allow_insecure_http": _fallible(config, c_bool),
        "mct_client_config_set_log": _fallible(config, c_int32, LOG_FUNCTION, c_void_p, FREE_FUNCTION),
        "mct_client_config_free": (None, [config]),
        "mct_client_new": _fallible(config, _out(h.mct_client)),
        "mct_client_cancel": (None, [client]),
        "mct_client_resume": (None, [client]),
        "mct_client_free": (None, [client]),
        "mct_list_options_new": _fallible(_out(h.mct_list_options)),
        "mct_list_options_set_sort_by": _fallible(options, c_int32),
        "mct_list_options_set_page": _fallible(options, c_uint32),
        "mct_list_options_set_items_on_page": _fallible(options, c_uint32),
        "mct_list_options_set_descending": _fallible(options, c_bool),
        "mct_list_options_free": (None, [options]),
    }


def _spec(kind: str, handle: type[ctypes.Structure]) -> dict[str, Signature]:
    """What both kinds of new token can be given."""
    spec = POINTER(handle)
    texts = ["add_allowed_origin", "add_allowed_ip_address", "set_origin_cluster"]
    texts += ["add_allowed_country", "add_denied_country", "merge_json"]
    return {
        f"{kind}_spec_new": _fallible(TEXT, _out(handle)),
        f"{kind}_spec_add_stream": _fallible(spec, TEXT, c_bool),
        f"{kind}_spec_set_expires": _fallible(spec, c_uint32),
        f"{kind}_spec_set_bind_ips_on_usage": _fallible(spec, c_uint32),
        **{f"{kind}_spec_{name}": _fallible(spec, TEXT) for name in texts},
        f"{kind}_spec_free": (None, [spec]),
    }


def _publish_token_spec() -> dict[str, Signature]:
    setter, spec = "mct_publish_token_spec_set", POINTER(h.mct_publish_token_spec)
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
    return {
        **_spec("mct_publish_token", h.mct_publish_token_spec),
        **{f"{setter}_{name}": _fallible(spec, c_bool) for name in flags},
        f"{setter}_priority": _fallible(spec, c_int32),
        f"{setter}_encoder_profile_id": _fallible(spec, TEXT),
        f"{setter}_geo_cascade": _fallible(spec, c_bool, POINTER(TEXT), c_size_t),
        "mct_publish_token_spec_add_restream": _fallible(spec, TEXT, TEXT, TEXT, c_bool),
    }


def _subscribe_token_spec() -> dict[str, Signature]:
    spec = POINTER(h.mct_subscribe_token_spec)
    return {
        **_spec("mct_subscribe_token", h.mct_subscribe_token_spec),
        "mct_subscribe_token_spec_set_tracking_id": _fallible(spec, TEXT),
    }


def _calls(
    kind: str, token: type[ctypes.Structure], spec: type[ctypes.Structure], tokens: type[ctypes.Structure]
) -> dict[str, Signature]:
    """The calls that both kinds of token have."""
    client, options = POINTER(h.mct_client), POINTER(h.mct_list_options)
    return {
        f"{kind}_create": _fallible(client, POINTER(spec), _out(token)),
        f"{kind}_read": _fallible(client, c_uint64, _out(token)),
        f"{kind}_list_page": _fallible(client, options, _out(tokens)),
        f"{kind}_delete": _fallible(client, c_uint64),
        f"{kind}_list_len": (c_size_t, [POINTER(tokens)]),
        f"{kind}_list_get": (POINTER(token), [POINTER(tokens), c_size_t]),
        f"{kind}_list_free": (None, [POINTER(tokens)]),
    }


def _analytics() -> dict[str, Signature]:
    query, report = POINTER(h.mct_bandwidth_query), POINTER(h.mct_bandwidth_report)
    return {
        "mct_bandwidth_query_new": _fallible(TEXT, TEXT, _out(h.mct_bandwidth_query)),
        "mct_bandwidth_query_add_tracking_id": _fallible(query, TEXT),
        "mct_bandwidth_query_free": (None, [query]),
        "mct_analytics_tracking_total": _fallible(POINTER(h.mct_client), query, _out(h.mct_bandwidth_report)),
        **_list_getters("mct_bandwidth_report", report, {"row_count": "tracking_id"}),
        "mct_bandwidth_report_stream_name": (TEXT, [report, c_size_t]),
        "mct_bandwidth_report_time": _sent(report, c_int64, c_size_t),
        "mct_bandwidth_report_traffic": (c_int32, [report, c_size_t]),
        "mct_bandwidth_report_bytes_in": (c_int64, [report, c_size_t]),
        "mct_bandwidth_report_bytes_out": (c_int64, [report, c_size_t]),
        "mct_bandwidth_report_duration": _sent(report, c_int64, c_size_t),
        "mct_bandwidth_report_json": (TEXT, [report]),
        "mct_bandwidth_report_free": (None, [report]),
    }


#: Every function by its name.
SIGNATURES: dict[str, Signature] = {
    **_library(),
    **_subscribe_token(),
    **_signing(),
    **_client(),
    **_publish_token(),
    **_publish_token_spec(),
    **_calls("mct_publish_token", h.mct_publish_token, h.mct_publish_token_spec, h.mct_publish_token_list),
    **_subscribe_token_spec(),
    **_calls("mct_subscribe_token", h.mct_subscribe_token, h.mct_subscribe_token_spec, h.mct_subscribe_token_list),
    **_analytics(),
}
