"""A manuscript set as a PDF: pandoc writes Typst, Typst makes the pages.

Both come as wheels and need no network, no TeX and no fonts of the system: the letters are those that Typst carries,
and DejaVu, which comes with matplotlib, for the few that they lack.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from natverk.reports.manuscript import Manuscript
from natverk.reports.pandoc import TEMPLATES, convert

__all__ = ["STANDARDS", "pdf", "rasterise"]

# Tagged for screen readers, and fit for an archive. Where a text has a character that no font at hand has, an
# archive file is not to be had, and the tagged one is made.
STANDARDS: tuple[tuple[str, ...], ...] = (("ua-1", "a-2a"), ("ua-1",), ())


def pdf(made: Manuscript, meta: Mapping[str, Any], day: date) -> bytes:
    """Return a manuscript as a tagged PDF; the same content and day give the same bytes.

    Parameters
    ----------
    made
        The manuscript.
    meta
        What `templates/document/page.typ` reads as `meta`: title, heading, language and so on.
    day
        The date of the document.
    """
    import typst

    body = convert(made.html, "typst")
    about = {
        **meta,
        "year": day.year,
        "month": day.month,
        "day": day.day,
        "pictures": [
            {"name": own.name, "width": own.width, "height": own.height, "alt": own.alt} for own in made.pictures
        ],
        "tables": [{"size": own.size, "landscape": own.landscape, "whole": own.whole} for own in made.tables],
    }
    with tempfile.TemporaryDirectory(prefix="nv-") as scratch:
        folder = Path(scratch)
        for own in made.pictures:
            (folder / own.name).write_bytes(own.data)
        (folder / "meta.json").write_text(json.dumps(about), encoding="utf-8")
        source = folder / "page.typ"
        source.write_text((TEMPLATES / "page.typ").read_text(encoding="utf-8") + body, encoding="utf-8")
        for number, standards in enumerate(STANDARDS):
            try:
                return typst.compile(
                    source,
                    root=folder,
                    font_paths=_fonts(),
                    format="pdf",
                    pdf_standards=list(standards),  # type: ignore[arg-type]
                    timestamp=int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()),
                )
            except typst.TypstError:
                if number + 1 == len(STANDARDS):
                    raise
    raise AssertionError  # pragma: no cover


def _fonts() -> Any:
    import matplotlib
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=[str(Path(matplotlib.get_data_path(), "fonts", "ttf"))])


def rasterise(svg: bytes, ppi: int) -> bytes:
    """Return a drawing as a PNG.

    Raises
    ------
    ValueError
        If it cannot be drawn.
    """
    import typst

    with tempfile.TemporaryDirectory(prefix="nv-") as scratch:
        folder = Path(scratch)
        (folder / "drawing.svg").write_bytes(svg)
        source = folder / "page.typ"
        source.write_text('#set page(width: auto, height: auto, margin: 0pt)\n#image("drawing.svg")', encoding="utf-8")
        try:
            return typst.compile(source, root=folder, font_paths=_fonts(), format="png", ppi=ppi)
        except typst.TypstError as error:
            raise ValueError(str(error)) from error
