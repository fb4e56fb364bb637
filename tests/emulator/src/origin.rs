//! Where a page that asks comes from, and which pages a token allows.

use axum::http::{HeaderMap, header};
use serde::{Deserialize, Serialize};

use crate::validate::units;

const NO_HOST: &str = "not a host name, with *. before it or a port of 1 to 65535 behind it if wanted; no scheme, path or blank";

/// One entry of `allowedOrigins`, kept in the words it was given in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AllowedOrigin {
    pub as_given: String,
    /// Lower-case; without the `*.` of a wildcard.
    host: String,
    wildcard: bool,
    port: Option<u16>,
}

impl TryFrom<String> for AllowedOrigin {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::read(&text)
    }
}

impl From<AllowedOrigin> for String {
    fn from(entry: AllowedOrigin) -> Self {
        entry.as_given
    }
}

impl AllowedOrigin {
    /// Reads a host name, with `*.` in front of it or `:port` behind it if wanted.
    pub fn read(text: &str) -> Result<Self, &'static str> {
        let (host, port) = match text.split_once(':') {
            Some((host, port)) => (host, Some(read_port(port).ok_or(NO_HOST)?)),
            None => (text, None),
        };
        if units(host) > 253 {
            return Err("a host name of more than 253 characters");
        }
        let (wildcard, name) = match host.strip_prefix("*.") {
            Some(name) => (true, name),
            None => (false, host),
        };
        if !name.split('.').all(is_label) {
            return Err(NO_HOST);
        }
        Ok(Self { as_given: text.to_owned(), host: name.to_lowercase(), wildcard, port })
    }

    pub fn admits(&self, origin: &Origin) -> bool {
        let host = if self.wildcard {
            // Any depth below the name, never the name itself.
            let below = origin.host.strip_suffix(&self.host);
            below.is_some_and(|below| below.len() > 1 && below.ends_with('.'))
        } else {
            origin.host == self.host
        };
        host && self.port.is_none_or(|port| origin.port == Some(port))
    }
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&units(label)) && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
}

fn read_port(text: &str) -> Option<u16> {
    let canonical = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| canonical)
}

/// A page's origin in the parts that matter.
#[derive(Debug, PartialEq, Eq)]
pub struct Origin {
    host: String,
    /// The scheme's own port when none is written.
    port: Option<u16>,
}

/// What a request says of where it comes from.
#[derive(Debug, PartialEq, Eq)]
pub enum Whence {
    Unsaid,
    Said(Origin),
    /// `null`, two headers, or nothing that is an origin.
    Unreadable,
}

impl Whence {
    pub fn of(headers: &HeaderMap) -> Self {
        let mut given = headers.get_all(header::ORIGIN).iter();
        match (given.next(), given.next()) {
            (None, _) => Self::Unsaid,
            (Some(only), None) => {
                let text = only.to_str().ok();
                text.and_then(read_origin).map_or(Self::Unreadable, Self::Said)
            }
            _ => Self::Unreadable,
        }
    }
}

fn read_origin(text: &str) -> Option<Origin> {
    let (scheme, rest) = text.trim().split_once("://")?;
    let own_port = match scheme.to_ascii_lowercase().as_str() {
        "https" => Some(443),
        "http" => Some(80),
        _ => None,
    };
    // The colons inside of a bracketed IPv6 address are no port's.
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(read_port(port)?)),
        _ => (rest, own_port),
    };
    let is_host = !host.is_empty() && !host.contains(['/', '@', '?', '#', ' ']);
    is_host.then(|| Origin { host: host.to_lowercase(), port })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(pattern: &str, origin: &str) -> bool {
        let pattern = AllowedOrigin::read(pattern).unwrap();
        read_origin(origin).is_some_and(|origin| pattern.admits(&origin))
    }

    #[test]
    fn a_wildcard_covers_every_depth_below_a_name_but_not_the_name() {
        assert!(admits("*.example.com", "https://a.example.com"));
        assert!(admits("*.example.com", "https://b.a.example.com"));
        assert!(!admits("*.example.com", "https://example.com"));
        assert!(!admits("*.example.com", "https://badexample.com"));
        assert!(!admits("*.example.com", "https://a.example.com.evil.org"));
    }

    #[test]
    fn a_host_is_compared_whole_and_without_regard_to_case() {
        assert!(admits("Example.com", "https://EXAMPLE.com:8443"));
        assert!(!admits("example.com", "https://www.example.com"));
        assert!(!admits("example.com", "https://example.com.evil.org"));
    }

    #[test]
    fn a_port_in_the_list_has_to_be_the_pages_port() {
        assert!(admits("example.com:8443", "https://example.com:8443"));
        assert!(!admits("example.com:8443", "https://example.com"));
        assert!(admits("example.com:443", "https://example.com"));
        assert!(admits("example.com:80", "http://example.com"));
    }

    #[test]
    fn what_is_no_origin_is_admitted_nowhere() {
        for text in ["null", "", "example.com", "https://", "https://example.com/x", "https://u@example.com"] {
            assert!(!admits("example.com", text), "{text}");
        }
    }
}
