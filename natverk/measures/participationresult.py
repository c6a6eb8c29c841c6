"""Results of the participation models: coefficients, design, what entered, and how one county may carry them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from natverk.errors import InvalidArgument
from natverk.measures.arguments import choice, not_negative
from natverk.measures.countmodels import FAMILIES, Family, fit_counts, overdispersion
from natverk.measures.said import Refusal, checked_superpopulation, sentences, tally

__all__ = ["Errors", "Participation", "leave_one_county_out", "modelled"]

Errors = Literal["county", "model"]
_COLUMNS = ["family", "term", "coefficient", "rate_ratio", "marginal_effect"]

#: What becomes of a municipality, and whether it enters.
REASONS = {
    "enters": True,
    "interval_start": False,
    "unknown_transfer": False,
    "unknown_place": False,
    "unknown_population": False,
    "not_at_risk": False,
}


@dataclass(frozen=True)
class Participation:
    """Count models of one outcome, what entered them, and how far they can be trusted.

    Attributes
    ----------
    outcome
        `listed_memberships` or `documented_memberships`: also the name of the column in `design`.
    coefficients
        `family` and the columns of `natverk.measures.countmodels.fit_counts`; empty when refused.
    fits
        One row a family, see the same place, with `per_term` (memberships counted per term).
    overdispersion
        See `natverk.measures.countmodels.overdispersion`; of the Poisson fit.
    design
        One row a municipality that enters: `code, actor_id, county_code`, the outcome, `exposure` (lists
        that cover it; 1 for documented memberships) and the terms.
    terms
        The covariates.
    lists
        The complete lists used and not used, with the reason (see `natverk.measures.listedness`); None for
        documented memberships.
    said
        `reason, enters, n_municipalities`.
    refused
        Why there is no model, or None.
    superpopulation
        As stated by the caller. None: the municipalities are a population, and there are no standard errors.
    """

    outcome: str
    coefficients: pd.DataFrame
    fits: pd.DataFrame
    overdispersion: pd.DataFrame
    design: pd.DataFrame
    terms: tuple[str, ...]
    lists: pd.DataFrame | None
    said: pd.DataFrame
    refused: Refusal | None
    superpopulation: str | None

    def text(self, lang: str = "en") -> str:
        """Say what is counted, who enters, why there are (no) standard errors, and whether there is a model."""
        from natverk.locale import texts

        t = texts(lang)
        words = [t(f"participation.outcome.{self.outcome}"), sentences("participation", self.said, lang)]
        if self.refused is not None:
            words.append(self.refused.text(lang))
        elif self.superpopulation is None:
            words.append(t("participation.population"))
        else:
            words.append(t("participation.superpopulation", named=self.superpopulation))
        return " ".join(words)


def leave_one_county_out(result: Participation, *, family: Family = "poisson") -> pd.DataFrame:
    """Fit the model again without each county: does one county carry the result?

    Parameters
    ----------
    result
        A result of `listed_participation` or `documented_participation`.
    family
        Which of the models (default `"poisson"`).

    Returns
    -------
    pd.DataFrame
        `county_code` (left out), `n` (municipalities that remain), `term, coefficient, full` (coefficient with
        all counties), `change` (of the coefficient), `sign_kept`. Where the model cannot be fitted without a
        county, its coefficients are missing.

    Raises
    ------
    InvalidArgument
        For an unknown family, one that was not fitted, or a result that is itself a refusal.

    References
    ----------
    Belsley, D. A., Kuh, E. & Welsch, R. E. (1980). Regression Diagnostics, Wiley (deletion diagnostics, here by
    county).

    Examples
    --------
    >>> from natverk import load
    >>> from natverk.measures.participation import listed_participation
    >>> once = leave_one_county_out(listed_participation(load(), interval="conventional"))
    >>> once["county_code"].nunique()
    21
    """
    choice("family", family, FAMILIES)
    if result.refused is not None:
        raise InvalidArgument(result.refused.text(), where="result", remedy="admit more cases, or fewer terms")
    status = str(result.fits.loc[result.fits["family"] == family, "status"].iloc[0])
    if status != "fitted":
        raise InvalidArgument(
            f"there is no {family} model of {result.outcome}: {status}",
            where="family",
            allowed=["poisson"],
            value=family,
        )
    full = result.coefficients[result.coefficients["family"] == family].set_index("term")["coefficient"]
    terms = list(result.terms)
    found = []
    for county in sorted(set(result.design["county_code"])):
        rest = result.design[result.design["county_code"] != county]
        values = pd.Series(np.nan, index=full.index)
        if not _separated(rest, result.outcome, terms) and _full_rank(rest, terms):
            fit = fit_counts(rest, result.outcome, terms, family=family, exposure="exposure")
            if fit.summary["status"].iloc[0] == "fitted":
                values = fit.coefficients.set_index("term")["coefficient"]
        part = pd.DataFrame({"term": full.index, "coefficient": values.to_numpy(), "full": full.to_numpy()})
        part.insert(0, "n", len(rest))
        part.insert(0, "county_code", county)
        found.append(part)
    frame = pd.concat(found, ignore_index=True)
    frame["change"] = frame["coefficient"] - frame["full"]
    kept = np.sign(frame["coefficient"]) == np.sign(frame["full"])
    frame["sign_kept"] = kept.astype("boolean").mask(frame["coefficient"].isna())
    return frame


def modelled(
    frame: pd.DataFrame,
    outcome: str,
    terms: list[str],
    lists: pd.DataFrame | None,
    min_per_term: int,
    superpopulation: str | None,
    errors: Errors,
) -> Participation:
    """Fit both models to the municipalities that enter, or refuse.

    Parameters
    ----------
    frame
        One row a municipality: `code, actor_id, county_code, reason`, the outcome, `exposure` and the terms.
    outcome, terms
        Column names.
    lists
        Kept in the result.
    min_per_term, superpopulation, errors
        See `natverk.listed_participation`.

    Returns
    -------
    Participation
        The result, or its refusal.

    Raises
    ------
    InvalidArgument
        For an unknown value.
    """
    not_negative("min_per_term", min_per_term)
    choice("errors", errors, ("county", "model"))
    checked_superpopulation(superpopulation)
    said = tally(frame["reason"], REASONS, "municipalities")
    columns = ["code", "actor_id", "county_code", outcome, "exposure", *terms]
    design = frame.loc[frame["reason"] == "enters", columns].reset_index(drop=True)
    design = design.astype({**dict.fromkeys(terms, "float64"), outcome: "int64", "exposure": "int64"})
    refused = _refusal(design, outcome, terms, min_per_term)
    fits: list[pd.DataFrame] = []
    coefficients: list[pd.DataFrame] = []
    tested = pd.DataFrame(columns=["form", "alpha"])
    families: tuple[Family, ...] = ("poisson", "negative_binomial")
    for family in families if refused is None else ():
        cluster = "county_code" if errors == "county" else None
        fit = fit_counts(
            design,
            outcome,
            terms,
            family=family,
            exposure="exposure",
            superpopulation=superpopulation,
            cluster=cluster,
        )
        fits.append(fit.summary.assign(per_term=fit.summary["total"] / fit.summary["n_terms"]))
        fit.coefficients.insert(0, "family", family)
        coefficients.append(fit.coefficients)
        if family == "poisson" and fit.summary["status"].iloc[0] == "fitted":
            tested = overdispersion(design[outcome], fit.fitted, superpopulation=superpopulation)
    return Participation(
        outcome,
        pd.concat(coefficients, ignore_index=True) if coefficients else pd.DataFrame(columns=_COLUMNS),
        pd.concat(fits, ignore_index=True) if fits else pd.DataFrame(columns=["family", "status", "n", "total"]),
        tested,
        design,
        tuple(terms),
        lists,
        said,
        refused,
        superpopulation,
    )


def _refusal(design: pd.DataFrame, outcome: str, terms: list[str], least: int) -> Refusal | None:
    total = int(design[outcome].sum())
    counts = {"n": len(design), "n_memberships": total, "n_terms": len(terms), "min_per_term": least}
    if total < least * len(terms) or total == 0:
        return Refusal("participation", "too_few_memberships", counts)
    if not _full_rank(design, terms):
        return Refusal("participation", "collinear", counts, tuple(terms))
    empty = _separated(design, outcome, terms)
    if empty:
        return Refusal("participation", "separated", counts, tuple(empty))
    return None


def _full_rank(design: pd.DataFrame, terms: list[str]) -> bool:
    matrix = np.column_stack([np.ones(len(design)), design[terms].to_numpy()])
    return bool(np.linalg.matrix_rank(matrix) == matrix.shape[1])


def _separated(design: pd.DataFrame, outcome: str, terms: list[str]) -> list[str]:
    """Return the dummies of which one side has no membership at all: their coefficient is infinite."""
    dummies = [term for term in terms if design[term].isin([0, 1]).all()]
    return [term for term in dummies if (design.groupby(term)[outcome].sum() == 0).any()]
