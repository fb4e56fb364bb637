/// @file
/// How a client reaches the API.

#ifndef MILLICAST_TOKENS_CLIENT_CONFIG_HPP
#define MILLICAST_TOKENS_CLIENT_CONFIG_HPP

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "handle.hpp"

namespace millicast {

/// How detailed a log line is.
enum class log_level : std::int32_t {
    error = MCT_LOG_ERROR, ///< A call ended without what was asked for.
    warn = MCT_LOG_WARN,   ///< Something failed and is tried again, or is worth a look.
    info = MCT_LOG_INFO,   ///< Each answer.
    debug = MCT_LOG_DEBUG, ///< Each request.
    trace = MCT_LOG_TRACE,
};

/// A host's log. `message` is valid during the call only, and never holds the API secret, a token string or a body.
///
/// It is called on the thread that makes a call, perhaps on several threads at once. It may call this library. What it
/// throws goes no further: a log that fails lets the call go on.
using log_function = std::function<void(log_level level, std::string_view message)>;

namespace detail {

// What C calls has the linkage of C.
extern "C" {
inline void millicast_tokens_log_line(void *user, mct_log_level level, const char *message) noexcept {
    const auto &log = *static_cast<const log_function *>(user);
#if MILLICAST_EXCEPTIONS
    try {
        log(static_cast<log_level>(level), message);
    } catch (...) {
    }
#else
    log(static_cast<log_level>(level), message);
#endif
}

inline void millicast_tokens_log_free(void *user) noexcept {
    delete static_cast<log_function *>(user);
}
}

} // namespace detail

/// How a client reaches the API. A client copies it. A builder: setters don't throw, and making a client tells what was
/// wrong.
class client_config : public builder<client_config, mct_client_config, mct_client_config_free> {
public:
    /// `api_secret`: the account's. It is copied, wiped when freed, and appears in no error or log line.
    explicit client_config(std::string_view api_secret) noexcept
        : builder(detail::make<handle>(mct_client_config_new, detail::c_text(api_secret, "api_secret"))) {}

    /// The API's address, up to where "/api" begins. Default "https://api.millicast.com". http:// is taken for loopback
    /// only.
    client_config &set_base_url(std::string_view url) noexcept {
        return set(mct_client_config_set_base_url, detail::c_text(url, "base_url"));
    }
    /// A proxy that knows HTTP CONNECT, as http://[user:password@]host:port. Default: none.
    client_config &set_proxy(std::string_view url) noexcept {
        return set(mct_client_config_set_proxy, detail::c_text(url, "proxy"));
    }
    /// Trusts root certificates, as PEM text, beside the system's. May be called several times.
    client_config &add_ca_pem(std::string_view pem) noexcept {
        return set(mct_client_config_add_ca_pem, detail::c_text(pem, "ca_pem"));
    }
    /// Appended to the User-Agent: the host's name and version. 1 to 256 characters of printable ASCII.
    client_config &set_user_agent_suffix(std::string_view suffix) noexcept {
        return set(mct_client_config_set_user_agent_suffix, detail::c_text(suffix, "user_agent_suffix"));
    }
    /// For a connection to come about, TLS included. At least 1 ms, default 5 s.
    client_config &set_connect_timeout(std::chrono::milliseconds timeout) noexcept {
        return set(mct_client_config_set_connect_timeout_ms, detail::c_u32(timeout.count(), "connect_timeout_ms"));
    }
    /// After which a connection that was not used is used no more; less than what servers close idle ones after. At
    /// least 1 ms, default 4 s.
    client_config &set_idle_timeout(std::chrono::milliseconds timeout) noexcept {
        return set(mct_client_config_set_idle_timeout_ms, detail::c_u32(timeout.count(), "idle_timeout_ms"));
    }
    /// The deadline of a call, with everything in it. At least 1 ms, default 30 s.
    client_config &set_timeout(std::chrono::milliseconds timeout) noexcept {
        return set(mct_client_config_set_timeout_ms, detail::c_u32(timeout.count(), "timeout_ms"));
    }
    /// How often a request that failed is sent again, at most: 0 to 100, default 3. A create is sent again only when it
    /// is certain that the server did not process it.
    client_config &set_max_retries(std::int64_t retries) noexcept {
        return set(mct_client_config_set_max_retries, detail::c_u32(retries, "max_retries"));
    }
    /// How many calls go out at once; further ones wait in line. 1 to 1024, default 8.
    client_config &set_max_connections(std::int64_t connections) noexcept {
        return set(mct_client_config_set_max_connections, detail::c_u32(connections, "max_connections"));
    }
    /// The largest answer that is read; a larger one is status::protocol. At least 1, default 32 MiB.
    client_config &set_max_answer_bytes(std::int64_t bytes) noexcept {
        return set(mct_client_config_set_max_answer_bytes, detail::c_u32(bytes, "max_answer_bytes"));
    }
    /// Spreads requests so that no more than this many go out in a second. 0, the default, sets no limit.
    client_config &set_requests_per_second(std::int64_t requests) noexcept {
        return set(mct_client_config_set_requests_per_second, detail::c_u32(requests, "requests_per_second"));
    }
    /// Lets http:// be used for hosts other than loopback. The API secret is then readable on the way. Default false.
    client_config &set_allow_insecure_http(bool allow) noexcept {
        return set(mct_client_config_set_allow_insecure_http, allow);
    }
    /// Has `log` called with each line up to the level `most_detailed`. Default: no log. It is destroyed after the last
    /// line, when the last configuration and client that know it are gone, on the thread that frees that one.
    client_config &set_log(log_level most_detailed, log_function log) noexcept {
        return keep([&]() -> result<void> {
            if (!log)
                return failure(status::null_argument, "log", "is an empty function");
            auto user = std::make_unique<log_function>(std::move(log));
            auto done = detail::call(mct_client_config_set_log, get(), static_cast<mct_log_level>(most_detailed),
                                     &detail::millicast_tokens_log_line, static_cast<void *>(user.get()),
                                     &detail::millicast_tokens_log_free);
            if (done)
                static_cast<void>(user.release()); // The configuration has it now.
            return done;
        });
    }
};

} // namespace millicast

#endif
