"""How much is known, how sure the rows are, and the way back from a cell to its sources."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from natverk.data.load import Dataset
from natverk.errors import InvalidArgument
from natverk.membership.panel import KNOWN, panel
from natverk.membership.quality import audit_summary, coverage, explain, years_without_evidence

Make = Callable[..., Dataset]


def test_coverage_by_hand(make: Make) -> None:
    networks = [{}, {"network_id": "old", "dissolved_year": 2007}]
    data = make(
        {"seen": 2007},
        {"a": "region:01", "seen": 2008},
        networks=networks,
        member_lists=[{"year": 2008, "counties": "02"}],
    )
    actors = ["municipality:0101", "municipality:0201", "region:01"]
    cells = panel(data, actors=actors, years=(2007, 2008))
    by_network = coverage(data, cells).set_index("network_id")
    assert by_network["n_cells"].tolist() == [6, 6]
    assert by_network["n_known"].to_dict() == {"net": 3, "old": 3}
    assert by_network.loc["net", ["low", "best", "high"]].tolist() == [2, 3, 5]
    by_year = coverage(data, cells, "year").set_index("year")
    assert by_year["n_known"].to_dict() == {2007: 1, 2008: 5}
    assert by_year["coverage"].round(3).tolist() == [0.167, 0.833]
    by_county = coverage(data, cells, "county").set_index("county_code")
    assert by_county["n_cells"].to_dict() == {"01": 8, "02": 4}
    assert by_county["n_known"].to_dict() == {"01": 4, "02": 2}


def test_coverage_refuses_another_grouping(make: Make) -> None:
    with pytest.raises(InvalidArgument, match="allowed: 'network', 'year', 'county'"):
        coverage(make(), panel(make(), years=2008), by="theme")


def test_coverage_of_the_real_data(real: Dataset) -> None:
    cells = panel(real, years=2019)
    for by in ("network", "county", "year"):
        table = coverage(real, cells, by)
        assert table["n_cells"].sum() == len(cells)
        assert table["n_known"].sum() == cells["state"].isin(KNOWN).sum()
        assert table["coverage"].between(0, 1).all()
    assert coverage(real, cells, "network").set_index("network_id").loc["ubc", "coverage"] == 1.0
    assert len(coverage(real, cells, "county")) == 21


def test_years_without_evidence(make: Make) -> None:
    data = make({"seen": 2006}, {"a": "municipality:0102", "end": 2006}, member_lists=[{"year": 2008}])
    cells = panel(data, actors=["municipality:0101", "municipality:0102", "municipality:0330"], years=(2002, 2009))
    assert years_without_evidence(cells).set_index("year").loc[[2002, 2006, 2007, 2008, 2009]].values.tolist() == [
        [0, 0, 2],
        [2, 0, 1],
        [0, 1, 2],
        [0, 3, 0],
        [0, 1, 2],
    ]


def test_audit_summary(make: Make, real: Dataset) -> None:
    rows = [("supported", None), ("partly", "material"), ("partly", "minor"), ("supported", None), ("supported", None)]
    audit = [{"verdict": verdict, "severity": severity} for verdict, severity in rows]
    assert audit_summary(make(audit=audit)).values.tolist() == [["partly", 2, 1, 0.4], ["supported", 3, 0, 0.6]]
    table = audit_summary(real).set_index("verdict")
    assert table["n"].to_dict() == {"not_refound": 11, "partly": 24, "supported": 43}
    assert table.loc["partly", "n_material"] == 17
    assert table["share"].sum() == pytest.approx(1)


def test_explain_leads_back_to_rows_and_lists(make: Make) -> None:
    sources = [
        {"source_id": "src", "title": "Egen sida", "publisher": "Alby"},
        {"source_id": "other", "title": "Listan"},
    ]
    data = make(
        {"start": 2006, "end": 2009, "seen": 2010}, sources=sources, member_lists=[{"year": 2008, "source": "other"}]
    )
    cell = panel(data, actors=["municipality:0101"], years=2008).iloc[0]
    frame = explain(data, cell["rows"])
    assert frame[["id", "what", "years", "source_id", "title"]].values.tolist() == [
        ["mem-00001", "municipality:0101 member net", "from 2006, to 2009, seen 2010", "src", "Egen sida"],
        ["net-2008", "complete list of net", "2008", "other", "Listan"],
    ]
    assert frame["publisher"].iloc[0] == "Alby"
    assert explain(data, "").empty
    with pytest.raises(InvalidArgument, match="there is no row 'mem-09999'"):
        explain(data, "mem-00001;mem-09999")


def test_every_decided_cell_can_be_explained(real: Dataset) -> None:
    cells = panel(real, years=(2010, 2024), pairs="evidence", list_certainty="medium")
    rows = {row for ids in cells["rows"] for row in ids.split(";") if row}
    frame = explain(real, ";".join(sorted(rows)))
    assert len(frame) == len(rows)
    assert frame[["what", "title", "source_id"]].notna().all().all()
    assert isinstance(frame, pd.DataFrame)
