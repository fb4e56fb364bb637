//! Which tokens a listing shows, and in what order.

use std::cmp::Ordering;

use crate::query::Parameters;
use crate::tokens::Token;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum SortBy {
    Name,
    AddedOn,
}

/// An order of tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Order {
    pub sort_by: SortBy,
    pub descending: bool,
}

impl Order {
    /// These tokens in this order.
    pub fn sorted<'a, K: 'a>(self, tokens: impl Iterator<Item = &'a Token<K>>) -> Vec<&'a Token<K>> {
        let mut all: Vec<_> = tokens.collect();
        // The id settles what is otherwise equal, so pages neither overlap nor leave gaps.
        all.sort_unstable_by(|a, b| {
            let order = self.compare(a, b).then(a.id.cmp(&b.id));
            if self.descending { order.reverse() } else { order }
        });
        all
    }

    fn compare<K>(self, a: &Token<K>, b: &Token<K>) -> Ordering {
        match self.sort_by {
            SortBy::Name => a.terms.label.cmp(&b.terms.label),
            SortBy::AddedOn => a.added_on.cmp(&b.added_on),
        }
    }
}

/// One page of a listing.
pub struct Page {
    pub order: Order,
    skip: usize,
    take: usize,
}

impl Page {
    /// Reads the parameters that every listing has. Whoever calls this finishes the parameters.
    pub fn read(parameters: &Parameters) -> Option<Self> {
        let sort_by = match parameters.one("sortBy").unwrap_or_default() {
            "" | "Name" => SortBy::Name,
            "AddedOn" => SortBy::AddedOn,
            _ => {
                parameters.refuse("sortBy", "The value is neither Name nor AddedOn.");
                SortBy::Name
            }
        };
        let descending = match parameters.one("isDescending") {
            None => false,
            // Python clients send True and False.
            Some(value) if value.eq_ignore_ascii_case("true") => true,
            Some(value) if value.eq_ignore_ascii_case("false") => false,
            Some(_) => {
                parameters.refuse("isDescending", "The value is neither true nor false.");
                false
            }
        };
        let page = number(parameters, "page", i32::MAX as u64);
        let items_on_page = number(parameters, "itemsOnPage", 100);
        let (page, take) = (page?, items_on_page?);
        Some(Self {
            order: Order { sort_by, descending },
            skip: usize::try_from((page - 1) * take).unwrap_or(usize::MAX),
            take: usize::try_from(take).unwrap_or(usize::MAX),
        })
    }

    /// How many come before the page.
    pub fn begin(&self) -> usize {
        self.skip
    }

    /// How many come before the page and on it.
    pub fn end(&self) -> usize {
        self.skip.saturating_add(self.take)
    }

    /// What is on this page of what comes in its order; past the end there is nothing.
    pub fn cut<T>(&self, all: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
        all.skip(self.skip).take(self.take)
    }
}

/// Which tokens a listing by name shows.
#[derive(Clone, PartialEq, Eq)]
pub struct ByName {
    /// Lower-case.
    pub name: String,
    among_labels: bool,
    among_streams: bool,
    /// Leaves out those that have wildcards alone.
    only_named: bool,
}

impl ByName {
    /// Reads its parameters. Whoever calls this finishes them.
    pub fn read(parameters: &Parameters) -> Option<Self> {
        let name = parameters.filled("name").map(str::to_lowercase);
        let (among_labels, among_streams) = match parameters.one("filterBy").unwrap_or_default() {
            "" | "TokenOrStreamName" => (true, true),
            "TokenName" => (true, false),
            "StreamName" => (false, true),
            "None" => (false, false),
            _ => {
                parameters.refuse("filterBy", "The value is none of None, TokenName, StreamName and TokenOrStreamName.");
                return None;
            }
        };
        Some(Self { name: name?, among_labels, among_streams, only_named: true })
    }

    /// Every token that has this somewhere.
    pub fn anywhere(name: &str) -> Self {
        Self { name: name.to_lowercase(), among_labels: true, among_streams: true, only_named: false }
    }

    /// Whether the name is of no account.
    pub fn is_everything(&self) -> bool {
        !self.among_labels && !self.among_streams
    }

    pub fn shows<K>(&self, token: &Token<K>) -> bool {
        let matches = |text: &str| text.to_lowercase().contains(&self.name);
        let in_label = || self.among_labels && matches(&token.terms.label);
        let in_streams = || self.among_streams && token.terms.plain_streams().any(matches);
        (!self.only_named || token.terms.is_named()) && (in_label() || in_streams())
    }
}

fn number(parameters: &Parameters, name: &'static str, most: u64) -> Option<u64> {
    let text = parameters.required(name)?;
    // Digits only: the parser itself would take a plus sign too.
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    let number = text.parse().ok().filter(|number| digits && (1..=most).contains(number));
    if number.is_none() {
        parameters.refuse(name, format!("The value is not an integer between 1 and {most}."));
    }
    number
}
