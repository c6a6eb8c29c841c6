"""What came of it: what an actor's own pages tell of networks."""

from __future__ import annotations

import pandas as pd
import pytest

from natverk import outcomes
from natverk.data.load import Dataset
from natverk.errors import InvalidArgument
from natverk.outcomes import (
    evaluations,
    meetings,
    notes,
    of_the_country,
    projects,
    purposes,
    told_by,
    totals,
    twin_towns,
)


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


def test_an_opinion_is_never_the_municipality_that_it_is_about(real: Dataset) -> None:
    judged = real.evaluations.merge(real.actors[["actor_id", "kind"]], on="actor_id").set_index("row_id")
    named = ["eva-00045", "eva-00065", "eva-00136", "eva-00138", "eva-00142", "eva-00145", "eva-00146"]
    assert set(judged.loc[named, "kind"]) == {"opinion"}
    personal = judged["locator"].fillna("").str.contains("personal view|motion text")
    assert set(judged.loc[personal, "kind"]) == {"opinion"}


def test_a_source_lends_its_year_to_no_other_and_an_inferred_one_is_told(real: Dataset) -> None:
    found = purposes(real)
    rows = real.purposes.set_index("row_id")
    for line in found.itertuples():
        own = rows.loc[line.row_ids.split(";")]
        assert own["year"].isna().all() if pd.isna(line.year) else (own["year"] == line.year).all()
        assert (
            own["year_basis"].isna().all() if pd.isna(line.year_basis) else set(own["year_basis"]) == {line.year_basis}
        )
    umea = found[(found["actor_id"] == "municipality:2480") & (found["purpose"] == "attractiveness")]
    assert umea["row_ids"].tolist() == ["pur-00060", "pur-00063"]
    assert umea["year_basis"].fillna("").tolist() == ["", "inferred"]


def test_what_is_told_of_the_end_of_a_twin_town_is_not_dropped(real: Dataset) -> None:
    towns = twin_towns(real).set_index(["actor_id", "partner_city"])
    assert "city council of Murmansk" in towns.loc[("municipality:2580", "Murmansk"), "note"]
    assert "stadsfullmäktige" in towns.loc[("municipality:2580", "Murmansk"), "note_sv"]
    # A note that goes on from another takes its place.
    assert towns.loc[("municipality:1470", "Oranjemund"), "note"].startswith("cooperation; broken off")


def test_judgement_and_twin_town_name_one_place_in_one_way_and_say_as_much(real: Dataset) -> None:
    judged, twins = real.evaluations.set_index("row_id"), real.twins.set_index("row_id")
    assert "on a proposal" in judged.loc["eva-00113", "rationale"]
    assert "on a proposal" in twins.loc["twi-00902", "note"]
    for row, name in (("eva-00137", "Volchov"), ("eva-00139", "Gattjina")):
        assert name in judged.loc[row, "rationale_sv"]
        assert name in set(real.twins["partner_city_sv"])


@pytest.mark.parametrize(("network", "row_ids"), [("ecad", {"evt-00032"}), ("sern", {"evt-00025", "evt-00026"})])
def test_what_a_section_or_a_forerunner_held_is_the_event_of_the_network(
    real: Dataset, network: str, row_ids: set[str]
) -> None:
    assert row_ids <= set(meetings(real, network=network)["row_ids"])


@pytest.mark.parametrize(("network", "n"), [("euroregion-baltic", 3), ("mittnordenkommitten", 1)])
def test_a_project_of_several_actors_is_one(real: Dataset, network: str, n: int) -> None:
    found = projects(real, network=network)
    assert len(found) > n
    assert (~found["again"]).sum() == n


@pytest.mark.parametrize(
    ("network", "row_id", "not_of"),
    [
        ("uccn", "evt-00015", "eccar"),
        ("icld-demokratisk-resiliens", "evt-00055", "icld-mr-partnerskap"),
        ("viable-cities-kn2030", "evt-00024", "viable-cities"),
        ("cpmr-islands", "evt-00034", "cpmr"),
    ],
)
def test_an_event_is_of_the_network_that_its_row_names(real: Dataset, network: str, row_id: str, not_of: str) -> None:
    assert row_id in set(meetings(real, network=network)["row_ids"])
    assert row_id not in set(meetings(real, network=not_of)["row_ids"])
    # The actors who organised it are still those.
    assert "evt-00015" in set(meetings(real, actors="Östersund")["row_ids"])


@pytest.mark.parametrize("network", ["reglab", "reglab-rus-natverk"])
def test_an_event_may_be_of_two_networks(real: Dataset, network: str) -> None:
    assert "evt-00007" in set(meetings(real, network=network)["row_ids"])
