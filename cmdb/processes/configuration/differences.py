"""What changed between two moments: of one CI, of a service with all it depends on, or of the whole graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from cmdb.graph.difference import Alteration, Change, Difference, difference
from cmdb.graph.errors import NodeNotFoundError
from cmdb.graph.moment import Moment
from cmdb.graph.revision import NodeChange
from cmdb.graph.store import GraphStore
from cmdb.model.types import Model
from cmdb.topology.adjacency import reach
from cmdb.topology.extent import RegionTooLargeError, TopologySource, upstream


@dataclass(frozen=True, slots=True)
class Scope:
    """What a difference is about: a CI or record by id, a service by id, or everything when neither is named.

    With both, what concerns either is told.
    """

    ci: str | None = None
    service: str | None = None


class Differences:
    """Compares moments. `store_at` gives the store as of a moment."""

    def __init__(
        self,
        store: GraphStore,
        model: Model,
        store_at: Callable[[Moment], GraphStore],
        topologies: TopologySource,
    ) -> None:
        self._store = store
        self._model = model
        self._store_at = store_at
        self._topologies = topologies

    async def between(self, start: Moment, end: Moment, scope: Scope) -> Difference:
        """What leads from one moment to another.

        Of a CI: its own values and all its relationships. Of a service: itself, all it depended on at either
        moment, and the relationships among them.

        Raises:
            MomentsReversedError, MomentTooFarError: as of the graph.
            NodeNotFoundError: the CI or service was there at neither moment.
            RegionTooLargeError: the service depends on more than is read of the store.
        """
        if scope == Scope():
            return await difference(self._store, start, end)
        if scope.ci is not None:
            await self._check(scope.ci, start, end)
        members = await self._members(scope.service, start, end) if scope.service is not None else frozenset()

        def concerns(change: Change) -> bool:
            if isinstance(change, NodeChange):
                return change.id == scope.ci or change.id in members
            ends = change.key[1:]
            return scope.ci in ends or all(end in members for end in ends)

        return await difference(self._store, start, end, concerns)

    async def names(self, start: Moment, end: Moment, alterations: Iterable[Alteration]) -> Mapping[str, str]:
        """What the nodes of these alterations, and the ends of their links, are called; by id."""
        ids: dict[str, None] = {}
        for alteration in alterations:
            change = alteration.change
            ids.update(dict.fromkeys((change.id,) if isinstance(change, NodeChange) else change.key[1:]))
        names: dict[str, str] = {}
        for moment in (end, start):
            missing = [node_id for node_id in ids if node_id not in names]
            if missing:
                found = await self._store_at(moment).get(missing)
                names.update({node.id: node.name for node in found.values()})
        return names

    async def _check(self, node_id: str, start: Moment, end: Moment) -> None:
        for moment in (end, start):
            if await self._store_at(moment).get([node_id]):
                return
        raise _unknown(node_id, start, end)

    async def _members(self, service: str, start: Moment, end: Moment) -> frozenset[str]:
        found = {
            ci for moment in {start, end} for ci in await self._depended_on(service, self._store_at(moment))
        }
        if not found:
            raise _unknown(service, start, end)
        return frozenset(found)

    async def _depended_on(self, service: str, store: GraphStore) -> list[str]:
        """The service and everything it depended on, directly or not; nothing when it was not there."""
        topology = await self._topologies(store, self._model).around(upstream((service,)))
        if topology.cut is not None:
            raise RegionTooLargeError(
                f"{service!r} depends on more than {topology.cut} configuration items",
                details={"limit": topology.cut},
            )
        places = topology.find([service])
        if places[0] < 0:
            return []
        reached = reach(topology.conduction.suppliers, places.astype(np.int32)).nodes
        return [service, *topology.ids_at(reached)]


def _unknown(node_id: str, start: Moment, end: Moment) -> NodeNotFoundError:
    return NodeNotFoundError(
        f"{node_id!r} was there neither at revision {start.revision} nor at revision {end.revision}",
        details={"id": node_id},
    )
