"""The services of one request: what may be asked below a list shares its readings.

A field that works something out for one object may stand below a list. What it reads then goes through the
request's view of the store, so that a hundred of them cost as many calls as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cmdb.api.loaders import Loaders
from cmdb.api.services import Services
from cmdb.api.shared_loader import SharedLoader
from cmdb.processes.change.before_and_after import BeforeAndAfter
from cmdb.processes.configuration.impact import ImpactAnalysis
from cmdb.processes.configuration.region_records import RegionRecords
from cmdb.topology.extent import Extent, Leg, Topologies
from cmdb.topology.topology import Topology


class SharedTopologies:
    """Topologies of which one serves all questions of a kind that are asked at the same time."""

    def __init__(self, topologies: Topologies) -> None:
        self._topologies = topologies
        self._loader: SharedLoader[Extent, Topology] = SharedLoader(self._load, cache=False)

    async def around(self, extent: Extent) -> Topology:
        """A topology that holds at least this extent."""
        return await self._loader.load(extent)

    async def _load(self, extents: list[Extent]) -> list[Topology]:
        kinds: dict[tuple[object, ...], list[Extent]] = {}
        for extent in extents:
            kinds.setdefault(_kind(extent), []).append(extent)
        found = {kind: await self._topologies.around(_together(some)) for kind, some in kinds.items()}
        return [found[_kind(extent)] for extent in extents]


def shared(services: Services, loaders: Loaders) -> Services:
    """The same services for one request, with what may be asked below a list sharing its readings."""
    store = loaders.store
    topologies = SharedTopologies(services.topologies)
    return replace(
        services,
        impact=ImpactAnalysis(store, services.model, topologies),
        region_records=RegionRecords(store, services.model),
        before_and_after=BeforeAndAfter(store, services.model, topologies),
    )


def _kind(extent: Extent) -> tuple[object, ...]:
    return tuple(leg.flow for leg in extent.legs)


def _together(extents: Sequence[Extent]) -> Extent:
    """What holds all of these, whose legs go the same ways."""
    legs = zip(*(extent.legs for extent in extents), strict=True)
    return Extent(
        tuple(Leg(tuple(dict.fromkeys(ci for leg in some for ci in leg.ids)), some[0].flow) for some in legs)
    )
