//! How an emulator is set up.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use crate::address::CountryOf;
use crate::clock::LATEST_NOW;
use crate::faults::FaultPlan;

/// The largest id to begin with. Every JSON reader keeps twice as much exact, and that leaves room to count on.
pub const LARGEST_ID: u64 = 1 << 52;

/// How an emulator is set up. Start from [`Options::with_api_secret`] and change what matters.
#[derive(Clone)]
pub struct Options {
    /// Where to listen. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Every one of these opens the Token API. At least one is needed.
    pub api_secrets: Vec<String>,
    /// The account whose platform this is. Without one any account is, and the director names `emulator`.
    pub account_id: Option<String>,
    /// The id of the first token. Later ones count up, whatever their kind.
    pub first_id: u64,
    /// Take a viewer's address from the first entry of `X-Forwarded-For`.
    pub trust_forwarded: bool,
    /// Which addresses lie in which country. An address outside of all of them has no country.
    pub countries: Vec<CountryOf>,
    /// Only streams that were declared live have viewers. Otherwise every stream is taken to be published.
    pub only_live: bool,
    /// A folder with a certificate to serve TLS by, and the authority to trust for it. Made where they are missing.
    pub tls: Option<PathBuf>,
    /// A JSON file with what the platform begins with.
    pub seed: Option<PathBuf>,
    /// A file that keeps the platform beyond the end of the emulator.
    pub state: Option<PathBuf>,
    /// How many requests a second are answered. The others get a 429.
    pub rate_limit: Option<u32>,
    /// How long every answer takes at the least.
    pub latency: Duration,
    /// What goes wrong, and how often.
    pub faults: FaultPlan,
    /// Where the clock stands, in seconds since the epoch. It goes with the system's if unset.
    pub clock: Option<i64>,
    /// A file that gets a line of JSON for each request.
    pub journal: Option<PathBuf>,
    /// Keep every request for [`crate::Running::requests`]. They are kept until the emulator
    /// stops, so something that runs for days leaves this off.
    pub record_requests: bool,
}

impl Options {
    /// Loopback, a free port, one secret, and every request recorded.
    pub fn with_api_secret(secret: impl Into<String>) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            api_secrets: vec![secret.into()],
            account_id: None,
            first_id: 1000,
            trust_forwarded: false,
            countries: Vec::new(),
            only_live: false,
            tls: None,
            seed: None,
            state: None,
            rate_limit: None,
            latency: Duration::ZERO,
            faults: FaultPlan::default(),
            clock: None,
            journal: None,
            record_requests: true,
        }
    }

    /// What can never work is refused at the start, not at the first request.
    pub(crate) fn check(&self) -> io::Result<()> {
        let refuse = |why: String| Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        if self.api_secrets.is_empty() {
            return refuse("an emulator needs at least one API secret".to_owned());
        }
        // A header carries visible ASCII and a bearer has no blanks: no request could name others.
        let usable = |s: &String| !s.is_empty() && s.bytes().all(|b| b.is_ascii_graphic());
        if let Some(index) = self.api_secrets.iter().position(|secret| !usable(secret)) {
            let (number, count) = (index + 1, self.api_secrets.len());
            return refuse(format!("an API secret is visible ASCII without blanks, and not empty: number {number} of {count} is not"));
        }
        // A streamId is split at its first slash.
        if let Some(account) = self.account_id.as_ref().filter(|account| account.is_empty() || account.contains('/')) {
            return refuse(format!("an account id is not empty and has no slash, as {account:?} is or has"));
        }
        if self.rate_limit == Some(0) {
            return refuse("a rate limit is 1 or more, not 0".to_owned());
        }
        if let Some(clock) = self.clock.filter(|clock| !(0..=LATEST_NOW).contains(clock)) {
            return refuse(format!("the clock is between 0 and {LATEST_NOW} seconds since the epoch, not {clock}"));
        }
        if !(1..=LARGEST_ID).contains(&self.first_id) {
            return refuse(format!("the first id is between 1 and {LARGEST_ID}, not {}", self.first_id));
        }
        if let Some(wrong) = self.faults.needs_tls().filter(|_| self.tls.is_none()) {
            return refuse(format!("{}: {}", wrong.place, wrong.why));
        }
        Ok(())
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The secrets stay out: options end up in assertion messages.
        f.debug_struct("Options")
            .field("listen", &self.listen)
            .field("api_secrets", &format_args!("{} hidden", self.api_secrets.len()))
            .field("account_id", &self.account_id)
            .field("first_id", &self.first_id)
            .field("trust_forwarded", &self.trust_forwarded)
            .field("countries", &self.countries)
            .field("only_live", &self.only_live)
            .field("tls", &self.tls)
            .field("seed", &self.seed)
            .field("state", &self.state)
            .field("rate_limit", &self.rate_limit)
            .field("latency", &self.latency)
            .field("faults", &self.faults)
            .field("clock", &self.clock)
            .field("journal", &self.journal)
            .field("record_requests", &self.record_requests)
            .finish()
    }
}
