"""What the tests stand on: an emulator for the session, a client of it, and a server that records."""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis.configuration
import pytest

from paths import ROOT

if importlib.util.find_spec("millicast_tokens") is None:
    sys.path.insert(0, str(ROOT / "bindings" / "python"))

import millicast_tokens as mct
from millicast_tokens.testing import EmulatorNotFoundError

import proxy
from certificates import Authority
from proxy import ProxiedEmulator, Proxy
from servers import Recorder, recording, success

# Beside everything else that comes about, and not in the folder that the tests are started from.
hypothesis.configuration.set_hypothesis_home_dir(ROOT / "target" / "hypothesis")

SECRET = "the-emulators-own-secret-3f1c"


@contextlib.contextmanager
def running() -> Iterator[tuple[ProxiedEmulator, Proxy]]:
    """An emulator, with a proxy in front that compares what passes with the contract."""
    emulator = ProxiedEmulator(secret=SECRET, account_id="emulator")
    try:
        emulator.start()
    except EmulatorNotFoundError as missing:
        pytest.skip(str(missing))
    with emulator, proxy.proxied(emulator.own_url) as in_front:
        emulator.in_front = in_front
        yield emulator, in_front


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A root that no system knows."""
    return Authority(tmp_path_factory.mktemp("certificates") / "authority")


@pytest.fixture(scope="session")
def leaf(authority: Authority) -> Path:
    """A server's certificate of this machine that is as it should be, and its key."""
    return authority.leaf()


@pytest.fixture(scope="session")
def proxied() -> Iterator[tuple[ProxiedEmulator, Proxy]]:
    """The emulator of this session, and what stands in front of it."""
    with running() as both:
        yield both


@pytest.fixture(scope="session")
def emulator(proxied: tuple[ProxiedEmulator, Proxy]) -> ProxiedEmulator:
    """The emulator of this session. What goes to its `url` is compared with the contract on the way."""
    return proxied[0]


@pytest.fixture(scope="module")
def own_emulator() -> Iterator[tuple[ProxiedEmulator, Proxy]]:
    """An emulator for the tests of one module, for what would be in the way of the others."""
    with running() as both:
        yield both


@pytest.fixture(autouse=True)
def _what_passed_fits_the_contract() -> Iterator[None]:
    """Fails a test when one of its requests, or an answer of the emulator's, does not fit the contract."""
    yield
    problems = [problem for running in proxy.RUNNING for problem in running.take_problems()]
    assert not problems, "\n".join(problems)


@pytest.fixture
def client(emulator: ProxiedEmulator) -> Iterator[mct.Client]:
    """A client of the emulator."""
    with mct.Client(emulator.secret, base_url=emulator.url) as client:
        yield client


@pytest.fixture
def clock(emulator: ProxiedEmulator) -> Iterator[ProxiedEmulator]:
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
