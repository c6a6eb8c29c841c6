"""Portfolio: a review of networks by criteria, after the one that Stockholm made in 2011.

Read from top to bottom: a written `Rule` turns `judgements` of criteria into a `score` and a recommendation;
`sensitivity` varies weights and judgements; `review` puts the result beside what the document recommends; and a
`blank_sheet`, filled in, gives judgements of one's own. The summary judgements (`overall`) and the recommendations of
a document are never read for the score. What comes out checks whether one coder's reading of a document is
consistent; it is no validation.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from natverk import coding
from natverk.data.answers import asked
from natverk.data.load import Dataset
from natverk.data.schema import VOCABULARIES
from natverk.data.types import TEXT
from natverk.errors import DataError, InvalidArgument, gone
from natverk.frames import counted_from_one, each_row, known_actor, not_negative

__all__ = [
    "CORE",
    "CRITERIA",
    "RECOMMENDATIONS",
    "Review",
    "Rule",
    "blank_sheet",
    "filled_sheet",
    "fullest_review",
    "judgements",
    "review",
    "review_years",
    "score",
    "sensitivity",
]

if not TYPE_CHECKING:
    # Names of version 0.1; CHANGELOG has the reasons.
    __getattr__ = gone(
        __name__,
        {
            "Choice": "natverk.portfolio.Rule.of(criteria, weights), as the argument rule",
            "beside": "natverk.portfolio.review: its part comparison",
            "chosen": "natverk.portfolio.Rule.of(criteria, weights)",
            "sheet": "natverk.portfolio.blank_sheet",
        },
    )

Numbers = npt.NDArray[np.float64]

#: The criteria that are scored; `overall` is a summary of them and no criterion.
CRITERIA = tuple(item for item in VOCABULARIES["criterion"] if item != "overall")
#: The four purposes of international work that Stockholm's review of 2011 tries the networks on.
CORE = ("positioning", "service_development", "monitoring", "influence")
#: What the rule can give; `undecided` is a result (the mean is neutral), nothing judged is a missing value.
RECOMMENDATIONS = ("expand", "continue", "use_selectively", "leave", "undecided")
#: How many criteria of a network are judged at least where it is reviewed, and not only spoken of.
LEAST_CRITERIA = 3
#: Steps of judgement, from strongly negative to strongly positive.
STEPS = (-2, -1, 0, 1, 2)
_DIGITS = 9  # a mean of thirds that is 1 on paper must not fall short of 1 in floating point


@dataclass(frozen=True)
class Rule:
    """The written rule: its thresholds, and the weights of the criteria in the mean.

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
    weights
        Weights of the criteria in the mean, by name: not negative, sum 1; a criterion not named weighs nothing.
        Default: all alike, since the review of 2011 ranks none above another.

    Raises
    ------
    InvalidArgument
        If the thresholds are out of order or off the scale, the core is no set of criteria, a criterion is unknown,
        a weight is negative or no number, or the weights do not sum to 1.

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
    weights: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(CRITERIA, 1 / len(CRITERIA)))

    def __post_init__(self) -> None:
        least, most = STEPS[0], STEPS[-1]
        if not least <= self.leave_below <= self.keep_above <= self.expand_from <= most:
            raise InvalidArgument(
                f"the thresholds {self.leave_below}, {self.keep_above}, {self.expand_from} are out of order",
                where="Rule",
                remedy=f"give {least} <= leave_below <= keep_above <= expand_from <= {most}",
            )
        _check_criteria(self.core, "core")
        if not self.core or len(set(self.core)) < len(self.core):
            raise InvalidArgument("the core is empty or names a criterion twice", where="core", allowed=CRITERIA)
        if isinstance(self.breadth, bool) or self.breadth not in range(len(self.core) + 1):
            allowed = range(len(self.core) + 1)
            raise InvalidArgument(f"breadth is {self.breadth!r}", where="breadth", allowed=allowed)
        total = _sum_of(self.weights)
        if abs(total - 1) > 10**-_DIGITS:
            raise InvalidArgument(
                f"the weights sum to {total:g}, not 1", where="weights", remedy="divide each by the sum, or use Rule.of"
            )

    @classmethod
    def of(cls, criteria: Iterable[str] = (), weights: Sequence[float] = ()) -> Rule:
        """Return the rule on some criteria only, with weights of any sum.

        Core purposes that are not among the criteria are taken out, and breadth never asks for more than are left.

        Parameters
        ----------
        criteria
            Names of criteria; empty (default): all seven.
        weights
            A number for each of `criteria`, in their order, of any sum; none or a single one: all alike.

        Returns
        -------
        Rule
            Its `weights` name the criteria, in the order of `CRITERIA`, and sum to 1.

        Raises
        ------
        InvalidArgument
            If a criterion is unknown or named twice, no core purpose is left, a weight is negative or no number,
            all are 0, or there is another number of them.

        Examples
        --------
        >>> rule = Rule.of(["influence", "cost_travel"], [3, 1])
        >>> rule.weights, rule.core, rule.breadth
        ({'influence': 0.75, 'cost_travel': 0.25}, ('influence',), 1)
        """
        names = list(criteria) or list(CRITERIA)
        values = [float(value) for value in weights] if len(weights) > 1 else [1.0] * len(names)
        _check_criteria(names, "criteria")
        if len(set(names)) < len(names):
            raise InvalidArgument("a criterion is named twice", where="criteria", remedy="name each criterion once")
        core = tuple(name for name in CORE if name in names)
        if not core:
            raise InvalidArgument(
                "none of the core purposes is among the criteria",
                where="criteria",
                allowed=CORE,
                remedy="name at least one of them: the rule counts how many a network serves",
            )
        if len(values) != len(names):
            raise InvalidArgument(
                f"there are {len(values)} weights for {len(names)} criteria",
                where="weights",
                remedy="give one weight a criterion, in their order, or a single one for all alike",
            )
        given = dict(zip(names, values, strict=True))
        total = _sum_of(given)
        if total == 0:
            raise InvalidArgument("all weights are 0", where="weights", remedy="give at least one weight above 0")
        shares = {name: given[name] / total for name in CRITERIA if name in given}
        return cls(breadth=min(cls.breadth, len(core)), core=core, weights=shares)


def _check_criteria(names: Iterable[str], where: str) -> None:
    """Raise for the first name that is no criterion."""
    for name in names:
        if name not in CRITERIA:
            raise InvalidArgument(f"unknown criterion {name!r}", where=where, allowed=CRITERIA, value=name)


def _sum_of(weights: Mapping[str, float]) -> float:
    """Return the sum of weights, or raise where a criterion is unknown or a weight negative or no number."""
    _check_criteria(weights, "weights")
    for name, value in weights.items():
        if not (math.isfinite(value) and value >= 0):
            raise InvalidArgument(f"the weight of {name} is {value}", where="weights", remedy="give weights from 0")
    return math.fsum(weights.values())


@asked
def judgements(data: Dataset, actor: str, year: int | None) -> pd.DataFrame:
    """Return the judgements of criteria that one actor made in one year, as coded.

    One evaluator at a time: what a municipality, an auditor, a court or a party says is never averaged.

    Parameters
    ----------
    actor
        Who judges, by id or name.
    year
        The year of the judgements; None for those without one.

    Returns
    -------
    pd.DataFrame
        `actor_id, evaluator_kind, year` (Int64, may be missing), `network_id, criterion, judgement` (−2 … 2),
        `rationale, row_id, source_id`; one row a coded judgement, so a criterion may have several. Rows that concern
        no network, and `overall` rows, are left out.

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
    own = _judged(data, actor, year)
    if own.empty:
        years = review_years(data, actor).query("n_judged > 0")["year"]
        raise InvalidArgument(
            f"{actor} has judged no network by criteria in {year}",
            where="year",
            allowed=sorted(str(item) for item in years.dropna()) + ["None"] * bool(years.isna().any()),
            value=str(year),
            remedy="see data.evaluations for who judged what and when",
        )
    return own


@asked
def _evaluated(data: Dataset, actor: str, year: int | None) -> pd.DataFrame:
    """Return the evaluations of networks by one actor in one year (None: those without a year)."""
    frame = data.evaluations
    frame = frame[(frame["actor_id"] == actor) & frame["network_id"].notna()]
    return frame[frame["year"].isna() if year is None else (frame["year"] == year).fillna(False)]


@asked
def _judged(data: Dataset, actor: str, year: int | None) -> pd.DataFrame:
    """Return the judgements of criteria by one actor in one year, which may be none."""
    own = _evaluated(data, actor, year)
    kind = str(data.actors.set_index("actor_id").loc[actor, "kind"])
    own = own.assign(evaluator_kind=pd.Series(kind, index=own.index, dtype=TEXT))[own["criterion"].isin(CRITERIA)]
    columns = ["actor_id", "evaluator_kind", "year", "network_id", "criterion", "judgement", "rationale", "row_id"]
    own = own[[*columns, "source_id"]].astype({"judgement": "int64"})
    return own.sort_values(["network_id", "row_id"], ignore_index=True)


@asked
def review_years(data: Dataset, actor: str) -> pd.DataFrame:
    """Return the years in which an actor judged networks, the fullest review first.

    Parameters
    ----------
    actor
        Who judges, by id or name.

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


def score(judgements: pd.DataFrame, *, rule: Rule | None = None, networks: Iterable[str] | None = None) -> pd.DataFrame:
    """Score networks by the judgements of their criteria and apply the rule.

    Repeated judgements of a criterion are averaged first; the mean runs over the criteria that are judged,
    a missing one is left out and said, never read as neutral.

    Parameters
    ----------
    judgements
        Columns `network_id, criterion, judgement` (whole steps −2 … 2, as numbers or text; blank: not
        judged), from `judgements` or `filled_sheet`; `row_id` is carried along. Rows of `overall`
        are not read. If there is a column `actor_id`, `evaluator_kind` or `year`, it holds one value.
    rule
        Thresholds and weights; None for those of `Rule()`.
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
        For an unknown criterion, a judgement off the scale, several evaluators or years, or an empty frame.

    References
    ----------
    Belton, V. & Stewart, T. J. (2002). Multiple Criteria Decision Analysis. Kluwer: additive value
    functions.

    Examples
    --------
    >>> from natverk import load, portfolio
    >>> result = score(portfolio.judgements(load(), "municipality:0180", 2011)).set_index("network_id")
    >>> result["recommendation"].to_dict()
    {'c40': 'use_selectively', 'eurocities': 'expand', 'metropolis': 'leave', 'uclg': 'leave'}
    >>> result.loc["c40", "missing"]
    'service_development;influence;cost_travel;democratic_governance'
    """
    rows = _checked(judgements)
    names = sorted({*rows["network_id"], *([] if networks is None else networks)})
    if not names:
        raise InvalidArgument(
            "there is nothing to score", where="judgements", remedy="fill in a sheet: portfolio.blank_sheet([…])"
        )
    return _scores(rows, names, rule or Rule())


def sensitivity(
    judgements: pd.DataFrame,
    *,
    rule: Rule | None = None,
    draws: int = 10_000,
    concentration: float = 1.0,
    seed: int = 0,
) -> pd.DataFrame:
    """Return how often each recommendation comes out when weights, or judgements, are drawn anew.

    Weights: Dirichlet around those of the rule, the same draws for every network. Judgements: every coded
    judgement moves by −1, 0 or 1 step with equal chance, clipped to the scale, before repeated ones are
    averaged; each network has its own stream, so leaving one out changes no other. The first says nothing
    where all judgements of a network share a sign; the second does.

    Parameters
    ----------
    judgements, rule
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
    >>> from natverk import load, portfolio
    >>> shares = sensitivity(portfolio.judgements(load(), "municipality:0180", 2011))
    >>> shares = shares[shares["as_coded"]].pivot(index="network_id", columns="varied", values="share").round(2)
    >>> shares.loc[["eurocities", "uclg"], ["weights", "judgements"]].values.tolist()
    [[1.0, 0.86], [1.0, 1.0]]
    """
    rule, coded = rule or Rule(), score(judgements, rule=rule)
    return _shares(_checked(judgements), coded, rule, draws, concentration, seed)


def _checked(judgements: pd.DataFrame) -> pd.DataFrame:
    """Return the judgements that count: `network_id, criterion, judgement` (float), `row_id`; blanks left out."""
    for name in ("network_id", "criterion", "judgement"):
        if name not in judgements.columns:
            raise InvalidArgument(
                f"there is no column {name!r}",
                where="judgements",
                allowed=judgements.columns,
                remedy="give a frame of portfolio.judgements or portfolio.filled_sheet",
            )
    for name in ("actor_id", "evaluator_kind", "year"):
        if name in judgements.columns and judgements[name].nunique(dropna=False) > 1:
            raise InvalidArgument(
                f"the judgements are of several values of {name}",
                where="judgements",
                remedy=f"evaluators and years are never averaged: score each {name} by itself",
            )
    rows = judgements[judgements["criterion"] != "overall"]
    _check_criteria(rows["criterion"].unique(), "judgements, column criterion")
    given = rows[rows["judgement"].notna() & (rows["judgement"].astype(TEXT).str.strip() != "")]
    steps = pd.to_numeric(given["judgement"], errors="coerce").astype("float64")
    wrong = ~steps.isin(STEPS) | given["judgement"].map(lambda value: isinstance(value, bool)).astype(bool)
    if wrong.any():
        value = given.loc[wrong, "judgement"].iloc[0]
        raise InvalidArgument(
            f"{value!r} is no judgement", where="judgements", allowed=STEPS, remedy="whole steps only"
        )
    row_ids = given["row_id"] if "row_id" in given.columns else pd.Series("", index=given.index, dtype=TEXT)
    counted = {"network_id": given["network_id"], "criterion": given["criterion"], "judgement": steps}
    return pd.DataFrame({**counted, "row_id": row_ids.astype(TEXT)}).reset_index(drop=True)


def _scores(rows: pd.DataFrame, names: Sequence[str], rule: Rule) -> pd.DataFrame:
    """Return the frame of `score` for checked judgements and the networks to appear."""
    weights, core = _weights(rule), np.isin(CRITERIA, rule.core)
    # A criterion that weighs nothing and is no core purpose is not asked for: it is neither judged nor missing.
    asked = core | (weights > 0)
    own = {name: rows[rows["network_id"] == name] for name in names}
    values = np.full((len(names), len(CRITERIA)), np.nan)
    for place, part in enumerate(own.values()):
        values[place] = _averages(part["criterion"], part["judgement"].to_numpy(dtype=float)[None, :])[0]
    values[:, ~asked] = np.nan
    judged = ~np.isnan(values)
    missing = asked & ~judged
    possible = []
    for known, value in zip(judged, values, strict=True):
        # Every way to fill in what is missing.
        options = [[value[n]] if known[n] else STEPS if asked[n] else [0] for n in range(len(CRITERIA))]
        filled = np.stack(np.meshgrid(*options), axis=-1).reshape(-1, len(CRITERIA)).astype(float)
        possible.append("|".join(RECOMMENDATIONS[n] for n in np.unique(_recommended(filled, weights, rule))))
    given = [RECOMMENDATIONS[n] if n >= 0 else None for n in _recommended(values, weights, rule)]
    low, best, high = (_means(np.where(judged, values, step), weights) for step in (STEPS[0], np.nan, STEPS[-1]))
    return pd.DataFrame(
        {
            "network_id": pd.Series(list(names), dtype=TEXT),
            "n_rows": pd.Series([len(part) for part in own.values()], dtype="int64"),
            "n_judged": judged.sum(axis=1),
            "n_missing": missing.sum(axis=1),
            "missing": pd.Series([";".join(np.array(CRITERIA)[row]) for row in missing], dtype=TEXT),
            "coverage": (judged * weights).sum(axis=1).round(_DIGITS),
            "low": low,
            "best": best,
            "high": high,
            "n_core_positive": ((values > 0) & core).sum(axis=1),
            "n_core_judged": (judged & core).sum(axis=1),
            "one_sign": judged.any(axis=1) & ~((values > 0).any(axis=1) & (values < 0).any(axis=1)),
            "breadth_reachable": (judged & core).sum(axis=1) >= rule.breadth,
            "recommendation": pd.Series(given, dtype=TEXT),
            "possible_recommendations": pd.Series(possible, dtype=TEXT),
            "row_ids": pd.Series([";".join(filter(None, part["row_id"])) for part in own.values()], dtype=TEXT),
        }
    )


def _shares(
    rows: pd.DataFrame, coded: pd.DataFrame, rule: Rule, draws: int, concentration: float, seed: int
) -> pd.DataFrame:
    """Return the frame of `sensitivity` for checked judgements and their scores."""
    counted_from_one("draws", draws)
    not_negative("seed", seed)
    if not 0 < concentration < math.inf:
        raise InvalidArgument(f"concentration is {concentration!r}", where="concentration", remedy="a number above 0")
    weights = _weights(rule)
    used = weights > 0
    drawn = np.zeros((draws, len(CRITERIA)))
    drawn[:, used] = np.random.default_rng(seed).dirichlet(concentration * used.sum() * weights[used], size=draws)
    found = []
    for name, as_coded in zip(coded["network_id"], coded["recommendation"], strict=True):
        own = rows[rows["network_id"] == name]
        rng = np.random.default_rng([seed, zlib.crc32(str(name).encode())])
        steps = own["judgement"].to_numpy(dtype=float)
        moved = np.clip(steps + rng.integers(-1, 2, size=(draws, len(own))), STEPS[0], STEPS[-1])
        for varied, given in (
            ("weights", _recommended(_averages(own["criterion"], steps[None, :]), drawn, rule)),
            ("judgements", _recommended(_averages(own["criterion"], moved), weights, rule)),
        ):
            counts = np.bincount(given[given >= 0], minlength=len(RECOMMENDATIONS))
            for item, count in zip(RECOMMENDATIONS, counts, strict=True):
                share = count / counts.sum() if counts.any() else np.nan
                found.append((name, varied, item, share, item == as_coded, draws))
    kinds = {"network_id": TEXT, "varied": TEXT, "recommendation": TEXT, "share": "float64"}
    kinds |= {"as_coded": "bool", "draws": "int64"}
    return pd.DataFrame(found, columns=list(kinds)).astype(kinds)


def _weights(rule: Rule) -> Numbers:
    """Return the weights of a rule in the order of `CRITERIA`."""
    return np.array([rule.weights.get(name, 0.0) for name in CRITERIA])


def _averages(criteria: pd.Series, values: Numbers) -> Numbers:
    """Average repeated judgements: values of shape (draws, rows) become (draws, criteria), missing as NaN."""
    place = criteria.to_numpy()[:, None] == np.array(CRITERIA)[None, :]
    counts = place.sum(axis=0)
    # Sums of whole steps are exact; dividing afterwards keeps a sum of zero at zero.
    result: Numbers = np.full((len(values), len(CRITERIA)), np.nan)
    np.divide(values @ place, counts, out=result, where=counts > 0)
    return result


def _means(values: Numbers, weights: Numbers) -> Numbers:
    """Return the weighted mean of the judged criteria; NaN where no judged criterion weighs anything."""
    judged = ~np.isnan(values)
    total = (weights * judged).sum(axis=-1)
    sums = (weights * np.where(judged, values, 0.0)).sum(axis=-1)
    result: Numbers = np.full(total.shape, np.nan)
    np.divide(sums, total, out=result, where=total > 0)
    return result.round(_DIGITS)


def _recommended(values: Numbers, weights: Numbers, rule: Rule) -> npt.NDArray[np.intp]:
    """Apply the rule to many sets of judgements: places in `RECOMMENDATIONS`, −1 where nothing is judged."""
    mean = _means(values, weights)
    broad = ((values > 0) & np.isin(CRITERIA, rule.core)).sum(axis=-1) >= rule.breadth
    keep = mean > rule.keep_above
    choices = [np.isnan(mean), mean < rule.leave_below, keep & broad & (mean >= rule.expand_from), keep & broad, keep]
    places = [-1, *(RECOMMENDATIONS.index(name) for name in ("leave", "expand", "continue", "use_selectively"))]
    return np.select(choices, places, default=RECOMMENDATIONS.index("undecided")).astype(np.intp)


@dataclass(frozen=True)
class Review:
    """A review: the judgements read, the scores, their sensitivity, and what the document recommends.

    Attributes
    ----------
    judgements, scores, sensitivity
        The frames of `judgements`, `score` and `sensitivity`.
    comparison
        What the rule gives beside what the document recommends: `network_id, recommendation, stated` (recommendations
        on the membership, joined by `|`: a document may say "continue and expand"), `stated_in` (`overall`;
        `criteria` where there is no overall row), `aside` (what it says about board seats only), `agreement`
        (`agrees`: what the rule gives is stated; `differs`; `not_stated`; `not_judged`), `row_ids`.
    actor, year
        Who judged, and when (None: unknown).
    """

    judgements: pd.DataFrame
    scores: pd.DataFrame
    sensitivity: pd.DataFrame
    comparison: pd.DataFrame
    actor: str
    year: int | None

    @property
    def by_criteria(self) -> bool:
        """Whether a network is tried by criteria, by `LEAST_CRITERIA` at least; what says less is a statement.

        >>> from natverk import load, portfolio
        >>> data = load()
        >>> [portfolio.fullest_review(data, name, draws=10).by_criteria for name in ("municipality:0180", "Luleå")]
        [True, False]
        """
        return bool((self.scores["n_judged"] >= LEAST_CRITERIA).any())

    @property
    def beside(self) -> pd.DataFrame:
        """The `comparison` with what it rests on: the columns of `scores` that say how much was judged, and the mean.

        >>> from natverk import load, portfolio
        >>> review = portfolio.review(load(), "Stockholm", 2011, draws=10)
        >>> review.beside.loc[review.beside["network_id"] == "c40", ["n_judged", "n_missing"]].values.tolist()
        [[3, 4]]
        """
        known = ["network_id", "n_judged", "n_missing", "best", "breadth_reachable", "possible_recommendations"]
        return self.comparison.merge(self.scores[known], on="network_id", how="left")


@asked
def review(
    data: Dataset, actor: str, year: int | None, *, rule: Rule | None = None, draws: int = 10_000, seed: int = 0
) -> Review:
    """Read one actor's review of one year, score it, vary it, and put it beside what was recommended.

    Networks of which only a summary is coded appear as not judged.

    Parameters
    ----------
    actor, year, rule, draws, seed
        As in `judgements`, `score` and `sensitivity`.

    Returns
    -------
    Review
        Judgements, scores, sensitivity and what was recommended.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor, a year in which it judged nothing, or a value that is not allowed.

    Examples
    --------
    >>> from natverk import load
    >>> stockholm = review(load(), "municipality:0180", 2011)
    >>> stockholm.comparison[["network_id", "stated", "agreement"]].values.tolist()
    [['c40', 'use_fully', 'differs'], ['eurocities', 'expand|continue', 'agrees'],
    ['metropolis', 'leave', 'agrees'], ['uclg', 'leave', 'agrees']]
    """
    own = judgements(data, actor, year)
    evaluations = _evaluated(data, own["actor_id"].iloc[0], year)
    return _reviewed(own, evaluations, own["actor_id"].iloc[0], year, rule or Rule(), draws, seed)


@asked
def fullest_review(
    data: Dataset,
    actor: str,
    year: int | None = None,
    *,
    rule: Rule | None = None,
    draws: int = 10_000,
    seed: int = 0,
) -> Review:
    """Return an actor's review with most judgements; an empty one where it judged no network.

    Parameters
    ----------
    year
        A year instead of that of the fullest review; it must have judgements of criteria. 0 or None: the fullest.
    actor, rule, draws, seed
        As in `review`.

    Returns
    -------
    Review
        With the frames of `review`. Where only summaries are coded, their networks stand as not judged.

    Raises
    ------
    UnknownName
        For an unknown actor.
    InvalidArgument
        If the actor judged no network by criteria in the year that is asked for.

    Examples
    --------
    >>> from natverk import load
    >>> data = load()
    >>> fullest_review(data, "municipality:0180", draws=10).year
    2011
    >>> len(fullest_review(data, "municipality:1487").judgements)
    0
    """
    if year:
        return review(data, actor, year, rule=rule, draws=draws, seed=seed)
    actor = known_actor(data, actor)
    years = review_years(data, actor)["year"].head(1).dropna().tolist()
    fullest = int(years[0]) if years else None
    own, evaluations = _judged(data, actor, fullest), _evaluated(data, actor, fullest)
    return _reviewed(own, evaluations, actor, fullest, rule or Rule(), draws, seed)


def _reviewed(
    own: pd.DataFrame, evaluations: pd.DataFrame, actor: str, year: int | None, rule: Rule, draws: int, seed: int
) -> Review:
    """Score an actor's judgements of a year, and put the scores beside what its evaluations recommend."""
    rows = _checked(own)
    scores = _scores(rows, sorted(set(evaluations["network_id"])), rule)
    judged = scores[scores["network_id"].isin(rows["network_id"])]
    found = []
    for row in each_row(scores):
        of_network = evaluations[evaluations["network_id"] == row.network_id]
        summary = of_network[of_network["criterion"] == "overall"]
        read = summary if len(summary) else of_network
        named = [item for item in VOCABULARIES["recommendation"] if item in set(read["recommendation"])]
        stated = [item for item in named if item not in ("none", "leave_board")]
        scored = isinstance(row.recommendation, str)
        agreement = "not_stated" if not stated else "agrees" if row.recommendation in stated else "differs"
        found.append(
            {
                "network_id": row.network_id,
                "recommendation": row.recommendation if scored else None,
                "stated": "|".join(stated),
                "stated_in": "overall" if len(summary) else "criteria",
                "aside": "leave_board" if "leave_board" in named else "",
                "agreement": agreement if scored else "not_judged",
                "row_ids": ";".join(read["row_id"]),
            }
        )
    columns = ["network_id", "recommendation", "stated", "stated_in", "aside", "agreement", "row_ids"]
    return Review(
        judgements=own,
        scores=scores,
        sensitivity=_shares(rows, judged, rule, draws, 1.0, seed),
        comparison=pd.DataFrame(found, columns=columns, dtype=TEXT),
        actor=actor,
        year=year,
    )


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
    items = [networks] if isinstance(networks, str) else list(networks)
    names = [networks[item] for item in items] if isinstance(networks, Mapping) else items
    frame = pd.DataFrame({"item": items, "network": names}, dtype=TEXT)
    return coding.sheet(frame, [*criteria, "rationale"], [coder])


def filled_sheet(filled: pd.DataFrame, *, coder: str | None = None) -> pd.DataFrame:
    """Return a filled sheet as judgements that `score` and `sensitivity` take.

    Parameters
    ----------
    filled
        A sheet of `blank_sheet`, from `coding.read`; or one that a page offers, from `natverk.pages.read_sheet`.
        Criteria that are left out are not judged.
    coder
        Whose judgements; needed where several have filled in: their judgements are never averaged.

    Returns
    -------
    pd.DataFrame
        `network_id` (its name, where the sheet has no column `item`), `criterion, judgement` (−2 … 2), `rationale`:
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
    """
    criteria = [name for name in CRITERIA if name in filled.columns]
    item = "item" if "item" in filled.columns else "network"
    for what, there in (("of networks", item in filled.columns), ("of a criterion", criteria)):
        if not there:
            raise DataError(
                f"there is no column {what}",
                where="the sheet",
                allowed=["item", "network", *CRITERIA],
                remedy="start from portfolio.blank_sheet([…]); read the sheet of a page with natverk.pages.read_sheet",
            )
    coders = sorted(filled["coder"].dropna().unique()) if "coder" in filled.columns else []
    if coder is None and len(coders) > 1:
        raise InvalidArgument(
            "several have filled in the sheet", where="coder", allowed=coders, remedy=f"coder={coders[0]!r}"
        )
    if coder is not None and coder not in coders:
        raise InvalidArgument(f"there is no coder {coder!r}", where="coder", allowed=coders, value=coder)
    own = filled if coder is None else filled[filled["coder"] == coder]
    own = own.assign(rationale=own.get("rationale"), network_id=own[item], place=range(len(own)))
    long = own.melt(["place", "network_id", "rationale"], criteria, "criterion", "judgement")
    # A minus sign as word processors write it is a minus, and a plus sign says nothing more.
    cells = long["judgement"].astype(TEXT).mask(long["judgement"].isna(), "").str.strip()
    long["judgement"] = cells.str.replace("−", "-").str.removeprefix("+")
    long = long[long["judgement"] != ""]
    for row in each_row(long[~long["judgement"].isin([str(step) for step in STEPS])]):
        raise DataError(
            f"{row.judgement!r} is no judgement",
            where=f"{row.network_id}, {row.criterion}",
            allowed=STEPS,
            remedy="write a whole step, or leave the cell blank",
        )
    long = long.sort_values("place", kind="stable", ignore_index=True)
    kinds = {"network_id": TEXT, "criterion": TEXT, "judgement": "int64", "rationale": TEXT}
    return long.astype(kinds)[list(kinds)]
