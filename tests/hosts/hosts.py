"""The examples in other languages: how each is built and run."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from paths import ROOT

EXAMPLES = ROOT / "examples"
MISUSE = ROOT / "tests" / "hosts" / "misuse"
BUILD = ROOT / "target" / "hosts"
LIBRARY = Path(os.environ.get("MILLICAST_TOKENS_LIBRARY", ROOT / "target" / "release" / "libmillicast_tokens.so"))
NODE_MODULES = BUILD / "node_modules"

#: How many seconds an example may take before a test gives it up. Its own deadline for a call is 5.
PATIENCE = 30
CALL_SECONDS = 5

#: How the guide of each host is run.
GUIDES = {
    "csharp": ["mono", str(BUILD / "guide.exe")],
    "go": [str(BUILD / "go-guide")],
    "lua": ["luajit", str(EXAMPLES / "lua" / "guide.lua")],
    "node": ["node", str(EXAMPLES / "node" / "guide.js")],
}

#: How the modules of each host are given what they can't take, and are used as nobody should.
MISUSES = {
    "csharp": ["mono", str(BUILD / "misuse.exe")],
    "go": [str(BUILD / "go-misuse")],
    "lua": ["luajit", str(MISUSE / "misuse.lua"), str(EXAMPLES / "lua")],
    "node": ["node", str(MISUSE / "misuse.js"), str(EXAMPLES / "node")],
}


def build() -> None:
    """Builds what has to be built, all at once, and as the README of each says."""
    BUILD.mkdir(parents=True, exist_ok=True)
    module = EXAMPLES / "csharp" / "MillicastTokens.cs"
    compilers = [
        _mcs("guide.exe", module, EXAMPLES / "csharp" / "Guide.cs"),
        _mcs("misuse.exe", module, MISUSE / "Misuse.cs"),
        _go_build("go-guide", EXAMPLES / "go"),
        _go_build("go-misuse", MISUSE, "-race"),
    ]
    assert [compiler.wait() for compiler in compilers] == [0] * len(compilers)


def _mcs(name: str, *sources: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["mcs", "-warnaserror", "-r:System.Net.Http", f"-out:{BUILD / name}", *map(str, sources)])


def _go_build(name: str, folder: Path, *options: str) -> subprocess.Popen[bytes]:
    command = ["go", "build", *options, "-o", str(BUILD / name), "."]
    return subprocess.Popen(command, cwd=folder, env={**os.environ, **_go()})


def _go() -> dict[str, str]:
    """What keeps Go to this tree, without a network."""
    return {
        "GOCACHE": str(BUILD / "go-cache"),
        "GOPATH": str(BUILD / "go"),
        "GOFLAGS": "-mod=mod -buildvcs=false",
        "GOPROXY": "off",
        "CGO_CFLAGS": f"-O1 -I{ROOT / 'include'}",
        "CGO_LDFLAGS": f"-L{LIBRARY.parent}",
    }


def environment(variables: Mapping[str, str], library: Path = LIBRARY) -> dict[str, str]:
    """What a guide runs with: nothing of this process's but PATH and HOME."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "LANG": "C.UTF-8",
        "LD_LIBRARY_PATH": str(library.parent),
        "MILLICAST_TOKENS_LIBRARY": str(library),
        "NODE_PATH": str(NODE_MODULES),
        **variables,
    }


def access(secret: str, url: str) -> dict[str, str]:
    """As whom and where."""
    return {"MILLICAST_API_SECRET": secret, "MILLICAST_API_URL": url}


def start(command: list[str], variables: Mapping[str, str], library: Path = LIBRARY) -> subprocess.Popen[str]:
    """Starts a program, and captures what it says."""
    return subprocess.Popen(
        command,
        env=environment(variables, library),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> subprocess.CompletedProcess[str]:
    """Waits for its end, and kills what does not come to one."""
    try:
        output, errors = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


def run(command: list[str], variables: Mapping[str, str], library: Path = LIBRARY) -> subprocess.CompletedProcess[str]:
    """Runs a program to its end."""
    return finish(start(command, variables, library))
