"""Coding: sheets for several coders, filled in files of their own, read back and compared.

The face of four modules: `sheets` gives out and reads the files, `spreadsheets` keeps them safe and true to
every code, `agreement` has Krippendorff's alpha; here the coders are put side by side.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from natverk.data.spreadsheets import FORMS, read_table, write_table
from natverk.errors import DataError, InvalidArgument, nearest
from natverk.frames import choice, several

__all__ = [
    "KEYS",
    "LEVELS",
    "Level",
    "alpha",
    "check",
    "coincidences",
    "confusion",
    "disagreements",
    "interval",
    "percent_agreement",
    "ratings",
    "read",
    "read_table",
    "reliability",
    "sheet",
    "variable_in",
    "write",
    "write_table",
]


Numbers = npt.NDArray[np.float64]
Level = Literal["nominal", "ordinal"]
#: Levels of measurement: codes that are just different, and codes in an order.
LEVELS = ("nominal", "ordinal")
_BLOCK = 200  # draws at a time: bounds the memory of the bootstrap


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
    codes = _codes(ratings, level, order)
    counts = _counts(ratings, codes)
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
    fits = {"draws": draws > 0, "confidence": 0 < confidence < 1, "seed": seed >= 0}
    for name in (name for name, right in fits.items() if not right):
        remedy = "give at least one draw, a confidence between 0 and 1, and a seed from 0"
        raise InvalidArgument(f"{name} is out of range", where=name, remedy=remedy)
    counts = _counts(ratings, _codes(ratings, level, order))
    if counts.size == 0:
        return np.nan, np.nan, 0
    units, n_codes = counts.shape
    per_unit = np.stack([_coincident(unit[None, :]).ravel() for unit in counts])
    rng = np.random.default_rng(seed)
    found = []
    for start in range(0, draws, _BLOCK):
        times = rng.multinomial(units, np.full(units, 1 / units), size=min(_BLOCK, draws - start))
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
    codes = _codes(ratings, "nominal", None)
    return pd.DataFrame(_coincident(_counts(ratings, codes)), index=codes, columns=codes)


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

    References
    ----------
    Krippendorff, K. (2018). Content Analysis (4th ed.). Sage, ch. 12.

    Examples
    --------
    >>> percent_agreement(pd.DataFrame({"Anna": ["a", "b", "b"], "Bo": ["a", "b", None], "Cia": ["b", "b", None]}))
    0.6666666666666666
    """
    counts = _counts(ratings, _codes(ratings, "nominal", None))
    sizes = counts.sum(axis=1)
    pairs = (sizes * (sizes - 1)).sum()
    return float((counts * (counts - 1)).sum() / pairs) if pairs else np.nan


def _blank(value: object) -> bool:
    return bool(pd.isna(value)) or (isinstance(value, str) and not value.strip())  # type: ignore[call-overload]


def _codes(ratings: pd.DataFrame, level: Level, order: Sequence[Any] | None) -> list[Any]:
    """Return the codes: in their order where there is one, else in the order of their text."""
    choice("level", level, LEVELS)
    used = {value for value in ratings.to_numpy(dtype=object).ravel() if not _blank(value)}
    if order is not None:
        lacking = sorted(str(value) for value in used - set(order))
        if lacking or len(set(order)) < len(order):
            raise InvalidArgument(
                f"the order lacks {', '.join(lacking)}" if lacking else "the order names a code twice",
                where="order",
                allowed=[str(item) for item in order],
                remedy="name every code once, from lowest to highest",
            )
        return list(order)
    if level == "nominal":
        return sorted(used, key=str)
    try:
        return sorted(used, key=float)
    except ValueError as error:
        raise InvalidArgument(
            f"the codes are not all numbers: {error}", where="order", remedy="give order=[lowest, …, highest]"
        ) from error


def _counts(ratings: pd.DataFrame, codes: list[Any]) -> Numbers:
    """Return how often each code was given to each unit that two or more coders coded: units × codes."""
    values = ratings.to_numpy(dtype=object)
    place = {code: n for n, code in enumerate(codes)}
    counts = np.zeros((len(values), len(codes)))
    for unit, row in enumerate(values):
        for value in row:
            if not _blank(value):
                counts[unit, place[value]] += 1
    paired: Numbers = counts[counts.sum(axis=1) >= 2]
    return paired


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
    np.subtract(1, result, out=result)
    return result


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
    variable_in(frame, variable)
    if frame.duplicated(["coder", "item"]).any():
        coder, item = frame.loc[frame.duplicated(["coder", "item"]), ["coder", "item"]].iloc[0]
        raise DataError(f"{coder} coded {item} twice", where="the frame", remedy="keep one of the rows")
    cells = frame[variable]
    kept = frame.assign(code=cells.mask(cells.astype("str").str.strip() == ""))
    wide = kept.pivot(index="item", columns="coder", values="code")
    return wide.reindex(index=frame["item"].unique(), columns=frame["coder"].unique())


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

    References
    ----------
    Krippendorff, K. (2018). Content Analysis (4th ed.). Sage, ch. 12.

    Examples
    --------
    >>> filled = pd.DataFrame({"coder": ["Anna"] * 3 + ["Bo"] * 3, "item": list("abcabc"), "tone": list("112112")})
    >>> reliability(filled, {"tone": "ordinal"})[["alpha", "agreement", "n_paired"]].values.tolist()
    [[1.0, 1.0, 3.0]]
    """
    levels: dict[str, Level] = (
        dict(variables) if isinstance(variables, Mapping) else dict.fromkeys(variables, "nominal")
    )
    if not levels:
        raise InvalidArgument("no variable is named", where="variables", remedy="name the columns that were coded")
    found = []
    for name, level in levels.items():
        wide = ratings(frame, name)
        order = (orders or {}).get(name)
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

    References
    ----------
    Krippendorff, K. (2018). Content Analysis (4th ed.). Sage, ch. 12.

    Examples
    --------
    >>> filled = pd.DataFrame({"coder": ["Anna"] * 2 + ["Bo"] * 2, "item": list("abab"), "tone": list("1211")})
    >>> confusion(filled, "tone")[["code_a", "code_b", "n"]].values.tolist()
    [['1', '1', 1], ['2', '1', 1]]
    """
    wide = ratings(frame, variable)
    parts = []
    for one, two in combinations(wide.columns, 2):
        both = wide[[one, two]].dropna().set_axis(["code_a", "code_b"], axis=1)
        counts = both.value_counts(sort=False).rename("n").reset_index()
        parts.append(counts.assign(coder_a=one, coder_b=two, share=counts["n"] / len(both)))
    columns = ["variable", "coder_a", "coder_b", "code_a", "code_b", "n", "share", "agree"]
    if not parts:
        return pd.DataFrame(columns=columns)
    table = pd.concat(parts, ignore_index=True).assign(variable=variable)
    return table.assign(agree=table["code_a"] == table["code_b"])[columns]


def disagreements(frame: pd.DataFrame, variables: Iterable[str]) -> pd.DataFrame:
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

    References
    ----------
    Krippendorff, K. (2018). Content Analysis (4th ed.). Sage, ch. 12.

    Examples
    --------
    >>> filled = pd.DataFrame({"coder": ["Anna"] * 2 + ["Bo"] * 2, "item": list("abab"), "tone": list("1211")})
    >>> disagreements(filled, ["tone"])[["item", "codes"]].values.tolist()
    [['b', 'Anna: 2 | Bo: 1']]
    """
    names = several(variables)
    if not names:
        raise InvalidArgument("no variable is named", where="variables", remedy="name the columns that were coded")
    found = []
    for name in names:
        wide = ratings(frame, name)
        for item, row in wide.iterrows():
            given = row.dropna()
            if given.nunique() > 1:
                codes = " | ".join(f"{coder}: {code}" for coder, code in given.items())
                share = percent_agreement(given.to_frame().T)
                found.append((name, item, codes, len(given), given.nunique(), share))
    columns = ["variable", "item", "codes", "n_coders", "n_codes", "agreement"]
    return pd.DataFrame(found, columns=columns).sort_values("agreement", kind="stable", ignore_index=True)
