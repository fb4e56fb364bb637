//! The contract's limits, each with the words for the caller who breaks it.
//!
//! Lengths are counted in UTF-16 units, as the platform (.NET) does: a text that passes here is never longer there.

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::Ipv4Net;

use crate::error::{Error, Result};

pub(crate) const STREAM_NAME: &str = "streamName";
pub(crate) const NAME_UNITS: usize = 128;
#[cfg(feature = "signing")]
pub(crate) const CUSTOM_VIEWER_DATA_UNITS: usize = 1024;
const ORIGIN_BYTES: usize = 253;
const HOST_LABEL_CHARACTERS: usize = 63;

/// What was given, short enough for a log line, with control characters made visible.
pub(crate) fn shown(given: &str) -> String {
    const MOST: usize = 64;
    let mut shown: String = given.chars().take(MOST).flat_map(char::escape_debug).collect();
    if given.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    format!("\"{shown}\"")
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

pub(crate) fn length(field: &str, text: &str, least: usize, most: usize) -> Result<()> {
    if least <= 1 && !text.is_empty() {
        return at_most(field, text, most);
    }
    let given = units(text);
    if given < least {
        return Err(Error::invalid(field, format_args!("must have {least} to {most} characters (UTF-16 units), given are {given}")));
    }
    at_most(field, text, most)
}

pub(crate) fn at_most(field: &str, text: &str, most: usize) -> Result<()> {
    // No text has more units than bytes, and bytes need no counting.
    if text.len() <= most {
        return Ok(());
    }
    match units(text) {
        given if given > most => {
            Err(Error::invalid(field, format_args!("must have at most {most} characters (UTF-16 units), given are {given}")))
        }
        _ => Ok(()),
    }
}

pub(crate) fn not_empty(field: &str, text: &str) -> Result<()> {
    match text.trim() {
        "" => Err(Error::invalid(field, "must not be empty or blank")),
        _ => Ok(()),
    }
}

/// A host name of the Origin header, `*.` in front for every subdomain, a port behind if need be.
pub(crate) fn origin(field: &str, given: &str) -> Result<()> {
    let wrong = |rule: &str| Error::invalid(field, format_args!("{rule}; given is {}", shown(given)));
    if given.contains('/') {
        return Err(wrong("must be a domain such as example.com or *.example.com, without scheme and path"));
    }
    if given.len() > ORIGIN_BYTES {
        return Err(wrong("must have at most 253 bytes"));
    }
    let (host, port) = match given.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (given, None),
    };
    let port_is_good = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && !port.starts_with('0') && port.parse::<u16>().is_ok();
    let name = host.strip_prefix("*.").unwrap_or(host);
    if !port.is_none_or(port_is_good) || !name.split('.').all(is_host_label) {
        return Err(wrong("must be a domain such as example.com or *.example.com, with a port or without"));
    }
    Ok(())
}

fn is_host_label(label: &str) -> bool {
    !label.is_empty()
        && units(label) <= HOST_LABEL_CHARACTERS
        && label.chars().all(|character| character.is_alphanumeric() || character == '-' || character == '_')
}

/// An IPv4 or IPv6 address, or an IPv4 block. IPv6 blocks, ranges and wildcards are not documented.
pub(crate) fn ip_address(field: &str, given: &str) -> Result<()> {
    let wrong = |rule: &str| Error::invalid(field, format_args!("{rule}; given is {}", shown(given)));
    if given.parse::<Ipv4Addr>().is_ok() || given.parse::<Ipv6Addr>().is_ok() {
        return Ok(());
    }
    let block: Ipv4Net =
        given.parse().map_err(|_| wrong("must be an IPv4 address, an IPv6 address or an IPv4 block such as 192.0.2.0/24"))?;
    if block.trunc() != block {
        return Err(wrong(&format!("has address bits behind its prefix: write {}", block.trunc())));
    }
    Ok(())
}

#[cfg(feature = "client")]
pub(crate) fn country(field: &str, given: &str) -> Result<()> {
    match given.as_bytes() {
        [b'A'..=b'Z', b'A'..=b'Z'] => Ok(()),
        _ => Err(Error::invalid(
            field,
            format_args!("must be an ISO 3166-1 code of two capital letters such as PL; given is {}", shown(given)),
        )),
    }
}

#[cfg(feature = "client")]
pub(crate) fn not_both(first: (&str, bool), second: (&str, bool)) -> Result<()> {
    if first.1 && second.1 {
        return Err(Error::invalid(second.0, format_args!("can't be given together with {}", first.0)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_ipv4_ipv6_or_an_ipv4_block() {
        for good in ["192.0.2.1", "2001:db8::1", "::1", "192.0.2.0/24", "0.0.0.0/0", "192.0.2.1/32", "::ffff:192.0.2.1"] {
            assert!(ip_address("f", good).is_ok(), "{good}");
        }
        for bad in [
            "",
            " 192.0.2.1",
            "192.0.2.1/24",
            "192.0.2.0/33",
            "192.0.2.0/",
            "192.0.2.0/-1",
            "192.0.2.0/+8",
            "192.0.2.0/08",
            "192.0.2",
            "192.0.2.01",
            "192.0.2.*",
            "192.0.2.1-192.0.2.9",
            "2001:db8::/32",
            "fe80::1%eth0",
            "localhost",
            "[::1]",
            "192.0.2.1:80",
        ] {
            assert!(ip_address("f", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn origins_are_domains() {
        for good in ["example.com", "*.example.com", "localhost", "localhost:8080", "a_b.example", "bücher.example", "192.0.2.1"] {
            assert!(origin("f", good).is_ok(), "{good}");
        }
        let long_label = format!("{}.com", "a".repeat(64));
        let long = format!("{}com", "a.".repeat(126));
        for bad in [
            "",
            "*",
            "*.",
            "*example.com",
            "a.*.com",
            "https://example.com",
            "example.com/",
            "exam ple.com",
            "example..com",
            ".com",
            "example.com:",
            "example.com:0",
            "example.com:65536",
            "example.com:+80",
            "example.com:080",
            "a\nb.com",
            "\"",
            &long_label,
            &long,
        ] {
            assert!(origin("f", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn lengths_are_counted_in_utf_16_units() {
        assert!(at_most("f", &"🎥".repeat(64), 128).is_ok());
        assert!(at_most("f", &"🎥".repeat(65), 128).is_err());
    }

    #[test]
    fn what_was_given_is_shown_short_and_without_control_characters() {
        assert_eq!(shown("a\n\"b"), r#""a\n\"b""#);
        assert!(shown(&"x".repeat(1000)).chars().count() < 80);
    }
}
