//! Reading a JSON object's fields within their limits.
//!
//! Nothing stops at the first problem: one answer names every field at fault. A field that breaks
//! a limit goes by its name (`streams[0].streamName`), a value of the wrong type by its JSON path
//! (`$.streams[0].streamName`). No message repeats a text: one may be a secret in a wrong
//! place. A number and a length are told.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::envelope::Refusal;

/// A text's length as .NET counts it, in UTF-16 units: most emoji count twice.
pub fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// How many fields are found at fault. More help nobody, and a body has room for half a million.
const MOST_FAULTS: usize = 1000;

/// The fields found at fault so far. The first message about a field stands.
#[derive(Default)]
pub struct Problems(RefCell<BTreeMap<String, String>>);

impl Problems {
    pub fn add(&self, field: String, message: impl Into<String>) {
        let mut found = self.0.borrow_mut();
        if found.len() < MOST_FAULTS {
            found.entry(field).or_insert_with(|| message.into());
        }
    }

    /// All of them in a line.
    pub fn in_words(&self) -> Option<String> {
        let found = self.0.borrow();
        let words: Vec<String> = found.iter().map(|(field, message)| format!("{field}: {message}")).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// A refusal that names them, if there are any.
    pub fn settle(self) -> Result<(), Refusal> {
        let found = self.0.into_inner();
        if found.is_empty() {
            return Ok(());
        }
        Err(Refusal::fail(StatusCode::BAD_REQUEST, json!(found)))
    }
}

/// The fields of one object. `null` is the same as absent unless [`Fields::is_null`] is asked, and
/// fields that nobody asks for are ignored.
pub struct Fields<'a> {
    object: &'a Map<String, Value>,
    /// Where the object stands: empty, or such as `streams[0].`.
    place: String,
    problems: &'a Problems,
}

impl<'a> Fields<'a> {
    pub fn of(object: &'a Map<String, Value>, problems: &'a Problems) -> Self {
        Self { object, place: String::new(), problems }
    }

    /// Refuses a field for a reason of the caller's.
    pub fn refuse(&self, name: &str, message: impl Into<String>) {
        self.problems.add(format!("{}{name}", self.place), message);
    }

    fn wrong_type(&self, name: &str, expected: &str) {
        let path = format!("$.{}{name}", self.place);
        self.problems.add(path, format!("The value is not {expected}."));
    }

    fn given(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    pub fn is_given(&self, name: &str) -> bool {
        self.given(name).is_some()
    }

    /// Whether a field is there and `null`.
    pub fn is_null(&self, name: &str) -> bool {
        self.object.get(name).is_some_and(Value::is_null)
    }

    /// Refuses the second of two fields that exclude each other; the first one if an update leaves
    /// the second as it is.
    pub fn refuse_both(&self, first: &str, second: &str) {
        let (at_fault, other) = if self.is_given(second) { (second, first) } else { (first, second) };
        self.refuse(at_fault, format!("The field excludes {other}."));
    }

    /// Refuses the object if it lacks a field.
    pub fn demand(&self, name: &str) {
        if self.given(name).is_none() {
            self.refuse(name, "The field is required.");
        }
    }

    pub fn flag(&self, name: &str) -> Option<bool> {
        let value = self.given(name)?;
        let flag = value.as_bool();
        if flag.is_none() {
            self.wrong_type(name, "true or false");
        }
        flag
    }

    pub fn text(&self, name: &str, length: RangeInclusive<usize>) -> Option<String> {
        let value = self.given(name)?;
        let Some(text) = value.as_str() else {
            self.wrong_type(name, "a string");
            return None;
        };
        let given = units(text);
        if !length.contains(&given) {
            let (least, most) = length.into_inner();
            self.refuse(name, format!("The length of {given} is not between {least} and {most} characters."));
            return None;
        }
        Some(text.to_owned())
    }

    /// A text of any length that says something.
    pub fn filled_text(&self, name: &str) -> Option<String> {
        let text = self.text(name, 0..=usize::MAX)?;
        if text.trim().is_empty() {
            self.refuse(name, "The text is empty.");
            return None;
        }
        Some(text)
    }

    /// A text that is one of a few, read into what it stands for.
    pub fn choice<T: Copy>(&self, name: &str, among: &[(&str, T)]) -> Option<T> {
        let text = self.text(name, 0..=usize::MAX)?;
        let chosen = among.iter().find(|(known, _)| *known == text);
        if chosen.is_none() {
            let known: Vec<&str> = among.iter().map(|(known, _)| *known).collect();
            self.refuse(name, format!("The value is none of {}.", known.join(", ")));
        }
        chosen.map(|(_, meaning)| *meaning)
    }

    pub fn integer(&self, name: &str, range: RangeInclusive<i64>) -> Option<i64> {
        self.read_integer(self.given(name)?, name, range)
    }

    /// An array of integers, whatever their sign.
    pub fn integers(&self, name: &str) -> Option<Vec<i64>> {
        let list = self.list(name)?;
        let integers = list.iter().enumerate();
        let integers = integers.filter_map(|(index, value)| self.read_integer(value, &format!("{name}[{index}]"), i64::MIN..=i64::MAX));
        Some(integers.collect())
    }

    fn read_integer(&self, value: &Value, name: &str, range: RangeInclusive<i64>) -> Option<i64> {
        // A number beyond 64 bits reads as one with a fraction: 2^64 is a wrong type.
        if !value.is_i64() && !value.is_u64() {
            self.wrong_type(name, "an integer");
            return None;
        }
        let integer = value.as_i64().filter(|integer| range.contains(integer));
        if integer.is_none() {
            let (least, most) = range.into_inner();
            self.refuse(name, format!("The value {value} is not between {least} and {most}."));
        }
        integer
    }

    fn list(&self, name: &str) -> Option<&'a Vec<Value>> {
        let value = self.given(name)?;
        let list = value.as_array();
        if list.is_none() {
            self.wrong_type(name, "an array");
        }
        list
    }

    /// Whether a list is there and empty, which a list of refused entries is not.
    pub fn is_empty_list(&self, name: &str) -> bool {
        self.given(name).and_then(Value::as_array).is_some_and(Vec::is_empty)
    }

    pub fn object(&self, name: &str) -> Option<Fields<'a>> {
        let value = self.given(name)?;
        let object = value.as_object();
        if object.is_none() {
            self.wrong_type(name, "an object");
        }
        object.map(|object| self.inside(object, name))
    }

    /// An array of objects.
    pub fn objects(&self, name: &str) -> Option<Vec<Fields<'a>>> {
        let list = self.list(name)?;
        let objects = list.iter().enumerate().filter_map(|(index, value)| {
            let name = format!("{name}[{index}]");
            let object = value.as_object();
            if object.is_none() {
                self.wrong_type(&name, "an object");
            }
            object.map(|object| self.inside(object, &name))
        });
        Some(objects.collect())
    }

    /// An array of strings, each read into what it means.
    pub fn entries<T>(&self, name: &str, read: impl Fn(&str) -> Result<T, &'static str>) -> Option<Vec<T>> {
        let list = self.list(name)?;
        let entries = list.iter().enumerate().filter_map(|(index, value)| {
            let name = format!("{name}[{index}]");
            let Some(text) = value.as_str() else {
                self.wrong_type(&name, "a string");
                return None;
            };
            read(text).map_err(|why| self.refuse(&name, format!("The entry is {why}."))).ok()
        });
        Some(entries.collect())
    }

    /// An array of names, each a string or an object with the string under `key`.
    pub fn names(&self, name: &str, key: &str) -> Option<Vec<String>> {
        let list = self.list(name)?;
        let names = list.iter().enumerate().filter_map(|(index, value)| {
            let name = format!("{name}[{index}]");
            if let Some(object) = value.as_object() {
                let object = self.inside(object, &name);
                object.demand(key);
                return object.text(key, 0..=usize::MAX);
            }
            let text = value.as_str();
            if text.is_none() {
                self.wrong_type(&name, "a string");
            }
            text.map(str::to_owned)
        });
        Some(names.collect())
    }

    fn inside(&self, object: &'a Map<String, Value>, name: &str) -> Fields<'a> {
        Fields { object, place: format!("{}{name}.", self.place), problems: self.problems }
    }
}
