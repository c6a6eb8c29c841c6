"""Every public function says what it takes, gives and refuses, with an example."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest

import natverk

MODULES = [getattr(natverk, name) for name in natverk.__all__ if inspect.ismodule(getattr(natverk, name))]
FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: getattr(natverk, name) for name in natverk.__all__ if inspect.isfunction(getattr(natverk, name))
} | {
    f"{module.__name__.rpartition('.')[2]}.{name}": getattr(module, name)
    for module in MODULES
    for name in module.__all__
    if inspect.isfunction(getattr(module, name))
}
#: What takes any frame, and says of an empty one that nothing is known.
REFUSES_NOTHING = {"coding.coincidences", "coding.percent_agreement"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_public_function_is_documented_in_full(name: str) -> None:
    function = FUNCTIONS[name]
    said = inspect.getdoc(function) or ""
    sections = set(re.findall(r"^(\w+)\n-+$", said, flags=re.MULTILINE))
    signature = inspect.signature(function)
    arguments = [argument for argument in signature.parameters if argument != "data"]
    assert "Examples" in sections
    assert sections & {"Returns", "Yields"}
    assert ">>>" in said
    if not arguments:
        return
    assert "Parameters" in sections
    assert "Raises" in sections or name in REFUSES_NOTHING
    described = re.split(r"^(?:Returns|Yields)\n-", said[said.index("Parameters\n---") :], flags=re.MULTILINE)[0]
    listed = {item for line in re.findall(r"^(\w[\w, ]*)$", described, flags=re.MULTILINE) for item in line.split(", ")}
    missing = [argument for argument in arguments if argument not in listed]
    assert not missing
