//! Every limit on updating: the value at it passes, the value past it is refused by name, and
//! what is refused changes nothing.

mod common;

use common::{Bench, in_v1};
use serde_json::{Value, json};

const WAYS: [(&str, &str); 4] = [("v1", "publish"), ("v1", "subscribe"), ("v2", "publish"), ("v2", "subscribe")];

/// A place such as `$.allowedOrigins[1]` by the version's own name of the field.
fn place(version: &str, at_fault: &str) -> String {
    if version == "v2" {
        return at_fault.to_owned();
    }
    let (sign, path) = at_fault.strip_prefix("$.").map_or(("", at_fault), |path| ("$.", path));
    let end = path.find(['.', '[']).unwrap_or(path.len());
    format!("{sign}{}{}", in_v1(&path[..end]), &path[end..])
}

/// One update of a token that was made with some fields: it passes, or a field is at fault and
/// nothing has changed.
#[track_caller]
fn check(bench: &Bench, (version, kind): (&str, &str), made_with: &Value, fields: &Value, at_fault: Option<&str>) {
    let id = bench.create(kind, made_with.clone())["id"].clone();
    let before = bench.read(kind, &id);
    let answer = bench.try_update(version, kind, &id, fields);
    match at_fault {
        None => {
            answer.data();
        }
        Some(at_fault) => {
            assert_eq!(answer.fields_at_fault(), [place(version, at_fault)], "{version} {kind} {fields}");
            assert_eq!(bench.read(kind, &id), before, "{version} {kind} {fields}");
        }
    }
}

#[track_caller]
fn field(kinds: &[&str], field: &str, good: &[Value], bad: &[(Value, &str)]) {
    let bench = Bench::new();
    for way in WAYS.into_iter().filter(|(_, kind)| kinds.contains(kind)) {
        for value in good {
            check(&bench, way, &json!({}), &json!({ field: value }), None);
        }
        for (value, at_fault) in bad {
            // The field that is not at fault does not change either.
            check(&bench, way, &json!({}), &json!({ field: value, "isActive": false, "refreshToken": true }), Some(at_fault));
        }
    }
}

const BOTH: [&str; 2] = ["publish", "subscribe"];
const PUBLISH: [&str; 1] = ["publish"];

#[test]
fn a_label_has_at_most_128_characters() {
    let good = [json!(""), json!("a"), json!("é".repeat(128)), json!("🎥".repeat(64))];
    field(&BOTH, "label", &good, &[(json!("a".repeat(129)), "label"), (json!(5), "$.label")]);
}

#[test]
fn added_streams_have_names_of_1_to_128_characters() {
    let name = |name: Value| json!([{ "streamName": "a" }, { "streamName": name }]);
    let good = [json!([]), name(json!("b")), name(json!("a".repeat(128)))];
    let bad = [
        (name(json!("")), "addTokenStreams[1].streamName"),
        (name(json!("a".repeat(129))), "addTokenStreams[1].streamName"),
        (name(json!(null)), "addTokenStreams[1].streamName"),
        (name(json!(1)), "$.addTokenStreams[1].streamName"),
        (json!([{ "streamName": "a", "isRegex": "true" }]), "$.addTokenStreams[0].isRegex"),
        (json!(["a"]), "$.addTokenStreams[0]"),
        (json!("a"), "$.addTokenStreams"),
    ];
    field(&BOTH, "addTokenStreams", &good, &bad);
}

#[test]
fn streams_are_removed_by_texts_or_by_objects_that_hold_one() {
    let bad = [
        (json!([1]), "$.removeTokenStreams[0]"),
        (json!([null]), "$.removeTokenStreams[0]"),
        (json!(["x", {}]), "removeTokenStreams[1].streamName"),
        (json!([{ "streamName": 1 }]), "$.removeTokenStreams[0].streamName"),
        (json!("x"), "$.removeTokenStreams"),
    ];
    field(&BOTH, "removeTokenStreams", &[json!([]), json!(["x", ""]), json!([{ "streamName": "x" }])], &bad);
}

#[test]
fn at_least_one_stream_has_to_remain() {
    let bench = Bench::new();
    let two = json!({ "streams": [{ "streamName": "a" }, { "streamName": "b", "isRegex": true }] });
    for way in WAYS {
        let all = json!({ "removeTokenStreams": ["a", "b"], "label": "x" });
        check(&bench, way, &two, &all, Some("removeTokenStreams"));
        check(&bench, way, &two, &json!({ "removeTokenStreams": ["b"] }), None);
        check(&bench, way, &two, &json!({ "removeTokenStreams": ["a", "b"], "addTokenStreams": [{ "streamName": "c" }] }), None);
    }
}

#[test]
fn a_token_is_bound_to_as_many_addresses_as_the_version_counts() {
    for (version, most) in [("v1", 2_147_483_647_u64), ("v2", 4_294_967_295)] {
        let bench = Bench::new();
        for kind in BOTH {
            for count in [0, 1, most] {
                check(&bench, (version, kind), &json!({}), &json!({ "bindIpsOnUsage": count }), None);
            }
            for (count, at_fault) in [
                (json!(most + 1), "bindIpsOnUsage"),
                (json!(-1), "bindIpsOnUsage"),
                (json!(u64::MAX), "bindIpsOnUsage"),
                (json!("1"), "$.bindIpsOnUsage"),
                (json!(1.0), "$.bindIpsOnUsage"),
            ] {
                check(&bench, (version, kind), &json!({ "bindIpsOnUsage": 5 }), &json!({ "bindIpsOnUsage": count }), Some(at_fault));
            }
        }
    }
}

#[test]
fn the_entries_of_a_list_are_judged_as_on_creating() {
    for (name, good, bad) in [
        ("allowedOrigins", "*.example.com:8443", "https://example.com"),
        ("allowedIpAddresses", "192.0.2.0/24", "192.0.2.1/24"),
        ("allowedCountries", "PL", "pl"),
        ("deniedCountries", "PL", "POL"),
    ] {
        let refused = [
            (json!([good, bad]), format!("{name}[1]")),
            (json!([good, 1]), format!("$.{name}[1]")),
            (json!([null]), format!("$.{name}[0]")),
            (json!(good), format!("$.{name}")),
        ];
        let refused: Vec<(Value, &str)> = refused.iter().map(|(value, at_fault)| (value.clone(), at_fault.as_str())).collect();
        field(&BOTH, name, &[json!([]), json!([good])], &refused);
    }
}

#[test]
fn a_cluster_is_not_empty() {
    let bad = [(json!(""), "originCluster"), (json!(" "), "originCluster"), (json!(1), "$.originCluster")];
    field(&BOTH, "originCluster", &[json!("auto"), json!("osl-1")], &bad);
}

#[test]
fn a_switch_is_true_or_false() {
    for name in ["isActive", "refreshToken"] {
        let path = format!("$.{name}");
        let bench = Bench::new();
        for way in WAYS {
            for value in [json!("true"), json!(1), json!({})] {
                check(&bench, way, &json!({}), &json!({ name: value, "label": "x" }), Some(&path));
            }
        }
    }
    for name in [
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
        let path = format!("$.{name}");
        field(&PUBLISH, name, &[json!(true), json!(false)], &[(json!("true"), &path), (json!(1), &path)]);
    }
}

#[test]
fn a_priority_has_32_bits_and_a_profile_a_name() {
    let bad = [(json!(2_147_483_648_i64), "priority"), (json!(-2_147_483_649_i64), "priority"), (json!(1.0), "$.priority")];
    field(&PUBLISH, "priority", &[json!(2_147_483_647), json!(-2_147_483_648_i64), json!(null)], &bad);
    let bad = [(json!(""), "encoderProfileId"), (json!(1), "$.encoderProfileId")];
    field(&PUBLISH, "encoderProfileId", &[json!("p"), json!(null)], &bad);
}

#[test]
fn a_cascade_names_clusters_or_none_at_all() {
    let good = [json!({}), json!({ "isEnabled": true }), json!({ "isEnabled": true, "clusters": ["osl-1"] }), json!({ "clusters": [] })];
    let bad = [
        (json!({ "isEnabled": true, "clusters": [] }), "geoCascade.clusters"),
        (json!({ "clusters": [""] }), "geoCascade.clusters[0]"),
        (json!({ "isEnabled": 1 }), "$.geoCascade.isEnabled"),
        (json!([]), "$.geoCascade"),
    ];
    field(&PUBLISH, "geoCascade", &good, &bad);
}

#[test]
fn endpoints_have_the_limits_of_creating() {
    let endpoint = |field: &str, value: Value| {
        let mut endpoint = json!({ "url": "rtmp://x", "key": "12345" });
        endpoint[field] = value;
        json!([endpoint])
    };
    let many = |count| json!(vec![json!({ "url": "rtmp://x", "key": "12345" }); count]);
    let good = [many(0), many(10), endpoint("url", json!("u".repeat(2048))), endpoint("key", json!("k".repeat(512)))];
    let bad = [
        (many(11), "restream"),
        (endpoint("url", json!("")), "restream[0].url"),
        (endpoint("url", json!("u".repeat(2049))), "restream[0].url"),
        (endpoint("key", json!("k".repeat(4))), "restream[0].key"),
        (endpoint("key", json!("k".repeat(513))), "restream[0].key"),
        (endpoint("key", json!(null)), "restream[0].key"),
        (endpoint("label", json!("l".repeat(2049))), "restream[0].label"),
        (endpoint("enabled", json!(1)), "$.restream[0].enabled"),
        (json!([1]), "$.restream[0]"),
    ];
    field(&PUBLISH, "restream", &good, &bad);
}

#[test]
fn an_endpoint_without_a_url_is_for_version_2_alone() {
    let bench = Bench::new();
    for endpoint in [json!({ "key": "12345" }), json!({ "key": "12345", "url": null })] {
        let fields = json!({ "restream": [endpoint] });
        check(&bench, ("v1", "publish"), &json!({}), &fields, Some("restream[0].url"));
        let id = bench.create("publish", json!({}))["id"].clone();
        let stored = json!([{ "label": null, "url": null, "key": "12345", "enabled": true }]);
        assert_eq!(bench.update("v2", "publish", &id, fields)["restream"], stored);
        assert_eq!(bench.read("publish", &id)["restream"], stored);
    }
}

#[test]
fn what_excludes_each_other_is_judged_on_the_token_that_would_result() {
    let bench = Bench::new();
    let (ips, bound) = (json!({ "allowedIpAddresses": ["192.0.2.1"] }), json!({ "bindIpsOnUsage": 1 }));
    let (allowed, denied) = (json!({ "allowedCountries": ["PL"] }), json!({ "deniedCountries": ["ZA"] }));
    for way in WAYS {
        check(&bench, way, &ips, &bound, Some("bindIpsOnUsage"));
        check(&bench, way, &bound, &ips, Some("allowedIpAddresses"));
        check(&bench, way, &json!({}), &json!({ "allowedIpAddresses": ["192.0.2.1"], "bindIpsOnUsage": 1 }), Some("bindIpsOnUsage"));
        check(&bench, way, &ips, &json!({ "allowedIpAddresses": [], "bindIpsOnUsage": 1 }), None);
        check(&bench, way, &bound, &json!({ "allowedIpAddresses": ["192.0.2.1"], "bindIpsOnUsage": 0 }), None);

        check(&bench, way, &allowed, &denied, Some("deniedCountries"));
        check(&bench, way, &denied, &allowed, Some("allowedCountries"));
        check(&bench, way, &denied, &json!({ "allowedCountries": ["PL"], "deniedCountries": null }), Some("allowedCountries"));
        check(&bench, way, &denied, &json!({ "allowedCountries": ["PL"], "deniedCountries": [] }), None);
        check(&bench, way, &allowed, &json!({ "allowedCountries": [], "deniedCountries": ["PL"] }), None);
    }
    for way in WAYS.into_iter().filter(|(_, kind)| *kind == "publish") {
        check(&bench, way, &json!({ "record": true }), &json!({ "clip": true }), Some("clip"));
        check(&bench, way, &json!({ "clip": true }), &json!({ "record": true }), Some("record"));
        check(&bench, way, &json!({}), &json!({ "record": true, "clip": true }), Some("clip"));
        check(&bench, way, &json!({ "record": true }), &json!({ "record": false, "clip": true }), None);
    }
}

#[test]
fn one_answer_names_every_field_at_fault_and_repeats_no_value() {
    let bench = Bench::new();
    let fields =
        json!({ "label": "tell".repeat(33), "allowedOrigins": ["tell tale"], "isActive": "tell", "restream": [{ "key": "tell" }] });
    let id = bench.create("publish", json!({}))["id"].clone();
    let answer = bench.try_update("v2", "publish", &id, &fields);
    assert_eq!(answer.fields_at_fault(), ["$.isActive", "allowedOrigins[0]", "label", "restream[0].key"]);
    assert!(!answer.body.to_string().contains("tell"));
}
