/// @file
/// Bandwidth by tracking id, as one flat table.

#ifndef MILLICAST_TOKENS_BANDWIDTH_HPP
#define MILLICAST_TOKENS_BANDWIDTH_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "handle.hpp"
#include "indexed.hpp"

namespace millicast {

/// The length of a series' steps.
enum class resolution : std::int32_t {
    hour = MCT_RESOLUTION_HOUR, ///< The platform keeps them for 7 days.
    day = MCT_RESOLUTION_DAY,   ///< The platform keeps them for 365 days.
};

/// The kind of traffic of a row.
enum class traffic : std::int32_t {
    none = 0, ///< Of a row that is not there.
    all = MCT_TRAFFIC_ALL, ///< Each group (tracking id, stream, time) has exactly one such row.
    standard_stream = MCT_TRAFFIC_STANDARD_STREAM,
    restream = MCT_TRAFFIC_RESTREAM,
    geo_cascade = MCT_TRAFFIC_GEO_CASCADE,
};

/// What bandwidth is asked for. A builder; it can be used for any number of calls.
class bandwidth_query : public builder<bandwidth_query, mct_bandwidth_query, mct_bandwidth_query_free> {
public:
    /// For the days from `start_date` up to but without `stop_date_exclusive`, as YYYY-MM-DD.
    bandwidth_query(std::string_view start_date, std::string_view stop_date_exclusive) noexcept
        : builder(detail::make<handle>(mct_bandwidth_query_new, detail::c_text(start_date, "startDate"),
                                       detail::c_text(stop_date_exclusive, "stopDate"))) {}

    /// 1 to 128 characters. The API takes 10 in one call; more are asked for in several, and joined.
    bandwidth_query &add_tracking_id(std::string_view tracking_id) noexcept {
        return set(mct_bandwidth_query_add_tracking_id, detail::c_text(tracking_id, "trackingIds"));
    }
    /// The name of a stream, 1 to 128 characters, as add_tracking_id() adds ids.
    bandwidth_query &add_stream_name(std::string_view stream_name) noexcept {
        return set(mct_bandwidth_query_add_stream_name, detail::c_text(stream_name, "streamNames"));
    }
    /// A series needs it, a total takes none.
    bandwidth_query &set_resolution(resolution steps) noexcept {
        return set(mct_bandwidth_query_set_resolution, static_cast<mct_resolution>(steps));
    }
};

/// A row of a report.
struct bandwidth_row {
    std::optional<std::string_view> tracking_id; ///< Nothing: traffic without one.
    std::optional<std::string_view> stream_name;
    std::optional<unix_time> time; ///< The beginning of the hour or day; totals have none.
    millicast::traffic traffic = millicast::traffic::none;
    std::int64_t bytes_in = 0;
    std::int64_t bytes_out = 0;
    std::optional<std::int64_t> duration; ///< As the API sends it for what was sent on to other endpoints.
};

namespace detail {

inline bandwidth_row bandwidth_row_at(const mct_bandwidth_report *report, std::size_t index) noexcept {
    return {optional_text(mct_bandwidth_report_tracking_id(report, index)),
            optional_text(mct_bandwidth_report_stream_name(report, index)),
            optional_time(optional_value(mct_bandwidth_report_time, report, index)),
            static_cast<traffic>(mct_bandwidth_report_traffic(report, index)),
            mct_bandwidth_report_bytes_in(report, index),
            mct_bandwidth_report_bytes_out(report, index),
            optional_value(mct_bandwidth_report_duration, report, index)};
}

} // namespace detail

/// Bandwidth, row by row. The texts of its rows are lent and valid until it is freed.
class bandwidth_report : public owned_list<mct_bandwidth_report, mct_bandwidth_report_free,
                                           mct_bandwidth_report_row_count, &detail::bandwidth_row_at> {
public:
    using owned_list::owned_list;

    /// The API's answer, the answers of several calls joined. Lent.
    [[nodiscard]] std::string_view json() const noexcept { return detail::text(mct_bandwidth_report_json(get())); }
};

} // namespace millicast

#endif
