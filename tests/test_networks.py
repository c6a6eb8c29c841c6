"""Networks: hand-made members, ties and rules, the real data, and what must hold of every result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from natverk import networks
from natverk.data.load import Dataset
from natverk.errors import InvalidArgument, UnknownName

Make = Callable[..., Dataset]
Row = dict[str, Any]
ALBY, BODA, ETT = "municipality:0101", "municipality:0102", "region:01"
OWN, YEARS = [ALBY, BODA, ETT], (2008, 2011)
SWAPPED = {ALBY: BODA, BODA: ALBY, ETT: ETT}
NETWORKS = [{"network_id": name, "themes": "culture", "founded_year": 1990} for name in ("net", "old")]


def test_ties_are_told_apart(make: Make) -> None:
    data = make(
        {"a": "municipality:0101", "start": 2001, "seen": 2009},
        {"a": "municipality:0102", "seen": 2002, "basis": "inferred"},
        {"a": "municipality:0201", "status": "participant", "seen": 2008},
        {"a": "municipality:0330", "status": "former", "end": 2005, "start": 2004},
        {"a": "municipality:0980", "status": "indirect", "seen": 2008},
        {"a": "region:01", "status": "applicant", "seen": 2008},
    )
    members = networks.members_of(data, "net", years=(2000, 2010)).set_index("actor_id")
    marks = members["mark"].to_dict()
    assert marks == {
        "municipality:0101": "recent",
        "municipality:0102": "undated",
        "municipality:0201": "loose",
        "municipality:0330": "left",
    }
    apart = networks.ties_apart(data, "net").set_index("actor_id")["status"].to_dict()
    assert apart == {"municipality:0980": "indirect", "region:01": "applicant"}
    series = networks.member_years(data, "net", members.reset_index(), years=(2000, 2010)).set_index("year")
    assert series["low"].tolist() == [0, 1, 1, 1, 2, 2, 1, 1, 1, 1, 0]
    assert series["n_undated"].unique().tolist() == [1]


def test_reports_are_counted_in_their_year_and_presumed_in_no_other(make: Make) -> None:
    data = make(
        {"a": "municipality:0101", "status": "reporting", "seen": 2005},
        {"a": "municipality:0101", "status": "reporting", "seen": 2007},
        {"a": "municipality:0102", "status": "reporting"},
        networks=[{"network_id": "net", "counts_as": "reporting"}],
    )
    members = networks.members_of(data, "net", years=(2004, 2008))
    assert members.set_index("actor_id")["mark"].to_dict() == {
        "municipality:0101": "recent",
        "municipality:0102": "undated",
    }
    series = networks.member_years(data, "net", members, years=(2004, 2008))
    assert series["low"].tolist() == series["best"].tolist() == [0, 1, 0, 1, 0]


def test_size_is_that_of_the_first_year(make: Make) -> None:
    data = make(
        {"a": "municipality:0101", "start": 2001, "seen": 2009},
        {"a": "municipality:0102", "seen": 2012},
        {"a": "body:forbundet", "seen": 2008},
        networks=[{"network_id": "net", "min_population": 1500, "eligible_levels": "municipality"}],
        population=[
            {"code": code, "year": year, "population": size}
            for code, sizes in {"0101": (1000, 2000), "0102": (1000, 2000)}.items()
            for year, size in zip((2000, 2010), sizes, strict=True)
        ],
    )
    members = networks.members_of(data, "net", years=(1997, 2020))
    table = networks.eligibility(data, members, "net").set_index("actor_id")
    assert table.loc["municipality:0101", ["population", "population_year"]].tolist() == [1000, 2000]
    assert not table.loc["municipality:0101", "fits_size"]
    assert table.loc["municipality:0102", "fits_size"]
    assert pd.isna(table.loc["body:forbundet", "fits_size"])
    assert table["fits_level"].to_dict() == {
        "municipality:0101": True,
        "municipality:0102": True,
        "body:forbundet": False,
    }


def test_a_capital_is_no_exception_to_a_rule_of_capitals_or_a_million(real: Dataset) -> None:
    members = networks.members_of(real, "metropolis")
    table = networks.eligibility(real, members, "metropolis").set_index("actor_id")
    assert pd.isna(table.loc["municipality:0180", "fits_size"])
    assert table.loc["municipality:0180", "fits_rule"]
    assert not members["below_minimum"].any()
    kimo = networks.eligibility(real, networks.members_of(real, "kimo"), "kimo")
    assert kimo["fits_rule"].all()
    # A rule of which no column tells leaves open whether it is met.
    assert networks.eligibility(real, networks.members_of(real, "owhc"), "owhc")["fits_rule"].isna().all()


def test_shared_members_are_symmetric_and_bounded(real: Dataset) -> None:
    one = networks.shared_members(real, "ubc").set_index("network_id")
    two = networks.shared_members(real, "eurocities").set_index("network_id")
    shared, n_own, n_other = one.loc["eurocities", ["shared", "n_own", "n_other"]]
    assert shared == two.loc["ubc", "shared"] >= 4
    assert one.loc["eurocities", "jaccard"] == two.loc["ubc", "jaccard"] == shared / (n_own + n_other - shared)
    assert (one["shared"] <= one[["n_own", "n_other"]].min(axis=1)).all()
    assert "ubc" not in one.index


def test_the_themes_of_a_network_and_who_else_has_them(make: Make) -> None:
    data = make(
        {"a": ALBY, "n": "net", "seen": 2010},
        {"a": BODA, "n": "net"},
        {"a": ALBY, "n": "old", "status": "former", "end": 2005},
        {"a": ETT, "n": "far", "seen": 2010},
        networks=[
            {"network_id": "net", "themes": "culture;health"},
            {"network_id": "old", "themes": "culture"},
            {"network_id": "far", "themes": "culture;health"},
        ],
    )
    table = networks.shared_themes(data, "net")
    # What has ended counts; nobody of the network is in the other one for health.
    assert table.values.tolist() == [["culture", 2, 1, 2], ["health", 1, 0, 2]]
    assert networks.shared_members(data, "net")[["network_id", "shared", "n_other", "jaccard"]].values.tolist() == [
        ["old", 1, 1, 0.5]
    ]
    alone = networks.shared_members(data, "far")
    assert alone.empty
    assert alone.dtypes.astype(str)[["network_id", "shared", "jaccard"]].tolist() == ["str", "int64", "float64"]


def test_counties_count_their_documented_municipalities(make: Make) -> None:
    data = make(
        {"a": ALBY, "seen": 2010}, {"a": BODA, "start": 2001, "end": 2005}, {"a": "municipality:0980", "seen": 2010}
    )
    table = networks.saturation(data, networks.members_of(data, "net", years=YEARS)).set_index("county_code")
    columns = ["n_documented", "n_left", "n_municipalities", "share"]
    assert table.loc["01", columns].tolist() == [1, 1, 2, 0.5]
    # On Gotland the municipality is the region too.
    assert table["region"].to_dict() == {"01": False, "02": False, "03": False, "09": True}


def test_each_list_says_who_is_on_it_who_is_not_and_of_whom_it_says_nothing(make: Make) -> None:
    lists = [
        {"list_id": "first", "year": 2000, "levels_at_risk": "municipality", "certainty": "low"},
        {"list_id": "full", "year": 2005, "status_scope": "full"},
        {"list_id": "last", "year": 2010, "counties_at_risk": "01;03"},
    ]
    data = make(
        {"a": ALBY, "list": "first", "seen": 2000, "start": 1995},
        {"a": ALBY, "list": "full", "seen": 2005},
        {"a": ALBY, "end": 2008, "start": 1995},
        {"a": BODA, "list": "last", "seen": 2010},
        {"a": ETT, "list": "last", "seen": 2010},
        {"a": "municipality:0201", "list": "full", "seen": 2005},
        {"a": "municipality:0330", "list": "last", "seen": 2010},
        {"a": "municipality:0980", "seen": 2010},
        member_lists=lists,
    )
    table = networks.list_matrix(data, "net")
    states = table.pivot(index="actor_id", columns="list_id", values="state").to_dict("index")
    said = {who: [row[name] for name in ("first", "full", "last")] for who, row in states.items()}
    assert said == {
        ALBY: ["on", "on", "absent"],
        BODA: ["not_at_risk", "not_at_risk", "on"],  # a list of low certainty, and one of full members only
        ETT: ["not_at_risk", "not_at_risk", "on"],  # the first list is one of municipalities
        "municipality:0201": ["not_at_risk", "on", "not_at_risk"],  # the last list covers two other counties
        "municipality:0330": ["not_at_risk", "not_at_risk", "on"],  # there was no such municipality in 2000
    }
    alby = table[table["actor_id"] == ALBY]
    assert alby["start"].tolist() == [1995] * 3
    assert alby["end"].tolist() == [2008] * 3
    assert alby["row_ids"].tolist()[:2] == ["mem-00001", "mem-00002"]
    assert alby["row_ids"].isna().tolist() == [False, False, True]
    assert networks.list_matrix(data, "net", "high")["list_id"].unique().tolist() == ["full", "last"]
    with pytest.raises(InvalidArgument, match="'high', 'medium'"):
        networks.list_matrix(data, "net", "middling")  # type: ignore[arg-type]


def test_lists_of_a_network_lie_within_the_years(make: Make) -> None:
    data = make(member_lists=[{"year": 2010}, {"year": 2014}, {"year": 2012, "network_id": "old"}], networks=NETWORKS)
    assert networks.lists_of(data, "net", years=(2000, 2014))["year"].tolist() == [2010, 2014]
    assert networks.lists_of(data, "Net", years=(2011, 2014))["year"].tolist() == [2014]


# --- What must hold ---------------------------------------------------------------------------------------------------


def some(limit: int) -> settings:
    return settings(
        max_examples=limit, deadline=None, derandomize=True, database=None,
        phases=[Phase.explicit, Phase.generate],  # a dataset of five rows needs no shrinking, which takes minutes
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
    )  # fmt: skip


def attested(*statuses: str) -> st.SearchStrategy[Row]:
    return st.fixed_dictionaries(
        {
            "a": st.sampled_from(OWN),
            "n": st.sampled_from(["net", "net", "old"]),
            "status": st.sampled_from(statuses),
            "start": st.none() | st.integers(2007, 2009),
            "seen": st.none() | st.integers(2009, 2012),
        }
    )


ended = st.fixed_dictionaries({"a": st.sampled_from(OWN), "end": st.integers(2008, 2011)})
evidence = st.lists(attested("member", "member", "full", "indirect") | ended, min_size=1, max_size=5)


def counts(data: Dataset) -> list[pd.DataFrame]:
    """Return frames of bounds that rise from left to right, by a group that no actor's name enters."""
    members = networks.members_of(data, "net", years=YEARS)
    fits = networks.eligibility(data, members, "net")
    assert fits["actor_id"].tolist() == members["actor_id"].tolist()
    return [
        networks.member_years(data, "net", members, years=YEARS).set_index("year")[["low", "best"]],
        networks.saturation(data, members).set_index("county_code")[["n_documented", "n_municipalities"]],
        networks.shared_members(data, "net").set_index("network_id")[["shared", "n_other"]],
        networks.shared_themes(data, "net").set_index("theme")[["n_members", "n_own"]],
    ]


@some(8)
@given(rows=evidence, extra=attested("member", "full"), random=st.randoms(use_true_random=False))
def test_bounds_are_in_order_evidence_never_lowers_them_and_names_change_nothing(
    make: Make, rows: list[Row], extra: Row, random: Any
) -> None:
    before, after = (counts(make(*own, networks=NETWORKS)) for own in (rows, [*rows, extra]))
    other = [row | {"a": SWAPPED[row["a"]]} for row in random.sample(rows, len(rows))]
    for own, more, again in zip(before, after, counts(make(*other, networks=NETWORKS)), strict=True):
        low, high = own.columns
        assert ((own[low] >= 0) & (own[low] <= own[high])).all()
        assert (more[low].reindex(own.index).fillna(0) >= own[low]).all()
        pd.testing.assert_frame_equal(own, again)


@some(15)
@given(rows=st.lists(attested("indirect", "applicant", "member"), min_size=1, max_size=5))
def test_who_is_apart_is_no_member_and_a_firm_tie_takes_it_out(make: Make, rows: list[Row]) -> None:
    def apart(own: list[Row]) -> set[tuple[str, str]]:
        table = networks.ties_apart(make(*own, networks=NETWORKS), "net")
        return set(table[["actor_id", "status"]].itertuples(index=False, name=None))

    found = apart(rows)
    named = {(row["a"], row["status"]) for row in rows if row["n"] == "net"}
    # A membership that nobody dates takes nothing out: what is dated beside it is told.
    dated = [row for row in rows if row["status"] == "member" and not (row["seen"] is None and row["start"] is None)]
    firm = {row["a"] for row in dated if row["n"] == "net"}
    named = {(actor, status) for actor, status in named if status != "member"}
    assert found == {(actor, status) for actor, status in named if actor not in firm}
    assert apart([*rows, {"a": ALBY, "n": "net", "status": "member", "seen": 2010}]) == {
        (actor, status) for actor, status in found if actor != ALBY
    }
    assert apart([row | {"a": SWAPPED[row["a"]]} for row in rows[::-1]]) == {
        (SWAPPED[actor], status) for actor, status in found
    }


# --- Wrong arguments --------------------------------------------------------------------------------------------------


def test_an_unknown_network_is_told_the_nearest(make: Make) -> None:
    data = make({"seen": 2010}, networks=NETWORKS)
    members = networks.members_of(data, "net", years=YEARS)
    for call in (
        lambda: networks.members_of(data, "nett"),
        lambda: networks.ties_apart(data, "nett"),
        lambda: networks.member_years(data, "nett", members),
        lambda: networks.eligibility(data, members, "nett"),
        lambda: networks.shared_members(data, "nett"),
        lambda: networks.shared_themes(data, "nett"),
        lambda: networks.lists_of(data, "nett"),
    ):
        with pytest.raises(UnknownName, match="nearest"):
            call()


def test_a_frame_of_something_else_is_refused(make: Make) -> None:
    data, frame = make({"seen": 2010}), pd.DataFrame({"actor_id": [ALBY]})
    for call in (
        lambda: networks.saturation(data, frame),
        lambda: networks.member_years(data, "net", frame),
        lambda: networks.eligibility(data, frame, "net"),
    ):
        with pytest.raises(InvalidArgument, match="members_of"):
            call()


# --- The networks of an actor ---------------------------------------------------------------------------------------


def test_all_rows_of_a_membership_stay_with_it(make: Make) -> None:
    data = make(
        {"start": 2001, "seen": 2009},
        {"status": "participant", "seen": 2008},
        {"status": "indirect", "seen": 2008},
    )
    own = networks.networks_of(data, ALBY, years=YEARS)
    firm, loose, indirect = data.memberships["row_id"]
    # The looser row beside the firm one is evidence too; the indirect one is another relation.
    assert own["row_ids"].tolist() == [f"{firm};{loose}"]
    assert indirect not in own.loc[0, "row_ids"]


def test_documented_networks_come_before_those_that_were_left(make: Make) -> None:
    data = make(
        {"n": "old", "status": "former", "start": 1999, "end": 2005},
        {"n": "net", "seen": 2010},
        networks=NETWORKS,
    )
    own = networks.networks_of(data, ALBY, years=YEARS)
    assert own[["network_id", "mark"]].values.tolist() == [["net", "recent"], ["old", "left"]]


def test_who_handles_a_network_is_said_only_where_a_row_says_it(real: Dataset) -> None:
    own = networks.networks_of(real, "Vänersborg").set_index("network_id")
    assert own.loc["ensa", "held_by_sv"].startswith("Socialförvaltningen")
    assert pd.isna(own.loc["sern", "held_by"])
    # That it hosted a General Assembly is no position.
    assert own.loc["sern", ["n_projects", "n_positions"]].tolist() == [5, 0]


def test_no_row_about_a_membership_is_lost(real: Dataset) -> None:
    from natverk.membership.documented import relations

    for actor in ("municipality:0180", "municipality:1480", "municipality:0980"):
        rows = set(real.memberships.loc[real.memberships["actor_id"] == actor, "row_id"])
        told = [networks.networks_of(real, actor), relations(real, [actor], universal=True)]
        assert rows == {row for frame in told for ids in frame["row_ids"] for row in ids.split(";")}, actor


def test_remarks_stand_once_with_all_rows_that_make_them(make: Make) -> None:
    data = make({"seen": 2001, "note": "by letter"}, {"seen": 2002, "note": "by letter"}, {"seen": 2003})
    found = networks.membership_notes(data, ALBY)
    assert found["note"].tolist() == ["by letter"]
    assert found[["first", "last", "first_inferred"]].values.tolist() == [[2001, 2002, False]]
    assert found.loc[0, "row_ids"].split(";") == data.memberships["row_id"].tolist()[:2]


@pytest.mark.parametrize(
    ("network", "level"),
    [("reglab", "regional"), ("cpmr", "regional"), ("en-battre-sits", "regional"), ("malardalsradet", "regional"),
     ("glokala-sverige", "regional"), ("ubc", "municipal")],
)  # fmt: skip
def test_gotland_is_a_region_where_it_is_a_member_as_one(real: Dataset, network: str, level: str) -> None:
    members = networks.members_of(real, network)
    assert members.loc[members["actor_id"] == "municipality:0980", "level"].tolist() == [level]
    county = networks.saturation(real, members).set_index("county_code").loc["09"]
    assert county["region"]
    assert county["n_documented"] == (level == "municipal")
