"""The reasons that `natverk.explain` gives, as sentences."""

from __future__ import annotations

import pandas as pd

from natverk.data.types import TEXT
from natverk.frames import has_columns
from natverk.locale import texts

__all__ = ["explain_text"]


def explain_text(reasons: pd.DataFrame, lang: str = "sv") -> pd.Series:
    """Put the rule and its values into a sentence, for each row of what `natverk.explain` gives.

    Parameters
    ----------
    reasons
        As `natverk.explain` gives them.
    lang
        `"sv"` (default) or `"en"`.

    Returns
    -------
    pd.Series
        A sentence a row, text, index as `reasons`; empty for evidence without a cell, which has no rule.

    Raises
    ------
    InvalidArgument
        For another language, or a frame without `rule` and `values`.

    Examples
    --------
    >>> from natverk import explain, load
    >>> cell = {"actor_id": "Vänersborg", "network_id": "SERN", "year": 2024}
    >>> explain_text(explain(load(), cell), "en").iloc[0]
    'Attested as a member 2006–2024.'
    """
    has_columns(reasons, ["rule", "values"], "reasons", "give what natverk.explain returns")
    t = texts(lang)

    def sentence(rule: str, values: str) -> str:
        own: dict[str, str] = dict(item.split("=", 1) for item in values.split(", ") if item)
        if "first" in own:
            own["years"] = own["first"] if own["first"] == own["last"] else f"{own['first']}–{own['last']}"
        if "carry_forward" in own:
            own["until"] = str(int(own["last_attested"]) + int(own["carry_forward"]))
        if "population" in own:
            bounds = [name for name in ("min_population", "max_population") if name in own]
            own["bounds"] = t.join([t(f"explain.bounds.{name}", n=t.number(int(own[name]))) for name in bounds])
            own["population"] = t.number(int(own["population"]))
        words = {
            "status": lambda text: t.join([t(f"terms.status.{item}") for item in text.split("/")]),
            "eligible_levels": lambda text: t.join([t(f"explain.level.{item}") for item in text.split(";")]),
            "part_year": lambda text: t(f"explain.part_year.{text}"),
            "certainty": lambda text: t(f"terms.certainty.{text}"),
        }
        return t(f"explain.rule.{rule}", **{name: words.get(name, str)(value) for name, value in own.items()})

    said = [
        "" if pd.isna(rule) else sentence(rule, values)
        for rule, values in zip(reasons["rule"], reasons["values"], strict=True)
    ]
    return pd.Series(said, index=reasons.index, dtype=TEXT, name="reason")
