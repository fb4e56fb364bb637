/// How calls fail: each status that can be provoked.

#include <chrono>
#include <optional>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "api.hpp"
#include "harness.hpp"
#include "server.hpp"

using namespace millicast;
using namespace std::chrono_literals;

namespace {

/// How a create and a read end where this is the answer.
struct ends {
    explicit ends(const std::string &answer) {
        const net::server server(answer);
        const client there(api::config(server.url()));
        const auto made = there.subscribe_tokens().try_create(subscribe_token_spec("a").add_stream("b"));
        const auto seen = there.subscribe_tokens().try_read(1);
        if (CHECK(!made && !seen)) {
            created = made.error();
            read = seen.error();
        }
    }

    failure created{status::ok, "", ""};
    failure read{status::ok, "", ""};
};

} // namespace

TEST("a wrong secret is unauthorized, in every family of calls") {
    const client here(client_config("wrong").set_base_url(api::url()).set_max_retries(0));
    const auto created = here.publish_tokens().try_create(publish_token_spec("a").add_stream("b"));
    CHECK_FAILS(created, unauthorized, std::nullopt);
    CHECK(!created && created.error().http_status() == 401 && created.error().outcome() == outcome::rejected);
    CHECK_FAILS(here.publish_tokens().try_read(1), unauthorized, std::nullopt);
    CHECK_FAILS(here.subscribe_tokens().try_remove(1), unauthorized, std::nullopt);
    CHECK_FAILS(here.subscribe_tokens().try_update(1, subscribe_token_update().set_label("a")), unauthorized,
                std::nullopt);
    CHECK_FAILS(here.subscribe_tokens().try_list_page(), unauthorized, std::nullopt);
    CHECK_FAILS(here.subscribe_tokens().try_list_all(), unauthorized, std::nullopt);
    CHECK_FAILS(here.subscribe_tokens().iter().try_next(), unauthorized, std::nullopt);
    CHECK_FAILS(here.publish_tokens().try_disable({1}), unauthorized, std::nullopt);
    CHECK_FAILS(here.publish_tokens().try_active_ids(), unauthorized, std::nullopt);
    CHECK_FAILS(here.publish_tokens().try_sync_restream(1), unauthorized, std::nullopt);
    CHECK_FAILS(here.try_clusters(), unauthorized, std::nullopt);
    CHECK_THROWS(here.clusters(), unauthorized);
    CHECK_FAILS(here.analytics().try_tracking_total(bandwidth_query("2026-01-01", "2026-01-02").add_tracking_id("a")),
                unauthorized, std::nullopt);
}

TEST("what the API refuses is rejected, with the API's own words") {
    const ends refused(net::answer(400, R"({"status":"fail","data":{"label":"Too ordinary."}})"));
    CHECK_EQ(refused.created.status(), status::rejected);
    CHECK_EQ(refused.created.http_status(), 400);
    CHECK_EQ(refused.created.outcome(), outcome::rejected);
    CHECK(refused.created.details().value_or("").find("Too ordinary.") != std::string_view::npos);
}

TEST("what is not there is not_found") {
    const ends missing(net::answer(400, R"({"status":"fail","data":{"tokenId":"No publish token with id: 1"}})"));
    CHECK_EQ(missing.read.status(), status::not_found);
    CHECK(missing.read.details().has_value());
}

TEST("too many requests is rate_limited, and tells how long to wait") {
    const ends limited(net::answer(429, R"({"status":"fail","data":{}})", "Retry-After: 7\r\n"));
    CHECK_EQ(limited.read.status(), status::rate_limited);
    CHECK_EQ(limited.read.http_status(), 429);
    CHECK(limited.read.retry_after() == std::optional<std::chrono::milliseconds>(7s));
    CHECK_EQ(limited.created.outcome(), outcome::rejected);
}

TEST("a fault of the server is server, and may have created a token") {
    const ends broken(net::answer(500, R"({"status":"error","message":"Oh."})"));
    CHECK_EQ(broken.created.status(), status::server);
    CHECK_EQ(broken.created.http_status(), 500);
    CHECK_EQ(broken.created.outcome(), outcome::unknown);
}

TEST("an answer that is not the API's is protocol") {
    CHECK_EQ(ends(net::answer(200, "<html>")).read.status(), status::protocol);
    CHECK_EQ(ends(net::answer(302, "", "Location: /elsewhere\r\n")).read.status(), status::protocol);
}

TEST("an answer over the limit is protocol") {
    const net::server server(net::answer(200, R"({"status":"success","data":{"id":1}})"));
    const client there(api::config(server.url()).set_max_answer_bytes(10));
    CHECK_FAILS(there.subscribe_tokens().try_read(1), protocol, std::nullopt);
}

TEST("a connection that is lost is connect, and after a create unknown") {
    const ends lost("");
    CHECK_EQ(lost.created.status(), status::connect);
    CHECK_EQ(lost.created.outcome(), outcome::unknown);
    CHECK_EQ(lost.created.http_status(), std::nullopt);
}

TEST("a server that can't be reached is connect, and nothing was sent") {
    const client there(api::config(net::closed_port()));
    const auto created = there.subscribe_tokens().try_create(subscribe_token_spec("a").add_stream("b"));
    CHECK_FAILS(created, connect, std::nullopt);
    CHECK(!created && created.error().outcome() == outcome::not_sent);
}

TEST("a proxy that can't be reached is connect") {
    const client there(api::config("https://api.example").set_proxy(net::closed_port()));
    CHECK_FAILS(there.subscribe_tokens().try_read(1), connect, std::nullopt);
}

TEST("a server that does not speak TLS is tls") {
    const net::server server("no TLS");
    const std::string url = "https" + server.url().substr(4);
    const client there(api::config(url));
    CHECK_FAILS(there.subscribe_tokens().try_read(1), tls, std::nullopt);
}

TEST("a certificate that is none is refused, and http:// that leaves the machine too") {
    CHECK_FAILS(client_config("a").add_ca_pem("-----BEGIN").try_check(), invalid_argument, "ca_pem");
    CHECK_FAILS(client::try_make(client_config("a").set_base_url("http://example.com")), invalid_argument, "base_url");
    CHECK_OK(client::try_make(client_config("a").set_base_url("http://example.com").set_allow_insecure_http(true)));
}

TEST("a server that says nothing is timeout") {
    const net::server server("", net::server::manner::is_silent);
    const client there(api::config(server.url()).set_timeout(200ms).set_connect_timeout(100ms));
    const auto created = there.subscribe_tokens().try_create(subscribe_token_spec("a").add_stream("b"));
    CHECK_FAILS(created, timeout, std::nullopt);
    CHECK(!created && created.error().outcome() == outcome::unknown);
}

TEST("a client that was cancelled answers cancelled, under way and afterwards, until it is resumed") {
    const net::server server("", net::server::manner::is_silent);
    const client there(api::config(server.url()));
    std::thread canceller([&] {
        server.wait_for_request();
        there.cancel();
    });
    CHECK_FAILS(there.subscribe_tokens().try_read(1), cancelled, std::nullopt);
    canceller.join();
    CHECK_FAILS(there.subscribe_tokens().try_read(1), cancelled, std::nullopt);

    const client here(api::config());
    here.cancel();
    CHECK_THROWS(here.subscribe_tokens().list_page(), cancelled);
    here.resume();
    CHECK_OK(here.subscribe_tokens().try_list_page());
}

TEST("a client that was made before a fork is forked in the child, which can destroy it, and where a signer signs") {
    std::optional<client> here(api::config());
    const signer signs(7, api::sample_key);
    const pid_t child = fork();
    if (child == 0) {
        const auto read = here->subscribe_tokens().try_read(1);
        const bool is_forked = !read && read.error().status() == status::forked;
        const bool has_signed = signs.try_sign(claims("stage", 60s)).has_value();
        here.reset();
        _exit(is_forked && has_signed ? 42 : 1);
    }
    int ended = 0;
    CHECK(waitpid(child, &ended, 0) == child);
    CHECK(WIFEXITED(ended) && WEXITSTATUS(ended) == 42);
    CHECK_FAILS(here->subscribe_tokens().try_read(1), not_found, "tokenId");
}

TEST("a system that is out of descriptors is system, and the client works again afterwards") {
    const client here(api::config());
    const auto made_with = api::config();
    rlimit before{};
    CHECK_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
    rlimit none = before;
    none.rlim_cur = 3;
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
    const auto read = here.subscribe_tokens().try_read(1);
    const auto made = client::try_make(made_with);
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
    CHECK_FAILS(read, system, std::nullopt);
    CHECK_FAILS(made, system, std::nullopt);
    CHECK_FAILS(here.subscribe_tokens().try_read(1), not_found, "tokenId");
}

TEST("requests go out with the host's name, and in the pace that was set") {
    const net::server server(net::answer(200, R"({"status":"success","data":{"id":1}})"));
    auto config = api::config(server.url());
    config.set_user_agent_suffix("cpp-tests/1.0").set_requests_per_second(20).set_max_connections(1);
    const client there(config);
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 4; i++)
        CHECK_OK(there.subscribe_tokens().try_read(1));
    CHECK(std::chrono::steady_clock::now() - begin >= 140ms);
    CHECK(server.received().find("cpp-tests/1.0") != std::string::npos);
}

TEST("no failure and no answer that failed holds the secret") {
    const ends broken(net::answer(500, R"({"status":"error","message":"Oh."})"));
    CHECK(broken.created.message().find(api::secret()) == std::string_view::npos);
    CHECK(broken.created.details().value_or("").find(api::secret()) == std::string_view::npos);
}
