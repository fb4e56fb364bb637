//! # Subscribe token spec
//!
//! What a new subscribe token shall be. A spec belongs to one thread at a time while it is set; after that any number
//! of creates can use it, at once too. What is not set is not sent, so that the platform's defaults apply. Each setter
//! checks its value at once; a setter that fails changes nothing. Rules between fields are checked by
//! mct_subscribe_token_create(), before anything is sent. Lengths are counted in UTF-16 units, as the platform counts
//! them. Fields that exclude each other: allowed IP addresses and binding on usage (above 0), allowed and denied
//! countries.
//!
//! Where no others stand, setters answer MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8 and
//! MCT_ERR_INVALID_ARGUMENT.

use std::ffi::c_char;

use super::error::mct_error;
use super::guard::{boundary, status_boundary};
use super::handle::{Out, given, text};
use crate::error::mct_status;
use crate::model::fields::SubscribeFields;
use crate::model::spec::Spec;

/// What a new subscribe token shall be.
pub struct mct_subscribe_token_spec(pub(crate) Spec<SubscribeFields>);

impl std::fmt::Debug for mct_subscribe_token_spec {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("mct_subscribe_token_spec").finish_non_exhaustive()
    }
}

/// Makes a spec. `label`: 1 to 128 characters; it names the token in the dashboard and need not be unique.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_spec_new(
    label: *const c_char,
    out: Option<&mut *mut mct_subscribe_token_spec>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let out = Out::new(out)?;
        out.set(mct_subscribe_token_spec(Spec::new(text(label, "label")?)?))
    })
}

/// Adds a stream: a name or, with `is_regex`, a pattern (".*" is any name). 1 to 128 characters. At least one stream
/// is needed. The dialect of patterns is the platform's and not checked here; without `is_regex` a pattern is a plain
/// name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_spec_add_stream(
    spec: Option<&mut mct_subscribe_token_spec>,
    name: *const c_char,
    is_regex: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(spec, "spec")?.0.add_stream(text(name, "streamName")?, is_regex))
}

/// Seconds until the token expires, 1 to 2147483647. Not set: never.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_spec_set_expires(
    spec: Option<&mut mct_subscribe_token_spec>,
    seconds: u32,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(spec, "spec")?.0.set_expires(seconds))
}

/// Adds a domain that may use the token: "example.com", "*.example.com", with ":port" or without; no scheme, no path.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_spec_add_allowed_origin(
    spec: Option<&mut mct_subscribe_token_spec>,
    origin: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(spec, "spec")?.0.add_allowed_origin(text(origin, "allowedOrigins")?))
}

/// Adds an address that may use the token: an IPv4 or IPv6 address or an IPv4 block such as "192.0.2.0/24". Ranges,
/// wildcards and IPv6 blocks are not documented by the platform and refused. Not supported by the platform with RTMP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_spec_add_allowed_ip_address(
    spec: Option<&mut mct_subscribe_token_spec>,
    address: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(spec, "spec")?.0.add_allowed_ip_address(text(address, "allowedIpAddresses")?))
}

/// Binds the token to the first so many addresses that use it. Not supported by the platform with RTMP.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_spec_set_bind_ips_on_usage(
    spec: Option<&mut mct_subscribe_token_spec>,
    addresses: u32,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(spec, "spec")?.0.set_bind_ips_on_usage(addresses))
}

/// The id of the cluster that streams are routed to, not empty. Not set: the account's default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_spec_set_origin_cluster(
    spec: Option<&mut mct_subscribe_token_spec>,
    cluster: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(spec, "spec")?.0.set_origin_cluster(text(cluster, "originCluster")?))
}

/// Adds a country that viewers may be in, as an ISO 3166-1 code of two capital letters. Excludes denied countries.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_spec_add_allowed_country(
    spec: Option<&mut mct_subscribe_token_spec>,
    country: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(spec, "spec")?.0.add_allowed_country(text(country, "allowedCountries")?))
}

/// Adds a country that viewers may not be in, as an ISO 3166-1 code of two capital letters. Excludes allowed
/// countries.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_spec_add_denied_country(
    spec: Option<&mut mct_subscribe_token_spec>,
    country: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(spec, "spec")?.0.add_denied_country(text(country, "deniedCountries")?))
}

/// The id that usage is counted under, 1 to 128 characters. Self-signed tokens of this one must carry the same.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_spec_set_tracking_id(
    spec: Option<&mut mct_subscribe_token_spec>,
    tracking_id: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(spec, "spec")?.0.kind.set_tracking_id(text(tracking_id, "trackingId")?))
}

/// Adds the fields of a JSON object to the request: fields that the platform has and this library does not know yet.
/// One that has a setter here is refused, as is a name that appears twice. A later call replaces a field of an earlier
/// one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_spec_merge_json(
    spec: Option<&mut mct_subscribe_token_spec>,
    json: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(spec, "spec")?.0.merge_json(text(json, "json")?))
}

/// Frees a spec. NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_spec_free(spec: Option<Box<mct_subscribe_token_spec>>) {
    boundary!((), {
        drop(spec);
        Some(())
    });
}
