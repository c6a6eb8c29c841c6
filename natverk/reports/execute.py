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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from natverk.data.reads import recorded
from natverk.errors import NatverkError
from natverk.reports.normalise import clean_text, normalise, set_cell_ids
from natverk.reports.plan import Page

__all__ = ["FACTS_TYPE", "Failure", "Job", "Result", "run_page"]

# A notebook can say with an output of this type what the index shows about its page: {"sources": 57}.
# If it does not, the entries of its list of sources are counted.
FACTS_TYPE = "application/vnd.natverk.page+json"
START_TIMEOUT = 120
_LOG_SHOWN = 2000
_SOURCE = re.compile(r'<li [^>]*\bid="source-(\d+)"')


@dataclass(frozen=True)
class Job:
    """A page to run, and how; `formats` is what is made besides HTML: `"pdf"`, `"docx"`."""

    page: Page
    cell_timeout: int = 300
    data_hash: str | None = None
    formats: tuple[str, ...] = ()


@dataclass(frozen=True)
class Failure:
    """Why a page could not be made: a line for the index, and what the failed page shows."""

    summary: str
    traceback: str = ""
    source: str = ""
    cell: int | None = None


@dataclass(frozen=True)
class Result:
    """A page that was run; `failure` is None if it went well, and then `html` and `ipynb` are whole files.

    `files` are what belongs to the page, its tables and documents, by path from the page's folder.
    `reads` are the tables that the notebook read (`natverk.data.reads`), `engine` is how its cells were run.
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
    engine: str = "default"


def run_page(job: Job) -> Result:
    """Run the notebook of a page and return its files, or why it failed.

    The process should have its surroundings set (`natverk.reports.kernel.set_surroundings`). A notebook that raises,
    a cell that takes longer than `job.cell_timeout` seconds and a kernel that dies all give a `Failure`.
    """
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    started, clock = datetime.now(UTC).isoformat(timespec="seconds"), time.monotonic()
    failure: Failure | None = None
    html = ipynb = ""
    warnings: tuple[str, ...] = ()
    facts: dict[str, Any] = {}
    files: Mapping[str, str | bytes] = {}
    reads: dict[str, str] = {}
    try:
        with recorded(os.environ.get("JUPYTER_RUNTIME_DIR")) as reads:
            notebook = _execute(job)
    except PapermillExecutionError as error:
        failure = Failure(
            summary=clean_text(f"{error.ename}: {error.evalue}".strip().rstrip(":")).splitlines()[0],
            traceback=clean_text("\n".join(error.traceback)) or "the kernel gave no traceback",
            source=error.source,
            cell=error.exec_count,
        )
    except CellTimeoutError as error:
        failure = Failure(f"a cell took longer than {job.cell_timeout} seconds", clean_text(str(error)))
    except DeadKernelError as error:
        failure = Failure("the kernel died while the notebook was running", _with_log(str(error)))
    except RuntimeError as error:
        # jupyter_client has no error of its own for a kernel that never answers.
        failure = Failure("the kernel did not start", _with_log(str(error)))
    else:
        from natverk.reports.export import render

        normalise(notebook)
        try:
            rendered = render(notebook, job.page, data_hash=job.data_hash, formats=job.formats)
        except NatverkError as error:
            return Result(job.page, started, round(time.monotonic() - clock, 1), failure=_not_set(error))
        html, files = rendered.html, rendered.files
        warnings, facts = tuple(_warnings(notebook)), _facts(notebook, html)
        ipynb = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return Result(
        job.page, started, round(time.monotonic() - clock, 1), html, ipynb, warnings, facts, failure, files, reads
    )


def _execute(job: Job) -> dict[str, Any]:
    """Execute the notebook of a page with its parameters and return it with its outputs."""
    import nbformat
    import papermill

    from natverk.reports.kernel import KERNEL_NAME, OwnKernelManager

    logging.getLogger("papermill").setLevel(logging.ERROR)
    notebook = nbformat.read(job.page.notebook, as_version=4)  # type: ignore[no-untyped-call]
    set_cell_ids(notebook)
    # The notebook itself is handed over, not its path: papermill reads braces in a path as fields to fill in.
    executed: dict[str, Any] = papermill.execute_notebook(
        notebook,
        None,
        parameters=dict(job.page.parameters),
        kernel_name=KERNEL_NAME,
        language="python",
        progress_bar=False,
        request_save_on_cell_execute=False,
        cwd=str(job.page.notebook.parent),
        start_timeout=START_TIMEOUT,
        execution_timeout=job.cell_timeout,
        kernel_manager_class=OwnKernelManager,
        record_timing=False,
        coalesce_streams=True,
        store_widget_state=False,
        shutdown_kernel="immediate",
    )
    return executed


def _not_set(error: NatverkError) -> Failure:
    """Return why a document could not be made of a page that ran well."""
    return Failure(clean_text(error.what).splitlines()[0], clean_text(str(error)))


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
    return clean_text(f"{message}\n{said}").strip()
