//! A query string's parameters.

use std::cell::RefCell;
use std::collections::BTreeMap;

use axum::extract;
use axum::http::{StatusCode, Uri};
use serde_json::{Value, json};

use crate::envelope::Refusal;

/// The parameters in the order sent; a key may come more than once.
///
/// Problems are gathered, so that one answer names them all.
pub struct Parameters {
    given: Vec<(String, String)>,
    form: Form,
    problems: RefCell<BTreeMap<&'static str, Vec<String>>>,
}

/// How problems are told. The platform has a form for each operation and no reason.
enum Form {
    /// A list of messages for each parameter, and a message about them all.
    Long,
    /// A message for each parameter, as with the fields of a body.
    Short,
}

impl Parameters {
    /// Those that problems are told of in the longer form, as nearly all are.
    pub fn of(uri: &Uri) -> Self {
        Self::told(uri, Form::Long)
    }

    /// Those that problems are told of in the shorter form.
    pub fn told_briefly(uri: &Uri) -> Self {
        Self::told(uri, Form::Short)
    }

    fn told(uri: &Uri, form: Form) -> Self {
        // Bad escapes become U+FFFD, so nothing in a query is beyond reading.
        let given = extract::Query::try_from_uri(uri).map_or_else(|_| Vec::new(), |query| query.0);
        Self { given, form, problems: RefCell::default() }
    }

    /// Every value of a parameter that repeats its key.
    pub fn every(&self, name: &str) -> Vec<&str> {
        let values = self.given.iter().filter(|(key, _)| key == name);
        values.map(|(_, value)| value.as_str()).collect()
    }

    /// The value of a parameter that comes once at most.
    pub fn one(&self, name: &'static str) -> Option<&str> {
        match self.every(name)[..] {
            [] => None,
            [value] => Some(value),
            _ => {
                self.refuse(name, "The parameter is given more than once.");
                None
            }
        }
    }

    /// The value of a parameter that has to be there.
    pub fn required(&self, name: &'static str) -> Option<&str> {
        if self.every(name).is_empty() {
            self.refuse(name, "The parameter is required.");
        }
        self.one(name)
    }

    /// The value of a parameter that has to be there and say something.
    pub fn filled(&self, name: &'static str) -> Option<&str> {
        let value = self.required(name)?;
        if value.is_empty() {
            self.refuse(name, "The parameter is empty.");
            return None;
        }
        Some(value)
    }

    pub fn refuse(&self, name: &'static str, why: impl Into<String>) {
        self.problems.borrow_mut().entry(name).or_default().push(why.into());
    }

    /// Everything that was read, unless something was refused.
    pub fn finish<T>(&self, read: Option<T>) -> Result<T, Refusal> {
        let problems = self.problems.borrow();
        match read {
            Some(read) if problems.is_empty() => Ok(read),
            _ => Err(Refusal::fail(StatusCode::BAD_REQUEST, self.form.data(&problems))),
        }
    }
}

impl Form {
    fn data(&self, problems: &BTreeMap<&'static str, Vec<String>>) -> Value {
        match self {
            Self::Long => json!({ "errors": problems, "message": "Validation errors" }),
            Self::Short => problems.iter().map(|(name, messages)| ((*name).to_owned(), json!(messages.first()))).collect(),
        }
    }
}
