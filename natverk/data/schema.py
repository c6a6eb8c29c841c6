"""The schema, written once: all tables of `data/raw`, from which everything else is derived.

Validation (`natverk.data.validate`), typing of the Parquet files (`natverk.data.build`), the codebook
and the Frictionless `datapackage.json` (`natverk.data.codebook`) all read `SCHEMA`; no other place
knows a column. The tables stand in three groups: who there is, what sources attest, and the context.

Examples
--------
>>> SCHEMA["memberships"].key
('row_id',)
>>> SCHEMA["memberships"].column("status").values[:3]
('full', 'member', 'associate')
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import cached_property

from natverk.data.partial import is_date
from natverk.errors import UnknownName

__all__ = [
    "ACTOR_TABLES",
    "CONTEXT_TABLES",
    "Column",
    "EVIDENCE_TABLES",
    "KINDS",
    "Kind",
    "LIST_SEPARATOR",
    "SCHEMA",
    "Schema",
    "Table",
    "VOCABULARIES",
    "actor",
    "column",
    "enum",
    "named",
    "network",
    "note",
    "row_id",
    "schema_hash",
    "source",
    "stated_name",
    "text",
    "themes",
    "told",
    "year",
]


LIST_SEPARATOR = ";"


@dataclass(frozen=True)
class Kind:
    """What a cell of a column looks like in the CSV, and what it becomes in Parquet.

    `pattern` is a full-match regular expression over the cell's text; `dtype` a pandas dtype;
    `frictionless` the Table Schema type; `example` is shown in errors.
    """

    name: str
    pattern: str
    dtype: str
    frictionless: str
    example: str


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("text", r"[^\x00-\x1f]*", "str", "string", "free text on one line"),
        Kind("slug", r"[a-z0-9][a-z0-9_.-]*", "str", "string", "viable-cities-kn2030"),
        Kind("county_code", r"\d{2}", "str", "string", "01"),
        Kind("municipality_code", r"\d{4}", "str", "string", "0180"),
        Kind(
            "actor_id",
            r"(municipality:\d{4}|region:\d{2}|(body|state):[a-z0-9-]+)",
            "str",
            "string",
            "municipality:0180",
        ),
        Kind("row_id", r"[a-z]{3}-\d{5}", "str", "string", "mem-00001"),
        Kind("enum", r"[A-Za-z0-9_+*.-]+", "str", "string", "one of the listed values"),
        Kind("yes_no", r"yes|no", "boolean", "boolean", "yes"),
        Kind("year", r"(1[6-9]|20)\d{2}", "Int64", "integer", "2014"),
        Kind("integer", r"-?\d{1,15}", "Int64", "integer", "96217"),
        Kind("number", r"-?\d{1,15}(\.\d+)?", "Float64", "number", "38.4"),
        Kind(
            "date",
            r"(1[6-9]|20)\d{2}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?",
            "str",
            "string",
            "2014, 2014-02 or 2014-02-26",
        ),
        Kind("url", r"https?://\S+", "str", "string", "https://www.vanersborg.se"),
    )
}


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Parameters
    ----------
    name, kind, description
        `kind` is a key of `KINDS`.
    required
        Whether a blank cell is an error.
    values
        The allowed values of an `enum`.
    ref
        `"table.column"` that each value must be found in (a foreign key).
    many
        Whether the cell holds a list separated by `;`.
    unit
        The unit of a number, as the reader should see it.
    pattern
        A regular expression narrower than that of the kind.
    swedish
        Whether the text is described in English and shown to readers: the table `translations` has it in Swedish, and
        the loaded table has that beside it, in a column of the same name with `_sv`.
    partly
        Whether only some of the texts are (a name with a description in it): the others stand as they are in both.

    Examples
    --------
    >>> Column("code", "municipality_code", "Code of the municipality", required=True).matches("0180")
    True
    >>> Column("code", "municipality_code", "Code of the municipality").matches("180")
    False
    """

    name: str
    kind: str
    description: str
    required: bool = False
    values: tuple[str, ...] = ()
    ref: str | None = None
    many: bool = False
    unit: str | None = None
    pattern: str | None = None
    swedish: bool = False
    partly: bool = False

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The full-match pattern of one value."""
        if self.values:
            return re.compile("|".join(re.escape(value) for value in self.values))
        # ASCII: a digit is 0 to 9, not what another script counts with.
        return re.compile(self.pattern or KINDS[self.kind].pattern, re.ASCII)

    def split(self, cell: str) -> list[str]:
        """Return the values of a cell: none when blank, several when the column is a list."""
        if cell == "":
            return []
        return cell.split(LIST_SEPARATOR) if self.many else [cell]

    def fits(self, value: str) -> bool:
        """Say whether one value is allowed (foreign keys apart); a date must be in the calendar."""
        return bool(self.regex.fullmatch(value)) and (self.kind != "date" or is_date(value))

    def matches(self, cell: str) -> bool:
        """Say whether the cell's text is allowed: blank, one value, or several where the column is a list."""
        if cell == "":
            return not self.required
        return all(self.fits(value) for value in self.split(cell))

    @property
    def dtype(self) -> str:
        """The pandas dtype of the loaded column; a list stays text."""
        return "str" if self.many else KINDS[self.kind].dtype


@dataclass(frozen=True)
class Table:
    """A table of `data/raw`: name, what one row says, key columns and columns in order."""

    name: str
    title: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    evidence: bool = False
    """Whether a row is attested by a source and therefore leaves with its source in `load(as_of=…)`."""
    notes: tuple[str, ...] = field(default=())

    @property
    def names(self) -> list[str]:
        """The column names in order."""
        return [column.name for column in self.columns]

    @property
    def told(self) -> list[str]:
        """The names of the columns of which every text is translated."""
        return [column.name for column in self.columns if column.swedish and not column.partly]

    def column(self, name: str) -> Column:
        """Return a column by name.

        Raises
        ------
        UnknownName
            If the table has no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise UnknownName(f"table {self.name} has no column {name!r}", allowed=self.names, value=name)


class Schema(dict[str, Table]):
    """The tables by name, in the order in which the codebook shows them."""

    def __missing__(self, name: str) -> Table:
        raise UnknownName(f"there is no table {name!r}", where="natverk/data/schema.py", allowed=list(self), value=name)


# fmt: off
# One vocabulary in a few lines, so that all can be read at a glance.


VOCABULARIES: dict[str, tuple[str, ...]] = {
    "actor_kind": (
        "municipality", "region", "joint_body", "state_agency", "network_secretariat", "organisation",
        "court", "auditor", "opinion",
    ),
    "level": ("municipal", "intermunicipal", "regional", "state"),
    "task_level": ("municipal", "intermunicipal", "regional", "regional_multi", "state"),
    "actor_level": ("municipality", "region"),
    "theme": (
        "climate_energy", "culture", "digital", "economy_innovation", "education_youth", "environment",
        "eu_affairs", "generic", "governance_democracy", "health", "maritime", "migration_integration",
        "mobility", "peace_human_rights", "planning_urban", "regional_policy", "rural", "social",
    ),
    "network_type": (
        "city_network", "regional_network", "mixed", "association", "cross_border", "cross_county",
        "commitment", "programme", "representation_office", "advisory_body",
    ),
    "scope": ("global", "european", "macro-regional", "bilateral", "national", "subnational"),
    "reach": ("international", "national", "cross_border", "across_counties", "within_county"),
    "network_kind": ("network", "cooperation_body"),
    "eligibility": ("population", "coast", "area", "capital", "named_owner", "open", "other"),
    "counts_as": ("membership", "commitment", "programme", "representation", "reporting", "universal"),
    "counted": ("yes", "loose", "separate", "exit", "never"),
    "status": (
        "full", "member", "associate", "participant", "promoter", "financer", "signatory", "partner", "unspecified",
        "indirect", "reporting", "applicant", "former",
    ),
    "end_kind": ("left", "network_ended", "member_ended", "term", "annulled"),
    "basis": ("stated", "inferred"),
    "certainty": ("high", "medium", "low"),
    "inference": ("city_of_refuge",),
    "form_class": ("federation", "association", "agreement", "other"),
    "list_scope": ("all", "full"),
    "total_fact": (
        "members", "members_sweden", "municipalities", "municipalities_sweden", "regions", "regions_sweden",
        "full_members", "full_members_sweden", "partners", "founding_members", "founding_members_sweden",
        "members_peak", "networks_of_actor",
    ),
    "qualifier": ("exact", "about", "over"),
    "function_class": (
        "board", "chair", "vice_chair", "deputy", "coordinator", "forum", "host", "secretariat", "speaker", "other",
        "candidate", "attendance", "award", "for_another", "none",
    ),
    "project_role": ("lead", "participant", "unspecified"),
    "follow_up": ("sporadic", "systematic", "redirect", "implement", "none", "not_known"),
    "follow_up_basis": ("form", "text", "announcement", "cut"),
    "step_category": (
        "sporadic", "systematic", "redirect", "implement", "continue", "expand", "use_fully", "use_selectively",
        "leave_board", "leave",
    ),
    "step_status": ("recommended", "planned", "under way", "agreed", "done", "finding"),
    "purposes_met": ("yes", "partly", "no"),
    "criterion": (
        "positioning", "service_development", "monitoring", "influence", "strategic_fit", "cost_travel",
        "democratic_governance", "overall",
    ),
    "judgement": ("-2", "-1", "0", "1", "2"),
    "recommendation": ("expand", "continue", "use_fully", "use_selectively", "leave_board", "leave", "wind_up",
        "none"),
    "purpose": (
        "positioning", "service_development", "monitoring", "influence", "skills", "attractiveness",
        "funding", "solidarity", "other",
    ),
    "holder_type": ("state", "pilot_region", "samverkansorgan", "municipality", "region"),
    "precision": ("day", "month", "half-year", "year", "interval", "circa"),
    "strategy_kind": ("RUS", "RUP", "regionplan", "RUS+regionplan"),
    "strategy_status": ("adopted", "revised", "superseded", "in_process"),
    "strategy_event": (
        "begun", "referral", "adopted", "revised", "in_force", "reviewed", "followed_up", "new_begun", "replaced",
    ),
    "interplay_form": (
        "forum", "association", "agreement", "beredning", "subregional", "delegation", "officials",
    ),
    "consultation": ("yes", "no", "not_applicable"),
    "obligation": ("mandatory", "voluntary", "assigned", "conditional", "consultation", "internal"),
    "condition": (
        "region_holds", "samverkansorgan_holds", "state_holds", "transport_region", "transport_shared",
        "transport_municipal", "culture_model", "other",
    ),
    "change_kind": (
        "county_merge", "county_rename", "county_transfer", "code_change", "new_municipality",
    ),
    "borders": ("constant_2020", "as_published"),
    "tier": ("A", "B", "C", "D"),
    "verdict": ("supported", "partly", "not_refound", "contradicted"),
    "severity": ("material", "minor"),
    "language": ("sv", "en", "de", "no", "it", "da", "uk"),
    "licence_class": ("stated", "not_stated", "non_commercial"),
    "source_kind": (
        "agency", "annual_report", "archive", "audit_or_evaluation", "dataset", "decision_document", "e-mail",
        "encyclopedia", "event_page", "government", "intermunicipal_page", "interview", "law_or_statute",
        "member_list", "municipal_page", "network_bulletin", "network_page", "news", "observation", "opinion",
        "regional_page", "report", "research", "strategy_or_policy", "survey", "web_page",
    ),
    "point_rule": (
        "locality of the same name", "locality of the same name (alternate)",
        "largest GeoNames place inside", "seat named in WP list", "polygon point",
    ),
    "skr_group": ("A1", "A2", "B3", "B4", "B5", "C6", "C7", "C8", "C9"),
    "policy_area": (
        "regional_growth", "intermunicipal_cooperation", "eu_structural_funds", "transport_infrastructure",
        "public_transport", "tourism", "spatial_planning", "international", "business_development",
        "culture", "climate_energy", "education", "skills_supply", "broadband", "social_innovation",
        "health", "public_health", "social_planning", "integration", "equality", "rural", "sustainability",
    ),
}


def column(name: str, kind: str, description: str, **more: object) -> Column:
    """Return a column of any kind."""
    return Column(name, kind, description, **more)  # type: ignore[arg-type]


def text(name: str, description: str, *, required: bool = False, many: bool = False) -> Column:
    """Return a free-text column: names, titles, quoted wording, places in a source."""
    return Column(name, "text", description, required=required, many=many)


def told(name: str, description: str, *, required: bool = False) -> Column:
    """Return a column of text in our own words, written in English and translated in the table `translations`."""
    return Column(name, "text", description, required=required, swedish=True)


def year(name: str, description: str, *, required: bool = False) -> Column:
    """Return a calendar-year column."""
    return Column(name, "year", description, required=required, unit="year")


def named(name: str, description: str, *, required: bool = False) -> Column:
    """Return a column of names, of which those that hold a description of ours have a translation."""
    return Column(name, "text", description, required=required, swedish=True, partly=True)


def enum(
    name: str,
    vocabulary: str,
    description: str,
    *,
    required: bool = False,
    many: bool = False,
    also: tuple[str, ...] = (),
) -> Column:
    """Return a column whose values come from a vocabulary."""
    values = VOCABULARIES[vocabulary] + also
    return Column(name, "enum", description, required=required, values=values, many=many)


def row_id(prefix: str, *, name: str = "row_id") -> Column:
    """Return the permanent id of an evidence row; `prefix` may be an alternation such as `tot|ntn`."""
    return Column(
        name,
        "row_id",
        "Permanent id of the row; never reused, so that corrections and citations can point to it",
        required=True,
        pattern=rf"({prefix})-\d{{5}}",
    )


def actor(name: str = "actor_id", description: str = "The actor", *, required: bool = True) -> Column:
    """Return a reference to the one table of actors."""
    return Column(name, "actor_id", description, required=required, ref="actors.actor_id")


def network(*, required: bool = True, description: str = "The network") -> Column:
    """Return a reference to a network."""
    return Column("network_id", "slug", description, required=required, ref="networks.network_id")


def source(
    name: str = "source_id",
    *,
    required: bool = True,
    many: bool = False,
    description: str = "The source that attests the row",
) -> Column:
    """Return a reference to one or more sources."""
    return Column(name, "slug", description, required=required, ref="sources.source_id", many=many)


def themes(*, required: bool = False, description: str = "Themes the row belongs to") -> Column:
    """Return a list of themes."""
    return enum("themes", "theme", description, required=required, many=True)


def note() -> Column:
    """Return the column for what fits nowhere else."""
    return told("note", "What a reader of the row must know")


def stated_name() -> Column:
    """Return the column for a name that differs from the one in `actors`."""
    return text("name_as_stated", "The actor's name in the source, where it differs from the one in actors")


# fmt: off
# One column a line, so that a table can be read at a glance.


ACTOR_TABLES: tuple[Table, ...] = (
    Table(
        "actors", "An actor: the only target of actor ids", ("actor_id",),
        (
            column("actor_id", "actor_id",
                "Stable id: municipality:CODE, region:COUNTY, body:SLUG or state:SLUG", required=True),
            text("name", "Name in Swedish, or the actor's own name", required=True),
            enum("kind", "actor_kind",
                "What kind of actor it is; opinions, courts and auditors evaluate, they are never the municipality",
                required=True),
            column("county_codes", "county_code",
                "Counties where the actor is at home", ref="counties.county_code", many=True),
            column("also_regional", "yes_no",
                "Whether a municipality also counts at the regional level (Gotland)", required=True),
            note(),
        ),
    ),
    Table(
        "municipalities", "One of the 290 municipalities", ("code",),
        (
            column("code", "municipality_code", "Municipality code of Statistics Sweden", required=True),
            actor(),
            text("name", "Name without 'kommun'", required=True),
            text("name_official", "Full name", required=True),
            column("county_code", "county_code", "County today", required=True, ref="counties.county_code"),
            column("nuts3", "text", "NUTS 3 region", required=True, pattern=r"SE\d{3}"),
            column("nuts2", "text", "NUTS 2 region", required=True, pattern=r"SE\d{2}"),
            column("lat", "number",
                "Latitude (WGS 84) of a named point, not an official seat", required=True, unit="degrees north"),
            column("lon", "number", "Longitude (WGS 84) of the same point", required=True, unit="degrees east"),
            text("point_place", "The place the point stands for"),
            enum("point_rule", "point_rule", "How the point was chosen", required=True),
            column("area_km2", "number", "Area of the municipality's polygon", required=True, unit="km²"),
            column("degurba_2019", "enum",
                "Degree of urbanisation 2019: 1 city, 2 town, 3 rural", required=True, values=("1", "2", "3")),
            column("coastal", "yes_no", "Coastal by Eurostat's classification of 2019", required=True),
            column("fua_id", "text", "Functional urban area (Eurostat), blank outside", pattern=r"SE\d{3}L\d"),
            text("fua_name", "Name of the functional urban area"),
            enum("skr_group", "skr_group", "Municipality group of SKR", required=True),
            text("skr_group_name", "Name of the group", required=True),
            source(many=True),
        ),
    ),
    Table(
        "counties", "One of the 21 counties and its region", ("county_code",),
        (
            column("county_code", "county_code", "County code of Statistics Sweden", required=True),
            text("name", "Name of the county", required=True),
            text("name_short", "Name without 'län'", required=True),
            column("letter", "text", "County letter", required=True, pattern=r"[A-Z]{1,2}"),
            text("region_name", "Name of the region (the former county council)", required=True),
            actor("region_actor_id", "The region as an actor; on Gotland the municipality"),
            year("region_formed_year",
                "Year from which a directly elected region holds the development responsibility", required=True),
            column("nuts3", "text", "NUTS 3 region", required=True, pattern=r"SE\d{3}"),
            column("nuts2", "text", "NUTS 2 region", required=True, pattern=r"SE\d{2}"),
            text("seat", "County seat", required=True),
            column("seat_lat", "number", "Latitude of the seat", required=True, unit="degrees north"),
            column("seat_lon", "number", "Longitude of the seat", required=True, unit="degrees east"),
            column("n_municipalities", "integer", "Number of municipalities", required=True, unit="municipalities"),
            column("land_area_km2", "number", "Land area 2019", required=True, unit="km²"),
            column("population_2000", "integer", "Population 31 December 2000", required=True, unit="inhabitants"),
            column("population_2024", "integer", "Population 31 December 2024", required=True, unit="inhabitants"),
            column("tile_row", "integer", "Row in the tile grid se_counties_grid2 (geofacet, MIT)", required=True),
            column("tile_col", "integer", "Column in the same tile grid", required=True),
            source(many=True),
            note(),
        ),
    ),
    Table(
        "municipality_changes", "A change of municipal or county division since 1997", ("row_id",),
        (
            row_id("chg"),
            column("date", "date", "When it took effect", required=True),
            told("date_as_stated", "The source's wording, where it is no plain date"),
            enum("kind", "change_kind", "What changed", required=True),
            text("from_name", "The division before", required=True),
            text("to_name", "The division after", required=True),
            column("old_code", "municipality_code", "Code before"),
            column("new_code", "municipality_code", "Code after", ref="municipalities.code"),
            column("old_county", "county_code", "County before", ref="counties.county_code"),
            column("new_county", "county_code", "County after", ref="counties.county_code"),
            source(many=True),
            note(),
        ),
    ),
    Table(
        "bodies", "An intermunicipal or joint body", ("body_id",),
        (
            actor("body_id", "The body as an actor"),
            text("name", "Name in English", required=True),
            text("name_sv", "Name in Swedish", required=True),
            told("form", "Legal or organisational form as stated", required=True),
            enum("form_class", "form_class", "The form, coarsely", required=True),
            column("county_codes", "county_code", "Counties it works in", ref="counties.county_code", many=True),
            year("founded_year", "Year founded, where stated"),
            year("dissolved_year", "Last year of the body, where stated"),
            text("seat", "Seat"),
            told("tasks", "Tasks in words"),
            text("policy_areas", "Policy areas as coded from the source", many=True),
            themes(description="The policy areas as network themes"),
            column("general_purpose", "yes_no",
                "yes: a voluntary association, agreement or council in which municipalities (and regions) further "
                "whatever is common to them; its fields are examples, and it decides nothing about a theme. no: it has "
                "one task or a few that belong together (an energy agency, a joint plan), or it is a federation "
                "(kommunalförbund): tasks have been handed over to it, so its fields are its own", required=True),
            column("network_id", "slug",
                "The network that is this body: who belongs to it is told among its memberships too",
                ref="networks.network_id"),
            column("n_members_stated", "integer", "Number of members as stated", unit="members"),
            year("observed_year", "Year in which the source saw it"),
            column("homepage", "url", "Home page"),
            source(many=True),
            note(),
        ),
    ),
    Table(
        "body_members", "Evidence that a municipality or region belongs to a joint body", ("row_id",),
        (
            row_id("bmb"),
            column("body_id", "actor_id", "The body", required=True, ref="bodies.body_id"),
            actor("member_actor_id", "The member"),
            stated_name(),
            year("start_year", "First year, where stated"),
            year("end_year", "Last year, where stated"),
            year("observed_year", "Year in which the source saw it"),
            column("derived", "yes_no",
                "Whether it follows from a sentence such as 'all municipalities of the county'", required=True),
            source(),
            note(),
        ),
        evidence=True,
    ),
    Table(
        "networks", "A network, commitment, programme or office that actors can belong to", ("network_id",),
        (
            column("network_id", "slug", "Stable id", required=True),
            text("name", "Name in English", required=True),
            text("name_sv", "Name used in Swedish", required=True),
            enum("type", "network_type", "What kind of cooperation it is", required=True),
            enum("scope", "scope", "How far it reaches", required=True),
            enum("reach", "reach",
                "Where its members come from; cross_border: from both sides of a border with a neighbouring country",
                required=True),
            enum("kind", "network_kind",
                "cooperation_body: its members run something together at a place (a rail or road corridor, a water, a "
                "reserve, a destination, an owners' company, an office); network: all others", required=True),
            enum("counts_as", "counts_as",
                "What belonging to it means; decides with the status what is counted (status_rules)", required=True),
            themes(required=True, description="Themes of the network"),
            column("general_purpose", "yes_no",
                "yes: its rule names an area or a kind of members (the cities of the Baltic Sea, towns of 50 000 to "
                "250 000 inhabitants, both sides of a border) and no field; its themes are what it happened to deal "
                "with. Whoever belongs to it works with others, but not thereby in a theme: it decides nothing about "
                "one, 'generic' excepted (Mälardalsrådet makes nobody active in public transport, nor UBC in tourism). "
                "no: it was formed for a field, or for several that belong together, regional policy and EU affairs "
                "among them; so were all programmes, commitments, offices and cooperation bodies", required=True),
            enum("eligible_levels", "actor_level", "Which levels may belong to it", required=True, many=True),
            column("min_population", "integer", "Least population of a (full) member", unit="inhabitants"),
            column("max_population", "integer", "Largest population of a member", unit="inhabitants"),
            enum("eligibility_basis", "eligibility",
                "What its rule asks for beside the level; of several, one is enough ('capitals or a million': "
                "Stockholm is no exception). population: the numbers above (of a full member); coast: a coastal "
                "municipality, or a region with one (municipalities.coastal); area: the counties of eligible_counties; "
                "capital, named_owner: the actors of eligible_actors, such as the city whose office it is; open: "
                "whoever decides to. other: something that no column tells (a world heritage site, a place on a line, "
                "an award, selection, being an association that admits partners): whether an actor may join is then "
                "unknown, and not yes. Blank: no rule is known beside level and numbers", many=True),
            column("eligible_counties", "county_code", "Counties that its rule names",
                ref="counties.county_code", many=True),
            column("eligible_actors", "actor_id", "Swedish actors that its rule admits by name",
                ref="actors.actor_id", many=True),
            told("eligibility_note", "Exceptions to the population rule"),
            year("founded_year", "Year founded, where stated"),
            year("dissolved_year", "Last year of the network, where stated"),
            told("membership_rule", "The rule of membership in words"),
            column("homepage", "url", "Home page"),
            column("related_to", "slug",
                "A network that this one likely continues or is a section of; never merged", ref="networks.network_id"),
            told("related_note", "How they are related and how sure it is"),
            text("coded_as", "Type and scope as first coded, where the vocabulary was narrowed"),
            source(),
        ),
    ),
    Table(
        "translations",
        "The Swedish of a text that other tables hold in English; loaded, it stands beside the English in `…_sv`",
        ("text",),
        (
            text("text", "The text as it stands in one or more tables", required=True),
            text("text_sv", "The same in Swedish", required=True),
        ),
    ),
    Table(
        "status_rules", "What counts as a membership: network kind × status", ("counts_as", "status"),
        (
            enum("counts_as", "counts_as", "Kind of network, * for any", required=True, also=("*",)),
            enum("status", "status", "Status, * for any", required=True, also=("*",)),
            enum("counted", "counted",
                "yes; loose (only on request); separate (a relation of its own); exit (an end); never", required=True),
            note(),
        ),
    ),
    Table(
        "policy_themes",
        "Which policy area of the tasks belongs to which theme of the networks", ("policy_area", "theme"),
        (
            enum("policy_area", "policy_area", "Policy area", required=True),
            enum("theme", "theme", "Theme", required=True),
            note(),
        ),
    ),
    Table(
        "member_lists",
        "A source that lists all Swedish members of a network in a year, within a stated population at risk",
        ("list_id",),
        (
            column("list_id", "slug", "Stable id", required=True),
            column("network_id", "slug", "The network", required=True, ref="networks.network_id"),
            year("year", "The year the list holds for", required=True),
            enum("year_basis", "basis", "What the year rests on", required=True),
            enum("levels_at_risk", "actor_level",
                "Levels whose absence from the list says something", required=True, many=True),
            column("counties_at_risk", "county_code",
                "Counties covered; blank is the whole country", ref="counties.county_code", many=True),
            enum("status_scope", "list_scope", "all: every status is listed; full: full members only", required=True),
            column("n_sweden", "integer", "Number of Swedish members on the list", required=True, unit="members"),
            enum("certainty", "certainty", "How sure it is that the list is complete", required=True),
            source(),
            note(),
        ),
        evidence=True,
    ),
)


# fmt: off
# One column a line, so that a table can be read at a glance.


LOCATOR = text("locator", "Where in the source")
SEEN = year("observed_year", "Year in which the source saw it; no end is implied")

EVIDENCE_TABLES: tuple[Table, ...] = (
    Table(
        "memberships", "Source S says that actor A stands in relation R to network N", ("row_id",),
        (
            row_id("mem"),
            actor(description="The actor that held the membership: where a federation had it before the region of "
                "today (or of the same name), the row is the federation's, and the region's begins with its own"),
            stated_name(),
            network(),
            enum("status", "status",
                "The relation, in our vocabulary. reporting: the source is a register of reports, also where it names "
                "the network as the authority that the report goes through; indirect: a member through another one "
                "(an association is a member, not those whose association it is)", required=True),
            told("status_as_stated", "The relation, close to the source's words", required=True),
            year("start_year", "First year, where the source states it"),
            enum("start_basis", "basis", "What the first year rests on"),
            year("end_year", "Last year, where the source states it"),
            enum("end_kind", "end_kind",
                "What ended, where the source says that something did. left: the member gave it up, and the network "
                "went on. network_ended: the network was closed, wound up or merged, also where a member had meant to "
                "leave: owners who close a network do not leave it. member_ended: the member itself was wound up. "
                "term: a project, a title or an agreement ran out. annulled: a court annulled the decision to join. "
                "Only the first is an exit"),
            year("observed_year", "Year for which the source attests it; blank: could not be dated"),
            enum("observed_basis", "basis", "stated: the page is dated to that year; inferred: read from its content"),
            column("list_id", "slug", "The complete list that the row belongs to", ref="member_lists.list_id"),
            column("derived", "yes_no",
                "Whether it follows from a sentence such as 'all municipalities of the county'", required=True),
            enum("inference", "inference",
                "city_of_refuge: a city of refuge read as membership of ICORN; out of strict counts"),
            source(),
            LOCATOR,
            note(),
        ),
        evidence=True,
    ),
    Table(
        "published_totals",
        "Source S states a number about a network (or an actor) in year Y: one fact, one number, one year", ("row_id",),
        (
            row_id("tot"),
            network(required=False, description="The network the number is about"),
            actor(required=False, description="The actor the number is about"),
            enum("fact", "total_fact", "What is counted", required=True),
            column("value", "integer", "The number", required=True, unit="count"),
            enum("qualifier", "qualifier", "Whether the source says exactly, about or more than", required=True),
            year("year", "Year of the count; never the founding year"),
            enum("year_basis", "basis", "What the year rests on"),
            column("date", "date", "Closer date, where stated"),
            told("value_as_stated", "The words the number was read from", required=True),
            source(),
            LOCATOR,
            note(),
        ),
        evidence=True,
    ),
    Table(
        "network_notes", "A fact about a network or actor that fits nowhere else", ("row_id",),
        (
            row_id("tot|ntn"),
            network(required=False),
            actor(required=False),
            told("topic", "What it is about", required=True),
            told("text", "The fact in words", required=True),
            year("year", "Year"),
            enum("year_basis", "basis", "What the year rests on"),
            source(),
            LOCATOR,
        ),
        evidence=True,
    ),
    Table(
        "functions", "Source S tells of an office, or of another part, that an actor has or had in a network",
        ("row_id",),
        (
            row_id("fun"), actor(), stated_name(), network(required=False),
            told("function", "The function as coded", required=True),
            enum("function_class", "function_class",
                "The function, grouped; no office: candidate (stood for one), attendance (on trial, at meetings only, "
                "or a department or company takes part), speaker (gave a talk), award, for_another (a seat held "
                "for another actor, such as SKR), none (a place without active work, a planned meeting that "
                "was cancelled, a rule, an arrangement of the actor's own, an organisation that serves another as "
                "legal person)",
                required=True),
            told("detail", "The function in words"),
            Column("same_as", "row_id", "The row that tells first of the same office; blank: this one does",
                ref="functions.row_id", pattern=r"fun-\d{5}"),
            year("start_year", "First year, where a term is stated"),
            year("end_year", "Last year, where a term is stated"),
            SEEN, source(),
        ),
        evidence=True,
    ),
    Table(
        "projects", "A project an actor took part in", ("row_id",),
        (
            row_id("pro"), actor(), stated_name(),
            named("project", "Name of the project", required=True),
            network(required=False, description="The network it came out of"),
            named("programme", "Funding programme"),
            year("programme_from", "First year of the programme's period: not of the project"),
            year("programme_to", "Last year of the programme's period: not of the project"),
            year("start_year", "First year"), year("end_year", "Last year"), SEEN,
            enum("role", "project_role",
                "lead where stated; participant means no more than 'takes part'", required=True),
            enum("theme", "theme", "Theme; blank: not coded, as for all rows from keep.eu"),
            source(),
        ),
        evidence=True,
    ),
    Table(
        "missions", "A mission report or announcement: purposes, outcomes, follow-up", ("row_id",),
        (
            row_id("mis"), actor(), stated_name(), network(required=False),
            told("event", "What the mission was", required=True),
            column("start_date", "date", "First day"), column("end_date", "date", "Last day"),
            told("place", "Place"), told("country", "Country", required=True),
            told("purposes", "Stated purposes, separated by semicolons"),
            enum("purposes_met", "purposes_met",
                "Whether the purposes were met, as the report itself says; blank: not stated"),
            told("outcomes", "Stated outcomes, separated by semicolons"),
            told("contacts", "Contacts made (offices and places, no names)"),
            enum("next_step_category", "follow_up",
                "Follow-up after Nacka's form: sporadic, systematic, redirect, implement; none described; not_known "
                "where the copy was cut", required=True),
            enum("next_step_basis", "follow_up_basis",
                "What the follow-up rests on: form (an option is marked), text (read from what the page says), "
                "announcement (written before or during the mission), cut (the copy ends before)", required=True),
            told("next_step_detail", "Follow-up in words"),
            source(),
            told("coding_note", "How it was coded", required=True),
        ),
        evidence=True,
    ),
    Table(
        "mission_parts", "A part of a mission as its report evaluates it", ("row_id",),
        (
            row_id("mpa"),
            Column("mission_id", "row_id", "The mission", required=True, ref="missions.row_id", pattern=r"mis-\d{5}"),
            actor(),
            column("position", "integer", "Place in the report, from 1", required=True, unit="place"),
            told("part", "The part of the mission", required=True),
            told("evaluation", "How the report evaluates it; blank: nothing entered"),
            told("concerned", "Which colleague or unit is also concerned, by office; blank: nothing entered"),
            source(), LOCATOR,
        ),
        evidence=True,
    ),
    Table(
        "next_steps", "A planned or recommended step; a proposal is not a decision", ("row_id",),
        (
            row_id("nxt"), actor(), network(required=False),
            told("step", "The step", required=True),
            enum("category", "step_category", "Kind of step", required=True),
            enum("status", "step_status", "How far it has come", required=True),
            column("due", "date", "When it is due"),
            source(), LOCATOR,
        ),
        evidence=True,
    ),
    Table(
        "events", "A meeting, seminar or conference on municipal and regional cooperation", ("row_id",),
        (
            row_id("evt"),
            named("organiser", "Organisers, separated by semicolons", required=True),
            column("network_id", "slug",
                "The networks whose event it is, where the names of the organisers do not say: they count instead",
                ref="networks.network_id", many=True),
            told("event", "Name", required=True),
            column("date", "date", "First day; its precision is the source's"),
            enum("date_basis", "basis", "What the date rests on; inferred: no source states the year"),
            told("place", "Place"),
            enum("level_focus", "level", "The level it is about", required=True, also=("multilevel",)),
            themes(), told("participants", "Who took part, or was announced or invited, by role"),
            source(), note(),
        ),
        evidence=True,
    ),
    Table(
        "evaluations", "A judgement of a network or cooperation by a criterion: one coder's reading", ("row_id",),
        (
            row_id("eva"),
            actor(description="Who judges"),
            told("evaluator", "The evaluator as named", required=True),
            year("year", "Year of the judgement"), enum("year_basis", "basis", "What the year rests on"),
            network(required=False, description="The network judged"),
            enum("criterion", "criterion",
                "Criterion; overall is a summary, never averaged with the others", required=True),
            enum("judgement", "judgement", "-2 strongly negative … 2 strongly positive", required=True),
            told("rationale", "Why, in words", required=True),
            enum("recommendation", "recommendation", "What is recommended", required=True),
            source(), told("locator", "Where in the source, and whose words they are"),
        ),
        evidence=True,
    ),
    Table(
        "purposes", "A purpose of international work that an actor states", ("row_id",),
        (
            row_id("pur"), actor(), stated_name(),
            year("year", "Year"), enum("year_basis", "basis", "What the year rests on"),
            enum("purpose", "purpose", "The purpose", required=True),
            source(), named("locator", "Where in the source"),
        ),
        evidence=True,
    ),
    Table(
        "twins", "Source S says that a municipality has, or had, a twin town", ("row_id",),
        (
            row_id("twi"), actor(), stated_name(),
            named("partner_city", "The twin town", required=True),
            told("country", "Its country", required=True),
            year("start_year", "First year, where stated"),
            SEEN,
            column("ended", "yes_no", "Whether the row says that the agreement has ended", required=True),
            year("end_year", "Last year, where the source states it"),
            enum("end_basis", "basis", "What the last year rests on"),
            source(many=True), note(),
        ),
        evidence=True,
    ),
    Table(
        "responsibility", "Who held the regional development responsibility in a county, from–to", ("row_id",),
        (
            row_id("rua"),
            column("county_code", "county_code", "County", required=True, ref="counties.county_code"),
            actor("holder_actor_id", "The holder"),
            text("holder_name", "Name of the holder at the time", required=True),
            enum("holder_type", "holder_type", "Kind of holder", required=True),
            enum("level", "level", "Level of the holder", required=True),
            column("start", "date", "Conventional first day; use the interval where there is one", required=True),
            column("start_earliest", "date", "Earliest possible first day", required=True),
            column("start_latest", "date", "Latest possible first day", required=True),
            enum("start_precision", "precision", "How closely the first day is known", required=True),
            column("end", "date", "Conventional last day; blank: still the holder"),
            column("end_earliest", "date", "Earliest possible last day"),
            column("end_latest", "date", "Latest possible last day"),
            told("legal_basis", "Legal basis", required=True),
            enum("certainty", "certainty", "How sure the spell is", required=True),
            source(), source("other_sources", required=False, many=True, description="Further sources"), note(),
        ),
        evidence=True,
    ),
    Table(
        "strategies", "A regional development strategy (RUS) or its forerunner", ("row_id",),
        (
            row_id("rus"),
            column("strategy_id", "slug", "Stable id", required=True),
            column("county_code", "county_code", "County", required=True, ref="counties.county_code"),
            text("title", "Title", required=True),
            enum("kind", "strategy_kind", "Kind of strategy", required=True),
            column("adopted_date", "date", "When it was adopted"),
            year("adopted_year", "Year it was adopted; blank: unknown"),
            year("horizon_year", "The year it looks ahead to; blank: unknown"),
            named("adopted_by", "Who adopted it", required=True),
            enum("adopted_by_basis", "basis",
                "Whether a source names who adopted it, or the holder of the responsibility at the time is given"),
            enum("adopter_level", "level", "Level of the adopter", required=True),
            enum("status", "strategy_status", "Status in the latest source", required=True),
            told("status_note", "Status in words"),
            column("predecessor_id", "slug", "The strategy before", ref="strategies.strategy_id"),
            told("predecessor_as_stated", "The strategy before, where it is no row"),
            column("successor_id", "slug", "The strategy after", ref="strategies.strategy_id"),
            text("successor_as_stated", "The strategy after, where it is no row"),
            enum("consultation", "consultation", "Whether municipalities were consulted; blank: unknown"),
            told("consultation_note", "Consultation in words"),
            told("process_note", "The process in words"),
            column("eu2020_ref", "yes_no", "Refers to Europe 2020; blank is unknown, not no"),
            told("eu2020_ref_note", "The reference in words"),
            column("agenda2030_ref", "yes_no", "Refers to Agenda 2030; blank is unknown, not no"),
            told("agenda2030_ref_note", "The reference in words"),
            enum("certainty", "certainty", "How sure the row is", required=True),
            source(), source("other_sources", required=False, many=True, description="Further sources"), note(),
        ),
        evidence=True,
    ),
    Table(
        "strategy_events", "What happened to a regional development strategy and when, as far as we have read",
        ("row_id",),
        (
            row_id("sev"),
            column("strategy_id", "slug", "The strategy; blank where the source names none",
                ref="strategies.strategy_id"),
            column("county_code", "county_code", "County", required=True, ref="counties.county_code"),
            enum("event", "strategy_event",
                "begun: work on it; in_force: seen as the one that holds; new_begun: work on its successor",
                required=True),
            column("date_from", "date",
                "First day, month or year; blank: planned and not confirmed, undated, or only date_to is known"),
            column("date_to", "date",
                "Last day, month or year, where it took longer, or the latest that it can have been"),
            enum("date_basis", "basis", "What the date rests on"),
            named("by", "Who did it, as named"),
            text("municipal_part", "How municipalities took part"),
            text("municipal_part_sv", "The same in Swedish"),
            column("carried", "yes_no",
                "Whether the row gives a date and a kind to what strategies said in words", required=True),
            text("note", "What a reader of the row must know"), text("note_sv", "The same in Swedish"),
            source(many=True), LOCATOR,
        ),
        evidence=True,
    ),
    Table(
        "interplay", "A standing form in which municipalities take part in the regional development of a county",
        ("row_id",),
        (
            row_id("int"),
            column("county_codes", "county_code", "Counties", required=True, ref="counties.county_code", many=True),
            enum("form", "interplay_form",
                "beredning: a drafting committee of the region; subregional: within a part of the county; "
                "delegation: a body of the municipalities within the region, or the federation before it, for "
                "municipal matters", required=True),
            text("name_sv", "Its name", required=True),
            text("name", "The same in English", required=True),
            text("members", "Who takes part; blank: not stated"),
            text("members_sv", "The same in Swedish"),
            column("both_levels", "yes_no",
                "Whether municipalities and the region, or the body with its task, both take part; blank: not told"),
            column("since", "date", "Since when, where stated"),
            column("until", "date", "Until when, where stated"),
            enum("basis", "basis", "Whether the form is stated or inferred; carried: from the table bodies; "
                "proposed: the source tells of it beforehand, as proposed or to come", required=True,
                also=("carried", "proposed")),
            text("what", "What it does"), text("what_sv", "The same in Swedish"),
            source(many=True), LOCATOR,
        ),
        evidence=True,
    ),
)


# fmt: off
# One column a line, so that a table can be read at a glance.


def _rai(name: str, description: str) -> Column:
    return Column(name, "number", description, required=True, unit="index points")


CONTEXT_TABLES: tuple[Table, ...] = (
    Table(
        "tasks", "Which level does which task of regional development: obligation, legal basis, validity", ("row_id",),
        (
            row_id("tsk"),
            column("task_id", "text", "Short id", required=True, pattern=r"T\d{3}"),
            enum("policy_area", "policy_area", "Policy area", required=True),
            told("task", "The task", required=True),
            enum("level", "task_level", "Level that does it", required=True),
            told("actor", "Who does it, in words", required=True),
            told("obligation", "Obligation as stated", required=True),
            enum("obligation_class", "obligation", "Obligation, grouped", required=True),
            told("condition",
                "Where or when the task is the level's at all, if not everywhere; blank: unconditional. What is told "
                "by the named actor alone (one county, one body) is no condition, and an option has one only if the "
                "law gives the option itself to some"),
            enum("condition_class", "condition",
                "The condition, grouped; of several, one is enough. A conditional task makes its level responsible "
                "only where the condition is known to hold; where that is not known, the level is one of the "
                "alternatives, and where another condition of the same question holds, it is not responsible. "
                "region_holds, samverkansorgan_holds, state_holds: a region, a cooperation body or the county "
                "administrative board holds the development responsibility (table responsibility). "
                "transport_region, transport_shared, transport_municipal: the region alone, region and municipalities "
                "together, or the municipalities alone answer for public transport (table conditions). "
                "culture_model: the region has joined the "
                "culture cooperation model (table county_events). other: no table tells where it holds", many=True),
            told("legal_basis", "Legal basis"),
            column("since", "date", "Since when; blank: validity unknown, never 'always'"),
            column("until", "date", "Until when; blank: no end known"),
            source(), note(),
        ),
        evidence=True,
    ),
    Table(
        "conditions", "Source S says that a condition of tasks holds in a county, from–to", ("row_id",),
        (
            row_id("cnd"),
            enum("condition_class", "condition",
                "The condition that holds; of several, one does and the source does not say which", required=True,
                many=True),
            column("county_code", "county_code", "County", required=True, ref="counties.county_code"),
            column("since", "date", "First day on which it is known to hold", required=True),
            column("until", "date",
                "Last day on which it is known to hold; blank: an act says so, and stands. A condition that was seen "
                "in one year has that year, for no end is known"),
            source(), note(),
        ),
        evidence=True,
    ),
    Table(
        "population", "Population of a municipality on 31 December", ("code", "year"),
        (
            column("code", "municipality_code", "Municipality", required=True, ref="municipalities.code"),
            year("year", "Year; 2022 and 2023 are missing and never interpolated silently", required=True),
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
            told("indicator", "What it measures", required=True),
            column("value", "number", "Value, in the unit of the row", required=True, unit="see column unit"),
            told("unit", "Unit", required=True),
            year("year", "Year"),
            told("geography", "Where", required=True),
            told("breakdown", "Which part", required=True),
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
            actor(description="Who found it"), told("evaluator", "The evaluator as named", required=True),
            year("year", "Year"),
            told("topic", "Topic", required=True),
            told("finding", "The finding in our words", required=True),
            source(many=True), note(),
        ),
        evidence=True,
    ),
    Table(
        "published_figures", "A published finding to hold ourselves to", ("row_id",),
        (
            row_id("fig"),
            told("claim", "What is claimed", required=True),
            column("value", "number", "The figure, in the unit of the row", required=True, unit="see column unit"),
            enum("qualifier", "qualifier", "Whether the source says exactly, about or more than", required=True),
            told("unit", "Unit, in the source's words", required=True),
            year("year", "Year"), told("year_as_stated", "The year's wording, where it is no plain year"),
            told("geography", "Where", required=True),
            text("source_title", "Where it was published", required=True),
            column("url", "url", "Address"),
            enum("tier", "tier",
                "A recomputable from named rows, B others' totals, C survey results, D international field",
                required=True),
            Column("same_as", "row_id", "The total that is the same number of the same page: told once",
                ref="published_totals.row_id", pattern=r"tot-\d{5}"),
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
            told("measure", "What the value measures", required=True),
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
            named("title", "Title, with a remark of ours in brackets where it tells pages apart", required=True),
            named("publisher", "Publisher, and whose copy was read"),
            column("url", "url", "Address of the public source"),
            column("published", "date", "When it was published; blank: unknown"),
            enum("published_precision", "precision", "How closely that is known"),
            text("published_as_stated",
                "The source's wording, or what the date is read from; of an interval its ends: 2014/2017"),
            column("accessed", "date", "When it was read", required=True),
            enum("language", "language", "Language", required=True),
            enum("kind", "source_kind", "Kind of source", required=True),
            text("kind_as_coded", "Kind as first coded", required=True),
            named("licence", "Licence as stated; 'not stated' where the source is silent", required=True),
            enum("licence_class", "licence_class",
                "non_commercial rows leave with load(without_noncommercial=True)", required=True),
            note(),
        ),
    ),
)


SCHEMA = Schema({table.name: table for table in (*ACTOR_TABLES, *EVIDENCE_TABLES, *CONTEXT_TABLES)})


def schema_hash() -> str:
    """Return a hash of the whole schema; processed data built with another one are stale."""
    return hashlib.sha256(repr(list(SCHEMA.values())).encode()).hexdigest()
