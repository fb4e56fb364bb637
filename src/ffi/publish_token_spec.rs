//! # Publish token spec
//!
//! What a new publish token shall be. A spec belongs to one thread at a time while it is set; after that any number of
//! creates can use it, at once too. What is not set is not sent, so that the platform's defaults apply. Each setter
//! checks its value at once; a setter that fails changes nothing. Rules between fields are checked by
//! mct_publish_token_create(), before anything is sent. Lengths are counted in UTF-16 units, as the platform counts
//! them. Fields that exclude each other: allowed IP addresses and binding on usage (above 0), allowed and denied
//! countries, record and clip.
//!
//! Where no others stand, setters answer MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8 and
//! MCT_ERR_INVALID_ARGUMENT.

use std::ffi::c_char;

use super::error::mct_error;
use super::guard::{boundary, status_boundary};
use super::handle::{Out, given, text, text_or_null, texts};
use crate::error::mct_status;
use crate::model::fields::{Field, PublishFields, Restream};
use crate::model::spec::Spec;

/// What a new publish token shall be.
pub struct mct_publish_token_spec(pub(crate) Spec<PublishFields>);

impl std::fmt::Debug for mct_publish_token_spec {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("mct_publish_token_spec").finish_non_exhaustive()
    }
}

/// Makes a spec. `label`: 1 to 128 characters; it names the token in the dashboard and need not be unique.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_spec_new(
    label: *const c_char,
    out: Option<&mut *mut mct_publish_token_spec>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let out = Out::new(out)?;
        out.set(mct_publish_token_spec(Spec::new(text(label, "label")?)?))
    })
}

/// Adds a stream: a name or, with `is_regex`, a pattern (".*" is any name). 1 to 128 characters. At least one stream
/// is needed. The dialect of patterns is the platform's and not checked here; without `is_regex` a pattern is a plain
/// name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_spec_add_stream(
    spec: Option<&mut mct_publish_token_spec>,
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
pub extern "C" fn mct_publish_token_spec_set_expires(
    spec: Option<&mut mct_publish_token_spec>,
    seconds: u32,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(spec, "spec")?.0.set_expires(seconds))
}

/// Adds a domain that may use the token: "example.com", "*.example.com", with ":port" or without; no scheme, no path.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_spec_add_allowed_origin(
    spec: Option<&mut mct_publish_token_spec>,
    origin: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(spec, "spec")?.0.add_allowed_origin(text(origin, "allowedOrigins")?))
}

/// Adds an address that may use the token: an IPv4 or IPv6 address or an IPv4 block such as "192.0.2.0/24". Ranges,
/// wildcards and IPv6 blocks are not documented by the platform and refused. Not supported by the platform with RTMP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_spec_add_allowed_ip_address(
    spec: Option<&mut mct_publish_token_spec>,
    address: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(spec, "spec")?.0.add_allowed_ip_address(text(address, "allowedIpAddresses")?))
}

/// Binds the token to the first so many addresses that use it. Not supported by the platform with RTMP.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_spec_set_bind_ips_on_usage(
    spec: Option<&mut mct_publish_token_spec>,
    addresses: u32,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(spec, "spec")?.0.set_bind_ips_on_usage(addresses))
}

/// The id of the cluster that streams are routed to, not empty. Not set: the account's default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_spec_set_origin_cluster(
    spec: Option<&mut mct_publish_token_spec>,
    cluster: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(spec, "spec")?.0.set_origin_cluster(text(cluster, "originCluster")?))
}

/// Adds a country that viewers may be in, as an ISO 3166-1 code of two capital letters. Excludes denied countries.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_spec_add_allowed_country(
    spec: Option<&mut mct_publish_token_spec>,
    country: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(spec, "spec")?.0.add_allowed_country(text(country, "allowedCountries")?))
}

/// Adds a country that viewers may not be in, as an ISO 3166-1 code of two capital letters. Excludes allowed
/// countries.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_spec_add_denied_country(
    spec: Option<&mut mct_publish_token_spec>,
    country: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(spec, "spec")?.0.add_denied_country(text(country, "deniedCountries")?))
}

/// Do viewers need a subscribe token? Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_spec_set_subscribe_requires_auth(
    spec: Option<&mut mct_publish_token_spec>,
    value: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(spec, "spec")?.0.kind.subscribe_requires_auth = Some(value);
        Ok(())
    })
}

/// May streams be recorded? Excludes clip. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_spec_set_record(
    spec: Option<&mut mct_publish_token_spec>,
    value: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(spec, "spec")?.0.kind.record = Some(value);
        Ok(())
    })
}

/// Is live clipping on? Excludes record. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_spec_set_clip(
    spec: Option<&mut mct_publish_token_spec>,
    value: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(spec, "spec")?.0.kind.clip = Some(value);
        Ok(())
    })
}

/// May a stream have several sources? Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_spec_set_multisource(
    spec: Option<&mut mct_publish_token_spec>,
    value: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(spec, "spec")?.0.kind.multisource = Some(value);
        Ok(())
    })
}

/// Are webhooks sent for thumbnails? Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_spec_set_enable_thumbnails(
    spec: Option<&mut mct_publish_token_spec>,
    value: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(spec, "spec")?.0.kind.enable_thumbnails = Some(value);
        Ok(())
    })
}

/// Shall the SRT passphrase be shown in the dashboard and answered by the API? Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_spec_set_display_srt_passphrase(
    spec: Option<&mut mct_publish_token_spec>,
    value: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(spec, "spec")?.0.kind.display_srt_passphrase = Some(value);
        Ok(())
    })
}

/// Is RTMP taken with low latency? Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_spec_set_low_latency_rtmp(
    spec: Option<&mut mct_publish_token_spec>,
    value: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(spec, "spec")?.0.kind.low_latency_rtmp = Some(value);
        Ok(())
    })
}

/// Are UTC timestamps inserted into the stream? Not set: the account's setting. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_spec_set_enable_utc_insertion(
    spec: Option<&mut mct_publish_token_spec>,
    value: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(spec, "spec")?.0.kind.enable_utc_insertion = Field::Set(value);
        Ok(())
    })
}

/// Are the streams DRM streams? Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_spec_set_drm(
    spec: Option<&mut mct_publish_token_spec>,
    value: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(spec, "spec")?.0.kind.drm = Some(value);
        Ok(())
    })
}

/// The default priority of streams; the highest wins, and one that is not set is the lowest.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_spec_set_priority(
    spec: Option<&mut mct_publish_token_spec>,
    priority: i32,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(spec, "spec")?.0.kind.priority = Field::Set(priority);
        Ok(())
    })
}

/// The id of an encoder profile, not empty.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_spec_set_encoder_profile_id(
    spec: Option<&mut mct_publish_token_spec>,
    id: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(spec, "spec")?.0.kind.set_encoder_profile_id(text(id, "encoderProfileId")?))
}

/// Cascades streams to other clusters. `clusters`: `count` ids, none of them empty; NULL and 0 send no list, and the
/// platform then takes all clusters. Not set at all: the account's setting.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_spec_set_geo_cascade(
    spec: Option<&mut mct_publish_token_spec>,
    is_enabled: bool,
    clusters: *const *const c_char,
    count: usize,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(spec, "spec")?.0.kind.set_geo_cascade(is_enabled, &texts(clusters, count, "geoCascade.clusters")?))
}

/// Adds an endpoint that streams are sent on to, 10 at most. `url`: 1 to 2048 characters, not checked further; `key`:
/// its secret, 5 to 512 (for SRT the stream id); `label`: at most 2048, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_spec_add_restream(
    spec: Option<&mut mct_publish_token_spec>,
    url: *const c_char,
    key: *const c_char,
    label: *const c_char,
    enabled: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let (url, key) = (text(url, "restream.url")?, text(key, "restream.key")?);
        let label = text_or_null(label, "restream.label")?;
        given(spec, "spec")?.0.kind.add_restream(Restream::new(url, key, label, Some(enabled))?)
    })
}

/// Adds the fields of a JSON object to the request: fields that the platform has and this library does not know yet.
/// One that has a setter here is refused, as is a name that appears twice. A later call replaces a field of an earlier
/// one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_spec_merge_json(
    spec: Option<&mut mct_publish_token_spec>,
    json: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(spec, "spec")?.0.merge_json(text(json, "json")?))
}

/// Frees a spec. NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_spec_free(spec: Option<Box<mct_publish_token_spec>>) {
    boundary!((), {
        drop(spec);
        Some(())
    });
}
