"""What goes wrong with a page stays with it, what kills a run leaves whole files, and what lies about does no harm."""

from __future__ import annotations

import gc
import json
import logging
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
import pytest

import natverk
from natverk.data.units import Directory
from natverk.errors import InvalidArgument, NatverkError
from natverk.reports import pool
from natverk.reports.plan import Page, find_project, plan, read_project
from natverk.reports.record import Result, read_manifest
from natverk.reports.run import Outcome, run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by signals")

ROOT = Path(__file__).resolve().parents[2]
PARAMETERS = 'region = "14"\nlang = "sv"\nstate = ""'
Fault = Callable[..., tuple[Outcome, dict[str, str]]]


def write_notebook(folder: Path, *sources: str) -> None:
    """Write a project of one notebook for regions to `folder`."""
    tags = [{"tags": ["parameters"]}, *({} for _ in sources)]
    cells = [
        {"cell_type": "code", "metadata": tag, "source": source, "outputs": [], "execution_count": None}
        for tag, source in zip(tags, [PARAMETERS, *sources], strict=True)
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    (folder / "page.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    declared = '[reports.page]\nnotebook = "page.ipynb"\nunits = "region"\n'
    (folder / "reports.toml").write_text(declared, encoding="utf-8")


@pytest.fixture(scope="module")
def counties() -> pd.DataFrame:
    return natverk.load().counties


def pages_of(folder: Path, units: Sequence[str], **typed: str) -> list[Page]:
    project = read_project(folder / "reports.toml", folder)
    return plan(
        project, Directory.of(natverk.load()), [f"sv/page/{unit}" for unit in units], typed=typed, out=folder / "out"
    )


def alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def fault(tmp_path: Path, counties: pd.DataFrame) -> Fault:
    """Run a notebook for some regions; return the outcome and the errors by region."""

    def inner(source: str, units: Sequence[str] = ("01", "03"), **options: Any) -> tuple[Outcome, dict[str, str]]:
        write_notebook(tmp_path, source)
        outcome = run(pages_of(tmp_path, units), counties, **{"jobs": 2, **options})
        entries = read_manifest(tmp_path / "out").values()
        return outcome, {entry.unit: entry.error for entry in entries if entry.error}

    return inner


@pytest.mark.parametrize("engine", ["natverk", "default"])
def test_a_page_that_ends_its_process_fails_alone(fault: Fault, engine: str) -> None:
    outcome, errors = fault("import os\nif region == '01': os._exit(3)", engine=engine)
    assert [page.unit for page in outcome.done] == ["03"]
    assert ("status 3" if engine == "natverk" else "kernel died") in errors["01"]
    assert outcome.exit_code == 1


def test_what_a_page_has_left_is_let_go_when_it_is_written(fault: Fault) -> None:
    held: list[int] = []

    def count(_page: str, _duration: float, _error: str | None) -> None:
        gc.collect()
        held.append(sum(isinstance(item, Result) for item in gc.get_objects()))

    outcome, _errors = fault("print('x')", ["01", "03", "04", "05", "06"], jobs=1, report_progress=count)
    assert len(outcome.done) == 5
    assert max(held) == 1


def test_a_page_that_dies_in_the_middle_of_a_message_fails_alone(fault: Fault) -> None:
    half = (
        "import gc, os, struct\n"
        "from multiprocessing.connection import Connection\n"
        "if region == '01':\n"
        "    pipes = [one for one in gc.get_objects() if isinstance(one, Connection)]\n"
        "    [pipe] = [one for one in pipes if not one.closed and one.writable and not one.readable]\n"
        "    os.write(pipe.fileno(), struct.pack('!i', 5000) + b'half')\n"
        "    os._exit(0)"
    )
    outcome, errors = fault(half, ["01", "03", "04"])
    assert [page.unit for page in outcome.done] == ["03", "04"]
    assert errors == {"01": "the page's process ended with status 0 before the page was done"}


def test_a_page_that_kills_itself_or_its_server_fails_alone(fault: Fault) -> None:
    deadly = (
        "import os, signal, time\n"
        "if region == '01': os.kill(os.getpid(), signal.SIGKILL)\n"
        "if region == '03': os.kill(os.getppid(), signal.SIGKILL); time.sleep(1); os._exit(0)\n"
        "if region == '04': time.sleep(3)"
    )
    outcome, errors = fault(deadly, ["04", "01", "05", "03", "06", "07"])
    # The server of processes is started again; a page that was running when it was killed comes to its end.
    assert [page.unit for page in outcome.done] == ["04", "05", "06", "07"]
    assert "ended by SIGKILL" in errors["01"]
    assert "ended before the page was done" in errors["03"]


@pytest.mark.parametrize(
    ("loop", "place"),
    [
        ("while True: pass", "<cell>"),
        ("sum(1 for _ in iter(int, 1))", "<cell>"),
        ("import time\ndef wait():\n    time.sleep(100)\nwait()", "in wait"),
    ],
)
def test_an_endless_cell_is_ended_and_says_where_it_was(fault: Fault, tmp_path: Path, loop: str, place: str) -> None:
    clock = time.monotonic()
    outcome, errors = fault(f"if region == '01':\n    exec({loop!r})\n" if "def" not in loop else loop, cell_timeout=2)
    assert errors["01"] == "a cell took longer than 2 seconds"
    assert [page.unit for page in outcome.done] == ([] if "def" in loop else ["03"])
    assert time.monotonic() - clock < 90
    page = (tmp_path / "out/sv/page/01.failed.html").read_text(encoding="utf-8")
    assert place.replace("<", "&lt;").replace(">", "&gt;") in page


def test_a_page_has_a_time_of_its_own_besides_its_cells(fault: Fault, tmp_path: Path) -> None:
    outcome, errors = fault("import time\nfor _ in range(40): time.sleep(0.1)", ["01"], timeout=2, cell_timeout=100)
    assert errors == {"01": "the page took longer than 2 seconds"}
    assert outcome.done == ()
    assert "time.sleep(0.1)" in (tmp_path / "out/sv/page/01.failed.html").read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the address space")
def test_a_page_that_exhausts_memory_fails_alone(fault: Fault) -> None:
    greedy = "if region == '01':\n    import numpy\n    kept = [numpy.ones(1 << 24) for _ in range(100)]"
    outcome, errors = fault(greedy, memory=1024)
    assert [page.unit for page in outcome.done] == ["03"]
    assert "1024 MB" in errors["01"]
    assert "--memory" in errors["01"]


def test_what_a_page_leaves_running_is_ended(fault: Fault, tmp_path: Path) -> None:
    leaving = (
        "import subprocess, threading, time\n"
        "child = subprocess.Popen(['sleep', '300'])\n"
        f"open({str(tmp_path)!r} + '/' + region, 'w').write(str(child.pid))\n"
        "threading.Thread(target=time.sleep, args=(300,)).start()"
    )
    outcome, _errors = fault(leaving)
    assert len(outcome.done) == 2
    for unit in ("01", "03"):
        assert not alive(int((tmp_path / unit).read_text(encoding="utf-8")))


def test_what_a_page_has_started_is_ended_when_it_dies(fault: Fault, tmp_path: Path) -> None:
    dying = (
        "import os, signal, subprocess\n"
        "child = subprocess.Popen(['sleep', '300'])\n"
        f"open({str(tmp_path)!r} + '/' + region, 'w').write(str(child.pid))\n"
        "os._exit(3) if region == '01' else os.kill(os.getpid(), signal.SIGKILL)"
    )
    outcome, errors = fault(dying)
    assert (outcome.done, len(errors)) == ((), 2)
    end = time.monotonic() + 60
    pids = [int((tmp_path / unit).read_text(encoding="utf-8")) for unit in ("01", "03")]
    while any(alive(pid) for pid in pids) and time.monotonic() < end:
        time.sleep(0.05)
    assert not [pid for pid in pids if alive(pid)]


def test_rendering_is_not_a_cells_time(fault: Fault) -> None:
    source = "from IPython.display import HTML\nHTML('<table>' + '<tr><td>1</td></tr>' * 20000 + '</table>')"
    outcome, errors = fault(source, ["01"], cell_timeout=1)
    assert errors == {}
    assert outcome.exit_code == 0


# What a page can leave behind for the next one in the same interpreter.
STAINS = """
import builtins, os, random, sys, warnings
import matplotlib, numpy, pandas
found = [pandas.get_option("display.max_rows"), matplotlib.rcParams["font.size"], os.environ.get("STAIN"), os.getcwd(),
         "stain" in sys.modules, hasattr(builtins, "stain"), len(warnings.filters), "stain" in globals(), sys.argv,
         sys.getrecursionlimit(), len(sys.path), sys.flags.hash_randomization, matplotlib.get_backend()]
pandas.set_option("display.max_rows", 7); matplotlib.rcParams["font.size"] = 31; os.environ["STAIN"] = "1"
os.chdir("/"); sys.modules["stain"] = sys; builtins.stain = 1; warnings.simplefilter("ignore"); stain = 1
sys.setrecursionlimit(4321); sys.path.append("/stain")
print(found)
"""
DRAWN = "import random, numpy\nprint('drawn', random.random(), numpy.random.rand())"


def printed(folder: Path, unit: str) -> str:
    notebook = json.loads((folder / f"out/sv/page/{unit}.ipynb").read_text(encoding="utf-8"))
    return "".join(
        "".join(output["text"]) for cell in notebook["cells"] for output in cell.get("outputs", []) if "text" in output
    )


def test_nothing_of_one_page_is_visible_in_another(fault: Fault, tmp_path: Path) -> None:
    outcome, _errors = fault(f"{STAINS}\n{DRAWN}", ["01", "03", "04"], jobs=1)
    assert len(outcome.done) == 3
    said = [printed(tmp_path, unit).split("drawn") for unit in ("01", "03", "04")]
    assert len({stains for stains, _drawn in said}) == 1
    assert "'STAIN'" not in said[0][0]
    assert len({drawn for _stains, drawn in said}) == 3


# What a kernel can be asked to show, one cell each.
SHOWN = [
    "1 + 1",
    "import sys, warnings\nwarnings.warn('few')\nprint('out')\nprint('err', file=sys.stderr)\n3",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    "fig, ax = plt.subplots()\nax.bar([1, 2], [3, 4])\nprint('after')\ndisplay(fig)\n5",
    "from IPython.display import HTML, clear_output, display, update_display",
    "display('a', display_id='q')\nupdate_display('b', display_id='q')",
    "print('x')\nclear_output()\nprint('y')\ndisplay(HTML('<b>x</b>'), metadata={'text/html': {'isolated': True}})",
    "import asyncio\nawait asyncio.sleep(0.01)\nprint('slept')",
    "!echo child",
    "for number in range(3):\n    print(number, end='\\r')\nprint()",
    "import pandas as pd\npd.DataFrame({'å': [1, None], 'ä': ['x', '<b>']})",
    "import pickle\nclass A:\n    pass\ntype(pickle.loads(pickle.dumps(A()))) is A, __name__",
    "import threading\nthread = threading.Thread(target=lambda: print('thread'))\nthread.start()\nthread.join()",
    "import logging\nlogging.warning('logged')",
    "_, In[1], Out[3], _i3[:6]",
    "%%capture kept\nprint('kept')",
    "kept.stdout, {'a', 'b', 'c', 'd'}, len('å' * 3)",
    "raise SystemExit(0)",
]


def test_both_engines_show_the_same(tmp_path: Path, counties: pd.DataFrame) -> None:
    write_notebook(tmp_path, *SHOWN)
    made = []
    for engine in ("natverk", "default"):
        outcome = run(pages_of(tmp_path, ["01"]), counties, engine=engine)
        assert outcome.exit_code == 0, read_manifest(tmp_path / "out")
        made.append([(tmp_path / f"out/sv/page/01.{kind}").read_text(encoding="utf-8") for kind in ("ipynb", "html")])
    ours, theirs = (json.loads(ipynb)["cells"] for ipynb, _html in made)
    for mine, other in zip(ours, theirs, strict=True):
        assert mine == other, mine["source"]
    assert made[0] == made[1]


def test_both_engines_fail_alike(tmp_path: Path, counties: pd.DataFrame) -> None:
    write_notebook(tmp_path, "def divide(x):\n    return x / 0", "divide(1)")
    pages = []
    for engine in ("natverk", "default"):
        assert run(pages_of(tmp_path, ["01"]), counties, engine=engine).exit_code == 1
        failed = (tmp_path / "out/sv/page/01.failed.html").read_text(encoding="utf-8")
        pages.append(failed[: failed.index("<footer>")])
    assert pages[0] == pages[1]
    assert "ZeroDivisionError: division by zero" in pages[0]
    assert "<pre" in pages[0]
    assert "divide(1)" in pages[0]


# What Windows lacks, in every interpreter of a run: each starts with this module.
WITHOUT_FORK = """
import multiprocessing, os, signal
multiprocessing.get_all_start_methods = lambda: ["spawn"]
for module, names in ((os, ("fork", "setsid", "killpg", "sched_getaffinity")), (signal, ("pthread_sigmask", "SIGHUP"))):
    for name in names:
        if hasattr(module, name):
            delattr(module, name)
"""
SPAWNED = """
import os, sys, time
if region == "03": os._exit(3)
if region == "04": time.sleep(60)
how = "forked" if hasattr(os, "fork") else "spawned"
print(how, os.environ["PYTHONHASHSEED"], "natverk.reports.pool" in sys.modules)
"""


def test_without_fork_pages_start_as_fresh_interpreters(tmp_path: Path) -> None:
    write_notebook(tmp_path, SPAWNED)
    (tmp_path / "without").mkdir()
    (tmp_path / "without" / "sitecustomize.py").write_text(WITHOUT_FORK, encoding="utf-8")
    path = os.pathsep.join([str(tmp_path / "without"), str(ROOT)])
    command = [sys.executable, "-m", "natverk.cli", "report", "01", "03", "04", "--jobs", "2", "--cell-timeout", "20"]
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    entries = {entry.unit: entry for entry in read_manifest(tmp_path / "reports").values()}
    assert {unit: entry.outcome for unit, entry in entries.items()} == {"01": "ok", "03": "failed", "04": "failed"}
    assert entries["01"].engine == "default"
    assert "spawned 0 False" in (tmp_path / "reports" / "sv" / "page" / "01.ipynb").read_text(encoding="utf-8")
    assert "kernel died" in str(entries["03"].error)
    assert entries["04"].error == "a cell took longer than 20 seconds"


def test_the_engine_that_forks_is_refused_without_fork(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_notebook(tmp_path, "pass")
    monkeypatch.delattr(os, "fork")
    with pytest.raises(InvalidArgument, match="needs fork"):
        run(pages_of(tmp_path, ["01"]), None, engine="natverk")


def test_an_unknown_engine_is_named_before_anything_runs(tmp_path: Path, counties: pd.DataFrame) -> None:
    write_notebook(tmp_path, "1")
    with pytest.raises(InvalidArgument, match="nearest: 'default'"):
        run(pages_of(tmp_path, ["01"]), counties, engine="defalt")
    assert not (tmp_path / "out").exists()


def test_a_script_without_a_guard_is_not_run_again(tmp_path: Path) -> None:
    write_notebook(tmp_path, "print(region)")
    script = (
        "import sys; from pathlib import Path; import natverk\n"
        "from natverk.reports.plan import plan; from natverk.reports.plan import read_project\n"
        "from natverk.reports.run import run; from natverk.data.units import Directory\n"
        "print('begun')\n"
        "folder = Path(sys.argv[1]); data = natverk.load()\n"
        "project = read_project(folder / 'reports.toml', folder)\n"
        "pages = plan(project, Directory.of(data), ['01', '03'], out=folder / 'out')\n"
        "print(run(pages, data.counties).exit_code)\n"
    )
    (tmp_path / "script.py").write_text(script, encoding="utf-8")
    command = [sys.executable, "script.py", str(tmp_path)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["begun", "0"], done.stderr


DRIVER = """
import sys
from pathlib import Path
import natverk.reports.plan
from natverk.reports.plan import read_project

if __name__ == "__main__":
    folder = Path(sys.argv.pop(1))
    natverk.reports.plan.find_project = lambda: read_project(folder / "reports.toml", folder)
    from natverk.cli import main
    main()
"""
# A page whose notebook and HTML say which run and which region they are of.
MARKED = "import time\ntime.sleep(0.05)\nprint(f'made for {region} in {state}' + ' ' * 3000)"
UNITS = ("01", "03", "04", "05")


def whole(out: Path, unit: str) -> set[str]:
    """Return the runs that the files of a page are of; fail if one is truncated or of another region."""
    runs = set()
    for kind, end in (("html", "</html>"), ("ipynb", "}")):
        text = (out / f"sv/page/{unit}.{kind}").read_text(encoding="utf-8")
        assert text.rstrip().endswith(end)
        assert f"made for {unit} in " in text
        runs.add(text.split(f"made for {unit} in ")[1].split()[0])
    return runs


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("killed")
    write_notebook(folder, MARKED)
    (folder / "driver.py").write_text(DRIVER, encoding="utf-8")
    return folder


def begin(folder: Path, state: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "driver.py", str(folder), "report", *UNITS, "--jobs", "2", "-p", f"state={state}"]
    return subprocess.Popen(
        [*command, "--out", "out"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def victims(process: psutil.Process, target: str) -> Iterator[psutil.Process]:
    """Yield the processes of a run that are what is to be killed."""
    if target == "run":
        yield process
        return
    for child in process.children():
        if any("forkserver" in part for part in child.cmdline()):
            yield from [child] if target == "server" else child.children()


def strike(process: subprocess.Popen[bytes], target: str, delay: float) -> None:
    """Kill a process of a run at some moment, if it then has one of that kind."""
    time.sleep(delay)
    try:
        found = list(victims(psutil.Process(process.pid), target))
        if found:
            found[0].kill()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        pass  # the run was done before


def few(values: Sequence[Any], n: int) -> list[Any]:
    """Return values of which the first ones are tried each time, and all of them by `make test-all`."""
    return [*values[:n], *(pytest.param(value, marks=pytest.mark.slow) for value in values[n:])]


@pytest.mark.parametrize("seed", few(range(21), 3))
def test_whatever_is_killed_a_rerun_makes_every_page_whole(marked: Path, seed: int) -> None:
    target = ("worker", "server", "run")[seed % 3]
    process = begin(marked, f"struck{seed}")
    strike(process, target, random.Random(seed).uniform(0.3, 3.0))
    process.wait(timeout=300)
    out = marked / "out"
    for path in out.glob("sv/page/*.html"):
        if not path.name.endswith(".failed.html"):
            whole(out, path.stem)
    assert begin(marked, f"whole{seed}").wait(timeout=300) == 0
    assert {unit: whole(out, unit) for unit in UNITS} == {unit: {f"whole{seed}"} for unit in UNITS}
    assert not list(out.rglob("*natverk-part*"))
    assert not list(out.rglob("*.failed.html"))
    entries = read_manifest(out)
    assert {entry.parameters["state"] for entry in entries.values()} == {f"whole{seed}"}


@pytest.mark.parametrize("delay", few([2.2, 0.8, 1.4, 3.0], 1))
def test_an_interrupt_before_the_first_page_is_held_too(tmp_path: Path, delay: float) -> None:
    write_notebook(tmp_path, "import time\ntime.sleep(60)")
    (tmp_path / "driver.py").write_text(DRIVER, encoding="utf-8")
    command = [sys.executable, "driver.py", str(tmp_path), "report", "01", "03", "--out", "out"]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    end = time.monotonic() + 300
    # From the moment at which signals are watched: before, an interrupt ends a program that has begun nothing.
    while not (tmp_path / "out").exists() and time.monotonic() < end:
        time.sleep(0.02)
    time.sleep(delay)
    os.killpg(process.pid, signal.SIGINT)
    _out, said = process.communicate(timeout=120)
    assert process.returncode == 130, said
    assert "Traceback" not in said
    assert "interrupted" in said


def test_a_full_disk_is_said_and_older_pages_stay(tmp_path: Path, counties: pd.DataFrame) -> None:
    disk = tmp_path / "out"
    disk.mkdir()
    mount = shutil.which("mount")
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if not made or made.returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        write_notebook(tmp_path, "print(f'made for {region} in {state}' + 'x' * int(state))")
        assert run(pages_of(tmp_path, ["01"], state="10"), counties).exit_code == 0
        before = {path: path.read_bytes() for path in disk.rglob("*") if path.is_file()}
        with pytest.raises(NatverkError, match="No space left on device"):
            run(pages_of(tmp_path, ["01", "03"], state="6000000"), counties)
        assert {path: path.read_bytes() for path in before if path.name.startswith("01.")} == {
            path: content for path, content in before.items() if path.name.startswith("01.")
        }
        assert not list(disk.rglob("*natverk-part*"))
        assert read_manifest(disk)["sv/page/01"].parameters["state"] == "10"
    finally:
        subprocess.run(["umount", str(disk)], check=False)


def test_signals_that_end_the_parent_are_not_needed_to_end_the_server(fault: Fault) -> None:
    before = {child.pid for child in psutil.Process().children()}
    fault("1")
    servers = [
        child
        for child in psutil.Process().children()
        if child.pid not in before
        and child.status() != psutil.STATUS_ZOMBIE
        and "forkserver" in " ".join(child.cmdline())
    ]
    assert servers == []


@pytest.mark.parametrize("first", ["natverk.reports.engine", "papermill", "natverk.reports.pool"])
def test_the_entry_point_loads_whatever_is_imported_first(tmp_path: Path, first: str) -> None:
    # What `pip install` writes: papermill loads each engine it names while it is itself being imported.
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    lines = [f"{name} = {value}\n" for name, value in declared["papermill.engine"].items()]
    folder = tmp_path / "pretended-1.0.dist-info"
    folder.mkdir()
    (folder / "entry_points.txt").write_text("[papermill.engine]\n" + "".join(lines), encoding="utf-8")
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: pretended\nVersion: 1.0\n", encoding="utf-8")
    check = f"import {first}, papermill.engines as e; print(e.papermill_engines.get_engine('natverk').__name__)"
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)])}
    done = subprocess.run([sys.executable, "-c", check], env=environ, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "NatverkEngine", done.stderr


# --- What surrounds a run ---------------------------------------------------------------------------------------------

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """Run the command line on a small project in the folder `work`, as an installed command does."""
    project, work = tmp_path / "project", tmp_path / "work"
    project.mkdir()
    work.mkdir()
    write_notebook(project, "print(f'made for {region}')")
    (project / "driver.py").write_text(DRIVER, encoding="utf-8")

    def inner(
        *arguments: str, shell: str = '"$@"', environ: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-P", str(project / "driver.py"), str(project), *arguments]
        return subprocess.run(
            ["bash", "-c", shell, "bash", *words],
            cwd=work,
            env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **(environ or {})},
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )

    return inner


def test_files_named_as_modules_of_python_are_not_read(command: Command, tmp_path: Path) -> None:
    for name in ("random", "calendar", "signal", "tempfile", "socket", "natverk", "pandas"):
        (tmp_path / "work" / f"{name}.py").write_text("raise SystemExit('MINE')\n", encoding="utf-8")
    for engine in ("natverk", "default"):
        done = command("report", "14", "--engine", engine, "--force")
        assert done.returncode == 0, done.stderr
        assert "MINE" not in done.stderr
        assert "cannot be prepared" not in done.stderr


@pytest.mark.parametrize("engine", ["natverk", "default"])
def test_a_notebook_imports_what_stands_beside_it(fault: Fault, tmp_path: Path, engine: str) -> None:
    (tmp_path / "beside.py").write_text("said = 'from beside'\n", encoding="utf-8")
    (tmp_path / "colorsys.py").write_text("raise SystemExit('MINE')\n", encoding="utf-8")
    _outcome, errors = fault("import colorsys\nfrom beside import said\nprint(said)", ["01"], engine=engine)
    assert errors == {}
    assert "from beside" in printed(tmp_path, "01")


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_is_ignored_stays_so(command: Command, number: signal.Signals) -> None:
    # What nohup does to SIGHUP, and a script to the SIGINT of what it starts in the background.
    shell = f'trap "" {number.name[3:]}; "$@" & p=$!; sleep 2; kill -{number.name[3:]} $p; wait $p'
    done = command("report", "14", "03", "--jobs", "1", shell=shell)
    assert done.returncode == 0, done.stderr
    assert "2 of 2 pages done" in done.stderr


@pytest.mark.parametrize("name", few(["två ord å", "scratch" * 12, "plain"], 1))
def test_any_temporary_folder_will_do(command: Command, tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    for engine in ("natverk", "default"):
        done = command("report", "14", "--force", "--engine", engine, environ={"TMPDIR": str(folder)})
        assert done.returncode == 0, done.stderr
    assert list(folder.iterdir()) == []


def test_the_home_folder_may_be_written_as_a_tilde(command: Command, tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path / "home")}
    done = command("report", "14", "--out=~/pages", environ=home)
    assert (done.returncode, done.stdout) == (0, f"{tmp_path}/home/pages/index.html\n")
    assert command("clean", "--out=~/pages", environ=home).returncode == 0
    done = command("report", "14", "--out=~no-such-person/pages")
    assert done.returncode == 2
    assert "means no home folder" in done.stderr
    assert list((tmp_path / "work").iterdir()) == []


@pytest.mark.parametrize("closed", few(["<&- >&- 2>&-", "2>&-", "<&-", ">&-", ">&- 2>&-"], 2))
def test_closed_streams_do_no_harm(command: Command, tmp_path: Path, closed: str) -> None:
    done = command("report", "14", "03", shell=f'"$@" {closed}')
    assert done.returncode == 0, done.stderr
    assert {entry.outcome for entry in read_manifest(tmp_path / "work/reports").values()} == {"ok"}
    for unit in ("14", "03"):
        assert "made for" in (tmp_path / f"work/reports/sv/page/{unit}.html").read_text(encoding="utf-8")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("full", few([">/dev/full", ">/dev/full 2>/dev/full", "2>/dev/full"], 2))
def test_a_full_disk_behind_a_stream_does_not_end_the_run(command: Command, tmp_path: Path, full: str) -> None:
    done = command("report", "14", "03", shell=f'"$@" {full}')
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "work/reports/index.html").is_file()
    assert len(read_manifest(tmp_path / "work/reports")) == 2
    assert "Traceback" not in done.stderr
    if "2>" not in full:
        assert "standard output cannot be written to" in done.stderr
    done = command("list", shell='"$@" >/dev/full')
    assert done.returncode == 2
    assert done.stderr.startswith("standard output cannot be written to: No space left on device")


def test_a_working_folder_that_is_gone(command: Command, tmp_path: Path) -> None:
    shell = f'mkdir {tmp_path}/gone; cd {tmp_path}/gone; rmdir {tmp_path}/gone; "$@"'
    done = command("report", "14", "--out", str(tmp_path / "out"), shell=shell)
    assert done.returncode == 0, done.stderr
    done = command("report", "14", shell=shell)
    assert done.returncode == 2
    assert "give --out with its whole path" in done.stderr


# --- What is prepared -------------------------------------------------------------------------------------------------

# What a page sees of the server that it was forked from.
LOOK = (
    "import os, sys\n"
    "print('threads', len(os.listdir(f'/proc/{os.getppid()}/task')), 'kept', sys.modules.get('preparing') is not None)"
)


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], tuple[Outcome, str]]:
    """Run pages for which `preparing.prepare` is called, whose body is given; return the outcome and what one said."""

    def inner(body: str) -> tuple[Outcome, str]:
        lines = "\n".join(f"    {line}" for line in body.splitlines())
        (tmp_path / "preparing.py").write_text(f"import os, sys, time\ndef prepare():\n{lines}\n", encoding="utf-8")
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(ROOT)]))
        monkeypatch.syspath_prepend(tmp_path)
        write_notebook(tmp_path, LOOK)
        with (tmp_path / "reports.toml").open("a", encoding="utf-8") as file:
            file.write('prepare = "preparing:prepare"\n')
        outcome = run(pages_of(tmp_path, ["01", "03"]), None, jobs=1)
        return outcome, (tmp_path / "out/sv/page/01.ipynb").read_text(encoding="utf-8")

    return inner


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
def test_what_is_prepared_is_there_and_the_server_has_one_thread(
    prepared: Callable[[str], tuple[Outcome, str]], caplog: pytest.LogCaptureFixture
) -> None:
    # What natverk reads in pages, and libraries that like threads.
    body = "import natverk, numpy\nlen(natverk.load().memberships)\nnumpy.ones((500, 500)) @ numpy.ones((500, 500))"
    outcome, said = prepared(body)
    assert outcome.exit_code == 0
    assert "threads 1 kept True" in said
    assert caplog.records == []


def test_for_a_page_alone_nothing_is_prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "preparing.py").write_text("def prepare():\n    open('prepared', 'w').close()\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(ROOT)]))
    monkeypatch.syspath_prepend(tmp_path)
    write_notebook(tmp_path, LOOK)
    with (tmp_path / "reports.toml").open("a", encoding="utf-8") as file:
        file.write('prepare = "preparing:prepare"\n')
    assert run(pages_of(tmp_path, ["01"]), None).exit_code == 0
    said = (tmp_path / "out/sv/page/01.ipynb").read_text(encoding="utf-8")
    assert "threads 1 kept False" in said


HARMS = {
    "raise ValueError('no')": "ValueError: no",
    "raise SystemExit(0)": "",
    "import threading\nthreading.Thread(target=time.sleep, args=(100,), daemon=True).start()": "2 threads run",
    "time.sleep(300)": "it took too long",
    "raise KeyboardInterrupt": "KeyboardInterrupt",
    "os._exit(0)": "",
    "os.kill(os.getpid(), 9)": "",
    "import nowhere": "No module named 'nowhere'",
}


@pytest.mark.parametrize("harm", few(list(HARMS), 4))
def test_what_cannot_be_prepared_costs_time_alone(
    prepared: Callable[[str], tuple[Outcome, str]],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    harm: str,
) -> None:
    if "sleep(300)" in harm:
        monkeypatch.setattr(pool, "_PREPARING", 20.0)
    with caplog.at_level(logging.WARNING):
        outcome, said = prepared(harm)
    assert outcome.exit_code == 0
    assert "threads 1 kept False" in said
    [record] = caplog.records
    assert "preparing:prepare cannot be prepared, so pages take longer" in record.getMessage()
    assert HARMS[harm] in record.getMessage()


def test_libraries_that_cannot_be_prepared_cost_time_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "harmful.py").write_text("raise ValueError('at import')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(ROOT)]))
    monkeypatch.syspath_prepend(tmp_path)
    write_notebook(tmp_path, "if region == '01':\n    import harmful\nprint('made')")
    outcome = run(pages_of(tmp_path, ["01", "03"]), None, jobs=1)
    assert [page.unit for page in outcome.failed] == ["01"]
    assert "the libraries of pages cannot be prepared" in caplog.text
    assert "ValueError: at import" in str(read_manifest(tmp_path / "out")["sv/page/01"].error)


@pytest.mark.parametrize(
    ("number", "remedy"),
    [(24, "ulimit -n"), (12, "--jobs 1"), (28, "make room"), (36, "TMPDIR"), (13, "close other programs")],
)
def test_an_error_of_the_system_has_its_own_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, remedy: str
) -> None:
    def fails(*_arguments: Any) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(pool.Pool, "_has_server", fails)
    write_notebook(tmp_path, "1")
    clock = time.monotonic()
    with pytest.raises(NatverkError, match=os.strerror(number)) as raised:
        run(pages_of(tmp_path, ["01"]), None)
    assert remedy in (raised.value.remedy or "")
    assert time.monotonic() - clock < 60
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
@pytest.mark.parametrize("function", sorted({report.prepare for report in find_project().reports if report.prepare}))
def test_what_reports_prepare_leaves_no_thread(function: str, tmp_path: Path) -> None:
    # Building the tables would be another matter.
    natverk.load()
    module, _colon, name = function.partition(":")
    environ = dict(os.environ)
    pool.set_surroundings(environ, tmp_path)
    code = f"import os\nfrom {module} import {name}\n{name}()\nprint(len(os.listdir('/proc/self/task')))"
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"
