/// What a host does that is compiled without exceptions. So is everything that is linked with this.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>

#include "api.hpp"
#include "harness.hpp"
#include "server.hpp"

using namespace millicast;
using namespace std::chrono_literals;

static_assert(MILLICAST_EXCEPTIONS == 0, "this is compiled without exceptions");

namespace {

/// A client for the emulator, whose making can't fail here.
result<client> connected() {
    return client::try_make(api::config());
}

} // namespace

TEST("without exceptions a client is made, or tells why not") {
    CHECK_OK(connected());
    CHECK_FAILS(client::try_make(client_config("")), invalid_argument, "api_secret");
    CHECK_FAILS(client::try_make(client_config(api::with_nul)), invalid_argument, "api_secret");
}

TEST("without exceptions tokens of both kinds are created, read, updated and deleted") {
    const auto here = connected();
    const auto published = here->publish_tokens().try_create(publish_token_spec("plain").add_stream("stage"));
    const auto subscribed = here->subscribe_tokens().try_create(subscribe_token_spec("plain").add_stream("stage"));
    if (!CHECK_OK(published) || !CHECK_OK(subscribed))
        return;
    CHECK_OK(here->publish_tokens().try_read(published->id()));
    const auto updated = here->publish_tokens().try_update(
        published->id(), publish_token_update().set_label("renamed").set_allowed_origins({"a.example"}));
    CHECK(CHECK_OK(updated) && updated->label() == "renamed");
    CHECK_OK(here->publish_tokens().try_remove(published->id()));
    CHECK_FAILS(here->publish_tokens().try_remove(published->id()), not_found, "tokenId");
    CHECK_FAILS(here->publish_tokens().try_create(publish_token_spec("plain")), invalid_argument, "streams");
}

TEST("without exceptions a list is looped over, and a walk is stepped through") {
    const auto here = connected();
    const auto prefix = api::unique("walked") + "/";
    for (int i = 0; i < 3; i++)
        CHECK(api::create_publish(*here, prefix + std::to_string(i), "stage") != 0);
    const auto options = list_options().set_name(prefix, filter_by::token_name).set_items_on_page(2).take();
    const auto list = here->publish_tokens().try_list_all(options);
    std::size_t seen = 0;
    if (CHECK_OK(list))
        for (const auto token : *list)
            seen += token.label().value_or("").substr(0, prefix.size()) == prefix ? 1 : 0;
    CHECK_EQ(seen, std::size_t{3});

    auto walk = here->publish_tokens().try_iter(options);
    std::size_t walked = 0;
    while (walk) {
        const auto next = walk->try_next();
        if (!CHECK_OK(next) || !next->has_value())
            break;
        walked++;
    }
    CHECK_EQ(walked, std::size_t{3});
}

TEST("without exceptions the account's calls answer results") {
    const auto here = connected();
    const auto id = api::create_publish(*here, "plain", "stage");
    const auto disabled = here->publish_tokens().try_disable({id, 1});
    CHECK(CHECK_OK(disabled) && disabled->successes()[0] == id && disabled->failures()[0].id == 1);
    CHECK_OK(here->publish_tokens().try_active_ids());
    CHECK_OK(here->publish_tokens().try_sync_restream(id));
    CHECK_OK(here->try_clusters());
    CHECK_OK(here->analytics().try_tracking_total(bandwidth_query("2026-01-01", "2026-01-02").add_tracking_id("a")));
}

TEST("without exceptions a token is signed, read and verified") {
    const auto token = subscribe_token::try_from_json(R"({"id":7,"token":"key","isActive":true,
        "streams":[{"streamName":"stage"}]})");
    const auto signs = signer::try_make(*token);
    if (!CHECK_OK(signs))
        return;
    const auto text = signs->try_sign(claims("stage", 60s));
    if (!CHECK_OK(text))
        return;
    CHECK_OK(signs->try_check(text->text()));
    CHECK_EQ(signs->try_verify(text->text())->stream_name(), "stage");
    CHECK_EQ(jwt::try_parse(text->text())->token_id(), std::uint64_t{7});
    char small[8] = {};
    std::size_t length = 0;
    CHECK_FAILS(signs->try_sign_into(claims("stage", 60s), small, sizeof small, length), buffer_too_small,
                std::nullopt);
    CHECK_EQ(signs->try_sign(claims("other", 60s)).error().reason(), reason::parent_stream);
    CHECK_OK(subscribe_token::try_copy(*token));
}

TEST("without exceptions tokens for many viewers are signed") {
    const auto signs = signer::try_make(7, "key");
    const text_column names{"a", "b"};
    const auto batch = signs->try_sign_packed(claims("stage", 60s), names, 0);
    if (CHECK_OK(batch))
        for (const auto token : *batch)
            CHECK_OK(signs->try_check(token));
    const auto who = viewers(2).lend_custom_viewer_data(names).take();
    const auto each = signs->try_sign_viewers(claims("stage", 60s), who);
    CHECK(CHECK_OK(each) && signs->try_verify((*each)[1])->custom_viewer_data() == "b");
    std::size_t needed = 0;
    CHECK_OK(signs->try_sign_viewers_into(claims("stage", 60s), who, nullptr, 0, nullptr, needed));
    CHECK(needed > 0);
    const auto failed = signs->try_sign_packed(claims("stage", 60s), {"a", std::string(1025, 'x')});
    CHECK_FAILS(failed, invalid_argument, "customViewerData");
    CHECK_EQ(failed.error().index(), std::size_t{1});
}

TEST("without exceptions a log is called") {
    unsigned lines = 0;
    {
        const auto here = client::try_make(api::config().set_log(log_level::info, [&](auto, auto) { lines++; }));
        CHECK_OK(here->subscribe_tokens().try_list_page());
    }
    CHECK(lines > 0);
}

TEST("without exceptions calls are started, waited for and taken") {
    const auto here = connected();
    auto created = here->publish_tokens().try_start_create(publish_token_spec("plain").add_stream("stage"));
    if (!CHECK_OK(created))
        return;
    CHECK_FAILS(created->try_wait(-1ms), invalid_argument, "timeout_ms");
    CHECK_OK(created->try_wait());
    const auto token = created->try_take();
    if (!CHECK_OK(token))
        return;
    CHECK_FAILS(created->try_take(), invalid_argument, "call");
    auto disabled = here->publish_tokens().try_start_disable({token->id()}, call_options().set_timeout(60s));
    CHECK(CHECK_OK(disabled) && CHECK_OK(disabled->try_wait(60s)));
    CHECK_EQ(disabled->try_take()->successes().size(), std::size_t{1});
    auto removed = here->publish_tokens().try_start_remove(token->id());
    CHECK(CHECK_OK(removed) && CHECK_OK(removed->try_wait()) && CHECK_OK(removed->try_take()));
    const auto wrong = call_options().set_timeout(0ms).take();
    CHECK_FAILS(here->try_start_clusters(wrong), invalid_argument, "timeout_ms");
    const auto spec = publish_token_spec(api::unique("nobody's")).add_stream("stage").take();
    const auto found = here->publish_tokens().try_find_created(spec, unix_time());
    CHECK(CHECK_OK(found) && found->empty());
}

TEST("without exceptions a callback is called") {
    std::mutex lock;
    std::condition_variable is_done;
    bool done = false;
    const auto here = connected();
    const auto how = call_options().set_done([&] {
        const std::lock_guard<std::mutex> guard(lock);
        done = true;
        is_done.notify_all();
    }).take();
    const auto read = here->subscribe_tokens().try_start_read(1, how);
    CHECK_OK(read);
    std::unique_lock<std::mutex> guard(lock);
    CHECK(is_done.wait_for(guard, 60s, [&] { return done; }) && read->is_done());
}

TEST("without exceptions a failure tells what happened") {
    const auto here = client::try_make(api::config(net::closed_port()));
    const auto read = here->subscribe_tokens().try_read(1);
    CHECK_FAILS(read, connect, std::nullopt);
    CHECK_EQ(read.error().outcome(), outcome::not_sent);
}
