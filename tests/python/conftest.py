"""What the tests stand on: an emulator for the session, a client of it, and a server that records."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator

import pytest

from emulator import ROOT, VARIABLE, Emulator, find
from servers import Recorder, recording, success

if importlib.util.find_spec("millicast_tokens") is None:
    sys.path.insert(0, str(ROOT / "bindings" / "python"))

import millicast_tokens as mct

SECRET = "the-emulators-own-secret-3f1c"


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """The emulator of this session."""
    program = find()
    if program is None:
        pytest.skip(f"the emulator is not built, and {VARIABLE} names none")
    running = Emulator(program, SECRET)
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def client(emulator: Emulator) -> Iterator[mct.Client]:
    """A client of the emulator."""
    with mct.Client(emulator.secret, base_url=emulator.url) as client:
        yield client


@pytest.fixture
def clock(emulator: Emulator) -> Iterator[Emulator]:
    """The emulator, whose clock goes with the system's again afterwards."""
    try:
        yield emulator
    finally:
        emulator.set_clock(None)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """A server that answers every request with a token of id 7."""
    with recording(success({"id": 7, "token": "the-token-string-of-seven"})) as recorder:
        yield recorder


@pytest.fixture
def recorded(recorder: Recorder) -> Iterator[mct.Client]:
    """A client of the recorder."""
    with mct.Client("any-secret", base_url=recorder.url, max_retries=0) as client:
        yield client
