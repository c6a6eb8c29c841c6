"""What is documented of actors: networks with all evidence read together, year by year, and ties beside membership."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
import pandas as pd

from natverk.data.answers import asked
from natverk.data.load import Dataset, kept
from natverk.data.types import TEXT
from natverk.frames import (
    Names,
    choice,
    each_row,
    has_columns,
    known_actors,
    not_negative,
    year_or_none,
    year_range,
)
from natverk.membership.actors import Kinds, admitted_by_rule, checked_kinds, member_actors, population_known
from natverk.membership.evidence import Counting, YearBasis, gathered, graded, worded
from natverk.membership.lists import ListCertainty
from natverk.membership.panel import (
    SETS,
    PartYear,
    Rules,
    agree_by_date,
    chosen_networks,
    decided_runs,
    networks_counting_as,
    panel,
)

__all__ = [
    "DOCUMENTED",
    "YEARS_TOLD",
    "documented",
    "loose_ties",
    "relations",
    "series",
    "undated_pairs",
    "wording_told",
    "years_told",
]

#: Marks that stand for a documented membership. A former member (`left`) or a looser tie (`loose`) is shown beside
#: them, but not counted. Whoever counts documented memberships counts these.
DOCUMENTED = ("recent", "earlier", "undated", "conflict")

#: The columns that `years_told` gives.
YEARS_TOLD = ("first", "last", "first_inferred", "last_inferred", "spans", "later_inferred")

_PAIR = ["actor_id", "network_id"]


@asked
def documented(
    data: Dataset,
    actors: Names,
    *,
    years: tuple[int, int] | int | None = None,
    recent: int = 5,
    counts_as: Iterable[str] = SETS,
    networks: Names | None = None,
    year_basis: YearBasis = "stated",
    kinds: Kinds = None,
) -> pd.DataFrame:
    """Return which networks actors are documented in: one row a pair, all its evidence read together.

    Parameters
    ----------
    data
        The dataset.
    actors
        Actors by id or name, or a county for its municipalities.
    years
        The window; default 1997 to the last year of the data. A membership attested before it, and not known to have
        ended, is kept and marked `earlier`; one that joined after it is left out. Pairs called former members, or only
        loosely tied, are kept whenever their rows are dated.
    recent
        A membership last attested within so many years, the last of the window among them, is `recent`.
    counts_as
        Kinds of network. All four are read by default, unlike in `natverk.panel` and `natverk.series`: a page shows
        the commitments, programmes and offices of an actor beside its memberships, and tells them apart.
    networks
        Only these networks, instead of those of `counts_as`.
    year_basis
        See `natverk.panel`. Relations that are not membership (indirect, reporting, applicant) are left out; loose
        ones are kept and marked.
    kinds
        Only networks of these kinds, see `natverk.panel`; `attrs["kinds"]` says what was counted.

    Returns
    -------
    pd.DataFrame
        `actor_id, network_id, status, mark, since, since_basis` (`stated`, `seen`), `since_inferred` (no source states
        the year, as of a list without a date), `last_seen` (missing where sources only tell beforehand of a start to
        come; a window that ends with the data has also what was seen after it), `last_seen_inferred, last_sure` (the
        last year
        that a source states: what is inferred, and the year of a list that is, is not sure), `sure` (whether a source
        states any year), `end, conflict`
        (conflicts of `natverk.panel`, but for those of one year in which the page is older than the list),
        `below_minimum` (the municipality had fewer inhabitants in the year of `since`, or the latest published one
        before it, than the network asks of a full member), `n_rows, n_sources, row_ids, source_ids`. `mark`: `recent`;
        `earlier` (attested, but not lately); `left` (stated end, or called a former member; not where the network, the
        member or a term ended); `conflict` (contradicted in the window); `undated` (no known year lies in the window,
        and some rows have none); `loose` (only takes part, pays or
        promotes). Those of `DOCUMENTED` are counted as documented memberships. `as_stated, as_stated_sv, derived,
        derived_seen, end_kind, end_announced, end_inferred, end_by, terms, inferred_start, inferred_first,
        inferred_seen, less`: see `natverk.membership.evidence.worded`. Sorted by actor and network.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor or value, an empty selection, or years out of range.

    Notes
    -----
    The marks are ours; a mark says what sources tell, never that a membership ended unseen.

    Examples
    --------
    >>> from natverk import load
    >>> own = documented(load(), ["municipality:1487"]).set_index("network_id")
    >>> own.loc[["ensa", "sern"], ["since", "last_seen", "mark"]].values.tolist()
    [[2009, 2024, 'recent'], [2006, 2024, 'recent']]
    """
    actor_ids = known_actors(data, actors)
    span = year_range(years, data=data)
    not_negative("recent", recent)
    choice("year_basis", year_basis, ("stated", "any"))
    chosen = chosen_networks(data, networks, counts_as, kinds)
    found = _documented(data, span[0], span[-1], recent, year_basis)
    found = found[found["actor_id"].isin(actor_ids) & found["network_id"].isin(chosen)].reset_index(drop=True)
    found = worded(data, found, span[-1])
    found.attrs["kinds"] = checked_kinds(kinds)
    return found


@kept
def _documented(data: Dataset, first_year: int, last_year: int, recent: int, year_basis: YearBasis) -> pd.DataFrame:
    """Return what is documented of all actors in all networks."""
    rows = graded(data, year_basis=year_basis)
    rows = rows[rows["grade"].isin(["positive", "exit", "loose"])]
    is_firm = rows["grade"] != "loose"
    has_firm = is_firm.groupby([rows[name] for name in _PAIR]).transform("any")
    pairs = gathered(rows[is_firm | ~has_firm], _PAIR).reset_index()

    def by_pair(frame: pd.DataFrame) -> pd.DataFrame:
        """Give each row the place of its pair as its index."""
        return frame.set_axis(
            pd.MultiIndex.from_frame(pairs[_PAIR]).get_indexer(pd.MultiIndex.from_frame(frame[_PAIR]))
        )

    def of_pair(values: pd.Series, how: str) -> pd.Series:
        """Sum the rows of each pair; missing, or no, for pairs without such a row."""
        found = values.groupby(level=0).agg(how).reindex(pairs.index)
        return found if how in ("min", "max") else found.fillna(False).astype(bool)

    firm = by_pair(rows[is_firm])
    began = firm["first"] <= last_year
    within = (began & (firm["last"] >= first_year)).fillna(False)
    # Evidence that begins after the window gives neither `since` nor `last_seen`.
    started = of_pair(firm.loc[(firm["start"] <= last_year).fillna(False), "start"], "min")
    dated = of_pair(firm.loc[began.fillna(False), "first"], "min")
    in_window = of_pair(within, "any")

    # A page that ends with the data tells of what was seen after their last full year as well.
    upper = int(data.last_day(last_year)[:4])

    def latest(years: pd.Series) -> pd.Series:
        """Return the last of some years of each pair: in the window if any is, else of all."""
        return of_pair(years, "max").mask(in_window, of_pair(years[within].clip(upper=upper), "max"))

    # A start that sources tell of beforehand counts as membership of its year, but nobody saw it.
    last, seen = latest(firm["last"]), latest(firm["last"].mask(firm["announced"]))
    # Where the last year of a row is inferred, its start may be stated all the same.
    stated = firm["last"].mask(firm["last_inferred"], firm["first"].mask(firm["first_inferred"]))
    seen_surely = latest(stated.mask(firm["announced"]))

    def by_inference(years: pd.Series, chosen: pd.Series, inferred: pd.Series) -> pd.Series:
        """Say for which pairs no row states the year that was chosen of some years."""
        same = (years == chosen.reindex(years.index)).fillna(False)
        return of_pair(same & inferred, "any") & ~of_pair(same & ~inferred, "any")

    runs = decided_runs(data, Rules(year_basis=year_basis))
    runs = by_pair(runs.assign(conflict=runs["conflict"] & ~agree_by_date(data, runs)))
    runs = runs[(runs["first"] <= last_year) & (runs["last"] >= first_year)]
    conflict = of_pair(runs["conflict"], "any")
    gave_up = of_pair(firm["end_kind"] == "left", "any")
    left = of_pair((runs["last"] >= last_year) & (runs["state"] == "left"), "any") & gave_up
    any_year, every_year = of_pair(firm["first"].notna(), "any"), of_pair(firm["first"].notna(), "all")
    # A pair that joined after the window is left out, its undated rows too; one only seen after it may have been in it.
    later = ~in_window & any_year & (of_pair(firm["first"], "min") > last_year).fillna(False)
    outside = later & (of_pair(firm["start"].notna(), "any") | every_year)
    loose = ~of_pair(firm["grade"].notna(), "any")
    marks = np.select(
        [
            loose,
            conflict,
            # Where no year is known, the word that somebody is a former member is the later one.
            left | of_pair(firm["grade"] == "exit", "all") | (of_pair(firm["grade"] == "exit", "any") & ~any_year),
            ~any_year | later | (~in_window & ~every_year),
            (last > last_year - recent).fillna(False),
        ],
        ["loose", "conflict", "left", "undated", "recent"],
        default="earlier",
    )
    mark = pd.Series(marks, index=pairs.index, dtype=TEXT)
    frame = pairs.assign(
        mark=mark,
        since=started.fillna(dated),
        since_basis=pd.Series("seen", index=pairs.index).where(dated.notna()).mask(started.notna(), "stated"),
        since_inferred=by_inference(firm["first"], dated, firm["first_inferred"]) & started.isna(),
        last_seen=seen.mask(later & (mark == "undated")),
        last_seen_inferred=by_inference(firm["last"].clip(upper=upper), seen, firm["last_inferred"]),
        last_sure=seen_surely.mask(later & (mark == "undated")),
        sure=of_pair((stated <= last_year).fillna(False), "any"),
        end=of_pair(firm["end"], "max"),
        conflict=conflict,
        below_minimum=_below_minimum(data, pairs[_PAIR].assign(year=dated)),
    )[~(outside & (mark == "undated"))]
    columns = [
        *_PAIR, "status", "mark", "since", "since_basis", "since_inferred", "last_seen", "last_seen_inferred",
        "last_sure", "sure", "end", "conflict", "below_minimum", "n_rows", "n_sources", "row_ids", "source_ids",
    ]  # fmt: skip
    whole = dict.fromkeys(["since", "last_seen", "last_sure", "end"], "Int64")
    return frame[columns].astype({**whole, "since_basis": TEXT})


@asked
def loose_ties(data: Dataset, own: pd.DataFrame, last_year: int, *, year_basis: YearBasis = "stated") -> pd.DataFrame:
    """Give looser ties the years that sources state of them, and say which ties only follow from another fact.

    Parameters
    ----------
    data
        The dataset.
    own
        Rows of `documented`.
    last_year
        Years after it are left out.
    year_basis
        See `natverk.panel`.

    Returns
    -------
    pd.DataFrame
        `own` with `inferred` (no row states the tie: it follows from another fact) and, of ties marked `loose`,
        `since, since_basis, last_seen, last_sure, sure, end` as rows state them: years in which somebody took part,
        paid or promoted
        are no years of a member, and stand in no panel. What is seen after a row's own end is not of its tie.

    Raises
    ------
    InvalidArgument
        For a frame without the columns of `documented`.

    Examples
    --------
    >>> from natverk import load
    >>> data = load()
    >>> own = documented(data, "region:06", networks=["south-sweden-brussels-office"])
    >>> loose_ties(data, own, 2025)[["since", "last_seen", "end"]].values.tolist()
    [[1994, 2009, 2009]]
    """
    has_columns(own, [*_PAIR, "mark", "since"], "own", "give a frame of natverk.documented")
    stated, rows = _loose(data, year_basis)
    rows = rows[rows["actor_id"].isin(own["actor_id"]) & (rows["first"] <= last_year).fillna(False).astype(bool)]
    years = rows.groupby(_PAIR).agg(
        start=("start", "min"), first=("first", "min"), last=("last", "max"), end=("end_year", "max"),
        last_sure=("last_sure", "max"),
    )  # fmt: skip
    upper = int(data.last_day(last_year)[:4])
    years = own[_PAIR].join(years, on=_PAIR)
    bare = (own["mark"] == "loose") & years["first"].notna()
    return own.assign(
        since=own["since"].mask(bare, years["start"].fillna(years["first"])),
        since_basis=own["since_basis"].mask(bare, years["start"].notna().map({True: "stated", False: "seen"})),
        last_seen=own["last_seen"].mask(bare, years["last"].clip(upper=upper)),
        last_seen_inferred=own["last_seen_inferred"].mask(bare, (years["last"] != years["last_sure"]).fillna(True)),
        since_inferred=own["since_inferred"].mask(bare, years["last_sure"].isna()),
        last_sure=own["last_sure"].mask(bare, years["last_sure"].clip(upper=upper)),
        sure=own["sure"].mask(bare, years["last_sure"].notna()),
        end=own["end"].mask(bare, years["end"].where(years["end"] <= last_year)),
        inferred=~own[_PAIR].join(stated, on=_PAIR)["stated"].fillna(True).astype(bool),
    )


@kept
def _loose(data: Dataset, year_basis: YearBasis) -> tuple[pd.Series, pd.DataFrame]:
    """Return of each pair whether a row states its tie, and the rows of looser ties with their years."""
    rows = data.memberships.assign(grade=graded(data, year_basis=year_basis)["grade"])
    rows = rows[rows["grade"].isin(["positive", "exit", "loose"])]
    stated = rows.assign(stated=rows["inference"].isna()).groupby(_PAIR)["stated"].any()
    rows = rows[rows["grade"] == "loose"]
    usable = (rows["observed_basis"] == "stated") | rows["list_id"].notna() | (year_basis == "any")
    start = rows["start_year"].where((rows["start_basis"] == "stated") | (year_basis == "any"))
    seen = rows["observed_year"].where(usable)
    seen = seen.mask(((seen < start) | (seen > rows["end_year"])).fillna(False))
    rows = rows.assign(start=start, first=start.fillna(seen).fillna(rows["end_year"]))
    rows = rows.assign(last=rows["end_year"].fillna(seen).fillna(start))
    by_context = ((rows["observed_basis"] == "inferred") & rows["end_year"].isna()).fillna(False)
    return stated, rows.assign(last_sure=rows["last"].mask(by_context, start))[
        [*_PAIR, "start", "first", "last", "end_year", "last_sure"]
    ]


def _below_minimum(data: Dataset, pairs: pd.DataFrame) -> pd.Series:
    """Say which pairs began in a municipality with fewer inhabitants than the network asks of a full member."""
    least = pairs["network_id"].map(data.networks.set_index("network_id")["min_population"])
    # Whom the rule admits otherwise, such as a capital, is below nothing.
    asked = pairs[least.notna() & pairs["year"].notna() & ~admitted_by_rule(data, pairs)]
    sizes = population_known(data).stack()
    places = pd.MultiIndex.from_arrays([asked["actor_id"].str.split(":").str[-1], asked["year"].astype("int64")])
    below = sizes.reindex(places).to_numpy() < least[asked.index].to_numpy(dtype=float)
    return pd.Series(below, index=asked.index, dtype="bool").reindex(pairs.index, fill_value=False)


@asked
def series(
    data: Dataset,
    actors: Names | None = None,
    *,
    networks: Names | None = None,
    counts_as: Iterable[str] = ("membership",),
    years: tuple[int, int] | int | None = None,
    part_year: PartYear = "any",
    after_last: Literal["presumed", "unknown"] = "presumed",
    carry_forward: int = 3,
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
    list_certainty: ListCertainty = "high",
    prefer: Literal["list", "own_page"] = "list",
    kinds: Kinds = None,
) -> pd.DataFrame:
    """Return documented memberships of actors year by year, attested and presumed, undated ones apart.

    The numbers are those of `natverk.count(natverk.panel(...), ["year"])` with the same arguments.

    Parameters
    ----------
    data
        The dataset.
    actors, networks, counts_as, years, part_year, after_last, carry_forward, year_basis, counting
        See `natverk.panel`; the defaults are the same.
    list_certainty, prefer, kinds
        See `natverk.panel`; `attrs["kinds"]` says what was counted.

    Returns
    -------
    pd.DataFrame
        `year, low` (attested), `best` (attested and presumed), `n_undated` (pairs attested without any
        usable year: the same number in every row). Unit: memberships (actor–network pairs). There is no
        `high`: nearly every other pair is unknown.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor or value, an empty selection, or years out of range.

    Examples
    --------
    >>> from natverk import load
    >>> nacka = series(load(), ["municipality:0182"], years=(2013, 2015))
    >>> nacka[["year", "low", "best"]].values.tolist()
    [[2013, 0, 1], [2014, 1, 1], [2015, 0, 1]]
    """
    actor_ids = known_actors(data, member_actors(data) if actors is None else actors)
    wanted = chosen_networks(data, networks, counts_as, kinds)
    cells = panel(
        data, actors=actor_ids, networks=wanted, years=years, part_year=part_year, after_last=after_last,
        carry_forward=carry_forward, year_basis=year_basis, counting=counting, list_certainty=list_certainty,
        prefer=prefer, pairs="evidence",
    )  # fmt: skip
    sums = cells.groupby("year")[["low", "best"]].sum().reindex(year_range(years, data=data), fill_value=0)
    undated = _undated(data, year_basis, counting)
    n_undated = (undated["actor_id"].isin(actor_ids) & undated["network_id"].isin(wanted)).sum()
    frame = sums.rename_axis("year").reset_index().assign(n_undated=int(n_undated))
    frame.attrs = {"kinds": checked_kinds(kinds)}
    return frame


@asked
def undated_pairs(
    data: Dataset,
    actors: Names,
    *,
    counts_as: Iterable[str] = SETS,
    year_basis: YearBasis = "stated",
    counting: Counting = "strict",
) -> pd.DataFrame:
    """Return the pairs that are attested, but in no usable year.

    Parameters
    ----------
    data
        The dataset.
    actors
        Actors by id or name, or a county for its municipalities.
    counts_as, year_basis, counting
        See `natverk.panel`; all four kinds of network by default, as in `documented`.

    Returns
    -------
    pd.DataFrame
        `actor_id, network_id, row_ids`. Sorted by actor and network.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor or value, or an empty selection.

    Examples
    --------
    >>> from natverk import load
    >>> pairs = undated_pairs(load(), ["municipality:0180"])
    >>> pairs.columns.tolist(), pairs["network_id"].is_unique
    (['actor_id', 'network_id', 'row_ids'], True)
    """
    choice("year_basis", year_basis, ("stated", "any"))
    choice("counting", counting, ("strict", "loose"))
    pairs, networks = _undated(data, year_basis, counting), networks_counting_as(data, counts_as)
    own = pairs["actor_id"].isin(known_actors(data, actors)) & pairs["network_id"].isin(networks)
    return pairs[own].reset_index(drop=True)


@kept
def _undated(data: Dataset, year_basis: YearBasis, counting: Counting) -> pd.DataFrame:
    rows = graded(data, year_basis=year_basis, counting=counting)
    rows = rows[rows["grade"] == "positive"]
    dated = rows["first"].notna().groupby([rows[name] for name in _PAIR]).transform("any")
    return gathered(rows[~dated], _PAIR)[["row_ids"]].reset_index().astype(dict.fromkeys(_PAIR, TEXT))


@asked
def relations(data: Dataset, actors: Names, *, universal: bool = False) -> pd.DataFrame:
    """Return what ties actors to networks without being counted as membership.

    Parameters
    ----------
    data
        The dataset.
    actors
        Actors by id or name, or a county for its municipalities.
    universal
        Whether rows about the association that all municipalities and regions belong to are among them; left out by
        default, since it tells nobody apart.

    Returns
    -------
    pd.DataFrame
        One row an actor, network and relation: `actor_id, network_id, relation` (`indirect`: through another
        member; `reporting`: reports to a platform; `named_in_report`: a report to a platform
        names the network; `applicant`; `future`: decided for a year after the data's
        vintage; `universal`), `first, last` (years for which pages are dated to attest it;
        where none is, those that we infer), `first_inferred, last_inferred` (whether they are ours), `spans,
        later_inferred` (see `years_told`), `start, as_stated, as_stated_sv` (see `wording_told`), `n_rows, row_ids,
        source_ids`. Sorted by actor and network.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor, or no actor.

    Examples
    --------
    >>> from natverk import load
    >>> relations(load(), ["municipality:0180"]).set_index("network_id").loc["uclg", "relation"]
    'indirect'
    """
    found = _relations(data)
    own = found["actor_id"].isin(known_actors(data, actors)) & (universal | (found["relation"] != "universal"))
    return found[own].reset_index(drop=True)


@kept
def _relations(data: Dataset) -> pd.DataFrame:
    columns = [
        "start_year",
        "start_basis",
        "observed_year",
        "observed_basis",
        "status_as_stated",
        "status_as_stated_sv",
    ]
    evidence = data.memberships[["row_id", *columns]]
    kinds = data.networks[["network_id", "counts_as"]]
    rows = graded(data).merge(evidence, on="row_id").merge(kinds, on="network_id")
    rows = rows[rows["grade"].isin(["separate", "never"]) | (rows["counts_as"] == "universal")]
    named = rows["status"].isin(["indirect", "reporting", "applicant"]) & (rows["counts_as"] != "universal")
    other = rows["counts_as"].where(rows["counts_as"].isin(["reporting", "universal"]), "future")
    rows = rows.assign(relation=rows["status"].where(named, other))
    # A report to another platform that names the network as its receiver is no report to the network.
    rows["relation"] = rows["relation"].mask(
        named & (rows["status"] == "reporting") & (other == "future"), "named_in_report"
    )
    # A decision for a year to come is not seen in any year.
    rows["observed_year"] = rows["observed_year"].mask(rows["relation"] == "future")
    key = [*_PAIR, "relation"]
    frame = gathered(rows, key).join(years_told(rows, key)).join(wording_told(rows, key)).reset_index()
    columns = [*key, *YEARS_TOLD, "start", "as_stated", "as_stated_sv", "n_rows", "row_ids", "source_ids"]
    return frame[columns].astype(dict.fromkeys(key, TEXT))


def wording_told(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return since when rows of each group tell of a tie, and the words that say more of it than its status.

    Parameters
    ----------
    rows
        Rows of `memberships`.
    by
        The columns to group by.

    Returns
    -------
    pd.DataFrame
        Index `by`; `start` (the first start that a source states), `as_stated, as_stated_sv` (wordings of the sources,
        each once, joined by semicolons; missing where they say no more than the status).
    """
    said = rows["status_as_stated"].where(rows["status_as_stated"] != rows["status"])
    cells = rows[by].assign(
        start=rows["start_year"].where((rows["start_basis"] == "stated").fillna(False)),
        as_stated=said,
        as_stated_sv=rows["status_as_stated_sv"].fillna(rows["status_as_stated"]).where(said.notna()),
    )

    def once(words: pd.Series) -> str | None:
        return "; ".join(dict.fromkeys(words.dropna())) or None

    found = cells.groupby(by).agg(
        start=("start", "min"), as_stated=("as_stated", once), as_stated_sv=("as_stated_sv", once)
    )
    return found.astype({"start": "Int64", "as_stated": TEXT, "as_stated_sv": TEXT})


def years_told(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return the first and last year that rows of each group tell of; where none states a year, those that we infer.

    Parameters
    ----------
    rows
        Rows of `memberships`.
    by
        The columns to group by.

    Returns
    -------
    pd.DataFrame
        Index `by`; `first, last, first_inferred, last_inferred` (no source states any year of the group), `spans` (the
        years themselves, as `2019 2021-2023`: of those between, in which no row tells of it, nothing is said; blank
        where there are none), `later_inferred` (the last year that we infer, where it is later than those stated).
    """
    cells = [rows[by].assign(year=rows[f"{name}_year"], basis=rows[f"{name}_basis"]) for name in ("start", "observed")]
    years = pd.concat(cells)
    years["stated"] = years["year"].where((years["basis"] == "stated").fillna(False))
    found = years.groupby(by).agg(
        first=("stated", "min"), last=("stated", "max"), earliest=("year", "min"), latest=("year", "max")
    )  # fmt: skip
    ours = found["first"].isna() & found["earliest"].notna()
    first, last = found["first"].fillna(found["earliest"]), found["last"].fillna(found["latest"])
    told: dict[tuple[object, ...], set[int]] = {}
    for key, row in zip(zip(*(rows[name].tolist() for name in by), strict=True), each_row(rows), strict=True):
        bounds = [
            year_or_none(year)
            for year, basis in ((row.start_year, row.start_basis), (row.observed_year, row.observed_basis))
            if basis == "stated" or ours[key if len(by) > 1 else key[0]]
        ]
        known = [year for year in bounds if year is not None]
        # A beginning that is told beforehand says nothing of the years until then.
        since = len(known) == 2 and known[0] <= known[1]
        told.setdefault(key, set()).update(range(known[0], known[1] + 1) if since else known)
    spans = [_spans(told[key if isinstance(key, tuple) else (key,)]) for key in found.index]
    later = found["latest"].where((found["latest"] > found["last"]).fillna(False))
    frame = pd.DataFrame({"first": first, "last": last, "first_inferred": ours, "last_inferred": ours, "spans": spans})
    frame = frame.assign(later_inferred=later)
    years_of = dict.fromkeys(["first", "last", "later_inferred"], "Int64")
    return frame.astype({**years_of, "first_inferred": "bool", "last_inferred": "bool", "spans": TEXT})


def _spans(years: Iterable[int]) -> str:
    """Return years as text, those that follow each other as one span.

    >>> _spans([2019, 2021, 2022, 2023])
    '2019 2021-2023'
    """
    spans: list[list[int]] = []
    for year in sorted(years):
        if spans and year == spans[-1][1] + 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    return " ".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
