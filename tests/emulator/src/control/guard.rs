//! Who controls the emulator: programs on this machine, and the emulator's own page.
//!
//! Neither shows a secret, so everything else has to be kept out by where it comes from: other machines by their
//! address, pages of other origins by what a browser says of them, and names that were made to lead here by the `Host`.

use std::net::{IpAddr, SocketAddr};

use axum::Extension;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::connection::Ends;
use crate::envelope::Refusal;

/// What a proxy adds: whoever is behind it may be on another machine.
const PROXY_HEADERS: [&str; 8] =
    ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto", "x-real-ip", "cf-connecting-ip", "via"];

const NOT_BY_NAME: &str = "The emulator is controlled by the name localhost or by an address, not by another name";

pub async fn local_only(Extension(ends): Extension<Ends>, request: Request, next: Next) -> Response {
    // A request that names its server twice is for the one in its first line.
    let is_for_another = request.uri().authority().is_some_and(|name| !is_ours(name.as_str(), ends));
    let refusal = if is_for_another { Some(NOT_BY_NAME) } else { refusal(ends, request.headers()) };
    match refusal {
        Some(why) => Refusal::error(StatusCode::FORBIDDEN, why).into_response(),
        None => next.run(request).await,
    }
}

fn refusal(ends: Ends, headers: &HeaderMap) -> Option<&'static str> {
    if !ends.is_within_this_machine() {
        return Some("Only this machine controls the emulator");
    }
    if PROXY_HEADERS.iter().any(|name| headers.contains_key(*name)) {
        return Some("The emulator is not controlled through a proxy");
    }
    let host = text(headers, header::HOST.as_str());
    if headers.contains_key(header::HOST) && !host.is_some_and(|host| is_ours(host, ends)) {
        return Some(NOT_BY_NAME);
    }
    let comes_from_elsewhere = match headers.get(header::ORIGIN) {
        Some(_) => !text(headers, "origin").is_some_and(|origin| host.is_some_and(|host| is_origin_of(origin, host))),
        // A browser that sends no origin, as with a plain link, still says whether it comes from another site.
        None => text(headers, "sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none")),
    };
    comes_from_elsewhere.then_some("Only the emulator's own page controls it")
}

/// The one value of a header.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let only = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(only)
}

fn is_origin_of(origin: &str, host: &str) -> bool {
    let rest = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    rest.is_some_and(|rest| rest.eq_ignore_ascii_case(host))
}

/// Whether a `Host`, with its port or without, is a name that nobody can lead elsewhere.
fn is_ours(host: &str, ends: Ends) -> bool {
    if let Ok(address) = host.parse::<SocketAddr>() {
        return ends.is_here(address.ip());
    }
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok_and(|address| ends.is_here(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    fn is_let_in(pairs: &[(&'static str, &str)]) -> bool {
        refusal(Ends::between("127.0.0.1", "127.0.0.1"), &headers(pairs)).is_none()
    }

    #[test]
    fn only_a_program_on_this_machine_is_in_control() {
        let headers = HeaderMap::new();
        for peer in ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1", "192.0.2.7", "::ffff:192.0.2.7"] {
            assert_eq!(refusal(Ends::between(peer, "192.0.2.7"), &headers), None, "{peer}");
        }
        for peer in ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "0.0.0.0"] {
            assert!(refusal(Ends::between(peer, "192.0.2.7"), &headers).is_some(), "{peer}");
        }
    }

    #[test]
    fn the_address_that_is_listened_on_is_a_name_for_it() {
        let ends = Ends::between("192.0.2.7", "192.0.2.7");
        assert_eq!(refusal(ends, &headers(&[("host", "192.0.2.7:8080")])), None);
        assert!(refusal(ends, &headers(&[("host", "192.0.2.8:8080")])).is_some());
    }

    #[test]
    fn a_name_that_may_lead_here_from_elsewhere_is_not_answered() {
        for host in ["localhost", "localhost:8080", "127.0.0.1:1", "[::1]:8080", "[::1]", "127.0.0.1"] {
            assert!(is_let_in(&[("host", host)]), "{host}");
        }
        for host in ["example.com", "localhost.example.com:80", "127.0.0.1.example.com", "192.0.2.1:80", ""] {
            assert!(!is_let_in(&[("host", host)]), "{host}");
        }
    }

    #[test]
    fn of_all_pages_only_the_own_one_is_in_control() {
        let host = ("host", "127.0.0.1:8080");
        assert!(is_let_in(&[host, ("origin", "http://127.0.0.1:8080")]));
        for origin in ["http://127.0.0.1:8081", "http://127.0.0.1", "https://example.com", "null", "http://127.0.0.1:8080.example.com"] {
            assert!(!is_let_in(&[host, ("origin", origin)]), "{origin}");
        }
        assert!(!is_let_in(&[("origin", "http://127.0.0.1:8080")]), "without a host nothing is its own");
        assert!(is_let_in(&[host, ("sec-fetch-site", "same-origin")]));
        assert!(is_let_in(&[host, ("sec-fetch-site", "none")]));
        assert!(!is_let_in(&[host, ("sec-fetch-site", "cross-site")]));
        assert!(!is_let_in(&[host, ("sec-fetch-site", "same-site")]));
    }

    #[test]
    fn nobody_is_in_control_through_a_proxy() {
        for name in PROXY_HEADERS {
            assert!(!is_let_in(&[("host", "localhost"), (name, "127.0.0.1")]), "{name}");
        }
    }
}
