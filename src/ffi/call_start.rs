//! # Starting calls without blocking
//!
//! Each starts what its twin without `_start` does, and copies what it needs of its arguments. `options` NULL: the
//! client's timeout, no callback. `out` gets the call, which the caller frees with mct_call_free(), before or after it
//! is done.
//!
//! Each answers MCT_OK (it is started), what its twin answers before anything is sent (MCT_ERR_NULL_ARGUMENT,
//! MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT), MCT_ERR_FORKED and MCT_ERR_SYSTEM (no thread or descriptor). All
//! else is told by the function that takes the result.

use std::ffi::c_char;

use super::account::{active_ids, clusters, disable, sync_restream};
use super::analytics::{bandwidth, mct_bandwidth_query};
use super::call::{mct_call, mct_call_options};
use super::client::mct_client;
use super::error::mct_error;
use super::guard::status_boundary;
use super::list_options::mct_list_options;
use super::prepared::{start, start_next};
use super::publish_token_calls::{self as publish, mct_publish_token_iter};
use super::publish_token_spec::mct_publish_token_spec;
use super::publish_token_update::mct_publish_token_update;
use super::subscribe_token_calls::{self as subscribe, mct_subscribe_token_iter};
use super::subscribe_token_spec::mct_subscribe_token_spec;
use super::subscribe_token_update::mct_subscribe_token_update;
use crate::error::mct_status;
use crate::model::analytics::Operation;

/// Starts mct_publish_token_create(). Its result: mct_call_take_publish_token().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_create_start(
    client: *mut mct_client,
    spec: Option<&mct_publish_token_spec>,
    options: Option<&mct_call_options>,
    out: Option<&mut *mut mct_call>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, start(options, out, || publish::create(client, spec)))
}

/// Starts mct_publish_token_find_created(). Its result: mct_call_take_publish_token_list().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_find_created_start(
    client: *mut mct_client,
    spec: Option<&mct_publish_token_spec>,
    since: i64,
    options: Option<&mct_call_options>,
    out: Option<&mut *mut mct_call>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, start(options, out, || publish::find_created(client, spec, since)))
}

/// Starts mct_publish_token_read(). Its result: mct_call_take_publish_token().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_read_start(
    client: *mut mct_client,
    id: u64,
    options: Option<&mct_call_options>,
    out: Option<&mut *mut mct_call>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, start(options, out, || publish::read(client, id)))
}

/// Starts mct_publish_token_list_page(). Its result: mct_call_take_publish_token_list().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_list_page_start(
    client: *mut mct_client,
    list: Option<&mct_list_options>,
    options: Option<&mct_call_options>,
    out: Option<&mut *mut mct_call>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, start(options, out, || publish::list_page(client, list)))
}

/// Starts mct_publish_token_list_all(). Its result: mct_call_take_publish_token_list().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_list_all_start(
    client: *mut mct_client,
    list: Option<&mct_list_options>,
    options: Option<&mct_call_options>,
    out: Option<&mut *mut mct_call>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, start(options, out, || publish::list_all(client, list)))
}

/// Starts mct_publish_token_iter_next(). Its result: mct_call_take_publish_token(); MCT_OK and NULL: the end.
/// A token that was read ahead comes from a call that is done at once. Before the end the iterator is in use
/// (MCT_ERR_INVALID_ARGUMENT); it may be freed, which does not end the call. A call that was cancelled may have got a
/// token all the same: take it before freeing the call, or it is lost.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_iter_next_start(
    iter: Option<&mut mct_publish_token_iter>,
    options: Option<&mct_call_options>,
    out: Option<&mut *mut mct_call>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, start_next(options, out, || publish::step(iter)))
}

/// Starts mct_publish_token_update_apply(). Its result: mct_call_take_publish_token().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_update_apply_start(
    client: *mut mct_client,
    id: u64,
    update: Option<&mct_publish_token_update>,
    options: Option<&mct_call_options>,
    out: Option<&mut *mut mct_call>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, start(options, out, || publish::apply(client, id, update)))
}

/// Starts mct_publish_token_delete(). Its result: mct_call_take_nothing().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_delete_start(
    client: *mut mct_client,
    id: u64,
    options: Option<&mct_call_options>,
    out: Option<&mut *mut mct_call>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, start(options, out, || publish::delete(client, id)))
}

/// Starts mct_subscribe_token_create(). Its result: mct_call_take_subscribe_token().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_create_start(
    client: *mut mct_client,
    spec: Option<&mct_subscribe_token_spec>,
    options: Option<&mct_call_options>,
    out: Option<&mut *mut mct_call>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, start(options, out, || subscribe::create(client, spec)))
}

/// Starts mct_subscribe_token_find_created(). Its result: mct_call_take_subscribe_token_list().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_find_created_start(
    client: *mut mct_client,
    spec: Option<&mct_subscribe_token_spec>,
    since: i64,
    options: Option<&mct_call_options>,
    out: Option<&mut *mut mct_call>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, start(options, out, || subscribe::find_created(client, spec, since)))
}

/// Starts mct_subscribe_token_read(). Its result: mct_call_take_subscribe_token().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_read_start(
    client: *mut mct_client,
    id: u64,
    options: Option<&mct_call_options>,
    out: Option<&mut *mut mct_call>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, start(options, out, || subscribe::read(client, id)))
}

/// Starts mct_subscribe_token_list_page(). Its result: mct_call_take_subscribe_token_list().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_list_page_start(
    client: *mut mct_client,
    list: Option<&mct_list_options>,
    options: Option<&mct_call_options>,
    out: Option<&mut *mut mct_call>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, start(options, out, || subscribe::list_page(client, list)))
}

/// Starts mct_subscribe_token_list_all(). Its result: mct_call_take_subscribe_token_list().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_list_all_start(
    client: *mut mct_client,
    list: Option<&mct_list_options>,
    options: Option<&mct_call_options>,
    out: Option<&mut *mut mct_call>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, start(options, out, || subscribe::list_all(client, list)))
}

/// Starts mct_subscribe_token_iter_next(). Its result: mct_call_take_subscribe_token(); MCT_OK and NULL: the end.
/// A token that was read ahead comes from a call that is done at once. Before the end the iterator is in use
/// (MCT_ERR_INVALID_ARGUMENT); it may be freed, which does not end the call. A call that was cancelled may have got a
/// token all the same: take it before freeing the call, or it is lost.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_iter_next_start(
    iter: Option<&mut mct_subscribe_token_iter>,
    options: Option<&mct_call_options>,
    out: Option<&mut *mut mct_call>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, start_next(options, out, || subscribe::step(iter)))
}

/// Starts mct_subscribe_token_update_apply(). Its result: mct_call_take_subscribe_token().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_update_apply_start(
    client: *mut mct_client,
    id: u64,
    update: Option<&mct_subscribe_token_update>,
    options: Option<&mct_call_options>,
    out: Option<&mut *mut mct_call>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, start(options, out, || subscribe::apply(client, id, update)))
}

/// Starts mct_subscribe_token_delete(). Its result: mct_call_take_nothing().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_delete_start(
    client: *mut mct_client,
    id: u64,
    options: Option<&mct_call_options>,
    out: Option<&mut *mut mct_call>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, start(options, out, || subscribe::delete(client, id)))
}

/// Starts mct_publish_token_disable(). Its result: mct_call_take_disable_result().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_disable_start(
    client: *mut mct_client,
    ids: *const u64,
    count: usize,
    options: Option<&mct_call_options>,
    out: Option<&mut *mut mct_call>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, start(options, out, || disable(client, ids, count)))
}

/// Starts mct_publish_token_active_ids(). Its result: mct_call_take_id_list().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_active_ids_start(
    client: *mut mct_client,
    stream_id: *const c_char,
    options: Option<&mct_call_options>,
    out: Option<&mut *mut mct_call>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, start(options, out, || active_ids(client, stream_id)))
}

/// Starts mct_publish_token_sync_restream(). Its result: mct_call_take_nothing().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_sync_restream_start(
    client: *mut mct_client,
    id: u64,
    options: Option<&mct_call_options>,
    out: Option<&mut *mut mct_call>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, start(options, out, || sync_restream(client, id)))
}

/// Starts mct_cluster_list(). Its result: mct_call_take_clusters().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_cluster_list_start(
    client: *mut mct_client,
    options: Option<&mct_call_options>,
    out: Option<&mut *mut mct_call>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, start(options, out, || clusters(client)))
}

/// Starts mct_analytics_tracking_total(). Its result: mct_call_take_bandwidth_report().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_analytics_tracking_total_start(
    client: *mut mct_client,
    query: Option<&mct_bandwidth_query>,
    options: Option<&mct_call_options>,
    out: Option<&mut *mut mct_call>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, start(options, out, || bandwidth(client, Operation::TrackingTotal, query)))
}

/// Starts mct_analytics_tracking_series(). Its result: mct_call_take_bandwidth_report().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_analytics_tracking_series_start(
    client: *mut mct_client,
    query: Option<&mct_bandwidth_query>,
    options: Option<&mct_call_options>,
    out: Option<&mut *mut mct_call>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, start(options, out, || bandwidth(client, Operation::TrackingSeries, query)))
}

/// Starts mct_analytics_tracking_streams_total(). Its result: mct_call_take_bandwidth_report().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_analytics_tracking_streams_total_start(
    client: *mut mct_client,
    query: Option<&mct_bandwidth_query>,
    options: Option<&mct_call_options>,
    out: Option<&mut *mut mct_call>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, start(options, out, || bandwidth(client, Operation::StreamsTotal, query)))
}

/// Starts mct_analytics_tracking_streams_series(). Its result: mct_call_take_bandwidth_report().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_analytics_tracking_streams_series_start(
    client: *mut mct_client,
    query: Option<&mct_bandwidth_query>,
    options: Option<&mct_call_options>,
    out: Option<&mut *mut mct_call>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, start(options, out, || bandwidth(client, Operation::StreamsSeries, query)))
}
