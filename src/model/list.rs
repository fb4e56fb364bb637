//! What a list asks for.

use super::limits;
use crate::error::{Error, Result};

pub(crate) const MOST_ITEMS: u32 = 100;
pub(crate) const ADDED_ON: &str = "AddedOn";
const LAST_PAGE: u32 = i32::MAX as u32;

const MOST_PAGES: u32 = 10_000;

#[derive(Debug, Clone)]
pub(crate) struct ListOptions {
    sort_by: Option<&'static str>,
    pub page: u32,
    pub items_on_page: u32,
    descending: Option<bool>,
    name: Option<(String, &'static str)>,
    cluster: Option<String>,
    pub max_pages: u32,
}

impl Default for ListOptions {
    fn default() -> ListOptions {
        ListOptions {
            sort_by: None,
            page: 1,
            items_on_page: MOST_ITEMS,
            descending: None,
            name: None,
            cluster: None,
            max_pages: MOST_PAGES,
        }
    }
}

impl ListOptions {
    pub(crate) fn set_sort_by(&mut self, field: &'static str) {
        self.sort_by = Some(field);
    }

    /// Without a field the API sorts by name.
    pub(crate) fn is_by_time(&self) -> bool {
        self.sort_by == Some(ADDED_ON)
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

    pub(crate) fn set_name(&mut self, name: &str, filter_by: &'static str) -> Result<()> {
        limits::not_empty("name", name)?;
        self.name = Some((name.to_owned(), filter_by));
        Ok(())
    }

    pub(crate) fn set_cluster(&mut self, cluster: &str) -> Result<()> {
        limits::not_empty("cluster", cluster)?;
        self.cluster = Some(cluster.to_owned());
        Ok(())
    }

    pub(crate) fn set_max_pages(&mut self, pages: u32) -> Result<()> {
        self.max_pages = in_range("max_pages", pages, LAST_PAGE)?;
        Ok(())
    }

    /// The operation that lists so, of a kind that can or can't be listed by cluster.
    pub(crate) fn operation(&self, has_clusters: bool) -> Result<&'static str> {
        match (&self.name, &self.cluster) {
            (Some(_), Some(_)) => Err(Error::invalid("cluster", "can't be given together with name")),
            (None, Some(_)) if !has_clusters => Err(Error::invalid("cluster", "is for publish tokens only")),
            (Some(_), None) => Ok("list_by_name"),
            (None, Some(_)) => Ok("list_by_cluster"),
            (None, None) => Ok("list"),
        }
    }

    /// What was not set is not sent, so that the API's own sorting applies.
    pub(crate) fn query(&self) -> Vec<(&'static str, String)> {
        let mut query = vec![("page", self.page.to_string()), ("itemsOnPage", self.items_on_page.to_string())];
        query.extend(self.sort_by.map(|field| ("sortBy", field.to_owned())));
        if let Some((name, filter_by)) = &self.name {
            query.extend([("name", name.clone()), ("filterBy", (*filter_by).to_owned())]);
        }
        query.extend(self.cluster.iter().map(|cluster| ("cluster", cluster.clone())));
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
