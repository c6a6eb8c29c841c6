"""The parameters of a notebook: names, types and defaults, read without running anything.

They are read from the cell tagged `parameters` with `ast`. Papermill only warns about a misspelt parameter and runs
the default under the wrong name; here it is refused, with the nearest name. A value typed on the command line gets
the type of the default, so that the text `0180` stays `"0180"` where the default is a string.
"""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from natverk.errors import DataError, InvalidArgument, MissingFile, UnknownName

__all__ = [
    "INJECTED_TAG",
    "PARAMETERS_TAG",
    "Parameter",
    "Value",
    "assignments",
    "merge",
    "read_notebook",
    "read_parameters",
]

PARAMETERS_TAG = "parameters"
INJECTED_TAG = "injected-parameters"

Value = str | int | float | bool | None | list[str] | list[int] | list[float]
_TYPES: tuple[type, ...] = (bool, int, float, str, list, type(None))
_WORDS = {"true": True, "yes": True, "ja": True, "false": False, "no": False, "nej": False}


@dataclass(frozen=True)
class Parameter:
    """One parameter of a notebook.

    Examples
    --------
    >>> Parameter("code", "0114", 1).from_text("0180"), Parameter("year_from", 1997, 2).from_text("2004")
    ('0180', 2004)
    """

    name: str
    default: Value
    line: int

    @property
    def type_name(self) -> str:
        """The name of the type that values must have."""
        return "text" if self.default is None else type(self.default).__name__

    def from_text(self, text: str) -> Value:
        """Return the value that `text` means for this parameter; text never passes through YAML."""
        default = self.default
        if default is None or isinstance(default, str):
            return text
        if isinstance(default, list):
            item = Parameter(self.name, default[0] if default else "", self.line)
            return [item.from_text(part.strip()) for part in text.split(",") if part.strip()]  # type: ignore[return-value]
        if isinstance(default, bool):
            if text.casefold() not in _WORDS:
                raise self._refuse(text, allowed=("true", "false"))
            return _WORDS[text.casefold()]
        if isinstance(default, int):
            if not re.fullmatch(r"[+-]?[0-9]+", text):
                raise self._refuse(text)
            return int(text)
        if not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", text):
            raise self._refuse(text)
        return float(text)

    def check(self, value: object) -> Value:
        """Return `value` if it has the type of the default.

        Raises
        ------
        InvalidArgument
            If the type is another one: the number `180` is not the code `"0180"`.
        """
        default = self.default
        if default is None:
            right = value is None or isinstance(value, str | int | float | bool)
        elif isinstance(default, list):
            kind = type(default[0]) if default else str
            right = isinstance(value, list) and all(type(item) is kind for item in value)
        elif isinstance(default, float):
            right = type(value) in {int, float} and math.isfinite(float(str(value)))
        else:
            right = type(value) is type(default)
        if not right:
            raise self._refuse(value)
        return value  # type: ignore[return-value]

    def _refuse(self, value: object, allowed: Iterable[str] | None = None) -> InvalidArgument:
        if isinstance(self.default, str):
            remedy = 'codes are strings: write them in quotes, such as "0180"'
        else:
            shown = ",".join(map(str, self.default)) if isinstance(self.default, list) else self.default
            remedy = f"-p {self.name}={shown}"
        return InvalidArgument(
            f"parameter {self.name!r} is of type {self.type_name}, not {value!r}",
            where=f"the default is {self.default!r}",
            allowed=allowed,
            value=value,
            remedy=remedy,
        )


def assignments(texts: Iterable[str]) -> dict[str, str]:
    """Return the names and texts of `name=value` as typed on a command line.

    >>> assignments(["code=0180", "note=a=b"])
    {'code': '0180', 'note': 'a=b'}
    """
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip().isidentifier():
            raise InvalidArgument(f"{text!r} is not of the form name=value", where="-p", remedy="-p year_from=2010")
        if name.strip() in found:
            raise InvalidArgument(f"parameter {name.strip()!r} is given twice", where="-p")
        found[name.strip()] = value
    return found


def read_notebook(path: Path) -> dict[str, Any]:
    """Return the notebook at `path` as parsed JSON, checked to be one."""
    if not path.is_file():
        raise MissingFile(f"no notebook {path.name}", where=str(path.parent), remedy="correct reports.toml")
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path.name} is not a notebook: {error}", where=str(path)) from error
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise DataError(f"{path.name} is not a notebook of format 4: it has no cells", where=str(path))
    return notebook


def read_parameters(path: Path) -> dict[str, Parameter]:
    """Return the parameters of the notebook at `path`, by name, in their order.

    Raises
    ------
    MissingFile, DataError
        If there is no such notebook, if it has no cell tagged `parameters` or more than one, or if that cell holds
        anything but names with plain values.
    """
    notebook = read_notebook(path)
    cells = [cell for cell in notebook["cells"] if PARAMETERS_TAG in cell.get("metadata", {}).get("tags", [])]
    remedy = "tag one code cell that only holds names with plain values, such as region = \"14\", with 'parameters'"
    if len(cells) != 1:
        what = f"{len(cells)} cells" if cells else "no cell"
        ran = any(cell.get("outputs") for cell in notebook["cells"]) and not cells
        raise DataError(
            f"{path.name} has {what} tagged {PARAMETERS_TAG!r}"
            + (" but stored outputs: it was run and saved, yet cannot be run for other units" if ran else ""),
            where=str(path),
            remedy=remedy,
        )
    source = cells[0].get("source", "")
    text = source if isinstance(source, str) else "".join(source)
    try:
        statements = ast.parse(text).body
    except SyntaxError as error:
        raise DataError(
            f"the parameters cell of {path.name} is not Python: {error.msg}", where=f"line {error.lineno} of the cell"
        ) from error
    return {found.name: found for statement in statements if (found := _parameter(statement, path, remedy))}


def _parameter(statement: ast.stmt, path: Path, remedy: str) -> Parameter | None:
    where = f"{path.name}, parameters cell, line {statement.lineno}"
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return None  # a string that explains
    target: ast.expr | None = None
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign):
        target = statement.target
    if not isinstance(target, ast.Name) or not isinstance(statement, ast.Assign | ast.AnnAssign):
        raise DataError("the parameters cell holds something else than names with values", where=where, remedy=remedy)
    try:
        default = ast.literal_eval(statement.value) if statement.value is not None else None
    except ValueError as error:
        raise DataError(f"the default of {target.id!r} is not a plain value", where=where, remedy=remedy) from error
    if isinstance(default, tuple):
        default = list(default)
    if type(default) not in _TYPES:
        raise DataError(f"the default of {target.id!r} is a {type(default).__name__}", where=where, remedy=remedy)
    return Parameter(target.id, default, statement.lineno)


def merge(parameters: Mapping[str, Parameter], *layers: Mapping[str, object], where: str) -> dict[str, Value]:
    """Return the value of every parameter: the defaults, replaced by each layer of values in turn.

    Examples
    --------
    >>> known = {"region": Parameter("region", "14", 1), "year_from": Parameter("year_from", 1997, 2)}
    >>> merge(known, {"year_from": 2001}, where="example")
    {'region': '14', 'year_from': 2001}
    >>> merge(known, {"yaer_from": 2001}, where="example")
    Traceback (most recent call last):
    natverk.errors.UnknownName: unknown parameter 'yaer_from'
      where: example
      nearest: 'year_from'
      allowed: 'region', 'year_from'
    """
    resolved: dict[str, Value] = {name: parameter.default for name, parameter in parameters.items()}
    for layer in layers:
        for name, value in layer.items():
            if name not in parameters:
                raise UnknownName(f"unknown parameter {name!r}", where=where, allowed=parameters, value=name)
            resolved[name] = parameters[name].check(value)
    return resolved
