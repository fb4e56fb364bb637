//! Which path leads where.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};

use crate::envelope::Refusal;
use crate::intake::take_in;
use crate::state::Shared;
use crate::tokens::{Publish, Subscribe};
use crate::{analytics, clusters, control, director, faults, journal, pace, page, tokens};

/// The whole emulator.
pub fn all(shared: Arc<Shared>) -> Router {
    Router::new()
        .merge(tokens::routes::<Publish>())
        .merge(tokens::routes::<Subscribe>())
        .merge(tokens::publish_routes())
        .merge(clusters::routes())
        .merge(analytics::routes())
        .merge(director::routes())
        .merge(control::routes())
        .merge(page::routes())
        .fallback(|| async { Refusal::error(StatusCode::NOT_FOUND, "Not Found") })
        .method_not_allowed_fallback(|| async { Refusal::error(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed") })
        // The intake has bounded the body already.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(Arc::clone(&shared), pace::keep))
        // Inside of the faults for the answers that they spoil, and outside for those that they make.
        .layer(from_fn(director::open_to_pages))
        .layer(from_fn_with_state(Arc::clone(&shared), faults::strike))
        .layer(from_fn(director::open_to_pages))
        .layer(from_fn_with_state(Arc::clone(&shared), take_in))
        .layer(from_fn_with_state(Arc::clone(&shared), journal::note))
        .with_state(shared)
}
