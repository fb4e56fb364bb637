"""A platform whose ids need all of their 64 bits, which the emulator's do not.

It answers as much as the guides ask, keeps what they show it, and looks for its secrets on every command line
meanwhile.
"""

from __future__ import annotations

import base64
import json
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

#: The first is no double's, and the second is the largest there is.
PUBLISH_ID, SUBSCRIBE_ID = 2**53 + 1, 2**64 - 1
#: What a refusal says, in words that the library knows and a text that is not ASCII.
WORDS = "No publish token with id: „żółw”"


class Platform:
    """Listens until the end of a `with`."""

    def __init__(self) -> None:
        self.secret = secrets.token_urlsafe(24)
        #: Every text that nobody may see.
        self.hidden = [self.secret]
        self.deleted: list[str] = []
        self.claims: list[dict[str, Any]] = []
        #: Which of the hidden texts a command line showed.
        self.shown: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"platform": self}))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Platform:
        threading.Thread(target=self._server.serve_forever, args=(0.01,)).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, why: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def token(self, number: int) -> dict[str, Any]:
        """A new token."""
        self.hidden.append(secrets.token_hex(32))
        streams = [{"streamName": "StageCam", "isRegex": False}]
        return {"id": number, "label": "żółw", "token": self.hidden[-1], "isActive": True, "streams": streams}

    def admit(self, bearer: str) -> tuple[int, Any]:
        """The director: the second token that it sees it takes for one that has expired."""
        self.hidden.append(bearer)
        payload = bearer.split(".")[1]
        self.claims.append(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))
        return (200, {"status": "success", "data": {}}) if len(self.claims) == 1 else refusal(401, {"rule": "expired"})

    def answer(self, method: str, path: str, bearer: str) -> tuple[int, Any]:
        """What a request is answered."""
        self._look_around()
        if path == "/api/director/subscribe":
            return self.admit(bearer)
        assert bearer == self.secret
        if method == "POST":
            return 200, {"status": "success", "data": self.token(SUBSCRIBE_ID if "subscribe" in path else PUBLISH_ID)}
        if method == "GET":
            return 200, {"status": "success", "data": [self.token(PUBLISH_ID), self.token(SUBSCRIBE_ID)]}
        if path in self.deleted:
            return refusal(400, {"tokenId": WORDS})
        self.deleted.append(path)
        return 200, {"status": "success", "data": {"success": True}}

    def _look_around(self) -> None:
        for file in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                line = file.read_bytes().decode(errors="replace")
            except OSError:  # It has ended.
                continue
            self.shown += [hidden for hidden in self.hidden if hidden in line]


def refusal(status: int, data: dict[str, str]) -> tuple[int, Any]:
    """The envelope of a refusal."""
    return status, {"status": "fail", "data": data}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    platform: Platform

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        bearer = self.headers["Authorization"].removeprefix("Bearer ")
        status, said = self.platform.answer(self.command, self.path.split("?")[0], bearer)
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_DELETE = _answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Says nothing."""
