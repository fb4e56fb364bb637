//! # Errors
//!
//! A function that can fail answers an mct_status and takes `mct_error **error` as its last argument. `error` may be
//! NULL. On success `*error` is set to NULL; on failure it gets a new error, which the caller frees with
//! mct_error_free(). Either way what it held before is overwritten, so free an error before the next call (one `error`
//! down a chain of && is fine: only the last call can have set it). An error never holds the API secret or a token
//! string: a log may have it. Errors are immutable and may be read from any thread.

use std::ffi::{c_char, c_int};
use std::ptr;

use super::guard::boundary;
use super::handle::Lend;
use crate::error::{self, Error, MCT_OK, MCT_OUTCOME_UNKNOWN, MCT_REASON_NONE, mct_outcome, mct_reason, mct_status};
use crate::text::Text;

/// Why a call failed.
pub struct mct_error {
    error: Error,
    message: Text,
    field: Option<Text>,
    answer: Option<Text>,
}

impl std::fmt::Debug for mct_error {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.error.fmt(out)
    }
}

impl mct_error {
    pub(crate) fn new(error: &Error) -> mct_error {
        let details = error.details();
        mct_error {
            error: error.clone(),
            message: Text::new(&details.message),
            field: details.field.as_deref().map(Text::new),
            answer: details.answer.as_deref().map(Text::new),
        }
    }
}

/// The spelling of a status' constant, such as "MCT_ERR_TIMEOUT".
///
/// Static, never NULL, not to be freed; "MCT_STATUS_UNKNOWN" for a number that this version does not know.
#[unsafe(no_mangle)]
pub extern "C" fn mct_status_name(status: mct_status) -> *const c_char {
    boundary!(c"MCT_STATUS_UNKNOWN".as_ptr(), Some(error::status_name_c(status).as_ptr()))
}

/// The status that the failed function returned. MCT_OK for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn mct_error_status(error: Option<&mct_error>) -> mct_status {
    boundary!(MCT_OK, Some(error?.error.details().status))
}

/// What went wrong, in English, for a person: the field, the limit and what was given where that applies.
///
/// Lent: valid until the error is freed. NULL for NULL, which printf() must not be given.
#[unsafe(no_mangle)]
pub extern "C" fn mct_error_message(error: Option<&mct_error>) -> *const c_char {
    boundary!(ptr::null(), error?.message.lend())
}

/// The field at fault, by the contract's own name (`streams`, `streamName`, `restream.key`), or by the argument's name
/// where the contract has none. NULL: none. Lent.
#[unsafe(no_mangle)]
pub extern "C" fn mct_error_field(error: Option<&mct_error>) -> *const c_char {
    boundary!(ptr::null(), error?.field.lend())
}

/// The HTTP status of the answer. 0: no answer came.
#[unsafe(no_mangle)]
pub extern "C" fn mct_error_http_status(error: Option<&mct_error>) -> c_int {
    boundary!(0, Some(c_int::from(error?.error.details().http_status)))
}

/// The API's own JSON, as it refused. NULL: there is none. Lent.
#[unsafe(no_mangle)]
pub extern "C" fn mct_error_details(error: Option<&mct_error>) -> *const c_char {
    boundary!(ptr::null(), error?.answer.lend())
}

/// How long the server asked to wait before the next try, in milliseconds. -1: it did not say.
#[unsafe(no_mangle)]
pub extern "C" fn mct_error_retry_after_ms(error: Option<&mct_error>) -> i64 {
    boundary!(-1, Some(i64::try_from(error?.error.details().retry_after_ms?).unwrap_or(i64::MAX)))
}

/// May the server have carried the call out? MCT_OUTCOME_UNKNOWN for NULL.
///
/// After a create with MCT_OUTCOME_UNKNOWN have mct_publish_token_find_created() or mct_subscribe_token_find_created()
/// look for the token before creating it again: a create that is sent twice makes two tokens, which is why this library
/// never does so by itself.
#[unsafe(no_mangle)]
pub extern "C" fn mct_error_outcome(error: Option<&mct_error>) -> mct_outcome {
    boundary!(MCT_OUTCOME_UNKNOWN, Some(error?.error.details().outcome))
}

/// Which rule a self-signed token breaks. MCT_REASON_NONE for other errors and for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn mct_error_reason(error: Option<&mct_error>) -> mct_reason {
    boundary!(MCT_REASON_NONE, Some(error?.error.details().reason))
}

/// The element at fault, counted from 0, of a list or a batch that was handed in whole. -1: none, as after setters
/// that take one element.
#[unsafe(no_mangle)]
pub extern "C" fn mct_error_index(error: Option<&mct_error>) -> i64 {
    boundary!(-1, i64::try_from(error?.error.details().index?).ok())
}

/// Frees an error. NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn mct_error_free(error: Option<Box<mct_error>>) {
    boundary!((), {
        drop(error);
        Some(())
    });
}
