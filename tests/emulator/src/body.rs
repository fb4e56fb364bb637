//! A request's body as a JSON object.

use axum::http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value, json};

use crate::envelope::Refusal;

/// The object in a body that has to be declared as JSON.
pub fn declared_object(headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    if !is_json(headers) {
        return Err(Refusal::message(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported media type: send application/json"));
    }
    object(body)
}

/// The object in a body, whatever it was declared as.
pub fn object(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    let refuse = |why: String| Refusal::fail(StatusCode::BAD_REQUEST, json!({ "$": why }));
    // The parser's own words give a place and never repeat what stands there.
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(refuse("The body is not a JSON object.".to_owned())),
        Err(error) => Err(refuse(format!("The body is not valid JSON: {error}."))),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(declared)) = headers.get(header::CONTENT_TYPE).map(|v| v.to_str()) else {
        return false;
    };
    let kind = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || kind == "text/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}
