"""Keeps a topology in step with its store."""

from __future__ import annotations

import asyncio

from cmdb.graph.revision import Revision
from cmdb.graph.store import GraphStore
from cmdb.model.types import Model
from cmdb.topology.build import build_topology
from cmdb.topology.follow import follow
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
                topology = follow(topology, pending, self._model)
                pending = []
        return follow(topology, pending, self._model) if pending else topology
