//! Self-signed tokens, hardly one of which is good.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use fastrand::Rng;
use ring::hmac;
use serde_json::{Value, json};

use super::common::{NOON, sign};
use super::json::{broken, flip, odd_value, one_of, spoil};

/// One from a parent, with anything in it changed, before it is signed or after.
pub fn self_signed(random: &mut Rng, parent: u64, key: &str, stream: &str) -> String {
    let algorithm = [(hmac::HMAC_SHA256, "HS256"), (hmac::HMAC_SHA384, "HS384"), (hmac::HMAC_SHA512, "HS512")][random.usize(..3)];
    let mut header = json!({ "typ": "JWT", "alg": algorithm.1 });
    let mut payload = json!({
        "streaming": { "tokenId": parent, "tokenType": "Subscribe", "streamName": stream, "tracking": { "trackingId": "viewers" } },
        "iat": NOON,
        "exp": NOON + 600,
    });
    if random.u32(..3) == 0 {
        let name = one_of(random, &["allowedOrigins", "allowedIpAddresses", "originCluster", "customViewerData", "tracking", "tokenId"]);
        payload["streaming"][name] = odd_value(random);
    }
    if random.u32(..4) == 0 {
        spoil_any(random, &mut payload);
    }
    if random.u32(..10) == 0 {
        spoil_any(random, &mut header);
    }
    let (header, mut payload) = (header.to_string(), payload.to_string());
    if random.u32(..12) == 0 {
        payload = String::from_utf8_lossy(&broken(random, payload.into_bytes())).into_owned();
    }
    let key = if random.u32(..6) == 0 { "another key" } else { key };
    let token = sign(algorithm.0, key.as_bytes(), &header, &payload);
    if random.u32(..4) == 0 { bent(random, token) } else { token }
}

fn spoil_any(random: &mut Rng, value: &mut Value) {
    if let Value::Object(object) = value {
        spoil(random, object);
    }
}

/// Changed after it was signed. It stays what a header can carry.
fn bent(random: &mut Rng, token: String) -> String {
    let parts: Vec<&str> = token.split('.').collect();
    match random.u32(..8) {
        0 => token[..random.usize(..token.len())].to_owned(),
        1 => format!("{token}{}", ".".repeat(random.usize(1..1000))),
        2 => format!("{}.{}.", parts[0], parts[1]),
        3 => format!("{}.{}.{}", URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#), parts[1], parts[2]),
        4 => format!("{}.{}.{}=", parts[0], parts[1], parts[2]),
        5 => format!("{}.{}.{}", parts[0], STANDARD.encode("[".repeat(random.usize(..3000))), parts[2]),
        6 => "....".to_owned(),
        _ => {
            let mut bytes = token.into_bytes();
            flip(random, &mut bytes);
            bytes.into_iter().filter(u8::is_ascii_graphic).map(char::from).collect()
        }
    }
}
