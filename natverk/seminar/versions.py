"""Versions of the seminar: from one master a session and language come the student's, the teacher's, and slides.

Cells are told apart by tags: `student` (a place for the answer) is left out for the teacher; `answer` and `teacher`
(solutions, pitfalls, timing) are left out for students. What is a slide says the cell's `slideshow` metadata. The rest
is nbconvert's: it removes cells by tag, runs the notebook and writes the slides.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from natverk import coding
from natverk.data.load import Dataset
from natverk.errors import MissingFile, missing_extra
from natverk.frames import several
from natverk.locale import LANGUAGES
from natverk.seminar import sheets

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = [
    "SHEETS",
    "TEACHER_ONLY",
    "blank_sheets",
    "make_versions",
    "student_version",
    "teacher_version",
    "to_slides",
    "without_answers",
]

#: The tags of cells that students do not get, and of those that teachers do not need.
TEACHER_ONLY = ("answer", "teacher")
STUDENT_ONLY = ("student",)
_HANDOUTS = ("manual", "texts")
#: The folder beside students' notebooks with the sheets that they code in.
SHEETS = "sheets"


def make_versions(
    masters: Path | str, out: Path | str, data: Dataset, *, lang: str | Iterable[str] = LANGUAGES, run: bool = True
) -> list[Path]:
    """Write the student's and teacher's notebooks and the slides of every session, with handouts, sheets and key.

    Parameters
    ----------
    masters
        The folder of the masters: `1_reading.sv.ipynb` and so on, `manual.sv.md`, `texts.sv.md`.
    out
        Where the versions go: `sv/student`, `sv/teacher`, `sv/slides`, and the same below `en`. What was made before is
        written anew; sheets for coders that are there already stay as they are.
    data
        From `natverk.load`; the key is made from it.
    lang
        `"sv"`, `"en"` or both.
    run
        Whether the teacher's notebooks are run, so that they and the slides show tables and figures.

    Returns
    -------
    list[Path]
        The files that were written.

    Raises
    ------
    NatverkError
        Without nbconvert, which belongs to the extra `reports`.
    MissingFile
        If the folder has no master in a language.

    Examples
    --------
    >>> import natverk
    >>> make_versions("no-such-folder", "anywhere", natverk.load(), lang="en")
    Traceback (most recent call last):
    natverk.errors.MissingFile: there is no master of the seminar in 'en'
      where: no-such-folder
      next: name the folder that holds 1_reading.en.ipynb
    """
    missing = ", ".join(name for name in ("nbconvert", "nbformat", "ipykernel") if find_spec(name) is None)
    if missing:
        raise missing_extra("versions of the seminar cannot be made", "reports", missing)
    import nbformat

    source, written = Path(masters), []
    for language in several(lang):
        paths = sorted(source.glob(f"*.{language}.ipynb"))
        if not paths:
            raise MissingFile(
                f"there is no master of the seminar in {language!r}",
                where=str(source),
                remedy=f"name the folder that holds 1_reading.{language}.ipynb",
            )
        made: dict[Path, str] = {}
        for path in paths:
            name = path.name.split(".")[0]
            master = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
            teacher = teacher_version(master, run=run)
            for role, notebook in (("student", student_version(master)), ("teacher", teacher)):
                made[Path(role, f"{name}.ipynb")] = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
            title = master.cells[0].source.partition("\n")[0].lstrip("# ")
            made[Path("slides", f"{name}.html")] = to_slides(teacher, lang=language, title=title)
        for handout in _HANDOUTS:
            text = (source / f"{handout}.{language}.md").read_text(encoding="utf-8")
            made |= {Path(role, f"{handout}.md"): text for role in ("student", "teacher")}
        folder = Path(out, language)
        for place, text in made.items():
            target = folder / place
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text if text.endswith("\n") else text + "\n", encoding="utf-8", newline="\n")
            written.append(target)
        table = sheets.key(data, language)
        written.append(coding.write_table(table, folder / "teacher" / "key.csv", overwrite=True))
        if not (folder / "student" / SHEETS).exists():
            written += coding.write(sheets.blank(), folder / "student" / SHEETS)
    return written


def student_version(master: NotebookNode) -> NotebookNode:
    """Return a master without answers, pitfalls and outputs, as students get it.

    Parameters
    ----------
    master
        The notebook, as `nbformat.read` gives it; it stays as it is.

    Returns
    -------
    NotebookNode
        A notebook that runs from top to end with every exercise unanswered.

    Examples
    --------
    >>> from nbformat import v4
    >>> cells = [v4.new_code_cell("x = ..."), v4.new_code_cell("x = 3", metadata={"tags": ["answer"]})]
    >>> [cell.source for cell in student_version(v4.new_notebook(cells=cells)).cells]
    ['x = ...']
    """
    return _without(master, TEACHER_ONLY, clear=True)


def without_answers(master: bytes) -> bytes:
    """Return the file of a master as students get it; `student_version` where nbconvert need not be installed.

    Examples
    --------
    >>> cells = [{"cell_type": "markdown", "metadata": {"tags": ["teacher"]}, "source": "Pitfall"}]
    >>> json.loads(without_answers(json.dumps({"cells": cells}).encode()))
    {'cells': []}
    """
    notebook = json.loads(master)
    notebook["cells"] = [
        {**cell, "execution_count": None, "outputs": []} if cell["cell_type"] == "code" else cell
        for cell in notebook["cells"]
        if not set(TEACHER_ONLY).intersection(cell.get("metadata", {}).get("tags", ()))
    ]
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()


def blank_sheets() -> dict[str, bytes]:
    """Return the empty sheets of two coders, by the name of the file.

    >>> list(blank_sheets())
    ['01-a.csv', '02-b.csv']
    """
    with tempfile.TemporaryDirectory() as folder:
        return {path.name: path.read_bytes() for path in coding.write(sheets.blank(), folder)}


def teacher_version(master: NotebookNode, *, run: bool = True) -> NotebookNode:
    """Return a master with answers, pitfalls and timing, as teachers get it.

    Parameters
    ----------
    master
        The notebook, as `nbformat.read` gives it; it stays as it is.
    run
        Whether it is run, so that it shows its tables and figures.

    Returns
    -------
    NotebookNode
        The notebook without the students' blank cells.

    Examples
    --------
    >>> from nbformat import v4
    >>> cells = [v4.new_code_cell("x = ...", metadata={"tags": ["student"]}), v4.new_code_cell("x = 3")]
    >>> [cell.source for cell in teacher_version(v4.new_notebook(cells=cells), run=False).cells]
    ['x = 3']
    """
    return _without(master, STUDENT_ONLY, run=run)


def to_slides(teacher: NotebookNode, *, lang: str = "sv", title: str = "") -> str:
    """Return slides of a session as one HTML file that needs no net: reveal.js and all styles stand in it.

    Parameters
    ----------
    teacher
        The teacher's version; what it shows is shown on the slides, what is tagged for teachers alone is not.
    lang
        The language of the slides.
    title
        Title of the window.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> from nbformat import v4
    >>> cell = v4.new_markdown_cell("# Can we tell?", metadata={"slideshow": {"slide_type": "slide"}})
    >>> "Can we tell?" in to_slides(v4.new_notebook(cells=[cell]), lang="en")
    True
    """
    from nbconvert import SlidesExporter

    exporter: Any = SlidesExporter(  # type: ignore[no-untyped-call]
        config=_removing(TEACHER_ONLY),
        template_name="slides",
        extra_template_basedirs=[str(Path(__file__).parent)],
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        language_code=lang,
    )
    html, _ = exporter.from_notebook_node(teacher, resources={"metadata": {"name": title}})
    return str(html)


def _removing(tags: Iterable[str], **others: dict[str, Any]) -> Any:
    """Return nbconvert's settings that remove the cells of some tags, and others."""
    from traitlets.config import Config

    return Config({"TagRemovePreprocessor": {"enabled": True, "remove_cell_tags": set(tags)}} | others)


def _without(master: NotebookNode, tags: Iterable[str], *, clear: bool = False, run: bool = False) -> NotebookNode:
    """Return a notebook without the cells of some tags, its outputs taken away or made anew."""
    import nbformat
    from nbconvert import NotebookExporter

    config = _removing(
        tags,
        ClearOutputPreprocessor={"enabled": clear},
        ClearMetadataPreprocessor={"enabled": False},
        ExecutePreprocessor={"enabled": run, "timeout": 600, "record_timing": False},
    )
    exporter: Any = NotebookExporter(config=config)  # type: ignore[no-untyped-call]
    text, _ = exporter.from_notebook_node(master)
    kept: NotebookNode = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    return kept
