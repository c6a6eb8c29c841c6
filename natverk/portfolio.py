"""Portfolio: a review of networks by criteria, after the one that Stockholm made in 2011.

A written rule turns judgements of criteria into a score and a recommendation; the summary judgements
(`overall`) and the recommendations of a document are never read for that. What comes out checks whether
one coder's reading of a document is consistent. It is no validation (`Review.caveat`).
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd

from natverk import coding as sheets
from natverk.data.load import Dataset
from natverk.data.schema import VOCABULARIES
from natverk.errors import DataError, InvalidArgument
from natverk.frames import each_row, has_columns, known_actor
from natverk.locale import LANGUAGES, texts

__all__ = [
    "CORE",
    "CRITERIA",
    "Choice",
    "HIGHEST",
    "LOWEST",
    "Numbers",
    "RECOMMENDATIONS",
    "Review",
    "Rule",
    "SHARES",
    "STEPS",
    "averaged",
    "beside",
    "blank_sheet",
    "checked",
    "chosen",
    "completions",
    "evaluated",
    "filled_sheet",
    "fullest_review",
    "judgements",
    "means",
    "nothing_judged",
    "review",
    "review_years",
    "score",
    "sensitivity",
    "sheet",
    "verdicts",
    "weights_of",
]


Numbers = npt.NDArray[np.float64]

#: The criteria that are scored; `overall` is a summary of them and no criterion.
CRITERIA = tuple(item for item in VOCABULARIES["criterion"] if item != "overall")
#: The four purposes of international work that Stockholm's review of 2011 tries the networks on.
CORE = ("positioning", "service_development", "monitoring", "influence")
#: What the rule can give; `undecided` is a verdict (the mean is neutral), nothing judged is a missing value.
RECOMMENDATIONS = ("expand", "continue", "use_selectively", "leave", "undecided")

LOWEST, HIGHEST = -2, 2
_DIGITS = 9  # a mean of thirds that is 1 on paper must not fall short of 1 in floating point
_SINGLE = ("actor_id", "evaluator_kind", "year")


@dataclass(frozen=True)
class Rule:
    """The written rule and its thresholds.

    Mean of the judged criteria below `leave_below` → leave. Above `keep_above`, and at least `breadth` of
    the `core` criteria judged positive → continue, and expand from a mean of `expand_from`. Above
    `keep_above` on fewer → use selectively. Otherwise undecided.

    Parameters
    ----------
    leave_below, keep_above
        Default 0, the neutral point of the scale −2 … 2: any lean to one side counts.
    expand_from
        Default 1, the step "positive": to do more takes a network that is good on average, not just not bad.
    breadth
        Default 3 of 4: a network that serves most purposes earns lasting work, one that serves some is used
        for those.
    core
        The criteria that breadth counts. Breadth counts judgements, whatever their weight in the mean.

    Raises
    ------
    InvalidArgument
        If the thresholds are out of order or off the scale, or the core is no set of criteria.

    Examples
    --------
    >>> Rule(breadth=2).expand_from
    1.0
    """

    leave_below: float = 0.0
    keep_above: float = 0.0
    expand_from: float = 1.0
    breadth: int = 3
    core: tuple[str, ...] = CORE

    def __post_init__(self) -> None:
        if not LOWEST <= self.leave_below <= self.keep_above <= self.expand_from <= HIGHEST:
            raise InvalidArgument(
                f"the thresholds {self.leave_below}, {self.keep_above}, {self.expand_from} are out of order",
                where="Rule",
                remedy=f"give {LOWEST} <= leave_below <= keep_above <= expand_from <= {HIGHEST}",
            )
        for name in self.core:
            _known(name, "core")
        if not self.core or len(set(self.core)) < len(self.core):
            raise InvalidArgument("the core is empty or names a criterion twice", where="core", allowed=CRITERIA)
        if isinstance(self.breadth, bool) or self.breadth not in range(len(self.core) + 1):
            allowed = range(len(self.core) + 1)
            raise InvalidArgument(f"breadth is {self.breadth!r}", where="breadth", allowed=allowed)


def weights_of(weights: Mapping[str, float] | None) -> Numbers:
    """Return the weights in the order of `CRITERIA`; None weighs all alike.

    Raises
    ------
    InvalidArgument
        If a criterion is unknown, a weight negative or no number, or the sum not 1.

    >>> weights_of({"positioning": 0.75, "influence": 0.25}).tolist()
    [0.75, 0.0, 0.0, 0.25, 0.0, 0.0, 0.0]
    """
    if weights is None:
        return np.full(len(CRITERIA), 1 / len(CRITERIA))
    for name, value in weights.items():
        _known(name, "weights")
        if not (math.isfinite(value) and value >= 0):
            raise InvalidArgument(f"the weight of {name} is {value}", where="weights", remedy="give weights from 0")
    total = math.fsum(weights.values())
    if abs(total - 1) > 10**-_DIGITS:
        raise InvalidArgument(f"the weights sum to {total:g}, not 1", where="weights", remedy="divide each by the sum")
    return np.array([weights.get(name, 0.0) for name in CRITERIA])


def checked(judged: pd.DataFrame) -> pd.DataFrame:
    """Return the judgements that count: `network_id, criterion, judgement` (float), `row_id`; blanks left out.

    Raises
    ------
    InvalidArgument
        If a column is missing, a criterion unknown, a judgement off the scale, or there are several
        evaluators or years: those are never averaged.
    """
    for name in ("network_id", "criterion", "judgement"):
        if name not in judged.columns:
            raise InvalidArgument(
                f"there is no column {name!r}", where="judged", allowed=judged.columns, remedy="start from sheet()"
            )
    for name in _SINGLE:
        if name in judged.columns and judged[name].nunique(dropna=False) > 1:
            raise InvalidArgument(
                f"the judgements are of several values of {name}",
                where="judged",
                remedy=f"evaluators and years are never averaged: score each {name} by itself",
            )
    rows = judged[judged["criterion"] != "overall"]
    for name in rows["criterion"].unique():
        _known(name, "judged, column criterion")
    blank = rows["judgement"].isna() | (rows["judgement"].astype("str").str.strip() == "")
    given = rows[~blank]
    numbers = pd.to_numeric(given["judgement"], errors="coerce").astype(float)
    truths = given["judgement"].map(lambda value: isinstance(value, bool)).astype(bool)
    wrong = ~numbers.isin(range(LOWEST, HIGHEST + 1)) | truths
    if wrong.any():
        value = given.loc[wrong, "judgement"].iloc[0]
        raise InvalidArgument(
            f"{value!r} is no judgement", where="judged", allowed=range(LOWEST, HIGHEST + 1), remedy="whole steps only"
        )
    row_id = given["row_id"].astype("str") if "row_id" in given.columns else pd.Series("", index=given.index)
    kept = {"network_id": given["network_id"], "criterion": given["criterion"], "judgement": numbers, "row_id": row_id}
    return pd.DataFrame(kept).reset_index(drop=True)


def averaged(criteria: pd.Series, values: Numbers) -> Numbers:
    """Average repeated judgements: values of shape (draws, rows) become (draws, criteria), missing as NaN.

    >>> averaged(pd.Series(["influence", "influence"]), np.array([[0.0, -1.0]]))[0, 3]
    np.float64(-0.5)
    """
    place = criteria.to_numpy()[:, None] == np.array(CRITERIA)[None, :]
    counts = place.sum(axis=0)
    # Sums of whole steps are exact; dividing afterwards keeps a sum of zero at zero.
    result: Numbers = np.full((len(values), len(CRITERIA)), np.nan)
    np.divide(values @ place, counts, out=result, where=counts > 0)
    return result


def means(values: Numbers, weights: Numbers) -> Numbers:
    """Return the weighted mean of the judged criteria; NaN where no judged criterion weighs anything."""
    judged = ~np.isnan(values)
    total = (weights * judged).sum(axis=-1)
    sums = (weights * np.where(judged, values, 0.0)).sum(axis=-1)
    result: Numbers = np.full(total.shape, np.nan)
    np.divide(sums, total, out=result, where=total > 0)
    return result.round(_DIGITS)


def verdicts(values: Numbers, weights: Numbers, rule: Rule) -> npt.NDArray[np.intp]:
    """Apply the rule to many sets of judgements: places in `RECOMMENDATIONS`, −1 where nothing is judged.

    >>> grid = np.array([[2, 2, np.nan, np.nan, 2, np.nan, np.nan]])
    >>> RECOMMENDATIONS[verdicts(grid, weights_of(None), Rule())[0]]
    'use_selectively'
    """
    mean = means(values, weights)
    core = np.isin(CRITERIA, rule.core)
    broad = ((values > 0) & core).sum(axis=-1) >= rule.breadth
    keep = mean > rule.keep_above
    choices = [np.isnan(mean), mean < rule.leave_below, keep & broad & (mean >= rule.expand_from), keep & broad, keep]
    places = [-1, *(RECOMMENDATIONS.index(name) for name in ("leave", "expand", "continue", "use_selectively"))]
    return np.select(choices, places, default=RECOMMENDATIONS.index("undecided")).astype(np.intp)


def completions(values: Numbers) -> Numbers:
    """Return every way to fill the missing judgements of one network with whole steps of the scale.

    >>> completions(np.array([1.0, np.nan])).tolist()
    [[1.0, -2.0], [1.0, -1.0], [1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]
    """
    missing = np.flatnonzero(np.isnan(values))
    fills = np.array(list(product(range(LOWEST, HIGHEST + 1), repeat=len(missing))), dtype=float)
    filled = np.repeat(values[None, :], len(fills), axis=0)
    filled[:, missing] = fills
    return filled


def _known(name: str, where: str) -> None:
    if name not in CRITERIA:
        raise InvalidArgument(f"unknown criterion {name!r}", where=where, allowed=CRITERIA, value=name)


@dataclass(frozen=True)
class Choice:
    """What a review is read by.

    Attributes
    ----------
    criteria
        The criteria, in the order of `CRITERIA`.
    weights
        Weight by criterion; they sum to 1.
    rule
        The written rule with the core purposes among the criteria.
    """

    criteria: tuple[str, ...]
    weights: Mapping[str, float]
    rule: Rule

    @property
    def equal(self) -> bool:
        """Whether all criteria weigh the same."""
        return max(self.weights.values()) - min(self.weights.values()) < 1e-9


def chosen(criteria: Iterable[str] = (), weights: Sequence[float] = (), *, rule: Rule | None = None) -> Choice:
    """Return criteria and weights, checked, with the rule that counts breadth among the chosen core purposes.

    Parameters
    ----------
    criteria
        Names of criteria; empty (default): all seven.
    weights
        A number for each of `criteria`, in their order, of any sum; none or a single one: all alike.
    rule
        The rule for all criteria; None for the thresholds of `Rule()`. Core purposes that are not chosen are taken
        out of it, and breadth never asks for more purposes than are left.

    Returns
    -------
    Choice
        `weights` by criterion (sum 1), `rule` and `criteria`.

    Raises
    ------
    InvalidArgument
        If a criterion is unknown or named twice, no core purpose is left, a weight is negative or no number, all
        are 0, or there is another number of them.

    Examples
    --------
    >>> choice = chosen(["influence", "cost_travel"], [3, 1])
    >>> dict(choice.weights), choice.rule.core, choice.rule.breadth
    ({'influence': 0.75, 'cost_travel': 0.25}, ('influence',), 1)
    """
    names, rule = list(criteria) or list(CRITERIA), rule or Rule()
    for name in names:
        if name not in CRITERIA:
            raise InvalidArgument(f"unknown criterion {name!r}", where="criteria", allowed=CRITERIA, value=name)
    if len(set(names)) < len(names):
        raise InvalidArgument("a criterion is named twice", where="criteria", remedy="name each criterion once")
    core = tuple(name for name in rule.core if name in names)
    if not core:
        raise InvalidArgument(
            "none of the core purposes is among the criteria", where="criteria", allowed=rule.core,
            remedy="name at least one of them: the rule counts how many a network serves",
        )  # fmt: skip
    values = [float(value) for value in weights] if len(weights) > 1 else [1.0] * len(names)
    if len(values) != len(names):
        raise InvalidArgument(
            f"there are {len(values)} weights for {len(names)} criteria",
            where="weights",
            remedy="give one weight a criterion, in their order, or a single one for all alike",
        )
    for name, value in zip(names, values, strict=True):
        if not (math.isfinite(value) and value >= 0):
            raise InvalidArgument(f"the weight of {name} is {value}", where="weights", remedy="give weights from 0")
    total = math.fsum(values)
    if total == 0:
        raise InvalidArgument("all weights are 0", where="weights", remedy="give at least one weight above 0")
    shares = {name: value / total for name, value in zip(names, values, strict=True)}
    ordered = tuple(name for name in CRITERIA if name in shares)
    return Choice(
        criteria=ordered,
        weights={name: shares[name] for name in ordered},
        rule=Rule(rule.leave_below, rule.keep_above, rule.expand_from, min(rule.breadth, len(core)), core),
    )


#: The columns of `judgements`.
COLUMNS = (
    "actor_id",
    "evaluator_kind",
    "year",
    "network_id",
    "criterion",
    "judgement",
    "rationale",
    "row_id",
    "source_id",
)


def judgements(data: Dataset, actor: str, year: int | None) -> pd.DataFrame:
    """Return the judgements of criteria that one actor made in one year, as coded.

    One evaluator at a time: what a municipality, an auditor, a court or a party says is never averaged.

    Parameters
    ----------
    actor
        The actor who judges.
    year
        The year of the judgements; None for those without one.

    Returns
    -------
    pd.DataFrame
        `actor_id, evaluator_kind, year, network_id, criterion, judgement` (Int64, −2 … 2), `rationale,
        row_id, source_id`; one row a coded judgement, so a criterion may have several. Rows that concern no
        network, and `overall` rows, are left out.

    Raises
    ------
    UnknownName
        If there is no such actor.
    InvalidArgument
        If the actor judged no network by criteria in that year; the years in which it did are listed.

    Examples
    --------
    >>> from natverk import load
    >>> rows = judgements(load(), "municipality:0180", 2011)
    >>> rows["network_id"].value_counts().to_dict()
    {'metropolis': 9, 'uclg': 8, 'eurocities': 4, 'c40': 3}
    """
    actor = known_actor(data, actor)
    own = evaluated(data, actor, year)
    own = own[own["criterion"].isin(CRITERIA)]
    if own.empty:
        frame = data.evaluations
        by_criteria = frame["network_id"].notna() & frame["criterion"].isin(CRITERIA)
        years = frame.loc[(frame["actor_id"] == actor) & by_criteria, "year"]
        raise InvalidArgument(
            f"{actor} has judged no network by criteria in {year}",
            where="year",
            allowed=sorted(str(item) for item in years.dropna().unique()) + ["None"] * bool(years.isna().any()),
            value=str(year),
            remedy="see data.evaluations for who judged what and when",
        )
    kind = data.actors.set_index("actor_id").loc[actor, "kind"]
    own = own.assign(evaluator_kind=str(kind), judgement=own["judgement"].astype("Int64"))
    return own[list(COLUMNS)].sort_values(["network_id", "row_id"]).reset_index(drop=True)


def beside(data: Dataset, actor: str, year: int | None, scores: pd.DataFrame) -> pd.DataFrame:
    """Put what the rule gives beside what the document itself recommends.

    Parameters
    ----------
    actor, year
        As in `judgements`.
    scores
        The frame of `score`.

    Returns
    -------
    pd.DataFrame
        `network_id, recommendation, stated` (recommendations on the membership, joined by `|`: a document
        may say "continue and expand"), `stated_in` (`overall`; `criteria` where there is no overall row),
        `aside` (what it says about board seats only), `agreement` (`agrees`: what the rule gives is stated;
        `differs`; `not_stated`; `not_judged`), `row_ids`.

    Raises
    ------
    UnknownName
        For an unknown actor.
    InvalidArgument
        For a frame without the columns of `score`.

    Examples
    --------
    >>> from natverk import load
    >>> data = load()
    >>> from natverk.portfolio import score
    >>> table = beside(data, "municipality:0180", 2011, score(judgements(data, "municipality:0180", 2011)))
    >>> table[["network_id", "stated", "agreement"]].values.tolist()
    [['c40', 'use_selectively', 'agrees'], ['eurocities', 'expand|continue', 'agrees'],
    ['metropolis', 'leave', 'agrees'], ['uclg', 'leave', 'agrees']]
    """
    actor = known_actor(data, actor)
    has_columns(scores, ["network_id", "recommendation"], "beside", "give a frame of natverk.portfolio.score")
    frame = evaluated(data, actor, year)
    found = []
    for row in each_row(scores):
        own = frame[frame["network_id"] == row.network_id]
        summary = own[own["criterion"] == "overall"]
        used = summary if len(summary) else own
        said = [item for item in VOCABULARIES["recommendation"] if item in set(used["recommendation"])]
        stated = [item for item in said if item not in ("none", "leave_board")]
        judged = isinstance(row.recommendation, str)
        found.append(
            {
                "network_id": row.network_id,
                "recommendation": row.recommendation if judged else None,
                "stated": "|".join(stated),
                "stated_in": "overall" if len(summary) else "criteria",
                "aside": "leave_board" if "leave_board" in said else "",
                "agreement": _agreement(row.recommendation, stated) if judged else "not_judged",
                "row_ids": ";".join(used["row_id"]),
            }
        )
    columns = ["network_id", "recommendation", "stated", "stated_in", "aside", "agreement", "row_ids"]
    return pd.DataFrame(found, columns=columns).astype({"recommendation": "str"})


def review_years(data: Dataset, actor: str) -> pd.DataFrame:
    """Return the years in which an actor judged networks, the fullest review first.

    Parameters
    ----------
    actor
        An actor id.

    Returns
    -------
    pd.DataFrame
        `year` (Int64, missing: unknown), `n_judged` (judgements of criteria), `n_networks` (of which something is
        coded). Of two years with as many judgements the later comes first, one that is unknown last.

    Raises
    ------
    UnknownName
        For an unknown actor.

    Examples
    --------
    >>> from natverk import load
    >>> review_years(load(), "municipality:0180").head(2)["year"].tolist()
    [2011, 2016]
    """
    actor = known_actor(data, actor)
    frame = data.evaluations
    frame = frame[(frame["actor_id"] == actor) & frame["network_id"].notna()]
    frame = frame.assign(n_judged=frame["criterion"].isin(CRITERIA).astype("int64"))
    years = frame.groupby("year", dropna=False).agg(n_judged=("n_judged", "sum"), n_networks=("network_id", "nunique"))
    order = ["n_judged", "n_networks", "year"]
    return years.reset_index().sort_values(order, ascending=False, na_position="last", ignore_index=True)


def nothing_judged() -> pd.DataFrame:
    """Return the frame of `judgements` without a row."""
    text = ["actor_id", "evaluator_kind", "network_id", "criterion", "rationale", "row_id", "source_id"]
    empty = pd.DataFrame({name: pd.Series(dtype="str") for name in text})
    return empty.assign(year=pd.Series(dtype="Int64"), judgement=pd.Series(dtype="Int64"))[list(COLUMNS)]


def evaluated(data: Dataset, actor: str, year: int | None) -> pd.DataFrame:
    """Return the evaluations of networks by one actor in one year (None: those without a year)."""
    frame = data.evaluations
    frame = frame[(frame["actor_id"] == actor) & frame["network_id"].notna()]
    return frame[frame["year"].isna() if year is None else (frame["year"] == year).fillna(False)]


def _agreement(given: str, stated: list[str]) -> str:
    return ("agrees" if given in stated else "differs") if stated else "not_stated"


#: The columns of `sensitivity`.
SHARES = ("network_id", "varied", "recommendation", "share", "as_coded", "draws")


def score(
    judged: pd.DataFrame,
    *,
    rule: Rule | None = None,
    weights: Mapping[str, float] | None = None,
    networks: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Score networks by the judgements of their criteria and apply the rule.

    Repeated judgements of a criterion are averaged first; the mean runs over the criteria that are judged,
    a missing one is left out and said, never read as neutral.

    Parameters
    ----------
    judged
        Columns `network_id, criterion, judgement` (whole steps −2 … 2, as numbers or text; blank: not
        judged), from `judgements` or from a filled `sheet`; `row_id` is carried along. Rows of `overall`
        are not read. If there is a column `actor_id`, `evaluator_kind` or `year`, it holds one value.
    rule
        The thresholds; None for those of `Rule()`.
    weights
        Weights of the criteria in the mean: not negative, sum 1; a criterion not named weighs nothing. None
        (default): all alike, since the review of 2011 ranks none above another.
    networks
        Networks that must appear, also when nothing is judged. None: those of the frame.

    Returns
    -------
    pd.DataFrame
        One row a network: `network_id, n_rows, n_judged, n_missing` (criteria; those that weigh nothing and are
        no core purpose are not asked for and count in neither), `missing` (joined by `;`),
        `coverage` (share of the weight that is judged, 0–1), `low, best, high` (weighted mean, −2 … 2; low
        and high with every missing criterion at −2 and at 2), `n_core_positive, n_core_judged, one_sign` (no
        two judgements of opposite sign: then weights alone hardly turn the result), `breadth_reachable`
        (whether enough core criteria are judged at all; where not, a positive mean gives `use_selectively`
        whatever the network is like), `recommendation` (missing where nothing is judged),
        `possible_recommendations` (what the missing judgements do not exclude, joined by `|`), `row_ids`.

    Raises
    ------
    InvalidArgument
        For an unknown criterion, a judgement off the scale, weights that do not sum to 1, several
        evaluators or years, or an empty frame.

    References
    ----------
    Belton, V. & Stewart, T. J. (2002). Multiple Criteria Decision Analysis. Kluwer: additive value
    functions.

    Examples
    --------
    >>> from natverk import load
    >>> from natverk.portfolio import judgements
    >>> result = score(judgements(load(), "municipality:0180", 2011)).set_index("network_id")
    >>> result["recommendation"].to_dict()
    {'c40': 'use_selectively', 'eurocities': 'expand', 'metropolis': 'leave', 'uclg': 'leave'}
    >>> result.loc["c40", "missing"]
    'monitoring;influence;cost_travel;democratic_governance'
    """
    rows, rule, weight = checked(judged), rule or Rule(), weights_of(weights)
    names = sorted({*rows["network_id"], *([] if networks is None else networks)})
    if not names:
        raise InvalidArgument("there is nothing to score", where="judged", remedy="fill a sheet: portfolio.sheet([…])")
    return pd.DataFrame([_scored(name, rows[rows["network_id"] == name], rule, weight) for name in names]).astype(
        {"recommendation": "str"}
    )


def sensitivity(
    judged: pd.DataFrame,
    *,
    rule: Rule | None = None,
    weights: Mapping[str, float] | None = None,
    draws: int = 10_000,
    concentration: float = 1.0,
    seed: int = 0,
) -> pd.DataFrame:
    """Return how often each recommendation comes out when weights, or judgements, are drawn anew.

    Weights: Dirichlet around the given weights, the same draws for every network. Judgements: every coded
    judgement moves by −1, 0 or 1 step with equal chance, clipped to the scale, before repeated ones are
    averaged; each network has its own stream, so leaving one out changes no other. The first says nothing
    where all judgements of a network share a sign; the second does.

    Parameters
    ----------
    judged, rule, weights
        As in `score`.
    draws
        Draws of each kind.
    concentration
        How close the drawn weights stay to the given ones; 1 (default) with equal weights makes every
        weighting as probable as any other.
    seed
        The same seed gives the same shares.

    Returns
    -------
    pd.DataFrame
        `network_id, varied` (`weights`, `judgements`), `recommendation` (all five), `share` (0–1, missing
        where nothing is judged), `as_coded` (whether `score` gives this recommendation), `draws`.

    Raises
    ------
    InvalidArgument
        See `score`; and for no draws, a negative seed, or a concentration that is not above 0.

    References
    ----------
    Butler, J., Jia, J. & Dyer, J. (1997). Simulation techniques for the sensitivity analysis of
    multi-criteria decision models. European Journal of Operational Research 103, 531–546.

    Examples
    --------
    >>> from natverk import load
    >>> from natverk.portfolio import judgements
    >>> shares = sensitivity(judgements(load(), "municipality:0180", 2011))
    >>> shares = shares[shares["as_coded"]].pivot(index="network_id", columns="varied", values="share").round(2)
    >>> shares.loc[["eurocities", "uclg"], ["weights", "judgements"]].values.tolist()
    [[1.0, 0.86], [1.0, 1.0]]
    """
    _whole("draws", draws, 1)
    _whole("seed", seed, 0)
    if not 0 < concentration < math.inf:
        raise InvalidArgument(f"concentration is {concentration!r}", where="concentration", remedy="a number above 0")
    rows, rule, weight = checked(judged), rule or Rule(), weights_of(weights)
    coded = score(judged, rule=rule, weights=weights).set_index("network_id")["recommendation"]
    drawn = np.zeros((draws, len(CRITERIA)))
    used = weight > 0
    drawn[:, used] = np.random.default_rng(seed).dirichlet(concentration * used.sum() * weight[used], size=draws)
    found = []
    for name in coded.index:
        own = rows[rows["network_id"] == name]
        rng = np.random.default_rng([seed, zlib.crc32(str(name).encode())])
        base = own["judgement"].to_numpy(dtype=float)
        moved = np.clip(base + rng.integers(-1, 2, size=(draws, len(own))), LOWEST, HIGHEST)
        parts = {
            "weights": verdicts(averaged(own["criterion"], base[None, :]), drawn, rule),
            "judgements": verdicts(averaged(own["criterion"], moved), weight, rule),
        }
        for varied, given in parts.items():
            counts = np.bincount(given[given >= 0], minlength=len(RECOMMENDATIONS))
            judged_draws = counts.sum()
            for verdict, count in zip(RECOMMENDATIONS, counts, strict=True):
                share = count / judged_draws if judged_draws else np.nan
                found.append((name, varied, verdict, share, verdict == coded[name], draws))
    return pd.DataFrame(found, columns=list(SHARES))


def _scored(network: str, rows: pd.DataFrame, rule: Rule, weights: Numbers) -> dict[str, object]:
    """Return the row of `score` of one network."""
    core = np.isin(CRITERIA, rule.core)
    # A criterion that weighs nothing and is no core purpose is not asked for: it is neither judged nor missing.
    asked = core | (weights > 0)
    values = averaged(rows["criterion"], rows["judgement"].to_numpy(dtype=float)[None, :])[0]
    values[~asked] = np.nan
    judged = ~np.isnan(values)
    verdict = int(verdicts(values[None, :], weights, rule)[0])
    possible = set(verdicts(completions(np.where(asked, values, 0.0)), weights, rule).tolist())
    return {
        "network_id": network,
        "n_rows": len(rows),
        "n_judged": int(judged.sum()),
        "n_missing": int((asked & ~judged).sum()),
        "missing": ";".join(np.array(CRITERIA)[asked & ~judged]),
        "coverage": round(float(weights[judged].sum()), 9),
        "low": float(means(np.where(judged, values, LOWEST), weights)),
        "best": float(means(values, weights)),
        "high": float(means(np.where(judged, values, HIGHEST), weights)),
        "n_core_positive": int(((values > 0) & core).sum()),
        "n_core_judged": int((judged & core).sum()),
        "one_sign": bool(judged.any() and not ((values > 0).any() and (values < 0).any())),
        "breadth_reachable": bool((judged & core).sum() >= rule.breadth),
        "recommendation": RECOMMENDATIONS[verdict] if verdict >= 0 else None,
        "possible_recommendations": "|".join(name for n, name in enumerate(RECOMMENDATIONS) if n in possible),
        "row_ids": ";".join(item for item in rows["row_id"] if item),
    }


def _whole(name: str, value: object, least: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise InvalidArgument(f"{name} is {value!r}", where=name, remedy=f"give a whole number from {least}")


@dataclass(frozen=True)
class Review:
    """A review: the judgements read, the scores, their sensitivity, and what the document recommends.

    Attributes
    ----------
    judged, scores, sensitivity, beside
        The frames of `judgements`, `score`, `sensitivity` and `beside`.
    names
        Names of the networks by id.
    actor, year
        Who judged, and when (None: unknown).
    """

    judged: pd.DataFrame
    scores: pd.DataFrame
    sensitivity: pd.DataFrame
    beside: pd.DataFrame
    names: Mapping[str, str]
    actor: str
    year: int | None

    def caveat(self, lang: str = "en") -> str:
        """Return what the result is not: a validation."""
        return texts(lang)("portfolio.caveat")

    def said(self, lang: str = "en") -> list[str]:
        """Return, in sentences, the caveat, what comes out beside what was recommended, and what is missing."""
        return [self.caveat(lang), *self.compared(lang), *self.gaps(lang)]

    def compared(self, lang: str = "en", names: Mapping[str, str] | None = None) -> list[str]:
        """Return a sentence for each network: what the rule gives, and what the document recommends.

        Parameters
        ----------
        names
            Names of the networks by id as they are to stand in the sentences; None for `Review.names`.
        """
        t, names = texts(lang), names or self.names
        lines = []
        for row in each_row(self.beside):
            given = {"network": names[row.network_id], "computed": "", "stated": ""}
            if row.agreement != "not_judged":
                given["computed"] = t(f"portfolio.verdict.{row.recommendation}")
            if row.stated:
                given["stated"] = t.join([t(f"terms.recommendation.{item}") for item in row.stated.split("|")])
            lines.append(t(f"portfolio.{row.agreement}", **given))
        return lines

    def gaps(self, lang: str = "en", names: Mapping[str, str] | None = None) -> list[str]:
        """Return, in sentences, which criteria are not judged, and what that leaves open; `names` as above."""
        t, names = texts(lang), names or self.names
        lines = []
        for row in each_row(self.scores[self.scores["recommendation"].notna()]):
            criteria = [t(f"terms.criterion.{item}") for item in row.missing.split(";") if item]
            possible = [t(f"portfolio.verdict.{item}") for item in row.possible_recommendations.split("|")]
            key = "missing" if criteria else "complete"
            network = names[row.network_id]
            lines.append(t(f"portfolio.{key}", network=network, criteria=t.join(criteria), possible=t.join(possible)))
            if not row.breadth_reachable:
                lines.append(t("portfolio.narrow", network=network, n=t.number(row.n_core_judged)))
        return lines


def review(
    data: Dataset,
    actor: str,
    year: int | None,
    *,
    rule: Rule | None = None,
    weights: Mapping[str, float] | None = None,
    draws: int = 10_000,
    seed: int = 0,
) -> Review:
    """Read one actor's review of one year, score it, vary it, and put it beside what was recommended.

    Networks of which only a summary is coded appear as not judged.

    Parameters
    ----------
    actor, year, rule, weights, draws, seed
        As in `judgements`, `score` and `sensitivity`.

    Returns
    -------
    Review
        Judgements, scores, sensitivity and what was recommended, with `said()` and `gaps()` in words.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor, a year in which it judged nothing, or a value that is not allowed.

    Examples
    --------
    >>> from natverk import load
    >>> stockholm = review(load(), "municipality:0180", 2011)
    >>> stockholm.said()[2]
    'Eurocities: the rule gives “expand”; the review says “expand and continue”.'
    """
    judged = judgements(data, actor, year)
    return _reviewed(data, actor, year, judged, rule, weights, draws, seed)


def fullest_review(
    data: Dataset,
    actor: str,
    year: int | None = None,
    *,
    rule: Rule | None = None,
    weights: Mapping[str, float] | None = None,
    draws: int = 10_000,
    seed: int = 0,
) -> Review:
    """Return an actor's review with most judgements; an empty one where it judged no network.

    Parameters
    ----------
    year
        A year instead of that of the fullest review; it must have judgements of criteria. 0 or None: the fullest.
    actor, rule, weights, draws, seed
        As in `review`.

    Returns
    -------
    Review
        With the frames of `review`. Where only summaries are coded, their networks stand as not judged.

    Raises
    ------
    InvalidArgument
        If the actor judged no network by criteria in the year that is asked for.

    Examples
    --------
    >>> from natverk import load
    >>> data = load()
    >>> fullest_review(data, "municipality:0180", draws=10).year
    2011
    >>> len(fullest_review(data, "municipality:1487").judged)
    0
    """
    if year:
        return review(data, actor, year, rule=rule, weights=weights, draws=draws, seed=seed)
    years = review_years(data, actor)
    best = None if years.empty or pd.isna(years["year"].iloc[0]) else int(years["year"].iloc[0])
    judged = judgements(data, actor, best) if len(years) and years["n_judged"].iloc[0] else nothing_judged()
    return _reviewed(data, actor, best, judged, rule, weights, draws, seed)


def _reviewed(
    data: Dataset,
    actor: str,
    year: int | None,
    judged: pd.DataFrame,
    rule: Rule | None,
    weights: Mapping[str, float] | None,
    draws: int,
    seed: int,
) -> Review:
    networks = set(evaluated(data, actor, year)["network_id"]) | set(judged["network_id"])
    # Nothing judged gives frames of the same columns, so that a page about it needs no rules of its own.
    scores = score(judged, rule=rule, weights=weights, networks=networks or ["none"])
    scores = scores[scores["network_id"].isin(networks)].reset_index(drop=True)
    shares = pd.DataFrame(columns=list(SHARES))
    if len(judged):
        shares = sensitivity(judged, rule=rule, weights=weights, draws=draws, seed=seed)
    return Review(
        judged=judged,
        scores=scores,
        sensitivity=shares,
        beside=beside(data, actor, year, scores),
        names={str(row.network_id): str(row.name) for row in each_row(data.networks)},
        actor=actor,
        year=year,
    )


#: What may stand in a cell of a criterion.
STEPS = tuple(str(step) for step in range(LOWEST, HIGHEST + 1))
_WHY = "rationale"


def blank_sheet(
    networks: Iterable[str] | Mapping[str, str], *, coder: str = "1", criteria: Iterable[str] = CRITERIA
) -> pd.DataFrame:
    """Return an empty review sheet: a row a network, a column a criterion; `coding.write` writes it to a file.

    Parameters
    ----------
    networks
        Ids, or names by id; they need not be in the data.
    coder
        Who is to fill it in; names the file.
    criteria
        The columns to fill: whole steps from −2 (strongly negative) to 2 (strongly positive), blank where it
        cannot be judged.

    Returns
    -------
    pd.DataFrame
        `coder, item` (the network's id), `network` (its name), the criteria and `rationale`; all text.

    Raises
    ------
    InvalidArgument
        If no network, or one twice, is named.

    Examples
    --------
    >>> blank_sheet({"sern": "SERN", "ensa": "ENSA"}, coder="Anna").shape
    (2, 11)
    """
    names = dict(networks) if isinstance(networks, Mapping) else {item: item for item in networks}
    frame = pd.DataFrame({"item": list(names), "network": list(names.values())}, dtype="str")
    return sheets.sheet(frame, [*criteria, _WHY], [coder])


def filled_sheet(filled: pd.DataFrame, *, coder: str | None = None) -> pd.DataFrame:
    """Return a filled sheet as judgements that `score` and `sensitivity` take.

    Parameters
    ----------
    filled
        From `coding.read` (a sheet of `blank_sheet`) or `coding.read_table` (the sheet as a page shows it, whose
        columns are named in the page's language). Criteria that are left out are not judged.
    coder
        Whose judgements; needed where several have filled in: their judgements are never averaged.

    Returns
    -------
    pd.DataFrame
        `network_id` (its name, where the sheet has no column of ids), `criterion, judgement` (Int64), `rationale`:
        one row a cell that is filled in.

    Raises
    ------
    InvalidArgument
        If there are several coders and none is named, or there is no such coder.
    DataError
        If a cell holds something else than a whole step, or a column of networks or of criteria is missing.

    Examples
    --------
    >>> sheet = blank_sheet(["sern"]).assign(influence="2", monitoring=" −1 ")
    >>> filled_sheet(sheet)[["criterion", "judgement"]].values.tolist()
    [['monitoring', -1], ['influence', 2]]
    >>> shown = pd.DataFrame({"Nätverk": ["SERN"], "Påverkan": ["+1"]})
    >>> filled_sheet(shown)[["network_id", "criterion", "judgement"]].values.tolist()
    [['SERN', 'influence', 1]]
    """
    known = _columns()
    named = filled.rename(columns={name: known.get(str(name).strip().casefold(), str(name)) for name in filled.columns})
    named = named.assign(item=named["network"]) if "network" in named and "item" not in named else named
    criteria = [name for name in CRITERIA if name in named.columns]
    for what, there in (("of networks", "item" in named), ("of a criterion", criteria)):
        if not there:
            raise DataError(
                f"there is no column {what}", where="the sheet", allowed=["network", *CRITERIA],
                remedy="start from the sheet: portfolio.blank_sheet([…])",
            )  # fmt: skip
    own = _of_one(named, coder).reset_index(drop=True)
    for name in criteria:
        # A minus sign as word processors write it is a minus, and a plus sign says nothing more.
        cells = own[name].astype("str").mask(own[name].isna(), "")
        cells = cells.str.strip().str.replace("−", "-").str.removeprefix("+")
        own[name] = cells.mask(cells == "")
        wrong = own[own[name].notna() & ~own[name].isin(STEPS)]
        if len(wrong):
            raise DataError(
                f"{wrong[name].iloc[0]!r} is no judgement", where=f"{wrong['item'].iloc[0]}, {name}", allowed=STEPS,
                remedy="write a whole step, or leave the cell blank",
            )  # fmt: skip
    own[_WHY] = own[_WHY] if _WHY in own.columns else None
    long = own.assign(order=range(len(own))).melt(["order", "item", _WHY], criteria, "criterion", "judgement")
    long = long.dropna(subset=["judgement"]).sort_values("order", kind="stable")
    long = long.rename(columns={"item": "network_id"}).astype({"judgement": "Int64", _WHY: "str"})
    return long[["network_id", "criterion", "judgement", _WHY]].reset_index(drop=True)


def _columns() -> dict[str, str]:
    """Return the columns of a sheet by what the pages call them, in every language."""
    found = {}
    for t in map(texts, LANGUAGES):
        for key in ("network", _WHY):
            found[t(f"page.column.{key}").casefold()] = key
        found |= {t(f"terms.criterion.{name}").casefold(): name for name in CRITERIA}
    return found


def _of_one(filled: pd.DataFrame, coder: str | None) -> pd.DataFrame:
    """Return the rows of one coder."""
    coders = sorted(filled["coder"].dropna().unique()) if "coder" in filled.columns else []
    if coder is None and len(coders) > 1:
        raise InvalidArgument(
            "several have filled in the sheet", where="coder", allowed=coders, remedy=f"coder={coders[0]!r}"
        )
    if coder is not None and coder not in coders:
        raise InvalidArgument(f"there is no coder {coder!r}", where="coder", allowed=coders, value=coder)
    return filled if coder is None else filled[filled["coder"] == coder]


def sheet(networks: Iterable[str]) -> pd.DataFrame:
    """Return an empty sheet to judge networks of one's own by criteria, to be filled and given to `score`.

    Parameters
    ----------
    networks
        Ids or names, as one likes; they need not be in the data.

    Returns
    -------
    pd.DataFrame
        `network_id, criterion, judgement` (Int64, all missing: −2 strongly negative … 2 strongly positive;
        leave blank what cannot be judged), `rationale`. One row a network and criterion.

    Raises
    ------
    InvalidArgument
        If no network, or one twice, is named.

    Examples
    --------
    >>> empty = sheet(["sern", "ensa"])
    >>> len(empty), int(empty["judgement"].isna().sum())
    (14, 14)
    """
    names = [networks] if isinstance(networks, str) else list(networks)
    if not names or len(set(names)) < len(names):
        raise InvalidArgument("no network is named, or one twice", where="networks", remedy="name each network once")
    rows = pd.DataFrame(product(names, CRITERIA), columns=["network_id", "criterion"], dtype="str")
    return rows.assign(
        judgement=pd.array([pd.NA] * len(rows), dtype="Int64"), rationale=pd.array([""] * len(rows), dtype="str")
    )
