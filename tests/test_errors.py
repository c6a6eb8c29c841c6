"""Messages give a next command that can be typed as it stands, in the shell of the system."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from natverk import errors
from natverk.errors import command_line, missing_extra


@given(st.lists(st.text(min_size=1).filter(lambda word: "\0" not in word), min_size=1))
def test_a_posix_shell_reads_back_the_words(words: list[str]) -> None:
    assert shlex.split(command_line(*words, system="linux")) == words


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["natverk", "report", "14"], "natverk report 14"),
        (["natverk", "report", "Västra Götaland"], 'natverk report "Västra Götaland"'),
        (["natverk", "check", r"C:\Mina rader\å"], r'natverk check "C:\Mina rader\å"'),
        ([r"C:\Program Files\py.exe", "-m", "pip"], r'& "C:\Program Files\py.exe" -m pip'),
        (["natverk", "check", "$HOME"], "natverk check '$HOME'"),
        (["natverk", "check", "it's `a`"], "natverk check 'it''s `a`'"),
        (["natverk", "check", ""], 'natverk check ""'),
        (["natverk", "report", "a;b", "--only", "x/*"], 'natverk report "a;b" --only "x/*"'),
    ],
)
def test_powershell_gets_its_own_quotes(words: list[str], line: str) -> None:
    assert command_line(*words, system="win32") == line


@pytest.mark.skipif(shutil.which("pwsh") is None, reason="PowerShell is not installed")
def test_powershell_reads_back_the_words() -> None:
    words = ["mina rader", "$HOME", "it's", 'say "x"', "a;b", "å"]
    code = "import sys; print(*sys.argv[1:], sep='|')"
    line = command_line(sys.executable, "-c", code, *words, system="win32")
    done = subprocess.run(["pwsh", "-NoProfile", "-Command", line], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "|".join(words)


def test_a_missing_extra_is_installed_with_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", "/opt/my python/bin/python")
    remedy = str(missing_extra("x", "lab", "jupyterlab").remedy)
    assert shlex.split(remedy)[:5] == ["/opt/my python/bin/python", "-m", "pip", "install", "-e"]
    assert shlex.split(remedy)[5] == f"{Path(errors.__file__).parents[1]}[lab]"
    # An installed one, on Windows.
    monkeypatch.setattr(errors, "__file__", str(tmp_path / "natverk" / "errors.py"))
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "executable", r"C:\My Python\python.exe")
    monkeypatch.setattr(errors, "distribution", lambda _name: Installed())
    told = r'& "C:\My Python\python.exe" -m pip install "natverk[lab] @ file:///C:/natverk.whl"'
    assert missing_extra("x", "lab", "jupyterlab").remedy == told


class Installed:
    """Stands for what pip recorded of an installed wheel."""

    def read_text(self, _name: str) -> str:
        return '{"url": "file:///C:/natverk.whl"}'
