//! Makes the C header out of src/ffi, and gives the shared library its name and its link.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The families of the header, in its order: (file, needs a client).
const FAMILIES: &[(&str, bool)] = &[
    ("src/ffi/version.rs", false),
    ("src/error.rs", false),
    ("src/ffi/string.rs", false),
    ("src/ffi/error.rs", false),
    ("src/ffi/subscribe_token.rs", false),
    ("src/ffi/claims.rs", false),
    ("src/ffi/signer.rs", false),
    ("src/ffi/viewers.rs", false),
    ("src/ffi/jwt.rs", false),
    ("src/ffi/client_config.rs", true),
    ("src/ffi/client.rs", true),
    ("src/ffi/list_options.rs", true),
    ("src/ffi/publish_token.rs", true),
    ("src/ffi/publish_token_spec.rs", true),
    ("src/ffi/publish_token_update.rs", true),
    ("src/ffi/publish_token_calls.rs", true),
    ("src/ffi/subscribe_token_spec.rs", true),
    ("src/ffi/subscribe_token_update.rs", true),
    ("src/ffi/subscribe_token_calls.rs", true),
    ("src/ffi/account.rs", true),
    ("src/ffi/analytics.rs", true),
    ("src/ffi/call.rs", true),
    ("src/ffi/call_start.rs", true),
    ("src/ffi/call_take.rs", true),
];

/// The major version of the ABI. It changes when a program that links the library would have to be built again.
const SONAME: &str = "libmillicast_tokens.so.0";

const INTRODUCTION: &str = r"/*
 * millicast-tokens: publish and subscribe tokens of Dolby Millicast (OptiView Real-time Streaming).
 *
 * This header is the manual. It is generated; do not edit it. What holds everywhere:
 *
 * - Handles are opaque. Every mct_X_free(NULL) is a no-op. Who gets a handle from a function frees it; what is lent
 *   (`const`) stays its owner's and is valid until that is freed.
 * - A function that can fail returns an mct_status and takes `mct_error **error` last, which may be NULL. On failure an
 *   out handle is NULL. Besides the statuses that stand at a function, each may answer MCT_ERR_PANIC.
 * - A NULL that can't be taken is MCT_ERR_NULL_ARGUMENT. Getters take NULL and any index: they answer 0, false or NULL,
 *   but for mct_call_fd(), mct_error_retry_after_ms() and mct_error_index(), which answer -1.
 * - Texts are NUL-terminated UTF-8. Those handed in are copied; one that is not UTF-8 is MCT_ERR_INVALID_UTF8. Texts
 *   handed out as `const char *` are lent, those handed out as `char **` are freed with mct_string_free(). A text of
 *   the API that holds U+0000 shows U+FFFD in its place; the JSON keeps it.
 * - A handle must be one that the function's family made and that was not freed.
 * - Times are Unix seconds (int64_t), ids are uint64_t. A list may be NULL when its count is 0.
 * - An enum is a number with named constants; one that the library does not know is MCT_ERR_INVALID_ARGUMENT.
 * - Nothing here unwinds, aborts (running out of memory excepted), exits, prints, touches signal handlers or the
 *   locale, or reads the environment, but for SSL_CERT_FILE and SSL_CERT_DIR in mct_client_new(). No write raises
 *   SIGPIPE, and descriptors are close-on-exec. The shared library stays loaded after dlclose().
 * - Define MCT_NO_CLIENT before including this header to build against a library made for signing only.
 */
";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=cbindgen.toml");
    println!("cargo:rerun-if-changed=src/error.rs");
    println!("cargo:rerun-if-changed=src/ffi");
    println!("cargo:rerun-if-env-changed=RUSTC_LINKER");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(out.join("millicast_tokens.h"), header()).expect("the header can be written to OUT_DIR");
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        name_the_shared_library(&out);
    }
}

fn name_the_shared_library(out: &Path) {
    for argument in [&format!("-Wl,-soname,{SONAME}"), "-Wl,-z,nodelete", "-Wl,-Bsymbolic"] {
        println!("cargo:rustc-cdylib-link-arg={argument}");
    }
    // Each function gets the SONAME as its version, so that what was linked with another major version is never bound to
    // this one, where a process has both. GNU ld can do that beside the list of exports that rustc hands it; others, which
    // whoever builds names to Cargo as their linker, may not.
    if env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|env| env == "gnu") && env::var_os("RUSTC_LINKER").is_none() {
        for argument in ["-fuse-ld=bfd", "-Wl,--default-symver"] {
            println!("cargo:rustc-cdylib-link-arg={argument}");
        }
    }
    // OUT_DIR is PROFILE/build/PACKAGE/out. A program finds the library by its SONAME, so the link stands beside it.
    if let Some(profile) = out.ancestors().nth(3) {
        link_beside(&profile.join(SONAME)).expect("the link for the SONAME can be made beside the library");
    }
}

#[cfg(unix)]
fn link_beside(link: &Path) -> io::Result<()> {
    match std::os::unix::fs::symlink("libmillicast_tokens.so", link) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        result => result,
    }
}

#[cfg(not(unix))]
fn link_beside(_: &Path) -> io::Result<()> {
    Ok(())
}

fn header() -> String {
    let mut header = String::from(INTRODUCTION);
    header.push_str("\n#ifndef MILLICAST_TOKENS_H\n#define MILLICAST_TOKENS_H\n\n");
    header.push_str("#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\n\n");
    version(&mut header);
    header.push_str("#ifdef __cplusplus\nextern \"C\" {\n#endif\n");
    let mut in_client = false;
    for (file, needs_client) in FAMILIES {
        if *needs_client && !in_client {
            header.push_str("\n#ifndef MCT_NO_CLIENT\n");
            in_client = true;
        }
        header.push_str(&family(Path::new(file)));
    }
    header.push_str("\n#endif /* MCT_NO_CLIENT */\n\n#ifdef __cplusplus\n} /* extern \"C\" */\n#endif\n\n");
    header.push_str("#endif /* MILLICAST_TOKENS_H */\n");
    header
}

fn version(header: &mut String) {
    let part = |name: &str| env::var(format!("CARGO_PKG_VERSION_{name}")).expect("cargo sets the version");
    for name in ["MAJOR", "MINOR", "PATCH"] {
        let _a_string_takes_it = writeln!(header, "#define MCT_VERSION_{name} {}", part(name));
    }
    header.push_str("/** major * 10000 + minor * 100 + patch */\n");
    header.push_str("#define MCT_VERSION_NUMBER (MCT_VERSION_MAJOR * 10000 + MCT_VERSION_MINOR * 100 + MCT_VERSION_PATCH)\n\n");
}

/// One file's introduction (its `//!` lines) and declarations.
fn family(file: &Path) -> String {
    let source = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let introduction: Vec<&str> = source.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim).collect();
    let mut text = String::from("\n/*\n");
    for line in &introduction {
        let _a_string_takes_it = writeln!(text, "{}", format!(" * {}", line.trim_start_matches("# ")).trim_end());
    }
    text.push_str(" */\n\n");
    text.push_str(&declarations(file));
    text
}

fn declarations(file: &Path) -> String {
    let config = cbindgen::Config::from_file("cbindgen.toml").expect("cbindgen.toml can be read");
    let bindings = cbindgen::Builder::new().with_config(config).with_src(file).generate();
    let mut text = Vec::new();
    bindings.unwrap_or_else(|error| panic!("{}: {error}", file.display())).write(&mut text);
    String::from_utf8(text).expect("cbindgen writes UTF-8").trim_start().to_owned()
}
