/// @file
/// What new tokens shall be.

#ifndef MILLICAST_TOKENS_SPEC_HPP
#define MILLICAST_TOKENS_SPEC_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "handle.hpp"
#include "traits.hpp"

namespace millicast {

/// What specs of both kinds have in common: see publish_token_spec and subscribe_token_spec.
///
/// What is not set is not sent, so that the platform's defaults apply. Values are checked as they are set, rules
/// between fields by a create, before anything is sent. Lengths are counted in UTF-16 units. A spec can be used for any
/// number of creates.
template <typename Self, typename Kind>
class basic_spec : public builder<Self, typename detail::traits<Kind>::spec, detail::traits<Kind>::spec_free> {
    using c = detail::traits<Kind>;

public:
    /// A stream: a name or, with `is_regex`, a pattern (".*" is any name). At least one is needed.
    Self &add_stream(std::string_view name, bool is_regex = false) noexcept {
        return this->set(c::spec_add_stream, detail::c_text(name, "streamName"), is_regex);
    }
    /// How long until the token expires, at least a second. Not set: never.
    Self &set_expires(std::chrono::seconds after) noexcept {
        return this->set(c::spec_set_expires, detail::c_u32(after.count(), "expires"));
    }
    /// A domain that may use the token: "example.com", "*.example.com", with ":port" or without.
    Self &add_allowed_origin(std::string_view origin) noexcept {
        return this->set(c::spec_add_allowed_origin, detail::c_text(origin, "allowedOrigins"));
    }
    /// An IPv4 or IPv6 address, or an IPv4 block, that may use the token. Excludes binding on usage.
    Self &add_allowed_ip_address(std::string_view address) noexcept {
        return this->set(c::spec_add_allowed_ip_address, detail::c_text(address, "allowedIpAddresses"));
    }
    /// Binds the token to the first so many addresses that use it. Excludes allowed addresses.
    Self &set_bind_ips_on_usage(std::int64_t addresses) noexcept {
        return this->set(c::spec_set_bind_ips_on_usage, detail::c_u32(addresses, "bindIpsOnUsage"));
    }
    /// The id of the cluster that streams are routed to. Not set: the account's default.
    Self &set_origin_cluster(std::string_view cluster) noexcept {
        return this->set(c::spec_set_origin_cluster, detail::c_text(cluster, "originCluster"));
    }
    /// A country that viewers may be in, as an ISO 3166-1 code of two capital letters. Excludes denied countries.
    Self &add_allowed_country(std::string_view country) noexcept {
        return this->set(c::spec_add_allowed_country, detail::c_text(country, "allowedCountries"));
    }
    /// A country that viewers may not be in. Excludes allowed countries.
    Self &add_denied_country(std::string_view country) noexcept {
        return this->set(c::spec_add_denied_country, detail::c_text(country, "deniedCountries"));
    }
    /// The fields of a JSON object: those that the platform has and this library does not know yet.
    Self &merge_json(std::string_view object) noexcept {
        return this->set(c::spec_merge_json, detail::c_text(object, "json"));
    }

protected:
    /// `label`: 1 to 128 characters; it names the token in the dashboard and need not be unique.
    explicit basic_spec(std::string_view label) noexcept
        : basic_spec::builder(detail::make<typename basic_spec::handle>(c::spec_new, detail::c_text(label, "label"))) {}
};

/// What a new subscribe token shall be.
class subscribe_token_spec : public basic_spec<subscribe_token_spec, subscribe> {
public:
    /// `label`: 1 to 128 characters.
    explicit subscribe_token_spec(std::string_view label) noexcept : basic_spec(label) {}

    /// The id that usage is counted under, 1 to 128 characters. Self-signed tokens of this one must carry the same.
    subscribe_token_spec &set_tracking_id(std::string_view tracking_id) noexcept {
        return set(mct_subscribe_token_spec_set_tracking_id, detail::c_text(tracking_id, "trackingId"));
    }
};

/// What a new publish token shall be.
class publish_token_spec : public basic_spec<publish_token_spec, publish> {
public:
    /// `label`: 1 to 128 characters.
    explicit publish_token_spec(std::string_view label) noexcept : basic_spec(label) {}

    /// Do viewers need a subscribe token?
    publish_token_spec &set_subscribe_requires_auth(bool value) noexcept {
        return set(mct_publish_token_spec_set_subscribe_requires_auth, value);
    }
    /// May streams be recorded? Excludes clip.
    publish_token_spec &set_record(bool value) noexcept { return set(mct_publish_token_spec_set_record, value); }
    /// Is live clipping on? Excludes record.
    publish_token_spec &set_clip(bool value) noexcept { return set(mct_publish_token_spec_set_clip, value); }
    /// May a stream have several sources?
    publish_token_spec &set_multisource(bool value) noexcept {
        return set(mct_publish_token_spec_set_multisource, value);
    }
    /// Are webhooks sent for thumbnails?
    publish_token_spec &set_enable_thumbnails(bool value) noexcept {
        return set(mct_publish_token_spec_set_enable_thumbnails, value);
    }
    /// Shall the SRT passphrase be shown in the dashboard and answered by the API?
    publish_token_spec &set_display_srt_passphrase(bool value) noexcept {
        return set(mct_publish_token_spec_set_display_srt_passphrase, value);
    }
    /// Is RTMP taken with low latency?
    publish_token_spec &set_low_latency_rtmp(bool value) noexcept {
        return set(mct_publish_token_spec_set_low_latency_rtmp, value);
    }
    /// Are UTC timestamps inserted into the stream? Not set: the account's setting.
    publish_token_spec &set_enable_utc_insertion(bool value) noexcept {
        return set(mct_publish_token_spec_set_enable_utc_insertion, value);
    }
    /// Are the streams DRM streams?
    publish_token_spec &set_drm(bool value) noexcept { return set(mct_publish_token_spec_set_drm, value); }
    /// The default priority of streams; the highest wins, and one that is not set is the lowest.
    publish_token_spec &set_priority(std::int64_t priority) noexcept {
        return set(mct_publish_token_spec_set_priority, detail::c_number<std::int32_t>(priority, "priority"));
    }
    publish_token_spec &set_encoder_profile_id(std::string_view id) noexcept {
        return set(mct_publish_token_spec_set_encoder_profile_id, detail::c_text(id, "encoderProfileId"));
    }
    /// Cascades streams to other clusters; without `clusters` the platform takes all. Not set: the account's setting.
    publish_token_spec &set_geo_cascade(bool is_enabled, const texts &clusters = texts()) noexcept {
        return set_texts(
            [is_enabled](auto *spec, auto *ids, auto count, auto **error) {
                return mct_publish_token_spec_set_geo_cascade(spec, is_enabled, ids, count, error);
            },
            clusters, "geoCascade.clusters");
    }
    /// An endpoint that streams are sent on to, 10 at most. `url`: 1 to 2048 characters; `key`: its secret, 5 to 512
    /// (for SRT the stream id); `label`: at most 2048.
    publish_token_spec &add_restream(std::string_view url, std::string_view key,
                                     std::optional<std::string_view> label = std::nullopt,
                                     bool enabled = true) noexcept {
        return set(mct_publish_token_spec_add_restream, detail::c_text(url, "restream.url"),
                   detail::c_text(key, "restream.key"), detail::optional_c_text(label, "restream.label"), enabled);
    }
};

} // namespace millicast

#endif
