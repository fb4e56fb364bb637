//! Creating tokens: what goes in, what comes out.

mod common;

use common::{Bench, NOON, SECRET};
use serde_json::{Value, json};

fn names(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

fn is_token_text(text: &Value) -> bool {
    let text = text.as_str().unwrap();
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[test]
fn a_publish_token_with_nothing_set_has_the_platforms_defaults() {
    let bench = Bench::new();
    bench.set_clock(NOON);
    let mut created = bench.create("publish", json!({}));
    assert!(is_token_text(&created["token"].take()));
    assert_eq!(
        created,
        json!({
            "id": 1000,
            "token": null,
            "label": "a token",
            "name": "a token",
            "addedOn": "2026-01-01T12:00:00.0000000Z",
            "expiresOn": null,
            "isActive": true,
            "streams": [{ "streamName": "show", "isRegex": false }],
            "allowedOrigins": [],
            "allowedIpAddresses": [],
            "bindIpsOnUsage": null,
            "originCluster": "",
            "allowedCountries": [],
            "deniedCountries": [],
            "subscribeRequiresAuth": false,
            "drm": false,
            "record": false,
            "clip": false,
            "multisource": true,
            "enableThumbnails": false,
            "displaySrtPassphrase": false,
            "lowLatencyRtmp": true,
            "integrationId": "None",
            "geoCascade": null,
            "restream": null,
            "priority": null,
            "enableUTCInsertion": null,
            "encoderProfileId": null,
            "effectiveSettings": {
                "originCluster": "auto",
                "allowedCountries": [],
                "deniedCountries": [],
                "geoCascade": { "isEnabled": false, "clusters": ["all"] },
                "enableUTCInsertion": false,
            },
        })
    );
}

#[test]
fn a_subscribe_token_with_nothing_set_has_the_platforms_defaults() {
    let bench = Bench::new();
    bench.set_clock(NOON);
    let mut created = bench.create("subscribe", json!({}));
    assert!(is_token_text(&created["token"].take()));
    assert_eq!(
        created,
        json!({
            "id": 1000,
            "token": null,
            "label": "a token",
            "name": "a token",
            "addedOn": "2026-01-01T12:00:00.0000000Z",
            "expiresOn": null,
            "isActive": true,
            "streams": [{ "streamName": "show", "isRegex": false }],
            "allowedOrigins": [],
            "allowedIpAddresses": [],
            "bindIpsOnUsage": null,
            "originCluster": "",
            "allowedCountries": [],
            "deniedCountries": [],
            "tracking": null,
            "effectiveSettings": { "originCluster": "auto", "allowedCountries": [], "deniedCountries": [] },
        })
    );
}

#[test]
fn every_field_of_a_publish_token_comes_back_as_it_was_set() {
    let bench = Bench::new();
    let fields = json!({
        "label": "Zoë 東京 🎥",
        "streams": [{ "streamName": "a/.+", "isRegex": true }, { "streamName": "a" }, { "streamName": "a" }],
        "subscribeRequiresAuth": true,
        "drm": true,
        "record": true,
        "multisource": false,
        "enableThumbnails": true,
        "displaySrtPassphrase": true,
        "lowLatencyRtmp": false,
        "geoCascade": { "isEnabled": true, "clusters": ["phx-1", "sgp-1"] },
        "restream": [{ "label": "far", "url": "rtmp://far.example/live", "key": "12345", "enabled": false }],
        "priority": -7,
        "allowedOrigins": ["example.com", "*.example.com:8443"],
        "allowedIpAddresses": ["192.0.2.1", "198.51.100.0/24", "2001:db8::1"],
        "originCluster": "phx-1",
        "allowedCountries": ["PL", "ZA"],
        "enableUTCInsertion": true,
        "encoderProfileId": "profile-1",
    });
    let created = bench.create("publish", fields.clone());
    for (name, value) in fields.as_object().unwrap().iter().filter(|(name, _)| *name != "streams") {
        assert_eq!(&created[name], value, "{name}");
    }
    assert_eq!(created["streams"][0], json!({ "streamName": "a/.+", "isRegex": true }));
    assert_eq!(created["streams"][2], json!({ "streamName": "a", "isRegex": false }));
    assert_eq!(created["name"], fields["label"]);
    assert_eq!(
        created["effectiveSettings"],
        json!({
            "originCluster": "phx-1",
            "allowedCountries": ["PL", "ZA"],
            "deniedCountries": [],
            "geoCascade": { "isEnabled": true, "clusters": ["phx-1", "sgp-1"] },
            "enableUTCInsertion": true,
        })
    );
}

#[test]
fn every_field_of_a_subscribe_token_comes_back_as_it_was_set() {
    let bench = Bench::new();
    let fields = json!({
        "tracking": { "trackingId": "partner" },
        "bindIpsOnUsage": 3,
        "deniedCountries": ["PL"],
        "allowedOrigins": ["bücher.example"],
        "originCluster": "auto",
    });
    let created = bench.create("subscribe", fields.clone());
    for (name, value) in fields.as_object().unwrap() {
        assert_eq!(&created[name], value, "{name}");
    }
}

#[test]
fn the_passphrase_is_shown_only_where_it_is_asked_for() {
    let bench = Bench::new();
    let hidden = bench.create("publish", json!({ "displaySrtPassphrase": false }));
    assert!(!names(&hidden).contains(&"srtPassphrase"));
    let shown = bench.create("publish", json!({ "displaySrtPassphrase": true }));
    assert!((10..=79).contains(&shown["srtPassphrase"].as_str().unwrap().len()));
    let read = bench.get(&format!("/api/publish_token/{}", shown["id"]));
    assert_eq!(read.data()["srtPassphrase"], shown["srtPassphrase"]);
}

#[test]
fn a_cascade_without_clusters_goes_to_all_of_them() {
    let bench = Bench::new();
    let created = bench.create("publish", json!({ "geoCascade": { "isEnabled": true } }));
    assert_eq!(created["geoCascade"], json!({ "isEnabled": true, "clusters": null }));
    assert_eq!(created["effectiveSettings"]["geoCascade"], json!({ "isEnabled": true, "clusters": ["all"] }));
}

#[test]
fn an_endpoint_is_enabled_unless_it_says_otherwise() {
    let bench = Bench::new();
    let created = bench.create("publish", json!({ "restream": [{ "url": "rtmp://x", "key": "12345" }] }));
    assert_eq!(created["restream"], json!([{ "label": null, "url": "rtmp://x", "key": "12345", "enabled": true }]));
}

#[test]
fn a_token_expires_so_many_seconds_after_it_was_added() {
    let bench = Bench::new();
    bench.set_clock(NOON);
    for kind in ["publish", "subscribe"] {
        let created = bench.create(kind, json!({ "expires": 3600 }));
        assert_eq!(created["expiresOn"], json!("2026-01-01T13:00:00.0000000Z"));
    }
}

#[test]
fn the_same_request_sent_twice_makes_two_tokens() {
    let bench = Bench::new();
    for kind in ["publish", "subscribe"] {
        let (one, other) = (bench.create(kind, json!({})), bench.create(kind, json!({})));
        assert_ne!(one["id"], other["id"]);
        assert_ne!(one["token"], other["token"]);
    }
}

#[test]
fn a_slash_at_the_end_creates_as_well() {
    let bench = Bench::new();
    for kind in ["publish", "subscribe"] {
        let body = json!({ "label": "a", "streams": [{ "streamName": "s" }] });
        bench.api("POST", &format!("/api/{kind}_token/"), &body).data();
    }
}

#[test]
fn a_null_is_the_same_as_nothing() {
    let bench = Bench::new();
    let nothing = bench.create("publish", json!({}));
    let settable = [
        "subscribeRequiresAuth",
        "drm",
        "record",
        "clip",
        "multisource",
        "enableThumbnails",
        "displaySrtPassphrase",
        "lowLatencyRtmp",
        "geoCascade",
        "restream",
        "priority",
        "expires",
        "allowedOrigins",
        "allowedIpAddresses",
        "bindIpsOnUsage",
        "originCluster",
        "allowedCountries",
        "deniedCountries",
        "enableUTCInsertion",
        "encoderProfileId",
    ];
    let nulls: Value = settable.map(|name| (name.to_owned(), Value::Null)).into_iter().collect();
    let mut created = bench.create("publish", nulls);
    for name in ["id", "token", "addedOn"] {
        created[name] = nothing[name].clone();
    }
    assert_eq!(created, nothing);
    let created =
        bench.create("subscribe", json!({ "tracking": { "trackingId": null }, "streams": [{ "streamName": "s", "isRegex": null }] }));
    assert_eq!(created["tracking"], Value::Null);
}

#[test]
fn fields_that_the_platform_does_not_know_are_ignored() {
    let bench = Bench::new();
    let created = bench.create("subscribe", json!({ "expiresOn": "2030-01-01", "later": { "a": [1] }, "record": 7 }));
    assert_eq!(created["expiresOn"], Value::Null);
    assert!(!names(&created).contains(&"later"));
}

#[test]
fn ids_go_beyond_32_bits() {
    let first = (1_u64 << 32) + 5;
    let bench = Bench::with(|options| options.first_id = first);
    assert_eq!(bench.create("publish", json!({}))["id"], json!(first));
    assert_eq!(bench.create("subscribe", json!({}))["id"], json!(first + 1));
    assert_eq!(bench.get(&format!("/api/publish_token/{first}")).data()["id"], json!(first));
    assert!(bench.get("/api/publish_token/5").status == 400, "an id cut to 32 bits is another one");
}

#[test]
fn what_was_sent_can_be_looked_at_afterwards_without_the_secret() {
    let bench = Bench::new();
    assert!(bench.0.requests().is_empty());
    bench.create("publish", json!({}));
    bench.get("/api/publish_token/list?page=1&itemsOnPage=2");
    let requests = bench.0.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!((requests[0].method.as_str(), requests[0].path.as_str()), ("POST", "/api/publish_token"));
    assert_eq!(requests[0].body, r#"{"label":"a token","streams":[{"streamName":"show"}]}"#);
    assert_eq!((requests[1].path.as_str(), requests[1].query.as_str()), ("/api/publish_token/list", "page=1&itemsOnPage=2"));
    assert!(!format!("{requests:?}").contains(SECRET));
}
