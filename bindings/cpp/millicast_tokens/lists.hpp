/// @file
/// Lists of tokens: what is asked for, and how they come.

#ifndef MILLICAST_TOKENS_LISTS_HPP
#define MILLICAST_TOKENS_LISTS_HPP

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "call.hpp"
#include "handle.hpp"
#include "indexed.hpp"
#include "token.hpp"
#include "traits.hpp"

namespace millicast {

/// What a list is sorted by.
enum class sort_by : std::int32_t {
    name = MCT_SORT_BY_NAME, ///< The token's label. The API's default.
    added_on = MCT_SORT_BY_ADDED_ON,
};

/// What a name is looked for in.
enum class filter_by : std::int32_t {
    token_name = MCT_FILTER_BY_TOKEN_NAME,
    stream_name = MCT_FILTER_BY_STREAM_NAME,
    token_or_stream_name = MCT_FILTER_BY_TOKEN_OR_STREAM_NAME,
};

/// What a list asks for: page 1 of 100 items in the API's own sorting (by name, ascending), unless it is said
/// otherwise. A builder; it can be used for any number of lists.
class list_options : public builder<list_options, mct_list_options, mct_list_options_free> {
public:
    list_options() noexcept : builder(detail::make<handle>(mct_list_options_new)) {}

    list_options &set_sort_by(sort_by field) noexcept {
        return set(mct_list_options_set_sort_by, static_cast<mct_sort_by>(field));
    }
    /// Turns the sorting round.
    list_options &set_descending(bool descending) noexcept {
        return set(mct_list_options_set_descending, descending);
    }
    /// The page, counted from 1. Past the end of the list a page is empty.
    list_options &set_page(std::int64_t page) noexcept {
        return set(mct_list_options_set_page, detail::c_u32(page, "page"));
    }
    /// How many tokens a page has, 1 to 100.
    list_options &set_items_on_page(std::int64_t items) noexcept {
        return set(mct_list_options_set_items_on_page, detail::c_u32(items, "itemsOnPage"));
    }
    /// Lists tokens by a name. The platform leaves out tokens whose stream is a pattern. Excludes a cluster.
    list_options &set_name(std::string_view name, filter_by in) noexcept {
        return set(mct_list_options_set_name, detail::c_text(name, "name"), static_cast<mct_filter_by>(in));
    }
    /// Lists publish tokens by the id of their cluster. Excludes a name; subscribe tokens can't be listed so.
    list_options &set_cluster(std::string_view cluster) noexcept {
        return set(mct_list_options_set_cluster, detail::c_text(cluster, "cluster"));
    }
    /// How many pages a list of everything reads at the most: a guard against a list that never ends. Default 10000.
    list_options &set_max_pages(std::int64_t pages) noexcept {
        return set(mct_list_options_set_max_pages, detail::c_u32(pages, "max_pages"));
    }
};

namespace detail {

template <typename Kind>
typename traits<Kind>::view token_at(const typename traits<Kind>::list *list, std::size_t index) noexcept {
    return typename traits<Kind>::view(traits<Kind>::list_get(list, index));
}

} // namespace detail

/// Tokens in the order of the API's answer. Its items are views, lent by the list; token::copy() makes one that lives
/// longer.
template <typename Kind>
using token_list = owned_list<typename detail::traits<Kind>::list, detail::traits<Kind>::list_free,
                              detail::traits<Kind>::list_len, &detail::token_at<Kind>>;
using publish_token_list = token_list<publish>;
using subscribe_token_list = token_list<subscribe>;

/// Walks a list of tokens, one page in memory at a time: publish_token_iter or subscribe_token_iter.
///
/// The tokens come in the list's order, each once, even when tokens are created and deleted meanwhile. Each page that
/// has to be read blocks, within a deadline of its own. It belongs to one thread at a time, and may outlive its client,
/// which it then tells by status::cancelled.
template <typename Kind>
class token_iter : public owner<typename detail::traits<Kind>::iter, detail::traits<Kind>::iter_free> {
    using c = detail::traits<Kind>;

public:
    using owner<typename c::iter, c::iter_free>::owner;

    /// The next token; nothing at the end. After a failure the next call tries again.
    [[nodiscard]] result<std::optional<token<Kind>>> try_next() noexcept {
        return detail::make_optional<token<Kind>>(c::iter_next, this->get());
    }
    /// Starts try_next(). Until the call is done a further one is status::invalid_argument. Destroying this does not
    /// end the call.
    [[nodiscard]] result<call<std::optional<token<Kind>>>>
    try_start_next(const call_options &how = call_options()) noexcept {
        return detail::start<std::optional<token<Kind>>>(c::iter_next_start, how, this->get());
    }

#if MILLICAST_EXCEPTIONS
    /// As try_next(). @throws millicast::error
    [[nodiscard]] std::optional<token<Kind>> next() { return try_next().value(); }
    /// As try_start_next(). @throws millicast::error
    [[nodiscard]] call<std::optional<token<Kind>>> start_next(const call_options &how = call_options()) {
        return try_start_next(how).value();
    }

    /// An input iterator over the rest of the list: for a loop. `*it` is the current token, which may be moved out of
    /// it. Moving on throws millicast::error where try_next() fails.
    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = token<Kind>;
        using difference_type = std::ptrdiff_t;
        using reference = value_type &;
        using pointer = value_type *;

        iterator() noexcept = default;

        reference operator*() const noexcept { return *walk_->current_; }
        pointer operator->() const noexcept { return &*walk_->current_; }
        iterator &operator++() {
            if (!walk_->advance())
                walk_ = nullptr;
            return *this;
        }
        void operator++(int) { ++*this; }

        friend bool operator==(const iterator &a, const iterator &b) noexcept { return a.walk_ == b.walk_; }
        friend bool operator!=(const iterator &a, const iterator &b) noexcept { return !(a == b); }

    private:
        friend token_iter;
        explicit iterator(token_iter *walk) noexcept : walk_(walk) {}

        token_iter *walk_ = nullptr;
    };

    /// Reads the next token and begins there. One loop at a time; the iterator is valid as long as this stays in place.
    [[nodiscard]] iterator begin() { return advance() ? iterator(this) : iterator(); }
    [[nodiscard]] iterator end() noexcept { return iterator(); }

private:
    bool advance() {
        current_ = next();
        return current_.has_value();
    }
#endif

private:
    std::optional<token<Kind>> current_;
};

using publish_token_iter = token_iter<publish>;
using subscribe_token_iter = token_iter<subscribe>;

} // namespace millicast

#endif
