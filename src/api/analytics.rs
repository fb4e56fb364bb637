//! Bandwidth by tracking id and by stream.

use reqwest::Method;

use super::answer::{self, Answer};
use super::client::{Client, Request};
use super::retry::Repeat;
use super::token::request;
use crate::error::Result;
use crate::model::analytics::{BandwidthQuery, BandwidthReport, Operation};

/// However many calls the ids take, they share one deadline.
pub(crate) fn bandwidth(client: &Client, operation: Operation, query: &BandwidthQuery) -> Result<BandwidthReport> {
    let deadline = client.deadline();
    let send = |query| client.send(&Request { query, ..request(Method::GET, operation.path().to_owned(), Repeat::Safe) }, deadline);
    let answers = query.queries(operation)?.into_iter().map(send).collect::<Result<Vec<_>>>()?;
    let read = BandwidthReport::read(operation, answers.iter().map(|answer| answer.data()));
    read.map_err(|error| answer::unreadable(answers.last().unwrap_or(&Answer::none()), None, &error))
}
