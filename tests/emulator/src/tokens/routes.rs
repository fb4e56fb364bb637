//! The operations on tokens, once for both kinds.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::{get, post, put};
use serde_json::{Value, json};
use time::Duration;

use super::{Kind, Terms, Token, Update, Version};
use crate::auth::Authorized;
use crate::body::declared_object;
use crate::envelope::{Answer, Refusal, success};
use crate::list::{ByName, Page};
use crate::query::Parameters;
use crate::random;
use crate::state::Shared;
use crate::validate::{Fields, Problems};

pub fn routes<K: Kind>() -> Router<Arc<Shared>> {
    let base = format!("/api/{}_token", K::NAME);
    Router::new()
        .route(&base, post(create::<K>))
        // Some clients create with a slash at the end.
        .route(&format!("{base}/"), post(create::<K>))
        .route(&format!("{base}/list"), get(list::<K>))
        .route(&format!("{base}/list_by_name"), get(list_by_name::<K>))
        .route(&format!("{base}/{{id}}"), get(read::<K>).put(update_v1::<K>).delete(delete::<K>))
        .route(&format!("/api/v2/{}_token/{{id}}", K::NAME), put(update_v2::<K>))
}

/// Sent twice it makes two tokens, as on the platform.
async fn create<K: Kind>(_: Authorized, State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Answer {
    let request = declared_object(&headers, &body)?;
    let problems = Problems::default();
    let fields = Fields::of(&request, &problems);
    let terms = Terms::read(&fields, Version::V1);
    let own = K::read(&fields, Version::V1).map_err(|_| random::none())?;
    problems.settle()?;

    let text = random::token().map_err(|_| random::none())?;
    let added_on = shared.clock.now();
    let mut platform = shared.platform();
    let token = Token {
        id: platform.next_id,
        token: text,
        added_on,
        expires_on: terms.expires.and_then(|seconds| added_on.checked_add(Duration::seconds(seconds))),
        is_active: true,
        terms,
        own,
        bound: Vec::new(),
    };
    let answer = success(token.answer());
    platform.commit(vec![K::put(token)])?;
    Ok(answer)
}

async fn list<K: Kind>(_: Authorized, State(shared): State<Arc<Shared>>, uri: Uri) -> Answer {
    let parameters = Parameters::of(&uri);
    let page = parameters.finish(Page::read(&parameters))?;
    let platform = shared.platform();
    let shown = K::shelf(&platform).page(&page);
    Ok(success(shown.into_iter().map(Token::answer).collect::<Vec<_>>()))
}

async fn list_by_name<K: Kind>(_: Authorized, State(shared): State<Arc<Shared>>, uri: Uri) -> Answer {
    let parameters = Parameters::of(&uri);
    let by_name = ByName::read(&parameters);
    let page = Page::read(&parameters);
    let (by_name, page) = parameters.finish(by_name.zip(page))?;
    let platform = shared.platform();
    let shelf = K::shelf(&platform);
    let shown = if by_name.is_everything() { shelf.named(&page) } else { shelf.search(&by_name, &page) };
    Ok(success(shown.into_iter().map(Token::answer).collect::<Vec<_>>()))
}

async fn read<K: Kind>(_: Authorized, State(shared): State<Arc<Shared>>, id: Id) -> Answer {
    let id = read_id(id)?;
    let platform = shared.platform();
    let token = find(id, |id| K::shelf(&platform).get(id))?;
    Ok(success(token.answer()))
}

async fn update_v1<K: Kind>(_: Authorized, State(shared): State<Arc<Shared>>, headers: HeaderMap, id: Id, body: Bytes) -> Answer {
    update::<K>(&shared, &headers, id, &body, Version::V1)
}

async fn update_v2<K: Kind>(_: Authorized, State(shared): State<Arc<Shared>>, headers: HeaderMap, id: Id, body: Bytes) -> Answer {
    update::<K>(&shared, &headers, id, &body, Version::V2)
}

/// A token changes as a whole or not at all: a copy is changed and judged, and takes its place.
fn update<K: Kind>(shared: &Shared, headers: &HeaderMap, id: Id, body: &[u8], version: Version) -> Answer {
    let id = read_id(id)?;
    let request = declared_object(headers, body)?;
    let mut platform = shared.platform();
    let mut updated = find(id, |id| K::shelf(&platform).get(id))?.clone();

    let problems = Problems::default();
    let fields = Fields::of(&request, &problems);
    let update = Update::new(&fields, version);
    updated.update(&update).map_err(|_| random::none())?;
    update.demand_something();
    problems.settle()?;
    let answer = success(updated.answer_in(version));
    platform.commit(vec![K::put(updated)])?;
    Ok(answer)
}

async fn delete<K: Kind>(_: Authorized, State(shared): State<Arc<Shared>>, id: Id) -> Answer {
    let id = read_id(id)?;
    let mut platform = shared.platform();
    let id = find(id, |id| K::shelf(&platform).get(id))?.id;
    platform.commit(vec![K::removed(id)])?;
    Ok(success(Value::Bool(true)))
}

/// A path's id as it arrives; escapes that are no UTF-8 make it an error.
pub type Id = Result<Path<String>, axum::extract::rejection::PathRejection>;

/// A path's id: an integer of 64 bits, whatever its sign.
pub fn read_id(id: Id) -> Result<i64, Refusal> {
    let read = id.ok().and_then(|Path(text)| {
        let id: i64 = text.parse().ok()?;
        // One id has one way to be written: 5 is not reached by way of +5 or 005.
        (id.to_string() == text).then_some(id)
    });
    read.ok_or_else(|| {
        let data = json!({ "tokenId": "The value is not an integer." });
        Refusal::fail(StatusCode::BAD_REQUEST, data)
    })
}

/// What is looked up, or the refusal that names the id.
pub fn find<T>(id: i64, look_up: impl FnOnce(u64) -> Option<T>) -> Result<T, Refusal> {
    let found = u64::try_from(id).ok().and_then(look_up);
    found.ok_or_else(|| no_token(id))
}

/// The platform answers 400, not 404, for an id that it does not know, and says "publish" of both kinds.
fn no_token(id: i64) -> Refusal {
    Refusal::fail(StatusCode::BAD_REQUEST, json!({ "tokenId": no_token_words(id) }))
}

pub fn no_token_words(id: i64) -> String {
    format!("No publish token with id: {id}")
}
