"""Puts the native library and the emulator into the wheel, and the Rust sources of both into the sdist.

Cargo builds what a wheel carries: from the clone that this folder lies in, or from the sources of the sdist. Variables
of the environment say otherwise. MILLICAST_TOKENS_BUNDLE names a library file to carry, MILLICAST_EMULATOR_BUNDLE the
emulator's program; without the latter the program is taken that lies beside the library, if one does. Either that is
set and empty leaves out what it would name: with MILLICAST_TOKENS_BUNDLE= nothing is built, and the wheel is for all
platforms and finds both on the machine that it is installed on. MILLICAST_TOKENS_PLATFORM is the platform of the
wheel's tag, where it is not the one of this machine.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VARIABLE = "MILLICAST_TOKENS_BUNDLE"
EMULATOR_VARIABLE = "MILLICAST_EMULATOR_BUNDLE"
PLATFORM_VARIABLE = "MILLICAST_TOKENS_PLATFORM"
NAMES = {".dylib": "libmillicast_tokens.dylib", ".dll": "millicast_tokens.dll"}
EMULATOR = "millicast-emulator"
#: What those ask for whose code is linked in; `make build` and `make wheel` leave it beside the library.
NOTICES = "third-party-notices"

#: Where the Rust sources lie in an sdist, and which of the clone they are: all that cargo reads to build both.
RUST = "rust"
RUST_SOURCES = (
    "Cargo.toml",
    "Cargo.lock",
    "README.md",
    "build.rs",
    "cbindgen.toml",
    "include",
    "src",
    "tests/emulator/Cargo.toml",
    "tests/emulator/README.md",
    "tests/emulator/src",
    "tests/portable",
)
#: How each is built, as `make build` does: one crate type, without which nothing is optimized at link time; and the
#: emulator, which need not be small, quickly. One after the other: at once, each would get the features that the other
#: asks of what both depend on.
LIBRARY_BUILD = ("rustc", "-p", "millicast-tokens", "--lib", "--crate-type", "cdylib")
EMULATOR_BUILD = ("build", "-p", EMULATOR)
EMULATOR_PROFILE = {"CARGO_PROFILE_RELEASE_LTO": "false", "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16"}
INSTALL_RUST = "https://rustup.rs installs it"


class BundleError(Exception):
    """What stands in the way of a build, in one line."""


class BundleHook(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's parameter is private to it
    """Adds the files and says for which platform the wheel then is."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it builds; an editable install uses the checkout's own build."""
        if version == "editable":
            return
        try:
            if self.target_name == "sdist":
                self._carry_sources(build_data)
            else:
                self._bundle(build_data)
        except BundleError as error:
            self.app.abort(f"millicast-tokens: {error}")

    def _carry_sources(self, build_data: dict[str, Any]) -> None:
        sources = _rust_sources(Path(self.root))
        carried: dict[str, str] = build_data["force_include"]
        # The licences are links in a clone, and would point to nowhere in an archive.
        for path in list(carried):
            carried[str(Path(path).resolve())] = carried.pop(path)
        carried.update({str(sources / name): f"{RUST}/{name}" for name in RUST_SOURCES})

    def _bundle(self, build_data: dict[str, Any]) -> None:
        library, emulator = _files(Path(self.root))
        bundled: dict[str, str] = build_data["force_include"]
        if library is not None:
            bundled[str(library)] = f"millicast_tokens/{NAMES.get(library.suffix, 'libmillicast_tokens.so.0')}"
        if emulator is not None:
            bundled[str(emulator)] = f"millicast_tokens/{EMULATOR}"
        if library is not None and library.with_name(NOTICES).is_file():
            bundled[str(library.with_name(NOTICES))] = f"millicast_tokens/{NOTICES}"
        if library is not None or emulator is not None:
            build_data["pure_python"] = False
            # The package is Python and the files know nothing of Python: any version of it will do.
            build_data["tag"] = f"py3-none-{_platform()}"


def _files(root: Path) -> tuple[Path | None, Path | None]:
    """The library and the emulator that the wheel carries."""
    library, emulator = _named_by(VARIABLE), _named_by(EMULATOR_VARIABLE)
    if emulator is not None and not os.access(emulator, os.X_OK):
        raise BundleError(f"the emulator may not be executed: {emulator}")
    if VARIABLE not in os.environ:
        sources = _rust_sources(root)
        cargo = _cargo(sources)
        library = _built([cargo, *LIBRARY_BUILD], sources, {})
        if EMULATOR_VARIABLE not in os.environ:
            emulator = _built([cargo, *EMULATOR_BUILD], sources, EMULATOR_PROFILE)
    elif library is not None and EMULATOR_VARIABLE not in os.environ:
        beside = library.with_name(EMULATOR)
        emulator = beside if beside.is_file() else None
    return library, emulator


def _named_by(variable: str) -> Path | None:
    given = os.environ.get(variable)
    if not given:
        return None
    file = Path(given).resolve()
    if not file.is_file():
        raise BundleError(f"{variable} names no file: {file}")
    return file


def _platform() -> str:
    given = os.environ.get(PLATFORM_VARIABLE, "")
    if re.search(r"[^\w.-]", given):
        raise BundleError(f"{PLATFORM_VARIABLE} is no platform of a wheel's tag: {given!r}")
    # A tag has no "-". One that is given as it is may be several, which a "." stands between.
    return given if given and "-" not in given else re.sub(r"[-.]", "_", given or sysconfig.get_platform())


def _rust_sources(root: Path) -> Path:
    """The folder of the Rust sources: beside this file in an sdist, two above it in a clone."""
    for folder in (root / RUST, root.parent.parent):
        if all((folder / name).exists() for name in RUST_SOURCES):
            return folder
    raise BundleError(
        f"the Rust sources are missing: {root} is neither in a clone nor an sdist; {VARIABLE} can name a built "
        "library, and where it is set and empty the wheel carries none"
    )


def _cargo(sources: Path) -> str:
    """The program that builds. It has to know the edition of the sources, or what it says is of no help."""
    needed = re.search(r'^rust-version = "(\d+)\.(\d+)"', (sources / "Cargo.toml").read_text("utf-8"), re.MULTILINE)
    wanted = needed.groups() if needed else ("0", "0")
    cargo = shutil.which(os.environ.get("CARGO") or "cargo")
    if cargo is None:
        raise BundleError(f"cargo is missing: Rust {'.'.join(wanted)} or later builds the library; {INSTALL_RUST}")
    told = subprocess.run([cargo, "--version"], cwd=sources, capture_output=True, text=True, check=False)  # noqa: S603
    found = re.match(r"cargo (\d+)\.(\d+)", told.stdout)
    if found is None:
        raise BundleError(f"{cargo} does not work: {told.stderr.strip() or told.stdout.strip()}")
    if tuple(map(int, found.groups())) < tuple(map(int, wanted)):
        raise BundleError(
            f"Rust {'.'.join(wanted)} or later is needed, and {cargo} is {'.'.join(found.groups())}; {INSTALL_RUST}"
        )
    return cargo


def _built(command: list[str], sources: Path, profile: dict[str, str]) -> Path:
    """The release build of a package. Cargo says where it put it, whatever its target folder and its target are."""
    command = [*command, "--release", "--locked", "--message-format=json-render-diagnostics"]
    environment = {**os.environ, **profile}
    done = subprocess.run(command, cwd=sources, env=environment, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
    package = command[command.index("-p") + 1]
    if done.returncode != 0:
        raise BundleError(
            f"cargo could not build {package}, see above; it takes a C compiler (gcc or clang) besides Rust"
        )
    # What a wrapper of cargo prints besides is no message of cargo's.
    for line in reversed([line for line in done.stdout.splitlines() if line.startswith('{"reason":')]):
        message = json.loads(line)
        if message["reason"] == "compiler-artifact" and message["target"]["name"].replace("_", "-") == package:
            files = [Path(name) for name in (message["executable"], *message["filenames"]) if name]
            made = [file for file in files if file.suffix in (".so", *NAMES, ".exe", "")]
            if made:
                return made[0]
    raise BundleError(f"cargo built nothing of {package} that a wheel can carry")
