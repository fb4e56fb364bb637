//! Traffic by tracking id and by stream: sums, and series of them.

mod dates;
mod usage;

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::Uri;
use axum::routing::get;
use serde_json::{Map, Value, json};

use crate::auth::Authorized;
use crate::clock;
use crate::envelope::{Answer, success};
use crate::query::Parameters;
use crate::state::Shared;
use crate::validate::units;

use dates::read_span;
pub use usage::{Bytes, Form, Key, Purpose, Traffic, Usage};

/// How many names one question may give.
const MOST_NAMES: usize = 10;

/// How many steps a series may have, lest one question asks for eight thousand years by the hour.
const MOST_STEPS: usize = 10_000;

/// What a question names: a tracking id or a stream. Its rows are told apart by the other.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    TrackingId,
    Stream,
}

pub fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/api/analytics/tracking/total", get(tracking_total))
        .route("/api/analytics/tracking/series", get(tracking_series))
        .route("/api/analytics/tracking/streams/total", get(streams_total))
        .route("/api/analytics/tracking/streams/series", get(streams_series))
}

async fn tracking_total(_: Authorized, State(shared): State<Arc<Shared>>, uri: Uri) -> Answer {
    total(&shared, &uri, Axis::TrackingId)
}

async fn tracking_series(_: Authorized, State(shared): State<Arc<Shared>>, uri: Uri) -> Answer {
    series(&shared, &uri, Axis::TrackingId)
}

async fn streams_total(_: Authorized, State(shared): State<Arc<Shared>>, uri: Uri) -> Answer {
    total(&shared, &uri, Axis::Stream)
}

async fn streams_series(_: Authorized, State(shared): State<Arc<Shared>>, uri: Uri) -> Answer {
    series(&shared, &uri, Axis::Stream)
}

fn total(shared: &Shared, uri: &Uri, axis: Axis) -> Answer {
    let parameters = Parameters::of(uri);
    let names = read_names(&parameters, axis);
    let span = read_span(&parameters);
    let (names, span) = parameters.finish(names.zip(span))?;

    let usage = &shared.platform().usage;
    let mut answer = Map::new();
    for name in names {
        let rows = usage.totals(axis, name, &span).into_iter();
        // A sum says nothing of a tracking id where there is none.
        let rows = rows.map(|(other, traffic)| row(axis, Some(other).filter(|other| !other.is_empty()), &traffic, usage.form));
        answer.insert(name.to_owned(), rows.collect());
    }
    Ok(success(answer))
}

fn series(shared: &Shared, uri: &Uri, axis: Axis) -> Answer {
    let parameters = Parameters::of(uri);
    let step = read_resolution(&parameters);
    let names = read_names(&parameters, axis);
    let span = read_span(&parameters);
    if let Some((step, span)) = step.zip(span.as_ref())
        && usage::steps(span, step).nth(MOST_STEPS).is_some()
    {
        parameters.refuse("stopDate", format!("A series has at most {MOST_STEPS} entries."));
    }
    let (names, (span, step)) = parameters.finish(names.zip(span.zip(step)))?;

    let usage = &shared.platform().usage;
    let mut answer = Map::new();
    for name in names {
        let mut steps = Map::new();
        for (start, rows) in usage.series(axis, name, &span, step) {
            // A series says of a tracking id that it is empty.
            let rows = rows.into_iter().map(|(other, traffic)| row(axis, Some(other), &traffic, usage.form));
            steps.insert(clock::seconds_text(start), rows.collect());
        }
        answer.insert(name.to_owned(), steps.into());
    }
    Ok(success(answer))
}

fn row(axis: Axis, other: Option<&str>, traffic: &Traffic, form: Form) -> Value {
    let mut row = traffic.answer(form);
    let name = match axis {
        Axis::TrackingId => "streamName",
        Axis::Stream => "trackingId",
    };
    row.extend(other.map(|other| (name.to_owned(), json!(other))));
    row.into()
}

/// A step's length in seconds.
fn read_resolution(parameters: &Parameters) -> Option<i64> {
    match parameters.required("resolution")? {
        "Hour" => Some(3600),
        "Day" => Some(86_400),
        _ => {
            parameters.refuse("resolution", "The value is neither Hour nor Day.");
            None
        }
    }
}

fn read_names(parameters: &Parameters, axis: Axis) -> Option<BTreeSet<&str>> {
    let (parameter, what) = match axis {
        Axis::TrackingId => ("trackingIds", "tracking id"),
        Axis::Stream => ("streamNames", "stream name"),
    };
    let names = parameters.every(parameter);
    if names.is_empty() {
        parameters.refuse(parameter, "The parameter is required.");
    } else if names.len() > MOST_NAMES {
        parameters.refuse(parameter, format!("At most {MOST_NAMES} {what}s are allowed."));
    } else if names.contains(&"") {
        parameters.refuse(parameter, format!("A {what} is empty."));
    } else if axis == Axis::Stream && names.iter().any(|name| units(name) > 128) {
        parameters.refuse(parameter, format!("A {what} has more than 128 characters."));
    }
    Some(names.into_iter().collect())
}
