//! The thread that serves, and the handle that stops it.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tokio_rustls::TlsAcceptor;

use crate::connection::{self, Ending, Handshake};
use crate::intake::{RecordedRequest, Recorder};
use crate::options::Options;
use crate::state::Shared;
use crate::{routes, tls};

/// How long a request under way may still take once the emulator is told to stop. Idle
/// connections are closed at once; this bounds the half-sent ones.
const GRACE: Duration = Duration::from_millis(500);

/// How many connections are served at once. Others wait to be accepted.
const MOST_CONNECTIONS: usize = 900;

/// How many of them faults may hold: the control requests have to find a place.
const MOST_HELD: usize = 800;

/// How long nothing is accepted where the system has no descriptor left: no event tells when it has.
const PAUSE: Duration = Duration::from_millis(50);

/// How many connections wait to be accepted at the most.
const MOST_WAITING: u32 = 1024;

/// The platform, not yet running.
pub struct Emulator;

impl Emulator {
    /// Binds the address and serves from a thread of its own, so the caller needs no async. The
    /// emulator answers from the moment this returns.
    pub fn start(options: Options) -> io::Result<Running> {
        options.check()?;
        let tls = options.tls.as_deref().map(|folder| tls::acceptor(folder, options.listen.ip())).transpose()?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let listener = bind(options.listen)?;
        let address = listener.local_addr()?;
        let recorder = Arc::new(Recorder::new(options.record_requests));
        let shared = Arc::new(Shared::new(options, format!("{scheme}://{address}"), Arc::clone(&recorder))?);

        let runtime = Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _inside = runtime.enter();
            TcpListener::from_std(listener)?
        };
        let (stop, stopped) = oneshot::channel();
        let house = House { address, tls, app: routes::all(Arc::clone(&shared)), shared };
        let port = house.port_with(listener);
        let served = move || serve(runtime, port, house, stopped);
        let thread = std::thread::Builder::new().name("millicast-emulator".to_owned()).spawn(served)?;
        Ok(Running { scheme, address, recorder, stop: Some(stop), thread: Some(thread) })
    }
}

fn bind(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let cannot_listen = |error: io::Error| io::Error::new(error.kind(), format!("cannot listen on {address}: {error}"));
    let listener = std::net::TcpListener::bind(address).map_err(cannot_listen)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// A serving emulator. It stops when dropped.
pub struct Running {
    scheme: &'static str,
    address: SocketAddr,
    recorder: Arc<Recorder>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// The base URL, such as `http://127.0.0.1:40123`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Every request received so far, in order, or nothing when they are not recorded.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.recorder.requests()
    }

    /// Stops serving and returns when the port is closed: at once when nothing is under way,
    /// within about half a second otherwise.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

/// Where connections come in.
enum Port {
    Open(TcpListener),
    /// For a time, by a fault.
    Closed(Duration),
}

/// What connections come to.
struct House {
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
    app: Router,
    shared: Arc<Shared>,
}

impl House {
    /// Decides on the next connection before it is made: one that is refused never comes.
    fn port_with(&self, listener: TcpListener) -> Port {
        self.shared.faults.closes_port().map_or(Port::Open(listener), Port::Closed)
    }

    fn handshake(&self) -> Handshake {
        let Some(tls) = &self.tls else { return Handshake::None };
        self.shared.faults.at_handshake().map_or_else(|| Handshake::Tls(tls.clone()), Handshake::Spoilt)
    }
}

fn serve(runtime: Runtime, port: Port, house: House, stopped: oneshot::Receiver<()>) {
    runtime.block_on(async move {
        let (ending, _) = watch::channel(false);
        let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        tokio::select! {
            () = take_connections(port, &house, &places, &ending) => {}
            _ = stopped => {}
        }
        // The listener has gone with that, so nobody else comes in; who is in is asked to finish.
        ending.send_replace(true);
        let _ = tokio::time::timeout(GRACE, places.acquire_many(MOST_CONNECTIONS as u32)).await;
    });
    // Dropping the runtime here cancels what is left of the connections.
}

async fn take_connections(mut port: Port, house: &House, places: &Arc<Semaphore>, ending: &watch::Sender<bool>) {
    let mut changes = house.shared.faults.changes();
    let held = Arc::new(Semaphore::new(MOST_HELD));
    loop {
        let listener = match port {
            Port::Open(listener) => {
                tokio::select! {
                    (stream, peer, place) = next_connection(&listener, places) => {
                        let ending = Ending::new(ending.subscribe());
                        let served = connection::serve(stream, peer, house.handshake(), house.app.clone(), Arc::clone(&held), ending);
                        tokio::spawn(async move {
                            served.await;
                            drop(place);
                        });
                    }
                    // Other faults hold for the connection that is waited for.
                    _ = changes.changed() => {}
                }
                listener
            }
            Port::Closed(time) => reopened(house.address, time, &mut changes).await,
        };
        let change = *changes.borrow_and_update();
        port = house.port_with(listener);
        house.shared.faults.heed(change);
    }
}

/// A connection, once there is a place for it.
async fn next_connection(listener: &TcpListener, places: &Arc<Semaphore>) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    let Ok(place) = Arc::clone(places).acquire_owned().await else { return std::future::pending().await };
    let (stream, peer) = accept(listener).await;
    // Answers are small: waiting to fill a packet only slows tests down.
    let _ = stream.set_nodelay(true);
    (stream, peer, place)
}

/// Listens again after a time, or as soon as other faults are in force.
async fn reopened(address: SocketAddr, after: Duration, changes: &mut watch::Receiver<u64>) -> TcpListener {
    let is_over = tokio::time::Instant::now() + after;
    loop {
        // It is bound, and does not listen: who asks for any port is not given this one meanwhile.
        let bound = bind_only(address);
        let wait = if bound.is_ok() { tokio::time::sleep_until(is_over) } else { tokio::time::sleep(PAUSE) };
        tokio::select! {
            () = wait => {}
            _ = changes.changed() => {}
        }
        if let Ok(listener) = bound.and_then(|socket| socket.listen(MOST_WAITING)) {
            return listener;
        }
    }
}

fn bind_only(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // As the first listener had it: connections that came through it do not keep the address taken.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            // One that has gone again is none of anybody's business.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}
