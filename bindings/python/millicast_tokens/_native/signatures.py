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

from . import handles as h
from .call_signatures import CALLS
from .kinds import FREE_FUNCTION, OWNED_TEXT, STATUS, TEXT, Signature, fallible, list_getters, out, sent

LOG_FUNCTION = CFUNCTYPE(None, c_void_p, c_int32, c_char_p)


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
        f"{kind}_from_json": fallible(TEXT, out(handle)),
        f"{kind}_copy": fallible(token, out(handle)),
        f"{kind}_id": (c_uint64, [token]),
        **{f"{kind}_{name}": (TEXT, [token]) for name in texts},
        **{f"{kind}_{name}": sent(token, c_bool) for name in flags},
        f"{kind}_added_on": sent(token, c_int64),
        f"{kind}_expires_on": sent(token, c_int64),
        f"{kind}_bind_ips_on_usage": sent(token, c_uint32),
        f"{kind}_stream_is_regex": (c_bool, [token, c_size_t]),
        **list_getters(
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
        **{f"{kind}_{name}": sent(token, c_bool) for name in flags},
        f"{kind}_priority": sent(token, c_int32),
        **list_getters(
            kind, token, {"geo_cascade_cluster_count": "geo_cascade_cluster", "restream_count": "restream_url"}
        ),
        f"{kind}_restream_key": (TEXT, [token, c_size_t]),
        f"{kind}_restream_label": (TEXT, [token, c_size_t]),
        f"{kind}_restream_enabled": sent(token, c_bool, c_size_t),
    }


def _subscribe_token() -> dict[str, Signature]:
    kind, token = "mct_subscribe_token", POINTER(h.mct_subscribe_token)
    return {**_token(kind, h.mct_subscribe_token), f"{kind}_tracking_id": (TEXT, [token])}


def _many() -> dict[str, Signature]:
    """Signing for many viewers."""
    signer, claims, viewers = POINTER(h.mct_signer), POINTER(h.mct_claims), POINTER(h.mct_viewers)
    offsets = POINTER(c_int64)
    room = [c_uint32, POINTER(c_char), c_size_t, offsets, POINTER(c_size_t)]
    return {
        "mct_signer_sign_packed": fallible(signer, claims, TEXT, offsets, c_size_t, *room),
        "mct_viewers_new": fallible(c_size_t, out(h.mct_viewers)),
        "mct_viewers_lend_custom_viewer_data": fallible(viewers, TEXT, offsets),
        "mct_viewers_lend_allowed_ip_address": fallible(viewers, TEXT, offsets),
        "mct_viewers_lend_lifetimes": fallible(viewers, POINTER(c_uint32)),
        "mct_signer_sign_viewers": fallible(signer, claims, viewers, *room),
        "mct_viewers_free": (None, [viewers]),
    }


def _signing() -> dict[str, Signature]:
    claims, signer, jwt = POINTER(h.mct_claims), POINTER(h.mct_signer), POINTER(h.mct_jwt)
    options = POINTER(h.mct_verify_options)
    claim_texts = ["set_tracking_id", "set_custom_viewer_data", "set_origin_cluster"]
    claim_texts += ["add_allowed_origin", "add_allowed_ip_address"]
    jwt_texts = ["token_type", "stream_name", "tracking_id", "custom_viewer_data", "origin_cluster"]
    jwt_texts += ["header_json", "json"]
    return {
        "mct_claims_new": fallible(TEXT, c_uint32, out(h.mct_claims)),
        **{f"mct_claims_{name}": fallible(claims, TEXT) for name in claim_texts},
        "mct_claims_set_issued_at": fallible(claims, c_int64),
        "mct_claims_set_cut_to_parent": fallible(claims, c_bool),
        "mct_claims_set_unchecked_stream": fallible(claims, c_bool),
        "mct_claims_free": (None, [claims]),
        "mct_signer_new": fallible(c_uint64, TEXT, c_int32, out(h.mct_signer)),
        "mct_signer_from_token": fallible(POINTER(h.mct_subscribe_token), c_int32, out(h.mct_signer)),
        "mct_signer_sign": fallible(signer, claims, POINTER(OWNED_TEXT), POINTER(c_int64)),
        "mct_signer_sign_into": fallible(
            signer, claims, POINTER(c_char), c_size_t, POINTER(c_size_t), POINTER(c_int64)
        ),
        "mct_signer_verify": fallible(signer, TEXT, options, out(h.mct_jwt)),
        "mct_signer_free": (None, [signer]),
        "mct_verify_options_new": fallible(out(h.mct_verify_options)),
        "mct_verify_options_set_now": fallible(options, c_int64),
        "mct_verify_options_set_leeway": fallible(options, c_uint32),
        "mct_verify_options_set_unchecked_stream": fallible(options, c_bool),
        "mct_verify_options_free": (None, [options]),
        "mct_jwt_parse": fallible(TEXT, out(h.mct_jwt)),
        "mct_jwt_algorithm": (c_int32, [jwt]),
        "mct_jwt_token_id": sent(jwt, c_uint64),
        **{f"mct_jwt_{name}": (TEXT, [jwt]) for name in jwt_texts},
        **{f"mct_jwt_{name}": sent(jwt, c_int64) for name in ["issued_at", "not_before", "expires_at"]},
        **list_getters(
            "mct_jwt",
            jwt,
            {"allowed_origin_count": "allowed_origin", "allowed_ip_address_count": "allowed_ip_address"},
        ),
        "mct_jwt_free": (None, [jwt]),
    }


def _client() -> dict[str, Signature]:
    config, client, options = POINTER(h.mct_client_config), POINTER(h.mct_client), POINTER(h.mct_list_options)
    texts = ["set_base_url", "set_proxy", "add_ca_pem", "set_user_agent_suffix"]
    numbers = ["connect_timeout_ms", "idle_timeout_ms", "timeout_ms", "max_retries", "max_connections"]
    numbers += ["max_answer_bytes", "requests_per_second"]
    return {
        "mct_client_config_new": fallible(TEXT, out(h.mct_client_config)),
        **{f"mct_client_config_{name}": fallible(config, TEXT) for name in texts},
        **{f"mct_client_config_set_{name}": fallible(config, c_uint32) for name in numbers},
        "mct_client_config_set_allow_insecure_http": fallible(config, c_bool),
        "mct_client_config_set_log": fallible(config, c_int32, LOG_FUNCTION, c_void_p, FREE_FUNCTION),
        "mct_client_config_free": (None, [config]),
        "mct_client_new": fallible(config, out(h.mct_client)),
        "mct_client_cancel": (None, [client]),
        "mct_client_resume": (None, [client]),
        "mct_client_free": (None, [client]),
        "mct_list_options_new": fallible(out(h.mct_list_options)),
        "mct_list_options_set_sort_by": fallible(options, c_int32),
        "mct_list_options_set_page": fallible(options, c_uint32),
        "mct_list_options_set_items_on_page": fallible(options, c_uint32),
        "mct_list_options_set_name": fallible(options, TEXT, c_int32),
        "mct_list_options_set_cluster": fallible(options, TEXT),
        "mct_list_options_set_max_pages": fallible(options, c_uint32),
        "mct_list_options_set_descending": fallible(options, c_bool),
        "mct_list_options_free": (None, [options]),
    }


#: Every function by its name.
SIGNATURES: dict[str, Signature] = {
    **_library(),
    **_subscribe_token(),
    **_signing(),
    **_many(),
    **_client(),
    **_publish_token(),
    **CALLS,
}
