//! What a kind of token has to say for itself.

use std::io;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde::ser::SerializeMap;

use super::{Shelf, Token, Update, Version};
use crate::state::{Change, Platform};
use crate::validate::Fields;

/// A kind of token: the fields only it has, and where it is kept.
pub trait Kind: Clone + Send + Serialize + DeserializeOwned + 'static {
    /// As in `/api/publish_token` and "No publish token".
    const NAME: &'static str;

    /// Reads its own fields of a create request, or of what updates of a version may have left. Problems gather in the
    /// fields; the result counts only if there are none.
    fn read(fields: &Fields, version: Version) -> io::Result<Self>;

    /// Takes over what a read answers and no create takes, on the same terms as [`Kind::read`].
    fn take_over(&mut self, _fields: &Fields) {}

    /// Changes its own fields as an update says, on the same terms as [`Kind::read`].
    fn update(&mut self, _update: &Update) {}

    /// Writes its own fields into an answer.
    fn answer<M: SerializeMap>(&self, answer: &mut M) -> Result<(), M::Error>;

    /// Adds its own settings to those that account and token make together.
    fn effective<M: SerializeMap>(&self, _settings: &mut M) -> Result<(), M::Error> {
        Ok(())
    }

    /// Its live streams.
    fn live(&self) -> impl Iterator<Item = &String> {
        std::iter::empty()
    }

    fn shelf(platform: &Platform) -> &Shelf<Self>;

    /// That a token comes, or takes the place of the one with its id.
    fn put(token: Token<Self>) -> Change;

    /// That a token goes.
    fn removed(id: u64) -> Change;
}
