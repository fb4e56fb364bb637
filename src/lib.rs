//! Publish and subscribe tokens of Dolby Millicast (OptiView Real-time Streaming), for programs in any language.
//!
//! The product is the C interface: `include/millicast_tokens.h` is its manual. The rooms of this crate, each of
//! which uses only those after it:
//!
//! - `ffi`: the `extern "C"` functions, and every `unsafe` block but those of `os`;
//! - `api`: the Token API over HTTPS (feature `client`);
//! - `signing`: self-signed subscribe tokens, without network or threads (feature `signing`);
//! - `model`: requests, answers and the contract's limits;
//! - `error` and `text`: what can go wrong, and texts that can be lent to C;
//! - `os` and `panics`: what needs POSIX, and where panics end.

#![deny(unsafe_code)]
#![warn(missing_debug_implementations)]

#[cfg(feature = "client")]
mod api;
pub mod error;
pub mod ffi;
mod model;
#[allow(unsafe_code)]
#[cfg(feature = "client")]
mod os;
mod panics;
#[cfg(feature = "signing")]
mod signing;
mod text;
