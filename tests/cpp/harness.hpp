/// @file
/// What the tests stand on. A test is a sentence that says what holds, and a block. A check that fails is printed, and
/// the test goes on.

#ifndef HARNESS_HPP
#define HARNESS_HPP

#include <chrono>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "millicast_tokens.hpp"

namespace harness {

struct registration {
    registration(const char *sentence, void (*run)());
};

/// Any thread may check. True when it holds.
bool check(bool holds, std::string_view what, const char *file, int line);

template <typename Value>
std::string shown(const Value &value) {
    std::ostringstream out;
    if constexpr (std::is_enum_v<Value>)
        out << static_cast<long long>(value);
    else
        out << std::boolalpha << value;
    return std::move(out).str();
}
inline std::string shown(millicast::status value) {
    return std::string(millicast::status_name(value));
}
inline std::string shown(millicast::unix_time value) {
    return std::to_string(value.time_since_epoch().count()) + " s";
}
template <typename Count, typename Period>
std::string shown(std::chrono::duration<Count, Period> value) {
    return std::to_string(std::chrono::duration<double>(value).count()) + " s";
}
inline std::string shown(std::nullopt_t) {
    return "(nothing)";
}
template <typename Value>
std::string shown(const std::optional<Value> &value) {
    return value ? shown(*value) : "(nothing)";
}

template <typename Got, typename Want>
bool same(const Got &got, const Want &want, const char *what, const char *file, int line) {
    if (got == want)
        return check(true, what, file, line);
    return check(false, std::string(what) + " is " + shown(got) + ", not " + shown(want), file, line);
}

template <typename Result>
bool ok(const Result &result, const char *what, const char *file, int line) {
    if (result)
        return true;
    const millicast::failure &why = result.error();
    return check(false, std::string(what) + ": " + shown(why.status()) + ": " + std::string(why.message()), file, line);
}

/// `restream.key` is told with its place, as in `restream[1].key`.
inline bool names(std::string_view message, std::string_view field) {
    const auto dot = field.find('.');
    const auto inside = dot == std::string_view::npos ? field : field.substr(dot);
    return message.find(field.substr(0, dot)) != std::string_view::npos && message.find(inside) != std::string_view::npos;
}

/// A failure of this status, about this field.
template <typename Result>
bool fails(const Result &result, millicast::status status, std::optional<std::string_view> field, const char *what,
           const char *file, int line) {
    if (!check(!result, std::string(what) + " fails", file, line))
        return false;
    const millicast::failure &why = result.error();
    const bool holds = same(why.status(), status, what, file, line)
        && same(why.field(), field, (std::string("the field of ") + what).c_str(), file, line)
        && check(!why.message().empty(), std::string(what) + " has a message", file, line);
    return holds && (!field || check(names(why.message(), *field), "the message names the field", file, line));
}


#if MILLICAST_EXCEPTIONS
template <typename Call>
bool throws(Call call, millicast::status status, const char *what, const char *file, int line) {
    try {
        call();
    } catch (const millicast::error &error) {
        return same(error.status(), status, what, file, line)
            && check(error.what() == error.message(), "what() is the message", file, line);
    }
    return check(false, std::string(what) + " throws", file, line);
}
#endif

} // namespace harness

#define HARNESS_JOIN(a, b) a##b
#define HARNESS_NAME(a, b) HARNESS_JOIN(a, b)
#define TEST(sentence)                                                                                                 \
    static void HARNESS_NAME(test_, __LINE__)();                                                                       \
    static const harness::registration HARNESS_NAME(registered_, __LINE__)(sentence, HARNESS_NAME(test_, __LINE__));   \
    static void HARNESS_NAME(test_, __LINE__)()

#define CHECK(condition) harness::check((condition), #condition, __FILE__, __LINE__)
#define CHECK_EQ(got, want) harness::same((got), (want), #got, __FILE__, __LINE__)
#define CHECK_OK(result) harness::ok((result), #result, __FILE__, __LINE__)
#define CHECK_FAILS(result, code, field)                                                                               \
    harness::fails((result), millicast::status::code, (field), #result, __FILE__, __LINE__)
#define CHECK_THROWS(call, code)                                                                                     \
    harness::throws([&] { static_cast<void>(call); }, millicast::status::code, #call, __FILE__, __LINE__)

#endif
