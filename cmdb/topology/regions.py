"""Topologies of the region that a question needs, read from the store for each question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cmdb.graph.query import Direction, RegionQuery, Steps, Walk
from cmdb.graph.store import GraphStore
from cmdb.model.types import Model
from cmdb.topology.build import RETIRED, build_topology
from cmdb.topology.extent import Extent, Flow
from cmdb.topology.meaning import TypeMeaning, type_meanings
from cmdb.topology.topology import Topology

MOST_CIS = 1_000_000
"""A region is cut at so many CIs unless the caller says otherwise."""


class StoreRegions:
    """Hands out topologies of regions; nothing is kept between questions.

    Whatever is asked of the extent has the same answer as on a topology of the whole graph, unless the region
    was cut at `limit` CIs, which the topology then says.
    """

    def __init__(self, store: GraphStore, model: Model, limit: int = MOST_CIS) -> None:
        self._store = store
        self._model = model
        self._limit = limit
        meanings = type_meanings(model)
        self._steps = {flow: _steps(meanings, flow) for flow in Flow}

    async def around(self, extent: Extent) -> Topology:
        """A topology of the extent, by the store's own traversal.

        Raises:
            StoreUnavailableError: the store cannot be reached.
        """
        structure = await self._store.region(self._query(extent))
        topology = build_topology(structure, self._model)
        return replace(topology, cut=self._limit) if structure.truncated else topology

    def _query(self, extent: Extent) -> RegionQuery:
        first, *rest = [
            Walk(leg.ids, () if leg.flow is None else self._steps[leg.flow]) for leg in extent.legs
        ]
        return RegionQuery(
            first.starts,
            first.steps,
            limit=self._limit,
            then=tuple(rest),
            dead_end=RETIRED,
            rim=self._steps[Flow.UPSTREAM],
        )


def _steps(meanings: Mapping[str, TypeMeaning], flow: Flow) -> Steps:
    """The relationship types with impact, each in the direction that leads along the flow."""
    downstream = flow is Flow.DOWNSTREAM
    return tuple(
        (name, Direction.OUT if meaning.along is downstream else Direction.IN)
        for name, meaning in sorted(meanings.items())
    )
