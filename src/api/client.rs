//! The one place where requests are sent: authorization, deadline, cancel, retries and the reading of answers.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Url};
use zeroize::Zeroizing;

use super::answer::{self, Answer};
use super::config::Config;
use super::driver::{Driver, Drivers, Ended, Http, HttpMaker};
use super::log::{Level, Lines};
use super::progress::Progress;
use super::resolver::Resolver;
use super::retry::{self, Repeat};
use super::tls::Tls;
use crate::error::{
    Error, MCT_ERR_CANCELLED, MCT_ERR_FORKED, MCT_ERR_PROTOCOL, MCT_ERR_SYSTEM, MCT_ERR_TIMEOUT, MCT_OUTCOME_UNKNOWN, Result,
};
use crate::os::{self, Alarm, SigpipeGuard};
use crate::text::extend_wiping;

/// Servers and balancers close idle connections after 5 seconds and more. Ours are given up before that.
const IDLE: Duration = Duration::from_secs(4);
const MOST_HEADERS: usize = 100;
const FIRST_BYTES: usize = 64 << 10;

/// One operation, to be sent once or several times.
#[derive(Debug)]
pub(crate) struct Request {
    pub method: Method,
    pub path: String,
    pub query: Vec<(&'static str, String)>,
    pub body: Option<Zeroizing<Vec<u8>>>,
    pub repeat: Repeat,
    /// What `body` holds that no error may show, should the server quote it.
    pub secrets: Vec<Zeroizing<String>>,
    /// The path names one token, which may not be there.
    pub names_token: bool,
}

pub(crate) struct Client {
    config: Config,
    authorization: HeaderValue,
    no_roots: Option<String>,
    drivers: Drivers,
    alarm: Arc<Alarm>,
    next_slot: Mutex<Option<Instant>>,
    process: u32,
}

impl fmt::Debug for Client {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Client").field("base_url", &self.config.base_url.as_str()).finish_non_exhaustive()
    }
}

impl Client {
    pub(crate) fn new(config: &Config) -> Result<Client> {
        config.check()?;
        let refused = |error: std::io::Error| Error::new(MCT_ERR_SYSTEM, format!("the system refused a pipe: {error}"));
        let tls = Tls::new(&config.extra_roots, config.base_url.scheme() == "https")?;
        let alarm = Arc::new(Alarm::new().map_err(refused)?);
        let http = http_maker(config, tls.config);
        let drivers = Drivers::new(config.max_connections, Arc::clone(&alarm), http).map_err(refused)?;
        Ok(Client {
            authorization: bearer(&config.api_secret)?,
            config: config.clone(),
            no_roots: tls.no_roots,
            drivers,
            alarm,
            next_slot: Mutex::new(None),
            process: os::process_id(),
        })
    }

    /// Async-signal-safe. A forked child shares the parent's pipe, so it must not touch it.
    pub(crate) fn cancel(&self) {
        if self.is_own_process() {
            self.alarm.raise();
        }
    }

    pub(crate) fn resume(&self) {
        if self.is_own_process() {
            self.drivers.lower_alarm();
        }
    }

    fn is_own_process(&self) -> bool {
        self.process == os::process_id()
    }

    /// When a call that begins now has to be over.
    pub(crate) fn deadline(&self) -> Instant {
        Instant::now() + self.config.timeout
    }

    /// Sends a request, as often as its kind allows, until the deadline.
    pub(crate) fn send(&self, request: &Request, deadline: Instant) -> Result<Answer> {
        if !self.is_own_process() {
            let message = "the client was made before a fork and belongs to the parent process; make a new one in the child";
            return Err(Error::new(MCT_ERR_FORKED, message));
        }
        let _no_sigpipe = SigpipeGuard::new();
        let call = Call {
            client: self,
            request,
            url: self.url(request),
            lines: Lines::new(self.config.log.clone()),
            progress: Progress::default(),
            deadline,
            begun: self.alarm.times(),
        };
        let result = self.drivers.lease(deadline, call.begun).and_then(|lease| call.drive(lease.driver()));
        if let Err(error) = &result {
            call.lines.add(Level::Error, || format!("failed: {} {}: {error}", request.method, request.path));
            call.lines.flush();
        }
        result
    }

    fn url(&self, request: &Request) -> Url {
        let mut url = self.config.base_url.clone();
        url.set_path(&format!("{}{}", self.config.base_url.path().trim_end_matches('/'), request.path));
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        url
    }

    /// When this request may go out, if requests are spread.
    fn slot(&self, deadline: Instant) -> Result<Option<Instant>> {
        if self.config.requests_per_second == 0 {
            return Ok(None);
        }
        let mut next = self.next_slot.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let slot = next.map_or(now, |next| next.max(now));
        if slot > deadline {
            return Err(Error::new(MCT_ERR_TIMEOUT, "the deadline is before the request's turn (see requests_per_second)"));
        }
        *next = Some(slot + Duration::from_secs(1) / self.config.requests_per_second);
        Ok(Some(slot))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if !self.is_own_process() {
            self.drivers.forget();
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
    let (user_agent, connect_timeout, proxy) = (config.user_agent.clone(), config.connect_timeout, config.proxy.clone());
    let resolver = Arc::new(Resolver::default());
    let make = move |most_idle| {
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls.clone())
            .dns_resolver(Arc::clone(&resolver))
            .http1_only()
            .http1_max_headers(MOST_HEADERS)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(connect_timeout)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(most_idle)
            .tcp_nodelay(true)
            .user_agent(&user_agent)
            .no_proxy();
        match &proxy {
            Some(proxy) => builder.proxy(reqwest::Proxy::all(proxy.clone())?).build(),
            None => builder.build(),
        }
    };
    Box::new(move || Ok(Http { keeping: make(1)?, fresh: make(0)? }))
}

struct Call<'a> {
    client: &'a Client,
    request: &'a Request,
    url: Url,
    lines: Lines,
    progress: Progress,
    deadline: Instant,
    begun: u64,
}

impl Call<'_> {
    fn drive(&self, driver: &Driver) -> Result<Answer> {
        match driver.drive(self.deadline, self.begun, &self.lines, self.attempts(driver)) {
            Ended::Done(result) => result,
            Ended::Cancelled => Err(self.ended_early(MCT_ERR_CANCELLED, "the call was cancelled".to_owned())),
            Ended::TooLate => {
                let message = format!("the deadline of {} ms passed", self.client.config.timeout.as_millis());
                Err(self.ended_early(MCT_ERR_TIMEOUT, message))
            }
        }
    }

    async fn attempts(&self, driver: &Driver) -> Result<Answer> {
        let mut attempt = 0;
        loop {
            if let Some(slot) = self.client.slot(self.deadline)? {
                tokio::time::sleep_until(slot.into()).await;
            }
            let result = self.attempt(driver, attempt + 1).await;
            let error = match result {
                Ok(answer) => return Ok(answer),
                Err(error) if self.progress.may_be_done() && retry::was_done_before(self.request.repeat, &error) => {
                    return Ok(Answer::none());
                }
                Err(error) => self.progress.ended(error),
            };
            if attempt == self.client.config.max_retries || !retry::may_repeat(self.request.repeat, &error) {
                return Err(error);
            }
            let pause = retry::pause(attempt, &error);
            if Instant::now().checked_add(pause).is_none_or(|then| then >= self.deadline) {
                return Err(error);
            }
            self.lines.add(Level::Warn, || format!("retry in {} ms: {error}", pause.as_millis()));
            tokio::time::sleep(pause).await;
            attempt += 1;
        }
    }

    async fn attempt(&self, driver: &Driver, number: u32) -> Result<Answer> {
        // A runtime that nobody drove has not seen the server close an idle connection. Each turn lets it: one to
        // hear of it, one for the connection's task to act on it, and one to come back here.
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
        let Request { method, path, body, .. } = self.request;
        self.lines.add(Level::Debug, || format!("request: {method} {path} (attempt {number})"));
        let started = Instant::now();
        self.progress.begins(body.is_none());
        let http = match self.request.repeat {
            Repeat::OnlyUnprocessed => &driver.http.fresh,
            Repeat::Safe | Repeat::Delete => &driver.http.keeping,
        };
        let mut builder = http
            .request(method.clone(), self.url.clone())
            .header(AUTHORIZATION, self.client.authorization.clone())
            .header(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(body) = body {
            builder = builder
                .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
                .body(reqwest::Body::wrap(WatchedBody::new(body, Arc::clone(&self.progress.was_sent))));
        }
        let answer = match builder.send().await {
            Ok(response) => self.read(response).await,
            Err(error) => Err(self.lost(&error)),
        };
        self.note(&answer, started);
        let own = self.request.secrets.iter().map(|secret| secret.as_str());
        let mut secrets: Vec<&str> = std::iter::once(self.client.config.api_secret.as_str()).chain(own).collect();
        secrets.sort_unstable_by_key(|secret| std::cmp::Reverse(secret.len()));
        answer?.judge(self.request.names_token, &secrets)
    }

    fn lost(&self, error: &reqwest::Error) -> Error {
        let url = &self.client.config.base_url;
        let through = if self.client.config.proxy.is_some() { " (through the proxy)" } else { "" };
        let port = url.port_or_known_default().unwrap_or_default();
        let server = format!("{}:{port}{through}", url.host_str().unwrap_or_default());
        answer::lost(error, &server, self.progress.was_sent.load(Ordering::Relaxed), self.client.no_roots.as_deref())
    }

    fn note(&self, answer: &Result<Answer>, started: Instant) {
        let milliseconds = started.elapsed().as_millis();
        match answer {
            Ok(answer) => self.lines.add(Level::Info, || {
                let Request { method, path, .. } = self.request;
                format!("answer: {method} {path}: HTTP {} in {milliseconds} ms, {} bytes", answer.http_status, answer.body.len())
            }),
            Err(error) => self.lines.add(Level::Warn, || format!("no answer after {milliseconds} ms: {error}")),
        }
    }

    async fn read(&self, mut response: reqwest::Response) -> Result<Answer> {
        let http_status = response.status().as_u16();
        let most = u64::from(self.client.config.max_answer_bytes);
        let expected = response.content_length().unwrap_or(0);
        if expected > most {
            return Err(too_large(http_status, most));
        }
        let content_type = text_header(response.headers(), CONTENT_TYPE).to_owned();
        let retry_after_ms = retry::retry_after_ms(text_header(response.headers(), RETRY_AFTER));
        // What a server says it will send is no reason to take memory for it.
        let mut body = Zeroizing::new(Vec::with_capacity(usize::try_from(expected).unwrap_or(0).min(FIRST_BYTES)));
        let broke_off = |error: reqwest::Error| self.lost(&error).with(|details| details.http_status = http_status);
        while let Some(chunk) = response.chunk().await.map_err(broke_off)? {
            if body.len() as u64 + chunk.len() as u64 > most {
                return Err(too_large(http_status, most));
            }
            extend_wiping(&mut body, &chunk);
        }
        Ok(Answer { http_status, content_type, retry_after_ms, body })
    }

    fn ended_early(&self, status: i32, message: String) -> Error {
        Error::new(status, message).with(|details| details.outcome = self.progress.outcome())
    }
}

fn too_large(http_status: u16, most: u64) -> Error {
    Error::new(MCT_ERR_PROTOCOL, format!("the answer is larger than {most} bytes (see max_answer_bytes)")).with(|details| {
        details.http_status = http_status;
        details.outcome = MCT_OUTCOME_UNKNOWN;
    })
}

fn text_header(headers: &HeaderMap, name: reqwest::header::HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// A body that tells when it is taken. Before that the server can't have the whole request.
struct WatchedBody {
    whole: Option<Bytes>,
    was_sent: Arc<AtomicBool>,
}

impl WatchedBody {
    fn new(body: &Zeroizing<Vec<u8>>, was_sent: Arc<AtomicBool>) -> WatchedBody {
        WatchedBody { whole: Some(Bytes::from_owner(body.clone())), was_sent }
    }
}

impl http_body::Body for WatchedBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<std::result::Result<Frame<Bytes>, Infallible>>> {
        self.was_sent.store(true, Ordering::Relaxed);
        Poll::Ready(self.whole.take().map(|whole| Ok(Frame::data(whole))))
    }

    fn is_end_stream(&self) -> bool {
        self.whole.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.whole.as_ref().map_or(0, |whole| whole.len() as u64))
    }
}
