//! Reading a compact JWT, strictly: what two readers could read in two ways is refused.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

use super::claims::{TOKEN_TYPE, complete_stream_name};
use super::hmac::Algorithm;
use crate::error::{Error, MCT_REASON_ALGORITHM, MCT_REASON_CLAIM, MCT_REASON_MALFORMED, MCT_REASON_TOKEN_TYPE, Result, mct_reason};
use crate::model::json::{self, Object, null_as_default, object_or_default};
use crate::model::limits::{self, CUSTOM_VIEWER_DATA_UNITS, NAME_UNITS};
use crate::model::subscribe_token::Tracking;
use crate::model::time::LAST_SECOND;
use crate::text::Text;

/// A token with every claim at its limit stays far below.
const MOST_BYTES: usize = 64 << 10;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Streaming {
    #[serde(default, deserialize_with = "null_as_default")]
    pub token_id: Option<u64>,
    pub token_type: Option<Text>,
    pub stream_name: Option<Text>,
    #[serde(default, deserialize_with = "null_as_default")]
    pub allowed_origins: Vec<Text>,
    #[serde(default, deserialize_with = "null_as_default")]
    pub allowed_ip_addresses: Vec<Text>,
    #[serde(default, deserialize_with = "object_or_default")]
    pub tracking: Tracking,
    pub custom_viewer_data: Option<Text>,
    pub origin_cluster: Option<Text>,
}

#[derive(Debug, Clone, Deserialize)]
struct Payload {
    #[serde(default, deserialize_with = "object_or_default")]
    streaming: Streaming,
    iat: Option<i64>,
    nbf: Option<i64>,
    exp: Option<i64>,
}

/// A token as it was read. That says nothing of its signature.
#[derive(Debug, Clone)]
pub(crate) struct Jwt {
    pub algorithm: Algorithm,
    pub streaming: Streaming,
    pub issued_at: Option<i64>,
    pub not_before: Option<i64>,
    pub expires_at: Option<i64>,
    pub header_json: Text,
    pub payload_json: Text,
}

/// The parts of the compact form that a signature is made of.
pub(crate) struct Parts<'a> {
    pub message: &'a str,
    pub signature: &'a str,
}

fn malformed(message: impl Into<String>) -> Error {
    Error::token_invalid(MCT_REASON_MALFORMED, message)
}

fn claim(reason: mct_reason, field: &str, problem: &str) -> Error {
    Error::token_invalid(reason, format!("{field}: {problem}")).with_field(field)
}

fn decode(what: &str, part: &str) -> Result<String> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| malformed(format!("the {what} is not canonical, unpadded base64url")))?;
    let text = String::from_utf8(bytes).map_err(|_| malformed(format!("the {what} is not UTF-8")))?;
    json::refuse_unreadable(&text).map_err(|error| malformed(format!("the {what}: {}", json::problem(&error))))?;
    Ok(text)
}

pub(crate) fn split(jwt: &str) -> Result<(Parts<'_>, &str, &str)> {
    if jwt.len() > MOST_BYTES {
        return Err(malformed(format!("a token has at most {MOST_BYTES} bytes, given are {}", jwt.len())));
    }
    let mut parts = jwt.split('.');
    let (Some(header), Some(payload), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(malformed("a token has three parts with a dot between"));
    };
    URL_SAFE_NO_PAD.decode(signature).map_err(|_| malformed("the signature is not canonical, unpadded base64url"))?;
    Ok((Parts { message: &jwt[..header.len() + 1 + payload.len()], signature }, header, payload))
}

impl Jwt {
    pub(crate) fn parse(jwt: &str) -> Result<Jwt> {
        let (_, header, payload) = split(jwt)?;
        let header_json = decode("header", header)?;
        if serde_json::from_str::<Value>(&header_json).is_ok_and(|header| header.get("crit").is_some()) {
            return Err(claim(MCT_REASON_MALFORMED, "crit", "asks for what nobody here knows"));
        }
        let algorithm = algorithm(jwt)?;
        let payload_json = decode("payload", payload)?;
        let Object(payload) = serde_json::from_str::<Object<Payload>>(&payload_json)
            .map_err(|error| malformed(format!("the payload: {}", json::problem(&error))))?;
        Ok(Jwt {
            algorithm,
            streaming: payload.streaming,
            issued_at: payload.iat,
            not_before: payload.nbf,
            expires_at: payload.exp,
            header_json: Text::new(&header_json),
            payload_json: Text::new(&payload_json),
        })
    }

    pub(crate) fn stream_name(&self) -> &str {
        self.streaming.stream_name.as_ref().map_or("", Text::as_str)
    }

    pub(crate) fn tracking_id(&self) -> Option<&str> {
        self.streaming.tracking.tracking_id.as_ref().map(Text::as_str).filter(|id| !id.is_empty())
    }

    pub(crate) fn origin_cluster(&self) -> Option<&str> {
        self.streaming.origin_cluster.as_ref().map(Text::as_str).filter(|cluster| !cluster.is_empty())
    }

    /// What the platform asks of every token, whoever its parent is. Answers `exp`.
    pub(crate) fn check_claims(&self) -> Result<i64> {
        if self.streaming.token_type.as_ref().map(Text::as_str) != Some(TOKEN_TYPE) {
            return Err(claim(MCT_REASON_TOKEN_TYPE, "tokenType", "must be Subscribe"));
        }
        self.check_limits().map_err(|error| {
            let details = error.details();
            claim_of(details.field.as_deref().unwrap_or_default(), &details.message)
        })?;
        match self.expires_at {
            None => Err(claim(MCT_REASON_CLAIM, "exp", "is missing; the platform takes no token without it")),
            Some(end) if end > LAST_SECOND => Err(claim(MCT_REASON_CLAIM, "exp", "is past the year 9999: milliseconds taken for seconds?")),
            Some(end) => Ok(end),
        }
    }

    fn check_limits(&self) -> Result<()> {
        let streaming = &self.streaming;
        complete_stream_name(self.stream_name())?;
        limits::at_most("trackingId", self.tracking_id().unwrap_or_default(), NAME_UNITS)?;
        limits::at_most("customViewerData", streaming.custom_viewer_data.as_ref().map_or("", Text::as_str), CUSTOM_VIEWER_DATA_UNITS)?;
        streaming.allowed_origins.iter().try_for_each(|origin| limits::origin("allowedOrigins", origin.as_str()))?;
        streaming.allowed_ip_addresses.iter().try_for_each(|address| limits::ip_address("allowedIpAddresses", address.as_str()))
    }
}

fn claim_of(field: &str, message: &str) -> Error {
    Error::token_invalid(MCT_REASON_CLAIM, message).with_field(field)
}

fn algorithm(jwt: &str) -> Result<Algorithm> {
    // The header is JSON without duplicates by now, so what jsonwebtoken can't read is a wrong or unknown `alg`
    // or a field of a wrong type.
    let wrong = || Error::token_invalid(MCT_REASON_ALGORITHM, "alg: must be HS256, HS384 or HS512").with_field("alg");
    let header = jsonwebtoken::decode_header(jwt).map_err(|_| wrong())?;
    let algorithm = Algorithm::of_jsonwebtoken(header.alg).ok_or_else(wrong)?;
    match header.typ.as_deref() {
        Some("JWT") => Ok(algorithm),
        _ => Err(claim(MCT_REASON_MALFORMED, "typ", "must be JWT")),
    }
}
