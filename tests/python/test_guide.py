"""The example makes every call of the guide, shows no secret and leaves nothing behind."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import millicast_tokens as mct
import pytest
from millicast_tokens.testing import Emulator

from paths import ROOT
from servers import Answer, Asked, recording, success, unused_port

GUIDE = ROOT / "examples" / "python" / "guide.py"
PACKAGES = str(Path(mct.__file__).parent.parent)


def c_guide(folder: Path) -> Path:
    """The example in C, built into a folder against the library under test."""
    if shutil.which("make") is None or shutil.which("cc") is None:
        pytest.skip("make or a C compiler is not installed")
    library = Path(mct.library_path()).resolve().parent
    where = [f"INCLUDE={ROOT / 'include'}", f"LIB={library}", f"OUT={folder}"]
    subprocess.run(["make", "-s", "-C", str(ROOT / "examples" / "c"), *where], check=True, timeout=120)
    return folder / "guide"


def run(
    arguments: list[str], folder: Path, program: Path = GUIDE, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Runs the guide in a folder."""
    return run_program(program, arguments, folder, **variables)


def run_program(
    program: Path, arguments: list[str], folder: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Runs an example in a folder, in an environment that has what a user would set and no more."""
    environment = {"PYTHONPATH": PACKAGES, "PATH": os.environ.get("PATH", ""), **variables}
    given = os.environ.get("MILLICAST_TOKENS_LIBRARY")
    if given:
        environment["MILLICAST_TOKENS_LIBRARY"] = str(Path(given).absolute())
    command = [str(program), *arguments]
    if program.suffix == ".py":
        command = [sys.executable, "-B", *command]
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


def everything(client: mct.Client) -> set[int]:
    publish, subscribe = client.publish_tokens.list_page(), client.subscribe_tokens.list_page()
    return {token.id for token in publish} | {token.id for token in subscribe}


def test_the_guide_runs_from_an_empty_folder_and_deletes_what_it_made(
    emulator: Emulator, client: mct.Client, tmp_path: Path
) -> None:
    before = everything(client)
    done = run([], tmp_path, MILLICAST_API_URL=emulator.url, MILLICAST_API_SECRET=emulator.secret)
    assert (done.returncode, done.stderr) == (0, "")
    for part in ("MainCam, BackupCam, StageCam", "PL, ZA", "Tracking_ID_1", "HS256", "is deleted", "first 1 address"):
        assert part in done.stdout
    assert emulator.secret not in done.stdout
    # A token string has 64 characters and a JWT hundreds: no word of the output comes near.
    assert max(map(len, done.stdout.split())) < 30
    assert everything(client) == before
    assert list(tmp_path.iterdir()) == []


def test_the_guide_takes_the_secret_from_a_file_and_the_address_as_an_option(
    emulator: Emulator, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{emulator.secret}\n")
    done = run(["--base-url", emulator.url, "--api-secret-file", str(secret)], tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("language", ["python", "c"])
def test_the_guide_makes_the_calls_of_the_guide_in_its_order(language: str, tmp_path: Path) -> None:
    program = c_guide(tmp_path) if language == "c" else GUIDE

    def answer(asked: Asked) -> Answer:
        if "/list" in asked.path:
            return success([])
        if "/analytics/" in asked.path:
            return success({"Tracking_ID_1": []})
        streams = asked.json["streams"] if asked.body else [{"streamName": "StageCam"}]
        tracking = {"trackingId": "Tracking_ID_1"}
        return success({"id": len(recorder.asked), "token": "t" * 64, "streams": streams, "tracking": tracking})

    with recording(answer) as recorder:
        done = run([], tmp_path, program, MILLICAST_API_URL=recorder.url, MILLICAST_API_SECRET="secret")
    assert (done.returncode, done.stderr) == (0, "")
    # The ids are left out, and with them which of its tokens a program reads and deletes.
    calls = [(asked.method, re.sub(r"/[0-9]+$", "/ID", asked.path.partition("?")[0])) for asked in recorder.asked]
    publish, subscribe = "/api/publish_token", "/api/subscribe_token"
    assert ("GET", f"{publish}/ID") in calls
    steps = [call for call in calls if call[0] != "GET" or not call[1].endswith("/ID")]
    steps = [call for call, before in zip(steps, [None, *steps]) if call != before or call[0] != "DELETE"]
    assert steps[:10] == [
        ("POST", publish),
        ("POST", publish),
        ("GET", f"{publish}/list"),
        ("DELETE", f"{publish}/ID"),
        *([("POST", subscribe)] * 3),
        ("GET", "/api/analytics/tracking/total"),
        ("GET", f"{subscribe}/list"),
        ("DELETE", f"{subscribe}/ID"),
    ]
    assert {method for method, _ in steps[10:]} <= {"DELETE"}
    bodies = [asked.json for asked in recorder.asked if asked.method == "POST"]
    plain = [{"streamName": name, "isRegex": False} for name in ("MainCam", "BackupCam", "StageCam", "StageCamera")]
    pattern = {"streamName": ".*", "isRegex": True}
    assert bodies == [
        {"streams": plain[:3], "label": "DevTestToken", "expires": 2592000},
        {"streams": [pattern], "allowedCountries": ["PL", "ZA"], "label": "DevTestToken", "expires": 2628000},
        {"streams": plain[3:], "label": "DevTestToken", "expires": 2628000},
        {"streams": [pattern], "label": "DevTestToken", "bindIpsOnUsage": 1, "expires": 2628000},
        {"streams": plain[2:3], "tracking": {"trackingId": "Tracking_ID_1"}, "label": "DevTestToken"},
    ]
    lists = [asked.path.partition("?")[2] for asked in recorder.asked if "/list" in asked.path]
    assert [set(query.split("&")) for query in lists] == [
        {"sortBy=AddedOn", "page=1", "itemsOnPage=30", "isDescending=true"}
    ] * 2


@pytest.mark.parametrize(
    ("arguments", "variables", "words"),
    [
        ([], {}, "MILLICAST_API_SECRET"),
        (["--api-secret-file", "/nowhere/secret"], {}, "/nowhere/secret"),
        ([], {"MILLICAST_API_SECRET": "s", "MILLICAST_API_URL": f"http://127.0.0.1:{unused_port()}"}, "reached"),
        ([], {"MILLICAST_API_SECRET": "two words"}, "api_secret"),
    ],
    ids=["no secret", "no file", "no server", "no such secret"],
)
def test_an_error_is_one_clear_line_and_exit_code_1(
    arguments: list[str], variables: dict[str, str], words: str, tmp_path: Path
) -> None:
    done = run(arguments, tmp_path, **variables)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert words in done.stderr


def test_a_wrong_secret_is_one_line_that_does_not_show_it(emulator: Emulator, tmp_path: Path) -> None:
    done = run([], tmp_path, MILLICAST_API_URL=emulator.url, MILLICAST_API_SECRET="wrong-secret-of-mine")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "wrong-secret-of-mine" not in done.stdout + done.stderr


def test_the_secret_is_no_argument_of_the_guide(tmp_path: Path) -> None:
    done = run(["--help"], tmp_path)
    assert "--api-secret-file" in done.stdout
    assert run(["--api-secret", "literal"], tmp_path).returncode != 0
    assert run(["the-secret"], tmp_path).returncode == 2
