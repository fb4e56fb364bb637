//! Calls about the account: clusters, active tokens, bulk disable, restream sync.

use std::rc::Rc;

use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::answer;
use super::flight::{Flight, Request, Work, work};
use super::retry::Repeat;
use super::token::{Kind, Publish, request, request_for};
use crate::error::{Error, Result};
use crate::model::account::{ActiveIds, Clusters, Disabled, WithJson};
use crate::model::json;

fn send<T: DeserializeOwned + 'static>(request: Request) -> Work<WithJson<T>> {
    work(async move |flight: Rc<Flight>| {
        let answer = flight.send(&request).await?;
        // What was done must not be lost with an answer that is odd: there is nothing secret in it.
        let told = |error: Error| error.with(|details| details.answer = Some(answer.data().to_owned()));
        WithJson::read(answer.data()).map_err(|error| told(answer::unreadable(&answer, None, &error)))
    })
}

pub(crate) fn clusters() -> Work<WithJson<Clusters>> {
    send(request(Method::GET, "/api/cluster".to_owned(), Repeat::Safe))
}

/// `stream_id` is account/stream; None asks for the whole account.
pub(crate) fn active_ids(stream_id: Option<&str>) -> Result<Work<WithJson<ActiveIds>>> {
    let Some(stream_id) = stream_id else {
        return Ok(send(request(Method::GET, format!("{}/active/all", Publish::PATH), Repeat::Safe)));
    };
    match stream_id.split_once('/') {
        Some((account, stream)) if !account.is_empty() && !stream.is_empty() => {
            let query = vec![("streamId", stream_id.to_owned())];
            Ok(send(Request { query, ..request(Method::GET, format!("{}/active", Publish::PATH), Repeat::Safe) }))
        }
        _ => Err(Error::invalid("streamId", "must be the account's id, a slash and the stream's name")),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Disable<'a> {
    token_ids: &'a [u64],
}

pub(crate) fn disable(ids: &[u64]) -> Result<Work<WithJson<Disabled>>> {
    if ids.is_empty() {
        return Err(Error::invalid("tokenIds", "must have at least 1 id, given are 0"));
    }
    let body = serde_json::to_vec(&Disable { token_ids: ids }).map_err(|error| Error::invalid("tokenIds", json::problem(&error)))?;
    let request = request(Method::PATCH, format!("{}/disable", Publish::PATH), Repeat::OnlyUnprocessed);
    Ok(send(Request { body: Some(Zeroizing::new(body)), ..request }))
}

/// Doing it twice does no more than once: the configuration is applied as it is.
pub(crate) fn sync_restream(id: u64) -> Work<()> {
    let path = format!("{}/{id}/restream/sync", Publish::PATH);
    let request = Request { path, is_told_done: true, ..request_for::<Publish>(id, Method::POST, Repeat::Safe) };
    work(async move |flight: Rc<Flight>| flight.send(&request).await.map(drop))
}
