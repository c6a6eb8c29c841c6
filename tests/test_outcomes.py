"""What came of it: what an actor's own pages tell of networks."""

from __future__ import annotations

import pytest

from natverk import outcomes
from natverk.data.load import Dataset
from natverk.errors import InvalidArgument
from natverk.outcomes import evaluations, meetings, notes, of_the_country, projects, told_by, totals, twin_towns


def test_what_a_municipality_tells_of_networks_comes_from_its_own_pages(real: Dataset) -> None:
    told = told_by(real, "Stockholm")
    publishers = real.sources.set_index("source_id")["publisher"]
    assert set(told["network_id"]) >= {"eurocities", "metropolis", "uclg", "c40"}
    assert publishers[told["source_ids"]].str.startswith("Stockholms stad").all()
    # Numbers are among them, and what is about the city itself is not.
    assert told["fact"].notna().any()
    assert not set(told["row_ids"]) & set(real.network_notes.loc[real.network_notes["actor_id"].notna(), "row_id"])


def test_a_municipality_whose_pages_tell_of_no_network_has_no_row(real: Dataset) -> None:
    assert told_by(real, "Nykvarn").empty


def test_a_frame_without_actors_is_refused(real: Dataset) -> None:
    with pytest.raises(InvalidArgument, match="its rows name no actor"):
        outcomes.of_the_country(real, outcomes.notes(real).drop(columns="actor_id"))


def test_what_concerns_a_network_or_a_unit_with_a_page_is_not_of_the_country(real: Dataset) -> None:
    for frame in (evaluations(real), notes(real), totals(real), twin_towns(real), projects(real)):
        left = of_the_country(real, frame)
        assert not {str(actor).partition(":")[0] for actor in left["actor_id"]} & {"municipality", "region"}
        assert not set(left["actor_id"]) & set(real.bodies["body_id"])
        if "network_id" in frame:
            assert left["network_id"].isna().all()
    assert set(of_the_country(real, twin_towns(real))["actor_id"]) == {"state:lansstyrelsen-03"}
    assert len(of_the_country(real, projects(real))) == 0


def test_a_theme_that_nobody_coded_is_blank_and_not_the_general_one(real: Dataset) -> None:
    rows = real.projects
    interreg = rows["source_id"].str.startswith("keep-")
    assert interreg.sum() > 300
    assert rows.loc[interreg, "theme"].isna().all()
    assert rows.loc[~interreg, "theme"].notna().all()
    assert projects(real, actors="Vännäs")["theme"].dtype == projects(real)["theme"].dtype


@pytest.mark.parametrize(("network", "row_ids"), [("ecad", {"evt-00032"}), ("sern", {"evt-00025", "evt-00026"})])
def test_what_a_section_or_a_forerunner_held_is_the_event_of_the_network(
    real: Dataset, network: str, row_ids: set[str]
) -> None:
    assert row_ids <= set(meetings(real, network=network)["row_ids"])
