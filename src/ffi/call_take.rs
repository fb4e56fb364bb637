//! # Taking the results of calls without blocking
//!
//! Each gives what the blocking call would have given: its handle, which the caller frees, or its error. A result can be
//! taken once; an error is told as often as it is asked for. Before the end they answer MCT_ERR_NOT_READY. A function
//! for another type than the call gives, and a result that was taken before, are MCT_ERR_INVALID_ARGUMENT. These errors
//! are about the taking and not about the call; their outcome is MCT_OUTCOME_UNKNOWN, which says nothing here.

use super::account::{mct_clusters, mct_disable_result, mct_id_list};
use super::analytics::mct_bandwidth_report;
use super::call::{mct_call, shared};
use super::error::mct_error;
use super::guard::status_boundary;
use super::prepared::{mct_nothing, take};
use super::publish_token::mct_publish_token;
use super::publish_token_calls::mct_publish_token_list;
use super::subscribe_token::mct_subscribe_token;
use super::subscribe_token_calls::mct_subscribe_token_list;
use crate::error::mct_status;

/// Takes a publish token (create, read, update; the next one of an iterator: MCT_OK and NULL is its end).
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_NOT_READY, MCT_ERR_INVALID_ARGUMENT and what the call itself answers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_call_take_publish_token(
    call: *mut mct_call,
    out: Option<&mut *mut mct_publish_token>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, take(call, out))
}

/// Takes a subscribe token (create, read, update; the next one of an iterator: MCT_OK and NULL is its end).
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_NOT_READY, MCT_ERR_INVALID_ARGUMENT and what the call itself answers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_call_take_subscribe_token(
    call: *mut mct_call,
    out: Option<&mut *mut mct_subscribe_token>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, take(call, out))
}

/// Takes publish tokens (lists, find_created).
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_NOT_READY, MCT_ERR_INVALID_ARGUMENT and what the call itself answers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_call_take_publish_token_list(
    call: *mut mct_call,
    out: Option<&mut *mut mct_publish_token_list>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, take(call, out))
}

/// Takes subscribe tokens (lists, find_created).
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_NOT_READY, MCT_ERR_INVALID_ARGUMENT and what the call itself answers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_call_take_subscribe_token_list(
    call: *mut mct_call,
    out: Option<&mut *mut mct_subscribe_token_list>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, take(call, out))
}

/// Takes what a bulk disable did.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_NOT_READY, MCT_ERR_INVALID_ARGUMENT and what the call itself answers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_call_take_disable_result(
    call: *mut mct_call,
    out: Option<&mut *mut mct_disable_result>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, take(call, out))
}

/// Takes ids of tokens.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_NOT_READY, MCT_ERR_INVALID_ARGUMENT and what the call itself answers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_call_take_id_list(
    call: *mut mct_call,
    out: Option<&mut *mut mct_id_list>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, take(call, out))
}

/// Takes clusters.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_NOT_READY, MCT_ERR_INVALID_ARGUMENT and what the call itself answers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_call_take_clusters(
    call: *mut mct_call,
    out: Option<&mut *mut mct_clusters>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, take(call, out))
}

/// Takes a bandwidth report.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_NOT_READY, MCT_ERR_INVALID_ARGUMENT and what the call itself answers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_call_take_bandwidth_report(
    call: *mut mct_call,
    out: Option<&mut *mut mct_bandwidth_report>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, take(call, out))
}

/// Takes the end of a call that gives nothing: a delete, or a restream sync.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_NOT_READY, MCT_ERR_INVALID_ARGUMENT and what the call itself answers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_call_take_nothing(call: *mut mct_call, error: Option<&mut *mut mct_error>) -> mct_status {
    status_boundary!(error, shared(call)?.take::<mct_nothing>().map(|_| ()))
}
