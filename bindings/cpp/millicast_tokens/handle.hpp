/// @file
/// What every class here stands on: owned handles, calls of C, and what is handed to them.

#ifndef MILLICAST_TOKENS_HANDLE_HPP
#define MILLICAST_TOKENS_HANDLE_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "result.hpp"

namespace millicast {

/// A moment in Unix seconds. From the clock: `std::chrono::time_point_cast<std::chrono::seconds>(system_clock::now())`.
using unix_time = std::chrono::time_point<std::chrono::system_clock, std::chrono::seconds>;

/// Owns a handle of the C interface. It can be moved and not copied.
///
/// One that was moved from holds nothing: what it is asked for is not there, and a call with it is
/// status::null_argument.
template <typename Handle, auto Free>
class owner {
public:
    using c_type = Handle;

    /// Takes over a handle that the C interface gave.
    explicit owner(Handle *owned) noexcept : handle_(owned) {}

    /// For calls of the C interface: lent, and freed by this object.
    [[nodiscard]] Handle *get() const noexcept { return handle_.get(); }
    /// Gives the handle away; it is then to be freed by the C interface's own function.
    [[nodiscard]] Handle *release() noexcept { return handle_.release(); }

private:
    struct freed {
        void operator()(Handle *handle) const noexcept { Free(handle); }
    };
    std::unique_ptr<Handle, freed> handle_;
};

namespace detail {

/// Overwrites what may be a secret, in a way that the compiler does not leave out.
inline void wipe(char *bytes, std::size_t size) noexcept {
#if defined(__GNUC__)
    if (size > 0)
        std::memset(bytes, 0, size);
    __asm__ __volatile__("" : : "r"(bytes) : "memory");
#else
    volatile char *each = bytes;
    for (std::size_t i = 0; i < size; i++)
        each[i] = 0;
#endif
}

/// For what is copied from anything to loop over whose elements become a std::string_view.
template <typename Range>
using if_texts = std::enable_if_t<!std::is_convertible_v<const Range &, std::string_view>
                                  && std::is_convertible_v<decltype(*std::begin(std::declval<const Range &>())),
                                                           std::string_view>>;

/// A text for C: a copy with a NUL behind it, wiped at the end, since it may be a secret.
class c_text {
public:
    c_text(std::string_view text, const char *field, std::optional<std::size_t> index = std::nullopt) noexcept
        : text_(text), field_(field), index_(index) {}
    c_text(const c_text &) = delete;
    c_text &operator=(const c_text &) = delete;
    ~c_text() { wipe(text_.data(), text_.size()); }

    /// C would read no further than the NUL, and take a shorter text for this one.
    [[nodiscard]] std::optional<failure> problem() const noexcept {
        const std::size_t at = text_.find('\0');
        if (at == std::string::npos)
            return std::nullopt;
        const std::string problem = "holds a NUL character, at byte " + std::to_string(at);
        return failure(status::invalid_argument, field_, problem, index_);
    }
    [[nodiscard]] const char *c() const noexcept { return text_.c_str(); }

private:
    std::string text_;
    const char *field_;
    std::optional<std::size_t> index_;
};

/// A text that may be left out, which is NULL for C.
class optional_c_text {
public:
    optional_c_text(std::optional<std::string_view> text, const char *field) noexcept
        : text_(text.value_or(std::string_view()), field), is_given_(text.has_value()) {}

    [[nodiscard]] std::optional<failure> problem() const noexcept { return text_.problem(); }
    [[nodiscard]] const char *c() const noexcept { return is_given_ ? text_.c() : nullptr; }

private:
    c_text text_;
    bool is_given_;
};

/// A number for C. What the smaller type can't hold is refused: neither wrapped nor cut off.
template <typename Number>
class c_number {
public:
    c_number(std::int64_t given, const char *field) noexcept : given_(given), field_(field) {}

    [[nodiscard]] std::optional<failure> problem() const noexcept {
        const auto least = std::int64_t{std::numeric_limits<Number>::min()};
        const auto most = std::int64_t{std::numeric_limits<Number>::max()};
        if (given_ >= least && given_ <= most)
            return std::nullopt;
        return failure(status::invalid_argument, field_,
                       "must be " + std::to_string(least) + " to " + std::to_string(most) + ", given is "
                           + std::to_string(given_));
    }
    [[nodiscard]] Number c() const noexcept { return static_cast<Number>(given_); }

private:
    std::int64_t given_;
    const char *field_;
};

using c_u32 = c_number<std::uint32_t>;

// What a call of C is made with: what can be wrong is asked for its problem first, the rest goes as it is.
template <typename Argument>
auto problem_of(const Argument &argument, int) noexcept -> decltype(argument.problem()) {
    return argument.problem();
}
template <typename Argument>
std::optional<failure> problem_of(const Argument &, long) noexcept {
    return std::nullopt;
}
template <typename Argument>
auto for_c(const Argument &argument, int) noexcept -> decltype(argument.c()) {
    return argument.c();
}
template <typename Argument>
const Argument &for_c(const Argument &argument, long) noexcept {
    return argument;
}

template <typename... Arguments>
std::optional<failure> first_problem(const Arguments &...arguments) noexcept {
    std::optional<failure> found;
    ((found = problem_of(arguments, 0), found.has_value()) || ...);
    return found;
}

/// Calls a function of C that takes where its error goes last, as they all do that can fail.
template <typename Function, typename... Arguments>
result<void> call(Function function, const Arguments &...arguments) noexcept {
    if (auto problem = first_problem(arguments...))
        return *problem;
    mct_error *error = nullptr;
    if (function(for_c(arguments, 0)..., &error) != MCT_OK)
        return failure::adopt(error);
    return {};
}

/// The same for a function that gives a handle before its error; it is owned at once.
template <typename Owner, typename Function, typename... Arguments>
result<Owner> make(Function function, const Arguments &...arguments) noexcept {
    typename Owner::c_type *made = nullptr;
    auto called = call(function, arguments..., &made);
    if (!called)
        return called.error();
    return Owner(made);
}

/// The same for one that may give none.
template <typename Owner, typename Function, typename... Arguments>
result<std::optional<Owner>> make_optional(Function function, const Arguments &...arguments) noexcept {
    auto made = make<Owner>(function, arguments...);
    if (!made)
        return made.error();
    if (made->get() == nullptr)
        return std::optional<Owner>();
    return std::optional<Owner>(*std::move(made));
}

inline std::optional<std::string_view> optional_text(const char *lent) noexcept {
    return lent == nullptr ? std::nullopt : std::optional<std::string_view>(lent);
}

/// A text that is there for everything but a handle that was moved from.
inline std::string_view text(const char *lent) noexcept {
    return lent == nullptr ? std::string_view() : std::string_view(lent);
}

/// Getters of C that answer whether there is something, and where it goes last.
template <typename Handle, typename Value>
std::optional<Value> optional_value(bool (*getter)(const Handle *, Value *), const Handle *handle) noexcept {
    Value value{};
    return getter(handle, &value) ? std::optional<Value>(value) : std::nullopt;
}
template <typename Handle, typename Value>
std::optional<Value> optional_value(bool (*getter)(const Handle *, std::size_t, Value *), const Handle *handle,
                                    std::size_t index) noexcept {
    Value value{};
    return getter(handle, index, &value) ? std::optional<Value>(value) : std::nullopt;
}

inline unix_time from_c(std::int64_t seconds) noexcept {
    return unix_time(std::chrono::seconds(seconds));
}

inline std::int64_t to_c(unix_time time) noexcept {
    return time.time_since_epoch().count();
}

inline std::optional<unix_time> optional_time(std::optional<std::int64_t> seconds) noexcept {
    return seconds ? std::optional<unix_time>(from_c(*seconds)) : std::nullopt;
}

} // namespace detail

/// Texts for a setter of a list: `{"a", "b"}`, `{}`, or anything to loop over whose elements become a
/// std::string_view. They are copied.
class texts {
public:
    texts() noexcept = default;
    texts(std::initializer_list<std::string_view> list) : texts_(list.begin(), list.end()) {}
    template <typename Range, typename = detail::if_texts<Range>>
    texts(const Range &range) {
        for (const auto &text : range)
            texts_.emplace_back(std::string_view(text));
    }

    [[nodiscard]] std::size_t size() const noexcept { return texts_.size(); }

    /// For the setters here: the pointers that C takes, which live as long as this, or why it must not have them.
    [[nodiscard]] result<std::vector<const char *>> for_c(const char *field) const noexcept {
        std::vector<const char *> pointers;
        for (const std::string &text : texts_) {
            if (auto problem = detail::c_text(text, field, pointers.size()).problem())
                return *problem;
            pointers.push_back(text.c_str());
        }
        return pointers;
    }

private:
    std::vector<std::string> texts_;
};

/// What is filled in step by step and then used: a spec, an update, claims, options, a configuration.
///
/// Setters don't throw. The first one that fails is kept, those after it do nothing, and whatever uses the object then
/// fails with what was kept, before anything is sent or signed. Setters answer the object and so can be chained:
/// `spec.add_stream("stage").set_expires(1h)`. It belongs to one thread at a time.
template <typename Self, typename Handle, auto Free>
class builder : public owner<Handle, Free> {
public:
    /// Did everything work up to now?
    [[nodiscard]] result<void> try_check() const noexcept {
        if (failure_)
            return *failure_;
        if (this->get() == nullptr)
            return failure(status::null_argument, "object", "was moved from");
        return {};
    }

#if MILLICAST_EXCEPTIONS
    /// @throws millicast::error what went wrong first, if anything did.
    void check() const { try_check().check(); }
#endif

    /// Moves the object out at the end of a chain: `auto spec = publish_token_spec("a").add_stream("b").take();`
    [[nodiscard]] Self take() noexcept { return std::move(static_cast<Self &>(*this)); }

protected:
    using handle = owner<Handle, Free>;

    explicit builder(result<handle> made) noexcept : handle(made ? made->release() : nullptr) {
        if (!made)
            failure_ = made.error();
    }

    template <typename Function, typename... Arguments>
    Self &set(Function function, const Arguments &...arguments) noexcept {
        return keep([&] { return detail::call(function, this->get(), arguments...); });
    }

    /// Makes a step, if none has failed yet, and keeps what goes wrong with it.
    template <typename Step>
    Self &keep(Step step) noexcept {
        if (!failure_) {
            if (result<void> done = step(); !done)
                failure_ = done.error();
        }
        return static_cast<Self &>(*this);
    }

    template <typename Function>
    Self &set_texts(Function function, const texts &list, const char *field) noexcept {
        return keep([&]() -> result<void> {
            const auto pointers = list.for_c(field);
            if (!pointers)
                return pointers.error();
            return detail::call(function, this->get(), pointers->data(), pointers->size());
        });
    }

private:
    std::optional<failure> failure_;
};

namespace detail {

/// A builder for C, which has to be in order.
template <typename Builder>
class c_builder {
public:
    explicit c_builder(const Builder &lent) noexcept : builder_(lent) {}

    [[nodiscard]] std::optional<failure> problem() const noexcept {
        const auto ready = builder_.try_check();
        return ready ? std::nullopt : std::optional<failure>(ready.error());
    }
    [[nodiscard]] const typename Builder::c_type *c() const noexcept { return builder_.get(); }

private:
    const Builder &builder_;
};

} // namespace detail

} // namespace millicast

#endif
