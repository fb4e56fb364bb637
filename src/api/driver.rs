//! A runtime with the HTTP client that belongs to it. The thread that makes a call drives it; between calls it rests.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Instant;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;

use super::log::{Lines, is_inside_callback};
use crate::error::{Error, MCT_ERR_CANCELLED, MCT_ERR_SYSTEM, MCT_ERR_TIMEOUT, Result};
use crate::os::{Alarm, AlarmWatch, Places, Waited};

/// How a driven call ended.
pub(crate) enum Ended<T> {
    Done(T),
    Cancelled,
    TooLate,
}

/// The HTTP clients of one runtime.
pub(crate) struct Http {
    /// Keeps its connection for the next request.
    pub keeping: reqwest::Client,
    /// Makes a connection for each request. A kept one may be closed by the server at the very moment that a request
    /// goes out on it, and nobody could tell whether the request was carried out.
    pub fresh: reqwest::Client,
}

pub(crate) type HttpMaker = Box<dyn Fn() -> reqwest::Result<Http> + Send + Sync>;

// The order of the fields is the order of dropping: what lives on the runtime goes before it.
pub(crate) struct Driver {
    pub http: Http,
    alarm: AlarmWatch,
    /// Tells of an alarm that is being lowered: the pipe may not, any more.
    lowered: Arc<Notify>,
    runtime: Runtime,
}

impl Driver {
    fn new(http: &HttpMaker, alarm: &Arc<Alarm>, lowered: &Arc<Notify>) -> Result<Driver> {
        let refused = |what: &str, error: &dyn std::fmt::Display| Error::new(MCT_ERR_SYSTEM, format!("{what}: {error}"));
        let runtime = Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(|error| refused("the system refused what a call needs", &error))?;
        let entered = runtime.enter();
        let alarm = AlarmWatch::new(alarm).map_err(|error| refused("the system refused to watch a descriptor", &error))?;
        let http = http().map_err(|error| refused("the HTTP client can't be made", &error.without_url()))?;
        drop(entered);
        Ok(Driver { http, alarm, lowered: Arc::clone(lowered), runtime })
    }

    /// Drives `call` to its end, its deadline or the alarm, on this thread. Log lines are handed over in between,
    /// while this thread is outside of the runtime.
    pub(crate) fn drive<T>(&self, deadline: Instant, begun: u64, lines: &Lines, call: impl Future<Output = T>) -> Ended<T> {
        let mut bounded = pin!(async {
            let mut call = pin!(call);
            let mut cancelled = pin!(self.cancelled(begun));
            let mut too_late = pin!(tokio::time::sleep_until(deadline.into()));
            poll_fn(|context| {
                if let Poll::Ready(done) = call.as_mut().poll(context) {
                    return Poll::Ready(Ended::Done(done));
                }
                if cancelled.as_mut().poll(context).is_ready() {
                    return Poll::Ready(Ended::Cancelled);
                }
                too_late.as_mut().poll(context).map(|()| Ended::TooLate)
            })
            .await
        });
        loop {
            let ended = self.runtime.block_on(poll_fn(|context| match bounded.as_mut().poll(context) {
                Poll::Ready(ended) => Poll::Ready(Some(ended)),
                Poll::Pending if lines.are_waiting() => Poll::Ready(None),
                Poll::Pending => Poll::Pending,
            }));
            lines.flush();
            if let Some(ended) = ended {
                self.settle();
                return ended;
            }
        }
    }

    async fn cancelled(&self, begun: u64) {
        let mut raised = pin!(self.alarm.ends_calls_of(begun));
        loop {
            let mut lowered = pin!(self.lowered.notified());
            if self.alarm.is_over(begun) {
                return;
            }
            let is_raised = poll_fn(|context| match raised.as_mut().poll(context) {
                Poll::Ready(()) => Poll::Ready(true),
                Poll::Pending => lowered.as_mut().poll(context).map(|()| false),
            });
            if is_raised.await {
                return;
            }
        }
    }

    /// Lets a connection that nobody keeps close now, and not when this runtime is driven again.
    fn settle(&self) {
        self.runtime.block_on(async {
            for _ in 0..2 {
                tokio::task::yield_now().await;
            }
        });
    }
}

/// Lends a driver to each call, and lets the calls that find none wait in line.
pub(crate) struct Drivers {
    places: Places,
    resting: Mutex<Vec<Driver>>,
    alarm: Arc<Alarm>,
    lowered: Arc<Notify>,
    http: HttpMaker,
}

pub(crate) struct Lease<'a> {
    driver: Option<Driver>,
    drivers: &'a Drivers,
    /// Made for a call out of a log callback. The call below it holds a place, perhaps the only one, so this one
    /// does without.
    is_extra: bool,
}

impl Drivers {
    pub(crate) fn new(most: u32, alarm: Arc<Alarm>, http: HttpMaker) -> std::io::Result<Drivers> {
        Ok(Drivers { places: Places::new(most)?, resting: Mutex::new(Vec::new()), alarm, lowered: Arc::new(Notify::new()), http })
    }

    /// Ends the calls that began before the alarm was raised, and lets calls be made again.
    pub(crate) fn lower_alarm(&self) {
        self.lowered.notify_waiters();
        self.alarm.lower();
    }

    pub(crate) fn lease(&self, deadline: Instant, begun: u64) -> Result<Lease<'_>> {
        if is_inside_callback() {
            return Ok(Lease { driver: Some(Driver::new(&self.http, &self.alarm, &self.lowered)?), drivers: self, is_extra: true });
        }
        match self.places.take(deadline, &self.alarm, begun) {
            Waited::Granted => {}
            Waited::Raised => return Err(Error::new(MCT_ERR_CANCELLED, "the call was cancelled while it waited for a connection")),
            Waited::TooLate => {
                return Err(Error::new(
                    MCT_ERR_TIMEOUT,
                    "the deadline passed while the call waited for a connection (see max_connections)",
                ));
            }
        }
        // From here on the lease gives the place back, whatever happens.
        let mut lease = Lease { driver: None, drivers: self, is_extra: false };
        let rested = self.resting.lock().unwrap_or_else(PoisonError::into_inner).pop();
        lease.driver = Some(match rested {
            Some(driver) => driver,
            None => Driver::new(&self.http, &self.alarm, &self.lowered)?,
        });
        Ok(lease)
    }

    /// In a forked child: dropping a driver would deregister the parent's descriptors, so it is left as it is.
    pub(crate) fn forget(&mut self) {
        let resting = std::mem::take(self.resting.get_mut().unwrap_or_else(PoisonError::into_inner));
        resting.into_iter().for_each(std::mem::forget);
    }
}

impl Lease<'_> {
    pub(crate) fn driver(&self) -> &Driver {
        self.driver.as_ref().expect("a lease holds its driver until it is dropped")
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        if self.is_extra {
            return;
        }
        // A driver that a panic went through is not used again.
        if let Some(driver) = self.driver.take().filter(|_| !std::thread::panicking()) {
            self.drivers.resting.lock().unwrap_or_else(PoisonError::into_inner).push(driver);
        }
        self.drivers.places.give_back();
    }
}
