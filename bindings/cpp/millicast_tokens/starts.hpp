/// @file
/// What starts calls without blocking.
///
/// Each function starts what its twin without `start_` does, and comes back at once: `read(id)` gives a token, and
/// `start_read(id)` a call that gives one. What it takes is copied. A failure says that nothing was started: what is
/// wrong with the arguments, or that the system has no thread or descriptor for it. All else is told by call::take().

#ifndef MILLICAST_TOKENS_STARTS_HPP
#define MILLICAST_TOKENS_STARTS_HPP

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "account.hpp"
#include "bandwidth.hpp"
#include "call.hpp"
#include "handle.hpp"
#include "lists.hpp"
#include "spec.hpp"
#include "token.hpp"
#include "traits.hpp"
#include "update.hpp"

namespace millicast {

namespace detail {

/// Starts calls of a client that is lent.
class starter {
public:
    explicit starter(mct_client *lent) noexcept : client_(lent) {}

protected:
    /// By a function of C, which takes the client first and the options last.
    template <typename T, typename Function, typename... Arguments>
    result<millicast::call<T>> start(Function function, const call_options &how,
                                     const Arguments &...arguments) const noexcept {
        return detail::start<T>(function, how, client_, arguments...);
    }

    mct_client *client_;
};

} // namespace detail

/// Starts the calls about tokens of both kinds.
template <typename Kind>
class basic_token_starts : public detail::starter {
    using c = detail::traits<Kind>;

public:
    using spec_type = typename c::spec_builder;
    using update_type = typename c::update_builder;

    using starter::starter;

    [[nodiscard]] result<call<token<Kind>>>
    try_start_create(const spec_type &what, const call_options &how = call_options()) const noexcept {
        return start<token<Kind>>(c::create_start, how, detail::c_builder(what));
    }
    [[nodiscard]] result<call<token_list<Kind>>>
    try_start_find_created(const spec_type &what, unix_time since,
                           const call_options &how = call_options()) const noexcept {
        return start<token_list<Kind>>(c::find_created_start, how, detail::c_builder(what), detail::to_c(since));
    }
    [[nodiscard]] result<call<token<Kind>>>
    try_start_read(std::uint64_t id, const call_options &how = call_options()) const noexcept {
        return start<token<Kind>>(c::read_start, how, id);
    }
    [[nodiscard]] result<call<token<Kind>>>
    try_start_update(std::uint64_t id, const update_type &what,
                     const call_options &how = call_options()) const noexcept {
        return start<token<Kind>>(c::update_apply_start, how, id, detail::c_builder(what));
    }
    [[nodiscard]] result<call<void>>
    try_start_remove(std::uint64_t id, const call_options &how = call_options()) const noexcept {
        return start<void>(c::remove_start, how, id);
    }
    [[nodiscard]] result<call<token_list<Kind>>>
    try_start_list_page(const list_options &options = list_options(),
                        const call_options &how = call_options()) const noexcept {
        return start<token_list<Kind>>(c::list_page_start, how, detail::c_builder(options));
    }
    [[nodiscard]] result<call<token_list<Kind>>>
    try_start_list_all(const list_options &options = list_options(),
                       const call_options &how = call_options()) const noexcept {
        return start<token_list<Kind>>(c::list_all_start, how, detail::c_builder(options));
    }

#if MILLICAST_EXCEPTIONS
    // As their `try_` twins. They throw millicast::error.
    [[nodiscard]] call<token<Kind>> start_create(const spec_type &what,
                                                 const call_options &how = call_options()) const {
        return try_start_create(what, how).value();
    }
    [[nodiscard]] call<token_list<Kind>> start_find_created(const spec_type &what, unix_time since,
                                                            const call_options &how = call_options()) const {
        return try_start_find_created(what, since, how).value();
    }
    [[nodiscard]] call<token<Kind>> start_read(std::uint64_t id, const call_options &how = call_options()) const {
        return try_start_read(id, how).value();
    }
    [[nodiscard]] call<token<Kind>> start_update(std::uint64_t id, const update_type &what,
                                                 const call_options &how = call_options()) const {
        return try_start_update(id, what, how).value();
    }
    [[nodiscard]] call<void> start_remove(std::uint64_t id, const call_options &how = call_options()) const {
        return try_start_remove(id, how).value();
    }
    [[nodiscard]] call<token_list<Kind>> start_list_page(const list_options &options = list_options(),
                                                         const call_options &how = call_options()) const {
        return try_start_list_page(options, how).value();
    }
    [[nodiscard]] call<token_list<Kind>> start_list_all(const list_options &options = list_options(),
                                                        const call_options &how = call_options()) const {
        return try_start_list_all(options, how).value();
    }
#endif
};

/// What subscribe_token_calls start without blocking.
template <typename Kind>
class token_starts : public basic_token_starts<Kind> {
public:
    using basic_token_starts<Kind>::basic_token_starts;
};

/// What publish_token_calls start without blocking.
template <>
class token_starts<publish> : public basic_token_starts<publish> {
public:
    using basic_token_starts::basic_token_starts;

    [[nodiscard]] result<call<disable_result>>
    try_start_disable(const std::vector<std::uint64_t> &ids, const call_options &how = call_options()) const noexcept {
        return start<disable_result>(mct_publish_token_disable_start, how, ids.data(), ids.size());
    }
    [[nodiscard]] result<call<id_list>>
    try_start_active_ids(std::optional<std::string_view> stream_id = std::nullopt,
                         const call_options &how = call_options()) const noexcept {
        return start<id_list>(mct_publish_token_active_ids_start, how, detail::optional_c_text(stream_id, "streamId"));
    }
    [[nodiscard]] result<call<void>>
    try_start_sync_restream(std::uint64_t id, const call_options &how = call_options()) const noexcept {
        return start<void>(mct_publish_token_sync_restream_start, how, id);
    }

#if MILLICAST_EXCEPTIONS
    // As their `try_` twins. They throw millicast::error.
    [[nodiscard]] call<disable_result> start_disable(const std::vector<std::uint64_t> &ids,
                                                     const call_options &how = call_options()) const {
        return try_start_disable(ids, how).value();
    }
    [[nodiscard]] call<id_list> start_active_ids(std::optional<std::string_view> stream_id = std::nullopt,
                                                 const call_options &how = call_options()) const {
        return try_start_active_ids(stream_id, how).value();
    }
    [[nodiscard]] call<void> start_sync_restream(std::uint64_t id, const call_options &how = call_options()) const {
        return try_start_sync_restream(id, how).value();
    }
#endif
};

/// What analytics_calls start without blocking.
class analytics_starts : public detail::starter {
public:
    using starter::starter;

    [[nodiscard]] result<call<bandwidth_report>>
    try_start_tracking_total(const bandwidth_query &query, const call_options &how = call_options()) const noexcept {
        return start<bandwidth_report>(mct_analytics_tracking_total_start, how, detail::c_builder(query));
    }
    [[nodiscard]] result<call<bandwidth_report>>
    try_start_tracking_series(const bandwidth_query &query, const call_options &how = call_options()) const noexcept {
        return start<bandwidth_report>(mct_analytics_tracking_series_start, how, detail::c_builder(query));
    }
    [[nodiscard]] result<call<bandwidth_report>>
    try_start_tracking_streams_total(const bandwidth_query &query,
                                     const call_options &how = call_options()) const noexcept {
        return start<bandwidth_report>(mct_analytics_tracking_streams_total_start, how, detail::c_builder(query));
    }
    [[nodiscard]] result<call<bandwidth_report>>
    try_start_tracking_streams_series(const bandwidth_query &query,
                                      const call_options &how = call_options()) const noexcept {
        return start<bandwidth_report>(mct_analytics_tracking_streams_series_start, how, detail::c_builder(query));
    }

#if MILLICAST_EXCEPTIONS
    // As their `try_` twins. They throw millicast::error.
    [[nodiscard]] call<bandwidth_report> start_tracking_total(const bandwidth_query &query,
                                                              const call_options &how = call_options()) const {
        return try_start_tracking_total(query, how).value();
    }
    [[nodiscard]] call<bandwidth_report> start_tracking_series(const bandwidth_query &query,
                                                               const call_options &how = call_options()) const {
        return try_start_tracking_series(query, how).value();
    }
    [[nodiscard]] call<bandwidth_report> start_tracking_streams_total(const bandwidth_query &query,
                                                                      const call_options &how = call_options()) const {
        return try_start_tracking_streams_total(query, how).value();
    }
    [[nodiscard]] call<bandwidth_report> start_tracking_streams_series(const bandwidth_query &query,
                                                                       const call_options &how = call_options()) const {
        return try_start_tracking_streams_series(query, how).value();
    }
#endif
};

} // namespace millicast

#endif
