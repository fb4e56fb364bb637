//! Rules as they are written: a line of text for the command line, JSON for the control requests.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value, json};

use super::fault::Scene;
use super::key::{self, Key};
use super::rule::{Rule, Wrong};

/// How many rules there may be: each request is held against all of them.
const MOST_RULES: usize = 1000;

/// What goes wrong in an emulator, and how often.
///
/// It is written as `FAULT[@OPERATION][:key=value[,key=value]]`, several joined by `;`, and `seed=N` among them sets what
/// chance starts from.
///
/// ```
/// use millicast_emulator::{FaultPlan, Options};
///
/// let mut options = Options::with_api_secret("a-secret");
/// options.faults = "503@publish.*:count=2,retry-after=1;close-after@*.create:probability=0.1;seed=7".parse()?;
///
/// let refused = "503:retries=1".parse::<FaultPlan>().unwrap_err();
/// assert_eq!(refused.to_string(), r#"in "503:retries=1": retries: there is no such key"#);
/// # Ok::<(), millicast_emulator::WrongFault>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FaultPlan {
    pub(super) seed: Option<u64>,
    pub(super) rules: Vec<Rule>,
}

/// Why a text is no [`FaultPlan`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongFault(String);

impl fmt::Display for WrongFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WrongFault {}

impl FaultPlan {
    /// Several as one, their rules in order.
    pub fn of_all(plans: impl IntoIterator<Item = Self>) -> Result<Self, WrongFault> {
        let mut all = Self::default();
        for plan in plans {
            all.rules.extend(plan.rules);
            if let Some(seed) = plan.seed {
                all.take_seed(seed)?;
            }
        }
        all.check()
    }

    fn take_seed(&mut self, seed: u64) -> Result<(), WrongFault> {
        match self.seed.replace(seed) {
            None => Ok(()),
            Some(first) => Err(WrongFault(format!("seed: there is one only, not {first} and {seed}"))),
        }
    }

    fn check(self) -> Result<Self, WrongFault> {
        let given = self.rules.len();
        if given > MOST_RULES { Err(WrongFault(format!("at most {MOST_RULES} rules are kept to, not {given}"))) } else { Ok(self) }
    }

    /// Why it cannot be kept to by an emulator that serves no TLS.
    pub(crate) fn needs_tls(&self) -> Option<Wrong> {
        let (index, rule) = self.rules.iter().enumerate().find(|(_, rule)| rule.fault.scene() == Scene::Handshake)?;
        Some(Wrong::at(
            &format!("faults[{index}].fault"),
            format!("{} is a fault of TLS, which is not served: start with --tls", rule.fault),
        ))
    }

    /// From `{"seed"?, "faults": [rule]}`.
    pub fn from_json(object: &Map<String, Value>) -> Result<Self, Wrong> {
        let seed = object.get("seed").filter(|seed| !seed.is_null());
        let seed = seed.map(|seed| key::integer(seed, 0..=key::LARGEST)).transpose().map_err(|why| Wrong::at("seed", why))?;
        let Some(Value::Array(faults)) = object.get("faults") else {
            return Err(Wrong::at("faults", "an array of rules is expected"));
        };
        if let Some(name) = object.keys().find(|name| !["seed", "faults"].contains(&name.as_str())) {
            return Err(Wrong::at(name, "there is no such key"));
        }
        let rules = faults
            .iter()
            .enumerate()
            .map(|(index, rule)| rule_from_json(rule).map_err(|wrong| Wrong { place: format!("faults[{index}]{}", wrong.place), ..wrong }));
        let plan = Self { seed, rules: rules.collect::<Result<_, _>>()? };
        plan.check().map_err(|wrong| Wrong::at("faults", wrong.0))
    }
}

/// The place of what is wrong begins where the rule's own ends.
fn rule_from_json(value: &Value) -> Result<Rule, Wrong> {
    let Some(object) = value.as_object() else {
        return Err(Wrong::at("", "an object is expected"));
    };
    read_object(object).map_err(|wrong| Wrong { place: format!(".{}", wrong.place), ..wrong })
}

fn read_object(object: &Map<String, Value>) -> Result<Rule, Wrong> {
    let fault = text(object, "fault")?.ok_or_else(|| Wrong::at("fault", "the name of a fault is expected"))?;
    let mut rule = Rule::new(fault, text(object, "operation")?)?;
    // What a rule is shown with, so that one can be given as it was shown.
    let others =
        object.iter().filter(|(name, value)| !["fault", "operation", "asked", "done"].contains(&name.as_str()) && !value.is_null());
    for (name, value) in others {
        rule.set(Key::of_json(name), name, value)?;
    }
    rule.finished()
}

fn text<'a>(object: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, Wrong> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Wrong::at(name, "a string is expected")),
    }
}

impl FromStr for FaultPlan {
    type Err = WrongFault;

    fn from_str(spec: &str) -> Result<Self, WrongFault> {
        let mut plan = Self::default();
        for element in spec.split(';').map(str::trim).filter(|element| !element.is_empty()) {
            let refuse = |wrong: Wrong| WrongFault(format!("in {element:?}: {}: {}", wrong.place, wrong.why));
            match element.strip_prefix("seed=") {
                Some(seed) => {
                    let seed = key::integer(&value(seed), 0..=key::LARGEST).map_err(|why| refuse(Wrong::at("seed", why)))?;
                    plan.take_seed(seed)?;
                }
                None => plan.rules.push(rule_from_spec(element).map_err(refuse)?),
            }
        }
        if plan == Self::default() {
            return Err(WrongFault("no fault is given; one is written as FAULT[@OPERATION][:key=value[,key=value]]".to_owned()));
        }
        plan.check()
    }
}

fn rule_from_spec(element: &str) -> Result<Rule, Wrong> {
    let (head, keys) = element.split_once(':').map_or((element, None), |(head, keys)| (head, Some(keys)));
    let (fault, pattern) = head.split_once('@').map_or((head, None), |(fault, pattern)| (fault, Some(pattern)));
    let mut rule = Rule::new(fault.trim(), pattern.map(str::trim))?;
    let mut seen = BTreeSet::new();
    for pair in keys.into_iter().flat_map(|keys| keys.split(',')) {
        let Some((name, text)) = pair.split_once('=') else {
            return Err(Wrong::at(pair.trim(), "key=value is expected"));
        };
        let (name, text) = (name.trim(), text.trim());
        let key = Key::of_spec(name);
        if !seen.insert(name) {
            return Err(Wrong::at(name, "the key is given twice"));
        }
        let value = if key == Some(Key::Location) { json!(text) } else { value(text) };
        rule.set(key, name, &value)?;
    }
    rule.finished()
}

/// A number if it is written as one; a text is no number, and is refused as what it is.
fn value(text: &str) -> Value {
    text.parse().ok().filter(Value::is_number).unwrap_or_else(|| json!(text))
}
