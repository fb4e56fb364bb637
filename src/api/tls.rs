//! TLS 1.2 and 1.3 with the system's roots and the caller's. Nothing turns verification off.

use std::fmt::Write as _;
use std::sync::Arc;

use ::time::OffsetDateTime;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::{AlertDescription, CertificateError, ClientConfig, RootCertStore};

use crate::error::{Error, MCT_ERR_TLS, Result};

pub(crate) struct Tls {
    pub config: ClientConfig,
    /// Where roots were looked for without finding one.
    pub no_roots: Option<String>,
}

impl Tls {
    /// A system without roots is no error here: plain HTTP on loopback still works, and the first TLS call says
    /// what is missing. A client for plain HTTP needs none (`is_needed`), and does not read them.
    pub(crate) fn new(extra_roots: &[CertificateDer<'static>], is_needed: bool) -> Result<Tls> {
        let mut roots = RootCertStore::empty();
        let mut no_roots = None;
        if is_needed {
            let found = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(found.certs);
            roots.add_parsable_certificates(extra_roots.iter().cloned());
            no_roots = roots.is_empty().then(|| where_looked(&found.errors));
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .map_err(|error| Error::new(MCT_ERR_TLS, format!("TLS can't be set up: {error}")))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Tls { config, no_roots })
    }
}

/// The system's places count only where neither variable is set.
fn where_looked(errors: &[rustls_native_certs::Error]) -> String {
    let variable = |name: &str| std::env::var_os(name).map(|path| format!("{name}={}", path.display()));
    let variables: Vec<String> = ["SSL_CERT_FILE", "SSL_CERT_DIR"].into_iter().filter_map(variable).collect();
    let mut looked = if variables.is_empty() { "the system's usual places".to_owned() } else { variables.join(", ") };
    for error in errors.iter().take(3) {
        let _a_string_takes_it = write!(looked, "; {error}");
    }
    looked
}

/// What a failure of TLS means, for a person who has to mend it. `is_connected`: the handshake was over.
pub(crate) fn explain(error: &rustls::Error, is_connected: bool, no_roots: Option<&str>) -> String {
    let failed = if is_connected { "the TLS connection failed" } else { "the TLS handshake failed" };
    match (error, no_roots) {
        (rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer), Some(looked)) => format!(
            "there are no root certificates to check the server with (looked at: {looked}); install the system's ca-certificates, \
             set SSL_CERT_FILE or SSL_CERT_DIR, or add roots with mct_client_config_add_ca_pem()"
        ),
        (rustls::Error::InvalidCertificate(problem), _) => format!("the server's certificate {}", unacceptable(problem)),
        (rustls::Error::InvalidMessage(_), _) if !is_connected => format!("{failed}: what the server sent is not TLS"),
        (rustls::Error::AlertReceived(alert), _) => format!("{failed}: the server refused it{}", refused(*alert)),
        (rustls::Error::PeerIncompatible(_), _) => format!("{failed}: the server speaks neither TLS 1.2 nor 1.3 as it must ({error})"),
        _ => format!("{failed}: {error}"),
    }
}

fn unacceptable(problem: &CertificateError) -> String {
    match problem {
        CertificateError::ExpiredContext { time, not_after } => format!(
            "has expired: it was valid until {}, and this machine's clock says {}{}",
            day(*not_after),
            day(*time),
            doubt(*time, *not_after)
        ),
        CertificateError::NotValidYetContext { time, not_before } => format!(
            "is not valid yet: it is from {} on, and this machine's clock says {}{}",
            day(*not_before),
            day(*time),
            doubt(*time, *not_before)
        ),
        CertificateError::Expired => "has expired, or this machine's clock is wrong".to_owned(),
        CertificateError::NotValidYet => "is not valid yet, or this machine's clock is wrong".to_owned(),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            format!("is for another host ({problem})")
        }
        CertificateError::UnknownIssuer => {
            "is from an unknown issuer; if that is a certificate authority of your own, add its root (ca_pem, SSL_CERT_FILE)".to_owned()
        }
        CertificateError::BadSignature => {
            "is not signed by the issuer that it names (BadSignature): a trusted root has the same name and another key".to_owned()
        }
        // Its own words would be Rust's notation of the cause.
        CertificateError::Other(cause) if cause.0.to_string().contains("CaUsedAsEndEntity") => {
            "is a certificate authority's own (self-signed), and not a server's".to_owned()
        }
        CertificateError::Other(cause) => format!("is not acceptable: {}", cause.0),
        _ => format!("is not acceptable: {problem}"),
    }
}

fn refused(alert: AlertDescription) -> String {
    match alert {
        AlertDescription::ProtocolVersion => " (ProtocolVersion): it speaks neither TLS 1.2 nor 1.3".to_owned(),
        AlertDescription::CertificateRequired => " (CertificateRequired): it wants a client certificate, which is not supported".to_owned(),
        AlertDescription::HandshakeFailure => {
            " (HandshakeFailure): it may want a client certificate, or know none of the ciphers".to_owned()
        }
        alert => format!(" ({alert:?})"),
    }
}

fn day(time: UnixTime) -> String {
    let moment = i64::try_from(time.as_secs()).ok().and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    moment.map_or_else(|| format!("{} s after 1970", time.as_secs()), |moment| moment.date().to_string())
}

/// A certificate that is off by so much is rarer than a machine whose clock was never set.
fn doubt(time: UnixTime, limit: UnixTime) -> &'static str {
    const YEAR: u64 = 365 * 24 * 3600;
    if time.as_secs().abs_diff(limit.as_secs()) > YEAR { ", which is years off: the clock is probably wrong" } else { "" }
}
