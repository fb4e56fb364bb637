//! The director and plain subscribe tokens. For every rule one viewer is let in and one turned
//! away.

mod common;

use common::{Bench, NOON, Parent, SECRET};
use millicast_emulator::Rule;
use serde_json::json;

/// In Poland, in South Africa, and nowhere known.
const POLE: (&str, &str) = ("X-Forwarded-For", "198.51.100.7");
const ZULU: (&str, &str) = ("X-Forwarded-For", "203.0.113.7");
const NOMAD: (&str, &str) = ("X-Forwarded-For", "192.0.2.7");

#[test]
fn a_viewer_with_a_token_for_the_stream_is_let_in() {
    let bench = Bench::with(|options| options.account_id = Some("k9Mwad".to_owned()));
    let parent = Parent::create(&bench, json!({}));
    let answer = bench.view(&parent.token, "show", &[]);
    let session = answer.data();
    assert!(session["urls"][0].as_str().unwrap().starts_with("wss://"));
    assert_eq!(session["jwt"].as_str().unwrap().split('.').count(), 3);
    assert_eq!((&session["iceServers"], &session["streamAccountId"]), (&json!([]), &json!("k9Mwad")));
    assert!(!answer.body.to_string().contains(&parent.token));
}

#[test]
fn a_viewer_without_a_token_is_turned_away() {
    let bench = Bench::director();
    let body = br#"{"streamName":"show"}"#;
    for headers in [&[][..], &[("Authorization", "NoAuth")], &[("Authorization", "")]] {
        assert_eq!(bench.send("POST", "/api/director/subscribe", headers, body).rule(), "no-token");
    }
    for value in ["Bearer", "Basic abc", "abc"] {
        let headers = [("Authorization", value)];
        assert_eq!(bench.send("POST", "/api/director/subscribe", &headers, body).rule(), "malformed", "{value}");
    }
}

#[test]
fn a_token_that_does_not_exist_lets_nobody_in() {
    let bench = Bench::director();
    let publish = bench.create("publish", json!({}));
    let parent = Parent::create(&bench, json!({}));
    let text = publish["token"].as_str().unwrap();
    for bearer in [text, SECRET, "0", &parent.token[1..], &parent.token.to_uppercase()] {
        let answer = bench.view(bearer, "show", &[]);
        assert_eq!((answer.status, answer.rule()), (401, "token-unknown"));
        assert_eq!(answer.body["data"]["message"], json!("Unauthorized: Invalid token"));
        assert!(!answer.body.to_string().contains(bearer) || bearer == "0");
    }
}

#[test]
fn a_deleted_token_lets_nobody_in() {
    let bench = Bench::director();
    let parent = Parent::create(&bench, json!({}));
    bench.view(&parent.token, "show", &[]).admitted();
    bench.delete(&format!("/api/subscribe_token/{}", parent.id)).data();
    assert_eq!(bench.view(&parent.token, "show", &[]).rule(), "token-unknown");
}

#[test]
fn a_disabled_token_lets_nobody_in_until_it_is_enabled() {
    let bench = Bench::director();
    let parent = Parent::create(&bench, json!({}));
    let path = format!("token/subscribe/{}", parent.id);
    bench.control(&path, &json!({ "isActive": false })).data();
    assert_eq!(bench.view(&parent.token, "show", &[]).rule(), "token-inactive");
    bench.control(&path, &json!({ "isActive": true })).data();
    bench.view(&parent.token, "show", &[]).admitted();
}

#[test]
fn a_token_lets_viewers_in_up_to_the_second_that_it_expires() {
    let bench = Bench::director();
    let parent = Parent::create(&bench, json!({ "expires": 60 }));
    bench.set_clock(NOON + 59);
    bench.view(&parent.token, "show", &[]).admitted();
    bench.set_clock(NOON + 60);
    assert_eq!(bench.view(&parent.token, "show", &[]).rule(), "token-expired");
}

#[test]
fn a_stream_is_asked_for_by_its_exact_name() {
    let bench = Bench::director();
    let parent = Parent::create(&bench, json!({ "streams": [{ "streamName": "Show" }, { "streamName": "a.c" }] }));
    for stream in ["Show", "a.c"] {
        bench.view(&parent.token, stream, &[]).admitted();
    }
    for stream in ["show", "Show ", "Sho", "abc"] {
        let answer = bench.view(&parent.token, stream, &[]);
        assert_eq!((answer.status, answer.rule()), (400, "stream"), "{stream}");
        assert_eq!(answer.body["data"]["message"], json!("StreamName is not valid for token"));
    }
}

#[test]
fn a_pattern_matches_the_whole_name() {
    let bench = Bench::director();
    let streams = json!([{ "streamName": "cam/[0-9]+|stage", "isRegex": true }]);
    let parent = Parent::create(&bench, json!({ "streams": streams }));
    for stream in ["cam/1", "cam/007", "stage"] {
        bench.view(&parent.token, stream, &[]).admitted();
    }
    for stream in ["cam/", "xcam/1", "cam/1x", "stages", "cam/1\n", "cam/1|stage"] {
        assert_eq!(bench.view(&parent.token, stream, &[]).rule(), "stream", "{stream:?}");
    }
}

#[test]
fn a_name_of_any_characters_covers_every_stream_marked_or_not() {
    let bench = Bench::director();
    for is_regex in [true, false] {
        let streams = json!([{ "streamName": ".*", "isRegex": is_regex }]);
        let parent = Parent::create(&bench, json!({ "streams": streams }));
        for stream in ["a", "Zoë 東京 🎥", "a\nb", ".*"] {
            bench.view(&parent.token, stream, &[]).admitted();
        }
    }
}

#[test]
fn a_pattern_that_is_none_covers_nothing() {
    let bench = Bench::director();
    for pattern in ["(", "a)|(a", "(?=a)a", "(((((a{99}){99}){99}){99}){99})"] {
        let streams = json!([{ "streamName": pattern, "isRegex": true }]);
        let parent = Parent::create(&bench, json!({ "streams": streams }));
        assert_eq!(bench.view(&parent.token, "a", &[]).rule(), "stream", "{pattern}");
    }
}

#[test]
fn a_page_is_let_in_from_an_allowed_origin_only() {
    let bench = Bench::director();
    let parent = Parent::create(&bench, json!({ "allowedOrigins": ["example.com", "*.example.org", "localhost:3000"] }));
    for origin in ["https://example.com", "http://EXAMPLE.com:8080", "https://a.b.example.org", "http://localhost:3000"] {
        bench.view(&parent.token, "show", &[("Origin", origin)]).admitted();
    }
    for origin in ["https://www.example.com", "https://example.org", "http://localhost:3001", "null", "example.com", ""] {
        let answer = bench.view(&parent.token, "show", &[("Origin", origin)]);
        assert_eq!((answer.status, answer.rule()), (401, "origin"), "{origin}");
        assert_eq!(answer.body["data"]["message"], json!("Unauthorized: Origin not allowed"));
    }
    assert_eq!(bench.view(&parent.token, "show", &[]).rule(), "origin", "a request has to say where it comes from");
    let both = [("Origin", "https://example.com"), ("Origin", "https://example.com")];
    assert_eq!(bench.view(&parent.token, "show", &both).rule(), "origin");
}

#[test]
fn without_a_list_of_origins_every_page_is_let_in() {
    let bench = Bench::director();
    let parent = Parent::create(&bench, json!({ "allowedOrigins": [] }));
    for headers in [&[][..], &[("Origin", "https://anywhere.example")], &[("Origin", "null")]] {
        bench.view(&parent.token, "show", headers).admitted();
    }
}

#[test]
fn a_viewer_from_another_network_is_turned_away() {
    let bench = Bench::director();
    let addresses = json!(["192.0.2.1", "198.51.100.0/25", "2001:db8::1"]);
    let parent = Parent::create(&bench, json!({ "allowedIpAddresses": addresses }));
    for address in ["192.0.2.1", "198.51.100.127", "2001:DB8:0::1", "::ffff:192.0.2.1", "192.0.2.1, 10.0.0.1"] {
        bench.view(&parent.token, "show", &[("X-Forwarded-For", address)]).admitted();
    }
    for address in ["192.0.2.2", "198.51.100.128", "2001:db8::2", "10.0.0.1, 192.0.2.1", "unknown", ""] {
        let answer = bench.view(&parent.token, "show", &[("X-Forwarded-For", address)]);
        assert_eq!((answer.status, answer.rule()), (401, "address"), "{address}");
        assert_eq!(answer.body["data"]["message"], json!("Unauthorized: Ip Address not allowed"));
    }
    assert_eq!(bench.view(&parent.token, "show", &[]).rule(), "address");
}

#[test]
fn a_viewers_own_word_about_the_address_counts_only_where_a_proxy_is_trusted() {
    let bench = Bench::new();
    let far = Parent::create(&bench, json!({ "allowedIpAddresses": ["192.0.2.1"] }));
    assert_eq!(bench.view(&far.token, "show", &[("X-Forwarded-For", "192.0.2.1")]).rule(), "address");
    let here = Parent::create(&bench, json!({ "allowedIpAddresses": ["127.0.0.0/8"] }));
    bench.view(&here.token, "show", &[("X-Forwarded-For", "192.0.2.1")]).admitted();
}

#[test]
fn a_bound_token_stays_with_the_first_addresses() {
    let bench = Bench::director();
    let parent = Parent::create(&bench, json!({ "bindIpsOnUsage": 2 }));
    for viewer in [POLE, POLE, ZULU, POLE, ZULU] {
        bench.view(&parent.token, "show", &[viewer]).admitted();
    }
    for viewer in [NOMAD, ("X-Forwarded-For", "unknown")] {
        let answer = bench.view(&parent.token, "show", &[viewer]);
        assert_eq!((answer.status, answer.rule()), (401, "bound-address"));
    }
    bench.view(&parent.token, "show", &[("X-Forwarded-For", "::ffff:198.51.100.7")]).admitted();
}

#[test]
fn a_viewer_who_is_turned_away_takes_no_place() {
    let bench = Bench::director();
    let parent = Parent::create(&bench, json!({ "bindIpsOnUsage": 1, "deniedCountries": ["ZA"] }));
    assert_eq!(bench.view(&parent.token, "other", &[NOMAD]).rule(), "stream");
    assert_eq!(bench.view(&parent.token, "show", &[ZULU]).rule(), "country");
    bench.view(&parent.token, "show", &[POLE]).admitted();
    assert_eq!(bench.view(&parent.token, "show", &[NOMAD]).rule(), "bound-address");
}

#[test]
fn places_for_nobody_are_no_limit() {
    let bench = Bench::director();
    let parent = Parent::create(&bench, json!({ "bindIpsOnUsage": 0 }));
    for viewer in [POLE, ZULU, NOMAD] {
        bench.view(&parent.token, "show", &[viewer]).admitted();
    }
}

#[test]
fn allowed_countries_let_nobody_else_in() {
    let bench = Bench::director();
    let parent = Parent::create(&bench, json!({ "allowedCountries": ["PL", "DE"] }));
    bench.view(&parent.token, "show", &[POLE]).admitted();
    for viewer in [ZULU, NOMAD] {
        let answer = bench.view(&parent.token, "show", &[viewer]);
        assert_eq!((answer.status, answer.rule()), (401, "country"));
    }
}

#[test]
fn denied_countries_let_everybody_else_in() {
    let bench = Bench::director();
    let parent = Parent::create(&bench, json!({ "deniedCountries": ["PL", "DE"] }));
    assert_eq!(bench.view(&parent.token, "show", &[POLE]).rule(), "country");
    for viewer in [ZULU, NOMAD] {
        bench.view(&parent.token, "show", &[viewer]).admitted();
    }
}

#[test]
fn a_request_that_names_no_stream_is_none() {
    let bench = Bench::director();
    let parent = Parent::create(&bench, json!({ "streams": [{ "streamName": ".*" }] }));
    let authorization = format!("Bearer {}", parent.token);
    let long = json!({ "streamName": "a".repeat(129) }).to_string();
    for body in ["", "{", "[]", "{}", r#"{"streamName":""}"#, r#"{"streamName":null}"#, r#"{"streamName":5}"#, &long] {
        let headers = [("Authorization", authorization.as_str())];
        let answer = bench.send("POST", "/api/director/subscribe", &headers, body.as_bytes());
        assert_eq!((answer.status, answer.rule()), (400, "request"), "{body}");
    }
    bench.view(&parent.token, &"a".repeat(128), &[]).admitted();
}

#[test]
fn every_rule_has_a_name_of_its_own_a_test_that_it_refuses_and_a_line_in_the_read_me() {
    let read_me = include_str!("../README.md");
    let mut names = Rule::ALL.map(Rule::name).to_vec();
    for name in &names {
        assert!(read_me.contains(&format!("`{name}`")), "{name}");
    }
    let tests = [include_str!("director_token.rs"), include_str!("director_self_signed.rs"), include_str!("director_publish.rs")].concat();
    for name in &names {
        assert!(
            tests.contains(&format!("\"{name}\"")) || tests.contains(&format!("x-emulator-rule: {name}\"")),
            "no test is refused by {name}"
        );
    }
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Rule::ALL.len());
}
