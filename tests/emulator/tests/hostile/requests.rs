//! Requests of every kind, most of them with something wrong.

use fastrand::Rng;
use serde_json::{Value, json};

use super::Known;
use super::common::{NOON, SECRET};
use super::json::{broken, odd_value, one_of, pattern, spoil, text};
use super::tokens::self_signed;

const KINDS: [&str; 2] = ["publish", "subscribe"];
const STREAMS: [&str; 6] = ["show", "a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "é/😀", "Stream 5", "xxxxxxxxxxxxxxxxxxxxxxxxz"];

/// How many tokens of a kind there are before some are deleted.
const MOST_TOKENS: usize = 150;

pub struct Request {
    pub bytes: Vec<u8>,
    /// Where it ends is not plain, or the connection ends with it: nothing may follow.
    pub may_end: bool,
    pub is_head: bool,
    /// WHIP and WHEP answer in plain text, and with 501 where media would begin.
    pub is_offer: bool,
    /// The kind of the tokens that a success tells.
    pub tells_tokens: Option<usize>,
}

impl Request {
    /// Whether its path may be that of the page or one of its files.
    pub fn is_for_the_page(&self) -> bool {
        let target = self.bytes.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
        target.starts_with(b"/_emulator/page.") || target == b"/" || target.starts_with(b"/?")
    }

    /// As it was sent, but for what opens anything.
    pub fn in_words(&self) -> String {
        let text = String::from_utf8_lossy(&self.bytes);
        let lines = text.split("\r\n").map(|line| match line.to_ascii_lowercase().find("bearer ") {
            Some(place) => format!("{}...", line.get(..place).unwrap_or_default()),
            None => line.chars().take(400).collect(),
        });
        format!("{:?}", lines.collect::<Vec<_>>().join("\r\n"))
    }
}

/// A request before it is written down.
struct Draft {
    method: String,
    target: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    is_chunked: bool,
    tells_tokens: Option<usize>,
}

pub struct Requests<'a> {
    random: Rng,
    known: &'a Known,
}

impl<'a> Requests<'a> {
    pub fn new(seed: u64, known: &'a Known) -> Self {
        Self { random: Rng::with_seed(seed), known }
    }

    /// How many go over one connection.
    pub fn for_one_connection(&mut self) -> u64 {
        self.random.u64(1..1000)
    }

    pub fn next(&mut self) -> Request {
        if let Some(superfluous) = self.superfluous() {
            return superfluous.written();
        }
        let mut draft = self.draft();
        if self.is(4) {
            self.bend_headers(&mut draft);
        }
        // Nothing can be added to a target that is a star.
        if draft.target != "*" && self.is(12) {
            self.bend_target(&mut draft);
        }
        if self.is(40) {
            draft.method =
                one_of(&mut self.random, &["HEAD", "OPTIONS", "GET", "POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW", "get"]).to_owned();
        }
        if self.is(400) {
            return self.no_request(&draft);
        }
        draft.written()
    }

    fn is(&mut self, one_in: u32) -> bool {
        self.random.u32(..one_in) == 0
    }

    /// Deletes a token where there are too many.
    fn superfluous(&mut self) -> Option<Draft> {
        let (kind, id) = self.known.with(|known| {
            let kind = (0..KINDS.len()).find(|kind| known[*kind].len() > MOST_TOKENS)?;
            known[kind].pop_first().map(|(id, _)| (kind, id))
        })?;
        let mut draft = Draft::new("DELETE", format!("/api/{}_token/{id}", KINDS[kind]));
        draft.header("Authorization", format!("Bearer {SECRET}"));
        Some(draft)
    }

    /// Some token that there was a moment ago.
    fn token(&mut self, kind: usize) -> (u64, String) {
        let random = &mut self.random;
        let some = self.known.with(|known| {
            let count = known[kind].len();
            (count > 0).then(|| known[kind].iter().nth(random.usize(..count)).map(|(id, text)| (*id, text.clone()))).flatten()
        });
        some.unwrap_or((1000, "none".to_owned()))
    }

    fn stream(&mut self) -> String {
        if self.is(10) {
            return text(&mut self.random, 140);
        }
        one_of(&mut self.random, &STREAMS).to_owned()
    }

    /// An object, at times with something wrong.
    fn body(&mut self, mut object: Value) -> Vec<u8> {
        if let (true, Value::Object(object)) = (self.is(2), &mut object) {
            spoil(&mut self.random, object);
        }
        let json = object.to_string().into_bytes();
        if self.is(8) { broken(&mut self.random, json) } else { json }
    }

    fn draft(&mut self) -> Draft {
        let kind = self.random.usize(..KINDS.len());
        let base = format!("/api/{}_token", KINDS[kind]);
        let mut draft = match self.random.u32(..30) {
            0 | 1 => self.create(kind, &base),
            2 | 3 => self.read_or_delete(kind, &base),
            4..=6 => self.update(kind, &base),
            7..=9 => self.list(kind, &base),
            10 => {
                let ids: Vec<Value> = (0..self.random.usize(..9)).map(|_| json!(self.token(0).0)).collect();
                let body = self.body(json!({ "tokenIds": ids }));
                Draft::new("PATCH", "/api/publish_token/disable".to_owned()).with(body)
            }
            11 => {
                let id = self.token(0).0;
                Draft::new("POST", format!("/api/publish_token/{id}/restream/sync"))
            }
            12 => {
                Draft::new("GET", one_of(&mut self.random, &["/api/cluster", "/api/publish_token/active/all", "/", "/api", "*"]).to_owned())
            }
            13 => {
                let stream = escaped(&self.stream());
                Draft::new("GET", format!("/api/publish_token/active?streamId=emulator%2F{stream}"))
            }
            14 | 15 => self.analytics(),
            16..=20 => self.director(),
            21..=23 => self.offer(),
            _ => return self.control(),
        };
        if !draft.headers.iter().any(|(name, _)| name == "Authorization") {
            draft.header("Authorization", format!("Bearer {SECRET}"));
        }
        draft
    }

    fn create(&mut self, kind: usize, base: &str) -> Draft {
        let label = text(&mut self.random, 40);
        let (stream, is_regex) = if self.is(3) { (pattern(&mut self.random), true) } else { (self.stream(), false) };
        let mut request = json!({ "label": label, "streams": [{ "streamName": stream, "isRegex": is_regex }] });
        let mut set = |name: &str, value: Value| {
            if self.random.u32(..5) == 0 {
                request[name] = value;
            }
        };
        set("expires", json!(60));
        set("allowedOrigins", json!(["*.example.com", "example.org:8443"]));
        set("allowedIpAddresses", json!(["10.0.0.0/8", "2001:db8::1"]));
        set("bindIpsOnUsage", json!(3));
        set("originCluster", json!(label));
        set("allowedCountries", json!(["PL", "ZA"]));
        set("deniedCountries", json!(["PL"]));
        set("tracking", json!({ "trackingId": "viewers" }));
        set("subscribeRequiresAuth", json!(true));
        set("restream", json!([{ "url": "rtmp://example.com/live", "key": "a stream key" }]));
        set("geoCascade", json!({ "isEnabled": true, "clusters": ["osl-1"] }));
        set("priority", json!(-5));
        let body = self.body(request);
        let slash = if self.is(5) { "/" } else { "" };
        let mut draft = Draft::new("POST", format!("{base}{slash}")).with(body);
        draft.tells_tokens = Some(kind);
        draft
    }

    fn read_or_delete(&mut self, kind: usize, base: &str) -> Draft {
        let id = if self.is(3) { self.odd_id() } else { self.token(kind).0.to_string() };
        let method = if self.is(6) { "DELETE" } else { "GET" };
        let mut draft = Draft::new(method, format!("{base}/{id}"));
        draft.tells_tokens = (method == "GET").then_some(kind);
        draft
    }

    fn odd_id(&mut self) -> String {
        let some = [
            "-1",
            "0",
            "9223372036854775807",
            "9223372036854775808",
            "18446744073709551616",
            "%31",
            "%ff",
            "1e3",
            "list",
            "..",
            "%2e%2e",
            "1/2",
        ];
        if self.is(3) { escaped(&text(&mut self.random, 200)) } else { one_of(&mut self.random, &some).to_owned() }
    }

    fn update(&mut self, kind: usize, base: &str) -> Draft {
        let (id, is_v2) = (self.token(kind).0, self.random.bool());
        let mut request = json!({});
        let (label, stream, hard) = (text(&mut self.random, 130), self.stream(), pattern(&mut self.random));
        let mut set = |name: &str, value: Value| {
            if self.random.u32(..4) == 0 {
                request[name] = value;
            }
        };
        set("label", json!(label));
        set("refreshToken", json!(true));
        set("isActive", json!(true));
        set("addTokenStreams", json!([{ "streamName": stream }, { "streamName": hard, "isRegex": true }]));
        set("removeTokenStreams", json!([stream, { "streamName": "show" }]));
        set("updateOriginCluster", json!(label));
        set("allowedIpAddresses", json!(["10.1.2.3"]));
        set("updateBindIpsOnUsage", json!(2));
        set("deniedCountries", json!(["ZA"]));
        set("priority", Value::Null);
        set("restream", json!([{ "key": "a stream key" }]));
        let body = self.body(request);
        let path = if is_v2 { base.replacen("/api", "/api/v2", 1) } else { base.to_owned() };
        let mut draft = Draft::new("PUT", format!("{path}/{id}")).with(body);
        draft.tells_tokens = Some(kind);
        draft
    }

    fn list(&mut self, kind: usize, base: &str) -> Draft {
        let (page, items) = (self.random.u32(1..6), self.random.u32(1..30));
        let mut query = format!("page={page}&itemsOnPage={items}");
        if self.is(3) {
            query += one_of(
                &mut self.random,
                &["&sortBy=AddedOn", "&isDescending=true", "&sortBy=x", "&page=1", "&itemsOnPage=101", "&page=4294967296"],
            );
        }
        let way = match self.random.u32(..4) {
            0 => "list",
            1 => {
                query += &format!("&cluster={}", escaped(&text(&mut self.random, 10)));
                "list_by_cluster"
            }
            _ => {
                let (name, filter) =
                    (escaped(&text(&mut self.random, 6)), one_of(&mut self.random, &["None", "TokenName", "StreamName", "", "?"]));
                query += &format!("&name={name}&filterBy={filter}");
                "list_by_name"
            }
        };
        let mut draft = Draft::new("GET", format!("{base}/{way}?{query}"));
        draft.tells_tokens = Some(kind);
        draft
    }

    fn analytics(&mut self) -> Draft {
        let ways = [
            "total?trackingIds=viewers",
            "series?trackingIds=viewers&trackingIds=b",
            "streams/total?streamNames=show",
            "streams/series?streamNames=a",
        ];
        let mut target = format!("/api/analytics/tracking/{}", one_of(&mut self.random, &ways));
        let dates =
            ["2026-01-01", "2026-01-02", "2026-01-01T12:00:00Z", "0001-01-01", "9999-12-31T23:59:59%2B23:59", "x", "", "2026-02-30"];
        let (start, stop) = (one_of(&mut self.random, &dates), one_of(&mut self.random, &dates));
        target += &format!("&startDate={start}&stopDate={stop}&resolution={}", one_of(&mut self.random, &["Hour", "Day", "", "hour"]));
        Draft::new("GET", target)
    }

    /// Whatever may be shown to a director.
    fn credential(&mut self, kind: usize) -> String {
        let (id, token) = self.token(kind);
        let stream = self.stream();
        let shown = match self.random.u32(..8) {
            0 | 1 => token,
            2 => return "NoAuth".to_owned(),
            3 => String::new(),
            _ => self_signed(&mut self.random, id, &token, &stream),
        };
        format!("Bearer {shown}")
    }

    fn director(&mut self) -> Draft {
        let kind = self.random.usize(..2);
        let way = if kind == 0 { "publish" } else { "subscribe" };
        let stream = self.stream();
        let body = self.body(json!({ "streamName": stream, "streamAccountId": "emulator" }));
        let mut draft = Draft::new("POST", format!("/api/director/{way}")).with(body);
        draft.header("Authorization", self.credential(kind));
        self.add_whence(&mut draft);
        draft
    }

    fn add_whence(&mut self, draft: &mut Draft) {
        let origins = [
            "https://a.example.com",
            "null",
            "https://",
            "http://[::1]:80",
            "https://example.org:8443",
            "https://xn--e1a:99999",
            "file://",
            "é",
        ];
        let addresses =
            ["10.1.2.3", "10.1.2.3, 1.1.1.1", "::ffff:10.0.0.1", "2001:db8::1", "x", "", ",,,", "1.2.3.4.5", "256.1.1.1", "[::1]:80"];
        if self.random.bool() {
            draft.header("Origin", one_of(&mut self.random, &origins));
        }
        if self.random.bool() {
            draft.header("X-Forwarded-For", one_of(&mut self.random, &addresses));
        }
    }

    fn offer(&mut self) -> Draft {
        let stream = escaped(&self.stream());
        let is_publisher = self.random.bool();
        let target = if is_publisher { format!("/api/whip/{stream}") } else { format!("/api/whep/emulator/{stream}") };
        let mut draft = Draft::new("POST", target);
        let credential = self.credential(usize::from(!is_publisher));
        match credential.strip_prefix("Bearer ") {
            Some(token) if is_publisher && self.random.bool() => {
                draft.target += &format!("?auth={}", escaped(token));
                draft.header("Authorization", "NoAuth");
            }
            _ => draft.header("Authorization", credential),
        }
        self.add_whence(&mut draft);
        draft.body = one_of(&mut self.random, &["v=0\r\n", "v=1", "", "{}", "v=0\0"]).as_bytes().to_vec();
        draft.header("Content-Type", one_of(&mut self.random, &["application/sdp", "application/sdp; x", "text/plain", ""]));
        draft
    }

    fn control(&mut self) -> Draft {
        let kind = self.random.usize(..KINDS.len());
        let (id, stream) = (self.token(kind).0, self.stream());
        let choice = self.random.u32(..10);
        let (method, way, body) = match choice {
            0 => {
                ("GET", one_of(&mut self.random, &["status", "clock", "usage", "journal", "faults", "page.js", "nothing"]).to_owned(), None)
            }
            // Far from the end of time, so that tokens are good at times.
            1 => ("POST", "clock".to_owned(), Some(json!({ "now": NOON + self.random.i64(0..60) }))),
            // Under few names: traffic is never forgotten.
            2 => {
                let usage = json!({ "streamName": "show", "trackingId": "viewers", "bytesIn": odd_value(&mut self.random), "time": NOON });
                ("POST", "usage".to_owned(), Some(usage))
            }
            3 => ("POST", "analytics".to_owned(), Some(json!({ "form": one_of(&mut self.random, &["totals", "both", "breakdown", "?"]) }))),
            4 | 5 => (
                "POST",
                "publish".to_owned(),
                Some(json!({ "tokenId": self.token(0).0, "streamName": stream, "isLive": self.random.bool() })),
            ),
            6 => ("POST", format!("token/{}/{id}", KINDS[kind]), Some(json!({ "isActive": true }))),
            7 => ("GET", format!("journal?after={}&wait=0", self.random.u64(..)), None),
            _ => {
                let name = escaped(&text(&mut self.random, 5));
                ("GET", format!("tokens?kind={}&page=1&itemsOnPage={}&name={name}", KINDS[kind], self.random.u32(1..9)), None)
            }
        };
        let body = match body {
            Some(usage) if choice == 2 => usage.to_string().into_bytes(),
            Some(body) => self.body(body),
            None => Vec::new(),
        };
        Draft::new(method, format!("/_emulator/{way}")).with(body)
    }

    fn bend_headers(&mut self, draft: &mut Draft) {
        let values: [&[u8]; 12] = [
            b"",
            b"Bearer",
            b"Bearer  ",
            b"bearer x",
            b"Basic eDp5",
            b"NoAuth",
            b"\xff\xfe",
            b"x, y",
            b"\"",
            b"application/json",
            b"localhost:1",
            b"http://127.0.0.1:1",
        ];
        let names = [
            "Authorization",
            "Content-Type",
            "Origin",
            "X-Forwarded-For",
            "Host",
            "Forwarded",
            "Via",
            "Accept-Encoding",
            "Cookie",
            "Sec-Fetch-Site",
            "If-Match",
            "Range",
            "Access-Control-Request-Method",
            "X-Http-Method-Override",
            "Expect",
            "Upgrade",
            "TE",
        ];
        let name = one_of(&mut self.random, &names);
        if self.random.bool() {
            draft.headers.retain(|(known, _)| known != name);
        }
        for _ in 0..self.random.usize(..3) {
            draft.headers.push((name.to_owned(), values[self.random.usize(..values.len())].to_vec()));
        }
        if self.is(20) {
            draft.header("X-Long", "x".repeat(self.random.usize(..20_000)));
        }
        if self.is(20) {
            (0..self.random.usize(..60)).for_each(|number| draft.header(&format!("X-{number}"), "x"));
        }
        draft.is_chunked = self.is(4);
    }

    fn bend_target(&mut self, draft: &mut Draft) {
        match self.random.u32(..7) {
            0 => draft.target += &format!("?{}", "a=b&".repeat(self.random.usize(..3000))),
            1 => draft.target += &format!("?name={}", "%ff".repeat(self.random.usize(..3000))),
            2 => {
                draft.target +=
                    one_of(&mut self.random, &["/", "//", "/..", "?", "?&&==&", "%00", "%", "%zz", "/%2F", ";a", "?auth=x&token=y"])
            }
            3 => {
                draft.target =
                    draft.target.replacen("/api", one_of(&mut self.random, &["//api", "/API", "/api/v2", "/api/v3", "/%61pi", ""]), 1)
            }
            4 => draft.target = format!("http://example.com{}", draft.target),
            5 => draft.target = format!("/{}", escaped(&text(&mut self.random, 300))),
            _ => draft.target = draft.target.replacen('_', "/", 1),
        }
        if !draft.target.starts_with(['/', 'h', '*']) {
            draft.target.insert(0, '/');
        }
    }

    /// What looks like a request to begin with, or ends in the middle.
    fn no_request(&mut self, draft: &Draft) -> Request {
        let head = format!(
            "{} {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {SECRET}\r\nContent-Type: application/json\r\n",
            draft.method, draft.target
        );
        let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n");
        let bytes = match self.random.u32(..18) {
            0 => format!("{chunked}zz\r\n{{}}\r\n0\r\n\r\n").into(),
            1 => format!("{chunked}ffffffffffffffff\r\n{{}}").into(),
            2 => format!("{chunked}-1\r\n{{}}\r\n0\r\n\r\n").into(),
            3 => format!("{chunked}2\r\n{{}}").into(),
            4 => format!("{chunked}2;{}\r\n{{}}\r\n0\r\n{}\r\n", "x".repeat(20_000), "a: b\r\n".repeat(5000)).into(),
            5 => format!("{head}Content-Length: 100\r\n\r\n{{").into(),
            6 => format!("{head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}x").into(),
            7 => format!("{head}Content-Length: 99999999999999999999\r\n\r\n{{}}").into(),
            8 => format!("{head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").into(),
            9 => format!("{head}no colon\r\n\r\n").into(),
            10 => format!("{head}X: {}\r\n\r\n", "x".repeat(100_000)).into(),
            11 => format!("{head}{}\r\n", "X: y\r\n".repeat(300)).into(),
            12 => head.replace("HTTP/1.1", one_of(&mut self.random, &["HTTP/1.0", "HTTP/2.0", "HTTP/0.9", "HTTP/1.1.1", ""])).into_bytes(),
            13 => head[..self.random.usize(..head.len())].into(),
            14 => (0..self.random.usize(1..3000)).map(|_| self.random.u8(..)).collect(),
            15 => format!("{head}Connection: close\r\nContent-Length: 0\r\n\r\n").into(),
            16 => format!("{head}Content-Length: 1200000\r\n\r\n{{\"streams\":[{}", "1,".repeat(599_990)).into(),
            _ => b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        };
        Request { bytes, may_end: true, is_head: draft.method == "HEAD", is_offer: draft.is_offer(), tells_tokens: None }
    }
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

impl Draft {
    fn new(method: &str, target: String) -> Self {
        Self {
            method: method.to_owned(),
            target,
            headers: vec![("Host".to_owned(), b"localhost".to_vec())],
            body: Vec::new(),
            is_chunked: false,
            tells_tokens: None,
        }
    }

    fn with(mut self, body: Vec<u8>) -> Self {
        self.header("Content-Type", "application/json");
        self.body = body;
        self
    }

    fn header(&mut self, name: &str, value: impl Into<String>) {
        self.headers.push((name.to_owned(), value.into().into_bytes()));
    }

    fn is_offer(&self) -> bool {
        self.target.contains("/whip") || self.target.contains("/whep")
    }

    fn written(self) -> Request {
        let mut bytes = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        }
        if self.is_chunked {
            bytes.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n");
            for chunk in self.body.chunks(7) {
                bytes.extend_from_slice(format!("{:x};x=y\r\n", chunk.len()).as_bytes());
                bytes.extend_from_slice(chunk);
                bytes.extend_from_slice(b"\r\n");
            }
            bytes.extend_from_slice(b"0\r\nX-Trailer: x\r\n\r\n");
        } else {
            bytes.extend_from_slice(format!("Content-Length: {}\r\n\r\n", self.body.len()).as_bytes());
            bytes.extend_from_slice(&self.body);
        }
        Request { bytes, may_end: false, is_head: self.method == "HEAD", is_offer: self.is_offer(), tells_tokens: self.tells_tokens }
    }
}
