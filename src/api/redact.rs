//! The API's JSON for an error, without what nobody may see.

use serde_json::value::RawValue;

use crate::model::json::{self, Members};

const REDACTED: &str = "[redacted]";
/// A refusal is short. What is longer is no help to a person.
const MOST_BYTES: usize = 64 << 10;
/// How names of secrets end, in any case of letters.
const SECRET_NAMES: [&str; 4] = ["token", "key", "passphrase", "secret"];
/// Words such as "Required" are shorter than secrets, and have no digits.
const SHORTEST_SECRET: usize = 12;

/// The text without these secrets, if it has one. Those come first that are longest: one may begin like another.
pub(crate) fn hide(text: &str, secrets: &[&str]) -> Option<String> {
    let shows = secrets.iter().any(|secret| text.contains(secret));
    shows.then(|| secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, REDACTED)))
}

/// Secrets are looked for in what the JSON stands for: escaped they would not be found in its text. All else stays as
/// it was sent, names that come twice included. None: it can't be read.
pub(crate) fn json(body: &[u8], secrets: &[&str]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let is_fit = body.len() <= MOST_BYTES && json::depth(text) <= json::DEEPEST;
    let mut writer = Writer { secrets, written: String::new() };
    let json = if is_fit { serde_json::from_str(text).ok()? } else { return None };
    writer.value(json, Place::Envelope, false)?;
    Some(writer.written)
}

/// What stands around a value.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Envelope,
    /// Names are fields here, and values what is said of them.
    Refused,
    Elsewhere,
}

impl Place {
    fn inside(self, name: &str) -> Place {
        match (self, name) {
            (Place::Envelope, "data") | (Place::Refused, "errors") => Place::Refused,
            _ => Place::Elsewhere,
        }
    }
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_NAMES.iter().any(|secret| name.ends_with(secret))
}

/// Does it hold the name of a secret, in quotes?
fn names_secret(json: &str) -> bool {
    let json = json.to_ascii_lowercase();
    SECRET_NAMES.iter().any(|name| json.contains(&format!("{name}\"")))
}

/// Is it words about a field, rather than its value?
fn is_said(text: &str) -> bool {
    text.contains(' ') || (text.len() < SHORTEST_SECRET && !text.contains(|c: char| c.is_ascii_digit()))
}

struct Writer<'a> {
    secrets: &'a [&'a str],
    written: String,
}

impl Writer<'_> {
    fn text(&mut self, text: &str) -> Option<()> {
        self.written.push_str(&serde_json::to_string(text).ok()?);
        Some(())
    }

    /// `is_named`: by the name of a secret.
    fn value(&mut self, json: &RawValue, place: Place, is_named: bool) -> Option<()> {
        match json.get().as_bytes().first()? {
            b'{' => self.object(json, place),
            b'[' => self.list(json, place, is_named),
            b'"' => self.string(json, place, is_named),
            b'0'..=b'9' | b'-' if is_named => self.text(REDACTED),
            _ => {
                self.written.push_str(json.get());
                Some(())
            }
        }
    }

    fn object(&mut self, json: &RawValue, place: Place) -> Option<()> {
        let Members(members) = serde_json::from_str(json.get()).ok()?;
        self.written.push('{');
        for (index, (name, value)) in members.into_iter().enumerate() {
            self.written.push_str(if index > 0 { "," } else { "" });
            self.text(&hide(&name, self.secrets).unwrap_or_else(|| name.clone()))?;
            self.written.push(':');
            let inside = place.inside(&name);
            // In a refusal's list of fields a value stands where its name does.
            let here = if place == Place::Refused && inside == Place::Elsewhere { Place::Refused } else { inside };
            self.value(value, if value.get().starts_with('{') { inside } else { here }, is_secret_name(&name))?;
        }
        self.written.push('}');
        Some(())
    }

    fn list(&mut self, json: &RawValue, place: Place, is_named: bool) -> Option<()> {
        let entries: Vec<&RawValue> = serde_json::from_str(json.get()).ok()?;
        self.written.push('[');
        for (index, entry) in entries.into_iter().enumerate() {
            self.written.push_str(if index > 0 { "," } else { "" });
            self.value(entry, if entry.get().starts_with('{') { Place::Elsewhere } else { place }, is_named)?;
        }
        self.written.push(']');
        Some(())
    }

    fn without_quoted_secrets(&self, text: String) -> String {
        let Some(start) = text.find(['{', '[']) else { return text };
        let (words, quoted) = text.split_at(start);
        match self::json(quoted.trim_end().as_bytes(), self.secrets) {
            Some(clean) => format!("{words}{clean}"),
            // What can't be read may still be.
            None if names_secret(quoted) => format!("{words}{REDACTED}"),
            None => text,
        }
    }

    fn string(&mut self, json: &RawValue, place: Place, is_named: bool) -> Option<()> {
        let text: String = serde_json::from_str(json.get()).ok()?;
        if is_named && !(place == Place::Refused && is_said(&text)) {
            return self.text(REDACTED);
        }
        // Some quote the JSON that they were sent.
        let text = self.without_quoted_secrets(text);
        match hide(&text, self.secrets) {
            Some(hidden) => self.text(&hidden),
            None => self.text(&text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(body: &str) -> String {
        json(body.as_bytes(), &["abcde-the-rest", "abcde", "API-SECRET"]).expect("JSON")
    }

    #[test]
    fn what_holds_no_secret_stays_as_it_was_sent() {
        for body in [
            r#"{"status":"fail","data":{"b":"No.","a":["No.",1.50,null,true]}}"#,
            r#"{"status":"fail","data":{"key":"Required","token":["Too long a value."],"errors":{"restream[0].key":["Bad one."]}}}"#,
            r#"{"status":"error","message":"x","message":"y"}"#,
        ] {
            assert_eq!(shown(body), body);
        }
    }

    #[test]
    fn a_secret_shows_in_no_shape() {
        for body in [
            r#"{"message":"of API-SECRET","message":"ok"}"#,
            r#"{"data":{"x":"API\u002dSECRET"}}"#,
            r#"{"data":{"API-SECRET":1}}"#,
            r#"{"data":{"message":"abcde-the-rest and abcde"}}"#,
            r#"{"data":{"token":"ok ok","token":"0123456789abcdef"}}"#,
            r#"{"data":{"token":["0123456789abcdef"],"Token":12345678901234567890,"srtPassphrase":"0123456789abcdef"}}"#,
            r#"{"data":{"sent":{"streamKey":"two words","restream":[{"key":"0123456789abcdef of it"}]}}}"#,
            r#"{"data":"{\"token\":\"0123456789abcdef\"}"}"#,
            r#"{"data":" {\"token\":\"0123456789abcdef\"}"}"#,
            r#"{"data":"Invalid input: {\"token\":\"0123456789abcdef\"} was sent"}"#,
        ] {
            let shown = shown(body);
            let tells = ["API-SECRET", "the-rest", "abcde", "0123456789", "1234567890", "two words"];
            assert!(!tells.iter().any(|secret| shown.contains(secret)) && shown.contains(REDACTED), "{shown}");
        }
    }

    #[test]
    fn what_is_too_deep_or_too_long_or_no_json_is_nothing() {
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        let long = format!("\"{}\"", "x".repeat(MOST_BYTES));
        for body in [deep.as_str(), &long, "<html>", r#"{"a":"\ud800"}"#] {
            assert!(json(body.as_bytes(), &[]).is_none());
        }
    }
}
