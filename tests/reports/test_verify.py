"""Running a page again: what differs is found, named by its cell, and readable."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from natverk.reports.verify import differences, page_lines

NOTEBOOK: dict[str, Any] = {
    "cells": [
        {"cell_type": "markdown", "source": "# Sida\n\nText."},
        {
            "cell_type": "code",
            "source": "show(1)",
            "outputs": [
                {"output_type": "display_data", "data": {"text/markdown": "## Avsnitt\n", "text/plain": "x"}},
                {"output_type": "display_data", "data": {"text/html": "<table><tr><td>12</td><td>a</td></tr></table>"}},
                {"output_type": "display_data", "data": {"image/png": "aaaa", "text/plain": "<Figure>"}},
            ],
        },
        {
            "cell_type": "code",
            "source": "print(2)",
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "ett\ntvå\ntre\n"}],
        },
    ]
}


def outputs(notebook: dict[str, Any], cell: int) -> list[dict[str, Any]]:
    return notebook["cells"][cell]["outputs"]


def test_the_same_notebook_does_not_differ() -> None:
    again = copy.deepcopy(NOTEBOOK)
    again["cells"][2]["execution_count"] = 7
    again["cells"][2]["outputs"][0]["text"] = ["ett\n", "två\n", "tre\n"]
    assert list(differences(NOTEBOOK, again)) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            lambda again: outputs(again, 2)[0].update(text="ett\ntva\ntre\n"),
            "cell 3 (Avsnitt): output 1 (stdout) differs\n      ett\n    - två\n    + tva\n      tre",
        ),
        (
            lambda again: outputs(again, 1)[1]["data"].update(
                {"text/html": "<table><tr><td>13</td><td>a</td></tr></table>"}
            ),
            "    - <td>12</td>\n    + <td>13</td>",
        ),
        (
            lambda again: outputs(again, 1)[2]["data"].update({"image/png": "aaaabbbb"}),
            "cell 2 (Avsnitt): output 3 (image/png) differs: 3 bytes → 6 bytes",
        ),
        (lambda again: outputs(again, 1).pop(), "cell 2 (Avsnitt): 2 outputs, there were 3"),
        (
            lambda again: outputs(again, 1)[2]["data"].pop("image/png"),
            "cell 2 (Avsnitt): output 3 (image/png) is gone",
        ),
        (lambda again: again["cells"][2].update(source="print(3)"), "cell 3 (Avsnitt): another source"),
        (lambda again: again["cells"].pop(), "the notebook has 2 cells now, it had 3"),
        (
            lambda again: outputs(again, 2).append(
                {"output_type": "error", "ename": "E", "evalue": "no", "traceback": []}
            ),
            "cell 3 (Avsnitt): 2 outputs, there were 1",
        ),
    ],
)
def test_a_difference_is_named_by_its_cell(change: Callable[[dict[str, Any]], object], expected: str) -> None:
    again = copy.deepcopy(NOTEBOOK)
    change(again)
    [found] = differences(NOTEBOOK, again)
    assert expected in str(found)


def test_a_long_difference_is_cut() -> None:
    again = copy.deepcopy(NOTEBOOK)
    outputs(again, 2)[0]["text"] = "".join(f"{n}\n" for n in range(100)) + "x" * 1000
    [found] = differences(NOTEBOOK, again)
    assert found.lines[-1].startswith("… and ")
    assert len(found.lines) == 17
    assert max(map(len, found.lines)) <= 160


def test_a_page_says_its_text_and_not_its_code() -> None:
    html = """<html><body><header>top</header><main><nav>contents</nav><h1>Halmstad</h1>
      <p>In <a href="x.html">UBC</a>,
      since 2008.</p><details class="code"><pre>x = 1</pre></details>
      <table><tr><th>Network</th><th>Seen</th></tr><tr><td>UBC</td><td>2016</td></tr></table>
      <img alt="UBC: 2008 to 2016." src="data:image/png;base64,AAAA"></main><footer>data abc</footer></body></html>"""
    assert page_lines(html) == ["Halmstad", "In UBC, since 2008.", "Network | Seen", "UBC | 2016", "UBC: 2008 to 2016."]
    assert page_lines(html.replace("x = 1", "x = 2").replace("x.html", "y.html").replace("abc", "d")) == page_lines(
        html
    )
