//! Bandwidth by tracking id and by stream.

use std::rc::Rc;

use reqwest::Method;

use super::answer::{self, Answer};
use super::flight::{Flight, Request, Work, work};
use super::retry::Repeat;
use super::token::request;
use crate::error::Result;
use crate::model::analytics::{BandwidthQuery, BandwidthReport, Operation};

/// However many requests the ids take, they share one deadline.
pub(crate) fn bandwidth(operation: Operation, query: &BandwidthQuery) -> Result<Work<BandwidthReport>> {
    let asked = |query| Request { query, ..request(Method::GET, operation.path().to_owned(), Repeat::Safe) };
    let requests: Vec<Request> = query.queries(operation)?.into_iter().map(asked).collect();
    Ok(work(async move |flight: Rc<Flight>| {
        let mut answers = Vec::with_capacity(requests.len());
        for request in &requests {
            answers.push(flight.send(request).await?);
        }
        let read = BandwidthReport::read(operation, answers.iter().map(|answer| answer.data()));
        read.map_err(|error| answer::unreadable(answers.last().unwrap_or(&Answer::none()), None, &error))
    }))
}
