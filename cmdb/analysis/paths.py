"""Explaining paths, step by step, for the rows that are shown."""

from __future__ import annotations

import numpy as np

from cmdb.analysis.explain import Trace, explains
from cmdb.analysis.impact_types import GroupFailure, PathStep
from cmdb.analysis.propagate import Propagation
from cmdb.analysis.state import ImpactState
from cmdb.topology.conduction import Conduction
from cmdb.topology.topology import Topology


def path_to(
    topology: Topology, conduction: Conduction, found: Propagation, traced: Trace, position: int
) -> tuple[PathStep, ...]:
    """The steps from a start to an affected CI."""
    steps = []
    here = position
    while True:
        before = int(traced.previous[here])
        steps.append(_step(topology, conduction, found, before, here))
        if before < 0:
            return tuple(reversed(steps))
        here = before


def _step(topology: Topology, conduction: Conduction, found: Propagation, before: int, here: int) -> PathStep:
    state = ImpactState(int(found.states[here]))
    if before < 0:
        return PathStep(topology.id_at(here), topology.class_at(here), state)
    between = conduction.supply_links.of(here)[conduction.suppliers.of(here) == before]
    link = int(between[np.argmax(explains(topology.links, conduction, found, between))])
    meaning = topology.meaning_of(link)
    return PathStep(
        id=topology.id_at(here),
        class_name=topology.class_at(here),
        state=state,
        relationship_type=meaning.name,
        along=meaning.along,
        group=_failure(topology, conduction, found, link),
    )


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
