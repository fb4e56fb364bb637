//! Reading a compact JWT, strictly: what two readers could read in two ways is refused.

use std::ffi::CStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::MapAccess;

use super::claims::complete_stream_name;
use super::hmac::Algorithm;
use super::payload::TOKEN_TYPE;
use crate::error::{Error, MCT_REASON_ALGORITHM, MCT_REASON_CLAIM, MCT_REASON_MALFORMED, MCT_REASON_TOKEN_TYPE, Result, mct_reason};
use crate::model::json::{self, Fields, Readable, Unambiguous};
use crate::model::limits::{self, CUSTOM_VIEWER_DATA_UNITS, NAME_UNITS};
use crate::model::subscribe_token::Tracking;
use crate::model::time::LAST_SECOND;
use crate::text::Text;

/// A token with every claim at its limit stays far below.
const MOST_BYTES: usize = 64 << 10;

#[derive(Debug, Clone, Default)]
pub(crate) struct Streaming {
    pub token_id: Option<u64>,
    pub token_type: Option<Text>,
    pub stream_name: Option<Text>,
    pub allowed_origins: Vec<Text>,
    pub allowed_ip_addresses: Vec<Text>,
    pub tracking: Tracking,
    pub custom_viewer_data: Option<Text>,
    pub origin_cluster: Option<Text>,
}

impl Fields for Streaming {
    const NAMES: &'static [&'static str] =
        &["tokenId", "tokenType", "streamName", "allowedOrigins", "allowedIpAddresses", "tracking", "customViewerData", "originCluster"];

    fn read<'de, A: MapAccess<'de>>(&mut self, place: usize, entries: &mut A) -> std::result::Result<(), A::Error> {
        match place {
            0 => self.token_id = entries.next_value()?,
            1 => self.token_type = entries.next_value()?,
            2 => self.stream_name = entries.next_value()?,
            3 => self.allowed_origins = or_default(entries.next_value()?),
            4 => self.allowed_ip_addresses = or_default(entries.next_value()?),
            5 => self.tracking = object(entries.next_value()?),
            6 => self.custom_viewer_data = entries.next_value()?,
            _ => self.origin_cluster = entries.next_value()?,
        }
        Ok(())
    }
}

impl Fields for Tracking {
    const NAMES: &'static [&'static str] = &["trackingId"];

    fn read<'de, A: MapAccess<'de>>(&mut self, _: usize, entries: &mut A) -> std::result::Result<(), A::Error> {
        self.tracking_id = entries.next_value()?;
        Ok(())
    }
}

#[derive(Debug, Clone, Default)]
struct Payload {
    streaming: Streaming,
    iat: Option<i64>,
    nbf: Option<i64>,
    exp: Option<i64>,
}

impl Fields for Payload {
    const NAMES: &'static [&'static str] = &["streaming", "iat", "nbf", "exp"];

    fn read<'de, A: MapAccess<'de>>(&mut self, place: usize, entries: &mut A) -> std::result::Result<(), A::Error> {
        match place {
            0 => self.streaming = object(entries.next_value()?),
            1 => self.iat = entries.next_value()?,
            2 => self.nbf = entries.next_value()?,
            _ => self.exp = entries.next_value()?,
        }
        Ok(())
    }
}

/// A claim that is absent and one that is `null` mean the same.
fn or_default<T: Default>(sent: Option<T>) -> T {
    sent.unwrap_or_default()
}

fn object<T: Default>(sent: Option<Unambiguous<T>>) -> T {
    sent.map(|Unambiguous(object)| object).unwrap_or_default()
}

/// A token as it was read. That says nothing of its signature.
#[derive(Debug, Clone)]
pub(crate) struct Jwt {
    pub algorithm: Algorithm,
    pub streaming: Streaming,
    pub issued_at: Option<i64>,
    pub not_before: Option<i64>,
    pub expires_at: Option<i64>,
    /// None: as this library writes it.
    header_json: Option<Text>,
    pub payload_json: Text,
}

/// A token that was read, and what its signature is made of.
pub(crate) struct Read<'a> {
    pub jwt: Jwt,
    pub message: &'a str,
    pub signature: Vec<u8>,
}

fn malformed(message: impl Into<String>) -> Error {
    Error::token_invalid(MCT_REASON_MALFORMED, message)
}

fn claim(reason: mct_reason, field: &str, problem: &str) -> Error {
    Error::token_invalid(reason, format!("{field}: {problem}")).with_field(field)
}

fn decode(what: &str, part: &str) -> Result<Vec<u8>> {
    // And room for a terminator, should it become a text for C.
    let mut bytes = Vec::with_capacity(part.len() / 4 * 3 + 4);
    URL_SAFE_NO_PAD.decode_vec(part, &mut bytes).map_err(|_| malformed(format!("the {what} is not canonical, unpadded base64url")))?;
    Ok(bytes)
}

fn decode_text(what: &str, part: &str) -> Result<String> {
    String::from_utf8(decode(what, part)?).map_err(|_| malformed(format!("the {what} is not UTF-8")))
}

pub(crate) fn read(token: &str) -> Result<Read<'_>> {
    if token.len() > MOST_BYTES {
        return Err(malformed(format!("a token has at most {MOST_BYTES} bytes, given are {}", token.len())));
    }
    let mut parts = token.split('.');
    let (Some(header), Some(payload), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(malformed("a token has three parts with a dot between"));
    };
    let signature = decode("signature", signature)?;
    let (algorithm, header_json) = read_header(header)?;
    let payload_json = decode_text("payload", payload)?;
    let Unambiguous(claims) = serde_json::from_str::<Unambiguous<Payload>>(&payload_json).map_err(|error| unreadable("payload", &error))?;
    let jwt = Jwt {
        algorithm,
        streaming: claims.streaming,
        issued_at: claims.iat,
        not_before: claims.nbf,
        expires_at: claims.exp,
        header_json,
        payload_json: Text::from_owned(payload_json),
    };
    Ok(Read { jwt, message: &token[..header.len() + 1 + payload.len()], signature })
}

fn unreadable(what: &str, error: &serde_json::Error) -> Error {
    malformed(format!("the {what}: {}", json::problem(error)))
}

/// None beside the algorithm: it is this library's own header, which needs no reading.
fn read_header(header: &str) -> Result<(Algorithm, Option<Text>)> {
    let json = decode_text("header", header)?;
    if let Some(algorithm) = Algorithm::of_header(&json) {
        return Ok((algorithm, None));
    }
    let Unambiguous(header) = serde_json::from_str::<Unambiguous<Header>>(&json).map_err(|error| unreadable("header", &error))?;
    if header.is_critical {
        return Err(claim(MCT_REASON_MALFORMED, "crit", "asks for what nobody here knows"));
    }
    let algorithm = header.algorithm.as_ref().and_then(|name| Algorithm::of_name(name.as_str()));
    let algorithm = algorithm.ok_or_else(|| claim(MCT_REASON_ALGORITHM, "alg", "must be HS256, HS384 or HS512"))?;
    match header.kind.as_ref().map(Text::as_str) {
        Some("JWT") => Ok((algorithm, Some(Text::from_owned(json)))),
        _ => Err(claim(MCT_REASON_MALFORMED, "typ", "must be JWT")),
    }
}

/// What a header says that matters here. Whether the other names say anything sensible is not asked.
#[derive(Default)]
struct Header {
    algorithm: Option<Text>,
    kind: Option<Text>,
    /// There is a `crit`, whatever it says.
    is_critical: bool,
}

impl Fields for Header {
    const NAMES: &'static [&'static str] = &["alg", "typ", "crit"];

    fn read<'de, A: MapAccess<'de>>(&mut self, place: usize, entries: &mut A) -> std::result::Result<(), A::Error> {
        match place {
            0 => self.algorithm = entries.next_value()?,
            1 => self.kind = entries.next_value()?,
            _ => {
                self.is_critical = true;
                entries.next_value::<Readable>()?;
            }
        }
        Ok(())
    }
}

impl Jwt {
    pub(crate) fn parse(jwt: &str) -> Result<Jwt> {
        read(jwt).map(|read| read.jwt)
    }

    pub(crate) fn header_json(&self) -> &CStr {
        self.header_json.as_ref().map_or_else(|| self.algorithm.header(), Text::as_c)
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
