//! # Publish token calls
//!
//! Each blocks until the API has answered or the client's deadline has passed. Any thread may make them.

use std::sync::Arc;

use super::client::{mct_client, shared};
use super::error::mct_error;
use super::guard::{boundary, status_boundary};
use super::handle::{Out, given};
use super::list_options::{mct_list_options, options_of};
use super::prepared::{Prepared, Step, done, mct_nothing, now, now_next};
use super::publish_token::mct_publish_token;
use super::publish_token_spec::mct_publish_token_spec;
use super::publish_token_update::mct_publish_token_update;
use crate::api::token::{self, Publish};
use crate::api::walk::Tokens;
use crate::error::{Result, mct_status};
use crate::model::publish_token::PublishToken as Answer;
use crate::model::token::Received;

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
    status_boundary!(error, now(out, || create(client, spec)))
}

/// Looks for what a create with an unknown outcome left: the publish tokens with the label and the streams of `spec`
/// that were added at `since` (Unix seconds) or later, newest first. The caller frees the list; empty: there is none.
///
/// `since` is compared with the API's clock: take the time before the create, and a minute less where this machine's
/// clock may be ahead. Tokens that somebody else created with the same label and streams are found too. A create that
/// was only just lost may still be carried out, so that an empty list is sure only some seconds later. The list is read
/// by time, and no further back than `since`; all pages share one deadline.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT and the call statuses but MCT_ERR_NOT_FOUND.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_find_created(
    client: *mut mct_client,
    spec: Option<&mct_publish_token_spec>,
    since: i64,
    out: Option<&mut *mut mct_publish_token_list>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, now(out, || find_created(client, spec, since)))
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
    status_boundary!(error, now(out, || read(client, id)))
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
    status_boundary!(error, now(out, || list_page(client, options)))
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
    status_boundary!(error, now(out, || list_all(client, options)))
}

/// Walks a list of publish tokens, page by page. It holds one page of tokens, and 24 bytes or so of each that came, by
/// which it knows one that comes again: 100,000 tokens take 3 MB. It belongs to one thread at a time.
pub struct mct_publish_token_iter(Tokens<Publish>);

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
        out.set(mct_publish_token_iter(Tokens::new(shared(client)?, &options_of(options))?))
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
/// A cancel since the last call of the iterator is not lost: it ends the next one, even if it was taken back.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (a call that was started without blocking is under
/// way with it) and the call statuses but MCT_ERR_NOT_FOUND.
#[unsafe(no_mangle)]
pub extern "C" fn mct_publish_token_iter_next(
    iter: Option<&mut mct_publish_token_iter>,
    out: Option<&mut *mut mct_publish_token>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, now_next(out, || step(iter)))
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
    status_boundary!(error, now(out, || apply(client, id, update)))
}

/// Deletes the publish token with this id. Its live streams end at once.
///
/// A delete that had to be sent again and then finds nothing is a success: the first one did it.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT and the call statuses; MCT_ERR_NOT_FOUND when there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_publish_token_delete(client: *mut mct_client, id: u64, error: Option<&mut *mut mct_error>) -> mct_status {
    status_boundary!(error, done(delete(client, id)?))
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

fn list_of(tokens: Vec<Received<Answer>>) -> mct_publish_token_list {
    mct_publish_token_list(tokens.into_iter().map(mct_publish_token).collect())
}

pub(super) fn create(client: *mut mct_client, spec: Option<&mct_publish_token_spec>) -> Result<Prepared<mct_publish_token>> {
    let client = shared(client)?;
    Ok(Prepared::new(client, token::create::<Publish>(&given(spec, "spec")?.0)?, mct_publish_token))
}

pub(super) fn find_created(
    client: *mut mct_client,
    spec: Option<&mct_publish_token_spec>,
    since: i64,
) -> Result<Prepared<mct_publish_token_list>> {
    let client = shared(client)?;
    Ok(Prepared::new(client, token::find_created::<Publish>(&given(spec, "spec")?.0, since)?, list_of))
}

pub(super) fn read(client: *mut mct_client, id: u64) -> Result<Prepared<mct_publish_token>> {
    Ok(Prepared::new(shared(client)?, token::read::<Publish>(id), mct_publish_token))
}

pub(super) fn list_page(client: *mut mct_client, options: Option<&mct_list_options>) -> Result<Prepared<mct_publish_token_list>> {
    Ok(Prepared::new(shared(client)?, token::list_page::<Publish>(options_of(options))?, list_of))
}

pub(super) fn list_all(client: *mut mct_client, options: Option<&mct_list_options>) -> Result<Prepared<mct_publish_token_list>> {
    Ok(Prepared::new(shared(client)?, token::list_all::<Publish>(&options_of(options))?, list_of))
}

/// The next token if it was read ahead, and else how to get it.
pub(super) fn step(iter: Option<&mut mct_publish_token_iter>) -> Result<Step<'_, mct_publish_token>> {
    let iter = given(iter, "iter")?;
    if !iter.0.can_answer() {
        return next(Some(iter)).map(Step::Ahead);
    }
    let client = Arc::clone(iter.0.client());
    Ok(Step::Known(client, Box::new(|| Ok(iter.0.waiting()?.map(mct_publish_token)))))
}

fn next(iter: Option<&mut mct_publish_token_iter>) -> Result<Prepared<mct_publish_token>> {
    let tokens = &given(iter, "iter")?.0;
    let (begun, work) = tokens.next()?;
    Ok(Prepared::perhaps(Arc::clone(tokens.client()), begun, work, mct_publish_token))
}

pub(super) fn apply(client: *mut mct_client, id: u64, update: Option<&mct_publish_token_update>) -> Result<Prepared<mct_publish_token>> {
    let client = shared(client)?;
    Ok(Prepared::new(client, token::update::<Publish>(id, &given(update, "update")?.0)?, mct_publish_token))
}

pub(super) fn delete(client: *mut mct_client, id: u64) -> Result<Prepared<mct_nothing>> {
    Ok(mct_nothing::prepared(shared(client)?, token::delete::<Publish>(id)))
}
