//! What a create sends. A field that was not set is not sent: no default of the platform's is written down here.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::json;
use super::limits::{self, NAME_UNITS};
use crate::error::{Error, Result};
use crate::text::to_json_wiping;

const MOST_SECONDS: u32 = i32::MAX as u32;
const MOST_RESTREAMS: usize = 10;

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Stream {
    stream_name: String,
    is_regex: bool,
}

/// The fields that both kinds of token have.
#[derive(Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Common {
    label: String,
    streams: Vec<Stream>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    allowed_origins: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    allowed_ip_addresses: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bind_ips_on_usage: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin_cluster: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    allowed_countries: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    denied_countries: Vec<String>,
}

/// The fields that only one kind has.
pub(crate) trait KindFields: Clone + Default + Serialize {
    /// Every name of the contract's create request that the common fields do not have.
    const NAMES: &'static [&'static str];

    /// Rules between fields, checked when nothing more will be set.
    fn check(&self) -> Result<()>;
}

const COMMON_NAMES: &[&str] = &[
    "label",
    "streams",
    "expires",
    "allowedOrigins",
    "allowedIpAddresses",
    "bindIpsOnUsage",
    "originCluster",
    "allowedCountries",
    "deniedCountries",
];

#[derive(Clone, Serialize)]
pub(crate) struct Spec<K> {
    #[serde(flatten)]
    common: Common,
    #[serde(flatten)]
    pub kind: K,
    #[serde(flatten)]
    unknown: BTreeMap<String, Box<RawValue>>,
}

impl<K: KindFields> Spec<K> {
    pub(crate) fn new(label: &str) -> Result<Spec<K>> {
        limits::length("label", label, 1, NAME_UNITS)?;
        Ok(Spec { common: Common { label: label.to_owned(), ..Common::default() }, kind: K::default(), unknown: BTreeMap::new() })
    }

    pub(crate) fn add_stream(&mut self, name: &str, is_regex: bool) -> Result<()> {
        limits::length(limits::STREAM_NAME, name, 1, NAME_UNITS)?;
        self.common.streams.push(Stream { stream_name: name.to_owned(), is_regex });
        Ok(())
    }

    pub(crate) fn set_expires(&mut self, seconds: u32) -> Result<()> {
        if seconds == 0 || seconds > MOST_SECONDS {
            return Err(Error::invalid("expires", format_args!("must be 1 to {MOST_SECONDS} seconds, given are {seconds}")));
        }
        self.common.expires = Some(seconds);
        Ok(())
    }

    pub(crate) fn add_allowed_origin(&mut self, origin: &str) -> Result<()> {
        limits::origin("allowedOrigins", origin)?;
        self.common.allowed_origins.push(origin.to_owned());
        Ok(())
    }

    pub(crate) fn add_allowed_ip_address(&mut self, address: &str) -> Result<()> {
        limits::ip_address("allowedIpAddresses", address)?;
        self.common.allowed_ip_addresses.push(address.to_owned());
        Ok(())
    }

    pub(crate) fn set_bind_ips_on_usage(&mut self, addresses: u32) -> Result<()> {
        self.common.bind_ips_on_usage = Some(addresses);
        Ok(())
    }

    pub(crate) fn set_origin_cluster(&mut self, cluster: &str) -> Result<()> {
        limits::not_empty("originCluster", cluster)?;
        self.common.origin_cluster = Some(cluster.to_owned());
        Ok(())
    }

    pub(crate) fn add_allowed_country(&mut self, country: &str) -> Result<()> {
        limits::country("allowedCountries", country)?;
        self.common.allowed_countries.push(country.to_owned());
        Ok(())
    }

    pub(crate) fn add_denied_country(&mut self, country: &str) -> Result<()> {
        limits::country("deniedCountries", country)?;
        self.common.denied_countries.push(country.to_owned());
        Ok(())
    }

    /// Fields that this library does not know. One that it knows has a setter, which checks it.
    pub(crate) fn merge_json(&mut self, object: &str) -> Result<()> {
        let wrong = |error: serde_json::Error| Error::invalid("json", format_args!("must be a JSON object: {}", json::problem(&error)));
        json::refuse_unreadable(object).map_err(wrong)?;
        // As they stand: a number must not come out rounded.
        let fields: BTreeMap<String, Box<RawValue>> = serde_json::from_str(object).map_err(wrong)?;
        let known: HashSet<&str> = COMMON_NAMES.iter().chain(K::NAMES).copied().collect();
        if let Some(name) = fields.keys().find(|name| known.contains(name.as_str())) {
            return Err(Error::invalid(name.clone(), "has a setter of its own and can't be merged as JSON"));
        }
        self.unknown.extend(fields);
        Ok(())
    }

    /// Checks the rules between fields and writes what is sent.
    pub(crate) fn to_json(&self) -> Result<Zeroizing<Vec<u8>>> {
        let common = &self.common;
        if common.streams.is_empty() {
            return Err(Error::invalid("streams", "must have at least 1 stream, given are 0"));
        }
        let binds = common.bind_ips_on_usage.is_some_and(|addresses| addresses > 0);
        limits::not_both(("allowedIpAddresses", !common.allowed_ip_addresses.is_empty()), ("bindIpsOnUsage", binds))?;
        limits::not_both(
            ("allowedCountries", !common.allowed_countries.is_empty()),
            ("deniedCountries", !common.denied_countries.is_empty()),
        )?;
        self.kind.check()?;
        to_json_wiping(self).map_err(|error| Error::invalid("json", json::problem(&error)))
    }
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

    fn check(&self) -> Result<()> {
        Ok(())
    }
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct GeoCascade {
    is_enabled: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    clusters: Vec<String>,
}

#[derive(Clone, Serialize)]
struct Restream {
    url: String,
    key: Zeroizing<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    enabled: bool,
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
    #[serde(rename = "enableUTCInsertion", skip_serializing_if = "Option::is_none")]
    pub enable_utc_insertion: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drm: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoder_profile_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    geo_cascade: Option<GeoCascade>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    restream: Vec<Restream>,
}

impl PublishFields {
    pub(crate) fn set_encoder_profile_id(&mut self, id: &str) -> Result<()> {
        limits::not_empty("encoderProfileId", id)?;
        self.encoder_profile_id = Some(id.to_owned());
        Ok(())
    }

    /// Without clusters the list is not sent, and the platform takes all of them.
    pub(crate) fn set_geo_cascade(&mut self, is_enabled: bool, clusters: &[&str]) -> Result<()> {
        clusters.iter().try_for_each(|cluster| limits::not_empty("geoCascade.clusters", cluster))?;
        self.geo_cascade = Some(GeoCascade { is_enabled, clusters: clusters.iter().map(|cluster| (*cluster).to_owned()).collect() });
        Ok(())
    }

    pub(crate) fn add_restream(&mut self, url: &str, key: &str, label: Option<&str>, enabled: bool) -> Result<()> {
        if self.restream.len() == MOST_RESTREAMS {
            return Err(Error::invalid("restream", format_args!("must have at most {MOST_RESTREAMS} entries, given is one more")));
        }
        limits::length("restream.url", url, 1, 2048)?;
        limits::length("restream.key", key, 5, 512)?;
        limits::at_most("restream.label", label.unwrap_or_default(), 2048)?;
        self.restream.push(Restream { url: url.to_owned(), key: Zeroizing::new(key.to_owned()), label: label.map(str::to_owned), enabled });
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

    fn check(&self) -> Result<()> {
        limits::not_both(("record", self.record == Some(true)), ("clip", self.clip == Some(true)))
    }
}
