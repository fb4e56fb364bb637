//! The options of the program that change what it does with a request, or what it leaves behind.

mod common;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::MetadataExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::process::{Client, Folder, Process, command, refused};
use common::{Bench, NOON, Parent, SECRET};
use serde_json::{Value, json};

const LIST: &str = "/api/publish_token/list?page=1&itemsOnPage=1";

#[test]
fn more_requests_than_the_rate_are_refused_until_there_is_room_again() {
    let process = Process::start(&["--rate-limit", "5"]);
    let mut client = process.client();
    let mut ask = |path: &str| client.api("GET", path, &Value::Null).unwrap();
    let refusal = (0..1000).map(|_| ask(LIST)).find(|answer| answer.status != 200).expect("no rate is ever too high");
    assert_eq!((refusal.status, &refusal.body["status"], &refusal.body["code"]), (429, &json!("error"), &json!(429)));
    assert!(refusal.head.contains("\r\nretry-after: 1"), "{}", refusal.head);
    // The emulator's own and what is not served are beside the rate.
    assert_eq!(ask("/_emulator/status").status, 200);
    assert_eq!(ask("/api/nothing").status, 404);
    // In the end it is served again: each asking costs nothing.
    let began = Instant::now();
    while ask(LIST).status == 429 {
        assert!(began.elapsed() < Duration::from_secs(30), "never served again");
    }
}

#[test]
fn a_latency_delays_every_operation_and_nothing_else() {
    let bench = Bench::with(|options| options.latency = Duration::from_millis(120));
    let took = |path: &str| {
        let began = Instant::now();
        bench.get(path);
        began.elapsed()
    };
    assert!(took(LIST) >= Duration::from_millis(120));
    assert!(took("/api/cluster") >= Duration::from_millis(120));
    // What had to wait for ten minutes would not be answered before the test gives up.
    let slow = Bench::with(|options| options.latency = Duration::from_secs(600));
    assert_eq!(slow.send("GET", "/_emulator/status", &[], b"").status, 200);
    assert_eq!(slow.get("/api/nothing").status, 404);
}

#[test]
fn latency_delays_requests_side_by_side() {
    let bench = Bench::with(|options| options.latency = Duration::from_secs(1));
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..50 {
            scope.spawn(|| bench.get(LIST).data().is_array());
        }
    });
    assert!(began.elapsed() < Duration::from_secs(25), "one waits for the other");
}

/// The entries of a journal file, in their order.
fn entries(file: &str) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"))).collect()
}

#[test]
fn a_journal_has_every_request_and_no_secret() {
    let folder = Folder::new();
    let file = folder.file("journal");
    let process = Process::start(&["--journal", &file, "--clock", &NOON.to_string()]);
    let mut client = process.client();
    let mut secrets = vec![SECRET.to_owned()];
    let mut ask = |method: &str, path: &str, bearer: &str, body: Value| {
        let authorization = format!("Bearer {bearer}");
        client.send(method, path, &[("Authorization", &authorization)], &body).unwrap()
    };
    let create = json!({ "label": "a", "streams": [{ "streamName": "show" }], "displaySrtPassphrase": true,
        "tracking": { "trackingId": "x" },
        "restream": [{ "url": "rtmp://user:password@example.com", "key": "a-stream-key" }] });
    let made = ["publish", "subscribe"].map(|kind| ask("POST", &format!("/api/{kind}_token"), SECRET, create.clone()).data().clone());
    let text = |token: &Value| token["token"].as_str().unwrap().to_owned();
    let (publish, subscribe) = (text(&made[0]), text(&made[1]));
    let parent = Parent { id: made[1]["id"].as_u64().unwrap(), token: subscribe.clone() };
    let signed = parent.with("tracking", json!({ "trackingId": "x" }));
    secrets.extend([publish.clone(), subscribe.clone(), signed.clone(), "a-stream-key".to_owned(), "password".to_owned()]);
    secrets.push(made[0]["srtPassphrase"].as_str().unwrap().to_owned());

    let stream = json!({ "streamName": "show", "streamAccountId": "emulator" });
    ask("POST", "/api/director/publish", &publish, stream.clone()).admitted();
    ask("POST", "/api/director/subscribe", &subscribe, stream.clone()).admitted();
    ask("POST", "/api/director/subscribe", &signed, stream.clone()).admitted();
    ask("POST", "/api/director/subscribe", &format!("{signed}x"), stream);
    for name in ["auth", "token", "%61uth", "Auth", "a%75th"] {
        ask("POST", &format!("/api/whip/show?x=1&{name}={publish}&y=2"), "NoAuth", Value::Null);
    }
    ask("POST", "/api/whep/emulator/show", &signed, Value::Null);
    // In wrong places, and with escapes: it is a secret all the same.
    let escaped: String = subscribe.bytes().map(|byte| format!("%{byte:02x}")).collect();
    for wrong in [&publish, &subscribe, SECRET, &signed, &escaped] {
        ask("POST", &format!("/api/whip/{wrong}"), "NoAuth", Value::Null);
        ask("GET", &format!("/api/publish_token/{wrong}?secret={wrong}&access_token={wrong}"), "NoAuth", Value::Null);
    }
    for wrong in [&publish, SECRET, &signed] {
        ask("POST", "/api/director/subscribe", &subscribe, json!({ "streamName": wrong }));
        let origin = format!("https://{wrong}");
        let body = br#"{"streamName":"show"}"#;
        process.client().send("POST", "/api/director/subscribe", &[("Origin", &origin)], &serde_json::from_slice(body).unwrap()).unwrap();
    }
    secrets.push(escaped);
    ask("GET", LIST, "not-the-secret-but-a-secret", Value::Null);
    secrets.push("not-the-secret-but-a-secret".to_owned());
    ask("POST", "/api/publish_token", SECRET, json!({ "label": 5, "streams": subscribe }));
    ask("PUT", &format!("/api/v2/publish_token/{}", made[0]["id"]), SECRET, json!({ "refreshToken": true }));
    ask("DELETE", &format!("/api/publish_token/{}", made[0]["id"]), SECRET, Value::Null);
    ask("GET", "/_emulator/status", SECRET, Value::Null);
    process.end();

    let entries = entries(&file);
    let seqs: Vec<u64> = entries.iter().map(|entry| entry["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, (1..=32).collect::<Vec<_>>(), "one for each request but that about the emulator itself");
    let written = fs::read_to_string(&file).unwrap();
    for (number, secret) in secrets.iter().enumerate() {
        assert!(!written.contains(secret.as_str()), "secret {number} is in the journal");
    }
    let find = |operation: &str, verdict: &str| {
        let found = entries.iter().find(|entry| entry["operation"] == operation && entry["verdict"] == verdict);
        found.unwrap_or_else(|| panic!("no {operation} {verdict}")).clone()
    };
    let viewer = find("director.subscribe", "admitted");
    assert_eq!(
        (&viewer["status"], &viewer["stream"], &viewer["tokenId"], &viewer["trackingId"]),
        (&json!(200), &json!("show"), &made[1]["id"], &json!("x"))
    );
    assert_eq!(viewer["time"], "2026-01-01T12:00:00.0000000Z");
    let refused = find("director.subscribe", "refused");
    assert!(refused["rule"].is_string() && refused["reason"].is_string() && refused["message"].is_string(), "{refused}");
    assert_eq!(entries.iter().find(|entry| entry["operation"] == "whip").unwrap()["query"], "x=1&auth=***&y=2");
    assert_eq!(entries[29]["refusal"]["$.label"], "The value is not a string.");
}

#[test]
fn a_journal_is_added_to() {
    let folder = Folder::new();
    let file = folder.written("journal", "{\"seq\":0}\n");
    for _ in 0..2 {
        let process = Process::start(&["--journal", &file]);
        process.client().api("GET", LIST, &Value::Null).unwrap().data();
        process.end();
    }
    let seqs: Vec<Value> = entries(&file).iter().map(|entry| entry["seq"].clone()).collect();
    assert_eq!(seqs, [0, 1, 1]);
    let said = refused(command(&["--journal", &folder.file("")]));
    assert!(said.contains("cannot write the journal"), "{said}");
}

#[test]
fn a_journal_that_cannot_be_written_is_said_once_and_stops_nothing() {
    let process = Process::start(&["--journal", "/dev/full"]);
    for _ in 0..5 {
        process.client().api("GET", LIST, &Value::Null).unwrap().data();
    }
    let (status, said) = process.end();
    assert_eq!((status.code(), said.lines().count()), (Some(0), 1), "{said}");
    assert!(said.contains("missing from the journal"), "{said}");
}

/// What a client that trusts an authority alone is told of a server, with the name that it is to have.
fn handshake(process: &Process, authority: &str, name: &str) -> String {
    let check = if name.starts_with(|c: char| c.is_ascii_digit()) { "-verify_ip" } else { "-verify_hostname" };
    let address = process.address.to_string();
    let client = ["s_client", "-connect", &address, "-CAfile", authority, "-verify_return_error", check, name, "-no_ign_eof"];
    let mut child =
        Command::new("openssl").args(client).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // Standard input stays open until the answer is whole, which the hang-up tells.
    let request = format!("GET {LIST} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {SECRET}\r\nConnection: close\r\n\r\n");
    let _ = stdin.write_all(request.as_bytes());
    let mut said = String::new();
    child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    child.wait().unwrap();
    said
}

#[test]
fn tls_is_trusted_by_its_authority_under_every_name_of_this_machine() {
    let folder = Folder::new();
    let tls = folder.file("tls");
    let process = Process::start(&["--tls", &tls]);
    assert!(process.url.starts_with("https://127.0.0.1:"), "{}", process.url);
    let authority = format!("{tls}/ca.pem");
    for name in ["localhost", "127.0.0.1"] {
        let said = handshake(&process, &authority, name);
        assert!(said.contains("Verify return code: 0 (ok)") && said.contains("HTTP/1.1 200 OK"), "{name}: {said}");
    }
    assert!(!handshake(&process, &authority, "example.com").contains("200 OK"));
    let other = Folder::new();
    let _other = Process::start(&["--tls", &other.file("tls")]);
    assert!(!handshake(&process, &other.file("tls/ca.pem"), "localhost").contains("200 OK"), "another authority is trusted");
}

#[test]
fn plain_text_to_a_tls_port_disturbs_nobody() {
    let folder = Folder::new();
    let tls = folder.file("tls");
    let process = Process::start(&["--tls", &tls]);
    let mut plain = TcpStream::connect(process.address).unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(handshake(&process, &format!("{tls}/ca.pem"), "localhost").contains("200 OK"));
    let (status, said) = process.end();
    assert_eq!((status.code(), said.as_str()), (Some(0), ""));
}

#[test]
fn a_second_start_has_the_same_authority_and_the_key_is_for_nobody_else() {
    let folder = Folder::new();
    let tls = folder.file("tls");
    let read = |name: &str| fs::read(format!("{tls}/{name}")).unwrap();
    Process::start(&["--tls", &tls]).end();
    let before = ["ca.pem", "server.pem", "server-key.pem"].map(read);
    Process::start(&["--tls", &tls]).end();
    assert!(["ca.pem", "server.pem", "server-key.pem"].map(read) == before);
    assert_eq!(fs::metadata(format!("{tls}/server-key.pem")).unwrap().mode() & 0o777, 0o600);
    let keys = fs::read_dir(&tls).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    assert_eq!(keys.filter(|text| text.contains("PRIVATE KEY")).count(), 1, "the authority's key is not kept");
}

#[test]
fn what_is_missing_or_about_to_expire_is_made_anew_and_works() {
    let folder = Folder::new();
    let tls = folder.file("tls");
    let authority = format!("{tls}/ca.pem");
    Process::start(&["--tls", &tls]).end();
    let spoil: [&dyn Fn(); 5] = [
        &|| fs::remove_file(format!("{tls}/ca.pem")).unwrap(),
        &|| fs::remove_file(format!("{tls}/server.pem")).unwrap(),
        &|| fs::remove_file(format!("{tls}/server-key.pem")).unwrap(),
        &|| fs::write(format!("{tls}/made-for"), "1000000000 127.0.0.1").unwrap(),
        &|| fs::write(format!("{tls}/made-for"), "soon 127.0.0.1").unwrap(),
    ];
    for (number, spoil) in spoil.iter().enumerate() {
        let before = fs::read(&authority).unwrap();
        spoil();
        let process = Process::start(&["--tls", &tls]);
        assert!(fs::read(&authority).unwrap() != before, "{number}");
        assert!(handshake(&process, &authority, "localhost").contains("200 OK"), "{number}");
    }
}

#[test]
fn a_certificate_is_for_the_address_that_is_listened_on() {
    let folder = Folder::new();
    let tls = folder.file("tls");
    let process = Process::start(&["--tls", &tls, "--listen", "127.0.0.2:0"]);
    assert!(handshake(&process, &format!("{tls}/ca.pem"), "127.0.0.2").contains("200 OK"));
    process.end();
    let before = fs::read(format!("{tls}/ca.pem")).unwrap();
    // One for loopback is good for this one too.
    Process::start(&["--tls", &tls]).end();
    assert_eq!(fs::read(format!("{tls}/ca.pem")).unwrap(), before);
}

#[test]
fn a_folder_that_cannot_be_is_refused() {
    let folder = Folder::new();
    let file = folder.written("file", "");
    for place in [file.clone(), format!("{file}/tls"), "/proc/tls".to_owned()] {
        let said = refused(command(&["--tls", &place]));
        assert!(said.contains("cannot serve TLS from") && said.contains(&place), "{said}");
    }
    let tls = folder.file("tls");
    Process::start(&["--tls", &tls]).end();
    fs::write(format!("{tls}/server-key.pem"), "no key").unwrap();
    let said = refused(command(&["--tls", &tls]));
    assert!(said.contains("cannot serve TLS from"), "{said}");
}

#[test]
fn the_end_of_standard_input_is_an_end_where_it_is_asked_for() {
    let mut command = command(&["--until-eof"]);
    command.stdin(Stdio::piped());
    let mut process = Process::spawn(command);
    let mut stdin = process.stdin();
    stdin.write_all(b"anything").unwrap();
    process.client().api("GET", LIST, &Value::Null).unwrap().data();
    drop(stdin);
    let (status, said) = process.ended();
    assert_eq!((status.code(), said.as_str()), (Some(0), ""));
}

#[test]
fn without_being_asked_for_the_end_of_standard_input_is_nothing() {
    let process = Process::start(&[]);
    // It had no standard input from the beginning.
    process.client().api("GET", LIST, &Value::Null).unwrap().data();
}

#[test]
fn only_live_streams_have_viewers_where_it_is_asked_for() {
    for only_live in [true, false] {
        let bench = Bench::with(|options| options.only_live = only_live);
        let publish = bench.create("publish", json!({}));
        let viewer = Parent::create(&bench, json!({}));
        let view = || bench.view(&viewer.token, "show", &[]);
        let before = view();
        if only_live {
            assert_eq!(before.rule(), "not-published");
        } else {
            before.admitted();
        }
        for is_live in [true, false] {
            bench.control("publish", &json!({ "tokenId": publish["id"], "streamName": "show", "isLive": is_live })).data();
            let answer = view();
            if is_live || !only_live {
                answer.admitted();
            } else {
                assert_eq!(answer.rule(), "not-published");
            }
        }
    }
}

#[test]
fn a_status_says_what_it_was_set_up_with() {
    let process = Process::start(&["--only-live", "--account-id", "mine", "--clock", "1000"]);
    let mut client: Client = process.client();
    let status = client.control("GET", "status", &Value::Null).unwrap().data().clone();
    assert_eq!(
        (&status["onlyLive"], &status["accountId"], &status["now"], &status["clockStands"]),
        (&json!(true), &json!("mine"), &json!(1000), &json!(true))
    );
    assert_eq!((&status["state"], &status["journal"]), (&json!(false), &json!(false)));
}
