/// What is handed in: texts, numbers, lists, and objects that were moved from.

#include <list>
#include <string>
#include <vector>

#include "api.hpp"
#include "harness.hpp"

using namespace millicast;
using namespace std::chrono_literals;
using api::not_utf8;
using api::with_nul;

namespace {

publish_token_spec publish_spec() {
    return publish_token_spec("a");
}

subscribe_token_spec subscribe_spec() {
    return subscribe_token_spec("a");
}

/// What a setter makes of a text that C would cut at its NUL, and of one that is not UTF-8.
template <typename Make, typename Set>
void refuses_texts(std::string_view field, Make make, Set set) {
    auto first = make();
    set(first, with_nul);
    CHECK_FAILS(first.try_check(), invalid_argument, field);
    CHECK(first.try_check() || first.try_check().error().message().find("NUL") != std::string_view::npos);
    auto second = make();
    set(second, not_utf8);
    CHECK_FAILS(second.try_check(), invalid_utf8, field);
}

#define REFUSES_TEXTS(field, make, setter)                                                                             \
    refuses_texts(field, [] { return make; }, [](auto &object, std::string_view text) { object.setter(text); })

} // namespace

TEST("a NUL inside of a text, and what is not UTF-8, is refused by every constructor with the field's name") {
    CHECK_FAILS(publish_token_spec(with_nul).try_check(), invalid_argument, "label");
    CHECK_FAILS(subscribe_token_spec(with_nul).try_check(), invalid_argument, "label");
    CHECK_FAILS(subscribe_token_spec(not_utf8).try_check(), invalid_utf8, "label");
    CHECK_FAILS(claims(with_nul, 1s).try_check(), invalid_argument, "streamName");
    CHECK_FAILS(client_config(with_nul).try_check(), invalid_argument, "api_secret");
    CHECK_FAILS(bandwidth_query(with_nul, "2026-01-02").try_check(), invalid_argument, "startDate");
    CHECK_FAILS(bandwidth_query("2026-01-01", with_nul).try_check(), invalid_argument, "stopDate");
    CHECK_FAILS(signer::try_make(7, with_nul), invalid_argument, "token");
    CHECK_FAILS(jwt::try_parse(with_nul), invalid_argument, "jwt");
    CHECK_FAILS(signer(7, "key").try_verify(with_nul), invalid_argument, "jwt");
    CHECK_FAILS(signer(7, "key").try_check(with_nul), invalid_argument, "jwt");
    CHECK_FAILS(publish_token::try_from_json(with_nul), invalid_argument, "json");
    CHECK_FAILS(subscribe_token::try_from_json(not_utf8), invalid_utf8, "json");
    CHECK_FAILS(client(api::config()).publish_tokens().try_active_ids(with_nul), invalid_argument, "streamId");
}

TEST("a NUL inside of a text, and what is not UTF-8, is refused by every setter of a spec") {
    REFUSES_TEXTS("streamName", publish_spec(), add_stream);
    REFUSES_TEXTS("allowedOrigins", publish_spec(), add_allowed_origin);
    REFUSES_TEXTS("allowedIpAddresses", publish_spec(), add_allowed_ip_address);
    REFUSES_TEXTS("originCluster", publish_spec(), set_origin_cluster);
    REFUSES_TEXTS("allowedCountries", publish_spec(), add_allowed_country);
    REFUSES_TEXTS("deniedCountries", publish_spec(), add_denied_country);
    REFUSES_TEXTS("json", publish_spec(), merge_json);
    REFUSES_TEXTS("encoderProfileId", publish_spec(), set_encoder_profile_id);
    REFUSES_TEXTS("trackingId", subscribe_spec(), set_tracking_id);
    refuses_texts("geoCascade.clusters", publish_spec,
                  [](auto &spec, auto text) { spec.set_geo_cascade(true, {text}); });
    refuses_texts("restream.url", publish_spec, [](auto &spec, auto text) { spec.add_restream(text, "secret"); });
    refuses_texts("restream.key", publish_spec, [](auto &spec, auto text) { spec.add_restream("url", text); });
    refuses_texts("restream.label", publish_spec,
                  [](auto &spec, auto text) { spec.add_restream("url", "secret", text, true); });
}

TEST("a NUL inside of a text, and what is not UTF-8, is refused by every setter of an update") {
    REFUSES_TEXTS("label", subscribe_token_update(), set_label);
    REFUSES_TEXTS("streamName", subscribe_token_update(), add_stream);
    REFUSES_TEXTS("streamName", subscribe_token_update(), remove_stream);
    REFUSES_TEXTS("originCluster", subscribe_token_update(), set_origin_cluster);
    REFUSES_TEXTS("json", subscribe_token_update(), merge_json);
    REFUSES_TEXTS("encoderProfileId", publish_token_update(), set_encoder_profile_id);
    const auto update = [] { return publish_token_update(); };
    refuses_texts("allowedOrigins", update, [](auto &u, auto text) { u.set_allowed_origins({text}); });
    refuses_texts("allowedIpAddresses", update, [](auto &u, auto text) { u.set_allowed_ip_addresses({text}); });
    refuses_texts("allowedCountries", update, [](auto &u, auto text) { u.set_allowed_countries({text}); });
    refuses_texts("deniedCountries", update, [](auto &u, auto text) { u.set_denied_countries({text}); });
    refuses_texts("geoCascade.clusters", update, [](auto &u, auto text) { u.set_geo_cascade(true, {text}); });
    refuses_texts("restream.url", update, [](auto &u, auto text) { u.set_restream({{text, "secret"}}); });
    refuses_texts("restream.key", update, [](auto &u, auto text) { u.set_restream({{"url", text}}); });
    refuses_texts("restream.label", update, [](auto &u, auto text) { u.set_restream({{"url", "secret", text}}); });
}

TEST("a NUL inside of a text, and what is not UTF-8, is refused by every other setter") {
    REFUSES_TEXTS("trackingId", claims("a", 1s), set_tracking_id);
    REFUSES_TEXTS("customViewerData", claims("a", 1s), set_custom_viewer_data);
    REFUSES_TEXTS("originCluster", claims("a", 1s), set_origin_cluster);
    REFUSES_TEXTS("allowedOrigins", claims("a", 1s), add_allowed_origin);
    REFUSES_TEXTS("allowedIpAddresses", claims("a", 1s), add_allowed_ip_address);
    REFUSES_TEXTS("base_url", client_config("a"), set_base_url);
    REFUSES_TEXTS("proxy", client_config("a"), set_proxy);
    REFUSES_TEXTS("ca_pem", client_config("a"), add_ca_pem);
    REFUSES_TEXTS("user_agent_suffix", client_config("a"), set_user_agent_suffix);
    REFUSES_TEXTS("trackingIds", bandwidth_query("2026-01-01", "2026-01-02"), add_tracking_id);
    REFUSES_TEXTS("streamNames", bandwidth_query("2026-01-01", "2026-01-02"), add_stream_name);
    REFUSES_TEXTS("cluster", list_options(), set_cluster);
    refuses_texts("name", [] { return list_options(); },
                  [](auto &options, auto text) { options.set_name(text, filter_by::token_name); });
}

TEST("a text in a list that is refused is named by its index") {
    publish_token_update origins, endpoints;
    origins.set_allowed_origins({"example.com", with_nul});
    CHECK_FAILS(origins.try_check(), invalid_argument, "allowedOrigins");
    CHECK_EQ(origins.try_check().error().index(), std::size_t{1});
    endpoints.set_restream({{"url", "secret"}, {"url", "secret"}, {"url", with_nul}});
    CHECK_FAILS(endpoints.try_check(), invalid_argument, "restream.key");
    CHECK_EQ(endpoints.try_check().error().index(), std::size_t{2});
}

TEST("no failure of a secret text holds it") {
    const std::string secret("hush-hush\0hush", 14);
    const auto config = client_config(secret).try_check();
    const auto key = signer::try_make(7, secret);
    CHECK(!config && config.error().message().find("hush") == std::string_view::npos);
    CHECK(!key && key.error().message().find("hush") == std::string_view::npos);
}

TEST("an empty text is a text, whatever it points to") {
    CHECK_OK(claims("a", 1s).set_custom_viewer_data({}).try_check());
    CHECK_FAILS(publish_token_spec(std::string_view()).try_check(), invalid_argument, "label");
}

TEST("numbers that C's types can't hold are refused, not wrapped") {
    const std::int64_t wrapped = (std::int64_t{1} << 32) + 5;
    for (const std::int64_t given : {std::int64_t{-1}, wrapped, std::numeric_limits<std::int64_t>::min()}) {
        CHECK_FAILS(publish_spec().set_bind_ips_on_usage(given).try_check(), invalid_argument, "bindIpsOnUsage");
        CHECK_FAILS(publish_token_update().set_bind_ips_on_usage(given).try_check(), invalid_argument,
                    "bindIpsOnUsage");
        CHECK_FAILS(client_config("a").set_max_retries(given).try_check(), invalid_argument, "max_retries");
        CHECK_FAILS(client_config("a").set_max_connections(given).try_check(), invalid_argument, "max_connections");
        CHECK_FAILS(client_config("a").set_max_answer_bytes(given).try_check(), invalid_argument, "max_answer_bytes");
        CHECK_FAILS(client_config("a").set_requests_per_second(given).try_check(), invalid_argument,
                    "requests_per_second");
        CHECK_FAILS(list_options().set_page(given).try_check(), invalid_argument, "page");
        CHECK_FAILS(list_options().set_items_on_page(given).try_check(), invalid_argument, "itemsOnPage");
        CHECK_FAILS(list_options().set_max_pages(given).try_check(), invalid_argument, "max_pages");
    }
    CHECK_FAILS(publish_spec().set_priority(wrapped).try_check(), invalid_argument, "priority");
    CHECK_FAILS(publish_token_update().set_priority(-wrapped).try_check(), invalid_argument, "priority");
    CHECK_OK(publish_spec().set_priority(-7).try_check());
}

TEST("durations that C's types can't hold are refused, not wrapped") {
    for (const auto given : {std::chrono::seconds(-1), std::chrono::seconds((std::int64_t{1} << 32) + 60)}) {
        CHECK_FAILS(claims("a", given).try_check(), invalid_argument, "lifetime_seconds");
        CHECK_FAILS(publish_spec().set_expires(given).try_check(), invalid_argument, "expires");
        CHECK_FAILS(verify_options().set_leeway(given).try_check(), invalid_argument, "leeway");
        CHECK_FAILS(client_config("a").set_timeout(given).try_check(), invalid_argument, "timeout_ms");
        CHECK_FAILS(client_config("a").set_connect_timeout(given).try_check(), invalid_argument, "connect_timeout_ms");
        CHECK_FAILS(client_config("a").set_idle_timeout(given).try_check(), invalid_argument, "idle_timeout_ms");
    }
    CHECK_FAILS(claims("a", 0s).try_check(), invalid_argument, "lifetime_seconds");
    CHECK_FAILS(subscribe_spec().set_expires(0s).try_check(), invalid_argument, "expires");
    CHECK_FAILS(client_config("a").set_timeout(0ms).try_check(), invalid_argument, "timeout_ms");
}

TEST("limits of the platform and of enums are refused by the setter that breaks them") {
    CHECK_FAILS(publish_spec().add_stream("").try_check(), invalid_argument, "streamName");
    CHECK_FAILS(publish_spec().add_stream(std::string(129, 'a')).try_check(), invalid_argument, "streamName");
    CHECK_FAILS(publish_spec().add_allowed_origin("https://example.com").try_check(), invalid_argument,
                "allowedOrigins");
    CHECK_FAILS(publish_spec().add_allowed_country("xyz").try_check(), invalid_argument, "allowedCountries");
    CHECK_FAILS(publish_spec().merge_json(R"({"label":"b"})").try_check(), invalid_argument, "label");
    CHECK_FAILS(list_options().set_sort_by(static_cast<sort_by>(9)).try_check(), invalid_argument, "sortBy");
    CHECK_FAILS(list_options().set_name("a", static_cast<filter_by>(0)).try_check(), invalid_argument, "filterBy");
    CHECK_FAILS(bandwidth_query("2026-01-01", "2026-01-02").set_resolution(static_cast<resolution>(3)).try_check(),
                invalid_argument, "resolution");
    CHECK_FAILS(signer::try_make(7, "key", static_cast<algorithm>(1)), invalid_argument, "algorithm");
    CHECK_FAILS(client_config("a").set_log(static_cast<log_level>(6), [](auto, auto) {}).try_check(), invalid_argument,
                "most_detailed");
    CHECK_FAILS(client_config("a").set_log(log_level::info, nullptr).try_check(), null_argument, "log");
}

TEST("the first failure of a builder is kept, and what uses the builder tells it") {
    auto spec = publish_token_spec("a").add_stream("").set_expires(0s).add_stream("b").take();
    CHECK_FAILS(spec.try_check(), invalid_argument, "streamName");
    CHECK_THROWS(spec.check(), invalid_argument);
    const client here(api::config());
    const auto created = here.publish_tokens().try_create(spec);
    CHECK_FAILS(created, invalid_argument, "streamName");
    CHECK_EQ(created.error().outcome(), outcome::not_sent);
    CHECK_FAILS(here.publish_tokens().try_update(1, publish_token_update().set_label(std::string(129, 'l')).take()), invalid_argument,
                "label");
    CHECK_FAILS(here.publish_tokens().try_list_page(list_options().set_page(0)), invalid_argument, "page");
    CHECK_FAILS(here.publish_tokens().try_list_all(list_options().set_page(0)), invalid_argument, "page");
    CHECK_FAILS(here.publish_tokens().try_iter(list_options().set_page(0)), invalid_argument, "page");
    CHECK_FAILS(here.analytics().try_tracking_total(bandwidth_query("2026-01-01", "2026-13-01")), invalid_argument,
                "stopDate");
    CHECK_FAILS(client::try_make(client_config("")), invalid_argument, "api_secret");
    CHECK_THROWS(client(client_config("a").set_base_url("ftp://example.com")), invalid_argument);
    CHECK_FAILS(signer(7, "key").try_sign(claims("", 1s)), invalid_argument, "streamName");
    CHECK_FAILS(signer(7, "key").try_verify("", verify_options().set_now(unix_time(-1s))), invalid_argument, "now");
}

TEST("a list of texts comes from braces, from any container, and from a token") {
    const std::vector<std::string> strings{"a.example", "b.example"};
    const std::list<std::string_view> views{"a.example"};
    const char *const pointers[] = {"a.example"};
    const auto token = publish_token::from_json(R"({"id":1,"allowedOrigins":["a.example"]})");
    publish_token_update update;
    update.set_allowed_origins({}).set_allowed_origins({"a.example"}).set_allowed_origins({"a.example", "b.example"});
    update.set_allowed_origins(strings).set_allowed_origins(views).set_allowed_origins(pointers);
    update.set_allowed_origins(token.allowed_origins());
    CHECK_OK(update.try_check());
    CHECK_EQ(texts(strings).size(), std::size_t{2});
    CHECK_EQ(texts().size(), std::size_t{0});
}

TEST("endpoints are enabled all or none") {
    publish_token_update update;
    update.set_restream({{"url", "secret", std::nullopt, true}, {"url", "secret"}});
    CHECK_FAILS(update.try_check(), invalid_argument, "restream.enabled");
}

TEST("an endpoint that was read without a URL or a key can't be set") {
    const auto token = publish_token::from_json(R"({"id":1,"restream":[{"key":"secret"},{"url":"srt://a"}]})");
    const auto no_url = token.restreams()[0], no_key = token.restreams()[1];
    CHECK_FAILS(publish_token_update().set_restream({no_url}).try_check(), invalid_argument, "restream.url");
    const auto second = publish_token_update().set_restream({{"srt://b", "secret"}, no_key}).try_check();
    CHECK_FAILS(second, invalid_argument, "restream.key");
    CHECK_EQ(second.error().index(), std::size_t{1});
}

TEST("what was moved from holds nothing, and a call with it is null_argument") {
    publish_token_spec spec("a");
    const publish_token_spec taken = std::move(spec);
    CHECK_OK(taken.try_check());
    CHECK_FAILS(spec.try_check(), null_argument, "object"); // NOLINT: that is what is tested.
    const client here(api::config());
    CHECK_FAILS(here.publish_tokens().try_create(spec), null_argument, "object");

    // Options that C takes NULL for must not become the defaults.
    list_options options;
    const list_options kept = std::move(options);
    CHECK_FAILS(here.publish_tokens().try_list_page(options), null_argument, "object");
    verify_options verifying;
    const verify_options others = std::move(verifying);
    CHECK_FAILS(signer(7, "key").try_verify("a.b.c", verifying), null_argument, "object");

    client first(api::config());
    const client second = std::move(first);
    const auto read = first.publish_tokens().try_read(1);
    CHECK(!read && read.error().status() == status::null_argument);
    CHECK(second.get() != nullptr && first.get() == nullptr);
    first.cancel();
    first.resume();
}

TEST("a moved token takes its texts along, and leaves nothing behind") {
    auto first = subscribe_token::from_json(R"({"id":7,"label":"a label that is long enough to be somewhere"})");
    const auto label = first.label();
    subscribe_token_view view = first;
    subscribe_token second = std::move(first);
    CHECK(!first && first.id() == 0 && !first.label() && first.streams().empty() && first.json().empty()); // NOLINT
    CHECK_EQ(second.label(), label);
    CHECK(second.label()->data() == label->data());
    CHECK_EQ(view.label(), label);
    auto third = subscribe_token::from_json(R"({"id":8})");
    third = std::move(second);
    CHECK_EQ(third.id(), std::uint64_t{7});
    CHECK(third.label()->data() == label->data());
    CHECK(!second); // NOLINT
}

TEST("handles go out to C and come back") {
    auto token = subscribe_token::from_json(R"({"id":7})");
    CHECK_EQ(mct_subscribe_token_id(token.get()), std::uint64_t{7});
    mct_subscribe_token *raw = token.release();
    CHECK(!token);
    const subscribe_token back(raw);
    CHECK_EQ(back.id(), std::uint64_t{7});
    signer signs(7, "key");
    const signer again(signs.release());
    CHECK(again.get() != nullptr && signs.get() == nullptr);
}
