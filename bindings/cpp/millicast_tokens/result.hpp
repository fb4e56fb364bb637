/// @file
/// What went wrong, and how it is told: as a value in a result, or as an exception.

#ifndef MILLICAST_TOKENS_RESULT_HPP
#define MILLICAST_TOKENS_RESULT_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "millicast_tokens.h"

/// 1 where the compiler has exceptions on: the functions that throw are there then.
#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
#define MILLICAST_EXCEPTIONS 1
#else
#define MILLICAST_EXCEPTIONS 0
#endif

/// An exception is caught in another library than threw it only where its type is visible in both.
#if defined(__GNUC__)
#define MILLICAST_VISIBLE __attribute__((visibility("default")))
#else
#define MILLICAST_VISIBLE
#endif

namespace millicast {

/// How a call ended. A newer library may answer numbers that have no name here.
enum class status : std::int32_t {
    ok = MCT_OK,
    null_argument = MCT_ERR_NULL_ARGUMENT, ///< Something that was moved from was used.
    invalid_utf8 = MCT_ERR_INVALID_UTF8,
    invalid_argument = MCT_ERR_INVALID_ARGUMENT, ///< Breaks the platform's contract; nothing was sent or signed.
    unauthorized = MCT_ERR_UNAUTHORIZED,
    not_found = MCT_ERR_NOT_FOUND,
    rejected = MCT_ERR_REJECTED,
    rate_limited = MCT_ERR_RATE_LIMITED,
    server = MCT_ERR_SERVER,
    timeout = MCT_ERR_TIMEOUT,
    connect = MCT_ERR_CONNECT,
    tls = MCT_ERR_TLS,
    protocol = MCT_ERR_PROTOCOL,
    cancelled = MCT_ERR_CANCELLED,
    forked = MCT_ERR_FORKED,
    token_invalid = MCT_ERR_TOKEN_INVALID, ///< A self-signed token; reason() tells why.
    buffer_too_small = MCT_ERR_BUFFER_TOO_SMALL,
    panic = MCT_ERR_PANIC, ///< A fault of the library. Let go of the objects that were in the call.
    not_ready = MCT_ERR_NOT_READY,
    system = MCT_ERR_SYSTEM,
};

/// May the server have carried out a call that failed?
enum class outcome : std::int32_t {
    unknown = MCT_OUTCOME_UNKNOWN,   ///< It may have. Look for the token before creating it again.
    not_sent = MCT_OUTCOME_NOT_SENT, ///< It has not: the request was not sent whole.
    rejected = MCT_OUTCOME_REJECTED, ///< It has not: the server refused.
};

/// Why a self-signed token was refused, by verifying it or before signing.
enum class reason : std::int32_t {
    none = MCT_REASON_NONE,
    malformed = MCT_REASON_MALFORMED,
    algorithm = MCT_REASON_ALGORITHM,
    signature = MCT_REASON_SIGNATURE,
    expired = MCT_REASON_EXPIRED,
    not_yet_valid = MCT_REASON_NOT_YET_VALID,
    claim = MCT_REASON_CLAIM,
    token_type = MCT_REASON_TOKEN_TYPE,
    parent_token_id = MCT_REASON_PARENT_TOKEN_ID,
    parent_inactive = MCT_REASON_PARENT_INACTIVE,
    parent_expired = MCT_REASON_PARENT_EXPIRED,
    parent_lifetime = MCT_REASON_PARENT_LIFETIME,
    parent_stream = MCT_REASON_PARENT_STREAM,
    parent_pattern = MCT_REASON_PARENT_PATTERN,
    parent_tracking_id = MCT_REASON_PARENT_TRACKING_ID,
    parent_origin_cluster = MCT_REASON_PARENT_ORIGIN_CLUSTER,
};

/// The spelling in C, such as "MCT_ERR_TIMEOUT". Static.
[[nodiscard]] inline std::string_view status_name(status of) noexcept {
    return mct_status_name(static_cast<mct_status>(of));
}

/// What went wrong. It never holds the API secret or a token string: a log may have it.
///
/// Immutable, cheap to copy, and readable from any thread. Texts live as long as a copy of it does.
class failure {
public:
    /// What is found before the library is asked: a value that breaks the contract.
    failure(millicast::status status, std::string_view field, std::string_view problem,
            std::optional<std::size_t> index = std::nullopt) noexcept {
        record made;
        made.status = status;
        made.message = std::string(field).append(": ").append(problem);
        made.field = std::string(field);
        made.outcome = millicast::outcome::not_sent;
        made.index = index;
        record_ = std::make_shared<const record>(std::move(made));
    }

    /// Takes over an error of the C interface and frees it.
    [[nodiscard]] static failure adopt(mct_error *error) noexcept {
        record made;
        made.status = static_cast<millicast::status>(mct_error_status(error));
        if (const char *message = mct_error_message(error))
            made.message = message;
        if (const char *field = mct_error_field(error))
            made.field = field;
        if (const char *details = mct_error_details(error))
            made.details = details;
        if (const int http = mct_error_http_status(error); http != 0)
            made.http_status = http;
        if (const std::int64_t pause = mct_error_retry_after_ms(error); pause >= 0)
            made.retry_after = std::chrono::milliseconds(pause);
        if (const std::int64_t index = mct_error_index(error); index >= 0)
            made.index = static_cast<std::size_t>(index);
        made.outcome = static_cast<millicast::outcome>(mct_error_outcome(error));
        made.reason = static_cast<millicast::reason>(mct_error_reason(error));
        mct_error_free(error);
        return failure(std::make_shared<const record>(std::move(made)));
    }

    // There is no move: one that was moved from would be empty.
    failure(const failure &) noexcept = default;
    failure &operator=(const failure &) noexcept = default;
    ~failure() = default;

    [[nodiscard]] millicast::status status() const noexcept { return record_->status; }
    /// In English, for a person: the field, the limit and what was given where that applies.
    [[nodiscard]] std::string_view message() const noexcept { return record_->message; }
    /// The field at fault, by the contract's own name, or by the argument's where the contract has none.
    [[nodiscard]] std::optional<std::string_view> field() const noexcept { return record_->field; }
    /// The HTTP status of the answer, if one came.
    [[nodiscard]] std::optional<int> http_status() const noexcept { return record_->http_status; }
    /// The API's own JSON, as it refused.
    [[nodiscard]] std::optional<std::string_view> details() const noexcept { return record_->details; }
    /// How long the server asked to wait before the next try.
    [[nodiscard]] std::optional<std::chrono::milliseconds> retry_after() const noexcept { return record_->retry_after; }
    /// May the server have carried the call out?
    [[nodiscard]] millicast::outcome outcome() const noexcept { return record_->outcome; }
    /// Which rule a self-signed token breaks; reason::none for everything else.
    [[nodiscard]] millicast::reason reason() const noexcept { return record_->reason; }
    /// The element of a list that is at fault, counted from 0.
    [[nodiscard]] std::optional<std::size_t> index() const noexcept { return record_->index; }

private:
    struct record {
        millicast::status status = millicast::status::ok;
        std::string message;
        std::optional<std::string> field;
        std::optional<int> http_status;
        std::optional<std::string> details;
        std::optional<std::chrono::milliseconds> retry_after;
        millicast::outcome outcome = millicast::outcome::unknown;
        millicast::reason reason = millicast::reason::none;
        std::optional<std::size_t> index;
    };

    explicit failure(std::shared_ptr<const record> kept) noexcept : record_(std::move(kept)) {}

    std::shared_ptr<const record> record_;
};

#if MILLICAST_EXCEPTIONS
/// What the functions throw that have a `try_` twin: a failure as an exception. what() is its message.
class MILLICAST_VISIBLE error : public std::runtime_error, public failure {
public:
    explicit error(const failure &why) : std::runtime_error(std::string(why.message())), failure(why) {}
};
#endif

/// What a call gives: a value, or the failure in its place. It is to be looked at before the value is.
template <typename T>
class [[nodiscard]] result {
public:
    using value_type = T;

    result(T value) noexcept : held_(std::in_place_index<0>, std::move(value)) {}
    result(const failure &why) noexcept : held_(std::in_place_index<1>, why) {}

    [[nodiscard]] bool has_value() const noexcept { return held_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    /// The value; there must be one.
    T &operator*() & noexcept { return *std::get_if<0>(&held_); }
    const T &operator*() const & noexcept { return *std::get_if<0>(&held_); }
    /// Moved out, so that a loop over `*call()` has something to live on.
    T operator*() && noexcept { return std::move(*std::get_if<0>(&held_)); }
    T *operator->() noexcept { return std::get_if<0>(&held_); }
    const T *operator->() const noexcept { return std::get_if<0>(&held_); }

    /// What went wrong; there must be no value.
    [[nodiscard]] const failure &error() const noexcept { return *std::get_if<1>(&held_); }

#if MILLICAST_EXCEPTIONS
    /// The value. @throws millicast::error when there is none.
    [[nodiscard]] T value() && {
        check();
        return std::move(**this);
    }
    [[nodiscard]] T &value() & {
        check();
        return **this;
    }
    [[nodiscard]] const T &value() const & {
        check();
        return **this;
    }

    /// @throws millicast::error when there is no value.
    void check() const {
        if (!has_value())
            throw millicast::error(error());
    }
#endif

private:
    std::variant<T, failure> held_;
};

/// What a call gives that has nothing to tell but whether it worked.
template <>
class [[nodiscard]] result<void> {
public:
    using value_type = void;

    result() noexcept = default;
    result(const failure &why) noexcept : failure_(why) {}

    [[nodiscard]] bool has_value() const noexcept { return !failure_; }
    explicit operator bool() const noexcept { return has_value(); }

    /// What went wrong; there must be something.
    [[nodiscard]] const failure &error() const noexcept { return *failure_; }

#if MILLICAST_EXCEPTIONS
    /// @throws millicast::error when the call failed.
    void check() const {
        if (failure_)
            throw millicast::error(*failure_);
    }
#endif

private:
    std::optional<failure> failure_;
};

} // namespace millicast

#endif
