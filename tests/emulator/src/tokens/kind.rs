//! What a kind of token has to say for itself.

use std::io;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Shelf, Token, Update};
use crate::state::{Change, Platform};
use crate::validate::Fields;

/// A kind of token: the fields only it has, and where it is kept.
pub trait Kind: Clone + Send + Serialize + DeserializeOwned + 'static {
    /// As in `/api/publish_token` and "No publish token".
    const NAME: &'static str;

    /// Reads its own fields of a create request. Problems gather in the fields; the result counts
    /// only if there are none.
    fn read(fields: &Fields) -> io::Result<Self>;

    /// Changes its own fields as an update says, on the same terms as [`Kind::read`].
    fn update(&mut self, _update: &Update) {}

    /// Writes its own fields into an answer.
    fn answer(&self, answer: &mut Map<String, Value>);

    /// Adds its own settings to those that account and token make together.
    fn effective(&self, _settings: &mut Map<String, Value>) {}

    /// Whether it has a live stream.
    fn is_live(&self) -> bool {
        false
    }

    fn shelf(platform: &Platform) -> &Shelf<Self>;

    /// That a token comes, or takes the place of the one with its id.
    fn put(token: Token<Self>) -> Change;

    /// That a token goes.
    fn removed(id: u64) -> Change;
}
