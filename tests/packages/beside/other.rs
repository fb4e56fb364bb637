//! Another library in Rust that a program links beside: it panics and catches that, and takes what std has.

use std::collections::HashMap;
use std::ffi::c_int;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicI32, Ordering};
use std::thread;

static PANICS: AtomicI32 = AtomicI32::new(0);

/// From here on every panic of this library is counted, and nothing printed of it.
#[no_mangle]
pub extern "C" fn other_counts_panics() {
    panic::set_hook(Box::new(|_| {
        PANICS.fetch_add(1, Ordering::SeqCst);
    }));
}

#[no_mangle]
pub extern "C" fn other_panics() -> c_int {
    PANICS.load(Ordering::SeqCst)
}

/// Answers 7 when a panic that unwinds through a frame with something to drop was caught.
#[no_mangle]
pub extern "C" fn other_catches_a_panic() -> c_int {
    struct Dropped<'a>(&'a AtomicI32);
    impl Drop for Dropped<'_> {
        fn drop(&mut self) {
            self.0.store(7, Ordering::SeqCst);
        }
    }
    let dropped = AtomicI32::new(0);
    let caught = panic::catch_unwind(AssertUnwindSafe(|| {
        let _held = Dropped(&dropped);
        panic!("on purpose");
    }));
    if caught.is_err() { dropped.load(Ordering::SeqCst) } else { -1 }
}

/// Threads, a map, a line of output: answers 499500.
#[no_mangle]
pub extern "C" fn other_works() -> c_int {
    let threads: Vec<_> = (0..4)
        .map(|part| thread::spawn(move || (0..1000).filter(|number| number % 4 == part).map(|number| (number, number)).collect::<HashMap<_, _>>()))
        .collect();
    let all: HashMap<c_int, c_int> = threads.into_iter().flat_map(|thread| thread.join().expect("a thread")).collect();
    println!("    the other library has {} numbers", all.len());
    all.values().sum()
}
