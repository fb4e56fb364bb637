//! The faults in force, and others in their place.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use serde_json::{Map, Value};

use crate::body::object;
use crate::envelope::{Answer, Refusal, success};
use crate::faults::{FaultPlan, Wrong};
use crate::state::Shared;

pub fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/_emulator/faults", get(read).post(replace).delete(remove))
}

async fn read(State(shared): State<Arc<Shared>>) -> Answer {
    Ok(success(shared.faults.to_json()))
}

/// `{"seed"?, "faults": [rule]}` replaces all that were there; they stay if anything in it is wrong.
async fn replace(State(shared): State<Arc<Shared>>, body: Bytes) -> Answer {
    let plan = FaultPlan::from_json(&object(&body)?).map_err(refusal)?;
    shared.faults.replace(plan).await.map_err(refusal)?;
    read(State(shared)).await
}

async fn remove(State(shared): State<Arc<Shared>>) -> Answer {
    shared.faults.replace(FaultPlan::default()).await.map_err(refusal)?;
    read(State(shared)).await
}

fn refusal(wrong: Wrong) -> Refusal {
    let data = Map::from_iter([(wrong.place, Value::from(wrong.why))]);
    Refusal::fail(StatusCode::BAD_REQUEST, data.into())
}
