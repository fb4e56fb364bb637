"""The command as it is run: by programs, with pipes, and by people, on a terminal."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pexpect
from millicast_tokens.testing import Emulator

import forkserver

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "millicast_tokens.cli"]
PATIENCE = 30

#: What a terminal obeys.
ESCAPES = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True)
class Done:
    """How a run ended."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[Any]:
        """The lines of JSON."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def row(self) -> Any:
        """The only one."""
        (row,) = self.rows
        return row


@dataclass
class Cli:
    """The command, with a home of its own and the secret of an emulator."""

    emulator: Emulator
    home: Path
    more: dict[str, str] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        """Where the configuration is."""
        return self.home / "config" / "millicast-tokens" / "config.toml"

    def environ(self, given: Mapping[str, str | None]) -> dict[str, str]:
        """The whole environment; None takes a variable away."""
        kept = (
            "PATH",
            "MPLCONFIGDIR",
            "PYTHONPATH",
            "PYTHONPYCACHEPREFIX",
            "MILLICAST_TOKENS_LIBRARY",
            "MILLICAST_EMULATOR",
            "LANG",
        )
        environ: dict[str, str | None] = {name: os.environ[name] for name in kept if name in os.environ}
        environ |= {
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "TERM": "xterm-256color",
            "MILLICAST_API_SECRET": str(self.emulator.secret),
            "MILLICAST_API_URL": self.emulator.url,
            **self.more,
            **given,
        }
        return {name: value for name, value in environ.items() if value is not None}

    def __call__(self, *arguments: object, code: int = 0, stdin: str | bytes = "", **environ: str | None) -> Done:
        """Runs it, and expects this exit code."""
        words, given = [*map(str, arguments)], stdin.encode() if isinstance(stdin, str) else stdin
        if environ.keys() & {"PATH", "PYTHONPATH"}:  # Another Python, or one with other modules.
            done = subprocess.run(
                [*COMMAND, *words],
                input=given,
                capture_output=True,
                env=self.environ(environ),
                cwd=self.home,
                timeout=PATIENCE,
                check=False,
            )
            code_, out, err = done.returncode, done.stdout, done.stderr
        else:
            code_, out, err = forkserver.run(words, self.environ(environ), self.home, given)
        ended = Done(code_, out.decode(), err.decode())
        assert ended.code == code, ended
        assert "Traceback" not in ended.err, ended.err
        return ended

    def start(self, *arguments: object, environ: Mapping[str, str | None] | None = None, **options: Any) -> Any:
        """Starts it, and lets it run."""
        return subprocess.Popen(
            [*COMMAND, *map(str, arguments)], env=self.environ(environ or {}), cwd=self.home, **options
        )

    def shell(self, line: str, **environ: str | None) -> Done:
        """A line of a shell's, in which $CLI is the command."""
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", line],
            env={**self.environ(environ), "CLI": " ".join(COMMAND)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=self.home,
            timeout=PATIENCE,
            check=False,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def terminal(self, *arguments: object, columns: int = 200, **environ: str | None) -> pexpect.spawn[bytes]:
        """Runs it on a terminal of its own."""
        command, *rest = [*COMMAND, *map(str, arguments)]
        return pexpect.spawn(
            command,
            rest,
            env=self.environ(environ),  # type: ignore[arg-type]
            cwd=str(self.home),
            timeout=PATIENCE,
            dimensions=(50, columns),
        )

    def on_terminal(self, *arguments: object, code: int = 0, columns: int = 200, **environ: str | None) -> bytes:
        """What a person sees, to the end."""
        child = self.terminal(*arguments, columns=columns, **environ)
        child.expect(pexpect.EOF)
        seen = child.before or b""
        child.close()
        assert child.exitstatus == code, seen
        return seen


def exit_code(child: pexpect.spawn[bytes]) -> int | None:
    """Waits for the end."""
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus
