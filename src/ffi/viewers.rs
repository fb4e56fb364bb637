//! # Signing for many viewers
//!
//! Tokens for any number of viewers in one call, back to back in memory that the caller lends: what differs goes in and
//! the tokens come out in the layout of an Arrow large string column, bytes and int64_t offsets. Text i is
//! `bytes[offsets[i]]` up to, but without, `bytes[offsets[i + 1]]`, so that n texts have n + 1 offsets. Offsets neither
//! fall nor begin below 0; they may begin above 0, as those of a slice do. They are aligned as int64_t are. No NUL
//! stands between the texts; one within a text is signed as the character U+0000.
//!
//! What is given for each viewer takes the place of what the claims say of it. All tokens of a call have the same
//! `iat`. Every viewer is checked before anything is written: an error names the first wrong one by mct_error_index(),
//! and leaves the memory as it was. Nothing is allocated for a single token.
//!
//! `threads`: 1 signs on the caller's thread alone; 0 takes one thread for each processor; more take so many, at most
//! 256. A thread gets at least 256 viewers, so that few need none. Threads are started for the call and have ended when
//! it returns. A library for signing only (MCT_NO_CLIENT) has no threads: the caller's does all.
//!
//! To learn how much memory is needed, sign with `out` NULL and `capacity` 0: MCT_OK and `*needed`. The size is exact.
//! The memory handed in and out must not overlap, nor be written by others meanwhile.

use std::ffi::c_char;
use std::slice;

use super::claims::mct_claims;
use super::error::mct_error;
use super::guard::{boundary, status_boundary};
use super::handle::{Out, given, list, list_mut};
use super::signer::mct_signer;
use crate::error::{Error, Result, mct_status};
use crate::signing::{Packed, Texts, Viewers};

const VIEWER_DATA: &str = "customViewerData";
const ADDRESSES: &str = "allowedIpAddresses";

/// A column that is lent: where its bytes and its offsets are.
#[derive(Debug, Clone, Copy)]
struct Column {
    bytes: *const c_char,
    offsets: *const i64,
}

/// What differs from viewer to viewer: columns that are the caller's.
#[derive(Debug)]
pub struct mct_viewers {
    count: usize,
    viewer_data: Option<Column>,
    addresses: Option<Column>,
    lifetimes: Option<*const u32>,
}

fn offsets_of<'a>(offsets: *const i64, count: usize, name: &str) -> Result<&'a [i64]> {
    if offsets.is_null() {
        return Err(Error::null(name).with_field(name));
    }
    list(offsets, count.saturating_add(1), name)
}

fn texts<'a>(name: &'static str, column: Column, count: usize) -> Result<Texts<'a>> {
    let offsets = offsets_of(column.offsets, count, name)?;
    let (first, last) = Texts::span(name, offsets)?;
    let place = |offset: i64| usize::try_from(offset).map_err(|_| Error::invalid(name, "offsets are beyond what can be addressed"));
    let (first, last) = (place(first)?, place(last)?);
    if first == last {
        return Ok(Texts::new(name, &[], offsets));
    }
    if column.bytes.is_null() {
        return Err(Error::null(name).with_field(name));
    }
    // SAFETY: not NULL, and the header asks for bytes as far as the offsets reach, which live and stay as they are
    // during the call.
    let bytes = unsafe { slice::from_raw_parts(column.bytes.cast::<u8>().add(first), last - first) };
    Ok(Texts::new(name, bytes, offsets))
}

impl mct_viewers {
    fn lent(&self) -> Result<Viewers<'_>> {
        Ok(Viewers {
            count: self.count,
            viewer_data: self.viewer_data.map(|column| texts(VIEWER_DATA, column, self.count)).transpose()?,
            addresses: self.addresses.map(|column| texts(ADDRESSES, column, self.count)).transpose()?,
            lifetimes: self.lifetimes.map(|lifetimes| list(lifetimes, self.count, "lifetimes")).transpose()?,
        })
    }
}

/// Where the tokens go.
struct Room<'a> {
    out: *mut c_char,
    capacity: usize,
    offsets: *mut i64,
    needed: &'a mut usize,
}

fn sign(signer: &mct_signer, claims: &mct_claims, viewers: Viewers<'_>, threads: u32, room: Room<'_>) -> Result<()> {
    let threads = usize::try_from(threads).unwrap_or(usize::MAX);
    let packed = Packed::new(&signer.0, &claims.0, viewers)?;
    if room.out.is_null() && room.capacity == 0 {
        *room.needed = packed.needed(threads)?;
        if viewers.count == 0 && !room.offsets.is_null() {
            list_mut(room.offsets, 1, "out_offsets")?[0] = 0;
        }
        return Ok(());
    }
    let out = list_mut(room.out.cast::<u8>(), room.capacity, "out")?;
    if room.offsets.is_null() {
        return Err(Error::null("out_offsets"));
    }
    let offsets = list_mut(room.offsets, viewers.count.saturating_add(1), "out_offsets")?;
    packed.sign(threads, out, offsets, room.needed)
}

/// Signs a token for each of `n` viewers, who differ by their viewer data alone.
///
/// `viewer_data` and `viewer_offsets`: a column of `n` texts, each UTF-8 of at most 1024 characters (UTF-16 units); an
/// empty one leaves the claim out. `viewer_offsets` NULL (and `viewer_data` with it): all tokens are as the claims say.
///
/// `out` gets the tokens, `out_offsets` (`n` + 1 of them) where each begins and the last ends, from 0 on; `*needed`,
/// never NULL, the bytes of all. Too small an `out` is MCT_ERR_BUFFER_TOO_SMALL: nothing is written but `*needed`.
/// `out` NULL with `capacity` 0 asks for `*needed` alone; `out_offsets` may be NULL then.
///
/// Answers what mct_signer_sign() does, MCT_ERR_BUFFER_TOO_SMALL and MCT_ERR_INVALID_UTF8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_signer_sign_packed(
    signer: Option<&mct_signer>,
    claims: Option<&mct_claims>,
    viewer_data: *const c_char,
    viewer_offsets: *const i64,
    n: usize,
    threads: u32,
    out: *mut c_char,
    capacity: usize,
    out_offsets: *mut i64,
    needed: Option<&mut usize>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let needed = given(needed, "needed")?;
        *needed = 0;
        let column = Column { bytes: viewer_data, offsets: viewer_offsets };
        let has_none = viewer_data.is_null() && viewer_offsets.is_null();
        let viewer_data = if has_none { None } else { Some(texts(VIEWER_DATA, column, n)?) };
        let viewers = Viewers { count: n, viewer_data, ..Viewers::default() };
        let room = Room { out, capacity, offsets: out_offsets, needed };
        sign(given(signer, "signer")?, given(claims, "claims")?, viewers, threads, room)
    })
}

/// Makes a description of `n` viewers, who do not differ yet.
///
/// It belongs to one thread at a time while columns are lent to it; after that any number of calls can sign for it, at
/// once too. What is lent stays the caller's, and must live and stay as it is until mct_viewers_free().
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_viewers_new(n: usize, out: Option<&mut *mut mct_viewers>, error: Option<&mut *mut mct_error>) -> mct_status {
    status_boundary!(error, Out::new(out)?.set(mct_viewers { count: n, viewer_data: None, addresses: None, lifetimes: None }))
}

/// Lends an identifier for each viewer: a column of texts of at most 1024 characters (UTF-16 units). An empty one
/// leaves the claim out. The texts are checked when they are signed, the offsets now too.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_viewers_lend_custom_viewer_data(
    viewers: Option<&mut mct_viewers>,
    bytes: *const c_char,
    offsets: *const i64,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let viewers = given(viewers, "viewers")?;
        let column = Column { bytes, offsets };
        texts(VIEWER_DATA, column, viewers.count)?;
        viewers.viewer_data = Some(column);
        Ok(())
    })
}

/// Lends the address that each viewer's token is bound to: a column of texts, each an IPv4 or IPv6 address or an IPv4
/// block. It takes the place of the claims' addresses. An empty one is refused: it would be a token that is not bound.
/// The texts are checked when they are signed, the offsets now too.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_viewers_lend_allowed_ip_address(
    viewers: Option<&mut mct_viewers>,
    bytes: *const c_char,
    offsets: *const i64,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let viewers = given(viewers, "viewers")?;
        let column = Column { bytes, offsets };
        texts(ADDRESSES, column, viewers.count)?;
        viewers.addresses = Some(column);
        Ok(())
    })
}

/// Lends a lifetime for each viewer, in seconds, at least 1: `n` of them. They take the place of the claims' lifetime,
/// and are checked when they are signed.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_viewers_lend_lifetimes(
    viewers: Option<&mut mct_viewers>,
    seconds: *const u32,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let viewers = given(viewers, "viewers")?;
        list(seconds, viewers.count, "lifetimes")?;
        viewers.lifetimes = Some(seconds);
        Ok(())
    })
}

/// Signs a token for each viewer. As mct_signer_sign_packed(), for all that can differ.
///
/// Answers what mct_signer_sign_packed() does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_signer_sign_viewers(
    signer: Option<&mct_signer>,
    claims: Option<&mct_claims>,
    viewers: Option<&mct_viewers>,
    threads: u32,
    out: *mut c_char,
    capacity: usize,
    out_offsets: *mut i64,
    needed: Option<&mut usize>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let needed = given(needed, "needed")?;
        *needed = 0;
        let room = Room { out, capacity, offsets: out_offsets, needed };
        let viewers = given(viewers, "viewers")?.lent()?;
        sign(given(signer, "signer")?, given(claims, "claims")?, viewers, threads, room)
    })
}

/// Frees a description of viewers; what was lent stays. NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn mct_viewers_free(viewers: Option<Box<mct_viewers>>) {
    boundary!((), {
        drop(viewers);
        Some(())
    });
}
