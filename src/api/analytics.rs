//! Bandwidth by tracking id.

use reqwest::Method;

use super::answer::{self, Answer};
use super::client::{Client, Request};
use super::retry::Repeat;
use crate::error::Result;
use crate::model::analytics::{BandwidthQuery, BandwidthReport};

/// However many calls the ids take, they share one deadline.
pub(crate) fn tracking_total(client: &Client, query: &BandwidthQuery) -> Result<BandwidthReport> {
    let deadline = client.deadline();
    let send = |query| {
        let path = "/api/analytics/tracking/total".to_owned();
        client.send(&Request { method: Method::GET, path, query, body: None, repeat: Repeat::Safe, names_token: false }, deadline)
    };
    let answers = query.by_tracking_id()?.into_iter().map(send).collect::<Result<Vec<_>>>()?;
    let read = BandwidthReport::of_tracking_totals(answers.iter().map(|answer| answer.data()));
    read.map_err(|error| answer::unreadable(answers.last().unwrap_or(&Answer::none()), None, &error))
}
