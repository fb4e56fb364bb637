//! Answers about the account: clusters, active tokens, and what a bulk disable did.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use super::json::{self, Object, object_or_default};
use crate::text::Text;

/// An answer, and the API's JSON of it, in which unknown fields are kept.
#[derive(Debug, Clone)]
pub(crate) struct WithJson<T> {
    pub read: T,
    pub json: Text,
}

impl<T: DeserializeOwned> WithJson<T> {
    pub(crate) fn read(json: &str) -> serde_json::Result<WithJson<T>> {
        let Object(read) = serde_json::from_str(json)?;
        Ok(WithJson { read, json: Text::new(json) })
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Location {
    pub city: Option<Text>,
    pub region: Option<Text>,
    pub country: Option<Text>,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Features {
    pub transcoding: Option<bool>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Cluster {
    pub id: Option<Text>,
    pub name: Option<Text>,
    pub rtmp: Option<Text>,
    pub srt: Option<Text>,
    #[serde(default, deserialize_with = "object_or_default")]
    pub location: Location,
    #[serde(default, deserialize_with = "object_or_default")]
    pub features: Features,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Clusters {
    pub default_cluster: Option<Text>,
    #[serde(default, deserialize_with = "objects_without_nulls")]
    pub available_clusters: Vec<Cluster>,
}

/// What was sent of a list. An entry that is nothing must not cost the others: a bulk disable was carried out.
fn without_nulls<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let entries = Option::<Vec<Option<T>>>::deserialize(deserializer)?.unwrap_or_default();
    Ok(entries.into_iter().flatten().collect())
}

fn objects_without_nulls<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(without_nulls(deserializer)?.into_iter().map(|Object(object)| object).collect())
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(transparent)]
pub(crate) struct Id(#[serde(deserialize_with = "json::id")] pub u64);

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ActiveIds {
    #[serde(default, deserialize_with = "without_nulls")]
    pub token_ids: Vec<Id>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FailedToken {
    /// An answer that leaves it out tells of the others all the same.
    #[serde(default)]
    pub token_id: Option<Id>,
    pub error_message: Option<Text>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Disabled {
    #[serde(default, deserialize_with = "without_nulls")]
    pub successful_tokens: Vec<Id>,
    #[serde(default, deserialize_with = "objects_without_nulls")]
    pub failed_tokens: Vec<FailedToken>,
}
