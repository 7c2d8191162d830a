"""What would redundancy that is not there save, and what takes a CI down alone?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cmdb.analysis.impact import ImpactResult, impact
from cmdb.analysis.impact_types import ImpactRequest
from cmdb.analysis.points_of_failure import PointsOfFailure, single_points_of_failure
from cmdb.analysis.what_if import Redundancy, StateChange, named_in, state_changes, with_redundancy
from cmdb.topology.extent import Topologies, downstream, upstream


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The impact as it is and as it would be, and the CIs whose states differ, those that gain most first.

    In `after`, spares that are hit themselves count among the affected.
    """

    before: ImpactResult
    after: ImpactResult
    changes: tuple[StateChange, ...]


class RedundancyAnalysis:
    """Answers questions about redundancy on the newest topology."""

    def __init__(self, topologies: Topologies) -> None:
        self._topologies = topologies

    async def what_if(self, request: ImpactRequest, added: Sequence[Redundancy]) -> WhatIf:
        """An impact without and with further redundancy.

        Raises:
            NodeNotFoundError: a CI named is not there.
            WhatIfImpossibleError: the redundancy cannot be added.
        """
        starts = (start.id for start in request.starts)
        topology = await self._topologies.around(downstream((*starts, *named_in(added))))
        before = impact(topology, request)
        after = impact(with_redundancy(topology, added), request)
        return WhatIf(before, after, state_changes(before, after))

    async def points_of_failure(self, ci_id: str, limit: int) -> PointsOfFailure:
        """The CIs whose failure alone takes a CI down, among so many nearest ones upstream.

        Raises:
            NodeNotFoundError: no CI has this id.
        """
        return single_points_of_failure(await self._topologies.around(upstream((ci_id,))), ci_id, limit)
