//! How far a call has come, for the outcome that its error tells.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, MCT_OUTCOME_NOT_SENT, MCT_OUTCOME_REJECTED, MCT_OUTCOME_UNKNOWN, mct_outcome};

/// What the server may have of a request, over all its attempts.
#[derive(Default)]
pub(crate) struct Progress {
    /// It may have the whole of the request that is under way.
    pub was_sent: Arc<AtomicBool>,
    is_under_way: AtomicBool,
    may_be_done: AtomicBool,
    was_rejected: AtomicBool,
}

impl Progress {
    /// For the next request of the same call.
    pub(crate) fn restart(&self) {
        for flag in [&self.is_under_way, &self.may_be_done, &self.was_rejected] {
            flag.store(false, Ordering::Relaxed);
        }
    }

    pub(crate) fn begins(&self) {
        self.was_sent.store(false, Ordering::Relaxed);
        self.is_under_way.store(true, Ordering::Relaxed);
    }

    /// An attempt failed. What its error says of the outcome holds for the call only if no earlier attempt may have
    /// succeeded.
    pub(crate) fn ended(&self, error: Error) -> Error {
        self.is_under_way.store(false, Ordering::Relaxed);
        let outcome = error.details().outcome;
        self.was_rejected.store(outcome == MCT_OUTCOME_REJECTED, Ordering::Relaxed);
        if outcome == MCT_OUTCOME_UNKNOWN {
            self.may_be_done.store(true, Ordering::Relaxed);
        }
        if self.may_be_done() { error.with(|details| details.outcome = MCT_OUTCOME_UNKNOWN) } else { error }
    }

    pub(crate) fn may_be_done(&self) -> bool {
        self.may_be_done.load(Ordering::Relaxed)
    }

    /// Of a call that ends now.
    pub(crate) fn outcome(&self) -> mct_outcome {
        let is_sent = self.is_under_way.load(Ordering::Relaxed) && self.was_sent.load(Ordering::Relaxed);
        match () {
            () if self.may_be_done() || is_sent => MCT_OUTCOME_UNKNOWN,
            () if !self.is_under_way.load(Ordering::Relaxed) && self.was_rejected.load(Ordering::Relaxed) => MCT_OUTCOME_REJECTED,
            () => MCT_OUTCOME_NOT_SENT,
        }
    }
}
