//! What a create sends. A field that was not set is not sent: no default of the platform's is written down here.

use std::collections::BTreeSet;

use serde::Serialize;
use zeroize::Zeroizing;

use super::fields::{KindFields, Stream, Unknown};
use super::json;
use super::limits::{self, NAME_UNITS};
use super::token::{ANY_NAME, Token};
use crate::error::{Error, Result};
use crate::text::to_json_wiping;

const MOST_SECONDS: u32 = i32::MAX as u32;

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
    unknown: Unknown,
}

/// By what a token is recognised as one that a spec may have made.
pub(crate) struct Identity {
    label: String,
    streams: BTreeSet<(String, bool)>,
}

impl Identity {
    pub(crate) fn is_of(&self, token: &Token) -> bool {
        let streams = token.streams.iter().map(|stream| (stream.stream_name.as_str().to_owned(), stream.is_regex()));
        token.label.as_ref().is_some_and(|label| label.as_str() == self.label) && streams.collect::<BTreeSet<_>>() == self.streams
    }
}

impl<K: KindFields> Spec<K> {
    pub(crate) fn new(label: &str) -> Result<Spec<K>> {
        limits::length("label", label, 1, NAME_UNITS)?;
        Ok(Spec { common: Common { label: label.to_owned(), ..Common::default() }, kind: K::default(), unknown: Unknown::default() })
    }

    pub(crate) fn add_stream(&mut self, name: &str, is_regex: bool) -> Result<()> {
        self.common.streams.push(Stream::new(name, is_regex)?);
        Ok(())
    }

    pub(crate) fn identity(&self) -> Identity {
        // Answers do not mark the pattern for any name as one.
        let stream = |stream: &Stream| (stream.stream_name.clone(), stream.is_regex || stream.stream_name == ANY_NAME);
        Identity { label: self.common.label.clone(), streams: self.common.streams.iter().map(stream).collect() }
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

    pub(crate) fn merge_json(&mut self, object: &str) -> Result<()> {
        self.unknown.merge(object, &[COMMON_NAMES, K::NAMES])
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
