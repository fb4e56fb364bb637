//! The C interface. Each file is one family of the header, in whose documentation its rules stand.
//!
//! The signatures are plain, so that cbindgen reads them; each body is one expression behind the panic boundary.

#![allow(unsafe_code, non_camel_case_types)]
// What callers owe each function stands in the header's introduction and at the function, in C's words.
#![allow(clippy::missing_safety_doc)]

mod guard;
mod handle;
#[cfg(feature = "client")]
mod prepared;
mod string;

pub mod error;
pub mod subscribe_token;
pub mod version;

#[cfg(feature = "client")]
pub mod account;
#[cfg(feature = "client")]
pub mod analytics;
#[cfg(feature = "client")]
pub mod call;
#[cfg(feature = "client")]
pub mod call_start;
#[cfg(feature = "client")]
pub mod call_take;
#[cfg(feature = "client")]
pub mod client;
#[cfg(feature = "client")]
pub mod client_config;
#[cfg(feature = "client")]
pub mod list_options;
#[cfg(feature = "client")]
pub mod publish_token;
#[cfg(feature = "client")]
pub mod publish_token_calls;
#[cfg(feature = "client")]
pub mod publish_token_spec;
#[cfg(feature = "client")]
pub mod publish_token_update;
#[cfg(feature = "client")]
pub mod subscribe_token_calls;
#[cfg(feature = "client")]
pub mod subscribe_token_spec;
#[cfg(feature = "client")]
pub mod subscribe_token_update;

#[cfg(feature = "signing")]
pub mod claims;
#[cfg(feature = "signing")]
pub mod jwt;
#[cfg(feature = "signing")]
pub mod signer;
#[cfg(feature = "signing")]
pub mod viewers;

#[doc(hidden)]
pub use guard::panic_next_call;
pub use string::mct_string_free;
