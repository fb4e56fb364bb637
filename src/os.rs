//! What needs POSIX: signals, fork, threads and descriptors. The only file to port to another system.

#[cfg(not(unix))]
compile_error!("millicast-tokens needs POSIX so far; src/os.rs is the file to port");

use std::collections::VecDeque;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::sync::Notify;

/// The process that a client belongs to. A fork makes another one of it.
pub(crate) fn process_id() -> u32 {
    // SAFETY: getpid has no preconditions.
    let id = unsafe { libc::getpid() };
    id.unsigned_abs()
}

/// Has this process, or the system, no descriptor left?
pub(crate) fn is_out_of_descriptors(os_error: i32) -> bool {
    matches!(os_error, libc::EMFILE | libc::ENFILE)
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

impl Masked {
    /// Was it held back before?
    fn held_back(&self, signal: libc::c_int) -> bool {
        // SAFETY: `before` is what pthread_sigmask gave.
        unsafe { libc::sigismember(&self.before, signal) == 1 }
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
        let masked = Masked::new(fill_with_sigpipe);
        // One can only be pending from before where it was held back before.
        let was_pending = masked.held_back(libc::SIGPIPE) && sigpipe_is_pending();
        SigpipeGuard { was_pending, _masked: masked }
    }
}

impl Drop for SigpipeGuard {
    fn drop(&mut self) {
        if !self.was_pending && sigpipe_is_pending() && is_sent_to_this_thread() {
            take_pending_sigpipe();
        }
    }
}

/// A write of this thread raises the signal for this thread; one for the whole process is the host's. Linux alone tells
/// them apart, by a file, which is read only in the rare case that there is one.
fn is_sent_to_this_thread() -> bool {
    let Ok(status) = std::fs::read_to_string("/proc/thread-self/status") else { return true };
    let mask = status.lines().find_map(|line| line.strip_prefix("SigPnd:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_none_or(|mask| mask & (1 << (libc::SIGPIPE - 1)) != 0)
}

fn sigpipe_is_pending() -> bool {
    let mut pending = MaybeUninit::uninit();
    // SAFETY: sigpending initialises the set that it is given, and sigismember reads it.
    unsafe { libc::sigpending(pending.as_mut_ptr()) == 0 && libc::sigismember(pending.as_ptr(), libc::SIGPIPE) == 1 }
}

fn take_pending_sigpipe() {
    let mut set = MaybeUninit::uninit();
    fill_with_sigpipe(set.as_mut_ptr());
    // SAFETY: the set is initialised, and SIGPIPE is blocked.
    unsafe { take_without_waiting(set.as_ptr()) }
}

/// Another thread may be quicker, so this must not wait for a signal.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
unsafe fn take_without_waiting(set: *const libc::sigset_t) {
    let at_once = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the caller's set, and a time of this frame.
    while unsafe { libc::sigtimedwait(set, ptr::null_mut(), &at_once) } == -1 && errno::get() == libc::EINTR {}
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
unsafe fn take_without_waiting(set: *const libc::sigset_t) {
    let mut taken = 0;
    if sigpipe_is_pending() {
        // SAFETY: the caller's set; the signal is pending.
        unsafe { libc::sigwait(set, &mut taken) };
    }
}

fn every_signal_blocked() -> Masked {
    Masked::new(|set| {
        // SAFETY: the caller hands in memory for a set.
        unsafe {
            libc::sigfillset(set);
        }
    })
}

/// The standard library's size of a stack. Where none is set, it looks for one in the environment, which is the host's.
const STACK_BYTES: usize = 2 << 20;

fn builder(name: &str) -> thread::Builder {
    thread::Builder::new().name(name.to_owned()).stack_size(STACK_BYTES)
}

/// What a thread of the library does around its work. None: the work panicked.
fn work_apart<T>(work: impl FnOnce() -> T) -> Option<T> {
    forget_inherited_scheduling();
    crate::panics::caught(work)
}

/// Starts a thread of the library: named, with every signal blocked from its first instruction on, and with neither
/// the scheduling nor the affinity of the thread that happened to need it.
pub(crate) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<thread::JoinHandle<()>> {
    let _masked = every_signal_blocked();
    builder(name).spawn(move || {
        work_apart(work);
    })
}

/// Does all jobs, on this thread and others beside it, and answers what they did in their order. Where the system has no
/// thread to give, fewer do the same.
#[cfg(feature = "signing")]
pub(crate) fn in_parallel<T: Send>(name: &str, threads: usize, jobs: Vec<impl FnOnce() -> T + Send>) -> Vec<T> {
    let further = threads.min(jobs.len()).saturating_sub(1);
    let queue = Mutex::new(jobs.into_iter().enumerate());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || std::iter::from_fn(next).map(|(place, job)| (place, job())).collect::<Vec<_>>();
    let mut done = thread::scope(|scope| {
        let start = |_| builder(name).spawn_scoped(scope, || work_apart(work)).ok();
        let masked = every_signal_blocked();
        let threads: Vec<_> = (0..further).map_while(start).collect();
        drop(masked);
        let mut done = work();
        for thread in threads {
            done.extend(thread.join().ok().flatten().expect("no job panics"));
        }
        done
    });
    done.sort_unstable_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
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
    /// How often it was raised. A call that began before the last time is cancelled, even if the alarm is lowered again.
    times: AtomicU64,
    pipe: Pipe,
    /// Tells of an alarm that is being lowered, to those who may not hear of it by the pipe any more.
    pub lowered: Notify,
}

impl Alarm {
    pub(crate) fn new() -> io::Result<Alarm> {
        Ok(Alarm { raised: AtomicBool::new(false), times: AtomicU64::new(0), pipe: Pipe::new()?, lowered: Notify::new() })
    }

    /// Async-signal-safe. errno is the interrupted code's, so it is put back.
    pub(crate) fn raise(&self) {
        self.times.fetch_add(1, Ordering::SeqCst);
        if !self.raised.swap(true, Ordering::SeqCst) {
            let errno = errno::get();
            self.pipe.put();
            errno::set(errno);
        }
    }

    pub(crate) fn lower(&self) {
        self.raised.store(false, Ordering::SeqCst);
        self.drain();
        // Now, when every byte of a raise before this is gone: they look at how often it was raised.
        self.lowered.notify_waiters();
    }

    fn drain(&self) {
        while self.pipe.take() {}
        if self.is_raised() {
            // Raised meanwhile; its byte may just have been taken.
            self.pipe.put();
        }
    }

    /// What a call that begins now has to remember for ends_calls_of().
    pub(crate) fn times(&self) -> u64 {
        self.times.load(Ordering::SeqCst)
    }

    /// Is a call cancelled that began when times() was `begun`?
    pub(crate) fn ends_calls_of(&self, begun: u64) -> bool {
        self.is_raised() || self.times() != begun
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

    pub(crate) fn alarm(&self) -> &Alarm {
        &self.0.get_ref().0
    }

    /// Ends when calls that began at `begun` are cancelled, as far as the pipe tells.
    pub(crate) async fn ends_calls_of(&self, begun: u64) {
        loop {
            match self.0.readable().await {
                // The runtime may remember an alarm that was lowered before.
                Ok(mut ready) if !self.alarm().ends_calls_of(begun) => ready.clear_ready(),
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

const LONGEST_WAIT: Duration = Duration::from_millis(50);

/// How a wait for a place ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Waited {
    Granted,
    Raised,
    TooLate,
}

/// A number of places, one byte of a pipe each, so that a wait for one can end by an alarm too.
pub(crate) struct Places {
    free: Pipe,
    count: u32,
    /// The threads that wait, the first in line in front. It alone looks at the pipe, so that a place that comes free
    /// wakes one thread and not all of them.
    line: Mutex<VecDeque<Waiter>>,
}

struct Waiter {
    number: usize,
    thread: thread::Thread,
}

impl Places {
    pub(crate) fn new(count: u32) -> io::Result<Places> {
        let places = Places { free: Pipe::new()?, count, line: Mutex::default() };
        (0..count).for_each(|_| places.give_back());
        Ok(places)
    }

    pub(crate) fn count(&self) -> usize {
        self.count as usize
    }

    pub(crate) fn give_back(&self) {
        self.free.put();
    }

    pub(crate) fn take(&self, deadline: Instant, alarm: &Alarm, begun: u64) -> Waited {
        if alarm.ends_calls_of(begun) {
            return Waited::Raised;
        }
        if self.line().is_empty() && self.free.take() {
            return Waited::Granted;
        }
        let own = InLine::enter(self);
        loop {
            if alarm.ends_calls_of(begun) {
                return Waited::Raised;
            }
            if own.is_first() && self.free.take() {
                return Waited::Granted;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Waited::TooLate;
            }
            // No longer than a cancel may take that this thread does not hear of: it was taken back at once, or came
            // while another thread was the first in line.
            let wait = left.min(LONGEST_WAIT);
            if own.is_first() {
                // A byte of an alarm that is not raised is left over; it would have the wait return at once, for ever.
                alarm.drain();
                wait_readable([self.free.reader.as_raw_fd(), alarm.as_raw_fd()], wait);
            } else {
                thread::park_timeout(wait);
            }
        }
    }

    fn line(&self) -> MutexGuard<'_, VecDeque<Waiter>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A thread's place in the line, until it is dropped.
struct InLine<'a> {
    places: &'a Places,
    number: usize,
}

impl InLine<'_> {
    fn enter(places: &Places) -> InLine<'_> {
        let mut line = places.line();
        let number = line.back().map_or(0, |last| last.number.wrapping_add(1));
        line.push_back(Waiter { number, thread: thread::current() });
        InLine { places, number }
    }

    fn is_first(&self) -> bool {
        self.places.line().front().is_some_and(|first| first.number == self.number)
    }
}

impl Drop for InLine<'_> {
    fn drop(&mut self) {
        let mut line = self.places.line();
        line.retain(|waiter| waiter.number != self.number);
        if let Some(first) = line.front() {
            first.thread.unpark();
        }
    }
}

struct PlacesFd(Arc<Places>);

impl AsRawFd for PlacesFd {
    fn as_raw_fd(&self) -> RawFd {
        self.0.free.reader.as_raw_fd()
    }
}

/// Places as a runtime sees them.
pub(crate) struct PlacesWatch {
    places: AsyncFd<PlacesFd>,
    /// Held by the first in line, so that a place that comes free wakes one call and not all of them.
    first: tokio::sync::Mutex<()>,
}

/// A place that was taken, until it is dropped.
pub(crate) struct Place<'a>(&'a Places);

impl PlacesWatch {
    /// Within a runtime.
    pub(crate) fn new(places: &Arc<Places>) -> io::Result<PlacesWatch> {
        // SAFETY: PlacesFd keeps the descriptor's owner alive and always answers the same descriptor.
        let places = unsafe { AsyncFd::register_with_interest(PlacesFd(Arc::clone(places)), Interest::READABLE) }?;
        Ok(PlacesWatch { places, first: tokio::sync::Mutex::new(()) })
    }

    pub(crate) async fn take(&self) -> io::Result<Place<'_>> {
        let _first = self.first.lock().await;
        loop {
            let mut ready = self.places.readable().await?;
            let places = &*self.places.get_ref().0;
            if places.free.take() {
                return Ok(Place(places));
            }
            // Another thread was quicker.
            ready.clear_ready();
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.give_back();
    }
}

/// Happens once, and can be waited for by its descriptor from then on.
pub(crate) struct Event(Pipe);

impl Event {
    pub(crate) fn new() -> io::Result<Event> {
        Pipe::new().map(Event)
    }

    pub(crate) fn raise(&self) {
        self.0.put();
    }

    /// Readable once it has happened.
    pub(crate) fn descriptor(&self) -> RawFd {
        self.0.reader.as_raw_fd()
    }
}

/// Returns early when a signal arrives; the callers look again anyway.
fn wait_readable(descriptors: [RawFd; 2], wait: Duration) {
    // One more than the whole milliseconds: a wait of 0 would spin.
    let milliseconds = i32::try_from(wait.as_millis()).unwrap_or(i32::MAX).saturating_add(1);
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
        let begun = alarm.times();
        assert_eq!(places.take(soon(), &alarm, begun), Waited::Granted);
        assert_eq!(places.take(soon(), &alarm, begun), Waited::TooLate);
        places.give_back();
        alarm.raise();
        assert_eq!(places.take(soon(), &alarm, begun), Waited::Raised);
        alarm.lower();
        assert_eq!(places.take(soon(), &alarm, begun), Waited::Raised, "it was raised since the call began");
        assert_eq!(places.take(soon(), &alarm, alarm.times()), Waited::Granted);
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
    fn a_sigpipe_for_the_whole_process_stays_the_hosts_and_holds_up_nobody() {
        // In a child, where no other thread takes the signal first.
        // SAFETY: the child only makes async-signal-safe calls and allocates nothing that another thread may hold.
        unsafe {
            let child = libc::fork();
            if child == 0 {
                let blocked = Masked::new(fill_with_sigpipe);
                let guard = SigpipeGuard::new();
                libc::kill(libc::getpid(), libc::SIGPIPE);
                drop(guard);
                let is_still_there = sigpipe_is_pending();
                take_pending_sigpipe();
                take_pending_sigpipe();
                std::mem::forget(blocked);
                libc::_exit(i32::from(!is_still_there));
            }
            let mut status = 0;
            assert_eq!(libc::waitpid(child, &mut status, 0), child);
            assert!(libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0, "{status:#x}");
        }
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
