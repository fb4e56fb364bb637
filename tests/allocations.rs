//! Signing allocates nothing for a token. A program of its own: it counts every allocation.
#![cfg(feature = "signing")]

mod support;
#[path = "support/signing.rs"]
mod tokens;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};

use millicast_tokens::error::MCT_OK;
use millicast_tokens::ffi::claims::*;
use millicast_tokens::ffi::signer::*;
use millicast_tokens::ffi::viewers::*;
use support::{made, status};
use tokens::{Column, claims, set, signer};

struct Counting;

static EVERYWHERE: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static HERE: Cell<u64> = const { Cell::new(0) };
}

fn count() {
    EVERYWHERE.fetch_add(1, Ordering::Relaxed);
    let _ended_thread = HERE.try_with(|here| here.set(here.get() + 1));
}

// SAFETY: the system's allocator does the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const PARENT: &str = r#"{"id":7,"token":"a key","isActive":true,"expiresOn":"9999-01-01T00:00:00Z",
    "streams":[{"streamName":"other","isRegex":false},{"streamName":"cam-[0-9]+","isRegex":true}]}"#;

fn from_parent(algorithm: mct_algorithm) -> Box<mct_signer> {
    use millicast_tokens::ffi::subscribe_token::mct_subscribe_token_from_json;
    let json = support::c(PARENT);
    let token = made(|out, error| unsafe { mct_subscribe_token_from_json(json.as_ptr(), out, error) }).expect("a token");
    made(|out, error| mct_signer_from_token(Some(&token), algorithm, out, error)).expect("a signer")
}

#[test]
fn a_token_that_is_signed_into_the_callers_memory_allocates_nothing() {
    for algorithm in [MCT_HS256, MCT_HS384, MCT_HS512] {
        for signer in [signer(5, "a key", algorithm), from_parent(algorithm)] {
            let mut claims = claims("cam-7", 60);
            set(mct_claims_set_custom_viewer_data, &mut claims, "Zoë \"東京\"");
            set(mct_claims_add_allowed_ip_address, &mut claims, "192.0.2.1");
            let (mut buffer, mut length) = ([0_u8; 1024], 0);
            let mut sign = || {
                let (out, capacity) = (buffer.as_mut_ptr().cast(), buffer.len());
                unsafe { mct_signer_sign_into(Some(&signer), Some(&claims), out, capacity, Some(&mut length), None, None) }
            };
            // A pattern is matched once; that takes memory.
            assert_eq!(sign(), MCT_OK);
            let before = HERE.get();
            for _ in 0..1000 {
                assert_eq!(sign(), MCT_OK);
            }
            assert_eq!(HERE.get() - before, 0);
        }
    }
}

#[test]
fn the_very_first_token_of_claims_allocates_nothing_either() {
    let (signer, claims) = (signer(5, "a key", MCT_HS256), claims("cam", 60));
    let (mut buffer, mut length) = ([0_u8; 1024], 0);
    let before = HERE.get();
    let status =
        unsafe { mct_signer_sign_into(Some(&signer), Some(&claims), buffer.as_mut_ptr().cast(), 1024, Some(&mut length), None, None) };
    assert_eq!((HERE.get() - before, status), (0, MCT_OK));
}

/// How many allocations a call for so many viewers makes, on all threads.
fn allocations_for(count: usize, threads: u32) -> u64 {
    let signer = signer(5, "a key", MCT_HS256);
    let claims = claims("cam", 60);
    let data = Column::new(&(0..count).map(|viewer| format!("viewer \"{viewer:08}\"")).collect::<Vec<_>>());
    let addresses = Column::new(&vec!["192.0.2.1"; count]);
    let lifetimes = vec![60_u32; count];
    let mut viewers = made(|out, error| mct_viewers_new(count, out, error)).expect("viewers");
    let (bytes, offsets) = (data.bytes.as_ptr().cast(), data.offsets.as_ptr());
    status(|error| unsafe { mct_viewers_lend_custom_viewer_data(Some(&mut viewers), bytes, offsets, error) }).expect("data");
    let (bytes, offsets) = (addresses.bytes.as_ptr().cast(), addresses.offsets.as_ptr());
    status(|error| unsafe { mct_viewers_lend_allowed_ip_address(Some(&mut viewers), bytes, offsets, error) }).expect("addresses");
    status(|error| unsafe { mct_viewers_lend_lifetimes(Some(&mut viewers), lifetimes.as_ptr(), error) }).expect("lifetimes");
    let mut needed = 0;
    let (signer, claims, viewers) = (Some(&*signer), Some(&*claims), Some(&*viewers));
    let ask = |out, capacity, ends, needed: &mut usize| unsafe {
        mct_signer_sign_viewers(signer, claims, viewers, threads, out, capacity, ends, Some(needed), None)
    };
    assert_eq!(ask(ptr::null_mut(), 0, ptr::null_mut(), &mut needed), MCT_OK);
    let (mut out, mut ends) = (vec![0_u8; needed], vec![0_i64; count + 1]);
    let before = (EVERYWHERE.load(Ordering::SeqCst), HERE.get());
    assert_eq!(ask(out.as_mut_ptr().cast(), needed, ends.as_mut_ptr(), &mut needed), MCT_OK);
    // Other tests run beside this one, but not on this thread.
    if threads == 1 { HERE.get() - before.1 } else { EVERYWHERE.load(Ordering::SeqCst) - before.0 }
}

#[test]
fn a_call_for_many_viewers_allocates_as_often_as_one_for_few() {
    assert_eq!(allocations_for(1_000, 1), allocations_for(100_000, 1));
    // Threads allocate when they start, and never for a token.
    assert!(allocations_for(100_000, 2) < 1000);
}
