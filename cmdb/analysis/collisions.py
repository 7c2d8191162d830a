"""Changes that meet: at the same time, on the same CIs or anywhere in what they hit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from cmdb.analysis.impact import ImpactResult, impact
from cmdb.analysis.impact_types import GroupFailure, ImpactRequest, Start
from cmdb.analysis.state import ImpactState
from cmdb.analysis.windows import Span
from cmdb.topology.arrays import BoolArray, IntArray
from cmdb.topology.topology import Topology

MOST_CIS = 100
"""So many CIs in which two changes meet are listed unless the caller says otherwise; all are counted."""


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """A change: what it touches, with the states expected meanwhile, and when."""

    id: str
    starts: tuple[Start, ...]
    span: Span


class CollisionKind(StrEnum):
    """How two changes meet, the gravest first.

    LOST_REDUNDANCY: together they bring a CI into a worse state than either alone. SAME_CI: both touch it.
    TOUCHES_AFFECTED: one touches what the other hits. SHARED_IMPACT: both hit it.
    """

    LOST_REDUNDANCY = "lost_redundancy"
    SAME_CI = "same_ci"
    TOUCHES_AFFECTED = "touches_affected"
    SHARED_IMPACT = "shared_impact"


@dataclass(frozen=True, slots=True)
class MeetingCi:
    """A CI in which two changes meet: its state by each alone, and by both.

    `group` is the redundancy group through which both together hit it, where there is one.
    """

    id: str
    class_name: str
    kind: CollisionKind
    by_first: ImpactState
    by_second: ImpactState
    together: ImpactState
    group: GroupFailure | None


@dataclass(frozen=True, slots=True)
class Collision:
    """Two changes that meet.

    `span` is the time they have in common, None where there is none. `kinds` are those that occur, the gravest
    first. `cis` are the gravest CIs: by kind, those that both hit before
    those that only suffer from both at once, the worst state first, then by id. `total` counts all.
    """

    first: str
    second: str
    span: Span | None
    kinds: tuple[CollisionKind, ...]
    cis: tuple[MeetingCi, ...]
    total: int


def collisions(
    topology: Topology, change: PlannedChange, others: Iterable[PlannedChange], limit: int = MOST_CIS
) -> tuple[Collision, ...]:
    """The other changes that meet this one in time and in the graph, at any distance; the gravest first, then by id.

    CIs that are gone are left out.
    """
    near = [other for other in others if other.id != change.id and other.span.meets(change.span)]
    found = meetings(topology, change, near, limit)
    return tuple(sorted(found, key=lambda c: (_GRAVITY[c.kinds[0]], c.second)))


def meetings(
    topology: Topology, change: PlannedChange, others: Sequence[PlannedChange], limit: int = MOST_CIS
) -> list[Collision]:
    """The other changes that meet this one in the graph, whenever they are."""
    first = impact_of(topology, change.starts)
    found = (_meet(topology, change, other, first, limit) for other in others)
    return [collision for collision in found if collision is not None]


_GRAVITY = {kind: place for place, kind in enumerate(CollisionKind)}


def impact_of(topology: Topology, starts: Sequence[Start]) -> ImpactResult:
    """The impact of what a change touches, as far as it is there."""
    places = topology.find([start.id for start in starts]).tolist()
    there = tuple(start for start, place in zip(starts, places, strict=True) if place >= 0)
    return impact(topology, ImpactRequest(there))


def _meet(
    topology: Topology, change: PlannedChange, other: PlannedChange, first: ImpactResult, limit: int
) -> Collision | None:
    second = impact_of(topology, other.starts)
    if not _can_meet(first, second):
        return None
    together = impact_of(topology, (*change.starts, *other.starts))
    alone = np.maximum(first.found.states, second.found.states)
    worse = together.found.states > alone
    touched = _touched(first), _touched(second)
    both_hit = (first.found.states > 0) & (second.found.states > 0)
    of_kind = (
        worse,
        touched[0] & touched[1],
        (touched[0] | touched[1]) & both_hit,
        both_hit,
    )
    codes = np.full(len(alone), len(of_kind), dtype=np.int8)
    for code in reversed(range(len(of_kind))):
        codes[of_kind[code]] = code
    places = np.flatnonzero(codes < len(of_kind)).astype(np.int32)
    if not places.size:
        return None
    cis = meeting_rows(topology, places, codes, (first, second, together), limit)
    shared = Span(max(change.span.begin, other.span.begin), min(change.span.end, other.span.end))
    return Collision(
        first=change.id,
        second=other.id,
        span=shared if shared.begin < shared.end else None,
        kinds=tuple(kind for kind, code in _GRAVITY.items() if (codes == code).any()),
        cis=cis,
        total=len(places),
    )


def _can_meet(first: ImpactResult, second: ImpactResult) -> bool:
    """Whether both hit a CI, or members of one redundancy group: otherwise each hits what it hits alone.

    Single links pass on the worst of their providers' states, so only groups can make two impacts add up.
    """
    one, other = first.found, second.found
    if (one.states[other.affected] > 0).any():
        return True
    return bool((((one.not_up + one.unwell) > 0) & ((other.not_up + other.unwell) > 0)).any())


def _touched(result: ImpactResult) -> BoolArray:
    """By CI, whether it is touched: a start, in whatever state."""
    touched = np.zeros(len(result.found.states), dtype=np.bool_)
    touched[result.assumed.starts] = True
    return touched


def meeting_rows(
    topology: Topology,
    places: IntArray,
    codes: np.ndarray[tuple[int], np.dtype[np.int8]],
    results: tuple[ImpactResult, ImpactResult, ImpactResult],
    limit: int,
) -> tuple[MeetingCi, ...]:
    """The gravest of the CIs at these places.

    Args:
        topology: What the results were asked of.
        places: Positions.
        codes: By position, the place of its kind among CollisionKind.
        results: The impacts of the one, of the other, and of both.
        limit: So many are listed.
    """
    first, second, together = (result.found.states for result in results)
    # Where redundancy is lost, both changes hit the CI already; what only follows from that comes after it.
    follows = np.minimum(first, second)[places] == 0
    order = np.lexsort((topology.in_id_order(places), -together[places], follows, codes[places]))
    chosen = places[order[:limit]]
    ids = topology.ids_at(chosen)
    paths = results[2].paths(ids)
    kinds = tuple(CollisionKind)
    return tuple(
        MeetingCi(
            id=ci,
            class_name=topology.class_at(place),
            kind=kinds[int(codes[place])],
            by_first=ImpactState(int(first[place])),
            by_second=ImpactState(int(second[place])),
            together=ImpactState(int(together[place])),
            group=path[-1].group,
        )
        for ci, place, path in zip(ids, chosen.tolist(), paths, strict=True)
    )
