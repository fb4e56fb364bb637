//! What was asked and what was answered: one entry for each request, in a file and at hand.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::watch;

use crate::clock;
use crate::operation::Operation;
use crate::state::Shared;

/// How many entries are at hand. The file has them all.
const KEPT: usize = 1000;

/// The longest path, query, stream or header that is written whole, in bytes.
const LONGEST_TEXT: usize = 1024;

/// How many fields of a refusal are written. A body of a mebibyte may have thousands at fault.
const MOST_FIELDS: usize = 20;

/// Parameters of a query that carry a token.
const SECRET_PARAMETERS: [&str; 3] = ["auth", "token", "t"];

/// What a handler has to say of a request besides its answer. It goes into the response's extensions.
#[derive(Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Remarks {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracking_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    /// The data of a refusal by the Token API. No message in it repeats a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// It was not carried out and not answered either: there is no status.
    #[serde(skip)]
    pub is_unanswered: bool,
}

#[derive(Serialize)]
struct Entry<'a> {
    seq: u64,
    time: String,
    peer: String,
    method: &'a str,
    path: String,
    query: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    ms: f64,
    #[serde(flatten)]
    remarks: Remarks,
}

/// The entries so far.
pub struct Journal {
    file: Option<Mutex<File>>,
    /// That the file could not be written was said.
    has_complained: AtomicBool,
    recent: Mutex<Recent>,
    newest: watch::Sender<u64>,
}

#[derive(Default)]
struct Recent {
    last: u64,
    /// As JSON.
    entries: VecDeque<Arc<str>>,
}

/// The entries after one that the asker has seen.
pub struct Newer {
    pub last: u64,
    /// How many there were besides that are no longer at hand.
    pub missed: u64,
    /// As JSON.
    pub entries: Vec<Arc<str>>,
}

impl Journal {
    /// Adds to the file if it is there already.
    pub fn new(file: Option<&Path>) -> io::Result<Self> {
        let open = |path: &Path| {
            let opened = OpenOptions::new().create(true).append(true).open(path);
            opened.map_err(|error| io::Error::other(format!("cannot write the journal {}: {error}", path.display())))
        };
        Ok(Self {
            file: file.map(open).transpose()?.map(Mutex::new),
            has_complained: AtomicBool::new(false),
            recent: Mutex::default(),
            newest: watch::Sender::new(0),
        })
    }

    pub fn has_a_file(&self) -> bool {
        self.file.is_some()
    }

    pub fn last(&self) -> u64 {
        *self.newest.borrow()
    }

    pub fn newer(&self, after: u64) -> Newer {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = recent.last - of_this_run(after, recent.last);
        let given = usize::try_from(wanted).unwrap_or(usize::MAX).min(recent.entries.len());
        Newer {
            last: recent.last,
            missed: wanted - given as u64,
            entries: recent.entries.range(recent.entries.len() - given..).cloned().collect(),
        }
    }

    /// Returns once there is an entry after this one.
    pub async fn wait_for_newer(&self, after: u64) {
        let mut newest = self.newest.subscribe();
        let after = of_this_run(after, self.last());
        // It goes only with the emulator itself.
        let _ = newest.wait_for(|last| *last > after).await;
    }

    fn write(&self, mut entry: Entry) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        entry.seq = recent.last + 1;
        let Ok(line) = serde_json::to_string(&entry) else { return };
        recent.last = entry.seq;
        if recent.entries.len() == KEPT {
            recent.entries.pop_front();
        }
        // Under the lock, so that the file has them in their order.
        self.write_line(&line);
        recent.entries.push_back(line.into());
        self.newest.send_replace(entry.seq);
    }

    fn write_line(&self, line: &str) {
        let Some(file) = &self.file else { return };
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        // In one piece: a reader that follows the file never sees half an entry.
        if let Err(error) = file.write_all(format!("{line}\n").as_bytes())
            && !self.has_complained.swap(true, Ordering::Relaxed)
        {
            let _ = writeln!(io::stderr(), "millicast-emulator: entries are missing from the journal: {error}");
        }
    }
}

/// One that was never given comes from an earlier run: whoever asks has seen nothing of this one.
fn of_this_run(after: u64, last: u64) -> u64 {
    if after > last { 0 } else { after }
}

/// The outermost layer: every request gets its entry when its answer is ready.
pub async fn note(State(shared): State<Arc<Shared>>, ConnectInfo(peer): ConnectInfo<SocketAddr>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    // Whoever looks at the journal does not fill it.
    if path == "/" || path.starts_with("/_emulator/") {
        return next.run(request).await;
    }
    let began = Instant::now();
    let (method, path) = (request.method().clone(), path.to_owned());
    let query = without_secrets(request.uri().query().unwrap_or_default());
    let mut response = next.run(request).await;
    let mut remarks = response.extensions_mut().remove::<Remarks>().unwrap_or_default();
    remarks.refusal = remarks.refusal.map(first_fields);
    for text in [&mut remarks.stream, &mut remarks.origin, &mut remarks.tracking_id] {
        *text = text.take().map(|text| shortened(masked(&shared, &text)));
    }
    shared.journal.write(Entry {
        seq: 0,
        time: clock::text(shared.clock.now()),
        peer: peer.to_string(),
        method: method.as_str(),
        operation: Operation::of(&method, &path).map(Operation::name),
        path: shortened(masked(&shared, &path)),
        query: shortened(masked(&shared, &query)),
        status: (!remarks.is_unanswered).then_some(response.status().as_u16()),
        ms: (began.elapsed().as_secs_f64() * 1e5).round() / 1e2,
        remarks,
    });
    response
}

/// A query as it was sent, but for what is a token.
fn without_secrets(query: &str) -> String {
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if is_secret(name) => format!("{name}=***"),
        _ => pair.to_owned(),
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// A text but for what opens anything: a token or a secret ends up in a path by mistake.
fn masked(shared: &Shared, text: &str) -> String {
    let opens = |piece: &str| shared.secrets.hold(piece) || shared.platform().has_text(piece);
    // Written with escapes it is still readable.
    let hides = |piece: &str| {
        let plain = percent_decode_str(piece).decode_utf8_lossy();
        opens(&plain) || words(&plain).any(looks_like_a_token)
    };
    if opens(text) {
        return "***".to_owned();
    }
    let pieces = text.split_inclusive(['/', '&', '=', '?', ' ']).map(|piece| {
        let (bare, end) = piece.strip_suffix(['/', '&', '=', '?', ' ']).map_or((piece, ""), |bare| (bare, &piece[bare.len()..]));
        if hides(bare) { format!("***{end}") } else { piece.to_owned() }
    });
    pieces.collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
}

/// Long hex as publish and subscribe tokens are, or the beginning of a JWT.
fn looks_like_a_token(word: &str) -> bool {
    let is_hex = word.len() >= 32 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex || (word.len() >= 20 && word.starts_with("eyJ"))
}

/// A name may be written with escapes, which hide it from nobody else.
fn is_secret(name: &str) -> bool {
    name.contains('%') || SECRET_PARAMETERS.iter().any(|secret| name.eq_ignore_ascii_case(secret))
}

/// A refusal of which the first fields are left, with how many there were besides.
fn first_fields(refusal: Value) -> Value {
    match refusal {
        Value::Object(fields) if fields.len() > MOST_FIELDS => {
            let more = format!("and {} more", fields.len() - MOST_FIELDS);
            fields.into_iter().take(MOST_FIELDS).chain([("…".to_owned(), more.into())]).collect()
        }
        whole => whole,
    }
}

/// What is too long is cut, so that an entry has a bound.
pub fn shortened(mut text: String) -> String {
    if text.len() > LONGEST_TEXT {
        let end = (0..=LONGEST_TEXT).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_in_a_query_is_not_written() {
        assert_eq!(without_secrets("auth=abc&sourceId=1"), "auth=***&sourceId=1");
        assert_eq!(without_secrets("x=1&Token=abc&%61uth=abc"), "x=1&Token=***&%61uth=***");
        assert_eq!(without_secrets(""), "");
    }

    #[test]
    fn a_token_is_known_by_its_looks() {
        let hex = "0123456789abcdef".repeat(4);
        assert!(words(&format!("https://{hex}:1")).any(looks_like_a_token));
        assert!(words("a eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl").any(looks_like_a_token));
        assert!(!words("/api/whip/a show/été-2026").any(looks_like_a_token));
    }

    #[test]
    fn a_refusal_about_very_many_fields_is_cut_short() {
        let fields = |count| -> Value { (0..count).map(|field| (format!("{field:03}"), Value::from("bad"))).collect() };
        assert_eq!(first_fields(fields(MOST_FIELDS)), fields(MOST_FIELDS));
        let cut = first_fields(fields(1000));
        assert_eq!(cut.as_object().map(serde_json::Map::len), Some(MOST_FIELDS + 1));
        assert_eq!(cut["…"], "and 980 more");
    }

    #[test]
    fn a_text_is_cut_between_two_characters() {
        let long = shortened("é".repeat(LONGEST_TEXT));
        assert!(long.len() <= LONGEST_TEXT + '…'.len_utf8() && long.ends_with("é…"));
    }
}
