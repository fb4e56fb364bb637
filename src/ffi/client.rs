//! # Client
//!
//! A client makes calls to the Token API. It may be used from any number of threads at once. A call blocks the thread
//! that makes it, until the answer is there or the deadline has passed; it starts no thread but a passing one for name
//! look-up, which has every signal blocked. (For calls that do not block see "Calls without blocking".) A client has no
//! thread at all between calls. Until it is freed it keeps four descriptors, and about five more for each call that was
//! in flight at the same time as others, up to max_connections; a connection that was idle for a while
//! (mct_client_config_set_idle_timeout_ms()) is not used again.
//!
//! Deadline: a call comes back within mct_client_config_set_timeout_ms() and 100 ms, whatever the server, the proxy or
//! the resolver do. One exception is known: a server that floods, as fast as can be, with what the HTTP library passes
//! over in one go (informational answers, HTTP 1xx, or the digits of a chunk's size) holds the call up for about a
//! second more, and calls without blocking that the same client has under way.
//!
//! Retries: a request is sent again, up to mct_client_config_set_max_retries() times, when that can do no harm. Reads,
//! lists, deletes, restream syncs and updates that only set fields: when the connection failed or was lost, and at HTTP
//! 429, 502, 503, 504. Creates, disables and other updates: only when it is certain that the server did not process the
//! first, that is when no connection came about, nothing of it was written, or at HTTP 429; they go over a connection of
//! their own, so that they never meet one that the server is just closing. Otherwise the call ends, and
//! mct_error_outcome() tells whether the server may have done it; mct_publish_token_find_created() and its twin look for
//! what a create left.
//! TLS failures and other answers are not tried again.
//!
//! Cancel: mct_client_cancel() ends calls within 100 ms, whatever they wait for.
//!
//! TLS 1.2 and 1.3, with the system's roots and those of mct_client_config_add_ca_pem(); nothing turns verification off.
//! http:// is for loopback, unless the explicit setter says otherwise. Proxies by the setter only. Redirects are never
//! followed: the secret goes to the address that was configured and to no other.
//!
//! Limits: an answer larger than mct_client_config_set_max_answer_bytes(), more than 100 header fields, or JSON deeper
//! than 128 is MCT_ERR_PROTOCOL. Compression is not offered.
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
