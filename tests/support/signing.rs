//! Signers, claims and tokens, for the tests that sign.
#![allow(dead_code)] // Each test program uses a part of it.

use std::ptr;

use millicast_tokens::error::mct_status;
use millicast_tokens::ffi::claims::*;
use millicast_tokens::ffi::error::mct_error;
use millicast_tokens::ffi::jwt::*;
use millicast_tokens::ffi::mct_string_free;
use millicast_tokens::ffi::signer::*;
use millicast_tokens::ffi::viewers::*;

use crate::support::{Outcome, c, lent, made, status};

pub fn signer(id: u64, key: &str, algorithm: mct_algorithm) -> Box<mct_signer> {
    made(|out, error| unsafe { mct_signer_new(id, c(key).as_ptr(), algorithm, out, error) }).expect("a signer")
}

pub fn try_claims(stream: &str, lifetime: u32) -> Outcome<Box<mct_claims>> {
    made(|out, error| unsafe { mct_claims_new(c(stream).as_ptr(), lifetime, out, error) })
}

pub fn claims(stream: &str, lifetime: u32) -> Box<mct_claims> {
    try_claims(stream, lifetime).expect("claims")
}

pub type ClaimSetter = unsafe extern "C" fn(Option<&mut mct_claims>, *const std::ffi::c_char, Option<&mut *mut mct_error>) -> mct_status;

pub fn set(setter: ClaimSetter, claims: &mut mct_claims, text: &str) {
    status(|error| unsafe { setter(Some(claims), c(text).as_ptr(), error) }).expect("a claim");
}

pub fn sign(signer: &mct_signer, claims: &mct_claims) -> Outcome<(String, i64)> {
    let mut jwt = ptr::null_mut();
    let mut expires_at = 0;
    status(|error| mct_signer_sign(Some(signer), Some(claims), Some(&mut jwt), Some(&mut expires_at), error))?;
    let text = lent(jwt).expect("a token");
    unsafe { mct_string_free(jwt) };
    Ok((text, expires_at))
}

pub fn verify_at(signer: &mct_signer, jwt: &str, now: i64, leeway: u32) -> Outcome<Box<mct_jwt>> {
    let mut options = made(|out, error| mct_verify_options_new(out, error)).expect("options");
    status(|error| mct_verify_options_set_now(Some(&mut options), now, error))?;
    status(|error| mct_verify_options_set_leeway(Some(&mut options), leeway, error))?;
    made(|out, error| unsafe { mct_signer_verify(Some(signer), c(jwt).as_ptr(), Some(&options), out, error) })
}

/// A column of texts as the interface takes it: bytes and offsets.
pub struct Column {
    pub bytes: Vec<u8>,
    pub offsets: Vec<i64>,
}

impl Column {
    pub fn new<T: AsRef<str>>(texts: &[T]) -> Column {
        let (mut bytes, mut offsets) = (Vec::new(), vec![0]);
        for text in texts {
            bytes.extend_from_slice(text.as_ref().as_bytes());
            offsets.push(i64::try_from(bytes.len()).expect("an offset"));
        }
        Column { bytes, offsets }
    }
}

/// Signs for viewers who differ by their data, and answers each token.
pub fn sign_packed(signer: &mct_signer, claims: &mct_claims, column: &Column, threads: u32) -> Outcome<Vec<String>> {
    let count = column.offsets.len() - 1;
    let (data, offsets) = (column.bytes.as_ptr().cast(), column.offsets.as_ptr());
    let mut needed = 0;
    let ask = |out, capacity, ends, needed: &mut usize| {
        let (signer, claims) = (Some(signer), Some(claims));
        status(|error| unsafe {
            mct_signer_sign_packed(signer, claims, data, offsets, count, threads, out, capacity, ends, Some(needed), error)
        })
    };
    ask(ptr::null_mut(), 0, ptr::null_mut(), &mut needed)?;
    let (mut out, mut ends) = (vec![0_u8; needed], vec![-1; count + 1]);
    ask(out.as_mut_ptr().cast(), needed, ends.as_mut_ptr(), &mut needed)?;
    Ok(split(&out, &ends))
}

/// The texts of a column that was written.
pub fn split(bytes: &[u8], offsets: &[i64]) -> Vec<String> {
    let place = |offset: i64| usize::try_from(offset).expect("an offset");
    let text = |pair: &[i64]| String::from_utf8(bytes[place(pair[0])..place(pair[1])].to_vec()).expect("ASCII");
    offsets.windows(2).map(text).collect()
}
