"""Single points of failure of one CI."""

from __future__ import annotations

from dataclasses import dataclass

from cmdb.analysis.impact_types import AffectedCi
from cmdb.topology.topology import Topology


@dataclass(frozen=True, slots=True)
class PointsOfFailure:
    """CIs whose failure alone takes `ci` DOWN, nearest first, then by id.

    `truncated` is True when more CIs are upstream than were looked at; those found are right all the same.
    """

    ci: str
    points: tuple[AffectedCi, ...]
    looked_at: int
    truncated: bool


def single_points_of_failure(topology: Topology, ci_id: str, limit: int = 5000) -> PointsOfFailure:
    """CIs whose failure alone takes the CI DOWN, among the `limit` nearest ones upstream.

    Raises:
        NodeNotFoundError: no CI has this id.
    """
    raise NotImplementedError
