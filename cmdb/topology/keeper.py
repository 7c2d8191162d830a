"""Keeps a topology in step with its store."""

from __future__ import annotations

import asyncio

from cmdb.graph.elements import LinkKey, Properties
from cmdb.graph.query import Direction, LinkQuery
from cmdb.graph.revision import Revision
from cmdb.graph.store import GraphStore
from cmdb.model.types import Model
from cmdb.topology.build import build_topology
from cmdb.topology.draft import links_to_read
from cmdb.topology.extent import Extent
from cmdb.topology.follow import follow, is_worn
from cmdb.topology.topology import Topology

REVISIONS_AT_ONCE = 1000
"""So many revisions are taken in together: it bounds the memory that a long absence costs."""


class TopologyKeeper:
    """Hands out the topology of the store's newest revision.

    It is loaded at the first question and follows the ledger from then on. Callers that ask at the same time
    share one refresh. A topology handed out never changes.
    """

    def __init__(self, store: GraphStore, model: Model) -> None:
        self._store = store
        self._model = model
        self._topology: Topology | None = None
        self._lock = asyncio.Lock()

    async def around(self, extent: Extent) -> Topology:  # noqa: ARG002  # all of it is at hand
        """The topology of the whole graph, which holds any extent.

        Raises:
            StoreUnavailableError: the store cannot be reached.
        """
        return await self.current()

    async def current(self) -> Topology:
        """A topology that holds every commit acknowledged before this call.

        Raises:
            StoreUnavailableError: the store cannot be reached.
        """
        head = await self._store.head()
        topology = self._topology
        if topology is not None and topology.revision >= head.revision:
            return topology
        async with self._lock:
            topology = self._topology
            if topology is None:
                topology = build_topology(await self._store.structure(), self._model)
            if topology.revision < head.revision:
                topology = await self._caught_up(topology)
            self._topology = topology
            return topology

    async def _caught_up(self, topology: Topology) -> Topology:
        pending: list[Revision] = []
        async for revision in self._store.revisions(after=topology.revision):
            pending.append(revision)
            if len(pending) == REVISIONS_AT_ONCE:
                topology = await self._followed(topology, pending)
                pending = []
        topology = await self._followed(topology, pending)
        return build_topology(await self._store.structure(), self._model) if is_worn(topology) else topology

    async def _followed(self, topology: Topology, revisions: list[Revision]) -> Topology:
        if not revisions:
            return topology
        keys = links_to_read(revisions, topology.meanings)
        return follow(topology, revisions, await self._properties(keys))

    async def _properties(self, keys: frozenset[LinkKey]) -> dict[LinkKey, Properties]:
        """How these links stand, as of the newest revision: later ones only confirm it."""
        if not keys:
            return {}
        sources = tuple(sorted({key.source for key in keys}))
        types = tuple(sorted({key.type for key in keys}))
        found = await self._store.links(LinkQuery(sources, Direction.OUT, types))
        return {link.key: link.properties for links in found.values() for link in links if link.key in keys}
