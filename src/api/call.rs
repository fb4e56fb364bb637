//! A call that does not block: where it stands, and what came of it.

use std::any::{Any, TypeId, type_name};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::callbacks::Callbacks;
use super::client::Core;
use crate::error::{Error, MCT_ERR_FORKED, MCT_ERR_NOT_READY, MCT_ERR_PANIC, Result};
use crate::os::{self, Event};

/// What a call gives. None: there is nothing more.
pub(crate) type Answered = Option<Box<dyn Any + Send>>;

/// What the host wants to be called when a call has ended.
pub(crate) type Done = Arc<dyn Fn() + Send + Sync>;

/// Which kind of result a call gives.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    id: TypeId,
    /// The type's name in the C interface.
    name: &'static str,
}

impl Kind {
    pub(crate) fn of<T: 'static>() -> Kind {
        Kind { id: TypeId::of::<T>(), name: short_name::<T>() }
    }
}

fn short_name<T>() -> &'static str {
    let name = type_name::<T>();
    let name = name.rsplit("::").next().unwrap_or(name);
    name.strip_prefix("mct_").unwrap_or(name)
}

pub(crate) struct Call {
    kind: Kind,
    process: u32,
    is_dropped: AtomicBool,
    dropped: Notify,
    is_done: AtomicBool,
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Default)]
struct State {
    ended: Option<Result<Answered>>,
    was_taken: bool,
    /// Made when somebody asks for its descriptor.
    event: Option<Event>,
}

impl Call {
    pub(crate) fn new(kind: Kind) -> Call {
        Call {
            kind,
            process: os::process_id(),
            is_dropped: AtomicBool::new(false),
            dropped: Notify::new(),
            is_done: AtomicBool::new(false),
            state: Mutex::default(),
            ended: Condvar::new(),
        }
    }

    /// Another process has a copy of this: its locks may be held by threads that are not there.
    fn is_own_process(&self) -> bool {
        self.process == os::process_id()
    }

    fn check_process(&self) -> Result<()> {
        if self.is_own_process() {
            return Ok(());
        }
        Err(Error::new(MCT_ERR_FORKED, "the call was started before a fork and belongs to the parent process").unknown())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn cancel(&self) {
        if self.is_own_process() {
            self.is_dropped.store(true, Ordering::SeqCst);
            self.dropped.notify_one();
        }
    }

    /// Nobody waits for it any more. Its descriptor is closed now, and not when the thread that drives it is done with it.
    pub(crate) fn release(&self) {
        if self.is_own_process() {
            self.cancel();
            self.state().event = None;
        }
    }

    /// Ends when this call alone is cancelled.
    pub(crate) async fn cancelled(&self) {
        while !self.is_dropped.load(Ordering::SeqCst) {
            self.dropped.notified().await;
        }
    }

    pub(crate) fn is_done(&self) -> bool {
        self.is_done.load(Ordering::SeqCst)
    }

    fn end(&self, result: Result<Answered>) {
        let mut state = self.state();
        state.ended = Some(result);
        self.is_done.store(true, Ordering::SeqCst);
        if let Some(event) = &state.event {
            event.raise();
        }
        drop(state);
        self.ended.notify_all();
    }

    /// A descriptor that is readable once the call is done.
    pub(crate) fn descriptor(&self) -> Option<i32> {
        if !self.is_own_process() {
            return None;
        }
        let mut state = self.state();
        if state.event.is_none() {
            let event = Event::new().ok()?;
            if state.ended.is_some() || state.was_taken {
                event.raise();
            }
            state.event = Some(event);
        }
        state.event.as_ref().map(Event::descriptor)
    }

    /// Waits for its end. `timeout` None: for ever.
    pub(crate) fn wait(&self, timeout: Option<Duration>) -> Result<()> {
        self.check_process()?;
        let is_running = |_: &mut State| !self.is_done();
        let state = self.state();
        match timeout {
            None => drop(self.ended.wait_while(state, is_running).unwrap_or_else(PoisonError::into_inner)),
            Some(timeout) => drop(self.ended.wait_timeout_while(state, timeout, is_running).unwrap_or_else(PoisonError::into_inner)),
        }
        if self.is_done() { Ok(()) } else { Err(not_ready()) }
    }

    /// Takes what came of it, once. An error is told as often as it is asked for.
    pub(crate) fn take<T: 'static>(&self) -> Result<Option<Box<T>>> {
        self.check_process()?;
        if self.kind.id != TypeId::of::<T>() {
            let (kind, wanted) = (self.kind.name, short_name::<T>());
            return Err(Error::invalid("call", format_args!("gives what mct_call_take_{kind}() takes, and not {wanted}")).unknown());
        }
        let mut state = self.state();
        match state.ended.take() {
            None if state.was_taken => Err(Error::invalid("call", "was taken from before").unknown()),
            None => Err(not_ready()),
            Some(Ok(answered)) => {
                state.was_taken = true;
                Ok(answered.and_then(|answered| answered.downcast().ok()))
            }
            Some(Err(error)) => {
                state.ended = Some(Err(error.clone()));
                Err(error)
            }
        }
    }
}

fn not_ready() -> Error {
    Error::new(MCT_ERR_NOT_READY, "the call is not done yet").unknown()
}

/// Ends a call when it is dropped, if nothing else has.
pub(crate) struct Ending {
    call: Arc<Call>,
    after: Option<After>,
}

/// What is left to do on the thread for callbacks. The last copy of either has the host's `free_user` called, which is a
/// callback too.
struct After {
    callbacks: Callbacks,
    done: Option<Done>,
    core: Arc<Core>,
}

impl Ending {
    pub(crate) fn new(call: Arc<Call>, core: Arc<Core>, callbacks: Option<Callbacks>, done: Option<Done>) -> Ending {
        Ending { call, after: callbacks.map(|callbacks| After { callbacks, done, core }) }
    }

    pub(crate) fn call(&self) -> &Call {
        &self.call
    }

    pub(crate) fn end(self, result: Result<Answered>) {
        self.call.end(result);
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        if !self.call.is_done() {
            let message = "a fault inside the library was caught; free the objects of this call and use them no more";
            self.call.end(Err(Error::new(MCT_ERR_PANIC, message).unknown()));
        }
        let Some(After { callbacks, done, core }) = self.after.take() else { return };
        callbacks.hand_over(move || {
            if let Some(done) = done {
                done();
            }
            drop(core);
        });
    }
}
