/// @file
/// Many viewers at once: what differs from one to the next goes in, and their tokens come out, in columns.

#ifndef MILLICAST_TOKENS_VIEWERS_HPP
#define MILLICAST_TOKENS_VIEWERS_HPP

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "handle.hpp"
#include "indexed.hpp"

namespace millicast {

/// A column of texts in somebody else's memory, as an Arrow large string array has them: text i is `bytes[offsets[i]]`
/// up to, but without, `bytes[offsets[i + 1]]`, so that `size` texts have `size` + 1 offsets. Offsets neither fall nor
/// begin below 0; they may begin above 0, as those of a slice do.
///
/// Nothing is copied: it is as good as the memory that it names.
class text_column_view {
public:
    text_column_view(const char *bytes, const std::int64_t *offsets, std::size_t size) noexcept
        : bytes_(bytes), offsets_(offsets), size_(size) {}

    [[nodiscard]] const char *bytes() const noexcept { return bytes_; }
    [[nodiscard]] const std::int64_t *offsets() const noexcept { return offsets_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    const char *bytes_;
    const std::int64_t *offsets_;
    std::size_t size_;
};

/// A column of texts that owns them: `{"a", "b"}`, or a copy of anything to loop over whose elements become a
/// std::string_view.
class text_column {
public:
    text_column() noexcept = default;
    text_column(std::initializer_list<std::string_view> list) {
        for (const std::string_view text : list)
            push_back(text);
    }
    template <typename Range, typename = detail::if_texts<Range>>
    text_column(const Range &range) {
        for (const auto &text : range)
            push_back(std::string_view(text));
    }

    void push_back(std::string_view text) {
        if (ends_.empty())
            *this = text_column();
        bytes_.append(text);
        ends_.push_back(static_cast<std::int64_t>(bytes_.size()));
    }

    [[nodiscard]] std::size_t size() const noexcept { return ends_.empty() ? 0 : ends_.size() - 1; }

    /// Lent: good until this is changed, moved or freed.
    operator text_column_view() const & noexcept { return {bytes_.data(), ends_.data(), size()}; }
    operator text_column_view() const && = delete;

private:
    std::string bytes_;
    /// Begins with the 0 that the first text begins at; empty in one that was moved from.
    std::vector<std::int64_t> ends_{0};
};

/// What differs from viewer to viewer. A builder; it belongs to one thread at a time while columns are lent to it, and
/// after that any number of threads can sign for it at once.
///
/// **What is lent is not copied.** It has to live, and to stay as it is, until the last signing for these viewers is
/// done: keep the column, the vector or the Arrow array beside this object. What is a temporary doesn't compile.
class viewers : public builder<viewers, mct_viewers, mct_viewers_free> {
public:
    /// So many viewers, who do not differ yet.
    explicit viewers(std::size_t count) noexcept
        : builder(detail::make<handle>(mct_viewers_new, count)), count_(count) {}

    /// How many there are.
    [[nodiscard]] std::size_t size() const noexcept { return count_; }

    /// Lends an identifier for each viewer, of at most 1024 characters; an empty one leaves the claim out. They take
    /// the place of the claims' one.
    viewers &lend_custom_viewer_data(text_column_view texts) noexcept {
        return lend(mct_viewers_lend_custom_viewer_data, texts, "customViewerData");
    }
    /// Lends the address that each viewer's token is bound to: an IPv4 or IPv6 address or an IPv4 block, never empty.
    /// They take the place of the claims' addresses.
    viewers &lend_allowed_ip_address(text_column_view texts) noexcept {
        return lend(mct_viewers_lend_allowed_ip_address, texts, "allowedIpAddresses");
    }
    /// Lends a lifetime for each viewer, in seconds and at least 1. They take the place of the claims' one.
    viewers &lend_lifetimes(const std::uint32_t *seconds, std::size_t size) noexcept {
        return keep([&]() -> result<void> {
            if (auto problem = miscount(size, "lifetimes"))
                return *problem;
            return detail::call(mct_viewers_lend_lifetimes, get(), seconds);
        });
    }
    viewers &lend_lifetimes(const std::vector<std::uint32_t> &seconds) noexcept {
        return lend_lifetimes(seconds.data(), seconds.size());
    }

    // Nothing would be left of a temporary when its tokens are signed.
    viewers &lend_custom_viewer_data(const text_column &&texts) = delete;
    viewers &lend_allowed_ip_address(const text_column &&texts) = delete;
    viewers &lend_lifetimes(const std::vector<std::uint32_t> &&seconds) = delete;

private:
    template <typename Function>
    viewers &lend(Function function, text_column_view texts, const char *field) noexcept {
        return keep([&]() -> result<void> {
            if (auto problem = miscount(texts.size(), field))
                return *problem;
            return detail::call(function, get(), texts.bytes(), texts.offsets());
        });
    }

    /// C reads as many as there are viewers.
    [[nodiscard]] std::optional<failure> miscount(std::size_t given, const char *field) const noexcept {
        if (given == count_)
            return std::nullopt;
        return failure(status::invalid_argument, field,
                       "must have one for each of " + std::to_string(count_) + " viewers, given are "
                           + std::to_string(given));
    }

    std::size_t count_;
};

namespace detail {

/// The tokens of a batch, wiped at the end: whoever has one may watch.
struct packed_tokens {
    packed_tokens(std::size_t needed, std::size_t viewers) noexcept
        : bytes(new (std::nothrow) char[needed]), size(needed), offsets(new (std::nothrow) std::int64_t[viewers + 1]),
          count(viewers) {}
    packed_tokens(const packed_tokens &) = delete;
    packed_tokens &operator=(const packed_tokens &) = delete;
    ~packed_tokens() {
        if (bytes)
            wipe(bytes.get(), size);
    }

    /// Was there memory for so many?
    [[nodiscard]] bool is_there() const noexcept { return bytes && offsets; }

    /// Not filled with zeros before C fills it with tokens.
    std::unique_ptr<char[]> bytes;
    std::size_t size;
    std::unique_ptr<std::int64_t[]> offsets;
    std::size_t count;
};

inline std::size_t token_count(const packed_tokens *tokens) noexcept {
    return tokens == nullptr ? 0 : tokens->count;
}

inline std::string_view token_in(const packed_tokens *tokens, std::size_t index) noexcept {
    if (index >= token_count(tokens))
        return {};
    const auto start = static_cast<std::size_t>(tokens->offsets[index]);
    return {tokens->bytes.get() + start, static_cast<std::size_t>(tokens->offsets[index + 1]) - start};
}

} // namespace detail

/// Tokens that were signed for many viewers, in their order and back to back, without a NUL between them. They are
/// wiped when this is freed. Immutable, and readable from any thread.
///
/// Texts are lent: valid until this is freed, wherever it is moved to. One that was moved from holds no tokens.
class token_batch {
public:
    using items = indexed<detail::packed_tokens, &detail::token_count, &detail::token_in>;
    using value_type = std::string_view;
    using iterator = items::iterator;
    using const_iterator = iterator;

    explicit token_batch(std::unique_ptr<const detail::packed_tokens> tokens) noexcept : tokens_(std::move(tokens)) {}

    [[nodiscard]] std::size_t size() const noexcept { return lent().size(); }
    [[nodiscard]] bool empty() const noexcept { return lent().empty(); }
    /// The token of viewer `index`; out of range, an empty text.
    [[nodiscard]] std::string_view operator[](std::size_t index) const & noexcept { return lent()[index]; }
    void operator[](std::size_t index) const && = delete;
    [[nodiscard]] iterator begin() const noexcept { return lent().begin(); }
    [[nodiscard]] iterator end() const noexcept { return lent().end(); }

    /// All tokens, for what takes an Arrow large string array: its bytes.
    [[nodiscard]] const char *data() const noexcept { return tokens_ ? tokens_->bytes.get() : nullptr; }
    /// How many bytes those are.
    [[nodiscard]] std::size_t data_size() const noexcept { return tokens_ ? tokens_->size : 0; }
    /// Where each token begins and the last one ends, from 0 on: size() + 1 of them. Null in one that was moved from.
    [[nodiscard]] const std::int64_t *offsets() const noexcept { return tokens_ ? tokens_->offsets.get() : nullptr; }

private:
    [[nodiscard]] items lent() const noexcept { return items(tokens_.get()); }

    std::unique_ptr<const detail::packed_tokens> tokens_;
};

} // namespace millicast

#endif
