"""The states that follow from some assumed ones: the least fixpoint of the propagation rules.

No rule yields a state worse than the one that caused it, so the fixpoint is found worst state first:
everything DOWN, then everything DEGRADED because of that, then everything AT_RISK. Each phase is a
breadth-first search with a counter for each redundant group, so the whole is linear in the region reached.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cmdb.analysis.state import ImpactState
from cmdb.topology.adjacency import Reach, reach
from cmdb.topology.arrays import ByteArray, IntArray
from cmdb.topology.conduction import Conduction
from cmdb.topology.ordering import Distinct, ascending

DOWN, DEGRADED, AT_RISK = int(ImpactState.DOWN), int(ImpactState.DEGRADED), int(ImpactState.AT_RISK)
FEW = 32
"""Up to so many nodes a plain loop is quicker than a handful of array operations."""


@dataclass(frozen=True, slots=True)
class Assumed:
    """Distinct positions of CIs assumed to be in each state."""

    down: IntArray
    degraded: IntArray
    at_risk: IntArray

    @property
    def starts(self) -> IntArray:
        """All of them, ascending."""
        return np.sort(np.concatenate([self.down, self.degraded, self.at_risk]))


@dataclass(frozen=True, slots=True)
class Propagation:
    """What was found. `affected` holds the CIs hit, starts included, in no particular order.

    states: by CI. not_up, unwell: by redundant group, how many of its members are DOWN, and DOWN or
    DEGRADED. `search` is the breadth-first search that found everything, where a single one did; its tree
    then consists of links that explain.
    """

    affected: IntArray
    states: ByteArray
    not_up: IntArray
    unwell: IntArray
    search: Reach | None


def propagate(conduction: Conduction, assumed: Assumed) -> Propagation:
    """The states of all CIs when some are in the states assumed."""
    spread, groups = _Spread(conduction), conduction.groups
    not_up = np.zeros(len(groups), dtype=np.int32)
    unwell = np.zeros(len(groups), dtype=np.int32)

    new = spread.close(DOWN, assumed.down)
    down, touched = spread.through_groups(DOWN, new, new, not_up)

    softened = conduction.soft.gather(down)[0]
    if not (len(softened) or len(touched) or len(assumed.degraded) or len(assumed.at_risk)):
        return Propagation(down, spread.states, not_up, unwell, spread.search)

    weak = touched[~groups.hard[touched]]
    failed = weak[groups.members[weak] - not_up[weak] < groups.needed[weak]]
    new = spread.close(DEGRADED, np.concatenate([assumed.degraded, softened, groups.dependents[failed]]))
    degraded, touched = spread.through_groups(DEGRADED, new, np.concatenate([down, new]), unwell)

    softened = conduction.soft.gather(degraded)[0]
    at_risk = spread.mark(AT_RISK, np.concatenate([assumed.at_risk, softened, groups.dependents[touched]]))

    affected = np.concatenate([down, degraded, at_risk])
    kinds = sum(bool(len(starts)) for starts in (assumed.down, assumed.degraded, assumed.at_risk))
    search = spread.search
    if kinds > 1 or touched.size or search is None or len(search.nodes) != len(affected):
        search = None
    return Propagation(affected, spread.states, not_up, unwell, search)


class _Spread:
    """The states found so far."""

    def __init__(self, conduction: Conduction) -> None:
        self._conduction = conduction
        self.states = np.zeros(len(conduction.hard.offsets) - 1, dtype=np.int8)
        self.search: Reach | None = None
        self._distinct = Distinct(len(self.states))
        self._distinct_groups = Distinct(len(conduction.groups))

    def mark(self, level: int, seeds: IntArray) -> IntArray:
        """Bring the seeds to this state, and give those that were in a better one."""
        fresh = self._distinct.of(seeds[self.states[seeds] < level])
        self.states[fresh] = level
        return fresh

    def close(self, level: int, seeds: IntArray) -> IntArray:
        """Bring the seeds, and everything behind them over hard links, to this state; give what changed."""
        if self.search is None and seeds.size:
            # Nothing is marked: the search in C may run everywhere.
            self.search = reach(self._conduction.hard, ascending(self._distinct.of(seeds)))
            self.states[self.search.places] = level
            return self.search.nodes
        frontier = self.mark(level, seeds)
        found = [frontier]
        while frontier.size:
            if frontier.size <= FEW:
                passed, frontier = self._few(level, frontier)
            else:
                passed = frontier = self.mark(level, self._conduction.hard.gather(frontier)[0])
            found.append(passed)
        return np.concatenate(found)

    def through_groups(
        self, level: int, new: IntArray, frontier: IntArray, counts: IntArray
    ) -> tuple[IntArray, IntArray]:
        """Follow hard redundant groups too, until nothing changes.

        `new` came to this state already; `frontier` are the members not counted yet; `counts` is raised for
        each group. Gives all that came to this state, and the groups that have a member counted.
        """
        conduction, groups = self._conduction, self._conduction.groups
        everything, touched = [new], []
        while frontier.size:
            hit = conduction.grouped.gather(frontier)[0]
            if not hit.size:
                break
            # With the index and the number in just these types numpy takes its quick way, forty times as quick.
            np.add.at(counts, hit.astype(np.intp), np.int32(1))
            hit = self._distinct_groups.of(hit)
            touched.append(hit)
            lacking = groups.members[hit] - counts[hit] < groups.needed[hit]
            frontier = self.close(level, groups.dependents[hit[lacking & groups.hard[hit]]])
            everything.append(frontier)
        counted = np.concatenate([conduction.grouped.entries[:0], *touched])
        return np.concatenate(everything), self._distinct_groups.of(counted)

    def _few(self, level: int, frontier: IntArray) -> tuple[IntArray, IntArray]:
        """Steps of a breadth-first search in a loop, while the frontier is small.

        Gives all that came to this state, and the frontier that got too large for it (or is empty).
        """
        hard, states = self._conduction.hard, self.states
        found: list[int] = []
        step = frontier.tolist()
        while step and len(step) <= FEW:
            following: list[int] = []
            for node in step:
                for dependent in hard.of(node).tolist():
                    if states[dependent] < level:
                        states[dependent] = level
                        following.append(dependent)
            found += following
            step = following
        return np.array(found, dtype=np.int32), np.array(step, dtype=np.int32)
