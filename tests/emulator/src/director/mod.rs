//! The director: what a player asks for a stream with a token.

mod judge;
mod rule;
mod self_signed;
mod session;
mod strict_json;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::HeaderMap;
use axum::routing::post;
use serde_json::{Value, json};

use crate::analytics::{self, Traffic};
use crate::auth::{Credential, credential};
use crate::body::object;
use crate::envelope::{Answer, Refusal, success};
use crate::origin::Whence;
use crate::random;
use crate::state::Shared;
use crate::validate::units;

use judge::{Viewer, judge};
pub use rule::Rule;
pub use session::Sessions;

/// A viewer who is turned away.
#[derive(Debug)]
pub struct Turned {
    rule: Rule,
    reason: String,
}

impl Turned {
    fn new(rule: Rule, reason: impl Into<String>) -> Self {
        Self { rule, reason: reason.into() }
    }
}

impl From<Turned> for Refusal {
    fn from(turned: Turned) -> Self {
        let data = json!({
            "message": turned.rule.message(),
            "rule": turned.rule.name(),
            "reason": turned.reason,
        });
        Self::fail(turned.rule.status(), data)
    }
}

pub fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/api/director/subscribe", post(subscribe))
}

async fn subscribe(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let bearer = match credential(&headers) {
        Credential::Bearer(bearer) => bearer,
        Credential::Absent => return Err(Turned::new(Rule::NoToken, "the request shows no token").into()),
        Credential::Unreadable => {
            return Err(Turned::new(Rule::Malformed, "the Authorization header is no bearer").into());
        }
    };
    let stream = read_stream(&body)?;
    let viewer = Viewer {
        bearer,
        stream: &stream,
        address: address(&shared, &headers, peer),
        whence: Whence::of(&headers),
        now: shared.clock.now(),
    };

    // One lock from the verdict to what follows from it: two viewers do not take one place.
    let mut platform = shared.platform();
    let admission = judge(&platform.subscribe, &shared.countries, &viewer)?;
    let session = shared.sessions.open(&stream, &shared.account_id, viewer.now);
    let session = session.map_err(|_| random::none())?;
    if let Some(token) = platform.subscribe.get_mut(admission.token_id) {
        token.bound.extend(admission.binds);
    }
    if let Some(tracking_id) = admission.tracking_id {
        let second = viewer.now.unix_timestamp();
        // No media flows here: the stream gets its row, and the bytes are a test's to add.
        platform.usage.add(&tracking_id, &stream, second, &Traffic::new(analytics::Bytes::default(), None, 0));
    }
    Ok(success(session))
}

/// `streamAccountId` matters for unsecured streams alone, and a token brings its account along.
fn read_stream(body: &[u8]) -> Result<String, Turned> {
    let refuse = |why| Turned::new(Rule::Request, why);
    let request = object(body).map_err(|_| refuse("the body is no JSON object"))?;
    match request.get("streamName").and_then(Value::as_str) {
        Some(name) if (1..=128).contains(&units(name)) => Ok(name.to_owned()),
        Some(_) => Err(refuse("streamName has not 1 to 128 characters")),
        None => Err(refuse("streamName is no text")),
    }
}

/// The viewer's address: the peer's, or what a proxy in front says if it is to be believed.
fn address(shared: &Shared, headers: &HeaderMap, peer: SocketAddr) -> Option<IpAddr> {
    let forwarded = headers.get("x-forwarded-for").filter(|_| shared.trust_forwarded);
    let address = match forwarded {
        None => Some(peer.ip()),
        // Never the peer's in its place: that would let everybody in as the proxy.
        Some(entries) => entries.to_str().ok().and_then(|entries| {
            let first = entries.split(',').next().unwrap_or_default();
            first.trim().parse().ok()
        }),
    };
    address.map(|address| address.to_canonical())
}
