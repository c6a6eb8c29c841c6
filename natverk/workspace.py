"""A folder of one's own: copies of natverk's notebooks, a start page for JupyterLab, and an own notebook to begin with.

Nothing that is there is written over: a file that is as natverk would write it is left, and so is one that was changed.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote

from natverk.data.letters import text_of
from natverk.data.units import Directory, Unit
from natverk.errors import InvalidArgument, UnknownName, command_line
from natverk.locale import LANGUAGES
from natverk.reports.files import write_together
from natverk.reports.plan import CONFIG_FILE, notebook_folder, read_project, shipped
from natverk.seminar.versions import SHEETS, blank_sheets, without_answers
from natverk.version import __version__

__all__ = [
    "START_PAGES",
    "copy_notebooks",
    "lab_command",
    "lab_environment",
    "lab_folder",
    "new_report",
    "start_page",
]

#: The start page in each language, at the top of the folder.
START_PAGES = {"sv": "README.md", "en": "README.en.md"}
_TEMPLATES = Path(__file__).parent / "lab"
_SEMINAR = "seminar"
_SEMINAR_HEADS = {
    "sv": "## Seminarier\n\n$about| Öppna | Fil |\n| --- | --- |\n",
    "en": "## Seminars\n\n$about| Open | File |\n| --- | --- |\n",
}
_SEMINAR_GUIDE = {
    "sv": "Anteckningsböckerna är studenternas, utan svar. [Så håller du seminarierna](seminar/README.md) säger hur du "
    "som är lärare får dina, med svar, och bilderna.\n\n",
    "en": "The notebooks are the students', without answers. [How to hold the seminars](seminar/README.md) tells how "
    "you who teach get yours, with answers, and the slides.\n\n",
}
# A file of the seminar in one language, as it is shipped: `1_reading.sv.ipynb`.
_IN_A_LANGUAGE = re.compile(rf"{_SEMINAR}/(?P<stem>[^/]+)\.(?P<lang>{'|'.join(LANGUAGES)})(?P<ending>\.\w+)")
# A part of a path that names a language: `sv/1_reading.ipynb`.
_LANGUAGE_PART = re.compile(r"(?<![^\W_])(sv|en)(?![^\W_])")


# --- Copies of the notebooks ------------------------------------------------------------------------------------------


def copy_notebooks(folder: Path, *, beside: bool = False) -> dict[str, list[Path]]:
    """Copy natverk's notebooks, the students' seminar, `reports.toml` and a start page into a folder.

    Of the seminar no answers are copied: a folder like this one is what students have.

    Parameters
    ----------
    folder
        Where to; it is made if it is not there.
    beside
        Put natverk's version beside a file that was changed, as `explore.new.ipynb`; otherwise the changed one is all.

    Returns
    -------
    dict of str to list of Path
        `"new"`: files that were written; `"same"`: that were there as they are now; `"kept"`: that were there with
        other content, and stay.

    Raises
    ------
    InvalidArgument
        If `folder` holds natverk's own notebooks, or something else stands where a file or folder would.
    NatverkError
        If the folder cannot be written to; then nothing is.
    """
    _config, own = shipped()
    if folder.resolve() == own.resolve():
        what = "these are natverk's own notebooks, not copies of them"
        raise InvalidArgument(what, where=str(folder), remedy="natverk notebooks my_course")
    wanted = _contents()
    _check_place(folder, wanted)
    found: dict[str, list[Path]] = {"new": [], "same": [], "kept": []}
    to_write: dict[Path, str | bytes] = {}
    for name, content in wanted.items():
        path = folder / name
        if not path.exists():
            found["new"].append(path)
            to_write[path] = content
        elif path.read_bytes() == content:
            found["same"].append(path)
        else:
            found["kept"].append(path)
            if beside and (other := _free_name(path, content)) is not None:
                found["new"].append(other)
                to_write[other] = content
    write_together(to_write)
    return found


def _contents() -> dict[str, bytes]:
    """Return what a folder of copies holds, by path in it."""
    config, notebooks = shipped()
    paths = {path.relative_to(notebooks).as_posix(): path for path in sorted(notebooks.rglob("*")) if path.is_file()}
    files = {
        name: path.read_bytes()
        for name, path in paths.items()
        if not any(part.startswith((".", "__")) for part in name.split("/"))
    }
    files = _for_students(files)
    files[CONFIG_FILE] = config.read_bytes()
    return files | {START_PAGES[lang]: start_page(lang, files).encode("utf-8") for lang in LANGUAGES}


def _for_students(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return files with those of the seminar as students have them: a folder a language, sheets, and no answers."""
    found: dict[str, bytes] = {}
    for name, content in files.items():
        part = _IN_A_LANGUAGE.fullmatch(name)
        place = f"{_SEMINAR}/{part['lang']}/{part['stem']}{part['ending']}" if part else name
        is_session = name.startswith(f"{_SEMINAR}/") and name.endswith(".ipynb")
        found[place] = without_answers(content) if is_session else content
        if part:
            sheets = blank_sheets().items()
            found |= {f"{_SEMINAR}/{part['lang']}/{SHEETS}/{sheet}": text for sheet, text in sheets}
    return found


def start_page(lang: str, files: Mapping[str, bytes]) -> str:
    """Return the start page in a language, Markdown: what each notebook shows, with links, and what else can be done.

    Parameters
    ----------
    lang
        `"sv"` or `"en"`.
    files
        The files of the folder by their paths in it; of those below `seminar` each notebook gets a link, but for
        those of another language.

    Examples
    --------
    >>> start_page("en", {}).splitlines()[2]
    '# Start here'
    """
    links = []
    for name, content in files.items():
        part = _LANGUAGE_PART.search(name.partition("/")[2])
        if name.startswith(f"{_SEMINAR}/") and name.endswith(".ipynb") and (part is None or part[1] == lang):
            links.append(f"| [{_title(content) or Path(name).stem}]({quote(name)}) | `{Path(name).name}` |\n")
    guide = _SEMINAR_GUIDE[lang] if f"{_SEMINAR}/README.md" in files else ""
    seminar = f"{_SEMINAR_HEADS[lang].replace('$about', guide)}{''.join(links)}" if links else ""
    text = (_TEMPLATES / START_PAGES[lang]).read_text(encoding="utf-8")
    page = Template(text).substitute(seminar=seminar, version=__version__)
    return re.sub(r"\n{3,}", "\n\n", page)


def _title(content: bytes) -> str:
    """Return the first heading of a notebook, blank if there is none; a table must not be broken by it."""
    sources = (cell.get("source", "") for cell in json.loads(content)["cells"] if cell["cell_type"] == "markdown")
    texts = (source if isinstance(source, str) else "".join(source) for source in sources)
    heads = (match[1] for text in texts if (match := re.search(r"^#+ +(.+)$", text, flags=re.MULTILINE)))
    return re.sub(r"[\[\]|]", "", next(heads, "")).strip()


def _check_place(folder: Path, names: Mapping[str, bytes]) -> None:
    """See that nothing else stands where the files or their folders go."""
    remedy = command_line("natverk", "notebooks", f"{folder}-2")
    for path in {folder, *(folder / name for name in names), *((folder / name).parent for name in names)}:
        is_file = path.relative_to(folder).as_posix() in names
        if path.exists() and path.is_dir() == is_file:
            there, wanted = ("folder", "file") if is_file else ("file", "folder")
            what = f"{path.name} is a {there}, and a {wanted} goes there"
            raise InvalidArgument(what, where=str(path.parent), remedy=f"move it away, or {remedy}")


def _free_name(path: Path, content: bytes) -> Path | None:
    """Return a name beside a path that nothing has yet; None if the content stands beside it already."""
    number = 1
    while True:
        other = path.with_name(f"{path.stem}.new{'' if number == 1 else f'-{number}'}{path.suffix}")
        if not other.exists():
            return other
        if other.is_file() and other.read_bytes() == content:
            return None
        number += 1


# --- JupyterLab -------------------------------------------------------------------------------------------------------


def lab_folder(folder: Path) -> Path:
    """Return the folder that JupyterLab opens in; one that is empty or not there gets copies of the notebooks.

    Raises
    ------
    InvalidArgument
        If something else is in the folder, but no start page: the copies are not mixed with it unasked.
    """
    if any((folder / name).is_file() for name in START_PAGES.values()):
        return folder
    if folder.is_dir() and any(folder.iterdir()):
        raise InvalidArgument(
            "there is no start page here, and other files are",
            where=str(folder.absolute()),
            remedy=f"natverk lab my_course   makes a new folder; {command_line('natverk', 'notebooks', folder)}   adds "
            "the notebooks here",
        )
    copy_notebooks(folder)
    return folder


def lab_command(folder: Path, lang: str, options: Sequence[str] = ()) -> list[str]:
    """Return the command that opens JupyterLab in a folder at its start page; nothing is asked of the network.

    Examples
    --------
    >>> lab_command(Path("my_course"), "en", ["--no-browser"])[3:]
    [...root_dir=...my_course', '--LabApp.default_url=/lab/tree/README.en.md', ..., '--no-browser']
    """
    page = START_PAGES[lang]
    shown = page if (folder / page).is_file() or not (folder / START_PAGES["sv"]).is_file() else START_PAGES["sv"]
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={folder.absolute()}",
        f"--LabApp.default_url=/lab/tree/{shown}",
        "--LabApp.extension_manager=readonly",
        *options,
    ]


def lab_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which JupyterLab shows Markdown rendered, and does not look for news of itself."""
    paths = [str(_TEMPLATES), environ.get("JUPYTER_CONFIG_PATH", "")]
    return {**environ, "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, paths))}


# --- An own notebook --------------------------------------------------------------------------------------------------

#: Whose pages a new notebook makes where nobody says: the municipalities whose documents natverk set out from.
_FIRST_UNITS = ("1487", "0182", "0180")
# What Windows takes for a device, whatever its ending.
_DEVICES = {"con", "prn", "aux", "nul", *(f"{name}{number}" for name in ("com", "lpt") for number in range(1, 10))}
_LONGEST_NAME = 40
# The cells of a new notebook, each below a line with its kind and tag.
_CELL = re.compile(r"^# %% (markdown|code) ?(\S*)\n(.*?)\n(?=# %%|\Z)", flags=re.MULTILINE | re.DOTALL)


def new_report(folder: Path, name: str, units: Sequence[str], directory: Directory) -> list[Path]:
    """Start a parameterized notebook for municipalities, and declare it in the `reports.toml` of the folder.

    Parameters
    ----------
    folder
        Where; a `reports.toml` that is there gets a table at its end and is otherwise left as it is.
    name
        The name of the report: a-z, 0-9 and _, from a letter on.
    units
        Municipalities by name or code, for which `natverk report --all` makes pages; three by default.
    directory
        The units that there are.

    Returns
    -------
    list of Path
        The notebook and `reports.toml`.

    Raises
    ------
    InvalidArgument, UnknownName
        If the name cannot be used, is taken, or there is no such municipality; nothing is written.
    """
    _check_name(name)
    chosen = _chosen(units, directory)
    config = folder / CONFIG_FILE
    notebook = notebook_folder(folder) / f"{name}.ipynb"
    remedy = f"natverk new {name}_2"
    before = (_TEMPLATES / CONFIG_FILE).read_text(encoding="utf-8")
    if config.exists():
        if name in [report.name for report in read_project(config, notebook.parent).reports]:
            raise InvalidArgument(f"a report {name!r} is declared already", where=str(config), remedy=remedy)
        before = text_of(config)
    if notebook.exists():
        raise InvalidArgument(f"{notebook.name} is there already", where=str(notebook.parent), remedy=remedy)
    words = {"name": name, "first": chosen[0].id, "year": int(directory.vintage[:4])}
    declared = (
        f'[reports.{name}]\nnotebook = "{notebook.name}"\nunits = "municipality"\n'
        f"# {', '.join(unit.name for unit in chosen)}; without this line --all makes pages for all 290.\n"
        f"only = {json.dumps([unit.id for unit in chosen])}\n"
    )
    text = f"{before.rstrip()}\n\n{declared}"
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what = f"the report cannot be added to {CONFIG_FILE}: {error}"
        raise InvalidArgument(what, where=str(config), remedy=f"add it by hand:\n{declared}") from error
    write_together({notebook: _notebook(words), config: text})
    return [notebook, config]


def _check_name(name: str) -> None:
    remedy = "natverk new my_report"
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        near = re.sub(r"[^a-z0-9_]+", "_", name.casefold().removesuffix(".ipynb")).strip("_0123456789")
        what = f"{name!r} cannot be the name of a report: it is made of a-z, 0-9 and _, from a letter on"
        raise InvalidArgument(what, where="NAME", remedy=f"natverk new {near}" if near else remedy)
    if name in _DEVICES:
        raise InvalidArgument(f"{name!r} is the name of a device on Windows", where="NAME", remedy=remedy)
    if len(name) > _LONGEST_NAME:
        what = f"the name has {len(name)} characters, and may have {_LONGEST_NAME}"
        raise InvalidArgument(what, where="NAME", remedy=remedy)


def _chosen(units: Sequence[str], directory: Directory) -> list[Unit]:
    """Return municipalities by what was typed, each once."""
    found = {}
    for text in units or _FIRST_UNITS:
        try:
            unit = directory.resolve("municipality", text)
        except UnknownName as error:
            if others := directory.meanings(text):
                what = f"{text!r} is a {others[0].kind}, and a new notebook is one for municipalities"
                remedy = "natverk new my_report Vänersborg Nacka, and change the notebook and reports.toml for others"
                raise InvalidArgument(what, where="UNIT", remedy=remedy) from error
            raise
        found[unit.id] = unit
    return list(found.values())


def _notebook(words: Mapping[str, object]) -> str:
    """Return the new notebook as it stands on disk."""
    text = Template((_TEMPLATES / "own_notebook.txt").read_text(encoding="utf-8")).substitute(words)
    cells: list[dict[str, Any]] = []
    for number, (kind, tag, source) in enumerate(_CELL.findall(text)):
        cell = {"cell_type": kind, "id": f"cell-{number:02}", "metadata": {"tags": [tag]} if tag else {}}
        code: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
        cells.append({**cell, **code, "source": source})
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
