"""Comparison: two units side by side, on the real data and on hand-made cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import natverk
from natverk.comparison import PARTS, Frame, compare, resolve_unit
from natverk.data.load import Dataset
from natverk.errors import InvalidArgument, UnknownName
from natverk.membership.actors import actors_of
from natverk.membership.panel import count, panel
from natverk.membership.quality import disagreements
from natverk.strategies import stages
from natverk.twomode.structure import nestedness, region_overlap, theme_overlap

Make = Callable[..., Dataset]
YEAR = 2010
#: What the hand-made cases look at.
TRIED = ("place", "responsibility", "networks", "overlap", "position", "spells", "peers")
SOURCES = [{"source_id": "src", "accessed": "2024-06-30"}]
NETS = [
    {"network_id": name, "themes": theme}
    for name, theme in (("a", "culture"), ("b", "culture;health"), ("c", "health"))
]
SIZES = [
    {"code": code, "year": 2009, "population": size, "borders": "constant_2020"}
    for code, size in (("0101", 1000), ("0102", 2000), ("0201", 4000), ("0330", 8000), ("0980", 5000))
]
PAIRS = [("Västra Götaland", "Gotland", "region"), ("Lund", "Malmö", "municipality"), ("ubc", "sern", "network")]


def indexed(table: pd.DataFrame) -> pd.DataFrame:
    return table.set_index(["measure", "item"])


def world(make: Make, pairs: set[tuple[str, str]], **tables: Any) -> Dataset:
    members = [{"a": f"municipality:{code}", "n": network, "seen": YEAR} for code, network in sorted(pairs)]
    return make(*members, networks=NETS, population=SIZES, sources=SOURCES, **tables)


def side_by_side(data: Dataset, a: str = "0101", b: str = "0102", **arguments: Any) -> pd.DataFrame:
    return indexed(compare(data, a, b, **{"year": YEAR, "parts": TRIED, **arguments}))


# --- Real data --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=PAIRS, ids=[pair[2] for pair in PAIRS])
def pair(request: pytest.FixtureRequest, real: Dataset) -> tuple[pd.DataFrame, pd.DataFrame]:
    a, b, kind = request.param
    return compare(real, a, b, kind=kind), compare(real, b, a, kind=kind)


def test_swapping_mirrors(pair: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    there, back = pair
    swap = {
        f"{one}{end}": f"{other}{end}" for one, other in ("ab", "ba") for end in ("", "_low", "_high", "_text", "_rows")
    }
    keys = ["measure", "item", "unit"]
    mirrored = back.rename(columns=swap)[there.columns].sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(there.sort_values(keys, ignore_index=True), mirrored)


def test_rows_are_unique_and_bounds_in_order(pair: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    table = pair[0]
    assert not table.duplicated(["measure", "item", "unit"]).any()
    for side in ("a", "b"):
        bounded = table[table[f"{side}_low"].notna() & table[side].notna()]
        assert (bounded[f"{side}_low"] <= bounded[side]).all()
        assert (bounded[side] <= bounded[f"{side}_high"]).all()


def test_the_sets_add_up(pair: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    table = indexed(pair[0])
    for item in table.loc["shared"].index:
        shared, only = table.loc[("shared", item)], table.loc[("only_here", item)]
        assert shared["a"] == shared["b"] == len([name for name in shared["a_text"].split(";") if name])
        one, two = (shared["a"] + only[side] for side in ("a", "b"))
        jaccard, overlap = (table.loc[(measure, item), "a"] for measure in ("jaccard", "overlap"))
        if min(one, two) == 0:
            assert pd.isna(jaccard)
            assert pd.isna(overlap)
        else:
            assert jaccard == pytest.approx(shared["a"] / (one + two - shared["a"]))
            assert overlap == pytest.approx(shared["a"] / min(one, two))


def test_two_regions(real: Dataset) -> None:
    table = indexed(compare(real, "Västra Götaland", "region:09", year=2019))
    assert table.loc[("municipalities", ""), ["a", "b"]].tolist() == [49, 1]
    assert table.loc[("responsibility", "holder"), ["a_text", "b_text"]].tolist() == ["region", "region"]
    assert table.loc[("responsibility", "region_since"), ["a", "b"]].tolist() == [1999, 1997]
    assert table.loc[("outcome", "regional_growth"), ["a_text", "b_text"]].tolist() == ["agreement", "agreement"]
    # Gotland's region and its municipality are one actor with one set of networks.
    own = table.loc["documented_networks"]
    assert own.loc["region", "b_text"] == own.loc["municipalities", "b_text"]
    cells = panel(real, actors=["region:14"], networks=["sern", "ubc"], years=2019)
    assert table.loc[("memberships", "region"), "a_low"] >= count(cells, ["year"])["low"].iloc[0]


def test_two_municipalities(real: Dataset) -> None:
    table = indexed(compare(real, "0180", "Göteborg", year=2019))
    assert table.loc[("skr_group", ""), ["a_text", "b_text"]].tolist() == ["A1", "A1"]
    assert table.loc[("km", ""), "a"] == pytest.approx(397, abs=5)
    assert "eurocities" in table.loc[("shared", "networks"), "a_text"].split(";")
    assert table.loc[("peer_rank", "structure"), ["a", "b"]].min() >= 1
    assert (
        table.loc[("population", ""), "a"]
        == real.population.query("code == '0180' and year == 2019")["population"].iloc[0]
    )


def test_two_networks(real: Dataset) -> None:
    table = indexed(compare(real, "UBC", "eurocities", kind="network", year=2019))
    assert table.loc[("members", "municipality"), ["a_low", "a"]].tolist() == [14, 14]
    assert "municipality:1280" in table.loc[("shared", "members"), "a_text"].split(";")
    assert table.loc[("complete_lists", ""), "a"] == 4  # up to 2024, where the window ends
    assert table.loc[("latest_list", "named"), "a"] == 12
    assert table.loc[("latest_list", "named"), "a_text"] == "ubc-2022"
    assert table.loc[("list_retention", ""), "a_text"] == table.loc[("list_survival", ""), "a_text"] == "2014–2022"
    earlier = indexed(compare(real, "UBC", "eurocities", kind="network", year=2019, years=(1997, 2020), parts="listed"))
    assert earlier.loc[("complete_lists", ""), "a"] == 3
    assert earlier.loc[("latest_list", "named"), "a"] == 13
    assert earlier.loc[("list_retention", ""), "a"] == pytest.approx(13 / 21)
    assert earlier.loc[("list_survival", ""), "a"] == pytest.approx(13 / 21)
    assert table.loc[("members", "region"), "a_high"] == 0, "Gotland is counted once"
    assert table.loc[("founded", ""), ["a", "b"]].tolist() == [1991, 1986]


def test_overlap_roles_strategy_and_evidence_are_those_of_their_measures(real: Dataset) -> None:
    counted: Any = {"counts_as": ("membership",)}
    parts = ("overlap", "strategy", "disagreements", "roles")
    table = indexed(compare(real, "14", "12", kind="region", year=2019, parts=parts, **counted))
    for side, county in (("a", "14"), ("b", "12")):
        for item, year in (("in_year", 2019), ("ever", None)):
            own = region_overlap(real, county=county, year=year, **counted).iloc[0]
            line = table.loc[("jaccard_of_levels", item)]
            expected = [own[f"jaccard_{value}"] for value in ("low", "best", "high")]
            assert line[[f"{side}_low", side, f"{side}_high"]].tolist() == pytest.approx(expected)
            themes = theme_overlap(real, county=county, year=year, **counted).iloc[0]
            assert table.loc[("schoener_of_levels", item), side] == pytest.approx(themes["schoener_best"], nan_ok=True)
        actors = real.actors[real.actors["kind"].isin(["municipality", "region"])]
        actors = actors.loc[actors["county_codes"] == county, "actor_id"]
        ties = Frame(real, counts_as=("membership",)).ties_of(actors)
        assert ties is not None
        assert table.loc[("nestedness", "nodf"), side] == pytest.approx(nestedness(ties)["nodf"].iloc[0])
        stage = stages(real, "2019").set_index("county_code").loc[county]
        assert table.loc[("strategy", "stage"), f"{side}_text"] == stage["stage"]
    assert table.loc[("practised", "culture"), "a_text"] == "municipal+joint"
    found = disagreements(real)
    status = found[found["actor_id"].isin(actors_of(real, "14")["actor_id"]) & found["kind"].eq("status")]
    assert table.loc[("disagreements", "status"), "a"] == len(status) > 0


def test_stockholm_s_review_stands_in_the_comparison_of_its_networks(real: Dataset) -> None:
    table = indexed(compare(real, "eurocities", "metropolis", parts="reviews"))
    stockholm = table.loc[("portfolio", "municipality:0180 2011")]
    assert stockholm[["a_text", "b_text"]].tolist() == ["expand", "leave"]
    assert stockholm["a_low"] <= stockholm["a"] <= stockholm["a_high"]
    own = indexed(compare(real, "Stockholm", "Nacka", kind="municipality", parts=("reviews", "spells")))
    assert own.loc[("portfolio", "uclg 2011"), "a_text"] == "leave"
    assert pd.isna(own.loc[("portfolio", "uclg 2011"), "b"])
    assert own.loc[("first_dated_join", ""), "a"] <= 1995


def test_lists_and_published_numbers_of_networks(real: Dataset) -> None:
    table = indexed(compare(real, "ubc", "viable-cities-kn2030", year=2022, parts=("listed", "benchmarks", "spells")))
    assert table.loc[("latest_list", "named"), ["a", "b"]].tolist() == [12, 23]
    assert table.loc[("list_retention", ""), "a"] == pytest.approx(12 / 21)
    assert table.loc[("list_exits", ""), "a"] == 9
    assert table.loc[("benchmarks", "equal"), "b"] > 0


def test_the_null_model_is_made_on_demand_and_seeded(real: Dataset) -> None:
    asked: Any = {"parts": ("overlap",), "draws": 19, "seed": 1}
    tables = [indexed(compare(real, "14", "12", kind="region", **asked)) for _ in range(2)]
    pd.testing.assert_frame_equal(*tables)
    for item in ("between", "levels"):
        line = tables[0].loc[("null_shared", item)]
        assert line["a_low"] <= line["a"] <= line["a_high"]
        assert 0 < tables[0].loc[("null_p", item), "b"] <= 1
    assert "null_shared" not in compare(real, "14", "12", kind="region", parts="overlap")["measure"].tolist()
    # Gotland is one body: there are no two levels to share anything.
    gotland = indexed(compare(real, "09", "12", kind="region", **asked))
    assert gotland.loc[("null_shared", "levels"), ["a", "b"]].isna().tolist() == [True, False]


#: Each public measure: the lines in which `compare` gives it for a region, a municipality and a network, or why not.
GIVEN: dict[str, tuple[str, str, str] | str] = {
    "roles": ("outcome", "responsibility", "documented_members"),
    "overlap": ("jaccard_of_levels", "jaccard_with_region", "betweenness"),
    "two_mode": ("degree", "degree", "degree"),
    "nullmodels": ("null_shared", "null_shared", "null_shared"),
    "spells": ("spells", "spells", "spells"),
    "cohorts": ("dated_joins", "first_dated_join", "dated_joins"),
    "growth": ("memberships", "memberships", "members"),
    "series": ("memberships", "memberships", "members"),
    "panel": ("memberships", "memberships", "members"),
    "count": ("memberships", "memberships", "members"),
    "durations": ("followed_spells", "followed_spells", "followed_spells"),
    "survival": ("dated_exits", "dated_exits", "dated_exits"),
    "list_exits": ("list_exits", "list_exits", "list_exits"),
    "listed_participation": ("listed_memberships", "listed_memberships", "latest_list"),
    "documented_participation": ("documents", "documents", "documented_members"),
    "transfers": ("transfer", "transfer", "counties_reached"),
    "event_study": ("transfer", "transfer", "dated_joins"),
    "portfolio": ("judged", "judged", "judged"),
    "strategies": ("strategy", "strategy", "founded"),
    "peers": ("same_stage", "peer_rank", "shared"),
    "coverage": ("coverage", "coverage", "coverage"),
    "disagreements": ("disagreements", "disagreements", "disagreements"),
    "benchmarks": ("benchmarks", "benchmarks", "benchmarks"),
    "networks_of": ("documented_networks", "documented_networks", "documented_members"),
    "networks": ("documented_networks", "documented_networks", "complete_lists"),
    "actors_of": ("municipalities", "county", "documented_members"),
    "undated_pairs": ("documented_networks", "documented_networks", "documented_members"),
    "joint_bodies": ("joint_bodies", "responsibility", "documented_members"),
    "cross_border": ("cross_border_networks", "cross_border_networks", "type"),
    "relations": ("relations", "relations", "documented_members"),
    "position": ("degree", "degree", "degree"),
    "listed": "in the parts of networks: complete_lists",
    "contrasts": "reads a comparison and says what sets the two apart",
    "county_peers": "peers of all municipalities of a county at once",
    "candidates": "of municipalities: candidates",
    "list_retention": "of networks with two lists: list_retention",
    "list_survival": "of networks with two lists: list_survival",
    "containment": "of two lists, not of units",
    "leave_one_county_out": "of a model of all municipalities",
    "coding": "of coders, not of units",
    "explain": "of a cell",
    "audit_summary": "of all tables",
    "compare": "itself",
}


def test_every_public_measure_is_in_the_comparison_or_says_why_not(real: Dataset) -> None:
    measures = {name for name in natverk.__all__ if not name.startswith("_")} - {"Dataset", "TwoMode", "load"}
    assert measures == set(GIVEN)
    for place, (a, b, kind) in enumerate(PAIRS):
        lines = set(compare(real, a, b, kind=kind, draws=3)["measure"])
        missing = {name: own[place] for name, own in GIVEN.items() if isinstance(own, tuple)}
        assert {name for name, line in missing.items() if line not in lines} == set()


def test_parts_can_be_chosen_and_keep_their_rows(pair: tuple[pd.DataFrame, pd.DataFrame], real: Dataset) -> None:
    table = pair[0]
    assert set(table["part"]) <= set(PARTS)
    assert table["part"].map(PARTS.index).is_monotonic_increasing
    some = compare(real, "Lund", "Malmö", parts=("spells", "place"))
    assert some["part"].unique().tolist() == ["place", "spells"]
    if "skr_group" in set(table["measure"]):
        pd.testing.assert_frame_equal(some, table[table["part"].isin(["place", "spells"])].reset_index(drop=True))


# --- Names ------------------------------------------------------------------------------------------------------------


def test_kinds_must_match(real: Dataset) -> None:
    with pytest.raises(InvalidArgument, match="'region:14' is a region, 'municipality:0180' a municipality"):
        compare(real, "region:14", "municipality:0180")
    with pytest.raises(InvalidArgument, match="one kind"):
        compare(real, "ubc", "Lund")
    # Gotland is both, but each id says which is meant.
    with pytest.raises(InvalidArgument, match="one kind"):
        compare(real, "region:09", "municipality:0980")


def test_a_name_of_two_kinds_asks_which(real: Dataset) -> None:
    assert resolve_unit(real, "Uppsala") == {"region": "03", "municipality": "0380"}
    with pytest.raises(InvalidArgument, match='kind="region"'):
        compare(real, "Uppsala", "Stockholm")
    # The other side settles it.
    assert compare(real, "Uppsala", "Lund")["measure"].eq("skr_group").any()


def test_an_unknown_unit_gets_the_nearest_name(real: Dataset) -> None:
    with pytest.raises(UnknownName, match="nearest: 'Vänersborg'"):
        compare(real, "Vanersborgg", "Lund")
    with pytest.raises(UnknownName, match="nearest: 'Eurocities'"):
        compare(real, "ubc", "eurocites")
    with pytest.raises(UnknownName, match="unknown region 'Lund'"):
        compare(real, "Lund", "Skåne", kind="region")


def test_wrong_arguments_say_what_is_allowed(real: Dataset) -> None:
    with pytest.raises(InvalidArgument, match="same municipality"):
        compare(real, "Lund", "1281")
    with pytest.raises(InvalidArgument, match="'network'"):
        compare(real, "Lund", "Malmö", kind="town")
    with pytest.raises(InvalidArgument, match="outside"):
        compare(real, "Lund", "Malmö", year=3000)
    with pytest.raises(InvalidArgument, match="'benchmarks'"):
        compare(real, "Lund", "Malmö", parts=("benchmark",))
    with pytest.raises(InvalidArgument, match="the selection is empty"):
        compare(real, "Lund", "Malmö", parts=())
    with pytest.raises(InvalidArgument, match="draws is -1"):
        compare(real, "Lund", "Malmö", draws=-1)
    with pytest.raises(InvalidArgument, match="counts_as"):
        compare(real, "Lund", "Malmö", counts_as=("members",))
    with pytest.raises(InvalidArgument, match="1997"):
        compare(real, "region:12", "region:14", year=1995)


# --- Hand-made cases and properties -----------------------------------------------------------------------------------


def test_shared_and_only_here_by_hand(make: Make) -> None:
    table = side_by_side(world(make, {("0101", "a"), ("0101", "b"), ("0102", "b"), ("0102", "c")}))
    assert table.loc[("shared", "networks"), ["a", "b", "a_text"]].tolist() == [1, 1, "b"]
    assert table.loc[("only_here", "networks"), ["a", "b", "a_text", "b_text"]].tolist() == [1, 1, "a", "c"]
    assert table.loc[("jaccard", "networks"), "a"] == pytest.approx(1 / 3)
    assert table.loc[("theme_profile", "culture"), ["a", "b"]].tolist() == [2, 1]
    assert table.loc[("theme_profile", "health"), ["a", "b"]].tolist() == [1, 2]
    assert table.loc[("memberships", ""), ["a", "a_low", "a_high"]].tolist() == [2, 2, 3]
    assert table.loc[("documented_networks", ""), "a_rows"] == "mem-00001;mem-00002"
    assert table.loc[("population", ""), ["a", "b", "a_text"]].tolist() == [1000, 2000, "2009"]


def test_what_is_not_known_is_missing_and_not_nothing(make: Make) -> None:
    data = make(networks=NETS, population=SIZES[:1] + SIZES[2:], sources=SOURCES)
    table = side_by_side(data)
    assert pd.isna(table.loc[("population", ""), "b"])
    assert table.loc[("area", ""), ["a", "b"]].isna().all()
    assert pd.isna(table.loc[("jaccard", "networks"), "a"])
    assert table.loc[("jaccard_known", ""), ["a", "b"]].isna().all()
    assert table.loc[("responsibility", "holder"), "a_text"] == ""


def test_the_window_bounds_what_is_documented(make: Make) -> None:
    members = [
        {"a": "municipality:0101", "n": "a", "seen": 1999},
        {"a": "municipality:0101", "n": "b"},
        {"a": "municipality:0101", "n": "c", "seen": YEAR},
    ]
    data = make(*members, networks=NETS, population=SIZES, sources=SOURCES)
    table = side_by_side(data, years=(2005, 2015))
    assert table.loc[("documented_networks", ""), "a_text"] == "b;c"


def test_regions_by_hand(make: Make) -> None:
    members = [
        {"a": "region:01", "n": "a", "seen": YEAR},
        {"a": "region:02", "n": "a", "seen": YEAR},
        {"a": "municipality:0101", "n": "b", "seen": YEAR},
        {"a": "body:forbundet", "n": "c", "seen": YEAR},
    ]
    data = make(*members, networks=NETS, population=SIZES, sources=SOURCES)
    table = side_by_side(data, "region:01", "region:02")
    assert table.loc["shared", "a"].to_dict() == {"region": 1, "municipalities": 0, "joint_bodies": 0}
    assert table.loc["only_here", "a_text"].to_dict() == {"region": "", "municipalities": "b", "joint_bodies": "c"}
    assert table.loc[("population", ""), ["a", "b"]].tolist() == [3000, 4000]
    assert table.loc[("memberships", "municipalities"), ["a", "a_high"]].tolist() == [1, 6]


QUICK = settings(
    max_examples=4, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
)  # fmt: skip
memberships = st.sets(st.tuples(st.sampled_from(["0101", "0102"]), st.sampled_from(["a", "b", "c"])))


@QUICK
@given(pairs=memberships, extra=st.tuples(st.sampled_from(["0101", "0102"]), st.sampled_from(["a", "b", "c"])))
def test_a_further_membership_never_lowers_what_is_shared(
    make: Make, pairs: set[tuple[str, str]], extra: tuple[str, str]
) -> None:
    parts = ("networks", "position", "spells")
    before, after = (side_by_side(world(make, own), parts=parts) for own in (pairs, pairs | {extra}))
    both = ("shared", "networks")
    assert after.loc[both, "a"] >= before.loc[both, "a"]
    assert set(before.loc[both, "a_text"].split(";")) <= {*after.loc[both, "a_text"].split(";"), ""}
    for side in ("a", "b"):
        assert after.loc[("memberships", ""), f"{side}_low"] >= before.loc[("memberships", ""), f"{side}_low"]
        for measure in ("spells", "degree"):
            if (measure, "") in before.index and pd.notna(before.loc[(measure, ""), side]):
                assert after.loc[(measure, ""), side] >= before.loc[(measure, ""), side]


@QUICK
@given(pairs=memberships)
def test_swapping_and_relabelling_change_no_number(make: Make, pairs: set[tuple[str, str]]) -> None:
    parts = ("networks", "peers")
    numbers = ["shared", "only_here", "jaccard", "documented_networks", "jaccard_known", "known_networks"]
    table = side_by_side(world(make, pairs), parts=parts)
    back = side_by_side(world(make, pairs), "0102", "0101", parts=parts)
    for measure in numbers:
        assert table.loc[measure, "a"].equals(back.loc[measure, "b"])
    new = {"a": "b", "b": "c", "c": "a"}
    renamed = side_by_side(world(make, {(code, new[network]) for code, network in pairs}), parts=parts)
    for measure in numbers:
        assert table.loc[measure, ["a", "b"]].equals(renamed.loc[measure, ["a", "b"]])
