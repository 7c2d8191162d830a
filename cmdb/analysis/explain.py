"""Why each affected CI is hit: distances and shortest explaining paths.

A link explains its dependent's state when its provider's state, through this link alone or through the
redundant group it belongs to, yields just that state. Along links that explain, every affected CI is
reached from a start, so one breadth-first search over them gives distances and paths.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cmdb.analysis.propagate import AT_RISK, DEGRADED, DOWN, Propagation
from cmdb.topology.adjacency import Reach, Rows, distances, group_by, reach
from cmdb.topology.arrays import BoolArray, ByteArray, IntArray
from cmdb.topology.conduction import Conduction
from cmdb.topology.impact_links import ImpactLinks
from cmdb.topology.meaning import NONE
from cmdb.topology.ordering import ascending

# What a single link passes on: by its strength (NONE, SOFT, HARD) and its provider's state (UNAFFECTED to DOWN).
_PASSED = np.array([[0, 0, 0, 0], [0, 0, AT_RISK, DEGRADED], [0, 0, DEGRADED, DOWN]], dtype=np.int8)
# What a hard group comes to, as a soft one passes it on.
_SOFTENED = np.array([0, AT_RISK, AT_RISK, DEGRADED], dtype=np.int8)


@dataclass(frozen=True, slots=True)
class Trace:
    """nodes, distances: the affected CIs by rising distance. `previous` is by CI, -1 for a start."""

    nodes: IntArray
    distances: IntArray
    previous: IntArray


def trace(
    links: ImpactLinks,
    conduction: Conduction,
    found: Propagation,
    starts: IntArray,
    within: BoolArray | None = None,
) -> Trace:
    """Distances and predecessors of everything affected; `starts` ascending.

    With `within`, which holds the starts, only by paths among these CIs; the rest may be left out.
    """
    if found.search is not None:
        return _traced(found.search, len(found.states))
    hit = found.affected
    nodes = ascending(hit if within is None else hit[within[hit]])
    count, size = len(nodes), len(found.states)
    local = np.empty(size, dtype=np.int32)
    local[nodes] = np.arange(count, dtype=np.int32)
    supply, counts = conduction.supply_links.gather(nodes)
    dependents = np.repeat(np.arange(count, dtype=np.int32), counts)
    explaining = explains(links, conduction, found, supply)
    if within is not None:
        explaining &= within[links.providers[supply]]
    chosen = np.flatnonzero(explaining)
    by_provider = group_by(local[links.providers[supply[chosen]]], count)
    inner = Rows(by_provider.offsets, dependents[chosen[by_provider.entries]])
    search = reach(inner, local[starts])
    order = nodes[search.places]
    parents = np.where(search.parents < 0, -1, nodes[search.parents]).astype(np.int32)
    return _traced(Reach(order, parents, order.astype(np.intp)), size)


def _traced(search: Reach, size: int) -> Trace:
    previous = np.empty(size, dtype=np.int32)
    previous[search.places] = search.parents
    return Trace(search.nodes, distances(search, size), previous)


def explains(links: ImpactLinks, conduction: Conduction, found: Propagation, chosen: IntArray) -> BoolArray:
    """Which of these links explain their dependent's state."""
    cause = found.states[links.providers[chosen]]
    result = found.states[links.dependents[chosen]]
    strengths = conduction.strengths[chosen]
    single: BoolArray = (_PASSED[strengths, cause] == result) & (result > 0)
    grouped = np.flatnonzero(strengths == NONE)
    if grouped.size:
        single[grouped] = _group_explains(conduction, found, chosen[grouped], cause[grouped], result[grouped])
    return single


def _group_explains(
    conduction: Conduction, found: Propagation, chosen: IntArray, cause: ByteArray, result: ByteArray
) -> BoolArray:
    groups, group = conduction.groups, conduction.groups.of_link[chosen]
    members, needed = groups.members[group], groups.needed[group]
    not_up, unwell = found.not_up[group], found.unwell[group]
    outcome = np.where(unwell > 0, np.int8(AT_RISK), np.int8(0))
    outcome[members - unwell < needed] = DEGRADED
    outcome[members - not_up < needed] = DOWN
    # A group that is DOWN is so because of its members that are; otherwise every unwell member counts.
    counted = np.where(outcome == DOWN, cause == DOWN, cause >= DEGRADED)
    passed = np.where(groups.hard[group], outcome, _SOFTENED[outcome])
    explained: BoolArray = counted & (passed == result) & (result > 0)
    return explained
