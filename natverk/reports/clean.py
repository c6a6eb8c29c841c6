"""Taking away what the report machine has made, and nothing else."""

from __future__ import annotations

from pathlib import Path

from natverk.locale import LANGUAGES
from natverk.reports.crate import is_crate
from natverk.reports.files import remove_parts
from natverk.reports.lock import hold
from natverk.reports.manifest import CRATE_FILE, INDEX_FILES, MANIFEST_FILE, Entry, read_manifest
from natverk.reports.standing import data_files

__all__ = ["clean"]

# What stands on disk for one page, after its id.
_ENDINGS = (".html", ".ipynb", ".failed.html")


def clean(out: Path) -> list[Path]:
    """Remove pages, executed notebooks, index and manifest from `out`, and the folders that are then empty.

    Only what the manifest names goes, and an index that links to it; other files stay. A second call finds nothing
    and is no error.

    Raises
    ------
    DataError
        If the manifest cannot be read: then nothing tells what was made here, and nothing is removed.
    NatverkError
        If a run is writing to the folder.

    Returns
    -------
    list of Path
        The files that were removed.
    """
    if not out.is_dir():
        return []
    with hold(out):
        files = _made(out)
        for path in files:
            path.unlink(missing_ok=True)
        for folder in (*_folders(files, out), *_roots(out)):
            if folder.is_symlink():
                continue
            remove_parts(folder)
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
    return files


def _made(out: Path) -> list[Path]:
    """Return the files in `out` that were made here, by the manifest; a folder without one may be somebody else's."""
    entries = [entry for entry in read_manifest(out).values() if _is_page(entry)]
    made = [out / f"{entry.id}{end}" for entry in entries for end in _ENDINGS]
    # Tables stand in folders of their own below the folder of the page.
    made += [out / name for entry in entries for name in entry.files if _is_below(name, entry)]
    if entries:
        made += data_files(out)
        made += [path for path in (out / CRATE_FILE,) if is_crate(path)]
        made += [*(path for name in INDEX_FILES.values() if _is_index(path := out / name)), out / MANIFEST_FILE]
    return [path for path in made if path.is_file() and path.resolve().is_relative_to(out.resolve())]


def _is_page(entry: Entry) -> bool:
    """Say whether an entry names a page as `plan` does: `sv/region_report/14`."""
    return entry.lang in LANGUAGES and entry.id == f"{entry.lang}/{entry.report}/{entry.unit}"


def _is_below(name: str, entry: Entry) -> bool:
    """Say whether a file of a page lies below the page's folder."""
    parts = Path(name).parts
    return parts[:2] == (entry.lang, entry.report) and ".." not in parts


def _folders(files: list[Path], out: Path) -> list[Path]:
    """Return the folders below `out` that held `files` or may hold what a killed run left, the deepest first."""
    found = {item for lang in LANGUAGES for item in (out / lang).glob("*/")}
    found |= {folder for path in files for folder in path.parents if folder != out and out in folder.parents}
    return sorted(found, key=lambda folder: (-len(folder.parts), folder))


def _is_index(path: Path) -> bool:
    """Say whether a file is an index of ours: it links to the manifest."""
    return path.is_file() and f'href="{MANIFEST_FILE}"'.encode() in path.read_bytes()


def _roots(out: Path) -> list[Path]:
    return [*(out / lang for lang in LANGUAGES), out]
