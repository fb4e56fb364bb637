//! What an update (v2) sends: a field that is untouched is not sent, a list that is set replaces the whole list.

use serde::Serialize;
use zeroize::Zeroizing;

use super::fields::{KindFields, Stream, Unknown};
use super::json;
use super::limits::{self, NAME_UNITS};
use crate::error::{Error, Result};
use crate::text::to_json_wiping;

/// The fields that both kinds of token have.
#[derive(Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Common {
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_active: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    add_token_streams: Vec<Stream>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remove_token_streams: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_origins: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_ip_addresses: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bind_ips_on_usage: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin_cluster: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_countries: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    denied_countries: Option<Vec<String>>,
}

const COMMON_NAMES: &[&str] = &[
    "label",
    "isActive",
    "addTokenStreams",
    "removeTokenStreams",
    "allowedOrigins",
    "allowedIpAddresses",
    "bindIpsOnUsage",
    "originCluster",
    "refreshToken",
    "allowedCountries",
    "deniedCountries",
];

#[derive(Clone, Default, Serialize)]
pub(crate) struct Update<K> {
    #[serde(flatten)]
    common: Common,
    #[serde(flatten)]
    pub kind: K,
    #[serde(flatten)]
    unknown: Unknown,
}

fn checked(values: &[&str], check: impl Fn(&str) -> Result<()>) -> Result<Option<Vec<String>>> {
    values.iter().enumerate().try_for_each(|(index, value)| check(value).map_err(|error| error.at(index)))?;
    Ok(Some(values.iter().map(|value| (*value).to_owned()).collect()))
}

fn has_any(list: &Option<Vec<String>>) -> bool {
    list.as_ref().is_some_and(|list| !list.is_empty())
}

impl<K: KindFields> Update<K> {
    pub(crate) fn set_label(&mut self, label: &str) -> Result<()> {
        limits::at_most("label", label, NAME_UNITS)?;
        self.common.label = Some(label.to_owned());
        Ok(())
    }

    pub(crate) fn set_is_active(&mut self, is_active: bool) -> Result<()> {
        self.common.is_active = Some(is_active);
        Ok(())
    }

    pub(crate) fn add_stream(&mut self, name: &str, is_regex: bool) -> Result<()> {
        self.common.add_token_streams.push(Stream::new(name, is_regex)?);
        Ok(())
    }

    pub(crate) fn remove_stream(&mut self, name: &str) -> Result<()> {
        limits::length(limits::STREAM_NAME, name, 1, NAME_UNITS)?;
        self.common.remove_token_streams.push(name.to_owned());
        Ok(())
    }

    pub(crate) fn set_allowed_origins(&mut self, origins: &[&str]) -> Result<()> {
        self.common.allowed_origins = checked(origins, |origin| limits::origin("allowedOrigins", origin))?;
        Ok(())
    }

    pub(crate) fn set_allowed_ip_addresses(&mut self, addresses: &[&str]) -> Result<()> {
        self.common.allowed_ip_addresses = checked(addresses, |address| limits::ip_address("allowedIpAddresses", address))?;
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

    pub(crate) fn refresh_token(&mut self) -> Result<()> {
        self.common.refresh_token = Some(true);
        Ok(())
    }

    pub(crate) fn set_allowed_countries(&mut self, countries: &[&str]) -> Result<()> {
        self.common.allowed_countries = checked(countries, |country| limits::country("allowedCountries", country))?;
        Ok(())
    }

    pub(crate) fn set_denied_countries(&mut self, countries: &[&str]) -> Result<()> {
        self.common.denied_countries = checked(countries, |country| limits::country("deniedCountries", country))?;
        Ok(())
    }

    pub(crate) fn merge_json(&mut self, object: &str) -> Result<()> {
        self.unknown.merge(object, &[COMMON_NAMES, K::NAMES])
    }

    /// Would carrying it out twice do more than once? A refresh makes a new string each time; what adding a stream
    /// twice does, and what fields do that are unknown here, nobody can tell.
    pub(crate) fn is_repeatable(&self) -> bool {
        let common = &self.common;
        common.refresh_token.is_none()
            && common.add_token_streams.is_empty()
            && common.remove_token_streams.is_empty()
            && self.unknown.is_empty()
    }

    /// Checks the rules between fields and writes what is sent. Rules with fields that are not in the update are the
    /// platform's to check.
    pub(crate) fn to_json(&self) -> Result<Zeroizing<Vec<u8>>> {
        let common = &self.common;
        let binds = common.bind_ips_on_usage.is_some_and(|addresses| addresses > 0);
        limits::not_both(("allowedIpAddresses", has_any(&common.allowed_ip_addresses)), ("bindIpsOnUsage", binds))?;
        limits::not_both(("allowedCountries", has_any(&common.allowed_countries)), ("deniedCountries", has_any(&common.denied_countries)))?;
        self.kind.check()?;
        let written = to_json_wiping(self).map_err(|error| Error::invalid("json", json::problem(&error)))?;
        if written.as_slice() == b"{}" {
            return Err(Error::invalid("update", "must change at least 1 field, given are 0"));
        }
        Ok(written)
    }
}
