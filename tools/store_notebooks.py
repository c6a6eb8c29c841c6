"""Run the notebooks with their default parameters and store them with what they show.

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
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def store(path: Path) -> None:
    """Execute one notebook in place, without times or versions of the machine."""
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=600, record_timing=False, resources=resources).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            # A widget lives as long as its kernel: stored, it is a box that cannot be shown.
            cell.outputs = [output for output in cell.outputs if WIDGET not in output.get("data", {})]
    notebook.metadata.clear()
    notebook.metadata.update(METADATA)
    nbformat.write(notebook, path)
    print(f"stored {path.relative_to(ROOT)}")


if __name__ == "__main__":
    for name in sys.argv[1:] or sorted(str(path) for path in (ROOT / "notebooks").rglob("*.ipynb")):
        if ".ipynb_checkpoints" not in name:
            store(Path(name).resolve())
