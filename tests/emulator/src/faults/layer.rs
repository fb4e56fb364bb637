//! The layer that lets requests meet their faults.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::response::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

use super::fault::Fault;
use super::rule::Rule;
use super::script::{End, Script, Step};
use crate::envelope::Refusal;
use crate::journal::Remarks;
use crate::operation::Operation;
use crate::state::Shared;

/// How many bytes a length is off where the rule does not say.
const USUALLY_OFF: u64 = 3;

/// What is no HTTP.
const GARBAGE: &[u8] = b"SSH-2.0-OpenSSH_9.9\r\n\0\0\x03\xfc\n\x14";

/// What a proxy or a portal shows.
const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Sign in to go on</h1></body></html>\n";

/// What comes before the answer.
const INFORMS: &str = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n";

/// An extension of a request: whether its connection carried another before.
#[derive(Clone, Copy)]
pub struct IsReused(pub bool);

/// Answers an operation as it is, or as a rule has it. A [`Script`] in the answer's extensions goes out in its place.
pub async fn strike(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let is_reused = request.extensions().get::<IsReused>().is_some_and(|reused| reused.0);
    let operation = Operation::of(request.method(), request.uri().path());
    let Some(rule) = operation.and_then(|operation| shared.faults.at_request(operation, is_reused)) else {
        return next.run(request).await;
    };
    let keeps_alive = keeps_alive(&request);
    let mut response = match in_place_of(&rule, &shared.faults.url) {
        Some(response) => response,
        None => spoilt(next.run(request).await, &rule, keeps_alive).await,
    };
    let mut remarks = response.extensions_mut().remove::<Remarks>().unwrap_or_default();
    remarks.fault = Some(rule.fault.to_string());
    response.extensions_mut().insert(remarks);
    response
}

/// Whether a client goes on with its connection.
fn keeps_alive(request: &Request) -> bool {
    let options = request.headers().get_all(header::CONNECTION).iter().filter_map(|value| value.to_str().ok());
    let closes = options.flat_map(|value| value.split(',')).any(|option| option.trim().eq_ignore_ascii_case("close"));
    request.version() == Version::HTTP_11 && !closes
}

/// The answer to a request that is not carried out; none for a fault that comes after.
fn in_place_of(rule: &Rule, url: &str) -> Option<Response> {
    match rule.fault {
        Fault::ResetBefore | Fault::ResetOnReuse => Some(unanswered(End::Reset)),
        Fault::CloseBefore | Fault::CloseOnReuse => Some(unanswered(End::Close)),
        Fault::Silence => Some(unanswered(End::Silence)),
        Fault::Status(status) => Some(refusal(status, rule)),
        Fault::Redirect(status) => Some(redirect(status, rule, url)),
        _ => None,
    }
}

fn unanswered(end: End) -> Response {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(Script::just(end));
    response.extensions_mut().insert(Remarks { is_unanswered: true, ..Remarks::default() });
    response
}

fn refusal(status: StatusCode, rule: &Rule) -> Response {
    let words = status.canonical_reason().unwrap_or("Fault");
    let refusal = if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        Refusal::error(status, words)
    } else {
        Refusal::message(status, words)
    };
    let mut response = refusal.into_response();
    let usual = (status == StatusCode::TOO_MANY_REQUESTS).then_some(1);
    if let Some(seconds) = rule.values.retry_after.or(usual) {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

fn redirect(status: StatusCode, rule: &Rule, url: &str) -> Response {
    let location = rule.values.location.clone().unwrap_or_else(|| format!("{url}/elsewhere"));
    let mut response = status.into_response();
    if let Ok(location) = HeaderValue::try_from(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// What becomes of the answer to a request that was carried out.
async fn spoilt(response: Response, rule: &Rule, keeps_alive: bool) -> Response {
    let (mut parts, body) = response.into_parts();
    // What it came to is noted, whatever the client is told.
    let remarks = parts.extensions.remove::<Remarks>().unwrap_or_default();
    let mut response = match rule.fault {
        Fault::StatusAfter(status) => refusal(status, rule),
        Fault::Html => Html(PAGE).into_response(),
        _ => {
            // It is in memory as a whole, and nothing that makes it can fail.
            let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
            let script = script(&Answer { parts: &parts, body, keeps_alive }, rule);
            parts.extensions.insert(script);
            Response::from_parts(parts, Body::empty())
        }
    };
    response.extensions_mut().insert(remarks);
    response
}

/// An answer as bytes.
struct Answer<'a> {
    parts: &'a Parts,
    body: Bytes,
    keeps_alive: bool,
}

fn script(answer: &Answer, rule: &Rule) -> Script {
    let length = answer.body.len() as u64;
    let off = rule.values.bytes.unwrap_or(USUALLY_OFF);
    let whole = answer.with_length(length);
    let end = answer.end();
    match rule.fault {
        Fault::ResetAfter => Script::just(End::Reset),
        Fault::CloseAfter => Script::just(End::Close),
        Fault::SilenceAfter => Script::just(End::Silence),
        Fault::HalfAnswer => Script::send(answer.part_of_body(rule.values.bytes), End::Close),
        Fault::HalfHead => Script::send(answer.part_of_head(rule.values.bytes), End::Close),
        Fault::LengthTooLong => Script::send(answer.with_length(length + off), End::Close),
        Fault::LengthTooShort => Script::send(answer.with_length(length.saturating_sub(off)), end),
        Fault::DripHead => {
            let steps = vec![Step::Drip(answer.head(length).into(), rule.pause()), Step::Send(answer.body.clone())];
            Script { steps, end }
        }
        Fault::DripBody => {
            let steps = vec![Step::Send(answer.head(length).into()), Step::Drip(answer.body.clone(), rule.pause())];
            Script { steps, end }
        }
        Fault::Informs => Script::send([INFORMS.as_bytes(), &whole].concat(), end),
        Fault::Garbage => Script::send(GARBAGE, End::Close),
        Fault::Slow => Script { steps: vec![Step::Pause(rule.pause()), Step::Send(whole.into())], end },
        Fault::CloseIdle if answer.keeps_alive => Script::send(whole, End::GoOnUnlessIdle(rule.pause())),
        // Unannounced: the head still says that the connection goes on.
        Fault::CloseEach => Script::send(whole, End::Close),
        _ => Script::send(whole, end),
    }
}

impl Answer<'_> {
    fn end(&self) -> End {
        if self.keeps_alive { End::GoOn } else { End::Close }
    }

    /// The head with its empty line, for a body of this length.
    fn head(&self, length: u64) -> Vec<u8> {
        let status = self.parts.status;
        let mut head = format!("HTTP/1.1 {} {}\r\n", status.as_u16(), status.canonical_reason().unwrap_or_default()).into_bytes();
        let mut headers: HeaderMap = self.parts.headers.clone();
        headers.insert(header::CONTENT_LENGTH, length.into());
        if !self.keeps_alive {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        for (name, value) in &headers {
            head.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        head.extend(b"\r\n");
        head
    }

    /// All of it, with a length that need not be its body's.
    fn with_length(&self, length: u64) -> Vec<u8> {
        [&self.head(length), self.body.as_ref()].concat()
    }

    /// The head and so many bytes of the body, half of them by default and never all.
    fn part_of_body(&self, bytes: Option<u64>) -> Vec<u8> {
        [self.head(self.body.len() as u64).as_slice(), part(&self.body, bytes)].concat()
    }

    /// So many bytes of the head, half of them by default and never all.
    fn part_of_head(&self, bytes: Option<u64>) -> Vec<u8> {
        let head = self.head(self.body.len() as u64);
        part(&head, bytes).to_vec()
    }
}

fn part(whole: &[u8], bytes: Option<u64>) -> &[u8] {
    let wanted = bytes.map_or(whole.len() / 2, |bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
    &whole[..wanted.min(whole.len().saturating_sub(1))]
}
