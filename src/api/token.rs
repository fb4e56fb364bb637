//! Create, read, list and delete, the same for both kinds of token.

use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::answer;
use super::client::{Client, Request};
use super::retry::Repeat;
use crate::error::Result;
use crate::model::json;
use crate::model::list::ListOptions;
use crate::model::publish_token::PublishToken;
use crate::model::spec::{KindFields, PublishFields, Spec, SubscribeFields};
use crate::model::subscribe_token::SubscribeToken;
use crate::model::token::Received;

/// A kind of token: where it lives, what is sent and what is answered.
pub(crate) trait Kind {
    const PATH: &'static str;
    type Fields: KindFields;
    type Answer: DeserializeOwned;
}

pub(crate) enum Publish {}

impl Kind for Publish {
    const PATH: &'static str = "/api/publish_token";
    type Fields = PublishFields;
    type Answer = PublishToken;
}

pub(crate) enum Subscribe {}

impl Kind for Subscribe {
    const PATH: &'static str = "/api/subscribe_token";
    type Fields = SubscribeFields;
    type Answer = SubscribeToken;
}

fn request(method: Method, path: String, repeat: Repeat) -> Request {
    Request { method, path, query: Vec::new(), body: None, repeat, names_token: false }
}

/// About one token.
fn request_for<K: Kind>(id: u64, method: Method, repeat: Repeat) -> Request {
    Request { names_token: true, ..request(method, format!("{}/{id}", K::PATH), repeat) }
}

fn send_for_one<K: Kind>(client: &Client, request: &Request) -> Result<Received<K::Answer>> {
    let answer = client.send(request, client.deadline())?;
    Received::read(answer.data()).map_err(|error| answer::unreadable(&answer, json::id_alone(answer.data()), &error))
}

pub(crate) fn create<K: Kind>(client: &Client, spec: &Spec<K::Fields>) -> Result<Received<K::Answer>> {
    let body = Some(spec.to_json()?);
    send_for_one::<K>(client, &Request { body, ..request(Method::POST, K::PATH.to_owned(), Repeat::OnlyUnprocessed) })
}

pub(crate) fn read<K: Kind>(client: &Client, id: u64) -> Result<Received<K::Answer>> {
    send_for_one::<K>(client, &request_for::<K>(id, Method::GET, Repeat::Safe))
}

pub(crate) fn list_page<K: Kind>(client: &Client, options: &ListOptions) -> Result<Vec<Received<K::Answer>>> {
    let request = Request { query: options.query(), ..request(Method::GET, format!("{}/list", K::PATH), Repeat::Safe) };
    let answer = client.send(&request, client.deadline())?;
    let read = || -> serde_json::Result<Vec<_>> {
        let items: Vec<&RawValue> = serde_json::from_str(answer.data())?;
        items.into_iter().map(|item| Received::read(item.get())).collect()
    };
    read().map_err(|error| answer::unreadable(&answer, None, &error))
}

pub(crate) fn delete<K: Kind>(client: &Client, id: u64) -> Result<()> {
    let answer = client.send(&request_for::<K>(id, Method::DELETE, Repeat::Delete), client.deadline())?;
    match answer.data() {
        "false" => Err(answer::not_done(&answer)),
        _ => Ok(()),
    }
}
