//! `/_emulator/*`: what a test does to the emulator, and no client does to the platform.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::json;
use time::OffsetDateTime;

use crate::analytics::{self, Form, Purpose, Traffic};
use crate::body::object;
use crate::clock::LATEST_NOW;
use crate::envelope::{Answer, Refusal, success};
use crate::state::Shared;
use crate::tokens::{Id, Kind, Publish, Subscribe, Token, find, read_id};
use crate::validate::{Fields, Problems};

pub fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/_emulator/clock", post(clock))
        .route("/_emulator/usage", post(usage))
        .route("/_emulator/analytics", post(analytics_form))
        .route("/_emulator/publish", post(publish))
        .route("/_emulator/token/publish/{id}", post(token::<Publish>))
        .route("/_emulator/token/subscribe/{id}", post(token::<Subscribe>))
        .route_layer(from_fn(local_only))
}

async fn local_only(ConnectInfo(peer): ConnectInfo<SocketAddr>, request: Request, next: Next) -> Response {
    match refusal(peer.ip(), request.headers()) {
        Some(why) => Refusal::error(StatusCode::FORBIDDEN, why).into_response(),
        None => next.run(request).await,
    }
}

/// These paths need no secret, so they answer to programs on this machine alone: not to another
/// machine, and not to a page in a browser, which always says its origin.
fn refusal(peer: IpAddr, headers: &HeaderMap) -> Option<&'static str> {
    if !peer.to_canonical().is_loopback() {
        return Some("Only this machine controls the emulator");
    }
    headers.contains_key(header::ORIGIN).then_some("A page does not control the emulator")
}

/// `{"now": seconds}` stops the clock at a time, `{"now": null}` lets it go with the system's.
async fn clock(State(shared): State<Arc<Shared>>, body: Bytes) -> Answer {
    let request = object(&body)?;
    let problems = Problems::default();
    let fields = Fields::of(&request, &problems);
    // `null` says something here, so leaving the field out is not the same.
    if !request.contains_key("now") {
        fields.demand("now");
    }
    let now = fields.integer("now", 0..=LATEST_NOW);
    problems.settle()?;
    shared.clock.move_to(now.and_then(|now| OffsetDateTime::from_unix_timestamp(now).ok()));
    Ok(success(json!({ "now": shared.clock.now().unix_timestamp() })))
}

/// Adds traffic, for the analytics to report.
async fn usage(State(shared): State<Arc<Shared>>, body: Bytes) -> Answer {
    let request = object(&body)?;
    let problems = Problems::default();
    let fields = Fields::of(&request, &problems);
    fields.demand("streamName");
    fields.demand("trackingId");
    let stream = fields.text("streamName", 1..=128).unwrap_or_default();
    // Nobody is counted for where it is empty.
    let tracking_id = fields.text("trackingId", 0..=128).unwrap_or_default();
    let time = fields.integer("time", 0..=LATEST_NOW);
    let bytes = analytics::Bytes {
        received: fields.integer("bytesIn", 0..=i64::MAX).unwrap_or(0),
        sent: fields.integer("bytesOut", 0..=i64::MAX).unwrap_or(0),
    };
    let purpose = fields.choice("kind", &Purpose::NAMED);
    let duration = fields.integer("duration", 0..=i64::MAX);
    if duration.is_some() && purpose != Some(Purpose::Restream) {
        fields.refuse("duration", "Only what is restreamed has a duration.");
    }
    problems.settle()?;
    let time = time.unwrap_or_else(|| shared.clock.now().unix_timestamp());
    let traffic = Traffic::new(bytes, purpose, duration.unwrap_or(0));
    shared.platform().usage.add(&tracking_id, &stream, time, &traffic);
    Ok(success(json!(true)))
}

/// Sets how rows tell their figures from now on.
async fn analytics_form(State(shared): State<Arc<Shared>>, body: Bytes) -> Answer {
    let request = object(&body)?;
    let problems = Problems::default();
    let fields = Fields::of(&request, &problems);
    fields.demand("form");
    let form = fields.choice("form", &Form::NAMED).unwrap_or_default();
    problems.settle()?;
    shared.platform().usage.form = form;
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
    let token = find(id, |id| platform.publish.get_mut(id))?;
    // What runs may stop, whatever has happened to the token since.
    if is_live {
        check_publish(token, &stream, shared.clock.now())?;
    }
    let answer = json!({ "tokenId": id, "streamName": stream, "isLive": is_live });
    if is_live {
        token.own.live.insert(stream);
    } else {
        token.own.live.remove(&stream);
    }
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
    let token = find(id, |id| K::shelf_mut(&mut platform).get_mut(id))?;
    token.is_active = is_active.unwrap_or(token.is_active);
    Ok(success(json!({ "id": token.id, "isActive": token.is_active })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_program_on_this_machine_is_in_control() {
        let headers = HeaderMap::new();
        for peer in ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(refusal(peer.parse().unwrap(), &headers), None, "{peer}");
        }
        for peer in ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "0.0.0.0"] {
            assert!(refusal(peer.parse().unwrap(), &headers).is_some(), "{peer}");
        }
    }
}
