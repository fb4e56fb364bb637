"""Every function, driven by the header: NULL in every place, indexes beyond the end, handles of the wrong kind."""

from __future__ import annotations

import ctypes
from ctypes import byref
from typing import Any

import millicast_tokens as mct
import pytest
from millicast_tokens._native import handles as h
from millicast_tokens._native.calls import Owned, lib
from millicast_tokens.testing import Emulator

import header
from samples import NULLABLE, Samples, ended, null_of, number

FUNCTIONS = header.functions()
STATUS_FUNCTIONS = [f for f in FUNCTIONS.values() if f.parameters and f.parameters[-1].type == "mct_error **"]
FREES = [f for f in FUNCTIONS.values() if f.name.endswith("_free")]
GETTERS = [
    f
    for f in FUNCTIONS.values()
    if f not in STATUS_FUNCTIONS and f not in FREES and any(p.is_pointer for p in f.parameters) and f.result != "void"
]
#: The calls that are made for an id that no token has.
NO_SUCH_TOKEN = ("_token_read", "_token_delete", "_update_apply", "_sync_restream", "_take_nothing")
#: A walk answers NULL at its end, which is where it is in an empty account.
MAY_END = ("_iter_next", "_take_publish_token", "_take_subscribe_token")
MINUS_ONE = {"mct_error_retry_after_ms", "mct_error_index", "mct_call_fd"}


CALL = ctypes.POINTER(h.mct_call)


def ids(functions: list[header.Function]) -> list[str]:
    return [function.name for function in functions]


@pytest.fixture(scope="module")
def samples(emulator: Emulator) -> Samples:
    return Samples(emulator.url, emulator.secret)


def call_with(samples: Samples, function: header.Function, null: str | None) -> tuple[int, Owned, list[Any]]:
    """Calls a function with one argument NULL; the status, the error and what came out."""
    values: list[Any] = []
    outs: list[Any] = []
    kept: list[Any] = []
    for parameter in function.parameters[:-1]:
        if parameter.name == null:
            values.append(null_of(parameter))
            continue
        value, out = samples.of(function, parameter)
        values.append(value)
        (outs if parameter.type.endswith("**") else kept).append(out)
    error = Owned(h.mct_error)
    status = getattr(lib, function.name)(*values, byref(error.pointer))
    for out in outs:
        if status == mct.Status.OK and isinstance(out, Owned) and isinstance(out.pointer, CALL):
            # Whatever it does, it does it now and not while other tests run.
            ended(out)
    return status, error, outs


def free_texts(outs: list[Any]) -> None:
    for out in outs:
        if isinstance(out, ctypes.c_void_p):
            lib.mct_string_free(out)


def test_every_function_is_in_one_of_the_sweeps_or_has_nothing_that_can_be_null() -> None:
    swept = {*ids(STATUS_FUNCTIONS), *ids(FREES), *ids(GETTERS)}
    others = {name for name in FUNCTIONS if name not in swept}
    plain = {"mct_version_number", "mct_version_string", "mct_status_name"}
    assert others == {"mct_client_cancel", "mct_client_resume", "mct_call_cancel", *plain}


@pytest.mark.parametrize("function", STATUS_FUNCTIONS, ids=ids(STATUS_FUNCTIONS))
def test_a_null_that_cannot_be_taken_is_an_error_and_one_that_can_is_none(
    function: header.Function, samples: Samples
) -> None:
    for parameter in function.parameters[:-1]:
        if not parameter.is_pointer:
            continue
        status, error, outs = call_with(samples, function, parameter.name)
        free_texts(outs)
        if (function.name, parameter.name) in NULLABLE:
            assert status == mct.Status.OK, parameter
            assert not error.pointer
            continue
        assert status == mct.Status.NULL_ARGUMENT, parameter
        assert lib.mct_error_status(error.pointer) == status
        assert lib.mct_error_message(error.pointer)
        assert lib.mct_error_http_status(error.pointer) == 0
        assert lib.mct_error_outcome(error.pointer) == mct.Outcome.NOT_SENT
        assert not any(out.pointer for out in outs if isinstance(out, Owned)), "an out handle was not set to NULL"


@pytest.mark.parametrize("function", STATUS_FUNCTIONS, ids=ids(STATUS_FUNCTIONS))
def test_with_nothing_but_nulls_a_function_answers_a_status_and_takes_a_null_for_the_error_too(
    function: header.Function,
) -> None:
    nulls = [null_of(p) if p.is_pointer else number(p) for p in function.parameters[:-1]]
    error = Owned(h.mct_error)
    assert getattr(lib, function.name)(*nulls, byref(error.pointer)) == mct.Status.NULL_ARGUMENT
    assert error.pointer
    assert getattr(lib, function.name)(*nulls, None) == mct.Status.NULL_ARGUMENT


@pytest.mark.parametrize("function", STATUS_FUNCTIONS, ids=ids(STATUS_FUNCTIONS))
def test_with_everything_given_a_function_succeeds_and_sets_the_error_to_null(
    function: header.Function, samples: Samples
) -> None:
    status, error, outs = call_with(samples, function, null=None)
    free_texts(outs)
    if function.name.endswith(NO_SUCH_TOKEN):
        assert status == mct.Status.NOT_FOUND
        assert lib.mct_error_status(error.pointer) == status
    else:
        assert status == mct.Status.OK
        assert not error.pointer
        assert all(out.pointer for out in outs if isinstance(out, Owned)) or function.name.endswith(MAY_END)


@pytest.mark.parametrize("function", GETTERS, ids=ids(GETTERS))
def test_a_getter_of_null_answers_nothing_and_writes_nothing(function: header.Function) -> None:
    for index in (0, 1, 2**64 - 1):
        out = ctypes.c_uint64(0xA5A5A5A5A5A5A5A5)
        arguments = []
        for parameter, kind in zip(function.parameters, getattr(lib, function.name).argtypes):
            is_out = parameter.name == "out"
            arguments.append(ctypes.cast(byref(out), kind) if is_out else None if parameter.is_pointer else index)
        result = getattr(lib, function.name)(*arguments)
        assert out.value == 0xA5A5A5A5A5A5A5A5
        if function.name in MINUS_ONE:
            assert result == -1
        else:
            assert not result


@pytest.mark.parametrize(
    "function",
    [f for f in GETTERS if any(p.name in ("index", "out") for p in f.parameters)],
    ids=[f.name for f in GETTERS if any(p.name in ("index", "out") for p in f.parameters)],
)
def test_a_getter_beyond_the_end_or_without_a_place_to_write_to_answers_nothing(
    function: header.Function, samples: Samples
) -> None:
    has_index = any(parameter.name == "index" for parameter in function.parameters)
    for index in (10_000, 2**63, 2**64 - 1) if has_index else (0,):
        arguments: list[Any] = []
        for parameter in function.parameters:
            if parameter.name == "index":
                arguments.append(index)
            elif parameter.name == "out" and not has_index:
                arguments.append(None)
            else:
                value, _ = samples.of(function, parameter)
                arguments.append(value)
        assert not getattr(lib, function.name)(*arguments)


@pytest.mark.parametrize("function", FREES, ids=ids(FREES))
def test_to_free_null_is_no_matter(function: header.Function) -> None:
    assert getattr(lib, function.name)(None) is None


def test_to_cancel_and_to_resume_null_is_no_matter() -> None:
    lib.mct_client_cancel(None)
    lib.mct_client_resume(None)
    lib.mct_call_cancel(None)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_a_handle_of_the_wrong_kind_is_refused_before_c_sees_it(function: header.Function, samples: Samples) -> None:
    pointers = {name: owned.pointer for name, owned in samples.owned.items()}
    for place, parameter in enumerate(function.parameters):
        kind = parameter.type.replace("const ", "").rstrip("* ")
        if kind not in pointers or parameter.type.endswith("**"):
            continue
        for other, pointer in pointers.items():
            if other == kind:
                continue
            arguments = [null_of(p) if p.is_pointer else 0 for p in function.parameters]
            arguments[place] = pointer
            with pytest.raises(ctypes.ArgumentError):
                getattr(lib, function.name)(*arguments)


def test_an_error_that_the_caller_does_not_take_is_no_leak_and_no_crash() -> None:
    for _ in range(100):
        assert lib.mct_jwt_parse(b"no token", None, None) == mct.Status.NULL_ARGUMENT
        out = Owned(h.mct_jwt)
        assert lib.mct_jwt_parse(b"no token", byref(out.pointer), None) == mct.Status.TOKEN_INVALID
        assert not out.pointer
