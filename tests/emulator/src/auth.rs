//! Who asks: API secrets, and the one way an `Authorization` header is read.

use std::io;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use ring::hmac;
use ring::rand::SystemRandom;

use crate::envelope::Refusal;
use crate::state::Shared;

/// The secrets that open the Token API.
///
/// Kept as tags under a key of this run: comparing tags takes as long for a near miss as for a
/// far one and tells nothing about a secret's length.
pub struct Secrets {
    key: hmac::Key,
    tags: Vec<hmac::Tag>,
}

impl Secrets {
    pub fn new(secrets: &[String]) -> io::Result<Self> {
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new())
            .map_err(|_| io::Error::other("the system gives no random numbers"))?;
        let tags = secrets.iter().map(|secret| hmac::sign(&key, secret.as_bytes())).collect();
        Ok(Self { key, tags })
    }

    pub fn hold(&self, presented: &str) -> bool {
        // Every tag is looked at, so time does not tell which one matched.
        self.tags.iter().fold(false, |held, tag| hmac::verify(&self.key, presented.as_bytes(), tag.as_ref()).is_ok() | held)
    }
}

/// What a request shows of itself.
pub enum Credential<'a> {
    /// No header, or the `NoAuth` that some clients send in its place.
    Absent,
    Bearer(&'a str),
    /// Another scheme, two headers, or bytes that are no text.
    Unreadable,
}

pub fn credential(headers: &HeaderMap) -> Credential<'_> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let (first, second) = (given.next(), given.next());
    let Some(first) = first else {
        return Credential::Absent;
    };
    let (Ok(text), None) = (first.to_str(), second) else {
        return Credential::Unreadable;
    };
    let text = text.trim();
    if text.is_empty() || text.eq_ignore_ascii_case("NoAuth") {
        return Credential::Absent;
    }
    match text.split_once(' ') {
        Some((scheme, bearer)) if scheme.eq_ignore_ascii_case("Bearer") => Credential::Bearer(bearer.trim()),
        _ => Credential::Unreadable,
    }
}

/// A handler that takes this is reached with a right API secret only.
pub struct Authorized;

impl FromRequestParts<Arc<Shared>> for Authorized {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Refusal> {
        match credential(&parts.headers) {
            Credential::Bearer(presented) if shared.secrets.hold(presented) => Ok(Self),
            _ => Err(Refusal::message(StatusCode::UNAUTHORIZED, "Unauthorized")),
        }
    }
}
