//! Panics of ours end at the library's border, and say nothing on the way.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};

use once_cell::sync::Lazy;

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// The standard library's hook prints. In a shared library it is ours alone; in a Rust host that links this crate it
/// is the host's too, so the one that is found stays in charge of every panic that is not ours.
static SILENCED: Lazy<()> = Lazy::new(|| {
    let hosts = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if DEPTH.get() == 0 {
            hosts(panic);
        }
    }));
});

struct Quiet;

impl Quiet {
    fn enter() -> Quiet {
        Lazy::force(&SILENCED);
        DEPTH.set(DEPTH.get() + 1);
        Quiet
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

/// None: `body` panicked.
pub(crate) fn caught<T>(body: impl FnOnce() -> T) -> Option<T> {
    let _quiet = Quiet::enter();
    panic::catch_unwind(AssertUnwindSafe(body)).ok()
}
