//! # Version
//!
//! MCT_VERSION_NUMBER is what a program was compiled with, mct_version_number() what it runs with. Within one SONAME
//! a newer library runs every program that was compiled with an older header.

use std::ffi::{CStr, c_char};

use super::guard::boundary;

const fn number(text: &str) -> u32 {
    let mut number = 0;
    let mut index = 0;
    while index < text.len() {
        number = number * 10 + (text.as_bytes()[index] - b'0') as u32;
        index += 1;
    }
    number
}

const NUMBER: u32 = number(env!("CARGO_PKG_VERSION_MAJOR")) * 10000
    + number(env!("CARGO_PKG_VERSION_MINOR")) * 100
    + number(env!("CARGO_PKG_VERSION_PATCH"));

const STRING: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
    Ok(text) => text,
    Err(_) => panic!("a version has no NUL"),
};

/// The version of the library that runs: major * 10000 + minor * 100 + patch.
#[unsafe(no_mangle)]
pub extern "C" fn mct_version_number() -> u32 {
    boundary!(0, Some(NUMBER))
}

/// The same as text, such as "0.1.0". Static, not to be freed.
#[unsafe(no_mangle)]
pub extern "C" fn mct_version_string() -> *const c_char {
    boundary!(c"".as_ptr(), Some(STRING.as_ptr()))
}
