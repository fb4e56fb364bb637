//! How fast the platform answers, and how often it lets itself be asked.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::envelope::Refusal;
use crate::operation::Operation;
use crate::state::Shared;

/// The pace that was set up.
pub struct Pace {
    limit: Option<Limit>,
    latency: Duration,
}

struct Limit {
    a_second: f64,
    bucket: Mutex<Bucket>,
}

/// How many requests are let through at once, and as of when.
struct Bucket {
    left: f64,
    at: Instant,
}

impl Pace {
    pub fn new(limit: Option<u32>, latency: Duration) -> Self {
        let limit = limit.map(|a_second| {
            let a_second = f64::from(a_second);
            Limit { a_second, bucket: Mutex::new(Bucket { left: a_second, at: Instant::now() }) }
        });
        Self { limit, latency }
    }

    fn admits(&self) -> bool {
        self.limit.as_ref().is_none_or(Limit::admits)
    }
}

impl Limit {
    fn admits(&self) -> bool {
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let refilled = bucket.left + (now - bucket.at).as_secs_f64() * self.a_second;
        bucket.left = refilled.min(self.a_second);
        bucket.at = now;
        let admits = bucket.left >= 1.0;
        if admits {
            bucket.left -= 1.0;
        }
        admits
    }
}

/// Lets an operation wait, or refuses it.
pub async fn keep(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    if Operation::of(request.method(), request.uri().path()).is_none() {
        return next.run(request).await;
    }
    if !shared.pace.latency.is_zero() {
        tokio::time::sleep(shared.pace.latency).await;
    }
    if shared.pace.admits() {
        return next.run(request).await;
    }
    let mut refusal = Refusal::error(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests").into_response();
    refusal.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    refusal
}
