"""Practised roles, on hand-made counties and on the real ones."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, combinations, product
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from natverk.data.load import Dataset
from natverk.data.schema import VOCABULARIES
from natverk.errors import InvalidArgument, UnknownName
from natverk.roles.activity import ROLES, _possible, activity_by_level, practised
from natverk.roles.tasks import LEVELS

Make = Callable[..., Dataset]
ALBY, BODA, DALA, GOTLAND = (f"municipality:{code}" for code in ("0101", "0102", "0201", "0980"))
ETT, BODY = "region:01", "body:forbundet"
ALL_FIVE = "municipal|regional|joint|shared|vacant"


def theme(data: Dataset, county: str = "01", name: str = "culture", **arguments: Any) -> pd.Series:
    return practised(data, county=county, **arguments).set_index("theme").loc[name]


# --- Which roles are possible -----------------------------------------------------------------------------------------


def brute_force(active: list[str], free: list[str]) -> set[str]:
    """Return the roles by going through every choice of active levels."""
    roles = set()
    for chosen in product([False, True], repeat=len(LEVELS)):
        on = {level for level, wanted in zip(LEVELS, chosen, strict=True) if wanted}
        if set(active) <= on <= {*active, *free}:
            roles.add({0: "vacant", 1: next(iter(on), "")}.get(len(on), "shared"))
    return roles


def parts(levels: tuple[str, ...]) -> list[tuple[str, ...]]:
    return list(chain.from_iterable(combinations(levels, size) for size in range(len(levels) + 1)))


@pytest.mark.parametrize(
    ("active", "free"),
    [(active, free) for active in parts(LEVELS) for free in parts(LEVELS) if not set(active) & set(free)],
)
def test_possible_roles_against_every_choice(active: tuple[str, ...], free: tuple[str, ...]) -> None:
    found = _possible(list(active), list(free))
    assert set(found) == brute_force(list(active), list(free))
    assert found == [role for role in ROLES if role in found]


# --- Practised roles, hand-made ---------------------------------------------------------------------------------------

CULTURE = [{"themes": "culture"}]


def test_a_county_without_evidence(make: Make) -> None:
    table = practised(make(bodies=[]), county="02")
    assert table["theme"].tolist() == list(VOCABULARIES["theme"])
    assert set(table["possible_roles"]) == {ALL_FIVE}
    assert set(table["attested_pattern"]) == {"none attested"}
    assert table["role"].isna().all()
    assert set(table["row_ids"]) == {""}
    assert table[["municipal_low", "municipal_best", "regional_low", "joint_low"]].to_numpy().sum() == 0


@pytest.mark.parametrize(
    ("rows", "pattern", "possible"),
    [
        ([{"seen": 2010}], "municipal", "municipal|shared"),
        ([{"a": ETT, "seen": 2010}], "regional", "regional|shared"),
        ([{"a": BODY, "seen": 2010}], "joint", "joint|shared"),
        ([{"seen": 2010}, {"a": ETT, "seen": 2010}], "municipal+regional", "shared"),
        ([{"seen": 2010}, {"a": ETT}, {"a": BODY, "seen": 2010}], "municipal+regional+joint", "shared"),
        ([{"a": DALA, "seen": 2010}], "none attested", ALL_FIVE),
        ([{"status": "applicant", "seen": 2010}], "none attested", ALL_FIVE),
    ],
)
def test_patterns(make: Make, rows: list[dict[str, Any]], pattern: str, possible: str) -> None:
    row = theme(make(*rows, networks=CULTURE))
    assert (row["attested_pattern"], row["possible_roles"]) == (pattern, possible)
    assert row["role"] == "shared" if possible == "shared" else pd.isna(row["role"])


def test_numbers_stand_beside_the_size_of_the_county(make: Make) -> None:
    data = make({"seen": 2010}, {"a": BODA}, {"a": ETT, "seen": 2003}, networks=CULTURE)
    ever = theme(data)
    assert ever[["n_municipalities", "municipal_low", "municipal_best", "municipal_high"]].tolist() == [2, 2, 2, 2]
    assert ever[["municipal_share", "regional_low", "regional_high"]].tolist() == [1.0, 1, 1]
    year = theme(data, year=2011)
    assert year[["municipal_low", "municipal_best", "municipal_high"]].tolist() == [0, 1, 2]
    assert year[["municipal_share", "regional_low", "regional_best", "regional_high"]].tolist() == [0.5, 0, 0, 1]
    assert year["attested_pattern"] == "none attested", "presumed is not attested"


def test_every_theme_of_a_network_counts(make: Make) -> None:
    table = practised(make({"seen": 2010}, networks=[{"themes": "culture;health"}]), county="01").set_index("theme")
    active = table.index[table["attested_pattern"] == "municipal"]
    assert sorted(active) == ["culture", "health"]


def test_what_counts_is_an_argument(make: Make) -> None:
    networks = [{"themes": "culture", "counts_as": "commitment"}]
    data = make({"status": "signatory", "seen": 2010, "basis": "inferred"}, networks=networks)
    assert theme(data)["attested_pattern"] == "municipal"
    assert theme(data, counts_as=("membership",))["attested_pattern"] == "none attested"
    assert theme(data, year=2010)["attested_pattern"] == "none attested"
    assert theme(data, year=2010, year_basis="any")["attested_pattern"] == "municipal"
    assert theme(data, counts_as=["commitment"])["attested_pattern"] == "municipal"  # a list will do
    assert theme(data, counts_as="commitment")["attested_pattern"] == "municipal"  # and so will one name
    loose = make({"status": "participant", "seen": 2010}, networks=CULTURE)
    assert theme(loose)["attested_pattern"] == "none attested"
    assert theme(loose, counting="loose")["attested_pattern"] == "municipal"


def test_a_joint_bodys_own_tasks(make: Make) -> None:
    body = {"body_id": BODY, "county_codes": "01", "themes": "culture", "founded_year": 2005, "dissolved_year": 2015}
    data = make(bodies=[body])
    row = theme(data)
    assert row[["attested_pattern", "joint_low", "row_ids"]].tolist() == ["joint", 1, BODY]
    assert theme(data, joint_tasks=False)["attested_pattern"] == "none attested"
    patterns = {year: theme(data, year=year)["attested_pattern"] for year in (2004, 2005, 2015, 2016)}
    assert patterns == {2004: "none attested", 2005: "joint", 2015: "joint", 2016: "none attested"}


def test_complete_lists_exclude_levels(make: Make) -> None:
    lists = [{"year": 2010, "levels": "municipality;region"}]
    assert theme(make(networks=CULTURE, member_lists=lists), year=2010)["possible_roles"] == "joint|vacant"
    joint = theme(make({"a": BODY, "seen": 2010}, networks=CULTURE, member_lists=lists), year=2010)
    assert joint[["possible_roles", "role"]].tolist() == ["joint", "joint"]
    assert theme(make(networks=CULTURE, member_lists=lists), year=2011)["possible_roles"] == ALL_FIVE
    assert theme(make(networks=CULTURE, member_lists=lists))["possible_roles"] == ALL_FIVE, "ever: nothing is excluded"


def test_one_network_without_a_list_keeps_a_level_possible(make: Make) -> None:
    networks = [*CULTURE, {"network_id": "open", "themes": "culture"}]
    lists = [{"year": 2010, "levels": "municipality;region"}]
    assert theme(make(networks=networks, member_lists=lists), year=2010)["possible_roles"] == ALL_FIVE


def test_a_list_of_one_level_excludes_that_level(make: Make) -> None:
    lists = [{"year": 2010, "levels": "municipality"}]
    row = theme(make(networks=CULTURE, member_lists=lists), year=2010)
    assert row["possible_roles"] == "regional|joint|shared|vacant"
    assert row[["municipal_high", "regional_high"]].tolist() == [0, 1]


def test_a_page_against_the_list_keeps_the_level_possible(make: Make) -> None:
    data = make({"seen": 2010}, networks=CULTURE, member_lists=[{"year": 2010, "levels": "municipality"}])
    row = theme(data, year=2010)
    assert row[["municipal_low", "municipal_best", "municipal_high"]].tolist() == [0, 0, 1]
    assert row[["attested_pattern", "possible_roles"]].tolist() == ["none attested", ALL_FIVE]


def test_gotland_is_unitary(make: Make) -> None:
    row = theme(make({"a": GOTLAND, "seen": 2010}, networks=CULTURE), "09")
    assert row[["attested_pattern", "possible_roles", "role"]].tolist() == ["unitary", "unitary", "unitary"]
    assert row[["n_municipalities", "municipal_low", "regional_low"]].tolist() == [1, 1, 1]
    nothing = theme(make(networks=CULTURE), "09")
    assert nothing[["attested_pattern", "possible_roles"]].tolist() == ["none attested", "unitary|vacant"]
    assert pd.isna(nothing["role"])


def test_gotland_closed_out_by_a_list_is_not_unitary(make: Make) -> None:
    closed = make(networks=CULTURE, member_lists=[{"year": 2010}])
    assert theme(closed, "09", year=2010)["possible_roles"] == "joint|vacant"


def test_row_ids_are_what_decides(make: Make) -> None:
    rows = [{"seen": 2010}, {"seen": 2005}, {"a": ETT, "seen": 2010}, {"a": BODA, "status": "applicant", "seen": 2010}]
    data = make(*rows, networks=CULTURE)
    assert theme(data)["row_ids"] == "mem-00001;mem-00002;mem-00003"
    assert theme(data, year=2010)["row_ids"] == "mem-00001;mem-00003"
    kept = [row for number, row in enumerate(rows, 1) if number not in (1, 3)]
    assert theme(make(*kept, networks=CULTURE), year=2010)["attested_pattern"] == "none attested"


def test_practised_refuses_wrong_arguments(make: Make) -> None:
    with pytest.raises(UnknownName, match="Län 0"):
        practised(make(), county="Lan 77")
    with pytest.raises(InvalidArgument, match="where: counts_as"):
        practised(make(), counts_as=("member",))
    with pytest.raises(InvalidArgument, match="empty"):
        practised(make(), counts_as=())
    data = make()
    practised(data, year=2010)
    for year in (1066, 2027, 2010.0, True, "next year"):
        with pytest.raises(InvalidArgument, match=str(year)):
            practised(data, county="01", year=year)  # type: ignore[arg-type]


def test_a_network_of_general_purpose_decides_nothing_about_a_theme(make: Make) -> None:
    networks = [{"themes": "culture;generic", "general_purpose": "yes"}]
    bodies = [{"body_id": BODY, "county_codes": "01", "themes": "culture", "general_purpose": "yes"}]
    data = make({"seen": 2010}, networks=networks, bodies=bodies)
    row = theme(data)
    assert row[["attested_pattern", "row_ids", "left_out"]].tolist() == ["none attested", "", f"{BODY};net"]
    assert theme(data, year=2010)["left_out"] == f"{BODY};net"
    assert theme(data, joint_tasks=False)["left_out"] == "net"
    counted = theme(data, general_purpose="count")
    assert counted[["attested_pattern", "left_out"]].tolist() == ["municipal+joint", ""]
    assert theme(data, name="generic")[["attested_pattern", "left_out"]].tolist() == ["municipal", ""]
    # Nor does a list of it say that nobody is active in the theme.
    closing = make(networks=networks, bodies=[], member_lists=[{"year": 2010}])
    assert theme(closing, year=2010)["possible_roles"] == ALL_FIVE
    with pytest.raises(InvalidArgument, match="where: general_purpose"):
        practised(data, general_purpose="some")  # type: ignore[arg-type]


# --- Practised roles, real --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ever(real: Dataset) -> pd.DataFrame:
    return practised(real)


@pytest.fixture(scope="module")
def in_2019(real: Dataset) -> pd.DataFrame:
    return practised(real, year=2019)


def test_every_county_and_theme_has_a_row(ever: pd.DataFrame, in_2019: pd.DataFrame) -> None:
    for table in (ever, in_2019):
        assert len(table) == 21 * len(VOCABULARIES["theme"])
        assert not table.duplicated(["county_code", "theme"]).any()
        for level in ("municipal", "regional"):
            low, best, high = (table[f"{level}_{bound}"] for bound in ("low", "best", "high"))
            assert ((low <= best) & (best <= high)).all()
        assert (table["municipal_high"] <= table["n_municipalities"]).all()
        assert table["municipal_share"].between(0, 1).all()
        assert not (table["role"] == "vacant").any(), "none attested is never vacant"
        assert not ((table["attested_pattern"] == "none attested") & (table["row_ids"] != "")).any()


def test_vastra_gotaland_shares_climate_work(ever: pd.DataFrame) -> None:
    row = ever.set_index(["county_code", "theme"]).loc[("14", "climate_energy")]
    assert row[["attested_pattern", "possible_roles", "role"]].tolist() == [
        "municipal+regional+joint",
        "shared",
        "shared",
    ]
    assert row["n_municipalities"] == 49


def test_the_real_gotland(ever: pd.DataFrame) -> None:
    own = ever[ever["county_code"] == "09"]
    assert set(own["n_municipalities"]) == {1}
    assert set(own["possible_roles"]) == {"unitary", "unitary|vacant"}
    assert set(own.loc[own["municipal_low"] == 1, "role"]) == {"unitary"}


def test_councils_of_cities_make_nobody_active_in_public_transport(real: Dataset, ever: pd.DataFrame) -> None:
    # Fyra Mälarstäder and Mälardalsrådet for public transport, UBC for tourism (economy and culture).
    at = ever.set_index(["county_code", "theme"])
    assert {"body:fyra-malarstader", "malardalsradet"} <= set(at.loc[("19", "mobility"), "left_out"].split(";"))
    assert "body:fyra-malarstader" not in at.loc[("19", "mobility"), "row_ids"]
    assert "ubc" in at.loc[("09", "culture"), "left_out"].split(";")
    network_of = real.memberships.set_index("row_id")["network_id"]
    general = set(real.networks.loc[real.networks["general_purpose"], "network_id"])
    deciding = {row for ids in ever.loc[ever["theme"] != "generic", "row_ids"] for row in ids.split(";") if row}
    assert not general & {network_of[row] for row in deciding if row.startswith("mem-")}


def test_federations_and_programmes_are_of_no_general_purpose(real: Dataset) -> None:
    assert not real.bodies.loc[real.bodies["form_class"] == "federation", "general_purpose"].any()
    networks = real.networks[real.networks["general_purpose"]]
    assert set(networks["counts_as"]) <= {"membership", "universal"}
    assert set(networks["kind"]) == {"network"}


def test_removing_the_deciding_rows_changes_the_pattern(real: Dataset, ever: pd.DataFrame) -> None:
    row = ever.set_index(["county_code", "theme"]).loc[("14", "climate_energy")]
    deciding = set(row["row_ids"].split(";"))
    fewer = Dataset(real.folder)
    fewer._tables["memberships"] = real.memberships[~real.memberships["row_id"].isin(deciding)]
    fewer._tables["bodies"] = real.bodies[~real.bodies["body_id"].isin(deciding)]
    assert theme(fewer, "14", "climate_energy")["attested_pattern"] == "none attested"


def test_dissolved_bodies_are_not_active(real: Dataset, in_2019: pd.DataFrame) -> None:
    gone = set(real.bodies.loc[(real.bodies["dissolved_year"] < 2019).fillna(False), "body_id"])
    named = {row for ids in in_2019["row_ids"] for row in ids.split(";")}
    assert gone
    assert not gone & named


def test_a_county_by_name_or_code_is_its_part_of_the_country(ever: pd.DataFrame, real: Dataset) -> None:
    for name in ("12", 12, "Skåne", "Skåne län"):
        own = practised(real, county=name)
        pd.testing.assert_frame_equal(own, ever[ever["county_code"] == "12"].reset_index(drop=True))


def test_what_a_caller_changes_stays_with_the_caller(real: Dataset) -> None:
    table = practised(real)
    table["municipal_low"] = -1
    assert (practised(real)["municipal_low"] >= 0).all()


def test_a_level_is_closed_where_every_cell_is_known_to_be_empty(make: Make) -> None:
    data = make({"seen": 2010}, networks=CULTURE, member_lists=[{"year": 2010}], bodies=[])
    table = activity_by_level(data, 2010).set_index(["county_code", "theme", "level"])
    assert table.loc[("02", "culture"), "closed"].to_dict() == {"municipal": True, "regional": True, "joint": True}
    # A page against the list: neither active nor closed. No network of the theme: nothing is known.
    assert table.loc[("01", "culture", "municipal"), ["low", "best", "high", "closed"]].tolist() == [0, 0, 1, False]
    assert not table.xs("health", level="theme")["closed"].any()
    later = activity_by_level(data, 2011).query("level != 'joint'")
    assert not later["closed"].any()
    assert not activity_by_level(data)["closed"].any()


# --- Properties -------------------------------------------------------------------------------------------------------

member = st.fixed_dictionaries(
    {
        "a": st.sampled_from([ALBY, BODA, ETT]),
        "n": st.sampled_from(["net", "old"]),
        "status": st.sampled_from(["member", "member", "full", "indirect"]),
        "start": st.none() | st.integers(2007, 2009),
        "seen": st.none() | st.integers(2009, 2012),
    }
)


@settings(
    max_examples=8, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.differing_executors],
)  # fmt: skip
@given(
    rows=st.lists(member, min_size=1, max_size=5), extra=member, random=st.randoms(use_true_random=False),
    year=st.none() | st.just(2010),
    complete=st.sampled_from([[], [{"year": 2010}], [{"year": 2010, "levels": "region"}]]),
)  # fmt: skip
def test_bounds_are_in_order_evidence_never_lowers_them_and_names_change_nothing(
    make: Make, rows: list[Any], extra: Any, random: Any, year: int | None, complete: list[Any]
) -> None:
    networks = [{"network_id": name, "themes": "culture", "founded_year": 1990} for name in ("net", "old")]

    def table(own: list[Any]) -> pd.DataFrame:
        return practised(make(*own, networks=networks, member_lists=complete), county="01", year=year)

    before, after = table(rows), table([*rows, extra])
    for level in ("municipal", "regional"):
        assert (before[f"{level}_low"] <= before[f"{level}_best"]).all()
        assert (before[f"{level}_best"] <= before[f"{level}_high"]).all()
    assert (before["joint_low"] <= before["joint_best"]).all()
    assert (after[["municipal_low", "regional_low"]] >= before[["municipal_low", "regional_low"]]).all(axis=None)
    swapped = {ALBY: BODA, BODA: ALBY, ETT: ETT}
    again = table([row | {"a": swapped[row["a"]]} for row in random.sample(rows, len(rows))])
    pd.testing.assert_frame_equal(before.drop(columns="row_ids"), again.drop(columns="row_ids"))
