"""When a change can be carried out: what it collides with, and the next slot that is free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from cmdb.analysis.collisions import MOST_CIS, Collision, PlannedChange, collisions, meetings
from cmdb.analysis.combinations import Combination, combinations
from cmdb.analysis.impact import impact
from cmdb.analysis.impact_types import ImpactRequest
from cmdb.analysis.windows import Span, first_free, occurrences
from cmdb.graph.elements import Node
from cmdb.graph.store import GraphStore
from cmdb.kernel.clock import Clock
from cmdb.model.types import Model
from cmdb.processes.change.calendar import Calendar, CalendarReader, WindowConflict
from cmdb.processes.change.errors import ChangeNotPlannedError, SlotInvalidError
from cmdb.processes.change.planned import ChangeReader, PlannedChanges, planned_span
from cmdb.topology.extent import Topologies, downstream
from cmdb.topology.topology import Topology

MOST_DAYS = 366
"""So far ahead a free slot is looked for at most."""

_SHORTEST = timedelta(minutes=1)
_LATEST = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ChangeCollisions:
    """What stands against a change's planned window. `empty` are windows in force whose CIs are all gone.

    `nodes` holds the records of changes and windows mentioned, by id. `truncated`: there are more changes or
    windows in that time than one question looks at.
    """

    change: Node
    span: Span
    collisions: tuple[Collision, ...]
    combinations: tuple[Combination, ...]
    windows: tuple[WindowConflict, ...]
    nodes: dict[str, Node]
    truncated: bool
    empty: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A change or blackout (its record's id) in the way before the slot found, and when."""

    id: str
    span: Span


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """The first slot in which nothing stands against a change; None when there is none up to `looked_until`.

    `obstacles` are what meets the time from the beginning of the search to the end of the slot, in order.
    `in_maintenance_only`: the change touches CIs that are changed in maintenance windows only. `truncated`:
    there are more windows than one question looks at, so another may stand against the slot.
    """

    change: Node
    slot: Span | None
    looked_until: datetime
    obstacles: tuple[Obstacle, ...]
    in_maintenance_only: bool
    truncated: bool
    nodes: dict[str, Node]


class Schedule:
    """Answers questions about the times of changes on the newest topology."""

    def __init__(self, store: GraphStore, model: Model, topologies: Topologies, clock: Clock) -> None:
        self._topologies = topologies
        self._clock = clock
        self._changes = ChangeReader(store, model)
        self._calendars = CalendarReader(store, model)

    async def collisions(self, reference: str, limit: int = MOST_CIS) -> ChangeCollisions:
        """The changes, blackouts and maintenance windows that stand against the planned window of a change.

        Args:
            reference: Id or number of the change.
            limit: So many CIs are listed for each collision.

        Raises:
            ChangeNotFoundError: there is no such change.
            ChangeNotPlannedError: it has no planned window.
        """
        change = await self._changes.find(reference)
        span = planned_span(change)
        if span is None:
            raise ChangeNotPlannedError(
                f"{change.name} has no planned window", details={"change": change.name}
            )
        subject, others, calendar, topology = await self._read(change, span)
        found = collisions(topology, subject, others.changes, limit)
        together, more = combinations(topology, subject, others.changes, limit)
        return ChangeCollisions(
            change=change,
            span=span,
            collisions=found,
            combinations=together,
            windows=tuple(calendar.conflicts(span)),
            empty=calendar.empty,
            nodes={**others.nodes, **calendar.nodes},
            truncated=others.truncated or calendar.truncated or more or topology.cut is not None,
        )

    async def next_free_slot(
        self,
        reference: str,
        duration: timedelta | None = None,
        not_before: datetime | None = None,
        ahead: timedelta = timedelta(days=90),
    ) -> FreeSlot:
        """The earliest time for a change in which it meets no other change and no blackout, within maintenance.

        Args:
            reference: Id or number of the change.
            duration: How long it takes; as long as its planned window unless given.
            not_before: The search begins here, or at the present where that is later or nothing is given.
            ahead: How far to look from there.

        Raises:
            ChangeNotFoundError: there is no such change.
            ChangeNotPlannedError: no duration is given, and it has no planned window.
            SlotInvalidError: a duration below a minute, or longer than the time to look in.
        """
        change = await self._changes.find(reference)
        duration = _planned_duration(change) if duration is None else duration
        if not _SHORTEST <= duration <= ahead <= timedelta(days=MOST_DAYS):
            minutes = duration / timedelta(minutes=1)
            raise SlotInvalidError(
                f"a slot of {minutes:,.0f} minutes within {ahead.days} days cannot be looked for"
            )
        begin = max(not_before or self._clock.now(), self._clock.now())
        if begin > _LATEST:
            raise SlotInvalidError(f"there is no slot to look for after {begin}")
        within = Span(begin, begin + ahead)
        subject, others, calendar, topology = await self._read(change, within)
        if others.truncated:
            # What begins after the last change that was read is not known.
            within = Span(begin, max(begin, *(other.span.begin for other in others.changes)))
        busy = _busy(topology, subject, others, calendar, within)
        allowed = calendar.allowed(within)
        slot = first_free(duration, within, [one.span for one in busy], allowed)
        end = slot.end if slot else within.end
        return FreeSlot(
            change=change,
            slot=slot,
            looked_until=within.end,
            obstacles=tuple(one for one in busy if one.span.begin < end),
            in_maintenance_only=bool(allowed),
            truncated=calendar.truncated or topology.cut is not None,
            nodes={**others.nodes, **calendar.nodes},
        )

    async def _read(
        self, change: Node, within: Span
    ) -> tuple[PlannedChange, PlannedChanges, Calendar, Topology]:
        """The change as it would be in this span, the other changes, the windows that govern it, and the topology."""
        others = await self._changes.planned(within)
        starts = (await self._changes.starts([change]))[change.id]
        touched = [
            start.id for some in (starts, *(other.starts for other in others.changes)) for start in some
        ]
        topology = await self._topologies.around(downstream(touched))
        places = topology.find([start.id for start in starts]).tolist()
        there = tuple(start for start, place in zip(starts, places, strict=True) if place >= 0)
        region = impact(topology, ImpactRequest(there))
        calendar = await self._calendars.calendar(region, within)
        rest = tuple(other for other in others.changes if other.id != change.id)
        return PlannedChange(change.id, there, within), replace(others, changes=rest), calendar, topology


def _planned_duration(change: Node) -> timedelta:
    span = planned_span(change)
    if span is None:
        raise ChangeNotPlannedError(
            f"{change.name} has no planned window, and no duration is given", details={"change": change.name}
        )
    return span.end - span.begin


def _busy(
    topology: Topology, subject: PlannedChange, others: PlannedChanges, calendar: Calendar, within: Span
) -> Sequence[Obstacle]:
    """What the change must not meet in time, in order."""
    spans = {other.id: other.span for other in others.changes}
    met = (collision.second for collision in meetings(topology, subject, others.changes, limit=0))
    found = [Obstacle(other, spans[other]) for other in met]
    found += [
        Obstacle(one.window.id, span)
        for one in calendar.blackouts
        for span in occurrences(one.window, within)
    ]
    return sorted(found, key=lambda one: (one.span, one.id))
