//! The panic boundary that every extern function stands behind, and how results get out.

use std::cell::Cell;
use std::ptr;

use super::error::mct_error;
use crate::error::{Error, MCT_ERR_PANIC, MCT_OK, Result, mct_status};
use crate::panics::caught;

/// The body of a function that answers a status.
macro_rules! status_boundary {
    ($error:expr, $body:expr) => {
        $crate::ffi::guard::status($error, || $body)
    };
}

/// The body of a getter: an Option, and what stands for None.
macro_rules! boundary {
    ($otherwise:expr, $body:expr) => {
        $crate::ffi::guard::value($otherwise, || $body)
    };
}

/// The body of a getter that answers whether there is a value, and writes it to `out`.
macro_rules! sent_boundary {
    ($out:expr, $body:expr) => {
        $crate::ffi::guard::sent($out, || $body)
    };
}

pub(crate) use {boundary, sent_boundary, status_boundary};

thread_local! {
    static PANIC_NEXT: Cell<bool> = const { Cell::new(false) };
}

/// Makes the next call of this thread panic at its boundary. For the tests, and not exported to C.
#[doc(hidden)]
pub fn panic_next_call() {
    PANIC_NEXT.set(true);
}

fn panic_if_asked() {
    if PANIC_NEXT.replace(false) {
        panic!("asked for by a test");
    }
}

pub(crate) fn status(error: Option<&mut *mut mct_error>, body: impl FnOnce() -> Result<()>) -> mct_status {
    let result = caught(|| {
        panic_if_asked();
        body()
    });
    let fault = || {
        let message = "a fault inside the library was caught; free the objects of this call and use them no more";
        Err(Error::new(MCT_ERR_PANIC, message).unknown())
    };
    let (status, new) = match result.unwrap_or_else(fault) {
        Ok(()) => (MCT_OK, ptr::null_mut()),
        Err(failure) if error.is_none() => (failure.status(), ptr::null_mut()),
        Err(failure) => (failure.status(), Box::into_raw(Box::new(mct_error::new(&failure)))),
    };
    if let Some(error) = error {
        *error = new;
    }
    status
}

pub(crate) fn value<T>(otherwise: T, body: impl FnOnce() -> Option<T>) -> T {
    let result = caught(|| {
        panic_if_asked();
        body()
    });
    result.flatten().unwrap_or(otherwise)
}

pub(crate) fn sent<T>(out: Option<&mut T>, body: impl FnOnce() -> Option<T>) -> bool {
    value(false, || {
        *out? = body()?;
        Some(true)
    })
}
