//! What needs POSIX: signals, fork, threads and descriptors. The only file to port to another system.

#[cfg(not(unix))]
compile_error!("millicast-tokens needs POSIX so far; src/os.rs is the file to port");

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// The process that a client belongs to. A fork makes another one of it.
pub(crate) fn process_id() -> u32 {
    // SAFETY: getpid has no preconditions.
    let id = unsafe { libc::getpid() };
    id.unsigned_abs()
}

/// Holds a signal set back for this thread.
struct Masked {
    before: libc::sigset_t,
}

impl Masked {
    fn new(fill: impl FnOnce(*mut libc::sigset_t)) -> Masked {
        let mut blocked = MaybeUninit::uninit();
        let mut before = MaybeUninit::uninit();
        fill(blocked.as_mut_ptr());
        // SAFETY: `fill` has initialised `blocked`, and pthread_sigmask initialises `before`; it fails only for an
        // unknown first argument.
        unsafe {
            libc::pthread_sigmask(libc::SIG_BLOCK, blocked.as_ptr(), before.as_mut_ptr());
            Masked { before: before.assume_init() }
        }
    }
}

impl Drop for Masked {
    fn drop(&mut self) {
        // SAFETY: `before` is what pthread_sigmask gave.
        unsafe {
            libc::pthread_sigmask(libc::SIG_SETMASK, &self.before, ptr::null_mut());
        }
    }
}

fn fill_with_sigpipe(set: *mut libc::sigset_t) {
    // SAFETY: the caller hands in memory for a set.
    unsafe {
        libc::sigemptyset(set);
        libc::sigaddset(set, libc::SIGPIPE);
    }
}

/// While it lives, a write of this thread to a closed socket is an error and raises nothing in the host.
///
/// The host's signal dispositions stay as they are: SIGPIPE is held back for this thread alone, and one that a write
/// of ours caused is taken away before the mask is lifted. One that was pending before is the host's and stays.
pub(crate) struct SigpipeGuard {
    was_pending: bool,
    _masked: Masked,
}

impl SigpipeGuard {
    pub(crate) fn new() -> SigpipeGuard {
        let was_pending = sigpipe_is_pending();
        SigpipeGuard { was_pending, _masked: Masked::new(fill_with_sigpipe) }
    }
}

impl Drop for SigpipeGuard {
    fn drop(&mut self) {
        if !self.was_pending && sigpipe_is_pending() {
            take_pending_sigpipe();
        }
    }
}

fn sigpipe_is_pending() -> bool {
    let mut pending = MaybeUninit::uninit();
    // SAFETY: sigpending initialises the set that it is given, and sigismember reads it.
    unsafe { libc::sigpending(pending.as_mut_ptr()) == 0 && libc::sigismember(pending.as_ptr(), libc::SIGPIPE) == 1 }
}

fn take_pending_sigpipe() {
    let mut set = MaybeUninit::uninit();
    fill_with_sigpipe(set.as_mut_ptr());
    let mut taken = 0;
    // SAFETY: the set is initialised; SIGPIPE is pending and blocked, so sigwait returns at once.
    unsafe {
        libc::sigwait(set.as_ptr(), &mut taken);
    }
}

/// Starts a thread of the library: named, with every signal blocked from its first instruction on, and with neither
/// the scheduling nor the affinity of the thread that happened to need it.
pub(crate) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<thread::JoinHandle<()>> {
    let _masked = Masked::new(|set| {
        // SAFETY: the caller hands in memory for a set.
        unsafe {
            libc::sigfillset(set);
        }
    });
    thread::Builder::new().name(name.to_owned()).spawn(move || {
        forget_inherited_scheduling();
        crate::panics::caught(work);
    })
}

#[cfg(target_os = "linux")]
fn forget_inherited_scheduling() {
    // Neither call failing is a reason to do without the thread: the host may have forbidden both.
    // SAFETY: plain values on this thread's stack; a zeroed cpu_set_t is an empty one.
    unsafe {
        let parameters: libc::sched_param = std::mem::zeroed();
        libc::sched_setscheduler(0, libc::SCHED_OTHER, &parameters);
        let mut every: libc::cpu_set_t = std::mem::zeroed();
        for cpu in 0..usize::try_from(libc::CPU_SETSIZE).unwrap_or(0) {
            libc::CPU_SET(cpu, &mut every);
        }
        libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &every);
    }
}

#[cfg(not(target_os = "linux"))]
fn forget_inherited_scheduling() {}

/// A pipe that is close-on-exec and never blocks.
struct Pipe {
    reader: OwnedFd,
    writer: OwnedFd,
}

impl Pipe {
    fn new() -> io::Result<Pipe> {
        let mut ends: [RawFd; 2] = [-1; 2];
        open_pipe(&mut ends)?;
        // SAFETY: the descriptors were just opened, and belong to nobody else.
        unsafe { Ok(Pipe { reader: OwnedFd::from_raw_fd(ends[0]), writer: OwnedFd::from_raw_fd(ends[1]) }) }
    }

    /// Async-signal-safe.
    fn put(&self) {
        let byte = 1_u8;
        // SAFETY: one byte of this frame. A full pipe is readable already, which is what counts.
        unsafe {
            libc::write(self.writer.as_raw_fd(), ptr::from_ref(&byte).cast(), 1);
        }
    }

    /// Takes one byte, if there is one.
    fn take(&self) -> bool {
        let mut byte = 0_u8;
        // SAFETY: one byte of this frame.
        unsafe { libc::read(self.reader.as_raw_fd(), ptr::from_mut(&mut byte).cast(), 1) == 1 }
    }
}

#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
fn open_pipe(ends: &mut [RawFd; 2]) -> io::Result<()> {
    // SAFETY: room for two descriptors.
    match unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC | libc::O_NONBLOCK) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
fn open_pipe(ends: &mut [RawFd; 2]) -> io::Result<()> {
    // SAFETY: room for two descriptors, and flags for descriptors that were just opened.
    unsafe {
        if libc::pipe(ends.as_mut_ptr()) != 0 {
            return Err(io::Error::last_os_error());
        }
        for end in ends {
            libc::fcntl(*end, libc::F_SETFD, libc::FD_CLOEXEC);
            libc::fcntl(*end, libc::F_SETFL, libc::O_NONBLOCK);
        }
    }
    Ok(())
}

/// A flag that can be waited for, and raised from a signal handler.
pub(crate) struct Alarm {
    raised: AtomicBool,
    pipe: Pipe,
}

impl Alarm {
    pub(crate) fn new() -> io::Result<Alarm> {
        Ok(Alarm { raised: AtomicBool::new(false), pipe: Pipe::new()? })
    }

    /// Async-signal-safe. errno is the interrupted code's, so it is put back.
    pub(crate) fn raise(&self) {
        if !self.raised.swap(true, Ordering::SeqCst) {
            let errno = errno::get();
            self.pipe.put();
            errno::set(errno);
        }
    }

    pub(crate) fn lower(&self) {
        self.raised.store(false, Ordering::SeqCst);
        while self.pipe.take() {}
        if self.is_raised() {
            // Raised again meanwhile; its byte may just have been taken.
            self.pipe.put();
        }
    }

    pub(crate) fn is_raised(&self) -> bool {
        self.raised.load(Ordering::SeqCst)
    }
}

impl AsRawFd for Alarm {
    /// Readable while the alarm is raised.
    fn as_raw_fd(&self) -> RawFd {
        self.pipe.reader.as_raw_fd()
    }
}

struct AlarmFd(Arc<Alarm>);

impl AsRawFd for AlarmFd {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

/// An alarm as a runtime sees it. Every runtime has its own watch of the same alarm.
pub(crate) struct AlarmWatch(AsyncFd<AlarmFd>);

impl AlarmWatch {
    /// Within a runtime.
    pub(crate) fn new(alarm: &Arc<Alarm>) -> io::Result<AlarmWatch> {
        // SAFETY: AlarmFd keeps the descriptor's owner alive and always answers the same descriptor.
        let watch = unsafe { AsyncFd::register_with_interest(AlarmFd(Arc::clone(alarm)), Interest::READABLE) };
        Ok(AlarmWatch(watch?))
    }

    pub(crate) async fn raised(&self) {
        loop {
            match self.0.readable().await {
                // The runtime may remember an alarm that was lowered since.
                Ok(mut ready) if !self.0.get_ref().0.is_raised() => ready.clear_ready(),
                _ => return,
            }
        }
    }
}

mod errno {
    fn place() -> *mut libc::c_int {
        // SAFETY: no preconditions; the place is this thread's own.
        unsafe {
            #[cfg(target_os = "linux")]
            return libc::__errno_location();
            #[cfg(any(target_os = "macos", target_os = "ios", target_os = "freebsd"))]
            return libc::__error();
            #[cfg(any(target_os = "android", target_os = "netbsd", target_os = "openbsd"))]
            return libc::__errno();
        }
    }

    pub(super) fn get() -> libc::c_int {
        // SAFETY: a valid place of this thread.
        unsafe { *place() }
    }

    pub(super) fn set(value: libc::c_int) {
        // SAFETY: a valid place of this thread.
        unsafe { *place() = value }
    }
}

/// How a wait for a place ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Waited {
    Granted,
    Raised,
    TooLate,
}

/// A number of places, one byte of a pipe each, so that a wait for one can end by an alarm too.
pub(crate) struct Places(Pipe);

impl Places {
    pub(crate) fn new(count: u32) -> io::Result<Places> {
        let places = Places(Pipe::new()?);
        (0..count).for_each(|_| places.give_back());
        Ok(places)
    }

    pub(crate) fn give_back(&self) {
        self.0.put();
    }

    pub(crate) fn take(&self, deadline: Instant, alarm: &Alarm) -> Waited {
        loop {
            if alarm.is_raised() {
                return Waited::Raised;
            }
            if self.0.take() {
                return Waited::Granted;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Waited::TooLate;
            }
            // One more than the whole milliseconds left: a wait of 0 would spin.
            let milliseconds = i32::try_from(left.as_millis()).unwrap_or(i32::MAX).saturating_add(1);
            wait_readable([self.0.reader.as_raw_fd(), alarm.as_raw_fd()], milliseconds);
        }
    }
}

/// Returns early when a signal arrives; the callers look again anyway.
fn wait_readable(descriptors: [RawFd; 2], milliseconds: i32) {
    let mut polled = descriptors.map(|fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 });
    // SAFETY: two initialised entries.
    unsafe {
        libc::poll(polled.as_mut_ptr(), 2, milliseconds);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_wait_for_a_place_ends_by_a_place_an_alarm_or_the_deadline() {
        let alarm = Alarm::new().expect("a pipe");
        let places = Places::new(1).expect("a pipe");
        let soon = || Instant::now() + Duration::from_millis(1);
        assert_eq!(places.take(soon(), &alarm), Waited::Granted);
        assert_eq!(places.take(soon(), &alarm), Waited::TooLate);
        places.give_back();
        alarm.raise();
        assert_eq!(places.take(soon(), &alarm), Waited::Raised);
        alarm.lower();
        assert_eq!(places.take(soon(), &alarm), Waited::Granted);
    }

    #[test]
    fn a_thread_of_the_library_has_every_signal_blocked() {
        let blocked = spawn("mct-test", || {
            let mut mask = MaybeUninit::uninit();
            // SAFETY: pthread_sigmask initialises the set that sigismember then reads.
            unsafe {
                libc::pthread_sigmask(libc::SIG_BLOCK, ptr::null(), mask.as_mut_ptr());
                for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGALRM, libc::SIGCHLD, libc::SIGPIPE, libc::SIGUSR1] {
                    assert_eq!(libc::sigismember(mask.as_ptr(), signal), 1, "{signal}");
                }
            }
        });
        assert!(blocked.expect("a thread").join().is_ok());
    }

    #[test]
    fn a_write_to_a_closed_pipe_raises_no_sigpipe_and_leaves_the_mask_as_it_was() {
        let Pipe { reader, writer } = Pipe::new().expect("a pipe");
        drop(reader);
        // SAFETY: signal and write with plain values; the disposition is set to the default to prove the guard.
        unsafe {
            libc::signal(libc::SIGPIPE, libc::SIG_DFL);
            let guard = SigpipeGuard::new();
            assert_eq!(libc::write(writer.as_raw_fd(), [0_u8].as_ptr().cast(), 1), -1);
            assert!(sigpipe_is_pending());
            drop(guard);
        }
        assert!(!sigpipe_is_pending());
    }
}
