"""The emulator as a program that the tests start, ask as clients do, and end."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from millicast_tokens import testing

SECRET = "the-emulators-own-secret-3f1c"


class Emulator(testing.Emulator):
    """A running emulator."""

    def __init__(self, **options: Any) -> None:
        super().__init__(secret=SECRET, **options)
        self.start()
        self.address = urlsplit(self.url).netloc

    def send(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """One request, whatever its headers hold; the status of the answer, and its JSON."""
        connection = http.client.HTTPConnection(self.address, timeout=20)
        try:
            sent = {name: value.encode() for name, value in (headers or {}).items()}
            data = None if body is None else json.dumps(body).encode()
            connection.request(method, path, data, {"Content-Type": "application/json", **sent})
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text.startswith(b"{") else {}
        finally:
            connection.close()

    def control(self, path: str, body: Any = None, method: str | None = None) -> Any:
        """What the emulator itself answers to a test; a body is posted."""
        status, answer = self.send(method or ("GET" if body is None else "POST"), f"/_emulator/{path}", body)
        assert status == 200, answer
        return answer["data"]

    def create(self, kind: str, label: str, streams: list[Any], **more: Any) -> dict[str, Any]:
        """A new token. A stream is a name, or an object as the API takes it."""
        named = [{"streamName": stream} if isinstance(stream, str) else stream for stream in streams]
        body = {"label": label, "streams": named, **more}
        status, answer = self.send("POST", f"/api/{kind}_token", body, {"Authorization": f"Bearer {SECRET}"})
        assert status == 200, answer
        return dict(answer["data"])

    def read(self, kind: str, token_id: int) -> dict[str, Any]:
        """A token as the API answers with it."""
        headers = {"Authorization": f"Bearer {SECRET}"}
        return dict(self.send("GET", f"/api/{kind}_token/{token_id}", headers=headers)[1]["data"])

    def view(self, stream: str, token: str | None, **headers: str) -> int:
        """What the director answers to a viewer."""
        shown = {} if token is None else {"Authorization": f"Bearer {token}"}
        return self.send("POST", "/api/director/subscribe", {"streamName": stream}, {**shown, **headers})[0]
