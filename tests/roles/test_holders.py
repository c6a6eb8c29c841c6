"""Who held the regional development responsibility, the bounds that interval starts leave, and its transfers."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from natverk.data.load import Dataset
from natverk.errors import InvalidArgument, UnknownName
from natverk.roles.holders import holders_of, responsibility, responsibility_at, responsibility_counts, transfers

Make = Callable[..., Dataset]


def holder(kind: str, start: str, end: str | None = None, county: str = "01", **more: Any) -> dict[str, Any]:
    return {
        "county_code": county,
        "holder_actor_id": f"state:{kind}",
        "holder_name": kind,
        "holder_type": kind,
        "start": start,
        "start_earliest": start,
        "start_latest": start,
        "end": end,
    } | more


def on(data: Dataset, date: str, county: str = "01") -> tuple[str, str, bool]:
    row = responsibility_at(data, date).set_index("county_code").loc[county]
    return row["holder_type"], row["possible"], bool(row["certain"])


def test_day_by_day(make: Make) -> None:
    data = make(responsibility=[holder("state", "1997-01-01", "2002-12-31"), holder("region", "2003-01-01")])
    assert on(data, "2002-12-31") == ("state", "state", True)
    assert on(data, "2003-01-01") == ("region", "region", True)
    assert on(data, "2002") == on(data, "2002-12-31"), "a year stands for its last day"
    assert on(data, "2026-06") == ("region", "region", True)


LOWER = {"2003-01-01": "samverkansorgan", "2003-12-30": "samverkansorgan"}
UPPER = {"2003-01-01": "state", "2003-12-30": "state"}


@pytest.mark.parametrize(
    ("start", "eve", "conventional"),
    [
        pytest.param("2003-01-01", "2002-12-31", LOWER, id="lower bound: after it the predecessor may still be there"),
        pytest.param("2003-12-31", "2003-12-30", UPPER, id="upper bound: before it the successor may be there already"),
    ],
)
def test_interval_starts(make: Make, start: str, eve: str, conventional: dict[str, str]) -> None:
    body = holder("samverkansorgan", start, start_earliest="2003-01-01", start_latest="2003-12-31")
    data = make(responsibility=[holder("state", "1997-01-01", eve), body])
    both = ("state|samverkansorgan", False)
    assert on(data, "2002-12-31") == ("state", "state", True)
    for day in ("2003-01-01", "2003-12-30"):
        assert on(data, day) == (conventional[day], *both)
    assert on(data, "2003-12-31") == ("samverkansorgan", "samverkansorgan", True)


def test_two_holders_of_one_type_are_certain_of_type(make: Make) -> None:
    later = holder("state", "2003-01-01", start_earliest="2002-01-01", start_latest="2003-01-01")
    assert on(make(responsibility=[holder("state", "1997-01-01", "2002-12-31"), later]), "2002-06-01") == (
        "state",
        "state",
        True,
    )


def test_a_county_of_which_nothing_is_told(make: Make) -> None:
    data = make(responsibility=[holder("state", "1997-01-01")])
    row = responsibility_at(data, "2010").set_index("county_code").loc["02"]
    assert row[["holder_type", "holder_name"]].isna().all()
    assert (row["possible"], bool(row["certain"]), row["row_ids"]) == ("", False, "")
    counts = responsibility_counts(data, 2010)
    assert counts[["low", "best", "high"]].sum().tolist() == [1, 1, 1]


def test_before_the_table_begins(make: Make) -> None:
    with pytest.raises(InvalidArgument, match="1996-12-31 is before 1997"):
        responsibility_at(make(), "1996-12-31")
    with pytest.raises(UnknownName, match="'14'"):
        responsibility(make(), "14")
    with pytest.raises(InvalidArgument, match="1996"):
        responsibility_counts(make(), (1996, 2000))


@pytest.mark.parametrize("when", [1900, 2027, 2019.5, True, "next year", "1900", "2027-01", "2019-13"])
def test_what_is_no_year_nor_day_of_the_data_is_refused(make: Make, when: Any) -> None:
    for function in (responsibility_at, responsibility_counts):
        with pytest.raises(InvalidArgument, match=str(when)):
            function(make(), when)


# --- The real data ----------------------------------------------------------------------------------------------------


def best(data: Dataset, date: str) -> dict[str, int]:
    return dict(responsibility_at(data, date)["holder_type"].value_counts())


def test_april_2018(real: Dataset) -> None:
    assert best(real, "2018-04-01") == {"region": 14, "samverkansorgan": 6, "state": 1}
    assert best(real, "2018-04-30") == {"region": 14, "samverkansorgan": 6, "state": 1}
    assert responsibility_at(real, "2018-04")["certain"].all()
    state = responsibility_at(real, "2018-04-01").set_index("holder_type").loc["state"]
    assert state["county_code"] == "01"


def test_all_regions_from_2019(real: Dataset) -> None:
    assert best(real, "2018-12-31")["region"] == 14
    for date in ("2019-01-01", "2019", "2024-12-31"):
        assert best(real, date) == {"region": 21}


def test_counts_of_every_year(real: Dataset) -> None:
    counts = responsibility_counts(real, (1997, 2024))
    assert ((counts["low"] <= counts["best"]) & (counts["best"] <= counts["high"])).all()
    sums = counts.groupby("year")[["low", "best", "high"]].sum()
    assert (sums["best"] == 21).all()
    assert (sums["low"] <= 21).all()
    uncertain = sums.index[sums["high"] > 21].tolist()
    # On 31 December: counties 03, 09, 20 in 2003; 06, 20 in 2004; 17 in 2006-2007; 21 in 2007-2010; 23 in 2007-2012.
    assert uncertain == [2003, 2004, *range(2006, 2013)]
    assert (sums["high"] - sums["best"]).loc[uncertain].tolist() == [3, 2, 1, 3, 2, 2, 2, 1, 1]
    assert counts[counts["year"] == 1997].set_index("holder_type")["best"].to_dict() == {
        "state": 18, "pilot_region": 3, "samverkansorgan": 0, "municipality": 0, "region": 0,
    }  # fmt: skip


def test_bounds_by_hand_varmland(real: Dataset) -> None:
    # County 17: a joint body is first seen on 16 September 2008, and may have begun from 2006 on.
    expected = {
        "2005-12-31": ("state", "state", True),
        "2006-01-01": ("state", "state|samverkansorgan", False),
        "2008-09-15": ("state", "state|samverkansorgan", False),
        "2008-09-16": ("samverkansorgan", "samverkansorgan", True),
        "2018-12-31": ("samverkansorgan", "samverkansorgan", True),
        "2019-01-01": ("region", "region", True),
    }
    assert {day: on(real, day, "17") for day in expected} == expected


def test_bounds_by_hand_jamtland(real: Dataset) -> None:
    # County 23: a joint body from 2013 at the latest, from 2007 at the earliest; the region from 2015.
    expected = {
        "2006-12-31": ("state", "state", True),
        "2007": ("state", "state|samverkansorgan", False),
        "2012-12-31": ("state", "state|samverkansorgan", False),
        "2013-01-01": ("samverkansorgan", "samverkansorgan", True),
        "2014-12-31": ("samverkansorgan", "samverkansorgan", True),
        "2015-01-01": ("region", "region", True),
    }
    assert {day: on(real, day, "23") for day in expected} == expected


def test_spells_are_without_gap(real: Dataset) -> None:
    frame = responsibility(real)
    assert frame["county_code"].nunique() == 21
    for _, own in frame.groupby("county_code"):
        assert own["start"].iloc[0] == "1997-01-01"
        assert own["end"].isna().tolist() == [False] * (len(own) - 1) + [True]
    assert responsibility(real, "14")["holder_type"].tolist() == ["state", "state", "pilot_region", "region"]


# --- Transfers --------------------------------------------------------------------------------------------------------

INTERVAL_COUNTIES = {"03", "06", "17", "20", "21", "23"}


def replaced(data: Dataset, **tables: pd.DataFrame) -> Dataset:
    """Return the dataset with some tables exchanged."""
    other = copy.copy(data)
    other.is_loaded = False
    other._tables = {**data._tables, **tables}
    return other


def test_two_transfers_and_their_precision(real: Dataset) -> None:
    when = transfers(real).set_index(["county_code", "treatment"])
    assert len(when) == 42
    assert when.loc[("12", "to_region"), "year"] == 1999
    assert when.loc[("01", "to_joint"), "state"] == "none"
    # Gotland's municipality held it itself: no joint body.
    assert when.loc["09", "state"].tolist() == ["none", "dated"]
    # An interval within one year has that year; across years it has none.
    assert when.loc[("05", "to_joint"), ["state", "year"]].tolist() == ["dated", 2003]
    intervals = when[when["state"] == "interval"].index.get_level_values(0)
    assert set(intervals) == INTERVAL_COUNTIES
    assert when.loc[when["state"] == "interval", "year"].isna().all()
    for how, year in (("earliest", 2007), ("latest", 2011), ("conventional", 2007)):
        coded = transfers(real, interval=how).set_index(["county_code", "treatment"])  # type: ignore[arg-type]
        assert coded.loc[("21", "to_joint"), ["state", "year"]].tolist() == ["interval", year]
    later = transfers(real, pilots="skip").set_index(["county_code", "treatment"])
    assert [later.loc[("12", "to_region"), "year"], later.loc[("08", "to_joint"), "year"]] == [2011, 2003]
    with pytest.raises(InvalidArgument, match="leave_out"):
        transfers(real, interval="middle")  # type: ignore[arg-type]


def test_a_county_of_which_nothing_is_told_is_unknown(real: Dataset) -> None:
    table = real.responsibility
    data = replaced(real, responsibility=table[table["county_code"] != "01"])
    assert transfers(data).query("county_code == '01'")["state"].tolist() == ["unknown", "unknown"]
    # Behind a gap the first transfer cannot be told; before it, it can.
    gap = replaced(real, responsibility=table[~table["row_id"].isin(["rua-00010", "rua-00048"])])
    states = transfers(gap).set_index(["county_code", "treatment"])["state"]
    assert states.loc["05"].tolist() == ["unknown", "unknown"]
    assert states.loc["20"].tolist() == ["unknown", "unknown"]
    late = replaced(real, responsibility=table[table["row_id"] != "rua-00011"])
    assert transfers(late).query("county_code == '05'")["state"].tolist() == ["dated", "unknown"]


# --- Properties -------------------------------------------------------------------------------------------------------


def held(kind: str, level: str, county: str, first: int, last: int, end: int | None) -> dict[str, Any]:
    return {
        "county_code": county, "holder_actor_id": f"{kind}:{county}", "holder_name": kind, "holder_type": kind,
        "level": level, "start": f"{last}-01-01", "start_earliest": f"{first}-01-01",
        "start_latest": f"{last}-01-01", "end": None if end is None else f"{end}-12-31",
    }  # fmt: skip


steps = st.tuples(st.integers(1998, 2003), st.integers(0, 2), st.integers(2007, 2012))


@settings(
    max_examples=12, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.differing_executors],
)  # fmt: skip
@given(first=steps, second=steps)
def test_responsibility_and_transfers_keep_their_bounds(
    make: Make, first: tuple[int, int, int], second: tuple[int, int, int]
) -> None:
    def data(*counties: tuple[int, int, int]) -> Dataset:
        rows = []
        for county, (body, width, region) in zip(("01", "02"), counties, strict=True):
            rows += [
                held("state", "state", county, 1997, 1997, body + width - 1),
                held("samverkansorgan", "intermunicipal", county, body, body + width, region - 1),
                held("region", "regional", county, region, region, None),
            ]
        return make(responsibility=rows)

    own = data(first, second)
    counts = responsibility_counts(own, (1998, 2012))
    assert ((counts["low"] <= counts["best"]) & (counts["best"] <= counts["high"])).all()
    assert counts.groupby("year")["best"].sum().eq(2).all()
    when = transfers(own, interval="conventional").set_index(["county_code", "treatment"])
    for county, (body, width, region) in (("01", first), ("02", second)):
        joint = when.loc[(county, "to_joint")]
        assert joint["earliest"] == body <= joint["year"] <= joint["latest"] == body + width
        assert joint["state"] == ("interval" if width else "dated")
        assert when.loc[(county, "to_region"), "year"] == region
    turned = responsibility_counts(data(second, first), (1998, 2012))
    pd.testing.assert_frame_equal(counts.drop(columns="row_ids"), turned.drop(columns="row_ids"))


def test_boards_of_merged_counties_are_not_the_one_that_followed(make: Make) -> None:
    sure = {"certainty": "high", "source_id": "a"}
    board = {"holder_actor_id": "state:lansstyrelsen-14", "level": "state"} | sure
    region = {"holder_actor_id": "region:01", "level": "regional"} | sure
    data = make(
        responsibility=[
            holder("state", "1997-01-01", "1997-12-31", holder_name="Tre länsstyrelser", **board),
            holder("state", "1998-01-01", "1998-12-31", holder_name="Länsstyrelsen", **board),
            holder(
                "pilot_region", "1999-01-01", "2010-12-31", holder_name="Regionen", holder_actor_id="region:01", **sure
            ),
            holder("region", "2011-01-01", holder_name="Regionen, omdöpt", **region),
        ]
    )
    held = holders_of(data, "01")[["holder_name", "start", "start_known"]]
    assert held.values.tolist() == [
        ["Tre länsstyrelser", "1997-01-01", "before"],
        ["Länsstyrelsen", "1998-01-01", "day"],
        ["Regionen, omdöpt", "1999-01-01", "day"],
    ]


def test_how_well_beginnings_and_ends_are_known_stands_with_every_spell(make: Make) -> None:
    body = holder("samverkansorgan", "2003-01-01", start_earliest="2003-01-01", start_latest="2003-12-31")
    data = make(
        responsibility=[holder("state", "1997-01-01", "2002-12-31"), body, holder("state", "1997-01-01", county="02")]
    )
    known = responsibility(data)[["county_code", "start_known", "end_known"]]
    assert known.values.tolist() == [["01", "before", "year"], ["01", "year", ""], ["02", "before", ""]]
