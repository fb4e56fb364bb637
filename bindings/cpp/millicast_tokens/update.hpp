/// @file
/// What shall change in tokens.

#ifndef MILLICAST_TOKENS_UPDATE_HPP
#define MILLICAST_TOKENS_UPDATE_HPP

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "handle.hpp"
#include "token.hpp"
#include "traits.hpp"

namespace millicast {

/// What updates of both kinds have in common: see publish_token_update and subscribe_token_update.
///
/// What is not set stays as it is and is not sent. A list that is set replaces the whole list, and an empty one clears
/// it. An update can be applied any number of times.
template <typename Self, typename Kind>
class basic_update : public builder<Self, typename detail::traits<Kind>::update, detail::traits<Kind>::update_free> {
    using c = detail::traits<Kind>;

public:
    /// At most 128 characters.
    Self &set_label(std::string_view label) noexcept {
        return this->set(c::update_set_label, detail::c_text(label, "label"));
    }
    /// Enables or disables the token.
    Self &set_is_active(bool is_active) noexcept { return this->set(c::update_set_is_active, is_active); }
    /// A stream: a name or, with `is_regex`, a pattern.
    Self &add_stream(std::string_view name, bool is_regex = false) noexcept {
        return this->set(c::update_add_stream, detail::c_text(name, "streamName"), is_regex);
    }
    /// Removes the stream of this name or pattern.
    Self &remove_stream(std::string_view name) noexcept {
        return this->set(c::update_remove_stream, detail::c_text(name, "streamName"));
    }
    /// The domains that may use the token; `{}` for all.
    Self &set_allowed_origins(const texts &origins) noexcept {
        return this->set_texts(c::update_set_allowed_origins, origins, "allowedOrigins");
    }
    /// The addresses and IPv4 blocks that may use the token; `{}` for all.
    Self &set_allowed_ip_addresses(const texts &addresses) noexcept {
        return this->set_texts(c::update_set_allowed_ip_addresses, addresses, "allowedIpAddresses");
    }
    /// Binds the token to the first so many addresses that use it; 0 ends that.
    Self &set_bind_ips_on_usage(std::int64_t addresses) noexcept {
        return this->set(c::update_set_bind_ips_on_usage, detail::c_u32(addresses, "bindIpsOnUsage"));
    }
    Self &set_origin_cluster(std::string_view cluster) noexcept {
        return this->set(c::update_set_origin_cluster, detail::c_text(cluster, "originCluster"));
    }
    /// The countries that viewers may be in; `{}` for all.
    Self &set_allowed_countries(const texts &countries) noexcept {
        return this->set_texts(c::update_set_allowed_countries, countries, "allowedCountries");
    }
    /// The countries that viewers may not be in; `{}` for none.
    Self &set_denied_countries(const texts &countries) noexcept {
        return this->set_texts(c::update_set_denied_countries, countries, "deniedCountries");
    }
    /// Gives the token a new secret string, each time the update is applied; the one before stops working, and with it
    /// what was self-signed.
    Self &refresh_token() noexcept { return this->set(c::update_refresh_token); }
    /// The fields of a JSON object: those that the platform has and this library does not know yet.
    Self &merge_json(std::string_view object) noexcept {
        return this->set(c::update_merge_json, detail::c_text(object, "json"));
    }

protected:
    basic_update() noexcept
        : basic_update::builder(detail::make<typename basic_update::handle>(c::update_new)) {}
};

/// What shall change in a subscribe token.
class subscribe_token_update : public basic_update<subscribe_token_update, subscribe> {
public:
    subscribe_token_update() noexcept = default;
};

/// What shall change in a publish token.
class publish_token_update : public basic_update<publish_token_update, publish> {
public:
    publish_token_update() noexcept = default;

    /// Do viewers need a subscribe token?
    publish_token_update &set_subscribe_requires_auth(bool value) noexcept {
        return set(mct_publish_token_update_set_subscribe_requires_auth, value);
    }
    /// May streams be recorded? Excludes clip.
    publish_token_update &set_record(bool value) noexcept { return set(mct_publish_token_update_set_record, value); }
    /// Is live clipping on? Excludes record.
    publish_token_update &set_clip(bool value) noexcept { return set(mct_publish_token_update_set_clip, value); }
    /// May a stream have several sources?
    publish_token_update &set_multisource(bool value) noexcept {
        return set(mct_publish_token_update_set_multisource, value);
    }
    /// Are webhooks sent for thumbnails?
    publish_token_update &set_enable_thumbnails(bool value) noexcept {
        return set(mct_publish_token_update_set_enable_thumbnails, value);
    }
    /// Shall the SRT passphrase be shown in the dashboard and answered by the API?
    publish_token_update &set_display_srt_passphrase(bool value) noexcept {
        return set(mct_publish_token_update_set_display_srt_passphrase, value);
    }
    /// Is RTMP taken with low latency?
    publish_token_update &set_low_latency_rtmp(bool value) noexcept {
        return set(mct_publish_token_update_set_low_latency_rtmp, value);
    }
    /// Are UTC timestamps inserted into the stream?
    publish_token_update &set_enable_utc_insertion(bool value) noexcept {
        return set(mct_publish_token_update_set_enable_utc_insertion, value);
    }
    /// The account's setting for UTC timestamps applies again.
    publish_token_update &clear_enable_utc_insertion() noexcept {
        return set(mct_publish_token_update_clear_enable_utc_insertion);
    }
    /// Are the streams DRM streams?
    publish_token_update &set_drm(bool value) noexcept { return set(mct_publish_token_update_set_drm, value); }
    /// The default priority of streams; the highest wins.
    publish_token_update &set_priority(std::int64_t priority) noexcept {
        return set(mct_publish_token_update_set_priority, detail::c_number<std::int32_t>(priority, "priority"));
    }
    /// Streams have no default priority any more.
    publish_token_update &clear_priority() noexcept { return set(mct_publish_token_update_clear_priority); }
    publish_token_update &set_encoder_profile_id(std::string_view id) noexcept {
        return set(mct_publish_token_update_set_encoder_profile_id, detail::c_text(id, "encoderProfileId"));
    }
    /// There is no encoder profile any more.
    publish_token_update &clear_encoder_profile_id() noexcept {
        return set(mct_publish_token_update_clear_encoder_profile_id);
    }
    /// Cascades streams to other clusters; without `clusters` no list is sent.
    publish_token_update &set_geo_cascade(bool is_enabled, const texts &clusters = texts()) noexcept {
        return set_texts(
            [is_enabled](auto *update, auto *ids, auto count, auto **error) {
                return mct_publish_token_update_set_geo_cascade(update, is_enabled, ids, count, error);
            },
            clusters, "geoCascade.clusters");
    }
    /// The endpoints that streams are sent on to, 10 at most; `{}` clears the list. `enabled` is set in all of them or
    /// in none.
    publish_token_update &set_restream(const std::vector<restream> &endpoints) noexcept {
        return keep([&] { return send_restream(endpoints); });
    }

private:
    result<void> send_restream(const std::vector<restream> &endpoints) noexcept {
        // A deque leaves what it holds in its place, so that the pointers stay good.
        std::deque<detail::c_text> copies;
        std::vector<const char *> urls, keys, labels;
        const auto enabled = std::make_unique<bool[]>(endpoints.size());
        std::size_t set_enabled = 0;
        std::optional<failure> problem;
        const auto copy = [&](std::string_view text, const char *field, std::size_t index) {
            const auto &copied = copies.emplace_back(text, field, index);
            if (!problem)
                problem = copied.problem();
            return copied.c();
        };
        for (std::size_t i = 0; i < endpoints.size(); i++) {
            const restream &endpoint = endpoints[i];
            // One that is missing is refused as an empty one is, by the library, which knows the limits.
            urls.push_back(copy(endpoint.url.value_or(""), "restream.url", i));
            keys.push_back(copy(endpoint.key.value_or(""), "restream.key", i));
            labels.push_back(endpoint.label ? copy(*endpoint.label, "restream.label", i) : nullptr);
            enabled[i] = endpoint.enabled.value_or(false);
            set_enabled += endpoint.enabled ? 1 : 0;
        }
        if (!problem && set_enabled != 0 && set_enabled != endpoints.size())
            problem = failure(status::invalid_argument, "restream.enabled", "must be set for all endpoints or none");
        if (problem)
            return *problem;
        const bool *all_enabled = set_enabled == 0 ? nullptr : enabled.get();
        return detail::call(mct_publish_token_update_set_restream, get(), urls.data(), keys.data(), labels.data(),
                            all_enabled, endpoints.size());
    }
};

} // namespace millicast

#endif
