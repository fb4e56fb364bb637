//! One call under way: the only place where requests are sent, with authorization, retries and the reading of answers.

use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONNECTION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Version};
use zeroize::Zeroizing;

use super::answer::{self, Answer};
use super::client::Core;
use super::connect;
use super::driver::{Http, Watch};
use super::log::{Level, Lines};
use super::progress::Progress;
use super::retry::{self, Repeat};
use crate::error::{Error, MCT_ERR_CANCELLED, MCT_ERR_PROTOCOL, MCT_ERR_TIMEOUT, MCT_OUTCOME_UNKNOWN, Result};
use crate::text::extend_wiping;

const FIRST_BYTES: usize = 64 << 10;

/// One request, to be sent once or several times.
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
    /// The answer tells no more than whether it was done.
    pub is_told_done: bool,
}

/// What a call does once there is a flight for it. It owns what it needs, so that it can be done on any thread.
pub(crate) type Work<T> = Box<dyn FnOnce(Rc<Flight>) -> Doing<T> + Send>;
type Doing<T> = Pin<Box<dyn Future<Output = Result<T>>>>;

pub(crate) fn work<T, F>(begin: impl FnOnce(Rc<Flight>) -> F + Send + 'static) -> Work<T>
where
    F: Future<Output = Result<T>> + 'static,
{
    Box::new(|flight| Box::pin(begin(flight)))
}

/// The same, and then `change` what came of it.
pub(crate) fn and_then<T: 'static, U: 'static>(first: Work<T>, change: impl FnOnce(T) -> U + Send + 'static) -> Work<U> {
    work(|flight| async { first(flight).await.map(change) })
}

/// When a call began, as cancels count, and how long it may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    pub begun: u64,
    pub timeout: Duration,
    pub deadline: Instant,
}

impl Terms {
    pub(crate) fn new(begun: u64, timeout: Duration) -> Terms {
        let now = Instant::now();
        // A time that no clock can tell is one that never comes.
        let deadline = now.checked_add(timeout).unwrap_or(now + Duration::from_secs(u64::from(u32::MAX)));
        Terms { begun, timeout, deadline }
    }
}

pub(crate) struct Flight {
    core: Arc<Core>,
    http: Http,
    terms: Terms,
    lines: Arc<Lines>,
    progress: Progress,
    /// Method and path of the last request, for the log.
    last: RefCell<Option<String>>,
    /// Is every connection that was used kept for the next call?
    keeps_all: Cell<bool>,
}

impl Flight {
    pub(crate) fn new(core: Arc<Core>, http: Http, terms: Terms, lines: Arc<Lines>) -> Rc<Flight> {
        Rc::new(Flight { core, http, terms, lines, progress: Progress::default(), last: RefCell::new(None), keeps_all: Cell::new(true) })
    }

    pub(crate) fn check_process(&self) -> Result<()> {
        self.core.check_process()
    }

    pub(crate) fn keeps_all(&self) -> bool {
        self.keeps_all.get()
    }

    pub(crate) fn lines(&self) -> &Lines {
        &self.lines
    }

    /// What `call` answers, or that it was cancelled, by the client or (`dropped`) alone, or that its deadline passed.
    pub(crate) async fn bounded<T>(
        &self,
        watch: &Watch,
        dropped: impl Future<Output = ()>,
        call: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let mut call = pin!(call);
        let mut cancelled = pin!(watch.ends_calls_of(self.terms.begun));
        let mut dropped = pin!(dropped);
        let mut too_late = pin!(tokio::time::sleep_until(self.terms.deadline.into()));
        let mut has_begun = false;
        let result = poll_fn(|context| {
            // Once it has begun, what it did counts for more than a cancel.
            if !has_begun && self.core.alarm.ends_calls_of(self.terms.begun) {
                return Poll::Ready(Err(self.cancelled()));
            }
            has_begun = true;
            // A server that never stops sending keeps the runtime from its timers.
            if Instant::now() >= self.terms.deadline {
                return Poll::Ready(Err(self.too_late()));
            }
            if let Poll::Ready(result) = call.as_mut().poll(context) {
                return Poll::Ready(result);
            }
            if cancelled.as_mut().poll(context).is_ready() || dropped.as_mut().poll(context).is_ready() {
                return Poll::Ready(Err(self.cancelled()));
            }
            too_late.as_mut().poll(context).map(|()| Err(self.too_late()))
        })
        .await;
        if let Err(error) = &result {
            self.keeps_all.set(false);
            self.note_failure(error);
        }
        result
    }

    fn note_failure(&self, error: &Error) {
        self.lines.add(Level::Error, || match self.last.borrow().as_deref() {
            Some(last) => format!("failed: {last}: {error}"),
            None => format!("failed before anything was sent: {error}"),
        });
    }

    fn cancelled(&self) -> Error {
        self.ended_early(MCT_ERR_CANCELLED, "the call was cancelled".to_owned())
    }

    fn too_late(&self) -> Error {
        let is_in_line = self.last.borrow().is_none();
        let during = if is_in_line { " while the call waited for a connection (see max_connections)" } else { "" };
        self.ended_early(MCT_ERR_TIMEOUT, format!("the deadline of {} ms passed{during}", self.terms.timeout.as_millis()))
    }

    fn ended_early(&self, status: i32, message: String) -> Error {
        Error::new(status, message).with(|details| details.outcome = self.progress.outcome())
    }

    /// Sends a request, as often as its kind allows.
    pub(crate) async fn send(&self, request: &Request) -> Result<Answer> {
        self.last.replace(Some(format!("{} {}", request.method, request.path)));
        self.progress.restart();
        let sending = Sending { flight: self, request, url: self.core.url(request) };
        let mut attempt = 0;
        let mut before: Option<Error> = None;
        loop {
            // Without a turn for another attempt, the last one's error is that of the call.
            self.core.turn(self.terms.deadline).await.map_err(|no_turn| before.take().unwrap_or(no_turn))?;
            if request.repeat == Repeat::OnlyUnprocessed {
                self.keeps_all.set(false);
            }
            let error = match sending.attempt(attempt + 1).await {
                Ok(answer) => return Ok(answer),
                Err(error) if self.progress.may_be_done() && retry::was_done_before(request.repeat, &error) => {
                    return Ok(Answer::none());
                }
                Err(error) => self.progress.ended(error),
            };
            self.keeps_all.set(false);
            if attempt == self.core.config.max_retries || !retry::may_repeat(request.repeat, &error) {
                return Err(error);
            }
            let pause = retry::pause(attempt, &error);
            if Instant::now().checked_add(pause).is_none_or(|then| then >= self.terms.deadline) {
                return Err(error);
            }
            self.lines.add(Level::Warn, || format!("retry in {} ms: {error}", pause.as_millis()));
            tokio::time::sleep(pause).await;
            before = Some(error);
            attempt += 1;
        }
    }
}

struct Sending<'a> {
    flight: &'a Flight,
    request: &'a Request,
    url: reqwest::Url,
}

impl Sending<'_> {
    async fn attempt(&self, number: u32) -> Result<Answer> {
        let Flight { core, lines, progress, http, terms, .. } = self.flight;
        // A runtime that nobody drove has not seen the server close an idle connection. Each turn lets it: one to
        // hear of it, one for the connection's task to act on it, and one to come back here.
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
        // A cancel that came between two requests finds nothing in flight; what follows must not begin.
        if core.alarm.ends_calls_of(terms.begun) {
            return Err(self.flight.cancelled());
        }
        let Request { method, path, body, .. } = self.request;
        lines.add(Level::Debug, || format!("request: {method} {path} (attempt {number})"));
        let started = Instant::now();
        progress.begins();
        let client = match self.request.repeat {
            Repeat::OnlyUnprocessed => &http.fresh,
            Repeat::Safe | Repeat::Delete => &http.keeping,
        };
        let mut builder = client
            .request(method.clone(), self.url.clone())
            .header(AUTHORIZATION, core.authorization.clone())
            .header(ACCEPT, HeaderValue::from_static("application/json"));
        if body.is_some() {
            builder = builder.header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let builder = builder.body(reqwest::Body::wrap(WatchedBody::new(body.as_ref(), Arc::clone(&progress.was_sent))));
        let answer = match connect::logged(lines, builder.send()).await {
            Ok(response) => self.read(response).await,
            Err(error) => Err(self.lost(&error)),
        };
        self.note(&answer, started);
        let mut secrets: Vec<&str> = core.secrets.iter().chain(&self.request.secrets).map(|secret| secret.as_str()).collect();
        secrets.sort_unstable_by_key(|secret| std::cmp::Reverse(secret.len()));
        let answer = answer?.judge(self.request.names_token, &secrets)?;
        if self.request.is_told_done { answer.done() } else { Ok(answer) }
    }

    fn lost(&self, error: &reqwest::Error) -> Error {
        let core = &self.flight.core;
        answer::lost(error, &core.config.server(), self.flight.progress.was_sent.load(Ordering::Relaxed), core.no_roots.as_deref())
    }

    fn note(&self, answer: &Result<Answer>, started: Instant) {
        let milliseconds = started.elapsed().as_millis();
        match answer {
            Ok(answer) => self.flight.lines.add(Level::Info, || {
                let Request { method, path, .. } = self.request;
                format!("answer: {method} {path}: HTTP {} in {milliseconds} ms, {} bytes", answer.http_status, answer.body.len())
            }),
            Err(error) => self.flight.lines.add(Level::Warn, || format!("no answer after {milliseconds} ms: {error}")),
        }
    }

    async fn read(&self, mut response: reqwest::Response) -> Result<Answer> {
        let http_status = response.status().as_u16();
        if response.version() != Version::HTTP_11 || response.headers().contains_key(CONNECTION) {
            self.flight.keeps_all.set(false);
        }
        // None was offered, so that what comes in one is not what it looks like.
        if response.headers().get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
            return Err(spoilt(http_status, "the answer comes in an encoding that was not asked for".to_owned()));
        }
        let most = u64::from(self.flight.core.config.max_answer_bytes);
        let expected = response.content_length().unwrap_or(0);
        if expected > most {
            return Err(too_large(http_status, most));
        }
        let content_type = text_header(response.headers(), CONTENT_TYPE).to_owned();
        let retry_after_ms = retry::retry_after_ms(text_header(response.headers(), RETRY_AFTER));
        // What a server says it will send is no reason to take memory for it.
        let mut body = Zeroizing::new(Vec::with_capacity(usize::try_from(expected).unwrap_or(0).min(FIRST_BYTES)));
        // Whatever the cause: a server that began to answer had the request.
        let broke_off = |error: reqwest::Error| self.lost(&error).unknown().with(|details| details.http_status = http_status);
        while let Some(chunk) = response.chunk().await.map_err(broke_off)? {
            if body.len() as u64 + chunk.len() as u64 > most {
                return Err(too_large(http_status, most));
            }
            extend_wiping(&mut body, &chunk);
        }
        Ok(Answer::new(http_status, content_type, retry_after_ms, body))
    }
}

fn too_large(http_status: u16, most: u64) -> Error {
    spoilt(http_status, format!("the answer is larger than {most} bytes (see max_answer_bytes)"))
}

fn spoilt(http_status: u16, message: String) -> Error {
    Error::new(MCT_ERR_PROTOCOL, message).with(|details| {
        details.http_status = http_status;
        details.outcome = MCT_OUTCOME_UNKNOWN;
    })
}

fn text_header(headers: &HeaderMap, name: reqwest::header::HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// A body that tells when it is taken, or, where there is none, when that is found out, which is just before the head is
/// written. Before that the server can't have the whole request.
struct WatchedBody {
    whole: Option<Bytes>,
    was_sent: Arc<AtomicBool>,
}

impl WatchedBody {
    fn new(body: Option<&Zeroizing<Vec<u8>>>, was_sent: Arc<AtomicBool>) -> WatchedBody {
        WatchedBody { whole: body.map(|body| Bytes::from_owner(body.clone())), was_sent }
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
        if self.whole.is_none() {
            self.was_sent.store(true, Ordering::Relaxed);
        }
        self.whole.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.whole.as_ref().map_or(0, |whole| whole.len() as u64))
    }
}
