"""The command line: one command a verb, no logic of its own.

`natverk list` shows the pages, `natverk report` makes them, `natverk build` builds the data tables, `natverk export`
writes them for other programs, `natverk clean` takes the pages away. `natverk template` and `natverk check` are for
own rows, `natverk mission` for mission reports, `natverk refresh` asks services anew; `natverk explain` tells what
stands behind a line. `natverk notebooks`, `natverk lab` and `natverk new` are for work in notebooks. Errors raised on
purpose are printed without a traceback and end with status 2; status 1: pages failed, or a service did not answer.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from natverk.errors import InvalidArgument, NatverkError, UnknownName, command_line, missing_extra
from natverk.locale import LANGUAGES
from natverk.version import __version__

if TYPE_CHECKING:
    from natverk.data.tables import Processed
    from natverk.live import Snapshot

__all__ = ["app", "main"]

app = typer.Typer(
    help="Reports on Swedish municipalities, regions and their networks, from sourced facts.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

#: What running pages imports, by the extra that brings it.
_NEEDED = ("bs4", "filelock", "ipykernel", "jinja2", "nbconvert", "papermill", "pebble", "psutil", "rich", "rocrate")


def _folder(path: Path | None) -> Path | None:
    """Return a folder as it was typed, with `~` for the home folder."""
    from natverk.data.letters import typed_path

    return typed_path(path) if path is not None else None


def _meant(texts: list[str] | None) -> list[str] | None:
    """Return names as they were meant, whatever the locale took their bytes for."""
    from natverk.data.letters import meant

    return [meant(text) for text in texts] if texts is not None else None


def _meant_one(text: str | None) -> str | None:
    return (_meant([text]) or [text])[0] if text is not None else None


def _meant_unit(text: str) -> str:
    """Return a name as it was meant."""
    from natverk.data.letters import meant

    return meant(text)


def _absolute(path: Path) -> Path:
    try:
        return path.absolute()
    except FileNotFoundError as error:
        what = "the working folder is gone, so nothing can be put below it"
        raise InvalidArgument(what, remedy="cd to another folder, or give --out with its whole path") from error


Lang = Annotated[
    str | None,
    typer.Option("--lang", help="Language: sv, en or all. \\[default: that of reports.toml]", metavar="LANG"),
]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        help="A page, a report, a unit, or a pattern such as 'municipality_profile/14*'; can be repeated.",
        metavar="PAGES",
        callback=_meant,
    ),
]
Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", help="Pages run at once. \\[default: one a core]", metavar="N")
]
CellTimeout = Annotated[
    int, typer.Option("--cell-timeout", help="Seconds after which a cell fails its page.", metavar="SECONDS")
]
Timeout = Annotated[int, typer.Option("--timeout", help="Seconds after which a page fails.", metavar="SECONDS")]
Memory = Annotated[
    int | None,
    typer.Option("--memory", help="Megabytes a page may take. \\[default: its share of what is free]", metavar="MB"),
]
Engine = Annotated[
    str | None,
    typer.Option(
        "--engine",
        help="How cells are run: natverk (in a process forked for the page) or default (papermill's kernel, slower). "
        "The outputs are the same.",
        metavar="ENGINE",
    ),
]


def _own_rows(context: typer.Context, path: str | None) -> str | None:
    """Let everything that this command starts use own rows; a blank, which would be this folder as a path, is none."""
    from natverk.data.in_use import overlay_in_environment

    context.with_resource(overlay_in_environment(path))
    return path


Overlay = Annotated[
    str | None,
    typer.Option(
        "--overlay",
        help="Folder of CSV files, or Excel workbook, with own rows that are laid over the data; `natverk check` says "
        "whether they are right.",
        metavar="FOLDER",
        callback=_own_rows,
    ),
]
Out = Annotated[
    Path, typer.Option("--out", help="Folder for pages, index and manifest.", metavar="FOLDER", callback=_folder)
]


def _version(wanted: bool) -> None:
    if wanted:
        _say(f"natverk {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and stop.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Reports on Swedish municipalities, regions and their networks, from sourced facts."""


@app.command("list")
def list_pages(
    only: Only = None,
    lang: Lang = "all",
    stale: Annotated[
        bool, typer.Option("--stale", help="Only pages that `natverk report` would run, and why each would.")
    ] = False,
    out: Out = Path("reports"),
    overlay: Overlay = None,
) -> None:
    """Print the identifier of every page; each can be given to `natverk report`."""
    from natverk.data.units import Directory
    from natverk.reports.plan import find_project, plan

    tables = _tables()
    directory = Directory.read(tables)
    pages = plan(find_project(), directory, only=only or [], everything=not only, lang=lang, out=_absolute(out))
    if not stale:
        for page in pages:
            _say(page.id)
        return
    from natverk.reports.run import due, state_of

    found = due(pages, state_of(pages, tables))
    for page in found.pages:
        _say(f"{page.id}  {found.reasons[page.id]}")
    with contextlib.suppress(OSError):
        typer.echo(f"{len(found.pages)} of {len(pages)} pages would be run", err=True)


@app.command()
def report(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help='What to report on: "Västra Götaland", 14, VGR; Vänersborg, 1487; eurocities; '
            "or pages: sv/region_report/14, municipality_profile/Vänersborg.",
            metavar="NAME",
            callback=_meant,
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every page that is declared.")] = False,
    only: Only = None,
    limit: Annotated[
        int | None, typer.Option("--limit", help="Run N pages at most; the rest is left for next time.", metavar="N")
    ] = None,
    lang: Lang = None,
    jobs: Jobs = None,
    out: Out = Path("reports"),
    overlay: Overlay = None,
    year_from: Annotated[int | None, typer.Option("--year-from", help="First year.", metavar="YEAR")] = None,
    year_to: Annotated[int | None, typer.Option("--year-to", help="Last year.", metavar="YEAR")] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option(
            "-p", "--parameter", help="Another parameter; can be repeated.", metavar="NAME=VALUE", callback=_meant
        ),
    ] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            help="Documents beside each page: pdf (needs Chromium, Chrome or Edge), docx (natverk\\[documents]).",
            metavar="FORMATS",
        ),
    ] = None,
    zip_file: Annotated[
        Path | None,
        typer.Option(
            "--zip",
            help="Then put the whole site of --out into this zip file, for readers who install nothing.",
            metavar="FILE",
            callback=_folder,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Run also pages that have not changed.")] = False,
    execute: Annotated[
        bool,
        typer.Option(
            "--execute/--no-execute",
            help="--no-execute runs no notebook: the HTML is made anew from the executed notebook beside each page.",
        ),
    ] = True,
    keep_going: Annotated[
        bool, typer.Option("--keep-going/--fail-fast", help="What to do with the other pages when one fails.")
    ] = True,
    cell_timeout: CellTimeout = 300,
    timeout: Timeout = 900,
    memory: Memory = None,
    engine: Engine = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster",
            help="Run pages on the workers of this Dask scheduler, tcp://HOST:8786; they need natverk, but no shared "
            "disk. --jobs is then how many are out at once, as many as it has threads. Needs natverk\\[cluster].",
            metavar="ADDRESS",
        ),
    ] = None,
) -> None:
    """Run the reports on what is named, or all of them, and update the index; what has not changed is not run.

    Status 0: all pages are done; 1: a page failed (the others are done); 2: nothing was run; 130: interrupted.
    """
    from natverk.data.units import Directory
    from natverk.reports.files import check_zip
    from natverk.reports.plan import assignments, find_project, plan
    from natverk.reports.run import make, note, remake

    _check_extra()
    if zip_file is not None:
        check_zip(zip_file)
    papers: Sequence[str] | None = None
    if formats:
        from natverk.reports.documents import check_formats

        papers = check_formats(formats)
    typed = assignments(parameter or [])
    for name, year in (("year_from", year_from), ("year_to", year_to)):
        if year is not None:
            if name in typed:
                raise InvalidArgument(f"{name} is given twice", where=f"--{name.replace('_', '-')} and -p")
            typed[name] = str(year)
    tables = _tables()
    if tables.own:
        said = ", ".join(f"{n} in {table}" for table, n in tables.own.items())
        note(f"own rows lie over the data: {said}; every page that rests on them says so")
    pages = plan(
        find_project(),
        Directory.read(tables),
        names or [],
        only=only or [],
        everything=everything,
        lang=lang,
        typed=typed,
        out=_absolute(out),
        say=note,
    )
    bounds = {"jobs": jobs, "cell_timeout": cell_timeout, "timeout": timeout, "memory": memory, "engine": engine}
    if not execute:
        status = remake(pages, tables, out, papers, limit=limit, **bounds)
    else:
        status = make(
            pages,
            tables,
            out,
            typed=typed,
            force=force,
            limit=limit,
            formats=papers,
            fail_fast=not keep_going,
            cluster=cluster,
            **bounds,
        )
    if zip_file is not None:
        _pack(out, zip_file, status)
    raise typer.Exit(status)


@app.command()
def verify(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Pages that have been made, as for `natverk report`.", metavar="PAGE", callback=_meant),
    ] = None,
    only: Only = None,
    lang: Lang = None,
    jobs: Jobs = None,
    out: Out = Path("reports"),
    cell_timeout: CellTimeout = 300,
    timeout: Timeout = 900,
    memory: Memory = None,
    engine: Engine = None,
    overlay: Overlay = None,
) -> None:
    """Run pages again with the parameters of their last run, and prove that they come out the same; nothing is written.

    Status 0: they do; 1: they do not, and what differs is shown cell by cell; 2: nothing was run; 130: interrupted.
    """
    from natverk.data.units import Directory
    from natverk.reports.plan import find_project, plan
    from natverk.reports.run import note, state_of
    from natverk.reports.verify import verify as run_again

    if not (names or only):
        raise InvalidArgument(
            "no page is asked for",
            remedy="natverk verify \"Västra Götaland\"   or   natverk verify --only '*' (natverk list shows the pages)",
        )
    _check_extra()
    tables = _tables()
    project, directory = find_project(), Directory.read(tables)
    pages = plan(project, directory, names or [], only=only or [], lang=lang, out=_absolute(out), say=note)
    bounds = {"jobs": jobs, "cell_timeout": cell_timeout, "timeout": timeout, "memory": memory, "engine": engine}
    same = True
    for verdict in run_again(pages, state_of(pages, tables), **bounds):
        _say(str(verdict))
        same = same and verdict.same
    raise typer.Exit(0 if same else 1)


@app.command()
def build(
    raw: Annotated[
        Path | None, typer.Option("--raw", help="Folder of the raw facts.", metavar="FOLDER", callback=_folder)
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the tables.", metavar="FOLDER", callback=_folder)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Build even if nothing has changed.")] = False,
) -> None:
    """Check the raw facts and build the data tables from them; loading does it too when something has changed."""
    from natverk.data.build import build as build_tables
    from natverk.data.tables import data_folders

    raw_folder, out_folder = data_folders()
    raw = raw or raw_folder
    if raw is None:
        raise InvalidArgument("this installation has no raw facts", remedy="natverk build --raw FOLDER --out FOLDER")
    result = build_tables(raw, out or out_folder, force=force)
    state = "built" if result.written else "unchanged"
    _say(f"{state}: {len(result.rows)} tables, {sum(result.rows.values())} rows in {result.folder}")
    if (raw, result.folder) == (raw_folder, out_folder):
        _remember_answers()


def _remember_answers() -> None:
    """Work out what every page asks of the data as a whole, if that is not remembered of these tables already."""
    from natverk.data.load import load
    from natverk.precomputed import precompute

    answers = load(overlay="").answers
    if answers is not None and not answers.is_written:
        precompute(load(overlay=""))
        _say("remembered: what every page asks of the tables as a whole")


@app.command("export")
def export_tables(
    out: Annotated[
        Path, typer.Option("--out", help="Folder for the files; it is made.", metavar="FOLDER", callback=_folder)
    ],
    formats: Annotated[
        str,
        typer.Option(
            "--format",
            help="csv (with datapackage.json), parquet, dta (Stata), sav (SPSS), xlsx, sqlite; several with commas. "
            "dta, sav and xlsx need natverk\\[export].",
            metavar="FORMATS",
        ),
    ] = "csv",
    tables: Annotated[
        str | None,
        typer.Option("--tables", help="Tables, with commas: memberships,networks. \\[default: all]", metavar="TABLES"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files of the same names.")] = False,
) -> None:
    """Write the data tables for other programs, with labels and codebook; what a format cannot hold is told."""
    from natverk.data.export import export
    from natverk.data.load import load

    result = export(load(), out, formats=formats, tables=tables, overwrite=force, progress=_show_progress)
    _say(f"{len(result.rows)} tables, {sum(result.rows.values())} rows: {len(result.files)} files in {result.folder}")
    if len(result.changes):
        counts = result.changes.groupby(["format", "change"]).size().rename("n").reset_index()
        told = ", ".join(f"{row['n']} × {row['change']} ({row['format']})" for row in counts.to_dict("records"))
        _say(f"not as in the tables: {told}; each in {result.folder / 'natverk_changes.csv'}")


@app.command()
def template(
    tables: Annotated[
        list[str],
        typer.Argument(help="Tables: memberships, networks, sources …; each gets its codebook.", metavar="TABLE"),
    ],
    path: Annotated[
        Path,
        typer.Argument(help="A folder for CSV files, or a workbook that ends in .xlsx.", metavar="PATH"),
    ],
) -> None:
    """Write empty tables for own rows, with their codebook beside them; nothing that is there is written over."""
    from natverk.data.template import write_templates

    for file in write_templates(tables, _folder(path) or path):
        _say(str(file))


@app.command()
def check(
    path: Annotated[Path, typer.Argument(help="Folder or workbook of own rows.", metavar="PATH")],
) -> None:
    """Find all that is wrong with own rows, each with its place; nothing is written.

    Status 0: they can be used; 1: something is wrong; 2: there is nothing to check.
    """
    from natverk.data.build import current_tables
    from natverk.data.overlay import check_overlay

    found = check_overlay(_absolute(_folder(path) or path), current_tables())
    for mended in found.mended:
        _say(f"mended when read: {mended}")
    for problem in found.problems:
        _say(f"\n{problem}")
    rows = ", ".join(f"{n} in {table}" for table, n in found.rows.items()) or "none"
    n, n_mended = len(found.problems), len(found.mended)
    _say(
        f"\n{'wrong' if n else 'right'}: {n} problem{'' if n == 1 else 's'}; {n_mended} "
        f"cell{'' if n_mended == 1 else 's'} mended when read (the files stay as they are); own rows: {rows}"
    )
    if n:
        raise typer.Exit(1)
    again = command_line("natverk", "report", "NAME", "--overlay", path)
    _say(f"next: {again}   or in Python: natverk.load(overlay={str(path)!r})")


@app.command()
def explain(
    unit: Annotated[
        str,
        typer.Argument(
            help='A region, municipality, network or actor: 14, Vänersborg, "Region Skåne".', callback=_meant_unit
        ),
    ],
    section: Annotated[
        str, typer.Argument(help="networks, responsibility, positions or projects.", metavar="SECTION")
    ] = "networks",
    year_from: Annotated[int | None, typer.Option("--year-from", help="First year.", metavar="YEAR")] = None,
    year_to: Annotated[int | None, typer.Option("--year-to", help="Last year.", metavar="YEAR")] = None,
    overlay: Overlay = None,
) -> None:
    """Tell what stands behind each line of a section: its rows, their sources, and the rule that makes the line."""
    from natverk.data.load import load
    from natverk.why import explained

    for line in explained(load(), unit, section, year_from=year_from, year_to=year_to):
        _say(line)


mission_app = typer.Typer(help="Mission reports: an empty form, and a filled one as own rows.", no_args_is_help=True)
app.add_typer(mission_app, name="mission")


@mission_app.command("new")
def new_mission(
    network: Annotated[
        str | None, typer.Option("--network", help="The network that the mission concerns.", callback=_meant_one)
    ] = None,
    mission: Annotated[
        str | None,
        typer.Option("--from", help="A mission in the data: the form is filled in with it.", metavar="ROW_ID"),
    ] = None,
    lang: Annotated[str, typer.Option("--lang", help="Language: sv, en or all.", metavar="LANG")] = "sv",
    formats: Annotated[
        str, typer.Option("--format", help="docx (Word; needs natverk\\[documents]), md, or both.", metavar="FORMATS")
    ] = "docx,md",
    out: Annotated[
        Path, typer.Option("--out", help="Folder for the form; it is made.", metavar="FOLDER", callback=_folder)
    ] = Path(),
    overlay: Overlay = None,
) -> None:
    """Write the form of a mission report, to be filled in; nothing that is there is written over."""
    from natverk.data.load import load
    from natverk.missions import new

    for file in new(load(), out, network=network, mission=mission, lang=lang, formats=formats):
        _say(str(file))


@mission_app.command("add")
def add_mission(
    file: Annotated[Path, typer.Argument(help="The filled form, .docx or .md.", metavar="FILE")],
    path: Annotated[Path, typer.Argument(help="Folder of own rows; it is made if need be.", metavar="FOLDER")],
) -> None:
    """Read a filled form into own rows, and show what was understood; all of it is added, or nothing."""
    from natverk.missions import add

    added = add(_folder(file) or file, _folder(path) or path)
    for line in added.lines():
        _say(line)
    _say(f"\nadded: {added.file} (delete it to take the mission away)")
    _say(f"next: natverk report NAME --overlay {path}   or in Python: natverk.load(overlay={str(path)!r})")


refresh = typer.Typer(
    help="Ask Statistics Sweden, Kolada or Wikidata anew, and lay what they answer over the data (natverk\\[live]).",
    no_args_is_help=True,
)
app.add_typer(refresh, name="refresh")
Mine = Annotated[Path, typer.Argument(help="Folder of own rows; the snapshot goes into it.", metavar="FOLDER")]
Take = Annotated[
    bool | None,
    typer.Option("--take/--no-take", help="Take the snapshot, or only show it. \\[default: ask, in a terminal]"),
]
Url = Annotated[str | None, typer.Option("--url", help="Another address of the service.", metavar="URL")]
YearFrom = Annotated[int | None, typer.Option("--year-from", help="First year.", metavar="YEAR")]


@refresh.command("population")
def refresh_population(folder: Mine, year_from: YearFrom = None, take: Take = None, url: Url = None) -> None:
    """Population on 31 December of all municipalities, from Statistics Sweden (SCB)."""
    from natverk.live import population

    _show_and_take(population.refresh_population(folder, year_from, base=url or population.SCB), take)


@refresh.command("kolada")
def refresh_kolada(
    *,
    kpis: Annotated[
        list[str] | None,
        typer.Argument(help="Ids such as N00900; those in use are asked for again with them.", metavar="KPI"),
    ] = None,
    folder: Mine,
    year_from: YearFrom = None,
    year_to: Annotated[int | None, typer.Option("--year-to", help="Last year.", metavar="YEAR")] = None,
    take: Take = None,
    url: Url = None,
) -> None:
    """Key figures of all municipalities, from Kolada; natverk.covariates(data, kpis=FOLDER) joins them."""
    from natverk.live import kolada

    years = None if year_from is None and year_to is None else (year_from or year_to or 0, year_to or year_from or 0)
    _show_and_take(kolada.refresh_kolada(kpis or [], folder, years, base=url or kolada.KOLADA), take)


@refresh.command("wikidata")
def refresh_wikidata(
    *,
    what: Annotated[str, typer.Argument(help="members (of networks) or twins (twin towns).", metavar="WHAT")],
    networks: Annotated[
        list[str] | None,
        typer.Argument(help="Networks, by name or with their item: eurocities=Q…", metavar="NETWORK", callback=_meant),
    ] = None,
    folder: Mine,
    take: Take = None,
    url: Url = None,
) -> None:
    """Memberships or twin towns of the municipalities, as Wikidata states them: low or medium certainty."""
    from natverk.live import wikidata

    said = wikidata.refresh_wikidata(what, folder, networks or [], base=url or wikidata.WIKIDATA)  # type: ignore[arg-type]
    _show_and_take(said, take)


def _show_and_take(snapshot: Snapshot, take: bool | None) -> None:
    """Show what a snapshot changes, and take it if that is wanted."""
    _say(str(snapshot))
    if take is None and sys.stdin.isatty():
        take = typer.confirm("Take it?")
    if not take:
        _say("not taken: nothing was written (--take takes it)")
        return
    _say(f"taken: {snapshot.take()}")
    _say(f"next: natverk report NAME --overlay {snapshot.folder}   or natverk.load(overlay={str(snapshot.folder)!r})")


@app.command()
def notebooks(
    folder: Annotated[Path, typer.Argument(help="Where to; it is made if it is not there.", metavar="FOLDER")],
    beside: Annotated[
        bool, typer.Option("--beside", help="Put natverk's version beside a file that was changed: explore.new.ipynb.")
    ] = False,
) -> None:
    """Copy the notebooks, the students' seminar and a start page into a folder; changed files are never written over.

    In that folder `natverk report` makes pages from these copies. The seminar is without answers: those who teach get
    theirs by `natverk seminar`.
    """
    from natverk.workspace import copy_notebooks

    found = copy_notebooks(_folder(folder) or folder, beside=beside)
    for path in found["new"]:
        _say(str(path))
    for path in found["kept"]:
        _say(f"kept, since it was changed: {path}")
    told = (
        f"{len(found['new'])} files written, {len(found['same'])} there already, {len(found['kept'])} changed and kept"
    )
    _say("the seminar is the students', without answers; the teacher's: natverk seminar my_seminar")
    _say(f"{told}; next: {command_line('natverk', 'lab', folder)}")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(help="A folder with copies of the notebooks; an empty or new one gets them.")
    ] = Path(),
    lang: Annotated[str, typer.Option("--lang", help="Language of the start page: sv or en.", metavar="LANG")] = "sv",
) -> None:
    """Open JupyterLab at a start page with all notebooks; needs natverk\\[lab]. Other options are JupyterLab's."""
    import subprocess

    from natverk.workspace import lab_command, lab_environment, lab_folder

    if lang not in LANGUAGES:
        raise UnknownName(f"unknown language {lang!r}", where="--lang", allowed=LANGUAGES, value=lang)
    if find_spec("jupyterlab") is None:
        raise missing_extra("JupyterLab cannot be opened", "lab", "jupyterlab")
    place = lab_folder(_folder(folder) or folder)
    command, environ = lab_command(place, lang, context.args), lab_environment(os.environ)
    can_be_replaced = sys.platform.startswith(("linux", "darwin"))
    if can_be_replaced:
        # Whoever ends this process ends JupyterLab, not one that stands before it.
        os.execve(command[0], command, environ)
    process = subprocess.Popen(command, env=environ)
    while True:
        # Ctrl-C reaches JupyterLab too, which asks whether it is meant.
        with contextlib.suppress(KeyboardInterrupt):
            raise typer.Exit(process.wait())


@app.command()
def seminar(
    folder: Annotated[Path, typer.Argument(help="Where to; it is made if it is not there.", metavar="FOLDER")],
    lang: Annotated[str, typer.Option("--lang", help="sv, en or all.", metavar="LANG")] = "all",
    run: Annotated[bool, typer.Option("--run/--no-run", help="Run the notebooks: figures on the slides.")] = True,
    again: Annotated[bool, typer.Option("--again", help="Write over the versions that the folder holds.")] = False,
) -> None:
    """Make the seminar from its masters: notebooks for students (no answers) and teacher, slides, sheets and key."""
    from natverk.data.load import load
    from natverk.reports.plan import shipped
    from natverk.seminar.versions import make_versions

    if lang not in (*LANGUAGES, "all"):
        raise UnknownName(f"unknown language {lang!r}", where="--lang", allowed=[*LANGUAGES, "all"], value=lang)
    target, wanted = _folder(folder) or folder, list(LANGUAGES) if lang == "all" else [lang]
    there = [target / name for name in wanted if (target / name).exists()]
    if there and not again:
        raise InvalidArgument(
            "the seminar has been made there, and may have been changed since", where=str(there[0]),
            remedy="name another folder, or write over it: " + command_line("natverk", "seminar", folder, "--again"),
        )  # fmt: skip
    _say("a minute or two: each session is run for its slides" if run else "without running the sessions")
    made = make_versions(shipped()[1] / "seminar", target, load(), lang=wanted, run=run)
    _say(f"{len(made)} files in {target}: student, teacher and slides for each language")


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="The name of the report: my_report.", metavar="NAME")],
    units: Annotated[
        list[str] | None,
        typer.Argument(
            help="Municipalities that --all makes pages for. \\[default: Vänersborg, Nacka, Stockholm]",
            metavar="UNIT",
            callback=_meant,
        ),
    ] = None,
) -> None:
    """Start a notebook of your own here, with parameters, and declare it in reports.toml; no file is written over."""
    from natverk.data.units import Directory
    from natverk.workspace import new_report

    for path in new_report(Path(), name, units or [], Directory.read(_tables())):
        _say(str(path))
    _say(f"next: natverk report {name}")


@app.command()
def diff(
    old: Annotated[
        str,
        typer.Argument(
            help="A folder of raw tables, a folder of reports or its manifest, or a revision of git.", metavar="OLD"
        ),
    ],
    new: Annotated[str, typer.Argument(help="The same, later.", metavar="NEW")],
    text: Annotated[
        bool, typer.Option("--text", help="Run the pages concerned aside, and show which say something else, and what.")
    ] = False,
    whole: Annotated[bool, typer.Option("--all", help="Show every line, not only the first ones.")] = False,
    out: Out = Path("reports"),
) -> None:
    """Tell what has changed between two vintages: rows, spells and cells of the panel, and the pages that show them.

    Pages are those in --out, made on OLD; nothing is written. Two folders of reports are compared as they stand.
    """
    import tempfile

    from natverk.reports.verify import changed_texts, told_changes, told_pages
    from natverk.vintages import built, told_vintages, vintage

    if text:
        _check_extra()
    shown = None if whole else 20
    with tempfile.TemporaryDirectory(prefix="nv-diff-", ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        before, after = vintage(old, scratch / "old"), vintage(new, scratch / "new")
        n = 0
        for n, line in enumerate(told_vintages(before, after, scratch, shown=shown), 1):  # noqa: B007
            _say(line)
        if before.site and after.site:
            for line in told_changes(changed_texts(before.site, after.site), shown):
                _say(line)
        elif n:
            tables = built(before, scratch / "old-built"), built(after, scratch / "new-built")
            for line in told_pages(*tables, out, scratch, text=text, shown=shown):
                _say(line)
        else:
            _say("nothing has changed")


coding = typer.Typer(help="Code together: sheets for several coders, and how far they agree.", no_args_is_help=True)
app.add_typer(coding, name="coding")
Variables = Annotated[
    list[str],
    typer.Option(
        "--variable", help="What is coded, and which codes are allowed: tone=-1,0,1; can be repeated.", metavar="NAME"
    ),
]


@coding.command("sheet")
def coding_sheet(
    items: Annotated[
        Path, typer.Argument(help="CSV or Excel file: ids in the first column, what is shown in the others.")
    ],
    folder: Annotated[Path, typer.Argument(help="Folder for the sheets; it is made.", metavar="FOLDER")],
    variable: Variables,
    coder: Annotated[list[str], typer.Option("--coder", help="A coder; to be repeated.", metavar="NAME")],
    form: Annotated[str, typer.Option("--format", help="csv or xlsx.", metavar="FORMAT")] = "csv",
    force: Annotated[bool, typer.Option("--force", help="Replace files of the same names.")] = False,
) -> None:
    """Write an empty sheet for each coder, so that none sees the codes of the others."""
    from natverk.coders import allowed_codes, write_sheets

    for path in write_sheets(items, folder, allowed_codes(variable), coder, form=form, overwrite=force):
        _say(str(path))


@coding.command("compare")
def coding_compare(
    paths: Annotated[list[Path], typer.Argument(help="Filled sheets, or folders with them.", metavar="PATH")],
    variable: Variables,
    ordinal: Annotated[
        list[str] | None,
        typer.Option("--ordinal", help="A variable whose codes have an order, as given.", metavar="NAME"),
    ] = None,
) -> None:
    """List what only some sheets have and codes that are not allowed; then agreement, and where coders differ."""
    from natverk.coders import allowed_codes, compared_sheets

    for line in compared_sheets(paths, allowed_codes(variable), ordinal=ordinal or []):
        _say(line)


@app.command()
def clean(out: Out = Path("reports")) -> None:
    """Remove the pages, the index and the manifest; other files stay."""
    _check_extra()
    from natverk.reports.site import clean as clean_reports

    removed = clean_reports(out)
    _say(f"{len(removed)} files removed from {out}")


def _say(text: str) -> None:
    """Write a line of what was asked for."""
    try:
        typer.echo(text)
    except BrokenPipeError:
        raise  # whoever reads has seen enough
    except OSError as error:
        raise NatverkError(f"standard output cannot be written to: {error.strerror}") from error


def _pack(out: Path, file: Path, status: int) -> None:
    """Put a site into a zip file; one that is not whole is not handed on."""
    from natverk.reports.run import note
    from natverk.reports.site import pack

    if status:
        note(f"{file} is not written, since not all pages are done")
        return
    n = len(pack(out, file))
    note(f"{n} files, {file.stat().st_size / 1e6:.1f} MB; unpack it and open {file.stem}/index.html")
    _say(str(file))


def _show_progress(done: int, total: int, what: str) -> None:
    """Show how far work has come, in one line of a terminal; files and pipes get none."""
    if sys.stderr.isatty():
        # To the end of the line: what stood there may have been longer.
        typer.echo(f"\r\x1b[K{f'{done} of {total}: {what}' if done < total else ''}", nl=False, err=True)


def _check_extra() -> None:
    """See that the packages are there which pages are made with."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise missing_extra("pages cannot be run", "reports", ", ".join(missing))


def _tables() -> Processed:
    """Return the processed tables, checked."""
    from natverk.data.in_use import tables_in_use

    tables = tables_in_use()
    # A damaged table would fail page by page, and late; here it stops everything before anything is touched.
    tables.verify()
    return tables


def main() -> None:
    """Run the command line; the entry point of the `natverk` command."""
    # Where a standard stream is closed, the next file that is opened would take its place, here and in what is started.
    with contextlib.suppress(OSError):
        while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
            os.set_inheritable(descriptor, True)
        os.close(descriptor)
    for stream in (sys.stdout, sys.stderr):
        # What a pipe cannot hold in its code page (Windows) comes out as a question mark, and the rest as it is.
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")
    try:
        app()
    except NatverkError as error:
        with contextlib.suppress(OSError):
            typer.echo(str(error), err=True)
        raise SystemExit(error.exit_code) from None
    except OSError as error:
        if error.errno != errno.ENOSPC or error.filename is not None:
            raise
        # A help text, which no function of ours writes.
        with contextlib.suppress(OSError):
            typer.echo(f"standard output cannot be written to: {error.strerror}", err=True)
        raise SystemExit(NatverkError.exit_code) from None
    finally:
        try:
            if sys.stdout is not None:
                sys.stdout.flush()
        except OSError:
            # It has been said. Python would try once more when it ends, and fail with a status of its own.
            with contextlib.suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


if __name__ == "__main__":
    main()
