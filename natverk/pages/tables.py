"""Tables of pages: labelled, escaped, with links and sources; each row names the rows of evidence that it shows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape

import pandas as pd
from markupsafe import Markup

__all__ = ["Cites", "Download", "Foreign", "TableView", "records"]

#: A longer table shows its first and last rows as plain text.
PLAIN_ROWS = 20
#: What `natverk.pages.prose.plain` escapes for Markdown: in the cell of a table no Markdown is read.
_ESCAPED = re.compile(r"\\([\\`*_\[\]#|~])")


def records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Return the rows of a frame as dictionaries."""
    names = [str(column) for column in frame.columns]
    # Column by column, as plain objects: `to_dict` boxes cell by cell. A missing whole number is None, as it is there.
    cells = ([None if cell is pd.NA else cell for cell in frame[column].tolist()] for column in frame.columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]


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
    """Text in another language than the page's, marked as such for screen readers: titles, quoted wording."""

    __slots__ = ()

    def html(self) -> str:
        """Return the text with its language.

        >>> Foreign("board seat").html()
        '<span lang="en">board seat</span>'
        """
        return f'<span lang="en">{escape(self)}</span>' if self else ""


class TableView:
    """A table as a reader sees it.

    Parameters
    ----------
    rows
        One mapping a row: column key → cell. `Cites`, `Foreign` and `Markup` keep their markup, everything else is
        escaped; a missing value is an empty cell.
    labels
        Column key → label, in order. Keys that begin with `n_` are numbers and stand to the right.
    caption
        What the table shows.
    row_ids
        For each row, the ids of the rows of evidence that it shows.
    fold
        The text of the line behind which a long table is folded; blank: it stands open.
    rule
        The rule that makes a line of its rows (`provenance.rule` of the vocabulary); blank: no particular one.

    Examples
    --------
    >>> view = TableView([{"name": "ENSA <b>"}], {"name": "Nätverk"}, "Nätverk", [["mem-00001"]])
    >>> "<td>ENSA &lt;b&gt;</td>" in view._repr_html_()
    True
    """

    def __init__(
        self,
        rows: Sequence[Mapping[str, object]],
        labels: Mapping[str, str],
        caption: str,
        row_ids: Sequence[Sequence[str]],
        fold: str = "",
        rule: str = "",
    ) -> None:
        self.rows = rows
        self.labels = labels
        self.caption = caption
        self.row_ids = row_ids
        self.fold = fold
        self.rule = rule

    @property
    def frame(self) -> pd.DataFrame:
        """The cells as text, columns by label: what the page shows, to compute with or to compare."""
        cells = [[_text(row.get(key)) for key in self.labels] for row in self.rows]
        return pd.DataFrame(cells, columns=list(self.labels.values()), dtype=object)

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"{self.caption}\n{_plain(self.frame)}"

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col"{_align(key)}>{escape(label)}</th>' for key, label in self.labels.items())
        lines = []
        for row, ids in zip(self.rows, self.row_ids, strict=True):
            cells = "".join(f"<td{_align(key)}>{_html(row.get(key))}</td>" for key in self.labels)
            lines.append(f'<tr data-rows="{" ".join(ids)}">{cells}</tr>')
        caption = escape(self.caption)
        # The caption stands outside the part that scrolls sideways, so that a phone shows all of it.
        rule = f' data-rule="{self.rule}"' if self.rule else ""
        body = "".join(lines)
        inner = f'<table aria-label="{caption}"{rule}><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        scroll = f'<div class="nv-table" role="region" aria-label="{caption}" tabindex="0">{inner}</div>'
        if self.fold:
            return f'<details class="nv-fold"><summary>{escape(self.fold)}</summary>{scroll}</details>'
        return f'<div class="nv-tablebox"><p class="nv-caption">{caption}</p>{scroll}</div>'


class Download:
    """A frame that a page offers as a file and does not show.

    >>> Download(pd.DataFrame({"measure": ["area"]}), "All measures")
    All measures
    measure
       area
    """

    def __init__(self, frame: pd.DataFrame, caption: str) -> None:
        self.frame = frame
        self.caption = caption

    def __repr__(self) -> str:
        return f"{self.caption}\n{_plain(self.frame)}"

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in self.frame.columns)
        cells = self.frame.astype(object).itertuples(index=False)
        body = "".join(f"<tr>{''.join(f'<td>{_html(cell)}</td>' for cell in row)}</tr>" for row in cells)
        caption = escape(self.caption)
        table = f'<table aria-label="{caption}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        return f'<div class="nv-download"><p>{caption}</p>{table}</div>'


def _plain(frame: pd.DataFrame) -> str:
    """Return a frame as plain text, with the ends of what is long left out."""
    return frame.to_string(index=False, max_colwidth=40, max_rows=PLAIN_ROWS)


def _align(key: str) -> str:
    return ' class="nv-number"' if key.startswith("n_") else ' class="nv-cites"' if key == "sources" else ""


def _html(cell: object) -> str:
    """Return a cell as HTML."""
    if isinstance(cell, Cites | Foreign):
        return cell.html()
    if isinstance(cell, Markup):
        return _ESCAPED.sub(r"\1", cell)
    return escape(_text(cell))


def _text(cell: object) -> str:
    """Return a cell as text."""
    if isinstance(cell, Markup):
        return _ESCAPED.sub(r"\1", cell.striptags())
    return "" if cell is None or pd.isna(cell) else str(cell)  # type: ignore[call-overload]
