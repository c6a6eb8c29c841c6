"""Joint bodies and cooperation across the border: who works together, in which form, and who is in it."""

from __future__ import annotations

import pandas as pd

from natverk.data.answers import asked
from natverk.data.load import Dataset
from natverk.data.types import TEXT
from natverk.data.units import alphabetic
from natverk.frames import by_alphabet, each_row, known_actors, known_county, year_range
from natverk.membership.evidence import Counting, YearBasis, graded

__all__ = [
    "bodies_of",
    "county_bodies",
    "cross_border",
    "joint_bodies",
]


@asked
def joint_bodies(data: Dataset) -> pd.DataFrame:
    """Return the intermunicipal and joint bodies with the members that are attested.

    Returns
    -------
    pd.DataFrame
        One row a body: `body_id, name_sv, name, form` (as stated), `form_class` (`federation`, `association`,
        `agreement`, `other`), `county_codes` (joined by `;`), `founded_year, dissolved_year, observed_year`;
        `n_municipalities, n_regions` (different members attested at some time: a lower bound), `n_derived` (of
        them those that follow only from a sentence such as "all municipalities of the county"), `n_stated`
        (members as a source counts them, whatever it counts; may be missing), `held` (whether it ever held the
        regional development responsibility), `row_ids`, `source_ids` (joined by `;`). In the order of the table.

    Examples
    --------
    >>> from natverk import load
    >>> bodies = joint_bodies(load()).set_index("body_id")
    >>> int(bodies.at["body:fyrbodals-kommunalforbund", "n_municipalities"]), int(bodies["held"].sum())
    (14, 15)
    """
    everybody = _members(data)
    named = everybody[everybody["member_actor_id"].notna()]
    # A member that one source names and another implies is named.
    pairs = named.groupby(["body_id", "member_actor_id"], as_index=False).agg(derived=("derived", "all"))
    kind = pairs["member_actor_id"].str.split(":").str[0]
    frame = data.bodies.rename(columns={"n_members_stated": "n_stated"})
    body = frame["body_id"]
    for name, rows in (
        ("n_municipalities", pairs[kind == "municipality"]),
        ("n_regions", pairs[kind == "region"]),
        ("n_derived", pairs[pairs["derived"]]),
    ):
        frame[name] = rows["body_id"].value_counts().reindex(body, fill_value=0).to_numpy()
    frame["held"] = body.isin(data.responsibility["holder_actor_id"].dropna())
    members = everybody.groupby("body_id")[["row_id", "source_id"]].agg(";".join).reindex(body, fill_value="")
    frame["row_ids"] = members["row_id"].astype(TEXT).to_numpy()
    cited = zip(frame["source_id"].fillna(""), members["source_id"], strict=True)
    frame["source_ids"] = pd.Series([_once(";".join(ids)) for ids in cited], index=frame.index, dtype=TEXT)
    columns = [
        "body_id", "name_sv", "name", "form", "form_class", "county_codes", "founded_year", "dissolved_year",
        "observed_year", "n_municipalities", "n_regions", "n_derived", "n_stated", "held", "row_ids", "source_ids",
    ]  # fmt: skip
    return frame[columns].reset_index(drop=True)


def _members(data: Dataset) -> pd.DataFrame:
    """Return the evidence of members of bodies: of one that is a network (`bodies.network_id`) its memberships too."""
    grades = graded(data).set_index("row_id")["grade"]
    same = data.bodies[["body_id", "network_id"]].dropna()
    rows = data.memberships.merge(same, on="network_id").rename(columns={"actor_id": "member_actor_id"})
    rows = rows[(rows["row_id"].map(grades) == "positive") & (rows["member_actor_id"] != rows["body_id"])]
    columns = ["row_id", "body_id", "member_actor_id", "name_as_stated", "start_year", "observed_year", "derived",
               "source_id"]  # fmt: skip
    own = data.body_members
    associate = own["note"].str.startswith("associate").fillna(False).astype(bool)
    return pd.concat(
        [
            own[[*columns, "note", "note_sv"]].assign(associate=associate),
            rows[columns].assign(associate=rows["status"] == "associate"),
        ],
        ignore_index=True,
    )


@asked
def bodies_of(data: Dataset, actor: str) -> pd.DataFrame:
    """Return the joint bodies that an actor is named as a member of, all rows of one read together.

    Parameters
    ----------
    data
        The dataset.
    actor
        An actor, by id or name.

    Returns
    -------
    pd.DataFrame
        One row a body that `body_members` has it in (a body that is a network too stands among its networks):
        `body_id, form, form_sv, form_class, tasks, tasks_sv, dissolved_year`, `start_year, end_year`
        (of the membership, where stated), `observed_year` (the latest), `derived` (no source names the actor: it
        follows from a sentence such as "all municipalities of the county"), `note, note_sv` (of the rows of the
        membership), `row_ids`, `source_ids` (of the membership, then of the body). By name.

    Raises
    ------
    UnknownName
        For an unknown actor, with the nearest name.

    Examples
    --------
    >>> from natverk import load
    >>> bodies_of(load(), "Vänersborg")[["body_id", "observed_year", "derived"]].values.tolist()
    [['body:fyrbodals-kommunalforbund', 2022, False]]
    """
    (actor_id,) = known_actors(data, actor)
    rows = data.body_members
    rows = rows[rows["member_actor_id"] == actor_id]
    found = rows.groupby("body_id").agg(
        start_year=("start_year", "min"), end_year=("end_year", "max"), observed_year=("observed_year", "max"),
        derived=("derived", "all"), note=("note", _each_once), note_sv=("note_sv", _each_once),
        row_ids=("row_id", ";".join), source_ids=("source_id", ";".join),
    )  # fmt: skip
    about = ["body_id", "name_sv", "form", "form_sv", "form_class", "tasks", "tasks_sv", "dissolved_year"]
    frame = data.bodies[[*about, "source_id"]].merge(found.reset_index(), on="body_id")
    cited = zip(frame["source_ids"], frame.pop("source_id").fillna(""), strict=True)
    frame["source_ids"] = [_once(";".join(ids)) for ids in cited]
    frame = frame.sort_values("name_sv", key=by_alphabet, ignore_index=True)
    whole = dict.fromkeys(["start_year", "end_year", "observed_year", "dissolved_year"], "Int64")
    text = dict.fromkeys(["note", "note_sv", "row_ids", "source_ids"], TEXT)
    return frame.drop(columns="name_sv").astype({**whole, **text, "derived": "bool"})


def _of_all(notes: pd.Series) -> str | None:
    """Return the note that stands in every row; None where some have another or none."""
    return str(notes.iloc[0]) if len(notes) and notes.notna().all() and notes.nunique() == 1 else None


def _each_once(notes: pd.Series) -> object:
    """Return what rows note, each once; missing where none notes anything."""
    return "; ".join(dict.fromkeys(notes.dropna())) or pd.NA


@asked
def county_bodies(data: Dataset, county: str | int, *, years: tuple[int, int] | None = None) -> pd.DataFrame:
    """Return the joint bodies at home in a county, with their members and what they do.

    Parameters
    ----------
    county
        A county by code or name.
    years
        First and last year: a body founded after them, or dissolved before them, is left out, and so is a member
        that joined after them. Where they end before the data do, bodies and members that no source dates to them are
        left out too. Default 1997 to the year of the data's vintage.

    Returns
    -------
    pd.DataFrame
        One row a body: `body_id, name, name_sv, form, form_sv, form_class, founded_year, dissolved_year` (missing
        where it came after the last year), `n_members, member_ids` (different members attested at some time, ids
        joined by `;`, municipalities by name first), `associate_ids` (those of them that are associates),
        `other_members` (names of members without an id, joined by `;`),
        `n_derived` (of the members those that follow only from a sentence such as "all municipalities of the
        county"), `derived_note, derived_note_sv` (a note that all of these have), `member_note, member_note_sv` (a
        note of every row that names a member),
        `n_stated` (members as a source counts them; may be missing), `n_counties`, `tasks, tasks_sv, note,
        note_sv, row_ids, source_ids`. By founding year, those without one last.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown county, or years out of range.

    Examples
    --------
    >>> from natverk import load
    >>> own = county_bodies(load(), "14").set_index("body_id")
    >>> int(own.at["body:fyrbodals-kommunalforbund", "n_members"])
    14
    """
    window = year_range((1997, int(data.known_until[:4])) if years is None else years, data=data)
    code = known_county(data, county)
    frame = data.bodies.rename(columns={"n_members_stated": "n_stated"})
    frame = frame[[code in str(codes).split(";") for codes in frame["county_codes"]]]
    there = (frame["founded_year"].fillna(0) <= window[-1]) & (frame["dissolved_year"].fillna(9999) >= window[0])
    frame = frame[there.astype(bool)]
    members = _members(data)
    members = members[members["body_id"].isin(frame["body_id"])]
    if window[-1] < data.last_year:
        # Seen later is no evidence of then: a member, or a body, that nobody dates is left out.
        joined = members["start_year"].fillna(members["observed_year"])
        members = members[(joined <= window[-1]).fillna(False).astype(bool)]
        held = data.responsibility.loc[data.responsibility["start"] <= f"{window[-1]}-12-31", "holder_actor_id"]
        seen = {*members["body_id"], *held, *frame.loc[frame["founded_year"].notna(), "body_id"]}
        frame = frame[frame["body_id"].isin(seen)]
        then = (frame["observed_year"] <= window[-1]).fillna(False).astype(bool)
        frame = frame.assign(n_stated=frame["n_stated"].where(then))
    else:
        members = members[(members["start_year"].fillna(0) <= int(data.last_day(window[-1])[:4])).astype(bool)]
    names = data.actors.set_index("actor_id")["name"]
    found = []
    for row in each_row(frame):
        rows = members[members["body_id"] == row.body_id]
        members_of = rows.dropna(subset="member_actor_id").groupby("member_actor_id")
        named, associate = members_of["derived"].all(), members_of["associate"].all()
        ids = sorted(named.index, key=lambda actor: (not actor.startswith("municipality:"), alphabetic(names[actor])))
        others = dict.fromkeys(rows.loc[rows["member_actor_id"].isna(), "name_as_stated"].dropna())
        found.append(
            {
                "body_id": row.body_id,
                "n_members": len(ids) + len(others),
                "member_ids": ";".join(ids),
                "other_members": ";".join(others),
                "associate_ids": ";".join(actor for actor in ids if associate[actor]),
                "n_derived": int(named.sum()),
                "derived_note": _of_all(rows["note"][rows["derived"]]),
                "derived_note_sv": _of_all(rows["note_sv"][rows["derived"]]),
                "member_note": _of_all(rows["note"][~rows["derived"]]),
                "member_note_sv": _of_all(rows["note_sv"][~rows["derived"]]),
                "n_counties": len(row.county_codes.split(";")),
                "row_ids": ";".join(rows["row_id"]),
                "source_ids": _once(";".join([row.source_id or "", *rows["source_id"]])),
            }
        )
    columns = [
        "body_id", "name", "name_sv", "form", "form_sv", "form_class", "founded_year", "dissolved_year", "n_members",
        "member_ids", "associate_ids", "other_members", "n_derived", "derived_note", "derived_note_sv", "member_note",
        "member_note_sv", "n_stated", "n_counties", "tasks", "tasks_sv", "note", "note_sv", "row_ids", "source_ids",
    ]  # fmt: skip
    made = pd.DataFrame(found, columns=["body_id", *(name for name in columns if name not in frame)])
    for name in ("tasks", "tasks_sv"):
        frame[name] = frame[name].str.replace(r";(?=\S)", "; ", regex=True)
    frame = frame.merge(made, on="body_id")
    frame = frame.sort_values(["founded_year", "name_sv"], key=by_alphabet, ignore_index=True)
    frame["dissolved_year"] = frame["dissolved_year"].mask((frame["dissolved_year"] > window[-1]).fillna(False))
    told_already = [str(member) in str(note) for member, note in zip(frame["member_note"], frame["note"], strict=True)]
    frame.loc[told_already, ["member_note", "member_note_sv"]] = None
    whole = dict.fromkeys(["founded_year", "dissolved_year", "n_stated"], "Int64")
    whole |= dict.fromkeys(["n_members", "n_derived", "n_counties"], "int64")
    return frame[columns].astype({**dict.fromkeys(columns, TEXT), **whole})


def _once(ids: str) -> str:
    """Return ids joined by `;`, each once, in their order."""
    return ";".join(dict.fromkeys(item for item in ids.split(";") if item))


@asked
def cross_border(data: Dataset, *, counting: Counting = "strict", year_basis: YearBasis = "stated") -> pd.DataFrame:
    """Return the networks across a border with their documented Swedish members by level.

    Parameters
    ----------
    counting, year_basis
        See `natverk.panel`.

    Returns
    -------
    pd.DataFrame
        One row a network of the type `cross_border`: `network_id, founded_year, n_municipal, n_regional,
        n_joint` (actors documented at some time, also without a year; Gotland counts as a municipality),
        `since, last_seen` (first and last year of their evidence, missing if none is dated), `row_ids,
        source_ids` (joined by `;`). The networks with most actors first.

    Raises
    ------
    InvalidArgument
        For an unknown value.

    Examples
    --------
    >>> from natverk import load
    >>> cross_border(load()).loc[0, "network_id"]
    'greater-copenhagen'
    """
    levels = {"municipality": "n_municipal", "region": "n_regional", "joint_body": "n_joint"}
    level = data.actors.set_index("actor_id")["kind"].map(levels)
    networks = data.networks.loc[data.networks["type"] == "cross_border", ["network_id", "founded_year"]]
    rows = graded(data, counting=counting, year_basis=year_basis)
    rows = rows[rows["grade"].isin(["positive", "exit"]) & rows["network_id"].isin(networks["network_id"])]
    rows = rows.assign(level=rows["actor_id"].map(level)).dropna(subset="level")
    frame = networks.set_index("network_id")
    for name in levels.values():
        counts = rows[rows["level"] == name].groupby("network_id")["actor_id"].nunique()
        frame[name] = counts.reindex(frame.index, fill_value=0).astype("int64")
    groups = rows.groupby("network_id")
    frame["since"] = groups["first"].min().reindex(frame.index).astype("Int64")
    frame["last_seen"] = groups["last"].max().reindex(frame.index).astype("Int64")
    for name in ("row_id", "source_id"):
        joined = groups[name].agg(lambda ids: _once(";".join(ids)))
        frame[f"{name}s"] = joined.reindex(frame.index).fillna("").astype(TEXT)
    most = frame[list(levels.values())].sum(axis=1)
    frame = frame.assign(most=most).reset_index().sort_values(["most", "network_id"], ascending=[False, True])
    return frame.drop(columns="most").reset_index(drop=True)
