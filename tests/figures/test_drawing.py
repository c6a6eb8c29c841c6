"""Marks: they stand where they say, in every format, and in the order that they are given."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from PIL import Image

from natverk.figures.marks import CSS_DPI, Words
from natverk.figures.picture import Picture
from natverk.figures.sheet import Sheet
from natverk.figures.typeface import PNG_DPI

SCALE = PNG_DPI / CSS_DPI


def finished(sheet: Sheet, height: int = 100) -> Picture:
    return sheet.picture(height=height, caption="En bild.", alt="En bild.")


def inked(picture: Picture) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of what is not paper, in CSS pixels, rounded outwards."""
    pixels = raster(picture)
    rows, columns = np.nonzero((pixels < 200).any(axis=2))
    edges = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    return tuple(int(edge / SCALE) for edge in edges)  # type: ignore[return-value]


def raster(picture: Picture) -> npt.NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(picture.png)).convert("RGB"))


@pytest.mark.parametrize("align", ["left", "center", "right"])
@pytest.mark.parametrize("standing", [False, True])
def test_words_take_the_room_that_matplotlib_gives_them(align: str, standing: bool) -> None:
    sheet = Sheet(300)
    sheet.text(150, 60, "Åbo jämförs", align=align, standing=standing)
    picture = finished(sheet)
    (mark,) = picture.marks
    assert isinstance(mark, Words)
    picture.figure.set_dpi(PNG_DPI)
    artist = Text(
        mark.x * SCALE, (100 - mark.y) * SCALE, mark.text, fontproperties=mark.face.font,
        ha="center" if standing else align, va="bottom" if standing else "baseline", rotation=90.0 * standing,
    )  # fmt: skip
    artist.set_figure(picture.figure)
    room = artist.get_window_extent(FigureCanvasAgg(picture.figure).get_renderer())
    expected = (room.x0 / SCALE, 100 - room.y1 / SCALE, room.x1 / SCALE, 100 - room.y0 / SCALE)
    assert mark.box == pytest.approx(expected, abs=0.02)
    left, top, right, bottom = inked(picture)
    assert mark.box[0] - 1 <= left < right <= mark.box[2] + 1
    assert mark.box[1] - 1 <= top < bottom <= mark.box[3] + 1


def test_a_halo_keeps_a_name_off_what_lies_below() -> None:
    plain, pale = Sheet(200), Sheet(200)
    for sheet, halo in ((plain, False), (pale, True)):
        sheet.rect(0, 0, 200, 100, fill="#1f4e79")
        sheet.text(40, 40, "Orust", halo=halo)
    white = [(raster(finished(sheet)) == 255).all(axis=2).sum() for sheet in (plain, pale)]
    assert white[0] == 0
    assert white[1] > 300


def test_marks_are_drawn_by_their_order_and_outlines_are_cut() -> None:
    from matplotlib.path import Path

    sheet = Sheet(200)
    sheet.rect(0, 0, 50, 50, fill="#ff0000", order=3)
    sheet.rect(0, 0, 50, 50, fill="#0000ff", order=2)
    sheet.paths(
        [Path([(60, 0), (190, 0), (190, 90), (60, 90), (60, 0)])], fill="#00ff00", edge="none", clip=(60, 0, 20, 20)
    )
    pixels = raster(finished(sheet))
    assert pixels[20, 20].tolist() == [255, 0, 0]
    assert (pixels == [0, 255, 0]).all(axis=2).sum() == 20 * 20 * SCALE**2


@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_vectors_hold_all_kinds_of_marks(kind: str) -> None:
    sheet = Sheet(200)
    empty = len(finished(Sheet(200))._vector(kind))
    sizes = [empty]
    sheet.text(10, 10, "SERN", halo=True)
    sizes.append(len(finished(sheet)._vector(kind)))
    sheet.hatched(10, 40, 30, 10)
    sizes.append(len(finished(sheet)._vector(kind)))
    sheet.marks([60, 70], [40, 50], marker="x")
    sizes.append(len(finished(sheet)._vector(kind)))
    sheet.line([0, 100], [80, 90], dashes="dotted")
    sizes.append(len(finished(sheet)._vector(kind)))
    assert sizes == sorted(set(sizes))
