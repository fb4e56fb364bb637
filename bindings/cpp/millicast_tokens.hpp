/// @file
/// Publish and subscribe tokens of Dolby Millicast (OptiView Real-time Streaming), for C++17.
///
/// Headers only, over the C interface: it is compiled with millicast_tokens.h on the include path and linked with
/// millicast_tokens. What the platform's fields mean and where their limits are stands there in full.
///
///     using namespace std::chrono_literals;
///     const millicast::client client(millicast::client_config(secret).set_timeout(10s));
///     const auto parent = client.subscribe_tokens().create(
///         millicast::subscribe_token_spec("viewers").add_stream("stage").set_expires(24h));
///     const millicast::signer signer(parent);
///     const auto jwt = signer.sign(millicast::claims("stage", 60s).set_custom_viewer_data("viewer-1"));
///
/// What holds everywhere:
///
/// - Errors. Whatever can fail is a `try_` function that does not throw and answers a result: a value, or a failure
///   that tells what went wrong. Each has a twin without `try_` that answers the value and throws millicast::error,
///   which is a std::runtime_error and a failure. The twins, and constructors that can fail, are there only where the
///   compiler has exceptions on: compile all sources of a program alike. Only running out of memory ends the program,
///   as it does inside of the library.
/// - Builders (specs, updates, claims, queries, options, configurations) keep the first failure of their setters, and
///   what uses them tells it. check() and try_check() tell it before. A chain answers the builder it began with: one
///   that began with a temporary is used in the same expression, or kept by take() at its end.
/// - Ownership. Classes own what they hold, can be moved and not copied, and free it at the end. One that was moved
///   from holds nothing: its getters answer nothing, and a call with it is status::null_argument. Handles go in and out
///   by explicit constructors, get() and release(), for calls of C that are made beside these.
/// - Lifetimes. A std::string_view, a list or a view that an object answers is lent, and valid until that object is
///   freed; moving the object does not end it. Don't keep one of a temporary: give the object a name first. A list of
///   a temporary token doesn't compile. All that holds for the texts in a row of a report and in a cluster too.
/// - Texts are UTF-8, and copied. One with a NUL inside is status::invalid_argument, with the field's name: it is never
///   cut short. Texts that come out of the platform have U+FFFD where U+0000 was; the JSON keeps it. The columns of
///   many viewers are not copied but lent: they have to outlive the signing for them.
/// - Calls without blocking. Functions that begin with `start_` come back at once with a call, for event loops: wait
///   for its descriptor, its callback or with wait(), and take what the blocking call would have given. A call that is
///   destroyed is cancelled.
/// - Threads. client, signer and call may be used by any number of threads at once. Tokens, lists, reports, JWTs,
///   batches and failures are immutable and may be read from any thread. Builders and iterators belong to one thread at
///   a time; any number of threads may sign from claims and for viewers that are not changed meanwhile.
/// - Numbers, times and durations that C's types can't hold are refused, and never wrapped.
/// - An enum may hold a number without a name, from a library that is newer than these headers.
///
/// Define MCT_NO_CLIENT before including this to build against a library made for signing only.

#ifndef MILLICAST_TOKENS_HPP
#define MILLICAST_TOKENS_HPP

#include <cstdint>
#include <string_view>

#include "millicast_tokens/result.hpp"
#include "millicast_tokens/signing.hpp"
#include "millicast_tokens/token.hpp"
#include "millicast_tokens/viewers.hpp"

#ifndef MCT_NO_CLIENT
#include "millicast_tokens/client.hpp"
#endif

namespace millicast {

/// The version of the library that runs: major * 10000 + minor * 100 + patch. MCT_VERSION_NUMBER is that of the header.
[[nodiscard]] inline std::uint32_t version_number() noexcept {
    return mct_version_number();
}

/// The same as text, such as "0.1.0". Static.
[[nodiscard]] inline std::string_view version_string() noexcept {
    return mct_version_string();
}

} // namespace millicast

#endif
