"""What a change hits while it is carried out, and what it alters for good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import strawberry
from strawberry.types.field import StrawberryField

from cmdb.analysis.impact_diff import MOST_CIS, GroupShape, ReachChange
from cmdb.api.context import ApiInfo
from cmdb.api.enums import ImpactState
from cmdb.api.fields.impact import Environments, Impact, ask_impact, impact_request
from cmdb.api.fields.paging import page_size
from cmdb.api.interfaces import ConfigurationItem, Record, shown_record
from cmdb.graph.elements import Node
from cmdb.graph.errors import InvalidQueryError
from cmdb.processes.change.before_and_after import ChangeDiff

MOST_COMPARED = 1000


@strawberry.type(description="A configuration item that is there, or that a change is going to add.")
class ProposedItem:
    """One item of a diff."""

    id: strawberry.ID = strawberry.field(
        description="Of an item to be added, the word by which the change refers to it."
    )
    class_: str = strawberry.field(name="class")
    proposed_name: str | None = strawberry.field(description="Null for an item that is there.")

    @strawberry.field(description="Null for an item that is not there yet.")
    async def ci(self, info: ApiInfo) -> ConfigurationItem | None:
        shown = await info.context.show_ids([str(self.id)]) if self.proposed_name is None else []
        return next((view for view in shown if isinstance(view, ConfigurationItem)), None)


@strawberry.type(description="What one item newly has and has no more.")
class ReachDifference:
    """One item and two sets."""

    diff: strawberry.Private[ChangeDiff]
    change: strawberry.Private[ReachChange]

    @strawberry.field(description="The item.")
    def item(self) -> ProposedItem:
        return _item(self.diff, self.change.ci)

    @strawberry.field(description="How many there are that were not there before.")
    def gained_count(self) -> int:
        return len(self.change.gained)

    @strawberry.field(description="How many there are no more.")
    def lost_count(self) -> int:
        return len(self.change.lost)

    @strawberry.field(description="Those that were not there before, by id.")
    def gained(self, first: int = 100) -> list[ProposedItem]:
        return _items(self.diff, self.change.gained[: page_size(first)])

    @strawberry.field(description="Those that are there no more, by id.")
    def lost(self, first: int = 100) -> list[ProposedItem]:
        return _items(self.diff, self.change.lost[: page_size(first)])


@strawberry.type(description="A redundancy group: of so many members some have to work.")
class RedundancyShape:
    """k of n."""

    members: list[ProposedItem]
    total: int
    needed: int
    hard: bool = strawberry.field(description="False when all its relationships are soft.")


@strawberry.type(description="A redundancy group before and after a change; null where there is none.")
class RedundancyDifference:
    """One group."""

    dependent: ProposedItem
    name: str
    before: RedundancyShape | None
    after: RedundancyShape | None


@strawberry.type(description="What the modifications of a change alter, before they are made.")
class ImpactDiff:
    """The answer."""

    diff: strawberry.Private[ChangeDiff]
    truncated: bool = strawberry.field(
        description="True when there was more to compare than was; what is told is right all the same."
    )
    compared: int = strawberry.field(description="How many services were compared.")

    @strawberry.field(description="The modifications it rests on: those proposed and not made yet.")
    def modifications(self, info: ApiInfo) -> list[Record]:
        return [shown_record(info, node) for node in self.diff.modifications]

    @strawberry.field(
        description="For each service, what it newly depends on or no longer does, at any distance."
    )
    def dependencies(self) -> list[ReachDifference]:
        return _differences(self.diff, self.diff.diff.dependencies)

    @strawberry.field(
        description="For each item the change modifies, what newly depends on it or no longer does."
    )
    def dependents(self) -> list[ReachDifference]:
        return _differences(self.diff, self.diff.diff.dependents)

    @strawberry.field(
        description="For each service, what newly takes it down by failing alone, or no longer does."
    )
    def points_of_failure(self) -> list[ReachDifference]:
        return _differences(self.diff, self.diff.diff.points_of_failure)

    @strawberry.field(description="Redundancy groups that differ.")
    def redundancy(self) -> list[RedundancyDifference]:
        return [
            RedundancyDifference(
                dependent=_item(self.diff, group.dependent),
                name=group.name,
                before=_shape(self.diff, group.before),
                after=_shape(self.diff, group.after),
            )
            for group in self.diff.diff.groups
        ]


@strawberry.type
class ChangeImpactFields:
    """The root fields."""

    @strawberry.field(
        description="What breaks while a change (id or number) is carried out? It starts at what the change touches, "
        "each in the state expected on its link TOUCHES or on the change, down where nothing is said, or in the "
        "state assumed here."
    )
    async def change_impact(
        self,
        info: ApiInfo,
        change: strawberry.ID,
        assume: ImpactState | None = None,
        relationship_types: list[str] | None = None,
        classes: list[str] | None = None,
        environments: Environments = None,
        max_distance: int | None = None,
    ) -> Impact:
        node = await info.context.services.before_and_after.change(str(change))
        return await _impact_of(info, node, assume, relationship_types, classes, environments, max_distance)

    @strawberry.field(
        description="What do the modifications of a change (id or number) alter in reachability, redundancy and "
        "points of failure, before they are made? At most `compare` services are compared."
    )
    async def impact_diff(self, info: ApiInfo, change: strawberry.ID, compare: int = MOST_CIS) -> ImpactDiff:
        _check_compared(compare)
        return _shown_diff(await info.context.services.before_and_after.diff(str(change), compare))


async def impact_of_change(
    self: Any,
    info: ApiInfo,
    assume: ImpactState | None = None,
    relationship_types: list[str] | None = None,
    classes: list[str] | None = None,
    environments: Environments = None,
    max_distance: int | None = None,
) -> Impact:
    """Resolves `impact` of a change."""
    return await _impact_of(info, self.node, assume, relationship_types, classes, environments, max_distance)


async def _impact_of(
    info: ApiInfo,
    change: Node,
    assume: ImpactState | None,
    relationship_types: list[str] | None,
    classes: list[str] | None,
    environments: list[str] | None,
    max_distance: int | None,
) -> Impact:
    starts = await info.context.services.before_and_after.starts_of(change, assume)
    request = impact_request(info, starts, relationship_types, classes, max_distance)
    return await ask_impact(info, request, environments, change.id)


async def diff_of_change(self: Any, info: ApiInfo, compare: int = MOST_CIS) -> ImpactDiff:
    """Resolves `impactDiff` of a change."""
    _check_compared(compare)
    return _shown_diff(await info.context.services.before_and_after.diff_of(self.node, compare))


def change_fields() -> dict[str, StrawberryField]:
    """What a change has besides what the model says."""
    return {
        "impact": strawberry.field(
            resolver=impact_of_change,
            description="What breaks while it is carried out? The same as `changeImpact`, for each change of a list.",
        ),
        "impact_diff": strawberry.field(
            resolver=diff_of_change,
            description="What do its modifications alter, before they are made? The same as `impactDiff`.",
        ),
    }


def _check_compared(compare: int) -> None:
    if not 1 <= compare <= MOST_COMPARED:
        raise InvalidQueryError(f"`compare` is {compare}", remedy=f"Give 1 to {MOST_COMPARED:,}.")


def _shown_diff(diff: ChangeDiff) -> ImpactDiff:
    return ImpactDiff(diff=diff, truncated=diff.diff.truncated, compared=len(diff.diff.compared))


def _differences(diff: ChangeDiff, changes: Sequence[ReachChange]) -> list[ReachDifference]:
    return [ReachDifference(diff=diff, change=change) for change in changes]


def _shape(diff: ChangeDiff, shape: GroupShape | None) -> RedundancyShape | None:
    if shape is None:
        return None
    return RedundancyShape(
        members=_items(diff, shape.members), total=len(shape.members), needed=shape.needed, hard=shape.hard
    )


def _items(diff: ChangeDiff, ids: Sequence[str]) -> list[ProposedItem]:
    return [_item(diff, ci) for ci in ids]


def _item(diff: ChangeDiff, ci: str) -> ProposedItem:
    return ProposedItem(id=strawberry.ID(ci), class_=diff.classes[ci], proposed_name=diff.names.get(ci))
