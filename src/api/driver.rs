//! A runtime with the HTTP clients that belong to it. The thread that makes a call drives it; between calls it rests.

use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use tokio::runtime::{Builder, Runtime};

use super::flight::{Flight, Terms};
use super::log::is_inside_callback;
use super::refused;
use crate::error::{Error, MCT_ERR_CANCELLED, MCT_ERR_TIMEOUT, Result};
use crate::os::{self, Alarm, AlarmWatch, Places, Waited};

/// Turns of the runtime between looks at its timers and descriptors. A server that never stops sending keeps a
/// connection's task busy, and must not keep a call from its deadline.
const TURNS: u32 = 1;

/// The HTTP clients of one runtime.
#[derive(Clone)]
pub(crate) struct Http {
    /// Keeps its connections for the next requests.
    pub keeping: reqwest::Client,
    /// Makes a connection for each request. A kept one may be closed by the server at the very moment that a request
    /// goes out on it, and nobody could tell whether the request was carried out.
    pub fresh: reqwest::Client,
}

/// Given how many idle connections are kept.
pub(crate) type HttpMaker = Box<dyn Fn(usize) -> reqwest::Result<Http> + Send + Sync>;

/// A client's alarm as one runtime sees it.
pub(crate) struct Watch(AlarmWatch);

impl Watch {
    /// Ends when the calls that began at `begun` are cancelled.
    pub(crate) async fn ends_calls_of(&self, begun: u64) {
        let alarm = self.0.alarm();
        let mut raised = pin!(self.0.ends_calls_of(begun));
        loop {
            // Lowered, the pipe may not tell of it any more.
            let mut lowered = pin!(alarm.lowered.notified());
            if alarm.ends_calls_of(begun) {
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
}

// The order of the fields is the order of dropping: what lives on the runtime goes before it.
pub(crate) struct Driver {
    pub http: Http,
    pub watch: Watch,
    pub runtime: Runtime,
}

impl Driver {
    pub(crate) fn new(http: &HttpMaker, most_idle: usize, alarm: &Arc<Alarm>) -> Result<Driver> {
        let runtime = Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .event_interval(TURNS)
            .build()
            .map_err(|error| refused("the system refused what a call needs", &error))?;
        let entered = runtime.enter();
        let alarm = AlarmWatch::new(alarm).map_err(|error| refused("the system refused to watch a descriptor", &error))?;
        let http = http(most_idle).map_err(|error| refused("the HTTP client can't be made", &error.without_url()))?;
        drop(entered);
        Ok(Driver { http, watch: Watch(alarm), runtime })
    }

    /// Drives `call` to its end on this thread. Log lines are handed over in between, while this thread is outside of
    /// the runtime.
    pub(crate) fn drive<T>(&self, flight: &Flight, call: impl Future<Output = Result<T>>) -> Result<T> {
        let mut bounded = Box::pin(flight.bounded(&self.watch, pending(), call));
        loop {
            let ended = self.runtime.block_on(poll_fn(|context| match bounded.as_mut().poll(context) {
                Poll::Ready(ended) => Poll::Ready(Some(ended)),
                Poll::Pending if flight.lines().are_waiting() => Poll::Ready(None),
                Poll::Pending => Poll::Pending,
            }));
            if flight.lines().flush()
                && let Err(forked) = flight.check_process()
            {
                // The host forked in its callback, and this is the child: the call is the parent's, and so is all that
                // it stands on.
                std::mem::forget(bounded);
                return Err(forked.unknown());
            }
            if let Some(ended) = ended {
                drop(bounded);
                if !flight.keeps_all() {
                    self.settle();
                }
                return ended;
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
    process: u32,
    places: Arc<Places>,
    resting: Mutex<Vec<Driver>>,
    alarm: Arc<Alarm>,
    http: Arc<HttpMaker>,
}

pub(crate) struct Lease<'a> {
    driver: Option<Driver>,
    drivers: &'a Drivers,
    /// Made for a call out of a log callback. The call below it holds a place, perhaps the only one, so this one
    /// does without.
    is_extra: bool,
}

impl Drivers {
    pub(crate) fn new(places: Arc<Places>, alarm: Arc<Alarm>, http: Arc<HttpMaker>) -> Drivers {
        Drivers { process: os::process_id(), places, resting: Mutex::new(Vec::new()), alarm, http }
    }

    pub(crate) fn lease(&self, terms: &Terms) -> Result<Lease<'_>> {
        if is_inside_callback() {
            return Ok(Lease { driver: Some(self.driver()?), drivers: self, is_extra: true });
        }
        match self.places.take(terms.deadline, &self.alarm, terms.begun) {
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
            None => self.driver()?,
        });
        Ok(lease)
    }

    fn driver(&self) -> Result<Driver> {
        Driver::new(&self.http, 1, &self.alarm)
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
        if self.drivers.process != os::process_id() {
            std::mem::forget(self.driver.take());
            return;
        }
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
