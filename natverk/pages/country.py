"""The page of the country: the interplay of municipal, intermunicipal and regional level, by three questions."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from natverk.data.load import Dataset
from natverk.frames import by_alphabet
from natverk.pages.page import Cell, NotebookPage
from natverk.pages.prose import plain
from natverk.pages.region import held_from, held_to

__all__ = ["bodies", "conditions", "country_page", "findings", "forms", "holders", "networks", "tasks", "themes"]


def country_page(data: Dataset, *, years: tuple[int, int], lang: str = "sv") -> NotebookPage:
    """Return the page of the country."""
    return NotebookPage(data, "roles_sweden", lang=lang, years=years)


def _county(page: NotebookPage, code: str) -> Markup:
    """Return the name of a county, with the link to the page of its region."""
    counties = page.data.counties
    return page.link("region", code, str(counties.loc[counties["county_code"] == code, "name"].item()))


def _some(page: NotebookPage, number: object) -> str:
    """Return a number of documented members; blank for 0, for the data do not say that there are none."""
    return page.whole(number) if number else ""


def holders(page: NotebookPage, frame: pd.DataFrame) -> None:
    """Show who held the responsibility in each county (`natverk.roles.responsibility`), folded."""
    columns: dict[str, Cell | str] = {
        "region=county": lambda row: _county(page, str(row["county_code"])),
        "holder": page.holder,
        "kind": lambda row: page.term("holder_type", row["holder_type"]),
        "from": lambda row: held_from(page, row),
        "to": lambda row: held_to(page, row),
        "certainty": lambda row: page.term("certainty", row["certainty"]),
        # What is sure needs no word; the page of the region tells it.
        "note": lambda row: "" if row["certainty"] == "high" else page.told(row, "note"),
        "sources": page.cites,
    }
    page.table("holders", frame, columns, fold=True)


def forms(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = True) -> None:
    """Show the standing forms in which municipalities and region meet (`natverk.roles.interplay_forms`).

    One that reaches into several counties stands once, under the county that its row names first.
    """
    named = page.data.interplay.set_index("row_id")["county_codes"].str.split(";")
    first = frame["county_code"] == named.loc[frame["row_id"]].str[0].to_numpy()
    # Of a selection that lacks the first county, each row stands where it is.
    frame = frame[first | ~frame["row_id"].isin(frame.loc[first, "row_id"])]

    def county(row: dict[str, object]) -> Markup:
        own = str(row["county_code"])
        others = [_county(page, code) for code in named[str(row["row_id"])] if code != own]
        if not others:
            return _county(page, own)
        return Markup("{} ({} {})").format(_county(page, own), page.t("nouns.also"), Markup(", ").join(others))

    def when(row: dict[str, object]) -> str:
        since, until = row["since"], row["until"]
        text = page.t("nouns.since", year=page.date(since)) if isinstance(since, str) else ""
        return f"{text}, {page.t('nouns.until', year=page.date(until))}".strip(", ") if isinstance(until, str) else text

    def name(row: dict[str, object]) -> object:
        own = row["name_sv"] if page.lang == "sv" else row["name"]
        return plain(own)

    columns: dict[str, Cell | str] = {
        "region=county": county,
        "form": page.form,
        "name": name,
        "members=takes_part": lambda row: page.told(row, "members"),
        "period": when,
        "what": lambda row: page.told(row, "what"),
        "sources": page.cites,
    }
    if page.kind == "region":
        del columns["region=county"]
    page.table("forms", frame, columns, fold=fold)


def tasks(page: NotebookPage, frame: pd.DataFrame, *, fold: bool = True) -> None:
    """Show which level does which task (the table `tasks`), how binding, by which law, on which condition."""

    def valid(row: dict[str, object]) -> str:
        known = isinstance(row["since"], str)
        if known and row["since"] == row["until"]:
            return page.date(row["since"])
        until = page.t("nouns.until", year=page.date(row["until"])) if isinstance(row["until"], str) else ""
        since = page.t("nouns.since", year=page.date(row["since"])) if known else page.t("nouns.undated")
        return ", ".join(part for part in (since, until) if part)

    columns: dict[str, Cell | str] = {
        "area": lambda row: page.term("policy_area", row["policy_area"]),
        "task": lambda row: page.told(row, "task"),
        "level": lambda row: page.term("task_level", row["level"]),
        "who": lambda row: page.told(row, "actor"),
        "obligation": lambda row: page.told(row, "obligation"),
        "condition": lambda row: page.told(row, "condition"),
        "legal_basis": lambda row: page.told(row, "legal_basis"),
        "valid": valid,
        "note": lambda row: page.told(row, "note"),
        "sources": page.cites,
    }
    if "condition" not in frame:
        del columns["condition"]
    page.table("tasks", frame, columns, fold=fold)


def conditions(page: NotebookPage, frame: pd.DataFrame) -> None:
    """Show of which counties sources tell on which condition tasks hold (the table `conditions`), folded."""

    def holds(row: dict[str, object]) -> str:
        return " / ".join(page.term("condition", part) for part in str(row["condition_class"]).split(";"))

    def known(row: dict[str, object]) -> str:
        first = page.date(row["since"])
        if not isinstance(row["until"], str):
            return page.t("nouns.from_date", date=first)
        # A last day that is only known as the year of the first adds nothing.
        return first if str(row["since"]).startswith(row["until"]) else f"{first} – {page.date(row['until'])}"

    columns: dict[str, Cell | str] = {
        "region=county": lambda row: _county(page, str(row["county_code"])),
        "condition": holds,
        "known_for": known,
        "note": lambda row: page.told(row, "note"),
        "sources": page.cites,
    }
    page.table("conditions", frame, columns, fold=True)


def themes(page: NotebookPage, frame: pd.DataFrame) -> None:
    """Show documented memberships by theme and level (`natverk.roles.country_themes`)."""
    columns: dict[str, Cell | str] = {
        "theme": lambda row: page.t(f"common.theme.{row['theme']}"),
        "n_networks": lambda row: page.whole(row["n_networks"]),
        "n_municipal": lambda row: page.whole(row["n_municipal"]),
        "n_joint": lambda row: page.whole(row["n_joint"]),
        "n_regional": lambda row: page.whole(row["n_regional"]),
        "n_municipalities=different_municipalities": lambda row: page.whole(row["municipalities"]),
        "n_regions=different_regions": lambda row: page.whole(row["regions"]),
    }
    page.table("themes", frame, columns)


def networks(page: NotebookPage, frame: pd.DataFrame) -> None:
    """Show networks and cooperation bodies (rows of `natverk.roles.country_networks`), folded."""

    def kind(row: dict[str, object]) -> str:
        what = row["counts_as"] if row["kind"] == "network" else "body"
        return page.t(f"nouns.kind.{what}.{row['reach']}")

    columns: dict[str, Cell | str] = {
        "network": lambda row: page.network(row["network_id"]),
        "kind": kind,
        "n_municipal": lambda row: _some(page, row["n_municipal"]),
        "n_joint": lambda row: _some(page, row["n_joint"]),
        "n_regional": lambda row: _some(page, row["n_regional"]),
        "n_other=others": lambda row: _some(page, row["n_other"]),
    }
    page.table("networks", frame, columns, fold=True)


def bodies(page: NotebookPage, frame: pd.DataFrame) -> None:
    """Show the intermunicipal and joint bodies (`natverk.roles.joint_bodies`), folded."""

    def counties(row: dict[str, object]) -> Markup:
        codes = str(row["county_codes"]).split(";") if isinstance(row["county_codes"], str) else []
        return Markup(", ").join(_county(page, code) for code in codes)

    shown = "name_sv" if page.lang == "sv" else "name"
    frame = frame.sort_values(shown, key=by_alphabet, ignore_index=True)
    columns: dict[str, Cell | str] = {
        "body": lambda row: plain(row[shown]),
        "form=legal_form": lambda row: page.term("form_class", row["form_class"]),
        "region=counties": counties,
        "period": lambda row: page.period(row["founded_year"], row["dissolved_year"], row["observed_year"]),
        "n_municipalities=member_municipalities": lambda row: _some(page, row["n_municipalities"]),
        "n_regions=member_regions": lambda row: _some(page, row["n_regions"]),
        "n_stated=members_stated": lambda row: page.whole(row["n_stated"]),
        "held=held_responsibility": lambda row: page.t("nouns.yes") if row["held"] else "",
        "sources": page.cites,
    }
    page.table("bodies", frame, columns, fold=True)


def findings(page: NotebookPage, frame: pd.DataFrame) -> None:
    """Show what evaluations found (the table `evaluation_findings`)."""
    columns: dict[str, Cell | str] = {
        "evaluator": lambda row: page.actor(row["actor_id"]),
        "year": lambda row: page.year(row["year"]),
        "topic": lambda row: page.told(row, "topic"),
        "finding": lambda row: page.told(row, "finding"),
        "note": lambda row: page.told(row, "note"),
        "sources": page.cites,
    }
    page.table("findings", frame, columns)
