//! What a rule says besides its fault and its operations, and the limits of it.

use std::ops::RangeInclusive;

use serde_json::Value;

/// The largest number that every JSON reader keeps exact.
pub const LARGEST: u64 = 1 << 53;

const LONGEST_MS: u64 = 3_600_000;
const LONGEST_RETRY_AFTER: u64 = 31_536_000;
const MOST_BYTES: u64 = 1024 * 1024;
const LONGEST_LOCATION: usize = 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Probability,
    Count,
    Nth,
    Ms,
    Bytes,
    RetryAfter,
    Location,
}

/// Each by its name in a SPEC and its name in JSON.
const ALL: [(Key, &str, &str); 7] = [
    (Key::Probability, "probability", "probability"),
    (Key::Count, "count", "count"),
    (Key::Nth, "nth", "nth"),
    (Key::Ms, "ms", "ms"),
    (Key::Bytes, "bytes", "bytes"),
    (Key::RetryAfter, "retry-after", "retryAfter"),
    (Key::Location, "location", "location"),
];

impl Key {
    pub fn of_spec(name: &str) -> Option<Self> {
        ALL.iter().find(|(_, known, _)| *known == name).map(|(key, ..)| *key)
    }

    pub fn of_json(name: &str) -> Option<Self> {
        ALL.iter().find(|(.., known)| *known == name).map(|(key, ..)| *key)
    }
}

/// How many connections in a row may be spoilt, and how many of all: the control requests need one too.
pub const MOST_CONNECTIONS_IN_A_ROW: u64 = 100;
pub const MOST_PROBABLE: f64 = 0.9;

/// What the keys of a rule say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values {
    pub probability: Option<f64>,
    pub count: Option<u64>,
    pub nth: Option<u64>,
    pub ms: Option<u64>,
    pub bytes: Option<u64>,
    pub retry_after: Option<u64>,
    pub location: Option<String>,
}

impl Values {
    /// Takes the value of a key, or says why not.
    pub fn set(&mut self, key: Key, value: &Value) -> Result<(), String> {
        match key {
            Key::Probability => self.probability = Some(probability(value)?),
            Key::Count => self.count = Some(integer(value, 1..=LARGEST)?),
            Key::Nth => self.nth = Some(integer(value, 1..=LARGEST)?),
            Key::Ms => self.ms = Some(integer(value, 1..=LONGEST_MS)?),
            Key::Bytes => self.bytes = Some(integer(value, 1..=MOST_BYTES)?),
            Key::RetryAfter => self.retry_after = Some(integer(value, 0..=LONGEST_RETRY_AFTER)?),
            Key::Location => self.location = Some(location(value)?),
        }
        Ok(())
    }

    /// Whether it is certain that a rule soon lets somebody through.
    pub fn let_somebody_through(&self) -> bool {
        self.count.is_some_and(|count| count <= MOST_CONNECTIONS_IN_A_ROW)
            || self.nth.is_some()
            || self.probability.is_some_and(|probability| probability <= MOST_PROBABLE)
    }
}

fn probability(value: &Value) -> Result<f64, String> {
    let probability = value.as_f64().filter(|probability| (0.0..=1.0).contains(probability));
    probability.ok_or_else(|| format!("a number between 0 and 1 is expected, not {}", shown(value)))
}

pub fn integer(value: &Value, range: RangeInclusive<u64>) -> Result<u64, String> {
    let integer = value.as_u64().filter(|integer| range.contains(integer));
    integer.ok_or_else(|| format!("an integer between {} and {} is expected, not {}", range.start(), range.end(), shown(value)))
}

fn location(value: &Value) -> Result<String, String> {
    let location = value.as_str().filter(|text| (1..=LONGEST_LOCATION).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()));
    let expected = format!("1 to {LONGEST_LOCATION} characters of visible ASCII are expected");
    location.map(str::to_owned).ok_or_else(|| format!("{expected}, not {}", shown(value)))
}

/// A value as it was given, if that is short.
fn shown(value: &Value) -> String {
    let shown = value.to_string();
    if shown.len() > 100 { format!("{} bytes", shown.len()) } else { shown }
}
