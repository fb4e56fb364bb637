"""Checks what a wheel carries: that it runs with the glibc that its tag promises, and is linked as it has to be."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

LIBRARY = "millicast_tokens/libmillicast_tokens.so.0"
EMULATOR = "millicast_tokens/millicast-emulator"
#: What a system with glibc has. The unwinder is part of what the wheel carries.
ALLOWED = re.compile(r"(libc|libm|libdl|libpthread|librt)\.so\.\d|ld-linux.*\.so\.\d")


def main() -> None:
    """Exits with all that is wrong, or says what was found."""
    wheel, glibc = Path(sys.argv[1]), sys.argv[2]
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(wheel) as archive:
        files = [Path(archive.extract(name, folder)) for name in (LIBRARY, EMULATOR)]
        problems = [problem for file in files for problem in common(file, glibc)]
        problems += of_the_library(files[0])
        newest = max((version for file in files for version in versions(file)), key=numbers)
    problems += of_the_tag(wheel, glibc)
    if problems:
        sys.exit("\n".join(f"{wheel.name}: {problem}" for problem in problems))
    print(f"{wheel.name}: needs glibc {newest} or later, {wheel.stat().st_size} bytes", file=sys.stderr)


def common(file: Path, glibc: str) -> list[str]:
    """What is wrong with either of both."""
    newer = [version for version in versions(file) if numbers(version) > numbers(glibc)]
    problems = [f"{file.name} needs a glibc newer than {glibc}: {version}" for version in newer]
    for kind in sorted(set(re.findall(r"Name: ([A-Z]+)_", readelf("-V", file))) - {"GLIBC"}):
        problems.append(f"{file.name} needs symbols of {kind}")
    if "GLIBC_PRIVATE" in readelf("-V", file):
        problems.append(f"{file.name} needs private symbols of glibc")
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", readelf("-d", file))
    problems += [f"{file.name} needs {name}" for name in needed if not ALLOWED.fullmatch(name)]
    if ".symtab" in readelf("-S", file):
        problems.append(f"{file.name} is not stripped")
    return problems


def of_the_library(file: Path) -> list[str]:
    """What is wrong with the library alone."""
    exported = re.findall(r" (?:GLOBAL|WEAK) +\S+ +(?!UND)\S+ (\S+)", readelf("--dyn-syms", file))
    problems = [f"{file.name} exports {name}" for name in exported if not name.startswith("mct_")]
    problems += [] if exported else [f"{file.name} exports nothing"]
    dynamic = readelf("-d", file)
    for what, pattern in (
        ("the SONAME", rf"\(SONAME\).*\[{re.escape(file.name)}\]"),
        ("-z nodelete", r"\(FLAGS_1\).*\bNODELETE\b"),
        ("-Bsymbolic", r"\(FLAGS\).*\bSYMBOLIC\b|\(SYMBOLIC\)"),
        ("-z now", r"\(FLAGS_1\).*\bNOW\b"),
    ):
        if not re.search(pattern, dynamic):
            problems.append(f"{file.name} was linked without {what}")
    return problems


def of_the_tag(wheel: Path, glibc: str) -> list[str]:
    """What the wheel's tag says and auditwheel does not."""
    auditwheel = [sys.executable, "-m", "auditwheel", "show", "--json", str(wheel)]
    done = subprocess.run(auditwheel, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return [f"auditwheel refuses it: {done.stdout}{done.stderr}"]
    found, tags = json.loads(done.stdout), wheel.stem.rsplit("-", 1)[1].split(".")
    problems = [] if found["overall_tag"] in tags else [f"auditwheel says {found['overall_tag']}"]
    problems += ["auditwheel says that it needs a newer processor"] if found["unsupported_isa"] else []
    promised = f"manylinux_{glibc.replace('.', '_')}_"
    return problems + ([] if any(tag.startswith(promised) for tag in tags) else [f"its tag is not for glibc {glibc}"])


def versions(file: Path) -> set[str]:
    """The versions of glibc that a file has symbols of."""
    return set(re.findall(r"\bGLIBC_([0-9.]+)", readelf("-V", file)))


def numbers(version: str) -> tuple[int, ...]:
    """A version, so that 2.9 is less than 2.17."""
    return tuple(map(int, version.split(".")))


def readelf(option: str, file: Path) -> str:
    """What readelf says of a file."""
    return subprocess.run(["readelf", "-W", option, str(file)], capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
