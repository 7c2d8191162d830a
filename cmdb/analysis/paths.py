"""Explaining paths, step by step, for the rows that are shown."""

from __future__ import annotations

import numpy as np

from cmdb.analysis.explain import Trace, explains
from cmdb.analysis.impact_types import GroupFailure, PathStep
from cmdb.analysis.propagate import Propagation
from cmdb.analysis.state import ImpactState
from cmdb.topology.arrays import IntArray
from cmdb.topology.conduction import Conduction
from cmdb.topology.topology import Topology


def paths_to(
    topology: Topology, conduction: Conduction, found: Propagation, traced: Trace, positions: IntArray
) -> list[tuple[PathStep, ...]]:
    """The steps from a start to each of these affected CIs; steps that paths share are made once."""
    nodes = _on_the_way(traced, positions)
    steps = _steps(topology, conduction, found, traced, nodes)
    before = dict(zip(nodes.tolist(), traced.previous[nodes].tolist(), strict=True))
    paths = []
    for position in positions.tolist():
        path, here = [], position
        while here >= 0:
            path.append(steps[here])
            here = before[here]
        paths.append(tuple(reversed(path)))
    return paths


def _on_the_way(traced: Trace, positions: IntArray) -> IntArray:
    """These CIs and all before them on their paths, each once."""
    seen = np.zeros(len(traced.previous), dtype=np.bool_)
    found, frontier = [positions[:0]], positions
    while frontier.size:
        frontier = np.unique(frontier[~seen[frontier]])
        seen[frontier] = True
        found.append(frontier)
        frontier = traced.previous[frontier]
        frontier = frontier[frontier >= 0]
    return np.concatenate(found)


def _steps(
    topology: Topology, conduction: Conduction, found: Propagation, traced: Trace, nodes: IntArray
) -> dict[int, PathStep]:
    """By position, the step that leads to each of these CIs."""
    supply, counts = conduction.supply_links.gather(nodes)
    owners = np.repeat(np.arange(len(nodes), dtype=np.int32), counts)
    leads = topology.links.providers[supply] == traced.previous[nodes][owners]
    leads &= explains(topology.links, conduction, found, supply)
    chosen = np.flatnonzero(leads)
    # Of several links between two CIs the first by type is told, whatever order the links came in.
    chosen = chosen[topology.links.types[supply[chosen]].argsort(kind="stable")]
    links = np.full(len(nodes), -1, dtype=np.int32)
    links[owners[chosen][::-1]] = supply[chosen][::-1]  # the first of several wins
    links[traced.previous[nodes] < 0] = -1
    meanings = {meaning.code: meaning for meaning in topology.meanings.values()}
    steps = {}
    rows = zip(
        nodes.tolist(),
        topology.ids_at(nodes),
        topology.class_codes[nodes].tolist(),
        found.states[nodes].tolist(),
        links.tolist(),
        strict=True,
    )
    for position, ci_id, code, state, link in rows:
        class_name = topology.class_names[code]
        if link < 0:
            steps[position] = PathStep(ci_id, class_name, ImpactState(state))
            continue
        meaning = meanings[int(topology.links.types[link])]
        group = _failure(topology, conduction, found, link)
        steps[position] = PathStep(
            ci_id, class_name, ImpactState(state), meaning.name, along=meaning.along, group=group
        )
    return steps


def _failure(
    topology: Topology, conduction: Conduction, found: Propagation, link: int
) -> GroupFailure | None:
    groups = conduction.groups
    group = int(groups.of_link[link])
    if group < 0:
        return None
    # Only links that pass something on: the providers of the others count as healthy.
    supply = conduction.supply_links.of(int(topology.links.dependents[link]))
    states = found.states[topology.links.providers[supply[groups.of_link[supply] == group]]]
    members = int(groups.members[group])
    return GroupFailure(
        name=topology.links.group_specs[groups.specs[group]].name,
        members=members,
        needed=int(groups.needed[group]),
        up=members - int(np.count_nonzero(states == ImpactState.DOWN)),
        healthy=members - int(np.count_nonzero(states >= ImpactState.DEGRADED)),
    )
