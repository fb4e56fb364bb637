//! What there is to see: the set-up, the tokens without their secrets, and the journal.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::routing::get;
use serde_json::{Map, Value, json};

use crate::envelope::{Answer, Refusal, json_text, success};
use crate::list::{ByName, Page};
use crate::query::Parameters;
use crate::state::Shared;
use crate::tokens::{Kind, Publish, Shelf, Subscribe, Token};

/// The longest that somebody waits for the journal, in seconds.
const LONGEST_WAIT: u64 = 30;

pub fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/_emulator/status", get(status)).route("/_emulator/tokens", get(tokens)).route("/_emulator/journal", get(journal))
}

async fn status(State(shared): State<Arc<Shared>>) -> Answer {
    let platform = shared.platform();
    Ok(success(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "url": shared.url,
        "accountId": shared.account.set(),
        "now": shared.clock.now().unix_timestamp(),
        "clockStands": shared.clock.stands(),
        "publishTokens": platform.publish.len(),
        "subscribeTokens": platform.subscribe.len(),
        "onlyLive": shared.only_live,
        "state": platform.keeps_its_state(),
        "journal": shared.journal.has_a_file(),
        "requests": shared.journal.last(),
    })))
}

async fn tokens(State(shared): State<Arc<Shared>>, uri: Uri) -> Answer {
    let parameters = Parameters::of(&uri);
    let is_publish = match parameters.required("kind").unwrap_or_default() {
        "publish" => true,
        "subscribe" => false,
        _ => {
            parameters.refuse("kind", "The value is neither publish nor subscribe.");
            false
        }
    };
    let name = parameters.one("name").unwrap_or_default();
    let page = parameters.finish(Page::read(&parameters))?;
    let platform = shared.platform();
    Ok(success(if is_publish {
        let live = |token: &Token<Publish>, shown: &mut Map<String, Value>| {
            shown.insert("live".to_owned(), json!(token.own.live));
        };
        shown(&platform.publish, name, &page, live)
    } else {
        shown::<Subscribe>(&platform.subscribe, name, &page, |_, _| {})
    }))
}

fn shown<K: Kind>(shelf: &Shelf<K>, name: &str, page: &Page, more: impl Fn(&Token<K>, &mut Map<String, Value>)) -> Value {
    let tokens = if name.is_empty() { shelf.page(page) } else { shelf.search(&ByName::anywhere(name), page) };
    let tokens: Vec<Value> = tokens
        .into_iter()
        .map(|token| {
            let mut shown = without_secrets(json!(token.answer()));
            shown.insert("bound".to_owned(), json!(token.bound));
            more(token, &mut shown);
            shown.into()
        })
        .collect();
    json!({ "total": shelf.len(), "tokens": tokens })
}

/// A token as a read answers it, less what opens anything.
fn without_secrets(answer: Value) -> Map<String, Value> {
    let Value::Object(mut answer) = answer else { return Map::new() };
    answer.remove("token");
    answer.remove("srtPassphrase");
    if let Some(Value::Array(endpoints)) = answer.get_mut("restream") {
        for endpoint in endpoints.iter_mut().filter_map(Value::as_object_mut) {
            endpoint.remove("key");
            // Credentials may be part of it.
            endpoint.remove("url");
        }
    }
    answer
}

/// What came after an entry; waits for it if that is asked.
async fn journal(State(shared): State<Arc<Shared>>, uri: Uri) -> Answer {
    let (after, wait) = read_question(&uri)?;
    // Running out of time is an answer too: there is nothing new.
    let _ = tokio::time::timeout(wait, shared.journal.wait_for_newer(after)).await;
    let newer = shared.journal.newer(after);
    // The entries are JSON already.
    let entries = newer.entries.join(",");
    let text = format!(r#"{{"status":"success","data":{{"last":{},"missed":{},"entries":[{entries}]}}}}"#, newer.last, newer.missed);
    Ok(json_text(StatusCode::OK, text))
}

/// After which entry, and how long to wait.
fn read_question(uri: &Uri) -> Result<(u64, Duration), Refusal> {
    let parameters = Parameters::of(uri);
    let number = |name, most| {
        let number = parameters.one(name).map_or(Some(0), |text| text.parse::<u64>().ok());
        let number = number.filter(|number| *number <= most);
        if number.is_none() {
            parameters.refuse(name, format!("The value is not an integer between 0 and {most}."));
        }
        number
    };
    let (after, wait) = parameters.finish(number("after", u64::MAX).zip(number("wait", LONGEST_WAIT)))?;
    Ok((after, Duration::from_secs(wait)))
}
