//! All tokens of one kind, and the ways in which they are found.
//!
//! Whatever is asked of a hundred thousand tokens takes about as long as of ten: each question has an index.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use roaring::RoaringTreemap;

use super::grams::Grams;
use super::{Kind, Token};
use crate::list::{Order, Page, SortBy};

/// How many tokens may be stepped over for each one that would otherwise be sorted.
const STEPS_FOR_ONE_SORTED: usize = 8;

/// All tokens of one kind, by id.
pub struct Shelf<K> {
    tokens: BTreeMap<u64, Token<K>>,
    by_text: HashMap<String, u64>,
    /// Ids in the two orders that listings have, so that a page is cut out of them and nothing is sorted.
    by_label: Vec<u64>,
    by_date: Vec<u64>,
    /// Which tokens hold a part of a text in their label or in the name of a stream.
    grams: Grams,
    by_stream: HashMap<String, BTreeSet<u64>>,
    by_cluster: HashMap<String, RoaringTreemap>,
    /// Those with a stream that is no wildcard.
    named: RoaringTreemap,
    /// Those with a stream that is a pattern.
    with_patterns: BTreeSet<u64>,
    /// Those that are live.
    live: BTreeSet<u64>,
}

impl<K> Default for Shelf<K> {
    fn default() -> Self {
        Self {
            tokens: BTreeMap::new(),
            by_text: HashMap::new(),
            by_label: Vec::new(),
            by_date: Vec::new(),
            grams: Grams::default(),
            by_stream: HashMap::new(),
            by_cluster: HashMap::new(),
            named: RoaringTreemap::new(),
            with_patterns: BTreeSet::new(),
            live: BTreeSet::new(),
        }
    }
}

impl<K: Kind> FromIterator<Token<K>> for Shelf<K> {
    /// Many at once: the orders are sorted once, instead of being kept sorted all the while.
    fn from_iter<I: IntoIterator<Item = Token<K>>>(tokens: I) -> Self {
        let mut shelf = Self::default();
        for token in tokens {
            shelf.note(&token);
            shelf.tokens.insert(token.id, token);
        }
        let (mut by_label, mut by_date): (Vec<u64>, Vec<u64>) = shelf.tokens.keys().map(|id| (*id, *id)).unzip();
        // Ids come in their order, and a stable sort leaves equals in it.
        by_label.sort_by(|a, b| shelf.tokens[a].terms.label.cmp(&shelf.tokens[b].terms.label));
        by_date.sort_by_key(|id| shelf.tokens[id].added_on);
        shelf.by_label = by_label;
        shelf.by_date = by_date;
        shelf
    }
}

impl<K: Kind> Shelf<K> {
    /// Takes a token in, in place of the one with its id if there is one.
    pub fn put(&mut self, token: Token<K>) {
        self.remove(token.id);
        self.note(&token);
        let place = self.place_by_label(&token);
        self.by_label.insert(place, token.id);
        let place = self.place_by_date(&token);
        self.by_date.insert(place, token.id);
        self.tokens.insert(token.id, token);
    }

    pub fn remove(&mut self, id: u64) {
        let Some(token) = self.tokens.get(&id) else { return };
        let (by_label, by_date) = (self.place_by_label(token), self.place_by_date(token));
        self.by_label.remove(by_label);
        self.by_date.remove(by_date);
        if let Some(token) = self.tokens.remove(&id) {
            self.forget(&token);
        }
    }

    fn place_by_label(&self, token: &Token<K>) -> usize {
        let key = (&token.terms.label, token.id);
        self.by_label.partition_point(|id| (&self.tokens[id].terms.label, *id) < key)
    }

    fn place_by_date(&self, token: &Token<K>) -> usize {
        let key = (token.added_on, token.id);
        self.by_date.partition_point(|id| (self.tokens[id].added_on, *id) < key)
    }

    fn note(&mut self, token: &Token<K>) {
        self.by_text.insert(token.token.clone(), token.id);
        for text in token.terms.searched() {
            self.grams.note(token.id, text);
        }
        for stream in token.terms.plain_streams() {
            self.by_stream.entry(stream.to_owned()).or_default().insert(token.id);
            self.named.insert(token.id);
        }
        if let Some(cluster) = &token.terms.origin_cluster {
            self.by_cluster.entry(cluster.clone()).or_default().insert(token.id);
        }
        if token.terms.has_patterns() {
            self.with_patterns.insert(token.id);
        }
        if token.own.is_live() {
            self.live.insert(token.id);
        }
    }

    fn forget(&mut self, token: &Token<K>) {
        self.by_text.remove(&token.token);
        for text in token.terms.searched() {
            self.grams.forget(token.id, text);
        }
        for stream in token.terms.plain_streams() {
            if let Some(ids) = self.by_stream.get_mut(stream) {
                ids.remove(&token.id);
                if ids.is_empty() {
                    self.by_stream.remove(stream);
                }
            }
        }
        let cluster = token.terms.origin_cluster.as_ref();
        if let Some(ids) = cluster.and_then(|cluster| self.by_cluster.get_mut(cluster)) {
            ids.remove(token.id);
        }
        self.named.remove(token.id);
        self.with_patterns.remove(&token.id);
        self.live.remove(&token.id);
    }

    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    pub fn get(&self, id: u64) -> Option<&Token<K>> {
        self.tokens.get(&id)
    }

    /// The tokens with a live stream, by id.
    pub fn live(&self) -> impl Iterator<Item = &Token<K>> {
        self.live.iter().filter_map(|id| self.get(*id))
    }

    /// The token with this text.
    pub fn by_text(&self, text: &str) -> Option<&Token<K>> {
        self.by_text.get(text).and_then(|id| self.get(*id))
    }

    /// The tokens that have this stream by its name or by a pattern, by id.
    pub fn covering(&self, stream: &str) -> impl Iterator<Item = &Token<K>> {
        let named = self.by_stream.get(stream).into_iter().flatten();
        let ids: BTreeSet<u64> = named.chain(&self.with_patterns).copied().collect();
        ids.into_iter().filter_map(|id| self.get(id)).filter(move |token| token.terms.cover(stream))
    }

    /// The tokens on a page of all of them; past the end there are none.
    pub fn page(&self, page: &Page) -> Vec<&Token<K>> {
        page.cut(self.ids(page.order)).map(|id| &self.tokens[&id]).collect()
    }

    /// The tokens on a page of those that have a stream that is no wildcard.
    pub fn named(&self, page: &Page) -> Vec<&Token<K>> {
        self.among(&self.named, page, |_| true)
    }

    /// The tokens on a page of those that name this cluster.
    pub fn in_cluster(&self, cluster: &str, page: &Page) -> Vec<&Token<K>> {
        self.by_cluster.get(cluster).map_or_else(Vec::new, |ids| self.among(ids, page, |_| true))
    }

    /// The tokens on a page of those that hold a part in their label or a stream's name, and are shown.
    pub fn search(&self, part: &str, page: &Page, shows: impl Fn(&Token<K>) -> bool) -> Vec<&Token<K>> {
        self.among(&self.grams.holding(part), page, shows)
    }

    fn among(&self, candidates: &RoaringTreemap, page: &Page, shows: impl Fn(&Token<K>) -> bool) -> Vec<&Token<K>> {
        let count = usize::try_from(candidates.len()).unwrap_or(usize::MAX);
        if count == 0 {
            return Vec::new();
        }
        // Where much is found, a page is soon full; where little is, it is soon sorted.
        let steps = page.end().saturating_mul(self.tokens.len()) / count;
        if steps <= count.saturating_mul(STEPS_FOR_ONE_SORTED) {
            let tokens = self.ids(page.order).filter(|id| candidates.contains(*id)).map(|id| &self.tokens[&id]);
            return page.cut(tokens.filter(|token| shows(token))).collect();
        }
        let found = candidates.iter().filter_map(|id| self.get(id));
        page.cut(page.order.sorted(found.filter(|token| shows(token)))).collect()
    }

    fn ids(&self, order: Order) -> Box<dyn Iterator<Item = u64> + '_> {
        let ids = match order.sort_by {
            SortBy::Name => self.by_label.iter().copied(),
            SortBy::AddedOn => self.by_date.iter().copied(),
        };
        if order.descending { Box::new(ids.rev()) } else { Box::new(ids) }
    }
}
