//! The thread that serves, and the handle that stops it.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use crate::intake::{RecordedRequest, Recorder};
use crate::options::Options;
use crate::routes;
use crate::state::Shared;

/// How long a request under way may still take once the emulator is told to stop. Idle
/// connections are closed at once; this bounds the half-sent ones.
const GRACE: Duration = Duration::from_millis(500);

/// The platform, not yet running.
pub struct Emulator;

impl Emulator {
    /// Binds the address and serves from a thread of its own, so the caller needs no async. The
    /// emulator answers from the moment this returns.
    pub fn start(options: Options) -> io::Result<Running> {
        options.check()?;
        let listener = std::net::TcpListener::bind(options.listen)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;

        let runtime = Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _inside = runtime.enter();
            TcpListener::from_std(listener)?
        };
        let recorder = Arc::new(Recorder::new(options.record_requests));
        let shared = Arc::new(Shared::new(options, Arc::clone(&recorder))?);
        let (stop, stopped) = oneshot::channel();
        let thread =
            std::thread::Builder::new().name("millicast-emulator".to_owned()).spawn(move || serve(runtime, listener, shared, stopped))?;
        Ok(Running { address, recorder, stop: Some(stop), thread: Some(thread) })
    }
}

/// A serving emulator. It stops when dropped.
pub struct Running {
    address: SocketAddr,
    recorder: Arc<Recorder>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// The base URL, such as `http://127.0.0.1:40123`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
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

fn serve(runtime: Runtime, listener: TcpListener, shared: Arc<Shared>, stopped: oneshot::Receiver<()>) {
    runtime.block_on(async move {
        let (wind_down, winding_down) = oneshot::channel::<()>();
        // Answers are small: waiting to fill a packet only slows tests down.
        let listener = listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        let app = routes::all(shared).into_make_service_with_connect_info::<SocketAddr>();
        let server = axum::serve(listener, app).with_graceful_shutdown(async move {
            let _ = winding_down.await;
        });
        let deadline = async move {
            let _ = stopped.await;
            let _ = wind_down.send(());
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            _ = server.into_future() => {}
            () = deadline => {}
        }
    });
    // Dropping the runtime here cancels what is left of the connections.
}
