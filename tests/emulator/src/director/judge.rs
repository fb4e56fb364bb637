//! Whether a viewer is let in.

use std::net::IpAddr;

use time::OffsetDateTime;

use super::Turned;
use super::rule::Rule;
use super::self_signed::{Claims, SelfSigned};
use crate::address::{AllowedAddress, CountryOf, country_of};
use crate::origin::{AllowedOrigin, Whence};
use crate::tokens::{ACCOUNT_CLUSTER, Kind, Shelf, Subscribe, Terms, Token};

/// Who asks, for what, and when.
pub struct Viewer<'a> {
    pub bearer: &'a str,
    pub stream: &'a str,
    /// Unknown when a proxy was to name it and did not.
    pub address: Option<IpAddr>,
    pub whence: Whence,
    pub now: OffsetDateTime,
}

/// A viewer who is let in.
#[derive(Debug)]
pub struct Admission {
    /// The subscribe token, or the parent of the self-signed one.
    pub token_id: u64,
    /// Whom the viewer's traffic is counted for.
    pub tracking_id: Option<String>,
    /// An address that the token is bound to from now on.
    pub binds: Option<IpAddr>,
}

/// Judges by every rule. Nothing changes here: what an admission brings about is the caller's.
pub fn judge(shelf: &Shelf<Subscribe>, countries: &[CountryOf], viewer: &Viewer) -> Result<Admission, Turned> {
    // A token is hex: whatever has a dot in it means to be self-signed.
    if viewer.bearer.contains('.') { judge_self_signed(shelf, countries, viewer) } else { judge_token(shelf, countries, viewer) }
}

fn judge_token(shelf: &Shelf<Subscribe>, countries: &[CountryOf], viewer: &Viewer) -> Result<Admission, Turned> {
    let token = shelf.by_text(viewer.bearer).ok_or_else(|| Turned::new(Rule::TokenUnknown, "no subscribe token has this text"))?;
    if !token.is_active {
        return Err(Turned::new(Rule::TokenInactive, "the token is disabled"));
    }
    if token.is_expired(viewer.now) {
        return Err(Turned::new(Rule::TokenExpired, "the token has expired"));
    }
    check_stream(&token.terms, viewer.stream)?;
    Ok(Admission { token_id: token.id, tracking_id: token.own.tracking_id.clone(), binds: check_whereabouts(token, countries, viewer)? })
}

fn judge_self_signed(shelf: &Shelf<Subscribe>, countries: &[CountryOf], viewer: &Viewer) -> Result<Admission, Turned> {
    let presented = SelfSigned::take_apart(viewer.bearer)?;
    let parent =
        shelf.get(presented.parent_id()?).ok_or_else(|| Turned::new(Rule::ParentUnknown, "no subscribe token has the id in tokenId"))?;
    if !presented.is_signed_with(&parent.token) {
        return Err(Turned::new(Rule::Signature, "the parent's token did not make this signature"));
    }
    if !parent.is_active {
        return Err(Turned::new(Rule::ParentInactive, "the parent is disabled"));
    }
    if parent.is_expired(viewer.now) {
        return Err(Turned::new(Rule::ParentExpired, "the parent has expired"));
    }

    let claims = presented.claims()?;
    claims.check_limits()?;
    check_life(&claims, viewer.now)?;
    if claims.stream != viewer.stream {
        return Err(Turned::new(Rule::Stream, "streamName is another stream than the one asked for"));
    }
    check_stream(&parent.terms, viewer.stream)?;
    check_against_parent(&claims, parent)?;
    // These narrow what the parent allows; the parent's own lists follow.
    check_origin(&claims.allowed_origins, &viewer.whence)?;
    check_address(&claims.allowed_ip_addresses, viewer.address)?;
    Ok(Admission { token_id: parent.id, binds: check_whereabouts(parent, countries, viewer)?, tracking_id: claims.tracking_id })
}

fn check_life(claims: &Claims, now: OffsetDateTime) -> Result<(), Turned> {
    // Exact for every second up to the year 9999.
    let now = now.unix_timestamp() as f64;
    if claims.expires_at <= now {
        return Err(Turned::new(Rule::Expired, "exp has come"));
    }
    if claims.not_before.is_some_and(|not_before| not_before > now) {
        return Err(Turned::new(Rule::NotYetValid, "nbf has not come"));
    }
    Ok(())
}

fn check_against_parent(claims: &Claims, parent: &Token<Subscribe>) -> Result<(), Turned> {
    let own = &parent.own.tracking_id;
    if own.is_some() && *own != claims.tracking_id {
        return Err(Turned::new(Rule::TrackingId, "trackingId is not the parent's"));
    }
    let allowed = parent.terms.effective_cluster();
    let wanted = claims.origin_cluster.as_deref();
    if allowed != ACCOUNT_CLUSTER && wanted.is_some_and(|cluster| cluster != allowed) {
        return Err(Turned::new(Rule::OriginCluster, "originCluster is not the parent's"));
    }
    Ok(())
}

fn check_stream(terms: &Terms, wanted: &str) -> Result<(), Turned> {
    if terms.cover(wanted) {
        return Ok(());
    }
    Err(Turned::new(Rule::Stream, "no name or pattern of the token covers the stream"))
}

/// The rules about where a viewer is; gives the address to bind, if it is a new one.
fn check_whereabouts<K: Kind>(token: &Token<K>, countries: &[CountryOf], viewer: &Viewer) -> Result<Option<IpAddr>, Turned> {
    let terms = &token.terms;
    check_origin(&terms.allowed_origins, &viewer.whence)?;
    check_address(&terms.allowed_ip_addresses, viewer.address)?;
    check_country(terms, viewer.address, countries)?;
    // Last, so that only a viewer who is let in takes a place.
    let Some(places) = terms.bind_ips_on_usage else {
        return Ok(None);
    };
    match viewer.address {
        Some(address) if token.bound.contains(&address) => Ok(None),
        Some(address) if token.bound.len() < places => Ok(Some(address)),
        Some(_) => Err(Turned::new(Rule::BoundAddress, "the token is bound to other addresses")),
        None => Err(Turned::new(Rule::BoundAddress, "the viewer's address is unknown")),
    }
}

fn check_origin(allowed: &[AllowedOrigin], whence: &Whence) -> Result<(), Turned> {
    let refuse = |why| Err(Turned::new(Rule::Origin, why));
    match whence {
        _ if allowed.is_empty() => Ok(()),
        Whence::Said(origin) if allowed.iter().any(|entry| entry.admits(origin)) => Ok(()),
        Whence::Said(_) => refuse("the origin is not allowed"),
        Whence::Unsaid => refuse("the request names no origin"),
        Whence::Unreadable => refuse("the origin is none"),
    }
}

fn check_address(allowed: &[AllowedAddress], address: Option<IpAddr>) -> Result<(), Turned> {
    if allowed.is_empty() {
        return Ok(());
    }
    match address {
        Some(address) if allowed.iter().any(|entry| entry.admits(address)) => Ok(()),
        Some(_) => Err(Turned::new(Rule::Address, "the address is not allowed")),
        None => Err(Turned::new(Rule::Address, "the viewer's address is unknown")),
    }
}

fn check_country(terms: &Terms, address: Option<IpAddr>, table: &[CountryOf]) -> Result<(), Turned> {
    let country = address.and_then(|address| country_of(address, table));
    let among = |list: &[String]| list.iter().any(|entry| Some(entry.as_str()) == country);
    if !terms.allowed_countries.is_empty() && !among(&terms.allowed_countries) {
        return Err(Turned::new(Rule::Country, "the country is not among the allowed ones"));
    }
    if among(&terms.denied_countries) {
        return Err(Turned::new(Rule::Country, "the country is denied"));
    }
    Ok(())
}
