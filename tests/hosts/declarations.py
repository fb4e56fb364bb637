"""Compares what a host was told of the C interface with the header. Each check answers what is wrong."""

from __future__ import annotations

import re

import header

FUNCTIONS = header.functions()


def lua(source: str) -> list[str]:
    """What is wrong in a text for ffi.cdef: it has to be the header's own, names of parameters included."""
    blocks = re.findall(r"ffi\.cdef \[\[(.*?)\]\]", source, flags=re.DOTALL)
    code = "".join(blocks)
    typedefs = re.findall(r"typedef [^;]+;", code)
    known = {f"typedef struct {name} {name};" for name in header.handles()}
    known |= {f"typedef int32_t {name};" for name in header.enums()}
    wrong = [f"not the header's: {typedef}" for typedef in typedefs if typedef not in known]
    return wrong + _compared(header.functions(code), code) + constants(source)


def node(source: str) -> list[str]:
    """What is wrong in prototypes for koffi: the header's, with _Out_ before all that is written to."""
    code = "".join(re.findall(r"PROTOTYPES = `(.*?)`", source, flags=re.DOTALL)).replace("mct_owned_text *", "char **")
    wrong = []
    for prototype in code.split(";"):
        for parameter in prototype.partition("(")[2].rstrip(")").split(","):
            is_out = re.search(r"\*\*|\b(u?int\d+_t|size_t|bool) \*", parameter) is not None
            if is_out != ("_Out_" in parameter):
                wrong.append(f"_Out_ is where it should not be, or not where it should: {prototype}")
    aliases = re.findall(r"koffi\.alias\('(\w+)', '(\w+)'\)", source)
    wrong += [f"no such number: {name}" for name, kind in aliases if name not in header.enums() or kind != "int32_t"]
    listed = re.search(r"for \(const handle of \[(.*?)\]\)", source, flags=re.DOTALL)
    handles = [f"mct_{name}" for name in re.findall(r"'(\w+)'", listed[1] if listed else "")]
    wrong += [f"no such handle: {name}" for name in handles if name not in header.handles()]
    return wrong + _compared(header.functions(re.sub(r"_Out_\s+", "", code)), code) + constants(source)


def csharp(source: str) -> list[str]:
    """What is wrong in declarations for P/Invoke: the types have to be those that marshal as the header's do."""
    wrong = []
    found = re.findall(r"\[DllImport\(Library\)\] internal static extern (\w+) (mct_\w+)\(([^;]*)\);", source)
    for result, name, declared in found:
        function = FUNCTIONS.get(name)
        if function is None:
            wrong.append(f"not in the header: {name}")
            continue
        parameters = [parameter.strip().rpartition(" ")[0] for parameter in declared.split(",") if parameter.strip()]
        expected = [_marshalled(parameter.type, name) for parameter in function.parameters]
        is_same = len(parameters) == len(expected) and all(map(_is_in, parameters, expected))
        if not is_same or result not in _marshalled_result(function.result):
            wrong.append(f"other types than the header's: {result} {name}({', '.join(parameters)})")
    if len(found) != source.count("[DllImport"):
        wrong.append("a declaration can't be read")
    return wrong + constants(source)


def constants(source: str) -> list[str]:
    """Every constant that a source gives a number has the header's."""
    known = header.constants()
    named = re.findall(r"\b(MCT_\w+) = (\d+)", source)
    wrong = [] if named else ["there is no constant"]
    return wrong + [f"{name} is not {value}" for name, value in named if known.get(name) != int(value)]


def _compared(declared: dict[str, header.Function], code: str) -> list[str]:
    wrong = [f"not the header's: {function}" for name, function in declared.items() if FUNCTIONS.get(name) != function]
    if len(declared) != len(set(re.findall(r"\b(mct_\w+)\(", code))) or not declared:
        wrong.append("a declaration can't be read")
    return wrong


def _is_in(one: str, several: set[str]) -> bool:
    return one in several


NUMBERS = {"int": "int", "int32_t": "int", "uint32_t": "uint", "int64_t": "long", "uint64_t": "ulong"}
NUMBERS |= {"size_t": "UIntPtr", **dict.fromkeys(header.enums(), "int")}
PLAIN = {kind: {number} for kind, number in NUMBERS.items()} | {
    "bool": {"[MarshalAs(UnmanagedType.U1)] bool"},
    "const char *": {"[MarshalAs(UnmanagedType.LPUTF8Str)] string", "IntPtr"},
    "char **": {"out IntPtr"},
}


def _marshalled(kind: str, function: str) -> set[str]:
    """How a parameter can be declared."""
    if kind in PLAIN:
        return PLAIN[kind]
    if function.endswith("_free"):
        return {"IntPtr"}
    pointed = kind.removeprefix("const ").rstrip("*").strip()
    if pointed in NUMBERS:
        return {f"out {NUMBERS[pointed]}"}
    handle = "".join(part.capitalize() for part in pointed.removeprefix("mct_").split("_")) + "Handle"
    if kind.endswith("**"):
        return {f"out {handle}"}
    return {handle, "IntPtr"} if kind.startswith("const ") else {handle}


def _marshalled_result(kind: str) -> set[str]:
    return {NUMBERS.get(kind, "void" if kind == "void" else "IntPtr")}
