"""Participation: which municipalities belong to networks, and what goes with it.

Two outcomes that must not be confused. *Listed memberships*: memberships in networks with a complete list, where
absence is known; this is the primary one. *Documented memberships*: what sources happen to attest in any network;
its model has the number of documents read as a covariate, and describes documentation as much as membership.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np

from natverk.data.dataset import Dataset
from natverk.measures.arguments import year_range
from natverk.measures.covariates import Skr, covariates, documents, terms_of
from natverk.measures.evidence import Counting, graded
from natverk.measures.listedness import AtRisk, latest_lists, listed_memberships
from natverk.measures.panel import networks_counting_as
from natverk.measures.participationresult import Errors, Participation, modelled
from natverk.measures.transfers import Interval, Pilots

__all__ = ["documented_participation", "listed_participation"]


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
        See `natverk.measures.covariates.covariates`; by default counties with a transfer known as an
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
