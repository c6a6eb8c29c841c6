"""Facts that must come out of the real data, as the sources give them: if one of these moves, find out why."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from natverk.data.load import Dataset
from natverk.membership.documented import documented
from natverk.membership.evidence import graded, proposals_to_leave
from natverk.membership.panel import count, panel
from natverk.membership.quality import disagreements
from natverk.roles.holders import responsibility_at

VANERSBORG, STOCKHOLM, NACKA, BOTKYRKA = (f"municipality:{code}" for code in ("1487", "0180", "0182", "0127"))


def states(data: Dataset, actor: str, network: str, first: int, last: int, **arguments: Any) -> dict[int, str]:
    cells = panel(data, actors=[actor], networks=[network], years=(first, last), **arguments)
    return dict(zip(cells["year"].tolist(), cells["state"], strict=True))


def status(data: Dataset, actor: str, network: str, year: int, **arguments: Any) -> str:
    return str(panel(data, actors=[actor], networks=[network], years=year, **arguments)["status"].item())


def rows(frame: pd.DataFrame, *columns: str) -> list[list[Any]]:
    part = frame[list(columns)].astype(object)
    return part.where(part.notna(), None).values.tolist()


# --- Sweden -----------------------------------------------------------------------------------------------------------


def test_290_municipalities_and_21_counties(real: Dataset) -> None:
    assert (len(real.municipalities), len(real.counties)) == (290, 21)
    assert real.counties["n_municipalities"].sum() == 290
    everybody = panel(real, networks=["ubc"], years=2010)["actor_id"]
    assert everybody.str.split(":").str[0].value_counts().to_dict() == {"municipality": 290, "region": 20}


def test_municipalities_by_year(real: Dataset) -> None:
    places = real.municipalities["actor_id"]
    cells = panel(real, actors=places, networks=["ubc"], years=(1998, 2003))
    there = cells[cells["state"] != "no_actor"].groupby("year").size()
    assert there.to_dict() == {1998: 288, 1999: 289, 2000: 289, 2001: 289, 2002: 289, 2003: 290}


# --- Vänersborg -------------------------------------------------------------------------------------------------------


def test_vanersborg_in_sern_and_ensa(real: Dataset) -> None:
    sern, ensa = (states(real, VANERSBORG, network, 2004, 2024) for network in ("sern", "ensa"))
    assert [year for year, state in sern.items() if state == "member"] == list(range(2006, 2025))
    assert [year for year, state in ensa.items() if state == "member"] == list(range(2009, 2025))
    assert sern[2005] == ensa[2008] == "unknown", "nothing is known of the years before"
    own = documented(real, [VANERSBORG]).set_index("network_id")
    assert own.loc[["sern", "ensa"], ["since", "since_basis", "mark"]].values.tolist() == [
        [2006, "stated", "recent"],
        [2009, "stated", "recent"],
    ]


def test_vanersborg_takes_part_in_icc(real: Dataset) -> None:
    # To take part in a programme is to belong to it; no page says that Vänersborg is a member.
    assert states(real, VANERSBORG, "icc", 2024, 2024) == {2024: "member"}
    assert status(real, VANERSBORG, "icc", 2024, counting="loose") == "participant"
    own = documented(real, [VANERSBORG]).set_index("network_id").loc["icc"]
    assert own[["status", "mark", "since", "since_basis", "last_seen"]].tolist() == [
        "participant",
        "recent",
        2020,
        "seen",
        2024,
    ]


def test_vanersborgs_projects(real: Dataset) -> None:
    own = real.projects[real.projects["actor_id"] == VANERSBORG]
    found = {
        str(row[0]).split(" (")[0]: row[1:]
        for row in rows(own, "project", "network_id", "start_year", "end_year", "role")
    }
    assert found["Demeter"] == ["sern", 2018, 2021, "participant"]
    assert found["Early Childhood Education"] == ["sern", 2015, 2016, "participant"]
    assert found["Health and Employability connects"] == ["sern", 2015, 2015, "participant"]
    assert found["SOSEVO"] == ["ensa", 2012, 2014, "lead"]
    departments = real.functions[(real.functions["actor_id"] == VANERSBORG) & (real.functions["network_id"] == "ensa")]
    assert ["responsible department", 2009] in rows(departments, "function", "start_year")


def test_sern(real: Dataset) -> None:
    totals = real.published_totals[
        (real.published_totals["network_id"] == "sern") & (real.published_totals["fact"] == "members")
    ]
    assert [55, 2024, "seed-vanersborg-2024"] in rows(totals, "value", "year", "source_id")
    assert set(totals.loc[totals["qualifier"] == "exact", "value"]) == {54, 55, 57}
    assert real.networks.set_index("network_id").loc["sern", "founded_year"] == 2005


def test_the_vanersborg_page_contradicts_itself(real: Dataset) -> None:
    found = disagreements(real)
    own = found[found["actor_id"].eq(VANERSBORG) & found["kind"].eq("totals")]
    assert rows(own, "year", "values", "note") == [[2024, "2 | 3", "networks_of_actor"]]


# --- Stockholm --------------------------------------------------------------------------------------------------------


def test_stockholm_in_eurocities(real: Dataset) -> None:
    found = states(real, STOCKHOLM, "eurocities", 1994, 2024)
    assert found[1994] == "unknown"
    assert {found[year] for year in range(1995, 2012)} == {"member"}
    assert {found[year] for year in (2018, 2023)} == {"member"}
    assert "full" in status(real, STOCKHOLM, "eurocities", 1995).split("/")
    assert status(real, STOCKHOLM, "eurocities", 2011) == "full"


def test_stockholm_in_metropolis(real: Dataset) -> None:
    found = states(real, STOCKHOLM, "metropolis", 2002, 2024)
    assert [year for year, state in found.items() if state == "member"] == list(range(2003, 2012))
    assert {found[year] for year in range(2012, 2025)} == {"unknown"}, "a proposal to leave: no exit, nothing presumed"
    assert [STOCKHOLM, "metropolis", 2011] in rows(proposals_to_leave(real), "actor_id", "network_id", "year")


def test_stockholm_is_in_uclg_indirectly(real: Dataset) -> None:
    evidence = graded(real, year_basis="any", counting="loose")
    own = evidence[(evidence["actor_id"] == STOCKHOLM) & (evidence["network_id"] == "uclg")]
    assert set(own["status"]) == {"indirect"}
    assert set(own["grade"]) == {"separate"}
    assert set(states(real, STOCKHOLM, "uclg", 2000, 2024, counting="loose", year_basis="any").values()) == {"unknown"}
    assert "uclg" not in set(documented(real, [STOCKHOLM])["network_id"])


def test_stockholm_in_c40(real: Dataset) -> None:
    assert states(real, STOCKHOLM, "c40", 2006, 2011) == {
        2006: "unknown",
        2007: "member",
        2008: "presumed",
        2009: "presumed",
        2010: "presumed",
        2011: "member",
    }
    assert status(real, STOCKHOLM, "c40", 2011) == "associate"
    found = disagreements(real)
    own = found[(found["kind"] == "status") & (found["actor_id"] == STOCKHOLM) & (found["network_id"] == "c40")]
    assert own["values"].tolist() == ["associate | member"]


def test_stockholms_offices(real: Dataset) -> None:
    own = real.functions[real.functions["actor_id"] == STOCKHOLM]
    offices = rows(own, "network_id", "function_class", "start_year", "end_year")
    assert ["metropolis", "board", 2005, 2008] in offices
    assert ["metropolis", "board", 2009, 2011] in offices
    assert ["eurocities", "chair", 2009, 2010] in offices, "chair of the Social Affairs Forum"
    assert ["uclg", "vice_chair", 2007, 2011] in offices, "vice chair of the committee on culture"
    details = own.loc[own["network_id"] == "eurocities", "detail"].str.cat(sep=" | ")
    assert "Executive Committee seat" in details
    assert "Social Affairs Forum" in details


def test_nackas_report_part_by_part(real: Dataset) -> None:
    parts = real.mission_parts[real.mission_parts["mission_id"] == "mis-00001"].sort_values("position")
    assert len(parts) == 7
    assert parts["evaluation"].iloc[0] == "approved"
    assert parts["part"].str.startswith("meeting of the working group").sum() == 5
    assert parts["concerned"].isna().all(), "the column on colleagues concerned is empty"
    form = real.network_notes.set_index("row_id").loc["tot-00378", "text"]
    assert form.count(";") == 3, "four options for the next step"


def test_what_a_follow_up_rests_on_is_said(real: Dataset) -> None:
    missions = real.missions.set_index("row_id")
    # No option of the form is visibly marked in the copy: coded from the steps that the report writes out.
    assert missions.loc["mis-00001", ["next_step_category", "next_step_basis"]].tolist() == ["systematic", "text"]
    cut = missions[missions["next_step_basis"] == "cut"]
    assert set(cut["next_step_category"]) == {"not_known"}
    assert {"mis-00017", "mis-00023", "mis-00028"} <= set(cut.index)
    assert set(missions.loc[missions["next_step_category"] == "not_known", "next_step_basis"]) == {"cut"}


def test_the_day_of_a_news_item_is_no_day_of_decision(real: Dataset) -> None:
    adopted = real.strategies.set_index("row_id").loc["rus-00029", "adopted_date"]
    assert adopted == "2020-06", "the item of 16 June 2020 says Tuesday's council"
    assert real.strategy_events.set_index("row_id").loc["sev-00093", "date_from"] == "2020-06"
    # A blog without dates gives a year by its context, never a month.
    blog = real.missions[real.missions["source_id"] == "faluninternationellt-blogg"]
    assert set(blog["start_date"]) == {"2019"}


def test_a_year_rests_on_what_the_page_says(real: Dataset) -> None:
    members = real.memberships.set_index("row_id")
    # Västerås is connected to ICORN since May 2024 by its own page: no city of refuge read as membership.
    assert members.loc["mem-01104", ["start_year", "start_basis"]].tolist() == [2024, "stated"]
    assert pd.isna(members.loc["mem-01104", "inference"])
    # A signing that is planned is none yet, and the year of the first guest is not that of joining.
    assert set(members.loc[["mem-00479", "mem-00522", "mem-01340", "mem-01089"], "start_basis"]) == {"inferred"}
    # "Eight years ago", says the page of 2018; the invitation of 2017 does not say when Reglab was founded.
    reglab = real.networks.set_index("network_id").loc["reglab"]
    assert reglab[["founded_year", "source_id"]].tolist() == [2010, "reglab-fortsatter"]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("seed-nacka-2014", ["which colleague or unit", "direct the scouting elsewhere", "date and writer"]),
        ("seed-vanersborg-2024", ["mentor cities, inside and outside the EU", "neither which kind of member"]),
        ("seed-arena-2017", ["Hornsgatan 15", "regionkommuner", "leading politicians and officials", "on film"]),
        (
            "seed-stockholm-2011",
            ["by subject matter, not by geography", "World Bank", "Cairo", "loose network of mayors"],
        ),
        ("seed-reglab-2017", ["Liljeholmsvägen 18", "how to follow up and evaluate", "learn from each other"]),
    ],
)
def test_what_the_five_documents_say_stands_in_rows(real: Dataset, source: str, words: list[str]) -> None:
    text = " ".join(real.network_notes.loc[real.network_notes["source_id"] == source, "text"])
    assert [word for word in words if word not in text] == []


def test_stockholms_review_of_2011(real: Dataset) -> None:
    review = real.evaluations
    review = review[(review["actor_id"] == STOCKHOLM) & (review["year"] == 2011) & (review["criterion"] == "overall")]
    advice = review.groupby("network_id")["recommendation"].agg(lambda items: sorted(set(items))).to_dict()
    assert advice == {
        "eurocities": ["continue", "expand"],
        "metropolis": ["leave", "leave_board"],
        "uclg": ["leave", "leave_board"],
        "c40": ["use_fully"],
    }


def test_eurocities(real: Dataset) -> None:
    network = real.networks.set_index("network_id").loc["eurocities"]
    assert network[["founded_year", "min_population"]].tolist() == [1986, 250000]
    listed = real.memberships[real.memberships["list_id"] == "eurocities-2011"]
    assert sorted(listed["actor_id"]) == [STOCKHOLM, "municipality:1280", "municipality:1480"]
    assert set(listed["status"]) == {"full"}
    everybody = panel(real, networks=["eurocities"], years=2011)
    assert not everybody["state"].eq("not_member").any(), "a list of full members closes nobody"


# --- Nacka ------------------------------------------------------------------------------------------------------------


def test_nacka_in_eurocities(real: Dataset) -> None:
    found = states(real, NACKA, "eurocities", 2013, 2015)
    assert found == {2013: "unknown", 2014: "member", 2015: "presumed"}
    assert status(real, NACKA, "eurocities", 2014) == "associate"
    people = real.population.set_index(["code", "year"]).loc[("0182", 2014), "population"]
    least = real.networks.set_index("network_id").loc["eurocities", "min_population"]
    assert people == 96217
    assert people < least
    unknown = panel(real, networks=["eurocities"], years=2014).set_index("actor_id")
    documented_in = set(real.memberships.loc[real.memberships["network_id"] == "eurocities", "actor_id"])
    assert "municipality:0127" not in documented_in
    assert unknown.loc["municipality:0127", ["state", "high"]].tolist() == ["unknown", 0], "Botkyrka is too small"


def test_nackas_mission(real: Dataset) -> None:
    mission = real.missions[real.missions["actor_id"] == NACKA].iloc[0]
    assert mission[["start_date", "end_date", "place"]].tolist() == ["2014-02-26", "2014-02-28", "Utrecht"]
    assert "approved" in mission["outcomes"]
    assert "five working groups" in mission["outcomes"]
    assert {"London", "Vienna", "Utrecht", "Eurocities secretariat"} <= set(mission["contacts"].split("; "))
    steps = real.next_steps[real.next_steps["actor_id"] == NACKA]["step"].str.cat(sep=" ")
    for partner in ("London", "Vienna", "Utrecht", "secretariat"):
        assert partner in steps


# --- Lists ------------------------------------------------------------------------------------------------------------


def test_ubc_by_list(real: Dataset) -> None:
    years = {2014: 21, 2019: 14, 2020: 13, 2022: 12, 2025: 11}
    sums = count(panel(real, networks=["ubc"], years=(2014, 2025)), ["year"]).set_index("year")
    assert sums.loc[list(years), "low"].to_dict() == years
    medium = count(panel(real, networks=["ubc"], years=2025, list_certainty="medium"), ["year"]).iloc[0]
    assert medium[["low", "best", "high", "coverage"]].tolist() == [11, 11, 11, 1.0]
    assert sums.loc[2025, "high"] > 200, "the list of 2025 is of medium certainty: it closes nobody unasked"


def test_botkyrka_in_ubc_2019(real: Dataset) -> None:
    cell = panel(real, actors=[BOTKYRKA], networks=["ubc"], years=2019).iloc[0]
    assert cell[["state", "conflict", "low", "best", "high"]].tolist() == ["not_member", True, 0, 0, 1]
    assert cell["rows"] == "mem-01585;ubc-2019"
    own = panel(real, actors=[BOTKYRKA], networks=["ubc"], years=2019, prefer="own_page").iloc[0]
    assert own[["state", "conflict", "low", "best", "high"]].tolist() == ["member", True, 0, 1, 1]


def test_incomplete_lists_close_nobody(real: Dataset) -> None:
    # UBC's lists of 2005 and 2011 lost names in the copy: Halmstad, Kristianstad and Trelleborg are missing in 2011.
    for actor in ("municipality:1380", "municipality:1290", "municipality:1287"):
        assert states(real, actor, "ubc", 2011, 2011)[2011] in ("unknown", "presumed", "member")
    cells = panel(real, networks=["ubc"], years=(2005, 2013))
    assert not cells["state"].isin(["not_member", "left"]).any()
    # Örebro is in the Global Covenant data of 2019 and not in those of 2022: no exit.
    assert states(real, "municipality:1880", "gcom", 2022, 2022)[2022] in ("unknown", "presumed")


def test_vastervik_in_ubc(real: Dataset) -> None:
    found = states(real, "municipality:0883", "ubc", 2022, 2025, list_certainty="medium")
    assert found == {2022: "not_member", 2023: "unknown", 2024: "member", 2025: "not_member"}


def test_greater_copenhagen_2018_closes_skane_only(real: Dataset) -> None:
    cells = panel(real, networks=["greater-copenhagen"], years=2018, list_certainty="medium").set_index("actor_id")
    skane = real.municipalities.loc[real.municipalities["county_code"] == "12", "actor_id"]
    halland = real.municipalities.loc[real.municipalities["county_code"] == "13", "actor_id"]
    assert set(cells.loc[skane, "state"]) == {"member"}
    assert len(skane) == 33
    assert set(cells.loc[halland, "state"]) == {"unknown"}
    assert not cells["state"].eq("not_member").any()
    after = panel(real, actors=halland, networks=["greater-copenhagen"], years=2019)
    assert set(after["state"]) == {"member"}, "Halland's six joined in 2019"


def test_climate_cities(real: Dataset) -> None:
    def members(network: str, year: int) -> set[str]:
        cells = panel(real, networks=[network], years=year)
        return set(cells.loc[cells["low"] == 1, "actor_id"])

    viable_2020, viable_2021 = members("viable-cities-kn2030", 2020), members("viable-cities-kn2030", 2021)
    mission_2022 = members("eu-mission-100", 2022)
    assert (len(viable_2020), len(viable_2021), len(mission_2022)) == (9, 23, 7)
    assert viable_2020 <= viable_2021
    assert mission_2022 <= viable_2021
    people = real.population[real.population["year"] == 2021].set_index("code")["population"]
    share = people[[actor.split(":")[1] for actor in viable_2021]].sum() / people.sum()
    assert round(100 * share, 1) == 38.4, "the published share is about 40 %: the benchmark differs, and both are shown"


def test_klimatkommunerna_in_february_2015(real: Dataset) -> None:
    found = disagreements(real)
    own = found[found["kind"].eq("totals") & found["network_id"].eq("klimatkommunerna") & found["year"].eq(2015)]
    assert own["values"].tolist() == ["35 | 38"]


# --- Evidence ---------------------------------------------------------------------------------------------------------


def test_pairs(real: Dataset) -> None:
    years = ["start_year", "end_year", "observed_year"]
    pairs = real.memberships.groupby(["actor_id", "network_id"])[years].count().sum(axis=1)
    assert len(pairs) == len(real.memberships[["actor_id", "network_id"]].drop_duplicates()) >= 1837
    undated = real.memberships[real.memberships[years].isna().all(axis=1)]
    dated = real.memberships.drop(index=undated.index).set_index(["actor_id", "network_id"]).index
    only = ~undated.set_index(["actor_id", "network_id"]).index.isin(dated)
    assert int((pairs == 0).sum()) == undated[only][["actor_id", "network_id"]].drop_duplicates().shape[0] >= 290
    assert (real.memberships.groupby(["actor_id", "network_id"])["status"].nunique() > 1).sum() >= 47


def test_few_cells_have_evidence(real: Dataset) -> None:
    networks = real.networks.loc[real.networks["counts_as"] == "membership", "network_id"]
    places = real.municipalities["actor_id"]
    with_evidence = real.memberships[["actor_id", "network_id"]].drop_duplicates()
    with_evidence = with_evidence[with_evidence["actor_id"].isin(places) & with_evidence["network_id"].isin(networks)]
    n_cells = len(places) * len(networks)
    assert n_cells >= 31_030
    assert 0.01 < len(with_evidence) / n_cells < 0.02


def test_a_city_of_culture_to_come_is_no_evidence(real: Dataset) -> None:
    evidence = graded(real)
    own = evidence[(evidence["actor_id"] == "municipality:2584") & (evidence["network_id"] == "ecoc")]
    assert own["grade"].tolist() == ["never"]
    assert set(states(real, "municipality:2584", "ecoc", 2020, 2026).values()) == {"unknown"}


def test_nearly_every_municipality_has_evidence(real: Dataset) -> None:
    evidence = graded(real, year_basis="any", counting="loose")
    places = real.municipalities.set_index("actor_id")["name"]
    silent = places[~places.index.isin(evidence.loc[evidence["grade"] != "never", "actor_id"])]
    assert 1 <= len(silent) <= 4, "286 of 290 have something, and who has nothing is known"
    for actor in silent.index:
        assert documented(real, [actor]).empty
    # Täby and Salem, of which nothing was known before, are each named in something.
    assert not {"Täby", "Salem"} & set(silent)


# --- Meetings, responsibility, audit ----------------------------------------------------------------------------------


def test_knowledge_day_and_workshop(real: Dataset) -> None:
    events = rows(real.events, "organiser", "date", "level_focus")
    assert ["Arena för Tillväxt", "2017-04-25", "multilevel"] in events
    assert ["Reglab", "2017-01-24", "regional"] in events
    notes = real.network_notes
    questions = notes[(notes["network_id"] == "reglab-rus-natverk") & (notes["topic"] == "question raised")]["text"]
    assert len(questions) == 4
    for word in ("process", "at home", "EU 2020", "Agenda 2030"):
        assert questions.str.contains(word).sum() == 1


def test_responsibility_before_and_after_2019(real: Dataset) -> None:
    assert responsibility_at(real, "2018-04")["holder_type"].value_counts().to_dict() == {
        "region": 14,
        "samverkansorgan": 6,
        "state": 1,
    }
    assert responsibility_at(real, "2019-01-01")["holder_type"].eq("region").sum() == 21


def test_audit(real: Dataset) -> None:
    verdicts = real.audit["verdict"].value_counts()
    assert (verdicts["supported"], verdicts["partly"], verdicts["not_refound"]) >= (43 + 26, 24 + 14, 11)
    assert "contradicted" not in verdicts


def test_nacka_is_flagged_as_below_the_rule_of_full_membership(real: Dataset) -> None:
    own = documented(real, ["municipality:0182", "municipality:0180"]).set_index(["actor_id", "network_id"])[
        "below_minimum"
    ]
    assert own["municipality:0182", "eurocities"]
    assert not own["municipality:0180", "eurocities"]


# --- No field says more than the row's own text -----------------------------------------------------------------------


def test_a_railway_or_a_road_makes_nobody_active_in_regional_development(real: Dataset) -> None:
    corridors = real.networks[(real.networks["kind"] == "cooperation_body") & (real.networks["type"] != "cross_border")]
    themes = corridors.set_index("network_id")["themes"].str.split(";")
    assert {"infrastrukturkansliet", "partnerskap-e16"} <= set(themes.index)
    assert [name for name, own in themes.items() if {"mobility", "regional_policy"} <= set(own)] == []
    assert set(real.projects.loc[real.projects["project"].str.contains("EU coach"), "theme"]) == {"eu_affairs"}


def test_a_network_of_regions_is_not_open_to_municipalities(real: Dataset) -> None:
    levels = real.networks.set_index("network_id")["eligible_levels"]
    for name in ("reglab", "reglab-rus-natverk", "edge-counties", "vgr-brussels-office"):
        assert levels[name] == "region", name


def test_a_year_that_rests_on_the_content_is_inferred(real: Dataset) -> None:
    for source in ("nedredalalven-kommunrad-2022", "skr-ledarskap-2019"):
        own = real.memberships[real.memberships["source_id"] == source]
        assert set(own["observed_basis"]) == {"inferred"}, source


def test_what_was_planned_or_in_force_is_not_told_as_decided(real: Dataset) -> None:
    plans = real.strategies.set_index("row_id")
    assert plans.loc[["rus-00019", "rus-00045"], "adopted_year"].isna().all(), "published, or in force since"
    assert pd.isna(plans.loc["rus-00039", "adopted_date"]), "two sources, two days"
    happened = real.strategy_events.set_index("row_id")["event"]
    assert (happened["sev-00020"], happened["sev-00097"]) == ("in_force", "in_force")
    entries = real.county_events[real.county_events["source_id"] == "kulturradet-2011nya"]
    assert entries.loc[entries["year"] > 2011, "note"].str.startswith("planned entry").all()


def test_the_founding_of_a_cooperation_is_no_members_first_year(real: Dataset) -> None:
    own = real.body_members[real.body_members["body_id"] == "body:sodertornskommunerna"]
    assert len(own) == 8
    assert own["start_year"].isna().all()


def test_a_number_told_by_another_page_has_that_page_as_its_source(real: Dataset) -> None:
    sources = real.published_totals.set_index("row_id")["source_id"]
    assert sources["tot-00160"] == "industrikommuner-en"
    assert {sources["tot-00254"], sources["tot-00255"]} == {"cemr-slide"}


# --- What a row says of itself ----------------------------------------------------------------------------------------


def test_a_term_that_a_row_states_has_its_end(real: Dataset) -> None:
    own = real.memberships[real.memberships["row_id"].isin([f"mem-{n:05d}" for n in range(2521, 2529)])]
    assert set(own["network_id"]) == {"mittstraket"}
    told = real.memberships["status_as_stated"].str.extract(r"\b(\d{4})–(\d{4})\b").astype("Float64").astype("Int64")
    # A term that goes on beyond the vintage has no end yet.
    term = (told[0] == real.memberships["start_year"]) & (told[1] <= int(real.known_until[:4]))
    rows = real.memberships[term.fillna(value=False)]
    assert set(own["row_id"]) <= set(rows["row_id"])
    assert (rows["end_year"] == told.loc[rows.index, 1]).all()
    assert set(rows["end_kind"]) == {"term"}
    # Of a note too: a demonstration city in 2002-2006.
    noted = real.memberships["note"].str.extract(r" in (\d{4})-(\d{4})\b").astype("Float64").astype("Int64")
    cities = real.memberships[(noted[0] == real.memberships["start_year"]).fillna(value=False)]
    assert cities["row_id"].tolist() == ["mem-03009", "mem-03012", "mem-03013"]
    assert (cities["end_year"] == noted.loc[cities.index, 1]).all()
    assert set(cities["end_kind"]) == {"term"}


def test_a_planned_signing_signs_nothing(real: Dataset) -> None:
    planned = real.memberships["note"].str.startswith("signing planned").fillna(value=False)
    rows = real.memberships[planned].set_index("row_id")
    assert set(rows.index) == {"mem-00479", "mem-00522", "mem-01340", "mem-01341"}
    assert set(rows.loc[["mem-00479", "mem-00522"], "status"]) == {"applicant"}
    # Lund signed, and it is our inference when.
    assert not rows["start_basis"].eq("stated").any()
    assert documented(real, "municipality:0763", networks=["covenant-of-mayors"]).empty
    assert documented(real, "municipality:0781", networks=["covenant-of-mayors"])["since"].tolist() == [2011]


def test_a_court_recommends_nobody_to_leave(real: Dataset) -> None:
    courts = real.evaluations[real.evaluations["actor_id"].str.contains("ratten", na=False)]
    assert {"eva-00093", "eva-00094", "eva-00104"} <= set(courts["row_id"])
    assert set(courts["recommendation"]) == {"none"}
    said = courts.set_index("row_id")["rationale"]
    assert "appeal court later reversed" in said["eva-00104"]
    assert "reversing the judgement" in said["eva-00093"]


def test_days_without_a_year_say_so(real: Dataset) -> None:
    rows = real.functions
    undated = rows[["start_year", "end_year", "observed_year"]].isna().all(axis=1)
    days = rows["detail"].str.contains(r"\d[-–]\d+ (?:June|April|October)", na=False)
    texts = rows.loc[undated & days, "detail"]
    assert len(texts) >= 3
    assert texts.str.contains("year not stated").all()
