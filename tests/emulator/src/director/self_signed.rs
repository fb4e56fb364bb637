//! Self-signed subscribe tokens: their shape, their signature and their claims.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use serde_json::{Map, Value};

use super::Turned;
use super::rule::Rule;
use super::strict_json;
use crate::address::AllowedAddress;
use crate::clock::END_OF_DATES;
use crate::origin::AllowedOrigin;
use crate::validate::units;

/// A compact JWT taken apart. Nothing in it is to be believed before [`SelfSigned::is_signed_with`].
pub struct SelfSigned<'a> {
    algorithm: hmac::Algorithm,
    signed: &'a str,
    signature: Vec<u8>,
    payload: Map<String, Value>,
}

impl<'a> SelfSigned<'a> {
    pub fn take_apart(compact: &'a str) -> Result<Self, Turned> {
        let mut parts = compact.split('.');
        let (Some(header), Some(payload), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(malformed("a self-signed token has three parts"));
        };
        let signed = &compact[..header.len() + 1 + payload.len()];
        let header = object(header, "header")?;
        let payload = object(payload, "payload")?;
        let signature = decode(signature, "signature")?;
        let algorithm = read_header(&header)?;
        Ok(Self { algorithm, signed, signature, payload })
    }

    /// The id of the token that it claims to come from.
    pub fn parent_id(&self) -> Result<u64, Turned> {
        let id = self.streaming()?.get("tokenId").and_then(Value::as_u64);
        id.ok_or_else(|| malformed("tokenId is no id"))
    }

    /// Whether the key made the signature. The key is the parent's text as it stands: it looks
    /// like hex and is not decoded.
    pub fn is_signed_with(&self, parent: &str) -> bool {
        let key = hmac::Key::new(self.algorithm, parent.as_bytes());
        hmac::verify(&key, self.signed.as_bytes(), &self.signature).is_ok()
    }

    pub fn claims(&self) -> Result<Claims, Turned> {
        let streaming = self.streaming()?;
        if streaming.get("tokenType") != Some(&Value::from("Subscribe")) {
            return Err(Turned::new(Rule::TokenType, "tokenType is not Subscribe"));
        }
        let Some(stream) = text(streaming, "streamName")? else {
            return Err(malformed("streamName is missing"));
        };
        let tracking = match given(streaming, "tracking") {
            None => None,
            Some(Value::Object(tracking)) => text(tracking, "trackingId")?,
            Some(_) => return Err(malformed("tracking is no object")),
        };
        Ok(Claims {
            stream,
            tracking_id: tracking.filter(|id| !id.is_empty()),
            origin_cluster: text(streaming, "originCluster")?.filter(|cluster| !cluster.is_empty()),
            custom_viewer_data: text(streaming, "customViewerData")?,
            allowed_origins: entries(streaming, "allowedOrigins", AllowedOrigin::read)?,
            allowed_ip_addresses: entries(streaming, "allowedIpAddresses", AllowedAddress::read)?,
            expires_at: self.expiry()?,
            not_before: seconds(&self.payload, "nbf")?,
            issued_at: seconds(&self.payload, "iat")?,
        })
    }

    fn streaming(&self) -> Result<&Map<String, Value>, Turned> {
        let streaming = self.payload.get("streaming").and_then(Value::as_object);
        streaming.ok_or_else(|| malformed("streaming is no object"))
    }

    fn expiry(&self) -> Result<f64, Turned> {
        let refuse = |why| Turned::new(Rule::NoExpiry, why);
        match given(&self.payload, "exp") {
            None => Err(refuse("exp is missing")),
            Some(value) => match value.as_f64() {
                // Milliseconds taken for seconds would make a token that lives for ever.
                Some(seconds) if seconds <= END_OF_DATES as f64 => Ok(seconds),
                Some(_) => Err(refuse("exp is past the year 9999")),
                None => Err(refuse("exp is no number")),
            },
        }
    }
}

/// What a self-signed token says. Times are seconds since the epoch; a fraction is allowed.
pub struct Claims {
    pub stream: String,
    pub tracking_id: Option<String>,
    pub origin_cluster: Option<String>,
    pub custom_viewer_data: Option<String>,
    pub allowed_origins: Vec<AllowedOrigin>,
    pub allowed_ip_addresses: Vec<AllowedAddress>,
    pub expires_at: f64,
    pub not_before: Option<f64>,
    #[expect(dead_code, reason = "only its type is a rule")]
    issued_at: Option<f64>,
}

fn read_header(header: &Map<String, Value>) -> Result<hmac::Algorithm, Turned> {
    let algorithm = match header.get("alg").and_then(Value::as_str) {
        Some("HS256") => hmac::HMAC_SHA256,
        Some("HS384") => hmac::HMAC_SHA384,
        Some("HS512") => hmac::HMAC_SHA512,
        _ => return Err(Turned::new(Rule::Algorithm, "alg is not HS256, HS384 or HS512")),
    };
    if header.get("typ") != Some(&Value::from("JWT")) {
        return Err(malformed("typ is not JWT"));
    }
    // An extension marked critical must be understood, and none is.
    if header.contains_key("crit") {
        return Err(malformed("the header demands an extension"));
    }
    Ok(algorithm)
}

fn malformed(why: impl Into<String>) -> Turned {
    Turned::new(Rule::Malformed, why)
}

/// Without padding, and with no bits set that stand for nothing: every token has one spelling.
fn decode(part: &str, name: &str) -> Result<Vec<u8>, Turned> {
    let decoded = URL_SAFE_NO_PAD.decode(part);
    decoded.map_err(|_| malformed(format!("the {name} is not base64url")))
}

fn object(part: &str, name: &str) -> Result<Map<String, Value>, Turned> {
    let decoded = decode(part, name)?;
    strict_json::object(&decoded).map_err(|why| malformed(format!("the {name} {why}")))
}

/// A field with no value is as good as none: samples in some languages write `null`.
fn given<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).filter(|value| !value.is_null())
}

fn text(object: &Map<String, Value>, name: &str) -> Result<Option<String>, Turned> {
    match given(object, name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(malformed(format!("{name} is no text"))),
    }
}

fn seconds(object: &Map<String, Value>, name: &str) -> Result<Option<f64>, Turned> {
    match given(object, name) {
        None => Ok(None),
        Some(value) => match value.as_f64() {
            Some(seconds) => Ok(Some(seconds)),
            None => Err(malformed(format!("{name} is no number"))),
        },
    }
}

fn entries<T>(object: &Map<String, Value>, name: &str, read: impl Fn(&str) -> Result<T, &'static str>) -> Result<Vec<T>, Turned> {
    let list = match given(object, name) {
        None => return Ok(Vec::new()),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(malformed(format!("{name} is no array"))),
    };
    let entry = |value: &Value| value.as_str().and_then(|text| read(text).ok());
    let all: Option<Vec<T>> = list.iter().map(entry).collect();
    all.ok_or_else(|| malformed(format!("{name} has an entry that is none")))
}

impl Claims {
    /// The limits that hold whoever the parent is.
    pub fn check_limits(&self) -> Result<(), Turned> {
        if self.stream.contains('*') {
            return Err(Turned::new(Rule::Stream, "streamName holds a wildcard"));
        }
        if !(1..=128).contains(&units(&self.stream)) {
            return Err(Turned::new(Rule::Stream, "streamName has not 1 to 128 characters"));
        }
        if self.tracking_id.as_deref().is_some_and(|id| units(id) > 128) {
            return Err(Turned::new(Rule::TrackingId, "trackingId has more than 128 characters"));
        }
        if self.custom_viewer_data.as_deref().is_some_and(|text| units(text) > 1024) {
            return Err(Turned::new(Rule::CustomViewerData, "it has more than 1024 characters"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The platform's published example.
    const PUBLISHED: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdHJlYW1pbmciOnsidG9rZW5JZCI6MTIzNDUsInRva2VuVHlwZSI6IlN1YnNjcmliZSIsInN0cmVhbU5hbWUiOiJteVN0cmVhbU5hbWUiLCJ0cmFja2luZyI6eyJ0cmFja2luZ0lkIjoiZ3JvdXBBYmMifSwiY3VzdG9tVmlld2VyRGF0YSI6InVzZXI9dXNlcjEyMzthcHBWZXJzaW9uPXgueS54In0sImlhdCI6MTc1MDgxMzI3MSwiZXhwIjoxNzUwODEzODcxfQ.pP5Kg6fCJfTaCc_OaV1FV5votZjy8x1gfJ2F7tQXj7c";
    const ITS_KEY: &str = "d2e166fdda89824a6c493d8a2af7a0754199eff9e38c579cba8783767a44039c";

    #[test]
    fn the_platforms_published_example_is_signed_with_its_key() {
        let token = SelfSigned::take_apart(PUBLISHED).unwrap();
        assert!(token.is_signed_with(ITS_KEY));
        assert!(!token.is_signed_with(&ITS_KEY.to_uppercase()));
        assert!(!token.is_signed_with(&ITS_KEY[1..]));
    }

    #[test]
    fn the_platforms_published_example_says_what_it_was_made_to_say() {
        let token = SelfSigned::take_apart(PUBLISHED).unwrap();
        assert_eq!(token.parent_id().unwrap(), 12345);
        let claims = token.claims().unwrap();
        assert_eq!(claims.stream, "myStreamName");
        assert_eq!(claims.tracking_id.as_deref(), Some("groupAbc"));
        assert_eq!(claims.custom_viewer_data.as_deref(), Some("user=user123;appVersion=x.y.x"));
        assert_eq!(claims.expires_at, 1_750_813_871.0);
        assert!(claims.allowed_origins.is_empty() && claims.allowed_ip_addresses.is_empty());
    }
}
