"""What pages say of a null model: the values of one statistic as written, and whether they differ from it."""

from __future__ import annotations

import math

from natverk.locale import texts
from natverk.text.page import Page
from natverk.twomode.nullmodel import NullTest

__all__ = ["LEVEL", "conditions", "tested", "verdict"]

#: Below this a p-value of the null model is called a difference; the page states the value itself.
LEVEL = 0.05
_TESTED = ("observed", "mean", "null_low", "null_high", "z", "p")


def _values(test: NullTest, item: str) -> dict[str, float]:
    row = test.frame.set_index("item").to_dict("index")[item]
    return {name: float(str(row[name])) for name in _TESTED}


def tested(page: Page, test: NullTest, item: str) -> dict[str, str]:
    """Return observed value, null mean and range, z and p of a statistic, as written."""
    row = _values(test, item)
    decimals = 0 if item != "nodf" else 1
    z = page.say("word.unknown") if math.isnan(row["z"]) else page.t.number(abs(row["z"]), 1)
    return {
        "observed": page.t.number(row["observed"], decimals),
        "mean": page.t.number(row["mean"], 1),
        "low": page.t.number(row["null_low"], decimals),
        "high": page.t.number(row["null_high"], decimals),
        "z": ("−" if row["z"] < 0 else "") + z,
        "p": page.t.number(row["p"], 2),
    }


def verdict(test: NullTest, item: str) -> str:
    """Say whether a statistic lies above the null model (`more`), below it (`fewer`) or within (`as_null`)."""
    row = _values(test, item)
    if row["p"] >= LEVEL:
        return "as_null"
    return "more" if row["observed"] > row["mean"] else "fewer"


def conditions(test: NullTest, lang: str) -> str:
    """Say what a test is conditional on, how it was made, and what it cannot tell."""
    t = texts(lang)
    parts = [t("nullmodels.conditional")]
    if test.coverage is not None:
        parts.append(t("nullmodels.coverage", share=t.percent(test.coverage)))
    side, least = t(f"nullmodels.{test.side}"), t.number(2 / (test.n + 1), 4)
    parts.append(t("nullmodels.draws", n=t.number(test.n), seed=test.seed, trades=test.trades, side=side, least=least))
    constant = int((test.frame["sd"] == 0).sum())
    if test.rigid:
        parts.append(t("nullmodels.rigid"))
    elif constant:
        parts.append(t("nullmodels.constant", n=t.number(constant), total=t.number(len(test.frame))))
    return " ".join(parts)
