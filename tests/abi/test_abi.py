"""The check of the C interface finds what breaks a program, names it, and lets everything else pass."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
TOKENS = """\
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#define MCT_VERSION_MAJOR 0
#define MCT_OK 0
#define MCT_ERR_TIMEOUT 9
typedef int32_t mct_status;
typedef struct mct_signer mct_signer;
uint64_t mct_signer_id(const mct_signer *signer);
mct_status mct_signer_new(uint64_t id, const char *text, mct_signer **out);
void mct_signer_free(mct_signer *signer);
#ifndef MCT_NO_CLIENT
typedef struct mct_client mct_client;
mct_status mct_client_log(mct_client *client, void (*log)(void *user, const char *line), void *user);
bool mct_client_is_busy(const mct_client *client, const char *const *names, size_t count);
#endif
"""
EMULATOR = """\
typedef struct millicast_emulator {
    char url[128];
    int process;
} millicast_emulator;
static inline int millicast_emulator_own_wait(void) { return 0; }
static inline int millicast_emulator_stop(millicast_emulator *emulator) { return emulator != 0 ? 0 : -1; }
"""
SONAME = "libmillicast_tokens.so.0"


@dataclass(frozen=True)
class Tree:
    """Two headers, a library that has their functions, and a record."""

    folder: Path

    def write(self, tokens: str = TOKENS, emulator: str = EMULATOR) -> None:
        (self.folder / "millicast_tokens.h").write_text(tokens, encoding="utf-8")
        (self.folder / "millicast_emulator.h").write_text(emulator, encoding="utf-8")
        self.build(sorted(set(re.findall(r"mct_\w+(?=\()", tokens))))

    def build(self, names: list[str], soname: str = SONAME, *options: str) -> None:
        source = "".join(f"void {name}(void) {{}}\n" for name in names)
        command = [
            "cc",
            "-shared",
            "-fPIC",
            f"-Wl,-soname,{soname}",
            *options,
            "-o",
            self.folder / "library.so",
            "-x",
            "c",
            "-",
        ]
        subprocess.run(command, input=source, text=True, check=True)

    def run(self, what: str) -> tuple[int, str]:
        command = [sys.executable, HERE / "abi.py", what, "--file", self.folder / "record", "--include", self.folder]
        command += ["--library", self.folder / "library.so"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    @property
    def record(self) -> str:
        return (self.folder / "record").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what was recorded."""
    folder = tmp_path_factory.mktemp("recorded")
    tree = Tree(folder)
    tree.write()
    assert tree.run("record")[0] == 0
    return folder


@pytest.fixture
def tree(recorded: Path, tmp_path: Path) -> Tree:
    """The same in a folder of a test's own."""
    shutil.copytree(recorded, tmp_path, dirs_exist_ok=True)
    return Tree(tmp_path)


BREAKS = {
    "a function that is gone": ("void mct_signer_free(mct_signer *signer);\n", "", "removed: function mct_signer_free"),
    "a narrower parameter": ("new(uint64_t id", "new(uint32_t id", "changed: function mct_signer_new"),
    "a parameter more": ("uint64_t id,", "uint64_t id, int more,", "changed: function mct_signer_new"),
    "a pointer that lost its const": ("id(const mct_signer", "id(mct_signer", "changed: function mct_signer_id"),
    "a pointer deep inside that lost its const": (
        "char *const *names",
        "char **names",
        "changed: function mct_client_is_busy",
    ),
    "another result": ("uint64_t mct_signer_id", "int64_t mct_signer_id", "changed: function mct_signer_id"),
    "another callback": (
        "void *user, const char *line",
        "const char *line, void *user",
        "changed: function mct_client_log",
    ),
    "another result of a callback": ("void (*log)", "int (*log)", "changed: function mct_client_log"),
    "another number": ("TIMEOUT 9", "TIMEOUT 10", "changed: constant MCT_ERR_TIMEOUT"),
    "another type of a number": ("TIMEOUT 9", "TIMEOUT 9u", "changed: constant MCT_ERR_TIMEOUT"),
    "a number that is gone": ("#define MCT_OK 0\n", "", "removed: constant MCT_OK"),
    "another type behind a name": ("int32_t mct_status", "int64_t mct_status", "changed: type mct_status"),
    "a handle that is gone": (
        "typedef struct mct_client mct_client",
        "typedef int mct_client",
        "removed: handle mct_client",
    ),
    "a function that now needs a client": (
        "void mct_signer_free(mct_signer *signer);\n#ifndef MCT_NO_CLIENT\n",
        "#ifndef MCT_NO_CLIENT\nvoid mct_signer_free(mct_signer *signer);\n",
        "removed: function mct_signer_free (millicast_tokens.h with MCT_NO_CLIENT)",
    ),
}


@pytest.mark.parametrize("case", BREAKS)
def test_what_breaks_a_program_is_found_and_named(tree: Tree, case: str) -> None:
    old, new, named = BREAKS[case]
    assert TOKENS.count(old) == 1
    tree.write(TOKENS.replace(old, new))
    status, output = tree.run("check")
    assert status == 1
    assert named in output


def test_a_struct_that_grows_is_found(tree: Tree) -> None:
    tree.write(emulator=EMULATOR.replace("url[128]", "url[256]"))
    status, output = tree.run("check")
    assert status == 1
    assert "changed: struct millicast_emulator was\n    132 bytes, aligned to 4\n  and is\n    260 bytes" in output
    assert "changed: struct millicast_emulator.process was\n    int at 128" in output


def test_what_the_library_does_not_export_is_named(tree: Tree) -> None:
    tree.build(["mct_signer_id", "mct_signer_new", "mct_client_log", "mct_client_is_busy"])
    assert tree.run("check") == (
        1,
        "missing: the header has mct_signer_free, and library.so does not export it\n" + broken(1),
    )


def test_what_the_library_exports_besides_is_named(tree: Tree) -> None:
    tree.build([*re.findall(r"mct_\w+(?=\()", TOKENS), "rust_eh_personality"])
    assert tree.run("check") == (
        1,
        "exported: library.so has rust_eh_personality, and the header does not\n" + broken(1),
    )


def test_a_function_of_another_version_is_named(tree: Tree) -> None:
    names = sorted(set(re.findall(r"mct_\w+(?=\()", TOKENS)))
    tree.build(names, SONAME, "-Wl,--default-symver")
    assert tree.run("check")[0] == 0
    script = tree.folder / "versions"
    script.write_text("LATER { mct_*; };\n", encoding="utf-8")
    tree.build(names, SONAME, f"-Wl,--version-script={script}")
    assert tree.run("check") == (
        1,
        f"version: library.so has functions @@LATER, and not @@{SONAME}\n" + broken(1),
    )


@pytest.mark.parametrize("word", ["__attribute__((ms_abi)) ", '__asm__("other") ', '_Pragma("pack(1)") '])
def test_what_the_parser_leaves_out_is_refused(tree: Tree, word: str) -> None:
    tree.write(
        TOKENS + f"{word}void mct_new(void);\n" if "asm" not in word else TOKENS + f"void mct_new(void) {word};\n"
    )
    status, output = tree.run("check")
    assert status == 1
    assert "is not compared; do without it" in output


def test_without_a_record_nothing_passes(tree: Tree) -> None:
    (tree.folder / "record").unlink()
    assert tree.run("check") == (1, f"there is no record {tree.folder / 'record'}\n")


def broken(places: int) -> str:
    return f"the C interface is broken in {places} places; see record\n"


ADDED = TOKENS.replace("#define MCT_OK 0", "#define MCT_OK 0\n#define MCT_ERR_NEW 20") + "void mct_new(void);\n"


def test_what_is_new_passes_and_is_named_until_it_is_recorded(tree: Tree) -> None:
    tree.write(ADDED)
    status, output = tree.run("check")
    assert status == 0
    for name in ("function mct_new", "constant MCT_ERR_NEW"):
        assert f"not yet recorded: {name} (millicast_tokens.h); `make abi` records it" in output
    tree.run("record")
    status, output = tree.run("check")
    assert (status, output.count("\n")) == (0, 1)
    assert "function mct_new: void (void)\n" in tree.record


def test_a_release_a_name_of_a_parameter_and_what_is_the_headers_own_may_change(tree: Tree) -> None:
    named = TOKENS.replace("MAJOR 0", "MAJOR 1").replace("uint64_t id", "uint64_t parent_id")
    tree.write(
        named, EMULATOR.replace("int millicast_emulator_own_wait(void)", "long millicast_emulator_own_other(int a)")
    )
    status, output = tree.run("check")
    assert (status, output.count("\n")) == (0, 1)


def test_recording_takes_nothing_away(tree: Tree) -> None:
    before = tree.record
    tree.write(ADDED.replace("uint64_t mct_signer_id", "int64_t mct_signer_id"))
    assert tree.run("record")[0] == 1
    assert tree.record == before


def test_the_record_is_begun_anew_with_the_soname_alone(tree: Tree) -> None:
    tree.write(TOKENS.replace("TIMEOUT 9", "TIMEOUT 10"))
    tree.build(sorted(set(re.findall(r"mct_\w+(?=\()", TOKENS))), "libmillicast_tokens.so.1")
    status, output = tree.run("check")
    assert status == 1
    assert f"the SONAME was {SONAME} and is libmillicast_tokens.so.1" in output
    assert tree.run("record")[0] == 0
    assert "soname: libmillicast_tokens.so.1\n" in tree.record
    assert "constant MCT_ERR_TIMEOUT: 10\n" in tree.record


def test_a_struct_that_is_not_compared_is_refused(tree: Tree) -> None:
    tree.write(TOKENS + "struct mct_point { int x; };\n")
    status, output = tree.run("check")
    assert status == 1
    assert "is not compared" in output
