//! What both kinds of token are created with, and may be changed in.

use std::collections::BTreeSet;

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize};

use super::pattern::matches_whole;
use super::{Update, Version};
use crate::address::{AllowedAddress, is_country};
use crate::origin::AllowedOrigin;
use crate::validate::Fields;

/// The cluster of a token that names none: the account's, and this account leaves it open.
pub const ACCOUNT_CLUSTER: &str = "auto";

/// A stream that a token is for, by its name or by a pattern.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stream {
    pub name: String,
    pub is_regex: bool,
}

impl Stream {
    fn read(fields: &Fields) -> Self {
        fields.demand("streamName");
        Self { name: fields.text("streamName", 1..=128).unwrap_or_default(), is_regex: fields.flag("isRegex").unwrap_or(false) }
    }

    fn answer(&self) -> AnsweredStream<'_> {
        AnsweredStream { stream_name: &self.name, is_regex: self.is_regex }
    }

    /// Whether it stands for any name. Responses mark this one as a pattern at times and at times
    /// not.
    fn is_any(&self) -> bool {
        self.name == ".*"
    }

    fn covers(&self, wanted: &str) -> bool {
        if self.is_any() {
            return true;
        }
        if !self.is_regex {
            return self.name == wanted;
        }
        matches_whole(&self.name, wanted)
    }
}

/// The part of a create request that both kinds share.
#[derive(Clone, Serialize, Deserialize)]
pub struct Terms {
    pub label: String,
    pub streams: Vec<Stream>,
    /// Seconds from the creation; never if unset.
    pub expires: Option<i64>,
    pub allowed_origins: Vec<AllowedOrigin>,
    pub allowed_ip_addresses: Vec<AllowedAddress>,
    /// How many addresses the token is bound to. The API's 0 means none, as unset does.
    pub bind_ips_on_usage: Option<usize>,
    pub origin_cluster: Option<String>,
    pub allowed_countries: Vec<String>,
    pub denied_countries: Vec<String>,
}

impl Terms {
    /// Reads them; problems gather in the fields, and the result counts only if there are none. An update of version 2 may
    /// have left a label empty.
    pub fn read(fields: &Fields, version: Version) -> Self {
        fields.demand("label");
        let shortest_label = if version == Version::V1 { 1 } else { 0 };
        let terms = Self {
            label: fields.text("label", shortest_label..=128).unwrap_or_default(),
            streams: read_streams(fields),
            expires: fields.integer("expires", 1..=i32::MAX.into()),
            allowed_origins: fields.entries("allowedOrigins", AllowedOrigin::read).unwrap_or_default(),
            allowed_ip_addresses: fields.entries("allowedIpAddresses", AllowedAddress::read).unwrap_or_default(),
            bind_ips_on_usage: read_places(fields, "bindIpsOnUsage", u32::MAX.into()).flatten(),
            origin_cluster: fields.filled_text("originCluster"),
            allowed_countries: read_countries(fields, "allowedCountries").unwrap_or_default(),
            denied_countries: read_countries(fields, "deniedCountries").unwrap_or_default(),
        };
        terms.check(fields, str::to_owned);
        terms
    }

    /// Changes them, on the same terms as [`Terms::read`].
    pub fn update(&mut self, update: &Update) {
        let most_places = match update.version() {
            Version::V1 => i32::MAX.into(),
            Version::V2 => u32::MAX.into(),
        };
        update.put(&mut self.label, "label", |fields, name| fields.text(name, 0..=128));
        self.update_streams(update);
        update.replace(&mut self.allowed_origins, "allowedOrigins", |fields, name| fields.entries(name, AllowedOrigin::read));
        update.replace(&mut self.allowed_ip_addresses, "allowedIpAddresses", |fields, name| fields.entries(name, AllowedAddress::read));
        update.replace(&mut self.bind_ips_on_usage, "bindIpsOnUsage", |fields, name| read_places(fields, name, most_places));
        update.replace(&mut self.origin_cluster, "originCluster", |fields, name| fields.filled_text(name).map(Some));
        update.replace(&mut self.allowed_countries, "allowedCountries", read_countries);
        update.replace(&mut self.denied_countries, "deniedCountries", read_countries);
        self.check(update.fields(), |name| update.name(name));
    }

    /// Streams go before others come, so that one request can turn a name into a pattern.
    fn update_streams(&mut self, update: &Update) {
        let (mut removed, mut added) = (Vec::new(), Vec::new());
        // Some clients send the streams themselves, not their names.
        update.put(&mut removed, "removeTokenStreams", |fields, name| fields.names(name, "streamName"));
        update.put(&mut added, "addTokenStreams", |fields, name| {
            let streams = fields.objects(name)?;
            Some(streams.iter().map(Stream::read).collect())
        });
        let removed: BTreeSet<String> = removed.into_iter().collect();
        self.streams.retain(|stream| !removed.contains(&stream.name));
        let mut known: BTreeSet<Stream> = self.streams.iter().cloned().collect();
        self.streams.extend(added.into_iter().filter(|stream| known.insert(stream.clone())));
        if self.streams.is_empty() {
            update.fields().refuse("removeTokenStreams", "At least one stream has to remain.");
        }
    }

    /// What excludes what, whichever request brought it together.
    fn check(&self, fields: &Fields, named: impl Fn(&str) -> String) {
        if self.bind_ips_on_usage.is_some() && !self.allowed_ip_addresses.is_empty() {
            fields.refuse_both(&named("allowedIpAddresses"), &named("bindIpsOnUsage"));
        }
        if !self.allowed_countries.is_empty() && !self.denied_countries.is_empty() {
            fields.refuse_both(&named("allowedCountries"), &named("deniedCountries"));
        }
    }

    /// The streams that are no wildcards, by name.
    pub fn plain_streams(&self) -> impl Iterator<Item = &str> {
        self.streams.iter().filter(|stream| !stream.is_regex && !stream.is_any()).map(|stream| stream.name.as_str())
    }

    /// Whether one of its streams is no wildcard.
    pub fn is_named(&self) -> bool {
        self.plain_streams().next().is_some()
    }

    /// Whether one of its streams is a pattern.
    pub fn has_patterns(&self) -> bool {
        self.streams.iter().any(|stream| stream.is_regex || stream.is_any())
    }

    /// Whether it says anything of countries.
    pub fn has_countries(&self) -> bool {
        !self.allowed_countries.is_empty() || !self.denied_countries.is_empty()
    }

    /// The texts that a search by name looks into.
    pub fn searched(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.label.as_str()).chain(self.plain_streams())
    }

    /// Whether one of its streams is this one.
    pub fn cover(&self, stream: &str) -> bool {
        self.streams.iter().any(|own| own.covers(stream))
    }

    /// The cluster that counts.
    pub fn effective_cluster(&self) -> &str {
        self.origin_cluster.as_deref().unwrap_or(ACCOUNT_CLUSTER)
    }

    pub fn answer<M: SerializeMap>(&self, answer: &mut M) -> Result<(), M::Error> {
        answer.serialize_entry("label", &self.label)?;
        answer.serialize_entry("streams", &self.streams.iter().map(Stream::answer).collect::<Vec<_>>())?;
        answer.serialize_entry("allowedOrigins", &self.allowed_origins)?;
        answer.serialize_entry("allowedIpAddresses", &self.allowed_ip_addresses)?;
        answer.serialize_entry("bindIpsOnUsage", &self.bind_ips_on_usage)?;
        answer.serialize_entry("originCluster", self.origin_cluster.as_deref().unwrap_or_default())?;
        answer.serialize_entry("allowedCountries", &self.allowed_countries)?;
        answer.serialize_entry("deniedCountries", &self.denied_countries)
    }

    /// The settings that the account fills in where the token says nothing.
    pub fn effective<M: SerializeMap>(&self, settings: &mut M) -> Result<(), M::Error> {
        settings.serialize_entry("originCluster", self.effective_cluster())?;
        settings.serialize_entry("allowedCountries", &self.allowed_countries)?;
        settings.serialize_entry("deniedCountries", &self.denied_countries)
    }
}

/// A stream as an answer has it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AnsweredStream<'a> {
    stream_name: &'a str,
    is_regex: bool,
}

fn read_streams(fields: &Fields) -> Vec<Stream> {
    fields.demand("streams");
    let Some(streams) = fields.objects("streams") else {
        return Vec::new();
    };
    if fields.is_empty_list("streams") {
        fields.refuse("streams", "At least one stream is needed.");
    }
    streams.iter().map(Stream::read).collect()
}

/// How many addresses a token is bound to; the API's 0 is none.
fn read_places(fields: &Fields, name: &str, most: i64) -> Option<Option<usize>> {
    let count = fields.integer(name, 0..=most)?;
    Some(usize::try_from(count).ok().filter(|count| *count > 0))
}

fn read_countries(fields: &Fields, name: &str) -> Option<Vec<String>> {
    let read = |text: &str| {
        let country = is_country(text).then(|| text.to_owned());
        country.ok_or("not a country code of two capital letters")
    };
    fields.entries(name, read)
}
