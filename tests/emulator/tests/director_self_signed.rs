//! The director and self-signed tokens. For every rule one viewer is let in and one turned away.

mod common;

use common::{Bench, NOON, Parent, sign};
use ring::hmac;
use serde_json::{Value, json};

const HEADER: &str = r#"{"typ":"JWT","alg":"HS256"}"#;

fn bench_and_parent(fields: Value) -> (Bench, Parent) {
    let bench = Bench::director();
    let parent = Parent::create(&bench, fields);
    (bench, parent)
}

#[track_caller]
fn admitted(bench: &Bench, bearer: &str) {
    bench.view(bearer, "show", &[]).admitted();
}

#[track_caller]
fn turned_away(bench: &Bench, bearer: &str, rule: &str) {
    let answer = bench.view(bearer, "show", &[]);
    assert_eq!(answer.rule(), rule);
    assert!(bearer.len() < 20 || !answer.body.to_string().contains(bearer), "a refusal repeats no token");
}

#[test]
fn a_viewer_with_a_self_signed_token_is_let_in() {
    let (bench, parent) = bench_and_parent(json!({}));
    admitted(&bench, &parent.sign(&parent.payload()));
}

#[test]
fn three_algorithms_are_accepted_and_no_other() {
    let (bench, parent) = bench_and_parent(json!({}));
    let payload = parent.payload().to_string();
    let signed = |name: &str, algorithm| sign(algorithm, parent.token.as_bytes(), &format!(r#"{{"alg":{name},"typ":"JWT"}}"#), &payload);
    admitted(&bench, &signed(r#""HS256""#, hmac::HMAC_SHA256));
    admitted(&bench, &signed(r#""HS384""#, hmac::HMAC_SHA384));
    admitted(&bench, &signed(r#""HS512""#, hmac::HMAC_SHA512));
    for name in [r#""none""#, r#""hs256""#, r#""RS256""#, r#""ES256""#, r#""""#, "null", "256"] {
        turned_away(&bench, &signed(name, hmac::HMAC_SHA256), "algorithm");
    }
    turned_away(&bench, &parent.sign_text(r#"{"typ":"JWT"}"#, &payload), "algorithm");
    turned_away(&bench, &signed(r#""HS512""#, hmac::HMAC_SHA256), "signature");
}

#[test]
fn an_unsigned_token_is_turned_away_whatever_its_header_says() {
    let (bench, parent) = bench_and_parent(json!({}));
    let signed = parent.sign(&parent.payload());
    let unsigned = &signed[..=signed.rfind('.').unwrap()];
    turned_away(&bench, unsigned, "signature");
}

#[test]
fn the_header_says_that_it_is_a_jwt_and_demands_nothing_else() {
    let (bench, parent) = bench_and_parent(json!({}));
    let payload = parent.payload().to_string();
    admitted(&bench, &parent.sign_text(r#"{"alg":"HS256","typ":"JWT","kid":"1"}"#, &payload));
    for header in [
        r#"{"alg":"HS256"}"#,
        r#"{"alg":"HS256","typ":null}"#,
        r#"{"alg":"HS256","typ":"at+jwt"}"#,
        r#"{"alg":"HS256","typ":"JWT","crit":["b64"],"b64":false}"#,
        r#"["HS256"]"#,
        "",
    ] {
        turned_away(&bench, &parent.sign_text(header, &payload), "malformed");
    }
}

#[test]
fn the_key_is_the_parents_text_and_not_what_its_hex_stands_for() {
    let (bench, parent) = bench_and_parent(json!({}));
    let payload = parent.payload().to_string();
    let decoded: Vec<u8> =
        parent.token.as_bytes().chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect();
    turned_away(&bench, &sign(hmac::HMAC_SHA256, &decoded, HEADER, &payload), "signature");
    turned_away(&bench, &sign(hmac::HMAC_SHA256, parent.token.to_uppercase().as_bytes(), HEADER, &payload), "signature");
    admitted(&bench, &sign(hmac::HMAC_SHA256, parent.token.as_bytes(), HEADER, &payload));
}

#[test]
fn a_signature_made_with_another_parent_is_refused() {
    let (bench, parent) = bench_and_parent(json!({}));
    let other = Parent::create(&bench, json!({}));
    turned_away(&bench, &other.sign(&parent.payload()), "signature");
}

#[test]
fn a_payload_changed_after_signing_is_refused() {
    let (bench, parent) = bench_and_parent(json!({}));
    let signed = parent.sign(&parent.payload());
    let longer = parent.timed("exp", json!(NOON + 600));
    let payload = longer.split('.').nth(1).unwrap();
    let parts: Vec<_> = signed.split('.').collect();
    turned_away(&bench, &format!("{}.{payload}.{}", parts[0], parts[2]), "signature");
}

#[test]
fn every_token_has_three_parts_and_one_spelling() {
    let (bench, parent) = bench_and_parent(json!({}));
    // Its 32 bytes leave two bits over in the last character of the signature.
    let signed = parent.sign(&parent.payload());
    let parts: Vec<_> = signed.split('.').collect();
    let (rest, last) = signed.split_at(signed.len() - 1);
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let twin = &alphabet[alphabet.find(last).unwrap() + 1..][..1];
    for text in [
        format!("{rest}{twin}"),
        format!("{signed}="),
        format!("{signed}."),
        format!("{signed}.e30"),
        format!("{}.{}", parts[0], parts[1]),
        format!("{}=.{}.{}", parts[0], parts[1], parts[2]),
        format!("{} .{}.{}", parts[0], parts[1], parts[2]),
        format!("{}+.{}.{}", parts[0], parts[1], parts[2]),
        "..".to_owned(),
        ".".to_owned(),
        "a.b.c".to_owned(),
    ] {
        turned_away(&bench, &text, "malformed");
    }
    admitted(&bench, &signed);
}

#[test]
fn a_name_that_comes_twice_is_refused_at_any_depth() {
    let (bench, parent) = bench_and_parent(json!({}));
    let (id, exp) = (parent.id, NOON + 60);
    let streaming = format!(r#""tokenId":{id},"tokenType":"Subscribe","streamName":"show""#);
    let good = format!(r#"{{"streaming":{{{streaming}}},"exp":{exp}}}"#);
    admitted(&bench, &parent.sign_text(HEADER, &good));
    for payload in [
        format!(r#"{{"streaming":{{{streaming}}},"exp":{exp},"exp":{exp}}}"#),
        format!(r#"{{"streaming":{{{streaming},"streamName":"show"}},"exp":{exp}}}"#),
        format!(r#"{{"streaming":{{{streaming},"tracking":{{"trackingId":"a","trackingId":"a"}}}},"exp":{exp}}}"#),
        format!(r#"{{"streaming":{{{streaming}}},"exp":{exp},"other":[{{"a":1,"a":2}}]}}"#),
    ] {
        turned_away(&bench, &parent.sign_text(HEADER, &payload), "malformed");
    }
    turned_away(&bench, &parent.sign_text(r#"{"alg":"HS256","typ":"JWT","alg":"HS256"}"#, &good), "malformed");
}

#[test]
fn a_payload_that_is_none_is_refused() {
    let (bench, parent) = bench_and_parent(json!({}));
    for payload in ["", "{", "[]", "null", "{}", r#"{"streaming":[]}"#, r#"{"streaming":null}"#, "\u{feff}{}", &"[".repeat(5000)] {
        turned_away(&bench, &parent.sign_text(HEADER, payload), "malformed");
    }
}

#[test]
fn claims_outside_of_the_known_ones_are_ignored() {
    let (bench, parent) = bench_and_parent(json!({}));
    admitted(&bench, &parent.with("other", json!({ "a": [1, null] })));
    admitted(&bench, &parent.timed("iss", json!(7)));
}

#[test]
fn the_parent_is_named_by_its_id() {
    let (bench, parent) = bench_and_parent(json!({}));
    let publish = bench.create("publish", json!({}))["id"].clone();
    for id in [json!(7), publish, json!(u64::MAX)] {
        turned_away(&bench, &parent.with("tokenId", id), "parent-unknown");
    }
    for id in [json!(null), json!(parent.id.to_string()), json!(-1), json!(parent.id as f64), json!([parent.id])] {
        turned_away(&bench, &parent.with("tokenId", id), "malformed");
    }
}

#[test]
fn a_deleted_parent_takes_its_tokens_along() {
    let (bench, parent) = bench_and_parent(json!({}));
    let signed = parent.sign(&parent.payload());
    admitted(&bench, &signed);
    bench.delete(&format!("/api/subscribe_token/{}", parent.id)).data();
    turned_away(&bench, &signed, "parent-unknown");
}

#[test]
fn a_disabled_parent_disables_its_tokens() {
    let (bench, parent) = bench_and_parent(json!({}));
    let signed = parent.sign(&parent.payload());
    let path = format!("token/subscribe/{}", parent.id);
    bench.control(&path, &json!({ "isActive": false })).data();
    turned_away(&bench, &signed, "parent-inactive");
    bench.control(&path, &json!({ "isActive": true })).data();
    admitted(&bench, &signed);
}

#[test]
fn a_token_does_not_outlive_its_parent() {
    let (bench, parent) = bench_and_parent(json!({ "expires": 30 }));
    let signed = parent.sign(&parent.payload());
    bench.set_clock(NOON + 29);
    admitted(&bench, &signed);
    bench.set_clock(NOON + 30);
    turned_away(&bench, &signed, "parent-expired");
}

#[test]
fn the_type_is_subscribe() {
    let (bench, parent) = bench_and_parent(json!({}));
    for kind in [json!("Publish"), json!("subscribe"), json!(null), json!(1)] {
        turned_away(&bench, &parent.with("tokenType", kind), "token-type");
    }
}

#[test]
fn a_token_is_good_up_to_the_second_of_its_expiry() {
    let (bench, parent) = bench_and_parent(json!({}));
    for exp in [json!(NOON + 1), json!(NOON as f64 + 0.5), json!(253_402_300_799_i64)] {
        admitted(&bench, &parent.timed("exp", exp));
    }
    for exp in [json!(NOON), json!(NOON - 1), json!(1), json!(0), json!(-1), json!(1.5), json!(-1e300)] {
        turned_away(&bench, &parent.timed("exp", exp), "expired");
    }
    let signed = parent.sign(&parent.payload());
    bench.set_clock(NOON + 60);
    turned_away(&bench, &signed, "expired");
}

#[test]
fn a_token_that_never_expires_is_none() {
    let (bench, parent) = bench_and_parent(json!({}));
    for exp in [json!(null), json!("1767268860"), json!(true), json!(NOON * 1000), json!(u64::MAX), json!(1e300)] {
        turned_away(&bench, &parent.timed("exp", exp), "no-expiry");
    }
    let mut payload = parent.payload();
    payload.as_object_mut().unwrap().remove("exp");
    turned_away(&bench, &parent.sign(&payload), "no-expiry");
}

#[test]
fn a_token_is_not_good_before_its_time() {
    let (bench, parent) = bench_and_parent(json!({}));
    for not_before in [json!(NOON), json!(0), json!(null)] {
        admitted(&bench, &parent.timed("nbf", not_before));
    }
    for not_before in [json!(NOON + 1), json!(NOON as f64 + 0.5), json!(u64::MAX)] {
        turned_away(&bench, &parent.timed("nbf", not_before), "not-yet-valid");
    }
    turned_away(&bench, &parent.timed("nbf", json!("0")), "malformed");
}

#[test]
fn the_time_of_issue_is_a_time_or_left_out() {
    let (bench, parent) = bench_and_parent(json!({}));
    for issued_at in [json!(null), json!(0), json!(NOON + 3600)] {
        admitted(&bench, &parent.timed("iat", issued_at));
    }
    turned_away(&bench, &parent.timed("iat", json!("now")), "malformed");
}

#[test]
fn the_stream_is_the_one_that_is_asked_for_and_the_parent_covers_it() {
    let (bench, parent) = bench_and_parent(json!({ "streams": [{ "streamName": "show" }, { "streamName": "cam[0-9]", "isRegex": true }] }));
    for stream in ["show", "cam7"] {
        bench.view(&parent.with("streamName", json!(stream)), stream, &[]).admitted();
    }
    turned_away(&bench, &parent.with("streamName", json!("cam7")), "stream");
    turned_away(&bench, &parent.with("streamName", json!("Show")), "stream");
    let foreign = parent.with("streamName", json!("other"));
    assert_eq!(bench.view(&foreign, "other", &[]).rule(), "stream");
    turned_away(&bench, &parent.with("streamName", json!(null)), "malformed");
    turned_away(&bench, &parent.with("streamName", json!(["show"])), "malformed");
}

#[test]
fn the_stream_is_one_complete_name() {
    let (bench, parent) = bench_and_parent(json!({ "streams": [{ "streamName": ".*", "isRegex": true }] }));
    for stream in ["a".repeat(128), "🎥".repeat(64)] {
        bench.view(&parent.with("streamName", json!(stream)), &stream, &[]).admitted();
    }
    for stream in [".*", "*", "show*"] {
        assert_eq!(bench.view(&parent.with("streamName", json!(stream)), stream, &[]).rule(), "stream", "{stream}");
    }
    for stream in ["a".repeat(129), "🎥".repeat(65), String::new()] {
        turned_away(&bench, &parent.with("streamName", json!(stream)), "stream");
    }
}

#[test]
fn the_parents_tracking_id_is_the_tokens() {
    let (bench, parent) = bench_and_parent(json!({ "tracking": { "trackingId": "partner" } }));
    admitted(&bench, &parent.with("tracking", json!({ "trackingId": "partner" })));
    for tracking in [json!({ "trackingId": "Partner" }), json!({ "trackingId": null }), json!({}), json!(null)] {
        turned_away(&bench, &parent.with("tracking", tracking), "tracking-id");
    }
    turned_away(&bench, &parent.sign(&parent.payload()), "tracking-id");
}

#[test]
fn a_tracking_id_is_free_where_the_parent_has_none() {
    let (bench, parent) = bench_and_parent(json!({}));
    for tracking in [json!(null), json!({}), json!({ "trackingId": null }), json!({ "trackingId": "t".repeat(128) })] {
        admitted(&bench, &parent.with("tracking", tracking));
    }
    turned_away(&bench, &parent.with("tracking", json!({ "trackingId": "t".repeat(129) })), "tracking-id");
    for tracking in [json!("t"), json!({ "trackingId": 7 }), json!([])] {
        turned_away(&bench, &parent.with("tracking", tracking), "malformed");
    }
}

#[test]
fn a_cluster_is_free_where_the_parent_leaves_it_open() {
    let bench = Bench::director();
    for fields in [json!({}), json!({ "originCluster": "auto" })] {
        let parent = Parent::create(&bench, fields);
        for cluster in [json!(null), json!(""), json!("auto"), json!("phx-1")] {
            admitted(&bench, &parent.with("originCluster", cluster));
        }
        turned_away(&bench, &parent.with("originCluster", json!(1)), "malformed");
    }
}

#[test]
fn a_cluster_is_the_parents_where_it_names_one() {
    let (bench, parent) = bench_and_parent(json!({ "originCluster": "phx-1" }));
    for cluster in [json!(null), json!("phx-1")] {
        admitted(&bench, &parent.with("originCluster", cluster));
    }
    for cluster in ["sgp-1", "auto", "PHX-1"] {
        turned_away(&bench, &parent.with("originCluster", json!(cluster)), "origin-cluster");
    }
}

#[test]
fn viewer_data_has_at_most_1024_characters() {
    let (bench, parent) = bench_and_parent(json!({}));
    for text in [json!(null), json!(""), json!("d".repeat(1024)), json!("🎥".repeat(512)), json!("Zoë \"東京\" \\ \u{0} \u{2028}")] {
        admitted(&bench, &parent.with("customViewerData", text));
    }
    for text in ["d".repeat(1025), "🎥".repeat(513)] {
        turned_away(&bench, &parent.with("customViewerData", json!(text)), "custom-viewer-data");
    }
    turned_away(&bench, &parent.with("customViewerData", json!({})), "malformed");
}

#[test]
fn an_origin_has_to_pass_the_tokens_list_and_the_parents() {
    let (bench, parent) = bench_and_parent(json!({ "allowedOrigins": ["*.example.com"] }));
    let narrowed = parent.with("allowedOrigins", json!(["a.example.com", "example.org"]));
    let from = |bearer: &str, origin: &str| bench.view(bearer, "show", &[("Origin", origin)]);
    from(&narrowed, "https://a.example.com").admitted();
    assert_eq!(from(&narrowed, "https://b.example.com").rule(), "origin", "the token does not allow it");
    assert_eq!(from(&narrowed, "https://example.org").rule(), "origin", "the parent does not allow it");
    assert_eq!(bench.view(&narrowed, "show", &[]).rule(), "origin");
    for nothing in [json!([]), json!(null)] {
        from(&parent.with("allowedOrigins", nothing), "https://b.example.com").admitted();
    }
}

#[test]
fn an_address_has_to_pass_the_tokens_list_and_the_parents() {
    let (bench, parent) = bench_and_parent(json!({ "allowedIpAddresses": ["192.0.2.0/24"] }));
    let narrowed = parent.with("allowedIpAddresses", json!(["192.0.2.1", "198.51.100.1"]));
    let from = |bearer: &str, address: &str| bench.view(bearer, "show", &[("X-Forwarded-For", address)]);
    from(&narrowed, "192.0.2.1").admitted();
    assert_eq!(from(&narrowed, "192.0.2.2").rule(), "address", "the token does not allow it");
    assert_eq!(from(&narrowed, "198.51.100.1").rule(), "address", "the parent does not allow it");
    for nothing in [json!([]), json!(null)] {
        from(&parent.with("allowedIpAddresses", nothing), "192.0.2.2").admitted();
    }
}

#[test]
fn lists_in_a_token_hold_what_lists_in_the_api_hold() {
    let (bench, parent) = bench_and_parent(json!({}));
    for (claim, value) in [
        ("allowedOrigins", json!("example.com")),
        ("allowedOrigins", json!(["https://example.com"])),
        ("allowedOrigins", json!([null])),
        ("allowedIpAddresses", json!({})),
        ("allowedIpAddresses", json!(["2001:db8::/32"])),
        ("allowedIpAddresses", json!(["192.0.2.1", 5])),
    ] {
        turned_away(&bench, &parent.with(claim, value), "malformed");
    }
}

#[test]
fn the_parents_countries_and_places_hold_for_its_tokens() {
    let (bench, parent) = bench_and_parent(json!({ "allowedCountries": ["PL"], "bindIpsOnUsage": 1 }));
    let signed = parent.sign(&parent.payload());
    let from = |bearer: &str, address: &str| bench.view(bearer, "show", &[("X-Forwarded-For", address)]);
    assert_eq!(from(&signed, "203.0.113.1").rule(), "country");
    from(&signed, "198.51.100.1").admitted();
    assert_eq!(from(&signed, "198.51.100.2").rule(), "bound-address");
    assert_eq!(from(&parent.token, "198.51.100.2").rule(), "bound-address", "the parent's places are taken too");
    from(&parent.token, "198.51.100.1").admitted();
}
