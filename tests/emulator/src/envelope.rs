//! The three envelopes that every answer comes in.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// What a handler gives: an answer that is in its envelope already, or a refusal.
pub type Answer = Result<Response, Refusal>;

/// `{"status":"success","data":...}`.
pub fn success(data: Value) -> Response {
    enveloped(StatusCode::OK, &json!({ "status": "success", "data": data }))
}

/// An answer that is no success, in one of the other two envelopes.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    envelope: Value,
}

impl Refusal {
    /// `{"status":"fail","data":...}`: the request is at fault.
    pub fn fail(status: StatusCode, data: Value) -> Self {
        Self { status, envelope: json!({ "status": "fail", "data": data }) }
    }

    /// A `fail` about no field in particular.
    pub fn message(status: StatusCode, message: &str) -> Self {
        Self::fail(status, json!({ "message": message }))
    }

    /// `{"status":"error","message":...,"code":...}`: anything else.
    pub fn error(status: StatusCode, message: &str) -> Self {
        Self {
            status,
            envelope: json!({
                "status": "error",
                "message": message,
                "code": status.as_u16(),
                "data": null,
            }),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        enveloped(self.status, &self.envelope)
    }
}

fn enveloped(status: StatusCode, envelope: &Value) -> Response {
    let json = (header::CONTENT_TYPE, "application/json; charset=utf-8");
    // Answers hold token strings.
    let no_store = (header::CACHE_CONTROL, "no-store");
    (status, [json, no_store], envelope.to_string()).into_response()
}
