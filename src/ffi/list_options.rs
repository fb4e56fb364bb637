//! # List options
//!
//! What a list asks for. Options belong to one thread at a time and can be used for any number of lists.

use std::ffi::c_char;

use super::error::mct_error;
use super::guard::{boundary, status_boundary};
use super::handle::{Out, given, text};
use crate::error::{Error, mct_status};
use crate::model::list::{ADDED_ON, ListOptions};

/// What a list is sorted by. One of the MCT_SORT_BY_ values.
pub type mct_sort_by = i32;

/// The token's label. The API's default.
pub const MCT_SORT_BY_NAME: mct_sort_by = 1;
/// When the token was created. What the order is within one moment is not documented by the platform.
pub const MCT_SORT_BY_ADDED_ON: mct_sort_by = 2;

/// What a list asks for.
#[derive(Debug)]
pub struct mct_list_options(pub(crate) ListOptions);

/// Makes options: page 1, 100 items on it, the API's own sorting (by name, ascending).
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_list_options_new(out: Option<&mut *mut mct_list_options>, error: Option<&mut *mut mct_error>) -> mct_status {
    status_boundary!(error, Out::new(out)?.set(mct_list_options(ListOptions::default())))
}

/// What the list is sorted by. Not set: the API's own sorting, by name.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (none of the MCT_SORT_BY_ values).
#[unsafe(no_mangle)]
pub extern "C" fn mct_list_options_set_sort_by(
    options: Option<&mut mct_list_options>,
    sort_by: mct_sort_by,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let options = given(options, "options")?;
        let field = match sort_by {
            MCT_SORT_BY_NAME => "Name",
            MCT_SORT_BY_ADDED_ON => ADDED_ON,
            _ => return Err(Error::invalid("sortBy", format_args!("must be one of the MCT_SORT_BY_ values, given is {sort_by}"))),
        };
        options.0.set_sort_by(field);
        Ok(())
    })
}

/// The page, counted from 1 to 2147483647. Default 1. Past the end of the list a page is empty.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_list_options_set_page(
    options: Option<&mut mct_list_options>,
    page: u32,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(options, "options")?.0.set_page(page))
}

/// How many tokens a page has, 1 to 100. Default 100.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_list_options_set_items_on_page(
    options: Option<&mut mct_list_options>,
    items: u32,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(options, "options")?.0.set_items_on_page(items))
}

/// What mct_list_options_set_name() looks at. One of the MCT_FILTER_BY_ values.
pub type mct_filter_by = i32;

/// The token's label.
pub const MCT_FILTER_BY_TOKEN_NAME: mct_filter_by = 1;
/// The names of its streams.
pub const MCT_FILTER_BY_STREAM_NAME: mct_filter_by = 2;
/// Either of them.
pub const MCT_FILTER_BY_TOKEN_OR_STREAM_NAME: mct_filter_by = 3;

/// Lists tokens by a name, not empty, that is looked for in what `filter_by` says. The platform leaves out tokens
/// whose stream is a pattern. Excludes a cluster.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_list_options_set_name(
    options: Option<&mut mct_list_options>,
    name: *const c_char,
    filter_by: mct_filter_by,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let filter_by = match filter_by {
            MCT_FILTER_BY_TOKEN_NAME => "TokenName",
            MCT_FILTER_BY_STREAM_NAME => "StreamName",
            MCT_FILTER_BY_TOKEN_OR_STREAM_NAME => "TokenOrStreamName",
            _ => return Err(Error::invalid("filterBy", format_args!("must be one of the MCT_FILTER_BY_ values, given is {filter_by}"))),
        };
        given(options, "options")?.0.set_name(text(name, "name")?, filter_by)
    })
}

/// Lists publish tokens by the id of their cluster, not empty. Excludes a name; subscribe tokens can't be listed so.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_list_options_set_cluster(
    options: Option<&mut mct_list_options>,
    cluster: *const c_char,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(options, "options")?.0.set_cluster(text(cluster, "cluster")?))
}

/// How many pages a list of everything reads at the most, 1 to 2147483647: a guard against a server whose list never
/// ends. Default 10000, which is enough for 800,000 tokens with 100 on a page, and for fewer with smaller ones.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_list_options_set_max_pages(
    options: Option<&mut mct_list_options>,
    pages: u32,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, given(options, "options")?.0.set_max_pages(pages))
}

/// True sorts descending: with MCT_SORT_BY_ADDED_ON, newest first. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn mct_list_options_set_descending(
    options: Option<&mut mct_list_options>,
    descending: bool,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        given(options, "options")?.0.set_descending(descending);
        Ok(())
    })
}

/// Frees options. NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn mct_list_options_free(options: Option<Box<mct_list_options>>) {
    boundary!((), {
        drop(options);
        Some(())
    });
}

pub(super) fn options_of(options: Option<&mct_list_options>) -> ListOptions {
    options.map(|options| options.0.clone()).unwrap_or_default()
}
