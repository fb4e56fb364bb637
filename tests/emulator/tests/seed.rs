//! A platform that begins with something.

mod common;

use common::process::{Folder, command, refused};
use common::{Bench, NOON};
use serde_json::{Value, json};

fn seeded(seed: &Value) -> Bench {
    let folder = Folder::new();
    let file = folder.written("seed.json", &seed.to_string());
    Bench::with(|options| {
        options.seed = Some(file.into());
        options.clock = Some(NOON);
    })
}

#[test]
fn a_seed_takes_what_a_create_takes() {
    let streams = json!([{ "streamName": "show" }, { "streamName": "s.*", "isRegex": true }]);
    let publish = json!({ "label": "a", "streams": streams, "expires": 60, "record": true });
    let subscribe = json!({ "label": "b", "streams": [{ "streamName": "show" }], "tracking": { "trackingId": "x" }, "bindIpsOnUsage": 2 });
    let bench = seeded(&json!({ "publishTokens": [publish], "subscribeTokens": [subscribe] }));
    let made = Bench::with(|options| options.clock = Some(NOON));
    for (kind, request, id) in [("publish", publish, 1000), ("subscribe", subscribe, 1001)] {
        let mut seeded = bench.read(kind, &json!(id));
        let mut created = made.create(kind, request);
        assert_ne!(seeded["token"].take(), created["token"].take());
        assert_eq!(seeded, created);
    }
}

#[test]
fn what_a_read_has_answered_is_a_seed_of_the_same() {
    let bench = Bench::with(|options| options.clock = Some(NOON));
    let rich = json!({
        "expires": 60, "allowedOrigins": ["*.example.com"], "allowedIpAddresses": ["10.0.0.0/8"], "originCluster": "osl-1",
        "deniedCountries": ["PL"],
        "displaySrtPassphrase": true, "geoCascade": { "isEnabled": true, "clusters": ["lim-1"] }, "priority": -5,
        "enableUTCInsertion": true,
        "restream": [{ "url": "rtmp://example.com/live", "key": "a stream key", "label": "there" }],
    });
    let first = bench.create("publish", rich);
    // What only an update leaves.
    bench.update("v2", "publish", &first["id"], json!({ "label": "", "isActive": false, "restream": [{ "key": "a stream key" }] }));
    let plain = bench.create("publish", json!({}));
    let bound = bench.create("subscribe", json!({ "bindIpsOnUsage": 2, "tracking": { "trackingId": "x" } }));
    bench.update("v2", "subscribe", &bound["id"], json!({ "refreshToken": true }));

    let read = |bench: &Bench| {
        let publish: Vec<Value> = [&first, &plain].map(|token| bench.read("publish", &token["id"])).to_vec();
        json!({ "publishTokens": publish, "subscribeTokens": [bench.read("subscribe", &bound["id"])] })
    };
    let seed = read(&bench);
    assert!(read(&seeded(&seed)) == seed);
}

#[test]
fn ids_go_on_after_those_of_a_seed() {
    let bench = seeded(&json!({ "publishTokens": [{ "id": 7, "label": "a", "streams": [{ "streamName": "s" }] }], "subscribeTokens": [
        { "label": "d", "streams": [{ "streamName": "s" }] },
        { "id": 1001, "label": "e", "streams": [{ "streamName": "s" }] },
        { "id": 4_503_599_627_370_496_u64, "label": "b", "streams": [{ "streamName": "s" }] },
        { "label": "c", "streams": [{ "streamName": "s" }] } ] }));
    assert_eq!(bench.read("publish", &json!(7))["label"], "a");
    // None of the others gets an id that a later one comes with.
    assert_eq!(["1000", "1002"].map(|id| bench.read("subscribe", &id.parse().unwrap())["label"].clone()), ["d", "c"]);
    assert_eq!(bench.create("publish", json!({}))["id"], 4_503_599_627_370_497_u64);
}

#[test]
fn times_of_a_seed_are_answered_in_utc() {
    let token = json!({ "label": "a", "streams": [{ "streamName": "s" }], "addedOn": "2026-01-01T02:30:00.5+02:00", "expires": 10 });
    let read = seeded(&json!({ "publishTokens": [token] })).read("publish", &json!(1000));
    assert_eq!((&read["addedOn"], &read["expiresOn"]), (&json!("2026-01-01T00:30:00.5000000Z"), &json!("2026-01-01T00:30:10.5000000Z")));
}

#[test]
fn traffic_and_live_streams_are_there_from_the_beginning() {
    let bench = seeded(&json!({
        "publishTokens": [{ "id": 5, "label": "a", "streams": [{ "streamName": "s.*", "isRegex": true }] }],
        "live": [{ "tokenId": 5, "streamName": "show" }, { "tokenId": 5, "streamName": "second" }],
        "usage": [
            { "trackingId": "x", "streamName": "show", "time": NOON, "bytesIn": 3 },
            { "trackingId": "x", "streamName": "show", "time": NOON, "bytesIn": 4 },
        ],
    }));
    assert_eq!(bench.get("/api/publish_token/active/all").data(), &json!({ "tokenIds": [5] }));
    assert_eq!(bench.get("/api/publish_token/active?streamId=emulator/second").data(), &json!({ "tokenIds": [5] }));
    assert_eq!(bench.new_years_day("total?trackingIds=x").data()["x"][0]["bytesIn"], 7);
}

#[test]
fn what_cannot_be_read_is_refused_by_its_place() {
    let folder = Folder::new();
    let streams = json!([{ "streamName": "s" }]);
    let token = |fields: Value| {
        let mut token = json!({ "label": "a", "streams": streams });
        token.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        json!({ "publishTokens": [{ "label": "first", "streams": streams, "id": 5, "token": "abc" }, token] })
    };
    let live = |entry: Value| json!({ "publishTokens": [{ "label": "a", "streams": streams, "id": 5 }], "live": [entry] });
    let cases = [
        (json!([]).to_string(), "no JSON object"),
        ("{".to_owned(), "not valid JSON"),
        (json!({ "tokens": [] }).to_string(), "tokens is none of"),
        (json!({ "publishTokens": {} }).to_string(), "publishTokens is no array"),
        (json!({ "subscribeTokens": [1] }).to_string(), "subscribeTokens[0] is no object"),
        (token(json!({ "label": 5 })).to_string(), "publishTokens[1]: $.label"),
        (token(json!({ "streams": [] })).to_string(), "publishTokens[1]: streams"),
        (token(json!({ "id": 5 })).to_string(), "publishTokens[1]: id: Another"),
        (token(json!({ "id": 0 })).to_string(), "publishTokens[1]: id"),
        (token(json!({ "id": 9_007_199_254_740_993_u64 })).to_string(), "publishTokens[1]: id"),
        (token(json!({ "token": "abc" })).to_string(), "publishTokens[1]: token: Another"),
        (token(json!({ "token": "two words" })).to_string(), "publishTokens[1]: token"),
        (token(json!({ "token": "" })).to_string(), "publishTokens[1]: token"),
        (token(json!({ "addedOn": "yesterday" })).to_string(), "publishTokens[1]: addedOn"),
        (token(json!({ "expiresOn": "9999-12-31T23:59:59-01:00" })).to_string(), "publishTokens[1]: expiresOn"),
        (token(json!({ "addedOn": "9999-12-31T00:00:00Z", "expires": 2_000_000 })).to_string(), "publishTokens[1]: expires"),
        (token(json!({ "isActive": "yes" })).to_string(), "publishTokens[1]: $.isActive"),
        (token(json!({ "srtPassphrase": "short" })).to_string(), "publishTokens[1]: srtPassphrase"),
        (token(json!({ "record": true, "clip": true })).to_string(), "publishTokens[1]: clip"),
        (live(json!({ "tokenId": 6, "streamName": "s" })).to_string(), "live[0]: tokenId"),
        (live(json!({ "tokenId": 5, "streamName": "t" })).to_string(), "live[0]: streamName"),
        (live(json!({ "streamName": "s" })).to_string(), "live[0]: tokenId"),
        (json!({ "usage": [{ "trackingId": "x" }] }).to_string(), "usage[0]: streamName"),
        (json!({ "usage": [{ "trackingId": "x", "streamName": "s", "bytesIn": -1 }] }).to_string(), "usage[0]: bytesIn"),
    ];
    for (text, place) in cases {
        let file = folder.written("seed.json", &text);
        let said = refused(command(&["--seed", &file]));
        assert!(said.contains("cannot read the seed") && said.contains(place), "{place}: {said}");
        assert!(!said.contains("two words") && !said.contains("abc"), "{place}: a secret is shown");
    }
    let said = refused(command(&["--seed", &folder.file("nowhere")]));
    assert!(said.contains("cannot read the seed"), "{said}");
}
