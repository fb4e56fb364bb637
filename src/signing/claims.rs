//! What a self-signed token says.

use std::sync::atomic::{AtomicU64, Ordering};

use super::payload::{Encoded, beginning};
use crate::error::{Error, Result};
use crate::model::limits::{self, CUSTOM_VIEWER_DATA_UNITS, NAME_UNITS, STREAM_NAME};
use crate::model::time::LAST_SECOND;

/// No signer has this number.
const NO_SIGNER: u64 = 0;
const SIGNERS_KNOWN: usize = 8;

/// Longer ones make tokens that no reader takes, this library's neither.
const MOST_JSON_BYTES: usize = 40 << 10;

#[derive(Debug)]
pub(crate) struct Claims {
    pub stream_name: String,
    pub lifetime_seconds: u32,
    issued_at: Option<i64>,
    pub tracking_id: Option<String>,
    pub custom_viewer_data: Option<String>,
    pub origin_cluster: Option<String>,
    pub allowed_origins: Vec<String>,
    pub allowed_ip_addresses: Vec<String>,
    pub cut_to_parent: bool,
    pub unchecked_stream: bool,
    /// The beginning of each token's payload, ready after each change.
    pub encoded: Encoded,
    /// The signers whose parents were seen to take the stream, those that come in turn in slots of their own. They change
    /// no more than the stream does, and matching a pattern takes longer than signing.
    stream_known_to: [AtomicU64; SIGNERS_KNOWN],
}

impl Claims {
    pub(crate) fn new(stream_name: &str, lifetime_seconds: u32) -> Result<Claims> {
        complete_stream_name(stream_name)?;
        check_lifetime(lifetime_seconds)?;
        let mut claims = Claims {
            stream_name: stream_name.to_owned(),
            lifetime_seconds,
            issued_at: None,
            tracking_id: None,
            custom_viewer_data: None,
            origin_cluster: None,
            allowed_origins: Vec::new(),
            allowed_ip_addresses: Vec::new(),
            cut_to_parent: false,
            unchecked_stream: false,
            encoded: Encoded::default(),
            stream_known_to: [const { AtomicU64::new(NO_SIGNER) }; SIGNERS_KNOWN],
        };
        claims.encode()?;
        Ok(claims)
    }

    fn encode(&mut self) -> Result<()> {
        let json = beginning(self)?;
        if json.len() > MOST_JSON_BYTES {
            let given = json.len();
            return Err(Error::invalid("claims", format_args!("would have {given} bytes as JSON, at most are {MOST_JSON_BYTES}")));
        }
        self.encoded = Encoded::new(&json);
        Ok(())
    }

    /// Puts a value in its place, or leaves all as it was.
    fn set<T>(&mut self, field: &str, place: fn(&mut Claims) -> &mut T, mut value: T) -> Result<()> {
        std::mem::swap(place(self), &mut value);
        let set = self.encode();
        if set.is_err() {
            std::mem::swap(place(self), &mut value);
        }
        set.map_err(|error| error.with_field(field))
    }

    fn add(&mut self, field: &str, list: fn(&mut Claims) -> &mut Vec<String>, value: &str) -> Result<()> {
        list(self).push(value.to_owned());
        let added = self.encode();
        if added.is_err() {
            list(self).pop();
        }
        added.map_err(|error| error.with_field(field))
    }

    pub(crate) fn is_stream_known_to(&self, signer: u64) -> bool {
        self.slot(signer).load(Ordering::Relaxed) == signer
    }

    pub(crate) fn note_stream_known_to(&self, signer: u64) {
        self.slot(signer).store(signer, Ordering::Relaxed);
    }

    fn slot(&self, signer: u64) -> &AtomicU64 {
        // The remainder is below the number of slots.
        &self.stream_known_to[(signer % SIGNERS_KNOWN as u64) as usize]
    }

    pub(crate) fn set_tracking_id(&mut self, id: &str) -> Result<()> {
        limits::length("trackingId", id, 1, NAME_UNITS)?;
        self.set("trackingId", |claims| &mut claims.tracking_id, Some(id.to_owned()))
    }

    /// Empty leaves the claim out.
    pub(crate) fn set_custom_viewer_data(&mut self, viewer: &str) -> Result<()> {
        limits::at_most("customViewerData", viewer, CUSTOM_VIEWER_DATA_UNITS)?;
        let viewer = Some(viewer.to_owned()).filter(|viewer| !viewer.is_empty());
        self.set("customViewerData", |claims| &mut claims.custom_viewer_data, viewer)
    }

    pub(crate) fn set_origin_cluster(&mut self, cluster: &str) -> Result<()> {
        limits::not_empty("originCluster", cluster)?;
        self.set("originCluster", |claims| &mut claims.origin_cluster, Some(cluster.to_owned()))
    }

    pub(crate) fn add_allowed_origin(&mut self, origin: &str) -> Result<()> {
        limits::origin("allowedOrigins", origin)?;
        self.add("allowedOrigins", |claims| &mut claims.allowed_origins, origin)
    }

    pub(crate) fn add_allowed_ip_address(&mut self, address: &str) -> Result<()> {
        limits::ip_address("allowedIpAddresses", address)?;
        self.add("allowedIpAddresses", |claims| &mut claims.allowed_ip_addresses, address)
    }

    pub(crate) fn set_issued_at(&mut self, seconds: i64) -> Result<()> {
        if !(0..=LAST_SECOND).contains(&seconds) {
            return Err(Error::invalid("iat", format_args!("must be seconds since 1970 and before the year 10000, given is {seconds}")));
        }
        self.issued_at = Some(seconds);
        Ok(())
    }

    /// `iat`, `now` being the clock.
    pub(crate) fn issued_at(&self, now: i64) -> i64 {
        self.issued_at.unwrap_or(now)
    }
}

fn check_lifetime(seconds: u32) -> Result<()> {
    if seconds == 0 {
        return Err(Error::invalid("lifetime_seconds", "must be at least 1 second, given are 0"));
    }
    Ok(())
}

/// `exp` of a token that lives for so long.
pub(crate) fn end_after(issued_at: i64, lifetime_seconds: u32) -> Result<i64> {
    check_lifetime(lifetime_seconds)?;
    issued_at.checked_add(i64::from(lifetime_seconds)).filter(|end| *end <= LAST_SECOND).ok_or_else(|| {
        Error::invalid("exp", format_args!("must be before the year 10000, given are {issued_at} and {lifetime_seconds} seconds"))
    })
}

/// One complete name: the platform takes no wildcard in a self-signed token.
pub(crate) fn complete_stream_name(name: &str) -> Result<()> {
    limits::length(STREAM_NAME, name, 1, NAME_UNITS)?;
    if name.contains('*') {
        return Err(Error::invalid(
            STREAM_NAME,
            format_args!("must be one complete name without a wildcard, given is {}", limits::shown(name)),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_never_wraps_and_never_passes_the_year_9999() {
        let mut claims = Claims::new("s", u32::MAX).expect("claims");
        assert!(end_after(LAST_SECOND, 1).is_err());
        assert!(end_after(i64::MAX, u32::MAX).is_err());
        assert!(claims.set_issued_at(LAST_SECOND + 1).is_err());
        assert!(claims.set_issued_at(-1).is_err());
        assert_eq!(end_after(LAST_SECOND - i64::from(u32::MAX), u32::MAX).ok(), Some(LAST_SECOND));
        assert!(end_after(0, 0).is_err());
    }

    #[test]
    fn lists_grow_no_further_than_a_token_may_and_keep_what_they_had() {
        let mut claims = Claims::new("s", 60).expect("claims");
        let refused = (0..10_000).find_map(|_| claims.add_allowed_ip_address("192.0.2.1").err()).expect("an end");
        assert_eq!(refused.details().field.as_deref(), Some("allowedIpAddresses"));
        let count = claims.allowed_ip_addresses.len();
        assert!(claims.add_allowed_ip_address("192.0.2.1").is_err());
        assert_eq!(claims.allowed_ip_addresses.len(), count);
        assert!(claims.set_origin_cluster(&"c".repeat(MOST_JSON_BYTES)).is_err() && claims.origin_cluster.is_none());
        assert!(claims.encoded.text.len() < MOST_JSON_BYTES / 3 * 4);
    }
}
