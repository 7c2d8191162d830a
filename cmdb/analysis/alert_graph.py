"""The alerting CIs upstream of a symptom, as a small graph of their own."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from cmdb.topology.conduction import Conduction
from cmdb.topology.meaning import SOFT

DOUBTFUL_SHARE = 0.25
"""What an amount counts beyond a soft dependency, or beyond a CI seen working.

Who hands work to a queue does not wait for it to be done, and what passes a CI should show there; yet a queue
runs full, and a little can hide in the usual scatter of a busy CI.
"""

Amounts = Mapping[int, float]
"""By position of a CI, how much of something there is."""
Edges = Mapping[int, Mapping[int, float]]
"""From a position to others, and how far each counts."""


def upstream_edges(
    conduction: Conduction, starts: Amounts, amounts: Amounts, healthy: Collection[int]
) -> dict[int, dict[int, float]]:
    """From each start and each alerting CI upstream of it to the next alerting ones upstream, and how far they count."""
    edges: dict[int, dict[int, float]] = {}
    waiting = list(starts)
    while waiting:
        place = waiting.pop()
        if place not in edges:
            _, every = search(conduction, place, amounts, (), soft_too=True)
            _, clear = search(conduction, place, amounts, healthy, soft_too=False)
            edges[place] = {one: 1.0 if one in clear else DOUBTFUL_SHARE for one in sorted(every)}
            waiting += edges[place]
    return edges


def search(
    conduction: Conduction, start: int, amounts: Amounts, healthy: Collection[int], *, soft_too: bool
) -> tuple[set[int], set[int]]:
    """All CIs upstream up to the next alerting ones, and these; what is healthy is not gone through."""
    found: set[int] = set()
    seen = {start}
    waiting = [start]
    while waiting:
        here = waiting.pop()
        links = conduction.supply_links.of(here)
        providers = conduction.suppliers.of(here)
        for provider in (providers if soft_too else providers[conduction.strengths[links] != SOFT]).tolist():
            if provider in seen:
                continue
            seen.add(provider)
            if provider in amounts:
                found.add(provider)
            elif provider not in healthy:
                waiting.append(provider)
    return seen, found


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
