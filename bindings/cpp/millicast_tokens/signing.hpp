/// @file
/// Self-signed subscribe tokens: signed, read and verified here, without a client and without the network.

#ifndef MILLICAST_TOKENS_SIGNING_HPP
#define MILLICAST_TOKENS_SIGNING_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "handle.hpp"
#include "indexed.hpp"
#include "token.hpp"
#include "viewers.hpp"

namespace millicast {

/// How tokens are signed.
enum class algorithm : std::int32_t {
    hs256 = MCT_HS256, ///< What the platform's own samples use.
    hs384 = MCT_HS384,
    hs512 = MCT_HS512,
};

/// What a self-signed token shall say. Any number of tokens can be signed from it; each gets its own times. What is
/// not set is left out of the token. A builder: setters don't throw, and signing tells what was wrong.
class claims : public builder<claims, mct_claims, mct_claims_free> {
public:
    /// For one stream, by its complete name, and a lifetime of at least a second from the moment of signing.
    claims(std::string_view stream_name, std::chrono::seconds lifetime) noexcept
        : builder(detail::make<handle>(mct_claims_new, detail::c_text(stream_name, "streamName"),
                                       detail::c_u32(lifetime.count(), "lifetime_seconds"))) {}

    /// The id that usage is counted under, 1 to 128 characters. A parent that has one asks for the same here.
    claims &set_tracking_id(std::string_view tracking_id) noexcept {
        return set(mct_claims_set_tracking_id, detail::c_text(tracking_id, "trackingId"));
    }
    /// An identifier of the viewer, at most 1024 characters; empty leaves it out.
    claims &set_custom_viewer_data(std::string_view viewer) noexcept {
        return set(mct_claims_set_custom_viewer_data, detail::c_text(viewer, "customViewerData"));
    }
    /// A cluster id; the parent's must be "auto" or the same.
    claims &set_origin_cluster(std::string_view cluster) noexcept {
        return set(mct_claims_set_origin_cluster, detail::c_text(cluster, "originCluster"));
    }
    /// "example.com", "*.example.com", with ":port" or without.
    claims &add_allowed_origin(std::string_view origin) noexcept {
        return set(mct_claims_add_allowed_origin, detail::c_text(origin, "allowedOrigins"));
    }
    /// An IPv4 or IPv6 address, or an IPv4 block.
    claims &add_allowed_ip_address(std::string_view address) noexcept {
        return set(mct_claims_add_allowed_ip_address, detail::c_text(address, "allowedIpAddresses"));
    }
    /// The moment that the lifetime counts from. Not set: the clock, when a token is signed.
    claims &set_issued_at(unix_time moment) noexcept { return set(mct_claims_set_issued_at, detail::to_c(moment)); }
    /// With a parent that ends before the token would: true shortens the token to the parent's end, false (the default)
    /// refuses to sign.
    claims &set_cut_to_parent(bool cut) noexcept { return set(mct_claims_set_cut_to_parent, cut); }
    /// Signs without comparing the stream with the parent's names: for a parent whose pattern can't be checked here
    /// (reason::parent_pattern). A signer that knows the parent verifies such a token with
    /// verify_options::set_unchecked_stream(). Default false.
    claims &set_unchecked_stream(bool unchecked) noexcept { return set(mct_claims_set_unchecked_stream, unchecked); }
};

/// How a token is verified: by the clock and without leeway, unless it is said otherwise. A builder.
class verify_options : public builder<verify_options, mct_verify_options, mct_verify_options_free> {
public:
    verify_options() noexcept : builder(detail::make<handle>(mct_verify_options_new)) {}

    /// Verifies as of this moment, not before 1970, instead of the clock's.
    verify_options &set_now(unix_time moment) noexcept { return set(mct_verify_options_set_now, detail::to_c(moment)); }
    /// Takes a token for so long before its `nbf` and after its `exp`.
    verify_options &set_leeway(std::chrono::seconds leeway) noexcept {
        return set(mct_verify_options_set_leeway, detail::c_u32(leeway.count(), "leeway"));
    }
    /// Verifies without comparing the stream with the parent's names, as claims::set_unchecked_stream() signs. Default
    /// false.
    verify_options &set_unchecked_stream(bool unchecked) noexcept {
        return set(mct_verify_options_set_unchecked_stream, unchecked);
    }
};

/// A self-signed token that was read. Immutable, and readable from any thread. Texts and lists are lent and valid until
/// it is freed. A claim that the token does not have is an empty optional, or an empty list.
class jwt : public owner<mct_jwt, mct_jwt_free> {
public:
    using owner::owner;

    /// Reads a token and verifies nothing: anybody can have written what it says.
    [[nodiscard]] static result<jwt> try_parse(std::string_view token) noexcept {
        return detail::make<jwt>(mct_jwt_parse, detail::c_text(token, "jwt"));
    }
#if MILLICAST_EXCEPTIONS
    /// As try_parse(). @throws millicast::error
    [[nodiscard]] static jwt parse(std::string_view token) { return try_parse(token).value(); }
#endif

    /// The token's algorithm; 0 in one that was moved from.
    [[nodiscard]] millicast::algorithm algorithm() const noexcept {
        return static_cast<millicast::algorithm>(mct_jwt_algorithm(get()));
    }
    /// The id of the parent.
    [[nodiscard]] std::optional<std::uint64_t> token_id() const noexcept {
        return detail::optional_value(mct_jwt_token_id, get());
    }
    /// The platform takes "Subscribe" only.
    [[nodiscard]] std::optional<std::string_view> token_type() const noexcept {
        return detail::optional_text(mct_jwt_token_type(get()));
    }
    [[nodiscard]] std::optional<std::string_view> stream_name() const noexcept {
        return detail::optional_text(mct_jwt_stream_name(get()));
    }
    [[nodiscard]] auto allowed_origins() const & noexcept {
        return detail::text_list<mct_jwt, mct_jwt_allowed_origin_count, mct_jwt_allowed_origin>(get());
    }
    [[nodiscard]] auto allowed_ip_addresses() const & noexcept {
        return detail::text_list<mct_jwt, mct_jwt_allowed_ip_address_count, mct_jwt_allowed_ip_address>(get());
    }
    // Of a temporary a loop would read what is freed.
    void allowed_origins() const && = delete;
    void allowed_ip_addresses() const && = delete;
    /// The id that usage is counted under.
    [[nodiscard]] std::optional<std::string_view> tracking_id() const noexcept {
        return detail::optional_text(mct_jwt_tracking_id(get()));
    }
    /// The viewer.
    [[nodiscard]] std::optional<std::string_view> custom_viewer_data() const noexcept {
        return detail::optional_text(mct_jwt_custom_viewer_data(get()));
    }
    [[nodiscard]] std::optional<std::string_view> origin_cluster() const noexcept {
        return detail::optional_text(mct_jwt_origin_cluster(get()));
    }
    [[nodiscard]] std::optional<unix_time> issued_at() const noexcept {
        return detail::optional_time(detail::optional_value(mct_jwt_issued_at, get()));
    }
    [[nodiscard]] std::optional<unix_time> not_before() const noexcept {
        return detail::optional_time(detail::optional_value(mct_jwt_not_before, get()));
    }
    [[nodiscard]] std::optional<unix_time> expires_at() const noexcept {
        return detail::optional_time(detail::optional_value(mct_jwt_expires_at, get()));
    }
    /// The header as JSON, decoded.
    [[nodiscard]] std::string_view header_json() const noexcept { return detail::text(mct_jwt_header_json(get())); }
    /// The payload as JSON, decoded, claims that are unknown here included.
    [[nodiscard]] std::string_view json() const noexcept { return detail::text(mct_jwt_json(get())); }
};

/// A token that was signed. Its text is wiped when it is freed.
class signed_token : public owner<char, mct_string_free> {
public:
    signed_token(char *owned, unix_time expires_at) noexcept : owner(owned), expires_at_(expires_at) {}

    /// Lent, valid until this is freed, with a NUL behind it; empty in one that was moved from.
    [[nodiscard]] std::string_view text() const noexcept { return detail::text(get()); }
    /// Its end. A viewer that reconnects after that needs a new token.
    [[nodiscard]] unix_time expires_at() const noexcept { return expires_at_; }

private:
    unix_time expires_at_;
};

/// Signs subscribe tokens with the key of one parent, and verifies them. Any number of threads may use a signer at
/// once, and after a fork() both processes.
///
/// One that was made from a subscribe token knows its parent and refuses what the platform would refuse.
class signer : public owner<mct_signer, mct_signer_free> {
public:
    using owner::owner;

    /// From a subscribe token's id and its secret string, as the API gave it: the key as it stands.
    [[nodiscard]] static result<signer> try_make(std::uint64_t token_id, std::string_view token,
                                                 algorithm with = algorithm::hs256) noexcept {
        return detail::make<signer>(mct_signer_new, token_id, detail::c_text(token, "token"),
                                    static_cast<mct_algorithm>(with));
    }
    /// From a subscribe token, which is copied.
    [[nodiscard]] static result<signer> try_make(subscribe_token_view parent,
                                                 algorithm with = algorithm::hs256) noexcept {
        return detail::make<signer>(mct_signer_from_token, parent.get(), static_cast<mct_algorithm>(with));
    }

    /// Signs a token.
    [[nodiscard]] result<signed_token> try_sign(const claims &what) const noexcept {
        if (auto ready = what.try_check(); !ready)
            return ready.error();
        char *text = nullptr;
        std::int64_t expires_at = 0;
        if (auto done = detail::call(mct_signer_sign, get(), what.get(), &text, &expires_at); !done)
            return done.error();
        return signed_token(text, detail::from_c(expires_at));
    }

    /// Signs a token into memory of `capacity` bytes, with a terminating NUL that `length` does not count, and answers
    /// its end. Too small a buffer is status::buffer_too_small: nothing is written to it, and `length` is what the
    /// token has. After any other failure it is 0. `buffer` may be null when `capacity` is 0.
    [[nodiscard]] result<unix_time> try_sign_into(const claims &what, char *buffer, std::size_t capacity,
                                                  std::size_t &length) const noexcept {
        length = 0;
        if (auto ready = what.try_check(); !ready)
            return ready.error();
        std::int64_t expires_at = 0;
        auto done = detail::call(mct_signer_sign_into, get(), what.get(), buffer, capacity, &length, &expires_at);
        if (!done)
            return done.error();
        return detail::from_c(expires_at);
    }

    /// Signs a token for each viewer, who differ by their viewer data alone: at most 1024 characters each, an empty one
    /// leaves the claim out. All have the same times. Every viewer is checked before anything is signed, and a failure
    /// names the first wrong one by its index().
    ///
    /// `viewer_data`: `{"a", "b"}`, anything to loop over whose elements become a std::string_view, or a column in
    /// somebody's memory. `threads`: 1 signs on the caller's thread alone; 0 takes one for each processor; more take so
    /// many, at most 256. They are started for the call, where there are more than 256 viewers, and end with it.
    [[nodiscard]] result<token_batch> try_sign_packed(const claims &what, text_column_view viewer_data,
                                                      std::int64_t threads = 1) const noexcept {
        return batch(viewer_data.size(), [&](char *out, std::size_t capacity, std::int64_t *offsets, auto &needed) {
            return try_sign_packed_into(what, viewer_data, out, capacity, offsets, needed, threads);
        });
    }
    [[nodiscard]] result<token_batch> try_sign_packed(const claims &what, const text_column &viewer_data,
                                                      std::int64_t threads = 1) const noexcept {
        return try_sign_packed(what, text_column_view(viewer_data), threads);
    }
    /// Signs a token for each viewer. As try_sign_packed(), for all that can differ.
    [[nodiscard]] result<token_batch> try_sign_viewers(const claims &what, const viewers &who,
                                                       std::int64_t threads = 1) const noexcept {
        return batch(who.size(), [&](char *out, std::size_t capacity, std::int64_t *offsets, auto &needed) {
            return try_sign_viewers_into(what, who, out, capacity, offsets, needed, threads);
        });
    }

    /// As try_sign_packed(), into memory of `capacity` bytes and `viewer_data.size()` + 1 offsets, which say where each
    /// token begins and the last ends. `needed` gets the bytes of all. Too little is status::buffer_too_small, and
    /// nothing is written then. `out` null with `capacity` 0 asks for `needed` alone; `offsets` may be null then.
    [[nodiscard]] result<void> try_sign_packed_into(const claims &what, text_column_view viewer_data, char *out,
                                                    std::size_t capacity, std::int64_t *offsets, std::size_t &needed,
                                                    std::int64_t threads = 1) const noexcept {
        needed = 0;
        if (auto ready = what.try_check(); !ready)
            return ready.error();
        return detail::call(mct_signer_sign_packed, get(), what.get(), viewer_data.bytes(), viewer_data.offsets(),
                            viewer_data.size(), detail::c_u32(threads, "threads"), out, capacity, offsets, &needed);
    }
    /// As try_sign_packed_into(), for all that can differ.
    [[nodiscard]] result<void> try_sign_viewers_into(const claims &what, const viewers &who, char *out,
                                                     std::size_t capacity, std::int64_t *offsets, std::size_t &needed,
                                                     std::int64_t threads = 1) const noexcept {
        needed = 0;
        if (auto ready = what.try_check(); !ready)
            return ready.error();
        if (auto ready = who.try_check(); !ready)
            return ready.error();
        return detail::call(mct_signer_sign_viewers, get(), what.get(), who.get(), detail::c_u32(threads, "threads"),
                            out, capacity, offsets, &needed);
    }

    /// Verifies a token: its shape, algorithm, signature, claims, times and, with a signer that knows its parent, the
    /// parent's rules. Fails with status::token_invalid and a reason. What only the platform sees (the viewer's
    /// address, origin and country) is not checked.
    [[nodiscard]] result<jwt> try_verify(std::string_view token,
                                         const verify_options &options = verify_options()) const noexcept {
        if (auto ready = options.try_check(); !ready)
            return ready.error();
        return detail::make<jwt>(mct_signer_verify, get(), detail::c_text(token, "jwt"), options.get());
    }
    /// The same where only the verdict matters.
    [[nodiscard]] result<void> try_check(std::string_view token,
                                         const verify_options &options = verify_options()) const noexcept {
        if (auto ready = options.try_check(); !ready)
            return ready.error();
        mct_jwt **none = nullptr;
        return detail::call(mct_signer_verify, get(), detail::c_text(token, "jwt"), options.get(), none);
    }

#if MILLICAST_EXCEPTIONS
    /// As try_make(). @throws millicast::error
    signer(std::uint64_t token_id, std::string_view token, algorithm with = algorithm::hs256)
        : signer(try_make(token_id, token, with).value()) {}
    /// As try_make(). @throws millicast::error
    explicit signer(subscribe_token_view parent, algorithm with = algorithm::hs256)
        : signer(try_make(parent, with).value()) {}

    /// As try_sign(). @throws millicast::error
    [[nodiscard]] signed_token sign(const claims &what) const { return try_sign(what).value(); }
    /// As try_sign_into(). @throws millicast::error
    [[nodiscard]] unix_time sign_into(const claims &what, char *buffer, std::size_t capacity,
                                      std::size_t &length) const {
        return try_sign_into(what, buffer, capacity, length).value();
    }
    /// As try_sign_packed(). @throws millicast::error
    [[nodiscard]] token_batch sign_packed(const claims &what, text_column_view viewer_data,
                                          std::int64_t threads = 1) const {
        return try_sign_packed(what, viewer_data, threads).value();
    }
    [[nodiscard]] token_batch sign_packed(const claims &what, const text_column &viewer_data,
                                          std::int64_t threads = 1) const {
        return try_sign_packed(what, viewer_data, threads).value();
    }
    /// As try_sign_viewers(). @throws millicast::error
    [[nodiscard]] token_batch sign_viewers(const claims &what, const viewers &who, std::int64_t threads = 1) const {
        return try_sign_viewers(what, who, threads).value();
    }
    /// As try_sign_packed_into(). @throws millicast::error
    void sign_packed_into(const claims &what, text_column_view viewer_data, char *out, std::size_t capacity,
                          std::int64_t *offsets, std::size_t &needed, std::int64_t threads = 1) const {
        try_sign_packed_into(what, viewer_data, out, capacity, offsets, needed, threads).check();
    }
    /// As try_sign_viewers_into(). @throws millicast::error
    void sign_viewers_into(const claims &what, const viewers &who, char *out, std::size_t capacity,
                           std::int64_t *offsets, std::size_t &needed, std::int64_t threads = 1) const {
        try_sign_viewers_into(what, who, out, capacity, offsets, needed, threads).check();
    }
    /// As try_verify(). @throws millicast::error
    [[nodiscard]] jwt verify(std::string_view token, const verify_options &options = verify_options()) const {
        return try_verify(token, options).value();
    }
    /// As try_check(). @throws millicast::error
    void check(std::string_view token, const verify_options &options = verify_options()) const {
        try_check(token, options).check();
    }
#endif

private:
    /// Memory of the size that is told, filled. `sign` is one of the calls that fill memory, with all else given.
    template <typename Sign>
    [[nodiscard]] static result<token_batch> batch(std::size_t count, Sign sign) noexcept {
        std::size_t needed = 0;
        if (auto told = sign(nullptr, 0, nullptr, needed); !told)
            return told.error();
        std::unique_ptr<detail::packed_tokens> tokens(new (std::nothrow) detail::packed_tokens(needed, count));
        if (!tokens || !tokens->is_there())
            return failure(status::invalid_argument, "n", "more tokens than there is memory for");
        if (auto done = sign(tokens->bytes.get(), tokens->size, tokens->offsets.get(), needed); !done)
            return done.error();
        return token_batch(std::move(tokens));
    }
};

} // namespace millicast

#endif
