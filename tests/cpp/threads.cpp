/// Many threads at once.

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "api.hpp"
#include "harness.hpp"
#include "server.hpp"

using namespace millicast;
using namespace std::chrono_literals;

namespace {

constexpr int thread_count = 16;

template <typename Work>
void on_all_threads(Work work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < thread_count; i++)
        threads.emplace_back(work, i);
    for (auto &thread : threads)
        thread.join();
}

} // namespace

TEST("16 threads share a client and a signer") {
    const client here(api::config());
    const auto parent = here.subscribe_tokens().create(subscribe_token_spec("shared").add_stream(".*", true));
    const signer signs(parent);
    std::atomic<int> good{0};
    on_all_threads([&](int thread) {
        const std::string name = "viewer-" + std::to_string(thread);
        for (int i = 0; i < 4; i++) {
            const auto made = here.publish_tokens().try_create(publish_token_spec(name).add_stream(name));
            const auto text = signs.try_sign(claims(name, 60s).set_custom_viewer_data(name));
            if (!CHECK_OK(made) || !CHECK_OK(text))
                return;
            const auto read = here.publish_tokens().try_read(made->id());
            const auto token = signs.try_verify(text->text());
            const bool holds = CHECK_OK(read) && CHECK_OK(token) && read->label() == name
                && token->custom_viewer_data() == name && CHECK_OK(here.publish_tokens().try_remove(made->id()));
            good += holds ? 1 : 0;
        }
    });
    CHECK_EQ(good.load(), thread_count * 4);
}

TEST("16 threads read one token, one list and one failure") {
    const client here(api::config());
    const auto token = here.subscribe_tokens().create(subscribe_token_spec("read by all").add_stream("stage"));
    const auto list = here.subscribe_tokens().list_page();
    const auto failed = here.subscribe_tokens().try_read(1);
    on_all_threads([&](int) {
        CHECK_EQ(token.label(), "read by all");
        for (const auto entry : list)
            CHECK(entry.id() != 0);
        const failure copy = failed.error();
        CHECK_EQ(copy.status(), status::not_found);
    });
}

TEST("a client that is destroyed ends the calls of other threads") {
    const net::server server("", net::server::manner::is_silent);
    auto there = std::make_unique<client>(api::config(server.url()));
    const auto calls = there->subscribe_tokens();
    std::thread caller([&] { CHECK_FAILS(calls.try_read(1), cancelled, std::nullopt); });
    server.wait_for_request();
    there.reset();
    caller.join();
}
