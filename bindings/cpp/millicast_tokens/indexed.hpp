/// @file
/// Lists of the C interface, which are a count and a getter by index, as something to loop over.

#ifndef MILLICAST_TOKENS_INDEXED_HPP
#define MILLICAST_TOKENS_INDEXED_HPP

#include <cstddef>
#include <iterator>
#include <string_view>

#include "handle.hpp"

namespace millicast {

/// A list that an object holds, lent: it is valid until that object is freed. `Count` and `At` are what tells how many
/// items there are, and makes one.
///
/// Items are made when they are looked at, so that an iterator answers values, not references.
template <typename Handle, auto Count, auto At>
class indexed {
public:
    using value_type = decltype(At(static_cast<const Handle *>(nullptr), std::size_t{0}));

    class iterator {
    public:
        // One that answers values is at most an input iterator to C++17, and a random access iterator to C++20.
        using iterator_category = std::input_iterator_tag;
        using iterator_concept = std::random_access_iterator_tag;
        using value_type = indexed::value_type;
        using difference_type = std::ptrdiff_t;
        using reference = value_type;
        class pointer {
        public:
            explicit pointer(value_type item) noexcept : item_(std::move(item)) {}
            const value_type *operator->() const noexcept { return &item_; }

        private:
            value_type item_;
        };

        iterator() noexcept = default;

        reference operator*() const noexcept { return At(handle_, index()); }
        pointer operator->() const noexcept { return pointer(**this); }
        reference operator[](difference_type by) const noexcept { return *(*this + by); }

        iterator &operator++() noexcept { return *this += 1; }
        iterator &operator--() noexcept { return *this -= 1; }
        iterator operator++(int) noexcept { return std::exchange(*this, *this + 1); }
        iterator operator--(int) noexcept { return std::exchange(*this, *this - 1); }
        iterator &operator+=(difference_type by) noexcept {
            position_ += by;
            return *this;
        }
        iterator &operator-=(difference_type by) noexcept { return *this += -by; }

        friend iterator operator+(iterator from, difference_type by) noexcept { return from += by; }
        friend iterator operator+(difference_type by, iterator from) noexcept { return from += by; }
        friend iterator operator-(iterator from, difference_type by) noexcept { return from -= by; }
        friend difference_type operator-(iterator a, iterator b) noexcept { return a.position_ - b.position_; }
        friend bool operator==(iterator a, iterator b) noexcept { return a.position_ == b.position_; }
        friend bool operator!=(iterator a, iterator b) noexcept { return a.position_ != b.position_; }
        friend bool operator<(iterator a, iterator b) noexcept { return a.position_ < b.position_; }
        friend bool operator>(iterator a, iterator b) noexcept { return b < a; }
        friend bool operator<=(iterator a, iterator b) noexcept { return !(b < a); }
        friend bool operator>=(iterator a, iterator b) noexcept { return !(a < b); }

    private:
        friend indexed;
        iterator(const Handle *handle, std::size_t position) noexcept
            : handle_(handle), position_(static_cast<difference_type>(position)) {}
        [[nodiscard]] std::size_t index() const noexcept { return static_cast<std::size_t>(position_); }

        const Handle *handle_ = nullptr;
        difference_type position_ = 0;
    };
    using const_iterator = iterator;

    explicit indexed(const Handle *lent) noexcept : handle_(lent) {}

    [[nodiscard]] std::size_t size() const noexcept { return Count(handle_); }
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }
    /// Item `index`; out of range, one that holds nothing.
    [[nodiscard]] value_type operator[](std::size_t index) const noexcept { return At(handle_, index); }
    [[nodiscard]] iterator begin() const noexcept { return iterator(handle_, 0); }
    [[nodiscard]] iterator end() const noexcept { return iterator(handle_, size()); }

private:
    const Handle *handle_;
};

/// A list that owns what it holds. Its items are lent and valid until it is freed.
///
/// Immutable, and readable from any thread.
template <typename Handle, auto Free, auto Count, auto At>
class owned_list : public owner<Handle, Free> {
public:
    using items = indexed<Handle, Count, At>;
    using value_type = typename items::value_type;
    using iterator = typename items::iterator;
    using const_iterator = iterator;

    using owner<Handle, Free>::owner;

    [[nodiscard]] std::size_t size() const noexcept { return lent().size(); }
    [[nodiscard]] bool empty() const noexcept { return lent().empty(); }
    /// Item `index`; out of range, one that holds nothing.
    [[nodiscard]] value_type operator[](std::size_t index) const noexcept { return lent()[index]; }
    [[nodiscard]] iterator begin() const noexcept { return lent().begin(); }
    [[nodiscard]] iterator end() const noexcept { return lent().end(); }

private:
    [[nodiscard]] items lent() const noexcept { return items(this->get()); }
};

namespace detail {

/// Entry `index` of a list of texts, by its getter in C.
template <typename Handle, auto Get>
std::string_view text_at(const Handle *handle, std::size_t index) noexcept {
    return text(Get(handle, index));
}

template <typename Handle, auto Count, auto Get>
using text_list = indexed<Handle, Count, &text_at<Handle, Get>>;

} // namespace detail

} // namespace millicast

#endif
