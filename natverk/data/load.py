"""The data as a reader uses them: `load()` returns a `Dataset` whose tables are pandas frames.

`load()` builds the processed tables by itself when they are missing or stale. Filters (`as_of`,
`without_noncommercial`) leave out evidence rows by their sources; what was left out is counted.
"""

from __future__ import annotations

import functools
import inspect
import io
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Concatenate, Literal, ParamSpec, TypeVar, cast

import numpy as np
import pandas as pd
from pyarrow.parquet import ParquetFile

from natverk.data.answers import asked
from natverk.data.in_use import tables_in_use
from natverk.data.partial import earliest, latest
from natverk.data.reads import Filters, collected, label, note_all, note_read, within
from natverk.data.remembered import Answers, call_text
from natverk.data.schema import SCHEMA
from natverk.data.tables import Processed
from natverk.data.types import to_frame
from natverk.errors import InvalidArgument, UnknownName

__all__ = [
    "Dataset",
    "kept",
    "load",
]


#: The whole data as they were loaded last: what was read and made of them is there when they are loaded again.
_loaded: dict[tuple[Path, str], Dataset] = {}


def load(
    *,
    as_of: str | int | None = None,
    undated_sources: Literal["drop", "keep"] = "drop",
    without_noncommercial: bool = False,
    overlay: str | Path | None = None,
) -> Dataset:
    """Load the data.

    Parameters
    ----------
    as_of
        A year or partial date (`"2015"`, `"2015-06"`): evidence whose source was published later is left
        out, so that an analysis can be run on what could be known then. A source dated to a year or month
        counts from its first day. `None` keeps everything.
    undated_sources
        Only with `as_of`: what to do with sources without a publication date. `"drop"` (default), since
        they were read in 2026 and may tell of later years; `"keep"` for an upper bound.
    without_noncommercial
        Leave out evidence whose source may be used for non-commercial purposes only.
    overlay
        A folder of CSV files, or an Excel workbook, with own rows that are laid over natverk's
        (`natverk.data.overlay`); nothing is written to it. Default: what the environment variable `NATVERK_OVERLAY`
        names, if it is set. `data.own` counts them.

    Returns
    -------
    Dataset
        Tables as attributes: `data.memberships`, `data.sources`, … (columns: `natverk.data.export.codebook_frame`).

    Raises
    ------
    DataError, MissingFile
        If the raw data are wrong or the processed tables cannot be read.
    OverlayError
        If anything is wrong with the own rows; all of it is told, each with its place.
    InvalidArgument
        If `as_of` is no partial date.

    Examples
    --------
    >>> data = load()
    >>> len(data.municipalities), len(data.counties)
    (290, 21)
    >>> early = load(as_of="2015")
    >>> len(early.memberships) < len(data.memberships)
    True
    """
    if undated_sources not in ("drop", "keep"):
        raise InvalidArgument(
            f"unknown value {undated_sources!r}",
            where="undated_sources",
            allowed=("drop", "keep"),
            value=undated_sources,
        )
    if as_of is not None and not SCHEMA["sources"].column("published").fits(str(as_of)):
        raise InvalidArgument(f"{as_of!r} is no date", where="as_of", remedy="write 2015, 2015-06 or 2015-06-30")
    tables = tables_in_use(overlay)
    if as_of is not None or without_noncommercial:
        filtered = Dataset(
            tables.folder,
            as_of=str(as_of) if as_of is not None else None,
            undated_sources=undated_sources,
            without_noncommercial=without_noncommercial,
        )
        filtered.is_loaded = True
        return filtered
    key = (tables.folder, tables.fingerprint())
    if key not in _loaded:
        _loaded.clear()
        _loaded[key] = Dataset(tables.folder)
        _loaded[key].is_loaded = True
    return _loaded[key]


class Dataset:
    """The processed tables, read on first use, and the filters they were loaded with.

    Tables are attributes named as in the schema (`data.networks`); a table is read once and handed out as
    a copy-on-write view, so that changing one changes no other. `corrections` is the log of corrections.

    Parameters
    ----------
    processed
        The folder of the processed tables.
    as_of, undated_sources, without_noncommercial
        See `natverk.load`, which makes the dataset.

    Raises
    ------
    DataError, MissingFile
        If the folder has no manifest that can be read.

    Examples
    --------
    >>> data = load(as_of="2015")
    >>> data
    <natverk.Dataset ... tables: as_of='2015'>
    >>> data.counties.loc[0, ["county_code", "name_short"]].tolist(), data.last_year
    (['01', 'Stockholm'], 2015)
    """

    #: Whether `load` made it, which then makes the same one again.
    is_loaded = False

    def __init__(
        self,
        processed: Path,
        *,
        as_of: str | None = None,
        undated_sources: Literal["drop", "keep"] = "drop",
        without_noncommercial: bool = False,
    ) -> None:
        self.folder = processed
        self.as_of = as_of
        self.undated_sources = undated_sources
        self.without_noncommercial = without_noncommercial
        self._tables: dict[str, pd.DataFrame] = {}
        self._processed = Processed(processed)

    def __repr__(self) -> str:
        filters = [f"as_of={self.as_of!r}"] * (self.as_of is not None)
        filters += ["undated_sources='keep'"] * (self.as_of is not None and self.undated_sources == "keep")
        filters += ["without_noncommercial=True"] * self.without_noncommercial
        own = f", {_counted(self.own)}" if self.own else ""
        return f"<natverk.Dataset {len(SCHEMA)} tables{own}{': ' if filters else ''}{', '.join(filters)}>"

    def _repr_html_(self) -> str:
        """Show filters and tables in a notebook: what a row of each is, its rows, and how many the filters left out."""
        filtered = self.as_of is not None or self.without_noncommercial
        lines = []
        for name, table in SCHEMA.items():
            # Nothing is read for the numbers where the manifest has them.
            n_rows = self._processed.manifest["outputs"].get(f"{name}.parquet", {"rows": 0})["rows"]
            kept = len(self.table(name)) if table.evidence and filtered else n_rows
            cells = [f"<code>{name}</code>", escape(table.title), f"{kept:,}"]
            cells += [f"{n_rows - kept:,}" if kept < n_rows else ""] if filtered else []
            lines.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
        heads = ["table", "one row", "rows", *(["left out"] if filtered else [])]
        return (
            f"<p><code>{escape(repr(self))}</code><br>Sources read until {escape(self.vintage)}."
            f"{self._own_html()} Each table is an attribute (<code>data.networks</code>); "
            "<code>from natverk.data.export import codebook_frame</code>, then "
            "<code>codebook_frame(data, 'networks')</code> tells its columns.</p>"
            f"<details><summary>{len(SCHEMA)} tables</summary><table><thead><tr>"
            + "".join(f"<th>{head}</th>" for head in heads)
            + f"</tr></thead><tbody>{''.join(lines)}</tbody></table></details>"
        )

    def _own_html(self) -> str:
        if not self.own:
            return ""
        tables = ", ".join(f"{n} in {name}" for name, n in self.own.items())
        n_replaced = sum(bool(item) for ids in self.own_keys.values() for item in ids.values())
        replaced = f", {n_replaced} of them in the place of natverk's" if n_replaced else ""
        return f" <b>{_counted(self.own)}</b> ({escape(tables)}{replaced}), which are not natverk's."

    def __getstate__(self) -> dict[str, object]:
        """Leave out what `kept` has made: a copy, or another process, makes its own."""
        return {name: value for name, value in self.__dict__.items() if name not in ("_kept_with", "_answers")}

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *SCHEMA, "corrections"]

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self.table(name)
        except UnknownName as error:
            raise AttributeError(str(error)) from error

    def table(self, name: str) -> pd.DataFrame:
        """Return a table by name, filtered as the dataset was loaded.

        Raises
        ------
        UnknownName
            If there is no such table.
        DataError
            If its file is damaged.
        """
        read = self.__dict__.setdefault("_reads", {})
        if name not in self._tables:
            with collected() as read[name]:
                frame = self._read(name)
                # Without a filter every row stays: the whole frame is handed on as it was read.
                if name in SCHEMA and SCHEMA[name].evidence and (self.as_of is not None or self.without_noncommercial):
                    frame = frame[self._kept(frame)].reset_index(drop=True)
            self._tables[name] = frame
        else:
            note_all(read.get(name, {}))
        return self._tables[name].copy(deep=False)

    @property
    def own(self) -> dict[str, int]:
        """How many own rows there are by table (`natverk.load(overlay=…)`); empty where the data are natverk's alone.

        >>> load().own
        {}
        """
        return self._processed.own

    @property
    def own_keys(self) -> Mapping[str, Mapping[str, str]]:
        """The keys of own rows by table (`own-00001`), each with that of the row it replaces, or blank."""
        return self._processed.manifest.get("own", {})

    @property
    def fingerprint(self) -> str:
        """A hash of the tables and filters: two datasets with the same one give the same results."""
        return self._processed.fingerprint(**self.filters)

    @property
    def filters(self) -> Filters:
        """The filters as `natverk.load` takes them."""
        return {
            "as_of": self.as_of,
            "undated_sources": self.undated_sources,
            "without_noncommercial": self.without_noncommercial,
        }

    @property
    def vintage(self) -> str:
        """The latest day on which natverk read a source; sources of one's own do not make natverk's younger."""
        return _vintage(self)

    @property
    def read_until(self) -> str:
        """The latest day on which any source was read, one's own among them: what the data can know at most."""
        return _read_until(self)

    @property
    def known_until(self) -> str:
        """The last day the evidence can speak of: `read_until`, or the end of `as_of` where that is earlier."""
        return self.read_until if self.as_of is None else min(self.read_until, latest(self.as_of))

    @property
    def last_year(self) -> int:
        """The last year that measures look at by default: the latest with a published population.

        A dataset loaded `as_of` an earlier day ends with the year of that day.
        """
        return _last_year(self)

    def last_day(self, year: int) -> str:
        """Return the last day that is told of when `year` is the last: its end, and for the last of the data all known.

        >>> data = load()
        >>> data.last_day(2019), data.last_day(data.last_year) == data.known_until
        ('2019-12-31', True)
        """
        return self.known_until if year == self.last_year else min(f"{year}-12-31", self.known_until)

    @property
    def answers(self) -> Answers | None:
        """What processes remember of natverk's tables as a whole; None with a filter or own rows."""
        if not self.is_loaded or self.own or self.as_of is not None or self.without_noncommercial:
            return None
        found = self.__dict__.get("_answers")
        if found is None:
            found = self.__dict__["_answers"] = Answers(self.fingerprint)
        return found

    def left_out(self, name: str) -> int:
        """Return how many rows of a table the filters left out."""
        kept = len(self.table(name))
        return self._processed.manifest["outputs"][f"{name}.parquet"]["rows"] - kept

    def _kept(self, frame: pd.DataFrame) -> pd.Series:
        """Keep a row when at least one of its sources is kept."""
        sources = self._read("sources")
        if self.without_noncommercial:
            sources = sources[sources["licence_class"] != "non_commercial"]
        if self.as_of is not None:
            limit = latest(self.as_of)
            undated = sources["published"].isna()
            in_time = sources["published"].fillna("9999").map(earliest) <= limit
            sources = sources[in_time | (undated & (self.undated_sources == "keep"))]
        kept = set(sources["source_id"])
        return frame["source_id"].map(lambda ids: any(item in kept for item in str(ids).split(";"))).astype(bool)

    def verify(self) -> None:
        """Check that every table is what the build wrote, before long work begins on it.

        Raises
        ------
        DataError, MissingFile
            For the first table that is damaged or missing, with the place and the remedy.
        """
        self._processed.verify()

    def _read(self, name: str) -> pd.DataFrame:
        """Read a table whole, and note that this process has read it."""
        # Read without threads: those of Arrow can abort the interpreter when it ends.
        file = ParquetFile(io.BytesIO(self._processed.content(name)), pre_buffer=False)
        filters = self.filters if name in SCHEMA and SCHEMA[name].evidence else {}
        note_read(label(name, **filters), self._processed.hashes[name])
        frame = to_frame(file.read(use_threads=False))
        # Columns with missing numbers hand out their buffer itself: nobody may write into what others read.
        for column in frame:
            for part in ("_data", "_mask"):
                buffer = getattr(frame[column].array, part, None)
                if isinstance(buffer, np.ndarray):
                    buffer.flags.writeable = False
        return frame


def _counted(own: Mapping[str, int]) -> str:
    n = sum(own.values())
    return f"{n} own row{'' if n == 1 else 's'}"


P = ParamSpec("P")
R = TypeVar("R")


def kept(function: Callable[Concatenate[Dataset, P], R]) -> Callable[Concatenate[Dataset, P], R]:
    """Keep what a function makes of a dataset with that dataset, so that it is made once.

    The function may depend on nothing but the dataset and its other arguments, which must be hashable; how they are
    given, by place, by name or by default, makes no difference. Frames and series are handed out as copy-on-write
    views; whatever else it returns must not be changed by callers.

    >>> @kept
    ... def n_rows(data: Dataset, name: str) -> int:
    ...     print("counted")
    ...     return len(data.table(name))
    >>> data = load()
    >>> n_rows(data, "counties"), n_rows(data, name="counties")
    counted
    (21, 21)
    """
    signature = inspect.signature(function)

    @functools.wraps(function)
    def looked_up(data: Dataset, /, *args: P.args, **kwargs: P.kwargs) -> R:
        made = data.__dict__.setdefault("_kept_with", {})
        given: tuple[object, ...] = (function, args, tuple(sorted(kwargs.items())))
        key = given
        if given not in made:
            # A call that was written another way may be the same: binding costs more than looking up.
            bound = signature.bind(data, *args, **kwargs)
            bound.apply_defaults()
            key = (function, *list(bound.arguments.items())[1:])
        if key in made:
            value, used = made[key]
            note_all(used)
        else:
            answers = data.answers
            call = None if answers is None else call_text(function, key[1:])
            found = None if answers is None or call is None else answers.get(call)
            if found is None:
                with within(), collected() as used:
                    found = function(data, *args, **kwargs), used
                if answers is not None and call is not None:
                    answers.add(call, found)
            else:
                note_all(found[1])
            made[key], value = found, found[0]
        made[given] = made[key]
        return cast(R, value.copy(deep=False)) if isinstance(value, (pd.DataFrame, pd.Series)) else value

    return looked_up


# What a page asks of the data as a whole counts by what it is told, not by the tables behind it.


@asked
@kept
def _vintage(data: Dataset) -> str:
    sources = data.sources
    own = data.own_keys.get("sources")
    return str((sources[~sources["source_id"].isin(list(own))] if own else sources)["accessed"].max())


@asked
@kept
def _read_until(data: Dataset) -> str:
    return str(data.sources["accessed"].max())


@asked
@kept
def _last_year(data: Dataset) -> int:
    return min(int(data.known_until[:4]), int(data.population["year"].max()))
