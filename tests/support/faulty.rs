//! A hostile peer: it resets, stalls, drips and floods, and notes what it saw of the client.
#![allow(dead_code)] // Each test program uses a part of it.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What the peer does when a request begins to arrive, and again once it is read whole.
pub enum Deed {
    /// Reads the request. After that it is `Silence`.
    Read,
    /// Sends these bytes and keeps the connection.
    Answer(Vec<u8>),
    /// Sends these bytes and closes.
    AnswerAndClose(Vec<u8>),
    /// Closes without a word.
    Close,
    /// Resets the connection, so that what is under way is lost too.
    Reset,
    /// Says nothing, until the client has gone.
    Silence,
    /// Sends the first bytes, and then the others over and over, until the client has gone.
    Endless { first: Vec<u8>, again: Vec<u8>, every: Duration },
}

impl Deed {
    /// The HTTP status of the answer, where there is one.
    fn http_status(&self) -> Option<u16> {
        match self {
            Deed::Answer(bytes) | Deed::AnswerAndClose(bytes) => {
                String::from_utf8_lossy(bytes.get(..12)?).strip_prefix("HTTP/1.1 ")?.parse().ok()
            }
            _ => None,
        }
    }
}

/// Where the peer stands when it has to do something.
pub struct Turn<'a> {
    /// How many connections were made before this one.
    pub connection: usize,
    /// How many requests this connection carried before.
    pub on_connection: usize,
    /// How many requests were read whole before this one.
    pub before: usize,
    /// The head of the request; None while nothing of it is read.
    pub head: Option<&'a str>,
}

/// A request that was read whole.
#[derive(Clone)]
pub struct Seen {
    pub head: String,
    pub body: String,
    pub at: Instant,
    /// The HTTP status that it was answered with, if it was.
    pub answered: Option<u16>,
}

impl Seen {
    pub fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }
}

/// How many of these were carried out perhaps and came a second time: a request was sent again although the first was
/// not put off.
pub fn doubled(seen: &[Seen]) -> usize {
    let is_again = |(index, request): (usize, &Seen)| {
        let mut earlier = seen[..index].iter().filter(|earlier| (earlier.line(), &earlier.body) == (request.line(), &request.body));
        earlier.any(|earlier| earlier.answered != Some(429))
    };
    seen.iter().enumerate().filter(|pair| is_again(*pair)).count()
}

/// When a flood ends all the same, so that a client that does not end its call fails its test and does not hold it up.
pub const LONGEST_FLOOD: Duration = Duration::from_secs(2);

type Script = dyn Fn(&Turn) -> Deed + Send + Sync;

struct Stage {
    script: Box<Script>,
    seen: Mutex<Vec<Seen>>,
    connections: AtomicUsize,
    /// What to shut down at the end. A connection that is reset has to leave first: no second descriptor may hold it.
    open: Mutex<HashMap<usize, TcpStream>>,
    is_stopping: AtomicBool,
    /// How many connections were closed.
    closed: Mutex<usize>,
    one_closed: Condvar,
}

pub struct Faulty {
    pub address: SocketAddr,
    stage: Arc<Stage>,
    thread: Option<JoinHandle<()>>,
}

impl Faulty {
    /// `script` is asked as soon as a request begins to arrive, and again when it was read.
    pub fn new(script: impl Fn(&Turn) -> Deed + Send + Sync + 'static) -> Faulty {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let stage = Arc::new(Stage {
            script: Box::new(script),
            seen: Mutex::default(),
            connections: AtomicUsize::new(0),
            open: Mutex::default(),
            is_stopping: AtomicBool::new(false),
            closed: Mutex::new(0),
            one_closed: Condvar::new(),
        });
        let listening = Arc::clone(&stage);
        Faulty { address, stage, thread: Some(std::thread::spawn(move || listen(&listener, &listening))) }
    }

    /// One that reads each request before it does harm.
    pub fn reading(script: impl Fn(&Turn) -> Deed + Send + Sync + 'static) -> Faulty {
        Faulty::new(move |turn| if turn.head.is_some() { script(turn) } else { Deed::Read })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests that were read whole, in the order of their arrival.
    pub fn seen(&self) -> Vec<Seen> {
        locked(&self.stage.seen).clone()
    }

    /// Waits until the peer has closed so many connections.
    pub fn await_closed(&self, connections: usize) {
        let closed = locked(&self.stage.closed);
        drop(self.stage.one_closed.wait_while(closed, |closed| *closed < connections).unwrap_or_else(PoisonError::into_inner));
    }

    /// How many connections were ever made.
    pub fn connections(&self) -> usize {
        self.stage.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Faulty {
    fn drop(&mut self) {
        self.stage.is_stopping.store(true, Ordering::SeqCst);
        let _wakes_it = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _it_ended = thread.join();
        }
        for (_, connection) in locked(&self.stage.open).drain() {
            let _may_be_closed = connection.shutdown(Shutdown::Both);
        }
    }
}

pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn listen(listener: &TcpListener, stage: &Arc<Stage>) {
    for stream in listener.incoming() {
        let stream = stream.expect("a connection");
        if stage.is_stopping.load(Ordering::SeqCst) {
            return;
        }
        let number = stage.connections.fetch_add(1, Ordering::SeqCst);
        locked(&stage.open).insert(number, stream.try_clone().expect("a descriptor"));
        let stage = Arc::clone(stage);
        std::thread::spawn(move || {
            let is_reset = serve(&stream, number, &stage).is_none();
            locked(&stage.open).remove(&number);
            if is_reset {
                reset(stream);
            } else {
                drop(stream);
            }
            *locked(&stage.closed) += 1;
            stage.one_closed.notify_all();
        });
    }
}

/// None: the connection is to be reset.
fn serve(stream: &TcpStream, connection: usize, stage: &Stage) -> Option<()> {
    let mut reader = BufReader::new(stream);
    for on_connection in 0.. {
        if !matches!(stream.peek(&mut [0]), Ok(1)) {
            return Some(());
        }
        let before = locked(&stage.seen).len();
        match (stage.script)(&Turn { connection, on_connection, before, head: None }) {
            Deed::Read => {}
            deed => return act(stream, deed, false).map(|_| ()),
        }
        let Some((head, body)) = read_message(&mut reader) else { return Some(()) };
        let deed = {
            let mut seen = locked(&stage.seen);
            let deed = (stage.script)(&Turn { connection, on_connection, before: seen.len(), head: Some(&head) });
            let body = String::from_utf8_lossy(&body).into_owned();
            seen.push(Seen { head, body, at: Instant::now(), answered: deed.http_status() });
            deed
        };
        if !act(stream, deed, true)? {
            return Some(());
        }
    }
    Some(())
}

/// Does it, and tells whether the connection goes on. None: it is to be reset.
fn act(mut stream: &TcpStream, deed: Deed, is_read: bool) -> Option<bool> {
    match deed {
        Deed::Reset => return None,
        Deed::Answer(bytes) => return Some(stream.write_all(&bytes).is_ok()),
        Deed::AnswerAndClose(bytes) => {
            let _the_client_may_be_gone = stream.write_all(&bytes);
            if is_read {
                return Some(false);
            }
            let _as_above = stream.shutdown(Shutdown::Write);
        }
        Deed::Close if is_read => return Some(false),
        Deed::Close => {
            let _the_client_may_be_gone = stream.shutdown(Shutdown::Write);
        }
        Deed::Read | Deed::Silence => {}
        Deed::Endless { first, again, every } => {
            let mut is_there = stream.write_all(&first).is_ok();
            let is_paced = !every.is_zero();
            if is_paced {
                stream.set_read_timeout(Some(every)).expect("a pace");
            }
            let started = Instant::now();
            // A client that goes away ends the wait, and with it the flood.
            while is_there && started.elapsed() < LONGEST_FLOOD && (!is_paced || !is_gone(stream)) {
                is_there = stream.write_all(&again).is_ok();
            }
            return Some(false);
        }
    }
    // To close with bytes unread would be a reset.
    let _until_the_client_has_gone = std::io::copy(&mut stream, &mut std::io::sink());
    Some(false)
}

/// Waits for the read timeout of `stream`, unless the client closes it before.
fn is_gone(mut stream: &TcpStream) -> bool {
    use std::io::ErrorKind::{TimedOut, WouldBlock};
    match stream.read(&mut [0]) {
        Ok(read) => read == 0,
        Err(error) => !matches!(error.kind(), TimedOut | WouldBlock),
    }
}

/// Reads a head and the body of the length that it tells, as bytes: the head with its empty line. None: the connection
/// ended before.
pub fn read_message(reader: &mut impl BufRead) -> Option<(String, Vec<u8>)> {
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let start = head.len();
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
        let line = &head[start..];
        if line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((head, body))
}

/// Closes a connection with a reset. The stream must be the only descriptor of its connection.
pub fn reset(stream: TcpStream) {
    #[cfg(unix)]
    {
        use std::os::fd::AsRawFd;
        let at_once = libc::linger { l_onoff: 1, l_linger: 0 };
        let size = libc::socklen_t::try_from(size_of::<libc::linger>()).expect("a size");
        // SAFETY: the descriptor is open, and the option is as large as told.
        let set = unsafe { libc::setsockopt(stream.as_raw_fd(), libc::SOL_SOCKET, libc::SO_LINGER, (&raw const at_once).cast(), size) };
        assert_eq!(set, 0, "an option");
    }
    drop(stream);
}

/// An address that refuses connections, and that nobody else can be given meanwhile: the near end of a connection.
pub struct Nobody {
    near: TcpStream,
    _far: TcpListener,
}

impl Nobody {
    pub fn new() -> Nobody {
        let far = TcpListener::bind("127.0.0.1:0").expect("a port");
        Nobody { near: TcpStream::connect(far.local_addr().expect("an address")).expect("a connection"), _far: far }
    }

    pub fn address(&self) -> SocketAddr {
        self.near.local_addr().expect("an address")
    }
}

/// A listener that accepts nothing and has no room for one connection more.
#[cfg(target_os = "linux")]
pub struct Full {
    listener: TcpListener,
    _waiting: Vec<TcpStream>,
}

#[cfg(target_os = "linux")]
impl Full {
    pub fn new() -> Full {
        use std::os::fd::AsRawFd;
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        // SAFETY: the descriptor is open and listens; only its queue gets shorter.
        assert_eq!(unsafe { libc::listen(listener.as_raw_fd(), 0) }, 0, "a short queue");
        let address = listener.local_addr().expect("an address");
        let connect = || TcpStream::connect_timeout(&address, Duration::from_millis(200)).ok();
        let waiting = std::iter::from_fn(connect).collect();
        Full { listener, _waiting: waiting }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.listener.local_addr().expect("an address"))
    }
}
