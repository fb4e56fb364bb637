//! Signing and verifying with one parent's token.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use zeroize::Zeroizing;

use super::claims::{Claims, Payload};
use super::hmac::{self, Algorithm, Key};
use super::jwt::{self, Jwt};
use super::parent::{Parent, Subject};
use crate::error::{
    Error, MCT_ERR_SYSTEM, MCT_REASON_ALGORITHM, MCT_REASON_EXPIRED, MCT_REASON_NOT_YET_VALID, MCT_REASON_PARENT_TOKEN_ID,
    MCT_REASON_SIGNATURE, Result,
};
use crate::model::json;
use crate::model::subscribe_token::SubscribeToken;
use crate::model::token::Received;
use crate::text::Secret;

#[derive(Debug, Clone, Default)]
pub(crate) struct VerifyOptions {
    pub now: Option<i64>,
    pub leeway_seconds: u32,
}

pub(crate) struct Signer {
    token_id: u64,
    key: Key,
    /// Wiped on drop, as `key` is.
    verifying_key: DecodingKey,
    /// The header and its dot, encoded.
    header: String,
    parent: Option<Parent>,
}

impl fmt::Debug for Signer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Signer").field("token_id", &self.token_id).field("parent", &self.parent).finish_non_exhaustive()
    }
}

pub(crate) struct Signed {
    pub jwt: Zeroizing<String>,
    pub expires_at: i64,
}

impl Signer {
    pub(crate) fn new(token_id: u64, token: &str, algorithm: Algorithm) -> Result<Signer> {
        Signer::with_parent(token_id, token, algorithm, None)
    }

    pub(crate) fn from_token(token: &Received<SubscribeToken>, algorithm: Algorithm) -> Result<Signer> {
        let value = token.token.value.as_ref().map_or("", Secret::as_str);
        Signer::with_parent(token.token.id, value, algorithm, Some(Parent::of(token)))
    }

    fn with_parent(token_id: u64, token: &str, algorithm: Algorithm, parent: Option<Parent>) -> Result<Signer> {
        if token.is_empty() {
            return Err(Error::invalid("token", "must not be empty: it is the key"));
        }
        let header = format!(r#"{{"alg":"{}","typ":"JWT"}}"#, algorithm.name());
        Ok(Signer {
            token_id,
            // The text itself is the key. It looks like hex; it must not be decoded.
            key: Key::new(algorithm, token.as_bytes()),
            verifying_key: DecodingKey::from_secret(token.as_bytes()),
            header: format!("{}.", URL_SAFE_NO_PAD.encode(header)),
            parent,
        })
    }

    pub(crate) fn sign(&self, claims: &Claims) -> Result<Signed> {
        let now = clock()?;
        let (issued_at, mut expires_at) = claims.times(now)?;
        if let Some(parent) = &self.parent {
            parent.check(&subject_of(claims), now)?;
            expires_at = parent.end((issued_at, expires_at), claims.cut_to_parent)?;
        }
        let payload = serde_json::to_vec(&Payload::new(self.token_id, claims, issued_at, expires_at))
            .map_err(|error| Error::invalid("claims", json::problem(&error)))?;
        let mut jwt = Zeroizing::new(String::with_capacity(self.header.len() + payload.len() * 4 / 3 + 96));
        jwt.push_str(&self.header);
        URL_SAFE_NO_PAD.encode_string(payload, &mut jwt);
        self.key.sign(jwt.clone().as_bytes(), |signature| {
            jwt.push('.');
            URL_SAFE_NO_PAD.encode_string(signature, &mut jwt);
        });
        Ok(Signed { jwt, expires_at })
    }

    /// Checks in an order that tells the most: shape, algorithm, signature, claims, times, parent.
    pub(crate) fn verify(&self, token: &str, options: &VerifyOptions) -> Result<Jwt> {
        let (parts, ..) = jwt::split(token)?;
        let jwt = Jwt::parse(token)?;
        if jwt.algorithm != self.key.algorithm() {
            let message = format!("alg: is {}, the signer's is {}", jwt.algorithm.name(), self.key.algorithm().name());
            return Err(Error::token_invalid(MCT_REASON_ALGORITHM, message).with_field("alg"));
        }
        if !hmac::verify(jwt.algorithm, &self.verifying_key, parts.message, parts.signature) {
            return Err(Error::token_invalid(MCT_REASON_SIGNATURE, "the signature does not match"));
        }
        let expires_at = jwt.check_claims()?;
        if jwt.streaming.token_id != Some(self.token_id) {
            let message = format!("tokenId: must be the parent token's {}", self.token_id);
            return Err(Error::token_invalid(MCT_REASON_PARENT_TOKEN_ID, message).with_field("tokenId"));
        }
        let now = options.now.map_or_else(clock, Ok)?;
        check_times(&jwt, expires_at, now, i64::from(options.leeway_seconds))?;
        if let Some(parent) = &self.parent {
            parent.check(
                &Subject {
                    stream_name: jwt.stream_name(),
                    tracking_id: jwt.tracking_id(),
                    origin_cluster: jwt.origin_cluster(),
                    unchecked_stream: false,
                },
                now,
            )?;
        }
        Ok(jwt)
    }
}

fn check_times(jwt: &Jwt, expires_at: i64, now: i64, leeway: i64) -> Result<()> {
    if expires_at <= now.saturating_sub(leeway) {
        let message = format!("exp: expired at {expires_at}, now is {now} (Unix seconds)");
        return Err(Error::token_invalid(MCT_REASON_EXPIRED, message).with_field("exp"));
    }
    match jwt.not_before {
        Some(start) if start > now.saturating_add(leeway) => {
            let message = format!("nbf: valid from {start} on, now is {now} (Unix seconds)");
            Err(Error::token_invalid(MCT_REASON_NOT_YET_VALID, message).with_field("nbf"))
        }
        _ => Ok(()),
    }
}

fn subject_of(claims: &Claims) -> Subject<'_> {
    Subject {
        stream_name: &claims.stream_name,
        tracking_id: claims.tracking_id.as_deref(),
        origin_cluster: claims.origin_cluster.as_deref(),
        unchecked_stream: claims.unchecked_stream,
    }
}

fn clock() -> Result<i64> {
    let wrong = || Error::new(MCT_ERR_SYSTEM, "the system's clock is before 1970 or beyond what can be counted");
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| wrong())?;
    i64::try_from(since.as_secs()).map_err(|_| wrong())
}
