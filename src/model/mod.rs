//! Requests and answers of the Token API, with the contract's limits. No I/O.

pub(crate) mod json;
pub(crate) mod limits;
pub(crate) mod subscribe_token;
pub(crate) mod time;
pub(crate) mod token;

#[cfg(feature = "client")]
pub(crate) mod account;
#[cfg(feature = "client")]
pub(crate) mod analytics;
#[cfg(feature = "client")]
pub(crate) mod envelope;
#[cfg(feature = "client")]
pub(crate) mod fields;
#[cfg(feature = "client")]
pub(crate) mod list;
#[cfg(feature = "client")]
pub(crate) mod publish_token;
#[cfg(feature = "client")]
pub(crate) mod spec;
#[cfg(feature = "client")]
pub(crate) mod update;
