"""An emulator that speaks TLS, for the tests of one module."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from millicast_tokens.testing import Emulator, EmulatorNotFoundError

SECRET = "the-emulators-own-secret-a94e"
ACCOUNT = "account-1"


class Secured(Emulator):
    """An emulator that speaks TLS; the folder holds what to trust."""

    def __init__(self, folder: Path, listen: str) -> None:
        super().__init__(secret=SECRET, account_id=ACCOUNT, tls=folder, listen=listen)
        self.authority = folder / "ca.pem"

    def held(self, kind: str, token_id: int) -> dict[str, Any] | None:
        """What the emulator holds of a token; None if there is no such token."""
        bearer = {"Authorization": f"Bearer {SECRET}"}
        status, answer = self.ask(f"/api/{kind}_token/{token_id}", None, bearer, method="GET")
        if status == 400:
            assert answer["data"] == {"tokenId": f"No publish token with id: {token_id}"}
            return None
        assert status == 200, answer
        found: dict[str, Any] = answer["data"]
        return found


@contextlib.contextmanager
def secured(folder: Path, listen: str = "127.0.0.1:0") -> Iterator[Secured]:
    """A running emulator that this process trusts as long as it runs."""
    try:
        emulator = Secured(folder, listen).start()
    except EmulatorNotFoundError as missing:
        pytest.skip(str(missing))
    with emulator, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(emulator.authority))
        yield emulator
