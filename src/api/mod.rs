//! The Token API over HTTPS.

mod answer;
mod client;
mod config;
mod driver;
mod log;
mod progress;
mod resolver;
mod retry;
mod tls;

pub(crate) mod analytics;
pub(crate) mod token;

pub(crate) use client::Client;
pub(crate) use config::Config;
pub(crate) use log::{Level, Sink};
