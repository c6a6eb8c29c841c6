"""Networks: what can be measured of one network, from its members to those it shares them with; and of an actor's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from natverk.data.answers import asked
from natverk.data.load import Dataset, kept
from natverk.data.types import TEXT
from natverk.errors import gone
from natverk.frames import (
    Names,
    by_alphabet,
    choice,
    has_columns,
    known_actors,
    known_networks,
    year_or_none,
    year_range,
)
from natverk.membership.actors import (
    Kinds,
    checked_kinds,
    existence,
    levels,
    may_belong,
    networks_of_kinds,
    population_by_year,
    rows_as_region,
)
from natverk.membership.documented import DOCUMENTED, YEARS_TOLD, documented, loose_ties, wording_told, years_told
from natverk.membership.evidence import WORDED, YearBasis, counted, gathered, graded, worded
from natverk.membership.lists import (
    CERTAINTY,
    ListCertainty,
    list_exits,
    list_members,
    list_retention,
    lists,
    with_absences,
)
from natverk.membership.panel import SETS, panel
from natverk.membership.spells import spells
from natverk.offices import offices
from natverk.outcomes import missions, projects

__all__ = [
    "eligibility",
    "list_exits",
    "list_matrix",
    "list_retention",
    "lists_of",
    "member_years",
    "membership_notes",
    "members_of",
    "networks_of",
    "saturation",
    "shared_members",
    "shared_themes",
    "ties_apart",
]

if not TYPE_CHECKING:
    # Names of version 0.1; CHANGELOG has the reasons.
    __getattr__ = gone(
        __name__,
        {
            "FIRM": "natverk.membership.documented.DOCUMENTED",
        },
    )

#: Words of a row that tell who in the actor's organisation works in a network.
_HELD = r"department|traffic office|city office|international unit|central post"
#: Classes of `functions` that are seats: who held one, perhaps long ago, does not handle the network.
_SEATS = ("board", "chair", "vice_chair", "deputy")
#: What is counted comes first, what has ended or is looser after it; within them kinds of network in this order.
_MARKS = (*DOCUMENTED, "left", "loose")
_LEVELS = ("municipal", "regional", "joint", "other")
_OWN = (
    "status", "mark", "since", "since_basis", "since_inferred", "last_seen", "last_seen_inferred", "last_sure", "sure",
    "end", "conflict", "below_minimum", "inferred", "n_rows", "n_sources", "row_ids", "source_ids",
)  # fmt: skip


@asked
def members_of(
    data: Dataset,
    network: str,
    *,
    years: tuple[int, int] | int | None = None,
    recent: int = 5,
    year_basis: YearBasis = "stated",
) -> pd.DataFrame:
    """Return who is documented in a network: one row an actor, all its evidence read together.

    Parameters
    ----------
    data
        The dataset.
    network
        A network, by id or name.
    years, recent, year_basis
        As in `documented`.

    Returns
    -------
    pd.DataFrame
        `actor_id, name, level` (`municipal`, `regional`, `joint`, `other`), `code` (of a municipality), `county_codes,
        population` (of a municipality, 31 December of the latest year known), and the columns of `documented` from
        `status` on, with `inferred` and the years of looser ties (see `natverk.membership.documented.loose_ties`),
        `absent` (where the latest list, surely or probably complete, covers the actor and does not name it: year of the
        first list since it was last seen that does so too, a surely complete one before others), `absent_inferred` (no
        source states that year), `succeeded` (a federation whose responsibility for regional development went to a
        region that is documented in the network too). Municipalities come first, the largest first. In a network that
        collects reports every actor that reports has a row (`status` `reporting`): an act, and no membership.
        `attrs["kinds"]` says what the network is, and how far it reaches.

    Raises
    ------
    UnknownName
        For an unknown network, with the nearest id.

    Examples
    --------
    >>> from natverk import load
    >>> members = members_of(load(), "eurocities", years=(1997, 2024)).set_index("name")
    >>> int(members.loc["Stockholm", "since"]), members.loc["Nacka", "status"]
    (1995, 'associate')
    >>> len(members_of(load(), "carbonn"))
    30
    """
    (network_id,) = known_networks(data, network)
    span = year_range(years, data=data)
    if _kind(data, network_id) not in SETS:
        own = worded(data, _reporting(data, network_id, span, recent, year_basis))
    else:
        actors = sorted(set(data.memberships.loc[data.memberships["network_id"] == network_id, "actor_id"]))
        own = pd.DataFrame(columns=["actor_id", *_OWN, *WORDED])
        if actors:
            window = (span[0], span[-1])
            own = documented(data, actors, years=window, recent=recent, networks=[network_id], year_basis=year_basis)
            own = worded(data, loose_ties(data, own, span[-1], year_basis=year_basis), span[-1])
    table = levels(data).set_index("actor_id").reindex(own["actor_id"])
    population = population_by_year(data)
    own = own.assign(code=own["actor_id"].map(data.municipalities.set_index("actor_id")["code"]))
    for column in ("name", "level", "county_codes"):
        own[column] = table[column].to_numpy()
    # Gotland is municipality and region: in networks that have it as a region it is one.
    regions = rows_as_region(data)
    as_region = [not regions.isdisjoint(str(ids).split(";")) for ids in own["row_ids"]]
    own["level"] = own["level"].mask(pd.Series(as_region, index=own.index, dtype=bool), "regional")
    own["population"] = own["code"].map(population[population.columns.max()]).astype("Int64")
    own["order"] = own["level"].map({level: place for place, level in enumerate(_LEVELS)})
    own = own.sort_values(
        ["order", "population", "name"], ascending=[True, False, True], key=by_alphabet, ignore_index=True
    )
    own["succeeded"] = _succeeded(data, own)
    own = with_absences(data, own.assign(network_id=network_id), span[-1])
    more = ["absent", "absent_inferred", "succeeded"]
    frame = own[["actor_id", "name", "level", "code", "county_codes", "population", *_OWN, *WORDED, *more]]
    text = ["actor_id", "name", "level", "code", "county_codes", "status", "mark", "since_basis", "row_ids"]
    whole = dict.fromkeys(["since", "last_seen", "last_sure", "end"], "Int64") | dict.fromkeys(
        ["n_rows", "n_sources"], "int64"
    )
    yes = dict.fromkeys(
        ["conflict", "below_minimum", "inferred", "since_inferred", "last_seen_inferred", "sure"], "bool"
    )
    frame = frame.astype({**dict.fromkeys([*text, "source_ids"], TEXT), **whole, **yes})
    frame.attrs = {"kinds": _kinds_of(data, network_id)}
    return frame


def _succeeded(data: Dataset, own: pd.DataFrame) -> pd.Series:
    """Say which documented actors held the responsibility of a county before a region that is documented too."""
    firm = set(own.loc[own["mark"].isin(DOCUMENTED), "actor_id"])
    held = data.responsibility[["county_code", "holder_actor_id", "holder_type"]]
    regions = held.loc[(held["holder_type"] == "region") & held["holder_actor_id"].isin(firm), "county_code"]
    before = held.loc[(held["holder_type"] != "region") & held["county_code"].isin(regions), "holder_actor_id"]
    return own["actor_id"].isin(firm & set(before)) & (own["level"] == "joint")


def _kinds_of(data: Dataset, network: str) -> tuple[str, ...]:
    """Return what a network is, and how far it reaches: what is counted where one network is."""
    row = data.networks.set_index("network_id").loc[network, ["kind", "reach"]]
    return tuple(str(value) for value in row.dropna())


@asked
def networks_of(
    data: Dataset,
    actor: str,
    *,
    years: tuple[int, int] | int | None = None,
    recent: int = 5,
    year_basis: YearBasis = "stated",
) -> pd.DataFrame:
    """Return the networks of an actor: what kind each is, since when, who handles it, and what came of it.

    Parameters
    ----------
    data
        The dataset.
    actor
        An actor, by id or name.
    years, recent, year_basis
        As in `natverk.documented`.

    Returns
    -------
    pd.DataFrame
        One row a network: the columns of `natverk.documented`, with all rows about the membership in `row_ids` (those
        of a looser tie beside a firm one too), `reach` and `kind` of the network, `counts_as`, `inferred` (no row
        states the membership: it follows from another fact), `held_by, held_by_sv` (what rows say of who in the
        organisation works in it; missing where none does), `absent, absent_inferred` (see
        `natverk.membership.lists.with_absences`), `n_projects, n_positions, n_missions,
        n_judgements` (what the rows have of it). Documented ones first, then those that were left, then looser ties;
        memberships before commitments, programmes and offices; the oldest first.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor or value, or years out of range.

    Examples
    --------
    >>> from natverk import load
    >>> own = networks_of(load(), "Vänersborg").set_index("network_id")
    >>> int(own.loc["ensa", "since"]), own.loc["ensa", "held_by"]
    (2009, 'Social services department takes part')
    """
    (actor_id,) = known_actors(data, actor)
    own = documented(data, [actor_id], years=years, recent=recent, year_basis=year_basis)
    last_year = year_range(years, data=data)[-1]
    own = with_absences(data, loose_ties(data, own, last_year, year_basis=year_basis), last_year)
    rows = data.memberships[data.memberships["actor_id"] == actor_id]
    grades = graded(data, year_basis=year_basis).set_index("row_id")["grade"]
    told = rows[rows["row_id"].map(grades).isin(["positive", "exit", "loose"])]
    per_network = told.groupby("network_id").agg(row_ids=("row_id", ";".join), source_ids=("source_id", ";".join))
    about = data.networks.set_index("network_id")
    network = own["network_id"]
    own = own.assign(
        row_ids=network.map(per_network["row_ids"]).astype(TEXT),
        source_ids=network.map(per_network["source_ids"]).astype(TEXT),
        **{column: network.map(about[column]) for column in ("reach", "kind", "counts_as")},
        **{column: network.map(texts) for column, texts in _held_by(data, actor_id).items()},
    )
    judged = data.evaluations[data.evaluations["actor_id"] == actor_id]
    found = {
        "n_projects": projects(data, actors=[actor_id]), "n_positions": offices(data, [actor_id]).query("held"),
        "n_missions": missions(data, actors=[actor_id]), "n_judgements": judged,
    }  # fmt: skip
    for column, frame in found.items():
        own[column] = network.map(frame["network_id"].value_counts()).fillna(0).astype("int64")
    own["rank"] = own["mark"].map({"left": 1, "loose": 2}).fillna(0)
    own["set"] = own["counts_as"].map({kind: place for place, kind in enumerate(SETS)})
    own = own.sort_values(["rank", "set", "since", "network_id"], na_position="last", ignore_index=True)
    text = ["reach", "kind", "counts_as", "held_by", "held_by_sv"]
    own = worded(data, own.drop(columns=["rank", "set"]), last_year)
    return own.astype(dict.fromkeys(text, TEXT))


def _held_by(data: Dataset, actor_id: str) -> dict[str, pd.Series]:
    """Return by network what rows say of who in an actor's organisation handles it, in both languages."""
    positions = data.functions[data.functions["actor_id"] == actor_id]
    positions = positions[~positions["function_class"].isin(_SEATS)]
    known = positions["detail"].notna()
    seats = pd.DataFrame(
        {
            "network_id": positions["network_id"],
            "held_by": positions["detail"].where(known, positions["function"]),
            "held_by_sv": positions["detail_sv"].where(known, positions["function_sv"]),
        }
    )
    rows = data.memberships[data.memberships["actor_id"] == actor_id]
    notes = rows[["network_id", "note", "note_sv"]].set_axis(seats.columns, axis=1)
    found = pd.concat([seats, notes], ignore_index=True).dropna(subset=["network_id", "held_by"])
    found = found[found["held_by"].str.contains(_HELD, case=False)]
    # The first row that says it is enough: two readers told of some offices.
    first = found.groupby("network_id")[["held_by", "held_by_sv"]].first()
    return {str(column): first[column].str[:1].str.upper() + first[column].str[1:] for column in first}


@asked
def membership_notes(data: Dataset, actors: Names, *, row_ids: Iterable[str] | None = None) -> pd.DataFrame:
    """Return what rows about memberships say beside status and years: one row an actor, network and remark.

    Parameters
    ----------
    data
        The dataset.
    actors
        Actors by id or name, or a county for its municipalities.
    row_ids
        Only remarks of these rows, as `row_ids` of a frame has them; default all.

    Returns
    -------
    pd.DataFrame
        `actor_id, network_id, note, note_sv, row_ids, source_ids, first, last, first_inferred, last_inferred, spans,
        later_inferred` (the years in which sources say so, see `natverk.membership.documented.years_told`), by network.
        That a data set carries a tag is the form of the evidence and no remark.

    Raises
    ------
    UnknownName
        For an unknown actor, with the nearest name.

    Examples
    --------
    >>> from natverk import load
    >>> membership_notes(load(), "Vänersborg").set_index("network_id").loc["ensa", "note"]
    'page says two networks at present but describes three'
    """
    rows = data.memberships
    rows = rows[rows["actor_id"].isin(known_actors(data, actors)) & rows["note"].notna()]
    rows = rows[~rows["note"].str.fullmatch("dataset tag [^;]+")]
    if row_ids is not None:
        rows = rows[rows["row_id"].isin(";".join(row_ids).split(";"))]
    by = ["network_id", "actor_id", "note"]
    groups = rows.groupby([*by, "note_sv"], dropna=False, sort=True)
    found = groups.agg(row_ids=("row_id", ";".join), source_ids=("source_id", ";".join)).reset_index().astype(TEXT)
    # A remark is of the year in which it is read, not of that in which the membership began; read after the end, it is
    # of the years of the membership.
    over = (rows["observed_year"] > rows["end_year"]).fillna(False).astype(bool)
    seen = rows.assign(
        start_year=rows["start_year"].where(over, rows["observed_year"]),
        start_basis=rows["start_basis"].where(over, rows["observed_basis"]),
        observed_year=rows["observed_year"].mask(over, rows["end_year"]),
    )
    return found.join(years_told(seen, by), on=by)


def _kind(data: Dataset, network: str) -> str:
    """Return what belonging to a network means."""
    return str(data.networks.set_index("network_id").at[network, "counts_as"])


def _reporting(data: Dataset, network: str, span: range, recent: int, year_basis: YearBasis) -> pd.DataFrame:
    """Return the relations to a network that makes no members, from what rows say of it, as `documented` does."""
    rows = data.memberships[data.memberships["network_id"] == network]
    rows = rows[~rows["status"].isin(["applicant", "former"])]
    usable = (rows["observed_basis"] == "stated") | rows["list_id"].notna() | (year_basis == "any")
    start = rows["start_year"].where((rows["start_basis"] == "stated") | (year_basis == "any"))
    seen = rows["observed_year"].where(usable)
    rows = rows.assign(start=start, first=start.fillna(seen), last=seen.fillna(start))
    rows["sure"] = rows["last"].mask((rows["observed_basis"] == "inferred").fillna(False), start)
    within = (rows["first"] <= span[-1]) & (rows["last"] >= span[0])
    # What a later source tells of later years says nothing about how recent the relation is in the window.
    rows["inside"] = rows["last"].where(within.fillna(False)).clip(upper=int(data.last_day(span[-1])[:4]))
    dates = rows.groupby("actor_id").agg(
        first=("first", "min"), start=("start", "min"), last=("last", "max"), inside=("inside", "max"),
        n_dated=("first", "count"), sure=("sure", "max"),
    )  # fmt: skip
    own = gathered(rows, ["actor_id"]).join(dates)
    # Who is first named after the window, and in no row without a year, is not of it.
    own = own[~((own["first"] > span[-1]) & (own["n_dated"] == own["n_rows"])).fillna(False)].reset_index()
    last = own["inside"].fillna(own["last"])
    lately = (last > span[-1] - recent).fillna(False).astype(bool)
    mark = np.select([own["n_dated"] == 0, lately], ["undated", "recent"], "earlier")
    basis = np.select([own["start"].notna(), own["n_dated"] > 0], ["stated", "seen"], "")
    return own.assign(
        mark=mark,
        since=own["start"].fillna(own["first"]),
        since_basis=pd.Series(basis, index=own.index).replace("", pd.NA),
        since_inferred=own["sure"].isna() & own["first"].notna(),
        last_seen=last,
        last_seen_inferred=(last > own["sure"].fillna(0)).fillna(False),
        last_sure=own["sure"].mask((own["sure"] > last).fillna(False), last),
        sure=own["sure"].notna(),
        end=pd.Series(pd.NA, index=own.index, dtype="Int64"),
        conflict=False,
        below_minimum=False,
        inferred=False,
    )


@asked
def ties_apart(data: Dataset, network: str) -> pd.DataFrame:
    """Return who is named beside a network without being in it: through a third party, or as an applicant.

    Parameters
    ----------
    data
        The dataset.
    network
        A network, by id or name.

    Returns
    -------
    pd.DataFrame
        `actor_id, status` (`indirect`, `applicant`, `reporting`; `named_in_report`: a report to another platform names
        the network; `future`: decided for a year after the data's vintage), `inferred` (a membership that no row
        states: it follows from another fact), `first, last` (years that sources tell of; where none does, those that we
        infer; of a decision for a later year this year), `first_inferred, last_inferred` (whether they are ours),
        `start, as_stated, as_stated_sv` (see `natverk.membership.documented.wording_told`), `row_ids, source_ids`;
        actors that have a firmer tie are left out, unless no source dates that: then looser ties stand here too.
        `attrs["kinds"]` says what the network is, and how far it reaches.

    Raises
    ------
    UnknownName
        For an unknown network, with the nearest id.

    Examples
    --------
    >>> from natverk import load
    >>> ties_apart(load(), "ostersjoinitiativet")["status"].value_counts().to_dict()
    {'indirect': 7}
    """
    (network_id,) = known_networks(data, network)
    rows = data.memberships.assign(counted=counted(data))
    rows = rows[rows["network_id"] == network_id]
    if _kind(data, network_id) in SETS:
        apart = rows["counted"].isin(["separate", "never"])
    else:
        apart = rows["status"] == "applicant"
    own = graded(data).set_index("row_id").loc[rows["row_id"], ["grade", "first"]].set_axis(rows.index)
    firm = own["grade"].isin(["positive", "exit"])
    future = (own["grade"] == "never") & (rows["counted"] == "yes")
    apart |= future
    rows["status"] = rows["status"].mask(future, "future")
    # A decision for a year to come is not seen in any year.
    rows["observed_year"] = rows["observed_year"].mask(future)
    dated = set(rows.loc[firm & own["first"].notna(), "actor_id"])
    undated = set(rows.loc[firm, "actor_id"]) - dated
    # What is told of those whose membership nobody dates is told in full.
    apart |= (own["grade"] == "loose") & rows["actor_id"].isin(undated)
    others = set(rows.loc[~apart, "actor_id"]) - undated
    rows = rows[apart & ~rows["actor_id"].isin(others)]
    rows = rows.assign(inferred=rows["inference"].notna())
    by = ["status", "actor_id", "inferred"]
    frame = rows.groupby(by).agg(
        row_ids=("row_id", ";".join), source_ids=("source_id", lambda ids: ";".join(sorted(set(ids))))
    )
    frame = pd.concat([frame, years_told(rows, by), wording_told(rows, by)], axis=1).reset_index()
    words = ["start", "as_stated", "as_stated_sv"]
    frame = frame[["actor_id", "status", "inferred", *YEARS_TOLD, *words, "row_ids", "source_ids"]]
    frame = frame.astype(dict.fromkeys(["actor_id", "status", "row_ids", "source_ids"], TEXT))
    if _kind(data, network_id) in SETS:
        frame["status"] = frame["status"].replace("reporting", "named_in_report")
    frame.attrs = {"kinds": _kinds_of(data, network_id)}
    return frame


@asked
def member_years(
    data: Dataset,
    network: str,
    members: pd.DataFrame,
    *,
    years: tuple[int, int] | int | None = None,
    carry_forward: int = 3,
    year_basis: YearBasis = "stated",
) -> pd.DataFrame:
    """Count the documented members of a network year by year, attested and presumed, undated ones apart.

    Parameters
    ----------
    data
        The dataset.
    network
        A network, by id or name.
    members
        As `members_of` gives them.
    years, carry_forward, year_basis
        As in `series`. Where actors report instead of being members, those are counted that report in the year, and
        nothing is presumed.

    Returns
    -------
    pd.DataFrame
        `year, low` (attested), `best` (attested and presumed), `n_undated` (members attested without any usable
        year: the same number in every row). Unit: actors. It counts what sources document, which is the number of
        members only in years of a complete list.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown network or value, or years out of range.

    Examples
    --------
    >>> from natverk import load
    >>> data = load()
    >>> table = member_years(data, "ubc", members_of(data, "ubc"), years=(2018, 2020))
    >>> table[["year", "low"]].values.tolist()
    [[2018, 1], [2019, 14], [2020, 13]]
    """
    (network_id,) = known_networks(data, network)
    has_columns(members, ["actor_id", "mark"], "members", "give a frame of natverk.networks.members_of")
    span = year_range(years, data=data)
    actors = list(members["actor_id"])
    counts = pd.DataFrame(0, index=span, columns=["low", "best"])
    if actors and _kind(data, network_id) in SETS:
        cells = panel(
            data,
            actors=actors,
            networks=[network_id],
            years=(span[0], span[-1]),
            pairs="evidence",
            carry_forward=carry_forward,
            year_basis=year_basis,
        )
        counts = cells.groupby("year")[["low", "best"]].sum().reindex(span, fill_value=0)
    elif actors:
        rows = data.memberships[data.memberships["network_id"] == network_id]
        usable = (rows["observed_basis"] == "stated") | rows["list_id"].notna() | (year_basis == "any")
        rows = rows[usable & rows["actor_id"].isin(actors) & ~rows["status"].isin(["applicant", "former"])]
        reports = rows.groupby("observed_year")["actor_id"].nunique().reindex(span, fill_value=0)
        counts = pd.DataFrame({"low": reports, "best": reports})
    counts = counts.astype("int64").rename_axis("year").reset_index()
    return counts.assign(n_undated=int((members["mark"] == "undated").sum()))


@asked
def eligibility(data: Dataset, members: pd.DataFrame, network: str) -> pd.DataFrame:
    """Hold the documented members against the network's rule: their level, and the population of their year.

    Parameters
    ----------
    data
        The dataset.
    members
        As `members_of` gives them.
    network
        A network, by id or name.

    Returns
    -------
    pd.DataFrame
        One row a member: `actor_id, name, level, mark, status, year` (since when, as far as known), `population` and
        `population_year` (of the municipality in that year, or the latest published before it; the latest of all
        where no year is known), `fits_level` (its level may belong), `fits_size` (missing where the network asks
        for no size, or it is no municipality; also where the rule admits it otherwise, such as a capital), `fits_rule`
        (whether it meets what the rule asks for beside level and numbers: a coast, counties, a name; missing where it
        asks for no such thing, or no column tells), `row_ids, source_ids`. A full membership may ask for more than
        others do: that a member falls below the size is a fact to explain, and no error. `attrs["kinds"]` says what
        the network is, and how far it reaches.

    Raises
    ------
    UnknownName
        For an unknown network, with the nearest id.

    Examples
    --------
    >>> from natverk import load
    >>> from natverk.networks import members_of
    >>> data = load()
    >>> table = eligibility(data, members_of(data, "eurocities"), "eurocities").set_index("name")
    >>> table.loc[["Stockholm", "Nacka"], "fits_size"].tolist()
    [True, False]
    """
    has_columns(members, ["actor_id", "code", "since"], "members", "give a frame of natverk.networks.members_of")
    (network_id,) = known_networks(data, network)
    rule = data.networks.set_index("network_id").loc[network_id]
    least, most = year_or_none(rule["min_population"]), year_or_none(rule["max_population"])
    population = population_by_year(data)
    published = population.columns.to_numpy(dtype="int64")
    # The latest published year up to the one in question: the first where there is none, the last where none is known.
    since = members["since"].fillna(published[-1]).to_numpy(dtype="int64")
    latest = (np.searchsorted(published, since, side="right") - 1).clip(min=0)
    place = population.index.get_indexer(pd.Index(members["code"]))
    size = pd.Series(population.to_numpy()[place, latest], dtype="Int64").where(place >= 0)
    fits = pd.Series(pd.NA, index=size.index, dtype="boolean")
    if least is not None or most is not None:
        fits = size.between(least or 0, size.max() if most is None else most).mask(size.isna())
    by_rule = may_belong(data, list(members["actor_id"]), [network_id], int(published[-1]))["by_rule"]
    fits = fits.mask(by_rule.fillna(False).to_numpy(dtype=bool))
    table = levels(data).set_index("actor_id").reindex(members["actor_id"])
    open_to = str(rule["eligible_levels"]).split(";")
    frame = members[["actor_id", "name", "level", "mark", "status", "since", "row_ids", "source_ids"]].reset_index(
        drop=True
    )
    frame = frame.rename(columns={"since": "year"})
    frame.insert(6, "population", size)
    frame.insert(7, "population_year", pd.Series(published[latest], dtype="Int64").where(place >= 0))
    frame.insert(8, "fits_level", table[open_to].any(axis=1).to_numpy(dtype=bool))
    frame.insert(9, "fits_size", fits.astype("boolean"))
    frame.insert(10, "fits_rule", by_rule)
    frame.attrs = {"kinds": _kinds_of(data, network_id)}
    return frame


@asked
def saturation(data: Dataset, members: pd.DataFrame) -> pd.DataFrame:
    """Count county by county how many of its municipalities are documented.

    Parameters
    ----------
    data
        The dataset.
    members
        As `members_of` gives them.

    Returns
    -------
    pd.DataFrame
        One row a county: `county_code, name, name_short, tile_row, tile_col, n_documented` (municipalities with a
        firm mark), `n_left` (municipalities that have left), `n_municipalities` (all of the county, whatever the
        network's rule of size: `eligibility` holds members against that), `share` (0–1; those who left are not in it),
        `region` (whether the region is documented; on Gotland the municipality).

    Raises
    ------
    InvalidArgument
        For a frame without the columns of `members_of`.

    Examples
    --------
    >>> from natverk import load
    >>> from natverk.networks import members_of
    >>> data = load()
    >>> table = saturation(data, members_of(data, "greater-copenhagen")).set_index("county_code")
    >>> table.loc["12", ["n_documented", "n_municipalities"]].tolist(), bool(table.loc["13", "region"])
    ([33, 33], True)
    """
    has_columns(members, ["actor_id", "mark"], "members", "give a frame of natverk.networks.members_of")
    firm = set(members.loc[members["mark"].isin(DOCUMENTED), "actor_id"])
    left = set(members.loc[members["mark"] == "left", "actor_id"])
    # Gotland may be in it as a region alone.
    regions = set(members.loc[members["level"] == "regional", "actor_id"]) if "level" in members else set()
    places = data.municipalities.assign(n_municipalities=1)
    places["n_documented"] = places["actor_id"].isin(firm - regions)
    places["n_left"] = places["actor_id"].isin(left - regions)
    counts = ["n_documented", "n_left", "n_municipalities"]
    sums = places.groupby("county_code")[counts].sum().astype("int64").reset_index()
    table = data.counties[["county_code", "name", "name_short", "tile_row", "tile_col", "region_actor_id"]]
    table = table.merge(sums, on="county_code").sort_values("county_code", ignore_index=True)
    table["share"] = table["n_documented"] / table["n_municipalities"]
    table["region"] = table.pop("region_actor_id").isin(firm)
    return table


@asked
def shared_members(data: Dataset, network: str, *, kinds: Kinds = None) -> pd.DataFrame:
    """Return the networks that share documented Swedish members with one, those with most in common first.

    Every kind of network is compared, at any time: a tie that has ended was one, and so is one without a year.

    Parameters
    ----------
    data
        The dataset.
    network
        A network, by id or name.
    kinds
        Compare only with networks of these kinds, see `natverk.panel`; `attrs["kinds"]` says what was counted.

    Returns
    -------
    pd.DataFrame
        `network_id, counts_as, shared` (actors documented in both), `n_own, n_other` (actors documented in this one
        and in the other), `jaccard` (shared by those in either, 0–1), `share_of_own` (0–1), `actor_ids` (the shared
        ones, separated by `;`). Networks that share nobody have no row. Ties go by Jaccard and then by id.

    Raises
    ------
    UnknownName
        For an unknown network, with the nearest id.

    Notes
    -----
    On *documented* ties: a lower bound that grows with the attention sources pay to both networks. Jaccard (1912),
    The distribution of the flora in the alpine zone, New Phytologist 11(2): 37–50.

    Examples
    --------
    >>> from natverk import load
    >>> table = shared_members(load(), "eu-mission-100").set_index("network_id")
    >>> table.loc["viable-cities-kn2030", ["shared", "n_own"]].tolist()
    [7, 7]
    """
    (network_id,) = known_networks(data, network)
    pairs = _ever_documented(data)
    own = set(pairs.loc[pairs["network_id"] == network_id, "actor_id"])
    sizes = pairs["network_id"].value_counts()
    other = (pairs["network_id"] != network_id) & pairs["network_id"].isin(networks_of_kinds(data, kinds))
    both = pairs[pairs["actor_id"].isin(own) & other].sort_values("actor_id")
    groups = both.groupby("network_id", as_index=False)
    frame = groups.agg(shared=("actor_id", "size"), actor_ids=("actor_id", ";".join))
    frame = frame.astype({"shared": "int64"})
    frame.insert(1, "counts_as", frame["network_id"].map(data.networks.set_index("network_id")["counts_as"]))
    frame.insert(3, "n_own", len(own))
    frame.insert(4, "n_other", frame["network_id"].map(sizes).astype("int64"))
    frame.insert(5, "jaccard", frame["shared"] / (frame["n_own"] + frame["n_other"] - frame["shared"]))
    frame.insert(6, "share_of_own", frame["shared"] / frame["n_own"])
    frame = frame.sort_values(["shared", "jaccard", "network_id"], ascending=[False, False, True], ignore_index=True)
    frame = frame.astype(dict.fromkeys(["network_id", "counts_as", "actor_ids"], TEXT))
    frame.attrs = {"kinds": checked_kinds(kinds)}
    return frame


@kept
def _ever_documented(data: Dataset) -> pd.DataFrame:
    """Return who is documented in each network at any time, those who left and those who only report among them."""
    rows = graded(data)
    acts = rows["network_id"].map(data.networks.set_index("network_id")["counts_as"]).isin(["reporting", "universal"])
    report = acts & ~rows["status"].isin(["applicant", "former"])
    return rows.loc[rows["grade"].isin(["positive", "exit"]) | report, ["network_id", "actor_id"]].drop_duplicates()


@asked
def shared_themes(data: Dataset, network: str, *, kinds: Kinds = None) -> pd.DataFrame:
    """Say of each theme of a network which other networks have it, and how many of its members are in one of those.

    Parameters
    ----------
    data
        The dataset.
    network
        A network, by id or name.
    kinds
        Count only other networks of these kinds, see `natverk.panel`; `attrs["kinds"]` says what was counted.

    Returns
    -------
    pd.DataFrame
        One row a theme of the network, in its order: `theme, n_networks` (other networks with the theme that have any
        documented Swedish actor), `n_members` (documented in this network and in at least one of those), `n_own`
        (documented in this network). At any time.

    Raises
    ------
    UnknownName
        For an unknown network, with the nearest id.

    Examples
    --------
    >>> from natverk import load
    >>> shared_themes(load(), "eu-mission-100")[["theme", "n_members", "n_own"]].values.tolist()[0]
    ['climate_energy', 7, 7]
    """
    (network_id,) = known_networks(data, network)
    themes = data.networks.set_index("network_id")["themes"].str.split(";")
    pairs = _ever_documented(data)
    own = pairs.loc[pairs["network_id"] == network_id, "actor_id"]
    others = pairs[(pairs["network_id"] != network_id) & pairs["network_id"].isin(networks_of_kinds(data, kinds))]
    found = []
    for theme in themes[network_id]:
        having = themes.index[[theme in names for names in themes]]
        alike = others[others["network_id"].isin(having)]
        n_networks, n_members = alike["network_id"].nunique(), int(own.isin(alike["actor_id"]).sum())
        found.append({"theme": theme, "n_networks": n_networks, "n_members": n_members, "n_own": len(own)})
    frame = pd.DataFrame(found).astype({"theme": TEXT})
    frame.attrs = {"kinds": checked_kinds(kinds)}
    return frame


@asked
def lists_of(data: Dataset, network: str, *, years: tuple[int, int] | int | None = None) -> pd.DataFrame:
    """Return the complete lists of Swedish members of a network: the only years in which absence is known.

    Parameters
    ----------
    data
        The dataset.
    network
        A network, by id or name.
    years
        First and last year of the lists that are kept.

    Returns
    -------
    pd.DataFrame
        As `natverk.lists`, for one network and the years given, by year, with `only_levels` (`municipality` or
        `region`, where the list covers only these of those that may belong) and `only_counties` (names joined by `;`,
        where it covers only these of a network that is not of certain counties); missing where it covers all.

    Raises
    ------
    UnknownName
        For an unknown network, with the nearest id.

    Examples
    --------
    >>> from natverk import load
    >>> lists_of(load(), "ubc", years=(1997, 2026))[["year", "n_members"]].values.tolist()
    [[2014, 21], [2016, 18], [2019, 14], [2020, 13], [2022, 12], [2025, 11]]
    """
    span = year_range(years, data=data)
    (network_id,) = known_networks(data, network)
    frame = lists(data, networks=[network_id])
    about, scope = data.networks.set_index("network_id").loc[network_id], data.member_lists.set_index("list_id")
    covered, counties = (frame["list_id"].map(scope[name]) for name in ("levels_at_risk", "counties_at_risk"))
    may = set(str(about["eligible_levels"]).split(";"))
    whole = [isinstance(told, str) and may <= set(told.split(";")) for told in covered]
    names = data.counties.set_index("county_code")["name_short"]
    within = about["reach"] in ("across_counties", "within_county")
    frame["only_levels"] = covered.mask(pd.Series(whole, index=frame.index, dtype="bool")).astype(TEXT)
    frame["only_counties"] = pd.Series(
        [
            ";".join(names[code] for code in codes.split(";")) if isinstance(codes, str) and not within else None
            for codes in counties
        ],
        index=frame.index,
        dtype=TEXT,
    )
    return frame[frame["year"].between(span[0], span[-1])].sort_values("year", ignore_index=True)


@asked
def list_matrix(data: Dataset, network: str, list_certainty: ListCertainty | None = None) -> pd.DataFrame:
    """Say of each actor that a complete list of a network names, and of each list, whether it is on it.

    Parameters
    ----------
    data
        The dataset.
    network
        A network, by id or name.
    list_certainty
        The least certainty that a list is complete; None (default) keeps all lists, unlike `list_exits`: the matrix
        shows what each of them says, and its certainty beside it, and concludes nothing.

    Returns
    -------
    pd.DataFrame
        One row an actor and list, actors by name and lists by year: `actor_id, name, list_id, year, certainty, state`
        (`on`; `absent`: the list covers the actor and does not name it; `not_at_risk`: the list says nothing of it,
        since it covers other levels or counties, or full members only, or is older than the actor, or it is of low
        certainty), `start, end` (the
        earliest first year and the latest last year as member that a source states; the same in every row of an
        actor), `row_ids` (of the rows that name it on the list; missing where none does). Two lists of one year are
        kept apart. Actors that no list names have no row; a network without a list gives an empty frame.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown network or value.

    Examples
    --------
    >>> from natverk import load
    >>> table = list_matrix(load(), "ubc", "high")
    >>> table[table["state"] == "on"].groupby("year").size().to_dict()
    {2014: 21, 2019: 14, 2020: 13, 2022: 12}
    >>> table.loc[table["name"] == "Karlstad", "state"].tolist()
    ['on', 'on', 'absent', 'absent']
    """
    if list_certainty is not None:
        choice("list_certainty", list_certainty, tuple(CERTAINTY))
    (network_id,) = known_networks(data, network)
    seen = list_members(data)
    seen = seen[seen["network_id"] == network_id]
    if list_certainty is not None:
        seen = seen[seen["certainty"].isin(CERTAINTY[list_certainty])]
    named = seen[["list_id", "actor_id"]][seen["on"]].drop_duplicates()
    whole = (
        seen[["list_id", "year", "certainty"]].drop_duplicates().merge(named[["actor_id"]].drop_duplicates(), "cross")
    )
    frame = whole.merge(seen[["list_id", "actor_id", "covered", "on", "status_scope"]], "left", ["list_id", "actor_id"])
    on, covered = (frame[column].fillna(value=False).astype(bool) for column in ("on", "covered"))
    born = existence(data)["exists_from"].reindex(frame["actor_id"]).fillna(0).to_numpy()
    told = (
        covered
        & (frame["certainty"] != "low")
        & (frame["status_scope"] == "all").fillna(value=False).astype(bool)
        & (frame["year"] >= born)
    )
    frame["state"] = np.select([on, told], ["on", "absent"], "not_at_risk")
    rows = data.memberships.dropna(subset=["list_id"]).groupby(["list_id", "actor_id"])["row_id"].agg(";".join)
    frame = frame.merge(rows.rename("row_ids").reset_index(), "left", ["list_id", "actor_id"])
    frame["name"] = frame["actor_id"].map(levels(data).set_index("actor_id")["name"])
    own = spells(data, networks=network_id, counting="loose")
    stated = own["start"].where(own["start_basis"] == "stated")
    years = pd.DataFrame({"start": stated.groupby(own["actor_id"]).min(), "end": own.groupby("actor_id")["end"].max()})
    frame = frame.join(years, on="actor_id")
    frame = frame.sort_values(["name", "actor_id", "year", "list_id"], key=by_alphabet, ignore_index=True)
    columns = ["actor_id", "name", "list_id", "year", "certainty", "state", "start", "end", "row_ids"]
    text = dict.fromkeys(["actor_id", "name", "list_id", "certainty", "state", "row_ids"], TEXT)
    return frame[columns].astype({**text, "year": "int64", "start": "Int64", "end": "Int64"})
