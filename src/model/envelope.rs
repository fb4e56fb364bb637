//! The three envelopes that every answer of the API comes in.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::json::Members;

#[derive(Deserialize)]
struct Wire<'a> {
    status: String,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
}

/// A refusal is short. Of what is longer nothing is read: it could take many times its size, and long.
const MOST_BYTES: usize = 64 << 10;

pub(crate) enum Envelope<'a> {
    Success(&'a str),
    Fail(Refusal),
    Error(Refusal),
}

/// What the API says when it refuses, in words for a person, with the field that it names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub field: Option<String>,
    pub message: String,
}

impl<'a> Envelope<'a> {
    /// None: not an answer of the API.
    pub(crate) fn read(body: &'a [u8]) -> Option<Envelope<'a>> {
        let wire: Wire<'a> = serde_json::from_slice(body).ok()?;
        let data = wire.data.map_or("null", RawValue::get);
        match wire.status.as_str() {
            "success" => Some(Envelope::Success(data)),
            "fail" => Some(Envelope::Fail(Refusal::of_fail(data))),
            "error" => Some(Envelope::Error(Refusal {
                field: None,
                message: wire.message.map(|message| words_of(message.get())).unwrap_or_default(),
            })),
            _ => None,
        }
    }
}

impl Refusal {
    /// `data` maps fields to messages, or is `{"message": ...}`, or `{"errors": {field: [...]}, "message": ...}`.
    fn of_fail(data: &str) -> Refusal {
        if data.len() > MOST_BYTES {
            return Refusal::default();
        }
        // Of several fields that are refused, the first is the one to name.
        let Ok(Members(fields)) = serde_json::from_str(data) else {
            return Refusal { field: None, message: words_of(data) };
        };
        let value_of = |wanted: &str| fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.get());
        let errors = value_of("errors").and_then(|errors| serde_json::from_str(errors).ok()).filter(|Members(errors)| !errors.is_empty());
        let errors = errors.as_ref().map_or(&fields, |Members(errors)| errors);
        let is_prose = |name: &str| name.is_empty() || name == "message" || name == "errors";
        let named: Vec<_> = errors.iter().filter(|(name, _)| !is_prose(name)).collect();
        match named.as_slice() {
            [] => {
                let unnamed = errors.iter().filter(|(name, _)| name.is_empty()).map(|(_, what)| what.get());
                let words = value_of("message").into_iter().chain(unnamed).map(words_of).filter(|words| !words.is_empty());
                let message = words.collect::<Vec<_>>().join(" ");
                // Words in a shape of their own are still words.
                Refusal { field: None, message: if message.is_empty() && !fields.is_empty() { data.to_owned() } else { message } }
            }
            [(first, _), ..] => Refusal {
                field: Some(first.clone()),
                message: named.iter().map(|(name, what)| format!("{name}: {}", words_of(what.get()))).collect::<Vec<_>>().join("; "),
            },
        }
    }
}

fn words_of(json: &str) -> String {
    if json.len() > MOST_BYTES {
        return String::new();
    }
    serde_json::from_str(json).map(|value| words(&value)).unwrap_or_default()
}

fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(words).collect::<Vec<_>>().join(" "),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(data: &str) -> (Option<String>, String) {
        match Envelope::read(format!(r#"{{"status":"fail","data":{data}}}"#).as_bytes()) {
            Some(Envelope::Fail(refusal)) => (refusal.field, refusal.message),
            _ => panic!("not a fail"),
        }
    }

    #[test]
    fn every_shape_of_a_refusal_becomes_words_and_a_field() {
        let named = |field: &str, message: &str| (Some(field.to_owned()), message.to_owned());
        let unnamed = |message: &str| (None, message.to_owned());
        assert_eq!(fail(r#"{"allowedCountries":"Only one of them"}"#), named("allowedCountries", "allowedCountries: Only one of them"));
        assert_eq!(fail(r#"{"message":"Unauthorized"}"#), unnamed("Unauthorized"));
        assert_eq!(
            fail(r#"{"errors":{"label":["Too long.","Odd."]},"message":"Validation errors"}"#),
            named("label", "label: Too long. Odd.")
        );
        assert_eq!(fail(r#"{"b":"No.","a":"No."}"#), named("b", "b: No.; a: No."));
        assert_eq!(fail(r#"{"errors":{"b":["No."],"a":["No."]}}"#), named("b", "b: No.; a: No."));
        assert_eq!(fail(r#"{"$.streams[0]":["No."]}"#), named("$.streams[0]", "$.streams[0]: No."));
        assert_eq!(fail(r#"{"errors":{},"message":"Validation errors"}"#), unnamed("Validation errors"));
        assert_eq!(fail(r#"{"":["A body is needed."]}"#), unnamed("A body is needed."));
        assert_eq!(fail(r#"{"errors":{"":["Odd."]},"message":"Errors:"}"#), unnamed("Errors: Odd."));
        assert_eq!(fail(r#"{"errors":[{"what":"odd"}]}"#), unnamed(r#"{"errors":[{"what":"odd"}]}"#));
        assert_eq!(fail(r#""plain""#), unnamed("plain"));
        assert_eq!(fail("null"), unnamed(""));
    }

    #[test]
    fn what_is_no_envelope_is_told_apart() {
        for body in ["", "<html>", "{}", "[]", r#"{"status":"ok"}"#, r#"{"status":1}"#, r#"{"status":"success","status":"fail"}"#] {
            assert!(Envelope::read(body.as_bytes()).is_none(), "{body}");
        }
    }
}
