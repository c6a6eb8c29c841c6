"""A manuscript set as a PDF: pandoc writes Typst, Typst makes the pages.

Both come as wheels and need no network, no TeX and no fonts of the system: the letters are those that Typst carries,
and DejaVu, which comes with matplotlib, for the few that they lack.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from natverk.errors import NatverkError
from natverk.reports.manuscript import Manuscript
from natverk.reports.pandoc import TEMPLATES, convert

if TYPE_CHECKING:
    from typst import Fonts

__all__ = ["STANDARDS", "pdf", "rasterise"]

# Tagged for screen readers, and fit for an archive. Where a text has a character that no font at hand has, an
# archive file is not to be had, and the tagged one is made.
Standard = Literal["ua-1", "a-2a"]
STANDARDS: tuple[tuple[Standard, ...], ...] = (("ua-1", "a-2a"), ("ua-1",), ())

# pandoc centres tables; like the text they stand at the left.
_CENTRED = re.compile(r"^( *align\()center(\)\[#table\()", re.MULTILINE)


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

    Raises
    ------
    NatverkError
        If pandoc or Typst fails, with its own words.
    """
    import typst

    body = _CENTRED.sub(r"\1left\2", convert(made.html, "typst"))
    about = {
        **meta,
        "year": day.year,
        "month": day.month,
        "day": day.day,
        "pictures": [
            {"name": own.name, "width": own.width, "height": own.height, "alt": own.alt} for own in made.pictures
        ],
        "tables": [
            {"size": own.size, "landscape": own.landscape, "whole": own.whole, "letters": own.letters}
            for own in made.tables
        ],
    }
    with tempfile.TemporaryDirectory(prefix="nv-") as scratch:
        folder = Path(scratch)
        for own in made.pictures:
            (folder / own.name).write_bytes(own.data)
        (folder / "meta.json").write_text(json.dumps(about), encoding="utf-8")
        source = folder / "page.typ"
        source.write_text((TEMPLATES / "page.typ").read_text(encoding="utf-8") + body, encoding="utf-8")
        noon = int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())
        for standards in STANDARDS[:-1]:
            try:
                return _compiled(source, standards, noon)
            except typst.TypstError:
                continue
        try:
            return _compiled(source, STANDARDS[-1], noon)
        except typst.TypstError as error:
            raise NatverkError(f"the PDF could not be set: {error}", where="natverk/reports/templates") from error


def _compiled(source: Path, standards: Sequence[Standard], when: int) -> bytes:
    import typst

    return typst.compile(
        source,
        root=source.parent,
        font_paths=_fonts(),
        format="pdf",
        pdf_standards=list(standards),
        timestamp=when,
    )


def _fonts() -> Fonts:
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
