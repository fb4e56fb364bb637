//! One connection: its handshake, its requests, and its end.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

/// How long a handshake, and the head of a request, may take to arrive.
const LONGEST_HEAD: Duration = Duration::from_secs(30);

/// The largest head of a request: whoever sends more holds no more memory.
const LARGEST_HEAD: usize = 64 * 1024;

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

/// Serves a connection until it ends, from either side.
pub async fn serve(stream: TcpStream, peer: SocketAddr, tls: Option<TlsAcceptor>, app: Router, mut ending: Ending) {
    let Some(tls) = tls else {
        return serve_requests(stream, peer, app, ending).await;
    };
    let handshake = tokio::time::timeout(LONGEST_HEAD, tls.accept(stream));
    let shaken = tokio::select! {
        shaken = handshake => shaken,
        () = ending.comes() => return,
    };
    // Who does not agree on TLS was told so by the handshake itself.
    if let Ok(Ok(stream)) = shaken {
        serve_requests(stream, peer, app, ending).await;
    }
}

async fn serve_requests<S: AsyncRead + AsyncWrite + Unpin>(stream: S, peer: SocketAddr, app: Router, mut ending: Ending) {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        app.clone().oneshot(request)
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(LONGEST_HEAD).max_buf_size(LARGEST_HEAD);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    // What goes wrong on a connection is its client's doing, and the client knows.
    tokio::select! {
        _ = connection.as_mut() => {}
        () = ending.comes() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}
