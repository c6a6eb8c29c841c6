"""The explorer: figures follow the widgets, in the process and in a kernel, and it shows the default at rest."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import natverk
from natverk.errors import InvalidArgument, UnknownName
from natverk.figures import Notice, Picture
from natverk.pages import explorer as module
from natverk.pages.explorer import PARTS, Explorer
from natverk.reports.plan import find_project

NOTEBOOK = Path(natverk.__file__).parents[1] / "notebooks" / "explore.ipynb"


class Handle:
    """Stands in for the place of an output."""

    def __init__(self) -> None:
        self.items: list[object] = []

    def update(self, item: object) -> None:
        self.items.append(item)


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> dict[int, Handle]:
    """Return the outputs by the identity of what was first shown there."""
    made: dict[int, Handle] = {}

    def display(item: object, **_options: object) -> Handle:
        made[id(item)] = Handle()
        return made[id(item)]

    monkeypatch.setattr(module, "display", display)
    return made


def words(item: object) -> str:
    return item.alt if isinstance(item, Picture | Notice) else repr(item)


def test_all_outputs_follow_each_widget(real: natverk.Dataset, places: dict[int, Handle]) -> None:
    explorer = Explorer(real, "Gotland", year=2019, lang="sv")
    handles = {}
    for part in PARTS:
        explorer.show(part)
        handles[part] = places[id(explorer.items[part])]
    before = {part: words(item) for part, item in explorer.items.items()}
    for name, value in (("region", "10"), ("theme", "climate_energy"), ("year", 2012)):
        getattr(explorer, name).value = value
        now = {part: words(item) for part, item in explorer.items.items()}
        changed = {part for part in PARTS if now[part] != before[part]}
        assert "summary" in changed, name
        if name == "region":
            assert changed == set(PARTS)
        for part in PARTS:
            assert handles[part].items[-1] is explorer.items[part]
        before = now
    assert [len(handle.items) for handle in handles.values()] == [3] * len(PARTS)
    assert "Blekinge län, tema klimat och energi, till och med 2012" in before["summary"]


def test_what_is_shown_is_what_the_measures_give(real: natverk.Dataset) -> None:
    explorer = Explorer(real, "14", "culture", 2020, lang="en")
    actors = natverk.roles.actors_of(real, "14")
    own = natverk.documented(real, actors["actor_id"], years=(1997, 2020))
    themes = real.networks.set_index("network_id")["themes"].str.split(";")
    own = own[[("culture" in themes[network]) for network in own["network_id"]]].reset_index(drop=True)
    assert explorer.memberships().equals(own)
    firm = own[own["mark"].isin(["recent", "earlier", "undated", "conflict"])]
    assert f"{len(firm)} documented memberships" in words(explorer.items["summary"])
    everything = natverk.series(real, actors["actor_id"], years=(1997, 2020))
    some = natverk.series(real, actors["actor_id"], years=(1997, 2020), networks=set(own["network_id"]))
    assert (some["low"] <= everything["low"]).all()
    assert some["low"].sum() < everything["low"].sum()
    assert f"{some['low'].iloc[-1]} in 2020" in words(explorer.items["trend"])


def test_nothing_documented_is_said(real: natverk.Dataset) -> None:
    explorer = Explorer(real, "09", "peace_human_rights", 1998)
    assert isinstance(explorer.items["matrix"], Notice)
    explorer.region.value = "01"
    assert "Stockholms län" in words(explorer.items["summary"])


@pytest.mark.parametrize(
    ("arguments", "error", "complaint"),
    [
        (("Gotlnd",), UnknownName, "nearest"),
        (("09", "kultur"), InvalidArgument, "culture"),
        (("09", "", 2050), InvalidArgument, "2050"),
        (("09", "", 1950), InvalidArgument, "1950"),
    ],
)
def test_a_wrong_beginning_is_refused(
    real: natverk.Dataset, arguments: tuple[object, ...], error: type[Exception], complaint: str
) -> None:
    with pytest.raises(error, match=complaint):
        Explorer(real, *arguments)  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="matrix"):
        Explorer(real, "09", year=2000).show("chart")


def test_in_a_kernel_the_outputs_are_replaced_in_their_place() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    stored = {cell.id: str(cell.outputs) for cell in notebook.cells if cell.cell_type == "code"}
    assert "Västra Götalands län" in stored["cell-03"]
    assert stored["cell-04"] == "[]"  # pictures are not stored
    notebook.cells[1].source = 'region, theme, year, lang = "09", "", 2019, "en"'
    notebook.cells.append(nbformat.v4.new_code_cell('explorer.region.value = "10"'))
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(NOTEBOOK.parent)}}).execute()
    shown = {cell.id: str(cell.outputs) for cell in notebook.cells if cell.cell_type == "code"}
    for cell, of_blekinge, of_gotland in (
        ("cell-03", "Blekinge län", "Gotlands län"),
        ("cell-04", "Karlskrona", "Gotland"),
        ("cell-05", "Blekinge län", "Gotlands län"),
        ("cell-06", "Blekinge län", "Gotlands län"),
    ):
        assert of_blekinge in shown[cell]
        assert of_gotland not in shown[cell]


def test_the_explorer_is_no_report() -> None:
    assert "explore" not in {report.notebook.stem for report in find_project().reports}
