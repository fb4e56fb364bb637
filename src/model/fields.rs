//! What a create and an update send alike: the fields that only one kind of token has, and fields that are unknown here.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::json;
use super::limits::{self, NAME_UNITS};
use crate::error::{Error, Result};

const MOST_RESTREAMS: usize = 10;

/// A field that may be left out, sent as `null`, or sent with a value.
#[derive(Clone, Default)]
pub(crate) enum Field<T> {
    #[default]
    Unset,
    Null,
    Set(T),
}

impl<T> Field<T> {
    pub(crate) fn is_unset(&self) -> bool {
        matches!(self, Field::Unset)
    }
}

impl<T: Serialize> Serialize for Field<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Field::Unset | Field::Null => serializer.serialize_none(),
            Field::Set(value) => value.serialize(serializer),
        }
    }
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stream {
    pub stream_name: String,
    pub is_regex: bool,
}

impl Stream {
    pub(crate) fn new(name: &str, is_regex: bool) -> Result<Stream> {
        limits::length(limits::STREAM_NAME, name, 1, NAME_UNITS)?;
        Ok(Stream { stream_name: name.to_owned(), is_regex })
    }
}

/// The fields that only one kind of token has.
pub(crate) trait KindFields: Clone + Default + Serialize {
    /// The contract's names of them.
    const NAMES: &'static [&'static str];

    /// Texts that nobody else may see.
    fn secrets(&self) -> Vec<Zeroizing<String>> {
        Vec::new()
    }

    /// Rules between fields, checked when nothing more will be set.
    fn check(&self) -> Result<()> {
        Ok(())
    }
}

/// Fields that this library does not know, from the caller.
#[derive(Clone, Default, Serialize)]
pub(crate) struct Unknown(BTreeMap<String, Box<RawValue>>);

impl Unknown {
    /// A field that is `known` has a setter, which checks it. Nor may it come in by another case: the platform may read
    /// both as one.
    pub(crate) fn merge(&mut self, object: &str, known: &[&[&str]]) -> Result<()> {
        let wrong = |error: serde_json::Error| Error::invalid("json", format_args!("must be a JSON object: {}", json::problem(&error)));
        json::refuse_unreadable(object).map_err(wrong)?;
        // As they stand: a number must not come out rounded.
        let fields: BTreeMap<String, Box<RawValue>> = serde_json::from_str(object).map_err(wrong)?;
        if let Some(name) = fields.keys().find(|name| known.iter().any(|names| names.iter().any(|known| known.eq_ignore_ascii_case(name))))
        {
            return Err(Error::invalid(name.clone(), "has a setter of its own and can't be merged as JSON"));
        }
        self.0.extend(fields);
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The kind of request that has no fields of its own.
#[derive(Clone, Default, Serialize)]
pub(crate) struct NoFields {}

impl KindFields for NoFields {
    const NAMES: &'static [&'static str] = &[];
}

#[derive(Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SubscribeFields {
    #[serde(skip_serializing_if = "Option::is_none")]
    tracking: Option<Tracking>,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Tracking {
    tracking_id: String,
}

impl SubscribeFields {
    pub(crate) fn set_tracking_id(&mut self, id: &str) -> Result<()> {
        limits::length("trackingId", id, 1, NAME_UNITS)?;
        self.tracking = Some(Tracking { tracking_id: id.to_owned() });
        Ok(())
    }
}

impl KindFields for SubscribeFields {
    const NAMES: &'static [&'static str] = &["tracking"];
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct GeoCascade {
    is_enabled: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    clusters: Vec<String>,
}

#[derive(Clone, Serialize)]
pub(crate) struct Restream {
    url: String,
    key: Zeroizing<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enabled: Option<bool>,
}

impl Restream {
    pub(crate) fn new(url: &str, key: &str, label: Option<&str>, enabled: Option<bool>) -> Result<Restream> {
        limits::length("restream.url", url, 1, 2048)?;
        limits::length("restream.key", key, 5, 512)?;
        limits::at_most("restream.label", label.unwrap_or_default(), 2048)?;
        Ok(Restream { url: url.to_owned(), key: Zeroizing::new(key.to_owned()), label: label.map(str::to_owned), enabled })
    }
}

#[derive(Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PublishFields {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscribe_requires_auth: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clip: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multisource: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_thumbnails: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_srt_passphrase: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low_latency_rtmp: Option<bool>,
    #[serde(rename = "enableUTCInsertion", skip_serializing_if = "Field::is_unset")]
    pub enable_utc_insertion: Field<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drm: Option<bool>,
    #[serde(skip_serializing_if = "Field::is_unset")]
    pub priority: Field<i32>,
    #[serde(skip_serializing_if = "Field::is_unset")]
    pub encoder_profile_id: Field<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    geo_cascade: Option<GeoCascade>,
    #[serde(skip_serializing_if = "Option::is_none")]
    restream: Option<Vec<Restream>>,
}

impl PublishFields {
    pub(crate) fn set_encoder_profile_id(&mut self, id: &str) -> Result<()> {
        limits::not_empty("encoderProfileId", id)?;
        self.encoder_profile_id = Field::Set(id.to_owned());
        Ok(())
    }

    /// Without clusters the list is not sent, and the platform takes all of them.
    pub(crate) fn set_geo_cascade(&mut self, is_enabled: bool, clusters: &[&str]) -> Result<()> {
        let check = |(index, cluster): (usize, &&str)| limits::not_empty("geoCascade.clusters", cluster).map_err(|error| error.at(index));
        clusters.iter().enumerate().try_for_each(check)?;
        self.geo_cascade = Some(GeoCascade { is_enabled, clusters: clusters.iter().map(|cluster| (*cluster).to_owned()).collect() });
        Ok(())
    }

    pub(crate) fn add_restream(&mut self, endpoint: Restream) -> Result<()> {
        let mut endpoints = self.restream.clone().unwrap_or_default();
        endpoints.push(endpoint);
        self.set_restream(endpoints)
    }

    /// The whole list; an empty one clears it.
    pub(crate) fn set_restream(&mut self, endpoints: Vec<Restream>) -> Result<()> {
        if endpoints.len() > MOST_RESTREAMS {
            return Err(Error::invalid(
                "restream",
                format_args!("must have at most {MOST_RESTREAMS} entries, given are {}", endpoints.len()),
            ));
        }
        self.restream = Some(endpoints);
        Ok(())
    }
}

impl KindFields for PublishFields {
    const NAMES: &'static [&'static str] = &[
        "subscribeRequiresAuth",
        "record",
        "clip",
        "multisource",
        "enableThumbnails",
        "displaySrtPassphrase",
        "lowLatencyRtmp",
        "enableUTCInsertion",
        "drm",
        "priority",
        "encoderProfileId",
        "geoCascade",
        "restream",
    ];

    fn secrets(&self) -> Vec<Zeroizing<String>> {
        self.restream.iter().flatten().map(|endpoint| endpoint.key.clone()).collect()
    }

    fn check(&self) -> Result<()> {
        limits::not_both(("record", self.record == Some(true)), ("clip", self.clip == Some(true)))
    }
}
