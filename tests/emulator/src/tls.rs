//! TLS with a certificate of its own for this machine, and the authority to trust for it.

use std::fs;
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, SanType,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use time::{Duration, OffsetDateTime};
use tokio_rustls::TlsAcceptor;

/// What is trusted, and what is shown.
const AUTHORITY: &str = "ca.pem";
const CERTIFICATE: &str = "server.pem";
const KEY: &str = "server-key.pem";
/// Until when all of it is good, and for which address besides loopback's.
const MADE_FOR: &str = "made-for";

/// What every certificate is for, besides `localhost`.
const ALWAYS: [IpAddr; 2] = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];

/// No client takes a server's certificate for longer than this.
const LIFE: Duration = Duration::days(397);

/// How much of its life a certificate has to have left, to be used again.
const LEAST_LEFT: Duration = Duration::days(7);

/// Serves with what a folder has; makes it where it is missing, about to expire, or for another address.
///
/// Who has once trusted the authority goes on trusting it. Its key is thrown away as soon as it has signed: nobody makes
/// a certificate for another name with what lies in the folder.
pub fn acceptor(folder: &Path, address: IpAddr) -> io::Result<TlsAcceptor> {
    let refuse = |error: io::Error| io::Error::other(format!("cannot serve TLS from {}: {error}", folder.display()));
    if !is_good(folder, address) {
        make(folder, address).map_err(refuse)?;
    }
    read(folder).map_err(refuse)
}

fn is_good(folder: &Path, address: IpAddr) -> bool {
    let made_for = fs::read_to_string(folder.join(MADE_FOR)).unwrap_or_default();
    let (expires, made_for) = made_for.trim().split_once(' ').unwrap_or_default();
    let lasts = expires.parse().is_ok_and(|expires: i64| (OffsetDateTime::now_utc() + LEAST_LEFT).unix_timestamp() < expires);
    let fits = made_for == address.to_string() || ALWAYS.contains(&address);
    lasts && fits && [AUTHORITY, CERTIFICATE, KEY].iter().all(|name| folder.join(name).is_file())
}

fn make(folder: &Path, address: IpAddr) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let now = OffsetDateTime::now_utc();
    // A clock that is a little behind does not refuse it.
    let (from, until) = (now - Duration::days(1), now + LIFE);
    let authority = CertifiedIssuer::self_signed(authority(from, until), KeyPair::generate().map_err(io::Error::other)?);
    let authority = authority.map_err(io::Error::other)?;
    let key = KeyPair::generate().map_err(io::Error::other)?;
    let certificate = certificate(from, until, address).signed_by(&key, &authority).map_err(io::Error::other)?;
    write(folder, KEY, &key.serialize_pem())?;
    write(folder, CERTIFICATE, &certificate.pem())?;
    write(folder, AUTHORITY, &authority.pem())?;
    // Last: what was cut short has no date, and is made anew.
    write(folder, MADE_FOR, &format!("{} {address}", until.unix_timestamp()))
}

fn authority(from: OffsetDateTime, until: OffsetDateTime) -> CertificateParams {
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "millicast-emulator authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
    (authority.not_before, authority.not_after) = (from, until);
    authority
}

fn certificate(from: OffsetDateTime, until: OffsetDateTime, address: IpAddr) -> CertificateParams {
    let mut certificate = CertificateParams::default();
    certificate.distinguished_name.push(DnType::CommonName, "millicast-emulator");
    let addresses = ALWAYS.into_iter().chain((!ALWAYS.contains(&address)).then_some(address));
    certificate.subject_alt_names = addresses.map(SanType::IpAddress).collect();
    if let Ok(localhost) = "localhost".try_into() {
        certificate.subject_alt_names.push(SanType::DnsName(localhost));
    }
    certificate.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    certificate.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    certificate.use_authority_key_identifier_extension = true;
    (certificate.not_before, certificate.not_after) = (from, until);
    certificate
}

/// Whole or not at all, and for nobody else of the machine to read: one of them is a key.
fn write(folder: &Path, name: &str, text: &str) -> io::Result<()> {
    let (file, partial) = (folder.join(name), folder.join(format!("{name}.new")));
    let _ = fs::remove_file(&partial);
    let mut options = fs::OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, if name == KEY { 0o600 } else { 0o644 });
    options.open(&partial)?.write_all(text.as_bytes())?;
    fs::rename(partial, file)
}

fn read(folder: &Path) -> io::Result<TlsAcceptor> {
    let certificate = CertificateDer::from_pem_file(folder.join(CERTIFICATE)).map_err(io::Error::other)?;
    let key = PrivateKeyDer::from_pem_file(folder.join(KEY)).map_err(io::Error::other)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(io::Error::other)?;
    let mut config = versions.with_no_client_auth().with_single_cert(vec![certificate], key).map_err(io::Error::other)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
