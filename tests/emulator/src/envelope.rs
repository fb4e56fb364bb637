//! The three envelopes that every answer comes in.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};

use crate::journal::Remarks;

/// What a handler gives: an answer that is in its envelope already, or a refusal.
pub type Answer = Result<Response, Refusal>;

/// `{"status":"success","data":...}`.
pub fn success(data: impl Serialize) -> Response {
    match serde_json::to_string(&Success { status: "success", data }) {
        Ok(text) => json_text(StatusCode::OK, text),
        Err(_) => Refusal::error(StatusCode::INTERNAL_SERVER_ERROR, "The answer has no form in JSON").into_response(),
    }
}

#[derive(Serialize)]
struct Success<T> {
    status: &'static str,
    data: T,
}

/// An answer that is no success, in one of the other two envelopes.
pub struct Refusal {
    status: StatusCode,
    envelope: Value,
    remarks: Box<Remarks>,
}

impl Refusal {
    /// `{"status":"fail","data":...}`: the request is at fault.
    pub fn fail(status: StatusCode, data: Value) -> Self {
        Self { status, envelope: json!({ "status": "fail", "data": data }), remarks: Box::default() }
    }

    /// A `fail` about no field in particular.
    pub fn message(status: StatusCode, message: &str) -> Self {
        Self::fail(status, json!({ "message": message }))
    }

    /// `{"status":"error","message":...,"code":...}`: anything else.
    pub fn error(status: StatusCode, message: &str) -> Self {
        Self::error_with(status, message, Value::Null)
    }

    /// An `error` that says more.
    pub fn error_with(status: StatusCode, message: &str, data: Value) -> Self {
        let envelope = json!({ "status": "error", "message": message, "code": status.as_u16(), "data": data });
        Self { status, envelope, remarks: Box::default() }
    }

    /// The same, with more for the journal than the answer says.
    pub fn with(self, remarks: Remarks) -> Self {
        Self { remarks: Box::new(remarks), ..self }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = enveloped(self.status, &self.envelope);
        let mut remarks = *self.remarks;
        // A director's refusal says it all in its remarks.
        if remarks.rule.is_none() {
            remarks.refusal = Some(self.envelope).map(|mut envelope| envelope["data"].take()).filter(|data| !data.is_null());
        }
        response.extensions_mut().insert(remarks);
        response
    }
}

fn enveloped(status: StatusCode, envelope: &Value) -> Response {
    json_text(status, envelope.to_string())
}

/// An answer that is JSON already.
pub fn json_text(status: StatusCode, text: String) -> Response {
    let json = (header::CONTENT_TYPE, "application/json; charset=utf-8");
    // Answers hold token strings.
    let no_store = (header::CACHE_CONTROL, "no-store");
    (status, [json, no_store], text).into_response()
}
