"""Runs the programs of README.md as a newcomer would: in an empty folder, by the documented lines."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECRET = "readme-secret"
READY = "listening on "


def blocks(language: str) -> list[str]:
    """The code blocks of one language."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def the_block(language: str, holding: str) -> str:
    """The one block of a language that holds a text; its absence is a failure."""
    found = [block for block in blocks(language) if holding in block]
    if len(found) != 1:
        sys.exit(f"README.md has {len(found)} {language} blocks with {holding!r}, one is expected")
    return found[0]


def run(what: str, command: list[str], folder: Path, env: dict[str, str], expected: str) -> None:
    """Runs a program and looks for what it should print."""
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != 0 or expected not in done.stdout:
        sys.exit(f"{what} failed ({done.returncode})\n{done.stdout}\n{done.stderr}")
    print(f"ok: {what}")


def quick_starts(folder: Path, url: str) -> None:
    """The quick starts, against a running emulator."""
    env = {**os.environ, "MILLICAST_API_SECRET": SECRET, "MILLICAST_API_URL": url, "MILLICAST_TOKENS": str(ROOT)}
    in_c, in_cpp = the_block("sh", "cc -std=c99"), the_block("sh", "c++ -std=c++17")
    (folder / "quickstart.c").write_text(the_block("c", "mct_signer_sign("), encoding="utf-8")
    run("the C quick start builds", ["sh", "-ec", in_c], folder, env, "")
    run("the C quick start runs", ["./quickstart"], folder, env, "signed a token that ends at")
    (folder / "quickstart.c").write_text(the_block("c", "mct_call_fd"), encoding="utf-8")
    run("the C program that does not block builds", ["sh", "-ec", in_c], folder, env, "")
    run("the C program that does not block runs", ["./quickstart"], folder, env, " tokens on the first page")
    (folder / "quickstart.c").write_text(the_block("c", "mct_signer_sign_packed"), encoding="utf-8")
    run("the C program for many viewers builds", ["sh", "-ec", in_c], folder, env, "")
    run("the C program for many viewers runs", ["./quickstart"], folder, env, "viewer 2: eyJ")
    (folder / "quickstart.cpp").write_text(the_block("cpp", "publish_token_update"), encoding="utf-8")
    run("the C++ quick start builds", ["sh", "-ec", in_cpp], folder, env, "")
    run("the C++ quick start runs", ["./quickstart-cpp"], folder, env, "MCT_ERR_NOT_FOUND 400")
    (folder / "quickstart.cpp").write_text(the_block("cpp", "sign_packed"), encoding="utf-8")
    run("the C++ program for many viewers builds", ["sh", "-ec", in_cpp], folder, env, "")
    run("the C++ program for many viewers runs", ["./quickstart-cpp"], folder, env, "2 tokens in ")
    (folder / "quickstart.cpp").write_text(the_block("cpp", "start_clusters"), encoding="utf-8")
    run("the C++ program that does not block builds", ["sh", "-ec", in_cpp], folder, env, "")
    run("the C++ program that does not block runs", ["./quickstart-cpp"], folder, env, " clusters, ")
    python = {**env, "PYTHONPATH": str(ROOT / "bindings/python")}
    python.pop("MILLICAST_TOKENS_LIBRARY", None)
    command = [os.environ.get("PYTHON", sys.executable), "quickstart.py"]
    (folder / "quickstart.py").write_text(the_block("python", "mt.Client("), encoding="utf-8")
    run("the Python quick start runs", command, folder, python, "NOT_FOUND 400")
    (folder / "quickstart.py").write_text(the_block("python", "mt.AsyncClient("), encoding="utf-8")
    run("the program for asyncio runs", command, folder, python, " StageCam")
    tests_of_ones_own(folder, python)


def tests_of_ones_own(folder: Path, env: dict[str, str]) -> None:
    """What tests one's own program, which starts an emulator by itself."""
    env = {
        **env,
        "MILLICAST_EMULATOR": os.environ.get("MILLICAST_EMULATOR", f"{ROOT}/target/release/millicast-emulator"),
    }
    (folder / "quickstart.c").write_text(the_block("c", "millicast_emulator_start"), encoding="utf-8")
    run(
        "the C program with an emulator of its own builds",
        ["sh", "-ec", the_block("sh", "cc -std=c99")],
        folder,
        env,
        "",
    )
    run(
        "the C program with an emulator of its own runs",
        ["./quickstart"],
        folder,
        env,
        "the director says: token-unknown",
    )
    (folder / "test_mine.py").write_text(the_block("python", "millicast_emulator"), encoding="utf-8")
    line = the_block("sh", "-m pytest").replace("python3", os.environ.get("PYTHON", sys.executable))
    run("the test with an emulator of its own runs", ["sh", "-ec", line], folder, env, "1 passed")


def main() -> None:
    """Starts an emulator by the documented line and runs the programs."""
    line = the_block("sh", "millicast-emulator --listen").replace("my-secret", SECRET)
    emulator = subprocess.Popen(["sh", "-ec", f"exec env {line}"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert emulator.stdout is not None
        ready = emulator.stdout.readline().strip()
        if not ready.startswith(READY):
            sys.exit(f"the emulator said {ready!r}")
        with tempfile.TemporaryDirectory() as folder:
            quick_starts(Path(folder), ready.removeprefix(READY))
    finally:
        emulator.terminate()
        emulator.wait(timeout=10)
    print("17 passed, 0 failed")


if __name__ == "__main__":
    main()
