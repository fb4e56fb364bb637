/// @file
/// The functions of C that publish and subscribe tokens have alike, by kind.

#ifndef MILLICAST_TOKENS_TRAITS_HPP
#define MILLICAST_TOKENS_TRAITS_HPP

#include "millicast_tokens.h"

namespace millicast {

/// The kind of token that a viewer subscribes with.
struct subscribe {};
class subscribe_token_view;

#ifndef MCT_NO_CLIENT
/// The kind of token that an encoder publishes with.
struct publish {};
class publish_token_view;

class publish_token_spec;
class publish_token_update;
class subscribe_token_spec;
class subscribe_token_update;
#endif

namespace detail {

template <typename Kind>
struct traits;

/// A name in the traits for the function of C of that name.
#define MILLICAST_FUNCTION(K, NAME) static constexpr auto NAME = &mct_##K##_##NAME;

/// What needs no client.
#define MILLICAST_TOKEN(K)                                                                                             \
    using token = mct_##K;                                                                                             \
    using view = K##_view;                                                                                             \
    MILLICAST_FUNCTION(K, free)                                                                                        \
    MILLICAST_FUNCTION(K, copy)                                                                                        \
    MILLICAST_FUNCTION(K, from_json)                                                                                   \
    MILLICAST_FUNCTION(K, id)                                                                                          \
    MILLICAST_FUNCTION(K, label)                                                                                       \
    MILLICAST_FUNCTION(K, name)                                                                                        \
    MILLICAST_FUNCTION(K, value)                                                                                       \
    MILLICAST_FUNCTION(K, is_active)                                                                                   \
    MILLICAST_FUNCTION(K, added_on)                                                                                    \
    MILLICAST_FUNCTION(K, expires_on)                                                                                  \
    MILLICAST_FUNCTION(K, stream_count)                                                                                \
    MILLICAST_FUNCTION(K, stream_name)                                                                                 \
    MILLICAST_FUNCTION(K, stream_is_regex)                                                                             \
    MILLICAST_FUNCTION(K, allowed_origin_count)                                                                        \
    MILLICAST_FUNCTION(K, allowed_origin)                                                                              \
    MILLICAST_FUNCTION(K, allowed_ip_address_count)                                                                    \
    MILLICAST_FUNCTION(K, allowed_ip_address)                                                                          \
    MILLICAST_FUNCTION(K, bind_ips_on_usage)                                                                           \
    MILLICAST_FUNCTION(K, origin_cluster)                                                                              \
    MILLICAST_FUNCTION(K, allowed_country_count)                                                                       \
    MILLICAST_FUNCTION(K, allowed_country)                                                                             \
    MILLICAST_FUNCTION(K, denied_country_count)                                                                        \
    MILLICAST_FUNCTION(K, denied_country)                                                                              \
    MILLICAST_FUNCTION(K, effective_origin_cluster)                                                                    \
    MILLICAST_FUNCTION(K, effective_allowed_country_count)                                                             \
    MILLICAST_FUNCTION(K, effective_allowed_country)                                                                   \
    MILLICAST_FUNCTION(K, effective_denied_country_count)                                                              \
    MILLICAST_FUNCTION(K, effective_denied_country)                                                                    \
    MILLICAST_FUNCTION(K, effective_geo_cascade_is_enabled)                                                            \
    MILLICAST_FUNCTION(K, effective_geo_cascade_cluster_count)                                                         \
    MILLICAST_FUNCTION(K, effective_geo_cascade_cluster)                                                               \
    MILLICAST_FUNCTION(K, effective_enable_utc_insertion)                                                              \
    MILLICAST_FUNCTION(K, json)

/// What belongs to a client.
#define MILLICAST_TOKEN_CALLS(K)                                                                                       \
    using spec = mct_##K##_spec;                                                                                       \
    using spec_builder = K##_spec;                                                                                     \
    MILLICAST_FUNCTION(K, spec_new)                                                                                    \
    MILLICAST_FUNCTION(K, spec_free)                                                                                   \
    MILLICAST_FUNCTION(K, spec_add_stream)                                                                             \
    MILLICAST_FUNCTION(K, spec_set_expires)                                                                            \
    MILLICAST_FUNCTION(K, spec_add_allowed_origin)                                                                     \
    MILLICAST_FUNCTION(K, spec_add_allowed_ip_address)                                                                 \
    MILLICAST_FUNCTION(K, spec_set_bind_ips_on_usage)                                                                  \
    MILLICAST_FUNCTION(K, spec_set_origin_cluster)                                                                     \
    MILLICAST_FUNCTION(K, spec_add_allowed_country)                                                                    \
    MILLICAST_FUNCTION(K, spec_add_denied_country)                                                                     \
    MILLICAST_FUNCTION(K, spec_merge_json)                                                                             \
    using update = mct_##K##_update;                                                                                   \
    using update_builder = K##_update;                                                                                 \
    MILLICAST_FUNCTION(K, update_new)                                                                                  \
    MILLICAST_FUNCTION(K, update_free)                                                                                 \
    MILLICAST_FUNCTION(K, update_set_label)                                                                            \
    MILLICAST_FUNCTION(K, update_set_is_active)                                                                        \
    MILLICAST_FUNCTION(K, update_add_stream)                                                                           \
    MILLICAST_FUNCTION(K, update_remove_stream)                                                                        \
    MILLICAST_FUNCTION(K, update_set_allowed_origins)                                                                  \
    MILLICAST_FUNCTION(K, update_set_allowed_ip_addresses)                                                             \
    MILLICAST_FUNCTION(K, update_set_bind_ips_on_usage)                                                                \
    MILLICAST_FUNCTION(K, update_set_origin_cluster)                                                                   \
    MILLICAST_FUNCTION(K, update_set_allowed_countries)                                                                \
    MILLICAST_FUNCTION(K, update_set_denied_countries)                                                                 \
    MILLICAST_FUNCTION(K, update_refresh_token)                                                                        \
    MILLICAST_FUNCTION(K, update_merge_json)                                                                           \
    MILLICAST_FUNCTION(K, create)                                                                                      \
    MILLICAST_FUNCTION(K, create_start)                                                                                \
    MILLICAST_FUNCTION(K, find_created)                                                                                \
    MILLICAST_FUNCTION(K, find_created_start)                                                                          \
    MILLICAST_FUNCTION(K, read)                                                                                        \
    MILLICAST_FUNCTION(K, read_start)                                                                                  \
    MILLICAST_FUNCTION(K, update_apply)                                                                                \
    MILLICAST_FUNCTION(K, update_apply_start)                                                                          \
    /* `delete` is a word of the language. */                                                                          \
    static constexpr auto remove = &mct_##K##_delete;                                                                  \
    static constexpr auto remove_start = &mct_##K##_delete_start;                                                      \
    using list = mct_##K##_list;                                                                                       \
    MILLICAST_FUNCTION(K, list_page)                                                                                   \
    MILLICAST_FUNCTION(K, list_page_start)                                                                             \
    MILLICAST_FUNCTION(K, list_all)                                                                                    \
    MILLICAST_FUNCTION(K, list_all_start)                                                                              \
    MILLICAST_FUNCTION(K, list_len)                                                                                    \
    MILLICAST_FUNCTION(K, list_get)                                                                                    \
    MILLICAST_FUNCTION(K, list_free)                                                                                   \
    using iter = mct_##K##_iter;                                                                                       \
    MILLICAST_FUNCTION(K, iter_new)                                                                                    \
    MILLICAST_FUNCTION(K, iter_next)                                                                                   \
    MILLICAST_FUNCTION(K, iter_next_start)                                                                             \
    MILLICAST_FUNCTION(K, iter_free)

#ifdef MCT_NO_CLIENT
template <>
struct traits<subscribe> {
    MILLICAST_TOKEN(subscribe_token)
};
#else
template <>
struct traits<subscribe> {
    MILLICAST_TOKEN(subscribe_token)
    MILLICAST_TOKEN_CALLS(subscribe_token)
};
template <>
struct traits<publish> {
    MILLICAST_TOKEN(publish_token)
    MILLICAST_TOKEN_CALLS(publish_token)
};
#endif

#undef MILLICAST_TOKEN_CALLS
#undef MILLICAST_TOKEN
#undef MILLICAST_FUNCTION

} // namespace detail

} // namespace millicast

#endif
