"""Items that are one CI, and whether their identifiers agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cmdb.graph.elements import Node
from cmdb.inventory.compiled import ClassPlan
from cmdb.inventory.known import prefix_of
from cmdb.inventory.prepared import Identifier, PreparedItem, PreparedObservation


class Basis(StrEnum):
    """Why a group is the CI it is."""

    NEW = "new"
    STRONG = "strong"
    WEAK = "weak"


@dataclass(slots=True)
class Member:
    """One item of a group, with the identifiers it has once its parents are known."""

    observation: PreparedObservation
    item: PreparedItem
    strong: list[Identifier]
    weak: list[Identifier]


@dataclass(slots=True, eq=False)
class Group:
    """Items that are one CI. `holders` are the nodes that hold one of its strong identifiers.

    `node_id` is set once decided; `matched` is the identifier that decided it. `forward` points to the group
    that took this one in. `agreed` holds the strong identifiers by prefix once they were compared.
    """

    members: list[Member] = field(default_factory=list)
    holders: set[str] = field(default_factory=set)
    node_id: str | None = None
    node: Node | None = None
    plan: ClassPlan | None = None
    basis: Basis = Basis.NEW
    matched: Identifier | None = None
    agreed: dict[str, set[str]] | None = None
    checked: int = 0
    forward: Group | None = None

    def root(self) -> Group:
        """The group that stands for this one."""
        group = self
        while group.forward is not None:
            group = group.forward
        return group

    def absorb(self, other: Group) -> Group:
        """Take another group in; the one already decided stays, else the larger one. Gives the one that stays."""
        keeps, goes = self, other
        if keeps.node_id is None and (goes.node_id is not None or len(goes.members) > len(keeps.members)):
            keeps, goes = goes, keeps
        keeps.members.extend(goes.members)
        keeps.holders |= goes.holders
        goes.forward = keeps
        goes.members = []
        return keeps


def by_prefix(identifiers: Iterable[Identifier]) -> dict[str, set[str]]:
    """Identifiers gathered under their rule's prefix."""
    found: dict[str, set[str]] = {}
    for rule, text in identifiers:
        found.setdefault(rule.prefix, set()).add(text)
    return found


def strongest_disagreement(member: Member, standing: Mapping[str, set[str]]) -> Identifier | None:
    """The identifier by which a member contradicts what stands, or None.

    It contradicts when both sides have identifiers under a rule stronger than the strongest one they share,
    and none of those is the same. Without any shared identifier there is nothing to contradict.
    """
    mine = by_prefix(member.strong)
    shared = min(
        (rule.position for rule, text in member.strong if text in standing.get(rule.prefix, ())), default=None
    )
    if shared is None:
        return None
    for rule, text in member.strong:
        theirs = standing.get(rule.prefix)
        if rule.position < shared and theirs and not theirs & mine[rule.prefix]:
            return rule, text
    return None


def disagree(mine: Mapping[str, set[str]], theirs: Mapping[str, set[str]]) -> bool:
    """True when both sides have strong identifiers under one rule and share none under it."""
    return any(
        prefix in theirs and theirs[prefix] and not theirs[prefix] & own for prefix, own in mine.items()
    )


def most_specific(one: ClassPlan, other: ClassPlan) -> ClassPlan | None:
    """The more specific of two classes on one line of descent; None when they are on different ones."""
    if other.name in one.lineage:
        return one
    if one.name in other.lineage:
        return other
    return None


def value_part(identifier: str) -> str:
    """`ABC123` of `Host|serial||ABC123`."""
    return identifier[len(prefix_of(identifier)) :].partition("|")[2].replace("%7C", "|").replace("%25", "%")
