//! Many threads, one client, and a network that fails at random: what the server holds is what the callers were told,
//! and nothing is left behind.
#![cfg(all(feature = "client", feature = "signing"))]

#[path = "support/client.rs"]
mod client;
#[path = "support/faulty.rs"]
mod faulty;
mod support;

use std::collections::{BTreeMap, HashMap};
use std::io::{BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Instant;

use client::{Client, SECRET, config, publish_label_update, publish_spec};
use fastrand::Rng;
use faulty::{locked, read_message, reset};
use millicast_emulator::{Emulator, Options};
use millicast_tokens::error::*;
use millicast_tokens::ffi::client_config::*;
use millicast_tokens::ffi::list_options::*;
use millicast_tokens::ffi::publish_token::*;
use millicast_tokens::ffi::publish_token_calls::*;
use support::{Failure, lent, made, status};

// ---- The network

/// What happens to a request on its way, and to its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Passed,
    ResetBefore,
    ResetAfter,
    CutInHalf,
    Unavailable,
    PutOff,
    ClosedAfter,
}

/// Of 1000 requests. The rest passes.
const FATES: [(Fate, usize); 6] = [
    (Fate::ResetBefore, 5),
    (Fate::ResetAfter, 5),
    (Fate::CutInHalf, 5),
    (Fate::Unavailable, 5),
    (Fate::PutOff, 5),
    (Fate::ClosedAfter, 20),
];

impl Fate {
    fn draw(random: &mut Rng) -> Fate {
        let mut number = random.usize(..1000);
        for (fate, share) in FATES {
            if number < share {
                return fate;
            }
            number -= share;
        }
        Fate::Passed
    }
}

#[derive(Default)]
struct Network {
    /// Kept connections to the platform.
    resting: Mutex<Vec<TcpStream>>,
    fates: Mutex<BTreeMap<Fate, usize>>,
    /// By label, how often a create came that was not put off with 429.
    creates: Mutex<HashMap<String, usize>>,
    connections: AtomicUsize,
    /// What to shut down at the end. A connection that is reset has to leave first.
    open: Mutex<HashMap<usize, TcpStream>>,
    is_stopping: AtomicBool,
}

/// Stands between the client and the platform.
struct Proxy {
    address: SocketAddr,
    network: Arc<Network>,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    fn new(platform: SocketAddr, seed: u64) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let network = Arc::new(Network::default());
        let listening = Arc::clone(&network);
        let thread = std::thread::spawn(move || {
            let mut carriers: Vec<JoinHandle<()>> = Vec::new();
            for stream in listener.incoming() {
                let stream = stream.expect("a connection");
                if listening.is_stopping.load(Ordering::SeqCst) {
                    break;
                }
                carriers.retain(|carrier| !carrier.is_finished());
                let number = listening.connections.fetch_add(1, Ordering::SeqCst);
                locked(&listening.open).insert(number, stream.try_clone().expect("a descriptor"));
                let network = Arc::clone(&listening);
                let random = Rng::with_seed(seed.wrapping_add(number as u64));
                carriers.push(std::thread::spawn(move || {
                    let is_reset = carry(&stream, platform, &network, random).is_none();
                    locked(&network.open).remove(&number);
                    if is_reset {
                        reset(stream);
                    }
                }));
            }
            for (_, connection) in locked(&listening.open).drain() {
                let _may_be_closed = connection.shutdown(Shutdown::Both);
            }
            carriers.into_iter().for_each(|carrier| carrier.join().expect("a carrier without a panic"));
        });
        Proxy { address, network, thread: Some(thread) }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.network.is_stopping.store(true, Ordering::SeqCst);
        let _wakes_it = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking(), "the network broke");
        }
    }
}

/// Carries requests until one meets its fate. None: the connection is to be reset.
fn carry(mut stream: &TcpStream, platform: SocketAddr, network: &Network, mut random: Rng) -> Option<()> {
    let mut reader = BufReader::new(stream);
    while let Some((head, body)) = read_message(&mut reader) {
        let fate = Fate::draw(&mut random);
        *locked(&network.fates).entry(fate).or_default() += 1;
        if head.starts_with("POST ") && fate != Fate::PutOff {
            let create: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
            *locked(&network.creates).entry(create["label"].as_str().expect("a label").to_owned()).or_default() += 1;
        }
        let answer = match fate {
            Fate::ResetBefore => return None,
            Fate::Unavailable => b"HTTP/1.1 503 Unavailable\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n".to_vec(),
            Fate::PutOff => b"HTTP/1.1 429 Later\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n".to_vec(),
            _ => ask(platform, network, head, &body),
        };
        let most = if fate == Fate::CutInHalf { answer.len() / 2 } else { answer.len() };
        match fate {
            Fate::ResetAfter => return None,
            _ if stream.write_all(&answer[..most]).is_err() => return Some(()),
            Fate::CutInHalf | Fate::ClosedAfter => return Some(()),
            _ => {}
        }
    }
    Some(())
}

/// What the platform answers, byte by byte.
fn ask(platform: SocketAddr, network: &Network, head: String, body: &[u8]) -> Vec<u8> {
    let rested = locked(&network.resting).pop();
    let mut connection = rested.unwrap_or_else(|| {
        let connection = TcpStream::connect(platform).expect("a connection to the platform");
        connection.set_nodelay(true).expect("an option");
        connection
    });
    connection.write_all(&[head.as_bytes(), body].concat()).expect("the platform reads");
    let (head, body) = read_message(&mut BufReader::new(&connection)).expect("the platform answers");
    locked(&network.resting).push(connection);
    [head.into_bytes(), body].concat()
}

// ---- The callers

/// A token that is there, with the labels that it may have by what its caller was told.
struct Known {
    id: u64,
    labels: Vec<String>,
}

/// What a caller was told.
struct Caller {
    number: usize,
    random: Rng,
    calls: usize,
    held: Vec<Known>,
    perhaps_deleted: Vec<u64>,
    deleted: Vec<u64>,
    /// Labels of creates that may have come about.
    perhaps_created: Vec<String>,
    never_created: Vec<String>,
    failures: BTreeMap<(&'static str, mct_status, mct_outcome), usize>,
}

impl Caller {
    fn new(number: usize, seed: u64) -> Caller {
        Caller {
            number,
            random: Rng::with_seed(seed.wrapping_mul(31).wrapping_add(number as u64)),
            calls: 0,
            held: Vec::new(),
            perhaps_deleted: Vec::new(),
            deleted: Vec::new(),
            perhaps_created: Vec::new(),
            never_created: Vec::new(),
            failures: BTreeMap::new(),
        }
    }

    fn call(&mut self, client: &Client, a_page: &mct_list_options) {
        self.calls += 1;
        let roll = self.random.usize(..100);
        if roll < 15 || self.held.is_empty() {
            return self.create(client);
        }
        let index = self.random.usize(..self.held.len());
        match roll {
            15..28 => self.delete(client, index),
            28..76 => self.read(client, index),
            76..99 => self.update(client, index),
            _ => match client.publish_page(Some(a_page)) {
                Ok(list) => assert!(mct_publish_token_list_len(Some(&list)) <= 10),
                Err(failure) => drop(self.note("list", &failure)),
            },
        }
    }

    /// Counts a failure, and tells whether it may have been carried out. Only what the network does may fail a call.
    fn note(&mut self, what: &'static str, failure: &Failure) -> bool {
        let is_passing = [MCT_ERR_CONNECT, MCT_ERR_SERVER, MCT_ERR_RATE_LIMITED].contains(&failure.status);
        assert!(is_passing, "caller {}, call {}, {what}: {failure:?}", self.number, self.calls);
        *self.failures.entry((what, failure.status, failure.outcome)).or_default() += 1;
        failure.outcome == MCT_OUTCOME_UNKNOWN
    }

    fn create(&mut self, client: &Client) {
        // No two creates have the same label, so that one that was carried out twice shows.
        let label = format!("{}-{}", self.number, self.calls);
        match client.create_publish(&publish_spec(&label)) {
            Ok(token) => {
                assert_eq!(lent(mct_publish_token_label(Some(&token))).as_ref(), Some(&label));
                self.held.push(Known { id: mct_publish_token_id(Some(&token)), labels: vec![label] });
            }
            Err(failure) if self.note("create", &failure) => self.perhaps_created.push(label),
            Err(_) => self.never_created.push(label),
        }
    }

    fn read(&mut self, client: &Client, index: usize) {
        match client.read_publish(self.held[index].id) {
            Ok(token) => {
                let known = &mut self.held[index];
                let label = lent(mct_publish_token_label(Some(&token))).expect("a label");
                assert_eq!(mct_publish_token_id(Some(&token)), known.id);
                assert!(known.labels.contains(&label), "{label} is none of {:?}", known.labels);
                known.labels = vec![label];
            }
            Err(failure) => drop(self.note("read", &failure)),
        }
    }

    fn update(&mut self, client: &Client, index: usize) {
        let known = &self.held[index];
        let label = format!("{} {}", first_label(&known.labels[0]), self.calls);
        match client.update_publish(known.id, &publish_label_update(&label)) {
            Ok(token) => {
                assert_eq!(lent(mct_publish_token_label(Some(&token))).as_ref(), Some(&label));
                self.held[index].labels = vec![label];
            }
            Err(failure) if self.note("update", &failure) => self.held[index].labels.push(label),
            Err(_) => {}
        }
    }

    fn delete(&mut self, client: &Client, index: usize) {
        let id = self.held[index].id;
        match client.delete_publish(id) {
            Ok(()) => self.deleted.push(id),
            Err(failure) if self.note("delete", &failure) => self.perhaps_deleted.push(id),
            Err(_) => return,
        }
        self.held.swap_remove(index);
    }
}

/// An update writes a number behind the label that a token was created with.
fn first_label(label: &str) -> &str {
    label.split(' ').next().unwrap_or_default()
}

// ---- What is left

/// Threads, descriptors and resident bytes of this process.
#[cfg(target_os = "linux")]
#[derive(Debug, Clone, Copy)]
struct Usage {
    threads: usize,
    descriptors: usize,
    resident: usize,
}

#[cfg(target_os = "linux")]
impl Usage {
    fn now() -> Usage {
        let count = |folder| std::fs::read_dir(folder).expect("a folder").count();
        let status = std::fs::read_to_string("/proc/self/status").expect("a status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a line");
        let kilobytes: usize = line.trim().trim_end_matches(" kB").parse().expect("kilobytes");
        Usage { threads: count("/proc/self/task"), descriptors: count("/proc/self/fd"), resident: kilobytes << 10 }
    }
}

/// Every call of every caller, over one client. Answers what is there in the end.
fn run(seed: u64, callers: usize, calls: usize) {
    let mut options = Options::with_api_secret(SECRET);
    options.record_requests = false;
    let emulator = Emulator::start(options).expect("an emulator");
    let proxy = Proxy::new(emulator.address(), seed);
    let mut settings = config(SECRET, &format!("http://{}", proxy.address));
    // One, so that calls fail in the end too.
    status(|error| mct_client_config_set_max_retries(Some(&mut settings), 1, error)).expect("a setting");
    let client = Client::of(&settings);
    let mut callers: Vec<Caller> = (0..callers).map(|number| Caller::new(number, seed)).collect();
    // Halves: what the first took, the second may use again, so that it must not take as much.
    #[cfg(target_os = "linux")]
    let mut resident = Vec::new();
    for _ in 0..2 {
        std::thread::scope(|scope| {
            for caller in &mut callers {
                scope.spawn(|| {
                    let mut a_page = made(|out, error| mct_list_options_new(out, error)).expect("options");
                    status(|error| mct_list_options_set_items_on_page(Some(&mut a_page), 10, error)).expect("a page");
                    (0..calls / 2).for_each(|_| caller.call(&client, &a_page));
                });
            }
        });
        #[cfg(target_os = "linux")]
        resident.push(Usage::now().resident);
    }
    check_what_is_there(&Client::new(&emulator.url()), &callers);
    let creates = locked(&proxy.network.creates);
    let doubled = creates.values().filter(|count| **count > 1).count();
    println!("requests: {:?}", locked(&proxy.network.fates));
    println!("{} connections, {} creates, {doubled} doubled creates", proxy.network.connections.load(Ordering::SeqCst), creates.len());
    assert_eq!(doubled, 0, "a create came twice, and was not put off");
    drop(creates);
    #[cfg(target_os = "linux")]
    {
        println!("resident after each half: {} and {} kB", resident[0] >> 10, resident[1] >> 10);
        let more = resident[1].saturating_sub(resident[0]);
        assert!(more < 12 << 20, "half of the calls leave {more} bytes behind");
    }
}

/// Reads the whole list past the network, and compares it with what the callers were told.
fn check_what_is_there(client: &Client, callers: &[Caller]) {
    let list = made(|out, error| unsafe { mct_publish_token_list_all(client.raw(), None, out, error) }).expect("a list");
    let mut there = HashMap::new();
    let mut by_first_label = HashMap::new();
    for index in 0..mct_publish_token_list_len(Some(&list)) {
        // SAFETY: lent by the list, which is alive.
        let token = unsafe { mct_publish_token_list_get(Some(&list), index).as_ref() }.expect("a token");
        let (id, label) = (mct_publish_token_id(Some(token)), lent(mct_publish_token_label(Some(token))).expect("a label"));
        let twin = by_first_label.insert(first_label(&label).to_owned(), id);
        assert_eq!(twin, None, "two tokens of the create {label}");
        there.insert(id, label);
    }
    let (count, mut held, mut perhaps) = (there.len(), 0, 0);
    for caller in callers {
        for known in &caller.held {
            let label = there.remove(&known.id).unwrap_or_else(|| panic!("token {} was created, and is gone", known.id));
            assert!(known.labels.contains(&label), "token {}: {label} is none of {:?}", known.id, known.labels);
            held += 1;
        }
        for id in &caller.deleted {
            assert!(!there.contains_key(id), "token {id} was deleted, and is there");
        }
        for id in &caller.perhaps_deleted {
            perhaps += usize::from(there.remove(id).is_some());
        }
        for label in &caller.perhaps_created {
            perhaps += usize::from(by_first_label.get(label).is_some_and(|id| there.remove(id).is_some()));
        }
        for label in &caller.never_created {
            assert!(!by_first_label.contains_key(label), "{label} was refused, and is there");
        }
    }
    assert!(there.is_empty(), "tokens that no caller knows of: {there:?}");
    let total = |of: fn(&Caller) -> usize| callers.iter().map(of).sum::<usize>();
    let mut failures = BTreeMap::new();
    for (kind, number) in callers.iter().flat_map(|caller| &caller.failures) {
        *failures.entry(*kind).or_insert(0) += number;
    }
    println!("{} calls; of {count} tokens {held} were known and {perhaps} were possible", total(|caller| caller.calls));
    println!(
        "{} deleted, {} perhaps deleted, {} perhaps created, {} not created",
        total(|caller| caller.deleted.len()),
        total(|caller| caller.perhaps_deleted.len()),
        total(|caller| caller.perhaps_created.len()),
        total(|caller| caller.never_created.len())
    );
    println!("failures (call, status, outcome): {failures:?}");
}

#[test]
fn under_load_and_faults_the_server_holds_what_the_callers_were_told_and_nothing_is_left_behind() {
    let seed = Rng::new().u64(..);
    println!("seed {seed}");
    // What a process does once is done by a first, small run.
    run(seed, 8, 40);
    #[cfg(target_os = "linux")]
    let before = Usage::now();
    let started = Instant::now();
    run(seed, 64, 1000);
    println!("{} s", started.elapsed().as_secs());
    #[cfg(target_os = "linux")]
    {
        let after = settled(before);
        println!("before {before:?}, after {after:?}");
        assert_eq!((after.threads, after.descriptors), (before.threads, before.descriptors));
        assert!(after.resident < before.resident + (64 << 20), "{after:?}, before {before:?}");
    }
}

/// The system goes on listing a thread for a moment after it was joined, and tells of that in no other way.
#[cfg(target_os = "linux")]
fn settled(before: Usage) -> Usage {
    let started = Instant::now();
    loop {
        let usage = Usage::now();
        if usage.threads <= before.threads || started.elapsed().as_secs() >= 5 {
            return usage;
        }
        std::thread::yield_now();
    }
}
