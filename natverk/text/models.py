"""Results of participation models in words: what is counted, who enters, and whether there is a model."""

from __future__ import annotations

from natverk.frames import each_row
from natverk.locale import Texts
from natverk.models import Participation

__all__ = ["participation_text"]


def participation_text(t: Texts, result: Participation) -> str:
    """Say what is counted, who enters, why there are (no) standard errors, and whether there is a model.

    Parameters
    ----------
    t
        The texts of a language.
    result
        What `natverk.models.listed_participation` or `documented_participation` gives.

    Examples
    --------
    >>> from natverk import load
    >>> from natverk.locale import texts
    >>> from natverk.models import listed_participation
    >>> print(participation_text(texts("en"), listed_participation(load(), skr="nine")))
    The model counts ... No model: 33 memberships for 12 covariates in 220 municipalities; ...
    """
    enters, n = result.reasons["enters"], result.reasons["n_municipalities"]
    words = [
        t(f"participation.outcome.{result.outcome}"),
        t("participation.entering.sum", n=t.number(int(n[enters].sum())), total=t.number(int(n.sum()))),
    ]
    for key, chosen in (("enter", enters), ("out", ~enters)):
        cases = [
            f"{t(f'participation.reason.{row.reason}')} ({t.number(row.n_municipalities)})"
            for row in each_row(result.reasons[chosen & (n > 0)])
        ]
        if cases:
            words.append(t(f"participation.entering.{key}", reasons="; ".join(cases)))
    if result.refused is not None:
        counts = {name: t.number(value) for name, value in result.refused.counts.items()}
        names = t.join(list(result.refused.names))
        words.append(t(f"participation.refused.{result.refused.reason}", **counts, names=names))
    elif result.superpopulation is None:
        words.append(t("participation.population"))
    else:
        words.append(t("participation.superpopulation", named=result.superpopulation))
    return " ".join(words)
