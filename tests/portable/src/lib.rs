//! The library's HMAC, with its tests and with nothing that it does not need.
//!
//! Which code computes a hash is chosen when it is compiled. To build the whole library and all that its tests take once
//! more, for the code that this machine's processor would not choose, takes minutes; this takes seconds.

#![deny(unsafe_code)]
#![allow(dead_code, reason = "the library calls what its tests do not")]

#[path = "../../../src/signing/hmac.rs"]
mod hmac;
