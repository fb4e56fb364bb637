/// Answers with odd shapes, as C, C++ and Python read them alike. CONTRACT is the folder that has them, and what is
/// expected of them.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "api.hpp"
#include "harness.hpp"
#include "server.hpp"

using namespace millicast;

namespace {

using json = nlohmann::json;

std::filesystem::path contract() {
    const char *folder = std::getenv("CONTRACT");
    if (folder == nullptr)
        throw std::runtime_error("CONTRACT is not set");
    return folder;
}

std::string recorded(const std::string &name) {
    std::ifstream file(contract() / "answers" / name, std::ios::binary);
    if (!file)
        throw std::runtime_error("can't be read: " + name);
    return {std::istreambuf_iterator<char>(file), {}};
}

json expected() {
    std::ifstream file(contract() / "expected.json");
    return json::parse(file);
}

// What the binding answers, as expected.json writes it.

json written(bool value) {
    return value;
}
json written(std::int32_t value) {
    return value;
}
json written(std::uint32_t value) {
    return value;
}
json written(std::int64_t value) {
    return value;
}
json written(std::uint64_t value) {
    return value;
}
json written(traffic value) {
    return static_cast<std::int32_t>(value);
}
json written(unix_time value) {
    return value.time_since_epoch().count();
}
json written(std::string_view value) {
    // An entry out of range holds a text that points nowhere, which C calls NULL.
    return value.data() == nullptr ? json() : json(value);
}
template <typename Value>
json written(const std::optional<Value> &value) {
    return value ? written(*value) : json();
}

// How a getter of C is spelled in C++: a member, the length of a list, an entry of one, or a part of an entry. What
// answers may itself be the list.

template <auto Member, typename Answer>
json field(const Answer &answer, std::size_t) {
    return written((answer.*Member)());
}
template <auto List, typename Answer>
json count(const Answer &answer, std::size_t) {
    return written((answer.*List)().size());
}
template <auto List, typename Answer>
json entry(const Answer &answer, std::size_t index) {
    return written((answer.*List)()[index]);
}
template <auto List, auto Part, typename Answer>
json entry(const Answer &answer, std::size_t index) {
    return written((answer.*List)()[index].*Part);
}
template <typename Answer>
json size(const Answer &answer, std::size_t) {
    return written(answer.size());
}
template <typename Answer>
json item(const Answer &answer, std::size_t index) {
    return written(answer[index]);
}
template <auto Part, typename Answer>
json item(const Answer &answer, std::size_t index) {
    return written(answer[index].*Part);
}

/// By the getter's name in C, without the family; "[]" behind it where it takes an index.
template <typename Answer>
using getters = std::map<std::string, json (*)(const Answer &, std::size_t)>;

template <typename View>
getters<View> of_both_kinds() {
    return {
        {"id", field<&View::id>},
        {"label", field<&View::label>},
        {"name", field<&View::name>},
        {"value", field<&View::value>},
        {"added_on", field<&View::added_on>},
        {"expires_on", field<&View::expires_on>},
        {"is_active", field<&View::is_active>},
        {"stream_count", count<&View::streams>},
        {"stream_name[]", entry<&View::streams, &stream::name>},
        {"stream_is_regex[]", entry<&View::streams, &stream::is_regex>},
        {"allowed_origin_count", count<&View::allowed_origins>},
        {"allowed_origin[]", entry<&View::allowed_origins>},
        {"allowed_ip_address_count", count<&View::allowed_ip_addresses>},
        {"allowed_ip_address[]", entry<&View::allowed_ip_addresses>},
        {"bind_ips_on_usage", field<&View::bind_ips_on_usage>},
        {"origin_cluster", field<&View::origin_cluster>},
        {"allowed_country_count", count<&View::allowed_countries>},
        {"allowed_country[]", entry<&View::allowed_countries>},
        {"denied_country_count", count<&View::denied_countries>},
        {"denied_country[]", entry<&View::denied_countries>},
        {"effective_origin_cluster", field<&View::effective_origin_cluster>},
        {"effective_allowed_country_count", count<&View::effective_allowed_countries>},
        {"effective_allowed_country[]", entry<&View::effective_allowed_countries>},
        {"effective_denied_country_count", count<&View::effective_denied_countries>},
        {"effective_denied_country[]", entry<&View::effective_denied_countries>},
        {"effective_geo_cascade_is_enabled", field<&View::effective_geo_cascade_is_enabled>},
        {"effective_geo_cascade_cluster_count", count<&View::effective_geo_cascade_clusters>},
        {"effective_geo_cascade_cluster[]", entry<&View::effective_geo_cascade_clusters>},
        {"effective_enable_utc_insertion", field<&View::effective_enable_utc_insertion>},
    };
}

getters<publish_token_view> getters_for(publish_token_view) {
    using view = publish_token_view;
    auto all = of_both_kinds<view>();
    all.insert({
        {"subscribe_requires_auth", field<&view::subscribe_requires_auth>},
        {"record", field<&view::record>},
        {"clip", field<&view::clip>},
        {"multisource", field<&view::multisource>},
        {"enable_thumbnails", field<&view::enable_thumbnails>},
        {"low_latency_rtmp", field<&view::low_latency_rtmp>},
        {"display_srt_passphrase", field<&view::display_srt_passphrase>},
        {"drm", field<&view::drm>},
        {"enable_utc_insertion", field<&view::enable_utc_insertion>},
        {"integration_id", field<&view::integration_id>},
        {"srt_passphrase", field<&view::srt_passphrase>},
        {"priority", field<&view::priority>},
        {"encoder_profile_id", field<&view::encoder_profile_id>},
        {"geo_cascade_is_enabled", field<&view::geo_cascade_is_enabled>},
        {"geo_cascade_cluster_count", count<&view::geo_cascade_clusters>},
        {"geo_cascade_cluster[]", entry<&view::geo_cascade_clusters>},
        {"restream_count", count<&view::restreams>},
        {"restream_url[]", entry<&view::restreams, &restream::url>},
        {"restream_key[]", entry<&view::restreams, &restream::key>},
        {"restream_label[]", entry<&view::restreams, &restream::label>},
        {"restream_enabled[]", entry<&view::restreams, &restream::enabled>},
    });
    return all;
}

getters<subscribe_token_view> getters_for(subscribe_token_view) {
    auto all = of_both_kinds<subscribe_token_view>();
    all.insert({{"tracking_id", field<&subscribe_token_view::tracking_id>}});
    return all;
}

getters<cluster_list> getters_for(const cluster_list &) {
    return {
        {"default_id", field<&cluster_list::default_id>},
        {"count", size},
        {"id[]", item<&cluster::id>},
        {"name[]", item<&cluster::name>},
        {"rtmp[]", item<&cluster::rtmp>},
        {"srt[]", item<&cluster::srt>},
        {"location_city[]", item<&cluster::city>},
        {"location_region[]", item<&cluster::region>},
        {"location_country[]", item<&cluster::country>},
        {"features_transcoding[]", item<&cluster::transcoding>},
    };
}

// A result has these for temporaries too, deleted: one of the two is to be named.
constexpr disable_result::success_list (disable_result::*successes)() const & noexcept = &disable_result::successes;
constexpr disable_result::failure_list (disable_result::*failures)() const & noexcept = &disable_result::failures;

getters<disable_result> getters_for(const disable_result &) {
    return {
        {"success_count", count<successes>},
        {"success_id[]", entry<successes>},
        {"failure_count", count<failures>},
        {"failure_id[]", entry<failures, &disable_failure::id>},
        {"failure_message[]", entry<failures, &disable_failure::message>},
    };
}

getters<id_list> getters_for(const id_list &) {
    return {{"len", size}, {"get[]", item}};
}

getters<bandwidth_report> getters_for(const bandwidth_report &) {
    return {
        {"row_count", size},
        {"tracking_id[]", item<&bandwidth_row::tracking_id>},
        {"stream_name[]", item<&bandwidth_row::stream_name>},
        {"time[]", item<&bandwidth_row::time>},
        {"traffic[]", item<&bandwidth_row::traffic>},
        {"bytes_in[]", item<&bandwidth_row::bytes_in>},
        {"bytes_out[]", item<&bandwidth_row::bytes_out>},
        {"duration[]", item<&bandwidth_row::duration>},
    };
}

/// "stream_name[1]" is the getter "stream_name[]", of 1. What is spelled in another way is the getter "".
std::pair<std::string, std::size_t> getter_and_index(const std::string &key) {
    static const std::regex spelling(R"((\w+)(\[(\d+)\])?)");
    std::smatch parts;
    if (!std::regex_match(key, parts, spelling))
        return {};
    return parts[2].matched ? std::pair(parts.str(1) + "[]", std::stoul(parts.str(3))) : std::pair(key, 0ul);
}

/// One line for what is expected and not so. Compared as text: JSON's own comparison takes 1 and 1.0 for the same.
template <typename Answer>
std::string difference(const getters<Answer> &known, const Answer &answer, const std::string &key, const json &value) {
    const auto [name, index] = getter_and_index(key);
    const auto getter = known.find(name);
    if (getter == known.end())
        return key + " is no getter that is known\n";
    const json got = getter->second(answer, index);
    return got.dump() == value.dump() ? "" : key + " is " + got.dump() + ", not " + value.dump() + "\n";
}

template <typename Answer>
std::string differences(const Answer &answer, const json &values) {
    const getters<Answer> known = getters_for(answer);
    std::string found = values.empty() ? "nothing is expected\n" : "";
    for (const auto &[key, value] : values.items())
        found += difference(known, answer, key, value);
    return found;
}

/// A token as it came, as it is read again from its JSON, and a copy of that.
template <typename Kind>
std::string differences_of_token(const token<Kind> &came, const json &values) {
    using view = typename token<Kind>::view;
    const auto again = token<Kind>::from_json(came.json());
    const auto copy = token<Kind>::copy(again);
    return differences<view>(came, values) + differences<view>(again, values) + differences<view>(copy, values);
}

bandwidth_query days() {
    return bandwidth_query("2024-01-01", "2024-01-02");
}
bandwidth_query of_group() {
    return days().add_tracking_id("group").take();
}
bandwidth_query of_stream() {
    return days().add_stream_name("cam").take();
}

/// Makes a call, and tells how what it gives differs from what is expected.
using asker = std::string (*)(const client &, const json &);

/// By the family of the handle that C gives; behind a report's comes the operation.
const std::map<std::string, asker> askers = {
    {"publish_token",
     [](const client &there, const json &values) {
         return differences_of_token(there.publish_tokens().read(1), values);
     }},
    {"subscribe_token",
     [](const client &there, const json &values) {
         return differences_of_token(there.subscribe_tokens().read(1), values);
     }},
    {"clusters", [](const client &there, const json &values) { return differences(there.clusters(), values); }},
    {"disable_result",
     [](const client &there, const json &values) { return differences(there.publish_tokens().disable({1}), values); }},
    {"id_list",
     [](const client &there, const json &values) { return differences(there.publish_tokens().active_ids(), values); }},
    {"bandwidth_report.tracking_total",
     [](const client &there, const json &values) {
         return differences(there.analytics().tracking_total(of_group()), values);
     }},
    {"bandwidth_report.tracking_series",
     [](const client &there, const json &values) {
         const auto query = of_group().set_resolution(resolution::day).take();
         return differences(there.analytics().tracking_series(query), values);
     }},
    {"bandwidth_report.tracking_streams_total",
     [](const client &there, const json &values) {
         return differences(there.analytics().tracking_streams_total(of_stream()), values);
     }},
    {"bandwidth_report.tracking_streams_series",
     [](const client &there, const json &values) {
         const auto query = of_stream().set_resolution(resolution::day).take();
         return differences(there.analytics().tracking_streams_series(query), values);
     }},
};

/// What the name of a file says that it is an answer to.
std::string asked_by(const std::string &name) {
    const auto first = name.find('.');
    const auto family = name.substr(0, first);
    return family == "bandwidth_report" ? name.substr(0, name.find('.', first + 1)) : family;
}

/// Sends an answer over the wire and tells, in lines, how what is read differs from what is expected.
std::string differences_of(const std::string &name, const std::string &answer, const json &values) {
    const auto ask = askers.find(asked_by(name));
    if (ask == askers.end())
        return name + " is an answer to no call that is known\n";
    const net::server server(net::answer(200, answer, "Content-Type: application/json\r\n"));
    return ask->second(client(api::config(server.url())), values);
}

json data_of(const std::string &name) {
    return json::parse(recorded(name)).at("data");
}

/// What a call gives that is answered with what was recorded.
template <typename Call>
auto served(const std::string &name, Call call) {
    const net::server server(net::answer(200, recorded(name)));
    return call(client(api::config(server.url())));
}

} // namespace

TEST("every recorded answer has what is expected of it, and nothing else is expected") {
    std::set<std::string> files, names;
    for (const auto &file : std::filesystem::directory_iterator(contract() / "answers"))
        files.insert(file.path().filename().string());
    const json all = expected();
    for (const auto &[name, values] : all.items())
        names.insert(name);
    CHECK(!files.empty());
    for (const auto &name : files)
        CHECK_EQ(names.count(name) == 1 ? "expected" : name + " has no entry", "expected");
    for (const auto &name : names)
        CHECK_EQ(files.count(name) == 1 ? "recorded" : name + " has no file", "recorded");
}

TEST("the members of C++ say of every recorded answer what the getters of C say") {
    const json all = expected();
    for (const auto &[name, values] : all.items())
        CHECK_EQ(name + ":\n" + differences_of(name, recorded(name), values), name + ":\n");
}

TEST("the JSON of answers has all that was recorded") {
    const auto published = served("publish_token.odd.json", [](auto there) { return there.publish_tokens().read(1); });
    CHECK(json::parse(published.json()) == data_of("publish_token.odd.json"));
    const auto subscribed = served("subscribe_token.odd.json",
                                   [](auto there) { return there.subscribe_tokens().read(1); });
    CHECK(json::parse(subscribed.json()) == data_of("subscribe_token.odd.json"));
    const auto report = served("bandwidth_report.tracking_total.json",
                               [](auto there) { return there.analytics().tracking_total(of_group()); });
    CHECK(json::parse(report.json()) == data_of("bandwidth_report.tracking_total.json"));
    const auto clusters = served("clusters.odd.json", [](auto there) { return there.clusters(); });
    CHECK(json::parse(clusters.json()) == data_of("clusters.odd.json"));
    const auto disabled = served("disable_result.odd.json", [](auto there) { return there.publish_tokens().disable({1}); });
    CHECK(json::parse(disabled.json()) == data_of("disable_result.odd.json"));
    const auto ids = served("id_list.odd.json", [](auto there) { return there.publish_tokens().active_ids(); });
    CHECK(json::parse(ids.json()) == data_of("id_list.odd.json"));
}

TEST("what is expected of a getter, an answer or a call that is not known fails") {
    const std::string answer = R"({"status":"success","data":{"id":1,"label":"a"}})";
    const auto found = [&](const char *name, const char *values) {
        return differences_of(name, answer, json::parse(values));
    };
    CHECK_EQ(found("publish_token.some.json", R"({"id":1,"label":"a"})"), "");
    CHECK(found("publish_token.some.json", R"({"id":1,"of_tomorrow":1})").find("of_tomorrow is no getter") == 0);
    CHECK(found("publish_token.some.json", R"({"id[0]":1})").find("id[0] is no getter") == 0);
    CHECK(found("publish_token.some.json", R"({"stream_name[]":null})").find("stream_name[] is no getter") == 0);
    CHECK(found("publish_token.some.json", R"({"stream_name":null})").find("stream_name is no getter") == 0);
    CHECK(found("publish_token.some.json", R"({"id":1.0})").find("id is 1, not 1.0") == 0);
    CHECK(found("subscribe_token.some.json", R"({"label":null})").find(R"(label is "a", not null)") == 0);
    CHECK(found("publish_token.some.json", "{}").find("nothing is expected") == 0);
    CHECK(found("of_tomorrow.some.json", R"({"id":1})").find("of_tomorrow.some.json is an answer to no call") == 0);
    CHECK(found("bandwidth_report.some.json", R"({"id":1})").find("bandwidth_report.some.json is an answer") == 0);
}
