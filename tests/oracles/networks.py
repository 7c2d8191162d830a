"""Impact by networkx: what is reached, its states by brute force, and distances over links that explain them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import networkx as nx

from tests.oracles.fixpoint import Dependency, outcome_of, states_after


def impact_by_networkx(
    starts: Mapping[str, int], dependencies: Sequence[Dependency], retired: frozenset[str] = frozenset()
) -> dict[str, tuple[int, int]]:
    """State and distance of every CI hit, starts included."""
    alive = [d for d in dependencies if d.provider not in retired and d.dependent not in retired]
    graph = nx.DiGraph((d.provider, d.dependent) for d in alive)
    graph.add_nodes_from(starts)
    reached = set(starts).union(*(nx.descendants(graph, start) for start in starts))
    near = [d for d in alive if d.dependent in reached]
    states = states_after(starts, near)
    explaining = nx.DiGraph(
        (d.provider, d.dependent) for d in near if d.dependent in states and _explains(d, near, states)
    )
    explaining.add_nodes_from(starts)
    distances = nx.multi_source_dijkstra_path_length(explaining, set(starts), weight=None)
    return {name: (state, int(distances[name])) for name, state in states.items()}


def _explains(link: Dependency, near: Sequence[Dependency], states: Mapping[str, int]) -> bool:
    """Whether this link, alone or with its group, gives its dependent the state it is in."""
    together = [
        d for d in near if d.dependent == link.dependent and d.group is not None and d.group == link.group
    ]
    outcome, down = outcome_of(link, together, states)
    cause = states.get(link.provider, 0)
    return outcome == states[link.dependent] and (cause == 3 if down else cause >= 2)
