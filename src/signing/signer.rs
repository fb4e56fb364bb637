//! Signing and verifying with one parent's token.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::signature::Verifier;

use super::claims::{Claims, end_after};
use super::hmac::{Algorithm, Key};
use super::jwt::{self, Jwt, Read};
use super::parent::{Parent, Subject};
use super::payload::{Short, Writer, encoded_length, push_end};
use crate::error::{
    Error, MCT_ERR_SYSTEM, MCT_REASON_ALGORITHM, MCT_REASON_EXPIRED, MCT_REASON_NOT_YET_VALID, MCT_REASON_PARENT_TOKEN_ID,
    MCT_REASON_SIGNATURE, Result,
};
use crate::model::subscribe_token::SubscribeToken;
use crate::model::token::Received;
use crate::text::Secret;

#[derive(Debug, Clone, Default)]
pub(crate) struct VerifyOptions {
    pub now: Option<i64>,
    pub leeway_seconds: u32,
    pub unchecked_stream: bool,
}

pub(crate) struct Signer {
    number: u64,
    pub(super) token_id: u64,
    pub(super) key: Key,
    /// The header and its dot, encoded.
    pub(super) header: String,
    parent: Option<Parent>,
}

impl fmt::Debug for Signer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Signer").field("token_id", &self.token_id).field("parent", &self.parent).finish_non_exhaustive()
    }
}

/// A token that only needs to be written.
pub(crate) struct Ready<'a> {
    signer: &'a Signer,
    beginning: &'a str,
    /// What is not encoded yet.
    end: Short,
    pub expires_at: i64,
    /// In bytes, without a NUL.
    pub length: usize,
}

impl Ready<'_> {
    /// `out` has the token's length.
    pub(crate) fn write(&self, out: &mut [u8]) {
        let mut writer = Writer::new(out);
        writer.push(self.signer.header.as_bytes());
        writer.push(self.beginning.as_bytes());
        writer.push_encoded(self.end.as_bytes());
        let signature = self.signer.key.sign(writer.written());
        writer.push(b".");
        writer.push_encoded(signature.as_bytes());
    }
}

/// Numbers signers, so that claims can tell them apart. A number is never used again.
static NEXT_NUMBER: AtomicU64 = AtomicU64::new(1);

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
        Ok(Signer {
            number: NEXT_NUMBER.fetch_add(1, Ordering::Relaxed),
            token_id,
            // The text itself is the key. It looks like hex; it must not be decoded.
            key: Key::new(algorithm, token.as_bytes()),
            header: format!("{}.", URL_SAFE_NO_PAD.encode(algorithm.header().to_bytes())),
            parent,
        })
    }

    /// Checks everything and measures; what is left can't fail.
    pub(crate) fn prepare<'a>(&'a self, claims: &'a Claims) -> Result<Ready<'a>> {
        let now = clock()?;
        self.check_parent(claims, now)?;
        let issued_at = claims.issued_at(now);
        let expires_at = self.end((issued_at, now), claims.lifetime_seconds, claims.cut_to_parent)?;
        let mut end = Short::new();
        end.push(&claims.encoded.rest);
        push_end(self.token_id, issued_at, expires_at, &mut end);
        let length = self.length(claims.encoded.text.len(), end.as_bytes().len());
        Ok(Ready { signer: self, beginning: &claims.encoded.text, end, expires_at, length })
    }

    /// The token's bytes, from those of the payload that are encoded and those that are not.
    pub(super) fn length(&self, encoded: usize, open: usize) -> usize {
        self.header.len() + encoded + encoded_length(open) + 1 + encoded_length(self.key.signature_length())
    }

    pub(super) fn check_parent(&self, claims: &Claims, now: i64) -> Result<()> {
        let Some(parent) = &self.parent else { return Ok(()) };
        let is_known = claims.is_stream_known_to(self.number);
        parent.check(
            &Subject {
                stream_name: &claims.stream_name,
                tracking_id: claims.tracking_id.as_deref(),
                origin_cluster: claims.origin_cluster.as_deref(),
                skips_stream: is_known || claims.unchecked_stream,
            },
            now,
        )?;
        if !is_known && !claims.unchecked_stream {
            claims.note_stream_known_to(self.number);
        }
        Ok(())
    }

    /// `exp`, as far as the parent lets it be. Who knows the parent makes no token that is over already.
    pub(super) fn end(&self, (issued_at, now): (i64, i64), lifetime_seconds: u32, cut: bool) -> Result<i64> {
        let end = end_after(issued_at, lifetime_seconds)?;
        let Some(parent) = &self.parent else { return Ok(end) };
        let end = parent.end((issued_at, end), cut)?;
        if end <= now {
            let message = format!("exp: the token would have expired at {end}, now is {now} (Unix seconds)");
            return Err(Error::token_invalid(MCT_REASON_EXPIRED, message).with_field("exp"));
        }
        Ok(end)
    }

    /// Checks in an order that tells the most: shape, algorithm, signature, claims, times, parent.
    pub(crate) fn verify(&self, token: &str, options: &VerifyOptions) -> Result<Jwt> {
        let Read { jwt, message, signature } = jwt::read(token)?;
        if jwt.algorithm != self.key.algorithm() {
            let message = format!("alg: is {}, the signer's is {}", jwt.algorithm.name(), self.key.algorithm().name());
            return Err(Error::token_invalid(MCT_REASON_ALGORITHM, message).with_field("alg"));
        }
        if self.key.verify(message.as_bytes(), &signature).is_err() {
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
                    skips_stream: options.unchecked_stream,
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

pub(super) fn clock() -> Result<i64> {
    let wrong = || Error::new(MCT_ERR_SYSTEM, "the system's clock is before 1970 or beyond what can be counted");
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| wrong())?;
    i64::try_from(since.as_secs()).map_err(|_| wrong())
}
