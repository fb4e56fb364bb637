//! `/`: the page for people, and what keeps it to them.

mod common;

use common::{Answer, Bench};

const FILES: [(&str, &str); 3] = [
    ("/", "text/html; charset=utf-8"),
    ("/_emulator/page.js", "text/javascript; charset=utf-8"),
    ("/_emulator/page.css", "text/css; charset=utf-8"),
];

#[track_caller]
fn has_header(answer: &Answer, name: &str, value: &str) {
    let line = format!("\r\n{name}: {}", value.to_ascii_lowercase());
    assert!(answer.head.lines().any(|own| own == line.trim()), "{line} is not in {}", answer.head);
}

#[track_caller]
fn is_protected(answer: &Answer) {
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
                  base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    has_header(answer, "content-security-policy", policy);
    has_header(answer, "x-frame-options", "DENY");
    has_header(answer, "x-content-type-options", "nosniff");
    has_header(answer, "referrer-policy", "no-referrer");
    has_header(answer, "cross-origin-resource-policy", "same-origin");
    has_header(answer, "cross-origin-opener-policy", "same-origin");
    has_header(answer, "cache-control", "no-store");
    assert_eq!(answer.head.matches("cache-control").count(), 1, "{}", answer.head);
}

#[test]
fn the_page_and_its_files_are_served_under_a_strict_policy() {
    let bench = Bench::new();
    for (path, kind) in FILES {
        let answer = bench.send("GET", path, &[], b"");
        assert_eq!(answer.status, 200, "{path}");
        has_header(&answer, "content-type", kind);
        is_protected(&answer);
    }
}

#[test]
fn a_page_of_another_origin_is_not_shown_it() {
    let bench = Bench::new();
    for (path, _) in FILES {
        for header in [("Origin", "https://example.com"), ("Sec-Fetch-Site", "cross-site"), ("X-Forwarded-For", "127.0.0.1")] {
            let answer = bench.send("GET", path, &[header], b"");
            assert_eq!(answer.status, 403, "{path} {header:?}");
            is_protected(&answer);
        }
    }
}

#[test]
fn the_page_is_read_and_nothing_else() {
    let bench = Bench::new();
    for (path, _) in FILES {
        assert_eq!(bench.send("POST", path, &[], b"{}").status, 405, "{path}");
    }
}
