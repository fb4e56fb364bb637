//! # Statuses, outcomes and reasons
//!
//! Numbers never change and are never reused; new ones may be added.

use std::fmt;

/// What a fallible function answers: MCT_OK or one of the MCT_ERR_ values. Numbers never change and are never reused.
#[allow(non_camel_case_types)]
pub type mct_status = i32;

/// The call did what it says.
pub const MCT_OK: mct_status = 0;
/// A pointer that must not be NULL was NULL.
pub const MCT_ERR_NULL_ARGUMENT: mct_status = 1;
/// A text that was handed in is not UTF-8.
pub const MCT_ERR_INVALID_UTF8: mct_status = 2;
/// A value breaks the platform's contract; found here, before anything was sent or signed.
pub const MCT_ERR_INVALID_ARGUMENT: mct_status = 3;
/// HTTP 401 or 403: the API secret is missing, wrong or not allowed to do this.
pub const MCT_ERR_UNAUTHORIZED: mct_status = 4;
/// There is no such token (the API's 400 "No ... token with id", or HTTP 404).
pub const MCT_ERR_NOT_FOUND: mct_status = 5;
/// The API refused the request (its `fail` envelope).
pub const MCT_ERR_REJECTED: mct_status = 6;
/// HTTP 429: too many requests; mct_error_retry_after_ms() tells how long to wait, if the server said so.
pub const MCT_ERR_RATE_LIMITED: mct_status = 7;
/// HTTP 5xx, or the API's `error` envelope.
pub const MCT_ERR_SERVER: mct_status = 8;
/// The call's deadline passed.
pub const MCT_ERR_TIMEOUT: mct_status = 9;
/// The server could not be reached, or the connection to it was lost.
pub const MCT_ERR_CONNECT: mct_status = 10;
/// The TLS handshake failed; the message says why.
pub const MCT_ERR_TLS: mct_status = 11;
/// The answer is not the API's: HTML of a proxy, broken JSON, a redirect, an answer over the limit.
pub const MCT_ERR_PROTOCOL: mct_status = 12;
/// mct_client_cancel() or mct_call_cancel() ended the call, or the client was freed during it.
pub const MCT_ERR_CANCELLED: mct_status = 13;
/// The client was made before a fork() and is used in the child. Make a new one there.
pub const MCT_ERR_FORKED: mct_status = 14;
/// A self-signed token does not verify, or breaks a rule of its parent; mct_error_reason() tells which.
pub const MCT_ERR_TOKEN_INVALID: mct_status = 15;
/// The buffer is too small; nothing was written to it.
pub const MCT_ERR_BUFFER_TOO_SMALL: mct_status = 16;
/// A fault of this library was caught. The objects in the call should be freed and not used again.
pub const MCT_ERR_PANIC: mct_status = 17;
/// A call without blocking is not done yet.
pub const MCT_ERR_NOT_READY: mct_status = 18;
/// The operating system refused a descriptor, a thread or the like.
pub const MCT_ERR_SYSTEM: mct_status = 19;

/// May the server have carried out a call that failed? One of the MCT_OUTCOME_ values.
#[allow(non_camel_case_types)]
pub type mct_outcome = i32;

/// It may have: the request, or a part of it, was on its way when the call ended. Also what a NULL error answers.
pub const MCT_OUTCOME_UNKNOWN: mct_outcome = 0;
/// It has not: the request was not sent whole.
pub const MCT_OUTCOME_NOT_SENT: mct_outcome = 1;
/// It has not: the server answered that it refuses.
pub const MCT_OUTCOME_REJECTED: mct_outcome = 2;

/// Why a self-signed token was refused, by mct_signer_verify() or before signing. One of the MCT_REASON_ values.
#[allow(non_camel_case_types)]
pub type mct_reason = i32;

/// The error is about something else.
pub const MCT_REASON_NONE: mct_reason = 0;
/// Not three parts of canonical, unpadded base64url, or not JSON as it must be (a name that appears twice included).
pub const MCT_REASON_MALFORMED: mct_reason = 1;
/// `alg` is not the signer's own, or none that the platform takes.
pub const MCT_REASON_ALGORITHM: mct_reason = 2;
/// The signature does not match.
pub const MCT_REASON_SIGNATURE: mct_reason = 3;
/// `exp` has passed.
pub const MCT_REASON_EXPIRED: mct_reason = 4;
/// `nbf` is in the future.
pub const MCT_REASON_NOT_YET_VALID: mct_reason = 5;
/// A claim is missing or outside its limits; mct_error_field() names it.
pub const MCT_REASON_CLAIM: mct_reason = 6;
/// `tokenType` is not `Subscribe`.
pub const MCT_REASON_TOKEN_TYPE: mct_reason = 7;
/// `tokenId` is not the parent's id.
pub const MCT_REASON_PARENT_TOKEN_ID: mct_reason = 8;
/// The parent is disabled.
pub const MCT_REASON_PARENT_INACTIVE: mct_reason = 9;
/// The parent has expired.
pub const MCT_REASON_PARENT_EXPIRED: mct_reason = 10;
/// The token would outlive its parent.
pub const MCT_REASON_PARENT_LIFETIME: mct_reason = 11;
/// The stream is none of the parent's.
pub const MCT_REASON_PARENT_STREAM: mct_reason = 12;
/// One of the parent's patterns is outside the dialect that can be checked here, and nothing else matched.
pub const MCT_REASON_PARENT_PATTERN: mct_reason = 13;
/// The parent has a tracking id, and the token does not carry the same.
pub const MCT_REASON_PARENT_TRACKING_ID: mct_reason = 14;
/// The origin cluster is neither the parent's nor is the parent's `auto`.
pub const MCT_REASON_PARENT_ORIGIN_CLUSTER: mct_reason = 15;

pub(crate) type Result<T> = std::result::Result<T, Error>;

/// An error with all that mct_error can tell.
#[derive(Clone)]
pub struct Error(Box<Details>);

#[derive(Clone)]
pub(crate) struct Details {
    pub status: mct_status,
    pub message: String,
    pub field: Option<String>,
    pub http_status: u16,
    pub answer: Option<String>,
    pub retry_after_ms: Option<u64>,
    pub outcome: mct_outcome,
    pub reason: mct_reason,
    pub index: Option<usize>,
    /// To try again would be no help.
    #[cfg(feature = "client")]
    pub is_lasting: bool,
}

impl Error {
    pub(crate) fn new(status: mct_status, message: impl Into<String>) -> Error {
        Error(Box::new(Details {
            status,
            message: message.into(),
            field: None,
            http_status: 0,
            answer: None,
            retry_after_ms: None,
            outcome: MCT_OUTCOME_NOT_SENT,
            reason: MCT_REASON_NONE,
            index: None,
            #[cfg(feature = "client")]
            is_lasting: false,
        }))
    }

    /// A value that breaks the contract. The message begins with the field, so that a log line is enough.
    pub(crate) fn invalid(field: impl Into<String>, problem: impl fmt::Display) -> Error {
        let field = field.into();
        Error::new(MCT_ERR_INVALID_ARGUMENT, format!("{field}: {problem}")).with_field(field)
    }

    #[cfg(any(feature = "client", feature = "signing"))]
    /// The element of a list or batch at fault. The message names it behind its field.
    pub(crate) fn at(mut self, index: usize) -> Error {
        self.0.index = Some(index);
        let field = self.0.field.clone().unwrap_or_default();
        self.number(&field, index);
        self
    }

    /// The object of a list at fault: `restream[1].key`.
    #[cfg(feature = "client")]
    pub(crate) fn within(mut self, list: &str, index: usize) -> Error {
        self.0.index = Some(index);
        self.number(list, index);
        self
    }

    #[cfg(any(feature = "client", feature = "signing"))]
    fn number(&mut self, list: &str, index: usize) {
        if let Some(rest) = self.0.message.strip_prefix(list) {
            self.0.message = format!("{list}[{index}]{rest}");
        }
    }

    pub(crate) fn null(argument: &str) -> Error {
        Error::new(MCT_ERR_NULL_ARGUMENT, format!("{argument} is NULL"))
    }

    #[cfg(feature = "signing")]
    pub(crate) fn token_invalid(reason: mct_reason, message: impl Into<String>) -> Error {
        let mut error = Error::new(MCT_ERR_TOKEN_INVALID, message);
        error.0.reason = reason;
        error
    }

    pub(crate) fn with_field(mut self, field: impl Into<String>) -> Error {
        self.0.field = Some(field.into());
        self
    }

    #[cfg(feature = "client")]
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Details)) -> Error {
        change(&mut self.0);
        self
    }

    /// Nobody can tell whether the server did it.
    pub(crate) fn unknown(mut self) -> Error {
        self.0.outcome = MCT_OUTCOME_UNKNOWN;
        self
    }

    pub(crate) fn details(&self) -> &Details {
        &self.0
    }

    pub(crate) fn status(&self) -> mct_status {
        self.0.status
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", status_name(self.0.status), self.0.message)
    }
}

impl std::error::Error for Error {}

/// The spelling of a status' constant.
pub fn status_name(status: mct_status) -> &'static str {
    status_name_c(status).to_str().unwrap_or_default()
}

pub(crate) fn status_name_c(status: mct_status) -> &'static std::ffi::CStr {
    match status {
        MCT_OK => c"MCT_OK",
        MCT_ERR_NULL_ARGUMENT => c"MCT_ERR_NULL_ARGUMENT",
        MCT_ERR_INVALID_UTF8 => c"MCT_ERR_INVALID_UTF8",
        MCT_ERR_INVALID_ARGUMENT => c"MCT_ERR_INVALID_ARGUMENT",
        MCT_ERR_UNAUTHORIZED => c"MCT_ERR_UNAUTHORIZED",
        MCT_ERR_NOT_FOUND => c"MCT_ERR_NOT_FOUND",
        MCT_ERR_REJECTED => c"MCT_ERR_REJECTED",
        MCT_ERR_RATE_LIMITED => c"MCT_ERR_RATE_LIMITED",
        MCT_ERR_SERVER => c"MCT_ERR_SERVER",
        MCT_ERR_TIMEOUT => c"MCT_ERR_TIMEOUT",
        MCT_ERR_CONNECT => c"MCT_ERR_CONNECT",
        MCT_ERR_TLS => c"MCT_ERR_TLS",
        MCT_ERR_PROTOCOL => c"MCT_ERR_PROTOCOL",
        MCT_ERR_CANCELLED => c"MCT_ERR_CANCELLED",
        MCT_ERR_FORKED => c"MCT_ERR_FORKED",
        MCT_ERR_TOKEN_INVALID => c"MCT_ERR_TOKEN_INVALID",
        MCT_ERR_BUFFER_TOO_SMALL => c"MCT_ERR_BUFFER_TOO_SMALL",
        MCT_ERR_PANIC => c"MCT_ERR_PANIC",
        MCT_ERR_NOT_READY => c"MCT_ERR_NOT_READY",
        MCT_ERR_SYSTEM => c"MCT_ERR_SYSTEM",
        _ => c"MCT_STATUS_UNKNOWN",
    }
}
