"""An emulator for all tests of a process, and the command with a home for each."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from millicast_tokens.testing import Emulator

from running import Cli

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """The platform."""
    with Emulator(account_id="acc", secret="the-secret-of-these-tests") as emulator:
        yield emulator


@pytest.fixture
def cli(emulator: Emulator, tmp_path: Path) -> Cli:
    """The command."""
    return Cli(emulator, tmp_path)


@pytest.fixture
def label() -> str:
    """A label that no other test has."""
    return f"label-{next(_numbers)}"


@pytest.fixture
def parent(emulator: Emulator, label: str) -> Any:
    """A subscribe token for the stream "show"."""
    with emulator.client() as client:
        return client.subscribe_tokens.create(label, ["show"])


@pytest.fixture
def published(emulator: Emulator, label: str) -> Any:
    """A publish token for the stream "show"."""
    with emulator.client() as client:
        return client.publish_tokens.create(label, ["show"])
