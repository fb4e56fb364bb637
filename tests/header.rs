//! The committed header, and what holds for every extern function.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn sources() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ffi");
    let mut files: Vec<_> = fs::read_dir(folder).expect("src/ffi").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files.iter().map(|file| (file.display().to_string(), fs::read_to_string(file).expect("a source"))).collect()
}

struct Function {
    name: String,
    before: String,
    body: String,
}

/// Every extern function: what stands before it, and its body.
fn functions() -> Vec<Function> {
    let mut functions = Vec::new();
    for (_, source) in sources() {
        let mut rest = source.as_str();
        let mut before_end = 0;
        while let Some(start) = rest[before_end..].find("extern \"C\" fn mct_") {
            let start = before_end + start;
            let name: String = rest[start + 14..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            // Signatures hold no braces.
            let open = start + rest[start..].find('{').expect("a body");
            let before = rest[..start].rsplit_once("\n\n").map_or("", |(_, before)| before).to_owned();
            functions.push(Function { name, before, body: rest[open + 1..].trim_start().to_owned() });
            rest = &rest[open..];
            before_end = 0;
        }
    }
    functions
}

#[test]
fn the_committed_header_is_the_generated_one() {
    let generated = fs::read_to_string(concat!(env!("OUT_DIR"), "/millicast_tokens.h")).expect("the generated header");
    let committed = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/include/millicast_tokens.h")).expect("the committed header");
    assert!(generated == committed, "include/millicast_tokens.h is out of date: run `make header` and commit it");
}

#[test]
fn every_extern_function_stands_behind_the_panic_boundary() {
    let functions = functions();
    assert!(functions.len() > 200, "the functions were found: {}", functions.len());
    for function in functions {
        // What a signal handler may call must not touch the boundary's thread-locals; it can't panic either.
        let is_exempt = function.name == "mct_client_cancel";
        let is_guarded = ["status_boundary!(", "boundary!(", "sent_boundary!("].iter().any(|guard| function.body.starts_with(guard));
        assert!(is_guarded || is_exempt, "{} begins with {:.60}", function.name, function.body);
    }
}

#[test]
fn every_extern_function_is_exported_documented_and_in_the_header() {
    let header = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/include/millicast_tokens.h")).expect("the header");
    let mut names = BTreeSet::new();
    for function in functions() {
        assert!(function.before.contains("///"), "{} has no documentation", function.name);
        assert!(function.before.contains("#[unsafe(no_mangle)]"), "{} is not exported", function.name);
        assert!(header.contains(&format!("{}(", function.name)), "{} is not in the header", function.name);
        assert!(names.insert(function.name.clone()), "{} is there twice", function.name);
    }
}

#[test]
fn the_header_holds_no_path_of_the_machine_that_made_it() {
    let header = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/include/millicast_tokens.h")).expect("the header");
    assert!(!header.contains(env!("CARGO_MANIFEST_DIR")));
    assert_eq!(header.matches("#ifndef MCT_NO_CLIENT").count(), 1);
}

#[test]
fn the_header_can_be_read_in_120_columns() {
    let header = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/include/millicast_tokens.h")).expect("the header");
    let long: Vec<&str> = header.lines().filter(|line| line.chars().count() > 120).collect();
    assert!(long.is_empty(), "{long:#?}");
}
