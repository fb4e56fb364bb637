"""Help, the manual page, completion, and the command without its extra."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from millicast_tokens.cli.app import root
from millicast_tokens.cli.options import Command

from running import COMMAND, ROOT, Cli

PAGE = ROOT / "bindings" / "python" / "man" / "millicast-tokens.1"


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """All of them."""
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from commands(below, (*path, name))
    else:
        yield path, command


ALL = list(commands(root))


def test_there_is_what_was_promised() -> None:
    names = {" ".join(path) for path, _ in ALL}
    both = {
        f"{kind} {action}"
        for kind in ("publish", "subscribe")
        for action in ("create", "read", "list", "update", "delete")
    }
    alone = {"sign", "sign-bulk", "verify", "inspect", "usage", "clusters", "emulator", "completion"}
    assert both | alone | {"publish disable", "publish active"} <= names


@pytest.mark.parametrize(("path", "command"), ALL, ids=[" ".join(path) for path, _ in ALL])
def test_each_command_says_what_it_does_and_has_examples_that_can_be_parsed(
    path: tuple[str, ...], command: click.Command
) -> None:
    assert isinstance(command, Command)
    assert command.help
    assert command.examples
    context = click.Context(root, info_name="millicast-tokens")
    for name in path:
        below = context.command
        assert isinstance(below, click.Group)
        context = click.Context(below.commands[name], info_name=name, parent=context)
    text = command.get_help(context)
    assert "Examples:" in text
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            assert parameter.help, parameter.name
    for _, line in command.examples:
        assert line in text
        _parse(line)


def _parse(line: str) -> None:
    """Parses what stands behind the command's name, up to a pipe or the like."""
    words = shlex.split(re.sub(r'"\$\((.*)\)"', r"\1", line), comments=True)
    rest: list[str] = []
    for word in words[words.index("millicast-tokens") + 1 :]:
        if word in ("|", ">", "<") or word.endswith(")"):
            break
        rest.append(word)
    context = click.Context(root)
    below: click.Command = root
    while isinstance(below, click.Group):
        below = below.commands[rest.pop(0)]
    if below.name != "emulator":
        below.make_context(below.name, rest, parent=context)


@pytest.mark.parametrize("arguments", [["--help"], ["publish", "--help"], ["sign-bulk", "-h"], ["emulator", "--help"]])
def test_help_is_printed_as_the_command_is_run(cli: Cli, arguments: list[str]) -> None:
    assert "Usage: millicast-tokens" in cli(*arguments).out


def test_the_help_says_what_csv_is_for(cli: Cli) -> None:
    said = " ".join(cli("--help").out.split())
    assert "CSV is for programs: texts go out as they are, and a spreadsheet takes" in said
    for _, command in ALL:
        assert isinstance(command, Command)
        assert not any("spreadsheet" in what for what, _ in command.examples)


def test_the_help_of_the_emulator_has_the_emulators_own(cli: Cli) -> None:
    assert "--rate-limit" in cli("emulator", "--help").out
    assert "names" in cli("emulator", code=19, MILLICAST_EMULATOR="/nowhere").err


def test_the_version(cli: Cli) -> None:
    from millicast_tokens import __version__  # noqa: PLC0415

    assert cli("--version").out == f"millicast-tokens {__version__}\n"


def test_the_manual_page_is_current_and_clean() -> None:
    script = ROOT / "packaging" / "cli_page.py"
    made = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert PAGE.read_text() == made.stdout, "python packaging/cli_page.py > bindings/python/man/millicast-tokens.1"
    shown = subprocess.run(
        ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", str(PAGE)],
        env={**os.environ, "MANROFFSEQ": "", "MANWIDTH": "80", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stderr == ""


@pytest.fixture
def on_path(cli: Cli) -> Path:
    """A folder with the command by its name, for shells."""
    folder = cli.home / "bin"
    folder.mkdir()
    program = folder / "millicast-tokens"
    program.write_text(f'#!/bin/sh\nexec {" ".join(COMMAND)} "$@"\n')
    program.chmod(0o755)
    return folder


BASH = """
eval "$(millicast-tokens completion bash)"
COMP_WORDS=(millicast-tokens publish cre); COMP_CWORD=2
_millicast_tokens_completion millicast-tokens
printf '%s\\n' "${COMPREPLY[@]}"
"""
ZSH = """
autoload -Uz compinit; compinit -u -D
eval "$(millicast-tokens completion zsh)"
compadd() { print -r -- "${completions[@]}" }
_describe() { print -r -- "${completions_with_descriptions[@]}" }
words=(millicast-tokens publish cre); CURRENT=3
_millicast_tokens_completion
print -r -- "registered: $_comps[millicast-tokens]"
"""
FISH = """
millicast-tokens completion fish | source
complete -C 'millicast-tokens publish cre'
"""


@pytest.mark.parametrize(("shell", "script"), [("bash", BASH), ("zsh", ZSH), ("fish", FISH)])
def test_the_completion_that_is_printed_works_in_its_shell(cli: Cli, on_path: Path, shell: str, script: str) -> None:
    program = shutil.which(shell)
    assert program, f"{shell} is not installed: apt-get install {shell}"
    done = subprocess.run(
        [program, "-c", script],
        env={**cli.environ({}), "PATH": f"{on_path}:{os.environ['PATH']}"},
        cwd=cli.home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "create" in done.stdout, done
    if shell == "zsh":
        assert "registered: _millicast_tokens_completion" in done.stdout


def test_options_values_and_profiles_are_completed_too(cli: Cli) -> None:
    def completed(*words: str) -> list[str]:
        given = " ".join(("millicast-tokens", *words))
        done = cli(_MILLICAST_TOKENS_COMPLETE="bash_complete", COMP_WORDS=given, COMP_CWORD=str(len(words)))
        return [line.partition(",")[2] for line in done.out.splitlines()]

    assert "--allowed-origin" in completed("publish", "create", "--allowed")
    assert completed("publish", "list", "--output", "t") == ["table"]
    cli.config.parent.mkdir(parents=True)
    cli.config.write_text("[profiles.live]\n[profiles.local]\n[profiles.other]\n")
    cli.config.chmod(0o600)
    assert completed("publish", "list", "--profile", "l") == ["live", "local"]
    assert "--api-secret" not in completed("publish", "list", "--api-secret")
    another = cli.home / "another.toml"
    another.write_text("[profiles.lemon]\n")
    another.chmod(0o600)
    assert completed("--config", str(another), "publish", "list", "--profile", "l") == ["lemon"]
    assert not any(completed("--config", "/none", "--profile", "l"))


def test_names_of_files_are_left_to_the_shell(cli: Cli) -> None:
    for words in (
        ["sign-bulk", "7", ""],
        ["sign-bulk", "7", "in.csv", ""],
        ["sign", "--token-file", ""],
        ["verify", "--jwt-file", ""],
        ["usage", "--plot", ""],
        ["publish", "create", "--restream-file", ""],
        ["subscribe", "update", "--merge-json-file", ""],
    ):
        given = " ".join(("millicast-tokens", *words))
        done = cli(_MILLICAST_TOKENS_COMPLETE="bash_complete", COMP_WORDS=given, COMP_CWORD=str(len(words)))
        assert done.out.strip() == "file,", words


def test_without_its_extra_the_command_says_in_one_line_how_to_get_it(tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    shutil.copytree(ROOT / "bindings" / "python", sources, ignore=shutil.ignore_patterns("__pycache__", "*.so*"))
    environ = {name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "MILLICAST"))}
    environ["MILLICAST_TOKENS_BUNDLE"] = ""  # Nothing native is built.
    library = {"MILLICAST_TOKENS_LIBRARY": os.environ["MILLICAST_TOKENS_LIBRARY"]}
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=sources, env=environ, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = [name for name in archive.namelist() if name.endswith("METADATA")]
        required = [line for line in archive.read(metadata).decode().splitlines() if line.startswith("Requires-Dist")]
        assert "millicast_tokens/cli/__init__.py" in archive.namelist()
    assert all("extra ==" in line for line in required)
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    pip = [sys.executable, "-m", "pip", "--python", str(venv / "bin" / "python"), "install", "-q", "--no-index"]
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True, env={**environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    done = subprocess.run(
        [str(venv / "bin" / "millicast-tokens"), "publish", "list"],
        env={**environ, **library},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (20, "", 1)
    assert "pip install 'millicast-tokens[cli]'" in done.stderr


@pytest.mark.parametrize(
    ("missing", "arguments", "extra"),
    [
        ("pyarrow", ["sign-bulk", "7", "v.csv", "t.csv", "--stream", "x"], "cli,arrow"),
        ("matplotlib", ["usage", "--tracking-id", "x", "--plot", "x.svg"], "cli,plot"),
        ("keyring", ["publish", "list", "--api-secret-keyring", "x"], "cli"),
    ],
)
def test_a_library_that_one_command_needs_is_told_by_its_extra(
    cli: Cli, missing: str, arguments: list[str], extra: str
) -> None:
    (cli.home / "sitecustomize.py").write_text(
        f"import sys\nclass Missing:\n    def find_spec(self, name, *_):\n        if name == {missing!r}:\n"
        f"            raise ModuleNotFoundError(name, name=name)\nsys.meta_path.insert(0, Missing())\n"
    )
    paths = f"{cli.home}:{ROOT / 'bindings' / 'python'}"
    done = cli(*arguments, code=20, PYTHONPATH=paths)
    assert f"pip install 'millicast-tokens[{extra}]'" in done.err
    assert len(done.err.splitlines()) == 1
