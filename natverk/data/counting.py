"""What counts as a membership: the table `status_rules` read for one row of evidence, without pandas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

__all__ = ["MEMBER_KINDS", "member_counts", "rule_of"]

Record = Mapping[str, object]
#: The actors that a network's Swedish members are counted among; agencies, companies and secretariats are not.
MEMBER_KINDS = ("municipality", "region", "joint_body")


def rule_of(rules: Mapping[tuple[str, str], str], kind: str, status: str) -> str:
    """Return what a status counts as in a network of a kind: `yes`, `loose`, `separate`, `exit` or `never`.

    A rule for kind and status goes before one for any status or any kind.

    >>> rules = {("membership", "full"): "yes", ("*", "applicant"): "never", ("universal", "*"): "never"}
    >>> [rule_of(rules, *cell) for cell in (("membership", "full"), ("membership", "applicant"), ("universal", "x"))]
    ['yes', 'never', 'never']
    """
    return rules.get((kind, status)) or rules.get((kind, "*")) or rules[("*", status)]


def member_counts(
    memberships: Iterable[Record], networks: Iterable[Record], rules: Iterable[Record], actors: Iterable[Record]
) -> dict[str, int]:
    """Return how many Swedish members each network is attested to have, or to have had, in any year.

    A member is a pair of actor and network with at least one row whose status counts (`yes` in `status_rules`) and
    that is no inference; the actor is a municipality, a region or a joint body. Nobody is a member of a platform that
    collects reports: there the actors that are attested to report are counted.

    Parameters
    ----------
    memberships, networks, rules, actors
        The rows of `memberships`, `networks`, `status_rules` and `actors`, missing values as None.

    Returns
    -------
    dict
        Number of members by `network_id`, for every network.
    """
    counted = {(str(rule["counts_as"]), str(rule["status"])): str(rule["counted"]) for rule in rules}
    kinds = {str(network["network_id"]): str(network["counts_as"]) for network in networks}
    members: dict[str, set[str]] = {network: set() for network in kinds}
    eligible = {str(actor["actor_id"]) for actor in actors if actor["kind"] in MEMBER_KINDS}
    for row in memberships:
        network, actor = str(row["network_id"]), str(row["actor_id"])
        rule = rule_of(counted, kinds[network], str(row["status"]))
        reports = kinds[network] == "reporting" and row["status"] == "reporting"
        if row["inference"] is None and (rule == "yes" or reports) and actor in eligible:
            members[network].add(actor)
    return {network: len(found) for network, found in members.items()}
