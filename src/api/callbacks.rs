//! The thread on which a host's callbacks for calls without blocking run. They may take their time and call the library
//! again, so they get a thread apart from the one that drives the calls.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};

use crate::error::Result;
use crate::os;
use crate::panics::caught;

type Callback = Box<dyn FnOnce() + Send>;

/// A way to the thread. It ends when the last of these is gone and what was handed over is done.
#[derive(Clone)]
pub(crate) struct Callbacks(Sender<Callback>);

impl Callbacks {
    /// Done in the order of handing over.
    pub(crate) fn hand_over(&self, callback: impl FnOnce() + Send + 'static) {
        let _the_thread_is_there_as_long_as_this = self.0.send(Box::new(callback));
    }
}

/// The thread, which starts when it is needed first.
#[derive(Default)]
pub(crate) struct CallbackThread(Mutex<Option<Callbacks>>);

impl CallbackThread {
    pub(crate) fn started(&self) -> Result<Callbacks> {
        let mut started = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(callbacks) = &*started {
            return Ok(callbacks.clone());
        }
        let (sender, receiver) = channel::<Callback>();
        let work = move || {
            for callback in receiver {
                // One that panics must not cost the others their turn.
                caught(callback);
            }
        };
        os::spawn("mct-callbacks", work).map_err(|error| super::refused("the system refused a thread", &error))?;
        let callbacks = Callbacks(sender);
        *started = Some(callbacks.clone());
        Ok(callbacks)
    }

    /// In a forked child, which has no such thread.
    pub(crate) fn forget(&mut self) {
        std::mem::forget(self.0.get_mut().unwrap_or_else(PoisonError::into_inner).take());
    }
}
