"""One page, run in this process: the notebook is executed by papermill and made into HTML.

Nothing is written to the output folder here. The result goes back to the process that asked for the page, which puts
the files into place; so this one can be stopped at any moment, or stand on another machine.

Executed notebooks are kept without what differs between two equal runs: times, random cell identifiers, memory
addresses and the names of temporary files say nothing about the result. With them gone, two runs give the same bytes,
and a difference is a difference of the result.
"""

from __future__ import annotations

import json
import logging
import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from natverk.data.reads import Recorded, recorded
from natverk.reports.plan import Page

__all__ = [
    "DEFAULT_ENGINE",
    "ENGINES",
    "FACTS_TYPE",
    "Failure",
    "Job",
    "Result",
    "clean_text",
    "joined_streams",
    "normalise",
    "run_page",
    "set_cell_ids",
]

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
        What the notebook read: tables, and what it asked of measures.
    engine
        How its cells were run.
    unmade
        Why a document beside the page could not be made, by its kind; the page stands without it.
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
    reads: Recorded = field(default_factory=Recorded)
    engine: str = DEFAULT_ENGINE
    unmade: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def lost(cls, page: Page, failure: Failure, started: str | None = None, duration: float = 0.0) -> Result:
        """Return the result of a page of which nothing came back."""
        return cls(page, started or _now(), round(duration, 1), failure=failure)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def run_page(job: Job, on_cell: Callable[[int, str], None] | None = None) -> Result:
    """Run the notebook of a page and return its files, or why it failed.

    The process should be the page's own, with its surroundings set (`natverk.reports.pool`). A notebook that raises
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
    reads = Recorded()
    made: dict[str, Any]
    try:
        with recorded(os.environ.get("JUPYTER_RUNTIME_DIR")) as reads:
            notebook = _execute(job, on_cell)
        if on_cell:
            on_cell(0, "")
    except PapermillExecutionError as error:
        shown = "\n".join(error.traceback) or "the kernel gave no traceback"
        summary = f"{error.ename}: {error.evalue}".strip().rstrip(":")
        made = {"failure": Failure.of(summary, shown, error.source, error.exec_count)}
    except DeadKernelError as error:
        made = {"failure": Failure.of("the kernel died while the notebook was running", _with_log(str(error)))}
    except RuntimeError as error:
        # jupyter_client has no error of its own for a kernel that never answers.
        made = {"failure": Failure.of("the kernel did not start", _with_log(str(error)))}
    else:
        made = _made(job, notebook)
    duration = round(time.monotonic() - clock, 2)
    return Result(job.page, started, duration, reads=reads, engine=job.engine, **made)


def _made(job: Job, notebook: dict[str, Any]) -> dict[str, Any]:
    """Return what is kept of an executed notebook: fields of `Result`."""
    from natverk.reports.documents import documents
    from natverk.reports.page import render

    normalise(notebook)
    page, formats = job.page, job.formats
    rendered = render(notebook, page, data_hash=job.data_hash, formats=formats)
    papers, unmade = documents(rendered, page, formats, data_hash=job.data_hash)
    if unmade:
        # The page leads to the documents that there are.
        rendered = render(notebook, page, data_hash=job.data_hash, formats=tuple(papers))
    outputs = [
        output
        for cell in notebook["cells"]
        if "lab-only" not in cell["metadata"].get("tags", [])
        for output in cell.get("outputs", [])
    ]
    # What the index shows about the page: counted on it, or said by the notebook.
    sources = len(set(_SOURCE.findall(rendered.html)))
    facts: dict[str, Any] = {"sources": sources} if sources else {}
    for output in outputs:
        said = output.get("data", {}).get(FACTS_TYPE)
        facts |= said if isinstance(said, dict) else {}
    streams = [output["text"].strip() for output in outputs if output.get("name") == "stderr"]
    return {
        "html": rendered.html,
        "ipynb": json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n",
        "files": {**rendered.body.files, **{f"{page.unit}.{kind}": content for kind, content in papers.items()}},
        "facts": facts,
        "warnings": tuple(text for text in streams if text),
        "unmade": unmade,
    }


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


def _engine(name: str) -> dict[str, Any]:
    """Return the arguments of papermill that choose how cells are run."""
    if name == ENGINES[0]:
        from papermill.engines import papermill_engines

        from natverk.reports.engine import InProcessEngine

        # Where natverk is not installed but on the path, papermill finds no entry point.
        papermill_engines.register(ENGINES[0], InProcessEngine)
        return {"engine_name": ENGINES[0], "kernel_name": "python3"}
    from natverk.reports.engine import OwnKernelManager

    return {
        "kernel_name": "python3",
        "start_timeout": START_TIMEOUT,
        "kernel_manager_class": OwnKernelManager,
        "shutdown_kernel": "immediate",
    }


def _with_log(message: str) -> str:
    """Return a message with the end of what the kernel printed outside of the notebook."""
    from natverk.reports.engine import KERNEL_LOG

    log = Path(os.environ["JUPYTER_RUNTIME_DIR"]) / KERNEL_LOG
    said = log.read_text(encoding="utf-8", errors="replace")[-_LOG_SHOWN:] if log.is_file() else ""
    return f"{message}\n{said}"


# --- Without what differs between two equal runs ----------------------------------------------------------------------

_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{4,}")
# A path is looked for where a word begins: tried at every letter, a long line would take the square of its length.
_TOKEN = r"(?<![^\s\"'(])[^\s\"'(]"
# ipykernel gives each cell the name of a file in a folder with the kernel's process number.
_CELL_FILE = re.compile(_TOKEN + r"*ipykernel_[0-9]+[/\\][0-9]+\.py")
# Where Python, its libraries and natverk itself are installed.
_INSTALLED = re.compile(
    _TOKEN + r"*[/\\](?:site-packages[/\\]|python3\.[0-9]+[/\\](?!site-packages)|(?=natverk[/\\][a-z]+[/\\]))"
)
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[@-_]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_KEPT_METADATA = ("kernelspec", "language_info")


def clean_text(text: str) -> str:
    r"""Return `text` without terminal colours, addresses, temporary names and machine paths.

    >>> clean_text("\x1b[31m/var/ipykernel_77/12.py:1: UserWarning: odd\x1b[0m <object at 0x7f00aa>")
    '<cell>:1: UserWarning: odd <object at 0x…>'
    """
    text = _CONTROL.sub("", _ANSI.sub("", text))
    text = _INSTALLED.sub("", _CELL_FILE.sub("<cell>", text))
    return _ADDRESS.sub("at 0x…", text)


def set_cell_ids(notebook: dict[str, Any]) -> None:
    """Give every cell an identifier that depends on its place only, unless it has one of its own."""
    taken: set[str] = set()
    for number, cell in enumerate(notebook["cells"]):
        own = cell.get("id")
        cell["id"] = own if own and own not in taken else f"cell-{number}"
        taken.add(cell["id"])
    notebook["nbformat"], notebook["nbformat_minor"] = 4, max(5, notebook.get("nbformat_minor", 0))


def normalise(notebook: dict[str, Any]) -> None:
    """Remove from an executed notebook, in place, what differs between two equal runs."""
    metadata = notebook["metadata"]
    for key in [key for key in metadata if key not in _KEPT_METADATA]:
        del metadata[key]
    metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for cell in notebook["cells"]:
        cell["metadata"].pop("papermill", None)
        cell["metadata"].pop("execution", None)
        if "injected-parameters" in cell["metadata"].get("tags", []):
            cell["id"] = "injected-parameters"
        if "outputs" in cell:
            cell["outputs"] = joined_streams(cell["outputs"])
            for output in cell["outputs"]:
                _normalise_output(output)


def joined_streams(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    r"""Return outputs with the text of each stream in one piece, stdout before stderr where both are side by side.

    What a carriage return or a backspace has overwritten is left out, as a terminal would. nbclient's own way of
    doing this (`coalesce_streams`) takes the square of a line's length.

    >>> pieces = [{"output_type": "stream", "name": "stdout", "text": text} for text in ("10 %\r", "20 %\r", "done\n")]
    >>> joined_streams(pieces)
    [{'output_type': 'stream', 'name': 'stdout', 'text': 'done\n'}]
    """
    streams: dict[str, dict[str, Any]] = {}
    kept: list[dict[str, Any]] = []
    for output in outputs:
        if output["output_type"] != "stream":
            kept.append(output)
        elif output["name"] in streams:
            streams[output["name"]]["text"] += _joined(output["text"])
        else:
            output["text"] = _joined(output["text"])
            streams[output["name"]] = output
            kept.append(output)
    for stream in streams.values():
        stream["text"] = "\n".join(_seen(line) for line in stream["text"].split("\n"))
    # The two arrive by different ways, so their order says nothing.
    for place, (first, second) in enumerate(pairwise(kept)):
        if first.get("name") == "stderr" and second.get("name") == "stdout":
            kept[place : place + 2] = [second, first]
    return kept


def _seen(line: str) -> str:
    """Return what a terminal shows of a line in the end."""
    line = line.rstrip("\r").rpartition("\r")[2]
    if "\b" not in line:
        return line
    shown: list[str] = []
    for character in line:
        if character != "\b":
            shown.append(character)
        elif shown:
            shown.pop()
    return "".join(shown)


def _normalise_output(output: dict[str, Any]) -> None:
    if output["output_type"] == "stream":
        output["text"] = clean_text(_joined(output["text"]))
    elif output["output_type"] == "error":
        output["traceback"] = [clean_text(line) for line in output["traceback"]]
        output["evalue"] = clean_text(output["evalue"])
    elif "text/plain" in output.get("data", {}):
        output["data"]["text/plain"] = clean_text(_joined(output["data"]["text/plain"]))


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
