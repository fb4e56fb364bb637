//! `/_emulator/*`: the clock, the switch of a token, and who may use them.

mod common;

use common::{Bench, NOON};
use serde_json::json;

#[test]
fn the_clock_stands_where_it_is_put() {
    let bench = Bench::new();
    assert_eq!(bench.control("clock", &json!({ "now": NOON })).data(), &json!({ "now": NOON, "stands": true }));
    let created = bench.create("publish", json!({}));
    assert_eq!(created["addedOn"], json!("2026-01-01T12:00:00.0000000Z"));
}

#[test]
fn the_clock_goes_with_the_system_again() {
    let bench = Bench::new();
    bench.set_clock(5);
    let answer = bench.control("clock", &json!({ "now": null }));
    assert!(answer.data()["now"].as_i64().unwrap() > 1_700_000_000);
    let added_on = bench.create("publish", json!({}))["addedOn"].as_str().unwrap().to_owned();
    assert_eq!((added_on.len(), &added_on[19..20], &added_on[27..]), (28, ".", "Z"), "{added_on}");
}

#[test]
fn the_clock_goes_no_further_than_dates_do() {
    let bench = Bench::new();
    let latest = 253_402_300_799 - 2_147_483_647_i64;
    bench.set_clock(latest);
    let created = bench.create("publish", json!({ "expires": 2_147_483_647 }));
    assert_eq!(created["expiresOn"], json!("9999-12-31T23:59:59.0000000Z"));
    for (request, at_fault) in [
        (json!({ "now": latest + 1 }), "now"),
        (json!({ "now": -1 }), "now"),
        (json!({ "now": 1.5 }), "$.now"),
        (json!({ "now": "noon" }), "$.now"),
        (json!({}), "now"),
    ] {
        assert_eq!(bench.control("clock", &request).fields_at_fault(), [at_fault], "{request}");
    }
}

#[test]
fn a_token_is_switched_off_and_on() {
    let bench = Bench::new();
    for kind in ["publish", "subscribe"] {
        let id = bench.create(kind, json!({}))["id"].clone();
        for is_active in [false, true] {
            let answer = bench.control(&format!("token/{kind}/{id}"), &json!({ "isActive": is_active }));
            assert_eq!(answer.data(), &json!({ "id": id, "isActive": is_active }), "the answer holds no token");
            assert_eq!(bench.get(&format!("/api/{kind}_token/{id}")).data()["isActive"], json!(is_active));
        }
    }
}

#[test]
fn only_a_token_that_exists_is_switched_and_only_with_true_or_false() {
    let bench = Bench::new();
    let id = bench.create("publish", json!({}))["id"].clone();
    let message = json!({ "tokenId": "No publish token with id: 7" });
    assert_eq!(bench.control("token/publish/7", &json!({ "isActive": true })).failed(400), &message);
    bench.control(&format!("token/subscribe/{id}"), &json!({ "isActive": true })).failed(400);
    let path = format!("token/publish/{id}");
    assert_eq!(bench.control(&path, &json!({})).fields_at_fault(), ["isActive"]);
    assert_eq!(bench.control(&path, &json!({ "isActive": 0 })).fields_at_fault(), ["$.isActive"]);
    assert_eq!(bench.control(&path, &json!([])).fields_at_fault(), ["$"]);
    assert_eq!(bench.control("token/elsewhere/7", &json!({})).status, 404);
}

#[test]
fn a_page_in_a_browser_controls_nothing() {
    let bench = Bench::new();
    for origin in ["https://example.com", "null", &bench.0.url()] {
        for path in ["/_emulator/clock", "/_emulator/usage", "/_emulator/analytics", "/_emulator/publish", "/_emulator/token/publish/1"] {
            let answer = bench.send("POST", path, &[("Origin", origin)], br#"{"now":5}"#);
            assert_eq!((answer.status, &answer.body["status"]), (403, &json!("error")), "{origin} {path}");
        }
    }
    assert!(bench.create("publish", json!({}))["addedOn"].as_str().unwrap() > "2020");
}
