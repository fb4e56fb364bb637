/// @file
/// Calls to the Token API.

#ifndef MILLICAST_TOKENS_CLIENT_HPP
#define MILLICAST_TOKENS_CLIENT_HPP

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "account.hpp"
#include "bandwidth.hpp"
#include "call.hpp"
#include "client_config.hpp"
#include "handle.hpp"
#include "lists.hpp"
#include "spec.hpp"
#include "starts.hpp"
#include "token.hpp"
#include "traits.hpp"
#include "update.hpp"

namespace millicast {

/// The calls about one kind of token. Lent by a client, and valid as long as that is.
///
/// Each blocks until the API has answered or the client's deadline has passed; token_starts has those that don't. Any
/// thread may make them, and any number of threads at once.
template <typename Kind>
class basic_token_calls : public token_starts<Kind> {
    using c = detail::traits<Kind>;
    using starts = token_starts<Kind>;

public:
    using typename starts::spec_type;
    using typename starts::update_type;

    using starts::starts;

    /// Creates a token; the answer has its secret string.
    ///
    /// A create is sent again only when it is certain that the server did not process it. Otherwise the failure's
    /// outcome() tells whether a token may have come about.
    [[nodiscard]] result<token<Kind>> try_create(const spec_type &what) const noexcept {
        return detail::make<token<Kind>>(c::create, client_, detail::c_builder(what));
    }
    /// Looks for what a create with an unknown outcome left: the tokens with the label and the streams of `what` that
    /// were added at `since` or later, newest first.
    ///
    /// `since` is compared with the API's clock: take the time before the create, and a minute less where the clock
    /// here may be ahead. A create that was only just lost may still be carried out, so that an empty list is sure only
    /// some seconds later. Tokens that somebody else created with the same label and streams are found too.
    [[nodiscard]] result<token_list<Kind>> try_find_created(const spec_type &what, unix_time since) const noexcept {
        return detail::make<token_list<Kind>>(c::find_created, client_, detail::c_builder(what), detail::to_c(since));
    }
    /// Reads the token with this id; status::not_found when there is none.
    [[nodiscard]] result<token<Kind>> try_read(std::uint64_t id) const noexcept {
        return detail::make<token<Kind>>(c::read, client_, id);
    }
    /// Changes the token with this id, and answers it as it is then.
    [[nodiscard]] result<token<Kind>> try_update(std::uint64_t id, const update_type &what) const noexcept {
        return detail::make<token<Kind>>(c::update_apply, client_, id, detail::c_builder(what));
    }
    /// Deletes the token with this id; of a publish token live streams end at once.
    [[nodiscard]] result<void> try_remove(std::uint64_t id) const noexcept {
        return detail::call(c::remove, client_, id);
    }
    /// Reads one page; past the end it is empty.
    [[nodiscard]] result<token_list<Kind>> try_list_page(const list_options &options = list_options()) const noexcept {
        return detail::make<token_list<Kind>>(c::list_page, client_, detail::c_builder(options));
    }
    /// Reads every page from the options' first one on, each token once, within one deadline.
    [[nodiscard]] result<token_list<Kind>> try_list_all(const list_options &options = list_options()) const noexcept {
        return detail::make<token_list<Kind>>(c::list_all, client_, detail::c_builder(options));
    }
    /// Walks the list page by page, for large accounts. Nothing is sent yet.
    [[nodiscard]] result<token_iter<Kind>> try_iter(const list_options &options = list_options()) const noexcept {
        return detail::make<token_iter<Kind>>(c::iter_new, client_, detail::c_builder(options));
    }

#if MILLICAST_EXCEPTIONS
    // As their `try_` twins. They throw millicast::error.
    [[nodiscard]] token<Kind> create(const spec_type &what) const { return try_create(what).value(); }
    [[nodiscard]] token_list<Kind> find_created(const spec_type &what, unix_time since) const {
        return try_find_created(what, since).value();
    }
    [[nodiscard]] token<Kind> read(std::uint64_t id) const { return try_read(id).value(); }
    token<Kind> update(std::uint64_t id, const update_type &what) const { return try_update(id, what).value(); }
    void remove(std::uint64_t id) const { try_remove(id).check(); }
    [[nodiscard]] token_list<Kind> list_page(const list_options &options = list_options()) const {
        return try_list_page(options).value();
    }
    [[nodiscard]] token_list<Kind> list_all(const list_options &options = list_options()) const {
        return try_list_all(options).value();
    }
    [[nodiscard]] token_iter<Kind> iter(const list_options &options = list_options()) const {
        return try_iter(options).value();
    }
#endif

protected:
    using starts::client_;
};

/// The calls about subscribe tokens.
using subscribe_token_calls = basic_token_calls<subscribe>;

/// The calls about publish tokens.
class publish_token_calls : public basic_token_calls<publish> {
public:
    using basic_token_calls::basic_token_calls;

    /// Disables tokens, at least one; running streams go on. The answer tells of each whether it was disabled.
    [[nodiscard]] result<disable_result> try_disable(const std::vector<std::uint64_t> &ids) const noexcept {
        return detail::make<disable_result>(mct_publish_token_disable, client_, ids.data(), ids.size());
    }
    /// The ids of the tokens whose streams are live: that of one stream, as "account id/stream name", or without one
    /// those of the whole account.
    [[nodiscard]] result<id_list>
    try_active_ids(std::optional<std::string_view> stream_id = std::nullopt) const noexcept {
        return detail::make<id_list>(mct_publish_token_active_ids, client_,
                                     detail::optional_c_text(stream_id, "streamId"));
    }
    /// Applies the restream configuration of a token to its running streams at once.
    [[nodiscard]] result<void> try_sync_restream(std::uint64_t id) const noexcept {
        return detail::call(mct_publish_token_sync_restream, client_, id);
    }

#if MILLICAST_EXCEPTIONS
    // As their `try_` twins. They throw millicast::error.
    [[nodiscard]] disable_result disable(const std::vector<std::uint64_t> &ids) const {
        return try_disable(ids).value();
    }
    [[nodiscard]] id_list active_ids(std::optional<std::string_view> stream_id = std::nullopt) const {
        return try_active_ids(stream_id).value();
    }
    void sync_restream(std::uint64_t id) const { try_sync_restream(id).check(); }
#endif
};

/// The calls about bandwidth; analytics_starts has those that don't block. Lent by a client, and valid as long as that
/// is.
class analytics_calls : public analytics_starts {
public:
    using analytics_starts::analytics_starts;

    /// The total of each tracking id, by stream. The query needs tracking ids and takes nothing else.
    [[nodiscard]] result<bandwidth_report> try_tracking_total(const bandwidth_query &query) const noexcept {
        return detail::make<bandwidth_report>(mct_analytics_tracking_total, client_, detail::c_builder(query));
    }
    /// Each tracking id over time, by stream. The query needs tracking ids and a resolution.
    [[nodiscard]] result<bandwidth_report> try_tracking_series(const bandwidth_query &query) const noexcept {
        return detail::make<bandwidth_report>(mct_analytics_tracking_series, client_, detail::c_builder(query));
    }
    /// The total of each stream, by tracking id. The query needs stream names and takes nothing else.
    [[nodiscard]] result<bandwidth_report> try_tracking_streams_total(const bandwidth_query &query) const noexcept {
        return detail::make<bandwidth_report>(mct_analytics_tracking_streams_total, client_, detail::c_builder(query));
    }
    /// Each stream over time, by tracking id. The query needs stream names and a resolution.
    [[nodiscard]] result<bandwidth_report> try_tracking_streams_series(const bandwidth_query &query) const noexcept {
        return detail::make<bandwidth_report>(mct_analytics_tracking_streams_series, client_, detail::c_builder(query));
    }

#if MILLICAST_EXCEPTIONS
    // As their `try_` twins. They throw millicast::error.
    [[nodiscard]] bandwidth_report tracking_total(const bandwidth_query &query) const {
        return try_tracking_total(query).value();
    }
    [[nodiscard]] bandwidth_report tracking_series(const bandwidth_query &query) const {
        return try_tracking_series(query).value();
    }
    [[nodiscard]] bandwidth_report tracking_streams_total(const bandwidth_query &query) const {
        return try_tracking_streams_total(query).value();
    }
    [[nodiscard]] bandwidth_report tracking_streams_series(const bandwidth_query &query) const {
        return try_tracking_streams_series(query).value();
    }
#endif
};

/// Makes calls to the Token API.
///
/// Any number of threads may use a client at once; what is const here is safe beside everything else that is. Moving
/// or destroying it is not: no call may begin after that has begun. Calls that are under way when it is destroyed end
/// with status::cancelled. A call blocks the thread that makes it, and no thread is left between calls.
///
/// Functions that begin with `start` come back at once with a call, which can be waited for in any way. A thread of the
/// library's drives those; it starts with the first one and ends with the client.
///
/// After fork() the child's calls are status::forked; it makes a client of its own.
class client : public owner<mct_client, mct_client_free> {
public:
    using owner::owner;

    /// Makes a client. Nothing is sent.
    [[nodiscard]] static result<client> try_make(const client_config &config) noexcept {
        return detail::make<client>(mct_client_new, detail::c_builder(config));
    }
#if MILLICAST_EXCEPTIONS
    /// As try_make(). @throws millicast::error
    explicit client(const client_config &config) : client(try_make(config).value()) {}
#endif

    [[nodiscard]] publish_token_calls publish_tokens() const noexcept { return publish_token_calls(get()); }
    [[nodiscard]] subscribe_token_calls subscribe_tokens() const noexcept { return subscribe_token_calls(get()); }
    [[nodiscard]] analytics_calls analytics() const noexcept { return analytics_calls(get()); }

    /// The clusters that the account can use, and its default.
    [[nodiscard]] result<cluster_list> try_clusters() const noexcept {
        return detail::make<cluster_list>(mct_cluster_list, get());
    }
    /// Starts try_clusters().
    [[nodiscard]] result<call<cluster_list>>
    try_start_clusters(const call_options &how = call_options()) const noexcept {
        return detail::start<cluster_list>(mct_cluster_list_start, how, get());
    }
#if MILLICAST_EXCEPTIONS
    // As their `try_` twins. They throw millicast::error.
    [[nodiscard]] cluster_list clusters() const { return try_clusters().value(); }
    [[nodiscard]] call<cluster_list> start_clusters(const call_options &how = call_options()) const {
        return try_start_clusters(how).value();
    }
#endif

    /// Ends every call with status::cancelled, those under way and those to come, until resume(). May be called from
    /// any thread and, on POSIX, from a signal handler.
    void cancel() const noexcept { mct_client_cancel(get()); }
    /// Lets calls be made again.
    void resume() const noexcept { mct_client_resume(get()); }
};

} // namespace millicast

#endif
