//! Updating: what changes, what stays, and what is answered, in both versions and for both kinds.

mod common;

use common::{Bench, NOON, in_v1};
use serde_json::{Value, json};

const KINDS: [&str; 2] = ["publish", "subscribe"];

/// Every version with every kind.
const WAYS: [(&str, &str); 4] = [("v1", "publish"), ("v1", "subscribe"), ("v2", "publish"), ("v2", "subscribe")];

const VERSIONS: [&str; 2] = ["v1", "v2"];

/// What reading shows, but for the label's older name.
#[track_caller]
fn shown(bench: &Bench, kind: &str, id: &Value) -> Value {
    let mut read = bench.read(kind, id);
    assert_eq!(read["name"].take(), read["label"]);
    read
}

fn stream_names(token: &Value) -> Vec<&str> {
    token["streams"].as_array().unwrap().iter().map(|stream| stream["streamName"].as_str().unwrap()).collect()
}

#[test]
fn the_answer_is_the_token_as_it_is_read_and_version_2_leaves_out_its_older_name() {
    let bench = Bench::new();
    for (version, kind) in WAYS {
        let id = bench.create(kind, json!({ "expires": 60 }))["id"].clone();
        let mut updated = bench.update(version, kind, &id, json!({ "label": "new" }));
        assert_eq!(updated["label"], json!("new"));
        assert_eq!(updated.get("name"), (version == "v1").then_some(&json!("new")), "{version}");
        updated["name"] = Value::Null;
        assert_eq!(updated, shown(&bench, kind, &id));
    }
}

#[test]
fn a_field_that_is_absent_or_null_stays_as_it_is() {
    let bench = Bench::new();
    let all = json!({
        "label": "old",
        "allowedOrigins": ["example.com"],
        "allowedIpAddresses": ["192.0.2.1"],
        "originCluster": "osl-1",
        "allowedCountries": ["PL"],
        "expires": 60,
    });
    let mut of_publish = all.clone();
    for (name, value) in json!({
        "subscribeRequiresAuth": true, "drm": true, "record": true, "clip": false, "multisource": false,
        "enableThumbnails": true, "displaySrtPassphrase": true, "lowLatencyRtmp": false, "priority": 7,
        "enableUTCInsertion": true, "encoderProfileId": "p", "restream": [{ "url": "rtmp://x", "key": "12345" }],
        "geoCascade": { "isEnabled": true, "clusters": ["osl-1"] },
    })
    .as_object()
    .unwrap()
    {
        of_publish[name] = value.clone();
    }
    let clearing = ["priority", "enableUTCInsertion", "encoderProfileId"];
    for (version, kind) in WAYS {
        let fields = if kind == "publish" { &of_publish } else { &all };
        let id = bench.create(kind, fields.clone())["id"].clone();
        let mut before = shown(&bench, kind, &id);
        before["label"] = json!("new");
        let mut nulls: Value = fields
            .as_object()
            .unwrap()
            .keys()
            .filter(|name| !clearing.contains(&name.as_str()))
            .map(|n| (n.clone(), Value::Null))
            .collect();
        for name in ["isActive", "refreshToken", "addTokenStreams", "removeTokenStreams", "bindIpsOnUsage", "deniedCountries"] {
            nulls[name] = Value::Null;
        }
        nulls["label"] = json!("new");
        bench.update(version, kind, &id, nulls);
        bench.update(version, kind, &id, json!({ "label": "new" }));
        assert_eq!(shown(&bench, kind, &id), before, "{version} {kind}");
    }
}

#[test]
fn null_clears_the_priority_the_profile_and_the_timestamps() {
    let bench = Bench::new();
    let all = json!({ "priority": 7, "encoderProfileId": "p", "enableUTCInsertion": true });
    for version in VERSIONS {
        for field in ["priority", "encoderProfileId", "enableUTCInsertion"] {
            let mut expected = bench.create("publish", all.clone());
            let updated = bench.update(version, "publish", &expected["id"], json!({ field: null }));
            expected[field] = Value::Null;
            for field in ["priority", "encoderProfileId", "enableUTCInsertion"] {
                assert_eq!(updated[field], expected[field], "{version} {field}");
            }
        }
    }
}

#[test]
fn a_list_takes_the_place_of_the_whole_list_and_an_empty_one_clears_it() {
    let bench = Bench::new();
    for (version, kind) in WAYS {
        for (field, old, new) in [
            ("allowedOrigins", json!(["a.example", "b.example"]), json!(["*.c.example:8443"])),
            ("allowedIpAddresses", json!(["192.0.2.1", "192.0.2.2"]), json!(["198.51.100.0/24"])),
            ("allowedCountries", json!(["PL", "ZA"]), json!(["DE"])),
            ("deniedCountries", json!(["PL", "ZA"]), json!(["DE"])),
        ] {
            let id = bench.create(kind, json!({ field: old }))["id"].clone();
            assert_eq!(bench.update(version, kind, &id, json!({ field: new }))[field], new, "{version} {kind}");
            assert_eq!(bench.update(version, kind, &id, json!({ field: [] }))[field], json!([]), "{version} {kind}");
            assert_eq!(bench.read(kind, &id)[field], json!([]));
        }
    }
}

#[test]
fn endpoints_and_cascade_are_replaced_whole() {
    let bench = Bench::new();
    for version in VERSIONS {
        let endpoint = |url: &str| json!({ "label": "l", "url": url, "key": "12345", "enabled": false });
        let created = bench.create(
            "publish",
            json!({ "restream": [endpoint("rtmp://a"), endpoint("rtmp://b")], "geoCascade": { "isEnabled": true, "clusters": ["osl-1"] } }),
        );
        let id = &created["id"];
        let updated = bench.update(version, "publish", id, json!({ "restream": [endpoint("rtmp://c")] }));
        assert_eq!(updated["restream"], json!([endpoint("rtmp://c")]));
        assert_eq!(bench.update(version, "publish", id, json!({ "restream": [] }))["restream"], json!([]));
        let updated = bench.update(version, "publish", id, json!({ "geoCascade": { "isEnabled": false } }));
        assert_eq!(updated["geoCascade"], json!({ "isEnabled": false, "clusters": null }), "no cluster is left over");
        assert_eq!(updated["effectiveSettings"]["geoCascade"], json!({ "isEnabled": false, "clusters": ["all"] }));
    }
}

#[test]
fn every_switch_is_switched_both_ways() {
    let bench = Bench::new();
    for version in VERSIONS {
        let id = bench.create("publish", json!({}))["id"].clone();
        for field in [
            "subscribeRequiresAuth",
            "drm",
            "record",
            "clip",
            "multisource",
            "enableThumbnails",
            "lowLatencyRtmp",
            "displaySrtPassphrase",
            "enableUTCInsertion",
            "isActive",
        ] {
            for value in [true, false] {
                let updated = bench.update(version, "publish", &id, json!({ field: value }));
                assert_eq!(updated[field], json!(value), "{version} {field}");
            }
        }
    }
}

#[test]
fn the_passphrase_shows_once_it_is_asked_for_and_stays_the_same() {
    let bench = Bench::new();
    let id = bench.create("publish", json!({}))["id"].clone();
    let shown = bench.update("v2", "publish", &id, json!({ "displaySrtPassphrase": true }))["srtPassphrase"].clone();
    assert!(shown.is_string());
    let again = bench.update("v2", "publish", &id, json!({ "refreshToken": true, "label": "x" }));
    assert_eq!(again["srtPassphrase"], shown);
    let hidden = bench.update("v1", "publish", &id, json!({ "displaySrtPassphrase": false }));
    assert!(hidden.get("srtPassphrase").is_none());
}

#[test]
fn what_is_set_counts_in_the_effective_settings() {
    let bench = Bench::new();
    for (version, kind) in WAYS {
        let id = bench.create(kind, json!({}))["id"].clone();
        let updated = bench.update(version, kind, &id, json!({ "originCluster": "osl-1", "deniedCountries": ["PL"] }));
        assert_eq!(updated["originCluster"], json!("osl-1"));
        assert_eq!(updated["effectiveSettings"]["originCluster"], json!("osl-1"));
        assert_eq!(updated["effectiveSettings"]["deniedCountries"], json!(["PL"]));
    }
}

#[test]
fn streams_are_added_at_the_end_and_removed_by_name() {
    let bench = Bench::new();
    for (version, kind) in WAYS {
        let id = bench.create(kind, json!({ "streams": [{ "streamName": "a" }, { "streamName": "b" }] }))["id"].clone();
        let added = json!([{ "streamName": "c" }, { "streamName": "d[0-9]+", "isRegex": true }]);
        let updated = bench.update(version, kind, &id, json!({ "addTokenStreams": added, "removeTokenStreams": ["a"] }));
        assert_eq!(
            updated["streams"],
            json!([
                { "streamName": "b", "isRegex": false },
                { "streamName": "c", "isRegex": false },
                { "streamName": "d[0-9]+", "isRegex": true },
            ])
        );
        let updated = bench.update(version, kind, &id, json!({ "removeTokenStreams": ["d[0-9]+", "unknown"] }));
        assert_eq!(stream_names(&updated), ["b", "c"], "a name that is not there is no fault");
        let updated = bench.update(version, kind, &id, json!({ "removeTokenStreams": [{ "streamName": "c", "isRegex": false }] }));
        assert_eq!(stream_names(&updated), ["b"]);
        let updated = bench.update(version, kind, &id, json!({ "addTokenStreams": [], "removeTokenStreams": [] }));
        assert_eq!(stream_names(&updated), ["b"]);
    }
}

#[test]
fn a_stream_that_is_there_already_is_not_added_twice() {
    let bench = Bench::new();
    for (version, kind) in WAYS {
        let id = bench.create(kind, json!({}))["id"].clone();
        let added = json!([{ "streamName": "show" }, { "streamName": "x" }, { "streamName": "x" }]);
        assert_eq!(stream_names(&bench.update(version, kind, &id, json!({ "addTokenStreams": added }))), ["show", "x"]);
    }
}

#[test]
fn a_name_becomes_a_pattern_in_one_request() {
    let bench = Bench::new();
    for (version, kind) in WAYS {
        let id = bench.create(kind, json!({}))["id"].clone();
        let pattern = json!({ "streamName": "show", "isRegex": true });
        let updated = bench.update(version, kind, &id, json!({ "addTokenStreams": [pattern], "removeTokenStreams": ["show"] }));
        assert_eq!(updated["streams"], json!([pattern]));
    }
}

#[test]
fn a_refreshed_token_is_another_one_every_time() {
    let bench = Bench::new();
    for (version, kind) in WAYS {
        let created = bench.create(kind, json!({ "expires": 60 }));
        let mut seen = vec![created["token"].clone()];
        for _ in 0..3 {
            let updated = bench.update(version, kind, &created["id"], json!({ "refreshToken": true }));
            assert!(updated["token"].as_str().unwrap().len() == 64 && !seen.contains(&updated["token"]));
            assert_eq!((&updated["addedOn"], &updated["expiresOn"]), (&created["addedOn"], &created["expiresOn"]));
            seen.push(updated["token"].clone());
        }
        let kept = bench.update(version, kind, &created["id"], json!({ "refreshToken": false }));
        assert_eq!(&kept["token"], seen.last().unwrap());
    }
}

#[test]
fn an_update_leaves_the_dates_alone() {
    let bench = Bench::new();
    bench.set_clock(NOON);
    for (version, kind) in WAYS {
        let created = bench.create(kind, json!({ "expires": 60 }));
        bench.set_clock(NOON + 3600);
        let updated = bench.update(version, kind, &created["id"], json!({ "label": "x", "expires": 5 }));
        assert_eq!((&updated["addedOn"], &updated["expiresOn"]), (&created["addedOn"], &created["expiresOn"]), "{version} {kind}");
        bench.set_clock(NOON);
    }
}

#[test]
fn a_tracking_id_is_not_for_an_update_to_change() {
    let bench = Bench::new();
    for version in VERSIONS {
        let created = bench.create("subscribe", json!({ "tracking": { "trackingId": "a" } }));
        let updated = bench.update(version, "subscribe", &created["id"], json!({ "label": "x", "tracking": { "trackingId": "b" } }));
        assert_eq!(updated["tracking"], json!({ "trackingId": "a" }));
    }
}

#[test]
fn each_version_knows_its_own_names_only() {
    let bench = Bench::new();
    for (field, value) in [
        ("allowedOrigins", json!(["example.com"])),
        ("allowedIpAddresses", json!(["192.0.2.1"])),
        ("bindIpsOnUsage", json!(1)),
        ("originCluster", json!("osl-1")),
        ("allowedCountries", json!(["PL"])),
        ("deniedCountries", json!(["PL"])),
        ("geoCascade", json!({ "isEnabled": true })),
        ("restream", json!([])),
    ] {
        let kinds = if ["geoCascade", "restream"].contains(&field) { &KINDS[..1] } else { &KINDS[..] };
        for kind in kinds {
            let id = bench.create(kind, json!({}))["id"].clone();
            let before = bench.read(kind, &id);
            let old = bench.api("PUT", &format!("/api/{kind}_token/{id}"), &json!({ field: value }));
            let new = bench.api("PUT", &format!("/api/v2/{kind}_token/{id}"), &json!({ in_v1(field): value }));
            for answer in [old, new] {
                assert_eq!(answer.failed(400), &json!({ "token": "No properties specified to update." }), "{field}");
            }
            assert_eq!(bench.read(kind, &id), before);
            bench.update("v1", kind, &id, json!({ field: value }));
            bench.update("v2", kind, &id, json!({ field: value }));
        }
    }
}

#[test]
fn an_update_that_names_nothing_is_refused() {
    let bench = Bench::new();
    for (version, kind) in WAYS {
        let id = bench.create(kind, json!({}))["id"].clone();
        for fields in [json!({}), json!({ "label": null }), json!({ "later": 1 }), json!({ "streams": [], "expires": 5, "name": "x" })] {
            let answer = bench.try_update(version, kind, &id, &fields);
            assert_eq!(answer.failed(400), &json!({ "token": "No properties specified to update." }), "{fields}");
        }
    }
}

#[test]
fn updating_an_unknown_token_fails_as_reading_it_does() {
    let bench = Bench::new();
    for (version, kind) in WAYS {
        let other = KINDS[usize::from(kind == "publish")];
        let elsewhere = bench.create(other, json!({}))["id"].clone();
        for id in [json!(7), json!(-1), elsewhere] {
            let answer = bench.try_update(version, kind, &id, &json!({ "label": "x" }));
            assert_eq!(answer.failed(400), &json!({ "tokenId": format!("No publish token with id: {id}") }));
        }
        for id in ["x", "01", "1.0", "list"] {
            let path = format!("/api/v2/{kind}_token/{id}");
            assert_eq!(bench.api("PUT", &path, &json!({ "label": "x" })).fields_at_fault(), ["tokenId"], "{id}");
        }
    }
}

#[test]
fn an_updates_body_is_a_json_object_and_says_so() {
    let bench = Bench::new();
    for (version, kind) in WAYS {
        let id = bench.create(kind, json!({}))["id"].clone();
        let base = if version == "v1" { "/api" } else { "/api/v2" };
        let path = format!("{base}/{kind}_token/{id}");
        assert_eq!(bench.api("PUT", &path, &json!([])).fields_at_fault(), ["$"]);
        let authorization = format!("Bearer {}", common::SECRET);
        bench.send("PUT", &path, &[("Authorization", &authorization)], br#"{"label":"x"}"#).failed(415);
    }
}
