//! What an update means to the viewers of a token, and to those of the self-signed ones made
//! from it.

mod common;

use common::{Bench, NOON, Parent};
use serde_json::{Value, json};

const VERSIONS: [&str; 2] = ["v1", "v2"];

const ONE: (&str, &str) = ("X-Forwarded-For", "198.51.100.7");
const OTHER: (&str, &str) = ("X-Forwarded-For", "203.0.113.7");

#[track_caller]
fn update(bench: &Bench, version: &str, parent: &Parent, fields: Value) -> Value {
    bench.update(version, "subscribe", &json!(parent.id), fields)
}

#[test]
fn a_refreshed_token_lets_nobody_in_by_its_old_text_nor_by_what_that_signed() {
    let bench = Bench::director();
    for version in VERSIONS {
        let old = Parent::create(&bench, json!({}));
        let signed = old.sign(&old.payload());
        bench.view(&old.token, "show", &[]).admitted();
        bench.view(&signed, "show", &[]).admitted();
        let updated = update(&bench, version, &old, json!({ "refreshToken": true }));
        assert_eq!(bench.view(&old.token, "show", &[]).rule(), "token-unknown");
        assert_eq!(bench.view(&signed, "show", &[]).rule(), "signature");
        let new = Parent { id: old.id, token: updated["token"].as_str().unwrap().to_owned() };
        bench.view(&new.token, "show", &[]).admitted();
        bench.view(&new.sign(&new.payload()), "show", &[]).admitted();
    }
}

#[test]
fn a_disabled_token_lets_nobody_in_until_it_is_enabled() {
    let bench = Bench::director();
    for version in VERSIONS {
        let parent = Parent::create(&bench, json!({}));
        let signed = parent.sign(&parent.payload());
        update(&bench, version, &parent, json!({ "isActive": false }));
        assert_eq!(bench.view(&parent.token, "show", &[]).rule(), "token-inactive");
        assert_eq!(bench.view(&signed, "show", &[]).rule(), "parent-inactive");
        update(&bench, version, &parent, json!({ "isActive": true }));
        bench.view(&parent.token, "show", &[]).admitted();
        bench.view(&signed, "show", &[]).admitted();
    }
}

#[test]
fn viewers_are_judged_by_the_streams_and_lists_that_an_update_leaves() {
    let bench = Bench::director();
    for version in VERSIONS {
        let parent = Parent::create(&bench, json!({}));
        update(&bench, version, &parent, json!({ "addTokenStreams": [{ "streamName": "new" }], "removeTokenStreams": ["show"] }));
        assert_eq!(bench.view(&parent.token, "show", &[]).rule(), "stream");
        bench.view(&parent.token, "new", &[ONE]).admitted();
        for (field, value, rule) in [
            ("allowedIpAddresses", json!(["203.0.113.0/24"]), "address"),
            ("allowedCountries", json!(["ZA"]), "country"),
            ("deniedCountries", json!(["PL"]), "country"),
            ("allowedOrigins", json!(["example.com"]), "origin"),
        ] {
            update(&bench, version, &parent, json!({ field: value }));
            assert_eq!(bench.view(&parent.token, "new", &[ONE]).rule(), rule, "{version} {field}");
            update(&bench, version, &parent, json!({ field: [] }));
            bench.view(&parent.token, "new", &[ONE]).admitted();
        }
    }
}

#[test]
fn a_token_that_binds_no_more_forgets_its_addresses() {
    let bench = Bench::director();
    for version in VERSIONS {
        let parent = Parent::create(&bench, json!({ "bindIpsOnUsage": 1 }));
        bench.view(&parent.token, "show", &[ONE]).admitted();
        assert_eq!(bench.view(&parent.token, "show", &[OTHER]).rule(), "bound-address");
        let updated = update(&bench, version, &parent, json!({ "bindIpsOnUsage": 0 }));
        assert_eq!(updated["bindIpsOnUsage"], Value::Null);
        bench.view(&parent.token, "show", &[OTHER]).admitted();
        update(&bench, version, &parent, json!({ "bindIpsOnUsage": 1 }));
        bench.view(&parent.token, "show", &[OTHER]).admitted();
        assert_eq!(bench.view(&parent.token, "show", &[ONE]).rule(), "bound-address");
    }
}

#[test]
fn a_token_that_binds_another_number_forgets_its_addresses_and_the_same_number_keeps_them() {
    let bench = Bench::director();
    for version in VERSIONS {
        let parent = Parent::create(&bench, json!({ "bindIpsOnUsage": 1 }));
        bench.view(&parent.token, "show", &[ONE]).admitted();
        for fields in [json!({ "bindIpsOnUsage": 1 }), json!({ "label": "x" })] {
            update(&bench, version, &parent, fields);
            assert_eq!(bench.view(&parent.token, "show", &[OTHER]).rule(), "bound-address");
        }
        update(&bench, version, &parent, json!({ "bindIpsOnUsage": 2 }));
        bench.view(&parent.token, "show", &[OTHER]).admitted();
        bench.view(&parent.token, "show", &[ONE]).admitted();
        assert_eq!(bench.view(&parent.token, "show", &[]).rule(), "bound-address");
    }
}

#[test]
fn a_refreshed_token_stays_bound() {
    let bench = Bench::director();
    let parent = Parent::create(&bench, json!({ "bindIpsOnUsage": 1 }));
    bench.view(&parent.token, "show", &[ONE]).admitted();
    let updated = update(&bench, "v2", &parent, json!({ "refreshToken": true }));
    let text = updated["token"].as_str().unwrap();
    assert_eq!(bench.view(text, "show", &[OTHER]).rule(), "bound-address");
    bench.view(text, "show", &[ONE]).admitted();
}

#[test]
fn a_refused_update_changes_nothing_for_viewers() {
    let bench = Bench::director();
    for version in VERSIONS {
        let parent = Parent::create(&bench, json!({ "bindIpsOnUsage": 1 }));
        bench.view(&parent.token, "show", &[ONE]).admitted();
        let fields = json!({ "refreshToken": true, "isActive": false, "bindIpsOnUsage": 0, "removeTokenStreams": ["show"] });
        assert_eq!(bench.try_update(version, "subscribe", &json!(parent.id), &fields).fields_at_fault(), ["removeTokenStreams"]);
        bench.view(&parent.token, "show", &[ONE]).admitted();
        bench.view(&parent.sign(&parent.payload()), "show", &[ONE]).admitted();
        assert_eq!(bench.view(&parent.token, "show", &[OTHER]).rule(), "bound-address");
    }
}

#[test]
fn an_expired_token_does_not_come_back_by_an_update() {
    let bench = Bench::director();
    let parent = Parent::create(&bench, json!({ "expires": 60 }));
    bench.set_clock(NOON + 60);
    let updated = update(&bench, "v2", &parent, json!({ "isActive": true, "refreshToken": true }));
    assert_eq!(bench.view(updated["token"].as_str().unwrap(), "show", &[]).rule(), "token-expired");
}
