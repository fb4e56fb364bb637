//! What the signer signs, the director lets in; what the director refuses for a parent's sake, the signer refuses too.
#![cfg(all(feature = "client", feature = "signing"))]

#[path = "support/client.rs"]
mod client;
mod support;
#[path = "support/signing.rs"]
mod tokens;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{SystemTime, UNIX_EPOCH};

use client::{Client, SECRET};
use fastrand::Rng;
use millicast_emulator::{Emulator, Options};
use millicast_tokens::error::*;
use millicast_tokens::ffi::claims::*;
use millicast_tokens::ffi::signer::*;
use millicast_tokens::ffi::subscribe_token::*;
use millicast_tokens::ffi::subscribe_token_calls::*;
use serde_json::{Value, json};
use support::{lent, made, status};
use tokens::{claims, set, sign, signer};

const PARENTS: usize = 600;
const CLAIMS_OF_EACH: usize = 20;

/// One connection to the emulator.
struct Http(BufReader<TcpStream>);

impl Http {
    fn post(&mut self, path: &str, authorization: &str, headers: &str, body: &Value) -> Value {
        let body = body.to_string();
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {authorization}\r\nContent-Type: application/json\r\n\
             {headers}Content-Length: {length}\r\n\r\n{body}"
        );
        self.0.get_mut().write_all(request.as_bytes()).expect("a request goes out");
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).expect("an answer comes");
            if line == "\r\n" {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().expect("a length");
            }
        }
        let mut answer = vec![0; length];
        self.0.read_exact(&mut answer).expect("a body");
        serde_json::from_slice(&answer).expect("JSON")
    }

    /// None: the viewer is let in. Or the rule that was broken.
    fn view(&mut self, jwt: &str, stream: &str) -> Option<String> {
        let from = "Origin: https://www.example.com\r\nX-Forwarded-For: 192.0.2.7\r\n";
        let answer = self.post("/api/director/subscribe", jwt, from, &json!({"streamName": stream, "streamAccountId": "emulator"}));
        if answer["status"] == "success" { None } else { Some(answer["data"]["rule"].as_str().expect("a rule").to_owned()) }
    }
}

const STREAMS: &[&str] =
    &["cam", "cam1", "cam22", "show", "show-late", "other", "Cam", "été", "a b", "ab", "abab", "日本", "٣", "a\u{a0}b", "🎥", "É"];
const NAMES: &[(&str, bool)] = &[
    ("cam", false),
    ("show", false),
    ("été", false),
    (".*", true),
    ("cam[0-9]+", true),
    ("cam|show", true),
    ("(ab)+", true),
    ("show.*", true),
    ("[a-z ]+", true),
    ("Cam", false),
    // Beyond ASCII not all readers mean the same by these.
    (r"\W+", true),
    (r"[^\d]+", true),
    (r"\w+", true),
    (r"\S+", true),
    ("(?i)[^é]+", true),
    ("(?i)CAM", true),
    (r"c\b.*|\Bé.*", true),
    ("[^a]", true),
    (".", true),
    // Nobody reads this one.
    ("(unclosed", true),
    // Some readers know what looks ahead, and others do not.
    ("(?=cam).*", true),
];
const CLUSTERS: &[&str] = &["phx-1", "ams-1", "auto"];
const IDS: &[&str] = &["group", "Group", "other"];
/// Each of them lets the viewer of these tests in.
const ORIGINS: &[&str] = &["*.example.com", "www.example.com"];
const ADDRESSES: &[&str] = &["192.0.2.7", "192.0.2.0/24"];

fn pick<'a>(random: &mut Rng, from: &[&'a str]) -> &'a str {
    from[random.usize(..from.len())]
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs().try_into().expect("a time")
}

/// A parent as the API answers it.
struct Parent {
    id: u64,
    value: String,
    token: Box<mct_subscribe_token>,
}

fn parent(random: &mut Rng, http: &mut Http, client: &Client) -> Parent {
    let streams: Vec<Value> = (0..random.usize(1..4))
        .map(|_| NAMES[random.usize(..NAMES.len())])
        .map(|(name, is_regex)| json!({"streamName": name, "isRegex": is_regex}))
        .collect();
    let mut spec = json!({"label": "parent", "streams": streams});
    if random.bool() {
        spec["tracking"] = json!({"trackingId": pick(random, IDS)});
    }
    if random.bool() {
        spec["originCluster"] = json!(pick(random, CLUSTERS));
    }
    if random.u8(..4) == 0 {
        spec["allowedOrigins"] = json!([pick(random, ORIGINS)]);
    }
    if random.u8(..4) == 0 {
        spec["allowedIpAddresses"] = json!([pick(random, ADDRESSES)]);
    }
    // Some ended long ago, some end before their tokens would.
    let (made_at, expires) = [(now(), None), (now(), Some(1800)), (now() - 5000, Some(1000))][random.usize(..3)];
    if let Some(seconds) = expires {
        spec["expires"] = json!(seconds);
    }
    http.post("/_emulator/clock", SECRET, "", &json!({"now": made_at}));
    let id = http.post("/api/subscribe_token", SECRET, "", &spec)["data"]["id"].as_u64().expect("an id");
    http.post("/_emulator/clock", SECRET, "", &json!({"now": null}));
    if random.u8(..6) == 0 {
        http.post(&format!("/_emulator/token/subscribe/{id}"), SECRET, "", &json!({"isActive": false}));
    }
    let token = made(|out, error| unsafe { mct_subscribe_token_read(client.raw(), id, out, error) }).expect("a token");
    let value = lent(mct_subscribe_token_value(Some(&token))).expect("a string");
    Parent { id, value, token }
}

fn random_claims(random: &mut Rng, stream: &str) -> Box<mct_claims> {
    let mut made = claims(stream, [60, 3600][random.usize(..2)]);
    if random.u8(..5) == 0 {
        // Some are over before they are signed.
        let ago = [30, 120, 7200][random.usize(..3)];
        status(|error| mct_claims_set_issued_at(Some(&mut made), now() - ago, error)).expect("a time");
    }
    if random.u8(..4) == 0 {
        status(|error| mct_claims_set_cut_to_parent(Some(&mut made), true, error)).expect("a flag");
    }
    if random.bool() {
        set(mct_claims_set_tracking_id, &mut made, pick(random, IDS));
    }
    if random.u8(..3) == 0 {
        set(mct_claims_set_origin_cluster, &mut made, pick(random, CLUSTERS));
    }
    if random.u8(..4) == 0 {
        set(mct_claims_set_custom_viewer_data, &mut made, "Zoë \"東京\"");
    }
    if random.u8(..4) == 0 {
        set(mct_claims_add_allowed_origin, &mut made, pick(random, ORIGINS));
    }
    if random.u8(..4) == 0 {
        set(mct_claims_add_allowed_ip_address, &mut made, pick(random, ADDRESSES));
    }
    made
}

/// The signer's reasons for what the director calls so.
fn reasons_for(rule: &str) -> &'static [mct_reason] {
    match rule {
        "parent-inactive" => &[MCT_REASON_PARENT_INACTIVE],
        "parent-expired" => &[MCT_REASON_PARENT_EXPIRED],
        "stream" => &[MCT_REASON_PARENT_STREAM],
        "tracking-id" => &[MCT_REASON_PARENT_TRACKING_ID],
        "origin-cluster" => &[MCT_REASON_PARENT_ORIGIN_CLUSTER],
        // The director looks at a token's life first, the signer last.
        "expired" => &[
            MCT_REASON_EXPIRED,
            MCT_REASON_PARENT_STREAM,
            MCT_REASON_PARENT_TRACKING_ID,
            MCT_REASON_PARENT_ORIGIN_CLUSTER,
            MCT_REASON_PARENT_LIFETIME,
        ],
        other => panic!("the director refuses by the rule {other}, which is no parent's"),
    }
}

fn name_of(reason: mct_reason) -> &'static str {
    match reason {
        MCT_REASON_PARENT_LIFETIME => "only by the signer: the parent ends before",
        MCT_REASON_PARENT_PATTERN => "by both: a pattern that can't be read",
        MCT_REASON_PARENT_STREAM => "by both: stream",
        MCT_REASON_PARENT_TRACKING_ID => "by both: tracking id",
        MCT_REASON_PARENT_ORIGIN_CLUSTER => "by both: origin cluster",
        MCT_REASON_PARENT_INACTIVE => "by both: parent disabled",
        MCT_REASON_PARENT_EXPIRED => "by both: parent expired",
        MCT_REASON_EXPIRED => "by both: expired",
        _ => panic!("no reason of a parent's: {reason}"),
    }
}

#[test]
fn signer_and_director_agree_on_ten_thousand_pairs_of_parent_and_claims() {
    let emulator = Emulator::start(Options { trust_forwarded: true, ..Options::with_api_secret(SECRET) }).expect("an emulator");
    let connection = TcpStream::connect(emulator.address()).expect("a connection");
    connection.set_nodelay(true).expect("an option");
    let (mut http, client) = (Http(BufReader::new(connection)), Client::new(&emulator.url()));
    let mut random = Rng::with_seed(5);
    let mut verdicts: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..PARENTS {
        let parent = parent(&mut random, &mut http, &client);
        let knowing = made(|out, error| mct_signer_from_token(Some(&parent.token), MCT_HS256, out, error)).expect("a signer");
        let blind = signer(parent.id, &parent.value, MCT_HS256);
        for _ in 0..CLAIMS_OF_EACH {
            let stream = pick(&mut random, STREAMS);
            let claims = random_claims(&mut random, stream);
            let (forged, _) = sign(&blind, &claims).expect("a token of a signer that knows no rules");
            let refused = http.view(&forged, stream);
            let verdict = match (sign(&knowing, &claims), refused) {
                (Ok((jwt, _)), refused) => {
                    assert_eq!((refused, http.view(&jwt, stream)), (None, None), "signed for {stream}");
                    "let in"
                }
                (Err(failure), Some(rule)) => {
                    // What the signer can't tell it refuses first, whatever else is wrong.
                    let is_told = failure.reason == MCT_REASON_PARENT_PATTERN || reasons_for(&rule).contains(&failure.reason);
                    assert!(is_told, "{rule}: {failure:?}");
                    name_of(failure.reason)
                }
                (Err(failure), None) if failure.reason == MCT_REASON_PARENT_PATTERN => {
                    // A pattern of which dialects think differently, by which the director's happens to go.
                    "only by the signer: a pattern of more than one meaning"
                }
                (Err(failure), None) => {
                    // Until the parent ends the director has nothing to say.
                    assert_eq!(failure.reason, MCT_REASON_PARENT_LIFETIME, "the director lets in: {failure:?}");
                    name_of(failure.reason)
                }
            };
            *verdicts.entry(verdict).or_default() += 1;
        }
    }
    let mut report = std::io::stderr();
    for (verdict, count) in &verdicts {
        writeln!(report, "{count:6} {verdict}").expect("a report");
    }
    assert_eq!(verdicts.values().sum::<usize>(), PARENTS * CLAIMS_OF_EACH);
    assert_eq!(verdicts.len(), 10, "each verdict was reached: {verdicts:?}");
}
