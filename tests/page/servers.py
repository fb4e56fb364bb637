"""Servers beside the emulator: one in front of it that answers some requests itself, and one of another origin."""

from __future__ import annotations

import contextlib
import http.client
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

#: Status, kind and text of an answer.
Answer = tuple[int, str, str]


class Server(ThreadingHTTPServer):
    """A server on a free port, which ends with the threads of its connections left alone."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away in the middle of an answer is nothing to tell of."""


@contextlib.contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """A running server's address."""
    server = Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Quiet(BaseHTTPRequestHandler):
    """A handler that writes no log."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing."""

    def answer(self, status: int, kind: str, body: bytes, headers: list[tuple[str, str]] | None = None) -> None:
        """Sends a whole answer."""
        self.send_response(status)
        for name, value in headers or []:
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextlib.contextmanager
def in_front_of(url: str, instead: Callable[[str, str], Answer | None]) -> Iterator[str]:
    """Passes requests on to the emulator, but for those that `instead` has an answer for, by method and path."""
    address = urlsplit(url).netloc

    class Front(Quiet):
        def __getattr__(self, name: str) -> Callable[[], None]:
            if name.startswith("do_"):
                return self.pass_on
            raise AttributeError(name)

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            own = instead(self.command, urlsplit(self.path).path)
            if own is not None:
                self.answer(own[0], own[1], own[2].encode())
                return
            connection = http.client.HTTPConnection(address, timeout=60)
            with contextlib.closing(connection):
                connection.request(self.command, self.path, body, dict(self.headers))
                answer = connection.getresponse()
                kept = [(n, v) for n, v in answer.getheaders() if n.lower() not in ("content-type", "content-length")]
                self.answer(answer.status, answer.headers["Content-Type"], answer.read(), kept)

    with serving(Front) as front:
        yield front


@contextlib.contextmanager
def another_origin() -> Iterator[str]:
    """A server whose page has nothing but a title."""

    class Elsewhere(Quiet):
        def do_GET(self) -> None:
            self.answer(200, "text/html; charset=utf-8", b"<!doctype html><title>elsewhere</title><p>elsewhere")

    with serving(Elsewhere) as url:
        yield url
