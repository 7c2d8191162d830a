"""What a caller hands to the record engine, and what it gets back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cmdb.graph.elements import LinkKey, Node
from cmdb.graph.query import Direction
from cmdb.kernel.actor import Actor
from cmdb.kernel.values import Value


@dataclass(frozen=True, slots=True)
class Attribution:
    """On whose behalf something is written, and why.

    An empty `reason` is filled with what was done. A `request_id` seen before gives the first result again.
    """

    actor: Actor
    reason: str = ""
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """A link between a record and another node. OUT: the record is its source, IN: its target."""

    type: str
    other: str
    properties: Mapping[str, Value | None] = field(default_factory=dict)
    direction: Direction = Direction.OUT

    def key(self, record_id: str) -> LinkKey:
        """The link itself, seen from this record."""
        if self.direction is Direction.OUT:
            return LinkKey(self.type, record_id, self.other)
        return LinkKey(self.type, self.other, record_id)


@dataclass(frozen=True, slots=True)
class Written:
    """The node after the operation. `revision` is None when nothing needed to be altered."""

    node: Node
    revision: int | None
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One change to a record that is there: a step or none, attributes, links put and links removed."""

    record_id: str
    attribution: Attribution
    action: str | None = None
    attributes: Mapping[str, object] = field(default_factory=dict)
    put: tuple[LinkRequest, ...] = ()
    removed: tuple[LinkRequest, ...] = ()
    expected_version: int | None = None
