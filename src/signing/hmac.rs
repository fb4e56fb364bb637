//! HMAC with a key that is prepared once.

use std::ffi::CStr;

use ::hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::crypto::JwtVerifier;
use jsonwebtoken::signature::{Error as SignatureError, Verifier};
use sha2::{Sha256, Sha384, Sha512};

/// The algorithms that the platform accepts; nothing else is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Hs256,
    Hs384,
    Hs512,
}

impl Algorithm {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Algorithm::Hs256 => "HS256",
            Algorithm::Hs384 => "HS384",
            Algorithm::Hs512 => "HS512",
        }
    }

    /// The header of a token, as this library and most others write it.
    pub(crate) fn header(self) -> &'static CStr {
        match self {
            Algorithm::Hs256 => cr#"{"alg":"HS256","typ":"JWT"}"#,
            Algorithm::Hs384 => cr#"{"alg":"HS384","typ":"JWT"}"#,
            Algorithm::Hs512 => cr#"{"alg":"HS512","typ":"JWT"}"#,
        }
    }

    pub(crate) fn of_header(header: &str) -> Option<Algorithm> {
        let is_header = |algorithm: &Algorithm| algorithm.header().to_bytes() == header.as_bytes();
        [Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512].into_iter().find(is_header)
    }

    pub(crate) fn of_name(name: &str) -> Option<Algorithm> {
        [Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512].into_iter().find(|algorithm| algorithm.name() == name)
    }
}

/// A key whose first block is already hashed. The hashes wipe their state on drop.
#[derive(Clone)]
pub(crate) enum Key {
    Hs256(Hmac<Sha256>),
    Hs384(Hmac<Sha384>),
    Hs512(Hmac<Sha512>),
}

impl Key {
    pub(crate) fn new(algorithm: Algorithm, key: &[u8]) -> Key {
        const ANY_LENGTH: &str = "HMAC takes a key of any length";
        match algorithm {
            Algorithm::Hs256 => Key::Hs256(Hmac::new_from_slice(key).expect(ANY_LENGTH)),
            Algorithm::Hs384 => Key::Hs384(Hmac::new_from_slice(key).expect(ANY_LENGTH)),
            Algorithm::Hs512 => Key::Hs512(Hmac::new_from_slice(key).expect(ANY_LENGTH)),
        }
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        match self {
            Key::Hs256(_) => Algorithm::Hs256,
            Key::Hs384(_) => Algorithm::Hs384,
            Key::Hs512(_) => Algorithm::Hs512,
        }
    }

    /// The bytes of a signature.
    pub(crate) fn signature_length(&self) -> usize {
        match self {
            Key::Hs256(_) => 32,
            Key::Hs384(_) => 48,
            Key::Hs512(_) => 64,
        }
    }

    /// The key after the beginning of a message: signing the rest signs the whole.
    pub(crate) fn after(&self, beginning: &[u8]) -> Key {
        match self {
            Key::Hs256(key) => Key::Hs256(key.clone().chain_update(beginning)),
            Key::Hs384(key) => Key::Hs384(key.clone().chain_update(beginning)),
            Key::Hs512(key) => Key::Hs512(key.clone().chain_update(beginning)),
        }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Signature {
        match self {
            Key::Hs256(key) => Signature::new(&key.clone().chain_update(message).finalize().into_bytes()),
            Key::Hs384(key) => Signature::new(&key.clone().chain_update(message).finalize().into_bytes()),
            Key::Hs512(key) => Signature::new(&key.clone().chain_update(message).finalize().into_bytes()),
        }
    }

    /// In constant time.
    fn matches(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Key::Hs256(key) => key.clone().chain_update(message).verify_slice(signature).is_ok(),
            Key::Hs384(key) => key.clone().chain_update(message).verify_slice(signature).is_ok(),
            Key::Hs512(key) => key.clone().chain_update(message).verify_slice(signature).is_ok(),
        }
    }
}

const LONGEST_SIGNATURE: usize = 64;

pub(crate) struct Signature {
    bytes: [u8; LONGEST_SIGNATURE],
    length: usize,
}

impl Signature {
    fn new(signature: &[u8]) -> Signature {
        let mut bytes = [0; LONGEST_SIGNATURE];
        bytes[..signature.len()].copy_from_slice(signature);
        Signature { bytes, length: signature.len() }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// What jsonwebtoken asks of whoever verifies for it. Its own providers make one anew for each token, key schedule and
/// all, are installed for the whole process (which may be a Rust host's), and bring RSA and elliptic curves along.
impl JwtVerifier for Key {
    fn algorithm(&self) -> jsonwebtoken::Algorithm {
        match self.algorithm() {
            Algorithm::Hs256 => jsonwebtoken::Algorithm::HS256,
            Algorithm::Hs384 => jsonwebtoken::Algorithm::HS384,
            Algorithm::Hs512 => jsonwebtoken::Algorithm::HS512,
        }
    }
}

impl Verifier<Vec<u8>> for Key {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), SignatureError> {
        if self.matches(message, signature) { Ok(()) } else { Err(SignatureError::new()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// RFC 4231, sections 4.2 to 4.8: key, data, and their HMAC with SHA-256, SHA-384 and SHA-512. Of the fifth, whose
    /// truncation is the RFC's subject, the whole.
    fn vectors() -> Vec<(Vec<u8>, Vec<u8>, [&'static str; 3])> {
        let counted: Vec<u8> = (1..=25).collect();
        vec![
            (
                vec![0x0b; 20],
                b"Hi There".to_vec(),
                [
                    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
                    "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6",
                    "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
                ],
            ),
            (
                b"Jefe".to_vec(),
                b"what do ya want for nothing?".to_vec(),
                [
                    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
                    "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
                    "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
                ],
            ),
            (
                vec![0xaa; 20],
                vec![0xdd; 50],
                [
                    "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
                    "88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b2a5ab39dc13814b94e3ab6e101a34f27",
                    "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb",
                ],
            ),
            (
                counted,
                vec![0xcd; 50],
                [
                    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
                    "3e8a69b7783c25851933ab6290af6ca77a9981480850009cc5577c6e1f573b4e6801dd23c4a7d679ccf8a386c674cffb",
                    "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd",
                ],
            ),
            (
                vec![0x0c; 20],
                b"Test With Truncation".to_vec(),
                [
                    "a3b6167473100ee06e0c796c2955552bfa6f7c0a6a8aef8b93f860aab0cd20c5",
                    "3abf34c3503b2a23a46efc619baef897f4c8e42c934ce55ccbae9740fcbc1af4ca62269e2a37cd88ba926341efe4aeea",
                    "415fad6271580a531d4179bc891d87a650188707922a4fbb36663a1eb16da008711c5b50ddd0fc235084eb9d3364a1454fb2ef67cd1d29fe6773068ea266e96b",
                ],
            ),
            (
                vec![0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(),
                [
                    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
                    "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952",
                    "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
                ],
            ),
            (
                vec![0xaa; 131],
                b"This is a test using a larger than block-size key and a larger than block-size data. \
                  The key needs to be hashed before being used by the HMAC algorithm."
                    .to_vec(),
                [
                    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
                    "6617178e941f020d351e2f254e8fd32c602420feb0b8fb9adccebb82461e99c5a678cc31e799176d3860e6110c46523e",
                    "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58",
                ],
            ),
        ]
    }

    #[test]
    fn every_hmac_is_that_of_rfc_4231_in_one_piece_and_in_two() {
        for (key, data, expected) in vectors() {
            for (algorithm, expected) in [Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512].into_iter().zip(expected) {
                let key = Key::new(algorithm, &key);
                assert_eq!(hex(key.sign(&data).as_bytes()), expected);
                for split in 0..=data.len() {
                    let (beginning, rest) = data.split_at(split);
                    assert_eq!(hex(key.after(beginning).sign(rest).as_bytes()), expected, "split at {split}");
                }
                assert!(key.matches(&data, key.sign(&data).as_bytes()) && !key.matches(b"other", key.sign(&data).as_bytes()));
            }
        }
    }
}
