"""What ctypes was told is what the header says."""

from __future__ import annotations

import ctypes
import subprocess
from typing import Any

import millicast_tokens as mct
import pytest
from millicast_tokens._native import handles
from millicast_tokens._native.calls import lib
from millicast_tokens._native.signatures import SIGNATURES

import header

FUNCTIONS = header.functions()
NUMBERS = {
    "bool": ctypes.c_bool,
    "int": ctypes.c_int,
    "int32_t": ctypes.c_int32,
    "uint32_t": ctypes.c_uint32,
    "int64_t": ctypes.c_int64,
    "uint64_t": ctypes.c_uint64,
    "size_t": ctypes.c_size_t,
    **dict.fromkeys(header.enums(), ctypes.c_int32),
}
TEXTS = {
    "const char *": ctypes.c_char_p,
    "const char * const *": ctypes.POINTER(ctypes.c_char_p),
    "char **": ctypes.POINTER(ctypes.c_void_p),
    "void *": ctypes.c_void_p,
}
PREFIXES = {
    "MCT_ERR_": mct.Status,
    "MCT_OUTCOME_": mct.Outcome,
    "MCT_REASON_": mct.Reason,
    "MCT_LOG_": mct.LogLevel,
    "MCT_SORT_BY_": mct.SortBy,
    "MCT_FILTER_BY_": mct.FilterBy,
    "MCT_RESOLUTION_": mct.Resolution,
    "MCT_TRAFFIC_": mct.Traffic,
    "MCT_HS": mct.Algorithm,
}


def expected(declared: str) -> Any:
    """The ctypes type of a C type."""
    if declared == "void":
        return None
    if declared in NUMBERS or declared in TEXTS:
        return NUMBERS.get(declared) or TEXTS.get(declared)
    target = declared.replace("const ", "")
    pointed, stars = target.rstrip("*").strip(), target.count("*")
    kind = NUMBERS.get(pointed) or getattr(handles, pointed)
    for _ in range(stars):
        kind = ctypes.POINTER(kind)
    return kind


def expected_parameter(parameter: header.Parameter) -> Any:
    """The same for a parameter; a `char *` is a text that is freed, or memory that is written to."""
    if parameter.type == "char *":
        memory = ctypes.POINTER(ctypes.c_char)
        return {"text": ctypes.c_void_p, "buffer": memory, "out": memory}[parameter.name]
    return expected(parameter.type)


def test_every_function_of_the_header_is_declared_to_ctypes_and_no_other() -> None:
    assert len(FUNCTIONS) > 300
    assert set(SIGNATURES) == set(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_types_of_a_function_are_those_of_the_header(name: str) -> None:
    declared, function = FUNCTIONS[name], getattr(lib, name)
    assert function.restype == expected(declared.result)
    assert len(function.argtypes) == len(declared.parameters)
    for parameter, set_type in zip(declared.parameters, function.argtypes):
        if "(*)" in parameter.type:
            result, arguments = parameter.type.split(" (*)")
            assert set_type._restype_ is expected(result)
            assert set_type._argtypes_ == tuple(expected(argument) for argument in arguments[1:-1].split(", "))
        else:
            assert set_type == expected_parameter(parameter), parameter


def test_every_handle_of_the_header_is_a_type_of_its_own() -> None:
    names = [name for name in vars(handles) if name.startswith("mct_")]
    assert sorted(names) == sorted(header.handles())
    assert len({getattr(handles, name) for name in names}) == len(names)


def test_a_text_that_is_handed_over_is_never_turned_into_bytes_by_ctypes() -> None:
    owned = [name for name, function in FUNCTIONS.items() if any(p.type == "char **" for p in function.parameters)]
    assert owned
    for name in owned:
        assert ctypes.POINTER(ctypes.c_char_p) not in getattr(lib, name).argtypes


def test_every_constant_of_the_header_has_its_number_in_python() -> None:
    constants = header.constants()
    assert constants.pop("MCT_OK") == mct.Status.OK
    parts = ("MAJOR", "MINOR", "PATCH")
    assert tuple(constants.pop(f"MCT_VERSION_{part}") for part in parts) == mct.HEADER_VERSION
    members = {}
    for name, number in constants.items():
        prefix = next(prefix for prefix in PREFIXES if name.startswith(prefix))
        kind = PREFIXES[prefix]
        member = name[len("MCT_") :] if kind is mct.Algorithm else name[len(prefix) :]
        assert kind[member] == number, name
        members[name] = kind[member]
    assert len(members) + 1 == sum(len(kind) for kind in PREFIXES.values())
    assert header.defines() - set(header.constants()) == {"MCT_VERSION_NUMBER"}


def test_the_version_is_the_same_in_python_in_the_header_and_in_the_library() -> None:
    major, minor, patch = mct.HEADER_VERSION
    assert major * 10000 + minor * 100 + patch == mct.HEADER_VERSION_NUMBER
    assert mct.library_version_number() == mct.HEADER_VERSION_NUMBER
    assert mct.library_version() == mct.__version__ == f"{major}.{minor}.{patch}"


def test_a_status_has_the_name_that_the_header_gives_it() -> None:
    for name, number in header.constants().items():
        if name == "MCT_OK" or name.startswith("MCT_ERR_"):
            assert mct.status_name(number) == name
    assert mct.status_name(-1) == mct.status_name(2**31 - 1) == "MCT_STATUS_UNKNOWN"


def test_the_library_exports_the_functions_of_the_header_and_nothing_else() -> None:
    try:
        command = ["nm", "-D", "--defined-only", "--format=posix", mct.library_path()]
        listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    except FileNotFoundError:
        pytest.skip("there is no nm on this machine")
    # A symbol carries its version behind an @, and the version itself is an absolute one.
    exported = {line.split("@")[0].split()[0] for line in listed.splitlines() if line.split()[1] != "A"}
    assert exported == set(FUNCTIONS)
