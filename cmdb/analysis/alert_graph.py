"""The alerting CIs upstream of a symptom, as a small graph of their own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from cmdb.topology.adjacency import Rows, reach
from cmdb.topology.arrays import BoolArray, IntArray
from cmdb.topology.conduction import Conduction
from cmdb.topology.meaning import SOFT

DOUBTFUL_SHARE = 0.25
"""What an amount counts beyond a soft dependency, or beyond a CI seen working.

Who hands work to a queue does not wait for it to be done, and what passes a CI should show there; yet a queue
runs full, and a little can hide in the usual scatter of a busy CI.
"""

FEW = 64
"""Up to so many CIs a plain loop is quicker than the search in C."""

Amounts = Mapping[int, float]
"""By position of a CI, how much of something there is."""
Edges = Mapping[int, Mapping[int, float]]
"""From a position to others, and how far each counts."""


class Walks:
    """Walks against the links that go up to certain CIs and not past them; these are positions, as are starts.

    Most walks are short where much alerts, and go far where little does: a loop takes the first steps, and the
    search in C begins again where they were not all.
    """

    def __init__(self, conduction: Conduction, ends: Collection[int], *, soft_too: bool) -> None:
        self._conduction = conduction
        self._ends = ends
        self._soft_too = soft_too

    def from_(self, start: int) -> IntArray:
        """The start and all that is found, the ends that were reached among it; each once."""
        near = self._near(start)
        if near is not None:
            return np.array(near, dtype=np.int32)
        first = np.unique(self._providers(start))
        found = reach(self._rows, first).nodes
        others: IntArray = found[found != start]
        return np.append(others, np.int32(start)).astype(np.int32, copy=False)

    def _near(self, start: int) -> list[int] | None:
        """What is found, unless it is much."""
        seen = {start}
        waiting = [start]
        while waiting:
            for provider in self._providers(waiting.pop()).tolist():
                if provider not in seen:
                    seen.add(provider)
                    if provider not in self._ends:
                        waiting.append(provider)
            if len(seen) > FEW:
                return None
        return list(seen)

    def _providers(self, place: int) -> IntArray:
        providers = self._conduction.suppliers.of(place)
        if self._soft_too:
            return providers
        waited_for: BoolArray = self._conduction.strengths[self._conduction.supply_links.of(place)] != SOFT
        hard: IntArray = providers[waited_for]
        return hard

    @cached_property
    def _rows(self) -> Rows:
        """The providers of each CI that is gone past."""
        suppliers, links = self._conduction.suppliers, self._conduction.supply_links
        counts = np.diff(suppliers.offsets)
        passed = np.ones(len(counts), dtype=np.bool_)
        passed[np.array(sorted(self._ends), dtype=np.intp)] = False
        kept = np.repeat(passed, counts)
        if not self._soft_too:
            kept &= self._conduction.strengths[links.entries] != SOFT
        before = np.concatenate([[0], np.cumsum(kept)]).astype(np.int32)
        return Rows(before[suppliers.offsets], suppliers.entries[kept])


def upstream_edges(
    conduction: Conduction, starts: Amounts, amounts: Amounts, healthy: Collection[int]
) -> dict[int, dict[int, float]]:
    """From each start and each alerting CI upstream of it to the next alerting ones upstream, and how far they count."""
    every = Walks(conduction, amounts, soft_too=True)
    clear = Walks(conduction, {*amounts, *healthy}, soft_too=False)
    alerting = np.zeros(len(conduction.suppliers.offsets) - 1, dtype=np.bool_)
    alerting[np.array(sorted(amounts), dtype=np.intp)] = True
    edges: dict[int, dict[int, float]] = {}
    waiting = list(starts)
    while waiting:
        place = waiting.pop()
        if place not in edges:
            plainly = set(_among(alerting, clear, place))
            edges[place] = {
                one: 1.0 if one in plainly else DOUBTFUL_SHARE
                for one in sorted(_among(alerting, every, place))
            }
            waiting += edges[place]
    return edges


def _among(alerting: BoolArray, walks: Walks, start: int) -> list[int]:
    """The alerting CIs that a walk ends at."""
    found = walks.from_(start)
    return [place for place in found[alerting[found]].tolist() if place != start]


def components(edges: Edges) -> dict[int, int]:
    """By node the number of its strongly connected component."""
    nodes = sorted(edges)
    place = {node: number for number, node in enumerate(nodes)}
    pairs = [(place[node], place[provider]) for node in nodes for provider in edges[node]]
    rows = np.array([one for one, _ in pairs], dtype=np.int32)
    columns = np.array([other for _, other in pairs], dtype=np.int32)
    matrix = csr_array((np.ones(len(pairs)), (rows, columns)), shape=(len(nodes), len(nodes)))
    _, labels = connected_components(matrix, directed=True, connection="strong")
    return dict(zip(nodes, labels.tolist(), strict=True))
