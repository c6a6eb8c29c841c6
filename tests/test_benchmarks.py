"""Benchmarks: every published number once, the anchors, and the rule on hand-made cases."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import natverk
from natverk.benchmarks import NOT_COMPARABLE, OUTCOMES, RECIPES, _agrees, _Recipes, containment, once, recomputed
from natverk.data.load import Dataset
from natverk.errors import InvalidArgument, UnknownName
from natverk.roles.country import country_networks

Make = Callable[..., Dataset]
RAW = Path(__file__).parents[1] / "data" / "raw"
SOURCES = [{"source_id": name, "accessed": "2024-06-30"} for name in ("src", "other")]


def rows_of(name: str) -> list[dict[str, str]]:
    """Read a raw table without the package."""
    with (RAW / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def table(real: Dataset) -> pd.DataFrame:
    return recomputed(real).set_index("row_id", drop=False)


def member_rows(count: int, **more: Any) -> list[dict[str, Any]]:
    places = ("municipality:0101", "municipality:0102", "municipality:0201", "municipality:0980")
    return [{"a": place, "seen": 2010, **more} for place in places[:count]]


def one(data: Dataset) -> pd.Series:
    """Return the one benchmark of a hand-made dataset that is no list."""
    table = recomputed(data)
    return table[table["table"] != "member_lists"].iloc[0]


def total(value: float, fact: str = "members_sweden", **more: Any) -> list[dict[str, Any]]:
    row = {
        "network_id": "net",
        "fact": fact,
        "value": value,
        "qualifier": "exact",
        "year": 2010,
        "year_basis": "stated",
        # Another source than that of the members: one that they were read from would not be confirmed by them.
        "source_id": "other",
    }
    return [{**row, **more}]


# --- Nothing is passed silently ---------------------------------------------------------------------------------------


def test_every_published_row_comes_out_once(table: pd.DataFrame) -> None:
    for name, key in (("published_figures", "row_id"), ("published_totals", "row_id"), ("member_lists", "list_id")):
        own = table.loc[table["table"] == name, "row_id"].tolist()
        assert own == sorted(set(own)) or name == "member_lists"
        assert sorted(own) == sorted(row[key] for row in rows_of(name))
    assert set(table["outcome"]) <= set(OUTCOMES)


def test_what_is_not_compared_says_why_and_what_is_compared_shows_both(table: pd.DataFrame) -> None:
    apart = table["outcome"] == "not comparable"
    assert set(table.loc[apart, "reason"]) <= set(NOT_COMPARABLE)
    assert (table.loc[~apart, "reason"] == "").all()
    compared = table[~apart]
    assert compared[["ours", "published", "difference"]].notna().all().all()
    assert (compared["ours"] - compared["published"] == compared["difference"]).all()
    assert ((compared["outcome"] == "equal") | (compared["difference"] != 0)).all()
    # What is compared rests on rows, but for the count of units.
    assert (compared.loc[compared["basis"] != "units", "rows"] != "").all()
    assert table.loc[apart, "difference"].isna().all()


def test_the_registry_covers_every_figure_and_names_rows_that_exist(table: pd.DataFrame) -> None:
    published = {row["row_id"] for name in ("published_figures", "published_totals") for row in rows_of(name)}
    assert {row["row_id"] for row in rows_of("published_figures")} <= set(RECIPES) <= published
    assert not (table["reason"] == "no_recipe").any()
    assert not (table["reason"] == "left_out").any()


def test_every_recipe_is_there(table: pd.DataFrame) -> None:
    assert {name for name, _ in RECIPES.values()} <= set(dir(_Recipes))
    assert set(table["recipe"]) <= set(dir(_Recipes))


def test_a_selection_is_a_part_of_the_whole(real: Dataset, table: pd.DataFrame) -> None:
    for own in (
        recomputed(real, networks=["Klimatkommunerna", "ubc"]),
        recomputed(real, actors=["Vänersborg", "region:14", "Stockholm"]),
    ):
        whole = table.loc[own["row_id"]].reset_index(drop=True)
        assert 0 < len(own) < len(table)
        pd.testing.assert_frame_equal(own, whole)
    assert set(recomputed(real, networks=["ubc"])["network_id"].dropna()) == {"ubc"}
    with pytest.raises(UnknownName, match="nearest"):
        recomputed(real, networks=["ubcc"])
    with pytest.raises(InvalidArgument, match="empty"):
        recomputed(real, actors=[])


# --- Anchors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row_id", "ours"),
    [
        ("fig-00003", 14), ("fig-00039", 1995), ("fig-00051", 14), ("fig-00052", 7),
        ("fig-00053", 21), ("fig-00054", 4), ("fig-00056", 290), ("tot-00045", 9), ("tot-00269", 3), ("tot-00276", 14),
        ("ubc-2014", 21), ("ubc-2019", 14), ("ubc-2020", 13), ("ubc-2022", 12), ("ubc-2025", 11),
    ],
)  # fmt: skip
def test_equal(table: pd.DataFrame, row_id: str, ours: float) -> None:
    assert table.loc[row_id, ["outcome", "ours", "published"]].tolist() == ["equal", ours, ours]


@pytest.mark.parametrize(
    "row_id",
    ["fig-00001", "fig-00004", "fig-00010", "fig-00035", "fig-00038", "fig-00044", "tot-00191", "tot-00312",
     "tot-00349"],
)  # fmt: skip
def test_a_row_confirms_no_page_that_it_was_read_from(table: pd.DataFrame, row_id: str) -> None:
    row = table.loc[row_id]
    assert [row["outcome"], row["reason"]] == ["not comparable", "same_source"]
    assert pd.isna(row["ours"])
    assert row["rows"]


def test_a_number_that_two_rows_have_of_one_page_is_told_once(real: Dataset) -> None:
    own = recomputed(real, networks=["klimatkommunerna", "eurocities", "sern", "sveriges-ekokommuner"])
    told = once(own)
    assert len(told) < len(own)
    assert set(";".join(told["row_ids"]).split(";")) == set(own["row_id"])
    source = real.sources.set_index("source_id")["url"]
    said = told[told["table"] == "published_totals"].assign(page=lambda f: f["source_id"].map(source))
    said = said.dropna(subset=["page"])
    assert not said.duplicated(["network_id", "claim", "published", "year", "page"]).any()
    # The figure says more than the total: it is not lost.
    assert "Höör is the 52nd" in told.set_index("row_id").loc["tot-00082", "note"]
    # Where the total does not stand beside it, the figure does.
    figures = own[own["table"] == "published_figures"]
    assert once(figures)["row_id"].tolist() == figures["row_id"].tolist()


@pytest.mark.parametrize(("row_id", "ours"), [("tot-00311", 2), ("tot-00308", 11), ("tot-00299", 4), ("tot-00302", 0)])
def test_gotland_counts_as_what_it_is_a_member_as(table: pd.DataFrame, row_id: str, ours: int) -> None:
    assert table.loc[row_id, "ours"] == ours


def test_the_share_of_the_population_differs_and_both_are_shown(table: pd.DataFrame) -> None:
    row = table.loc["fig-00002"]
    listed = {row["actor_id"][-4:] for row in rows_of("memberships") if row["list_id"] == "viable-cities-kn2030-2021"}
    people = {row["code"]: int(row["population"]) for row in rows_of("population") if row["year"] == "2021"}
    share = 100 * sum(people[code] for code in listed) / sum(people.values())
    assert (len(listed), len(people)) == (23, 290)
    assert row["ours"] == pytest.approx(share)
    assert round(share, 1) == 38.4
    assert (row["outcome"], row["published"], row["qualifier"]) == ("differs", 40, "about")
    assert row["difference"] == pytest.approx(share - 40)


def test_about_is_two_significant_digits_and_an_argument(real: Dataset, table: pd.DataFrame) -> None:
    loose = recomputed(real, significant=1).set_index("row_id")
    assert loose.loc["fig-00002", "outcome"] == "equal"
    changed = loose.index[(loose["outcome"] != table["outcome"])].tolist()
    assert changed == ["fig-00002"]
    with pytest.raises(InvalidArgument, match="significant"):
        recomputed(real, significant=0)


def test_the_seven_of_the_mission_are_in_viable_cities(real: Dataset, table: pd.DataFrame) -> None:
    seven = containment(real, "eu-mission-100-2022", "viable-cities-kn2030-2021")
    assert sorted(seven["name"]) == ["Gävle", "Göteborg", "Helsingborg", "Lund", "Malmö", "Stockholm", "Umeå"]
    assert seven["in_outer"].all()
    assert table.loc["fig-00004", "also"] == "7 of 7 in viable-cities-kn2030-2021"
    back = containment(real, "viable-cities-kn2030-2021", "eu-mission-100-2022")
    assert (len(back), int(back["in_outer"].sum())) == (23, 7)
    with pytest.raises(UnknownName, match="nearest: 'ubc-2025'"):
        containment(real, "ubc-202", "ubc-2014")


def test_from_nine_to_twenty_three(table: pd.DataFrame) -> None:
    assert table.loc["fig-00003", "also"] == "9 → 23"


def test_vanersborgs_page_says_two_and_describes_three(table: pd.DataFrame) -> None:
    both = table.loc[["tot-00204", "tot-00269"]]
    assert both["outcome"].tolist() == ["differs", "equal"]
    assert both["ours"].tolist() == [3, 3]
    assert len(both["rows"].iloc[0].split(";")) == 3


def test_gotland_counts_twice_among_311(table: pd.DataFrame) -> None:
    assert "290 municipalities + 21 regions = 311" in table.loc["fig-00021", "also"]


@pytest.mark.parametrize(
    ("row_id", "reason"),
    [
        ("tot-00184", "world_total"), ("tot-00058", "world_total"), ("fig-00008", "incomplete_list"),
        ("fig-00012", "incomplete_list"), ("fig-00013", "incomplete_list"), ("fig-00015", "undated"),
        ("fig-00057", "survey"), ("fig-00070", "other_study"), ("fig-00077", "other_study"),
        ("fig-00075", "world_total"), ("fig-00078", "other_country"), ("tot-00057", "ambiguous_actor"),
        ("tot-00239", "not_coded"), ("tot-00263", "not_named"), ("tot-00095", "incomplete_list"),
    ],
)  # fmt: skip
def test_not_comparable_because(table: pd.DataFrame, row_id: str, reason: str) -> None:
    assert table.loc[row_id, ["outcome", "reason"]].tolist() == ["not comparable", reason]


def test_rows_left_out_by_a_filter_are_said_to_be(real: Dataset) -> None:
    early = natverk.load(as_of="2015")
    table = recomputed(early).set_index("row_id")
    assert len(table) == len(early.published_figures) + len(early.published_totals) + len(early.member_lists)
    full = recomputed(real).set_index("row_id")
    # A thinner dataset makes nothing differ that agrees on the whole.
    differs = table.index[table["outcome"] == "differs"]
    assert (full.loc[differs, "outcome"] == "differs").all()
    gone = set(RECIPES) & set(table.index[table["reason"] == "left_out"])
    assert {row for row in gone if full.loc[row, "outcome"] == "equal"}


# --- The rule on hand-made cases --------------------------------------------------------------------------------------


def test_a_complete_list_of_the_year_gives_the_number(make: Make) -> None:
    lists = [{"year": 2010, "n_sweden": 3}]
    members = member_rows(3, list="net-2010")
    for published, outcome in ((3, "equal"), (4, "differs")):
        data = make(*members, member_lists=lists, published_totals=total(published), sources=SOURCES)
        row = one(data)
        assert (row["outcome"], row["ours"], row["basis"]) == (outcome, 3, "list")
        assert row["rows"] == "mem-00001;mem-00002;mem-00003;net-2010"
    stated = recomputed(make(*members, member_lists=[{"year": 2010, "n_sweden": 5}], sources=SOURCES)).iloc[0]
    assert (stated["table"], stated["outcome"], stated["ours"]) == ("member_lists", "differs", 3)


def test_levels_are_counted_apart(make: Make) -> None:
    members = [*member_rows(2, list="net-2010"), {"a": "region:01", "seen": 2010, "list": "net-2010"}]
    lists = [{"year": 2010, "n_sweden": 3}]
    for fact, ours in (("municipalities_sweden", 2), ("regions_sweden", 1), ("members_sweden", 3)):
        data = make(*members, member_lists=lists, published_totals=total(3, fact), sources=SOURCES)
        assert one(data)["ours"] == ours


@pytest.mark.parametrize("item", [{"year": 2009}, {"year": 2010, "counties": "03"}, {"year": 2010, "scope": "full"}])
def test_a_list_of_another_year_place_or_status_does_not_answer(make: Make, item: dict[str, Any]) -> None:
    data = make(*member_rows(2), member_lists=[item], published_totals=total(5), sources=SOURCES)
    assert one(data)[["outcome", "reason", "ours"]].tolist() == ["not comparable", "incomplete_list", 2]


def test_a_lower_bound_above_the_number_is_a_difference(make: Make) -> None:
    for qualifier, outcome in (("exact", "differs"), ("about", "differs"), ("over", "not comparable")):
        data = make(*member_rows(3), published_totals=total(2, qualifier=qualifier), sources=SOURCES)
        assert one(data)["outcome"] == outcome
    below = one(make(*member_rows(1), published_totals=total(2), sources=SOURCES))
    assert (below["outcome"], below["reason"], below["basis"]) == ("not comparable", "incomplete_list", "documented")


def test_an_undated_number_is_not_compared(make: Make) -> None:
    rows = member_rows(3, seen=1999)
    row = one(make(*rows, published_totals=total(3, year=None, year_basis=None), sources=SOURCES))
    assert row[["outcome", "reason", "ours", "basis"]].tolist() == ["not comparable", "undated", 3, "documented_ever"]


def test_who_has_left_or_only_takes_part_is_not_among_those_documented(make: Make) -> None:
    former, *rows = member_rows(3, seen=1999)
    undated = total(3, year=None, year_basis=None)
    for status in ("former", "participant"):
        row = one(make({**former, "status": status}, *rows, published_totals=undated, sources=SOURCES))
        assert row["ours"] == 2


def test_our_number_beside_an_undated_one_is_that_of_the_table_of_networks(real: Dataset, table: pd.DataFrame) -> None:
    ours = table.set_index("row_id")["ours"]
    counted = country_networks(real).set_index("network_id").filter(like="n_")
    assert ours["fig-00034"] == counted.loc["sern"].sum()
    assert ours["fig-00017"] == counted.loc["sveriges-ekokommuner"].sum()


def test_all_members_are_swedish_only_in_a_swedish_network(make: Make) -> None:
    for scope, reason in (("european", "world_total"), ("national", "incomplete_list")):
        networks = [{"scope": scope}]
        row = one(make(*member_rows(1), networks=networks, published_totals=total(9, "members"), sources=SOURCES))
        assert row["reason"] == reason


def test_an_actors_networks_are_a_lower_bound(make: Make) -> None:
    rows = total(7, "networks_of_actor", network_id=None, actor_id="municipality:0101")
    row = one(make(*member_rows(1), published_totals=rows, sources=SOURCES))
    assert row[["outcome", "reason", "ours"]].tolist() == ["not comparable", "incomplete_list", 1]


def test_a_new_figure_says_that_its_recipe_is_missing(make: Make) -> None:
    figure = {
        "row_id": "fig-99999",
        "claim": "Something",
        "value": 5,
        "qualifier": "exact",
        "unit": "members",
        "tier": "A",
    }
    row = one(make(published_figures=[figure], sources=SOURCES))
    assert row[["outcome", "reason"]].tolist() == ["not comparable", "no_recipe"]


def test_containment_that_does_not_hold(make: Make) -> None:
    members = [*member_rows(2, list="net-2010"), *member_rows(1, list="net-2011")]
    lists = [{"year": 2010}, {"year": 2011}]
    data = make(*members, member_lists=lists, sources=SOURCES)
    assert containment(data, "net-2010", "net-2011")["in_outer"].tolist() == [True, False]


# --- Properties -------------------------------------------------------------------------------------------------------

number = st.integers(1, 5000)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(published=number, ours=number)
def test_tolerance_is_as_written(published: int, ours: int) -> None:
    assert _agrees(ours, published, "exact") == (ours == published)
    assert _agrees(published, published, "about")
    assert _agrees(ours, published, "about") == _agrees(published, ours, "about")
    if _agrees(ours, published, "about"):
        assert abs(ours - published) <= 0.1 * max(ours, published)
    if _agrees(ours, published, "over"):
        assert published <= ours


@settings(max_examples=10, deadline=None, derandomize=True)
@given(count=st.integers(0, 3))
def test_a_further_member_raises_the_count_by_one(make: Make, count: int) -> None:
    def ours(number: int) -> float:
        data = make(*member_rows(number), published_totals=total(50), sources=SOURCES)
        return float(one(data)["ours"])

    assert ours(count + 1) == ours(count) + 1
