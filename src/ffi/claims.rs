//! # Claims
//!
//! What a self-signed subscribe token shall say. Claims belong to one thread at a time while they are set; after that
//! any number of tokens can be signed from them, by several threads at once: each gets its own times. Lists only grow:
//! make new claims for a viewer with other addresses, or sign with mct_signer_sign_viewers(). What is not set is left
//! out of the token. Lengths are counted in UTF-16 units; lists have no limit but that the claims are at most 40960
//! bytes as JSON, so that a token has at most 65536. A setter that fails changes nothing.
//!
//! Where no others stand, setters answer MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8 and
//! MCT_ERR_INVALID_ARGUMENT.

use std::ffi::c_char;

use super::error::mct_error;
use super::guard::{boundary, status_boundary};
use super::handle::{Out, given, text};
use crate::error::mct_status;
use crate::signing::Claims;

/// What a self-signed token shall say.
#[derive(Debug)]
pub struct mct_claims(pub(crate) Claims);

/// Makes claims for one stream and a lifetime.
///
/// `stream_name`: one complete name, case-sensitive, 1 to 128 characters, no wildcard. `lifetime_seconds`: at least 1,
/// counted from the moment of signing (or from mct_claims_set_issued_at()); the end must be before the year 10000. The
/// platform takes no token without an end. The vendor's samples use 60 seconds.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_claims_new(
    stream_name: *const c_char,
    lifetime_seconds: u32,
    out: Option<&mut *mut mct_claims>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let out = Out::new(out)?;
        out.set(mct_claims(Claims::new(text(stream_name, "streamName")?, lifetime_seconds)?))
    })
}

/// The id that usage is counted under, 1 to 128 characters: for groups of viewers, not one for each. A parent that has
/// one asks for the same here.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_claims_set_tracking_id(
    claims: Option<&mut mct_claims>,
    tracking_id: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(claims, "claims")?.0.set_tracking_id(text(tracking_id, "trackingId")?))
}

/// An identifier of the viewer, at most 1024 characters; empty leaves it out. The platform enables it by account.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_claims_set_custom_viewer_data(
    claims: Option<&mut mct_claims>,
    viewer: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(claims, "claims")?.0.set_custom_viewer_data(text(viewer, "customViewerData")?))
}

/// A cluster id, not empty; the parent's must be "auto" or the same.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_claims_set_origin_cluster(
    claims: Option<&mut mct_claims>,
    cluster: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(claims, "claims")?.0.set_origin_cluster(text(cluster, "originCluster")?))
}

/// Adds a domain that may use the token: "example.com", "*.example.com", with ":port" or without; no scheme, no path.
/// The parent's own domains stay required as well.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_claims_add_allowed_origin(
    claims: Option<&mut mct_claims>,
    origin: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(claims, "claims")?.0.add_allowed_origin(text(origin, "allowedOrigins")?))
}

/// Adds an address that may use the token: an IPv4 or IPv6 address or an IPv4 block. Ranges, wildcards and IPv6 blocks
/// are refused. The parent's own addresses stay required as well.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_claims_add_allowed_ip_address(
    claims: Option<&mut mct_claims>,
    address: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(claims, "claims")?.0.add_allowed_ip_address(text(address, "allowedIpAddresses")?))
}

/// The moment that the lifetime counts from, in Unix seconds: 0 to the end of the year 9999. Not set: the clock, when
/// a token is signed. A signer that knows its parent judges by the clock all the same whether the parent, or the token
/// itself, is over.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_claims_set_issued_at(
    claims: Option<&mut mct_claims>,
    unix_seconds: i64,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(claims, "claims")?.0.set_issued_at(unix_seconds))
}

/// With a parent that ends before the token would: true shortens the token to the parent's end, false (the default)
/// refuses to sign. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_claims_set_cut_to_parent(
    claims: Option<&mut mct_claims>,
    cut: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(claims, "claims")?.0.cut_to_parent = cut;
        Ok(())
    })
}

/// Signs without comparing the stream with the parent's names: for a parent whose pattern can't be checked here
/// (MCT_REASON_PARENT_PATTERN). A signer that knows the parent verifies such a token with
/// mct_verify_options_set_unchecked_stream(). Default false. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_claims_set_unchecked_stream(
    claims: Option<&mut mct_claims>,
    unchecked: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(claims, "claims")?.0.unchecked_stream = unchecked;
        Ok(())
    })
}

/// Frees claims. NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn mct_claims_free(claims: Option<Box<mct_claims>>) {
    boundary!((), {
        drop(claims);
        Some(())
    });
}
