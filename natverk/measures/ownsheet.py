"""Sheets of one's own: an empty review to fill in a spreadsheet, and a filled one as judgements.

`portfolio` is the public face. A sheet is one of `coding`: a row a network, a column a criterion, a file a
coder, so that two people can fill one each and be compared before they agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from natverk.errors import DataError, InvalidArgument
from natverk.locale import LANGUAGES, texts
from natverk.measures import sheets
from natverk.measures.verdicts import CRITERIA, HIGHEST, LOWEST

__all__ = ["STEPS", "blank_sheet", "filled_sheet"]

#: What may stand in a cell of a criterion.
STEPS = tuple(str(step) for step in range(LOWEST, HIGHEST + 1))
_WHY = "rationale"


def blank_sheet(
    networks: Iterable[str] | Mapping[str, str], *, coder: str = "1", criteria: Iterable[str] = CRITERIA
) -> pd.DataFrame:
    """Return an empty review sheet: a row a network, a column a criterion; `coding.write` writes it to a file.

    Parameters
    ----------
    networks
        Ids, or names by id; they need not be in the data.
    coder
        Who is to fill it in; names the file.
    criteria
        The columns to fill: whole steps from −2 (strongly negative) to 2 (strongly positive), blank where it
        cannot be judged.

    Returns
    -------
    pd.DataFrame
        `coder, item` (the network's id), `network` (its name), the criteria and `rationale`; all text.

    Raises
    ------
    InvalidArgument
        If no network, or one twice, is named.

    Examples
    --------
    >>> blank_sheet({"sern": "SERN", "ensa": "ENSA"}, coder="Anna").shape
    (2, 11)
    """
    names = dict(networks) if isinstance(networks, Mapping) else {item: item for item in networks}
    frame = pd.DataFrame({"item": list(names), "network": list(names.values())}, dtype="str")
    return sheets.sheet(frame, [*criteria, _WHY], [coder])


def filled_sheet(filled: pd.DataFrame, *, coder: str | None = None) -> pd.DataFrame:
    """Return a filled sheet as judgements that `score` and `sensitivity` take.

    Parameters
    ----------
    filled
        From `coding.read` (a sheet of `blank_sheet`) or `coding.read_table` (the sheet as a page shows it, whose
        columns are named in the page's language). Criteria that are left out are not judged.
    coder
        Whose judgements; needed where several have filled in: their judgements are never averaged.

    Returns
    -------
    pd.DataFrame
        `network_id` (its name, where the sheet has no column of ids), `criterion, judgement` (Int64), `rationale`:
        one row a cell that is filled in.

    Raises
    ------
    InvalidArgument
        If there are several coders and none is named, or there is no such coder.
    DataError
        If a cell holds something else than a whole step, or a column of networks or of criteria is missing.

    Examples
    --------
    >>> sheet = blank_sheet(["sern"]).assign(influence="2", monitoring=" −1 ")
    >>> filled_sheet(sheet)[["criterion", "judgement"]].values.tolist()
    [['monitoring', -1], ['influence', 2]]
    >>> shown = pd.DataFrame({"Nätverk": ["SERN"], "Påverkan": ["+1"]})
    >>> filled_sheet(shown)[["network_id", "criterion", "judgement"]].values.tolist()
    [['SERN', 'influence', 1]]
    """
    known = _columns()
    named = filled.rename(columns={name: known.get(str(name).strip().casefold(), str(name)) for name in filled.columns})
    named = named.assign(item=named["network"]) if "network" in named and "item" not in named else named
    criteria = [name for name in CRITERIA if name in named.columns]
    for what, there in (("of networks", "item" in named), ("of a criterion", criteria)):
        if not there:
            raise DataError(
                f"there is no column {what}", where="the sheet", allowed=["network", *CRITERIA],
                remedy="start from the sheet: portfolio.blank_sheet([…])",
            )  # fmt: skip
    own = _of_one(named, coder).reset_index(drop=True)
    for name in criteria:
        # A minus sign as word processors write it is a minus, and a plus sign says nothing more.
        cells = own[name].astype("str").mask(own[name].isna(), "")
        cells = cells.str.strip().str.replace("−", "-").str.removeprefix("+")
        own[name] = cells.mask(cells == "")
        wrong = own[own[name].notna() & ~own[name].isin(STEPS)]
        if len(wrong):
            raise DataError(
                f"{wrong[name].iloc[0]!r} is no judgement", where=f"{wrong['item'].iloc[0]}, {name}", allowed=STEPS,
                remedy="write a whole step, or leave the cell blank",
            )  # fmt: skip
    own[_WHY] = own[_WHY] if _WHY in own.columns else None
    long = own.assign(order=range(len(own))).melt(["order", "item", _WHY], criteria, "criterion", "judgement")
    long = long.dropna(subset=["judgement"]).sort_values("order", kind="stable")
    long = long.rename(columns={"item": "network_id"}).astype({"judgement": "Int64", _WHY: "str"})
    return long[["network_id", "criterion", "judgement", _WHY]].reset_index(drop=True)


def _columns() -> dict[str, str]:
    """Return the columns of a sheet by what the pages call them, in every language."""
    found = {}
    for t in map(texts, LANGUAGES):
        for key in ("network", _WHY):
            found[t(f"page.column.{key}").casefold()] = key
        found |= {t(f"terms.criterion.{name}").casefold(): name for name in CRITERIA}
    return found


def _of_one(filled: pd.DataFrame, coder: str | None) -> pd.DataFrame:
    """Return the rows of one coder."""
    coders = sorted(filled["coder"].dropna().unique()) if "coder" in filled.columns else []
    if coder is None and len(coders) > 1:
        raise InvalidArgument(
            "several have filled in the sheet", where="coder", allowed=coders, remedy=f"coder={coders[0]!r}"
        )
    if coder is not None and coder not in coders:
        raise InvalidArgument(f"there is no coder {coder!r}", where="coder", allowed=coders, value=coder)
    return filled if coder is None else filled[filled["coder"] == coder]
