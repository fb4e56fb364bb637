//! Tokens for many viewers in one call.
#![cfg(feature = "signing")]

mod support;
#[path = "support/signing.rs"]
mod tokens;

use std::ptr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use millicast_tokens::error::*;
use millicast_tokens::ffi::claims::*;
use millicast_tokens::ffi::signer::*;
use millicast_tokens::ffi::viewers::*;
use serde_json::{Value, json};
use support::{Outcome, made, status};
use tokens::{Column, claims, set, sign, sign_packed, signer, split, verify_at};

const KEY: &str = "a key";
const NOW: i64 = 1_750_813_271;

fn at(stream: &str, lifetime: u32) -> Box<mct_claims> {
    let mut claims = claims(stream, lifetime);
    status(|error| mct_claims_set_issued_at(Some(&mut claims), NOW, error)).expect("a time");
    claims
}

fn payload(jwt: &str) -> Value {
    let bytes = URL_SAFE_NO_PAD.decode(jwt.split('.').nth(1).expect("a payload")).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}

#[test]
fn each_viewer_gets_the_token_that_a_single_call_makes_for_it() {
    let texts = ["", "viewer", "a \"quoted\" \\ one", "Zoë 東京 🎥", "\u{0}\u{1f}\u{7f}\u{2028}", &"é".repeat(1024), "last"];
    for algorithm in [MCT_HS256, MCT_HS384, MCT_HS512] {
        let signer = signer(5, KEY, algorithm);
        let mut shared = at("cam", 60);
        set(mct_claims_set_tracking_id, &mut shared, "group");
        set(mct_claims_add_allowed_origin, &mut shared, "*.example.com");
        set(mct_claims_add_allowed_ip_address, &mut shared, "192.0.2.0/24");
        let packed = sign_packed(&signer, &shared, &Column::new(&texts), 1).expect("tokens");
        for (text, jwt) in texts.iter().zip(&packed) {
            assert!(verify_at(&signer, jwt, NOW, 0).is_ok(), "{text:.20}");
            let mut own = payload(&sign(&signer, &shared).expect("a token").0);
            if !text.is_empty() {
                own["streaming"]["customViewerData"] = json!(text);
            }
            assert_eq!(payload(jwt), own);
        }
        assert_eq!(packed.len(), texts.len());
    }
}

#[test]
fn any_number_of_threads_makes_the_same_tokens() {
    let signer = signer(5, KEY, MCT_HS256);
    let claims = at("cam", 60);
    let viewers: Vec<String> = (0..2000).map(|viewer| "v".repeat(viewer % 50)).collect();
    let column = Column::new(&viewers);
    let alone = sign_packed(&signer, &claims, &column, 1).expect("tokens");
    assert_eq!(alone.len(), 2000);
    for threads in [0, 2, 3, 8, u32::MAX] {
        assert_eq!(sign_packed(&signer, &claims, &column, threads).expect("tokens"), alone, "{threads} threads");
    }
}

#[test]
fn the_first_wrong_viewer_is_named_whatever_the_number_of_threads() {
    let signer = signer(5, KEY, MCT_HS256);
    let claims = at("cam", 60);
    for wrong in [vec![0], vec![1500], vec![700, 699, 1999], vec![1999]] {
        let viewers: Vec<String> = (0..2000).map(|viewer| if wrong.contains(&viewer) { "x".repeat(1025) } else { "fine".into() }).collect();
        for threads in [1, 2, 0] {
            let failure = sign_packed(&signer, &claims, &Column::new(&viewers), threads).expect_err("too long");
            assert_eq!((failure.status, failure.field.as_deref()), (MCT_ERR_INVALID_ARGUMENT, Some("customViewerData")));
            assert_eq!(failure.index, wrong.iter().min().copied().map(i64::from).expect("one"));
        }
    }
}

struct Lent {
    data: Column,
    addresses: Column,
    lifetimes: Vec<u32>,
}

fn sign_viewers(signer: &mct_signer, claims: &mct_claims, lent: &Lent) -> Outcome<Vec<String>> {
    let count = lent.lifetimes.len();
    let mut viewers = made(|out, error| mct_viewers_new(count, out, error))?;
    let (bytes, offsets) = (lent.data.bytes.as_ptr().cast(), lent.data.offsets.as_ptr());
    status(|error| unsafe { mct_viewers_lend_custom_viewer_data(Some(&mut viewers), bytes, offsets, error) })?;
    let (bytes, offsets) = (lent.addresses.bytes.as_ptr().cast(), lent.addresses.offsets.as_ptr());
    status(|error| unsafe { mct_viewers_lend_allowed_ip_address(Some(&mut viewers), bytes, offsets, error) })?;
    status(|error| unsafe { mct_viewers_lend_lifetimes(Some(&mut viewers), lent.lifetimes.as_ptr(), error) })?;
    let mut needed = 0;
    let (signer, claims, viewers) = (Some(signer), Some(claims), Some(&*viewers));
    let ask = |out, capacity, ends, needed: &mut usize| {
        status(|error| unsafe { mct_signer_sign_viewers(signer, claims, viewers, 2, out, capacity, ends, Some(needed), error) })
    };
    ask(ptr::null_mut(), 0, ptr::null_mut(), &mut needed)?;
    let (mut out, mut ends) = (vec![0_u8; needed], vec![-1; count + 1]);
    ask(out.as_mut_ptr().cast(), needed, ends.as_mut_ptr(), &mut needed)?;
    Ok(split(&out, &ends))
}

fn lent(addresses: &[&str], lifetimes: &[u32]) -> Lent {
    Lent { data: Column::new(&vec!["v"; lifetimes.len()]), addresses: Column::new(addresses), lifetimes: lifetimes.to_vec() }
}

#[test]
fn each_token_is_bound_to_its_viewers_address_and_lives_as_long_as_its_viewer_shall() {
    let signer = signer(5, KEY, MCT_HS256);
    let mut claims = at("cam", 60);
    set(mct_claims_add_allowed_ip_address, &mut claims, "203.0.113.1");
    let addresses = ["192.0.2.1", "2001:db8::1", "198.51.100.0/24"];
    let tokens = sign_viewers(&signer, &claims, &lent(&addresses, &[1, 3600, u32::MAX])).expect("tokens");
    for ((jwt, address), lifetime) in tokens.iter().zip(addresses).zip([1_i64, 3600, i64::from(u32::MAX)]) {
        let payload = payload(jwt);
        assert_eq!(payload["streaming"]["allowedIpAddresses"], json!([address]), "the claims' own gives way");
        assert_eq!((payload["iat"].as_i64(), payload["exp"].as_i64()), (Some(NOW), Some(NOW + lifetime)));
        assert!(verify_at(&signer, jwt, NOW, 0).is_ok());
    }
}

#[test]
fn a_viewer_without_a_good_address_or_lifetime_is_refused_and_named() {
    let signer = signer(5, KEY, MCT_HS256);
    let claims = at("cam", 60);
    for bad in ["", " ", "10.0.0.0/8 ", "localhost", "10.0.0.1/8", "2001:db8::/32", "1.2.3.4\0"] {
        let failure = sign_viewers(&signer, &claims, &lent(&["192.0.2.1", bad], &[1, 1])).expect_err("no address");
        assert_eq!((failure.status, failure.field.as_deref(), failure.index), (MCT_ERR_INVALID_ARGUMENT, Some("allowedIpAddresses"), 1));
    }
    let failure = sign_viewers(&signer, &claims, &lent(&["192.0.2.1"; 3], &[1, 2, 0])).expect_err("no lifetime");
    assert_eq!((failure.status, failure.field.as_deref(), failure.index), (MCT_ERR_INVALID_ARGUMENT, Some("lifetime_seconds"), 2));
}

#[test]
fn too_small_a_buffer_is_left_as_it_was_and_one_byte_more_is_enough() {
    let signer = signer(5, KEY, MCT_HS256);
    let claims = at("cam", 60);
    let column = Column::new(&["a", "b", "c"]);
    let (data, offsets) = (column.bytes.as_ptr().cast(), column.offsets.as_ptr());
    let needed: usize = sign_packed(&signer, &claims, &column, 1).expect("tokens").iter().map(String::len).sum();
    let (mut out, mut ends, mut told) = (vec![b'#'; needed], [-7_i64; 4], 0);
    let mut ask = |out: &mut [u8], ends: &mut [i64], capacity| {
        let (place, ends) = (out.as_mut_ptr().cast(), ends.as_mut_ptr());
        status(|error| unsafe {
            mct_signer_sign_packed(Some(&signer), Some(&claims), data, offsets, 3, 1, place, capacity, ends, Some(&mut told), error)
        })
        .map_err(|failure| (failure.status, told))
    };
    assert_eq!(ask(&mut out, &mut ends, needed - 1), Err((MCT_ERR_BUFFER_TOO_SMALL, needed)));
    assert_eq!(ask(&mut out, &mut ends, 0), Err((MCT_ERR_BUFFER_TOO_SMALL, needed)));
    assert!(out.iter().all(|byte| *byte == b'#') && ends == [-7; 4]);
    assert_eq!(ask(&mut out, &mut ends, needed), Ok(()));
    assert_eq!((ends[0], usize::try_from(ends[3])), (0, Ok(needed)));
}

#[test]
fn offsets_may_begin_above_0_and_neither_fall_nor_begin_below() {
    let signer = signer(5, KEY, MCT_HS256);
    let claims = at("cam", 60);
    let whole = Column::new(&["one", "two", "three"]);
    let expected = sign_packed(&signer, &claims, &whole, 1).expect("tokens");
    let slice = Column { bytes: whole.bytes.clone(), offsets: whole.offsets[1..].to_vec() };
    assert_eq!(sign_packed(&signer, &claims, &slice, 1).expect("tokens"), expected[1..]);
    for (offsets, index) in [(vec![-1, 2], -1), (vec![0, 3, 2], 1), (vec![i64::MAX, 0], 0), (vec![0, 1, i64::MIN], 1)] {
        let failure = sign_packed(&signer, &claims, &Column { bytes: whole.bytes.clone(), offsets }, 1).expect_err("no column");
        assert_eq!((failure.status, failure.index), (MCT_ERR_INVALID_ARGUMENT, index));
    }
    let none = sign_packed(&signer, &claims, &Column::new::<&str>(&[]), 0).expect("no token");
    assert!(none.is_empty());
    let failure = sign_packed(&signer, &claims, &Column { bytes: vec![b'a', 0xff], offsets: vec![0, 1, 2] }, 1).expect_err("no UTF-8");
    assert_eq!((failure.status, failure.index, failure.field.as_deref()), (MCT_ERR_INVALID_UTF8, 1, Some("customViewerData")));
}

#[test]
fn without_viewer_data_all_tokens_are_as_the_claims_say() {
    let signer = signer(5, KEY, MCT_HS256);
    let mut claims = at("cam", 60);
    set(mct_claims_set_custom_viewer_data, &mut claims, "everybody");
    let (mut out, mut ends, mut needed) = (vec![0_u8; 2048], vec![0_i64; 4], 0);
    let (place, ends_place) = (out.as_mut_ptr().cast(), ends.as_mut_ptr());
    let (none, no_offsets) = (ptr::null(), ptr::null());
    status(|error| unsafe {
        mct_signer_sign_packed(Some(&signer), Some(&claims), none, no_offsets, 3, 1, place, 2048, ends_place, Some(&mut needed), error)
    })
    .expect("tokens");
    let own = payload(&sign(&signer, &claims).expect("a token").0);
    for jwt in split(&out, &ends) {
        assert_eq!(payload(&jwt), own);
    }
}
