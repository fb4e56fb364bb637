"""Stands between a client and the emulator, and sees that what passes fits the contract."""

from __future__ import annotations

import contextlib
import http.client
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from millicast_tokens.testing import Emulator

import contract
from contract import Operation

#: What belongs to one connection and is not passed on.
OF_A_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "content-length", "host", "date", "server"}


@dataclass(frozen=True)
class Exchange:
    """A request for one of the contract's operations, and its answer's status."""

    operation: Operation
    path: str
    query: dict[str, list[str]]
    body: Any
    status: int


class Proxy:
    """A server that passes everything on, and keeps what was said."""

    def __init__(self, behind: str) -> None:
        self.exchanges: list[Exchange] = []
        self._problems: list[str] = []
        proxy, address = self, urlsplit(behind).netloc

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                super().setup()
                self.behind = http.client.HTTPConnection(address, timeout=30)

            def finish(self) -> None:
                self.behind.close()
                super().finish()

            def pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name: text for name, text in self.headers.items() if name.lower() not in OF_A_CONNECTION}
                self.behind.request(self.command, self.path, body or None, headers)
                answer = self.behind.getresponse()
                said = answer.read()
                given = {name.lower(): text for name, text in self.headers.items()}
                taken = {name.lower(): text for name, text in answer.getheaders()}
                proxy.look_at(self.command, self.path, given, body, (answer.status, taken, said))
                self.send_response(answer.status)
                for name, text in taken.items():
                    if name not in OF_A_CONNECTION:
                        self.send_header(name, text)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = pass_on  # noqa: N815  # http.server's own names

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_: Any) -> None:
                """Quiet: a client that is cancelled hangs up in the midst of an answer."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def look_at(
        self, method: str, target: str, headers: dict[str, str], body: bytes, answer: tuple[int, dict[str, str], bytes]
    ) -> None:
        """Compares a request and its answer with the contract."""
        path = urlsplit(target).path
        operation = contract.operation_of(method, path)
        if operation is None:
            self._problems.append(f"{method} {path}: the contract has no such operation")
            return
        faults = [*contract.request_faults(operation, target, headers, body)]
        faults += contract.answer_faults(operation, *answer)
        self._problems += [f"{operation.id}: {fault}" for fault in faults]
        with contextlib.suppress(ValueError):
            sent = contract.read(body) if body else None
            self.exchanges.append(Exchange(operation, path, contract.query_of(target), sent, answer[0]))

    def take_problems(self) -> list[str]:
        """What did not fit since this was asked last."""
        taken, self._problems = self._problems, []
        return taken


class ProxiedEmulator(Emulator):
    """An emulator whose `url` is that of the proxy in front of it. A test's own requests go past the proxy."""

    in_front: Proxy

    @property
    def url(self) -> str:
        """Where programs under test go."""
        return self.in_front.url

    @property
    def own_url(self) -> str:
        """Where it is itself."""
        return super().url


#: Those that are running now.
RUNNING: list[Proxy] = []


@contextlib.contextmanager
def proxied(behind: str) -> Iterator[Proxy]:
    """A proxy while the block runs."""
    proxy = Proxy(behind)
    thread = threading.Thread(target=proxy.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    RUNNING.append(proxy)
    try:
        yield proxy
    finally:
        RUNNING.remove(proxy)
        proxy.server.shutdown()
        proxy.server.server_close()
        thread.join()
