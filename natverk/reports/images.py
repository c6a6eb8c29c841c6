"""Pictures made ready for paper: as files of a kind that Word and Typst read, in millimetres."""

from __future__ import annotations

import base64
import binascii
import io
import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from bs4 import Tag

__all__ = ["Picture", "picture_of"]

# The largest picture in millimetres: the width of the text, and the height that leaves room for a long caption.
_WIDTH, _HEIGHT = 166.0, 200.0
_MM_PER_PIXEL = 25.4 / 96
_SVG_PPI = 300
_DATA = re.compile(r"data:image/(png|jpeg|gif|svg\+xml)(;[^,;]+)*?(;base64)?,(.*)", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class Picture:
    """A picture: its file, its size on paper in millimetres, and what it shows, in words."""

    name: str
    data: bytes
    width: float
    height: float
    alt: str


def picture_of(image: Tag, alt: str, number: int) -> Picture | None:
    """Return the picture of an `img` as a PNG or JPEG that can be opened, or None if it has none.

    Parameters
    ----------
    image
        The tag; its picture stands in a `data:` address.
    alt
        What it shows, in words.
    number
        Its place among the pictures, for the name of its file.
    """
    from PIL import Image

    match = _DATA.fullmatch(str(image.get("src") or "").strip())
    if match is None:
        return None
    kind, coded, text = match[1].lower(), match[3], match[4]
    try:
        data = base64.b64decode(text, validate=False) if coded else unquote_to_bytes(text)
        scale = 1.0
        if kind == "svg+xml":
            from natverk.reports.typeset import rasterise

            data, scale = rasterise(data, _SVG_PPI), 96 / _SVG_PPI
        with Image.open(io.BytesIO(data)) as opened:
            opened.load()
            width, height = opened.size
            if opened.format not in {"PNG", "JPEG"}:
                buffer = io.BytesIO()
                opened.convert("RGBA").save(buffer, "PNG")
                data, kind = buffer.getvalue(), "png"
            else:
                kind = opened.format.lower()
    except (binascii.Error, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    # The size that the page gives it, or else its own, made to fit.
    asked = str(image.get("width") or "").removesuffix("px")
    across = (float(asked) if asked.isdecimal() and int(asked) else width * scale) * _MM_PER_PIXEL
    factor = min(1.0, _WIDTH / across, _HEIGHT / (across * height / width))
    size = across * factor
    return Picture(f"picture-{number}.{kind}", data, round(size, 1), round(size * height / width, 1), alt)
