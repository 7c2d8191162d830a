"""When a change can be carried out: collisions, windows, the next free slot; and its risk."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import strawberry

from cmdb.analysis.collisions import MOST_CIS, CollisionKind, MeetingCi
from cmdb.analysis.risk import RiskLevel, RiskPart
from cmdb.analysis.windows import Span, WindowKind
from cmdb.api.context import ApiInfo
from cmdb.api.enums import ImpactState
from cmdb.api.fields.impact import RedundancyGroup, redundancy_group
from cmdb.api.fields.paging import page_size
from cmdb.api.interfaces import ConfigurationItem, GraphNode, Record, shown_record
from cmdb.kernel.clock import instant_text, parse_instant
from cmdb.processes.change.calendar import WindowConflict
from cmdb.processes.change.schedule import MOST_DAYS

strawberry.enum(
    CollisionKind,
    description="LOST_REDUNDANCY: together two changes bring an item into a worse state than either alone. SAME_CI: "
    "both touch it. TOUCHES_AFFECTED: one touches what the other hits. SHARED_IMPACT: both hit it.",
)
strawberry.enum(RiskLevel, description="How a risk reads.")
strawberry.enum(RiskPart, description="What the risk of a change consists of.")
strawberry.enum(
    WindowKind,
    name="ChangeWindowKind",
    description="BLACKOUT: nothing is changed in it. MAINTENANCE: what it governs is changed in it alone.",
)


@strawberry.type(description="From `start` up to, and not including, `end` (RFC 3339, UTC).")
class TimeSpan:
    """A span of time."""

    start: str
    end: str


@strawberry.type(description="An item in which two changes meet.")
class CollisionItem:
    """One item: its state by each change alone, and by both."""

    found: strawberry.Private[MeetingCi]
    kind: CollisionKind
    by_this: ImpactState
    by_other: ImpactState
    together: ImpactState
    group: RedundancyGroup | None = strawberry.field(
        description="The redundancy group through which both together hit it."
    )

    @strawberry.field(description="The item; null when it was deleted meanwhile.")
    async def ci(self, info: ApiInfo) -> ConfigurationItem | None:
        shown = await info.context.show_ids([self.found.id])
        return next((view for view in shown if isinstance(view, ConfigurationItem)), None)


@strawberry.type(description="Another change that meets this one, in time and in the graph.")
class ChangeCollision:
    """One collision."""

    change: Record
    kinds: list[CollisionKind] = strawberry.field(description="Those that occur, the gravest first.")
    overlap: TimeSpan | None = strawberry.field(description="The time both have in common.")
    total_count: int = strawberry.field(description="In how many items they meet.")
    items: list[CollisionItem] = strawberry.field(description="The gravest of them.")


@strawberry.type(
    description="A blackout that a change would be carried out in, or a maintenance window that it would not."
)
class WindowCollision:
    """One window."""

    found: strawberry.Private[WindowConflict]
    window: Record
    kind: WindowKind
    overlap: TimeSpan | None = strawberry.field(
        description="The blackout's time; null for a maintenance window."
    )
    total_count: int = strawberry.field(description="How many items of the change it governs.")

    @strawberry.field(description="The items of the change that it governs.")
    async def items(self, info: ApiInfo, first: int = 100) -> list[ConfigurationItem]:
        shown = await info.context.show_ids(self.found.governed.ci_ids[: page_size(first)])
        return [view for view in shown if isinstance(view, ConfigurationItem)]


@strawberry.type(
    description="This change and at least two others at one time, which bring about together what no two of them do."
)
class ChangeCombination:
    """Three changes or more."""

    changes: list[Record] = strawberry.field(description="The others.")
    overlap: TimeSpan = strawberry.field(description="The time all have in common.")
    total_count: int = strawberry.field(
        description="How many items only all of them bring into a worse state."
    )
    items: list[CollisionItem] = strawberry.field(
        description="The gravest of them; `byOther` is the state by all the others without this change."
    )


@strawberry.type(description="What stands against the planned window of a change.")
class ChangeCollisions:
    """The answer."""

    planned: TimeSpan
    collisions: list[ChangeCollision] = strawberry.field(description="The gravest first.")
    together: list[ChangeCombination] = strawberry.field(description="Three changes or more, by time.")
    windows: list[WindowCollision]
    truncated: bool = strawberry.field(
        description="True when there are more changes or windows in that time than one question looks at."
    )
    empty_windows: list[Record] = strawberry.field(
        description="Windows in force that govern nothing any more: all they named is gone. They stand against nothing."
    )


@strawberry.type(description="A change or blackout in the way.")
class SlotObstacle:
    """One obstacle."""

    record: Record
    time: TimeSpan


@strawberry.type(description="The first time in which nothing stands against a change.")
class FreeSlot:
    """The answer."""

    slot: TimeSpan | None = strawberry.field(description="Null when there is none up to `lookedUntil`.")
    looked_until: str
    in_maintenance_only: bool = strawberry.field(
        description="True when the change touches items that are changed in maintenance windows only."
    )
    obstacles: list[SlotObstacle] = strawberry.field(description="What was in the way before the slot.")
    truncated: bool


@strawberry.type(description="A part of a risk: value (0 to 1) times weight gives the points.")
class ChangeRiskPart:
    """One part."""

    record_ids: strawberry.Private[tuple[str, ...]]
    part: RiskPart
    value: float
    weight: float
    points: float
    reason: str

    @strawberry.field(description="The records it rests on.")
    async def records(self, info: ApiInfo, first: int = 100) -> list[GraphNode]:
        shown = await info.context.show_ids(self.record_ids[: page_size(first)])
        return [view for view in shown if isinstance(view, GraphNode)]


@strawberry.type(description="How likely a change goes wrong, and how bad that would be.")
class ChangeRisk:
    """The answer; `score` lies between 0 and 1."""

    score: float
    level: RiskLevel
    parts: list[ChangeRiskPart]
    truncated: bool = strawberry.field(description="True when there is more history than was looked at.")


@strawberry.type
class ChangeScheduleFields:
    """The root fields."""

    @strawberry.field(
        description="Which changes, blackouts and maintenance windows stand against the planned window of a change "
        "(id or number)? So many items are listed for each change."
    )
    async def change_collisions(
        self, info: ApiInfo, change: strawberry.ID, items: int = MOST_CIS
    ) -> ChangeCollisions:
        found = await info.context.services.schedule.collisions(str(change), page_size(items))
        return ChangeCollisions(
            planned=_span(found.span),
            collisions=[
                ChangeCollision(
                    change=shown_record(info, found.nodes[one.second]),
                    kinds=list(one.kinds),
                    overlap=_span(one.span) if one.span else None,
                    total_count=one.total,
                    items=[_collision_item(ci) for ci in one.cis],
                )
                for one in found.collisions
            ],
            together=[
                ChangeCombination(
                    changes=[shown_record(info, found.nodes[other]) for other in one.others],
                    overlap=_span(one.span),
                    total_count=one.total,
                    items=[_collision_item(ci) for ci in one.cis],
                )
                for one in found.combinations
            ],
            windows=[
                WindowCollision(
                    found=one,
                    window=shown_record(info, found.nodes[one.governed.window.id]),
                    kind=one.governed.window.kind,
                    overlap=_span(one.span) if one.span else None,
                    total_count=len(one.governed.ci_ids),
                )
                for one in found.windows
            ],
            truncated=found.truncated,
            empty_windows=[shown_record(info, found.nodes[one]) for one in found.empty],
        )

    @strawberry.field(
        description="When is the next time for a change (id or number) in which it meets no other change and no "
        "blackout, within maintenance windows where it has to be?"
    )
    async def next_free_slot(
        self,
        info: ApiInfo,
        change: strawberry.ID,
        duration_minutes: Annotated[
            int | None, strawberry.argument(description="As long as its planned window unless given.")
        ] = None,
        not_before: Annotated[
            str | None, strawberry.argument(description="RFC 3339; now unless given.")
        ] = None,
        within_days: int = 90,
    ) -> FreeSlot:
        found = await info.context.services.schedule.next_free_slot(
            str(change),
            timedelta(minutes=duration_minutes) if duration_minutes is not None else None,
            parse_instant(not_before) if not_before else None,
            timedelta(days=max(min(within_days, MOST_DAYS + 1), 0)),
        )
        return FreeSlot(
            slot=_span(found.slot) if found.slot else None,
            looked_until=instant_text(found.looked_until),
            in_maintenance_only=found.in_maintenance_only,
            obstacles=[
                SlotObstacle(record=shown_record(info, found.nodes[one.id]), time=_span(one.span))
                for one in found.obstacles
            ],
            truncated=found.truncated,
        )

    @strawberry.field(description="How risky is a change (id or number), and why?")
    async def change_risk(self, info: ApiInfo, change: strawberry.ID) -> ChangeRisk:
        found = await info.context.services.change_risk.ask(str(change))
        return ChangeRisk(
            score=found.risk.score,
            level=found.risk.level,
            parts=[
                ChangeRiskPart(
                    record_ids=one.records,
                    part=one.part,
                    value=one.value,
                    weight=one.weight,
                    points=one.points,
                    reason=one.reason,
                )
                for one in found.risk.parts
            ],
            truncated=found.truncated,
        )


def _span(span: Span) -> TimeSpan:
    return TimeSpan(start=instant_text(span.begin), end=instant_text(span.end))


def _collision_item(found: MeetingCi) -> CollisionItem:
    return CollisionItem(
        found=found,
        kind=found.kind,
        by_this=found.by_first,
        by_other=found.by_second,
        together=found.together,
        group=redundancy_group(found.group) if found.group else None,
    )
