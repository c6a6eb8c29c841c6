"""Calling pandoc, which comes as a wheel, on a manuscript."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from natverk.errors import NatverkError

__all__ = ["TEMPLATES", "convert", "run_pandoc"]

TEMPLATES = Path(__file__).parent / "templates" / "document"
_TIMEOUT = 300


def convert(html: str, writer: str, options: Sequence[str] = ()) -> str:
    """Return a manuscript in another markup."""
    return run_pandoc(
        ["--from=html", f"--to={writer}", "--wrap=none", f"--lua-filter={TEMPLATES / 'filter.lua'}", *options], html
    ).decode("utf-8")


def run_pandoc(options: Sequence[str], text: str = "") -> bytes:
    """Run pandoc and return what it writes; it opens no file or address beside those of `options`.

    Raises
    ------
    NatverkError
        If it fails, with its own words.
    """
    import pypandoc

    command = [pypandoc.get_pandoc_path(), "--sandbox", *options]
    # A date in the environment would be another day's tomorrow: what is dated is dated by its content.
    surroundings = {**os.environ, "SOURCE_DATE_EPOCH": "315532800"}
    done = subprocess.run(
        command, input=text.encode("utf-8"), capture_output=True, env=surroundings, timeout=_TIMEOUT, check=False
    )
    if done.returncode:
        said = done.stderr.decode("utf-8", errors="replace").strip()
        raise NatverkError(f"pandoc could not make the document: {said[-500:]}", where="natverk/reports/templates")
    return done.stdout
