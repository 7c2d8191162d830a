"""networkx, on the same dependencies."""

from __future__ import annotations

from collections.abc import Callable

import networkx as nx

from benchmarks.baselines.plain import PlainGraph


def searcher(graph: PlainGraph) -> Callable[[int], set[int]]:
    """A function that gives what is reached from a node, without itself (`networkx.descendants`)."""
    made: nx.DiGraph[int] = nx.DiGraph()
    made.add_nodes_from(range(len(graph.topology.ids)))
    made.add_edges_from(zip(graph.providers.tolist(), graph.dependents.tolist(), strict=True))

    def search(start: int) -> set[int]:
        found: set[int] = nx.descendants(made, start)
        return found

    return search
