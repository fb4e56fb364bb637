//! What only publish tokens have.

use std::collections::BTreeSet;
use std::io;

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Kind, Shelf, Token, Update, Version};
use crate::random;
use crate::state::{Change, Platform};
use crate::validate::Fields;

/// A publish token's own part.
#[derive(Clone, Serialize, Deserialize)]
pub struct Publish {
    pub subscribe_requires_auth: bool,
    drm: bool,
    record: bool,
    clip: bool,
    multisource: bool,
    enable_thumbnails: bool,
    display_srt_passphrase: bool,
    low_latency_rtmp: bool,
    geo_cascade: Option<GeoCascade>,
    restream: Option<Vec<Restream>>,
    priority: Option<i64>,
    enable_utc_insertion: Option<bool>,
    encoder_profile_id: Option<String>,
    srt_passphrase: String,
    /// The streams that a test has declared live. They end with the token, and by nothing else
    /// that happens to it.
    pub live: BTreeSet<String>,
}

#[derive(Clone, Serialize, Deserialize)]
struct GeoCascade {
    is_enabled: Option<bool>,
    clusters: Option<Vec<String>>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Restream {
    label: Option<String>,
    /// An update of version 2 may leave it out.
    url: Option<String>,
    key: String,
    enabled: bool,
}

impl Kind for Publish {
    const NAME: &'static str = "publish";

    fn read(fields: &Fields, version: Version) -> io::Result<Self> {
        let set = |name| fields.flag(name).unwrap_or(false);
        let publish = Self {
            subscribe_requires_auth: set("subscribeRequiresAuth"),
            drm: set("drm"),
            record: set("record"),
            clip: set("clip"),
            multisource: fields.flag("multisource").unwrap_or(true),
            enable_thumbnails: set("enableThumbnails"),
            display_srt_passphrase: set("displaySrtPassphrase"),
            low_latency_rtmp: fields.flag("lowLatencyRtmp").unwrap_or(true),
            geo_cascade: fields.object("geoCascade").map(|cascade| GeoCascade::read(&cascade)),
            restream: read_restream(fields, "restream", version),
            priority: read_priority(fields, "priority"),
            enable_utc_insertion: fields.flag("enableUTCInsertion"),
            encoder_profile_id: fields.filled_text("encoderProfileId"),
            // Within the 10 to 79 characters that SRT takes.
            srt_passphrase: random::hex(16)?,
            live: BTreeSet::new(),
        };
        publish.check(fields);
        Ok(publish)
    }

    fn take_over(&mut self, fields: &Fields) {
        if let Some(passphrase) = fields.text("srtPassphrase", 10..=79) {
            self.srt_passphrase = passphrase;
        }
    }

    fn update(&mut self, update: &Update) {
        update.put(&mut self.subscribe_requires_auth, "subscribeRequiresAuth", Fields::flag);
        update.put(&mut self.drm, "drm", Fields::flag);
        update.put(&mut self.record, "record", Fields::flag);
        update.put(&mut self.clip, "clip", Fields::flag);
        update.put(&mut self.multisource, "multisource", Fields::flag);
        update.put(&mut self.enable_thumbnails, "enableThumbnails", Fields::flag);
        update.put(&mut self.display_srt_passphrase, "displaySrtPassphrase", Fields::flag);
        update.put(&mut self.low_latency_rtmp, "lowLatencyRtmp", Fields::flag);
        update.replace(&mut self.geo_cascade, "geoCascade", |fields, name| {
            let cascade = fields.object(name)?;
            Some(Some(GeoCascade::read(&cascade)))
        });
        update.replace(&mut self.restream, "restream", |fields, name| read_restream(fields, name, update.version()).map(Some));
        update.put_or_clear(&mut self.priority, "priority", read_priority);
        update.put_or_clear(&mut self.enable_utc_insertion, "enableUTCInsertion", Fields::flag);
        update.put_or_clear(&mut self.encoder_profile_id, "encoderProfileId", Fields::filled_text);
        self.check(update.fields());
    }

    fn answer<M: SerializeMap>(&self, answer: &mut M) -> Result<(), M::Error> {
        answer.serialize_entry("subscribeRequiresAuth", &self.subscribe_requires_auth)?;
        answer.serialize_entry("drm", &self.drm)?;
        answer.serialize_entry("record", &self.record)?;
        answer.serialize_entry("clip", &self.clip)?;
        answer.serialize_entry("multisource", &self.multisource)?;
        answer.serialize_entry("enableThumbnails", &self.enable_thumbnails)?;
        answer.serialize_entry("lowLatencyRtmp", &self.low_latency_rtmp)?;
        answer.serialize_entry("integrationId", "None")?;
        answer.serialize_entry("displaySrtPassphrase", &self.display_srt_passphrase)?;
        if self.display_srt_passphrase {
            answer.serialize_entry("srtPassphrase", &self.srt_passphrase)?;
        }
        answer.serialize_entry("geoCascade", &self.geo_cascade.as_ref().map(GeoCascade::answer))?;
        let restream = self.restream.as_ref();
        answer.serialize_entry("restream", &restream.map(|all| all.iter().map(Restream::answer).collect::<Vec<_>>()))?;
        answer.serialize_entry("priority", &self.priority)?;
        answer.serialize_entry("enableUTCInsertion", &self.enable_utc_insertion)?;
        answer.serialize_entry("encoderProfileId", &self.encoder_profile_id)
    }

    fn effective<M: SerializeMap>(&self, settings: &mut M) -> Result<(), M::Error> {
        // This account cascades nowhere of itself, and to every cluster when told to cascade.
        let cascade = self.geo_cascade.as_ref();
        let is_enabled = cascade.and_then(|cascade| cascade.is_enabled).unwrap_or(false);
        let clusters = match cascade.and_then(|cascade| cascade.clusters.as_ref()) {
            Some(clusters) => json!(clusters),
            None => json!(["all"]),
        };
        settings.serialize_entry("geoCascade", &json!({ "isEnabled": is_enabled, "clusters": clusters }))?;
        settings.serialize_entry("enableUTCInsertion", &self.enable_utc_insertion.unwrap_or(false))
    }

    fn live(&self) -> impl Iterator<Item = &String> {
        self.live.iter()
    }

    fn shelf(platform: &Platform) -> &Shelf<Self> {
        &platform.publish
    }

    fn put(token: Token<Self>) -> Change {
        Change::Publish(token)
    }

    fn removed(id: u64) -> Change {
        Change::NoPublish(id)
    }
}

impl Publish {
    /// What excludes what, whichever request brought it together.
    fn check(&self, fields: &Fields) {
        if self.record && self.clip {
            fields.refuse_both("record", "clip");
        }
    }
}

fn read_priority(fields: &Fields, name: &str) -> Option<i64> {
    fields.integer(name, i32::MIN.into()..=i32::MAX.into())
}

impl GeoCascade {
    fn read(fields: &Fields) -> Self {
        let filled = |text: &str| match text.trim() {
            "" => Err("empty"),
            _ => Ok(text.to_owned()),
        };
        let is_enabled = fields.flag("isEnabled");
        let clusters = fields.entries("clusters", filled);
        if is_enabled == Some(true) && fields.is_empty_list("clusters") {
            fields.refuse("clusters", "At least one cluster is needed where isEnabled is true.");
        }
        Self { is_enabled, clusters }
    }

    fn answer(&self) -> Value {
        json!({ "isEnabled": self.is_enabled, "clusters": self.clusters })
    }
}

fn read_restream(fields: &Fields, name: &str, version: Version) -> Option<Vec<Restream>> {
    let endpoints = fields.objects(name)?;
    if endpoints.len() > 10 {
        fields.refuse(name, "At most 10 endpoints are allowed.");
    }
    Some(endpoints.iter().map(|endpoint| Restream::read(endpoint, version)).collect())
}

impl Restream {
    fn read(fields: &Fields, version: Version) -> Self {
        if version == Version::V1 {
            fields.demand("url");
        }
        fields.demand("key");
        Self {
            label: fields.text("label", 0..=2048),
            url: fields.text("url", 1..=2048),
            key: fields.text("key", 5..=512).unwrap_or_default(),
            enabled: fields.flag("enabled").unwrap_or(true),
        }
    }

    fn answer(&self) -> Value {
        json!({
            "label": self.label,
            "url": self.url,
            "key": self.key,
            "enabled": self.enabled,
        })
    }
}
