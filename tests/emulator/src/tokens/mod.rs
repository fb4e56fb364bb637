//! Publish tokens and subscribe tokens. Both go one way; what differs is in [`Kind`].

mod grams;
mod kind;
mod orders;
mod pattern;
mod publish;
mod publish_only;
mod routes;
mod shelf;
mod subscribe;
mod terms;
mod update;

use std::io;
use std::net::IpAddr;

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use time::OffsetDateTime;

use crate::validate::Fields;
use crate::{clock, random};

pub use kind::Kind;
pub use publish::Publish;
pub use publish_only::routes as publish_routes;
use routes::no_token_words;
pub use routes::{Id, find, read_id, routes};
pub use shelf::Shelf;
pub use subscribe::Subscribe;
pub use terms::{ACCOUNT_CLUSTER, Terms};
pub use update::{Update, Version};

/// A token of either kind.
#[derive(Clone, Serialize, Deserialize)]
pub struct Token<K> {
    pub id: u64,
    /// The token itself, 64 hex digits.
    pub token: String,
    #[serde(with = "time::serde::rfc3339")]
    pub added_on: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_on: Option<OffsetDateTime>,
    pub is_active: bool,
    pub terms: Terms,
    /// What only this kind has.
    pub own: K,
    /// The addresses it is bound to so far, where `bindIpsOnUsage` is set.
    pub bound: Vec<IpAddr>,
}

impl<K: Kind> Token<K> {
    /// Whether its life is over. The last second is the one before `expiresOn`.
    pub fn is_expired(&self, now: OffsetDateTime) -> bool {
        self.expires_on.is_some_and(|expires_on| expires_on <= now)
    }

    /// Changes what an update says and nothing else. Problems gather in the update's fields; the
    /// result counts only if there are none.
    pub fn update(&mut self, update: &Update) -> io::Result<()> {
        let places = self.terms.bind_ips_on_usage;
        self.terms.update(update);
        self.own.update(update);
        update.put(&mut self.is_active, "isActive", Fields::flag);
        if self.terms.bind_ips_on_usage != places {
            self.bound.clear();
        }
        let mut refresh = false;
        update.put(&mut refresh, "refreshToken", Fields::flag);
        if refresh {
            self.token = random::token()?;
        }
        Ok(())
    }

    /// The token as version 1 answers with it.
    pub fn answer(&self) -> Answered<'_, K> {
        self.answer_in(Version::V1)
    }

    /// The token as a version of the API answers with it.
    pub fn answer_in(&self, version: Version) -> Answered<'_, K> {
        Answered { token: self, version }
    }
}

/// A token as it is answered: written straight into the answer, since a listing has a hundred of them.
pub struct Answered<'a, K> {
    token: &'a Token<K>,
    version: Version,
}

impl<K: Kind> Serialize for Answered<'_, K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let token = self.token;
        let mut answer = serializer.serialize_map(None)?;
        answer.serialize_entry("id", &token.id)?;
        answer.serialize_entry("token", &token.token)?;
        answer.serialize_entry("addedOn", &clock::text(token.added_on))?;
        answer.serialize_entry("expiresOn", &token.expires_on.map(clock::text))?;
        answer.serialize_entry("isActive", &token.is_active)?;
        if self.version == Version::V1 {
            // The label's older name.
            answer.serialize_entry("name", &token.terms.label)?;
        }
        token.terms.answer(&mut answer)?;
        token.own.answer(&mut answer)?;
        answer.serialize_entry("effectiveSettings", &Effective(token))?;
        answer.end()
    }
}

/// The settings that a token and its account make together.
struct Effective<'a, K>(&'a Token<K>);

impl<K: Kind> Serialize for Effective<'_, K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut settings = serializer.serialize_map(None)?;
        self.0.terms.effective(&mut settings)?;
        self.0.own.effective(&mut settings)?;
        settings.end()
    }
}
