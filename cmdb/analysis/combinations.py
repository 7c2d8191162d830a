"""Several changes at one time that bring about together what no two of them do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from cmdb.analysis.collisions import (
    MOST_CIS,
    CollisionKind,
    MeetingCi,
    PlannedChange,
    impact_of,
    meeting_rows,
)
from cmdb.analysis.windows import Span
from cmdb.topology.topology import Topology

MOST_MOMENTS = 50
"""So many sets of changes at one time are looked at, the largest first."""


@dataclass(frozen=True, slots=True)
class Combination:
    """A change and at least two others at one time.

    `others` are their ids, `span` the time all have in common. Each of `cis` is in a worse state by all than by
    the others without this change, and than by this change with any one of them: `by_first` is its state by
    this change alone, `by_second` by all the others. `total` counts all such CIs.
    """

    others: tuple[str, ...]
    span: Span
    cis: tuple[MeetingCi, ...]
    total: int


def combinations(
    topology: Topology, change: PlannedChange, others: Iterable[PlannedChange], limit: int = MOST_CIS
) -> tuple[tuple[Combination, ...], bool]:
    """What this change and several others bring about together, by time; and whether there are more to look at."""
    sets = _at_one_time(
        change, [one for one in others if one.id != change.id and one.span.meets(change.span)]
    )
    found = (_combine(topology, change, some, limit) for some in sets[:MOST_MOMENTS])
    ordered = sorted((one for one in found if one is not None), key=lambda one: (one.span, one.others))
    return tuple(ordered), len(sets) > MOST_MOMENTS


def _at_one_time(change: PlannedChange, near: Sequence[PlannedChange]) -> list[list[PlannedChange]]:
    """The largest sets of at least two changes that are all under way at some moment of this one."""
    moments = {max(one.span.begin, change.span.begin) for one in near}
    sets = {
        frozenset(place for place, one in enumerate(near) if one.span.begin <= moment < one.span.end)
        for moment in moments
    }
    largest: list[frozenset[int]] = []
    for some in sorted(sets, key=lambda some: (-len(some), sorted(some))):
        if len(some) > 1 and not any(some <= other for other in largest):
            largest.append(some)
    return [sorted((near[place] for place in some), key=lambda one: one.id) for some in largest]


def _combine(
    topology: Topology, change: PlannedChange, others: Sequence[PlannedChange], limit: int
) -> Combination | None:
    first = impact_of(topology, change.starts)
    rest_of_starts = tuple(start for other in others for start in other.starts)
    rest = impact_of(topology, rest_of_starts)
    everything = impact_of(topology, (*change.starts, *rest_of_starts))
    worse = everything.found.states > np.maximum(first.found.states, rest.found.states)
    for other in others:
        if not worse.any():
            return None
        pair = impact_of(topology, (*change.starts, *other.starts))
        worse &= everything.found.states > pair.found.states
    places = np.flatnonzero(worse).astype(np.int32)
    if not places.size:
        return None
    codes = np.full(len(worse), tuple(CollisionKind).index(CollisionKind.LOST_REDUNDANCY), dtype=np.int8)
    spans = [change.span, *(other.span for other in others)]
    return Combination(
        others=tuple(other.id for other in others),
        span=Span(max(span.begin for span in spans), min(span.end for span in spans)),
        cis=meeting_rows(topology, places, codes, (first, rest, everything), limit),
        total=len(places),
    )
