"""Sheets: empty ones for several coders, written to a file each, read back and checked.

`coding` is the public face. Codes are text from end to end: `0180` stays `0180`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import pandas as pd

from natverk.errors import DataError, InvalidArgument, nearest
from natverk.measures.arguments import choice
from natverk.measures.spreadsheets import FORMS, read_table, write_table

__all__ = ["KEYS", "check", "read", "sheet", "variable_in", "write"]

KEYS = ("coder", "item")


def sheet(
    items: Iterable[str] | pd.DataFrame,
    variables: Iterable[str] | Mapping[str, Sequence[str]],
    coders: Iterable[str],
) -> pd.DataFrame:
    """Return an empty coding sheet: every item once for every coder, a blank column for every variable.

    Parameters
    ----------
    items
        Ids of what is coded (documents, rows …) as text; or a frame whose first column holds them and whose
        other columns (a title, a quotation) are shown to the coder.
    variables
        Names of what is to be coded; or, by name, the codes that are allowed (see `check`).
    coders
        Names of the coders.

    Returns
    -------
    pd.DataFrame
        `coder, item`, the columns shown, and the variables; all text, the variables missing.

    Raises
    ------
    InvalidArgument
        If ids are numbers (`0180` would have become 180) or anything is empty or named twice.

    Examples
    --------
    >>> empty = sheet(["0180", "1487"], {"tone": ["-1", "0", "1"]}, ["Anna", "Bo"])
    >>> empty.shape, empty["item"].tolist()
    ((4, 3), ['0180', '1487', '0180', '1487'])
    """
    frame = items if isinstance(items, pd.DataFrame) else pd.DataFrame({"item": list(items)})
    frame = frame.rename(columns={frame.columns[0]: "item"})
    numbers = [value for value in frame["item"] if not isinstance(value, str)]
    if numbers:
        raise InvalidArgument(
            f"the id {numbers[0]!r} is no text", where="items", remedy="write ids as text: '0180', not 180"
        )
    shown = [str(name) for name in frame.columns[1:]]
    lists = {"items": list(frame["item"]), "variables": list(variables), "coders": list(coders)}
    for name, values in lists.items():
        if not values or len(set(values)) < len(values) or not all(str(value).strip() for value in values):
            raise InvalidArgument(
                f"the {name} are empty, or one is blank or named twice",
                where=name,
                remedy=f"name each of the {name} once",
            )
    columns = [*KEYS, *shown, *lists["variables"]]
    if len(set(columns)) < len(columns):
        raise InvalidArgument("a column name stands twice", where="variables", remedy=f"taken: {', '.join(columns)}")
    every = pd.concat([frame.assign(coder=coder) for coder in lists["coders"]], ignore_index=True)
    return every.reindex(columns=columns).astype("str")


def write(
    frame: pd.DataFrame,
    folder: Path | str,
    *,
    form: Literal["csv", "xlsx"] = "csv",
    separator: str = ";",
    overwrite: bool = False,
) -> list[Path]:
    """Write a sheet to a folder, one file a coder, so that coders do not see each other's codes.

    Parameters
    ----------
    frame
        From `sheet`.
    folder
        Made if it is not there. The files are called `01-anna.csv` and so on.
    form, separator, overwrite
        As in `write_table`; nothing is written if one of the files is there.

    Returns
    -------
    list[Path]
        The files, in the order of the coders.

    Raises
    ------
    InvalidArgument
        If a file is there already, or as in `write_table`.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> empty = sheet(["0180"], ["tone"], ["Anna", "Bo"])
    >>> with TemporaryDirectory() as folder:
    ...     names = [path.name for path in write(empty, folder)]
    ...     again = read(folder)
    >>> names, again["item"].tolist()
    (['01-anna.csv', '02-bo.csv'], ['0180', '0180'])
    """
    choice("form", form, FORMS)
    _keys(frame, "the sheet")
    folder = Path(folder)
    coders = [str(coder) for coder in frame["coder"].unique()]
    paths = [folder / f"{number:02d}-{_slug(coder)}.{form}" for number, coder in enumerate(coders, 1)]
    there = [path.name for path in paths if path.exists()]
    if there and not overwrite:
        raise InvalidArgument(
            f"{there[0]} is there already", where=str(folder), remedy="choose another folder, or say overwrite=True"
        )
    return [
        write_table(frame[frame["coder"] == coder], path, separator=separator, overwrite=overwrite)
        for coder, path in zip(coders, paths, strict=True)
    ]


def read(paths: Path | str | Iterable[Path | str]) -> pd.DataFrame:
    """Read filled sheets into one frame, as `sheet` gave it out.

    Parameters
    ----------
    paths
        A folder (all its `.csv` and `.xlsx` files), a file, or several files.

    Returns
    -------
    pd.DataFrame
        `coder, item` and the other columns of the first file; all text, blanks missing.

    Raises
    ------
    DataError
        If a file has other columns than the first, an item has no id, or a coder coded an item twice.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "Anna.csv").write_text("coder;item;tone\\nAnna;a;1\\n", encoding="utf-8")
    ...     read(folder).values.tolist()
    [['Anna', 'a', '1']]
    """
    found = _files(paths)
    parts: list[pd.DataFrame] = []
    for path in found:
        part = read_table(path)
        _keys(part, path.name)
        if parts and set(part.columns) != set(parts[0].columns):
            other = sorted(set(part.columns) ^ set(parts[0].columns))
            raise DataError(
                f"{path.name} and {found[0].name} differ in the columns {', '.join(other)}", where=str(path)
            )
        parts.append(part)
    frame = pd.concat(parts, ignore_index=True)[list(parts[0].columns)]
    # A blank around a code is a slip of the hand, never another code.
    for name in frame.columns:
        text = frame[name].str.strip()
        frame[name] = text.mask(text == "")
    twice = frame[frame.duplicated(list(KEYS))]
    if len(twice):
        coder, item = twice.iloc[0][list(KEYS)]
        raise DataError(f"{coder} coded {item} twice", where="coding.read", remedy="keep one of the rows")
    return frame


def check(frame: pd.DataFrame, variables: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """List the codes that are not allowed, so that slips are mended before agreement is counted.

    Parameters
    ----------
    frame
        Filled sheets, as `read` gives them.
    variables
        The codes that are allowed, by variable.

    Returns
    -------
    pd.DataFrame
        `coder, item, variable, code, nearest` (the allowed code most like it; missing where none is).

    Raises
    ------
    InvalidArgument
        If no variable is named, or one is not in the frame.

    Examples
    --------
    >>> filled = pd.DataFrame({"coder": ["Anna"], "item": ["a"], "tone": ["possitive"]})
    >>> check(filled, {"tone": ["positive", "negative"]})[["code", "nearest"]].values.tolist()
    [['possitive', 'positive']]
    """
    if not variables:
        raise InvalidArgument("no variable is named", where="variables", remedy="name the codes allowed, by variable")
    found = []
    for name, allowed in variables.items():
        variable_in(frame, name)
        wrong = frame[frame[name].notna() & ~frame[name].isin(allowed)]
        for coder, item, code in zip(wrong["coder"], wrong["item"], wrong[name], strict=True):
            found.append((coder, item, name, code, nearest(code, allowed)))
    return pd.DataFrame(found, columns=["coder", "item", "variable", "code", "nearest"], dtype="str")


def variable_in(frame: pd.DataFrame, name: str) -> None:
    """Raise unless the frame has coders, items and a column of this name."""
    _keys(frame, "the frame")
    if name not in frame.columns:
        allowed = [str(item) for item in frame.columns if item not in KEYS]
        raise InvalidArgument(f"there is no variable {name!r}", where="variable", allowed=allowed, value=name)


def _keys(frame: pd.DataFrame, name: str) -> None:
    for key in KEYS:
        if key not in frame.columns:
            raise DataError(f"{name} has no column {key!r}", where=name, allowed=[str(item) for item in frame.columns])
        if frame[key].isna().any():
            row = int(frame[key].isna().to_numpy().argmax()) + 2
            raise DataError(f"{name} has no {key} in row {row}", where=name, remedy="fill it in, or take the row out")


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "coder"


def _files(paths: Path | str | Iterable[Path | str]) -> list[Path]:
    given = [paths] if isinstance(paths, (str, Path)) else list(paths)
    found = []
    for path in map(Path, given):
        # Names that begin with ~$ are the locks of files that someone has open in Excel.
        inside = (
            [item for item in sorted(path.iterdir()) if item.suffix.lower().lstrip(".") in FORMS]
            if path.is_dir()
            else [path]
        )
        found += [item for item in inside if not item.name.startswith("~$")]
    if not found:
        raise InvalidArgument(
            "there is no sheet to read", where="paths", remedy="name a folder with .csv or .xlsx files"
        )
    return found
