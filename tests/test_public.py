"""The public face: which names there are, what old names say, what each function documents, and frames that are safe.

A frame is safe to compute with when every column is int64, float64, bool, str or a datetime, or one of pandas' types
for numbers with missing values; int8 overflows in silence, and object can be anything.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

import natverk
from natverk.data.load import Dataset
from natverk.errors import UnknownName

FACE = {
    "Dataset", "__version__", "benchmarks", "cite", "coding", "compare", "count", "covariates", "coverage",
    "disagreements", "documented", "explain", "export", "lists", "load", "missions", "models", "municipality_years",
    "networks", "offices", "outcomes", "panel", "peers", "portfolio", "roles", "series", "spells", "strategies",
    "twomode",
}  # fmt: skip
MODULES: list[ModuleType] = [
    getattr(natverk, name) for name in natverk.__all__ if inspect.ismodule(getattr(natverk, name))
]
FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: getattr(natverk, name) for name in natverk.__all__ if inspect.isfunction(getattr(natverk, name))
} | {
    f"{module.__name__.rpartition('.')[2]}.{name}": getattr(module, name)
    for module in MODULES
    for name in module.__all__
    if inspect.isfunction(getattr(module, name))
}

#: What does not hold yet: to be emptied.
UNSAFE_LEFT: set[str] = set()
UNCALLED_LEFT: set[str] = set()
UNDOCUMENTED_LEFT: set[str] = set()


def each_function(names: Any, left: set[str]) -> list[Any]:
    """Return the parameters of a test, those that do not hold yet marked so that they must be unmarked when they do."""
    mark = pytest.mark.xfail(strict=True, reason="not mended yet")
    return [pytest.param(name, marks=mark if name in left else ()) for name in names]


# --- Names ------------------------------------------------------------------------------------------------------------


def test_the_face_is_what_it_is() -> None:
    assert set(natverk.__all__) == FACE
    assert set(dir(natverk)) >= FACE
    with pytest.raises(AttributeError, match="has no attribute 'pannel'"):
        natverk.pannel  # noqa: B018


OLD = {
    "networks_of": "natverk.documented", "listed": "natverk.lists", "candidates": "natverk.peers.candidates",
    "durations": "natverk.membership.spells.durations", "cohorts": "natverk.spells", "growth": "natverk.series",
    "transfers": "natverk.roles.transfers", "contrasts": "natverk.compare", "overlap": "natverk.twomode",
    "joint_bodies": "natverk.roles.joint_bodies", "cross_border": "natverk.roles.cross_border",
    "list_exits": "natverk.networks.list_exits", "list_retention": "natverk.networks.list_retention",
    "containment": "natverk.benchmarks.containment", "relations": "natverk.membership.documented.relations",
    "event_study": "natverk.membership.spells.durations", "nullmodels": "natverk.twomode",
}  # fmt: skip


@pytest.mark.parametrize("old", OLD)
def test_an_old_name_says_the_new_one(old: str) -> None:
    told = re.escape(f"natverk.{old} is gone. Use {OLD[old]}")
    with pytest.raises(AttributeError, match=told):
        getattr(natverk, old)
    with pytest.raises(ImportError, match=told):
        __import__("natverk", fromlist=[old])


@pytest.mark.parametrize("module", ["natverk.measures", "natverk.measures.panel", "natverk.overlap"])
def test_an_old_module_says_where_to_look(module: str) -> None:
    with pytest.raises(ImportError, match=r"is gone. Use natverk.(membership|twomode)"):
        importlib.import_module(module)


OLD_WITHIN = {
    "portfolio.Choice": "natverk.portfolio.Rule.of", "portfolio.chosen": "natverk.portfolio.Rule.of",
    "portfolio.sheet": "natverk.portfolio.blank_sheet", "portfolio.beside": "natverk.portfolio.review",
    "coding.disagreements": "natverk.coding.discordant",
    "peers.in_words": "natverk.pages", "networks.FIRM": "natverk.membership.documented.DOCUMENTED",
    "twomode.two_mode": "natverk.twomode.incidence_matrix", "twomode.TwoMode": "natverk.twomode.IncidenceMatrix",
    "twomode.co_membership_blocks": "natverk.twomode.co_membership", "twomode.Draws": "natverk.twomode.randomise",
    "twomode.shared_pairs": "natverk.twomode.co_membership",
}  # fmt: skip


@pytest.mark.parametrize("old", OLD_WITHIN)
def test_an_old_name_within_a_module_says_the_new_one(old: str) -> None:
    module, _, name = old.partition(".")
    with pytest.raises(AttributeError, match=re.escape(f"natverk.{old} is gone. Use {OLD_WITHIN[old]}")):
        getattr(getattr(natverk, module), name)
    assert not hasattr(getattr(natverk, module), "pannel")


def test_what_never_was_is_not_found() -> None:
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("natverk.pannel")


def test_every_new_name_that_an_old_one_gives_is_there() -> None:
    for told in (*natverk._MOVED.values(), *OLD_WITHIN.values()):
        for name in re.findall(r"natverk(?:\.\w+)+", told):
            parts = name.split(".")
            for end in range(len(parts), 0, -1):
                try:
                    found: Any = importlib.import_module(".".join(parts[:end]))
                except ModuleNotFoundError:
                    continue
                for part in parts[end:]:
                    found = getattr(found, part)
                break


# --- Docstrings -------------------------------------------------------------------------------------------------------

#: What takes any frame, and says of an empty one that nothing is known.
REFUSES_NOTHING = {"coding.coincidences", "coding.percent_agreement"}


def undocumented(function: Callable[..., Any], refuses: bool = True) -> list[str]:
    """Return what the docstring of a public function lacks: sections, arguments, an example."""
    said = inspect.getdoc(function) or ""
    sections = set(re.findall(r"^(\w+)\n-+$", said, flags=re.MULTILINE))
    arguments = [argument for argument in inspect.signature(function).parameters if argument != "data"]
    lacks = [] if ">>>" in said and "Examples" in sections else ["Examples"]
    lacks += [] if sections & {"Returns", "Yields"} else ["Returns"]
    if arguments:
        lacks += [] if "Raises" in sections or not refuses else ["Raises"]
        described = re.split(r"^(?:Returns|Yields)\n-", said.partition("Parameters\n---")[2], flags=re.MULTILINE)[0]
        names = {
            name for line in re.findall(r"^(\w[\w, ]*)$", described, flags=re.MULTILINE) for name in line.split(", ")
        }
        lacks += [argument for argument in arguments if argument not in names]
    return lacks


@pytest.mark.parametrize("name", each_function(FUNCTIONS, UNDOCUMENTED_LEFT))
def test_a_public_function_is_documented_in_full(name: str) -> None:
    assert undocumented(FUNCTIONS[name], name not in REFUSES_NOTHING) == []


def test_what_a_docstring_lacks_is_seen() -> None:
    def bare(_data: Dataset, _year: int) -> int:
        """Return the year."""
        return _year

    assert undocumented(bare) == ["Examples", "Returns", "Raises", "_data", "_year"]


# --- Frames -----------------------------------------------------------------------------------------------------------

VANERSBORG, STOCKHOLM = "municipality:1487", "municipality:0180"
SAFE = {"int64", "Int64", "float64", "bool", "boolean", "str"}
#: What a function may give that holds no frame: told by what it says it returns.
HOLDS_FRAMES = re.compile(r"DataFrame|Series|Fit|Participation|Review|NullTest")
CODED = pd.DataFrame(
    {"coder": ["Anna", "Anna", "Bo", "Bo"], "item": ["a", "b", "a", "b"], "tone": ["1", "2", "1", "1"]}
)
MATRIX = np.array([[1, 0, 1], [0, 1, 1], [1, 1, 0]])


DESIGN = pd.DataFrame({"n": [0, 1, 1, 2, 3, 5], "size": [0.0, 0.5, 1.0, 1.5, 2.0, 3.0]})


def written_and_read(read: Callable[[Path], pd.DataFrame]) -> pd.DataFrame:
    with TemporaryDirectory() as folder:
        return read(natverk.coding.write_table(CODED, Path(folder) / "anna.csv"))


@cache
def cells(data: Dataset) -> pd.DataFrame:
    return natverk.panel(data, networks=["ubc", "eurocities"], years=(2018, 2020))


@cache
def own(data: Dataset) -> pd.DataFrame:
    return natverk.documented(data, [VANERSBORG, STOCKHOLM])


@cache
def members(data: Dataset) -> pd.DataFrame:
    return natverk.networks.members_of(data, "sern")


@cache
def ties_of_county(data: Dataset) -> pd.DataFrame:
    return natverk.roles.county_memberships(data, "14")


@cache
def compared(data: Dataset) -> pd.DataFrame:
    return natverk.roles.compare(data, 2019, county="14")


@cache
def ties(data: Dataset) -> Any:
    return natverk.twomode.incidence_matrix(data)


@cache
def reviewed(data: Dataset) -> pd.DataFrame:
    return natverk.portfolio.judgements(data, STOCKHOLM, 2011)


@cache
def participation(data: Dataset) -> Any:
    return natverk.models.listed_participation(data)


CALLS: dict[str, Callable[[Dataset], Any]] = {
    "compare": lambda data: natverk.compare(data, "Skåne", "Västra Götaland", parts=["place", "networks", "listed"]),
    "count": lambda data: natverk.count(cells(data), ["year"]),
    "covariates": lambda data: natverk.covariates(data, (2019, 2022)),
    "coverage": lambda data: natverk.coverage(data, cells(data)),
    "disagreements": natverk.disagreements,
    "documented": own,
    "explain": lambda data: [natverk.explain(data, cells(data)), natverk.explain(data, "mem-00001")],
    "lists": lambda data: natverk.lists(data, "14"),
    "missions.outcomes": natverk.missions.outcomes,
    "municipality_years": lambda data: natverk.municipality_years(data, (2019, 2022)),
    "offices.offices": lambda data: natverk.offices.offices(data, STOCKHOLM),
    "outcomes.evaluations": lambda data: natverk.outcomes.evaluations(data, actors=STOCKHOLM),
    "outcomes.findings": natverk.outcomes.findings,
    "outcomes.meetings": natverk.outcomes.meetings,
    "outcomes.missions": natverk.outcomes.missions,
    "outcomes.notes": lambda data: natverk.outcomes.notes(data, network="sern"),
    "outcomes.of_the_country": lambda data: natverk.outcomes.of_the_country(data, natverk.outcomes.notes(data)),
    "outcomes.projects": lambda data: natverk.outcomes.projects(data, actors=VANERSBORG),
    "outcomes.purposes": lambda data: natverk.outcomes.purposes(data, actors=VANERSBORG),
    "outcomes.steps": natverk.outcomes.steps,
    "outcomes.told_by": lambda data: natverk.outcomes.told_by(data, VANERSBORG),
    "outcomes.totals": lambda data: natverk.outcomes.totals(data, network="sern"),
    "outcomes.twin_towns": lambda data: natverk.outcomes.twin_towns(data, actors=VANERSBORG),
    "outcomes.up_to": lambda data: natverk.outcomes.up_to(data, natverk.outcomes.missions(data), 2014),
    "panel": cells,
    "series": lambda data: natverk.series(data, [VANERSBORG]),
    "spells": natverk.spells,
    "benchmarks.containment": lambda data: natverk.benchmarks.containment(data, "ubc-2019", "ubc-2014"),
    "benchmarks.once": lambda data: natverk.benchmarks.once(natverk.benchmarks.recomputed(data, networks=["ubc"])),
    "benchmarks.recomputed": lambda data: natverk.benchmarks.recomputed(data, networks=["ubc"]),
    "coding.check": lambda _: natverk.coding.check(CODED, {"tone": ["1"]}),
    "coding.coincidences": lambda _: natverk.coding.coincidences(natverk.coding.ratings(CODED, "tone")),
    "coding.confusion": lambda _: natverk.coding.confusion(CODED, "tone"),
    "coding.discordant": lambda _: natverk.coding.discordant(CODED, ["tone"]),
    "coding.ratings": lambda _: natverk.coding.ratings(CODED, "tone"),
    "coding.read": lambda _: written_and_read(natverk.coding.read),
    "coding.read_table": lambda _: written_and_read(natverk.coding.read_table),
    "coding.reliability": lambda _: natverk.coding.reliability(CODED, ["tone"], draws=20),
    "coding.sheet": lambda _: natverk.coding.sheet(["a", "b"], ["tone"], ["Anna", "Bo"]),
    "coding.unmatched": lambda _: natverk.coding.unmatched(CODED[:3]),
    "models.documented_participation": natverk.models.documented_participation,
    "models.documents": lambda data: natverk.models.documents(data, [VANERSBORG]),
    "models.fit_counts": lambda _: natverk.models.fit_counts(DESIGN, "n", ["size"]),
    "models.leave_one_county_out": lambda data: natverk.models.leave_one_county_out(participation(data)),
    "models.listed_participation": participation,
    "models.model_terms": lambda data: natverk.models.model_terms(data, 2019),
    "models.overdispersion": lambda _: natverk.models.overdispersion(pd.Series([1, 2, 9]), pd.Series([2.0, 3.0, 5.0])),
    "networks.eligibility": lambda data: natverk.networks.eligibility(data, members(data), "sern"),
    "networks.list_exits": natverk.networks.list_exits,
    "networks.list_matrix": lambda data: natverk.networks.list_matrix(data, "ubc"),
    "networks.list_retention": natverk.networks.list_retention,
    "networks.lists_of": lambda data: natverk.networks.lists_of(data, "ubc"),
    "networks.member_years": lambda data: natverk.networks.member_years(data, "sern", members(data)),
    "networks.members_of": members,
    "networks.membership_notes": lambda data: natverk.networks.membership_notes(data, "Vänersborg"),
    "networks.networks_of": lambda data: natverk.networks.networks_of(data, "Vänersborg"),
    "networks.saturation": lambda data: natverk.networks.saturation(data, members(data)),
    "networks.shared_members": lambda data: natverk.networks.shared_members(data, "sern"),
    "networks.shared_themes": lambda data: natverk.networks.shared_themes(data, "sern"),
    "networks.ties_apart": lambda data: natverk.networks.ties_apart(data, "covenant-of-mayors"),
    "peers.by_portfolio": lambda data: natverk.peers.by_portfolio(data, "Vänersborg"),
    "peers.by_size": lambda data: natverk.peers.by_size(data, own(data)),
    "peers.by_structure": lambda data: natverk.peers.by_structure(data, "Vänersborg"),
    "peers.candidates": lambda data: natverk.peers.candidates(data, "Vänersborg"),
    "peers.county_peers": lambda data: natverk.peers.county_peers(data, "09"),
    "peers.differences": lambda data: natverk.peers.differences(data, 2019),
    "peers.neighbours": lambda data: natverk.peers.neighbours(data, "Vänersborg", own(data)),
    "peers.peer_networks": lambda data: natverk.peers.peer_networks(data, "Vänersborg"),
    "peers.population_at": lambda data: natverk.peers.population_at(data, 2019),
    "peers.portfolios": natverk.peers.portfolios,
    "peers.structure": lambda data: natverk.peers.structure(data, 2019),
    "portfolio.blank_sheet": lambda _: natverk.portfolio.blank_sheet(["ubc"]),
    "portfolio.filled_sheet": lambda _: natverk.portfolio.filled_sheet(
        natverk.portfolio.blank_sheet(["ubc"]).assign(influence="1")
    ),
    "portfolio.fullest_review": lambda data: [
        natverk.portfolio.fullest_review(data, actor, draws=50) for actor in (VANERSBORG, STOCKHOLM)
    ],
    "portfolio.judgements": reviewed,
    "portfolio.review": lambda data: natverk.portfolio.review(data, STOCKHOLM, 2011, draws=50),
    "portfolio.review_years": lambda data: natverk.portfolio.review_years(data, STOCKHOLM),
    "portfolio.score": lambda data: natverk.portfolio.score(reviewed(data)),
    "portfolio.sensitivity": lambda data: natverk.portfolio.sensitivity(reviewed(data), draws=50),
    "roles.actors_of": lambda data: natverk.roles.actors_of(data, "14"),
    "roles.bodies_of": lambda data: natverk.roles.bodies_of(data, "Vänersborg"),
    "roles.county_bodies": lambda data: natverk.roles.county_bodies(data, "14"),
    "roles.compare": compared,
    "roles.county_actors": lambda data: natverk.roles.county_actors(data, "14", ties_of_county(data)),
    "roles.county_events": lambda data: natverk.roles.county_events(data, "14"),
    "roles.county_memberships": lambda data: [
        ties_of_county(data),
        natverk.roles.county_memberships(data, "05", years=(1997, 2010)),
    ],
    "roles.country_networks": natverk.roles.country_networks,
    "roles.country_themes": natverk.roles.country_themes,
    "roles.county_places": lambda data: natverk.roles.county_places(data, "14", ties_of_county(data)),
    "roles.county_networks": lambda data: natverk.roles.county_networks(ties_of_county(data)),
    "roles.county_tasks": lambda data: natverk.roles.county_tasks(data, "14"),
    "roles.county_themes": lambda data: natverk.roles.county_themes(
        data, "14", natverk.roles.county_networks(ties_of_county(data))
    ),
    "roles.cross_border": natverk.roles.cross_border,
    "roles.formal": lambda data: natverk.roles.formal(data, 2019),
    "roles.holders_of": lambda data: natverk.roles.holders_of(data, "05"),
    "roles.interplay": natverk.roles.interplay,
    "roles.interplay_forms": natverk.roles.interplay_forms,
    "roles.joint_bodies": natverk.roles.joint_bodies,
    "roles.national_summary": lambda data: natverk.roles.national_summary(compared(data)),
    "roles.practised": lambda data: natverk.roles.practised(data, county="14"),
    "roles.responsibility": natverk.roles.responsibility,
    "roles.responsibility_at": lambda data: natverk.roles.responsibility_at(data, "2019"),
    "roles.responsibility_counts": natverk.roles.responsibility_counts,
    "roles.summary_by_county": lambda data: natverk.roles.summary_by_county(compared(data)),
    "roles.transfers": natverk.roles.transfers,
    "roles.valid_tasks": lambda data: natverk.roles.valid_tasks(data, 2019),
    "strategies.accounts": lambda data: natverk.strategies.accounts(data, "14"),
    "strategies.county_state": lambda data: natverk.strategies.county_state(data, "14"),
    "strategies.events": natverk.strategies.events,
    "strategies.history": natverk.strategies.history,
    "strategies.partner_lists": natverk.strategies.partner_lists,
    "strategies.partners": natverk.strategies.partners,
    "strategies.references": lambda data: natverk.strategies.references(data, "2019"),
    "strategies.same_stage": lambda data: natverk.strategies.same_stage(data, "2019"),
    "strategies.stages": lambda data: natverk.strategies.stages(data, "2019"),
    "strategies.stages_by_year": lambda data: natverk.strategies.stages_by_year(data, (2018, 2020)),
    "strategies.state": natverk.strategies.state,
    "twomode.brokers": lambda data: natverk.twomode.brokers(ties(data)),
    "twomode.co_membership": lambda data: natverk.twomode.co_membership(ties(data)),
    "twomode.degree": lambda data: natverk.twomode.degree(ties(data)),
    "twomode.density": lambda data: natverk.twomode.density(ties(data)),
    "twomode.nestedness": lambda data: natverk.twomode.nestedness(ties(data)),
    "twomode.null_test": lambda _: natverk.twomode.null_test(MATRIX, np.sum, 9, 1),
    "twomode.overlap_test": lambda data: natverk.twomode.overlap_test(data, n=9),
    "twomode.region_overlap": lambda data: natverk.twomode.region_overlap(data, county="14"),
    "twomode.tails": lambda _: natverk.twomode.tails(np.array([1.0]), np.zeros((9, 1))),
    "twomode.theme_overlap": lambda data: natverk.twomode.theme_overlap(data, county="14"),
    "twomode.theme_profiles": lambda data: natverk.twomode.theme_profiles(data, county="14"),
    "twomode.tie_cells": natverk.twomode.tie_cells,
}


def frames_in(result: object, where: str = "") -> Iterator[tuple[str, pd.DataFrame | pd.Series]]:
    """Yield the frames and series that a result holds, with where they stand in it."""
    if isinstance(result, pd.DataFrame | pd.Series):
        yield where, result
    elif dataclasses.is_dataclass(result):
        for field in dataclasses.fields(result):
            yield from frames_in(getattr(result, field.name), f"{where}.{field.name}")
    elif isinstance(result, Mapping):
        for key, value in result.items():
            yield from frames_in(value, f"{where}[{key!r}]")
    elif isinstance(result, tuple | list | Iterator):
        for place, value in enumerate(result):
            yield from frames_in(value, f"{where}[{place}]")


def unsafe(result: object) -> list[str]:
    """Return the columns of a result that are not safe to compute with."""
    found = []
    for where, frame in frames_in(result):
        columns = (
            {str(name): column for name, column in frame.items()} if isinstance(frame, pd.DataFrame) else {"": frame}
        )
        indices = [frame.index.get_level_values(level) for level in range(frame.index.nlevels)]
        for name, values in [*columns.items(), *((f"index {level.name}", level) for level in indices)]:
            dtype = str(values.dtype)
            # Numbers with missing values need Float64 nowhere else.
            needed = dtype == "Float64" and bool(values.isna().any())
            if dtype not in SAFE and not dtype.startswith("datetime64") and not needed:
                found.append(f"{where} {name}: {dtype}")
    return found


@pytest.mark.parametrize("name", each_function(CALLS, UNSAFE_LEFT))
def test_frames_are_safe_to_compute_with(real: Dataset, name: str) -> None:
    result = CALLS[name](real)
    if isinstance(result, Iterator):
        result = list(result)
    assert list(frames_in(result)), "a call that gives no frame shows nothing"
    assert unsafe(result) == []


def test_unsafe_columns_are_found() -> None:
    frame = pd.DataFrame({"n": np.array([1, 2], dtype="int8"), "x": [1.5, 2.5], "name": ["a", "b"]})
    mixed = pd.Series([1, "a"], dtype="object")
    whole = pd.DataFrame(
        {"share": pd.array([0.5, 0.5], dtype="Float64"), "left": pd.array([0.5, None], dtype="Float64")}
    )
    kind = frame.astype({"name": "category"}).set_index("name")
    assert unsafe(frame) == [" n: int8"]
    assert unsafe({"a": (mixed, whole)}) == ["['a'][0] : object", "['a'][1] share: Float64"]
    assert unsafe(kind) == [" n: int8", " index name: category"]


GIVING = [
    name
    for name, function in FUNCTIONS.items()
    if HOLDS_FRAMES.search(str(inspect.signature(function)).split("->")[-1])
]


@pytest.mark.parametrize("name", each_function(GIVING, UNCALLED_LEFT))
def test_every_public_function_that_gives_a_frame_is_called(name: str) -> None:
    assert name in CALLS


# --- Names where ids are wanted ---------------------------------------------------------------------------------------

Named = Callable[[Dataset, Any], Any]
#: What takes actors: called with what a person types, and with the id.
ACTORS: dict[str, Named] = {
    "panel": lambda data, who: natverk.panel(data, actors=who, networks=["ubc"], years=2019),
    "documented": natverk.documented,
    "series": natverk.series,
    "disagreements": lambda data, who: natverk.disagreements(data, actors=who),
    "benchmarks.recomputed": lambda data, who: natverk.benchmarks.recomputed(data, actors=who),
    "models.documents": natverk.models.documents,
    "twomode.tie_cells": lambda data, who: natverk.twomode.tie_cells(data, actors=who),
}
ACTOR: dict[str, Named] = {
    "portfolio.review_years": natverk.portfolio.review_years,
    "portfolio.judgements": lambda data, who: natverk.portfolio.judgements(data, who, 2011),
}
NETWORK: dict[str, Named] = {
    "panel": lambda data, net: natverk.panel(data, networks=net, years=2019, pairs="evidence"),
    "documented": lambda data, net: natverk.documented(data, VANERSBORG, networks=net),
    "series": lambda data, net: natverk.series(data, VANERSBORG, networks=net),
    "disagreements": lambda data, net: natverk.disagreements(data, networks=net),
    "lists": lambda data, net: natverk.lists(data, networks=net),
    "benchmarks.recomputed": lambda data, net: natverk.benchmarks.recomputed(data, networks=net),
    "missions.outcomes": natverk.missions.outcomes,
    "networks.list_exits": natverk.networks.list_exits,
    "networks.list_matrix": natverk.networks.list_matrix,
    "networks.list_retention": natverk.networks.list_retention,
    "networks.lists_of": natverk.networks.lists_of,
    "networks.members_of": natverk.networks.members_of,
    "networks.member_years": lambda data, net: natverk.networks.member_years(data, net, members(data)),
    "networks.eligibility": lambda data, net: natverk.networks.eligibility(data, members(data), net),
    "networks.shared_members": natverk.networks.shared_members,
    "networks.shared_themes": natverk.networks.shared_themes,
    "networks.ties_apart": natverk.networks.ties_apart,
    "twomode.tie_cells": lambda data, net: natverk.twomode.tie_cells(data, networks=net),
    "compare": lambda data, net: natverk.compare(data, net, "ubc", kind="network", parts=["place"]),
}
COUNTY: dict[str, Named] = {
    "lists": natverk.lists,
    "peers.county_peers": natverk.peers.county_peers,
    "roles.actors_of": natverk.roles.actors_of,
    "roles.compare": lambda data, place: natverk.roles.compare(data, 2019, county=place),
    "roles.practised": lambda data, place: natverk.roles.practised(data, county=place),
    "roles.responsibility": natverk.roles.responsibility,
    "twomode.region_overlap": lambda data, place: natverk.twomode.region_overlap(data, county=place),
    "twomode.theme_overlap": lambda data, place: natverk.twomode.theme_overlap(data, county=place),
    "twomode.theme_profiles": lambda data, place: natverk.twomode.theme_profiles(data, county=place),
    "compare": lambda data, place: natverk.compare(data, place, "Skåne", kind="region", parts=["place"]),
}
MUNICIPALITY: dict[str, Named] = {
    "peers.by_portfolio": natverk.peers.by_portfolio,
    "peers.by_structure": natverk.peers.by_structure,
    "peers.candidates": natverk.peers.candidates,
    "peers.neighbours": lambda data, place: natverk.peers.neighbours(data, place, own(data)),
    "peers.peer_networks": natverk.peers.peer_networks,
    "networks.membership_notes": natverk.networks.membership_notes,
    "networks.networks_of": natverk.networks.networks_of,
    "roles.bodies_of": natverk.roles.bodies_of,
    "compare": lambda data, place: natverk.compare(data, place, "Lund", kind="municipality", parts=["place"]),
}
TYPED: dict[str, tuple[Named, Any, Any, str]] = {
    **{f"{name}: actors": (call, "Vänersborg", "municipality:1487", "Vanersborgg") for name, call in ACTORS.items()},
    **{f"{name}: code": (call, 1487, "municipality:1487", "Vanersborgg") for name, call in ACTORS.items()},
    **{f"{name}: actor": (call, "Stockholms stad", STOCKHOLM, "Stockholmm") for name, call in ACTOR.items()},
    **{f"{name}: network": (call, "Eurocities", "eurocities", "eurocites") for name, call in NETWORK.items()},
    **{f"{name}: county": (call, "Gotlands län", "09", "Gotlnd") for name, call in COUNTY.items()},
    **{f"{name}: municipality": (call, "vanersborg", "1487", "Vanersborgg") for name, call in MUNICIPALITY.items()},
}
UNNAMED_LEFT: set[str] = set()


@pytest.mark.parametrize("name", each_function(TYPED, UNNAMED_LEFT))
def test_names_are_taken_where_ids_are(real: Dataset, name: str) -> None:
    call, typed, meant, wrong = TYPED[name]
    given, wanted = (list(frames_in(call(real, value))) for value in (typed, meant))
    assert wanted
    for (_, one), (_, other) in zip(given, wanted, strict=True):
        assert one.equals(other)
    with pytest.raises(UnknownName, match=r"nearest: '(Stockholm|Vänersborg|Eurocities|Gotland)'") as caught:
        call(real, wrong)
    assert "body:" not in str(caught.value)


def test_a_county_stands_for_its_municipalities(real: Dataset) -> None:
    cells = natverk.panel(real, actors=["Skåne", "Region Skåne", "Malmö"], networks="ubc", years=2019)
    assert len(cells) == 34
    assert set(cells["actor_id"].str[:15]) >= {"region:12"}


@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
def test_no_option_of_pandas_changes_what_is_measured(real: Dataset) -> None:
    """Blanks stay blanks, whatever a user's session has set: without inferred strings `"str"` makes them "nan"."""
    fresh, wrong = [], []
    for option in (True, False):
        with pd.option_context("future.infer_string", option):
            data = Dataset(real.folder)
            fresh.append({name: list(frames_in(_whole(CALLS[name](data)))) for name in TEXTS})
    for name in TEXTS:
        for (where, usual), (_where, other) in zip(*(found[name] for found in fresh), strict=True):
            for column in usual.columns if isinstance(usual, pd.DataFrame) else []:
                one, two = (frame[column].astype(object) for frame in (usual, other))
                if one.where(one.notna(), None).tolist() != two.where(two.notna(), None).tolist():
                    wrong.append(f"{name}{where} {column}")
    assert wrong == []


def _whole(result: object) -> object:
    return list(result) if isinstance(result, Iterator) else result


#: Measures that give texts of which some are missing.
TEXTS = (
    "compare", "disagreements", "documented", "explain", "spells", "benchmarks.recomputed", "coding.sheet",
    "networks.list_matrix", "networks.members_of", "networks.networks_of", "outcomes.projects", "outcomes.twin_towns",
    "peers.candidates", "peers.peer_networks", "portfolio.blank_sheet", "portfolio.filled_sheet",
)  # fmt: skip
