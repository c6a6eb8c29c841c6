"""Coding together from the command line: sheets out, and what came back as text (`natverk coding sheet | compare`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from natverk.coding import (
    Level,
    check,
    discordant,
    read,
    read_table,
    reliability,
    sheet,
    unmatched,
    write,
)
from natverk.data.spreadsheets import FORMS
from natverk.errors import InvalidArgument
from natverk.frames import choice, each_row

__all__ = ["allowed_codes", "compared_sheets", "write_sheets"]


def allowed_codes(texts: Iterable[str]) -> dict[str, list[str]]:
    """Return the allowed codes by variable, as they are typed; none where a name stands alone.

    Raises
    ------
    InvalidArgument
        If a variable has no name, is named twice, or one of its codes stands twice.

    Examples
    --------
    >>> allowed_codes(["tone=-1,0,1", "theme"])
    {'tone': ['-1', '0', '1'], 'theme': []}
    """
    found: dict[str, list[str]] = {}
    for text in texts:
        name, _equals, typed = (part.strip() for part in text.partition("="))
        codes = [code.strip() for code in typed.split(",") if code.strip()]
        if not name or name in found or len(set(codes)) < len(codes):
            what = f"{text!r} names no variable, one that is named already, or a code twice"
            raise InvalidArgument(what, where="--variable", remedy="--variable tone=-1,0,1 --variable theme")
        found[name] = codes
    return found


def write_sheets(
    items: Path,
    folder: Path,
    variables: Mapping[str, Sequence[str]],
    coders: Sequence[str],
    *,
    form: str = "csv",
    overwrite: bool = False,
) -> list[Path]:
    """Write an empty sheet a coder; see `natverk.coding.sheet` and `natverk.coding.write`.

    Parameters
    ----------
    items
        A CSV or Excel file: ids of what is coded in its first column, what coders are shown in the others.
    folder, form, overwrite
        As in `natverk.coding.write`.
    variables
        Allowed codes by variable (`allowed_codes`).
    coders
        Their names.

    Raises
    ------
    DataError, MissingFile, InvalidArgument
        If the items cannot be read, something is blank or named twice, or a file is there already.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     items = Path(folder, "items.csv")
    ...     _ = items.write_text("item;title\\n0180;Stockholm\\n", encoding="utf-8")
    ...     files = write_sheets(items, Path(folder, "sheets"), {"tone": ["-1", "1"]}, ["Anna", "Bo"])
    >>> [path.name for path in files]
    ['01-anna.csv', '02-bo.csv']
    """
    frame = read_table(items)
    blank = frame[frame.columns[0]].isna()
    if blank.any():
        where = f"{items}, row {int(blank.to_numpy().argmax()) + 2}"
        raise InvalidArgument("an item has no id", where=where, remedy="write it in the first column")
    choice("form", form, FORMS)
    empty = sheet(frame.fillna(""), list(variables), coders)
    return write(empty, folder, form="xlsx" if form == "xlsx" else "csv", overwrite=overwrite)


def compared_sheets(
    paths: Sequence[Path], variables: Mapping[str, Sequence[str]], *, ordinal: Iterable[str] = ()
) -> Iterator[str]:
    """Yield as text what only some sheets have, codes that are not allowed, agreement, and where coders differ.

    Parameters
    ----------
    paths
        Sheets, or folders with them, as `natverk.coding.read` takes them.
    variables
        Allowed codes by variable (`allowed_codes`); what codes are allowed need not be said.
    ordinal
        Variables whose codes have an order: that in which they are given, or by number.

    Raises
    ------
    DataError, MissingFile, InvalidArgument
        If sheets cannot be read or have other columns, or there is no such variable, or none.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "Anna.csv").write_text("coder;item;tone\\nAnna;0180;1\\nAnna;0184;1\\n", encoding="utf-8")
    ...     _ = Path(folder, "Bo.csv").write_text("coder;item;tone\\nBo;180;0\\n", encoding="utf-8")
    ...     lines = list(compared_sheets([Path(folder)], {"tone": []}))
    >>> print("\\n".join(lines[:3]))
    2 items, coders Anna, Bo
    items that not every sheet has: 1
      0184: Anna; not Bo
    >>> lines[-1].strip()
    '0180: Anna: 1 | Bo: 0'
    """
    frame = read(list(paths))
    ordered = list(ordinal)
    for name in ordered:
        choice("ordinal", name, list(variables))
    yield f"{frame['item'].nunique()} items, coders {', '.join(frame['coder'].unique())}"
    lone = unmatched(frame)
    yield f"items that not every sheet has: {len(lone)}"
    for row in each_row(lone):
        yield f"  {row.item}: {row.coders.replace('|', ', ')}; not {row.without.replace('|', ', ')}"
    given = {name: codes for name, codes in variables.items() if codes}
    wrong = check(frame, given) if given else pd.DataFrame()
    if given:
        yield f"codes that are not allowed: {len(wrong)}"
    for row in each_row(wrong):
        near = f", nearest {row.nearest}" if isinstance(row.nearest, str) else ""
        yield f"  {row.coder}, {row.item}, {row.variable}: {row.code}{near}"
    # An order is needed for all codes that are there: with slips in them, what they are is mended first.
    measured = {name: level for name, level in _levels(variables, ordered).items() if not _slips(wrong, name)}
    agreement = reliability(frame, measured, orders=given) if measured else pd.DataFrame()
    yield "agreement:"
    for row in each_row(agreement):
        why = f" ({row.note.replace('_', ' ')})" if row.note else ""
        share = "–" if pd.isna(row.agreement) else f"{row.agreement:.0%}"
        alpha = "–" if pd.isna(row.alpha) else f"{row.alpha:.3f}"
        yield f"  {row.variable} ({row.level}): alpha {alpha}{why}, {share} of pairs agree, {row.n_paired} items paired"
    for name in [name for name in variables if name not in measured]:
        yield f"  {name}: codes that are not allowed are to be mended first"
    differ = discordant(frame, variables)
    yield f"coded differently: {len(differ)}"
    for row in each_row(differ):
        yield f"  {f'{row.variable}, ' if len(variables) > 1 else ''}{row.item}: {row.codes}"


def _levels(names: Iterable[str], ordinal: Sequence[str]) -> dict[str, Level]:
    return {name: "ordinal" if name in ordinal else "nominal" for name in names}


def _slips(wrong: pd.DataFrame, name: str) -> bool:
    return bool(len(wrong)) and name in set(wrong["variable"])
