//! A call that is ready to be made: its arguments are checked and copied. Each is made in one of two ways, blocking and
//! not, so that both do the same.

use std::sync::Arc;

use super::call::{mct_call, mct_call_options, shared};
use super::handle::Out;
use crate::api::{Answered, Client, Kind, Work, and_then};
use crate::error::Result;

pub(super) struct Prepared<T> {
    client: Arc<Client>,
    begun: u64,
    work: Work<Option<T>>,
}

impl<T: Send + 'static> Prepared<T> {
    /// `wrap`: makes C's handle of what the API answered.
    pub(super) fn new<A: 'static>(client: Arc<Client>, work: Work<A>, wrap: fn(A) -> T) -> Prepared<T> {
        let begun = client.cancels();
        Prepared { client, begun, work: and_then(work, move |answered| Some(wrap(answered))) }
    }

    /// For what may have no result, and began earlier.
    pub(super) fn perhaps<A: 'static>(client: Arc<Client>, begun: u64, work: Work<Option<A>>, wrap: fn(A) -> T) -> Prepared<T> {
        Prepared { client, begun, work: and_then(work, move |answered: Option<A>| answered.map(wrap)) }
    }

    fn run(self) -> Result<Option<T>> {
        self.client.run(self.begun, self.work)
    }
}

/// What a call that answers nothing gives.
pub(super) enum mct_nothing {}

impl mct_nothing {
    pub(super) fn prepared(client: Arc<Client>, work: Work<()>) -> Prepared<mct_nothing> {
        let begun = client.cancels();
        Prepared { client, begun, work: and_then(work, |()| None) }
    }
}

/// Makes the call and waits for it.
pub(super) fn now<T: Send + 'static>(out: Option<&mut *mut T>, prepare: impl FnOnce() -> Result<Prepared<T>>) -> Result<()> {
    now_next(out, || prepare().map(Step::Ahead))
}

/// As now(), of a step.
pub(super) fn now_next<'a, T: Send + 'static>(out: Option<&mut *mut T>, prepare: impl FnOnce() -> Result<Step<'a, T>>) -> Result<()> {
    let out = Out::new(out)?;
    let made = match prepare()? {
        Step::Known(_, known) => known()?,
        Step::Ahead(prepared) => prepared.run()?,
    };
    made.map_or(Ok(()), |made| out.set(made))
}

/// The same for one that answers nothing.
pub(super) fn done(prepared: Prepared<mct_nothing>) -> Result<()> {
    prepared.run().map(|_| ())
}

/// Has the call made without waiting for it.
pub(super) fn start<T: Send + 'static>(
    options: Option<&mct_call_options>,
    out: Option<&mut *mut mct_call>,
    prepare: impl FnOnce() -> Result<Prepared<T>>,
) -> Result<()> {
    start_next(options, out, || prepare().map(Step::Ahead))
}

/// A step of a walk.
pub(super) enum Step<'a, T> {
    /// What comes next is known without a call.
    Known(Arc<Client>, Box<dyn FnOnce() -> Result<Option<T>> + 'a>),
    Ahead(Prepared<T>),
}

/// As start(), of a step.
pub(super) fn start_next<'a, T: Send + 'static>(
    options: Option<&mct_call_options>,
    out: Option<&mut *mut mct_call>,
    prepare: impl FnOnce() -> Result<Step<'a, T>>,
) -> Result<()> {
    let out = Out::new(out)?;
    let (timeout, done) = options.map_or((None, None), mct_call_options::terms);
    out.set(mct_call(match prepare()? {
        Step::Known(client, known) => client.start_known(Kind::of::<T>(), done, || Ok(known()?.map(|made| Box::new(made) as _)))?,
        Step::Ahead(Prepared { client, begun, work }) => client.start(begun, timeout, Kind::of::<T>(), done, answered(work))?,
    }))
}

fn answered<T: Send + 'static>(work: Work<Option<T>>) -> Work<Answered> {
    and_then(work, |made| made.map(|made| Box::new(made) as _))
}

/// Takes what came of it. None: there is nothing more.
pub(super) fn take<T: 'static>(call: *mut mct_call, out: Option<&mut *mut T>) -> Result<()> {
    let out = Out::new(out)?;
    match shared(call)?.take::<T>()? {
        Some(made) => out.set(*made),
        None => Ok(()),
    }
}
