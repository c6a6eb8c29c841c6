"""The controlled vocabularies: every list of allowed values that a column of the schema uses."""

# fmt: off
# One vocabulary in a few lines, so that all can be read at a glance.

from __future__ import annotations

__all__ = ["VOCABULARIES"]

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
    "counts_as": ("membership", "commitment", "programme", "representation", "reporting", "universal"),
    "counted": ("yes", "loose", "separate", "exit", "never"),
    "status": (
        "full", "member", "associate", "participant", "promoter", "financer", "signatory", "unspecified",
        "indirect", "reporting", "applicant", "former",
    ),
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
    "function_class": ("board", "chair", "coordinator", "forum", "host", "secretariat", "speaker", "other"),
    "project_role": ("lead", "participant", "unspecified"),
    "follow_up": ("sporadic", "systematic", "redirect", "implement", "none"),
    "step_category": (
        "sporadic", "systematic", "redirect", "implement", "continue", "expand", "use_selectively",
        "leave_board", "leave",
    ),
    "step_status": ("recommended", "planned", "under way", "agreed", "finding"),
    "criterion": (
        "positioning", "service_development", "monitoring", "influence", "strategic_fit", "cost_travel",
        "democratic_governance", "overall",
    ),
    "judgement": ("-2", "-1", "0", "1", "2"),
    "recommendation": ("expand", "continue", "use_selectively", "leave_board", "leave", "none"),
    "purpose": (
        "positioning", "service_development", "monitoring", "influence", "skills", "attractiveness",
        "funding", "solidarity", "other",
    ),
    "holder_type": ("state", "pilot_region", "samverkansorgan", "municipality", "region"),
    "precision": ("day", "month", "half-year", "year", "interval", "circa"),
    "strategy_kind": ("RUS", "RUP", "regionplan", "RUS+regionplan"),
    "strategy_status": ("adopted", "revised", "superseded", "in_process"),
    "consultation": ("yes", "no", "not_applicable"),
    "obligation": ("mandatory", "voluntary", "assigned", "conditional", "consultation", "internal"),
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
        "agency", "annual_report", "audit_or_evaluation", "dataset", "decision_document", "encyclopedia",
        "event_page", "government", "intermunicipal_page", "law_or_statute", "member_list",
        "municipal_page", "network_bulletin", "network_page", "news", "opinion", "regional_page", "report",
        "research", "strategy_or_policy", "web_page",
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
