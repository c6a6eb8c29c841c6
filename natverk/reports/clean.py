"""Taking away what the report machine has made, and nothing else."""

from __future__ import annotations

import contextlib
from pathlib import Path

from natverk.errors import DataError
from natverk.locale import LANGUAGES
from natverk.reports.export import INDEX_FILES
from natverk.reports.files import remove_parts
from natverk.reports.manifest import MANIFEST_FILE, read_manifest
from natverk.reports.project import Project

__all__ = ["clean"]


def clean(out: Path, project: Project) -> list[Path]:
    """Remove pages, executed notebooks, index and manifest from `out`, and the folders that are then empty.

    Other files in the folder stay. A second call finds nothing and is no error.

    Returns
    -------
    list of Path
        The files that were removed.
    """
    reports = {report.name for report in project.reports}
    with contextlib.suppress(DataError):  # a manifest that cannot be read goes away too
        reports |= {entry.report for entry in read_manifest(out).values()}
    folders = [out / lang / report for lang in LANGUAGES for report in sorted(reports)]
    files = [path for folder in folders for pattern in ("*.html", "*.ipynb") for path in sorted(folder.glob(pattern))]
    files += [path for name in (*INDEX_FILES.values(), MANIFEST_FILE) if (path := out / name).is_file()]
    for path in files:
        path.unlink(missing_ok=True)
    for folder in (*folders, *(out / lang for lang in LANGUAGES), out):
        remove_parts(folder)
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    return files
