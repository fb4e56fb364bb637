//! What only the answer for a publish token has.

use serde::Deserialize;

use super::json::{object_or_default, objects_or_default};
use super::token::GeoCascade;
use crate::text::{Secret, Text};

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Restream {
    pub url: Option<Text>,
    pub key: Option<Secret>,
    pub label: Option<Text>,
    pub enabled: Option<bool>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PublishToken {
    pub subscribe_requires_auth: Option<bool>,
    pub record: Option<bool>,
    pub clip: Option<bool>,
    pub multisource: Option<bool>,
    pub enable_thumbnails: Option<bool>,
    pub low_latency_rtmp: Option<bool>,
    pub integration_id: Option<Text>,
    pub display_srt_passphrase: Option<bool>,
    pub srt_passphrase: Option<Secret>,
    pub drm: Option<bool>,
    #[serde(default, deserialize_with = "object_or_default")]
    pub geo_cascade: GeoCascade,
    #[serde(default, deserialize_with = "objects_or_default")]
    pub restream: Vec<Restream>,
    pub priority: Option<i32>,
    #[serde(rename = "enableUTCInsertion")]
    pub enable_utc_insertion: Option<bool>,
    pub encoder_profile_id: Option<Text>,
}
