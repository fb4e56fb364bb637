//! Lines for the host's log. No line holds the API secret, a token string or a body.

use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// How detailed a line is; the numbers are C's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Error = 1,
    Warn = 2,
    Info = 3,
    Debug = 4,
    Trace = 5,
}

type Write = dyn Fn(Level, &str) + Send + Sync;

/// Where the host wants its lines.
pub(crate) struct Sink {
    pub most_detailed: Level,
    pub write: Box<Write>,
}

/// The lines of one call, kept until the caller's thread is outside of the runtime: the host's callback may then
/// call back into the library.
pub(crate) struct Lines {
    sink: Option<Arc<Sink>>,
    waiting: Mutex<VecDeque<(Level, String)>>,
}

impl Lines {
    pub(crate) fn new(sink: Option<Arc<Sink>>) -> Lines {
        Lines { sink, waiting: Mutex::new(VecDeque::new()) }
    }

    pub(crate) fn add(&self, level: Level, line: impl FnOnce() -> String) {
        if self.sink.as_ref().is_some_and(|sink| level <= sink.most_detailed) {
            self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push_back((level, line()));
        }
    }

    fn next(&self) -> Option<(Level, String)> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    pub(crate) fn are_waiting(&self) -> bool {
        self.sink.is_some() && !self.waiting.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    pub(crate) fn flush(&self) {
        let Some(sink) = &self.sink else { return };
        while let Some((level, line)) = self.next() {
            let _inside = Inside::enter();
            (sink.write)(level, &line);
        }
    }
}

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// Is this thread inside a log callback of the host's, with a call of ours below it?
pub(crate) fn is_inside_callback() -> bool {
    DEPTH.get() > 0
}

struct Inside;

impl Inside {
    fn enter() -> Inside {
        DEPTH.set(DEPTH.get() + 1);
        Inside
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}
