"""Event study around the transfers of responsibility: do documented joins change when a county is taken over?

The outcome is what sources date: joins with a stated year. Most joins have none, so the study refuses, with its
counts, unless the dated ones can carry it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from natverk.data.dataset import Dataset
from natverk.errors import InvalidArgument
from natverk.measures.actors import existence
from natverk.measures.arguments import choice, not_negative, year_range
from natverk.measures.cohorts import chosen_spells
from natverk.measures.evidence import Counting, YearBasis
from natverk.measures.grouptime import event_time_effects, group_time_effects
from natverk.measures.said import Refusal, sentences, tally
from natverk.measures.transfers import TREATMENTS, Interval, Pilots, transfers

__all__ = ["EventStudy", "event_study"]

#: What becomes of a cohort, and whether it enters.
REASONS = {
    "enters": True,
    "outside_years": False,
    "too_few_counties": False,
    "no_comparison": False,
    "too_few_joins": False,
    "too_few_comparison_joins": False,
}


@dataclass(frozen=True)
class EventStudy:
    """Differences around a transfer by event time, or the reason why there are none.

    Attributes
    ----------
    treatment
        `to_joint` or `to_region`.
    effects
        `event_time, effect` (documented dated joins per municipality and year), `n_cohorts, n_treated`
        (municipalities). Empty when refused.
    group_time
        The differences behind it, see `natverk.measures.grouptime.group_time_effects`.
    cohorts
        One row a year of transfer: `cohort, n_counties, county_codes, n_municipalities, n_before, n_after`
        (dated joins in the window before and from the transfer on), `n_comparison` (municipalities not yet
        treated at the transfer), `n_comparison_joins` (theirs in the window, before a transfer of their own),
        `reason, enters`.
    said
        `reason, enters, n_municipalities`: `study` (in a county with a dated or no transfer),
        `interval_start`, `unknown_transfer`.
    n_joins, n_dated
        Spells of municipalities that are attested, and those of them with a stated first year.
    refused
        Why there are no effects, or None.
    """

    treatment: str
    effects: pd.DataFrame
    group_time: pd.DataFrame
    cohorts: pd.DataFrame
    said: pd.DataFrame
    n_joins: int
    n_dated: int
    refused: Refusal | None

    def text(self, lang: str = "en") -> str:
        """Say which municipalities enter, how many joins are dated, what became of each cohort, and the refusal."""
        from natverk.locale import texts

        t = texts(lang)
        words = [t(f"eventstudy.outcome.{self.treatment}"), sentences("eventstudy", self.said, lang)]
        words.append(t("eventstudy.dated", n=t.number(self.n_dated), total=t.number(self.n_joins)))
        for reason, own in self.cohorts.groupby("reason", sort=False)["cohort"]:
            words.append(t.count(f"eventstudy.cohorts.{reason}", len(own), years=t.join([str(year) for year in own])))
        if self.refused is not None:
            words.append(self.refused.text(lang))
        return " ".join(words)


def event_study(
    data: Dataset,
    treatment: Literal["to_joint", "to_region"] = "to_region",
    *,
    years: tuple[int, int] = (1997, 2024),
    window: int = 3,
    counts_as: tuple[str, ...] = ("membership",),
    pilots: Pilots = "count",
    interval: Interval = "leave_out",
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
    min_joins: int = 10,
    min_counties: int = 2,
    min_dated: float = 0.5,
) -> EventStudy:
    """Compare documented joins before and after a transfer with municipalities whose transfer is still to come.

    Units are municipalities, cohorts the years of transfer of their counties, the outcome the number of their
    joins that a source dates to the year. Comparison: not yet treated, or never. After the last county is treated
    nothing is left to compare with, and there are no effects.

    Parameters
    ----------
    treatment
        `"to_region"` (default) or `"to_joint"`, see `natverk.measures.transfers.transfers`.
    years
        First and last year of the joins.
    window
        Years before and after the transfer (default 3).
    counts_as, year_basis, counting
        See `natverk.cohorts`.
    pilots, interval
        See `natverk.measures.transfers.transfers`; by default municipalities of counties with a transfer known
        as an interval across years are kept out.
    min_joins
        The fewest dated joins within the window, in a cohort and in its comparison, for the cohort to enter.
        Default 10, after the rule of ten events (Peduzzi et al. 1996).
    min_counties
        The fewest counties in a cohort. Default 2: with one, the transfer cannot be told from whatever else
        happened there.
    min_dated
        The least share of attested joins that have a stated year (0–1). Default 0.5: with fewer, most joins lie
        at unknown times, and the result says which pages state years.

    Returns
    -------
    EventStudy
        Effects, cohorts and counts; or a refusal with the reason. No standard errors: the municipalities are
        a population.

    Raises
    ------
    InvalidArgument
        For an unknown value, years out of range, a window of 0 or a share outside 0–1.

    References
    ----------
    Callaway, B. & Sant'Anna, P. H. C. (2021). Difference-in-differences with multiple time periods. Journal of
    Econometrics 225, 200–230. Peduzzi, P. et al. (1996). A simulation study of the number of events per variable
    in logistic regression analysis. Journal of Clinical Epidemiology 49, 1373–1379.

    Examples
    --------
    >>> from natverk import load
    >>> study = event_study(load())
    >>> study.refused.reason, study.n_dated < study.n_joins / 2
    ('too_few_dated', True)
    """
    choice("treatment", treatment, tuple(TREATMENTS))
    not_negative("window", window)
    not_negative("min_joins", min_joins)
    not_negative("min_counties", min_counties)
    if window == 0 or not 0 <= min_dated <= 1:
        raise InvalidArgument(
            f"window is {window}, min_dated {min_dated}", where="window, min_dated", allowed=["1, 2, …", "0–1"]
        )
    span = year_range(years, data=data)
    when = transfers(data, pilots=pilots, interval=interval)
    when = when[when["treatment"] == treatment].set_index("county_code")
    places = data.municipalities[["actor_id", "county_code"]]
    state = places["county_code"].map(when["state"])
    cohort = places["county_code"].map(when["year"]).astype("Int64")
    reason = pd.Series("study", index=places.index).mask(cohort.isna() & (state == "interval"), "interval_start")
    reason = reason.mask(state.isna() | (state == "unknown"), "unknown_transfer")
    said = tally(reason, {"study": True, "interval_start": False, "unknown_transfer": False}, "municipalities")
    places = places.assign(cohort=cohort)[reason == "study"]

    own = chosen_spells(
        data, actors=data.municipalities["actor_id"], counts_as=counts_as, year_basis=year_basis, counting=counting
    )
    own = own[own["actor_id"].isin(places["actor_id"])]
    dated = own[(own["start_basis"] == "stated").fillna(value=False)]
    joins = dated.groupby(["actor_id", "start"]).size()
    grid = pd.MultiIndex.from_product([places["actor_id"], list(span)], names=["actor_id", "year"])
    # The outcome counts dated joins in documents: none dated is a known 0 of that count, not of joins.
    cells = joins.reindex(grid, fill_value=0).rename("documented_joins").reset_index().merge(places, on="actor_id")
    born = cells["actor_id"].map(existence(data)["exists_from"])
    cells["documented_joins"] = cells["documented_joins"].astype("Int64").mask((cells["year"] < born).fillna(False))
    table = _cohorts(cells, span, window, min_joins, min_counties)

    n_joins, n_dated = len(own), len(dated)
    refused = _refusal(table, n_joins, n_dated, min_dated, min_joins, min_counties)
    if refused is not None:
        nothing = pd.DataFrame(columns=["cohort", "time", "event_time", "effect", "n_treated", "n_comparison"])
        return EventStudy(treatment, event_time_effects(nothing), nothing, table, said, n_joins, n_dated, refused)
    effects = group_time_effects(
        cells, unit="actor_id", time="year", outcome="documented_joins", before=window, after=window
    )
    effects = effects[effects["cohort"].isin(table.loc[table["enters"], "cohort"])].reset_index(drop=True)
    return EventStudy(treatment, event_time_effects(effects), effects, table, said, n_joins, n_dated, None)


def _cohorts(cells: pd.DataFrame, span: range, window: int, min_joins: int, min_counties: int) -> pd.DataFrame:
    """Describe each cohort, and say whether it can enter."""
    found = []
    treated_at = cells["cohort"]
    for cohort in sorted({int(year) for year in treated_at.dropna()}):
        near = (cells["year"] >= cohort - window) & (cells["year"] <= cohort + window)
        own = cells[(treated_at == cohort).fillna(value=False)]
        later = cells[(treated_at > cohort).fillna(value=True)]
        inside = own[near.loc[own.index]]
        counties = sorted(set(own["county_code"]))
        before = int(inside.loc[inside["year"] < cohort, "documented_joins"].sum())
        after = int(inside.loc[inside["year"] >= cohort, "documented_joins"].sum())
        # Joins of the comparison count until its own treatment: later ones compare with nothing.
        untreated = near.loc[later.index] & (later["cohort"] > later["year"]).fillna(value=True)
        compared = int(later.loc[untreated, "documented_joins"].sum())
        if cohort - 1 < span[0] or cohort > span[-1]:
            reason = "outside_years"
        elif len(counties) < min_counties:
            reason = "too_few_counties"
        elif later.empty:
            reason = "no_comparison"
        elif before + after < min_joins:
            reason = "too_few_joins"
        else:
            reason = "enters" if compared >= min_joins else "too_few_comparison_joins"
        found.append(
            {
                "cohort": cohort,
                "n_counties": len(counties),
                "county_codes": ";".join(counties),
                "n_municipalities": own["actor_id"].nunique(),
                "n_before": before,
                "n_after": after,
                "n_comparison": later["actor_id"].nunique(),
                "n_comparison_joins": compared,
                "reason": reason,
                "enters": REASONS[reason],
            }
        )
    columns = ["cohort", "n_counties", "county_codes", "n_municipalities", "n_before", "n_after", "n_comparison"]
    frame = pd.DataFrame(found, columns=[*columns, "n_comparison_joins", "reason", "enters"])
    return frame.astype({"county_codes": "str", "reason": "str", "enters": "bool"})


def _refusal(
    table: pd.DataFrame, n_joins: int, n_dated: int, min_dated: float, min_joins: int, min_counties: int
) -> Refusal | None:
    counts = {"n_joins": n_joins, "n_dated": n_dated, "min_joins": min_joins, "min_counties": min_counties}
    counts |= {"n_cohorts": len(table), "n_enter": int(table["enters"].sum()), "percent": round(100 * min_dated)}
    if n_dated < min_dated * n_joins or n_joins == 0:
        return Refusal("eventstudy", "too_few_dated", counts)
    if not table["enters"].any():
        return Refusal("eventstudy", "no_cohort", counts, tuple(str(year) for year in table["cohort"]))
    return None
