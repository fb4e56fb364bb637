//! # Signer
//!
//! Signs subscribe tokens locally, without a client and without the network: JWTs that the platform checks against
//! their parent, a subscribe token of the account. A signer may be used from any number of threads at once, and after
//! a fork() in both processes.
//!
//! A signer of mct_signer_from_token() knows its parent and refuses what the platform would refuse: the parent must
//! be enabled and not expired, the stream one of its names or matched in full by one of its patterns, the tracking id
//! its own (where it has one), the origin cluster its own, unless its own is "auto" (where it has none, that of its
//! effective settings counts), and the token not over already. The dialect of the platform's patterns is not
//! documented beyond ".*". The dialect that is checked here is that of the Rust crate regex-lite: linear in time,
//! ASCII classes, no look-around, no back references. A pattern outside it, too large, or of which dialects think
//! differently beyond ASCII (classes such as \w, cases, and what counts as one character) can't be checked:
//! MCT_REASON_PARENT_PATTERN, and mct_claims_set_unchecked_stream() signs without that check.

use std::ffi::c_char;
use std::ptr;
use std::slice;

use super::claims::mct_claims;
use super::error::mct_error;
use super::guard::{boundary, status_boundary};
use super::handle::{Out, given, text};
use super::string::give;
use super::subscribe_token::mct_subscribe_token;
use crate::error::{Error, MCT_ERR_BUFFER_TOO_SMALL, Result, mct_status};
use crate::signing::{Algorithm, Signer};

/// How tokens are signed. One of MCT_HS256, MCT_HS384, MCT_HS512.
pub type mct_algorithm = i32;

/// HMAC with SHA-256. What the platform's own samples use.
pub const MCT_HS256: mct_algorithm = 256;
/// HMAC with SHA-384.
pub const MCT_HS384: mct_algorithm = 384;
/// HMAC with SHA-512.
pub const MCT_HS512: mct_algorithm = 512;

/// Signs tokens with the key of one parent.
#[derive(Debug)]
pub struct mct_signer(pub(crate) Signer);

fn algorithm_of(number: mct_algorithm) -> Result<Algorithm> {
    match number {
        MCT_HS256 => Ok(Algorithm::Hs256),
        MCT_HS384 => Ok(Algorithm::Hs384),
        MCT_HS512 => Ok(Algorithm::Hs512),
        _ => Err(Error::invalid("algorithm", format_args!("must be MCT_HS256, MCT_HS384 or MCT_HS512, given is {number}"))),
    }
}

pub(crate) fn number_of(algorithm: Algorithm) -> mct_algorithm {
    match algorithm {
        Algorithm::Hs256 => MCT_HS256,
        Algorithm::Hs384 => MCT_HS384,
        Algorithm::Hs512 => MCT_HS512,
    }
}

/// Makes a signer from a subscribe token's id and its secret string, without knowing more of it: what depends on the
/// parent is then not checked here.
///
/// `token`: the string as the API gave it, not empty. It is the key as it stands; it looks like hex, and is not
/// decoded.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_signer_new(
    token_id: u64,
    token: *const c_char,
    algorithm: mct_algorithm,
    out: Option<&mut *mut mct_signer>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let out = Out::new(out)?;
        out.set(mct_signer(Signer::new(token_id, text(token, "token")?, algorithm_of(algorithm)?)?))
    })
}

/// Makes a signer from a subscribe token, whose rules it checks before it signs. The token is copied.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (also when the token came without its string).
#[unsafe(no_mangle)]
pub extern "C" fn mct_signer_from_token(
    token: Option<&mct_subscribe_token>,
    algorithm: mct_algorithm,
    out: Option<&mut *mut mct_signer>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let out = Out::new(out)?;
        out.set(mct_signer(Signer::from_token(&given(token, "token")?.0, algorithm_of(algorithm)?)?))
    })
}

/// Signs a token. `*jwt` gets it and is freed with mct_string_free(); `*expires_at` (may be NULL) gets its end in Unix
/// seconds. A viewer that reconnects after that needs a new token.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (the end would be past the year 9999),
/// MCT_ERR_TOKEN_INVALID (a rule of the parent; see mct_error_reason()), MCT_ERR_SYSTEM (the clock).
#[unsafe(no_mangle)]
pub extern "C" fn mct_signer_sign(
    signer: Option<&mct_signer>,
    claims: Option<&mct_claims>,
    jwt: Option<&mut *mut c_char>,
    expires_at: Option<&mut i64>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let jwt = given(jwt, "jwt")?;
        *jwt = ptr::null_mut();
        let ready = given(signer, "signer")?.0.prepare(&given(claims, "claims")?.0)?;
        *jwt = give(ready.length, |out| ready.write(out));
        if let Some(expires_at) = expires_at {
            *expires_at = ready.expires_at;
        }
        Ok(())
    })
}

/// Signs a token into the caller's memory of `capacity` bytes, with a terminating NUL that `*length` does not count.
///
/// Too small a buffer is MCT_ERR_BUFFER_TOO_SMALL: nothing is written to it, and `*length` is what the token has
/// without its NUL, so that the buffer needs `*length` + 1. `buffer` may be NULL when `capacity` is 0, and
/// `expires_at` always; `length` may not. `*length` is 0 after any other failure. Nothing is allocated, but when a
/// parent's pattern is compared with the stream of claims for the first time. Short names and one address make about
/// 400 bytes, for which 1024 is ample; texts at their limits make 10 KB, and lists of origins or addresses more.
///
/// Answers what mct_signer_sign() does, and MCT_ERR_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_signer_sign_into(
    signer: Option<&mct_signer>,
    claims: Option<&mct_claims>,
    buffer: *mut c_char,
    capacity: usize,
    length: Option<&mut usize>,
    expires_at: Option<&mut i64>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let length = given(length, "length")?;
        *length = 0;
        if buffer.is_null() && capacity > 0 {
            return Err(Error::null("buffer"));
        }
        let ready = given(signer, "signer")?.0.prepare(&given(claims, "claims")?.0)?;
        *length = ready.length;
        if capacity <= ready.length {
            let message = format!("buffer: {} bytes are needed, the NUL included, given are {capacity}", ready.length + 1);
            return Err(Error::new(MCT_ERR_BUFFER_TOO_SMALL, message));
        }
        // SAFETY: the header asks for `capacity` writable bytes, and the token and its NUL are no more than that.
        unsafe {
            ready.write(slice::from_raw_parts_mut(buffer.cast(), ready.length));
            buffer.add(ready.length).write(0);
        }
        if let Some(expires_at) = expires_at {
            *expires_at = ready.expires_at;
        }
        Ok(())
    })
}

/// Frees a signer and wipes its key. NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn mct_signer_free(signer: Option<Box<mct_signer>>) {
    boundary!((), {
        drop(signer);
        Some(())
    });
}
