//! The Token API and the director of Dolby Millicast on loopback.
//!
//! A client is tested against it as against the platform: by HTTP alone. A Rust test starts one
//! in its own process, anything else starts the `millicast-emulator` binary.
//!
//! ```
//! use millicast_emulator::{Emulator, Options};
//!
//! let emulator = Emulator::start(Options::with_api_secret("a-secret"))?;
//! assert!(emulator.url().starts_with("http://127.0.0.1:"));
//! assert!(emulator.requests().is_empty(), "nothing was sent yet");
//! emulator.stop();
//! # Ok::<(), std::io::Error>(())
//! ```

#![forbid(unsafe_code)]

mod address;
mod analytics;
mod auth;
mod body;
mod clock;
mod clusters;
mod connection;
mod control;
mod database;
mod director;
mod envelope;
mod faults;
mod intake;
mod journal;
mod list;
mod operation;
mod options;
mod origin;
mod pace;
mod page;
mod query;
mod random;
mod routes;
mod seed;
mod server;
mod state;
mod tls;
mod tokens;
mod validate;
mod wire;

pub use address::{CountryOf, Network};
pub use director::Rule;
pub use faults::{FaultPlan, WrongFault};
pub use intake::RecordedRequest;
pub use options::Options;
pub use server::{Emulator, Running};
