"""Run the notebooks with their default parameters and store them with what they say: texts and tables, no pictures.

A picture is drawn anew by whoever runs the notebook; stored, it would be most of the file and all of a difference.
nbval (part of `make test`) compares the stored outputs with what the code gives today; after a change that is
meant to change them, run `make notebooks`, look at the difference, and commit it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
WIDGET = "application/vnd.jupyter.widget-view+json"
CHECK = "NBVAL_CHECK_OUTPUT"
#: What the panel of a page shows: all rows behind the page once more.
PROVENANCE = "application/vnd.natverk.provenance+json"
FOLDED = ("<details", '<div class="nv-download"')
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def kept(output: nbformat.NotebookNode) -> bool:
    """Say whether an output is stored.

    A widget lives as long as its kernel: stored, it is a box that cannot be shown. A picture is an image, or an image
    within HTML as the figures show themselves.
    """
    data = output.get("data", {})
    pictures = any(kind.startswith("image/") for kind in data) or "data:image/" in data.get("text/html", "")
    return WIDGET not in data and not pictures


def shorten(output: nbformat.NotebookNode) -> None:
    """Leave one form of what has two: plain text of what a page folds away or offers as a file, else the richer one."""
    data = output.get("data", {})
    data.pop(PROVENANCE, None)
    if "text/plain" in data and data.get("text/html", "").startswith(FOLDED):
        del data["text/html"]
    elif len(data) > 1:
        data.pop("text/plain", None)


def store(path: Path) -> None:
    """Execute one notebook in place, without times or versions of the machine."""
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=600, record_timing=False, resources=resources).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if kept(output)]
            if CHECK not in cell.source:
                for output in cell.outputs:
                    shorten(output)
    notebook.metadata.clear()
    notebook.metadata.update(METADATA)
    nbformat.write(notebook, path)
    print(f"stored {path.relative_to(ROOT)}")


if __name__ == "__main__":
    for name in sys.argv[1:] or sorted(str(path) for path in (ROOT / "notebooks").rglob("*.ipynb")):
        if ".ipynb_checkpoints" not in name:
            store(Path(name).resolve())
