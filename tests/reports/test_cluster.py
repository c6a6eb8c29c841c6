"""Pages on a Dask cluster: a scheduler and two workers as processes of their own, on loopback."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
import pytest
from typer.testing import CliRunner

import natverk
from natverk.cli import app
from natverk.data.build import current_tables
from natverk.data.units import Directory
from natverk.errors import InvalidArgument, NatverkError, RunError
from natverk.reports import cluster as cluster_module
from natverk.reports.cluster import connected
from natverk.reports.plan import Page, plan, read_notebook, read_project
from natverk.reports.files import end_with_children
from natverk.reports.record import State, read_manifest
from natverk.reports.run import Outcome, run

pytest.importorskip("distributed", reason="the extra natverk[cluster] is not installed")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by signals")

ROOT = Path(__file__).resolve().parents[2]
# The processes that a page comes from, nearest first: the server, the Dask worker.
ANCESTORS = "import os, time, psutil\nserver, worker = psutil.Process().parents()[:2]\n"


@dataclass
class Pages:
    """A notebook for some regions, at a place that the workers do not have: it travels with its pages."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    counties: pd.DataFrame

    def of(self, source: str, units: Sequence[str]) -> tuple[list[Page], State]:
        """Return pages that are made by `source`, and what they are made from."""
        cells = [
            {"cell_type": "code", "metadata": tags, "source": text, "outputs": [], "execution_count": None}
            for tags, text in (({"tags": ["parameters"]}, 'region = "14"\nlang = "sv"'), ({}, source))
        ]
        notebook = self.folder / "page.ipynb"
        notebook.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
        declared = '[reports.page]\nnotebook = "page.ipynb"\nunits = "region"\n'
        (self.folder / "reports.toml").write_text(declared, encoding="utf-8")
        project = read_project(self.folder / "reports.toml", self.folder)
        names = [f"sv/page/{unit}" for unit in units]
        pages = plan(project, Directory.of(natverk.load()), names, out=self.folder / "out")
        parsed = read_notebook(notebook)
        self.monkeypatch.setattr("natverk.reports.run.read_notebook", lambda _path: parsed)
        tables = current_tables()
        state = State.now(pages, tables.hashes, tables.fingerprint())
        elsewhere = Path("/elsewhere/page.ipynb")
        return [replace(page, notebook=elsewhere) for page in pages], replace(
            state, notebooks={elsewhere: state.notebooks[notebook]}
        )

    def run(self, source: str, units: Sequence[str], **options: Any) -> tuple[Outcome, Mapping[str, str]]:
        """Run them; return the outcome and the errors by region."""
        pages, state = self.of(source, units)
        outcome = run(pages, self.counties, **{"state": state, **options})
        entries = read_manifest(self.folder / "out").values()
        return outcome, {entry.unit: entry.error for entry in entries if entry.error}

    def text(self, unit: str) -> str:
        """Return the HTML of a page."""
        return (self.folder / f"out/sv/page/{unit}.html").read_text(encoding="utf-8")


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pages:
    return Pages(tmp_path, monkeypatch, natverk.load().counties)


@contextlib.contextmanager
def cluster_in(folder: Path, workers: int = 2) -> Iterator[tuple[str, int]]:
    """Yield the address of a scheduler with workers of one thread, started as people start them, and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    commands = [["scheduler", "--host", "127.0.0.1", "--port", str(port)]]
    commands += workers * [["worker", address, "--nthreads", "1", "--local-directory", str(folder)]]
    pids = []
    with contextlib.ExitStack() as stack:
        log = stack.enter_context((folder / "log").open("w"))
        for name, *options in commands:
            command = [sys.executable, "-m", f"distributed.cli.dask_{name}", *options, "--no-dashboard"]
            process = subprocess.Popen(command, cwd=folder, env=environ, stdout=log, stderr=log)
            stack.callback(process.wait)
            stack.callback(end_with_children, process.pid)
            pids.append(process.pid)
        deadline = time.monotonic() + 300
        while (folder / "log").read_text(encoding="utf-8").count("Registered to") < workers:
            assert time.monotonic() < deadline, (folder / "log").read_text(encoding="utf-8")
            time.sleep(0.1)
        yield address, pids[0]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler with two workers."""
    with cluster_in(tmp_path_factory.mktemp("cluster")) as (address, _pid):
        yield address


def alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def gone(pids: Sequence[int]) -> bool:
    """Say whether all processes end within a few seconds."""
    deadline = time.monotonic() + 100
    while any(alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not any(alive(pid) for pid in pids)


def test_all_pages_arrive_though_a_worker_is_killed(pages: Pages, cluster: str) -> None:
    begun = pages.folder / "begun"
    begun.mkdir()
    source = (
        f"{ANCESTORS}"
        f"open(f'{begun}/{{region}}.{{worker.pid}}.{{server.pid}}.{{os.getpid()}}', 'w').close()\n"
        "time.sleep(1)\nprint('made for', region)"
    )
    done: list[str] = []
    killed: list[list[str]] = []

    def kill_one(page: str, _duration: float, _error: str | None) -> None:
        done.append(page.rsplit("/", maxsplit=1)[-1])
        deadline = time.monotonic() + 100
        while not killed and time.monotonic() < deadline:
            # A worker that has begun a page and not sent it yet.
            for path in begun.iterdir():
                unit, worker, *rest = path.name.split(".")
                if unit not in done:
                    os.kill(int(worker), signal.SIGKILL)
                    killed.append([unit, worker, *rest])
                    break

    units = ["01", "03", "04", "05", "06"]
    outcome, errors = pages.run(source, units, cluster=cluster, report_progress=kill_one)
    assert errors == {}
    assert (outcome.exit_code, [page.unit for page in outcome.done]) == (0, units)
    assert sorted(done) == units
    struck, worker, *rest = killed[0]
    runners = [path.name.split(".")[1] for path in begun.glob(f"{struck}.*")]
    assert len(runners) == 2
    assert worker in runners
    assert len({path.name.split(".")[1] for path in begun.iterdir()}) >= 2
    # The server stays warm: far fewer than a server a page. With the worker, all that it started is gone.
    assert len({path.name.split(".")[2] for path in begun.iterdir()}) <= 3
    assert gone([int(pid) for pid in rest])
    far = {unit: pages.text(unit) for unit in units[:2]}
    assert all(f"made for {unit}" in text for unit, text in far.items())
    pages.run(source, units[:2], jobs=2)
    assert {unit: pages.text(unit) for unit in units[:2]} == far


def test_what_goes_wrong_with_a_page_stays_with_it(pages: Pages, cluster: str) -> None:
    source = (
        f"{ANCESTORS}"
        "if region == '01':\n    while True: pass\n"
        "if region == '03': os._exit(3)\n"
        "if region == '04': worker.kill(); time.sleep(30)\n"
        "if region == '05':\n    import numpy\n    numpy.ones(1 << 28)"
    )
    with connected(cluster) as client:
        # Every worker that is lost costs seconds.
        client.run_on_scheduler(lambda dask_scheduler: setattr(dask_scheduler, "allowed_failures", 0))
    outcome, errors = pages.run(source, ["04", "01", "03", "05", "06"], cluster=cluster, cell_timeout=3, memory=1024)
    assert [page.unit for page in outcome.done] == ["06"]
    assert errors["01"] == "a cell took longer than 3 seconds"
    assert "status 3" in errors["03"]
    assert errors["04"] == "its worker was gone before the page was done"
    assert "1024 MB" in errors["05"]


def test_an_interrupt_ends_what_is_out_and_keeps_what_is_done(pages: Pages, cluster: str) -> None:
    pids = pages.folder / "pids"
    pids.mkdir()
    source = f"{ANCESTORS}if region != '01':\n    open(f'{pids}/{{os.getpid()}}', 'w').close(); time.sleep(100)"
    clock: list[float] = []

    def stop(_page: str, _duration: float, _error: str | None) -> None:
        deadline = time.monotonic() + 100
        while not list(pids.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.1)
        clock.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    outcome, _errors = pages.run(source, ["01", "03", "04", "05"], cluster=cluster, report_progress=stop)
    assert time.monotonic() - clock[0] < 60
    assert outcome.exit_code == 130
    assert [page.unit for page in outcome.done] == ["01"]
    assert gone([int(path.name) for path in pids.iterdir()])


def test_a_scheduler_that_dies_ends_the_run_and_a_rerun_goes_on(pages: Pages, tmp_path: Path) -> None:
    def strike(_page: str, _duration: float, _error: str | None) -> None:
        os.kill(scheduler, signal.SIGKILL)

    source = "import time\nif region != '01': time.sleep(5)\nprint('made for', region)"
    folder = tmp_path / "own"
    folder.mkdir()
    gone = pytest.raises(NatverkError, match=r"the scheduler at .* is gone; what is done is kept")
    with cluster_in(folder, workers=1) as (address, scheduler), gone:
        pages.run(source, ["01", "03"], cluster=address, report_progress=strike)
    assert "made for 01" in pages.text("01")
    assert set(read_manifest(pages.folder / "out")) == {"sv/page/01"}
    outcome, errors = pages.run(source, ["03"])
    assert (outcome.exit_code, errors) == (0, {})


@pytest.mark.parametrize("what", ["data", "natverk", "pandas"])
def test_a_worker_that_would_make_other_pages_is_refused(pages: Pages, cluster: str, what: str) -> None:
    wanted, state = pages.of("1", ["01"])
    other = replace(state, data="0" * 64) if what == "data" else replace(state, versions={**state.versions, what: "9"})
    with pytest.raises(NatverkError, match=r"the worker tcp://127\.0\.0\.1:\d+ has (other data|another)") as raised:
        run(wanted, pages.counties, state=other, cluster=cluster)
    here, there = ("0" * 40, state.data[:40] if state.data else "") if what == "data" else ("9", state.versions[what])
    assert f"({there}) than this machine ({here})" in str(raised.value)
    assert ("natverk build --force" if what == "data" else f"pip install {what}==9") in (raised.value.remedy or "")
    assert not (pages.folder / "out").exists()


def test_a_worker_that_comes_later_is_looked_at_too(
    pages: Pages, cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_module, "compare", lambda *_: None)
    wanted, state = pages.of("1", ["01", "03"])
    with pytest.raises(RunError, match=r"the worker .* has other data .*; what is done is kept"):
        run(wanted, pages.counties, state=replace(state, data="0" * 64), cluster=cluster)
    assert not list((pages.folder / "out").rglob("*.html"))


def test_an_address_where_nobody_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "_CONNECT_TIMEOUT", 1)
    monkeypatch.chdir(ROOT)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # taken, but nobody listens
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        done = CliRunner().invoke(app, ["report", "14", "--cluster", address, "--out", str(tmp_path / "out")])
    assert isinstance(done.exception, NatverkError)
    assert re.search(rf"no Dask scheduler answers at {address}", str(done.exception))
    assert "dask scheduler" in str(done.exception)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("address", ["localhost", "tcp://localhost", "http://localhost:8786", ""])
def test_what_is_no_address(pages: Pages, address: str) -> None:
    wanted, state = pages.of("1", ["01"])
    with pytest.raises(InvalidArgument, match="no address of a Dask scheduler"):
        run(wanted, pages.counties, state=state, cluster=address)
    assert not (pages.folder / "out").exists()


def test_without_the_extra_the_error_says_how_to_get_it(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted, state = pages.of("1", ["01"])
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(NatverkError, match=r"next: .*pip install") as raised:
        run(wanted, pages.counties, state=state, cluster="tcp://127.0.0.1:8786")
    assert "[cluster]" in str(raised.value)
    assert "without distributed" in str(raised.value)


def test_a_cluster_without_workers_is_refused(pages: Pages) -> None:
    from distributed import LocalCluster

    wanted, state = pages.of("1", ["01"])
    options = {"n_workers": 0, "processes": False, "protocol": "tcp", "dashboard_address": ":0", "host": "127.0.0.1"}
    with LocalCluster(**options) as empty, pytest.raises(NatverkError, match="has no workers") as raised:
        run(wanted, pages.counties, state=state, cluster=empty.scheduler_address)
    assert f"dask worker {empty.scheduler_address}" in (raised.value.remedy or "")
    assert not (pages.folder / "out").exists()
