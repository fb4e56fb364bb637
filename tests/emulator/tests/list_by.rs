//! Listing by name and by cluster.

mod common;

use common::{Answer, Bench, NOON};
use serde_json::{Value, json};

const KINDS: [&str; 2] = ["publish", "subscribe"];

fn by_name(bench: &Bench, kind: &str, query: &str) -> Answer {
    bench.get(&format!("/api/{kind}_token/list_by_name?page=1&itemsOnPage=100&{query}"))
}

fn by_cluster(bench: &Bench, query: &str) -> Answer {
    bench.get(&format!("/api/publish_token/list_by_cluster?page=1&itemsOnPage=100&{query}"))
}

#[track_caller]
fn labels(answer: &Answer) -> String {
    let labels = answer.data().as_array().unwrap().iter().map(|token| token["label"].as_str().unwrap());
    labels.collect::<Vec<_>>().join(" ")
}

/// Tokens with these labels and streams, each a second after the one before.
fn stocked(kind: &str, all: &[(&str, Value)]) -> Bench {
    let bench = Bench::new();
    for (now, (label, streams)) in (NOON..).zip(all) {
        bench.set_clock(now);
        bench.create(kind, json!({ "label": label, "streams": streams }));
    }
    bench
}

fn stream(name: &str) -> Value {
    json!([{ "streamName": name }])
}

#[test]
fn a_name_is_looked_for_where_the_filter_says() {
    for kind in KINDS {
        let bench = stocked(kind, &[("cam", stream("x")), ("y", stream("cam")), ("cam2", stream("cam")), ("z", stream("z"))]);
        for (filter, shown) in [
            ("", "cam cam2 y"),
            ("&filterBy=", "cam cam2 y"),
            ("&filterBy=TokenOrStreamName", "cam cam2 y"),
            ("&filterBy=TokenName", "cam cam2"),
            ("&filterBy=StreamName", "cam2 y"),
            ("&filterBy=None", "cam cam2 y z"),
        ] {
            assert_eq!(labels(&by_name(&bench, kind, &format!("name=cam{filter}"))), shown, "{kind} {filter}");
        }
    }
}

#[test]
fn any_part_of_a_name_in_any_case_of_letters_matches() {
    for kind in KINDS {
        let bench = stocked(kind, &[("MainCam", stream("a")), ("x", stream("ÉTÉ 1")), ("y.z", stream("b"))]);
        for (name, shown) in [
            ("ncA", "MainCam"),
            ("MAINCAM", "MainCam"),
            ("%C3%A9t%C3%A9+", "x"),
            (".", "y.z"),
            ("maincam2", ""),
            ("m.incam", ""),
            ("%2E*", ""),
        ] {
            assert_eq!(labels(&by_name(&bench, kind, &format!("name={name}"))), shown, "{kind} {name}");
        }
    }
}

#[test]
fn tokens_with_wildcards_alone_are_left_out() {
    let all = [
        ("cam-any", json!([{ "streamName": ".*", "isRegex": true }])),
        ("cam-dots", json!([{ "streamName": ".*" }])),
        ("cam-pattern", json!([{ "streamName": "cam[0-9]", "isRegex": true }])),
        ("cam-both", json!([{ "streamName": "cam[0-9]", "isRegex": true }, { "streamName": "master" }])),
        ("cam-name", stream("x")),
    ];
    for kind in KINDS {
        let bench = stocked(kind, &all);
        for filter in ["TokenOrStreamName", "TokenName", "None"] {
            assert_eq!(labels(&by_name(&bench, kind, &format!("name=cam&filterBy={filter}"))), "cam-both cam-name", "{filter}");
        }
        assert_eq!(labels(&by_name(&bench, kind, "name=cam&filterBy=StreamName")), "", "a pattern is no name");
        assert_eq!(labels(&by_name(&bench, kind, "name=aster&filterBy=StreamName")), "cam-both");
    }
}

#[test]
fn a_listing_by_name_is_sorted_and_cut_as_any_other() {
    for kind in KINDS {
        let bench = stocked(kind, &[("ab", stream("s")), ("ac", stream("s")), ("aa", stream("s")), ("b", stream("s"))]);
        let list = |query: &str| labels(&bench.get(&format!("/api/{kind}_token/list_by_name?name=a&{query}")));
        assert_eq!(list("page=1&itemsOnPage=100"), "aa ab ac");
        assert_eq!(list("page=1&itemsOnPage=100&isDescending=True"), "ac ab aa");
        assert_eq!(list("page=1&itemsOnPage=100&sortBy=AddedOn"), "ab ac aa");
        assert_eq!(list("page=2&itemsOnPage=2"), "ac");
        assert_eq!(list("page=3&itemsOnPage=2"), "");
    }
}

#[test]
fn listings_show_tokens_as_reading_does() {
    let bench = Bench::new();
    for kind in KINDS {
        let created = bench.create(kind, json!({ "originCluster": "osl-1" }));
        assert_eq!(by_name(&bench, kind, "name=token").data(), &json!([created]));
        if kind == "publish" {
            assert_eq!(by_cluster(&bench, "cluster=osl-1").data(), &json!([created]));
        }
    }
}

#[test]
fn a_listing_follows_an_update() {
    let bench = Bench::new();
    for kind in KINDS {
        let id = bench.create(kind, json!({}))["id"].clone();
        bench.update("v2", kind, &id, json!({ "label": "renamed", "originCluster": "lim-1" }));
        assert_eq!(labels(&by_name(&bench, kind, "name=a%20token")), "");
        assert_eq!(labels(&by_name(&bench, kind, "name=renamed")), "renamed");
    }
    assert_eq!(labels(&by_cluster(&bench, "cluster=lim-1")), "renamed");
}

#[test]
fn a_listing_by_name_names_its_parameters_at_fault_in_the_longer_form() {
    let bench = Bench::new();
    for kind in KINDS {
        let answer = bench.get(&format!("/api/{kind}_token/list_by_name?filterBy=Unknown&page=0&itemsOnPage=101"));
        assert_eq!(answer.fields_at_fault(), ["filterBy", "itemsOnPage", "name", "page"]);
        assert_eq!(answer.body["data"]["message"], json!("Validation errors"));
        assert!(answer.body["data"]["errors"]["name"][0].is_string());
        for (query, at_fault) in [
            ("", "name"),
            ("name=", "name"),
            ("name=a&name=b", "name"),
            ("name=a&filterBy=tokenname", "filterBy"),
            ("name=a&filterBy=None&filterBy=None", "filterBy"),
            ("name=a&sortBy=Label", "sortBy"),
            ("name=a&isDescending=1", "isDescending"),
        ] {
            assert_eq!(by_name(&bench, kind, query).fields_at_fault(), [at_fault], "{query}");
        }
    }
}

#[test]
fn a_listing_by_cluster_shows_the_tokens_that_name_it() {
    let bench = Bench::new();
    for (now, label, cluster) in [(0, "b", "osl-1"), (1, "c", "lim-1"), (2, "a", "osl-1"), (3, "d", "auto")] {
        bench.set_clock(NOON + now);
        bench.create("publish", json!({ "label": label, "originCluster": cluster, "streams": [{ "streamName": ".*", "isRegex": true }] }));
    }
    bench.create("publish", json!({ "label": "unset" }));
    bench.create("subscribe", json!({ "label": "subscribe", "originCluster": "osl-1" }));
    assert_eq!(labels(&by_cluster(&bench, "cluster=osl-1")), "a b");
    assert_eq!(labels(&by_cluster(&bench, "cluster=osl-1&sortBy=AddedOn&isDescending=true")), "a b");
    assert_eq!(labels(&by_cluster(&bench, "cluster=osl-1&sortBy=AddedOn")), "b a");
    assert_eq!(labels(&by_cluster(&bench, "cluster=auto")), "d", "a token that names none is for no cluster of itself");
    for none in ["OSL-1", "osl", "osl-1%20", "nowhere"] {
        assert_eq!(labels(&by_cluster(&bench, &format!("cluster={none}"))), "", "{none}");
    }
    let second = bench.get("/api/publish_token/list_by_cluster?cluster=osl-1&page=2&itemsOnPage=1");
    assert_eq!(labels(&second), "b");
}

#[test]
fn a_listing_by_cluster_names_its_parameters_at_fault_in_the_shorter_form() {
    let bench = Bench::new();
    let answer = bench.get("/api/publish_token/list_by_cluster?page=0");
    let data = answer.failed(400).as_object().unwrap();
    assert_eq!(data.keys().collect::<Vec<_>>(), ["cluster", "itemsOnPage", "page"]);
    assert!(data.values().all(Value::is_string));
    for (query, at_fault) in
        [("", "cluster"), ("cluster=", "cluster"), ("cluster=a&cluster=b", "cluster"), ("cluster=a&sortBy=x", "sortBy")]
    {
        assert_eq!(by_cluster(&bench, query).fields_at_fault(), [at_fault], "{query}");
    }
}

#[test]
fn the_words_after_the_kind_are_no_ids() {
    let bench = Bench::new();
    for kind in KINDS {
        assert_eq!(by_name(&bench, kind, "name=x").data(), &json!([]));
        assert_eq!(bench.api("PUT", &format!("/api/{kind}_token/list_by_name"), &json!({})).status, 405);
    }
    assert_eq!(by_cluster(&bench, "cluster=x").data(), &json!([]));
    // This one is for publish tokens alone.
    assert_eq!(bench.get("/api/subscribe_token/list_by_cluster?cluster=x").fields_at_fault(), ["tokenId"]);
}
