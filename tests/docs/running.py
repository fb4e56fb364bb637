"""How the blocks of a page are run: in one folder, one after the other, as somebody does who reads it."""

from __future__ import annotations

import configparser
import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import tomllib
from millicast_tokens.testing import Emulator

from blocks import ROOT, Block, whole

SECRET = "my-secret"
#: What stands in the documentation for the address that an emulator printed.
ADDRESS = "127.0.0.1:40123"
PATIENCE = 180
LIBDIR = Path(os.environ["LIBDIR"]).resolve()
WORK = Path(os.environ.get("BUILD", ROOT / "target" / "docs-blocks")).resolve()
HOSTS = Path(os.environ.get("HOSTS", ROOT / "target" / "hosts")).resolve()
CLIENTS = Path(os.environ.get("CLIENTS", ROOT / "target" / "clients")).resolve()
CLONE = WORK / "clone"
BIN = WORK / "bin"

#: What changes more than a page's folder. A block that needs it is run by another test.
REFUSED = ("apt", "apt-get", "cargo", "pip", "pip3", "rustup", "sudo")

CFLAGS = ["-O0", "-Wall", "-Wextra", "-Werror", f"-I{CLONE}/include"]
LINKED = [f"-L{LIBDIR}", f"-Wl,-rpath,{LIBDIR}", "-lmillicast_tokens"]


class FailedError(Exception):
    """A block that did not do what its page says, and what it said itself."""


def prepare() -> None:
    """Makes what the pages share: a copy of the source tree that has been built, and the command line."""
    shutil.rmtree(WORK, ignore_errors=True)
    (CLONE / "target").mkdir(parents=True)
    left_out = shutil.ignore_patterns("__pycache__", "node_modules")
    for name in ("bindings", "examples", "include", "packaging"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, CLONE / name, ignore=left_out)
    for name in ("Makefile", "Cargo.toml", "build.rs", "LICENSE", "LICENSE-APACHE", "LICENSE-MIT"):
        shutil.copy(ROOT / name, CLONE)
    (CLONE / "target" / "release").symlink_to(LIBDIR)
    BIN.mkdir()
    for name in ("python", "python3"):
        _program(name, f'exec "{sys.executable}" "$@"')
    _program("millicast-tokens", f'exec "{sys.executable}" -m millicast_tokens.cli "$@"')
    for name in REFUSED:
        _program(name, f'echo "{name} is not run here; a mark has to name the test that runs it" >&2; exit 1')


def _program(name: str, line: str) -> None:
    program = BIN / name
    program.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    program.chmod(0o755)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Page:
    """A page whose blocks are run, its folder and its emulator."""

    def __init__(self, name: str) -> None:
        self.folder = WORK / re.sub(r"\W+", "-", name)
        self.folder.mkdir()
        self.output = self.folder / ".output"
        self._address = f"127.0.0.1:{free_port()}"
        self._groups: list[int] = []
        self._emulator = Emulator(secret=SECRET, account_id="mine").start()

    def __enter__(self) -> Page:
        return self

    def __exit__(self, *_: object) -> None:
        """Ends what the blocks left running."""
        self._emulator.stop()
        for group in self._groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGTERM)

    def environment(self) -> dict[str, str]:
        """What a block runs with: nothing of this process's but what finds programs and packages."""
        kept = ("PATH", "LANG", "NODE_EXTRA_CA_CERTS", "PIP_INDEX_URL", "npm_config_registry", "GOFLAGS")
        found = {name: value for name, value in os.environ.items() if name in kept or name.lower().endswith("_proxy")}
        return {
            **found,
            "HOME": str(self.folder),
            "PATH": f"{BIN}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
            "MILLICAST_API_SECRET": SECRET,
            "MILLICAST_API_URL": self._emulator.url,
            "MILLICAST_EMULATOR": str(LIBDIR / "millicast-emulator"),
            "MILLICAST_TOKENS": str(CLONE),
            "PYTHONPATH": str(CLONE / "bindings" / "python"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "NODE_PATH": f"{HOSTS}/node_modules:{CLIENTS}/node_modules",
            "npm_config_cache": str(Path.home() / ".npm"),
            "npm_config_prefer_offline": "true",
            "npm_config_userconfig": str(Path.home() / ".npmrc"),
            "npm_config_update_notifier": "false",
            "GOCACHE": str(HOSTS / "go-cache"),
            "GOPATH": str(HOSTS / "go"),
            "GOFLAGS": "-mod=mod -buildvcs=false",
            "XDG_CONFIG_HOME": str(self.folder / ".config"),
            "CMAKE_BUILD_PARALLEL_LEVEL": "1",
        }

    def run(self, block: Block) -> None:
        """Runs a block, or reads it; FailedError: it does not do what it should."""
        text = whole(block).replace(ADDRESS, self._address)
        if name := block.mark("file"):
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text, encoding="utf-8")
        said = _LANGUAGES[block.language](self, block, text)
        for expected in block.marks.get("shows", []):
            if expected not in said:
                raise FailedError(f"it does not show {expected!r} but:\n{said}")

    def call(self, command: list[str], folder: Path, variables: dict[str, str] | None = None) -> str:
        """What a program prints. Standard output goes to a file, so that what it leaves running holds nobody up."""
        with self.output.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env={**self.environment(), **(variables or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                code = process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                code = -1
        # What the block left running is in its group, and ends with the page.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 0)
            self._groups.append(process.pid)
        said = self.output.read_text(encoding="utf-8", errors="replace")
        if code != 0:
            raise FailedError(f"{' '.join(command)[:200]} ended with {code}:\n{said}")
        return said

    def place(self, block: Block) -> Path:
        """Where a block runs."""
        return CLONE if block.mark("in") == "clone" else self.folder

    def source(self, block: Block, text: str, suffix: str) -> Path:
        """The file of a block."""
        if name := block.mark("file"):
            return self.folder / name
        file = self.folder / f"block_{block.line}{suffix}"
        file.write_text(text, encoding="utf-8")
        return file


def _c(page: Page, block: Block, text: str) -> str:
    file = page.source(block, text, ".c")
    program = file.with_suffix("")
    page.call(["cc", "-std=c99", *CFLAGS, str(file), "-pthread", *LINKED, "-o", str(program)], page.folder)
    return page.call([str(program)], page.folder)


def _cpp(page: Page, block: Block, text: str) -> str:
    file = page.source(block, text, ".cpp")
    program = file.with_name(f"{file.stem}-cpp")
    flags = ["-std=c++17", *CFLAGS, f"-I{CLONE}/bindings/cpp"]
    page.call(["c++", *flags, str(file), "-pthread", *LINKED, "-o", str(program)], page.folder)
    return page.call([str(program)], page.folder)


def _python(page: Page, block: Block, text: str) -> str:
    file = page.source(block, text, ".py")
    if not file.name.startswith("test_"):
        return page.call([sys.executable, str(file)], page.folder)
    # An installation names the fixture to pytest; a source tree does not.
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "pytest_millicast_tokens"]
    return page.call([*command, str(file)], page.folder)


def _sh(page: Page, block: Block, text: str) -> str:
    return page.call(["bash", "-euo", "pipefail", "-c", text], page.place(block))


def _console(page: Page, block: Block, text: str) -> str:
    """Commands behind `$ `, continued behind `> `, and what each prints; `...` stands for anything."""
    steps: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            steps.append((line[2:], []))
        elif not steps:
            raise FailedError("it does not begin with a command")
        elif line.startswith("> "):
            steps[-1] = (f"{steps[-1][0]}\n{line[2:]}", steps[-1][1])
        else:
            steps[-1][1].append(line)
    mark = "--- the next command ---"
    script = "".join(f"{command}\n{_awaited(page, command, expected)}echo '{mark}'\n" for command, expected in steps)
    said = page.call(["bash", "-euo", "pipefail", "-c", script], page.place(block))
    for (command, expected), found in zip(steps, said.split(f"{mark}\n"), strict=False):
        pattern = re.escape("\n".join(expected)).replace(re.escape("..."), ".*?")
        if not re.fullmatch(pattern, found.rstrip("\n"), re.DOTALL):
            raise FailedError(f"$ {command}\nsays\n{found}\nand not\n" + "\n".join(expected))
    return said


def _awaited(page: Page, command: str, expected: list[str]) -> str:
    """What waits until a command that goes on in the background has said what is expected of it."""
    if not command.endswith("&") or not expected:
        return ""
    beginning, output = (shlex.quote(text) for text in (expected[-1].split("...")[0], str(page.output)))
    return f"until grep -qF {beginning} {output}; do sleep 0.02; done\n"


def _js(page: Page, block: Block, text: str) -> str:
    variables = {"NODE_PATH": f"{page.environment()['NODE_PATH']}:{CLONE}/examples/node", **_library()}
    return page.call(["node", str(page.source(block, text, ".js"))], page.folder, variables)


def _lua(page: Page, block: Block, text: str) -> str:
    variables = {"LUA_PATH": f"{CLONE}/examples/lua/?.lua;;", **_library()}
    return page.call(["luajit", str(page.source(block, text, ".lua"))], page.folder, variables)


def _go(page: Page, block: Block, text: str) -> str:
    folder = page.folder / f"go_{block.line}"
    shutil.copytree(CLONE / "examples" / "go", folder)
    (folder / "main.go").write_text(text, encoding="utf-8")
    flags = {"CGO_CFLAGS": f"-O1 -I{CLONE}/include", "CGO_LDFLAGS": f"-L{LIBDIR}", "GOPROXY": "off"}
    return page.call(["go", "run", "."], folder, {**flags, **_library()})


def _csharp(page: Page, block: Block, text: str) -> str:
    file = page.source(block, text, ".cs")
    program = file.with_suffix(".exe")
    module = CLONE / "examples" / "csharp" / "MillicastTokens.cs"
    page.call(["mcs", "-warnaserror", f"-out:{program}", str(file), str(module)], page.folder)
    return page.call(["mono", str(program)], page.folder, _library())


def _cmake(page: Page, block: Block, text: str) -> str:
    return _configured(page, block, text, "CMakeLists.txt", ["cmake", "-S", ".", "-B", "checked"])


def _meson(page: Page, block: Block, text: str) -> str:
    return _configured(page, block, text, "meson.build", ["meson", "setup", "checked-meson"])


def _configured(page: Page, block: Block, text: str, name: str, command: list[str]) -> str:
    """Configured with what the page installed before, if it did."""
    (page.folder / name).write_text(text, encoding="utf-8")
    prefix = page.folder / "millicast"
    found = {"CMAKE_PREFIX_PATH": str(prefix), "PKG_CONFIG_PATH": str(prefix / "lib" / "pkgconfig")}
    said = page.call(command, page.folder, found)
    if not block.mark("file"):
        (page.folder / name).unlink()
    return said


def _library() -> dict[str, str]:
    return {"MILLICAST_TOKENS_LIBRARY": str(LIBDIR / "libmillicast_tokens.so"), "LD_LIBRARY_PATH": str(LIBDIR)}


def _read(reader: Callable[[str], object]) -> Callable[[Page, Block, str], str]:
    def read(page: Page, block: Block, text: str) -> str:  # noqa: ARG001
        try:
            reader(text)
        except (ValueError, configparser.Error) as error:
            raise FailedError(f"it can't be read: {error}") from error
        return ""

    return read


_LANGUAGES: dict[str, Callable[[Page, Block, str], str]] = {
    "c": _c,
    "cmake": _cmake,
    "console": _console,
    "cpp": _cpp,
    "csharp": _csharp,
    "go": _go,
    "ini": _read(lambda text: configparser.ConfigParser(interpolation=None).read_string(text)),
    "js": _js,
    "json": _read(json.loads),
    "lua": _lua,
    "meson": _meson,
    "python": _python,
    "sh": _sh,
    "toml": _read(tomllib.loads),
}


@contextlib.contextmanager
def running(name: str) -> Iterator[Page]:
    """A page that is run."""
    with Page(name) as page:
        yield page
