"""The promise of the C interface: what programs were built against stays as it is, and more may come.

`check` compares the headers and the library with a record of them: what is gone or different is a failure, what is new
is named. `record` adds what is new to the record, and takes nothing away. The types are read by a C parser from what
the compiler's preprocessor leaves, and numbers, sizes and places in structs are the compiler's own. (The debug
information of a Rust library, which libabigail reads, does not show the types of C.)
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pycparser import c_ast, c_generator, c_parser  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[2]
INTRODUCTION = """\
# What programs were built against: `make test-abi` fails when a line here no longer holds, and `make abi` adds lines.
# None is ever removed or changed while the SONAME below stays. When the interface has to break, SONAME in build.rs gets
# the next number first; this file is then begun anew by `make abi`, and CHANGELOG.md says what broke.
"""
# What the parser does not know, and what says nothing about the interface.
NOT_ISO = (
    "__attribute__(x)=",
    "__asm__(x)=",
    "__extension__=",
    "__restrict=",
    "__inline=inline",
    "__builtin_va_list=void *",
)
# What the headers stand on: as large as they were.
FOUNDATION = ("bool", "char", "int", "int32_t", "int64_t", "size_t", "uint32_t", "uint64_t", "void *")
# What the parser leaves out, and changes how a function is called or a struct is laid out.
UNREAD = re.compile(r"__attribute__|__declspec|__asm|_Pragma|#\s*pragma")
# It differs from release to release.
RELEASE = re.compile(r"MCT_VERSION_\w+")


@dataclass(frozen=True)
class Scope:
    """A header as a program includes it. What is the header's own is not part of the promise."""

    name: str
    header: str
    names: str
    options: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.header + "".join(f" with {option}" for option in self.options)

    def has(self, name: str) -> bool:
        """Does the promise cover a name?"""
        return re.fullmatch(self.names, name) is not None


SIGNING = Scope("signing", "millicast_tokens.h", r"(mct|MCT)_(?!NO_CLIENT$)\w+", ("MCT_NO_CLIENT",))
WHOLE = Scope("client", "millicast_tokens.h", r"(mct|MCT)_(?!NO_CLIENT$)\w+")
EMULATOR = Scope("emulator", "millicast_emulator.h", r"(millicast_emulator|MILLICAST_EMULATOR)(?!_H$|_own_|_OWN_)\w*")
SCOPES = (SIGNING, WHOLE, EMULATOR)


@dataclass
class Interface:
    """What there is: for each scope, what a thing is ("function mct_x") and how."""

    soname: str
    entries: dict[str, dict[str, str]] = field(default_factory=lambda: {scope.name: {} for scope in SCOPES})

    def text(self) -> str:
        """The record. What is there without the client is not repeated."""
        own = dict(self.entries, client=_without(self.entries["client"], self.entries["signing"]))
        blocks = [f"{INTRODUCTION}\nsoname: {self.soname}\n"]
        for scope in SCOPES:
            lines = [f"{what}: {how}\n" for what, how in sorted(own[scope.name].items())]
            blocks.append(f"\n[{scope.name}] {scope}\n" + "".join(lines))
        return "".join(blocks)

    @staticmethod
    def of(text: str) -> Interface:
        """A record that was read."""
        read, scope = Interface(""), ""
        for line in text.splitlines():
            if line.startswith("["):
                scope = line[1 : line.index("]")]
            elif line and not line.startswith("#"):
                what, how = line.split(": ", 1)
                if scope:
                    read.entries[scope][what] = how
                else:
                    read.soname = how
        read.entries["client"] = {**read.entries["signing"], **read.entries["client"]}
        return read


def _without(entries: dict[str, str], others: dict[str, str]) -> dict[str, str]:
    return {what: how for what, how in entries.items() if others.get(what) != how}


@dataclass(frozen=True)
class Fact:
    """What one thing of a header is: a text, whose %d are what the compiler says of these expressions."""

    what: str
    how: str
    numbers: tuple[str, ...] = ()


class Compiler:
    """What the C compiler says about a header."""

    def __init__(self, include: Path, scope: Scope) -> None:
        self.scope = scope
        options = [
            "-std=c99",
            "-D_POSIX_C_SOURCE=200809L",
            f"-I{include}",
            *(f"-D{option}" for option in scope.options),
        ]
        self.command = [*shlex.split(os.environ.get("CC", "cc")), *options]
        self.include = f'#include "{scope.header}"\n'

    def _run(self, *options: str, source: str) -> str:
        command = [*self.command, *options, "-x", "c", "-"]
        done = subprocess.run(command, input=source, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{self.scope.header} does not compile:\n{done.stderr}")
        return done.stdout

    def preprocessed(self) -> tuple[list[str], str]:
        """The macros, and what is left without them."""
        lines = self._run("-E", "-dD", *(f"-D{macro}" for macro in NOT_ISO), source=self.include).splitlines()
        directives = re.compile("#(define|undef) ")
        code = ["" if directives.match(line) else line for line in lines]
        return [line for line in lines if line.startswith("#define ")], "\n".join(code)

    def numbers(self, expressions: list[str]) -> list[int]:
        """The values of constant expressions."""
        prints = "".join(f'printf("%lld\\n", (long long)({expression}));' for expression in expressions)
        headers = "#include <stdio.h>\n#include <stddef.h>\n"
        source = f"{self.include}{headers}int main(void) {{ {prints} return 0; }}\n"
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder, "numbers")
            self._run("-w", "-o", str(program), source=source)
            output = subprocess.run([program], capture_output=True, text=True, check=True).stdout
        return list(map(int, output.split()))


def _walk(node: c_ast.Node) -> Iterator[c_ast.Node]:
    yield node
    for _, child in node.children():
        yield from _walk(child)


def _spelled(node: c_ast.Node) -> str:
    """A type, without the names of what has it."""
    for part in _walk(node):
        if isinstance(part, c_ast.TypeDecl):
            part.declname = None
    spelled: str = c_generator.CGenerator()._generate_type(node)
    return " ".join(spelled.replace("_Bool", "bool").split())


def _struct(name: str, struct: c_ast.Struct) -> Iterator[Fact]:
    alignment = f"offsetof(struct {{ char before; {name} it; }}, it)"
    yield Fact(f"struct {name}", "%d bytes, aligned to %d", (f"sizeof({name})", alignment))
    for member in struct.decls:
        yield Fact(
            f"struct {name}.{member.name}", f"{_spelled(member.type)} at %d", (f"offsetof({name}, {member.name})",)
        )


def _enum(name: str, enum: c_ast.Enum) -> Iterator[Fact]:
    yield Fact(f"type {name}", "enum of %d bytes", (f"sizeof({name})",))
    for member in enum.values.enumerators:
        yield Fact(f"constant {member.name}", "%d", (member.name,))


def _declared(node: c_ast.Node) -> Iterator[Fact]:
    """What one declaration promises."""
    name, kind = node.name, getattr(node.type, "type", None)
    if isinstance(node.type, c_ast.FuncDecl):
        yield Fact(f"function {name}", " ".join([*node.storage, *node.funcspec, _spelled(node.type)]))
    elif not isinstance(node, c_ast.Typedef):
        yield Fact(f"variable {name}", _spelled(node.type))
    elif isinstance(kind, c_ast.Struct) and kind.decls:
        yield from _struct(name, kind)
    elif isinstance(kind, c_ast.Struct):
        yield Fact(f"handle {name}", f"opaque struct {kind.name}")
    elif isinstance(kind, c_ast.Enum) and kind.values:
        yield from _enum(name, kind)
    else:
        yield Fact(f"type {name}", _spelled(node.type))


def _declarations(scope: Scope, code: str) -> Iterator[Fact]:
    for node in c_parser.CParser().parse(code).ext:
        if Path(node.coord.file).name == scope.header:
            declaration = node.decl if isinstance(node, c_ast.FuncDef) else node
            if scope.has(declaration.name or ""):
                yield from _declared(declaration)
            elif declaration.name is None:
                sys.exit(f"{node.coord}: a struct, union or enum that is no typedef is not compared; make it one")


def _constants(scope: Scope, macros: list[str]) -> Iterator[Fact]:
    for macro in macros:
        match = re.fullmatch(r"#define (\w+(?:\([^)]*\))?) (.+)", macro)
        if match and scope.has(match[1].split("(")[0]):
            yield Fact(
                f"constant {match[1]}", "of the release" if RELEASE.fullmatch(match[1]) else match[2].replace("%", "%%")
            )


def of_header(include: Path, scope: Scope) -> dict[str, str]:
    """What a header promises."""
    unread = UNREAD.search((include / scope.header).read_text(encoding="utf-8"))
    if unread:
        sys.exit(f"{scope.header}: {unread[0]} is not compared; do without it")
    compiler = Compiler(include, scope)
    macros, code = compiler.preprocessed()
    facts = [*_declarations(scope, code), *_constants(scope, macros)]
    if scope is not EMULATOR:
        facts += [Fact(f"size of {name}", "%d bytes", (f"sizeof({name})",)) for name in FOUNDATION]
    asked = [expression for fact in facts for expression in fact.numbers]
    answers = iter(compiler.numbers(asked) if asked else [])
    return {fact.what: fact.how % tuple(itertools.islice(answers, len(fact.numbers))) for fact in facts}


def _readelf(option: str, library: Path) -> str:
    return subprocess.run(["readelf", option, "--wide", library], capture_output=True, text=True, check=True).stdout


def exported(library: Path) -> set[str]:
    """The names that a shared library has for others, whatever they are."""
    rows = (line.split() for line in _readelf("--dyn-syms", library).splitlines())
    others = (row for row in rows if len(row) == 8 and row[0][:-1].isdigit())
    # What is absolute is the name of their version.
    return {row[7].split("@")[0] for row in others if row[4] != "LOCAL" and row[6] not in {"UND", "ABS"}}


def versions(library: Path) -> set[str]:
    """The versions that programs ask for the functions by; none where they have no version."""
    return set(re.findall(r" mct_\w+(@\S+)", _readelf("--dyn-syms", library)))


def soname(library: Path) -> str:
    """The name that programs ask for."""
    found = re.search(r"\(SONAME\).*\[(.*)\]", _readelf("--dynamic", library))
    return found[1] if found else "none"


def mismatches(library: Path, entries: dict[str, str]) -> list[str]:
    """Where a library and its header differ."""
    declared = {what.split()[1] for what in entries if what.startswith("function ")}
    names, file = exported(library), library.name
    others = sorted(versions(library) - {f"@@{soname(library)}"})
    missing = [f"version: {file} has functions {name}, and not @@{soname(library)}" for name in others]
    missing += [f"missing: the header has {name}, and {file} does not export it" for name in sorted(declared - names)]
    return missing + [f"exported: {file} has {name}, and the header does not" for name in sorted(names - declared)]


def compared(recorded: Interface, now: Interface) -> tuple[list[str], list[str]]:
    """What broke, and what is new."""
    broken, new = [], []
    for scope in SCOPES:
        then, current = recorded.entries[scope.name], now.entries[scope.name]
        where = f"({scope})"
        for what in sorted(then.keys() | current.keys()):
            if what not in current:
                broken.append(f"removed: {what} {where}")
            elif what not in then:
                new.append(f"not yet recorded: {what} {where}; `make abi` records it")
            elif then[what] != current[what]:
                broken.append(f"changed: {what} was\n    {then[what]}\n  and is\n    {current[what]} {where}")
    return broken, new


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["check", "record"])
    parser.add_argument("--file", type=Path, default=ROOT / "tests/abi/millicast_tokens.abi", help="the record")
    parser.add_argument("--include", type=Path, default=ROOT / "include", help="the folder of the headers")
    parser.add_argument("--library", type=Path, required=True, help="the shared library")
    parser.add_argument("--signing-library", type=Path, help="the one for signing only")
    return parser.parse_args()


def main() -> None:
    """Checks or records, and ends with 1 where the promise is broken."""
    given = _arguments()
    now = Interface(soname(given.library), {scope.name: of_header(given.include, scope) for scope in SCOPES})
    broken = mismatches(given.library, now.entries["client"])
    if given.signing_library:
        broken += mismatches(given.signing_library, now.entries["signing"])
    if given.what == "check" and not given.file.exists():
        sys.exit(f"there is no record {given.file}")
    recorded = Interface.of(given.file.read_text(encoding="utf-8")) if given.file.exists() else Interface(now.soname)
    if given.what == "record" and recorded.soname != now.soname:
        recorded = Interface(now.soname)
    if recorded.soname != now.soname:
        sys.exit(f"changed: the SONAME was {recorded.soname} and is {now.soname}; `make abi` begins the record anew")
    differing, new = compared(recorded, now)
    broken += differing
    print("".join(f"{line}\n" for line in broken + new), end="")
    if broken:
        sys.exit(f"the C interface is broken in {len(broken)} places; see {given.file.name}")
    if given.what == "record":
        given.file.write_text(now.text(), encoding="utf-8")
    total = sum(map(len, now.entries.values()))
    print(f"ok   {now.soname} keeps the {total - len(new)} things that were recorded; {len(new)} are new")


if __name__ == "__main__":
    main()
