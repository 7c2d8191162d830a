"""What a proposal alters before it is made: who depends on whom, redundancy, single points of failure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from cmdb.analysis.points_of_failure import points_of_failure_of_many
from cmdb.analysis.propagate import Assumed, propagate
from cmdb.analysis.proposal import Proposal
from cmdb.analysis.reachable import closure, dependents
from cmdb.analysis.state import ImpactState
from cmdb.graph.elements import LinkKey
from cmdb.topology.adjacency import Rows
from cmdb.topology.arrays import BoolArray, IntArray
from cmdb.topology.topology import Topology

MOST_CIS = 100
"""So many services, and so many CIs named by the proposal, are compared unless the caller says otherwise."""


@dataclass(frozen=True, slots=True)
class ReachChange:
    """What one CI newly reaches and no longer reaches (ids, in rising order)."""

    ci: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupShape:
    """A redundancy group: of these providers (ids, in rising order; one may count twice) `needed` have to work."""

    members: tuple[str, ...]
    needed: int
    hard: bool


@dataclass(frozen=True, slots=True)
class GroupChange:
    """A redundancy group of a CI, with several members before or after; None where there is none."""

    dependent: str
    name: str
    before: GroupShape | None
    after: GroupShape | None


@dataclass(frozen=True, slots=True)
class ImpactDiff:
    """What is different, each part by id.

    `dependencies`: for each service, the CIs it newly depends on or no longer does, at any distance.
    `dependents`: for each CI the proposal names, the CIs that newly depend on it or no longer do.
    `points_of_failure`: for each service, the CIs whose failure alone newly takes it DOWN, or no longer does.
    `truncated`: there were more CIs to compare than the limit allows, or more upstream of one than are
    looked at; what is told is right all the same.
    """

    dependencies: tuple[ReachChange, ...] = ()
    dependents: tuple[ReachChange, ...] = ()
    groups: tuple[GroupChange, ...] = ()
    points_of_failure: tuple[ReachChange, ...] = ()
    compared: tuple[str, ...] = ()
    truncated: bool = False


def impact_diff(
    before: Topology,
    after: Topology,
    proposal: Proposal,
    services: frozenset[str] | None = None,
    limit: int = MOST_CIS,
) -> ImpactDiff:
    """Compare the present topology with the proposed one.

    Args:
        before: The present.
        after: `proposed(before, proposal)`.
        proposal: Says where to look: only what it names, and what depends on that, can differ.
        services: The classes whose CIs are compared; None means all CIs.
        limit: Most CIs that are compared.
    """
    if proposal.empty:
        return ImpactDiff()
    size = len(after.ids)
    old, new = dependents(before.conduction), dependents(after.conduction)
    named = _named(before, after, proposal)
    behind = closure(old, named, size) | closure(new, named, size)
    watched, more = _watched(after, behind, services, limit)
    points, cut = _points(before, after, watched)
    providers = after.ids_at(named[:limit])
    return ImpactDiff(
        dependencies=_reach_changes(before.conduction.suppliers, after.conduction.suppliers, after, watched),
        dependents=_reach_changes(old, new, after, providers),
        groups=_group_changes(before, after, _direct(named, old, new)),
        points_of_failure=points,
        compared=tuple(watched),
        truncated=more or cut or len(named) > limit or before.cut is not None,
    )


def _named(before: Topology, after: Topology, proposal: Proposal) -> IntArray:
    """Positions of the CIs that a proposal names itself or at an end of a link, by id."""
    keys: Iterable[LinkKey] = (*proposal.links, *proposal.removed_links)
    ids = {end for key in keys if key.type in before.meanings for end in (key.source, key.target)}
    ids |= {ci.id for ci in proposal.cis} | proposal.removed_cis
    found = after.find(sorted(ids), deleted_too=True)
    return found[found >= 0]


def _direct(named: IntArray, old: Rows, new: Rows) -> IntArray:
    """These CIs and those directly behind them: the dependents whose groups may differ."""
    known = named[named < len(old.offsets) - 1]
    parts = [named, old.gather(known)[0], new.gather(named)[0]]
    return np.unique(np.concatenate(parts)).astype(np.int32)


def _watched(
    after: Topology, behind: BoolArray, services: frozenset[str] | None, limit: int
) -> tuple[list[str], bool]:
    """The first CIs (by id) of these classes among those the proposal can concern, and whether there are more."""
    places = np.flatnonzero(behind).astype(np.int32)
    if services is not None:
        wanted = np.array([name in services for name in after.class_names], dtype=np.bool_)
        places = places[wanted[after.class_codes[places]]]
    ids = sorted(after.ids_at(places))
    return ids[:limit], len(ids) > limit


def _reach_changes(old: Rows, new: Rows, after: Topology, ids: list[str]) -> tuple[ReachChange, ...]:
    size = len(after.ids)
    changes = []
    for ci, place in zip(ids, after.find(ids, deleted_too=True), strict=True):
        start = np.array([place], dtype=np.int32)
        was, will = closure(old, start, size), closure(new, start, size)
        was[place] = will[place] = False
        change = _change(ci, _ids(after, was), _ids(after, will))
        if change is not None:
            changes.append(change)
    return tuple(changes)


def _points(before: Topology, after: Topology, ids: list[str]) -> tuple[tuple[ReachChange, ...], bool]:
    there = [ci for ci, place in zip(ids, before.find(ids).tolist(), strict=True) if place >= 0]
    was, cut_before = points_of_failure_of_many(before, there)
    there = [ci for ci, place in zip(ids, after.find(ids).tolist(), strict=True) if place >= 0]
    will, cut_after = points_of_failure_of_many(after, there)
    cut = cut_before or cut_after
    changes = []
    for ci in ids:
        old, new = was.get(ci, frozenset()), will.get(ci, frozenset())
        if cut:
            # A point that was not looked at on one side is no difference.
            old, new = (
                old | {point for point in new - old if _takes_down(before, point, ci)},
                new | {point for point in old - new if _takes_down(after, point, ci)},
            )
        change = _change(ci, old, new)
        if change is not None:
            changes.append(change)
    return tuple(changes), cut


def _takes_down(topology: Topology, point: str, ci: str) -> bool:
    start, place = topology.find((point, ci))
    if start < 0 or place < 0:
        return False
    nothing = np.empty(0, dtype=np.int32)
    found = propagate(topology.conduction, Assumed(np.array([start], dtype=np.int32), nothing, nothing))
    return bool(found.states[place] == ImpactState.DOWN)


def _change(ci: str, was: frozenset[str], will: frozenset[str]) -> ReachChange | None:
    if was == will:
        return None
    return ReachChange(ci, tuple(sorted(will - was)), tuple(sorted(was - will)))


def _ids(topology: Topology, chosen: BoolArray) -> frozenset[str]:
    return frozenset(topology.ids_at(np.flatnonzero(chosen).astype(np.int32)))


def _group_changes(before: Topology, after: Topology, places: IntArray) -> tuple[GroupChange, ...]:
    changes = []
    for place in places.tolist():
        was = groups_of(before, place) if place < len(before.ids) else {}
        will = groups_of(after, place)
        changes += [
            GroupChange(after.id_at(place), name, was.get(name), will.get(name))
            for name in {*was, *will}
            if was.get(name) != will.get(name) and (_is_several(was.get(name)) or _is_several(will.get(name)))
        ]
    return tuple(sorted(changes, key=lambda change: (change.dependent, change.name)))


def _is_several(shape: GroupShape | None) -> bool:
    """A group of one is no redundancy: reachability tells of it."""
    return shape is not None and len(shape.members) > 1


def groups_of(topology: Topology, position: int) -> dict[str, GroupShape]:
    """The redundancy groups of a CI by name."""
    links, groups = topology.links, topology.conduction.groups
    supply = topology.conduction.supply_links.of(position)
    found = {}
    for group in np.unique(groups.of_link[supply]).tolist():
        if group >= 0:
            members = links.providers[supply[groups.of_link[supply] == group]]
            name = links.group_specs[groups.specs[group]].name
            found[name] = GroupShape(
                tuple(sorted(topology.ids_at(members))), int(groups.needed[group]), bool(groups.hard[group])
            )
    return found
