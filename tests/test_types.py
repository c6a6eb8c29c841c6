"""Types are right: mypy, strict, finds nothing in the package."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_types_are_right() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mypy"], cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
