//! What the emulator knows, shared by its handlers.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::json;
use time::OffsetDateTime;

use crate::address::CountryOf;
use crate::analytics::{Form, Key, Traffic, Usage};
use crate::auth::Secrets;
use crate::clock::Clock;
use crate::database::Database;
use crate::director::Sessions;
use crate::envelope::Refusal;
use crate::faults::Faults;
use crate::intake::Recorder;
use crate::journal::Journal;
use crate::options::Options;
use crate::pace::Pace;
use crate::seed;
use crate::tokens::{Publish, Shelf, Subscribe, Token};

/// The account that the director names where none was set.
const ANY_ACCOUNT: &str = "emulator";

/// What stays as it was set up, and the lock around what changes.
pub struct Shared {
    /// Where it listens.
    pub url: String,
    pub secrets: Secrets,
    pub account: Account,
    pub trust_forwarded: bool,
    pub only_live: bool,
    pub countries: Vec<CountryOf>,
    pub clock: Clock,
    pub sessions: Sessions,
    pub recorder: Arc<Recorder>,
    pub journal: Journal,
    pub pace: Pace,
    pub faults: Faults,
    platform: Mutex<Platform>,
}

impl Shared {
    /// `url` is where the emulator is reached.
    pub fn new(options: Options, url: String, recorder: Arc<Recorder>) -> io::Result<Self> {
        let mut platform = Platform::starting_at(options.first_id);
        let clock = Clock::default();
        let mut is_new = true;
        if let Some(file) = &options.state {
            let (database, kept) = Database::open(file)?;
            if let Some(kept) = kept {
                is_new = false;
                clock.move_to(kept.clock);
                platform.take_over(kept);
            }
            platform.database = Some(database);
        }
        let mut changes = Vec::new();
        if let Some(epoch) = options.clock {
            let now = OffsetDateTime::from_unix_timestamp(epoch).map_err(io::Error::other)?;
            clock.move_to(Some(now));
            changes.push(Change::Clock(Some(now)));
        }
        let seed = options.seed.as_deref().filter(|_| is_new);
        if let Some(file) = seed {
            changes.extend(seed::read(file, &platform, clock.now())?);
        }
        // Together: what holds a clock already would never be seeded.
        if seed.is_some() || !changes.is_empty() {
            platform.commit_at_start(changes)?;
        }
        Ok(Self {
            url: url.clone(),
            secrets: Secrets::new(&options.api_secrets)?,
            account: Account(options.account_id),
            trust_forwarded: options.trust_forwarded,
            only_live: options.only_live,
            countries: options.countries,
            clock,
            sessions: Sessions::new()?,
            recorder,
            journal: Journal::new(options.journal.as_deref())?,
            pace: Pace::new(options.rate_limit, options.latency),
            faults: Faults::new(options.faults, url, options.tls.is_some()),
            platform: Mutex::new(platform),
        })
    }

    /// One lock for everything that changes: a request sees all of another or nothing of it.
    pub fn platform(&self) -> MutexGuard<'_, Platform> {
        self.platform.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The account whose platform this is; any that is asked for where none was set.
pub struct Account(Option<String>);

impl Account {
    /// The name that answers carry.
    pub fn name(&self) -> &str {
        self.0.as_deref().unwrap_or(ANY_ACCOUNT)
    }

    pub fn set(&self) -> Option<&str> {
        self.0.as_deref()
    }

    pub fn is(&self, asked: &str) -> bool {
        self.0.as_deref().is_none_or(|own| own == asked)
    }
}

/// One thing that changes. What belongs together is committed together.
pub enum Change {
    Publish(Token<Publish>),
    Subscribe(Token<Subscribe>),
    NoPublish(u64),
    NoSubscribe(u64),
    /// Traffic to be added.
    Used(Key, Traffic),
    Clock(Option<OffsetDateTime>),
    Form(Form),
}

/// Everything that requests change.
pub struct Platform {
    pub next_id: u64,
    pub publish: Shelf<Publish>,
    pub subscribe: Shelf<Subscribe>,
    pub usage: Usage,
    database: Option<Database>,
}

/// What a database had of an earlier run.
pub struct Kept {
    pub next_id: u64,
    pub clock: Option<OffsetDateTime>,
    pub publish: Shelf<Publish>,
    pub subscribe: Shelf<Subscribe>,
    pub usage: Usage,
}

impl Platform {
    fn starting_at(first_id: u64) -> Self {
        Self { next_id: first_id, publish: Shelf::default(), subscribe: Shelf::default(), usage: Usage::default(), database: None }
    }

    fn take_over(&mut self, kept: Kept) {
        self.next_id = self.next_id.max(kept.next_id);
        self.publish = kept.publish;
        self.subscribe = kept.subscribe;
        self.usage = kept.usage;
    }

    /// Whether a token of either kind has this text.
    pub fn has_text(&self, text: &str) -> bool {
        self.publish.by_text(text).is_some() || self.subscribe.by_text(text).is_some()
    }

    pub fn keeps_its_state(&self) -> bool {
        self.database.is_some()
    }

    /// Makes changes, all of them or none: nothing is acknowledged that a restart would not find again.
    pub fn commit(&mut self, changes: Vec<Change>) -> Result<(), Refusal> {
        self.store(&changes).map_err(|error| Refusal::unkept(&error.to_string()))?;
        self.make(changes);
        Ok(())
    }

    /// The same at the start, when many tokens may come at once and there is none yet.
    fn commit_at_start(&mut self, changes: Vec<Change>) -> io::Result<()> {
        self.store(&changes)?;
        let (mut publish, mut subscribe, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for change in changes {
            self.next_id = self.next_id.max(change.least_next_id());
            match change {
                Change::Publish(token) => publish.push(token),
                Change::Subscribe(token) => subscribe.push(token),
                other => others.push(other),
            }
        }
        if !publish.is_empty() {
            self.publish = publish.into_iter().collect();
        }
        if !subscribe.is_empty() {
            self.subscribe = subscribe.into_iter().collect();
        }
        self.make(others);
        Ok(())
    }

    fn store(&mut self, changes: &[Change]) -> io::Result<()> {
        let next_id = changes.iter().fold(self.next_id, |next, change| next.max(change.least_next_id()));
        match &mut self.database {
            None => Ok(()),
            Some(database) => database.store(changes, next_id, &self.usage),
        }
    }

    fn make(&mut self, changes: Vec<Change>) {
        for change in changes {
            self.next_id = self.next_id.max(change.least_next_id());
            match change {
                Change::Publish(token) => self.publish.put(token),
                Change::Subscribe(token) => self.subscribe.put(token),
                Change::NoPublish(id) => self.publish.remove(id),
                Change::NoSubscribe(id) => self.subscribe.remove(id),
                Change::Used(key, traffic) => self.usage.add(key, &traffic),
                // The clock stands outside of the lock.
                Change::Clock(_) => {}
                Change::Form(form) => self.usage.form = form,
            }
        }
    }
}

impl Change {
    /// Both kinds of token count with one counter, and no id comes twice.
    fn least_next_id(&self) -> u64 {
        match self {
            Self::Publish(token) => token.id + 1,
            Self::Subscribe(token) => token.id + 1,
            _ => 0,
        }
    }
}

impl Refusal {
    /// Where the state could not be written, so that nothing has changed.
    fn unkept(why: &str) -> Self {
        Self::error_with(axum::http::StatusCode::INTERNAL_SERVER_ERROR, "The state could not be written", json!({ "reason": why }))
    }
}
