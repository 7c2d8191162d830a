"""The identifiers a CI claims, by the same rules as in an import: what is made by hand and a later scan meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cmdb.graph.elements import Properties
from cmdb.inventory.compiled import ClassPlan, NetworkScope, RulePlan
from cmdb.inventory.known import prefix_of


@dataclass(frozen=True, slots=True)
class Claims:
    """Identifiers to be taken and given up. A weak one is taken only where nobody has it."""

    strong: tuple[str, ...]
    weak: tuple[str, ...]
    releases: tuple[str, ...]


def claims_for(
    plan: ClassPlan,
    attributes: Properties,
    parents: Mapping[str, Sequence[str]],
    where: NetworkScope,
    held: Iterable[str] = (),
) -> Claims:
    """What a CI with these attributes claims, compared with what it holds.

    Args:
        plan: Its class.
        attributes: Its attributes as they will be.
        parents: The CIs that lend it identity, by relationship type.
        where: Under which scope identifiers that repeat between networks are claimed.
        held: What it holds; identifiers of other scopes stay as long as their values do.
    """
    holding = set(held)
    releases = tuple(sorted(text for text in holding if not _stands(text, plan, attributes, parents)))
    kept = {_without_scope(text) for text in holding.difference(releases)}
    strong: dict[str, None] = {}
    weak: dict[str, None] = {}
    for rule in plan.rules:
        into = weak if rule.weak else strong
        for text in _identifiers(rule, attributes, parents, where):
            known = text in holding if rule.within else _without_scope(text) in kept
            if not known:
                into[text] = None
    return Claims(tuple(strong), tuple(weak), releases)


def _identifiers(
    rule: RulePlan, attributes: Properties, parents: Mapping[str, Sequence[str]], where: NetworkScope
) -> list[str]:
    if rule.within is None:
        return rule.independent(attributes, where)
    return [
        f"{rule.prefix}{parent}|{text}"
        for parent in parents.get(rule.within, ())
        for text in rule.dependent(attributes)
    ]


def _stands(
    identifier: str, plan: ClassPlan, attributes: Properties, parents: Mapping[str, Sequence[str]]
) -> bool:
    """True while the CI has a value that gives this identifier."""
    prefix, scope, value = _parts(identifier)
    rule = next((rule for rule in plan.rules if rule.prefix == prefix), None)
    if rule is None or value not in {text for _, text in rule.values(attributes)}:
        return False
    return rule.within is None or scope in parents.get(rule.within, ())


def _without_scope(identifier: str) -> tuple[str, str]:
    prefix, _, value = _parts(identifier)
    return prefix, value


def _parts(identifier: str) -> tuple[str, str, str]:
    """Prefix, scope or parent, and value."""
    prefix = prefix_of(identifier)
    scope, _, value = identifier[len(prefix) :].partition("|")
    return prefix, scope, value
