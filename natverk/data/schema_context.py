"""Tables of context: tasks, population, indicators, published findings, the audit and the sources."""

# fmt: off
# One column a line, so that a table can be read at a glance.

from __future__ import annotations

from natverk.data.column import Column, Table
from natverk.data.shorthand import actor, column, enum, note, row_id, source, text, year

__all__ = ["CONTEXT_TABLES"]


def _rai(name: str, description: str) -> Column:
    return Column(name, "number", description, required=True, unit="index points")


CONTEXT_TABLES: tuple[Table, ...] = (
    Table(
        "tasks", "Which level does which task of regional development: obligation, legal basis, validity", ("row_id",),
        (
            row_id("tsk"),
            column("task_id", "text", "Short id", required=True, pattern=r"T\d{3}"),
            enum("policy_area", "policy_area", "Policy area", required=True),
            text("task", "The task", required=True),
            enum("level", "task_level", "Level that does it", required=True),
            text("actor", "Who does it, in words", required=True),
            text("obligation", "Obligation as stated", required=True),
            enum("obligation_class", "obligation", "Obligation, grouped", required=True),
            text("legal_basis", "Legal basis"),
            column("since", "date", "Since when; blank: validity unknown, never 'always'"),
            column("until", "date", "Until when; blank: no end known"),
            source(), note(),
        ),
        evidence=True,
    ),
    Table(
        "population", "Population of a municipality on 31 December", ("code", "year"),
        (
            column("code", "municipality_code", "Municipality", required=True, ref="municipalities.code"),
            year("year", "Year; 2022, 2023 and 2025 are missing and never interpolated silently", required=True),
            column("population", "integer", "Population on 31 December", required=True, unit="inhabitants"),
            enum("borders", "borders", "constant_2020: on the borders of 1 January 2020; as_published", required=True),
            source(),
        ),
    ),
    Table(
        "indicators", "A context figure by geography and year", ("row_id",),
        (
            row_id("ind"),
            column("indicator_id", "slug", "Id of the indicator", required=True),
            text("indicator", "What it measures", required=True),
            column("value", "number", "Value, in the unit of the row", required=True, unit="see column unit"),
            text("unit", "Unit", required=True),
            year("year", "Year"),
            text("geography", "Where", required=True),
            text("breakdown", "Which part", required=True),
            source(), note(),
        ),
        evidence=True,
    ),
    Table(
        "county_events", "A dated event in a county's regional development", ("row_id",),
        (
            row_id("cev"),
            column("county_code", "county_code", "County", required=True, ref="counties.county_code"),
            column("event", "slug", "Kind of event", required=True),
            year("year", "Year"), source(), note(),
        ),
        evidence=True,
    ),
    Table(
        "evaluation_findings", "What an evaluation found (no number)", ("row_id",),
        (
            row_id("fnd"),
            column("finding_id", "text", "Short id", required=True, pattern=r"F\d{2}"),
            actor(description="Who found it"), text("evaluator", "The evaluator as named", required=True),
            year("year", "Year"),
            text("topic", "Topic", required=True),
            text("finding", "The finding in our words", required=True),
            source(many=True), note(),
        ),
        evidence=True,
    ),
    Table(
        "published_figures", "A published finding to hold ourselves to", ("row_id",),
        (
            row_id("fig"),
            text("claim", "What is claimed", required=True),
            column("value", "number", "The figure, in the unit of the row", required=True, unit="see column unit"),
            enum("qualifier", "qualifier", "Whether the source says exactly, about or more than", required=True),
            text("unit", "Unit, in the source's words", required=True),
            year("year", "Year"), text("year_as_stated", "The year's wording, where it is no plain year"),
            text("geography", "Where", required=True),
            text("source_title", "Where it was published", required=True),
            column("url", "url", "Address"),
            enum("tier", "tier",
                "A recomputable from named rows, B others' totals, C survey results, D international field",
                required=True),
            source(required=False), note(),
        ),
    ),
    Table(
        "rai", "Regional Authority Index: Sweden's country score by year", ("country", "year"),
        (
            column("country", "text", "ISO 3166 alpha-3", required=True, pattern="[A-Z]{3}"),
            text("level", "Level of the score", required=True), year("year", "Year", required=True),
            _rai("instdepth", "Institutional depth"),
            _rai("policyautonomy", "Policy scope"),
            _rai("fiscalautonomy", "Fiscal autonomy"),
            _rai("borrowautonomy", "Borrowing autonomy"),
            _rai("representation", "Representation"),
            _rai("lawmaking", "Law making"),
            _rai("execcontrol", "Executive control"),
            _rai("fiscalcontrol", "Fiscal control"),
            _rai("borrowcontrol", "Borrowing control"),
            _rai("constitutional", "Constitutional reform"),
            _rai("selfrule", "Self-rule"),
            _rai("sharedrule", "Shared rule"),
            _rai("rai", "Regional Authority Index"),
            _rai("selfrule_parts_sum", "Sum of the self-rule parts"),
            column("selfrule_parts_match", "yes_no", "Whether the parts sum to self-rule", required=True),
            source(),
        ),
    ),
    Table(
        "lai", "Local Autonomy Index: Sweden", ("country", "measure", "year"),
        (
            column("country", "text", "ISO 3166 alpha-3", required=True, pattern="[A-Z]{3}"),
            text("release", "Release of the index", required=True),
            text("measure", "What the value measures", required=True),
            year("year", "Year", required=True),
            column("value", "number", "Value", required=True, unit="index points, or a count as the measure says"),
            source(),
        ),
    ),
    Table(
        "audit", "A row of a random sample, re-read against its source", ("audit_id",),
        (
            row_id("aud", name="audit_id"),
            column("checked_row_id", "row_id",
                "The row that was checked; blank where it no longer stands as it was read"),
            text("table", "The table it was drawn from", required=True),
            enum("verdict", "verdict", "Outcome", required=True),
            enum("severity", "severity", "material: an analysis would use the field; minor"),
            text("field", "The unsupported field"),
            text("row_as_read", "The row as it stood when it was read", required=True),
        ),
    ),
    Table(
        "sources", "Where it stands", ("source_id",),
        (
            column("source_id", "slug", "Stable id", required=True),
            text("title", "Title", required=True),
            text("publisher", "Publisher"),
            column("url", "url", "Address of the public source"),
            column("published", "date", "When it was published; blank: unknown"),
            enum("published_precision", "precision", "How closely that is known"),
            text("published_as_stated", "The source's wording"),
            column("accessed", "date", "When it was read", required=True),
            enum("language", "language", "Language", required=True),
            enum("kind", "source_kind", "Kind of source", required=True),
            text("kind_as_coded", "Kind as first coded", required=True),
            text("licence", "Licence as stated; 'not stated' where the source is silent", required=True),
            enum("licence_class", "licence_class",
                "non_commercial rows leave with load(without_noncommercial=True)", required=True),
            note(),
        ),
    ),
)
