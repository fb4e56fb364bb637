//! # Analytics
//!
//! Bandwidth by tracking id, as one flat table that suits a loop, a CSV or a data frame: a row is a tracking id, a
//! stream, a time or none, and a kind of traffic. The platform updates its figures about every 15 minutes.

use std::ffi::c_char;
use std::ptr;

use super::client::{mct_client, shared};
use super::error::mct_error;
use super::guard::{boundary, sent_boundary, status_boundary};
use super::handle::{Lend, Out, given, text};
use super::prepared::{Prepared, now};
use crate::api::analytics;
use crate::error::{Error, Result, mct_status};
use crate::model::analytics::{BandwidthQuery, BandwidthReport, Operation, Row, Traffic};

/// The kind of traffic of a row. One of the MCT_TRAFFIC_ values; 0 for a row that is not there.
pub type mct_traffic = i32;

/// All traffic of the group. Each group (tracking id, stream, time) has exactly one such row: the API's totals, or the
/// sum of the parts where it sent none.
pub const MCT_TRAFFIC_ALL: mct_traffic = 1;
/// The part of plain streaming.
pub const MCT_TRAFFIC_STANDARD_STREAM: mct_traffic = 2;
/// The part that was sent on to other endpoints.
pub const MCT_TRAFFIC_RESTREAM: mct_traffic = 3;
/// The part between clusters.
pub const MCT_TRAFFIC_GEO_CASCADE: mct_traffic = 4;

/// What bandwidth is asked for.
#[derive(Debug)]
pub struct mct_bandwidth_query(BandwidthQuery);

/// Bandwidth, as a flat table: immutable, and readable from any thread.
#[derive(Debug)]
pub struct mct_bandwidth_report(BandwidthReport);

/// Makes a query for the days from `start_date` up to but without `stop_date_exclusive`, as YYYY-MM-DD. They are real
/// dates, and the start is before the stop.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_bandwidth_query_new(
    start_date: *const c_char,
    stop_date_exclusive: *const c_char,
    out: Option<&mut *mut mct_bandwidth_query>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let out = Out::new(out)?;
        let (start, stop) = (text(start_date, "startDate")?, text(stop_date_exclusive, "stopDate")?);
        out.set(mct_bandwidth_query(BandwidthQuery::new(start, stop)?))
    })
}

/// Adds a tracking id, 1 to 128 characters; one that is there already is not asked for twice. The API takes 10 in one
/// call; more are asked for in several calls, within one deadline, and joined.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_bandwidth_query_add_tracking_id(
    query: Option<&mut mct_bandwidth_query>,
    tracking_id: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(query, "query")?.0.add_tracking_id(text(tracking_id, "trackingIds")?))
}

/// Adds the name of a stream, 1 to 128 characters, as mct_bandwidth_query_add_tracking_id() adds ids.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_bandwidth_query_add_stream_name(
    query: Option<&mut mct_bandwidth_query>,
    stream_name: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(query, "query")?.0.add_stream_name(text(stream_name, "streamNames")?))
}

/// The length of a series' steps. One of the MCT_RESOLUTION_ values.
pub type mct_resolution = i32;

/// Hours; the platform keeps them for 7 days.
pub const MCT_RESOLUTION_HOUR: mct_resolution = 1;
/// Days; the platform keeps them for 365 days.
pub const MCT_RESOLUTION_DAY: mct_resolution = 2;

/// The length of a series' steps. A series needs it, a total takes none.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (none of the MCT_RESOLUTION_ values).
#[unsafe(no_mangle)]
pub extern "C" fn mct_bandwidth_query_set_resolution(
    query: Option<&mut mct_bandwidth_query>,
    resolution: mct_resolution,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let name = match resolution {
            MCT_RESOLUTION_HOUR => "Hour",
            MCT_RESOLUTION_DAY => "Day",
            _ => {
                return Err(Error::invalid("resolution", format_args!("must be one of the MCT_RESOLUTION_ values, given is {resolution}")));
            }
        };
        given(query, "query")?.0.set_resolution(name);
        Ok(())
    })
}

/// Frees a query. NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn mct_bandwidth_query_free(query: Option<Box<mct_bandwidth_query>>) {
    boundary!((), {
        drop(query);
        Some(())
    });
}

pub(super) fn bandwidth(
    client: *mut mct_client,
    operation: Operation,
    query: Option<&mct_bandwidth_query>,
) -> Result<Prepared<mct_bandwidth_report>> {
    let client = shared(client)?;
    Ok(Prepared::new(client, analytics::bandwidth(operation, &given(query, "query")?.0)?, mct_bandwidth_report))
}

/// The total bandwidth of each tracking id, by stream. The query needs tracking ids and takes nothing else.
///
/// The caller frees the report. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (the query; nothing
/// was sent) and the call statuses but MCT_ERR_NOT_FOUND.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_analytics_tracking_total(
    client: *mut mct_client,
    query: Option<&mct_bandwidth_query>,
    out: Option<&mut *mut mct_bandwidth_report>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, now(out, || bandwidth(client, Operation::TrackingTotal, query)))
}

/// The bandwidth of each tracking id over time, by stream. The query needs tracking ids and a resolution and takes
/// nothing else. Hours are kept for 7 days, days for 365.
///
/// The caller frees the report. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (the query; nothing
/// was sent) and the call statuses but MCT_ERR_NOT_FOUND.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_analytics_tracking_series(
    client: *mut mct_client,
    query: Option<&mct_bandwidth_query>,
    out: Option<&mut *mut mct_bandwidth_report>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, now(out, || bandwidth(client, Operation::TrackingSeries, query)))
}

/// The total bandwidth of each stream, by tracking id. The query needs stream names and takes nothing else.
///
/// The caller frees the report. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (the query; nothing
/// was sent) and the call statuses but MCT_ERR_NOT_FOUND.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_analytics_tracking_streams_total(
    client: *mut mct_client,
    query: Option<&mct_bandwidth_query>,
    out: Option<&mut *mut mct_bandwidth_report>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, now(out, || bandwidth(client, Operation::StreamsTotal, query)))
}

/// The bandwidth of each stream over time, by tracking id. The query needs stream names and a resolution and takes
/// nothing else. Hours are kept for 7 days, days for 365.
///
/// The caller frees the report. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (the query; nothing
/// was sent) and the call statuses but MCT_ERR_NOT_FOUND.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_analytics_tracking_streams_series(
    client: *mut mct_client,
    query: Option<&mct_bandwidth_query>,
    out: Option<&mut *mut mct_bandwidth_report>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, now(out, || bandwidth(client, Operation::StreamsSeries, query)))
}

fn row(report: Option<&mct_bandwidth_report>, row: usize) -> Option<&Row> {
    report?.0.rows.get(row)
}

/// How many rows the table has. 0 for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn mct_bandwidth_report_row_count(report: Option<&mct_bandwidth_report>) -> usize {
    boundary!(0, Some(report?.0.rows.len()))
}

/// The tracking id of row `index`. Lent; NULL for traffic without one, and out of range.
#[unsafe(no_mangle)]
pub extern "C" fn mct_bandwidth_report_tracking_id(report: Option<&mct_bandwidth_report>, index: usize) -> *const c_char {
    boundary!(ptr::null(), row(report, index)?.tracking_id.lend())
}

/// The stream of row `index`. Lent; NULL when the API sent none, and out of range.
#[unsafe(no_mangle)]
pub extern "C" fn mct_bandwidth_report_stream_name(report: Option<&mct_bandwidth_report>, index: usize) -> *const c_char {
    boundary!(ptr::null(), row(report, index)?.stream_name.lend())
}

/// The beginning of row `index`'s hour or day, in Unix seconds. False for totals, which have none.
#[unsafe(no_mangle)]
pub extern "C" fn mct_bandwidth_report_time(report: Option<&mct_bandwidth_report>, index: usize, out: Option<&mut i64>) -> bool {
    sent_boundary!(out, row(report, index)?.time)
}

/// The kind of traffic of row `index`. 0 out of range.
#[unsafe(no_mangle)]
pub extern "C" fn mct_bandwidth_report_traffic(report: Option<&mct_bandwidth_report>, index: usize) -> mct_traffic {
    boundary!(
        0,
        Some(match row(report, index)?.traffic {
            Traffic::All => MCT_TRAFFIC_ALL,
            Traffic::StandardStream => MCT_TRAFFIC_STANDARD_STREAM,
            Traffic::Restream => MCT_TRAFFIC_RESTREAM,
            Traffic::GeoCascade => MCT_TRAFFIC_GEO_CASCADE,
        })
    )
}

/// The bytes that came in, of row `index`. 0 out of range.
#[unsafe(no_mangle)]
pub extern "C" fn mct_bandwidth_report_bytes_in(report: Option<&mct_bandwidth_report>, index: usize) -> i64 {
    boundary!(0, Some(row(report, index)?.bytes_in))
}

/// The bytes that went out, of row `index`. 0 out of range.
#[unsafe(no_mangle)]
pub extern "C" fn mct_bandwidth_report_bytes_out(report: Option<&mct_bandwidth_report>, index: usize) -> i64 {
    boundary!(0, Some(row(report, index)?.bytes_out))
}

/// The duration of row `index`, as the API sends it for what was sent on to other endpoints. False when it sent none.
#[unsafe(no_mangle)]
pub extern "C" fn mct_bandwidth_report_duration(report: Option<&mct_bandwidth_report>, index: usize, out: Option<&mut i64>) -> bool {
    sent_boundary!(out, row(report, index)?.duration)
}

/// The API's answer as JSON, the answers of several calls joined. Lent.
#[unsafe(no_mangle)]
pub extern "C" fn mct_bandwidth_report_json(report: Option<&mct_bandwidth_report>) -> *const c_char {
    boundary!(ptr::null(), report?.0.json.lend())
}

/// Frees a report. NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn mct_bandwidth_report_free(report: Option<Box<mct_bandwidth_report>>) {
    boundary!((), {
        drop(report);
        Some(())
    });
}
