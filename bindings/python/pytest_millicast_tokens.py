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
_PATHS = ("program", "secret_files", "tls", "seed", "state", "journal")


class _Options(dict[str, Any]):
    """Options by name. Their values, which may hold a secret, are not shown when pytest shows local variables."""

    def __repr__(self) -> str:
        """The names alone."""
        return f"<options {', '.join(self)}>"


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

    emulator = Emulator(**_options(request))
    try:
        emulator.start()
    except EmulatorNotFoundError as missing:
        pytest.fail(str(missing), pytrace=False)
    with emulator:
        yield emulator


def _options(request: pytest.FixtureRequest) -> _Options:
    __tracebackhide__ = True  # A mark's repr shows its options.
    options = _from_file(request.config)
    for mark in reversed(list(request.node.iter_markers("millicast_emulator"))):
        if mark.args:
            raise pytest.UsageError("the mark millicast_emulator takes options by name")
        options.update(mark.kwargs)
    return options


def _from_file(config: pytest.Config) -> _Options:
    options = _Options(_option(line) for line in config.getini(INI))
    folder = config.rootpath if config.inipath is None else config.inipath.parent
    for name in _PATHS:
        if name in options:
            options[name] = _beside(folder, options[name])
    return options


def _beside(folder: Path, value: Any) -> Any:
    """A path, or each of several, from a folder; what is no path, such as true for tls, as it is."""
    if isinstance(value, list):
        return [_beside(folder, entry) for entry in value]
    return folder / value if isinstance(value, str) else value


def _option(line: str) -> tuple[str, Any]:
    name, _, text = line.partition("=")
    try:
        return name.strip(), json.loads(text)
    except ValueError:
        return name.strip(), text.strip()
