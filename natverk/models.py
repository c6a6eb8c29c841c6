"""Event study around the transfers of responsibility: do documented joins change when a county is taken over?

The outcome is what sources date: joins with a stated year. Most joins have none, so the study refuses, with its
counts, unless the dated ones can carry it.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from natverk.data.load import Dataset
from natverk.data.schema import SCHEMA
from natverk.errors import InvalidArgument
from natverk.frames import choice, each_row, known_actors, not_negative, year_range
from natverk.membership.actors import population_by_year
from natverk.membership.evidence import Counting, graded
from natverk.membership.lists import AtRisk, latest_lists, listed_memberships
from natverk.membership.panel import networks_counting_as
from natverk.roles.holders import TREATMENTS, Interval, Pilots, transfers

if TYPE_CHECKING:
    from natverk.locale import Texts

__all__ = [
    "Errors",
    "FAMILIES",
    "Family",
    "Fit",
    "Participation",
    "Refusal",
    "Skr",
    "checked_superpopulation",
    "covariates",
    "documented_participation",
    "documents",
    "fit_counts",
    "leave_one_county_out",
    "listed_participation",
    "modelled",
    "overdispersion",
    "sentences",
    "tally",
    "terms_of",
]


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
    >>> Refusal("participation", "nothing_counted", {"n_counted": 0}).counts["n_counted"]
    0
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


Skr = Literal["main", "nine"]
_MAIN = {"big_city": ("A1", "A2"), "larger_town": ("B3", "B4", "B5")}


def covariates(
    data: Dataset,
    year: int,
    *,
    skr: Skr = "main",
    pilots: Pilots = "count",
    interval: Interval = "leave_out",
) -> pd.DataFrame:
    """Return the covariates of the 290 municipalities in a year.

    Parameters
    ----------
    year
        The year to which population and years since a transfer refer.
    skr
        How the municipality groups of SKR enter. `"main"` (default): the dummies `big_city` (A1 and A2,
        which are the main group A) and `larger_town` (B3–B5) against rural municipalities and smaller towns
        (C6–C9). `"nine"`: a dummy for each group but the most numerous; `big_city` is then the sum of two of
        them and left out.
    pilots, interval
        See `natverk.roles.holders.transfers`.

    Returns
    -------
    pd.DataFrame
        One row a municipality: `code, actor_id, county_code, log_population` (natural logarithm of
        inhabitants on 31 December), `population_year` (the latest published year up to `year`), `coast`,
        the dummies for SKR groups (0 or 1), `years_since_to_joint, years_since_to_region` (whole calendar
        years up to `year`; 0 before the transfer and where there was none; missing where the transfer is
        known as an interval only and left out, or unknown), `reason` (`enters`, `interval_start`,
        `unknown_transfer`, `unknown_place`, `unknown_population`).

    Raises
    ------
    InvalidArgument
        For an unknown value, or a year before the first published population.

    Examples
    --------
    >>> from natverk import load
    >>> vaxjo = covariates(load(), 2021).set_index("code").loc["0780"]
    >>> int(vaxjo["years_since_to_joint"]), int(vaxjo["years_since_to_region"]), int(vaxjo["larger_town"])
    (14, 6, 1)
    """
    choice("skr", skr, ("main", "nine"))
    year_range(year, "year", data=data)
    population = population_by_year(data)
    published = [int(str(column)) for column in population.columns if int(str(column)) <= year]
    if not published:
        raise InvalidArgument(
            f"no population is published up to {year}",
            where="year",
            allowed=[str(column) for column in population.columns],
            value=str(year),
        )
    places = data.municipalities
    size = places["code"].map(population[max(published)]).astype("Float64")
    frame = places[["code", "actor_id", "county_code"]].assign(
        log_population=np.log(size.to_numpy(dtype=float, na_value=np.nan)),
        population_year=max(published),
        coast=places["coastal"].astype("Int64"),
    )
    if skr == "main":
        for name, groups in _MAIN.items():
            frame[name] = places["skr_group"].isin(groups).astype("Int64").where(places["skr_group"].notna())
    else:
        counts = places["skr_group"].value_counts()
        for group in sorted(set(counts.index) - {counts.index[0]}):
            frame[f"skr_{group}"] = (places["skr_group"] == group).astype("Int64").where(places["skr_group"].notna())
    when = transfers(data, pilots=pilots, interval=interval).set_index(["treatment", "county_code"])
    reason = pd.Series("enters", index=frame.index, dtype="str")
    for treatment in TREATMENTS:
        own = when.loc[treatment].reindex(frame["county_code"])
        since = (year - own["year"]).clip(lower=0).mask((own["state"] == "none").astype(bool), 0)
        # An interval that begins after the year: not yet transferred, whatever the day.
        since = since.mask((own["earliest"] > year).fillna(value=False), 0)
        frame[f"years_since_{treatment}"] = since.to_numpy()
        missing = frame[f"years_since_{treatment}"].isna()
        interval_start = missing & (own["state"] == "interval").to_numpy()
        reason = reason.mask(missing & ~interval_start, "unknown_transfer").mask(interval_start, "interval_start")
    dummies = [name for name in terms_of(frame) if not name.startswith(("years_since", "log_"))]
    reason = reason.mask(frame[dummies].isna().any(axis=1), "unknown_place")
    frame["reason"] = reason.mask(frame["log_population"].isna(), "unknown_population")
    return frame


def terms_of(frame: pd.DataFrame) -> list[str]:
    """Return the names of the covariates in a frame made by `covariates`, in order."""
    fixed = {"code", "actor_id", "county_code", "population_year", "reason"}
    return [str(column) for column in frame.columns if column not in fixed]


def documents(data: Dataset, actors: Iterable[str]) -> pd.Series:
    """Count the documents that attest anything about actors: different urls, over all evidence tables.

    Stored versions of one page count once. What is not read is not counted: the number says how much has been
    read about an actor, not how much exists.

    Returns
    -------
    pd.Series
        Index actor id, in the order given; number of documents, 0 where none was read.

    Examples
    --------
    >>> from natverk import load
    >>> count = documents(load(), ["municipality:0180", "municipality:0138"])
    >>> bool(count.iloc[0] > count.iloc[1] > 0)
    True
    """
    wanted = known_actors(data, actors)
    parts = []
    for name, table in SCHEMA.items():
        columns = [column for column in ("actor_id", "member_actor_id") if column in table.names]
        if table.evidence and columns:
            part = data.table(name)[[columns[0], "source_id"]].dropna()
            parts.append(part.set_axis(["actor_id", "source_id"], axis=1))
    rows = pd.concat(parts, ignore_index=True)
    rows = rows[rows["actor_id"].isin(wanted)]
    rows = rows.assign(source_id=rows["source_id"].str.split(";")).explode("source_id")
    url = data.sources.set_index("source_id")["url"]
    # A source without an address is a document of its own.
    rows["document"] = rows["source_id"].map(url).fillna(rows["source_id"])
    return rows.groupby("actor_id")["document"].nunique().reindex(wanted, fill_value=0).rename("n_documents")


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
        `family` and the columns of `natverk.models.fit_counts`; empty when refused.
    fits
        One row a family, see the same place, with `per_term` (memberships counted per term).
    overdispersion
        See `natverk.models.overdispersion`; of the Poisson fit.
    design
        One row a municipality that enters: `code, actor_id, county_code`, the outcome, `exposure` (lists
        that cover it; 1 for documented memberships) and the terms.
    terms
        The covariates.
    lists
        The complete lists used and not used, with the reason (see `natverk.membership.lists`); None for
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
    >>> from natverk.models import listed_participation
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
        See `natverk.models.listed_participation`.

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


def listed_participation(
    data: Dataset,
    *,
    year: int = 2022,
    networks: Iterable[str] | None = None,
    certainty: Literal["high", "medium"] = "high",
    at_risk: AtRisk = "eligible",
    skr: Skr = "main",
    pilots: Pilots = "count",
    interval: Interval = "leave_out",
    min_per_term: int = 5,
    superpopulation: str | None = None,
    errors: Errors = "county",
) -> Participation:
    """Model how many of the listed networks a municipality belongs to: the primary outcome.

    Only the latest complete list of each network up to `year` counts, and a municipality only for the lists that
    cover it (their number is the exposure): outside, its membership is unknown, and unknown is not zero. A list
    that names everybody it covers, or nobody, says nothing of who joins and is left out.

    Parameters
    ----------
    year
        The latest year of a list, and the year to which the covariates refer (default 2022, that of the
        latest lists of high certainty).
    networks
        Network ids; default all with a complete list, memberships and programmes.
    certainty
        The least certainty that a list is complete (default `"high"`).
    at_risk
        Whom a list covers: by its own population at risk and the network's rule of eligibility
        (`"eligible"`, default: who may not join is no non-member by choice), or by the `"list"` alone. Who is
        on the list is covered in any case.
    skr, pilots, interval
        See `natverk.models.covariates`; by default counties with a transfer known as an
        interval across years are kept out.
    min_per_term
        The fewest memberships per covariate; with fewer the model is refused. Default 5, the lower end of
        what Vittinghoff & McCulloch (2007) found to be workable.
    superpopulation
        What the municipalities are thought to be drawn from, in words. Default None: the 290 are a
        population, coefficients describe it, and there are no standard errors and no p-values.
    errors
        With a superpopulation: standard errors clustered by `"county"` (default: transfers came by county)
        or the `"model"`'s own.

    Returns
    -------
    Participation
        Poisson and negative binomial side by side, test of over-dispersion, marginal effects, design.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown network or value, or no complete list up to the year.

    References
    ----------
    Cameron, A. C. & Trivedi, P. K. (1990). Regression-based tests for overdispersion in the Poisson model.
    Journal of Econometrics 46, 347–364. Vittinghoff, E. & McCulloch, C. E. (2007). Relaxing the rule of ten
    events per variable in logistic and Cox regression. American Journal of Epidemiology 165, 710–718.

    Examples
    --------
    >>> from natverk import load
    >>> result = listed_participation(load(), interval="conventional")
    >>> result.fits["n"].tolist(), "std_error" in result.coefficients
    ([290, 290], False)
    """
    lists = latest_lists(data, year=year, networks=networks, certainty=certainty, at_risk=at_risk)
    counts = listed_memberships(data, lists, at_risk=at_risk)
    frame = covariates(data, year, skr=skr, pilots=pilots, interval=interval)
    terms = terms_of(frame)
    frame = frame.merge(counts, on="actor_id", how="left", validate="one_to_one")
    outside = frame["exposure"].fillna(0) == 0
    frame["reason"] = frame["reason"].mask(outside & (frame["reason"] == "enters"), "not_at_risk")
    return modelled(frame, "listed_memberships", terms, lists, min_per_term, superpopulation, errors)


def documented_participation(
    data: Dataset,
    *,
    year: int = 2024,
    counts_as: tuple[str, ...] = ("membership",),
    counting: Counting = "strict",
    skr: Skr = "main",
    pilots: Pilots = "count",
    interval: Interval = "leave_out",
    min_per_term: int = 5,
    superpopulation: str | None = None,
    errors: Errors = "county",
) -> Participation:
    """Model how many memberships of a municipality are *documented*, given how many documents were read.

    This is no model of membership: a municipality without a documented membership may belong to many networks.
    The covariate `log_documents` (logarithm of 1 + documents by url that attest anything about the municipality)
    holds documentation fixed as far as a count can; since a document that names a membership raises both sides,
    its coefficient is no effect.

    Parameters
    ----------
    year
        Memberships attested up to this year or in no year; covariates of this year (default 2024, the latest
        with published population).
    counts_as, counting
        Kinds of network and statuses, see `natverk.panel`.
    skr, pilots, interval, min_per_term, superpopulation, errors
        See `listed_participation`.

    Returns
    -------
    Participation
        As `listed_participation` gives it, with the outcome `documented_memberships`.

    Raises
    ------
    InvalidArgument
        For an unknown value.

    References
    ----------
    As `listed_participation`.

    Examples
    --------
    >>> from natverk import load
    >>> result = documented_participation(load(), interval="conventional")
    >>> result.outcome, "log_documents" in result.terms
    ('documented_memberships', True)
    """
    year_range(year, "year", data=data)
    rows = graded(data, counting=counting)
    rows = rows[(rows["grade"] == "positive") & rows["network_id"].isin(networks_counting_as(data, counts_as))]
    rows = rows[(rows["first"].isna() | (rows["first"] <= year)).fillna(value=True)]
    found = rows.groupby("actor_id")["network_id"].nunique()
    frame = covariates(data, year, skr=skr, pilots=pilots, interval=interval)
    frame["log_documents"] = np.log1p(documents(data, frame["actor_id"]).to_numpy(dtype=float))
    terms = terms_of(frame)
    # A count of documents' statements, not of memberships: none documented is a known 0.
    frame["documented_memberships"] = frame["actor_id"].map(found).fillna(0).astype("int64")
    frame["exposure"] = 1
    return modelled(frame, "documented_memberships", terms, None, min_per_term, superpopulation, errors)
