"""What the engine reads: the store, or the store with what a plan would have written laid over it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from cmdb.graph.elements import Evidence, Link, LinkKey, Node, Properties
from cmdb.graph.query import PAGE_LIMIT, AnyOf, Condition, LinkQuery, NodeQuery, Operator
from cmdb.graph.store import GraphStore

NAME_PROPERTIES = ("name", "hostname", "fqdn")
"""The properties by which people name a CI."""

_NAMES_AT_ONCE = PAGE_LIMIT * 9 // 10


class Reader(Protocol):
    """The reads that planning needs, each for many things at once."""

    async def resolve(self, identifiers: Sequence[str]) -> Mapping[str, str]:
        """The node id that holds each identifier."""
        ...

    async def get(self, ids: Sequence[str]) -> Mapping[str, Node]:
        """The nodes with these ids."""
        ...

    async def evidence(self, ids: Sequence[str]) -> Mapping[str, Evidence]:
        """Provenance of these nodes."""
        ...

    async def links(self, query: LinkQuery) -> Mapping[str, Sequence[Link]]:
        """The links of each node asked for."""
        ...

    async def links_at(self, keys: Sequence[LinkKey]) -> Mapping[LinkKey, Properties]:
        """The properties of those links that stand."""
        ...

    async def named(
        self, labels: tuple[str, ...], properties: tuple[str, ...], names: Sequence[str]
    ) -> Sequence[Node]:
        """The nodes of these labels that have one of the names in one of the properties."""
        ...


class StoreReader:
    """Reads a store."""

    def __init__(self, store: GraphStore) -> None:
        self._store = store
        self._labels_named: dict[tuple[str, ...], dict[str, None]] = {}

    async def resolve(self, identifiers: Sequence[str]) -> Mapping[str, str]:
        """The node id that holds each identifier."""
        return await self._store.resolve(identifiers) if identifiers else {}

    async def get(self, ids: Sequence[str]) -> Mapping[str, Node]:
        """The nodes with these ids."""
        return await self._store.get(ids) if ids else {}

    async def evidence(self, ids: Sequence[str]) -> Mapping[str, Evidence]:
        """Provenance of these nodes."""
        return await self._store.evidence(ids) if ids else {}

    async def links(self, query: LinkQuery) -> Mapping[str, Sequence[Link]]:
        """The links of each node asked for."""
        return await self._store.links(query) if query.ids else {}

    async def links_at(self, keys: Sequence[LinkKey]) -> Mapping[LinkKey, Properties]:
        """The properties of those links that stand."""
        return await self._store.links_at(keys) if keys else {}

    async def named(
        self, labels: tuple[str, ...], properties: tuple[str, ...], names: Sequence[str]
    ) -> Sequence[Node]:
        """The nodes of these labels that have one of the names in one of the properties."""
        found: dict[str, Node] = {}
        # A store plans each set of labels by itself: with those asked for before, the set soon is always the same.
        asked = self._labels_named.setdefault(properties, {})
        asked.update(dict.fromkeys(labels))
        # Of so few names at once, what is found fits on a page as a rule: a second page would ask all over again.
        for start in range(0, len(names), _NAMES_AT_ONCE):
            part = list(names[start : start + _NAMES_AT_ONCE])
            where = AnyOf(tuple(Condition(each, Operator.IN, part) for each in properties))
            after: str | None = None
            while True:
                page = await self._store.find(NodeQuery(tuple(asked), where, first=PAGE_LIMIT, after=after))
                found.update((node.id, node) for node in page.nodes)
                if not page.has_next:
                    break
                after = page.cursors[-1]
        wanted = frozenset(labels)
        return [node for node in found.values() if node.label in wanted]


def names_of(node: Node, properties: Iterable[str]) -> set[str]:
    """What a node is called under these properties."""
    values = (node.properties.get(each) for each in properties)
    return {value for value in values if isinstance(value, str)}
