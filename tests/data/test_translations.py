"""Every text that readers see stands in English and in Swedish."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from natverk.data.load import Dataset
from natverk.data.schema import SCHEMA
from natverk.data.validate import texts_have_swedish

TOLD = [(name, column) for name, table in SCHEMA.items() for column in table.told]
# Words that stand in Swedish sentences and in no English one.
SWEDISH = re.compile(r"\b(och|för|att|från|är|kommunen|länet|enligt)\b")


@pytest.mark.parametrize(("table", "column"), TOLD, ids=[f"{table}.{column}" for table, column in TOLD])
def test_every_text_has_its_swedish_beside_it(real: Dataset, table: str, column: str) -> None:
    frame = real.table(table)
    assert frame.columns.get_loc(f"{column}_sv") == frame.columns.get_loc(column) + 1
    lacking = frame[frame[column].notna() & frame[f"{column}_sv"].isna()]
    assert lacking.empty, lacking[column].head().tolist()


@pytest.mark.parametrize(("table", "column"), TOLD, ids=[f"{table}.{column}" for table, column in TOLD])
def test_lists_keep_their_parts_and_numbers_their_value(real: Dataset, table: str, column: str) -> None:
    frame = real.table(table).dropna(subset=[column])
    for english, swedish in zip(frame[column], frame[f"{column}_sv"], strict=True):
        if column in {"purposes", "outcomes", "contacts"}:
            assert english.count(";") == swedish.count(";"), (english, swedish)
        # 12,428 and 12 428 are one number, 2.5 and 2,5 another.
        numbers = [re.findall(r"\d+", re.sub(r"(?<=\d)[,.\s\u00a0](?=\d)", "", text)) for text in (english, swedish)]
        assert sorted(numbers[0]) == sorted(numbers[1]), (english, swedish)


def test_texts_are_written_in_english(real: Dataset) -> None:
    english = [
        cell for table, column in TOLD for cell in real.table(table)[column].dropna() if not re.search("[”“\"']", cell)
    ]
    swedish = sorted({cell for cell in english if SWEDISH.search(cell) and len(SWEDISH.findall(cell)) > 1})
    assert swedish == []


def test_a_text_without_swedish_and_a_translation_of_nothing_are_refused(real: Dataset) -> None:
    tables = {name: pd.DataFrame(columns=table.names, dtype="str") for name, table in SCHEMA.items()}
    tables["tasks"] = pd.DataFrame(
        [{**dict.fromkeys(SCHEMA["tasks"].names, ""), "task": "Draw up the plan"}], index=[2]
    )
    tables["translations"] = pd.DataFrame([{"text": "Draw up a plan", "text_sv": "Ta fram en plan"}], index=[2])
    found = list(texts_have_swedish(tables))
    assert [(item.table, item.line) for item in found] == [("tasks", 2), ("translations", 2)]
    assert "'Draw up a plan'" in found[0].remedy


# What somebody wrote to themselves while reading: it is no sentence to a reader.
WORKING = re.compile(
    r"\b(CONFLICT|BEST|AND|NOT|THE|END|START|UPPER|BOUND|KONFLIKT|BÄSTA|OCH|INTE|DEN|SLUTDATUM|STARTEN|ÖVRE|OBS)\b"
    r"|\b[Ss]eed \d|\b(next|previous) row\b|\b(nästa|föregående) rad\b|asked period|efterfrågad period|hard-coded"
    r"|\bunit table\b|enhetstabell|networks table|tabellen networks|\(table \w+\)|\\"
    r"|\bstored\b|\b(sparad|lagrad|sparat|lagrat)|open spell|öppen period|\b(end date|slutdatum) =|(true|verklig) start"
)
NOTES = [(name, note) for name, table in SCHEMA.items() for note in ("note", "source_title") if note in table.names]


@pytest.mark.parametrize(("table", "column"), NOTES, ids=[f"{table}.{column}" for table, column in NOTES])
def test_a_note_is_written_to_a_reader(real: Dataset, table: str, column: str) -> None:
    frame = real.table(table)
    texts = [text for name in (column, f"{column}_sv") if name in frame for text in frame[name].dropna()]
    assert [text for text in texts if WORKING.search(text)] == []


def test_a_remark_on_evidence_names_no_source_by_its_id(real: Dataset) -> None:
    ids = {item for item in real.sources["source_id"] if "-" in item}
    for name, table in SCHEMA.items():
        for column in {"note", "coding_note"} & set(table.names) if table.evidence and name != "member_lists" else ():
            texts = real.table(name)[column].dropna()
            assert not [text for text in texts if ids.intersection(re.findall(r"[\w-]+", text))], name


def test_a_place_in_a_source_is_no_file_of_ours(real: Dataset) -> None:
    for name, table in SCHEMA.items():
        if "locator" in table.names:
            places = real.table(name)["locator"].dropna()
            assert not places[places.str.contains(r"\.csv|\bstored\b")].tolist(), name


def test_terms_of_sources_are_told_in_swedish(real: Dataset) -> None:
    told = real.sources[real.sources["licence_class"] != "not_stated"].set_index("source_id")
    kolada = told[told["licence"].str.contains("the terms of Kolada are not stated there")]
    assert set(kolada["licence_sv"]) == {"AGPL-3 (paketet; Koladas villkor anges inte där)"}
    english = re.compile(r"\b(?:the|package|terms|stated|licence|cite|as|repository|data is)\b")
    assert not told.loc[told["licence_sv"].str.contains(english), "licence_sv"].tolist()


@pytest.mark.parametrize(
    ("place", "swedish"),
    [
        ("Åland countryside", "Ålands landsbygd"),
        ("Province of Chieti", "provinsen Chieti"),
        ("Easter Island", "Påskön"),
        ("Tallinn (city district)", "Tallinn (stadsdel)"),
        ("Malbork", "Malbork"),
    ],
)
def test_a_twin_that_is_described_is_described_in_swedish(real: Dataset, place: str, swedish: str) -> None:
    twins = real.twins
    assert set(twins.loc[twins["partner_city"] == place, "partner_city_sv"]) == {swedish}


def test_no_twin_has_an_english_word_in_swedish(real: Dataset) -> None:
    english = re.compile(
        r"\b(county|province|district|countryside|island|islands|formerly|parish|rural|town)\b", re.IGNORECASE
    )
    assert [name for name in real.twins["partner_city_sv"].dropna() if english.search(name)] == []


# --- Each column in its language --------------------------------------------------------------------------------------

#: Words that stand in Swedish texts and in no English one; a small letter with a ring or dots is Swedish as well.
IN_SWEDISH = re.compile(
    r"\b(?:och|att|av|med|som|eller|inte|till|samt|enligt|genom|mellan|vid|kommun|kommuner|kommunen|regionala|landsting"
    r"|landstinget|samverkan\w*|remiss\w*|avtal|beslut|styrelsen|kap\.|lag(?= \(?\d)"
    r"|Lag(?= \()|Förordning(?= \()|RUS|RUP"
    r"|Samverkans\w*|Kommunalförbund|Plan- och bygglag\w*|prop\.(?= \d)|[a-z]*[åäö][a-zåäö]*)(?!\w)"
)
IN_ENGLISH = re.compile(
    r"\b(?:the|of|and|with|from|by|is|are|was|were|not|member|members|network|networks|city|cities|county|counties"
    r"|municipality|municipalities|board|chair|council|year|years|page|pages|undated|stated|listed|since|until|before"
    r"|after|meeting|agreement|department|steering|committee|working|open|joint|press|release|news|copy|version of"
    r"|mirror|signs|their|its|held|slides|earlier|later|package)\b"
)
#: Names that no table has as a name: what is left when they are taken out is in one language.
PROPER = re.compile(
    r"[\"“”][^\"“”]*[\"“”]|\S+\.\w{2,4}\b"
    r"|[A-ZÅÄÖ]\w+s (?:läns )?(?:landsting|[Kk]ommunalförbund|kommun|stad|län)\b|\w+ läns landsting"
    r"|Länsstyrelsen (?:i )?\w+(?: län)?|Landstinget i \w+ län"
    r"|(?:Region|Regionförbundet|Blekinge|Kalmar|Skåne) ?\w* län\b"
    r"|Vänerskärgården med Kinnekulle|ekonomisk förening|Regionplan för Skåne \d+|Det öppna Skåne|Skåne nordväst|öre\b"
    r"|Man and the Biosphere|Compact of Mayors|Union of (?:the )?Baltic (?:Cities|States)|Board of Audit|Race to Zero"
    r"|Charter of European Rural Communities|Young People - From Exclusion to Inclusion|Net Zero Tracker"
    r"|TOGETHER for Territories of Coresponsibility|Samverkansavtal Värmland"
)


TITLES = ("networks.name", "bodies.name", "projects.project", "events.event", "sources.title", "sources.publisher")


def test_no_text_names_a_source_by_its_id(real: Dataset) -> None:
    ids = set(real.sources["source_id"])
    texts = {text for _, *both in _pairs(real) for text in both}
    assert not [text for text in texts if ids & set(re.findall(r"[\w-]+", text))]


def _pairs(real: Dataset) -> list[tuple[str, str, str]]:
    """Return every text of ours as column, English and Swedish; where both are one, it is a name."""
    found = set()
    for name, table in SCHEMA.items():
        frame = real.table(name)
        for column in table.names:
            if f"{column}_sv" not in frame.columns or (name, column) == ("translations", "text"):
                continue
            both = frame[[column, f"{column}_sv"]].dropna().astype(str)
            found |= {
                (f"{name}.{column}", a, b) for a, b in both.itertuples(index=False) if a != b or column in table.told
            }
    return sorted(found)


def _names(real: Dataset) -> re.Pattern[str]:
    """Return a pattern of all names that the tables have."""
    columns = {
        "actors": ["name"], "bodies": ["name", "name_sv"], "networks": ["name", "name_sv"], "strategies": ["title"],
        "counties": ["name", "region_name"], "municipalities": ["name_official"], "projects": ["project"],
    }  # fmt: skip
    names = {str(cell) for table, own in columns.items() for name in own for cell in real.table(table)[name].dropna()}
    names |= {name.split(" (")[0] for name in names}
    return re.compile("|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if len(name) > 3))


def _foreign(real: Dataset, words: re.Pattern[str], swedish: bool) -> list[tuple[str, list[str], str]]:
    """Return the texts of one language that hold words of the other, names and quoted wording taken out."""
    names, found = _names(real), []
    for column, english, translated in _pairs(real):
        text = translated if swedish else english
        # Titles of what is told of are names; the remarks on sources have a test of their own.
        if column in TITLES or not words.search(text):
            continue
        left = words.findall(PROPER.sub(" ", names.sub(" ", PROPER.sub(" ", text))))
        found += [(column, left, text)] if left else []
    return found


def test_no_english_text_has_a_swedish_word(real: Dataset) -> None:
    assert _foreign(real, IN_SWEDISH, swedish=False) == []


def test_no_swedish_text_has_an_english_word(real: Dataset) -> None:
    assert _foreign(real, IN_ENGLISH, swedish=True) == []


def test_remarks_of_ours_on_sources_are_in_the_language_of_the_page(real: Dataset) -> None:
    told = real.sources.set_index("source_id")
    assert told.loc["klimatkommunerna-mal-2", "title_sv"] == "Mål (senare version av sidan)"
    assert told.loc["ubc-bull-1-2014", "publisher_sv"] == "Union of the Baltic Cities (textkopia utan angiven adress)"
    remarks = [text for name in ("title_sv", "publisher_sv") for cell in told[name].dropna()
               for text in re.findall(r"\(([^()]*)\)", cell)]  # fmt: skip
    english = r"\b(page|news|copy|earlier|later|press release|list|round|version of|from|of|with|and)\b"
    allowed = {"World Association of the Major Metropolises"}
    assert [text for text in remarks if re.search(english, text) and text not in allowed] == []


def test_who_adopted_a_strategy_is_named_in_english_on_english_pages(real: Dataset) -> None:
    assert not real.strategies["adopted_by"].str.contains(r"fullmäktige|kommunalförbund|\(styrelsen").any()
    assert real.strategies["adopted_by_sv"].str.contains("fullmäktige").any()
