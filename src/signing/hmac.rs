//! HMAC with a key that is prepared once, and the same behind jsonwebtoken, so that no RSA or EC comes in.

use ::hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::signature::{Error as SignatureError, Signer, Verifier};
use jsonwebtoken::{DecodingKey, EncodingKey};
use once_cell::sync::Lazy;
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

    pub(crate) fn of_jsonwebtoken(algorithm: jsonwebtoken::Algorithm) -> Option<Algorithm> {
        match algorithm {
            jsonwebtoken::Algorithm::HS256 => Some(Algorithm::Hs256),
            jsonwebtoken::Algorithm::HS384 => Some(Algorithm::Hs384),
            jsonwebtoken::Algorithm::HS512 => Some(Algorithm::Hs512),
            _ => None,
        }
    }

    fn to_jsonwebtoken(self) -> jsonwebtoken::Algorithm {
        match self {
            Algorithm::Hs256 => jsonwebtoken::Algorithm::HS256,
            Algorithm::Hs384 => jsonwebtoken::Algorithm::HS384,
            Algorithm::Hs512 => jsonwebtoken::Algorithm::HS512,
        }
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

    /// Hands the signature of `message` to `take`.
    pub(crate) fn sign<T>(&self, message: &[u8], take: impl FnOnce(&[u8]) -> T) -> T {
        match self {
            Key::Hs256(key) => take(&key.clone().chain_update(message).finalize().into_bytes()),
            Key::Hs384(key) => take(&key.clone().chain_update(message).finalize().into_bytes()),
            Key::Hs512(key) => take(&key.clone().chain_update(message).finalize().into_bytes()),
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

impl JwtSigner for Key {
    fn algorithm(&self) -> jsonwebtoken::Algorithm {
        self.algorithm().to_jsonwebtoken()
    }
}

impl Signer<Vec<u8>> for Key {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, SignatureError> {
        Ok(self.sign(message, <[u8]>::to_vec))
    }
}

impl JwtVerifier for Key {
    fn algorithm(&self) -> jsonwebtoken::Algorithm {
        self.algorithm().to_jsonwebtoken()
    }
}

impl Verifier<Vec<u8>> for Key {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), SignatureError> {
        if self.matches(message, signature) { Ok(()) } else { Err(SignatureError::new()) }
    }
}

fn key_for(algorithm: jsonwebtoken::Algorithm, key: &[u8]) -> jsonwebtoken::errors::Result<Key> {
    Algorithm::of_jsonwebtoken(algorithm)
        .map(|algorithm| Key::new(algorithm, key))
        .ok_or_else(|| jsonwebtoken::errors::ErrorKind::InvalidAlgorithm.into())
}

fn signer_for(algorithm: &jsonwebtoken::Algorithm, key: &EncodingKey) -> jsonwebtoken::errors::Result<Box<dyn JwtSigner>> {
    Ok(Box::new(key_for(*algorithm, key.as_bytes())?))
}

fn verifier_for(algorithm: &jsonwebtoken::Algorithm, key: &DecodingKey) -> jsonwebtoken::errors::Result<Box<dyn JwtVerifier>> {
    Ok(Box::new(key_for(*algorithm, key.try_get_as_bytes()?)?))
}

static PROVIDER: CryptoProvider =
    CryptoProvider { signer_factory: signer_for, verifier_factory: verifier_for, key_utils: KeyUtils::new_unimplemented() };

/// jsonwebtoken keeps one provider a process. In the shared library that is ours alone; a Rust host that links
/// this crate and has installed its own keeps it, and any provider knows HMAC.
static INSTALLED: Lazy<()> = Lazy::new(|| {
    let _already_there = PROVIDER.install_default();
});

/// Does the compact form's `signature` belong to `message`? Compared in constant time.
pub(crate) fn verify(algorithm: Algorithm, key: &DecodingKey, message: &str, signature: &str) -> bool {
    Lazy::force(&INSTALLED);
    jsonwebtoken::crypto::verify(signature, message.as_bytes(), key, algorithm.to_jsonwebtoken()).unwrap_or(false)
}
