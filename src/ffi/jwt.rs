//! # Reading and verifying self-signed tokens
//!
//! A mct_jwt is a token that was read: immutable, and readable from any thread. Texts are lent and valid until it is
//! freed. A claim that the token does not have is NULL, or false for a getter with `out`.
//!
//! A token must be what every reader reads in the same way: three parts of canonical, unpadded base64url, at most
//! 65536 bytes; JSON in which no name appears twice at any depth; `alg` HS256, HS384 or HS512 and `typ` JWT; whole
//! numbers where numbers belong. Anything else is MCT_ERR_TOKEN_INVALID, and mct_error_reason() tells why.

use std::ffi::c_char;
use std::ptr;

use super::error::mct_error;
use super::guard::{boundary, sent_boundary, status_boundary};
use super::handle::{Lend, Out, given, text};
use super::signer::{mct_algorithm, mct_signer, number_of};
use crate::error::{Error, mct_status};
use crate::signing::{Jwt, VerifyOptions};

/// A self-signed token that was read.
#[derive(Debug)]
pub struct mct_jwt(Jwt);

/// How a token is verified.
#[derive(Debug)]
pub struct mct_verify_options(VerifyOptions);

/// Makes options: the clock, no leeway. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_verify_options_new(out: Option<&mut *mut mct_verify_options>, error: Option<&mut *mut mct_error>) -> mct_status {
    status_boundary!(error, Out::new(out)?.set(mct_verify_options(VerifyOptions::default())))
}

/// Verifies as of this moment, in Unix seconds and not negative, instead of the clock's.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_verify_options_set_now(
    options: Option<&mut mct_verify_options>,
    unix_seconds: i64,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        if unix_seconds < 0 {
            return Err(Error::invalid("now", format_args!("must not be negative, given is {unix_seconds}")));
        }
        given(options, "options")?.0.now = Some(unix_seconds);
        Ok(())
    })
}

/// Takes a token for so many seconds before its `nbf` and after its `exp`. Default 0. Answers MCT_OK,
/// MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_verify_options_set_leeway(
    options: Option<&mut mct_verify_options>,
    seconds: u32,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(options, "options")?.0.leeway_seconds = seconds;
        Ok(())
    })
}

/// Verifies without comparing the stream with the parent's names, as mct_claims_set_unchecked_stream() signs. Default
/// false. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_verify_options_set_unchecked_stream(
    options: Option<&mut mct_verify_options>,
    unchecked: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(options, "options")?.0.unchecked_stream = unchecked;
        Ok(())
    })
}

/// Frees options. NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn mct_verify_options_free(options: Option<Box<mct_verify_options>>) {
    boundary!((), {
        drop(options);
        Some(())
    });
}

/// Verifies a token: its shape, its algorithm (the signer's own), its signature (compared in constant time), its
/// claims, its times and, with a signer that knows its parent, the parent's rules. `options` may be NULL: the clock,
/// no leeway. `out` may be NULL when only the verdict matters; otherwise it gets the token, which the caller frees.
///
/// What only the platform sees (the viewer's address, origin and country) is not checked.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_TOKEN_INVALID (see mct_error_reason()),
/// MCT_ERR_SYSTEM (the clock).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_signer_verify(
    signer: Option<&mct_signer>,
    jwt: *const c_char,
    options: Option<&mct_verify_options>,
    out: Option<&mut *mut mct_jwt>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let out = out.map(|out| Out::new(Some(out))).transpose()?;
        let signer = &given(signer, "signer")?.0;
        let options = options.map(|options| options.0.clone()).unwrap_or_default();
        let verified = signer.verify(text(jwt, "jwt")?, &options)?;
        out.map_or(Ok(()), |out| out.set(mct_jwt(verified)))
    })
}

/// Reads a token and verifies nothing: anybody can have written what it says. The caller frees it.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_TOKEN_INVALID (see mct_error_reason()).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_jwt_parse(
    jwt: *const c_char,
    out: Option<&mut *mut mct_jwt>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let out = Out::new(out)?;
        out.set(mct_jwt(Jwt::parse(text(jwt, "jwt")?)?))
    })
}

/// The token's algorithm. 0 for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn mct_jwt_algorithm(jwt: Option<&mct_jwt>) -> mct_algorithm {
    boundary!(0, Some(number_of(jwt?.0.algorithm)))
}

/// The id of the parent: `streaming.tokenId`.
#[unsafe(no_mangle)]
pub extern "C" fn mct_jwt_token_id(jwt: Option<&mct_jwt>, out: Option<&mut u64>) -> bool {
    sent_boundary!(out, jwt?.0.streaming.token_id)
}

/// `streaming.tokenType`; the platform takes "Subscribe" only.
#[unsafe(no_mangle)]
pub extern "C" fn mct_jwt_token_type(jwt: Option<&mct_jwt>) -> *const c_char {
    boundary!(ptr::null(), jwt?.0.streaming.token_type.lend())
}

/// The stream: `streaming.streamName`.
#[unsafe(no_mangle)]
pub extern "C" fn mct_jwt_stream_name(jwt: Option<&mct_jwt>) -> *const c_char {
    boundary!(ptr::null(), jwt?.0.streaming.stream_name.lend())
}

/// The number of domains that may use the token: `streaming.allowedOrigins`.
#[unsafe(no_mangle)]
pub extern "C" fn mct_jwt_allowed_origin_count(jwt: Option<&mct_jwt>) -> usize {
    boundary!(0, Some(jwt?.0.streaming.allowed_origins.len()))
}

/// Entry `index` of the domains that may use the token: `streaming.allowedOrigins`. Lent; NULL out of range.
#[unsafe(no_mangle)]
pub extern "C" fn mct_jwt_allowed_origin(jwt: Option<&mct_jwt>, index: usize) -> *const c_char {
    boundary!(ptr::null(), jwt?.0.streaming.allowed_origins.get(index)?.lend())
}

/// The number of addresses and blocks that may use the token: `streaming.allowedIpAddresses`.
#[unsafe(no_mangle)]
pub extern "C" fn mct_jwt_allowed_ip_address_count(jwt: Option<&mct_jwt>) -> usize {
    boundary!(0, Some(jwt?.0.streaming.allowed_ip_addresses.len()))
}

/// Entry `index` of the addresses and blocks that may use the token: `streaming.allowedIpAddresses`. Lent; NULL out of
/// range.
#[unsafe(no_mangle)]
pub extern "C" fn mct_jwt_allowed_ip_address(jwt: Option<&mct_jwt>, index: usize) -> *const c_char {
    boundary!(ptr::null(), jwt?.0.streaming.allowed_ip_addresses.get(index)?.lend())
}

/// The id that usage is counted under: `streaming.tracking.trackingId`.
#[unsafe(no_mangle)]
pub extern "C" fn mct_jwt_tracking_id(jwt: Option<&mct_jwt>) -> *const c_char {
    boundary!(ptr::null(), jwt?.0.streaming.tracking.tracking_id.lend())
}

/// The viewer: `streaming.customViewerData`.
#[unsafe(no_mangle)]
pub extern "C" fn mct_jwt_custom_viewer_data(jwt: Option<&mct_jwt>) -> *const c_char {
    boundary!(ptr::null(), jwt?.0.streaming.custom_viewer_data.lend())
}

/// The cluster: `streaming.originCluster`.
#[unsafe(no_mangle)]
pub extern "C" fn mct_jwt_origin_cluster(jwt: Option<&mct_jwt>) -> *const c_char {
    boundary!(ptr::null(), jwt?.0.streaming.origin_cluster.lend())
}

/// `iat`, in Unix seconds.
#[unsafe(no_mangle)]
pub extern "C" fn mct_jwt_issued_at(jwt: Option<&mct_jwt>, out: Option<&mut i64>) -> bool {
    sent_boundary!(out, jwt?.0.issued_at)
}

/// `nbf`, in Unix seconds.
#[unsafe(no_mangle)]
pub extern "C" fn mct_jwt_not_before(jwt: Option<&mct_jwt>, out: Option<&mut i64>) -> bool {
    sent_boundary!(out, jwt?.0.not_before)
}

/// `exp`, in Unix seconds.
#[unsafe(no_mangle)]
pub extern "C" fn mct_jwt_expires_at(jwt: Option<&mct_jwt>, out: Option<&mut i64>) -> bool {
    sent_boundary!(out, jwt?.0.expires_at)
}

/// The header as JSON, decoded.
#[unsafe(no_mangle)]
pub extern "C" fn mct_jwt_header_json(jwt: Option<&mct_jwt>) -> *const c_char {
    boundary!(ptr::null(), Some(jwt?.0.header_json().as_ptr()))
}

/// The payload as JSON, decoded, claims that this library does not know included.
#[unsafe(no_mangle)]
pub extern "C" fn mct_jwt_json(jwt: Option<&mct_jwt>) -> *const c_char {
    boundary!(ptr::null(), jwt?.0.payload_json.lend())
}

/// Frees a token that was read. NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn mct_jwt_free(jwt: Option<Box<mct_jwt>>) {
    boundary!((), {
        drop(jwt);
        Some(())
    });
}
