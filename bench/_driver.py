"""natverk's command line for the project of bench/ instead of the real one; for bench/reports.py."""

from __future__ import annotations

from pathlib import Path

import natverk.reports.plan

HERE = Path(__file__).resolve().parent

if __name__ == "__main__":
    natverk.reports.plan.find_project = lambda: natverk.reports.plan.read_project(HERE / "reports.toml", HERE)
    from natverk.cli import main

    main()
