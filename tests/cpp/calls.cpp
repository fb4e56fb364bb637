/// Create, read, update and delete, against the emulator.

#include <chrono>
#include <string>
#include <vector>

#include "api.hpp"
#include "harness.hpp"
#include "server.hpp"

using namespace millicast;
using namespace std::chrono_literals;

namespace {

client connected() {
    return client(api::config());
}

template <typename Range>
std::vector<std::string> listed(const Range &range) {
    return {range.begin(), range.end()};
}

using names = std::vector<std::string>;

/// A request of a server that answers with a token, up to the JSON that it sent.
template <typename Call>
std::string sent_json(Call call) {
    const net::server server(net::answer(200, R"({"status":"success","data":{"id":1}})"));
    CHECK_OK(call(client(api::config(server.url()))));
    const std::string request = server.received();
    return request.substr(request.find("\r\n\r\n") + 4);
}

} // namespace

TEST("a publish token is created with everything, read and deleted") {
    const auto here = connected();
    const auto label = api::unique("everything");
    publish_token_spec spec(label);
    spec.add_stream("stage").add_stream("cam-.*", true).set_expires(1h).add_allowed_origin("a.example");
    spec.add_allowed_ip_address("192.0.2.0/24").set_origin_cluster("osl-1").add_allowed_country("NO");
    spec.set_subscribe_requires_auth(true).set_record(true).set_clip(false).set_multisource(false);
    spec.set_enable_thumbnails(true).set_display_srt_passphrase(true).set_low_latency_rtmp(false);
    spec.set_enable_utc_insertion(true).set_drm(true).set_priority(-3).set_encoder_profile_id("profile");
    spec.set_geo_cascade(true, {"lim-1", "wlg-1"}).add_restream("rtmp://a.example/live", "key-a", "first", true);
    spec.add_restream("srt://b.example", "key-b", std::nullopt, false).merge_json(R"({"tomorrow":1})");
    const auto created = here.publish_tokens().create(spec);
    CHECK_EQ(created.label(), label);
    CHECK_EQ(created.value().value_or("").size(), std::size_t{64});

    const auto read = here.publish_tokens().read(created.id());
    CHECK_EQ(read.json(), created.json());
    CHECK_EQ(read.is_active(), true);
    CHECK_EQ(*read.expires_on() - *read.added_on(), std::chrono::seconds(1h));
    CHECK(read.streams()[1].is_regex && read.streams()[1].name == "cam-.*");
    CHECK(listed(read.allowed_origins()) == names({"a.example"}));
    CHECK(listed(read.allowed_ip_addresses()) == names({"192.0.2.0/24"}));
    CHECK_EQ(read.origin_cluster(), "osl-1");
    CHECK(listed(read.allowed_countries()) == names({"NO"}));
    CHECK(read.denied_countries().empty());
    CHECK_EQ(read.subscribe_requires_auth(), true);
    CHECK_EQ(read.record(), true);
    CHECK_EQ(read.clip(), false);
    CHECK_EQ(read.multisource(), false);
    CHECK_EQ(read.enable_thumbnails(), true);
    CHECK_EQ(read.display_srt_passphrase(), true);
    CHECK(read.srt_passphrase().has_value());
    CHECK_EQ(read.low_latency_rtmp(), false);
    CHECK_EQ(read.enable_utc_insertion(), true);
    CHECK_EQ(read.drm(), true);
    CHECK_EQ(read.priority(), -3);
    CHECK_EQ(read.encoder_profile_id(), "profile");
    CHECK_EQ(read.geo_cascade_is_enabled(), true);
    CHECK(listed(read.geo_cascade_clusters()) == names({"lim-1", "wlg-1"}));
    CHECK_EQ(read.restreams().size(), std::size_t{2});
    CHECK_EQ(read.restreams()[0].label, "first");
    CHECK_EQ(read.restreams()[1].enabled, false);
    CHECK_EQ(read.effective_origin_cluster(), "osl-1");

    here.publish_tokens().remove(created.id());
    CHECK_FAILS(here.publish_tokens().try_read(created.id()), not_found, "tokenId");
    CHECK_THROWS(here.publish_tokens().remove(created.id()), not_found);
}

TEST("a subscribe token is created with everything, read and deleted") {
    const auto here = connected();
    subscribe_token_spec spec(api::unique("everything"));
    spec.add_stream("stage").set_expires(24h).add_allowed_origin("*.example.com:8443").set_bind_ips_on_usage(2);
    spec.set_origin_cluster("auto").add_denied_country("DK").add_denied_country("SE").set_tracking_id("group");
    spec.merge_json(R"({"tomorrow":1})");
    const auto created = here.subscribe_tokens().create(spec);
    const auto read = here.subscribe_tokens().read(created.id());
    CHECK_EQ(read.json(), created.json());
    CHECK_EQ(read.tracking_id(), "group");
    CHECK_EQ(read.bind_ips_on_usage(), std::uint32_t{2});
    CHECK(listed(read.denied_countries()) == names({"DK", "SE"}));
    here.subscribe_tokens().remove(created.id());
    CHECK_THROWS(here.subscribe_tokens().read(created.id()), not_found);
}

TEST("a spec can be used for several creates, and moved") {
    const auto here = connected();
    subscribe_token_spec spec(api::unique("twice"));
    spec.add_stream("stage");
    const auto first = here.subscribe_tokens().create(spec);
    const auto moved = std::move(spec);
    const auto second = here.subscribe_tokens().create(moved);
    CHECK(first.id() != second.id() && first.value() != second.value());
}

TEST("what was not set in a spec or an update is not sent") {
    CHECK_EQ(sent_json([](const client &here) {
                 return here.publish_tokens().try_create(publish_token_spec("a").add_stream("b"));
             }),
             R"({"label":"a","streams":[{"streamName":"b","isRegex":false}]})");
    CHECK_EQ(sent_json([](const client &here) {
                 return here.publish_tokens().try_update(1, publish_token_update().set_record(false));
             }),
             R"({"record":false})");
}

TEST("an update sends empty lists to clear them, and null where there is a clear") {
    const auto json = sent_json([](const client &here) {
        publish_token_update update;
        update.set_allowed_origins({}).set_restream({}).clear_priority().clear_encoder_profile_id();
        return here.publish_tokens().try_update(1, update.clear_enable_utc_insertion());
    });
    for (const char *part : {R"("allowedOrigins":[])", R"("restream":[])", R"("priority":null)",
                             R"("encoderProfileId":null)", R"("enableUTCInsertion":null)"})
        CHECK(json.find(part) != std::string::npos || !harness::check(false, json, __FILE__, __LINE__));
}

TEST("an endpoint that says nothing of being enabled or of a label sends nothing of it") {
    const auto json = sent_json([](const client &here) {
        return here.publish_tokens().try_update(1, publish_token_update().set_restream({{"srt://a", "key-a"}}));
    });
    CHECK_EQ(json, R"({"restream":[{"url":"srt://a","key":"key-a"}]})");
}

TEST("rules between fields are told before anything is sent") {
    const net::server server(net::answer(500, ""));
    const client here(api::config(server.url()));
    publish_token_spec spec("a");
    spec.add_stream("b").set_record(true).set_clip(true);
    const auto created = here.publish_tokens().try_create(spec);
    CHECK(!created && created.error().status() == status::invalid_argument);
    CHECK(!created && created.error().outcome() == outcome::not_sent);
    CHECK_FAILS(here.publish_tokens().try_create(publish_token_spec("a")), invalid_argument, "streams");
    CHECK_FAILS(here.publish_tokens().try_update(1, publish_token_update()), invalid_argument, "update");
    CHECK_EQ(server.received(), "");
}

TEST("an update replaces what it sets and leaves the rest") {
    const auto here = connected();
    publish_token_spec spec(api::unique("replaced"));
    spec.add_stream("stage").add_allowed_origin("a.example").add_allowed_country("NO").set_priority(5);
    spec.add_restream("srt://a.example", "key-a", "first", false);
    const auto before = here.publish_tokens().create(spec);

    publish_token_update update;
    update.set_label("renamed").set_is_active(false).add_stream("other").remove_stream("stage");
    update.set_allowed_origins({"b.example", "c.example"}).set_allowed_ip_addresses({"192.0.2.1"});
    update.set_origin_cluster("lim-1").set_allowed_countries({"SE"}).set_subscribe_requires_auth(true);
    update.set_record(false).set_clip(true).set_multisource(false).set_enable_thumbnails(true);
    update.set_display_srt_passphrase(true).set_low_latency_rtmp(false).set_enable_utc_insertion(true);
    update.set_drm(true).set_encoder_profile_id("profile").set_geo_cascade(true, {"osl-1"});
    update.merge_json(R"({"tomorrow":1})");
    const auto after = here.publish_tokens().update(before.id(), update);
    CHECK_EQ(after.id(), before.id());
    CHECK_EQ(after.value(), before.value());
    CHECK_EQ(after.label(), "renamed");
    CHECK_EQ(after.is_active(), false);
    CHECK_EQ(after.streams().size(), std::size_t{1});
    CHECK_EQ(after.streams()[0].name, "other");
    CHECK(listed(after.allowed_origins()) == names({"b.example", "c.example"}));
    CHECK(listed(after.allowed_ip_addresses()) == names({"192.0.2.1"}));
    CHECK_EQ(after.origin_cluster(), "lim-1");
    CHECK(listed(after.allowed_countries()) == names({"SE"}));
    CHECK_EQ(after.subscribe_requires_auth(), true);
    CHECK_EQ(after.clip(), true);
    CHECK_EQ(after.drm(), true);
    CHECK_EQ(after.priority(), 5);
    CHECK_EQ(after.encoder_profile_id(), "profile");
    CHECK_EQ(after.enable_utc_insertion(), true);
    CHECK(listed(after.geo_cascade_clusters()) == names({"osl-1"}));
    CHECK_EQ(after.restreams().size(), std::size_t{1});
}

TEST("an update clears lists and values") {
    const auto here = connected();
    publish_token_spec spec(api::unique("cleared"));
    spec.add_stream("stage").add_allowed_origin("a.example").add_denied_country("NO").set_priority(5);
    spec.set_encoder_profile_id("profile").set_enable_utc_insertion(true).set_bind_ips_on_usage(4);
    spec.add_restream("srt://a.example", "key-a");
    const auto before = here.publish_tokens().create(spec);
    publish_token_update update;
    update.set_allowed_origins({}).set_denied_countries({}).set_bind_ips_on_usage(0).set_restream({});
    update.clear_priority().clear_encoder_profile_id().clear_enable_utc_insertion();
    const auto after = here.publish_tokens().update(before.id(), update);
    CHECK(after.allowed_origins().empty() && after.denied_countries().empty() && after.restreams().empty());
    CHECK(!after.priority() && !after.encoder_profile_id() && !after.enable_utc_insertion());
    CHECK_EQ(after.bind_ips_on_usage().value_or(0), std::uint32_t{0});
}

TEST("endpoints go back as they came") {
    const auto here = connected();
    publish_token_spec spec(api::unique("endpoints"));
    spec.add_stream("stage").add_restream("srt://a.example", "key-a", "first", true);
    spec.add_restream("rtmp://b.example", "key-b", std::nullopt, false);
    const auto before = here.publish_tokens().create(spec);
    const auto endpoints = before.restreams();
    std::vector<restream> turned(endpoints.begin(), endpoints.end());
    std::swap(turned[0], turned[1]);
    publish_token_update update;
    update.set_restream(turned).set_priority(1);
    const auto after = here.publish_tokens().update(before.id(), update);
    CHECK_EQ(after.restreams().size(), std::size_t{2});
    CHECK_EQ(after.restreams()[0].url, "rtmp://b.example");
    CHECK_EQ(after.restreams()[0].enabled, false);
    CHECK_EQ(after.restreams()[1].key, "key-a");
    CHECK_EQ(after.restreams()[1].label, "first");
}

TEST("a subscribe token is updated, and gets a new secret when that is asked for") {
    const auto here = connected();
    const auto id = api::create_subscribe(here, api::unique("refreshed"), "stage");
    const auto before = here.subscribe_tokens().read(id);
    subscribe_token_update update;
    update.set_label("renamed").set_is_active(true).set_allowed_origins({"a.example"}).set_denied_countries({"NO"});
    update.set_bind_ips_on_usage(3).set_origin_cluster("osl-1").add_stream("more-.*", true).refresh_token();
    const auto after = here.subscribe_tokens().update(id, update.merge_json(R"({"tomorrow":1})"));
    CHECK(after.value() != before.value());
    CHECK_EQ(after.label(), "renamed");
    CHECK_EQ(after.streams().size(), std::size_t{2});
    CHECK_EQ(after.bind_ips_on_usage(), std::uint32_t{3});
    CHECK(listed(after.denied_countries()) == names({"NO"}));
    const auto again = here.subscribe_tokens().update(id, subscribe_token_update().refresh_token());
    CHECK(again.value() != after.value());
}

TEST("addresses and countries of both kinds are allowed and cleared, and a publish token gets a new secret") {
    const auto here = connected();
    subscribe_token_spec spec(api::unique("allowed"));
    spec.add_stream("stage").add_allowed_ip_address("192.0.2.1").add_allowed_country("NO");
    const auto before = here.subscribe_tokens().create(spec);
    CHECK(listed(before.allowed_ip_addresses()) == names({"192.0.2.1"}));
    CHECK(listed(before.allowed_countries()) == names({"NO"}));
    subscribe_token_update update;
    update.set_allowed_ip_addresses({"192.0.2.2", "2001:db8::1"}).set_allowed_countries({});
    const auto after = here.subscribe_tokens().update(before.id(), update);
    CHECK(listed(after.allowed_ip_addresses()) == names({"192.0.2.2", "2001:db8::1"}));
    CHECK(after.allowed_countries().empty());

    const auto id = api::create_publish(here, api::unique("refreshed"), "stage");
    const auto first = here.publish_tokens().read(id);
    CHECK(here.publish_tokens().update(id, publish_token_update().refresh_token()).value() != first.value());
}

TEST("an update of a token that is not there is not_found") {
    const auto here = connected();
    const auto updated = here.subscribe_tokens().try_update(1, subscribe_token_update().set_label("a"));
    CHECK_FAILS(updated, not_found, "tokenId");
    CHECK(!updated && updated.error().http_status() == 400 && updated.error().details());
    CHECK_THROWS(here.subscribe_tokens().update(1, subscribe_token_update().set_label("a")), not_found);
}

TEST("an id keeps its 64 bits") {
    const net::server server(net::answer(200, R"({"status":"success","data":{"id":4294967301}})"));
    const client here(api::config(server.url()));
    CHECK_EQ(here.subscribe_tokens().read((std::uint64_t{1} << 32) + 5).id(), (std::uint64_t{1} << 32) + 5);
    CHECK(server.received().find("/subscribe_token/4294967301 ") != std::string::npos);
}
