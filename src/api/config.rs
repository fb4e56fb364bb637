//! How a client reaches the API.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;
use reqwest::Url;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use zeroize::Zeroizing;

use super::log::Sink;
use crate::error::{Error, Result};
use crate::model::limits;

const PLATFORM: &str = "https://api.millicast.com";
const MOST_CONNECTIONS: u32 = 1024;
/// Servers and balancers close idle connections after 5 seconds and more. Ours are given up before that.
const IDLE: Duration = Duration::from_secs(4);
const SHORTEST_PART: usize = 3;

#[derive(Clone)]
pub(crate) struct Config {
    pub api_secret: Zeroizing<String>,
    pub base_url: Url,
    pub proxy: Option<Url>,
    pub extra_roots: Vec<CertificateDer<'static>>,
    pub user_agent: String,
    pub connect_timeout: Duration,
    pub idle_timeout: Duration,
    pub timeout: Duration,
    pub max_retries: u32,
    pub max_connections: u32,
    pub max_answer_bytes: u32,
    pub requests_per_second: u32,
    pub allow_insecure_http: bool,
    pub log: Option<Arc<Sink>>,
}

impl Config {
    pub(crate) fn new(api_secret: &str) -> Result<Config> {
        // What was given is not shown: it is the secret.
        if api_secret.is_empty() || !api_secret.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::invalid("api_secret", "must be one or more printable ASCII characters without blanks"));
        }
        Ok(Config {
            api_secret: Zeroizing::new(api_secret.to_owned()),
            base_url: Url::parse(PLATFORM).map_err(|_| Error::invalid("base_url", "is not a URL"))?,
            proxy: None,
            extra_roots: Vec::new(),
            user_agent: concat!("millicast-tokens/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: Duration::from_secs(5),
            idle_timeout: IDLE,
            timeout: Duration::from_secs(30),
            max_retries: 3,
            max_connections: 8,
            max_answer_bytes: 32 << 20,
            requests_per_second: 0,
            allow_insecure_http: false,
            log: None,
        })
    }

    pub(crate) fn set_base_url(&mut self, url: &str) -> Result<()> {
        let mut parsed = web_url("base_url", url)?;
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return Err(Error::invalid("base_url", "must not hold a user name or a password"));
        }
        if parsed.query().is_some() || parsed.fragment().is_some() {
            return Err(Error::invalid("base_url", "must not hold a query or a fragment"));
        }
        let path = parsed.path().trim_end_matches('/').to_owned();
        if path.ends_with("/api") {
            return Err(Error::invalid("base_url", "must end before /api, which each call's path begins with"));
        }
        parsed.set_path(&path);
        self.base_url = parsed;
        Ok(())
    }

    /// What must not come back in an error: the API secret and, in every form that they are sent in, the proxy's
    /// credentials. Parts of them that are too short to be told from words are not looked for alone.
    pub(crate) fn secrets(&self) -> Vec<Zeroizing<String>> {
        let mut secrets = vec![self.api_secret.clone()];
        let Some(proxy) = self.proxy.as_ref().filter(|proxy| !proxy.username().is_empty() || proxy.password().is_some()) else {
            return secrets;
        };
        let given = (proxy.username().to_owned(), proxy.password().unwrap_or_default().to_owned());
        let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let meant = (plain(&given.0), plain(&given.1));
        for (user, password) in [given, meant] {
            let both = format!("{user}:{password}");
            secrets.extend([BASE64_STANDARD.encode(&both), both].map(Zeroizing::new));
            secrets.extend([user, password].map(Zeroizing::new).into_iter().filter(|part| part.len() >= SHORTEST_PART));
        }
        secrets
    }

    /// Host and port, for people.
    pub(crate) fn server(&self) -> String {
        let through = if self.proxy.is_some() { " (through the proxy)" } else { "" };
        let port = self.base_url.port_or_known_default().unwrap_or_default();
        format!("{}:{port}{through}", self.base_url.host_str().unwrap_or_default())
    }

    pub(crate) fn set_proxy(&mut self, url: &str) -> Result<()> {
        let parsed = web_url("proxy", url)?;
        if parsed.scheme() != "http" {
            return Err(Error::invalid("proxy", "must be an http:// URL of a proxy that knows CONNECT"));
        }
        if parsed.path() != "/" || parsed.query().is_some() || parsed.fragment().is_some() {
            return Err(Error::invalid("proxy", "must be a host and a port, without a path, a query or a fragment"));
        }
        self.proxy = Some(parsed);
        Ok(())
    }

    pub(crate) fn add_ca_pem(&mut self, pem: &str) -> Result<()> {
        let wrong = || Error::invalid("ca_pem", "must hold one or more PEM blocks BEGIN CERTIFICATE that can be read");
        let roots: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<std::result::Result<_, _>>().map_err(|_| wrong())?;
        let mut store = rustls::RootCertStore::empty();
        if roots.is_empty() || roots.iter().any(|root| store.add(root.clone()).is_err()) {
            return Err(wrong());
        }
        self.extra_roots.extend(roots);
        Ok(())
    }

    pub(crate) fn set_user_agent_suffix(&mut self, suffix: &str) -> Result<()> {
        let is_good = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
        if suffix.is_empty() || suffix.len() > 256 || !suffix.bytes().all(is_good) {
            let given = limits::shown(suffix);
            return Err(Error::invalid("user_agent_suffix", format_args!("must be 1 to 256 printable ASCII characters, given is {given}")));
        }
        self.user_agent = format!("millicast-tokens/{} {suffix}", env!("CARGO_PKG_VERSION"));
        Ok(())
    }

    pub(crate) fn set_connect_timeout_ms(&mut self, milliseconds: u32) -> Result<()> {
        self.connect_timeout = timeout("connect_timeout_ms", milliseconds)?;
        Ok(())
    }

    pub(crate) fn set_idle_timeout_ms(&mut self, milliseconds: u32) -> Result<()> {
        self.idle_timeout = timeout("idle_timeout_ms", milliseconds)?;
        Ok(())
    }

    pub(crate) fn set_timeout_ms(&mut self, milliseconds: u32) -> Result<()> {
        self.timeout = timeout("timeout_ms", milliseconds)?;
        Ok(())
    }

    pub(crate) fn set_max_retries(&mut self, retries: u32) -> Result<()> {
        self.max_retries = in_range("max_retries", retries, 0, 100)?;
        Ok(())
    }

    pub(crate) fn set_max_connections(&mut self, connections: u32) -> Result<()> {
        self.max_connections = in_range("max_connections", connections, 1, MOST_CONNECTIONS)?;
        Ok(())
    }

    pub(crate) fn set_max_answer_bytes(&mut self, bytes: u32) -> Result<()> {
        self.max_answer_bytes = in_range("max_answer_bytes", bytes, 1, u32::MAX)?;
        Ok(())
    }

    pub(crate) fn set_requests_per_second(&mut self, requests: u32) -> Result<()> {
        self.requests_per_second = in_range("requests_per_second", requests, 0, 1_000_000)?;
        Ok(())
    }

    /// The secret goes over plain HTTP to this machine alone, unless the caller said otherwise.
    pub(crate) fn check(&self) -> Result<()> {
        let is_plain = self.base_url.scheme() == "http";
        if is_plain && !self.allow_insecure_http && !is_loopback(&self.base_url) {
            let problem =
                "must be https: over http the API secret can be read on the way (loopback excepted, and where allow_insecure_http says so)";
            return Err(Error::invalid("base_url", problem));
        }
        // Plain HTTP does not go through CONNECT: the proxy itself would read the secret.
        let is_read_by_proxy = is_plain && self.proxy.as_ref().is_some_and(|proxy| !is_loopback(proxy));
        if is_read_by_proxy && !self.allow_insecure_http {
            return Err(Error::invalid("proxy", "needs an https:// base_url: over http the proxy can read the API secret"));
        }
        Ok(())
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// What was given is not shown: it may hold credentials.
fn web_url(field: &str, url: &str) -> Result<Url> {
    let wrong = || Error::invalid(field, "must be a URL that begins with https:// or http:// and names a host");
    let parsed = Url::parse(url).map_err(|_| wrong())?;
    match parsed.scheme() {
        "https" | "http" if parsed.has_host() => Ok(parsed),
        _ => Err(wrong()),
    }
}

fn timeout(field: &str, milliseconds: u32) -> Result<Duration> {
    in_range(field, milliseconds, 1, u32::MAX).map(|milliseconds| Duration::from_millis(u64::from(milliseconds)))
}

fn in_range(field: &str, given: u32, least: u32, most: u32) -> Result<u32> {
    match given {
        given if given >= least && given <= most => Ok(given),
        _ => Err(Error::invalid(field, format_args!("must be {least} to {most}, given is {given}"))),
    }
}
