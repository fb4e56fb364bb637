//! The C interface in Rust's words, for the tests: each call answers a Result.
#![allow(dead_code)] // Each test program uses a part of it.

use std::ffi::{CStr, CString, c_char};
use std::ptr;

use millicast_tokens::error::{MCT_OK, mct_outcome, mct_reason, mct_status};
use millicast_tokens::ffi::error::*;

#[derive(Debug, Clone)]
pub struct Failure {
    pub status: mct_status,
    pub message: String,
    pub field: Option<String>,
    pub http_status: i32,
    pub details: Option<String>,
    pub outcome: mct_outcome,
    /// -1: the server did not say.
    pub retry_after_ms: i64,
    pub reason: mct_reason,
    pub index: i64,
}

pub type Outcome<T> = Result<T, Failure>;

pub fn c(text: &str) -> CString {
    CString::new(text).expect("no NUL in it")
}

/// A text that C was lent.
pub fn lent(text: *const c_char) -> Option<String> {
    // SAFETY: the library lends NULL or a text that its owner, still alive in the tests, keeps.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_str().expect("UTF-8").to_owned())
}

/// Calls a function that answers a status, and reads the error as a host would.
pub fn status(call: impl FnOnce(Option<&mut *mut mct_error>) -> mct_status) -> Outcome<()> {
    let mut error = ptr::null_mut();
    let status = call(Some(&mut error));
    if status == MCT_OK {
        assert!(error.is_null(), "a success leaves no error");
        return Ok(());
    }
    assert!(!error.is_null(), "a failure leaves an error");
    // SAFETY: the library made it just now, and it is freed once.
    let error = unsafe { Box::from_raw(error) };
    let failure = Failure {
        status,
        message: lent(mct_error_message(Some(&error))).expect("a message"),
        field: lent(mct_error_field(Some(&error))),
        http_status: mct_error_http_status(Some(&error)),
        details: lent(mct_error_details(Some(&error))),
        outcome: mct_error_outcome(Some(&error)),
        retry_after_ms: mct_error_retry_after_ms(Some(&error)),
        reason: mct_error_reason(Some(&error)),
        index: mct_error_index(Some(&error)),
    };
    assert_eq!(mct_error_status(Some(&error)), status);
    mct_error_free(Some(error));
    Err(failure)
}

/// The same for a function that makes a handle.
pub fn made<T>(call: impl FnOnce(Option<&mut *mut T>, Option<&mut *mut mct_error>) -> mct_status) -> Outcome<Box<T>> {
    let mut out = ptr::dangling_mut::<T>();
    let result = status(|error| call(Some(&mut out), error));
    assert_eq!(result.is_err(), out.is_null(), "a handle after success, and NULL after failure");
    // SAFETY: the library made it just now, and the test owns it.
    result.map(|()| unsafe { Box::from_raw(out) })
}
