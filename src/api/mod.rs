//! The Token API over HTTPS.

mod answer;
mod client;
mod config;
mod driver;
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

pub(crate) use client::Client;
pub(crate) use config::Config;
pub(crate) use log::{Level, Sink};
