"""Servers that speak TLS, a proxy that makes tunnels, and peers that do neither."""

from __future__ import annotations

import contextlib
import queue
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from servers import Answer, Asked, Recorder, serving

PATIENCE = 10.0


def context_of(certificate: Path) -> ssl.SSLContext:
    """What a server with this certificate, and its key in the same file, needs."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def drain(connection: socket.socket) -> None:
    """Reads until the other side hangs up. To close before would take from it what it has not read yet."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_WR)
    with contextlib.suppress(OSError):
        while connection.recv(65536):
            pass


class _TlsServer(ThreadingHTTPServer):
    """Shakes hands on a connection's own thread."""

    def __init__(self, handler: type[BaseHTTPRequestHandler], context: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.context = context
        self.accepted = 0
        self.handshakes: queue.SimpleQueue[str] = queue.SimpleQueue()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.accepted += 1
        super().process_request(request, client_address)

    def finish_request(self, request: Any, client_address: Any) -> None:
        request.settimeout(PATIENCE)
        shaken = self.context.wrap_socket(request, server_side=True, do_handshake_on_connect=False)
        try:
            shaken.do_handshake()
        except OSError as error:
            with socket.socket(fileno=shaken.detach()) as bare:
                drain(bare)
            self.handshakes.put(str(error))
            return
        self.handshakes.put(shaken.version() or "")
        with shaken:
            super().finish_request(shaken, client_address)

    def handle_error(self, *_: Any) -> None:
        """Quiet: a client may hang up."""


class TlsRecorder(Recorder):
    """A recorder behind TLS."""

    def __init__(self, answer: Answer | Callable[[Asked], Answer], context: ssl.SSLContext) -> None:
        super().__init__(answer)
        handler: Any = self.server.RequestHandlerClass
        self.server.server_close()
        self.server: _TlsServer = _TlsServer(handler, context)
        self.port = self.server.server_port
        self.url = f"https://127.0.0.1:{self.port}"

    @property
    def accepted(self) -> int:
        """How many connections came."""
        return self.server.accepted

    def handshake(self) -> str:
        """How the next handshake ended: the version that was agreed upon, or the error."""
        return self.server.handshakes.get(timeout=PATIENCE)


@contextlib.contextmanager
def tls_recording(answer: Answer | Callable[[Asked], Answer], context: ssl.SSLContext) -> Iterator[TlsRecorder]:
    """A recorder behind TLS while the block runs."""
    with serving(TlsRecorder(answer, context)) as recorder:
        yield recorder


class Peer:
    """Does with each connection what it is told."""

    def __init__(self, behaviour: Callable[[socket.socket], None]) -> None:
        self.behaviour = behaviour
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        self.accepted = 0
        self._connections: list[tuple[socket.socket, threading.Thread]] = []

    def serve(self) -> None:
        """Until the listener is shut."""
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.accepted += 1
                thread = threading.Thread(target=self._deal_with, args=(connection,))
                self._connections.append((connection, thread))
                thread.start()

    def _deal_with(self, connection: socket.socket) -> None:
        connection.settimeout(PATIENCE)
        with connection, contextlib.suppress(OSError):
            self.behaviour(connection)

    def end(self) -> None:
        """Ends the connections that are left."""
        for connection, thread in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            thread.join()


@contextlib.contextmanager
def peer(behaviour: Callable[[socket.socket], None]) -> Iterator[Peer]:
    """A peer while the block runs."""
    running = Peer(behaviour)
    thread = threading.Thread(target=running.serve)
    thread.start()
    try:
        yield running
    finally:
        # close() alone does not wake the thread that waits in accept().
        with contextlib.suppress(OSError):
            running.listener.shutdown(socket.SHUT_RDWR)
        running.listener.close()
        thread.join()
        running.end()


def hanging_up(connection: socket.socket) -> None:
    """Hears the client out and closes."""
    connection.recv(65536)


def silent(connection: socket.socket) -> None:
    """Says nothing until the client goes."""
    while connection.recv(65536):
        pass


def saying(words: bytes) -> Callable[[socket.socket], None]:
    """Says this, whatever the client says."""

    def behaviour(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(words)
        drain(connection)

    return behaviour


def abandon(shaken: ssl.SSLSocket, last_words: bytes = b"") -> None:
    """Closes without TLS's own farewell, after words that are not encrypted."""
    with socket.socket(fileno=shaken.detach()) as bare:
        bare.sendall(last_words)
        drain(bare)


def shaking_hands(context: ssl.SSLContext, act: Callable[[ssl.SSLSocket], None]) -> Callable[[socket.socket], None]:
    """Does with a request what it is told."""

    def behaviour(connection: socket.socket) -> None:
        with context.wrap_socket(connection.dup(), server_side=True) as shaken:
            shaken.settimeout(PATIENCE)
            request = shaken.recv(65536)
            while b"\r\n\r\n" not in request:
                request += shaken.recv(65536)
            act(shaken)

    return behaviour


def head_of(connection: socket.socket) -> bytes:
    """What comes up to an empty line."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        more = connection.recv(1)
        if not more:
            break
        head += more
    return head


class Tunnels:
    """What a proxy does that makes tunnels to one server, whatever name it is asked for."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.heads: list[bytes] = []
        #: What clients sent through the tunnels.
        self.passed = b""

    def __call__(self, connection: socket.socket) -> None:
        self.heads.append(head_of(connection))
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as behind:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=self._pass_on, args=(behind, connection))
            back.start()
            self._pass_on(connection, behind, self._keep)
            back.join()

    def _keep(self, sent: bytes) -> None:
        self.passed += sent

    @staticmethod
    def _pass_on(source: socket.socket, target: socket.socket, keep: Callable[[bytes], None] | None = None) -> None:
        with contextlib.suppress(OSError):
            while True:
                sent = source.recv(65536)
                if not sent:
                    break
                if keep is not None:
                    keep(sent)
                target.sendall(sent)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)
