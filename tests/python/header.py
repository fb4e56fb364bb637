"""Reads the C header: its functions, its handles and its constants."""

from __future__ import annotations

import re
from dataclasses import dataclass

from paths import ROOT

PATH = ROOT / "include" / "millicast_tokens.h"


@dataclass(frozen=True)
class Parameter:
    """A parameter; of a function pointer the type is the whole declaration."""

    name: str
    type: str

    @property
    def is_pointer(self) -> bool:
        """Can it be NULL?"""
        return "*" in self.type


@dataclass(frozen=True)
class Function:
    """A function as it is declared."""

    name: str
    result: str
    parameters: tuple[Parameter, ...]


def _bare() -> str:
    """The header without comments."""
    return without_comments(PATH.read_text(encoding="utf-8"))


def without_comments(code: str) -> str:
    """C code without its comments."""
    return re.sub(r"/\*.*?\*/", " ", code, flags=re.DOTALL)


def _plain(declaration: str) -> str:
    """One spelling for a type: single blanks, asterisks together."""
    spaced = " ".join(declaration.replace("*", " * ").split())
    return spaced.replace("* *", "**").replace("* *", "**")


def _at_top_level(arguments: str) -> list[str]:
    """Splits at the commas that are in no parentheses."""
    parts, depth = [""], 0
    for character in arguments:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]


def _parameter(declaration: str) -> Parameter:
    pointer = re.fullmatch(r"(.+)\(\*(\w+)\)\((.*)\)", declaration)
    if pointer:
        arguments = ", ".join(_parameter(argument).type for argument in _at_top_level(pointer[3]))
        return Parameter(pointer[2], f"{_plain(pointer[1])} (*)({arguments})")
    named = re.fullmatch(r"(.*?)(\w+)", declaration)
    assert named, declaration
    return Parameter(named[2], _plain(named[1]))


def functions(code: str | None = None) -> dict[str, Function]:
    """Every function that is declared, in the header or in other C code."""
    code = re.sub(r"^\s*#.*$", "", _bare() if code is None else without_comments(code), flags=re.MULTILINE)
    found = {}
    for statement in code.replace('extern "C" {', "").split(";"):
        declaration = " ".join(statement.split())
        match = re.fullmatch(r"((?!typedef).*?)\b(mct_\w+)\((.*)\)", declaration)
        if match:
            arguments = [] if match[3].strip() == "void" else _at_top_level(match[3])
            parameters = tuple(map(_parameter, arguments))
            found[match[2]] = Function(match[2], _plain(match[1]), parameters)
    return found


def handles() -> list[str]:
    """Every opaque type."""
    return re.findall(r"typedef struct (mct_\w+) \1;", _bare())


def enums() -> list[str]:
    """Every type that is a number with named constants."""
    return re.findall(r"typedef int32_t (mct_\w+);", _bare())


def constants() -> dict[str, int]:
    """Every #define that is a number."""
    return {name: int(value) for name, value in re.findall(r"^#define (MCT_\w+) (\d+)$", _bare(), flags=re.MULTILINE)}


def defines() -> set[str]:
    """Every name of ours that is defined."""
    return set(re.findall(r"^#define (MCT_\w+)", _bare(), flags=re.MULTILINE))
