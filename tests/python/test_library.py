"""Where the package finds the native library, what it says when there is none, and how a program ends."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import millicast_tokens as mct
import pytest

PACKAGE = Path(mct.__file__).parent
VARIABLE = "MILLICAST_TOKENS_LIBRARY"
SAY_WHERE = "import millicast_tokens; print(millicast_tokens.library_path())"


@pytest.fixture
def library() -> Path:
    """The library of this process, as a file."""
    for line in Path("/proc/self/maps").read_text().splitlines():
        path = line.partition("/")[2]
        if "millicast_tokens" in path and ".so" in path:
            return Path(f"/{path}")
    raise AssertionError("the library is loaded from no file")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the package in an empty folder, far from any source tree; the folder that holds it."""
    place = tmp_path / "site"
    shutil.copytree(PACKAGE, place / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__", "*.so*"))
    return place


def run(code: str, place: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs Python with the package from a folder, in an empty environment and an empty folder."""
    empty = place / "empty"
    empty.mkdir(exist_ok=True)
    environment = {"PYTHONPATH": str(place), "PATH": os.environ.get("PATH", ""), **variables}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment, cwd=empty, capture_output=True, text=True, check=False, timeout=60)


def test_the_file_that_the_environment_names_is_taken(copied: Path, library: Path) -> None:
    other = copied / "a library.so"
    shutil.copy(library, other)
    done = run(SAY_WHERE, copied, **{VARIABLE: str(other)})
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, str(other), "")


def test_a_path_of_the_environment_without_a_slash_is_a_file_here_and_not_one_on_the_system(
    copied: Path, library: Path
) -> None:
    (copied / "empty").mkdir()
    shutil.copy(library, copied / "empty" / "here.so")
    assert run(SAY_WHERE, copied, **{VARIABLE: "here.so"}).stdout.strip() == "here.so"


@pytest.mark.parametrize("content", [None, b"this is no library", "another library"])
def test_a_wrong_file_in_the_environment_is_an_error_that_names_it(
    copied: Path, library: Path, content: bytes | str | None
) -> None:
    # The right one lies in the package's folder, and must not hide the mistake.
    shutil.copy(library, copied / PACKAGE.name / "libmillicast_tokens.so.0")
    wrong = copied / "wrong.so"
    if isinstance(content, bytes):
        wrong.write_bytes(content)
    elif content is not None:
        other = next(Path(sys.prefix).resolve().rglob("*.so"), None) or other_library()
        shutil.copy(other, wrong)
    done = run(SAY_WHERE, copied, **{VARIABLE: str(wrong)})
    assert done.returncode == 1
    assert VARIABLE in done.stderr
    assert str(wrong) in done.stderr
    assert "LibraryNotFoundError" in done.stderr


def other_library() -> Path:
    """Some library that this process has loaded and that is not ours."""
    for line in Path("/proc/self/maps").read_text().splitlines():
        path = Path("/" + line.partition("/")[2])
        if "libm" in path.name and ".so" in path.name and "millicast" not in path.name:
            return path
    pytest.skip("this process has no other library loaded")


@pytest.mark.parametrize("name", ["libmillicast_tokens.so.0", "libmillicast_tokens.so"])
def test_the_library_in_the_packages_own_folder_is_taken(copied: Path, library: Path, name: str) -> None:
    inside = copied / PACKAGE.name / name
    shutil.copy(library, inside)
    assert run(SAY_WHERE, copied).stdout.strip() == str(inside)


def test_a_package_in_a_source_tree_takes_what_was_built_there_and_release_before_debug(
    tmp_path: Path, library: Path
) -> None:
    place = tmp_path / "tree" / "bindings" / "python"
    shutil.copytree(PACKAGE, place / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__", "*.so*"))
    for profile in ("debug", "release"):
        built = tmp_path / "tree" / "target" / profile / "libmillicast_tokens.so"
        built.parent.mkdir(parents=True)
        shutil.copy(library, built)
        assert run(SAY_WHERE, place).stdout.strip() == str(built)


def test_a_build_folder_further_up_that_is_not_the_packages_own_is_left_alone(copied: Path, library: Path) -> None:
    strange = copied.parent / "target" / "release" / "libmillicast_tokens.so.0"
    strange.parent.mkdir(parents=True)
    shutil.copy(library, strange)
    done = run(SAY_WHERE, copied)
    assert str(strange) not in done.stdout + done.stderr


def test_the_systems_library_path_is_looked_at_last(copied: Path, library: Path) -> None:
    on_system = copied / "lib"
    on_system.mkdir()
    shutil.copy(library, on_system / "libmillicast_tokens.so.0")
    done = run(SAY_WHERE, copied, LD_LIBRARY_PATH=str(on_system))
    assert done.stdout.strip() == "libmillicast_tokens.so.0"


def test_without_a_library_the_import_fails_and_says_where_it_looked(copied: Path) -> None:
    probe = run("import ctypes; ctypes.CDLL('libmillicast_tokens.so.0')", copied)
    if probe.returncode == 0:
        pytest.skip("the library is installed on this system")
    code = "try:\n    import millicast_tokens\nexcept ImportError as missing:\n    print(missing)"
    said = run(code, copied).stdout
    for part in (str(copied / PACKAGE.name / "libmillicast_tokens.so.0"), "libmillicast_tokens.so.0:", VARIABLE):
        assert part in said


def stand_in(folder: Path, version: int) -> Path:
    """A library that has nothing but a version."""
    source, made = folder / "stand_in.c", folder / "stand_in.so"
    source.write_text(f"unsigned mct_version_number(void) {{ return {version}; }}\n")
    try:
        subprocess.run(["cc", "-shared", "-fPIC", "-o", str(made), str(source)], check=True)
    except FileNotFoundError:
        pytest.skip("there is no C compiler on this machine")
    return made


def test_a_library_that_is_too_old_is_refused_with_both_versions(copied: Path) -> None:
    old = stand_in(copied, mct.HEADER_VERSION_NUMBER - 1)
    done = run(SAY_WHERE, copied, **{VARIABLE: str(old)})
    assert done.returncode == 1
    assert f"its version is {mct.HEADER_VERSION_NUMBER - 1}" in done.stderr
    assert f"needs {mct.HEADER_VERSION_NUMBER} or newer" in done.stderr


def test_a_function_that_the_library_lacks_is_told_when_it_is_needed_and_not_before(copied: Path) -> None:
    newer = stand_in(copied, mct.HEADER_VERSION_NUMBER + 1)
    code = (
        "import millicast_tokens as m\n"
        "try:\n    m.Client('secret')\n"
        "except m.MissingFunctionError as missing:\n    print(missing)"
    )
    done = run(code, copied, **{VARIABLE: str(newer)})
    assert (done.returncode, done.stderr) == (0, "")
    assert "mct_client_config_new" in done.stdout


def test_the_interpreter_ends_quietly_with_everything_still_open(copied: Path, library: Path) -> None:
    code = (
        "import millicast_tokens as m\n"
        "client = m.Client('secret', log=print, log_level=m.LogLevel.TRACE)\n"
        "signer = m.Signer(5, 'key')\n"
        "claims = m.Claims('s', 60)\n"
        "signed = signer.sign(claims)\n"
        "token = m.SubscribeToken.from_json('{\"id\": 5}')\n"
        "circle = [client, signer, token]; circle.append(circle)\n"
        "try:\n    signer.verify('x')\nexcept m.MillicastError as error:\n    kept = error\n"
    )
    done = run(code, copied, **{VARIABLE: str(library)})
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_interpreter_ends_while_a_daemon_thread_is_in_a_call(copied: Path, library: Path) -> None:
    code = (
        "import socket, threading\n"
        "import millicast_tokens as m\n"
        # Python itself aborts where a daemon thread is printing a traceback as the interpreter ends.
        "threading.excepthook = lambda _: None\n"
        "listener = socket.create_server(('127.0.0.1', 0))\n"
        "client = m.Client('secret', base_url=f'http://127.0.0.1:{listener.getsockname()[1]}', log=lambda *_: None)\n"
        "threading.Thread(target=client.publish_tokens.list_page, daemon=True).start()\n"
        "listener.accept()[0].recv(1)\n"
    )
    done = run(code, copied, **{VARIABLE: str(library)})
    assert done.returncode == 0
    assert "Fatal" not in done.stderr
    assert "Segmentation" not in done.stderr


def test_warnings_as_errors_and_development_mode_find_nothing(copied: Path, library: Path) -> None:
    code = (
        "import millicast_tokens as m; m.Client('s').close(); print(m.Signer(1, 'k').sign(m.Claims('s', 1)).expires_at)"
    )
    environment = {VARIABLE: str(library), "PYTHONDEVMODE": "1", "PYTHONWARNINGS": "error"}
    done = run(code, copied, **environment)
    assert (done.returncode, done.stderr) == (0, "")
