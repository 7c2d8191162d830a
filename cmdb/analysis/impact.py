"""What breaks, how badly and why, when some CIs are down, degraded or at risk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cmdb.analysis.impact_types import AffectedCi, ImpactRequest, PathStep, Truncation
from cmdb.analysis.state import ImpactState
from cmdb.topology.arrays import ByteArray, IntArray
from cmdb.topology.topology import Topology


@dataclass(frozen=True, slots=True)
class ImpactResult:
    """The affected CIs as columns, the worst first, then the nearest, then by id; starts are not among them.

    positions, states, distances: one entry an affected CI. `starts` holds the CIs asked about, with the
    state they end in (no better than assumed). `truncated` is None when nothing was left out.
    """

    topology: Topology
    positions: IntArray
    states: ByteArray
    distances: IntArray
    starts: tuple[AffectedCi, ...]
    truncated: Truncation | None

    @property
    def total(self) -> int:
        """How many CIs are listed."""
        return len(self.positions)

    def by_state(self) -> Mapping[ImpactState, int]:
        """How many CIs are listed in each state that occurs, the worst state first."""
        raise NotImplementedError

    def by_class(self) -> Mapping[str, Mapping[ImpactState, int]]:
        """How many CIs of each class are listed in each state that occurs; classes by name."""
        raise NotImplementedError

    def rows(self, first: int, after: int = 0) -> tuple[AffectedCi, ...]:
        """At most `first` CIs, leaving out the first `after`."""
        raise NotImplementedError

    def path(self, ci_id: str) -> tuple[PathStep, ...]:
        """A shortest explaining path to a start or a listed CI, from a start.

        Raises:
            NodeNotFoundError: the CI is not in this answer.
        """
        raise NotImplementedError


def impact(topology: Topology, request: ImpactRequest) -> ImpactResult:
    """The least fixpoint of the propagation rules over everything the starts reach.

    Raises:
        NodeNotFoundError: a start is no CI.
    """
    raise NotImplementedError
