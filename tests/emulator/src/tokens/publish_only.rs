//! What only publish tokens are asked: which of them are for a cluster, which have live streams, to
//! be disabled together, and to restream by their latest settings.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::{get, patch, post};
use serde_json::{Value, json};

use super::{Id, Kind, Publish, Token, no_token_words, read_id};
use crate::auth::Authorized;
use crate::body::declared_object;
use crate::envelope::{Answer, Refusal, success};
use crate::list::Page;
use crate::query::Parameters;
use crate::state::Shared;
use crate::validate::{Fields, Problems};

pub fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/api/publish_token/list_by_cluster", get(list_by_cluster))
        .route("/api/publish_token/active", get(active))
        .route("/api/publish_token/active/all", get(active_all))
        .route("/api/publish_token/disable", patch(disable))
        .route("/api/publish_token/{id}/restream/sync", post(sync))
}

/// By the cluster that a token names; one that leaves it to the account names none.
async fn list_by_cluster(_: Authorized, State(shared): State<Arc<Shared>>, uri: Uri) -> Answer {
    let parameters = Parameters::told_briefly(&uri);
    let cluster = parameters.filled("cluster");
    let page = Page::read(&parameters);
    let (cluster, page) = parameters.finish(cluster.zip(page))?;
    let platform = shared.platform();
    let shown = platform.publish.in_cluster(cluster, &page);
    Ok(success(shown.into_iter().map(Token::answer).collect::<Vec<_>>()))
}

async fn active(_: Authorized, State(shared): State<Arc<Shared>>, uri: Uri) -> Answer {
    let parameters = Parameters::of(&uri);
    let (account, stream) = parameters.finish(read_stream_id(&parameters))?;
    let platform = shared.platform();
    // Another account's streams are none of this one's business.
    let is_own = shared.account.is(account);
    Ok(success(ids(platform.publish.live_with(stream).filter(|_| is_own))))
}

async fn active_all(_: Authorized, State(shared): State<Arc<Shared>>) -> Answer {
    let platform = shared.platform();
    Ok(success(ids(platform.publish.live())))
}

/// The account and the stream. A stream's name may hold slashes, an account's does not.
fn read_stream_id(parameters: &Parameters) -> Option<(&str, &str)> {
    let text = parameters.filled("streamId")?;
    let parts = text.split_once('/').filter(|(account, stream)| !account.is_empty() && !stream.is_empty());
    if parts.is_none() {
        parameters.refuse("streamId", "The value is not an account and a stream, such as account/stream.");
    }
    parts
}

fn ids<'a>(tokens: impl Iterator<Item = &'a Token<Publish>>) -> Value {
    let ids: Vec<u64> = tokens.map(|token| token.id).collect();
    json!({ "tokenIds": ids })
}

/// Every id is answered for itself: one that is unknown keeps none of the others back.
async fn disable(_: Authorized, State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Answer {
    let request = declared_object(&headers, &body)?;
    let problems = Problems::default();
    let fields = Fields::of(&request, &problems);
    fields.demand("tokenIds");
    if fields.is_empty_list("tokenIds") {
        fields.refuse("tokenIds", "At least one id is needed.");
    }
    let ids = fields.integers("tokenIds").unwrap_or_default();
    problems.settle()?;

    let (mut successful, mut failed, mut disabled) = (Vec::new(), Vec::new(), Vec::new());
    let mut platform = shared.platform();
    for id in ids {
        match u64::try_from(id).ok().and_then(|id| platform.publish.get(id)) {
            Some(token) => {
                disabled.push(Publish::put(Token { is_active: false, ..token.clone() }));
                successful.push(id);
            }
            None => failed.push(json!({ "tokenId": id, "errorMessage": no_token_words(id) })),
        }
    }
    platform.commit(disabled)?;
    Ok(success(json!({ "successfulTokens": successful, "failedTokens": failed })))
}

/// Nothing is restreamed here, so nothing is left to bring up to date.
async fn sync(_: Authorized, State(shared): State<Arc<Shared>>, id: Id) -> Answer {
    let id = read_id(id)?;
    match u64::try_from(id).ok().and_then(|id| shared.platform().publish.get(id).map(|_| ())) {
        Some(()) => Ok(success(Value::Bool(true))),
        // The words that the platform has for an unknown id in this operation alone.
        None => {
            let words = format!("Invalid TokenId ({id}) for AccountId ({})", shared.account.name());
            Err(Refusal::fail(StatusCode::BAD_REQUEST, json!({ "tokenId": words })))
        }
    }
}
