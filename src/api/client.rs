//! A client: what its calls share, and the two ways to make them, blocking and not.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::Url;
use reqwest::header::HeaderValue;
use zeroize::Zeroizing;

use super::call::{Answered, Call, Done, Ending, Kind};
use super::call_thread::CallThread;
use super::callbacks::CallbackThread;
use super::config::Config;
use super::connect::LoggedConnects;
use super::driver::{Drivers, Http, HttpMaker};
use super::flight::{Flight, Request, Terms, Work};
use super::log::{Level, Lines};
use super::refused;
use super::resolver::Resolver;
use super::tls::Tls;
use crate::error::{Error, MCT_ERR_CANCELLED, MCT_ERR_FORKED, MCT_ERR_TIMEOUT, Result};
use crate::os::{self, Alarm, Places, SigpipeGuard};

const MOST_HEADERS: usize = 100;
/// Of timers.
const LATENESS: Duration = Duration::from_millis(5);

/// What every call of a client needs.
pub(crate) struct Core {
    pub config: Config,
    pub authorization: HeaderValue,
    pub no_roots: Option<String>,
    /// What no error may show, should a server or a proxy echo it.
    pub secrets: Vec<Zeroizing<String>>,
    pub alarm: Arc<Alarm>,
    next_turn: Mutex<Option<Instant>>,
    process: u32,
}

impl Core {
    fn is_own_process(&self) -> bool {
        self.process == os::process_id()
    }

    pub(crate) fn check_process(&self) -> Result<()> {
        if self.is_own_process() {
            return Ok(());
        }
        let message = "the client was made before a fork and belongs to the parent process; make a new one in the child";
        Err(Error::new(MCT_ERR_FORKED, message))
    }

    pub(crate) fn url(&self, request: &Request) -> Url {
        let mut url = self.config.base_url.clone();
        url.set_path(&format!("{}{}", self.config.base_url.path().trim_end_matches('/'), request.path));
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        url
    }

    /// Waits for the turn of a request, if requests are spread.
    pub(crate) async fn turn(&self, deadline: Instant) -> Result<()> {
        if self.config.requests_per_second == 0 {
            return Ok(());
        }
        while let Some(next) = self.turn_or_next() {
            if next > deadline {
                return Err(Error::new(MCT_ERR_TIMEOUT, "the deadline is before the request's turn (see requests_per_second)"));
            }
            tokio::time::sleep_until(next.into()).await;
        }
        Ok(())
    }

    /// Takes the turn if it has come; else, when it comes. Nobody holds one while waiting, so a call that ends early
    /// costs the others none.
    fn turn_or_next(&self) -> Option<Instant> {
        let mut next_turn = self.next_turn.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let next = next_turn.unwrap_or(now);
        if next > now {
            return Some(next);
        }
        // A timer is late by a little, which must not add up.
        let from = next.max(now.checked_sub(LATENESS).unwrap_or(now));
        *next_turn = Some(from + Duration::from_secs(1) / self.config.requests_per_second);
        None
    }
}

pub(crate) struct Client {
    core: Arc<Core>,
    drivers: Drivers,
    call_thread: CallThread,
    callback_thread: CallbackThread,
}

impl fmt::Debug for Client {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Client").field("base_url", &self.core.config.base_url.as_str()).finish_non_exhaustive()
    }
}

impl Client {
    pub(crate) fn new(config: &Config) -> Result<Client> {
        config.check()?;
        let no_pipe = |error: std::io::Error| refused("the system refused a pipe", &error);
        let tls = Tls::new(&config.extra_roots, config.base_url.scheme() == "https")?;
        let alarm = Arc::new(Alarm::new().map_err(no_pipe)?);
        let places = Arc::new(Places::new(config.max_connections).map_err(no_pipe)?);
        let http = Arc::new(http_maker(config, tls.config));
        let core = Core {
            authorization: bearer(&config.api_secret)?,
            config: config.clone(),
            no_roots: tls.no_roots,
            secrets: config.secrets(),
            alarm: Arc::clone(&alarm),
            next_turn: Mutex::new(None),
            process: os::process_id(),
        };
        Ok(Client {
            core: Arc::new(core),
            drivers: Drivers::new(Arc::clone(&places), Arc::clone(&alarm), Arc::clone(&http)),
            call_thread: CallThread::new(places, alarm, http),
            callback_thread: CallbackThread::default(),
        })
    }

    /// Async-signal-safe. A forked child shares the parent's pipe, so it must not touch it.
    pub(crate) fn cancel(&self) {
        if self.core.is_own_process() {
            self.core.alarm.raise();
        }
    }

    /// Lets calls be made again. Those that began before the cancel end all the same.
    pub(crate) fn resume(&self) {
        if self.core.is_own_process() {
            self.core.alarm.lower();
        }
    }

    pub(crate) fn alarm(&self) -> &Arc<Alarm> {
        &self.core.alarm
    }

    /// What a call that begins now has to remember, to be ended by a cancel.
    pub(crate) fn cancels(&self) -> u64 {
        self.core.alarm.times()
    }

    /// For what is answered without a call: may one be made that began at `begun`?
    pub(crate) fn check(&self, begun: u64) -> Result<()> {
        self.core.check_process()?;
        if self.core.alarm.ends_calls_of(begun) {
            return Err(Error::new(MCT_ERR_CANCELLED, "the call was cancelled"));
        }
        Ok(())
    }

    /// Does it on this thread, which waits for it.
    pub(crate) fn run<T>(&self, begun: u64, work: Work<T>) -> Result<T> {
        self.core.check_process()?;
        let _no_sigpipe = SigpipeGuard::new();
        let terms = Terms::new(begun, self.core.config.timeout);
        let lines = Arc::new(Lines::kept(self.core.config.log.clone()));
        let lease = self.drivers.lease(&terms).inspect_err(|error| {
            lines.add(Level::Error, || format!("failed before anything was sent: {error}"));
            lines.flush();
        })?;
        let driver = lease.driver();
        let flight = Flight::new(Arc::clone(&self.core), driver.http.clone(), terms, lines);
        driver.drive(&flight, work(flight.clone()))
    }

    /// Has it done by the thread that drives such calls. `timeout`: its own; None: the client's.
    pub(crate) fn start(
        &self,
        begun: u64,
        timeout: Option<Duration>,
        kind: Kind,
        done: Option<Done>,
        work: Work<Answered>,
    ) -> Result<Arc<Call>> {
        self.core.check_process()?;
        let log = self.core.config.log.clone();
        let callbacks = if log.is_some() || done.is_some() { Some(self.callback_thread.started()?) } else { None };
        let jobs = self.call_thread.started()?;
        let call = Arc::new(Call::new(kind));
        let lines = Arc::new(Lines::handed_over(log, callbacks.clone()));
        let terms = Terms::new(begun, timeout.unwrap_or(self.core.config.timeout));
        let ending = Ending::new(Arc::clone(&call), Arc::clone(&self.core), callbacks, done);
        jobs.drive(Arc::clone(&self.core), terms, lines, ending, work);
        Ok(call)
    }

    /// A call that is over at once: `known` is what came of it. It is asked when nothing can fail any more.
    pub(crate) fn start_known(&self, kind: Kind, done: Option<Done>, known: impl FnOnce() -> Result<Answered>) -> Result<Arc<Call>> {
        self.core.check_process()?;
        let callbacks = done.is_some().then(|| self.callback_thread.started()).transpose()?;
        let call = Arc::new(Call::new(kind));
        Ending::new(Arc::clone(&call), Arc::clone(&self.core), callbacks, done).end(known());
        Ok(call)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if !self.core.is_own_process() {
            self.drivers.forget();
            self.call_thread.forget();
            self.callback_thread.forget();
        }
    }
}

/// Backed by memory that is wiped when the last copy of the header is gone.
fn bearer(secret: &str) -> Result<HeaderValue> {
    let text = Zeroizing::new(format!("Bearer {secret}").into_bytes());
    let mut value =
        HeaderValue::from_maybe_shared(Bytes::from_owner(text)).map_err(|_| Error::invalid("api_secret", "can't be sent in a header"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Each runtime gets clients of its own: one client under several runtimes hangs.
fn http_maker(config: &Config, tls: rustls::ClientConfig) -> HttpMaker {
    let (user_agent, proxy) = (config.user_agent.clone(), config.proxy.clone());
    let (connect_timeout, idle_timeout) = (config.connect_timeout, config.idle_timeout);
    let resolver = Arc::new(Resolver::default());
    let log = config.log.is_some().then(|| LoggedConnects { server: config.server().into() });
    let make = move |most_idle| {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls.clone())
            .dns_resolver(Arc::clone(&resolver))
            .http1_only()
            .http1_max_headers(MOST_HEADERS)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(connect_timeout)
            .pool_idle_timeout(idle_timeout)
            .pool_max_idle_per_host(most_idle)
            .tcp_nodelay(true)
            .user_agent(&user_agent)
            .no_proxy();
        if let Some(log) = &log {
            builder = builder.connector_layer(log.clone());
        }
        match &proxy {
            Some(proxy) => builder.proxy(reqwest::Proxy::all(proxy.clone())?).build(),
            None => builder.build(),
        }
    };
    Box::new(move |most_idle| Ok(Http { keeping: make(most_idle)?, fresh: make(0)? }))
}
