//! # Subscribe token calls
//!
//! Each blocks until the API has answered or the client's deadline has passed. Any thread may make them.

use super::client::{mct_client, shared};
use super::error::mct_error;
use super::guard::{boundary, status_boundary};
use super::handle::{Out, given};
use super::list_options::mct_list_options;
use super::subscribe_token::mct_subscribe_token;
use super::subscribe_token_spec::mct_subscribe_token_spec;
use crate::api::token::{self, Subscribe};
use crate::error::mct_status;

/// Subscribe tokens in the order of the API's answer: immutable, and readable from any thread.
#[derive(Debug)]
pub struct mct_subscribe_token_list(Vec<mct_subscribe_token>);

/// Creates a subscribe token. `out` gets it, its secret string included; the caller frees it.
///
/// Creating is not idempotent: a create is sent again only when it is certain that the server did not process it, and
/// otherwise mct_error_outcome() tells whether a token may have come about. It goes over a connection of its own, so
/// that it never meets one that the server is just closing.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (rules between fields; nothing was sent) and the
/// call statuses but MCT_ERR_NOT_FOUND.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_create(
    client: *mut mct_client,
    spec: Option<&mct_subscribe_token_spec>,
    out: Option<&mut *mut mct_subscribe_token>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let out = Out::new(out)?;
        let client = shared(client)?;
        out.set(mct_subscribe_token(token::create::<Subscribe>(&client, &given(spec, "spec")?.0)?))
    })
}

/// Reads the subscribe token with this id. The caller frees it.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT and the call statuses; MCT_ERR_NOT_FOUND when there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_read(
    client: *mut mct_client,
    id: u64,
    out: Option<&mut *mut mct_subscribe_token>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let out = Out::new(out)?;
        out.set(mct_subscribe_token(token::read::<Subscribe>(&*shared(client)?, id)?))
    })
}

/// Reads one page of the account's subscribe tokens. `options` NULL: page 1, 100 items, the API's sorting. The caller
/// frees the list; past the end it is empty. To delete everything, read page 1 until it is empty: what is deleted
/// moves the pages behind it.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT and the call statuses but MCT_ERR_NOT_FOUND.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_list_page(
    client: *mut mct_client,
    options: Option<&mct_list_options>,
    out: Option<&mut *mut mct_subscribe_token_list>,
    error: Option<&mut *mut mct_error>,
) -> mct_status {
    status_boundary!(error, {
        let out = Out::new(out)?;
        let options = options.map(|options| options.0.clone()).unwrap_or_default();
        let tokens = token::list_page::<Subscribe>(&*shared(client)?, &options)?;
        out.set(mct_subscribe_token_list(tokens.into_iter().map(mct_subscribe_token).collect()))
    })
}

/// Deletes the subscribe token with this id.
///
/// A delete that had to be sent again and then finds nothing is a success: the first one did it.
///
/// Answers MCT_OK, MCT_ERR_NULL_ARGUMENT and the call statuses; MCT_ERR_NOT_FOUND when there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_subscribe_token_delete(client: *mut mct_client, id: u64, error: Option<&mut *mut mct_error>) -> mct_status {
    status_boundary!(error, token::delete::<Subscribe>(&*shared(client)?, id))
}

/// How many tokens a list holds. 0 for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_list_len(list: Option<&mct_subscribe_token_list>) -> usize {
    boundary!(0, Some(list?.0.len()))
}

/// Token `index` of a list, lent until the list is freed (mct_subscribe_token_copy() makes one that lives longer).
/// NULL out of range.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_list_get(list: Option<&mct_subscribe_token_list>, index: usize) -> *const mct_subscribe_token {
    boundary!(std::ptr::null(), list?.0.get(index).map(std::ptr::from_ref))
}

/// Frees a list with the tokens in it. NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn mct_subscribe_token_list_free(list: Option<Box<mct_subscribe_token_list>>) {
    boundary!((), {
        drop(list);
        Some(())
    });
}
