"""How much is known and how sure it is: coverage, disagreements between sources, and the reasons for a cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from natverk.data.answers import asked
from natverk.data.load import Dataset, kept
from natverk.data.schema import SCHEMA
from natverk.data.types import TEXT
from natverk.errors import InvalidArgument
from natverk.frames import (
    Names,
    choice,
    each_row,
    has_columns,
    known_actor,
    known_actors,
    known_networks,
    several,
    year_or_none,
    year_range,
)
from natverk.membership.actors import eligible, existence, levels, population_known
from natverk.membership.evidence import Counting, YearBasis, gathered, graded
from natverk.membership.lists import CERTAINTY, list_members
from natverk.membership.panel import (
    SETS,
    Reason,
    Rules,
    Span,
    agree_by_date,
    count,
    decided_runs,
    networks_counting_as,
    pair_of,
    pairs_of,
)

__all__ = [
    "BESIDE",
    "DISAGREEMENTS",
    "audit_summary",
    "coverage",
    "disagreements",
    "disagreements_about",
    "explain",
    "told_once",
]


@asked
def coverage(data: Dataset, cells: pd.DataFrame, by: str = "network") -> pd.DataFrame:
    """Return the share of known cells of a panel by network, county or year.

    Parameters
    ----------
    data, cells
        The dataset and a panel of it.
    by
        `"network"`, `"county"` or `"year"`.

    Returns
    -------
    pd.DataFrame
        The group and `low, best, high, n_cells, n_known, coverage` (share of cells known, 0–1),
        `n_conflict`. Known are the states member, not_member, left, no_network and no_actor.

    Raises
    ------
    InvalidArgument
        For another value of `by`.

    References
    ----------
    Low and high are bounds over all completions of what is unknown: Manski, C. F. (2003), Partial Identification of
    Probability Distributions, Springer.

    Examples
    --------
    >>> from natverk import load
    >>> from natverk.membership.panel import panel
    >>> data = load()
    >>> coverage(data, panel(data, networks=["ubc"], years=(2018, 2019)), "year")["coverage"].round(3).tolist()
    [0.003, 1.0]
    """
    has_columns(cells, ["actor_id", "network_id", "year"], "cells", "give a panel, or rows of one")
    if by == "county":
        codes = data.actors.set_index("actor_id")["county_codes"].str.split(";").str[0]
        return count(cells.assign(county_code=cells["actor_id"].map(codes)), ["county_code"])
    columns = {"network": "network_id", "year": "year"}
    if by not in columns:
        raise InvalidArgument(f"unknown value {by!r}", where="by", allowed=[*columns, "county"], value=by)
    return count(cells, [columns[by]])


@asked
def audit_summary(data: Dataset) -> pd.DataFrame:
    """Summarise the independent re-reading of a random sample of rows.

    Returns
    -------
    pd.DataFrame
        `verdict` (`supported`, `partly`, `not_refound`), `n`, `n_material` (an analysis would use the
        unsupported field), `share` (of all re-read rows, 0–1).

    Notes
    -----
    A random sample of the evidence, re-read by somebody else against the pages it cites.

    Examples
    --------
    >>> from natverk import load
    >>> audit_summary(load()).set_index("verdict")["n"].idxmax()
    'supported'
    """
    audit = data.audit.assign(material=data.audit["severity"] == "material")
    result = audit.groupby("verdict", as_index=False).agg(n=("audit_id", "size"), n_material=("material", "sum"))
    result["share"] = result["n"] / result["n"].sum()
    return result.astype({"n": "int64", "n_material": "int64"})


#: A status that says less than others and contradicts none of them: a full member is a member, and whoever signed takes
#: part, and who promoted a network in its beginnings may be in it. An associate is no member in this sense: the rules
#: of networks set the two apart. A list of members of every kind does not.
_MORE_GENERAL = {
    "member": ("full",),
    "promoter": ("full", "member", "associate"),
    "participant": ("full", "member", "associate", "signatory"),
    "unspecified": ("full", "member", "associate", "signatory", "participant", "promoter", "financer"),
}
#: Conflicts that end earlier are left out: no page begins before (`natverk.reports.plan.FIRST_YEAR`).
_SHOWN_FROM = 1990
#: Kinds of disagreement, in the order in which a page shows them.
DISAGREEMENTS = ("totals", "conflict", "existence", "start_year", "status", "office_years", "flagged")
COLUMNS = ["kind", "actor_id", "network_id", "year", "values", "row_ids", "source_ids", "note", "note_sv"]


@asked
def disagreements(
    data: Dataset,
    *,
    actors: Names | None = None,
    networks: Names | None = None,
    year_basis: YearBasis = "stated",
) -> pd.DataFrame:
    """List where sources disagree, with one another or with themselves.

    Kinds: `totals` (two numbers for one network or actor, fact and year), `conflict` (a page says member
    where a complete list, a stated end or the network's own dates say not), `existence` (a tie, also a looser one, of
    years in which the actor was not formed or no longer there by the table `bodies`), `start_year` (two stated first
    years of one membership), `status` (two statuses of one membership, of which neither is the more general term for
    the other, as "member" is for "full member"), `office_years` (two sources' terms of one
    office), `flagged` (an open entry of `corrections.toml`).

    Parameters
    ----------
    data
        The dataset.
    actors
        Keep those about these actors, and those about a network as such; default all.
    networks
        Keep those about these networks; default all.
    year_basis
        As in `panel`; decides which sightings can meet a list. All other kinds read all rows.

    Returns
    -------
    pd.DataFrame
        `kind, actor_id, network_id, year` (missing where it does not apply), `values` (the rival values,
        separated by ` | `), `row_ids, source_ids` (separated by `;`), `note` (of a flag also `note_sv`). Sorted by
        kind, network, actor.

    Raises
    ------
    InvalidArgument
        For an unknown value.

    Notes
    -----
    The kinds and their rules are ours: rival values are listed with their rows, and none is chosen.

    Examples
    --------
    >>> from natverk import load
    >>> found = disagreements(load())
    >>> found.query("kind == 'totals' and network_id == 'klimatkommunerna' and year == 2015")["values"].tolist()
    ['35 | 38']
    """
    choice("year_basis", year_basis, ("stated", "any"))
    frame = _disagreements(data, year_basis)
    if actors is not None:
        frame = frame[frame["actor_id"].isin(known_actors(data, actors)) | frame["actor_id"].isna()]
    if networks is not None:
        frame = frame[frame["network_id"].isin(known_networks(data, networks))]
    return frame.reset_index(drop=True)


@asked
def disagreements_about(data: Dataset, actors: Names, networks: Names) -> pd.DataFrame:
    """List where sources disagree about actors, or about networks as such; see `disagreements`.

    Parameters
    ----------
    data
        The dataset.
    actors
        These actors, whatever the network.
    networks
        These networks, where it is about no actor.

    Returns
    -------
    pd.DataFrame
        As `disagreements`.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown actor or network, or an empty selection of actors.

    Examples
    --------
    >>> from natverk import load
    >>> found = disagreements_about(load(), "Stockholm", "klimatkommunerna")
    >>> set(found["network_id"][found["actor_id"].isna()]), set(found["actor_id"].dropna()) <= {"municipality:0180"}
    ({'klimatkommunerna'}, True)
    """
    frame = _disagreements(data, "stated")
    about_actor = frame["actor_id"].isin(known_actors(data, actors))
    ids = known_networks(data, networks) if len(several(networks)) else []
    about_network = frame["actor_id"].isna() & frame["network_id"].isin(ids)
    return frame[about_actor | about_network].reset_index(drop=True)


def told_once(frame: pd.DataFrame) -> pd.DataFrame:
    """Join disagreements that a page would tell in the same words: one row, with all whom they are about.

    Parameters
    ----------
    frame
        Rows of `disagreements`.

    Returns
    -------
    pd.DataFrame
        As `disagreements`, with `actor_ids` (separated by `;`, each once; missing where it is about no actor) in the
        place of `actor_id`. Flags are alike by their reason, others by kind, network, year, values and note.

    Raises
    ------
    InvalidArgument
        For a frame without the columns of `disagreements`.

    Examples
    --------
    >>> from natverk import load
    >>> found = told_once(disagreements(load(), networks="gcom"))
    >>> found["actor_ids"].str.count(";").tolist()
    [7]
    """
    has_columns(frame, COLUMNS, "frame", "give a frame of natverk.disagreements")
    alike = frame["values"].where(frame["kind"] != "flagged", "")
    keys = ["kind", "network_id", "year", "alike", "note", "note_sv"]

    def joined(ids: pd.Series) -> object:
        return ";".join(dict.fromkeys(item for cell in ids.dropna() for item in str(cell).split(";"))) or pd.NA

    groups = frame.assign(alike=alike).groupby(keys, dropna=False, sort=False)
    found = groups.agg(
        actor_ids=("actor_id", joined),
        values=("values", "first"),
        row_ids=("row_ids", joined),
        source_ids=("source_ids", joined),
    ).reset_index()
    columns = ["actor_ids" if name == "actor_id" else name for name in COLUMNS]
    return found[columns].astype({"year": "Int64", **dict.fromkeys([name for name in columns if name != "year"], TEXT)})


@kept
def _disagreements(data: Dataset, year_basis: YearBasis) -> pd.DataFrame:
    parts = [
        _totals(data),
        _conflicts(data, year_basis),
        _existence(data),
        _starts(data),
        _statuses(data),
        _offices(data),
        _flagged(data),
    ]
    found = [part.reindex(columns=COLUMNS) for part in parts if len(part)] or [pd.DataFrame(columns=COLUMNS)]
    frame = pd.concat(found, ignore_index=True)
    frame["rank"] = frame["kind"].map(DISAGREEMENTS.index)
    by = ["rank", "network_id", "actor_id", "year", "values"]
    frame = frame.sort_values(by, na_position="last", kind="stable", ignore_index=True).drop(columns="rank")
    return frame.astype({"year": "Int64", **dict.fromkeys([name for name in COLUMNS if name != "year"], TEXT)})


def _rivals(frame: pd.DataFrame, keys: list[str], value: str) -> pd.DataFrame:
    """Return the groups with more than one value: the values, rows and sources side by side."""
    n_values = frame.groupby(keys, dropna=False)[value].transform("nunique")
    frame = frame[n_values > 1]
    groups: dict[tuple[Any, ...], list[tuple[Any, str, str]]] = {}
    for *key, own, row, source in (
        frame[[*keys, value, "row_id", "source_id"]].astype(object).itertuples(index=False, name=None)
    ):
        groups.setdefault(tuple(None if pd.isna(item) else item for item in key), []).append((own, row, source))
    found = []
    for names, rows in groups.items():
        values, ids, sources = (sorted(set(column)) for column in zip(*rows, strict=True))
        found.append((*names, " | ".join(str(item) for item in values), ";".join(ids), ";".join(sources)))
    return pd.DataFrame(found, columns=[*keys, "values", "row_ids", "source_ids"])


def _totals(data: Dataset) -> pd.DataFrame:
    frame = data.published_totals
    # Undated counts of an actor rival each other too: no page tells which is the later. The members of a network come
    # and go, and undated numbers of them are no dispute.
    exact = frame[(frame["qualifier"] == "exact") & (frame["year"].notna() | frame["actor_id"].notna())]
    rivals = _rivals(exact, ["network_id", "actor_id", "fact", "year"], "value")
    return rivals.rename(columns={"fact": "note"}).assign(kind="totals")


def _conflicts(data: Dataset, year_basis: YearBasis) -> pd.DataFrame:
    runs = decided_runs(data, Rules(year_basis=year_basis, list_certainty="medium"))
    vintage = int(data.known_until[:4])
    # That an actor was not there then is told apart, see `_existence`.
    runs = runs[runs["state"] != "no_actor"]
    shown = runs["conflict"] & runs["network_id"].isin(networks_counting_as(data, SETS)) & ~agree_by_date(data, runs)
    runs = runs[shown & (runs["last"] >= _SHOWN_FROM) & (runs["first"] <= vintage)]
    # Runs that follow on one another are one conflict, though the rows behind them change.
    runs = runs.sort_values(["actor_id", "network_id", "state", "first"], ignore_index=True)
    before = runs.groupby(["actor_id", "network_id", "state"])["last"].shift(1)
    runs["part"] = (runs["first"] != before + 1).cumsum()
    groups = runs.groupby(["actor_id", "network_id", "state", "part"], as_index=False)
    found = groups.agg(
        first=("first", "min"),
        last=("last", "max"),
        rows=("rows", lambda rows: ";".join(sorted({item for ids in rows for item in ids.split(";")}))),
    )
    first, last = found["first"].clip(lower=_SHOWN_FROM), found["last"].clip(upper=vintage)
    sources = {
        **data.memberships.set_index("row_id")["source_id"].to_dict(),
        **data.member_lists.set_index("list_id")["source_id"].to_dict(),
    }
    return pd.DataFrame(
        {
            "kind": "conflict",
            "actor_id": found["actor_id"],
            "network_id": found["network_id"],
            "year": first,
            "values": "member | " + found["state"].replace("member", "left"),
            "row_ids": found["rows"],
            "source_ids": [";".join(sorted({sources[item] for item in rows.split(";")})) for rows in found["rows"]],
            "note": first.astype(TEXT).where(first == last, first.astype(TEXT) + "–" + last.astype(TEXT)),
        }
    )


def _existence(data: Dataset) -> pd.DataFrame:
    """Return ties of years outside those in which the actor was there by our own table: `values` has both."""
    rows = data.memberships.assign(grade=graded(data, year_basis="any")["grade"])
    rows = rows[rows["grade"].isin(["positive", "exit", "loose"])].merge(existence(data).reset_index(), on="actor_id")
    start = rows["start_year"].where(rows["start_basis"] == "stated")
    seen = rows["observed_year"].where(rows["observed_basis"] == "stated")
    first = start.fillna(seen).fillna(rows["end_year"])
    last = rows["end_year"].fillna(seen).fillna(start)
    sources = data.bodies.set_index("body_id")["source_id"].to_dict()
    found = []
    for row in each_row(rows.assign(first=first, last=last)):
        first_there, last_there = year_or_none(row.exists_from), year_or_none(row.exists_to)
        if pd.isna(row.first):
            continue
        spans = []
        if first_there is not None and row.first < first_there:
            spans.append((row.first, min(row.last, first_there - 1), f"{first_there}–"))
        if last_there is not None and row.last > last_there:
            spans.append((max(row.first, last_there + 1), row.last, f"–{last_there}"))
        for begins, ends, there in spans:
            named = str(begins) if begins == ends else f"{begins}–{ends}"
            found.append(
                {
                    "kind": "existence",
                    "actor_id": row.actor_id,
                    "network_id": row.network_id,
                    "year": begins,
                    "values": f"{named} | {there}",
                    "row_ids": row.row_id,
                    "source_ids": ";".join(filter(None, (row.source_id, sources.get(row.actor_id)))),
                }
            )
    return pd.DataFrame(found, columns=COLUMNS)


def _starts(data: Dataset) -> pd.DataFrame:
    rows = graded(data, year_basis="any", counting="loose")
    rows = rows[rows["grade"].isin(["positive", "exit"])]
    rows = rows[rows["start"].notna()]
    # A programme has many networks and rounds: that one began later than another is no dispute.
    programmes = data.networks.loc[data.networks["counts_as"] == "programme", "network_id"]
    rows = rows[~rows["network_id"].isin(programmes)]
    pairs = pairs_of(data, "any", "loose")
    ends_before = []
    for row in each_row(rows):
        span = Span(row.start, row.start if pd.isna(row.last) else row.last, row.start, None, "", row.row_id)
        # A membership that begins after an end is another one: its first year rivals nothing before it.
        ends_before.append(sum(span.joins_after(end) for end in pairs[row.actor_id, row.network_id].ends))
    rows = rows.assign(ends_before=ends_before, start_year=rows["start"])
    return _rivals(rows, ["actor_id", "network_id", "ends_before"], "start_year").assign(kind="start_year")


def _statuses(data: Dataset) -> pd.DataFrame:
    rows = graded(data, year_basis="any", counting="loose")
    rows = rows[rows["grade"].isin(["positive", "separate"])]
    # A membership that has ended was one: "former" names no other status.
    rows = rows[rows["status"] != "former"]
    every_kind = data.member_lists.loc[data.member_lists["status_scope"] == "all", "list_id"]
    of_a_list = rows["list_id"].isin(every_kind) & (rows["status"] == "member")
    rows = rows.assign(status=rows["status"].mask(of_a_list, "unspecified"))
    for general, special in _MORE_GENERAL.items():
        pair = [rows["actor_id"], rows["network_id"]]
        told = rows["status"].isin(special).groupby(pair).transform("any")
        rows = rows[~(told & (rows["status"] == general))]
    return _rivals(rows, ["actor_id", "network_id"], "status").assign(kind="status")


def _offices(data: Dataset) -> pd.DataFrame:
    # A row without an end says nothing of it, and contradicts no other.
    frame = data.functions.dropna(subset=["start_year", "end_year"])
    frame = frame.assign(term=frame["start_year"].astype(str) + "–" + frame["end_year"].astype(str))
    keys = ["actor_id", "network_id", "function_class", "start_year"]
    frame = frame[frame["function_class"].isin(["board", "chair"])]
    rivals = _rivals(frame, keys, "term").rename(columns={"start_year": "year", "function_class": "note"})
    # One source that says "from 2007" and "2007–2011" does not contradict itself.
    return rivals[rivals["source_ids"].str.contains(";")].assign(kind="office_years")


def _flagged(data: Dataset) -> pd.DataFrame:
    log = data.corrections
    log = log[(log["action"] == "flag") & (log["status"] == "open")]
    found = []
    for table, entries in log.groupby("table", sort=False):
        frame = data.table(str(table))
        # A row that the dataset's filters left out takes its flag with it.
        rows = frame[frame[frame.columns[0]].isin(set(entries["row"]))]
        by_id = {row[frame.columns[0]]: row for row in rows.to_dict("records")}
        found += [
            {
                "kind": "flagged",
                "actor_id": by_id[entry.row].get("actor_id"),
                "network_id": by_id[entry.row].get("network_id"),
                "values": entry.correction_id,
                "row_ids": entry.row,
                "source_ids": _both(by_id[entry.row].get("source_id"), entry.other_sources),
                "note": entry.reason,
                "note_sv": entry.reason_sv,
            }
            for entry in each_row(entries)
            if entry.row in by_id
        ]
    return pd.DataFrame(found, columns=COLUMNS)


def _both(*cells: Any) -> str | None:
    """Join cells of ids, each id once; None where all are blank."""
    ids = [item for cell in cells if not pd.isna(cell) for item in str(cell).split(";") if item]
    return ";".join(dict.fromkeys(ids)) or None


#: Rules that decide nothing, but tell why a cell stays unknown and whether it counts in `high`; with their values.
BESIDE = (
    "not_counted",  # status: rows that are no membership under these arguments
    "list_not_covering",  # list
    "list_full_only",  # list
    "list_uncertain",  # list, certainty
    "eligible",
    "not_eligible_level",  # eligible_levels
    "not_eligible_size",  # population, min_population, max_population
    "not_eligible_rule",
)

#: Columns of the frames of natverk that name rows of evidence or lists.
_IDS = (
    "rows", "row_ids", "row_id", "list_id", "list_ids", "list_after", "list_before", "checked_row_id", "formal_rows",
    "activity_rows", "a_rows", "b_rows",
)  # fmt: skip
#: What of a row says whom and what it is about, and when; the first column that a table has.
_ABOUT = (
    "actor_id", "member_actor_id", "county_code", "organiser", "holder_actor_id", "kind", "policy_area", "geography",
    "level", "status", "from_name", "to_name", "fact", "criterion", "judgement", "topic", "function", "indicator",
    "network_id", "body_id", "project", "event", "step", "purpose", "partner_city", "title", "task", "claim",
    "finding", "text", "value", "county_codes", "form",
)  # fmt: skip
_WHEN = {
    "start": ("start_year", "start", "start_date", "since", "date_from"),
    "end": ("end_year", "end", "end_date", "until", "date_to"),
    "seen": ("observed_year", "year", "date", "due", "adopted_date", "adopted_year"),
}


@asked
def explain(data: Dataset, /, what: Any, **rules: Any) -> pd.DataFrame:
    """Give the reasons for cells of a panel, or the evidence behind rows of any other frame, with sources.

    Parameters
    ----------
    data
        The dataset.
    what
        Cells of a panel: one row (a Series, dictionary or named tuple with `actor_id, network_id, year`) or a frame
        of them. Or evidence: a row or frame of another measure with `row_ids` or the like, one id, several ids
        separated by `;`, or a list of ids; any `row_id` of any table and any `list_id` is known.
    rules
        Further arguments: those of `panel` that decide a cell (`carry_forward=5`). Rows of a frame that `panel` made
        bring them along as long as its `attrs` are kept (merging drops them); dictionaries and named tuples do not, and
        count as made with the defaults.

    Returns
    -------
    pd.DataFrame
        One row a cell, reason and piece of evidence: `cell` (place of the row that was given, from 0), `actor_id,
        network_id, year, state, conflict`; `rule` (see `natverk.membership.panel.RULES` and `BESIDE`), `values`
        (`last_attested=2020, carry_forward=3`), `decides` (the first reason; the others are what it conflicts with,
        or tell why the cell stays unknown); `id, table, what` (ids and codes of whom it is about), `start, end,
        seen` (as the row has them), `source_id, title, publisher, url, locator`. A reason without evidence has one row
        without id; evidence without a cell has no rule. A row with several sources stands once for each.

    Raises
    ------
    InvalidArgument
        For an id that is neither a row nor a list, for a row without cell or ids, and for a cell that the panel
        did not make with these arguments.
    UnknownName
        For an unknown actor or network.

    See Also
    --------
    natverk.pages.explain_text : the reasons as sentences, in Swedish and English.

    Examples
    --------
    >>> from natverk import load, panel
    >>> data = load()
    >>> cells = panel(data, actors=["Botkyrka"], networks=["ubc"], years=(2018, 2019))
    >>> explain(data, cells)[["year", "rule", "values", "id"]].values.tolist()[-2:]
    [[2019, 'not_member', 'list=ubc-2019', 'ubc-2019'], [2019, 'attested', 'first=2019, last=2019', 'mem-01585']]
    >>> explain(data, "mem-01467")["source_id"].tolist()
    ['seed-vanersborg-2024']
    """
    records, settings = _records(what)
    for name in rules:
        choice("rules", name, Rules._fields)
    settled = Rules(**{**settings, **rules}).checked()
    found: list[dict[str, Any]] = []
    for place, record in enumerate(records):
        named = [str(record[name]) for name in _IDS if pd.notna(record.get(name)) and record[name] != ""]
        is_cell = {"actor_id", "network_id", "year"} <= record.keys() and pd.notna(record["year"])
        if is_cell and ("state" in record or not named):
            found += [{"cell": place, **reason} for reason in _reasons(data, record, settled)]
        elif named or not record.keys().isdisjoint(_IDS):
            ids = dict.fromkeys(item for ids in named for item in ids.split(";") if item)
            found += [{"cell": place, "id": item} for item in ids]
        else:
            raise InvalidArgument(
                "the row names no cell and no evidence",
                where="what",
                allowed=["actor_id, network_id, year", *_IDS],
                remedy="give rows of a panel, or row ids",
            )
    columns = ["cell", "actor_id", "network_id", "year", "state", "conflict", "rule", "values", "decides", "id"]
    frame = pd.DataFrame(found, columns=columns)
    frame["id"] = frame["id"].replace("", None)
    frame = frame.merge(_evidence_of(data, frame["id"].dropna()), on="id", how="left")
    frame["source_id"] = frame["source_id"].str.split(";")
    frame = frame.explode("source_id", ignore_index=True).astype({"source_id": TEXT})
    frame = frame.merge(data.sources[["source_id", "title", "publisher", "url"]], on="source_id", how="left")
    frame["title"], frame["url"] = (frame[name].fillna(frame[f"own_{name}"]) for name in ("title", "url"))
    order = [*columns, "table", "what", *_WHEN, "source_id", "title", "publisher", "url", "locator"]
    text = [name for name in order if name not in ("cell", "year", "conflict", "decides")]
    other = {"cell": "int64", "year": "Int64", "conflict": "boolean", "decides": "boolean"}
    return frame[order].astype({**dict.fromkeys(text, TEXT), **other})


def _records(what: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the rows that `explain` was given, and the arguments of the panel that they come from."""
    if isinstance(what, pd.DataFrame):
        return [row._asdict() for row in each_row(what)], what.attrs.get("panel", {})
    if isinstance(what, pd.Series):
        return [{str(name): value for name, value in what.items()}], what.attrs.get("panel", {})
    if isinstance(what, Mapping):
        return [dict(what)], {}
    if isinstance(what, tuple) and hasattr(what, "_asdict"):
        return [what._asdict()], {}
    ids = [what] if isinstance(what, str) else list(what) if isinstance(what, Iterable) else [what]
    if not all(isinstance(item, str) for item in ids):
        raise InvalidArgument(
            f"{what!r} is no row and no id", where="what", remedy="give rows of a panel, or row ids such as 'mem-00001'"
        )
    return [{"rows": ";".join(ids)}], {}


def _reasons(data: Dataset, record: Mapping[str, Any], rules: Rules) -> list[dict[str, Any]]:
    """Ask the rules of the panel again for one cell, and say what else bears on it where it is unknown."""
    actor = known_actor(data, record["actor_id"])
    network = known_networks(data, record["network_id"])[0]
    year = year_range(int(record["year"]), "year", data=data)[0]
    pair = pair_of(data, actor, network, rules)
    cell = pair.cell(year, rules)
    own: dict[str, Any] = {
        "actor_id": actor, "network_id": network, "year": year, "state": cell.state, "conflict": cell.conflict
    }  # fmt: skip
    for name in ("state", "conflict"):
        if name in record and record[name] != own[name]:
            raise InvalidArgument(
                f"the row has {name} {record[name]!r}, but these arguments and data give {own[name]!r}",
                where="rules",
                allowed=Rules._fields,
                remedy="pass the arguments that the panel was made with, such as carry_forward=5",
            )
    reasons = list(cell.reasons)
    if cell.state == "unknown":
        uncounted = _uncounted(data, rules.year_basis, rules.counting).get((actor, network))
        reasons += [uncounted] if uncounted else []
        reasons += _silent_lists(data, actor, network, year, rules)
        # Who was a member in another year may be one in this: nobody asks whether it was eligible.
        reasons += [] if pair.spans else [_eligibility(data, actor, network, year)]
    return [
        {
            **own,
            "rule": reason.rule,
            "values": ", ".join(f"{name}={value}" for name, value in reason.values.items()),
            "decides": place == 0,
            "id": item,
        }
        for place, reason in enumerate(reasons)
        for item in sorted(set(reason.rows)) or [""]
    ]


@kept
def _uncounted(data: Dataset, year_basis: YearBasis, counting: Counting) -> dict[tuple[str, str], Reason]:
    """Return by pair the rows that count as no membership under these arguments."""
    rows = graded(data, year_basis=year_basis, counting=counting)
    facts = gathered(rows[~rows["grade"].isin(["positive", "exit"])], ["actor_id", "network_id"])
    return {
        (row.actor_id, row.network_id): Reason("not_counted", {"status": row.status}, row.row_ids.split(";"))
        for row in each_row(facts.reset_index())
    }


@kept
def _listings(data: Dataset) -> tuple[dict[tuple[str, int], list[Any]], dict[tuple[str, str], bool]]:
    """Return the complete lists by network and year, and for each list and actor that it covers or names: is it on?"""
    lists: dict[tuple[str, int], list[Any]] = {}
    for item in each_row(data.member_lists):
        lists.setdefault((item.network_id, item.year), []).append(item)
    seen = list_members(data)
    return lists, dict(zip(zip(seen["list_id"], seen["actor_id"], strict=True), seen["on"].tolist(), strict=True))


def _silent_lists(data: Dataset, actor: str, network: str, year: int, rules: Rules) -> list[Reason]:
    """Say why the lists of the network and year do not tell that the actor is no member."""
    lists, on = _listings(data)
    found = []
    for item in lists.get((network, year), []):
        known = on.get((item.list_id, actor))
        if known is None:
            found.append(Reason("list_not_covering", {"list": item.list_id}, [item.list_id]))
        elif not known and item.status_scope != "all":
            found.append(Reason("list_full_only", {"list": item.list_id}, [item.list_id]))
        elif not known and item.certainty not in CERTAINTY[rules.list_certainty]:
            values = {"list": item.list_id, "certainty": item.certainty}
            found.append(Reason("list_uncertain", values, [item.list_id]))
    return found


@kept
def _eligibility_rules(data: Dataset) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return networks and levels by id."""
    networks = {row.network_id: row for row in each_row(data.networks)}
    return networks, {row.actor_id: row for row in each_row(levels(data))}


def _eligibility(data: Dataset, actor: str, network: str, year: int) -> Reason:
    networks, actors = _eligibility_rules(data)
    rule, own = networks[network], actors[actor]
    if eligible(data, [actor], [network], range(year, year + 1)).item():
        return Reason("eligible", {}, [])
    if not any(getattr(own, level) for level in rule.eligible_levels.split(";")):
        return Reason("not_eligible_level", {"eligible_levels": rule.eligible_levels}, [])
    bounds = {"min_population": year_or_none(rule.min_population), "max_population": year_or_none(rule.max_population)}
    known = {name: value for name, value in bounds.items() if value is not None}
    code = actor.rpartition(":")[2]
    if not known or code not in population_known(data).index:
        return Reason("not_eligible_rule", {}, [])
    size = int(population_known(data)[year].loc[code])
    return Reason("not_eligible_size", {"population": size, **known}, [])


def _evidence_of(data: Dataset, ids: pd.Series) -> pd.DataFrame:
    """Return what the rows and lists of these ids are about, one row an id, or raise where there is none."""
    columns = ["id", "table", "what", *_WHEN, "source_id", "locator", "own_title", "own_url"]
    parts = [pd.DataFrame(columns=columns, dtype=TEXT)]
    for item in dict.fromkeys(ids):
        # A prefix of row ids may stand in two tables: rows that moved keep their id.
        fitting = [name for name, table in SCHEMA.items() if table.columns[0].name == "row_id"]
        # An own row may stand in any.
        fitting = [
            name for name in fitting if SCHEMA[name].columns[0].fits(item) or item in data.own_keys.get(name, ())
        ]
        fitting = fitting or ["bodies" if item.startswith("body:") else "member_lists"]
        known = next((name for name in fitting if item in _evidence_in(data, name).index), None)
        if known is None:
            raise InvalidArgument(
                f"there is no row {item!r}",
                where="rows",
                allowed=[*_evidence_in(data, fitting[0]).index],
                value=item,
                remedy="look it up in the table; a dataset loaded with filters has fewer rows than the whole",
            )
        parts.append(_evidence_in(data, known).loc[[item]])
    return pd.concat(parts, ignore_index=True)


@kept
def _evidence_in(data: Dataset, table: str) -> pd.DataFrame:
    """Return whom and what the rows of a table are about, when, and where it stands; by id."""
    frame = data.table(table)
    text = frame.astype("string").fillna("")
    about = text[[name for name in _ABOUT if name in text]]
    result = pd.DataFrame(
        {
            "id": text[text.columns[0]].to_numpy(),
            "table": table,
            "what": [" ".join(filter(None, row)) for row in about.itertuples(index=False)],
        },
        index=text[text.columns[0]].to_numpy(),
    )
    for name, columns in _WHEN.items():
        known = [text[column] for column in columns if column in text]
        result[name] = known[0].to_numpy() if known else ""
    # Published figures name their source themselves where it is none of the table of sources.
    for name, column in (("source_id",) * 2, ("locator",) * 2, ("own_title", "source_title"), ("own_url", "url")):
        result[name] = text[column].to_numpy() if column in text else ""
    return result.astype(TEXT).replace("", None).astype(TEXT)
