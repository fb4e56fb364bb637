//! All tokens of one kind, and the ways in which they are found.
//!
//! Whatever is asked of a hundred thousand tokens takes about as long as of ten: each question has an index. A page far into
//! much that a search finds is the one exception: all of it has to be found, once after each change.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use roaring::RoaringTreemap;

use super::grams::{Grams, common};
use super::orders::Orders;
use super::{Kind, Token};
use crate::list::{ByName, Order, Page};

/// How many tokens are looked at one after the other before it is quicker to look them up.
const FEW_STEPS: usize = 500;

/// How many tokens may be stepped over for each one that would otherwise be sorted.
const STEPS_FOR_ONE_SORTED: usize = 16;

/// How many searches are remembered until something changes.
const MOST_SEARCHES: usize = 4;

/// What a search has found, in its order.
struct Found {
    search: ByName,
    order: Order,
    ids: Vec<u64>,
}

/// All tokens of one kind, by id.
pub struct Shelf<K> {
    tokens: BTreeMap<u64, Token<K>>,
    by_text: HashMap<String, u64>,
    all: Orders,
    /// Which tokens hold a part of a text in their label or in the name of a stream.
    grams: Grams,
    by_stream: HashMap<String, BTreeSet<u64>>,
    by_cluster: HashMap<String, Orders>,
    /// Those with a stream that is no wildcard.
    named: Orders,
    /// Those with a stream that is a pattern.
    with_patterns: BTreeSet<u64>,
    /// Those that are live, and with which stream.
    live: BTreeSet<u64>,
    by_live_stream: HashMap<String, BTreeSet<u64>>,
    /// Much that was found, since the last change.
    found: RefCell<VecDeque<Found>>,
}

impl<K> Default for Shelf<K> {
    fn default() -> Self {
        Self {
            tokens: BTreeMap::new(),
            by_text: HashMap::new(),
            all: Orders::default(),
            grams: Grams::default(),
            by_stream: HashMap::new(),
            by_cluster: HashMap::new(),
            named: Orders::default(),
            with_patterns: BTreeSet::new(),
            live: BTreeSet::new(),
            by_live_stream: HashMap::new(),
            found: RefCell::default(),
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
        let tokens = &shelf.tokens;
        shelf.all = Orders::of(tokens);
        shelf.named = shelf.all.only(|id| tokens[&id].terms.is_named());
        shelf.by_cluster = shelf.all.apart(|id| tokens[&id].terms.origin_cluster.as_ref());
        shelf
    }
}

impl<K: Kind> Shelf<K> {
    /// Takes a token in, in place of the one with its id if there is one.
    pub fn put(&mut self, token: Token<K>) {
        self.remove(token.id);
        self.found.get_mut().clear();
        self.note(&token);
        self.all.insert(&token, &self.tokens);
        if token.terms.is_named() {
            self.named.insert(&token, &self.tokens);
        }
        if let Some(cluster) = &token.terms.origin_cluster {
            self.by_cluster.entry(cluster.clone()).or_default().insert(&token, &self.tokens);
        }
        self.tokens.insert(token.id, token);
    }

    pub fn remove(&mut self, id: u64) {
        let Some(token) = self.tokens.get(&id) else { return };
        self.all.remove(token, &self.tokens);
        if token.terms.is_named() {
            self.named.remove(token, &self.tokens);
        }
        if let Some(cluster) = &token.terms.origin_cluster
            && let Some(orders) = self.by_cluster.get_mut(cluster)
        {
            orders.remove(token, &self.tokens);
            if orders.is_empty() {
                self.by_cluster.remove(cluster);
            }
        }
        self.found.get_mut().clear();
        if let Some(token) = self.tokens.remove(&id) {
            self.forget(&token);
        }
    }

    fn note(&mut self, token: &Token<K>) {
        self.by_text.insert(token.token.clone(), token.id);
        for text in token.terms.searched() {
            self.grams.note(token.id, text);
        }
        for stream in token.terms.plain_streams() {
            self.by_stream.entry(stream.to_owned()).or_default().insert(token.id);
        }
        if token.terms.has_patterns() {
            self.with_patterns.insert(token.id);
        }
        for stream in token.own.live() {
            self.by_live_stream.entry(stream.clone()).or_default().insert(token.id);
            self.live.insert(token.id);
        }
    }

    fn forget(&mut self, token: &Token<K>) {
        self.by_text.remove(&token.token);
        for text in token.terms.searched() {
            self.grams.forget(token.id, text);
        }
        for stream in token.terms.plain_streams() {
            forget(&mut self.by_stream, stream, token.id);
        }
        for stream in token.own.live() {
            forget(&mut self.by_live_stream, stream, token.id);
        }
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

    /// Those that are live with this stream, by id.
    pub fn live_with(&self, stream: &str) -> impl Iterator<Item = &Token<K>> {
        self.by_live_stream.get(stream).into_iter().flatten().filter_map(|id| self.get(*id))
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
        self.cut(&self.all, page)
    }

    /// The tokens on a page of those that have a stream that is no wildcard.
    pub fn named(&self, page: &Page) -> Vec<&Token<K>> {
        self.cut(&self.named, page)
    }

    /// The tokens on a page of those that name this cluster.
    pub fn in_cluster(&self, cluster: &str, page: &Page) -> Vec<&Token<K>> {
        self.by_cluster.get(cluster).map_or_else(Vec::new, |orders| self.cut(orders, page))
    }

    fn cut(&self, orders: &Orders, page: &Page) -> Vec<&Token<K>> {
        orders.on(page).into_iter().filter_map(|id| self.get(id)).collect()
    }

    /// The tokens on a page of those that a search shows.
    pub fn search(&self, search: &ByName, page: &Page) -> Vec<&Token<K>> {
        let parts = self.grams.parts(&search.name);
        let Some(fewest) = parts.first() else { return Vec::new() };
        let likely = usize::try_from(fewest.len()).unwrap_or(usize::MAX).max(1);
        // Where much is found, a page near the beginning is soon full.
        if page.end().saturating_mul(self.tokens.len()) / likely <= FEW_STEPS
            && let Some(tokens) = self.search_at_the_beginning(search, page)
        {
            return tokens;
        }
        if let Some(found) = self.found.borrow().iter().find(|found| found.search == *search && found.order == page.order) {
            return page.cut(found.ids.iter()).filter_map(|id| self.get(*id)).collect();
        }
        let found = self.found_in_order(&common(&parts), search, page.order);
        self.remember(search, page.order, &found);
        page.cut(found.into_iter()).collect()
    }

    fn found_in_order(&self, candidates: &RoaringTreemap, search: &ByName, order: Order) -> Vec<&Token<K>> {
        let count = usize::try_from(candidates.len()).unwrap_or(usize::MAX);
        // Where little is found it is soon sorted.
        if count.saturating_mul(STEPS_FOR_ONE_SORTED) < self.tokens.len() {
            return order.sorted(candidates.iter().filter_map(|id| self.get(id)).filter(|token| search.shows(token)));
        }
        let ids = self.all.ids(order).filter(|id| candidates.contains(*id));
        ids.filter_map(|id| self.get(id)).filter(|token| search.shows(token)).collect()
    }

    /// The page, if few steps from the beginning lead to its end.
    fn search_at_the_beginning(&self, search: &ByName, page: &Page) -> Option<Vec<&Token<K>>> {
        let tokens = self.all.ids(page.order).take(2 * FEW_STEPS).filter_map(|id| self.get(id));
        let tokens: Vec<_> = tokens.filter(|token| search.shows(token)).take(page.end()).collect();
        let is_known = tokens.len() == page.end() || self.tokens.len() <= 2 * FEW_STEPS;
        is_known.then(|| page.cut(tokens.into_iter()).collect())
    }

    /// Whoever asks for a page of much that was found is likely to ask for the next one.
    fn remember(&self, search: &ByName, order: Order, found: &[&Token<K>]) {
        if found.len() > FEW_STEPS {
            let mut all = self.found.borrow_mut();
            all.truncate(MOST_SEARCHES - 1);
            all.push_front(Found { search: search.clone(), order, ids: found.iter().map(|token| token.id).collect() });
        }
    }
}

/// Takes an id from a name; a name without any goes as well.
fn forget(index: &mut HashMap<String, BTreeSet<u64>>, name: &str, id: u64) {
    if let Some(ids) = index.get_mut(name) {
        ids.remove(&id);
        if ids.is_empty() {
            index.remove(name);
        }
    }
}
