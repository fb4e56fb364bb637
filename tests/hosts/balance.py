"""A library that stands before the real one, and writes down each handle and text that is handed out or freed."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from pathlib import Path

import header
from paths import ROOT

HEAD = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <millicast_tokens.h>

static void *real(const char *name)
{
    void *library = dlopen(getenv("BALANCE_OF"), RTLD_NOW | RTLD_LOCAL);
    void *found = library == NULL ? NULL : dlsym(library, name);
    if (found == NULL)
        abort();
    return found;
}

/* Into the file at once, and in one write: a host need not run what is registered for its exit. */
static void note(const char *what, const char *kind, const void *where)
{
    char line[128];
    int file = open(getenv("BALANCE_FILE"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    int length = snprintf(line, sizeof line, "%s %s %p\n", what, kind, where);
    if (write(file, line, (size_t)length) != length)
        abort();
    close(file);
}
"""


def build(library: Path) -> None:
    """Builds it; `library` is to have the SONAME as its name."""
    source = library.with_suffix(".c")
    source.write_text(HEAD + "\n".join(map(_forwarding, header.functions().values())), encoding="utf-8")
    command = ["cc", "-shared", "-fPIC", "-O0", "-Wall", "-Werror", f"-I{ROOT / 'include'}", str(source)]
    subprocess.run([*command, f"-Wl,-soname,{library.name}", "-ldl", "-o", str(library)], check=True)


def _forwarding(function: header.Function) -> str:
    declared = ", ".join(map(_declared, function.parameters)) or "void"
    names = ", ".join(parameter.name for parameter in function.parameters)
    before, after = "", ""
    for parameter in function.parameters:
        name, given = parameter.name, re.fullmatch(r"(mct_\w+|char) \*\*", parameter.type)
        if given:
            after += f'    if ({name} != NULL && *{name} != NULL)\n        note("made", "{given[1]}", *{name});\n'
        elif function.name.endswith("_free"):
            kind = parameter.type.removesuffix(" *")
            before += f'    if ({name} != NULL)\n        note("freed", "{kind}", {name});\n'
    takes, gives = (
        ("", "") if function.result == "void" else (f"{function.result} own_result = ", "    return own_result;\n")
    )
    return (
        f"{function.result} {function.name}({declared})\n{{\n"
        f'    __typeof__({function.name}) *own_next = real("{function.name}");\n'
        f"{before}    {takes}own_next({names});\n{after}{gives}}}\n"
    )


def _declared(parameter: header.Parameter) -> str:
    if "(*)" in parameter.type:
        return parameter.type.replace("(*)", f"(*{parameter.name})")
    return f"{parameter.type} {parameter.name}"


def read(file: Path) -> tuple[Counter[str], list[str]]:
    """How many of each kind were made, and what is wrong: never freed, or freed and not there."""
    made: Counter[str] = Counter()
    alive: Counter[str] = Counter()
    wrong: list[str] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        what, kind, where = line.split()
        one = f"{kind} {where}"
        made[kind] += what == "made"
        alive[one] += 1 if what == "made" else -1
        if alive[one] < 0:
            wrong.append(f"freed, and was not there: {one}")
    return made, wrong + [f"never freed: {one}" for one, count in alive.items() if count > 0]
