//! Faults on demand: what each does to a request or a connection, and which of them a rule picks.

mod common;

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::{Answer, Bench, SECRET};
use millicast_emulator::{Emulator, FaultPlan, Options};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::{Value, json};

/// What no test waits for, in milliseconds.
const LONG: &str = "ms=3600000";

fn with(faults: &str) -> Bench {
    Bench::with(|options| options.faults = faults.parse().unwrap())
}

/// A request that creates a publish token, with further header lines.
fn creation(headers: &str) -> Vec<u8> {
    let body = r#"{"label":"a token","streams":[{"streamName":"show"}]}"#;
    let length = body.len();
    let head = format!("POST /api/publish_token HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {SECRET}\r\n{headers}");
    format!("{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
}

const LIST: &str = "/api/publish_token/list?page=1&itemsOnPage=1";

fn listing() -> Vec<u8> {
    format!("GET {LIST} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {SECRET}\r\n\r\n").into_bytes()
}

fn connect(bench: &Bench) -> TcpStream {
    let stream = TcpStream::connect(bench.0.address()).unwrap();
    // A fault that does not come ends a test instead of hanging it.
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

#[derive(Debug, PartialEq, Eq)]
enum End {
    Closed,
    Reset,
}

/// What is read until the emulator ends the connection, and how it does.
fn read_out(stream: &mut impl Read) -> (String, End) {
    let mut read = Vec::new();
    let end = match stream.read_to_end(&mut read) {
        Ok(_) => End::Closed,
        Err(error) if error.kind() == io::ErrorKind::ConnectionReset => End::Reset,
        Err(error) => panic!("{error} after {:?}", String::from_utf8_lossy(&read)),
    };
    (String::from_utf8_lossy(&read).into_owned(), end)
}

/// What comes back for a request on a connection of its own, which says that it would go on.
fn exchange(bench: &Bench, request: &[u8]) -> (String, End) {
    let mut stream = connect(bench);
    stream.write_all(request).unwrap();
    read_out(&mut stream)
}

/// One answer with a length, from a connection that stays. Those that only inform are passed over.
fn read_answer(stream: &mut impl Read) -> Answer {
    let mut read = Vec::new();
    let mut byte = [0];
    while !read.ends_with(b"\r\n\r\n") || read.starts_with(b"HTTP/1.1 1") {
        if read.ends_with(b"\r\n\r\n") {
            read.clear();
        }
        stream.read_exact(&mut byte).unwrap();
        read.push(byte[0]);
    }
    let mut body = vec![0; length_in(&String::from_utf8_lossy(&read))];
    stream.read_exact(&mut body).unwrap();
    Answer::read(&String::from_utf8_lossy(&[read, body].concat()))
}

fn length_in(head: &str) -> usize {
    let head = head.to_ascii_lowercase();
    head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap()
}

/// How many publish tokens there are.
fn tokens(bench: &Bench) -> u64 {
    control(bench, "GET", "tokens?kind=publish&page=1&itemsOnPage=1").data()["total"].as_u64().unwrap()
}

fn control(bench: &Bench, method: &str, path: &str) -> Answer {
    bench.send(method, &format!("/_emulator/{path}"), &[], b"")
}

fn faults(bench: &Bench) -> Value {
    control(bench, "GET", "faults").data().clone()
}

/// What each rule has come to, as pairs of asked and done.
fn counts(bench: &Bench) -> Vec<(u64, u64)> {
    let faults = faults(bench);
    let rules = faults["faults"].as_array().unwrap().iter();
    rules.map(|rule| (rule["asked"].as_u64().unwrap(), rule["done"].as_u64().unwrap())).collect()
}

/// The entries of the journal, once there is one.
fn journal(bench: &Bench) -> Vec<Value> {
    control(bench, "GET", "journal?after=0&wait=20").data()["entries"].as_array().unwrap().clone()
}

// ---- What a request meets

#[test]
fn a_connection_is_reset_or_closed_before_the_request_is_carried_out() {
    for (fault, end) in [("reset-before", End::Reset), ("close-before", End::Closed)] {
        let bench = with(fault);
        assert_eq!(exchange(&bench, &creation("")), (String::new(), end), "{fault}");
        assert_eq!(tokens(&bench), 0, "{fault}");
    }
}

#[test]
fn a_connection_is_reset_or_closed_when_the_request_was_carried_out() {
    for (fault, end) in [("reset-after", End::Reset), ("close-after", End::Closed)] {
        let bench = with(fault);
        assert_eq!(exchange(&bench, &creation("")), (String::new(), end), "{fault}");
        assert_eq!(tokens(&bench), 1, "{fault}");
    }
}

#[test]
fn silence_lasts_until_the_client_goes_before_and_after_the_request_is_carried_out() {
    for (fault, made) in [("silence", 0), ("silence-after", 1)] {
        let bench = with(fault);
        let mut stream = connect(&bench);
        stream.write_all(&creation("")).unwrap();
        assert_eq!(journal(&bench)[0]["fault"], json!(fault));
        assert_eq!(tokens(&bench), made, "{fault}");
        stream.set_nonblocking(true).unwrap();
        assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), io::ErrorKind::WouldBlock, "{fault}");
        stream.set_nonblocking(false).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        assert_eq!(read_out(&mut stream), (String::new(), End::Closed), "{fault}");
    }
}

#[test]
fn an_answer_is_cut_in_its_body_or_in_its_head() {
    let whole = exchange(&with("close-each"), &creation("")).0;
    let body = whole.split_once("\r\n\r\n").unwrap().1.len();
    for (faults, body_read) in [("half-answer", body / 2), ("half-answer:bytes=1", 1), ("half-answer:bytes=1000000", body - 1)] {
        let bench = with(faults);
        let (read, end) = exchange(&bench, &creation(""));
        let (head, cut) = read.split_once("\r\n\r\n").unwrap();
        assert_eq!((length_in(head), cut.len(), end), (body, body_read, End::Closed), "{faults}");
        assert_eq!(tokens(&bench), 1);
    }
    for (faults, read_at_all) in [("half-head", None), ("half-head:bytes=12", Some(12))] {
        let bench = with(faults);
        let (read, end) = exchange(&bench, &creation(""));
        assert!(whole.starts_with(&read) && !read.contains("\r\n\r\n") && !read.is_empty(), "{read}");
        assert!(read_at_all.is_none_or(|bytes| bytes == read.len()), "{read}");
        assert_eq!((end, tokens(&bench)), (End::Closed, 1));
    }
}

#[test]
fn a_length_is_longer_or_shorter_than_the_body() {
    for (faults, off) in
        [("length-too-long", 3), ("length-too-long:bytes=100", 100), ("length-too-short", -3), ("length-too-short:bytes=9", -9)]
    {
        let bench = with(faults);
        let (read, end) = exchange(&bench, &creation("Connection: close\r\n"));
        let (head, body) = read.split_once("\r\n\r\n").unwrap();
        assert_eq!(length_in(head) as i64 - body.len() as i64, off, "{faults}");
        assert!(serde_json::from_str::<Value>(body).unwrap()["data"]["id"].is_u64(), "the body is whole");
        assert_eq!((end, tokens(&bench)), (End::Closed, 1));
    }
}

#[test]
fn after_a_length_that_is_too_short_the_connection_goes_on_with_the_rest_on_it() {
    let bench = with("length-too-short:count=1");
    let mut stream = connect(&bench);
    stream.write_all(&creation("")).unwrap();
    assert_eq!(read_answer(&mut stream).body, Value::Null, "a body that is cut is no JSON");
    let mut rest = [0; 3];
    stream.read_exact(&mut rest).unwrap();
    assert!(rest.ends_with(b"}"));
    stream.write_all(&listing()).unwrap();
    assert_eq!(read_answer(&mut stream).status, 200);
}

#[test]
fn an_answer_drips_in_its_head_or_in_its_body() {
    for fault in ["drip-head", "drip-body"] {
        let bench = with(&format!("{fault}:ms=1,count=1"));
        let mut stream = connect(&bench);
        let began = Instant::now();
        stream.write_all(&creation("")).unwrap();
        assert!(read_answer(&mut stream).data()["id"].is_u64());
        // Both are longer than that.
        assert!(began.elapsed() >= Duration::from_millis(60), "{fault}: {:?}", began.elapsed());
        stream.write_all(&listing()).unwrap();
        assert_eq!(read_answer(&mut stream).status, 200, "the connection goes on");
    }
}

#[test]
fn an_answer_comes_later_but_for_good() {
    let bench = with("slow:ms=60,count=1");
    let mut stream = connect(&bench);
    let began = Instant::now();
    stream.write_all(&creation("")).unwrap();
    assert!(read_answer(&mut stream).data()["id"].is_u64());
    assert!(began.elapsed() >= Duration::from_millis(60));
    stream.write_all(&listing()).unwrap();
    assert_eq!(read_answer(&mut stream).status, 200, "the connection goes on");
}

#[test]
fn a_request_is_carried_out_while_its_answer_is_still_under_way() {
    for fault in ["slow", "drip-head", "drip-body"] {
        let bench = with(&format!("{fault}:{LONG}"));
        let mut stream = connect(&bench);
        stream.write_all(&creation("")).unwrap();
        assert_eq!(journal(&bench)[0]["fault"], json!(fault));
        assert_eq!(tokens(&bench), 1, "{fault}");
    }
}

#[test]
fn informing_answers_come_before_the_answer() {
    let bench = with("informs");
    let (read, end) = exchange(&bench, &creation("Connection: close\r\n"));
    let begin = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\nHTTP/1.1 200 OK\r\n";
    assert!(read.starts_with(begin), "{read}");
    assert_eq!((end, tokens(&bench)), (End::Closed, 1));
}

#[test]
fn a_page_or_what_is_no_http_comes_in_place_of_the_answer() {
    let bench = with("html");
    let (read, _) = exchange(&bench, &creation("Connection: close\r\n"));
    assert!(read.starts_with("HTTP/1.1 200 OK\r\n") && read.contains("content-type: text/html") && read.ends_with("</html>\n"), "{read}");
    assert_eq!(tokens(&bench), 1);

    let bench = with("garbage");
    let (read, end) = exchange(&bench, &creation(""));
    assert!(read.starts_with("SSH-2.0-"), "{read}");
    assert_eq!((end, tokens(&bench)), (End::Closed, 1));
}

#[test]
fn a_status_comes_before_the_request_is_carried_out_or_after() {
    for code in [400, 401, 403, 418, 429, 451, 499, 500, 502, 503, 504, 599] {
        for (fault, made) in [(code.to_string(), 0), (format!("{code}-after"), 1)] {
            let bench = with(&fault);
            let answer = bench.try_create("publish", json!({}));
            assert_eq!(answer.status, code, "{fault}");
            let envelope = if code == 429 || code >= 500 { "error" } else { "fail" };
            assert_eq!(answer.body["status"], json!(envelope), "{fault}");
            assert_eq!(answer.head.contains("retry-after: 1\r\n"), code == 429, "{fault}");
            assert_eq!(tokens(&bench), made, "{fault}");
        }
    }
    assert_eq!(with("401").get(LIST).failed(401), &json!({ "message": "Unauthorized" }), "as for a wrong secret");
}

#[test]
fn a_status_says_when_to_come_again_if_its_rule_does() {
    for (faults, seconds) in [("503:retry-after=0", 0), ("429:retry-after=3600", 3600), ("502-after:retry-after=7", 7)] {
        let answer = with(faults).get(LIST);
        assert!(answer.head.contains(&format!("retry-after: {seconds}\r\n")), "{faults}: {}", answer.head);
    }
}

#[test]
fn a_redirect_leads_elsewhere_and_nothing_is_carried_out() {
    for code in [301, 302, 303, 307, 308] {
        let bench = with(&code.to_string());
        let answer = bench.try_create("publish", json!({}));
        assert_eq!((answer.status, tokens(&bench)), (code, 0));
        let elsewhere = format!("location: {}/elsewhere\r\n", bench.0.url());
        assert!(answer.head.contains(&elsewhere), "{}", answer.head);
        assert_eq!(bench.get("/elsewhere").status, 404, "no operation, so no fault");
    }
    let answer = with("307:location=https://example.com:8443/a=b?c").get(LIST);
    assert!(answer.head.contains("location: https://example.com:8443/a=b?c\r\n"), "{}", answer.head);
}

#[test]
fn a_connection_is_closed_after_each_answer_without_a_word() {
    let bench = with("close-each");
    for _ in 0..2 {
        let (read, end) = exchange(&bench, &listing());
        assert!(read.starts_with("HTTP/1.1 200 OK\r\n") && !read.to_lowercase().contains("connection:"), "{read}");
        assert_eq!((Answer::read(&read).status, end), (200, End::Closed));
    }
}

#[test]
fn a_connection_that_is_idle_is_closed_after_a_time() {
    let bench = with("close-idle:ms=50");
    let began = Instant::now();
    let (read, end) = exchange(&bench, &listing());
    assert!(began.elapsed() >= Duration::from_millis(50));
    assert_eq!((Answer::read(&read).status, end), (200, End::Closed));

    let bench = with(&format!("close-idle:{LONG}"));
    let mut stream = connect(&bench);
    for _ in 0..3 {
        stream.write_all(&listing()).unwrap();
        assert_eq!(read_answer(&mut stream).status, 200, "one that is not idle goes on");
    }
    assert_eq!(counts(&bench), [(3, 3)]);
}

#[test]
fn only_a_connection_that_carried_a_request_is_closed_or_reset_on_reuse() {
    for (fault, end) in [("close-on-reuse", End::Closed), ("reset-on-reuse", End::Reset)] {
        let bench = with(fault);
        let mut stream = connect(&bench);
        stream.write_all(&listing()).unwrap();
        assert_eq!(read_answer(&mut stream).status, 200);
        assert_eq!(counts(&bench), [(0, 0)], "{fault}");
        stream.write_all(&creation("")).unwrap();
        assert_eq!(read_out(&mut stream), (String::new(), end), "{fault}");
        assert_eq!((tokens(&bench), counts(&bench)), (0, vec![(1, 1)]), "{fault}");
    }
}

#[test]
fn a_connection_counts_as_used_when_a_fault_has_answered_on_it() {
    let bench = with("informs:count=1;close-on-reuse");
    let mut stream = connect(&bench);
    stream.write_all(&[listing(), listing()].concat()).unwrap();
    let (read, end) = read_out(&mut stream);
    assert!(read.starts_with("HTTP/1.1 100 Continue\r\n"), "{read}");
    assert_eq!((read.matches("HTTP/1.1 200 OK").count(), end), (1, End::Closed), "{read}");
}

#[test]
fn an_answer_that_was_given_before_arrives_whatever_the_next_request_meets() {
    for (fault, end) in [("close-before", End::Closed), ("close-after", End::Closed), ("garbage", End::Closed)] {
        let bench = with(&format!("{fault}:nth=2"));
        let (read, ended) = exchange(&bench, &[listing(), listing()].concat());
        assert!(read.starts_with("HTTP/1.1 200 OK\r\n"), "{fault}: {read}");
        assert_eq!((read.matches("HTTP/1.1").count(), ended), (1, end), "{fault}: {read}");
    }
}

#[test]
fn a_request_that_came_in_chunks_meets_its_fault_and_the_next_is_read_from_its_beginning() {
    let bench = with("informs:count=1");
    let mut stream = connect(&bench);
    let head = format!("POST /api/publish_token HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {SECRET}\r\n");
    let chunked = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
    stream.write_all(&[format!("{head}{chunked}").into_bytes(), listing()].concat()).unwrap();
    let statuses: Vec<u16> = (0..2).map(|_| read_answer(&mut stream).status).collect();
    assert_eq!(statuses, [400, 200]);
}

// ---- Which request meets it

#[test]
fn a_fault_comes_over_its_operations_only() {
    let bench = with("503@publish.create;504@*.list*;500@director.*");
    let status = |method, path| bench.api(method, path, &json!({})).status;
    assert_eq!(status("POST", "/api/publish_token"), 503);
    assert_eq!(status("POST", "/api/subscribe_token"), 400);
    for path in ["/api/publish_token/list", "/api/subscribe_token/list_by_name", "/api/publish_token/list_by_cluster"] {
        assert_eq!(status("GET", path), 504, "{path}");
    }
    assert_eq!(status("GET", "/api/cluster"), 200);
    assert_eq!(status("POST", "/api/director/subscribe"), 500);
    assert_eq!(counts(&bench), [(1, 1), (3, 3), (1, 1)]);
}

#[test]
fn what_is_no_operation_meets_no_fault() {
    let bench = with("503");
    assert_eq!(bench.get("/").status, Bench::new().get("/").status);
    assert_eq!(bench.get("/nowhere").status, 404);
    assert_eq!(bench.api("PATCH", "/api/publish_token", &json!({})).status, 405);
    control(&bench, "GET", "clock").data();
    assert_eq!((bench.get(LIST).status, counts(&bench)), (503, vec![(1, 1)]));
}

#[test]
fn a_fault_comes_so_many_times_or_the_nth_time_and_the_first_rule_that_applies_wins() {
    let statuses = |bench: &Bench| (0..5).map(|_| bench.get(LIST).status).collect::<Vec<_>>();
    let bench = with("503:count=2");
    assert_eq!((statuses(&bench), counts(&bench)), (vec![503, 503, 200, 200, 200], vec![(5, 2)]));
    let bench = with("503:nth=3");
    assert_eq!((statuses(&bench), counts(&bench)), (vec![200, 200, 503, 200, 200], vec![(5, 1)]));
    let bench = with("503:nth=2;504:count=2");
    assert_eq!((statuses(&bench), counts(&bench)), (vec![504, 503, 504, 200, 200], vec![(5, 1), (5, 2)]));
    let bench = with("503:probability=0");
    assert_eq!((statuses(&bench), counts(&bench)), (vec![200; 5], vec![(5, 0)]));
    let bench = with("503:probability=1");
    assert_eq!((statuses(&bench), counts(&bench)), (vec![503; 5], vec![(5, 5)]));
}

/// Which of 64 requests a rule with a probability of one half picks.
fn picks(bench: &Bench) -> Vec<bool> {
    (0..64).map(|_| bench.get(LIST).status == 503).collect()
}

#[test]
fn a_seed_picks_the_same_requests_again_and_another_one_picks_others() {
    let first = picks(&with("503:probability=0.5;seed=1"));
    assert_eq!(first, picks(&with("503:probability=0.5;seed=1")));
    assert_ne!(first, picks(&with("503:probability=0.5;seed=2")));
    assert!(first.contains(&true) && first.contains(&false));
}

#[test]
fn what_one_rule_picks_does_not_depend_on_what_others_are_asked() {
    let bench = with("503@publish.list:probability=0.5;504@clusters:probability=0.5;seed=1");
    let alone = picks(&bench);
    let bench = with("503@publish.list:probability=0.5;504@clusters:probability=0.5;seed=1");
    let among_others: Vec<bool> = (0..64)
        .map(|_| {
            bench.get("/api/cluster");
            bench.get(LIST).status == 503
        })
        .collect();
    assert_eq!(alone, among_others);
}

#[test]
fn a_seed_that_was_drawn_is_shown_and_picks_the_same_again() {
    let bench = with("503:probability=0.5");
    let first = picks(&bench);
    let seed = faults(&bench)["seed"].clone();
    assert!(seed.as_u64().unwrap() <= 1 << 53);
    bench.control("faults", &json!({ "seed": seed, "faults": [{ "fault": "503", "probability": 0.5 }] })).data();
    assert_eq!(first, picks(&bench));
}

// ---- The journal

#[test]
fn the_journal_tells_the_fault_and_what_the_request_had_come_to() {
    let bench = with("reset-after:nth=1;close-before:nth=2;503:nth=3;502-after:nth=4;half-head:nth=5");
    for _ in 0..6 {
        exchange(&bench, &creation("Connection: close\r\n"));
    }
    let entries = journal(&bench);
    let told: Vec<(&Value, &Value)> = entries.iter().map(|entry| (&entry["fault"], &entry["status"])).collect();
    let null = &Value::Null;
    let expected = [
        (&json!("reset-after"), &json!(200)),
        (&json!("close-before"), null),
        (&json!("503"), &json!(503)),
        (&json!("502-after"), &json!(502)),
        (&json!("half-head"), &json!(200)),
        (null, &json!(200)),
    ];
    assert_eq!(told, expected);
    assert!(entries[1].get("status").is_none() && entries[5].get("fault").is_none());
    assert!(entries.iter().all(|entry| entry["operation"] == json!("publish.create")));
}

#[test]
fn a_refusal_is_told_in_the_journal_though_its_answer_was_lost() {
    let bench = with("close-after");
    exchange(&bench, b"POST /api/director/subscribe HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    let entry = &journal(&bench)[0];
    assert_eq!((&entry["verdict"], &entry["fault"]), (&json!("refused"), &json!("close-after")), "{entry}");
}

// ---- Control

#[test]
fn rules_are_shown_replaced_and_removed() {
    let bench = with("503@publish.*:count=1;seed=5");
    let shown = json!({ "fault": "503", "operation": "publish.*", "count": 1, "asked": 0, "done": 0 });
    assert_eq!(faults(&bench), json!({ "seed": 5, "faults": [shown] }));
    assert_eq!(bench.get(LIST).status, 503);

    let rules = json!([
        { "fault": "307", "operation": "clusters", "probability": 1.0, "location": "/x" },
        { "fault": "429", "nth": 2, "retryAfter": 0, "operation": null },
        { "fault": "half-answer", "bytes": 5 },
        { "fault": "slow", "ms": 1 },
    ]);
    let answer = bench.control("faults", &json!({ "seed": 9, "faults": rules }));
    assert_eq!(answer.data()["seed"], json!(9));
    for (shown, given) in answer.data()["faults"].as_array().unwrap().iter().zip(rules.as_array().unwrap()) {
        for (name, value) in given.as_object().unwrap().iter().filter(|(_, value)| !value.is_null()) {
            assert_eq!(&shown[name], value, "{shown}");
        }
        assert_eq!((&shown["asked"], &shown["done"]), (&json!(0), &json!(0)));
    }
    bench.control("faults", answer.data()).data();

    assert_eq!(control(&bench, "DELETE", "faults").data()["faults"], json!([]));
    assert_eq!(bench.get(LIST).status, 200);
}

#[test]
fn nothing_of_a_refused_set_is_taken_over() {
    let bench = with("503:count=9;seed=5");
    assert_eq!(bench.get(LIST).status, 503);
    let good = json!({ "fault": "504" });
    for (rules, at_fault) in [
        (json!([good, { "fault": "sabotage" }]), "faults[1].fault"),
        (json!([good, {}]), "faults[1].fault"),
        (json!([good, { "fault": 503 }]), "faults[1].fault"),
        (json!([good, 7]), "faults[1]"),
        (json!([{ "fault": "600" }]), "faults[0].fault"),
        (json!([{ "fault": "503", "operation": "publish.destroy" }]), "faults[0].operation"),
        (json!([{ "fault": "503", "operation": 1 }]), "faults[0].operation"),
        (json!([{ "fault": "503", "operation": "" }]), "faults[0].operation"),
        (json!([{ "fault": "503", "probability": 1.5 }]), "faults[0].probability"),
        (json!([{ "fault": "503", "probability": "0.5" }]), "faults[0].probability"),
        (json!([{ "fault": "503", "count": 0 }]), "faults[0].count"),
        (json!([{ "fault": "503", "nth": -1 }]), "faults[0].nth"),
        (json!([{ "fault": "503", "ms": 5 }]), "faults[0].ms"),
        (json!([{ "fault": "503", "retry-after": 5 }]), "faults[0].retry-after"),
        (json!([{ "fault": "503", "retryAfter": 1.5 }]), "faults[0].retryAfter"),
        (json!([{ "fault": "302", "location": "two words" }]), "faults[0].location"),
        (json!([{ "fault": "refuse" }]), "faults[0].fault"),
        (json!([{ "fault": "tls-close", "count": 1 }]), "faults[0].fault"),
        (json!({ "fault": "503" }), "faults"),
        (json!(null), "faults"),
        (json!(vec![good.clone(); 1001]), "faults"),
    ] {
        let answer = bench.control("faults", &json!({ "seed": 6, "faults": rules }));
        assert_eq!(answer.fields_at_fault(), [at_fault], "{rules}");
    }
    for (request, at_fault) in [
        (json!({ "seed": -1, "faults": [] }), "seed"),
        (json!({ "seed": "x", "faults": [] }), "seed"),
        (json!({ "faults": [], "sead": 1 }), "sead"),
        (json!([]), "$"),
    ] {
        assert_eq!(bench.control("faults", &request).fields_at_fault(), [at_fault], "{request}");
    }
    assert_eq!((faults(&bench)["seed"].clone(), counts(&bench)), (json!(5), vec![(1, 1)]));
}

#[test]
fn a_page_of_another_origin_sets_no_faults() {
    let bench = Bench::new();
    for method in ["GET", "POST", "DELETE"] {
        let answer = bench.send(method, "/_emulator/faults", &[("Origin", "https://example.com")], br#"{"faults":[{"fault":"503"}]}"#);
        assert_eq!(answer.status, 403, "{method}");
    }
    assert_eq!(bench.get(LIST).status, 200);
}

// ---- What is written

#[test]
fn what_is_wrong_in_a_spec_is_said_by_its_name_its_limit_and_what_was_given() {
    for (spec, said) in [
        ("", vec!["no fault is given"]),
        (" ; ", vec!["no fault is given"]),
        ("sabotage", vec!["sabotage", "fault:", "reset-before", "503"]),
        ("503;reset", vec!["\"reset\""]),
        ("200", vec!["400 and 599", "\"200\""]),
        ("600-after", vec!["400 and 599", "\"600-after\""]),
        ("304", vec!["301, 302, 303, 307 and 308", "\"304\""]),
        ("307-after", vec!["\"307-after\""]),
        ("503@publish.destroy", vec!["operation:", "\"publish.destroy\"", "publish.create"]),
        ("503@", vec!["operation:", "\"\""]),
        ("503@publish", vec!["operation:", "\"publish\""]),
        ("503:probability=1.01", vec!["probability:", "between 0 and 1", "1.01"]),
        ("503:probability=-0.1", vec!["probability:", "between 0 and 1", "-0.1"]),
        ("503:probability=NaN", vec!["probability:", "NaN"]),
        ("503:count=0", vec!["count:", "between 1 and", "not 0"]),
        ("503:nth=0", vec!["nth:", "between 1 and", "not 0"]),
        ("503:nth=third", vec!["nth:", "an integer", "third"]),
        ("503:nth=", vec!["nth:", "an integer"]),
        ("503:nth", vec!["nth", "key=value"]),
        ("503:", vec!["key=value"]),
        ("503:count=1,count=2", vec!["count", "twice"]),
        ("503:retries=1", vec!["retries", "no such key"]),
        ("503:retryAfter=1", vec!["retryAfter", "no such key"]),
        ("503:ms=1", vec!["ms:", "503 does not take"]),
        ("reset-before:bytes=1", vec!["bytes:", "reset-before does not take"]),
        ("half-head:bytes=0", vec!["bytes:", "between 1 and 1048576", "not 0"]),
        ("slow:ms=3600001", vec!["ms:", "between 1 and 3600000", "3600001"]),
        ("slow:retry-after=1", vec!["retry-after:", "slow does not take"]),
        ("429:retry-after=-1", vec!["retry-after:", "between 0 and 31536000", "-1"]),
        ("429:retry-after=soon", vec!["retry-after:", "soon"]),
        ("429:location=/x", vec!["location:", "429 does not take"]),
        ("302:location=", vec!["location:", "1 to 1024"]),
        ("302:location=é", vec!["location:", "ASCII"]),
        ("refuse", vec!["refuse", "count", "nth", "probability"]),
        ("refuse:probability=0.91,ms=1", vec!["refuse", "at most 0.9"]),
        ("tls-close:count=101", vec!["tls-close", "count of at most 100"]),
        ("refuse:nth=1,ms=10001", vec!["ms:", "at most 10000", "10001"]),
        ("tls-silence", vec!["tls-silence", "count"]),
        ("refuse@clusters:count=1", vec!["operation:", "refuse", "\"clusters\""]),
        ("seed=", vec!["seed:", "between 0 and 9007199254740992"]),
        ("seed=9007199254740993", vec!["seed:", "9007199254740993"]),
        ("seed=-1", vec!["seed:", "-1"]),
        ("seed=1;seed=2", vec!["seed:", "1 and 2"]),
    ] {
        let error = spec.parse::<FaultPlan>().expect_err(spec).to_string();
        for part in said {
            assert!(error.contains(part), "{spec:?}: {part:?} is not in {error:?}");
        }
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

#[test]
fn blanks_and_a_separator_at_the_end_do_no_harm() {
    let plan: FaultPlan = " 503 @ publish.* : count = 1 , retry-after = 2 ; seed=3 ; ".parse().unwrap();
    assert_eq!(plan, "503@publish.*:count=1,retry-after=2;seed=3".parse().unwrap());
}

#[test]
fn several_plans_are_one_with_their_rules_in_order() {
    let plans = ["503:count=1", "504;seed=1"].map(|plan| plan.parse::<FaultPlan>().unwrap());
    assert_eq!(FaultPlan::of_all(plans), "503:count=1;504;seed=1".parse());
    let plans = ["seed=1", "seed=1"].map(|plan| plan.parse::<FaultPlan>().unwrap());
    assert!(FaultPlan::of_all(plans).unwrap_err().to_string().contains("seed"));
    let many = vec!["503".parse::<FaultPlan>().unwrap(); 1001];
    assert!(FaultPlan::of_all(many).unwrap_err().to_string().contains("at most 1000 rules are kept to, not 1001"));
}

#[test]
fn an_emulator_without_tls_takes_no_faults_of_it() {
    let mut options = Options::with_api_secret(SECRET);
    options.faults = "tls-close:count=1".parse().unwrap();
    let error = Emulator::start(options).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    assert!(error.to_string().contains("tls-close") && error.to_string().contains("--tls"), "{error}");
}

// ---- Connections

/// Sends a control request on a connection that stays.
fn control_on(stream: &mut TcpStream, method: &str, body: &str) -> Answer {
    let length = body.len();
    write!(stream, "{method} /_emulator/faults HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n{body}").unwrap();
    read_answer(stream)
}

fn is_refused(bench: &Bench) -> bool {
    TcpStream::connect(bench.0.address()).is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}

#[test]
fn a_port_is_closed_until_the_fault_is_removed_and_its_connections_go_on() {
    let bench = Bench::new();
    let mut kept = connect(&bench);
    for _ in 0..3 {
        let answer = control_on(&mut kept, "POST", r#"{"faults":[{"fault":"refuse","count":1,"ms":10000}]}"#);
        assert_eq!(answer.data()["faults"][0]["done"], json!(1), "the port is closed when that is answered");
        assert!(is_refused(&bench));
        kept.write_all(&listing()).unwrap();
        assert_eq!(read_answer(&mut kept).status, 200);
        control_on(&mut kept, "DELETE", "").data();
        assert_eq!(bench.get(LIST).status, 200, "the port is open when that is answered");
    }
}

#[test]
fn a_port_is_open_again_after_its_time() {
    let began = Instant::now();
    let bench = with("refuse:nth=1,ms=300");
    assert!(is_refused(&bench) || began.elapsed() >= Duration::from_millis(300));
    while is_refused(&bench) {
        std::thread::yield_now();
    }
    assert!(began.elapsed() >= Duration::from_millis(300));
    assert_eq!(bench.get(LIST).status, 200);
    assert_eq!(faults(&bench)["faults"][0]["done"], json!(1));
}

#[test]
fn the_nth_connection_is_refused() {
    let bench = with("refuse:nth=3,ms=10000");
    let mut first = connect(&bench);
    assert_eq!(bench.get(LIST).status, 200, "the second");
    assert!(is_refused(&bench));
    control_on(&mut first, "DELETE", "").data();
    assert_eq!(bench.get(LIST).status, 200);
}

#[test]
fn an_emulator_stops_soon_whatever_fault_holds_its_connections_or_its_port() {
    for fault in ["silence", "silence-after", "slow:ms=3600000", "drip-head:ms=3600000", "drip-body:ms=3600000", "close-idle:ms=3600000"] {
        let bench = with(fault);
        let mut stream = connect(&bench);
        stream.write_all(&creation("")).unwrap();
        assert_eq!(journal(&bench).len(), 1);
        stops_soon(bench, fault);
    }
    stops_soon(with("refuse:count=1,ms=10000"), "refuse");
}

fn stops_soon(bench: Bench, fault: &str) {
    let address = bench.0.address();
    let told = Instant::now();
    bench.0.stop();
    assert!(told.elapsed() < Duration::from_secs(10), "{fault} took {:?}", told.elapsed());
    drop(TcpListener::bind(address).unwrap());
}

// ---- TLS

/// A folder for a certificate, removed with the test.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("millicast-emulator-faults-{name}-{}", std::process::id())))
    }

    fn bench(&self, faults: &str) -> Bench {
        Bench::with(|options| {
            options.tls = Some(self.0.clone());
            options.faults = faults.parse().unwrap();
        })
    }

    /// A connection with its handshake still to be made by the first use.
    fn connect(&self, bench: &Bench) -> StreamOwned<ClientConnection, TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(self.0.join("ca.pem")).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = config.with_root_certificates(roots).with_no_client_auth();
        let name = ServerName::try_from("localhost").unwrap();
        StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), connect(bench))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_handshake_is_answered_in_plain_closed_or_not_answered_and_the_next_one_is_made() {
    let folder = Folder::new("handshake");
    let bench = folder.bench("tls-plain:nth=1;tls-close:nth=2;tls-silence:nth=3");
    let hello = |stream: &mut TcpStream| stream.write_all(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03").unwrap();
    let mut stream = connect(&bench);
    hello(&mut stream);
    let (read, end) = read_out(&mut stream);
    assert!(read.starts_with("HTTP/1.1 400 Bad Request\r\n") && read.ends_with("this is plain HTTP"), "{read}");
    assert_eq!(end, End::Closed);

    let mut stream = connect(&bench);
    hello(&mut stream);
    assert_eq!(read_out(&mut stream), (String::new(), End::Closed));

    let mut silent = connect(&bench);
    hello(&mut silent);

    let mut stream = folder.connect(&bench);
    stream.write_all(b"GET /_emulator/faults HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let shown = read_answer(&mut stream).data()["faults"].clone();
    let counts: Vec<_> = shown.as_array().unwrap().iter().map(|rule| (&rule["asked"], &rule["done"])).collect();
    assert_eq!(counts, [(&json!(4), &json!(1)); 3]);

    silent.set_nonblocking(true).unwrap();
    assert_eq!(silent.read(&mut [0]).unwrap_err().kind(), io::ErrorKind::WouldBlock);
    silent.set_nonblocking(false).unwrap();
    silent.shutdown(Shutdown::Write).unwrap();
    assert_eq!(read_out(&mut silent), (String::new(), End::Closed));
}

#[test]
fn an_emulator_stops_soon_with_a_handshake_that_is_not_answered() {
    let folder = Folder::new("stop");
    let bench = folder.bench("tls-silence:nth=1");
    let _silent = connect(&bench);
    let mut stream = folder.connect(&bench);
    stream.write_all(&listing()).unwrap();
    assert_eq!(read_answer(&mut stream).status, 200, "the first was accepted before");
    stops_soon(bench, "tls-silence");
}

#[test]
fn what_a_request_meets_it_meets_over_tls_too() {
    let folder = Folder::new("requests");
    let bench = folder.bench("reset-after:nth=1;half-answer:nth=2;close-on-reuse:nth=2;drip-body:ms=1,nth=3");
    let mut stream = folder.connect(&bench);
    stream.write_all(&creation("")).unwrap();
    assert_eq!(read_out(&mut stream), (String::new(), End::Reset));

    let mut stream = folder.connect(&bench);
    stream.write_all(&creation("")).unwrap();
    let (read, end) = read_out(&mut stream);
    let (head, body) = read.split_once("\r\n\r\n").unwrap();
    assert_eq!((body.len(), end), (length_in(head) / 2, End::Closed));

    let mut stream = folder.connect(&bench);
    for _ in 0..2 {
        stream.write_all(&listing()).unwrap();
        assert_eq!(read_answer(&mut stream).data().as_array().unwrap().len(), 1, "what lost its answer was carried out");
    }
    stream.write_all(&listing()).unwrap();
    assert_eq!(read_out(&mut stream), (String::new(), End::Closed));
}
