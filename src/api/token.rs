//! Create, read, update, list and delete, the same for both kinds of token.

use std::time::Instant;

use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::answer;
use super::client::{Client, Request};
use super::retry::Repeat;
use crate::error::Result;
use crate::model::fields::{KindFields, NoFields, PublishFields, SubscribeFields};
use crate::model::json;
use crate::model::list::ListOptions;
use crate::model::publish_token::PublishToken;
use crate::model::spec::Spec;
use crate::model::subscribe_token::SubscribeToken;
use crate::model::token::Received;
use crate::model::update::Update;

/// A kind of token: where it lives, what is sent and what is answered.
pub(crate) trait Kind {
    const PATH: &'static str;
    /// Can tokens of this kind be listed by cluster?
    const HAS_CLUSTERS: bool;
    type Fields: KindFields;
    type UpdateFields: KindFields;
    type Answer: DeserializeOwned;
}

pub(crate) enum Publish {}

impl Kind for Publish {
    const PATH: &'static str = "/api/publish_token";
    const HAS_CLUSTERS: bool = true;
    type Fields = PublishFields;
    type UpdateFields = PublishFields;
    type Answer = PublishToken;
}

pub(crate) enum Subscribe {}

impl Kind for Subscribe {
    const PATH: &'static str = "/api/subscribe_token";
    const HAS_CLUSTERS: bool = false;
    type Fields = SubscribeFields;
    type UpdateFields = NoFields;
    type Answer = SubscribeToken;
}

pub(crate) fn request(method: Method, path: String, repeat: Repeat) -> Request {
    Request { method, path, query: Vec::new(), body: None, repeat, secrets: Vec::new(), names_token: false }
}

/// About one token.
pub(crate) fn request_for<K: Kind>(id: u64, method: Method, repeat: Repeat) -> Request {
    Request { names_token: true, ..request(method, format!("{}/{id}", K::PATH), repeat) }
}

fn send_for_one<K: Kind>(client: &Client, request: &Request) -> Result<Received<K::Answer>> {
    let answer = client.send(request, client.deadline())?;
    Received::read(answer.data()).map_err(|error| answer::unreadable(&answer, json::id_alone(answer.data()), &error))
}

pub(crate) fn create<K: Kind>(client: &Client, spec: &Spec<K::Fields>) -> Result<Received<K::Answer>> {
    let (body, secrets) = (Some(spec.to_json()?), spec.kind.secrets());
    send_for_one::<K>(client, &Request { body, secrets, ..request(Method::POST, K::PATH.to_owned(), Repeat::OnlyUnprocessed) })
}

pub(crate) fn read<K: Kind>(client: &Client, id: u64) -> Result<Received<K::Answer>> {
    send_for_one::<K>(client, &request_for::<K>(id, Method::GET, Repeat::Safe))
}

pub(crate) fn update<K: Kind>(client: &Client, id: u64, update: &Update<K::UpdateFields>) -> Result<Received<K::Answer>> {
    let (body, secrets) = (Some(update.to_json()?), update.kind.secrets());
    let repeat = if update.is_repeatable() { Repeat::Safe } else { Repeat::OnlyUnprocessed };
    let path = format!("{}/{id}", K::PATH.replacen("/api/", "/api/v2/", 1));
    send_for_one::<K>(client, &Request { path, body, secrets, ..request_for::<K>(id, Method::PUT, repeat) })
}

pub(crate) fn list_page<K: Kind>(client: &Client, options: &ListOptions, deadline: Instant) -> Result<Vec<Received<K::Answer>>> {
    let path = format!("{}/{}", K::PATH, options.operation(K::HAS_CLUSTERS)?);
    let answer = client.send(&Request { query: options.query(), ..request(Method::GET, path, Repeat::Safe) }, deadline)?;
    let read = || -> serde_json::Result<Vec<_>> {
        let items: Vec<&RawValue> = serde_json::from_str(answer.data())?;
        items.into_iter().map(|item| Received::read(item.get())).collect()
    };
    read().map_err(|error| answer::unreadable(&answer, None, &error))
}

pub(crate) fn delete<K: Kind>(client: &Client, id: u64) -> Result<()> {
    answer::done(&client.send(&request_for::<K>(id, Method::DELETE, Repeat::Delete), client.deadline())?)
}
