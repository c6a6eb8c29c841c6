"""One run at a time in a folder, and no lock that is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from natverk.errors import NatverkError
from natverk.reports.files import HOLDER_FILE, hold
from natverk.reports.site import clean

ROOT = Path(__file__).resolve().parents[2]
HOLDING = """
import sys, time
from pathlib import Path
from natverk.reports.files import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(300)
"""


@pytest.fixture
def other(tmp_path: Path) -> subprocess.Popen[str]:
    """Another process that holds the folder `out`."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(tmp_path / "out")],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_run_is_refused_with_the_process(tmp_path: Path, other: subprocess.Popen[str]) -> None:
    out = tmp_path / "out"
    for attempt in (lambda: hold(out).__enter__(), lambda: clean(out)):
        with pytest.raises(NatverkError, match=rf"another run \(process {other.pid}\) is writing to the folder out"):
            attempt()
    assert [path.name for path in out.iterdir()] == [HOLDER_FILE]
    with hold(tmp_path / "elsewhere"):
        pass


def test_a_lock_of_a_dead_process_does_not_block(tmp_path: Path, other: subprocess.Popen[str]) -> None:
    other.send_signal(signal.SIGKILL)
    other.wait()
    assert (tmp_path / "out" / HOLDER_FILE).is_file()
    with hold(tmp_path / "out"):
        assert (tmp_path / "out" / HOLDER_FILE).read_text(encoding="ascii") == f"{os.getpid()}\n"
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_used_stays_and_an_empty_one_goes(tmp_path: Path) -> None:
    with hold(tmp_path / "a" / "out"):
        pass
    assert not (tmp_path / "a" / "out").exists()
    with hold(tmp_path / "out"):
        (tmp_path / "out" / "index.html").write_text("", encoding="utf-8")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["index.html"]


def test_an_error_inside_is_not_taken_for_one_of_the_lock(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"), hold(tmp_path / "out"):
        (tmp_path / "nowhere").read_text(encoding="utf-8")
    assert not (tmp_path / "out").exists()
