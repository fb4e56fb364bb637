//! Whether a publisher or a viewer is let in.

use std::net::IpAddr;

use time::OffsetDateTime;

use super::asker::Asker;
use super::rule::Rule;
use super::self_signed::{Claims, SelfSigned};
use super::{Turned, Wanted};
use crate::address::{AllowedAddress, CountryOf, country_of};
use crate::origin::{AllowedOrigin, Whence};
use crate::state::{Platform, Shared};
use crate::tokens::{ACCOUNT_CLUSTER, Kind, Publish, Shelf, Subscribe, Terms, Token};

/// Somebody who is let in.
#[derive(Debug, Default)]
pub struct Admission {
    /// The publish token that was shown.
    pub publish: Option<u64>,
    /// The subscribe token, or the parent of the self-signed one.
    pub subscribe: Option<u64>,
    /// Whom the viewer's traffic is counted for.
    pub tracking_id: Option<String>,
    /// An address that the token is bound to from now on.
    pub binds: Option<IpAddr>,
    /// Whether a publisher's viewers have to show a token.
    pub requires_auth: Option<bool>,
}

/// Judges a publisher by every rule. Nothing changes here: what an admission brings about is the caller's.
///
/// Countries are for viewers: a publish token's lists keep no publisher out.
pub fn judge_publisher(
    platform: &Platform,
    asker: &Asker,
    bearer: &str,
    wanted: &Wanted,
    now: OffsetDateTime,
) -> Result<Admission, Turned> {
    let token = shown(&platform.publish, bearer)?;
    let judged = || {
        check_state(token, now)?;
        check_stream(&token.terms, &wanted.stream)?;
        check_page_and_address(&token.terms, asker)?;
        check_binding(token, asker.address)
    };
    let binds = judged().map_err(|turned| turned.by(token.id))?;
    Ok(Admission { publish: Some(token.id), binds, requires_auth: Some(token.own.subscribe_requires_auth), ..Admission::default() })
}

/// Judges a viewer by every rule, with a token or without one.
pub fn judge_viewer(
    platform: &Platform,
    shared: &Shared,
    asker: &Asker,
    bearer: Option<&str>,
    wanted: &Wanted,
) -> Result<Admission, Turned> {
    let now = shared.clock.now();
    let Some(bearer) = bearer else {
        let carriers = carriers(platform, shared, wanted, now)?;
        check_openness(&carriers, shared, wanted)?;
        check_carriers_countries(&carriers, asker, &shared.countries)?;
        return Ok(Admission::default());
    };
    // A token is hex: whatever has a dot in it means to be self-signed.
    let presented = if bearer.contains('.') { Some(SelfSigned::take_apart(bearer)?) } else { None };
    let token = match &presented {
        Some(presented) => parent(&platform.subscribe, presented)?,
        None => shown(&platform.subscribe, bearer)?,
    };
    let judged = || {
        let tracking_id = match &presented {
            Some(presented) => judge_self_signed(presented, token, asker, wanted, now)?,
            None => {
                check_state(token, now)?;
                check_stream(&token.terms, &wanted.stream)?;
                token.own.tracking_id.clone()
            }
        };
        check_page_and_address(&token.terms, asker)?;
        check_viewers_country(platform, shared, token, asker, wanted)?;
        // Last, so that only a viewer who is let in takes a place.
        Ok((tracking_id, check_binding(token, asker.address)?))
    };
    let (tracking_id, binds) = judged().map_err(|turned: Turned| turned.by(token.id))?;
    Ok(Admission { subscribe: Some(token.id), tracking_id, binds, ..Admission::default() })
}

/// The token with this text.
fn shown<'a, K: Kind>(shelf: &'a Shelf<K>, bearer: &str) -> Result<&'a Token<K>, Turned> {
    shelf.by_text(bearer).ok_or_else(|| Turned::new(Rule::TokenUnknown, format!("no {} token has this text", K::NAME)))
}

/// The token that a self-signed one claims to come from, and does.
fn parent<'a>(shelf: &'a Shelf<Subscribe>, presented: &SelfSigned) -> Result<&'a Token<Subscribe>, Turned> {
    let unknown = || Turned::new(Rule::ParentUnknown, "no subscribe token has the id in tokenId");
    let parent = shelf.get(presented.parent_id()?).ok_or_else(unknown)?;
    if !presented.is_signed_with(&parent.token) {
        return Err(Turned::new(Rule::Signature, "the parent's token did not make this signature"));
    }
    Ok(parent)
}

fn check_state<K: Kind>(token: &Token<K>, now: OffsetDateTime) -> Result<(), Turned> {
    if !token.is_active {
        return Err(Turned::new(Rule::TokenInactive, "the token is disabled"));
    }
    if token.is_expired(now) {
        return Err(Turned::new(Rule::TokenExpired, "the token has expired"));
    }
    Ok(())
}

/// A subscribe token's lists stand in place of those of the publish tokens that the stream comes under.
fn check_viewers_country(
    platform: &Platform,
    shared: &Shared,
    token: &Token<Subscribe>,
    asker: &Asker,
    wanted: &Wanted,
) -> Result<(), Turned> {
    let carriers = carriers(platform, shared, wanted, shared.clock.now())?;
    if token.terms.has_countries() {
        return check_country(&token.terms, asker.address, &shared.countries);
    }
    check_carriers_countries(&carriers, asker, &shared.countries)
}

/// The publish tokens that the stream comes under: those that are live with it, or those that could be.
fn carriers<'a>(platform: &'a Platform, shared: &Shared, wanted: &Wanted, now: OffsetDateTime) -> Result<Vec<&'a Token<Publish>>, Turned> {
    let live: Vec<_> = platform.publish.live_with(&wanted.stream).collect();
    if !live.is_empty() {
        return Ok(live);
    }
    if shared.only_live {
        return Err(Turned::new(Rule::NotPublished, "the stream is not live"));
    }
    Ok(platform.publish.covering(&wanted.stream).filter(|token| token.is_active && !token.is_expired(now)).collect())
}

/// Whether a stream may be viewed without a token. Only here does its account matter: a token brings its own along.
fn check_openness(carriers: &[&Token<Publish>], shared: &Shared, wanted: &Wanted) -> Result<(), Turned> {
    match &wanted.account {
        None => return Err(Turned::new(Rule::NoToken, "the request shows no token, and names no streamAccountId")),
        Some(account) => check_account(shared, account)?,
    }
    if carriers.is_empty() {
        return Err(Turned::new(Rule::NoToken, "the request shows no token, and no publish token is for the stream"));
    }
    if carriers.iter().any(|token| token.own.subscribe_requires_auth) {
        return Err(Turned::new(Rule::SubscribeRequiresAuth, "the request shows no token, and the stream requires one"));
    }
    Ok(())
}

pub fn check_account(shared: &Shared, account: &str) -> Result<(), Turned> {
    if shared.account.is(account) {
        return Ok(());
    }
    Err(Turned::new(Rule::Account, "the stream is in another account"))
}

fn check_carriers_countries(carriers: &[&Token<Publish>], asker: &Asker, countries: &[CountryOf]) -> Result<(), Turned> {
    carriers.iter().try_for_each(|token| check_country(&token.terms, asker.address, countries))
}

/// Gives the tracking id that the viewer's traffic is counted for.
fn judge_self_signed(
    presented: &SelfSigned,
    parent: &Token<Subscribe>,
    asker: &Asker,
    wanted: &Wanted,
    now: OffsetDateTime,
) -> Result<Option<String>, Turned> {
    if !parent.is_active {
        return Err(Turned::new(Rule::ParentInactive, "the parent is disabled"));
    }
    if parent.is_expired(now) {
        return Err(Turned::new(Rule::ParentExpired, "the parent has expired"));
    }

    let claims = presented.claims()?;
    claims.check_limits()?;
    check_life(&claims, now)?;
    if claims.stream != wanted.stream {
        return Err(Turned::new(Rule::Stream, "streamName is another stream than the one asked for"));
    }
    check_stream(&parent.terms, &wanted.stream)?;
    check_against_parent(&claims, parent)?;
    // These narrow what the parent allows; the parent's own lists follow.
    check_origin(&claims.allowed_origins, &asker.whence)?;
    check_address(&claims.allowed_ip_addresses, asker.address)?;
    Ok(claims.tracking_id)
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

fn check_page_and_address(terms: &Terms, asker: &Asker) -> Result<(), Turned> {
    check_origin(&terms.allowed_origins, &asker.whence)?;
    check_address(&terms.allowed_ip_addresses, asker.address)
}

/// Gives the address to bind, if it is a new one.
fn check_binding<K>(token: &Token<K>, address: Option<IpAddr>) -> Result<Option<IpAddr>, Turned> {
    let Some(places) = token.terms.bind_ips_on_usage else {
        return Ok(None);
    };
    match address {
        Some(address) if token.bound.contains(&address) => Ok(None),
        Some(address) if token.bound.len() < places => Ok(Some(address)),
        Some(_) => Err(Turned::new(Rule::BoundAddress, "the token is bound to other addresses")),
        None => Err(Turned::new(Rule::BoundAddress, "the address is unknown")),
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
        None => Err(Turned::new(Rule::Address, "the address is unknown")),
    }
}

fn check_country(terms: &Terms, address: Option<IpAddr>, table: &[CountryOf]) -> Result<(), Turned> {
    if address.is_none() && terms.has_countries() {
        return Err(Turned::new(Rule::Country, "the address is unknown, and so is the country"));
    }
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
