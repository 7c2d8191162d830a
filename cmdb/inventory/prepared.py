"""Observations with every value in normal form and every identifier worked out, before anything is looked up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from cmdb.inventory.compiled import ClassPlan, RelationshipPlan, RulePlan
from cmdb.kernel.values import Value

Identifier: TypeAlias = tuple[RulePlan, str]
"""A rule and the identifier that an item has under it."""


@dataclass(slots=True, eq=False)
class PreparedReference:
    """A CI described elsewhere. `name` is set when it may be found by its name."""

    plan: ClassPlan
    shown: str
    identifiers: list[Identifier]
    name: str | None
    node_id: str | None = None


@dataclass(slots=True, eq=False)
class PreparedItem:
    """One item. `parents` gives the CIs that lend it identity, by relationship type; an integer is the place of
    another item in the same observation. `depth` is 0 for items that need no other to be identified.
    `node_id` is set once it is identified.
    """

    key: str
    plan: ClassPlan
    attributes: dict[str, Value]
    present: bool
    strong: list[Identifier]
    weak: list[Identifier]
    dependent: list[Identifier]
    parents: dict[str, int | PreparedReference] = field(default_factory=dict)
    depth: int = 0
    node_id: str | None = None


PreparedEnd: TypeAlias = int | PreparedReference


@dataclass(slots=True, eq=False)
class PreparedRelationship:
    """One relationship; an integer end is the place of an item in the same observation."""

    plan: RelationshipPlan
    source: PreparedEnd
    target: PreparedEnd
    attributes: dict[str, Value]


@dataclass(slots=True, eq=False)
class PreparedObservation:
    """One observation, ready to be identified. `at` is in the fixed-width form of instants."""

    position: str
    at: str
    items: list[PreparedItem]
    relationships: list[PreparedRelationship]

    def references(self) -> Iterator[PreparedReference]:
        """Every reference of its relationships."""
        for relationship in self.relationships:
            if not isinstance(relationship.source, int):
                yield relationship.source
            if not isinstance(relationship.target, int):
                yield relationship.target
