//! Servers that fail, lie, hang and echo: what the caller is told, and how often was sent.
#![cfg(all(feature = "client", feature = "signing"))]

#[path = "support/client.rs"]
mod client;
#[path = "support/peer.rs"]
mod peer;
mod support;

use std::ffi::{c_char, c_void};
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::{Duration, Instant};

use client::{Client, SECRET, config, publish_spec};
use millicast_tokens::error::*;
use millicast_tokens::ffi::client::{mct_client, mct_client_cancel, mct_client_free, mct_client_new, mct_client_resume};
use millicast_tokens::ffi::client_config::*;
use millicast_tokens::ffi::panic_next_call;
use millicast_tokens::ffi::publish_token::*;
use millicast_tokens::ffi::publish_token_calls::*;
use peer::{Act, Peer, answer, success};
use support::{Failure, c, made, status};

fn create_fails(client: &Client) -> Failure {
    client.create_publish(&publish_spec("x")).map(|_| ()).expect_err("a failure")
}

fn unused_url() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    format!("http://{}", listener.local_addr().expect("an address"))
}

const TOKEN: &str = r#"{"id":5,"label":"x","token":"abc","streams":[]}"#;

#[test]
fn a_server_that_can_not_be_reached_is_a_connect_error_and_nothing_was_sent() {
    let failure = create_fails(&Client::hasty(&unused_url(), 5000));
    assert_eq!((failure.status, failure.outcome, failure.http_status), (MCT_ERR_CONNECT, MCT_OUTCOME_NOT_SENT, 0));
}

#[test]
fn html_of_a_proxy_is_a_protocol_error() {
    let html = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>".to_owned();
    let peer = Peer::new(vec![Act::Answer(html)]);
    let failure = create_fails(&Client::new(&peer.url));
    assert_eq!((failure.status, failure.http_status), (MCT_ERR_PROTOCOL, 200));
    assert!(failure.message.contains("text/html"), "{}", failure.message);
}

#[test]
fn what_is_not_an_answer_of_the_api_is_a_protocol_error_and_a_create_is_not_repeated() {
    for bytes in [
        "garbage\r\n\r\n".to_owned(),
        answer("200 OK", "", ""),
        answer("200 OK", "", "{"),
        answer("200 OK", "", r#"{"status":"odd","data":{}}"#),
        answer("404 Not Found", "", "nothing here"),
        success("null"),
        success("[]"),
        success(r#"{"id":"x"}"#),
        success(r#"{"id":1,"token":"a","token":"b"}"#),
        success(&"[".repeat(100_000)),
        answer("200 OK", &"X: y\r\n".repeat(200), "{}"),
    ] {
        let peer = Peer::new(vec![Act::AnswerAndClose(bytes.clone())]);
        let failure = create_fails(&Client::new(&peer.url));
        assert_eq!((failure.status, failure.outcome), (MCT_ERR_PROTOCOL, MCT_OUTCOME_UNKNOWN), "{:.200}: {failure:?}", bytes);
        assert_eq!(peer.requests().len(), 1, "{bytes:.200}");
    }
}

#[test]
fn a_redirect_is_never_followed_and_the_secret_goes_nowhere_else() {
    let elsewhere = Peer::new(vec![Act::Answer(success(TOKEN))]);
    for code in [301, 302, 303, 307, 308] {
        for target in [elsewhere.url.as_str(), "/elsewhere", "//127.0.0.1:1/x"] {
            let peer = Peer::new(vec![Act::Answer(answer(&format!("{code} Moved"), &format!("Location: {target}\r\n"), ""))]);
            let client = Client::new(&peer.url);
            assert_eq!(create_fails(&client).status, MCT_ERR_PROTOCOL);
            assert_eq!(client.read_publish(5).expect_err("a failure").status, MCT_ERR_PROTOCOL);
            assert_eq!(peer.requests().len(), 2);
        }
    }
    assert!(elsewhere.requests().is_empty());
}

#[test]
fn a_create_whose_answer_is_lost_is_sent_once_and_its_outcome_is_unknown() {
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"status\"".to_owned();
    for (act, expected) in [
        (Act::Close, MCT_ERR_CONNECT),
        (Act::AnswerAndClose(half), MCT_ERR_CONNECT),
        (Act::AnswerAndClose("HTTP/1.1 2".to_owned()), MCT_ERR_CONNECT),
        (Act::Answer(answer("502 Bad Gateway", "", "<html>")), MCT_ERR_SERVER),
        (Act::Answer(answer("503 Unavailable", "", "")), MCT_ERR_SERVER),
        (Act::Answer(answer("500 Error", "", r#"{"status":"error","message":"boom"}"#)), MCT_ERR_SERVER),
    ] {
        let peer = Peer::new(vec![act]);
        let failure = create_fails(&Client::new(&peer.url));
        assert_eq!((failure.status, failure.outcome), (expected, MCT_OUTCOME_UNKNOWN), "{failure:?}");
        assert_eq!(peer.requests().len(), 1, "exactly one create");
    }
}

#[test]
fn a_silent_server_costs_the_deadline_and_no_more() {
    let peer = Peer::new(vec![Act::Silence]);
    let client = Client::hasty(&peer.url, 200);
    let started = Instant::now();
    let failure = create_fails(&client);
    let took = started.elapsed();
    assert_eq!((failure.status, failure.outcome), (MCT_ERR_TIMEOUT, MCT_OUTCOME_UNKNOWN));
    assert!(took >= Duration::from_millis(200) && took < Duration::from_secs(5), "{took:?}");
    assert_eq!(peer.requests().len(), 1);
}

#[test]
fn a_read_is_sent_again_after_a_failure_that_passes() {
    let passing = Act::Answer(answer("503 Unavailable", "Retry-After: 0\r\n", ""));
    let peer = Peer::new(vec![passing, Act::Close, Act::Answer(success(TOKEN))]);
    let token = Client::new(&peer.url).read_publish(5).expect("a token");
    assert_eq!(mct_publish_token_id(Some(&token)), 5);
    assert_eq!(peer.requests().len(), 3);
}

#[test]
fn a_create_that_the_server_put_off_is_sent_again() {
    let peer = Peer::new(vec![Act::Answer(answer("429 Too Many", "Retry-After: 0\r\n", "")), Act::Answer(success(TOKEN))]);
    Client::new(&peer.url).create_publish(&publish_spec("x")).expect("a token");
    assert_eq!(peer.requests().len(), 2);
}

#[test]
fn a_wait_beyond_the_deadline_is_not_begun_and_the_wish_is_told() {
    let peer = Peer::new(vec![Act::Answer(answer("429 Too Many", "Retry-After: 3600\r\n", ""))]);
    let client = Client::new(&peer.url);
    let mut error = std::ptr::null_mut();
    let status = unsafe { mct_publish_token_delete(client.raw(), 5, Some(&mut error)) };
    assert_eq!(status, MCT_ERR_RATE_LIMITED);
    // SAFETY: the library made it just now.
    let error = unsafe { Box::from_raw(error) };
    assert_eq!(millicast_tokens::ffi::error::mct_error_retry_after_ms(Some(&error)), 3_600_000);
    assert_eq!(peer.requests().len(), 1);
}

#[test]
fn a_repeated_delete_that_finds_nothing_is_a_success() {
    let gone = answer("400 Bad Request", "", r#"{"status":"fail","data":{"tokenId":"No publish token with id: 5"}}"#);
    let peer = Peer::new(vec![Act::Close, Act::Answer(gone.clone())]);
    Client::new(&peer.url).delete_publish(5).expect("the first one did it");
    let missing = answer("404 Not Found", "", r#"{"status":"error","message":"odd"}"#);
    let other_words = answer("400 Bad Request", "", r#"{"status":"fail","data":{"message":"No subscribe token with id 5"}}"#);
    for bytes in [gone, missing, other_words] {
        let peer = Peer::new(vec![Act::Answer(bytes)]);
        assert_eq!(Client::new(&peer.url).delete_publish(5).expect_err("never there").status, MCT_ERR_NOT_FOUND);
    }
}

#[test]
fn a_delete_that_the_api_says_it_did_not_do_is_no_success() {
    let peer = Peer::new(vec![Act::Answer(success("false")), Act::Answer(success("true"))]);
    let client = Client::new(&peer.url);
    let failure = client.delete_publish(5).expect_err("a failure");
    assert_eq!((failure.status, failure.http_status, failure.outcome), (MCT_ERR_REJECTED, 200, MCT_OUTCOME_REJECTED));
    client.delete_publish(5).expect("deleted");
}

#[test]
fn a_server_that_closes_after_each_answer_costs_no_create() {
    let peer = Peer::new(vec![Act::AnswerAndClose(success(TOKEN))]);
    let client = Client::new(&peer.url);
    for _ in 0..50 {
        client.create_publish(&publish_spec("x")).expect("a token");
    }
    assert_eq!(peer.requests().len(), 50);
}

#[test]
fn an_answer_over_the_limit_is_refused_whether_its_length_is_told_or_not() {
    let body = format!(r#"{{"status":"success","data":{{"id":5,"label":"{}"}}}}"#, "x".repeat(5000));
    let chunked = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    for bytes in [answer("200 OK", "", &body), chunked] {
        let peer = Peer::new(vec![Act::Answer(bytes)]);
        let mut config = config(SECRET, &peer.url);
        status(|error| mct_client_config_set_max_answer_bytes(Some(&mut config), 5000, error)).expect("a setting");
        let failure = Client::of(&config).read_publish(5).expect_err("a failure");
        assert_eq!(failure.status, MCT_ERR_PROTOCOL);
        assert!(failure.message.contains("5000 bytes"), "{}", failure.message);
    }
}

#[test]
fn a_server_that_echoes_the_secret_does_not_get_it_into_a_message() {
    let echo = format!(r#"{{"status":"fail","data":{{"{SECRET}":"Bearer {SECRET} is odd\nreally"}}}}"#);
    for status in ["400 Bad", "401 No", "500 Error"] {
        let peer = Peer::new(vec![Act::Answer(answer(status, "", &echo))]);
        let failure = create_fails(&Client::new(&peer.url));
        assert!(!format!("{failure:?}").contains(SECRET), "{failure:?}");
        assert!(!failure.message.contains('\n'), "one line: {}", failure.message);
    }
}

#[test]
fn the_apis_refusal_reaches_the_caller_with_its_field_and_its_json() {
    let refusal = r#"{"status":"fail","data":{"allowedCountries":"Only one of them"}}"#;
    let peer = Peer::new(vec![Act::Answer(answer("400 Bad Request", "", refusal))]);
    let failure = create_fails(&Client::new(&peer.url));
    assert_eq!((failure.status, failure.http_status, failure.outcome), (MCT_ERR_REJECTED, 400, MCT_OUTCOME_REJECTED));
    assert_eq!(failure.field.as_deref(), Some("allowedCountries"));
    assert_eq!(failure.details.as_deref(), Some(refusal));
    assert!(failure.message.ends_with("allowedCountries: Only one of them"), "{}", failure.message);
}

#[test]
fn tls_against_a_server_that_does_not_speak_it_is_a_tls_error() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("https://{}", listener.local_addr().expect("an address"));
    let server = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut stream, _) = listener.accept().expect("a connection");
        let _hello = stream.read(&mut [0; 4096]);
        let _plain = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    });
    let failure = create_fails(&Client::hasty(&url, 5000));
    assert_eq!((failure.status, failure.outcome), (MCT_ERR_TLS, MCT_OUTCOME_NOT_SENT), "{failure:?}");
    server.join().expect("the server ended");
}

#[test]
fn a_cancel_ends_a_call_in_flight_and_later_ones_until_it_is_taken_back() {
    let peer = Peer::new(vec![Act::Silence, Act::Answer(success(TOKEN))]);
    let client = Client::new(&peer.url);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| create_fails(&client));
        peer.arrived.recv().expect("the request arrived");
        unsafe { mct_client_cancel(client.raw()) };
        let failure = waiting.join().expect("the call ended");
        assert_eq!((failure.status, failure.outcome), (MCT_ERR_CANCELLED, MCT_OUTCOME_UNKNOWN));
    });
    let later = create_fails(&client);
    assert_eq!((later.status, later.outcome), (MCT_ERR_CANCELLED, MCT_OUTCOME_NOT_SENT));
    assert_eq!(peer.requests().len(), 1);
    unsafe { mct_client_resume(client.raw()) };
    client.read_publish(5).expect("calls are made again");
}

#[test]
fn a_client_that_is_freed_during_a_call_ends_it_cancelled() {
    let peer = Peer::new(vec![Act::Silence]);
    let client = Box::into_raw(made(|out, error| mct_client_new(Some(&config(SECRET, &peer.url)), out, error)).expect("a client"));
    let address = client as usize;
    let waiting = std::thread::spawn(move || {
        let client = address as *mut mct_client;
        made(|out, error| unsafe { mct_publish_token_read(client, 5, out, error) }).map(|_| ()).expect_err("a failure").status
    });
    peer.arrived.recv().expect("the request arrived");
    // SAFETY: made above, freed once.
    mct_client_free(Some(unsafe { Box::from_raw(client) }));
    assert_eq!(waiting.join().expect("the call ended"), MCT_ERR_CANCELLED);
}

#[test]
fn calls_share_a_bounded_number_of_connections_and_wait_in_line_for_one() {
    let peer = Peer::new(vec![Act::Answer(success(TOKEN))]);
    let mut config = config(SECRET, &peer.url);
    status(|error| mct_client_config_set_max_connections(Some(&mut config), 2, error)).expect("a setting");
    let client = Client::of(&config);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..20).for_each(|_| drop(client.read_publish(5).expect("a token"))));
        }
    });
    assert_eq!(peer.requests().len(), 160);
    assert!(peer.connection_count() <= 2, "{} connections", peer.connection_count());
}

static NESTED: AtomicI32 = AtomicI32::new(-1);

#[test]
fn a_log_callback_may_call_the_library_even_over_a_single_connection() {
    unsafe extern "C" fn call_back(user: *mut c_void, _: mct_log_level, _: *const c_char) {
        // SAFETY: `user` is the place of the client's handle, alive during the test.
        let client = unsafe { *user.cast::<*mut mct_client>() };
        if !client.is_null() && NESTED.compare_exchange(-1, -2, Ordering::SeqCst, Ordering::SeqCst).is_ok() {
            NESTED.store(unsafe { mct_publish_token_delete(client, 5, None) }, Ordering::SeqCst);
        }
    }
    let peer = Peer::new(vec![Act::Answer(success(TOKEN))]);
    let mut config = config(SECRET, &peer.url);
    let mut place: *mut mct_client = std::ptr::null_mut();
    let user = (&raw mut place).cast();
    status(|error| mct_client_config_set_max_connections(Some(&mut config), 1, error)).expect("a setting");
    status(|error| unsafe { mct_client_config_set_log(Some(&mut config), MCT_LOG_TRACE, Some(call_back), user, None, error) })
        .expect("a log");
    let client = Client::of(&config);
    // SAFETY: the callback reads the place; nothing is in flight yet.
    unsafe { user.cast::<*mut mct_client>().write(client.raw()) };
    client.read_publish(5).expect("a token");
    assert_eq!(NESTED.load(Ordering::SeqCst), MCT_OK);
}

#[test]
fn a_retry_without_a_turn_left_ends_with_what_the_attempt_before_it_told() {
    for (first, expected) in [
        (Act::Close, (MCT_ERR_CONNECT, MCT_OUTCOME_UNKNOWN)),
        (Act::Answer(answer("429 Later", "Retry-After: 0\r\n", "")), (MCT_ERR_RATE_LIMITED, MCT_OUTCOME_REJECTED)),
    ] {
        let peer = Peer::new(vec![first]);
        let mut config = config(SECRET, &peer.url);
        status(|error| mct_client_config_set_requests_per_second(Some(&mut config), 1, error)).expect("a setting");
        status(|error| mct_client_config_set_timeout_ms(Some(&mut config), 900, error)).expect("a setting");
        let failure = Client::of(&config).delete_publish(5).expect_err("a failure");
        assert_eq!((failure.status, failure.outcome), expected, "{failure:?}");
        assert_eq!(peer.requests().len(), 1);
    }
}

#[test]
fn a_delete_that_was_not_done_the_second_time_may_have_been_done_the_first() {
    let peer = Peer::new(vec![Act::Close, Act::Answer(success("false"))]);
    let failure = Client::new(&peer.url).delete_publish(5).expect_err("a failure");
    assert_eq!((failure.status, failure.outcome), (MCT_ERR_REJECTED, MCT_OUTCOME_UNKNOWN), "{failure:?}");
    let peer = Peer::new(vec![Act::Answer(success("false"))]);
    let failure = Client::new(&peer.url).delete_publish(5).expect_err("a failure");
    assert_eq!((failure.status, failure.outcome), (MCT_ERR_REJECTED, MCT_OUTCOME_REJECTED), "{failure:?}");
}

#[test]
fn an_answer_that_says_both_that_it_was_done_and_that_it_was_not_is_of_unknown_outcome() {
    let both = answer("429 Later", "Retry-After: 0\r\n", &format!(r#"{{"status":"success","data":{TOKEN}}}"#));
    let peer = Peer::new(vec![Act::Answer(both)]);
    let failure = create_fails(&Client::new(&peer.url));
    assert_eq!((failure.status, failure.outcome), (MCT_ERR_RATE_LIMITED, MCT_OUTCOME_UNKNOWN), "{failure:?}");
    assert_eq!(peer.requests().len(), 1, "and so it is not sent again");
}

#[test]
fn a_connection_that_was_idle_for_too_long_is_used_no_more() {
    let connections_with = |idle_ms: u32| {
        let peer = Peer::new(vec![Act::Answer(success(TOKEN))]);
        let mut config = config(SECRET, &peer.url);
        status(|error| mct_client_config_set_idle_timeout_ms(Some(&mut config), idle_ms, error)).expect("a setting");
        let client = Client::of(&config);
        client.read_publish(5).expect("a token");
        // It is time that has to pass.
        std::thread::sleep(Duration::from_millis(20));
        client.read_publish(5).expect("a token");
        peer.connection_count()
    };
    assert_eq!((connections_with(1), connections_with(u32::MAX)), (2, 1));
}

#[test]
fn requests_are_spread_when_asked() {
    let peer = Peer::new(vec![Act::Answer(success(TOKEN))]);
    let mut config = config(SECRET, &peer.url);
    status(|error| mct_client_config_set_requests_per_second(Some(&mut config), 50, error)).expect("a setting");
    let client = Client::of(&config);
    let started = Instant::now();
    for _ in 0..6 {
        client.read_publish(5).expect("a token");
    }
    assert!(started.elapsed() >= Duration::from_millis(100), "five gaps of 20 ms");
}

#[test]
fn a_panic_inside_becomes_a_status_and_the_host_lives_on() {
    panic_next_call();
    let mut out = std::ptr::null_mut();
    let failure = status(|error| unsafe { mct_client_config_new(c(SECRET).as_ptr(), Some(&mut out), error) }).expect_err("a failure");
    assert_eq!((failure.status, out.is_null()), (MCT_ERR_PANIC, true));
    panic_next_call();
    assert_eq!(mct_publish_token_id(None), 0);
    panic_next_call();
    mct_client_config_free(None);
    let client = Client::hasty(&unused_url(), 1000);
    panic_next_call();
    assert_eq!(status(|error| unsafe { mct_publish_token_delete(client.raw(), 5, error) }).expect_err("a failure").status, MCT_ERR_PANIC);
    assert_eq!(create_fails(&client).status, MCT_ERR_CONNECT, "and works on");
}

#[test]
fn an_error_holds_no_token_string_whatever_the_server_sends_along() {
    let token = r#"{"status":"success","data":{"id":5,"token":"T0KEN5TRING","srtPassphrase":"T0KEN5TRING"}}"#;
    let refusal = r#"{"status":"fail","data":{"label":"odd","token":"T0KEN5TRING","restream":[{"key":"T0KEN5TRING"}]}}"#;
    for (status, body) in ["302 Found", "400 Bad", "403 No", "404 No", "429 Later", "500 Error"]
        .iter()
        .flat_map(|status| [(status, token), (status, refusal)])
    {
        let peer = Peer::new(vec![Act::Answer(answer(status, "", body))]);
        let failure = client_without_retries(&peer).read_publish(5).map(|_| ()).expect_err("a failure");
        assert!(!format!("{failure:?}").contains("T0KEN5TRING"), "{status}: {failure:?}");
    }
}

#[test]
fn a_secret_that_a_server_echoes_in_escapes_is_found_all_the_same() {
    let secret = "a+b/c&d";
    for escaped in [r"a\u002Bb/c\u0026d", r"a+b\/c&d", r"\u0061+b\/c\u0026d"] {
        let body = format!(r#"{{"status":"fail","data":{{"message":"Bearer {escaped}","list":["{escaped}"]}}}}"#);
        let peer = Peer::new(vec![Act::Answer(answer("400 Bad Request", "", &body))]);
        let failure = create_fails(&Client::of(&config(secret, &peer.url)));
        let details = failure.details.expect("the API's JSON");
        assert!(!details.contains(escaped) && !failure.message.contains(secret), "{details}");
        let read: serde_json::Value = serde_json::from_str(&details).expect("JSON");
        assert_eq!(read["data"]["message"], "Bearer [redacted]");
    }
}

fn client_without_retries(peer: &Peer) -> Client {
    Client::hasty(&peer.url, 5000)
}

#[test]
fn what_an_earlier_attempt_may_have_done_is_not_forgotten() {
    let later = Act::Answer(answer("429 Later", "Retry-After: 3600\r\n", ""));
    let gone = Act::Answer(answer("400 Bad Request", "", r#"{"status":"fail","data":{"tokenId":"No publish token with id: 5"}}"#));
    let put_off = Act::Answer(answer("429 Later", "Retry-After: 0\r\n", ""));
    let peer = Peer::new(vec![Act::Close, later]);
    let failure = Client::new(&peer.url).delete_publish(5).expect_err("a failure");
    assert_eq!((failure.status, failure.outcome), (MCT_ERR_RATE_LIMITED, MCT_OUTCOME_UNKNOWN), "the first may have deleted");
    let peer = Peer::new(vec![put_off, gone]);
    let failure = Client::new(&peer.url).delete_publish(5).expect_err("a failure");
    assert_eq!((failure.status, failure.outcome), (MCT_ERR_NOT_FOUND, MCT_OUTCOME_REJECTED), "nobody deleted it");
}

#[test]
fn a_created_token_that_can_not_be_read_whole_is_named_by_its_id() {
    for odd in [r#"{"id":77,"bindIpsOnUsage":-1}"#, r#"{"id":77,"streams":5}"#, r#"{"id":77,"label":["x"]}"#] {
        let peer = Peer::new(vec![Act::Answer(success(odd))]);
        let failure = create_fails(&Client::new(&peer.url));
        assert_eq!((failure.status, failure.outcome), (MCT_ERR_PROTOCOL, MCT_OUTCOME_UNKNOWN));
        assert!(failure.message.contains("token 77"), "{}", failure.message);
    }
}

#[test]
fn a_cancel_that_is_taken_back_at_once_still_ends_the_calls_in_flight() {
    let peer = Peer::new(vec![Act::Silence]);
    let client = Client::new(&peer.url);
    for _ in 0..20 {
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| create_fails(&client));
            peer.arrived.recv().expect("the request arrived");
            unsafe { mct_client_cancel(client.raw()) };
            unsafe { mct_client_resume(client.raw()) };
            assert_eq!(waiting.join().expect("the call ended").status, MCT_ERR_CANCELLED);
        });
    }
}

#[test]
fn a_server_that_lies_about_its_length_costs_neither_memory_nor_time() {
    let peer = Peer::new(vec![Act::AnswerAndClose("HTTP/1.1 200 OK\r\nContent-Length: 4294967290\r\n\r\n{".to_owned())]);
    let mut config = config(SECRET, &peer.url);
    status(|error| mct_client_config_set_max_answer_bytes(Some(&mut config), u32::MAX, error)).expect("a setting");
    status(|error| mct_client_config_set_max_retries(Some(&mut config), 0, error)).expect("a setting");
    let failure = Client::of(&config).read_publish(5).map(|_| ()).expect_err("a failure");
    assert_eq!((failure.status, failure.http_status), (MCT_ERR_CONNECT, 200));
}

#[test]
fn broken_chunks_are_a_protocol_error() {
    for chunks in ["ZZZ\r\n{}\r\n0\r\n\r\n", "ffffffffffffffffff\r\n{}"] {
        let peer = Peer::new(vec![Act::AnswerAndClose(format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}"))]);
        let failure = client_without_retries(&peer).read_publish(5).map(|_| ()).expect_err("a failure");
        assert_eq!((failure.status, failure.http_status), (MCT_ERR_PROTOCOL, 200), "{chunks}: {failure:?}");
    }
}

#[test]
fn a_proxy_elsewhere_does_not_get_to_read_the_secret() {
    let mut config = config(SECRET, "http://127.0.0.1:1");
    status(|error| unsafe { mct_client_config_set_proxy(Some(&mut config), c("http://192.0.2.1:3128").as_ptr(), error) }).expect("a proxy");
    let refused = made(|out, error| mct_client_new(Some(&config), out, error)).map(|_| ()).expect_err("a refusal");
    assert_eq!((refused.status, refused.field.as_deref()), (MCT_ERR_INVALID_ARGUMENT, Some("proxy")));
    for odd in ["http://127.0.0.1:1/path", "http://127.0.0.1:1/?q"] {
        let refused = status(|error| unsafe { mct_client_config_set_proxy(Some(&mut config), c(odd).as_ptr(), error) });
        assert_eq!(refused.expect_err("a refusal").field.as_deref(), Some("proxy"));
    }
}
