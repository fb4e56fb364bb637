//! # Publish token update
//!
//! What shall change in a publish token. An update belongs to one thread at a time while it is set; after that it can
//! be applied any number of times, by several threads at once too. What is not set stays as it is and is not sent. A
//! list that is set replaces the whole list, and a count of 0 clears it. Each setter checks its value at once; a
//! setter that fails changes nothing. Rules between the fields of the update are checked by
//! mct_publish_token_update_apply(), before anything is sent; those with fields that only the platform knows are
//! checked there. Lengths are counted in UTF-16 units.
//!
//! Where no others stand, setters answer MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8 and
//! MCT_ERR_INVALID_ARGUMENT.

use std::ffi::c_char;

use super::error::mct_error;
use super::guard::{boundary, status_boundary};
use super::handle::{Out, given, list, text, text_or_null, texts};
use crate::error::{Result, mct_status};
use crate::model::fields::{Field, PublishFields, Restream};
use crate::model::update::Update;

/// What shall change in a publish token.
pub struct mct_publish_token_update(pub(crate) Update<PublishFields>);

impl std::fmt::Debug for mct_publish_token_update {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("mct_publish_token_update").finish_non_exhaustive()
    }
}

/// Makes an update that changes nothing yet. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_update_new(
    out: Option<&mut *mut mct_publish_token_update>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, Out::new(out)?.set(mct_publish_token_update(Update::default())))
}

/// The label, at most 128 characters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_update_set_label(
    update: Option<&mut mct_publish_token_update>,
    label: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(update, "update")?.0.set_label(text(label, "label")?))
}

/// Enables or disables the token. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_update_set_is_active(
    update: Option<&mut mct_publish_token_update>,
    is_active: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(update, "update")?.0.set_is_active(is_active))
}

/// Adds a stream: a name or, with `is_regex`, a pattern. 1 to 128 characters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_update_add_stream(
    update: Option<&mut mct_publish_token_update>,
    name: *const c_char,
    is_regex: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(update, "update")?.0.add_stream(text(name, "streamName")?, is_regex))
}

/// Removes the stream of this name or pattern. 1 to 128 characters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_update_remove_stream(
    update: Option<&mut mct_publish_token_update>,
    name: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(update, "update")?.0.remove_stream(text(name, "streamName")?))
}

/// The domains that may use the token, as in a spec; `count` of them, 0 for all.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_update_set_allowed_origins(
    update: Option<&mut mct_publish_token_update>,
    allowed_origins: *const *const c_char,
    count: usize,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(update, "update")?.0.set_allowed_origins(&texts(allowed_origins, count, "allowedOrigins")?))
}

/// The addresses and IPv4 blocks that may use the token, as in a spec; `count` of them, 0 for all.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_update_set_allowed_ip_addresses(
    update: Option<&mut mct_publish_token_update>,
    allowed_ip_addresses: *const *const c_char,
    count: usize,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(update, "update")?.0.set_allowed_ip_addresses(&texts(allowed_ip_addresses, count, "allowedIpAddresses")?))
}

/// Binds the token to the first so many addresses that use it; 0 ends that. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_update_set_bind_ips_on_usage(
    update: Option<&mut mct_publish_token_update>,
    addresses: u32,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(update, "update")?.0.set_bind_ips_on_usage(addresses))
}

/// The id of the cluster that streams are routed to, not empty.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_update_set_origin_cluster(
    update: Option<&mut mct_publish_token_update>,
    cluster: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(update, "update")?.0.set_origin_cluster(text(cluster, "originCluster")?))
}

/// The countries (ISO 3166-1, capitals) that viewers may be in; `count` of them, 0 for all.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_update_set_allowed_countries(
    update: Option<&mut mct_publish_token_update>,
    allowed_countries: *const *const c_char,
    count: usize,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(update, "update")?.0.set_allowed_countries(&texts(allowed_countries, count, "allowedCountries")?))
}

/// The countries (ISO 3166-1, capitals) that viewers may not be in; `count` of them, 0 for none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_update_set_denied_countries(
    update: Option<&mut mct_publish_token_update>,
    denied_countries: *const *const c_char,
    count: usize,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(update, "update")?.0.set_denied_countries(&texts(denied_countries, count, "deniedCountries")?))
}

/// Gives the token a new secret string, each time the update is applied; the one before stops working, and with it
/// what was self-signed. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_update_refresh_token(
    update: Option<&mut mct_publish_token_update>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(update, "update")?.0.refresh_token())
}

/// Do viewers need a subscribe token? Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_update_set_subscribe_requires_auth(
    update: Option<&mut mct_publish_token_update>,
    value: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(update, "update")?.0.kind.subscribe_requires_auth = Some(value);
        Ok(())
    })
}

/// May streams be recorded? Excludes clip. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_update_set_record(
    update: Option<&mut mct_publish_token_update>,
    value: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(update, "update")?.0.kind.record = Some(value);
        Ok(())
    })
}

/// Is live clipping on? Excludes record. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_update_set_clip(
    update: Option<&mut mct_publish_token_update>,
    value: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(update, "update")?.0.kind.clip = Some(value);
        Ok(())
    })
}

/// May a stream have several sources? Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_update_set_multisource(
    update: Option<&mut mct_publish_token_update>,
    value: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(update, "update")?.0.kind.multisource = Some(value);
        Ok(())
    })
}

/// Are webhooks sent for thumbnails? Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_update_set_enable_thumbnails(
    update: Option<&mut mct_publish_token_update>,
    value: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(update, "update")?.0.kind.enable_thumbnails = Some(value);
        Ok(())
    })
}

/// Shall the SRT passphrase be shown in the dashboard and answered by the API? Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_update_set_display_srt_passphrase(
    update: Option<&mut mct_publish_token_update>,
    value: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(update, "update")?.0.kind.display_srt_passphrase = Some(value);
        Ok(())
    })
}

/// Is RTMP taken with low latency? Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_update_set_low_latency_rtmp(
    update: Option<&mut mct_publish_token_update>,
    value: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(update, "update")?.0.kind.low_latency_rtmp = Some(value);
        Ok(())
    })
}

/// Are UTC timestamps inserted into the stream? Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_update_set_enable_utc_insertion(
    update: Option<&mut mct_publish_token_update>,
    value: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(update, "update")?.0.kind.enable_utc_insertion = Field::Set(value);
        Ok(())
    })
}

/// Are the streams DRM streams? Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_update_set_drm(
    update: Option<&mut mct_publish_token_update>,
    value: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(update, "update")?.0.kind.drm = Some(value);
        Ok(())
    })
}

/// The default priority of streams; the highest wins. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_update_set_priority(
    update: Option<&mut mct_publish_token_update>,
    priority: i32,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(update, "update")?.0.kind.priority = Field::Set(priority);
        Ok(())
    })
}

/// The id of an encoder profile, not empty.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_update_set_encoder_profile_id(
    update: Option<&mut mct_publish_token_update>,
    id: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(update, "update")?.0.kind.set_encoder_profile_id(text(id, "encoderProfileId")?))
}

/// Cascades streams to other clusters. `clusters`: `count` ids, none of them empty. NULL and 0 send no list: the
/// platform takes no empty one of a cascade that is enabled, and ignores the list of one that is not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_update_set_geo_cascade(
    update: Option<&mut mct_publish_token_update>,
    is_enabled: bool,
    clusters: *const *const c_char,
    count: usize,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(update, "update")?.0.kind.set_geo_cascade(is_enabled, &texts(clusters, count, "geoCascade.clusters")?))
}

/// Streams have no default priority any more: sends `null`. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_update_clear_priority(
    update: Option<&mut mct_publish_token_update>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(update, "update")?.0.kind.priority = Field::Null;
        Ok(())
    })
}

/// There is no encoder profile any more: sends `null`. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_update_clear_encoder_profile_id(
    update: Option<&mut mct_publish_token_update>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(update, "update")?.0.kind.encoder_profile_id = Field::Null;
        Ok(())
    })
}

/// The account's setting for UTC timestamps applies again: sends `null`. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_update_clear_enable_utc_insertion(
    update: Option<&mut mct_publish_token_update>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(update, "update")?.0.kind.enable_utc_insertion = Field::Null;
        Ok(())
    })
}

/// The endpoints that streams are sent on to, `count` of them, 10 at most; 0 clears the list. Entry i of each list is
/// endpoint i: `urls` 1 to 2048 characters, `keys` 5 to 512, `labels` at most 2048, an entry of it may be NULL;
/// `labels` and `enabled` may be NULL as a whole.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_update_set_restream(
    update: Option<&mut mct_publish_token_update>,
    urls: *const *const c_char,
    keys: *const *const c_char,
    labels: *const *const c_char,
    enabled: *const bool,
    count: usize,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let urls = texts(urls, count, "restream.url")?;
        let keys = texts(keys, count, "restream.key")?;
        let labels = if labels.is_null() { &[] } else { list(labels, count, "restream.label")? };
        let enabled = if enabled.is_null() { &[] } else { list(enabled, count, "restream.enabled")? };
        let endpoint = |index: usize| {
            let label = labels.get(index).map_or(Ok(None), |label| text_or_null(*label, "restream.label"))?;
            Restream::new(urls[index], keys[index], label, enabled.get(index).copied())
        };
        let endpoints =
            (0..count).map(|index| endpoint(index).map_err(|error| error.within("restream", index))).collect::<Result<Vec<_>>>()?;
        given(update, "update")?.0.kind.set_restream(endpoints)
    })
}

/// Adds the fields of a JSON object to the request: fields that the platform has and this library does not know yet.
/// One that has a setter here is refused, as is a name that appears twice. A later call replaces a field of an earlier
/// one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_update_merge_json(
    update: Option<&mut mct_publish_token_update>,
    json: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(update, "update")?.0.merge_json(text(json, "json")?))
}

/// Frees an update. NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_update_free(update: Option<Box<mct_publish_token_update>>) {
    boundary!((), {
        drop(update);
        Some(())
    });
}
