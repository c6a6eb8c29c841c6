"""The pictures of a page: each has an alternative text and a size, and none has to be fetched."""

from __future__ import annotations

import base64
import binascii
import io
import re
from urllib.parse import unquote_to_bytes

from bs4 import BeautifulSoup

__all__ = ["describe_pictures"]

# What nbconvert writes, in English, where a picture has no alternative text.
_NO_ALTERNATIVE = "No description has been provided for this image"
_DATA = re.compile(r"\s*data:image/(?P<kind>[a-z+.-]+)(?:;[^,]*?)?(?P<base64>;base64)?,", re.IGNORECASE)
# A picture's own measures stand near its beginning.
_HEAD = 100_000
_SVG = re.compile(rb"<svg\b[^>]*>", re.IGNORECASE | re.DOTALL)
_MEASURE = re.compile(rb"""\s(width|height)\s*=\s*["']\s*([\d.]+)(px|pt)?\s*["']""")
_VIEWBOX = re.compile(rb"""\sviewBox\s*=\s*["']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)\s*["']""")
_PX = {b"pt": 4 / 3}


def describe_pictures(soup: BeautifulSoup, label: str) -> None:
    """Give every picture an alternative text and its size; one that would have to be fetched is replaced by its text.

    A browser that knows the size leaves the room free before it has read the picture, so that nothing moves.

    >>> soup = BeautifulSoup('<img src="data:image/svg+xml,%3Csvg width=\\'30\\' height=\\'20\\'/%3E">', "html.parser")
    >>> describe_pictures(soup, "Figure")
    >>> soup.img["alt"], soup.img["width"], soup.img["height"]
    ('Figure', '30', '20')
    """
    for image in soup.find_all("img"):
        given = str(image.get("alt") or "").replace(_NO_ALTERNATIVE, "")
        if not image.has_attr("src"):
            image.replace_with(given)
            continue
        image["alt"] = given or label
        if not (image.has_attr("width") and image.has_attr("height")):
            size = _size(str(image["src"]))
            if size is not None:
                image["width"], image["height"] = (str(round(number)) for number in size)


def _size(address: str) -> tuple[float, float] | None:
    """Return width and height of a picture in a `data:` address, in pixels; None if they cannot be read."""
    from PIL import Image, UnidentifiedImageError

    begin = _DATA.match(address)
    if begin is None:
        return None
    text = address[begin.end() :]
    try:
        content = base64.b64decode(text) if begin["base64"] else unquote_to_bytes(text)
        if begin["kind"].lower().startswith("svg"):
            return _svg_size(content[:_HEAD])
        with Image.open(io.BytesIO(content)) as picture:
            return picture.size
    except (binascii.Error, UnidentifiedImageError, OSError, ValueError):
        return None


def _svg_size(content: bytes) -> tuple[float, float] | None:
    tag = _SVG.search(content)
    if tag is None:
        return None
    said = {name: float(number) * _PX.get(unit, 1) for name, number, unit in _MEASURE.findall(tag[0])}
    if len(said) == 2:
        return said[b"width"], said[b"height"]
    box = _VIEWBOX.search(tag[0])
    return (float(box[1]), float(box[2])) if box else None
