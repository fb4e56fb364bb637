//! What both kinds of token are created with.

use serde_json::{Map, Value, json};

use crate::address::{AllowedAddress, is_country};
use crate::origin::AllowedOrigin;
use crate::validate::Fields;

/// The cluster of a token that names none: the account's, and this account leaves it open.
pub const ACCOUNT_CLUSTER: &str = "auto";

/// A stream that a token is for, by its name or by a pattern.
#[derive(Clone)]
pub struct Stream {
    pub name: String,
    pub is_regex: bool,
}

/// The part of a create request that both kinds share.
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
    /// Reads them; problems gather in the fields, and the result counts only if there are none.
    pub fn read(fields: &Fields) -> Self {
        fields.demand("label");
        let bind = fields.integer("bindIpsOnUsage", 0..=u32::MAX.into()).filter(|count| *count > 0);
        let terms = Self {
            label: fields.text("label", 1..=128).unwrap_or_default(),
            streams: read_streams(fields),
            expires: fields.integer("expires", 1..=i32::MAX.into()),
            allowed_origins: fields.entries("allowedOrigins", AllowedOrigin::read).unwrap_or_default(),
            allowed_ip_addresses: fields.entries("allowedIpAddresses", AllowedAddress::read).unwrap_or_default(),
            bind_ips_on_usage: bind.and_then(|count| usize::try_from(count).ok()),
            origin_cluster: fields.filled_text("originCluster"),
            allowed_countries: read_countries(fields, "allowedCountries"),
            denied_countries: read_countries(fields, "deniedCountries"),
        };
        if bind.is_some() && !terms.allowed_ip_addresses.is_empty() {
            fields.refuse("bindIpsOnUsage", "The field excludes allowedIpAddresses.");
        }
        if !terms.allowed_countries.is_empty() && !terms.denied_countries.is_empty() {
            fields.refuse("deniedCountries", "The field excludes allowedCountries.");
        }
        terms
    }

    /// The cluster that counts.
    pub fn effective_cluster(&self) -> &str {
        self.origin_cluster.as_deref().unwrap_or(ACCOUNT_CLUSTER)
    }

    pub fn answer(&self, answer: &mut Map<String, Value>) {
        let streams: Vec<_> = self.streams.iter().map(|stream| json!({ "streamName": stream.name, "isRegex": stream.is_regex })).collect();
        let origins: Vec<_> = self.allowed_origins.iter().map(|o| &o.as_given).collect();
        let addresses: Vec<_> = self.allowed_ip_addresses.iter().map(|a| &a.as_given).collect();
        let mut set = |name: &str, value: Value| answer.insert(name.to_owned(), value);
        set("label", json!(self.label));
        // The label's older name, which the platform still sends.
        set("name", json!(self.label));
        set("streams", json!(streams));
        set("allowedOrigins", json!(origins));
        set("allowedIpAddresses", json!(addresses));
        set("bindIpsOnUsage", json!(self.bind_ips_on_usage));
        set("originCluster", json!(self.origin_cluster.as_deref().unwrap_or_default()));
        set("allowedCountries", json!(self.allowed_countries));
        set("deniedCountries", json!(self.denied_countries));
    }

    /// The settings that the account fills in where the token says nothing.
    pub fn effective(&self) -> Map<String, Value> {
        let mut settings = Map::new();
        let mut set = |name: &str, value: Value| settings.insert(name.to_owned(), value);
        set("originCluster", json!(self.effective_cluster()));
        set("allowedCountries", json!(self.allowed_countries));
        set("deniedCountries", json!(self.denied_countries));
        settings
    }
}

fn read_streams(fields: &Fields) -> Vec<Stream> {
    fields.demand("streams");
    let Some(streams) = fields.objects("streams") else {
        return Vec::new();
    };
    if fields.is_empty_list("streams") {
        fields.refuse("streams", "At least one stream is needed.");
    }
    let read = |stream: &Fields| {
        stream.demand("streamName");
        Stream { name: stream.text("streamName", 1..=128).unwrap_or_default(), is_regex: stream.flag("isRegex").unwrap_or(false) }
    };
    streams.iter().map(read).collect()
}

fn read_countries(fields: &Fields, name: &str) -> Vec<String> {
    let read = |text: &str| {
        let country = is_country(text).then(|| text.to_owned());
        country.ok_or("not a country code of two capital letters")
    };
    fields.entries(name, read).unwrap_or_default()
}
