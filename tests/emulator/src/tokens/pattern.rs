//! Patterns of stream names.

use std::cell::RefCell;
use std::collections::HashMap;

use regex_automata::meta::{Config, Regex};
use regex_syntax::hir::{Hir, Look};

/// The most that a pattern may take once it is compiled, in bytes.
const LARGEST: usize = 1 << 20;

/// How many patterns are kept compiled. Whoever views a stream has every token with a pattern asked, again and again.
const MOST_KEPT: usize = 64;

thread_local! {
    /// What is no pattern is kept too, so that it is not tried again.
    static KEPT: RefCell<HashMap<String, Option<Regex>>> = RefCell::default();
}

/// Whether a pattern matches a whole name, in the dialect of the crate `regex`. One that is none in it, or a huge one,
/// matches nothing.
pub fn matches_whole(pattern: &str, name: &str) -> bool {
    KEPT.with_borrow_mut(|kept| {
        if kept.len() == MOST_KEPT && !kept.contains_key(pattern) {
            kept.clear();
        }
        let compiled = kept.entry(pattern.to_owned()).or_insert_with(|| compile(pattern));
        compiled.as_ref().is_some_and(|whole| whole.is_match(name))
    })
}

fn compile(pattern: &str) -> Option<Regex> {
    // Anchored as it was read, not as text: `a)|(b` is no pattern, and a comment at its end takes nothing along.
    let pattern = regex_syntax::parse(pattern).ok()?;
    let whole = Hir::concat(vec![Hir::look(Look::Start), pattern, Hir::look(Look::End)]);
    let config = Config::new().nfa_size_limit(Some(LARGEST));
    Regex::builder().configure(config).build_from_hir(&whole).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_a_whole_name() {
        for (pattern, name) in [
            ("", ""),
            ("a|ab", "ab"),
            ("(a|ab)(c|bcd)", "abcd"),
            ("a+?", "aaa"),
            ("^a$", "a"),
            (r"\w+", "été"),
            ("(?i)AB", "aB"),
            ("(?s).*", "a\nb"),
            ("(?x) a b # a comment", "ab"),
            ("\u{1F600}.", "\u{1F600}x"),
        ] {
            assert!(matches_whole(pattern, name), "{pattern:?} {name:?}");
        }
        for (pattern, name) in [("a|b", "ab"), ("a", "ab"), ("b", "ab"), (".", "\n"), ("a^b", "ab"), (r"(?-u)\w", "é"), ("", "a")] {
            assert!(!matches_whole(pattern, name), "{pattern:?} {name:?}");
        }
    }

    #[test]
    fn what_is_no_pattern_or_a_huge_one_matches_nothing() {
        for pattern in ["a)|(b", "(", "[", "(?=a)a", r"((\w{1,1000}){1,1000}){1,1000}"] {
            assert!(!matches_whole(pattern, "a"), "{pattern:?}");
        }
    }
}
