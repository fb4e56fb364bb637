//! One connection: its handshake, its requests, and its end.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use crate::faults::{End, Fault, IsReused, Script};
use crate::wire::{Stream, Wire};

/// How long a handshake, and the head of a request, may take to arrive.
const LONGEST_HEAD: Duration = Duration::from_secs(30);

/// The largest head of a request: whoever sends more holds no more memory.
const LARGEST_HEAD: usize = 64 * 1024;

/// What a server says that does not expect TLS.
const PLAIN: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 18\r\nConnection: close\r\n\r\nthis is plain HTTP";

/// That the emulator ends.
pub struct Ending(watch::Receiver<bool>);

impl Ending {
    pub fn new(ending: watch::Receiver<bool>) -> Self {
        Self(ending)
    }

    async fn comes(&mut self) {
        // A sender that has gone is an end too.
        let _ = self.0.wait_for(|ends| *ends).await;
    }
}

/// How a connection becomes one that carries requests.
pub enum Handshake {
    None,
    Tls(TlsAcceptor),
    Spoilt(Fault),
}

/// The two ends of a connection. An extension of each of its requests.
#[derive(Clone, Copy)]
pub struct Ends {
    peer: SocketAddr,
    here: Option<SocketAddr>,
}

impl Ends {
    fn of(stream: &TcpStream, peer: SocketAddr) -> Self {
        Self { peer, here: stream.local_addr().ok() }
    }

    /// Whether an address is this machine's: a loopback one, or the one that the connection leads to.
    pub fn is_here(self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_loopback() || self.here.is_some_and(|here| here.ip().to_canonical() == address)
    }

    pub fn is_within_this_machine(self) -> bool {
        self.is_here(self.peer.ip())
    }
}

/// Serves a connection until it ends, from either side.
///
/// `held` has the places of connections that a fault holds.
pub async fn serve(stream: TcpStream, peer: SocketAddr, handshake: Handshake, app: Router, held: Arc<Semaphore>, mut ending: Ending) {
    let ends = Ends::of(&stream, peer);
    let tls = match handshake {
        Handshake::None => return serve_requests(stream, ends, app, &held, ending).await,
        Handshake::Tls(tls) => tls,
        Handshake::Spoilt(fault) => {
            return tokio::select! {
                () = spoil_handshake(Wire::new(stream), fault) => {}
                () = ending.comes() => {}
            };
        }
    };
    let handshake = tokio::time::timeout(LONGEST_HEAD, tls.accept(stream));
    let shaken = tokio::select! {
        shaken = handshake => shaken,
        () = ending.comes() => return,
    };
    // Who does not agree on TLS was told so by the handshake itself.
    if let Ok(Ok(stream)) = shaken {
        serve_requests(stream, ends, app, &held, ending).await;
    }
}

async fn spoil_handshake(mut wire: Wire<TcpStream>, fault: Fault) {
    if fault == Fault::TlsSilence {
        wire.ignore().await;
        return;
    }
    let said = if fault == Fault::TlsPlain { PLAIN } else { b"" };
    // Once the client has begun, so that it is told while it waits.
    let begins = tokio::time::timeout(LONGEST_HEAD, wire.begins()).await;
    if begins.unwrap_or(false) {
        wire.play(Script::send(said, End::Close)).await;
        // To drop what the client still sends would be a reset, which might overtake what was said.
        let _ = tokio::time::timeout(LONGEST_HEAD, wire.ignore()).await;
    }
}

/// Lets hyper serve, but for what is a fault's to say.
async fn serve_requests<S: Stream>(stream: S, ends: Ends, app: Router, held: &Semaphore, mut ending: Ending) {
    let line = Line { ends, app, is_used: Arc::default() };
    let mut wire = Wire::new(stream);
    while let Some((interrupted, script)) = line.serve_until_fault(wire, &mut ending).await {
        wire = interrupted;
        // Where too many are held, one is closed: the control requests have to find a place.
        let Ok(_place) = held.try_acquire() else { return };
        let goes_on = tokio::select! {
            goes_on = wire.play(script) => goes_on,
            () = ending.comes() => false,
        };
        if !goes_on {
            return;
        }
    }
}

/// What a connection's requests have in common.
struct Line {
    ends: Ends,
    app: Router,
    /// Whether it has carried a request.
    is_used: Arc<AtomicBool>,
}

impl Line {
    /// Serves until the connection ends, or until an answer is one that a script takes the place of.
    async fn serve_until_fault<S: Stream>(&self, wire: Wire<S>, ending: &mut Ending) -> Option<(Wire<S>, Script)> {
        let (hand_over, mut handed_over) = mpsc::channel(1);
        let service = service_fn(|request: hyper::Request<Incoming>| {
            let answer = self.app.clone().oneshot(self.with_extensions(request));
            let hand_over = hand_over.clone();
            async move {
                let mut response = answer.await?;
                let Some(script) = response.extensions_mut().remove::<Script>() else { return Ok::<_, Infallible>(response) };
                let _there_is_one_request_at_a_time = hand_over.try_send(script);
                // Hyper has no answer to this one: the connection is taken from it.
                std::future::pending().await
            }
        });
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(LONGEST_HEAD).max_buf_size(LARGEST_HEAD);
        let mut connection = builder.serve_connection(TokioIo::new(wire), service);
        // What goes wrong on a connection is its client's doing, and the client knows.
        let script = tokio::select! {
            _ = &mut connection => return None,
            script = handed_over.recv() => script,
            () = ending.comes() => None,
        };
        let Some(script) = script else {
            Pin::new(&mut connection).graceful_shutdown();
            tokio::select! {
                _ = connection => {}
                _ = handed_over.recv() => {}
            }
            return None;
        };
        let parts = connection.into_parts();
        let mut wire = parts.io.into_inner();
        wire.put_back(parts.read_buf);
        Some((wire, script))
    }

    fn with_extensions(&self, request: hyper::Request<Incoming>) -> hyper::Request<Body> {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(self.ends.peer));
        request.extensions_mut().insert(self.ends);
        request.extensions_mut().insert(IsReused(self.is_used.swap(true, Ordering::Relaxed)));
        request
    }
}

#[cfg(test)]
impl Ends {
    /// From one address to another.
    pub fn between(peer: &str, here: &str) -> Self {
        let end = |address: &str| SocketAddr::new(address.parse().unwrap(), 1);
        Self { peer: end(peer), here: Some(end(here)) }
    }
}
