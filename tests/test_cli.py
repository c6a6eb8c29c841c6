"""The command line as a person meets it: its help, its errors and its statuses."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import natverk
import natverk.reports.plan
from natverk import cli
from natverk.data import build
from natverk.data.build import current_tables
from natverk.data.reads import Recorded
from natverk.data.tables import Processed
from natverk.data.units import Directory
from natverk.errors import command_line
from natverk.reports import run as running
from natverk.reports.files import hold
from natverk.reports.plan import read_project
from natverk.reports.pool import Interrupt
from natverk.reports.record import (
    CODEBOOK_FILE,
    CODEBOOK_HASH,
    CRATE_FILE,
    DATA_FOLDER,
    INDEX_FILES,
    MADE_OF,
    MANIFEST_FILE,
    PACKAGE_FILE,
    Failure,
    Job,
    Result,
    data_files,
    read_manifest,
    text_hash,
    update_manifest,
)
from natverk.version import __version__

ROOT = Path(__file__).resolve().parents[1]


def natverk_command(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "natverk.cli", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Call the command line in this process, on a small project; gives status, stdout and stderr."""
    sources = {
        "parameters": 'region = "14"\nyear_from = 1997\nyear_to = 2024\nlang = "sv"\ncode = "0114"\nstrict = False',
        "rest": "if strict: raise ValueError('no')",
    }
    cells = [
        {"cell_type": "code", "metadata": {"tags": [tag]}, "source": text, "outputs": [], "execution_count": None}
        for tag, text in sources.items()
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    (tmp_path / "region_report.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    declared = '[reports.region_report]\nnotebook = "region_report.ipynb"\nunits = "region"\n'
    (tmp_path / "reports.toml").write_text(declared, encoding="utf-8")
    project = read_project(tmp_path / "reports.toml", tmp_path)
    monkeypatch.setattr(natverk.reports.plan, "find_project", lambda: project)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["natverk", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


@pytest.fixture
def project_notebook(tmp_path: Path) -> Path:
    """The notebook of the project that `call` works on."""
    return tmp_path / "region_report.ipynb"


EMPTY = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


class QuickPool:
    """Stands for the pool where only what is run is of interest: pages come back at once, without a kernel."""

    def __init__(self, *_args: object) -> None: ...

    def begin(self) -> None: ...

    def run(self, queue: Iterable[Job]) -> Generator[Result]:
        for job in queue:
            failure = Failure("ValueError: no") if job.page.parameters["strict"] else None
            reads = Recorded({"twins": current_tables().hashes["twins"]} if job.page.unit == "14" else {})
            made = Result(job.page, "2026-01-02T03:04:05+00:00", 1.0, "<html></html>", EMPTY, reads=reads)
            yield replace(made, failure=failure)

    def __enter__(self) -> QuickPool:
        return self

    def __exit__(self, *_args: object) -> None: ...


class StoppedPool(QuickPool):
    """Stands for a pool that is interrupted after its first page."""

    def __init__(self, *arguments: object) -> None:
        self.interrupt = arguments[4]

    def run(self, queue: Iterable[Job]) -> Generator[Result]:
        assert isinstance(self.interrupt, Interrupt)
        yield next(super().run(queue))
        self.interrupt.receive(2, None)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run no notebook and write no index."""
    monkeypatch.setattr("natverk.reports.pool.Pool", QuickPool)
    monkeypatch.setattr("natverk.reports.site.write_site", write_indexes)


def write_indexes(out: Path, *_args: object) -> None:
    for name in INDEX_FILES.values():
        (out / name).write_text(MANIFEST_FILE, encoding="utf-8")
    folder = out / DATA_FOLDER
    folder.mkdir(exist_ok=True)
    (folder / CODEBOOK_FILE).write_text("codebook", encoding="utf-8")
    package = {MADE_OF: "x", CODEBOOK_HASH: text_hash("codebook"), "resources": []}
    (folder / PACKAGE_FILE).write_text(json.dumps(package), encoding="utf-8")


def files(folder: Path = Path()) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_version_and_help(call: Callable[..., tuple[int, str, str]]) -> None:
    assert call("--version") == (0, f"natverk {__version__}\n", "")
    status, out, _err = call("report", "--help")
    assert status == 0
    for option in ("--all", "--lang", "--jobs", "--out", "--year-from", "--year-to", "--parameter"):
        assert option in out


def test_listed_is_what_can_be_typed(call: Callable[..., tuple[int, str, str]]) -> None:
    status, out, _err = call("list", "--lang", "sv")
    assert status == 0
    assert out.split()[:3] == ["sv/region_report/01", "sv/region_report/03", "sv/region_report/04"]
    assert len(out.split()) == 21
    assert len(call("list")[1].split()) == 42


@pytest.mark.parametrize(
    ("arguments", "help_"),
    [
        (["report", "Vastra Gotlnd"], "nearest: 'Västra Götaland'"),
        (["report", "180"], "no report is declared for a municipality, and '180' is one: Stockholm"),
        (["report", "14", "--lang", "se"], "allowed: 'sv', 'en', 'all'"),
        (["report"], "natverk report --all"),
        (["report", "14", "--all"], "either names or --all"),
        (["report", "14", "-p", "yaer_from=2000"], "nearest: 'year_from'"),
        (["report", "14", "-p", "year_from=now"], "of type int"),
        (["report", "14", "-p", "year_from"], "name=value"),
        (["report", "14", "--year-from", "2000", "-p", "year_from=2001"], "given twice"),
        (["report", "14", "--year-from", "2020", "--year-to", "2010"], "comes after year_to"),
        (["report", "14", "--jobs", "0"], "next: --jobs 2, or leave it out"),
        (["report", "14", "--no-execute", "--timeout", "0"], "must be 1 or more"),
        (["report", "14", "--no-execute", "--limit", "2"], "no page is run"),
        (["report", "region_reprot"], "nearest: 'region_report'"),
        (["report", "sv/region_reprot"], "nearest: 'sv/region_report'"),
        (["verify"], "next: natverk verify"),
        (["verify", "14", "--jobs", "0"], "must be 1 or more"),
        (["report", "14", "--memory", "0"], "must be 1 or more"),
        (["report", "14", "--engine", "natvrk"], "nearest: 'natverk'"),
        (["list", "--lang", "xx"], "unknown language 'xx'"),
    ],
)
def test_mistakes_end_with_status_2_and_help(
    call: Callable[..., tuple[int, str, str]], arguments: list[str], help_: str
) -> None:
    status, out, err = call(*arguments)
    assert status == 2
    assert out == ""
    assert help_ in err
    assert "Traceback" not in err
    assert files() == []


def test_unknown_options_end_with_status_2(call: Callable[..., tuple[int, str, str]]) -> None:
    assert call("report", "--lnag", "sv")[0] == 2
    assert call("report", "14", "--year-from", "soon")[0] == 2
    assert call("raport")[0] == 2


def test_report_and_clean(call: Callable[..., tuple[int, str, str]]) -> None:
    status, out, err = call("report", "VGR", "-p", "code=0180", "--jobs", "1")
    assert (status, out) == (0, "reports/index.html\n")
    assert "[1/1] sv/region_report/14  ok" in err
    assert "1 of 1 pages done" in err
    assert 'code = \\"0180\\"' in Path("reports/sv/region_report/14.ipynb").read_text(encoding="utf-8")
    status, out, err = call("report", "14", "-p", "strict=true", "--jobs", "1")
    assert (status, out) == (1, "reports/index.html\n")
    assert "failed: sv/region_report/14, see reports/sv/region_report/14.failed.html" in err
    Path("reports/sv/own.txt").write_text("kept", encoding="utf-8")
    n = 7 + len(data_files(Path("reports")))
    assert call("clean")[:2] == (0, f"{n} files removed from reports\n")
    assert files() == ["reports/sv/own.txt"]
    assert call("clean")[:2] == (0, "0 files removed from reports\n")
    Path("reports/sv/own.txt").unlink()
    call("clean")
    assert not Path("reports").exists()
    assert call("clean")[0] == 0


@pytest.mark.usefixtures("quick")
def test_the_index_is_in_the_language_of_the_pages_and_lost_own_rows_are_told(
    call: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out, err = call("report", "14", "--lang", "en", "--jobs", "1")
    assert (status, out) == (0, "reports/index.en.html\n")
    assert "own rows" not in err
    read = running.read_manifest

    def with_own(out: Path) -> dict[str, Any]:
        return {name: replace(entry, own={"memberships": 1}) for name, entry in read(out).items()}

    monkeypatch.setattr(running, "read_manifest", with_own)
    err = call("report", "14", "--lang", "en", "--jobs", "1", "--force")[2]
    assert "en/region_report/14: last made with own rows, now without (--overlay FOLDER keeps them)" in err


@pytest.mark.usefixtures("quick")
def test_what_has_not_changed_is_not_run_again(
    call: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "2 of 2 pages would be run" in call("list", "--stale", "--only", "*/region_report/14")[2]
    assert call("report", "14", "--lang", "all", "--jobs", "1")[0] == 0
    assert call("list", "--stale", "--only", "*/region_report/14")[1:] == ("", "0 of 2 pages would be run\n")
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in Path("reports").rglob("*.*")}
    monkeypatch.setattr("natverk.reports.run.run", lambda *_args, **_more: pytest.fail("a page was run"))
    monkeypatch.setattr("natverk.reports.site.write_site", lambda *_args: pytest.fail("the index was written"))
    status, out, err = call("report", "14", "--lang", "all")
    assert (status, out) == (0, "reports/index.html\n")
    assert err == "2 of 2 pages are up to date (--force runs them all the same)\n"
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in Path("reports").rglob("*.*")} == before


UNCHANGED = """
import sys
from pathlib import Path
import natverk.cli
import natverk.reports.plan as project
declared = project.read_project(Path(sys.argv[1]) / "reports.toml", Path(sys.argv[1]))
project.find_project = lambda: declared
sys.argv = ["natverk", "report", "14"]
try:
    natverk.cli.main()
except SystemExit:
    pass
print([name for name in ("pandas", "matplotlib", "bs4", "jinja2", "nbconvert", "papermill") if name in sys.modules])
"""


@pytest.mark.usefixtures("quick")
def test_to_see_that_nothing_has_changed_needs_no_library(
    call: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    assert call("report", "14")[0] == 0
    done = subprocess.run(
        [sys.executable, "-c", UNCHANGED, str(tmp_path)], env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["reports/index.html", "[]"]
    assert "1 of 1 pages are up to date" in done.stderr


@pytest.mark.usefixtures("quick")
def test_only_what_has_changed_is_run_and_the_reason_is_said(call: Callable[..., tuple[int, str, str]]) -> None:
    assert call("report", "14", "18", "--jobs", "1")[0] == 0
    Path("reports/sv/region_report/18.html").write_text("damaged", encoding="utf-8")
    assert call("list", "--stale", "--only", "14", "--only", "18", "--lang", "sv")[1] == (
        "sv/region_report/18  18.html is not what was written\n"
    )
    _status, _out, err = call("report", "14", "18", "--jobs", "1")
    assert "1 of 2 pages are up to date" in err
    assert "[1/1] sv/region_report/18  ok" in err
    _status, _out, err = call("report", "14", "-p", "code=0180", "--jobs", "1")
    assert "[1/1] sv/region_report/14  ok" in err
    assert "the parameter code is '0114', it was '0180'" in call("list", "--stale", "--only", "sv/region_report/14")[1]
    assert "[1/1] sv/region_report/18  ok" in call("report", "18", "--force", "--jobs", "1")[2]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("table", "due"), [("twins", ["sv/region_report/14"]), ("sources", [])])
def test_a_changed_table_concerns_the_pages_that_read_it(
    call: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch, table: str, due: list[str]
) -> None:
    assert call("report", "14", "18")[0] == 0
    tables, directory = current_tables(), Directory.read(current_tables())
    tables.manifest["outputs"][f"{table}.parquet"]["sha256"] = "another"
    monkeypatch.setattr(tables, "verify", lambda: None)
    monkeypatch.setattr(Directory, "read", lambda _tables: directory)
    monkeypatch.setattr(build, "current_tables", lambda: tables)
    listed = call("list", "--stale", "--lang", "sv", "--only", "14", "--only", "18")[1].splitlines()
    assert listed == [f"{page}  it reads the whole table {table}, which has changed" for page in due]


@pytest.mark.usefixtures("quick")
def test_limit_leaves_the_rest_for_next_time(call: Callable[..., tuple[int, str, str]]) -> None:
    _status, _out, err = call("report", "14", "18", "17", "--limit", "1", "--jobs", "1")
    assert "[1/1] sv/region_report/14  ok" in err
    assert "2 more pages are left for next time" in err
    _status, _out, err = call("report", "14", "18", "17", "--limit", "1", "--jobs", "1")
    assert "[1/1] sv/region_report/18  ok" in err
    assert call("report", "14", "--limit", "0")[0] == 2


@pytest.mark.usefixtures("quick")
def test_fail_fast_stops_and_keep_going_goes_on(call: Callable[..., tuple[int, str, str]]) -> None:
    arguments = ("report", "14", "18", "-p", "strict=true", "--jobs", "1")
    status, _out, err = call(*arguments, "--fail-fast")
    assert status == 1
    assert "stopped at the first failure: what is done is kept" in err
    assert "natverk report sv/region_report/18 -p strict=true --out reports" in err
    assert "sv/region_report/18 -p strict=true --force --out" in call(*arguments, "--fail-fast", "--force")[2]
    assert not Path("reports/sv/region_report/18.failed.html").exists()
    assert call(*arguments)[0] == 1
    assert Path("reports/sv/region_report/18.failed.html").exists()


@pytest.mark.usefixtures("quick")
def test_two_runs_at_once_in_a_folder_are_refused(call: Callable[..., tuple[int, str, str]]) -> None:
    assert call("report", "14")[0] == 0
    before = files()
    with hold(Path("reports")):
        for arguments in (("report", "18"), ("report", "14", "--no-execute"), ("clean",)):
            status, out, err = call(*arguments)
            assert (status, out) == (2, "")
            assert f"another run (process {os.getpid()}) is writing to the folder reports" in err
        # To look is no harm.
        assert call("report", "14")[0] == 0
        assert call("list", "--stale", "--only", "14")[0] == 0
    assert files() == before


def test_no_execute_makes_the_page_from_the_notebook_beside_it(
    call: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert call("report", "14", "--jobs", "1")[0] == 0
    page = Path("reports/sv/region_report/14.html")
    good, notebook = page.read_bytes(), page.with_suffix(".ipynb").read_bytes()
    page.write_text("damaged", encoding="utf-8")
    monkeypatch.setattr("natverk.reports.run.run", lambda *_args, **_more: pytest.fail("a page was run"))
    status, out, err = call("report", "14", "18", "--no-execute", "-p", "code=0180")
    assert (status, out) == (1, "reports/index.html\n")
    assert "1 of 2 pages made anew" in err
    assert "not run yet: sv/region_report/18, natverk report sv/region_report/18" in err
    # The page is what was run, not what was asked for now.
    assert page.read_bytes() == good
    assert page.with_suffix(".ipynb").read_bytes() == notebook
    assert call("list", "--stale", "--only", "sv/region_report/14")[1] == ""
    assert call("report", "14", "--no-execute")[0] == 0


def test_verify_proves_the_same_or_shows_what_differs(
    call: Callable[..., tuple[int, str, str]], tmp_path: Path, project_notebook: Path
) -> None:
    status, _out, err = call("verify", "14")
    assert status == 2
    assert "has not been made" in err
    assert call("report", "14", "-p", "code=0180", "--jobs", "1")[0] == 0
    before = {path: path.read_bytes() for path in Path("reports").rglob("*.*")}
    status, out, _err = call("verify", "14", "--jobs", "1")
    assert (status, out) == (0, "sv/region_report/14: the same, 0 outputs compared\n")
    notebook = json.loads(project_notebook.read_text(encoding="utf-8"))
    notebook["cells"][1]["source"] = "print(code)"
    project_notebook.write_text(json.dumps(notebook), encoding="utf-8")
    status, out, _err = call("verify", "14", "--jobs", "1")
    assert status == 1
    assert "sv/region_report/14: 2 differences" in out
    assert "+ print(code)" in out
    assert "changed since it was made: the notebook region_report.ipynb has changed" in out
    assert {path: path.read_bytes() for path in Path("reports").rglob("*.*")} == before


@pytest.mark.usefixtures("quick")
def test_a_failed_run_leaves_the_record_of_the_page_that_stands(call: Callable[..., tuple[int, str, str]]) -> None:
    assert call("report", "14", "-p", "code=0180", "--jobs", "1")[0] == 0
    good = read_manifest(Path("reports"))["sv/region_report/14"]
    assert call("report", "14", "-p", "code=0199", "-p", "strict=yes", "--jobs", "1")[0] == 1
    failed = read_manifest(Path("reports"))["sv/region_report/14"]
    assert (failed.outcome, failed.error) == ("failed", "ValueError: no")
    assert failed.failed_parameters == {**good.parameters, "code": "0199", "strict": True}
    own = {"outcome": "ok", "error": None, "failed_parameters": None, "failed_fingerprint": None}
    assert replace(failed, **own, started=good.started, duration=good.duration) == good
    # The page is made anew, and what says that the last run failed stays: the index leads to it.
    page = Path("reports/sv/region_report/14.failed.html")
    assert call("report", "14", "--no-execute")[0] == 0
    assert page.is_file()
    assert read_manifest(Path("reports"))["sv/region_report/14"].outcome == "failed"
    assert call("verify", "14", "--jobs", "1") == (0, "sv/region_report/14: the same, 0 outputs compared\n", "")
    assert call("report", "14", "-p", "code=0180", "--jobs", "1")[0] == 0
    assert not page.exists()


@pytest.mark.usefixtures("quick")
def test_verify_that_is_interrupted_says_so(
    call: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert call("report", "14", "18", "17", "--jobs", "1")[0] == 0
    monkeypatch.setattr("natverk.reports.pool.Pool", StoppedPool)
    status, out, err = call("verify", "14", "18", "17", "--jobs", "1")
    assert (status, out) == (130, "sv/region_report/14: the same, 0 outputs compared\n")
    assert err.startswith("interrupted: 2 of 3 pages were not run again")
    assert "next: natverk verify sv/region_report/18 sv/region_report/17" in err


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("how", ["--force", "--no-execute"])
def test_documents_go_only_where_it_is_asked_for(
    call: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    assert call("report", "14", "--jobs", "1")[0] == 0
    pdf = Path("reports/sv/region_report/14.pdf")
    pdf.write_bytes(b"%PDF")
    out = Path("reports")
    update_manifest(out, [replace(read_manifest(out)["sv/region_report/14"], files=("sv/region_report/14.pdf",))])
    monkeypatch.setattr("natverk.reports.documents.find_browser", lambda: None)
    status, _out, err = call("report", "14", how)
    assert (status, pdf.is_file()) == (2, True)
    assert "--format html, which removes them" in err
    assert call("report", "14", how, "--format", "html")[0] == 0
    assert not pdf.exists()


@pytest.mark.usefixtures("quick")
def test_making_pages_anew_ends_between_two_of_them(
    call: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert call("report", "14", "18", "--jobs", "1")[0] == 0
    whole = running.put_html

    def stopped(*arguments: Any) -> None:
        signal.raise_signal(signal.SIGINT)
        whole(*arguments)

    monkeypatch.setattr(running, "put_html", stopped)
    status, _out, err = call("report", "14", "18", "--no-execute")
    assert status == 130
    assert "1 of 2 pages made anew" in err
    assert "natverk report sv/region_report/18 --no-execute --out reports" in err


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "wrong", [("--jobs", "0"), ("--cell-timeout", "0"), ("--memory", "-1"), ("--engine", "x"), ("--limit", "0")]
)
def test_what_is_wrong_is_said_also_where_nothing_is_due(
    call: Callable[..., tuple[int, str, str]], wrong: tuple[str, str]
) -> None:
    assert call("report", "14", "--jobs", "1")[0] == 0
    assert call("report", "14", *wrong)[0] == 2
    assert call("report", "14", "--no-execute", *wrong)[0] == 2


@pytest.mark.usefixtures("quick")
def test_an_index_that_is_gone_is_made_again(call: Callable[..., tuple[int, str, str]]) -> None:
    assert call("report", "14", "--jobs", "1")[0] == 0
    Path("reports/index.en.html").unlink()
    assert call("report", "14")[:2] == (0, "reports/index.html\n")
    assert Path("reports/index.en.html").is_file()


@pytest.mark.usefixtures("quick")
def test_a_site_that_a_killed_run_left_behind_is_mended(
    call: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [*INDEX_FILES.values(), CRATE_FILE]
    assert call("report", "14", "--jobs", "1")[0] == 0
    before = {name: Path("reports", name).read_bytes() for name in names}
    assert call("report", "18", "--jobs", "1")[0] == 0
    for name, content in before.items():
        Path("reports", name).write_bytes(content)
    monkeypatch.setattr("natverk.reports.run.run", lambda *_args, **_more: pytest.fail("a page was run"))
    assert call("report", "14", "18")[:2] == (0, "reports/index.html\n")
    assert '"sv/region_report/18.html"' in Path("reports", CRATE_FILE).read_text(encoding="utf-8")
    # And it is written anew no more than once.
    monkeypatch.setattr("natverk.reports.site.write_site", lambda *_args: pytest.fail("the index was written"))
    assert call("report", "14", "18")[0] == 0


def _edit_data(_monkeypatch: pytest.MonkeyPatch) -> None:
    Path("reports", DATA_FOLDER, CODEBOOK_FILE).write_text("edited", encoding="utf-8")


def _other_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Processed, "fingerprint", lambda _tables: "another")


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("change", [_edit_data, _other_data])
def test_the_site_follows_the_data_where_no_page_is_run(
    call: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[pytest.MonkeyPatch], None],
) -> None:
    assert call("report", "14", "--jobs", "1")[0] == 0
    written: list[Path] = []
    monkeypatch.setattr("natverk.reports.site.write_site", lambda out, _counties: written.append(out))
    assert call("report", "14")[0] == 0
    assert written == []
    change(monkeypatch)
    assert call("report", "14")[0] == 0
    assert written == [Path("reports").absolute()]


def test_a_folder_that_cannot_be_made_is_said(call: Callable[..., tuple[int, str, str]]) -> None:
    Path("taken").write_text("a file", encoding="utf-8")
    status, _out, err = call("report", "14", "--out", "taken/reports", "--jobs", "1")
    assert status == 2
    assert "choose another folder with --out" in err
    assert "Traceback" not in err
    assert files() == ["taken"]


def test_a_damaged_manifest_is_said_before_anything_runs(call: Callable[..., tuple[int, str, str]]) -> None:
    Path("reports").mkdir()
    Path("reports/manifest.jsonl").write_text("{\n", encoding="utf-8")
    status, _out, err = call("report", "14")
    assert status == 2
    assert "line 1 of manifest.jsonl" in err
    assert files() == ["reports/manifest.jsonl"]
    # Nothing tells what was made here, so nothing is removed.
    status, _out, err = call("clean")
    assert status == 2
    assert "manifest.jsonl" in err
    assert files() == ["reports/manifest.jsonl"]


@pytest.mark.parametrize("manifest", [None, "", "[1]\n", '{"id": "sv/region_report/14"}\n', "\udcff"])
def test_clean_leaves_a_foreign_site_alone(call: Callable[..., tuple[int, str, str]], manifest: str | None) -> None:
    Path("site/sv/region_report").mkdir(parents=True)
    for name in ("index.html", "index.en.html", "sv/region_report/14.html", "sv/region_report/14.ipynb"):
        (Path("site") / name).write_text("somebody else's", encoding="utf-8")
    if manifest is not None:
        Path("site/manifest.jsonl").write_bytes(manifest.encode("utf-8", "surrogateescape"))
    before = files()
    for _ in range(2):
        status, out, err = call("clean", "--out", "site")
        assert "Traceback" not in err
        assert (status, out) == ((2, "") if manifest else (0, "0 files removed from site\n"))
        assert files() == before


def test_clean_takes_only_what_the_manifest_names(call: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    assert call("report", "14", "--jobs", "1")[0] == 0
    made = {"manifest.jsonl", "index.html", "index.en.html", "sv/region_report/14.html", "sv/region_report/14.ipynb"}
    made |= {"ro-crate-metadata.json"}
    made |= {path.relative_to("reports").as_posix() for path in data_files(Path("reports"))}
    assert "data/memberships.csv" in made
    assert set(files(Path("reports"))) == made
    # A line that names what is no page of ours, and a folder that leads elsewhere.
    line = json.loads(Path("reports/manifest.jsonl").read_text(encoding="utf-8"))
    with Path("reports/manifest.jsonl").open("a", encoding="utf-8") as file:
        file.writelines(json.dumps({**line, "id": name}) + "\n" for name in ("../own", "notes"))
    foreign = ["own.html", "reports/notes.html", "reports/index.html", "reports/sv/region_report/15.html"]
    for name in foreign:
        Path(name).write_text("kept", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    Path("reports/sv/link").symlink_to(tmp_path / "empty", target_is_directory=True)
    assert call("clean")[:2] == (0, f"{len(made) - 1} files removed from reports\n")
    assert files() == sorted(foreign)
    assert (tmp_path / "empty").is_dir()
    assert call("clean")[:2] == (0, "0 files removed from reports\n")
    assert files() == sorted(foreign)


def test_years_after_the_data_are_refused(call: Callable[..., tuple[int, str, str]]) -> None:
    last = int(natverk.load().vintage[:4])
    status, _out, err = call("report", "14", "-p", f"year_to={last + 1}")
    assert status == 2
    assert f"year_to = {last + 1} is not a year between 1990 and {last}" in err
    assert f"next: --year-from 1990 --year-to {last}" in err
    assert files() == []


@pytest.mark.parametrize("arguments", [["report", "14"], ["report", "--all"], ["list"]])
@pytest.mark.parametrize("table", ["memberships", "counties", "population", "corrections"])
def test_a_truncated_table_is_said_before_anything_runs(
    call: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    arguments: list[str],
    table: str,
) -> None:
    processed = tmp_path / "data" / "processed"
    shutil.copytree(natverk.load().folder, processed)
    (tmp_path / "data" / "raw").symlink_to(ROOT / "data" / "raw", target_is_directory=True)
    monkeypatch.setenv("NATVERK_DATA", str(tmp_path / "data"))
    whole = (processed / f"{table}.parquet").read_bytes()
    (processed / f"{table}.parquet").write_bytes(whole[: len(whole) // 2])
    before = {path: path.read_bytes() for path in processed.iterdir()}
    monkeypatch.setattr("natverk.reports.run.run", lambda *_args, **_more: pytest.fail("a page was run"))
    status, out, err = call(*arguments)
    assert (status, out) == (2, "")
    assert err.splitlines()[0].startswith(f"the table {table} is damaged")
    assert "next: natverk build --force" in err
    assert "Traceback" not in err
    assert files() == []
    assert {path: path.read_bytes() for path in processed.iterdir()} == before


def test_build_makes_the_tables(call: Callable[..., tuple[int, str, str]]) -> None:
    status, out, _err = call("build", "--raw", str(ROOT / "data" / "raw"), "--out", "tables")
    assert status == 0
    assert out.startswith("built: ")
    assert Path("tables/counties.parquet").is_file()
    assert call("build", "--raw", str(ROOT / "data" / "raw"), "--out", "tables")[1].startswith("unchanged: ")
    status, _out, err = call("build", "--raw", "nowhere", "--out", "other")
    assert status == 2
    assert "Traceback" not in err
    assert not Path("other").exists()


@pytest.mark.parametrize("arguments", [("report", "14"), ("verify", "14"), ("clean",)])
def test_a_command_whose_extra_is_missing_says_the_line_to_type(
    call: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setattr("natverk.cli.find_spec", lambda name: None if name == "papermill" else name)
    status, out, err = call(*arguments)
    assert (status, out) == (2, "")
    assert "pages cannot be run without papermill, which is not installed" in err
    assert f"next: {command_line(sys.executable, '-m', 'pip', 'install', '-e', f'{ROOT}[reports]')}" in err
    assert call("list", "--lang", "sv")[0] == 0


def test_jupyterlab_that_is_missing_is_named_with_the_line_to_type(
    call: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("natverk.cli.find_spec", lambda name: None if name == "jupyterlab" else name)
    status, out, err = call("lab", "kurs")
    assert (status, out) == (2, "")
    told = ["JupyterLab cannot be opened without jupyterlab, which is not installed"]
    told += [f"  next: {command_line(sys.executable, '-m', 'pip', 'install', '-e', f'{ROOT}[lab]')}"]
    assert err.splitlines() == told
    assert files() == []
    assert "allowed: 'sv', 'en'" in call("lab", "--lang", "se")[2]


@pytest.mark.parametrize("platform", ["linux", "win32"])
def test_jupyterlab_gets_its_own_options_and_the_last_word(
    call: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    commands: list[list[str]] = []

    class Server:
        """Stands for JupyterLab on Windows: the first Ctrl-C makes it ask, and then it ends by itself."""

        def __init__(self, command: list[str], env: dict[str, str]) -> None:
            commands.append(command)
            self.asked = False

        def wait(self) -> int:
            if not self.asked:
                self.asked = True
                raise KeyboardInterrupt
            return 3

    def replaced(_program: str, command: list[str], _environ: dict[str, str]) -> None:
        commands.append(command)
        raise SystemExit(3)

    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(subprocess, "Popen", Server)
    monkeypatch.setattr(os, "execve", replaced)
    assert call("lab", "kurs", "--no-browser", "--lang", "en", "--port=1234") == (3, "", "")
    (command,) = commands
    assert command[1:3] == ["-m", "jupyterlab"]
    assert command[-2:] == ["--no-browser", "--port=1234"]
    assert "--LabApp.default_url=/lab/tree/README.en.md" in command
    assert Path("kurs/README.en.md").is_file()


def test_folders_with_blanks_are_quoted_in_the_next_command(call: Callable[..., tuple[int, str, str]]) -> None:
    status, out, _err = call("notebooks", "min kurs")
    assert status == 0
    assert out.splitlines()[-1].endswith("next: natverk lab 'min kurs'")
    assert call("new", "a_report")[1].splitlines() == [
        "a_report.ipynb",
        "reports.toml",
        "next: natverk report a_report",
    ]
    status, out, err = call("new", "A report")
    assert (status, out) == (2, "")
    assert err.splitlines()[-1] == "  next: natverk new a_report"


def test_a_zip_is_refused_before_anything_runs_and_not_written_after_a_failure(
    call: Callable[..., tuple[int, str, str]], quick: None
) -> None:
    status, out, err = call("report", "14", "--zip", "site.rar")
    assert (status, out) == (2, "")
    assert "'site.rar' is not the name of a zip file" in err
    assert files() == []
    assert call("report", "14", "--jobs", "1", "--zip", "site.zip")[1].splitlines() == [
        "reports/index.html",
        "site.zip",
    ]
    Path("site.zip").unlink()
    status, _out, err = call("report", "14", "-p", "strict=true", "--jobs", "1", "--zip", "site.zip")
    assert status == 1
    assert "site.zip is not written, since not all pages are done" in err
    assert not Path("site.zip").exists()


def test_as_a_command_of_its_own(tmp_path: Path) -> None:
    done = natverk_command("--version", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"natverk {__version__}\n", "")
    done = natverk_command("report", "Vastra Gotlnd", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines()[:2] == ["unknown name 'Vastra Gotlnd'", "  nearest: 'Västra Götaland'"]
    assert list(tmp_path.iterdir()) == []


def test_the_command_line_imports_no_engine(tmp_path: Path) -> None:
    code = (
        "import sys, natverk.cli\n"
        "sys.argv = ['natverk', 'list', '--stale', '--only', 'region_report']\n"
        "try: natverk.cli.main()\n"
        "except SystemExit: pass\n"
        "heavy = ('papermill', 'nbconvert', 'matplotlib', 'pandas', 'bs4', 'jinja2', 'psutil')\n"
        "print('heavy:', [name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=tmp_path,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "heavy: []"


@pytest.mark.skipif(os.name == "nt", reason="a shell closes the streams")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_what_is_started_finds_all_streams_where_some_are_closed(closed: str, tmp_path: Path) -> None:
    look = f"import sys; open({str(tmp_path / 'seen')!r}, 'w').write(str(None in (sys.stdin, sys.stdout, sys.stderr)))"
    start = f"cli.app = lambda: subprocess.run([sys.executable, '-c', {look!r}], check=True)"
    code = f"import subprocess, sys\nfrom natverk import cli\n{start}\ncli.main()"
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(["sh", "-c", f'"$@" {closed}', "sh", sys.executable, "-c", code], env=environ, check=True)
    assert (tmp_path / "seen").read_text(encoding="utf-8") == "False"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    "arguments",
    [("list", "--only", "strategies"), ("build",), ("clean", "--out", "nowhere"), ("--version",), ("report", "--help")],
    ids=" ".join,
)
def test_a_full_disk_under_standard_output_has_the_status_of_an_error(arguments: tuple[str, ...]) -> None:
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "natverk.cli", *arguments]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, env=environ, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("standard output cannot be written to")
    assert "Exception ignored" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_what_cannot_be_said_beside_the_answer_changes_no_status(tmp_path: Path) -> None:
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "natverk.cli", "list", "--stale", "--only", "strategies"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, env=environ, cwd=tmp_path, stdout=subprocess.PIPE, stderr=full, check=False)
    assert done.returncode == 0
    assert b"sv/strategies/sverige" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="arguments are bytes on POSIX only")
@pytest.mark.parametrize("option", ["--only", "name"])
@pytest.mark.parametrize(("encoding", "locale"), [("latin-1", None), ("utf-8", "C")])
def test_a_name_in_the_bytes_of_another_locale_is_known(
    option: str, encoding: str, locale: str | None, tmp_path: Path
) -> None:
    name = "Västra Götaland".encode(encoding)
    words = [b"list", b"--only", name] if option == "--only" else [b"verify", name]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)} | ({"LC_ALL": locale, "PYTHONUTF8": "0"} if locale else {})
    command = [sys.executable, "-m", "natverk.cli", *words]
    done = subprocess.run(command, env=environ, cwd=tmp_path, capture_output=True, check=False)
    # What has not been made cannot be verified; that it is known by its identifier says that the name was.
    assert b"region_report/14" in done.stdout + done.stderr


@pytest.mark.skipif(os.name == "nt", reason="a folder that is in use cannot be removed there")
def test_a_folder_that_is_gone_is_said_and_is_no_matter_where_nothing_is_put_into_it(tmp_path: Path) -> None:
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    for arguments, status in ((["list"], 2), (["list", "--out", str(tmp_path / "out")], 0), (["build"], 0)):
        gone = tmp_path / "gone"
        gone.mkdir()
        script = 'cd "$1"; rmdir "$1"; shift; exec "$@"'
        command = ["sh", "-c", script, "sh", str(gone), sys.executable, "-m", "natverk.cli", *arguments]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == status, done.stderr
        assert "Traceback" not in done.stderr
        assert status == 0 or "next: cd to another folder" in done.stderr


def test_a_tilde_is_the_home_folder_in_every_option_of_a_path(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "work").mkdir()
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path / "home")}
    raw = os.path.relpath(ROOT / "data" / "raw", tmp_path / "home")
    for arguments in (["build", f"--raw=~/{raw}", "--out=~/data/processed"], ["clean", "--out=~/pages"], ["list"]):
        command = [sys.executable, "-m", "natverk.cli", *arguments]
        environ |= {"NATVERK_DATA": "~/data"} if arguments == ["list"] else {}
        done = subprocess.run(command, env=environ, cwd=tmp_path / "work", capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "home" / "data" / "processed" / "counties.parquet").is_file()
    assert list((tmp_path / "work").iterdir()) == []
