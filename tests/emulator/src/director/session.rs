//! What a viewer who is let in goes on with.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use ring::rand::SystemRandom;
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::random;

/// How long the director's own JWT is good for, in seconds.
const LIFE: i64 = 60;

/// What somebody wants of a stream.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Publisher,
    Viewer,
}

/// Opens sessions. They have the platform's form and lead nowhere: no media is served.
pub struct Sessions {
    /// Of this run alone, so a session is never taken for another emulator's.
    key: hmac::Key,
}

impl Sessions {
    pub fn new() -> io::Result<Self> {
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new());
        let key = key.map_err(|_| io::Error::other("the system gives no random numbers"))?;
        Ok(Self { key })
    }

    /// The data of the director's answer.
    pub fn open(&self, role: Role, stream: &str, account_id: &str, now: OffsetDateTime) -> io::Result<Value> {
        let way = match role {
            Role::Publisher => "pub",
            Role::Viewer => "sub",
        };
        let id = random::hex(16)?;
        let now = now.unix_timestamp();
        let header = json!({ "typ": "JWT", "alg": "HS256" });
        let payload = json!({
            "jti": id,
            "iat": now,
            "exp": now + LIFE,
            "streamName": stream,
            "streamAccountId": account_id,
        });
        let encode = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
        let signed = format!("{}.{}", encode(header.to_string().as_bytes()), encode(payload.to_string().as_bytes()));
        let signature = encode(hmac::sign(&self.key, signed.as_bytes()).as_ref());
        Ok(json!({
            // A name that never resolves: a client that goes on finds out at once.
            "urls": [format!("wss://director.invalid/ws/v2/{way}/{id}")],
            "jwt": format!("{signed}.{signature}"),
            "iceServers": [],
            "streamAccountId": account_id,
        }))
    }
}
