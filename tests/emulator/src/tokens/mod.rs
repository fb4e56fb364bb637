//! Publish tokens and subscribe tokens. Both go one way; what differs is in [`Kind`].

mod kind;
mod publish;
mod routes;
mod subscribe;
mod terms;

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::clock;

pub use kind::Kind;
pub use publish::Publish;
pub use routes::{Id, find, read_id, routes};
pub use subscribe::Subscribe;
pub use terms::{ACCOUNT_CLUSTER, Stream, Terms};

/// All tokens of one kind, by id.
pub struct Shelf<K>(BTreeMap<u64, Token<K>>);

impl<K> Default for Shelf<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K> Shelf<K> {
    pub fn put(&mut self, token: Token<K>) {
        self.0.insert(token.id, token);
    }

    pub fn get(&self, id: u64) -> Option<&Token<K>> {
        self.0.get(&id)
    }

    pub fn get_mut(&mut self, id: u64) -> Option<&mut Token<K>> {
        self.0.get_mut(&id)
    }

    pub fn remove(&mut self, id: u64) -> Option<Token<K>> {
        self.0.remove(&id)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Token<K>> {
        self.0.values()
    }

    /// The token with this text.
    pub fn by_text(&self, text: &str) -> Option<&Token<K>> {
        self.iter().find(|token| token.token == text)
    }
}

/// A token of either kind.
pub struct Token<K> {
    pub id: u64,
    /// The token itself, 64 hex digits.
    pub token: String,
    pub added_on: OffsetDateTime,
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

    /// The token as the API answers with it.
    pub fn answer(&self) -> Value {
        let mut answer = Map::new();
        let mut set = |name: &str, value: Value| answer.insert(name.to_owned(), value);
        set("id", json!(self.id));
        set("token", json!(self.token));
        set("addedOn", json!(clock::text(self.added_on)));
        set("expiresOn", json!(self.expires_on.map(clock::text)));
        set("isActive", json!(self.is_active));
        self.terms.answer(&mut answer);
        self.own.answer(&mut answer);

        let mut effective = self.terms.effective();
        self.own.effective(&mut effective);
        answer.insert("effectiveSettings".to_owned(), effective.into());
        answer.into()
    }
}
