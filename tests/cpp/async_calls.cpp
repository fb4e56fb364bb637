/// Calls without blocking.

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <type_traits>
#include <unistd.h>
#include <vector>

#include "api.hpp"
#include "harness.hpp"
#include "server.hpp"

using namespace millicast;
using namespace std::chrono_literals;

namespace {

/// Longer than anything here takes, so that a test that fails ends.
constexpr auto long_enough = 60s;

/// Callbacks, counted and waited for.
class bell {
public:
    [[nodiscard]] done_function rings() {
        return [this] { ring(); };
    }
    void ring() {
        const std::lock_guard<std::mutex> guard(lock_);
        count_++;
        has_rung_.notify_all();
    }
    /// Returns when it has rung so often; true when it has not rung more often.
    [[nodiscard]] bool has_rung(int times) {
        std::unique_lock<std::mutex> guard(lock_);
        return has_rung_.wait_for(guard, long_enough, [&] { return count_ >= times; }) && count_ == times;
    }

private:
    std::mutex lock_;
    std::condition_variable has_rung_;
    int count_ = 0;
};

/// A callback's own object, whose end is told.
struct held {
    explicit held(bell &of_end) : freed(of_end) {}
    held(const held &) = delete;
    held &operator=(const held &) = delete;
    ~held() { freed.ring(); }

    bell &freed;
};

[[nodiscard]] bool is_readable(int descriptor, std::chrono::milliseconds timeout) {
    pollfd watched{descriptor, POLLIN, 0};
    return poll(&watched, 1, static_cast<int>(timeout.count())) == 1 && watched.revents == POLLIN;
}

/// What a call gives, after a wait for its descriptor.
template <typename T>
result<T> at_end(result<call<T>> started) {
    if (!CHECK_OK(started))
        return started.error();
    CHECK(is_readable(started->fd(), long_enough));
    CHECK(started->is_done());
    CHECK_OK(started->try_wait(0ms));
    return started->try_take();
}

/// A call that never gets an answer, and its end.
struct silence {
    net::server server{"", net::server::manner::is_silent};
    std::optional<client> there{client(api::config(server.url()))};

    [[nodiscard]] call<subscribe_token> start(const call_options &how = call_options()) const {
        return there->subscribe_tokens().start_read(1, how);
    }
};

unix_time a_minute_ago() {
    return std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now()) - 60s;
}

bandwidth_query a_day() {
    return bandwidth_query("2026-01-01", "2026-01-02");
}

template <typename Spec, typename Update, typename Calls>
void makes_every_call(const Calls &calls) {
    const auto label = api::unique("started");
    const auto created = at_end(calls.try_start_create(Spec(label).add_stream("stage")));
    if (!CHECK_OK(created))
        return;
    const auto id = created->id();
    CHECK_EQ(created->label(), label);
    const auto read = at_end(calls.try_start_read(id));
    CHECK(CHECK_OK(read) && read->json() == created->json());
    const auto found = at_end(calls.try_start_find_created(Spec(label).add_stream("stage"), a_minute_ago()));
    CHECK(CHECK_OK(found) && found->size() == 1 && (*found)[0].id() == id);
    const auto updated = at_end(calls.try_start_update(id, Update().set_label(label + "/renamed")));
    CHECK(CHECK_OK(updated) && updated->label() == label + "/renamed");

    const auto options = list_options().set_name(label, filter_by::token_name).take();
    for (const auto &list : {at_end(calls.try_start_list_page(options)), at_end(calls.try_start_list_all(options))})
        CHECK(CHECK_OK(list) && list->size() == 1 && (*list)[0].id() == id);
    auto walk = calls.iter(options);
    auto next = at_end(walk.try_start_next());
    CHECK(CHECK_OK(next) && next->has_value() && (*next)->id() == id);
    next = at_end(walk.try_start_next());
    CHECK(CHECK_OK(next) && !next->has_value());

    CHECK_OK(at_end(calls.try_start_remove(id)));
    CHECK_FAILS(at_end(calls.try_start_remove(id)), not_found, "tokenId");
    CHECK_FAILS(at_end(calls.try_start_read(id)), not_found, "tokenId");
}

/// What a call gives is of the type that the blocking call gives, so that no other can be taken.
template <typename Started, typename Blocking>
constexpr bool gives = std::is_same_v<decltype(std::declval<Started &>().take()), Blocking>;

using publishing = publish_token_calls;
using subscribing = subscribe_token_calls;
#define GIVES_THE_SAME(Calls, name, arguments)                                                                         \
    static_assert(gives<decltype(std::declval<Calls &>().start_##name arguments),                                      \
                        decltype(std::declval<Calls &>().name arguments)>)
GIVES_THE_SAME(publishing, create, (publish_token_spec("a")));
GIVES_THE_SAME(publishing, find_created, (publish_token_spec("a"), unix_time()));
GIVES_THE_SAME(publishing, read, (1));
GIVES_THE_SAME(subscribing, update, (1, subscribe_token_update()));
GIVES_THE_SAME(subscribing, remove, (1));
GIVES_THE_SAME(subscribing, list_page, (list_options()));
GIVES_THE_SAME(subscribing, list_all, (list_options()));
GIVES_THE_SAME(subscribe_token_iter, next, ());
GIVES_THE_SAME(publishing, disable, ({1}));
GIVES_THE_SAME(publishing, active_ids, ());
GIVES_THE_SAME(publishing, sync_restream, (1));
GIVES_THE_SAME(client, clusters, ());
GIVES_THE_SAME(analytics_calls, tracking_total, (a_day()));

} // namespace

TEST("every call about tokens can be started, and gives what the blocking call does") {
    const client here(api::config());
    makes_every_call<publish_token_spec, publish_token_update>(here.publish_tokens());
    makes_every_call<subscribe_token_spec, subscribe_token_update>(here.subscribe_tokens());
}

TEST("every call about the account can be started, and gives what the blocking call does") {
    const client here(api::config());
    const auto id = api::create_publish(here, "started", "stage");
    const auto disabled = at_end(here.publish_tokens().try_start_disable({id, 1}));
    CHECK(CHECK_OK(disabled) && disabled->successes()[0] == id && disabled->failures()[0].id == 1);
    const auto stream = api::unique("started");
    CHECK(CHECK_OK(at_end(here.publish_tokens().try_start_active_ids("emulator/" + stream))));
    const auto ids = at_end(here.publish_tokens().try_start_active_ids());
    CHECK(CHECK_OK(ids) && ids->size() == here.publish_tokens().active_ids().size());
    CHECK_OK(at_end(here.publish_tokens().try_start_sync_restream(id)));
    const auto clusters = at_end(here.try_start_clusters());
    CHECK(CHECK_OK(clusters) && clusters->default_id() == "auto");
    const auto ask = here.analytics();
    CHECK_OK(at_end(ask.try_start_tracking_total(a_day().add_tracking_id("a"))));
    const auto by_day = a_day().set_resolution(resolution::day).add_tracking_id("a").take();
    const auto series = at_end(ask.try_start_tracking_series(by_day));
    CHECK(CHECK_OK(series) && series->json() == ask.tracking_series(by_day).json());
    CHECK_OK(at_end(ask.try_start_tracking_streams_total(a_day().add_stream_name("a"))));
    CHECK_OK(at_end(ask.try_start_tracking_streams_series(
        a_day().add_stream_name("a").set_resolution(resolution::hour))));
}

TEST("started calls that throw give the value, or throw what went wrong") {
    const client here(api::config());
    const auto tokens = here.subscribe_tokens();
    auto created = tokens.start_create(subscribe_token_spec("started").add_stream("stage"));
    created.wait();
    const auto token = created.take();
    CHECK_EQ(token.label(), "started");
    auto removed = tokens.start_remove(token.id());
    removed.wait(long_enough);
    removed.take();
    auto gone = tokens.start_read(token.id());
    gone.wait();
    CHECK_THROWS(gone.take(), not_found);
    auto walk = tokens.iter();
    auto next = walk.start_next();
    next.wait();
    static_cast<void>(next.take());
}

TEST("a call that can't be started tells why, and nothing is sent or called") {
    const net::server server(net::answer(500, ""));
    const client there(api::config(server.url()));
    const auto published = there.publish_tokens();
    const auto ask = there.analytics();
    bell rung;
    const auto how = call_options().set_done(rung.rings()).take();
    CHECK_FAILS(published.try_start_create(publish_token_spec("a"), how), invalid_argument, "streams");
    CHECK_THROWS(published.start_create(publish_token_spec("a"), how), invalid_argument);
    CHECK_FAILS(published.try_start_create(publish_token_spec("")), invalid_argument, "label");
    CHECK_THROWS(published.start_find_created(publish_token_spec(""), unix_time(), how), invalid_argument);
    CHECK_FAILS(published.try_start_update(1, publish_token_update(), how), invalid_argument, "update");
    CHECK_THROWS(published.start_update(1, publish_token_update(), how), invalid_argument);
    const auto no_page = list_options().set_page(0).take();
    CHECK_FAILS(published.try_start_list_page(no_page, how), invalid_argument, "page");
    CHECK_THROWS(published.start_list_page(no_page, how), invalid_argument);
    CHECK_THROWS(published.start_list_all(no_page, how), invalid_argument);
    CHECK_THROWS(published.start_disable({}, how), invalid_argument);
    CHECK_FAILS(published.try_start_active_ids(api::with_nul, how), invalid_argument, "streamId");
    CHECK_THROWS(published.start_active_ids("no slash", how), invalid_argument);
    CHECK_FAILS(ask.try_start_tracking_total(a_day(), how), invalid_argument, "trackingIds");
    CHECK_THROWS(ask.start_tracking_total(a_day(), how), invalid_argument);
    CHECK_THROWS(ask.start_tracking_series(a_day(), how), invalid_argument);
    CHECK_THROWS(ask.start_tracking_streams_total(a_day(), how), invalid_argument);
    CHECK_THROWS(ask.start_tracking_streams_series(a_day(), how), invalid_argument);

    const auto wrong = call_options().set_timeout(0ms).take();
    CHECK_FAILS(published.try_start_read(1, wrong), invalid_argument, "timeout_ms");
    CHECK_THROWS(published.start_read(1, wrong), invalid_argument);
    CHECK_THROWS(published.start_remove(1, wrong), invalid_argument);
    CHECK_THROWS(published.start_sync_restream(1, wrong), invalid_argument);
    CHECK_THROWS(there.start_clusters(wrong), invalid_argument);
    CHECK_THROWS(published.iter().start_next(wrong), invalid_argument);
    CHECK_EQ(server.received(), "");
    CHECK(rung.has_rung(0));
}

TEST("a call's timeout is in milliseconds that C's type can hold, and its callback is a function") {
    CHECK_OK(call_options().set_timeout(1ms).set_timeout(4294967295ms).try_check());
    for (const auto timeout : {0ms, -1ms, 4294967296ms, std::chrono::milliseconds::max()})
        CHECK_FAILS(call_options().set_timeout(timeout).try_check(), invalid_argument, "timeout_ms");
    CHECK_FAILS(call_options().set_done(nullptr).try_check(), null_argument, "done");
    call_options options;
    const auto taken = std::move(options);
    CHECK_FAILS(client(api::config()).try_start_clusters(options), null_argument, "object"); // NOLINT
}

TEST("a call that is under way is not ready, for any way of waiting, and goes on") {
    const silence nobody;
    auto running = nobody.start();
    nobody.server.wait_for_request();
    CHECK(!running.is_done());
    CHECK(running.fd() >= 0 && running.fd() == running.fd());
    CHECK(!is_readable(running.fd(), 0ms));
    CHECK_FAILS(running.try_wait(0ms), not_ready, std::nullopt);
    CHECK_FAILS(running.try_wait(1ms), not_ready, std::nullopt);
    CHECK_THROWS(running.wait(1ms), not_ready);
    CHECK_FAILS(running.try_take(), not_ready, std::nullopt);
    CHECK_THROWS(running.take(), not_ready);
    for (const auto timeout : {-1ms, 4294967296ms, std::chrono::milliseconds::min()})
        CHECK_FAILS(running.try_wait(timeout), invalid_argument, "timeout_ms");
    running.cancel();
    CHECK(is_readable(running.fd(), long_enough));
    CHECK_FAILS(running.try_take(), cancelled, std::nullopt);
    CHECK_OK(running.try_wait(4294967295ms));
}

TEST("a result is taken once, and a failure is told each time") {
    const client here(api::config());
    auto page = here.subscribe_tokens().start_list_page();
    page.wait();
    const auto list = page.take();
    CHECK_FAILS(page.try_take(), invalid_argument, "call");
    CHECK_THROWS(page.take(), invalid_argument);
    CHECK(page.is_done() && is_readable(page.fd(), 0ms));
    auto removed = here.subscribe_tokens().start_remove(api::create_subscribe(here, "once", "stage"));
    removed.wait();
    CHECK_OK(removed.try_take());
    CHECK_FAILS(removed.try_take(), invalid_argument, "call");
    auto missing = here.subscribe_tokens().start_read(1);
    missing.wait();
    for (int i = 0; i < 3; i++)
        CHECK_FAILS(missing.try_take(), not_found, "tokenId");
}

TEST("a call that is cancelled ends alone, and others go on") {
    const net::server server(net::answer(200, R"({"status":"success","data":{"id":7}})"),
                             net::server::manner::begins_silent);
    const client there(api::config(server.url()));
    auto first = there.subscribe_tokens().start_read(7);
    server.wait_for_request();
    auto second = there.subscribe_tokens().start_read(7);
    first.cancel();
    first.wait();
    CHECK_FAILS(first.try_take(), cancelled, std::nullopt);
    second.wait();
    CHECK_EQ(second.take().id(), std::uint64_t{7});
    second.cancel();
    CHECK(second.is_done());
}

TEST("a call is cancelled while another thread waits for it") {
    const silence nobody;
    auto running = nobody.start();
    std::thread waiting([&] {
        CHECK_OK(running.try_wait());
        CHECK(running.is_done());
    });
    nobody.server.wait_for_request();
    running.cancel();
    waiting.join();
    CHECK_FAILS(running.try_take(), cancelled, std::nullopt);
}

TEST("a call has a timeout of its own, which others do not have") {
    const silence nobody;
    const auto other = nobody.start();
    auto running = nobody.start(call_options().set_timeout(50ms));
    running.wait();
    CHECK_FAILS(running.try_take(), timeout, std::nullopt);
    CHECK(!other.is_done());
}

TEST("a callback is called once for each call, however it ends") {
    bell rung;
    const auto how = call_options().set_done(rung.rings()).take();
    {
        const client here(api::config());
        auto good = here.subscribe_tokens().start_list_page(list_options(), how);
        auto bad = here.subscribe_tokens().start_read(1, how);
        CHECK(rung.has_rung(2));
        CHECK(good.is_done() && bad.is_done());
        CHECK_OK(good.try_take());
        CHECK_FAILS(bad.try_take(), not_found, "tokenId");
    }
    silence nobody;
    const auto cancelled = nobody.start(how);
    cancelled.cancel();
    CHECK(rung.has_rung(3));
    { const auto destroyed = nobody.start(how); }
    CHECK(rung.has_rung(4));
    auto left = nobody.start(how);
    nobody.there.reset();
    CHECK(rung.has_rung(5));
    CHECK_FAILS(left.try_take(), cancelled, std::nullopt);
}

TEST("what a callback holds is destroyed once, when the options are gone and the last call has ended") {
    const silence nobody;
    bell rung, freed;
    std::optional<call<subscribe_token>> running;
    {
        const auto kept = std::make_shared<held>(freed);
        running = nobody.start(call_options().set_done([&rung, kept] { rung.ring(); }));
    }
    CHECK(rung.has_rung(0) && freed.has_rung(0));
    running.reset();
    CHECK(freed.has_rung(1) && rung.has_rung(1));
}

TEST("a second callback takes the place of the first, for calls that are started later") {
    const silence nobody;
    bell first, second, freed;
    call_options how;
    how.set_done([&first, kept = std::make_shared<held>(freed)] { first.ring(); });
    const auto earlier = nobody.start(how);
    how.set_done(second.rings());
    CHECK(freed.has_rung(0));
    const auto later = nobody.start(how);
    later.cancel();
    CHECK(second.has_rung(1) && first.has_rung(0));
    earlier.cancel();
    CHECK(first.has_rung(1) && freed.has_rung(1) && second.has_rung(1));
    how.set_done([kept = std::make_shared<held>(freed)] {}).set_done(second.rings());
    CHECK(freed.has_rung(2));
}

TEST("what a callback throws goes no further, and the next one is called") {
    const client here(api::config());
    bell thrown, rung;
    auto first = here.subscribe_tokens().start_list_page(list_options(), call_options().set_done([&] {
        thrown.ring();
        throw std::runtime_error("the queue is full");
    }));
    CHECK(thrown.has_rung(1));
    CHECK_OK(first.try_take());
    const auto second = here.subscribe_tokens().start_read(1, call_options().set_done(rung.rings()));
    CHECK(rung.has_rung(1));
}

TEST("a callback may call the library, start the next call and take results") {
    const client here(api::config());
    const auto tokens = here.subscribe_tokens();
    const auto id = api::create_subscribe(here, "from a callback", "stage");
    bell rung;
    std::mutex lock;
    std::optional<call<subscribe_token>> first, second;
    std::unique_lock<std::mutex> until_it_is_kept(lock);
    first = tokens.start_read(id, call_options().set_done([&] {
        const std::lock_guard<std::mutex> guard(lock);
        CHECK_EQ(first->take().id(), id);
        CHECK_EQ(tokens.read(id).id(), id);
        second = tokens.start_read(id, call_options().set_done(rung.rings()));
    }));
    until_it_is_kept.unlock();
    CHECK(rung.has_rung(1));
    const std::lock_guard<std::mutex> guard(lock);
    CHECK_EQ(second->take().id(), id);
}

TEST("a callback may destroy its call, and the client") {
    bell rung;
    std::mutex lock;
    std::optional<client> here(api::config());
    std::optional<call<subscribe_token>> running;
    std::unique_lock<std::mutex> until_it_is_kept(lock);
    running = here->subscribe_tokens().start_read(1, call_options().set_done([&] {
        const std::lock_guard<std::mutex> guard(lock);
        running.reset();
        here.reset();
        rung.ring();
    }));
    until_it_is_kept.unlock();
    CHECK(rung.has_rung(1));
    const std::lock_guard<std::mutex> guard(lock);
    CHECK(!running && !here);
}

TEST("a call outlives its client, which ends it, and keeps a result that it has") {
    silence nobody;
    auto running = nobody.start();
    nobody.server.wait_for_request();
    nobody.there.reset();
    CHECK(is_readable(running.fd(), long_enough));
    CHECK_FAILS(running.try_take(), cancelled, std::nullopt);

    std::optional<client> here(api::config());
    auto page = here->subscribe_tokens().start_list_page();
    page.wait();
    here.reset();
    CHECK_OK(page.try_take());
}

TEST("a client that is cancelled ends what was started, until it is resumed") {
    const silence nobody;
    auto running = nobody.start();
    nobody.there->cancel();
    running.wait();
    CHECK_FAILS(running.try_take(), cancelled, std::nullopt);
    auto later = nobody.start();
    later.wait();
    CHECK_FAILS(later.try_take(), cancelled, std::nullopt);
    nobody.there->resume();
    const auto again = nobody.start();
    CHECK_FAILS(again.try_wait(0ms), not_ready, std::nullopt);
}

TEST("a call that was moved from holds nothing, and the one that it was moved to goes on") {
    const client here(api::config());
    CHECK(std::is_nothrow_move_constructible_v<call<void>> && !std::is_copy_constructible_v<call<void>>);
    auto first = here.subscribe_tokens().start_list_page();
    const int descriptor = first.fd();
    auto second = std::move(first);
    CHECK(!first.is_done() && first.fd() == -1 && first.get() == nullptr); // NOLINT: that is what is tested.
    CHECK_FAILS(first.try_wait(), null_argument, std::nullopt);
    CHECK_FAILS(first.try_wait(1ms), null_argument, std::nullopt);
    CHECK_FAILS(first.try_take(), null_argument, std::nullopt);
    first.cancel();
    CHECK_EQ(second.fd(), descriptor);
    second.wait();
    CHECK_OK(second.try_take());
}

TEST("a call in whose place another one comes is ended") {
    const silence nobody;
    bell rung;
    auto running = nobody.start(call_options().set_done(rung.rings()));
    running = nobody.start();
    CHECK(rung.has_rung(1));
    CHECK(!running.is_done());
}

TEST("calls go out to C and come back") {
    const client here(api::config());
    mct_call *raw = here.subscribe_tokens().start_read(1).release();
    call<subscribe_token> back(raw);
    back.wait();
    CHECK_FAILS(back.try_take(), not_found, "tokenId");
    auto page = here.subscribe_tokens().start_list_page();
    page.wait();
    call<publish_token_list> wrong(page.release());
    CHECK_FAILS(wrong.try_take(), invalid_argument, "call");
}

TEST("an iterator is in use until its call is done, and can be destroyed before") {
    const net::server server("", net::server::manner::is_silent);
    const client there(api::config(server.url()));
    std::optional<publish_token_iter> walk(there.publish_tokens().iter());
    auto next = walk->start_next();
    CHECK_FAILS(walk->try_start_next(), invalid_argument, "iter");
    CHECK_FAILS(walk->try_next(), invalid_argument, "iter");
    walk.reset();
    CHECK(!next.is_done());
    next.cancel();
    next.wait();
    CHECK_FAILS(next.try_take(), cancelled, std::nullopt);
}

TEST("an iterator goes on after a started step, by a step of either kind") {
    const client here(api::config());
    const auto prefix = api::unique("steps") + "/";
    std::vector<std::uint64_t> ids;
    for (int i = 0; i < 4; i++)
        ids.push_back(api::create_publish(here, prefix + std::to_string(i), "stage"));
    auto walk = here.publish_tokens().iter(
        list_options().set_name(prefix, filter_by::token_name).set_items_on_page(2));
    for (std::size_t i = 0; i < ids.size(); i += 2) {
        CHECK_EQ(at_end(walk.try_start_next())->value().id(), ids[i]);
        CHECK_EQ(walk.next()->id(), ids[i + 1]);
    }
    CHECK(!at_end(walk.try_start_next())->has_value() && !walk.next());
}

TEST("many calls are under way at once, and one poll tells which are done") {
    const client here(api::config());
    const auto id = api::create_subscribe(here, "one of many", "stage");
    std::vector<call<subscribe_token>> calls;
    std::vector<pollfd> watched;
    for (int i = 0; i < 40; i++) {
        calls.push_back(here.subscribe_tokens().start_read(id));
        watched.push_back({calls.back().fd(), POLLIN, 0});
    }
    std::size_t taken = 0;
    while (taken < calls.size() && CHECK(poll(watched.data(), watched.size(), 60'000) > 0))
        for (std::size_t i = 0; i < calls.size(); i++)
            if (watched[i].revents != 0) {
                CHECK_EQ(calls[i].take().id(), id);
                watched[i].fd = -1;
                taken++;
            }
}

TEST("a call that was started before a fork is forked in the child, which can destroy it, and goes on in the parent") {
    const client here(api::config());
    std::optional<call<subscribe_token>> running(here.subscribe_tokens().start_read(1));
    const pid_t child = fork();
    if (child == 0) {
        const auto waited = running->try_wait();
        const auto taken = running->try_take();
        const bool is_forked = !waited && waited.error().status() == status::forked && !taken
            && taken.error().status() == status::forked && running->fd() == -1;
        running->cancel();
        running.reset();
        // Another program, so that what threads own that a child does not have is not looked for as lost.
        const char *program = is_forked ? "true" : "false";
        execlp(program, program, static_cast<char *>(nullptr));
        _exit(1);
    }
    int ended = 0;
    CHECK(waitpid(child, &ended, 0) == child);
    CHECK(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
    running->wait();
    CHECK_FAILS(running->try_take(), not_found, "tokenId");
}

TEST("a create whose outcome is unknown is looked for by its spec and its time") {
    const client here(api::config());
    const auto label = api::unique("lost");
    const auto spec = publish_token_spec(label).add_stream("stage").add_stream("cam-.*", true).take();
    CHECK(here.publish_tokens().find_created(spec, a_minute_ago()).empty());
    const auto first = here.publish_tokens().create(spec), second = here.publish_tokens().create(spec);
    CHECK(api::create_publish(here, label, "stage") != 0);
    CHECK(api::create_publish(here, api::unique("lost"), "stage") != 0);
    const auto found = here.publish_tokens().find_created(spec, a_minute_ago());
    CHECK_EQ(found.size(), std::size_t{2});
    for (const auto token : found)
        CHECK(token.id() == first.id() || token.id() == second.id());
    CHECK(here.publish_tokens().find_created(spec, *second.added_on() + 1s).empty());
    CHECK_EQ(here.publish_tokens().try_find_created(spec, *first.added_on())->size(), std::size_t{2});
    CHECK_FAILS(here.publish_tokens().try_find_created(publish_token_spec(""), unix_time()), invalid_argument, "label");
    CHECK_THROWS(here.subscribe_tokens().find_created(subscribe_token_spec(""), unix_time()), invalid_argument);

    const auto group = subscribe_token_spec(label).add_stream("stage").take();
    CHECK(here.subscribe_tokens().find_created(group, a_minute_ago()).empty());
    const auto token = here.subscribe_tokens().create(group);
    CHECK_EQ(here.subscribe_tokens().find_created(group, a_minute_ago())[0].id(), token.id());
}
