/// @file
/// Publish and subscribe tokens, as the API answers them.

#ifndef MILLICAST_TOKENS_TOKEN_HPP
#define MILLICAST_TOKENS_TOKEN_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "handle.hpp"
#include "indexed.hpp"
#include "traits.hpp"

namespace millicast {

/// A stream that a token is for.
struct stream {
    std::string_view name; ///< Or the pattern.
    bool is_regex = false;
};

/// What publish and subscribe tokens have in common. A view of a token: see publish_token_view and
/// subscribe_token_view.
template <typename Kind>
class basic_token_view {
    using c = detail::traits<Kind>;
    using handle = typename c::token;
    template <auto Count, auto Get>
    using text_list = detail::text_list<handle, Count, Get>;

    static stream stream_at(const handle *token, std::size_t index) noexcept {
        return {detail::text(c::stream_name(token, index)), c::stream_is_regex(token, index)};
    }

public:
    using streams_type = indexed<handle, c::stream_count, &basic_token_view::stream_at>;

    /// A token that is lent by someone, or nothing.
    explicit basic_token_view(const handle *lent = nullptr) noexcept : token_(lent) {}

    /// For calls of the C interface; lent.
    [[nodiscard]] const handle *get() const noexcept { return token_; }
    /// Is there a token at all? There is none in one that was moved from, and out of a list's range.
    explicit operator bool() const noexcept { return token_ != nullptr; }

    /// The id, by which the API knows the token.
    [[nodiscard]] std::uint64_t id() const noexcept { return c::id(token_); }
    /// The label, as the dashboard shows it.
    [[nodiscard]] std::optional<std::string_view> label() const noexcept {
        return detail::optional_text(c::label(token_));
    }
    /// The same as the label; the platform has deprecated it.
    [[nodiscard]] std::optional<std::string_view> name() const noexcept {
        return detail::optional_text(c::name(token_));
    }
    /// The secret token string. It is wiped when the token is freed.
    [[nodiscard]] std::optional<std::string_view> value() const noexcept {
        return detail::optional_text(c::value(token_));
    }
    /// Is the token enabled?
    [[nodiscard]] std::optional<bool> is_active() const noexcept {
        return detail::optional_value(c::is_active, token_);
    }
    [[nodiscard]] std::optional<unix_time> added_on() const noexcept {
        return detail::optional_time(detail::optional_value(c::added_on, token_));
    }
    /// Nothing: never, or (see the JSON) at a date that can't be read.
    [[nodiscard]] std::optional<unix_time> expires_on() const noexcept {
        return detail::optional_time(detail::optional_value(c::expires_on, token_));
    }
    /// The streams that the token is for.
    [[nodiscard]] streams_type streams() const noexcept { return streams_type(token_); }
    /// The domains that may use the token; none means all.
    [[nodiscard]] auto allowed_origins() const noexcept {
        return text_list<c::allowed_origin_count, c::allowed_origin>(token_);
    }
    /// The addresses and blocks that may use the token; none means all.
    [[nodiscard]] auto allowed_ip_addresses() const noexcept {
        return text_list<c::allowed_ip_address_count, c::allowed_ip_address>(token_);
    }
    /// The number of addresses that the token binds itself to when they first use it.
    [[nodiscard]] std::optional<std::uint32_t> bind_ips_on_usage() const noexcept {
        return detail::optional_value(c::bind_ips_on_usage, token_);
    }
    /// The cluster that streams are routed to. The API sends "" or nothing where none was set.
    [[nodiscard]] std::optional<std::string_view> origin_cluster() const noexcept {
        return detail::optional_text(c::origin_cluster(token_));
    }
    /// The countries (ISO 3166-1) that viewers may be in; none means all.
    [[nodiscard]] auto allowed_countries() const noexcept {
        return text_list<c::allowed_country_count, c::allowed_country>(token_);
    }
    /// The countries (ISO 3166-1) that viewers may not be in.
    [[nodiscard]] auto denied_countries() const noexcept {
        return text_list<c::denied_country_count, c::denied_country>(token_);
    }

    // What applies, the account's settings included.
    [[nodiscard]] std::optional<std::string_view> effective_origin_cluster() const noexcept {
        return detail::optional_text(c::effective_origin_cluster(token_));
    }
    [[nodiscard]] auto effective_allowed_countries() const noexcept {
        return text_list<c::effective_allowed_country_count, c::effective_allowed_country>(token_);
    }
    [[nodiscard]] auto effective_denied_countries() const noexcept {
        return text_list<c::effective_denied_country_count, c::effective_denied_country>(token_);
    }
    [[nodiscard]] std::optional<bool> effective_geo_cascade_is_enabled() const noexcept {
        return detail::optional_value(c::effective_geo_cascade_is_enabled, token_);
    }
    [[nodiscard]] auto effective_geo_cascade_clusters() const noexcept {
        return text_list<c::effective_geo_cascade_cluster_count, c::effective_geo_cascade_cluster>(token_);
    }
    [[nodiscard]] std::optional<bool> effective_enable_utc_insertion() const noexcept {
        return detail::optional_value(c::effective_enable_utc_insertion, token_);
    }

    /// The whole answer, fields that are unknown here included. It holds the token string: keep it as you keep that.
    [[nodiscard]] std::string_view json() const noexcept { return detail::text(c::json(token_)); }

private:
    const handle *token_;
};

/// A subscribe token that someone else owns: an entry of a list, or a subscribe_token.
///
/// Copies are cheap, and valid until the owner is freed, as are the texts and lists that a view answers. Readable from
/// any thread. What the API did not send is an empty optional, or an empty list.
class subscribe_token_view : public basic_token_view<subscribe> {
public:
    using basic_token_view::basic_token_view;

    /// The id that usage is counted under.
    [[nodiscard]] std::optional<std::string_view> tracking_id() const noexcept {
        return detail::optional_text(mct_subscribe_token_tracking_id(get()));
    }
};

#ifndef MCT_NO_CLIENT

/// An endpoint that streams are sent on to.
struct restream {
    std::optional<std::string_view> url; ///< An update needs it; the API may have sent none.
    std::optional<std::string_view> key; ///< The same. Secret; for SRT the stream id.
    std::optional<std::string_view> label = std::nullopt;
    std::optional<bool> enabled = std::nullopt;
};

/// A publish token that someone else owns: an entry of a list, or a publish_token. As subscribe_token_view.
class publish_token_view : public basic_token_view<publish> {
    using handle = mct_publish_token;

    static restream restream_at(const handle *token, std::size_t index) noexcept {
        return {detail::optional_text(mct_publish_token_restream_url(token, index)),
                detail::optional_text(mct_publish_token_restream_key(token, index)),
                detail::optional_text(mct_publish_token_restream_label(token, index)),
                detail::optional_value(mct_publish_token_restream_enabled, token, index)};
    }

public:
    using restreams_type = indexed<handle, mct_publish_token_restream_count, &publish_token_view::restream_at>;

    using basic_token_view::basic_token_view;

    /// Do viewers need a subscribe token?
    [[nodiscard]] std::optional<bool> subscribe_requires_auth() const noexcept {
        return detail::optional_value(mct_publish_token_subscribe_requires_auth, get());
    }
    /// May streams be recorded?
    [[nodiscard]] std::optional<bool> record() const noexcept {
        return detail::optional_value(mct_publish_token_record, get());
    }
    /// Is live clipping on?
    [[nodiscard]] std::optional<bool> clip() const noexcept {
        return detail::optional_value(mct_publish_token_clip, get());
    }
    /// May a stream have several sources?
    [[nodiscard]] std::optional<bool> multisource() const noexcept {
        return detail::optional_value(mct_publish_token_multisource, get());
    }
    /// Are webhooks sent for thumbnails?
    [[nodiscard]] std::optional<bool> enable_thumbnails() const noexcept {
        return detail::optional_value(mct_publish_token_enable_thumbnails, get());
    }
    /// Is RTMP taken with low latency?
    [[nodiscard]] std::optional<bool> low_latency_rtmp() const noexcept {
        return detail::optional_value(mct_publish_token_low_latency_rtmp, get());
    }
    /// Is the SRT passphrase shown and answered?
    [[nodiscard]] std::optional<bool> display_srt_passphrase() const noexcept {
        return detail::optional_value(mct_publish_token_display_srt_passphrase, get());
    }
    /// Are the streams DRM streams?
    [[nodiscard]] std::optional<bool> drm() const noexcept {
        return detail::optional_value(mct_publish_token_drm, get());
    }
    /// Are UTC timestamps inserted into the stream?
    [[nodiscard]] std::optional<bool> enable_utc_insertion() const noexcept {
        return detail::optional_value(mct_publish_token_enable_utc_insertion, get());
    }
    /// "None", "Maestro", "Passthru", "Internal", or one unknown today.
    [[nodiscard]] std::optional<std::string_view> integration_id() const noexcept {
        return detail::optional_text(mct_publish_token_integration_id(get()));
    }
    /// A secret; wiped when the token is freed.
    [[nodiscard]] std::optional<std::string_view> srt_passphrase() const noexcept {
        return detail::optional_text(mct_publish_token_srt_passphrase(get()));
    }
    /// The default priority of streams; the highest wins.
    [[nodiscard]] std::optional<std::int32_t> priority() const noexcept {
        return detail::optional_value(mct_publish_token_priority, get());
    }
    [[nodiscard]] std::optional<std::string_view> encoder_profile_id() const noexcept {
        return detail::optional_text(mct_publish_token_encoder_profile_id(get()));
    }
    /// Is geo cascading on for this token?
    [[nodiscard]] std::optional<bool> geo_cascade_is_enabled() const noexcept {
        return detail::optional_value(mct_publish_token_geo_cascade_is_enabled, get());
    }
    /// The clusters that streams of this token are cascaded to.
    [[nodiscard]] auto geo_cascade_clusters() const noexcept {
        return detail::text_list<handle, mct_publish_token_geo_cascade_cluster_count,
                                 mct_publish_token_geo_cascade_cluster>(get());
    }
    /// The endpoints that streams are sent on to.
    [[nodiscard]] restreams_type restreams() const noexcept { return restreams_type(get()); }
};

#endif

/// A list of the view's, from a token that stays. Of a temporary a loop would read what is freed.
#define MILLICAST_LENT(LIST)                                                                                           \
    template <typename View = view>                                                                                    \
    [[nodiscard]] auto LIST() const & noexcept -> decltype(std::declval<const View &>().LIST()) {                      \
        return View::LIST();                                                                                           \
    }                                                                                                                  \
    template <typename View = view>                                                                                    \
    auto LIST() const && -> decltype(std::declval<const View &>().LIST()) = delete;

/// A token that is owned: publish_token or subscribe_token. It has what its view has, and becomes one implicitly.
///
/// Texts, lists and views of it are valid until it is freed, even when it is moved. Don't take them from a temporary:
/// in `auto label = client.subscribe_tokens().read(id).label();` they have nobody to own them. Lists of a temporary
/// don't compile.
template <typename Kind>
class token : public detail::traits<Kind>::view {
    using c = detail::traits<Kind>;

public:
    using view = typename c::view;
    using c_type = typename c::token;

    /// Takes over a handle that the C interface gave.
    explicit token(c_type *owned) noexcept : view(owned), owned_(owned) {}

    token(token &&other) noexcept : view(std::exchange(other.as_view(), view())), owned_(std::move(other.owned_)) {}
    token &operator=(token &&other) noexcept {
        owned_ = std::move(other.owned_);
        as_view() = view(owned_.get());
        other.as_view() = view(other.owned_.get());
        return *this;
    }
    ~token() = default;

    MILLICAST_LENT(streams)
    MILLICAST_LENT(allowed_origins)
    MILLICAST_LENT(allowed_ip_addresses)
    MILLICAST_LENT(allowed_countries)
    MILLICAST_LENT(denied_countries)
    MILLICAST_LENT(effective_allowed_countries)
    MILLICAST_LENT(effective_denied_countries)
    MILLICAST_LENT(effective_geo_cascade_clusters)
    MILLICAST_LENT(geo_cascade_clusters)
    MILLICAST_LENT(restreams)

    /// Reads a token from JSON, such as one that was kept from json(). Unknown fields are kept.
    [[nodiscard]] static result<token> try_from_json(std::string_view json) noexcept {
        return detail::make<token>(c::from_json, detail::c_text(json, "json"));
    }
    /// Makes a copy that lives by itself, for instance of an entry of a list.
    [[nodiscard]] static result<token> try_copy(view of) noexcept { return detail::make<token>(c::copy, of.get()); }

#if MILLICAST_EXCEPTIONS
    /// As try_from_json(). @throws millicast::error
    [[nodiscard]] static token from_json(std::string_view json) { return try_from_json(json).value(); }
    /// As try_copy(). @throws millicast::error
    [[nodiscard]] static token copy(view of) { return try_copy(of).value(); }
#endif

    /// Gives the handle away; it is then to be freed by the C interface's own function.
    [[nodiscard]] c_type *release() noexcept {
        as_view() = view();
        return owned_.release();
    }

private:
    view &as_view() noexcept { return *this; }

    owner<c_type, c::free> owned_;
};

#undef MILLICAST_LENT

using subscribe_token = token<subscribe>;
#ifndef MCT_NO_CLIENT
using publish_token = token<publish>;
#endif

} // namespace millicast

#endif
