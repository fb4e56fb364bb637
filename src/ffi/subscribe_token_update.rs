//! # Subscribe token update
//!
//! What shall change in a subscribe token. An update belongs to one thread at a time while it is set; after that it
//! can be applied any number of times, by several threads at once too. What is not set stays as it is and is not sent.
//! A list that is set replaces the whole list, and a count of 0 clears it. Each setter checks its value at once; a
//! setter that fails changes nothing. Rules between the fields of the update are checked by
//! mct_subscribe_token_update_apply(), before anything is sent; those with fields that only the platform knows are
//! checked there. Lengths are counted in UTF-16 units.
//!
//! Where no others stand, setters answer MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8 and
//! MCT_ERR_INVALID_ARGUMENT.

use std::ffi::c_char;

use super::error::mct_error;
use super::guard::{boundary, status_boundary};
use super::handle::{Out, given, text, texts};
use crate::error::mct_status;
use crate::model::fields::NoFields;
use crate::model::update::Update;

/// What shall change in a subscribe token.
pub struct mct_subscribe_token_update(pub(crate) Update<NoFields>);

impl std::fmt::Debug for mct_subscribe_token_update {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("mct_subscribe_token_update").finish_non_exhaustive()
    }
}

/// Makes an update that changes nothing yet. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_update_new(
    out: Option<&mut *mut mct_subscribe_token_update>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, Out::new(out)?.set(mct_subscribe_token_update(Update::default())))
}

/// The label, at most 128 characters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_update_set_label(
    update: Option<&mut mct_subscribe_token_update>,
    label: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(update, "update")?.0.set_label(text(label, "label")?))
}

/// Enables or disables the token. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_update_set_is_active(
    update: Option<&mut mct_subscribe_token_update>,
    is_active: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(update, "update")?.0.set_is_active(is_active))
}

/// Adds a stream: a name or, with `is_regex`, a pattern. 1 to 128 characters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_update_add_stream(
    update: Option<&mut mct_subscribe_token_update>,
    name: *const c_char,
    is_regex: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(update, "update")?.0.add_stream(text(name, "streamName")?, is_regex))
}

/// Removes the stream of this name or pattern. 1 to 128 characters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_update_remove_stream(
    update: Option<&mut mct_subscribe_token_update>,
    name: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(update, "update")?.0.remove_stream(text(name, "streamName")?))
}

/// The domains that may use the token, as in a spec; `count` of them, 0 for all.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_update_set_allowed_origins(
    update: Option<&mut mct_subscribe_token_update>,
    allowed_origins: *const *const c_char,
    count: usize,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(update, "update")?.0.set_allowed_origins(&texts(allowed_origins, count, "allowedOrigins")?))
}

/// The addresses and IPv4 blocks that may use the token, as in a spec; `count` of them, 0 for all.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_update_set_allowed_ip_addresses(
    update: Option<&mut mct_subscribe_token_update>,
    allowed_ip_addresses: *const *const c_char,
    count: usize,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(update, "update")?.0.set_allowed_ip_addresses(&texts(allowed_ip_addresses, count, "allowedIpAddresses")?))
}

/// Binds the token to the first so many addresses that use it; 0 ends that. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_update_set_bind_ips_on_usage(
    update: Option<&mut mct_subscribe_token_update>,
    addresses: u32,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(update, "update")?.0.set_bind_ips_on_usage(addresses))
}

/// The id of the cluster that streams are routed to, not empty.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_update_set_origin_cluster(
    update: Option<&mut mct_subscribe_token_update>,
    cluster: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(update, "update")?.0.set_origin_cluster(text(cluster, "originCluster")?))
}

/// The countries (ISO 3166-1, capitals) that viewers may be in; `count` of them, 0 for all.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_update_set_allowed_countries(
    update: Option<&mut mct_subscribe_token_update>,
    allowed_countries: *const *const c_char,
    count: usize,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(update, "update")?.0.set_allowed_countries(&texts(allowed_countries, count, "allowedCountries")?))
}

/// The countries (ISO 3166-1, capitals) that viewers may not be in; `count` of them, 0 for none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_update_set_denied_countries(
    update: Option<&mut mct_subscribe_token_update>,
    denied_countries: *const *const c_char,
    count: usize,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(update, "update")?.0.set_denied_countries(&texts(denied_countries, count, "deniedCountries")?))
}

/// Gives the token a new secret string, each time the update is applied; the one before stops working, and with it
/// what was self-signed. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_update_refresh_token(
    update: Option<&mut mct_subscribe_token_update>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(update, "update")?.0.refresh_token())
}

/// Adds the fields of a JSON object to the request: fields that the platform has and this library does not know yet.
/// One that has a setter here is refused, as is a name that appears twice. A later call replaces a field of an earlier
/// one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_update_merge_json(
    update: Option<&mut mct_subscribe_token_update>,
    json: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(update, "update")?.0.merge_json(text(json, "json")?))
}

/// Frees an update. NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_update_free(update: Option<Box<mct_subscribe_token_update>>) {
    boundary!((), {
        drop(update);
        Some(())
    });
}
