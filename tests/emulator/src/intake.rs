//! Where every request comes in: its body is read within a bound and the request is recorded.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::envelope::Refusal;
use crate::state::Shared;

/// The largest body that is looked at.
const LARGEST_BODY: usize = 1024 * 1024;

/// How long a body may take to arrive.
const LONGEST_BODY: Duration = Duration::from_secs(60);

/// How much of a body that is too large is read and thrown away. A client that writes all before
/// it reads would otherwise see a reset connection instead of the refusal.
const MOST_DISCARDED: usize = 16 * LARGEST_BODY;

/// A request as it arrived. Headers are left out: one of them is the API secret.
#[derive(Clone, PartialEq, Eq)]
pub struct RecordedRequest {
    /// `GET`, `POST` and so on.
    pub method: String,
    /// The path as sent, escapes included.
    pub path: String,
    /// What follows the `?`, as sent; empty without one.
    pub query: String,
    /// The body as text, with U+FFFD for what is not UTF-8, cut at 1 MiB.
    pub body: String,
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A query may hold a token and a body a key: requests end up in assertion messages.
        let hidden = |text: &str| format!("{} bytes hidden", text.len());
        f.debug_struct("RecordedRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query", &format_args!("{}", hidden(&self.query)))
            .field("body", &format_args!("{}", hidden(&self.body)))
            .finish()
    }
}

/// Keeps requests for as long as the emulator runs.
pub struct Recorder {
    kept: Option<Mutex<Vec<RecordedRequest>>>,
}

impl Recorder {
    pub fn new(keep: bool) -> Self {
        Self { kept: keep.then(Mutex::default) }
    }

    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.kept.as_ref().map_or_else(Vec::new, |kept| kept.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    fn record(&self, parts: &Parts, body: &[u8]) {
        let Some(kept) = &self.kept else { return };
        kept.lock().unwrap_or_else(PoisonError::into_inner).push(RecordedRequest {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            body: String::from_utf8_lossy(body).into_owned(),
        });
    }
}

/// The outermost layer: no handler waits for a body or sees one that is too large.
pub async fn take_in(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    // One that does not come holds a connection no longer than a head that does not.
    let received = tokio::time::timeout(LONGEST_BODY, receive(body)).await;
    let received = received.unwrap_or_else(|_| Received { kept: Bytes::new(), end: End::Broken });
    shared.recorder.record(&parts, &received.kept);
    match received.end {
        End::Whole => {
            let request = Request::from_parts(parts, Body::from(received.kept));
            next.run(request).await
        }
        End::TooLarge => Refusal::error(StatusCode::PAYLOAD_TOO_LARGE, "The body is larger than 1 MiB").into_response(),
        End::Broken => Refusal::message(StatusCode::BAD_REQUEST, "The body did not arrive").into_response(),
    }
}

enum End {
    Whole,
    TooLarge,
    Broken,
}

struct Received {
    kept: Bytes,
    end: End,
}

async fn receive(mut body: Body) -> Received {
    let mut kept = Vec::new();
    let mut length = 0;
    let end = loop {
        match poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
            None if length > LARGEST_BODY => break End::TooLarge,
            None => break End::Whole,
            Some(Err(_)) => break End::Broken,
            Some(Ok(frame)) => {
                // Trailers carry nothing that the API reads.
                let Ok(chunk) = frame.into_data() else { continue };
                length += chunk.len();
                let room = LARGEST_BODY - kept.len();
                kept.extend_from_slice(&chunk[..chunk.len().min(room)]);
                if length > MOST_DISCARDED {
                    break End::TooLarge;
                }
            }
        }
    };
    Received { kept: Bytes::from(kept), end }
}
