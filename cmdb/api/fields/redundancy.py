"""Questions about redundancy: what takes a CI down alone, and what more of it would save."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import strawberry

from cmdb.analysis.impact_types import AffectedCi, ImpactRequest
from cmdb.analysis.points_of_failure import PointsOfFailure
from cmdb.analysis.what_if import Alternatives, Redundancy, Spare, StateChange
from cmdb.api.context import ApiInfo
from cmdb.api.enums import ImpactState
from cmdb.api.fields.impact import Impact, ImpactStart, starts_of
from cmdb.api.fields.paging import next_cursor, offset_of, page_size
from cmdb.api.interfaces import ConfigurationItem
from cmdb.graph.errors import InvalidQueryError
from cmdb.processes.configuration.what_if import WhatIf

MOST_LOOKED_AT = 20_000
"""So many items upstream may be looked at for single points of failure."""


@strawberry.type(description="An item whose failure alone takes another one down.")
class SinglePointOfFailure:
    """One point."""

    ci: ConfigurationItem
    distance: int = strawberry.field(description="Links between the two, on the shortest way.")


@strawberry.type(description="The items whose failure alone takes an item down, the nearest first.")
class SinglePointsOfFailure:
    """A page of them."""

    found: strawberry.Private[PointsOfFailure]
    total_count: int
    looked_at: int = strawberry.field(
        description="How many items upstream were looked at, the nearest first."
    )
    truncated: bool = strawberry.field(
        description="True when there are more items upstream than were looked at."
    )

    @strawberry.field(description="A page of them.")
    async def nodes(
        self, info: ApiInfo, first: int = 100, after: str | None = None
    ) -> list[SinglePointOfFailure]:
        offset = offset_of(after)
        rows: Sequence[AffectedCi] = self.found.points[offset : offset + page_size(first)]
        shown: list[Any] = await info.context.show_ids([row.id for row in rows])
        by_id = {view.node.id: view for view in shown}
        return [
            SinglePointOfFailure(ci=by_id[row.id], distance=row.distance) for row in rows if row.id in by_id
        ]


@strawberry.input(
    description="A second one of an item, which everything that needs the item could use instead."
)
class SpareInput:
    """One spare."""

    of: strawberry.ID
    independent: bool = strawberry.field(
        default=False,
        description="It stands on nothing that could fail; otherwise on what the original stands on.",
    )


@strawberry.input(
    description="All providers an item has by one relationship type become a redundancy group, with further ones."
)
class AlternativesInput:
    """One group."""

    dependent: strawberry.ID
    relationship_type: str
    add: list[strawberry.ID] = strawberry.field(default_factory=list, description="Further providers.")
    needed: int | None = strawberry.field(
        default=None,
        description="How many have to work: as many as today in a group there is, otherwise one.",
    )


@strawberry.type(description="An item whose state would be another one.")
class StateDifference:
    """One item."""

    ci: ConfigurationItem
    before: ImpactState
    after: ImpactState


@strawberry.type(description="A page of items whose states would be other ones, those that gain most first.")
class StateDifferences:
    """One page."""

    total_count: int
    nodes: list[StateDifference]
    end_cursor: str | None


@strawberry.type(description="What redundancy saves when what was assumed happens; negative where it costs.")
class Saving:
    """Differences of the two summaries."""

    services_down: int = strawberry.field(description="Services that are not down any more.")
    services_hit: int = strawberry.field(description="Services that are not hit any more.")
    users_at_most: int = strawberry.field(description="Users on services that are not hit any more, at most.")
    cost_per_hour: float = strawberry.field(description="Of the services that are not down any more.")


@strawberry.type(
    description="The impact as it is, and as it would be with redundancy that is not there. Nothing is written."
)
class WhatIfRedundant:
    """The answer."""

    answer: strawberry.Private[WhatIf]

    @strawberry.field(description="As it is.")
    def before(self) -> Impact:
        return Impact(result=self.answer.before)

    @strawberry.field(description="As it would be. Spares hit themselves are counted, and not listed.")
    def after(self) -> Impact:
        return Impact(result=self.answer.after)

    @strawberry.field(description="What differs.")
    async def changes(self, info: ApiInfo, first: int = 100, after: str | None = None) -> StateDifferences:
        offset, size = offset_of(after), page_size(first)
        rows: Sequence[StateChange] = self.answer.changes[offset : offset + size]
        shown: list[Any] = await info.context.show_ids([row.id for row in rows])
        by_id = {view.node.id: view for view in shown}
        return StateDifferences(
            total_count=len(self.answer.changes),
            nodes=[
                StateDifference(ci=by_id[row.id], before=row.before, after=row.after)
                for row in rows
                if row.id in by_id
            ],
            end_cursor=next_cursor(offset + len(rows), len(self.answer.changes)),
        )

    @strawberry.field(description="In services, users and cost.")
    async def saves(self, info: ApiInfo) -> Saving:
        analysis = info.context.services.impact
        before = await analysis.blast_radius(self.answer.before)
        after = await analysis.blast_radius(self.answer.after)
        down = [
            sum(one.ci.state is ImpactState.DOWN for one in radius.services) for radius in (before, after)
        ]
        return Saving(
            services_down=down[0] - down[1],
            services_hit=len(before.services) - len(after.services),
            users_at_most=before.users_at_most - after.users_at_most,
            cost_per_hour=before.cost_per_hour - after.cost_per_hour,
        )


@strawberry.type
class RedundancyFields:
    """The root fields."""

    @strawberry.field(description="Which items take this one down by failing alone, e.g. this service?")
    async def single_points_of_failure(
        self,
        info: ApiInfo,
        of: strawberry.ID,
        look_at: Annotated[
            int, strawberry.argument(description="How many items upstream are looked at, the nearest first.")
        ] = 5000,
    ) -> SinglePointsOfFailure:
        if not 1 <= look_at <= MOST_LOOKED_AT:
            raise InvalidQueryError(f"`lookAt` is {look_at}", remedy=f"Give 1 to {MOST_LOOKED_AT:,}.")
        found = await info.context.services.redundancy.points_of_failure(str(of), look_at)
        return SinglePointsOfFailure(
            found=found,
            total_count=len(found.points),
            looked_at=found.looked_at,
            truncated=found.truncated,
        )

    @strawberry.field(description="What if this were redundant: an impact without and with more redundancy?")
    async def what_if(
        self,
        info: ApiInfo,
        of: list[ImpactStart],
        spares: list[SpareInput] | None = None,
        alternatives: list[AlternativesInput] | None = None,
    ) -> WhatIfRedundant:
        added: list[Redundancy] = [Spare(str(one.of), one.independent) for one in spares or ()]
        added += [
            Alternatives(str(one.dependent), one.relationship_type, tuple(map(str, one.add)), one.needed)
            for one in alternatives or ()
        ]
        request = ImpactRequest(starts_of(of))
        return WhatIfRedundant(answer=await info.context.services.redundancy.what_if(request, added))
