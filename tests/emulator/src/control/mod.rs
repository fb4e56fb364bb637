//! `/_emulator/*`: what a test does to the emulator, and no client does to the platform.

mod faults;
pub mod guard;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::analytics::{self, Form, Key, Purpose, Traffic};
use crate::body::object;
use crate::clock::LATEST_NOW;
use crate::envelope::{Answer, Refusal, success};
use crate::state::{Change, Shared};
use crate::tokens::{Id, Kind, Publish, Subscribe, Token, find, read_id};
use crate::validate::{Fields, Problems};

pub fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/_emulator/clock", get(read_clock).post(clock))
        .route("/_emulator/usage", get(usage).post(add_usage))
        .route("/_emulator/analytics", post(analytics_form))
        .route("/_emulator/publish", post(publish))
        .route("/_emulator/token/publish/{id}", post(token::<Publish>))
        .route("/_emulator/token/subscribe/{id}", post(token::<Subscribe>))
        .merge(faults::routes())
        .merge(view::routes())
        .route_layer(from_fn(guard::local_only))
}

async fn read_clock(State(shared): State<Arc<Shared>>) -> Answer {
    Ok(success(time_of_day(&shared)))
}

fn time_of_day(shared: &Shared) -> Value {
    json!({ "now": shared.clock.now().unix_timestamp(), "stands": shared.clock.stands() })
}

/// `{"now": seconds}` stops the clock at a time, `{"advance": seconds}` stops it that much later than it is, and
/// `{"now": null}` lets it go with the system's.
async fn clock(State(shared): State<Arc<Shared>>, body: Bytes) -> Answer {
    let request = object(&body)?;
    let problems = Problems::default();
    let fields = Fields::of(&request, &problems);
    let advance = fields.integer("advance", 0..=LATEST_NOW);
    // `null` says something here, so leaving the field out is not the same.
    if !request.contains_key("advance") && !request.contains_key("now") {
        fields.demand("now");
    }
    if advance.is_some() && fields.is_given("now") {
        fields.refuse_both("now", "advance");
    }
    let later = advance.map(|seconds| shared.clock.now().unix_timestamp() + seconds);
    if later.is_some_and(|later| later > LATEST_NOW) {
        fields.refuse("advance", format!("The clock does not go beyond {LATEST_NOW}."));
    }
    let now = later.or(fields.integer("now", 0..=LATEST_NOW));
    problems.settle()?;
    let moved_to = now.and_then(|now| OffsetDateTime::from_unix_timestamp(now).ok());
    let mut platform = shared.platform();
    platform.commit(vec![Change::Clock(moved_to)])?;
    shared.clock.move_to(moved_to);
    Ok(success(time_of_day(&shared)))
}

/// What every tracking id and stream have come to.
async fn usage(State(shared): State<Arc<Shared>>) -> Answer {
    Ok(success(shared.platform().usage.overview()))
}

/// Adds traffic, for the analytics to report.
async fn add_usage(State(shared): State<Arc<Shared>>, body: Bytes) -> Answer {
    let request = object(&body)?;
    let problems = Problems::default();
    let (key, traffic) = read_usage(&Fields::of(&request, &problems), shared.clock.now().unix_timestamp());
    problems.settle()?;
    shared.platform().commit(vec![Change::Used(key, traffic)])?;
    Ok(success(json!(true)))
}

/// Traffic and what it is counted for. Problems gather in the fields; the result counts only if there are none.
pub fn read_usage(fields: &Fields, now: i64) -> (Key, Traffic) {
    fields.demand("streamName");
    fields.demand("trackingId");
    let stream = fields.text("streamName", 1..=128).unwrap_or_default();
    // Nobody is counted for where it is empty.
    let tracking_id = fields.text("trackingId", 0..=128).unwrap_or_default();
    let second = fields.integer("time", 0..=LATEST_NOW).unwrap_or(now);
    let bytes = analytics::Bytes {
        received: fields.integer("bytesIn", 0..=i64::MAX).unwrap_or(0),
        sent: fields.integer("bytesOut", 0..=i64::MAX).unwrap_or(0),
    };
    let purpose = fields.choice("kind", &Purpose::NAMED);
    let duration = fields.integer("duration", 0..=i64::MAX);
    if duration.is_some() && purpose != Some(Purpose::Restream) {
        fields.refuse("duration", "Only what is restreamed has a duration.");
    }
    (Key { tracking_id, stream, second }, Traffic::new(bytes, purpose, duration.unwrap_or(0)))
}

/// Sets how rows tell their figures from now on.
async fn analytics_form(State(shared): State<Arc<Shared>>, body: Bytes) -> Answer {
    let request = object(&body)?;
    let problems = Problems::default();
    let fields = Fields::of(&request, &problems);
    fields.demand("form");
    let form = fields.choice("form", &Form::NAMED).unwrap_or_default();
    problems.settle()?;
    shared.platform().commit(vec![Change::Form(form)])?;
    Ok(success(json!({ "form": request["form"] })))
}

/// `{"isLive": bool}` starts or stops a live stream under a publish token, as an encoder would.
async fn publish(State(shared): State<Arc<Shared>>, body: Bytes) -> Answer {
    let request = object(&body)?;
    let problems = Problems::default();
    let fields = Fields::of(&request, &problems);
    fields.demand("tokenId");
    fields.demand("streamName");
    fields.demand("isLive");
    let id = fields.integer("tokenId", i64::MIN..=i64::MAX).unwrap_or_default();
    let stream = fields.text("streamName", 1..=128).unwrap_or_default();
    let is_live = fields.flag("isLive").unwrap_or_default();
    problems.settle()?;

    let mut platform = shared.platform();
    let mut token = find(id, |id| platform.publish.get(id))?.clone();
    // What runs may stop, whatever has happened to the token since.
    if is_live {
        check_publish(&token, &stream, shared.clock.now())?;
    }
    let answer = json!({ "tokenId": id, "streamName": stream, "isLive": is_live });
    if is_live {
        token.own.live.insert(stream);
    } else {
        token.own.live.remove(&stream);
    }
    platform.commit(vec![Publish::put(token)])?;
    Ok(success(answer))
}

fn check_publish(token: &Token<Publish>, stream: &str, now: OffsetDateTime) -> Result<(), Refusal> {
    let (at_fault, why) = if !token.is_active {
        ("tokenId", "The token is disabled.")
    } else if token.is_expired(now) {
        ("tokenId", "The token has expired.")
    } else if !token.terms.cover(stream) {
        ("streamName", "The token is for other streams.")
    } else {
        return Ok(());
    };
    Err(Refusal::fail(StatusCode::BAD_REQUEST, json!({ at_fault: why })))
}

/// `{"isActive": bool}` disables a token or enables it again. The answer leaves the token itself
/// out, since it is given without a secret.
async fn token<K: Kind>(State(shared): State<Arc<Shared>>, id: Id, body: Bytes) -> Answer {
    let id = read_id(id)?;
    let request = object(&body)?;
    let problems = Problems::default();
    let fields = Fields::of(&request, &problems);
    fields.demand("isActive");
    let is_active = fields.flag("isActive");
    problems.settle()?;
    let mut platform = shared.platform();
    let token = find(id, |id| K::shelf(&platform).get(id))?;
    let token = Token { is_active: is_active.unwrap_or(token.is_active), ..token.clone() };
    let answer = json!({ "id": token.id, "isActive": token.is_active });
    platform.commit(vec![K::put(token)])?;
    Ok(success(answer))
}
