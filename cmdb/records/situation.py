"""What guards and effects are given to judge by: plain values, already read, so that they are pure functions."""

from __future__ import annotations

from dataclasses import dataclass

from cmdb.graph.elements import Node, Properties
from cmdb.graph.query import Direction
from cmdb.kernel.actor import Actor
from cmdb.model.check import Changes
from cmdb.model.records import Action, RecordType


@dataclass(frozen=True, slots=True)
class LinkedNode:
    """A node at the other end of one of the record's links. OUT: the record is the link's source."""

    type: str
    direction: Direction
    node: Node
    properties: Properties


@dataclass(frozen=True, slots=True)
class Situation:
    """A record in the middle of an operation.

    `before` is empty when the record is being made. `given` is what the caller asks to change, `after` the
    properties as they would be written. `links` already contain those asked for. `now` is RFC 3339 in UTC.
    `action` is None when the record is made or edited without a step of its lifecycle.
    """

    record_type: RecordType
    action: Action | None
    before: Properties
    given: Changes
    after: Properties
    links: tuple[LinkedNode, ...]
    now: str
    actor: Actor

    @property
    def status(self) -> str:
        """The state the record would be in."""
        return self.text("status")

    def text(self, attribute: str) -> str:
        """The attribute's text as it would be; empty when it has none."""
        value = self.after.get(attribute)
        return value if isinstance(value, str) else ""

    def linked(self, link_type: str, direction: Direction = Direction.OUT) -> tuple[LinkedNode, ...]:
        """The nodes linked to the record by this type."""
        return tuple(link for link in self.links if link.type == link_type and link.direction is direction)
