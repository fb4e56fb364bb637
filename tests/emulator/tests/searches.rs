//! Listings and searches show what looking at every token would show, whatever has happened to the tokens.

mod common;

use std::cmp::Ordering;
use std::collections::BTreeMap;

use common::{Bench, NOON};
use fastrand::Rng;
use serde_json::{Value, json};

const CHANGES: u32 = 500;

/// Words that share parts, in several alphabets and cases.
const WORDS: [&str; 12] = ["show", "Show", "SHOWS", "how", "o", "ow", "ſhow", "İstanbul", "straße", "日本語", "a b", "-"];

const CLUSTERS: [&str; 3] = ["osl-1", "OSL-1", "lim-1"];

fn words(random: &mut Rng) -> String {
    (0..random.usize(1..4)).map(|_| WORDS[random.usize(..WORDS.len())]).collect()
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// All tokens of a kind as they were last answered, and nothing cleverer than that.
#[derive(Default)]
struct Model(BTreeMap<u64, Value>);

impl Model {
    fn page(&self, shows: impl Fn(&Value) -> bool, (by_date, descending): (bool, bool), (page, items): (usize, usize)) -> Vec<u64> {
        let mut shown: Vec<&Value> = self.0.values().filter(|token| shows(token)).collect();
        // Stable, and the map is in the order of the ids.
        shown.sort_by(|a, b| if by_date { Ordering::Equal } else { a["label"].as_str().cmp(&b["label"].as_str()) });
        if by_date {
            // The dates are texts of one length.
            shown.sort_by_key(|token| token["addedOn"].as_str());
        }
        if descending {
            shown.reverse();
        }
        shown.into_iter().skip((page - 1) * items).take(items).map(|token| token["id"].as_u64().unwrap()).collect()
    }

    fn any(&self, random: &mut Rng) -> Option<u64> {
        (!self.0.is_empty()).then(|| *self.0.keys().nth(random.usize(..self.0.len())).unwrap())
    }
}

fn plain_streams(token: &Value) -> impl Iterator<Item = &str> {
    let streams = token["streams"].as_array().unwrap().iter();
    let plain = streams.filter(|stream| stream["isRegex"] == false && stream["streamName"] != ".*");
    plain.map(|stream| stream["streamName"].as_str().unwrap())
}

fn is_found(token: &Value, name: &str, filter: &str) -> bool {
    let holds = |text: &str| text.to_lowercase().contains(&name.to_lowercase());
    let in_label = holds(token["label"].as_str().unwrap());
    let in_streams = plain_streams(token).any(holds);
    let is_found = match filter {
        "TokenName" => in_label,
        "StreamName" => in_streams,
        "None" => true,
        _ => in_label || in_streams,
    };
    plain_streams(token).next().is_some() && is_found
}

fn change(bench: &Bench, kind: &str, random: &mut Rng, model: &mut Model) {
    let stream = match random.u32(..5) {
        0 => json!({ "streamName": words(random), "isRegex": true }),
        1 => json!({ "streamName": ".*" }),
        _ => json!({ "streamName": words(random) }),
    };
    let cluster = CLUSTERS[random.usize(..CLUSTERS.len())];
    match (random.u32(..6), model.any(random)) {
        (0, Some(id)) => {
            bench.delete(&format!("/api/{kind}_token/{id}")).data();
            model.0.remove(&id);
        }
        (1 | 2, Some(id)) => {
            let removed = model.0[&id]["streams"][0].clone();
            let update =
                json!({ "label": words(random), "addTokenStreams": [stream], "removeTokenStreams": [removed], "originCluster": cluster });
            // One that would leave no stream is refused, and changes nothing.
            bench.try_update("v2", kind, &json!(id), &update);
            model.0.insert(id, bench.read(kind, &json!(id)));
        }
        _ => {
            // Many of one date: the id settles their order.
            bench.set_clock(NOON + random.i64(0..5));
            let mut request =
                json!({ "label": words(random), "streams": [stream, { "streamName": words(random), "isRegex": random.bool() }] });
            if random.bool() {
                request["originCluster"] = json!(cluster);
            }
            let created = bench.create(kind, request);
            model.0.insert(created["id"].as_u64().unwrap(), created);
        }
    }
}

fn compare(bench: &Bench, kind: &str, random: &mut Rng, model: &Model) {
    let order = (random.bool(), random.bool());
    let part = (random.usize(1..5), [1, 3, 100][random.usize(..3)]);
    let sort = if order.0 { "AddedOn" } else { "Name" };
    let query = format!("page={}&itemsOnPage={}&sortBy={sort}&isDescending={}", part.0, part.1, order.1);
    let listed = |path: &str| -> Vec<u64> {
        let answer = bench.get(&format!("/api/{kind}_token/{path}"));
        let tokens = answer.data().as_array().unwrap();
        tokens.iter().for_each(|token| assert!(model.0[&token["id"].as_u64().unwrap()] == *token, "a listing shows what a read does"));
        tokens.iter().map(|token| token["id"].as_u64().unwrap()).collect()
    };
    assert_eq!(listed(&format!("list?{query}")), model.page(|_| true, order, part), "{query}");

    let (name, filter) = (words(random), ["", "TokenName", "StreamName", "None"][random.usize(..4)]);
    // A part of it, which may be no more than a character.
    let name: String = name.chars().take(random.usize(1..6)).collect();
    let found = listed(&format!("list_by_name?{query}&filterBy={filter}&name={}", escaped(&name)));
    assert_eq!(found, model.page(|token| is_found(token, &name, filter), order, part), "{name:?} {filter} {query}");

    if kind == "publish" {
        let cluster = CLUSTERS[random.usize(..CLUSTERS.len())];
        let found = listed(&format!("list_by_cluster?{query}&cluster={cluster}"));
        assert_eq!(found, model.page(|token| token["originCluster"] == cluster, order, part), "{cluster} {query}");
    }
}

#[test]
fn every_listing_shows_what_looking_at_every_token_would() {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = Rng::with_seed(seed);
    for kind in ["publish", "subscribe"] {
        let (bench, mut model) = (Bench::new(), Model::default());
        for _ in 0..CHANGES {
            change(&bench, kind, &mut random, &mut model);
            compare(&bench, kind, &mut random, &model);
        }
    }
}

#[test]
fn pages_of_a_search_that_finds_much_follow_each_other() {
    let file = common::process::Folder::new();
    let count = 3000;
    let tokens: Vec<Value> =
        (0..count).map(|n| json!({ "label": format!("show {:04}", n * 7919 % count), "streams": [{ "streamName": "s" }] })).collect();
    let seed = file.written("seed.json", &json!({ "subscribeTokens": tokens }).to_string());
    let bench = Bench::with(|options| options.seed = Some(seed.into()));
    for (descending, first) in [(false, 0), (true, count - 1)] {
        for page in [1, 2, 15, 29, 30, 31] {
            let query = format!("page={page}&itemsOnPage=100&isDescending={descending}&name=SHOW");
            let answer = bench.get(&format!("/api/subscribe_token/list_by_name?{query}"));
            let labels: Vec<&str> = answer.data().as_array().unwrap().iter().map(|token| token["label"].as_str().unwrap()).collect();
            let expected = (0..count).skip((page - 1) * 100).take(100).map(|n: usize| format!("show {:04}", first.abs_diff(n)));
            assert_eq!(labels, expected.collect::<Vec<_>>());
        }
    }
    // What was found is not what is there any longer.
    let far = "/api/subscribe_token/list_by_name?page=30&itemsOnPage=100&name=show";
    let last = bench.get(far).data()[99]["id"].clone();
    bench.delete(&format!("/api/subscribe_token/{last}")).data();
    assert_eq!(bench.get(far).data().as_array().unwrap().len(), 99);
}
