"""The tables of a page as CSV files beside it, with exactly what the page shows.

They are read from the finished HTML, so that every table has its file, whichever object of whichever library showed
it, and nothing has to be carried along in the notebook. In columns that the table marks as numbers, a number is
written as programs read it: `1 234,5` becomes `1234.5`. The list of sources, to whose numbers the tables refer, is a
file of its own.
"""

from __future__ import annotations

from urllib.parse import quote

from bs4 import BeautifulSoup, Tag

from natverk.data.spreadsheets import csv_text
from natverk.data.units import fold
from natverk.locale import Texts

__all__ = ["TABLES_FOLDER", "take_tables"]

# Beside the pages: data/<unit>/01-<name>.csv.
TABLES_FOLDER = "data"
_NUMBER_CLASSES = {"nv-number", "number"}
_LONGEST_NAME = 48


def take_tables(soup: BeautifulSoup, unit: str, t: Texts) -> dict[str, str]:
    """Return the tables of a page as CSV, and put a link to its file under each.

    Parameters
    ----------
    soup
        The content of the page; it is changed in place.
    unit
        The unit of the page, for the folder of its files.
    t
        The texts of the page's language, for labels and for reading its numbers.

    Returns
    -------
    dict of str to str
        Path from the folder of the page (`data/14/01-uppdrag.csv`) → text of the file.

    Examples
    --------
    >>> from natverk.locale import texts
    >>> html = "<table><caption>Years</caption><tr><th>year</th></tr><tr><td>2006</td></tr></table>"
    >>> soup = BeautifulSoup(html, "html.parser")
    >>> take_tables(soup, "14", texts("en"))
    {'data/14/01-years.csv': '\\ufeffyear\\r\\n2006\\r\\n'}
    >>> soup.a["href"]
    'data/14/01-years.csv'
    """
    files: dict[str, str] = {}
    for table in soup.find_all("table"):
        if table.find_parent("table") is not None or table.find_parent("details", class_="code") is not None:
            continue
        rows = _rows(table, t)
        if not any(any(row) for row in rows):
            continue
        name = _name(table)
        path = _path(unit, len(files) + 1, name or t("site.page.table"))
        files[path] = csv_text(rows)
        box = table.find_parent(attrs={"role": "region"}) or table
        box.insert_after(_link(soup, path, t("site.page.csv"), name))
    sources = soup.find("ol", class_="nv-sources")
    if sources is not None:
        path = _path(unit, len(files) + 1, t("site.page.sources"))
        header = [t(f"site.page.source_{column}") for column in ("number", "text", "url")]
        files[path] = csv_text([header, *(_source(item) for item in sources.find_all("li", id=True))])
        sources.insert_after(_link(soup, path, t("site.page.csv"), t("site.page.sources")))
    return files


def _path(unit: str, number: int, name: str) -> str:
    words: list[str] = []
    for word in fold(name).split():
        if len("-".join([*words, word])) > _LONGEST_NAME:
            break
        words.append(word)
    return f"{TABLES_FOLDER}/{unit}/{number:02d}-{'-'.join(words) or 'table'}.csv"


def _name(table: Tag) -> str:
    caption = table.find("caption")
    return _text(caption) if caption else " ".join(str(table.get("aria-label") or "").split())


def _text(tag: Tag) -> str:
    return " ".join(tag.get_text(" " if tag.find("br") else "").split())


def _rows(table: Tag, t: Texts) -> list[list[str]]:
    """Return the cells of a table row by row; one that spans several places stands in each of them."""
    lines = [row for row in table.find_all("tr") if row.find_parent("table") is table]
    grid: list[dict[int, str]] = [{} for _ in lines]
    for number, line in enumerate(lines):
        column = 0
        for cell in line.find_all(["th", "td"], recursive=False):
            while column in grid[number]:
                column += 1
            text = _number(_text(cell), t) if _NUMBER_CLASSES & set(cell.get("class") or ()) else _text(cell)
            width, height = _span(cell, "colspan"), _span(cell, "rowspan")
            for row in grid[number : number + height]:
                row.update(dict.fromkeys(range(column, column + width), text))
            column += width
    n_columns = max((max(row, default=-1) + 1 for row in grid), default=0)
    return [[row.get(column, "") for column in range(n_columns)] for row in grid]


def _span(cell: Tag, name: str) -> int:
    # A browser allows no more than 1000 columns either; text that is no number counts as one.
    text = str(cell.get(name) or "1")
    return min(max(int(text), 1), 1000) if text.isascii() and text.isdigit() else 1


def _number(text: str, t: Texts) -> str:
    """Return a number of the page's language as programs read it; other text stays, and so do codes (`0180`)."""
    from babel.numbers import NumberFormatError, get_group_symbol, parse_decimal

    if text[:1] == "0" and text[1:2].isdigit():
        return text
    group = get_group_symbol(t.babel)
    try:
        return format(
            parse_decimal(text.replace(" ", group) if group.isspace() else text, locale=t.babel, strict=True), "f"
        )
    except NumberFormatError:
        return text


def _source(item: Tag) -> list[str]:
    link = item.find("a", class_="nv-url")
    address = str(link.get("href") or "") if link else ""
    return [str(item["id"]).removeprefix("source-"), _text(item), address]


def _link(soup: BeautifulSoup, path: str, label: str, name: str) -> Tag:
    place = soup.new_tag("p", attrs={"class": "get"})
    attributes = {"href": quote(path), "download": ""}
    if name:
        attributes["aria-label"] = f"{label}: {name}"
    link = soup.new_tag("a", attrs=attributes)
    link.string = label
    place.append(link)
    return place
