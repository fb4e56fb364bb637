//! # Account
//!
//! Calls about the account and about several publish tokens at once. Each blocks until the API has answered or the
//! client's deadline has passed. What they answer is immutable and may be read from any thread.

use std::ffi::c_char;
use std::ptr;

use super::client::{mct_client, shared};
use super::error::mct_error;
use super::guard::{boundary, sent_boundary, status_boundary};
use super::handle::{Lend, list, text_or_null};
use super::prepared::{Prepared, done, mct_nothing, now};
use crate::api::account;
use crate::error::{Result, mct_status};
use crate::model::account::{ActiveIds, Cluster, Clusters, Disabled, WithJson};

/// What a bulk disable did, token by token.
#[derive(Debug)]
pub struct mct_disable_result(WithJson<Disabled>);

/// Ids of tokens.
#[derive(Debug)]
pub struct mct_id_list(WithJson<ActiveIds>);

/// The clusters that the account can use.
#[derive(Debug)]
pub struct mct_clusters(WithJson<Clusters>);

/// Disables publish tokens: `count` ids, at least 1. Running streams go on. `out` tells of each token whether it was
/// disabled; MCT_OK says only that the API answered. The caller frees it.
///
/// It is sent again only when it is certain that the server did not process it; mct_error_outcome() tells.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (no id) and the call statuses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_disable(
    client: *mut mct_client,
    ids: *const u64,
    count: usize,
    out: Option<&mut *mut mct_disable_result>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, now(out, || disable(client, ids, count)))
}

/// How many tokens were disabled. 0 for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn mct_disable_result_success_count(result: Option<&mct_disable_result>) -> usize {
    boundary!(0, Some(result?.0.read.successful_tokens.len()))
}

/// The id of disabled token `index`. 0 out of range.
#[unsafe(no_mangle)]
pub extern "C" fn mct_disable_result_success_id(result: Option<&mct_disable_result>, index: usize) -> u64 {
    boundary!(0, Some(result?.0.read.successful_tokens.get(index)?.0))
}

/// How many tokens were not disabled. 0 for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn mct_disable_result_failure_count(result: Option<&mct_disable_result>) -> usize {
    boundary!(0, Some(result?.0.read.failed_tokens.len()))
}

/// The id of token `index` among those that were not disabled. 0 out of range, and when the API left it out.
#[unsafe(no_mangle)]
pub extern "C" fn mct_disable_result_failure_id(result: Option<&mct_disable_result>, index: usize) -> u64 {
    boundary!(0, Some(result?.0.read.failed_tokens.get(index)?.token_id?.0))
}

/// Why token `index` among them was not disabled, in the API's words. Lent; NULL when it sent none, and out of range.
#[unsafe(no_mangle)]
pub extern "C" fn mct_disable_result_failure_message(result: Option<&mct_disable_result>, index: usize) -> *const c_char {
    boundary!(ptr::null(), result?.0.read.failed_tokens.get(index)?.error_message.lend())
}

/// The API's answer as JSON, with the fields that have no getter. Lent; NULL for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn mct_disable_result_json(result: Option<&mct_disable_result>) -> *const c_char {
    boundary!(ptr::null(), result?.0.json.lend())
}

/// Frees a result. NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn mct_disable_result_free(result: Option<Box<mct_disable_result>>) {
    boundary!((), {
        drop(result);
        Some(())
    });
}

/// The ids of the publish tokens whose streams are live: that of one stream, as "account id/stream name" (which ends
/// at the first slash; a name may hold more), or with NULL those of the whole account. The account's id stands in the
/// platform's dashboard. The caller frees the list.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT (not such a stream id) and
/// the call statuses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_active_ids(
    client: *mut mct_client,
    stream_id: *const c_char,
    out: Option<&mut *mut mct_id_list>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, now(out, || active_ids(client, stream_id)))
}

/// How many ids there are. 0 for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn mct_id_list_len(ids: Option<&mct_id_list>) -> usize {
    boundary!(0, Some(ids?.0.read.token_ids.len()))
}

/// Id `index`. 0 out of range.
#[unsafe(no_mangle)]
pub extern "C" fn mct_id_list_get(ids: Option<&mct_id_list>, index: usize) -> u64 {
    boundary!(0, Some(ids?.0.read.token_ids.get(index)?.0))
}

/// The API's answer as JSON, with the fields that have no getter. Lent; NULL for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn mct_id_list_json(ids: Option<&mct_id_list>) -> *const c_char {
    boundary!(ptr::null(), ids?.0.json.lend())
}

/// Frees ids. NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn mct_id_list_free(ids: Option<Box<mct_id_list>>) {
    boundary!((), {
        drop(ids);
        Some(())
    });
}

/// Applies the restream configuration of a publish token to its running streams at once.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT and the call statuses; MCT_ERR_NOT_FOUND when there is no such token.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_sync_restream(
    client: *mut mct_client,
    id: u64,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, done(sync_restream(client, id)?))
}

/// The clusters that the account can use, and its default. The caller frees them.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT and the call statuses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_cluster_list(
    client: *mut mct_client,
    out: Option<&mut *mut mct_clusters>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, now(out, || clusters(client)))
}

fn cluster(clusters: Option<&mct_clusters>, index: usize) -> Option<&Cluster> {
    clusters?.0.read.available_clusters.get(index)
}

/// The id of the cluster that is used when none is set. Lent; NULL when the API sent none.
#[unsafe(no_mangle)]
pub extern "C" fn mct_clusters_default_id(clusters: Option<&mct_clusters>) -> *const c_char {
    boundary!(ptr::null(), clusters?.0.read.default_cluster.lend())
}

/// How many clusters there are. 0 for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn mct_clusters_count(clusters: Option<&mct_clusters>) -> usize {
    boundary!(0, Some(clusters?.0.read.available_clusters.len()))
}

/// The id of cluster `index`, as specs and claims take it. Lent; NULL when the API sent none, and out of range.
#[unsafe(no_mangle)]
pub extern "C" fn mct_clusters_id(clusters: Option<&mct_clusters>, index: usize) -> *const c_char {
    boundary!(ptr::null(), cluster(clusters, index)?.id.lend())
}

/// The name of cluster `index` for people. Lent; NULL when the API sent none, and out of range.
#[unsafe(no_mangle)]
pub extern "C" fn mct_clusters_name(clusters: Option<&mct_clusters>, index: usize) -> *const c_char {
    boundary!(ptr::null(), cluster(clusters, index)?.name.lend())
}

/// The domain that cluster `index` takes RTMP at. Lent; NULL when the API sent none, and out of range.
#[unsafe(no_mangle)]
pub extern "C" fn mct_clusters_rtmp(clusters: Option<&mct_clusters>, index: usize) -> *const c_char {
    boundary!(ptr::null(), cluster(clusters, index)?.rtmp.lend())
}

/// The domain that cluster `index` takes SRT at. Lent; NULL when the API sent none, and out of range.
#[unsafe(no_mangle)]
pub extern "C" fn mct_clusters_srt(clusters: Option<&mct_clusters>, index: usize) -> *const c_char {
    boundary!(ptr::null(), cluster(clusters, index)?.srt.lend())
}

/// The city of cluster `index`. Lent; NULL when the API sent none, and out of range.
#[unsafe(no_mangle)]
pub extern "C" fn mct_clusters_location_city(clusters: Option<&mct_clusters>, index: usize) -> *const c_char {
    boundary!(ptr::null(), cluster(clusters, index)?.location.city.lend())
}

/// The region of cluster `index`. Lent; NULL when the API sent none, and out of range.
#[unsafe(no_mangle)]
pub extern "C" fn mct_clusters_location_region(clusters: Option<&mct_clusters>, index: usize) -> *const c_char {
    boundary!(ptr::null(), cluster(clusters, index)?.location.region.lend())
}

/// The country of cluster `index`. Lent; NULL when the API sent none, and out of range.
#[unsafe(no_mangle)]
pub extern "C" fn mct_clusters_location_country(clusters: Option<&mct_clusters>, index: usize) -> *const c_char {
    boundary!(ptr::null(), cluster(clusters, index)?.location.country.lend())
}

/// Can cluster `index` transcode?
#[unsafe(no_mangle)]
pub extern "C" fn mct_clusters_features_transcoding(clusters: Option<&mct_clusters>, index: usize, out: Option<&mut bool>) -> bool {
    sent_boundary!(out, cluster(clusters, index)?.features.transcoding)
}

/// The API's answer as JSON, with the fields that have no getter. Lent; NULL for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn mct_clusters_json(clusters: Option<&mct_clusters>) -> *const c_char {
    boundary!(ptr::null(), clusters?.0.json.lend())
}

/// Frees clusters. NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn mct_clusters_free(clusters: Option<Box<mct_clusters>>) {
    boundary!((), {
        drop(clusters);
        Some(())
    });
}

pub(super) fn disable(client: *mut mct_client, ids: *const u64, count: usize) -> Result<Prepared<mct_disable_result>> {
    let client = shared(client)?;
    Ok(Prepared::new(client, account::disable(list(ids, count, "tokenIds")?)?, mct_disable_result))
}

pub(super) fn active_ids(client: *mut mct_client, stream_id: *const c_char) -> Result<Prepared<mct_id_list>> {
    let client = shared(client)?;
    Ok(Prepared::new(client, account::active_ids(text_or_null(stream_id, "streamId")?)?, mct_id_list))
}

pub(super) fn sync_restream(client: *mut mct_client, id: u64) -> Result<Prepared<mct_nothing>> {
    Ok(mct_nothing::prepared(shared(client)?, account::sync_restream(id)))
}

pub(super) fn clusters(client: *mut mct_client) -> Result<Prepared<mct_clusters>> {
    Ok(Prepared::new(shared(client)?, account::clusters(), mct_clusters))
}
