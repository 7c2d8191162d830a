"""What would be seen if a candidate were DOWN: the computed impact, set beside the symptoms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cmdb.analysis.explain import Trace, trace
from cmdb.analysis.propagate import Assumed, Propagation, propagate
from cmdb.analysis.state import ImpactState
from cmdb.analysis.upstream import Symptoms
from cmdb.topology.arrays import BoolArray, ByteArray, IntArray
from cmdb.topology.conduction import Conduction
from cmdb.topology.topology import Topology


@dataclass(frozen=True, slots=True)
class Trial:
    """One candidate taken to be DOWN.

    states, distances: by symptom, the state it would be in and how far it is. `hit` are the other CIs that
    would be DOWN or DEGRADED; `broken` those among the CIs seen healthy.
    """

    position: int
    states: ByteArray
    distances: IntArray
    hit: int
    broken: IntArray

    @property
    def explained(self) -> int:
        """The symptoms it would bring DOWN or make DEGRADED, as bits."""
        return _bits(self.states >= ImpactState.DEGRADED)


_NOTHING = np.empty(0, dtype=np.int32)


@dataclass(frozen=True, slots=True)
class Tester:
    """Tries candidates. `healthy` are positions of CIs seen working that are no symptoms.

    `upstream` says of each CI whether it is upstream of a symptom: no path to a symptom leaves these.
    """

    topology: Topology
    conduction: Conduction
    symptoms: Symptoms
    healthy: IntArray
    upstream: BoolArray

    def try_one(self, position: int) -> Trial:
        """What would be seen if this CI were DOWN."""
        start = np.array([position], dtype=np.int32)
        found = propagate(self.conduction, Assumed(start, _NOTHING, _NOTHING))
        at = np.full(len(found.states), -1, dtype=np.int32)
        if self.upstream[position]:
            traced = trace(self.topology.links, self.conduction, found, start, self.upstream)
            at[traced.nodes] = traced.distances
        unwell = int(np.count_nonzero(found.states[found.affected] >= ImpactState.DEGRADED))
        broken = self.healthy[found.states[self.healthy] >= ImpactState.DEGRADED]
        return Trial(
            position=position,
            states=found.states[self.symptoms.positions],
            distances=at[self.symptoms.positions],
            hit=unwell - 1,
            broken=broken[broken != position],
        )

    def explain(self, position: int) -> tuple[Propagation, Trace]:
        """The impact of this CI being DOWN, with its paths."""
        start = np.array([position], dtype=np.int32)
        found = propagate(self.conduction, Assumed(start, _NOTHING, _NOTHING))
        return found, trace(self.topology.links, self.conduction, found, start)

    def explained_together(self, positions: list[int]) -> int:
        """The symptoms that would be DOWN or DEGRADED if all of these CIs were DOWN, as bits."""
        starts = np.array(sorted(positions), dtype=np.int32)
        found = propagate(self.conduction, Assumed(starts, _NOTHING, _NOTHING))
        return _bits(found.states[self.symptoms.positions] >= ImpactState.DEGRADED)


def _bits(flags: BoolArray) -> int:
    """Flags as the bits of a number, the first as the lowest."""
    return int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little")
