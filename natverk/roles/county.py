"""One county: who of its region, joint bodies and municipalities is documented in which network, and in which theme.

All functions are told as of the last of the years: where it lies before the data's own, evidence that sources date to
later years, and evidence that none dates, is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from natverk.data.answers import asked, rows_where
from natverk.data.load import Dataset
from natverk.data.partial import earliest
from natverk.data.schema import VOCABULARIES
from natverk.data.types import TEXT
from natverk.frames import FIRST_YEAR, choice, each_row, has_columns, known_county, year_range
from natverk.membership.actors import actors_of
from natverk.membership.documented import DOCUMENTED, documented, loose_ties
from natverk.membership.evidence import YearBasis, gathered, graded, worded
from natverk.membership.panel import SETS
from natverk.offices import offices
from natverk.roles.activity import GeneralPurpose
from natverk.roles.tasks import named_tasks, responsible_levels, tasked_levels, unitary_counties

__all__ = [
    "county_places",
    "GROUPS",
    "VERDICTS",
    "county_actors",
    "county_events",
    "county_memberships",
    "county_networks",
    "county_tasks",
    "county_themes",
]

#: Kinds of network as a reader of a county tells them apart, in the order of a page: networks by their reach, what is
#: not membership by what it is.
GROUPS = (
    "international", "national", "cross_border", "across_counties", "within_county", "commitment", "programme",
    "representation",
)  # fmt: skip
#: What a theme can come out as: the level that has the task is documented, only others are, or it cannot be said.
VERDICTS = ("responsible", "others_only", "open")

_MEMBERSHIPS = (
    "actor_id", "name", "level", "network_id", "group", "themes", "status", "mark", "firm", "inferred", "since",
    "since_basis", "since_inferred", "last_seen", "last_seen_inferred", "last_sure", "sure", "unsure", "end",
    "n_municipal", "municipal_rows", "shared", "n_rows", "row_ids", "source_ids",
)  # fmt: skip


@asked
def county_memberships(
    data: Dataset,
    county: str | int,
    *,
    years: tuple[int, int] | None = None,
    recent: int = 5,
    counts_as: Iterable[str] = SETS,
    year_basis: YearBasis = "stated",
) -> pd.DataFrame:
    """Return the documented ties of a county's region, joint bodies and municipalities to networks, one row a tie.

    Memberships of an earlier regional association stay with the association.

    Parameters
    ----------
    county
        A county by code or name.
    years
        First and last year; default 1997 to the year of the data's vintage. Where they end before the data do, rows of
        evidence that sources date to later years, or do not date, are left out.
    recent, counts_as, year_basis
        See `natverk.documented`.

    Returns
    -------
    pd.DataFrame
        `actor_id, name, level` (`regional`, `joint`, `municipal`; Gotland's one body: `unitary`), `network_id, group`
        (see `GROUPS`), `themes, status, mark, firm` (counted: neither loose nor left, nor annulled by a court),
        `inferred` (no row states it: it follows from another fact), `since, since_basis, since_inferred, last_seen,
        last_seen_inferred, last_sure, sure, end` (see `natverk.documented`), `unsure` (no source states a year of the
        tie, nor of an office that the actor held in the network), `n_municipal` (municipalities of the county
        counted in the network), `municipal_rows` (the rows of these, joined by `;`), `shared` (municipalities are
        counted in it, and the region or a joint body too), `n_rows, row_ids, source_ids` (of looser ties beside a firm
        one too), and the columns of `natverk.membership.evidence.worded`. By group and network, region and joint bodies
        before municipalities.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown county or value, an empty selection, or years out of range.

    Examples
    --------
    >>> from natverk import load
    >>> own = county_memberships(load(), "12")
    >>> own.loc[(own["network_id"] == "greater-copenhagen") & own["firm"], "level"].value_counts().to_dict()
    {'municipal': 33, 'regional': 1, 'joint': 1}
    """
    code = known_county(data, county)
    window = _window(data, years)
    actors = actors_of(data, code)
    own = documented(
        data, list(actors["actor_id"]), years=(window[0], window[-1]), recent=recent, counts_as=counts_as,
        year_basis=year_basis,
    )  # fmt: skip
    own = _with_looser_rows(data, own, year_basis)
    if window[-1] < data.last_year:
        own = _as_then(data, own[own["mark"] != "undated"], window[-1])
    own = loose_ties(data, own, window[-1], year_basis=year_basis)
    annulled = (own["end_kind"] == "annulled") & (own["end"] <= window[-1]).fillna(False)
    networks = data.networks.set_index("network_id")
    kinds = networks.loc[own["network_id"]]
    # A corridor that is taken part in as in a programme is a cooperation all the same; an office is an office.
    is_body = (kinds["kind"] == "cooperation_body") & (kinds["counts_as"] == "programme")
    own = own.assign(
        group=np.where((kinds["counts_as"] == "membership") | is_body, kinds["reach"], kinds["counts_as"]),
        themes=kinds["themes"].to_numpy(),
        network=kinds["name_sv"].str.casefold().to_numpy(),
        firm=own["mark"].isin(DOCUMENTED) & ~annulled,
    ).merge(actors.assign(place=range(len(actors)))[["actor_id", "name", "level", "place"]], on="actor_id")
    firm, municipality = own["firm"], own["level"] == "municipal"
    n_municipal = own["network_id"].map(own.loc[firm & municipality, "network_id"].value_counts()).fillna(0)
    theirs = own[firm & municipality].groupby("network_id")["row_ids"].agg(";".join).to_dict()
    both = set(own.loc[firm & ~municipality, "network_id"]) & set(own.loc[firm & municipality, "network_id"])
    rows = [theirs.get(network, "") for network in own["network_id"]]
    in_office = _with_dated_office(data, own, window[-1])
    own = own.assign(
        n_municipal=n_municipal,
        municipal_rows=rows,
        shared=own["network_id"].isin(both),
        unsure=~own["sure"] & ~in_office,
    )
    order = own["group"].map({group: place for place, group in enumerate(GROUPS)})
    own = own.assign(order=order).sort_values(["order", "network", "place"], ignore_index=True)
    whole = dict.fromkeys(["since", "last_seen", "last_sure", "end"], "Int64")
    whole |= dict.fromkeys(["n_municipal", "n_rows"], "int64")
    whole |= dict.fromkeys(
        ["firm", "inferred", "shared", "since_inferred", "last_seen_inferred", "sure", "unsure"], "bool"
    )
    own = own[[*_MEMBERSHIPS]].astype({**dict.fromkeys(_MEMBERSHIPS, TEXT), **whole})
    return worded(data, own, window[-1])


def _with_dated_office(data: Dataset, own: pd.DataFrame, last_year: int) -> pd.Series:
    """Say of which ties the actor has held an office in the network, in a year that a source states."""
    if own.empty:
        return pd.Series([], index=own.index, dtype=bool)
    held = offices(data, sorted(set(own["actor_id"]))).query("held")
    first = held["start_year"].fillna(held["end_year"]).fillna(held["observed_year"])
    held = held[(first <= last_year).fillna(False).astype(bool)]
    pairs = set(zip(held["actor_id"], held["network_id"], strict=True))
    return pd.Series(
        [pair in pairs for pair in zip(own["actor_id"], own["network_id"], strict=True)], index=own.index, dtype=bool
    )


def _with_looser_rows(data: Dataset, own: pd.DataFrame, year_basis: YearBasis) -> pd.DataFrame:
    """Add the rows that tell of a looser tie beside a firm one."""
    rows = graded(data, year_basis=year_basis)
    rows = rows[rows["grade"].isin(["positive", "exit", "loose"]) & rows["actor_id"].isin(own["actor_id"])]
    told = gathered(rows, ["actor_id", "network_id"])[["n_rows", "row_ids", "source_ids"]]
    kept = own.drop(columns=["n_rows", "n_sources", "row_ids", "source_ids"])
    return kept.merge(told.reset_index(), on=["actor_id", "network_id"])


def _as_then(data: Dataset, own: pd.DataFrame, last_year: int) -> pd.DataFrame:
    """Return ties by the rows that sources date up to a year; a tie without such a row is left out."""
    rows = data.memberships
    dated = rows["start_year"].fillna(rows["end_year"]).fillna(rows["observed_year"])
    rows = rows[(dated <= last_year).fillna(False).astype(bool)]
    ids = own.assign(row_id=own["row_ids"].str.split(";"))[["actor_id", "network_id", "row_id"]].explode("row_id")
    then = gathered(rows.merge(ids[["row_id"]], on="row_id"), ["actor_id", "network_id"]).reset_index()
    own = own.drop(columns=[name for name in then if name in own and name not in ("actor_id", "network_id")])
    own = own.merge(then, on=["actor_id", "network_id"])
    later = (own["last_seen"] > last_year).fillna(False)
    kept = graded(data).merge(rows[["row_id"]], on="row_id")
    attested = kept.groupby(["actor_id", "network_id"])["last"].max().clip(upper=last_year).rename("attested")
    attested = own[["actor_id", "network_id"]].join(attested, on=["actor_id", "network_id"])["attested"]
    return own.assign(
        last_seen=own["last_seen"].mask(later, attested),
        last_seen_inferred=own["last_seen_inferred"] & ~later,
        last_sure=own["last_sure"].mask((own["last_sure"] > last_year).fillna(False), attested),
        end=own["end"].mask((own["end"] > last_year).fillna(False)),
    )


@asked
def county_actors(data: Dataset, county: str | int, memberships: pd.DataFrame) -> pd.DataFrame:
    """Return the actors of a county, with the number of networks and other ties that each is documented in.

    Parameters
    ----------
    county
        A county by code or name.
    memberships
        What `county_memberships` gives for it, or some of its rows.

    Returns
    -------
    pd.DataFrame
        `actor_id, name, level, code, population, n_networks` (networks that it is documented in, of any kind),
        `documented` (it is in at least one), `row_ids`. The region first, municipalities by population.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown county, or a frame without the columns of `county_memberships`.

    Examples
    --------
    >>> from natverk import load
    >>> data = load()
    >>> table = county_actors(data, "14", county_memberships(data, "14")).set_index("name")
    >>> bool(table.at["Göteborg", "n_networks"] > table.at["Vänersborg", "n_networks"] > 0)
    True
    """
    has_columns(memberships, ["actor_id", "firm", "row_ids"], "memberships", "give a frame of roles.county_memberships")
    actors = actors_of(data, known_county(data, county))
    firm = memberships[memberships["firm"]].groupby("actor_id")
    counts = firm["network_id"].nunique().reindex(actors["actor_id"], fill_value=0)
    ids = firm["row_ids"].agg(";".join).reindex(actors["actor_id"], fill_value="")
    actors = actors.assign(n_networks=counts.to_numpy(), documented=counts.to_numpy() > 0, row_ids=ids.to_numpy())
    return actors.astype({"n_networks": "int64", "row_ids": TEXT, "actor_id": TEXT, "name": TEXT})


def county_networks(memberships: pd.DataFrame) -> pd.DataFrame:
    """Put region, joint bodies and municipalities of a county side by side, one row a network.

    Parameters
    ----------
    memberships
        What `county_memberships` gives, or some of its rows.

    Returns
    -------
    pd.DataFrame
        `network_id, group, themes, n_regional, n_joint, n_municipal` (actors documented; Gotland's one body counts as
        regional), `regional_ids, joint_ids, municipal_ids` (these actors, joined by `;`), `regional` (the region is
        documented), `shared` (municipalities
        are documented in it, and the region or a joint body too), `both_now` (region and municipalities are, by ties
        without a stated end), `row_ids` of all and of each level
        (`regional_rows, joint_rows, municipal_rows`), `source_ids, municipal_sources`. In the order of `memberships`;
        those with only loose or former ties are left out.

    Raises
    ------
    InvalidArgument
        For a frame without the columns of `county_memberships`.

    Examples
    --------
    >>> from natverk import load
    >>> table = county_networks(county_memberships(load(), "12")).set_index("network_id")
    >>> int(table.at["greater-copenhagen", "n_municipal"]), bool(table.at["greater-copenhagen", "shared"])
    (33, True)
    """
    wanted = ["actor_id", "level", "network_id", "group", "firm", "end", "row_ids", "source_ids"]
    has_columns(memberships, wanted, "memberships", "give a frame of roles.county_memberships")
    by_network: dict[str, list[Any]] = {}
    for row in each_row(memberships[memberships["firm"]]):
        by_network.setdefault(row.network_id, []).append(row)
    found = []
    for network_id, rows in by_network.items():
        of = {
            "regional": [row for row in rows if row.level in ("regional", "unitary")],
            "joint": [row for row in rows if row.level == "joint"],
            "municipal": [row for row in rows if row.level == "municipal"],
        }
        line: dict[str, object] = {"network_id": network_id, "group": rows[0].group, "themes": rows[0].themes}
        for name, own in of.items():
            line |= {
                f"n_{name}": len(own),
                f"{name}_ids": ";".join(row.actor_id for row in own),
                f"{name}_rows": ";".join(row.row_ids for row in own),
            }
        line |= {
            "regional": bool(of["regional"]),
            "shared": 0 < len(of["municipal"]) < len(rows),
            "both_now": all(any(pd.isna(row.end) for row in of[name]) for name in ("regional", "municipal")),
            "row_ids": ";".join(row.row_ids for row in rows),
            "source_ids": _once([row.source_ids for row in rows]),
            "municipal_sources": _once([row.source_ids for row in of["municipal"]]),
        }
        found.append(line)
    text = [
        "network_id", "group", "themes", "regional_ids", "joint_ids", "municipal_ids", "regional_rows", "joint_rows",
        "municipal_rows", "row_ids", "source_ids", "municipal_sources",
    ]  # fmt: skip
    counts = ["n_regional", "n_joint", "n_municipal"]
    yes = ["regional", "shared", "both_now"]
    kinds = {**dict.fromkeys(text, TEXT), **dict.fromkeys(counts, "int64"), **dict.fromkeys(yes, "bool")}
    return pd.DataFrame(found, columns=[*kinds]).astype(kinds)


@asked
def county_themes(
    data: Dataset,
    county: str | int,
    networks: pd.DataFrame,
    *,
    year: int | None = None,
    general_purpose: GeneralPurpose = "leave_out",
) -> pd.DataFrame:
    """Set who is documented in networks of a theme beside who has the task, theme by theme.

    Parameters
    ----------
    county
        A county by code or name.
    networks
        What `county_networks` gives for it, or some of its rows.
    year
        The year on whose last day the tasks must hold; default the last year of the data. Before 1997 it is not told
        who has them.
    general_purpose
        As in `roles.practised`: that somebody is in a network of general purpose (the column of that name in
        `networks`) says nothing of a single theme, and no verdict rests on it (`"leave_out"`); or it does (`"count"`).

    Returns
    -------
    pd.DataFrame
        One row a theme in which anybody is documented ("general cooperation" is none): `theme`; `n_municipal,
        n_regional, n_joint` (actors documented in networks of the theme); `n_municipal_specific, n_regional_specific,
        n_joint_specific` (those of them in a network that is not general); `municipal_ids, regional_ids, joint_ids,
        municipal_networks, regional_networks, joint_networks, municipal_rows, regional_rows, joint_rows` (joined by
        `;`); `specific` (levels documented in a network that is not general, joined by `+`); `n_networks, n_general`;
        `areas` (policy areas of the theme, joined by `;`); `responsible` (levels with the task in any of them),
        `possibly_responsible`; `undated` (other levels with a task in any of them of which no source tells since when
        it holds); `state` (the state has a task of its own: `valid`, `unknown` or blank); `verdict` (see
        `VERDICTS`); `reason` (why it is open: `general` networks only, `no_task` below the state, `no_area` of the
        theme, `not_told` before 1997, `uncertain` who has it); `row_ids` (evidence), `formal_rows` (tasks),
        `source_ids`.
        In the order of the vocabulary.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown county, a frame without the columns of `county_networks`, or a year out of range.

    Notes
    -----
    `responsible`: a level that surely has the task is documented in a network of the theme. `others_only`: other
    levels are, and nobody who has a task there, be it undated or a mere competence, or may have one; those who have it
    may do it in no network, so this is no gap. For `responsible` a level with a duty comes before one with a mere
    competence; see `roles.compare`.

    Examples
    --------
    >>> from natverk import load
    >>> data = load()
    >>> side = county_networks(county_memberships(data, "14"))
    >>> table = county_themes(data, "14", side).set_index("theme")
    >>> table.loc["climate_energy", ["responsible", "verdict"]].tolist()
    ['municipal', 'responsible']
    """
    choice("general_purpose", general_purpose, ("leave_out", "count"))
    wanted = ["network_id", "themes", "regional_ids", "joint_ids", "municipal_ids", "row_ids"]
    has_columns(networks, wanted, "networks", "give a frame of roles.county_networks")
    code = known_county(data, county)
    chosen = year_range(data.last_year if year is None else year, "year", data=data)[0]
    formal = responsible_levels(data, chosen) if chosen >= FIRST_YEAR else {}
    is_unitary = code in unitary_counties(data)
    about = rows_where(data, "networks", network_id=networks["network_id"].tolist())
    wide = set(about.loc[about["general_purpose"].fillna(False).astype(bool), "network_id"])
    general = wide if general_purpose == "leave_out" else set()
    areas_of: dict[str, list[str]] = {}
    for row in each_row(data.policy_themes):
        areas_of.setdefault(row.theme, []).append(row.policy_area)
    rows = list(each_row(networks))
    found = []
    for theme in (name for name in VOCABULARIES["theme"] if name != "generic"):
        own = [row for row in rows if theme in row.themes.split(";")]
        if not own:
            continue
        narrow = [row for row in own if row.network_id not in general]
        line: dict[str, object] = {"theme": theme}
        specific, documented_levels = set(), set()
        for level in ("municipal", "regional", "joint"):
            ids = _once([getattr(row, f"{level}_ids") for row in own])
            narrow_ids = _once([getattr(row, f"{level}_ids") for row in narrow])
            documented_levels |= {level} if ids else set()
            specific |= {level} if narrow_ids else set()
            line[f"n_{level}"] = len(ids.split(";")) if ids else 0
            line[f"n_{level}_specific"] = len(narrow_ids.split(";")) if narrow_ids else 0
            line[f"{level}_ids"] = ids
            line[f"{level}_rows"] = _once([getattr(row, f"{level}_rows") for row in own])
            line[f"{level}_networks"] = ";".join(row.network_id for row in own if getattr(row, f"{level}_ids"))
        areas = areas_of.get(theme, [])
        tasks = [formal[code, area] for area in areas if formal]
        sure = {level for task in tasks for level in task.sure()}
        maybe = {level for task in tasks for level in task.maybe()} - sure
        tasked, undated = tasked_levels(data, _once([task.rows for task in tasks]).split(";"))
        if is_unitary:
            # The one body stands as regional among the networks.
            sure, maybe = (
                {"regional" if level == "unitary" else level for level in levels} for levels in (sure, maybe)
            )
            tasked, undated = (
                {"regional" if level == "municipal" else level for level in levels} for levels in (tasked, undated)
            )
        tasked, undated = tasked - sure, undated - sure
        verdict, reason = _verdict(sure, maybe | tasked, specific, documented_levels)
        if not tasks:
            verdict, reason = "open", "not_told" if areas else "no_area"
        states = {task.state for task in tasks}
        line |= {
            "specific": _levels(specific),
            "n_networks": len(own),
            "n_general": len(own) - len(narrow),
            "areas": ";".join(areas),
            "responsible": _levels(sure),
            "possibly_responsible": _levels(maybe),
            "undated": _levels(undated),
            "state": "valid" if "valid" in states else "unknown" if "unknown" in states else "",
            "verdict": verdict,
            "reason": reason,
            "row_ids": _once([row.row_ids for row in own]),
            "formal_rows": _once([task.rows for task in tasks]),
            "source_ids": _once([row.source_ids for row in own]),
        }
        found.append(line)
    numbers = [f"n_{level}{end}" for end in ("", "_specific") for level in ("municipal", "regional", "joint")]
    counts = [*numbers, "n_networks", "n_general"]
    columns = [
        "theme", *numbers, "municipal_ids", "regional_ids", "joint_ids",
        "regional_networks", "joint_networks", "municipal_networks", "municipal_rows", "regional_rows", "joint_rows",
        "specific", "n_networks", "n_general", "areas",
        "responsible", "possibly_responsible", "undated", "state", "verdict", "reason", "row_ids", "formal_rows",
        "source_ids",
    ]  # fmt: skip
    kinds = {name: "int64" if name in counts else TEXT for name in columns}
    return pd.DataFrame(found, columns=columns).astype(kinds)


def _verdict(sure: set[str], maybe: set[str], specific: set[str], documented_levels: set[str]) -> tuple[str, str]:
    """Say whether those who have a task are documented in networks of its theme, or why that cannot be said.

    >>> _verdict({"regional"}, set(), {"municipal"}, {"municipal"})
    ('others_only', '')
    >>> _verdict({"regional"}, set(), {"municipal"}, {"municipal", "regional"})
    ('open', 'general')
    >>> _verdict(set(), {"municipal", "regional"}, {"municipal"}, {"municipal", "regional"})
    ('open', 'uncertain')
    """
    if not sure | maybe:
        return "open", "no_task"
    if sure & specific:
        return "responsible", ""
    if not specific:
        return "open", "general"
    if maybe & specific or not sure:
        return "open", "uncertain"
    if (sure | maybe) & (documented_levels - specific):
        return "open", "general"
    return "others_only", ""


@asked
def county_tasks(data: Dataset, county: str | int, *, years: tuple[int, int] | None = None) -> pd.DataFrame:
    """Return the tasks that the sources give to a county, its region or a joint body by name, alone or with others.

    Parameters
    ----------
    county
        A county by code or name.
    years
        First and last year: tasks that begin after them, or ended before them, are left out, and without a stated
        beginning only where the years end before the data do. Default 1997 to the year of the data's vintage.

    Returns
    -------
    pd.DataFrame
        The columns of the table `tasks`, `row_ids` and `source_ids`. By policy area.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown county, or years out of range.

    Examples
    --------
    >>> from natverk import load
    >>> set(county_tasks(load(), "12")["level"]) <= {"regional", "intermunicipal", "municipal", "state"}
    True
    """
    window = _window(data, years)
    code = known_county(data, county)
    own = {row for row, codes in named_tasks(data).items() if code in codes}
    frame = data.tasks[data.tasks["row_id"].isin(own)]
    unknown = "0001" if window[-1] >= data.last_year else "9999"
    begun = frame["since"].fillna(unknown).map(earliest) <= data.last_day(window[-1])
    lasting = frame["until"].fillna("9999").str[:4].astype("int64") >= window[0]
    frame = frame[(begun & lasting).astype(bool)].sort_values(["policy_area", "row_id"], ignore_index=True)
    return frame.rename(columns={"row_id": "row_ids", "source_id": "source_ids"})


@asked
def county_events(data: Dataset, county: str | int, *, years: tuple[int, int] | None = None) -> pd.DataFrame:
    """Return what else happened in a county: attempts, the culture model, planning, public transport.

    Parameters
    ----------
    county
        A county by code or name.
    years
        First and last year; what is not dated stays unless they end before the data do. Default 1997 to the year of
        the data's vintage.

    Returns
    -------
    pd.DataFrame
        `county_code, event, year, note, note_sv, row_ids, source_ids`, by year, those without one last.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown county, or years out of range.

    Examples
    --------
    >>> from natverk import load
    >>> county_events(load(), "07")["event"].iloc[0]
    'samverkansorgan_first_attempt_failed'
    """
    window = _window(data, years)
    frame = data.county_events[data.county_events["county_code"] == known_county(data, county)]
    inside = frame["year"].between(window[0], int(data.last_day(window[-1])[:4]))
    inside = inside.fillna(window[-1] >= data.last_year)
    frame = frame[inside.astype(bool)].sort_values(["year", "row_id"], na_position="last", ignore_index=True)
    frame = frame.rename(columns={"row_id": "row_ids", "source_id": "source_ids"})
    return frame[["county_code", "event", "year", "note", "note_sv", "row_ids", "source_ids"]]


def _window(data: Dataset, years: tuple[int, int] | None) -> range:
    """Return the years of a page; 1997 to the year of the vintage where none are given."""
    return year_range((1997, int(data.known_until[:4])) if years is None else years, data=data)


def _once(cells: Iterable[str]) -> str:
    """Return ids joined by `;`, each once."""
    return ";".join(dict.fromkeys(item for cell in cells for item in cell.split(";") if item))


def _levels(names: set[str]) -> str:
    """Return levels joined by `+`, in their order."""
    return "+".join(name for name in ("municipal", "regional", "joint") if name in names)


@asked
def county_places(data: Dataset, county: str | int, own: pd.DataFrame) -> pd.DataFrame:
    """Return the municipalities of a county with their documented memberships, with where they lie.

    Parameters
    ----------
    county
        A county by code or name.
    own
        The frame of `natverk.documented` for the county's actors.

    Returns
    -------
    pd.DataFrame
        `code, name, population, n_documented` (dated or not, former and loose ones left out), `n_undated`
        (of these, without a year), `lat, lon`.

    Raises
    ------
    UnknownName
        For an unknown county.

    Examples
    --------
    >>> from natverk import documented, load
    >>> len(county_places(load(), "Halland", documented(load(), "Hallands län")))
    6
    """
    code = known_county(data, county)
    places = data.municipalities[data.municipalities["county_code"] == code]
    population = data.population[data.population["year"] == data.population["year"].max()].set_index("code")[
        "population"
    ]
    firm = own[own["mark"].isin(DOCUMENTED)].groupby("actor_id").size()
    undated = own[own["mark"] == "undated"].groupby("actor_id").size()
    return pd.DataFrame(
        {
            "code": places["code"],
            "name": places["name"],
            "population": places["code"].map(population),
            "n_documented": places["actor_id"].map(firm).fillna(0).astype(int),
            "n_undated": places["actor_id"].map(undated).fillna(0).astype(int),
            "lat": places["lat"].astype(float),
            "lon": places["lon"].astype(float),
        }
    ).reset_index(drop=True)
