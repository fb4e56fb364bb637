/// @file
/// What calls about the account and about several tokens answer.

#ifndef MILLICAST_TOKENS_ACCOUNT_HPP
#define MILLICAST_TOKENS_ACCOUNT_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "handle.hpp"
#include "indexed.hpp"

namespace millicast {

/// A token that was not disabled.
struct disable_failure {
    std::uint64_t id = 0; ///< 0 when the API left it out.
    std::optional<std::string_view> message; ///< Why, in the API's words.
};

/// A cluster that the account can use.
struct cluster {
    std::optional<std::string_view> id; ///< As specs and claims take it.
    std::optional<std::string_view> name;
    std::optional<std::string_view> rtmp; ///< The domain that it takes RTMP at.
    std::optional<std::string_view> srt;  ///< The domain that it takes SRT at.
    std::optional<std::string_view> city;
    std::optional<std::string_view> region;
    std::optional<std::string_view> country;
    std::optional<bool> transcoding; ///< Can it transcode?
};

namespace detail {

inline disable_failure disable_failure_at(const mct_disable_result *result, std::size_t index) noexcept {
    return {mct_disable_result_failure_id(result, index),
            optional_text(mct_disable_result_failure_message(result, index))};
}

inline cluster cluster_at(const mct_clusters *clusters, std::size_t index) noexcept {
    return {optional_text(mct_clusters_id(clusters, index)),
            optional_text(mct_clusters_name(clusters, index)),
            optional_text(mct_clusters_rtmp(clusters, index)),
            optional_text(mct_clusters_srt(clusters, index)),
            optional_text(mct_clusters_location_city(clusters, index)),
            optional_text(mct_clusters_location_region(clusters, index)),
            optional_text(mct_clusters_location_country(clusters, index)),
            optional_value(mct_clusters_features_transcoding, clusters, index)};
}

} // namespace detail

/// What a bulk disable did, token by token. Immutable, and readable from any thread; texts and lists are lent and valid
/// until it is freed.
class disable_result : public owner<mct_disable_result, mct_disable_result_free> {
public:
    using owner::owner;
    using success_list = indexed<mct_disable_result, mct_disable_result_success_count, mct_disable_result_success_id>;
    using failure_list = indexed<mct_disable_result, mct_disable_result_failure_count, &detail::disable_failure_at>;

    /// The ids of the tokens that were disabled.
    [[nodiscard]] success_list successes() const & noexcept { return success_list(get()); }
    /// The tokens that were not.
    [[nodiscard]] failure_list failures() const & noexcept { return failure_list(get()); }
    /// The API's answer as JSON, with the fields that have no getter.
    [[nodiscard]] std::string_view json() const noexcept { return detail::text(mct_disable_result_json(get())); }
    // Of a temporary a loop would read what is freed.
    void successes() const && = delete;
    void failures() const && = delete;
};

/// Ids of tokens.
class id_list : public owned_list<mct_id_list, mct_id_list_free, mct_id_list_len, mct_id_list_get> {
public:
    using owned_list::owned_list;

    /// The API's answer as JSON, with the fields that have no getter.
    [[nodiscard]] std::string_view json() const noexcept { return detail::text(mct_id_list_json(get())); }
};

/// The clusters that the account can use.
class cluster_list : public owned_list<mct_clusters, mct_clusters_free, mct_clusters_count, &detail::cluster_at> {
public:
    using owned_list::owned_list;

    /// The id of the cluster that is used when none is set.
    [[nodiscard]] std::optional<std::string_view> default_id() const noexcept {
        return detail::optional_text(mct_clusters_default_id(get()));
    }
    /// The API's answer as JSON, with the fields that have no getter.
    [[nodiscard]] std::string_view json() const noexcept { return detail::text(mct_clusters_json(get())); }
};

} // namespace millicast

#endif
