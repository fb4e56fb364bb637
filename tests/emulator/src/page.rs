//! The page at `/`: what goes on in the emulator, and its switches, for people.
//!
//! It knows nothing by itself. Everything that it shows it asks the control endpoints for, on the same terms as any program.

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{from_fn, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::control::guard;
use crate::state::Shared;

const HTML: &str = include_str!("page/page.html");
const SCRIPT: &str = include_str!("page/page.js");
const STYLE: &str = include_str!("page/page.css");

/// Nothing but its own files, nobody's frame, and nowhere to send a form to.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const PROTECTION: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    // For browsers that do not read `frame-ancestors`.
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
];

pub fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/", get(async || file("text/html; charset=utf-8", HTML)))
        .route("/_emulator/page.js", get(async || file("text/javascript; charset=utf-8", SCRIPT)))
        .route("/_emulator/page.css", get(async || file("text/css; charset=utf-8", STYLE)))
        .route_layer(from_fn(guard::local_only))
        // Outside of the guard: what it answers to a page from elsewhere is shown in no frame either.
        .route_layer(map_response(protected))
}

fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind)], text)
}

async fn protected(mut response: Response) -> Response {
    for (name, value) in PROTECTION {
        // In place of what is there, where a refusal has said it already.
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation;

    #[test]
    fn the_page_offers_every_operation_for_a_fault() {
        for operation in operation::ALL {
            let name = operation.name();
            assert!(SCRIPT.contains(&format!("'{name}'")), "{name}");
        }
    }

    #[test]
    fn nothing_becomes_markup_or_code() {
        for way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "setAttribute('on", "srcdoc"] {
            assert!(!SCRIPT.contains(way), "{way}");
        }
        // The policy would refuse them, and say so where a reader looks for faults of their own.
        for inline in ["<style", "style=", " onclick", " onload", "javascript:"] {
            assert!(!HTML.contains(inline), "{inline}");
        }
        assert_eq!(HTML.matches("<script").count(), HTML.matches("<script src=\"/_emulator/page.js\"").count());
    }

    #[test]
    fn the_page_names_no_other_origin() {
        for text in [HTML, SCRIPT, STYLE] {
            let elsewhere = text.match_indices("//").filter(|(at, _)| text[..*at].ends_with("http:") || text[..*at].ends_with("https:"));
            let elsewhere: Vec<&str> = elsewhere.filter_map(|(at, _)| text[at..].lines().next()).collect();
            // The name of a format, which nobody goes to.
            assert!(elsewhere.iter().all(|rest| rest.starts_with("//www.w3.org/2000/svg")), "{elsewhere:?}");
        }
    }
}
