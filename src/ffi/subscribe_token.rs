//! # Subscribe token
//!
//! What the API answers for a subscribe token: immutable, and readable from any thread. Texts are lent and valid until
//! the subscribe token is freed. A field that the API did not send is NULL, or false for a getter with `out`, which
//! then is not written to; a list that was not sent is empty. Every getter takes NULL, and an index out of range, and
//! answers the same.
//!
//! This family needs no client: a token that was kept as JSON can sign without the network.

use std::ffi::c_char;
use std::ptr;

use super::error::mct_error;
use super::guard::{boundary, sent_boundary, status_boundary};
use super::handle::{Lend, Out, given, text};
use crate::error::mct_status;
use crate::model::subscribe_token::SubscribeToken;
use crate::model::token::{Received, Token};

/// A subscribe token, as the API answered.
pub struct mct_subscribe_token(pub(crate) Received<SubscribeToken>);

impl std::fmt::Debug for mct_subscribe_token {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(out)
    }
}

impl mct_subscribe_token {
    fn common(&self) -> &Token {
        &self.0.token
    }
}

/// Reads a subscribe token from JSON, such as one that was kept from mct_subscribe_token_json(). Unknown fields are
/// kept.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT (no such JSON: not an object
/// with an `id`, a field of a wrong type, a name that appears twice).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_from_json(
    json: *const c_char,
    out: Option<&mut *mut mct_subscribe_token>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let out = Out::new(out)?;
        out.set(mct_subscribe_token(Received::from_caller(text(json, "json")?)?))
    })
}

/// Makes a copy that lives by itself, for instance of an entry of a list. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_copy(
    token: Option<&mct_subscribe_token>,
    out: Option<&mut *mut mct_subscribe_token>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let out = Out::new(out)?;
        out.set(mct_subscribe_token(given(token, "token")?.0.read_again()?))
    })
}

/// The id, by which the API knows the subscribe token. 0 for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_id(token: Option<&mct_subscribe_token>) -> u64 {
    boundary!(0, Some(token?.common().id))
}

/// The label, as the dashboard shows it.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_label(token: Option<&mct_subscribe_token>) -> *const c_char {
    boundary!(ptr::null(), token?.common().label.lend())
}

/// The same as the label; the platform has deprecated it.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_name(token: Option<&mct_subscribe_token>) -> *const c_char {
    boundary!(ptr::null(), token?.common().name.lend())
}

/// The secret token string that a viewer subscribes with, and the key of self-signed tokens. It is wiped when the
/// token is freed.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_value(token: Option<&mct_subscribe_token>) -> *const c_char {
    boundary!(ptr::null(), token?.common().value.lend())
}

/// Is the token enabled?
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_is_active(token: Option<&mct_subscribe_token>, out: Option<&mut bool>) -> bool {
    sent_boundary!(out, token?.common().is_active)
}

/// When the token was created, in Unix seconds.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_added_on(token: Option<&mct_subscribe_token>, out: Option<&mut i64>) -> bool {
    sent_boundary!(out, token?.common().added_on?.unix_seconds())
}

/// When the token expires, in Unix seconds. False: never, or (see the JSON) at a date that can't be read.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_expires_on(token: Option<&mct_subscribe_token>, out: Option<&mut i64>) -> bool {
    sent_boundary!(out, token?.common().expires_on?.unix_seconds())
}

/// How many streams the token is for.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_stream_count(token: Option<&mct_subscribe_token>) -> usize {
    boundary!(0, Some(token?.common().streams.len()))
}

/// The name or the pattern of stream `index`. Lent; NULL out of range.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_stream_name(token: Option<&mct_subscribe_token>, index: usize) -> *const c_char {
    boundary!(ptr::null(), token?.common().streams.get(index)?.stream_name.lend())
}

/// Is stream `index` a pattern (a regular expression)? ".*" always is: some answers do not say so.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_stream_is_regex(token: Option<&mct_subscribe_token>, index: usize) -> bool {
    boundary!(false, Some(token?.common().streams.get(index)?.is_regex()))
}

/// The number of domains that may use the token; none means all.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_allowed_origin_count(token: Option<&mct_subscribe_token>) -> usize {
    boundary!(0, Some(token?.common().allowed_origins.len()))
}

/// Entry `index` of the domains that may use the token; none means all. Lent; NULL out of range.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_allowed_origin(token: Option<&mct_subscribe_token>, index: usize) -> *const c_char {
    boundary!(ptr::null(), token?.common().allowed_origins.get(index)?.lend())
}

/// The number of addresses and blocks that may use the token; none means all.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_allowed_ip_address_count(token: Option<&mct_subscribe_token>) -> usize {
    boundary!(0, Some(token?.common().allowed_ip_addresses.len()))
}

/// Entry `index` of the addresses and blocks that may use the token; none means all. Lent; NULL out of range.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_allowed_ip_address(token: Option<&mct_subscribe_token>, index: usize) -> *const c_char {
    boundary!(ptr::null(), token?.common().allowed_ip_addresses.get(index)?.lend())
}

/// The number of addresses that the token binds itself to when they first use it.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_bind_ips_on_usage(token: Option<&mct_subscribe_token>, out: Option<&mut u32>) -> bool {
    sent_boundary!(out, token?.common().bind_ips_on_usage)
}

/// The cluster that streams are routed to. The API sends "" or nothing where none was set.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_origin_cluster(token: Option<&mct_subscribe_token>) -> *const c_char {
    boundary!(ptr::null(), token?.common().origin_cluster.lend())
}

/// The number of countries (ISO 3166-1) that viewers may be in; none means all.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_allowed_country_count(token: Option<&mct_subscribe_token>) -> usize {
    boundary!(0, Some(token?.common().allowed_countries.len()))
}

/// Entry `index` of the countries (ISO 3166-1) that viewers may be in; none means all. Lent; NULL out of range.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_allowed_country(token: Option<&mct_subscribe_token>, index: usize) -> *const c_char {
    boundary!(ptr::null(), token?.common().allowed_countries.get(index)?.lend())
}

/// The number of countries (ISO 3166-1) that viewers may not be in.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_denied_country_count(token: Option<&mct_subscribe_token>) -> usize {
    boundary!(0, Some(token?.common().denied_countries.len()))
}

/// Entry `index` of the countries (ISO 3166-1) that viewers may not be in. Lent; NULL out of range.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_denied_country(token: Option<&mct_subscribe_token>, index: usize) -> *const c_char {
    boundary!(ptr::null(), token?.common().denied_countries.get(index)?.lend())
}

/// The origin cluster that applies, the account's settings included.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_effective_origin_cluster(token: Option<&mct_subscribe_token>) -> *const c_char {
    boundary!(ptr::null(), token?.common().effective_settings.origin_cluster.lend())
}

/// The number of allowed countries that apply, the account's settings included.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_effective_allowed_country_count(token: Option<&mct_subscribe_token>) -> usize {
    boundary!(0, Some(token?.common().effective_settings.allowed_countries.len()))
}

/// Entry `index` of the allowed countries that apply, the account's settings included. Lent; NULL out of range.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_effective_allowed_country(token: Option<&mct_subscribe_token>, index: usize) -> *const c_char {
    boundary!(ptr::null(), token?.common().effective_settings.allowed_countries.get(index)?.lend())
}

/// The number of denied countries that apply, the account's settings included.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_effective_denied_country_count(token: Option<&mct_subscribe_token>) -> usize {
    boundary!(0, Some(token?.common().effective_settings.denied_countries.len()))
}

/// Entry `index` of the denied countries that apply, the account's settings included. Lent; NULL out of range.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_effective_denied_country(token: Option<&mct_subscribe_token>, index: usize) -> *const c_char {
    boundary!(ptr::null(), token?.common().effective_settings.denied_countries.get(index)?.lend())
}

/// Is geo cascading on, the account's settings included?
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_effective_geo_cascade_is_enabled(
    token: Option<&mct_subscribe_token>,
    out: Option<&mut bool>,
) -> bool {
    sent_boundary!(out, token?.common().effective_settings.geo_cascade.is_enabled)
}

/// The number of clusters that streams are cascaded to, the account's settings included.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_effective_geo_cascade_cluster_count(token: Option<&mct_subscribe_token>) -> usize {
    boundary!(0, Some(token?.common().effective_settings.geo_cascade.clusters.len()))
}

/// Entry `index` of the clusters that streams are cascaded to, the account's settings included. Lent; NULL out of
/// range.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_effective_geo_cascade_cluster(token: Option<&mct_subscribe_token>, index: usize) -> *const c_char {
    boundary!(ptr::null(), token?.common().effective_settings.geo_cascade.clusters.get(index)?.lend())
}

/// Are UTC timestamps inserted, the account's settings included?
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_effective_enable_utc_insertion(token: Option<&mct_subscribe_token>, out: Option<&mut bool>) -> bool {
    sent_boundary!(out, token?.common().effective_settings.enable_utc_insertion)
}

/// The id that usage is counted under.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_tracking_id(token: Option<&mct_subscribe_token>) -> *const c_char {
    boundary!(ptr::null(), token?.0.own.tracking.tracking_id.lend())
}

/// The whole answer as JSON, the fields that this library does not know included. It holds the token string: keep it
/// as you keep that.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_json(token: Option<&mct_subscribe_token>) -> *const c_char {
    boundary!(ptr::null(), token?.0.json.lend())
}

/// Frees a subscribe token and wipes its secrets. NULL is a no-op. One that a list lent belongs to the list.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_free(token: Option<Box<mct_subscribe_token>>) {
    boundary!((), {
        drop(token);
        Some(())
    });
}
