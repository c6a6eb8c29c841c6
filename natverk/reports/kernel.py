"""The kernel that runs a notebook: always the interpreter that runs natverk, always in the same surroundings.

A kernel called `python3` may be anything on a machine. Here the kernel is started from `sys.executable`, without the
user's IPython profile, with a fixed hash seed, and with its sockets in a folder that goes away with the run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

import natverk

__all__ = ["KERNEL_LOG", "KERNEL_NAME", "OwnKernelManager", "set_surroundings"]

KERNEL_NAME = "python3"
# In the scratch folder: what a kernel says outside of the notebook, which is only of interest when it does not start.
KERNEL_LOG = "kernel.log"


def set_surroundings(environ: MutableMapping[str, str], scratch: Path) -> None:
    """Set the environment of this process so that its kernels give the same result anywhere.

    Parameters
    ----------
    environ
        `os.environ` of the process that starts kernels.
    scratch
        A folder that is removed after the run.
    """
    environ["JUPYTER_RUNTIME_DIR"] = str(scratch)
    environ["IPYTHONDIR"] = str(scratch / "ipython")  # no profile, start-up file or history of the user
    environ["PYTHONHASHSEED"] = "0"  # sets keep their order from run to run
    environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    environ.setdefault("SOURCE_DATE_EPOCH", "0")  # matplotlib dates its SVG files with it
    # tqdm warns when it is imported in a kernel without widgets: of no interest on a page, where nothing moves.
    warnings = [text for text in (environ.get("PYTHONWARNINGS", ""), "ignore:IProgress not found") if text]
    environ["PYTHONWARNINGS"] = ",".join(warnings)
    environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # a remark of the debugger on every start
    # The kernel runs in the folder of its notebook, where relative paths would lead elsewhere.
    if environ.get("NATVERK_DATA"):
        environ["NATVERK_DATA"] = str(Path(environ["NATVERK_DATA"]).absolute())
    paths = [str(Path(path).absolute()) for path in environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    package = Path(natverk.__file__).resolve().parent
    if (package.parent / "pyproject.toml").is_file():
        paths.insert(0, str(package.parent))  # in a checkout the kernel must import the same natverk, installed or not
    if paths:
        environ["PYTHONPATH"] = os.pathsep.join(paths)


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
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
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
