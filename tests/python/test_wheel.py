"""The wheel: what it carries, what is built for it, and that a user's test has its emulator once it is installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import millicast_tokens as mct
import pytest
from millicast_tokens import _emulator

from paths import ROOT

SOURCES = ROOT / "bindings" / "python"
LIBRARY = "millicast_tokens/libmillicast_tokens.so.0"
EMULATOR = "millicast_tokens/millicast-emulator"

TEST_OF_A_USER = """
def test_mine(millicast_emulator):
    with millicast_emulator.client() as client:
        token = client.subscribe_tokens.create("mine", ["show"])
    assert millicast_emulator.verdict("show", token.value) == "admitted"
"""


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """The folder of a library and an emulator, as a build leaves it."""
    folder = tmp_path / "release"
    folder.mkdir()
    shutil.copy(Path(mct.library_path()).resolve(), folder / "libmillicast_tokens.so")
    shutil.copy(_emulator.find(), folder / "millicast-emulator")
    return folder


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The package in a clone, whose sources nothing here builds; the folder of the package."""
    for path in ROOT.iterdir():
        if path.name not in {".git", "bindings", "target"}:
            (tmp_path / path.name).symlink_to(path)
    return copied(tmp_path / "bindings" / "python")


def copied(place: Path) -> Path:
    """A copy of the package's folder."""
    return Path(
        shutil.copytree(SOURCES, place, ignore=shutil.ignore_patterns("__pycache__", "*.so*"), dirs_exist_ok=True)
    )


def build(folder: Path, sources: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    """Builds a wheel into a folder, from a copy of the package's folder alone unless another one is given."""
    environment = {name: text for name, text in os.environ.items() if not name.endswith("_BUNDLE")}
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "wheels")]
    return subprocess.run(
        command,
        cwd=sources or copied(folder / "alone" / "of" / "all"),
        env={**environment, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def cargo_that(folder: Path, does: str, version: str = "1.88.0") -> str:
    """A program in the place of cargo."""
    program = folder / "cargo-in-its-place"
    program.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "cargo {version} (of a test)" && exit\n{does}\n')
    program.chmod(0o755)
    return str(program)


def wheel_in(folder: Path, done: subprocess.CompletedProcess[str]) -> Path:
    """The one wheel that was built."""
    assert done.returncode == 0, done.stderr
    (wheel,) = (folder / "wheels").iterdir()
    return wheel


def test_installed_from_a_wheel_the_fixture_gives_a_users_test_the_emulator_that_the_wheel_carries(
    tmp_path: Path, built: Path
) -> None:
    wheel = wheel_in(tmp_path, build(tmp_path, MILLICAST_TOKENS_BUNDLE=str(built / "libmillicast_tokens.so")))
    venv = tmp_path / "venv"
    python = str(venv / "bin" / "python")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True, timeout=100)
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*pip, str(wheel)], check=True, timeout=100)
    (site,) = venv.glob("lib/python*/site-packages")
    (site / "pytest.pth").write_text(sysconfig.get_path("purelib"))  # What pytest and its dependencies are taken from.
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "test_mine.py").write_text(TEST_OF_A_USER)
    done = subprocess.run(
        [python, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"],
        cwd=mine,
        env={"PATH": os.defpath, "HOME": str(mine)},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert "1 passed" in done.stdout, done.stdout + done.stderr
    assert (venv / "share" / "man" / "man1" / "millicast-tokens.1").is_file()
    command = venv / "bin" / "millicast-tokens"
    done = subprocess.run([command, "--help"], capture_output=True, text=True, check=False, env={"PATH": os.defpath})
    assert done.stderr.count("\n") == 1, done.stderr
    assert "pip install 'millicast-tokens[cli]'" in done.stderr


def test_a_wheel_that_carries_something_is_for_one_platform_and_keeps_the_emulator_executable(
    tmp_path: Path, built: Path
) -> None:
    variables = {"MILLICAST_TOKENS_BUNDLE": str(built / "libmillicast_tokens.so")}
    platforms = "manylinux_2_17_x86_64.manylinux2014_x86_64"
    wheel = wheel_in(tmp_path, build(tmp_path, **variables, MILLICAST_TOKENS_PLATFORM=platforms))
    assert wheel.name.endswith(f"-py3-none-{platforms}.whl")
    with zipfile.ZipFile(wheel) as archive:
        assert LIBRARY in archive.namelist()
        assert (archive.getinfo(EMULATOR).external_attr >> 16) & 0o777 == 0o755


def test_a_wheel_of_neither_is_for_every_platform(tmp_path: Path) -> None:
    wheel = wheel_in(tmp_path, build(tmp_path, MILLICAST_TOKENS_BUNDLE=""))
    assert wheel.name.endswith("-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        for name in ("LICENSE", "LICENSE-APACHE", "LICENSE-MIT"):
            (licence,) = (there for there in names if there.endswith(f".dist-info/licenses/{name}"))
            assert archive.read(licence) == (ROOT / name).read_bytes()
    assert not {LIBRARY, EMULATOR} & set(names)
    assert {"pytest_millicast_tokens.py", "millicast_tokens/testing.py", "millicast_tokens/py.typed"} <= set(names)


@pytest.mark.parametrize("given", ["", "elsewhere"])
def test_the_variable_of_the_emulator_goes_before_the_one_that_lies_beside_the_library(
    tmp_path: Path, built: Path, given: str
) -> None:
    if given:
        (built / given).write_text("#!/bin/sh\n")
        (built / given).chmod(0o755)
    variables = {"MILLICAST_EMULATOR_BUNDLE": str(built / given) if given else ""}
    wheel = wheel_in(
        tmp_path, build(tmp_path, MILLICAST_TOKENS_BUNDLE=str(built / "libmillicast_tokens.so"), **variables)
    )
    with zipfile.ZipFile(wheel) as archive:
        assert (archive.read(EMULATOR) if EMULATOR in archive.namelist() else b"") == (b"#!/bin/sh\n" if given else b"")


def test_a_variable_that_names_no_program_stops_the_build(tmp_path: Path, built: Path) -> None:
    (built / "millicast-emulator").chmod(0o644)
    for name, said in (("missing", "names no file"), ("millicast-emulator", "may not be executed")):
        done = build(tmp_path, MILLICAST_EMULATOR_BUNDLE=str(built / name))
        assert done.returncode != 0
        assert said in done.stderr


@pytest.mark.parametrize("platform", ["../../elsewhere", "linux\nRoot: x", "linux x86"])
def test_what_is_no_platform_of_a_tag_stops_the_build(tmp_path: Path, built: Path, platform: str) -> None:
    library = str(built / "libmillicast_tokens.so")
    done = build(tmp_path, MILLICAST_TOKENS_BUNDLE=library, MILLICAST_TOKENS_PLATFORM=platform)
    assert done.returncode != 0
    assert f"MILLICAST_TOKENS_PLATFORM is no platform of a wheel's tag: {platform!r}" in done.stdout + done.stderr


def test_without_a_variable_cargo_builds_what_a_wheel_carries_one_release_after_the_other(
    tmp_path: Path, clone: Path, built: Path
) -> None:
    lib = {"name": "millicast_tokens", "files": ["libmillicast_tokens.a", "libmillicast_tokens.so"], "executable": None}
    emulator = {"name": "millicast-emulator", "files": [], "executable": str(built / "millicast-emulator")}
    for package, made in (("millicast-tokens", lib), ("millicast-emulator", emulator)):
        files = [str(built / name) for name in made["files"] or ()]
        told = {"target": {"name": made["name"]}, "filenames": files, "executable": made["executable"]}
        lines = [{"reason": "compiler-artifact", **told}, {"reason": "build-finished", "success": True}]
        (tmp_path / package).write_text("\n".join(map(json.dumps, lines)))
    cargo = cargo_that(
        tmp_path, f'echo "$PWD $*" >>{tmp_path}/asked; while [ "$1" != -p ]; do shift; done; cat {tmp_path}/$2'
    )
    wheel = wheel_in(tmp_path, build(tmp_path, clone, CARGO=cargo))
    assert wheel.name.endswith(f"-py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}.whl")
    with zipfile.ZipFile(wheel) as archive:
        assert archive.read(LIBRARY) == (built / "libmillicast_tokens.so").read_bytes()
        assert archive.read(EMULATOR) == (built / "millicast-emulator").read_bytes()
    asked = (tmp_path / "asked").read_text().splitlines()
    assert [line.partition(" --message")[0] for line in asked] == [
        f"{tmp_path} {build} --release --locked"
        for build in ("rustc -p millicast-tokens --lib --crate-type cdylib", "build -p millicast-emulator")
    ]


@pytest.mark.parametrize(
    ("does", "version", "said"),
    [
        ("exit 101", "1.88.0", "cargo could not build millicast-tokens, see above; it takes a C compiler"),
        ("exit 101", "1.87.0", "Rust 1.88 or later is needed, and "),
        (
            "echo a wrapper says this; echo '{}'",
            "1.88.0",
            "cargo built nothing of millicast-tokens that a wheel can carry",
        ),
        ("exit 0", "1.88.0", "cargo built nothing of millicast-tokens that a wheel can carry"),
    ],
)
def test_a_build_that_fails_says_in_one_line_what_it_takes(
    tmp_path: Path, clone: Path, does: str, version: str, said: str
) -> None:
    done = build(tmp_path, clone, CARGO=cargo_that(tmp_path, does, version))
    assert done.returncode != 0
    assert done.stderr.startswith(f"millicast-tokens: {said}")
    assert len(done.stderr.splitlines()) == 1


def test_without_cargo_or_without_the_sources_the_build_says_what_is_missing(tmp_path: Path, clone: Path) -> None:
    for sources, said in ((clone, "cargo is missing: Rust 1.88 or later"), (None, "the Rust sources are missing: ")):
        done = build(tmp_path, sources, CARGO="a-cargo-that-is-not-there")
        assert done.returncode != 0
        assert done.stderr.startswith(f"millicast-tokens: {said}")
