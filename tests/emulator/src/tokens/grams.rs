//! An index by the parts of a text: which tokens may hold one.

use std::collections::HashMap;

use roaring::RoaringTreemap;

/// The longest part that is kept. A longer one is found by all of its parts of this length.
const LONGEST: usize = 3;

/// Up to three characters, lower-case, filled up with nothing.
type Gram = [char; LONGEST];

/// Which ids hold which parts. A part that an id has in two texts is noted once for each and forgotten with the first:
/// whoever changes an id forgets all of its texts and notes them anew.
#[derive(Default)]
pub struct Grams(HashMap<Gram, RoaringTreemap>);

impl Grams {
    pub fn note(&mut self, id: u64, text: &str) {
        let text: Vec<char> = text.to_lowercase().chars().collect();
        for length in 1..=LONGEST {
            for part in text.windows(length) {
                self.0.entry(gram(part)).or_default().insert(id);
            }
        }
    }

    /// Forgets an id under every part of a text.
    pub fn forget(&mut self, id: u64, text: &str) {
        let text: Vec<char> = text.to_lowercase().chars().collect();
        for length in 1..=LONGEST {
            for part in text.windows(length) {
                let gram = gram(part);
                if let Some(ids) = self.0.get_mut(&gram) {
                    ids.remove(id);
                    if ids.is_empty() {
                        self.0.remove(&gram);
                    }
                }
            }
        }
    }

    /// For every part of this lower-case text, the ids that have it; fewest first. Nothing if nobody has one of them.
    pub fn parts(&self, text: &str) -> Vec<&RoaringTreemap> {
        let text: Vec<char> = text.chars().collect();
        let parts = text.windows(text.len().clamp(1, LONGEST)).map(|part| self.0.get(&gram(part)));
        let mut parts: Vec<&RoaringTreemap> = parts.collect::<Option<_>>().unwrap_or_default();
        parts.sort_by_key(|ids| ids.len());
        parts
    }
}

/// The ids that are in all of these. Not all of them need have the text whole whose parts these are.
pub fn common(parts: &[&RoaringTreemap]) -> RoaringTreemap {
    let Some((fewest, others)) = parts.split_first() else { return RoaringTreemap::new() };
    let mut common = (*fewest).clone();
    for ids in others {
        if common.is_empty() {
            break;
        }
        common &= *ids;
    }
    common
}

fn gram(part: &[char]) -> Gram {
    let mut gram = ['\0'; LONGEST];
    gram[..part.len()].copy_from_slice(part);
    gram
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(grams: &Grams, text: &str) -> Vec<u64> {
        common(&grams.parts(text)).iter().collect()
    }

    #[test]
    fn a_part_of_any_length_is_found_in_any_case_of_letters() {
        let mut grams = Grams::default();
        grams.note(1, "Morning SHOW");
        grams.note(2, "evening show");
        for part in ["o", "sh", "show", " show"] {
            assert_eq!(found(&grams, part), [1, 2], "{part}");
        }
        assert_eq!(found(&grams, "morn"), [1]);
        assert_eq!(found(&grams, "night"), [0; 0]);
    }

    #[test]
    fn what_is_forgotten_is_found_no_more() {
        let mut grams = Grams::default();
        grams.note(1, "show");
        grams.note(2, "show");
        grams.forget(1, "show");
        assert_eq!(found(&grams, "show"), [2]);
        grams.forget(2, "show");
        assert!(grams.0.is_empty());
    }
}
