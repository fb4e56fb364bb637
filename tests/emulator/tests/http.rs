//! What is the same for every path: secrets, envelopes, and input of any kind.

mod common;

use common::{Bench, NOON, SECRET};
use millicast_emulator::{Emulator, Options};
use serde_json::json;

const GUARDED: [(&str, &str); 24] = [
    ("POST", "/api/publish_token"),
    ("POST", "/api/publish_token/"),
    ("GET", "/api/publish_token/list?page=1&itemsOnPage=1"),
    ("GET", "/api/publish_token/list_by_name?name=a&page=1&itemsOnPage=1"),
    ("GET", "/api/publish_token/list_by_cluster?cluster=auto&page=1&itemsOnPage=1"),
    ("GET", "/api/publish_token/1000"),
    ("PUT", "/api/publish_token/1000"),
    ("PUT", "/api/v2/publish_token/1000"),
    ("DELETE", "/api/publish_token/1000"),
    ("PATCH", "/api/publish_token/disable"),
    ("GET", "/api/publish_token/active?streamId=emulator/show"),
    ("GET", "/api/publish_token/active/all"),
    ("POST", "/api/publish_token/1000/restream/sync"),
    ("POST", "/api/subscribe_token"),
    ("GET", "/api/subscribe_token/list_by_name?name=a&page=1&itemsOnPage=1"),
    ("GET", "/api/subscribe_token/1000"),
    ("PUT", "/api/subscribe_token/1000"),
    ("PUT", "/api/v2/subscribe_token/1000"),
    ("DELETE", "/api/subscribe_token/1000"),
    ("GET", "/api/cluster"),
    ("GET", "/api/analytics/tracking/series?resolution=Day&trackingIds=a&startDate=2026-01-01&stopDate=2026-01-02"),
    ("GET", "/api/analytics/tracking/streams/total?streamNames=a&startDate=2026-01-01&stopDate=2026-01-02"),
    ("GET", "/api/analytics/tracking/streams/series?resolution=Day&streamNames=a&startDate=2026-01-01&stopDate=2026-01-02"),
    ("GET", "/api/analytics/tracking/total?trackingIds=a&startDate=2026-01-01&stopDate=2026-01-02"),
];

#[test]
fn nothing_is_answered_without_the_right_secret() {
    let bench = Bench::new();
    let created = bench.create("publish", json!({}));
    assert_eq!(created["id"], json!(1000));
    let token = format!("Bearer {}", created["token"].as_str().unwrap());
    let longer = format!("Bearer {SECRET}x");
    let shorter = format!("Bearer {}", &SECRET[1..]);
    let basic = format!("Basic {SECRET}");
    let wrong: [&[(&str, &str)]; 9] = [
        &[],
        &[("Authorization", "")],
        &[("Authorization", "Bearer")],
        &[("Authorization", "Bearer wrong")],
        &[("Authorization", SECRET)],
        &[("Authorization", &longer)],
        &[("Authorization", &shorter)],
        &[("Authorization", &basic)],
        &[("Authorization", &token)],
    ];
    for (method, path) in GUARDED {
        for headers in wrong {
            let answer = bench.send(method, path, headers, b"");
            assert_eq!(answer.failed(401), &json!({ "message": "Unauthorized" }), "{method} {path} {headers:?}");
        }
    }
    bench.get("/api/publish_token/1000").data();
}

#[test]
fn every_secret_given_opens_the_api() {
    let bench = Bench::with(|options| options.api_secrets.push("another".to_owned()));
    let path = "/api/publish_token/list?page=1&itemsOnPage=1";
    bench.send("GET", path, &[("Authorization", "Bearer another")], b"").data();
    bench.send("GET", path, &[("authorization", "bearer another")], b"").data();
    bench.get(path).data();
    let both = [("Authorization", "Bearer another"), ("Authorization", "Bearer another")];
    bench.send("GET", path, &both, b"").failed(401);
}

#[test]
fn a_path_that_leads_nowhere_is_an_error_with_404() {
    let bench = Bench::new();
    for path in ["/nowhere", "/api", "/api/publish_token/1000/streams", "/api/publish_tokens", "/_emulator", "/_emulator/x", "/%ff"] {
        let answer = bench.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.body, json!({ "status": "error", "message": "Not Found", "code": 404, "data": null }));
    }
}

#[test]
fn a_method_that_a_path_does_not_know_is_an_error_with_405_and_the_ones_it_knows() {
    let bench = Bench::new();
    for (method, path, allowed) in [
        ("PUT", "/api/publish_token", "post"),
        ("POST", "/api/subscribe_token/list", "get"),
        ("PATCH", "/api/subscribe_token/1", "delete"),
        ("GET", "/api/v2/publish_token/1", "put"),
        ("GET", "/api/publish_token/disable", "patch"),
        ("DELETE", "/api/publish_token/active", "get"),
        ("GET", "/api/publish_token/1/restream/sync", "post"),
        ("GET", "/api/director/subscribe", "post"),
        ("BREW", "/api/analytics/tracking/total", "get"),
        ("GET", "/_emulator/publish", "post"),
    ] {
        let answer = bench.api(method, path, &json!({}));
        assert_eq!((answer.status, &answer.body["code"]), (405, &json!(405)), "{method} {path}");
        let allow = answer.head.lines().find(|line| line.starts_with("allow:")).unwrap();
        assert!(allow.contains(allowed), "{method} {path}: {allow}");
    }
}

#[test]
fn a_body_that_is_not_declared_as_json_is_an_unsupported_media_type() {
    let bench = Bench::new();
    let authorization = format!("Bearer {SECRET}");
    let body = br#"{"label":"a","streams":[{"streamName":"s"}]}"#;
    let send = |kind: Option<&str>| {
        let mut headers = vec![("Authorization", authorization.as_str())];
        headers.extend(kind.map(|kind| ("Content-Type", kind)));
        bench.send("POST", "/api/publish_token", &headers, body)
    };
    for kind in ["application/json", "Application/JSON; charset=utf-8", "application/problem+json", "text/json"] {
        send(Some(kind)).data();
    }
    for kind in [None, Some(""), Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("application/jsonx")] {
        send(kind).failed(415);
    }
}

#[test]
fn a_body_that_is_no_json_object_is_refused() {
    let bench = Bench::new();
    let authorization = format!("Bearer {SECRET}");
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
    let deep = "[".repeat(200_000);
    let bodies: [&[u8]; 10] =
        [b"", b"{", b"[]", b"null", b"1", b"{}{}", b"{\"label\":\"\\ud800\"}", b"{\"a\":1e999}", b"\xff\xfe", deep.as_bytes()];
    for body in bodies {
        let answer = bench.send("POST", "/api/subscribe_token", &headers, body);
        assert_eq!(answer.fields_at_fault(), ["$"], "{:?}", &body[..body.len().min(20)]);
    }
}

#[test]
fn a_body_larger_than_a_mebibyte_is_refused_and_one_of_that_size_is_read() {
    let bench = Bench::new();
    let authorization = format!("Bearer {SECRET}");
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
    let mut body = br#"{"label":"a","streams":[{"streamName":"s"}]}"#.to_vec();
    body.resize(1024 * 1024, b' ');
    bench.send("POST", "/api/publish_token", &headers, &body).data();
    body.push(b' ');
    let answer = bench.send("POST", "/api/publish_token", &headers, &body);
    assert_eq!((answer.status, &answer.body["status"], &answer.body["code"]), (413, &json!("error"), &json!(413)));
}

#[test]
fn whatever_is_not_http_does_the_emulator_no_harm() {
    let bench = Bench::new();
    for bytes in [
        &b"\r\n\r\n"[..],
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /api/publish_token HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/publish_token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /api/publish_token/list?%zz=%&&&==&page HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /api/publish_token/1 HTTP/1.1\r\nAuthorization: Bearer \xff\xfe\r\nConnection: close\r\n\r\n",
        b"POST /api/director/subscribe HTTP/1.1\r\nAuthorization: Bearer \xc3\xa9\r\nConnection: close\r\n\r\n",
    ] {
        bench.raw_and_gone(bytes);
    }
    bench.create("publish", json!({}));
}

#[test]
fn an_emulator_that_is_stopped_answers_no_more_and_leaves_its_port() {
    let running = Emulator::start(Options::with_api_secret(SECRET)).unwrap();
    let address = running.address();
    assert_eq!(running.url(), format!("http://{address}"));
    running.stop();
    assert!(std::net::TcpStream::connect(address).is_err());
    drop(std::net::TcpListener::bind(address).unwrap());
}

#[test]
fn options_that_can_never_work_are_refused_at_the_start() {
    let refused = |set: fn(&mut Options)| {
        let mut options = Options::with_api_secret(SECRET);
        set(&mut options);
        let error = Emulator::start(options).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
        assert!(!error.to_string().contains(SECRET));
    };
    refused(|options| options.api_secrets.clear());
    refused(|options| options.api_secrets.push(String::new()));
    refused(|options| options.api_secrets.push("two words".to_owned()));
    refused(|options| options.account_id = Some(String::new()));
    refused(|options| options.account_id = Some("a/b".to_owned()));
    refused(|options| options.rate_limit = Some(0));
    refused(|options| options.clock = Some(-1));
    refused(|options| options.first_id = 0);
    refused(|options| options.first_id = (1 << 52) + 1);
}

#[test]
fn options_do_not_show_their_secrets() {
    assert!(!format!("{:?}", Options::with_api_secret(SECRET)).contains(SECRET));
}

#[test]
fn requests_are_kept_only_where_that_is_wanted() {
    let bench = Bench::with(|options| options.record_requests = false);
    bench.set_clock(NOON);
    assert!(bench.0.requests().is_empty());
}
