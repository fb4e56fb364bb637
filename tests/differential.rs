//! Tokens against another implementation: jsonwebtoken writes and reads the JSON, ring makes and checks the signatures.
#![cfg(feature = "signing")]

mod support;
#[path = "support/signing.rs"]
mod tokens;

use std::sync::Once;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fastrand::Rng;
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::signature::{Error as SignatureError, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use millicast_tokens::ffi::claims::*;
use millicast_tokens::ffi::jwt::*;
use millicast_tokens::ffi::signer::*;
use ring::hmac;
use serde::{Deserialize, Serialize};
use support::{lent, status};
use tokens::{claims, set, sign, signer, verify_at};

const CLAIM_SETS: u64 = 100_000;

/// HMAC by ring, for jsonwebtoken.
struct Ring(hmac::Key, Algorithm);

impl Ring {
    fn new(algorithm: Algorithm, key: &[u8]) -> Ring {
        let by = match algorithm {
            Algorithm::HS256 => hmac::HMAC_SHA256,
            Algorithm::HS384 => hmac::HMAC_SHA384,
            _ => hmac::HMAC_SHA512,
        };
        Ring(hmac::Key::new(by, key), algorithm)
    }
}

impl JwtSigner for Ring {
    fn algorithm(&self) -> Algorithm {
        self.1
    }
}

impl Signer<Vec<u8>> for Ring {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, SignatureError> {
        Ok(hmac::sign(&self.0, message).as_ref().to_vec())
    }
}

impl JwtVerifier for Ring {
    fn algorithm(&self) -> Algorithm {
        self.1
    }
}

impl Verifier<Vec<u8>> for Ring {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), SignatureError> {
        hmac::verify(&self.0, message, signature).map_err(|_| SignatureError::new())
    }
}

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| Ok(Box::new(Ring::new(*algorithm, key.as_bytes()))),
    verifier_factory: |algorithm, key| Ok(Box::new(Ring::new(*algorithm, key.try_get_as_bytes()?))),
    key_utils: KeyUtils::new_unimplemented(),
};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tracking {
    tracking_id: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Streaming {
    token_type: String,
    stream_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    tracking: Option<Tracking>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin_cluster: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    allowed_origins: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    allowed_ip_addresses: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_viewer_data: Option<String>,
    token_id: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Payload {
    streaming: Streaming,
    iat: i64,
    exp: i64,
}

/// Characters that JSON, UTF-8 and UTF-16 treat in ways of their own. No U+0000: a C string can't hold it.
const ODD: &[char] =
    &['"', '\\', '/', '\u{1}', '\u{8}', '\t', '\n', '\u{c}', '\r', '\u{1f}', '\u{7f}', 'é', '\u{2028}', '東', '\u{fffd}', '🎥'];

fn text(random: &mut Rng, most: usize, without: &[char]) -> String {
    let length = random.usize(1..=most);
    let one = |random: &mut Rng| if random.u8(..4) == 0 { ODD[random.usize(..ODD.len())] } else { random.char('!'..='~') };
    let mut text = String::new();
    while text.encode_utf16().count() < length {
        let next = one(random);
        if !without.contains(&next) {
            text.push(next);
        }
    }
    // The last one may have taken two units.
    if text.encode_utf16().count() > most {
        text.pop();
    }
    if text.trim().is_empty() { "x".to_owned() } else { text }
}

fn maybe<T>(random: &mut Rng, make: impl FnOnce(&mut Rng) -> T) -> Option<T> {
    if random.bool() { Some(make(random)) } else { None }
}

fn address(random: &mut Rng) -> String {
    match random.u8(..3) {
        0 => std::net::Ipv4Addr::from(random.u32(..)).to_string(),
        1 => std::net::Ipv6Addr::from(random.u128(..)).to_string(),
        _ => format!("{}.{}.0.0/16", random.u8(..), random.u8(..)),
    }
}

fn origin(random: &mut Rng) -> String {
    let front = ["", "*."][random.usize(..2)];
    let port = ["", ":8443"][random.usize(..2)];
    format!("{front}site-{}.example{port}", random.u16(..))
}

fn some<T>(random: &mut Rng, make: fn(&mut Rng) -> T) -> Vec<T> {
    (0..random.usize(..4)).map(|_| make(random)).collect()
}

fn payload(random: &mut Rng) -> Payload {
    let iat = random.i64(0..4_000_000_000);
    let viewer_units = if random.u8(..50) == 0 { 1024 } else { 40 };
    Payload {
        streaming: Streaming {
            token_type: "Subscribe".to_owned(),
            stream_name: text(random, 128, &['*']),
            tracking: maybe(random, |random| Tracking { tracking_id: text(random, 128, &[]) }),
            origin_cluster: maybe(random, |random| text(random, 20, &[])),
            allowed_origins: some(random, origin),
            allowed_ip_addresses: some(random, address),
            custom_viewer_data: maybe(random, |random| text(random, viewer_units, &[])),
            token_id: random.u64(..),
        },
        iat,
        exp: iat + i64::from(random.u32(1..)),
    }
}

fn to_claims(payload: &Payload) -> Box<mct_claims> {
    let streaming = &payload.streaming;
    let mut made = claims(&streaming.stream_name, u32::try_from(payload.exp - payload.iat).expect("a lifetime"));
    status(|error| mct_claims_set_issued_at(Some(&mut made), payload.iat, error)).expect("a time");
    let tracking_id = streaming.tracking.as_ref().map(|tracking| &tracking.tracking_id);
    tracking_id.inspect(|id| set(mct_claims_set_tracking_id, &mut made, id));
    streaming.origin_cluster.as_ref().inspect(|cluster| set(mct_claims_set_origin_cluster, &mut made, cluster));
    streaming.custom_viewer_data.as_ref().inspect(|viewer| set(mct_claims_set_custom_viewer_data, &mut made, viewer));
    streaming.allowed_origins.iter().for_each(|origin| set(mct_claims_add_allowed_origin, &mut made, origin));
    streaming.allowed_ip_addresses.iter().for_each(|address| set(mct_claims_add_allowed_ip_address, &mut made, address));
    made
}

fn bytes(jwt: &str, part: usize) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(jwt.split('.').nth(part).expect("a part")).expect("base64url")
}

/// What the library says of a token.
fn read(signer: &mct_signer, jwt: &str, now: i64) -> Payload {
    let jwt = verify_at(signer, jwt, now, 0).expect("a good token");
    let jwt = Some(&*jwt);
    let list = |count, get: extern "C" fn(Option<&mct_jwt>, usize) -> *const std::ffi::c_char| {
        (0..count).map(|index| lent(get(jwt, index)).expect("an entry")).collect()
    };
    let (mut token_id, mut iat, mut exp) = (0, 0, 0);
    assert!(
        mct_jwt_token_id(jwt, Some(&mut token_id)) && mct_jwt_issued_at(jwt, Some(&mut iat)) && mct_jwt_expires_at(jwt, Some(&mut exp))
    );
    Payload {
        streaming: Streaming {
            token_type: lent(mct_jwt_token_type(jwt)).expect("a type"),
            stream_name: lent(mct_jwt_stream_name(jwt)).expect("a stream"),
            tracking: lent(mct_jwt_tracking_id(jwt)).map(|tracking_id| Tracking { tracking_id }),
            origin_cluster: lent(mct_jwt_origin_cluster(jwt)),
            allowed_origins: list(mct_jwt_allowed_origin_count(jwt), mct_jwt_allowed_origin),
            allowed_ip_addresses: list(mct_jwt_allowed_ip_address_count(jwt), mct_jwt_allowed_ip_address),
            custom_viewer_data: lent(mct_jwt_custom_viewer_data(jwt)),
            token_id,
        },
        iat,
        exp,
    }
}

fn check(seed: u64) {
    let mut random = Rng::with_seed(seed);
    let payload = payload(&mut random);
    let key: String = (0..random.usize(1..200)).map(|_| random.char(..)).filter(|c| *c != '\0').chain(['k']).collect();
    let (number, algorithm) =
        [(MCT_HS256, Algorithm::HS256), (MCT_HS384, Algorithm::HS384), (MCT_HS512, Algorithm::HS512)][random.usize(..3)];
    let ours = signer(payload.streaming.token_id, &key, number);
    let (signed, expires_at) = sign(&ours, &to_claims(&payload)).expect("a token");
    assert_eq!(expires_at, payload.exp);

    let theirs = jsonwebtoken::encode(&Header::new(algorithm), &payload, &EncodingKey::from_secret(key.as_bytes())).expect("a token");
    assert_eq!(bytes(&signed, 1), bytes(&theirs, 1), "payloads of seed {seed}");
    let header: serde_json::Value = serde_json::from_slice(&bytes(&signed, 0)).expect("JSON");
    assert_eq!(header, serde_json::from_slice::<serde_json::Value>(&bytes(&theirs, 0)).expect("JSON"), "headers of seed {seed}");

    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    let decoded = jsonwebtoken::decode::<Payload>(&signed, &DecodingKey::from_secret(key.as_bytes()), &validation);
    assert_eq!(decoded.expect("a good token").claims, payload, "theirs of ours, seed {seed}");
    assert_eq!(read(&ours, &theirs, payload.iat), payload, "ours of theirs, seed {seed}");
}

static INSTALLED: Once = Once::new();

#[test]
fn a_hundred_thousand_claim_sets_are_signed_and_verified_alike_by_both() {
    INSTALLED.call_once(|| PROVIDER.install_default().expect("nobody else installs one"));
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    std::thread::scope(|scope| {
        for thread in 0..threads {
            scope.spawn(move || (thread..CLAIM_SETS).step_by(threads as usize).for_each(check));
        }
    });
}
