"""Coding: sheets for several coders, filled in files of their own, read back and compared.

`sheet` and `write` give out a sheet a coder, `read` takes them back, `check` and `unmatched` list what to mend first;
`reliability` (Krippendorff's alpha), `confusion` and `discordant` put the coders side by side.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from natverk.data.letters import typed_path
from natverk.data.spreadsheets import FORMS, read_table, write_table
from natverk.data.types import TEXT
from natverk.errors import DataError, InvalidArgument, gone, nearest
from natverk.frames import choice, several

__all__ = [
    "alpha",
    "check",
    "coincidences",
    "confusion",
    "discordant",
    "interval",
    "percent_agreement",
    "ratings",
    "read",
    "read_table",
    "reliability",
    "sheet",
    "unmatched",
    "write",
    "write_table",
]

if not TYPE_CHECKING:
    # Names of version 0.1; CHANGELOG has the reasons.
    __getattr__ = gone(
        __name__,
        {
            "disagreements": "natverk.coding.discordant",
        },
    )

Numbers = npt.NDArray[np.float64]
#: Levels of measurement: codes that are just different, and codes in an order.
Level = Literal["nominal", "ordinal"]


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
    lists = {"items": list(frame["item"]), "variables": list(variables), "coders": list(coders)}
    for name, values in lists.items():
        if not values or len(set(values)) < len(values) or not all(str(value).strip() for value in values):
            raise InvalidArgument(
                f"the {name} are empty, or one is blank or named twice",
                where=name,
                remedy=f"name each of the {name} once",
            )
    columns = ["coder", "item", *map(str, frame.columns[1:]), *lists["variables"]]
    if len(set(columns)) < len(columns):
        raise InvalidArgument("a column name stands twice", where="variables", remedy=f"taken: {', '.join(columns)}")
    every = pd.concat([frame.assign(coder=coder) for coder in lists["coders"]], ignore_index=True)
    return every.reindex(columns=columns).astype(TEXT)


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
    _check_sheet(frame, "the sheet")
    paths = {}
    for number, coder in enumerate(frame["coder"].unique(), 1):
        letters = unicodedata.normalize("NFKD", coder).encode("ascii", "ignore").decode().lower()
        name = re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or "coder"
        paths[coder] = Path(folder, f"{number:02d}-{name}.{form}")
    there = [path.name for path in paths.values() if path.exists()]
    if there and not overwrite:
        raise InvalidArgument(
            f"{there[0]} is there already", where=str(folder), remedy="choose another folder, or say overwrite=True"
        )
    return [
        write_table(frame[frame["coder"] == coder], path, separator=separator, overwrite=overwrite)
        for coder, path in paths.items()
    ]


def read(paths: Path | str | Iterable[Path | str], *, encoding: str | None = None) -> pd.DataFrame:
    """Read filled sheets into one frame, as `sheet` gave it out.

    An item that lost its zeros in one file (a spreadsheet made 180 of `0180`) gets them back from another.

    Parameters
    ----------
    paths
        A folder (all its `.csv` and `.xlsx` files), a file, or several files.
    encoding
        As in `read_table`.

    Returns
    -------
    pd.DataFrame
        `coder, item` and the other columns of the first file; all text, blanks missing.

    Raises
    ------
    DataError
        If a file has other columns than the first, an item has no id, or a coder coded an item twice.
    InvalidArgument, MissingFile
        If there is no file to read.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "Anna.csv").write_text("coder;item;tone\\nAnna;0180;1\\n", encoding="utf-8")
    ...     _ = Path(folder, "Bo.csv").write_text("coder;item;tone\\nBo;180;1\\n", encoding="utf-8")
    ...     read(folder).values.tolist()
    [['Anna', '0180', '1'], ['Bo', '0180', '1']]
    """
    files: list[Path] = []
    for path in map(typed_path, [paths] if isinstance(paths, (str, Path)) else paths):
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        # Names that begin with ~$ are the locks of files that someone has open in Excel.
        files += [item for item in inside if item == path or item.suffix.lower().lstrip(".") in FORMS]
    files = [path for path in files if not path.name.startswith("~$")]
    if not files:
        raise InvalidArgument(
            "there is no sheet to read", where="paths", remedy="name a folder with .csv or .xlsx files"
        )
    parts: list[pd.DataFrame] = []
    for path in files:
        # A blank around a code is a slip of the hand, never another code.
        part = read_table(path, encoding=encoding).apply(lambda cells: cells.str.strip().replace("", None))
        _check_sheet(part, path.name)
        other = sorted(set(part.columns) ^ set(parts[0].columns)) if parts else []
        if other:
            raise DataError(
                f"{path.name} and {files[0].name} differ in the columns {', '.join(other)}",
                where=str(path),
                remedy="give all sheets the same columns",
            )
        parts.append(part)
    frame = pd.concat(parts, ignore_index=True)
    # Numbers that differ in their leading zeros are one item, unless a coder has both.
    numbers = frame.loc[frame["item"].str.fullmatch(r"\d+"), ["coder", "item"]]
    short = numbers["item"].str.lstrip("0")
    pairs = numbers.assign(item=short)[~numbers.duplicated()]
    short = short[~short.isin(pairs.loc[pairs.duplicated(), "item"])]
    frame.loc[short.index, "item"] = numbers["item"].groupby(short).transform(lambda forms: max(forms, key=len))
    _check_once(frame)
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
    found = []
    for name in _named(frame, variables):
        allowed = variables[name]
        wrong = frame[frame[name].notna() & ~frame[name].isin(allowed)]
        for coder, item, code in zip(wrong["coder"], wrong["item"], wrong[name], strict=True):
            found.append((coder, item, name, code, nearest(code, allowed)))
    return pd.DataFrame(found, columns=["coder", "item", "variable", "code", "nearest"], dtype=TEXT)


def unmatched(frame: pd.DataFrame) -> pd.DataFrame:
    """List the items that not every coder's sheet has: an id that someone mistyped, or a row that was lost.

    Parameters
    ----------
    frame
        Filled sheets, as `read` gives them.

    Returns
    -------
    pd.DataFrame
        `item, coders` (whose sheets have it), `without` (whose do not; both joined by `|`), in the order of the items.

    Raises
    ------
    DataError
        If there is no column of coders or items.

    Examples
    --------
    >>> filled = pd.DataFrame({"coder": ["Anna", "Anna", "Bo"], "item": ["a", "b", "a"]})
    >>> unmatched(filled).values.tolist()
    [['b', 'Anna', 'Bo']]
    """
    _check_sheet(frame, "the frame")
    coders = list(frame["coder"].unique())
    found = []
    for item, own in frame.groupby("item", sort=False)["coder"]:
        lacking = [coder for coder in coders if coder not in set(own)]
        if lacking:
            found.append((item, "|".join(own.unique()), "|".join(lacking)))
    return pd.DataFrame(found, columns=["item", "coders", "without"], dtype=TEXT)


def ratings(frame: pd.DataFrame, variable: str) -> pd.DataFrame:
    """Return the codes of one variable, items as rows and coders as columns, as `alpha` takes them.

    Parameters
    ----------
    frame
        Filled sheets, as `read` gives them: `coder`, `item` and the variables.
    variable
        The column.

    Returns
    -------
    pd.DataFrame
        Items as index, coders as columns, codes as text; missing where a coder left the item out.

    Raises
    ------
    DataError, InvalidArgument
        For a variable that is not there, or an item that a coder coded twice.

    Examples
    --------
    >>> filled = pd.DataFrame({"coder": ["Anna", "Bo"], "item": ["a", "a"], "tone": ["1", None]})
    >>> ratings(filled, "tone").columns.tolist()
    ['Anna', 'Bo']
    """
    _named(frame, [variable])
    _check_once(frame)
    codes = frame[variable].mask(frame[variable].astype(TEXT).str.strip() == "")
    wide = frame.assign(code=codes).pivot(index="item", columns="coder", values="code")
    return wide.reindex(index=frame["item"].unique(), columns=frame["coder"].unique())


def alpha(ratings: pd.DataFrame, *, level: Level = "nominal", order: Sequence[Any] | None = None) -> float:
    """Return Krippendorff's alpha: 1 is perfect agreement, 0 what chance would give, below 0 worse than that.

    Parameters
    ----------
    ratings
        One row a unit, one column a coder; blank or missing where a coder gave no code. A unit that fewer
        than two coders coded tells nothing and is left out.
    level
        `"nominal"` (default) or `"ordinal"`: then codes far apart disagree more.
    order
        Ordinal: the codes from lowest to highest. None: by number, if all codes are numbers.

    Returns
    -------
    float
        NaN where alpha is not defined: no unit with two codes, or one single code throughout.

    Raises
    ------
    InvalidArgument
        For an unknown level, an order that lacks a code, or codes without numbers and without an order.

    References
    ----------
    Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University of Pennsylvania,
    Annenberg School for Communication. Krippendorff, K. (2018). Content Analysis (4th ed.). Sage, ch. 12.

    Examples
    --------
    The published example: four observers, twelve units (Krippendorff 2011, section C).

    >>> rows = ["123321412***", "1233224125*3", "*3332342251*", "12332441251*"]
    >>> ratings = pd.DataFrame([list(row) for row in rows]).T.replace("*", None)
    >>> round(alpha(ratings), 3), round(alpha(ratings, level="ordinal"), 3)
    (0.743, 0.815)
    """
    _, counts = _counted(ratings, level, order)
    return float(_alphas(_coincident(counts)[None, :, :], level)[0])


def interval(
    ratings: pd.DataFrame,
    *,
    level: Level = "nominal",
    order: Sequence[Any] | None = None,
    draws: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> tuple[float, float, int]:
    """Return a bootstrap interval of alpha: low, high, and the draws in which alpha was defined.

    The units that two coders coded are drawn anew with replacement, and the interval lies between the
    percentiles. With few units it is wide, and too narrow still.

    Parameters
    ----------
    ratings, level, order
        As in `alpha`.
    draws, confidence, seed
        Number of draws, share of them within the interval (0–1), and seed: the same seed, the same interval.

    Returns
    -------
    tuple[float, float, int]
        The lower and upper bound (NaN where alpha was defined in no draw), and the number of draws with an alpha.

    Raises
    ------
    InvalidArgument
        For no draws, a confidence outside 0–1, a negative seed, or codes without an order.

    References
    ----------
    Zapf, A., Castell, S., Morawietz, L. & Karch, A. (2016). Measuring inter-rater reliability for nominal
    data. BMC Medical Research Methodology 16, 93.

    Examples
    --------
    >>> ratings = pd.DataFrame({"Anna": list("aabbab"), "Bo": list("aabbbb")})
    >>> low, high, defined = interval(ratings, draws=200)
    >>> low < alpha(ratings) < high
    True
    """
    for name, fits in {"draws": draws > 0, "confidence": 0 < confidence < 1, "seed": seed >= 0}.items():
        if not fits:
            remedy = "give at least one draw, a confidence between 0 and 1, and a seed from 0"
            raise InvalidArgument(f"{name} is out of range", where=name, remedy=remedy)
    _, counts = _counted(ratings, level, order)
    if counts.size == 0:
        return np.nan, np.nan, 0
    units, n_codes = counts.shape
    per_unit = np.stack([_coincident(unit[None, :]).ravel() for unit in counts])
    rng = np.random.default_rng(seed)
    found = []
    for start in range(0, draws, 200):  # blocks of draws bound the memory
        times = rng.multinomial(units, np.full(units, 1 / units), size=min(200, draws - start))
        found.append(_alphas((times @ per_unit).reshape(-1, n_codes, n_codes), level))
    alphas = np.concatenate(found)
    alphas = alphas[~np.isnan(alphas)]
    if not len(alphas):
        return np.nan, np.nan, 0
    low, high = np.quantile(alphas, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high), len(alphas)


def coincidences(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return the coincidence matrix: how often two codes meet in a unit, each unit by its number of codes.

    Parameters
    ----------
    ratings
        As in `alpha`.

    Returns
    -------
    pd.DataFrame
        Square and symmetric, codes as index and columns; the sum is the number of codes that can be paired.

    References
    ----------
    Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University of Pennsylvania.

    Examples
    --------
    >>> coincidences(pd.DataFrame({"Anna": ["a", "b", "b"], "Bo": ["a", "b", "a"]})).values.tolist()
    [[2.0, 1.0], [1.0, 2.0]]
    """
    codes, counts = _counted(ratings, "nominal", None)
    return pd.DataFrame(_coincident(counts), index=codes, columns=codes)


def percent_agreement(ratings: pd.DataFrame) -> float:
    """Return the share (0–1) of pairs of codes of one unit that are equal; NaN without any pair.

    Chance is not taken out: with few codes, much of it is luck.

    Parameters
    ----------
    ratings
        As in `alpha`.

    Returns
    -------
    float
        0–1; NaN where no unit has two codes.

    Examples
    --------
    >>> percent_agreement(pd.DataFrame({"Anna": ["a", "b", "b"], "Bo": ["a", "b", None], "Cia": ["b", "b", None]}))
    0.6666666666666666
    """
    _, counts = _counted(ratings, "nominal", None)
    sizes = counts.sum(axis=1)
    pairs = (sizes * (sizes - 1)).sum()
    return float((counts * (counts - 1)).sum() / pairs) if pairs else np.nan


def reliability(
    frame: pd.DataFrame,
    variables: Mapping[str, Level] | Iterable[str],
    *,
    orders: Mapping[str, Sequence[str]] | None = None,
    draws: int = 0,
    seed: int = 0,
) -> pd.DataFrame:
    """Return alpha and percent agreement of every variable.

    Parameters
    ----------
    frame
        Filled sheets, from `read`.
    variables
        Names (nominal), or names with their level.
    orders
        For ordinal variables whose codes are no numbers: the codes from lowest to highest, by variable.
    draws, seed
        Bootstrap draws for an interval of 95 %; 0 (default): none.

    Returns
    -------
    pd.DataFrame
        `variable, level, alpha, low, high` (of the interval), `agreement` (share of pairs that agree, 0–1),
        `n_items, n_paired` (items that two or more coded), `n_coders, n_codes, n_missing` (blank cells),
        `note` (`no_pairs`, `no_variation`: why alpha is missing). Krippendorff asks for alpha of 0.8, and
        0.667 for tentative conclusions.

    Raises
    ------
    DataError, InvalidArgument
        If no variable is named or one is not there, for an unknown level, or an item coded twice.

    Examples
    --------
    >>> filled = pd.DataFrame({"coder": ["Anna"] * 3 + ["Bo"] * 3, "item": list("abcabc"), "tone": list("112112")})
    >>> reliability(filled, {"tone": "ordinal"})[["alpha", "agreement", "n_paired"]].values.tolist()
    [[1.0, 1.0, 3.0]]
    """
    found = []
    for name in _named(frame, variables):
        level: Level = variables[name] if isinstance(variables, Mapping) else "nominal"
        wide, order = ratings(frame, name), (orders or {}).get(name)
        value, share = alpha(wide, level=level, order=order), percent_agreement(wide)
        low, high, _ = interval(wide, level=level, order=order, draws=draws, seed=seed) if draws else (np.nan,) * 3
        found.append(
            {
                "variable": name,
                "level": level,
                "alpha": value,
                "low": low,
                "high": high,
                "agreement": share,
                "n_items": len(wide),
                "n_paired": int((wide.notna().sum(axis=1) >= 2).sum()),
                "n_coders": int(wide.notna().any().sum()),
                "n_codes": int(frame[name].nunique()),
                "n_missing": int(wide.isna().to_numpy().sum()),
                "note": "" if not np.isnan(value) else "no_pairs" if np.isnan(share) else "no_variation",
            }
        )
    return pd.DataFrame(found)


def confusion(frame: pd.DataFrame, variable: str) -> pd.DataFrame:
    """Return, for every two coders, which codes of the one met which codes of the other.

    Parameters
    ----------
    frame
        Filled sheets, as `read` gives them: `coder`, `item` and the variables.
    variable
        The column.

    Returns
    -------
    pd.DataFrame
        `variable, coder_a, coder_b, code_a, code_b, n` (items), `share` (of the items that both coded, 0–1),
        `agree`. Pairs of codes that never met have no row.

    Raises
    ------
    DataError, InvalidArgument
        For a variable that is not there, or an item that a coder coded twice.

    Examples
    --------
    >>> filled = pd.DataFrame({"coder": ["Anna"] * 2 + ["Bo"] * 2, "item": list("abab"), "tone": list("1211")})
    >>> confusion(filled, "tone")[["code_a", "code_b", "n"]].values.tolist()
    [['1', '1', 1], ['2', '1', 1]]
    """
    wide = ratings(frame, variable)
    found = []
    for one, two in combinations(wide.columns, 2):
        met = wide[[one, two]].dropna().value_counts(sort=False)
        for (code, other), n in zip(met.index.to_numpy(), met, strict=True):
            found.append((variable, one, two, code, other, n, n / met.sum(), code == other))
    columns = ["variable", "coder_a", "coder_b", "code_a", "code_b", "n", "share", "agree"]
    kinds = dict.fromkeys(columns, TEXT) | {"n": "int64", "share": "float64", "agree": "bool"}
    return pd.DataFrame(found, columns=columns).astype(kinds)


def discordant(frame: pd.DataFrame, variables: Iterable[str]) -> pd.DataFrame:
    """List the items that coders coded differently: what to talk about, and which rule to sharpen.

    Parameters
    ----------
    frame
        Filled sheets, as `read` gives them: `coder`, `item` and the variables.
    variables
        The columns to look at.

    Returns
    -------
    pd.DataFrame
        `variable, item, codes` (`Anna: 1 | Bo: 2`), `n_coders` (who coded it), `n_codes` (different codes),
        `agreement` (share of the pairs of codes that are equal, 0–1). Least agreement first.

    Raises
    ------
    DataError, InvalidArgument
        If no variable is named or one is not there, or a coder coded an item twice.

    Examples
    --------
    >>> filled = pd.DataFrame({"coder": ["Anna"] * 2 + ["Bo"] * 2, "item": list("abab"), "tone": list("1211")})
    >>> discordant(filled, ["tone"])[["item", "codes"]].values.tolist()
    [['b', 'Anna: 2 | Bo: 1']]
    """
    found = []
    for name in _named(frame, variables):
        for item, row in ratings(frame, name).iterrows():
            given = row.dropna()
            if given.nunique() > 1:
                codes = " | ".join(f"{coder}: {code}" for coder, code in given.items())
                share = percent_agreement(given.to_frame().T)
                found.append((name, item, codes, len(given), given.nunique(), share))
    columns = ["variable", "item", "codes", "n_coders", "n_codes", "agreement"]
    kinds = dict.fromkeys(columns[:3], TEXT) | {"n_coders": "int64", "n_codes": "int64", "agreement": "float64"}
    table = pd.DataFrame(found, columns=columns).astype(kinds)
    return table.sort_values("agreement", kind="stable", ignore_index=True)


def _check_sheet(frame: pd.DataFrame, name: str) -> None:
    """Raise unless every row of a sheet says who coded what."""
    for key in ("coder", "item"):
        if key not in frame.columns:
            raise DataError(f"{name} has no column {key!r}", where=name, allowed=[str(item) for item in frame.columns])
        if frame[key].isna().any():
            row = int(frame[key].isna().to_numpy().argmax()) + 2
            raise DataError(f"{name} has no {key} in row {row}", where=name, remedy="fill it in, or take the row out")


def _check_once(frame: pd.DataFrame) -> None:
    """Raise where a coder coded an item twice."""
    for coder, item in frame.loc[frame.duplicated(["coder", "item"]), ["coder", "item"]].to_numpy():
        raise DataError(f"{coder} coded {item} twice", where="the sheets", remedy="keep one of the rows")


def _named(frame: pd.DataFrame, variables: Iterable[str]) -> list[str]:
    """Return the names of the variables, or raise where there is none or one is no column of the sheets."""
    names = several(variables)
    if not names:
        raise InvalidArgument("no variable is named", where="variables", remedy="name the columns that were coded")
    _check_sheet(frame, "the frame")
    for name in names:
        if name not in frame.columns:
            allowed = [str(item) for item in frame.columns if item not in ("coder", "item")]
            raise InvalidArgument(f"there is no variable {name!r}", where="variable", allowed=allowed, value=name)
    return names


def _counted(ratings: pd.DataFrame, level: Level, order: Sequence[Any] | None) -> tuple[list[Any], Numbers]:
    """Return the codes in their order, and how often each was given to each unit that two or more coders coded."""
    choice("level", level, ("nominal", "ordinal"))
    cells = pd.Series(ratings.to_numpy(dtype=object).ravel(), dtype=object)
    cells = cells[cells.notna() & (cells.astype(TEXT).str.strip() != "")]
    used = set(cells)
    if order is not None:
        lacking = sorted(str(value) for value in used - set(order))
        if lacking or len(set(order)) < len(order):
            raise InvalidArgument(
                f"the order lacks {', '.join(lacking)}" if lacking else "the order names a code twice",
                where="order",
                allowed=[str(item) for item in order],
                remedy="name every code once, from lowest to highest",
            )
        codes = list(order)
    else:
        try:
            codes = sorted(used, key=str if level == "nominal" else float)
        except ValueError as error:
            raise InvalidArgument(
                f"the codes are not all numbers: {error}", where="order", remedy="give order=[lowest, …, highest]"
            ) from error
    counts = np.zeros((len(ratings), len(codes)))
    units = cells.index.to_numpy() // max(1, ratings.shape[1])
    np.add.at(counts, (units, cells.map({code: place for place, code in enumerate(codes)}).to_numpy(dtype=int)), 1)
    return codes, counts[counts.sum(axis=1) >= 2]


def _coincident(counts: Numbers) -> Numbers:
    """Return the coincidence matrix of units × codes."""
    weight = 1 / (counts.sum(axis=1, keepdims=True) - 1)
    matrix: Numbers = (counts * weight).T @ counts
    matrix[np.diag_indices(len(matrix))] -= (counts * weight).sum(axis=0)
    return matrix


def _alphas(matrices: Numbers, level: Level) -> Numbers:
    """Return alpha for a stack of coincidence matrices; NaN where no disagreement is to be expected."""
    margins = matrices.sum(axis=2)
    totals = margins.sum(axis=1)
    if level == "nominal":
        distance = np.broadcast_to(1.0 - np.eye(matrices.shape[1]), matrices.shape)
    else:
        # Squared number of codes given between the two, half of each end (Krippendorff 2011, section D).
        rank = margins.cumsum(axis=1) - margins / 2
        distance = (rank[:, :, None] - rank[:, None, :]) ** 2
    observed = (matrices * distance).sum(axis=(1, 2)) * (totals - 1)
    expected = (margins[:, :, None] * margins[:, None, :] * distance).sum(axis=(1, 2))
    result: Numbers = np.full(len(matrices), np.nan)
    np.divide(observed, expected, out=result, where=expected > 1e-9)
    return 1 - result
