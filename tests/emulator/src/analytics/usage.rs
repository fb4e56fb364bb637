//! What was used, kept by who it is counted for, stream and second.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Axis;

#[derive(Clone, Copy, Default, Serialize, Deserialize)]
pub struct Bytes {
    pub received: i64,
    pub sent: i64,
}

impl Bytes {
    /// The sum, which stops at the largest figure that the API can carry.
    fn plus(self, other: Self) -> Self {
        Self { received: self.received.saturating_add(other.received), sent: self.sent.saturating_add(other.sent) }
    }

    fn answer(self) -> Map<String, Value> {
        let figures = [("bytesIn", self.received), ("bytesOut", self.sent)];
        figures.into_iter().map(|(name, figure)| (name.to_owned(), json!(figure))).collect()
    }
}

/// What traffic was for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Purpose {
    StandardStream,
    Restream,
    GeoCascade,
}

impl Purpose {
    pub const NAMED: [(&'static str, Self); 3] =
        [("standardStream", Self::StandardStream), ("restream", Self::Restream), ("geoCascade", Self::GeoCascade)];
}

/// How rows tell their figures.
#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    Totals,
    Breakdown,
    #[default]
    Both,
}

impl Form {
    pub const NAMED: [(&'static str, Self); 3] = [("totals", Self::Totals), ("breakdown", Self::Breakdown), ("both", Self::Both)];
}

/// The traffic behind one row.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Traffic {
    total: Bytes,
    /// What came without a purpose. In a breakdown it is standard.
    unsorted: Option<Bytes>,
    by_purpose: BTreeMap<Purpose, Bytes>,
    /// How long it was restreamed.
    duration: i64,
    /// How many viewers or publishers were let in.
    admissions: u64,
}

impl Traffic {
    pub fn new(bytes: Bytes, purpose: Option<Purpose>, duration: i64) -> Self {
        Self {
            total: bytes,
            unsorted: purpose.is_none().then_some(bytes),
            by_purpose: purpose.into_iter().map(|purpose| (purpose, bytes)).collect(),
            duration,
            admissions: 0,
        }
    }

    /// One who was let in. No media flows here, so there are no bytes until a test adds them.
    pub fn admission() -> Self {
        Self { admissions: 1, ..Self::new(Bytes::default(), None, 0) }
    }

    fn add(&mut self, other: &Self) {
        self.total = self.total.plus(other.total);
        if let Some(unsorted) = other.unsorted {
            self.unsorted = Some(self.unsorted.unwrap_or_default().plus(unsorted));
        }
        for (purpose, bytes) in &other.by_purpose {
            let so_far = self.by_purpose.entry(*purpose).or_default();
            *so_far = so_far.plus(*bytes);
        }
        self.duration = self.duration.saturating_add(other.duration);
        self.admissions = self.admissions.saturating_add(other.admissions);
    }

    /// The figures of a row.
    pub fn answer(&self, form: Form) -> Map<String, Value> {
        let mut answer = if form == Form::Breakdown { Map::new() } else { self.total.answer() };
        let breaks_down = match form {
            Form::Totals => false,
            Form::Breakdown => true,
            Form::Both => !self.by_purpose.is_empty(),
        };
        if breaks_down {
            for (name, purpose) in Purpose::NAMED {
                answer.extend(self.part(purpose).map(|part| (name.to_owned(), part)));
            }
        }
        answer
    }

    /// The figures of one purpose, if there are any.
    fn part(&self, purpose: Purpose) -> Option<Value> {
        let sorted = self.by_purpose.get(&purpose).copied();
        let unsorted = self.unsorted.filter(|_| purpose == Purpose::StandardStream);
        let bytes = match (sorted, unsorted) {
            (Some(sorted), Some(unsorted)) => sorted.plus(unsorted),
            (sorted, unsorted) => sorted.or(unsorted)?,
        };
        let mut part = bytes.answer();
        if purpose == Purpose::Restream {
            part.insert("duration".to_owned(), json!(self.duration));
        }
        Some(part.into())
    }
}

/// How far apart admissions are told, in seconds: a crowd that comes in takes up a bounded number of entries.
const MINUTE: i64 = 60;

/// What traffic is kept under.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Empty where nobody is counted for.
    pub tracking_id: String,
    pub stream: String,
    pub second: i64,
}

impl Key {
    /// An admission's, which goes by its minute.
    pub fn of_admission(tracking_id: String, stream: &str, second: i64) -> Self {
        Self { tracking_id, stream: stream.to_owned(), second: floor(second, MINUTE) }
    }

    /// The name that a question gives, and the other one, which tells its rows apart.
    fn names(&self, axis: Axis) -> (&str, &str) {
        match axis {
            Axis::TrackingId => (&self.tracking_id, &self.stream),
            Axis::Stream => (&self.stream, &self.tracking_id),
        }
    }
}

/// Rows by the name that tells them apart.
pub type Rows<'a> = BTreeMap<&'a str, Traffic>;

#[derive(Default)]
pub struct Usage {
    pub form: Form,
    traffic: BTreeMap<Key, Traffic>,
}

impl Usage {
    /// Adds to what is known. Zero bytes count as well: they say that there was a viewer.
    pub fn add(&mut self, key: Key, traffic: &Traffic) {
        self.traffic.entry(key).or_default().add(traffic);
    }

    /// Everything that is known.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Traffic)> {
        self.traffic.iter()
    }

    /// What is known under a key, and more.
    pub fn sum(&self, key: &Key, more: &Traffic) -> Traffic {
        let mut sum = self.traffic.get(key).cloned().unwrap_or_default();
        sum.add(more);
        sum
    }

    /// What every pair of a tracking id and a stream has come to.
    pub fn overview(&self) -> Vec<Value> {
        let mut sums: BTreeMap<(&str, &str), Traffic> = BTreeMap::new();
        for (key, traffic) in &self.traffic {
            sums.entry((&key.tracking_id, &key.stream)).or_default().add(traffic);
        }
        let rows = sums.into_iter().map(|((tracking_id, stream), traffic)| {
            json!({
                "trackingId": tracking_id,
                "streamName": stream,
                "admissions": traffic.admissions,
                "bytesIn": traffic.total.received,
                "bytesOut": traffic.total.sent,
            })
        });
        rows.collect()
    }

    /// The sums over a span of seconds.
    pub fn totals(&self, axis: Axis, name: &str, span: &Range<i64>) -> Rows<'_> {
        let mut rows = Rows::new();
        for (other, _, traffic) in self.of(axis, name, span) {
            rows.entry(other).or_default().add(traffic);
        }
        rows
    }

    /// The sums over every step of a span, by the second that the step begins with. A step without
    /// traffic has no rows.
    pub fn series(&self, axis: Axis, name: &str, span: &Range<i64>, step: i64) -> BTreeMap<i64, Rows<'_>> {
        let mut series: BTreeMap<i64, Rows> = steps(span, step).map(|start| (start, Rows::new())).collect();
        for (other, second, traffic) in self.of(axis, name, span) {
            series.entry(floor(second, step)).or_default().entry(other).or_default().add(traffic);
        }
        series
    }

    fn of(&self, axis: Axis, name: &str, span: &Range<i64>) -> impl Iterator<Item = (&str, i64, &Traffic)> {
        self.traffic.iter().filter_map(move |(key, traffic)| {
            let (asked, other) = key.names(axis);
            (asked == name && span.contains(&key.second)).then_some((other, key.second, traffic))
        })
    }
}

/// The steps that a span touches. The first one may begin before it.
pub fn steps(span: &Range<i64>, step: i64) -> impl Iterator<Item = i64> + use<> {
    let end = span.end;
    let first = floor(span.start, step);
    std::iter::successors(Some(first), move |start| Some(start + step)).take_while(move |start| *start < end)
}

fn floor(second: i64, step: i64) -> i64 {
    second - second.rem_euclid(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_stops_at_the_largest_figure() {
        let most = Bytes { received: i64::MAX, sent: 1 };
        let sum = most.plus(most);
        assert_eq!((sum.received, sum.sent), (i64::MAX, 2));
    }

    #[test]
    fn a_span_is_cut_into_the_steps_that_it_touches() {
        let cut = |span: Range<i64>| steps(&span, 3600).collect::<Vec<_>>();
        assert_eq!(cut(0..3600), [0]);
        assert_eq!(cut(0..3601), [0, 3600]);
        assert_eq!(cut(3599..3600), [0]);
        assert_eq!(cut(-1..1), [-3600, 0]);
    }
}
