"""Who there is, at which level and since when, and who may belong to what."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from natverk.data.load import Dataset
from natverk.errors import UnknownName
from natverk.membership.actors import (
    actors_of,
    at_risk_in,
    eligible,
    existence,
    levels,
    may_belong,
    member_actors,
    population_known,
)

Make = Callable[..., Dataset]
ALBY, BODA, KNIVSTA, GOTLAND, ETT = (
    "municipality:0101", "municipality:0102", "municipality:0330", "municipality:0980", "region:01"
)  # fmt: skip


def test_levels_and_whom_measures_look_at_by_default(make: Make) -> None:
    table = levels(make()).set_index("actor_id")
    assert table.loc["body:forbundet", "level"] == "joint"
    assert table.loc[GOTLAND, ["municipality", "region"]].tolist() == [True, True]
    assert list(member_actors(make())) == list(table.index[table["level"].isin(["municipal", "regional"])])


def test_the_actors_of_a_county_stand_in_the_order_of_a_page(make: Make) -> None:
    population = [{"code": code, "year": 2000, "population": size} for code, size in (("0101", 100), ("0102", 900))]
    own = actors_of(make(population=population), "01")
    assert own["actor_id"].tolist() == [ETT, "body:forbundet", BODA, ALBY]
    assert own["level"].tolist() == ["regional", "joint", "municipal", "municipal"]
    assert own["population"].fillna(-1).tolist() == [1000, -1, 900, 100]
    assert own["code"].fillna("").tolist() == ["", "", "0102", "0101"]
    assert actors_of(make(), "09")[["actor_id", "level"]].values.tolist() == [[GOTLAND, "unitary"]]
    with pytest.raises(UnknownName):
        actors_of(make(), "1x")


@settings(
    max_examples=15, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
)  # fmt: skip
@given(homes=st.lists(st.sampled_from(["01", "02"]), min_size=1, max_size=5))
def test_every_municipality_is_at_home_in_one_county(make: Make, homes: list[str]) -> None:
    codes = [f"{county}{place:02d}" for place, county in enumerate(homes, 1)]
    actors = [
        {"actor_id": f"municipality:{code}", "name": code, "kind": "municipality", "county_codes": code[:2]}
        for code in codes
    ]
    regions = [
        {"actor_id": f"region:{code}", "name": code, "kind": "region", "county_codes": code} for code in ("01", "02")
    ]
    places = [
        {"code": code, "actor_id": f"municipality:{code}", "name": code, "county_code": code[:2]} for code in codes
    ]
    data = make(actors=actors + regions, municipalities=places)
    found = [actors_of(data, county).groupby("level").size().to_dict() for county in ("01", "02")]
    assert [level.get("municipal", 0) for level in found] == [homes.count("01"), homes.count("02")]
    assert all(level["regional"] == 1 for level in found)


def test_existence_and_population_are_kept_and_cannot_be_spoilt(make: Make) -> None:
    data = make(
        population=[{"code": "0101", "year": year, "population": size} for year, size in ((2000, 5), (2004, 7))]
    )
    assert existence(data).loc[KNIVSTA, "exists_from"] == 2003
    known = population_known(data)
    assert known.loc["0101", [2000, 2003, 2004, 2024]].tolist() == [5, 5, 7, 7]
    assert pd.isna(known.loc["0101", 1999])
    known.loc["0101", 2003] = 99
    assert population_known(data).loc["0101", 2003] == 5


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({}, [True, True, True, False]),
        ({"eligible_levels": "municipality"}, [True, True, False, False]),
        ({"eligible_levels": "region"}, [False, False, True, False]),
        ({"min_population": 500}, [False, True, True, False]),
        ({"max_population": 500}, [True, False, True, False]),
        ({"min_population": 100, "max_population": 900}, [True, True, True, False]),
    ],
)
def test_who_may_belong(make: Make, rule: dict[str, object], expected: list[bool]) -> None:
    population = [{"code": code, "year": 2000, "population": size} for code, size in (("0101", 100), ("0102", 900))]
    data = make(networks=[rule], population=population)
    may = eligible(data, [ALBY, BODA, ETT, "body:forbundet"], ["net"], range(2004, 2006))
    assert may.shape == (4, 1, 2)
    assert may[:, 0, 0].tolist() == may[:, 0, 1].tolist() == expected
    assert eligible(data, [ALBY], ["net"], range(1999, 2000)).item() == (rule.get("eligible_levels") != "region")


YES, NO, UNKNOWN = True, False, None


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({}, [YES, YES, YES]),
        ({"eligibility_basis": "other"}, [UNKNOWN, UNKNOWN, UNKNOWN]),
        ({"eligibility_basis": "other", "min_population": 500}, [NO, UNKNOWN, UNKNOWN]),
        ({"eligibility_basis": "other", "eligible_levels": "municipality"}, [UNKNOWN, UNKNOWN, NO]),
        ({"eligibility_basis": "open"}, [YES, YES, YES]),
        ({"eligibility_basis": "coast"}, [YES, NO, YES]),
        ({"eligibility_basis": "area", "eligible_counties": "02"}, [NO, NO, NO]),
        ({"eligibility_basis": "area", "eligible_counties": "01;02"}, [YES, YES, YES]),
        ({"eligibility_basis": "named_owner", "eligible_actors": BODA}, [NO, YES, NO]),
        ({"eligibility_basis": "named_owner;other", "eligible_actors": BODA}, [UNKNOWN, YES, UNKNOWN]),
        # "Capitals or cities of a million": one of the two is enough.
        ({"eligibility_basis": "capital;population", "eligible_actors": ALBY, "min_population": 500}, [YES, YES, YES]),
        ({"eligibility_basis": "capital;population", "eligible_actors": ALBY, "min_population": 999}, [YES, NO, YES]),
        ({"eligibility_basis": "population", "min_population": 500}, [NO, YES, YES]),
    ],
)
def test_a_rule_that_is_more_than_a_number(make: Make, rule: dict[str, object], expected: list[bool | None]) -> None:
    population = [{"code": code, "year": 2000, "population": size} for code, size in (("0101", 100), ("0102", 900))]
    places = [
        {"code": code, "actor_id": f"municipality:{code}", "county_code": "01", "coastal": coastal}
        for code, coastal in (("0101", "yes"), ("0102", "no"))
    ]
    data = make(networks=[rule], population=population, municipalities=places)
    table = may_belong(data, [ALBY, BODA, ETT], ["net"], 2005)
    assert [None if pd.isna(may) else bool(may) for may in table["may"]] == expected
    # What is not known rules nobody out.
    may = eligible(data, [ALBY, BODA, ETT], ["net"], range(2005, 2006))[:, 0, 0]
    assert may.tolist() == [known is not False for known in expected]


def test_the_rules_of_real_networks(real: Dataset) -> None:
    def may(network: str, *actors: str) -> list[bool | None]:
        table = may_belong(real, list(actors), [network], 2019)
        return [None if pd.isna(item) else bool(item) for item in table["may"]]

    stockholm, goteborg, vanersborg = "municipality:0180", "municipality:1480", "municipality:1487"
    assert may("metropolis", stockholm, goteborg) == [True, False]
    assert may("kimo", goteborg, vanersborg) == [True, False]
    assert may("goteborg-brussels-office", goteborg, vanersborg) == [True, False]
    assert may("greater-copenhagen", "municipality:1280", "region:13", stockholm) == [True, True, False]
    assert may("reglab", "region:14", vanersborg) == [None, False]
    assert may("owhc", stockholm) == [None]
    # Whoever is documented in a network is admitted by what its rule asks for beside level and numbers.
    pairs = real.memberships[["actor_id", "network_id"]].drop_duplicates()
    for network in real.networks.loc[real.networks["eligibility_basis"].isin(["coast", "area"]), "network_id"]:
        members = pairs.loc[pairs["network_id"] == network, "actor_id"]
        own = members[members.str.startswith(("municipality:", "region:"))].tolist()
        assert own
        assert may_belong(real, own, [network], 2019)["may"].all()


def test_whom_a_list_covers(make: Make) -> None:
    table = levels(make()).set_index("actor_id")
    covered = at_risk_in(table, "municipality", "01;09")
    assert list(covered.index[covered]) == [ALBY, BODA, GOTLAND]
    assert at_risk_in(table, "region", None).sum() == 4
