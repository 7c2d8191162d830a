"""The ledger: every commit that alters something is one revision, numbered without gaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cmdb.graph.elements import LinkKey
from cmdb.kernel.actor import Actor
from cmdb.kernel.values import Value


class ChangeKind(StrEnum):
    """What happened to a node or link."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class NodeChange:
    """What a revision did to a node: the properties that changed, as they were and as they are.

    A property absent on one side was not there. `label` is the label after the change, `old_label` the one
    before where it differs.
    """

    id: str
    label: str
    kind: ChangeKind
    version: int
    before: Mapping[str, Value]
    after: Mapping[str, Value]
    old_label: str | None = None


@dataclass(frozen=True, slots=True)
class LinkChange:
    """What a revision did to a link."""

    key: LinkKey
    kind: ChangeKind
    before: Mapping[str, Value]
    after: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Revision:
    """One commit. `hash` covers its content and `previous_hash`, so a change to the past shows."""

    number: int
    at: str
    actor: Actor
    reason: str
    request_id: str | None
    nodes: tuple[NodeChange, ...]
    links: tuple[LinkChange, ...]
    previous_hash: str
    hash: str

    def touches(self, node_id: str) -> bool:
        """Whether it changed the node or one of its links."""
        return any(change.id == node_id for change in self.nodes) or any(
            node_id in {change.key.source, change.key.target} for change in self.links
        )

    def touched(self) -> set[str]:
        """The ids of the nodes that it touches."""
        ends = {end for change in self.links for end in (change.key.source, change.key.target)}
        return ends.union([change.id for change in self.nodes])


@dataclass(frozen=True, slots=True)
class Head:
    """The newest revision: 0 and an empty hash before the first."""

    revision: int
    hash: str
