//! The Token API over HTTPS.

mod answer;
mod call;
mod call_thread;
mod callbacks;
mod client;
mod config;
mod connect;
mod driver;
mod flight;
mod log;
mod progress;
mod redact;
mod resolver;
mod retry;
mod tls;

pub(crate) mod account;
pub(crate) mod analytics;
pub(crate) mod token;
pub(crate) mod walk;

pub(crate) use call::{Answered, Call, Done, Kind};
pub(crate) use client::Client;
pub(crate) use config::Config;
pub(crate) use flight::{Work, and_then};
pub(crate) use log::{Level, Sink};

use crate::error::{Error, MCT_ERR_SYSTEM};

/// The system did not give what the library asked it for.
fn refused(what: &str, why: &dyn std::fmt::Display) -> Error {
    Error::new(MCT_ERR_SYSTEM, format!("{what}: {why}"))
}
