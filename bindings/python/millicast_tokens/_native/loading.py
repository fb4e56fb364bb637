"""Where the library is found, and how it is loaded."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import sys
from pathlib import Path
from typing import Any, Callable

from .._version import HEADER_VERSION_NUMBER
from ..errors import MissingFunctionError
from .signatures import SIGNATURES

VARIABLE = "MILLICAST_TOKENS_LIBRARY"
PACKAGE = Path(__file__).resolve().parent.parent

if sys.platform == "darwin":
    NAMES = ["libmillicast_tokens.0.dylib", "libmillicast_tokens.dylib"]
elif sys.platform == "win32":
    NAMES = ["millicast_tokens.dll"]
else:
    NAMES = ["libmillicast_tokens.so.0", "libmillicast_tokens.so"]


class LibraryNotFoundError(ImportError):
    """The native library is nowhere, or what was found is not it. The message says where was looked."""


def load() -> tuple[ctypes.CDLL, str]:
    """The library with the types of every function set, and the file or name that it was loaded from.

    Looked at, in this order: the file that MILLICAST_TOKENS_LIBRARY names (nothing else, if it is set), the folder of
    this package, the build folders of the source tree that this package lies in, the system.
    """
    given = os.environ.get(VARIABLE)
    if given:
        # A path without a slash would be looked up on the system instead of here.
        library, problem = _try(str(Path(given).absolute()))
        if library is None:
            raise LibraryNotFoundError(f"{VARIABLE} names {given!r}, which can't be used: {problem}")
        return library, given
    looked: list[str] = []
    for candidate in _candidates():
        library, problem = _try(candidate)
        if library is not None:
            return library, candidate
        looked.append(f"  {candidate}: {problem}")
    places = "\n".join(looked)
    raise LibraryNotFoundError(
        f"the native library of millicast-tokens was not found. Looked at:\n{places}\n"
        f"In a clone: make build. Elsewhere install it, or let {VARIABLE} name its file."
    )


def _candidates() -> list[str]:
    files = [PACKAGE / name for name in NAMES]
    # Only the tree that this package is a part of: another folder further up is somebody else's.
    for root in PACKAGE.parents:
        if root / "bindings" / "python" / PACKAGE.name == PACKAGE:
            files += [root / "target" / profile / name for profile in ("release", "debug") for name in NAMES]
    on_system = [*NAMES[:1], ctypes.util.find_library("millicast_tokens")]
    return [*map(str, files), *dict.fromkeys(name for name in on_system if name)]


def _try(candidate: str) -> tuple[ctypes.CDLL | None, str]:
    """The library, or why it is none."""
    if os.sep in candidate and not Path(candidate).is_file():
        return None, "no such file"
    try:
        library = ctypes.CDLL(candidate)
    except OSError as error:
        return None, str(error)
    if not hasattr(library, "mct_version_number"):
        return None, "not the library of millicast-tokens (it has no mct_version_number)"
    _set_types(library)
    number = library.mct_version_number()
    if number < HEADER_VERSION_NUMBER:
        return None, f"too old: its version is {number}, this package needs {HEADER_VERSION_NUMBER} or newer"
    return library, ""


def _set_types(library: ctypes.CDLL) -> None:
    for name, (result, arguments) in SIGNATURES.items():
        if hasattr(library, name):
            function = getattr(library, name)
            function.restype = result
            function.argtypes = arguments
        else:
            setattr(library, name, _missing(name))


def _missing(name: str) -> Callable[..., Any]:
    def missing(*_: object) -> Any:
        if name.endswith("_free"):
            # What can't be made needs no freeing, and is freed on the way out of the call that failed to make it.
            return
        raise MissingFunctionError(f"the library has no {name}: it was made for signing only")

    return missing
