"""The library and Python's ssl, which stands on OpenSSL, in one process: whoever comes first, both work."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import millicast_tokens as mct
import pytest
from millicast_tokens.testing import Emulator

PROGRAM = """
import os, signal, sys

url, root, order = sys.argv[1:]

def theirs():
    import hashlib, ssl, urllib.request
    context = ssl.create_default_context(cafile=root)
    with urllib.request.urlopen(f"{url}/_emulator/journal?after=0", context=context) as answer:
        assert answer.status == 200
    assert hashlib.sha256(b"abc").hexdigest().startswith("ba7816bf")

def ours():
    import millicast_tokens as mct
    assert mct.Signer(5, "key").sign(mct.Claims("s", 60)).jwt.count(".") == 2
    with open(root) as file, mct.Client(os.environ["SECRET"], base_url=url, ca_pem=file.read()) as client:
        assert client.subscribe_tokens.create("label", ["s"]).id > 0

def state():
    handlers = {number: signal.getsignal(number) for number in signal.valid_signals()}
    return handlers, signal.pthread_sigmask(signal.SIG_BLOCK, ()), dict(os.environ), sorted(os.listdir("/proc/self/fd"))

steps = {"ours": ours, "theirs": theirs}
for step in order.split(","):
    steps[step]()
# Files of modules and the like are open or not by now.
before = state()
ours()
assert state() == before
print("both work")
"""


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """One that speaks TLS."""
    with Emulator(tls=True) as running:
        yield running


@pytest.mark.parametrize("order", ["ours,theirs,ours,theirs", "theirs,ours,theirs,ours"])
def test_a_handshake_of_ssl_and_a_call_of_the_library_work_in_one_process_in_both_orders(
    emulator: Emulator, order: str
) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(mct.__file__).parents[1]), "SECRET": emulator.secret}
    command = [sys.executable, "-c", PROGRAM, emulator.url, str(emulator.certificate), order]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout, done.stderr, done.returncode) == ("both work\n", "", 0)
