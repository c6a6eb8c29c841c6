"""How the cells of a notebook are run: in the process of the page, or by a kernel in a process of its own.

A kernel in a process of its own costs seconds of start-up a page. `InProcessEngine` is a papermill engine that runs
ipykernel's in-process kernel in the process it is called from, and nbclient reads its messages as it reads those of
any other kernel: the outputs are the same because the same code makes them. What keeps pages apart is the process:
`natverk.reports.pool` gives each page a fresh one.

`OwnKernelManager` starts a kernel that is always the running interpreter; one called `python3` may be anything on a
machine.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from ipykernel.inprocess.blocking import BlockingInProcessKernelClient
from ipykernel.inprocess.ipkernel import InProcessKernel
from ipykernel.inprocess.manager import InProcessKernelManager
from ipykernel.iostream import OutStream
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine
from traitlets.config import Config

if TYPE_CHECKING:
    from papermill.engines import NotebookExecutionManager

__all__ = ["KERNEL_LOG", "InProcessEngine", "OwnKernelManager"]

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
