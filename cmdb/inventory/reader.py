"""What the engine reads: the store, or the store with what a plan would have written laid over it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from cmdb.graph.elements import Evidence, Link, Node
from cmdb.graph.query import PAGE_LIMIT, AnyOf, Condition, LinkQuery, NodeQuery, Operator
from cmdb.graph.store import GraphStore

NAME_PROPERTIES = ("name", "hostname", "fqdn")
"""The properties by which people name a CI."""


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

    async def named(
        self, labels: tuple[str, ...], properties: tuple[str, ...], names: Sequence[str]
    ) -> Sequence[Node]:
        """The nodes of these labels that have one of the names in one of the properties."""
        ...


class StoreReader:
    """Reads a store."""

    def __init__(self, store: GraphStore) -> None:
        self._store = store

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

    async def named(
        self, labels: tuple[str, ...], properties: tuple[str, ...], names: Sequence[str]
    ) -> Sequence[Node]:
        """The nodes of these labels that have one of the names in one of the properties."""
        where = AnyOf(tuple(Condition(each, Operator.IN, list(names)) for each in properties))
        found: list[Node] = []
        after: str | None = None
        while True:
            page = await self._store.find(NodeQuery(labels, where, first=PAGE_LIMIT, after=after))
            found.extend(page.nodes)
            if not page.has_next:
                return found
            after = page.cursors[-1]


def names_of(node: Node, properties: Iterable[str]) -> set[str]:
    """What a node is called under these properties."""
    values = (node.properties.get(each) for each in properties)
    return {value for value in values if isinstance(value, str)}
