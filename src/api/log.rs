//! Lines for the host's log. No line holds the API secret, a token string or a body.

use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::callbacks::Callbacks;

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

impl Sink {
    fn take(&self, level: Level, line: &str) {
        let _inside = Inside::enter();
        (self.write)(level, line);
    }
}

/// The lines of one call. The host's callback may call back into the library, so it is never called on a thread that
/// is inside of a runtime.
pub(crate) struct Lines {
    sink: Option<Arc<Sink>>,
    way: Way,
}

enum Way {
    /// Until the caller's thread is outside of the runtime.
    Kept(Mutex<VecDeque<(Level, String)>>),
    /// To the thread for callbacks.
    HandedOver(Option<Callbacks>),
}

impl Lines {
    pub(crate) fn kept(sink: Option<Arc<Sink>>) -> Lines {
        Lines { sink, way: Way::Kept(Mutex::default()) }
    }

    pub(crate) fn handed_over(sink: Option<Arc<Sink>>, callbacks: Option<Callbacks>) -> Lines {
        Lines { sink, way: Way::HandedOver(callbacks) }
    }

    pub(crate) fn add(&self, level: Level, line: impl FnOnce() -> String) {
        let Some(sink) = self.sink.as_ref().filter(|sink| level <= sink.most_detailed) else { return };
        let line = line();
        match &self.way {
            Way::Kept(waiting) => waiting.lock().unwrap_or_else(PoisonError::into_inner).push_back((level, line)),
            Way::HandedOver(None) => {}
            Way::HandedOver(Some(callbacks)) => {
                let sink = Arc::clone(sink);
                callbacks.hand_over(move || sink.take(level, &line));
            }
        }
    }

    fn next(&self) -> Option<(Level, String)> {
        match &self.way {
            Way::Kept(waiting) => waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front(),
            Way::HandedOver(_) => None,
        }
    }

    pub(crate) fn are_waiting(&self) -> bool {
        match &self.way {
            Way::Kept(waiting) => self.sink.is_some() && !waiting.lock().unwrap_or_else(PoisonError::into_inner).is_empty(),
            Way::HandedOver(_) => false,
        }
    }

    /// Was there a line?
    pub(crate) fn flush(&self) -> bool {
        let Some(sink) = &self.sink else { return false };
        let mut was_there = false;
        while let Some((level, line)) = self.next() {
            sink.take(level, &line);
            was_there = true;
        }
        was_there
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
