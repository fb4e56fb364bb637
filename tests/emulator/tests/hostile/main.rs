//! Requests that nobody in their right mind sends, very many of them: the program goes on, says nothing, and grows no larger.
//!
//! `HOSTILE_REQUESTS` says how many, `HOSTILE_SEED` which, and `EMULATOR` names the program where it is not the one that was
//! built for the test.

mod answers;
#[path = "../common/mod.rs"]
mod common;
mod json;
mod requests;
mod tokens;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::Write;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::Command;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use common::NOON;
use common::process::{Process, configure};
use serde_json::Value;

use answers::{Answers, check};
use requests::{Request, Requests};

/// Enough for every kind of request to come often, and soon over.
const FEW: u64 = 20_000;

/// How many send at once.
const SENDERS: u64 = 2;

/// What the program may take, in KiB, whatever it was sent.
const MOST_MEMORY: u64 = 256 * 1024;

/// How much more it may take after the last quarter of all requests than after the third.
const MOST_GROWTH: u64 = 8 * 1024;

/// How much is written at once.
const PACKET: usize = 16 * 1024;

/// The tokens that there are, as far as the answers have told.
#[derive(Default)]
pub struct Known(Mutex<[BTreeMap<u64, String>; 2]>);

impl Known {
    pub fn with<T>(&self, look: impl FnOnce(&mut [BTreeMap<u64, String>; 2]) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Learns from what was answered to a create or a listing.
    fn learn(&self, kind: usize, data: &Value) {
        let tokens = data.as_array().map_or(std::slice::from_ref(data), Vec::as_slice);
        self.with(|known| {
            for token in tokens {
                if let Some((id, text)) = token["id"].as_u64().zip(token["token"].as_str()) {
                    known[kind].insert(id, text.to_owned());
                }
            }
        });
    }
}

#[test]
fn no_request_whatsoever_brings_the_program_down() {
    let number = |name| env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let count = number("HOSTILE_REQUESTS").unwrap_or(FEW);
    let seed = number("HOSTILE_SEED").unwrap_or_else(|| fastrand::u64(..));
    println!("HOSTILE_SEED={seed}");

    let process = Process::spawn(program());
    let known = Known::default();
    let mut random = fastrand::Rng::with_seed(seed);
    let mut memory = Vec::new();
    for _ in 0..4 {
        thread::scope(|scope| {
            for _ in 0..SENDERS {
                let mut requests = Requests::new(random.u64(..), &known);
                let (address, known) = (process.address, &known);
                scope.spawn(move || send(address, known, &mut requests, count / 4 / SENDERS));
            }
        });
        memory.push(resident(process.id()));
    }
    println!("{count} requests; KiB after each quarter: {memory:?}");

    process.client().control("GET", "status", &Value::Null).unwrap().data();
    let (status, said) = process.end();
    assert_eq!((status.code(), said.as_str()), (Some(0), ""), "it says something only if something is wrong");
    assert!(memory[3] <= MOST_MEMORY, "{memory:?}");
    assert!(memory[3] <= memory[2] + MOST_GROWTH, "{memory:?}");
}

fn program() -> Command {
    let program = env::var_os("EMULATOR").unwrap_or_else(|| env!("CARGO_BIN_EXE_millicast-emulator").into());
    let mut command = Command::new(program);
    let clock = NOON.to_string();
    configure(&mut command, &["--trust-forwarded", "--country-of", "10.0.0.0/8=PL", "--clock", &clock]);
    command
}

/// What a process holds in memory, in KiB.
fn resident(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Sends so many requests over one connection after the other.
fn send(address: SocketAddr, known: &Known, requests: &mut Requests, count: u64) {
    let mut left = count;
    while left > 0 {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let (sent, to_be_answered) = mpsc::channel();
        thread::scope(|scope| {
            let answers = stream.try_clone().unwrap();
            scope.spawn(move || hear(answers, known, &to_be_answered));
            left -= speak(&stream, requests, left, &sent);
            drop(sent);
        });
    }
}

/// Sends requests without waiting for answers, but for the last one where it may be none. How many they were.
fn speak(mut stream: &TcpStream, requests: &mut Requests, most: u64, sent: &mpsc::Sender<Request>) -> u64 {
    let count = requests.for_one_connection().min(most);
    let mut packet = Vec::new();
    for number in 1..=count {
        let request = requests.next();
        let may_end = request.may_end;
        if !may_end {
            packet.extend_from_slice(&request.bytes);
        }
        // Whoever hears the answers says the last word.
        let _ = sent.send(request);
        let is_last = may_end || number == count;
        if is_last || packet.len() > PACKET {
            // That nobody listens is told by the answer that does not come.
            let _ = stream.write_all(&packet);
            packet.clear();
        }
        if is_last {
            return number;
        }
    }
    count
}

/// Reads the answers and finds nothing wrong with them.
fn hear(mut stream: TcpStream, known: &Known, sent: &mpsc::Receiver<Request>) {
    let heard = stream.try_clone().unwrap();
    let mut answers = Answers::new(&heard);
    let mut before = "nothing".to_owned();
    for request in sent {
        if request.may_end {
            // Not before: a connection that ends with something unread takes earlier answers with it.
            let _ = stream.write_all(&request.bytes);
            // Nothing follows: what waits for the rest of a body need wait no longer.
            let _ = stream.shutdown(Shutdown::Write);
            while let Some(answer) = answers.next(request.is_head) {
                check(&request, &answer);
            }
            return;
        }
        let answer = answers.next(request.is_head).unwrap_or_else(|| panic!("no answer to {} after {before}", request.in_words()));
        check(&request, &answer);
        if let (Some(kind), 200) = (request.tells_tokens, answer.status) {
            known.learn(kind, &answer.body["data"]);
        }
        before = format!("{} {}", answer.status, request.in_words());
    }
}
