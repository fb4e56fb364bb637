"""The example that signs for a list of viewers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import millicast_tokens as mct

from paths import ROOT
from test_guide import PACKAGES

EXAMPLE = ROOT / "examples" / "python" / "sign_many.py"
PARENT = {"MILLICAST_SUBSCRIBE_TOKEN_ID": "5", "MILLICAST_SUBSCRIBE_TOKEN": "the-key-of-it"}


def run(viewers: str, folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs the example in a folder."""
    library = str(Path(mct.library_path()).resolve()) if os.sep in mct.library_path() else mct.library_path()
    environment = {"PYTHONPATH": PACKAGES, "PYTHONUTF8": "1", "MILLICAST_TOKENS_LIBRARY": library, **variables}
    command = [sys.executable, "-B", str(EXAMPLE), "--stream", "StageCam", *arguments]
    return subprocess.run(
        command,
        env=environment,
        cwd=folder,
        input=viewers,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


def test_a_token_for_each_line_comes_in_its_order(tmp_path: Path) -> None:
    signer = mct.Signer(5, "the-key-of-it")
    done = run("viewer-1\nZoë\n", tmp_path, "--lifetime", "600", **PARENT)
    assert (done.returncode, done.stderr) == (0, "")
    read = [signer.verify(token) for token in done.stdout.splitlines()]
    assert [jwt.custom_viewer_data for jwt in read] == ["viewer-1", "Zoë"]
    assert [(jwt.expires_at or 0) - (jwt.issued_at or 0) for jwt in read] == [600, 600]
    done = run("viewer-1\t192.0.2.1\nZoë\t2001:db8::1\n", tmp_path, **PARENT)
    read = [signer.verify(token) for token in done.stdout.splitlines()]
    assert [jwt.allowed_ip_addresses for jwt in read] == [("192.0.2.1",), ("2001:db8::1",)]
    assert run("", tmp_path, **PARENT).stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_what_is_wrong_is_one_line_that_names_the_viewers_and_no_token_is_written(tmp_path: Path) -> None:
    wrongs = [
        ("a\t192.0.2.1\nb\t192.0.2.256\n", PARENT, "error: line 2: allowedIpAddresses[1]"),
        ("a\t192.0.2.1\nb\n", PARENT, "error: line 2: allowedIpAddresses[1]"),
        ("x" * 1025, PARENT, "error: line 1: customViewerData[0]"),
        ("a", {}, "error: set MILLICAST_SUBSCRIBE_TOKEN_ID"),
    ]
    for viewers, variables, words in wrongs:
        done = run(viewers, tmp_path, **variables)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(words)
        assert done.stderr.count("\n") == 1
        assert "the-key-of-it" not in done.stderr
