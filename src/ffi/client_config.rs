//! # Client configuration
//!
//! A configuration is made, set and handed to mct_client_new(), which copies it; it can be freed at once after that.
//! It belongs to one thread at a time. A setter that fails changes nothing.

use std::ffi::{CString, c_char, c_void};
use std::sync::Arc;

use super::error::mct_error;
use super::guard::{boundary, status_boundary};
use super::handle::{Out, given, text};
use crate::api::{Config, Level, Sink};
use crate::error::{Error, mct_status};

/// How a client reaches the API.
pub struct mct_client_config(pub(crate) Config);

impl std::fmt::Debug for mct_client_config {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("mct_client_config").finish_non_exhaustive()
    }
}

/// How detailed a log line is. One of the MCT_LOG_ values.
pub type mct_log_level = i32;

/// A call ended without what was asked for.
pub const MCT_LOG_ERROR: mct_log_level = 1;
/// Something failed and is tried again, or is worth a look.
pub const MCT_LOG_WARN: mct_log_level = 2;
/// Each answer: method, path, HTTP status, milliseconds, bytes.
pub const MCT_LOG_INFO: mct_log_level = 3;
/// Each request: method, path, attempt.
pub const MCT_LOG_DEBUG: mct_log_level = 4;
/// Everything.
pub const MCT_LOG_TRACE: mct_log_level = 5;

/// Makes a configuration with the defaults that stand at the setters.
///
/// `api_secret`: the account's API secret, printable ASCII without blanks. It is copied, wiped when freed, and
/// appears in no error, log line or debug output.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_client_config_new(
    api_secret: *const c_char,
    out: Option<&mut *mut mct_client_config>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let out = Out::new(out)?;
        out.set(mct_client_config(Config::new(text(api_secret, "api_secret")?)?))
    })
}

/// The API's address without its "/api", such as the default "https://api.millicast.com".
///
/// http:// is taken by mct_client_new() for loopback only, unless mct_client_config_set_allow_insecure_http() says
/// otherwise. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_client_config_set_base_url(
    config: Option<&mut mct_client_config>,
    base_url: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(config, "config")?.0.set_base_url(text(base_url, "base_url")?))
}

/// A proxy that knows HTTP CONNECT, as http://[user:password@]host:port. Default: none; the environment is not read.
///
/// For an https:// address; with http:// mct_client_new() takes a proxy only on loopback, or with
/// mct_client_config_set_allow_insecure_http(). The credentials appear nowhere. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT,
/// MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_client_config_set_proxy(
    config: Option<&mut mct_client_config>,
    proxy: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(config, "config")?.0.set_proxy(text(proxy, "proxy")?))
}

/// Trusts one or more root certificates, as PEM text, beside the system's. May be called several times.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_client_config_add_ca_pem(
    config: Option<&mut mct_client_config>,
    ca_pem: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(config, "config")?.0.add_ca_pem(text(ca_pem, "ca_pem")?))
}

/// Appended to the User-Agent "millicast-tokens/VERSION": the host's name and version. Printable ASCII, 1 to 256
/// characters.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_client_config_set_user_agent_suffix(
    config: Option<&mut mct_client_config>,
    suffix: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(config, "config")?.0.set_user_agent_suffix(text(suffix, "user_agent_suffix")?))
}

/// Milliseconds for a connection to come about, TLS included. 1 to 4294967295, default 5000.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_client_config_set_connect_timeout_ms(
    config: Option<&mut mct_client_config>,
    milliseconds: u32,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(config, "config")?.0.set_connect_timeout_ms(milliseconds))
}

/// Milliseconds after which a connection that was not used is used no more. 1 to 4294967295, default 4000: it has to be
/// less than what servers and balancers on the way close idle connections after, which is 5 seconds and more.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_client_config_set_idle_timeout_ms(
    config: Option<&mut mct_client_config>,
    milliseconds: u32,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(config, "config")?.0.set_idle_timeout_ms(milliseconds))
}

/// The deadline of a call in milliseconds: waiting in line, look-up, connecting, sending, reading, retries and pauses
/// together. 1 to 4294967295, default 30000.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_client_config_set_timeout_ms(
    config: Option<&mut mct_client_config>,
    milliseconds: u32,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(config, "config")?.0.set_timeout_ms(milliseconds))
}

/// How often a request that failed is sent again, at most. 0 to 100, default 3.
///
/// Reads, lists and deletes are repeated when the connection failed or was lost, or at HTTP 429, 502, 503 and 504.
/// A create only when it is certain that the server did not process it: nothing was sent whole, or HTTP 429. Pauses
/// double from 100 ms to 5 s, partly at random; `Retry-After` is kept to. No pause begins that would end after the
/// deadline.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_client_config_set_max_retries(
    config: Option<&mut mct_client_config>,
    retries: u32,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(config, "config")?.0.set_max_retries(retries))
}

/// How many calls of this client go out at once; further ones wait in line, within their deadline. 1 to 1024,
/// default 8.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_client_config_set_max_connections(
    config: Option<&mut mct_client_config>,
    connections: u32,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(config, "config")?.0.set_max_connections(connections))
}

/// The largest answer that is read, in bytes; a larger one is MCT_ERR_PROTOCOL. 1 to 4294967295, default 33554432.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_client_config_set_max_answer_bytes(
    config: Option<&mut mct_client_config>,
    bytes: u32,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(config, "config")?.0.set_max_answer_bytes(bytes))
}

/// Spreads the requests of this client so that no more than this many go out in a second. 0 to 1000000; 0, the
/// default, sets no limit.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_client_config_set_requests_per_second(
    config: Option<&mut mct_client_config>,
    requests: u32,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(config, "config")?.0.set_requests_per_second(requests))
}

/// Lets http:// be used for hosts other than loopback. The API secret is then readable on the way. Default false.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_client_config_set_allow_insecure_http(
    config: Option<&mut mct_client_config>,
    allow: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(config, "config")?.0.allow_insecure_http = allow;
        Ok(())
    })
}

struct Callback {
    log: unsafe extern "C" fn(user: *mut c_void, level: mct_log_level, message: *const c_char),
    user: *mut c_void,
    free_user: Option<unsafe extern "C" fn(user: *mut c_void)>,
}

// SAFETY: the header asks the host for a `user` that may be used and freed on any thread.
unsafe impl Send for Callback {}
// SAFETY: as above, and from several threads at once.
unsafe impl Sync for Callback {}

impl Callback {
    fn call(&self, level: Level, line: &str) {
        let line = CString::new(line.replace('\0', "\u{fffd}")).unwrap_or_default();
        // SAFETY: the host gave the function for this; `user` is alive until free_user, which comes after.
        unsafe { (self.log)(self.user, level as mct_log_level, line.as_ptr()) }
    }
}

impl Drop for Callback {
    fn drop(&mut self) {
        if let Some(free_user) = self.free_user {
            // SAFETY: the host gave the function for this, and this is the only call.
            unsafe { free_user(self.user) }
        }
    }
}

fn level_of(number: mct_log_level) -> Result<Level, Error> {
    match number {
        MCT_LOG_ERROR => Ok(Level::Error),
        MCT_LOG_WARN => Ok(Level::Warn),
        MCT_LOG_INFO => Ok(Level::Info),
        MCT_LOG_DEBUG => Ok(Level::Debug),
        MCT_LOG_TRACE => Ok(Level::Trace),
        _ => Err(Error::invalid("most_detailed", format_args!("must be one of the MCT_LOG_ values, given is {number}"))),
    }
}

/// Has `log` called with each line up to the level `most_detailed`. Default: no log.
///
/// `log` is called on the thread that makes the call, or (calls without blocking) on a thread of the library's, perhaps
/// on several threads at once, so `user` must bear that. It may call functions of this library; `message` is valid
/// during the call of `log` only. It must not unwind, longjmp or end its thread, and may not be NULL. Lines may come
/// after mct_client_free() as long as calls are in flight. No line holds the API secret, a token string or a body. A
/// child that it forks, and that comes back from it, gets MCT_ERR_FORKED from the call. `free_user` (may be NULL) is
/// called once with `user`, after the last line, when the last configuration and client that know it are gone; when this
/// function fails it is not called and `user` stays the caller's.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_client_config_set_log(
    config: Option<&mut mct_client_config>,
    most_detailed: mct_log_level,
    log: Option<unsafe extern "C" fn(user: *mut c_void, level: mct_log_level, message: *const c_char)>,
    user: *mut c_void,
    free_user: Option<unsafe extern "C" fn(user: *mut c_void)>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let config = given(config, "config")?;
        let log = given(log, "log")?;
        let most_detailed = level_of(most_detailed)?;
        let callback = Callback { log, user, free_user };
        let write = Box::new(move |level: Level, line: &str| callback.call(level, line));
        config.0.log = Some(Arc::new(Sink { most_detailed, write }));
        Ok(())
    })
}

/// Frees a configuration and wipes its secret. NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn mct_client_config_free(config: Option<Box<mct_client_config>>) {
    boundary!((), {
        drop(config);
        Some(())
    });
}
