"""What a result says of itself: how many cases enter, how many cannot and why, and when it refuses.

Reasons are short codes with counts, so that a page can put them into its own language; the sentences stand
in `natverk/locale/<lang>/<part>.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from natverk.errors import InvalidArgument
from natverk.measures.frames import each_row

if TYPE_CHECKING:
    from natverk.locale import Texts

__all__ = ["Refusal", "checked_superpopulation", "sentences", "tally"]

CaseCounts = Mapping[str, float]


@dataclass(frozen=True)
class Refusal:
    """Why a measure gives no result for these data: a reason with the counts behind it.

    A refusal is part of a result and no error: the data are in order, they only do not carry the answer.

    Attributes
    ----------
    part
        The measure, which is also the part of the locale (`"survival"`, `"participation"`, …).
    reason
        The reason as a code.
    counts
        The numbers that decide, by name.
    names
        The things concerned (terms, cohorts), joined into the sentence.

    Examples
    --------
    >>> print(Refusal("survival", "too_few_events", {"n_events": 2, "min_events": 10, "n_enter": 30}).text("en"))
    No survival curve: too few dated exits (exits: 2, spells that enter: 30; at least 10 exits are required).
    """

    part: str
    reason: str
    counts: CaseCounts
    names: tuple[str, ...] = ()

    def text(self, lang: str = "en") -> str:
        """Return the refusal as a sentence."""
        t = _texts(lang)
        shown = {name: _number(t, value) for name, value in self.counts.items()}
        return t(f"{self.part}.refused.{self.reason}", **shown, names=t.join(list(self.names)))


def tally(reasons: pd.Series, order: Mapping[str, bool], unit: str) -> pd.DataFrame:
    """Count cases by reason, in a fixed order, every reason named even when no case has it.

    Parameters
    ----------
    reasons
        One reason a case.
    order
        The reasons in order, and whether a case with it enters.
    unit
        What is counted; the column is called `n_` and the unit.

    Returns
    -------
    pd.DataFrame
        `reason, enters, n_<unit>`.

    Examples
    --------
    >>> tally(pd.Series(["ended", "undated"]), {"ended": True, "undated": False}, "spells").values.tolist()
    [['ended', True, 1], ['undated', False, 1]]
    """
    counts = reasons.value_counts()
    return pd.DataFrame(
        {
            "reason": pd.Series(list(order), dtype="str"),
            "enters": list(order.values()),
            f"n_{unit}": [int(counts.get(reason, 0)) for reason in order],
        }
    )


def sentences(part: str, frame: pd.DataFrame, lang: str = "en") -> str:
    """Put a tally into words: how many enter, how many do not, and each reason that occurs with its count."""
    t = _texts(lang)
    column = frame.columns[-1]
    total, entering = int(frame[column].sum()), int(frame.loc[frame["enters"], column].sum())
    words = [t(f"{part}.said.sum", n=t.number(entering), total=t.number(total))]
    for enters in (True, False):
        cases = frame[(frame["enters"] == enters) & (frame[column] > 0)]
        if len(cases):
            each = [
                f"{t(f'{part}.reason.{row.reason}')} ({t.number(getattr(row, str(column)))})" for row in each_row(cases)
            ]
            words.append(t(f"{part}.said.{'enter' if enters else 'out'}", reasons="; ".join(each)))
    return " ".join(words)


def checked_superpopulation(value: object) -> str | None:
    """Return the stated superpopulation, or raise: standard errors need one, in words.

    The 290 municipalities are a population, no sample: a standard error means something only when the reader
    is told what they are thought to be drawn from.

    >>> checked_superpopulation(None) is None
    True
    """
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise InvalidArgument(
            f"superpopulation is {value!r}: it must say what the cases are thought to be drawn from",
            where="superpopulation",
            remedy="leave it out for a result without standard errors, or name the superpopulation in words",
        )
    return value


def _texts(lang: str) -> Texts:
    # The locale brings Babel along: only whoever wants words pays for it.
    from natverk.locale import texts

    return texts(lang)


def _number(t: Texts, value: float) -> str:
    return t.number(value) if float(value).is_integer() else t.number(value, 2)
