"""One page, run in this process: the notebook is executed by papermill and made into HTML.

Nothing is written to the output folder here. The result goes back to the process that asked for the page, which puts
the files into place; so a worker can be stopped at any moment, or stand on another machine.
"""

from __future__ import annotations

import json
import logging
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from natverk.data.reads import recorded
from natverk.errors import NatverkError
from natverk.reports.normalise import clean_text, normalise, set_cell_ids
from natverk.reports.plan import Page

__all__ = ["DEFAULT_ENGINE", "ENGINES", "FACTS_TYPE", "Failure", "Job", "Result", "run_page"]

# How cells are run: in the page's own process, or by a kernel that it starts. The outputs are the same.
ENGINES = ("natverk", "default")
# Without fork there is no process to be had cheaply, and a kernel that is started isolates as well.
DEFAULT_ENGINE = ENGINES[0] if hasattr(os, "fork") else ENGINES[1]
# A notebook can say with an output of this type what the index shows about its page: {"sources": 57}.
# If it does not, the entries of its list of sources are counted.
FACTS_TYPE = "application/vnd.natverk.page+json"
START_TIMEOUT = 120
_LOG_SHOWN = 2000
_SOURCE = re.compile(r'<li [^>]*\bid="source-(\d+)"')


@dataclass(frozen=True)
class Job:
    """A page to run, and how.

    Attributes
    ----------
    notebook
        The notebook as parsed JSON, so that all pages of a run are made from the same one.
    engine
        One of `ENGINES`.
    formats
        What is made besides HTML: `"pdf"`, `"docx"`.
    """

    page: Page
    notebook: Mapping[str, Any]
    data_hash: str | None = None
    engine: str = DEFAULT_ENGINE
    formats: tuple[str, ...] = ()


@dataclass(frozen=True)
class Failure:
    """Why a page could not be made: a line for the index, and what the failed page shows."""

    summary: str
    traceback: str = ""
    source: str = ""
    cell: int | None = None

    @classmethod
    def of(cls, summary: str, traceback: str = "", source: str = "", cell: int | None = None) -> Failure:
        """Return a failure whose texts are fit to be shown: one line, without colours and paths."""
        lines = clean_text(summary).strip().splitlines()
        return cls(lines[0] if lines else "", clean_text(traceback).strip(), source, cell)


@dataclass(frozen=True)
class Result:
    """A page that was run; `failure` is None if it went well, and then `html` and `ipynb` are whole files.

    Attributes
    ----------
    files
        What belongs to the page, such as its tables and documents: text or bytes by path from the page's folder.
    reads
        The tables that the notebook read (`natverk.data.reads`).
    engine
        How its cells were run.
    """

    page: Page
    started: str
    duration: float
    html: str = ""
    ipynb: str = ""
    warnings: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    failure: Failure | None = None
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    reads: Mapping[str, str] = field(default_factory=dict)
    engine: str = DEFAULT_ENGINE

    @classmethod
    def lost(cls, page: Page, failure: Failure, started: str | None = None, duration: float = 0.0) -> Result:
        """Return the result of a page of which nothing came back."""
        return cls(page, started or _now(), round(duration, 1), failure=failure)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def run_page(job: Job, on_cell: Callable[[int, str], None] | None = None) -> Result:
    """Run the notebook of a page and return its files, or why it failed.

    The process should be the page's own, with its surroundings set (`natverk.reports.worker`). A notebook that raises
    and a kernel that dies give a `Failure`.

    Parameters
    ----------
    job
        The page, and how it is run.
    on_cell
        Called before each cell with its number and its source, and with 0 when all are done.
    """
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    started, clock = _now(), time.monotonic()
    failure: Failure | None = None
    html = ipynb = ""
    warnings: tuple[str, ...] = ()
    facts: dict[str, Any] = {}
    files: Mapping[str, str | bytes] = {}
    reads: dict[str, str] = {}
    try:
        with recorded(os.environ.get("JUPYTER_RUNTIME_DIR")) as reads:
            notebook = _execute(job, on_cell)
        if on_cell:
            on_cell(0, "")
    except PapermillExecutionError as error:
        shown = "\n".join(error.traceback) or "the kernel gave no traceback"
        failure = Failure.of(
            f"{error.ename}: {error.evalue}".strip().rstrip(":"), shown, error.source, error.exec_count
        )
    except DeadKernelError as error:
        failure = Failure.of("the kernel died while the notebook was running", _with_log(str(error)))
    except RuntimeError as error:
        # jupyter_client has no error of its own for a kernel that never answers.
        failure = Failure.of("the kernel did not start", _with_log(str(error)))
    else:
        from natverk.reports.export import render

        normalise(notebook)
        try:
            rendered = render(notebook, job.page, data_hash=job.data_hash, formats=job.formats)
        except NatverkError as error:
            return Result.lost(job.page, _not_set(error), started, time.monotonic() - clock)
        html, files = rendered.html, rendered.files
        warnings, facts = tuple(_warnings(notebook)), _facts(notebook, html)
        ipynb = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    duration = round(time.monotonic() - clock, 2)
    return Result(job.page, started, duration, html, ipynb, warnings, facts, failure, files, reads, job.engine)


def _execute(job: Job, on_cell: Callable[[int, str], None] | None) -> dict[str, Any]:
    """Execute the notebook of a page with its parameters and return it with its outputs."""
    import nbformat
    import papermill

    logging.getLogger("papermill").setLevel(logging.ERROR)
    notebook = nbformat.from_dict(json.loads(json.dumps(job.notebook)))  # type: ignore[no-untyped-call]
    set_cell_ids(notebook)
    folder = job.page.notebook.parent
    begun = 0

    def say(cell: Any, cell_index: int) -> None:
        nonlocal begun
        begun += 1
        if on_cell:
            on_cell(begun, str(cell.source))

    # The notebook itself is handed over, not its path: papermill reads braces in a path as fields to fill in.
    executed: dict[str, Any] = papermill.execute_notebook(
        notebook,
        None,
        parameters=dict(job.page.parameters),
        language="python",
        progress_bar=False,
        request_save_on_cell_execute=False,
        # On another machine the notebook's folder is not there.
        cwd=str(folder if folder.is_dir() else Path.cwd()),
        on_cell_execute=say,
        record_timing=False,
        store_widget_state=False,
        **_engine(job.engine),
    )
    return executed


def _not_set(error: NatverkError) -> Failure:
    """Return why a document could not be made of a page that ran well."""
    return Failure.of(error.what, str(error))


def _engine(name: str) -> dict[str, Any]:
    """Return the arguments of papermill that choose how cells are run."""
    if name == ENGINES[0]:
        from papermill.engines import papermill_engines

        from natverk.reports.engine import ENGINE_NAME, InProcessEngine

        # Where natverk is not installed but on the path, papermill finds no entry point.
        papermill_engines.register(ENGINE_NAME, InProcessEngine)
        return {"engine_name": ENGINE_NAME, "kernel_name": "python3"}
    from natverk.reports.kernel import KERNEL_NAME, OwnKernelManager

    return {
        "kernel_name": KERNEL_NAME,
        "start_timeout": START_TIMEOUT,
        "kernel_manager_class": OwnKernelManager,
        "shutdown_kernel": "immediate",
    }


def _outputs(notebook: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for cell in notebook["cells"]:
        if "lab-only" not in cell["metadata"].get("tags", []):
            yield from cell.get("outputs", [])


def _warnings(notebook: dict[str, Any]) -> list[str]:
    """Return what the notebook wrote to stderr."""
    streams = [out["text"].strip() for out in _outputs(notebook) if out.get("name") == "stderr"]
    return [text for text in streams if text]


def _facts(notebook: dict[str, Any], html: str) -> dict[str, Any]:
    """Return what the index shows about the page: counted on it, or said by the notebook."""
    sources = len(set(_SOURCE.findall(html)))
    facts: dict[str, Any] = {"sources": sources} if sources else {}
    for output in _outputs(notebook):
        said = output.get("data", {}).get(FACTS_TYPE)
        if isinstance(said, dict):
            facts.update(said)
    return facts


def _with_log(message: str) -> str:
    """Return a message with the end of what the kernel printed outside of the notebook."""
    from natverk.reports.kernel import KERNEL_LOG

    log = Path(os.environ["JUPYTER_RUNTIME_DIR"]) / KERNEL_LOG
    said = log.read_text(encoding="utf-8", errors="replace")[-_LOG_SHOWN:] if log.is_file() else ""
    return f"{message}\n{said}"
