//! Live streams under publish tokens, disabling tokens together, and restreaming anew.

mod common;

use common::{Answer, Bench, NOON, SECRET};
use serde_json::{Value, json};

fn publish(bench: &Bench, token: &Value, stream: &str, is_live: bool) -> Answer {
    bench.control("publish", &json!({ "tokenId": token["id"], "streamName": stream, "isLive": is_live }))
}

#[track_caller]
fn start(bench: &Bench, token: &Value, stream: &str) {
    let expected = json!({ "tokenId": token["id"], "streamName": stream, "isLive": true });
    assert_eq!(publish(bench, token, stream, true).data(), &expected);
}

#[track_caller]
fn active(bench: &Bench, stream_id: &str) -> Value {
    bench.get(&format!("/api/publish_token/active?streamId={stream_id}")).data().clone()
}

#[track_caller]
fn all_active(bench: &Bench) -> Value {
    bench.get("/api/publish_token/active/all").data().clone()
}

fn ids(tokens: &[&Value]) -> Value {
    json!({ "tokenIds": tokens.iter().map(|token| token["id"].clone()).collect::<Vec<_>>() })
}

#[track_caller]
fn disable(bench: &Bench, ids: &Value) -> Value {
    bench.api("PATCH", "/api/publish_token/disable", &json!({ "tokenIds": ids })).data().clone()
}

#[test]
fn a_stream_is_active_from_its_start_to_its_end() {
    let bench = Bench::new();
    let token = bench.create("publish", json!({}));
    assert_eq!(active(&bench, "emulator/show"), ids(&[]));
    start(&bench, &token, "show");
    start(&bench, &token, "show");
    assert_eq!(active(&bench, "emulator/show"), ids(&[&token]));
    assert_eq!(active(&bench, "emulator/Show"), ids(&[]));
    assert_eq!(publish(&bench, &token, "show", false).data()["isLive"], json!(false));
    assert_eq!(active(&bench, "emulator/show"), ids(&[]));
    publish(&bench, &token, "show", false).data();
}

#[test]
fn every_token_that_a_stream_is_live_under_is_named() {
    let bench = Bench::new();
    let any = bench.create("publish", json!({ "streams": [{ "streamName": ".*", "isRegex": true }] }));
    let one = bench.create("publish", json!({}));
    let idle = bench.create("publish", json!({}));
    start(&bench, &one, "show");
    start(&bench, &any, "show");
    start(&bench, &any, "other");
    assert_eq!(active(&bench, "emulator/show"), ids(&[&any, &one]));
    assert_eq!(active(&bench, "emulator/other"), ids(&[&any]));
    assert_eq!(all_active(&bench), ids(&[&any, &one]), "a token with two streams comes once");
    assert!(!all_active(&bench).to_string().contains(&idle["id"].to_string()));
}

#[test]
fn a_stream_id_is_split_at_its_first_slash() {
    let bench = Bench::with(|options| options.account_id = Some("k9Mwad".to_owned()));
    let token = bench.create("publish", json!({ "streams": [{ "streamName": "a/b c" }, { "streamName": "é" }] }));
    start(&bench, &token, "a/b c");
    start(&bench, &token, "é");
    for id in ["k9Mwad/a/b%20c", "k9Mwad%2Fa%2Fb+c", "k9Mwad/%C3%A9"] {
        assert_eq!(active(&bench, id), ids(&[&token]), "{id}");
    }
    assert_eq!(active(&bench, "k9Mwad/a"), ids(&[]));
}

#[test]
fn another_account_has_no_active_streams_here() {
    let bench = Bench::with(|options| options.account_id = Some("emulator".to_owned()));
    let token = bench.create("publish", json!({}));
    start(&bench, &token, "show");
    for account in ["other", "Emulator"] {
        assert_eq!(active(&bench, &format!("{account}/show")), ids(&[]));
    }
}

#[test]
fn a_stream_id_that_is_none_is_refused_by_name() {
    let bench = Bench::new();
    for query in ["", "?streamId", "?streamId=", "?streamId=show", "?streamId=/show", "?streamId=emulator/", "?streamId=a/b&streamId=a/b"] {
        let answer = bench.get(&format!("/api/publish_token/active{query}"));
        assert_eq!(answer.fields_at_fault(), ["streamId"], "{query}");
        assert_eq!(answer.body["data"]["message"], json!("Validation errors"));
    }
}

#[test]
fn deleting_a_token_ends_its_streams_and_nobody_elses() {
    let bench = Bench::new();
    let (one, other) = (bench.create("publish", json!({})), bench.create("publish", json!({})));
    start(&bench, &one, "show");
    start(&bench, &other, "show");
    bench.delete(&format!("/api/publish_token/{}", one["id"])).data();
    assert_eq!(active(&bench, "emulator/show"), ids(&[&other]));
    assert_eq!(all_active(&bench), ids(&[&other]));
}

#[test]
fn nothing_else_ends_a_stream() {
    let bench = Bench::new();
    bench.set_clock(NOON);
    let token = bench.create("publish", json!({ "expires": 60 }));
    start(&bench, &token, "show");
    bench.set_clock(NOON + 3600);
    disable(&bench, &json!([token["id"]]));
    let fields = json!({ "refreshToken": true, "addTokenStreams": [{ "streamName": "x" }], "removeTokenStreams": ["show"] });
    bench.update("v2", "publish", &token["id"], fields);
    assert_eq!(active(&bench, "emulator/show"), ids(&[&token]));
    assert_eq!(all_active(&bench), ids(&[&token]));
    publish(&bench, &token, "show", false).data();
    assert_eq!(all_active(&bench), ids(&[]), "it still ends when it is told to");
}

#[test]
fn a_stream_starts_only_under_a_token_that_is_good_for_it() {
    let bench = Bench::new();
    bench.set_clock(NOON);
    let token =
        bench.create("publish", json!({ "expires": 60, "streams": [{ "streamName": "a" }, { "streamName": "b[0-9]", "isRegex": true }] }));
    for stream in ["a", "b7"] {
        start(&bench, &token, stream);
    }
    for stream in ["A", "aa", "b", "b77", "b[0-9]"] {
        assert_eq!(publish(&bench, &token, stream, true).fields_at_fault(), ["streamName"], "{stream}");
    }
    bench.set_clock(NOON + 60);
    assert_eq!(publish(&bench, &token, "a", true).fields_at_fault(), ["tokenId"]);
    bench.set_clock(NOON);
    bench.update("v2", "publish", &token["id"], json!({ "isActive": false }));
    assert_eq!(publish(&bench, &token, "a", true).fields_at_fault(), ["tokenId"]);
    let subscribe = bench.create("subscribe", json!({}));
    let message = json!({ "tokenId": format!("No publish token with id: {}", subscribe["id"]) });
    assert_eq!(publish(&bench, &subscribe, "show", true).failed(400), &message);
}

#[test]
fn a_start_that_makes_no_sense_is_refused_by_name() {
    let bench = Bench::new();
    let id = bench.create("publish", json!({}))["id"].clone();
    assert_eq!(bench.control("publish", &json!({})).fields_at_fault(), ["isLive", "streamName", "tokenId"]);
    for (field, value, at_fault) in [
        ("tokenId", json!("1000"), "$.tokenId"),
        ("tokenId", json!(u64::MAX), "tokenId"),
        ("streamName", json!(""), "streamName"),
        ("streamName", json!("s".repeat(129)), "streamName"),
        ("isLive", json!(1), "$.isLive"),
    ] {
        let mut request = json!({ "tokenId": id, "streamName": "show", "isLive": true });
        request[field] = value;
        assert_eq!(bench.control("publish", &request).fields_at_fault(), [at_fault], "{request}");
    }
}

#[test]
fn every_id_to_disable_is_answered_for_itself() {
    let bench = Bench::new();
    let (one, other) = (bench.create("publish", json!({})), bench.create("publish", json!({})));
    let subscribe = bench.create("subscribe", json!({}));
    let kept = bench.create("publish", json!({}));
    let answer = disable(&bench, &json!([other["id"], 7, one["id"], subscribe["id"], -1]));
    let failed = |id: &Value| json!({ "tokenId": id, "errorMessage": format!("No publish token with id: {id}") });
    assert_eq!(
        answer,
        json!({
            "successfulTokens": [other["id"], one["id"]],
            "failedTokens": [failed(&json!(7)), failed(&subscribe["id"]), failed(&json!(-1))],
        })
    );
    for (token, is_active) in [(&one, false), (&other, false), (&kept, true)] {
        assert_eq!(bench.read("publish", &token["id"])["isActive"], json!(is_active));
    }
    assert_eq!(bench.read("subscribe", &subscribe["id"])["isActive"], json!(true));
}

#[test]
fn a_token_that_is_disabled_already_is_a_success() {
    let bench = Bench::new();
    let id = bench.create("publish", json!({}))["id"].clone();
    for ids in [json!([id]), json!([id]), json!([id, id])] {
        assert_eq!(disable(&bench, &ids), json!({ "successfulTokens": ids, "failedTokens": [] }));
    }
    bench.update("v2", "publish", &id, json!({ "isActive": true }));
    assert_eq!(bench.read("publish", &id)["isActive"], json!(true));
}

#[test]
fn unknown_ids_alone_are_no_failure_of_the_request() {
    let bench = Bench::new();
    let failed = json!([{ "tokenId": 7, "errorMessage": "No publish token with id: 7" }]);
    assert_eq!(disable(&bench, &json!([7])), json!({ "successfulTokens": [], "failedTokens": failed }));
}

#[test]
fn at_least_one_id_is_needed_and_ids_are_integers() {
    let bench = Bench::new();
    let id = bench.create("publish", json!({}))["id"].clone();
    for (ids, at_fault) in [
        (json!([]), "tokenIds"),
        (json!(null), "tokenIds"),
        (json!(1000), "$.tokenIds"),
        (json!([id, "1000"]), "$.tokenIds[1]"),
        (json!([id, 1.5]), "$.tokenIds[1]"),
        (json!([id, null]), "$.tokenIds[1]"),
        (json!([id, u64::MAX]), "tokenIds[1]"),
    ] {
        let answer = bench.api("PATCH", "/api/publish_token/disable", &json!({ "tokenIds": ids }));
        assert_eq!(answer.fields_at_fault(), [at_fault], "{ids}");
    }
    assert_eq!(bench.api("PATCH", "/api/publish_token/disable", &json!({})).fields_at_fault(), ["tokenIds"]);
    assert_eq!(bench.api("PATCH", "/api/publish_token/disable", &json!([id])).fields_at_fault(), ["$"]);
    let authorization = format!("Bearer {SECRET}");
    bench.send("PATCH", "/api/publish_token/disable", &[("Authorization", &authorization)], br#"{"tokenIds":[1]}"#).failed(415);
    assert_eq!(bench.read("publish", &id)["isActive"], json!(true), "what is refused disables nothing");
}

#[test]
fn ids_beyond_32_bits_are_disabled_and_shown_in_full() {
    let first = (1_u64 << 32) + 5;
    let bench = Bench::with(|options| options.first_id = first);
    let token = bench.create("publish", json!({}));
    start(&bench, &token, "show");
    assert_eq!(all_active(&bench), json!({ "tokenIds": [first] }));
    assert_eq!(disable(&bench, &json!([5]))["successfulTokens"], json!([]));
    assert_eq!(disable(&bench, &json!([first]))["successfulTokens"], json!([first]));
}

#[test]
fn restreaming_anew_is_for_publish_tokens_that_exist() {
    let bench = Bench::new();
    let sync = |id: &str| bench.api("POST", &format!("/api/publish_token/{id}/restream/sync"), &json!({}));
    let id = bench.create("publish", json!({}))["id"].to_string();
    let subscribe = bench.create("subscribe", json!({}))["id"].to_string();
    assert_eq!(sync(&id).data(), &json!(true));
    let authorization = format!("Bearer {SECRET}");
    let bare = bench.send("POST", &format!("/api/publish_token/{id}/restream/sync"), &[("Authorization", &authorization)], b"");
    assert_eq!(bare.data(), &json!(true), "it needs no body");
    for unknown in ["7", "-1", &subscribe] {
        let words = format!("Invalid TokenId ({unknown}) for AccountId (emulator)");
        assert_eq!(sync(unknown).failed(400), &json!({ "tokenId": words }));
    }
    for none in ["x", "01", "active"] {
        assert_eq!(sync(none).fields_at_fault(), ["tokenId"], "{none}");
    }
}

#[test]
fn the_words_after_publish_token_are_no_ids() {
    let bench = Bench::new();
    bench.create("publish", json!({}));
    assert_eq!(all_active(&bench), json!({ "tokenIds": [] }));
    for (path, at_fault) in [("active", "streamId"), ("active?streamId=", "streamId")] {
        assert_eq!(bench.get(&format!("/api/publish_token/{path}")).fields_at_fault(), [at_fault]);
    }
    // These are operations on publish tokens alone: for the other kind the words are ids that are none.
    for word in ["active", "disable"] {
        assert_eq!(bench.get(&format!("/api/subscribe_token/{word}")).fields_at_fault(), ["tokenId"], "{word}");
    }
    assert_eq!(bench.get("/api/subscribe_token/active/all").status, 404);
    assert_eq!(bench.api("POST", "/api/subscribe_token/1000/restream/sync", &json!({})).status, 404);
}
