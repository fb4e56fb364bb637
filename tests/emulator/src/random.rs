//! Text that nobody can guess.

use std::io;

use axum::http::StatusCode;
use ring::rand::{SecureRandom, SystemRandom};

use crate::envelope::Refusal;

/// Twice as many lower-case hex digits as bytes, from the system's generator.
pub fn hex(bytes: usize) -> io::Result<String> {
    let mut drawn = vec![0; bytes];
    SystemRandom::new().fill(&mut drawn).map_err(|_| io::Error::other("the system gives no random numbers"))?;
    Ok(drawn.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A token's text.
pub fn token() -> io::Result<String> {
    hex(32)
}

/// The answer where [`hex`] gives nothing.
pub fn none() -> Refusal {
    Refusal::error(StatusCode::INTERNAL_SERVER_ERROR, "The system gives no random numbers")
}
