//! The JSON of a token and its compact form, written where they belong without an allocation.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use super::claims::Claims;
use crate::error::{Error, Result};
use crate::model::json;

pub(crate) const TOKEN_TYPE: &str = "Subscribe";

/// What stays the same in every token of the same claims. What differs comes last, so that this is encoded once.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Streaming<'a> {
    token_type: &'static str,
    stream_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tracking: Option<Tracking<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin_cluster: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    allowed_origins: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    allowed_ip_addresses: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_viewer_data: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tracking<'a> {
    tracking_id: &'a str,
}

/// What differs from viewer to viewer, and so is left out of what stays the same.
#[derive(Clone, Copy, Default)]
pub(crate) struct Differs {
    pub viewer_data: bool,
    pub addresses: bool,
}

/// Appends what the claims say, up to where more of it may follow.
pub(crate) fn push_streaming(claims: &Claims, differs: Differs, json: &mut Vec<u8>) -> Result<()> {
    let streaming = Streaming {
        token_type: TOKEN_TYPE,
        stream_name: &claims.stream_name,
        tracking: claims.tracking_id.as_deref().map(|tracking_id| Tracking { tracking_id }),
        origin_cluster: claims.origin_cluster.as_deref(),
        allowed_origins: &claims.allowed_origins,
        allowed_ip_addresses: if differs.addresses { &[] } else { &claims.allowed_ip_addresses },
        custom_viewer_data: claims.custom_viewer_data.as_deref().filter(|_| !differs.viewer_data),
    };
    json.extend_from_slice(br#""streaming":"#);
    serde_json::to_writer(&mut *json, &streaming).map_err(|error| Error::invalid("claims", json::problem(&error)))?;
    // Its brace closes behind what differs.
    json.pop();
    Ok(())
}

/// The beginning of a payload that push_end() ends.
pub(crate) fn beginning(claims: &Claims) -> Result<Vec<u8>> {
    let mut json = b"{".to_vec();
    push_streaming(claims, Differs::default(), &mut json)?;
    Ok(json)
}

/// The longest end: its names, a token id, two times of the year 9999.
const END_BYTES: usize = r#","tokenId":18446744073709551615},"iat":253402300799,"exp":253402300799}"#.len();
/// What base64 takes at once.
const GROUP: usize = 3;

/// Bytes on the stack.
#[derive(Clone, Copy)]
pub(crate) struct Short {
    bytes: [u8; END_BYTES + GROUP - 1],
    length: u8,
}

impl Short {
    pub(crate) const fn new() -> Short {
        Short { bytes: [0; END_BYTES + GROUP - 1], length: 0 }
    }

    pub(crate) fn push(&mut self, more: &[u8]) {
        let start = usize::from(self.length);
        self.bytes[start..start + more.len()].copy_from_slice(more);
        // No more than the array has, which is below 256.
        self.length += more.len() as u8;
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

/// Closes the payload with what differs from signer to signer and from second to second.
pub(crate) fn push_end(token_id: u64, issued_at: i64, expires_at: i64, end: &mut Short) {
    let mut number = itoa::Buffer::new();
    end.push(br#","tokenId":"#);
    end.push(number.format(token_id).as_bytes());
    end.push(br#"},"iat":"#);
    end.push(number.format(issued_at).as_bytes());
    end.push(br#","exp":"#);
    end.push(number.format(expires_at).as_bytes());
    end.push(b"}");
}

/// Text whose beginning is encoded already, as far as whole groups go.
#[derive(Debug, Clone, Default)]
pub(crate) struct Encoded {
    pub text: String,
    /// Fewer bytes than a group, to be encoded with what follows.
    pub rest: Vec<u8>,
}

impl Encoded {
    pub(crate) fn new(bytes: &[u8]) -> Encoded {
        let (whole, rest) = bytes.split_at(bytes.len() - bytes.len() % GROUP);
        Encoded { text: URL_SAFE_NO_PAD.encode(whole), rest: rest.to_vec() }
    }
}

/// How long bytes are once encoded, without padding.
pub(crate) const fn encoded_length(bytes: usize) -> usize {
    bytes / GROUP * 4 + (bytes % GROUP * 4).div_ceil(GROUP)
}

/// Writes from the front of memory that was measured before.
pub(crate) struct Writer<'a> {
    out: &'a mut [u8],
    length: usize,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(out: &'a mut [u8]) -> Writer<'a> {
        Writer { out, length: 0 }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.out[self.length..self.length + bytes.len()].copy_from_slice(bytes);
        self.length += bytes.len();
    }

    pub(crate) fn push_encoded(&mut self, bytes: &[u8]) {
        let room = &mut self.out[self.length..];
        self.length += URL_SAFE_NO_PAD.encode_slice(bytes, room).expect("the room was measured");
    }

    pub(crate) fn written(&self) -> &[u8] {
        &self.out[..self.length]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_in_two_parts_is_what_is_encoded_at_once() {
        for length in 0..12 {
            for behind in 0..12 {
                let bytes: Vec<u8> = (0..length + behind).map(|byte: u8| byte.wrapping_mul(21)).collect();
                let (beginning, end) = bytes.split_at(usize::from(length));
                let encoded = Encoded::new(beginning);
                let rest = [&encoded.rest, end].concat();
                assert_eq!(encoded_length(rest.len()) + encoded.text.len(), encoded_length(bytes.len()));
                let mut out = vec![0; encoded_length(bytes.len())];
                let mut writer = Writer::new(&mut out);
                writer.push(encoded.text.as_bytes());
                writer.push_encoded(&rest);
                assert_eq!(writer.written(), URL_SAFE_NO_PAD.encode(&bytes).as_bytes());
            }
        }
    }

    #[test]
    fn the_longest_end_has_room() {
        let mut end = Short::new();
        end.push(b"xx");
        push_end(u64::MAX, crate::model::time::LAST_SECOND, crate::model::time::LAST_SECOND, &mut end);
        assert_eq!(end.as_bytes().len(), END_BYTES + 2);
    }
}
