"""A folder of one's own: nothing in it is written over, its links lead somewhere, and its notebooks can be run."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from natverk import workspace
from natverk.data.build import current_tables
from natverk.data.units import Directory
from natverk.errors import DataError, InvalidArgument, NatverkError, UnknownName
from natverk.reports.plan import find_project, read_parameters, shipped
from natverk.seminar.versions import student_version
from natverk.workspace import (
    START_PAGES,
    copy_notebooks,
    lab_command,
    lab_environment,
    lab_folder,
    new_report,
    start_page,
)

ROOT = Path(__file__).resolve().parents[1]
LINK = re.compile(r"\]\(([^)#]+)\)")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def directory() -> Directory:
    return Directory.read(current_tables())


# --- Copies -----------------------------------------------------------------------------------------------------------


def test_all_that_is_shipped_is_copied_and_a_second_time_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "kurs"
    found = copy_notebooks(folder)
    config, notebooks = shipped()
    names = {path.name for path in notebooks.glob("*.ipynb")}
    assert names | {"README.md", "README.en.md", "reports.toml"} <= {path.name for path in found["new"]}
    assert found["same"] == found["kept"] == []
    assert (folder / "reports.toml").read_bytes() == config.read_bytes()
    assert (folder / "explore.ipynb").read_bytes() == (notebooks / "explore.ipynb").read_bytes()
    before = contents(folder)
    again = copy_notebooks(folder)
    assert (again["new"], again["kept"], set(again["same"])) == ([], [], set(found["new"]))
    assert contents(folder) == before


def test_a_changed_file_is_kept_and_a_lost_one_comes_back(tmp_path: Path) -> None:
    copy_notebooks(tmp_path)
    original = (tmp_path / "explore.ipynb").read_bytes()
    (tmp_path / "explore.ipynb").write_text("mine", encoding="utf-8")
    (tmp_path / "compare.ipynb").unlink()
    found = copy_notebooks(tmp_path)
    assert found["kept"] == [tmp_path / "explore.ipynb"]
    assert found["new"] == [tmp_path / "compare.ipynb"]
    assert (tmp_path / "explore.ipynb").read_text(encoding="utf-8") == "mine"
    # Beside it only when that is asked for, and never over what was put there before.
    assert copy_notebooks(tmp_path, beside=True)["new"] == [tmp_path / "explore.new.ipynb"]
    assert (tmp_path / "explore.new.ipynb").read_bytes() == original
    assert copy_notebooks(tmp_path, beside=True)["new"] == []
    (tmp_path / "explore.new.ipynb").write_text("mine too", encoding="utf-8")
    assert copy_notebooks(tmp_path, beside=True)["new"] == [tmp_path / "explore.new-2.ipynb"]
    assert (tmp_path / "explore.ipynb").read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "explore.new.ipynb").read_text(encoding="utf-8") == "mine too"


def test_what_stands_in_the_way_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(InvalidArgument, match="file is a file, and a folder goes there"):
        copy_notebooks(tmp_path / "file")
    (tmp_path / "kurs" / "explore.ipynb").mkdir(parents=True)
    with pytest.raises(InvalidArgument, match=r"explore.ipynb is a folder, and a file goes there"):
        copy_notebooks(tmp_path / "kurs")
    assert contents(tmp_path) == {"file": b"x"}


def test_natverks_own_notebooks_are_no_place_for_copies() -> None:
    before = contents(shipped()[1])
    with pytest.raises(InvalidArgument, match="natverk's own notebooks"):
        copy_notebooks(shipped()[1])
    assert contents(shipped()[1]) == before


def test_no_answer_is_copied_and_what_the_sessions_name_lies_beside_them(tmp_path: Path) -> None:
    copy_notebooks(tmp_path)
    masters = sorted((shipped()[1] / "seminar").glob("*.ipynb"))
    assert len(masters) == 8
    for path in masters:
        session, lang, _ending = path.name.split(".")
        told = json.loads((tmp_path / "seminar" / lang / f"{session}.ipynb").read_text(encoding="utf-8"))["cells"]
        master = nbformat.read(path, as_version=4)
        students = student_version(master)
        assert ["".join(cell["source"]) for cell in told] == [cell.source for cell in students.cells]
        assert not [cell for cell in told if cell.get("outputs") or {"answer", "teacher"} & set(tags_of(cell))]
        hidden = {cell.source for cell in master.cells if {"answer", "teacher"} & set(tags_of(cell))}
        everything = "".join("".join(cell["source"]) for cell in told)
        assert hidden
        assert not [source for source in hidden if source in everything]
        for name in re.findall(r"`(\w+\.md|sheets)`", everything):
            assert (tmp_path / "seminar" / lang / name).exists(), (path.name, name)
    # Nor in the handouts or in the guide, and no key.
    assert not [path for path in tmp_path.rglob("*") if path.stem == "key" or path.parent.name == "teacher"]


def tags_of(cell: Mapping[str, Any]) -> list[str]:
    return list(cell["metadata"].get("tags", []))


@pytest.fixture
def with_seminar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let natverk ship a seminar: a notebook in each language, one in both, and a text."""
    own = tmp_path / "shipped"
    heads = {"seminar/01_read.sv.ipynb": "Läs [en] sida|", "seminar/01_read.en.ipynb": "Read a page",
             "seminar/student/sv/02 värt.ipynb": "Är det värt det?", "seminar/03_all.ipynb": "For all",
             "seminar/.ipynb_checkpoints/03_all.ipynb": "old"}  # fmt: skip
    for name, head in heads.items():
        (own / name).parent.mkdir(parents=True, exist_ok=True)
        cells = [
            {"cell_type": "markdown", "source": f"# {head}\n\nText"},
            {"cell_type": "code", "metadata": {"tags": ["answer"]}, "outputs": [{"text": "55"}], "source": "x = 55"},
        ]
        (own / name).write_text(json.dumps({"cells": cells}), encoding="utf-8")
    (own / "seminar" / "coding_manual.md").write_text("# Manual", encoding="utf-8")
    (own / "seminar" / "README.md").write_text("# Seminar", encoding="utf-8")
    for path in shipped()[1].glob("*.ipynb"):
        (own / path.name).write_bytes(path.read_bytes())
    (own / "reports.toml").write_bytes(shipped()[0].read_bytes())
    monkeypatch.setattr(workspace, "shipped", lambda: (own / "reports.toml", own))
    return own


@pytest.mark.usefixtures("with_seminar")
def test_the_seminar_comes_along_with_links_in_the_readers_language(tmp_path: Path) -> None:
    copy_notebooks(tmp_path / "kurs")
    found = {name for name in contents(tmp_path / "kurs") if name.startswith("seminar")}
    assert found == {
        "seminar/sv/01_read.ipynb", "seminar/en/01_read.ipynb", "seminar/student/sv/02 värt.ipynb",
        "seminar/03_all.ipynb", "seminar/coding_manual.md", "seminar/README.md",
        *(f"seminar/{lang}/sheets/{name}" for lang in ("sv", "en") for name in ("01-a.csv", "02-b.csv")),
    }  # fmt: skip
    assert not [name for name in found if b"55" in contents(tmp_path / "kurs")[name]]
    swedish = (tmp_path / "kurs" / "README.md").read_text(encoding="utf-8")
    english = (tmp_path / "kurs" / "README.en.md").read_text(encoding="utf-8")
    assert "[Så håller du seminarierna](seminar/README.md)" in swedish
    assert "[How to hold the seminars](seminar/README.md)" in english
    assert "[Läs en sida](seminar/sv/01_read.ipynb)" in swedish
    assert "[Är det värt det?](seminar/student/sv/02%20v%C3%A4rt.ipynb)" in swedish
    assert "en/01_read" not in swedish
    assert "[Read a page](seminar/en/01_read.ipynb)" in english
    assert "sv/01_read" not in english
    assert "seminar/03_all.ipynb" in swedish
    assert "seminar/03_all.ipynb" in english


@pytest.mark.parametrize("lang", START_PAGES)
def test_every_notebook_has_a_card_and_every_link_leads_somewhere(tmp_path: Path, lang: str) -> None:
    copy_notebooks(tmp_path)
    page = (tmp_path / START_PAGES[lang]).read_text(encoding="utf-8")
    links = [unquote(link) for link in LINK.findall(page)]
    assert [link for link in links if not (tmp_path / link).is_file()] == []
    assert {path.name for path in tmp_path.glob("*.ipynb")} <= set(links)
    # Rows of a table with a cell too many or too few are broken.
    assert {line.count(" | ") for line in page.splitlines() if line.startswith("| ")} == {1}


@pytest.mark.parametrize("lang", START_PAGES)
def test_what_the_start_page_tells_to_type_can_be_typed(lang: str) -> None:
    from typer.main import get_command

    from natverk.cli import app

    verbs = re.findall(r"`natverk (\w+)", start_page(lang, {}))
    assert {"report", "new", "notebooks", "template"} <= set(verbs)
    assert set(verbs) <= set(get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("page", ["docs/fifteen.md", "natverk/lab/README.md", "natverk/lab/README.en.md"])
def test_the_first_chart_is_written(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import matplotlib.pyplot as plt

    (code,) = [
        text
        for text in re.findall(r"```python\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)
        if "savefig" in text
    ]
    assert len(code.split("\n")) <= 8
    monkeypatch.chdir(tmp_path)
    try:
        exec(compile(code, page, "exec"), {})  # noqa: S102
    finally:
        plt.close("all")
    assert [path.read_bytes()[1:4] for path in tmp_path.iterdir()] == [b"PNG"]


# --- JupyterLab -------------------------------------------------------------------------------------------------------


def test_jupyterlab_opens_where_a_start_page_is_or_nothing(tmp_path: Path) -> None:
    assert lab_folder(tmp_path / "new") == tmp_path / "new"
    assert (tmp_path / "new" / "README.md").is_file()
    (tmp_path / "new" / "explore.ipynb").unlink()
    lab_folder(tmp_path / "new")
    assert not (tmp_path / "new" / "explore.ipynb").exists()
    before = contents(tmp_path)
    with pytest.raises(InvalidArgument, match="no start page here"):
        lab_folder(tmp_path)
    assert contents(tmp_path) == before


def test_the_start_page_is_that_of_the_language(tmp_path: Path) -> None:
    copy_notebooks(tmp_path)
    assert "--LabApp.default_url=/lab/tree/README.en.md" in lab_command(tmp_path, "en")
    (tmp_path / "README.en.md").unlink()
    assert "--LabApp.default_url=/lab/tree/README.md" in lab_command(tmp_path, "en")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of JupyterLab, started by `natverk lab` in a new folder."""
    pytest.importorskip("jupyterlab", reason="the extra natverk[lab] is not installed")
    options = ["--no-browser", "--port=0", "--ServerApp.token=t", "--allow-root"]
    own = {"PYTHONPATH": str(ROOT), "JUPYTER_RUNTIME_DIR": str(tmp_path / "run"), "HOME": str(tmp_path)}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "natverk.cli", "lab", "kurs", *options], cwd=tmp_path,
            env={**os.environ, **own}, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 120
        while not (found := re.search(r"http://127\.0\.0\.1:\d+/lab/tree/README\.md", (tmp_path / "log").read_text())):
            assert process.poll() is None and time.monotonic() < deadline, (tmp_path / "log").read_text()  # noqa: PT018
            time.sleep(0.3)
        yield found[0]
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


@pytest.mark.skipif(sys.platform == "win32", reason="processes are ended by signals")
def test_jupyterlab_answers_at_the_start_page_and_shows_it_rendered(server: str) -> None:
    with urllib.request.urlopen(f"{server}?token=t", timeout=60) as page:
        assert page.status == 200
    base = server.partition("/lab/")[0]
    settings_at = f"{base}/lab/api/settings/@jupyterlab/"

    def setting(name: str) -> dict[str, object]:
        with urllib.request.urlopen(f"{settings_at}{name}?token=t", timeout=60) as answer:
            properties = json.load(answer)["schema"]["properties"]
        return {key: value.get("default") for key, value in properties.items()}

    assert setting("docmanager-extension:plugin")["defaultViewers"] == {"markdown": "Markdown Preview"}
    news = setting("apputils-extension:notification")
    assert (news["fetchNews"], news["checkForUpdates"]) == ("false", False)


def test_settings_of_the_user_come_after_ours() -> None:
    path = lab_environment({"JUPYTER_CONFIG_PATH": "/etc/mine", "X": "1"})
    assert path["JUPYTER_CONFIG_PATH"].endswith(f"{os.pathsep}/etc/mine")
    assert path["X"] == "1"
    first = Path(path["JUPYTER_CONFIG_PATH"].split(os.pathsep)[0])
    assert (first / "labconfig" / "default_setting_overrides.json").is_file()


# --- An own notebook --------------------------------------------------------------------------------------------------


def test_a_new_notebook_is_declared_and_found(
    tmp_path: Path, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert new_report(tmp_path, "my_report", [], directory) == [tmp_path / "my_report.ipynb", tmp_path / "reports.toml"]
    assert set(read_parameters(tmp_path / "my_report.ipynb")) == {"municipality", "year_from", "year_to", "lang"}
    monkeypatch.chdir(tmp_path)
    (report,) = find_project().reports
    assert (report.name, report.kind, report.only) == ("my_report", "municipality", ("1487", "0182", "0180"))
    assert report.notebook == (tmp_path / "my_report.ipynb").resolve()


def test_a_second_one_is_added_and_what_stood_there_stays(
    tmp_path: Path, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "notebooks").mkdir()
    new_report(tmp_path, "first", ["Malmö"], directory)
    before = (tmp_path / "reports.toml").read_text(encoding="utf-8")
    new_report(tmp_path, "second", ["Lund", "1281", "Ystad"], directory)
    after = (tmp_path / "reports.toml").read_text(encoding="utf-8")
    assert after.startswith(before)
    assert tomllib.loads(after)["reports"]["second"]["only"] == ["1281", "1286"]
    monkeypatch.chdir(tmp_path)
    assert [report.notebook.parent.name for report in find_project().reports] == ["notebooks", "notebooks"]


def test_in_copies_of_natverks_notebooks_it_stands_beside_theirs(
    tmp_path: Path, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_notebooks(tmp_path)
    new_report(tmp_path, "my_report", [], directory)
    monkeypatch.chdir(tmp_path)
    names = [report.name for report in find_project().reports]
    assert names[-1] == "my_report"
    assert "region_report" in names
    # Changed, so it is kept from then on.
    assert copy_notebooks(tmp_path)["kept"] == [tmp_path / "reports.toml"]


@pytest.mark.parametrize(
    ("name", "told", "next_"),
    [
        ("Min rapport", "made of a-z, 0-9 and _", "natverk new min_rapport"),
        ("my-report.ipynb", "made of a-z, 0-9 and _", "natverk new my_report"),
        ("../x", "made of a-z, 0-9 and _", "natverk new x"),
        ("1", "made of a-z, 0-9 and _", "natverk new my_report"),
        ("", "made of a-z, 0-9 and _", "natverk new my_report"),
        ("con", "a device on Windows", "natverk new my_report"),
        ("a" * 41, "may have 40", "natverk new my_report"),
    ],
)
def test_a_name_that_cannot_be_used_gets_one_that_can(
    tmp_path: Path, directory: Directory, name: str, told: str, next_: str
) -> None:
    with pytest.raises(InvalidArgument, match=told) as error:
        new_report(tmp_path, name, [], directory)
    assert error.value.remedy == next_
    assert contents(tmp_path) == {}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.one_of(st.text(max_size=12), st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)))
def test_any_name_is_refused_or_makes_a_notebook_that_can_be_read(
    tmp_path_factory: pytest.TempPathFactory, directory: Directory, name: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    try:
        notebook, config = new_report(folder, name, ["1487"], directory)
    except NatverkError:
        assert contents(folder) == {}
    else:
        assert notebook.parent == folder
        assert read_parameters(notebook)["municipality"].default == "1487"
        assert list(tomllib.loads(config.read_text(encoding="utf-8"))["reports"]) == [name]


def test_nothing_is_written_over_or_beside_a_mistake(tmp_path: Path, directory: Directory) -> None:
    (tmp_path / "a.ipynb").write_text("mine", encoding="utf-8")
    with pytest.raises(InvalidArgument, match=r"a\.ipynb is there already"):
        new_report(tmp_path, "a", [], directory)
    with pytest.raises(UnknownName, match="unknown municipality 'Malmoe'"):
        new_report(tmp_path, "b", ["Malmoe"], directory)
    with pytest.raises(InvalidArgument, match="'SERN' is a network"):
        new_report(tmp_path, "b", ["SERN"], directory)
    new_report(tmp_path, "c", [], directory)
    with pytest.raises(InvalidArgument, match="a report 'c' is declared already"):
        new_report(tmp_path, "c", [], directory)
    (tmp_path / "reports.toml").write_text("[reports", encoding="utf-8")
    before = contents(tmp_path)
    with pytest.raises(DataError, match="is not valid TOML"):
        new_report(tmp_path, "d", [], directory)
    assert contents(tmp_path) == before


def test_a_table_that_cannot_be_added_is_said(tmp_path: Path, directory: Directory) -> None:
    # Right as it stands, but nothing can be added to a table that is closed.
    text = 'reports = {a = {notebook = "a.ipynb", units = "country"}}\n'
    (tmp_path / "reports.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidArgument, match=r"cannot be added") as error:
        new_report(tmp_path, "b", [], directory)
    assert "[reports.b]" in str(error.value.remedy)
    assert contents(tmp_path) == {"reports.toml": text.encode()}
