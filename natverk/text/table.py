"""A table as a reader sees it: labelled, escaped, with links to the sources, foldable when long."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd

from natverk.errors import InvalidArgument
from natverk.locale import texts

__all__ = ["Cites", "Foreign", "Table", "records"]


def records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Return the rows of a frame as dictionaries."""
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


class Cites(str):
    """Numbers of sources in a cell, such as `1, 4`; shown as links to the list of sources."""

    __slots__ = ()

    def html(self) -> str:
        """Return the numbers as links.

        >>> Cites("2").html()
        '<a href="#source-2">2</a>'
        """
        numbers = [number for number in self.split(", ") if number]
        return ", ".join(f'<a href="#source-{number}">{number}</a>' for number in numbers)


class Foreign(str):
    """Text in another language than the page's, marked as such for screen readers (facts are coded in English)."""

    __slots__ = ()

    def html(self) -> str:
        """Return the text with its language.

        >>> Foreign("board seat").html()
        '<span lang="en">board seat</span>'
        """
        return f'<span lang="en">{escape(self)}</span>' if self else ""


class Table:
    """A frame made ready for a page.

    Parameters
    ----------
    frame
        The rows, already formatted as text in the page's language; `Cites` and `Foreign` cells keep their
        markup, everything else is escaped.
    caption
        The caption.
    columns
        Column name → label, in order; other columns are left out.
    lang
        Language of the page.
    fold
        Fold the table away when it has more rows than this.

    Examples
    --------
    >>> frame = pd.DataFrame({"name": ["SERN", "ENSA <b>"], "year": ["2006", "2009"]})
    >>> table = Table(frame, "Nätverk", {"name": "Nätverk", "year": "Sedan"}, lang="sv")
    >>> "ENSA &lt;b&gt;" in table._repr_html_()
    True
    """

    def __init__(
        self, frame: pd.DataFrame, caption: str, columns: dict[str, str], *, lang: str, fold: int = 15
    ) -> None:
        for name in columns:
            if name not in frame.columns:
                raise InvalidArgument(f"no column {name!r}", where=caption, allowed=list(frame.columns), value=name)
        self.frame = frame[list(columns)].rename(columns=columns)
        self.caption = caption
        self.lang = lang
        self.fold = fold
        self.numeric: Sequence[str] = [label for name, label in columns.items() if name.startswith("n_")]

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        if self.frame.empty:
            return ""
        return f"{self.caption}\n{self.frame.to_string(index=False, max_colwidth=40)}"

    def _repr_html_(self) -> str:
        if self.frame.empty:
            return ""
        head = "".join(f'<th scope="col"{self._align(label)}>{escape(label)}</th>' for label in self.frame.columns)
        body = "".join(f"<tr>{self._row(row)}</tr>" for row in self.frame.itertuples(index=False, name=None))
        caption = escape(self.caption)
        # The caption stands outside the part that scrolls sideways, so that a phone shows all of it.
        inner = f'<table aria-label="{caption}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        scroll = f'<div class="nv-table" role="region" aria-label="{caption}" tabindex="0">{inner}</div>'
        table = f'<div class="nv-tablebox"><p class="nv-caption">{caption}</p>{scroll}</div>'
        if len(self.frame) <= self.fold:
            return table
        label = texts(self.lang)("page.word.show_all", n=len(self.frame))
        return f'<details class="nv-fold"><summary>{caption} – {escape(label)}</summary>{scroll}</details>'

    def _row(self, row: tuple[object, ...]) -> str:
        cells = []
        for label, cell in zip(self.frame.columns, row, strict=True):
            text = cell.html() if isinstance(cell, Cites | Foreign) else escape("" if pd.isna(cell) else str(cell))  # type: ignore[call-overload]
            cells.append(f"<td{self._align(str(label))}>{text}</td>")
        return "".join(cells)

    def _align(self, label: str) -> str:
        return ' class="nv-number"' if label in self.numeric else ""
