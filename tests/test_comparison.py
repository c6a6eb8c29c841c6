"""Comparison: two units side by side, on the real data and on hand-made cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from natverk import comparison
from natverk.comparison import PARTS, VERDICTS, compare, kinds_of_both
from natverk.data.load import Dataset
from natverk.errors import InvalidArgument, UnknownName
from natverk.membership.actors import actors_of
from natverk.membership.documented import documented
from natverk.membership.panel import count, panel
from natverk.membership.quality import disagreements
from natverk.offices import offices
from natverk.roles.activity import practised
from natverk.strategies import stages

Make = Callable[..., Dataset]
YEAR = 2010
#: What the hand-made cases look at.
TRIED = ("place", "responsibility", "networks", "positions", "peers")
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
    return indexed(compare(data, a, b, **{"year": YEAR, "years": (1997, 2024), "parts": TRIED, **arguments}))


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
        jaccard = table.loc[("jaccard", item), "a"]
        if min(one, two) == 0:
            assert pd.isna(jaccard)
        else:
            assert jaccard == pytest.approx(shared["a"] / (one + two - shared["a"]))


def test_the_columns_are_safe_to_compute_with(pair: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    assert {str(kind) for kind in pair[0].dtypes} == {"float64", "str"}
    assert not pair[0].select_dtypes("str").isna().any(axis=None)
    assert set(pair[0]["verdict"]) <= set(VERDICTS)


def test_two_regions(real: Dataset) -> None:
    table = indexed(compare(real, "Västra Götaland", "region:09", year=2019))
    assert table.loc[("municipalities", ""), ["a", "b"]].tolist() == [49, 1]
    assert table.loc[("responsibility", "holder"), ["a_text", "b_text"]].tolist() == ["region", "region"]
    assert table.loc[("transfer", "to_region"), "a"] == 1999
    # The list of the Baltic Sea Commission that tells of both is one of 2015, though its copy was read in 2019.
    assert table.loc[("outcome", "regional_growth"), ["a_text", "b_text"]].tolist() == ["unknown", "unknown"]
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
    assert table.loc[("since", "eurocities"), ["a", "a_text"]].tolist() == [1995, "stated"]
    assert table.loc[("last_seen", "eurocities"), "a_text"] == "recent"
    assert (
        table.loc[("population", ""), "a"]
        == real.population.query("code == '0180' and year == 2019")["population"].iloc[0]
    )


def test_two_networks(real: Dataset) -> None:
    table = indexed(compare(real, "UBC", "eurocities", kind="network", year=2019))
    assert table.loc[("members", "municipality"), ["a_low", "a"]].tolist() == [14, 14]
    assert "municipality:1280" in table.loc[("shared", "members"), "a_text"].split(";")
    lists = table.loc["listed_members", "a"].dropna()
    known = real.member_lists
    known = known[(known["network_id"] == "ubc") & (known["certainty"] != "low") & (known["year"] <= real.last_year)]
    assert lists.to_dict() == {str(row.year): row.n_sweden for row in known.itertuples()}, "up to the window's end"
    assert lists.loc[["2014", "2019", "2020", "2022"]].tolist() == [21, 14, 13, 12]
    assert table.loc[("listed_members", "2022"), "a_text"] == "ubc-2022"
    assert table.loc[("members", "region"), "a_high"] == 0, "Gotland is counted once"
    assert table.loc[("founded", ""), ["a", "b"]].tolist() == [1991, 1986]
    assert table.loc[("since", "municipality:0180"), "b"] == 1995


def test_networks_roles_strategy_and_evidence_are_those_of_their_measures(real: Dataset) -> None:
    parts = ("networks", "strategy", "disagreements", "roles")
    table = indexed(compare(real, "14", "12", kind="region", year=2019, parts=parts))
    for side, county in (("a", "14"), ("b", "12")):
        own = documented(real, [f"region:{county}"])
        firm = own.loc[~own["mark"].isin(["left", "loose"]), "network_id"]
        assert table.loc[("documented_networks", "region"), f"{side}_text"] == ";".join(sorted(firm))
        known = own.set_index("network_id")["since"].dropna()
        assert table.loc["since", side].reindex(known.index).tolist() == known.tolist()
        themes = practised(real, county=county, year=2019).set_index("theme")
        lines = table.loc["practised"]
        for bound, column in (("low", f"{side}_low"), ("best", side), ("high", f"{side}_high")):
            assert lines[column].to_dict() == themes[f"municipal_{bound}"].to_dict()
        stage = stages(real, "2019").set_index("county_code").loc[county]
        assert table.loc[("strategy", "stage"), f"{side}_text"] == stage["stage"]
        assert lines[f"{side}_text"].to_dict() == themes["attested_pattern"].to_dict()
    found = disagreements(real)
    kinds = found.loc[found["actor_id"].isin(actors_of(real, "14")["actor_id"]), "kind"].value_counts()
    assert len(kinds)
    assert table.loc["disagreements", "a"].reindex(kinds.index).tolist() == kinds.tolist()


def test_stockholm_s_review_stands_in_the_comparison_of_its_networks(real: Dataset) -> None:
    table = indexed(compare(real, "eurocities", "metropolis", parts="reviews"))
    stockholm = table.loc[("portfolio", "municipality:0180 2011")]
    assert stockholm[["a_text", "b_text"]].tolist() == ["expand", "leave"]
    assert stockholm["a_low"] <= stockholm["a"] <= stockholm["a_high"]
    own = indexed(compare(real, "Stockholm", "Nacka", kind="municipality", parts="reviews"))
    assert own.loc[("portfolio", "uclg 2011"), "a_text"] == "leave"
    assert pd.isna(own.loc[("portfolio", "uclg 2011"), "b"])


def test_lists_and_published_numbers_of_networks(real: Dataset) -> None:
    table = indexed(compare(real, "ubc", "viable-cities-kn2030", parts=("listed", "benchmarks")))
    assert table.loc[("listed_members", "2020"), ["a", "b"]].tolist() == [13, 9]
    assert table.loc[("benchmarks", "equal"), "b"] > 0


def test_parts_can_be_chosen_and_keep_their_rows(pair: tuple[pd.DataFrame, pd.DataFrame], real: Dataset) -> None:
    table = pair[0]
    assert set(table["part"]) <= set(PARTS)
    assert table["part"].map(PARTS.index).is_monotonic_increasing
    some = compare(real, "Lund", "Malmö", parts=("positions", "place"))
    assert some["part"].unique().tolist() == ["place", "positions"]
    if "skr_group" in set(table["measure"]):
        pd.testing.assert_frame_equal(some, table[table["part"].isin(["place", "positions"])].reset_index(drop=True))


# --- Names ------------------------------------------------------------------------------------------------------------


def test_who_is_not_on_the_latest_list_is_said_to_be_so(real: Dataset) -> None:
    table = comparison.side_by_side(real, "ubc", "eurocities").set_index("actor_id")
    both = table[table["shared"]]
    gone = both.loc[both["over"]].index
    assert {"municipality:0180", "municipality:0182", "municipality:1480"} <= set(gone)
    assert not {"municipality:1280", "municipality:2480"} & set(gone)
    assert both.loc["municipality:0182", ["a_absent", "b_absent"]].tolist() == [2014, 2025]
    assert pd.isna(both.loc["municipality:0180", "b_absent"])
    # Of units too; an end says more than a list from after it.
    units = comparison.side_by_side(real, "1480", "1280").set_index("network_id")
    assert units.loc["ubc", ["a_absent", "a_absent_inferred", "over"]].tolist() == [2014, False, True]
    assert units.loc["romsk-inkludering", ["a_end", "over"]].tolist() == [2015, True]
    assert pd.isna(units.loc["romsk-inkludering", "a_absent"])


def test_an_end_without_a_year_is_an_end(real: Dataset) -> None:
    # mem-01218 calls Västernorrland a former member, and no source tells since when.
    table = comparison.side_by_side(real, "22", "24", kind="region").set_index("network_id")
    assert table.loc["mittnordenkommitten", ["a_mark", "over", "shared"]].tolist() == ["left", True, False]


def test_what_is_no_office_counts_as_none(real: Dataset) -> None:
    table = compare(real, "1480", "1280", parts="positions").set_index("measure")
    for side, actor in (("a", "municipality:1480"), ("b", "municipality:1280")):
        held = offices(real, actor).query("held")
        assert table.loc["networks_with_office", side] == held["network_id"].nunique()


def test_kinds_must_match(real: Dataset) -> None:
    with pytest.raises(InvalidArgument, match="'region:14' is a region, 'municipality:0180' a municipality"):
        compare(real, "region:14", "municipality:0180")
    with pytest.raises(InvalidArgument, match="one kind"):
        compare(real, "ubc", "Lund")
    # Gotland is both, but each id says which is meant.
    with pytest.raises(InvalidArgument, match="one kind"):
        compare(real, "region:09", "municipality:0980")


def test_a_name_of_two_kinds_asks_which(real: Dataset) -> None:
    both = kinds_of_both(real, "Uppsala", "Stockholm")
    assert both == {"region": ("03", "01"), "municipality": ("0380", "0180")}
    with pytest.raises(InvalidArgument, match='kind="region"'):
        compare(real, "Uppsala", "Stockholm")
    # The other side settles it.
    assert compare(real, "Uppsala", "Lund", parts="place")["measure"].eq("skr_group").any()


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
    for year in (1900, 2027, 2019.5, True, "next year"):
        with pytest.raises(InvalidArgument, match=f"year {year!r} is outside|{year!r} is no year"):
            compare(real, "Lund", "Malmö", year=year)  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="'benchmarks'"):
        compare(real, "Lund", "Malmö", parts=("benchmark",))
    with pytest.raises(InvalidArgument, match="the selection is empty"):
        compare(real, "Lund", "Malmö", parts=())
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
        {"a": "municipality:0101", "n": "a", "seen": 2016},
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
    parts = ("networks",)
    before, after = (side_by_side(world(make, own), parts=parts) for own in (pairs, pairs | {extra}))
    both = ("shared", "networks")
    assert after.loc[both, "a"] >= before.loc[both, "a"]
    assert set(before.loc[both, "a_text"].split(";")) <= {*after.loc[both, "a_text"].split(";"), ""}
    for side in ("a", "b"):
        assert after.loc[("memberships", ""), f"{side}_low"] >= before.loc[("memberships", ""), f"{side}_low"]
        assert after.loc[("documented_networks", ""), side] >= before.loc[("documented_networks", ""), side]


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


def test_verdicts_follow_the_bounds(make: Make) -> None:
    data = make(
        {"a": "municipality:0101", "n": "a", "seen": YEAR},
        {"a": "municipality:0102", "n": "a", "seen": YEAR},
        {"a": "municipality:0102", "n": "b", "seen": YEAR},
        networks=NETS,
        population=SIZES,
        sources=SOURCES,
    )
    verdict = side_by_side(data)["verdict"]
    assert verdict[("population", "")] == "differs"
    assert verdict[("documented_networks", "")] == "documented"
    assert verdict[("memberships", "")] == "overlaps", "1 to 3 against 2 to 3"
    assert verdict[("jaccard", "networks")] == "common"
    assert verdict[("networks_with_office", "")] == "same"
    assert verdict[("area", "")] == "unknown"
    assert verdict[("county", "")] == "same"
