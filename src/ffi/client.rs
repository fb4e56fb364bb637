//! # Client
//!
//! A client makes calls to the Token API. It may be used from any number of threads at once. A call blocks the thread
//! that makes it, until the answer is there or the deadline has passed (mct_client_config_set_timeout_ms()); it starts
//! no thread but a passing one for name look-up, which has every signal blocked. A client has no thread at all between
//! calls. Until it is freed it keeps four descriptors, and about five more for each call that was in flight at the
//! same time as others, up to max_connections; a connection that was idle for a few seconds is not used again.
//!
//! "The call statuses", at functions that send, are: MCT_ERR_UNAUTHORIZED, MCT_ERR_NOT_FOUND, MCT_ERR_REJECTED,
//! MCT_ERR_RATE_LIMITED, MCT_ERR_SERVER, MCT_ERR_TIMEOUT, MCT_ERR_CONNECT, MCT_ERR_TLS, MCT_ERR_PROTOCOL,
//! MCT_ERR_CANCELLED, MCT_ERR_FORKED, MCT_ERR_SYSTEM.
//!
//! After fork() the child can't use a client that the parent made: each call answers MCT_ERR_FORKED at once. It can
//! free it there, and make a new one; the parent's goes on. What such a free can't touch without harm to the parent
//! (its connections) stays allocated in the child, which a leak checker may report.

use std::sync::Arc;

use super::client_config::mct_client_config;
use super::error::mct_error;
use super::guard::{boundary, status_boundary};
use super::handle::{Out, given};
use crate::api::Client;
use crate::error::{Error, Result, mct_status};

/// Makes calls to the Token API.
#[derive(Debug)]
pub struct mct_client(Arc<Client>);

/// A call keeps the client alive by itself, so that another thread may free the handle meanwhile.
pub(crate) fn shared(client: *mut mct_client) -> Result<Arc<Client>> {
    // SAFETY: NULL, or a handle of mct_client_new() that is not freed before the call has begun.
    unsafe { client.as_ref() }.map(|client| Arc::clone(&client.0)).ok_or_else(|| Error::null("client"))
}

/// Makes a client. Nothing is sent.
///
/// For an https:// address the system's root certificates are read here; the environment variables SSL_CERT_FILE and
/// SSL_CERT_DIR, where set, say where from. A system without any is no error until a call needs one.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (an http:// address that is not loopback),
/// MCT_ERR_TLS, MCT_ERR_SYSTEM.
#[unsafe(no_mangle)]
pub extern "C" fn mct_client_new(
    config: Option<&mct_client_config>,
    out: Option<&mut *mut mct_client>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let out = Out::new(out)?;
        out.set(mct_client(Arc::new(Client::new(&given(config, "config")?.0)?)))
    })
}

/// Ends every call of this client with MCT_ERR_CANCELLED, those in flight and those to come, until
/// mct_client_resume(). NULL is a no-op.
///
/// May be called from any thread and, on POSIX, from a signal handler.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_client_cancel(client: *mut mct_client) {
    // No boundary here: what it does is not async-signal-safe. Nothing below can panic.
    // SAFETY: NULL, or a handle of mct_client_new() that is not freed before this returns.
    if let Some(client) = unsafe { client.as_ref() } {
        client.0.cancel();
    }
}

/// Lets calls be made again after mct_client_cancel(). NULL is a no-op.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_client_resume(client: *mut mct_client) {
    boundary!((), {
        shared(client).ok()?.resume();
        Some(())
    });
}

/// Frees a client. NULL is a no-op.
///
/// Calls that other threads are in end with MCT_ERR_CANCELLED and stay safe; a call must not begin after this has.
#[unsafe(no_mangle)]
pub extern "C" fn mct_client_free(client: Option<Box<mct_client>>) {
    boundary!((), {
        let client = client?;
        client.0.cancel();
        drop(client);
        Some(())
    });
}
