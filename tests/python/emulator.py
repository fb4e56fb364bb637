"""The platform on loopback, as a program that the tests start and end."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
VARIABLE = "MILLICAST_EMULATOR"
PROGRAM = "millicast-emulator"
READY = "listening on "


def find() -> Path | None:
    """The emulator's program, if it was built."""
    given = os.environ.get(VARIABLE)
    if given:
        return Path(given)
    built = [ROOT / "target" / profile / PROGRAM for profile in ("release", "debug")]
    return next((program for program in built if program.is_file()), None)


class Emulator:
    """A running emulator, with options of its command line beside those that it always has."""

    def __init__(self, program: Path, secret: str, *options: str, listen: str = "127.0.0.1:0") -> None:
        environment = {**os.environ, "MILLICAST_EMULATOR_API_SECRET": secret}
        self.secret = secret
        self._process = subprocess.Popen(
            [str(program), "--listen", listen, *options], env=environment, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        if not line.startswith(READY):
            self.stop()
            raise RuntimeError(f"the emulator did not say where it listens, but {line!r}")
        #: Where it is itself. Programs under test go to `url`, which may have a proxy in front.
        self.own_url = self.url = line[len(READY) :]

    def stop(self) -> None:
        """Ends it and waits for that."""
        self._process.terminate()
        self._process.wait(10)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def ask(self, path: str, body: Any, headers: dict[str, str] | None = None, method: str = "POST") -> tuple[int, Any]:
        """Sends JSON; the HTTP status and the JSON of the answer."""
        data = json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **(headers or {})}
        request = urllib.request.Request(self.own_url + path, data, sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, json.load(refusal)

    def verdict(self, stream: str, token: str, origin: str | None = None) -> str:
        """What the director says to a viewer with this token: "admitted", or the rule that is broken."""
        headers = {"Authorization": f"Bearer {token}"}
        if origin is not None:
            headers["Origin"] = origin
        status, answer = self.ask("/api/director/subscribe", {"streamName": stream}, headers)
        return "admitted" if status == 200 else str(answer["data"]["rule"])

    def set_clock(self, now: int | None) -> None:
        """Stops the emulator's clock at a moment; None lets it go with the system's."""
        self._control("/_emulator/clock", {"now": now})

    def add_usage(self, stream: str, tracking_id: str, time: int, bytes_in: int, bytes_out: int, **more: Any) -> None:
        """Traffic for the analytics to report; `kind` and `duration` beside it, if they are given."""
        usage = {"streamName": stream, "trackingId": tracking_id, "time": time, **more}
        self._control("/_emulator/usage", {**usage, "bytesIn": bytes_in, "bytesOut": bytes_out})

    def set_form(self, form: str) -> None:
        """How analytics tell figures from now on: "totals", "breakdown" or "both"."""
        self._control("/_emulator/analytics", {"form": form})

    def set_live(self, token_id: int, stream: str, is_live: bool) -> None:
        """Starts or stops a live stream under a publish token."""
        self._control("/_emulator/publish", {"tokenId": token_id, "streamName": stream, "isLive": is_live})

    def set_active(self, kind: str, token_id: int, is_active: bool) -> None:
        """Disables a token or enables it again; kind is "publish" or "subscribe"."""
        self._control(f"/_emulator/token/{kind}/{token_id}", {"isActive": is_active})

    def _control(self, path: str, body: Any) -> None:
        status, answer = self.ask(path, body)
        assert status == 200, answer
