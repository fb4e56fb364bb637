"""The fixture `millicast_emulator` for pytest, which finds it by itself where millicast-tokens is installed.

In a clone `python3 -m pytest -p pytest_millicast_tokens` finds it, with the folder of this file in PYTHONPATH.

Options of all tests stand in pytest's configuration file, as lines NAME=VALUE of the option `millicast_emulator`. They
are those of `millicast_tokens.testing.Emulator`. VALUE is read as JSON, and as text where it is no JSON; a text that
would be JSON too stands in quotation marks. A flag (`only_live`, `trust_forwarded`, `tls`) is also true with True and
yes, and false with False and no, in whatever case. A path is meant from the folder of the file.

A module beside the package and not in it: pytest imports it in every run, and the package loads the native library.
"""

from __future__ import annotations

import itertools
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


#: The options that are true or false. TLS can be the path of a folder too.
_FLAGS = ("only_live", "trust_forwarded", "tls")

_WORDS = {"true": True, "yes": True, "false": False, "no": False}

#: What pytest's own help says of the configuration file's option.
_HELP = (
    "options of every millicast_emulator, those of millicast_tokens.testing.Emulator: lines of NAME=VALUE. VALUE is "
    "JSON, or else text, such as account_id=mine; a text that would be JSON too stands in quotation marks, such as "
    'secret="12345". Flags, such as only_live, take true, yes, false and no. Paths are meant from the file\'s folder.'
)


class _Options(dict[str, Any]):
    """Options by name. Their values, which may hold a secret, are not shown when pytest shows local variables."""

    def __repr__(self) -> str:
        """The names alone."""
        return f"<options {', '.join(self)}>"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Makes the option of the configuration file known."""
    parser.addini(INI, _HELP, "linelist")


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
    __tracebackhide__ = True
    options = _Options(map(_option, config.getini(INI), itertools.count(1)))
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


def _option(line: str, number: int) -> tuple[str, Any]:
    __tracebackhide__ = True
    name, equals, text = (part.strip() for part in line.partition("="))
    if not equals or not name:
        del line, name, text  # They may be a secret, which pytest would show.
        raise pytest.UsageError(f"line {number} of the option {INI} has to be NAME=VALUE, such as account_id=mine")
    if name in _FLAGS and text.lower() in _WORDS:
        return name, _WORDS[text.lower()]
    try:
        return name, json.loads(text)
    except ValueError:
        return name, text
