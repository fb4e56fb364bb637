//! What goes over a connection where an answer would.

use std::time::Duration;

use axum::body::Bytes;

/// The steps that take the place of an answer, and what becomes of the connection.
#[derive(Clone, Debug)]
pub struct Script {
    pub steps: Vec<Step>,
    pub end: End,
}

#[derive(Clone, Debug)]
pub enum Step {
    Send(Bytes),
    /// Byte by byte, with a pause between two.
    Drip(Bytes, Duration),
    Pause(Duration),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The next request is served.
    GoOn,
    /// The same, if it begins to arrive before this time is over. Otherwise the connection is closed.
    GoOnUnlessIdle(Duration),
    Close,
    /// What is under way is lost too.
    Reset,
    /// Nothing is said any more until the client has gone.
    Silence,
}

impl Script {
    pub fn just(end: End) -> Self {
        Self { steps: Vec::new(), end }
    }

    pub fn send(bytes: impl Into<Bytes>, end: End) -> Self {
        Self { steps: vec![Step::Send(bytes.into())], end }
    }
}
