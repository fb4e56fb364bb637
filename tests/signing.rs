//! Self-signed tokens through the C interface, with no client: what is signed, and what is refused.
#![cfg(feature = "signing")]

mod support;
#[path = "support/signing.rs"]
mod tokens;

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use millicast_tokens::error::*;
use millicast_tokens::ffi::claims::*;
use millicast_tokens::ffi::jwt::*;
use millicast_tokens::ffi::signer::*;
use millicast_tokens::ffi::subscribe_token::*;
use ring::hmac;
use serde_json::{Value, json};
use support::{Outcome, c, lent, made, status};
use tokens::{claims, sign, signer, verify_at};

const KEY: &str = "d2e166fdda89824a6c493d8a2af7a0754199eff9e38c579cba8783767a44039c";
/// The platform publishes this token; it was signed with KEY.
const PUBLISHED: &str = concat!(
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.",
    "eyJzdHJlYW1pbmciOnsidG9rZW5JZCI6MTIzNDUsInRva2VuVHlwZSI6IlN1YnNjcmliZSIsInN0cmVhbU5hbWUiOiJteVN0cmVhbU5hbWUiLCJ0cmFja2luZyI6eyJ0cmFja2luZ0lkIjoi",
    "Z3JvdXBBYmMifSwiY3VzdG9tVmlld2VyRGF0YSI6InVzZXI9dXNlcjEyMzthcHBWZXJzaW9uPXgueS54In0sImlhdCI6MTc1MDgxMzI3MSwiZXhwIjoxNzUwODEzODcxfQ.",
    "pP5Kg6fCJfTaCc_OaV1FV5votZjy8x1gfJ2F7tQXj7c"
);
const PUBLISHED_AT: i64 = 1_750_813_271;

fn part(jwt: &str, index: usize) -> Value {
    let bytes = URL_SAFE_NO_PAD.decode(jwt.split('.').nth(index).expect("a part")).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}

/// Another implementation of HMAC than the library's.
fn signed_by_ring(algorithm: hmac::Algorithm, key: &str, header: &str, payload: &str) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let tag = hmac::sign(&hmac::Key::new(algorithm, key.as_bytes()), message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag))
}

fn parent(fields: Value) -> Box<mct_signer> {
    let mut token = json!({"id": 7, "token": KEY, "isActive": true, "streams": [{"streamName": "cam", "isRegex": false}]});
    token.as_object_mut().expect("an object").extend(fields.as_object().expect("an object").clone());
    let token = made(|out, error| unsafe { mct_subscribe_token_from_json(c(&token.to_string()).as_ptr(), out, error) }).expect("a token");
    made(|out, error| mct_signer_from_token(Some(&token), MCT_HS256, out, error)).expect("a signer")
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs().try_into().expect("a time")
}

fn reason<T: std::fmt::Debug>(result: Outcome<T>) -> mct_reason {
    let failure = result.expect_err("a refusal");
    assert_eq!(failure.status, MCT_ERR_TOKEN_INVALID, "{failure:?}");
    failure.reason
}

#[test]
fn the_published_token_verifies_and_its_claims_are_read() {
    let jwt = verify_at(&signer(12345, KEY, MCT_HS256), PUBLISHED, PUBLISHED_AT, 0).expect("a good token");
    let (mut id, mut issued_at, mut expires_at) = (0, 0, 0);
    assert!(mct_jwt_token_id(Some(&jwt), Some(&mut id)) && id == 12345);
    assert!(mct_jwt_issued_at(Some(&jwt), Some(&mut issued_at)) && issued_at == PUBLISHED_AT);
    assert!(mct_jwt_expires_at(Some(&jwt), Some(&mut expires_at)) && expires_at == PUBLISHED_AT + 600);
    assert_eq!(lent(mct_jwt_stream_name(Some(&jwt))).as_deref(), Some("myStreamName"));
    assert_eq!(lent(mct_jwt_token_type(Some(&jwt))).as_deref(), Some("Subscribe"));
    assert_eq!(lent(mct_jwt_tracking_id(Some(&jwt))).as_deref(), Some("groupAbc"));
    assert_eq!(lent(mct_jwt_custom_viewer_data(Some(&jwt))).as_deref(), Some("user=user123;appVersion=x.y.x"));
    assert_eq!((mct_jwt_allowed_origin_count(Some(&jwt)), mct_jwt_allowed_ip_address_count(Some(&jwt))), (0, 0));
    assert!(!mct_jwt_not_before(Some(&jwt), Some(&mut 0)));
}

#[test]
fn the_published_claims_sign_to_the_published_header_and_payload() {
    let mut claims = claims("myStreamName", 600);
    status(|error| unsafe { mct_claims_set_tracking_id(Some(&mut claims), c("groupAbc").as_ptr(), error) }).expect("a tracking id");
    status(|error| unsafe { mct_claims_set_custom_viewer_data(Some(&mut claims), c("user=user123;appVersion=x.y.x").as_ptr(), error) })
        .expect("viewer data");
    status(|error| mct_claims_set_issued_at(Some(&mut claims), PUBLISHED_AT, error)).expect("a time");
    let (jwt, expires_at) = sign(&signer(12345, KEY, MCT_HS256), &claims).expect("a token");
    assert_eq!(expires_at, PUBLISHED_AT + 600);
    assert_eq!((part(&jwt, 0), part(&jwt, 1)), (part(PUBLISHED, 0), part(PUBLISHED, 1)));
}

#[test]
fn keys_of_every_length_are_the_text_itself_whether_it_looks_like_hex_or_not() {
    let long = KEY.repeat(3);
    let upper = KEY.to_uppercase();
    let mut keys: Vec<&str> = [1, 32, 63, 64, 65, 127, 128, 129].iter().map(|length| &long[..*length]).collect();
    keys.extend([upper.as_str(), "kľúč", "not hex"]);
    for key in keys {
        for (number, algorithm, name) in
            [(MCT_HS256, hmac::HMAC_SHA256, "HS256"), (MCT_HS384, hmac::HMAC_SHA384, "HS384"), (MCT_HS512, hmac::HMAC_SHA512, "HS512")]
        {
            let signer = signer(9, key, number);
            let (jwt, _) = sign(&signer, &claims("cam", 60)).expect("a token");
            let (message, signature) = jwt.rsplit_once('.').expect("a signature");
            let tag = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
            hmac::verify(&hmac::Key::new(algorithm, key.as_bytes()), message.as_bytes(), &tag).expect("the other implementation agrees");
            assert_eq!(part(&jwt, 0), json!({"alg": name, "typ": "JWT"}));
            verify_at(&signer, &jwt, now(), 0).expect("a good token");
        }
    }
}

#[test]
fn names_with_any_character_survive_and_the_payload_is_plain_json() {
    let signer = signer(9, KEY, MCT_HS256);
    for name in [
        "Zoë 東京 🎥",
        "quote\" back\\slash",
        "control\u{1}\u{1f}\n\t\u{7f}",
        "line\u{2028}para\u{2029}",
        "<script>",
        "a/b?c#d%20",
        "\u{10ffff}",
    ] {
        let (jwt, _) = sign(&signer, &claims(name, 60)).expect("a token");
        assert_eq!(part(&jwt, 1)["streaming"]["streamName"], name);
        let read = verify_at(&signer, &jwt, now(), 0).expect("a good token");
        assert_eq!(lent(mct_jwt_stream_name(Some(&read))).as_deref(), Some(name));
    }
}

#[test]
fn what_is_not_set_is_left_out_of_the_token() {
    let (jwt, expires_at) = sign(&signer(9, KEY, MCT_HS256), &claims("cam", 60)).expect("a token");
    let payload = part(&jwt, 1);
    assert_eq!(payload["streaming"], json!({"tokenId": 9, "tokenType": "Subscribe", "streamName": "cam"}));
    assert_eq!(payload.as_object().expect("an object").len(), 3);
    assert_eq!(payload["exp"], expires_at);
    assert!((payload["iat"].as_i64().expect("a number") - now()).abs() <= 2);
}

#[test]
fn every_claim_is_written_where_the_platform_reads_it() {
    let mut claims = claims("cam", 60);
    type Setter = unsafe extern "C" fn(
        Option<&mut mct_claims>,
        *const std::ffi::c_char,
        Option<&mut *mut millicast_tokens::ffi::error::mct_error>,
    ) -> i32;
    let setters: [(Setter, &str); 6] = [
        (mct_claims_set_tracking_id, "t"),
        (mct_claims_set_custom_viewer_data, "v"),
        (mct_claims_set_origin_cluster, "auto"),
        (mct_claims_add_allowed_origin, "*.example.com"),
        (mct_claims_add_allowed_ip_address, "192.0.2.0/24"),
        (mct_claims_add_allowed_ip_address, "2001:db8::1"),
    ];
    for (set, text) in setters {
        status(|error| unsafe { set(Some(&mut claims), c(text).as_ptr(), error) }).expect(text);
    }
    let (jwt, _) = sign(&signer(9, KEY, MCT_HS256), &claims).expect("a token");
    assert_eq!(
        part(&jwt, 1)["streaming"],
        json!({"tokenId": 9, "tokenType": "Subscribe", "streamName": "cam", "tracking": {"trackingId": "t"}, "customViewerData": "v",
            "originCluster": "auto", "allowedOrigins": ["*.example.com"], "allowedIpAddresses": ["192.0.2.0/24", "2001:db8::1"]})
    );
    let read = made(|out, error| unsafe { mct_jwt_parse(c(&jwt).as_ptr(), out, error) }).expect("a token");
    assert_eq!(lent(mct_jwt_allowed_ip_address(Some(&read), 1)).as_deref(), Some("2001:db8::1"));
    assert_eq!(lent(mct_jwt_allowed_origin(Some(&read), 0)).as_deref(), Some("*.example.com"));
    assert_eq!(lent(mct_jwt_origin_cluster(Some(&read))).as_deref(), Some("auto"));
}

#[test]
fn a_stream_a_lifetime_and_a_key_are_needed_and_the_error_names_them() {
    let refused = |stream: &str, lifetime| {
        let failure =
            made(|out, error| unsafe { mct_claims_new(c(stream).as_ptr(), lifetime, out, error) }).map(|_| ()).expect_err("a refusal");
        assert_eq!(failure.status, MCT_ERR_INVALID_ARGUMENT);
        failure.field
    };
    assert_eq!(refused("", 60).as_deref(), Some("streamName"));
    assert_eq!(refused(&"x".repeat(129), 60).as_deref(), Some("streamName"));
    assert_eq!(refused("cam*", 60).as_deref(), Some("streamName"));
    assert_eq!(refused("cam", 0).as_deref(), Some("lifetime_seconds"));
    let no_key = made(|out, error| unsafe { mct_signer_new(1, c("").as_ptr(), MCT_HS256, out, error) }).expect_err("a refusal");
    assert_eq!(no_key.field.as_deref(), Some("token"));
    let no_algorithm = made(|out, error| unsafe { mct_signer_new(1, c(KEY).as_ptr(), 257, out, error) }).expect_err("a refusal");
    assert_eq!((no_algorithm.status, no_algorithm.field.as_deref()), (MCT_ERR_INVALID_ARGUMENT, Some("algorithm")));
}

#[test]
fn a_value_at_its_limit_is_signed_and_one_past_it_is_refused() {
    let mut claims = claims(&"x".repeat(128), u32::MAX);
    let mut set = |text: &str| status(|error| unsafe { mct_claims_set_custom_viewer_data(Some(&mut claims), c(text).as_ptr(), error) });
    assert!(set(&"v".repeat(1024)).is_ok() && set(&"🎥".repeat(512)).is_ok());
    assert_eq!(set(&"v".repeat(1025)).expect_err("too long").field.as_deref(), Some("customViewerData"));
    let mut set = |text: &str| status(|error| unsafe { mct_claims_set_tracking_id(Some(&mut claims), c(text).as_ptr(), error) });
    assert!(set(&"t".repeat(128)).is_ok());
    assert_eq!(set(&"t".repeat(129)).expect_err("too long").field.as_deref(), Some("trackingId"));
    assert_eq!(set("").expect_err("empty").field.as_deref(), Some("trackingId"));
    let (jwt, _) = sign(&signer(u64::MAX, KEY, MCT_HS512), &claims).expect("a token");
    assert_eq!(part(&jwt, 1)["streaming"]["tokenId"], u64::MAX);
}

#[test]
fn milliseconds_taken_for_seconds_are_refused() {
    let mut claims = claims("cam", 60);
    let failure = status(|error| mct_claims_set_issued_at(Some(&mut claims), 1_750_813_871_000, error)).expect_err("a refusal");
    assert_eq!(failure.field.as_deref(), Some("iat"));
    status(|error| mct_claims_set_issued_at(Some(&mut claims), 253_402_300_799, error)).expect("the last second");
    assert_eq!(sign(&signer(1, KEY, MCT_HS256), &claims).expect_err("a refusal").field.as_deref(), Some("exp"));
}

#[test]
fn a_token_is_signed_anew_each_time_and_tells_its_end() {
    let signer = signer(9, KEY, MCT_HS256);
    let mut claims = claims("cam", 10);
    let first = sign(&signer, &claims).expect("a token");
    status(|error| mct_claims_set_issued_at(Some(&mut claims), first.1 + 1, error)).expect("a time");
    let second = sign(&signer, &claims).expect("a token");
    assert_eq!(second.1, first.1 + 11);
    assert_eq!(reason(verify_at(&signer, &first.0, first.1 + 1, 0)), MCT_REASON_EXPIRED);
    verify_at(&signer, &second.0, first.1 + 1, 0).expect("the fresh one is good");
}

#[test]
fn sign_into_writes_into_exactly_enough_memory_and_nothing_into_less() {
    let signer = signer(9, KEY, MCT_HS256);
    let mut claims = claims("cam", 10);
    status(|error| mct_claims_set_issued_at(Some(&mut claims), 1000, error)).expect("a time");
    let (expected, _) = sign(&signer, &claims).expect("a token");
    let into = |buffer: &mut [u8]| {
        let (mut length, mut expires_at) = (0, 0);
        let result = status(|error| unsafe {
            mct_signer_sign_into(
                Some(&signer),
                Some(&claims),
                buffer.as_mut_ptr().cast(),
                buffer.len(),
                Some(&mut length),
                Some(&mut expires_at),
                error,
            )
        });
        (result.map_err(|failure| failure.status), length, expires_at)
    };
    let mut exact = vec![0x55; expected.len() + 1];
    assert_eq!(into(&mut exact), (Ok(()), expected.len(), 1010));
    assert_eq!(exact, [expected.as_bytes(), b"\0"].concat());
    for capacity in [0, 1, expected.len()] {
        let mut small = vec![0x55; capacity];
        assert_eq!(into(&mut small), (Err(MCT_ERR_BUFFER_TOO_SMALL), expected.len(), 0));
        assert!(small.iter().all(|byte| *byte == 0x55), "nothing was written");
    }
}

#[test]
fn verify_tells_each_reason_apart() {
    let signer = signer(9, KEY, MCT_HS256);
    let header = r#"{"alg":"HS256","typ":"JWT"}"#;
    let streaming = r#""streaming":{"tokenId":9,"tokenType":"Subscribe","streamName":"cam"}"#;
    let with = |header: &str, payload: &str| signed_by_ring(hmac::HMAC_SHA256, KEY, header, payload);
    let good = with(header, &format!(r#"{{{streaming},"exp":100}}"#));
    let check = |jwt: &str| reason(verify_at(&signer, jwt, 50, 0).map(|_| ()));
    verify_at(&signer, &good, 99, 0).expect("good until its end");
    assert_eq!(reason(verify_at(&signer, &good, 100, 0)), MCT_REASON_EXPIRED);
    verify_at(&signer, &good, 104, 5).expect("good within the leeway");
    assert_eq!(reason(verify_at(&signer, &good, 105, 5)), MCT_REASON_EXPIRED);
    let (message, _) = good.rsplit_once('.').expect("a signature");
    assert_eq!(check(&format!("{message}.{}", "A".repeat(43))), MCT_REASON_SIGNATURE);
    assert_eq!(check(&format!("{message}.")), MCT_REASON_SIGNATURE);
    assert_eq!(check(&signed_by_ring(hmac::HMAC_SHA256, "other", header, r#"{"exp":100}"#)), MCT_REASON_SIGNATURE);
    let payload = |claims: &str| with(header, &format!("{{{claims}}}"));
    assert_eq!(check(&payload(&format!(r#"{streaming},"exp":100,"nbf":51"#))), MCT_REASON_NOT_YET_VALID);
    assert_eq!(
        check(&payload(r#""streaming":{"tokenId":8,"tokenType":"Subscribe","streamName":"cam"},"exp":100"#)),
        MCT_REASON_PARENT_TOKEN_ID
    );
    assert_eq!(check(&payload(r#""streaming":{"tokenId":9,"tokenType":"Publish","streamName":"cam"},"exp":100"#)), MCT_REASON_TOKEN_TYPE);
    assert_eq!(check(&payload(r#""streaming":{"tokenId":9,"tokenType":"Subscribe"},"exp":100"#)), MCT_REASON_CLAIM);
    assert_eq!(check(&payload(r#""streaming":{"tokenId":9,"tokenType":"Subscribe","streamName":"c*"},"exp":100"#)), MCT_REASON_CLAIM);
    assert_eq!(check(&payload(streaming)), MCT_REASON_CLAIM, "no exp");
    assert_eq!(check(&payload(&format!(r#"{streaming},"exp":1750813871000"#))), MCT_REASON_CLAIM, "milliseconds");
}

#[test]
fn every_odd_end_is_expired_or_malformed_and_never_taken() {
    let signer = signer(9, KEY, MCT_HS256);
    for (exp, expected) in [
        ("1", MCT_REASON_EXPIRED),
        ("-1", MCT_REASON_EXPIRED),
        ("-9223372036854775808", MCT_REASON_EXPIRED),
        ("1.5", MCT_REASON_MALFORMED),
        ("1e400", MCT_REASON_MALFORMED),
        ("1e3", MCT_REASON_MALFORMED),
        ("9223372036854775808", MCT_REASON_MALFORMED),
        ("\"1750813871\"", MCT_REASON_MALFORMED),
        ("null", MCT_REASON_CLAIM),
        ("true", MCT_REASON_MALFORMED),
    ] {
        let payload = format!(r#"{{"streaming":{{"tokenId":9,"tokenType":"Subscribe","streamName":"cam"}},"exp":{exp}}}"#);
        let jwt = signed_by_ring(hmac::HMAC_SHA256, KEY, r#"{"alg":"HS256","typ":"JWT"}"#, &payload);
        assert_eq!(reason(verify_at(&signer, &jwt, 50, 0)), expected, "{exp}");
    }
}

#[test]
fn other_algorithms_and_a_switch_of_algorithms_are_refused() {
    let signer = signer(9, KEY, MCT_HS256);
    let payload = r#"{"streaming":{"tokenId":9,"tokenType":"Subscribe","streamName":"cam"},"exp":100}"#;
    for alg in ["none", "None", "RS256", "ES256", "hs256", "HS257", ""] {
        let jwt = signed_by_ring(hmac::HMAC_SHA256, KEY, &json!({"alg": alg, "typ": "JWT"}).to_string(), payload);
        assert_eq!(reason(verify_at(&signer, &jwt, 50, 0)), MCT_REASON_ALGORITHM, "{alg}");
    }
    let switched = signed_by_ring(hmac::HMAC_SHA512, KEY, r#"{"alg":"HS512","typ":"JWT"}"#, payload);
    assert_eq!(reason(verify_at(&signer, &switched, 50, 0)), MCT_REASON_ALGORITHM);
    verify_at(&self::signer(9, KEY, MCT_HS512), &switched, 50, 0).expect("good for a signer of its algorithm");
}

#[test]
fn what_two_readers_could_read_differently_is_malformed() {
    let signer = signer(9, KEY, MCT_HS256);
    let header = r#"{"alg":"HS256","typ":"JWT"}"#;
    let payload = r#"{"streaming":{"tokenId":9,"tokenType":"Subscribe","streamName":"cam"},"exp":100}"#;
    let with = |header: &str, payload: &str| signed_by_ring(hmac::HMAC_SHA256, KEY, header, payload);
    let good = with(header, payload);
    let mut parts = good.split('.');
    let (h, p, s) = (parts.next().expect("h"), parts.next().expect("p"), parts.next().expect("s"));
    // The last character of a 32-byte signature carries two bits that mean nothing.
    let (head, last) = s.split_at(s.len() - 1);
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let place = alphabet.find(last).expect("in the alphabet");
    let twin = &alphabet[place + 1..place + 2];
    let odd = [
        String::new(),
        "..".to_owned(),
        format!("{h}.{p}"),
        format!("{good}."),
        format!("{good}="),
        format!("{h}=.{p}.{s}"),
        format!(" {good}"),
        format!("{good}\n"),
        format!("{h}.{p}.{head}{twin}"),
        format!("{h}.{p}.{}", s.replace(['-', '_'], "+")) + "+",
        with(header, r#"{"streaming":{"tokenId":9,"tokenType":"Subscribe","streamName":"cam"},"exp":100,"exp":200}"#),
        with(header, r#"{"streaming":{"tokenId":9,"tokenId":9,"tokenType":"Subscribe","streamName":"cam"},"exp":100}"#),
        with(header, r#"{"streaming":{"tokenId":9,"tokenType":"Subscribe","streamName":"cam"},"exp":100,"x":[{"y":1,"y":2}]}"#),
        with(r#"{"alg":"HS256","alg":"HS256","typ":"JWT"}"#, payload),
        with(header, "[]"),
        with(header, "{"),
        with(header, &format!("{payload} x")),
        with(header, r#"{"streaming":{"tokenId":9,"tokenType":"Subscribe","streamName":"\ud800"},"exp":100}"#),
        with(header, r#"{"streaming":{"tokenId":-9,"tokenType":"Subscribe","streamName":"cam"},"exp":100}"#),
        with(header, &"[".repeat(40_000)),
        with(header, r#"[{"tokenId":9,"tokenType":"Subscribe","streamName":"cam"},null,null,100]"#),
        with(header, r#"{"streaming":[9,"Subscribe","cam",[],[],{},null,null],"exp":100}"#),
        with(header, r#"{"streaming":{"tokenId":9,"tokenType":"Subscribe","streamName":"cam","tracking":["x"]},"exp":100}"#),
        with(header, &payload.replace("}", r#","x":"\ud800"}"#)),
        with(header, &payload.replace("100}", r#"100,"x":1e999}"#)),
        with(r#"{"alg":"HS256","typ":"JWT","crit":["exp"]}"#, payload),
        with(r#"{"alg":"HS256"}"#, payload),
        with(r#"{"alg":"HS256","typ":null}"#, payload),
        with(r#"{"alg":"HS256","typ":"at+jwt"}"#, payload),
        "A".repeat(10 << 20),
    ];
    for jwt in &odd {
        assert_eq!(reason(verify_at(&signer, jwt, 50, 0)), MCT_REASON_MALFORMED, "{}", &jwt[..jwt.len().min(200)]);
    }
}

#[test]
fn null_claims_and_empty_lists_are_taken_as_absent() {
    let payload = r#"{"streaming":{"tokenId":9,"tokenType":"Subscribe","streamName":"cam","allowedOrigins":[],"allowedIpAddresses":null,
        "tracking":null,"customViewerData":null,"originCluster":null},"iat":null,"nbf":null,"exp":100,"unknown":{"a":[1]}}"#;
    let jwt = signed_by_ring(hmac::HMAC_SHA256, KEY, r#"{"alg":"HS256","typ":"JWT"}"#, payload);
    let read = verify_at(&signer(9, KEY, MCT_HS256), &jwt, 50, 0).expect("a good token");
    assert_eq!(lent(mct_jwt_tracking_id(Some(&read))), None);
    assert!(lent(mct_jwt_json(Some(&read))).expect("the payload").contains("unknown"));
}

#[test]
fn a_parent_that_can_not_carry_the_token_is_told_before_signing() {
    let cam = claims("cam", 60);
    let mut tracked = claims("cam", 60);
    status(|error| unsafe { mct_claims_set_tracking_id(Some(&mut tracked), c("group").as_ptr(), error) }).expect("a tracking id");
    let mut clustered = claims("cam", 60);
    status(|error| unsafe { mct_claims_set_origin_cluster(Some(&mut clustered), c("phx-1").as_ptr(), error) }).expect("a cluster");
    let future = |seconds: i64| {
        let then = time::OffsetDateTime::from_unix_timestamp(now() + seconds).expect("a time");
        format!(
            "{}-{:02}-{:02}T{:02}:{:02}:{:02}.1234567Z",
            then.year(),
            u8::from(then.month()),
            then.day(),
            then.hour(),
            then.minute(),
            then.second()
        )
    };
    let verdict = |fields: Value, claims: &mct_claims| match sign(&parent(fields), claims) {
        Ok(_) => MCT_REASON_NONE,
        Err(failure) => {
            assert_eq!(failure.status, MCT_ERR_TOKEN_INVALID);
            assert!(failure.field.is_some(), "{failure:?}");
            failure.reason
        }
    };
    for (fields, claims, expected) in [
        (json!({}), &cam, MCT_REASON_NONE),
        (json!({"isActive": false}), &cam, MCT_REASON_PARENT_INACTIVE),
        (json!({"isActive": null}), &cam, MCT_REASON_NONE),
        (json!({"expiresOn": future(3600)}), &cam, MCT_REASON_NONE),
        (json!({"expiresOn": future(-1)}), &cam, MCT_REASON_PARENT_EXPIRED),
        (json!({"expiresOn": future(30)}), &cam, MCT_REASON_PARENT_LIFETIME),
        (json!({"expiresOn": "some day"}), &cam, MCT_REASON_PARENT_EXPIRED),
        (json!({"streams": []}), &cam, MCT_REASON_PARENT_STREAM),
        (json!({"streams": [{"streamName": "Cam"}]}), &cam, MCT_REASON_PARENT_STREAM),
        (json!({"streams": [{"streamName": "ca", "isRegex": true}]}), &cam, MCT_REASON_PARENT_STREAM),
        (json!({"streams": [{"streamName": "c.*", "isRegex": false}]}), &cam, MCT_REASON_PARENT_STREAM),
        (json!({"streams": [{"streamName": "c.*", "isRegex": true}]}), &cam, MCT_REASON_NONE),
        (json!({"streams": [{"streamName": ".*"}]}), &cam, MCT_REASON_NONE),
        (json!({"streams": [{"streamName": "(?=cam)cam", "isRegex": true}]}), &cam, MCT_REASON_PARENT_PATTERN),
        (json!({"streams": [{"streamName": "(?=x)", "isRegex": true}, {"streamName": "cam"}]}), &cam, MCT_REASON_NONE),
        (json!({"tracking": {"trackingId": "group"}}), &cam, MCT_REASON_PARENT_TRACKING_ID),
        (json!({"tracking": {"trackingId": "other"}}), &tracked, MCT_REASON_PARENT_TRACKING_ID),
        (json!({"tracking": {"trackingId": "group"}}), &tracked, MCT_REASON_NONE),
        (json!({"tracking": {"trackingId": ""}}), &tracked, MCT_REASON_NONE),
        (json!({}), &tracked, MCT_REASON_NONE),
        (json!({"originCluster": "auto"}), &clustered, MCT_REASON_NONE),
        (json!({"originCluster": "phx-1"}), &clustered, MCT_REASON_NONE),
        (json!({"originCluster": "fra-1"}), &clustered, MCT_REASON_PARENT_ORIGIN_CLUSTER),
        (json!({"originCluster": ""}), &clustered, MCT_REASON_PARENT_ORIGIN_CLUSTER),
        (json!({}), &clustered, MCT_REASON_PARENT_ORIGIN_CLUSTER),
    ] {
        assert_eq!(verdict(fields.clone(), claims), expected, "{fields}");
    }
}

#[test]
fn a_nul_is_no_replacement_character_where_it_decides() {
    let signer = parent(json!({"streams": [{"streamName": "cam\u{fffd}"}]}));
    let payload = json!({"streaming": {"tokenId": 7, "tokenType": "Subscribe", "streamName": "cam\0"}, "exp": 100});
    let jwt = signed_by_ring(hmac::HMAC_SHA256, KEY, r#"{"alg":"HS256","typ":"JWT"}"#, &payload.to_string());
    assert_eq!(reason(verify_at(&signer, &jwt, 50, 0)), MCT_REASON_PARENT_STREAM);
    let odd_key = parent(json!({"token": "a\0b"}));
    let (jwt, _) = sign(&odd_key, &claims("cam", 60)).expect("a token");
    let (message, signature) = jwt.rsplit_once('.').expect("a signature");
    let tag = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, b"a\0b"), message.as_bytes(), &tag).expect("the key is what was sent");
}

#[test]
fn a_token_is_cut_to_its_parents_end_only_when_asked() {
    let signer = parent(json!({"expiresOn": "2100-01-01T00:00:00Z"}));
    let end = 4_102_444_800;
    let mut claims = claims("cam", 100);
    status(|error| mct_claims_set_issued_at(Some(&mut claims), end - 50, error)).expect("a time");
    assert_eq!(reason(sign(&signer, &claims)), MCT_REASON_PARENT_LIFETIME);
    status(|error| mct_claims_set_cut_to_parent(Some(&mut claims), true, error)).expect("a setting");
    assert_eq!(sign(&signer, &claims).expect("a token").1, end);
    for begins_too_late in [end, end + 1000] {
        status(|error| mct_claims_set_issued_at(Some(&mut claims), begins_too_late, error)).expect("a time");
        assert_eq!(reason(sign(&signer, &claims)), MCT_REASON_PARENT_LIFETIME);
    }
}

#[test]
fn a_pattern_that_can_not_be_checked_is_signed_for_only_when_asked() {
    let signer = parent(json!({"streams": [{"streamName": "(?!x)cam", "isRegex": true}]}));
    let mut claims = claims("cam", 100);
    assert_eq!(reason(sign(&signer, &claims)), MCT_REASON_PARENT_PATTERN);
    status(|error| mct_claims_set_unchecked_stream(Some(&mut claims), true, error)).expect("a setting");
    sign(&signer, &claims).expect("a token");
}

#[test]
fn verify_knows_the_parents_rules_too() {
    let plain = signer(7, KEY, MCT_HS256);
    let (jwt, _) = sign(&plain, &claims("elsewhere", 60)).expect("a token");
    verify_at(&plain, &jwt, now(), 0).expect("good as far as this signer knows");
    assert_eq!(reason(verify_at(&parent(json!({})), &jwt, now(), 0)), MCT_REASON_PARENT_STREAM);
}

#[test]
fn a_verdict_can_be_had_without_the_token() {
    let signer = signer(9, KEY, MCT_HS256);
    let (jwt, _) = sign(&signer, &claims("cam", 60)).expect("a token");
    status(|error| unsafe { mct_signer_verify(Some(&signer), c(&jwt).as_ptr(), None, None, error) }).expect("a good token");
}

#[test]
fn no_message_and_no_debug_output_shows_the_key() {
    let signer = parent(json!({"isActive": false}));
    assert!(!sign(&signer, &claims("cam", 60)).expect_err("a refusal").message.contains(KEY));
    assert!(!format!("{signer:?}").contains(KEY));
}

#[test]
fn sixteen_threads_share_one_signer() {
    let signer = signer(9, KEY, MCT_HS256);
    std::thread::scope(|scope| {
        for thread in 0..16 {
            let signer = &signer;
            scope.spawn(move || {
                let name = format!("cam{thread}");
                let claims = claims(&name, 60);
                for _ in 0..200 {
                    let (jwt, _) = sign(signer, &claims).expect("a token");
                    let read = verify_at(signer, &jwt, now(), 0).expect("a good token");
                    assert_eq!(lent(mct_jwt_stream_name(Some(&read))).as_deref(), Some(name.as_str()));
                }
            });
        }
    });
}

#[test]
fn a_token_of_the_api_is_copied_whole_and_keeps_unknown_fields() {
    let json = format!(
        r#"{{"id":"4294967301","token":"{KEY}","label":"a\u0000b","novelty":{{"deep":[1,2]}},"addedOn":"2025-06-25T01:01:11.1234567Z"}}"#
    );
    let token = made(|out, error| unsafe { mct_subscribe_token_from_json(c(&json).as_ptr(), out, error) }).expect("a token");
    let copy = made(|out, error| mct_subscribe_token_copy(Some(&token), out, error)).expect("a copy");
    mct_subscribe_token_free(Some(token));
    assert_eq!(mct_subscribe_token_id(Some(&copy)), 4_294_967_301);
    assert_eq!(lent(mct_subscribe_token_json(Some(&copy))).as_deref(), Some(json.as_str()));
    assert_eq!(lent(mct_subscribe_token_label(Some(&copy))).as_deref(), Some("a\u{fffd}b"));
    assert_eq!(lent(mct_subscribe_token_value(Some(&copy))).as_deref(), Some(KEY));
    let mut added_on = 0;
    assert!(mct_subscribe_token_added_on(Some(&copy), Some(&mut added_on)) && added_on == 1_750_813_271);
    assert!(!mct_subscribe_token_expires_on(Some(&copy), Some(&mut added_on)) && added_on == 1_750_813_271);
}

#[test]
fn json_that_is_no_token_is_refused_without_quoting_it() {
    for json in [
        "",
        "{}",
        "[]",
        "null",
        "5",
        "<html>",
        r#"{"id":"secret-text"}"#,
        r#"{"id":1,"label":{"secret":"secret-text"}}"#,
        r#"{"id":1,"id":2}"#,
    ] {
        let failure =
            made(|out, error| unsafe { mct_subscribe_token_from_json(c(json).as_ptr(), out, error) }).map(|_| ()).expect_err(json);
        assert_eq!(failure.status, MCT_ERR_INVALID_ARGUMENT, "{json}");
        assert!(!failure.message.contains("secret-text"), "{failure:?}");
    }
}
