/// What tokens tell, from JSON alone.

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "harness.hpp"

using namespace millicast;

namespace {

constexpr const char *common = R"("id":18446744073709551615,"label":"the label","name":"the name","token":"secret",
    "isActive":false,"addedOn":"2026-01-01T00:00:00Z","expiresOn":"2026-01-02T00:00:00Z",
    "streams":[{"streamName":"stage","isRegex":false},{"streamName":".*","isRegex":true}],
    "allowedOrigins":["a.example","b.example"],"allowedIpAddresses":["192.0.2.1"],"bindIpsOnUsage":3,
    "originCluster":"osl-1","allowedCountries":["NO","SE"],"deniedCountries":["DK"],
    "effectiveSettings":{"originCluster":"lim-1","allowedCountries":["FI"],"deniedCountries":["IS","GL"],
        "geoCascade":{"isEnabled":true,"clusters":["wlg-1"]},"enableUTCInsertion":true},"tomorrow":"a \u0000 b")";

constexpr const char *for_publish = R"("subscribeRequiresAuth":true,"record":false,"clip":true,"multisource":false,
    "enableThumbnails":true,"lowLatencyRtmp":false,"displaySrtPassphrase":true,"drm":false,"enableUTCInsertion":true,
    "integrationId":"Maestro","srtPassphrase":"passphrase","priority":-7,"encoderProfileId":"profile",
    "geoCascade":{"isEnabled":false,"clusters":["nbo-1","osl-1"]},
    "restream":[{"url":"rtmp://a","key":"key-a","label":"first","enabled":true},{"url":"srt://b","key":"key-b"}])";

constexpr std::int64_t new_year = 1767225600;

std::string object(std::initializer_list<const char *> parts) {
    std::string json = "{";
    for (const char *part : parts)
        json.append(json.size() > 1 ? "," : "").append(part);
    return json + "}";
}

template <typename Range>
std::vector<std::string> listed(const Range &range) {
    return {range.begin(), range.end()};
}

using names = std::vector<std::string>;

template <typename View>
void check_common(const View &token) {
    CHECK_EQ(token.id(), std::uint64_t{18446744073709551615u});
    CHECK_EQ(token.label(), "the label");
    CHECK_EQ(token.name(), "the name");
    CHECK_EQ(token.value(), "secret");
    CHECK_EQ(token.is_active(), false);
    CHECK_EQ(token.added_on(), unix_time(std::chrono::seconds(new_year)));
    CHECK_EQ(token.expires_on(), unix_time(std::chrono::seconds(new_year + 86400)));
    CHECK_EQ(token.streams().size(), std::size_t{2});
    CHECK_EQ(token.streams()[0].name, "stage");
    CHECK(!token.streams()[0].is_regex && token.streams()[1].is_regex);
    CHECK(listed(token.allowed_origins()) == names({"a.example", "b.example"}));
    CHECK(listed(token.allowed_ip_addresses()) == names({"192.0.2.1"}));
    CHECK_EQ(token.bind_ips_on_usage(), std::uint32_t{3});
    CHECK_EQ(token.origin_cluster(), "osl-1");
    CHECK(listed(token.allowed_countries()) == names({"NO", "SE"}));
    CHECK(listed(token.denied_countries()) == names({"DK"}));
    CHECK_EQ(token.effective_origin_cluster(), "lim-1");
    CHECK(listed(token.effective_allowed_countries()) == names({"FI"}));
    CHECK(listed(token.effective_denied_countries()) == names({"IS", "GL"}));
    CHECK_EQ(token.effective_geo_cascade_is_enabled(), true);
    CHECK(listed(token.effective_geo_cascade_clusters()) == names({"wlg-1"}));
    CHECK_EQ(token.effective_enable_utc_insertion(), true);
    CHECK(token.json().find("tomorrow") != std::string_view::npos);
}

template <typename View>
void check_absent(const View &token) {
    CHECK(!token.label() && !token.name() && !token.value() && !token.is_active());
    CHECK(!token.added_on() && !token.expires_on() && !token.bind_ips_on_usage() && !token.origin_cluster());
    CHECK(token.streams().empty() && token.allowed_origins().empty() && token.allowed_ip_addresses().empty());
    CHECK(token.allowed_countries().empty() && token.denied_countries().empty());
    CHECK(!token.effective_origin_cluster() && !token.effective_geo_cascade_is_enabled());
    CHECK(token.effective_allowed_countries().empty() && token.effective_denied_countries().empty());
    CHECK(token.effective_geo_cascade_clusters().empty() && !token.effective_enable_utc_insertion());
}

void check_publish_absent(publish_token_view token) {
    CHECK(!token.subscribe_requires_auth() && !token.record() && !token.clip() && !token.multisource());
    CHECK(!token.enable_thumbnails() && !token.low_latency_rtmp() && !token.display_srt_passphrase() && !token.drm());
    CHECK(!token.enable_utc_insertion() && !token.integration_id() && !token.srt_passphrase() && !token.priority());
    CHECK(!token.encoder_profile_id() && !token.geo_cascade_is_enabled() && token.geo_cascade_clusters().empty());
    CHECK(token.restreams().empty());
}

} // namespace

TEST("a subscribe token tells every field") {
    const auto token = subscribe_token::from_json(object({common, R"("tracking":{"trackingId":"group"})"}));
    check_common(token);
    CHECK_EQ(token.tracking_id(), "group");
}

TEST("a publish token tells every field") {
    const auto token = publish_token::from_json(object({common, for_publish}));
    check_common(token);
    CHECK_EQ(token.subscribe_requires_auth(), true);
    CHECK_EQ(token.record(), false);
    CHECK_EQ(token.clip(), true);
    CHECK_EQ(token.multisource(), false);
    CHECK_EQ(token.enable_thumbnails(), true);
    CHECK_EQ(token.low_latency_rtmp(), false);
    CHECK_EQ(token.display_srt_passphrase(), true);
    CHECK_EQ(token.drm(), false);
    CHECK_EQ(token.enable_utc_insertion(), true);
    CHECK_EQ(token.integration_id(), "Maestro");
    CHECK_EQ(token.srt_passphrase(), "passphrase");
    CHECK_EQ(token.priority(), -7);
    CHECK_EQ(token.encoder_profile_id(), "profile");
    CHECK_EQ(token.geo_cascade_is_enabled(), false);
    CHECK(listed(token.geo_cascade_clusters()) == names({"nbo-1", "osl-1"}));
    const auto endpoints = token.restreams();
    CHECK_EQ(endpoints.size(), std::size_t{2});
    CHECK_EQ(endpoints[0].url, "rtmp://a");
    CHECK_EQ(endpoints[0].key, "key-a");
    CHECK_EQ(endpoints[0].label, "first");
    CHECK_EQ(endpoints[0].enabled, true);
    CHECK_EQ(endpoints[1].label, std::nullopt);
    CHECK_EQ(endpoints[1].enabled, std::nullopt);
}

TEST("what the API did not send is an empty optional or an empty list") {
    check_absent(subscribe_token_view());
    check_absent(publish_token_view());
    check_publish_absent(publish_token_view());
    const auto subscribed = subscribe_token::from_json(R"({"id":1})");
    check_absent(subscribed);
    CHECK(!subscribed.tracking_id());
    const auto published = publish_token::from_json(R"({"id":1})");
    check_absent(published);
    check_publish_absent(published);
}

TEST("an index out of range is an item that holds nothing") {
    const auto token = publish_token::from_json(object({common, for_publish}));
    CHECK_EQ(token.streams()[2].name, "");
    CHECK_EQ(token.allowed_origins()[99], "");
    CHECK_EQ(token.restreams()[2].url, std::nullopt);
    CHECK_EQ(token.restreams()[2].key, std::nullopt);
    CHECK_EQ(token.restreams()[2].enabled, std::nullopt);
}

TEST("a NUL in an answer shows as U+FFFD, and the JSON keeps it") {
    const auto token = subscribe_token::from_json(R"({"id":1,"label":"a\u0000b"})");
    CHECK_EQ(token.label(), "a\xEF\xBF\xBD" "b");
    CHECK(token.json().find("\\u0000") != std::string_view::npos);
}

TEST("a token that was kept as JSON is the same again") {
    const auto token = publish_token::from_json(object({common, for_publish}));
    CHECK_EQ(publish_token::from_json(token.json()).json(), token.json());
}

TEST("JSON that is no token is refused") {
    for (const char *json : {"", "[]", "{}", R"({"id":"x"})", R"({"id":1,"id":2})", R"({"id":1,"label":5})"}) {
        CHECK_FAILS(subscribe_token::try_from_json(json), invalid_argument, "json");
        CHECK_FAILS(publish_token::try_from_json(json), invalid_argument, "json");
        CHECK_THROWS(publish_token::from_json(json), invalid_argument);
    }
}

TEST("a copy lives by itself") {
    std::optional<subscribe_token> copy;
    {
        const auto token = subscribe_token::from_json(object({common}));
        copy = subscribe_token::copy(token);
        CHECK(copy->get() != token.get());
    }
    CHECK_EQ(copy->label(), "the label");
    CHECK_FAILS(publish_token::try_copy(publish_token_view()), null_argument, std::nullopt);
    CHECK_THROWS(publish_token::copy(publish_token_view()), null_argument);
}

TEST("lists are ranges that a loop, algorithms and a container's constructor take") {
    const auto token = publish_token::from_json(object({common, for_publish}));
    std::string joined;
    for (const auto origin : token.allowed_origins())
        joined += std::string(origin) + ";";
    CHECK_EQ(joined, "a.example;b.example;");
    const auto streams = token.streams();
    CHECK(std::any_of(streams.begin(), streams.end(), [](const stream &one) { return one.is_regex; }));
    CHECK_EQ(std::distance(streams.begin(), streams.end()), 2);
    CHECK_EQ(streams.begin()->name, "stage");
}

TEST("an iterator of a list goes in steps of any size, both ways") {
    const auto token = publish_token::from_json(R"({"id":1,"allowedOrigins":["a","b","c","d"]})");
    const auto list = token.allowed_origins();
    auto at = list.begin();
    CHECK_EQ(*at++, "a");
    CHECK_EQ(*at, "b");
    CHECK_EQ(*++at, "c");
    CHECK_EQ(*--at, "b");
    CHECK_EQ(*at--, "b");
    CHECK_EQ(at[3], "d");
    CHECK_EQ(*(at + 2), "c");
    CHECK_EQ(*(1 + at), "b");
    at += 4;
    CHECK(at == list.end() && at != list.begin() && at - list.begin() == 4);
    CHECK_EQ(*(at - 1), "d");
    at -= 4;
    CHECK(at == list.begin() && at < list.end() && list.end() > at && at <= at && at >= at);
}
