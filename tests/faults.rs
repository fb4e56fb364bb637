//! Each kind of call against each fault of a server: what the caller is told, how often was sent, and how long it took.
#![cfg(all(feature = "client", feature = "signing"))]

#[path = "support/client.rs"]
mod client;
#[path = "support/faulty.rs"]
mod faulty;
#[path = "support/peer.rs"]
mod peer;
mod support;

use std::ffi::CStr;
use std::fmt::Write as _;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use client::{Client, Log, SECRET, config, publish_label_update, publish_spec, subscribe_spec};
use faulty::{Deed, Faulty, LONGEST_FLOOD, Nobody, Seen, Turn, doubled, locked};
use millicast_tokens::error::*;
use millicast_tokens::ffi::account::*;
use millicast_tokens::ffi::client_config::*;
use millicast_tokens::ffi::error::mct_status_name;
use millicast_tokens::ffi::publish_token::*;
use millicast_tokens::ffi::publish_token_update::*;
use millicast_tokens::ffi::subscribe_token_calls::*;
use millicast_tokens::ffi::subscribe_token_update::*;
use peer::{answer, success};
use support::{Failure, Outcome, c, made, status};

/// What a call may take over its deadline.
const GRACE: Duration = Duration::from_millis(100);

/// Held by what measures time, so that the tests of this program do not take the processors from each other.
static CLOCK: Mutex<()> = Mutex::new(());

/// Measures how late this machine itself wakes a thread that waits: a call is no more to blame for that than its caller.
struct Lateness {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
    late: Arc<Mutex<Vec<(Instant, Duration)>>>,
    _alone: MutexGuard<'static, ()>,
}

impl Lateness {
    fn new() -> Lateness {
        let alone = locked(&CLOCK);
        let (stop, stopped) = channel::<()>();
        let late = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&late);
        let thread = std::thread::spawn(move || {
            const TICK: Duration = Duration::from_millis(5);
            let mut started = Instant::now();
            while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                locked(&noted).push((started, started.elapsed().saturating_sub(TICK)));
                started = Instant::now();
            }
        });
        Lateness { stop: Some(stop), thread: Some(thread), late, _alone: alone }
    }

    /// The worst in the last second of a call that ends now.
    fn worst(&self) -> Duration {
        let late = locked(&self.late);
        late.iter().rev().take_while(|(at, _)| at.elapsed() < Duration::from_secs(1)).map(|(_, late)| *late).max().unwrap_or_default()
    }
}

impl Drop for Lateness {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _it_ended = thread.join();
        }
    }
}

// ---- The calls

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    Create,
    Read,
    List,
    Update,
    Refresh,
    Delete,
    Disable,
    CreateSubscribe,
    ReadSubscribe,
    ListSubscribe,
    UpdateSubscribe,
    RefreshSubscribe,
    DeleteSubscribe,
    Clusters,
    ActiveIds,
}

use Call::*;

/// Twice is as good as once.
const REPEATABLE: [Call; 10] =
    [Read, List, Update, Delete, ReadSubscribe, ListSubscribe, UpdateSubscribe, DeleteSubscribe, Clusters, ActiveIds];
/// Twice is another thing than once.
const ONCE: [Call; 5] = [Create, Refresh, Disable, CreateSubscribe, RefreshSubscribe];
const CREATES: [Call; 2] = [Create, CreateSubscribe];

impl Call {
    fn make(self, client: &Client, label: &str) -> Outcome<()> {
        let raw = client.raw();
        match self {
            Create => client.create_publish(&publish_spec(label)).map(drop),
            Read => client.read_publish(5).map(drop),
            List => client.publish_page(None).map(drop),
            Update => client.update_publish(5, &publish_label_update(label)).map(drop),
            Refresh => {
                let mut update = publish_label_update(label);
                status(|error| mct_publish_token_update_refresh_token(Some(&mut update), error)).expect("a refresh");
                client.update_publish(5, &update).map(drop)
            }
            Delete => client.delete_publish(5),
            Disable => made(|out, error| unsafe { mct_publish_token_disable(raw, [5].as_ptr(), 1, out, error) }).map(drop),
            CreateSubscribe => client.create_subscribe(&subscribe_spec(label)).map(drop),
            ReadSubscribe => made(|out, error| unsafe { mct_subscribe_token_read(raw, 5, out, error) }).map(drop),
            ListSubscribe => made(|out, error| unsafe { mct_subscribe_token_list_page(raw, None, out, error) }).map(drop),
            UpdateSubscribe | RefreshSubscribe => {
                let mut update = made(|out, error| mct_subscribe_token_update_new(out, error)).expect("an update");
                status(|error| unsafe { mct_subscribe_token_update_set_label(Some(&mut update), c(label).as_ptr(), error) })
                    .expect("a label");
                if self == RefreshSubscribe {
                    status(|error| mct_subscribe_token_update_refresh_token(Some(&mut update), error)).expect("a refresh");
                }
                made(|out, error| unsafe { mct_subscribe_token_update_apply(raw, 5, Some(&update), out, error) }).map(drop)
            }
            DeleteSubscribe => status(|error| unsafe { mct_subscribe_token_delete(raw, 5, error) }),
            Clusters => made(|out, error| unsafe { mct_cluster_list(raw, out, error) }).map(drop),
            ActiveIds => made(|out, error| unsafe { mct_publish_token_active_ids(raw, ptr::null(), out, error) }).map(drop),
        }
    }
}

const TOKEN: &str = r#"{"id":5,"label":"x","token":"abc","streams":[]}"#;

/// What the API says when all went well.
fn good(head: &str) -> String {
    match head.split(' ').next().unwrap_or_default() {
        "DELETE" => success("true"),
        "PATCH" => success(r#"{"successfulTokens":[5],"failedTokens":[]}"#),
        "GET" if head.contains("/cluster ") => success(r#"{"defaultCluster":"phx-1","availableClusters":[]}"#),
        "GET" if head.contains("/active/") => success(r#"{"tokenIds":[5]}"#),
        "GET" if head.contains("/list") => success(&format!("[{TOKEN}]")),
        _ => success(TOKEN),
    }
}

// ---- The faults

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Refused,
    /// The request has come, and nobody reads it.
    ResetBeforeReading,
    ResetAfterReading,
    ClosedAfterReading,
    Silent,
    DrippingBody,
    DrippingHead,
    HalfAnswer,
    HalfHead,
    LengthTooLong,
    LengthTooShort,
    Html,
    Garbage,
    /// Each time, or the first time only: HTTP statuses.
    Always(u16),
    Once(u16),
    /// With a `Retry-After` beyond the deadline.
    PutsOffForLong,
    Redirect(u16),
    InformsFirst,
    ClosesAfterEachAnswer,
    /// It reads what comes on a connection that was used before, and closes.
    ClosedOnReuse,
    /// It resets a connection that was used before as soon as something comes.
    ResetOnReuse,
    LostThenPutOff,
    LostThenGone,
    PutOffThenLost,
    LostThenSilent,
    PutOffThenSilent,
    /// To the https:// address of a server that answers in plain text, closes, or waits.
    PlainForTls,
    ClosedForTls,
    SilentForTls,
}

use Fault::*;

impl Fault {
    fn is_tls(self) -> bool {
        matches!(self, PlainForTls | ClosedForTls | SilentForTls)
    }

    /// A first call over the same client makes the connection that the second finds.
    fn needs_a_first_call(self) -> bool {
        matches!(self, ClosesAfterEachAnswer | ClosedOnReuse | ResetOnReuse)
    }

    fn deed(self, turn: &Turn, elsewhere: &str) -> Deed {
        let Some(head) = turn.head else {
            return match self {
                ResetBeforeReading => Deed::Reset,
                ResetOnReuse if turn.on_connection > 0 => Deed::Reset,
                PlainForTls => Deed::AnswerAndClose(answer("400 Bad Request", "", "this is plain HTTP").into()),
                ClosedForTls => Deed::Close,
                SilentForTls => Deed::Silence,
                _ => Deed::Read,
            };
        };
        let good = good(head);
        let says = |status: u16, headers: &str| Deed::Answer(answer(&format!("{status} Odd"), headers, "").into());
        let slowly = |first: &str| Deed::Endless { first: first.into(), again: b"x".into(), every: Duration::from_millis(10) };
        match self {
            ResetAfterReading => Deed::Reset,
            ClosedAfterReading => Deed::Close,
            Silent => Deed::Silence,
            DrippingBody => slowly("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"),
            DrippingHead => slowly("HTTP/1.1 200 OK\r\nX-Slow: "),
            HalfAnswer => Deed::AnswerAndClose(good[..good.len() - 10].into()),
            HalfHead => Deed::AnswerAndClose(b"HTTP/1.1 200 OK\r\nContent-Le".into()),
            LengthTooLong => Deed::AnswerAndClose(good.replace("Content-Length: ", "Content-Length: 1").into()),
            LengthTooShort => Deed::Answer(with_a_shorter_length(&good).into()),
            Html => Deed::Answer(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>".into()),
            Garbage => Deed::AnswerAndClose(b"SSH-2.0-OpenSSH_9.9\r\n\0\0\x03\xfc\n\x14".into()),
            Always(code) => says(code, "Retry-After: 0\r\n"),
            Once(code) if turn.before == 0 => says(code, "Retry-After: 0\r\n"),
            PutsOffForLong => says(429, "Retry-After: 3600\r\n"),
            Redirect(code) => says(code, &format!("Location: {elsewhere}/api/publish_token\r\n")),
            InformsFirst => {
                Deed::Answer(format!("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n{good}").into())
            }
            ClosesAfterEachAnswer => Deed::AnswerAndClose(good.into()),
            ClosedOnReuse if turn.on_connection > 0 => Deed::Close,
            LostThenPutOff | LostThenGone | LostThenSilent if turn.before == 0 => Deed::Close,
            LostThenPutOff => says(429, "Retry-After: 3600\r\n"),
            LostThenGone => Deed::Answer(answer("400 Bad Request", "", GONE).into()),
            PutOffThenLost | PutOffThenSilent if turn.before == 0 => says(429, "Retry-After: 0\r\n"),
            PutOffThenLost => Deed::Close,
            LostThenSilent | PutOffThenSilent => Deed::Silence,
            _ => Deed::Answer(good.into()),
        }
    }
}

const GONE: &str = r#"{"status":"fail","data":{"tokenId":"No publish token with id: 5"}}"#;

/// As if the body ended a few bytes before it does.
fn with_a_shorter_length(answer: &str) -> String {
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    head.replace(&format!("Content-Length: {}", body.len()), &format!("Content-Length: {}", body.len() - 3)) + "\r\n\r\n" + body
}

// ---- What is expected

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// Well before the deadline, the pauses between the attempts included.
    Early,
    /// With the deadline, and no more than the grace after it.
    WithTheDeadline,
}

use Ends::*;

/// The call's status and outcome, how often the library tried, and how many requests the server has read whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cell {
    status: mct_status,
    outcome: mct_outcome,
    tries: usize,
    whole: usize,
    ends: Ends,
}

struct Row {
    fault: Fault,
    repeatable: Cell,
    once: Cell,
    /// Calls that end in another way than their like.
    but: &'static [(Call, Cell)],
}

const fn row(fault: Fault, repeatable: Cell, once: Cell) -> Row {
    Row { fault, repeatable, once, but: &[] }
}

const fn cell(status: mct_status, outcome: mct_outcome, tries: usize, whole: usize, ends: Ends) -> Cell {
    Cell { status, outcome, tries, whole, ends }
}

/// A success tells no outcome.
const NONE: mct_outcome = -1;
const OK: mct_status = MCT_OK;
const REFUSED: mct_status = MCT_ERR_UNAUTHORIZED;
const ABSENT: mct_status = MCT_ERR_NOT_FOUND;
const REJECTED: mct_status = MCT_ERR_REJECTED;
const LIMITED: mct_status = MCT_ERR_RATE_LIMITED;
const SERVER: mct_status = MCT_ERR_SERVER;
const TIMEOUT: mct_status = MCT_ERR_TIMEOUT;
const CONNECT: mct_status = MCT_ERR_CONNECT;
const TLS: mct_status = MCT_ERR_TLS;
const PROTOCOL: mct_status = MCT_ERR_PROTOCOL;
const UNSENT: mct_outcome = MCT_OUTCOME_NOT_SENT;
const DENIED: mct_outcome = MCT_OUTCOME_REJECTED;
const UNKNOWN: mct_outcome = MCT_OUTCOME_UNKNOWN;

const RETRIES: u32 = 2;
const DEADLINE: Duration = Duration::from_millis(2000);
/// Two pauses take up to 300 ms.
const EARLY: Duration = Duration::from_millis(1400);

// One line for each fault: what becomes of reads, lists, deletes and repeatable updates, and what of creates, refreshes
// and disables. Each has 1 attempt and up to 2 more.
#[rustfmt::skip]
const TABLE: &[Row] = &[
    //                             status    outcome  tries  whole                      status    outcome  tries  whole
    row(Refused,               cell(CONNECT,  UNSENT,  3, 0, Early),               cell(CONNECT,  UNSENT,  3, 0, Early)),
    row(ResetBeforeReading,    cell(CONNECT,  UNKNOWN, 3, 0, Early),               cell(CONNECT,  UNKNOWN, 1, 0, Early)),
    row(ResetAfterReading,     cell(CONNECT,  UNKNOWN, 3, 3, Early),               cell(CONNECT,  UNKNOWN, 1, 1, Early)),
    row(ClosedAfterReading,    cell(CONNECT,  UNKNOWN, 3, 3, Early),               cell(CONNECT,  UNKNOWN, 1, 1, Early)),
    row(Silent,                cell(TIMEOUT,  UNKNOWN, 1, 1, WithTheDeadline),     cell(TIMEOUT,  UNKNOWN, 1, 1, WithTheDeadline)),
    row(DrippingBody,          cell(TIMEOUT,  UNKNOWN, 1, 1, WithTheDeadline),     cell(TIMEOUT,  UNKNOWN, 1, 1, WithTheDeadline)),
    row(DrippingHead,          cell(TIMEOUT,  UNKNOWN, 1, 1, WithTheDeadline),     cell(TIMEOUT,  UNKNOWN, 1, 1, WithTheDeadline)),
    row(HalfAnswer,            cell(CONNECT,  UNKNOWN, 3, 3, Early),               cell(CONNECT,  UNKNOWN, 1, 1, Early)),
    row(HalfHead,              cell(CONNECT,  UNKNOWN, 3, 3, Early),               cell(CONNECT,  UNKNOWN, 1, 1, Early)),
    row(LengthTooLong,         cell(CONNECT,  UNKNOWN, 3, 3, Early),               cell(CONNECT,  UNKNOWN, 1, 1, Early)),
    row(LengthTooShort,        cell(PROTOCOL, UNKNOWN, 1, 1, Early),               cell(PROTOCOL, UNKNOWN, 1, 1, Early)),
    row(Html,                  cell(PROTOCOL, UNKNOWN, 1, 1, Early),               cell(PROTOCOL, UNKNOWN, 1, 1, Early)),
    row(Garbage,               cell(PROTOCOL, UNKNOWN, 1, 1, Early),               cell(PROTOCOL, UNKNOWN, 1, 1, Early)),
    row(Always(401),           cell(REFUSED,  DENIED,  1, 1, Early),               cell(REFUSED,  DENIED,  1, 1, Early)),
    row(Always(429),           cell(LIMITED,  DENIED,  3, 3, Early),               cell(LIMITED,  DENIED,  3, 3, Early)),
    row(Always(500),           cell(SERVER,   UNKNOWN, 1, 1, Early),               cell(SERVER,   UNKNOWN, 1, 1, Early)),
    row(Always(502),           cell(SERVER,   UNKNOWN, 3, 3, Early),               cell(SERVER,   UNKNOWN, 1, 1, Early)),
    row(Always(503),           cell(SERVER,   UNKNOWN, 3, 3, Early),               cell(SERVER,   UNKNOWN, 1, 1, Early)),
    row(Always(504),           cell(SERVER,   UNKNOWN, 3, 3, Early),               cell(SERVER,   UNKNOWN, 1, 1, Early)),
    row(Once(429),             cell(OK,       NONE,    2, 2, Early),               cell(OK,       NONE,    2, 2, Early)),
    row(Once(500),             cell(SERVER,   UNKNOWN, 1, 1, Early),               cell(SERVER,   UNKNOWN, 1, 1, Early)),
    row(Once(502),             cell(OK,       NONE,    2, 2, Early),               cell(SERVER,   UNKNOWN, 1, 1, Early)),
    row(Once(503),             cell(OK,       NONE,    2, 2, Early),               cell(SERVER,   UNKNOWN, 1, 1, Early)),
    row(PutsOffForLong,        cell(LIMITED,  DENIED,  1, 1, Early),               cell(LIMITED,  DENIED,  1, 1, Early)),
    row(Redirect(301),         cell(PROTOCOL, UNKNOWN, 1, 1, Early),               cell(PROTOCOL, UNKNOWN, 1, 1, Early)),
    row(Redirect(302),         cell(PROTOCOL, UNKNOWN, 1, 1, Early),               cell(PROTOCOL, UNKNOWN, 1, 1, Early)),
    row(Redirect(303),         cell(PROTOCOL, UNKNOWN, 1, 1, Early),               cell(PROTOCOL, UNKNOWN, 1, 1, Early)),
    row(Redirect(307),         cell(PROTOCOL, UNKNOWN, 1, 1, Early),               cell(PROTOCOL, UNKNOWN, 1, 1, Early)),
    row(Redirect(308),         cell(PROTOCOL, UNKNOWN, 1, 1, Early),               cell(PROTOCOL, UNKNOWN, 1, 1, Early)),
    row(InformsFirst,          cell(OK,       NONE,    1, 1, Early),               cell(OK,       NONE,    1, 1, Early)),
    // A create finds no connection that could be closed under it: it goes over one of its own.
    row(ClosesAfterEachAnswer, cell(OK,       NONE,    1, 1, Early),               cell(OK,       NONE,    1, 1, Early)),
    row(ClosedOnReuse,         cell(OK,       NONE,    2, 2, Early),               cell(OK,       NONE,    1, 1, Early)),
    row(ResetOnReuse,          cell(OK,       NONE,    2, 1, Early),               cell(OK,       NONE,    1, 1, Early)),
    // What the lost one did is not forgotten over the answer to a later one.
    row(LostThenPutOff,        cell(LIMITED,  UNKNOWN, 2, 2, Early),               cell(CONNECT,  UNKNOWN, 1, 1, Early)),
    Row {
        fault: LostThenGone, repeatable: cell(ABSENT, UNKNOWN, 2, 2, Early),         once: cell(CONNECT, UNKNOWN, 1, 1, Early),
        but: &[
            // The first one did it.
            (Delete,           cell(OK,       NONE,    2, 2, Early)),
            (DeleteSubscribe,  cell(OK,       NONE,    2, 2, Early)),
            // They are about no one token that could be absent.
            (List,             cell(REJECTED, UNKNOWN, 2, 2, Early)),
            (ListSubscribe,    cell(REJECTED, UNKNOWN, 2, 2, Early)),
            (Clusters,         cell(REJECTED, UNKNOWN, 2, 2, Early)),
            (ActiveIds,        cell(REJECTED, UNKNOWN, 2, 2, Early)),
        ],
    },
    row(PutOffThenLost,        cell(CONNECT,  UNKNOWN, 3, 3, Early),               cell(CONNECT,  UNKNOWN, 2, 2, Early)),
    row(LostThenSilent,        cell(TIMEOUT,  UNKNOWN, 2, 2, WithTheDeadline),     cell(CONNECT,  UNKNOWN, 1, 1, Early)),
    row(PutOffThenSilent,      cell(TIMEOUT,  UNKNOWN, 2, 2, WithTheDeadline),     cell(TIMEOUT,  UNKNOWN, 2, 2, WithTheDeadline)),
    row(PlainForTls,           cell(TLS,      UNSENT,  1, 0, Early),               cell(TLS,      UNSENT,  1, 0, Early)),
    row(ClosedForTls,          cell(CONNECT,  UNSENT,  3, 0, Early),               cell(CONNECT,  UNSENT,  3, 0, Early)),
    row(SilentForTls,          cell(TIMEOUT,  UNSENT,  1, 0, WithTheDeadline),     cell(TIMEOUT,  UNSENT,  1, 0, WithTheDeadline)),
];

impl Row {
    fn expected(&self, call: Call) -> Cell {
        let exception = self.but.iter().find(|(other, _)| *other == call).map(|(_, cell)| *cell);
        exception.unwrap_or(if ONCE.contains(&call) { self.once } else { self.repeatable })
    }
}

// ---- What happens

struct Measured {
    cell: Cell,
    took: Duration,
    /// How late the machine itself was.
    late: Duration,
    seen: Vec<Seen>,
    /// Connections to where a redirect points.
    elsewhere: usize,
}

fn outcome_name(outcome: mct_outcome) -> &'static str {
    match outcome {
        NONE => "-",
        MCT_OUTCOME_NOT_SENT => "NOT_SENT",
        MCT_OUTCOME_REJECTED => "REJECTED",
        MCT_OUTCOME_UNKNOWN => "UNKNOWN",
        _ => "?",
    }
}

fn status_name(status: mct_status) -> &'static str {
    // SAFETY: the names are static.
    unsafe { CStr::from_ptr(mct_status_name(status)) }.to_str().expect("ASCII")
}

fn patient(url: &str, timeout: Duration, retries: u32, log: Option<&Arc<Log>>) -> Client {
    let mut config = config(SECRET, url);
    let milliseconds = u32::try_from(timeout.as_millis()).expect("milliseconds");
    status(|error| mct_client_config_set_timeout_ms(Some(&mut config), milliseconds, error)).expect("a setting");
    status(|error| mct_client_config_set_max_retries(Some(&mut config), retries, error)).expect("a setting");
    if let Some(log) = log {
        log.listen(&mut config);
    }
    Client::of(&config)
}

fn measure(fault: Fault, call: Call, lateness: &Lateness) -> Measured {
    let elsewhere = Faulty::reading(|turn| Deed::Answer(good(turn.head.unwrap_or_default()).into()));
    let nobody = Nobody::new();
    let target = elsewhere.url();
    let peer = Faulty::new(move |turn| fault.deed(turn, &target));
    let address = if fault == Refused { nobody.address() } else { peer.address };
    let scheme = if fault.is_tls() { "https" } else { "http" };
    let log = Arc::new(Log::default());
    let client = patient(&format!("{scheme}://{address}"), DEADLINE, RETRIES, Some(&log));
    if fault.needs_a_first_call() {
        client.read_publish(5).expect("the first call");
    }
    if fault == ClosesAfterEachAnswer {
        peer.await_closed(1);
    }
    let tries = || log.lines().iter().filter(|line| line.starts_with("request: ")).count();
    let (tries_before, whole_before) = (tries(), peer.seen().len());
    let started = Instant::now();
    let result = call.make(&client, &format!("{fault:?} {call:?}"));
    let took = started.elapsed();
    let late = lateness.worst();
    let seen = peer.seen().split_off(whole_before);
    let (status, outcome) = result.map_or_else(|failure| (failure.status, failure.outcome), |()| (MCT_OK, NONE));
    let ends = if took < EARLY { Early } else { WithTheDeadline };
    let cell = Cell { status, outcome, tries: tries() - tries_before, whole: seen.len(), ends };
    Measured { cell, took, late, seen, elsewhere: elsewhere.connections() }
}

#[test]
fn what_each_call_does_against_each_fault() {
    let lateness = Lateness::new();
    let cells: Vec<(&Row, Call)> = TABLE.iter().flat_map(|row| REPEATABLE.iter().chain(&ONCE).map(move |call| (row, *call))).collect();
    // Those that take the whole deadline first, so that the end does not wait for them.
    let mut order: Vec<usize> = (0..cells.len()).collect();
    order.sort_by_key(|index| cells[*index].0.repeatable.ends == Early);
    let next = AtomicUsize::new(0);
    let measured: Vec<Mutex<Option<Measured>>> = cells.iter().map(|_| Mutex::new(None)).collect();
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                while let Some(index) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (row, call) = &cells[*index];
                    *locked(&measured[*index]) = Some(measure(row.fault, *call, &lateness));
                }
            });
        }
    });
    let (mut table, mut wrong, mut creates, mut doubles) = (String::new(), Vec::new(), 0, 0);
    for ((row, call), measured) in cells.iter().zip(&measured) {
        let Measured { cell, took, late, seen, elsewhere } = locked(measured).take().expect("a measurement");
        let name = format!("{:?} {call:?}", row.fault);
        let (status, outcome, milliseconds) = (status_name(cell.status), outcome_name(cell.outcome), took.as_millis());
        let (tries, whole) = (cell.tries, cell.whole);
        writeln!(table, "{name:<40} {status:<24} {outcome:<9} {tries} tries {whole} requests {milliseconds:>5} ms").expect("a line");
        let is_late = took >= DEADLINE + GRACE + late || (cell.ends == WithTheDeadline && took < DEADLINE);
        if cell != row.expected(*call) || is_late || elsewhere > 0 {
            wrong.push(format!(
                "{name}: {cell:?} in {took:?} (machine: {late:?}), {elsewhere} elsewhere; expected: {:?}",
                row.expected(*call)
            ));
        }
        if ONCE.contains(call) && doubled(&seen) > 0 {
            wrong.push(format!("{name}: carried out twice, perhaps"));
        }
        if CREATES.contains(call) {
            creates += seen.len();
            doubles += doubled(&seen);
        }
    }
    println!("{table}{} calls, {creates} creates seen by servers, {doubles} doubled creates", cells.len());
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cells.len(), wrong.join("\n"));
    assert_eq!(doubles, 0);
}

#[test]
fn a_request_that_comes_again_counts_as_doubled_unless_it_was_put_off_before() {
    let seen = |body: &str, answered| Seen { head: "POST /x\r\n\r\n".to_owned(), body: body.to_owned(), at: Instant::now(), answered };
    assert_eq!(doubled(&[seen("a", Some(429)), seen("a", Some(429)), seen("a", Some(200))]), 0);
    assert_eq!(doubled(&[seen("a", Some(200)), seen("b", Some(200))]), 0);
    assert_eq!(doubled(&[seen("a", None), seen("a", Some(200))]), 1);
    assert_eq!(doubled(&[seen("a", Some(503)), seen("b", None), seen("a", Some(429)), seen("a", Some(200))]), 2);
}

// ---- Time

const SHORT: Duration = Duration::from_millis(700);

/// Reads from a server that floods. Answers how long that took, without what the machine itself was late.
fn read_from_a_flood(lateness: &Lateness, first: &str, again: &str, every: Duration) -> (Failure, Duration) {
    let (first, again) = (first.as_bytes().to_vec(), again.as_bytes().to_vec());
    let peer = Faulty::reading(move |_| Deed::Endless { first: first.clone(), again: again.clone(), every });
    let client = patient(&peer.url(), SHORT, RETRIES, None);
    let started = Instant::now();
    let failure = client.read_publish(5).map(drop).expect_err("a failure");
    let took = started.elapsed();
    assert_eq!(peer.seen().len(), 1);
    (failure, took - lateness.worst().min(took.saturating_sub(SHORT)))
}

#[test]
fn an_answer_without_end_costs_the_deadline_and_no_more() {
    let lateness = Lateness::new();
    const AT_ONCE: Duration = Duration::ZERO;
    const PACED: Duration = Duration::from_millis(1);
    let kilobyte = "y".repeat(1024);
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunk = format!("{chunked}FFFFFFFF\r\n");
    let last_chunk = format!("{chunked}0\r\n");
    let extension = format!("{chunked}1;");
    let many_chunks = "1\r\ny\r\n".repeat(1000);
    for (what, first, again, every, expected) in [
        ("header lines", "HTTP/1.1 200 OK\r\n", "X-More: y\r\n", AT_ONCE, MCT_ERR_PROTOCOL),
        ("one header line", "HTTP/1.1 200 OK\r\nX-Long: ", kilobyte.as_str(), AT_ONCE, MCT_ERR_PROTOCOL),
        ("the status line", "HTTP/1.1 200 ", &kilobyte, AT_ONCE, MCT_ERR_PROTOCOL),
        ("header lines, slowly", "HTTP/1.1 200 OK\r\n", "X-More: y\r\n", Duration::from_millis(20), MCT_ERR_TIMEOUT),
        ("a body", "HTTP/1.1 200 OK\r\n\r\n", &kilobyte, PACED, MCT_ERR_TIMEOUT),
        ("a chunk", &chunk, &kilobyte, PACED, MCT_ERR_TIMEOUT),
        ("chunks of a byte", chunked, "1\r\ny\r\n", AT_ONCE, MCT_ERR_TIMEOUT),
        ("chunks of a byte, many", chunked, &many_chunks, AT_ONCE, MCT_ERR_TIMEOUT),
        ("a chunk's extension", &extension, &kilobyte, AT_ONCE, MCT_ERR_PROTOCOL),
        ("trailers", &last_chunk, "X-More: y\r\n", AT_ONCE, MCT_ERR_PROTOCOL),
    ] {
        let (failure, took) = read_from_a_flood(&lateness, first, again, every);
        println!("{what:<24} {:<20} {} ms", status_name(failure.status), took.as_millis());
        assert_eq!((failure.status, failure.outcome), (expected, MCT_OUTCOME_UNKNOWN), "{what}: {failure:?}");
        assert!(took < SHORT + GRACE, "{what}: {took:?}");
        assert!(expected != MCT_ERR_TIMEOUT || took >= SHORT, "{what}: {took:?}");
    }
}

#[test]
fn a_body_without_end_ends_at_the_limit_of_an_answer() {
    let kilobyte = [b'y'; 1024].to_vec();
    let first = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    let peer = Faulty::reading(move |_| Deed::Endless { first: first.clone(), again: kilobyte.clone(), every: Duration::ZERO });
    let mut config = config(SECRET, &peer.url());
    status(|error| mct_client_config_set_max_answer_bytes(Some(&mut config), 1 << 20, error)).expect("a setting");
    let failure = Client::of(&config).read_publish(5).map(drop).expect_err("a failure");
    assert_eq!((failure.status, failure.outcome, peer.seen().len()), (MCT_ERR_PROTOCOL, MCT_OUTCOME_UNKNOWN, 1), "{failure:?}");
}

const GO_ON: &str = "HTTP/1.1 100 Continue\r\n\r\n";

#[test]
fn answers_before_the_answer_without_end_cost_the_deadline_and_no_more() {
    let lateness = Lateness::new();
    let hint = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
    let many = GO_ON.repeat(100);
    for (what, before, every) in [
        ("100, one by one", GO_ON, Duration::from_millis(1)),
        ("100, slowly but many", &many, Duration::from_millis(20)),
        ("100", GO_ON, Duration::ZERO),
        ("103", hint, Duration::ZERO),
    ] {
        let (failure, took) = read_from_a_flood(&lateness, "", before, every);
        println!("{what:<24} {:<20} {} ms", status_name(failure.status), took.as_millis());
        assert_eq!((failure.status, failure.outcome), (MCT_ERR_TIMEOUT, MCT_OUTCOME_UNKNOWN), "{what}: {failure:?}");
        assert!(took < SHORT + GRACE, "{what}: {took:?}");
    }
}

#[test]
fn a_flood_of_them_faster_than_they_can_be_read_holds_a_call_up_by_less_than_a_second() {
    // The HTTP library reads on as long as there is something to read, for as long as its runtime lets it.
    let lateness = Lateness::new();
    let (failure, took) = read_from_a_flood(&lateness, "", &GO_ON.repeat(100), Duration::ZERO);
    println!("100, as many as can be   {:<20} {} ms", status_name(failure.status), took.as_millis());
    assert_eq!((failure.status, failure.outcome), (MCT_ERR_TIMEOUT, MCT_OUTCOME_UNKNOWN), "{failure:?}");
    assert!(took < SHORT + Duration::from_secs(1), "{took:?}, and the flood takes {LONGEST_FLOOD:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_server_that_accepts_no_connection_costs_the_connect_timeout_or_the_deadline() {
    let lateness = Lateness::new();
    let full = faulty::Full::new();
    let connect = Duration::from_millis(300);
    for (connect_ms, deadline, expected, ends_after) in
        [(300, Duration::from_secs(5), MCT_ERR_CONNECT, connect), (5000, SHORT, MCT_ERR_TIMEOUT, SHORT)]
    {
        let mut config = config(SECRET, &full.url());
        let deadline = u32::try_from(deadline.as_millis()).expect("milliseconds");
        status(|error| mct_client_config_set_connect_timeout_ms(Some(&mut config), connect_ms, error)).expect("a setting");
        status(|error| mct_client_config_set_timeout_ms(Some(&mut config), deadline, error)).expect("a setting");
        status(|error| mct_client_config_set_max_retries(Some(&mut config), 0, error)).expect("a setting");
        let client = Client::of(&config);
        for call in [Create, Read] {
            let started = Instant::now();
            let failure = call.make(&client, "x").expect_err("a failure");
            let took = started.elapsed();
            assert_eq!((failure.status, failure.outcome), (expected, MCT_OUTCOME_NOT_SENT), "{failure:?}");
            assert!(took >= ends_after && took < ends_after + GRACE + lateness.worst(), "{call:?}: {took:?}");
        }
    }
}

// ---- Retry-After

/// As HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(moment: SystemTime) -> String {
    let seconds = moment.duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let date = time::OffsetDateTime::from_unix_timestamp(i64::try_from(seconds).expect("seconds")).expect("a date");
    let (weekday, month) = (date.weekday().to_string(), date.month().to_string());
    let (year, day, hour, minute, second) = (date.year(), date.day(), date.hour(), date.minute(), date.second());
    format!("{}, {day:02} {} {year} {hour:02}:{minute:02}:{second:02} GMT", &weekday[..3], &month[..3])
}

/// Puts the first request off with this header, and answers the second.
fn putting_off(code: u16, retry_after: impl Fn() -> String + Send + Sync + 'static) -> Faulty {
    Faulty::reading(move |turn| match turn.before {
        0 => Deed::Answer(answer(&format!("{code} Later"), &format!("Retry-After: {}\r\n", retry_after()), "").into()),
        _ => Deed::Answer(good(turn.head.unwrap_or_default()).into()),
    })
}

#[test]
fn a_wish_for_a_pause_is_kept_to_in_seconds_and_as_a_date() {
    let whole_second = Duration::from_secs(1);
    // A date has no fractions: 3 seconds from now may be 2 and a bit.
    let in_three = || http_date(SystemTime::now() + Duration::from_secs(3));
    std::thread::scope(|scope| {
        for (call, code) in [(Create, 429), (Read, 503), (Delete, 429)] {
            scope.spawn(move || {
                let peer = putting_off(code, || "1".to_owned());
                call.make(&patient(&peer.url(), Duration::from_secs(10), RETRIES, None), "x").expect("the second succeeds");
                let arrivals: Vec<Instant> = peer.seen().iter().map(|seen| seen.at).collect();
                assert_eq!(arrivals.len(), 2, "{call:?}");
                let gap = arrivals[1] - arrivals[0];
                assert!(gap >= whole_second && gap < whole_second * 2, "{call:?}: {gap:?}");
            });
            scope.spawn(move || {
                let peer = putting_off(code, in_three);
                call.make(&patient(&peer.url(), Duration::from_secs(10), RETRIES, None), "x").expect("the second succeeds");
                let arrivals: Vec<Instant> = peer.seen().iter().map(|seen| seen.at).collect();
                assert_eq!(arrivals.len(), 2, "{call:?}");
                let gap = arrivals[1] - arrivals[0];
                assert!(gap >= whole_second * 2 && gap < whole_second * 4, "{call:?}: {gap:?}");
            });
        }
    });
}

#[test]
fn a_wish_for_a_pause_beyond_the_deadline_ends_the_call_at_once() {
    let in_an_hour = || http_date(SystemTime::now() + Duration::from_secs(3600));
    for call in [Create, Read, Delete, Disable] {
        for (code, expected) in [(429, MCT_ERR_RATE_LIMITED), (503, MCT_ERR_SERVER)] {
            for is_date in [false, true] {
                let peer = putting_off(code, move || if is_date { in_an_hour() } else { "3600".to_owned() });
                let client = patient(&peer.url(), Duration::from_secs(10), RETRIES, None);
                let started = Instant::now();
                let failure = call.make(&client, "x").expect_err("a failure");
                let took = started.elapsed();
                assert_eq!((failure.status, failure.http_status), (expected, i32::from(code)), "{call:?}");
                assert!((3_590_000..=3_600_000).contains(&failure.retry_after_ms), "{call:?}: {}", failure.retry_after_ms);
                assert_eq!(peer.seen().len(), 1, "{call:?}");
                assert!(took < Duration::from_secs(1), "{call:?}: {took:?}");
            }
        }
    }
}

// ---- Answers that must not be taken

/// `{"status":"success","data":{"id":5,"label":"x","streams":[]}}`, compressed.
const GZIP: [u8; 78] = [
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0x2a, 0x2e, 0x49, 0x2c, 0x29, 0x2d, 0x56, 0xb2, 0x52, 0x2a,
    0x2e, 0x4d, 0x4e, 0x4e, 0x2d, 0x2e, 0x56, 0xd2, 0x51, 0x4a, 0x49, 0x2c, 0x49, 0x54, 0xb2, 0xaa, 0x56, 0xca, 0x4c, 0x51, 0xb2, 0x32,
    0xd5, 0x51, 0xca, 0x49, 0x4c, 0x4a, 0xcd, 0x01, 0x2a, 0xa8, 0x00, 0x4a, 0x15, 0x97, 0x14, 0xa5, 0x26, 0xe6, 0x02, 0x95, 0x47, 0xc7,
    0xd6, 0xd6, 0x02, 0x00, 0x3e, 0x35, 0x3b, 0xfb, 0x3d, 0x00, 0x00, 0x00,
];

#[test]
fn compression_is_not_offered_and_a_compressed_answer_is_a_protocol_error() {
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", GZIP.len());
    let compressed = [head.as_bytes(), GZIP.as_slice()].concat();
    let peer = Faulty::reading(move |_| Deed::Answer(compressed.clone()));
    let client = patient(&peer.url(), Duration::from_secs(10), RETRIES, None);
    for call in [Create, Read, Delete] {
        let failure = call.make(&client, "x").expect_err("a failure");
        assert_eq!((failure.status, failure.outcome), (MCT_ERR_PROTOCOL, MCT_OUTCOME_UNKNOWN), "{call:?}: {failure:?}");
    }
    for seen in peer.seen() {
        assert!(!seen.head.to_ascii_lowercase().contains("accept-encoding"), "{}", seen.line());
    }
}

#[test]
fn an_answer_that_only_says_that_it_is_compressed_is_a_protocol_error() {
    let peer = Faulty::reading(|_| Deed::Answer(answer("200 OK", "Content-Encoding: gzip\r\n", &envelope(TOKEN)).into()));
    let result = patient(&peer.url(), Duration::from_secs(10), RETRIES, None).read_publish(5).map(drop);
    assert_eq!(result.expect_err("a failure").status, MCT_ERR_PROTOCOL);
}

fn envelope(data: &str) -> String {
    format!(r#"{{"status":"success","data":{data}}}"#)
}

#[test]
fn json_that_is_nested_deeper_than_128_is_a_protocol_error() {
    for (nested, is_taken) in [(100, true), (128, false), (200, false), (20_000, false)] {
        let data = format!(r#"{{"id":5,"label":"x","streams":[],"novelty":{}{}}}"#, "[".repeat(nested), "]".repeat(nested));
        let peer = Faulty::reading(move |_| Deed::Answer(success(&data).into()));
        let client = patient(&peer.url(), Duration::from_secs(10), RETRIES, None);
        for call in [Create, Read] {
            let result = call.make(&client, "x");
            assert_eq!(result.is_ok(), is_taken, "{nested}, {call:?}: {result:?}");
            let status = result.err().map_or(MCT_OK, |failure| failure.status);
            assert!(is_taken || status == MCT_ERR_PROTOCOL, "{nested}, {call:?}: {status}");
        }
        assert_eq!(peer.seen().len(), 2, "{nested}");
    }
}

#[test]
fn an_answer_that_comes_unasked_is_never_taken_for_that_of_the_next_call() {
    // The server sends a second answer along with the first, as a proxy does that was tricked into it.
    let planted = success(&TOKEN.replace("\"id\":5", "\"id\":666"));
    let peer = Faulty::reading(move |turn| match turn.before {
        0 => Deed::Answer(format!("{}{planted}", success(TOKEN)).into()),
        _ => Deed::Answer(success(TOKEN).into()),
    });
    let client = patient(&peer.url(), Duration::from_secs(10), RETRIES, None);
    for _ in 0..3 {
        let token = client.read_publish(5).expect("a token");
        assert_eq!(mct_publish_token_id(Some(&token)), 5);
    }
    assert_eq!(peer.seen().len(), 3);
}
