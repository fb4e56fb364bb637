"""Puts the native library and the emulator into the wheel.

MILLICAST_TOKENS_BUNDLE names the library file, MILLICAST_EMULATOR_BUNDLE the emulator's program; without the latter the
program is taken that lies beside the library, if one does, and none where the variable is empty. A wheel that carries
either is for one platform, a wheel that is built without them is for all and finds both on the machine that it is
installed on.
"""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VARIABLE = "MILLICAST_TOKENS_BUNDLE"
EMULATOR_VARIABLE = "MILLICAST_EMULATOR_BUNDLE"
PLATFORM_VARIABLE = "MILLICAST_TOKENS_PLATFORM"
NAMES = {".dylib": "libmillicast_tokens.dylib", ".dll": "millicast_tokens.dll"}
EMULATOR = "millicast-emulator"


class BundleHook(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's parameter is private to it
    """Adds the files and says for which platform the wheel then is."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it builds a wheel; an editable install uses the checkout's own build."""
        if version == "editable":
            return
        library = _named_by(VARIABLE)
        emulator = _named_by(EMULATOR_VARIABLE)
        if emulator is None and library is not None and EMULATOR_VARIABLE not in os.environ:
            beside = library.with_name(EMULATOR)
            emulator = beside if beside.is_file() else None
        if emulator is not None and not os.access(emulator, os.X_OK):
            raise PermissionError(f"the emulator may not be executed: {emulator}")
        bundled: dict[str, str] = build_data["force_include"]
        if library is not None:
            bundled[str(library)] = f"millicast_tokens/{NAMES.get(library.suffix, 'libmillicast_tokens.so.0')}"
        if emulator is not None:
            bundled[str(emulator)] = f"millicast_tokens/{EMULATOR}"
        if library is None and emulator is None:
            return
        platform = os.environ.get(PLATFORM_VARIABLE) or sysconfig.get_platform()
        build_data["pure_python"] = False
        # The package is Python and the files know nothing of Python: any version of it will do.
        build_data["tag"] = f"py3-none-{platform.replace('-', '_').replace('.', '_')}"


def _named_by(variable: str) -> Path | None:
    given = os.environ.get(variable)
    if not given:
        return None
    file = Path(given).resolve()
    if not file.is_file():
        raise FileNotFoundError(f"{variable} names no file: {file}")
    return file
