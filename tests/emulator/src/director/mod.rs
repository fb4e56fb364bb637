//! The director: what an encoder and a player ask for a stream with a token.

mod asker;
mod cors;
mod judge;
mod rule;
mod self_signed;
mod session;
mod strict_json;
mod whip;

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use serde_json::{Value, json};

use crate::analytics::{Key, Traffic};
use crate::body::object;
use crate::envelope::{Answer, Refusal, success};
use crate::journal::Remarks;
use crate::random;
use crate::state::{Change, Platform, Shared};
use crate::tokens::{Kind, Token};
use crate::validate::units;

use asker::Asker;
pub use cors::open as open_to_pages;
use judge::{Admission, judge_publisher, judge_viewer};
pub use rule::Rule;
pub use session::{Role, Sessions};

/// Somebody who is turned away.
#[derive(Debug)]
pub struct Turned {
    rule: Rule,
    reason: String,
    /// The token that was shown, or the parent of what was, as far as it is known.
    token_id: Option<u64>,
}

impl Turned {
    fn new(rule: Rule, reason: impl Into<String>) -> Self {
        Self { rule, reason: reason.into(), token_id: None }
    }

    fn by(self, token_id: u64) -> Self {
        Self { token_id: Some(token_id), ..self }
    }
}

/// What somebody asks for.
pub struct Wanted {
    pub stream: String,
    /// The account that the stream is in, as far as it is said.
    pub account: Option<String>,
}

/// Why there is no admission.
enum Failed {
    Turned(Turned),
    /// The emulator itself cannot go on.
    Broken(Refusal),
}

impl From<Turned> for Failed {
    fn from(turned: Turned) -> Self {
        Self::Turned(turned)
    }
}

/// A verdict, and what the journal says of it.
struct Settled {
    remarks: Remarks,
    verdict: Result<Admission, Failed>,
}

pub fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/api/director/publish", post(publish).options(cors::preflight))
        .route("/api/director/subscribe", post(subscribe).options(cors::preflight))
        .merge(whip::routes())
}

async fn publish(State(shared): State<Arc<Shared>>, asker: Asker, body: Bytes) -> Answer {
    answer(&shared, &asker, Role::Publisher, read_wanted(&body))
}

async fn subscribe(State(shared): State<Arc<Shared>>, asker: Asker, body: Bytes) -> Answer {
    answer(&shared, &asker, Role::Viewer, read_wanted(&body))
}

fn answer(shared: &Shared, asker: &Asker, role: Role, wanted: Result<Wanted, Turned>) -> Answer {
    let stream = wanted.as_ref().map(|wanted| wanted.stream.clone()).unwrap_or_default();
    let Settled { remarks, verdict } = settle(shared, asker, role, wanted, || Ok(()));
    let admission = match verdict {
        Ok(admission) => admission,
        Err(Failed::Broken(refusal)) => return Err(refusal),
        Err(Failed::Turned(Turned { rule, reason, .. })) => {
            let data = json!({ "message": rule.message(), "rule": rule.name(), "reason": reason });
            return Err(Refusal::fail(rule.status(), data).with(remarks));
        }
    };
    let session = shared.sessions.open(role, &stream, shared.account.name(), shared.clock.now());
    let mut session = session.map_err(|_| random::none())?;
    if let Some(requires_auth) = admission.requires_auth {
        session["subscribeRequiresAuth"] = json!(requires_auth);
    }
    let mut response: Response = success(session);
    response.extensions_mut().insert(remarks);
    Ok(response)
}

/// The stream that a request's body names, and its account, which a token brings along.
fn read_wanted(body: &[u8]) -> Result<Wanted, Turned> {
    let refuse = |why| Turned::new(Rule::Request, why);
    let request = object(body).map_err(|_| refuse("the body is no JSON object"))?;
    let account = request.get("streamAccountId").and_then(Value::as_str).filter(|account| !account.is_empty());
    match request.get("streamName").and_then(Value::as_str) {
        Some(name) => checked(name.to_owned(), account.map(str::to_owned)),
        None => Err(refuse("streamName is no text")),
    }
}

fn checked(stream: String, account: Option<String>) -> Result<Wanted, Turned> {
    if (1..=128).contains(&units(&stream)) {
        return Ok(Wanted { stream, account });
    }
    Err(Turned::new(Rule::Request, "streamName has not 1 to 128 characters"))
}

/// Judges a request, and brings about what follows from it. `check` has the last word before that.
fn settle(
    shared: &Shared,
    asker: &Asker,
    role: Role,
    wanted: Result<Wanted, Turned>,
    check: impl FnOnce() -> Result<(), Turned>,
) -> Settled {
    let mut remarks = asker.remarks();
    if let Ok(wanted) = &wanted {
        remarks.stream = Some(wanted.stream.clone());
    }
    let verdict = decide(shared, asker, role, wanted, check);
    match &verdict {
        Ok(admission) => {
            remarks.verdict = Some("admitted");
            remarks.token_id = admission.publish.or(admission.subscribe);
            remarks.tracking_id.clone_from(&admission.tracking_id);
        }
        Err(Failed::Turned(turned)) => {
            remarks.verdict = Some("refused");
            remarks.rule = Some(turned.rule.name());
            remarks.reason = Some(turned.reason.clone());
            remarks.message = Some(turned.rule.message());
            remarks.token_id = turned.token_id;
        }
        Err(Failed::Broken(_)) => {}
    }
    Settled { remarks, verdict }
}

fn decide(
    shared: &Shared,
    asker: &Asker,
    role: Role,
    wanted: Result<Wanted, Turned>,
    check: impl FnOnce() -> Result<(), Turned>,
) -> Result<Admission, Failed> {
    let bearer = asker.bearer()?;
    if bearer.is_none() && role == Role::Publisher {
        return Err(Turned::new(Rule::NoToken, "the request shows no token").into());
    }
    let wanted = wanted?;
    // One lock from the verdict to what follows from it: two viewers do not take one place.
    let mut platform = shared.platform();
    let admission = match (role, bearer) {
        (Role::Publisher, Some(bearer)) => judge_publisher(&platform, asker, bearer, &wanted, shared.clock.now())?,
        (_, bearer) => judge_viewer(&platform, shared, asker, bearer, &wanted)?,
    };
    check()?;
    let changes = consequences(&platform, &admission, &wanted.stream, shared.clock.now().unix_timestamp());
    if !changes.is_empty() {
        platform.commit(changes).map_err(Failed::Broken)?;
    }
    Ok(admission)
}

/// What an admission changes: the token is bound to one more address, and its tracking id counts one more.
fn consequences(platform: &Platform, admission: &Admission, stream: &str, second: i64) -> Vec<Change> {
    let mut changes = Vec::new();
    if let Some(address) = admission.binds {
        changes.extend(admission.publish.and_then(|id| bound(platform.publish.get(id)?, address)));
        changes.extend(admission.subscribe.and_then(|id| bound(platform.subscribe.get(id)?, address)));
    }
    if let Some(tracking_id) = &admission.tracking_id {
        changes.push(Change::Used(Key::of_admission(tracking_id.clone(), stream, second), Traffic::admission()));
    }
    changes
}

fn bound<K: Kind>(token: &Token<K>, address: IpAddr) -> Option<Change> {
    let mut token = token.clone();
    token.bound.push(address);
    Some(K::put(token))
}
