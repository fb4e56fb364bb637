//! What a platform begins with: tokens, traffic and live streams from a JSON file.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::Path;

use serde_json::{Map, Value};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime, UtcOffset};

use crate::clock::DATES;
use crate::control::read_usage;
use crate::options::LARGEST_ID;
use crate::random;
use crate::state::{Change, Platform};
use crate::tokens::{Kind, Publish, Subscribe, Terms, Token, Version};
use crate::validate::{Fields, Problems};

/// Reads what is to be made. Nothing of a file with a fault in it is.
pub fn read(file: &Path, platform: &Platform, now: OffsetDateTime) -> io::Result<Vec<Change>> {
    let refuse = |why: String| io::Error::new(io::ErrorKind::InvalidData, format!("cannot read the seed {}: {why}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| refuse(error.to_string()))?;
    let seed: Value = serde_json::from_str(&text).map_err(|error| refuse(format!("it is not valid JSON: {error}")))?;
    let Value::Object(seed) = seed else {
        return Err(refuse("it is no JSON object".to_owned()));
    };
    let mut reading = Reading {
        now,
        next_id: platform.next_id,
        given: HashSet::new(),
        ids: HashSet::new(),
        texts: HashSet::new(),
        published: HashMap::new(),
        changes: Vec::new(),
    };
    reading.read(&seed).map_err(refuse)?;
    Ok(reading.changes)
}

struct Reading {
    now: OffsetDateTime,
    next_id: u64,
    /// The ids that tokens come with, which none of the others gets.
    given: HashSet<u64>,
    /// No id comes twice, and no text.
    ids: HashSet<u64>,
    texts: HashSet<String>,
    /// Where among the changes a publish token is.
    published: HashMap<u64, usize>,
    changes: Vec<Change>,
}

impl Reading {
    fn read(&mut self, seed: &Map<String, Value>) -> Result<(), String> {
        let known = ["publishTokens", "subscribeTokens", "usage", "live"];
        if let Some(unknown) = seed.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(format!("{unknown} is none of {}", known.join(", ")));
        }
        self.given = given_ids(seed);
        self.tokens::<Publish>(seed, "publishTokens")?;
        self.tokens::<Subscribe>(seed, "subscribeTokens")?;
        each(seed, "live", |fields| {
            fields.demand("tokenId");
            fields.demand("streamName");
            self.live(fields);
            Ok(())
        })?;
        each(seed, "usage", |fields| {
            let used = read_usage(fields, self.now.unix_timestamp());
            self.changes.push(Change::Used(used.0, used.1));
            Ok(())
        })
    }

    fn tokens<K: Kind>(&mut self, seed: &Map<String, Value>, name: &str) -> Result<(), String> {
        each(seed, name, |fields| {
            let token = self.token::<K>(fields)?;
            let change = K::put(token);
            if let Change::Publish(token) = &change {
                self.published.insert(token.id, self.changes.len());
            }
            self.changes.push(change);
            Ok(())
        })
    }

    fn take_id(&mut self) -> u64 {
        while self.given.contains(&self.next_id) {
            self.next_id += 1;
        }
        self.next_id += 1;
        self.next_id - 1
    }

    /// What a create takes, or what a read has answered: there an unset cluster is an empty one.
    fn token<K: Kind>(&mut self, fields: &Fields) -> Result<Token<K>, String> {
        let no_random = |error: io::Error| error.to_string();
        let terms = Terms::read(fields, Version::V2);
        let mut own = K::read(fields, Version::V2).map_err(no_random)?;
        own.take_over(fields);
        let id = read_token_id(fields, "id").unwrap_or_else(|| self.take_id());
        let text = match fields.text("token", 1..=1024) {
            Some(text) => text,
            None => random::token().map_err(no_random)?,
        };
        if !self.ids.insert(id) {
            fields.refuse("id", format!("Another token has the id {id}."));
        }
        if !self.texts.insert(text.clone()) {
            fields.refuse("token", "Another token has this text.");
        }
        // What has a dot in it means to be self-signed.
        if !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'.') {
            fields.refuse("token", "The text is not visible ASCII without blanks and dots.");
        }
        let added_on = read_time(fields, "addedOn").unwrap_or(self.now);
        let mut expires_on = read_time(fields, "expiresOn");
        if let (None, Some(seconds)) = (expires_on, terms.expires) {
            expires_on = added_on.checked_add(Duration::seconds(seconds));
            if expires_on.is_none() {
                fields.refuse("expires", "The token would expire past the year 9999.");
            }
        }
        let is_active = fields.flag("isActive").unwrap_or(true);
        Ok(Token { id, token: text, added_on, expires_on, is_active, terms, own, bound: Vec::new() })
    }

    fn live(&mut self, fields: &Fields) {
        let id = read_token_id(fields, "tokenId");
        let Some((id, stream)) = id.zip(fields.text("streamName", 1..=128)) else { return };
        let token = self.published.get(&id).and_then(|place| self.changes.get_mut(*place));
        match token {
            Some(Change::Publish(token)) if token.terms.cover(&stream) => {
                token.own.live.insert(stream);
            }
            Some(_) => fields.refuse("streamName", "The token is for other streams."),
            None => fields.refuse("tokenId", format!("No publish token of the seed has the id {id}.")),
        }
    }
}

/// Every object of a list, with what is wrong in it.
fn each(seed: &Map<String, Value>, name: &str, mut read: impl FnMut(&Fields) -> Result<(), String>) -> Result<(), String> {
    let Some(list) = seed.get(name) else { return Ok(()) };
    let Value::Array(list) = list else {
        return Err(format!("{name} is no array"));
    };
    for (index, entry) in list.iter().enumerate() {
        let Value::Object(entry) = entry else {
            return Err(format!("{name}[{index}] is no object"));
        };
        let mut entry = entry.clone();
        entry.retain(|name, value| !(name == "originCluster" && value == ""));
        let problems = Problems::default();
        read(&Fields::of(&entry, &problems)).map_err(|why| format!("{name}[{index}]: {why}"))?;
        if let Some(why) = problems.in_words() {
            return Err(format!("{name}[{index}]: {why}"));
        }
    }
    Ok(())
}

fn given_ids(seed: &Map<String, Value>) -> HashSet<u64> {
    let lists = ["publishTokens", "subscribeTokens"].into_iter().filter_map(|name| seed.get(name)?.as_array());
    lists.flatten().filter_map(|token| token.get("id")?.as_u64()).collect()
}

fn read_token_id(fields: &Fields, name: &str) -> Option<u64> {
    let largest = i64::try_from(LARGEST_ID).unwrap_or(i64::MAX);
    fields.integer(name, 1..=largest).and_then(|id| u64::try_from(id).ok())
}

fn read_time(fields: &Fields, name: &str) -> Option<OffsetDateTime> {
    let text = fields.text(name, 1..=64)?;
    // Kept in UTC, as every other time is.
    let time = OffsetDateTime::parse(&text, &Rfc3339).ok().and_then(|time| time.checked_to_offset(UtcOffset::UTC));
    let time = time.filter(|time| DATES.contains(&time.unix_timestamp()));
    if time.is_none() {
        fields.refuse(name, "The value is not a time such as 2026-01-31T12:00:00Z.");
    }
    time
}
