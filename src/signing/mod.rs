//! Self-signed subscribe tokens: JWTs that the holder of a subscribe token (the parent) makes without a call.

mod claims;
mod hmac;
mod jwt;
mod packed;
mod parent;
mod payload;
mod signer;

pub(crate) use claims::Claims;
pub(crate) use hmac::Algorithm;
pub(crate) use jwt::Jwt;
pub(crate) use packed::{Packed, Texts, Viewers};
pub(crate) use signer::{Signer, VerifyOptions};
