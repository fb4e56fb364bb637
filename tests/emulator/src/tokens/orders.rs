//! The two orders that listings have.

use std::collections::{BTreeMap, HashMap};

use super::Token;
use crate::list::{Order, Page, SortBy};

/// Ids in both orders, so that a page is cut out of them and nothing is sorted. Whoever keeps one hands in the tokens that
/// the ids stand for.
#[derive(Default)]
pub struct Orders {
    by_label: Vec<u64>,
    by_date: Vec<u64>,
}

impl Orders {
    /// All of these tokens: sorted once, instead of being kept sorted while they come.
    pub fn of<K>(tokens: &BTreeMap<u64, Token<K>>) -> Self {
        let (mut by_label, mut by_date): (Vec<u64>, Vec<u64>) = tokens.keys().map(|id| (*id, *id)).unzip();
        // Ids come in their order, and a stable sort leaves equals in it.
        by_label.sort_by(|a, b| tokens[a].terms.label.cmp(&tokens[b].terms.label));
        by_date.sort_by_key(|id| tokens[id].added_on);
        Self { by_label, by_date }
    }

    /// Those of these orders that are to be kept.
    pub fn only(&self, keep: impl Fn(u64) -> bool) -> Self {
        let kept = |ids: &[u64]| ids.iter().copied().filter(|id| keep(*id)).collect();
        Self { by_label: kept(&self.by_label), by_date: kept(&self.by_date) }
    }

    /// These orders apart by a name that ids have, each step of the way once: there may be as many names as ids.
    pub fn apart<'a>(&self, name: impl Fn(u64) -> Option<&'a String>) -> HashMap<String, Self> {
        let mut parts: HashMap<String, Self> = HashMap::new();
        for id in &self.by_label {
            if let Some(name) = name(*id) {
                parts.entry(name.clone()).or_default().by_label.push(*id);
            }
        }
        for id in &self.by_date {
            if let Some(name) = name(*id) {
                parts.entry(name.clone()).or_default().by_date.push(*id);
            }
        }
        parts
    }

    pub fn insert<K>(&mut self, token: &Token<K>, tokens: &BTreeMap<u64, Token<K>>) {
        let (by_label, by_date) = self.places(token, tokens);
        self.by_label.insert(by_label, token.id);
        self.by_date.insert(by_date, token.id);
    }

    /// Takes out one that is there, while the tokens still have it.
    pub fn remove<K>(&mut self, token: &Token<K>, tokens: &BTreeMap<u64, Token<K>>) {
        let (by_label, by_date) = self.places(token, tokens);
        self.by_label.remove(by_label);
        self.by_date.remove(by_date);
    }

    fn places<K>(&self, token: &Token<K>, tokens: &BTreeMap<u64, Token<K>>) -> (usize, usize) {
        let (label, date) = ((&token.terms.label, token.id), (token.added_on, token.id));
        let by_label = self.by_label.partition_point(|id| (&tokens[id].terms.label, *id) < label);
        let by_date = self.by_date.partition_point(|id| (tokens[id].added_on, *id) < date);
        (by_label, by_date)
    }

    pub fn is_empty(&self) -> bool {
        self.by_label.is_empty()
    }

    pub fn ids(&self, order: Order) -> Box<dyn Iterator<Item = u64> + '_> {
        let ids = self.sorted_by(order.sort_by).iter().copied();
        if order.descending { Box::new(ids.rev()) } else { Box::new(ids) }
    }

    /// The ids on a page. None of those before it is looked at.
    pub fn on(&self, page: &Page) -> Vec<u64> {
        let ids = self.sorted_by(page.order.sort_by);
        let (begin, end) = (page.begin().min(ids.len()), page.end().min(ids.len()));
        if page.order.descending {
            ids[ids.len() - end..ids.len() - begin].iter().rev().copied().collect()
        } else {
            ids[begin..end].to_vec()
        }
    }

    fn sorted_by(&self, sort_by: SortBy) -> &[u64] {
        match sort_by {
            SortBy::Name => &self.by_label,
            SortBy::AddedOn => &self.by_date,
        }
    }
}
