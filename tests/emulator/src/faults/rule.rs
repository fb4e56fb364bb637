//! One rule: which fault comes over which requests, and how often.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::fault::Fault;
use super::key::{Key, MOST_CONNECTIONS_IN_A_ROW, MOST_PROBABLE, Values};
use crate::journal::shortened;
use crate::operation::{self, Operation};

/// The longest that a port stays closed at a time: the control requests come through it too.
const LONGEST_REFUSAL: Duration = Duration::from_secs(10);

/// A rule that can be kept to.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    pub fault: Fault,
    /// Which operations it is about; every one if unset.
    pattern: Option<String>,
    pub values: Values,
}

impl Rule {
    /// A rule for a fault by its name, about the operations that a pattern fits. The keys come later.
    pub fn new(fault: &str, pattern: Option<&str>) -> Result<Self, Wrong> {
        let fault = Fault::named(fault).map_err(|why| Wrong::at("fault", why))?;
        if let Some(pattern) = pattern {
            check_pattern(fault, pattern).map_err(|why| Wrong::at("operation", why))?;
        }
        Ok(Self { fault, pattern: pattern.map(str::to_owned), values: Values::default() })
    }

    /// Takes a key that the form it was written in calls by a name.
    pub fn set(&mut self, key: Option<Key>, name: &str, value: &Value) -> Result<(), Wrong> {
        let Some(key) = key else {
            return Err(Wrong::at(name, "there is no such key"));
        };
        if !self.fault.takes(key) {
            return Err(Wrong::at(name, format!("{} does not take this key", self.fault)));
        }
        self.values.set(key, value).map_err(|why| Wrong::at(name, why))
    }

    /// The rule when all of its keys are taken.
    pub fn finished(self) -> Result<Self, Wrong> {
        if self.fault.is_of_connections() && !self.values.let_somebody_through() {
            let why = format!(
                "it would keep the control requests out too: give a count of at most {MOST_CONNECTIONS_IN_A_ROW}, an nth, or a \
                 probability of at most {MOST_PROBABLE}"
            );
            return Err(Wrong::at("fault", format!("{} has no end; {why}", self.fault)));
        }
        if self.fault == Fault::Refuse && self.pause() > LONGEST_REFUSAL {
            let given = self.pause().as_millis();
            let most = LONGEST_REFUSAL.as_millis();
            return Err(Wrong::at("ms", format!("{} closes the port for at most {most} milliseconds, not {given}", self.fault)));
        }
        Ok(self)
    }

    pub fn is_about(&self, operation: Operation) -> bool {
        self.pattern.as_ref().is_none_or(|pattern| fits(pattern, operation.name()))
    }

    /// The `ms` of a fault that takes one.
    pub fn pause(&self) -> Duration {
        Duration::from_millis(self.values.ms.or(self.fault.usual_ms()).unwrap_or_default())
    }

    /// As JSON, in the form that it is read in.
    pub fn to_json(&self) -> Map<String, Value> {
        let values = &self.values;
        let members = [
            ("fault", json!(self.fault.to_string())),
            ("operation", json!(self.pattern)),
            ("probability", json!(values.probability)),
            ("count", json!(values.count)),
            ("nth", json!(values.nth)),
            ("ms", json!(values.ms)),
            ("bytes", json!(values.bytes)),
            ("retryAfter", json!(values.retry_after)),
            ("location", json!(values.location)),
        ];
        members.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// What keeps a rule from being one, and where it stands.
#[derive(Debug)]
pub struct Wrong {
    /// `fault`, `operation`, or a key as its form calls it.
    pub place: String,
    pub why: String,
}

impl Wrong {
    pub fn at(place: &str, why: impl Into<String>) -> Self {
        Self { place: shortened(place.to_owned()), why: shortened(why.into()) }
    }
}

fn check_pattern(fault: Fault, pattern: &str) -> Result<(), String> {
    if fault.is_of_connections() {
        return Err(format!("{fault} comes before there is a request, so it is of no operation, not even {pattern:?}"));
    }
    if operation::ALL.iter().any(|operation| fits(pattern, operation.name())) {
        return Ok(());
    }
    let known: Vec<&str> = operation::ALL.iter().map(|operation| operation.name()).collect();
    Err(format!("no operation is {pattern:?}; there are {}", known.join(", ")))
}

/// Whether a pattern, in which each `*` stands for any text, is a whole name.
fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let (Some(first), Some(last)) = (parts.next(), parts.next_back()) else { return pattern == name };
    let Some(mut rest) = name.strip_prefix(first).and_then(|rest| rest.strip_suffix(last)) else { return false };
    parts.all(|part| {
        let found = rest.find(part);
        rest = found.map_or(rest, |at| &rest[at + part.len()..]);
        found.is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, name) in [
            ("*", "whip"),
            ("publish.*", "publish.list_by_name"),
            ("*.create", "subscribe.create"),
            ("*.list*", "publish.list"),
            ("*b*.*e", "subscribe.update"),
            ("whep", "whep"),
        ] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("publish.", "publish.list"), ("*.list", "publish.list_by_name"), ("", "whip"), ("whi", "whip")] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }
}
