"""The rules of the house, read from the source: who may import whom, how long a module may be, what it may not say."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "natverk").rglob("*.py"))
NOTEBOOKS = sorted(path for path in (ROOT / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
LONGEST = 350
HEAVY = ("matplotlib", "pandera", "scipy", "networkx", "statsmodels", "papermill", "nbconvert", "shapely")

GROUND = {"errors", "version", "locale"}
#: What the modules of each part of natverk may import, themselves apart.
ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "version": set(),
    "locale": {"errors", "version"},
    "data": GROUND,
    "measures": GROUND | {"data"},
    "figures": GROUND | {"data", "measures"},
    "text": GROUND | {"data", "measures", "figures"},
    "services": GROUND | {"data"},
    "reports": GROUND | {"data"},
    "natverk": GROUND | {"data", "measures"},
    "cli": GROUND | {"data", "measures", "figures", "text", "services", "reports", "natverk"},
    "__main__": {"cli"},
}


def name_of(path: Path) -> str:
    """Return the dotted name of a module from its path."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def part_of(name: str) -> str:
    """Return the part of natverk of a name: `data` for `natverk.data.units`, `natverk` for `natverk.load`."""
    first = [*name.split("."), ""][1]
    return first if first in ALLOWED and first != "natverk" else "natverk"


def names_in(source: str, module: str, package: bool) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of what a source imports of natverk, or uses through `import natverk`."""
    tree = ast.parse(source)
    bound = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name == "natverk":
                    bound.add(alias.asname or "natverk")
                elif alias.name.startswith("natverk."):
                    yield node.lineno, alias.name
                    bound |= set() if alias.asname else {"natverk"}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                here = module.split(".")
                outer = here[: len(here) - node.level + package]
                base = ".".join([*outer, *([base] if base else [])])
            if base == "natverk":
                yield from ((node.lineno, f"natverk.{alias.name}") for alias in node.names)
            elif base.startswith("natverk."):
                yield node.lineno, base
    for node in ast.walk(tree):
        # `natverk.__file__` says where the package lies; `natverk.panel` is an import of the measures.
        used = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in bound
        if used and not node.attr.startswith("__"):
            yield node.lineno, f"natverk.{node.attr}"


def forbidden(source: str, module: str, package: bool = False) -> list[str]:
    """Return the imports of a source that the rule does not allow."""
    part = part_of(module)
    return [
        f"{module}, line {line}: {part} may not import {name}"
        for line, name in names_in(source, module, package)
        if part_of(name) != part and part_of(name) not in ALLOWED[part]
    ]


def sayings(source: str, module: str) -> list[str]:
    """Return the statements of a source that no module of natverk may make: assert, and catching everything."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assert):
            found.append(f"{module}, line {node.lineno}: assert vanishes under -O; raise an error of natverk.errors")
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            names = {"" if item is None else getattr(item, "id", getattr(item, "attr", "")) for item in caught}
            # Whoever cleans up and raises again may do so on everything.
            again = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
            if names & {"", "Exception"} or ("BaseException" in names and not again):
                found.append(f"{module}, line {node.lineno}: catches everything; name the error")
    return found


def long_functions(source: str) -> list[str]:
    """Return the functions of a notebook cell that are longer than three lines."""
    lines = [("pass" if line.lstrip().startswith(("%", "!")) else line) for line in source.splitlines()]
    return [
        node.name
        for node in ast.walk(ast.parse("\n".join(lines)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > 3
    ]


def cells_of(path: Path) -> list[str]:
    """Return the source of the code cells of a notebook."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


# --- The package ------------------------------------------------------------------------------------------------------


def test_the_rule_knows_every_part_of_the_package() -> None:
    there = {path.stem if path.is_file() else path.name for path in (ROOT / "natverk").iterdir()}
    there = {name for name in there if not name.startswith((".", "_")) and name != "py"}
    assert there <= set(ALLOWED), "a new part of natverk needs a line in ALLOWED"
    assert {"data", "measures", "figures", "text", "reports", "cli"} <= there
    assert len(MODULES) > 60


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_module_keeps_the_house_rules(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    module = name_of(path)
    assert forbidden(source, module, path.name == "__init__.py") == []
    assert sayings(source, module) == []
    assert len(source.splitlines()) <= LONGEST


def test_nobody_imports_the_command_line() -> None:
    assert all("cli" not in allowed for part, allowed in ALLOWED.items() if part != "__main__")


@pytest.mark.parametrize(
    ("module", "source", "told"),
    [
        (
            "natverk.data.units",
            "from natverk.membership.panel import panel",
            "data may not import natverk.membership.panel",
        ),
        ("natverk.data.units", "import natverk.measures", "natverk.measures"),
        ("natverk.data.units", "from natverk import measures", "natverk.measures"),
        ("natverk.data.units", "from natverk import panel", "natverk.panel"),
        ("natverk.data.units", "from ..measures import panel", "natverk.measures"),
        ("natverk.data.units", "from .. import figures", "natverk.figures"),
        ("natverk.data.units", "import natverk\ndata = natverk.load()", "line 2"),
        ("natverk.data.units", "import natverk.data.raw\ncells = natverk.panel", "line 2"),
        ("natverk.data.units", "import natverk as n\ncells = n.panel", "natverk.panel"),
        ("natverk.data.units", "def f():\n    from natverk.reports import run", "natverk.reports"),
        ("natverk.membership.panel", "from natverk.figures.maps import county_map", "measures may not import"),
        ("natverk.figures.maps", "from natverk.text import show", "figures may not import"),
        ("natverk.reports.run", "from natverk.membership.panel import panel", "reports may not import"),
        ("natverk.reports.run", "from natverk import roles", "natverk.roles"),
        ("natverk.services.scb", "from natverk.reports import run", "services may not import"),
        ("natverk.text.page", "from natverk.cli import app", "text may not import natverk.cli"),
        ("natverk.reports.run", "from natverk import cli", "natverk.cli"),
        ("natverk", "from natverk.cli import main", "natverk may not import natverk.cli"),
        ("natverk.errors", "from natverk.locale import texts", "errors may not import"),
        ("natverk.locale", "from natverk.data.units import fold", "locale may not import"),
    ],
)
def test_the_import_rule_fails_on_a_violation(module: str, source: str, told: str) -> None:
    found = forbidden(source, module)
    assert len(found) == 1
    assert told in found[0]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("natverk.data.units", "from natverk.errors import UnknownName\nfrom . import partial\nimport pandas"),
        ("natverk.reports.project", "import natverk\nhome = natverk.__file__"),
        ("natverk.text.page", "from natverk.figures import maps\nfrom natverk.membership.panel import KNOWN"),
        ("natverk.cli", "import natverk\nfrom natverk.reports.plan import plan\ndata = natverk.load()"),
        ("natverk.figures.maps", "from natverk.figures.style import WIDTH\nfrom natverk.locale import texts"),
    ],
)
def test_the_import_rule_lets_pass_what_it_should(module: str, source: str) -> None:
    assert forbidden(source, module) == []


def test_a_relative_import_from_a_package_is_read_from_the_package() -> None:
    assert list(names_in("from .page import show", "natverk.text", True)) == [(1, "natverk.text.page")]
    assert list(names_in("from .page import show", "natverk.text.table", False)) == [(1, "natverk.text.page")]


@pytest.mark.parametrize(
    ("source", "n"),
    [
        ("assert x, 'never'", 1),
        ("try:\n    f()\nexcept:\n    pass", 1),
        ("try:\n    f()\nexcept Exception:\n    pass", 1),
        ("try:\n    f()\nexcept (OSError, Exception) as error:\n    raise", 1),
        ("try:\n    f()\nexcept BaseException:\n    pass", 1),
        ("try:\n    f()\nexcept BaseException:\n    g()\n    raise", 0),
        ("try:\n    f()\nexcept (OSError, KeyError):\n    pass", 0),
        ("message = 'assert'", 0),
    ],
)
def test_what_no_module_may_say(source: str, n: int) -> None:
    assert len(sayings(source, "natverk.fake")) == n


# --- Notebooks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_a_story_not_a_library(path: Path) -> None:
    cells = cells_of(path)
    used = [name for cell in cells for _, name in names_in("\n".join(_plain(cell)), "notebook", False)]
    assert used, "a notebook imports natverk"
    assert not [name for name in used if part_of(name) in ("cli", "reports")]
    assert [name for cell in cells for name in long_functions(cell)] == []


def _plain(cell: str) -> list[str]:
    return [line for line in cell.splitlines() if not line.lstrip().startswith(("%", "!"))]


def test_there_are_notebooks() -> None:
    assert "region_report" in {path.stem for path in NOTEBOOKS}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f():\n    a = 1\n    return a", []),
        ("def f():\n    a = 1\n    b = 2\n    return a + b", ["f"]),
        ("%matplotlib inline\nclass A:\n    a = 1\n    b = 2\n    c = 3", ["A"]),
        ("!ls\nx = 1", []),
        ("if True:\n    def g(\n        a,\n    ):\n        return a", ["g"]),
    ],
)
def test_long_functions_are_found(source: str, expected: list[str]) -> None:
    assert long_functions(source) == expected


# --- What an import costs ---------------------------------------------------------------------------------------------


def loaded_after(code: str) -> set[str]:
    """Return the heavy libraries that a fresh interpreter has imported after running the code."""
    script = f"import sys\n{code}\nprint(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split()) & set(HEAVY)


def test_import_natverk_is_light() -> None:
    assert loaded_after("import natverk") == set()
    assert loaded_after("import natverk\nfor name in natverk.__all__: getattr(natverk, name)") == set()


def test_the_measure_of_lightness_sees_a_heavy_library() -> None:
    assert loaded_after("import networkx") >= {"networkx"}
