//! Every token of a list, page by page, while the list may move.
//!
//! The API pages by position. A token that is added in front of the next page pushes one back that was read already;
//! one that is deleted there pulls one forward that was not read yet, and a reader who only counts pages up never sees
//! it. So each page is asked for in a size that makes it begin with a few tokens of the page before. Where they are
//! missing, the reader goes back until it meets a token that stands where it stood.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::client::Client;
use super::flight::{Flight, Work, work};
use super::token::{Kind, read_page};
use crate::error::{Error, MCT_ERR_PROTOCOL, MCT_OUTCOME_UNKNOWN, Result};
use crate::model::list::{ListOptions, MOST_ITEMS};
use crate::model::token::Received;
use crate::os::Alarm;

/// The fewest tokens that a page is asked for after the first one: with fewer there are places at which no page can
/// begin in front of what was read and end behind it.
const FEWEST: u64 = 13;
/// Further on than a list has tokens.
const FAR: u64 = 1_000_000;

/// The tokens of one list in their order, each once.
pub(crate) struct Walk<K: Kind> {
    options: ListOptions,
    /// Where the caller's first page begins. What stands in front of it is not asked for.
    first: u64,
    known: Known,
    /// How many tokens stand before what is read next.
    position: u64,
    waiting: VecDeque<Received<K::Answer>>,
    pages: u32,
    /// The largest page that came full.
    trusted: u64,
    /// A page came with fewer tokens than it was asked for: the end, or a server that gives no more at once.
    reduced: Option<u64>,
    /// The server's pages have this size, whatever it is asked for.
    own_size: Option<u64>,
    /// What the page before began with.
    began_with: Option<u64>,
    is_over: bool,
}

impl<K: Kind> Walk<K> {
    pub(crate) fn new(options: &ListOptions) -> Result<Walk<K>> {
        options.operation(K::HAS_CLUSTERS)?;
        let first = u64::from(options.page - 1) * u64::from(options.items_on_page);
        Ok(Walk {
            options: options.clone(),
            first,
            known: Known::new(options),
            position: first,
            waiting: VecDeque::new(),
            pages: 0,
            trusted: 0,
            reduced: None,
            own_size: None,
            began_with: None,
            is_over: false,
        })
    }

    /// None: the end. After an error the next call tries the same page again.
    pub(crate) async fn next(&mut self, flight: &Flight) -> Result<Option<Received<K::Answer>>> {
        while self.waiting.is_empty() && !self.is_over {
            self.read_on(flight).await?;
        }
        Ok(self.waiting.pop_front())
    }

    async fn read_on(&mut self, flight: &Flight) -> Result<()> {
        let page = self.read_from_known(flight).await?;
        let (end, given, size) = (page.end(), page.tokens.len() as u64, page.size);
        let begins_with = page.tokens.first().map(|token| token.token.id);
        for token in self.known.unpassed(page.tokens) {
            if self.known.note(&token) {
                self.waiting.push_back(token);
            }
        }
        let has_new = !self.waiting.is_empty();
        let begins_as_before = begins_with.is_some() && begins_with == self.began_with;
        self.began_with = begins_with;
        if given == size {
            // The same again: a list that moved by just as much, or a server that has no other page.
            self.is_over = !has_new && begins_as_before && self.says_it_anywhere(flight, begins_with).await?;
            self.position = end;
            self.trusted = self.trusted.max(size);
            self.reduced = None;
        } else {
            self.is_over = !has_new && (self.reduced.is_some() || size <= self.trusted || given == 0 || self.own_size.is_some());
            // A server that gives less at once began elsewhere too.
            self.position = end.min(self.position + self.waiting.len() as u64);
            self.reduced = Some(given);
        }
        Ok(())
    }

    /// Does a page far behind the end begin in the same way?
    async fn says_it_anywhere(&mut self, flight: &Flight, begins_with: Option<u64>) -> Result<bool> {
        let size = u64::from(self.options.items_on_page);
        let far = self.ask(flight, (self.position + FAR) / size + 1, size).await?;
        Ok(far.first().map(|token| token.token.id) == begins_with)
    }

    /// A page that hangs together with what was read.
    async fn read_from_known(&mut self, flight: &Flight) -> Result<Page<K>> {
        let (mut position, mut back) = (self.position, u64::from(self.options.items_on_page).max(FEWEST));
        loop {
            let page = self.read(flight, position).await?;
            let is_first = page.start <= self.first || self.known.is_empty();
            if is_first || self.own_size.is_some() || page.tokens.iter().any(|token| self.known.is_in_place(token)) {
                return Ok(page);
            }
            // The list moved by more than the pages overlap, or ended before this one: what was known stands further
            // in front, or is gone.
            position = page.start.min(position).saturating_sub(back).max(self.first);
            back = back.saturating_mul(2);
        }
    }

    async fn read(&mut self, flight: &Flight, position: u64) -> Result<Page<K>> {
        loop {
            let (page, size) = self.window(position);
            let tokens = self.ask(flight, page, size).await?;
            let given = tokens.len() as u64;
            if given <= size {
                return Ok(Page { start: (page - 1) * size, size, tokens });
            }
            if self.own_size.is_some() {
                return Err(Error::new(MCT_ERR_PROTOCOL, "the list's pages grow from one to the next")
                    .with(|details| details.outcome = MCT_OUTCOME_UNKNOWN));
            }
            // Where its pages begin can only be told by the size that they have.
            self.own_size = Some(given);
        }
    }

    /// The page to ask for, and its size.
    fn window(&self, position: u64) -> (u64, u64) {
        let items = u64::from(self.options.items_on_page);
        match (self.own_size, self.reduced) {
            (Some(size), _) => (position / size + 1, size),
            _ if position <= self.first => (u64::from(self.options.page), items),
            (None, reduced) => window(position, reduced.unwrap_or(items).max(FEWEST)),
        }
    }

    async fn ask(&mut self, flight: &Flight, page: u64, size: u64) -> Result<Vec<Received<K::Answer>>> {
        if self.pages == self.options.max_pages {
            let message = format!("the list did not end within {} pages (see max_pages)", self.pages);
            return Err(Error::new(MCT_ERR_PROTOCOL, message).with(|details| details.outcome = MCT_OUTCOME_UNKNOWN));
        }
        let mut options = self.options.clone();
        options.items_on_page = u32::try_from(size).unwrap_or(MOST_ITEMS).min(MOST_ITEMS);
        options.set_page(u32::try_from(page).unwrap_or(u32::MAX))?;
        let tokens = read_page::<K>(flight, &options).await?;
        self.pages += 1;
        Ok(tokens)
    }
}

/// A walk in the hands of a host, who asks for one token after the other.
pub(crate) struct Tokens<K: Kind> {
    client: Arc<Client>,
    rest: Arc<Mutex<Rest<K>>>,
}

struct Rest<K: Kind> {
    /// None: a call is under way with it.
    walk: Option<Walk<K>>,
    /// The cancels that were told to the host. A cancel between two calls is not lost: it ends the next one.
    told: u64,
}

type NextWork<K> = Work<Option<Received<<K as Kind>::Answer>>>;

impl<K: Kind> Tokens<K> {
    pub(crate) fn new(client: Arc<Client>, options: &ListOptions) -> Result<Tokens<K>> {
        let rest = Rest { walk: Some(Walk::new(options)?), told: client.cancels() };
        Ok(Tokens { client, rest: Arc::new(Mutex::new(rest)) })
    }

    pub(crate) fn client(&self) -> &Arc<Client> {
        &self.client
    }

    /// Does waiting() tell what comes next?
    pub(crate) fn can_answer(&self) -> bool {
        let rest = lock(&self.rest);
        self.client.check(rest.told).is_err() || rest.walk.as_ref().is_some_and(|walk| !walk.waiting.is_empty())
    }

    /// The next token if it was read already.
    pub(crate) fn waiting(&self) -> Result<Option<Received<K::Answer>>> {
        let mut rest = lock(&self.rest);
        let cancels = self.client.cancels();
        self.client.check(rest.told).inspect_err(|_| rest.told = cancels)?;
        Ok(rest.walk.as_mut().and_then(|walk| walk.waiting.pop_front()))
    }

    /// How to get the next token, and when that began, as cancels count.
    pub(crate) fn next(&self) -> Result<(u64, NextWork<K>)> {
        let mut rest = lock(&self.rest);
        let Some(walk) = rest.walk.take() else {
            return Err(Error::invalid("iter", "is in use: a call of it is under way"));
        };
        let mut taken = Taken { walk: Some(walk), rest: Arc::clone(&self.rest), alarm: Arc::clone(self.client.alarm()), is_good: false };
        let next = work(async move |flight: Rc<Flight>| taken.next(&flight).await);
        Ok((rest.told, next))
    }
}

fn lock<K: Kind>(rest: &Mutex<Rest<K>>) -> MutexGuard<'_, Rest<K>> {
    rest.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A walk during a call. However that ends, the walk goes back.
struct Taken<K: Kind> {
    walk: Option<Walk<K>>,
    rest: Arc<Mutex<Rest<K>>>,
    /// Not the client: that must not be dropped on the thread that drives this.
    alarm: Arc<Alarm>,
    is_good: bool,
}

impl<K: Kind> Taken<K> {
    async fn next(&mut self, flight: &Flight) -> Result<Option<Received<K::Answer>>> {
        let next = match &mut self.walk {
            Some(walk) => walk.next(flight).await,
            None => Ok(None),
        };
        self.is_good = next.is_ok();
        next
    }
}

impl<K: Kind> Drop for Taken<K> {
    fn drop(&mut self) {
        let mut rest = lock(&self.rest);
        rest.walk = self.walk.take();
        if !self.is_good {
            rest.told = self.alarm.times();
        }
    }
}

struct Page<K: Kind> {
    start: u64,
    /// What it was asked for.
    size: u64,
    tokens: Vec<Received<K::Answer>>,
}

impl<K: Kind> Page<K> {
    fn end(&self) -> u64 {
        self.start + self.tokens.len() as u64
    }
}

/// The page and its size that begin in front of the last token that was read, and reach the furthest.
fn window(position: u64, most: u64) -> (u64, u64) {
    let before = |size: u64| ((position - 1) / size + 1, size);
    let reach = |(page, size): &(u64, u64)| page * size;
    (2..=most).map(before).max_by_key(reach).unwrap_or((position, 1))
}

/// What is remembered of a token that was read: when it came last, and a hash of what it is sorted by.
struct Seen {
    number: u32,
    sorted_by: u32,
}

/// Every token that was read, in a few bytes each.
struct Known {
    seen: HashMap<u64, Seen>,
    /// The number of the next one.
    count: u32,
    is_by_time: bool,
}

impl Known {
    fn new(options: &ListOptions) -> Known {
        Known { seen: HashMap::new(), count: 0, is_by_time: options.is_by_time() }
    }

    fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    fn number<A>(&self, token: &Received<A>) -> Option<u32> {
        self.seen.get(&token.token.id).map(|seen| seen.number)
    }

    fn sorted_by<A>(&self, token: &Received<A>) -> u32 {
        let mut hasher = DefaultHasher::new();
        match self.is_by_time {
            true => token.token.added_on.and_then(|moment| moment.unix_seconds()).hash(&mut hasher),
            false => token.token.label.as_ref().map(|label| label.as_str()).hash(&mut hasher),
        }
        // Half of a hash is a hash.
        hasher.finish() as u32
    }

    /// Is it known, and sorted as it was? One that was renamed stands anywhere, and tells nothing of those around it.
    fn is_in_place<A>(&self, token: &Received<A>) -> bool {
        self.seen.get(&token.token.id).is_some_and(|seen| seen.sorted_by == self.sorted_by(token))
    }

    /// The page without what is new in front of the token in place that came last: that was added when its place had
    /// been passed. Tokens that are sorted alike may have changed places, and stay.
    fn unpassed<A>(&self, page: Vec<Received<A>>) -> Vec<Received<A>> {
        let in_place = page.iter().enumerate().filter(|(_, token)| self.is_in_place(token));
        let Some((last, sorted_by)) =
            in_place.max_by_key(|(_, token)| self.number(token)).map(|(index, token)| (index, self.sorted_by(token)))
        else {
            return page;
        };
        let is_unpassed = |(index, token): (usize, Received<A>)| (index > last || self.sorted_by(&token) == sorted_by).then_some(token);
        page.into_iter().enumerate().filter_map(is_unpassed).collect()
    }

    /// It was read, and stands where it does. False: it came before.
    fn note<A>(&mut self, token: &Received<A>) -> bool {
        let seen = Seen { number: self.count, sorted_by: self.sorted_by(token) };
        self.count = self.count.saturating_add(1);
        self.seen.insert(token.token.id, seen).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_window_holds_the_last_token_and_reaches_beyond_it() {
        for most in FEWEST..=100 {
            for position in 1..3000 {
                let (page, size) = window(position, most);
                let (start, end) = ((page - 1) * size, page * size);
                assert!(start < position && end > position && size <= most, "{position} by {most}: {start}..{end}");
            }
        }
    }

    #[test]
    fn windows_of_a_hundred_gain_about_a_hundred() {
        let (mut position, mut windows) = (100, 0);
        while position < 100_000 {
            let (page, size) = window(position, 100);
            position = page * size;
            windows += 1;
        }
        assert!(windows < 1150, "{windows}");
    }
}
