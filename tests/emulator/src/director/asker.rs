//! Who asks the director: what they show, where they are, and which page they are on.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use super::{Rule, Turned};
use crate::auth::{Credential, credential};
use crate::envelope::Refusal;
use crate::journal::{Remarks, shortened};
use crate::origin::Whence;
use crate::state::Shared;

/// Who asks.
pub struct Asker {
    shown: Shown,
    /// Unknown when a proxy was to name it and did not.
    pub address: Option<IpAddr>,
    pub whence: Whence,
    /// As the request says it, for the journal.
    origin: Option<String>,
}

enum Shown {
    Nothing,
    Bearer(String),
    Unreadable,
}

impl Asker {
    /// What was shown as a token, if anything was.
    pub fn bearer(&self) -> Result<Option<&str>, Turned> {
        match &self.shown {
            Shown::Nothing => Ok(None),
            Shown::Bearer(bearer) => Ok(Some(bearer)),
            Shown::Unreadable => Err(Turned::new(Rule::Malformed, "the Authorization header is no bearer")),
        }
    }

    /// Takes this for what was shown, unless a header has shown something.
    pub fn or_shows(mut self, bearer: Option<String>) -> Self {
        if let (Shown::Nothing, Some(bearer)) = (&self.shown, bearer) {
            self.shown = Shown::Bearer(bearer);
        }
        self
    }

    pub fn remarks(&self) -> Remarks {
        Remarks { address: self.address, origin: self.origin.clone(), ..Remarks::default() }
    }
}

impl FromRequestParts<Arc<Shared>> for Asker {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Refusal> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0);
        let shown = match credential(&parts.headers) {
            Credential::Absent => Shown::Nothing,
            Credential::Bearer(bearer) => Shown::Bearer(bearer.to_owned()),
            Credential::Unreadable => Shown::Unreadable,
        };
        let origin = parts.headers.get(header::ORIGIN).map(|origin| shortened(String::from_utf8_lossy(origin.as_bytes()).into_owned()));
        Ok(Self { shown, address: address(shared, &parts.headers, peer), whence: Whence::of(&parts.headers), origin })
    }
}

/// The asker's address: the peer's, or what a proxy in front says if it is to be believed.
fn address(shared: &Shared, headers: &HeaderMap, peer: Option<SocketAddr>) -> Option<IpAddr> {
    let forwarded = headers.get("x-forwarded-for").filter(|_| shared.trust_forwarded);
    let address = match forwarded {
        None => peer.map(|peer| peer.ip()),
        // Never the peer's in its place: that would let everybody in as the proxy.
        Some(entries) => entries.to_str().ok().and_then(|entries| {
            let first = entries.split(',').next().unwrap_or_default();
            read_address(first.trim())
        }),
    };
    address.map(|address| address.to_canonical())
}

/// An address as proxies write it: bare, in brackets, or with a port.
fn read_address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse().ok().map(|address: SocketAddr| address.ip()))
}
