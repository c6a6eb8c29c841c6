"""Every command that a message names as the next thing to do is done as it says, by a test here or one that is named.

A message with a new command fails here until a test runs it.
"""

from __future__ import annotations

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

import natverk
import natverk.reports.plan
from natverk import why
from natverk.data import build as building
from natverk.data.corrections import read_corrections
from natverk.data.raw import read_raw
from natverk.data.schema import SCHEMA
from natverk.data.template import write_templates
from natverk.data.units import Directory
from natverk.errors import MissingFile, NatverkError, install_line
from natverk.reports.files import hold
from tests import test_cli
from tests.reports import test_pool

ROOT = Path(__file__).resolve().parents[1]
RAW = ROOT / "data" / "raw"

# Fixtures: the command line in this process, on a small project whose pages are made without a kernel.
call, quick = test_cli.call, test_cli.quick
FIND_PROJECT = natverk.reports.plan.find_project
Call = Callable[..., tuple[int, str, str]]

COMMAND = re.compile(
    r"\bnatverk (build|list|report|verify|export|template|check|explain|clean)\b|\bgit [a-z]+ |\bpip install\b"
    r"|\bdask (worker|scheduler)\b|(?<![\w-])--[a-z]|\bulimit\b|\bapt-get\b|\b[A-Z_]{4,}="
    r"|(NATVERK_DATA|XDG_CACHE_HOME) name"
)
#: What is no sentence: an option by itself, a line of options of another program, a mark in HTML.
NO_SENTENCE = re.compile(r"(<!)?--[a-z][\w=:{}./+-]*(<!--/\w+-->|-->)?.*")


def _texts(node: ast.AST) -> Iterator[str]:
    """Yield the texts of a module that a message could hold, `{}` for what is put in: no docstrings, no help."""
    for child in ast.iter_child_nodes(node):
        docstring = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
        if docstring or (isinstance(child, ast.keyword) and child.arg in ("help", "where", "metavar")):
            continue
        if isinstance(child, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in child.values)
        elif isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield child.value
        else:
            yield from _texts(child)


def commands() -> set[str]:
    """Return the texts of the package that name a command or an option."""
    texts = {
        text
        for path in (ROOT / "natverk").rglob("*.py")
        if COMMAND.search(path.read_text(encoding="utf-8"))
        for text in _texts(ast.parse(path.read_text(encoding="utf-8")))
        if COMMAND.search(text) and len(text) < 160
    }
    return {text for text in texts if not (NO_SENTENCE.fullmatch(text) and text.count(" ") < 2)}


#: A test of this file, or of another → the texts whose commands it does.
HELD: dict[str, tuple[str, ...]] = {
    "test_a_folder_of_pages": (
        "choose another folder with --out",
        "wait until it is done, or choose another folder with --out",
    ),
    "test_a_raw_file_is_brought_back": (
        "bring it back: git checkout -- data/raw/corrections.toml; or make an empty file",
        "bring it back: git checkout -- data/raw/{}",
    ),
    "test_a_table_is_damaged": (
        "natverk build --force; where natverk is installed without raw facts, install it again",
        "natverk build",
    ),
    "test_an_engine": ("leave --engine out",),
    "test_an_export": (
        "name a folder: --out FOLDER",
        "move it, or name another folder: --out FOLDER",
        "name another folder, or replace them: --force (in Python overwrite=True)",
        "make room there, or name another folder: --out FOLDER",
    ),
    "test_an_installation": ("pip install {}=={}",),
    "test_limits_of_the_system": (
        "allow more open files, ulimit -n 4096, or ",
        "{}run fewer pages at once: --jobs 1",
        "close other programs, or run fewer pages at once: --jobs 1",
        "TMPDIR=/tmp natverk …",
        ", possibly for want of memory: --jobs 1 leaves it more",
    ),
    "test_names": (
        "natverk list --only '*/network_profile/*' shows those with pages; data.networks has all",
        'a name of several words stands in quotes: natverk report "{}"',
        "the unit itself: natverk report {}",
        "name a region: natverk explain 14 responsibility",
        "natverk report {}",
    ),
    "test_own_rows": (
        "next: natverk report NAME --overlay {}   or in Python: natverk.load(overlay={})",
        "use the columns of the codebook: natverk template writes it",
    ),
    "test_own_rows_that_can_be_kept_nowhere": (
        "free space, or let XDG_CACHE_HOME name a folder that can be written to",
    ),
    "test_pages": (
        "natverk verify \"Västra Götaland\"   or   natverk verify --only '*' (natverk list shows the pages)",
        "natverk list",
        "give either names or --all",
        'natverk report "Västra Götaland"   or   natverk report --all   (natverk list shows the pages)',
        "no page that is asked for is kept by --only",
        "natverk list shows the identifiers",
        "natverk list shows the pages that can be made",
        "--limit has no place beside --no-execute: no page is run",
        "name fewer pages, or leave --limit out",
    ),
    "test_tables_that_are_not_there": (
        "natverk build --raw FOLDER --out FOLDER",
        "name the folder: natverk build --raw FOLDER, or let NATVERK_DATA name the one above it",
        "natverk build --raw FOLDER --out {}",
    ),
    "test_years": ("--year-from {} --year-to {}",),
    "data/test_load.py::test_facts_gone_wrong_are_told_and_the_old_tables_stay": (
        "  next: mend the lines, then natverk build",
    ),
    "data/test_load.py::test_who_has_no_cache_gets_them_among_temporary_files": (
        "free space, or: natverk build --out FOLDER/processed, and then let NATVERK_DATA name FOLDER",
    ),
    "pages/test_years.py::test_years_that_end_before_a_municipality_are_refused": (
        "--year-to {}, or any year from {} on",
    ),
    "reports/test_cluster.py::test_a_scheduler_that_dies_ends_the_run_and_a_rerun_goes_on": (
        "dask worker {}, then the same command: it does only what is missing",
    ),
    "reports/test_cluster.py::test_all_pages_arrive_though_a_worker_is_killed": (
        "on that machine: dask scheduler; then on each that is to run pages: dask worker ",
        "on each machine that is to run pages: dask worker {}",
    ),
    "reports/test_documents.py::test_the_browser_that_is_named_prints_with_a_profile_of_its_own": (
        " (Debian: apt-get install chromium)",
    ),
    "reports/test_plan.py::test_a_name_of_several_kinds_is_said": (
        "{}: taken as the {} {}. Other pages: natverk report {}",
    ),
    "reports/test_pool.py::test_a_page_that_exhausts_memory_fails_alone": (
        "the page may take {} MB (--memory, or fewer --jobs)",
    ),
    "reports/test_site.py::test_what_cannot_be_packed_leaves_the_older_file": (
        "--zip with another path",
        "natverk report --all --zip site.zip",
    ),
    "test_tasks.py::test_an_own_notebook_makes_its_three_pages": (
        (
            '[reports.{}]\nnotebook = "{}"\nunits = "municipality"\n'
            "# {}; without this line --all makes pages for all 290.\nonly = {}\n"
        ),
        "next: natverk report {}",
    ),
    "test_coders.py::test_what_is_typed_is_checked": ("--variable tone=-1,0,1 --variable theme",),
    "test_live.py::test_the_command_shows_and_takes": (
        "not taken: nothing was written (--take takes it)",
        "next: natverk report NAME --overlay {}   or natverk.load(overlay={})",
    ),
    "test_live.py::test_earlier_years_replace_figures_on_constant_borders_where_they_differ": (
        "natverk refresh population FOLDER --year-from YEAR   asks for earlier years",
    ),
    "test_live.py::test_no_service_at_all_is_told": (
        "see that there is a network, or name a mirror with --url; then try again",
    ),
    "test_missions.py::test_no_form_is_written_over_and_none_is_written_beside_one": (
        "move it away, or name another folder: --out FOLDER",
    ),
    "test_vintages.py::test_pages_that_would_be_run_are_told_without_running_them": (
        "pages that would be run again, of {} in {}: {} (--text runs them aside)",
        "pages: there are none in {} to tell from (natverk report)",
    ),
    "test_vintages.py::test_one_membership_more_names_the_row_its_cells_and_exactly_the_pages_that_change": (
        "    … and {} more lines (--all)",
        "  … and {} more (--all)",
    ),
    "test_vintages.py::test_tables_of_another_schema_are_compared_by_rows": ("{}… and {} more (--all)",),
    "test_cli.py::test_a_folder_that_is_gone_is_said_and_is_no_matter_where_nothing_is_put_into_it": (
        "cd to another folder, or give --out with its whole path",
    ),
    "test_cli.py::test_documents_go_only_where_it_is_asked_for": ("{}   or   --format html, which removes them",),
    "test_cli.py::test_the_index_is_in_the_language_of_the_pages_and_lost_own_rows_are_told": (
        "{}{}: last made with own rows, now without (--overlay FOLDER keeps them)",
    ),
    "test_cli.py::test_limit_leaves_the_rest_for_next_time": ("{} more pages are left for next time (--limit)",),
    "test_cli.py::test_only_what_has_changed_is_run_and_the_reason_is_said": (
        "it is asked for with --force",
        "{} of {} pages are up to date (--force runs them all the same)",
    ),
}


def test_every_command_of_a_message_is_held_by_a_test() -> None:
    held = {text for texts in HELD.values() for text in texts}
    assert commands() - held == set(), "write a test that does what the message says"
    assert held - commands() == set(), "no message says that any longer"


@pytest.mark.parametrize("named", HELD)
def test_the_test_is_there(named: str) -> None:
    file, _, name = named.rpartition("::")
    tree = ast.parse((ROOT / "tests" / file if file else Path(__file__)).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


# --- As it says -------------------------------------------------------------------------------------------------------


def follow(call: Call, said: str, *lines: str) -> None:
    """See that a message says these lines, and that each does what it promises."""
    assert "Traceback" not in said
    for line in lines:
        assert line in said
        status, _out, err = call(*shlex.split(line)[1:])
        assert status == 0, (line, err)


def next_of(said: str) -> str:
    """Return what a message says to do next."""
    return said.partition("  next: ")[2].partition("\n")[0]


@pytest.mark.usefixtures("quick")
def test_pages(call: Call) -> None:
    follow(call, call("report")[2], 'natverk report "Västra Götaland"', "natverk report --all", "natverk list")
    follow(call, call("verify")[2], 'natverk verify "Västra Götaland"', "natverk verify --only '*'", "natverk list")
    assert "give either names or --all" in call("report", "14", "--all")[2]
    assert "kept by --only" in call("report", "14", "--only", "18")[2]
    follow(call, call("list", "--only", "zz*")[2], "natverk list")
    follow(call, call("report", "1380")[2], "natverk list")
    follow(call, call("report", "sv/region_report/14/x")[2], "natverk list")
    assert "leave --limit out" in call("report", "14", "--no-execute", "--limit", "2")[2]
    assert call("report", "14", "--no-execute")[0] == 0
    # Also where the pages stand in another folder than the ordinary one.
    for refused in (("verify", "18", "--out", "my pages"), ("report", "17", "--no-execute", "--out", "my pages")):
        said = call(*refused)[2]
        line = next_of(said) or said.partition("not run yet: ")[2].partition(", ")[2].partition("\n")[0]
        follow(call, said, line)
        assert call(*refused)[0] == 0


@pytest.mark.usefixtures("quick")
def test_years(call: Call) -> None:
    for years in (("--year-from", "1980"), ("--year-from", "2020", "--year-to", "2010")):
        status, _out, err = call("report", "14", *years)
        assert status == 2
        assert call("report", "14", *shlex.split(next_of(err)))[0] == 0


@pytest.mark.usefixtures("quick")
def test_names(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    follow(call, call("report", "Västra", "Götaland")[2], 'natverk report "Västra Götaland"')
    follow(call, call("report", "14", "-p", "region=12")[2], "natverk report 14")
    follow(call, call("explain", "1380", "responsibility")[2], "natverk explain 14 responsibility")
    with pytest.raises(NatverkError) as unknown:
        list(why.explained(natverk.load(), "eurocitis", "networks"))
    assert "natverk list" in str(unknown.value)
    # The pages of the networks are those of the real project.
    monkeypatch.setattr(natverk.reports.plan, "find_project", FIND_PROJECT)
    directory = Directory.of(natverk.load())
    with pytest.raises(NatverkError) as unknown:
        directory.resolve("network", "eurocitis")
    follow(call, str(unknown.value), "natverk list --only '*/network_profile/*'")


@pytest.mark.usefixtures("quick")
def test_an_engine(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    assert next_of(call("report", "14", "--engine", "natvrk")[2]) == "leave --engine out"
    assert call("report", "14")[0] == 0
    monkeypatch.delattr(os, "fork")
    line = next_of(call("report", "18", "--engine", "natverk")[2])
    assert call("report", "18", *line.split())[0] == 0


@pytest.mark.usefixtures("quick")
def test_a_folder_of_pages(call: Call) -> None:
    Path("taken").write_text("a file", encoding="utf-8")
    assert "choose another folder with --out" in call("report", "14", "--out", "taken/reports")[2]
    assert call("report", "14", "--out", "other")[0] == 0
    with hold(Path("other")):
        assert "wait until it is done, or choose another" in call("report", "18", "--out", "other")[2]
        assert call("report", "18", "--out", "third")[0] == 0
    assert call("report", "18", "--out", "other")[0] == 0


def test_limits_of_the_system(tmp_path: Path) -> None:
    # The messages are those of tests/reports/test_pool.py; here it is seen that a run takes what they say.
    test_pool.write_notebook(tmp_path, "print(f'made for {region}')")
    (tmp_path / "driver.py").write_text(test_pool.DRIVER, encoding="utf-8")
    words = [sys.executable, str(tmp_path / "driver.py"), str(tmp_path), "report", "14", "--jobs", "1"]
    shell = ["bash", "-c", 'ulimit -n 4096 && TMPDIR=/tmp "$@"', "bash"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([*shell, *words], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# --- Data -------------------------------------------------------------------------------------------------------------


def test_tables_that_are_not_there(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, raw = tmp_path / "my data", str(RAW)
    monkeypatch.setenv("NATVERK_DATA", str(mine))
    assert "natverk build --raw FOLDER, or let NATVERK_DATA name" in call("list")[2]
    assert call("build", "--raw", raw)[0] == 0
    assert call("list")[0] == 0
    # Tables alone can be read, and not built from themselves.
    assert next_of(call("build")[2]) == "natverk build --raw FOLDER --out FOLDER"
    assert call("build", "--raw", raw, "--out", str(mine / "processed"))[0] == 0
    nowhere = tmp_path / "no tables"
    monkeypatch.setattr(building, "data_folders", lambda: (None, nowhere))
    follow(call, call("list")[2].replace("FOLDER", raw), f"natverk build --raw {raw} --out '{nowhere}'")
    assert call("list")[0] == 0
    monkeypatch.undo()
    monkeypatch.setenv("NATVERK_DATA", str(ROOT / "data"))
    assert len(natverk.load().counties) == 21


def test_a_table_is_damaged(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "data"
    shutil.copytree(natverk.load().folder, data / "processed")
    (data / "raw").symlink_to(RAW, target_is_directory=True)
    monkeypatch.setenv("NATVERK_DATA", str(data))
    (data / "processed/counties.parquet").write_bytes(b"PAR1")
    follow(call, call("list")[2], "natverk build --force")
    assert call("list")[0] == 0


def test_a_raw_file_is_brought_back(tmp_path: Path) -> None:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    for name in ("counties.csv", "corrections.toml"):
        shutil.copy(RAW / name, raw / name)
    git = ["git", "-c", "user.name=x", "-c", "user.email=x", "-c", "core.autocrlf=false"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *words], cwd=tmp_path, check=True, capture_output=True)
    for name, read in (("counties.csv", lambda: read_raw(raw, SCHEMA["counties"])),
                       ("corrections.toml", lambda: read_corrections(raw))):  # fmt: skip
        (raw / name).unlink()
        with pytest.raises(MissingFile) as missing:
            read()
        line = f"git checkout -- data/raw/{name}"
        assert line in str(missing.value)
        subprocess.run(line.split(), cwd=tmp_path, check=True, capture_output=True)
        assert len(read()) > 10
    (raw / "corrections.toml").write_text("", encoding="utf-8")
    assert read_corrections(raw) == []


def test_an_export(call: Call) -> None:
    export = ("export", "--tables", "counties", "--out")
    Path("taken").write_text("a file", encoding="utf-8")
    assert next_of(call(*export, "taken")[2]) == "name a folder: --out FOLDER"
    Path("tables/csv/counties.csv").mkdir(parents=True)
    Path("files").mkdir()
    Path("files/csv").write_text("a file", encoding="utf-8")
    for there in ("tables", "files"):
        assert "name another folder: --out FOLDER" in next_of(call(*export, there)[2])
    assert call(*export, "others")[0] == 0
    assert "replace them: --force" in next_of(call(*export, "others")[2])
    assert call(*export, "others", "--force")[0] == 0
    assert call(*export, "thirds")[0] == 0


@pytest.mark.usefixtures("quick")
def test_own_rows(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    mine = tmp_path / "my rows"
    follow(call, call("check", str(mine))[2], f"natverk template memberships '{mine}'")
    said = call("check", str(mine))[1]
    follow(call, said.replace("NAME", "14"), f"natverk report 14 --overlay '{mine}'")
    assert natverk.load(overlay=mine).folder.is_relative_to(tmp_path / "cache")
    path = mine / "memberships.csv"
    whole = path.read_text(encoding="utf-8-sig")
    path.write_text(whole.replace("\n", ";extra\n", 1), encoding="utf-8")
    with pytest.raises(NatverkError) as wrong:
        natverk.load(overlay=mine)
    line = f"natverk check '{mine}'"
    assert line in str(wrong.value)
    status, out, _err = call(*shlex.split(line)[1:])
    assert status == 1
    assert "use the columns of the codebook: natverk template writes it" in out
    assert call("template", "memberships", str(tmp_path / "again"))[0] == 0
    assert (tmp_path / "again/memberships.csv").read_text(encoding="utf-8-sig") == whole


def test_own_rows_that_can_be_kept_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_templates(["memberships"], tmp_path / "mine")
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "file"))
    with pytest.raises(NatverkError, match="kept nowhere") as nowhere:
        natverk.load(overlay=tmp_path / "mine")
    assert "let XDG_CACHE_HOME name a folder" in str(nowhere.value)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert len(natverk.load(overlay=tmp_path / "mine").counties) == 21


# --- What is not installed --------------------------------------------------------------------------------------------


@pytest.mark.skipif(find_spec("pip") is None, reason="this environment has no pip")
def test_an_installation() -> None:
    """Each line is one that pip takes: it reads natverk, and would install it; nothing is fetched or changed."""
    for line in (install_line("excel"), install_line(), f"{sys.executable} -m pip install pandas=={pd.__version__}"):
        words = [*shlex.split(line), "--dry-run", "--no-deps", "--no-build-isolation", "--no-index"]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "Would install natverk" in done.stdout or "already satisfied: pandas" in done.stdout
