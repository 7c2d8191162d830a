"""What if this were redundant? A topology with redundancy that is not there, and what it would save."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from cmdb.analysis.impact import ImpactResult
from cmdb.analysis.proposal import Proposal, ProposedCi, proposed
from cmdb.analysis.state import ImpactState
from cmdb.graph.elements import LinkKey, Properties
from cmdb.kernel.errors import CmdbError, ErrorKind
from cmdb.topology.arrays import IntArray
from cmdb.topology.meaning import GROUP, HARD, NEEDED, STRENGTH, GroupSpec
from cmdb.topology.topology import Topology


class WhatIfImpossibleError(CmdbError):
    """The redundancy asked about cannot be: it names no relationships, or asks for more than now; details: dependent."""

    code = "WHAT_IF_IMPOSSIBLE"
    kind = ErrorKind.INVALID
    summary = "The redundancy asked about cannot be added to what is there."
    default_remedy = "Name a dependent, a relationship type it has towards its providers, and others to add."


@dataclass(frozen=True, slots=True)
class Spare:
    """A second one of a CI, which everything that needs the CI could use instead.

    It stands on the same providers as the CI does; an `independent` one on none.
    """

    of: str
    independent: bool = False


@dataclass(frozen=True, slots=True)
class Alternatives:
    """All providers a CI has by one relationship type become a group, with further ones, of which some are needed.

    `needed` None keeps what a group needs today, and is 1 where there is no group.
    """

    dependent: str
    relationship_type: str
    add: tuple[str, ...] = ()
    needed: int | None = None


Redundancy: TypeAlias = Spare | Alternatives


@dataclass(frozen=True, slots=True)
class StateChange:
    """A CI whose state is another one in a second answer."""

    id: str
    class_name: str
    before: ImpactState
    after: ImpactState


def with_redundancy(topology: Topology, added: Iterable[Redundancy]) -> Topology:
    """The topology with each of these put in, one after the other.

    A spare never worsens a state. Alternatives never make anything DOWN or DEGRADED that was not, but a
    further member that fails leaves its group with less redundancy: AT_RISK.

    Raises:
        NodeNotFoundError: a CI named is not there.
        WhatIfImpossibleError: alternatives that are none.
    """
    for idea in added:
        proposal = _spare(topology, idea) if isinstance(idea, Spare) else _alternatives(topology, idea)
        topology = proposed(topology, proposal)
    return topology


def named_in(added: Iterable[Redundancy]) -> list[str]:
    """The ids of the CIs that these name."""
    return [
        ci
        for idea in added
        for ci in ((idea.of,) if isinstance(idea, Spare) else (idea.dependent, *idea.add))
    ]


def state_changes(before: ImpactResult, after: ImpactResult) -> tuple[StateChange, ...]:
    """The CIs of the first topology whose states differ, those that gain most first, then by id.

    `after` was asked of a topology that follows the first one's.
    """
    old, new = before.found.states, after.found.states[: len(before.found.states)]
    places = np.flatnonzero(old != new).astype(np.int32)
    topology = before.topology
    changes = [
        StateChange(ci, topology.class_at(place), ImpactState(int(old[place])), ImpactState(int(new[place])))
        for ci, place in zip(topology.ids_at(places), places.tolist(), strict=True)
    ]
    return tuple(
        sorted(changes, key=lambda change: (change.after - change.before, -change.before, change.id))
    )


def _spare(topology: Topology, idea: Spare) -> Proposal:
    original = topology.position(idea.of)
    spare = _unused(topology, f"{idea.of}~spare")
    links: dict[LinkKey, Properties] = {}
    conduction = topology.conduction
    for link in conduction.supply_links.of(original).tolist() if not idea.independent else ():
        provider = topology.id_at(int(topology.links.providers[link]))
        links[_key(topology, link, provider, spare)] = _properties(topology, link)
    active = conduction.supply_links.entries
    for link in active[topology.links.providers[active] == original].tolist():
        dependent = topology.id_at(int(topology.links.dependents[link]))
        for member, key in _members(topology, link):
            links[key] = _properties(topology, member, _own_group(topology, member, idea.of))
        spare_key = _key(topology, link, spare, dependent)
        links[spare_key] = _properties(topology, link, _own_group(topology, link, idea.of))
    return Proposal(cis=(ProposedCi(spare, topology.class_at(original)),), links=links)


def _own_group(topology: Topology, link: int, provider: str) -> str:
    """The name of the group in which a link that stands for itself gets its spare."""
    return f"{topology.meaning_of(link).name} {provider} or a spare"


def _unused(topology: Topology, name: str) -> str:
    number = 1
    while topology.find((f"{name}-{number}",), deleted_too=True)[0] >= 0:
        number += 1
    return f"{name}-{number}"


def _alternatives(topology: Topology, idea: Alternatives) -> Proposal:
    dependent = topology.position(idea.dependent)
    topology.positions(idea.add)
    links = [
        link
        for link in topology.conduction.supply_links.of(dependent).tolist()
        if topology.meaning_of(link).name == idea.relationship_type
    ]
    groups = np.unique(topology.conduction.groups.of_link[np.array(links, dtype=np.int32)]).tolist()
    _check(topology, idea, links, groups)
    grouped = groups[0] >= 0
    strength = int(topology.links.strengths[links].max())
    name = _group_name(topology, links[0]) if grouped else f"{idea.relationship_type} alternatives"
    needed = idea.needed or (_needed(topology, links[0]) if grouped else 1)
    said = {GROUP: name, NEEDED: str(needed)}
    put: dict[LinkKey, Properties] = {
        key: {STRENGTH: _strength(int(topology.links.strengths[member])), **said}
        for link in links
        for member, key in _members(topology, link)
    }
    for provider in idea.add:
        put[_key(topology, links[0], provider, idea.dependent)] = {STRENGTH: _strength(strength), **said}
    return Proposal(links=put)


def _check(topology: Topology, idea: Alternatives, links: list[int], groups: list[int]) -> None:
    details = {"dependent": idea.dependent}
    if not links:
        raise WhatIfImpossibleError(
            f"{idea.dependent!r} has no provider by {idea.relationship_type!r}", details=details
        )
    if len(groups) > 1:
        raise WhatIfImpossibleError(
            f"the providers of {idea.dependent!r} by {idea.relationship_type} are in several groups",
            details=details,
        )
    present = {topology.id_at(int(topology.links.providers[link])) for link in links} | {idea.dependent}
    if not present.isdisjoint(idea.add):
        raise WhatIfImpossibleError(
            f"{min(present & set(idea.add))!r} is a provider already, or the dependent itself",
            details=details,
        )
    strengths = topology.links.strengths[links]
    most = (
        _needed(topology, links[0]) if groups[0] >= 0 else int(np.count_nonzero(strengths == strengths.max()))
    )
    if idea.needed is not None and not 1 <= idea.needed <= most:
        raise WhatIfImpossibleError(
            f"{idea.needed} are to be needed, and today it takes {most}", details=details
        )


def _members(topology: Topology, link: int) -> list[tuple[int, LinkKey]]:
    """The links of the group a link is in, or the link alone, with their keys."""
    groups = topology.conduction.groups
    group = int(groups.of_link[link])
    dependent = int(topology.links.dependents[link])
    supply: IntArray = topology.conduction.supply_links.of(dependent)
    members = supply[groups.of_link[supply] == group].tolist() if group >= 0 else [link]
    ends = topology.ids_at(topology.links.providers[np.array(members, dtype=np.int32)])
    return [
        (member, _key(topology, member, provider, topology.id_at(dependent)))
        for member, provider in zip(members, ends, strict=True)
    ]


def _key(topology: Topology, link: int, provider: str, dependent: str) -> LinkKey:
    """A link between these like the given one."""
    meaning = topology.meaning_of(link)
    source, target = (provider, dependent) if meaning.along else (dependent, provider)
    return LinkKey(meaning.name, source, target)


def _properties(topology: Topology, link: int, alone: str | None = None) -> Properties:
    """What a link says, in full; one in no group joins the group `alone` of which one is needed, if given.

    The number needed is written out: a share of more members could be more than today.
    """
    strength = {STRENGTH: _strength(int(topology.links.strengths[link]))}
    if int(topology.conduction.groups.of_link[link]) >= 0:
        return {**strength, GROUP: _group_name(topology, link), NEEDED: str(_needed(topology, link))}
    return strength if alone is None else {**strength, GROUP: alone, NEEDED: "1"}


def _group_name(topology: Topology, link: int) -> str:
    groups = topology.conduction.groups
    spec: GroupSpec = topology.links.group_specs[groups.specs[groups.of_link[link]]]
    return spec.name


def _needed(topology: Topology, link: int) -> int:
    groups = topology.conduction.groups
    return int(groups.needed[groups.of_link[link]])


def _strength(code: int) -> str:
    return "hard" if code == HARD else "soft"
