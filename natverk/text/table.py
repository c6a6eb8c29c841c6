"""A table as a reader sees it: labelled, escaped, with links to the sources, foldable when long."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd

from natverk.errors import InvalidArgument
from natverk.locale import texts

__all__ = ["Cites", "Foreign", "Table", "records"]


def records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Return the rows of a frame as dictionaries of plain values; a missing number is None.

    >>> records(pd.DataFrame({"name": ["SERN"], "year": pd.array([None], dtype="Int64")}))
    [{'name': 'SERN', 'year': None}]
    """
    # By columns: `to_dict` asks each cell of each row for its kind.
    names = [str(name) for name in frame.columns]
    columns = [
        [None if value is pd.NA else value for value in column.to_numpy(dtype=object)] for _, column in frame.items()
    ]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


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
        return f"{self.caption}\n{_plain(self.frame)}"

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
            if isinstance(cell, Cites | Foreign):
                text = cell.html()
            else:
                text = escape(cell if isinstance(cell, str) else "" if pd.isna(cell) else str(cell))  # type: ignore[call-overload]
            cells.append(f"<td{self._align(str(label))}>{text}</td>")
        return "".join(cells)

    def _align(self, label: str) -> str:
        return ' class="nv-number"' if label in self.numeric else ""


def _plain(frame: pd.DataFrame, widest: int = 40) -> str:
    """Return a frame of texts as pandas would print it without its index, which takes a hundred times as long.

    >>> print(_plain(pd.DataFrame({"name": ["SERN", "EUROCITIES"], "n": ["2", "12"]})))
          name  n
          SERN  2
    EUROCITIES 12
    """
    columns: list[list[str]] = []
    for label, column in frame.items():
        cells = [str(cell).replace("\t", r"\t").replace("\r", r"\r").replace("\n", r"\n") for cell in column]
        width = min(max(map(len, [str(label), *cells])), widest)
        cells = [cell if len(cell) <= width else cell[: width - 3] + "..." for cell in cells]
        # Under a label wider than all texts, these stand to the left, as pandas has them.
        columns.append([text.rjust(width).ljust(len(str(label))) for text in (str(label), *cells)])
    return "\n".join(" ".join(line) for line in zip(*columns, strict=True))
