"""Puts the native library into the wheel.

MILLICAST_TOKENS_BUNDLE names the library file. A wheel that carries it is for one platform, a wheel that is built
without it is for all and finds the library on the machine that it is installed on.
"""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VARIABLE = "MILLICAST_TOKENS_BUNDLE"
PLATFORM_VARIABLE = "MILLICAST_TOKENS_PLATFORM"
NAMES = {".dylib": "libmillicast_tokens.dylib", ".dll": "millicast_tokens.dll"}


class BundleHook(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's parameter is private to it
    """Adds the library and says for which platform the wheel then is."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it builds a wheel; an editable install uses the checkout's own build."""
        given = os.environ.get(VARIABLE)
        if not given or version == "editable":
            return
        library = Path(given).resolve()
        if not library.is_file():
            raise FileNotFoundError(f"{VARIABLE} names no file: {library}")
        name = NAMES.get(library.suffix, "libmillicast_tokens.so.0")
        platform = os.environ.get(PLATFORM_VARIABLE) or sysconfig.get_platform()
        build_data["force_include"][str(library)] = f"millicast_tokens/{name}"
        build_data["pure_python"] = False
        # The package is Python and the library knows nothing of Python: any version of it will do.
        build_data["tag"] = f"py3-none-{platform.replace('-', '_').replace('.', '_')}"
