"""What a figure function gives back: a picture with its caption and text alternative, or a notice."""

from __future__ import annotations

import base64
import io
from collections.abc import Container
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from natverk.data.letters import typed_path
from natverk.errors import InvalidArgument
from natverk.figures.marks import Drawing, Mark
from natverk.figures.style import CSS_DPI, HOUSE_COLOURS, PNG_DPI, house_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL import Image

__all__ = ["FORMATS", "Notice", "Picture"]

FORMATS: tuple[str, ...] = ("png", "svg", "pdf")


class Picture:
    """A drawn figure with the words that belong to it.

    Parameters
    ----------
    figure
        The matplotlib figure. It is not known to pyplot, so nothing has to be closed.
    caption
        One or two sentences, made from the data, that stand under the figure.
    alt
        The text alternative, made from the data: what is shown and the finding with its numbers.

    Notes
    -----
    In a notebook the picture shows itself as a `<figure>` with a PNG at twice the displayed
    resolution. The same frame gives the same bytes.

    Examples
    --------
    >>> from natverk.figures.sheet import Sheet
    >>> sheet = Sheet(200)
    >>> sheet.text(10, 10, "SERN")
    >>> picture = sheet.picture(height=40, caption="Ett nätverk.", alt="Namnet SERN.")
    >>> picture
    Ett nätverk.
    >>> picture.width, picture.height, picture.png == picture.png
    (200, 40, True)
    """

    def __init__(self, figure: Figure, *, caption: str, alt: str) -> None:
        self.figure = figure
        self.caption = caption
        self.alt = alt
        width, height = figure.get_size_inches()
        self.width = round(float(width) * CSS_DPI)
        self.height = round(float(height) * CSS_DPI)
        self._png: bytes | None = None

    def __repr__(self) -> str:
        return self.caption

    @property
    def png(self) -> bytes:
        """The figure as PNG bytes, drawn once."""
        if self._png is None:
            self._png = self._raster()
        return self._png

    @property
    def marks(self) -> list[Mark]:
        """What the figure is made of, in the order in which it was put there."""
        return [mark for artist in self.figure.artists if isinstance(artist, Drawing) for mark in artist.marks]

    def _raster(self) -> bytes:
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        canvas = FigureCanvasAgg(self.figure)
        with house_style():
            self.figure.set_dpi(PNG_DPI)
            canvas.draw()  # type: ignore[no-untyped-call]
        pixels = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
        buffer = io.BytesIO()
        _with_palette(pixels).save(buffer, "PNG", dpi=(PNG_DPI, PNG_DPI))
        return buffer.getvalue()

    def _vector(self, kind: str) -> bytes:
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        FigureCanvasAgg(self.figure)
        # No dates or versions in the file: equal data must give equal bytes.
        names = ("Date", "Creator") if kind == "svg" else ("CreationDate", "ModDate", "Creator", "Producer")
        metadata = dict.fromkeys(names)
        buffer = io.BytesIO()
        with house_style():
            self.figure.savefig(buffer, format=kind, dpi=PNG_DPI, metadata=metadata)
        return buffer.getvalue()

    def save(self, path: str | Path) -> Path:
        """Write the figure as PNG, SVG or PDF, by the ending of `path`, and return the path.

        Raises
        ------
        InvalidArgument
            If the ending is another one.
        """
        target = typed_path(path)
        kind = target.suffix.lower().lstrip(".")
        if kind not in FORMATS:
            raise InvalidArgument(
                f"cannot write a figure as {target.suffix or 'a file without ending'!r}",
                where=f"Picture.save({target.name!r})",
                allowed=[f".{name}" for name in FORMATS],
                value=target.suffix,
            )
        target.write_bytes(self.png if kind == "png" else self._vector(kind))
        return target

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.png).decode("ascii")
        return (
            '<figure class="nv-figure"><div class="nv-scroll">'
            f'<img src="data:image/png;base64,{data}" alt="{escape(self.alt, quote=True)}" '
            f'width="{self.width}" height="{self.height}"></div>'
            f"<figcaption>{escape(self.caption)}</figcaption></figure>"
        )

    def _repr_mimebundle_(
        self, include: Container[str] | None = None, exclude: Container[str] | None = None
    ) -> dict[str, str]:
        bundle = {"text/html": self._repr_html_(), "text/plain": self.caption}
        return _chosen(bundle, include, exclude)


class Notice:
    """A sentence in place of a figure: says plainly what is not known.

    Parameters
    ----------
    message
        The sentence. It is also the notice's `caption` and `alt`, so that pages can treat a notice
        and a picture alike.

    Examples
    --------
    >>> Notice("Inga medlemskap är dokumenterade.")._repr_html_()
    '<p class="nv-notice">Inga medlemskap är dokumenterade.</p>'
    """

    def __init__(self, message: str) -> None:
        self.message = message

    @property
    def caption(self) -> str:
        """The message."""
        return self.message

    @property
    def alt(self) -> str:
        """The message."""
        return self.message

    def __repr__(self) -> str:
        return self.message

    def _repr_html_(self) -> str:
        return f'<p class="nv-notice">{escape(self.message)}</p>'

    def _repr_mimebundle_(
        self, include: Container[str] | None = None, exclude: Container[str] | None = None
    ) -> dict[str, str]:
        bundle = {"text/html": self._repr_html_(), "text/plain": self.message}
        return _chosen(bundle, include, exclude)


def _chosen(bundle: dict[str, str], include: Container[str] | None, exclude: Container[str] | None) -> dict[str, str]:
    return {
        kind: data
        for kind, data in bundle.items()
        if (include is None or kind in include) and (exclude is None or kind not in exclude)
    }


def _with_palette(pixels: npt.NDArray[np.uint8]) -> Image.Image:
    """Reduce an opaque image (height, width, 4) to 256 colours, which makes less than half the bytes.

    The colours of the house and the most frequent ones stay exact, however small their marks are; the
    shades at the edges of text and lines take the nearest of a spread of the others.
    """
    from PIL import Image

    packed = pixels.view("<u4").ravel()
    # By runs of equal pixels, of which a figure has far fewer than pixels, and by hashing: sorting takes longer.
    starts = np.flatnonzero(np.concatenate([[True], packed[1:] != packed[:-1]]))
    lengths = np.diff(starts, append=len(packed))
    seen, places = pd.factorize(packed[starts])
    found = (places & 255) << 16 | (places >> 8 & 255) << 8 | (places >> 16 & 255)
    order = np.argsort(found)
    colours, count = found[order], np.bincount(seen, weights=lengths)[order]
    where = np.empty_like(order)
    where[order] = np.arange(len(order))
    rgb = np.column_stack([colours >> 16, colours >> 8 & 255, colours & 255])
    house = np.isin(colours, [int(colour[1:], 16) for colour in HOUSE_COLOURS])
    first = np.lexsort((colours, -count, ~house))[:128]
    spread = Image.fromarray(rgb[np.newaxis].astype(np.uint8)).quantize(128, Image.Quantize.MEDIANCUT)
    others = np.asarray(spread.getpalette(), dtype=np.float32).reshape(-1, 3)
    kept = np.concatenate([rgb[first].astype(np.float32), others])[:256]
    distance = (kept**2).sum(axis=1) - 2 * rgb.astype(np.float32) @ kept.T
    nearest = distance.argmin(axis=1).astype(np.uint8)
    image = Image.fromarray(np.repeat(nearest[where][seen], lengths).reshape(pixels.shape[:2]))
    image.putpalette(kept.astype(np.uint8).tobytes())
    return image
