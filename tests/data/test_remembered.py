"""What is remembered between processes: the same answers, and nothing where anything that they depend on differs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest

import natverk
from natverk.data import remembered
from natverk.data.answers import digest_of
from natverk.data.cache import caches, oldest
from natverk.data.load import Dataset, kept
from natverk.data.reads import recorded
from natverk.data.remembered import Answers, call_text
from natverk.membership import quality
from natverk.precomputed import precompute


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "natverk" / "answers"


def as_new() -> Dataset:
    """Return the data as a process that has just begun has them."""
    data = Dataset(natverk.load().folder)
    data.is_loaded = True
    return data


@pytest.fixture(scope="module")
def worked_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of what is remembered of natverk's own data."""
    folder = tmp_path_factory.mktemp("worked_out")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        precompute(as_new())
    return folder


@pytest.fixture
def written(cache: Path, worked_out: Path) -> Path:
    shutil.copytree(worked_out, cache.parents[1])
    (file,) = cache.iterdir()
    return file


def test_what_is_remembered_is_what_is_worked_out(written: Path) -> None:
    now, before = as_new(), as_new()
    with zipfile.ZipFile(written) as file:
        n = len(file.namelist())
    assert n > 30
    compared = 0
    now.answers.read()  # type: ignore[union-attr]
    for call, (value, used) in now.answers._given.items():  # type: ignore[union-attr]
        function, _, arguments = call.partition(" ")
        module, _, name = function.partition(":")
        if "Rules(" in arguments:
            continue
        measure = getattr(sys.modules[module], name)
        before.__dict__["_answers"] = Answers("none")
        again = measure(before, **dict(eval(arguments)))  # noqa: S307
        assert used
        compared += digest_of(value) is not None
        assert digest_of(value) == digest_of(again), call
    assert compared > 25


def test_an_answer_is_read_and_not_worked_out(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = quality.disagreements(as_new())
    monkeypatch.setattr(quality, "_conflicts", None)
    data = as_new()
    with recorded() as found:
        pd.testing.assert_frame_equal(quality.disagreements(data), expected)
    # A page that is shown it depends on the same tables as if it had been worked out for it.
    assert "memberships" in found.tables


#: What a process whose text stands where an option says has: of tables, of what was remembered, and of both merged.
STORAGE = """
import sys
import pandas as pd
pd.set_option("mode.string_storage", sys.argv[1])
import natverk
from natverk.membership.documented import documented
from natverk.precomputed import precompute
data = natverk.load()
precompute(data)
given = [value for value, _ in data.answers._given.values() if isinstance(value, pd.DataFrame)]
texts = [frame[name] for frame in [*given, data.memberships] for name in frame if frame[name].dtype == "str"]
rows = given[0].merge(pd.DataFrame({"name": ["Nacka"]}).assign(actor_id="municipality:0182"), on="actor_id", how="left")
print(len(given) > 5, {column.dtype.storage for column in texts}, rows["actor_id"].dtype, len(rows))
"""


@pytest.mark.parametrize("storage", ["python", "pyarrow"])
def test_text_stands_in_the_memory_of_the_process_that_reads_it(written: Path, storage: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", STORAGE, storage], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(f"True {{'{storage}'}} str")
    assert len(list(written.parent.iterdir())) == 1


def test_another_code_other_tables_and_other_libraries_have_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {remembered._fingerprint("a"), remembered._fingerprint("b")}
    monkeypatch.setattr(remembered, "version", lambda name: "0")
    names.add(remembered._fingerprint("a"))
    monkeypatch.setattr(remembered, "_ABOVE", (*remembered._ABOVE, "errors.py"))
    names.add(remembered._fingerprint("a"))
    assert len(names) == 4


@pytest.mark.parametrize("content", [b"", b"no zip", "cut"])
def test_a_damaged_file_costs_time_only(written: Path, content: bytes | str) -> None:
    expected = quality.disagreements(as_new())
    whole = written.read_bytes()
    written.write_bytes(content if isinstance(content, bytes) else whole[:200] + whole[1200:])
    pd.testing.assert_frame_equal(quality.disagreements(as_new()), expected)


def test_a_folder_that_others_may_write_to_is_not_read(written: Path) -> None:
    assert as_new().answers.is_written  # type: ignore[union-attr]
    if os.name != "posix":
        pytest.skip("whose a folder is, is not asked on this system")
    written.parent.chmod(0o777)
    assert written.parent not in list(caches("answers"))
    assert written.parent not in list(caches("answers", make=False))


def test_filtered_and_hand_made_data_remember_nothing(cache: Path) -> None:
    assert natverk.load(as_of="2015").answers is None
    assert natverk.load(without_noncommercial=True).answers is None
    assert Dataset(natverk.load().folder).answers is None
    precompute(natverk.load(as_of="2015"))
    assert not cache.exists()


def test_only_natverks_own_functions_with_plain_arguments_are_remembered() -> None:
    @kept
    def n_rows(data: Dataset) -> int:
        return len(data.counties)

    assert call_text(n_rows, ()) is None
    assert call_text(oldest, (("names", frozenset("ab")),)) is None
    assert call_text(oldest, (("names", ("a", 1, None)),)) is not None


def test_where_nothing_can_be_kept_nothing_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "caches", lambda what, make=True: iter([tmp_path / "no such folder"]))
    answers = Answers("tables")
    answers.add("natverk.peers:_similar ()", (1, {}))
    answers.write()
    assert not Answers("tables").is_written


def test_the_oldest_go(cache: Path) -> None:
    for number in range(7):
        Answers(f"tables {number}").write()
        os.utime(cache / f"{remembered._fingerprint(f'tables {number}')}.zip", (number, number))
    assert len(list(cache.iterdir())) == 4


def test_a_build_remembers_and_says_so_once(tmp_path: Path) -> None:
    environ = os.environ | {"XDG_CACHE_HOME": str(tmp_path)}
    said = [
        subprocess.run(
            [sys.executable, "-m", "natverk.cli", "build"], env=environ, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    ]
    assert "remembered" in said[0]
    assert "remembered" not in said[1]
