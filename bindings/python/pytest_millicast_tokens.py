"""The fixture `millicast_emulator` for pytest, which finds it by itself where millicast-tokens is installed.

A module beside the package and not in it: pytest imports it in every run, and the package loads the native library.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from millicast_tokens.testing import Emulator

INI = "millicast_emulator"

#: The options that are paths, which pytest's configuration file means from its own folder.
_PATHS = ("program", "seed", "state", "journal")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Makes the option of the configuration file known."""
    parser.addini(INI, "options of every millicast_emulator: lines of NAME=VALUE, values as JSON or text", "linelist")


def pytest_configure(config: pytest.Config) -> None:
    """Makes the mark known."""
    config.addinivalue_line(
        "markers",
        "millicast_emulator(**options): options of this test's millicast_emulator, those of "
        "millicast_tokens.testing.Emulator",
    )


@pytest.fixture
def millicast_emulator(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """An emulator of the platform for this test alone, a millicast_tokens.testing.Emulator that runs.

    The mark millicast_emulator(**options) says what it is started with. A mark of a test goes before that of its class,
    then that of its module, then what the configuration file says.
    """
    from millicast_tokens.testing import Emulator, EmulatorNotFoundError  # noqa: PLC0415  # It loads the library.

    options = _from_file(request.config)
    for mark in reversed(list(request.node.iter_markers("millicast_emulator"))):
        if mark.args:
            raise pytest.UsageError("the mark millicast_emulator takes options by name")
        options.update(mark.kwargs)
    emulator = Emulator(**options)
    try:
        emulator.start()
    except EmulatorNotFoundError as missing:
        pytest.fail(str(missing), pytrace=False)
    with emulator:
        yield emulator


def _from_file(config: pytest.Config) -> dict[str, Any]:
    options = dict(_option(line) for line in config.getini(INI))
    folder = config.rootpath if config.inipath is None else config.inipath.parent
    for name in _PATHS:
        if isinstance(options.get(name), str):
            options[name] = folder / Path(options[name])
    return options


def _option(line: str) -> tuple[str, Any]:
    name, _, text = line.partition("=")
    try:
        return name.strip(), json.loads(text)
    except ValueError:
        return name.strip(), text.strip()
