//! An emulator under test, and a client for it that is as plain as can be.

// Every test file is a crate of its own and uses a part of this.
#![allow(dead_code)]

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use millicast_emulator::{Emulator, Options, Running};
use ring::hmac;
use serde_json::{Value, json};

pub mod process;

pub const SECRET: &str = "an-api-secret";

/// The time that clocks are stopped at.
pub const NOON: i64 = 1_767_268_800;

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    /// `Null` when it is no JSON.
    pub body: Value,
}

impl Answer {
    pub fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        Self {
            status: status.unwrap_or_else(|| panic!("no status in {text:?}")),
            head: head.to_ascii_lowercase(),
            body: serde_json::from_str(body).unwrap_or_default(),
        }
    }

    /// The data of a success.
    #[track_caller]
    pub fn data(&self) -> &Value {
        assert_eq!((self.status, &self.body["status"]), (200, &json!("success")), "{self:?}");
        &self.body["data"]
    }

    /// The data of a `fail`.
    #[track_caller]
    pub fn failed(&self, status: u16) -> &Value {
        assert_eq!((self.status, &self.body["status"]), (status, &json!("fail")), "{self:?}");
        &self.body["data"]
    }

    /// The names of the fields that a 400 is about.
    #[track_caller]
    pub fn fields_at_fault(&self) -> Vec<&str> {
        let data = self.failed(400);
        let errors = data.get("errors").unwrap_or(data);
        errors.as_object().unwrap().keys().map(String::as_str).collect()
    }

    /// The rule that a viewer broke.
    #[track_caller]
    pub fn rule(&self) -> &str {
        let data = self.failed(self.status);
        assert!(self.status == 400 || self.status == 401, "{self:?}");
        assert!(data["message"].is_string() && data["reason"].is_string(), "{self:?}");
        data["rule"].as_str().unwrap()
    }

    /// A viewer's admission.
    #[track_caller]
    pub fn admitted(&self) {
        assert!(self.data()["jwt"].is_string(), "{self:?}");
    }
}

/// An emulator and what is said to it.
pub struct Bench(pub Running);

impl Bench {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    pub fn with(set: impl FnOnce(&mut Options)) -> Self {
        let mut options = Options::with_api_secret(SECRET);
        set(&mut options);
        Self(Emulator::start(options).unwrap())
    }

    /// One that believes `X-Forwarded-For`, with its clock stopped.
    pub fn director() -> Self {
        let bench = Self::with(|options| {
            options.trust_forwarded = true;
            options.countries = vec!["198.51.100.0/24=PL".parse().unwrap(), "203.0.113.0/24=ZA".parse().unwrap()];
        });
        bench.set_clock(NOON);
        bench
    }

    /// Bytes as they are, and whatever comes back until the emulator hangs up.
    pub fn raw(&self, request: &[u8]) -> String {
        read_out(self.write(request))
    }

    /// Bytes as they are from a client that then hangs up, and whatever comes back.
    pub fn raw_and_gone(&self, request: &[u8]) -> String {
        let stream = self.write(request);
        let _ = stream.shutdown(Shutdown::Write);
        read_out(stream)
    }

    fn write(&self, request: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(self.0.address()).unwrap();
        // A fault ends a test instead of hanging it.
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        // A server that hangs up early is heard all the same.
        let _ = stream.write_all(request);
        stream
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        request += &format!("Content-Length: {}\r\n", body.len());
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        request += "\r\n";
        Answer::read(&self.raw(&[request.as_bytes(), body].concat()))
    }

    /// With the secret, and JSON.
    pub fn api(&self, method: &str, path: &str, body: &Value) -> Answer {
        let authorization = format!("Bearer {SECRET}");
        let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
        self.send(method, path, &headers, body.to_string().as_bytes())
    }

    pub fn get(&self, path: &str) -> Answer {
        let authorization = format!("Bearer {SECRET}");
        self.send("GET", path, &[("Authorization", &authorization)], b"")
    }

    pub fn delete(&self, path: &str) -> Answer {
        let authorization = format!("Bearer {SECRET}");
        self.send("DELETE", path, &[("Authorization", &authorization)], b"")
    }

    /// Creates a token of a kind with a label, a stream and these fields.
    pub fn try_create(&self, kind: &str, fields: Value) -> Answer {
        let mut request = json!({ "label": "a token", "streams": [{ "streamName": "show" }] });
        for (name, value) in fields.as_object().unwrap() {
            request[name] = value.clone();
        }
        self.api("POST", &format!("/api/{kind}_token"), &request)
    }

    #[track_caller]
    pub fn create(&self, kind: &str, fields: Value) -> Value {
        self.try_create(kind, fields).data().clone()
    }

    /// Updates a token through a version of the API. The fields go by their names in version 2.
    pub fn try_update(&self, version: &str, kind: &str, id: &Value, fields: &Value) -> Answer {
        let (base, renamed) = match version {
            "v1" => ("/api", fields.as_object().unwrap().iter().map(|(name, value)| (in_v1(name), value.clone())).collect()),
            _ => ("/api/v2", fields.clone()),
        };
        self.api("PUT", &format!("{base}/{kind}_token/{id}"), &renamed)
    }

    /// The token that an update leaves.
    #[track_caller]
    pub fn update(&self, version: &str, kind: &str, id: &Value, fields: Value) -> Value {
        self.try_update(version, kind, id, &fields).data().clone()
    }

    #[track_caller]
    pub fn read(&self, kind: &str, id: &Value) -> Value {
        self.get(&format!("/api/{kind}_token/{id}")).data().clone()
    }

    pub fn control(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", &format!("/_emulator/{path}"), &[], body.to_string().as_bytes())
    }

    /// Adds traffic at a time, with further fields.
    #[track_caller]
    pub fn add_usage(&self, stream: &str, id: &str, time: i64, fields: Value) {
        let mut usage = json!({ "streamName": stream, "trackingId": id, "time": time });
        for (name, value) in fields.as_object().unwrap() {
            usage[name] = value.clone();
        }
        self.control("usage", &usage).data();
    }

    /// Asks for analytics, such as `total?trackingIds=a`, over New Year's Day of 2026.
    pub fn new_years_day(&self, question: &str) -> Answer {
        self.get(&format!("/api/analytics/tracking/{question}&startDate=2026-01-01&stopDate=2026-01-02"))
    }

    #[track_caller]
    pub fn set_clock(&self, now: i64) {
        self.control("clock", &json!({ "now": now })).data();
    }

    /// A viewer asks for a stream with a bearer and further headers.
    pub fn view(&self, bearer: &str, stream: &str, headers: &[(&str, &str)]) -> Answer {
        let authorization = format!("Bearer {bearer}");
        let mut all = vec![("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
        all.extend_from_slice(headers);
        let body = json!({ "streamName": stream, "streamAccountId": "emulator" });
        self.send("POST", "/api/director/subscribe", &all, body.to_string().as_bytes())
    }
}

/// A field of an update in version 1, by its name in version 2.
pub fn in_v1(name: &str) -> String {
    let renamed = match name {
        "geoCascade" => "updateGeoCascade",
        "restream" => "updateRestream",
        "allowedOrigins" => "updateAllowedOrigins",
        "allowedIpAddresses" => "updateAllowedIpAddresses",
        "bindIpsOnUsage" => "updateBindIpsOnUsage",
        "originCluster" => "updateOriginCluster",
        "allowedCountries" => "updateAllowedCountries",
        "deniedCountries" => "updateDeniedCountries",
        same => same,
    };
    renamed.to_owned()
}

fn read_out(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// A subscribe token and the self-signed tokens made from it.
pub struct Parent {
    pub id: u64,
    pub token: String,
}

impl Parent {
    #[track_caller]
    pub fn create(bench: &Bench, fields: Value) -> Self {
        let created = bench.create("subscribe", fields);
        Self { id: created["id"].as_u64().unwrap(), token: created["token"].as_str().unwrap().to_owned() }
    }

    /// A payload with what is required and nothing else, good for a minute from noon.
    pub fn payload(&self) -> Value {
        json!({
            "streaming": { "tokenId": self.id, "tokenType": "Subscribe", "streamName": "show" },
            "iat": NOON,
            "exp": NOON + 60,
        })
    }

    /// That payload with one claim inside of `streaming` set.
    pub fn with(&self, claim: &str, value: Value) -> String {
        let mut payload = self.payload();
        payload["streaming"][claim] = value;
        self.sign(&payload)
    }

    /// That payload with one of its own claims set.
    pub fn timed(&self, claim: &str, value: Value) -> String {
        let mut payload = self.payload();
        payload[claim] = value;
        self.sign(&payload)
    }

    pub fn sign(&self, payload: &Value) -> String {
        self.sign_text(r#"{"typ":"JWT","alg":"HS256"}"#, &payload.to_string())
    }

    /// Header and payload to the letter.
    pub fn sign_text(&self, header: &str, payload: &str) -> String {
        sign(hmac::HMAC_SHA256, self.token.as_bytes(), header, payload)
    }
}

pub fn sign(algorithm: hmac::Algorithm, key: &[u8], header: &str, payload: &str) -> String {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = hmac::sign(&hmac::Key::new(algorithm, key), signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}
