//! What the emulator knows, shared by its handlers.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::address::CountryOf;
use crate::analytics::Usage;
use crate::auth::Secrets;
use crate::clock::Clock;
use crate::director::Sessions;
use crate::intake::Recorder;
use crate::options::Options;
use crate::tokens::{Publish, Shelf, Subscribe};

/// What stays as it was set up, and the lock around what changes.
pub struct Shared {
    pub secrets: Secrets,
    pub account_id: String,
    pub trust_forwarded: bool,
    pub countries: Vec<CountryOf>,
    pub clock: Clock,
    pub sessions: Sessions,
    pub recorder: Arc<Recorder>,
    platform: Mutex<Platform>,
}

impl Shared {
    pub fn new(options: Options, recorder: Arc<Recorder>) -> io::Result<Self> {
        Ok(Self {
            secrets: Secrets::new(&options.api_secrets)?,
            account_id: options.account_id,
            trust_forwarded: options.trust_forwarded,
            countries: options.countries,
            clock: Clock::default(),
            sessions: Sessions::new()?,
            recorder,
            platform: Mutex::new(Platform::starting_at(options.first_id)),
        })
    }

    /// One lock for everything that changes: a request sees all of another or nothing of it. No
    /// handler waits for anything while it holds it.
    pub fn platform(&self) -> MutexGuard<'_, Platform> {
        self.platform.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Everything that requests change.
pub struct Platform {
    next_id: u64,
    pub publish: Shelf<Publish>,
    pub subscribe: Shelf<Subscribe>,
    pub usage: Usage,
}

impl Platform {
    fn starting_at(first_id: u64) -> Self {
        Self { next_id: first_id, publish: Shelf::default(), subscribe: Shelf::default(), usage: Usage::default() }
    }

    /// The next id. Both kinds of token count with one counter, and no id comes twice.
    pub fn take_id(&mut self) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }
}
