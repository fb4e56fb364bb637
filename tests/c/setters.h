/*
 * The setters, by what they take, so that what holds for all of them is checked for each: X(handle, function, field,
 * ...), where the handle is one of `struct handles` and the field what its errors name.
 */

#ifndef SETTERS_H
#define SETTERS_H

#include "harness.h"

struct handles {
    mct_client_config *config;
    mct_publish_token_spec *publish;
    mct_subscribe_token_spec *subscribe;
    mct_claims *claims;
    mct_list_options *options;
    mct_verify_options *verify;
    mct_bandwidth_query *query;
    mct_publish_token_update *publish_update;
    mct_subscribe_token_update *subscribe_update;
};

void handles_make(struct handles *handles);
void handles_free(struct handles *handles);

/* A call with lists of two entries, of which the second is at fault. */
#define FAULT_AT_1(status, at_fault, function, ...)                                                                    \
    do {                                                                                                               \
        mct_error *error = NULL;                                                                                       \
        CHECK_STATUS(function(__VA_ARGS__, &error), status);                                                           \
        CHECK_TEXT(mct_error_field(error), at_fault);                                                                  \
        CHECK_NUMBER(mct_error_index(error), 1);                                                                       \
        mct_error_free(error);                                                                                         \
    } while (0)

/* ... and a value that it takes */
#define SPEC_TEXT_SETTERS(X, spec, kind)                                                                               \
    X(spec, mct_##kind##_token_spec_add_allowed_origin, "allowedOrigins", "example.com")                               \
    X(spec, mct_##kind##_token_spec_add_allowed_ip_address, "allowedIpAddresses", "192.0.2.0/24")                      \
    X(spec, mct_##kind##_token_spec_set_origin_cluster, "originCluster", "auto")                                       \
    X(spec, mct_##kind##_token_spec_add_allowed_country, "allowedCountries", "PL")                                     \
    X(spec, mct_##kind##_token_spec_add_denied_country, "deniedCountries", "ZA")                                       \
    X(spec, mct_##kind##_token_spec_merge_json, "json", "{\"tomorrow\":1}")

#define UPDATE_TEXT_SETTERS(X, update, kind)                                                                           \
    X(update, mct_##kind##_token_update_set_label, "label", "another label")                                           \
    X(update, mct_##kind##_token_update_remove_stream, "streamName", "camera")                                         \
    X(update, mct_##kind##_token_update_set_origin_cluster, "originCluster", "auto")                                   \
    X(update, mct_##kind##_token_update_merge_json, "json", "{\"tomorrow\":1}")

#define TEXT_SETTERS(X)                                                                                                \
    X(config, mct_client_config_set_base_url, "base_url", "https://example.com")                                       \
    X(config, mct_client_config_set_proxy, "proxy", "http://user:word@proxy.example.com:3128")                         \
    X(config, mct_client_config_set_user_agent_suffix, "user_agent_suffix", "host/1")                                  \
    X(claims, mct_claims_set_tracking_id, "trackingId", "group")                                                       \
    X(claims, mct_claims_set_custom_viewer_data, "customViewerData", "viewer")                                         \
    X(claims, mct_claims_set_origin_cluster, "originCluster", "auto")                                                  \
    X(claims, mct_claims_add_allowed_origin, "allowedOrigins", "*.example.com:8443")                                   \
    X(claims, mct_claims_add_allowed_ip_address, "allowedIpAddresses", "2001:db8::1")                                  \
    X(query, mct_bandwidth_query_add_tracking_id, "trackingIds", "group")                                              \
    X(query, mct_bandwidth_query_add_stream_name, "streamNames", "camera")                                             \
    X(options, mct_list_options_set_cluster, "cluster", "auto")                                                        \
    X(subscribe, mct_subscribe_token_spec_set_tracking_id, "trackingId", "group")                                      \
    X(publish, mct_publish_token_spec_set_encoder_profile_id, "encoderProfileId", "profile")                           \
    X(publish_update, mct_publish_token_update_set_encoder_profile_id, "encoderProfileId", "profile")                  \
    SPEC_TEXT_SETTERS(X, publish, publish)                                                                             \
    SPEC_TEXT_SETTERS(X, subscribe, subscribe)                                                                         \
    UPDATE_TEXT_SETTERS(X, publish_update, publish)                                                                    \
    UPDATE_TEXT_SETTERS(X, subscribe_update, subscribe)

/* ... and the least and the most that it takes */
#define NUMBER_SETTERS(X)                                                                                              \
    X(config, mct_client_config_set_connect_timeout_ms, "connect_timeout_ms", 1, UINT32_MAX)                           \
    X(config, mct_client_config_set_idle_timeout_ms, "idle_timeout_ms", 1, UINT32_MAX)                                 \
    X(config, mct_client_config_set_timeout_ms, "timeout_ms", 1, UINT32_MAX)                                           \
    X(config, mct_client_config_set_max_retries, "max_retries", 0, 100)                                                \
    X(config, mct_client_config_set_max_connections, "max_connections", 1, 1024)                                       \
    X(config, mct_client_config_set_max_answer_bytes, "max_answer_bytes", 1, UINT32_MAX)                               \
    X(config, mct_client_config_set_requests_per_second, "requests_per_second", 0, 1000000)                            \
    X(publish, mct_publish_token_spec_set_expires, "expires", 1, INT32_MAX)                                            \
    X(subscribe, mct_subscribe_token_spec_set_expires, "expires", 1, INT32_MAX)                                        \
    X(publish, mct_publish_token_spec_set_bind_ips_on_usage, "bindIpsOnUsage", 0, UINT32_MAX)                          \
    X(subscribe, mct_subscribe_token_spec_set_bind_ips_on_usage, "bindIpsOnUsage", 0, UINT32_MAX)                      \
    X(options, mct_list_options_set_page, "page", 1, INT32_MAX)                                                        \
    X(options, mct_list_options_set_items_on_page, "itemsOnPage", 1, 100)                                              \
    X(options, mct_list_options_set_sort_by, "sortBy", MCT_SORT_BY_NAME, MCT_SORT_BY_ADDED_ON)                         \
    X(options, mct_list_options_set_max_pages, "max_pages", 1, INT32_MAX)                                              \
    X(query, mct_bandwidth_query_set_resolution, "resolution", MCT_RESOLUTION_HOUR, MCT_RESOLUTION_DAY)                \
    X(publish_update, mct_publish_token_update_set_bind_ips_on_usage, "bindIpsOnUsage", 0, UINT32_MAX)                 \
    X(subscribe_update, mct_subscribe_token_update_set_bind_ips_on_usage, "bindIpsOnUsage", 0, UINT32_MAX)             \
    X(publish_update, mct_publish_token_update_set_priority, "priority", INT32_MIN, INT32_MAX)                         \
    X(verify, mct_verify_options_set_leeway, "leeway", 0, UINT32_MAX)                                                  \
    X(publish, mct_publish_token_spec_set_priority, "priority", INT32_MIN, INT32_MAX)                                  \
    X(claims, mct_claims_set_issued_at, "issued_at", 0, INT64_C(253402300799))                                         \
    X(verify, mct_verify_options_set_now, "now", 0, INT64_MAX)

#define BOOL_SETTERS(X)                                                                                                \
    X(config, mct_client_config_set_allow_insecure_http)                                                               \
    X(claims, mct_claims_set_cut_to_parent)                                                                            \
    X(claims, mct_claims_set_unchecked_stream)                                                                         \
    X(verify, mct_verify_options_set_unchecked_stream)                                                                 \
    X(options, mct_list_options_set_descending)                                                                        \
    X(publish, mct_publish_token_spec_set_subscribe_requires_auth)                                                     \
    X(publish, mct_publish_token_spec_set_record)                                                                      \
    X(publish, mct_publish_token_spec_set_clip)                                                                        \
    X(publish, mct_publish_token_spec_set_multisource)                                                                 \
    X(publish, mct_publish_token_spec_set_enable_thumbnails)                                                           \
    X(publish, mct_publish_token_spec_set_display_srt_passphrase)                                                      \
    X(publish, mct_publish_token_spec_set_low_latency_rtmp)                                                            \
    X(publish, mct_publish_token_spec_set_enable_utc_insertion)                                                        \
    X(publish, mct_publish_token_spec_set_drm)                                                                         \
    X(publish_update, mct_publish_token_update_set_is_active)                                                          \
    X(subscribe_update, mct_subscribe_token_update_set_is_active)                                                      \
    X(publish_update, mct_publish_token_update_set_subscribe_requires_auth)                                            \
    X(publish_update, mct_publish_token_update_set_record)                                                             \
    X(publish_update, mct_publish_token_update_set_clip)                                                               \
    X(publish_update, mct_publish_token_update_set_multisource)                                                        \
    X(publish_update, mct_publish_token_update_set_enable_thumbnails)                                                  \
    X(publish_update, mct_publish_token_update_set_display_srt_passphrase)                                             \
    X(publish_update, mct_publish_token_update_set_low_latency_rtmp)                                                   \
    X(publish_update, mct_publish_token_update_set_enable_utc_insertion)                                               \
    X(publish_update, mct_publish_token_update_set_drm)

/* ... and a value that it takes, and one that it refuses */
#define KIND_LIST_SETTERS(X, update, kind)                                                                             \
    X(update, mct_##kind##_token_update_set_allowed_origins, "allowedOrigins", "example.com", "https://example.com")   \
    X(update, mct_##kind##_token_update_set_allowed_ip_addresses, "allowedIpAddresses", "192.0.2.1", "192.0.2.*")      \
    X(update, mct_##kind##_token_update_set_allowed_countries, "allowedCountries", "PL", "pl")                         \
    X(update, mct_##kind##_token_update_set_denied_countries, "deniedCountries", "ZA", "ZAF")

#define LIST_SETTERS(X)                                                                                                \
    KIND_LIST_SETTERS(X, publish_update, publish)                                                                      \
    KIND_LIST_SETTERS(X, subscribe_update, subscribe)

/* What is set without a value. */
#define PLAIN_SETTERS(X)                                                                                               \
    X(publish_update, mct_publish_token_update_refresh_token)                                                          \
    X(subscribe_update, mct_subscribe_token_update_refresh_token)                                                      \
    X(publish_update, mct_publish_token_update_clear_priority)                                                         \
    X(publish_update, mct_publish_token_update_clear_encoder_profile_id)                                               \
    X(publish_update, mct_publish_token_update_clear_enable_utc_insertion)

#endif
