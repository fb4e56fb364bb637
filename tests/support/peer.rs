//! A server that does what a test tells it to, byte by byte.
#![allow(dead_code)] // Each test program uses a part of it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// What the peer does once it has read a request whole.
#[derive(Clone)]
pub enum Act {
    /// Sends these bytes and keeps the connection.
    Answer(String),
    /// Sends these bytes and closes.
    AnswerAndClose(String),
    /// Closes without a word.
    Close,
    /// Says nothing, until the peer is dropped.
    Silence,
}

pub fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
}

pub fn success(data: &str) -> String {
    answer("200 OK", "", &format!(r#"{{"status":"success","data":{data}}}"#))
}

pub struct Peer {
    pub url: String,
    requests: Arc<Mutex<Vec<String>>>,
    /// Tells of each request, once it is read whole.
    pub arrived: Receiver<()>,
    address: std::net::SocketAddr,
    stopping: Arc<AtomicBool>,
    connections: Arc<Mutex<Vec<TcpStream>>>,
    thread: Option<JoinHandle<()>>,
}

impl Peer {
    /// `acts`: for each request in turn, the last for all that follow.
    pub fn new(acts: Vec<Act>) -> Peer {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let (tell, arrived) = channel();
        let stopping = Arc::new(AtomicBool::new(false));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(Mutex::new(Vec::new()));
        let served = Served { acts, requests: Arc::clone(&requests), tell };
        let (stop, open) = (Arc::clone(&stopping), Arc::clone(&connections));
        let thread = std::thread::spawn(move || {
            let served = Arc::new(Mutex::new(served));
            for stream in listener.incoming() {
                let stream = stream.expect("a connection");
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                open.lock().expect("a list").push(stream.try_clone().expect("a descriptor"));
                let served = Arc::clone(&served);
                std::thread::spawn(move || serve(stream, &served));
            }
        });
        Peer { url: format!("http://{address}"), requests, arrived, address, stopping, connections, thread: Some(thread) }
    }

    /// How many connections were ever made.
    pub fn connection_count(&self) -> usize {
        self.connections.lock().expect("a list").len()
    }

    /// Request lines and bodies, in the order of their arrival.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("a list").clone()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        let _wakes_it = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _it_ended = thread.join();
        }
        for connection in self.connections.lock().expect("a list").drain(..) {
            let _may_be_closed = connection.shutdown(Shutdown::Both);
        }
    }
}

struct Served {
    acts: Vec<Act>,
    requests: Arc<Mutex<Vec<String>>>,
    tell: Sender<()>,
}

impl Served {
    fn next(&mut self, request: String) -> Act {
        let mut requests = self.requests.lock().expect("a list");
        let act = self.acts[requests.len().min(self.acts.len() - 1)].clone();
        requests.push(request);
        let _nobody_may_listen = self.tell.send(());
        act
    }
}

fn serve(stream: TcpStream, served: &Mutex<Served>) {
    let mut writer = stream.try_clone().expect("a descriptor");
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader) {
        let act = served.lock().expect("the acts").next(request);
        match act {
            Act::Answer(bytes) => {
                if writer.write_all(bytes.as_bytes()).is_err() {
                    return;
                }
            }
            Act::AnswerAndClose(bytes) => {
                let _the_client_may_be_gone = writer.write_all(bytes.as_bytes());
                let _as_above = writer.shutdown(Shutdown::Both);
                return;
            }
            Act::Close => {
                let _the_client_may_be_gone = writer.shutdown(Shutdown::Both);
                return;
            }
            Act::Silence => {
                let _until_the_connection_ends = reader.read(&mut [0]);
                return;
            }
        }
    }
}

fn read(reader: &mut impl BufRead) -> Option<String> {
    let mut first = String::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
        if first.is_empty() {
            first = line.trim().to_owned();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(format!("{first}\n{}", String::from_utf8_lossy(&body)))
}
