//! What a list asks for.

use crate::error::{Error, Result};

pub(crate) const MOST_ITEMS: u32 = 100;
const LAST_PAGE: u32 = i32::MAX as u32;

#[derive(Debug, Clone)]
pub(crate) struct ListOptions {
    sort_by: Option<&'static str>,
    page: u32,
    items_on_page: u32,
    descending: Option<bool>,
}

impl Default for ListOptions {
    fn default() -> ListOptions {
        ListOptions { sort_by: None, page: 1, items_on_page: MOST_ITEMS, descending: None }
    }
}

impl ListOptions {
    pub(crate) fn set_sort_by(&mut self, field: &'static str) {
        self.sort_by = Some(field);
    }

    pub(crate) fn set_page(&mut self, page: u32) -> Result<()> {
        self.page = in_range("page", page, LAST_PAGE)?;
        Ok(())
    }

    pub(crate) fn set_items_on_page(&mut self, items: u32) -> Result<()> {
        self.items_on_page = in_range("itemsOnPage", items, MOST_ITEMS)?;
        Ok(())
    }

    pub(crate) fn set_descending(&mut self, descending: bool) {
        self.descending = Some(descending);
    }

    /// What was not set is not sent, so that the API's own sorting applies.
    pub(crate) fn query(&self) -> Vec<(&'static str, String)> {
        let mut query = vec![("page", self.page.to_string()), ("itemsOnPage", self.items_on_page.to_string())];
        query.extend(self.sort_by.map(|field| ("sortBy", field.to_owned())));
        query.extend(self.descending.map(|descending| ("isDescending", descending.to_string())));
        query
    }
}

fn in_range(field: &str, given: u32, most: u32) -> Result<u32> {
    match given {
        given if given >= 1 && given <= most => Ok(given),
        _ => Err(Error::invalid(field, format_args!("must be 1 to {most}, given is {given}"))),
    }
}
