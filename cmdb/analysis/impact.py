"""What breaks, how badly and why, when some CIs are down, degraded or at risk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cmdb.analysis.explain import Trace, trace
from cmdb.analysis.impact_types import AffectedCi, ImpactRequest, PathStep, Truncation, TruncationReason
from cmdb.analysis.paths import path_to
from cmdb.analysis.propagate import Assumed, Propagation, propagate
from cmdb.analysis.state import ImpactState
from cmdb.graph.errors import NodeNotFoundError
from cmdb.topology.arrays import ByteArray, IntArray
from cmdb.topology.conduction import Conduction
from cmdb.topology.ordering import stable_order
from cmdb.topology.topology import Topology


@dataclass(frozen=True, slots=True)
class ImpactResult:
    """The affected CIs as columns, the worst first, then the nearest, then by id; starts are not among them.

    positions, states, distances: one entry an affected CI. `starts` holds the CIs asked about, by id, with
    the state they end in (no better than assumed). `truncated` is empty when nothing was left out.
    """

    topology: Topology
    conduction: Conduction
    found: Propagation
    trace: Trace
    positions: IntArray
    states: ByteArray
    distances: IntArray
    starts: tuple[AffectedCi, ...]
    truncated: tuple[Truncation, ...]

    @property
    def total(self) -> int:
        """How many CIs are listed."""
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
        page = slice(after, after + first)
        positions = self.positions[page]
        names = self.topology.class_names
        return tuple(
            AffectedCi(ci_id, names[code], ImpactState(state), distance)
            for ci_id, code, state, distance in zip(
                self.topology.ids_at(positions),
                self.topology.class_codes[positions].tolist(),
                self.states[page].tolist(),
                self.distances[page].tolist(),
                strict=True,
            )
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
        position = self.topology.position(ci_id)
        if not self.found.states[position]:
            raise NodeNotFoundError(f"{ci_id!r} is not affected", details={"id": ci_id})
        return path_to(self.topology, self.conduction, self.found, self.trace, position)


def impact(topology: Topology, request: ImpactRequest) -> ImpactResult:
    """The least fixpoint of the propagation rules over everything the starts reach.

    A start that is retired passes nothing on. A CI named twice starts in the worse of its states.

    Raises:
        NodeNotFoundError: a start is no CI.
    """
    conduction = topology.conducting(request.relationship_types)
    assumed = _assumed(topology, request)
    found = propagate(conduction, assumed)
    traced = trace(topology.links, conduction, found, assumed.starts)
    positions, states, distances = _ordered(topology, found, traced, len(assumed.starts))
    chosen, truncated = _cut(topology, request, positions, distances)
    return ImpactResult(
        topology=topology,
        conduction=conduction,
        found=found,
        trace=traced,
        positions=positions[chosen],
        states=states[chosen],
        distances=distances[chosen],
        starts=_start_rows(topology, found, assumed),
        truncated=truncated,
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


def _ordered(
    topology: Topology, found: Propagation, traced: Trace, starts: int
) -> tuple[IntArray, ByteArray, IntArray]:
    """Positions, states and distances in the answer's order; starts come first in a trace and are left out."""
    nodes, distances = traced.nodes[starts:], traced.distances[starts:]
    order = stable_order(topology.in_id_order(nodes))
    nodes, distances = nodes[order], distances[order]
    states = found.states[nodes.astype(np.intp)]
    farthest = int(distances.max(initial=0))
    order = stable_order((ImpactState.DOWN - states.astype(np.int32)) * (farthest + 1) + distances)
    return nodes[order], states[order], distances[order]


def _cut(
    topology: Topology, request: ImpactRequest, positions: IntArray, distances: IntArray
) -> tuple[slice | IntArray, tuple[Truncation, ...]]:
    """Which places of the answer the request lists, and what its limits leave out."""
    chosen: slice | IntArray = slice(None)
    count, cuts = len(positions), []
    if request.classes is not None or request.max_distance is not None:
        listed = np.ones(count, dtype=np.bool_)
        if request.classes is not None:
            wanted = np.array([name in request.classes for name in topology.class_names], dtype=np.bool_)
            listed = wanted[topology.class_codes[positions]]
        if request.max_distance is not None:
            far = listed & (distances > request.max_distance)
            listed &= ~far
            if far.any():
                left_out = int(np.count_nonzero(far))
                cuts.append(Truncation(TruncationReason.DISTANCE, request.max_distance, left_out))
        chosen = np.flatnonzero(listed).astype(np.int32)
        count = len(chosen)
    if request.limit is not None and count > request.limit:
        cuts.append(Truncation(TruncationReason.LIMIT, request.limit, count - request.limit))
        first = slice(request.limit)
        chosen = first if isinstance(chosen, slice) else chosen[first]
    return chosen, tuple(cuts)


def _start_rows(topology: Topology, found: Propagation, assumed: Assumed) -> tuple[AffectedCi, ...]:
    starts = assumed.starts
    rows = [
        AffectedCi(ci_id, topology.class_at(position), ImpactState(int(found.states[position])), 0)
        for ci_id, position in zip(topology.ids_at(starts), starts.tolist(), strict=True)
    ]
    return tuple(sorted(rows, key=lambda row: row.id))
