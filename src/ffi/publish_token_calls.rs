//! # Publish token calls
//!
//! Each blocks until the API has answered or the client's deadline has passed. Any thread may make them.

use std::sync::Arc;

use super::client::{mct_client, shared};
use super::error::mct_error;
use super::guard::{boundary, status_boundary};
use super::handle::{Out, given};
use super::list_options::mct_list_options;
use super::publish_token::mct_publish_token;
use super::publish_token_spec::mct_publish_token_spec;
use super::publish_token_update::mct_publish_token_update;
use crate::api::Client;
use crate::api::token::{self, Publish};
use crate::api::walk::Walk;
use crate::error::mct_status;

/// Publish tokens in the order of the API's answer: immutable, and readable from any thread.
#[derive(Debug)]
pub struct mct_publish_token_list(Vec<mct_publish_token>);

/// Creates a publish token. `out` gets it, its secret string included; the caller frees it.
///
/// Creating is not idempotent: a create is sent again only when it is certain that the server did not process it, and
/// otherwise mct_error_outcome() tells whether a token may have come about. It goes over a connection of its own, so
/// that it never meets one that the server is just closing.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (rules between fields; nothing was sent) and the
/// call statuses but MCT_ERR_NOT_FOUND.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_create(
    client: *mut mct_client,
    spec: Option<&mct_publish_token_spec>,
    out: Option<&mut *mut mct_publish_token>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let out = Out::new(out)?;
        let client = shared(client)?;
        out.set(mct_publish_token(token::create::<Publish>(&client, &given(spec, "spec")?.0)?))
    })
}

/// Reads the publish token with this id. The caller frees it.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT and the call statuses; MCT_ERR_NOT_FOUND when there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_read(
    client: *mut mct_client,
    id: u64,
    out: Option<&mut *mut mct_publish_token>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let out = Out::new(out)?;
        out.set(mct_publish_token(token::read::<Publish>(&*shared(client)?, id)?))
    })
}

/// Reads one page of the account's publish tokens. `options` NULL: page 1, 100 items, the API's sorting. The caller
/// frees the list; past the end it is empty. To delete everything, read page 1 until it is empty: what is deleted
/// moves the pages behind it.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (options that exclude each other) and the
/// call statuses but MCT_ERR_NOT_FOUND.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_list_page(
    client: *mut mct_client,
    options: Option<&mct_list_options>,
    out: Option<&mut *mut mct_publish_token_list>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let out = Out::new(out)?;
        let options = options.map(|options| options.0.clone()).unwrap_or_default();
        let client = shared(client)?;
        let tokens = token::list_page::<Publish>(&client, &options, client.deadline())?;
        out.set(mct_publish_token_list(tokens.into_iter().map(mct_publish_token).collect()))
    })
}

/// Reads the whole list: every page from the options' first one on, in order, each token once, even when tokens are
/// created and deleted meanwhile. A list that does not end within mct_list_options_set_max_pages() pages is
/// MCT_ERR_PROTOCOL. All pages share one deadline; for a large account take the iterator.
///
/// Answers what mct_publish_token_list_page() does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_list_all(
    client: *mut mct_client,
    options: Option<&mct_list_options>,
    out: Option<&mut *mut mct_publish_token_list>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let out = Out::new(out)?;
        let options = options.map(|options| options.0.clone()).unwrap_or_default();
        let client = shared(client)?;
        let (mut walk, deadline) = (Walk::<Publish>::new(&options)?, client.deadline());
        let mut tokens = Vec::new();
        while let Some(token) = walk.next(&client, deadline)? {
            tokens.push(mct_publish_token(token));
        }
        out.set(mct_publish_token_list(tokens))
    })
}

/// Walks a list of publish tokens, page by page. It holds one page of tokens, and 24 bytes or so of each that came, by
/// which it knows one that comes again: 100,000 tokens take 3 MB. It belongs to one thread at a time.
pub struct mct_publish_token_iter {
    client: Arc<Client>,
    walk: Walk<Publish>,
}

impl std::fmt::Debug for mct_publish_token_iter {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("mct_publish_token_iter").finish_non_exhaustive()
    }
}

/// Makes an iterator. Nothing is sent yet. The options are copied. It may outlive mct_client_free(), and then answers
/// MCT_ERR_CANCELLED.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (as mct_publish_token_list_page()).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_iter_new(
    client: *mut mct_client,
    options: Option<&mct_list_options>,
    out: Option<&mut *mut mct_publish_token_iter>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let out = Out::new(out)?;
        let options = options.map(|options| options.0.clone()).unwrap_or_default();
        out.set(mct_publish_token_iter { client: shared(client)?, walk: Walk::new(&options)? })
    })
}

/// The next token, which the caller frees. MCT_OK and NULL: the end.
///
/// The tokens come in the list's order, each once, even when tokens are created, deleted and renamed meanwhile: one that
/// is there all the time and keeps its place comes; one that is created in a place that was passed, or renamed into it,
/// may not. When nothing is left of what was met, the walk goes back to its first page. Pages after the first one are
/// asked for in other sizes, so that they overlap. The end is a page with nothing new that is not full, or the same page
/// wherever it is asked for. Each page that has to be read has a deadline of its own. After an error the next call tries
/// again.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT and the call statuses but MCT_ERR_NOT_FOUND.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_iter_next(
    iter: Option<&mut mct_publish_token_iter>,
    out: Option<&mut *mut mct_publish_token>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let out = Out::new(out)?;
        let iter = given(iter, "iter")?;
        match iter.walk.next(&iter.client, iter.client.deadline())? {
            Some(token) => out.set(mct_publish_token(token)),
            None => Ok(()),
        }
    })
}

/// Frees an iterator. NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_iter_free(iter: Option<Box<mct_publish_token_iter>>) {
    boundary!((), {
        drop(iter);
        Some(())
    });
}

/// Changes the publish token with this id, and answers it as it is then. The caller frees it.
///
/// An update that refreshes the token, adds or removes streams, or holds fields that are unknown here is sent again
/// only when it is certain that the server did not process it; mct_error_outcome() tells.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (an update that changes nothing, or rules between
/// fields; nothing was sent) and the call statuses; MCT_ERR_NOT_FOUND when there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_update_apply(
    client: *mut mct_client,
    id: u64,
    update: Option<&mct_publish_token_update>,
    out: Option<&mut *mut mct_publish_token>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let out = Out::new(out)?;
        let client = shared(client)?;
        out.set(mct_publish_token(token::update::<Publish>(&client, id, &given(update, "update")?.0)?))
    })
}

/// Deletes the publish token with this id. Its live streams end at once.
///
/// A delete that had to be sent again and then finds nothing is a success: the first one did it.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT and the call statuses; MCT_ERR_NOT_FOUND when there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_delete(client: *mut mct_client, id: u64, error: Option<&mut *mut mct_error>) -> mct_status {
    status_boundary!(error, token::delete::<Publish>(&*shared(client)?, id))
}

/// How many tokens a list holds. 0 for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_list_len(list: Option<&mct_publish_token_list>) -> usize {
    boundary!(0, Some(list?.0.len()))
}

/// Token `index` of a list, lent until the list is freed (mct_publish_token_copy() makes one that lives longer). NULL
/// out of range.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_list_get(list: Option<&mct_publish_token_list>, index: usize) -> *const mct_publish_token {
    boundary!(std::ptr::null(), list?.0.get(index).map(std::ptr::from_ref))
}

/// Frees a list with the tokens in it. NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_list_free(list: Option<Box<mct_publish_token_list>>) {
    boundary!((), {
        drop(list);
        Some(())
    });
}
