"""Peers: hand-made portfolios and places, the real data, and what must hold of every result."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from natverk.data.load import Dataset
from natverk.errors import InvalidArgument, UnknownName
from natverk.membership.actors import eligible
from natverk.peers import (
    by_portfolio,
    by_size,
    by_structure,
    candidates,
    county_peers,
    differences,
    neighbours,
    peer_networks,
    population_at,
    portfolios,
    structure,
)

Make = Callable[..., Dataset]
YEAR = 2010
SOURCES = [{"source_id": "src", "accessed": "2024-06-30"}]
CODES = ("0101", "0102", "0201", "0980")
PLACES = {
    "0101": ("Alby", "A1", "yes", 59.0, 18.0, 1000),
    "0102": ("Boda", "A1", "yes", 59.0, 18.0, 1000),
    "0201": ("Dala", "A2", "yes", 60.0, 18.0, 2000),
    "0980": ("Gotland", "C6", "no", 57.0, 18.0, 8000),
}


def place_rows(places: dict[str, tuple[Any, ...]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return rows of municipalities and of population (in 2009) from short rows."""
    rows = [
        {
            "code": code, "actor_id": f"municipality:{code}", "name": name, "county_code": code[:2],
            "skr_group": group, "coastal": coast, "lat": lat, "lon": lon,
        }
        for code, (name, group, coast, lat, lon, _) in places.items()
    ]  # fmt: skip
    sizes = [
        {"code": code, "year": 2009, "population": place[-1], "borders": "constant_2020"}
        for code, place in places.items()
    ]
    return rows, [row for row in sizes if row["population"] is not None]


def world(make: Make, cells: dict[tuple[str, str], Any], **tables: Any) -> Dataset:
    """Return a dataset whose cells of 2010 are 1 (seen), 0 (left in 2005) or None (unknown) as given."""
    members = []
    for (code, network), value in cells.items():
        if value is not None:
            dates = {"seen": YEAR} if value else {"start": 2000, "end": 2005}
            members.append({"a": f"municipality:{code}", "n": network, **dates})
    names = sorted({network for _, network in cells} | {"net"})
    places, sizes = place_rows(PLACES)
    networks = tables.pop("networks", [{"network_id": name} for name in names])
    return make(
        *members, networks=networks, municipalities=places, population=sizes, sources=SOURCES, **tables
    )  # fmt: skip


def near(data: Dataset, code: str, **arguments: Any) -> pd.DataFrame:
    return by_portfolio(data, code, years=YEAR, n=None, **{"min_known": 1, **arguments}).set_index("code")


# --- Portfolios -------------------------------------------------------------------------------------------------------


def test_jaccard_on_known_cells_by_hand(make: Make) -> None:
    cells = {
        ("0101", "a"): 1, ("0101", "b"): 1, ("0101", "c"): 0, ("0101", "d"): 1,
        ("0102", "a"): 1, ("0102", "b"): 0, ("0102", "c"): 1, ("0102", "e"): 1,
    }  # fmt: skip
    row = near(world(make, cells), "0101").loc["0102"]
    # a shared, b only here, c only there; d and e are known of one side only.
    assert (row["n_known"], row["n_shared"], row["n_either"], row["n_one_sided"]) == (3, 1, 3, 2)
    assert row["jaccard"] == pytest.approx(1 / 3)
    assert (row["jaccard_low"], row["jaccard_high"]) == (pytest.approx(1 / 5), pytest.approx(3 / 5))
    assert row[["shared", "only_here", "only_there", "one_sided"]].tolist() == ["a", "b", "c", "d;e"]


def test_an_unknown_is_neither_a_membership_nor_its_absence(make: Make) -> None:
    data = world(make, {("0101", "a"): 1, ("0102", "b"): 1})
    row = near(data, "0101").loc["0102"]
    assert (row["n_known"], row["status"]) == (0, "too_few_known")
    assert pd.isna(row["jaccard"])
    assert pd.isna(row["rank"])
    assert (row["jaccard_low"], row["jaccard_high"]) == (0, 1)
    assert by_portfolio(data, "0101", years=YEAR, min_known=1).empty


def test_two_that_are_known_to_be_in_nothing_are_not_alike(make: Make) -> None:
    row = near(world(make, {("0101", "a"): 0, ("0102", "a"): 0}), "0101").loc["0102"]
    assert (row["n_known"], row["status"]) == (1, "none_known")
    assert pd.isna(row["jaccard"])


def test_a_complete_list_makes_absence_known(make: Make) -> None:
    lists = [{"network_id": "a", "year": YEAR, "levels": "municipality"}]
    data = world(make, {("0101", "b"): 1}, networks=[{"network_id": "a"}, {"network_id": "b"}], member_lists=lists)
    table = portfolios(data, years=YEAR)
    assert table["a"].loc[list(CODES)].tolist() == [0, 0, 0, 0]
    assert table.loc["0101", "b"] == 1
    assert table["b"].isna().sum() == 3


def test_the_latest_year_with_knowledge_decides(make: Make) -> None:
    lists = [{"network_id": "a", "year": 2008, "levels": "municipality"}]
    joined = {"a": "municipality:0101", "n": "a", "start": 2009, "seen": YEAR}
    data = make(joined, networks=[{"network_id": "a"}], member_lists=lists, sources=SOURCES)
    assert portfolios(data, years=2008).loc["0101", "a"] == 0
    assert portfolios(data, years=(2008, YEAR)).loc["0101", "a"] == 1


def test_what_sources_contradict_or_is_only_presumed_is_not_known(make: Make) -> None:
    lists = [{"network_id": "a", "year": YEAR, "levels": "municipality"}]
    seen = {"a": "municipality:0101", "n": "a", "seen": YEAR}
    earlier = {"a": "municipality:0102", "n": "b", "seen": YEAR - 2}
    networks = [{"network_id": "a"}, {"network_id": "b"}]
    table = portfolios(make(seen, earlier, networks=networks, member_lists=lists, sources=SOURCES), years=YEAR)
    assert pd.isna(table.loc["0101", "a"])
    assert "b" not in table


def test_the_minimum_of_known_cells_is_an_argument(make: Make) -> None:
    data = world(make, {("0101", "a"): 1, ("0102", "a"): 1, ("0101", "b"): 1, ("0102", "b"): 0})
    assert near(data, "0101", min_known=2).loc["0102", "status"] == "comparable"
    assert near(data, "0101", min_known=3).loc["0102", "status"] == "too_few_known"


def test_ties_go_to_more_shared_networks_then_to_the_code(make: Make) -> None:
    cells = {(code, "a"): 1 for code in CODES} | {("0101", "b"): 1, ("0980", "b"): 1}
    ranked = by_portfolio(world(make, cells), "0101", years=YEAR, min_known=1)
    assert ranked["code"].tolist() == ["0980", "0102", "0201"]
    assert ranked["rank"].tolist() == [1, 2, 3]


QUICK = settings(
    max_examples=8, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
)  # fmt: skip
grids = st.dictionaries(
    st.tuples(st.sampled_from(CODES), st.sampled_from(["a", "b", "c", "d"])),
    st.sampled_from([1, 1, 0, None]),
    min_size=1,
)


@QUICK
@given(cells=grids)
def test_jaccard_is_that_of_the_definition_and_symmetric(make: Make, cells: dict[tuple[str, str], int | None]) -> None:
    data = world(make, cells)
    tables = {code: near(data, code) for code in CODES}
    for code in CODES:
        for other in set(CODES) - {code}:
            known = [
                (cells[code, network], cells[other, network]) for network in "abcd"
                if cells.get((code, network)) is not None and cells.get((other, network)) is not None
            ]  # fmt: skip
            either = sum(1 for pair in known if any(pair))
            row = tables[code].loc[other]
            assert row["n_known"] == len(known)
            if either:
                assert row["jaccard"] == pytest.approx(sum(1 for pair in known if all(pair)) / either)
                assert row["jaccard_low"] <= row["jaccard"] <= row["jaccard_high"]
                assert row["jaccard"] == tables[other].loc[code, "jaccard"]
            else:
                assert pd.isna(row["jaccard"])


@QUICK
@given(cells=grids, order=st.permutations(["a", "b", "c", "d"]))
def test_relabelling_networks_changes_no_number(
    make: Make, cells: dict[tuple[str, str], int | None], order: list[str]
) -> None:
    new = dict(zip("abcd", order, strict=True))
    renamed = {(code, new[network]): value for (code, network), value in cells.items()}
    numbers = ["jaccard", "jaccard_low", "jaccard_high", "n_known", "n_shared", "n_either", "n_one_sided"]
    pd.testing.assert_frame_equal(
        near(world(make, cells), "0101")[numbers], near(world(make, renamed), "0101")[numbers]
    )


def test_peers_of_the_real_data(real: Dataset) -> None:
    table = portfolios(real)
    few = portfolios(real, municipalities=["1487", "0180"])
    assert few.index.tolist() == ["0180", "1487"]
    pd.testing.assert_frame_equal(few, table.loc[few.index, few.columns])
    assert set(table.stack().dropna().unique()) == {0.0, 1.0}
    # Of the cells not on complete lists nearly all that is known is positive: the pull towards 1 that is said.
    ranked = by_portfolio(real, "Lund", n=None)
    assert len(ranked) == 289
    comparable = ranked[ranked["status"] == "comparable"]
    assert comparable["rank"].tolist() == list(range(1, len(comparable) + 1))
    assert (comparable["jaccard_low"] <= comparable["jaccard"]).all()
    assert (comparable["jaccard"] <= comparable["jaccard_high"]).all()
    assert (comparable["n_known"] >= 3).all()


# --- Structure --------------------------------------------------------------------------------------------------------


def test_distance_by_structure_by_hand(make: Make) -> None:
    table = by_structure(world(make, {}), "0101", year=2009, n=None).set_index("code")
    twin = table.loc["0102"]
    assert (twin["rank"], twin["distance"], twin["alike"]) == (1, 0, "population;skr_group;coast;location")
    # Differences in log population over the six pairs: 0, ln 2 (twice), ln 8 (twice), ln 4.
    mean_size = math.log(2 * 2 * 8 * 8 * 4) / 6
    # Groups: one pair the same, two of one main group, three unlike; coast: three pairs differ.
    row = table.loc["0201"]
    assert row["from_population"] == pytest.approx(0.25 * math.log(2) / mean_size)
    assert row["from_skr_group"] == pytest.approx(0.25 * 0.5 / ((0 + 2 * 0.5 + 3 * 1) / 6))
    assert (row["from_coast"], row["km"]) == (0, pytest.approx(6371.0088 * math.pi / 180))
    # Degrees of latitude between the six pairs: 0, 1, 1, 2, 2, 3.
    assert row["from_location"] == pytest.approx(0.25 * 1 / (9 / 6))
    assert table.loc["0980", "from_coast"] == pytest.approx(0.25 * 1 / (3 / 6))
    parts = [f"from_{name}" for name in ("population", "skr_group", "coast", "location")]
    assert table[parts].sum(axis=1).tolist() == pytest.approx(table["distance"].tolist())


def test_what_is_not_known_of_a_place_is_no_likeness(make: Make) -> None:
    places, sizes = place_rows(PLACES | {"0102": ("Boda", None, None, 59.0, 18.0, 1000)})
    data = make(municipalities=places, population=sizes, sources=SOURCES)
    row = by_structure(data, "0101", year=2009, n=None).set_index("code").loc["0102"]
    assert pd.isna(row["distance"])
    assert pd.isna(row["rank"])
    assert pd.isna(row["same_coast"])
    assert row["alike"] == "population;location"


def test_weights_are_an_argument(make: Make) -> None:
    only = by_structure(world(make, {}), "0101", year=2009, n=None, weights={"location": 1})
    assert only["code"].tolist() == ["0102", "0201", "0980"]
    assert only["alike"].tolist() == ["location", "", ""]
    size = by_structure(world(make, {}), "0980", year=2009, n=None, weights={"population": 1.0})
    assert size["code"].tolist() == ["0201", "0101", "0102"]


@pytest.mark.parametrize(
    "weights", [{"population": 0.5}, {"population": 0.6, "coast": 0.6}, {"size": 1}, {"population": 2, "coast": -1}, {}]
)
def test_weights_that_do_not_sum_raise(make: Make, weights: dict[str, float]) -> None:
    with pytest.raises(InvalidArgument, match=r"weight|component"):
        by_structure(world(make, {}), "0101", year=2009, weights=weights)


def test_known_distances_in_the_real_data(real: Dataset) -> None:
    table, published = structure(real, 2023)
    assert published == 2021
    km = differences(real, 2023)["location"]
    assert km.index.equals(table.index)
    assert km.loc["0180", "1480"] == pytest.approx(397, abs=5)
    assert km.loc["1281", "1280"] == pytest.approx(16, abs=2)
    assert np.allclose(km, km.T)
    assert (np.diag(km) == 0).all()


def test_population_is_never_interpolated(real: Dataset) -> None:
    assert population_at(real, 2022)[1] == population_at(real, 2023)[1] == 2021
    assert by_structure(real, "0182", year=2023, n=1)["population_year"].tolist() == [2021]
    with pytest.raises(InvalidArgument, match="1990"):
        by_structure(real, "0182", year=1985)


def test_a_municipality_that_did_not_exist_is_no_peer(real: Dataset) -> None:
    assert "0330" not in set(by_structure(real, "0380", year=2002, n=None)["code"])
    assert "0330" in set(by_structure(real, "0380", year=2003, n=None)["code"])
    with pytest.raises(InvalidArgument, match="did not exist"):
        by_structure(real, "Knivsta", year=2002)


def test_structure_is_symmetric_in_the_real_data(real: Dataset) -> None:
    here = by_structure(real, "Täby", n=None).set_index("code")["distance"]
    for other in ("0180", "1480", "2584"):
        assert by_structure(real, other, n=None).set_index("code").loc["0160", "distance"] == pytest.approx(here[other])


# --- Candidates -------------------------------------------------------------------------------------------------------

RULES = [
    {"network_id": "a"},
    {"network_id": "b", "min_population": 5000},
    {"network_id": "c", "eligible_levels": "region"},
    {"network_id": "d", "max_population": 500},
    {"network_id": "e", "founded_year": 2000, "dissolved_year": 2009},
    {"network_id": "f"},
]


def offered(data: Dataset, code: str = "0101", **arguments: Any) -> pd.DataFrame:
    return candidates(data, code, **{"year": YEAR, "n_peers": 3, **arguments}).set_index("network_id")


def test_candidates_with_their_eligibility(make: Make) -> None:
    cells = {("0102", name): 1 for name in "abcd"} | {
        ("0201", "b"): 1,
        ("0101", "a"): 0,
        ("0101", "f"): 1,
        ("0201", "f"): 1,
    }
    table = offered(world(make, cells, networks=RULES))
    # b is in two peers; a, c and d in one; f is its own already.
    assert table.index.tolist() == ["b", "a", "c", "d"]
    assert table["n_in"].tolist() == [2, 1, 1, 1]
    assert table["eligibility"].tolist() == ["too_small", "eligible", "level", "too_large"]
    assert table["own_state"].tolist() == ["unknown", "left", "unknown", "unknown"]
    assert table["own_year"].dropna().tolist() == [2005]
    assert table["own_documented"].tolist() == [False, True, False, False]
    assert table.loc["b", ["peers", "n_known", "n_peers", "population", "population_year"]].tolist() == [
        "0102;0201", 2, 3, 1000, 2009
    ]  # fmt: skip
    # Unknown peers may be in it as well, if they are eligible: Gotland is large enough for b.
    assert table.loc["b", "n_in_high"] == 3
    # Gotland is a region too.
    assert table.loc["c", "n_in_high"] == 2


def test_a_network_that_was_dissolved_is_said_to_be(make: Make) -> None:
    member = {"a": "municipality:0102", "n": "e", "seen": 2008}
    places, sizes = place_rows(PLACES)
    data = make(member, networks=RULES, municipalities=places, population=sizes, sources=SOURCES)
    assert offered(data).loc["e", ["eligible", "eligibility"]].tolist() == [False, "dissolved"]


def test_an_undated_membership_of_ones_own_is_documented_too(make: Make) -> None:
    places, sizes = place_rows(PLACES)
    members = [{"a": "municipality:0102", "n": "a", "seen": YEAR}, {"a": "municipality:0101", "n": "a"}]
    data = make(*members, networks=RULES, municipalities=places, population=sizes, sources=SOURCES)
    assert offered(data).empty


def test_all_evidence_counts_without_a_window_but_for_who_is_outside_later(make: Make) -> None:
    places, sizes = place_rows(PLACES)
    members = [
        {"a": "municipality:0102", "n": "a", "seen": 1990},
        {"a": "municipality:0102", "n": "b"},
        {"a": "municipality:0201", "n": "b", "start": 1990, "end": 1992},
        {"a": "municipality:0201", "n": "f", "seen": YEAR + 1},
    ]
    data = make(*members, networks=RULES, municipalities=places, population=sizes, sources=SOURCES)
    assert offered(data).empty
    table = offered(data, window=None)
    assert table["peers"].to_dict() == {"a": "0102", "b": "0102"}
    # The one that left is known to be outside; Gotland may be in it.
    assert table.loc["b", ["n_known", "n_in_high"]].tolist() == [2, 2]


def test_a_list_that_shows_a_municipality_outside_is_named_by_its_year(real: Dataset) -> None:
    table = offered(real, "Göteborg", year=2026, peers=["Malmö"], window=None)
    assert table.loc["ubc", ["own_state", "own_year", "own_documented"]].tolist() == ["not_member", 2022, True]
    unknown = table[table["own_state"] == "unknown"]
    assert len(unknown) >= 1
    assert unknown["own_year"].isna().all()


def test_peers_by_portfolio_share_something(make: Make) -> None:
    cells = {("0101", "a"): 1, ("0102", "a"): 1, ("0102", "f"): 1, ("0201", "a"): 0, ("0201", "d"): 1}
    table = offered(world(make, cells, networks=RULES), by="portfolio", min_known=1)
    assert (table.index.tolist(), table["n_peers"].tolist()) == (["f"], [1])


def test_whether_a_municipality_may_join_is_not_known_where_no_column_tells(make: Make) -> None:
    rules = [
        {"network_id": "coast", "eligibility_basis": "coast"}, {"network_id": "award", "eligibility_basis": "other"},
        {"network_id": "open", "eligibility_basis": "open"},
        {"network_id": "office", "eligibility_basis": "named_owner", "eligible_actors": "region:01"},
    ]  # fmt: skip
    rows = [{"a": "municipality:0102", "n": rule["network_id"], "seen": 2010} for rule in rules]
    table = candidates(make(*rows, networks=rules), "0101", peers=["0102"], year=2010).set_index("network_id")
    assert table["eligibility"].to_dict() == {
        "coast": "not_admitted", "award": "rule_unknown", "open": "eligible", "office": "not_admitted",
    }  # fmt: skip
    assert table["eligible"].to_dict() == {"coast": False, "award": True, "open": True, "office": False}


def test_eligibility_agrees_with_the_panel_on_the_real_data(real: Dataset) -> None:
    for place in ("0184", "1480", "2584", "0980"):
        table = candidates(real, place, year=2019, n_peers=40)
        networks = table["network_id"].tolist()
        may = eligible(real, [f"municipality:{place}"], networks, range(2019, 2020))[0, :, 0]
        closed = table["eligibility"].isin(["not_founded", "dissolved"]).to_numpy()
        assert (table["eligible"].to_numpy() == (may & ~closed)).all()
        assert (table["n_in"] <= table["n_in_high"]).all()
        assert table["n_in"].is_monotonic_decreasing


def test_eurocities_is_for_large_cities(real: Dataset) -> None:
    row = offered(real, "Botkyrka", year=2019, peers=["Nacka", "Malmö", "Lund"]).loc["eurocities"]
    assert (row["eligible"], row["eligibility"], row["min_population"]) == (False, "too_small", 250_000)
    assert "associates" in row["eligibility_note"]


@QUICK
@given(cells=grids, code=st.sampled_from(CODES[1:]), network=st.sampled_from(["a", "b", "c", "d"]))
def test_a_peer_that_joins_never_lowers_a_candidate(
    make: Make, cells: dict[tuple[str, str], int | None], code: str, network: str
) -> None:
    before = offered(world(make, cells))["n_in"]
    after = offered(world(make, cells | {(code, network): 1}))["n_in"]
    assert (after.reindex(before.index) >= before).all()


# --- Arguments --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [0, -1, True, 1.5])
def test_the_number_of_peers_counts_from_one(real: Dataset, n: Any) -> None:
    for function in (by_portfolio, by_structure):
        with pytest.raises(InvalidArgument, match="n is"):
            function(real, "0180", n=n)


def test_wrong_arguments_say_what_is_allowed(real: Dataset) -> None:
    with pytest.raises(InvalidArgument, match="'structure'"):
        candidates(real, "0180", by="likeness")  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="min_known"):
        by_portfolio(real, "0180", min_known=-1)
    with pytest.raises(InvalidArgument, match="window"):
        candidates(real, "0180", window=0)
    with pytest.raises(InvalidArgument, match="outside"):
        candidates(real, "0180", year=1066)
    with pytest.raises(InvalidArgument, match="programme"):
        by_portfolio(real, "0180", counts_as=("club",))


def test_candidates_can_be_sought_among_chosen_municipalities(real: Dataset) -> None:
    found = candidates(real, "Vänersborg", peers=["Trollhättan", "1480"])
    assert set(found["n_peers"]) == {2}
    assert set(";".join(found["peers"]).split(";")) == {"1480", "1488"}
    sought = candidates(real, "Vänersborg")
    again = candidates(real, "Vänersborg", peers=by_structure(real, "Vänersborg")["code"])
    pd.testing.assert_frame_equal(sought, again)
    with pytest.raises(UnknownName, match="Trollhättan"):
        candidates(real, "Vänersborg", peers=["Trollhatan"])


@pytest.mark.parametrize("year", [1900, 2027, 2019.5, True, "next year"])
def test_a_year_outside_what_the_data_can_speak_of_is_refused(real: Dataset, year: Any) -> None:
    for call in (
        lambda: by_portfolio(real, "0180", years=(year, year)),
        lambda: by_structure(real, "0180", year=year),
        lambda: candidates(real, "0180", year=year),
        lambda: county_peers(real, "14", year=year),
    ):
        with pytest.raises(InvalidArgument, match=str(year)):
            call()


def test_weights_of_candidates_are_those_of_structure(real: Dataset) -> None:
    with pytest.raises(InvalidArgument, match=r"not 1(.|\n)*divide"):
        candidates(real, "0180", weights={"population": 0.5})


def test_an_unknown_municipality_is_told_the_nearest(real: Dataset) -> None:
    for call in (
        lambda: by_portfolio(real, "Vanersborgg"),
        lambda: by_structure(real, ["Lund", "Vanersborgg"]),
        lambda: candidates(real, "Vanersborgg"),
        lambda: portfolios(real, municipalities=["Vanersborgg"]),
        lambda: neighbours(real, "Vanersborgg", pd.DataFrame({"actor_id": [], "network_id": [], "mark": []})),
    ):
        with pytest.raises(UnknownName, match="Vänersborg"):
            call()


# --- Several at once --------------------------------------------------------------------------------------------------


def test_several_municipalities_give_what_each_gives_alone(real: Dataset) -> None:
    names = ["Vänersborg", 180, "municipality:0980"]
    for function in (by_portfolio, by_structure):
        for n in (3, None):
            together = function(real, names, n=n)
            alone = pd.concat([function(real, name, n=n) for name in names], ignore_index=True)
            pd.testing.assert_frame_equal(together, alone)
            assert together["municipality"].unique().tolist() == ["1487", "0180", "0980"]


def test_peers_of_a_county_are_those_of_its_municipalities(real: Dataset) -> None:
    table = county_peers(real, "Skåne", year=2019, n=2)
    assert table["code"].nunique() == 33
    for code, own in table.groupby("code"):
        alike = own[own["by"] == "structure"]
        assert alike["peer_code"].tolist() == by_structure(real, code, year=2019, n=2)["code"].tolist()
        near = by_portfolio(real, code, years=(2010, 2019), n=2)
        near = near[near["n_shared"] > 0]
        assert own.loc[own["by"] == "portfolio", "value"].tolist() == near["jaccard"].tolist()


def test_a_table_of_ones_own_is_read_instead(make: Make) -> None:
    data = world(make, {})
    table = pd.DataFrame({"a": [1.0, 1.0, 0.0, np.nan], "b": [1.0, 0.0, 1.0, 1.0]}, index=list(CODES))
    own = by_portfolio(data, "0101", table=table, min_known=1).set_index("code")
    assert own["jaccard"].to_dict() == {"0980": 1, "0102": 0.5, "0201": 0.5}


# --- Position ---------------------------------------------------------------------------------------------------------


def marks(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["actor_id", "network_id", "mark"])


def test_memberships_by_size_count_firm_ties(make: Make) -> None:
    documented = marks(
        ("municipality:0101", "a", "recent"), ("municipality:0101", "b", "undated"),
        ("municipality:0102", "a", "loose"), ("municipality:0102", "b", "left"), ("region:01", "a", "recent"),
    )  # fmt: skip
    table = by_size(world(make, {}), documented, classes=(0, 1500, 8000))
    assert table["code"].tolist() == ["0101", "0102", "0201", "0980"]
    assert table["n_documented"].tolist() == [2, 0, 0, 0]
    assert table["n_undated"].tolist() == [1, 0, 0, 0]
    assert table["size_from"].tolist() == [0, 0, 1500, 8000]
    assert table["size_to"].fillna(-1).tolist() == [1500, 1500, 8000, -1]
    for classes in ((), (1, 2), (0, 5, 3)):
        with pytest.raises(InvalidArgument, match="do not rise from 0"):
            by_size(world(make, {}), documented, classes=classes)
    with pytest.raises(InvalidArgument, match=r"natverk\.documented"):
        by_size(world(make, {}), pd.DataFrame({"actor_id": []}))


def test_networks_of_the_neighbours(make: Make) -> None:
    documented = marks(
        ("municipality:0101", "a", "left"), ("municipality:0102", "a", "recent"), ("municipality:0102", "b", "recent"),
        ("municipality:0102", "c", "loose"), ("municipality:0201", "b", "recent"), ("region:01", "b", "earlier"),
    )  # fmt: skip
    table = neighbours(world(make, {}), "Alby", documented)
    assert table["network_id"].tolist() == ["a", "b"]
    assert table[["n_in", "n_neighbours", "neighbours"]].values.tolist() == [[1, 1, "0102"]] * 2
    assert table["region"].tolist() == [False, True]
    assert table["own_mark"].fillna("").tolist() == ["left", ""]
    assert neighbours(world(make, {}), "Gotland", documented).empty


def test_what_similar_municipalities_are_in_stands_with_evidence_and_with_what_is_known_of_ones_own(
    real: Dataset,
) -> None:
    found = peer_networks(real, "Vänersborg")
    near = by_structure(real, "1487", year=real.last_year, n=2)
    assert set(found["actor_id"]) <= {f"municipality:{code}" for code in near["code"]}
    rows = real.memberships.set_index("row_id")
    for row in found.to_dict("records"):
        told = rows.loc[str(row["row_ids"]).split(";")]
        assert set(told["actor_id"]) == {row["actor_id"]}
        assert set(told["network_id"]) == {row["network_id"]}
    both = found.set_index("network_id")
    assert both.loc["sern", "shared"]
    assert not both.loc["ecad", "shared"]
    # A complete list that covers the municipality and leaves it out is said; where no list is, nothing is.
    listed = set(real.member_lists["network_id"])
    told = peer_networks(real, "Nacka")
    assert told["absent"].notna().any()
    assert set(told.loc[told["absent"].notna(), "network_id"]) <= listed
