"""Coding: sheets for several coders, filled in files of their own, read back and compared.

The face of four modules: `sheets` gives out and reads the files, `spreadsheets` keeps them safe and true to
every code, `agreement` has Krippendorff's alpha; here the coders are put side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from natverk.errors import DataError, InvalidArgument
from natverk.measures.agreement import Level, alpha, coincidences, interval, percent_agreement
from natverk.measures.arguments import several
from natverk.measures.sheets import check, read, sheet, variable_in, write
from natverk.measures.spreadsheets import read_table, write_table

__all__ = [
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
    "write",
    "write_table",
]


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
