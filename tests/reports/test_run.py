"""Runs of pages: what is written, what fails alone, and what an interrupt leaves behind (nothing)."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
import pytest
from bs4 import BeautifulSoup

import natverk
from natverk.data.units import Directory
from natverk.errors import DataError, InvalidArgument, NatverkError
from natverk.reports.engine import FACTS_TYPE, normalise, set_cell_ids
from natverk.reports.files import PART_MARK, write_whole
from natverk.reports.plan import Project, plan, read_notebook, read_project
from natverk.reports.pool import set_surroundings
from natverk.reports.files import end_with_children
from natverk.reports.record import Entry, read_manifest, text_hash, update_manifest
from natverk.reports.run import Outcome, run
from natverk.reports.site import data_files

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=="
STORY = f"""
import base64, os, sys, warnings
from IPython.display import HTML, Image, Markdown, display
display(Markdown(f"# Sida för {{region}}\\n\\nInledning."))
display(Markdown("## Första avsnittet {HOSTILE}"))
display(HTML("<table onclick='x()'><tr><td>{HOSTILE}</td></tr></table><script src='https://evil.example/x.js'></script>"))
display(Image(base64.b64decode("{DOT}"), format="png"), metadata={{"image/png": {{"alt": "En punkt"}}}})
"""
REST = f"""
display(Markdown("## Andra avsnittet\\n\\n![bild](https://evil.example/x.png) [länk](https://example.org) "
                 "[ond](javascript:alert(3))"))
warnings.warn("få belägg {HOSTILE}")
print("kör", sys.executable, code, "leaked" in globals(), {{"a", "b", "c", "d", "e"}})
display(HTML('<ol><li id="source-1">A</li><li id="source-2">B</li></ol>'))
if region == "14": display({{"{FACTS_TYPE}": {{"sources": 57}}}}, raw=True)
object()
"""
FAILING = """
def divide(x):
    raise ValueError("trasig <b>fet</b>")
if strict and region != "14":
    divide(0)
"""


PARAMETERS = 'region = "14"\nyear_from = 1997\nyear_to = 2024\nlang = "sv"\ncode = "0114"\nshare = 0.5\nstrict = False'


def code(source: str, *tags: str) -> dict[str, Any]:
    metadata = {"tags": list(tags)} if tags else {}
    return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": [], "execution_count": None}


def write_project(folder: Path, cells: Sequence[dict[str, Any]] = ()) -> Project:
    """Write a project of one notebook to `folder` and read it."""
    cells = [code(PARAMETERS, "parameters"), *cells]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    (folder / "region_report.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    declared = '[reports.region_report]\nnotebook = "region_report.ipynb"\nunits = "region"\n'
    (folder / "reports.toml").write_text(declared, encoding="utf-8")
    return read_project(folder / "reports.toml", folder)


@cache
def units() -> Directory:
    return Directory.of(natverk.load())


@pytest.fixture(scope="module")
def counties() -> pd.DataFrame:
    return natverk.load().counties


@dataclass(frozen=True)
class Runs:
    """Two runs into one folder: all well, then again with an English page and two that fail."""

    out: Path
    first: Outcome
    first_ipynb: str
    first_html: str
    second: Outcome
    said: list[tuple[str, float, str | None]]
    notebook: Path


@pytest.fixture(scope="module")
def runs(
    tmp_path_factory: pytest.TempPathFactory,
    counties: pd.DataFrame,
) -> Runs:
    folder = tmp_path_factory.mktemp("project {with} braces å")
    cells = [code(STORY), code(REST), code("print('för labbet')", "lab-only"), code(FAILING)]
    project, out = write_project(folder, cells), folder / "out"
    with pytest.MonkeyPatch.context() as machine:
        # Whatever is called python3 on a machine, and whatever a user's profile does, is of no matter.
        other = {"argv": ["no-such-python"], "display_name": "other", "language": "python"}
        (folder / "kernels/python3").mkdir(parents=True)
        (folder / "kernels/python3/kernel.json").write_text(json.dumps(other), encoding="utf-8")
        (folder / "profile_default/startup").mkdir(parents=True)
        (folder / "profile_default/startup/x.py").write_text("leaked = True", encoding="utf-8")
        machine.setenv("JUPYTER_PATH", str(folder))
        machine.setenv("IPYTHONDIR", str(folder))
        first = run(plan(project, units(), ["14", "18"], out=out), counties, jobs=2, data_hash="abc123")
    html, ipynb = (out / f"sv/region_report/14.{kind}" for kind in ("html", "ipynb"))
    first_html, first_ipynb = html.read_text(encoding="utf-8"), ipynb.read_text(encoding="utf-8")
    again = [
        *plan(project, units(), ["14"], lang="all", out=out),
        *plan(project, units(), ["18", "17"], typed={"strict": "true"}, out=out),
    ]
    said: list[tuple[str, float, str | None]] = []
    second = run(again, counties, jobs=2, report_progress=lambda *page: said.append(page))
    return Runs(out, first, first_ipynb, first_html, second, said, project.reports[0].notebook)


def page_soup(runs: Runs, name: str) -> BeautifulSoup:
    return BeautifulSoup((runs.out / name).read_text(encoding="utf-8"), "html.parser")


def test_outcome_says_what_is_done_and_what_failed(runs: Runs) -> None:
    assert (runs.first.exit_code, len(runs.first.done), runs.first.failed) == (0, 2, ())
    assert runs.second.exit_code == 1
    assert [page.id for page in runs.second.done] == ["sv/region_report/14", "en/region_report/14"]
    assert [page.id for page in runs.second.failed] == ["sv/region_report/18", "sv/region_report/17"]
    assert not runs.second.interrupted
    errors = {page_id: error for page_id, _duration, error in runs.said}
    assert errors["sv/region_report/14"] is None
    assert errors["sv/region_report/17"] == "ValueError: trasig <b>fet</b>"


def test_exactly_the_promised_files_are_there(runs: Runs) -> None:
    found = {str(path.relative_to(runs.out)) for path in runs.out.rglob("*") if path.is_file()}
    pages = {f"{lang}/region_report/14.{kind}" for lang in ("sv", "en") for kind in ("html", "ipynb")}
    pages |= {"sv/region_report/18.html", "sv/region_report/18.ipynb", "sv/region_report/18.failed.html"}
    pages |= {"sv/region_report/17.failed.html", "index.html", "index.en.html", "manifest.jsonl"}
    pages |= {"ro-crate-metadata.json"}
    assert found == pages | {str(path.relative_to(runs.out)) for path in data_files(runs.out)}
    assert runs.out / "data" / "memberships.csv" in data_files(runs.out)


def test_source_notebook_is_untouched(runs: Runs) -> None:
    assert all(not cell["outputs"] for cell in read_notebook(runs.notebook)["cells"])


def test_two_runs_give_the_same_notebook_and_page(runs: Runs) -> None:
    assert (runs.out / "sv/region_report/14.ipynb").read_text(encoding="utf-8") == runs.first_ipynb
    now = (runs.out / "sv/region_report/14.html").read_text(encoding="utf-8")
    without = [
        re.sub(r"<!--languages-->.*<!--/languages-->| · data <code>\w+</code>", "", x) for x in (now, runs.first_html)
    ]
    assert without[0] == without[1]


def test_stored_notebook_holds_no_times_and_is_valid(runs: Runs) -> None:
    import nbformat

    notebook = json.loads(runs.first_ipynb)
    nbformat.validate(notebook)
    assert "papermill" not in runs.first_ipynb
    assert "ipykernel_" not in runs.first_ipynb
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    assert '"<object at 0x…>"' in runs.first_ipynb


def test_kernel_is_the_running_interpreter_without_profile_and_codes_stay_codes(runs: Runs) -> None:
    assert f"kör {sys.executable} 0114 False" in runs.first_ipynb


def test_page_has_language_title_contents_and_skip_link(runs: Runs) -> None:
    soup = page_soup(runs, "sv/region_report/14.html")
    assert soup.html["lang"] == "sv"
    assert [h1.get_text() for h1 in soup.find_all("h1")] == ["Sida för 14"]
    assert soup.title.get_text().startswith("Sida för 14 – ")
    entries = [(a.get_text(), a["href"]) for a in soup.select("nav.contents a")]
    assert [text for text, _href in entries] == ["Första avsnittet", "Andra avsnittet"]
    for _text, href in entries:
        assert soup.find(id=href[1:]).name == "h2"
    assert soup.body.find("a")["href"] == "#main"
    assert soup.find(id="main").name == "main"
    assert soup.find("a", string="Alla rapporter")["href"] == "../../index.html"
    assert soup.find("a", download=True)["href"] == "14.ipynb"


def test_page_loads_nothing_and_runs_nothing(runs: Runs) -> None:
    for path in runs.out.rglob("*.html"):
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        scripts = soup.find_all("script")
        assert len(scripts) == (0 if path.name.endswith(".failed.html") or path.name == "codebook.html" else 1), path
        assert not soup.find_all(["iframe", "object", "embed", "link", "base", "form"])
        for tag in soup.find_all(True):
            loading = [value for name, value in tag.attrs.items() if name in {"src", "srcset", "data", "poster"}]
            assert all(value.startswith("data:image/") for value in loading), tag
            assert not [name for name in tag.attrs if name.startswith("on")], tag
            assert not str(tag.get("href", "")).startswith("javascript")
        assert not re.search(r"url\(|@import", "".join(style.get_text() for style in soup.find_all("style")))
        policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
        assert policy.startswith("default-src 'none'")


def test_code_is_folded_and_parameters_are_shown(runs: Runs) -> None:
    soup = page_soup(runs, "sv/region_report/14.html")
    folded = soup.select("details.code")
    assert all(not details.has_attr("open") for details in folded)
    labels = [details.summary.get_text() for details in folded]
    assert labels.count("Visa sidans parametrar") == 1
    assert labels.count("Visa koden") == 3
    shown = soup.find("summary", string="Visa sidans parametrar").parent
    assert 'code = "0114"' in shown.get_text()
    assert "för labbet" not in soup.get_text()
    assert not any(pre.find_parent("details") is None and "import os" in pre.get_text() for pre in soup.find_all("pre"))


def test_tables_scroll_figures_are_described_and_warnings_show(runs: Runs) -> None:
    soup = page_soup(runs, "sv/region_report/14.html")
    box = soup.find("table").parent
    assert (box["class"], box["tabindex"], box["role"], box["aria-label"]) == (["table-box"], "0", "region", "Tabell")
    assert soup.find("img")["alt"] == "En punkt"
    notice = soup.select_one(".notice.warning")
    assert "Varning från körningen" in notice.get_text()
    assert f"UserWarning: få belägg {HOSTILE}" in notice.get_text()
    assert notice.find(["script", "img"]) is None


def test_languages_link_to_each_other_when_both_are_there(runs: Runs) -> None:
    assert "<!--languages--><!--/languages-->" in runs.first_html
    for lang, other, text in (("sv", "en", "In English"), ("en", "sv", "På svenska")):
        link = page_soup(runs, f"{lang}/region_report/14.html").find("a", string=text)
        assert link["href"] == f"../../{other}/region_report/14.html"
    english = page_soup(runs, "en/region_report/14.html")
    assert english.html["lang"] == "en"
    assert english.find("summary", string="Show the code") is not None
    assert english.find("a", string="All reports")["href"] == "../../index.en.html"


def test_failed_page_shows_the_traceback_escaped(runs: Runs) -> None:
    text = (runs.out / "sv/region_report/17.failed.html").read_text(encoding="utf-8")
    assert "\x1b" not in text
    soup = BeautifulSoup(text, "html.parser")
    assert soup.find("b") is None
    traceback = soup.find("h2", string="Felmeddelandet i sin helhet").find_next("pre").get_text()
    assert "ValueError: trasig <b>fet</b>" in traceback
    assert "divide(0)" in traceback
    assert "natverk report sv/region_report/17" in soup.get_text()
    assert soup.find("a", href="17.html") is None
    assert page_soup(runs, "sv/region_report/18.failed.html").find("a", href="18.html") is not None


def test_index_shows_every_page_and_its_state(runs: Runs) -> None:
    soup = page_soup(runs, "index.html")
    rows = {row.th.get_text() + row.td.get_text(): row for row in soup.select("#table tbody tr")}
    assert set(rows) == {"Västra Götalandsvenska", "Västra Götalandengelska", "Örebrosvenska", "Värmlandsvenska"}
    states = {key: row.select_one(".badge").get_text() for key, row in rows.items()}
    assert states == {
        "Västra Götalandsvenska": "klar", "Västra Götalandengelska": "klar",
        "Örebrosvenska": "inaktuell", "Värmlandsvenska": "misslyckad",
    }  # fmt: skip
    assert [cell.get_text() for cell in rows["Västra Götalandsvenska"].select("td.number")] == ["57"]
    assert rows["Örebrosvenska"].a["href"] == "sv/region_report/18.html"
    assert rows["Värmlandsvenska"].a["href"] == "sv/region_report/17.failed.html"
    assert (runs.out / rows["Värmlandsvenska"].a["href"]).is_file()


def test_manifest_records_what_was_run(runs: Runs) -> None:
    entries = read_manifest(runs.out)
    assert list(entries) == sorted(entries)
    good = entries["sv/region_report/14"]
    assert good.parameters == {
        "region": "14", "year_from": 1997, "year_to": 2024, "lang": "sv", "code": "0114", "share": 0.5, "strict": False,
    }  # fmt: skip
    assert good.html_sha256 == text_hash((runs.out / "sv/region_report/14.html").read_text(encoding="utf-8"))
    assert (good.outcome, good.facts, good.error) == ("ok", {"sources": 57}, None)
    assert re.fullmatch("[0-9a-f]{64}", good.notebook_sha256)
    assert {"natverk", "python", "pandas", "numpy", "matplotlib", "papermill"} <= set(good.versions)
    assert good.ipynb_sha256 == text_hash((runs.out / "sv/region_report/14.ipynb").read_text(encoding="utf-8"))
    assert len(good.warnings) == 1
    assert good.warnings[0].startswith("<cell>:")
    stale = entries["sv/region_report/18"]
    assert (stale.outcome, stale.error) == ("failed", "ValueError: trasig <b>fet</b>")
    assert stale.html_sha256 == text_hash((runs.out / "sv/region_report/18.html").read_text(encoding="utf-8"))
    assert stale.good_started is not None
    assert stale.good_started <= stale.started
    assert stale.facts == {"sources": 2}
    never = entries["sv/region_report/17"]
    assert (never.html_sha256, never.good_started) == (None, None)
    assert good.notebook_sha256 == stale.notebook_sha256


DRIVER = """
import sys, tempfile
from pathlib import Path
import natverk.reports.plan
from natverk.reports.plan import read_project

if __name__ == "__main__":
    folder = Path(sys.argv.pop(1))
    natverk.reports.plan.find_project = lambda: read_project(folder / "reports.toml", folder)
    from natverk.cli import main
    main()
"""
SLOW = """
import os, time
from pathlib import Path
if region != "14":
    Path(code, region).write_text(f"{os.getppid()} {os.getpid()}")
    time.sleep(300)
"""


def _gone(pids: list[int], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        alive = [pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE]
        if not alive:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent to processes")
@pytest.mark.parametrize("how", ["ctrl-c", "sigterm", "sigkill"])
def test_interrupt_leaves_nothing_behind(tmp_path: Path, how: str) -> None:
    marks, temporary = tmp_path / "marks", tmp_path / "t"
    marks.mkdir()
    temporary.mkdir()
    write_project(tmp_path, [code(SLOW)])
    driver = tmp_path / "driver.py"
    driver.write_text(DRIVER, encoding="utf-8")
    root = Path(__file__).resolve().parents[2]
    arguments = ["report", "14", "18", "17", "19", "--jobs", "2", "--out", "out", "-p", f"code={marks}"]
    process = subprocess.Popen(
        [sys.executable, str(driver), str(tmp_path), *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(root), "TMPDIR": str(temporary)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    end = time.monotonic() + 300
    while len(list(marks.iterdir())) < 2 and time.monotonic() < end:
        time.sleep(0.1)
        assert process.poll() is None, process.stderr and process.stderr.read()
    time.sleep(0.2)
    pids = [int(pid) for mark in marks.iterdir() for pid in mark.read_text(encoding="utf-8").split()]
    assert len(pids) == 4
    if how == "ctrl-c":  # a terminal sends it to all processes of the group
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.send_signal(signal.SIGTERM if how == "sigterm" else signal.SIGKILL)
    _out, said = process.communicate(timeout=120)
    assert _gone(pids)
    assert not [path for path in tmp_path.rglob("*") if path.name.endswith(PART_MARK)]
    assert (tmp_path / "out/sv/region_report/14.html").is_file()
    assert set(read_manifest(tmp_path / "out")) == {"sv/region_report/14"}
    if how == "sigkill":
        return
    assert process.returncode == 130
    assert list(temporary.iterdir()) == []
    assert "Traceback" not in said
    assert "1 of 4 pages done" in said
    assert "natverk report sv/region_report/18 sv/region_report/17 sv/region_report/19" in said
    assert "Västra Götaland" in (tmp_path / "out/index.html").read_text(encoding="utf-8")


def test_surroundings_are_the_same_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    environ = {
        "NATVERK_DATA": "data",
        "PYTHONPATH": os.pathsep.join(["lib", ""]),
        "PYTHONWARNINGS": "error",
        "HOME": "x",
    }
    set_surroundings(environ, tmp_path / "scratch")
    assert environ["NATVERK_DATA"] == str(tmp_path / "data")
    assert environ["PYTHONPATH"].split(os.pathsep)[-1] == str(tmp_path / "lib")
    assert environ["PYTHONWARNINGS"].split(",")[0] == "error"
    assert (environ["PYTHONHASHSEED"], environ["HOME"]) == ("0", "x")
    assert environ["IPYTHONDIR"].startswith(str(tmp_path / "scratch"))


def test_end_with_children_ends_a_whole_tree() -> None:
    grandchild = "import subprocess, sys; p = subprocess.Popen(['sleep', '300']); print(p.pid, flush=True); p.wait()"
    process = subprocess.Popen([sys.executable, "-c", grandchild], stdout=subprocess.PIPE, text=True)
    with process:
        below = int(process.stdout.readline() if process.stdout else "0")
        end_with_children(process.pid)
        assert process.wait(timeout=60) == -signal.SIGKILL
    assert _gone([below])
    end_with_children(process.pid)


@pytest.mark.parametrize("options", [{"jobs": 0}, {"cell_timeout": 0}])
def test_numbers_below_one_are_refused(tmp_path: Path, counties: pd.DataFrame, options: dict[str, int]) -> None:
    pages = plan(write_project(tmp_path), units(), ["14"], out=tmp_path / "out")
    with pytest.raises(InvalidArgument, match="must be 1 or more"):
        run(pages, counties, **options)  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_manifest_keeps_other_pages_and_names_a_bad_line(tmp_path: Path) -> None:
    def entry(page_id: str, outcome: str = "ok") -> Entry:
        return Entry(page_id, "r", "14", "Å", "sv", "t", {"a": None}, outcome, "2024-01-01T00:00:00+00:00", 1.0, "0")

    update_manifest(tmp_path, [entry("sv/r/2"), entry("sv/r/1")])
    update_manifest(tmp_path, [entry("sv/r/2", "failed")])
    assert {key: value.outcome for key, value in read_manifest(tmp_path).items()} == {
        "sv/r/1": "ok",
        "sv/r/2": "failed",
    }
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.jsonl"]
    with (tmp_path / "manifest.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "sv/r/3"}\n')
    with pytest.raises(DataError, match=r"line 3 of manifest\.jsonl"):
        read_manifest(tmp_path)


def test_files_are_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.html"
    write_whole(path, "å")
    assert path.read_bytes() == "å".encode()
    blocked = tmp_path / "a" / "c.html"
    blocked.mkdir()
    with pytest.raises(NatverkError, match=r"cannot write c\.html"):
        write_whole(blocked, "x")
    assert sorted(item.name for item in path.parent.iterdir()) == ["b.html", "c.html"]
    with pytest.raises(NatverkError, match="cannot make the folder"):
        write_whole(path / "below" / "d.html", "x")


def test_cell_ids_are_kept_if_unique_and_made_by_place_otherwise() -> None:
    cells = [{"id": "a", "metadata": {}}, {"metadata": {}}, {"id": "a", "metadata": {}}]
    notebook: dict[str, Any] = {"cells": cells, "nbformat": 4, "nbformat_minor": 4, "metadata": {"papermill": {}}}
    set_cell_ids(notebook)
    assert [cell["id"] for cell in notebook["cells"]] == ["a", "cell-1", "cell-2"]
    normalise(notebook)
    assert set(notebook["metadata"]) == {"kernelspec"}
