"""Standing forms of interplay: which counties have which, when, and what is not read is no zero of theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from natverk.data.load import Dataset
from natverk.errors import InvalidArgument, UnknownName
from natverk.roles.forms import FORMS, interplay, interplay_forms

Make = Callable[..., Dataset]
ROWS: list[dict[str, Any]] = [
    {"county_codes": "01", "form": "forum", "name": "Old", "name_sv": "Gammal", "since": "2010", "until": "2015-06",
     "basis": "stated"},
    {"county_codes": "01", "form": "forum", "name": "Open", "name_sv": "Öppen", "basis": "carried"},
    {"county_codes": "01;02", "form": "agreement", "name": "Both", "name_sv": "Båda", "since": "2018-03",
     "basis": "stated"},
]  # fmt: skip


def test_a_form_stands_in_each_of_its_counties_and_in_its_years_only(make: Make) -> None:
    data = make(interplay=ROWS)

    def names(on: int | None) -> list[str]:
        return interplay_forms(data, on=on)["name"].tolist()

    assert names(2009) == ["Open"]
    assert names(2015) == ["Old", "Open"]
    assert names(2018) == names(None) == ["Open", "Both", "Both"]
    both = interplay_forms(data, "02")
    assert both[["county_code", "n_counties", "since_known"]].values.tolist() == [["02", 2, False]]


def test_a_beginning_is_that_of_the_county_named_first(make: Make, real: Dataset) -> None:
    data = make(interplay=ROWS)
    since = interplay(data).set_index(["county_code", "form"])["since"]
    assert since["01", "agreement"] == "2018-03"
    assert since.isna()["02", "agreement"]
    # What may have reached into the other county later is no form of then.
    assert interplay_forms(data, on=2019, as_then=True)["county_code"].tolist() == ["01"]
    umea = interplay_forms(real).set_index(["row_id", "county_code"])["since"].loc["int-00073"]
    assert umea["24"] == "1993"
    assert umea.isna()["22"]


def test_every_county_and_form_has_a_row(make: Make) -> None:
    table = interplay(make(interplay=ROWS), on=2015).set_index(["county_code", "form"])
    assert len(table) == 4 * len(FORMS)
    shown = table.loc[("01", "forum"), ["n", "n_since", "since", "names", "names_sv", "basis", "row_ids"]].tolist()
    assert shown == [2, 1, "2010", "Old | Open", "Gammal | Öppen", "carried|stated", "int-00001;int-00002"]
    assert table.loc[("02", "forum"), ["n", "names", "row_ids"]].tolist() == [0, "", ""]


def test_the_real_forms_are_each_counted_where_they_are(real: Dataset) -> None:
    table = interplay(real)
    assert len(table) == 21 * len(FORMS)
    forms = interplay_forms(real)
    assert table["n"].sum() == (forms["basis"] != "proposed").sum()
    ids = {row for ids in table["row_ids"] for row in ids.split(";") if row}
    # Left out are those that are known to have ended, those that are only told of beforehand, and no other.
    out = real.interplay["until"].notna() | (real.interplay["basis"] == "proposed")
    assert ids == set(real.interplay.loc[~out, "row_id"])


def test_a_form_that_is_only_proposed_is_no_form(real: Dataset) -> None:
    forms = interplay_forms(real).set_index("row_id")
    # "To be adopted by each party"; "to be approved by all"; goals "are to be defined".
    assert forms.loc[["int-00008", "int-00015", "int-00057"], "basis"].eq("proposed").all()
    assert interplay(real, "19").set_index("form").loc["agreement", "n"] == 0
    # A member from each municipality; a committee and chief executives of municipalities: no word of the region.
    assert pd.isna(forms.at["int-00017", "both_levels"])


def test_wrong_counties_and_years_are_refused(real: Dataset) -> None:
    with pytest.raises(UnknownName, match="nearest"):
        interplay(real, "Skane laen")
    with pytest.raises(InvalidArgument, match="on"):
        interplay(real, on=1066)
