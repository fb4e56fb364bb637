//! WHIP and WHEP as far as they go without media: an offer with a right credential is told that media would begin.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;

use super::asker::Asker;
use super::judge::check_account;
use super::session::Role;
use super::{Failed, Rule, Settled, Turned, Wanted, checked, cors, settle};
use crate::state::Shared;

pub fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/api/whip/{stream}", post(whip).options(cors::preflight))
        .route("/api/whep/{account}/{stream}", post(whep).options(cors::preflight))
}

async fn whip(
    State(shared): State<Arc<Shared>>,
    asker: Asker,
    uri: Uri,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let wanted = path.map_err(|_| not_text()).and_then(|Path(stream)| checked(stream, None));
    let asker = asker.or_shows(auth(&uri));
    answer(&shared, &asker, Role::Publisher, wanted, &headers, &body)
}

async fn whep(
    State(shared): State<Arc<Shared>>,
    asker: Asker,
    path: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let wanted = path.map_err(|_| not_text()).and_then(|Path((account, stream))| {
        // A token brings its account along, but a path that names another leads nowhere.
        check_account(&shared, &account)?;
        checked(stream, Some(account))
    });
    answer(&shared, &asker, Role::Viewer, wanted, &headers, &body)
}

fn not_text() -> Turned {
    Turned::new(Rule::Request, "the path is not UTF-8")
}

/// The publish token in the query: encoders that cannot set a header send it there.
fn auth(uri: &Uri) -> Option<String> {
    let parameters: Query<Vec<(String, String)>> = Query::try_from_uri(uri).ok()?;
    parameters.0.into_iter().find(|(name, value)| name == "auth" && !value.is_empty()).map(|(_, value)| value)
}

/// An offer is looked at before it brings anything about, and after the credential: a stranger is told nothing else.
fn answer(shared: &Shared, asker: &Asker, role: Role, wanted: Result<Wanted, Turned>, headers: &HeaderMap, body: &[u8]) -> Response {
    let Settled { remarks, verdict } = settle(shared, asker, role, wanted, || check_offer(headers, body));
    let mut response = match verdict {
        Ok(_) => {
            let words = "Not Implemented: the credential is right and media would begin here, but the emulator serves none";
            plain(StatusCode::NOT_IMPLEMENTED, words)
        }
        Err(Failed::Turned(turned)) => refusal(&turned),
        Err(Failed::Broken(_)) => plain(StatusCode::INTERNAL_SERVER_ERROR, "The state could not be written"),
    };
    response.extensions_mut().insert(remarks);
    response
}

fn check_offer(headers: &HeaderMap, body: &[u8]) -> Result<(), Turned> {
    let declared = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let declared = declared.split(';').next().unwrap_or_default().trim();
    if !declared.eq_ignore_ascii_case("application/sdp") {
        return Err(Turned::new(Rule::Offer, "the Content-Type is not application/sdp"));
    }
    if !body.starts_with(b"v=0") {
        return Err(Turned::new(Rule::Offer, "the body is no SDP: it does not begin with v=0"));
    }
    Ok(())
}

fn refusal(turned: &Turned) -> Response {
    let (status, words) = match (turned.rule, turned.rule.status()) {
        (Rule::NotPublished, _) => (StatusCode::CONFLICT, "Stream not found".to_owned()),
        (_, StatusCode::UNAUTHORIZED) => (StatusCode::UNAUTHORIZED, format!("Unauthorized: {}", turned.reason)),
        (Rule::Stream, status) => (status, turned.rule.message().to_owned()),
        (_, status) => (status, turned.reason.clone()),
    };
    let mut response = plain(status, &words);
    // Not for the platform's clients, but for people: the text alone does not name a rule.
    let headers = response.headers_mut();
    headers.insert("x-emulator-rule", HeaderValue::from_static(turned.rule.name()));
    if let Ok(reason) = HeaderValue::from_str(&turned.reason) {
        headers.insert("x-emulator-reason", reason);
    }
    response
}

fn plain(status: StatusCode, words: &str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], words.to_owned()).into_response()
}
