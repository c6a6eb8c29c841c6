"""Sheets of one's own: an empty review to fill in a spreadsheet, and a filled one as judgements.

`portfolio` is the public face. A sheet is one of `coding`: a row a network, a column a criterion, a file a
coder, so that two people can fill one each and be compared before they agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from natverk.errors import DataError, InvalidArgument
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
    """Return a filled sheet, from `coding.read`, as judgements that `score` and `sensitivity` take.

    Parameters
    ----------
    filled
        The columns of `blank_sheet`; criteria that are left out are not judged.
    coder
        Whose judgements; needed where several have filled in: their judgements are never averaged.

    Returns
    -------
    pd.DataFrame
        `network_id, criterion, judgement` (Int64), `rationale`: one row a cell that is filled in.

    Raises
    ------
    InvalidArgument
        If there are several coders and none is named, or there is no such coder.
    DataError
        If a cell holds something else than a whole step, or no column is a criterion.

    Examples
    --------
    >>> sheet = blank_sheet(["sern"]).assign(influence="2", monitoring=" −1 ")
    >>> filled_sheet(sheet)[["criterion", "judgement"]].values.tolist()
    [['monitoring', -1], ['influence', 2]]
    """
    coders = sorted(filled["coder"].unique()) if "coder" in filled.columns else []
    if coder is None and len(coders) > 1:
        raise InvalidArgument(
            "several have filled in the sheet", where="coder", allowed=coders, remedy=f"coder={coders[0]!r}"
        )
    if coder is not None and coder not in coders:
        raise InvalidArgument(f"there is no coder {coder!r}", where="coder", allowed=coders, value=coder)
    criteria = [name for name in CRITERIA if name in filled.columns]
    if not criteria:
        raise DataError("no column is a criterion", where="the sheet", allowed=CRITERIA, remedy="start from the sheet")
    own = filled if coder is None else filled[filled["coder"] == coder]
    # A minus sign as word processors write it is a minus.
    tidy = own.assign(**{name: own[name].str.strip().str.replace("−", "-") for name in criteria})
    tidy = tidy.assign(**{name: tidy[name].str.removeprefix("+").mask(tidy[name] == "") for name in criteria})
    wrong = sheets.check(tidy, dict.fromkeys(criteria, STEPS))
    if len(wrong):
        first = wrong.iloc[0]
        raise DataError(
            f"{first['code']!r} is no judgement", where=f"{first['item']}, {first['variable']}", allowed=STEPS,
            remedy="write a whole step, or leave the cell blank",
        )  # fmt: skip
    why = [_WHY] if _WHY in tidy.columns else []
    tidy = tidy.assign(order=range(len(tidy)))
    long = tidy.melt(["order", "item", *why], criteria, "criterion", "judgement").dropna(subset=["judgement"])
    long = long.sort_values("order", kind="stable").rename(columns={"item": "network_id"})
    long["judgement"] = long["judgement"].astype("Int64")
    return long[["network_id", "criterion", "judgement", *why]].reset_index(drop=True)
