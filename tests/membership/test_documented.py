"""What is documented of an actor, documented memberships over time, and ties beside membership."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from natverk.data.load import Dataset
from natverk.errors import InvalidArgument, NatverkError, UnknownName
from natverk.membership.documented import DOCUMENTED, documented, loose_ties, relations, series, undated_pairs
from natverk.membership.panel import SETS, count, panel

Make = Callable[..., Dataset]
ALBY, BODA, GOTLAND, ETT = "municipality:0101", "municipality:0102", "municipality:0980", "region:01"


def mark(data: Dataset, **arguments: Any) -> str:
    frame = documented(data, [ALBY], **{"years": (2000, 2020)} | arguments)
    return "" if frame.empty else frame["mark"].item()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([{"seen": 2016}], "recent", id="the fifth year before the end, counted in"),
        pytest.param([{"seen": 2015}], "earlier", id="one year more"),
        pytest.param([{"start": 2004, "seen": 2018}, {"seen": 2002}], "recent", id="the last evidence decides"),
        pytest.param([{"start": 2004, "end": 2018}], "left", id="stated end"),
        pytest.param([{"seen": 2010}, {"status": "former", "seen": 2018}], "left", id="called former"),
        pytest.param([{"status": "former"}], "left", id="called former, undated"),
        pytest.param([{"status": "former"}, {"seen": 2018}], "recent", id="former without a year is a note"),
        pytest.param([{"end": 2005}, {"start": 2017}], "recent", id="left and joined again"),
        pytest.param([{"end": 2005}, {"seen": 2017}], "conflict", id="seen after the end"),
        pytest.param([{}], "undated", id="no year"),
        pytest.param([{"seen": 2018, "basis": "inferred"}], "undated", id="no usable year"),
        pytest.param([{}, {"seen": 2018}], "recent", id="dated evidence goes first"),
        pytest.param([{"status": "participant", "seen": 2018}], "loose", id="only takes part"),
        pytest.param([{"inference": "city_of_refuge", "seen": 2018}], "loose", id="an inference"),
        pytest.param([{"status": "participant", "seen": 2018}, {"seen": 2003}], "earlier", id="firm goes before loose"),
        pytest.param([{"status": "applicant", "seen": 2018}, {"status": "indirect", "seen": 2018}], "", id="none"),
        pytest.param([{"seen": 1998}], "earlier", id="before the window"),
        pytest.param([{"seen": 2022}], "", id="after the window"),
        pytest.param([{"seen": 2002}, {"seen": 2022}], "earlier", id="what comes after the window is not recent in it"),
        pytest.param([{"start": 2002, "seen": 2022}], "recent", id="a span over the window's end"),
        pytest.param([{"start": 2029, "seen": 2024}], "", id="a decision for a year to come"),
    ],
)
def test_marks(make: Make, rows: list[dict[str, Any]], expected: str) -> None:
    assert mark(make(*rows)) == expected


def test_nobody_has_left_what_is_gone(make: Make, real: Dataset) -> None:
    row = {"start": 2000, "seen": 2005, "end": 2010}
    marks = {"left": "left", "network_ended": "earlier", "member_ended": "earlier", "term": "earlier"}
    for status in ("member", "former"):
        for kind, expected in marks.items():
            assert mark(make(row | {"end_kind": kind, "status": status})) == expected, (kind, status)
    # The cell of a later year says that there was no network, not that the member left.
    data = make(row | {"end_kind": "network_ended"}, networks=[{"dissolved_year": 2010}])
    assert panel(data, actors=[ALBY], years=2011)["state"].tolist() == ["no_network"]
    told = make(row | {"end_kind": "left"}, networks=[{"dissolved_year": 2010}])
    assert panel(told, actors=[ALBY], years=2011)["state"].tolist() == ["left"]
    # Owners who closed their network in June 2019, and the members of a committee that became another one.
    arena = documented(real, ["body:ica", "body:skr", "body:swedbank"], networks=["arena-for-tillvaxt"])
    assert len(arena) == 3
    assert "left" not in set(arena["mark"])
    oresund = documented(real, ["municipality:1280", "region:12"], networks=["oresundskomiteen"])
    assert "left" not in set(oresund["mark"])


def test_an_association_is_a_member_and_its_municipalities_are_not_thereby(real: Dataset) -> None:
    uclg = documented(real, ["body:skr", "municipality:1280", "municipality:0180"], networks=["uclg"])
    assert uclg["actor_id"].tolist() == ["body:skr"]
    # Reglab's host is none of its 23 members; that all regions are follows from one sentence.
    rows = real.memberships[real.memberships["network_id"] == "reglab"]
    assert rows.loc[rows["derived"], "actor_id"].nunique() >= 21
    reglab = documented(real, ["body:skr"], networks=["reglab"])
    assert reglab["mark"].tolist() == ["loose"]


def test_marks_follow_the_arguments(make: Make) -> None:
    assert mark(make({"seen": 2015}), recent=6) == "recent"
    assert mark(make({"seen": 2015}), years=(2000, 2019)) == "recent"
    assert mark(make({"seen": 2018, "basis": "inferred"}), year_basis="any") == "recent"
    both = [{}, {"network_id": "scheme", "counts_as": "programme"}]
    assert mark(make({"seen": 2018}, networks=both), counts_as=("programme",)) == ""
    assert mark(make({"seen": 2018}, networks=both), counts_as=("membership",)) == "recent"
    contradicted = make({"seen": 2018}, member_lists=[{"year": 2018}])
    assert mark(contradicted) == "conflict"
    assert mark(contradicted, years=(2000, 2017)) == ""


def test_all_evidence_of_a_pair_is_read_together(make: Make) -> None:
    data = make(
        {"start": 2008, "seen": 2010, "status": "associate"},
        {"seen": 2014, "source": "other"},
        {},
        {"seen": 1999},
        {"status": "participant", "seen": 2019},
        {"status": "applicant", "start": 1990},
    )
    row = documented(data, [ALBY], years=(2000, 2020)).iloc[0]
    assert row[["actor_id", "network_id", "status", "mark"]].tolist() == [ALBY, "net", "associate/member", "earlier"]
    assert row[["since", "since_basis", "last_seen"]].tolist() == [2008, "stated", 2014]
    assert pd.isna(row["end"])
    assert row[["n_rows", "n_sources", "source_ids"]].tolist() == [4, 2, "other;src"]
    assert row["row_ids"] == "mem-00001;mem-00002;mem-00003;mem-00004"


def test_last_seen_lies_within_the_window(make: Make) -> None:
    def last_seen(*rows: dict[str, Any]) -> int:
        return int(documented(make(*rows), [ALBY], years=(2000, 2020))["last_seen"].item())

    assert last_seen({"start": 2002, "seen": 2022}) == 2020
    assert last_seen({"seen": 2002}, {"seen": 2022}) == 2002
    assert last_seen({"seen": 1998}, {"seen": 2002}) == 2002


def test_since_is_stated_seen_or_unknown(make: Make) -> None:
    def since(*rows: dict[str, Any]) -> list[Any]:
        row = documented(make(*rows), [ALBY], years=(2000, 2020)).iloc[0]
        return [None if pd.isna(value) else value for value in row[["since", "since_basis", "end"]]]

    assert since({"start": 2008}, {"seen": 2003}) == [2008, "stated", None]
    assert since({"seen": 2008}, {"seen": 1998}) == [1998, "seen", None], (
        "evidence from outside the window shows as since"
    )
    assert since({"seen": 2008, "end": 2012}) == [2008, "seen", 2012]
    assert since({}) == [None, None, None]


def test_pairs_are_rows_sorted_by_actor_and_network(make: Make) -> None:
    networks = [{}, {"network_id": "zed", "counts_as": "commitment"}]
    rows = [
        {"n": "zed", "status": "signatory", "seen": 2018},
        {"a": ETT, "seen": 2018},
        {"seen": 2018},
        {"a": BODA, "seen": 2018},
    ]
    frame = documented(make(*rows, networks=networks), [ETT, ALBY], years=(2000, 2020))
    assert frame[["actor_id", "network_id"]].values.tolist() == [[ALBY, "net"], [ALBY, "zed"], [ETT, "net"]]
    empty = documented(make(), [ALBY])
    assert empty.empty
    assert list(empty.columns) == list(frame.columns)
    with pytest.raises(UnknownName, match="municipality:0100"):
        documented(make(), ["municipality:0100"])


# --- Series and undated pairs -----------------------------------------------------------------------------------------


def test_series_by_hand(make: Make) -> None:
    data = make(
        {"start": 2004, "end": 2006},
        {"a": BODA, "seen": 2005},
        {"a": ETT},
        {"a": GOTLAND, "seen": 2006},
        member_lists=[{"year": 2007}],
    )
    frame = series(data, [ALBY, BODA, ETT], years=(2003, 2009))
    assert frame.values.tolist() == [
        [2003, 0, 0, 1],
        [2004, 1, 1, 1],
        [2005, 2, 2, 1],
        [2006, 1, 2, 1],
        [2007, 0, 0, 1],
        [2008, 0, 0, 1],
        [2009, 0, 0, 1],
    ]
    assert list(frame.columns) == ["year", "low", "best", "n_undated"]
    assert series(data, [BODA], years=(2006, 2006), carry_forward=0)["best"].tolist() == [0]
    assert series(data, [ETT], years=(2005, 2006)).values.tolist() == [[2005, 0, 0, 1], [2006, 0, 0, 1]]
    assert series(data, [ALBY], years=(2005, 2005), counts_as=("programme", "membership"))["low"].tolist() == [1]


def test_series_and_panel_give_the_same_numbers(real: Dataset) -> None:
    regions = list(real.counties["region_actor_id"])
    towns = ["municipality:0180", "municipality:1487", "municipality:0980", "municipality:0128", "municipality:1280"]
    cells = panel(real, actors=[*regions, *towns])
    summed = count(cells, ["actor_id", "year"]).set_index("actor_id")
    assert summed["best"].sum() > 100
    for actor in [*regions, *towns]:
        own = series(real, [actor])
        assert (
            own[["year", "low", "best"]].values.tolist() == summed.loc[actor, ["year", "low", "best"]].values.tolist()
        )


@pytest.mark.parametrize(
    "arguments",
    [
        {"counts_as": SETS, "years": (2000, 2020)},
        {"networks": ["ubc", "sern", "eurocities"], "carry_forward": 0},
        {"part_year": "whole", "year_basis": "any", "counting": "loose"},
        {"list_certainty": "medium", "prefer": "own_page", "after_last": "unknown"},
        {"years": 2019},
    ],
)
def test_series_and_panel_take_the_same_arguments(real: Dataset, arguments: dict[str, Any]) -> None:
    own = series(real, "Västra Götalands län", **arguments)
    summed = count(panel(real, actors="Västra Götalands län", **arguments), ["year"])
    pd.testing.assert_frame_equal(own[["year", "low", "best"]], summed[["year", "low", "best"]])
    assert own["low"].sum() > 0


def test_their_arguments_and_defaults_are_the_same() -> None:
    of_panel, of_series = (inspect.signature(function).parameters for function in (panel, series))
    assert set(of_series) == set(of_panel) - {"pairs"}
    assert all(of_series[name].default == of_panel[name].default for name in of_series)


def test_undated_pairs(make: Make) -> None:
    data = make(
        {},
        {},
        {"a": BODA},
        {"a": BODA, "seen": 2005},
        {"a": ETT, "seen": 2005, "basis": "inferred"},
        {"a": GOTLAND, "status": "participant"},
        {"a": GOTLAND, "status": "former"},
    )
    actors = [ALBY, BODA, ETT, GOTLAND]
    assert undated_pairs(data, actors).values.tolist() == [
        [ALBY, "net", "mem-00001;mem-00002"],
        [ETT, "net", "mem-00005"],
    ]
    assert undated_pairs(data, actors, year_basis="any")["actor_id"].tolist() == [ALBY]
    assert undated_pairs(data, actors, counting="loose")["actor_id"].tolist() == [ALBY, GOTLAND, ETT]
    assert undated_pairs(data, actors, counts_as=("programme",)).empty
    assert undated_pairs(data, [BODA]).columns.tolist() == ["actor_id", "network_id", "row_ids"]


def test_nothing_after_the_window_enters_a_page_about_it(make: Make) -> None:
    joined = documented(make({"start": 2011}, {"status": "member"}), ["municipality:0101"], years=(2000, 2010))
    assert joined.empty
    seen = documented(make({"seen": 2021}, {"status": "member"}), ["municipality:0101"], years=(2000, 2010)).loc[0]
    assert seen["mark"] == "undated"
    assert seen[["since", "last_seen"]].isna().all()
    assert pd.isna(seen["since_basis"])


# --- Ties beside membership -------------------------------------------------------------------------------------------


def test_relations_by_hand(make: Make) -> None:
    networks = [
        {}, {"network_id": "platform", "counts_as": "reporting"}, {"network_id": "all", "counts_as": "universal"},
    ]  # fmt: skip
    data = make(
        {"status": "indirect", "start": 2004, "seen": 2008},
        {"status": "indirect", "seen": 2010, "basis": "inferred", "source": "other"},
        {"status": "applicant"},
        {"n": "platform", "status": "member", "seen": 2009},
        {"a": BODA, "start": 2029, "seen": 2024},
        {"a": BODA, "seen": 2009},
        {"n": "all", "status": "reporting", "seen": 2009},
        networks=networks,
    )
    frame = relations(data, [ALBY, BODA]).astype(object)
    assert frame.where(frame.notna(), None).values.tolist() == [
        [ALBY, "net", "applicant", None, None, False, False, "", None, None, None, None, 1, "mem-00003", "src"],
        [
            ALBY,
            "net",
            "indirect",
            2004,
            2008,
            False,
            False,
            "2004-2008",
            2010,
            2004,
            None,
            None,
            2,
            "mem-00001;mem-00002",
            "other;src",
        ],
        [
            ALBY,
            "platform",
            "reporting",
            2009,
            2009,
            False,
            False,
            "2009",
            None,
            None,
            None,
            None,
            1,
            "mem-00004",
            "src",
        ],
        [BODA, "net", "future", 2029, 2029, False, False, "2029", None, 2029, None, None, 1, "mem-00005", "src"],
    ]
    assert relations(data, [GOTLAND]).empty


def test_documented_is_what_the_marks_say(make: Make, real: Dataset) -> None:
    frame = documented(real, real.municipalities["actor_id"])
    assert {"recent", "earlier", "undated", "left", "loose"} <= set(frame["mark"]) <= {*DOCUMENTED, "left", "loose"}
    firm = frame[frame["mark"].isin(DOCUMENTED)]
    # Every membership that the panel attests or presumes within the window is documented, or known to have ended.
    cells = panel(real, actors=real.municipalities["actor_id"], counts_as=SETS, pairs="evidence")
    pairs = cells[cells["best"] == 1].groupby(["actor_id", "network_id"]).size().index
    known = frame[frame["mark"] != "loose"].groupby(["actor_id", "network_id"]).size().index
    assert pairs.isin(known).all()
    assert len(firm) > len(frame) / 2


@pytest.mark.parametrize(
    ("call", "where"),
    [
        (lambda data: documented(data, []), "actors"),
        (lambda data: series(data, []), "actors"),
        (lambda data: series(data, [ALBY], networks=["nett"]), "networks"),
        (lambda data: series(data, [ALBY], years=(2010, 2001)), "years"),
        (lambda data: series(data, [ALBY], prefer="page"), "prefer"),
        (lambda data: undated_pairs(data, []), "actors"),
        (lambda data: undated_pairs(data, [ALBY], counting="all"), "counting"),
        (lambda data: relations(data, ["municipality:0999"]), "actors"),
        (lambda data: documented(data, [ALBY], recent=-1), "recent"),
        (lambda data: documented(data, [ALBY], years=1900), "1900"),
        (lambda data: documented(data, [ALBY], counts_as=("members",)), "counts_as"),
    ],
)
def test_wrong_arguments_are_named(make: Make, call: Callable[[Dataset], Any], where: str) -> None:
    with pytest.raises(NatverkError, match=where):
        call(make({"seen": 2010}))


@pytest.mark.parametrize("year", [1900, 2027, 2019.5, True, "next year"])
def test_a_year_outside_what_the_data_can_speak_of_is_refused(make: Make, year: Any) -> None:
    for call in (documented, series):
        with pytest.raises(InvalidArgument, match=str(year)):
            call(make({"seen": 2010}), [ALBY], years=(year, year))


def test_a_start_that_is_only_foretold_is_no_sighting(make: Make, real: Dataset) -> None:
    def years(*rows: dict[str, Any]) -> list[Any]:
        frame = documented(make(*rows), [ALBY], years=(2000, 2020)).astype(object)
        return frame[["since", "last_seen", "mark"]].where(frame.notna(), None).to_numpy().tolist()[0]

    assert years({"start": 2019, "seen": 2018}) == [2019, None, "recent"]
    assert years({"start": 2019, "seen": 2018}, {"seen": 2020}) == [2019, 2020, "recent"]
    assert years({"start": 2019, "seen": 2019}) == [2019, 2019, "recent"]
    # The six of Halland: told of in 2018, to begin in 2019.
    own = documented(real, "municipality:1315", networks=["greater-copenhagen"])
    assert own[["since", "last_seen"]].astype(object).to_numpy().tolist() == [[2019, pd.NA]]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([{"status": "participant", "start": 1994, "seen": 2020, "end": 2009}], [1994, "stated", 2009, 2009, False]),
        ([{"status": "participant", "seen": 2012}], [2012, "seen", 2012, None, False]),
        ([{"status": "participant", "seen": 2012, "basis": "inferred"}], [None, None, None, None, False]),
        ([{"inference": "city_of_refuge", "start": 2013, "seen": 2014}], [2013, "stated", 2014, None, True]),
        ([{"status": "participant", "seen": 2022}], [None, None, None, None, False]),
        ([{"inference": "city_of_refuge", "seen": 2014}, {"seen": 2016}], [2016, "seen", 2016, None, False]),
    ],
)
def test_looser_ties_have_the_years_of_their_rows(make: Make, rows: list[dict[str, Any]], expected: list[Any]) -> None:
    data = make(*rows)
    frame = loose_ties(data, documented(data, [ALBY], years=(1990, 2020)), 2020).astype(object)
    columns = ["since", "since_basis", "last_seen", "end", "inferred"]
    assert frame[columns].where(frame[columns].notna(), None).to_numpy().tolist() == [expected]
