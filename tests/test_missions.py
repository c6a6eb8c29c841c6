"""Mission reports: the form is written, filled in and read back as own rows; what came of missions, by network."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import natverk
from natverk import missions
from natverk.data.in_use import OVERLAY_VARIABLE
from natverk.data.load import Dataset
from natverk.errors import InvalidArgument, MissingFile, NatverkError, UnknownName
from natverk.frames import directory
from natverk.locale import texts

Make = Callable[..., Dataset]

NACKA = "mis-00001"
TEXTS = {
    "missions": ("event", "place", "country", "purposes", "outcomes", "contacts", "next_step_detail"),
    "mission_parts": ("part", "evaluation", "concerned"),
    "next_steps": ("step",),
}
CODES = {
    "missions": (
        "actor_id",
        "network_id",
        "start_date",
        "end_date",
        "purposes_met",
        "next_step_category",
        "next_step_basis",
    ),
    "mission_parts": ("actor_id", "position"),
    "next_steps": ("actor_id", "network_id", "category", "status", "due"),
}


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.delenv(OVERLAY_VARIABLE, raising=False)


def needs(form: str) -> None:
    if form == "docx":
        pytest.importorskip("pypandoc", reason="the extra natverk[documents] is not installed")


def curated(data: Dataset, table: str, rows: pd.Series, lang: str) -> list[dict[str, str]]:
    """Return rows of the data as a form can say them: codes, and texts in a language."""
    found = data.table(table)[rows].sort_values("row_id")
    texts_of = [f"{column}_sv" if lang == "sv" else column for column in TEXTS[table]]
    frame = found[[*CODES[table], *texts_of]].astype(object).where(lambda cells: cells.notna(), "")
    return frame.rename(columns=dict(zip(texts_of, TEXTS[table], strict=True))).astype(str).to_dict("records")


def of_nacka(data: Dataset, lang: str) -> dict[str, list[dict[str, str]]]:
    source = "seed-nacka-2014"
    return {
        table: curated(data, table, data.table(table)["source_id"] == source, lang)
        for table in ("missions", "mission_parts", "next_steps")
    }


def only_said(rows: list[dict[str, str]], table: str) -> list[dict[str, str]]:
    return [{column: row.get(column, "") for column in (*CODES[table], *TEXTS[table])} for row in rows]


# --- Round trip -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["md", "docx"])
@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_report_of_nacka_comes_back_as_it_is_curated(real: Dataset, tmp_path: Path, lang: str, form: str) -> None:
    needs(form)
    (file,) = missions.new(real, tmp_path, mission=NACKA, lang=lang, formats=form)
    added = missions.add(file, tmp_path / "mine", today=date(2026, 11, 30))
    wanted = of_nacka(real, lang)
    assert len(wanted["mission_parts"]) == 7
    assert len(wanted["next_steps"]) == 2
    # Whether its purposes were met is not stated.
    assert wanted["missions"][0]["purposes_met"] == ""
    for table, rows in wanted.items():
        assert only_said(added.rows[table], table) == rows
    if lang == "en":
        for table in ("mission_parts", "next_steps"):
            locators = real.table(table)[real.table(table)["source_id"] == "seed-nacka-2014"]["locator"]
            assert {row["locator"] for row in added.rows[table]} == set(locators)
    (source,) = added.rows["sources"]
    assert (source["published"], source["published_precision"], source["language"]) == ("2014-03-20", "day", lang)
    assert any("mis-00001" in told for told in added.told)
    # As natverk loads them, beside its own.
    both = natverk.load(overlay=tmp_path / "mine")
    own = both.missions[both.missions["row_id"] == "own-00001"]
    assert own[list(TEXTS["missions"])].fillna("").astype(str).to_dict("records") == [
        {column: wanted["missions"][0][column] for column in TEXTS["missions"]}
    ]
    assert (both.mission_parts["mission_id"] == "own-00001").sum() == 7
    assert len(both.next_steps) == len(real.next_steps) + 2


def test_an_option_that_is_marked_comes_back_with_its_text(real: Dataset, tmp_path: Path) -> None:
    for option, letter in (("redirect", "C"), ("implement", "D")):
        file = filled(tmp_path / f"{letter}.md", option=(option, "München | Wien; öppna data"), points=[])
        row = missions.add(file, tmp_path / letter).rows["missions"][0]
        said = row["next_step_category"], row["next_step_basis"], row["next_step_detail"]
        assert said == (option, "form", "München | Wien; öppna data")
        assert letter in row["coding_note"]
        back = missions.new(
            natverk.load(overlay=tmp_path / letter), tmp_path / f"back{letter}", mission="own-00001", formats="md"
        )
        again = missions.add(back[0], tmp_path / f"again{letter}").rows["missions"][0]
        assert {key: again[key] for key in row if key != "coding_note"} == {
            key: row[key] for key in row if key != "coding_note"
        }


@pytest.mark.parametrize("form", ["md", "docx"])
@pytest.mark.parametrize(("lang", "words"), [("sv", ("ja", "Delvis", "nej")), ("en", ("yes", "Partly", "no"))])
def test_whether_the_purposes_were_met_comes_back(tmp_path: Path, lang: str, words: tuple[str, ...], form: str) -> None:
    needs(form)
    about = {"actor_id": "Vänersborg", "network_id": "SERN", "event": "Årsmöte", "country": "Italien"}
    for word, value in zip(words, ("yes", "partly", "no"), strict=True):
        file = filled(tmp_path / f"{value}.{form}", lang=lang, mission={**about, "purposes_met": word}, steps=[])
        mine = tmp_path / value
        added = missions.add(file, mine)
        assert added.rows["missions"][0]["purposes_met"] == value
        assert f"  purposes_met: {value}" in list(added.lines())
        both = natverk.load(overlay=mine)
        (row,) = missions.outcomes(both, "sern").to_dict("records")
        counts = {"yes": "n_purposes_met", "partly": "n_purposes_partly_met", "no": "n_purposes_not_met"}
        assert {answer: row[count] for answer, count in counts.items()} == {**dict.fromkeys(counts, 0), value: 1}
        assert row["n_purposes_met_not_stated"] == row["n_missions"] - 1
        (back,) = missions.new(both, tmp_path / f"back-{value}", mission="own-00001", lang=lang, formats=form)
        assert missions.add(back, tmp_path / f"again-{value}").rows["missions"][0]["purposes_met"] == value
    refused = filled(tmp_path / f"wrong.{form}", lang=lang, mission={**about, "purposes_met": "kanske"}, steps=[])
    with pytest.raises(missions.FormError, match="'kanske' is no answer to whether the purposes were met") as caught:
        missions.add(refused, tmp_path / "wrong")
    assert all(word.casefold() in str(caught.value) for word in words)
    place = r"line \d+$" if form == "md" else r"part '(Uppdraget|The mission)', table 1, row 9$"
    assert re.search(place, caught.value.problems[0].where or "")
    assert not (tmp_path / "wrong").exists()


def test_a_form_from_before_the_question_is_read_as_silent(tmp_path: Path) -> None:
    file = filled(tmp_path / "form.md")
    text = re.sub(r"\| Nåddes syftena.*\n", "", file.read_text(encoding="utf-8"))
    file.write_text(text, encoding="utf-8")
    assert missions.add(file, tmp_path / "mine").rows["missions"][0]["purposes_met"] == ""


def filled(
    file: Path,
    *,
    option: tuple[str, str] = ("systematic", ""),
    points: list[str] | None = None,
    lang: str = "sv",
    **more: Any,
) -> Path:
    """Write a form that is filled in."""
    answers: dict[str, Any] = {
        "mission": {"actor_id": "Vänersborg", "network_id": "SERN", "event": "Årsmöte", "start_date": "2023-05-04",
                    "place": "Bologna", "country": "Italien"},
        "purposes": ["lära känna nätverket", "söka partner"],
        "report": [["årsmötet", "givande", "kulturförvaltningen"]],
        "summary": ["två partner hittades"],
        "next_steps": ["återbesök i maj"] if points is None else points,
        "option": option,
        "steps": [["bjuda in Bologna", "", "planerat", "2024-05"]],
        "contacts": ["ordförande, SERN"],
        "written": {"published": "2023-05-10", "writer": "utvecklingsledare"},
    } | more  # fmt: skip
    file.parent.mkdir(parents=True, exist_ok=True)
    blocks = missions._blocks(texts(lang), answers)
    content = missions._word(blocks, texts(lang)) if file.suffix == ".docx" else missions._markdown(blocks)
    file.write_bytes(content)
    return file


TAKEN_FOR_MISSING = re.compile(r"NA|N/A|#N/A|NaN|nan|None|NULL|null|<NA>")
PIECES = st.sampled_from(
    ["|", "\\", "\\|", "\n", "\r\n", "- ", "-", "--", "* ", "# ", "## Kontakter", "> ", "å", "ä", "ö", "Å", "1. ", "~~",
     "`", "<br>", "*", "_", "[x]", "☐", "=", "'", "'=", "; ", ";", ";=", "a", "b", " ", "  ", "\t", "\u00a0", "…", ":"]
)  # fmt: skip
LETTERS = st.characters(exclude_categories=["Cs", "Cc", "Cn"])
ANY_TEXT = st.one_of(
    st.lists(st.one_of(PIECES, LETTERS, st.text("abcåäö ", min_size=1)), min_size=1, max_size=12).map("".join),
    st.integers(100, 40_000).map(lambda n: "ordet är långt " * (n // 15)),
)
WRITTEN = ANY_TEXT.filter(lambda text: missions._plain(text) != "")


def quick(examples: int) -> settings:
    checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=checks)


def said(text: str) -> str:
    """Return a text as rows can hold it: on one line, blanks once, without marks that cannot be seen."""
    return " ".join(re.sub("[\u200b\u200c\u200d\u2060\ufeff]", "", text).split())


def may_be_refused(text: str) -> bool:
    """Say whether a text is one of the few that rows cannot hold."""
    reached = re.search(r"\w@[\w-]+\.\w|\d[\d -]{6,}", text)
    return bool(TAKEN_FOR_MISSING.fullmatch(text) or reached or len(text) > 32_700 or re.search("[\ufffe\uffff]", text))


@given(data=st.data())
@quick(150)
def test_any_text_comes_back_from_markdown_or_is_refused_with_its_line(
    real: Dataset, tmp_path: Path, data: st.DataObject
) -> None:
    comes_back(real, tmp_path / "form.md", data, r"form\.md, line \d+$")


@given(data=st.data())
@quick(25)
def test_any_text_comes_back_from_word_or_is_refused_with_its_row(
    real: Dataset, tmp_path: Path, data: st.DataObject
) -> None:
    needs("docx")
    comes_back(real, tmp_path / "form.docx", data, r"form\.docx, part '.+', (table \d+, row \d+|paragraph \d+)")


def comes_back(real: Dataset, file: Path, data: st.DataObject, place: str) -> None:
    points = {part: data.draw(st.lists(WRITTEN, max_size=3), part) for part in ("purposes", "summary", "contacts")}
    report = data.draw(st.lists(st.tuples(WRITTEN, ANY_TEXT, ANY_TEXT).map(list), max_size=3), "report")
    steps = data.draw(st.lists(WRITTEN, max_size=2), "steps")
    event, country = data.draw(WRITTEN, "event"), data.draw(WRITTEN, "country")
    mission = {"actor_id": "0182", "network_id": "eurocities", "event": event, "country": country}
    filled(file, mission=mission, points=[], report=report, steps=[[step, "B", "", ""] for step in steps], **points)
    wanted = [{column: said(cell) for column, cell in zip(TEXTS["mission_parts"], row, strict=True)} for row in report]
    joined = {column: "; ".join(map(said, points[part])) for part, column in
              (("purposes", "purposes"), ("summary", "outcomes"), ("contacts", "contacts"))}  # fmt: skip
    reading = missions._Reading(file, directory(real))
    if reading.problems:
        for problem in reading.problems:
            assert re.search(place, problem.where or ""), str(problem)
        cells = [
            said(event),
            said(country),
            *joined.values(),
            *map(said, steps),
            *(c for r in wanted for c in r.values()),
        ]
        assert any(may_be_refused(cell) for cell in cells), str(reading.problems[0])
        return
    row = reading.rows["missions"][0]
    assert (row["event"], row["country"]) == (said(event), said(country))
    assert {column: row[column] for column in joined} == joined
    assert [
        {column: part[column] for column in TEXTS["mission_parts"]} for part in reading.rows["mission_parts"]
    ] == wanted
    assert [step["step"] for step in reading.rows["next_steps"]] == [said(step) for step in steps]


@given(cuts=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 40), ANY_TEXT), min_size=1, max_size=6))
@quick(150)
def test_a_form_that_somebody_has_spoilt_is_read_or_refused(
    real: Dataset, tmp_path: Path, cuts: list[tuple[int, int, str]]
) -> None:
    file = filled(tmp_path / "form.md")
    text = file.read_text(encoding="utf-8")
    for begins, length, instead in cuts:
        text = text[:begins] + instead + text[begins + length :]
    file.write_text(text, encoding="utf-8", newline="")
    reading = missions._Reading(file, directory(real))
    assert all(str(file) in (problem.where or "") for problem in reading.problems)
    assert reading.problems or reading.rows["missions"][0]["actor_id"]


@given(event=WRITTEN, purposes=st.lists(WRITTEN, max_size=2), part=WRITTEN)
@quick(20)
def test_what_is_added_is_what_natverk_loads(
    real: Dataset, tmp_path_factory: pytest.TempPathFactory, event: str, purposes: list[str], part: str
) -> None:
    folder = tmp_path_factory.mktemp("own")
    mission = {"actor_id": "0182", "network_id": "", "event": event, "country": "Tyskland"}
    file = filled(folder / "form.md", mission=mission, purposes=purposes, report=[[part, "", ""]])
    try:
        missions.add(file, folder / "mine")
    except missions.FormError as error:
        refused = error.problems
    else:
        refused = []
    if refused:
        assert all("form.md, line" in (problem.where or "") for problem in refused), str(refused[0])
        assert not (folder / "mine").exists()
        return
    both = natverk.load(overlay=folder / "mine")
    own = both.missions.set_index("row_id").loc["own-00001"].fillna("")
    assert (own["event"], own["purposes"]) == (said(event), "; ".join(map(said, purposes)))
    assert both.mission_parts.set_index("mission_id").loc["own-00001", "part"] == said(part)


# --- The form ---------------------------------------------------------------------------------------------------------


def test_the_form_has_the_parts_of_nackas_in_both_languages(real: Dataset, tmp_path: Path) -> None:
    needs("docx")
    files = missions.new(real, tmp_path / "forms", network="EUROCITIES", lang="all")
    assert [file.name for file in files] == [
        "reserapport-eurocities.docx", "reserapport-eurocities.md",
        "mission-report-eurocities.docx", "mission-report-eurocities.md",
    ]  # fmt: skip
    for lang, written in (("sv", files[1]), ("en", files[3])):
        text = written.read_text(encoding="utf-8")
        assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE) == list(texts(lang).group("mission.section").values())
        assert all(option in text for option in texts(lang).group("mission.option").values())
        assert "| Eurocities |" in text
    assert "aldrig namn" in files[1].read_text(encoding="utf-8")
    assert "never a name" in files[3].read_text(encoding="utf-8")
    # An empty form says what is not answered, and nothing else.
    for file in files:
        with pytest.raises(missions.FormError) as caught:
            missions.add(file, tmp_path / "mine")
        assert len(caught.value.problems) == 3
    assert not (tmp_path / "mine").exists()


def test_no_form_is_written_over_and_none_is_written_beside_one(real: Dataset, tmp_path: Path) -> None:
    needs("docx")
    (tmp_path / "reserapport-sern.md").write_text("min", encoding="utf-8")
    with pytest.raises(InvalidArgument, match=r"reserapport-sern.md is there already"):
        missions.new(real, tmp_path, network="sern")
    assert [path.name for path in tmp_path.iterdir()] == ["reserapport-sern.md"]
    assert (tmp_path / "reserapport-sern.md").read_text(encoding="utf-8") == "min"


def test_wrong_arguments_are_refused(real: Dataset, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="nearest: 'Eurocities'"):
        missions.new(real, tmp_path, network="eurocites")
    with pytest.raises(UnknownName, match="nearest: 'mis-0"):
        missions.new(real, tmp_path, mission="mis-0001")
    with pytest.raises(InvalidArgument, match="allowed: 'docx', 'md'"):
        missions.new(real, tmp_path, formats="pdf")
    with pytest.raises(InvalidArgument, match="both network and mission"):
        missions.new(real, tmp_path, mission=NACKA, network="sern")
    with pytest.raises(InvalidArgument, match="allowed: 'sv', 'en', 'all'"):
        missions.new(real, tmp_path, lang="de")
    assert not list(tmp_path.iterdir())


# --- What cannot be read ----------------------------------------------------------------------------------------------

#: What is written instead of what, how many lines below that the place is (None: the form), and what is told.
FAULTS = [
    ("| Vänersborg |", "| Vanersborgg |", 0, "nearest: 'Vänersborg'"),
    ("| SERN |", "| SERNN |", 0, "unknown network 'SERNN'"),
    ("| 2023-05-04 |", "| 4–6 maj 2023 |", 0, "'4–6 maj 2023' is no date"),
    ("| 2023-05-04 |", "| 03/04/2023 |", 0, "can be 2023-03-04 or 2023-04-03"),
    ("| Sista dag |  |", "| Sista dag | 2023-05-01 |", 0, "the last day 2023-05-01 is before the first"),
    ("| Årsmöte |", "|  |", 0, "'Vad det var (möte, besök, konferens)' is not answered"),
    ("framgår inte) |  |", "framgår inte) | japp |", 0, "nearest: 'ja'"),
    ("| Land |", "| Landet |", 0, "nearest: 'Land'"),
    ("- söka partner", "- söka partner, anna@sern.eu", 0, "what looks like an e-mail address: 'anna@sern.eu'"),
    ("- söka partner", "- söka partner, 0521-72 10 00", 0, "what looks like a telephone number"),
    ("- söka partner", "- söka\x01 partner", 0, "the control character"),
    ("- söka partner", "- NA", 0, None),
    ("| årsmötet |", "|  |", 0, "an evaluation stands without the part of the visit"),
    ("| kulturförvaltningen |", "| kultur | skola |", 0, "the row has 4 cells, its table 3"),
    ("| årsmötet | givande |", "| årsmötet\nutan | givande |", 1, "stands outside the table"),
    ("| Del av besöket |", "| Del |", 0, "this is no table of the form"),
    ("## Kontakter", "## Kontakt", 0, "nearest: 'Kontakter'"),
    ("## Kontakter", "Kontakter", None, "the form has no part 'Kontakter'"),
    ("## Kontakter", "## Uppdraget", 0, "the heading 'Uppdraget' stands twice"),
    ("|  | A.", "| x | A.", 1, "2 options are marked, and a mission has one"),
    ("|  | A.", "| kanske | A.", 0, "'kanske' is no mark"),
    ("nämligen … |  |", "nämligen … | Wien |", 0, "the option C says 'Wien', but is not marked"),
    ("| bjuda in Bologna |  |", "| bjuda in Bologna | E |", 0, "'E' is no letter of an option"),
    ("| planerat |", "| planeras |", 0, "nearest: 'planerat'"),
    ("| x | B.", "|  | B.", 6, "has no option, and none is marked"),
    ("| 2024-05 |", "| i vår |", 0, "'i vår' is no date"),
    ("| bjuda in Bologna |", "|  |", 0, "without a step"),
    ("# Reserapport", "# Reserapport\n\nJag åkte dit", 2, "'Jag åkte dit' stands before the first part"),
    ("- söka partner", "# Fler syften", 0, "the heading 'Fler syften' is none of the form"),
]


@pytest.mark.parametrize(("before", "after", "below", "told"), FAULTS)
def test_what_cannot_be_read_is_refused_with_its_line(
    tmp_path: Path, before: str, after: str, below: int | None, told: str | None
) -> None:
    file = filled(tmp_path / "form.md")
    text = file.read_text(encoding="utf-8")
    assert text.count(before) >= 1
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    if told is None:
        # One of two points: the text as a whole says something.
        assert missions.add(file, tmp_path / "mine").rows["missions"][0]["purposes"].endswith("; NA")
        return
    with pytest.raises(missions.FormError, match=re.escape(told)) as caught:
        missions.add(file, tmp_path / "mine")
    assert "nothing was written" in str(caught.value)
    places = [problem.where for problem in caught.value.problems]
    line = text[: text.index(before)].count("\n") + 1
    assert (str(file) if below is None else f"{file}, line {line + below}") in places
    assert not (tmp_path / "mine").exists()


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    file = filled(tmp_path / "form.md")
    text = file.read_text(encoding="utf-8")
    for before, after in (
        ("| Vänersborg |", "| Vanersborgg |"),
        ("| planerat |", "| planeras |"),
        ("givande", "a@b.se"),
    ):
        text = text.replace(before, after, 1)
    file.write_text(text, encoding="utf-8")
    with pytest.raises(missions.FormError, match=r"3 problems in the form form\.md") as caught:
        missions.add(file, tmp_path / "mine")
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    ("before", "after", "place", "told"),
    [
        ("givande", "~~givande~~", "part 'Rapport och värdering', table 1, row 2", "a text is struck out"),
        ("givande", "givande^[mycket]", "part 'Rapport och värdering', table 1, row 2", "a footnote is not read"),
        ("- söka partner", "Efter listan\n\n    kod", "part 'Syfte med uppdraget', paragraph", None),
        ("| planerat |", "| planeras |", "part 'Önskade nästa steg', table 2, row 2", "nearest: 'planerat'"),
    ],
)
def test_what_cannot_be_read_in_word_is_refused_with_its_row(
    tmp_path: Path, before: str, after: str, place: str, told: str | None
) -> None:
    pypandoc = pytest.importorskip("pypandoc")
    text = filled(tmp_path / "form.md").read_text(encoding="utf-8")
    file = tmp_path / "form.docx"
    pypandoc.convert_text(text.replace(before, after, 1), "docx", format="markdown", outputfile=str(file))
    if told is None:
        assert "Efter listan; kod" in missions.add(file, tmp_path / "mine").rows["missions"][0]["purposes"]
        return
    with pytest.raises(missions.FormError, match=re.escape(told)) as caught:
        missions.add(file, tmp_path / "mine")
    assert any(place in (problem.where or "") for problem in caught.value.problems)
    assert not (tmp_path / "mine").exists()


def test_pictures_stay_in_the_form_and_are_told_of(tmp_path: Path) -> None:
    pypandoc = pytest.importorskip("pypandoc")
    picture = tmp_path / "dot.png"
    Image.new("RGB", (2, 2)).save(picture)
    text = filled(tmp_path / "form.md").read_text(encoding="utf-8")
    file = tmp_path / "form.docx"
    text = text.replace("- söka partner", f"- söka ![]({picture}) partner\n- ![]({picture})")
    pypandoc.convert_text(text, "docx", format="markdown", outputfile=str(file))
    added = missions.add(file, tmp_path / "mine")
    assert added.rows["missions"][0]["purposes"] == "lära känna nätverket; söka partner"
    assert "2 pictures stay in the form: rows hold text" in added.told


@pytest.mark.parametrize("error", [ImportError, OSError])
def test_without_pandoc_markdown_does(
    real: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    pypandoc = pytest.importorskip("pypandoc")

    def no_pandoc() -> None:
        raise error

    monkeypatch.setattr(pypandoc, "get_pandoc_path", no_pandoc)
    with pytest.raises(NatverkError, match="without pypandoc-binary"):
        missions.new(real, tmp_path, network="sern")
    assert not list(tmp_path.iterdir())
    (file,) = missions.new(real, tmp_path, network="sern", formats="md")
    assert file.is_file()


def test_paragraphs_and_looks_of_word_are_read_as_they_are_meant(tmp_path: Path) -> None:
    pypandoc = pytest.importorskip("pypandoc")
    html = missions._markdown(missions._blocks(texts("sv"), {}))  # an empty form, of which one part is written anew
    page = pypandoc.convert_text(html.decode(), "html", format="markdown")
    for label, cell in (("Vem reste (kommun, region eller organ)", "<b>Vänersborg</b>"), ("Land", "Italien"),
                        ("Vad det var (möte, besök, konferens)", "<a href='https://sern.eu'>Års</a>möte")):  # fmt: skip
        page = re.sub(rf"(<td[^>]*>{re.escape(label)}</td>\s*<td[^>]*>)", rf"\1{cell}", page)
    purposes = "<p>– lära <em>känna</em></p><ol><li>söka<br/>partner</li><li><ul><li>EU-medel</li></ul></li></ol>"
    page = re.sub(r"(En punkt för varje syfte\.</p>\s*</blockquote>)", rf"\1{purposes}", page)
    file = tmp_path / "form.docx"
    pypandoc.convert_text(page, "docx", format="html", outputfile=str(file))
    row = missions.add(file, tmp_path / "mine").rows["missions"][0]
    assert row["purposes"] == "lära känna; söka partner; EU-medel"
    assert (row["event"], row["actor_id"]) == ("Årsmöte", "municipality:1487")
    assert (row["next_step_category"], row["next_step_basis"]) == ("none", "text")


def test_what_is_no_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match="natverk mission new"):
        missions.add(tmp_path / "form.md", tmp_path / "mine")
    (tmp_path / "form.odt").write_bytes(b"")
    with pytest.raises(InvalidArgument, match=r"allowed: '.docx', '.md'"):
        missions.add(tmp_path / "form.odt", tmp_path / "mine")
    (tmp_path / "form.md").write_text("Hej\n", encoding="utf-8")
    with pytest.raises(missions.FormError, match="the form has no part 'The mission'"):
        missions.add(tmp_path / "form.md", tmp_path / "mine")
    (tmp_path / "form.md").write_bytes("## Uppdraget å".encode("latin-1"))
    with pytest.raises(missions.FormError, match="is not UTF-8"):
        missions.add(tmp_path / "form.md", tmp_path / "mine")
    pytest.importorskip("pypandoc")
    (tmp_path / "form.docx").write_bytes(b"PK no zip")
    with pytest.raises(missions.FormError, match="no Word document"):
        missions.add(tmp_path / "form.docx", tmp_path / "mine")
    assert not (tmp_path / "mine").exists()


# --- Own rows ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Return a folder of own rows as somebody keeps it: a source and a membership."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "sources.csv").write_text(
        "source_id;title;accessed;language;kind\nown-samtal;Samtal;2026-11-20;sv;interview\n", encoding="utf-8"
    )
    (folder / "memberships.csv").write_text(
        "row_id;actor_id;network_id;status;observed_year;observed_basis;source_id\n"
        "own-00007;municipality:1380;eurocities;member;2024;stated;own-samtal\n",
        encoding="utf-8",
    )
    return folder


def test_missions_are_added_to_what_is_there_and_change_nothing_of_it(
    real: Dataset, tmp_path: Path, mine: Path
) -> None:
    before = {path: path.read_bytes() for path in mine.iterdir()}
    first = missions.add(filled(tmp_path / "one.md"), mine)
    assert first.file.name == "mission-own-00008.xlsx"
    other = {"actor_id": "Vänersborg", "network_id": "SERN", "event": "Styrelsemöte", "country": "Sverige"}
    second = missions.add(filled(tmp_path / "two.md", mission=other), mine)
    assert second.file.name == "mission-own-00011.xlsx"
    assert {path: path.read_bytes() for path in before} == before
    assert sorted(path.name for path in mine.iterdir()) == [
        "memberships.csv", first.file.name, second.file.name, "sources.csv",
    ]  # fmt: skip
    both = natverk.load(overlay=mine)
    assert len(both.missions) == len(real.missions) + 2
    assert both.own == {"memberships": 1, "mission_parts": 2, "missions": 2, "next_steps": 2, "sources": 3}
    first.file.unlink()
    assert len(natverk.load(overlay=mine).missions) == len(real.missions) + 1


def test_the_same_mission_is_added_once(tmp_path: Path, mine: Path) -> None:
    file = filled(tmp_path / "one.md")
    added = missions.add(file, mine)
    before = sorted(mine.iterdir())
    for other in (file, filled(tmp_path / "two.md", purposes=["annat"])):
        with pytest.raises(
            InvalidArgument, match="among your own rows already, own-00008: Årsmöte, Bologna, 2023-05-04"
        ):
            missions.add(other, mine)
    assert sorted(mine.iterdir()) == before
    added.file.unlink()
    assert missions.add(file, mine).file == added.file


def test_own_rows_that_are_wrong_are_mended_first(tmp_path: Path, mine: Path) -> None:
    (mine / "memberships.csv").write_text("row_id;actor_id\n", encoding="utf-8")
    with pytest.raises(NatverkError, match="natverk check"):
        missions.add(filled(tmp_path / "one.md"), mine)
    assert len(list(mine.iterdir())) == 2
    with pytest.raises(InvalidArgument, match="never written over"):
        missions.add(tmp_path / "one.md", mine / "sources.csv")


@pytest.mark.parametrize("error", [errno.EPERM, errno.ENOSPC])
def test_a_file_is_whole_or_not_there(tmp_path: Path, mine: Path, monkeypatch: pytest.MonkeyPatch, error: int) -> None:
    def link(*_: object) -> None:
        raise OSError(error, os.strerror(error))

    file = filled(tmp_path / "one.md")
    monkeypatch.setattr(os, "link", link)
    if error == errno.EPERM:
        # A file system without links.
        assert missions.add(file, mine).file.is_file()
        return

    def write_bytes(path: Path, content: bytes) -> int:
        if path.parent == mine:
            raise OSError(error, os.strerror(error))
        with path.open("wb") as file:
            return file.write(content)

    monkeypatch.setattr(Path, "write_bytes", write_bytes)
    before = sorted(mine.iterdir())
    with pytest.raises(NatverkError, match="cannot be written: No space left"):
        missions.add(file, mine)
    assert sorted(mine.iterdir()) == before


def test_two_that_add_at_once_do_not_write_over_each_other(
    tmp_path: Path, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = missions._check

    def check(*arguments: Any) -> None:
        really(*arguments)
        (mine / "mission-own-00008.xlsx").write_bytes(b"of the other")

    monkeypatch.setattr(missions, "_check", check)
    with pytest.raises(NatverkError, match="has come meanwhile"):
        missions.add(filled(tmp_path / "one.md"), mine)
    assert (mine / "mission-own-00008.xlsx").read_bytes() == b"of the other"
    assert len(list(mine.iterdir())) == 3


# --- What came of missions --------------------------------------------------------------------------------------------


def test_what_came_of_missions_in_eurocities(real: Dataset) -> None:
    (row,) = missions.outcomes(real, "EUROCITIES").to_dict("records")
    rows = real.missions[real.missions["network_id"] == "eurocities"]
    assert row["n_missions"] == len(rows) == 2
    assert row["n_purposes"] == row["n_purposes_told"] == 6
    assert (row["n_steps"], row["n_under_way"], row["n_unknown"], row["n_done"], row["n_due"]) == (2, 1, 1, 0, 0)
    # Nacka was host of a forum in 2016, Kungsbacka stands in a list of 2025.
    assert (row["n_contact"], row["n_seen_later"]) == (2, 2)
    assert set(row["row_ids"].split(";")) >= {"mis-00001", "mis-00025", "nxt-00001", "nxt-00002"}
    # Steps of Stockholm's review are no steps of a mission.
    assert "nxt-00003" not in row["row_ids"]


def test_a_report_that_is_silent_tells_nothing_of_its_purposes(real: Dataset) -> None:
    table = missions.outcomes(real).set_index("network_id")
    assert table.loc["uccn", ["n_purposes", "n_purposes_told", "n_purposes_unknown"]].tolist() == [3, 0, 3]
    assert (table["n_purposes"] == table["n_purposes_told"] + table["n_purposes_unknown"]).all()
    # The curated rows state nothing of it.
    assert (table["n_purposes_met_not_stated"] == table["n_missions"]).all()
    assert not table[["n_purposes_met", "n_purposes_partly_met", "n_purposes_not_met"]].any(axis=None)
    states = table[["n_done", "n_under_way", "n_due", "n_later", "n_unknown"]].sum(axis=1)
    assert (table["n_steps"] == states).all()
    assert (table["n_seen_later"] <= table["n_contact"]).all()


def test_steps_are_done_due_to_come_or_unknown(make: Make) -> None:
    mission = {"actor_id": "municipality:0101", "network_id": "ubc", "source_id": "s1"}
    steps = [("done", "2014"), ("planned", "2014"), ("under way", "2014-05"), ("under way", None), ("planned", None),
             ("agreed", "2030"), ("recommended", None)]  # fmt: skip
    data = make(
        {"a": "municipality:0101", "n": "ubc", "seen": 2013, "basis": "stated"},
        missions=[{"row_id": "mis-00001", **mission, "event": "Möte", "country": "Sverige", "purposes": "a; b",
                   "start_date": "2013-12", "next_step_category": "systematic"}],
        next_steps=[{"row_id": f"nxt-{n:05d}", **mission, "step": "x", "category": "systematic", "status": status,
                     "due": due} for n, (status, due) in enumerate(steps, 1)],
    )  # fmt: skip
    (row,) = missions.outcomes(data).to_dict("records")
    assert [row[f"n_{state}"] for state in ("steps", "done", "under_way", "due", "later", "unknown")] == [
        7,
        1,
        1,
        2,
        1,
        2,
    ]
    # Seen in the year of the mission is not seen later.
    assert (row["n_contact"], row["n_seen_later"]) == (1, 0)
    assert row["n_purposes_unknown"] == 2


def test_who_has_left_is_not_seen_later(make: Make) -> None:
    about = {"row_id": "mis-00001", "actor_id": "municipality:0101", "network_id": "ubc", "event": "Möte",
             "country": "Sverige", "start_date": "2013", "next_step_category": "sporadic"}  # fmt: skip

    def seen_later(status: str, **years: int) -> int:
        row = {"a": "municipality:0101", "n": "ubc", "status": status, "basis": "stated", **years}
        return int(missions.outcomes(make(row, missions=[about]))["n_seen_later"].iloc[0])

    assert seen_later("former", seen=2016) == 0
    assert seen_later("applicant", seen=2016) == 0
    assert seen_later("member", seen=2016) == 1
    assert seen_later("member", start=2010, end=2015) == 1
    assert seen_later("member", start=2010, end=2013) == 0
