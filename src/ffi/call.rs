//! # Calls without blocking
//!
//! For hosts with an event loop. Each function that sends has a twin, mct_..._start(), that starts the same call and
//! comes back at once. It checks and copies its arguments like the other, so that they can be freed right away. Wait for
//! the end in any way: a descriptor that becomes readable (mct_call_fd(): poll, epoll, GLib, Qt, asyncio), a callback
//! (mct_call_options_set_done()), mct_call_wait() or mct_call_is_done(). Then take the result, once, by the function
//! that is named after its type; it gives the same handle or the same error as the blocking call.
//!
//! All of them are driven by one thread of the library's, which starts with the client's first such call and ends a
//! moment after mct_client_free() (and the free of its last iterator). A second one runs callbacks, and writes
//! the log of these calls, if there are any; it is gone when the log's `free_user` was called. Both have every signal
//! blocked. Such a call takes one of the client's connections (mct_client_config_set_max_connections()) or waits in line
//! for one. Idle connections are not shared with blocking calls: a client that does both may keep twice as many.
//!
//! A call may outlive its client: mct_client_free() ends it with MCT_ERR_CANCELLED. Functions on one call may be used
//! from any thread, but for mct_call_free(), after which it must not be used. In a child after fork() a call of the
//! parent's answers MCT_ERR_FORKED, and can be freed.

use std::ffi::c_void;
use std::sync::Arc;
use std::time::Duration;

use super::error::mct_error;
use super::guard::{boundary, status_boundary};
use super::handle::{Out, given};
use crate::api::{Call, Done};
use crate::error::{Error, Result, mct_status};

/// A call that was started and does not block.
pub struct mct_call(pub(super) Arc<Call>);

impl std::fmt::Debug for mct_call {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("mct_call").field("is_done", &self.0.is_done()).finish_non_exhaustive()
    }
}

/// Several threads may use a call at once, so that a `&mut` would be a lie.
pub(super) fn shared<'a>(call: *mut mct_call) -> Result<&'a Call> {
    // SAFETY: NULL, or a handle of a function that starts a call, which is not freed before this use of it is over.
    unsafe { call.as_ref() }.map(|call| &*call.0).ok_or_else(|| Error::null("call"))
}

impl Drop for mct_call {
    fn drop(&mut self) {
        self.0.release();
    }
}

/// How calls are started. Belongs to one thread at a time, and can be used for any number of calls.
#[derive(Default)]
pub struct mct_call_options {
    timeout: Option<Duration>,
    done: Option<Done>,
}

impl std::fmt::Debug for mct_call_options {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("mct_call_options").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

impl mct_call_options {
    pub(super) fn terms(&self) -> (Option<Duration>, Option<Done>) {
        (self.timeout, self.done.clone())
    }
}

/// Makes options: the client's timeout, no callback.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_call_options_new(out: Option<&mut *mut mct_call_options>, error: Option<&mut *mut mct_error>) -> mct_status {
    status_boundary!(error, Out::new(out)?.set(mct_call_options::default()))
}

/// The deadline of the call in milliseconds, from its start on, in place of the client's. 1 to 4294967295.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_call_options_set_timeout_ms(
    options: Option<&mut mct_call_options>,
    milliseconds: u32,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        if milliseconds == 0 {
            return Err(Error::invalid("timeout_ms", "must be 1 to 4294967295, given is 0"));
        }
        given(options, "options")?.timeout = Some(Duration::from_millis(u64::from(milliseconds)));
        Ok(())
    })
}

struct DoneCallback {
    done: unsafe extern "C" fn(user: *mut c_void),
    user: *mut c_void,
    free_user: Option<unsafe extern "C" fn(user: *mut c_void)>,
}

// SAFETY: the header asks the host for a `user` that may be used and freed on any thread.
unsafe impl Send for DoneCallback {}
// SAFETY: as above; the library's own thread calls it for one call after the other.
unsafe impl Sync for DoneCallback {}

impl DoneCallback {
    fn call(&self) {
        // SAFETY: the host gave the function for this; `user` is alive until free_user, which comes after.
        unsafe { (self.done)(self.user) }
    }
}

impl Drop for DoneCallback {
    fn drop(&mut self) {
        if let Some(free_user) = self.free_user {
            // SAFETY: the host gave the function for this, and this is the only call.
            unsafe { free_user(self.user) }
        }
    }
}

/// Has `done` called with `user` at the end of each call that is started with these options: once for each, however it
/// ended, cancelled and freed ones too, perhaps before the function that starts it has returned. A call that could not
/// be started has no end.
///
/// It is called on a thread of the client's, one call after the other; options that are used with several clients are
/// called by each of them. It is not told which call ended, and the function that starts it may not have set `*out` yet:
/// let it wake the loop, and take the result there.
/// It may call functions of this library, blocking ones and those on calls too; further callbacks then wait, calls do
/// not. It must not unwind, longjmp or end its thread, and may not be NULL. `user` is in use until `free_user` (may be
/// NULL) is called with it, once, on any thread, when these options and every call that was started with them are gone
/// or another callback was set; the end of a wait or a readable descriptor may come before `done` was called. When this
/// function fails, `user` stays the caller's.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_call_options_set_done(
    options: Option<&mut mct_call_options>,
    done: Option<unsafe extern "C" fn(user: *mut c_void)>,
    user: *mut c_void,
    free_user: Option<unsafe extern "C" fn(user: *mut c_void)>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let options = given(options, "options")?;
        let callback = DoneCallback { done: given(done, "done")?, user, free_user };
        options.done = Some(Arc::new(move || callback.call()));
        Ok(())
    })
}

/// Frees options. NULL is a no-op. Calls that were started with them go on.
#[unsafe(no_mangle)]
pub extern "C" fn mct_call_options_free(options: Option<Box<mct_call_options>>) {
    boundary!((), {
        drop(options);
        Some(())
    });
}

/// POSIX: a descriptor that becomes readable when the call is done, and stays so. It belongs to the call: it must not be
/// read from or closed, and is gone with mct_call_free(). Made when it is first asked for, which takes two descriptors.
/// -1 for NULL, when the system gives none (the call goes on: look with mct_call_is_done() from time to time), and in a
/// child after fork().
#[unsafe(no_mangle)]
pub extern "C" fn mct_call_fd(call: Option<&mct_call>) -> i32 {
    boundary!(-1, call?.0.descriptor())
}

/// Is the call done, however it ended? False for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn mct_call_is_done(call: Option<&mct_call>) -> bool {
    boundary!(false, Some(call?.0.is_done()))
}

/// Waits until the call is done. `timeout_ms` UINT32_MAX: for ever; 0: not at all.
///
/// Answers MCT_OK (done, however it ended), MCT_ERR_NULL_ARGUMENT, MCT_ERR_NOT_READY (not yet; it goes on),
/// MCT_ERR_FORKED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_call_wait(call: *mut mct_call, timeout_ms: u32, error: Option<&mut *mut mct_error>) -> mct_status {
    status_boundary!(error, {
        let timeout = (timeout_ms != u32::MAX).then(|| Duration::from_millis(u64::from(timeout_ms)));
        shared(call)?.wait(timeout)
    })
}

/// Ends this call alone, with MCT_ERR_CANCELLED, unless it is done. The end is told as any other. It may have been
/// carried out all the same: mct_error_outcome() tells. NULL is a no-op.
///
/// May be called from any thread, but not from a signal handler.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_call_cancel(call: *mut mct_call) {
    boundary!((), {
        shared(call).ok()?.cancel();
        Some(())
    });
}

/// Frees a call, with a result that was not taken, and closes its descriptor: take it out of an event loop before. One
/// that is not done is cancelled, and may end a moment later; an iterator whose step it was is in use until then. To go
/// on with the iterator: mct_call_cancel(), mct_call_wait(), take, and then free. NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn mct_call_free(call: Option<Box<mct_call>>) {
    boundary!((), {
        drop(call);
        Some(())
    });
}
