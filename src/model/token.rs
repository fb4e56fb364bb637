//! What the answers for publish and for subscribe tokens have in common.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::json::{self, Object, null_as_default, object_or_default, objects_or_default};
use super::time::Moment;
use crate::error::{Error, Result};
use crate::text::{Secret, Text};

/// The pattern that stands for any stream name. Some answers mark it as a pattern, some do not.
pub(crate) const ANY_NAME: &str = ".*";

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stream {
    pub stream_name: Text,
    #[serde(default, deserialize_with = "null_as_default")]
    is_regex: bool,
}

impl Stream {
    pub(crate) fn is_regex(&self) -> bool {
        self.is_regex || self.stream_name.as_str() == ANY_NAME
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GeoCascade {
    pub is_enabled: Option<bool>,
    #[serde(default, deserialize_with = "null_as_default")]
    pub clusters: Vec<Text>,
}

/// What the platform applies when the account's settings are taken into account.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EffectiveSettings {
    pub origin_cluster: Option<Text>,
    #[serde(default, deserialize_with = "null_as_default")]
    pub allowed_countries: Vec<Text>,
    #[serde(default, deserialize_with = "null_as_default")]
    pub denied_countries: Vec<Text>,
    #[serde(default, deserialize_with = "object_or_default")]
    pub geo_cascade: GeoCascade,
    #[serde(rename = "enableUTCInsertion")]
    pub enable_utc_insertion: Option<bool>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Token {
    #[serde(deserialize_with = "json::id")]
    pub id: u64,
    pub name: Option<Text>,
    pub label: Option<Text>,
    #[serde(rename = "token")]
    pub value: Option<Secret>,
    pub added_on: Option<Moment>,
    pub expires_on: Option<Moment>,
    pub is_active: Option<bool>,
    #[serde(default, deserialize_with = "objects_or_default")]
    pub streams: Vec<Stream>,
    #[serde(default, deserialize_with = "null_as_default")]
    pub allowed_origins: Vec<Text>,
    #[serde(default, deserialize_with = "null_as_default")]
    pub allowed_ip_addresses: Vec<Text>,
    pub bind_ips_on_usage: Option<u32>,
    pub origin_cluster: Option<Text>,
    #[serde(default, deserialize_with = "null_as_default")]
    pub allowed_countries: Vec<Text>,
    #[serde(default, deserialize_with = "null_as_default")]
    pub denied_countries: Vec<Text>,
    #[serde(default, deserialize_with = "object_or_default")]
    pub effective_settings: EffectiveSettings,
}

/// An answer: what both kinds of token have, what only one has, and the JSON that it was read from, which holds the
/// fields that are unknown today.
#[derive(Debug, Clone)]
pub(crate) struct Received<A> {
    pub token: Token,
    pub own: A,
    pub json: Secret,
}

impl<A: DeserializeOwned> Received<A> {
    /// Of JSON that is well-formed, as that within an answer is. Both parts are read from the text itself. To flatten one into the other would copy every field, secrets too,
    /// into memory that nobody wipes.
    pub(crate) fn read(json: &str) -> std::result::Result<Received<A>, serde_json::Error> {
        json::refuse_duplicate_names(json)?;
        let Object(token) = serde_json::from_str(json)?;
        let Object(own) = serde_json::from_str(json)?;
        Ok(Received { token, own, json: Secret::new(json.trim_matches([' ', '\t', '\r', '\n'])) })
    }

    /// Another of the same.
    pub(crate) fn read_again(&self) -> Result<Received<A>> {
        Received::from_caller(self.json.as_str())
    }

    /// Reads what a caller kept of an earlier answer.
    pub(crate) fn from_caller(json: &str) -> Result<Received<A>> {
        let read = || {
            json::refuse_malformed(json)?;
            Received::read(json)
        };
        read().map_err(|error| Error::invalid("json", format_args!("is not a token of this kind: {}", json::problem(&error))))
    }
}
