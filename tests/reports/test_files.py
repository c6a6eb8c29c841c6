"""One run at a time in a folder, and no lock that is left behind."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from filelock import FileLock

from natverk.errors import NatverkError
from natverk.reports.files import HOLDER_FILE, LOCK_FILE, hold, remedy_for
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
    assert sorted(path.name for path in out.iterdir()) == [LOCK_FILE, HOLDER_FILE]
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


class BindingLock(FileLock):
    """A lock as on Windows: meanwhile nobody can open or remove the file that is locked, not even who holds it."""

    held: ClassVar[set[str]] = set()

    def _acquire(self) -> None:
        super()._acquire()
        if self.is_locked:
            self.held.add(str(self.lock_file))

    def _release(self) -> None:
        self.held.discard(str(self.lock_file))
        super()._release()


@pytest.fixture
def binding(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let locks bind as on Windows."""

    def guarded(method: str) -> Callable[..., Any]:
        plain = getattr(Path, method)

        def inner(path: Path, *arguments: Any, **options: Any) -> Any:
            if str(path) in BindingLock.held:
                raise PermissionError(errno.EACCES, "The process cannot access the file", str(path))
            return plain(path, *arguments, **options)

        return inner

    monkeypatch.setattr("filelock.FileLock", BindingLock)
    for method in ("open", "read_text", "write_text", "unlink", "read_bytes"):
        monkeypatch.setattr(Path, method, guarded(method))


@pytest.mark.usefixtures("binding")
def test_a_folder_is_held_where_locks_bind(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with hold(out):
        assert BindingLock.held == {str(out / LOCK_FILE)}
        with pytest.raises(PermissionError):
            (out / LOCK_FILE).read_bytes()
        with pytest.raises(NatverkError, match=rf"another run \(process {os.getpid()}\) is writing"), hold(out):
            pass
        (out / "index.html").write_text("kept", encoding="utf-8")
    assert BindingLock.held == set()
    assert HOLDER_FILE not in [path.name for path in out.iterdir()]
    with hold(out):
        pass


def test_what_helps_is_typed_as_the_system_types_it(monkeypatch: pytest.MonkeyPatch) -> None:
    too_long, too_many = OSError(errno.ENAMETOOLONG, "long"), OSError(errno.EMFILE, "many")
    assert remedy_for(too_long, "x").endswith("TMPDIR=/tmp natverk …")
    monkeypatch.setattr(sys, "platform", "win32")
    assert remedy_for(too_long, "x").endswith('$env:TEMP = "C:\\Temp"; natverk …')
    assert remedy_for(too_many, "x") == "run fewer pages at once: --jobs 1"


def test_an_error_inside_is_not_taken_for_one_of_the_lock(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"), hold(tmp_path / "out"):
        (tmp_path / "nowhere").read_text(encoding="utf-8")
    assert not (tmp_path / "out").exists()
