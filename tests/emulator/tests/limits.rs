//! Every limit on creating: the value at it passes, the value past it is refused by name.

mod common;

use common::Bench;
use serde_json::{Value, json};

const BOTH: [&str; 2] = ["publish", "subscribe"];

#[track_caller]
fn passes(bench: &Bench, kind: &str, fields: Value) {
    bench.create(kind, fields);
}

#[track_caller]
fn is_refused(bench: &Bench, kind: &str, fields: Value, field: &str) {
    let shown = fields.to_string();
    let answer = bench.try_create(kind, fields);
    assert_eq!(answer.fields_at_fault(), [field], "{shown}");
}

/// One field of both kinds.
fn both(field: &str, good: &[Value], bad: &[(Value, &str)]) {
    let bench = Bench::new();
    for kind in BOTH {
        one(&bench, kind, field, good, bad);
    }
}

/// One field of publish tokens.
fn publish(field: &str, good: &[Value], bad: &[(Value, &str)]) {
    one(&Bench::new(), "publish", field, good, bad);
}

fn one(bench: &Bench, kind: &str, field: &str, good: &[Value], bad: &[(Value, &str)]) {
    for value in good {
        passes(bench, kind, json!({ field: value }));
    }
    for (value, at_fault) in bad {
        is_refused(bench, kind, json!({ field: value }), at_fault);
    }
}

#[test]
fn a_label_has_1_to_128_characters() {
    let good = ["a".to_owned(), "a".repeat(128), "é".repeat(128)].map(Value::from);
    let bad =
        [(json!(""), "label"), (json!("a".repeat(129)), "label"), (json!(null), "label"), (json!(5), "$.label"), (json!(["a"]), "$.label")];
    both("label", &good, &bad);
}

#[test]
fn characters_are_utf_16_units() {
    // An emoji of the supplementary planes counts twice.
    both("label", &[json!("🎥".repeat(64))], &[(json!("🎥".repeat(65)), "label")]);
}

#[test]
fn label_and_streams_are_required() {
    let bench = Bench::new();
    for kind in BOTH {
        let answer = bench.api("POST", &format!("/api/{kind}_token"), &json!({}));
        assert_eq!(answer.fields_at_fault(), ["label", "streams"]);
    }
}

#[test]
fn at_least_one_stream_is_needed() {
    let bad = [
        (json!([]), "streams"),
        (json!(null), "streams"),
        (json!({}), "$.streams"),
        (json!("show"), "$.streams"),
        (json!([null]), "$.streams[0]"),
        (json!([{ "streamName": "a" }, "b"]), "$.streams[1]"),
    ];
    both("streams", &[json!([{ "streamName": "a" }])], &bad);
}

#[test]
fn a_stream_name_has_1_to_128_characters() {
    let name = |name: Value| json!([{ "streamName": "a" }, { "streamName": name }]);
    let bad = [
        (name(json!("")), "streams[1].streamName"),
        (name(json!("a".repeat(129))), "streams[1].streamName"),
        (name(json!(null)), "streams[1].streamName"),
        (name(json!(1)), "$.streams[1].streamName"),
        (json!([{}]), "streams[0].streamName"),
        (json!([{ "streamName": "a", "isRegex": "true" }]), "$.streams[0].isRegex"),
    ];
    both("streams", &[name(json!("a")), name(json!("a".repeat(128)))], &bad);
}

#[test]
fn a_stream_named_twice_is_accepted() {
    both("streams", &[json!([{ "streamName": "a" }, { "streamName": "a" }])], &[]);
}

#[test]
fn a_life_is_1_to_2147483647_seconds() {
    let bad = [
        (json!(0), "expires"),
        (json!(-1), "expires"),
        (json!(2_147_483_648_u64), "expires"),
        (json!(u64::MAX), "expires"),
        (json!(1.5), "$.expires"),
        (json!(3600.0), "$.expires"),
        (json!("3600"), "$.expires"),
        (json!(true), "$.expires"),
    ];
    both("expires", &[json!(1), json!(2_147_483_647)], &bad);
}

#[test]
fn a_token_is_bound_to_0_to_4294967295_addresses() {
    let bad = [(json!(-1), "bindIpsOnUsage"), (json!(4_294_967_296_u64), "bindIpsOnUsage"), (json!("1"), "$.bindIpsOnUsage")];
    both("bindIpsOnUsage", &[json!(0), json!(1), json!(4_294_967_295_u64)], &bad);
}

#[test]
fn an_allowed_address_is_one_or_an_ipv4_block() {
    let good = ["0.0.0.0", "255.255.255.255", "2001:db8::1", "::", "::ffff:192.0.2.1", "0.0.0.0/0", "192.0.2.128/25", "192.0.2.1/32"];
    let bad = [
        "",
        " ",
        "192.0.2",
        "192.0.2.256",
        "192.0.2.01",
        "192.0.2.1 ",
        " 192.0.2.1",
        "192.0.2.1-192.0.2.9",
        "192.0.2.*",
        "192.0.2.0/33",
        "192.0.2.0/",
        "192.0.2.0/024",
        "192.0.2.0/+24",
        "192.0.2.0/-1",
        "192.0.2.0/24/24",
        "192.0.2.0/255.255.255.0",
        "192.0.2.1/24",
        "192.0.2.1/0",
        "2001:db8::/32",
        "::ffff:192.0.2.0/120",
        "fe80::1%eth0",
        "[::1]",
        "192.0.2.1:80",
        "example.com",
    ];
    entries("allowedIpAddresses", &good, &bad);
}

#[test]
fn an_allowed_origin_is_a_host_name() {
    let label = "a".repeat(63);
    let longest = format!("{label}.{label}.{label}.{}", "a".repeat(61));
    assert_eq!(longest.len(), 253);
    let good = [
        "example.com",
        "*.example.com",
        "*.com",
        "localhost",
        "localhost:3000",
        "*.example.com:65535",
        "example.com:1",
        "under_score.example",
        "bücher.example",
        "127.0.0.1",
        "-.example",
        &label,
        &longest,
    ];
    let too_long = format!("{longest}a");
    let long_label = format!("{label}a.example");
    let bad = [
        "",
        " ",
        "*",
        "*.",
        "*.*.example.com",
        "a.*.example.com",
        "a*.example.com",
        "example..com",
        ".example.com",
        "example.com.",
        "exa mple.com",
        " example.com",
        "https://example.com",
        "example.com/path",
        "example.com/",
        "example.com:",
        "example.com:0",
        "example.com:65536",
        "example.com:080",
        "example.com:+80",
        "example.com:80:80",
        ":80",
        "user@example.com",
        "[::1]",
        &too_long,
        &long_label,
    ];
    entries("allowedOrigins", &good, &bad);
}

#[test]
fn a_country_is_two_capital_letters() {
    for field in ["allowedCountries", "deniedCountries"] {
        entries(field, &["PL", "ZA", "XX"], &["", "P", "POL", "pl", "Pl", "P1", "ÉÉ", " PL", "P "]);
    }
}

/// A list of texts: every entry is judged, and the one at fault is named.
fn entries(field: &str, good: &[&str], bad: &[&str]) {
    let bench = Bench::new();
    for kind in BOTH {
        passes(&bench, kind, json!({ field: good }));
        passes(&bench, kind, json!({ field: [] }));
        for entry in bad {
            is_refused(&bench, kind, json!({ field: [good[0], entry] }), &format!("{field}[1]"));
        }
        is_refused(&bench, kind, json!({ field: [null] }), &format!("$.{field}[0]"));
        is_refused(&bench, kind, json!({ field: [good[0], 1] }), &format!("$.{field}[1]"));
        is_refused(&bench, kind, json!({ field: good[0] }), &format!("$.{field}"));
    }
}

#[test]
fn a_cluster_is_not_empty() {
    both(
        "originCluster",
        &[json!("auto"), json!("phx-1")],
        &[(json!(""), "originCluster"), (json!(" "), "originCluster"), (json!(1), "$.originCluster")],
    );
}

#[test]
fn a_profile_is_not_empty() {
    publish("encoderProfileId", &[json!("p")], &[(json!(""), "encoderProfileId"), (json!(1), "$.encoderProfileId")]);
}

#[test]
fn a_cascade_names_clusters_or_none_at_all() {
    let good = [
        json!({}),
        json!({ "isEnabled": true }),
        json!({ "isEnabled": true, "clusters": null }),
        json!({ "isEnabled": true, "clusters": ["phx-1"] }),
        json!({ "isEnabled": false, "clusters": [] }),
        json!({ "clusters": [] }),
    ];
    let bad = [
        (json!({ "isEnabled": true, "clusters": [] }), "geoCascade.clusters"),
        (json!({ "isEnabled": true, "clusters": ["phx-1", ""] }), "geoCascade.clusters[1]"),
        (json!({ "clusters": [1] }), "$.geoCascade.clusters[0]"),
        (json!({ "isEnabled": "yes" }), "$.geoCascade.isEnabled"),
        (json!([]), "$.geoCascade"),
        (json!(true), "$.geoCascade"),
    ];
    publish("geoCascade", &good, &bad);
}

#[test]
fn at_most_10_endpoints_are_allowed() {
    let endpoints = |count| json!(vec![json!({ "url": "rtmp://x", "key": "12345" }); count]);
    publish(
        "restream",
        &[endpoints(0), endpoints(10)],
        &[(endpoints(11), "restream"), (json!({}), "$.restream"), (json!([1]), "$.restream[0]")],
    );
}

#[test]
fn an_endpoint_has_a_url_a_key_and_a_label_within_their_lengths() {
    let endpoint = |field: &str, value: Value| {
        let mut endpoint = json!({ "url": "rtmp://x", "key": "12345" });
        endpoint[field] = value;
        json!([endpoint])
    };
    let good = [
        endpoint("url", json!("u")),
        endpoint("url", json!("u".repeat(2048))),
        endpoint("key", json!("k".repeat(5))),
        endpoint("key", json!("k".repeat(512))),
        endpoint("label", json!("")),
        endpoint("label", json!("l".repeat(2048))),
        endpoint("enabled", json!(null)),
    ];
    let bad = [
        (endpoint("url", json!("")), "restream[0].url"),
        (endpoint("url", json!("u".repeat(2049))), "restream[0].url"),
        (endpoint("url", json!(null)), "restream[0].url"),
        (endpoint("key", json!("k".repeat(4))), "restream[0].key"),
        (endpoint("key", json!("k".repeat(513))), "restream[0].key"),
        (endpoint("key", json!(null)), "restream[0].key"),
        (endpoint("key", json!(12345)), "$.restream[0].key"),
        (endpoint("label", json!("l".repeat(2049))), "restream[0].label"),
        (endpoint("enabled", json!(1)), "$.restream[0].enabled"),
    ];
    publish("restream", &good, &bad);
}

#[test]
fn a_priority_has_32_bits() {
    let bad = [
        (json!(2_147_483_648_i64), "priority"),
        (json!(-2_147_483_649_i64), "priority"),
        (json!("1"), "$.priority"),
        (json!(1.0), "$.priority"),
    ];
    publish("priority", &[json!(2_147_483_647), json!(-2_147_483_648_i64)], &bad);
}

#[test]
fn a_tracking_id_has_at_most_128_characters() {
    let id = |id: Value| json!({ "trackingId": id });
    let bad = [(id(json!("t".repeat(129))), "tracking.trackingId"), (id(json!(1)), "$.tracking.trackingId"), (json!("t"), "$.tracking")];
    let good = [json!({}), id(json!("")), id(json!("t".repeat(128))), id(json!("🎥".repeat(64)))];
    one(&Bench::new(), "subscribe", "tracking", &good, &bad);
}

#[test]
fn a_switch_is_true_or_false() {
    for field in [
        "subscribeRequiresAuth",
        "drm",
        "record",
        "clip",
        "multisource",
        "enableThumbnails",
        "displaySrtPassphrase",
        "lowLatencyRtmp",
        "enableUTCInsertion",
    ] {
        let path = format!("$.{field}");
        publish(field, &[json!(true), json!(false)], &[(json!("true"), &path), (json!(1), &path), (json!({}), &path)]);
    }
}

#[test]
fn recording_and_clipping_exclude_each_other() {
    let bench = Bench::new();
    is_refused(&bench, "publish", json!({ "record": true, "clip": true }), "clip");
    passes(&bench, "publish", json!({ "record": true, "clip": false }));
    passes(&bench, "publish", json!({ "record": false, "clip": true }));
}

#[test]
fn listed_addresses_and_bound_ones_exclude_each_other() {
    let bench = Bench::new();
    for kind in BOTH {
        is_refused(&bench, kind, json!({ "allowedIpAddresses": ["192.0.2.1"], "bindIpsOnUsage": 1 }), "bindIpsOnUsage");
        passes(&bench, kind, json!({ "allowedIpAddresses": ["192.0.2.1"], "bindIpsOnUsage": 0 }));
        passes(&bench, kind, json!({ "allowedIpAddresses": [], "bindIpsOnUsage": 1 }));
    }
}

#[test]
fn allowed_and_denied_countries_exclude_each_other() {
    let bench = Bench::new();
    for kind in BOTH {
        is_refused(&bench, kind, json!({ "allowedCountries": ["PL"], "deniedCountries": ["ZA"] }), "deniedCountries");
        passes(&bench, kind, json!({ "allowedCountries": ["PL"], "deniedCountries": [] }));
        passes(&bench, kind, json!({ "allowedCountries": [], "deniedCountries": ["ZA"] }));
    }
}

#[test]
fn one_answer_names_every_field_at_fault_and_repeats_no_value() {
    let bench = Bench::new();
    let answer =
        bench.try_create("publish", json!({ "label": "", "expires": "tell-tale", "restream": [{ "url": "rtmp://x", "key": "tell" }] }));
    assert_eq!(answer.fields_at_fault(), ["$.expires", "label", "restream[0].key"]);
    assert!(!answer.body.to_string().contains("tell"));
}

#[test]
fn a_refused_request_makes_no_token() {
    let bench = Bench::new();
    bench.try_create("publish", json!({ "label": "" })).failed(400);
    assert_eq!(bench.get("/api/publish_token/list?page=1&itemsOnPage=1").data(), &json!([]));
}
