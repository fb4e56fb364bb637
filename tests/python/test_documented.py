"""What `help()` shows: everything that is public says what it is, and names nothing that is not."""

from __future__ import annotations

import inspect
import pydoc
import re
from collections.abc import Iterator
from types import MemberDescriptorType
from typing import Any

import millicast_tokens as mct
import pytest
from millicast_tokens import testing

PUBLIC = {f"{module.__name__}.{name}": getattr(module, name) for module in (mct, testing) for name in module.__all__}
DESCRIBED = {name: value for name, value in PUBLIC.items() if inspect.isclass(value) or inspect.isroutine(value)}


def members(kind: type) -> Iterator[tuple[str, Any]]:
    """The public methods, properties and attributes that a class has from this package."""
    for owner in kind.__mro__:
        if owner.__module__.startswith("millicast_tokens"):
            for name, member in vars(owner).items():
                is_kind = isinstance(member, (classmethod, staticmethod, property, MemberDescriptorType))
                if not name.startswith("_") and (is_kind or inspect.isroutine(member)):
                    yield name, member


@pytest.mark.parametrize("name", DESCRIBED)
def test_every_public_class_function_method_and_property_has_a_docstring(name: str) -> None:
    value = DESCRIBED[name]
    # A class inherits the text of another, which then says nothing of it. That of an attribute stands in __slots__.
    assert value.__dict__.get("__doc__") if inspect.isclass(value) else value.__doc__
    if inspect.isclass(value):
        assert [called for called, member in members(value) if not inspect.getdoc(member)] == []


@pytest.mark.parametrize("name", DESCRIBED)
def test_help_names_public_modules_and_no_class_that_is_not_public(name: str) -> None:
    value = DESCRIBED[name]
    assert not re.search(r"\._", value.__module__), "it is said to stand in a module that is not public"
    text = pydoc.plain(pydoc.render_doc(value))
    assert "millicast_tokens._" not in text
    assert [base.__name__ for base in getattr(value, "__mro__", ()) if base.__name__.startswith("_")] == []
    # No line of its own is wider than a terminal of 120 columns, but for signatures, which pydoc does not wrap.
    lines = [line for line in text.splitlines() if "(" not in line and "=" not in line]
    assert [line for line in lines if len(line) > 130] == []


def test_each_argument_of_a_call_that_takes_many_is_described() -> None:
    for calls in (mct.PublishTokens, mct.SubscribeTokens, mct.AsyncPublishTokens, mct.AsyncSubscribeTokens):
        for name in ("create", "update", "list_page", "list_all", "find_created"):
            call = getattr(calls, name)
            arguments = [argument for argument in inspect.signature(call).parameters if argument != "self"]
            missing = [argument for argument in arguments if f" {argument}: " not in (inspect.getdoc(call) or "")]
            assert missing == [], f"{calls.__name__}.{name}"
    for kind in (mct.Client, mct.Claims, mct.Signer):
        arguments = list(inspect.signature(kind).parameters)
        assert [argument for argument in arguments if f" {argument}: " not in (inspect.getdoc(kind) or "")] == []
