//! Reading, listing and deleting.

mod common;

use common::{Answer, Bench, NOON};
use serde_json::{Value, json};

const KINDS: [&str; 2] = ["publish", "subscribe"];

fn list(bench: &Bench, kind: &str, query: &str) -> Answer {
    bench.get(&format!("/api/{kind}_token/list?{query}"))
}

#[track_caller]
fn labels(answer: &Answer) -> String {
    let labels = answer.data().as_array().unwrap().iter().map(|token| token["label"].as_str().unwrap());
    labels.collect::<Vec<_>>().join(" ")
}

/// Tokens with these labels, each a second after the one before.
fn stocked(kind: &str, all: &[&str]) -> Bench {
    let bench = Bench::new();
    for (now, label) in (NOON..).zip(all) {
        bench.set_clock(now);
        bench.create(kind, json!({ "label": label }));
    }
    bench
}

#[test]
fn a_token_is_read_as_it_was_created() {
    let bench = Bench::new();
    for kind in KINDS {
        let created = bench.create(kind, json!({ "expires": 60 }));
        let read = bench.get(&format!("/api/{kind}_token/{}", created["id"]));
        assert_eq!(read.data(), &created);
    }
}

#[test]
fn reading_an_unknown_token_fails_with_400_and_its_id() {
    let bench = Bench::new();
    for kind in KINDS {
        for id in ["99", "-1", "9223372036854775807"] {
            let answer = bench.get(&format!("/api/{kind}_token/{id}"));
            assert_eq!(answer.failed(400), &json!({ "tokenId": format!("No publish token with id: {id}") }));
        }
    }
}

#[test]
fn the_two_kinds_do_not_see_each_other() {
    let bench = Bench::new();
    let publish = bench.create("publish", json!({}));
    bench.get(&format!("/api/subscribe_token/{}", publish["id"])).failed(400);
    bench.delete(&format!("/api/subscribe_token/{}", publish["id"])).failed(400);
    assert_eq!(labels(&list(&bench, "subscribe", "page=1&itemsOnPage=100")), "");
    assert_eq!(labels(&list(&bench, "publish", "page=1&itemsOnPage=100")), "a token");
}

#[test]
fn an_id_that_is_no_integer_is_refused_by_name() {
    let bench = Bench::new();
    bench.create("publish", json!({}));
    for id in ["x", "1.0", "+1000", "01000", "%31000x", "%ff", "1e3", "9223372036854775808"] {
        assert_eq!(bench.get(&format!("/api/publish_token/{id}")).fields_at_fault(), ["tokenId"], "{id}");
        assert_eq!(bench.delete(&format!("/api/publish_token/{id}")).fields_at_fault(), ["tokenId"], "{id}");
    }
}

#[test]
fn a_deleted_token_is_gone_and_its_id_does_not_come_back() {
    let bench = Bench::new();
    for kind in KINDS {
        let created = bench.create(kind, json!({}));
        let path = format!("/api/{kind}_token/{}", created["id"]);
        assert_eq!(bench.delete(&path).data(), &json!(true));
        bench.get(&path).failed(400);
        let message = json!({ "tokenId": format!("No publish token with id: {}", created["id"]) });
        assert_eq!(bench.delete(&path).failed(400), &message);
        assert_eq!(labels(&list(&bench, kind, "page=1&itemsOnPage=1")), "");
        assert_ne!(bench.create(kind, json!({}))["id"], created["id"]);
    }
}

#[test]
fn a_listing_is_by_name_unless_it_is_told_otherwise() {
    for kind in KINDS {
        let bench = stocked(kind, &["b", "c", "a"]);
        assert_eq!(labels(&list(&bench, kind, "page=1&itemsOnPage=100")), "a b c");
        assert_eq!(labels(&list(&bench, kind, "page=1&itemsOnPage=100&sortBy=")), "a b c");
        assert_eq!(labels(&list(&bench, kind, "page=1&itemsOnPage=100&sortBy=Name&isDescending=true")), "c b a");
        assert_eq!(labels(&list(&bench, kind, "page=1&itemsOnPage=100&sortBy=AddedOn")), "b c a");
        assert_eq!(labels(&list(&bench, kind, "sortBy=AddedOn&page=1&itemsOnPage=30&isDescending=true")), "a c b");
    }
}

#[test]
fn a_listing_shows_tokens_as_reading_does() {
    let bench = Bench::new();
    for kind in KINDS {
        let created = bench.create(kind, json!({}));
        assert_eq!(list(&bench, kind, "page=1&itemsOnPage=1").data(), &json!([created]));
    }
}

#[test]
fn pages_of_equal_names_neither_overlap_nor_leave_gaps() {
    let bench = Bench::new();
    bench.set_clock(NOON);
    let created: Vec<Value> = (0..5).map(|_| bench.create("publish", json!({}))["id"].clone()).collect();
    for query in ["sortBy=Name", "sortBy=AddedOn"] {
        for descending in [false, true] {
            let mut seen = Vec::new();
            for page in 1..=3 {
                let answer = list(&bench, "publish", &format!("{query}&isDescending={descending}&page={page}&itemsOnPage=2"));
                seen.extend(answer.data().as_array().unwrap().iter().map(|token| token["id"].clone()));
            }
            if descending {
                seen.reverse();
            }
            assert_eq!(seen, created, "{query} {descending}");
        }
    }
}

#[test]
fn past_the_end_comes_an_empty_page() {
    let bench = stocked("publish", &["a", "b"]);
    assert_eq!(labels(&list(&bench, "publish", "page=2&itemsOnPage=1")), "b");
    for page in ["3", "2147483647"] {
        assert_eq!(labels(&list(&bench, "publish", &format!("page={page}&itemsOnPage=100"))), "");
    }
}

#[test]
fn python_spells_its_booleans_with_a_capital() {
    let bench = stocked("publish", &["a", "b"]);
    assert_eq!(labels(&list(&bench, "publish", "page=1&itemsOnPage=2&isDescending=True")), "b a");
    assert_eq!(labels(&list(&bench, "publish", "page=1&itemsOnPage=2&isDescending=False")), "a b");
}

#[test]
fn both_numbers_are_required_and_both_are_named() {
    let bench = Bench::new();
    for kind in KINDS {
        let answer = list(&bench, kind, "");
        assert_eq!(answer.fields_at_fault(), ["itemsOnPage", "page"]);
        assert_eq!(answer.body["data"]["message"], json!("Validation errors"));
        assert!(answer.body["data"]["errors"]["page"][0].is_string());
    }
}

#[test]
fn numbers_are_taken_within_their_ranges_only() {
    let bench = Bench::new();
    for page in ["1", "2147483647"] {
        list(&bench, "publish", &format!("page={page}&itemsOnPage=100")).data();
    }
    for page in ["0", "-1", "2147483648", "99999999999999999999", "x", "1.0", "", "%2B1", "+1"] {
        let answer = list(&bench, "publish", &format!("page={page}&itemsOnPage=1"));
        assert_eq!(answer.fields_at_fault(), ["page"], "{page}");
    }
    for items in ["1", "100"] {
        list(&bench, "publish", &format!("page=1&itemsOnPage={items}")).data();
    }
    for items in ["0", "101", "x", "%ff"] {
        let answer = list(&bench, "publish", &format!("page=1&itemsOnPage={items}"));
        assert_eq!(answer.fields_at_fault(), ["itemsOnPage"], "{items}");
    }
}

#[test]
fn an_order_that_does_not_exist_is_refused() {
    let bench = Bench::new();
    for (query, field) in [
        ("sortBy=Label", "sortBy"),
        ("sortBy=name", "sortBy"),
        ("isDescending=1", "isDescending"),
        ("isDescending=", "isDescending"),
        ("sortBy=Name&sortBy=AddedOn", "sortBy"),
        ("page=2", "page"),
    ] {
        let answer = list(&bench, "publish", &format!("page=1&itemsOnPage=1&{query}"));
        assert_eq!(answer.fields_at_fault(), [field], "{query}");
    }
}
