"""A graph kept in plain dictionaries, with its ledger: what a topology may ask of a store, obvious and slow."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

from cmdb.graph.elements import Link, LinkKey, Properties
from cmdb.graph.query import LinkQuery
from cmdb.graph.revision import ChangeKind, Head, LinkChange, NodeChange, Revision
from cmdb.graph.structure import Structure
from cmdb.kernel.actor import Actor
from cmdb.kernel.values import Value


@dataclass
class GraphInMemory:
    """Nodes by id as (label, status); links by key. `asked` counts the questions by name."""

    nodes: dict[str, tuple[str, str]] = field(default_factory=dict)
    edges: dict[LinkKey, Properties] = field(default_factory=dict)
    ledger: list[Revision] = field(default_factory=list)
    asked: dict[str, int] = field(default_factory=dict)
    _node_changes: list[NodeChange] = field(default_factory=list)
    _link_changes: list[LinkChange] = field(default_factory=list)

    def put_node(self, node_id: str, label: str, status: str = "operational") -> None:
        """Make a node, or change its label and status."""
        old = self.nodes.get(node_id)
        self.nodes[node_id] = (label, status)
        if old is None:
            self._note_node(node_id, label, ChangeKind.CREATED, {}, {"status": status})
        elif old != (label, status):
            moved = old[1] != status
            before: dict[str, Value] = {"status": old[1]} if moved else {}
            after: dict[str, Value] = {"status": status} if moved else {}
            old_label = old[0] if old[0] != label else None
            self._note_node(node_id, label, ChangeKind.UPDATED, before, after, old_label)

    def delete_node(self, node_id: str) -> None:
        """Remove a node with its links, if it is there."""
        if node_id in self.nodes:
            for key in [key for key in self.edges if node_id in key[1:]]:
                self.delete_link(key)
            label, status = self.nodes.pop(node_id)
            self._note_node(node_id, label, ChangeKind.DELETED, {"status": status}, {})

    def put_link(self, key: LinkKey, properties: Properties) -> None:
        """Let a link between nodes that are there stand with exactly these properties."""
        if key.source not in self.nodes or key.target not in self.nodes:
            return
        old = self.edges.get(key)
        self.edges[key] = dict(properties)
        if old is None:
            self._link_changes.append(LinkChange(key, ChangeKind.CREATED, {}, dict(properties)))
        elif old != properties:
            names = {name for name in {*old, *properties} if old.get(name) != properties.get(name)}
            before = {name: value for name, value in old.items() if name in names}
            after = {name: value for name, value in properties.items() if name in names}
            self._link_changes.append(LinkChange(key, ChangeKind.UPDATED, before, after))

    def delete_link(self, key: LinkKey) -> None:
        """Remove a link, if it is there."""
        old = self.edges.pop(key, None)
        if old is not None:
            self._link_changes.append(LinkChange(key, ChangeKind.DELETED, dict(old), {}))

    def commit(self) -> None:
        """Make one revision of what changed since the last, if anything did."""
        if self._node_changes or self._link_changes:
            number = len(self.ledger) + 1
            changes = tuple(self._node_changes), tuple(self._link_changes)
            self.ledger.append(Revision(number, "", Actor("test"), "", None, *changes, "", ""))
            self._node_changes, self._link_changes = [], []

    async def head(self) -> Head:
        """The newest revision."""
        self._count("head")
        return Head(len(self.ledger), "")

    async def structure(self) -> Structure:
        """All of it, in the order of making."""
        self._count("structure")
        place = {node_id: position for position, node_id in enumerate(self.nodes)}
        return Structure(
            revision=len(self.ledger),
            ids=list(self.nodes),
            labels=[label for label, _ in self.nodes.values()],
            statuses=[status for _, status in self.nodes.values()],
            link_types=[key.type for key in self.edges],
            link_sources=[place[key.source] for key in self.edges],
            link_targets=[place[key.target] for key in self.edges],
            link_properties={n: said for n, said in enumerate(self.edges.values()) if said},
        )

    async def revisions(self, after: int = 0, limit: int | None = None) -> AsyncIterator[Revision]:
        """Revisions later than `after`."""
        self._count("revisions")
        for revision in self.ledger[after:][:limit]:
            yield revision

    async def links(self, query: LinkQuery) -> Mapping[str, Sequence[Link]]:
        """Outgoing links of these types."""
        self._count("links")
        found: dict[str, list[Link]] = {}
        for key, properties in self.edges.items():
            if key.source in query.ids and key.type in query.types:
                found.setdefault(key.source, []).append(Link(key, properties))
        return found

    def _count(self, question: str) -> None:
        self.asked[question] = self.asked.get(question, 0) + 1

    def _note_node(
        self,
        node_id: str,
        label: str,
        kind: ChangeKind,
        before: dict[str, Value],
        after: dict[str, Value],
        old_label: str | None = None,
    ) -> None:
        self._node_changes.append(NodeChange(node_id, label, kind, 1, before, after, old_label))
