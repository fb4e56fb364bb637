//! What a self-signed token says.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::model::limits::{self, CUSTOM_VIEWER_DATA_UNITS, NAME_UNITS, STREAM_NAME};
use crate::model::time::LAST_SECOND;

#[derive(Debug, Clone)]
pub(crate) struct Claims {
    pub stream_name: String,
    lifetime_seconds: u32,
    issued_at: Option<i64>,
    pub tracking_id: Option<String>,
    pub custom_viewer_data: Option<String>,
    pub origin_cluster: Option<String>,
    pub allowed_origins: Vec<String>,
    pub allowed_ip_addresses: Vec<String>,
    pub cut_to_parent: bool,
    pub unchecked_stream: bool,
}

impl Claims {
    pub(crate) fn new(stream_name: &str, lifetime_seconds: u32) -> Result<Claims> {
        complete_stream_name(stream_name)?;
        if lifetime_seconds == 0 {
            return Err(Error::invalid("lifetime_seconds", "must be at least 1 second, given are 0"));
        }
        Ok(Claims {
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
        })
    }

    pub(crate) fn set_tracking_id(&mut self, id: &str) -> Result<()> {
        limits::length("trackingId", id, 1, NAME_UNITS)?;
        self.tracking_id = Some(id.to_owned());
        Ok(())
    }

    /// Empty leaves the claim out.
    pub(crate) fn set_custom_viewer_data(&mut self, viewer: &str) -> Result<()> {
        limits::at_most("customViewerData", viewer, CUSTOM_VIEWER_DATA_UNITS)?;
        self.custom_viewer_data = Some(viewer.to_owned()).filter(|viewer| !viewer.is_empty());
        Ok(())
    }

    pub(crate) fn set_origin_cluster(&mut self, cluster: &str) -> Result<()> {
        limits::not_empty("originCluster", cluster)?;
        self.origin_cluster = Some(cluster.to_owned());
        Ok(())
    }

    pub(crate) fn add_allowed_origin(&mut self, origin: &str) -> Result<()> {
        limits::origin("allowedOrigins", origin)?;
        self.allowed_origins.push(origin.to_owned());
        Ok(())
    }

    pub(crate) fn add_allowed_ip_address(&mut self, address: &str) -> Result<()> {
        limits::ip_address("allowedIpAddresses", address)?;
        self.allowed_ip_addresses.push(address.to_owned());
        Ok(())
    }

    pub(crate) fn set_issued_at(&mut self, seconds: i64) -> Result<()> {
        if !(0..=LAST_SECOND).contains(&seconds) {
            return Err(Error::invalid("iat", format_args!("must be seconds since 1970 and before the year 10000, given is {seconds}")));
        }
        self.issued_at = Some(seconds);
        Ok(())
    }

    /// `iat` and `exp`, `now` being the clock.
    pub(crate) fn times(&self, now: i64) -> Result<(i64, i64)> {
        let issued_at = self.issued_at.unwrap_or(now);
        let expires_at = issued_at.checked_add(i64::from(self.lifetime_seconds)).filter(|end| *end <= LAST_SECOND);
        expires_at.map(|end| (issued_at, end)).ok_or_else(|| {
            Error::invalid(
                "exp",
                format_args!("must be before the year 10000, given are {issued_at} and {} seconds", self.lifetime_seconds),
            )
        })
    }
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

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Streaming<'a> {
    token_id: u64,
    token_type: &'static str,
    stream_name: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    allowed_origins: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    allowed_ip_addresses: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    tracking: Option<Tracking<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_viewer_data: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin_cluster: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tracking<'a> {
    tracking_id: &'a str,
}

/// The payload of a token.
#[derive(Serialize)]
pub(crate) struct Payload<'a> {
    streaming: Streaming<'a>,
    iat: i64,
    exp: i64,
}

pub(crate) const TOKEN_TYPE: &str = "Subscribe";

impl<'a> Payload<'a> {
    pub(crate) fn new(token_id: u64, claims: &'a Claims, issued_at: i64, expires_at: i64) -> Payload<'a> {
        Payload {
            streaming: Streaming {
                token_id,
                token_type: TOKEN_TYPE,
                stream_name: &claims.stream_name,
                allowed_origins: &claims.allowed_origins,
                allowed_ip_addresses: &claims.allowed_ip_addresses,
                tracking: claims.tracking_id.as_deref().map(|tracking_id| Tracking { tracking_id }),
                custom_viewer_data: claims.custom_viewer_data.as_deref(),
                origin_cluster: claims.origin_cluster.as_deref(),
            },
            iat: issued_at,
            exp: expires_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_never_wraps_and_never_passes_the_year_9999() {
        let mut claims = Claims::new("s", u32::MAX).expect("claims");
        claims.set_issued_at(LAST_SECOND).expect("a time");
        assert!(claims.times(0).is_err());
        assert!(claims.set_issued_at(LAST_SECOND + 1).is_err());
        assert!(claims.set_issued_at(-1).is_err());
        claims.set_issued_at(LAST_SECOND - i64::from(u32::MAX)).expect("a time");
        assert_eq!(claims.times(0).map(|times| times.1).ok(), Some(LAST_SECOND));
    }

    #[test]
    fn a_clock_beyond_the_year_9999_is_refused() {
        assert!(Claims::new("s", 1).expect("claims").times(i64::MAX).is_err());
    }
}
