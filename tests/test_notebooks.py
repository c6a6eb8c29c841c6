"""Notebooks are stored executed and without pictures: nbval compares what they show, so nothing checked is empty."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted(
    path
    for path in (Path(__file__).parents[1] / "notebooks").rglob("*.ipynb")
    if ".ipynb_checkpoints" not in path.parts
)
CHECK = "NBVAL_CHECK_OUTPUT"
LARGEST = 300_000


def problems(notebook: nbformat.NotebookNode) -> list[str]:
    """Return what is wrong with a stored notebook."""
    found = []
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        if any(output.output_type == "error" for output in cell.outputs):
            found.append(f"cell {number}: a stored traceback")
        if any(output.output_type == "stream" and output.name == "stderr" for output in cell.outputs):
            found.append(f"cell {number}: a stored warning")
        if CHECK in cell.source and (not cell.outputs or cell.execution_count is None):
            found.append(f"cell {number}: checked by nbval but stored without output")
        if any("application/vnd.jupyter.widget-view+json" in output.get("data", {}) for output in cell.outputs):
            found.append(f"cell {number}: a stored widget, which no kernel stands behind")
        shown = [output.get("data", {}) for output in cell.outputs]
        if any("data:image/" in data.get("text/html", "") or any("image/" in kind for kind in data) for data in shown):
            found.append(f"cell {number}: a stored picture")
        if "execution" in cell.metadata or "papermill" in cell.metadata:
            found.append(f"cell {number}: stored with times of a run")
    if "widgets" in notebook.metadata:
        found.append("stored with the state of widgets")
    if not any(CHECK in cell.source for cell in notebook.cells):
        found.append("no cell is checked by nbval")
    tagged = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(tagged) != 1:
        found.append(f"{len(tagged)} cells are tagged 'parameters'")
    return found


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stored_executed_and_checked(path: Path) -> None:
    assert problems(nbformat.read(path, as_version=4)) == []


def test_there_are_notebooks() -> None:
    assert [path.stem for path in NOTEBOOKS]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_stored_notebook_is_small(path: Path) -> None:
    assert path.stat().st_size <= LARGEST


@pytest.mark.parametrize("data", [{"image/png": "iVBOR"}, {"text/html": '<img src="data:image/png;base64,iVBOR">'}])
def test_a_stored_picture_is_found(data: dict[str, str]) -> None:
    notebook = nbformat.read(NOTEBOOKS[0], as_version=4)
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code")
    cell.outputs = [nbformat.v4.new_output("display_data", data=data)]
    assert [problem for problem in problems(notebook) if problem.endswith("a stored picture")]


def test_a_stripped_notebook_is_found() -> None:
    notebook = nbformat.read(NOTEBOOKS[0], as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    assert any("stored without output" in problem for problem in problems(notebook))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_names_no_machine(path: Path) -> None:
    text = json.dumps(json.loads(path.read_text(encoding="utf-8")))
    assert "/home/" not in text
    assert str(Path.home()) not in text
