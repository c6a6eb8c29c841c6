"""Text: a line put together of letters is as wide, and looks, as matplotlib lays it out."""

from __future__ import annotations

import os
from itertools import product

import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg

import natverk
from natverk.figures.style import SMALL, TEXT, TINY
from natverk.figures.typeface import PNG_DPI, Face, face

FACES = [*product((TINY, SMALL, TEXT), ("normal", "bold"), ("normal",)), (SMALL, "normal", "italic")]
LINES = [
    "AVATAR To. Ty, 1 2 3", "offentlig affär, fjäll, ffi fi fl ff", "jämförelse – 1997–2026 (−0,5)",
    "…", " ", "a", "Ÿ é ı ø", "f i", "fif",
]  # fmt: skip


@pytest.mark.parametrize("kind", FACES)
def test_sizes_are_those_of_matplotlib(kind: tuple[float, str, str]) -> None:
    data, typeface = natverk.load(), face(*kind)
    renderer = RendererAgg(8, 8, PNG_DPI)
    names = {*data.networks["name"], *data.networks["name_sv"], *data.actors["name"], *LINES}
    for name in sorted(names):
        expected = renderer.get_text_width_height_descent(name, typeface.font, False)
        assert typeface.size(name) == pytest.approx(expected, abs=1e-9), name


def test_nothing_has_no_size() -> None:
    assert Face(TEXT).size("") == (0, 0, 0)


@pytest.mark.parametrize("text", ["Västra Götalandsregionen", "AVATAR To. Ty", "offentlig affär"])
def test_a_line_of_letters_looks_like_one_that_is_drawn_whole(text: str) -> None:
    typeface = Face(TEXT)
    ours, whole = typeface.bitmap(text), typeface._drawn(text)
    assert ours.low == whole.low
    assert abs(ours.pixels.shape[1] - whole.pixels.shape[1]) <= 1
    ink = [bitmap.pixels.astype(int).sum() for bitmap in (ours, whole)]
    assert abs(ink[0] - ink[1]) <= 0.02 * ink[1]


def test_a_line_that_starts_within_a_pixel_leads_to_the_next() -> None:
    typeface = Face(TEXT)
    low, high = typeface.bitmap("SERN", 0.2), typeface.bitmap("SERN", 0.8)
    assert high.left - low.left == 1
    assert np.array_equal(low.pixels, high.pixels)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_process_that_is_forked_opens_the_file_anew() -> None:
    """Two that read from one open file find each other's place in it, and a letter is lost."""
    mine = face(8.5)
    before = mine._file
    child = os.fork()
    if child == 0:
        os._exit(0 if mine._file is not before else 1)
    assert os.waitpid(child, 0)[1] == 0
