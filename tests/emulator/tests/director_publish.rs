//! The director and those who publish, WHIP and WHEP, and viewers without a token.

mod common;

use common::{Answer, Bench, NOON, Parent};
use serde_json::{Value, json};

const POLE: (&str, &str) = ("X-Forwarded-For", "198.51.100.7");
const ZULU: (&str, &str) = ("X-Forwarded-For", "203.0.113.7");
const SDP: (&str, &str) = ("Content-Type", "application/sdp");
const OFFER: &[u8] = b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n";

fn text(token: &Value) -> &str {
    token["token"].as_str().unwrap()
}

fn ask(bench: &Bench, what: &str, bearer: Option<&str>, body: &Value, headers: &[(&str, &str)]) -> Answer {
    let authorization = format!("Bearer {}", bearer.unwrap_or_default());
    let mut all = headers.to_vec();
    if bearer.is_some() {
        all.push(("Authorization", &authorization));
    }
    bench.send("POST", &format!("/api/director/{what}"), &all, body.to_string().as_bytes())
}

fn publish(bench: &Bench, token: &Value, stream: &str, headers: &[(&str, &str)]) -> Answer {
    ask(bench, "publish", Some(text(token)), &json!({ "streamName": stream }), headers)
}

/// A viewer without a token.
fn look(bench: &Bench, stream: &str, headers: &[(&str, &str)]) -> Answer {
    ask(bench, "subscribe", None, &json!({ "streamName": stream, "streamAccountId": "emulator" }), headers)
}

fn offer(bench: &Bench, path: &str, bearer: Option<&str>) -> String {
    let authorization = format!("Authorization: Bearer {}\r\n", bearer.unwrap_or_default());
    let authorization = if bearer.is_some() { authorization.as_str() } else { "" };
    let head = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/sdp\r\n{authorization}");
    bench.raw(&[format!("{head}Content-Length: {}\r\n\r\n", OFFER.len()).as_bytes(), OFFER].concat())
}

/// Status, text, and the rule that was broken.
fn outcome(answer: &str) -> (u16, String, Option<String>) {
    let (head, words) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let rule = head.lines().find_map(|line| line.strip_prefix("x-emulator-rule: ")).map(str::to_owned);
    assert!(head.contains("content-type: text/plain"), "{head}");
    (status, words.to_owned(), rule)
}

#[test]
fn a_publisher_with_a_token_for_the_stream_is_let_in() {
    let bench = Bench::with(|options| options.account_id = Some("k9Mwad".to_owned()));
    let token = bench.create("publish", json!({ "subscribeRequiresAuth": true }));
    let answer = publish(&bench, &token, "show", &[]);
    let session = answer.data();
    assert!(session["urls"][0].as_str().unwrap().starts_with("wss://"));
    assert_eq!(session["jwt"].as_str().unwrap().split('.').count(), 3);
    assert_eq!((&session["streamAccountId"], &session["subscribeRequiresAuth"]), (&json!("k9Mwad"), &json!(true)));
    assert!(!answer.body.to_string().contains(text(&token)));
    let open = bench.create("publish", json!({}));
    assert_eq!(publish(&bench, &open, "show", &[]).data()["subscribeRequiresAuth"], json!(false));
}

#[test]
fn a_publisher_is_held_to_every_rule_of_the_token() {
    let bench = Bench::director();
    let refused = |fields: Value, headers: &[(&str, &str)]| {
        let token = bench.create("publish", fields);
        publish(&bench, &token, "show", headers).rule().to_owned()
    };
    assert_eq!(refused(json!({ "streams": [{ "streamName": "other" }] }), &[]), "stream");
    assert_eq!(refused(json!({ "streams": [{ "streamName": "sho", "isRegex": true }] }), &[]), "stream");
    assert_eq!(refused(json!({ "allowedOrigins": ["*.example.com"] }), &[("Origin", "https://example.com")]), "origin");
    assert_eq!(refused(json!({ "allowedIpAddresses": ["203.0.113.0/24"] }), &[POLE]), "address");
    let token = bench.create("publish", json!({ "bindIpsOnUsage": 1, "expires": 60 }));
    publish(&bench, &token, "show", &[POLE]).admitted();
    publish(&bench, &token, "show", &[POLE]).admitted();
    assert_eq!(publish(&bench, &token, "show", &[ZULU]).rule(), "bound-address");
    bench.set_clock(NOON + 60);
    assert_eq!(publish(&bench, &token, "show", &[POLE]).rule(), "token-expired");
    bench.set_clock(NOON);
    bench.api("PATCH", "/api/publish_token/disable", &json!({ "tokenIds": [token["id"]] })).data();
    assert_eq!(publish(&bench, &token, "show", &[POLE]).rule(), "token-inactive");
    bench.delete(&format!("/api/publish_token/{}", token["id"])).data();
    assert_eq!(publish(&bench, &token, "show", &[POLE]).rule(), "token-unknown");
}

#[test]
fn a_refreshed_publish_token_publishes_under_its_new_text_alone() {
    let bench = Bench::director();
    let before = bench.create("publish", json!({}));
    let after = bench.update("v2", "publish", &before["id"], json!({ "refreshToken": true }));
    publish(&bench, &after, "show", &[]).admitted();
    assert_eq!(publish(&bench, &before, "show", &[]).rule(), "token-unknown");
}

#[test]
fn countries_keep_no_publisher_out() {
    let bench = Bench::director();
    let token = bench.create("publish", json!({ "allowedCountries": ["PL"] }));
    publish(&bench, &token, "show", &[ZULU]).admitted();
}

#[test]
fn a_publisher_shows_a_publish_token_and_no_other() {
    let bench = Bench::director();
    let parent = Parent::create(&bench, json!({}));
    let body = json!({ "streamName": "show" });
    for bearer in [parent.token.as_str(), &parent.sign(&parent.payload())] {
        assert_eq!(ask(&bench, "publish", Some(bearer), &body, &[]).rule(), "token-unknown");
    }
    assert_eq!(ask(&bench, "publish", None, &body, &[]).rule(), "no-token");
    assert_eq!(ask(&bench, "publish", None, &body, &[("Authorization", "NoAuth")]).rule(), "no-token");
    let token = bench.create("publish", json!({}));
    for body in [json!({}), json!({ "streamName": "" }), json!({ "streamName": "x".repeat(129) }), json!([])] {
        assert_eq!(ask(&bench, "publish", Some(text(&token)), &body, &[]).rule(), "request");
    }
}

#[test]
fn a_stream_that_needs_no_token_is_viewed_without_one() {
    let bench = Bench::director();
    assert_eq!(look(&bench, "show", &[]).rule(), "no-token", "nobody publishes it");
    bench.create("publish", json!({}));
    look(&bench, "show", &[]).admitted();
    ask(&bench, "subscribe", None, &json!({ "streamName": "show", "streamAccountId": "emulator" }), &[("Authorization", "NoAuth")])
        .admitted();
    let no_account = ask(&bench, "subscribe", None, &json!({ "streamName": "show" }), &[]);
    assert_eq!(no_account.rule(), "no-token", "nothing says whose stream it is");
}

#[test]
fn a_stream_that_needs_a_token_is_not_viewed_without_one() {
    let bench = Bench::director();
    let closed = bench.create("publish", json!({ "subscribeRequiresAuth": true }));
    assert_eq!(look(&bench, "show", &[]).rule(), "subscribe-requires-auth");
    let parent = Parent::create(&bench, json!({}));
    bench.view(&parent.token, "show", &[]).admitted();
    // As long as any token that could carry the stream is strict, the stream is.
    bench.create("publish", json!({}));
    assert_eq!(look(&bench, "show", &[]).rule(), "subscribe-requires-auth");
    bench.api("PATCH", "/api/publish_token/disable", &json!({ "tokenIds": [closed["id"]] })).data();
    look(&bench, "show", &[]).admitted();
}

#[test]
fn a_live_stream_goes_by_the_token_that_it_is_live_under() {
    let bench = Bench::director();
    bench.create("publish", json!({ "subscribeRequiresAuth": true }));
    let open = bench.create("publish", json!({}));
    assert_eq!(look(&bench, "show", &[]).rule(), "subscribe-requires-auth");
    bench.control("publish", &json!({ "tokenId": open["id"], "streamName": "show", "isLive": true })).data();
    look(&bench, "show", &[]).admitted();
}

#[test]
fn a_viewer_of_another_account_finds_nothing() {
    let bench = Bench::with(|options| options.account_id = Some("mine".to_owned()));
    bench.create("publish", json!({}));
    let body = |account: &str| json!({ "streamName": "show", "streamAccountId": account });
    assert_eq!(ask(&bench, "subscribe", None, &body("other"), &[]).rule(), "account");
    ask(&bench, "subscribe", None, &body("mine"), &[]).admitted();
    assert_eq!(outcome(&offer(&bench, "/api/whep/other/show", None)).2.unwrap(), "account");
}

#[test]
fn a_publish_tokens_countries_are_the_viewers_unless_the_subscribe_token_has_its_own() {
    let bench = Bench::director();
    bench.create("publish", json!({ "allowedCountries": ["PL"] }));
    assert_eq!(look(&bench, "show", &[ZULU]).rule(), "country");
    look(&bench, "show", &[POLE]).admitted();
    let plain = Parent::create(&bench, json!({}));
    assert_eq!(bench.view(&plain.token, "show", &[ZULU]).rule(), "country");
    let own = Parent::create(&bench, json!({ "deniedCountries": ["PL"] }));
    bench.view(&own.token, "show", &[ZULU]).admitted();
    assert_eq!(bench.view(&own.token, "show", &[POLE]).rule(), "country");
}

#[test]
fn where_only_live_streams_are_viewed_a_stream_has_to_be_live() {
    let bench = Bench::with(|options| options.only_live = true);
    let token = bench.create("publish", json!({}));
    let parent = Parent::create(&bench, json!({}));
    let answer = bench.view(&parent.token, "show", &[]);
    assert_eq!((answer.status, answer.rule()), (400, "not-published"));
    assert_eq!(answer.body["data"]["message"], json!("stream not being published"));
    assert_eq!(look(&bench, "show", &[]).rule(), "not-published");
    assert_eq!(
        outcome(&offer(&bench, "/api/whep/emulator/show", Some(&parent.token))),
        (409, "Stream not found".to_owned(), Some("not-published".to_owned()))
    );
    bench.control("publish", &json!({ "tokenId": token["id"], "streamName": "show", "isLive": true })).data();
    bench.view(&parent.token, "show", &[]).admitted();
    look(&bench, "show", &[]).admitted();
}

#[test]
fn whip_goes_as_far_as_the_credential() {
    let bench = Bench::director();
    let token = bench.create("publish", json!({ "streams": [{ "streamName": "a show/1" }] }));
    let path = "/api/whip/a%20show%2F1";
    let (status, words, rule) = outcome(&offer(&bench, path, Some(text(&token))));
    assert_eq!((status, rule), (501, None));
    assert!(words.contains("media would begin"), "{words}");
    assert_eq!(outcome(&offer(&bench, &format!("{path}?sourceId=1&auth={}", text(&token)), None)).0, 501);
    let (status, words, rule) = outcome(&offer(&bench, path, Some("0")));
    assert_eq!((status, rule.as_deref()), (401, Some("token-unknown")));
    assert_eq!(words, "Unauthorized: no publish token has this text");
    assert_eq!(
        outcome(&offer(&bench, path, None)),
        (401, "Unauthorized: the request shows no token".to_owned(), Some("no-token".to_owned()))
    );
    let other = outcome(&offer(&bench, "/api/whip/other", Some(text(&token))));
    assert_eq!((other.0, other.1.as_str(), other.2.as_deref()), (400, "StreamName is not valid for token", Some("stream")));
}

#[test]
fn what_is_no_offer_takes_no_place_and_is_refused_after_the_credential() {
    let bench = Bench::director();
    let token = bench.create("publish", json!({ "bindIpsOnUsage": 1 }));
    let bearer = format!("Bearer {}", text(&token));
    let send = |headers: &[(&str, &str)], body: &[u8]| {
        let all = [&[("Authorization", bearer.as_str())], headers].concat();
        bench.send("POST", "/api/whip/show", &all, body)
    };
    for (headers, body) in [(&[][..], OFFER), (&[("Content-Type", "text/plain")], OFFER), (&[SDP], b""), (&[SDP], b"x")] {
        let answer = send(&[headers, &[POLE]].concat(), body);
        assert_eq!(answer.status, 400, "{answer:?}");
        assert!(answer.head.contains("x-emulator-rule: offer"), "{answer:?}");
    }
    assert_eq!(send(&[SDP, ZULU], OFFER).status, 501, "its place was still free");
    assert_eq!(send(&[SDP, POLE], OFFER).status, 401);
}

#[test]
fn whep_takes_a_subscribe_token_a_self_signed_one_or_none() {
    let bench = Bench::new();
    bench.set_clock(NOON);
    bench.create("publish", json!({}));
    let parent = Parent::create(&bench, json!({ "tracking": { "trackingId": "team" } }));
    let signed = parent.with("tracking", json!({ "trackingId": "team" }));
    let path = "/api/whep/emulator/show";
    for bearer in [Some(parent.token.as_str()), Some(&signed), None] {
        assert_eq!(outcome(&offer(&bench, path, bearer)).0, 501, "{bearer:?}");
    }
    assert_eq!(outcome(&offer(&bench, path, Some("0"))).0, 401);
    let used = bench.new_years_day("total?trackingIds=team");
    assert_eq!(used.data()["team"][0]["streamName"], json!("show"));
}

#[test]
fn a_page_of_any_origin_may_ask_and_read_the_answer() {
    let bench = Bench::new();
    for path in ["/api/director/subscribe", "/api/director/publish", "/api/whip/show", "/api/whep/emulator/show"] {
        let asks = [("Origin", "https://player.example"), ("Access-Control-Request-Method", "POST")];
        let answer = bench.send("OPTIONS", path, &asks, b"");
        assert_eq!(answer.status, 204, "{path}");
        assert!(answer.head.contains("access-control-allow-headers: authorization, content-type"), "{}", answer.head);
        let answer = bench.send("POST", path, &asks[..1], b"{}");
        assert!(answer.head.contains("access-control-allow-origin: *"), "{}", answer.head);
    }
    bench
        .control("faults", &json!({ "faults": [{ "fault": "503", "operation": "director.*" }, { "fault": "drip-body", "ms": 1 }] }))
        .data();
    for path in ["/api/director/subscribe", "/api/whip/show"] {
        let answer = bench.send("POST", path, &[("Origin", "https://player.example")], b"{}");
        assert!(answer.head.contains("access-control-allow-origin: *"), "{}", answer.head);
    }
    let api = bench.send("GET", "/api/publish_token/1", &[("Origin", "https://player.example")], b"");
    assert!(!api.head.contains("access-control"), "the API's secret is for no page: {}", api.head);
}

#[test]
fn admissions_are_counted_by_tracking_id_and_refusals_are_not() {
    let bench = Bench::new();
    bench.set_clock(NOON);
    let parent = Parent::create(&bench, json!({ "tracking": { "trackingId": "team" } }));
    for _ in 0..3 {
        bench.view(&parent.token, "show", &[]).admitted();
    }
    bench.view(&parent.token, "other", &[]).rule();
    bench.set_clock(NOON + 120);
    bench.view(&parent.token, "show", &[]).admitted();
    bench.add_usage("show", "team", NOON, json!({ "bytesIn": 5, "bytesOut": 7 }));
    let overview = bench.send("GET", "/_emulator/usage", &[], b"");
    let expected = json!([{ "trackingId": "team", "streamName": "show", "admissions": 4, "bytesIn": 5, "bytesOut": 7 }]);
    assert_eq!(overview.data(), &expected);
}
