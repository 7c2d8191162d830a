"""A store in memory with what the record engine asks of one: commits, versions, numbers, links, revisions."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import cast

from cmdb.graph.batch import Commit, NodeCreate, NodeUpdate, WriteBatch
from cmdb.graph.elements import Link, LinkKey, Node
from cmdb.graph.errors import NodeNotFoundError, VersionConflictError
from cmdb.graph.query import Condition, Direction, LinkQuery, NodePage, NodeQuery, Operator
from cmdb.graph.revision import ChangeKind, LinkChange, NodeChange, Revision
from cmdb.graph.store import GraphStore
from cmdb.kernel.clock import Clock, instant_text
from cmdb.kernel.values import Value


class MemoryStore:
    """Nodes and links in dictionaries; the contract suite holds for the real stores, this one is for speed."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._nodes: dict[str, Node] = {}
        self._links: dict[LinkKey, Link] = {}
        self._numbers: dict[str, int] = {}
        self._commits: dict[str, Commit] = {}
        self.ledger: list[Revision] = []
        self.revisions_read = 0

    def as_store(self) -> GraphStore:
        """This store in the place of a whole one."""
        return cast("GraphStore", self)

    async def commit(self, batch: WriteBatch) -> Commit:
        if batch.request_id in self._commits:
            return replace(self._commits[batch.request_id], replayed=True)
        for update in batch.updates:
            self._check(update)
        missing = [
            end
            for put in batch.link_puts
            for end in (put.key.source, put.key.target)
            if end not in self._nodes and end not in {create.id for create in batch.creates}
        ]
        if missing:
            raise NodeNotFoundError(f"there is no node {missing[0]!r}")
        at = instant_text(self._clock.now())
        revision = len(self.ledger) + 1
        numbers: dict[str, str] = {}
        nodes = [self._create(create, at, revision, numbers) for create in batch.creates]
        nodes += [change for update in batch.updates if (change := self._update(update, at, revision))]
        links = self._write_links(batch)
        if nodes or links:
            self.ledger.append(
                Revision(
                    revision,
                    at,
                    batch.actor,
                    batch.reason,
                    batch.request_id,
                    tuple(nodes),
                    tuple(links),
                    "",
                    "",
                )
            )
        commit = Commit(
            revision if nodes or links else None, at, tuple(create.id for create in batch.creates), numbers
        )
        if batch.request_id is not None:
            self._commits[batch.request_id] = commit
        return commit

    async def get(self, ids: Sequence[str]) -> Mapping[str, Node]:
        return {node_id: self._nodes[node_id] for node_id in ids if node_id in self._nodes}

    async def find(self, query: NodeQuery) -> NodePage:
        where = query.where
        assert isinstance(where, Condition)
        assert where.operator is Operator.EQ
        found = tuple(
            node
            for node in self._nodes.values()
            if node.label in query.labels and node.properties.get(where.property) == where.value
        )
        return NodePage(found, tuple(node.id for node in found), has_next=False)

    async def links(self, query: LinkQuery) -> Mapping[str, Sequence[Link]]:
        outwards = query.direction is Direction.OUT
        found: dict[str, list[Link]] = {}
        for link in self._links.values():
            here, there = (link.source, link.target) if outwards else (link.target, link.source)
            fits = not query.types or link.type in query.types
            near = query.labels is None or self._nodes[there].label in query.labels
            if here in query.ids and fits and near:
                found.setdefault(here, []).append(link)
        return found

    async def revisions(
        self, after: int = 0, limit: int | None = None, touching: str | None = None
    ) -> AsyncIterator[Revision]:
        given = (each for each in self.ledger[after:] if touching is None or each.touches(touching))
        for revision in islice(given, limit):
            self.revisions_read += 1
            yield revision

    def _check(self, update: NodeUpdate) -> None:
        node = self._nodes.get(update.id)
        if node is None:
            raise NodeNotFoundError(f"there is no node {update.id!r}")
        if update.expected_version not in {None, node.version}:
            raise VersionConflictError(f"expected {update.expected_version}, is {node.version}")

    def _create(self, create: NodeCreate, at: str, revision: int, numbers: dict[str, str]) -> NodeChange:
        properties = dict(create.properties)
        if create.numbering is not None:
            prefix = create.numbering.prefix
            self._numbers[prefix] = self._numbers.get(prefix, 0) + 1
            numbers[create.id] = f"{prefix}{self._numbers[prefix]:0{create.numbering.digits}d}"
            properties["number"] = numbers[create.id]
        self._nodes[create.id] = Node(create.id, create.label, properties, 1, revision, at, at)
        return NodeChange(create.id, create.label, ChangeKind.CREATED, 1, {}, properties)

    def _update(self, update: NodeUpdate, at: str, revision: int) -> NodeChange | None:
        node = self._nodes[update.id]
        merged: dict[str, Value | None] = {**node.properties, **update.changes}
        properties = {name: value for name, value in merged.items() if value is not None}
        changed = {
            name
            for name in {*node.properties, *properties}
            if node.properties.get(name) != properties.get(name)
        }
        if not changed:
            return None
        self._nodes[node.id] = replace(
            node, properties=properties, version=node.version + 1, revision=revision, updated_at=at
        )
        before = {name: value for name, value in node.properties.items() if name in changed}
        after = {name: value for name, value in properties.items() if name in changed}
        return NodeChange(node.id, node.label, ChangeKind.UPDATED, node.version + 1, before, after)

    def _write_links(self, batch: WriteBatch) -> list[LinkChange]:
        changes: list[LinkChange] = []
        for delete in batch.link_deletes:
            gone = self._links.pop(delete.key, None)
            if gone is not None:
                changes.append(LinkChange(delete.key, ChangeKind.DELETED, gone.properties, {}))
        for put in batch.link_puts:
            before = self._links.get(put.key)
            if before is None or before.properties != put.properties:
                kind = ChangeKind.UPDATED if before else ChangeKind.CREATED
                changes.append(LinkChange(put.key, kind, before.properties if before else {}, put.properties))
            self._links[put.key] = Link(put.key, put.properties)
        return changes
