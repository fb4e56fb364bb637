"""What there is to say about the native library itself."""

from __future__ import annotations

from . import _check
from ._native import calls


def library_version() -> str:
    """The version of the native library that runs, such as "0.1.0"."""
    return calls.text(calls.lib.mct_version_string()) or ""


def library_version_number() -> int:
    """The same as a number: major * 10000 + minor * 100 + patch."""
    return int(calls.lib.mct_version_number())


def library_path() -> str:
    """The file, or the name on the system, that the native library was loaded from."""
    return calls.library_path


def status_name(status: int) -> str:
    """The spelling of a status in C, such as "MCT_ERR_TIMEOUT"; "MCT_STATUS_UNKNOWN" for one that is not known."""
    return calls.text(calls.lib.mct_status_name(_check.integer("status", status, _check.I32))) or ""


for _function in (library_version, library_version_number, library_path, status_name):
    # Where they are found, and not where they happen to stand.
    _function.__module__ = "millicast_tokens"
