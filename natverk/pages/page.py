"""A page as a notebook makes it: blocks of its template said, tables and figures shown, rows and sources counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from html import escape
from types import MappingProxyType
from typing import Any

import pandas as pd
from babel.dates import format_date
from IPython.display import display
from markupsafe import Markup

from natverk.data.answers import rows_where
from natverk.data.load import Dataset
from natverk.data.lookup import Lookup
from natverk.data.partial import earliest
from natverk.data.sources import cite_data, own_beside
from natverk.errors import InvalidArgument, UnknownName
from natverk.figures.picture import Notice
from natverk.frames import by_alphabet, year_or_none
from natverk.locale import genitive, texts
from natverk.membership.quality import told_once
from natverk.pages.prose import Prose, plain, row_ids_of, templates_of
from natverk.pages.provenance import Provenance
from natverk.pages.sources import References
from natverk.pages.tables import Cites, Download, Foreign, TableView, records
from natverk.version import __version__

__all__ = ["NotebookPage"]

#: What tells a federation from the region of the same name.
_FEDERATION = "(kommunalförbund)"

Cell = Callable[[dict[str, object]], object]


class NotebookPage:
    """One page about one unit, in one language.

    Parameters
    ----------
    data
        The dataset.
    template
        The kind of page: `templates/<template>.<lang>.md.j2` holds its prose.
    lang
        `"sv"` or `"en"`; set once, inherited by every text, number and table.
    kind, unit
        What the page is about: `"region"`, `"municipality"`, `"network"` or `"actor"`, and its id; blank for the
        country and for comparisons. The page does not link to itself.
    years
        First and last year of the page.
    values
        What every block of the template may use, such as `place`.

    Notes
    -----
    `shown` holds the ids of all rows of evidence that the page has shown so far: as a row of a table, or named in a
    text. A bare count rests on its rows (they stand in `data-rows`) but does not show them: they are `counted_rows`.
    `rules` holds the rules (`provenance.rule` of the vocabulary) that texts and tables name (`data-rule`).
    """

    def __init__(
        self,
        data: Dataset,
        template: str,
        *,
        lang: str,
        years: tuple[int, int],
        kind: str = "",
        unit: str = "",
        **values: object,
    ) -> None:
        if years[0] > years[1]:
            raise InvalidArgument(
                f"year_from {years[0]} comes after year_to {years[1]}", where="years", remedy="exchange the two"
            )
        self.data = data
        self.t = texts(lang)
        self.lang = lang
        self.years = years
        self.kind = kind
        self.unit = unit
        self.references = References(data)
        self.shown: set[str] = set()
        self.counted_rows: set[str] = set()
        self.rules: set[str] = set()
        self.parts: list[object] = []
        self.template = template
        self._template = templates_of(lang).get_template(f"{template}.{lang}.md.j2")
        self.values: dict[str, Any] = {"page": self, "first_year": years[0], "last_year": years[1], **values}
        # What several kinds of page say in the same way: `{{ parts.missions(missions) }}`.
        self.values["parts"] = templates_of(lang).get_template(f"parts.{lang}.md.j2").make_module(self.values)

    def use(self, **values: object) -> None:
        """Let every block of the template use more values."""
        self.values |= values

    # --- What a notebook calls

    def say(self, block: str, /, **values: object) -> None:
        """Say a block of the template with frames and values as it asks for; a block that comes out blank is not said.

        Raises
        ------
        UnknownName
            If the template has no such block.
        """
        text = self.words(block, **values)
        if text:
            self._show(Prose(text, section=block if text.startswith("#") else ""))

    def words(self, block: str, /, **values: object) -> str:
        """Return the text of a block, without showing it."""
        if block not in self._template.blocks:
            where = f"natverk/pages/templates/{self.template}.{self.lang}.md.j2"
            raise UnknownName(f"no block {block!r}", where=where, allowed=list(self._template.blocks), value=block)
        rows = {name: value.to_dict() if isinstance(value, pd.Series) else value for name, value in values.items()}
        context = self._template.new_context({**self.values, **rows})
        lines = "".join(self._template.blocks[block](context)).split("\n")
        # A line that a condition left empty is no paragraph.
        text = "\n".join(_tidy(line) for line in lines).strip()
        while "\n\n\n" in text:
            text = text.replace("\n\n\n", "\n\n")
        return text

    def rows_where(self, table: str, **equal: str) -> pd.DataFrame:
        """Return the rows of a table that have these values: the page depends on them, not on the whole table."""
        return rows_where(self.data, table, **equal)

    def figure(self, picture: object) -> None:
        """Show a figure; a notice in place of a figure is not shown, for the text says what there is."""
        if picture is not None and not isinstance(picture, Notice):
            self._show(picture)

    def table(
        self,
        name: str,
        frame: pd.DataFrame,
        columns: Mapping[str, Cell | str],
        *,
        fold: bool = False,
        labels: Mapping[str, str] = MappingProxyType({}),
        unit: str = "",
        counted: bool = False,
        blank: bool = False,
        **values: object,
    ) -> None:
        """Show a frame as a table, a row of evidence a line; an empty frame or column is not shown.

        Parameters
        ----------
        name
            The block of the template that holds the caption is `<name>_table`.
        frame
            Its rows, with `row_ids` or `row_id`.
        columns
            Label (a key of the vocabulary `columns`, or of `terms` where it has a dot; `n_…` for numbers, `key=label`
            where they differ) → how the cell is made from a row, or the name of a column that is shown as it is.
        fold
            Whether the table is folded behind a line that says what it shows and how many rows.
        labels
            Labels that are no vocabulary, by column: the names of two units side by side.
        unit
            The column that names a unit whose own row a line shows as well: a body with its founding year.
        counted
            Whether the lines rest on their rows without showing them.
        blank
            Whether it is to be filled in: then columns stand that are empty in every row.
        values
            What the caption uses.
        """
        if frame.empty:
            return
        heads, makers = {}, {}
        for name_of, maker in columns.items():
            key, _, label = name_of.partition("=")
            label = label or key.removeprefix("n_")
            heads[key] = labels.get(key) or self.t(f"terms.{label}" if "." in label else f"columns.{label}")
            makers[key] = maker
        rows, ids = [], []
        for row in records(frame):
            rows.append({key: row[maker] if isinstance(maker, str) else maker(row) for key, maker in makers.items()})
            ids.append([*([str(row[unit])] if unit else []), *row_ids_of(row)])
            (self.counted_rows if counted else self.shown).update(ids[-1])
        filled = {key for row in rows for key, cell in row.items() if pd.notna(cell) and str(cell)}  # type: ignore[call-overload]
        # The column of a unit that is compared stands also where nothing is known of it.
        heads = {key: head for key, head in heads.items() if blank or key in filled or key in labels}
        caption = Markup(self.words(f"{name}_table", **values)).striptags()
        line = f"{caption} ({self.counted(len(rows), 'row')})" if fold else ""
        self._show(TableView(rows, heads, caption, ids, line, self._known_rule(name)))

    def download(self, name: str, frame: pd.DataFrame, **values: object) -> None:
        """Offer a frame as a file, with its own columns; the block `<name>_table` says what it holds."""
        if len(frame):
            self._show(Download(frame, Markup(self.words(f"{name}_table", **values)).striptags()))

    def end(self, **values: object) -> None:
        """Say how to read and cite the page (block `about`), and list exactly the sources of its rows."""
        provenance = Provenance(self)
        self.say("about", cite=cite_data(self.data, self.lang), version=__version__, **values)
        self._show(provenance)
        self._show(self.references.sources(self.t))

    def _show(self, item: object) -> None:
        self.parts.append(item)
        display(item)  # type: ignore[no-untyped-call]

    # --- Names and links

    @cached_property
    def _names(self) -> dict[str, Mapping[str, str]]:
        # Actors that have no name of their own are described in the page's language.
        described = {f"body:{name}": text for name, text in self.t.group("actors").items()}
        form = self.t("nouns.federation")

        def in_language(actor: str, name: str) -> str:
            if form != _FEDERATION and name.endswith(_FEDERATION):
                return name.removesuffix(_FEDERATION) + form
            return described.get(actor, name)

        return {
            "network": Lookup(self.data, "networks", "name_sv" if self.lang == "sv" else "name"),
            "actor": Lookup(self.data, "actors", "name", in_language),
            "region": Lookup(self.data, "counties", "region_name"),
            "municipality": Lookup(self.data, "municipalities", "name"),
        }

    @cached_property
    def _last_years(self) -> Mapping[str, Any]:
        return Lookup(self.data, "networks", "dissolved_year")

    @property
    def network_names(self) -> Mapping[str, str]:
        """The names of networks in the page's language by id, for figures."""
        return self._names["network"]

    @property
    def actor_names(self) -> Mapping[str, str]:
        """The names of actors by id, for figures."""
        return self._names["actor"]

    @property
    def region_names(self) -> Mapping[str, str]:
        """The names of regions by county code, for figures."""
        return self._names["region"]

    def link(self, kind: str, unit_id: str, text: str = "") -> Markup:
        """Return the name of a unit, marked so that the site can link it to its page.

        `kind` is `network`, `municipality`, `region` or `actor`; an actor that is a municipality or region leads there.
        """
        if kind == "actor":
            text = text or self._names["actor"][unit_id]
            kind, _, unit_id = unit_id.partition(":")
        name = text or self._names.get(kind, {}).get(unit_id, unit_id)
        if kind not in ("network", "municipality", "region") or (kind, unit_id) == (self.kind, self.unit):
            return plain(name)
        return Markup(f'<a class="nv-unit" data-unit="{escape(kind)}:{escape(unit_id)}">{plain(name)}</a>')

    def network(self, network_id: object) -> Markup:
        """Return a network's name in the page's language, with its link; nothing for a missing id."""
        return Markup("") if pd.isna(network_id) else self.link("network", str(network_id))  # type: ignore[call-overload]

    def actor(self, actor_id: object) -> Markup:
        """Return an actor's name, with its link; nothing for a missing id."""
        return Markup("") if pd.isna(actor_id) else self.link("actor", str(actor_id))  # type: ignore[call-overload]

    def name(self, column: str, cell: object) -> Markup:
        """Return what a cell of a column names: `actor_id` and `network_id` by their names, others as they are."""
        if column == "network_id":
            return self.network(cell)
        return self.actor(cell) if column.endswith("actor_id") else plain(cell)

    def holder(self, row: Mapping[str, object]) -> str:
        """Return the name of a holder of the responsibility, the form of a federation in the page's language."""
        return str(row["holder_name"]).replace(_FEDERATION, self.t("nouns.federation"))

    def genitive(self, name: str) -> str:
        """Return the genitive of a name in the page's language."""
        return genitive(name, self.lang)

    # --- Rows and sources

    def _known_rule(self, rule: str) -> str:
        """Return a rule that the vocabulary has, noted as one that the page names; blank for another."""
        if not self.t.has(f"provenance.rule.{rule}"):
            return ""
        self.rules.add(rule)
        return rule

    def resting(self, text: object, row_ids: Iterable[str], rule: str = "") -> Markup:
        """Return text that rests on rows without showing them: a count, and the rule that made it of them."""
        found = list(row_ids)
        self.counted_rows.update(found)
        ids, named = " ".join(found), f' data-rule="{known}"' if (known := self._known_rule(rule)) else ""
        return Markup(f'<span class="nv-count" data-rows="{ids}"{named}>{plain(text)}</span>') if ids else plain(text)

    def shown_text(self, text: object, row_ids: Iterable[str]) -> Markup:
        """Return text that shows rows."""
        ids = list(row_ids)
        self.shown.update(ids)
        return Markup(f'<span data-rows="{" ".join(ids)}">{plain(text)}</span>') if ids else plain(text)

    def cites(self, what: object) -> Cites:
        """Return the numbers of the sources of a row, a frame or ids, for a cell of a table."""
        return self.references.cite(_source_ids_of(what))

    def mark(self, what: object) -> Markup:
        """Return the numbers of the sources for running text: ` [1]`."""
        links = ", ".join(f"[{number}](#source-{number})" for number in self.cites(what).split(", ") if number)
        return Markup(f" \\[{links}\\]") if links else Markup("")

    # --- Words

    def told(self, row: Mapping[str, object], column: str) -> Markup:
        """Return a text of the data in the page's language; where only English is there, marked as such."""
        swedish, english = row.get(f"{column}_sv"), row.get(column)
        if self.lang == "sv" and isinstance(swedish, str):
            return plain(swedish)
        if not isinstance(english, str):
            return Markup("")
        return Markup(Foreign(english).html()) if self.lang == "sv" else plain(english)

    def term(self, group: str, value: object) -> str:
        """Translate a value of a vocabulary; a combination such as `associate/member` part by part."""
        if pd.isna(value):  # type: ignore[call-overload]
            return self.t("nouns.unknown")
        return "/".join(self.t(f"terms.{group}.{part}") for part in str(value).split("/"))

    def rivals(self, row: Mapping[str, object]) -> Markup:
        """Say the values on which sources disagree (`natverk.disagreements`), in the page's language."""
        kind, values = str(row["kind"]), [value for value in str(row["values"]).split(" | ") if value]
        if kind == "flagged":
            return self.told(row, "note")
        if kind == "existence":
            named, there = values
            first, _, last = there.partition("–")
            key = "known_from" if first else "known_until"
            return plain(self.t(f"nouns.{key}", years=named, year=first or last))
        groups = {"conflict": "state", "status": "status"}
        if kind in groups:
            values = [self.term(groups[kind], value) for value in values]
        text = " / ".join(values)
        return plain(f"{text} {self.term('total_fact', row['note'])}" if kind == "totals" else text)

    def year(self, value: object) -> str:
        """Format a year; missing is unknown."""
        return self.t("nouns.unknown") if pd.isna(value) else str(int(str(value)))  # type: ignore[call-overload]

    def by_year(self, day: object) -> str:
        """Return the year of a last possible day; of a first of January the turn of the year: `årsskiftet 2004/05`."""
        year = int(str(day)[:4])
        if not str(day).endswith("-01-01"):
            return str(year)
        return self.t("nouns.turn_of_year", first=str(year - 1), last=f"{year % 100:02d}")

    def by_name(self, frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
        """Return a frame in the order of names in the page's language."""
        shown = [f"{name}_sv" if self.lang == "sv" else name for name in columns]
        return frame.sort_values(shown, key=by_alphabet, kind="stable")

    def told_once(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return disagreements of which each is told once, with all whom it is about."""
        return told_once(frame)

    def linked(self, actor_ids: str) -> Markup:
        """Return the names of actors, separated by `;`, joined as a sentence joins them."""
        return Markup(self.t.join([str(self.actor(item)) for item in actor_ids.split(";")]))

    def note_year(self, row: Mapping[str, object]) -> str:
        """Return the year of a note or number in brackets, and if it is inferred; nothing where it says the year."""
        year, said = row["year"], " ".join(str(row.get(name)) for name in ("topic", "text", "value"))
        if pd.isna(year) or str(int(str(year))) in said:  # type: ignore[call-overload]
            return ""
        return self.bracketed(self.year(year), row["year_basis"] == "inferred")

    def bracketed(self, text: str, inferred: object) -> str:
        """Return a year in brackets, and that it is inferred where it is."""
        return self.t("nouns.inferred_in_brackets" if inferred else "nouns.in_brackets", text=text)

    def year_of(self, row: Mapping[str, object], column: str) -> str:
        """Format a year of a row, and say where no source states it (column `<column>_inferred`)."""
        year, inferred = self.year(row[column]), row.get(f"{column}_inferred")
        return self.t("nouns.inferred_date", date=year) if pd.notna(inferred) and inferred else year  # type: ignore[call-overload]

    def inferred_year(self, row: Mapping[str, object], column: str, inferred: str) -> str:
        """Format a year of a row, and say that it is ours where a column of another name says so."""
        return self.year_of({"year": row[column], "year_inferred": row[inferred]}, "year")

    def told_years(self, row: Mapping[str, object]) -> str:
        """Say the years that rows tell of (`natverk.membership.documented.years_told`), and where we infer them."""
        years = ", ".join(str(row["spans"]).replace("-", "–").split())
        if years and row["first_inferred"]:
            return self.t("nouns.inferred_date", date=years)
        later = year_or_none(row["later_inferred"])
        if later is None or later > self.years[1]:
            return years
        return "; ".join([years, self.t("nouns.inferred_date", date=self.year(later))])

    def counted(self, n: int, noun: str) -> str:
        """Return a number with its noun (of the vocabulary `nouns`), in words below ten: `två nätverk`."""
        forms = self.t.group(f"nouns.{noun}")
        if n == 0 and "zero" in forms:
            return forms["zero"]
        return forms["one" if n == 1 else "other"].format(n=self.number(n))

    def number(self, value: float) -> str:
        """Return a number as running text has it: whole ones in words below ten, in digits from there on."""
        whole = int(value)
        words = self.t("nouns.numbers").split(" ")
        if whole == value and 0 <= whole < len(words):
            return words[whole]
        return self.t.number(value, 0 if whole == value else 1)

    def decimal(self, value: object, decimals: int = 1) -> str:
        """Format a number with decimals for a table; missing is blank."""
        return "" if pd.isna(value) else self.t.number(float(str(value)), decimals).replace("-", "−")  # type: ignore[call-overload]

    def whole(self, value: object) -> str:
        """Format a whole number for a table; missing is blank."""
        return "" if pd.isna(value) else self.t.number(int(str(value)))  # type: ignore[call-overload]

    def date(self, value: object) -> str:
        """Format a partial date in words with the precision it has; missing is unknown."""
        if value is None or pd.isna(value):  # type: ignore[call-overload]
            return self.t("nouns.unknown")
        text = str(value)
        if text.count("-") == 2:
            return str(format_date(pd.Timestamp(text), format="d MMMM y", locale=self.t.babel))
        if text.count("-") == 1:
            return str(format_date(pd.Timestamp(earliest(text)), format="MMMM y", locale=self.t.babel))
        return text

    def on_date(self, value: object) -> str:
        """Format a partial date as a sentence takes it: `den 16 februari 2021`, `i februari 2021`, `2021`."""
        return self.t(f"nouns.on_date.{min(str(value).count('-'), 2)}", date=self.date(value))

    def bounded(self, value: object, bound: object) -> str:
        """Format a partial date that is a bound: `by 13 August 2021`, `until …`, `consultation ended …`."""
        if not isinstance(bound, str):
            return self.date(value)
        return self.t(f"nouns.date_{bound}.{min(str(value).count('-'), 2)}", date=self.date(value))

    def event_date(self, row: Mapping[str, object], inferred: str = "inferred") -> str:
        """Say when an event of a strategy was: a day or span, a day by which, an end, or undated.

        `inferred` is the word (of `nouns`) for what is inferred.
        """
        first, last, bound = row["date_from"], row["date_to"], row["bound"]
        if not isinstance(row["date"], str):
            return self.t("nouns.undated")
        if bound == "between":
            text = self.t("nouns.between_dates", first=self.date(first), last=self.date(last))
        elif isinstance(bound, str):
            text = self.bounded(last, bound)
        else:
            text = self.span(str(first), str(last) if isinstance(last, str) else str(first))
            if row["event"] == "in_force" and isinstance(last, str) and last != first:
                # For which years a strategy is made: nobody saw it until the last of them.
                text = self.t("nouns.for_years", years=text.replace(" – ", "–"))
        return self.t(f"nouns.{inferred}", text=text, date=text) if row["date_basis"] == "inferred" else text

    def dates(self, first: object, last: object) -> str:
        """Format a first and a last day in words: `26–28 februari 2014`; without a last day, as `date`."""
        days = [str(value) for value in (first, last) if pd.notna(value) and str(value).count("-") == 2]  # type: ignore[call-overload]
        if len(days) < 2 or days[0] == days[1]:
            return self.date(first)
        start, end = (pd.Timestamp(day) for day in days)
        if (start.year, start.month) == (end.year, end.month):
            return f"{start.day}–{self.date(days[1])}"
        pattern = "d MMMM" if start.year == end.year else "d MMMM y"
        return f"{format_date(start, format=pattern, locale=self.t.babel)} – {self.date(days[1])}"

    def span(self, first: str, last: str) -> str:
        """Format a first and a last partial date: days in one go, others with a dash."""
        if first.count("-") == last.count("-") == 2:
            return self.dates(first, last)
        return self.date(first) if first == last else f"{self.date(first)} – {self.date(last)}"

    def period(self, first: object, last: object, seen: object = None) -> str:
        """Say when something ran by what is stated: `2012–2014`, `from 2012 (end unknown)`, `seen 2012`, blank."""
        known = [pd.notna(value) for value in (first, last, seen)]  # type: ignore[call-overload]
        if known[0] and known[1]:
            return self.year(first) if self.year(first) == self.year(last) else f"{self.year(first)}–{self.year(last)}"
        for is_known, key, value in zip(known, ("from_year", "to_year", "seen"), (first, last, seen), strict=True):
            if is_known:
                return self.t(f"nouns.{key}", year=self.year(value))
        return ""

    def ended(self, row: Mapping[str, object]) -> str:
        """Say when a tie ended: `until 2013`, and that we infer the year where we do, or by when it had; blank where no
        row says so, or where it is seen later.
        """
        end, last = row["end"], row["last_seen"]
        if pd.isna(end) or (pd.notna(last) and int(str(last)) > int(str(end))):  # type: ignore[call-overload]
            return ""
        if row.get("end_announced"):
            return self.t("nouns.end_announced", date=self.year_of(row, "end"))
        if pd.notna(row.get("end_by")):  # type: ignore[call-overload]
            return self.t("nouns.left_by", year=self.year(row["end_by"]))
        kind = row.get("end_kind")
        known = isinstance(kind, str) and kind != "left"
        return self.t(f"nouns.{kind if known else 'to_date'}", date=self.year_of(row, "end"))

    def not_on_list(self, row: Mapping[str, object]) -> str:
        """Say which list of the network lacks the actor (`natverk.membership.lists.with_absences`), if one does."""
        absent = row["absent"]
        return "" if pd.isna(absent) else self.t("nouns.not_on_list", year=self.year_of(row, "absent"))  # type: ignore[call-overload]

    def wound_up(self, row: Mapping[str, object]) -> str:
        """Say when the network of a tie ended, where no row says that the tie did; blank on a page that ends before."""
        year = self._last_years[str(row["network_id"])]
        if pd.isna(year) or pd.notna(row["end"]) or year > self.years[1]:  # type: ignore[call-overload]
            return ""
        return self.t("nouns.wound_up", year=self.year(year))

    def year_told(self, row: Mapping[str, object]) -> str:
        """Format the year of a note or number, and say where no source states it."""
        year = self.year(row["year"])
        return self.t("nouns.inferred_date", date=year) if row["year_basis"] == "inferred" else year

    def undated(self, row: Mapping[str, object], *, headed: bool = True) -> str:
        """Say that no source dates a tie; with the years that we infer, where we do. Blank where its end is dated.

        `headed`: it stands in a column whose head says that the year is the start.
        """
        start, first, seen = row["inferred_start"], row["inferred_first"], row["inferred_seen"]
        if pd.notna(start):  # type: ignore[call-overload]
            date = self.t("nouns.inferred_date", date=self.year(start))
            return date if headed else self.t("nouns.since", year=date)
        if pd.notna(first):  # type: ignore[call-overload]
            years = self.year(first) if headed else self.period(first, seen)
            return self.t("nouns.seen", year=self.t("nouns.inferred_date", date=years))
        return "" if self.ended(row) else self.t("nouns.undated")

    def first_told(self, row: Mapping[str, object]) -> dict[str, object]:
        """Return a tie without a stated start with the year that we infer as that of `since`, where it is first."""
        first, since = row["inferred_first"], row["since"]
        stated = row["since_basis"] == "stated"
        if pd.isna(first) or pd.isna(since) or stated or int(str(first)) >= int(str(since)):  # type: ignore[call-overload]
            return dict(row)
        return {**row, "since": first, "since_inferred": True}

    def relation(self, kind: object, row: Mapping[str, object]) -> str:
        """Say what ties an actor to a network beside membership; of an applicant in the source's own word, if any."""
        said = self.term("relation" if self.t.has(f"terms.relation.{kind}") else "status", kind)
        word = row["as_stated_sv" if self.lang == "sv" else "as_stated"]
        if not isinstance(word, str) or kind in ("indirect", "reporting", "named_in_report", "universal"):
            return said
        return word if kind == "applicant" else self.t("nouns.two_readings", text=said, basis=word)

    def tie_since(self, row: Mapping[str, object], kind: object) -> str:
        """Say since when a tie beside membership is, where a source states it; blank otherwise."""
        start, first, last = row["start"], row["first"], row["last"]
        if kind == "future" or pd.isna(start) or pd.isna(first) or int(str(first)) < int(str(start)):  # type: ignore[call-overload]
            return ""
        key = "since" if int(str(last)) <= int(str(start)) else "since_and_seen"
        return self.t(f"nouns.{key}", year=self.year(start), last=self.year(last))

    def list_scope(self, row: Mapping[str, object]) -> str:
        """Say whom a list covers, where that is not all who may be in the network; blank otherwise."""
        if row["full_only"]:
            return self.t("nouns.only.full")
        levels, counties = row["only_levels"], row["only_counties"]
        if not isinstance(levels, str) and not isinstance(counties, str):
            return ""
        key = levels if isinstance(levels, str) else "any"
        if not isinstance(counties, str):
            return self.t(f"nouns.only.{key}")
        return self.t(f"nouns.only.{key}_in", counties=self.t.join(counties.split(";")))

    def form(self, row: Mapping[str, object]) -> str:
        """Return the kind of a form of cooperation, and what it rests on where no source states the form itself."""
        form = self.term("interplay_form", row["form"])
        if row["basis"] == "stated":
            return form
        return self.t("nouns.two_readings", text=form, basis=self.term("interplay_basis", row["basis"]))

    def last_attested(self, row: Mapping[str, object]) -> str:
        """Say when a tie was last attested; blank where that is the year in which it began, by a stated start.

        That a page says "member since 1996" tells of no sighting in 1996, and of none later.
        """
        row = self.last_told(row)
        last, sure = row["last_seen"], row["last_sure"]
        start = row["since"] if row["since_basis"] == "stated" else pd.NA
        if pd.isna(last) or (pd.notna(start) and start == last):  # type: ignore[call-overload]
            return self.inferred_later(row, "", headed=True)
        seen = self.year_of(row, "last_seen")
        # Of a tie with a stated start the last year that a source states may be such a start, and no sighting.
        if row["last_seen_inferred"] and pd.notna(sure) and pd.isna(start):  # type: ignore[call-overload]
            seen = f"{self.year(sure)}; {seen}"
        return self.inferred_later(row, seen, headed=True)

    def last_told(self, row: Mapping[str, object]) -> dict[str, object]:
        """Return a tie that was last seen in a year that we infer with the latest of such years alone."""
        later, last = row["inferred_seen"], row["last_seen"]
        if pd.isna(later) or pd.isna(last) or not row["last_seen_inferred"] or int(str(later)) < int(str(last)):  # type: ignore[call-overload]
            return dict(row)
        return {**row, "last_seen": later, "inferred_seen": pd.NA}

    def inferred_later(self, row: Mapping[str, object], seen: str, *, headed: bool = False) -> str:
        """Add to the year in which a tie was last seen a later one that we infer, where no source states it.

        `headed`: it stands in a column whose head says that the year is the last one in which it was seen.
        """
        later, last = row["inferred_seen"], row["last_seen"]
        if pd.isna(last):  # type: ignore[call-overload]
            # Outside a table the year stands already as the one in which the tie is mentioned.
            last = row["inferred_start"]
            if headed and pd.isna(last) and pd.notna(later):  # type: ignore[call-overload]
                return self.t("nouns.inferred_date", date=self.year(later))
        if pd.isna(later) or pd.isna(last) or int(str(later)) <= int(str(last)):  # type: ignore[call-overload]
            return seen
        said = self.t("nouns.inferred_date", date=self.year(later))
        if seen and not self._seen_only_at_start(row):
            return f"{seen}; {said}"
        said = said if headed else self.t("nouns.seen", year=said)
        return f"{seen}, {said}" if seen else said

    def _seen_only_at_start(self, row: Mapping[str, object]) -> bool:
        """Say whether no year tells of a sighting: none is known, or only that of a stated start."""
        last = row["last_seen"]
        return bool(pd.isna(last) or (row["since_basis"] == "stated" and row["since"] == last))  # type: ignore[call-overload]

    def programme(self, row: Mapping[str, object]) -> Markup:
        """Return the programme of a project; blank where the name of its network stands beside it and begins so."""
        programme, network = self.told(row, "programme"), row["network_id"]
        name = self.network_names[network] if isinstance(network, str) and self.kind != "network" else ""
        return Markup("") if plain(name).startswith(programme) else programme

    def worded(self, row: Mapping[str, object], text: str) -> Markup:
        """Return the standing of a tie with the source's own word, and that it follows from another statement."""
        more = []
        if isinstance(row["as_stated"], str):
            words = str(row["as_stated_sv" if self.lang == "sv" else "as_stated"]).split("; ")
            dated = zip(words, str(row["as_stated_years"]).split(";"), strict=True)
            # Those of the year shown first: after a year they would be read as of it too.
            more = [plain(self._word_of(word, years)) for word, years in sorted(dated, key=lambda pair: pair[1] != "")]
        if row["derived"]:
            more.append(plain(self.t("nouns.derived")))
        elif pd.notna(row["derived_seen"]):  # type: ignore[call-overload]
            more.append(plain(self.t("nouns.derived_seen", year=self.year(row["derived_seen"]))))
        return plain(text) + Markup(" ({})").format(Markup("; ").join(more)) if more else plain(text)

    def _word_of(self, word: str, years: str) -> str:
        """Return a source's word with the years that `natverk.membership.evidence.worded` gives it."""
        if years == "undated":
            years = self.t("nouns.undated")
        inferred = years.startswith("inferred ")
        key = "word_of_inferred_year" if inferred else "word_of_year"
        return self.t(f"nouns.{key}", year=years.removeprefix("inferred "), text=word) if years else word

    @property
    def past(self) -> bool:
        """Whether the page ends before the data do: it is then told as of its last year, and nothing later stands."""
        return self.years[1] < self.data.last_year

    @property
    def source_line(self) -> str:
        """The line under every figure: package and vintage."""
        line = self.t("nouns.figure_source", version=__version__, date=self.date(self.data.vintage))
        return own_beside(line, self.data, self.lang)

    @property
    def own_ids(self) -> list[str]:
        """The own rows that the page has shown, counted or cited so far, by their ids."""
        named = self.shown | self.counted_rows | self.references.ids | {self.unit}
        return sorted(key for keys in self.data.own_keys.values() for key in keys if key in named)


def _tidy(line: str) -> str:
    """Return a line of prose with single spaces, and with one stop where a text of the data brings its own.

    >>> _tidy("Att veta: antagen som regionplan..  \\\\[1]")
    'Att veta: antagen som regionplan. \\\\[1]'
    """
    line = re.sub(r"(?<=\S)  +(?=\S)", " ", line.rstrip())
    return re.sub(r"(?<!\.)\.\.(?!\.)", ".", line)


def _source_ids_of(what: object) -> list[str]:
    """Return the ids of the sources of a frame, a row, or a text of ids."""
    cells: Iterable[object] = [what]
    if isinstance(what, (pd.DataFrame, Mapping)):
        own = what["source_ids" if "source_ids" in what else "source_id"]
        cells = own if isinstance(what, pd.DataFrame) else [own]
    return [item for cell in cells if isinstance(cell, str) for item in cell.split(";") if item]
