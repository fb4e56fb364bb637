//! What an answer, or its absence, means for the caller.

use std::error::Error as StdError;
use std::ops::Range;

use zeroize::Zeroizing;

use super::{redact, tls};
use crate::error::{
    Error, MCT_ERR_CONNECT, MCT_ERR_NOT_FOUND, MCT_ERR_PROTOCOL, MCT_ERR_RATE_LIMITED, MCT_ERR_REJECTED, MCT_ERR_SERVER, MCT_ERR_SYSTEM,
    MCT_ERR_TLS, MCT_ERR_UNAUTHORIZED, MCT_OUTCOME_NOT_SENT, MCT_OUTCOME_REJECTED, MCT_OUTCOME_UNKNOWN, Result, mct_status,
};
use crate::model::envelope::{Envelope, Refusal};
use crate::model::json;
use crate::os;

/// What the HTTP library says of HTTP 407 to CONNECT.
const PROXY_LOGIN: &str = "proxy authorization required";

/// What a message quotes of an answer.
const QUOTED_CHARACTERS: usize = 500;

/// A whole answer. The body may hold token strings, so it is wiped.
pub(crate) struct Answer {
    pub http_status: u16,
    pub content_type: String,
    pub retry_after_ms: Option<u64>,
    pub body: Zeroizing<Vec<u8>>,
    /// Where its `data` stands in the body of an answer that was judged good.
    data: Range<usize>,
}

impl Answer {
    /// Stands for one that was lost.
    pub(crate) fn none() -> Answer {
        Answer::new(0, String::new(), None, Zeroizing::default())
    }

    pub(crate) fn new(http_status: u16, content_type: String, retry_after_ms: Option<u64>, body: Zeroizing<Vec<u8>>) -> Answer {
        Answer { http_status, content_type, retry_after_ms, body, data: 0..0 }
    }

    /// An error unless the API says that it did what was asked.
    pub(crate) fn judge(mut self, names_token: bool, secrets: &[&str]) -> Result<Answer> {
        let data = match Envelope::read(&self.body) {
            Some(Envelope::Success(data)) if (200..=299).contains(&self.http_status) => place(data, &self.body),
            _ => return Err(self.refusal(names_token, secrets)),
        };
        self.data = data;
        Ok(self)
    }

    /// Where nothing else is answered: did the API do it?
    pub(crate) fn done(self) -> Result<Answer> {
        if self.data() != "false" {
            return Ok(self);
        }
        Err(Error::new(MCT_ERR_REJECTED, "the API answered that it did not do it").with(|details| {
            details.http_status = self.http_status;
            details.outcome = MCT_OUTCOME_REJECTED;
        }))
    }

    /// The `data` of an answer that was judged good. It is well-formed.
    pub(crate) fn data(&self) -> &str {
        match std::str::from_utf8(&self.body[self.data.clone()]) {
            Ok("") | Err(_) => "null",
            Ok(data) => data,
        }
    }

    fn refusal(&self, names_token: bool, secrets: &[&str]) -> Error {
        let http = self.http_status;
        let envelope = Envelope::read(&self.body);
        let is_api = envelope.is_some();
        let is_success = matches!(envelope, Some(Envelope::Success(_)));
        let is_fail = matches!(envelope, Some(Envelope::Fail(_)));
        // What a success holds is a token, and no part of an error. What can't be redacted says nothing in one but that it
        // is a refusal.
        let json = if is_success { None } else { redact::json(&self.body, secrets) };
        let refusal = match json.as_deref().and_then(|json| Envelope::read(json.as_bytes())) {
            Some(Envelope::Fail(refusal) | Envelope::Error(refusal)) => refusal,
            _ => Refusal::default(),
        };
        let (status, what) = match http {
            401 | 403 => (MCT_ERR_UNAUTHORIZED, "the API secret was refused"),
            429 => (MCT_ERR_RATE_LIMITED, "too many requests"),
            500.. => (MCT_ERR_SERVER, "the server failed"),
            300..=399 => (MCT_ERR_PROTOCOL, "the server answered with a redirect, which is never followed"),
            _ if !is_api => (MCT_ERR_PROTOCOL, "the answer is not the API's"),
            404 if names_token => (MCT_ERR_NOT_FOUND, "not found"),
            404 => (MCT_ERR_PROTOCOL, "the API has no such operation at this address (see base_url)"),
            _ if is_fail && names_token && says_not_found(&refusal) => (MCT_ERR_NOT_FOUND, "not found"),
            _ if is_fail => (MCT_ERR_REJECTED, "the API refused the request"),
            _ => (MCT_ERR_SERVER, "the API answered with an error"),
        };
        let error = self.error(status, what, refusal, json.filter(|_| is_api), secrets);
        // It says both that it was done and that it was not.
        if is_success { error.unknown() } else { error }
    }

    fn error(&self, status: mct_status, what: &str, refusal: Refusal, json: Option<String>, secrets: &[&str]) -> Error {
        let mut message = format!("{what} (HTTP {}", self.http_status);
        if json.is_none() && !self.content_type.is_empty() {
            message.push_str(", ");
            message.push_str(&quoted(&self.content_type, secrets));
        }
        message.push(')');
        if !refusal.message.is_empty() {
            message.push_str(": ");
            message.push_str(&quoted(&refusal.message, secrets));
        }
        Error::new(status, message).with(|details| {
            details.field = refusal.field.map(|field| quoted(&field, secrets));
            details.http_status = self.http_status;
            details.retry_after_ms = self.retry_after_ms;
            details.answer = json;
            details.outcome = match status {
                MCT_ERR_SERVER | MCT_ERR_PROTOCOL => MCT_OUTCOME_UNKNOWN,
                _ => MCT_OUTCOME_REJECTED,
            };
        })
    }
}

/// Where a part of the body stands in it. What is none of it is nowhere.
fn place(part: &str, body: &[u8]) -> Range<usize> {
    match (part.as_ptr() as usize).checked_sub(body.as_ptr() as usize) {
        Some(start) if start + part.len() <= body.len() => start..start + part.len(),
        _ => 0..0,
    }
}

/// The platform answers 400 with these words where others answer 404, says "publish" of subscribe tokens too, and has
/// other words for a restream sync.
fn says_not_found(refusal: &Refusal) -> bool {
    let words = refusal.message.to_ascii_lowercase();
    ["no publish token with id", "no subscribe token with id", "invalid tokenid"].iter().any(|phrase| words.contains(phrase))
}

/// A text of the server's for a message: short, on one line, and without secrets, should a server echo them.
fn quoted(text: &str, secrets: &[&str]) -> String {
    let clean = redact::hide(text, secrets).unwrap_or_else(|| text.to_owned());
    let mut quoted: String = clean.chars().take(QUOTED_CHARACTERS).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if clean.chars().nth(QUOTED_CHARACTERS).is_some() {
        quoted.push('…');
    }
    quoted
}

/// The API said that it did it, but not what came of it. `id`: of the token that it was about, where that can be read.
pub(crate) fn unreadable(answer: &Answer, id: Option<u64>, error: &serde_json::Error) -> Error {
    let token = id.map(|id| format!(" for token {id}")).unwrap_or_default();
    Error::new(MCT_ERR_PROTOCOL, format!("the API's answer{token} does not fit its contract: {}", json::problem(error))).with(|details| {
        details.http_status = answer.http_status;
        details.outcome = MCT_OUTCOME_UNKNOWN;
    })
}

/// No answer came from `server`. `was_sent`: it may have the whole request.
pub(crate) fn lost(error: &reqwest::Error, server: &str, was_sent: bool, no_roots: Option<&str>) -> Error {
    let tls = find::<rustls::Error>(error);
    let http = find::<hyper::Error>(error);
    let io = find::<std::io::Error>(error);
    let has_no_descriptor = io.and_then(std::io::Error::raw_os_error).is_some_and(os::is_out_of_descriptors);
    let is_unsent = !was_sent || has_no_descriptor || error.is_connect() || http.is_some_and(hyper::Error::is_canceled);
    let is_proxy_login = error.is_connect() && root(error).ends_with(PROXY_LOGIN);
    let (status, message) = if has_no_descriptor {
        (MCT_ERR_SYSTEM, format!("the system refused a socket: {}", root(error)))
    } else if let Some(tls) = tls {
        (MCT_ERR_TLS, tls::explain(tls, !error.is_connect(), no_roots))
    } else if error.is_connect() && error.is_timeout() {
        (MCT_ERR_CONNECT, format!("{server} could not be reached within the connect timeout"))
    } else if is_proxy_login {
        (MCT_ERR_CONNECT, format!("{server} could not be reached: the proxy refused its credentials (HTTP 407)"))
    } else if error.is_connect() {
        (MCT_ERR_CONNECT, format!("{server} could not be reached: {}", root(error)))
    } else if http.is_some_and(hyper::Error::is_parse) || io.is_some_and(is_about_form) {
        (MCT_ERR_PROTOCOL, format!("the answer is not HTTP as it must be: {}", root(error)))
    } else {
        (MCT_ERR_CONNECT, format!("the connection to {server} was lost before the answer was complete: {}", root(error)))
    };
    Error::new(status, message).with(|details| {
        details.outcome = if is_unsent { MCT_OUTCOME_NOT_SENT } else { MCT_OUTCOME_UNKNOWN };
        // Wrong credentials stay wrong, and some proxies lock an account after a few.
        details.is_lasting = is_proxy_login;
    })
}

/// The causes from the outside in. An io::Error leaves out what it carries (its source() is that one's source), so
/// what it carries is asked for.
fn chain(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |error: &&(dyn StdError + 'static)| {
        let carried = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        carried.map(|inner| inner as &(dyn StdError + 'static)).or_else(|| (*error).source())
    })
}

/// What a reader of chunks says of chunks that are none.
fn is_about_form(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::InvalidInput | std::io::ErrorKind::InvalidData)
}

fn find<T: StdError + 'static>(error: &reqwest::Error) -> Option<&T> {
    chain(error).find_map(|cause| cause.downcast_ref())
}

/// The innermost cause says what happened; those around it say that something did.
fn root(error: &reqwest::Error) -> String {
    let words = chain(error).last().map_or_else(|| "no cause was given".to_owned(), ToString::to_string);
    match words.as_str() {
        "tls handshake eof" => "the server closed it during the TLS handshake".to_owned(),
        "tunnel error: unsuccessful" => "the proxy refused the tunnel".to_owned(),
        // It goes on with an address of documentation for those who write servers.
        words if words.contains("close_notify") => "it was closed without a TLS close_notify".to_owned(),
        _ => words,
    }
}
