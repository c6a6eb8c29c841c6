"""What papermill finds under `papermill.engine`: it loads this while it is itself being imported.

So nothing is imported here but papermill's base class, which is there by then; our engine, which needs the rest of
papermill, is imported when a notebook is run with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from papermill.engines import Engine

if TYPE_CHECKING:
    from papermill.engines import NotebookExecutionManager

__all__ = ["NatverkEngine"]


class NatverkEngine(Engine):  # type: ignore[misc]
    """`papermill --engine natverk`: see `natverk.reports.engine.InProcessEngine`."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **kwargs: Any
    ) -> dict[str, Any]:
        """Run the cells of `nb_man.nb` in this process."""
        from natverk.reports.engine import InProcessEngine

        return InProcessEngine.execute_managed_notebook(nb_man, kernel_name, **kwargs)
