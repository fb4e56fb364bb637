//! A connection's bytes: hyper's for as long as it serves, and a fault's in between.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::faults::{End, Script, Step};

/// How much is taken in of what a client sends while it is kept waiting.
const MOST_AHEAD: usize = 64 * 1024;

/// How much is read at a time.
const CHUNK: usize = 4 * 1024;

/// A stream of bytes over TCP.
pub trait Stream: AsyncRead + AsyncWrite + Unpin {
    fn tcp(&self) -> &TcpStream;
}

impl Stream for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Stream for TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

/// A stream, with what was read from it and has to be read again.
pub struct Wire<S> {
    stream: S,
    ahead: Bytes,
}

impl<S: Stream> Wire<S> {
    pub fn new(stream: S) -> Self {
        Self { stream, ahead: Bytes::new() }
    }

    /// Gives back what a reader took and did not use.
    pub fn put_back(&mut self, unused: Bytes) {
        if !unused.is_empty() {
            self.ahead = [unused, std::mem::take(&mut self.ahead)].concat().into();
        }
    }

    /// Says what a script has, and tells whether the connection goes on. Ends early when the client has gone.
    pub async fn play(&mut self, script: Script) -> bool {
        for step in script.steps {
            if !self.take_step(step).await {
                return false;
            }
        }
        match script.end {
            End::GoOn => true,
            End::GoOnUnlessIdle(longest) => tokio::time::timeout(longest, self.begins()).await.unwrap_or(false) || self.close().await,
            End::Close => self.close().await,
            End::Reset => self.reset(),
            End::Silence => self.ignore().await,
        }
    }

    async fn take_step(&mut self, step: Step) -> bool {
        match step {
            Step::Send(bytes) => self.send(&bytes).await.is_ok(),
            Step::Pause(pause) => self.pause(pause).await,
            Step::Drip(bytes, pause) => {
                for (index, byte) in bytes.chunks(1).enumerate() {
                    if (index > 0 && !self.pause(pause).await) || self.send(byte).await.is_err() {
                        return false;
                    }
                }
                true
            }
        }
    }

    async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    /// Waits, unless the client goes away meanwhile. Tells whether it is there.
    async fn pause(&mut self, pause: Duration) -> bool {
        tokio::select! {
            () = tokio::time::sleep(pause) => true,
            () = self.gone() => false,
        }
    }

    /// Returns when the client has gone.
    async fn gone(&mut self) {
        while self.ahead.len() < MOST_AHEAD {
            if !self.read_ahead().await {
                return;
            }
        }
        // Who sends that much unasked is noticed to have gone by the next write.
        std::future::pending().await
    }

    /// Returns when there is something to read: true, or when the client has gone: false.
    pub async fn begins(&mut self) -> bool {
        !self.ahead.is_empty() || self.read_ahead().await
    }

    /// Reads something, to be read again. False: the client has gone. Nothing is lost where this is cancelled.
    async fn read_ahead(&mut self) -> bool {
        let mut chunk = [0; CHUNK];
        let read = self.stream.read(&mut chunk).await.unwrap_or(0);
        self.ahead = [&self.ahead, &chunk[..read]].concat().into();
        read > 0
    }

    /// Says no more, and lets what was said arrive. What this and the next two return is that the connection does not go on.
    pub async fn close(&mut self) -> bool {
        let _the_client_may_be_gone = self.stream.shutdown().await;
        false
    }

    /// The connection is reset when it is dropped.
    fn reset(&self) -> bool {
        let _the_client_may_be_gone = self.stream.tcp().set_zero_linger();
        false
    }

    /// Reads until the client has gone, and answers nothing.
    pub async fn ignore(&mut self) -> bool {
        self.ahead.clear();
        let mut chunk = [0; CHUNK];
        while self.stream.read(&mut chunk).await.is_ok_and(|read| read > 0) {}
        false
    }
}

impl<S: Stream> AsyncRead for Wire<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.ahead.is_empty() {
            return Pin::new(&mut self.stream).poll_read(cx, buf);
        }
        let given = self.ahead.len().min(buf.remaining());
        buf.put_slice(&self.ahead.split_to(given));
        Poll::Ready(Ok(()))
    }
}

impl<S: Stream> AsyncWrite for Wire<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// Never over while a test runs.
    const LONG: Duration = Duration::from_secs(3600);

    async fn pair() -> (Wire<TcpStream>, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        (Wire::new(listener.accept().await.unwrap().0), client)
    }

    #[tokio::test]
    async fn whatever_a_script_waits_for_ends_when_the_client_has_gone() {
        let bytes = Bytes::from_static(b"ab");
        for script in [
            Script { steps: vec![Step::Pause(LONG)], end: End::GoOn },
            Script { steps: vec![Step::Drip(bytes, LONG)], end: End::GoOn },
            Script::just(End::Silence),
            Script::just(End::GoOnUnlessIdle(LONG)),
        ] {
            let (mut wire, client) = pair().await;
            drop(client);
            assert!(!wire.play(script.clone()).await, "{script:?}");
        }
    }

    #[tokio::test]
    async fn what_came_meanwhile_is_read_afterwards_in_its_order() {
        let (mut wire, mut client) = pair().await;
        client.write_all(b"second").await.unwrap();
        assert!(wire.play(Script::just(End::GoOnUnlessIdle(LONG))).await);
        wire.put_back(Bytes::from_static(b"first, "));
        client.shutdown().await.unwrap();
        let mut read = String::new();
        wire.read_to_string(&mut read).await.unwrap();
        assert_eq!(read, "first, second");
    }

    #[tokio::test]
    async fn no_more_than_a_bound_is_taken_in_of_a_client_that_has_to_wait() {
        let (mut wire, mut client) = pair().await;
        let flood = tokio::spawn(async move { while client.write_all(&[b'x'; CHUNK]).await.is_ok() {} });
        assert!(tokio::time::timeout(LONG, wire.pause(Duration::from_millis(50))).await.unwrap());
        assert!(wire.ahead.len() < MOST_AHEAD + CHUNK);
        drop(wire);
        flood.await.unwrap();
    }
}
