"""Make the seminar: for each session and language the notebook of the students, that of the teacher, and slides."""

from __future__ import annotations

import argparse
from pathlib import Path

import natverk
from natverk.errors import NatverkError
from natverk.seminar.versions import make_versions

ROOT = Path(__file__).resolve().parents[1]

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "seminar", help="where they go (build/seminar)")
    parser.add_argument("--lang", action="append", choices=["sv", "en"], help="one language (default: both)")
    parser.add_argument("--no-run", action="store_true", help="do not run the notebooks: no figures on the slides")
    given = parser.parse_args()
    try:
        made = make_versions(
            ROOT / "notebooks" / "seminar",
            given.out,
            natverk.load(),
            lang=given.lang or ["sv", "en"],
            run=not given.no_run,
        )
    except NatverkError as error:
        raise SystemExit(str(error)) from error
    print(f"{len(made)} files in {given.out}")
