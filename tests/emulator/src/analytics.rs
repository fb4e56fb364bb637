//! Traffic by tracking id.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::Uri;
use axum::routing::get;
use serde_json::{Map, Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime};

use crate::auth::Authorized;
use crate::envelope::{Answer, success};
use crate::query::Parameters;
use crate::state::Shared;

/// How many ids one question may name.
const MOST_IDS: usize = 10;

#[derive(Clone, Copy, Default)]
pub struct Bytes {
    pub received: i64,
    pub sent: i64,
}

impl Bytes {
    /// The sum, which stops at the largest figure that the API can carry.
    fn plus(self, other: Self) -> Self {
        Self { received: self.received.saturating_add(other.received), sent: self.sent.saturating_add(other.sent) }
    }
}

/// What was used, by tracking id, then by stream name and second.
#[derive(Default)]
pub struct Usage(BTreeMap<String, BTreeMap<(String, i64), Bytes>>);

impl Usage {
    /// Adds to what is known. Zero bytes count as well: they say that there was a viewer.
    pub fn add(&mut self, tracking_id: &str, stream: &str, second: i64, bytes: Bytes) {
        let of_id = self.0.entry(tracking_id.to_owned()).or_default();
        let so_far = of_id.entry((stream.to_owned(), second)).or_default();
        *so_far = so_far.plus(bytes);
    }

    /// The sums from one time up to another, by stream name.
    fn totals(&self, tracking_id: &str, start: OffsetDateTime, stop: OffsetDateTime) -> BTreeMap<&str, Bytes> {
        let mut totals = BTreeMap::new();
        let range = start.unix_timestamp()..stop.unix_timestamp();
        for ((stream, second), bytes) in self.0.get(tracking_id).into_iter().flatten() {
            if range.contains(second) {
                let total: &mut Bytes = totals.entry(stream.as_str()).or_default();
                *total = total.plus(*bytes);
            }
        }
        totals
    }
}

pub fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/api/analytics/tracking/total", get(tracking_total))
}

async fn tracking_total(_: Authorized, State(shared): State<Arc<Shared>>, uri: Uri) -> Answer {
    let parameters = Parameters::of(&uri);
    let ids = read_ids(&parameters);
    let range = read_range(&parameters);
    let (ids, (start, stop)) = parameters.finish(ids.zip(range))?;

    let platform = shared.platform();
    let mut answer = Map::new();
    for id in ids {
        let totals = platform.usage.totals(id, start, stop);
        answer.insert(id.to_owned(), totals.into_iter().map(row).collect());
    }
    Ok(success(answer.into()))
}

fn row((stream, total): (&str, Bytes)) -> Value {
    json!({ "streamName": stream, "bytesIn": total.received, "bytesOut": total.sent })
}

fn read_ids(parameters: &Parameters) -> Option<BTreeSet<&str>> {
    let ids = parameters.every("trackingIds");
    if ids.is_empty() {
        parameters.refuse("trackingIds", "The parameter is required.");
    } else if ids.len() > MOST_IDS {
        parameters.refuse("trackingIds", format!("At most {MOST_IDS} tracking ids are allowed."));
    } else if ids.contains(&"") {
        parameters.refuse("trackingIds", "A tracking id is empty.");
    }
    Some(ids.into_iter().collect())
}

fn read_range(parameters: &Parameters) -> Option<(OffsetDateTime, OffsetDateTime)> {
    let start = read_date(parameters, "startDate");
    let stop = read_date(parameters, "stopDate");
    let (start, stop) = start.zip(stop)?;
    if start >= stop {
        parameters.refuse("stopDate", "The date is not after startDate.");
    }
    Some((start, stop))
}

fn read_date(parameters: &Parameters, name: &'static str) -> Option<OffsetDateTime> {
    let text = parameters.required(name)?;
    let time = day(text).or_else(|| moment(text));
    if time.is_none() {
        parameters.refuse(name, "The value is not a date such as 2026-01-31.");
    }
    time
}

/// `YYYY-MM-DD`, a day that exists: its first moment, in UTC.
fn day(text: &str) -> Option<OffsetDateTime> {
    let bytes = text.as_bytes();
    let shaped = bytes.len() == 10
        && bytes.iter().enumerate().all(|(place, byte)| match place {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !shaped {
        return None;
    }
    let month = Month::try_from(text[5..7].parse::<u8>().ok()?).ok()?;
    let date = Date::from_calendar_date(text[..4].parse().ok()?, month, text[8..].parse().ok()?);
    Some(date.ok()?.midnight().assume_utc())
}

/// A date with a time of day; in UTC where it names no offset.
fn moment(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).or_else(|_| OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_that_exist_are_days() {
        for text in ["2024-02-29", "0001-01-01", "9999-12-31"] {
            assert!(day(text).is_some(), "{text}");
        }
        for text in ["2023-02-29", "2024-13-01", "2024-00-10", "2024-1-1", "24-01-01", "2024/01/01", "+024-01-01", ""] {
            assert!(day(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_sum_stops_at_the_largest_figure() {
        let most = Bytes { received: i64::MAX, sent: 1 };
        let sum = most.plus(most);
        assert_eq!((sum.received, sum.sent), (i64::MAX, 2));
    }
}
