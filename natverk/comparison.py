"""Two units side by side: what the measures say of each of them, in one frame.

Each part calls a measure for both units at once and turns its columns into lines: one value of one unit. `compare` puts
the lines of the two beside each other and says whether they differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from natverk.benchmarks import OUTCOMES, recomputed
from natverk.data.answers import asked
from natverk.data.load import Dataset
from natverk.data.schema import VOCABULARIES
from natverk.data.types import TEXT
from natverk.data.units import UNIT_KINDS
from natverk.errors import InvalidArgument
from natverk.frames import YEARS, choice, directory, several, year_range
from natverk.membership.actors import actors_of, levels
from natverk.membership.documented import DOCUMENTED, documented, loose_ties, relations
from natverk.membership.evidence import WORDED
from natverk.membership.lists import latest_lists, listed_memberships, lists, with_absences
from natverk.membership.panel import SETS, count, networks_counting_as, panel
from natverk.membership.quality import DISAGREEMENTS, disagreements
from natverk.models import documents
from natverk.networks import members_of
from natverk.offices import NO_OFFICE
from natverk.peers import by_portfolio, by_structure, population_at
from natverk.portfolio import CRITERIA, score
from natverk.roles.activity import practised
from natverk.roles.comparison import compare_roles, summary_by_county
from natverk.roles.holders import responsibility_at, transfers
from natverk.strategies import same_stage, stages
from natverk.twomode.structure import schoener_d

__all__ = ["COMPARED", "PARTS", "VERDICTS", "compare", "kinds_of_both", "side_by_side"]

#: The parts of a comparison, in the order in which a reader meets them; not every part concerns every kind of unit.
PARTS = ("place", "responsibility", "strategy", "networks", "roles", "positions", "projects", "listed", "peers",
         "reviews", "disagreements", "benchmarks")  # fmt: skip
#: Kinds of units that can be compared.
COMPARED = tuple(kind for kind in UNIT_KINDS if kind != "actor")
#: `common`: one number of both; `same`; `differs`; `documented`: differs in what is documented, which is a lower
#: bound; `overlaps`: the bounds of both overlap, so that nobody can tell; `unknown`: missing of one of them.
VERDICTS = ("differs", "documented", "overlaps", "same", "common", "unknown")
_COMMON = ("shared", "jaccard", "same_stage", "schoener_d", "jaccard_known", "known_networks", "km",
           "structural_distance")  # fmt: skip
#: Counts of what is documented: lower bounds that have no upper one.
_DOCUMENTED = (
    "documented_networks", "documented_members", "since", "last_seen", "only_here", "relations",
    "cross_border_networks", "theme_profile", "practised", "networks_with_office", "members_with_office", "projects",
    "twin_towns", "documents", "judged", "disagreements", "benchmarks",
)  # fmt: skip
#: The actors of a county that are compared with those of the other, by the levels of `actors_of`.
_GROUPS = {"region": ("regional", "unitary"), "municipalities": ("municipal", "unitary"), "joint_bodies": ("joint",)}
#: Years of a portfolio, as `candidates` and `peers` read it: a single year leaves too few known cells.
_WINDOW = 10
_NUMBERS = ("a", "b", "a_low", "a_high", "b_low", "b_high")
_TEXTS = ("a_text", "b_text", "a_rows", "b_rows")
_LINE = ("part", "of", "measure", "item", "unit", "value", "low", "high", "text", "rows")


@dataclass(frozen=True)
class _Pair:
    """Two units of one kind, their actors by group (`of, item, actor_id`; of networks none), and the years."""

    data: Dataset
    kind: str
    units: tuple[str, str]
    actors: pd.DataFrame
    year: int
    years: tuple[int, int]

    @property
    def counties(self) -> list[str]:
        """The counties of two regions or municipalities."""
        if self.kind == "region":
            return list(self.units)
        return self.data.municipalities.set_index("code")["county_code"].loc[list(self.units)].tolist()

    @property
    def groups(self) -> list[str]:
        """The groups of actors, the unit itself first; one without a name where there are no groups."""
        return list(dict.fromkeys(self.actors["item"])) or [""]

    def both(self, values: Any, item: str = "") -> pd.DataFrame:
        """Return values that belong to the two together: the same row for each."""
        return pd.DataFrame([{**dict(values), "of": unit, "item": item} for unit in self.units])

    def of_counties(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of a frame that concern the units' counties, with the unit (`of`)."""
        own = pd.DataFrame({"of": self.units, "county_code": self.counties, "item": ""})
        return own.merge(frame, on="county_code")

    def own(self, frame: pd.DataFrame, *items: str) -> pd.DataFrame:
        """Return the rows of a frame that concern the units, with the unit (`of`) and the group of actors (`item`).

        Without items all actors of a unit are one group, named "".
        """
        if self.kind == "network":
            return frame[frame["network_id"].isin(self.units)].assign(of=lambda rows: rows["network_id"], item="")
        if items:
            actors = self.actors[self.actors["item"].isin(items)]
        else:
            actors = self.actors.assign(item="").drop_duplicates()
        return actors.merge(frame, on="actor_id")


@asked
def compare(
    data: Dataset,
    a: str,
    b: str,
    *,
    kind: str | None = None,
    year: int | None = None,
    years: tuple[int, int] | int | None = None,
    parts: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Put two units of one kind side by side, measure by measure, and say whether they differ.

    Parameters
    ----------
    a, b
        Two regions, two municipalities or two networks: ids, codes or names (`"region:14"`, `"0180"`,
        `"Västra Götaland"`, `"ubc"`).
    kind
        `"region"`, `"municipality"` or `"network"`; needed only where both names may be of several kinds
        ("Stockholm" and "Uppsala" are municipalities and regions).
    year
        The year of memberships, roles, population and strategies. Default: the last year of the data.
    years
        The window of documented networks; evidence without a usable year counts too. Default: 1997 to the last year of
        the data.
    parts
        Only these parts of the comparison (see the column `part` below), which saves the time of the others;
        default all. A part that does not concern the kind of unit has no rows.

    Returns
    -------
    pd.DataFrame
        `part, measure, item` (a network, a theme, a level, an outcome …), `unit`, `a, b` (numbers), `a_low, a_high,
        b_low, b_high` (where evidence is incomplete), `a_text, b_text` (codes, or ids separated by `;`), `a_rows,
        b_rows` (row ids), `verdict` (one of `VERDICTS`). Missing means not known or not applicable, never 0. By part:

        - `place`: population, area and, of municipalities, group and coast; of networks founding, kind, themes.
        - `responsibility` (regions, and the counties of municipalities): holder, `transfer` to a joint body and to the
          region.
        - `strategy` (as above): the strategy in force, its stage and references; of two regions `same_stage`.
        - `networks`: `documented_networks` or `documented_members`; `since` and `last_seen` of each (years; the texts
          are `since_basis` and `mark` of `documented`); `relations` that do not count, `cross_border_networks`, of
          regions `joint_bodies`; `memberships` or `members` in the year, `coverage`; `shared` and `only_here` with
          what is in them, `jaccard` (0–1, shared by those of either; missing where one has nothing documented);
          `theme_profile` (documented networks by theme) and `schoener_d` of the two.
        - `roles` (regions): `practised` and `possible_roles` by theme; `formal_against_practised`, `outcome`.
        - `positions`, `projects`: networks (or members) with an office; projects; of municipalities twin towns.
        - `listed`: `listed_memberships, covered_by_lists, documents`; of networks `listed_members` by year.
        - `peers` (municipalities): `jaccard_known` (on known cells, with bounds), `structural_distance` (1: the mean of
          all pairs), `km`.
        - `reviews`: `judged, portfolio` (score by criteria, −2 … 2, a line a review and year; the text is what it
          recommends).
        - `disagreements` by kind, `benchmarks` by outcome.

    Raises
    ------
    UnknownName
        For a unit that does not exist, with the nearest name.
    InvalidArgument
        If the two are of different kinds, or both of several; for a year out of range or a value that is not
        allowed.

    Notes
    -----
    Documented is a lower bound: that a network is "only here" means that the other is not documented in it, and a
    difference of such counts is one of the documents first of all (`documented`). Numbers with bounds differ only where
    the bounds leave no room for equality. Swapping `a` and `b` swaps the columns; the
    order of lines that only one unit has may change.
    References: each measure names its own.

    Examples
    --------
    >>> from natverk import load
    >>> table = compare(load(), "Lund", "Malmö", year=2020, parts=["place", "networks"]).set_index(["measure", "item"])
    >>> table.loc[("skr_group", ""), ["a_text", "b_text", "verdict"]].tolist()
    ['B3', 'A1', 'differs']
    >>> table.loc[("since", "eurocities"), ["a_text", "b_text", "verdict"]].tolist()
    ['', 'stated', 'unknown']
    """
    of_year = year_range(year, "year", data=data)[0]
    span = year_range(years, data=data)
    wanted = list(PARTS) if parts is None else several(parts)
    for part in wanted:
        choice("parts", part, PARTS)
    if not wanted:
        raise InvalidArgument("the selection is empty", where="parts", allowed=PARTS)
    found = kinds_of_both(data, a, b, kind)
    if len(found) > 1:
        raise InvalidArgument(
            f"{a!r} and {b!r} may both be a {' or a '.join(found)}",
            where="kind",
            allowed=list(found),
            remedy=f'write kind="{min(found, key=COMPARED.index)}"',
        )
    ((both, units),) = found.items()
    if units[0] == units[1]:
        raise InvalidArgument(f"{a!r} and {b!r} are the same {both}", where="a, b", remedy="name two different units")
    pair = _Pair(data, both, units, _actors(data, both, units), of_year, (span[0], span[-1]))
    lines = [line.assign(part=part) for part in PARTS if part in wanted for line in _LINES[part](pair) if len(line)]
    return _beside(pd.concat([pd.DataFrame(columns=list(_LINE)), *lines], ignore_index=True), units)


@asked
def side_by_side(
    data: Dataset, a: str, b: str, *, kind: str | None = None, years: tuple[int, int] | int | None = None
) -> pd.DataFrame:
    """Put the documented memberships of two units beside each other: one row a network, or a member of two networks.

    Parameters
    ----------
    a, b, kind
        As in `compare`. Of a region its own memberships are read, not those of its municipalities.
    years
        As in `natverk.documented`.

    Returns
    -------
    pd.DataFrame
        `network_id` (of two networks: `actor_id`), `shared` (whether both are documented), `counted` (whether either
        is), `over` (whether a row tells of the end of either, the latest list of its network lacks it, or the network
        is no more), and for each side `a_status, a_mark, a_inferred, a_since, a_since_basis, a_since_inferred,
        a_last_seen, a_last_seen_inferred, a_end, a_absent, a_absent_inferred` (see
        `natverk.membership.lists.with_absences`) and the
        columns of `natverk.membership.evidence.worded`, the same with `b_` (missing where no row tells of a tie; looser
        ties and those that were left stand, and are not counted); `row_ids, source_ids` of both. What both share comes
        first.

    Raises
    ------
    UnknownName, InvalidArgument
        As in `compare`.

    Examples
    --------
    >>> from natverk import load
    >>> table = side_by_side(load(), "Vänersborg", "Trollhättan")
    >>> "sern" in set(table.loc[table["shared"], "network_id"])
    True
    """
    span = year_range(years, data=data)
    ((both, units), *_) = kinds_of_both(data, a, b, kind).items()
    window = (span[0], span[-1])
    if both == "network":
        item, sides = "actor_id", [members_of(data, unit, years=window) for unit in units]
    else:
        item = "network_id"
        actors = data.counties.set_index("county_code")["region_actor_id"]
        ids = [actors[unit] if both == "region" else f"municipality:{unit}" for unit in units]
        ties = [loose_ties(data, documented(data, [actor], years=window), span[-1]) for actor in ids]
        sides = [with_absences(data, own, span[-1]) for own in ties]
    columns = [
        "status",
        "mark",
        "inferred",
        "since",
        "since_basis",
        "since_inferred",
        "last_seen",
        "last_seen_inferred",
        "end",
        "absent",
        "absent_inferred",
        *WORDED,
        "row_ids",
        "source_ids",
    ]
    one, two = (side.set_index(item)[columns].add_prefix(f"{name}_") for name, side in zip("ab", sides, strict=True))
    frame = one.join(two, how="outer").rename_axis(item).reset_index()
    for ids_of in ("row_ids", "source_ids"):
        cells = zip(frame.pop(f"a_{ids_of}").fillna(""), frame.pop(f"b_{ids_of}").fillna(""), strict=True)
        frame[ids_of] = [_joined(";".join(pair).split(";")) for pair in cells]
    firm = frame[["a_mark", "b_mark"]].isin(DOCUMENTED)
    frame.insert(1, "shared", firm.all(axis=1))
    frame.insert(2, "counted", firm.any(axis=1))
    lacking = frame[["a_absent", "b_absent"]].notna().any(axis=1)
    last_years = data.networks.set_index("network_id")["dissolved_year"]
    gone = set(last_years.index[(last_years <= span[-1]).fillna(False)])
    no_more = frame[item].isin(gone) if item == "network_id" else not gone.isdisjoint(units)
    frame.insert(3, "over", _ended(frame, "a") | _ended(frame, "b") | lacking | no_more)
    dates = (
        "since", "last_seen", "end", "end_by", "absent", "inferred_start", "inferred_first", "inferred_seen",
        "derived_seen",
    )  # fmt: skip
    yes = ("inferred", "derived", "end_announced", "end_inferred", "since_inferred", "last_seen_inferred",
           "absent_inferred")  # fmt: skip
    types = {f"{side}_{name}": "Int64" for side in "ab" for name in dates}
    types |= {f"{side}_{name}": "boolean" for side in "ab" for name in yes}
    types |= dict.fromkeys(["shared", "counted", "over"], "bool")
    frame = frame.sort_values(["shared", "counted", item], ascending=[False, False, True], ignore_index=True)
    return frame.astype({**dict.fromkeys(frame.columns, TEXT), **types})


def _ended(frame: pd.DataFrame, side: str) -> pd.Series:
    """Say where a row tells of the end of one side's tie, and none of a later year or of the contrary."""
    end, last, mark = (frame[f"{side}_{name}"] for name in ("end", "last_seen", "mark"))
    dated = end.notna() & (mark != "conflict") & ~(last > end).fillna(False)
    return (dated | (mark == "left")).fillna(False).astype(bool)


@asked
def kinds_of_both(data: Dataset, a: str, b: str, kind: str | None = None) -> dict[str, tuple[str, str]]:
    """Return what two names may both mean: kind → two county codes, municipality codes or network ids.

    Parameters
    ----------
    a, b, kind
        As in `compare`.

    Returns
    -------
    dict
        At least one kind, the likeliest first.

    Raises
    ------
    UnknownName
        If one of them means nothing, with the nearest name.
    InvalidArgument
        If they have no kind in common, or there is no such kind.

    Examples
    --------
    >>> from natverk import load
    >>> kinds_of_both(load(), "Uppsala", "Stockholm")
    {'region': ('03', '01'), 'municipality': ('0380', '0180')}
    >>> kinds_of_both(load(), "Uppsala", "Lund")
    {'municipality': ('0380', '1281')}
    """
    if kind is not None:
        choice("kind", kind, COMPARED)
    kinds, known, meant = COMPARED if kind is None else (kind,), directory(data), []
    for text in (str(a), str(b)):
        # An id says its kind: Gotland's municipality is also the actor of its region.
        prefix = text.partition(":")[0]
        units = known.meanings(text, (prefix,) if prefix in kinds else kinds)
        if not units:
            raise known.unknown(text, kinds)
        meant.append({unit.kind: unit.id for unit in units})
    first, second = meant
    common = {name: (first[name], second[name]) for name in first if name in second}
    if not common:
        raise InvalidArgument(
            f"{a!r} is a {' or '.join(first)}, {b!r} a {' or '.join(second)}",
            where="a, b",
            remedy="compare two units of one kind",
        )
    return common


def _actors(data: Dataset, kind: str, units: tuple[str, str]) -> pd.DataFrame:
    """Return the actors of both units by group: of a region itself, its municipalities and joint bodies."""
    if kind == "region":
        counties = pd.concat([actors_of(data, unit).assign(of=unit) for unit in units])
        groups = [counties[counties["level"].isin(own)].assign(item=item) for item, own in _GROUPS.items()]
        return pd.concat(groups)[["of", "item", "actor_id"]]
    actors = [f"municipality:{unit}" for unit in units] if kind == "municipality" else []
    return pd.DataFrame({"of": units[: len(actors)], "item": "", "actor_id": actors})


# --- Lines ------------------------------------------------------------------------------------------------------------


def _lines(own: pd.DataFrame, measure: str, unit: str = "", *, item: str = "item", **columns: str) -> pd.DataFrame:
    """Turn columns of a frame into lines of one measure.

    Its column `of` says of which unit a row is; `columns` names those that hold `value, low, high, text, rows`.
    """
    named = {name: own[column] for name, column in {"of": "of", "item": item, **columns}.items()}
    types = {name: "float64" if name in ("value", "low", "high") else TEXT for name in named}
    return pd.DataFrame(named).astype(types).assign(measure=measure, unit=unit)


def _counted(
    pair: _Pair, own: pd.DataFrame, column: str, measure: str, unit: str, items: Iterable[str] = ("",), rows: str = ""
) -> pd.DataFrame:
    """Return how many different names stand in a column, of each unit and item, with the names and the rows."""
    every = pd.MultiIndex.from_product([pair.units, list(items)], names=["of", "item"])
    groups = own.groupby(["of", "item"])
    found = pd.DataFrame({"n": groups[column].nunique(), "names": groups[column].agg(_joined)})
    found["ids"] = groups[rows].agg(_joined) if rows else ""
    table = found.reindex(every).fillna({"n": 0, "names": "", "ids": ""})
    return _lines(table.reset_index(), measure, unit, value="n", text="names", rows="ids")


def _joined(ids: Iterable[object]) -> str:
    """Return ids, each possibly several joined by `;`, sorted and once each."""
    return ";".join(sorted({part for item in ids if isinstance(item, str) for part in item.split(";") if part}))


def _beside(lines: pd.DataFrame, units: tuple[str, str]) -> pd.DataFrame:
    """Put the lines of both units beside each other; what only one has stays, with the other's columns missing."""
    keys = ["part", "measure", "item", "unit"]
    table = lines[keys].drop_duplicates()
    for name, unit in zip("ab", units, strict=True):
        columns = {"value": name, **{column: f"{name}_{column}" for column in ("low", "high", "text", "rows")}}
        own = lines[lines["of"] == unit].drop(columns="of").rename(columns=columns)
        table = table.merge(own, on=keys, how="left")
    table = table[[*keys, *_NUMBERS, *_TEXTS]].astype(dict.fromkeys(_NUMBERS, "float64"))
    table[[*_TEXTS]] = table[[*_TEXTS]].fillna("")
    table = table.assign(verdict=_verdicts(table))
    return table.astype({name: TEXT for name in table.columns if name not in _NUMBERS})


def _verdicts(table: pd.DataFrame) -> np.ndarray:
    """Say of each line whether the two differ, and how sure that is; see `VERDICTS`."""
    numbers, worded = table[["a", "b"]].notna(), ~table[["a_text", "b_text"]].isin(["", "unknown"]).any(axis=1)
    both, neither = numbers.all(axis=1), ~numbers.any(axis=1)
    low, high = ([table[f"{side}_{end}"].fillna(table[side]) for side in "ab"] for end in ("low", "high"))
    bounded = (low[0] != high[0]) | (low[1] != high[1])
    cases = {
        "common": table["measure"].isin(_COMMON) & (worded | ~neither),
        "unknown": ~(both | (neither & worded)),
        "overlaps": both & bounded & (low[0] <= high[1]) & (low[1] <= high[0]),
        "same": (table["a"] == table["b"]) | (neither & (table["a_text"] == table["b_text"])),
        "documented": table["measure"].isin(_DOCUMENTED),
    }
    return np.select(list(cases.values()), list(cases), default="differs")


# --- The parts --------------------------------------------------------------------------------------------------------


def _place(pair: _Pair) -> Iterator[pd.DataFrame]:
    """Yield what the tables say of the place, or of the network."""
    data = pair.data
    if pair.kind == "network":
        own = pair.own(data.networks)
        for name in ("founded", "dissolved"):
            yield _lines(own, name, "year", value=f"{name}_year")
        for name in ("type", "scope", "counts_as", "eligible_levels"):
            yield _lines(own, name, text=name)
        yield _lines(own, "min_population", "inhabitants", value="min_population")
        themes = own.assign(theme=own["themes"].str.split(";")).explode("theme")
        yield _counted(pair, themes, "theme", "themes", "themes")
        return
    population, published = population_at(data, pair.year)
    places = data.municipalities.assign(
        of=data.municipalities["county_code" if pair.kind == "region" else "code"],
        item="",
        population=data.municipalities["code"].map(population),
        published=str(published),
        coastal=data.municipalities["coastal"].map({True: "yes", False: "no"}),
    )
    own = places[places["of"].isin(pair.units)]
    if pair.kind == "municipality":
        yield _lines(own, "population", "inhabitants", value="population", text="published")
        yield _lines(own, "area", "km2", value="area_km2")
        for name, column in (("skr_group", "skr_group"), ("coastal", "coastal"), ("county", "county_code")):
            yield _lines(own, name, text=column)
        return
    total = own.groupby(["of", "item", "published"], as_index=False).agg(
        n=("code", "size"), population=("population", lambda people: people.sum(min_count=1))
    )
    yield _lines(total, "population", "inhabitants", value="population", text="published")
    yield _lines(total, "municipalities", "municipalities", value="n")
    yield _lines(pair.of_counties(data.counties), "land_area", "km2", value="land_area_km2")


def _responsibility(pair: _Pair) -> Iterator[pd.DataFrame]:
    """Yield who holds the development responsibility at the end of the year, and when it passed on."""
    if pair.kind == "network":
        return
    if pair.year >= 1997:
        at = pair.of_counties(responsibility_at(pair.data, str(pair.year)))
        for item, column in (("holder", "holder_type"), ("possible", "possible")):
            yield _lines(at.assign(item=item), "responsibility", text=column, rows="row_ids")
    own = pair.of_counties(transfers(pair.data))
    bounds = {"value": "year", "low": "earliest", "high": "latest"}
    yield _lines(own, "transfer", "year", item="treatment", **bounds, text="state", rows="row_id")


def _strategy(pair: _Pair) -> Iterator[pd.DataFrame]:
    """Yield the region's development strategy at the end of the year."""
    if pair.kind == "network":
        return
    table = stages(pair.data, str(pair.year))
    titles = pair.data.strategies.set_index("strategy_id")["title"]
    own = pair.of_counties(table).assign(
        title=lambda rows: rows["strategy_id"].map(titles),
        first=lambda rows: pd.to_numeric(rows["adopted_first"].str[:4]),
        last=lambda rows: pd.to_numeric(rows["adopted_last"].str[:4]),
    )
    for item in ("title", "stage", "possible_stages", "eu2020", "agenda2030"):
        yield _lines(own.assign(item=item), "strategy", text=item, rows="row_ids")
    yield _lines(own.assign(item="adopted"), "strategy", "year", low="first", high="last", rows="row_ids")
    yield _lines(own.assign(item="horizon"), "strategy", "year", value="horizon_year", rows="row_ids")
    if pair.kind == "region":
        alike = same_stage(pair.data, str(pair.year), table=table[table["county_code"].isin(pair.units)])
        yield _lines(pair.both({"stage": "".join(alike["stage"])}), "same_stage", text="stage")


def _networks(pair: _Pair) -> Iterator[pd.DataFrame]:
    """Yield the networks that actors are documented in, their memberships of the year, and what the two share."""
    data, groups = pair.data, pair.groups
    if pair.kind == "network":
        yield from _members(pair)
        return
    actors = pair.actors["actor_id"].unique()
    own = pair.own(documented(data, actors, years=pair.years), *groups)
    firm = own[own["mark"].isin(DOCUMENTED)]
    yield _counted(pair, firm, "network_id", "documented_networks", "networks", groups, rows="row_ids")
    ties = pair.own(relations(data, actors), groups[0])
    yield _counted(pair, ties, "network_id", "relations", "networks", groups[:1], rows="row_ids")
    if pair.kind == "region":
        bodies = pair.actors[pair.actors["item"] == "joint_bodies"].assign(item="")
        yield _counted(pair, bodies, "actor_id", "joint_bodies", "bodies")
    across = firm[firm["network_id"].isin(data.networks.loc[data.networks["type"] == "cross_border", "network_id"])]
    yield _counted(pair, across, "network_id", "cross_border_networks", "networks", groups[:2])
    places = pair.actors.loc[pair.actors["item"].isin(groups[:2]), "actor_id"].unique()
    cells = panel(data, actors=places, networks=networks_counting_as(data, SETS), years=pair.year)
    yield from _in_the_year(pair.own(cells, *groups[:2]), "memberships", "memberships")
    yield from _sets(pair, firm.assign(name=firm["network_id"]), "networks")
    yield from _themes(pair, firm)
    yield from _since(own[own["item"] == groups[0]], "network_id")


def _members(pair: _Pair) -> Iterator[pd.DataFrame]:
    """Yield the documented members of two networks by level, those of the year, and what the two share."""
    data, every = pair.data, levels(pair.data)
    own = pd.concat([members_of(data, unit, years=pair.years).assign(of=unit) for unit in pair.units])
    firm = own[own["mark"].isin(DOCUMENTED)]
    by_level = firm.assign(item=firm["level"])
    counted = ("municipal", "regional", "joint", "other")
    yield _counted(pair, by_level, "actor_id", "documented_members", "members", counted, rows="row_ids")
    actors = every.loc[every["municipality"] | every["region"], "actor_id"]
    cells = pair.own(panel(data, actors=actors, networks=pair.units, years=pair.year))
    # Gotland is municipality and region in one: it counts once, as a municipality.
    level = cells["actor_id"].map(every.set_index("actor_id")["level"])
    yield from _in_the_year(
        cells.assign(item=level.map({"municipal": "municipality", "regional": "region"})), "members", "members"
    )
    themes = pair.own(data.networks).assign(name=lambda rows: rows["themes"].str.split(";")).explode("name")
    yield from _sets(pair, themes.assign(item="themes"), "themes")
    yield from _sets(pair, firm.assign(item="members", name=firm["actor_id"]), "members")
    yield from _since(own, "actor_id")


def _in_the_year(cells: pd.DataFrame, measure: str, unit: str) -> Iterator[pd.DataFrame]:
    """Yield the sum of a panel of one year by unit and item, from attested to possible, and the share known."""
    rows = cells.groupby(["item", "of"])["rows"].agg(_joined)
    total = count(cells, ["item", "of"]).assign(ids=rows.to_numpy())
    yield _lines(total, measure, unit, value="best", low="low", high="high", rows="ids")
    known = count(cells.drop_duplicates(["of", "actor_id", "network_id"]), ["of"]).assign(item="")
    yield _lines(known, "coverage", "share", value="coverage")


def _sets(pair: _Pair, own: pd.DataFrame, unit: str) -> Iterator[pd.DataFrame]:
    """Yield what both have, what only one has, and how alike the sets are, by item: Jaccard's index."""
    for item in pair.groups if unit == "networks" else [unit]:
        names = own[own["item"] == item].groupby("of")["name"].agg(set)
        one, two = (names.get(code, set()) for code in pair.units)
        # Where nothing is documented of one of them the index is missing, not 0.
        index = len(one & two) / len(one | two) if one and two else np.nan
        found = pair.both({"n": len(one & two), "names": _joined(one & two), "jaccard": index}, item or unit)
        only = found.assign(n=[len(one - two), len(two - one)], names=[_joined(one - two), _joined(two - one)])
        yield _lines(found, "shared", unit, value="n", text="names")
        yield _lines(only, "only_here", unit, value="n", text="names")
        yield _lines(found, "jaccard", "share", value="jaccard")


def _themes(pair: _Pair, firm: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield documented networks by theme, one of several themes in each, and how alike the two profiles are."""
    own = firm.assign(item=firm["network_id"].map(pair.data.networks.set_index("network_id")["themes"].str.split(";")))
    lines = _counted(pair, own.explode("item"), "network_id", "theme_profile", "networks", VOCABULARIES["theme"])
    yield lines.assign(text="")
    profiles = [lines[lines["of"] == unit].set_index("item")["value"] for unit in pair.units]
    known = all(profile.any() for profile in profiles)
    alike = schoener_d(*({str(theme): n for theme, n in profile.items()} for profile in profiles)) if known else np.nan
    yield _lines(pair.both({"alike": alike}), "schoener_d", "share", value="alike")


def _since(own: pd.DataFrame, item: str) -> Iterator[pd.DataFrame]:
    """Yield since when each membership is known and when it was last seen, as `documented` gives it."""
    yield _lines(own, "since", "year", item=item, value="since", text="since_basis", rows="row_ids")
    yield _lines(own, "last_seen", "year", item=item, value="last_seen", text="mark", rows="row_ids")


def _roles(pair: _Pair) -> Iterator[pd.DataFrame]:
    """Yield the practised roles of two counties theme by theme, and formal against practised ones."""
    if pair.kind != "region":
        return
    data = pair.data
    own = pd.concat([practised(data, county=county, year=pair.year) for county in pair.units])
    own["of"] = own["county_code"]
    bounds = {"value": "municipal_best", "low": "municipal_low", "high": "municipal_high"}
    yield _lines(own, "practised", "municipalities", item="theme", **bounds, text="attested_pattern", rows="row_ids")
    yield _lines(own, "possible_roles", item="theme", text="possible_roles", rows="row_ids")
    compared = pd.concat([compare_roles(data, pair.year, county=county) for county in pair.units])
    total = summary_by_county(compared).assign(of=lambda rows: rows["county_code"])
    yield _lines(
        total, "formal_against_practised", "policy areas", item="outcome", value="best", low="low", high="high"
    )
    compared["of"] = compared["county_code"]
    yield _lines(compared, "outcome", item="policy_area", text="outcome", rows="formal_rows")


def _positions(pair: _Pair) -> Iterator[pd.DataFrame]:
    """Yield in how many networks the unit's actors hold an office, or how many members of a network hold one."""
    rows = pair.data.functions
    own = pair.own(rows[~rows["function_class"].isin(NO_OFFICE)], *pair.groups)
    if pair.kind == "network":
        yield _counted(pair, own, "actor_id", "members_with_office", "members", rows="row_id")
    else:
        yield _counted(pair, own, "network_id", "networks_with_office", "networks", pair.groups, rows="row_id")


def _projects(pair: _Pair) -> Iterator[pd.DataFrame]:
    """Yield the projects of the unit's actors or within the network, and the twin towns of municipalities."""
    own = pair.own(pair.data.projects, *pair.groups)
    yield _counted(pair, own, "project", "projects", "projects", pair.groups, rows="row_id").assign(text="")
    if pair.kind == "municipality":
        towns = pair.own(pair.data.twins, "")
        yield _counted(pair, towns, "partner_city", "twin_towns", "towns", rows="row_id").assign(text="")


def _listed(pair: _Pair) -> Iterator[pd.DataFrame]:
    """Yield memberships on complete lists and the documents read; of networks how many each of its lists names."""
    data = pair.data
    if pair.kind == "network":
        own = pair.own(lists(data))
        own = own[own["year"] <= pair.years[1]]
        yield _lines(own, "listed_members", "members", item="year", value="n_members", text="list_id", rows="list_id")
        return
    places = pair.groups[:2][-1]
    try:
        known = latest_lists(data, year=pair.year)
    except InvalidArgument:
        known = None  # no list tells who belongs
    if known is not None:
        groups = pair.own(listed_memberships(data, known), places).groupby(["of", "item"])
        total = groups.agg(
            n=("listed_memberships", lambda n: n.sum(min_count=1)),
            exposure=("exposure", "sum"),
            ids=("list_ids", _joined),
        ).reset_index()
        yield _lines(total, "listed_memberships", "memberships", value="n", text="ids", rows="ids")
        yield _lines(total, "covered_by_lists", "memberships", value="exposure")
    read = documents(data, pair.actors["actor_id"].unique()).rename("n").rename_axis("actor_id").reset_index()
    yield _lines(pair.own(read, pair.groups[0]), "documents", "documents", value="n")


def _peers(pair: _Pair) -> Iterator[pd.DataFrame]:
    """Yield how alike two municipalities are, by what is known of both and by structure."""
    if pair.kind != "municipality":
        return
    one, two = pair.units
    window = (max(YEARS[0], pair.year - _WINDOW + 1), pair.year)
    alike = by_portfolio(pair.data, one, n=None, years=window).set_index("code").loc[two]
    near = by_structure(pair.data, one, n=None, year=pair.year).set_index("code").loc[two]
    own = pair.both(pd.concat([alike, near[["distance", "km"]]]))
    bounds = {"value": "jaccard", "low": "jaccard_low", "high": "jaccard_high"}
    yield _lines(own, "jaccard_known", "share", **bounds, text="status")
    yield _lines(own, "known_networks", "networks", value="n_known")
    yield _lines(own, "structural_distance", "mean difference", value="distance")
    yield _lines(own, "km", "km", value="km")


def _reviews(pair: _Pair) -> Iterator[pd.DataFrame]:
    """Yield the scores that judgements by criteria give: of the networks an actor judged, or by who judged a network.

    One line a review, named by id and year: evaluators and years are never averaged.
    """
    rows = pair.data.evaluations
    own = pair.own(rows[rows["criterion"].isin(CRITERIA) & rows["network_id"].notna()], pair.groups[0]).assign(item="")
    name, unit = ("actor_id", "evaluators") if pair.kind == "network" else ("network_id", "networks")
    yield _counted(pair, own, name, "judged", unit, rows="row_id")
    own["review"] = (own[name] + " " + own["year"].astype(TEXT).where(own["year"].notna(), "")).str.strip()
    for _, judged in own.groupby(["of", "review"]):
        found = score(judged).assign(of=judged["of"].iloc[0], review=judged["review"].iloc[0])
        bounds = {"value": "best", "low": "low", "high": "high", "text": "recommendation", "rows": "row_ids"}
        yield _lines(found, "portfolio", "score", item="review", **bounds)


def _disagreements(pair: _Pair) -> Iterator[pd.DataFrame]:
    """Yield how often sources disagree about the actors or the network, by kind of disagreement."""
    found = disagreements(pair.data)
    own = pair.own(found.assign(number=found.index.astype(TEXT))).assign(item=lambda rows: rows["kind"])
    yield _counted(pair, own, "number", "disagreements", "disagreements", DISAGREEMENTS, rows="row_ids").assign(text="")


def _benchmarks(pair: _Pair) -> Iterator[pd.DataFrame]:
    """Yield how many published numbers about the actors or the network ours equals, contradicts or cannot meet."""
    found = []
    for unit in pair.units:
        actors = pair.actors.loc[pair.actors["of"] == unit, "actor_id"].unique()
        chosen = {"networks": [unit]} if pair.kind == "network" else {"actors": actors}
        found.append(recomputed(pair.data, **chosen).assign(of=unit))
    own = pd.concat(found).assign(item=lambda rows: rows["outcome"])
    yield _counted(pair, own, "row_id", "benchmarks", "published numbers", OUTCOMES, rows="row_id").assign(text="")


_LINES: dict[str, Callable[[_Pair], Iterator[pd.DataFrame]]] = {
    "place": _place,
    "responsibility": _responsibility,
    "strategy": _strategy,
    "networks": _networks,
    "roles": _roles,
    "positions": _positions,
    "projects": _projects,
    "listed": _listed,
    "peers": _peers,
    "reviews": _reviews,
    "disagreements": _disagreements,
    "benchmarks": _benchmarks,
}
