"""One page, run in this process: papermill runs the cells of the notebook, which is then made into HTML.

Nothing is written to the output folder here. The result goes back to the process that asked for the page, which puts
the files into place; so this one can be stopped at any moment, or stand on another machine.

A kernel in a process of its own costs seconds of start-up a page. `InProcessEngine` is a papermill engine that runs
ipykernel's in-process kernel in the process it is called from, and nbclient reads its messages as it reads those of
any other kernel: the outputs are the same because the same code makes them. What keeps pages apart is the process:
`natverk.reports.pool` gives each page a fresh one. `OwnKernelManager` starts a kernel, for where there is no fork.

Executed notebooks are kept without what differs between two equal runs: times, random cell identifiers, memory
addresses and the names of temporary files say nothing about the result, so a difference is a difference of the result.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import nbformat
import papermill
from ipykernel.inprocess.blocking import BlockingInProcessKernelClient
from ipykernel.inprocess.ipkernel import InProcessKernel
from ipykernel.inprocess.manager import InProcessKernelManager
from ipykernel.iostream import OutStream
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from natverk.data.reads import Recorded, recorded
from natverk.reports.record import ENGINES, Failure, Job, Result, clean_text, utc_now

if TYPE_CHECKING:
    from papermill.engines import NotebookExecutionManager

__all__ = [
    "FACTS_TYPE", "InProcessEngine", "OwnKernelManager", "joined_streams", "normalise", "run_page", "set_cell_ids",
]  # fmt: skip

# A notebook can say with an output of this type what the index shows about its page: {"sources": 57}.
# If it does not, the entries of its list of sources are counted.
FACTS_TYPE = "application/vnd.natverk.page+json"
START_TIMEOUT = 120
_LOG_SHOWN = 2000
_SOURCE = re.compile(r'<li [^>]*\bid="source-(\d+)"')
# In the scratch folder: what a kernel says outside of the notebook, which is only of interest when it does not start.
KERNEL_LOG = "kernel.log"
# A notebook imports what stands beside it, after all libraries: the last place on the path can shadow none.
_KERNEL = (
    "import os, sys; sys.path.append(os.getcwd()); "
    "from ipykernel.kernelapp import launch_new_instance; launch_new_instance()"
)
# What the history of a kernel would be written to is thrown away with the page.
_CONFIG = Config({"HistoryManager": {"enabled": False}})
# Arguments of `papermill.execute_notebook` that concern a kernel in a process of its own.
_FOR_KERNELS = ("input_path", "start_timeout", "execution_timeout", "kernel_manager_class", "shutdown_kernel")


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
    started, clock = utc_now(), time.monotonic()
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
    from natverk.reports.documents import with_documents

    normalise(notebook)
    html, files, unmade = with_documents(notebook, job.page, job.formats, data_hash=job.data_hash)
    outputs = [
        output
        for cell in notebook["cells"]
        if "lab-only" not in cell["metadata"].get("tags", [])
        for output in cell.get("outputs", [])
    ]
    # What the index shows about the page: counted on it, or said by the notebook.
    sources = len(set(_SOURCE.findall(html)))
    facts: dict[str, Any] = {"sources": sources} if sources else {}
    for output in outputs:
        said = output.get("data", {}).get(FACTS_TYPE)
        facts |= said if isinstance(said, dict) else {}
    streams = [output["text"].strip() for output in outputs if output.get("name") == "stderr"]
    return {
        "html": html,
        "ipynb": json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n",
        "files": files,
        "facts": facts,
        "warnings": tuple(text for text in streams if text),
        "unmade": unmade,
    }


def _execute(job: Job, on_cell: Callable[[int, str], None] | None) -> dict[str, Any]:
    """Execute the notebook of a page with its parameters and return it with its outputs."""
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
        # Where natverk is not installed but on the path, papermill finds no entry point.
        papermill_engines.register(ENGINES[0], InProcessEngine)
        return {"engine_name": ENGINES[0], "kernel_name": "python3"}
    return {
        "kernel_name": "python3",
        "start_timeout": START_TIMEOUT,
        "kernel_manager_class": OwnKernelManager,
        "shutdown_kernel": "immediate",
    }


def _with_log(message: str) -> str:
    """Return a message with the end of what the kernel printed outside of the notebook."""
    log = Path(os.environ["JUPYTER_RUNTIME_DIR"]) / KERNEL_LOG
    said = log.read_text(encoding="utf-8", errors="replace")[-_LOG_SHOWN:] if log.is_file() else ""
    return f"{message}\n{said}"


# --- Without what differs between two equal runs ----------------------------------------------------------------------

_KEPT_METADATA = ("kernelspec", "language_info")


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


# --- How the cells are run --------------------------------------------------------------------------------------------


class InProcessEngine(Engine):  # type: ignore[misc]
    """Runs the cells in this process: a cell that ends its process ends this one."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **kwargs: Any
    ) -> dict[str, Any]:
        """Run the cells of `nb_man.nb` until one fails; called by papermill."""
        options = {name: value for name, value in kwargs.items() if name not in _FOR_KERNELS}
        return _Client(nb_man, kernel_name=kernel_name, **options).execute()


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    """The client of papermill and nbclient, for a kernel that is not elsewhere."""

    def execute(self, **_kwargs: Any) -> dict[str, Any]:
        """Start the kernel, run the cells, and put back what belongs to the process."""
        self.reset_execution_trackers()
        before = sys.stdout, sys.stderr, sys.displayhook, sys.excepthook, sys.modules["__main__"]
        path = sys.path
        # As for a kernel elsewhere (`_KERNEL`).
        sys.path = [*path, str(Path.cwd())]
        manager: Any = _Manager(config=_CONFIG)
        manager.start_kernel()
        kernel = manager.kernel
        connection: Any = _Connection(kernel=kernel, session=manager.session)
        self.km, self.kc = manager, connection
        connection.start_channels()
        try:
            # Before the first message: streams learn from each message which cell their text belongs to.
            sys.stdout, sys.stderr = kernel.stdout, kernel.stderr
            self.papermill_execute_cells()
            self.nb.metadata["language_info"] = kernel.language_info
            self.set_widgets_metadata()
        finally:
            sys.stdout, sys.stderr, sys.displayhook, sys.excepthook, sys.modules["__main__"] = before
            sys.path = path
            for stream in (kernel.stdout, kernel.stderr):
                stream.close()
            connection.stop_channels()
            manager.shutdown_kernel()
        result: dict[str, Any] = self.nb
        return result

    def execute_cell(self, cell: Any, cell_index: int, **kwargs: Any) -> Any:
        """Run a cell to its end, then let nbclient read what the kernel has said.

        nbclient reads in an event loop, in which the kernel, having one of its own, cannot run.
        """
        hook: Any = self.on_cell_execute  # type: ignore[has-type]
        self.on_cell_execute = None
        try:
            if cell.cell_type == "code" and cell.source.strip():
                if hook is not None:
                    hook(cell=cell, cell_index=cell_index)
                self.kc.run(cell.source)
            return super().execute_cell(cell, cell_index, **kwargs)
        finally:
            self.on_cell_execute = hook


class _Kernel(InProcessKernel):
    """ipykernel's in-process kernel, in which cells with a top-level `await` work as well."""

    # Such a cell asks whether it runs in the thread that reads the shell channel: it does, there is no other.
    shell_channel_thread = SimpleNamespace(parent_thread=threading.main_thread())
    _supports_kernel_subshells = False

    def pre_handler_hook(self) -> None:
        """Leave SIGINT as it is: a Ctrl-C in the terminal is for the run, and would fail the page it happens in."""

    def post_handler_hook(self) -> None:
        """Undo nothing, since nothing was done."""


class _Manager(InProcessKernelManager):
    """Starts a kernel that also shows what is written past Python, by a library in C or a child process."""

    def start_kernel(self, **_kwargs: Any) -> None:
        """Make the kernel; it lives until `shutdown_kernel`."""
        kernel: Any = _Kernel(parent=self, session=self.session)  # type: ignore[no-untyped-call]
        kernel.stdout, kernel.stderr = (
            OutStream(kernel.session, kernel.iopub_thread, name)  # type: ignore[no-untyped-call]
            for name in ("stdout", "stderr")
        )
        self.kernel = kernel


class _Connection(BlockingInProcessKernelClient):
    """The connection to the kernel; nbclient asks for cells that have been run already."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._message_id = ""

    def run(self, source: str) -> None:
        """Run a cell; when this returns, all that it said is in the channels."""
        self._message_id = super().execute(source)

    def execute(self, code: str, **_kwargs: Any) -> str:  # type: ignore[override]
        """Return the number of the message that ran the cell."""
        return self._message_id

    def is_alive(self) -> bool:
        """Say that the kernel lives: it is this process."""
        return True


class OwnKernelManager(AsyncKernelManager):
    """A kernel manager whose kernel is the running interpreter.

    Sockets are files where the system has them: ports are picked before they are bound, so that kernels that start
    at the same time in several processes can pick the same one.
    """

    def __init__(self, **kwargs: Any) -> None:
        scratch = Path(os.environ["JUPYTER_RUNTIME_DIR"])
        if sys.platform != "win32":
            kwargs.update(transport="ipc", connection_file=str(scratch / f"{os.getpid()}.json"))
        super().__init__(**kwargs)
        self._log_file = scratch / KERNEL_LOG
        self._own_spec = KernelSpec(
            argv=[sys.executable, "-P", "-c", _KERNEL, "-f", "{connection_file}"],
            display_name="Python 3",
            language="python",
        )

    @property
    def kernel_spec(self) -> KernelSpec | None:
        """The running interpreter, whatever kernels are installed."""
        return self._own_spec

    async def start_kernel(self, **kwargs: Any) -> None:  # type: ignore[override]
        """Start the kernel; what it prints before it listens goes to the log."""
        with self._log_file.open("ab") as log:
            await super().start_kernel(stdout=log, stderr=log, **kwargs)
