"""Portfolio: a review of networks by criteria, after the one that Stockholm made in 2011.

A written rule turns judgements of criteria into a score and a recommendation; the summary judgements
(`overall`) and the recommendations of a document are never read for that. What comes out checks whether
one coder's reading of a document is consistent. It is no validation (`Review.caveat`).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

import pandas as pd

from natverk.errors import InvalidArgument
from natverk.measures.criteria import Choice, chosen
from natverk.measures.judged import beside, judgements, review_years
from natverk.measures.ownsheet import STEPS, blank_sheet, filled_sheet
from natverk.measures.reviews import Review, fullest_review, review
from natverk.measures.scores import score, sensitivity
from natverk.measures.verdicts import CORE, CRITERIA, RECOMMENDATIONS, Rule

__all__ = [
    "CORE",
    "CRITERIA",
    "RECOMMENDATIONS",
    "STEPS",
    "Choice",
    "Review",
    "Rule",
    "beside",
    "blank_sheet",
    "chosen",
    "filled_sheet",
    "fullest_review",
    "judgements",
    "review",
    "review_years",
    "score",
    "sensitivity",
    "sheet",
]


def sheet(networks: Iterable[str]) -> pd.DataFrame:
    """Return an empty sheet to judge networks of one's own by criteria, to be filled and given to `score`.

    Parameters
    ----------
    networks
        Ids or names, as one likes; they need not be in the data.

    Returns
    -------
    pd.DataFrame
        `network_id, criterion, judgement` (Int64, all missing: −2 strongly negative … 2 strongly positive;
        leave blank what cannot be judged), `rationale`. One row a network and criterion.

    Raises
    ------
    InvalidArgument
        If no network, or one twice, is named.

    Examples
    --------
    >>> empty = sheet(["sern", "ensa"])
    >>> len(empty), int(empty["judgement"].isna().sum())
    (14, 14)
    """
    names = [networks] if isinstance(networks, str) else list(networks)
    if not names or len(set(names)) < len(names):
        raise InvalidArgument("no network is named, or one twice", where="networks", remedy="name each network once")
    rows = pd.DataFrame(product(names, CRITERIA), columns=["network_id", "criterion"], dtype="str")
    return rows.assign(
        judgement=pd.array([pd.NA] * len(rows), dtype="Int64"), rationale=pd.array([""] * len(rows), dtype="str")
    )
