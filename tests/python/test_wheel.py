"""The wheel: what it carries, and that a user's test has its emulator once it is installed."""

from __future__ import annotations

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


def build(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Builds a wheel into a folder, from a copy of the sources."""
    copy = folder / "sources"
    shutil.copytree(SOURCES, copy, ignore=shutil.ignore_patterns("__pycache__", "*.so*"), dirs_exist_ok=True)
    environment = {name: text for name, text in os.environ.items() if not name.endswith("_BUNDLE")}
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "wheels")]
    return subprocess.run(
        command, cwd=copy, env={**environment, **variables}, capture_output=True, text=True, check=False, timeout=100
    )


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


def test_a_wheel_that_carries_something_is_for_one_platform_and_keeps_the_emulator_executable(
    tmp_path: Path, built: Path
) -> None:
    variables = {"MILLICAST_TOKENS_BUNDLE": str(built / "libmillicast_tokens.so")}
    wheel = wheel_in(tmp_path, build(tmp_path, **variables, MILLICAST_TOKENS_PLATFORM="manylinux_2_28_x86_64"))
    assert wheel.name.endswith("-py3-none-manylinux_2_28_x86_64.whl")
    with zipfile.ZipFile(wheel) as archive:
        assert LIBRARY in archive.namelist()
        assert (archive.getinfo(EMULATOR).external_attr >> 16) & 0o777 == 0o755


def test_a_wheel_of_neither_is_for_every_platform(tmp_path: Path) -> None:
    wheel = wheel_in(tmp_path, build(tmp_path))
    assert wheel.name.endswith("-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
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
