//! Players run in pages of other origins: browsers let them ask, and read the answers.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// What a browser asks before it asks.
pub async fn preflight() -> Response {
    let allowed = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "POST, OPTIONS"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type"),
        (header::ACCESS_CONTROL_MAX_AGE, "600"),
        (HeaderName::from_static("accept-post"), "application/sdp, application/json"),
    ];
    (StatusCode::NO_CONTENT, allowed).into_response()
}

/// Opens the director's answers, faults among them, to every page. Whether its origin is allowed is for the token to say.
pub async fn open(request: Request, next: Next) -> Response {
    let is_for_pages = ["/api/director/", "/api/whip/", "/api/whep/"].iter().any(|start| request.uri().path().starts_with(start));
    let mut response = next.run(request).await;
    if is_for_pages {
        let headers: &mut HeaderMap = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        let exposed = HeaderValue::from_static("Location, Retry-After, X-Emulator-Rule, X-Emulator-Reason");
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
    response
}
