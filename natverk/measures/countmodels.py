"""Count models on a design matrix: Poisson and negative binomial, marginal effects, test of over-dispersion.

Nothing here knows of municipalities. Standard errors appear only where the caller states a superpopulation.
"""

from __future__ import annotations

import warnings
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from natverk.errors import InvalidArgument
from natverk.measures.said import checked_superpopulation

__all__ = ["FAMILIES", "Family", "Fit", "fit_counts", "overdispersion"]

Family = Literal["poisson", "negative_binomial"]
FAMILIES = ("poisson", "negative_binomial")


class Fit(NamedTuple):
    """A fitted count model.

    `coefficients` (one row a term), `summary` (one row), `fitted` (expected counts).
    """

    coefficients: pd.DataFrame
    summary: pd.DataFrame
    fitted: np.ndarray


def fit_counts(
    design: pd.DataFrame,
    outcome: str,
    terms: list[str],
    *,
    family: Family = "poisson",
    exposure: str | None = None,
    superpopulation: str | None = None,
    cluster: str | None = None,
) -> Fit:
    """Fit log E(outcome) = log(exposure) + intercept + terms.

    Parameters
    ----------
    design
        One row a case, without missing cells.
    outcome, terms, exposure
        Column names: counts from 0; covariates; what the counts are to be read against (greater than 0).
    family
        `"poisson"`, or `"negative_binomial"` with variance μ + alpha μ² (NB2).
    superpopulation
        What the cases are thought to be drawn from, in words; only then are there standard errors.
    cluster
        The column with the units that are drawn together (counties, where treatments come by county). None
        for the model's own standard errors.

    Returns
    -------
    Fit
        `coefficients`: `term, coefficient` (log rate), `rate_ratio, marginal_effect` (mean change of the
        expected count over the cases: per unit of a covariate, or from 0 to 1 of a dummy; missing for the
        intercept) and on request `std_error, statistic, p_value, low, high` (95 % interval of the
        coefficient; Student's t with clusters − 1 degrees of freedom where there are clusters).
        `summary`: `family, status, n, total, n_terms, log_likelihood, aic, pearson_dispersion` (Pearson's χ²
        per degree of freedom; about 1 if the variance is the model's), `alpha` (0 for Poisson). Status:
        `fitted`; `no_overdispersion` (the counts vary no more than Poisson counts: the likelihood is
        greatest at alpha = 0, and there is no negative binomial model); `not_converged`. Without a fit the
        numbers are missing.

    Raises
    ------
    InvalidArgument
        For missing columns or cells, negative or fractional counts, terms that are linear combinations of
        others, or an exposure that is not positive.

    References
    ----------
    Cameron, A. C. & Trivedi, P. K. (2013). Regression Analysis of Count Data, 2nd ed., Cambridge University
    Press, chapters 3 and 5 (Poisson, NB2, marginal effects).

    Examples
    --------
    >>> design = pd.DataFrame({"y": [1, 3, 2, 6], "x": [0, 0, 1, 1]})
    >>> fit_counts(design, "y", ["x"]).coefficients[["rate_ratio", "marginal_effect"]].round(6).values.tolist()
    [[2.0, nan], [2.0, 2.0]]
    """
    checked_superpopulation(superpopulation)
    _check(design, outcome, terms, exposure, family)
    y = design[outcome].to_numpy(dtype=float)
    matrix = np.column_stack([np.ones(len(design)), design[terms].to_numpy(dtype=float)])
    weight = np.ones(len(design)) if exposure is None else design[exposure].to_numpy(dtype=float)
    if np.linalg.matrix_rank(matrix) < matrix.shape[1]:
        raise InvalidArgument(
            f"the terms {', '.join(terms)} are linear combinations of each other or constant in these cases",
            where="terms",
            remedy="leave one of them out, or take more cases",
        )
    covariance: dict[str, Any] = {}
    if cluster is not None and superpopulation is not None:
        groups = pd.factorize(design[cluster])[0]
        covariance = {"cov_type": "cluster", "cov_kwds": {"groups": groups}, "use_t": True}
    result, status = _fitted(y, matrix, weight, family, covariance)
    names = ["intercept", *terms]
    extra = ["std_error", "statistic", "p_value", "low", "high"] if superpopulation is not None else []
    columns = ["coefficient", "rate_ratio", "marginal_effect", *extra]
    frame = pd.DataFrame(np.nan, index=range(len(names)), columns=columns)
    frame.insert(0, "term", pd.Series(names, dtype="str"))
    summary = {"family": family, "status": status, "n": len(design), "total": int(y.sum()), "n_terms": len(terms)}
    if result is None:
        blank = dict.fromkeys(("log_likelihood", "aic", "pearson_dispersion", "alpha"), np.nan)
        return Fit(frame, pd.DataFrame([{**summary, **blank}]), np.full(len(y), np.nan))
    parameters = np.asarray(result.params)[: len(names)]
    alpha = float(result.params[-1]) if family == "negative_binomial" else 0.0
    mean = weight * np.exp(matrix @ parameters)
    frame["coefficient"], frame["rate_ratio"] = parameters, np.exp(parameters)
    frame["marginal_effect"] = [np.nan, *_marginal(design, terms, matrix, parameters, weight)]
    if superpopulation is not None:
        for column, values in (("std_error", result.bse), ("statistic", result.tvalues), ("p_value", result.pvalues)):
            frame[column] = np.asarray(values)[: len(names)]
        frame[["low", "high"]] = np.asarray(result.conf_int())[: len(names)]
    squares = (y - mean) ** 2 / (mean + alpha * mean**2)
    measures = {
        "log_likelihood": float(result.llf),
        "aic": float(-2 * result.llf + 2 * len(result.params)),
        "pearson_dispersion": float(squares.sum() / max(len(y) - len(names), 1)),
        "alpha": alpha,
    }
    return Fit(frame, pd.DataFrame([{**summary, **measures}]), mean)


def _fitted(
    y: np.ndarray, matrix: np.ndarray, weight: np.ndarray, family: str, covariance: dict[str, Any]
) -> tuple[Any, str]:
    """Return the result of statsmodels (None where there is none) and the status."""
    import statsmodels.api as sm
    from statsmodels.discrete.discrete_model import NegativeBinomial

    with warnings.catch_warnings():
        # What statsmodels warns of here is returned as the status.
        warnings.simplefilter("ignore")
        poisson = sm.GLM(y, matrix, family=sm.families.Poisson(), exposure=weight)
        settings = covariance if family == "poisson" else {}
        result = poisson.fit(maxiter=200, tol=1e-10, **settings)
        if family == "poisson":
            return (result, "fitted") if result.converged else (None, "not_converged")
        # The likelihood rises from alpha = 0 only if the counts vary more than Poisson counts do.
        if ((y - result.mu) ** 2 - y).sum() <= 0:
            return None, "no_overdispersion"
        model = NegativeBinomial(y, matrix, loglike_method="nb2", exposure=weight)
        start = np.append(result.params, 0.5)
        result = model.fit(start_params=start, method="bfgs", maxiter=1000, gtol=1e-6, disp=0, **covariance)
        good = bool(result.mle_retvals["converged"]) and result.params[-1] > 0
        return (result, "fitted") if good else (None, "not_converged")


def _marginal(
    design: pd.DataFrame, terms: list[str], matrix: np.ndarray, parameters: np.ndarray, weight: np.ndarray
) -> list[float]:
    """Average the effect of each term on the expected count over the cases."""
    base = matrix @ parameters
    effects = []
    for place, term in enumerate(terms, 1):
        if design[term].isin([0, 1]).all():
            rest = base - matrix[:, place] * parameters[place]
            effects.append(float(np.mean(weight * (np.exp(rest + parameters[place]) - np.exp(rest)))))
        else:
            effects.append(float(np.mean(weight * np.exp(base)) * parameters[place]))
    return effects


def overdispersion(
    observed: np.ndarray | pd.Series, fitted: np.ndarray | pd.Series, *, superpopulation: str | None = None
) -> pd.DataFrame:
    """Test a Poisson fit for over-dispersion by the auxiliary regression of Cameron and Trivedi.

    Regresses ((y − μ)² − y) / μ on g(μ) / μ without intercept: the slope estimates alpha in the
    variance μ + alpha g(μ), with g(μ) = μ² (NB2) or μ (NB1). Under Poisson it is 0.

    Parameters
    ----------
    observed, fitted
        Counts and the expected counts of the Poisson model.
    superpopulation
        What the cases are thought to be drawn from, in words; only then are there a t statistic and a p-value.

    Returns
    -------
    pd.DataFrame
        `form` (`nb2`, `nb1`), `alpha` (slope), and on request `t, p_value` (one-sided, against alpha > 0, normal).

    Raises
    ------
    InvalidArgument
        If the two differ in length, have missing values, or an expected count is not positive.

    References
    ----------
    Cameron, A. C. & Trivedi, P. K. (1990). Regression-based tests for overdispersion in the Poisson model.
    Journal of Econometrics 46, 347–364.

    Examples
    --------
    >>> overdispersion(np.array([0, 4, 0, 4]), np.array([2.0, 2.0, 2.0, 2.0]))["alpha"].tolist()
    [0.5, 1.0]
    """
    import statsmodels.api as sm
    from scipy.stats import norm

    checked_superpopulation(superpopulation)
    y, mean = np.asarray(observed, dtype=float), np.asarray(fitted, dtype=float)
    if y.shape != mean.shape or not len(y) or not (np.isfinite(y).all() and np.isfinite(mean).all()):
        raise InvalidArgument(
            "observed and expected counts differ in length or have gaps", where="observed, fitted",
            remedy="give the cases of one fit",
        )  # fmt: skip
    if (mean <= 0).any():
        raise InvalidArgument("an expected count is not positive", where="fitted", remedy="give the Poisson means")
    excess = ((y - mean) ** 2 - y) / mean
    found = []
    for form, regressor in (("nb2", mean), ("nb1", np.ones_like(mean))):
        fit = sm.OLS(excess, regressor).fit()
        row: dict[str, object] = {"form": form, "alpha": float(fit.params[0])}
        if superpopulation is not None:
            row |= {"t": float(fit.tvalues[0]), "p_value": float(norm.sf(fit.tvalues[0]))}
        found.append(row)
    return pd.DataFrame(found)


def _check(design: pd.DataFrame, outcome: str, terms: list[str], exposure: str | None, family: str) -> None:
    if family not in FAMILIES:
        raise InvalidArgument(f"unknown value {family!r}", where="family", allowed=FAMILIES, value=family)
    columns = [outcome, *terms, *([exposure] if exposure else [])]
    for column in columns:
        if column not in design.columns:
            raise InvalidArgument(f"no column {column!r}", where="design", allowed=list(design.columns), value=column)
    if not terms or design.empty:
        raise InvalidArgument("there are no terms or no cases", where="design", remedy="name at least one term")
    if design[columns].isna().any(axis=None):
        raise InvalidArgument(
            "a cell is missing", where="design", remedy="keep the cases with all covariates: unknown is not 0"
        )
    counts = design[outcome].to_numpy(dtype=float)
    if (counts < 0).any() or (counts % 1 != 0).any():
        raise InvalidArgument("the outcome is no count", where=outcome, remedy="give whole numbers from 0")
    if exposure and (design[exposure].to_numpy(dtype=float) <= 0).any():
        raise InvalidArgument("an exposure is not positive", where=exposure, remedy="leave out cases without exposure")
