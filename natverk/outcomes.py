"""What came of it: projects, missions, steps, judgements, purposes, events, twin towns and notes, by actor or network.

Each function returns the rows of one table with the ids they rest on (`row_ids`, `source_ids`, separated by `;`), so
that a page or an analysis can follow every line back. Rows of several sources that tell of one thing stand together.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from natverk.data.answers import asked
from natverk.data.load import Dataset, kept
from natverk.data.types import TEXT
from natverk.data.units import fold
from natverk.errors import InvalidArgument
from natverk.frames import Names, county_council_names, directory, known_actors, known_municipality, known_networks

__all__ = [
    "evaluations",
    "findings",
    "meetings",
    "missions",
    "notes",
    "of_the_country",
    "projects",
    "purposes",
    "steps",
    "told_by",
    "totals",
    "twin_towns",
    "up_to",
]

#: Columns that date a row of an outcome, the surer first.
_DATED = (
    "start_year",
    "start_date",
    "date",
    "year",
    "observed_year",
    "first",
    "last_seen",
    "programme_from",
    "due",
)
_ROLES = ("lead", "participant", "unspecified")


def _of(data: Dataset, table: str, actors: Names | None) -> pd.DataFrame:
    """Return the rows of a table about some actors; all rows where none is named."""
    frame = data.table(table)
    return frame if actors is None else frame[frame["actor_id"].isin(known_actors(data, actors))]


def _about(data: Dataset, table: str, actors: Names | None, network: str | None) -> pd.DataFrame:
    """Return the rows of a table about some actors or a network, with `row_ids` and `source_ids`, in order of ids."""
    if actors is not None and network is not None:
        raise InvalidArgument("both actors and network are given", where="actors", remedy="leave one of them out")
    frame = _of(data, table, actors)
    if network is not None:
        frame = frame[frame["network_id"].isin(known_networks(data, network))]
    ids = {"row_id": "row_ids", "source_id": "source_ids"}
    return frame.sort_values("row_id", kind="stable", ignore_index=True).rename(columns=ids)


def _together(values: Iterable[object]) -> str:
    """Return ids, each once, separated by `;`."""
    return ";".join(dict.fromkeys(part for value in values for part in str(value).split(";")))


def _in_turn(notes: pd.Series) -> object:
    """Return what several rows note, each once; a note that another goes on from is not said for itself."""
    texts = list(dict.fromkeys(str(note) for note in notes.dropna()))
    own = [text for text in texts if not any(other != text and other.startswith(text) for other in texts)]
    return "; ".join(own) or pd.NA


@asked
def projects(data: Dataset, *, actors: Names | None = None, network: str | None = None) -> pd.DataFrame:
    """Return projects and who took part: one row a project and actor.

    Parameters
    ----------
    data
        The dataset.
    actors
        Actors by id or name, or a county for its municipalities; all by default.
    network
        Only projects that came out of this network, by id or name, instead of those of actors.

    Returns
    -------
    pd.DataFrame
        `actor_id, project, project_sv, network_id, programme, programme_sv, programme_from, programme_to` (the period
        of the programme, not of the project), `start_year, end_year, observed_year, role` (the most telling that a
        source states), `theme`, `as_stated` (the name by which a source has a region that was a county council then;
        missing otherwise), `again` (a line above tells of the same project: another actor in it), `row_ids,
        source_ids`. Those with years of their own first, the latest first. What a web
        page and a database tell of one project is one row.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor or network, or both arguments.

    Notes
    -----
    Participations from the database keep.eu hold lead partners only in 2000–2006 and break off in 2000–2013: compare
    municipalities and regions within a period and role, never over time.

    Examples
    --------
    >>> from natverk import load
    >>> own = projects(load(), actors="Vänersborg")
    >>> own.loc[own["role"] == "lead", "project"].str.contains("SOSEVO").any()
    np.True_
    """
    rows = _as_one(_about(data, "projects", actors, network))
    rank = rows["role"].map({role: place for place, role in enumerate(_ROLES)})
    rows = rows.assign(rank=rank, as_stated=county_council_names(rows))
    rows = rows.sort_values("rank", kind="stable")
    key = ["actor_id", "project", "network_id", "programme"]
    firsts = ["project_sv", "programme_sv", "programme_from", "programme_to", "start_year", "end_year", "role", "theme"]
    firsts.append("as_stated")
    how: dict[str, Any] = {**dict.fromkeys(firsts, "first"), "observed_year": "max"}
    how |= dict.fromkeys(["row_ids", "source_ids"], _together)
    found = rows.groupby(key, dropna=False, sort=False).agg(how).reset_index()
    latest = found[["start_year", "end_year", "observed_year"]].max(axis=1)
    order = latest.fillna(0).astype("int64")
    found = found.assign(order=order).sort_values(["order", "project"], ascending=[False, True], ignore_index=True)
    # Titles may go on with the partners of the actor, in brackets.
    stem = found["project"].str.split(" (", regex=False).str[0].str.casefold()
    found["again"] = found.assign(stem=stem).duplicated(["stem", "network_id", "programme"])
    columns = [
        "actor_id", "project", "project_sv", "network_id", "programme", "programme_sv", "programme_from",
        "programme_to", "start_year", "end_year", "observed_year", "role", "theme", "as_stated", "again", "row_ids",
        "source_ids",
    ]  # fmt: skip
    whole = ["programme_from", "programme_to", "start_year", "end_year", "observed_year"]
    text = [name for name in columns if name not in (*whole, "again")]
    return found[columns].astype({**dict.fromkeys(text, TEXT), **dict.fromkeys(whole, "Int64")})


def _as_one(rows: pd.DataFrame) -> pd.DataFrame:
    """Give a row of a web page the title and programme of the participation that a database has of the same project.

    It is the same where actor and title are, an addition in brackets aside, and the page's programme is a part of the
    database's name of it, or just "EU".
    """
    stem = rows["project"].str.split(" (", regex=False).str[0].str.casefold()
    known = rows["programme_from"].notna()
    found = rows.copy()
    for place in rows.index[~known & rows["programme"].notna() & rows["network_id"].isna()]:
        own = rows.loc[place]
        same = known & (rows["actor_id"] == own["actor_id"]) & (stem == stem[place])
        same &= rows["programme"].str.contains(str(own["programme"]), regex=False) | (own["programme"] == "EU")
        if same.sum() == 1:
            columns = ["project", "project_sv", "programme", "programme_sv"]
            found.loc[place, columns] = rows.loc[same, columns].iloc[0]
    return found


@asked
def missions(data: Dataset, *, actors: Names | None = None, network: str | None = None) -> pd.DataFrame:
    """Return mission reports and announcements of missions: one row a mission, the latest first.

    Parameters
    ----------
    data, actors, network
        See `projects`.

    Returns
    -------
    pd.DataFrame
        The columns of the table `missions`, texts in English and in Swedish (`…_sv`); `row_ids, source_ids`.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor or network, or both arguments.

    Examples
    --------
    >>> from natverk import load
    >>> missions(load(), actors="Nacka").loc[0, ["place", "network_id"]].tolist()
    ['Utrecht', 'eurocities']
    """
    rows = _about(data, "missions", actors, network)
    return rows.sort_values("start_date", ascending=False, na_position="last", kind="stable", ignore_index=True)


@asked
def steps(data: Dataset, *, actors: Names | None = None, network: str | None = None) -> pd.DataFrame:
    """Return the steps that were planned, agreed or recommended; a proposal is not a decision.

    Parameters
    ----------
    data, actors, network
        See `projects`.

    Returns
    -------
    pd.DataFrame
        The columns of the table `next_steps`, `step` in English and in Swedish; `written` (year in which the source was
        published; missing where that is not known); `row_ids, source_ids`.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor or network, or both arguments.

    Examples
    --------
    >>> from natverk import load
    >>> steps(load(), actors="Nacka")["status"].tolist()
    ['under way', 'planned']
    """
    frame = _about(data, "next_steps", actors, network)
    written = frame["source_ids"].map(data.sources.set_index("source_id")["published"])
    return frame.assign(written=written.str[:4].astype("Int64"))


@asked
def evaluations(data: Dataset, *, actors: Names | None = None, network: str | None = None) -> pd.DataFrame:
    """Return judgements of networks and cooperation by a criterion, the latest first.

    Parameters
    ----------
    data, actors, network
        See `projects`; actors are those who judge.

    Returns
    -------
    pd.DataFrame
        The columns of the table `evaluations`: `actor_id, evaluator, year, network_id, criterion, judgement` (−2 to
        2), `rationale, rationale_sv, recommendation`, …; `row_ids, source_ids`.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor or network, or both arguments.

    Examples
    --------
    >>> from natverk import load
    >>> set(evaluations(load(), network="C40")["actor_id"])
    {'municipality:0180'}
    """
    rows = _about(data, "evaluations", actors, network)
    return rows.sort_values("year", ascending=False, na_position="last", kind="stable", ignore_index=True)


@asked
def findings(data: Dataset, *, actors: Names | None = None) -> pd.DataFrame:
    """Return what evaluations found that is no judgement of a network by a criterion: one row a finding.

    Parameters
    ----------
    data
        The dataset.
    actors
        Those who evaluate, by id or name; all by default.

    Returns
    -------
    pd.DataFrame
        The columns of the table `evaluation_findings`, texts in English and in Swedish; `row_ids, source_ids`.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor, or no actor.

    Examples
    --------
    >>> from natverk import load
    >>> findings(load(), actors="Region Dalarna (kommunalförbund)")["actor_id"].tolist()
    ['body:region-dalarna-kommunalforbund']
    """
    return _about(data, "evaluation_findings", actors, None)


@asked
def purposes(data: Dataset, *, actors: Names | None = None) -> pd.DataFrame:
    """Return the purposes of international work that actors state: one row an actor, purpose and year.

    Parameters
    ----------
    data
        The dataset.
    actors
        Actors by id or name, or a county for its municipalities; all by default.

    Returns
    -------
    pd.DataFrame
        `actor_id, purpose, year` (missing where the sources have none), `year_basis` (`stated`, or `inferred` by the
        reader), `places, places_sv` (where in the sources, separated by ` | `), `told_by, told_by_sv` (who
        published the sources, where a municipality is the actor and published none of them; missing otherwise),
        `row_ids, source_ids`. What no source dates stands before what is dated, and never takes the year of another
        source.

    Raises
    ------
    UnknownName
        For an unknown actor.

    Examples
    --------
    >>> from natverk import load
    >>> kalmar = purposes(load(), actors="Kalmar").query("purpose == 'funding'")
    >>> kalmar["year_basis"].fillna("undated").tolist(), kalmar["source_ids"].tolist()
    (['undated', 'inferred'], ['kalmar-intl-old', 'kalmar-projekt-2024'])
    """
    frame = _of(data, "purposes", actors)
    key = ["actor_id", "purpose", "year", "year_basis"]

    def once(values: pd.Series) -> str:
        return " | ".join(dict.fromkeys(str(value) for value in values.dropna()))

    def others(publishers: pd.Series) -> str | None:
        return ", ".join(dict.fromkeys(publishers)) if publishers.notna().all() else None

    sources = data.sources.set_index("source_id")
    publisher = frame["source_id"].map(sources["publisher"])
    names = data.municipalities.set_index("actor_id")["name_official"].to_dict()
    # A municipality that is a region too publishes under the name of the region.
    regions = data.counties[data.counties["region_actor_id"].isin(names)]
    names |= dict(zip(regions["region_actor_id"], regions["region_name"], strict=True))
    ours = [
        actor not in names or not isinstance(by, str) or by.casefold().startswith(str(names[actor]).casefold())
        for actor, by in zip(frame["actor_id"], publisher, strict=True)
    ]
    own = pd.Series(ours, index=frame.index, dtype="bool")
    publisher_sv = frame["source_id"].map(sources["publisher_sv"]).fillna(publisher)
    found = (
        frame.assign(publisher=publisher.mask(own), publisher_sv=publisher_sv.mask(own))
        .groupby(key, dropna=False, sort=False)
        .agg(
            places=("locator", once),
            places_sv=("locator_sv", once),
            told_by=("publisher", others),
            told_by_sv=("publisher_sv", others),
            row_ids=("row_id", _together),
            source_ids=("source_id", _together),
        )
        .reset_index()
        .sort_values(key, na_position="first", ignore_index=True)
    )
    columns = [*key, "places", "places_sv", "told_by", "told_by_sv", "row_ids", "source_ids"]
    return found.reindex(columns=columns).astype({name: "Int64" if name == "year" else TEXT for name in columns})


@asked
def twin_towns(data: Dataset, *, actors: Names | None = None) -> pd.DataFrame:
    """Return the twin towns of municipalities: one row a municipality and town, all sources read together.

    Parameters
    ----------
    data
        The dataset.
    actors
        Actors by id or name, or a county for its municipalities; all by default.

    Returns
    -------
    pd.DataFrame
        `actor_id, partner_city, partner_city_sv, country, country_sv, start_year` (the earliest stated), `last_seen`
        (the latest year in which a source tells of it; missing where none is dated), `ended` (a source says that it has
        ended; not where no source states the year and a later one still has the town: then the note alone tells of it),
        `end_year, end_inferred` (no source states that year), `counted` (not a town that a source leaves unnamed, where
        one of the same country is named), `note, note_sv` (of all rows), `row_ids, source_ids`. No list of twin
        towns is complete, and a town last seen in 2016 may have been given up since.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor.

    Examples
    --------
    >>> from natverk import load
    >>> mora = twin_towns(load(), actors="Mora").set_index("partner_city")
    >>> bool(mora.at["Changchun", "ended"]), int(mora.at["Changchun", "end_year"])
    (True, 2020)
    """
    frame = _of(data, "twins", actors)
    unnamed = frame["partner_city"].str.contains("(not named)", regex=False)
    rows = frame.assign(
        place=frame["partner_city"].map(fold),
        unnamed=unnamed,
        named_beside=(~unnamed).groupby([frame["actor_id"], frame["country"]]).transform("any"),
        last_seen=frame["observed_year"].mask(frame["ended"].astype(bool)),
        stated_end=frame["end_year"].mask((frame["end_basis"] == "inferred").fillna(False)),
    )
    found = (
        rows.groupby(["actor_id", "country", "place"], sort=False)
        .agg(
            partner_city=("partner_city", "first"),
            partner_city_sv=("partner_city_sv", "first"),
            country_sv=("country_sv", "first"),
            start_year=("start_year", "min"),
            last_seen=("last_seen", "max"),
            ended=("ended", "any"),
            end_year=("end_year", "max"),
            stated_end=("stated_end", "max"),
            note=("note", _in_turn),
            note_sv=("note_sv", _in_turn),
            uncounted=("unnamed", "all"),
            named_beside=("named_beside", "any"),
            row_ids=("row_id", _together),
            source_ids=("source_id", _together),
        )
        .reset_index()
        .sort_values(["actor_id", "country", "partner_city"], ignore_index=True)
    )
    inferred = found["end_year"].notna() & found["stated_end"].isna()
    # An end that no source dates is outweighed by a later page that still has the town.
    refuted = inferred & (found["last_seen"] > found["end_year"]).fillna(False)
    found["ended"] &= ~refuted
    found["end_year"] = found["end_year"].mask(refuted)
    found["end_inferred"] = inferred & ~refuted
    found["counted"] = ~(found["uncounted"] & found["named_beside"])
    columns = [
        "actor_id", "partner_city", "partner_city_sv", "country", "country_sv", "start_year", "last_seen",
        "ended", "end_year", "end_inferred", "counted", "note", "note_sv", "row_ids", "source_ids",
    ]  # fmt: skip
    years = dict.fromkeys(["start_year", "last_seen", "end_year"], "Int64")
    yes = dict.fromkeys(["ended", "end_inferred", "counted"], "bool")
    text = [name for name in columns if name not in {*years, *yes}]
    types = {**dict.fromkeys(text, TEXT), **years, **yes}
    return found.reindex(columns=columns).astype(types)


@asked
def meetings(data: Dataset, *, actors: Names | None = None, network: str | None = None) -> pd.DataFrame:
    """Return meetings, seminars and conferences on municipal and regional cooperation, by date.

    Parameters
    ----------
    data, actors, network
        See `projects`; those that organised the event, found by the names of its organisers. Where the row says of
        which networks it was (`events.network_id`), these count instead of networks among the names: the event of a
        section is not that of the whole. All events by default.

    Returns
    -------
    pd.DataFrame
        The columns of the table `events`, texts in English and in Swedish; `organiser_ids` (the actors and networks
        that it is counted with, `municipality:1487` or `network:sern`, separated by `;`), `row_ids, source_ids`.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor or network, or both arguments.

    Examples
    --------
    >>> from natverk import load
    >>> meetings(load(), network="Arena för Tillväxt")["event_sv"].iloc[0]
    'Kunskapsdag: Starkare kommuner med regional samverkan'
    """
    frame = _meetings(data)
    if actors is not None and network is not None:
        raise InvalidArgument("both actors and network are given", where="actors", remedy="leave one of them out")
    if actors is None and network is None:
        return frame
    wanted = set(known_actors(data, actors)) if actors is not None else set()
    if network is not None:
        wanted |= {f"network:{item}" for item in known_networks(data, network)}
    own = [not wanted.isdisjoint(ids.split(";")) for ids in frame["organiser_ids"]]
    return frame[own].reset_index(drop=True)


@kept
def _meetings(data: Dataset) -> pd.DataFrame:
    """Return all events with the ids of their organisers."""
    names = directory(data)

    def ids(organisers: str, networks: object) -> str:
        stated = networks.split(";") if isinstance(networks, str) else []
        found = [f"network:{item}" for item in stated]
        for name in (part.strip() for part in organisers.split(";")):
            kinds = {unit.kind: unit for unit in names.meanings(name, ("network", "actor"))}
            found += [f"network:{kinds['network'].id}"] if "network" in kinds and not stated else []
            found += [kinds["actor"].id] if "actor" in kinds else []
        return ";".join(dict.fromkeys(found))

    frame = data.events.rename(columns={"row_id": "row_ids", "source_id": "source_ids"})
    found = [ids(*of) for of in zip(frame["organiser"], frame["network_id"], strict=True)]
    frame = frame.assign(organiser_ids=pd.Series(found, index=frame.index, dtype=TEXT))
    return frame.sort_values(["date", "row_ids"], na_position="last", kind="stable", ignore_index=True)


@asked
def notes(data: Dataset, *, actors: Names | None = None, network: str | None = None) -> pd.DataFrame:
    """Return what else sources tell of a network, or of actors without naming a network: one row a fact.

    Parameters
    ----------
    data, actors, network
        See `projects`.

    Returns
    -------
    pd.DataFrame
        `network_id, actor_id, topic, topic_sv, text, text_sv, year, year_basis, locator, row_ids, source_ids`.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor or network, or both arguments.

    Examples
    --------
    >>> from natverk import load
    >>> "financing" in set(notes(load(), network="SERN")["topic"])
    True
    """
    return _about(data, "network_notes", actors, network)


@asked
def told_by(data: Dataset, actor: str) -> pd.DataFrame:
    """Return what the pages and reports of an actor itself tell of networks: one row a fact or number, by network.

    Parameters
    ----------
    data
        The dataset.
    actor
        A municipality, by code, id or name; other actors publish under names that differ too much to be told apart.

    Returns
    -------
    pd.DataFrame
        `network_id, topic, topic_sv, text, text_sv` (as `notes`), or `fact, value, qualifier, note, note_sv` (as
        `totals`), `year, year_basis, row_ids, source_ids`. What is coded as about the actor itself is not among them:
        `notes` and         `totals` give it.

    Raises
    ------
    UnknownName
        For an unknown municipality, with the nearest name.

    Examples
    --------
    >>> from natverk import load
    >>> told = told_by(load(), "Vänersborg")
    >>> sorted(set(told["network_id"])), "aims" in set(told["topic"])
    (['ensa', 'icc', 'sern'], True)
    """
    place = data.municipalities.set_index("code").loc[known_municipality(data, actor)]
    publishers = data.sources["publisher"].fillna("").str.casefold()
    own = set(data.sources.loc[publishers.str.startswith(str(place["name_official"]).casefold()), "source_id"])
    parts = [_about(data, table, None, None) for table in ("network_notes", "published_totals")]
    rows = pd.concat(parts, ignore_index=True)
    rows = rows[rows["source_ids"].isin(own) & rows["network_id"].notna() & rows["actor_id"].isna()]
    columns = [
        "network_id", "topic", "topic_sv", "text", "text_sv", "fact", "value", "qualifier", "note", "note_sv", "year",
        "year_basis", "row_ids", "source_ids",
    ]  # fmt: skip
    return rows.sort_values(["network_id", "row_ids"], ignore_index=True)[columns]


@asked
def totals(data: Dataset, *, actors: Names | None = None, network: str | None = None) -> pd.DataFrame:
    """Return the numbers that sources state about a network, or about actors: one row a number, by fact and year.

    Parameters
    ----------
    data, actors, network
        See `projects`.

    Returns
    -------
    pd.DataFrame
        `network_id, actor_id, fact, value, qualifier, year, year_basis, value_as_stated, value_as_stated_sv, note,
        note_sv, …, row_ids, source_ids`.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor or network, or both arguments.

    Examples
    --------
    >>> from natverk import load
    >>> sern = totals(load(), network="SERN")
    >>> 55 in set(sern.loc[sern["fact"] == "members", "value"])
    True
    """
    rows = _about(data, "published_totals", actors, network)
    return rows.sort_values(["fact", "year", "row_ids"], na_position="last", kind="stable", ignore_index=True)


@asked
def of_the_country(data: Dataset, frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out what concerns a network, a municipality, a region or a joint body: their pages tell of it.

    Parameters
    ----------
    data
        The dataset.
    frame
        What a function of this module returns, with `actor_id` and, where its rows can have one, `network_id`.

    Returns
    -------
    pd.DataFrame
        The rows of the frame that are left, numbered anew: what auditors, parties, authorities and organisations say,
        and what is told of nobody in particular.

    Raises
    ------
    InvalidArgument
        For a frame without the column `actor_id`.

    Examples
    --------
    >>> from natverk import load
    >>> data = load()
    >>> "body:skr" in set(of_the_country(data, evaluations(data))["actor_id"])
    True
    """
    if "actor_id" not in frame:
        raise InvalidArgument("its rows name no actor", where="frame", remedy="give a frame of natverk.outcomes")
    placed = {*data.municipalities["actor_id"], *data.counties["region_actor_id"], *data.bodies["body_id"]}
    apart = ~frame["actor_id"].isin(placed)
    if "network_id" in frame:
        apart &= frame["network_id"].isna()
    return frame[apart].reset_index(drop=True)


@asked
def up_to(data: Dataset, frame: pd.DataFrame, last_year: int) -> pd.DataFrame:
    """Leave out what is dated to later than a year: for pages that end before the data do.

    Parameters
    ----------
    data
        The dataset.
    frame
        What a function of this module returns.
    last_year
        The last year. From the last year of the data on, the frame is returned as it is; otherwise rows that nothing
        dates are left out as well, for they may tell of later years.

    Returns
    -------
    pd.DataFrame
        The rows of the frame that are left, numbered anew.

    Raises
    ------
    InvalidArgument
        For a frame without any column that dates it.

    Examples
    --------
    >>> from natverk import load
    >>> data = load()
    >>> len(up_to(data, missions(data, actors="Nacka"), 2013)), len(up_to(data, missions(data, actors="Nacka"), 2014))
    (0, 1)
    """
    dating = [name for name in _DATED if name in frame]
    if not dating:
        raise InvalidArgument("nothing dates its rows", where="frame", remedy="give a frame of natverk.outcomes")
    if last_year >= data.last_year:
        return frame
    first = pd.Series("9999", index=frame.index)
    for name in reversed(dating):
        cells = frame[name].astype(TEXT)
        first = cells.str[:4].where(frame[name].notna() & (cells != ""), first)
    return frame[first.astype("int64") <= last_year].reset_index(drop=True)
