//! Arguments in and handles out.
//!
//! Handles come in as `Option<&T>` and `Option<Box<T>>`, so that NULL is told and ownership is in the types. Raw
//! pointers to texts and lists are read here and nowhere else. These functions are called by extern functions with
//! what their callers gave; the header asks the callers for what the comments on the unsafe blocks rely on.

use std::ffi::{CStr, c_char};
use std::ptr;

use crate::error::{Error, MCT_ERR_INVALID_UTF8, Result};
use crate::text::{Secret, Text};

pub(crate) fn given<T>(argument: Option<T>, name: &str) -> Result<T> {
    argument.ok_or_else(|| Error::null(name))
}

/// Where a new handle goes. NULL stands there until the call has succeeded.
pub(crate) struct Out<'a, T>(&'a mut *mut T);

impl<'a, T> Out<'a, T> {
    pub(crate) fn new(out: Option<&'a mut *mut T>) -> Result<Out<'a, T>> {
        let out = given(out, "out")?;
        *out = ptr::null_mut();
        Ok(Out(out))
    }

    pub(crate) fn set(self, value: T) -> Result<()> {
        *self.0 = Box::into_raw(Box::new(value));
        Ok(())
    }
}

pub(crate) fn text<'a>(pointer: *const c_char, name: &str) -> Result<&'a str> {
    if pointer.is_null() {
        return Err(Error::null(name).with_field(name));
    }
    // SAFETY: not NULL, and the header asks for a NUL-terminated text that lives during the call.
    let text = unsafe { CStr::from_ptr(pointer) };
    text.to_str().map_err(|_| Error::new(MCT_ERR_INVALID_UTF8, format!("{name}: is not UTF-8")).with_field(name))
}

#[cfg(feature = "client")]
pub(crate) fn text_or_null<'a>(pointer: *const c_char, name: &str) -> Result<Option<&'a str>> {
    if pointer.is_null() { Ok(None) } else { text(pointer, name).map(Some) }
}

/// NULL is an empty list when the count is 0.
#[cfg(any(feature = "client", feature = "signing"))]
pub(crate) fn list<'a, T>(pointer: *const T, count: usize, name: &str) -> Result<&'a [T]> {
    match (pointer.is_null(), count) {
        (_, 0) => Ok(&[]),
        (true, _) => Err(Error::null(name).with_field(name)),
        (false, count) if count > isize::MAX as usize / size_of::<T>().max(1) => {
            Err(Error::invalid(name, format_args!("can't have {count} entries")))
        }
        (false, _) if !pointer.is_aligned() => Err(Error::invalid(name, "is not aligned as its elements have to be")),
        // SAFETY: not NULL, aligned, of a size that can exist, and the header asks for `count` elements that live during the call.
        (false, count) => Ok(unsafe { std::slice::from_raw_parts(pointer, count) }),
    }
}

#[cfg(feature = "client")]
pub(crate) fn texts<'a>(pointer: *const *const c_char, count: usize, name: &str) -> Result<Vec<&'a str>> {
    let element = |(index, pointer): (usize, &*const c_char)| text(*pointer, name).map_err(|error| error.at(index));
    list(pointer, count, name)?.iter().enumerate().map(element).collect()
}

/// As `list`, for memory that is written.
#[cfg(feature = "signing")]
pub(crate) fn list_mut<'a, T>(pointer: *mut T, count: usize, name: &str) -> Result<&'a mut [T]> {
    match list(pointer.cast_const(), count, name)? {
        [] => Ok(&mut []),
        // SAFETY: as above, and the header asks for memory that may be written and that nothing else uses during the call.
        _ => Ok(unsafe { std::slice::from_raw_parts_mut(pointer, count) }),
    }
}

/// A text that stays its owner's.
pub(crate) trait Lend {
    fn lend(self) -> Option<*const c_char>;
}

impl Lend for &Text {
    fn lend(self) -> Option<*const c_char> {
        Some(self.as_c().as_ptr())
    }
}

impl Lend for &Secret {
    fn lend(self) -> Option<*const c_char> {
        Some(self.as_c().as_ptr())
    }
}

impl<'a, T> Lend for &'a Option<T>
where
    &'a T: Lend,
{
    fn lend(self) -> Option<*const c_char> {
        self.as_ref()?.lend()
    }
}
