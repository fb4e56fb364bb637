//! Calls about the account: clusters, active tokens, bulk disable, restream sync.

use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::answer;
use super::client::{Client, Request};
use super::retry::Repeat;
use super::token::{Kind, Publish, request, request_for};
use crate::error::{Error, Result};
use crate::model::account::{ActiveIds, Clusters, Disabled, WithJson};
use crate::model::json;

fn send<T: DeserializeOwned>(client: &Client, request: &Request) -> Result<WithJson<T>> {
    let answer = client.send(request, client.deadline())?;
    // What was done must not be lost with an answer that is odd: there is nothing secret in it.
    let told = |error: Error| error.with(|details| details.answer = Some(answer.data().to_owned()));
    WithJson::read(answer.data()).map_err(|error| told(answer::unreadable(&answer, None, &error)))
}

pub(crate) fn clusters(client: &Client) -> Result<WithJson<Clusters>> {
    send(client, &request(Method::GET, "/api/cluster".to_owned(), Repeat::Safe))
}

/// `stream_id` is account/stream; None asks for the whole account.
pub(crate) fn active_ids(client: &Client, stream_id: Option<&str>) -> Result<WithJson<ActiveIds>> {
    let Some(stream_id) = stream_id else {
        return send(client, &request(Method::GET, format!("{}/active/all", Publish::PATH), Repeat::Safe));
    };
    match stream_id.split_once('/') {
        Some((account, stream)) if !account.is_empty() && !stream.is_empty() => {
            let query = vec![("streamId", stream_id.to_owned())];
            send(client, &Request { query, ..request(Method::GET, format!("{}/active", Publish::PATH), Repeat::Safe) })
        }
        _ => Err(Error::invalid("streamId", "must be the account's id, a slash and the stream's name")),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Disable<'a> {
    token_ids: &'a [u64],
}

pub(crate) fn disable(client: &Client, ids: &[u64]) -> Result<WithJson<Disabled>> {
    if ids.is_empty() {
        return Err(Error::invalid("tokenIds", "must have at least 1 id, given are 0"));
    }
    let body = serde_json::to_vec(&Disable { token_ids: ids }).map_err(|error| Error::invalid("tokenIds", json::problem(&error)))?;
    let request = request(Method::PATCH, format!("{}/disable", Publish::PATH), Repeat::OnlyUnprocessed);
    send(client, &Request { body: Some(Zeroizing::new(body)), ..request })
}

/// Doing it twice does no more than once: the configuration is applied as it is.
pub(crate) fn sync_restream(client: &Client, id: u64) -> Result<()> {
    let path = format!("{}/{id}/restream/sync", Publish::PATH);
    answer::done(&client.send(&Request { path, ..request_for::<Publish>(id, Method::POST, Repeat::Safe) }, client.deadline())?)
}
