//! The thread that drives a client's calls without blocking, all of them on one runtime. It starts with the first one
//! and ends with the client.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::{JoinSet, LocalSet};

use super::call::{Answered, Ending};
use super::client::Core;
use super::driver::{Driver, Http, HttpMaker, Watch};
use super::flight::{Flight, Terms, Work};
use super::log::Lines;
use super::refused;
use crate::error::Result;
use crate::os::{self, Alarm, Places, PlacesWatch};

/// Turns of the runtime after which a connection that carried an answer is back among the idle ones: its end has to be
/// noticed by the connection, then by the pool, with a turn to spare for each.
const TURNS_TO_REST: u32 = 6;

type Job = Box<dyn FnOnce(Rc<Station>) -> Pin<Box<dyn Future<Output = ()>>> + Send>;

pub(crate) struct CallThread {
    places: Arc<Places>,
    alarm: Arc<Alarm>,
    http: Arc<HttpMaker>,
    jobs: Mutex<Option<Jobs>>,
}

impl CallThread {
    pub(crate) fn new(places: Arc<Places>, alarm: Arc<Alarm>, http: Arc<HttpMaker>) -> CallThread {
        CallThread { places, alarm, http, jobs: Mutex::new(None) }
    }

    /// The way to the thread, which is started if there is none.
    pub(crate) fn started(&self) -> Result<Jobs> {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(jobs) = jobs.as_ref().filter(|jobs| !jobs.0.is_closed()) {
            return Ok(jobs.clone());
        }
        let started = self.start()?;
        *jobs = Some(started.clone());
        Ok(started)
    }

    fn start(&self) -> Result<Jobs> {
        let driver = Driver::new(&self.http, self.places.count(), &self.alarm)?;
        let entered = driver.runtime.enter();
        let places = PlacesWatch::new(&self.places).map_err(|error| refused("the system refused to watch a descriptor", &error))?;
        drop(entered);
        let (sender, jobs) = unbounded_channel();
        os::spawn("mct-calls", move || drive(driver, places, jobs)).map_err(|error| refused("the system refused a thread", &error))?;
        Ok(Jobs(sender))
    }

    /// In a forked child, which has no such thread: to hang up would wake the parent's.
    pub(crate) fn forget(&mut self) {
        std::mem::forget(self.jobs.get_mut().unwrap_or_else(PoisonError::into_inner).take());
    }
}

#[derive(Clone)]
pub(crate) struct Jobs(UnboundedSender<Job>);

impl Jobs {
    pub(crate) fn drive(&self, core: Arc<Core>, terms: Terms, lines: Arc<Lines>, ending: Ending, work: Work<Answered>) {
        let job: Job = Box::new(move |station| {
            Box::pin(async move {
                let flight = Flight::new(core, station.http.clone(), terms, lines);
                let mut place = None;
                let call = async {
                    let no_place = |error| refused("the system refused to watch a descriptor", &error);
                    place = Some(station.places.take().await.map_err(no_place)?);
                    work(Rc::clone(&flight)).await
                };
                let result = flight.bounded(&station.watch, ending.call().cancelled(), call).await;
                drop(flight);
                ending.end(result);
                // The next call must find this one's connection, or find it closed, and not make one more.
                for _ in 0..TURNS_TO_REST {
                    tokio::task::yield_now().await;
                }
                drop(place);
            })
        });
        // Should the thread be gone, the job is dropped, and ends its call by that.
        let _sent = self.0.send(job);
    }
}

/// What the calls on the thread share.
struct Station {
    http: Http,
    watch: Watch,
    places: PlacesWatch,
}

fn drive(driver: Driver, places: PlacesWatch, mut jobs: UnboundedReceiver<Job>) {
    let Driver { http, watch, runtime } = driver;
    let station = Rc::new(Station { http, watch, places });
    let calls = LocalSet::new();
    calls.block_on(&runtime, async {
        let mut under_way = JoinSet::new();
        let mut is_over = false;
        poll_fn(|context| {
            while !is_over {
                match jobs.poll_recv(context) {
                    Poll::Ready(Some(job)) => drop(under_way.spawn_local(job(Rc::clone(&station)))),
                    // The client is gone, and has cancelled what is under way.
                    Poll::Ready(None) => is_over = true,
                    Poll::Pending => break,
                }
            }
            while let Poll::Ready(Some(_ended)) = under_way.poll_join_next(context) {}
            if is_over && under_way.is_empty() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    });
    drop(calls);
    // What lives on the runtime goes before it.
    drop(station);
    drop(runtime);
}
