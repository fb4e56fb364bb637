//! Addresses, networks, and the countries they lie in.

use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A block of addresses. A single address is a block of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// Whether an address lies in the block. An IPv4 address that arrives in its IPv6 form is
    /// the same address.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let apart = u32::from(network) ^ u32::from(address);
                // A prefix of 0 keeps no bit, which a plain shift would refuse to do.
                apart.checked_shr(32 - u32::from(self.prefix)).unwrap_or(0) == 0
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let apart = u128::from(network) ^ u128::from(address);
                apart.checked_shr(128 - u32::from(self.prefix)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }

    fn single(address: IpAddr) -> Self {
        let address = address.to_canonical();
        let prefix = if address.is_ipv4() { 32 } else { 128 };
        Self { address, prefix }
    }
}

impl FromStr for Network {
    type Err = &'static str;

    /// An address, or a block in CIDR form with no bit set beyond its prefix.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let not_one = "not an IP address or a CIDR block";
        let Some((address, prefix)) = text.split_once('/') else {
            return text.parse().map(Self::single).map_err(|_| not_one);
        };
        let address: IpAddr = address.parse().map_err(|_| not_one)?;
        let canonical = !prefix.is_empty() && prefix.bytes().all(|b| b.is_ascii_digit()) && (prefix.len() == 1 || !prefix.starts_with('0'));
        if address.is_ipv6() && address.to_canonical().is_ipv4() {
            return Err("an IPv4 block in its IPv6 form, which is written as an IPv4 one");
        }
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix.parse::<u8>() {
            Ok(prefix) if canonical && prefix <= longest => prefix,
            _ => return Err("a CIDR block with a prefix that is out of range"),
        };
        let host_bits = match address {
            IpAddr::V4(v4) => u128::from(u32::from(v4)) << 96,
            IpAddr::V6(v6) => u128::from(v6),
        };
        if host_bits.checked_shl(prefix.into()).unwrap_or(0) != 0 {
            return Err("a CIDR block with bits set beyond its prefix");
        }
        Ok(Self { address, prefix })
    }
}

/// One entry of `allowedIpAddresses`, kept in the words it was given in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AllowedAddress {
    pub as_given: String,
    network: Network,
}

impl TryFrom<String> for AllowedAddress {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::read(&text)
    }
}

impl From<AllowedAddress> for String {
    fn from(entry: AllowedAddress) -> Self {
        entry.as_given
    }
}

impl AllowedAddress {
    pub fn read(text: &str) -> Result<Self, &'static str> {
        if let Some((address, _)) = text.split_once('/')
            && address.parse::<Ipv6Addr>().is_ok()
        {
            return Err("a CIDR block of IPv6, and only those of IPv4 are taken");
        }
        Ok(Self { as_given: text.to_owned(), network: text.parse()? })
    }

    pub fn admits(&self, address: IpAddr) -> bool {
        self.network.contains(address)
    }
}

/// That a block of addresses lies in a country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountryOf {
    network: Network,
    country: String,
}

impl FromStr for CountryOf {
    type Err = &'static str;

    /// Reads `CIDR=CC`, such as `203.0.113.0/24=PL`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (network, country) = text.split_once('=').ok_or("write CIDR=CC, such as 203.0.113.0/24=PL")?;
        if !is_country(country) {
            return Err("a country is two capital letters");
        }
        Ok(Self { network: network.parse()?, country: country.to_owned() })
    }
}

/// Whether this has the form of an ISO 3166-1 code. Which codes exist changes over the years and
/// is not for a test to know.
pub fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
}

/// The country of an address: the smallest block that holds it decides.
pub fn country_of(address: IpAddr, table: &[CountryOf]) -> Option<&str> {
    let holding = table.iter().filter(|entry| entry.network.contains(address));
    holding.max_by_key(|entry| entry.network.prefix).map(|entry| entry.country.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_block_holds_its_first_and_last_address_and_none_beside_them() {
        let block: Network = "203.0.113.64/26".parse().unwrap();
        assert!(block.contains(ip("203.0.113.64")));
        assert!(block.contains(ip("203.0.113.127")));
        assert!(!block.contains(ip("203.0.113.63")));
        assert!(!block.contains(ip("203.0.113.128")));
    }

    #[test]
    fn the_block_of_everything_holds_everything_of_its_family() {
        let block: Network = "0.0.0.0/0".parse().unwrap();
        assert!(block.contains(ip("255.255.255.255")));
        assert!(!block.contains(ip("2001:db8::1")));
    }

    #[test]
    fn an_ipv4_address_in_its_ipv6_form_is_the_same_address() {
        let block: Network = "192.0.2.7".parse().unwrap();
        assert!(block.contains(ip("::ffff:192.0.2.7")));
        let mapped: Network = "::ffff:192.0.2.7".parse().unwrap();
        assert!(mapped.contains(ip("192.0.2.7")));
    }

    #[test]
    fn the_smallest_block_decides_the_country() {
        let table = ["10.0.0.0/8=PL", "10.1.0.0/16=ZA", "2001:db8::/32=DE"].map(|t| t.parse().unwrap());
        assert_eq!(country_of(ip("10.1.2.3"), &table), Some("ZA"));
        assert_eq!(country_of(ip("10.2.2.3"), &table), Some("PL"));
        assert_eq!(country_of(ip("2001:db8::5"), &table), Some("DE"));
        assert_eq!(country_of(ip("192.0.2.1"), &table), None);
    }

    #[test]
    fn a_country_entry_that_is_none_is_refused() {
        for text in ["10.0.0.0/8", "10.0.0.0/8=pl", "10.0.0.0/8=POL", "10.0.0.1/8=PL", "x=PL", "=PL"] {
            assert!(text.parse::<CountryOf>().is_err(), "{text}");
        }
    }
}
