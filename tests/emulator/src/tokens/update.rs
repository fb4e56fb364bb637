//! What an update asks to change.

use std::cell::Cell;

use crate::validate::Fields;

/// The version of the API that an update or an answer belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Version {
    V1,
    V2,
}

/// An update's fields. What is absent or `null` leaves a token as it is.
pub struct Update<'a> {
    fields: &'a Fields<'a>,
    version: Version,
    /// Whether a field that an update knows has come up.
    says_something: Cell<bool>,
}

impl<'a> Update<'a> {
    pub fn new(fields: &'a Fields<'a>, version: Version) -> Self {
        Self { fields, version, says_something: Cell::new(false) }
    }

    pub fn fields(&self) -> &Fields<'a> {
        self.fields
    }

    pub fn version(&self) -> Version {
        self.version
    }

    /// A field that this version may have renamed: version 1 puts `update` before what takes
    /// the place of something.
    pub fn name(&self, name: &str) -> String {
        match self.version {
            Version::V2 => name.to_owned(),
            Version::V1 => {
                let (first, rest) = name.split_at(1);
                format!("update{}{rest}", first.to_ascii_uppercase())
            }
        }
    }

    /// Puts what a field says in its place.
    pub fn put<T>(&self, place: &mut T, name: &str, read: impl FnOnce(&Fields<'a>, &str) -> Option<T>) {
        if self.fields.is_given(name) {
            self.says_something.set(true);
        }
        if let Some(new) = read(self.fields, name) {
            *place = new;
        }
    }

    /// The same for a field that goes by [`Update::name`].
    pub fn replace<T>(&self, place: &mut T, name: &str, read: impl FnOnce(&Fields<'a>, &str) -> Option<T>) {
        self.put(place, &self.name(name), read);
    }

    /// The same for a field that `null` clears.
    pub fn put_or_clear<T>(&self, place: &mut Option<T>, name: &str, read: impl FnOnce(&Fields<'a>, &str) -> Option<T>) {
        if self.fields.is_null(name) {
            self.says_something.set(true);
            *place = None;
        } else {
            self.put(place, name, |fields, name| read(fields, name).map(Some));
        }
    }

    /// Refuses an update in which nothing came up, as the platform does.
    pub fn demand_something(&self) {
        if !self.says_something.get() {
            self.fields.refuse("token", "No properties specified to update.");
        }
    }
}
