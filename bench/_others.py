"""The ways of running notebooks that people use in Python, on two processes; for bench/reports.py.

Usage: python bench/_others.py METHOD NOTEBOOK FOLDER UNIT...    METHOD: joblib, papermill, nbclient, ploomber
"""

from __future__ import annotations

import importlib
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

PROCESSES = 2


def to_html(notebook: Any, target: Path) -> None:
    from nbconvert import HTMLExporter

    body, _resources = HTMLExporter().from_notebook_node(notebook)
    target.write_text(body, encoding="utf-8")


def by_papermill(path: str, folder: str, unit: str) -> None:
    import papermill

    target = f"{folder}/{unit}.ipynb"
    cwd = str(Path(path).parent)
    done = papermill.execute_notebook(path, target, {"region": unit}, progress_bar=False, cwd=cwd)
    to_html(done, Path(folder) / f"{unit}.html")


def by_nbclient(path: str, folder: str, unit: str) -> None:
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(1, nbformat.v4.new_code_cell(f"region = {unit!r}"))
    NotebookClient(notebook, resources={"metadata": {"path": str(Path(path).parent)}}).execute()
    nbformat.write(notebook, f"{folder}/{unit}.ipynb")
    to_html(notebook, Path(folder) / f"{unit}.html")


def by_ploomber(path: str, folder: str, unit: str) -> None:
    from ploomber_engine import execute_notebook

    target = f"{folder}/{unit}.ipynb"
    done = execute_notebook(path, target, parameters={"region": unit}, progress_bar=False, cwd=str(Path(path).parent))
    to_html(done, Path(folder) / f"{unit}.html")


def main(method: str, path: str, folder: str, units: list[str]) -> None:
    if method == "joblib":
        from joblib import Parallel, delayed

        Parallel(n_jobs=PROCESSES)(delayed(by_papermill)(path, folder, unit) for unit in units)
        return
    # By the module's name: ploomber-engine puts another `__main__` into the process that runs a notebook.
    run = getattr(importlib.import_module("_others"), f"by_{method}")
    with ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn")) as pool:
        for task in [pool.submit(run, path, folder, unit) for unit in units]:
            task.result()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])
