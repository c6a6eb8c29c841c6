"""Mission reports: a form to fill in, in Word or Markdown; filled forms as own rows; and what came of missions.

The form has the parts of the one that Nacka used in 2014: purposes; parts of the visit with their evaluation and who
else is concerned; summary; wanted next steps with four options; contacts; date and writer. `new` writes it, `add` reads
it back as rows of `missions`, `mission_parts`, `next_steps` and `sources` (`natverk.data.overlay`), `outcomes` tells
network by network what the reports say came of the missions, and what nobody says.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pandas as pd

from natverk.data.answers import asked
from natverk.data.build import current_tables
from natverk.data.letters import text_of
from natverk.data.load import Dataset, load
from natverk.data.mending import mended
from natverk.data.overlay import check_overlay, overlay_files, overlay_table
from natverk.data.schema import VOCABULARIES
from natverk.data.spreadsheets import neutral
from natverk.data.types import TEXT
from natverk.data.units import Directory, fold
from natverk.errors import DataError, InvalidArgument, MissingFile, NatverkError, UnknownName, missing_extra
from natverk.frames import Names, choice, directory, known_networks, several
from natverk.locale import LANGUAGES, Texts, texts

__all__ = ["Added", "FormError", "add", "new", "outcomes"]

FORMS = ("docx", "md")
#: The parts of the form, in its order.
_PARTS = ("mission", "purposes", "report", "summary", "next_steps", "contacts", "written")
#: What is written in points, and the column of `missions` that it becomes.
_POINTS = {
    "purposes": "purposes",
    "summary": "outcomes",
    "next_steps": "next_step_detail",
    "contacts": "contacts",
}
_FIELDS = {
    "mission": ("actor_id", "network_id", "event", "start_date", "end_date", "place", "country", "purposes_met"),
    "written": ("published", "writer", "url"),
}
#: The tables of the form by name: their columns, and the part in which each stands.
_TABLES = {
    "mission": ("question", "answer"),
    "report": ("part", "evaluation", "concerned"),
    "options": ("mark", "option", "which"),
    "steps": ("step", "category", "status", "due"),
    "written": ("question", "answer"),
}
_IN_PART = {"mission": ("mission",), "report": ("report",), "next_steps": ("options", "steps"), "written": ("written",)}
#: The four options by the letter that the form gives them.
_OPTIONS = {"A": "sporadic", "B": "systematic", "C": "redirect", "D": "implement"}
#: What of a mission is shown when a form has been read.
_SHOWN = (
    *_FIELDS["mission"], "purposes", "outcomes", "contacts", "next_step_category", "next_step_basis",
    "next_step_detail",
)  # fmt: skip
_MARKED = frozenset({"x", "[x]", "☒", "☑", "✓", "✔"})
_UNMARKED = frozenset({"", "[ ]", "[]", "☐", "-", "–"})
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w+")
_PHONE = re.compile(r"(?<![\w/.=-])(?:\+\d{2}|0\d{1,3})[ /-]?(?:\d[ -]?){5,9}\d(?!\w)")
# Control characters, surrogates and what is no character of XML.
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_WIDTHLESS = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")
_BULLET = re.compile(r"[-*+•](?:\s+|$)")
#: A point that Word has made none of its own of; in Markdown a line may begin with a dash by chance.
_TYPED_BULLET = re.compile(r"[-*+•–](?:\s+|$)")
#: What a cell of Excel holds.
_LONGEST = 32_767
#: The borders of the cells of a form in Word: pandoc's own style of tables has none.
_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="808080"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


class FormError(DataError):
    """What of a filled form cannot be read; `problems` holds all of it."""

    def __init__(self, path: Path, problems: Sequence[NatverkError]) -> None:
        n = len(problems)
        super().__init__(f"{n} problem{'s' if n > 1 else ''} in the form {path.name}")
        self.problems = list(problems)
        self.remedy = "mend them in the form, then add it again"

    def __str__(self) -> str:
        return "\n".join([f"{self.what}; nothing was written", *map(str, self.problems), f"  next: {self.remedy}"])


class Added(NamedTuple):
    """What `add` made of a form: the file that it wrote, its rows by table, and what is to be told of the reading."""

    file: Path
    rows: dict[str, list[dict[str, str]]]
    told: list[str]

    def lines(self) -> Iterator[str]:
        """Yield what was understood, a line a cell: mission, parts, steps, source; and what is to be told."""
        (mission,) = self.rows["missions"]
        yield f"missions {mission['row_id']}"
        yield from (f"  {column}: {mission[column]}" for column in _SHOWN if mission[column])
        for table, columns in (("mission_parts", _TABLES["report"]), ("next_steps", _TABLES["steps"])):
            for row in self.rows.get(table, []):
                yield f"{table} {row['row_id']}"
                yield from (f"  {column}: {row[column]}" for column in columns if row[column])
        (source,) = self.rows["sources"]
        yield f"sources {source['source_id']}: {source['title']} ({source['published'] or 'undated'})"
        yield from self.told


# --- The form ---------------------------------------------------------------------------------------------------------


def new(
    data: Dataset,
    folder: Path | str = ".",
    *,
    network: str | None = None,
    mission: str | None = None,
    lang: str = "sv",
    formats: Iterable[str] | str = FORMS,
) -> list[Path]:
    """Write the form of a mission report to be filled in; a file that is there is not written over.

    Parameters
    ----------
    data
        The dataset, for the name of the network.
    folder
        Where the files are put; it is made if need be.
    network
        The network of the mission, by id or name; it stands in the form. None leaves the place blank.
    mission
        `row_id` of a mission in the data: the form is filled in with what is known of it, to be completed.
    lang
        `"sv"`, `"en"` or `"all"`.
    formats
        `"docx"` (Word; needs the extra `natverk[documents]`), `"md"`, or both.

    Returns
    -------
    list of Path
        The files that were written.

    Raises
    ------
    UnknownName
        For an unknown network or mission.
    InvalidArgument
        For another language or format, or a file that is there; then nothing is written.
    NatverkError
        If nothing can be written there, or pandoc is not installed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from natverk import load
    >>> with TemporaryDirectory() as folder:
    ...     (file,) = new(load(), folder, network="eurocities", lang="en", formats="md")
    ...     file.name, "## Wanted next steps" in file.read_text(encoding="utf-8")
    ('mission-report-eurocities.md', True)
    """
    choice("lang", lang, (*LANGUAGES, "all"))
    formats = several(formats.split(",") if isinstance(formats, str) else formats)
    for form in formats:
        choice("formats", form, FORMS)
    if network is not None and mission is not None:
        raise InvalidArgument("both network and mission are given", where="network", remedy="leave one of them out")
    if network is not None:
        (network,) = known_networks(data, network, "network")
    contents: dict[Path, bytes] = {}
    for each in LANGUAGES if lang == "all" else (lang,):
        t = texts(each)
        answers = _answers(data, mission, each) if mission is not None else {}
        if network is not None:
            answers = {"mission": {"network_id": _name_of(directory(data), "network", network, each)}}
        blocks = list(_blocks(t, answers))
        stem = "-".join(part for part in (t("mission.file"), network or mission) if part)
        for form in formats:
            file = Path(folder) / f"{stem}.{form}"
            if file.exists() or file.is_symlink():
                remedy = "move it away, or name another folder: --out FOLDER"
                what = f"{file.name} is there already, and is not written over"
                raise InvalidArgument(what, where=str(file), remedy=remedy)
            contents[file] = _word(blocks, t) if form == "docx" else _markdown(blocks)
    written: list[Path] = []
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        for file, content in contents.items():
            _put(file, content)
            written.append(file)
    except OSError as error:
        for file in written:
            file.unlink(missing_ok=True)
        what = f"the form cannot be written: {error.strerror or error}"
        raise NatverkError(what, where=str(folder), remedy="name another folder") from error
    return written


def _blocks(t: Texts, answers: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the form piece by piece: title, headings, notes, points and tables, with the answers that are given."""
    yield "title", t("mission.title")
    yield "note", t("mission.about")
    for part in _PARTS:
        yield "heading", t(f"mission.section.{part}")
        yield "note", t(f"mission.guide.{part}")
        for table in _IN_PART.get(part, ()):
            head = [t(f"mission.column.{column}") for column in _TABLES[table]]
            if table in _FIELDS:
                known = answers.get(table, {})
                rows = [[t(f"mission.field.{field}"), known.get(field, "")] for field in _FIELDS[table]]
            elif table == "options":
                marked, which = answers.get("option", ("", ""))
                rows = [
                    ["x" if option == marked else "", t(f"mission.option.{option}"), which if option == marked else ""]
                    for option in _OPTIONS.values()
                ]
            else:
                rows = answers.get(table) or [[""] * len(head)] * 3
            yield "table", head, rows
        if part in _POINTS:
            yield "points", answers.get(part, [])


def _answers(data: Dataset, mission: str, lang: str) -> dict[str, Any]:
    """Return what is known of a mission as the answers of the form, in a language."""
    frame = data.missions.set_index("row_id", drop=False)
    if mission not in frame.index:
        raise UnknownName(f"unknown mission {mission!r}", where="mission", allowed=list(frame.index), value=mission)
    t, names = texts(lang), directory(data)

    def said(row: Mapping[Any, Any], column: str) -> str:
        value = row.get(f"{column}_sv") if lang == "sv" else None
        value = row[column] if value is None or pd.isna(value) else value
        return "" if pd.isna(value) else str(value)

    row = frame.loc[mission].to_dict()
    fields = {column: said(row, column) for column in _FIELDS["mission"]}
    fields["actor_id"] = _name_of(names, "actor", str(row["actor_id"]), lang)
    fields["network_id"] = _name_of(names, "network", fields["network_id"], lang)
    if met := fields["purposes_met"]:
        fields["purposes_met"] = t(f"terms.purposes_met.{met}")
    source = data.sources.set_index("source_id").loc[str(row["source_id"]).split(";")[0]].to_dict()
    found: dict[str, Any] = {"mission": fields, "written": {name: said(source, name) for name in ("published", "url")}}
    for part, column in _POINTS.items():
        points = said(row, column).split("; ")
        # What would be joined again to something else stays whole.
        whole = any(not point or point != " ".join(point.split()) for point in points)
        found[part] = [said(row, column)] if whole else points
    if row["next_step_basis"] == "form" and row["next_step_category"] in _OPTIONS.values():
        found["option"] = (row["next_step_category"], "")
        if row["next_step_category"] in ("redirect", "implement"):
            found["option"] = (row["next_step_category"], said(row, "next_step_detail"))
            found["next_steps"] = []
    parts = data.mission_parts[data.mission_parts["mission_id"] == mission].sort_values("position")
    found["report"] = [[said(part, column) for column in _TABLES["report"]] for part in parts.to_dict("records")]
    letters = {option: letter for letter, option in _OPTIONS.items()}
    found["steps"] = [
        [
            said(step, "step"),
            letters.get(step["category"], step["category"]),
            t(f"terms.step_status.{str(step['status']).replace(' ', '_')}"),
            said(step, "due"),
        ]
        for step in _steps_of(data.next_steps, frame.loc[[mission]]).to_dict("records")
    ]
    return found


def _name_of(names: Directory, kind: str, unit_id: str, lang: str) -> str:
    """Return the name of a unit where it means that unit alone, otherwise its id."""
    unit = names.get(kind, unit_id)
    name = unit.name_in(lang) if unit else unit_id
    return name if [found.id for found in names.meanings(name, [kind])] == [unit_id] else unit_id


def _markdown(blocks: Iterable[tuple[Any, ...]]) -> bytes:
    def line(cells: Iterable[str]) -> str:
        escaped = (" ".join(cell.split()).replace("\\", "\\\\").replace("|", "\\|") for cell in cells)
        return f"| {' | '.join(escaped)} |"

    marks = {"title": "# ", "heading": "## ", "note": "> "}
    texts_of_blocks = []
    for kind, *content in blocks:
        if kind == "table":
            head, rows = content
            lines = [line(head), "|---" * len(head) + "|", *map(line, rows)]
        elif kind == "points":
            lines = [f"- {' '.join(point.split())}" for point in content[0] or [""]]
        else:
            lines = [marks[kind] + content[0]]
        texts_of_blocks.append("\n".join(lines))
    return ("\n\n".join(texts_of_blocks) + "\n").encode()


def _word(blocks: Iterable[tuple[Any, ...]], t: Texts) -> bytes:
    """Return the form as a Word document, made by pandoc from the tree that its Markdown would be read as."""
    nothing: list[Any] = ["", [], []]

    def words(text: str) -> list[dict[str, Any]]:
        return [{"t": "Str", "c": " ".join(text.split())}] if text.strip() else []

    def row(cells: Iterable[str]) -> list[Any]:
        plain = [[{"t": "Plain", "c": words(cell)}] if cell.strip() else [] for cell in cells]
        return [nothing, [[nothing, {"t": "AlignDefault"}, 1, 1, cell] for cell in plain]]

    found: list[dict[str, Any]] = []
    for kind, *content in blocks:
        if kind in ("title", "heading"):
            found.append({"t": "Header", "c": [1 if kind == "title" else 2, nothing, words(content[0])]})
        elif kind == "note":
            found.append({"t": "BlockQuote", "c": [{"t": "Para", "c": words(content[0])}]})
        elif kind == "points":
            # A point with a blank that does not break is a place to write; pandoc leaves out an empty one.
            blank = [{"t": "Str", "c": "\u00a0"}]
            points = [words(point) for point in content[0]] or [blank]
            found.append({"t": "BulletList", "c": [[{"t": "Plain", "c": point}] for point in points]})
        elif kind == "table":
            head, rows = content
            first = 0.1 if len(head) == 3 and head[0] == t("mission.column.mark") else 0.9 / len(head)
            widths = [first, *[(1 - first) / (len(head) - 1)] * (len(head) - 1)]
            columns = [[{"t": "AlignDefault"}, {"t": "ColWidth", "c": width}] for width in widths]
            body = [nothing, 0, [], [row(cells) for cells in rows]]
            caption: list[Any] = [None, []]
            parts = [nothing, caption, columns, [nothing, [row(head)]], [body], [nothing, []]]
            found.append({"t": "Table", "c": parts})
    meta = {"lang": {"t": "MetaString", "c": "sv-SE" if t.lang == "sv" else "en-GB"}}
    tree = json.dumps({"pandoc-api-version": [1, 23, 1], "meta": meta, "blocks": found})
    with TemporaryDirectory() as folder:
        file = Path(folder, "form.docx")
        _pandoc().convert_text(tree, "docx", format="json", outputfile=str(file), sandbox=True)
        return _with_borders(file.read_bytes())


def _with_borders(document: bytes) -> bytes:
    """Return a Word document of pandoc's with lines around the cells of its tables."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(document)) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            if name == "word/styles.xml":
                pattern = rb'(w:styleId="Table".*?<w:tblInd [^>]*>)'
                borders = rb"\1<w:tblBorders>" + _BORDERS.encode() + b"</w:tblBorders>"
                content = re.sub(pattern, borders, content, count=1, flags=re.DOTALL)
            after.writestr(name, content)
    return made.getvalue()


def _pandoc() -> Any:
    try:
        import pypandoc

        pypandoc.get_pandoc_path()
    except (ImportError, OSError) as error:
        what = "forms in Word are neither written nor read, only those in Markdown (.md),"
        raise missing_extra(what, "documents", "pypandoc-binary") from error
    return pypandoc


def _put(file: Path, content: bytes) -> None:
    """Write a file whole or not at all; one that is there, or has come meanwhile, is not written over."""
    aside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        aside.write_bytes(content)
        try:
            os.link(aside, file)
        except FileExistsError:
            raise
        except OSError:
            # A file system without links.
            with file.open("xb") as whole:
                whole.write(content)
    finally:
        aside.unlink(missing_ok=True)


# --- Reading ----------------------------------------------------------------------------------------------------------


class _Piece(NamedTuple):
    """A piece of a filled form: `heading`, `text`, `head` (of a table) or `row`; its cells, and where it stands."""

    kind: str
    place: str
    cells: tuple[str, ...]


def _plain(text: str) -> str:
    """Return a text on one line: line breaks and runs of blanks are one blank, marks without width are left out."""
    return " ".join(_WIDTHLESS.sub("", text).split())


def _markdown_pieces(path: Path) -> Iterator[_Piece]:
    """Yield the pieces of a form in Markdown, which is read as it is written: only `|` in a cell is escaped."""
    lines = [re.sub(r"^\s*>\s?", "", line) for line in text_of(path).split("\n")]
    said: list[str] = []
    begun = 0

    def text() -> Iterator[_Piece]:
        if said:
            yield _Piece("text", f"{path}, line {begun}", (_plain(" ".join(said)),))
            said.clear()

    table = rule = 0  # the lines on which the table so far ends, and the rule below its head stands
    for number, line in enumerate(lines, 1):
        bare, place = line.strip(), f"{path}, line {number}"
        heading = re.match(r"(#{1,6})\s+(.*)", bare)
        if heading or bare.startswith("|") or not bare:
            yield from text()
        if heading:
            yield _Piece("heading" if len(heading[1]) > 1 else "title", place, (_plain(heading[2]),))
        elif bare.startswith("|"):
            begins, table = table != number - 1, number
            if begins and number < len(lines) and re.fullmatch(r"\|[\s|:-]*-[\s|:-]*", lines[number].strip()):
                rule = number + 1
            if number != rule:
                yield _Piece("head" if rule == number + 1 else "row", place, _cells(bare))
        elif bare:
            if bullet := _BULLET.match(bare):
                yield from text()
                bare = bare[bullet.end() :]
            begun = begun if said else number
            if bare:
                said.append(bare)
    yield from text()


def _cells(line: str) -> tuple[str, ...]:
    r"""Return the cells of a row of a table.

    >>> _cells(r"| a \| b | c:\\d |")
    ('a | b', 'c:\\d')
    """
    body = line[1:] if line.endswith("|") and len(line) > 1 else line[1:] + "|"
    cells = re.findall(r"((?:\\.|[^\\|])*)\|", body)
    return tuple(_plain(re.sub(r"\\([\\|])", r"\1", cell)) for cell in cells)


def _word_pieces(path: Path) -> Iterator[_Piece]:
    """Yield the pieces of a form in Word, as pandoc reads it; what was inserted is taken, what was deleted is not."""
    try:
        read = _pandoc().convert_file(str(path), "json", format="docx", sandbox=True)
    except RuntimeError as error:
        what = "the file is no Word document, or a damaged one"
        raise DataError(what, where=str(path), remedy="open it in Word and save it as .docx") from error
    tree = json.loads(read)
    # Pictures stand within paragraphs, whose text they leave as it is.
    yield from [_Piece("picture", str(path), ())] * read.count('"t":"Image"')
    under, counts = str(path), {"paragraph": 0, "table": 0}

    def place(kind: str) -> str:
        counts[kind] += 1
        return f"{under}, {kind} {counts[kind]}"

    def walk(blocks: Sequence[Any], listed: bool = False) -> Iterator[_Piece]:
        nonlocal under
        for block in blocks:
            kind, content = block["t"], block.get("c")
            if kind == "Header":
                level, _, words = content
                heading = _plain(_said(words, under))
                counts.update(paragraph=0, table=0)
                yield _Piece("heading" if level > 1 else "title", f"{path}, heading {heading!r}", (heading,))
                under = f"{path}, part {heading!r}"
            elif kind in ("Para", "Plain"):
                here = place("paragraph")
                text = _plain(_said(content, here))
                bullet = None if listed else _TYPED_BULLET.match(text)
                yield _Piece("text", here, (text[bullet.end() :] if bullet else text,))
            elif kind in ("BulletList", "OrderedList"):
                for item in content[1] if kind == "OrderedList" else content:
                    yield from walk(item, listed=True)
            elif kind in ("BlockQuote", "Div"):
                yield from walk(content[1] if kind == "Div" else content, listed)
            elif kind == "Table":
                here = place("table")
                for number, (what, row) in enumerate(_rows_of(content), 1):
                    at = f"{here}, row {number}"
                    yield _Piece(what, at, tuple(_cell_of(cell, f"{at}, column {n}") for n, cell in enumerate(row, 1)))
            elif kind not in ("HorizontalRule", "RawBlock", "Figure"):
                here = place("paragraph")
                yield _Piece("unread", here, (f"what stands here is not read ({kind})",))

    yield from walk(tree["blocks"])


def _rows_of(table: Sequence[Any]) -> Iterator[tuple[str, list[Any]]]:
    """Yield the rows of a table of pandoc's, each with whether it is its head."""
    _, _, _, head, bodies, foot = table
    yield from (("head", row[1]) for row in head[1])
    for body in bodies:
        yield from (("row", row[1]) for row in [*body[2], *body[3]])
    yield from (("row", row[1]) for row in foot[1])


def _cell_of(cell: Sequence[Any], place: str) -> str:
    """Return the text of a cell; several paragraphs or points of it are parted by semicolons."""
    _, _, rows, columns, blocks = cell
    if rows != 1 or columns != 1:
        raise DataError("cells of the table are merged", where=place, remedy="part them, and write each by itself")

    def walk(blocks: Sequence[Any]) -> Iterator[str]:
        for block in blocks:
            kind, content = block["t"], block.get("c")
            if kind in ("Para", "Plain"):
                yield _plain(_said(content, place))
            elif kind in ("BulletList", "OrderedList"):
                for item in content[1] if kind == "OrderedList" else content:
                    yield from walk(item)
            elif kind in ("BlockQuote", "Div"):
                yield from walk(content[1] if kind == "Div" else content)
            else:
                raise DataError(f"what stands in the cell is not read ({kind})", where=place, remedy="write it as text")

    return "; ".join(text for text in walk(blocks) if text)


def _said(words: Sequence[Any], place: str) -> str:
    """Return the text of a paragraph without its looks; pictures say nothing."""
    found = []
    for word in words:
        kind, content = word["t"], word.get("c")
        if kind == "Str":
            found.append(content)
        elif kind in ("Space", "SoftBreak", "LineBreak"):
            found.append(" ")
        elif kind in ("Emph", "Strong", "Underline", "Superscript", "Subscript", "SmallCaps"):
            found.append(_said(content, place))
        elif kind in ("Span", "Link", "Quoted", "Cite"):
            found.append(_said(content[1], place))
        elif kind in ("Code", "Math"):
            found.append(content[1])
        elif kind == "Strikeout":
            raise DataError("a text is struck out", where=place, remedy="delete it, or take the line off")
        elif kind == "Note":
            raise DataError("a footnote is not read", where=place, remedy="write what it says in the text")
    return "".join(found)


def _fold(text: str) -> str:
    return _plain(text).casefold().strip(" :.…")


@cache
def _known(group: str) -> dict[str, str]:
    """Return what the texts of a group mean, in both languages."""
    return {_fold(text): key for lang in LANGUAGES for key, text in texts(lang).group(f"mission.{group}").items()}


@cache
def _heads() -> dict[tuple[str, ...], str]:
    """Return which table has a head, in both languages; of both tables of questions `mission`."""
    found: dict[tuple[str, ...], str] = {}
    for lang in LANGUAGES:
        for name, columns in _TABLES.items():
            head = tuple(_fold(texts(lang)(f"mission.column.{column}")) for column in columns)
            found.setdefault(head, name)
    return found


@cache
def _guides() -> frozenset[str]:
    about = {_fold(texts(lang)("mission.about")) for lang in LANGUAGES}
    return frozenset(about | set(_known("guide")))


@cache
def _meant(vocabulary: str) -> dict[str, str]:
    """Return what the words for a value are: the value itself and its terms in both languages."""
    values = VOCABULARIES[vocabulary]
    found = {_fold(value): value for value in values}
    for lang in LANGUAGES:
        terms = texts(lang).group("terms.follow_up" if vocabulary == "step_category" else f"terms.{vocabulary}")
        found |= {_fold(term): key.replace("under_way", "under way") for key, term in terms.items()}
    if vocabulary == "step_category":
        found |= {_fold(letter): option for letter, option in _OPTIONS.items()}
    return {word: value for word, value in found.items() if value in values}


class _Reading:
    """A form that is read: its rows, where each cell of them stands in it, what is wrong and what is to be told."""

    def __init__(self, path: Path, names: Directory) -> None:
        self.path, self.names = path, names
        self.problems: list[NatverkError] = []
        self.told: list[str] = []
        self.lang = ""
        self.rows: dict[str, list[dict[str, str]]] = {"missions": [{}], "mission_parts": [], "next_steps": []}
        self.written: dict[str, str] = {}
        self.places: dict[tuple[str, int, str], str] = {}
        self._pieces: dict[str, list[_Piece]] = {}
        self._headings: dict[str, str] = {}
        self._rows: dict[str, list[_Piece]] = {name: [] for name in _TABLES}
        self._texts: dict[str, list[_Piece]] = {part: [] for part in _PARTS}
        if self._part():
            for part in _PARTS:
                self._sort(part)
            for part in _FIELDS:
                self._read_fields(part)
            self._read_points()
            self._read_parts()
            self._read_steps()

    def wrong(self, what: str, place: str, **more: Any) -> None:
        self.problems.append(DataError(what, where=place, **more))

    def _part(self) -> bool:
        """Find the parts of the form by their headings; return whether all are there."""
        pieces = _markdown_pieces(self.path) if self.path.suffix.lower() == ".md" else _word_pieces(self.path)
        part, pictures = "", 0
        sections = _known("section")
        for piece in pieces:
            if piece.kind == "picture":
                pictures += 1
            elif piece.kind == "unread":
                self.wrong(piece.cells[0], piece.place, remedy="write it as text, or in a row of the table")
            elif piece.kind == "heading" or (piece.kind == "title" and self._pieces):
                part = sections.get(_fold(piece.cells[0]), "")
                if not part or part in self._pieces:
                    what = f"the heading {piece.cells[0]!r} {'stands twice' if part else 'is none of the form'}"
                    allowed = texts(self.lang or "en").group("mission.section").values()
                    remedy = "leave the headings of the form as they are, and write below them"
                    self.wrong(what, piece.place, allowed=allowed, value=piece.cells[0], remedy=remedy)
                    part = ""
                else:
                    self._headings[part], self._pieces[part] = piece.place, []
                    titles = {lang: _fold(texts(lang)(f"mission.section.{part}")) for lang in LANGUAGES}
                    self.lang = self.lang or next(lang for lang in LANGUAGES if titles[lang] == _fold(piece.cells[0]))
            elif not self._pieces and piece.kind != "title" and _fold(" ".join(piece.cells)) not in {"", *_guides()}:
                what = f"{_short(' '.join(piece.cells))} stands before the first part of the form"
                self.wrong(what, piece.place, remedy="write it below one of its headings, or delete it")
            elif part and self._is_sound(piece):
                self._pieces[part].append(piece)
        if pictures:
            self.told.append(f"{pictures} picture{'s stay' if pictures > 1 else ' stays'} in the form: rows hold text")
        missing = [part for part in _PARTS if part not in self._pieces]
        for part in missing:
            heading = texts(self.lang or "en")(f"mission.section.{part}")
            remedy = f"write it as a heading (## {heading}), or begin with a new form: natverk mission new"
            self.wrong(f"the form has no part {heading!r}", str(self.path), remedy=remedy)
        return not missing

    def _is_sound(self, piece: _Piece) -> bool:
        """Say whether a piece holds text alone, and nothing by which a person is reached."""
        for cell in piece.cells:
            if found := _NO_TEXT.search(cell):
                self.wrong(f"the text holds the control character {found[0]!r}", piece.place, remedy="take it out")
                return False
            for what, pattern in (("an e-mail address", _MAIL), ("a telephone number", _PHONE)):
                if found := pattern.search(cell):
                    remedy = "write office and organisation instead"
                    self.wrong(f"the text holds what looks like {what}: {found[0]!r}", piece.place, remedy=remedy)
                    return False
        return True

    def _sort(self, part: str) -> None:
        """Sort what stands in a part of the form into the rows of its tables and text."""
        table: str | None = None
        allowed = _IN_PART.get(part, ())
        for piece in self._pieces[part]:
            if piece.kind == "text":
                if piece.cells[0] and _fold(piece.cells[0]) not in _guides():
                    self._texts[part].append(piece)
                continue
            name = _heads().get(tuple(map(_fold, piece.cells)))
            name = part if name == "mission" and part == "written" else name
            if name in allowed:
                table = name
            elif piece.kind == "head" or table is None:
                head = " | ".join(texts(self.lang)(f"mission.column.{one}") for one in _TABLES[(*allowed, "report")[0]])
                remedy = f"keep the head of the table: {head}" if allowed else "write points, not a table"
                self.wrong("this is no table of the form", piece.place, remedy=remedy)
                table = ""
            elif table and len(piece.cells) != len(_TABLES[table]):
                what = f"the row has {len(piece.cells)} cells, its table {len(_TABLES[table])}"
                self.wrong(what, piece.place, remedy=r"leave blank cells empty; in Markdown a | within a cell is \|")
            elif table and any(piece.cells):
                self._rows[table].append(piece)
        if part not in _POINTS:
            for piece in self._texts[part]:
                what = f"the text {_short(piece.cells[0])} stands outside the table"
                self.wrong(what, piece.place, remedy="write it in a row of the table, on one line")

    def _keep(self, table: str, row: int, column: str, cell: str, place: str) -> str:
        """Return what a cell becomes in a column; blank, and told to be wrong, where it cannot be kept."""
        self.places[table, row, column] = place
        known = overlay_table(table).column(column)
        got = mended(cell, known)
        if got.refused or (known.kind == "text" and got.text != cell) or not (not got.text or known.matches(got.text)):
            what = got.refused or f"{cell!r} can be read as a missing value"
            if not got.refused and known.kind != "text":
                what = f"{cell!r} is no {known.kind}"
            remedy = got.remedy or ("write it in other words" if known.kind == "text" else "")
            example = "write it like 2014-02-26, 2014-02 or 2014" if known.kind == "date" else "write https://…"
            self.wrong(what, place, remedy=remedy or example)
            return ""
        if got.text != cell:
            self.told.append(f"{place}: {cell!r} read as {got.text!r} ({got.how})")
        if len(neutral(got.text).encode("utf-16-le")) // 2 > _LONGEST:
            what = f"the text has {len(got.text)} characters, and a cell of a table holds {_LONGEST}"
            self.wrong(what, place, remedy="shorten it")
            return ""
        return got.text

    def _read_fields(self, part: str) -> None:
        """Read the questions of a part and their answers."""
        answers: dict[str, _Piece] = {}
        for piece in self._rows[part]:
            field = _known("field").get(_fold(piece.cells[0]), "")
            if field not in _FIELDS[part] or field in answers:
                what = (
                    f"the question {piece.cells[0]!r} {'stands twice' if field in answers else 'is none of this table'}"
                )
                asked_for = [texts(self.lang)(f"mission.field.{name}") for name in _FIELDS[part]]
                self.wrong(what, piece.place, allowed=asked_for, value=piece.cells[0], remedy="leave it as it was")
                continue
            answers[field] = piece
        mission = self.rows["missions"][0]
        for field in _FIELDS[part]:
            row = answers.get(field)
            cell, place = (row.cells[1], row.place) if row else ("", self._headings[part])
            if field in ("actor_id", "network_id"):
                self.places["missions", 0, field] = place
                mission[field] = self._unit(field, cell, place) if cell else ""
            elif field == "purposes_met":
                self.places["missions", 0, field] = place
                mission[field] = self._word(field, cell, place) if cell else ""
            elif part == "mission":
                mission[field] = self._keep("missions", 0, field, cell, place)
            elif field == "writer":
                self.written[field] = self._keep("sources", 0, "note", cell, place)
            else:
                self.written[field] = self._keep("sources", 0, field, cell, place)
            if not cell and field in ("actor_id", "event", "country"):
                question = texts(self.lang)(f"mission.field.{field}")
                self.wrong(f"{question!r} is not answered", place, remedy="write it in the second column")
        first, last = mission.get("start_date", ""), mission.get("end_date", "")
        if part == "mission" and last and last < first[: len(last)]:
            what = f"the last day {last} is before the first, {first}"
            self.wrong(what, self.places["missions", 0, "end_date"], remedy="mend one of the two")

    def _unit(self, field: str, cell: str, place: str) -> str:
        """Return the id of the actor or network that is named."""
        kind = field.removesuffix("_id")
        try:
            found = self.names.resolve(kind, cell, place)
        except (UnknownName, InvalidArgument) as error:
            self.problems.append(error)
            return ""
        if found.id != cell:
            self.told.append(f"{place}: {cell!r} read as {found.id}, {found.name_in(self.lang)}")
        return found.id

    def _read_points(self) -> None:
        """Read what is written in points: each a part of one text, parted by semicolons."""
        for part, column in _POINTS.items():
            said = self._texts[part]
            place = said[0].place if said else self._headings[part]
            text = "; ".join(piece.cells[0] for piece in said)
            self.rows["missions"][0][column] = self._keep("missions", 0, column, text, place)

    def _read_parts(self) -> None:
        for piece in self._rows["report"]:
            number = len(self.rows["mission_parts"])
            row = {"position": str(number + 1)}
            for column, cell in zip(_TABLES["report"], piece.cells, strict=True):
                row[column] = self._keep("mission_parts", number, column, cell, piece.place)
            if not piece.cells[0]:
                what, remedy = "an evaluation stands without the part of the visit", "name the part in the first column"
                self.wrong(what, piece.place, remedy=remedy)
            self.rows["mission_parts"].append(row)

    def _read_steps(self) -> None:
        """Read the option that is marked and the steps, and what follow-up they make together."""
        mission = self.rows["missions"][0]
        marked, which = self._marked()
        if which:
            detail = "; ".join(text for text in (which.cells[2], mission["next_step_detail"]) if text)
            mission["next_step_detail"] = self._keep("missions", 0, "next_step_detail", detail, which.place)
        for piece in self._rows["steps"]:
            number = len(self.rows["next_steps"])
            step, category, status, due = piece.cells
            row = {
                "step": self._keep("next_steps", number, "step", step, piece.place),
                "category": self._word("step_category", category, piece.place) if category else marked,
                "status": self._word("step_status", status, piece.place) if status else "recommended",
                "due": self._keep("next_steps", number, "due", due, piece.place),
            }
            if not step:
                self.wrong("an option, state or day stands without a step", piece.place, remedy="write the step")
            if not category and not marked:
                what = f"the step {_short(step)} has no option, and none is marked in the table above"
                self.wrong(what, piece.place, allowed=_OPTIONS, remedy="write the letter of its option, or mark one")
            if not status:
                self.told.append(f"{piece.place}: a step without a state is read as recommended")
            self.rows["next_steps"].append(row)
        kinds = {row["category"] for row in self.rows["next_steps"]}
        t = texts(self.lang)
        if marked:
            basis, note = "form", t("mission.coded_form", option=t(f"mission.option.{marked}")[0])
        elif kinds:
            basis, note = "text", t("mission.coded_text")
        else:
            basis, note = "text", t("mission.coded_none")
        follow_up = marked or (min(kinds) if len(kinds) == 1 else "none")
        heading = self._headings["next_steps"]
        # Of a step without any option it has been told already.
        if not marked and "" not in kinds:
            if len(kinds) > 1 or (kinds and follow_up not in _OPTIONS.values()):
                what = "no option is marked, and the steps are not all of one of the four"
                self.wrong(what, heading, allowed=_OPTIONS, remedy="mark the option that is wanted most")
            elif not kinds and mission["next_step_detail"]:
                place = self.places["missions", 0, "next_step_detail"]
                self.wrong("next steps are described, but no option is marked", place, remedy="mark one of the four")
        mission |= {"next_step_category": follow_up, "next_step_basis": basis, "coding_note": note}
        self.places["missions", 0, "next_step_category"] = heading

    def _marked(self) -> tuple[str, _Piece | None]:
        """Return the option that is marked, blank for none, and the row in which it says what."""
        found: list[tuple[str, _Piece]] = []
        for piece in self._rows["options"]:
            mark, said, which = piece.cells
            letter = re.match(r"([A-Da-d])[.)]", said)
            option = _OPTIONS[letter[1].upper()] if letter else _known("option").get(_fold(said), "")
            if not option:
                allowed = texts(self.lang).group("mission.option").values()
                self.wrong(f"{said!r} is none of the four options", piece.place, allowed=allowed, value=said,
                           remedy="leave the options as they were")  # fmt: skip
            elif mark.casefold() in _MARKED:
                found.append((option, piece))
            elif mark.casefold() not in _UNMARKED:
                self.wrong(f"{mark!r} is no mark", piece.place, allowed=["x", ""], remedy="write x, or nothing")
            elif which:
                what = f"the option {said[:1]} says {_short(which)}, but is not marked"
                self.wrong(what, piece.place, remedy="mark it, or write the text below the tables")
        if len(found) > 1:
            remedy = "mark the one that is wanted most, and give each step its own letter"
            self.wrong(f"{len(found)} options are marked, and a mission has one", found[1][1].place, remedy=remedy)
        option, row = found[0] if found else ("", None)
        return option, row if row and row.cells[2] else None

    def _word(self, vocabulary: str, cell: str, place: str) -> str:
        """Return the value that a word of the form means."""
        known = _meant(vocabulary)
        value = known.get(_fold(cell), "")
        if not value:
            options = vocabulary == "step_category"
            allowed = list(_OPTIONS if options else texts(self.lang).group(f"terms.{vocabulary}").values())
            kinds = {"step_category": "letter of an option", "step_status": "state of a step",
                     "purposes_met": "answer to whether the purposes were met"}  # fmt: skip
            what = f"{cell!r} is no {kinds[vocabulary]}"
            self.wrong(what, place, allowed=allowed, value=cell, remedy="write one of these")
        return value


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:59]}…")


# --- Own rows ---------------------------------------------------------------------------------------------------------


def add(file: Path | str, folder: Path | str, *, today: date | None = None) -> Added:
    """Read a filled form and add the mission to own rows: one workbook a mission, in the folder of own rows.

    All of it is added, or nothing. What is in the folder stays as it is; to take the mission away, delete its file.

    Parameters
    ----------
    file
        The form, `.docx` or `.md`, in Swedish or English.
    folder
        The folder of own rows; it is made if need be.
    today
        The day on which the form was read, for the source; today by default.

    Returns
    -------
    Added
        The file, its rows (`sources`, `missions`, `mission_parts`, `next_steps`) as text, and how they were read.

    Raises
    ------
    FormError
        With all that cannot be read, each with the line or row of the form.
    OverlayError
        If something is wrong with the own rows that are there.
    MissingFile, InvalidArgument
        If there is no form, or the mission is among the own rows already.
    NatverkError
        If nothing can be written there, or openpyxl or, for Word, pandoc is not installed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from natverk import load
    >>> with TemporaryDirectory() as folder:
    ...     (form,) = new(load(), folder, mission="mis-00001", formats="md")
    ...     added = add(form, Path(folder, "mine"))
    ...     added.file.name, {table: len(rows) for table, rows in added.rows.items()}
    ('mission-own-00001.xlsx', {'missions': 1, 'mission_parts': 7, 'next_steps': 2, 'sources': 1})
    """
    path, folder = Path(file), Path(folder)
    if not path.is_file():
        raise MissingFile(
            f"there is no form {path.name}", where=str(path), remedy="natverk mission new   writes an empty one"
        )
    if path.suffix.lower().removeprefix(".") not in FORMS:
        allowed = [f".{form}" for form in FORMS]
        raise InvalidArgument(
            f"a form {path.suffix!r} is not read", where=str(path), allowed=allowed, remedy="save it as one of these"
        )
    if folder.exists() and not folder.is_dir():
        what = "own rows in one workbook cannot be added to: it is never written over"
        raise InvalidArgument(what, where=str(folder), remedy="put the workbook in a folder, and name the folder")
    there = overlay_files(folder) if folder.is_dir() else []
    data = load(overlay=folder if there else "")
    try:
        reading = _Reading(path, directory(data))
    except DataError as error:
        raise FormError(path, [error]) from error
    except OSError as error:
        what = f"the form cannot be read: {error.strerror or error}"
        raise NatverkError(what, where=str(path), remedy="see that it may be read") from error
    if reading.problems:
        raise FormError(path, reading.problems)
    _refuse_twice(data, reading)
    rows = _with_ids(data, reading, folder if there else None, today or date.today())
    target = folder / f"mission-{rows['missions'][0]['row_id']}.xlsx"
    content = _workbook(rows, target)
    _check(reading, rows, content, target, there)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _put(target, content)
    except FileExistsError as error:
        raise NatverkError(
            f"{target.name} has come meanwhile", where=str(folder), remedy="add the form again"
        ) from error
    except OSError as error:
        raise NatverkError(f"the mission cannot be written: {error.strerror}", where=str(target),
                           remedy="see that the folder may be written to") from error  # fmt: skip
    return Added(target, rows, reading.told)


def _refuse_twice(data: Dataset, reading: _Reading) -> None:
    """Refuse a mission that is among own rows; of natverk's own accounts of it, tell."""
    mission = reading.rows["missions"][0]
    frame = data.missions.fillna("")
    same = frame[
        (frame["actor_id"] == mission["actor_id"])
        & (frame["network_id"] == mission["network_id"])
        & (frame["start_date"] == mission["start_date"])
    ]
    for row in same.to_dict("records"):
        told = f"{row['row_id']}: {row['event']}, {row['place']}, {row['start_date'] or 'undated'}"
        alike = mission["event"].casefold() in {row["event"].casefold(), row["event_sv"].casefold()}
        if row["row_id"].startswith("own-") and alike and fold(row["place"]) == fold(mission["place"]):
            what = f"the mission is among your own rows already, {told}"
            remedy = "delete the file that holds it, then add the form; or say in the form how this mission differs"
            raise InvalidArgument(what, where=str(reading.path), remedy=remedy)
        if not row["row_id"].startswith("own-") and mission["start_date"]:
            reading.told.append(f"natverk has an account of the same days already ({told}): both will stand, each by "
                                "its source")  # fmt: skip


def _with_ids(data: Dataset, reading: _Reading, folder: Path | None, today: date) -> dict[str, list[dict[str, str]]]:
    """Return the rows of a form with ids that no own row has, their actor, network and source."""
    used = [0]
    if folder is not None:
        own = check_overlay(folder, current_tables()).tables.values()
        used += [int(key[4:]) for frame in own if "row_id" in frame for key in frame["row_id"]]
    first = max(used) + 1
    t, mission = texts(reading.lang), reading.rows["missions"][0]
    key = f"own-{first:05d}"
    source = f"own-mission-{first:05d}"
    about = {"actor_id": mission["actor_id"], "source_id": source}
    rows: dict[str, list[dict[str, str]]] = {"missions": [{"row_id": key, **mission, "source_id": source}]}
    ids = iter(range(first + 1, 100_000))
    for table, place, more in (
        ("mission_parts", "place_report", {"mission_id": key, **about}),
        ("next_steps", "place_steps", {"network_id": mission["network_id"], **about}),
    ):
        found = [
            {"row_id": f"own-{next(ids):05d}", **row, **more, "locator": t(f"mission.{place}")}
            for row in reading.rows[table]
        ]
        rows |= {table: found} if found else {}
    published = reading.written["published"]
    actor = reading.names.get("actor", mission["actor_id"])
    rows["sources"] = [
        {
            "source_id": source,
            "title": t("mission.source_title", event=mission["event"]),
            "publisher": actor.name if actor else "",
            "url": reading.written["url"],
            "published": published,
            "published_precision": {0: "", 4: "year", 7: "month"}.get(len(published), "day"),
            "accessed": today.isoformat(),
            "language": reading.lang,
            "kind": "report",
            "note": t("mission.written_by", writer=reading.written["writer"]) if reading.written["writer"] else "",
        }
    ]
    reading.places["sources", 0, "title"] = reading.places["missions", 0, "event"]
    return rows


def _workbook(rows: Mapping[str, Sequence[Mapping[str, str]]], path: Path) -> bytes:
    """Return a workbook with a sheet a table, every cell text."""
    try:
        from openpyxl import Workbook
    except ImportError as error:
        raise missing_extra("a mission cannot be kept", "excel", "openpyxl", where=str(path)) from error
    book = Workbook()
    book.remove(book.active)
    for table, found in rows.items():
        sheet = book.create_sheet(table)
        names = [name for name in overlay_table(table).names if any(row.get(name) for row in found)]
        for number, cells in enumerate([names, *([row.get(name, "") for name in names] for row in found)], 1):
            for place, cell in enumerate(cells, 1):
                made = sheet.cell(number, place, neutral(cell) or None)
                made.number_format = "@"
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _check(
    reading: _Reading,
    rows: Mapping[str, Sequence[Mapping[str, str]]],
    content: bytes,
    target: Path,
    there: Iterable[Path],
) -> None:
    """See that the rows are right together with those that are there, and are read as they are meant."""
    with TemporaryDirectory() as aside:
        for file in there:
            shutil.copyfile(file, Path(aside, file.name))
        mine = Path(aside, target.name)
        mine.write_bytes(content)
        overlay = check_overlay(Path(aside), current_tables())
    problems: list[NatverkError] = []
    for problem in overlay.problems:
        sheet, number = problem.place.sheet, problem.place.row - 2
        place = reading.places.get((sheet, number, problem.column), str(reading.path))
        error = problem.error
        problems.append(DataError(error.what, where=place, allowed=error.allowed, value=error.value,
                                  remedy=error.remedy))  # fmt: skip
    for table, found in [] if problems else list(rows.items()):
        frame = overlay.tables[table].rename_axis("line").reset_index()
        places = [overlay.places[line] for line in frame["line"]]
        cells = zip(places, frame.to_dict("records"), strict=True)
        lines = {place.row - 2: row for place, row in cells if Path(place.file).name == target.name}
        for number, row in enumerate(found):
            for column, cell in row.items():
                if cell and lines[number][column] != cell:
                    place = reading.places.get((table, number, column), str(reading.path))
                    what = f"the text {_short(cell)} cannot be kept in a table as it stands"
                    problems.append(DataError(what, where=place, remedy="write it in other words"))
    if problems:
        raise FormError(reading.path, problems)


# --- What came of missions --------------------------------------------------------------------------------------------

_COUNTS = (
    "n_missions", "n_purposes", "n_purposes_told", "n_purposes_unknown", "n_purposes_met", "n_purposes_partly_met",
    "n_purposes_not_met", "n_purposes_met_not_stated", "n_steps", "n_done", "n_under_way", "n_due",
    "n_later", "n_unknown", "n_contact", "n_seen_later",
)  # fmt: skip


def _steps_of(steps: pd.DataFrame, missions: pd.DataFrame) -> pd.DataFrame:
    """Return the steps that reports of missions want: of the same actor and network, by the same source."""
    keys = ["actor_id", "network_id", "source_id"]
    wanted = set(map(tuple, missions[keys].fillna("").to_numpy().tolist()))
    of_missions = [key in wanted for key in map(tuple, steps[keys].fillna("").to_numpy().tolist())]
    return steps[pd.Series(of_missions, index=steps.index, dtype="bool")].sort_values("row_id", kind="stable")


@asked
def outcomes(data: Dataset, networks: Names | None = None) -> pd.DataFrame:
    """Return what the reports of missions say came of them, and what nobody says: one row a network with missions.

    Whether its purposes were met is what a report says of the mission as a whole (`missions.purposes_met`). Which of
    them was met no column says, and nothing is inferred: purposes are told of where their report states outcomes or
    evaluates a part of the visit, and unknown where it is silent, was cut or was written before.

    Parameters
    ----------
    data
        The dataset.
    networks
        Networks by id or name; all with a mission by default.

    Returns
    -------
    pd.DataFrame
        `network_id, n_missions`; `n_purposes` that the reports state, `n_purposes_told` of in reports with outcomes,
        `n_purposes_unknown`; missions, not purposes, by whether the report says that the purposes were met:
        `n_purposes_met`, `n_purposes_partly_met`, `n_purposes_not_met`, `n_purposes_met_not_stated`; `n_steps` that
        they want, by what is known of each: `n_done`, `n_under_way`, `n_due` (the day has passed by the vintage, and no
        row says that it was done), `n_later` (its day is to come), `n_unknown` (nothing is said after the plan);
        `n_contact`, missions after which contact is wanted (sporadic or systematic), and `n_seen_later` of those: a
        source attests the actor in the network in a later year; `row_ids` (all rows that this rests on), `source_ids`.

    Raises
    ------
    UnknownName, InvalidArgument
        For an unknown network, or none.

    Examples
    --------
    >>> from natverk import load
    >>> outcomes(load(), "eurocities")[["n_missions", "n_steps", "n_under_way", "n_unknown"]].values.tolist()
    [[2, 2, 1, 1]]
    """
    missions = data.missions[data.missions["network_id"].notna()]
    if networks is not None:
        missions = missions[missions["network_id"].isin(known_networks(data, networks))]
    judged = set(data.mission_parts.loc[data.mission_parts["evaluation"].notna(), "mission_id"])
    steps = _steps_of(data.next_steps, missions)
    later = _later(data, missions) if len(missions) else {}
    found = []
    for network, rows in missions.groupby("network_id", sort=True):
        told = rows["outcomes"].notna() | rows["row_id"].isin(judged)
        n_purposes = rows["purposes"].fillna("").map(lambda text: len([one for one in text.split(";") if one.strip()]))
        wanted = steps[steps["network_id"] == network]
        states = wanted.apply(lambda row: _state(row, data.known_until), axis=1) if len(wanted) else pd.Series([])
        contact = rows[rows["next_step_category"].isin(["sporadic", "systematic"])]
        seen = [later[row_id] for row_id in contact["row_id"] if row_id in later]
        evidence = [*rows["row_id"], *wanted["row_id"], *(row_id for row_id, _ in seen)]
        sources = [*rows["source_id"], *wanted["source_id"], *(source for _, source in seen)]
        counts = [
            len(rows), n_purposes.sum(), n_purposes[told].sum(), n_purposes[~told].sum(),
            *((rows["purposes_met"] == answer).sum() for answer in ("yes", "partly", "no")),
            rows["purposes_met"].isna().sum(), len(wanted),
            *((states == state).sum() for state in ("done", "under_way", "due", "later", "unknown")),
            len(contact), len(seen),
        ]  # fmt: skip
        ids = [";".join(dict.fromkeys(";".join(items).split(";"))) for items in (evidence, sources)]
        found.append([str(network), *map(int, counts), *ids])
    frame = pd.DataFrame(found, columns=["network_id", *_COUNTS, "row_ids", "source_ids"])
    text = ["network_id", "row_ids", "source_ids"]
    return frame.astype({**dict.fromkeys(_COUNTS, "int64"), **dict.fromkeys(text, TEXT)})


def _state(step: Any, until: str) -> str:
    """Return what is known of a step: done, under way, due, to come later, or unknown."""
    if step["status"] == "done":
        return "done"
    if not pd.isna(step["due"]):
        # A partial day is past when its last day is.
        return "due" if str(step["due"]) < until[: len(str(step["due"]))] else "later"
    return "under_way" if step["status"] == "under way" else "unknown"


def _later(data: Dataset, missions: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Return, by mission, the first row and its sources that attest the actor in the network in a later year."""
    years = {
        "memberships": ("start_year", "observed_year", "end_year"),
        "functions": ("start_year", "observed_year", "end_year"),
        "projects": ("start_year", "observed_year", "end_year"),
        "missions": ("start_date",),
    }
    parts = []
    for table, columns in years.items():
        rows = data.table(table)
        rows = rows[rows["network_id"].isin(missions["network_id"]) & rows["actor_id"].isin(missions["actor_id"])]
        if table == "memberships":
            rows = rows[~rows["status"].isin(["former", "applicant"])]
        for column in columns:
            year = pd.to_numeric(rows[column].astype(TEXT).str[:4], errors="coerce")
            parts.append(rows[["row_id", "actor_id", "network_id", "source_id"]].assign(year=year))
    seen = pd.concat(parts, ignore_index=True).dropna(subset=["network_id", "year"])
    seen = seen.sort_values(["year", "row_id"], kind="stable")
    found = {}
    for row in missions.to_dict("records"):
        day = row["start_date"] if pd.isna(row["end_date"]) else row["end_date"]
        if pd.isna(day):
            continue
        same = (seen["actor_id"] == row["actor_id"]) & (seen["network_id"] == row["network_id"])
        after = seen[same & (seen["year"] > int(str(day)[:4]))]
        if len(after):
            found[str(row["row_id"])] = (str(after["row_id"].iloc[0]), str(after["source_id"].iloc[0]))
    return found
