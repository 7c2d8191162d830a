"""What breaks, how badly and why, when some CIs are down, degraded or at risk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cmdb.analysis.explain import Trace, trace
from cmdb.analysis.impact_types import AffectedCi, AffectedColumns, ImpactRequest, PathStep, Truncation
from cmdb.analysis.listing import Listing, list_affected
from cmdb.analysis.paths import paths_to
from cmdb.analysis.propagate import Assumed, Propagation, propagate
from cmdb.analysis.state import ImpactState
from cmdb.graph.errors import NodeNotFoundError
from cmdb.topology.arrays import ByteArray, IntArray
from cmdb.topology.conduction import Conduction
from cmdb.topology.topology import Topology

_STATES = tuple(ImpactState)
"""By their numbers; quicker than asking the enumeration for each row."""


@dataclass(frozen=True)
class ImpactResult:
    """The affected CIs; starts are not among them.

    States are found at once; order, distances and paths when they are first asked for. `starts` holds the
    CIs asked about, by id, with the state they end in (no better than assumed).
    """

    topology: Topology
    request: ImpactRequest
    conduction: Conduction
    found: Propagation
    assumed: Assumed
    starts: tuple[AffectedCi, ...]

    @cached_property
    def trace(self) -> Trace:
        """How each affected CI is reached."""
        return trace(self.topology.links, self.conduction, self.found, self.assumed.starts)

    @cached_property
    def listing(self) -> Listing:
        """What is listed, in order."""
        return list_affected(self.topology, self.request, self.found, self.trace, len(self.starts))

    @property
    def positions(self) -> IntArray:
        """The positions of the CIs listed: the worst first, then the nearest, then by id."""
        return self.listing.positions

    @property
    def states(self) -> ByteArray:
        """The state of each CI listed."""
        return self.listing.states

    @property
    def distances(self) -> IntArray:
        """How many links each CI listed is away from the nearest start."""
        return self.listing.distances

    @property
    def truncated(self) -> tuple[Truncation, ...]:
        """What limits left out; empty when nothing was."""
        return self.listing.truncated

    @property
    def total(self) -> int:
        """How many CIs are listed."""
        request = self.request
        narrowed = (request.classes, request.among, request.max_distance, request.limit)
        if all(limit is None for limit in narrowed):
            return len(self.found.affected) - len(self.starts)
        return len(self.positions)

    def by_state(self) -> Mapping[ImpactState, int]:
        """How many CIs are listed in each state that occurs, the worst state first."""
        counts = np.bincount(self.states, minlength=len(ImpactState)).tolist()
        return {state: counts[state] for state in sorted(ImpactState, reverse=True) if counts[state]}

    def by_class(self) -> Mapping[str, Mapping[ImpactState, int]]:
        """How many CIs of each class are listed in each state that occurs; classes by name."""
        kinds = len(ImpactState)
        codes = self.topology.class_codes[self.positions].astype(np.int64) * kinds + self.states
        table = np.bincount(codes, minlength=len(self.topology.class_names) * kinds).reshape(-1, kinds)
        result = {}
        for code in np.flatnonzero(table.sum(axis=1)).tolist():
            counts = table[code].tolist()
            states = {state: counts[state] for state in sorted(ImpactState, reverse=True) if counts[state]}
            result[self.topology.class_names[code]] = states
        return result

    def rows(self, first: int, after: int = 0) -> tuple[AffectedCi, ...]:
        """At most `first` CIs, leaving out the first `after`."""
        names, codes = (
            self.topology.class_names,
            self.topology.class_codes[self.positions[after : after + first]],
        )
        page = self.page(first, after)
        classes = map(names.__getitem__, codes.tolist())
        return tuple(map(AffectedCi, page.ids, classes, page.states, page.distances))

    def page(self, first: int, after: int = 0) -> AffectedColumns:
        """The same as columns, without their classes."""
        page = slice(after, after + first)
        return AffectedColumns(
            self.topology.ids_at(self.positions[page]),
            list(map(_STATES.__getitem__, self.states[page].tolist())),
            self.distances[page].tolist(),
        )

    def state_of(self, ci_id: str) -> ImpactState:
        """The state of any CI, listed or not.

        Raises:
            NodeNotFoundError: no CI has this id.
        """
        return ImpactState(int(self.found.states[self.topology.position(ci_id)]))

    def path(self, ci_id: str) -> tuple[PathStep, ...]:
        """A shortest explaining path, from a start to this CI.

        Raises:
            NodeNotFoundError: the CI is not affected.
        """
        return self.paths((ci_id,))[0]

    def paths(self, ci_ids: Sequence[str]) -> list[tuple[PathStep, ...]]:
        """The same for many CIs, in the order given; far quicker than one by one.

        Raises:
            NodeNotFoundError: one of them is not affected.
        """
        positions = self.topology.positions(ci_ids)
        unaffected = np.flatnonzero(self.found.states[positions] == ImpactState.UNAFFECTED)
        if unaffected.size:
            ci_id = ci_ids[int(unaffected[0])]
            raise NodeNotFoundError(f"{ci_id!r} is not affected", details={"id": ci_id})
        return paths_to(self.topology, self.conduction, self.found, self.trace, positions)


def impact(topology: Topology, request: ImpactRequest) -> ImpactResult:
    """The least fixpoint of the propagation rules over everything the starts reach.

    A start that is retired passes nothing on. A CI named twice starts in the worse of its states.

    Raises:
        NodeNotFoundError: a start is no CI.
    """
    conduction = topology.conducting(request.relationship_types)
    assumed = _assumed(topology, request)
    found = propagate(conduction, assumed)
    return ImpactResult(
        topology, request, conduction, found, assumed, starts=_start_rows(topology, found, assumed)
    )


def _assumed(topology: Topology, request: ImpactRequest) -> Assumed:
    worst: dict[str, ImpactState] = {}
    for start in request.starts:
        worst[start.id] = max(start.state, worst.get(start.id, ImpactState.UNAFFECTED))
    positions = topology.positions(list(worst))
    states = np.fromiter(worst.values(), dtype=np.int8, count=len(worst))
    return Assumed(
        down=positions[states == ImpactState.DOWN],
        degraded=positions[states == ImpactState.DEGRADED],
        at_risk=positions[states == ImpactState.AT_RISK],
    )


def _start_rows(topology: Topology, found: Propagation, assumed: Assumed) -> tuple[AffectedCi, ...]:
    starts = assumed.starts
    rows = [
        AffectedCi(ci_id, topology.class_at(position), ImpactState(int(found.states[position])), 0)
        for ci_id, position in zip(topology.ids_at(starts), starts.tolist(), strict=True)
    ]
    return tuple(sorted(rows, key=lambda row: row.id))
