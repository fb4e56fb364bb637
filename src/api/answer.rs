//! What an answer, or its absence, means for the caller.

use std::error::Error as StdError;

use zeroize::Zeroizing;

use super::tls;
use crate::error::{
    Error, MCT_ERR_CONNECT, MCT_ERR_NOT_FOUND, MCT_ERR_PROTOCOL, MCT_ERR_RATE_LIMITED, MCT_ERR_REJECTED, MCT_ERR_SERVER, MCT_ERR_TLS,
    MCT_ERR_UNAUTHORIZED, MCT_OUTCOME_NOT_SENT, MCT_OUTCOME_REJECTED, MCT_OUTCOME_UNKNOWN, Result, mct_status,
};
use crate::model::envelope::{Envelope, Refusal};
use crate::model::json;

/// What a message quotes of an answer.
const QUOTED_CHARACTERS: usize = 500;
const REDACTED: &str = "[redacted]";

/// A whole answer. The body may hold token strings, so it is wiped.
pub(crate) struct Answer {
    pub http_status: u16,
    pub content_type: String,
    pub retry_after_ms: Option<u64>,
    pub body: Zeroizing<Vec<u8>>,
}

impl Answer {
    /// Stands for one that was lost.
    pub(crate) fn none() -> Answer {
        Answer { http_status: 0, content_type: String::new(), retry_after_ms: None, body: Zeroizing::default() }
    }

    /// An error unless the API says that it did what was asked.
    pub(crate) fn judge(self, names_token: bool, secret: &str) -> Result<Answer> {
        match self.refusal(names_token, secret) {
            None => Ok(self),
            Some(error) => Err(error),
        }
    }

    /// The `data` of an answer that was judged good.
    pub(crate) fn data(&self) -> &str {
        match Envelope::read(&self.body) {
            Some(Envelope::Success(data)) => data,
            _ => "null",
        }
    }

    fn refusal(&self, names_token: bool, secret: &str) -> Option<Error> {
        let http = self.http_status;
        let envelope = Envelope::read(&self.body);
        let is_api = envelope.is_some();
        let (is_fail, refusal) = match envelope {
            Some(Envelope::Success(_)) if (200..=299).contains(&http) => return None,
            Some(Envelope::Fail(refusal)) => (true, refusal),
            Some(Envelope::Error(refusal)) => (false, refusal),
            _ => (false, Refusal::default()),
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
        Some(self.error(status, what, refusal, is_api, secret))
    }

    fn error(&self, status: mct_status, what: &str, refusal: Refusal, is_api: bool, secret: &str) -> Error {
        let mut message = format!("{what} (HTTP {}", self.http_status);
        if !is_api && !self.content_type.is_empty() {
            message.push_str(", ");
            message.push_str(&quoted(&self.content_type, secret));
        }
        message.push(')');
        if !refusal.message.is_empty() {
            message.push_str(": ");
            message.push_str(&quoted(&refusal.message, secret));
        }
        Error::new(status, message).with(|details| {
            details.field = refusal.field.map(|field| quoted(&field, secret));
            details.http_status = self.http_status;
            details.retry_after_ms = self.retry_after_ms;
            details.answer = is_api.then(|| String::from_utf8_lossy(&self.body).replace(secret, REDACTED));
            details.outcome = match status {
                MCT_ERR_SERVER | MCT_ERR_PROTOCOL => MCT_OUTCOME_UNKNOWN,
                _ => MCT_OUTCOME_REJECTED,
            };
        })
    }
}

/// The platform answers 400 with these words where others answer 404, and says "publish" of subscribe tokens too.
fn says_not_found(refusal: &Refusal) -> bool {
    let words = refusal.message.to_ascii_lowercase();
    ["no publish token with id", "no subscribe token with id"].iter().any(|phrase| words.contains(phrase))
}

/// A text of the server's for a message: short, on one line, and without the secret, should a server echo it.
fn quoted(text: &str, secret: &str) -> String {
    let clean = text.replace(secret, REDACTED);
    let mut quoted: String = clean.chars().take(QUOTED_CHARACTERS).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if clean.chars().nth(QUOTED_CHARACTERS).is_some() {
        quoted.push('…');
    }
    quoted
}

/// The API said that it did it, but not what came of it.
pub(crate) fn unreadable(http_status: u16, error: &serde_json::Error) -> Error {
    Error::new(MCT_ERR_PROTOCOL, format!("the API's answer does not fit its contract: {}", json::problem(error))).with(|details| {
        details.http_status = http_status;
        details.outcome = MCT_OUTCOME_UNKNOWN;
    })
}

/// No answer came from `server`. `was_sent`: it may have the whole request.
pub(crate) fn lost(error: &reqwest::Error, server: &str, was_sent: bool, no_roots: Option<&str>) -> Error {
    let tls = find::<rustls::Error>(error);
    let http = find::<hyper::Error>(error);
    let is_unsent = !was_sent || error.is_connect() || http.is_some_and(hyper::Error::is_canceled);
    let (status, message) = if let Some(tls) = tls {
        (MCT_ERR_TLS, tls::explain(tls, no_roots))
    } else if error.is_connect() && error.is_timeout() {
        (MCT_ERR_CONNECT, format!("{server} could not be reached within the connect timeout"))
    } else if error.is_connect() {
        (MCT_ERR_CONNECT, format!("{server} could not be reached: {}", root(error)))
    } else if http.is_some_and(hyper::Error::is_parse) {
        (MCT_ERR_PROTOCOL, format!("the answer is not HTTP as it must be: {}", root(error)))
    } else {
        (MCT_ERR_CONNECT, format!("the connection to {server} was lost before the answer was complete: {}", root(error)))
    };
    Error::new(status, message).with(|details| {
        details.outcome = if is_unsent { MCT_OUTCOME_NOT_SENT } else { MCT_OUTCOME_UNKNOWN };
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

fn find<T: StdError + 'static>(error: &reqwest::Error) -> Option<&T> {
    chain(error).find_map(|cause| cause.downcast_ref())
}

/// The innermost cause says what happened; those around it say that something did.
fn root(error: &reqwest::Error) -> String {
    chain(error).last().map_or_else(|| "no cause was given".to_owned(), ToString::to_string)
}
