//! Create, read, update, list and delete, the same for both kinds of token.

use std::rc::Rc;

use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::answer;
use super::flight::{Flight, Request, Work, work};
use super::retry::Repeat;
use super::walk::Walk;
use crate::error::Result;
use crate::model::fields::{KindFields, NoFields, PublishFields, SubscribeFields};
use crate::model::json;
use crate::model::list::{ADDED_ON, ListOptions};
use crate::model::publish_token::PublishToken;
use crate::model::spec::Spec;
use crate::model::subscribe_token::SubscribeToken;
use crate::model::time::Moment;
use crate::model::token::Received;
use crate::model::update::Update;

/// A kind of token: where it lives, what is sent and what is answered.
pub(crate) trait Kind: 'static {
    const PATH: &'static str;
    /// Can tokens of this kind be listed by cluster?
    const HAS_CLUSTERS: bool;
    type Fields: KindFields;
    type UpdateFields: KindFields;
    type Answer: DeserializeOwned + Send;
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
    Request { method, path, query: Vec::new(), body: None, repeat, secrets: Vec::new(), names_token: false, is_told_done: false }
}

/// About one token.
pub(crate) fn request_for<K: Kind>(id: u64, method: Method, repeat: Repeat) -> Request {
    Request { names_token: true, ..request(method, format!("{}/{id}", K::PATH), repeat) }
}

fn one<K: Kind>(request: Request) -> Work<Received<K::Answer>> {
    work(async move |flight: Rc<Flight>| {
        let answer = flight.send(&request).await?;
        Received::read(answer.data()).map_err(|error| answer::unreadable(&answer, json::id_alone(answer.data()), &error))
    })
}

pub(crate) fn create<K: Kind>(spec: &Spec<K::Fields>) -> Result<Work<Received<K::Answer>>> {
    let (body, secrets) = (Some(spec.to_json()?), spec.kind.secrets());
    Ok(one::<K>(Request { body, secrets, ..request(Method::POST, K::PATH.to_owned(), Repeat::OnlyUnprocessed) }))
}

pub(crate) fn read<K: Kind>(id: u64) -> Work<Received<K::Answer>> {
    one::<K>(request_for::<K>(id, Method::GET, Repeat::Safe))
}

pub(crate) fn update<K: Kind>(id: u64, update: &Update<K::UpdateFields>) -> Result<Work<Received<K::Answer>>> {
    let (body, secrets) = (Some(update.to_json()?), update.kind.secrets());
    let repeat = if update.is_repeatable() { Repeat::Safe } else { Repeat::OnlyUnprocessed };
    let path = format!("{}/{id}", K::PATH.replacen("/api/", "/api/v2/", 1));
    Ok(one::<K>(Request { path, body, secrets, ..request_for::<K>(id, Method::PUT, repeat) }))
}

pub(crate) fn delete<K: Kind>(id: u64) -> Work<()> {
    let request = Request { is_told_done: true, ..request_for::<K>(id, Method::DELETE, Repeat::Delete) };
    work(async move |flight: Rc<Flight>| flight.send(&request).await.map(drop))
}

pub(super) async fn read_page<K: Kind>(flight: &Flight, options: &ListOptions) -> Result<Vec<Received<K::Answer>>> {
    let path = format!("{}/{}", K::PATH, options.operation(K::HAS_CLUSTERS)?);
    let answer = flight.send(&Request { query: options.query(), ..request(Method::GET, path, Repeat::Safe) }).await?;
    let unreadable = |error| answer::unreadable(&answer, None, &error);
    let items: Vec<&RawValue> = serde_json::from_str(answer.data()).map_err(unreadable)?;
    let mut tokens = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        // A page that is far too long must not keep the call from its deadline.
        if index % 128 == 127 {
            tokio::task::yield_now().await;
        }
        tokens.push(Received::read(item.get()).map_err(unreadable)?);
    }
    Ok(tokens)
}

pub(crate) fn list_page<K: Kind>(options: ListOptions) -> Result<Work<Vec<Received<K::Answer>>>> {
    options.operation(K::HAS_CLUSTERS)?;
    Ok(work(async move |flight: Rc<Flight>| read_page::<K>(&flight, &options).await))
}

pub(crate) fn list_all<K: Kind>(options: &ListOptions) -> Result<Work<Vec<Received<K::Answer>>>> {
    let mut walk = Walk::<K>::new(options)?;
    Ok(work(async move |flight: Rc<Flight>| {
        let mut tokens = Vec::new();
        while let Some(token) = walk.next(&flight).await? {
            tokens.push(token);
        }
        Ok(tokens)
    }))
}

/// The tokens with the label and the streams of `spec` that were added at `since` or later, the newest first.
pub(crate) fn find_created<K: Kind>(spec: &Spec<K::Fields>, since: i64) -> Result<Work<Vec<Received<K::Answer>>>> {
    let wanted = spec.identity();
    let mut options = ListOptions::default();
    // By name would be quicker, but the API leaves out tokens whose stream is a pattern there.
    options.set_sort_by(ADDED_ON);
    options.set_descending(true);
    let mut walk = Walk::<K>::new(&options)?;
    Ok(work(async move |flight: Rc<Flight>| {
        let mut found = Vec::new();
        while let Some(received) = walk.next(&flight).await? {
            let added_on = received.token.added_on.and_then(Moment::unix_seconds);
            if added_on.is_some_and(|added_on| added_on < since) {
                break;
            }
            if wanted.is_of(&received.token) {
                found.push(received);
            }
        }
        Ok(found)
    }))
}
