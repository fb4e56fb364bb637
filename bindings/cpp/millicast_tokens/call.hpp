/// @file
/// Calls without blocking: how they are started, and what becomes of them.

#ifndef MILLICAST_TOKENS_CALL_HPP
#define MILLICAST_TOKENS_CALL_HPP

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "handle.hpp"

namespace millicast {

/// What a host wants to be called when a call has ended.
///
/// It is called on a thread of the library's that has every signal blocked, of each client one after the other. It may
/// call this library, and take results; further callbacks then wait, calls do not. What it throws goes no further: the
/// call has ended all the same, and its result is there to be taken.
using done_function = std::function<void()>;

namespace detail {

// What C calls has the linkage of C.
extern "C" {
inline void millicast_tokens_call_done(void *user) noexcept {
    const auto &done = *static_cast<const done_function *>(user);
#if MILLICAST_EXCEPTIONS
    try {
        done();
    } catch (...) {
    }
#else
    done();
#endif
}

inline void millicast_tokens_call_free(void *user) noexcept {
    delete static_cast<done_function *>(user);
}
}

} // namespace detail

/// How calls are started: with the client's timeout and no callback, unless it is said otherwise. A builder; it can be
/// used for any number of calls, and need not outlive them.
class call_options : public builder<call_options, mct_call_options, mct_call_options_free> {
public:
    call_options() noexcept : builder(detail::make<handle>(mct_call_options_new)) {}

    /// The deadline of a call, from its start on, with everything in it. At least 1 ms, default the client's.
    call_options &set_timeout(std::chrono::milliseconds timeout) noexcept {
        return set(mct_call_options_set_timeout_ms, detail::c_u32(timeout.count(), "timeout_ms"));
    }
    /// Has `done` called at the end of each call that is started with these options, once for each, however it ended:
    /// cancelled and destroyed ones too, perhaps before the function that starts it has returned. It is destroyed when
    /// these options are gone and the last such call has ended, or when another one is set, on any thread.
    call_options &set_done(done_function done) noexcept {
        return keep([&]() -> result<void> {
            if (!done)
                return failure(status::null_argument, "done", "is an empty function");
            auto user = std::make_unique<done_function>(std::move(done));
            auto set = detail::call(mct_call_options_set_done, get(), &detail::millicast_tokens_call_done,
                                    static_cast<void *>(user.get()), &detail::millicast_tokens_call_free);
            if (set)
                static_cast<void>(user.release()); // The options have it now.
            return set;
        });
    }
};

namespace detail {

/// The functions of C that take results, by what they give.
struct taker {
#define MILLICAST_TAKE(HANDLE)                                                                                         \
    mct_status operator()(mct_call *from, mct_##HANDLE **out, mct_error **error) const noexcept {                      \
        return mct_call_take_##HANDLE(from, out, error);                                                               \
    }
    MILLICAST_TAKE(publish_token)
    MILLICAST_TAKE(subscribe_token)
    MILLICAST_TAKE(publish_token_list)
    MILLICAST_TAKE(subscribe_token_list)
    MILLICAST_TAKE(disable_result)
    MILLICAST_TAKE(id_list)
    MILLICAST_TAKE(clusters)
    MILLICAST_TAKE(bandwidth_report)
#undef MILLICAST_TAKE
};

/// Takes what a call gives: an object, one that may not be there, or nothing.
template <typename T>
struct taken {
    static result<T> from(mct_call *ended) noexcept { return make<T>(taker(), ended); }
};
template <typename T>
struct taken<std::optional<T>> {
    static result<std::optional<T>> from(mct_call *ended) noexcept { return make_optional<T>(taker(), ended); }
};
template <>
struct taken<void> {
    static result<void> from(mct_call *ended) noexcept { return detail::call(mct_call_take_nothing, ended); }
};

} // namespace detail

/// A call that was started and does not block: it gives a T, as the blocking call does.
///
/// Wait for its end in any way: fd() for an event loop, a callback (call_options::set_done()), wait() or is_done().
/// Then take the result, once. It may outlive its client, whose end ends it with status::cancelled.
///
/// **Destroying it ends the call**, with status::cancelled, as assigning another one to it does: keep it until it is
/// done. Any number of threads may use it at once, but for moving, assigning and destroying it. In a child after fork()
/// a call of the parent's is status::forked.
template <typename T>
class [[nodiscard]] call : public owner<mct_call, mct_call_free> {
public:
    using value_type = T;

    /// Takes over a call that the C interface gave, which has to be one that gives a T.
    using owner::owner;

    /// Is it done, however it ended?
    [[nodiscard]] bool is_done() const noexcept { return mct_call_is_done(get()); }
    /// POSIX: a descriptor that becomes readable when the call is done, and stays so. It is the call's: it must not be
    /// read from or closed, and is gone with it. -1 when there is none.
    [[nodiscard]] int fd() const noexcept { return mct_call_fd(get()); }
    /// Waits until it is done, however it ended.
    [[nodiscard]] result<void> try_wait() const noexcept { return detail::call(mct_call_wait, get(), UINT32_MAX); }
    /// Waits at most so long; status::not_ready when it is not done then, and goes on. 0: does not wait.
    [[nodiscard]] result<void> try_wait(std::chrono::milliseconds timeout) const noexcept {
        // C takes its largest number for ever.
        const auto most = std::chrono::milliseconds(std::int64_t{UINT32_MAX} - 1);
        const auto given = timeout == most + std::chrono::milliseconds(1) ? most : timeout;
        return detail::call(mct_call_wait, get(), detail::c_u32(given.count(), "timeout_ms"));
    }
    /// Ends this call alone, with status::cancelled, unless it is done. Not for signal handlers.
    void cancel() const noexcept { mct_call_cancel(get()); }
    /// What the blocking call would have given. Before the end that is status::not_ready, and the call goes on. A
    /// result can be taken once, and is status::invalid_argument after that; a failure is told each time.
    [[nodiscard]] result<T> try_take() noexcept { return detail::taken<T>::from(get()); }

#if MILLICAST_EXCEPTIONS
    // As their `try_` twins. They throw millicast::error.
    void wait() const { try_wait().check(); }
    void wait(std::chrono::milliseconds timeout) const { try_wait(timeout).check(); }
    T take() {
        if constexpr (std::is_void_v<T>)
            try_take().check();
        else
            return try_take().value();
    }
#endif
};

namespace detail {

/// Starts a call by the function of C that does, which takes the options last.
template <typename T, typename Function, typename... Arguments>
result<millicast::call<T>> start(Function function, const call_options &how, const Arguments &...arguments) noexcept {
    return make<millicast::call<T>>(function, arguments..., c_builder(how));
}

} // namespace detail

} // namespace millicast

#endif
