"""The rules that hold on every page (`PAGES.md`): nothing lost, no English on Swedish pages, no faults of sense, short.

All pages of `natverk report --all` are made in Swedish and a sample of them in English, without kernels and figures.
"""

from __future__ import annotations

import ast
import csv
import gc
import importlib
import multiprocessing
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest
from markupsafe import Markup

import natverk
from natverk.data.load import Dataset
from natverk.locale import LANGUAGES
from natverk.pages.page import NotebookPage
from natverk.pages.prepared import country
from natverk.pages.prose import Prose
from natverk.pages.tables import TableView, records
from tests.pages.notebook import page_of, text_of

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "natverk/pages/templates"

#: The tables of which every row stands on a page (rule 3).
EVIDENCE = (
    "memberships", "functions", "projects", "missions", "mission_parts", "next_steps", "events", "evaluations",
    "evaluation_findings", "purposes", "twins", "strategies", "strategy_events", "interplay", "tasks", "conditions",
    "county_events", "network_notes", "published_totals", "published_figures", "body_members", "responsibility",
)  # fmt: skip
#: Rows that stand on no page, and why.
EXCEPTIONS: dict[str, str] = {}

Unit = tuple[str, str, str]


class Table(NamedTuple):
    """A table as the tests read it: cells as text, and whether it is folded."""

    caption: str
    labels: dict[str, str]
    cells: list[dict[str, str]]
    marked: str
    row_ids: list[list[str]]
    fold: str


class Made(NamedTuple):
    """What one page says and shows."""

    shown: frozenset[str]
    sources: frozenset[str]
    parts: list[str | Table | None]
    text: str


def _cell(cell: object) -> str:
    return cell.striptags() if isinstance(cell, Markup) else "" if cell is None else str(cell)


def _made(unit: tuple[str, str, dict[str, str]]) -> tuple[Unit, Made]:
    lang, name, parameters = unit
    page = page_of(name, lang=lang, **parameters)
    parts: list[str | Table | None] = []
    for part in page.parts:
        if isinstance(part, Prose):
            parts.append(part.text)
        elif isinstance(part, TableView):
            cells = [{key: _cell(row.get(key)) for key in part.labels} for row in part.rows]
            marked = " ".join(str(cell) for row in part.rows for cell in row.values() if isinstance(cell, Markup))
            ids = [list(ids) for ids in part.row_ids]
            parts.append(Table(part.caption, dict(part.labels), cells, marked, ids, part.fold))
        else:
            parts.append(None)
    cited = {item for ids in page.references.frame()["source_ids"] for item in ids.split(" ")}
    made = Made(frozenset(page.shown), frozenset(cited), parts, text_of(page))
    return (lang, name, "--".join(parameters.values())), made


def _units() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the pages of `--all`, those that take longest first."""
    data = natverk.load()
    reports = tomllib.loads((ROOT / "reports.toml").read_text(encoding="utf-8"))["reports"]
    yield "roles_sweden", {}
    yield "strategies", {}
    for pair in reports["compare"]["only"]:
        a, b = pair.split("--")
        yield "compare", {"a": a, "b": b}
    for code in data.counties["county_code"]:
        yield "region_report", {"region": code}
    for actor in reports["portfolio_review"]["only"]:
        yield "portfolio_review", {"actor": actor}
    for network in data.networks["network_id"]:
        yield "network_profile", {"network": network}
    for code in data.municipalities["code"]:
        yield "municipality_profile", {"municipality": code}


#: In English every so-manieth page of a kind.
_SAMPLED = {"region_report": 5, "network_profile": 13, "municipality_profile": 18, "portfolio_review": 4, "compare": 3}


def _nothing(*_args: object, **_choices: object) -> None:
    """Draw no figure."""


@pytest.fixture(scope="module")
def pages() -> dict[Unit, Made]:
    units, counts = [], dict.fromkeys(_SAMPLED, 0)
    for name, parameters in _units():
        counts[name] = counts.get(name, -1) + 1
        units.append(("sv", name, parameters))
        if counts[name] % _SAMPLED.get(name, 1) == 0:
            units.append(("en", name, parameters))
    country()
    patches = [patch.object(NotebookPage, "figure", _nothing)]
    for name in ("bars", "dots", "grids", "lines", "maps", "timelines"):
        module = importlib.import_module(f"natverk.figures.{name}")
        patches += [patch.object(module, item, _nothing) for item in module.__all__]
    for each in patches:
        each.start()
    gc.collect()
    gc.freeze()
    try:
        with multiprocessing.get_context("fork").Pool() as pool:
            return dict(pool.imap_unordered(_made, units, chunksize=4))
    finally:
        for each in patches:
            each.stop()


def _plain(text: str) -> str:
    """Return prose as a reader sees it, without code and addresses."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "¤", text, flags=re.DOTALL)
    text = re.sub(r"\]\(#source-\d+\)", "]", text)
    text = re.sub(r"</?(span|a|details|summary)\b[^>]*>", "", text)
    return re.sub(r"https?://\S+", "", text).replace("\\", "").replace("\xa0", " ")


def _tables(made: Made) -> list[Table]:
    return [part for part in made.parts if isinstance(part, Table)]


def _texts(made: Made, *, apart: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield where on the page and what: lines of prose, captions, and cells that are not of columns set apart."""
    for part in made.parts:
        if isinstance(part, str):
            for line in _plain(part).split("\n"):
                # The lines of a table in Markdown are no prose.
                yield "prose", line.replace("|", "¦") if line.startswith("|") else line
        elif part is not None:
            yield "caption", part.caption
            yield from (("label", label) for label in part.labels.values())
            for row in part.cells:
                for key, cell in row.items():
                    if key not in apart:
                        yield key, _plain(cell)


# --- Rule 3: nothing is lost


@pytest.mark.parametrize("table", EVIDENCE)
def test_every_row_of_evidence_stands_on_a_page(real: Dataset, pages: dict[Unit, Made], table: str) -> None:
    shown = frozenset().union(*(made.shown for (lang, *_), made in pages.items() if lang == "sv"))
    rows = set(real.table(table)["row_id"])
    assert sorted(rows - shown - set(EXCEPTIONS)) == []
    # An exception that a page shows after all is none.
    assert sorted(rows & set(EXCEPTIONS) & shown) == []


def test_both_languages_show_the_same_rows(pages: dict[Unit, Made]) -> None:
    english = [unit for unit in pages if unit[0] == "en"]
    assert len(english) > 40
    for _, name, unit in english:
        assert pages["en", name, unit].shown == pages["sv", name, unit].shown, (name, unit)


def test_what_is_shown_is_cited(real: Dataset, pages: dict[Unit, Made]) -> None:
    """Sources without an address are sources like others (rule 10)."""
    source_of: dict[str, str] = {}
    for table in EVIDENCE:
        rows = real.table(table)
        if "source_id" in rows:
            source_of |= dict(zip(rows["row_id"], rows["source_id"].fillna(""), strict=True))
    for unit, made in pages.items():
        cited = {item for row in made.shown for item in source_of.get(row, "").split(";") if item}
        assert sorted(cited - made.sources) == [], unit
    addresses = real.sources.set_index("source_id")["url"]
    without = set(addresses.index[addresses.isna()]) & {item for ids in source_of.values() for item in ids.split(";")}
    assert without <= frozenset().union(*(made.sources for made in pages.values()))


# --- Rule 7: the language

#: Words of English sentences that no Swedish one has.
_ENGLISH = re.compile(
    r"\b(the|of|and|with|was|were|which|that|this|from|not|has|have|been|are|is|its|their|since|between|who|where|"
    r"when|they|only|also|about|into|than|each|members?|municipalit(?:y|ies)|according|source says|seen in)\b"
)
#: Columns of names, titles and quoted wording.
_NAMED = ("project", "network", "origin", "title", "sources", "partner")
#: Names in running text that are no network's: of bodies, datasets, programmes and the package.
_NAMES = (
    "natverk: Swedish municipalities, regions and their networks", "Board of Audit", "Compact of Mayors",
    "Union of Baltic States",
    "Man and the Biosphere", "TOGETHER for Territories of Coresponsibility",
)  # fmt: skip


@pytest.fixture(scope="module")
def names(real: Dataset) -> re.Pattern[str]:
    known = {*_NAMES, *real.networks["name"], *real.networks["name_sv"], *real.sources["title"]}
    known |= {*real.projects["project"], *real.projects["project_sv"], *real.projects["programme"].dropna()}
    known |= {*real.strategies["title"].dropna(), *real.actors["name"], *real.bodies["name"].dropna()}
    longest = sorted((str(name) for name in known if len(str(name)) > 2), key=len, reverse=True)
    return re.compile("|".join(re.escape(name.replace("\xa0", " ")) for name in longest))


def test_no_english_on_swedish_pages(pages: dict[Unit, Made], names: re.Pattern[str]) -> None:
    found = []
    for unit, made in pages.items():
        if unit[0] == "sv":
            for where, text in _texts(made, apart=_NAMED):
                if _ENGLISH.search(text):
                    unquoted = re.sub(r"[”\"“].*?[”\"“]|\*[^*\n]+\*(?!\*)", "", names.sub("", text))
                    found += [(unit, where, text) for _ in _ENGLISH.findall(unquoted)]
    assert found == []


def test_what_is_told_is_told_in_swedish(pages: dict[Unit, Made]) -> None:
    for unit, made in pages.items():
        if unit[0] == "sv":
            marked = [part if isinstance(part, str) else part.marked for part in made.parts if part is not None]
            assert not [text for text in marked if 'lang="en"' in text], unit


_NUMBER_WORDS = {
    "sv": r"två|tre|fyra|fem|sex|sju|åtta|nio|[2-9]|\d\d+",
    "en": r"two|three|four|five|six|seven|eight|nine|[2-9]|\d\d+",
}
#: Patterns that no page has, by language; `both` for either.
_FAULTS = {
    "both": {
        "a missing value": r"\b(nan|None|NaN|NaT|undefined)\b|<NA>",
        "two spaces": r"\S  +\S",
        "a space before a stop": r"\s[.,;:](\s|$)",
        "empty brackets": r"\(\s*\)|\[\s*\]",
        "a doubled stop": r"(?<!\.)\.\.(?!\.)|,,|;;|(?<!m\.fl)(?<!etc)(?<!p\.g\.a)\.,|,\.|;\.|:\.",
        "an item of a list in the line of another": r"[.)\]]- \S",
        "an id of a row": r"\b[a-z]{3}-\d{5}\b",
        "an id of a strategy": r"\brus-\d\d-",
        "a raw key": r"\b[a-z]+_[a-z_]+\b|\|",
        "an id of an actor": r"\b(municipality|region|body|state|network):[a-z0-9]",
        "none of so many": r"\b0 (av|of) \d",
        "a denial": r"\b(inga svenska medlemmar|no Swedish members|ingen uppföljning finns|there is no follow-up)\b",
        "a heading over our paraphrase": r"([Kk]ällans ord$|[Ii]n the source's words$)",
    },
    "sv": {
        "a plural of one": r"\b(1|[Ee]n|[Ee]tt) (medlemmar|rader|uppgifter|kommuner|regioner|former|källor|resor)\b",
        "a singular of several": rf"\b({_NUMBER_WORDS['sv']}) (medlem|region|uppgift|förteckning|rad|källa|form)\b",
        "a wrong article": r"\b[Ee]n (nätverk|län|projekt|uppdrag|medlemskap|omdöme|åtagande|program|organ|steg)\b"
        r"|\b[Ee]tt (kommun|region|medlem|förteckning|uppgift|resa|källa|strategi)\b",
        "a count of nothing": r"\bde (0|noll) |\b(Noll|noll) (nätverk|medlem|projekt|uppdrag)",
        "how the work was set up, denied": r"upplägg\w* framgår inte|framgår inte hur arbetet",
    },
    "en": {
        "a plural of one": r"(?<![–-])\b(1|[Oo]ne) (members|rows|municipalities|regions|counties|sources|networks)\b",
        "a singular of several": rf"(?<!\d{{4}}: )\b(?<!–)({_NUMBER_WORDS['en']}) "
        r"(member|network|position|row|judgement)\b(?! (states?|municip|cit|countr|list|bo|counc|ass|org))",
        "a count of nothing": r"\bthe (0|zero) |\b[Zz]ero (networks|members|projects)",
        "how the work was set up, denied": r"set up does not appear",
    },
}  # fmt: skip


@pytest.mark.parametrize(("lang", "fault"), [(lang, fault) for lang, faults in _FAULTS.items() for fault in faults])
def test_no_page_has_a_fault_of_wording(pages: dict[Unit, Made], lang: str, fault: str) -> None:
    pattern = re.compile(_FAULTS[lang][fault])
    found = [
        (unit, where, text)
        for unit, made in pages.items()
        if lang in ("both", unit[0])
        for where, text in _texts(made)
        if pattern.search(text)
    ]
    assert found == []


def test_no_heading_stands_over_nothing(pages: dict[Unit, Made]) -> None:
    for unit, made in pages.items():
        depth, heading = 0, ""
        for part in [*made.parts, "# end"]:
            lines = part.split("\n") if isinstance(part, str) else ["shown"]
            for line in filter(None, lines):
                found = re.match(r"(#+) ", line)
                if found and depth >= len(found[1]):
                    raise AssertionError((unit, heading))
                depth, heading = (len(found[1]), line) if found else (0, "")


def test_seen_is_not_since(real: Dataset, pages: dict[Unit, Made]) -> None:
    """A year that stands alone under *since* is stated by a row; one that a source only names is said to be seen."""
    joined = real.memberships[real.memberships["start_basis"] == "stated"].dropna(subset="start_year")
    stated = {
        str(row): str(int(year))
        for rows in (joined, real.twins.dropna(subset="start_year"))
        for row, year in zip(rows["row_id"], rows["start_year"], strict=True)
    }
    n = 0
    for unit, made in pages.items():
        for table in _tables(made):
            for row, ids in zip(table.cells, table.row_ids, strict=True):
                if re.fullmatch(r"\d{4}", row.get("since", "")):
                    n += 1
                    assert row["since"] in {stated.get(item) for item in ids}, (unit, table.caption, row)
    assert n > 500


# --- Faults of sense


def test_how_the_work_was_set_up_stands_on_the_page_of_its_region(real: Dataset, pages: dict[Unit, Made]) -> None:
    for row in records(real.strategies):
        said = re.sub(r"\s+", " ", pages["sv", "region_report", str(row["county_code"])].text).replace("*", "")
        for note in (row["process_note_sv"], row["consultation_note_sv"]):
            # Where there is one municipality, nothing applies, and nothing is told.
            if isinstance(note, str) and not note.startswith("ej tillämpligt"):
                told = re.sub(r"\s+", " ", note).removeprefix("ja: ").replace("*", "").rstrip(".")
                assert told in said, row["row_id"]


def test_positions_are_no_offices(pages: dict[Unit, Made]) -> None:
    for unit, made in pages.items():
        for table in _tables(made):
            if any(item.startswith("fun-") for ids in table.row_ids for item in ids):
                assert not re.search(r"\b([Oo]ffices?|[Kk]ontor)\b", table.caption), unit


def test_numbers_that_differ_look_different(pages: dict[Unit, Made]) -> None:
    n = 0
    for unit, made in pages.items():
        for table in _tables(made):
            for row in table.cells if "n_ours" in table.labels else []:
                if row["outcome"] in ("skiljer sig", "differs"):
                    n += 1
                    assert row["n_published"] != row["n_ours"], (unit, row)
    assert n


@pytest.mark.parametrize("region", ["08", "14", "24"])
def test_responsibility_is_told_as_of_the_last_year(real: Dataset, region: str) -> None:
    with patch.object(NotebookPage, "figure", _nothing):
        text = text_of(page_of("region_report", region=region, year_to=2010))
    held = real.responsibility[real.responsibility["county_code"] == region]
    later = set(held.loc[held["start"].str[:4] > "2010", "holder_name"]) - set(
        held.loc[held["start"].str[:4] <= "2010", "holder_name"]
    )
    assert "2010" in text.partition("**")[2].partition("**")[0]
    answer = text.partition("## Den regionala utvecklingsstrategin")[0]
    assert not [name for name in later if f"{name} har" in answer]


def test_no_template_says_who_may_join() -> None:
    """Where only level and size are tested, the rule is told in its own words."""
    for path in TEMPLATES.glob("*.j2"):
        assert not re.search(
            r"\b(may join|can join|kan gå med|får gå med|kan bli medlem)\b", path.read_text("utf-8")
        ), path


def test_a_stated_year_is_no_unknown_one(real: Dataset, pages: dict[Unit, Made]) -> None:
    """What is stated since a year before the page begins is not among what has no year (AER and Jönköping, 1994)."""
    text = pages["sv", "region_report", "06"].text
    line = next(line for line in text.split("\n") if line.startswith("- Uppgifterna om regionens medverkan"))
    rows = real.memberships[real.memberships["actor_id"] == "region:06"]
    stated = set(rows.loc[rows["start_basis"] == "stated", "network_id"])
    named = real.networks.set_index("network_id")["name_sv"]
    assert "aer" in stated
    assert not [name for name in named[sorted(stated)] if name in line]


def test_what_is_no_position_is_not_counted_as_one(real: Dataset, pages: dict[Unit, Made]) -> None:
    """C40: a seat on the steering committee, and taking part from time to time."""
    assert set(real.functions.loc[real.functions["network_id"] == "c40", "function_class"]) >= {"attendance"}
    assert "ett uppdrag och sex omdömen" in pages["sv", "network_profile", "c40"].text


def test_a_source_that_was_cut_denies_no_follow_up(real: Dataset) -> None:
    missions = real.missions[real.missions["next_step_category"] == "none"]
    assert not missions["coding_note"].str.contains(r"\b(?:cut|breaks off|truncated)\b").any()


# --- Templates, modules and the vocabulary


@pytest.mark.parametrize("template", sorted({path.name.partition(".")[0] for path in TEMPLATES.glob("*.j2")}))
def test_both_templates_have_the_same_blocks_in_the_same_order(template: str) -> None:
    texts = [(TEMPLATES / f"{template}.{lang}.md.j2").read_text(encoding="utf-8") for lang in LANGUAGES]
    blocks = [re.findall(r"\{% (?:block|macro) (\w+)", text) for text in texts]
    assert blocks[0]
    assert blocks[0] == blocks[1]


@cache
def _modules() -> list[tuple[str, ast.Module]]:
    return [(path.name, ast.parse(path.read_text("utf-8"))) for path in sorted((ROOT / "natverk/pages").glob("*.py"))]


def test_pages_compute_nothing() -> None:
    for name, tree in _modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                computed = {"groupby", "merge", "value_counts", "pivot", "pivot_table", "agg", "aggregate", "crosstab"}
                assert node.attr not in computed, f"{name}, line {node.lineno}: {node.attr}"


def _checks(node: ast.AST) -> bool:
    """Whether a node checks an argument, with words for the error."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "has_columns"


def _said(tree: ast.AST) -> Iterator[ast.Constant]:
    """Yield the texts of a module that a page could show: no docstrings, no words of errors."""
    for node in ast.iter_child_nodes(tree):
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if docstring or isinstance(node, ast.Raise) or _checks(node):
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node
        yield from _said(node)


def test_sentences_stand_in_templates_only() -> None:
    for name, tree in _modules():
        for node in _said(tree):
            words = re.findall(r"[A-Za-zÅÄÖåäö]{2,}", re.sub(r"<[^>]*(>|$)", "", str(node.value)))
            is_code = "_" in str(node.value) or str(node.value).startswith("application/")
            assert len(words) < 4 or is_code, f"{name}, line {node.lineno}: {node.value!r}"


def _leaves(group: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in group.items():
        if isinstance(value, dict):
            yield from _leaves(value)
        else:
            yield key, str(value)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("vocabulary", ["nouns", "columns"])
def test_the_vocabulary_holds_labels(vocabulary: str, lang: str) -> None:
    path = ROOT / f"natverk/locale/{lang}/{vocabulary}.toml"
    for key, value in _leaves(tomllib.loads(path.read_text(encoding="utf-8"))):
        if key not in ("numbers", "figure_source"):
            assert not re.search(r"[a-zåäö]{2}[.!?](\s|$)", value), (key, value)
            assert len(value.split()) <= 14, (key, value)


# --- Rule 2: lengths

#: Most visible words of a page.
_MOST = {
    "region_report": 1500, "municipality_profile": 1500, "network_profile": 1500, "portfolio_review": 1500,
    "compare": 1500, "strategies": 1500, "roles_sweden": 2000,
}  # fmt: skip
#: Two screens, for a municipality of which nothing is known.
_THIN = 400


def _visible(made: Made) -> int:
    """Count the words that a reader sees without unfolding anything."""
    n = 0
    for part in made.parts:
        if isinstance(part, str):
            unfolded = re.sub(r"<details.*?<summary>(.*?)</summary>.*?</details>", r"\1", part, flags=re.DOTALL)
            n += len(_plain(unfolded).replace("|", " ").split())
        elif part is not None and part.fold:
            n += len(part.fold.split())
        elif part is not None:
            n += len(part.caption.split()) + sum(len(cell.split()) for row in part.cells for cell in row.values())
    return n


@pytest.mark.parametrize("name", _MOST)
def test_pages_are_short(pages: dict[Unit, Made], name: str) -> None:
    long = {unit: _visible(made) for unit, made in pages.items() if unit[1] == name}
    assert {unit: n for unit, n in long.items() if n > _MOST[name]} == {}


def test_a_page_without_evidence_is_thin(pages: dict[Unit, Made]) -> None:
    with (ROOT / "data/raw/memberships.csv").open(encoding="utf-8", newline="") as file:
        named = {row["actor_id"].partition(":")[2] for row in csv.DictReader(file)}
    bare = [unit for unit in pages if unit[1] == "municipality_profile" and unit[2] not in named]
    assert {unit: _visible(pages[unit]) for unit in bare if _visible(pages[unit]) > _THIN} == {}


def test_the_answer_stands_first_in_short_sentences(pages: dict[Unit, Made]) -> None:
    for unit, made in pages.items():
        if unit[1] in ("region_report", "municipality_profile", "network_profile", "roles_sweden", "strategies"):
            question, answer = made.text.partition("\n*")[2].partition("*\n")[::2]
            assert question.endswith("?"), unit
            sentences = re.split(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ0-9])", answer.partition("**")[2].partition("**")[0])
            assert 1 <= len(sentences) <= 2, (unit, sentences)
            assert all(len(sentence.split()) < 40 for sentence in sentences), (unit, sentences)
