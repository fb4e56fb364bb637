//! # Texts of the library's

use std::alloc::{Layout, dealloc};
#[cfg(feature = "signing")]
use std::alloc::{alloc_zeroed, handle_alloc_error};
use std::ffi::c_char;
use std::slice;

use zeroize::Zeroize;

use super::guard::boundary;

/// The length stands before the text, where the caller's writing does not reach: what is wiped must not depend on
/// where the caller left a NUL.
const LENGTH_BYTES: usize = size_of::<usize>();

fn layout(length: usize) -> Layout {
    Layout::array::<u8>(LENGTH_BYTES + length + 1)
        .and_then(|layout| layout.align_to(align_of::<usize>()))
        .expect("a text that is in memory has a size that can be")
}

/// A new text of `length` bytes for the caller, to be freed with mct_string_free(). `write` writes them, and doesn't
/// panic.
#[cfg(feature = "signing")]
pub(crate) fn give(length: usize, write: impl FnOnce(&mut [u8])) -> *mut c_char {
    let layout = layout(length);
    // SAFETY: the layout is not empty, every write is within it (the length, the text and its NUL), and the bytes that
    // are lent to `write` are zeros.
    unsafe {
        let block = alloc_zeroed(layout);
        if block.is_null() {
            handle_alloc_error(layout);
        }
        block.cast::<usize>().write(length);
        let start = block.add(LENGTH_BYTES);
        write(slice::from_raw_parts_mut(start, length));
        start.cast()
    }
}

/// Wipes and frees a text that a function of this library gave by `char **`. NULL is a no-op.
///
/// The whole text is wiped, whatever the caller wrote into its bytes. A text that came as `const char *` is lent and
/// must not be freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mct_string_free(text: *mut c_char) {
    boundary!((), {
        if !text.is_null() {
            // SAFETY: the header asks for a text of give(), which stands behind its length in one block.
            unsafe {
                let block = text.cast::<u8>().sub(LENGTH_BYTES);
                let length = block.cast::<usize>().read();
                slice::from_raw_parts_mut(text.cast::<u8>(), length).zeroize();
                dealloc(block, layout(length));
            }
        }
        Some(())
    });
}
