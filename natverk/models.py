"""Participation: what the number of memberships of municipalities goes with, by count models of statsmodels.

Two outcomes: memberships in networks with a complete list, where absence is known, and *documented* memberships,
with the number of documents read as a covariate. Where the data carry no model the result is a refusal with its
counts.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from natverk.data.answers import asked
from natverk.data.load import Dataset, kept
from natverk.data.schema import SCHEMA
from natverk.data.types import TEXT
from natverk.errors import InvalidArgument, UnknownName
from natverk.frames import Names, choice, has_columns, known_actors, known_networks, not_negative, several, year_range
from natverk.membership.evidence import Counting, graded
from natverk.membership.lists import AtRisk, latest_lists, listed_memberships
from natverk.membership.panel import networks_counting_as
from natverk.municipalities import covariates
from natverk.roles.holders import TREATMENTS, Interval, Pilots

__all__ = [
    "FAMILIES",
    "Errors",
    "Family",
    "Fit",
    "Participation",
    "Refusal",
    "Skr",
    "documented_participation",
    "documents",
    "fit_counts",
    "leave_one_county_out",
    "listed_participation",
    "model_terms",
    "overdispersion",
]


#: How standard errors are clustered.
Errors = Literal["county", "model"]
#: A count model.
Family = Literal["poisson", "negative_binomial"]
#: How finely the groups of SKR are told apart.
Skr = Literal["main", "nine"]
#: The count models that can be fitted.
FAMILIES: tuple[Family, ...] = ("poisson", "negative_binomial")

#: What becomes of a municipality: it enters the model, or it does not, and why.
_REASONS = ("enters", "interval_start", "unknown_transfer", "unknown_place", "unknown_population", "not_at_risk")
_WHY = {
    "interval_start": "the day of the county's transfer is known as an interval only (interval= takes a year of it)",
    "unknown_transfer": "the county's transfer is not known",
    "unknown_place": "its group, coast or place is not known",
    "unknown_population": "its population is not known",
    "not_at_risk": "none of the lists covers it",
}
#: Terms that enter only where they are named.
_ON_REQUEST = ("km_to_seat",)
_MAIN_GROUPS = {"big_city": ("A1", "A2"), "larger_town": ("B3", "B4", "B5")}


class Refusal(NamedTuple):
    """Why there is no model for these data: a code with the counts behind it.

    A refusal is part of a result and no error: the data are in order, they only do not carry the answer.

    Attributes
    ----------
    reason
        `too_few_memberships`, `collinear` (a term does not vary or follows from the others) or `separated` (on one
        side of a dummy there is no membership at all).
    counts
        `n` (municipalities), `n_memberships`, `n_terms`, `min_per_term`.
    names
        The terms concerned.
    """

    reason: str
    counts: Mapping[str, int]
    names: tuple[str, ...] = ()


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
    reasons
        `reason, enters, n_municipalities`: why municipalities enter or do not; `dropped` is those that do not, with
        what it means.
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
    reasons: pd.DataFrame
    refused: Refusal | None
    superpopulation: str | None

    @property
    def dropped(self) -> pd.DataFrame:
        """The municipalities that do not enter, by reason: `reason, n_municipalities, why` (in words)."""
        out = self.reasons[~self.reasons["enters"] & (self.reasons["n_municipalities"] > 0)]
        why = out["reason"].map(_WHY).astype(TEXT)
        return out[["reason", "n_municipalities"]].assign(why=why).reset_index(drop=True)

    def __repr__(self) -> str:
        n, total = len(self.design), int(self.design[self.outcome].sum())
        shown = f"{self.outcome}: {n} municipalities, {total} memberships, {len(self.terms)} terms"
        out = self.dropped
        if len(out):
            reasons = [f"{name} {n_out}" for name, n_out in zip(out["reason"], out["n_municipalities"], strict=True)]
            shown += f"; {int(out['n_municipalities'].sum())} left out: {', '.join(reasons)}"
        return f"<natverk.models.Participation {shown}{f'; refused: {self.refused.reason}' if self.refused else ''}>"

    def _repr_html_(self) -> str:
        """Show the coefficients in a notebook, or why there are none; and who was left out, and why."""
        head = f"<p><code>{escape(repr(self))}</code></p>"
        if len(self.dropped):
            head += f"<p>Left out of the model:</p>{self.dropped.to_html(index=False)}"
        if self.refused is not None:
            names = {"names": ", ".join(self.refused.names)} if self.refused.names else {}
            counts = pd.Series({**self.refused.counts, **names}, name=self.refused.reason, dtype="object")
            return head + counts.to_frame().to_html()
        tables = [frame.round(3).to_html(index=False) for frame in (self.coefficients, self.fits)]
        return "\n".join([head, *tables])


@asked
def listed_participation(
    data: Dataset,
    *,
    year: int | None = None,
    networks: Names | None = None,
    certainty: Literal["high", "medium"] = "high",
    at_risk: AtRisk = "eligible",
    terms: Iterable[str] | str | None = None,
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
        The latest year of a list, and the year to which the covariates refer. Default: the year of the latest
        list of this certainty, up to the last year of the data.
    networks
        Ids or names; default all with a complete list, memberships and programmes.
    certainty
        The least certainty that a list is complete (default `"high"`).
    at_risk
        Whom a list covers: by its own population at risk and the network's rule of eligibility
        (`"eligible"`, default: who may not join is no non-member by choice), or by the `"list"` alone. Who is
        on the list is covered in any case.
    terms
        The covariates, by the names of `natverk.models.model_terms`; default all of them but `km_to_seat`. A
        municipality is left out only for what is missing of these: without `years_since_to_joint` and
        `years_since_to_region` no county is.
    skr, pilots, interval
        See `natverk.models.model_terms`; by default counties with a transfer known as an
        interval across years are kept out. Who is left out and why is told by `dropped`, and wherever the result is
        shown.
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
    if year is None:
        table = data.member_lists
        certain = table["certainty"].isin(("high",) if certainty == "high" else ("high", "medium"))
        years = table.loc[certain & (table["status_scope"] == "all") & (table["year"] <= data.last_year), "year"]
        year = int(years.max()) if len(years) else data.last_year
    wanted = None if networks is None else known_networks(data, networks)
    lists = latest_lists(data, year=year, networks=wanted, certainty=certainty, at_risk=at_risk)
    counts = listed_memberships(data, lists, at_risk=at_risk)
    frame = model_terms(data, year, skr=skr, pilots=pilots, interval=interval)
    chosen = _chosen_terms(frame, terms)
    frame["reason"] = _reasons_of(frame, chosen)
    frame = frame.merge(counts, on="actor_id", how="left", validate="one_to_one")
    outside = frame["exposure"].fillna(0) == 0
    frame["reason"] = frame["reason"].mask(outside & (frame["reason"] == "enters"), "not_at_risk")
    return _modelled(frame, "listed_memberships", chosen, lists, min_per_term, superpopulation, errors)


@asked
def documented_participation(
    data: Dataset,
    *,
    year: int | None = None,
    counts_as: tuple[str, ...] = ("membership",),
    counting: Counting = "strict",
    terms: Iterable[str] | str | None = None,
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
        Memberships attested up to this year or in no year; covariates of this year. Default: the last year of the
        data.
    counts_as, counting
        Kinds of network and statuses, see `natverk.panel`.
    terms, skr, pilots, interval, min_per_term, superpopulation, errors
        See `listed_participation`; `log_documents` is a term more.

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
    year = year_range(year, "year", data=data)[0]
    rows = graded(data, counting=counting)
    rows = rows[(rows["grade"] == "positive") & rows["network_id"].isin(networks_counting_as(data, counts_as))]
    rows = rows[(rows["first"].isna() | (rows["first"] <= year)).fillna(value=True)]
    frame = model_terms(data, year, skr=skr, pilots=pilots, interval=interval)
    frame["log_documents"] = np.log1p(documents(data, frame["actor_id"]).to_numpy(dtype=float))
    chosen = _chosen_terms(frame, terms)
    frame["reason"] = _reasons_of(frame, chosen)
    # A count of documents' statements, not of memberships: none documented is a known 0.
    found = rows.groupby("actor_id")["network_id"].nunique()
    frame["documented_memberships"] = found.reindex(frame["actor_id"], fill_value=0).to_numpy()
    frame["exposure"] = 1
    return _modelled(frame, "documented_memberships", chosen, None, min_per_term, superpopulation, errors)


def _modelled(
    frame: pd.DataFrame,
    outcome: str,
    terms: list[str],
    lists: pd.DataFrame | None,
    min_per_term: int,
    superpopulation: str | None,
    errors: Errors,
) -> Participation:
    """Fit both models to the municipalities that enter, or refuse."""
    not_negative("min_per_term", min_per_term)
    choice("errors", errors, ("county", "model"))
    _check_superpopulation(superpopulation)
    counts = frame["reason"].value_counts().reindex(_REASONS, fill_value=0)
    reasons = pd.DataFrame({"reason": pd.Series(_REASONS, dtype=TEXT), "n_municipalities": counts.to_numpy()})
    reasons.insert(1, "enters", reasons["reason"] == "enters")
    columns = ["code", "actor_id", "county_code", outcome, "exposure", *terms]
    design = frame.loc[frame["reason"] == "enters", columns].reset_index(drop=True)
    design = design.astype({**dict.fromkeys(terms, "float64"), outcome: "int64", "exposure": "int64"})
    refused = _refusal(design, outcome, terms, min_per_term)
    numbers = dict.fromkeys(["coefficient", "rate_ratio", "marginal_effect"], "float64")
    coefficients = _empty({"family": TEXT, "term": TEXT, **numbers})
    fits = _empty({"family": TEXT, "status": TEXT, "n": "int64", "total": "int64"})
    tested = _empty({"form": TEXT, "alpha": "float64"})
    if refused is None:
        cluster = "county_code" if errors == "county" else None
        both = {
            family: fit_counts(
                design, outcome, terms, family=family, exposure="exposure", superpopulation=superpopulation,
                cluster=cluster,
            )
            for family in FAMILIES
        }  # fmt: skip
        tables = {family: fit.coefficients for family, fit in both.items()}
        coefficients = pd.concat(tables, names=["family"]).reset_index(level=0).reset_index(drop=True)
        fits = pd.concat([fit.summary for fit in both.values()], ignore_index=True)
        fits["per_term"] = fits["total"] / fits["n_terms"]
        if fits["status"].iloc[0] == "fitted":
            tested = overdispersion(design[outcome], both["poisson"].fitted, superpopulation=superpopulation)
    return Participation(
        outcome, coefficients, fits, tested, design, tuple(terms), lists, reasons, refused, superpopulation
    )


def _empty(types: dict[str, str]) -> pd.DataFrame:
    """Return a frame without rows whose columns have types."""
    return pd.DataFrame(columns=list(types)).astype(types)


def _refusal(design: pd.DataFrame, outcome: str, terms: list[str], least: int) -> Refusal | None:
    """Return why a design carries no model, or None."""
    total = int(design[outcome].sum())
    counts = {"n": len(design), "n_memberships": total, "n_terms": len(terms), "min_per_term": least}
    if total < least * len(terms) or total == 0:
        return Refusal("too_few_memberships", counts)
    y, matrix, _ = _arrays(design, outcome, terms, "exposure")
    if np.linalg.matrix_rank(matrix) < matrix.shape[1]:
        return Refusal("collinear", counts, tuple(terms))
    separated = _separated(y, matrix)
    return Refusal("separated", counts, tuple(terms[place - 1] for place in separated)) if separated else None


def _arrays(
    design: pd.DataFrame, outcome: str, terms: list[str], exposure: str | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the counts, the intercept and terms as a matrix, and the exposure."""
    matrix = np.column_stack([np.ones(len(design)), design[terms].to_numpy(dtype=float)])
    weight = np.ones(len(design)) if exposure is None else design[exposure].to_numpy(dtype=float)
    return design[outcome].to_numpy(dtype=float), matrix, weight


def _separated(y: np.ndarray, matrix: np.ndarray) -> list[int]:
    """Return the dummies of which one side has no membership at all: their coefficient is infinite."""
    return [
        place
        for place, column in enumerate(matrix.T)
        if set(np.unique(column)) == {0, 1} and (y[column == 0].sum() == 0 or y[column == 1].sum() == 0)
    ]


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
        counts = ", ".join(f"{name} {n}" for name, n in result.refused.counts.items())
        raise InvalidArgument(
            f"there is no model of {result.outcome}: {result.refused.reason} ({counts})",
            where="result",
            remedy="admit more cases, or fewer terms",
        )
    status = str(result.fits.loc[result.fits["family"] == family, "status"].iloc[0])
    if status != "fitted":
        raise InvalidArgument(
            f"there is no {family} model of {result.outcome}: {status}",
            where="family",
            allowed=["poisson"],
            value=family,
        )
    full = result.coefficients[result.coefficients["family"] == family].set_index("term")["coefficient"]
    y, matrix, weight = _arrays(result.design, result.outcome, list(result.terms), "exposure")
    county = result.design["county_code"].to_numpy()
    parts = []
    for code in sorted(set(county)):
        rest = county != code
        fit = None
        if np.linalg.matrix_rank(matrix[rest]) == matrix.shape[1] and not _separated(y[rest], matrix[rest]):
            fit, _ = _fitted(y[rest], matrix[rest], weight[rest], family, {})
        # Where there is no fit the coefficients are missing.
        values = np.full(len(full), np.nan) if fit is None else np.asarray(fit.params)[: len(full)]
        parts.append(pd.DataFrame({"county_code": code, "n": int(rest.sum()), "coefficient": values, "full": full}))
    frame = pd.concat(parts).rename_axis("term").reset_index().astype({"county_code": TEXT})
    frame["change"] = frame["coefficient"] - frame["full"]
    same = np.sign(frame["coefficient"]) == np.sign(frame["full"])
    frame["sign_kept"] = same.astype("boolean").mask(frame["coefficient"].isna())
    return frame[["county_code", "n", "term", "coefficient", "full", "change", "sign_kept"]]


@asked
def model_terms(
    data: Dataset,
    year: int | None = None,
    *,
    skr: Skr = "main",
    pilots: Pilots = "count",
    interval: Interval = "leave_out",
) -> pd.DataFrame:
    """Return the terms of participation models: the covariates of the 290 municipalities in a year, as numbers.

    Parameters
    ----------
    data
        The dataset.
    year
        The year to which population and years since a transfer refer; default the last year of the data.
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
        known as an interval only and left out, or unknown), `km_to_seat` (see `natverk.covariates`; no term unless
        it is asked for), `to_joint_state, to_region_state` (`known`, `interval`, `unknown`), `reason` (what keeps the
        municipality out of a model with all terms: `enters`, `interval_start`, `unknown_transfer`, `unknown_place`,
        `unknown_population`).

    Raises
    ------
    InvalidArgument
        For an unknown value, or a year before the first published population.

    See Also
    --------
    natverk.covariates : the same year by year, with words for groups and states, for models of your own.

    Examples
    --------
    >>> from natverk import load
    >>> vaxjo = model_terms(load(), 2021).set_index("code").loc["0780"]
    >>> int(vaxjo["years_since_to_joint"]), int(vaxjo["years_since_to_region"]), int(vaxjo["larger_town"])
    (14, 6, 1)
    """
    choice("skr", skr, ("main", "nine"))
    year = year_range(year, "year", data=data)[0]
    known = covariates(data, year, population="latest", pilots=pilots, interval=interval)
    published = sorted(set(data.population["year"]))
    if not published or published[0] > year:
        raise InvalidArgument(
            f"no population is published up to {year}",
            where="year",
            allowed=[str(item) for item in published],
            value=str(year),
        )
    frame = known[["code", "actor_id", "county_code", "log_population"]].assign(
        population_year=max(int(item) for item in published if item <= year), coast=known["coast"].astype("Int64")
    )
    group = known["skr_group"]
    if skr == "main":
        dummies = _MAIN_GROUPS
    else:
        # A dummy for each but the most numerous group.
        dummies = {f"skr_{name}": (name,) for name in sorted(set(group.dropna()) - {group.value_counts().index[0]})}
    for name, groups in dummies.items():
        frame[name] = group.isin(groups).astype("Int64").mask(group.isna())
    for treatment in TREATMENTS:
        frame[f"years_since_{treatment}"] = known[f"years_since_{treatment}"]
    frame["km_to_seat"] = known["km_to_seat"]
    for treatment in TREATMENTS:
        frame[f"{treatment}_state"] = known[f"{treatment}_state"]
    frame["reason"] = _reasons_of(frame, _terms(frame))
    return frame


def _reasons_of(frame: pd.DataFrame, terms: list[str]) -> pd.Series:
    """Return what keeps each municipality out of a model with these terms: the one that is missing, or nothing."""
    reason = pd.Series("enters", index=frame.index, dtype=TEXT)
    for treatment in TREATMENTS:
        if f"years_since_{treatment}" in terms:
            state = frame[f"{treatment}_state"]
            reason = reason.mask(state == "unknown", "unknown_transfer").mask(state == "interval", "interval_start")
    place = [term for term in terms if term in ("coast", "km_to_seat", *_MAIN_GROUPS) or term.startswith("skr_")]
    reason = reason.mask(frame[place].isna().any(axis=1), "unknown_place")
    return reason.mask(frame["log_population"].isna() & ("log_population" in terms), "unknown_population")


def _chosen_terms(frame: pd.DataFrame, terms: Iterable[str] | str | None) -> list[str]:
    """Return the terms that are asked for, by default all but those on request, or raise with the nearest name."""
    every = _terms(frame)
    if terms is None:
        return every
    wanted, allowed = several(terms), [*every, *_ON_REQUEST]
    for term in wanted:
        if term not in allowed:
            raise UnknownName(
                f"there is no term {term!r}",
                where="terms",
                allowed=allowed,
                value=term,
                remedy='other groups of SKR: skr="nine"; a model of your own: natverk.municipality_years',
            )
    if not wanted:
        raise InvalidArgument("the selection is empty", where="terms", allowed=allowed)
    return wanted


def _terms(frame: pd.DataFrame) -> list[str]:
    """Return the names of the terms in a frame made by `model_terms`, in order, those on request apart."""
    fixed = {"code", "actor_id", "county_code", "population_year", "reason", *_ON_REQUEST}
    fixed |= {f"{treatment}_state" for treatment in TREATMENTS}
    return [str(column) for column in frame.columns if column not in fixed]


@asked
def documents(data: Dataset, actors: Names) -> pd.Series:
    """Count the documents that attest anything about actors: different urls, over all evidence tables.

    Stored versions of one page count once. What is not read is not counted: the number says how much has been
    read about an actor, not how much exists.

    Parameters
    ----------
    actors
        Actors by id, code or name; a county for its municipalities.

    Returns
    -------
    pd.Series
        Index actor id, in the order given; number of documents, 0 where none was read.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor, or none.

    Examples
    --------
    >>> from natverk import load
    >>> count = documents(load(), ["municipality:0180", "municipality:0138"])
    >>> bool(count.iloc[0] > count.iloc[1] > 0)
    True
    """
    return _documents(data).reindex(known_actors(data, actors), fill_value=0)


@kept
def _documents(data: Dataset) -> pd.Series:
    """Count the documents of every actor that any evidence names."""
    parts = []
    for name, table in SCHEMA.items():
        columns = [column for column in ("actor_id", "member_actor_id") if column in table.names]
        if table.evidence and columns:
            part = data.table(name)[[columns[0], "source_id"]].dropna()
            parts.append(part.set_axis(["actor_id", "source_id"], axis=1))
    rows = pd.concat(parts, ignore_index=True).drop_duplicates()
    rows = rows.assign(source_id=rows["source_id"].str.split(";")).explode("source_id")
    url = data.sources.set_index("source_id")["url"]
    # A source without an address is a document of its own.
    rows["document"] = rows["source_id"].map(url).fillna(rows["source_id"])
    return rows.groupby("actor_id")["document"].nunique().astype("int64").rename("n_documents")


class Fit(NamedTuple):
    """A fitted count model.

    `coefficients` (one row a term), `summary` (one row), `fitted` (expected counts).
    """

    coefficients: pd.DataFrame
    summary: pd.DataFrame
    fitted: np.ndarray

    def __repr__(self) -> str:
        row = self.summary.iloc[0]
        terms = "1 term" if row["n_terms"] == 1 else f"{row['n_terms']} terms"
        shown = f"{row['family']}: {row['status']}, {row['n']} cases, {row['total']} counted, {terms}"
        return f"<natverk.models.Fit {shown}>"

    def _repr_html_(self) -> str:
        """Show coefficients and summary in a notebook."""
        tables = [frame.round(3).to_html(index=False) for frame in (self.coefficients, self.summary)]
        return "\n".join([f"<p><code>{escape(repr(self))}</code></p>", *tables])


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
    choice("family", family, FAMILIES)
    _check_superpopulation(superpopulation)
    _check_design(design, outcome, terms, exposure)
    y, matrix, weight = _arrays(design, outcome, terms, exposure)
    covariance: dict[str, Any] = {}
    if cluster is not None and superpopulation is not None:
        groups = pd.factorize(design[cluster])[0]
        covariance = {"cov_type": "cluster", "cov_kwds": {"groups": groups}, "use_t": True}
    result, status = _fitted(y, matrix, weight, family, covariance)
    names = ["intercept", *terms]
    extra = ["std_error", "statistic", "p_value", "low", "high"] if superpopulation is not None else []
    frame = pd.DataFrame(
        np.nan, index=range(len(names)), columns=["coefficient", "rate_ratio", "marginal_effect", *extra]
    )
    frame.insert(0, "term", pd.Series(names, dtype=TEXT))
    summary = {"family": family, "status": status, "n": len(design), "total": int(y.sum()), "n_terms": len(terms)}
    if result is None:
        blank = dict.fromkeys(("log_likelihood", "aic", "pearson_dispersion", "alpha"), np.nan)
        return Fit(frame, pd.DataFrame([{**summary, **blank}]), np.full(len(y), np.nan))
    parameters = np.asarray(result.params)[: len(names)]
    mean = weight * np.exp(matrix @ parameters)
    frame["coefficient"], frame["rate_ratio"] = parameters, np.exp(parameters)
    # Averaged over the cases; the margins of statsmodels leave the exposure out.
    for place, term in enumerate(terms, 1):
        at_one = mean * np.exp((1 - matrix[:, place]) * parameters[place])
        is_dummy = design[term].isin([0, 1]).all()
        effect = at_one * (1 - np.exp(-parameters[place])) if is_dummy else mean * parameters[place]
        frame.loc[place, "marginal_effect"] = effect.mean()
    if superpopulation is not None:
        for column, values in (("std_error", result.bse), ("statistic", result.tvalues), ("p_value", result.pvalues)):
            frame[column] = np.asarray(values)[: len(names)]
        frame[["low", "high"]] = np.asarray(result.conf_int())[: len(names)]
    measures = {
        "log_likelihood": float(result.llf),
        "aic": float(result.aic),
        "pearson_dispersion": float((result.resid_pearson**2).sum() / max(len(y) - len(names), 1)),
        "alpha": float(result.params[-1]) if family == "negative_binomial" else 0.0,
    }
    return Fit(frame, pd.DataFrame([{**summary, **measures}]), mean)


def _fitted(
    y: np.ndarray, matrix: np.ndarray, weight: np.ndarray, family: str, covariance: dict[str, Any]
) -> tuple[Any, str]:
    """Return the result of statsmodels (None where there is none) and the status."""
    from statsmodels.discrete.discrete_model import NegativeBinomial, Poisson

    with warnings.catch_warnings():
        # What statsmodels warns of here is returned as the status.
        warnings.simplefilter("ignore")
        try:
            settings = covariance if family == "poisson" else {}
            poisson = Poisson(y, matrix, exposure=weight).fit(maxiter=200, disp=0, **settings)
        except np.linalg.LinAlgError:
            return None, "not_converged"
        if family == "poisson" or not poisson.mle_retvals["converged"]:
            return (poisson, "fitted") if poisson.mle_retvals["converged"] else (None, "not_converged")
        # The likelihood rises from alpha = 0 only if the counts vary more than Poisson counts do.
        if ((y - poisson.predict()) ** 2 - y).sum() <= 0:
            return None, "no_overdispersion"
        model = NegativeBinomial(y, matrix, loglike_method="nb2", exposure=weight)
        start = np.append(poisson.params, 0.5)
        result = model.fit(start_params=start, method="bfgs", maxiter=1000, gtol=1e-6, disp=0, **covariance)
        good = bool(result.mle_retvals["converged"]) and result.params[-1] > 0
        return (result, "fitted") if good else (None, "not_converged")


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
    from scipy.stats import norm
    from statsmodels.regression.linear_model import OLS

    _check_superpopulation(superpopulation)
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
        fit = OLS(excess, regressor).fit()
        row: dict[str, object] = {"form": form, "alpha": float(fit.params[0])}
        if superpopulation is not None:
            row |= {"t": float(fit.tvalues[0]), "p_value": float(norm.sf(fit.tvalues[0]))}
        found.append(row)
    return pd.DataFrame(found).astype({"form": TEXT})


def _check_design(design: pd.DataFrame, outcome: str, terms: list[str], exposure: str | None) -> None:
    """Raise unless the columns are there, without gaps, counts and exposures are what they must be, no term follows."""
    columns = [outcome, *terms, *([exposure] if exposure else [])]
    has_columns(design, columns, "design", "name columns of the design")
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
    matrix = _arrays(design, outcome, terms, exposure)[1]
    if np.linalg.matrix_rank(matrix) < matrix.shape[1]:
        raise InvalidArgument(
            f"the terms {', '.join(terms)} are linear combinations of each other or constant in these cases",
            where="terms",
            remedy="leave one of them out, or take more cases",
        )


def _check_superpopulation(value: object) -> None:
    """Raise unless the superpopulation is None or stated in words.

    The 290 municipalities are a population, no sample: a standard error means something only when the reader
    is told what they are thought to be drawn from.
    """
    if value is not None and (not isinstance(value, str) or not value.strip()):
        raise InvalidArgument(
            f"superpopulation is {value!r}: it must say what the cases are thought to be drawn from",
            where="superpopulation",
            remedy="leave it out for a result without standard errors, or name the superpopulation in words",
        )
