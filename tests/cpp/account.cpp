/// Bulk disable, active ids, restream sync, clusters and bandwidth.

#include <algorithm>
#include <string>
#include <vector>

#include "api.hpp"
#include "harness.hpp"
#include "server.hpp"

using namespace millicast;

namespace {

constexpr std::int64_t noon = 1767268800; // 2026-01-01
constexpr std::int64_t hour = 3600;

bandwidth_query new_years_day() {
    return bandwidth_query("2026-01-01", "2026-01-02");
}

bool use(std::string_view stream, std::string_view tracking_id, std::int64_t time, int in, int out,
         std::string_view more = "") {
    return api::control("usage", R"({"streamName":")" + std::string(stream) + R"(","trackingId":")"
                            + std::string(tracking_id) + R"(","time":)" + std::to_string(time) + R"(,"bytesIn":)"
                            + std::to_string(in) + R"(,"bytesOut":)" + std::to_string(out) + std::string(more) + "}");
}

unix_time at(std::int64_t seconds) {
    return unix_time(std::chrono::seconds(seconds));
}

/// The texts of the rows are the report's.
std::vector<bandwidth_row> of_kind(const bandwidth_report &report, traffic kind) {
    std::vector<bandwidth_row> rows;
    std::copy_if(report.begin(), report.end(), std::back_inserter(rows),
                 [&](const bandwidth_row &row) { return row.traffic == kind; });
    return rows;
}

} // namespace

TEST("a bulk disable tells of each token whether it was disabled, and why not") {
    const client here(api::config());
    const auto first = api::create_publish(here, "to disable", "stage");
    const auto second = api::create_publish(here, "to disable", "stage");
    const auto done = here.publish_tokens().disable({first, 1, second, 2});
    CHECK(std::vector<std::uint64_t>(done.successes().begin(), done.successes().end())
          == std::vector<std::uint64_t>({first, second}));
    CHECK_EQ(done.failures().size(), std::size_t{2});
    CHECK_EQ(done.failures()[1].id, std::uint64_t{2});
    for (const auto &[id, message] : done.failures())
        CHECK(id <= 2 && message && !message->empty());
    CHECK_EQ(done.failures()[2].id, std::uint64_t{0});
    CHECK_EQ(done.failures()[2].message, std::nullopt);
    CHECK_EQ(here.publish_tokens().read(first).is_active(), false);
}

TEST("a bulk disable of nothing is refused before anything is sent") {
    const client here(api::config());
    CHECK_FAILS(here.publish_tokens().try_disable({}), invalid_argument, "tokenIds");
    CHECK_THROWS(here.publish_tokens().disable({}), invalid_argument);
}

TEST("the ids of live streams' tokens are told, of one stream and of all") {
    const client here(api::config());
    const auto stream = api::unique("live");
    const auto id = api::create_publish(here, "live", stream);
    CHECK(here.publish_tokens().active_ids("emulator/" + stream).empty());
    CHECK(api::control("publish", R"({"tokenId":)" + std::to_string(id) + R"(,"streamName":")" + stream
                                      + R"(","isLive":true})"));
    const auto ids = here.publish_tokens().active_ids("emulator/" + stream);
    CHECK_EQ(ids.size(), std::size_t{1});
    CHECK_EQ(ids[0], id);
    const auto all = here.publish_tokens().active_ids();
    CHECK(std::find(all.begin(), all.end(), id) != all.end());
    here.publish_tokens().remove(id);
    CHECK(here.publish_tokens().active_ids("emulator/" + stream).empty());
    CHECK_FAILS(here.publish_tokens().try_active_ids("no slash"), invalid_argument, "streamId");
    CHECK_FAILS(here.publish_tokens().try_active_ids(""), invalid_argument, "streamId");
    CHECK_THROWS(here.publish_tokens().active_ids("no slash"), invalid_argument);
}

TEST("a restream is synchronised, and one of no token is not_found") {
    const client here(api::config());
    here.publish_tokens().sync_restream(api::create_publish(here, "to sync", "stage"));
    CHECK_FAILS(here.publish_tokens().try_sync_restream(1), not_found, "tokenId");
    CHECK_THROWS(here.publish_tokens().sync_restream(1), not_found);
}

TEST("clusters are looped over, and what one does not tell is nothing") {
    const client here(api::config());
    const auto clusters = here.clusters();
    CHECK_EQ(clusters.default_id(), "auto");
    std::size_t found = 0;
    for (const cluster &one : clusters) {
        if (one.id == "auto")
            CHECK(!one.city && !one.region && !one.country && !one.transcoding && ++found != 0);
        if (one.id == "osl-1") {
            found++;
            CHECK_EQ(one.name, "Oslo");
            CHECK(one.rtmp && one.srt && one.rtmp != one.srt);
            CHECK_EQ(one.city, "Oslo");
            CHECK_EQ(one.region, "Østlandet");
            CHECK_EQ(one.country, "Norway");
            CHECK_EQ(one.transcoding, true);
        }
    }
    CHECK_EQ(found, std::size_t{2});
    CHECK_EQ(clusters[clusters.size()].id, std::nullopt);
    const auto moved = here.try_clusters();
    CHECK_OK(moved);
}

TEST("clusters of which the API tells nothing are no fault") {
    const net::server server(net::answer(200, R"({"status":"success","data":{"availableClusters":[{}]}})"));
    const auto clusters = client(api::config(server.url())).clusters();
    CHECK_EQ(clusters.default_id(), std::nullopt);
    CHECK_EQ(clusters.size(), std::size_t{1});
    CHECK(!clusters[0].id && !clusters[0].name && !clusters[0].transcoding);
}

TEST("a total has a row for each stream and its kinds of traffic") {
    const client here(api::config());
    const auto id = api::unique("total"), stream = api::unique("stream");
    CHECK(use(stream, id, noon, 1, 10));
    CHECK(use(stream, id, noon + hour, 2, 20, R"(,"kind":"restream","duration":60)"));
    const auto report = here.analytics().tracking_total(new_years_day().add_tracking_id(id));
    const auto all = of_kind(report, traffic::all);
    if (CHECK_EQ(all.size(), std::size_t{1})) {
        CHECK_EQ(all[0].tracking_id, id);
        CHECK_EQ(all[0].stream_name, stream);
        CHECK_EQ(all[0].time, std::nullopt);
        CHECK_EQ(all[0].bytes_in, 3);
        CHECK_EQ(all[0].bytes_out, 30);
    }
    const auto restreamed = of_kind(report, traffic::restream);
    if (CHECK_EQ(restreamed.size(), std::size_t{1})) {
        CHECK_EQ(restreamed[0].bytes_out, 20);
        CHECK_EQ(restreamed[0].duration, 60);
    }
    CHECK(report.json().find(id) != std::string_view::npos);
    CHECK_EQ(report[report.size()].traffic, traffic::none);
    CHECK_EQ(report[report.size()].tracking_id, std::nullopt);
}

TEST("a total is asked for by more tracking ids than one call takes") {
    const client here(api::config());
    auto query = new_years_day();
    std::vector<std::string> ids;
    for (int i = 0; i < 12; i++) {
        ids.push_back(api::unique("many"));
        CHECK(use("stage", ids.back(), noon, i, i));
        query.add_tracking_id(ids.back());
    }
    CHECK_EQ(of_kind(here.analytics().tracking_total(query), traffic::all).size(), ids.size());
}

TEST("a series has a row for each hour or day") {
    const client here(api::config());
    const auto id = api::unique("series");
    CHECK(use("stage", id, noon, 1, 10));
    CHECK(use("stage", id, noon + 2 * hour, 2, 20));
    auto query = new_years_day();
    query.add_tracking_id(id).set_resolution(resolution::hour);
    const auto report = here.analytics().tracking_series(query);
    auto rows = of_kind(report, traffic::all);
    const auto is_idle = [](const bandwidth_row &row) { return row.bytes_out == 0; };
    rows.erase(std::remove_if(rows.begin(), rows.end(), is_idle), rows.end());
    if (CHECK_EQ(rows.size(), std::size_t{2})) {
        CHECK_EQ(std::min(rows[0].time, rows[1].time), at(noon));
        CHECK_EQ(std::max(rows[0].time, rows[1].time), at(noon + 2 * hour));
    }
    const auto by_day = here.analytics().tracking_series(query.set_resolution(resolution::day));
    const auto days = of_kind(by_day, traffic::all);
    if (CHECK_EQ(days.size(), std::size_t{1})) {
        CHECK_EQ(days[0].time, at(noon - 12 * hour));
        CHECK_EQ(days[0].bytes_out, 30);
    }
}

TEST("traffic is asked for by stream, as a total and as a series") {
    const client here(api::config());
    const auto stream = api::unique("stream"), id = api::unique("group");
    CHECK(use(stream, id, noon, 1, 10));
    CHECK(use(stream, "", noon, 4, 40));
    const auto totals = here.analytics().tracking_streams_total(new_years_day().add_stream_name(stream));
    const auto total = of_kind(totals, traffic::all);
    CHECK_EQ(total.size(), std::size_t{2});
    for (const bandwidth_row &row : total) {
        CHECK_EQ(row.stream_name, stream);
        CHECK_EQ(row.bytes_out, row.tracking_id == id ? 10 : 40);
    }
    const auto days = here.analytics().tracking_streams_series(
        new_years_day().add_stream_name(stream).set_resolution(resolution::day));
    const auto series = of_kind(days, traffic::all);
    CHECK_EQ(series.size(), std::size_t{2});
    for (const bandwidth_row &row : series)
        CHECK_EQ(row.time, at(noon - 12 * hour));
}

TEST("a query that does not suit its call is refused before anything is sent") {
    const net::server server(net::answer(500, ""));
    const client there(api::config(server.url()));
    const auto ask = there.analytics();
    CHECK_FAILS(ask.try_tracking_total(new_years_day()), invalid_argument, "trackingIds");
    CHECK_FAILS(ask.try_tracking_series(new_years_day().add_tracking_id("a")), invalid_argument, "resolution");
    CHECK_FAILS(ask.try_tracking_streams_total(new_years_day()), invalid_argument, "streamNames");
    CHECK_FAILS(ask.try_tracking_streams_series(new_years_day().add_stream_name("a")), invalid_argument, "resolution");
    CHECK_THROWS(ask.tracking_total(new_years_day()), invalid_argument);
    CHECK_THROWS(ask.tracking_series(new_years_day()), invalid_argument);
    CHECK_THROWS(ask.tracking_streams_total(new_years_day()), invalid_argument);
    CHECK_THROWS(ask.tracking_streams_series(new_years_day()), invalid_argument);
    CHECK_EQ(server.received(), "");
}
