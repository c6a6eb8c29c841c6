"""Corrections are made in the open, and none outlives the error it corrects."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from pathlib import Path

import pandas as pd
import pytest

import natverk
from natverk.data.build import build
from natverk.data.corrections import Correction, apply_corrections, read_corrections
from natverk.data.raw import read_all
from natverk.errors import DataError, MissingFile, NatverkError

ROOT = Path(natverk.__file__).parents[1]
RAW = ROOT / "data" / "raw"

# The row of SERN in networks.csv, as it stands.
SERN = {
    "id": "sern-test",
    "table": "networks",
    "row": "sern",
    "action": "flag",
    "reason": "a test",
    "reason_sv": "ett prov",
    "status": "open",
    "expect": {"founded_year": "2005"},
}


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    """The raw tables as they are."""
    return read_all(RAW)


def write(folder: Path, *entries: dict[str, object]) -> Path:
    """Write `corrections.toml` with some entries, and return its folder."""
    lines = []
    for entry in entries:
        lines.append("[[correction]]")
        for name, value in entry.items():
            # JSON strings are TOML strings; a table is written inline.
            text = (
                "{ " + ", ".join(f"{key} = {json.dumps(item)}" for key, item in value.items()) + " }"
                if isinstance(value, dict)
                else json.dumps(value, ensure_ascii=False)
            )
            lines.append(f"{name} = {text}")
    (folder / "corrections.toml").write_text("\n".join(lines), encoding="utf-8")
    return folder


def entry(**changes: object) -> dict[str, object]:
    """Return the entry on SERN with some fields changed; `None` takes a field away."""
    return {name: value for name, value in {**SERN, **changes}.items() if value is not None}


# What a correction does ----------------------------------------------------------------------------------------------


def test_a_flag_changes_nothing_and_is_logged(tables: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    corrected, log = apply_corrections(tables, read_corrections(write(tmp_path, entry())), tmp_path)
    assert all(corrected[name].equals(tables[name]) for name in tables)
    assert log.to_dict("records") == [
        {
            "correction_id": "sern-test",
            "table": "networks",
            "row": "sern",
            "action": "flag",
            "column": "",
            "before": "",
            "after": "",
            "reason": "a test",
            "reason_sv": "ett prov",
            "status": "open",
            "other_sources": "",
        }
    ]


def test_other_sources_that_a_reason_tells_of_are_logged_and_must_be_known(
    tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    wanted = entry(other_sources="motala-sern;sern-history")
    _, log = apply_corrections(tables, read_corrections(write(tmp_path, wanted)), tmp_path)
    assert log["other_sources"].tolist() == ["motala-sern;sern-history"]
    wanted = entry(other_sources="motala-sern;sern-histori")
    with pytest.raises(DataError, match="sern-history"):
        apply_corrections(tables, read_corrections(write(tmp_path, wanted)), tmp_path)


def test_an_override_changes_one_cell_and_logs_what_was_there(tables: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    wanted = entry(action="override", column="founded_year", value="2004")
    corrected, log = apply_corrections(tables, read_corrections(write(tmp_path, wanted)), tmp_path)
    changed = corrected["networks"].compare(tables["networks"])
    assert changed.shape == (1, 2)
    assert corrected["networks"].set_index("network_id").at["sern", "founded_year"] == "2004"
    assert tables["networks"].set_index("network_id").at["sern", "founded_year"] == "2005"
    assert log[["before", "after"]].to_numpy().tolist() == [["2005", "2004"]]


def test_an_override_can_blank_a_cell(tables: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    wanted = entry(action="override", column="founded_year", value="")
    corrected, _ = apply_corrections(tables, read_corrections(write(tmp_path, wanted)), tmp_path)
    assert corrected["networks"].set_index("network_id").at["sern", "founded_year"] == ""


def test_a_drop_takes_one_row(tables: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    wanted = entry(table="twins", row="twi-00001", action="drop", expect={"partner_city": "Tallinn"})
    corrected, _ = apply_corrections(tables, read_corrections(write(tmp_path, wanted)), tmp_path)
    assert len(corrected["twins"]) == len(tables["twins"]) - 1
    assert "twi-00001" not in set(corrected["twins"]["row_id"])


def test_a_second_correction_sees_what_the_first_did(tables: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    first = entry(action="override", column="founded_year", value="2004")
    second = entry(id="second", expect={"founded_year": "2004"})
    _, log = apply_corrections(tables, read_corrections(write(tmp_path, first, second)), tmp_path)
    assert log["correction_id"].tolist() == ["sern-test", "second"]


# What is refused -----------------------------------------------------------------------------------------------------


def test_a_correction_that_matches_nothing(tables: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    wanted = read_corrections(write(tmp_path, entry(row="sernn")))
    with pytest.raises(DataError, match="matches 0 rows of networks") as caught:
        apply_corrections(tables, wanted, tmp_path)
    text = str(caught.value)
    assert f"{tmp_path / 'corrections.toml'}, entry sern-test" in text
    assert "nearest: 'sern'" in text
    assert "remove or mend the entry" in text


def test_a_correction_whose_expectation_fails(tables: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    wanted = read_corrections(write(tmp_path, entry(expect={"founded_year": "1999"})))
    with pytest.raises(DataError) as caught:
        apply_corrections(tables, wanted, tmp_path)
    text = str(caught.value)
    line = tables["networks"].index[tables["networks"]["network_id"] == "sern"][0]
    assert "networks row sern: founded_year is '2005', the correction expects '1999'" in text
    assert f"entry sern-test; {tmp_path / 'networks.csv'}, line {line}" in text
    assert "look at it again" in text


REFUSED = [
    pytest.param(entry(action="overide"), "unknown action 'overide'", "nearest: 'override'", id="action"),
    pytest.param(entry(status="opened"), "unknown status 'opened'", "nearest: 'open'", id="status"),
    pytest.param(entry(table="network"), "unknown table 'network'", "nearest: 'networks'", id="table"),
    pytest.param(entry(expect={"founded": "2005"}), "has no column 'founded'", "nearest: 'founded_year'", id="expect"),
    pytest.param(entry(reasons="x"), "unknown field 'reasons'", "nearest: 'reason'", id="field"),
    pytest.param(entry(reason=None), "the field 'reason' is missing", "add reason", id="field-missing"),
    pytest.param(entry(expect={}), "the field 'expect' is missing", "add expect", id="no-expectation"),
    pytest.param(entry(expect={"founded_year": 2005}), "expect is no table", 'year = "2019"', id="number-expected"),
    pytest.param(entry(row=671), "a field is no text", "put the value in quotes", id="number"),
    pytest.param(entry(action="override"), "belong to override", "give both", id="override-without-column"),
    pytest.param(entry(column="seat"), "has no column 'seat'", "mend the name", id="column"),
    pytest.param(entry(value="2004"), "belong to override", "neither with drop or flag", id="flag-with-value"),
    pytest.param(
        entry(action="override", column="founded_year", value="2004?"),
        "'2004?' is not allowed in networks.founded_year",
        "Year founded",
        id="value",
    ),
]


@pytest.mark.parametrize(("wrong", "what", "remedy"), REFUSED)
def test_an_entry_of_the_wrong_form(tmp_path: Path, wrong: dict[str, object], what: str, remedy: str) -> None:
    with pytest.raises(DataError) as caught:
        read_corrections(write(tmp_path, entry(id="right"), wrong))
    assert what in str(caught.value)
    assert remedy in str(caught.value)
    assert f"{tmp_path / 'corrections.toml'}, entry 2" in str(caught.value)
    assert caught.value.remedy


def test_an_id_that_stands_twice(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the id sern-test stands twice"):
        read_corrections(write(tmp_path, entry(), entry()))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param('[[corrections]]\nid = "x"\n', "unknown name 'corrections'", id="misspelt"),
        pytest.param('[correction]\nid = "x"\n', "correction is no list of entries", id="once-bracketed"),
        pytest.param('[[correction]]\nid = "x\n', "cannot be read", id="no-toml"),
    ],
)
def test_a_file_that_would_be_passed_over(tmp_path: Path, text: str, what: str) -> None:
    (tmp_path / "corrections.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_corrections(tmp_path)
    assert what in str(caught.value)
    assert str(tmp_path / "corrections.toml") in str(caught.value)
    assert caught.value.remedy


def test_the_file_must_be_there_but_may_be_empty(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match=r"corrections\.toml is missing"):
        read_corrections(tmp_path)
    (tmp_path / "corrections.toml").touch()
    assert read_corrections(tmp_path) == []


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        (entry(row="sernn"), "matches 0 rows"),
        (entry(expect={"founded_year": "1999"}), "the correction expects '1999'"),
        (entry(action="dropp"), "nearest: 'drop'"),
        # The table is right, and the correction makes it wrong: the entry is named, not only the row.
        (entry(action="override", column="source_id", value="nowhere"), "not after the corrections"),
        (entry(action="drop"), "not after the corrections"),
    ],
)
def test_a_build_that_is_refused_changes_nothing(tmp_path: Path, wrong: dict[str, object], what: str) -> None:
    raw, out = tmp_path / "raw", tmp_path / "processed"
    shutil.copytree(RAW, raw)
    write(raw, wrong)
    out.mkdir()
    (out / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(NatverkError) as caught:
        build(raw, out)
    assert what in str(caught.value)
    assert "corrections.toml" in str(caught.value)
    assert [path.name for path in out.iterdir()] == ["manifest.json"]
    assert (out / "manifest.json").read_text(encoding="utf-8") == "{}"


# The corrections there are -------------------------------------------------------------------------------------------


def ours() -> list[Correction]:
    """Return the project's own corrections."""
    return read_corrections(RAW)


def test_the_log_of_the_built_data_has_every_correction() -> None:
    log = natverk.load().corrections
    assert log["correction_id"].tolist() == [correction.id for correction in ours()]
    raw = tomllib.loads((RAW / "corrections.toml").read_text(encoding="utf-8"))["correction"]
    assert log["reason"].tolist() == [item["reason"] for item in raw]


def test_the_page_on_difficulties_names_every_correction_and_nothing_that_is_not_there(
    tables: dict[str, pd.DataFrame],
) -> None:
    page = (ROOT / "docs" / "facts.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([^`]+)`", page))
    assert {correction.id for correction in ours()} <= named
    rows = {str(item) for frame in tables.values() if "row_id" in frame for item in frame["row_id"]}
    assert {item for item in named if re.fullmatch(r"[a-z]{3}-\d{5}", item)} <= rows
    headings = re.findall(r"^### (\d+)\.", page, flags=re.MULTILINE)
    assert headings == [str(number) for number in range(1, 18)]


def test_the_page_on_difficulties_counts_right(tables: dict[str, pd.DataFrame]) -> None:
    page = " ".join((ROOT / "docs" / "facts.md").read_text(encoding="utf-8").split())
    members = tables["memberships"]
    pairs = members.groupby(["actor_id", "network_id"])
    years = ["start_year", "end_year", "observed_year"]
    undated = int(pairs[years].agg(lambda cells: (cells == "").all()).all(axis=1).sum())
    assert f"{len(pairs):,} pairs of actor and network have evidence, {undated} of them without any year" in page
    assert f"{int((pairs['status'].nunique() > 1).sum())} pairs have more than one status" in page
    silent = ~tables["municipalities"]["actor_id"].isin(members["actor_id"])
    names = ", ".join(sorted(tables["municipalities"].loc[silent, "name"]))
    assert f"{int(silent.sum())} municipalities ({names}) have no row in `memberships`" in page
    strategies = tables["strategies"]
    assert f"{int((strategies['adopted_year'] == '').sum())} strategies have no year of adoption" in page
    eu, agenda = (int((strategies[name] == "yes").sum()) for name in ("eu2020_ref", "agenda2030_ref"))
    assert f"Europe 2020 is noted for {eu}, to Agenda 2030 for {agenda}" in page
    assert f"{int((tables['tasks']['since'] == '').sum())} tasks lack `since`" in page
    noncommercial = tables["sources"].loc[tables["sources"]["licence_class"] == "non_commercial", "source_id"]
    assert f"{int(members['source_id'].isin(noncommercial).sum())} rows of `memberships` come from" in page
    verdicts = tables["audit"]["verdict"].value_counts()
    assert f"{len(tables['audit'])} random rows were read again" in page
    assert f"{verdicts['supported']} were fully supported, {verdicts['partly']} had at least one unsupported" in page
    assert f"{verdicts['not_refound']} pages were not found again" in page
