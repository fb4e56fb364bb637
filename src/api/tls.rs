//! TLS 1.2 and 1.3 with the system's roots and the caller's. Nothing turns verification off.

use std::fmt::Write as _;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::{CertificateError, ClientConfig, RootCertStore};

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

fn where_looked(errors: &[rustls_native_certs::Error]) -> String {
    let mut looked = String::from("SSL_CERT_FILE, SSL_CERT_DIR and the system's usual places");
    for error in errors.iter().take(3) {
        let _a_string_takes_it = write!(looked, "; {error}");
    }
    looked
}

/// What a failed handshake means, for a person who has to mend it.
pub(crate) fn explain(error: &rustls::Error, no_roots: Option<&str>) -> String {
    if let Some(looked) = no_roots {
        return format!(
            "there are no root certificates to check the server with (looked at: {looked}); install the system's ca-certificates, \
             set SSL_CERT_FILE, or add roots with mct_client_config_add_ca_pem()"
        );
    }
    let problem = match error {
        rustls::Error::InvalidCertificate(problem) => problem,
        rustls::Error::InvalidMessage(_) => return "the TLS handshake failed: what the server sent is not TLS".to_owned(),
        _ => return format!("the TLS handshake failed: {error}"),
    };
    let why = match problem {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "has expired, or this machine's clock is wrong",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "is not valid yet, or this machine's clock is wrong",
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => "is for another host",
        CertificateError::UnknownIssuer => "is from an unknown issuer",
        // Its own words would be Rust's notation of the cause.
        CertificateError::Other(cause) => return format!("the server's certificate is not acceptable: {}", cause.0),
        _ => return format!("the server's certificate is not acceptable: {problem}"),
    };
    format!("the server's certificate {why}")
}
