//! Faults on demand: which request or connection meets which fault.
//!
//! Each rule counts the requests that it matches and draws for each of them from a generator of its own, so what
//! happens to one operation does not depend on how others come in between.

mod fault;
mod key;
mod layer;
mod plan;
mod rule;
mod script;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;

use crate::operation::Operation;

pub use fault::Fault;
use fault::Scene;
pub use layer::{IsReused, strike};
pub use plan::{FaultPlan, WrongFault};
use rule::Rule;
pub use rule::Wrong;
pub use script::{End, Script, Step};

/// The rules in force.
pub struct Faults {
    /// The emulator's own URL, which redirects lead to.
    url: String,
    serves_tls: bool,
    armed: Mutex<Armed>,
    /// How often other rules came in their place, and how many of these times the port follows.
    changes: watch::Sender<u64>,
    heeded: watch::Sender<u64>,
}

struct Armed {
    seed: u64,
    rules: Vec<Counted>,
}

/// A rule and what it has come to.
struct Counted {
    rule: Rule,
    chance: fastrand::Rng,
    asked: u64,
    done: u64,
}

impl Armed {
    fn new(plan: FaultPlan) -> Self {
        let seed = plan.seed.unwrap_or_else(|| fastrand::u64(..=key::LARGEST));
        // The generators of neighbours are far apart.
        let mut seeds = fastrand::Rng::with_seed(seed);
        let rules = plan.rules.into_iter().map(|rule| Counted { rule, chance: seeds.fork(), asked: 0, done: 0 });
        Self { seed, rules: rules.collect() }
    }

    /// The first rule that applies, of those that match. All of these count.
    fn choose(&mut self, matches: impl Fn(&Rule) -> bool) -> Option<Rule> {
        let mut chosen: Option<&mut Counted> = None;
        for counted in self.rules.iter_mut().filter(|counted| matches(&counted.rule)) {
            if counted.applies() && chosen.is_none() {
                chosen = Some(counted);
            }
        }
        let chosen = chosen?;
        chosen.done += 1;
        Some(chosen.rule.clone())
    }
}

impl Counted {
    /// Whether it applies to one more that it matches.
    fn applies(&mut self) -> bool {
        self.asked += 1;
        let values = &self.rule.values;
        // Drawn each time, so that the n-th draw belongs to the n-th request.
        let is_drawn = self.chance.f64() < values.probability.unwrap_or(1.0);
        is_drawn && values.nth.is_none_or(|nth| nth == self.asked) && values.count.is_none_or(|count| self.done < count)
    }
}

impl Faults {
    pub fn new(plan: FaultPlan, url: String, serves_tls: bool) -> Self {
        Self { url, serves_tls, armed: Mutex::new(Armed::new(plan)), changes: watch::Sender::new(0), heeded: watch::Sender::new(0) }
    }

    fn armed(&self) -> MutexGuard<'_, Armed> {
        self.armed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts other rules in the place of those in force, and returns when they hold for the next connection. They count
    /// from 0.
    pub async fn replace(&self, plan: FaultPlan) -> Result<(), Wrong> {
        if let Some(wrong) = plan.needs_tls().filter(|_| !self.serves_tls) {
            return Err(wrong);
        }
        let change = self.put(plan);
        // It goes only with the emulator itself.
        let _ = self.heeded.subscribe().wait_for(|heeded| *heeded >= change).await;
        Ok(())
    }

    fn put(&self, plan: FaultPlan) -> u64 {
        let mut armed = self.armed();
        *armed = Armed::new(plan);
        self.changes.send_modify(|changes| *changes += 1);
        *self.changes.borrow()
    }

    /// Tells when other rules are in force.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Says that the port follows the rules as of a change.
    pub fn heed(&self, change: u64) {
        self.heeded.send_replace(change);
    }

    /// How long the port is closed before the next connection, if it is. To be asked once for each.
    pub fn closes_port(&self) -> Option<Duration> {
        let chosen = self.armed().choose(|rule| rule.fault.scene() == Scene::Port)?;
        Some(chosen.pause())
    }

    /// What goes wrong in a handshake. To be asked once for each.
    pub fn at_handshake(&self) -> Option<Fault> {
        self.armed().choose(|rule| rule.fault.scene() == Scene::Handshake).map(|rule| rule.fault)
    }

    fn at_request(&self, operation: Operation, is_reused: bool) -> Option<Rule> {
        self.armed().choose(|rule| match rule.fault.scene() {
            Scene::Port | Scene::Handshake => false,
            Scene::Request => rule.is_about(operation),
            Scene::RequestOnReuse => is_reused && rule.is_about(operation),
        })
    }

    /// The seed, and the rules with what they have come to.
    pub fn to_json(&self) -> Value {
        let armed = self.armed();
        let rules = armed.rules.iter().map(|counted| {
            let mut shown = counted.rule.to_json();
            shown.insert("asked".to_owned(), json!(counted.asked));
            shown.insert("done".to_owned(), json!(counted.done));
            Value::Object(shown)
        });
        json!({ "seed": armed.seed, "faults": rules.collect::<Vec<_>>() })
    }
}
