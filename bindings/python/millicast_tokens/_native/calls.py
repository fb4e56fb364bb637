"""Calling the library: handles that are always freed, and errors that become exceptions."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

from .. import errors
from ..enums import Status
from . import handles as h
from .loading import load

lib, library_path = load()

_FREES: dict[type[ctypes.Structure], Any] = {
    h.mct_error: lib.mct_error_free,
    h.mct_subscribe_token: lib.mct_subscribe_token_free,
    h.mct_claims: lib.mct_claims_free,
    h.mct_signer: lib.mct_signer_free,
    h.mct_viewers: lib.mct_viewers_free,
    h.mct_jwt: lib.mct_jwt_free,
    h.mct_verify_options: lib.mct_verify_options_free,
    h.mct_client_config: lib.mct_client_config_free,
    h.mct_client: lib.mct_client_free,
    h.mct_list_options: lib.mct_list_options_free,
    h.mct_publish_token: lib.mct_publish_token_free,
    h.mct_publish_token_spec: lib.mct_publish_token_spec_free,
    h.mct_publish_token_update: lib.mct_publish_token_update_free,
    h.mct_publish_token_list: lib.mct_publish_token_list_free,
    h.mct_publish_token_iter: lib.mct_publish_token_iter_free,
    h.mct_subscribe_token_spec: lib.mct_subscribe_token_spec_free,
    h.mct_subscribe_token_update: lib.mct_subscribe_token_update_free,
    h.mct_subscribe_token_list: lib.mct_subscribe_token_list_free,
    h.mct_subscribe_token_iter: lib.mct_subscribe_token_iter_free,
    h.mct_clusters: lib.mct_clusters_free,
    h.mct_disable_result: lib.mct_disable_result_free,
    h.mct_id_list: lib.mct_id_list_free,
    h.mct_bandwidth_query: lib.mct_bandwidth_query_free,
    h.mct_bandwidth_report: lib.mct_bandwidth_report_free,
    h.mct_call: lib.mct_call_free,
    h.mct_call_options: lib.mct_call_options_free,
}


class Owned:
    """A handle of ours, freed with the last reference to it.

    It is made before the call that fills it. So an exception that arrives in between (Ctrl-C) loses nothing, and who
    holds a reference during a call keeps the handle alive, whatever other threads let go of meanwhile.
    """

    __slots__ = ("__weakref__", "_free", "pointer")

    def __init__(self, kind: type[ctypes.Structure]) -> None:
        """An empty handle of this kind."""
        # Kept here, since module globals may be gone when the interpreter ends.
        self._free = _FREES[kind]
        self.pointer: Any = ctypes.POINTER(kind)()

    def free(self) -> None:
        """Frees it now, whoever still refers to it. Nobody may be in a call with it."""
        pointer, self.pointer = self.pointer, type(self.pointer)()
        self._free(pointer)

    def __del__(self) -> None:
        """Frees it; an empty one is no matter."""
        self._free(self.pointer)


class OwnedText:
    """A text of ours, wiped and freed with the last reference to it."""

    __slots__ = ("_free", "pointer")

    def __init__(self) -> None:
        """No text yet."""
        self._free = lib.mct_string_free
        self.pointer = ctypes.c_void_p()

    def __del__(self) -> None:
        """Frees it; none is no matter."""
        self._free(self.pointer)

    def read(self) -> str:
        """A copy of the text."""
        address = self.pointer.value
        return "" if address is None else ctypes.string_at(address).decode()


def call(function: Any, *arguments: Any) -> None:
    """Calls a function that answers a status, and raises what went wrong."""
    error = Owned(h.mct_error)
    status = function(*arguments, ctypes.byref(error.pointer))
    if status != Status.OK:
        raise _exception(status, error.pointer)


def make(kind: type[ctypes.Structure], function: Any, *arguments: Any) -> Owned:
    """Calls a function that gives a handle as its last argument before the error."""
    made = Owned(kind)
    call(function, *arguments, ctypes.byref(made.pointer))
    return made


def text(lent: bytes | None) -> str | None:
    """A copy of a text that the library lends."""
    return None if lent is None else lent.decode()


def texts(count: Any, entry: Any, handle: Any) -> tuple[str, ...]:
    """A list of texts, by the getters of its count and of its entries."""
    return tuple((entry(handle, index) or b"").decode() for index in range(count(handle)))


def sent(value: type[Any], getter: Any, *arguments: Any) -> Any:
    """What a getter writes that answers whether there is a value; None without one."""
    out = value()
    return out.value if getter(*arguments, ctypes.byref(out)) else None


def _exception(status: int, error: Any) -> errors.MillicastError:
    message = text(lib.mct_error_message(error)) or text(lib.mct_status_name(status)) or ""
    retry_after_ms: int = lib.mct_error_retry_after_ms(error)
    index: int = lib.mct_error_index(error)
    make_exception: Callable[..., errors.MillicastError] = errors.class_of(status)
    return make_exception(
        message,
        status=status,
        field=text(lib.mct_error_field(error)),
        http_status=lib.mct_error_http_status(error),
        details=text(lib.mct_error_details(error)),
        retry_after_ms=None if retry_after_ms < 0 else retry_after_ms,
        outcome=lib.mct_error_outcome(error),
        reason=lib.mct_error_reason(error),
        index=None if index < 0 else index,
    )
