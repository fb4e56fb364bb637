"""Servers that behave as the platform never should, and one that writes down what it is asked."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


def query(asked: Asked) -> dict[str, list[str]]:
    """The query of a request: each name with its values."""
    return parse_qs(urlsplit(asked.path).query, keep_blank_values=True)


@dataclass
class Answer:
    """What a server says."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def success(data: Any) -> Answer:
    """The platform's envelope of what went well."""
    return Answer(200, json.dumps({"status": "success", "data": data}).encode(), {"Content-Type": "application/json"})


def failure(status: int, data: Any, headers: dict[str, str] | None = None) -> Answer:
    """The platform's envelope of a request that it refuses."""
    body = json.dumps({"status": "fail", "data": data}).encode()
    return Answer(status, body, {"Content-Type": "application/json", **(headers or {})})


AnyRecorder = TypeVar("AnyRecorder", bound="Recorder")


class Recorder:
    """A server that answers what it is told to and keeps every request."""

    def __init__(self, answer: Answer | Callable[[Asked], Answer]) -> None:
        self.answer = answer
        self.asked: list[Asked] = []
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Head and body go out apart: without this the second one waits for the client to confirm the first.
            disable_nagle_algorithm = True

            def answer_any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                asked = Asked(self.command, self.path, dict(self.headers), self.rfile.read(length))
                recorder.asked.append(asked)
                answer = recorder.answer(asked) if callable(recorder.answer) else recorder.answer
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_CONNECT = answer_any  # noqa: N815  # http.server's own names

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@contextlib.contextmanager
def serving(recorder: AnyRecorder) -> Iterator[AnyRecorder]:
    """Lets a recorder work while the block runs."""
    thread = threading.Thread(target=recorder.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield recorder
    finally:
        recorder.server.shutdown()
        recorder.server.server_close()
        thread.join()


@contextlib.contextmanager
def recording(answer: Answer | Callable[[Asked], Answer]) -> Iterator[Recorder]:
    """A recorder while the block runs."""
    with serving(Recorder(answer)) as recorder:
        yield recorder


class Silent:
    """A server that takes requests and never answers."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.was_asked = threading.Semaphore(0)
        self.connections: list[socket.socket] = []

    def serve(self) -> None:
        """Until the listener is shut."""
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.connections.append(connection)
                connection.recv(65536)
                self.was_asked.release()


@contextlib.contextmanager
def silent() -> Iterator[Silent]:
    """A silent server while the block runs."""
    server = Silent()
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield server
    finally:
        # close() alone does not wake the thread that waits in accept().
        with contextlib.suppress(OSError):
            server.listener.shutdown(socket.SHUT_RDWR)
        server.listener.close()
        thread.join()
        for connection in server.connections:
            connection.close()


def unused_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
